//! The one `pthread_atfork` handler: a counter that tells a forked child from its parent.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

static GENERATION: AtomicUsize = AtomicUsize::new(0);

/// What became of the registration: one of the three below.
static HANDLER: AtomicU8 = AtomicU8::new(UNASKED);

const UNASKED: u8 = 0;
const REGISTERED: u8 = 1;
const REFUSED: u8 = 2;

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// A number that is constant within a process, and another one in each child that it forks.
///
/// Whoever owns something that only the process which made it may give back (a lock with undo, the
/// removal of an object) keeps the number and compares it later. That costs a load, where `getpid`
/// is a system call. A child made by `vfork` or a bare `clone` does not count as one: it has no
/// business in destructors.
///
/// ```
/// let generation = sysv_ipc::fork_generation();
/// assert_eq!(generation, sysv_ipc::fork_generation());
/// ```
#[inline]
pub fn fork_generation() -> usize {
    match HANDLER.load(Ordering::Acquire) {
        REGISTERED => GENERATION.load(Ordering::Relaxed),
        // No memory for the handler: the process id distinguishes as well, only slower.
        REFUSED => std::process::id() as usize,
        _ => register(),
    }
}

/// Registers the handler. Without a lock, for which a child that is forked meanwhile would wait in vain: of several
/// threads each may do it, and then a fork counts as more than one. What the first was told holds for all.
#[cold]
fn register() -> usize {
    // SAFETY: the handler is a plain function that lives as long as the program, and touches nothing but an atomic.
    let refused = unsafe { libc::pthread_atfork(None, None, Some(in_child)) } != 0;
    let told = if refused { REFUSED } else { REGISTERED };
    // Who is not the first finds what the first has found.
    let _ = HANDLER.compare_exchange(UNASKED, told, Ordering::AcqRel, Ordering::Acquire);
    fork_generation()
}
