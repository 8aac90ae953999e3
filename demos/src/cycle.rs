//! One life of every kind of handle: made, used, and removed. What `leak` does again and again.

use std::env;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use sysv_wrapper::{
    KeyFile, MessageBuffer, MessageQueue, RemoveOnDrop, Selector, Semaphore, SemaphoreSet,
    SharedMemory,
};

/// What a cycle is about, if not about everything.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// A segment: attached, written, read, detached
    Segments,
    /// A semaphore and a set: guards, operations
    Semaphores,
    /// A queue: messages in every form
    Queues,
    /// A key file, and a segment that is found by it
    KeyFiles,
}

/// Which objects a cycle had.
#[derive(Debug, Copy, Clone)]
pub struct Ids {
    segment: Option<i32>,
    sets: Option<[i32; 2]>,
    queue: Option<i32>,
}

impl Ids {
    /// How many of its objects are there. An id is given to another object only after some millions of others.
    pub fn left(&self) -> u64 {
        let there = [
            self.segment.map(|id| SharedMemory::from_id(id).is_ok()),
            self.sets.map(|[id, _]| SemaphoreSet::from_id(id).is_ok()),
            self.sets.map(|[_, id]| SemaphoreSet::from_id(id).is_ok()),
            self.queue.map(|id| MessageQueue::from_id(id).is_ok()),
        ];
        there.iter().filter(|there| **there == Some(true)).count() as u64
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        let one = |object: Option<i32>| u64::from(object.is_some());
        let two = self.sets.map_or(0, |sets| sets.len() as u64);
        one(self.segment) + two + one(self.queue)
    }
}

/// The objects of a cycle that is not over.
#[derive(Debug)]
pub struct Cycle {
    memory: Option<RemoveOnDrop<SharedMemory>>,
    semaphores: Option<(RemoveOnDrop<Semaphore>, RemoveOnDrop<SemaphoreSet>)>,
    queue: Option<RemoveOnDrop<MessageQueue>>,
    /// Whether the segment is only there for a key file, or has none, or both.
    part: Option<Part>,
}

impl Cycle {
    /// Makes the objects of a part, or one of each kind.
    ///
    /// # Errors
    ///
    /// Those of making objects.
    pub fn begin(part: Option<Part>) -> sysv_wrapper::Result<Cycle> {
        let mut cycle = Cycle {
            memory: None,
            semaphores: None,
            queue: None,
            part,
        };
        if cycle.is_about(Part::Segments) || cycle.is_about(Part::KeyFiles) {
            let memory = SharedMemory::builder().size(100).fill(b'x');
            cycle.memory = Some(RemoveOnDrop::new(memory.create_unique()?));
        }
        if cycle.is_about(Part::Semaphores) {
            let semaphore = Semaphore::builder().value(1).create_private()?;
            let semaphore = RemoveOnDrop::new(semaphore);
            let set = SemaphoreSet::builder().values([1, 0]).create_private()?;
            cycle.semaphores = Some((semaphore, RemoveOnDrop::new(set)));
        }
        if cycle.is_about(Part::Queues) {
            let queue = MessageQueue::builder().create_private()?;
            cycle.queue = Some(RemoveOnDrop::new(queue));
        }
        Ok(cycle)
    }

    fn is_about(&self, part: Part) -> bool {
        self.part.is_none_or(|only| only == part)
    }

    /// The ids of its objects.
    pub fn ids(&self) -> Ids {
        let sets = self.semaphores.as_ref();
        Ids {
            segment: self.memory.as_ref().map(|memory| memory.id().as_raw()),
            sets: sets.map(|(semaphore, set)| [semaphore.id().as_raw(), set.id().as_raw()]),
            queue: self.queue.as_ref().map(|queue| queue.id().as_raw()),
        }
    }

    /// Its segment, if it has one.
    pub fn memory(&self) -> Option<&SharedMemory> {
        self.memory.as_deref()
    }

    /// Uses all of them, and what can be made from them: attachments, a cursor, guards, an operation, messages, a
    /// key file, errors.
    ///
    /// # Errors
    ///
    /// Those of everything.
    pub fn turn(&self) -> Result<(), Box<dyn Error>> {
        if let Some(memory) = &self.memory {
            if self.is_about(Part::Segments) {
                use_memory(memory)?;
            }
            if self.is_about(Part::KeyFiles) {
                use_key_file(memory)?;
            }
        }
        if let Some((semaphore, set)) = &self.semaphores {
            use_semaphores(semaphore, set)?;
        }
        self.queue.as_deref().map_or(Ok(()), use_queue)
    }
}

fn use_memory(memory: &SharedMemory) -> Result<(), Box<dyn Error>> {
    let attached = memory.attach()?;
    write!(attached.cursor(), "{} tons of halibut", 5)?;
    let view = memory.attach_read_only()?;
    view.read_to_vec(..)?;
    let refused = view.read_to_vec(100..).err();
    refused.ok_or("it has more than its size")?.to_string();
    let again = memory.key().map(|key| SharedMemory::builder().create(key));
    let refused = again.and_then(Result::err);
    refused.ok_or("its key was free")?.to_string();
    Ok(())
}

fn use_key_file(memory: &SharedMemory) -> Result<(), Box<dyn Error>> {
    let file = KeyFile::publish(key_file(), memory)?;
    let found = KeyFile::wait(file.path(), Duration::ZERO)?;
    let view = SharedMemory::open(found)?.attach_read_only()?;
    view.read_to_vec(..)?;
    Ok(())
}

fn use_semaphores(semaphore: &Semaphore, set: &SemaphoreSet) -> Result<(), Box<dyn Error>> {
    let guard = semaphore.lock()?;
    let refused = semaphore.try_lock().err();
    refused.ok_or("locked twice")?.to_string();
    drop(guard);
    drop(semaphore.lock()?);
    let forth = set.operation().acquire(0, 1).undo();
    forth.release(1, 1).undo().run()?;
    set.get(1)?.acquire()?;
    Ok(())
}

fn use_queue(queue: &MessageQueue) -> Result<(), Box<dyn Error>> {
    queue.send(1, b"a message")?;
    queue.send_buffer(&MessageBuffer::new(2, b"another"))?;
    queue.receive(Selector::Exact(2))?;
    queue.receive_into(&mut [0; 20], Selector::Any)?;
    let refused = queue.try_receive(Selector::Any).err();
    refused.ok_or("there is a third message")?.to_string();
    Ok(())
}

/// A key file of this process alone.
fn key_file() -> PathBuf {
    env::temp_dir().join(format!("sysv-leak-{}.key", std::process::id()))
}
