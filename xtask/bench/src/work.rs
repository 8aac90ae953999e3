//! The work on System V objects: in C, through `sysv-ipc`, and through `sysv-wrapper` as an application writes it.
#![expect(unsafe_code, reason = "calls C, and what is unsafe in sysv-ipc")]

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::hint::black_box;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use sysv_ipc::*;
use sysv_wrapper::{Attachment, MessageBuffer, MessageQueue, Object, RemoveOnDrop, Result as Made};
use sysv_wrapper::{Selector, Semaphore, SharedMemory};

use crate::process::{Job, Result, Run, Work, repeat};

unsafe extern "C" {
    fn bench_work(
        name: *const c_char,
        times: c_long,
        id: c_int,
        key: c_int,
        size: usize,
        offset: usize,
        segment: *mut u8,
        buffer: *mut u8,
    ) -> c_long;
}

/// Matches the work, and returns a function that repeats its calls.
macro_rules! work {
    ($what:expr; $($($name:literal)|+ => $($call:expr),+;)+) => {
        match $what {
            $($($name)|+ => Some(repeat(move || { $(let _ = $call;)+ })),)+
            _ => None,
        }
    };
}

/// Calls a function with an address in the segment.
macro_rules! in_segment {
    ($call:expr) => {
        // SAFETY: the segment is longer than offset and size together. An integer in it is aligned.
        unsafe { $call }
    };
}

