//! Mrs. Premise, for a terminal of her own.

use std::process::ExitCode;

use clap::Parser;

use demos::{Medium, Rendezvous, STATUSES, Terms};

/// Mrs. Premise, who creates the shared memory and begins the conversation
///
/// Run `conclusion` in another terminal, before or after. The two meet through a
/// file with the id of the segment. Mrs. Premise removes everything at the end.
#[derive(Debug, Parser)]
#[command(name = "premise", version, max_term_width = 80, after_help = STATUSES)]
struct Options {
    #[command(flatten)]
    terms: Terms,
    #[command(flatten)]
    rendezvous: Rendezvous,
}

fn main() -> ExitCode {
    let Options { terms, rendezvous } = Options::parse();
    rendezvous.attend(Some(terms.plan(Medium::Memory))).into()
}
