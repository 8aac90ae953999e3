//! Continuous handled signals during every call that waits: no call ends or fails, except for the interruptible ones.

use std::path::PathBuf;
use std::time::Duration;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::doomed::Doomed;
use crate::support::sem::set;
use crate::support::{DEADLINE, Sleeper, interrupt_until, signals_handled, wait_until};

/// Number of signals that a waiting thread must handle before its wait ends.
const SIGNALS: usize = 40;

/// The objects of the waits.
struct Objects {
    /// Two semaphores with the values 0 and 1.
    set: RemoveOnDrop<SemaphoreSet>,
    /// A queue that is full, and has no message of type 5.
    queue: RemoveOnDrop<MessageQueue>,
    /// A set that this process has not initialised.
    making: Doomed<SemaphoreSet>,
    _folder: tempfile::TempDir,
    file: PathBuf,
}

/// The handles and keys for a wait, to be moved to its thread.
#[derive(Clone)]
struct Waits {
    set: SemaphoreSet,
    queue: MessageQueue,
    making: Key,
    file: PathBuf,
}

impl Waits {
    fn first(&self) -> Result<Semaphore> {
        self.set.get(0)
    }

    fn second(&self) -> Result<Semaphore> {
        self.set.get(1)
    }
}

impl Objects {
    fn new() -> Objects {
        let queue = MessageQueue::builder().max_bytes(100).create_private();
        let queue = RemoveOnDrop::new(queue.unwrap());
        queue.send(1, &[1; 100]).unwrap();
        let making = Doomed::<SemaphoreSet>::new();
        let flags = sysv_ipc::SemGetFlags::CREAT | sysv_ipc::SemGetFlags::EXCL;
        sysv_ipc::semget(making.0.into(), 1, flags, Mode::OWNER).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Objects {
            set: set([0, 1]),
            queue,
            making,
            file: folder.path().join("key"),
            _folder: folder,
        }
    }

    fn waits(&self) -> Waits {
        Waits {
            set: (*self.set).clone(),
            queue: (*self.queue).clone(),
            making: self.making.0,
            file: self.file.clone(),
        }
    }
}

/// A call that waits, and the action that ends its wait.
struct Case {
    name: &'static str,
    wait: fn(&Waits) -> Result<()>,
    end: fn(&Objects),
}

const LONG: Duration = DEADLINE;
const FIVE: Selector = Selector::Exact(5);

macro_rules! cases {
    ($end:ident: $($name:literal $wait:expr;)+) => {
        [$(Case { name: $name, wait: $wait, end: $end }),+]
    };
}

fn give(objects: &Objects) {
    objects.set.get(0).unwrap().release_by(3).unwrap();
}

fn take(objects: &Objects) {
    objects.set.get(1).unwrap().acquire().unwrap();
}

fn make_room(objects: &Objects) {
    objects.queue.receive(Selector::Exact(1)).unwrap();
}

fn send_five(objects: &Objects) {
    objects.queue.set_max_bytes(200).unwrap();
    objects.queue.send(5, b"during the storm").unwrap();
}

fn finish(objects: &Objects) {
    let id = sysv_ipc::SemId::from_raw(SemaphoreSet::open(objects.making.0).unwrap().raw_id());
    sysv_ipc::semctl_setval(id, 0, 6).unwrap();
    let step = sysv_ipc::SemBuf::new(0, 1, sysv_ipc::SemFlags::empty());
    sysv_ipc::semop(id, &[step]).unwrap();
}

fn publish(objects: &Objects) {
    let making = SemaphoreSet::open(objects.making.0).unwrap();
    KeyFile::publish(&objects.file, &making).unwrap().keep();
}

