//! Another user, and every mode for that user: each method succeeds exactly if the mode permits it. `permissions.rs`
//! tests the errors.

use std::fmt::Debug;
use std::time::Duration;

use sysv_wrapper::*;

use crate::support::{Process, become_nobody, is_root, mode, role, skipped};

const READ: u32 = 4;
const WRITE: u32 = 2;

/// The permissions that the mode grants to the user.
#[derive(Copy, Clone)]
struct Given(u32);

impl Given {
    /// Fails unless the result agrees with the permissions that the method needs. `is_would_block` does not count as a
    /// refusal.
    #[track_caller]
    fn expect<T>(self, needs: u32, result: Result<T>) {
        self.expect_nothing(needs, result.map(drop));
    }

    #[track_caller]
    fn expect_nothing(self, needs: u32, result: Result<()>) {
        match result {
            Err(error) if error.is_permission_denied() => {
                assert_eq!(error.errno(), Some(Errno::EACCES), "{error}");
                assert_ne!(self.0 & needs, needs, "mode {}: {error}", self.0);
            }
            Err(error) if error.is_would_block() || error.is_timed_out() => {
                assert_eq!(self.0 & needs, needs, "mode {}: {error}", self.0);
            }
            result => {
                result.unwrap();
                assert_eq!(self.0 & needs, needs, "mode {} was not enough", self.0);
            }
        }
    }

    /// Like `expect`, for a method that read or write permission permits.
    #[track_caller]
    fn expect_either<T: Debug>(self, result: Result<T>) {
        let needs = if self.0 & WRITE == WRITE { WRITE } else { READ };
        self.expect(needs, result);
    }
}

const SHORT: Duration = Duration::from_millis(1);

fn segment(given: Given, key: Key, memory: &SharedMemory) {
    given.expect(READ, memory.attach_read_only());
    given.expect(READ | WRITE, memory.attach());
    given.expect(READ, memory.status());
    given.expect(READ, memory.mode());
    given.expect(READ, memory.size());
    given.expect_either(SharedMemory::open(key));
    given.expect_either(SharedMemory::builder().size(1).open(key));
    given.expect_either(SharedMemory::builder().fill(9).create_or_open(key));
}

fn set(given: Given, key: Key, set: &SemaphoreSet) {
    let semaphore = set.get(0).unwrap();
    given.expect(READ, semaphore.value());
    given.expect(READ, semaphore.last_pid());
    given.expect(READ, semaphore.waiters_for_increase());
    given.expect(READ, semaphore.waiters_for_zero());
    given.expect(READ, semaphore.try_wait_until_zero());
    given.expect(READ, semaphore.wait_until_zero_timeout(SHORT));
    given.expect(READ, set.values());
    given.expect(READ, set.status());
    given.expect(READ, set.operation().until_zero(0).try_run());
    given.expect(WRITE, semaphore.acquire());
    given.expect(WRITE, semaphore.release());
    given.expect(WRITE, semaphore.try_acquire_by(2));
    given.expect(WRITE, semaphore.acquire_by_timeout(2, SHORT));
    given.expect(WRITE, semaphore.lock());
    given.expect(WRITE, semaphore.lock_timeout(SHORT));
    let both = set.operation().acquire(0, 1).undo().release(0, 1).undo();
    given.expect(WRITE, both.run());
    given.expect(WRITE, semaphore.set_value(1));
    given.expect(WRITE, set.set_values(&[1]));
    given.expect_either(SemaphoreSet::open(key));
    given.expect_either(Semaphore::open(key));
    given.expect_either(Semaphore::builder().create_or_open(key));
}

fn queue(given: Given, key: Key, queue: &MessageQueue) {
    given.expect(WRITE, queue.send(1, b"x"));
    given.expect(WRITE, queue.try_send(1, b"x"));
    given.expect(WRITE, queue.send_timeout(1, b"x", SHORT));
    given.expect(WRITE, queue.send_buffer(&MessageBuffer::new(1, b"x")));
    given.expect(READ, queue.try_receive(Selector::Any));
    given.expect(READ, queue.receive_timeout(Selector::Any, SHORT));
    given.expect(READ, queue.try_receive_into(&mut [0; 9], Selector::Any));
    let mut buffer = MessageBuffer::with_capacity(9);
    given.expect(READ, queue.try_receive_buffer(&mut buffer, Selector::Any));
    given.expect(
        READ,
        queue.try_receive_truncated(&mut [0; 9], Selector::Any),
    );
    match queue.peek(0) {
        Err(error) if error.is_unsupported() => {}
        peeked => given.expect(READ, peeked),
    }
    given.expect(READ, queue.status());
    given.expect_either(MessageQueue::open(key));
    given.expect_either(MessageQueue::builder().create_or_open(key));
}

