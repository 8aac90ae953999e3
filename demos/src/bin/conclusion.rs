//! Mrs. Conclusion, for a terminal of her own.

use std::process::ExitCode;

use clap::Parser;

use demos::{Rendezvous, STATUSES};

/// Mrs. Conclusion, who waits for Mrs. Premise and answers her
///
/// Run `premise` in another terminal, before or after. Mrs. Conclusion needs only
/// the file with the id of the segment: the terms of the conversation are in the
/// shared memory.
#[derive(Debug, Parser)]
#[command(name = "conclusion", version, max_term_width = 80, after_help = STATUSES)]
struct Options {
    #[command(flatten)]
    rendezvous: Rendezvous,
}

fn main() -> ExitCode {
    Options::parse().rendezvous.attend(None).into()
}
