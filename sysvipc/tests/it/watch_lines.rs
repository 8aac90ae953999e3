//! `sysvipc watch` where no screen is to be drawn: a line for each change, until a signal ends it.

use std::fs::{self, File};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::Command;

use crate::cli::{self, Running, command, create, list};
use crate::support::process::{NOBODY, as_user};
use crate::support::{in_namespace, is_root, skipped, wait_until};
use crate::watch::wait_for_looks;

/// Looks often.
const WORDS: [&str; 3] = ["watch", "--interval", "10ms"];

/// A run whose lines go to a file.
struct Watching {
    running: Running,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Watching {
    fn start() -> Watching {
        Watching::of(&mut command(WORDS))
    }

    /// Starts it, and waits until it looks for changes.
    fn of(command: &mut Command) -> Watching {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("lines");
        // In a group of its own, which has a parent elsewhere: else the kernel would not stop it.
        command
            .stdout(File::create(&file).unwrap())
            .process_group(0);
        let mut watching = Watching {
            running: Running(command.spawn().unwrap()),
            file,
            _directory: directory,
        };
        // What is there at its first look has not come.
        watching.wait_for("something came", |text| {
            create("msg --private");
            text.contains(" came msg ")
        });
        watching
    }

    /// Waits, as long as it runs, until its lines are as they should be.
    fn wait_for(&mut self, what: &str, is_there: impl Fn(&str) -> bool) {
        wait_until(what, || {
            let ended = self.running.0.try_wait().unwrap();
            assert!(ended.is_none(), "it has ended, {ended:?}: {what}");
            is_there(&fs::read_to_string(&self.file).unwrap())
        });
    }

    /// Waits until it tells of something new.
    fn assert_goes_on(&mut self) {
        let id = create("sem --private");
        self.wait_for("it goes on", |text| {
            text.contains(&format!(" came sem {id}, "))
        });
    }

    fn state(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/stat", self.running.pid())).unwrap();
        let (_, rest) = status.rsplit_once(") ").unwrap();
        rest[..1].to_owned()
    }
}

/// Row N11.
#[test]
fn a_line_says_when_what_whose_and_how_large() {
    in_namespace("a_line_says_when_what_whose_and_how_large", || {
        let mut watching = Watching::start();
        let id = create("shm --key 0x2a --size 4K");
        let user = list("shm")[0]["user"].as_str().unwrap().to_owned();
        let expected = format!("came shm {id} (key 0x0000002a), owner {user}, 4.0 KiB");
        watching.wait_for(&expected, |text| {
            text.lines().any(|line| {
                line.split_once("Z ")
                    .is_some_and(|(_, rest)| rest == expected)
            })
        });
        cli::run("remove --key 0x2a").text();
        watching.wait_for("it went", |text| {
            text.contains(&expected.replace("came", "went"))
        });
    });
}

/// Row N11.
#[test]
fn signals_that_end_no_job_do_not_end_it() {
    in_namespace("signals_that_end_no_job_do_not_end_it", || {
        let mut watching = Watching::start();
        for signal in ["WINCH", "CONT"] {
            watching.running.signal(signal);
            watching.assert_goes_on();
        }
        watching.running.signal("TSTP");
        wait_until("it stops", || watching.state() == "T");
        watching.running.signal("CONT");
        watching.assert_goes_on();
        watching.running.signal("HUP");
        watching.running.wait_for_end();
        assert_eq!(watching.running.0.wait().unwrap().signal(), Some(1));
    });
}

/// Row N11: in a container it may be the first process, which the kernel does not end by a signal.
#[test]
fn the_first_process_of_a_namespace_ends_by_signals_too() {
    const TEST: &str = test_name!("the_first_process_of_a_namespace_ends_by_signals_too");
    let first = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--pid", "--fork", "--kill-child", program]);
        command
    };
    let tried = first("true").status();
    if !tried.is_ok_and(|status| status.success()) {
        return skipped(TEST, "no pid namespace to be had");
    }
    in_namespace(TEST, || {
        for (signal, status) in [("TERM", 128 + 15), ("INT", 128 + 2)] {
            let mut outer = Watching::of(first(cli::SYSVIPC).args(WORDS)).running;
            let inner = format!("/proc/{0}/task/{0}/children", outer.pid());
            let inner = fs::read_to_string(inner).unwrap();
            let line = format!("kill -{signal} \"$2\"");
            cli::shell(&line, &[&inner.trim()]).text();
            outer.wait_for_end();
            let ended = outer.0.wait().unwrap();
            assert_eq!(ended.code(), Some(status), "{signal}: {ended:?}");
        }
    });
}

/// Row N11: a limit on processes counts threads too.
#[test]
fn it_watches_where_no_thread_can_be_started() {
    const TEST: &str = test_name!("it_watches_where_no_thread_can_be_started");
    if !is_root() {
        return skipped(
            TEST,
            "needs root, to become another user: root has no such limit",
        );
    }
    let limited = |words: &[&str]| {
        let mut command = as_user(NOBODY);
        command
            .args(["prlimit", "--nproc=1:1", cli::SYSVIPC])
            .args(words);
        command
    };
    let output = limited(&["--version"]).output();
    if !output.is_ok_and(|output| output.status.success()) {
        return skipped(
            TEST,
            "no prlimit, or the user nobody may not run the binary",
        );
    }
    in_namespace(TEST, || {
        let mut watching = Watching::of(&mut limited(&WORDS));
        wait_for_looks(watching.running.pid());
        watching.running.signal("TSTP");
        wait_until("it stops", || watching.state() == "T");
        watching.running.signal("CONT");
        watching.assert_goes_on();
        watching.running.signal("TERM");
        let status = watching.running.0.wait().unwrap();
        assert_eq!(status.signal(), Some(15), "{status:?}");
    });
}
