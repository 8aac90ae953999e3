//! Processes: whether a recorded process is gone, and the names of processes.
//!
//! A pid identifies a process only together with a time: the kernel reuses the pid of an ended process for a later
//! process or thread. In doubt a process counts as alive, since objects are removed on the evidence that it is gone.

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
    /// Looks up the process with this pid; `None` if there is none, and where the system does not show it.
    ///
    /// It may be a later process than the one that the kernel recorded with this pid.
    pub fn find(pid: Pid) -> Option<Process> {
        process_info(pid)
    }

    /// Returns the pid.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Returns the short name of the process: on Linux at most 15 bytes, which the process can change.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "comm")]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the command line, with arguments separated by spaces, or the name in brackets if it is empty. Bytes that
    /// are not UTF-8 are replaced.
    ///
    /// It may contain anything, control characters included.
    #[doc(alias = "cmdline")]
    pub fn command(&self) -> &str {
        &self.command
    }
}

/// Indices of fields of `/proc/PID/stat`, counted from the state on: the number of threads, and the start in clock
/// ticks since boot.
const THREADS: usize = 17;
const START: usize = 19;

/// The kernel records the times of objects in whole seconds.
const WHOLE_SECOND: Duration = Duration::from_secs(1);

/// Maximum rounding error of times in `/proc`, which have two decimals, and of their sums.
const ROUNDING: Duration = Duration::from_millis(100);

/// A process that the kernel recorded for an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Recorded {
    pub(crate) pid: Pid,
    /// The latest time that the kernel recorded for the object, by which the process had started.
    pub(crate) at: Option<SystemTime>,
    /// Whether the kernel may have recorded the id of a thread.
    pub(crate) may_be_thread: bool,
}

/// Returns whether the recorded process is provably gone: no process has the pid, the process that has it is a zombie
/// or started after the recorded time, or only a thread has the pid.
pub(crate) fn is_gone(recorded: Recorded) -> bool {
    let Recorded { pid, .. } = recorded;
    if !exists(pid) {
        return true;
    }
    // A system without these files, a `/proc` that hides the process, and one of another pid namespace prove nothing.
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    if !proc_is_ours() {
        return false;
    }
    is_zombie(&stat)
        || (!recorded.may_be_thread && is_thread(pid))
        || recorded
            .at
            .is_some_and(|at| started_after(Clock::read(), &stat, at))
}

/// Returns the start of a process in clock ticks since the boot; `None` if `/proc` does not show it.
pub(crate) fn start_ticks(pid: Pid) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    fields(&stat).nth(START)?.parse().ok()
}

/// Returns the inode of a namespace of the calling thread: `ipc`, `pid`, `time`. `None` on systems without such
/// namespaces.
pub(crate) fn namespace(name: &str) -> Option<u64> {
    // The link reads `ipc:[4026531839]`. Reading it takes half the time of a `stat` of its target.
    let link = fs::read_link(format!("/proc/thread-self/ns/{name}")).ok()?;
    let (_, number) = link.to_str()?.strip_suffix(']')?.split_once('[')?;
    number.parse().ok()
}

/// Returns whether a process or a thread has the pid.
fn exists(pid: Pid) -> bool {
    // A permission error means that the process exists.
    rustix::process::Pid::from_raw(pid.as_raw())
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Returns whether the pids in `/proc` are those of this process's pid namespace: a `/proc` that was mounted for an
/// outer pid namespace has others.
pub(crate) fn proc_is_ours() -> bool {
    fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| has_own_numbers(&status, std::process::id()))
}

/// Returns whether the status shows this pid alone: a process has a pid in each pid namespace from that of `/proc` down
/// to its own.
fn has_own_numbers(status: &str, own: u32) -> bool {
    let own = own.to_string();
    let is_own = |numbers: &str| numbers.split_ascii_whitespace().eq([own.as_str()]);
    // Kernels before 4.1, and those without pid namespaces, show one pid only.
    line(status, "NSpid:")
        .or_else(|| line(status, "Pid:"))
        .is_some_and(is_own)
}

fn line<'text>(status: &'text str, name: &str) -> Option<&'text str> {
    status.lines().find_map(|line| line.strip_prefix(name))
}

/// Returns whether the id is that of a thread which is not the first of its process.
fn is_thread(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|status| {
        line(&status, "Tgid:").is_some_and(|tgid| tgid.trim() != pid.to_string())
    })
}

/// Returns the fields of a `stat` from the state on. The name before the state is in parentheses, and may contain
/// parentheses.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    fields.split_ascii_whitespace()
}

/// Returns whether the process is a zombie. A process whose first thread has ended while others run is in the same
/// state, but has more than one thread.
fn is_zombie(stat: &str) -> bool {
    let mut fields = fields(stat);
    matches!(fields.next(), Some("Z" | "X")) && matches!(fields.nth(THREADS - 1), Some("0" | "1"))
}

