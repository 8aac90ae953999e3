//! Processes: whether one that the kernel recorded is gone, and what people call it.
//!
//! A pid means a process only together with a time: the kernel gives the number of an ended process to a later one, or
//! to a thread. Doubt counts as life, since death is what lets objects be removed.

use std::fs;
use std::time::{Duration, SystemTime};

use sysv_ipc::Pid;

use crate::system::process_info;

/// A running process, with its name.
///
/// ```
/// use sysv_wrapper::{Pid, Process};
///
/// let own = Pid::from_raw(i32::try_from(std::process::id()).unwrap()).unwrap();
/// if let Some(process) = Process::find(own) {
///     println!("{} {}: {}", process.pid(), process.name(), process.command());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub(crate) pid: Pid,
    pub(crate) name: String,
    pub(crate) command: String,
}

impl Process {
    /// Looks up the process with this number; `None` if there is none, and where the system does not show it.
    ///
    /// It may be another process than the one that had the number when the kernel recorded it.
    pub fn find(pid: Pid) -> Option<Process> {
        process_info(pid)
    }

    /// Returns the number.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Returns the short name of the program: on Linux at most 15 bytes, which the process can change.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "comm")]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the command line, its words separated by spaces; the name in brackets where there is none. Bytes that are
    /// not UTF-8 are replaced.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "cmdline")]
    pub fn command(&self) -> &str {
        &self.command
    }
}

/// The fields of `/proc/PID/stat`, counted from the state on: how many threads, and the start in clock ticks since boot.
const THREADS: usize = 17;
const START: usize = 19;

/// The kernel records the times of objects in whole seconds.
const WHOLE_SECOND: Duration = Duration::from_secs(1);

/// By how much times in `/proc`, which have two decimals, and their sums can be wrong.
const ROUNDING: Duration = Duration::from_millis(100);

/// The process that the kernel recorded with an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Recorded {
    pub(crate) pid: Pid,
    /// The latest time that the kernel recorded of the object: the process existed then at the latest.
    pub(crate) at: Option<SystemTime>,
    /// Whether the kernel may have recorded the number of a thread.
    pub(crate) may_be_thread: bool,
}

/// Whether the recorded process is gone, as far as can be proved: no process has the number, or the process that has it
/// has ended and was not waited for, or only a thread has the number, or the process started after the recorded time.
pub(crate) fn is_gone(recorded: Recorded) -> bool {
    let Recorded { pid, .. } = recorded;
    if !exists(pid) {
        return true;
    }
    // Systems without these files, a `/proc` that hides the process and one of another pid namespace prove nothing.
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    if !proc_is_ours() {
        return false;
    }
    is_zombie(&stat)
        || (!recorded.may_be_thread && is_thread(pid))
        || recorded.at.is_some_and(|at| started_after(&stat, at))
}

/// Returns when a process started, in clock ticks since the boot; `None` where `/proc` does not show it.
pub(crate) fn start_ticks(pid: Pid) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    fields(&stat).nth(START)?.parse().ok()
}

/// Returns the inode of a namespace of the calling thread: `ipc`, `pid`, `time`. `None` where there are none.
pub(crate) fn namespace(name: &str) -> Option<u64> {
    // The link reads `ipc:[4026531839]`, which takes half the time of looking at the file behind it.
    let link = fs::read_link(format!("/proc/thread-self/ns/{name}")).ok()?;
    let (_, number) = link.to_str()?.strip_suffix(']')?.split_once('[')?;
    number.parse().ok()
}

/// Whether a process, or a thread, has the number.
fn exists(pid: Pid) -> bool {
    // A refusal is of a process that exists.
    rustix::process::Pid::from_raw(pid.as_raw())
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Whether the numbers in `/proc` are those that the kernel gives this process: a `/proc` that was mounted for an outer
/// pid namespace has others.
pub(crate) fn proc_is_ours() -> bool {
    fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| has_own_numbers(&status, std::process::id()))
}

/// Whether the status is of the process with this number alone: a process has a number in each pid namespace from that of
/// `/proc` down to its own.
fn has_own_numbers(status: &str, own: u32) -> bool {
    let own = own.to_string();
    let is_own = |numbers: &str| numbers.split_ascii_whitespace().eq([own.as_str()]);
    // Kernels before 4.1, and those without such namespaces, have the one number only.
    line(status, "NSpid:")
        .or_else(|| line(status, "Pid:"))
        .is_some_and(is_own)
}

