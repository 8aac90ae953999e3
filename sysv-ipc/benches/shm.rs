//! Calls on a segment through `sysv-ipc` beside the bare calls.
//!
//! `cargo bench -p sysv-ipc --bench shm`; the two names of a group, `libc` and `sysv-ipc`, are to be compared.
#![expect(clippy::disallowed_methods, reason = "measures with the bare calls")]
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::hint::black_box;
use std::ptr;

use criterion::Criterion;
use sysv_ipc::{
    Key, Mode, ShmAtFlags, ShmGetFlags, ShmId, shmat, shmctl_rmid, shmctl_stat, shmdt, shmget,
};

const SIZE: usize = 4096;

fn make() -> ShmId {
    shmget(Key::PRIVATE, SIZE, ShmGetFlags::CREAT, Mode::OWNER).unwrap()
}

/// A segment that is removed with its scope.
struct Segment(ShmId);

impl Drop for Segment {
    fn drop(&mut self) {
        shmctl_rmid(self.0).unwrap();
    }
}

fn status(criterion: &mut Criterion) {
    let segment = Segment(make());
    let raw = segment.0.as_raw();
    let mut group = criterion.benchmark_group("shmctl, IPC_STAT");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let mut stat = sysv_sys::shmid_ds::default();
            // SAFETY: the structure is the one that IPC_STAT fills.
            let returned =
                unsafe { sysv_sys::shmctl(black_box(raw), sysv_sys::IPC_STAT, &raw mut stat) };
            (returned, stat)
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| shmctl_stat(black_box(segment.0)));
    });
    group.finish();
}

fn attach_and_detach(criterion: &mut Criterion) {
    let segment = Segment(make());
    let raw = segment.0.as_raw();
    let mut group = criterion.benchmark_group("shmat, shmdt");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            // SAFETY: the kernel chooses a free place.
            let address = unsafe { sysv_sys::shmat(black_box(raw), ptr::null(), 0) };
            // SAFETY: nobody has used the mapping.
            let returned = unsafe { sysv_sys::shmdt(address) };
            assert_eq!(returned, 0);
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| {
            let id = black_box(segment.0);
            // SAFETY: the kernel chooses a free place.
            let address = unsafe { shmat(id, ptr::null(), ShmAtFlags::empty()) }.unwrap();
            // SAFETY: nobody has used the mapping.
            unsafe { shmdt(address) }.unwrap();
        });
    });
    group.finish();
}

fn create_and_remove(criterion: &mut Criterion) {
    let flags = sysv_sys::IPC_CREAT | 0o600;
    let mut group = criterion.benchmark_group("shmget, IPC_RMID");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            // SAFETY: shmget takes no pointer.
            let id = unsafe { sysv_sys::shmget(sysv_sys::IPC_PRIVATE, SIZE, black_box(flags)) };
            // SAFETY: IPC_RMID ignores the buffer.
            let returned = unsafe { sysv_sys::shmctl(id, sysv_sys::IPC_RMID, ptr::null_mut()) };
            assert_eq!(returned, 0);
        });
    });
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| shmctl_rmid(make()).unwrap());
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    status(&mut criterion);
    attach_and_detach(&mut criterion);
    create_and_remove(&mut criterion);
    criterion.final_summary();
}
