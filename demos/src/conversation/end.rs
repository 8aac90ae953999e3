//! How a conversation can end before its time, in words and as an exit status.

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use super::channel::Trouble;
use super::corruption::Corruption;
use super::plan::{Flow, Plan};
use super::role::{Party, Role};
use super::stop::{Reason, Stop};
use crate::signals;

/// Why one side stops before it is through.
#[derive(Debug)]
pub enum End {
    /// A signal came.
    Interrupted(u8),
    /// Somebody has told to stop.
    Stopped(Stop),
    /// Somebody is gone without a word.
    Gone(Party),
    /// Somebody who does not take part has removed the objects.
    Removed,
    /// What was heard is not what should have been said.
    Corrupted(Box<Corruption>),
    /// The time limit is reached.
    TimeOver(Plan),
    /// The other one did not come in time.
    Missed(Role, Duration),
    /// The role is taken, by this process.
    Taken(Role, u32),
    /// A call failed.
    Trouble(Trouble),
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> End {
        if trouble.is_removed() {
            End::Removed
        } else {
            End::Trouble(trouble)
        }
    }
}

impl From<Box<Corruption>> for End {
    fn from(corruption: Box<Corruption>) -> End {
        End::Corrupted(corruption)
    }
}

impl End {
    /// What to tell the others; nothing where they know it already, or will notice by themselves.
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            End::Interrupted(signal) => Some(Reason::Signal(*signal)),
            End::Corrupted(_) => Some(Reason::Corruption),
            End::TimeOver(_) => Some(Reason::TimeOver),
            End::Missed(..) | End::Trouble(_) => Some(Reason::Failure),
            End::Stopped(_) | End::Gone(_) | End::Removed | End::Taken(..) => None,
        }
    }

    /// The exit status of the process that ends so.
    pub fn status(&self) -> Status {
        let reason = match self {
            End::Stopped(stop) => Some(stop.reason),
            other => other.reason(),
        };
        match reason {
            Some(Reason::Corruption) => Status::Corruption,
            Some(Reason::TimeOver) => Status::TimeOver,
            Some(Reason::Signal(number)) => Status::Signal(number),
            Some(Reason::Failure) | None => Status::Failure,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Interrupted(signal) => {
                write!(f, "interrupted by {}", signals::name((*signal).into()))
            }
            End::Stopped(stop) => write!(f, "stopping, because {stop}"),
            End::Gone(party) => write!(f, "{party} has left the conversation"),
            End::Removed => f.write_str("somebody has removed what the conversation goes through"),
            End::Corrupted(corruption) => corruption.fmt(f),
            End::TimeOver(plan) if plan.flow == Flow::Unguarded => {
                write!(f, "no corruption was seen within {} s", plan.time_limit)
            }
            End::TimeOver(plan) => write!(
                f,
                "not through within {} s; --time-limit gives more time",
                plan.time_limit
            ),
            End::Missed(role, time) => {
                write!(f, "{role} did not come within {} s", time.as_secs())
            }
            End::Taken(role, pid) => write!(f, "there is a {role} already, process {pid}"),
            End::Trouble(trouble) => trouble.fmt(f),
        }
    }
}

/// The exit statuses.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Status {
    /// Through, and nothing corrupted.
    Good,
    /// Corruption was detected.
    Corruption,
    /// Something failed, or could not be understood.
    Failure,
    /// The time limit was reached.
    TimeOver,
    /// A signal came.
    Signal(u8),
}

impl Status {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Status::Good => 0,
            Status::Corruption => 1,
            Status::Failure => 2,
            Status::TimeOver => 3,
            // As shells have it.
            Status::Signal(number) => number.saturating_add(128),
        }
    }

    /// What the number stands for.
    pub fn from_code(code: i32) -> Status {
        match u8::try_from(code) {
            Ok(0) => Status::Good,
            Ok(1) => Status::Corruption,
            Ok(3) => Status::TimeOver,
            Ok(code @ 129..) => Status::Signal(code - 128),
            _ => Status::Failure,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.code())
    }
}