fn line<'text>(status: &'text str, name: &str) -> Option<&'text str> {
    status.lines().find_map(|line| line.strip_prefix(name))
}

/// Whether the number is that of a thread which is not the first of its process.
fn is_thread(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|status| {
        line(&status, "Tgid:").is_some_and(|tgid| tgid.trim() != pid.to_string())
    })
}

/// The fields of a `stat` from the state on: the name before it is in parentheses, and may have some itself.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    fields.split_ascii_whitespace()
}

/// Whether the process has ended and was not waited for. One whose first thread has ended while others run is in the
/// same state, but has those others.
fn is_zombie(stat: &str) -> bool {
    let mut fields = fields(stat);
    matches!(fields.next(), Some("Z" | "X")) && matches!(fields.nth(THREADS - 1), Some("0" | "1"))
}

/// Whether the process started so long after a recorded time that it is another one.
///
/// The start is counted from the boot, by today's clock; the recorded time is by the clock of that moment. Where the clock
/// may have been set since, it proves nothing.
fn started_after(stat: &str, at: SystemTime) -> bool {
    let is_later = || {
        let clock = Clock::read()?;
        Some(clock.started_after(start_since_boot(stat)?, at))
    };
    is_later().unwrap_or(false)
}

/// What `/proc` tells about the clock, and about whether it was set.
struct Clock {
    now: SystemTime,
    /// The time since the boot.
    uptime: Duration,
    /// When the first process of this pid namespace started, counted from the boot.
    first_start: Duration,
    /// When `/proc` was mounted, by the clock of that moment.
    proc_mounted: SystemTime,
}

impl Clock {
    /// Reads it; `None` where `/proc` does not show all of it.
    fn read() -> Option<Clock> {
        let uptime = fs::read_to_string("/proc/uptime").ok()?;
        let now = SystemTime::now();
        let seconds = uptime.split_ascii_whitespace().next()?.parse().ok()?;
        Some(Clock {
            now,
            uptime: Duration::try_from_secs_f64(seconds).ok()?,
            first_start: start_since_boot(&fs::read_to_string("/proc/1/stat").ok()?)?,
            proc_mounted: fs::metadata("/proc").ok()?.modified().ok()?,
        })
    }

    /// Whether a process that started at `start` did so after the recorded time, which is of whole seconds.
    ///
    /// A clock that was put forward makes every earlier start look later than it was. The mount of `/proc` tells: the
    /// first process of a pid namespace has it mounted at once, and its time is by the clock of that moment. If both
    /// agree today, the clock was not set in between, or by less than the time that mounting may take. A recorded time
    /// before the boot or in the future shows as well that it was set.
    fn started_after(&self, start: Duration, at: SystemTime) -> bool {
        let Some(boot) = self.now.checked_sub(self.uptime) else {
            return false;
        };
        let first = boot + self.first_start;
        // The first process of the machine starts before the kernel has found its devices.
        let is_of_the_machine = self.first_start < Duration::from_secs(1);
        let mounting = Duration::from_secs(if is_of_the_machine { 30 } else { 1 });
        let clock_stood = self.proc_mounted + ROUNDING >= first
            && self.proc_mounted <= first + mounting
            && at + WHOLE_SECOND >= boot
            && at <= self.now + WHOLE_SECOND;
        clock_stood && boot + start > at + WHOLE_SECOND + mounting
    }
}

/// Returns when a process started, counted from the boot, by its `stat`.
fn start_since_boot(stat: &str) -> Option<Duration> {
    let ticks: u64 = fields(stat).nth(START)?.parse().ok()?;
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let rest = ticks % per_second * 1_000_000_000 / per_second;
    Some(Duration::from_secs(ticks / per_second) + Duration::from_nanos(rest))
}

#[cfg(test)]
mod tests {
    //! Files of `/proc` in the shapes that matter.

    use std::time::{Duration, SystemTime};

    use super::{Clock, Pid, Recorded, has_own_numbers, is_gone, is_zombie};

    fn stat(state: char, threads: u32) -> String {
        format!("17 (a (b) c) {state} 1 17 17 0 -1 4 0 0 0 0 0 0 0 0 20 0 {threads} 0 99 0 0")
    }

