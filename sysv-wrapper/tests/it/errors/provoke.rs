//! Errors that every user can provoke, one function each.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use sysv_wrapper::*;

use super::case::Case;
use crate::support::{self, Sleeper, interrupt_until, unused_key};

fn semaphore(value: u32) -> RemoveOnDrop<Semaphore> {
    RemoveOnDrop::new(Semaphore::builder().value(value).create_private().unwrap())
}

/// Returns kind, key and id of a private object.
fn private<H: Object>(handle: &H) -> (Option<Kind>, Option<Key>, Option<i32>) {
    (Some(H::KIND), Some(Key::PRIVATE), Some(handle.raw_id()))
}

pub fn not_found() -> Case {
    let key = Key::from(unused_key().as_raw());
    Case {
        error: SharedMemory::open(key).unwrap_err(),
        kind: ErrorKind::NotFound,
        errno: Some(Errno::ENOENT),
        io: io::ErrorKind::NotFound,
        on: (Some(Kind::SharedMemory), Some(key), None),
        remedy: "; `create` creates one, and `create_or_open` does so if there is none",
        text: format!(
            "cannot open the shared memory segment with key {key}: no object has this key (ENOENT)"
        ),
    }
}

pub fn not_found_by_id() -> Case {
    let id = semaphore(0).id();
    Case {
        error: Semaphore::from_id(id).unwrap_err(),
        kind: ErrorKind::NotFound,
        errno: Some(Errno::EINVAL),
        io: io::ErrorKind::NotFound,
        on: (Some(Kind::SemaphoreSet), None, Some(id.as_raw())),
        remedy: "",
        text: format!("cannot open the semaphore set {id}: no object has this id (EINVAL)"),
    }
}

pub fn already_exists() -> Case {
    let made = RemoveOnDrop::new(MessageQueue::builder().create_unique().unwrap());
    let key = made.key().unwrap();
    Case {
        error: MessageQueue::builder().create(key).unwrap_err(),
        kind: ErrorKind::AlreadyExists,
        errno: Some(Errno::EEXIST),
        io: io::ErrorKind::AlreadyExists,
        on: (Some(Kind::MessageQueue), Some(key), None),
        remedy: "; `open` uses the existing one, `create_or_open` takes either, and `create_unique` finds a free \
                 key",
        text: format!(
            "cannot create the message queue with key {key}: the key is in use already (EEXIST)"
        ),
    }
}

pub fn invalid_argument() -> Case {
    let semaphore = semaphore(0);
    Case {
        error: semaphore.release_by(40_000).unwrap_err(),
        kind: ErrorKind::InvalidArgument,
        errno: None,
        io: io::ErrorKind::InvalidInput,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot release the semaphore set {}: the amount is 40000, and must be from 1 to 32767",
            semaphore.id()
        ),
    }
}

pub fn mismatch() -> Case {
    let made = RemoveOnDrop::new(SharedMemory::builder().size(100).create_unique().unwrap());
    let key = made.key().unwrap();
    Case {
        error: SharedMemory::builder().size(101).open(key).unwrap_err(),
        kind: ErrorKind::Mismatch,
        errno: None,
        io: io::ErrorKind::InvalidInput,
        on: (
            Some(Kind::SharedMemory),
            Some(key),
            Some(made.id().as_raw()),
        ),
        remedy: "",
        text: format!(
            "cannot open the shared memory segment {} (key {key}): it has 100 bytes, and 101 were asked for",
            made.id()
        ),
    }
}

pub fn removed_before() -> Case {
    let semaphore = semaphore(0);
    semaphore.remove().unwrap();
    Case {
        error: semaphore.acquire().unwrap_err(),
        kind: ErrorKind::Removed,
        errno: Some(Errno::EINVAL),
        io: io::ErrorKind::NotFound,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot acquire the semaphore set {}: it was removed (EINVAL)",
            semaphore.id()
        ),
    }
}

pub fn removed_meanwhile() -> Case {
    let semaphore = semaphore(0);
    let waiter = Sleeper::start({
        let semaphore = Semaphore::clone(&semaphore);
        move || semaphore.acquire()
    });
    support::wait_until("a waiter", || {
        semaphore.waiters_for_increase().unwrap() == 1
    });
    semaphore.remove().unwrap();
    Case {
        error: waiter.join().unwrap_err(),
        kind: ErrorKind::Removed,
        errno: Some(Errno::EIDRM),
        io: io::ErrorKind::NotFound,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot acquire the semaphore set {}: it was removed (EIDRM)",
            semaphore.id()
        ),
    }
}

pub fn would_block() -> Case {
    let semaphore = semaphore(0);
    Case {
        error: semaphore.try_acquire().unwrap_err(),
        kind: ErrorKind::WouldBlock,
        errno: Some(Errno::EAGAIN),
        io: io::ErrorKind::WouldBlock,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot acquire the semaphore set {}: it would have to wait (EAGAIN)",
            semaphore.id()
        ),
    }
}

pub fn timed_out() -> Case {
    let semaphore = semaphore(1);
    let time = Duration::from_millis(1);
    Case {
        error: semaphore.wait_until_zero_timeout(time).unwrap_err(),
        kind: ErrorKind::TimedOut,
        errno: None,
        io: io::ErrorKind::TimedOut,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot wait for zero on the semaphore set {}: timed out",
            semaphore.id()
        ),
    }
}

pub fn interrupted() -> Case {
    let semaphore = semaphore(0);
    let waiter = Sleeper::start({
        let semaphore = Semaphore::clone(&semaphore);
        move || semaphore.acquire_timeout(Deadline::never().interruptible())
    });
    Case {
        error: interrupt_until(waiter).unwrap_err(),
        kind: ErrorKind::Interrupted,
        errno: Some(Errno::EINTR),
        io: io::ErrorKind::Interrupted,
        on: private(&*semaphore),
        remedy: "",
        text: format!(
            "cannot acquire the semaphore set {}: a signal interrupted the wait (EINTR)",
            semaphore.id()
        ),
    }
}

