//! Processes that repeat a piece of work until each is killed at a random point.

use std::time::Duration;

use sysv_wrapper::*;

use crate::support::fork::{Forked, Fuse};
use crate::support::{SLOWER, random};

/// Number of processes that run at the same time.
pub const AT_ONCE: usize = 8;

/// Starts and kills `total` processes that repeat `work` with their number, `AT_ONCE` at a time; a process that fails
/// fails the test. After each batch is dead, calls `check` on what it left.
///
/// Each process is killed up to 2 ms after it has completed its work for the first time; or after 30 ms, if it still
/// waits for the others, which are dead.
pub fn kill(total: usize, work: impl Fn(usize), mut check: impl FnMut()) {
    let done = Board::new(1);
    for _ in 0..total.div_ceil(AT_ONCE) {
        let victims: Vec<Forked> = (0..AT_ONCE)
            .map(|number| {
                let time = Duration::from_micros(random() % 2000) * SLOWER;
                Forked::start(|| {
                    let fuse = Fuse::new();
                    fuse.light(Duration::from_millis(30) * SLOWER);
                    work(number);
                    fuse.light(time);
                    loop {
                        done.number(0).fetch_add(1, SeqCst);
                        work(number);
                    }
                })
            })
            .collect();
        for victim in victims {
            assert_eq!(victim.signal(), 9);
        }
        check();
    }
    let done = done.number(0).load(SeqCst);
    println!("{total} killed, after {done} rounds");
    assert!(done > 0, "no process did any work");
}

pub use std::sync::atomic::Ordering::SeqCst;

/// Numbers that this process and its children share.
pub struct Board(Attachment);

impl Board {
    /// Creates `count` zeros.
    pub fn new(count: usize) -> Board {
        let memory = SharedMemory::builder().size(8 * count).create_private();
        let attachment = memory.unwrap().attach().unwrap();
        attachment.remove_when_detached().unwrap();
        Board(attachment)
    }

    pub fn number(&self, place: usize) -> &std::sync::atomic::AtomicU64 {
        self.0.atomic_u64(8 * place).unwrap()
    }

    /// Returns all numbers.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        (0..self.0.len() / 8).map(|place| self.number(place).load(SeqCst))
    }
}
