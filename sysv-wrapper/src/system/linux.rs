//! Linux: limits and objects from the commands that take an index, other facts from `/proc`.
//!
//! The commands cost 0.2 µs an object, need no `/proc`, and have pids of the caller's own pid namespace; a line of
//! `/proc/sysvipc` costs 0.4 to 0.7 µs and parsing (measured with 30,000 objects of each kind). So `/proc/sysvipc` is
//! used only for facts that no command reports: the memory usage of a segment.

pub(crate) use crate::system::proc::{
    attached, boot, mapping_limit, memlock_limit, memory_usage, process_info, shm_rmid_forced,
    shm_rmid_forced_lately, unmapped, waits_for_queue,
};
pub(crate) use crate::system::proc::{listed_segment, listed_set_was_operated_on};

use crate::kind::Kind;
use crate::system::proc::{kernel_setting, listed_ids};
use crate::system::sums::{queues_in_use, segments_in_use, sets_in_use};

use sysv_ipc::{Errno, MsgStat, SemStat, ShmStat};

use crate::system::{MsgLimits, SemLimits, ShmLimits, Stat};

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    let used = sysv_ipc::shmctl_shm_info();
    let (_, limits) = match sysv_ipc::shmctl_ipc_info() {
        Err(errno) if is_denied(errno) => return segment_settings().ok_or(errno),
        limits => limits?,
    };
    let (_, used) = match used {
        Err(errno) if is_denied(errno) => return segment_settings().ok_or(errno),
        used => used?,
    };
    Ok(ShmLimits {
        segments_max: limits.shmmni(),
        size_max: limits.shmmax(),
        size_min: limits.shmmin(),
        pages_max: limits.shmall(),
        segments: used.used_ids(),
        pages: used.total_pages(),
        resident_pages: Some(used.resident_pages()),
        swapped_pages: Some(used.swapped_pages()),
        removed_when_unused: shm_rmid_forced(),
    })
}

/// Returns the limits on segments from the kernel's settings, and their usage from the list of all segments.
#[cfg(sysv = "IPC_INFO")]
fn segment_settings() -> Option<ShmLimits> {
    let (segments, pages) = segments_in_use(segments().ok()?);
    Some(ShmLimits {
        segments_max: setting("shmmni")?,
        size_max: setting("shmmax")?,
        // A constant of the kernel.
        size_min: 1,
        pages_max: setting("shmall")?,
        segments,
        pages,
        resident_pages: None,
        swapped_pages: None,
        removed_when_unused: shm_rmid_forced(),
    })
}

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    let (_, limits) = match sysv_ipc::semctl_ipc_info() {
        Err(errno) if is_denied(errno) => return semaphore_settings().ok_or(errno),
        limits => limits?,
    };
    let (sets, semaphores) = match sysv_ipc::semctl_sem_info() {
        Ok((_, used)) => (used.used_ids(), used.semaphores()),
        // The command is unknown to the kernel, or denied.
        Err(errno) => sets_in_use(sets().map_err(|_| errno)?),
    };
    Ok(SemLimits {
        sets_max: limits.semmni(),
        semaphores_max: limits.semmns(),
        set_size_max: limits.semmsl(),
        operations_max: limits.semopm(),
        value_max: limits.semvmx(),
        undo_max: limits.semaem(),
        undo_processes_max: None,
        undo_entries_max: None,
        sets,
        semaphores,
    })
}

