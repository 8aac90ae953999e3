//! One limit of the system, with what is used of it: the form for tables.

use crate::object::Kind;

/// A limit of the system, and how much of it is used. Made by [`Limits`](crate::Limits).
///
/// ```
/// use sysv_wrapper::{Kind, Limits};
///
/// let limits = Limits::of(Kind::SharedMemory)?;
/// let shmmni = limits.iter().find(|limit| limit.name() == "SHMMNI").unwrap();
/// assert!(shmmni.used().unwrap() <= shmmni.value());
/// assert!(shmmni.percent().unwrap() <= 100.0);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Limit {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: &'static str,
    pub(super) what: &'static str,
    pub(super) value: u64,
    pub(super) used: Option<u64>,
}

impl Limit {
    /// A limit that sums something up over all objects of the kind.
    pub(super) const fn used_up(
        name: &'static str,
        kind: Kind,
        unit: &'static str,
        what: &'static str,
        value: u64,
        used: u64,
    ) -> Limit {
        Limit {
            name,
            kind,
            unit,
            what,
            value,
            used: Some(used),
        }
    }

    /// A limit for each object, message or call by itself.
    pub(super) const fn each(
        name: &'static str,
        kind: Kind,
        unit: &'static str,
        what: &'static str,
        value: u64,
    ) -> Limit {
        Limit {
            name,
            kind,
            unit,
            what,
            value,
            used: None,
        }
    }

    /// The name that C and the manual pages have for it: `SHMMNI`, `SEMMSL`, `MSGMAX`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The kind of objects that it is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the number counts, in one word: `segments`, `bytes`, `pages`, `sets`, `semaphores`, `operations`,
    /// `queues`, or `value` for those that are a value by themselves.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// What is limited, in words that follow the number: `bytes in one segment`.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The limit itself: the most that there may be, for SHMMIN the least.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// How much is used by all objects together; `None` for a limit on each object, message or call by itself, and
    /// where the system does not tell.
    ///
    /// It may be more than the limit, where that was lowered since.
    pub fn used(&self) -> Option<u64> {
        self.used
    }

    /// How much is used, in percent of the limit; `None` where [`used`](Self::used) is. All of nothing is 100.
    #[allow(
        clippy::cast_precision_loss,
        reason = "fifty-two bits are enough for a percentage"
    )]
    pub fn percent(&self) -> Option<f64> {
        let used = self.used? as f64;
        Some(match self.value {
            0 => 100.0,
            value => used * 100.0 / value as f64,
        })
    }
}
