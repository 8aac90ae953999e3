//! The tasks of this workspace, as plain Rust: `cargo xtask <task>`.
//!
//! This file contains only the command line. A task is a module with `Args` and `run(&Args)`; a new task needs a line
//! in [`Task`] and a line in [`Task::run`]. Shared code is in `task.rs`. The task `bench` is a package of its own.

#![forbid(unsafe_code)]

mod bindings;
mod cross;
mod detect;
mod task;
mod tidy;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of the System V IPC workspace.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    max_term_width = 100,
    after_help = "Exit status: 0 done, 1 something was found to be wrong, 2 the task could not be done.\n\n\
                  Example:\n  cargo xtask tidy"
)]
struct Cli {
    /// The task to run.
    #[command(subcommand)]
    task: Task,
}

/// One variant per task.
#[derive(Subcommand)]
enum Task {
    Tidy(tidy::Args),
    Detect(detect::Args),
    Bindings(bindings::Args),
    Cross(cross::Args),
    /// Measure the calls beside C, Python and others (`--help` for the options)
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<OsString>,
    },
}

impl Task {
    /// Runs the task.
    fn run(&self) -> task::Outcome {
        match self {
            Self::Tidy(args) => tidy::run(args),
            Self::Detect(args) => detect::run(args),
            Self::Bindings(args) => bindings::run(args),
            Self::Cross(args) => cross::run(args),
            Self::Bench { arguments } => task::cargo_run("xtask/bench", &["--release"], arguments),
        }
    }
}

/// Parses the command line, runs the task, and converts a failure to one line and exit status 2.
fn main() -> ExitCode {
    Cli::parse().task.run().unwrap_or_else(|failure| {
        eprintln!("xtask: {failure}");
        ExitCode::from(2)
    })
}
