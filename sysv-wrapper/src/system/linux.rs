//! Linux: limits and objects from the commands that take an index, what these do not tell from `/proc`.
//!
//! The commands cost 0.2 µs an object, need no `/proc`, and have pids of the caller's own pid namespace; a line of
//! `/proc/sysvipc` costs 0.4 to 0.7 µs and is to be parsed then (measured with 30,000 of each kind). So
//! `/proc/sysvipc` is for what it alone tells: how much of a segment is in memory.

pub(crate) use crate::system::proc::{attached, memory_usage, process, unmapped};

use crate::system::proc::shm_rmid_forced;

use sysv_ipc::{Errno, MsgStat, SemStat, ShmStat};

use crate::system::{MsgLimits, SemLimits, ShmLimits};

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn segment_limits() -> sysv_ipc::Result<ShmLimits> {
    let (_, limits) = sysv_ipc::shmctl_ipc_info()?;
    let (_, used) = sysv_ipc::shmctl_shm_info()?;
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

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn semaphore_limits() -> sysv_ipc::Result<SemLimits> {
    let (_, limits) = sysv_ipc::semctl_ipc_info()?;
    let (_, used) = sysv_ipc::semctl_sem_info()?;
    Ok(SemLimits {
        sets_max: limits.semmni(),
        semaphores_max: limits.semmns(),
        set_size_max: limits.semmsl(),
        operations_max: limits.semopm(),
        value_max: limits.semvmx(),
        undo_max: limits.semaem(),
        sets: used.used_ids(),
        semaphores: used.semaphores(),
    })
}

#[cfg(sysv = "IPC_INFO")]
pub(crate) fn queue_limits() -> sysv_ipc::Result<MsgLimits> {
    let (_, limits) = sysv_ipc::msgctl_ipc_info()?;
    let (_, used) = sysv_ipc::msgctl_msg_info()?;
    Ok(MsgLimits {
        queues_max: limits.msgmni(),
        message_size_max: limits.msgmax(),
        queue_bytes_max: limits.msgmnb(),
        queues: used.used_ids(),
        messages: Some(used.messages()),
        bytes: Some(used.bytes()),
    })
}

/// What a command with an index gives: an id, and the state.
type Found<S> = sysv_ipc::Result<(i32, S)>;

/// The kernel's table of one kind of objects, read from the first index to the last.
pub struct Table<S> {
    /// Needs no permission, and kernels before 4.17 do not have it.
    any: fn(i32) -> Found<S>,
    readable: fn(i32) -> Found<S>,
    /// The one of them that the kernel has turned out to answer.
    chosen: Option<fn(i32) -> Found<S>>,
    next: i32,
    /// The greatest index that was in use at the beginning.
    highest: i32,
    inaccessible: u64,
}

impl<S> Table<S> {
    fn new(highest: i32, any: fn(i32) -> Found<S>, readable: fn(i32) -> Found<S>) -> Table<S> {
        Table {
            any,
            readable,
            chosen: None,
            next: 0,
            highest,
            inaccessible: 0,
        }
    }

    /// What is at this index. Kernels say the same of an unknown command as of an index where nothing is, so the
    /// other command is asked too, until something was found.
    fn at(&mut self, index: i32) -> Found<S> {
        if let Some(stat) = self.chosen {
            return stat(index);
        }
        let mut found = (self.any)(index);
        if is_nothing(&found) {
            let told = (self.readable)(index);
            if is_nothing(&told) {
                return found;
            }
            // It may also have come between the two questions.
            found = (self.any)(index);
            if is_nothing(&found) {
                self.chosen = Some(self.readable);
                return told;
            }
        }
        self.chosen = Some(self.any);
        found
    }

    /// How many were there, and not to be seen.
    pub(crate) fn inaccessible(&self) -> u64 {
        self.inaccessible
    }
}

/// Whether the answer is that at this index nothing is, or nothing any more.
fn is_nothing<S>(found: &Found<S>) -> bool {
    matches!(found, Err(Errno::EINVAL | Errno::EIDRM))
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        while self.next <= self.highest {
            let found = self.at(self.next);
            self.next += 1;
            match found {
                Ok(found) => return Some(found),
                nothing if is_nothing(&nothing) => {}
                Err(_) => self.inaccessible += 1,
            }
        }
        None
    }
}

macro_rules! tables {
    ($($name:ident -> $stat:ident: $info:ident, $any:literal $stat_any:ident, $readable:ident;)+) => {$(
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
            let (highest, _) = sysv_ipc::$info()?;
            Ok(Table::new(highest, any, readable))
        }
    )+};
}

tables! {
    segments -> ShmStat: shmctl_ipc_info, "SHM_STAT_ANY" shmctl_shm_stat_any, shmctl_shm_stat;
    sets -> SemStat: semctl_ipc_info, "SEM_STAT_ANY" semctl_sem_stat_any, semctl_sem_stat;
    queues -> MsgStat: msgctl_ipc_info, "MSG_STAT_ANY" msgctl_msg_stat_any, msgctl_msg_stat;
}

#[cfg(test)]
mod tests {
    //! Kernels that cannot be had here, as functions.

    use std::cell::Cell;

    use super::{Errno, Found, Table};

    /// Something at 1, something unreadable at 2 and 4, and nothing at 0 and 3.
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
        // What is at the last index went right after the kernel told that index.
        let mut table = Table::new(3, unknown, readable);
        assert_eq!(table.by_ref().collect::<Vec<_>>(), [(32769, "mine")]);
        assert_eq!(table.inaccessible(), 1);
        let mut table = Table::new(3, any, readable);
        assert_eq!(table.by_ref().count(), 2);
        assert_eq!(table.inaccessible(), 0);
    }

    /// What comes while it is asked for is no reason to do without the better command.
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
