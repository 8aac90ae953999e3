//! A semaphore through the bare calls, `sysv-ipc` and `sysv-wrapper`, in one process.
//!
//! `cargo bench -p sysv-wrapper --bench sem`; the three names of a group are to be compared.
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::ffi::c_short;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use sysv_ipc::{SemBuf, SemFlags, semctl_getval, semctl_stat, semop};
use sysv_wrapper::{RemoveOnDrop, Semaphore};

fn semaphore(undo: bool) -> RemoveOnDrop<Semaphore> {
    let builder = Semaphore::builder().value(1).undo(undo);
    RemoveOnDrop::new(builder.create_private().unwrap())
}

/// `semop` with one step, as C has it.
fn bare(semaphore: &Semaphore, op: c_short, flags: SemFlags) {
    let mut step = sysv_sys::sembuf {
        sem_num: 0,
        sem_op: op,
        sem_flg: flags.bits(),
    };
    // SAFETY: one step, which lives through the call.
    let returned = unsafe { sysv_sys::semop(semaphore.id().as_raw(), &raw mut step, 1) };
    assert_eq!(returned, 0);
}

fn thin(semaphore: &Semaphore, op: i16, flags: SemFlags) {
    semop(semaphore.id(), &[SemBuf::new(0, op, flags)]).unwrap();
}

/// A group of three: taking and giving, by the bare calls, by the thin layer, and as `handle` does it.
fn take_and_give(
    criterion: &mut Criterion,
    name: &str,
    flags: SemFlags,
    handle: impl Fn(&Semaphore),
) {
    let semaphore = semaphore(flags == SemFlags::UNDO);
    let mut group = criterion.benchmark_group(name);
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            bare(black_box(&semaphore), -1, flags);
            bare(black_box(&semaphore), 1, flags);
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| {
            thin(black_box(&semaphore), -1, flags);
            thin(black_box(&semaphore), 1, flags);
        });
    });
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| handle(black_box(&semaphore)));
    });
    group.finish();
}

fn locks(criterion: &mut Criterion) {
    let plain = |semaphore: &Semaphore| {
        semaphore.acquire().unwrap();
        semaphore.release().unwrap();
    };
    let timed = |semaphore: &Semaphore| {
        semaphore.acquire_timeout(Duration::from_secs(1)).unwrap();
        semaphore.release().unwrap();
    };
    let guard = |semaphore: &Semaphore| drop(semaphore.lock().unwrap());
    take_and_give(criterion, "acquire, release", SemFlags::empty(), plain);
    take_and_give(criterion, "acquire, release, undo", SemFlags::UNDO, plain);
    take_and_give(
        criterion,
        "acquire with a timeout",
        SemFlags::empty(),
        timed,
    );
    take_and_give(criterion, "lock, drop", SemFlags::UNDO, guard);
}

fn ask(criterion: &mut Criterion) {
    let semaphore = semaphore(false);
    let id = semaphore.id();
    let mut group = criterion.benchmark_group("value");
    group.bench_function("libc", |bencher| {
        // SAFETY: GETVAL takes no fourth argument.
        bencher.iter(|| unsafe { sysv_sys::semctl(black_box(id.as_raw()), 0, sysv_sys::GETVAL) });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| semctl_getval(black_box(id), 0));
    });
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| black_box(&semaphore).value());
    });
    group.finish();
    let mut group = criterion.benchmark_group("status");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let mut stat = sysv_sys::semid_ds::default();
            let argument = sysv_sys::semun { buf: &raw mut stat };
            let id = black_box(id.as_raw());
            // SAFETY: the structure is the one that IPC_STAT fills.
            let returned = unsafe { sysv_sys::semctl(id, 0, sysv_sys::IPC_STAT, argument) };
            (returned, stat)
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| semctl_stat(black_box(id)));
    });
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| black_box(&semaphore).status());
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    locks(&mut criterion);
    ask(&mut criterion);
    criterion.final_summary();
}
