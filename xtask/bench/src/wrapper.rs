//! The work through `sysv-wrapper`, as an application writes it.

use std::hint::black_box;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;
use std::time::Duration;

use sysv_wrapper::{
    Attachment, MessageBuffer, MessageQueue, RemoveOnDrop, Result, Selector, Semaphore,
    SharedMemory,
};

use crate::job::{Job, Run};
use crate::objects::{Objects, work};

pub fn prepare(objects: Objects, job: &Job) -> Option<Run> {
    let new_set = || Semaphore::builder().value(1);
    let new_segment = || SharedMemory::builder().size(4096);
    let new_queue = MessageQueue::builder;
    let (semaphore, semaphore_key) = (objects.semaphore.clone(), objects.semaphore.key()?);
    let (ask, answered) = (objects.pair.get(0).ok()?, objects.pair.get(1).ok()?);
    let (segment, segment_key) = (objects.segment.clone(), objects.segment.key()?);
    let (memory, queue, text) = (objects.memory, objects.queue, objects.buffer);
    let ping = MessageBuffer::new(1, text);
    let mut message = ping.clone();
    let [size, offset] = job.numbers;
    let at = move || black_box(offset);
    Some(work! { format!("{}/{}", job.kind, job.what).as_str();
        "semaphore/acquire-release" | "semaphore/undo" => semaphore.acquire().unwrap(), semaphore.release().unwrap();
        "semaphore/timeout" => semaphore.acquire_timeout(Duration::from_secs(1)).unwrap(), semaphore.release().unwrap();
        "semaphore/lock" => semaphore.lock().unwrap();
        "semaphore/value" => semaphore.value().unwrap();
        "semaphore/set-value" => semaphore.set_value(1).unwrap();
        "semaphore/status" => semaphore.status().unwrap();
        "semaphore/ping-pong" => ask.release().unwrap(), answered.acquire().unwrap();
        "semaphore/create-or-open" => new_set().create_or_open(semaphore_key).unwrap();
        "semaphore/create-remove" => new_set().create_private().unwrap().remove().unwrap();
        "semaphore/create-drop" => RemoveOnDrop::new(new_set().create_private().unwrap());
        "semaphore/unique" => new_set().create_unique().unwrap().remove().unwrap();
        "segment/status" => segment.status().unwrap();
        "segment/open" => SharedMemory::open(segment_key).unwrap();
        "segment/attach-detach" => segment.attach().unwrap();
        "segment/ping-pong" => take_turns(memory).unwrap();
        "segment/create-remove" => new_segment().create_private().unwrap().remove().unwrap();
        "segment/create-drop" => RemoveOnDrop::new(new_segment().create_private().unwrap());
        "segment/unique" => new_segment().create_unique().unwrap().remove().unwrap();
        "queue/status" => queue.status().unwrap();
        "queue/in-place" => queue.send_buffer(&message).unwrap(), queue.receive_buffer(&mut message, Selector::Any).unwrap();
        "queue/copied" => queue.send(1, &*text).unwrap(), black_box(queue.receive(Selector::Any).unwrap());
        "queue/ping-pong" => queue.send_buffer(&ping).unwrap(), queue.receive_buffer(&mut message, Selector::Exact(2)).unwrap();
        "queue/create-remove" => new_queue().create_private().unwrap().remove().unwrap();
        "queue/create-drop" => RemoveOnDrop::new(new_queue().create_private().unwrap());
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
    })
}

fn take_turns(attachment: &Attachment) -> Result<()> {
    let turn = attachment.atomic_u32(0)?;
    turn.store(1, Release);
    while turn.load(Acquire) != 0 {
        thread::yield_now();
    }
    Ok(())
}