/// Returns the limits on sets from the kernel's setting, and their usage from the list of all sets.
#[cfg(sysv = "IPC_INFO")]
fn semaphore_settings() -> Option<SemLimits> {
    /// The maximum of a value and of an adjustment, a constant of the kernel.
    const SEMVMX: u64 = 32_767;
    let [set_size_max, semaphores_max, operations_max, sets_max] =
        kernel_setting("sem")?.try_into().ok()?;
    let (sets, semaphores) = sets_in_use(sets().ok()?);
    Some(SemLimits {
        sets_max,
        semaphores_max,
        set_size_max,
        operations_max,
        value_max: SEMVMX,
        undo_max: SEMVMX,
        undo_processes_max: None,
        undo_entries_max: None,
        sets,
        semaphores,
    })
}

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    let (_, limits) = match sysv_ipc::msgctl_ipc_info() {
        Err(errno) if is_denied(errno) => return queue_settings().ok_or(errno),
        limits => limits?,
    };
    let (queues, messages, bytes) = match sysv_ipc::msgctl_msg_info() {
        Ok((_, used)) => (used.used_ids(), used.messages(), used.bytes()),
        Err(errno) => queues_in_use(queues().map_err(|_| errno)?),
    };
    Ok(MsgLimits {
        queues_max: limits.msgmni(),
        message_size_max: limits.msgmax(),
        queue_bytes_max: limits.msgmnb(),
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}

/// Returns the limits on queues from the kernel's settings, and their usage from the list of all queues.
#[cfg(sysv = "IPC_INFO")]
fn queue_settings() -> Option<MsgLimits> {
    let (queues, messages, bytes) = queues_in_use(queues().ok()?);
    Some(MsgLimits {
        queues_max: setting("msgmni")?,
        message_size_max: setting("msgmax")?,
        queue_bytes_max: setting("msgmnb")?,
        queues,
        messages: Some(messages),
        bytes: Some(bytes),
    })
}

fn setting(name: &str) -> Option<u64> {
    kernel_setting(name)?.first().copied()
}

/// The result of a command with an index: an id, and the state.
type Found<S> = sysv_ipc::Result<(i32, S)>;

/// The kernel's table of one kind of objects.
pub(crate) struct Table<S> {
    source: Source<S>,
    inaccessible: u64,
}

/// The source of the objects of a table.
enum Source<S> {
    /// The commands that take an index, from the first index to the last in use.
    Indices(Indices<S>),
    /// The ids in `/proc/sysvipc`, where a security module denies the command that gives the last index.
    Ids {
        ids: std::vec::IntoIter<i32>,
        stat: fn(i32) -> sysv_ipc::Result<S>,
    },
}

struct Indices<S> {
    /// Needs no permission; kernels before 4.17 lack it.
    any: fn(i32) -> Found<S>,
    readable: fn(i32) -> Found<S>,
    /// The command that the kernel supports, once that is known.
    chosen: Option<fn(i32) -> Found<S>>,
    next: i32,
    /// The highest index in use at the beginning.
    highest: i32,
}

impl<S> Table<S> {
    fn new(highest: i32, any: fn(i32) -> Found<S>, readable: fn(i32) -> Found<S>) -> Table<S> {
        Table {
            source: Source::Indices(Indices {
                any,
                readable,
                chosen: None,
                next: 0,
                highest,
            }),
            inaccessible: 0,
        }
    }

    fn of_ids(ids: Vec<i32>, stat: fn(i32) -> sysv_ipc::Result<S>) -> Table<S> {
        Table {
            source: Source::Ids {
                ids: ids.into_iter(),
                stat,
            },
            inaccessible: 0,
        }
    }

    /// Returns the number of objects that the kernel did not show to this process.
    pub(crate) fn inaccessible(&self) -> u64 {
        self.inaccessible
    }
}

impl<S> Indices<S> {
    /// Reads the object at an index. `EINVAL` means an unknown command or an empty slot, so this tries both commands
    /// until one has found an object.
    fn at(&mut self, index: i32) -> Found<S> {
        if let Some(stat) = self.chosen {
            return stat(index);
        }
        let mut found = (self.any)(index);
        if is_nothing(&found) {
            let readable = (self.readable)(index);
            if is_nothing(&readable) {
                return found;
            }
            // The object may also have been created between the two calls.
            found = (self.any)(index);
            if is_nothing(&found) {
                self.chosen = Some(self.readable);
                return readable;
            }
        }
        self.chosen = Some(self.any);
        found
    }
}

impl<S> Source<S> {
    /// Reads the next object; `None` at the end.
    fn ask(&mut self) -> Option<Found<S>> {
        match self {
            Source::Indices(indices) => {
                let index = indices.next;
                indices.next += 1;
                (index <= indices.highest).then(|| indices.at(index))
            }
            Source::Ids { ids, stat } => ids.next().map(|id| stat(id).map(|stat| (id, stat))),
        }
    }
}

/// Returns whether the result is that no object exists, or no longer exists.
fn is_nothing<S>(found: &Found<S>) -> bool {
    matches!(found, Err(Errno::EINVAL | Errno::EIDRM))
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        loop {
            match self.source.ask()? {
                Ok(found) => return Some(found),
                nothing if is_nothing(&nothing) => {}
                Err(_) => self.inaccessible += 1,
            }
        }
    }
}

/// Returns whether a security module refused the call, which may still permit `/proc/sysvipc`.
fn is_denied(errno: Errno) -> bool {
    matches!(errno, Errno::EACCES | Errno::EPERM)
}

