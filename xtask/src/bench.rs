//! `cargo xtask bench`: the same work through the C library, `sysv-ipc`, `sysv-wrapper`, Python and Perl, in turn.
//!
//! Each contender is a process that lives as long as the measurement and does a row's work when it is told to. In
//! each round every contender does some, one after the other, in an order that changes; what is compared is the
//! time of one round with the time of the same round, and the median of that is the figure. C runs twice: what the
//! second copy differs from the first by is what the machine itself makes of nothing.
//!
//! Here lives what the user asks for. Which rows there are is in `rows.rs`, who takes part in `contenders.rs`, how
//! it is measured in `measure.rs`, and what that says in `verdict.rs`.

mod chart;
mod contenders;
mod document;
mod machine;
mod measure;
mod namespace;
mod report;
mod rows;
mod statistics;
mod table;
mod verdict;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::task::{Failure, Outcome, WRONG, print};
use contenders::Contenders;
use measure::Plan;
use namespace::Namespace;
use report::Report;
use rows::Row;

/// Measure the calls beside C, Python and Perl.
///
/// Compiles a worker in C and one in Rust, and runs them beside one in Python (with `sysv_ipc`) and one in Perl
/// (with `IPC::SysV`), where those are there. A row says `within` or `beyond` its bar, or `too noisy` where the
/// machine did not let that be told; a machine that does nothing else tells most. The workers run in ipc namespaces
/// of their own, if this user may make those; otherwise what needs one is left out.
#[derive(clap::Args)]
#[command(
    after_help = "Environment: CC, PYTHON and PERL name the compiler and the interpreters.\n\n\
                  Exit status: 0 nothing is beyond its bar, 1 something is, or is behind Python or Perl, \
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

/// Measures, and says what came of it.
pub(crate) fn run(args: &Args) -> Outcome {
    let rows = chosen(&args.row)?;
    let document = args.write.as_deref().map(read_document).transpose()?;
    let namespace = Namespace::find();
    let contenders = Contenders::find()?;
    let plan = if args.quick {
        Plan {
            passes: 1,
            rounds: 5,
            chunk: Duration::from_micros(200),
        }
    } else {
        Plan {
            passes: 8,
            rounds: 12,
            chunk: Duration::from_millis(2),
        }
    };
    let figures = measure::all(&rows, &contenders, namespace.as_ref(), &plan)?;
    let report = Report::new(&rows, &figures, &contenders, namespace.is_some(), &plan);
    print(&if args.json {
        serde_json::to_string_pretty(&report)
            .map_err(Failure::because("cannot write the figures as JSON"))?
            + "\n"
    } else {
        table::render(&report)
    })?;
    if let (Some(path), Some(text)) = (&args.write, document) {
        write(path, &document::updated(&text, &report)?)?;
        write(&path.with_extension("svg"), &chart::render(&report))?;
    }
    for line in report.complaints() {
        eprintln!("xtask: {line}");
    }
    Ok(if report.complaints().is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// The rows whose names have one of the texts in them; all if there is no text.
fn chosen(texts: &[String]) -> Result<Vec<Row>, Failure> {
    let mut all = rows::all();
    let names: Vec<_> = all.iter().map(|row| row.name.clone()).collect();
    if let Some(text) = texts
        .iter()
        .find(|text| !names.iter().any(|name| name.contains(*text)))
    {
        return Err(Failure::new(format!(
            "no row has {text:?} in its name; there are: {}",
            names.join(" ")
        )));
    }
    all.retain(|row| texts.is_empty() || texts.iter().any(|text| row.name.contains(text)));
    Ok(all)
}

/// The file that the table is to be put into, before anything is measured for it.
fn read_document(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::because(format_args!(
        "cannot read {}",
        path.display()
    )))?;
    document::check(&text).map(|()| text)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(Failure::because(format_args!(
        "cannot write {}",
        path.display()
    )))
}
