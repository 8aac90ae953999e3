//! Figures of operations beside the standard library's mutex and C's robust one, in turns. They are printed, not judged:
//! `cargo test --release -p sysv-wrapper --test it -- sync_figures --ignored --nocapture`.

#![expect(unsafe_code, reason = "calls the C library's mutex")]

use std::hint::black_box;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Instant;

use sysv_wrapper::sync::Area;
use sysv_wrapper::*;

use crate::support::fork::Forked;
use crate::support::wait_until;

const TIMES: u32 = 1_000_000;
const ROUNDS: usize = 21;

/// Nanoseconds per call.
fn time(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..TIMES {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[test]
#[ignore = "prints figures"]
fn figures_without_contention() {
    let builder = Area::builder()
        .mutex("table")
        .latest::<[u64; 8]>("quote")
        .event("bell");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let ours = area.mutex("table").unwrap();
    let std = std::sync::Mutex::new(());
    let mut publisher = area.publisher::<[u64; 8]>("quote").unwrap();
    let latest = area.latest::<[u64; 8]>("quote").unwrap();
    let event = area.event("bell").unwrap();
    let mut bytes = [1_u64; 8];
    let mut rows: [(&str, Vec<f64>); 8] = [
        ("std::sync::Mutex", vec![]),
        ("sync::Mutex", vec![]),
        ("sync::Mutex, lock_timeout", vec![]),
        ("Latest::read of 64 bytes", vec![]),
        ("Publisher::publish of 64 bytes", vec![]),
        ("memory of 64 bytes, read_at", vec![]),
        ("Event, signal and wait", vec![]),
        ("Latest::read_into of 64 bytes", vec![]),
    ];
    let memory = SharedMemory::builder().create_private().unwrap();
    let memory = memory.attach().unwrap();
    memory.remove_when_detached().unwrap();
    let deadline = Deadline::never();
    let (mut buffer, mut value) = ([0; 64], [0; 8]);
    let mut ratios = vec![];
    for _ in 0..ROUNDS {
        let one = time(|| drop(black_box(&std).lock().unwrap()));
        let two = time(|| drop(black_box(&ours).lock().unwrap()));
        rows[0].1.push(one);
        rows[1].1.push(two);
        ratios.push(two / one);
        rows[2].1.push(time(|| {
            drop(black_box(&ours).lock_timeout(deadline).unwrap());
        }));
        publisher.publish(&bytes).unwrap();
        rows[3]
            .1
            .push(time(|| _ = black_box(black_box(&latest).read().unwrap())));
        rows[4].1.push(time(|| {
            bytes[0] += 1;
            publisher.publish(black_box(&bytes)).unwrap();
        }));
        rows[5].1.push(time(|| {
            black_box(&memory)
                .read_at(black_box(&mut buffer), 64)
                .unwrap();
        }));
        rows[7].1.push(time(|| {
            _ = black_box(&latest).read_into(black_box(&mut value)).unwrap();
        }));
        rows[6].1.push(time(|| {
            event.signal().unwrap();
            event.wait().unwrap();
        }));
    }
    for (name, figures) in rows {
        println!("{name}: {:.1} ns", median(figures));
    }
    println!("sync::Mutex by std::sync::Mutex: {:.2}", median(ratios));
}

/// A robust mutex of the C library in memory that processes share.
struct Robust<'a>(&'a Attachment);

impl Robust<'_> {
    const AT: usize = 1024;

    fn new(memory: &Attachment) -> Robust<'_> {
        let robust = Robust(memory);
        // SAFETY: all zero is a value of this plain structure, which the call below fills.
        let mut attributes: libc::pthread_mutexattr_t = unsafe { std::mem::zeroed() };
        let attributes = &raw mut attributes;
        // SAFETY: the structure lives until the last of these calls returns.
        unsafe { libc::pthread_mutexattr_init(attributes) };
        // SAFETY: as above.
        unsafe { libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED) };
        // SAFETY: as above.
        unsafe { libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST) };
        // SAFETY: as above, and the mutex is in memory that is mapped and zero.
        unsafe { libc::pthread_mutex_init(robust.mutex(), attributes) };
        robust
    }

    fn mutex(&self) -> *mut libc::pthread_mutex_t {
        self.0.as_mut_ptr().wrapping_add(Robust::AT).cast()
    }

    fn lock(&self) {
        // SAFETY: it is initialised, and mapped as long as `self`.
        unsafe { libc::pthread_mutex_lock(self.mutex()) };
    }

    fn unlock(&self) {
        // SAFETY: as above; the caller has locked it.
        unsafe { libc::pthread_mutex_unlock(self.mutex()) };
    }
}

