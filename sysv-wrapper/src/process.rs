//! Whether a process that the kernel recorded still runs.

use std::{fs, process};

use sysv_ipc::Pid;

/// Where the number of threads stands in `/proc/PID/stat`, counted from the state on.
const THREADS: usize = 17;

/// Whether the process runs, as far as this one sees. One that has ended and is not yet waited for by its
/// parent does not, where `/proc` tells.
///
/// `true` proves less than `false`: another process may have got the number since.
pub(crate) fn is_running(pid: Pid) -> bool {
    pid.exists() && !is_zombie(pid)
}

/// Whether the numbers in `/proc` are those that the kernel gives this process: a `/proc` that was mounted for a
/// pid namespace further up has others.
pub(crate) fn proc_is_ours() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| says_ours(&status, process::id()))
}

/// The process has a number in each pid namespace from that of `/proc` down to its own.
fn says_ours(status: &str, own: u32) -> bool {
    let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
    let own = own.to_string();
    let is_own = |numbers: &str| numbers.split_ascii_whitespace().eq([own.as_str()]);
    // Kernels before 4.1, and those without such namespaces, have the one number only.
    line("NSpid:").or_else(|| line("Pid:")).is_some_and(is_own)
}

fn is_zombie(pid: Pid) -> bool {
    // Systems without such a file, and those that hide it, do not tell.
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| says_zombie(&stat) && proc_is_ours())
}

/// A process whose first thread has ended while others go on is in the same state, but has those others.
fn says_zombie(stat: &str) -> bool {
    // The name before it is in parentheses, and may have some itself.
    let Some((_, fields)) = stat.rsplit_once(") ") else {
        return false;
    };
    let mut fields = fields.split(' ');
    matches!(fields.next(), Some("Z" | "X")) && matches!(fields.nth(THREADS - 1), Some("0" | "1"))
}

#[cfg(test)]
mod tests {
    //! The text of `/proc/PID/stat` in the shapes that matter.

    use super::{says_ours, says_zombie};

    fn stat(state: char, threads: u32) -> String {
        format!("17 (a (b) c) {state} 1 17 17 0 -1 4 0 0 0 0 0 0 0 0 20 0 {threads} 0 99 0 0")
    }

    #[test]
    fn a_zombie_has_no_thread_left() {
        assert!(says_zombie(&stat('Z', 1)));
        assert!(!says_zombie(&stat('Z', 2)));
        assert!(!says_zombie(&stat('S', 1)));
        assert!(!says_zombie("something else"));
        assert!(!says_zombie(""));
    }

    #[test]
    fn a_process_of_an_inner_namespace_has_several_numbers() {
        let status =
            |numbers: &str| format!("Name:\ta\nPid:\t17\nNSpid:\t{numbers}\nThreads:\t1\n");
        assert!(says_ours(&status("17"), 17));
        assert!(!says_ours(&status("17\t17"), 17));
        assert!(!says_ours(&status("17\t2"), 2));
        assert!(says_ours("Name:\ta\nPid:\t17\n", 17));
        assert!(!says_ours("", 17));
    }
}
