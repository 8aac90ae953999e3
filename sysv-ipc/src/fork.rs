//! A counter that distinguishes a forked child from its parent, kept by a `pthread_atfork` handler.
#![expect(unsafe_code, reason = "registers a handler with pthread_atfork")]

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

static GENERATION: AtomicUsize = AtomicUsize::new(0);

/// State of the handler: one of the three constants.
static HANDLER: AtomicU8 = AtomicU8::new(UNREGISTERED);

const UNREGISTERED: u8 = 0;
const REGISTERED: u8 = 1;
const REFUSED: u8 = 2;

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Returns a number that is constant within a process, and differs in each child that it forks.
///
/// A value that only its own process may clean up (a lock with undo, an object to remove) stores the number and compares
/// it later. The comparison costs two loads, where `getpid` is a system call. A child made by `vfork` or a bare `clone`
/// has the number of its parent; such a child must not run destructors.
///
/// ```
/// let generation = sysv_ipc::fork_generation();
/// assert_eq!(generation, sysv_ipc::fork_generation());
/// ```
#[inline]
pub fn fork_generation() -> usize {
    match HANDLER.load(Ordering::Acquire) {
        REGISTERED => GENERATION.load(Ordering::Relaxed),
        // The C library had no memory for the handler. The process id distinguishes as well, but slower.
        REFUSED => std::process::id() as usize,
        _ => register(),
    }
}

/// Registers the handler, without a lock: a child forked while another thread held it would deadlock. Several threads
/// may register the handler concurrently; a fork then counts more than once. The first result is valid for all threads.
#[cold]
fn register() -> usize {
    // SAFETY: the handler is a plain function that lives as long as the program, and touches nothing but an atomic.
    let refused = unsafe { libc::pthread_atfork(None, None, Some(in_child)) } != 0;
    let state = if refused { REFUSED } else { REGISTERED };
    // Fails if another thread was first, whose result then counts.
    let _ = HANDLER.compare_exchange(UNREGISTERED, state, Ordering::AcqRel, Ordering::Acquire);
    fork_generation()
}
