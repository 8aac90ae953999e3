//! `sysvipc`: what is on this machine of System V IPC, and what can go. The command line is in `cli`, each call in a
//! file of its name; here it is only told which.

mod cli;
mod clock;
mod commands;
mod exit;
mod filter;
mod format;
mod object;
mod stdio;
mod table;
mod terminal;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Call, Cli, Colour, CompletionsArgs, ManArgs, Shell};
use commands::{create, limits, list, lock, remove, show, transfer, watch};
use exit::{Failure, Outcome, Status};
use stdio::Output;

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
        Call::Completions(args) => completions(&args, out()?)?,
        Call::Man(args) => man(&args, out()?)?,
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

/// Prints the completions.
pub(crate) fn completions(args: &CompletionsArgs, mut out: Output) -> Outcome {
    let shell = match args.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    // By way of memory: the generator takes failures for mistakes of the programmer.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sysvipc", &mut text);
    out.write_all(&text)?;
    out.finish()
}

/// Writes the manual pages.
pub(crate) fn man(args: &ManArgs, mut out: Output) -> Outcome {
    let Some(directory) = &args.directory else {
        clap_mangen::Man::new(Cli::command()).render(&mut out)?;
        return out.finish();
    };
    clap_mangen::generate_to(Cli::command(), directory).map_err(|error| {
        let text = format!(
            "cannot write manual pages to `{}`: {error}",
            directory.display()
        );
        Failure::new(Status::Failed, text)
    })
}
