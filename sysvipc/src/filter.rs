//! Which objects: the filters that `list`, `remove` and `watch` share.

use std::time::Duration;

use clap::Args;
use sysv_wrapper::{Judge, Key, Kind, Orphaned, Pid};

use super::exit::{Failure, Outcome};
use super::found::{Found, Objects};
use super::moment::Moment;
use super::values;

/// Which objects. All that are given have to hold.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters (all that are given have to hold)")]
pub(crate) struct Filter {
    /// Those that this user owns, by name or number
    #[arg(long, value_name = "USER", value_parser = values::user)]
    owner: Option<u32>,

    /// Segments that this process made; the kernel does not record it for
    /// sets and queues
    #[arg(long, value_name = "PID", value_parser = values::pid)]
    creator_pid: Option<Pid>,

    /// Those that this process was the last to use: attached or detached,
    /// operated on a member, sent or received
    #[arg(long, value_name = "PID", value_parser = values::pid)]
    last_pid: Option<Pid>,

    /// Those with this key, in hexadecimal (0x2a) or decimal; 0 is for those
    /// without one
    #[arg(long, value_name = "KEY", allow_negative_numbers = true)]
    pub(crate) key: Option<Key>,

    /// Those that nothing has happened to for this time (30m, 2h, 3d): since
    /// the last of all the times that the kernel records, which are those of
    /// changes, attaching and detaching, operations, sending and receiving.
    /// The column `last-use` says which it was
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    older_than: Option<Duration>,

    /// Orphans: nobody attached or waiting, at least one process recorded,
    /// and every recorded process gone. What cannot be judged is not one
    #[arg(long)]
    orphaned: bool,

    /// Segments that nobody has attached, queues without messages
    #[arg(long)]
    empty: bool,
}

impl Filter {
    /// Whether anything is filtered.
    pub(crate) fn is_some(&self) -> bool {
        let Filter {
            owner,
            creator_pid,
            last_pid,
            key,
            older_than,
            orphaned,
            empty,
        } = self;
        owner.is_some()
            || creator_pid.is_some()
            || last_pid.is_some()
            || key.is_some()
            || older_than.is_some()
            || *orphaned
            || *empty
    }

    /// Refuses what a kind cannot be asked.
    pub(crate) fn check(&self, kind: Option<Kind>) -> Outcome {
        if self.creator_pid.is_some() && kind != Some(Kind::SharedMemory) {
            return Err(Failure::usage(
                "--creator-pid is for segments (shm): of sets and queues the kernel does not record who made them",
            ));
        }
        if self.empty && kind == Some(Kind::Semaphores) {
            return Err(Failure::usage(
                "--empty is for segments and queues: a set has nothing that it could be empty of",
            ));
        }
        Ok(())
    }

    /// Whether it is one of those, by what is known of it and, for orphans and last users of a set, by a look at
    /// it now.
    pub(crate) fn matches(&self, found: &Found, judge: &mut Judge) -> bool {
        let holds = |wanted: Option<bool>| wanted.unwrap_or(true);
        holds(self.owner.map(|uid| found.uid() == uid))
            && holds(self.key.map(|key| found.key() == key))
            && holds(self.creator_pid.map(|pid| found.creator_pid() == Some(pid)))
            && holds(self.older_than.map(|time| is_older(found, time)))
            && (!self.empty || found.is_empty() == Some(true))
            && holds(self.last_pid.map(|pid| found.was_last_used_by(pid)))
            && (!self.orphaned || found.orphaned(judge) == Orphaned::Yes)
    }

    /// All of one kind, and how many of that kind could not be seen.
    pub(crate) fn select(&self, kind: Kind, judge: &mut Judge) -> Outcome<(Vec<Found>, u64)> {
        let mut objects = Objects::of(kind)?;
        let found = objects
            .by_ref()
            .filter(|found| self.matches(found, judge))
            .collect();
        Ok((found, objects.unseen()))
    }
}

/// Whether nothing has happened for that long. Of what has no time at all that is not known.
fn is_older(found: &Found, time: Duration) -> bool {
    found
        .last_use()
        .is_some_and(|(last, _)| Moment(last).age() >= time)
}
