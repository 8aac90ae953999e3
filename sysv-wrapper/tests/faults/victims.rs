//! Processes that do something over and over, until each is killed at a random point of it.

use std::time::Duration;

use sysv_wrapper::*;

use crate::support::fork::{Forked, Fuse};
use crate::support::{SLOWER, random};

/// How many are alive at once.
pub const AT_ONCE: usize = 8;

/// Kills as many processes in all that do `work` over and over, `AT_ONCE` at a time, each told its number; a process
/// that fails is a failure. After each lot is dead, looks at what they left with `check`.
///
/// Each is killed up to 2 ms after it has done its work for the first time; or after 30 ms, when it still waits for
/// what the others can no longer give.
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
    assert!(done > 0, "nobody did anything");
}

pub use std::sync::atomic::Ordering::SeqCst;

/// Numbers that this process and its children share.
pub struct Board(Attachment);

impl Board {
    /// As many zeros.
    pub fn new(count: usize) -> Board {
        let memory = SharedMemory::builder().size(8 * count).create_private();
        let attachment = memory.unwrap().attach().unwrap();
        attachment.remove_when_detached().unwrap();
        Board(attachment)
    }

    pub fn number(&self, place: usize) -> &std::sync::atomic::AtomicU64 {
        self.0.atomic_u64(8 * place).unwrap()
    }

    /// All of them.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        (0..self.0.len() / 8).map(|place| self.number(place).load(SeqCst))
    }
}