/// Returns whether the process started so long after a recorded time that it is another process.
///
/// The start is relative to the boot, by the current clock; the recorded time is by the clock at that time. If the
/// clock may have been set in between, this proves nothing.
fn started_after(clock: Option<Clock>, stat: &str, at: SystemTime) -> bool {
    match (clock, start_since_boot(stat)) {
        (Some(clock), Some(start)) => clock.started_after(start, at),
        _ => false,
    }
}

/// Facts in `/proc` that show whether the clock was set.
struct Clock {
    now: SystemTime,
    /// The time since the boot.
    uptime: Duration,
    /// The start of the first process of this pid namespace, relative to the boot.
    first_start: Duration,
    /// The mount time of `/proc`, by the clock at that time.
    proc_mounted: SystemTime,
}

impl Clock {
    /// Reads the facts; `None` if `/proc` does not show all of them.
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

    /// Returns whether a process that started at `start` did so after the recorded time, which has whole seconds.
    ///
    /// If the clock was set forward, every earlier start seems later than it was. The mount time of `/proc` shows that:
    /// the first process of a pid namespace mounts `/proc` immediately, and the mount time is by the clock at that
    /// time. If both times agree by the current clock, the clock was not set in between, or by less than the time that
    /// mounting may take. A recorded time before the boot or in the future also shows that the clock was set.
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

/// Returns the start of a process relative to the boot, from its `stat`.
fn start_since_boot(stat: &str) -> Option<Duration> {
    let ticks: u64 = fields(stat).nth(START)?.parse().ok()?;
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let rest = ticks % per_second * 1_000_000_000 / per_second;
    Some(Duration::from_secs(ticks / per_second) + Duration::from_nanos(rest))
}

#[cfg(test)]
mod tests {
    //! Files of `/proc` in all relevant formats.

    use std::time::{Duration, SystemTime};

    use super::{Clock, Pid, Recorded, has_own_numbers, is_gone, is_zombie, start_ticks};

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
    fn a_start_is_told_in_ticks() {
        let per_second = rustix::param::clock_ticks_per_second();
        let stat = |ticks: u64| stat('S', 1).replace(" 99 0 0", &format!(" {ticks} 0 0"));
        let start = |ticks| super::start_since_boot(&stat(ticks));
        assert_eq!(start(7 * per_second), Some(Duration::from_secs(7)));
        let rest = Duration::from_secs(1) / u32::try_from(per_second).unwrap();
        assert_eq!(
            start(7 * per_second + 1),
            Some(Duration::from_secs(7) + rest)
        );
        assert_eq!(super::start_since_boot(""), None);
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

    #[test]
    fn where_there_is_a_proc_it_tells_when_a_process_started() {
        let is_there = std::fs::read_to_string("/proc/self/stat").is_ok();
        let start = start_ticks(own_record(None).pid);
        assert_eq!(start.is_some_and(|start| start > 0), is_there);
    }

    /// The maximum pid on Linux is smaller.
    #[test]
    fn no_process_has_the_greatest_number() {
        let pid = Pid::from_raw(i32::MAX).unwrap();
        assert!(is_gone(Recorded {
            pid,
            ..own_record(None)
        }));
    }

    /// Returns the clock of a machine that has run for a day, with a pid namespace that started and mounted `/proc` ten
    /// seconds ago.
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
        // Whole seconds.
        let boot = clock.now - clock.uptime;
        assert!(clock.started_after(clock.uptime, boot));
        assert!(clock.started_after(clock.uptime, boot - super::WHOLE_SECOND));
        assert!(!clock.started_after(clock.uptime, boot - 2 * super::WHOLE_SECOND));
        // The kernel rounds the recorded time down, and the clock may have been set forward by a second.
        assert!(!started_after(1, 3));
        assert!(!started_after(4, 1));
    }

    #[test]
    fn a_start_is_compared_if_both_are_known() {
        let started_after = super::started_after;
        let late = stat('S', 1).replace(" 99 0 0", &format!(" {} 0 0", u32::MAX));
        let at = inner().now - Duration::from_secs(60);
        assert!(started_after(Some(inner()), &late, at));
        assert!(!started_after(Some(inner()), &stat('S', 1), at));
        assert!(!started_after(Some(inner()), "", at));
        assert!(!started_after(None, &late, at));
        // Both facts about the first process are rounded.
        let rounded = Clock {
            proc_mounted: inner().now - Duration::from_secs(10) - super::ROUNDING,
            ..inner()
        };
        assert!(started_after(Some(rounded), &late, at));
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
        // The clock may have been set forward by as much as mounting took.
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
        // Set forward or back since `/proc` was mounted, by an hour or by two seconds.
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
