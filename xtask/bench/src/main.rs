//! `cargo xtask bench`: the same work in C, through `sysv-ipc`, through `sysv-wrapper` and in Python, in turn.
//!
//! Each contender is a process that lives as long as the measurement and does a row's work on request. In each round, the
//! contenders work one after the other, in a changing order. The figure is the median of the ratios of times of the same
//! round. C runs twice: the difference between the two copies is the noise of the machine.
//!
//! This program measures; with a job as its argument, it is one of those that are measured.

mod measure;
mod process;
mod report;
mod rows;
mod scale;
mod sync;
mod work;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::measure::Workers;
use crate::process::{Job, Result};
use crate::report::{BEHIND, BEYOND, draw, report};
use crate::rows::Row;

/// Where the table is in a file.
const MARKERS: [&str; 2] = ["<!-- begin: cargo xtask bench --write -->", "<!-- end -->"];

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
    let done = match Job::from_argument() {
        Some(job) => job.serve(|job| match job.kind.as_str() {
            "scale" => scale::prepare(job),
            "sync" => sync::prepare(job),
            _ => work::prepare(job),
        }),
        None => bench(&Args::parse()),
    };
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::from(2)
    })
}

/// Measures, and prints the results.
fn bench(args: &Args) -> Result<ExitCode> {
    let mut rows = Row::all();
    let has = |text: &&String| rows.iter().any(|row| row.name.contains(*text));
    if let Some(text) = args.row.iter().find(|text| !has(text)) {
        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        let names = names.join(" ");
        return Err(format!("no row has {text:?} in its name; there are: {names}").into());
    }
    rows.retain(|row| args.row.is_empty() || args.row.iter().any(|text| row.name.contains(text)));
    let (file, empty) = (args.write.as_ref(), MARKERS.concat());
    let page = file.map_or(Ok(empty), fs::read_to_string)?;
    let around = page.split_once(MARKERS[0]).zip(page.split_once(MARKERS[1]));
    let ((before, _), (_, behind)) = around.ok_or("the file has no markers for the figures")?;

    let (passes, rounds) = if args.quick { (1, 5) } else { (8, 12) };
    let workers = Workers::find(&rows)?;
    workers.measure(&mut rows, passes, rounds)?;
    let (json, text) = report(&rows, &workers, passes, rounds);
    if args.json {
        println!("{json:#}");
    } else {
        println!("{text}");
    }
    if let Some(path) = file {
        let [begin, end] = MARKERS;
        fs::write(path, format!("{before}{begin}\n\n{text}\n{end}{behind}"))?;
        draw(&json["rows"], &path.with_extension("svg"))?;
    }
    Ok(u8::from(text.contains(BEYOND) || text.contains(BEHIND)).into())
}
