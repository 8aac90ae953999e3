//! `cargo xtask bench`: runs xtask/bench, which has a command line of its own.

use std::ffi::OsString;

use crate::task::{self, Outcome};

/// Measure the calls beside C, Python and others (`--help` for the options)
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    task::cargo_run("xtask/bench", &["--release"], args.arguments.clone())
}
