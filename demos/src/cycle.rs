//! One life of every kind of handle: made, used, and removed. What `leak` does again and again.

use std::env;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use sysv_wrapper::{
    KeyFile, MessageBuffer, MessageQueue, RemoveOnDrop, Selector, Semaphore, SemaphoreSet,
    SharedMemory,
};

/// Which objects a cycle had.
#[derive(Debug, Copy, Clone)]
pub struct Ids {
    segment: i32,
    sets: [i32; 2],
    queue: i32,
}

impl Ids {
    /// How many objects these are.
    pub const COUNT: u64 = 4;

    /// How many of them are there. An id is given to another object only after some millions of others.
    pub fn left(&self) -> u64 {
        let sets = self.sets.map(|id| SemaphoreSet::from_id(id).is_ok());
        let [first, second] = sets;
        let segment = SharedMemory::from_id(self.segment).is_ok();
        let queue = MessageQueue::from_id(self.queue).is_ok();
        let there = [segment, first, second, queue];
        there.into_iter().filter(|there| *there).count() as u64
    }
}

/// The objects of a cycle that is not over.
#[derive(Debug)]
pub struct Cycle {
    memory: RemoveOnDrop<SharedMemory>,
    semaphore: RemoveOnDrop<Semaphore>,
    set: RemoveOnDrop<SemaphoreSet>,
    queue: RemoveOnDrop<MessageQueue>,
}

impl Cycle {
    /// Makes one object of each kind.
    ///
    /// # Errors
    ///
    /// Those of making objects.
    pub fn begin() -> sysv_wrapper::Result<Cycle> {
        let memory = SharedMemory::builder().size(100).fill(b'x');
        let memory = RemoveOnDrop::new(memory.create_unique()?);
        let semaphore = Semaphore::builder().value(1).create_private()?;
        let semaphore = RemoveOnDrop::new(semaphore);
        let set = SemaphoreSet::builder().values([1, 0]).create_private()?;
        let set = RemoveOnDrop::new(set);
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
        Ok(Cycle {
            memory,
            semaphore,
            set,
            queue,
        })
    }

    /// The ids of its objects.
    pub fn ids(&self) -> Ids {
        Ids {
            segment: self.memory.id().as_raw(),
            sets: [self.semaphore.id().as_raw(), self.set.id().as_raw()],
            queue: self.queue.id().as_raw(),
        }
    }

    /// Uses all of them, and what can be made from them: attachments, a cursor, guards, an operation, messages, a
    /// key file, errors.
    ///
    /// # Errors
    ///
    /// Those of everything.
    pub fn turn(&self) -> Result<(), Box<dyn Error>> {
        self.use_memory()?;
        self.use_semaphores()?;
        self.use_queue()
    }

    fn use_memory(&self) -> Result<(), Box<dyn Error>> {
        let attached = self.memory.attach()?;
        write!(attached.cursor(), "{} tons of halibut", 5)?;
        if let Some(key) = self.memory.key() {
            let file = KeyFile::publish(key_file(), key)?;
            let found = KeyFile::wait(file.path(), Duration::ZERO)?;
            let view = SharedMemory::open(found)?.attach_read_only()?;
            view.read_to_vec(..)?;
        }
        Ok(())
    }

    fn use_semaphores(&self) -> Result<(), Box<dyn Error>> {
        let guard = self.semaphore.lock()?;
        let refused = self.semaphore.try_lock().err();
        refused.ok_or("locked twice")?.to_string();
        drop(guard);
        drop(self.semaphore.lock_owned()?);
        let forth = self.set.operation().acquire(0, 1).undo();
        forth.release(1, 1).undo().run()?;
        self.set.get(1)?.acquire()?;
        Ok(())
    }

    fn use_queue(&self) -> Result<(), Box<dyn Error>> {
        self.queue.send(1, b"a message")?;
        self.queue.send_buffer(&MessageBuffer::new(2, b"another"))?;
        self.queue.receive(Selector::Exact(2))?;
        self.queue.receive_into(&mut [0; 20], Selector::Any)?;
        let refused = self.queue.try_receive(Selector::Any).err();
        refused.ok_or("there is a third message")?.to_string();
        Ok(())
    }
}

/// A key file of this process alone.
fn key_file() -> PathBuf {
    env::temp_dir().join(format!("sysv-leak-{}.key", std::process::id()))
}
