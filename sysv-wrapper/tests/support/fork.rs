//! Real forks: what a forked child drops, only a forked child shows.

/// Runs `work` in a forked child, which ends with the number that it returns, and waits for that; 99 is for a
/// panic. Nothing of the parent's is dropped in the child but what `work` drops.
///
/// The child has this one thread only, while the parent may have others: `work` does not wait for any, nor
/// for a lock that one of them may have had.
pub fn in_forked_child(work: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the C library keeps its own locks in order across fork, Rust's allocator is the C library's, and
    // `work` keeps off all others.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1, "{}", std::io::Error::last_os_error());
    if child == 0 {
        let work = std::panic::AssertUnwindSafe(work);
        let code = std::panic::catch_unwind(work).unwrap_or(99);
        // SAFETY: takes no pointer, and runs nothing of the parent's.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: the status lives until the call returns.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child, "{}", std::io::Error::last_os_error());
    assert!(libc::WIFEXITED(status), "the child was killed: {status:#x}");
    libc::WEXITSTATUS(status)
}
