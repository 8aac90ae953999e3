//! The two processes, as their parent sees them.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};

use crate::conversation::{Role, Status};
use crate::options::Layer;

/// Both processes, or those that were started so far.
#[derive(Debug, Default)]
pub(super) struct Children {
    started: Vec<(Role, Child)>,
    ended: Vec<(Role, Fate)>,
    /// Whether those that were left were killed.
    lost_patience: bool,
    pids: Vec<(Role, u32)>,
}

/// How a child ended.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// By itself.
    Exited(Status),
    /// By a signal that someone sent.
    Killed(i32),
    /// By the supervisor, which had waited long enough.
    Stuck,
}

impl Fate {
    fn of(status: ExitStatus, lost_patience: bool) -> Fate {
        match status.signal() {
            Some(_) if lost_patience => Fate::Stuck,
            Some(signal) => Fate::Killed(signal),
            None => Fate::Exited(Status::from_code(status.code().unwrap_or(i32::MAX))),
        }
    }
}

impl Children {
    /// Starts this program twice again, as one of the two each. They wait to be told which segment it is.
    pub(super) fn start(layer: Layer) -> io::Result<Children> {
        let program = env::current_exe()?;
        let mut children = Children::default();
        for role in Role::BOTH {
            let child = Command::new(&program)
                .args(["--layer", layer.word(), "side", role.word()])
                .arg(process::id().to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()?;
            children.pids.push((role, child.id()));
            children.started.push((role, child));
        }
        Ok(children)
    }

    /// Tells both the id of the segment, through their stdin.
    pub(super) fn tell(&mut self, segment: i32) {
        for (_, child) in &mut self.started {
            if let Some(mut stdin) = child.stdin.take() {
                // One that is gone cannot be told, and will be noticed.
                let _ = writeln!(stdin, "{segment}");
            }
        }
    }

    /// Those that have ended since the last time.
    pub(super) fn ended(&mut self) -> Vec<(Role, ExitStatus)> {
        let mut now = Vec::new();
        self.started
            .retain_mut(|(role, child)| match child.try_wait() {
                Ok(Some(status)) => {
                    now.push((*role, status));
                    false
                }
                _ => true,
            });
        let fates = now
            .iter()
            .map(|(role, status)| (*role, Fate::of(*status, self.lost_patience)));
        self.ended.extend(fates);
        now
    }

    /// How those ended that have.
    pub(super) fn fates(&self) -> impl Iterator<Item = (Role, Fate)> {
        self.ended.iter().copied()
    }

    /// Whether any is running.
    pub(super) fn is_any_left(&self) -> bool {
        !self.started.is_empty()
    }

    /// Ends by force what is left.
    pub(super) fn kill(&mut self) {
        self.lost_patience = true;
        for (_, child) in &mut self.started {
            // One that has just ended needs no killing.
            let _ = child.kill();
        }
    }
}

impl fmt::Display for Children {
    /// Who is which process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (role, pid)) in self.pids.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{role} is process {pid}")?;
        }
        Ok(())
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        // Some are left only when the supervisor itself fails.
        self.kill();
        for (_, child) in &mut self.started {
            let _ = child.wait();
        }
    }
}
