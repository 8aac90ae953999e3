//! The limits of the system, their usage, and the limit that made the kernel refuse a creation. Each call reads them
//! from the kernel, since they can change at run time.

use std::fmt;

use sysv_ipc::{Errno, MsgStat};

use crate::error::{Error, ErrorKind, Result, Subject};
use crate::kind::Kind;
use crate::system::{self, MsgLimits, SemLimits, ShmLimits};

/// The limits of the running system. Each function reads them from the kernel.
///
/// On Linux the limits are those of this thread's ipc namespace, and can change at any time (`/proc/sys/kernel`).
/// The BSDs and macOS also report all of them; their usage is counted in the list of all objects. On macOS a
/// program in a sandbox may get only some of them, which [`of`](Self::of) returns.
///
/// ```
/// use sysv_wrapper::{Limits, RemoveOnDrop, Semaphore};
///
/// let max = Limits::semaphores()?.value_max();
/// let semaphore = Semaphore::builder().value(u32::try_from(max).unwrap()).create_private()?;
/// let semaphore = RemoveOnDrop::new(semaphore);
/// assert_eq!(u64::from(semaphore.value()?), max);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("IPC_INFO", "SEMAPHORE_VALUE_MAX"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    list: Vec<Limit>,
    is_complete: bool,
}

/// Converts the result of a query; the error names the limits that were requested.
fn ask<T>(kind: Kind, answer: sysv_ipc::Result<T>) -> Result<T> {
    answer.map_err(|errno| Error::call("look up the limits of", Subject::of(kind), errno))
}

impl Limits {
    /// Returns the limits on segments, and their usage.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not report them.
    #[doc(alias("shminfo", "shm_info"))]
    pub fn segments() -> Result<ShmLimits> {
        ask(Kind::SharedMemory, system::segment_limits())
    }

    /// Returns the limits on sets and semaphores, and their usage.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not report them.
    #[doc(alias = "seminfo")]
    pub fn semaphores() -> Result<SemLimits> {
        ask(Kind::SemaphoreSet, system::semaphore_limits())
    }

    /// Returns the limits on queues and messages, and their usage.
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system does not report them.
    #[doc(alias = "msginfo")]
    pub fn queues() -> Result<MsgLimits> {
        ask(Kind::MessageQueue, system::queue_limits())
    }

    /// Returns the limits on one kind of objects as a list, beginning with those on all objects together.
    ///
    /// If macOS denies a program its list of objects, these are the limits on segments and three of those on
    /// semaphores, without their usage, and the list is not [complete](Self::is_complete).
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system reports none;
    /// [`NotOwner`](crate::ErrorKind::NotOwner) if a sandbox denies access.
    pub fn of(kind: Kind) -> Result<Limits> {
        let all = match kind {
            Kind::SharedMemory => Limits::segments().map(|limits| limits.list().to_vec()),
            Kind::SemaphoreSet => Limits::semaphores().map(|limits| limits.list().to_vec()),
            Kind::MessageQueue => Limits::queues().map(|limits| limits.list().to_vec()),
        };
        match all {
            Ok(list) => Ok(Limits {
                list,
                is_complete: true,
            }),
            Err(error) => match without_use(kind) {
                Ok(list) => Ok(Limits {
                    list,
                    is_complete: false,
                }),
                Err(_) => Err(error),
            },
        }
    }

