//! Ipc namespaces for the workers: each has one of its own, with room for many objects and for long messages.

use std::ffi::{OsStr, OsString};

use crate::task;

/// Raises the limits of the namespace that it is in, and becomes the program that it is given.
const RAISE: &str = "set -e\n\
    echo 65536 >/proc/sys/kernel/msgmax\n\
    echo 1048576 >/proc/sys/kernel/msgmnb\n\
    echo 32768 >/proc/sys/kernel/msgmni\n\
    echo 32768 >/proc/sys/kernel/shmmni\n\
    echo '32000 1024000000 500 32768' >/proc/sys/kernel/sem\n\
    exec \"$@\"";

/// Why something is left out where no such namespace can be made.
pub(crate) const MISSING: &str =
    "needs an ipc namespace of its own, which `unshare` makes for root";

/// A way to run programs in an ipc namespace of their own.
pub(crate) struct Namespace {
    unshare: &'static [&'static str],
}

impl Namespace {
    /// The way that works here, if any does.
    pub(crate) fn find() -> Option<Namespace> {
        let ways: [&[&str]; 2] = [&["--ipc"], &["--user", "--map-root-user", "--ipc"]];
        let namespace = |unshare| Namespace { unshare };
        ways.map(namespace).into_iter().find(Namespace::works)
    }

    fn works(&self) -> bool {
        let command = self.wrap(&["true".into()]);
        let Some((program, arguments)) = command.split_first() else {
            return false;
        };
        task::succeeds(program, arguments)
    }

    /// The command that runs `command` in a namespace of its own.
    pub(crate) fn wrap(&self, command: &[OsString]) -> Vec<OsString> {
        let before = ["unshare"].iter().chain(self.unshare);
        before
            .chain(&["--", "sh", "-c", RAISE, "sh"])
            .map(OsStr::new)
            .map(OsStr::to_os_string)
            .chain(command.iter().cloned())
            .collect()
    }
}
