//! Mrs. Premise, for a terminal of her own.

use std::process::ExitCode;

use clap::Parser;

use demos::conversation::by_hand::premise;
use demos::options::{self, Conversation, Layer, Rendezvous};
use demos::thin::Thin;
use demos::wrapped::Wrapped;

/// Mrs. Premise, who makes the shared memory and begins the conversation
///
/// Run `conclusion` in another terminal, before or after. The two meet through a
/// file that tells the key of the segment, which is a free one drawn at random.
/// Mrs. Premise removes everything in the end.
#[derive(Debug, Parser)]
#[command(name = "premise", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    #[command(flatten)]
    conversation: Conversation,

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
    let options = Options::parse();
    let plan = options.conversation.plan(2);
    let layer = options.rendezvous.layer;
    let by_hand = options.rendezvous.by_hand();
    let status = match layer {
        Layer::Ipc => premise::<Thin>(&by_hand, plan),
        Layer::Wrapper => premise::<Wrapped>(&by_hand, plan),
    };
    status.into()
}
