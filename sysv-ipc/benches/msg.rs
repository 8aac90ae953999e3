//! Calls on a queue through `sysv-ipc` beside the bare calls. What is sent comes back at once.
//!
//! `cargo bench -p sysv-ipc --bench msg`; the two names of a group, `libc` and `sysv-ipc`, are to be compared.
#![expect(clippy::disallowed_methods, reason = "measures with the bare calls")]
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::ffi::c_long;
use std::hint::black_box;

use criterion::Criterion;
use sysv_ipc::{
    Key, Mode, MsgBuf, MsgGetFlags, MsgId, MsgRcvFlags, MsgSndFlags, msgctl_rmid, msgctl_stat,
    msgget, msgrcv, msgsnd,
};

/// A queue that is removed with its scope.
struct Queue(MsgId);

impl Queue {
    fn new() -> Queue {
        Queue(msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER).unwrap())
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        msgctl_rmid(self.0).unwrap();
    }
}

fn send_and_receive(criterion: &mut Criterion) {
    let queue = Queue::new();
    let raw = queue.0.as_raw();
    for length in [64, 4096] {
        let mut group = criterion.benchmark_group(format!("msgsnd, msgrcv, {length} bytes"));
        let mut memory: Vec<c_long> = vec![1; 1 + length / size_of::<c_long>()];
        group.bench_function("libc", |bencher| {
            bencher.iter(|| {
                let message = black_box(memory.as_mut_ptr()).cast();
                // SAFETY: the memory holds the type and as many bytes behind it.
                let sent = unsafe { sysv_sys::msgsnd(raw, message, length, 0) };
                // SAFETY: the memory has room for the type and as many bytes behind it.
                let received = unsafe { sysv_sys::msgrcv(raw, message, length, 0, 0) };
                assert!(sent == 0 && received > 0);
            });
        });
        let mut message = MsgBuf::new(1, &vec![b'm'; length]);
        group.bench_function("sysv-ipc", |bencher| {
            bencher.iter(|| {
                let message = black_box(&mut message);
                msgsnd(queue.0, message, MsgSndFlags::empty()).unwrap();
                msgrcv(queue.0, message, 0, MsgRcvFlags::empty()).unwrap();
            });
        });
        group.finish();
    }
}

fn status(criterion: &mut Criterion) {
    let queue = Queue::new();
    let raw = queue.0.as_raw();
    let mut group = criterion.benchmark_group("msgctl, IPC_STAT");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let mut stat = sysv_sys::msqid_ds::default();
            // SAFETY: the structure is the one that IPC_STAT fills.
            let returned =
                unsafe { sysv_sys::msgctl(black_box(raw), sysv_sys::IPC_STAT, &raw mut stat) };
            (returned, stat)
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| msgctl_stat(black_box(queue.0)));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    send_and_receive(&mut criterion);
    status(&mut criterion);
    criterion.final_summary();
}
