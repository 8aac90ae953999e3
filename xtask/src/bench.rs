//! `cargo xtask bench`: the same work through the C library, `sysv-ipc`, `sysv-wrapper` and Python, in turn.
//!
//! Each contender is a process that lives as long as the measurement and does a row's work on request. In each round, the
//! contenders work one after the other, in a changing order. The figure is the median of the ratios of times of the same
//! round. C runs twice: the difference between the two copies is the noise of the machine.
//!
//! Only the feature `bench` includes the submodules, with crates for statistics and for the chart: the task runs itself
//! again with that feature.

#[cfg(feature = "bench")]
mod chart;
#[cfg(feature = "bench")]
#[path = "../worker/src/client.rs"]
mod client;
#[cfg(feature = "bench")]
mod measure;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod rows;

use std::path::PathBuf;

use crate::task::Outcome;

/// Measure the calls beside C and Python.
///
/// Compiles a worker in C and one in Rust, and runs them beside one in Python (with `sysv_ipc`), if that is there. A
/// row says `within` or `beyond` its bar, or `too noisy` where the machine did not let that be told; a machine that does
/// nothing else tells most. The workers run in ipc namespaces of their own, if this user may make those; otherwise what
/// needs one is left out.
#[derive(clap::Args)]
#[command(
    after_help = "Environment: CC and PYTHON name the compiler and the interpreter.\n\n\
                  Exit status: 0 nothing is beyond its bar, 1 something is, or is behind Python, \
                  2 it could not be measured.\n\n\
                  Example:\n  cargo xtask bench --row semaphore/ --json"
)]
pub(crate) struct Args {
    /// Print the figures as JSON instead of a table
    #[arg(long)]
    json: bool,

    /// Measure a little only: enough to see that it runs
    #[arg(long)]
    quick: bool,

    /// Only rows with TEXT in their name; may be given several times
    #[arg(long, value_name = "TEXT")]
    row: Vec<String>,

    /// Put the table into FILE, between its markers, and the chart beside it, as .svg
    #[arg(long, value_name = "FILE", conflicts_with = "row")]
    write: Option<PathBuf>,
}

#[cfg(not(feature = "bench"))]
pub(crate) fn run(_: &Args) -> Outcome {
    crate::task::run_again_with("bench")
}

/// Measures, and prints the results.
#[cfg(feature = "bench")]
pub(crate) fn run(args: &Args) -> Outcome {
    use std::fs;
    use std::process::ExitCode;

    use crate::task::{Failure, WRONG, print};

    const BEGIN: &str = "<!-- begin: cargo xtask bench --write -->";
    const END: &str = "<!-- end -->";

    let mut rows = rows::all();
    let is_named = |row: &rows::Row, text: &String| row.name.contains(text);
    for text in &args.row {
        if !rows.iter().any(|row| is_named(row, text)) {
            let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
            let names = names.join(" ");
            let why = format!("no row has {text:?} in its name; there are: {names}");
            return Err(Failure::new(why));
        }
    }
    rows.retain(|row| args.row.is_empty() || args.row.iter().any(|text| is_named(row, text)));
    let path = args.write.clone().unwrap_or_default();
    let failed = || Failure::because(format!("cannot use {}", path.display()));
    let document = args.write.as_ref().map(fs::read_to_string);
    let document = document.unwrap_or(Ok(format!("{BEGIN}{END}")));
    let document = document.map_err(failed())?;
    let around = document.split_once(BEGIN);
    let around = around.and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let lacks = "the document has no markers, between which the figures go";
    let (before, behind) = around.ok_or_else(|| Failure::new(lacks))?;

    let quick = args.quick;
    let (passes, rounds) = if quick { (1, 5) } else { (8, 12) };
    let chunk = if quick { 2e5 } else { 2e6 };
    let plan = measure::Plan {
        passes,
        rounds,
        chunk,
    };
    let workers = measure::Workers::find(&rows)?;
    let figures = workers.measure(&rows, &plan)?;
    let report = report::Report::new(&rows, &figures, &workers, &plan);
    let (text, json) = (report.text, report.json);
    let shown = if args.json {
        &format!("{json:#}\n")
    } else {
        &text
    };
    print(shown)?;
    if args.write.is_some() {
        let text = format!("{before}{BEGIN}\n\n{text}\n{END}{behind}");
        fs::write(&path, text).map_err(failed())?;
        let drawn = chart::draw(&json["rows"], &path.with_extension("svg"));
        drawn.map_err(Failure::because("cannot draw the chart"))?;
    }
    for line in &report.complaints {
        eprintln!("xtask: {line}");
    }
    let is_wrong = !report.complaints.is_empty();
    Ok(ExitCode::from(WRONG * u8::from(is_wrong)))
}
