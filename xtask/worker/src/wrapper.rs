//! The work through `sysv-wrapper`, as an application writes it.

use std::hint::black_box;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;
use std::time::Duration;

use sysv_wrapper::{
    Attachment, MessageBuffer, MessageQueue, Object, RemoveOnDrop, Result, Selector, Semaphore,
    SemaphoreSet, SharedMemory,
};

use crate::{Peer, Prepared, Run, buffer, keep_apart, work};

/// The work of a row.
pub fn prepare(kind: &str, what: &str, first: usize, offset: usize) -> Prepared {
    match kind {
        "semaphore" => semaphores(what, first),
        "segment" => segments(what, first),
        "queue" => queues(what, first),
        _ => copies(what, first, offset),
    }
}

/// The object under test, and further objects in the same namespace.
fn objects<H: Object>(
    what: &str,
    others: usize,
    create: impl Fn() -> Result<H>,
) -> Result<(H, Vec<RemoveOnDrop<H>>)> {
    let object = RemoveOnDrop::new(create()?);
    let handle = object.clone();
    let mut all = vec![object];
    for _ in 0..if what == "unique" { others } else { 0 } {
        all.push(RemoveOnDrop::new(create()?));
    }
    Ok((handle, all))
}

fn semaphores(what: &str, others: usize) -> Prepared {
    let undo = what == "undo";
    let new = move || Semaphore::builder().value(1).undo(undo);
    let (object, all) = objects(what, others, || new().create_unique())?;
    let key = object.key().ok_or("no key")?;
    let pair = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0]).create_private()?);
    let (ask, answered) = (pair.get(0)?, pair.get(1)?);
    let peer = Peer::start(what, "semaphore/answer", pair.raw_id())?;
    let run: Run = work! { what;
        "acquire-release" | "undo" => object.acquire().unwrap(), object.release().unwrap();
        "timeout" => object.acquire_timeout(Duration::from_secs(1)).unwrap(), object.release().unwrap();
        "lock" => object.lock().unwrap();
        "value" => object.value().unwrap();
        "set-value" => object.set_value(1).unwrap();
        "status" => object.status().unwrap();
        "ping-pong" => ask.release().unwrap(), answered.acquire().unwrap();
        "create-or-open" => new().create_or_open(key).unwrap();
        "create-remove" => new().create_private().unwrap().remove().unwrap();
        "create-drop" => RemoveOnDrop::new(new().create_private().unwrap());
        "unique" => new().create_unique().unwrap().remove().unwrap();
    };
    Ok(Some((run, Box::new((peer, pair, all)))))
}

fn segments(what: &str, others: usize) -> Prepared {
    let new = || SharedMemory::builder().size(4096);
    let (object, all) = objects(what, others, || new().create_unique())?;
    let key = object.key().ok_or("no key")?;
    let attachment = (what == "ping-pong").then(|| object.attach()).transpose()?;
    let peer = Peer::start(what, "segment/answer", object.raw_id())?;
    let run: Run = work! { what;
        "status" => object.status().unwrap();
        "open" => SharedMemory::open(key).unwrap();
        "attach-detach" => object.attach().unwrap();
        "ping-pong" => take_turns(attachment.as_ref().unwrap()).unwrap();
        "create-remove" => new().create_private().unwrap().remove().unwrap();
        "create-drop" => RemoveOnDrop::new(new().create_private().unwrap());
        "unique" => new().create_unique().unwrap().remove().unwrap();
    };
    Ok(Some((run, Box::new((peer, all)))))
}

fn take_turns(attachment: &Attachment) -> Result<()> {
    let turn = attachment.atomic_u32(0)?;
    turn.store(1, Release);
    while turn.load(Acquire) != 0 {
        thread::yield_now();
    }
    Ok(())
}

fn queues(what: &str, first: usize) -> Prepared {
    let new = MessageQueue::builder;
    let (object, all) = objects(what, first, || new().create_unique())?;
    let peer = Peer::start(what, "queue/answer", object.raw_id())?;
    let text = vec![b't'; if what == "unique" { 0 } else { first }];
    let ping = MessageBuffer::new(1, &text);
    let mut message = ping.clone();
    let apart = keep_apart(text.len());
    let run: Run = work! { what;
        "status" => object.status().unwrap();
        "in-place" => object.send_buffer(&message).unwrap(), object.receive_buffer(&mut message, Selector::Any).unwrap();
        "copied" => object.send(1, &text).unwrap(), black_box(object.receive(Selector::Any).unwrap());
        "ping-pong" => object.send_buffer(&ping).unwrap(), object.receive_buffer(&mut message, Selector::Exact(2)).unwrap();
        "create-remove" => new().create_private().unwrap().remove().unwrap();
        "create-drop" => RemoveOnDrop::new(new().create_private().unwrap());
        "unique" => new().create_unique().unwrap().remove().unwrap();
    };
    Ok(Some((run, Box::new((peer, all, apart)))))
}

fn copies(what: &str, size: usize, offset: usize) -> Prepared {
    let memory = SharedMemory::builder().size(size + 4096).fill(b's');
    let memory = RemoveOnDrop::new(memory.create_private()?);
    let segment = memory.attach()?;
    let (mut buffer, place) = buffer(size);
    let at = move || black_box(offset);
    let run: Run = work! { what;
        "read" => segment.read_at(&mut buffer[place.clone()], at()).unwrap();
        "write" => segment.write_at(&buffer[place.clone()], at()).unwrap();
        "fill" => segment.fill(at()..offset + size, b'f').unwrap();
        "read-u32" => black_box(segment.read_value::<u32>(at()).unwrap());
        "read-u64" => black_box(segment.read_value::<u64>(at()).unwrap());
        "write-u32" => segment.write_value(&black_box(7_u32), at()).unwrap();
        "write-u64" => segment.write_value(&black_box(7_u64), at()).unwrap();
        "load-u32" => black_box(segment.load_u32(at(), Relaxed).unwrap());
        "load-u64" => black_box(segment.load_u64(at(), Relaxed).unwrap());
        "store-u32" => segment.store_u32(at(), 7, Relaxed).unwrap();
        "store-u64" => segment.store_u64(at(), 7, Relaxed).unwrap();
        "add-u32" => segment.atomic_u32(at()).unwrap().fetch_add(1, Relaxed);
        "add-u64" => segment.atomic_u64(at()).unwrap().fetch_add(1, Relaxed);
    };
    Ok(Some((run, Box::new(memory))))
}
