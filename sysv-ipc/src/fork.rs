//! The one `pthread_atfork` handler: a counter that tells a forked child from its parent.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

static GENERATION: AtomicUsize = AtomicUsize::new(0);

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
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| {
        // SAFETY: the handler is a plain function that lives as long as the program, and touches
        // nothing but an atomic.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) == 0 }
    });
    if registered {
        GENERATION.load(Ordering::Relaxed)
    } else {
        // No memory for the handler: the process id distinguishes as well, only slower.
        std::process::id() as usize
    }
}
