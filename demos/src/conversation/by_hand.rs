//! The two sides by hand, each started by itself, meeting through a key file.
//!
//! Mrs. Premise makes the objects, publishes the key, and removes everything in the end. Mrs. Conclusion knows
//! nothing but where the file is; what the conversation is to be like stands in the segment.

use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

use sysv_wrapper::{Error, Key, KeyFile, SharedMemory};

use super::channel::{Channel, Place, Trouble};
use super::end::{End, Status};
use super::line::SLICE;
use super::plan::Plan;
use super::role::Role;
use super::side::{Account, Company, take_part};
use super::supervisor::closing_line;
use crate::console::{complain, tell};
use crate::progress::Progress;
use crate::signals::Signals;

/// What both have to know.
#[derive(Debug)]
pub struct ByHand {
    /// Where the key is to be found.
    pub key_file: PathBuf,
    /// How long to wait for the other one.
    pub wait: Duration,
    /// Whether to print nothing but the last line, and errors.
    pub quiet: bool,
}

/// Mrs. Premise: has a conversation of this plan.
pub fn premise<C: Channel>(by_hand: &ByHand, plan: Plan) -> Status {
    finish(Role::Premise, try_premise::<C>(by_hand, plan))
}

/// Mrs. Conclusion: has the conversation that she finds.
pub fn conclusion<C: Channel>(by_hand: &ByHand) -> Status {
    finish(Role::Conclusion, try_conclusion::<C>(by_hand))
}

/// Says how it went, when everything is removed.
fn finish(role: Role, ended: Result<(Plan, Account), End>) -> Status {
    match ended {
        Ok((plan, account)) => {
            account.complain(role);
            let status = account.status();
            if let Some(time) = account.time {
                tell(closing_line(
                    account.exchanges,
                    plan.iterations,
                    time,
                    status,
                ));
            }
            status
        }
        Err(end) => {
            complain(role, &end);
            end.status()
        }
    }
}

fn try_premise<C: Channel>(by_hand: &ByHand, plan: Plan) -> Result<(Plan, Account), End> {
    let signals = Signals::catch().map_err(Trouble::start)?;
    let mut channel = C::create(&plan)?;
    let file = publish::<C>(&by_hand.key_file, channel.key())?;
    by_hand.introduce(Role::Premise);
    by_hand.tell_unless_quiet(channel.ids());
    let account = by_hand.take_part(&mut channel, Role::Premise, plan, &signals);
    drop(file);
    Ok((plan, account))
}

fn try_conclusion<C: Channel>(by_hand: &ByHand) -> Result<(Plan, Account), End> {
    let signals = Signals::catch().map_err(Trouble::start)?;
    by_hand.introduce(Role::Conclusion);
    let mut channel = find::<C>(by_hand, &signals)?;
    let plan = Plan::read(&channel)?;
    by_hand.tell_unless_quiet(channel.ids());
    let account = by_hand.take_part(&mut channel, Role::Conclusion, plan, &signals);
    Ok((plan, account))
}

impl ByHand {
    fn introduce(&self, role: Role) {
        let (pid, peer, path) = (process::id(), role.peer(), self.key_file.display());
        self.tell_unless_quiet(format_args!(
            "{role} is process {pid}, and waits for {peer}; the key is in {path}"
        ));
    }

    fn tell_unless_quiet(&self, line: impl std::fmt::Display) {
        if !self.quiet {
            tell(line);
        }
    }

    fn take_part<C: Channel>(
        &self,
        channel: &mut C,
        role: Role,
        plan: Plan,
        signals: &Signals,
    ) -> Account {
        let company = Company {
            supervisor: None,
            patience: Some(self.wait),
            signals,
            progress: &mut Progress::new(plan.iterations, self.quiet),
        };
        take_part(channel, role, company)
    }
}

/// Publishes the key. Removes the objects of a Mrs. Premise who was killed while nobody was with her, before her file,
/// which alone names them, is replaced.
fn publish<C: Channel>(path: &Path, key: Key) -> Result<KeyFile, End> {
    // A key file takes a handle, which the thin layer does not have.
    let memory = SharedMemory::open(key).map_err(trouble)?;
    remove_remains::<C>(path);
    KeyFile::publish(path, &memory).map_err(trouble)
}

/// Removes the conversation whose key is published at `path`, if nobody takes part in it.
fn remove_remains<C: Channel>(path: &Path) {
    let key = KeyFile::wait(path, Duration::ZERO);
    let found = key.ok().and_then(|key| C::open(Place::Key(key)).ok());
    if let Some(mut channel) = found.filter(is_abandoned) {
        channel.adopt();
    }
}

/// Whether nobody but this process has it attached. Mrs. Premise has, from before the key is published.
fn is_abandoned<C: Channel>(channel: &C) -> bool {
    channel
        .presence()
        .is_ok_and(|presence| presence.attached == 1)
}

/// Waits for the key, and opens what it names.
fn find<C: Channel>(by_hand: &ByHand, signals: &Signals) -> Result<C, End> {
    let end = Instant::now().checked_add(by_hand.wait);
    loop {
        if let Some(signal) = signals.caught() {
            return Err(End::Interrupted(signal));
        }
        let over = end.is_some_and(|end| Instant::now() >= end);
        match KeyFile::wait(&by_hand.key_file, if over { Duration::ZERO } else { SLICE }) {
            Ok(key) => match C::open(Place::Key(key)) {
                Ok(mut channel) if is_abandoned(&channel) => {
                    complain(
                        Role::Conclusion,
                        "removing what an earlier Mrs. Premise has left",
                    );
                    channel.adopt();
                }
                // It was removed meanwhile: this was the end of the conversation before.
                Err(trouble) if trouble.is_removed() => {}
                opened => return Ok(opened?),
            },
            Err(error) if error.is_timed_out() && !over => {}
            Err(error) if error.is_timed_out() => {
                return Err(End::Missed(Role::Premise, by_hand.wait));
            }
            Err(error) => return Err(trouble(error)),
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(error: Error) -> End {
    End::Trouble(Trouble::new(error.to_string()))
}
