//! Mrs. Premise and Mrs. Conclusion: two processes that converse through shared memory.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use demos::conversation::supervisor::{self, supervise};
use demos::conversation::{Channel, Flow, Plan, Role};
use demos::options::{self, Conversation, Layer};
use demos::thin::Thin;
use demos::wrapped::Wrapped;

/// Two processes, Mrs. Premise and Mrs. Conclusion, exchange MD5 hashes through
/// shared memory
///
/// This program starts itself twice. Mrs. Premise begins with the hash of a random
/// string; whoever hears something checks that it is the MD5 of what she said
/// herself, and answers with the MD5 of what she heard. Two semaphores say whose
/// turn it is. Without them each reads while the other writes: sooner or later
/// one of them sees half of an answer, which is detected and named.
#[derive(Debug, Parser)]
#[command(name = "conversation", version, max_term_width = 80, after_help = EXAMPLES, after_long_help = help())]
#[command(
    args_conflicts_with_subcommands = false,
    disable_help_subcommand = true
)]
#[command(subcommand_negates_reqs = true)]
struct Options {
    #[command(flatten)]
    conversation: Conversation,

    /// Through which crate to call the kernel
    #[arg(long, value_enum, default_value = "wrapper", global = true)]
    layer: Layer,

    /// What the messages go through
    #[arg(long, value_enum, default_value = "memory")]
    channel: Medium,

    /// Print nothing but the last line, and errors
    #[arg(long)]
    quiet: bool,

    #[command(subcommand)]
    side: Option<Side>,
}

/// What the messages go through.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Medium {
    /// Shared memory
    Memory,
    /// A message queue
    Queue,
}

/// How the program calls itself.
#[derive(Debug, Copy, Clone, Subcommand)]
enum Side {
    /// One of the two
    #[command(hide = true)]
    Side {
        /// Which one
        role: RoleName,
        /// The process that started this one
        supervisor: u32,
    },
}

/// A role, by name.
#[derive(Debug, Copy, Clone, ValueEnum)]
enum RoleName {
    Premise,
    Conclusion,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Premise => Role::Premise,
            RoleName::Conclusion => Role::Conclusion,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  conversation --iterations 200000
  conversation --no-semaphore --iterations 5000000";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", options::STATUSES)
}

impl Options {
    /// The plan, or the sentence that says why it makes no sense.
    fn plan(&self) -> Result<Plan, &'static str> {
        let plan = self.conversation.plan(3);
        match self.channel {
            Medium::Memory => Ok(plan),
            Medium::Queue if self.conversation.no_semaphore => {
                Err("a queue needs no semaphore: --no-semaphore goes with --channel memory only")
            }
            Medium::Queue => Ok(Plan {
                flow: Flow::Queue,
                ..plan
            }),
        }
    }

    fn run<C: Channel>(&self) -> ExitCode {
        if let Some(Side::Side { role, supervisor }) = self.side {
            return supervisor::side::<C>(role.into(), supervisor).into();
        }
        match self.plan() {
            Ok(plan) => supervise::<C>(plan, self.layer, self.quiet).into(),
            Err(reason) => Options::command()
                .error(ErrorKind::ArgumentConflict, reason)
                .exit(),
        }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    match options.layer {
        Layer::Ipc => options.run::<Thin>(),
        Layer::Wrapper => options.run::<Wrapped>(),
    }
}