    /// Returns the limits on all kinds: segments, then sets, then queues. If the system does not report the limits of a
    /// kind, the list omits that kind and is not [complete](Self::is_complete).
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](Error::is_unsupported) where the system reports no limits at all.
    pub fn all() -> Result<Limits> {
        let mut all = Limits {
            list: Vec::new(),
            is_complete: true,
        };
        let mut refused = None;
        for kind in Kind::ALL {
            match Limits::of(kind) {
                Ok(limits) => {
                    all.list.extend(limits.list);
                    all.is_complete &= limits.is_complete;
                }
                Err(error) => {
                    all.is_complete = false;
                    refused = Some(error);
                }
            }
        }
        match refused {
            Some(error) if all.list.is_empty() => Err(error),
            _ => Ok(all),
        }
    }

    /// Returns an iterator of the limits.
    pub fn iter(&self) -> std::slice::Iter<'_, Limit> {
        self.list.iter()
    }

    /// Returns whether the system reported every limit and, where applicable, its usage.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl IntoIterator for Limits {
    type Item = Limit;
    type IntoIter = std::vec::IntoIter<Limit>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Limits {
    type Item = &'a Limit;
    type IntoIter = std::slice::Iter<'a, Limit>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// Returns the limits that a process can read if the system denies it the list of objects.
fn without_use(kind: Kind) -> sysv_ipc::Result<Vec<Limit>> {
    let known = match kind {
        Kind::SharedMemory => system::segment_limits_without_use()?.list().to_vec(),
        Kind::SemaphoreSet => {
            let known = |limit: &Limit| matches!(limit.name, "SEMMNI" | "SEMMNS" | "SEMMSL");
            let all = system::semaphore_limits_without_use()?.list();
            all.into_iter().filter(known).collect()
        }
        Kind::MessageQueue => return Err(Errno::ENOSYS),
    };
    let without_use = |limit| Limit {
        used: None,
        ..limit
    };
    Ok(known.into_iter().map(without_use).collect())
}

/// A limit of the system and its usage. Returned by [`Limits`](crate::Limits).
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
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: &'static str,
    pub(crate) what: &'static str,
    pub(crate) value: u64,
    pub(crate) used: Option<u64>,
}

