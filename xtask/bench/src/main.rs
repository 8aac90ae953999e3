//! `cargo xtask bench`: the same work in C, through `sysv-ipc`, through `sysv-wrapper` and in Python, in turn.
//!
//! Each contender is a process that lives as long as the measurement and does a row's work on request. In each round, the
//! contenders work one after the other, in a changing order. The figure is the median of the ratios of times of the same
//! round. C runs twice: the difference between the two copies is the noise of the machine.
//!
//! This program measures; with the name of a contender as its first argument, it is one of those that are measured.

mod c;
mod chart;
mod client;
mod ipc;
mod job;
mod measure;
mod objects;
mod report;
mod rows;
mod scale;
mod sync;
mod wrapper;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use clap::Parser;

use crate::job::{Job, Result};
use crate::measure::{LINEUP, Plan, Workers};
use crate::objects::Objects;
use crate::report::Report;

const BEGIN: &str = "<!-- begin: cargo xtask bench --write -->";
const END: &str = "<!-- end -->";

/// Measure the calls beside C, Python and others.
///
/// A row says `within` or `beyond` its bar, or `too noisy` where the machine did not let that be told; a machine that does
/// nothing else tells most. Processes run in ipc namespaces of their own and with `SCHED_FIFO` if this user may do that; rows
/// that need a namespace, two processors, or a library that does not build are left out.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask bench",
    after_help = "Environment: CC and PYTHON name the compiler and the interpreter.\n\n\
                  Exit status: 0 nothing is beyond its bar, 1 something is, or is behind Python, \
                  2 it could not be measured.\n\n\
                  Example:\n  cargo xtask bench --row semaphore/ --json"
)]
struct Args {
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

fn main() -> ExitCode {
    let is_contender = |argument: String| LINEUP.contains(&argument.as_str());
    let done = if env::args().nth(1).is_some_and(is_contender) {
        work()
    } else {
        bench(&Args::parse())
    };
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::from(2)
    })
}

/// Measures, and prints the results.
fn bench(args: &Args) -> Result<ExitCode> {
    let mut rows = rows::all();
    for text in &args.row {
        if !rows.iter().any(|row| row.name.contains(text)) {
            let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
            let names = names.join(" ");
            return Err(format!("no row has {text:?} in its name; there are: {names}").into());
        }
    }
    rows.retain(|row| args.row.is_empty() || args.row.iter().any(|text| row.name.contains(text)));
    let page = args.write.as_ref().map(fs::read_to_string).transpose()?;
    let page = page.unwrap_or_else(|| format!("{BEGIN}{END}"));
    let around = page.split_once(BEGIN);
    let around = around.and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, behind) = around.ok_or("the file has no markers, between which the figures go")?;

    let (passes, rounds, chunk) = if args.quick {
        (1, 5, 2e5)
    } else {
        (8, 12, 2e6)
    };
    let plan = Plan {
        passes,
        rounds,
        chunk,
    };
    let workers = Workers::find(&rows)?;
    let figures = workers.measure(&rows, &plan)?;
    let report = Report::new(&rows, &figures, &workers, &plan);
    let (text, json) = (report.text, report.json);
    println!(
        "{}",
        if args.json {
            format!("{json:#}")
        } else {
            text.clone()
        }
    );
    if let Some(path) = &args.write {
        fs::write(path, format!("{before}{BEGIN}\n\n{text}\n{END}{behind}"))?;
        chart::draw(&json["rows"], &path.with_extension("svg"))?;
    }
    Ok(ExitCode::from(u8::from(report.has_complaints)))
}

/// Does the work of a contender.
fn work() -> Result<ExitCode> {
    let mut job = Job::from_arguments()?;
    let run = match (job.kind.as_str(), job.layer.as_str()) {
        ("scale", _) => scale::prepare(&job)?,
        ("sync", _) => sync::prepare(&mut job)?,
        (_, "c") => c::prepare(&mut Objects::new(&mut job)?, &job)?,
        (_, "sysv-ipc") => ipc::prepare(Objects::new(&mut job)?, &job),
        _ => wrapper::prepare(Objects::new(&mut job)?, &job),
    };
    job.serve(run)?;
    Ok(ExitCode::SUCCESS)
}
