//! Mrs. Conclusion, for a terminal of her own.

use std::process::ExitCode;

use clap::Parser;

use demos::conversation::by_hand::conclusion;
use demos::options::{self, Layer, Rendezvous};
use demos::thin::Thin;
use demos::wrapped::Wrapped;

/// Mrs. Conclusion, who waits for Mrs. Premise and answers her
///
/// Run `premise` in another terminal, before or after. Mrs. Conclusion needs only
/// the file that tells the key: how many exchanges there are to be, and whether
/// with a semaphore, stands in the shared memory.
#[derive(Debug, Parser)]
#[command(name = "conclusion", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    #[command(flatten)]
    rendezvous: Rendezvous,
}

const EXAMPLES: &str = "\
Example:
  premise --iterations 200000      in one terminal
  conclusion                       in another one";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", options::STATUSES)
}

fn main() -> ExitCode {
    let Options { rendezvous } = Options::parse();
    let layer = rendezvous.layer;
    let by_hand = rendezvous.by_hand();
    let status = match layer {
        Layer::Ipc => conclusion::<Thin>(&by_hand),
        Layer::Wrapper => conclusion::<Wrapped>(&by_hand),
    };
    status.into()
}
