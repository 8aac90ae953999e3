//! Calls on a semaphore set through `sysv-ipc` beside the bare calls.
//!
//! `cargo bench -p sysv-ipc --bench sem`; the two names of a group, `libc` and `sysv-ipc`, are to be compared.
#![expect(clippy::disallowed_methods, reason = "measures with the bare calls")]
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::ffi::c_short;
use std::hint::black_box;

use criterion::Criterion;
use sysv_ipc::{
    Key, Mode, SemBuf, SemFlags, SemGetFlags, SemId, semctl_getval, semctl_rmid, semctl_stat,
    semget, semop,
};

/// A set of one with the value 1, removed with its scope.
struct Set(SemId);

impl Set {
    fn new() -> Set {
        let id = semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER).unwrap();
        let set = Set(id);
        sysv_ipc::semctl_setval(id, 0, 1).unwrap();
        set
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        semctl_rmid(self.0).unwrap();
    }
}

/// `semop` with one step, as C has it.
fn bare(id: i32, op: c_short, flags: c_short) {
    let mut step = sysv_sys::sembuf {
        sem_num: 0,
        sem_op: op,
        sem_flg: flags,
    };
    // SAFETY: one step, which lives through the call.
    let returned = unsafe { sysv_sys::semop(id, &raw mut step, 1) };
    assert_eq!(returned, 0);
}

fn thin(id: SemId, op: i16, flags: SemFlags) {
    semop(id, &[SemBuf::new(0, op, flags)]).unwrap();
}

fn take_and_give(criterion: &mut Criterion) {
    let set = Set::new();
    for (name, flags) in [("plain", SemFlags::empty()), ("undo", SemFlags::UNDO)] {
        let mut group = criterion.benchmark_group(format!("semop twice, {name}"));
        let raw = set.0.as_raw();
        group.bench_function("libc", |bencher| {
            bencher.iter(|| {
                bare(black_box(raw), -1, flags.bits());
                bare(black_box(raw), 1, flags.bits());
            });
        });
        group.bench_function("sysv-ipc", |bencher| {
            bencher.iter(|| {
                thin(black_box(set.0), -1, flags);
                thin(black_box(set.0), 1, flags);
            });
        });
        group.finish();
    }
}

fn ask(criterion: &mut Criterion) {
    let set = Set::new();
    let raw = set.0.as_raw();
    let mut group = criterion.benchmark_group("semctl, GETVAL");
    group.bench_function("libc", |bencher| {
        // SAFETY: GETVAL takes no fourth argument.
        bencher.iter(|| unsafe { sysv_sys::semctl(black_box(raw), 0, sysv_sys::GETVAL) });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| semctl_getval(black_box(set.0), 0));
    });
    group.finish();
    let mut group = criterion.benchmark_group("semctl, IPC_STAT");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let mut stat = sysv_sys::semid_ds::default();
            let argument = sysv_sys::semun { buf: &raw mut stat };
            // SAFETY: the structure is the one that IPC_STAT fills.
            let returned =
                unsafe { sysv_sys::semctl(black_box(raw), 0, sysv_sys::IPC_STAT, argument) };
            (returned, stat)
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| semctl_stat(black_box(set.0)));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    take_and_give(&mut criterion);
    ask(&mut criterion);
    criterion.final_summary();
}
