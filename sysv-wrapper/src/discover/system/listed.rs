//! Tables that the kernel gives as a whole, and what all their objects take together.

use std::vec;

use sysv_ipc::{MsgId, MsgStat, SemId, SemStat, ShmId, ShmStat};

/// All objects of one kind, as they were when the kernel was asked.
pub struct Table<S> {
    entries: vec::IntoIter<(i32, S)>,
}

impl<S> Table<S> {
    pub(super) fn new<I: Into<i32>>(found: impl Iterator<Item = (I, S)>) -> Table<S> {
        let entries: Vec<_> = found.map(|(id, stat)| (id.into(), stat)).collect();
        Table {
            entries: entries.into_iter(),
        }
    }

    /// The kernel asks for no permission, and does not count what it hides from a jail.
    #[allow(clippy::unused_self, reason = "others have something to tell")]
    pub(in crate::discover) fn unseen(&self) -> u64 {
        0
    }
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        self.entries.next()
    }
}

/// How many segments there are, and how many pages they have.
pub(super) fn segments_in_use(found: impl Iterator<Item = (ShmId, ShmStat)>) -> (u64, u64) {
    let page = sysv_ipc::page_size();
    let pages = found.map(|(_, stat)| stat.segsz().div_ceil(page) as u64);
    pages.fold((0, 0), |(count, sum), pages| (count + 1, sum + pages))
}

/// How many sets there are, and how many semaphores they have.
pub(super) fn sets_in_use(found: impl Iterator<Item = (SemId, SemStat)>) -> (u64, u64) {
    let members = found.map(|(_, stat)| stat.nsems() as u64);
    members.fold((0, 0), |(count, sum), members| (count + 1, sum + members))
}

/// How many queues there are, and how many messages and bytes are on them.
pub(super) fn queues_in_use(found: impl Iterator<Item = (MsgId, MsgStat)>) -> (u64, u64, u64) {
    found.fold((0, 0, 0), |(count, messages, bytes), (_, stat)| {
        (count + 1, messages + stat.qnum(), bytes + stat.cbytes())
    })
}
