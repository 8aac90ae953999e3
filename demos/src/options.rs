//! The options that the programs have in common.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::conversation::by_hand::ByHand;
use crate::conversation::{Flow, Plan};
use crate::key_path;

/// What can be said about the conversation.
#[derive(Debug, Clone, Args)]
pub struct Conversation {
    /// How many exchanges, from 1 to 4294967295: one is a message of Mrs.
    /// Premise and the answer of Mrs. Conclusion
    #[arg(long, value_name = "N", default_value = "1000", value_parser = iterations)]
    #[arg(allow_negative_numbers = true)]
    pub iterations: u32,

    /// Leave out the semaphores: both look at the memory again and again, so that
    /// each reads while the other writes
    #[arg(long)]
    pub no_semaphore: bool,

    /// Give up after this time, from 1 to 86400 (with exit status 3)
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = time_limit)]
    #[arg(allow_negative_numbers = true)]
    pub time_limit: u32,
}

impl Conversation {
    /// The plan, of as many processes.
    pub fn plan(&self, participants: u32) -> Plan {
        Plan {
            iterations: self.iterations,
            flow: if self.no_semaphore {
                Flow::Unguarded
            } else {
                Flow::Semaphore
            },
            time_limit: self.time_limit,
            participants,
        }
    }
}

/// The layers.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// sysv-ipc: one function per system call
    Ipc,
    /// sysv-wrapper: handles, guards, deadlines
    Wrapper,
}

impl Layer {
    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Ipc => "ipc",
            Layer::Wrapper => "wrapper",
        }
    }
}

/// What the exit statuses mean, for the end of a help text.
pub const STATUSES: &str = "\
Exit status:
  0         all exchanges done, 0 corrupted
  1         corruption was detected
  2         wrong usage, or a failure
  3         the time limit was reached
  129, 130, 143
            ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM";

const DAY: u32 = 24 * 60 * 60;

fn iterations(text: &str) -> Result<u32, String> {
    between(text, 1, u32::MAX)
}

fn time_limit(text: &str) -> Result<u32, String> {
    between(text, 1, DAY)
}

/// A time to wait, in whole seconds.
///
/// # Errors
///
/// What is allowed.
fn wait(text: &str) -> Result<Duration, String> {
    between(text, 0, DAY).map(|seconds| Duration::from_secs(seconds.into()))
}

fn between(text: &str, least: u32, most: u32) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("it must be a whole number from {least} to {most}")),
    }
}

/// How the two find each other if they are started by hand.
#[derive(Debug, Clone, Args)]
pub struct Rendezvous {
    /// The file that tells the key; by default one of this user's, in the runtime
    /// directory or in that for temporary files
    #[arg(long, value_name = "PATH")]
    pub key_file: Option<PathBuf>,

    /// How long to wait for the other one, from 0 to 86400
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = wait)]
    #[arg(allow_negative_numbers = true)]
    pub wait: Duration,

    /// Through which crate to call the kernel; the other one may choose differently
    #[arg(long, value_enum, default_value = "wrapper")]
    pub layer: Layer,

    /// Print nothing but the last line, and errors
    #[arg(long)]
    pub quiet: bool,
}

impl Rendezvous {
    /// What both have to know.
    pub fn by_hand(self) -> ByHand {
        ByHand {
            key_file: self.key_file.unwrap_or_else(key_path::default),
            wait: self.wait,
            quiet: self.quiet,
        }
    }
}