    #[test]
    fn a_zombie_has_no_thread_left() {
        assert!(is_zombie(&stat('Z', 1)));
        assert!(!is_zombie(&stat('Z', 2)));
        assert!(!is_zombie(&stat('S', 1)));
        assert!(!is_zombie("something else"));
        assert!(!is_zombie(""));
    }

    #[test]
    fn a_process_of_an_inner_namespace_has_several_numbers() {
        let status =
            |numbers: &str| format!("Name:\ta\nPid:\t17\nNSpid:\t{numbers}\nThreads:\t1\n");
        assert!(has_own_numbers(&status("17"), 17));
        assert!(!has_own_numbers(&status("17\t17"), 17));
        assert!(!has_own_numbers(&status("17\t2"), 2));
        assert!(has_own_numbers("Name:\ta\nPid:\t17\n", 17));
        assert!(!has_own_numbers("", 17));
    }

    fn own_record(at: Option<SystemTime>) -> Recorded {
        let pid = i32::try_from(std::process::id()).unwrap();
        Recorded {
            pid: Pid::from_raw(pid).unwrap(),
            at,
            may_be_thread: false,
        }
    }

    /// The greatest number that a process can have on Linux is smaller.
    #[test]
    fn no_process_has_the_greatest_number() {
        let pid = Pid::from_raw(i32::MAX).unwrap();
        assert!(is_gone(Recorded {
            pid,
            ..own_record(None)
        }));
    }

    /// A machine that has run for a day. Its pid namespace began ten seconds ago, and mounted `/proc` then.
    fn inner() -> Clock {
        let seconds = Duration::from_secs;
        let now = SystemTime::UNIX_EPOCH + seconds(2_000_000_000);
        Clock {
            now,
            uptime: seconds(86_400),
            first_start: seconds(86_390),
            proc_mounted: now - Duration::from_millis(9_900),
        }
    }

    #[test]
    fn a_process_that_started_later_is_another_one() {
        let clock = inner();
        let started_after = |start, at| {
            let start = clock.uptime.saturating_sub(Duration::from_secs(start));
            clock.started_after(start, clock.now - Duration::from_secs(at))
        };
        assert!(started_after(1, 4));
        // The kernel rounds the recorded time down, and the clock may have been put forward by a second.
        assert!(!started_after(1, 3));
        assert!(!started_after(4, 1));
    }

    #[test]
    fn the_first_process_of_a_machine_mounts_proc_later() {
        let start = Duration::from_millis(10);
        let clock = Clock {
            first_start: start,
            proc_mounted: inner().now - inner().uptime + Duration::from_secs(25),
            ..inner()
        };
        let started_after = |start: u64, at| {
            clock.started_after(
                Duration::from_secs(start),
                clock.now - Duration::from_secs(at),
            )
        };
        assert!(started_after(86_390, 42));
        // It may have been put forward by as much as mounting took.
        assert!(!started_after(86_390, 40));
    }

    #[test]
    fn a_clock_that_was_set_proves_nothing() {
        let day = Duration::from_secs(86_400);
        let clock = inner();
        let at = clock.now - Duration::from_secs(60);
        assert!(clock.started_after(clock.uptime, at));
        for at in [clock.now - clock.uptime - day, clock.now + day] {
            assert!(!clock.started_after(clock.uptime, at), "{at:?}");
        }
        // Put forward or back since `/proc` was mounted, by an hour or by two seconds.
        for set in [Duration::from_secs(3_600), Duration::from_secs(2)] {
            for proc_mounted in [clock.proc_mounted - set, clock.proc_mounted + set] {
                let clock = Clock {
                    proc_mounted,
                    ..inner()
                };
                assert!(!clock.started_after(clock.uptime, at), "{proc_mounted:?}");
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_clock_is_read() {
        assert!(!is_gone(own_record(None)));
        // `/proc` may hide the first process.
        let Some(clock) = Clock::read() else {
            return;
        };
        let own = std::fs::read_to_string("/proc/self/stat").unwrap();
        let start = super::start_since_boot(&own).unwrap();
        assert!(clock.first_start < start && start <= clock.uptime);
        assert!(!is_gone(own_record(Some(clock.now))));
    }
}