/// Nanoseconds per turn of all processes together.
fn contended(processes: u32, board: &Attachment, work: impl Fn(u32)) -> f64 {
    let (ready, go) = (board.atomic_u32(0).unwrap(), board.atomic_u32(4).unwrap());
    let number = board.atomic_u64(8).unwrap();
    ready.store(0, SeqCst);
    go.store(0, SeqCst);
    number.store(0, SeqCst);
    let turns = TIMES / 4 / processes;
    let children: Vec<_> = (0..processes)
        .map(|_| {
            Forked::start(|| {
                work(0);
                ready.fetch_add(1, SeqCst);
                wait_until("a start", || go.load(SeqCst) == 1);
                work(turns);
                0
            })
        })
        .collect();
    wait_until("children", || ready.load(SeqCst) == processes);
    let start = Instant::now();
    go.store(1, SeqCst);
    for child in children {
        assert_eq!(child.end(), 0);
    }
    let lasted = start.elapsed().as_secs_f64() * 1e9;
    assert_eq!(number.load(SeqCst), u64::from(turns * processes));
    lasted / f64::from(turns * processes)
}

#[test]
#[ignore = "prints figures"]
fn figures_with_contention() {
    let area = RemoveOnDrop::new(Area::builder().mutex("table").create_private().unwrap());
    let board = SharedMemory::builder().create_private().unwrap();
    let board = board.attach().unwrap();
    board.remove_when_detached().unwrap();
    let number = board.atomic_u64(8).unwrap();
    let add = || number.store(number.load(Relaxed) + 1, Relaxed);
    let robust = Robust::new(&board);
    for processes in [2, 4] {
        let (mut ours, mut theirs, mut ratios) = (vec![], vec![], vec![]);
        for _ in 0..9 {
            let one = contended(processes, &board, |turns| {
                let area = Area::from_id(area.id()).unwrap();
                let mutex = area.mutex("table").unwrap();
                for _ in 0..turns {
                    let _guard = mutex.lock().unwrap();
                    add();
                }
            });
            let other = contended(processes, &board, |turns| {
                for _ in 0..turns {
                    robust.lock();
                    add();
                    robust.unlock();
                }
            });
            ours.push(one);
            theirs.push(other);
            ratios.push(one / other);
        }
        let [ours, theirs, ratio] = [ours, theirs, ratios].map(median);
        println!(
            "{processes} processes: {ours:.0} ns, pthread robust {theirs:.0} ns, ratio {ratio:.2}"
        );
    }
    let builder = Area::builder().event("there").event("back");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let child = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let (there, back) = (area.event("there").unwrap(), area.event("back").unwrap());
        while there.wait().is_ok() {
            back.signal().unwrap();
        }
        0
    });
    let (there, back) = (area.event("there").unwrap(), area.event("back").unwrap());
    let mut turns = vec![];
    for _ in 0..20_000 {
        let start = Instant::now();
        there.signal().unwrap();
        back.wait().unwrap();
        turns.push(start.elapsed().as_secs_f64() * 1e9 / 2.0);
    }
    println!("two events, one way: {:.0} ns", median(turns));
    drop(child);
}
