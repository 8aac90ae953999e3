//! `sysvipc`: lists, inspects, creates and removes System V IPC objects.

mod cli;
mod clock;
mod commands;
mod completions;
mod exit;
mod filter;
mod format;
mod manual;
mod object;
mod stdio;
mod table;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Colour, Command};
use commands::{create, docs, limits, list, lock, metrics, remove, show, transfer, watch};
use exit::{Failure, Result, Status};
use stdio::Output;

fn main() -> ExitCode {
    let result = match completions::answer() {
        Ok(true) => Ok(Status::Success),
        Ok(false) => match Cli::try_parse() {
            Ok(cli) => run(cli),
            Err(error) => print_usage(&error),
        },
        Err(error) => print_usage(&error),
    };
    result.unwrap_or_else(Failure::report).into()
}

/// Runs the command. A command that prints does nothing unless there is an output.
fn run(cli: Cli) -> Result<Status> {
    let out = || Output::new(cli.color);
    match cli.command {
        Command::List(args) => list::run(&args, out()?)?,
        Command::Show(args) => show::run(&args, out()?)?,
        Command::Create(args) => create::run(&args, out()?)?,
        Command::Remove(args) => remove::run(&args, out()?)?,
        Command::Limits(args) => limits::run(&args, out()?)?,
        Command::Metrics(args) => metrics::run(&args, out()?)?,
        Command::Watch(args) => watch::run(&args, out()?)?,
        Command::Lock(args) => return lock::run(&args),
        Command::Send(args) => transfer::send(args)?,
        Command::Receive(args) => transfer::receive(&args, out()?)?,
        Command::Read(args) => transfer::read(&args, out()?)?,
        Command::Write(args) => transfer::write(&args)?,
        Command::Completions(args) => docs::completions(&args, out()?)?,
        Command::Man(args) => docs::man(&args, out()?)?,
        Command::InstallDocs(args) => docs::install(&args, out()?)?,
    }
    Ok(Status::Success)
}

/// Prints help, the version, or an error in the command line.
fn print_usage(error: &clap::Error) -> Result<Status> {
    if error.use_stderr() {
        // A failure to write to stderr cannot be reported.
        let _ = error.print();
        return Err(Failure::silent(Status::Usage));
    }
    // Fails if standard output is closed.
    Output::new(Colour::Auto)?;
    error.print()?;
    Ok(Status::Success)
}