pub fn prepare(job: &mut Job) -> Work {
    // The number is a size, or that of other objects of the kind.
    let others = if job.what == "unique" { job.number } else { 0 };
    let (size, offset, undo) = (job.number - others, job.offset, job.what == "undo");
    let new_set = move || Semaphore::builder().value(1).undo(undo);
    let new_segment = || SharedMemory::builder().size(4096);
    let new_queue = MessageQueue::builder;
    // For copies, and for what processes share.
    let memory = SharedMemory::builder().size(size + 4096).fill(b's');
    let memory = job.object(|| memory.create_private())?.attach()?;
    let memory: &Attachment = Box::leak(Box::new(memory));
    // The other end of a copy, and the text of a message. Every page is written, and it is at another place within its page
    // than the segment, where some processors copy slowly.
    let buffer = vec![b'b'; size + 2 * 4096].leak();
    let text = buffer.as_ptr().align_offset(4096) + 512;
    let text = &mut buffer[text..text + size];
    let semaphore = job.object(|| new_set().create_unique())?;
    let segment = job.object(|| new_segment().create_unique())?;
    let queue = job.object(|| new_queue().create_unique())?;
    for _ in 0..others {
        match job.kind.as_str() {
            "semaphore" => job.object(|| new_set().create_unique()).map(drop)?,
            "segment" => job.object(|| new_segment().create_unique()).map(drop)?,
            _ => job.object(|| new_queue().create_unique()).map(drop)?,
        }
    }
    // A free block of the length of a message between two that stay, so that source and destination do not lie a few bytes
    // more than whole pages apart by chance: some processors then copy at a tenth of their speed.
    let blocks = [1024, size + size_of::<c_long>(), 1024];
    let [before, hole, behind] = blocks.map(Vec::<u8>::with_capacity);
    drop(black_box(hole));
    job.kept.push(Box::new([before, behind]));

    let name = format!("{}/{}", job.kind, job.what);
    let (set_id, segment_id, queue_id) = (semaphore.id(), segment.id(), queue.id());
    let set_key = semaphore.key().ok_or("a unique set has a key")?;
    let segment_key = segment.key().ok_or("a unique segment has a key")?;
    Ok(match job.layer.as_str() {
        "c" => {
            let (id, key) = match job.kind.as_str() {
                "semaphore" => (semaphore.raw_id(), set_key),
                "queue" => (queue.raw_id(), set_key),
                _ => (segment.raw_id(), segment_key),
            };
            let (memory, text, key) = (memory.as_mut_ptr(), text.as_mut_ptr(), key.as_raw());
            let is_answer = job.part > 0 && job.what != "contended";
            let name = CString::new(name + if is_answer { "-answer" } else { "" })?;
            let call = move |times| {
                // SAFETY: the segment stays attached, and is larger than offset and size together. The buffer has this size,
                // and nothing else uses it.
                unsafe { bench_work(name.as_ptr(), times, id, key, size, offset, memory, text) }
            };
            // The first process prepares what is in the segment.
            let is_known = call(-c_long::from(job.part == 0)) == 0;
            let run: Run = Box::new(move |_, times| {
                let start = Instant::now();
                assert_eq!(call(times.try_into().unwrap()), 0, "the calls in C succeed");
                start.elapsed()
            });
            let is_killer = job.what == "killed" && job.part == 0;
            is_known.then(|| if is_killer { kill_holders(run) } else { run })
        }
        "sysv-ipc" => {
            const PLAIN: SemFlags = SemFlags::empty();
            const SEND: MsgSndFlags = MsgSndFlags::empty();
            const RECEIVE: MsgRcvFlags = MsgRcvFlags::empty();
            let operate = move |op, flags| semop(set_id, &[SemBuf::new(0, op, flags)]).unwrap();
            let (acquire, second) = ([SemBuf::new(0, -1, PLAIN)], Some(Duration::from_secs(1)));
            let get = move || shmget(segment_key.into(), 0, ShmGetFlags::empty(), Mode::NONE);
            // SAFETY: the kernel chooses a free address.
            let attach =
                move || unsafe { shmat(segment_id, ptr::null(), ShmAtFlags::empty()) }.unwrap();
            // SAFETY: nothing refers into the mapping.
            let detach = |address| unsafe { shmdt(address) }.unwrap();
            let mut message = MsgBuf::new(1, text);
            let start = memory.as_mut_ptr().cast::<c_void>();
            let at = move || start.wrapping_byte_add(black_box(offset));
            work! { name.as_str();
                "semaphore/acquire-release" => operate(-1, PLAIN), operate(1, PLAIN);
                "semaphore/undo" | "semaphore/lock" => operate(-1, SemFlags::UNDO), operate(1, SemFlags::UNDO);
                "semaphore/timeout" => semtimedop(set_id, &acquire, second).unwrap(), operate(1, PLAIN);
                "semaphore/value" => semctl_getval(set_id, 0).unwrap();
                "semaphore/set-value" => semctl_setval(set_id, 0, 1).unwrap();
                "semaphore/status" => semctl_stat(set_id).unwrap();
                "semaphore/create-remove" => create_set().and_then(semctl_rmid).unwrap();
                "segment/status" => shmctl_stat(segment_id).unwrap();
                "segment/get" => get().unwrap();
                "segment/shmat-shmdt" => detach(attach());
                "segment/create-remove" => shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT | ShmGetFlags::EXCL, Mode::OWNER).and_then(shmctl_rmid).unwrap();
                "queue/status" => msgctl_stat(queue_id).unwrap();
                "queue/in-place" => msgsnd(queue_id, &message, SEND).unwrap(), msgrcv(queue_id, &mut message, 0, RECEIVE).unwrap();
                "queue/copied" => msgsnd_bytes(queue_id, 1, text, SEND).unwrap(), black_box(msgrcv_vec(queue_id, size.max(4096), 0, RECEIVE).unwrap());
                "queue/create-remove" => msgget(Key::PRIVATE, MsgGetFlags::CREAT | MsgGetFlags::EXCL, Mode::OWNER).and_then(msgctl_rmid).unwrap();
                "copy/read" => in_segment!(copy_out(at(), text));
                "copy/write" => in_segment!(copy_in(text, at()));
                "copy/fill" => in_segment!(fill(at(), b'f', size));
            }
        }
        _ => {
            let mut message = MessageBuffer::new(1, text);
            let at = move || black_box(offset);
            work! { name.as_str();
                "semaphore/acquire-release" | "semaphore/undo" => semaphore.acquire().unwrap(), semaphore.release().unwrap();
                "semaphore/timeout" => semaphore.acquire_timeout(Duration::from_secs(1)).unwrap(), semaphore.release().unwrap();
                "semaphore/lock" => semaphore.lock().unwrap();
                "semaphore/value" => semaphore.value().unwrap();
                "semaphore/set-value" => semaphore.set_value(1).unwrap();
                "semaphore/status" => semaphore.status().unwrap();
                "semaphore/create-or-open" => new_set().create_or_open(set_key).unwrap();
                "semaphore/create-remove" => new_set().create_private().unwrap().remove().unwrap();
                "semaphore/unique" => new_set().create_unique().unwrap().remove().unwrap();
                "segment/status" => segment.status().unwrap();
                "segment/open" => SharedMemory::open(segment_key).unwrap();
                "segment/attach-detach" => segment.attach().unwrap();
                "segment/create-remove" => new_segment().create_private().unwrap().remove().unwrap();
                "segment/unique" => new_segment().create_unique().unwrap().remove().unwrap();
                "queue/status" => queue.status().unwrap();
                "queue/in-place" => queue.send_buffer(&message).unwrap(), queue.receive_buffer(&mut message, Selector::Any).unwrap();
                "queue/copied" => queue.send(1, &*text).unwrap(), black_box(queue.receive(Selector::Any).unwrap());
                "queue/create-remove" => new_queue().create_private().unwrap().remove().unwrap();
                "queue/unique" => new_queue().create_unique().unwrap().remove().unwrap();
                "copy/read" => memory.read_at(text, at()).unwrap();
                "copy/write" => memory.write_at(text, at()).unwrap();
                "copy/fill" => memory.fill(at()..offset + size, b'f').unwrap();
                "copy/read-u32" => black_box(memory.read_value::<u32>(at()).unwrap());
                "copy/read-u64" => black_box(memory.read_value::<u64>(at()).unwrap());
                "copy/write-u32" => memory.write_value(&black_box(7_u32), at()).unwrap();
                "copy/write-u64" => memory.write_value(&black_box(7_u64), at()).unwrap();
                "copy/load-u32" => black_box(memory.load_u32(at(), Relaxed).unwrap());
                "copy/load-u64" => black_box(memory.load_u64(at(), Relaxed).unwrap());
                "copy/store-u32" => memory.store_u32(at(), 7, Relaxed).unwrap();
                "copy/store-u64" => memory.store_u64(at(), 7, Relaxed).unwrap();
                "copy/add-u32" => memory.atomic_u32(at()).unwrap().fetch_add(1, Relaxed);
                "copy/add-u64" => memory.atomic_u64(at()).unwrap().fetch_add(1, Relaxed);
            }
        }
    })
}

/// Creates a set and makes it ready for others by Stevens' protocol.
fn create_set() -> sysv_ipc::Result<SemId> {
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let id = semget(Key::PRIVATE, 1, flags, Mode::OWNER)?;
    semctl_setval(id, 0, 1)?;
    let nothing = [-1, 1].map(|op| SemBuf::new(0, op, SemFlags::NOWAIT));
    semop(id, &nothing).map(|()| id)
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
            holder.process.kill()?;
            lock(job, 1);
            Ok(start.elapsed())
        };
        (0..times).map(|time| kill(time).unwrap()).sum()
    })
}
