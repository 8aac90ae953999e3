//! Looking around while one waits: is everyone still there, and may one go on?

use std::os::unix::process::parent_id;
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::time::Instant;

use super::channel::Channel;
use super::end::End;
use super::layout::Word;
use super::plan::Plan;
use super::role::{Party, Role};
use super::stop::Stop;
use crate::progress::Progress;
use crate::signals::Signals;

/// After how many things to do one looks around. Looking takes about a microsecond, so this costs next to
/// nothing; and under load, when each thing takes a turn of the scheduler's, it is still much less than a second.
const LOOK_EVERY: u32 = 64;

/// One side's view of the others.
pub struct Watch<'a, C> {
    channel: &'a C,
    role: Role,
    plan: Plan,
    /// The process that started this one; `None` by hand.
    supervisor: Option<u32>,
    signals: &'a Signals,
    progress: &'a mut Progress,
    /// When to give up.
    end: Option<Instant>,
    ticks: u32,
}

impl<'a, C: Channel> Watch<'a, C> {
    /// Of a side, which belongs to a supervisor unless it runs by hand.
    pub fn new(
        channel: &'a C,
        role: Role,
        plan: Plan,
        supervisor: Option<u32>,
        signals: &'a Signals,
        progress: &'a mut Progress,
    ) -> Watch<'a, C> {
        Watch {
            channel,
            role,
            plan,
            supervisor,
            signals,
            progress,
            end: None,
            ticks: 0,
        }
    }

    /// From now on the time is measured that the conversation may take.
    pub fn begin(&mut self) {
        self.end = Instant::now().checked_add(self.plan.time());
        self.progress.begin();
    }

    /// Something was done; now and then, looks around.
    #[inline]
    pub fn tick(&mut self) -> Result<(), End> {
        self.ticks += 1;
        if self.ticks < LOOK_EVERY {
            return Ok(());
        }
        self.ticks = 0;
        self.look()
    }

    /// Looks around.
    pub fn look(&mut self) -> Result<(), End> {
        if let Some(signal) = self.signals.caught() {
            return Err(End::Interrupted(signal));
        }
        if let Some(stop) = Stop::told(self.channel)? {
            return Err(End::Stopped(stop));
        }
        self.count_heads()?;
        if let Some(end) = self.end {
            if Instant::now() >= end {
                return Err(End::TimeOver(self.plan));
            }
            let done = self.channel.word(Word::Exchanges(self.role))?.load(Relaxed);
            self.progress.show(done);
        }
        Ok(())
    }

    /// Whether anyone has left without a word.
    fn count_heads(&self) -> Result<(), End> {
        let orphaned = || self.supervisor.is_some_and(|pid| pid != parent_id());
        if orphaned() {
            return Err(End::Gone(Party::Supervisor));
        }
        let presence = self.channel.presence()?;
        let peer = self.role.peer();
        if self.has_arrived(peer)? && presence.attached < self.plan.participants.into() {
            // A process that ends is detached a moment before its children get another parent, but the
            // kernel has noted who it was.
            let last = presence
                .last
                .and_then(|pid| u32::try_from(pid.as_raw()).ok());
            let supervisor_last = self.supervisor.is_some() && last == self.supervisor;
            return Err(End::Gone(if supervisor_last || orphaned() {
                Party::Supervisor
            } else {
                Party::Side(peer)
            }));
        }
        if presence.removed {
            return Err(End::Removed);
        }
        Ok(())
    }

    /// Whether this side is there, or was.
    pub fn has_arrived(&self, role: Role) -> Result<bool, End> {
        Ok(self.channel.word(Word::Arrived(role))?.load(Acquire) != 0)
    }

    /// If it ended because the objects are gone: why they are.
    pub fn explain(&mut self, end: End) -> End {
        match end {
            End::Removed => match self.look() {
                Err(better @ (End::Interrupted(_) | End::Stopped(_) | End::Gone(_))) => better,
                _ => end,
            },
            _ => end,
        }
    }
}
