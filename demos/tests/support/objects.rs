//! The objects of a run: the progress of the conversation, and the removal of the objects.

use std::sync::atomic::Ordering;

use demos::{Role, exchanges};
use sysv_ipc::{Errno, MsgId, SemId, ShmId, msgctl_stat, semctl_getncnt, semctl_stat, shmctl_stat};
use sysv_wrapper::SharedMemory;

use super::DEADLINE;
use super::thin::poll;

/// The ids that a run has printed.
#[derive(Debug, Copy, Clone)]
pub struct Objects {
    pub segment: ShmId,
    pub set: SemId,
    pub queue: Option<MsgId>,
    /// The segment of an area. (Each test fails if the set of one is left in its namespace.)
    pub area: Option<ShmId>,
}

impl Objects {
    /// Reads a line like `segment 5, semaphore set 6, queue 7`.
    pub fn parse(line: &str) -> Option<Objects> {
        let line = line.trim_end().strip_prefix("segment ")?;
        let (segment, line) = line.split_once(", semaphore set ")?;
        let (line, area) = match line.split_once(", area ") {
            Some((line, area)) => (line, Some(area.parse().ok()?)),
            None => (line, None),
        };
        let (set, queue) = match line.split_once(", queue ") {
            Some((set, queue)) => (set, Some(queue.parse().ok()?)),
            None => (line, None),
        };
        Some(Objects {
            segment: segment.parse().ok()?,
            set: set.parse().ok()?,
            queue,
            area,
        })
    }

    /// Returns the number of exchanges that Mrs. Premise has finished; `None` after the removal of the segment.
    fn exchanges(&self) -> Option<u32> {
        let memory = SharedMemory::from_id(self.segment).ok()?;
        let attached = memory.attach_read_only().ok()?;
        let offset = exchanges(Role::Premise);
        Some(attached.load_u32(offset, Ordering::Relaxed).unwrap())
    }

    /// Waits until they talk.
    pub fn wait_for_talk(&self) {
        let talk = &mut || self.exchanges().expect("the conversation has ended") >= 100;
        assert!(poll(DEADLINE, talk), "they do not talk");
    }

    /// Waits until this side waits for her turn.
    pub fn wait_for_waiter(&self, role: Role) {
        let waits = &mut || semctl_getncnt(self.set, role as u16).unwrap() != 0;
        assert!(poll(DEADLINE, waits), "{role} does not wait");
    }

    /// Asserts that no object exists any more.
    #[track_caller]
    pub fn assert_gone(&self) {
        let gone = |errno| matches!(errno, Errno::EINVAL | Errno::EIDRM);
        // A process that reads the mappings of one that has ended keeps them, and with them a removed segment.
        let is_gone = &mut || shmctl_stat(self.segment).is_err_and(gone);
        assert!(poll(DEADLINE, is_gone), "{self:?}");
        if let Some(area) = self.area {
            assert!(shmctl_stat(area).is_err_and(gone), "{self:?}");
        }
        assert!(semctl_stat(self.set).is_err_and(gone), "{self:?}");
        if let Some(queue) = self.queue {
            assert!(msgctl_stat(queue).is_err_and(gone), "{self:?}");
        }
    }
}
