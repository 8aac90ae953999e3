//! Second processes: a test runs its own binary again, for itself alone, and plays another role there.
//!
//! ```ignore
//! #[test]
//! fn a_test() {
//!     if let Some(words) = support::role(test_name!("a_test")) {
//!         // The child, with the words that its parent gave it.
//!         return;
//!     }
//!     let child = support::Process::start(test_name!("a_test"), &[&set.id]);
//!     child.finish();
//! }
//! ```

use std::fmt::Display;
use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

/// Tells the child which test's it is, and its words.
const ROLE: &str = "SYSV_IPC_TEST_ROLE";
/// What runs this binary if the kernel itself cannot: `qemu-arm -L /usr/arm-linux-gnueabihf`.
const RUNNER: &str = "SYSV_TEST_RUNNER";

/// A path without its first part, which `module_path!` begins with and libtest's names do not have.
pub const fn without_crate(path: &'static str) -> &'static str {
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first == b':' {
            break;
        }
    }
    let [b':', name @ ..] = rest else {
        panic!("there is no `::` in the path");
    };
    match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => unreachable!(),
    }
}

/// This test binary, to be run once more.
pub fn command(arguments: &[&str]) -> Command {
    let binary = std::env::current_exe().unwrap();
    let runner = std::env::var(RUNNER).unwrap_or_default();
    let mut words = runner.split_whitespace();
    let mut command = if let Some(runner) = words.next() {
        let mut command = Command::new(runner);
        command.args(words).arg(binary);
        command
    } else {
        Command::new(binary)
    };
    command.args(arguments).env_remove(ROLE);
    command
}

/// This test binary, to be run for the child's part of `test`.
pub fn child_command(test: &str, words: &[&dyn Display]) -> Command {
    let mut role = test.to_owned();
    for word in words {
        role = format!("{role} {word}");
    }
    let mut command = command(&[
        test,
        "--exact",
        "--include-ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.env(ROLE, role);
    command
}

/// Whether this process plays a child's part, of whatever test.
pub(super) fn is_child() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// The words for the child's part of `test`, if this process plays it. It ends with its parent.
pub fn role(test: &str) -> Option<Vec<String>> {
    let role = std::env::var(ROLE).ok()?;
    let mut words = role.split(' ').map(str::to_owned);
    if words.next()? != test {
        return None;
    }
    #[cfg(target_os = "linux")]
    // SAFETY: this command takes a number and no pointer.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
    Some(words.collect())
}

/// A child, which is killed when the test ends before it.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the child's part of `test`.
    pub fn start(test: &str, words: &[&dyn Display]) -> Process {
        let child = child_command(test, words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Process { child }
    }

    /// The child's number.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Waits for the child to end by itself, and fails unless its test ran and passed.
    #[track_caller]
    pub fn finish(mut self) {
        let status = self.end();
        let text = self.output();
        assert!(status.success(), "the child failed, {status}:\n{text}");
        // A child whose test is not found succeeds as well.
        assert!(
            text.contains(": ok. 1 passed;"),
            "the child ran no test:\n{text}"
        );
    }

    /// Kills the child with SIGKILL, and waits until the kernel has taken it apart.
    pub fn kill(mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }

    /// Waits for the child to end by itself.
    pub fn end(&mut self) -> ExitStatus {
        let end = Instant::now() + super::DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() > end {
                // It does not matter whether it has just ended.
                let _ = self.child.kill();
                panic!("the child does not end:\n{}", self.output());
            }
            std::thread::yield_now();
        }
    }

    /// Fails if the child has ended already, with what it said.
    #[track_caller]
    pub fn assert_running(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("the child has ended, {status}:\n{}", self.output());
        }
    }

    /// Waits until `condition` holds, as long as the child runs.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut() -> bool) {
        super::wait_until(what, || {
            condition() || {
                self.assert_running();
                false
            }
        });
    }

    fn output(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut pipe) = self.child.stdout.take() {
            pipe.read_to_string(&mut text).unwrap();
        }
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut text).unwrap();
        }
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, and been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends this process with SIGKILL, as somebody else might: nothing is dropped.
pub fn die() -> ! {
    // SAFETY: takes no pointer.
    unsafe { libc::raise(libc::SIGKILL) };
    unreachable!("nobody survives that");
}

/// Whether this process may become somebody else.
pub fn is_root() -> bool {
    // SAFETY: takes nothing, and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// The user who owns nothing, by the number that Linux and the BSDs give him.
pub const NOBODY: u32 = 65534;

/// A command that runs its arguments as another user, for root. (`Command::uid` would fork: a copy of this process has
/// attached, until it becomes the command, what other tests count the attachments of.)
#[cfg(target_os = "linux")]
pub fn as_user(uid: u32) -> Command {
    let uid = uid.to_string();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &uid, "--regid", &uid, "--clear-groups"]);
    command
}

/// Whether `/proc` shows the processes of others to an ordinary user. Where it is mounted with `hidepid`, says so for
/// `test`, of which a part does not run.
#[cfg(target_os = "linux")]
pub fn sees_processes_of_others(test: &str) -> bool {
    let mut command = if is_root() {
        as_user(NOBODY)
    } else {
        Command::new("env")
    };
    command.args(["test", "-e", "/proc/1"]);
    let sees = command.status().unwrap().success();
    if !sees {
        super::skipped(test, "/proc hides the processes of others");
    }
    sees
}

/// Makes this whole process nobody's, without a way back. For children only.
pub fn become_nobody() {
    // SAFETY: no groups are read from the null pointer.
    let groups = unsafe { libc::setgroups(0, std::ptr::null()) };
    // SAFETY: takes no pointer.
    let gid = unsafe { libc::setgid(NOBODY) };
    // SAFETY: takes no pointer. The C library changes all threads.
    let uid = unsafe { libc::setuid(NOBODY) };
    assert_eq!((groups, gid, uid), (0, 0, 0));
    assert!(!is_root());
}

/// In the child, that it is nobody now, and the numbers that it was given; in the parent, `None` after
/// the child has passed with the numbers of what `make` made.
pub fn as_nobody<O>(test: &str, make: impl Fn() -> (O, Vec<i32>)) -> Option<Vec<i32>> {
    if let Some(words) = role(test) {
        become_nobody();
        return Some(words.iter().map(|word| word.parse().unwrap()).collect());
    }
    if is_root() {
        let (_object, numbers) = make();
        let words: Vec<&dyn Display> = numbers.iter().map(|number| number as _).collect();
        Process::start(test, &words).finish();
    } else {
        super::skipped(test, "needs root, to become somebody else");
    }
    None
}

/// The user of this process.
pub fn effective_uid() -> u32 {
    // SAFETY: takes nothing, and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether a process has the number, also one that has ended and was not waited for.
pub fn exists(pid: sysv_ipc::Pid) -> bool {
    // SAFETY: takes no pointer, and signal 0 sends nothing.
    let sent = unsafe { libc::kill(pid.as_raw(), 0) };
    sent == 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}
