//! The filters that `list`, `remove` and `watch` share.

use std::time::Duration;

use sysv_wrapper::{Entry, Kind, Listing, OrphanCheck, Verdict};

use crate::cli::Filter;
use crate::exit::{Failure, Result};
use crate::format::Time;
use crate::object::{last_use, was_last_used_by};

impl Filter {
    /// Returns whether any filter was given.
    pub(crate) fn is_some(&self) -> bool {
        let Filter {
            owner,
            creator_pid,
            last_pid,
            key,
            older_than,
            orphaned,
            idle,
            empty,
        } = self;
        owner.is_some()
            || creator_pid.is_some()
            || last_pid.is_some()
            || key.is_some()
            || older_than.is_some()
            || *orphaned
            || *idle
            || *empty
    }

    /// Rejects filters that a kind does not support.
    pub(crate) fn check(&self, kind: Option<Kind>) -> Result {
        if self.creator_pid.is_some() && kind != Some(Kind::SharedMemory) {
            return Err(Failure::usage(
                "--creator-pid is for segments (shm): the kernel does not record which process created a set or a \
                 queue",
            ));
        }
        if self.empty && kind == Some(Kind::SemaphoreSet) {
            return Err(Failure::usage(
                "--empty is for segments and queues: a set always has its semaphores",
            ));
        }
        Ok(())
    }

    /// Returns whether all filters match. The filters for orphans and for the last process of a set read the object again.
    pub(crate) fn matches(&self, object: &Entry, judge: &mut OrphanCheck) -> bool {
        let holds = |wanted: Option<bool>| wanted.unwrap_or(true);
        holds(self.owner.map(|uid| object.status().uid() == uid))
            && holds(self.key.map(|key| object.key() == key))
            && holds(
                self.creator_pid
                    .map(|pid| object.status().creator_pid() == Some(pid)),
            )
            && holds(self.older_than.map(|time| is_older(object, time)))
            && (!self.empty || object.status().is_empty() == Some(true))
            && holds(self.last_pid.map(|pid| was_last_used_by(object, pid)))
            && (!self.orphaned || judge.judge(object) == Verdict::Orphaned)
            && (!self.idle || judge.judge(object) == Verdict::Idle)
    }

    /// Returns the objects of a kind that may match: those with the key, or all. A key is looked up without a listing, which
    /// a policy may forbid.
    pub(crate) fn candidates(&self, kind: Kind) -> Result<Candidates> {
        let Some(key) = self.key.filter(|key| !key.is_private()) else {
            return Ok(Candidates::Listed(Entry::list(kind)?));
        };
        let (object, inaccessible) = match Entry::inspect_key(kind, key) {
            Ok(object) => (Some(object), 0),
            Err(error) if error.is_not_found() => (None, 0),
            Err(error) if error.is_permission_denied() => (None, 1),
            Err(error) => return Err(error.into()),
        };
        Ok(Candidates::Keyed {
            object,
            inaccessible,
        })
    }

    /// Returns the matching objects of a kind, and how many of that kind the user may not read.
    pub(crate) fn select(&self, kind: Kind, judge: &mut OrphanCheck) -> Result<(Vec<Entry>, u64)> {
        let mut objects = self.candidates(kind)?;
        let selected = objects
            .by_ref()
            .filter(|object| self.matches(object, judge))
            .collect();
        Ok((selected, objects.inaccessible()))
    }
}

/// The objects of one kind that may match the filters.
#[derive(Debug)]
pub(crate) enum Candidates {
    Listed(Listing),
    Keyed {
        object: Option<Entry>,
        inaccessible: u64,
    },
}

impl Candidates {
    /// Returns how many objects the user may not read, of those that the iterator passed.
    pub(crate) fn inaccessible(&self) -> u64 {
        match self {
            Candidates::Listed(listing) => listing.inaccessible(),
            Candidates::Keyed { inaccessible, .. } => *inaccessible,
        }
    }
}

impl Iterator for Candidates {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        match self {
            Candidates::Listed(listing) => listing.next(),
            Candidates::Keyed { object, .. } => object.take(),
        }
    }
}

/// Returns whether the last use is that long ago. False if the kernel recorded no times.
fn is_older(object: &Entry, time: Duration) -> bool {
    last_use(object.status()).is_some_and(|(last, _)| Time(last).age() >= time)
}
