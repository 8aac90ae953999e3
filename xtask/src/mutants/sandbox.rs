//! Tests of one binary in one process, with what it leaves behind taken away: files, objects, processes.
//!
//! As root it has namespaces of its own for processes and for IPC, which end with it. Otherwise it is a process group
//! that is killed when its time is over, and what it leaves of objects stays.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::cannot;
use super::suite::Test;
use crate::task::Failure;

/// Programs that give a command namespaces of its own; the shell is there to be the first process, which signals
/// treat otherwise than others and which inherits orphans.
const APART: &[&str] = &[
    "unshare",
    "--ipc",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--",
    "sh",
    "-c",
    "\"$0\" \"$@\"; exit $?",
];

/// How many tests run at a time in one process: they wait more than they work.
const THREADS: usize = 8;

/// How tests ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    Passed,
    Failed,
    TimedOut,
}

/// Where one process at a time runs.
pub(super) struct Sandbox {
    folder: PathBuf,
    apart: &'static [&'static str],
}

impl Sandbox {
    /// With a folder for temporary files that everybody may use, since some tests become other users.
    pub(super) fn new(number: usize) -> Result<Self, Failure> {
        let name = format!("mutants-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let can = |words: &[&str]| {
            let mut command = Command::new(words[0]);
            command.args(&words[1..]).arg("true").stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let apart = if can(APART) { APART } else { &[] };
        let sandbox = Self { folder, apart };
        sandbox.clear()?;
        Ok(sandbox)
    }

    /// Runs tests of one binary with one more variable, for at most so long.
    pub(super) fn run(
        &self,
        tests: &[&Test],
        variable: (&str, &str),
        limit: Duration,
    ) -> Result<(End, Duration), Failure> {
        let Some(first) = tests.first() else {
            return Ok((End::Passed, Duration::ZERO));
        };
        let threads = if tests.len() == 1 { 1 } else { THREADS };
        let mut command = Command::new("timeout");
        command
            .arg("--signal=KILL")
            .arg(limit.as_secs_f64().to_string())
            .args(self.apart)
            .arg(&first.binary.path)
            .arg("--exact")
            .args(tests.iter().map(|test| &test.name))
            .arg(format!("--test-threads={threads}"))
            .current_dir(&first.binary.folder)
            .env("CARGO_MANIFEST_DIR", &first.binary.folder)
            .env("TMPDIR", self.folder.join("tmp"))
            .env(variable.0, variable.1)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begin = Instant::now();
        let status = command
            .status()
            .map_err(Failure::because("cannot start timeout"))?;
        let took = begin.elapsed();
        self.clear()?;
        let end = if status.success() {
            End::Passed
        } else if took >= limit {
            End::TimedOut
        } else {
            End::Failed
        };
        Ok((end, took))
    }

    /// A file for everybody, which is there and empty.
    pub(super) fn file(&self) -> Result<PathBuf, Failure> {
        let path = self.folder.join("record");
        fs::write(&path, "").map_err(cannot("write", &path))?;
        fs::set_permissions(&path, Permissions::from_mode(0o666))
            .map_err(cannot("share", &path))?;
        Ok(path)
    }

    /// Makes the folder for temporary files anew.
    fn clear(&self) -> Result<(), Failure> {
        let folder = self.folder.join("tmp");
        // It is not there the first time.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(cannot("make", &folder))?;
        for (folder, mode) in [(&self.folder, 0o755), (&folder, 0o1777)] {
            fs::set_permissions(folder, Permissions::from_mode(mode))
                .map_err(cannot("share", folder))?;
        }
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use super::super::build::Binary;
    use super::{End, Sandbox, Test};

    /// What stands in for a test binary: each of its tests ends in its own way.
    const SCRIPT: &str = "#!/bin/sh\ncase $2 in\n  passes) exit 0 ;;\n  fails) exit 101 ;;\n  \
                          litters) echo 1 > $TMPDIR/litter ;;\n  is_clean) test ! -e $TMPDIR/litter ;;\n  \
                          sees) test \"$SEEN\" = 3 ;;\n  hangs) sleep 1000 & wait ;;\nesac\n";

    #[test]
    fn a_test_ends_in_one_of_three_ways_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        fs::write(&path, SCRIPT).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        let sandbox = Sandbox::new(usize::MAX).unwrap();
        let run = |name: &str, limit| {
            let test = Test {
                binary: Binary {
                    package: String::new(),
                    chosen: String::new(),
                    path: path.clone(),
                    folder: folder.path().to_owned(),
                },
                name: name.to_owned(),
            };
            let limit = Duration::from_secs(limit);
            sandbox.run(&[&test], ("SEEN", "3"), limit).unwrap().0
        };
        assert_eq!(run("passes", 60), End::Passed);
        assert_eq!(run("fails", 60), End::Failed);
        assert_eq!(run("sees", 60), End::Passed);
        assert_eq!(run("litters", 60), End::Passed);
        assert_eq!(run("is_clean", 60), End::Passed);
        assert_eq!(run("hangs", 1), End::TimedOut);
        let left = sandbox.folder.clone();
        assert!(left.is_dir());
        drop(sandbox);
        assert!(!left.exists());
    }
}