fn cases() -> Vec<Case> {
    let semaphores = cases! { give:
        "acquire" |on| on.first()?.acquire();
        "acquire_timeout" |on| on.first()?.acquire_timeout(LONG);
        "acquire_by" |on| on.first()?.acquire_by(2);
        "acquire_by_timeout" |on| on.first()?.acquire_by_timeout(2, LONG);
        "acquire with undo" |on| on.first()?.with_undo(true).acquire();
        "lock" |on| on.first()?.lock().map(drop);
        "lock_timeout" |on| on.first()?.lock_timeout(LONG).map(drop);
        "run" |on| on.set.operation().acquire(1, 1).acquire(0, 3).run();
        "run_timeout" |on| on.set.operation().acquire(1, 1).acquire(0, 3).run_timeout(LONG);
    };
    let zero = cases! { take:
        "wait_until_zero" |on| on.second()?.wait_until_zero();
        "wait_until_zero_timeout" |on| on.second()?.wait_until_zero_timeout(LONG);
        "run until zero" |on| on.set.operation().until_zero(1).run();
    };
    let senders = cases! { make_room:
        "send" |on| on.queue.send(2, &[0; 50]);
        "send_timeout" |on| on.queue.send_timeout(2, &[0; 50], LONG);
        "send_buffer" |on| on.queue.send_buffer(&MessageBuffer::new(2, &[0; 50]));
        "send_buffer_timeout" |on| on.queue.send_buffer_timeout(&MessageBuffer::new(2, &[0; 50]), LONG);
    };
    let receivers = cases! { send_five:
        "receive" |on| on.queue.receive(FIVE).map(drop);
        "receive_timeout" |on| on.queue.receive_timeout(FIVE, LONG).map(drop);
        "receive_into" |on| on.queue.receive_into(&mut [0; 50], FIVE).map(drop);
        "receive_into_timeout" |on| on.queue.receive_into_timeout(&mut [0; 50], FIVE, LONG).map(drop);
        "receive_truncated" |on| on.queue.receive_truncated(&mut [0; 5], FIVE).map(drop);
        "receive_truncated_timeout"
            |on| on.queue.receive_truncated_timeout(&mut [0; 5], FIVE, LONG).map(drop);
        "receive_buffer" |on| on.queue.receive_buffer(&mut MessageBuffer::with_capacity(50), FIVE);
        "receive_buffer_timeout"
            |on| on.queue.receive_buffer_timeout(&mut MessageBuffer::with_capacity(50), FIVE, LONG);
    };
    let creator = cases! { finish:
        "create_or_open" |on| Semaphore::builder().wait_for_creator(LONG).create_or_open(on.making).map(drop);
    };
    let file = cases! { publish:
        "KeyFile::wait" |on| KeyFile::wait(&on.file, LONG).map(drop);
    };
    let all = semaphores.into_iter().chain(zero).chain(senders);
    all.chain(receivers).chain(creator).chain(file).collect()
}

/// Rows P11, P18, N2, N3, C4, C6: in a process of its own, since the count of signals is per process.
#[test]
fn no_wait_is_ended_by_signals() {
    const TEST: &str = test_name!("no_wait_is_ended_by_signals");
    if !is_alone(TEST, &[]) {
        return;
    }
    for Case { name, wait, end } in cases() {
        let objects = Objects::new();
        let waits = objects.waits();
        let waiter = Sleeper::start(move || wait(&waits));
        waiter.wait_until_asleep();
        let before = signals_handled();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                wait_until("signals", || signals_handled() >= before + SIGNALS);
                end(&objects);
            });
            let result = interrupt_until(waiter);
            assert!(result.is_ok(), "{name}: {result:?}");
            // The wait did not end early.
            assert!(signals_handled() >= before + SIGNALS, "{name}");
        });
    }
}

/// Rows P11, P18: an interruptible wait is interrupted, and has acquired nothing.
#[test]
fn who_wants_to_be_interrupted_is() {
    const TEST: &str = test_name!("who_wants_to_be_interrupted_is");
    const FOR_A_SIGNAL: Deadline = Deadline::never().interruptible();
    if !is_alone(TEST, &[]) {
        return;
    }
    let waits: [fn(&Waits) -> Result<()>; 3] = [
        |on| on.first()?.acquire_timeout(FOR_A_SIGNAL),
        |on| {
            let undoing = on.first()?.with_undo(true);
            undoing.acquire_timeout(FOR_A_SIGNAL)
        },
        |on| {
            let steps = on.set.operation().acquire(1, 1).undo().acquire(0, 1);
            steps.run_timeout(FOR_A_SIGNAL)
        },
    ];
    for wait in waits {
        let objects = Objects::new();
        let on = objects.waits();
        let waiter = Sleeper::start(move || wait(&on));
        waiter.wait_until_asleep();
        let error = interrupt_until(waiter).unwrap_err();
        assert!(error.is_interrupted(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EINTR));
        assert_eq!(objects.set.values().unwrap(), [0, 1]);
    }
}
