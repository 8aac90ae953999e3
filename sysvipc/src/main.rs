//! `sysvipc`: what is on this machine of System V IPC, and what can go. The command line is in `cli`, each call in a
//! file of its name; here it is only told which.

mod changes;
mod cli;
mod clock;
mod closed;
mod columns;
mod create;
mod details;
mod exit;
mod filter;
mod found;
mod job;
mod limits;
mod list;
mod lock;
mod moment;
mod names;
mod output;
mod pages;
mod record;
mod remove;
mod screen;
mod show;
mod supervise;
mod table;
mod target;
mod transfer;
mod values;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use cli::{Call, Cli};
use exit::{Failure, Outcome, Status};
use output::{Colour, Output};

fn main() -> ExitCode {
    let outcome = match Cli::try_parse() {
        Ok(cli) => run(cli),
        Err(error) => explain(&error),
    };
    outcome.unwrap_or_else(Failure::report).into()
}

/// Does what was asked for. What prints is given its output first, and does nothing if there is none.
fn run(cli: Cli) -> Outcome<Status> {
    let out = || Output::new(cli.color);
    match cli.call {
        Call::List(args) => list::run(&args, out()?)?,
        Call::Show(args) => show::run(&args, out()?)?,
        Call::Create(args) => create::run(&args, out()?)?,
        Call::Remove(args) => remove::run(&args, out()?)?,
        Call::Limits(args) => limits::run(&args, out()?)?,
        Call::Watch(args) => watch::run(&args, out()?)?,
        Call::Lock(args) => return lock::run(&args),
        Call::Send(args) => transfer::send(args)?,
        Call::Receive(args) => transfer::receive(&args, out()?)?,
        Call::Read(args) => transfer::read(&args, out()?)?,
        Call::Write(args) => transfer::write(&args)?,
        Call::Completions(args) => pages::completions(&args, out()?)?,
        Call::Man(args) => pages::man(&args, out()?)?,
    }
    Ok(Status::Done)
}

/// Prints help, the version, or what is wrong with the command line.
fn explain(error: &clap::Error) -> Outcome<Status> {
    if error.use_stderr() {
        // Where nobody can be told there is nothing else to do.
        let _ = error.print();
        return Err(Failure::silent(Status::Usage));
    }
    // Only to see whether it can be written to.
    Output::new(Colour::Auto)?;
    error.print()?;
    Ok(Status::Done)
}
