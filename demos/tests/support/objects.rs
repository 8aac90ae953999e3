//! The objects of a run: the progress of the conversation, and the removal of the objects.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;

use demos::{Role, exchanges};
use sysv_ipc::{Errno, MsgId, SemId, ShmId, msgctl_stat, semctl_getncnt, semctl_stat, shmctl_stat};
use sysv_wrapper::SharedMemory;

use super::DEADLINE;

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
        let end = Instant::now() + DEADLINE;
        while self.exchanges().expect("the conversation has ended") < 100 {
            assert!(Instant::now() < end, "they do not talk");
            thread::yield_now();
        }
    }

    /// Waits until this side waits for her turn.
    pub fn wait_for_waiter(&self, role: Role) {
        let end = Instant::now() + DEADLINE;
        while semctl_getncnt(self.set, role as u16).unwrap() == 0 {
            assert!(Instant::now() < end, "{role} does not wait");
            thread::yield_now();
        }
    }

    /// Asserts that no object exists any more.
    #[track_caller]
    pub fn assert_gone(&self) {
        let gone = |errno| matches!(errno, Errno::EINVAL | Errno::EIDRM);
        assert!(shmctl_stat(self.segment).is_err_and(gone), "{self:?}");
        if let Some(area) = self.area {
            assert!(shmctl_stat(area).is_err_and(gone), "{self:?}");
        }
        assert!(semctl_stat(self.set).is_err_and(gone), "{self:?}");
        if let Some(queue) = self.queue {
            assert!(msgctl_stat(queue).is_err_and(gone), "{self:?}");
        }
    }
}
