//! Making and removing an object of each kind, with none beside it and with 30,000.
//!
//! `cargo bench -p sysv-wrapper --bench create`. The names of a group are to be compared: `libc` (a private object
//! by the bare calls), `sysv-wrapper` (the same through a handle), and `free key` (with a key drawn at random). Many
//! objects are made where the bench can have an ipc namespace of its own, whose limits it raises.
#![expect(unsafe_code, reason = "measures against the bare calls")]

mod support;

use std::ptr;

use criterion::Criterion;
use sysv_wrapper::{MessageQueue, Object, RemoveOnDrop, Result, Semaphore, SharedMemory};

const MANY: usize = 30_000;
const FLAGS: i32 = sysv_sys::IPC_CREAT | sysv_sys::IPC_EXCL | 0o600;

fn bare_segment() {
    // SAFETY: shmget takes no pointer.
    let id = unsafe { sysv_sys::shmget(sysv_sys::IPC_PRIVATE, 4096, FLAGS) };
    // SAFETY: IPC_RMID ignores the buffer.
    let removed = unsafe { sysv_sys::shmctl(id, sysv_sys::IPC_RMID, ptr::null_mut()) };
    assert_eq!(removed, 0);
}

/// A set that is ready for others: its value set, and operated on once, as Stevens' protocol has it.
fn bare_set() {
    // SAFETY: semget takes no pointer.
    let id = unsafe { sysv_sys::semget(sysv_sys::IPC_PRIVATE, 1, FLAGS) };
    // SAFETY: SETVAL reads the union's `val`.
    let set = unsafe { sysv_sys::semctl(id, 0, sysv_sys::SETVAL, sysv_sys::semun { val: 1 }) };
    let mut steps = [-1, 1].map(|op| sysv_sys::sembuf {
        sem_num: 0,
        sem_op: op,
        sem_flg: 0,
    });
    // SAFETY: two steps, which live through the call.
    let operated = unsafe { sysv_sys::semop(id, steps.as_mut_ptr(), 2) };
    // SAFETY: IPC_RMID takes no fourth argument.
    let removed = unsafe { sysv_sys::semctl(id, 0, sysv_sys::IPC_RMID) };
    assert_eq!((set, operated, removed), (0, 0, 0));
}

fn bare_queue() {
    // SAFETY: msgget takes no pointer.
    let id = unsafe { sysv_sys::msgget(sysv_sys::IPC_PRIVATE, FLAGS) };
    // SAFETY: IPC_RMID ignores the buffer.
    let removed = unsafe { sysv_sys::msgctl(id, sysv_sys::IPC_RMID, ptr::null_mut()) };
    assert_eq!(removed, 0);
}

/// A group for one kind, among so many of it.
fn among<H: Object>(
    criterion: &mut Criterion,
    kind: &str,
    count: usize,
    bare: fn(),
    private: fn() -> Result<H>,
    unique: fn() -> Result<H>,
) {
    let present: Result<Vec<_>> = (0..count)
        .map(|_| unique().map(RemoveOnDrop::new))
        .collect();
    let present = present.unwrap();
    let mut group = criterion.benchmark_group(format!("create and remove a {kind} among {count}"));
    group.bench_function("libc", |bencher| bencher.iter(bare));
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| drop(RemoveOnDrop::new(private().unwrap())));
    });
    group.bench_function("free key", |bencher| {
        bencher.iter(|| drop(RemoveOnDrop::new(unique().unwrap())));
    });
    group.finish();
    drop(present);
}

fn main() {
    let raised = support::own_namespace();
    let mut criterion = Criterion::default().configure_from_args();
    for count in [0, MANY] {
        if count > 0 && !raised {
            eprintln!("{count} objects: skipped, since it takes an ipc namespace of its own");
            continue;
        }
        among(
            &mut criterion,
            "segment",
            count,
            bare_segment,
            || SharedMemory::builder().size(4096).create_private(),
            || SharedMemory::builder().size(4096).create_unique(),
        );
        among(
            &mut criterion,
            "semaphore",
            count,
            bare_set,
            || Semaphore::builder().value(1).create_private(),
            || Semaphore::builder().value(1).create_unique(),
        );
        among(
            &mut criterion,
            "queue",
            count,
            bare_queue,
            || MessageQueue::builder().create_private(),
            || MessageQueue::builder().create_unique(),
        );
    }
    criterion.final_summary();
}
