//! Child processes: a test runs its own binary again for the same test, which takes another role there.
//!
//! ```ignore
//! #[test]
//! fn a_test() {
//!     if let Some(words) = support::role(test_name!("a_test")) {
//!         // The child, with the arguments from its parent.
//!         return;
//!     }
//!     let child = support::Process::start(test_name!("a_test"), &[&set.id]);
//!     child.finish();
//! }
//! ```

use std::fmt::Display;
use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};

/// The variable with the child's test and its arguments.
const ROLE: &str = "SYSV_IPC_TEST_ROLE";
/// The variable with the program that runs this binary if the kernel cannot: `qemu-arm -L /usr/arm-linux-gnueabihf`.
const RUNNER: &str = "SYSV_TEST_RUNNER";

/// Returns a path without its first part, which `module_path!` includes and libtest's names do not.
pub const fn without_crate(path: &'static str) -> &'static str {
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first == b':' {
            break;
        }
    }
    let [b':', name @ ..] = rest else {
        panic!("the path has no `::`");
    };
    match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => unreachable!(),
    }
}

/// Returns a command that runs this test binary.
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

/// Returns a command that runs this test binary in the child's role of `test`.
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

/// Returns whether this process has a child's role, in any test.
pub(super) fn is_child() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// Returns the child's arguments if this process has the child's role of `test`. The child is killed with its parent.
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

/// A child, which is killed on drop.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a child in the child's role of `test`.
    pub fn start(test: &str, words: &[&dyn Display]) -> Process {
        let child = child_command(test, words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Process { child }
    }

    /// Returns the child's pid.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Waits for the child to exit, and fails unless its test ran and passed.
    #[track_caller]
    pub fn finish(mut self) {
        let status = self.end();
        let text = self.output();
        assert!(status.success(), "the child failed, {status}:\n{text}");
        // A child whose test is not found also succeeds.
        assert!(
            text.contains(": ok. 1 passed;"),
            "the child ran no test:\n{text}"
        );
    }

    /// Kills the child with SIGKILL, and waits for its end.
    pub fn kill(mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }

    /// Waits for the child to exit.
    pub fn end(&mut self) -> ExitStatus {
        let mut status = None;
        super::poll(super::DEADLINE, &mut || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap_or_else(|| {
            // It may have just ended.
            let _ = self.child.kill();
            panic!("the child did not end:\n{}", self.output());
        })
    }

    /// Fails if the child has already ended, and prints its output.
    #[track_caller]
    pub fn assert_running(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("the child has ended, {status}:\n{}", self.output());
        }
    }

    /// Waits until `condition` holds; fails if the child ends before.
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
        // It may have already ended, and been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends this process with SIGKILL: nothing is dropped.
pub fn die() -> ! {
    // SAFETY: takes no pointer.
    unsafe { libc::raise(libc::SIGKILL) };
    unreachable!("SIGKILL cannot be survived");
}

/// Returns whether this process may change its user.
pub fn is_root() -> bool {
    // SAFETY: takes nothing, and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// The uid of the user nobody on Linux and the BSDs.
pub const NOBODY: u32 = 65534;

/// Returns a command that runs its arguments as another user, for root. (`Command::uid` would fork: until its exec, a
/// copy of this process shares attachments that other tests count.)
#[cfg(target_os = "linux")]
pub fn as_user(uid: u32) -> Command {
    let uid = uid.to_string();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &uid, "--regid", &uid, "--clear-groups"]);
    command
}

/// Returns whether `/proc` shows the processes of other users to an ordinary user. If it is mounted with `hidepid`,
/// prints that a part of `test` is skipped.
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
        super::skipped(test, "/proc hides the processes of other users");
    }
    sees
}

/// Changes the user of this whole process to nobody, irrevocably. For child processes only.
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

/// In the child, changes the user to nobody and returns the numbers from the parent. In the parent, starts the child
/// with the numbers that `make` returned, and returns `None` after it has passed.
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
        super::skipped(test, "needs root to change its user");
    }
    None
}

/// Returns the effective user id of this process.
pub fn effective_uid() -> u32 {
    // SAFETY: takes nothing, and cannot fail.
    unsafe { libc::geteuid() }
}

/// Returns whether a process has the pid, including a zombie.
pub fn exists(pid: sysv_ipc::Pid) -> bool {
    // SAFETY: takes no pointer, and signal 0 sends nothing.
    let sent = unsafe { libc::kill(pid.as_raw(), 0) };
    sent == 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}
