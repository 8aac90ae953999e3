//! What several benches want: an ipc namespace of their own, with other limits than the system's.

use std::env;
use std::fs;
use std::process::{Command, exit};

/// Set in the process that is in the namespace.
const INSIDE: &str = "SYSV_BENCH_NAMESPACE";

/// Limits, as the kernel has them below `/proc/sys/kernel`.
const LIMITS: [(&str, &str); 5] = [
    ("msgmax", "65536"),
    ("msgmnb", "1048576"),
    ("msgmni", "32768"),
    ("shmmni", "32768"),
    ("sem", "32000 1024000000 500 32768"),
];

/// Goes on in a namespace of its own with raised limits: runs this program again in one, and ends. False if that is
/// not possible here, which takes `unshare` and a privilege.
pub fn own_namespace() -> bool {
    if env::var_os(INSIDE).is_some() {
        return LIMITS
            .iter()
            .all(|(name, value)| fs::write(format!("/proc/sys/kernel/{name}"), value).is_ok());
    }
    let possible = Command::new("unshare").args(["--ipc", "true"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        return false;
    }
    let Ok(own) = env::current_exe() else {
        return false;
    };
    let again = Command::new("unshare")
        .arg("--ipc")
        .arg(own)
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .status();
    exit(again.ok().and_then(|status| status.code()).unwrap_or(1))
}
