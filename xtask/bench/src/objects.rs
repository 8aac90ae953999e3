//! The objects of a row, of every kind: each process has more than its work needs.

use std::ffi::c_long;
use std::hint::black_box;
use std::time::{Duration, Instant};

use sysv_wrapper::{
    Attachment, MessageQueue, Object, RemoveOnDrop, Semaphore, SemaphoreSet, SharedMemory,
};

use crate::job::{Job, Result, Run};

/// Matches the work, and returns a function that repeats its calls.
macro_rules! work {
    ($what:expr; $($($name:literal)|+ => $($call:expr),+;)+) => {
        match $what {
            $($($name)|+ => $crate::job::repeat(move || { $(let _ = $call;)+ }),)+
            _ => return None,
        }
    };
}
pub(crate) use work;

type Made<H> = sysv_wrapper::Result<H>;

pub struct Objects {
    pub semaphore: Semaphore,
    /// For a ping-pong.
    pub pair: SemaphoreSet,
    pub segment: SharedMemory,
    /// Another segment, for copies and for what processes share.
    pub memory: &'static Attachment,
    pub queue: MessageQueue,
    /// The other end of a copy, and the text of a message. Every page is written, and it is at another place within its page
    /// than the segment, where some processors copy slowly.
    pub buffer: &'static mut [u8],
}

impl Objects {
    pub fn new(job: &mut Job) -> Result<Objects> {
        let (size, others) = match (job.what.as_str(), job.numbers[0]) {
            ("unique", others) => (0, others),
            (_, size) => (size, 0),
        };
        let undo = job.what == "undo";
        let semaphore = || Semaphore::builder().value(1).undo(undo).create_unique();
        let segment = || SharedMemory::builder().size(4096).create_unique();
        let queue = || MessageQueue::builder().create_unique();
        let memory = SharedMemory::builder().size(size + 4096).fill(b's');
        let memory = job.object(|| memory.create_private())?.attach()?;
        let buffer = vec![b'b'; size + 2 * 4096].leak();
        let start = buffer.as_ptr().align_offset(4096) + 512;
        let objects = Objects {
            semaphore: job.object(semaphore)?,
            pair: job.object(|| SemaphoreSet::builder().values([0, 0]).create_private())?,
            segment: job.object(segment)?,
            memory: Box::leak(Box::new(memory)),
            queue: job.object(queue)?,
            buffer: &mut buffer[start..start + size],
        };
        for _ in 0..others {
            match job.kind.as_str() {
                "semaphore" => job.object(semaphore).map(drop)?,
                "segment" => job.object(segment).map(drop)?,
                _ => job.object(queue).map(drop)?,
            }
        }
        // A free block of the length of a message between two that stay, so that source and destination do not lie a few bytes
        // more than whole pages apart by chance: some processors then copy at a tenth of their speed.
        let blocks = [1024, size + size_of::<c_long>(), 1024];
        let [before, hole, behind] = blocks.map(Vec::<u8>::with_capacity);
        drop(black_box(hole));
        job.kept.push(Box::new([before, behind]));
        Ok(objects)
    }
}

impl Job {
    /// Creates an object for the time of this process, or opens that of the first process.
    pub fn object<H: Object + 'static>(&mut self, create: impl FnOnce() -> Made<H>) -> Result<H> {
        if self.part > 0 {
            return Ok(H::from_raw_id(self.ids.remove(0))?);
        }
        let object = create()?;
        self.ids.push(object.raw_id());
        self.kept.push(Box::new(RemoveOnDrop::new(object.clone())));
        Ok(object)
    }
}

/// Returns a function that measures how long it takes from the kill of another process, which has a lock, to the lock.
pub fn kill_holders(mut lock: Run) -> Run {
    Box::new(move |job, times| {
        let mut kill = |_| -> Result<Duration> {
            let mut holder = job.start(1)?;
            holder.ask(1)?;
            holder.taken()?;
            let start = Instant::now();
            holder.kill()?;
            lock(job, 1);
            Ok(start.elapsed())
        };
        (0..times).map(|time| kill(time).unwrap()).sum()
    })
}
