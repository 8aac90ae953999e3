//! Which objects: the filters that `list`, `remove` and `watch` share.

use std::time::Duration;

use sysv_wrapper::{Judge, Kind, Orphaned};

use crate::cli::Filter;
use crate::exit::{Failure, Outcome};
use crate::format::Time;
use crate::object::{Found, Objects};

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
        .is_some_and(|(last, _)| Time(last).age() >= time)
}