/// Checks the calls that succeed with any mode, and those that only the owner may make.
macro_rules! whatever_the_mode {
    ($handle:ident($key:expr, $id:expr), $verbs:expr, $is_owner:expr) => {{
        let (key, id): (Key, i32) = ($key, $id);
        assert!($handle::exists(key).unwrap());
        let handle = $handle::from_id(id).unwrap();
        assert_eq!($handle::inspect(id).unwrap().key(), key);
        let listed = $handle::list().unwrap().find(|entry| entry.raw_id() == id);
        assert_eq!(listed.unwrap().key(), key);
        let error = $verbs($handle::builder()).create(key).unwrap_err();
        assert!(error.is_already_exists(), "{error}");
        let changes = [
            handle.set_gid(crate::support::process::NOBODY),
            handle.set_mode($handle::inspect(id).unwrap().status().mode()),
        ];
        for changed in changes {
            match changed {
                Ok(()) => assert!($is_owner),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
                    assert!(!$is_owner);
                }
            }
        }
        handle
    }};
}

fn every_verb(given: Given, names: [(Key, i32); 3], is_owner: bool) {
    let [(key, id), second, third] = names;
    let memory = whatever_the_mode!(SharedMemory(key, id), |builder| builder, is_owner);
    segment(given, key, &memory);
    let (key, id) = second;
    let values = |builder: SemaphoreSetBuilder| builder.values([1]);
    let found = whatever_the_mode!(SemaphoreSet(key, id), values, is_owner);
    set(given, key, &found);
    let (key, id) = third;
    let found = whatever_the_mode!(MessageQueue(key, id), |builder| builder, is_owner);
    queue(given, key, &found);
    if !is_owner {
        let refused = [
            memory.remove(),
            SemaphoreSet::remove_key(second.0),
            found.remove(),
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotOwner);
        }
    }
}

/// One object of each kind, with this mode.
struct Objects(
    RemoveOnDrop<SharedMemory>,
    RemoveOnDrop<SemaphoreSet>,
    RemoveOnDrop<MessageQueue>,
);

impl Objects {
    fn new(bits: u32) -> Objects {
        let mode = mode(bits);
        let memory = SharedMemory::builder().mode(mode).fill(1).create_unique();
        let set = SemaphoreSet::builder()
            .mode(mode)
            .values([1])
            .create_unique();
        let queue = MessageQueue::builder().mode(mode).create_unique();
        Objects(
            RemoveOnDrop::new(memory.unwrap()),
            RemoveOnDrop::new(set.unwrap()),
            RemoveOnDrop::new(queue.unwrap()),
        )
    }

    fn names(&self) -> [(Key, i32); 3] {
        [
            (self.0.key().unwrap(), self.0.raw_id()),
            (self.1.key().unwrap(), self.1.raw_id()),
            (self.2.key().unwrap(), self.2.raw_id()),
        ]
    }
}

/// Rows P7, P18, S6, S10, C3, N6: modes for others on root's objects, and modes for the owner on the user's own
/// objects.
#[test]
fn every_verb_on_every_mode() {
    const TEST: &str = test_name!("every_verb_on_every_mode");
    if let Some(words) = role(TEST) {
        become_nobody();
        let name = |words: &[String]| (words[0].parse().unwrap(), words[1].parse().unwrap());
        for words in words.chunks(7) {
            let given = Given(words[0].parse().unwrap());
            let names = [name(&words[1..]), name(&words[3..]), name(&words[5..])];
            every_verb(given, names, false);
        }
        for bits in 0..8 {
            let own = Objects::new(bits << 6);
            every_verb(Given(bits), own.names(), true);
        }
        return;
    }
    if !is_root() {
        return skipped(TEST, "needs root to change its user");
    }
    let mut words = Vec::new();
    let mut objects = Vec::new();
    for bits in 0..8 {
        let made = Objects::new(0o600 | bits);
        words.push(bits.to_string());
        for (key, id) in made.names() {
            words.extend([key.to_string(), id.to_string()]);
        }
        objects.push(made);
    }
    let words: Vec<&dyn std::fmt::Display> = words.iter().map(|word| word as _).collect();
    Process::start(TEST, &words).finish();
}
