//! Shared code of this crate's tests: objects that are removed on drop, child processes, threads that are known to
//! sleep, namespaces, and waiting with a deadline.
#![expect(unsafe_code, reason = "forks, enters namespaces and handles signals")]
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary includes this module, and none uses all of it"
)]

/// Returns libtest's name of a test in this module, from its last part.
#[allow(unused_macros, reason = "see above")]
macro_rules! test_name {
    ($name:literal) => {
        $crate::support::without_crate(concat!(module_path!(), "::", $name))
    };
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub mod confine;
mod isolation;
#[cfg(target_os = "linux")]
pub mod namespace;
pub mod objects;
pub mod process;
pub mod thread;

use std::io::Write as _;
use std::time::{Duration, Instant};

pub use isolation::isolate;
#[cfg(target_os = "linux")]
pub use namespace::in_namespace;
pub use objects::{Attached, Msg, Sem, Shm, expect_errno, mode, unused_key};
pub use process::{Process, as_nobody, become_nobody, die, is_root, role, without_crate};
pub use thread::{Sleeper, interrupt_until, signals_handled};

/// The factor by which the tests are slower than usual, from a variable that builds for an emulator set. Tests with
/// many iterations divide their number by it.
pub const SLOWER: u32 = times(option_env!("SYSV_TEST_PATIENCE"));

/// The time limit of a test for an expected event. It affects only the time until a failure.
pub const DEADLINE: Duration = Duration::from_secs(60).saturating_mul(SLOWER);

/// Returns the number in a variable; 1 without it.
const fn times(variable: Option<&str>) -> u32 {
    let Some(text) = variable else { return 1 };
    match u32::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("SYSV_TEST_PATIENCE is not a whole number"),
    }
}

/// Waits until `condition` holds; panics after [`DEADLINE`].
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let holds = poll(DEADLINE, &mut condition);
    assert!(holds, "timed out waiting for: {what}");
}

/// Waits until `condition` holds, at most for `time`. Returns whether it holds. Between two looks, other threads run
/// first; soon the thread sleeps, so that a wait takes next to no processor time.
pub fn poll(time: Duration, condition: &mut dyn FnMut() -> bool) -> bool {
    let end = Instant::now() + time;
    let mut looks = 0;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        looks += 1;
        if looks < 10 {
            std::thread::yield_now();
        } else {
            std::thread::sleep(Duration::from_micros(10 * looks.min(100)));
        }
    }
    true
}

/// Prints that a test, or a part of one, is skipped, and the reason. Bypasses the harness, which shows the output of
/// failed tests only.
pub fn skipped(test: &str, reason: &str) {
    // In one write, so that lines do not mix. An error is ignored.
    let line = format!("skipped: {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Returns a random number, from the seed of the standard library's hash maps.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(Instant::now())
}

/// Returns the pid of this process, as the kernel records it.
pub fn own_pid() -> Option<sysv_ipc::Pid> {
    i32::try_from(std::process::id())
        .ok()
        .and_then(sysv_ipc::Pid::from_raw)
}
