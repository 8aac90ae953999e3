//! The options that the programs share.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, value_parser};

use crate::channel::{Medium, Plan};
use crate::meeting::Meeting;
use crate::thin::Thin;
use crate::wrapped::Wrapped;

/// The terms of a conversation.
#[derive(Debug, Clone, Args)]
pub struct Terms {
    /// How many exchanges: a message of Mrs. Premise and its answer
    #[arg(long, value_name = "N", default_value = "1000")]
    #[arg(value_parser = value_parser!(u32).range(1..))]
    pub iterations: u32,

    /// Leave out the semaphores: each side reads while the other writes
    #[arg(long)]
    pub no_semaphore: bool,

    /// Give up after this time, with exit status 3
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    #[arg(value_parser = value_parser!(u32).range(1..=86400))]
    pub time_limit: u32,
}

/// The layers.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// sysv-ipc: one function per system call
    Ipc,
    /// sysv-wrapper: handles, guards, deadlines
    Wrapper,
}

/// The options of every program.
#[derive(Debug, Copy, Clone, Args)]
pub struct Common {
    /// The crate that calls the kernel
    #[arg(long, value_enum, default_value = "wrapper")]
    pub layer: Layer,

    /// Print nothing but the last line, and errors
    #[arg(long)]
    pub quiet: bool,
}

/// How the two meet by hand.
#[derive(Debug, Clone, Args)]
pub struct Rendezvous {
    /// The file with the id of the segment [default: this user's, among temporary files]
    #[arg(long, value_name = "PATH")]
    key_file: Option<PathBuf>,

    /// How long to wait for the other side
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    #[arg(value_parser = value_parser!(u32).range(0..=86400))]
    wait: u32,

    #[command(flatten)]
    common: Common,
}

impl Terms {
    /// Returns the terms of a conversation through this medium.
    pub fn plan(&self, medium: Medium) -> Plan {
        let unguarded = self.no_semaphore.then_some(Medium::Unguarded);
        let medium = unguarded.unwrap_or(medium);
        Plan::new(self.iterations, self.time_limit, medium)
    }
}

impl Common {
    /// Plays Mrs. Premise, if the terms are given, otherwise Mrs. Conclusion, and returns the exit status.
    pub fn attend(self, meeting: &Meeting, terms: Option<Plan>) -> u8 {
        match self.layer {
            Layer::Ipc => meeting.attend::<Thin>(terms),
            Layer::Wrapper => meeting.attend::<Wrapped>(terms),
        }
    }
}

impl Rendezvous {
    /// As [`Common::attend`], by hand.
    pub fn attend(self, terms: Option<Plan>) -> u8 {
        let uid = rustix::process::geteuid().as_raw();
        let default = || env::temp_dir().join(format!("sysv-conversation-{uid}.key"));
        let meeting = Meeting {
            key_file: Some(self.key_file.unwrap_or_else(default)),
            supervisor: None,
            segment: None,
            wait: Duration::from_secs(self.wait.into()),
            quiet: self.common.quiet,
        };
        self.common.attend(&meeting, terms)
    }
}

/// The exit statuses, for the end of a help text.
pub const STATUSES: &str = "\
Exit status:
  0         all exchanges done, 0 corrupted
  1         corruption was detected
  2         wrong usage, or a failure
  3         the time limit was reached
  129, 130, 143: ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM";