impl Limit {
    /// Creates a limit on a total over all objects of the kind.
    pub(crate) const fn used_up(
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

    /// Creates a limit on each object, message or call.
    pub(crate) const fn each(
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

    /// Returns the name in C and in the manual pages: `SHMMNI`, `SEMMSL`, `MSGMAX`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the kind of objects that the limit applies to.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the unit of the number: `segments`, `bytes`, `pages`, `sets`, `semaphores`, `operations`, `queues`, or
    /// `value` for a limit on a value.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// Returns a description that follows the number: `bytes in one segment`.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Returns the limit: the maximum, or for SHMMIN the minimum.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// Returns the sysctl that sets the limit: `kernel.shmmni`. `None` for limits that cannot be set, and on systems other
    /// than Linux.
    ///
    /// `kernel.sem` has four numbers: SEMMSL, SEMMNS, SEMOPM and SEMMNI.
    pub fn sysctl(&self) -> Option<&'static str> {
        Some(setting(self.name)?.0)
    }

    /// Returns the amount that all objects use together; `None` for a limit on each object, message or call, and where
    /// the system does not report it.
    ///
    /// The amount exceeds the limit if the limit was lowered later.
    pub fn used(&self) -> Option<u64> {
        self.used
    }

    /// Returns the usage in percent of the limit; `None` if [`used`](Self::used) is. For a limit of 0 it is 100.
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

impl MsgLimits {
    /// Returns the limits as a list.
    pub fn list(&self) -> [Limit; 3] {
        const KIND: Kind = Kind::MessageQueue;
        [
            Limit::used_up(
                "MSGMNI",
                KIND,
                "queues",
                "queues",
                self.queues_max,
                self.queues,
            ),
            Limit::each(
                "MSGMAX",
                KIND,
                "bytes",
                "bytes in one message",
                self.message_size_max,
            ),
            Limit::each(
                "MSGMNB",
                KIND,
                "bytes",
                "bytes on one queue",
                self.queue_bytes_max,
            ),
        ]
    }
}

impl ShmLimits {
    /// Returns the limits as a list.
    pub fn list(&self) -> [Limit; 4] {
        const KIND: Kind = Kind::SharedMemory;
        let (segments, pages) = (self.segments, self.pages);
        [
            Limit::used_up(
                "SHMMNI",
                KIND,
                "segments",
                "segments",
                self.segments_max,
                segments,
            ),
            Limit::used_up(
                "SHMALL",
                KIND,
                "pages",
                "pages of shared memory",
                self.pages_max,
                pages,
            ),
            Limit::each(
                "SHMMAX",
                KIND,
                "bytes",
                "bytes in one segment",
                self.size_max,
            ),
            Limit::each(
                "SHMMIN",
                KIND,
                "bytes",
                "bytes in one segment at least",
                self.size_min,
            ),
        ]
    }
}

impl SemLimits {
    /// Returns the limits as a list.
    pub fn list(&self) -> [Limit; 6] {
        const KIND: Kind = Kind::SemaphoreSet;
        let (sets, all) = (self.sets, self.semaphores);
        [
            Limit::used_up("SEMMNI", KIND, "sets", "sets", self.sets_max, sets),
            Limit::used_up(
                "SEMMNS",
                KIND,
                "semaphores",
                "semaphores",
                self.semaphores_max,
                all,
            ),
            Limit::each(
                "SEMMSL",
                KIND,
                "semaphores",
                "semaphores in one set",
                self.set_size_max,
            ),
            Limit::each(
                "SEMOPM",
                KIND,
                "operations",
                "operations in one call",
                self.operations_max,
            ),
            Limit::each(
                "SEMVMX",
                KIND,
                "value",
                "as the value of a semaphore",
                self.value_max,
            ),
            Limit::each(
                "SEMAEM",
                KIND,
                "value",
                "to be undone at a process's end",
                self.undo_max,
            ),
        ]
    }
}

/// Returns the sysctl that sets the limit with this name, and the advice to use it.
fn setting(name: &str) -> Option<(&'static str, &'static str)> {
    macro_rules! setting {
        ($sysctl:literal, $what:literal) => {
            (
                $sysctl,
                concat!(
                    "`sysctl ",
                    $sysctl,
                    "` sets ",
                    $what,
                    ", and `sysvipc limits` shows the limits and their use"
                ),
            )
        };
    }
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        return None;
    }
    Some(match name {
        "SHMMNI" => setting!("kernel.shmmni", "this limit"),
        "SHMALL" => setting!("kernel.shmall", "this limit"),
        "SHMMAX" => setting!("kernel.shmmax", "this limit"),
        "SEMMSL" => setting!("kernel.sem", "this limit, with its first number"),
        "SEMMNS" => setting!("kernel.sem", "this limit, with its second number"),
        "SEMOPM" => setting!("kernel.sem", "this limit, with its third number"),
        "SEMMNI" => setting!("kernel.sem", "this limit, with its fourth number"),
        "MSGMNI" => setting!("kernel.msgmni", "this limit"),
        "MSGMAX" => setting!("kernel.msgmax", "this limit"),
        "MSGMNB" => setting!("kernel.msgmnb", "this limit"),
        _ => return None,
    })
}

/// Creates the error of a creation that the kernel refused, and names the limit that is reached, if any. `wanted` is
/// the size in the unit of the kind.
#[cold]
pub(crate) fn explain(subject: Subject, errno: Errno, wanted: usize) -> Error {
    let error = Error::call("create", subject, errno);
    let reached = match errno {
        Errno::ENOSPC => Reached::after_no_space(subject.kind, wanted),
        Errno::EINVAL => Reached::after_invalid(subject.kind, wanted),
        // What macOS and the BSDs say of SHMALL.
        Errno::ENOMEM if subject.kind == Kind::SharedMemory => {
            Reached::after_no_space(subject.kind, wanted).filter(|reached| reached.name == "SHMALL")
        }
        _ => None,
    };
    match reached {
        Some(reached) => {
            let error = match errno {
                Errno::ENOMEM => error.with_kind(ErrorKind::LimitReached),
                _ => error,
            };
            let error = error.because(reached.to_string());
            match setting(reached.name) {
                Some((_, advice)) => error.with_remedy(advice),
                None => error,
            }
        }
        None => error,
    }
}

/// Adds the limit to the error of a queue that its owner could not change. Every change sets `msg_qbytes` too, and the
/// kernel returns the same error for more than MSGMNB as for a user who is not the owner. `stat` is the new state;
/// `asked` is the new `msg_qbytes`, if that was to change.
#[cold]
pub(crate) fn explain_room(error: Error, stat: &MsgStat, asked: Option<u64>) -> Error {
    let room = stat.qbytes();
    let limit = match system::queue_limits() {
        Ok(limits) if limits.queue_bytes_max() < room => limits.queue_bytes_max(),
        _ => return error,
    };
    let because = match asked {
        Some(_) => format!(
            "it is to hold {room} bytes, and without a privilege the limit is {limit} bytes (MSGMNB)"
        ),
        None => format!(
            "it holds up to {room} bytes, more than the limit of {limit} (MSGMNB), and without a privilege nothing else \
             of it changes before that is lowered (`max_bytes`)"
        ),
    };
    let error = error.with_kind(ErrorKind::LimitReached).because(because);
    match setting("MSGMNB") {
        Some((_, advice)) => error.with_remedy(advice),
        None => error,
    }
}

/// A limit that prevents a creation.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The name of the limit.
    name: &'static str,
    /// The value of the limit.
    limit: u64,
    /// The requested amount, if it alone exceeds the limit.
    too_much: Option<u64>,
    /// A description of what it limits.
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
                "the limit on {what} ({name} = {limit}) is less than the {wanted} asked for"
            ),
            None => write!(f, "the limit on {what} ({name} = {limit}) is reached"),
        }
    }
}