pub fn uninitialized() -> Case {
    let (key, half_made) = support::Sem::with_key(1);
    let key = Key::from(key);
    let builder = Semaphore::builder().wait_for_creator(Duration::ZERO);
    let error = builder.create_or_open(key).unwrap_err();
    let text = error.to_string();
    let age = text.split(' ').rev().nth(2).unwrap();
    let uid = SemaphoreSet::inspect(half_made.id).unwrap().status().uid();
    Case {
        kind: ErrorKind::Uninitialized,
        errno: None,
        io: io::ErrorKind::Other,
        on: (
            Some(Kind::SemaphoreSet),
            Some(key),
            Some(half_made.id.as_raw()),
        ),
        remedy: "; if no program is about to initialise it, remove it: `remove_key`, `create_replacing`, or `sysvipc \
                 remove`",
        text: format!(
            "cannot open the semaphore set {} (key {key}): it is not initialised: no operation, no value and no process \
             is recorded; it belongs to user {uid}, and was created {age} s ago",
            half_made.id
        ),
        error,
    }
}

/// Attaches half of the address space, which cannot fit twice.
#[cfg(target_pointer_width = "64")]
pub fn out_of_memory() -> Case {
    let made = SharedMemory::builder().size(1 << 46).no_reserve(true);
    let memory = RemoveOnDrop::new(made.create_private().unwrap());
    let mut attached = Vec::new();
    let error = loop {
        match memory.attach_read_only() {
            Ok(attachment) => attached.push(attachment),
            Err(error) => break error,
        }
        assert!(
            attached.len() < 1 << 12,
            "the memory suffices for everything"
        );
    };
    Case {
        error,
        kind: ErrorKind::OutOfMemory,
        errno: Some(Errno::ENOMEM),
        io: io::ErrorKind::OutOfMemory,
        on: private(&*memory),
        remedy: "",
        text: format!(
            "cannot attach the shared memory segment {}: there is not enough memory (ENOMEM)",
            memory.id()
        ),
    }
}

pub fn too_big() -> Case {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(1, b"four hours").unwrap();
    let error = queue.receive_into(&mut [0; 4], Selector::Any).unwrap_err();
    // The tests of queues check the text.
    let text = error.to_string();
    Case {
        error,
        kind: ErrorKind::TooBig,
        errno: Some(Errno::E2BIG),
        io: io::ErrorKind::Other,
        on: private(&*queue),
        remedy: "",
        text,
    }
}

pub fn out_of_range() -> Case {
    let semaphore = semaphore(0);
    let max = Semaphore::builder()
        .value(u32::MAX)
        .create_private()
        .unwrap_err()
        .to_string();
    let max: u32 = max
        .rsplit_once("to ")
        .unwrap()
        .1
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    semaphore.set_value(max).unwrap();
    let error = semaphore.release().unwrap_err();
    let text = error.to_string();
    assert_eq!(semaphore.value().unwrap(), max);
    Case {
        error,
        kind: ErrorKind::OutOfRange,
        errno: Some(Errno::ERANGE),
        io: io::ErrorKind::Other,
        on: private(&*semaphore),
        remedy: "",
        text,
    }
}

pub fn no_such_semaphore() -> Case {
    let set = SemaphoreSet::builder().values([1, 1]).create_private();
    let set = RemoveOnDrop::new(set.unwrap());
    Case {
        error: set.operation().acquire(2, 1).try_run().unwrap_err(),
        kind: ErrorKind::NoSuchSemaphore,
        errno: Some(Errno::EFBIG),
        io: io::ErrorKind::Other,
        on: private(&*set),
        remedy: "",
        text: format!(
            "cannot operate on the semaphore set {}: step 1 is on semaphore 2, and the set has 2, counted from 0 \
             (EFBIG)",
            set.id()
        ),
    }
}

pub fn initialiser() -> Case {
    let failing = SharedMemory::builder().init_with(|_| Err("the parrot is late".into()));
    let error = failing.create_private().unwrap_err();
    let id = error.id();
    assert_eq!(error.source().unwrap().to_string(), "the parrot is late");
    assert!(
        SharedMemory::from_id(id.unwrap())
            .unwrap_err()
            .is_not_found()
    );
    Case {
        error,
        kind: ErrorKind::Initialiser,
        errno: None,
        io: io::ErrorKind::Other,
        on: (Some(Kind::SharedMemory), Some(Key::PRIVATE), id),
        remedy: "",
        text: format!(
            "cannot initialise the shared memory segment {}: the initialiser failed",
            id.unwrap()
        ),
    }
}

#[cfg(feature = "values")]
pub fn undecodable() -> Case {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(1, &[0xff; 3]).unwrap();
    let error = queue
        .try_receive_value::<String>(Selector::Any)
        .unwrap_err();
    assert!(error.source().is_some());
    let text = error.to_string();
    Case {
        error,
        kind: ErrorKind::Undecodable,
        errno: None,
        io: io::ErrorKind::Other,
        on: private(&*queue),
        remedy: "",
        text,
    }
}

pub fn other() -> Case {
    let error = Key::from_path("/dev/null/beyond", 1).unwrap_err();
    let enotdir = error.errno();
    Case {
        error,
        kind: ErrorKind::Other,
        errno: enotdir,
        io: io::ErrorKind::Other,
        on: (None, None, None),
        remedy: "",
        text: format!(
            "cannot make a key from `/dev/null/beyond`: Not a directory (errno {})",
            enotdir.unwrap().as_raw()
        ),
    }
}
