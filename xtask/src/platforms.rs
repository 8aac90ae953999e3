//! `cargo xtask platforms`: makes docs/platforms.md, one row per target.
//!
//! What was detected comes from the bundled declarations, what was checked from docs/platforms.json, which
//! `cargo xtask cross --record` writes. Nothing is checked here. What sysv-wrapper does where something is missing
//! stands in `lacks.rs`; the page is put together in `page.rs`.

mod lacks;
mod page;

use std::fs;
use std::process::ExitCode;

use crate::bindings::{self, targets};
use crate::cross::record::{self, Record};
use crate::task::{self, Failure, Outcome, WRONG};

/// Make docs/platforms.md: what each platform has, what was checked there, and how.
///
/// It is made of the bundled declarations and of docs/platforms.json, the outcome of the last
/// `cargo xtask cross --record`.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  cargo xtask platforms --check")]
pub(crate) struct Args {
    /// Write nothing; exit with 1 if the page is not what it should be
    #[arg(long)]
    check: bool,
}

/// Makes the page, and writes or compares it.
pub(crate) fn run(args: &Args) -> Outcome {
    let record = Record::read(&record::path())?;
    let mut rows = Vec::new();
    for target in targets::chosen(None)? {
        let facts = bindings::bundled(target)?.facts;
        rows.push(page::Row::new(target.triple, facts, &record));
    }
    let page = page::render(&rows, &record.tools);
    let path = task::workspace_root().join("docs/platforms.md");
    if fs::read_to_string(&path).is_ok_and(|present| present == page) {
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        let shown = path.display();
        task::print(&format!(
            "{shown} is not up to date; `cargo xtask platforms` makes it\n"
        ))?;
        return Ok(ExitCode::from(WRONG));
    }
    fs::write(&path, page).map_err(Failure::because(format!("cannot write {}", path.display())))?;
    Ok(ExitCode::SUCCESS)
}
