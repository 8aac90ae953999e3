//! What the tests of this crate share: objects that remove themselves, second processes, threads that
//! are known to sleep, namespaces of one's own, and waiting with a deadline. No test of the calls
//! lives here, but the one that every test binary has: that it leaves nothing behind.
#![expect(unsafe_code, reason = "forks, enters namespaces and handles signals")]
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary compiles this, and none needs all of it"
)]

/// The name that libtest has for a test of this module, of which the literal is the last part.
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

/// How many times slower than usual the tests are. Who builds them for an emulator says so, in the variable; what is
/// done very often is done so much less often there.
pub const SLOWER: u32 = times(option_env!("SYSV_TEST_PATIENCE"));

/// How long a test waits for what has to happen before it fails. Nothing depends on it but the time
/// that a failure takes.
pub const DEADLINE: Duration = Duration::from_secs(60).saturating_mul(SLOWER);

/// The whole number that a variable says; 1 without it.
const fn times(variable: Option<&str>) -> u32 {
    let Some(text) = variable else { return 1 };
    match u32::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("SYSV_TEST_PATIENCE is not a whole number"),
    }
}

/// Waits until `condition` holds, and fails when that takes too long.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::yield_now();
    }
}

/// Says that a test, or a part of one, did not run, and why. Past the harness, which shows the output
/// of failed tests only.
pub fn skipped(test: &str, reason: &str) {
    // In one piece, between the lines of others. Where nobody can be told there is nothing else to do.
    let line = format!("skipped: {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// A number without a pattern, from the seed that every hash map of the standard library gets.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(Instant::now())
}

/// This process, as the kernel records it.
pub fn own_pid() -> Option<sysv_ipc::Pid> {
    i32::try_from(std::process::id())
        .ok()
        .and_then(sysv_ipc::Pid::from_raw)
}
