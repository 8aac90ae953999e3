//! What is made from the definitions of the command line: completions and manual pages.

use std::io::Write;

use clap::CommandFactory;

use super::cli::{Cli, CompletionsArgs, ManArgs, Shell};
use super::exit::{Failure, Outcome, Status};
use super::output::Output;

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