macro_rules! tables {
    ($($name:ident -> $stat:ident: $kind:ident $variant:ident $info:ident, $any:literal $stat_any:ident, $readable:ident;)+) => {$(
        #[cfg(sysv = "IPC_INFO")]
        pub(crate) fn $name() -> sysv_ipc::Result<Table<$stat>> {
            fn readable(index: i32) -> Found<$stat> {
                sysv_ipc::$readable(index).map(|(id, stat)| (id.as_raw(), stat))
            }
            #[cfg(sysv = $any)]
            fn any(index: i32) -> Found<$stat> {
                sysv_ipc::$stat_any(index).map(|(id, stat)| (id.as_raw(), stat))
            }
            #[cfg(not(sysv = $any))]
            let any = readable;
            fn by_id(id: i32) -> sysv_ipc::Result<$stat> {
                match Stat::of_any(Kind::$kind, id)? {
                    Stat::$variant(stat) => Ok(stat),
                    _ => Err(Errno::EINVAL),
                }
            }
            match sysv_ipc::$info() {
                Ok((highest, _)) => Ok(Table::new(highest, any, readable)),
                Err(errno) if is_denied(errno) => match listed_ids(Kind::$kind) {
                    Ok(ids) => Ok(Table::of_ids(ids, by_id)),
                    Err(_) => Err(errno),
                },
                Err(errno) => Err(errno),
            }
        }
    )+};
}

tables! {
    segments -> ShmStat: SharedMemory Shm shmctl_ipc_info, "SHM_STAT_ANY" shmctl_shm_stat_any, shmctl_shm_stat;
    sets -> SemStat: SemaphoreSet Sem semctl_ipc_info, "SEM_STAT_ANY" semctl_sem_stat_any, semctl_sem_stat;
    queues -> MsgStat: MessageQueue Msg msgctl_ipc_info, "MSG_STAT_ANY" msgctl_msg_stat_any, msgctl_msg_stat;
}

#[cfg(test)]
mod tests {
    //! Kernels of other versions, simulated by functions.

    use std::cell::Cell;

    use super::{Errno, Found, Table};

    /// Simulates an object at 1, unreadable objects at 2 and 4, and none at 0 and 3.
    fn readable(index: i32) -> Found<&'static str> {
        match index {
            1 => Ok((32769, "mine")),
            2 | 4 => Err(Errno::EACCES),
            _ => Err(Errno::EINVAL),
        }
    }

    fn any(index: i32) -> Found<&'static str> {
        readable(index).or_else(|errno| match errno {
            Errno::EACCES => Ok((index, "yours")),
            errno => Err(errno),
        })
    }

    #[test]
    fn the_command_that_needs_no_permission_sees_everything() {
        let mut table = Table::new(4, any, readable);
        let found: Vec<_> = table.by_ref().collect();
        assert_eq!(found, [(32769, "mine"), (2, "yours"), (4, "yours")]);
        assert_eq!(table.inaccessible(), 0);
    }

    #[test]
    fn an_old_kernel_tells_of_what_may_be_read_and_the_rest_is_counted() {
        let unknown = |_| Err(Errno::EINVAL);
        let mut table = Table::new(4, unknown, readable);
        assert_eq!(table.by_ref().collect::<Vec<_>>(), [(32769, "mine")]);
        assert_eq!(table.inaccessible(), 2);
        // The object at the last index was removed right after the kernel returned that index.
        let mut table = Table::new(3, unknown, readable);
        assert_eq!(table.by_ref().collect::<Vec<_>>(), [(32769, "mine")]);
        assert_eq!(table.inaccessible(), 1);
        let mut table = Table::new(3, any, readable);
        assert_eq!(table.by_ref().count(), 2);
        assert_eq!(table.inaccessible(), 0);
    }

    /// An object that is created between two calls must not rule out the better command.
    #[test]
    fn what_comes_between_two_questions_misleads_nobody() {
        thread_local!(static ASKED: Cell<u32> = const { Cell::new(0) });
        fn any_later(index: i32) -> Found<&'static str> {
            if ASKED.replace(ASKED.get() + 1) == 0 {
                return Err(Errno::EINVAL);
            }
            any(index.max(1))
        }
        let mut table = Table::new(2, any_later, |index| readable(index.max(1)));
        let found: Vec<_> = table.by_ref().collect();
        assert_eq!(found, [(32769, "mine"), (32769, "mine"), (2, "yours")]);
        assert_eq!(table.inaccessible(), 0);
    }

    #[test]
    fn an_empty_table_has_nothing() {
        let nothing = |_| Err::<(i32, ()), _>(Errno::EINVAL);
        assert_eq!(Table::new(0, nothing, nothing).count(), 0);
    }
}
