//! Which limit of the system is reached, looked up after the kernel refused. Never cached: limits
//! change at run time.

use std::fmt;

use sysv_ipc::Errno;

use crate::discover::{Limit, Limits};
use crate::error::Error;
use crate::object::{Kind, Subject};

/// Makes the error of a creation that the kernel refused, and names the limit that is reached, if one is. `wanted`
/// is the size in the kind's own unit.
#[cold]
pub(crate) fn explain(subject: Subject, errno: Errno, wanted: usize) -> Error {
    let error = Error::call("create", subject, errno);
    let reached = match errno {
        Errno::ENOSPC => Reached::after_no_space(subject.kind, wanted),
        Errno::EINVAL => Reached::after_invalid(subject.kind, wanted),
        _ => None,
    };
    match reached {
        Some(reached) => error.because(reached.to_string()),
        None => error,
    }
}

/// A limit that stands in the way.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The field's name for it.
    name: &'static str,
    /// Its value, in the unit that its name implies.
    limit: u64,
    /// How much was wanted, where that alone is more than the limit.
    too_much: Option<u64>,
    /// What it limits.
    what: &'static str,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reached {
            name, limit, what, ..
        } = self;
        match self.too_much {
            Some(wanted) => write!(
                f,
                "{wanted} {what} were asked for, and the limit is {limit} ({name})"
            ),
            None => write!(f, "the limit of {limit} {what} ({name}) is reached"),
        }
    }
}

impl Reached {
    /// Which limit made the kernel say ENOSPC when it was to make an object of this size.
    pub(crate) fn after_no_space(kind: Kind, wanted: usize) -> Option<Reached> {
        let wanted = wanted as u64;
        let limits = Limits::of(kind).ok()?;
        Reached::first(&limits, |name| match name {
            "SHMMNI" | "SEMMNI" | "MSGMNI" => Some(1),
            "SHMALL" => Some(wanted.div_ceil(sysv_ipc::page_size() as u64)),
            "SEMMNS" => Some(wanted),
            _ => None,
        })
    }

    /// Which limit made the kernel say EINVAL when it was to make an object of this size.
    pub(crate) fn after_invalid(kind: Kind, wanted: usize) -> Option<Reached> {
        let limits = Limits::of(kind).ok()?;
        Reached::first(&limits, |name| match name {
            "SHMMAX" | "SEMMSL" => Some(wanted as u64),
            _ => None,
        })
    }

    /// The first of the limits that does not have the room. `demand` tells how much more was wanted of the limit with
    /// a name, if anything.
    fn first(limits: &[Limit], demand: impl Fn(&str) -> Option<u64>) -> Option<Reached> {
        limits.iter().find_map(|limit| {
            let wanted = demand(limit.name())?;
            let used = limit.used().unwrap_or(0);
            let value = limit.value();
            (used.saturating_add(wanted) > value).then(|| Reached {
                name: limit.name(),
                limit: value,
                too_much: (wanted > value).then_some(wanted),
                what: limit.what(),
            })
        })
    }
}