impl Reached {
    /// Returns the limit that made the kernel return ENOSPC for the creation of an object of this size.
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

    /// Returns the limit that made the kernel return EINVAL for the creation of an object of this size.
    pub(crate) fn after_invalid(kind: Kind, wanted: usize) -> Option<Reached> {
        let limits = Limits::of(kind).ok()?;
        Reached::first(&limits, |name| match name {
            "SHMMAX" | "SEMMSL" => Some(wanted as u64),
            _ => None,
        })
    }

    /// Returns the first limit that the request exceeds. `demand` returns the amount that was requested of the limit
    /// with a name, if any.
    fn first(limits: &Limits, demand: impl Fn(&str) -> Option<u64>) -> Option<Reached> {
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

#[cfg(test)]
mod tests {
    //! Limits that no real system has all at the same time.

    use super::ShmLimits;
    #[cfg(target_os = "linux")]
    use super::{Limits, setting};

    /// The limits that can be raised on Linux, and the file of each.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_raises_a_limit_is_a_setting_of_the_system() {
        let names = [
            "SHMMNI", "SHMALL", "SHMMAX", "SEMMSL", "SEMMNS", "SEMOPM", "SEMMNI", "MSGMNI",
            "MSGMAX", "MSGMNB",
        ];
        for name in names {
            let (setting, _) = setting(name).unwrap();
            let file = if name.starts_with("SEM") {
                "kernel.sem"
            } else {
                &format!("kernel.{}", name.to_lowercase())
            };
            assert_eq!(setting, file);
        }
        assert!(setting("SEMVMX").is_none());
        let limits = Limits::all().unwrap();
        for (name, expected) in [("SHMALL", Some("kernel.shmall")), ("SHMMIN", None)] {
            let limit = limits.iter().find(|limit| limit.name() == name);
            assert_eq!(limit.unwrap().sysctl(), expected);
        }
    }

    #[test]
    fn each_number_has_its_own_name() {
        let limits = ShmLimits {
            segments_max: 11,
            size_max: 12,
            size_min: 13,
            pages_max: 14,
            segments: 15,
            pages: 16,
            resident_pages: Some(17),
            swapped_pages: Some(18),
            removed_when_unused: None,
        };
        assert_eq!((limits.size_max(), limits.size_min()), (12, 13));
        assert_eq!(
            (limits.resident_pages(), limits.swapped_pages()),
            (Some(17), Some(18))
        );
        let listed = limits.list();
        let listed = listed
            .iter()
            .map(|limit| (limit.name(), limit.value(), limit.used()));
        let expected = [
            ("SHMMNI", 11, Some(15)),
            ("SHMALL", 14, Some(16)),
            ("SHMMAX", 12, None),
            ("SHMMIN", 13, None),
        ];
        assert_eq!(listed.collect::<Vec<_>>(), expected);
    }
}
