//! Totals over all objects of a kind, for systems that report only single objects.

use sysv_ipc::{MsgStat, SemStat, ShmStat};

/// Returns the number of segments and of their pages.
pub(crate) fn segments_in_use<I>(found: impl Iterator<Item = (I, ShmStat)>) -> (u64, u64) {
    let page = sysv_ipc::page_size();
    let pages = found.map(|(_, stat)| stat.segsz().div_ceil(page) as u64);
    pages.fold((0, 0), |(count, sum), pages| (count + 1, sum + pages))
}

/// Returns the number of sets and of their semaphores.
pub(crate) fn sets_in_use<I>(found: impl Iterator<Item = (I, SemStat)>) -> (u64, u64) {
    let members = found.map(|(_, stat)| stat.nsems() as u64);
    members.fold((0, 0), |(count, sum), members| (count + 1, sum + members))
}

/// Returns the number of queues, and of the messages and bytes on them.
pub(crate) fn queues_in_use<I>(found: impl Iterator<Item = (I, MsgStat)>) -> (u64, u64, u64) {
    found.fold((0, 0, 0), |(count, messages, bytes), (_, stat)| {
        (count + 1, messages + stat.qnum(), bytes + stat.cbytes())
    })
}

#[cfg(test)]
mod tests {
    //! The state of a real object, twice.

    use std::iter;

    use super::{queues_in_use, segments_in_use, sets_in_use};
    use crate::{MessageQueue, RemoveOnDrop, SemaphoreSet, SharedMemory};

    /// Returns a list of two objects with the same state.
    fn twice<S: Copy>(stat: sysv_ipc::Result<S>) -> impl Iterator<Item = (i32, S)> {
        iter::repeat_n((0, stat.unwrap()), 2)
    }

    #[test]
    fn pages_semaphores_messages_and_bytes_are_added_up() {
        let size = 2 * crate::page_size() + 1;
        let memory =
            RemoveOnDrop::new(SharedMemory::builder().size(size).create_private().unwrap());
        let segments = twice(sysv_ipc::shmctl_stat(memory.id()));
        assert_eq!(segments_in_use(segments), (2, 6));

        let set = SemaphoreSet::builder().values([0, 1, 2]).create_private();
        let set = RemoveOnDrop::new(set.unwrap());
        assert_eq!(sets_in_use(twice(sysv_ipc::semctl_stat(set.id()))), (2, 6));

        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        queue.send(1, b"cat").unwrap();
        queue.send(2, b"").unwrap();
        let queues = twice(sysv_ipc::msgctl_stat(queue.id()));
        assert_eq!(queues_in_use(queues), (2, 4, 6));
    }

    #[test]
    fn nothing_takes_nothing() {
        assert_eq!(segments_in_use::<i32>(iter::empty()), (0, 0));
        assert_eq!(sets_in_use::<i32>(iter::empty()), (0, 0));
        assert_eq!(queues_in_use::<i32>(iter::empty()), (0, 0, 0));
    }
}
