//! The process that starts both sides, and ends them in good order.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::channel::Channel;
use crate::console::{print, warn};
use crate::end::{End, Role, catch_signals, check_signals, signal_name};
use crate::wrapped::Wrapped;

const NAME: &str = "conversation";

/// Grace period of a side after the end of the other side or after a termination signal.
const GRACE: Duration = Duration::from_secs(3);

/// Starts this program again as both sides, with the same options, and returns the exit status.
pub fn supervise(time_limit: Duration, quiet: bool) -> u8 {
    try_supervise(time_limit, quiet).unwrap_or_else(|end| {
        warn(NAME, &end);
        end.status()
    })
}

fn try_supervise(time_limit: Duration, quiet: bool) -> Result<u8, End> {
    let caught = catch_signals()?;
    let mut both = vec![Side::start(Role::Premise, Stdio::piped(), &[])?];
    let says = both[0].process.stdout.take().map(BufReader::new);
    let mut says = says.ok_or_else(|| End::Failed("there is no pipe".to_owned()))?;
    // The first line has the ids. Without it, Mrs. Premise has failed, and said why.
    let mut ids = String::new();
    says.read_line(&mut ids)?;
    let segment = ids.split([' ', ',']).nth(1);
    if let Some(segment) = segment {
        let options = ["--segment", segment];
        both.push(Side::start(Role::Conclusion, Stdio::inherit(), &options)?);
        if !quiet {
            let [premise, conclusion] = [both[0].process.id(), both[1].process.id()];
            print(format_args!(
                "{ids}Mrs. Premise is process {premise}, Mrs. Conclusion is process {conclusion}"
            ));
        }
    }
    let mut signals = [Signal::TERM, Signal::KILL].into_iter();
    let mut due = Instant::now() + time_limit + GRACE;
    let mut signalled = Ok(());
    while both.iter().any(|side| side.status.is_none()) {
        thread::sleep(Duration::from_millis(5));
        let now = Instant::now();
        if signalled.is_ok() {
            signalled = check_signals(&caught);
            due = if signalled.is_err() { now } else { due };
        }
        for side in both.iter_mut().filter(|side| side.status.is_none()) {
            side.status = side.process.try_wait()?;
            due = side.status.map_or(due, |_| due.min(now + GRACE));
        }
        if now >= due {
            due = now + GRACE;
            let signal = signals.next().unwrap_or(Signal::KILL);
            for side in &both {
                side.send(signal);
            }
        }
    }
    if both[0].killed_by().is_some() {
        // Mrs. Conclusion may not have been able to remove the objects.
        let id = segment.and_then(|id| id.parse().ok()).unwrap_or(-1);
        let _ = Wrapped::open(id).map(|mut channel| channel.adopt());
    }
    let status = signalled.map(|()| verdict(&both));
    let mut closing_line = String::new();
    says.read_to_string(&mut closing_line)?;
    if !closing_line.is_empty() {
        print(closing_line.trim_end());
    }
    status
}

/// Returns the exit status: the more specific one of both sides.
fn verdict(both: &[Side]) -> u8 {
    for side in both {
        if let Some(signal) = side.killed_by() {
            let (role, signal) = (side.role, signal_name(signal));
            warn(NAME, format_args!("{role} was killed by {signal}"));
            return 2;
        }
    }
    let codes = both.iter().filter_map(|side| side.status?.code());
    let codes = codes.map(|code| u8::try_from(code).unwrap_or(2));
    // Corruption is the most specific, then a signal or the time limit, then a failure.
    let verdict = codes.max_by_key(|code| (*code == 1, *code > 2, *code));
    verdict.unwrap_or(2)
}

/// A process that is one side. It ends by itself if this process does.
struct Side {
    role: Role,
    process: Child,
    status: Option<ExitStatus>,
}

impl Side {
    fn start(role: Role, stdout: Stdio, options: &[&str]) -> Result<Side, End> {
        let name = format!("{role:?}").to_lowercase();
        let pid = process::id().to_string();
        let mut command = Command::new(env::current_exe()?);
        command.args(env::args_os().skip(1)).args(options);
        command.args(["--side", &name, "--supervisor", &pid]);
        let process = command.stdin(Stdio::null()).stdout(stdout).spawn()?;
        Ok(Side {
            role,
            process,
            status: None,
        })
    }

    fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).unwrap_or_default();
        if let (Some(pid), None) = (Pid::from_raw(pid), self.status) {
            // It may have ended just now.
            let _ = kill_process(pid, signal);
        }
    }

    fn killed_by(&self) -> Option<i32> {
        self.status?.signal()
    }
}
