//! Linux: private ipc namespaces, in which tests can set limits and know all counts.

use std::io;

use sysv_ipc::*;

/// Runs `work` in a thread with a new ipc namespace, which the kernel removes along with its objects. If the user may
/// not create one, prints that `test` is skipped.
pub fn in_namespace(test: &str, work: impl FnOnce() + Send) {
    run_in_namespace(test, Box::new(work));
}

/// As `in_namespace`, without a copy for each test: those took a third of the time to build some tests.
fn run_in_namespace(test: &str, work: Box<dyn FnOnce() + Send + '_>) {
    let outcome = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            unshare()?;
            work();
            Ok::<(), io::Error>(())
        });
        thread.join()
    });
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => super::skipped(test, &format!("no ipc namespace to be had: {error}")),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Moves the calling thread, and with it the threads and children that it starts, into an ipc namespace of its own.
pub fn unshare() -> io::Result<()> {
    // SAFETY: takes no pointer, and concerns this thread alone.
    if unsafe { libc::unshare(libc::CLONE_NEWIPC) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Returns a limit from `/proc/sys/kernel`, in the namespace of the calling thread.
pub fn sysctl(name: &str) -> Vec<u64> {
    let text = std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap();
    let numbers = text.split_whitespace().map(str::parse);
    numbers.collect::<std::result::Result<_, _>>().unwrap()
}

/// Sets a limit. Call it in a private namespace only.
pub fn set_sysctl(name: &str, value: impl std::fmt::Display) {
    let link = |whose: &str| std::fs::read_link(format!("/proc/{whose}/ns/ipc")).unwrap();
    assert_ne!(
        link("thread-self"),
        link("self"),
        "this is not a private namespace"
    );
    std::fs::write(format!("/proc/sys/kernel/{name}"), value.to_string()).unwrap();
}

/// Returns the numbers of segments, sets and queues in the namespace of the calling thread.
pub fn objects_left() -> [u64; 3] {
    [
        shmctl_shm_info().unwrap().1.used_ids(),
        semctl_sem_info().unwrap().1.used_ids(),
        msgctl_msg_info().unwrap().1.used_ids(),
    ]
}

/// Fails unless so many segments, sets and queues are left in the namespace of the calling thread. A removed segment stays
/// until the children that other tests have forked in the meantime end.
#[track_caller]
pub fn expect_left(expected: [u64; 3]) {
    super::wait_until("the objects that should be left", || {
        objects_left() == expected
    });
}
