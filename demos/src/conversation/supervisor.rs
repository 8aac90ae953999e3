//! Starting both sides as processes, seeing to it that they end, and saying how it went.

mod child;
mod children;
mod events;

pub use child::side;

use std::sync::atomic::Ordering::Acquire;
use std::time::{Duration, Instant};

use super::channel::{Channel, Trouble};
use super::end::{End, Status};
use super::layout::Word;
use super::plan::Plan;
use super::role::{Party, Role};
use super::side::finished;
use super::stop::{Reason, Stop};
use crate::console::{complain, tell};
use crate::options::Layer;
use crate::progress::Progress;
use crate::signals;
use children::{Children, Fate};
use events::{Event, Events};

/// How the supervisor calls itself.
const NAME: &str = "conversation";

/// How long a side may take to end by itself when it has reason to.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has a conversation of this plan, on this layer.
pub fn supervise<C: Channel>(plan: Plan, layer: Layer, quiet: bool) -> Status {
    match try_supervise::<C>(plan, layer, quiet) {
        Ok(status) => status,
        Err(trouble) => {
            complain(NAME, trouble);
            Status::Failure
        }
    }
}

fn try_supervise<C: Channel>(plan: Plan, layer: Layer, quiet: bool) -> Result<Status, Trouble> {
    let events = Events::listen().map_err(Trouble::start)?;
    // The processes come first: once the objects exist, they can be told at once to those who remove them if
    // this process is killed.
    let mut children = Children::start(layer).map_err(Trouble::start)?;
    let channel = C::create(&plan)?;
    children.tell(channel.ids().segment);
    if !quiet {
        tell(format_args!("{}\n{children}", channel.ids()));
    }
    let begun = Instant::now();
    let mut watch = Watch {
        channel: &channel,
        plan,
        children,
        caught: None,
        end: begun.checked_add(plan.time() + PATIENCE),
        kill_at: None,
    };
    let mut progress = Progress::new(plan.iterations, quiet);
    while watch.children.is_any_left() {
        watch.handle(events.next())?;
        progress.show(finished(&channel, Role::Premise)?);
    }
    drop(progress);
    let time = begun.elapsed();
    let exchanges = finished(&channel, Role::Premise)?;
    let status = watch.verdict();
    drop(channel);
    tell(closing_line(exchanges, plan.iterations, time, status));
    Ok(status)
}

/// The last line: how many exchanges, in what time, how many corrupted.
pub(super) fn closing_line(done: u32, of: u32, time: Duration, status: Status) -> String {
    let of = if done == of {
        String::new()
    } else {
        format!(" of {of}")
    };
    let corrupted = u8::from(status == Status::Corruption);
    let seconds = time.as_secs_f64();
    format!("{done}{of} exchanges in {seconds:.2} s, {corrupted} corrupted")
}

/// What the supervisor knows while the conversation goes on.
struct Watch<'a, C> {
    channel: &'a C,
    plan: Plan,
    children: Children,
    /// The signal that asked the supervisor to end.
    caught: Option<u8>,
    /// When both should long have given up.
    end: Option<Instant>,
    /// When to lose patience.
    kill_at: Option<Instant>,
}

impl<C: Channel> Watch<'_, C> {
    fn handle(&mut self, event: Event) -> Result<(), Trouble> {
        let now = Instant::now();
        if let Event::Signal(signal) = event {
            let number = signals::number(signal);
            self.caught = Some(number);
            self.call_off(Party::Supervisor, Reason::Signal(number))?;
        }
        for (role, status) in self.children.ended() {
            if !status.success() {
                self.kill_at.get_or_insert(now + PATIENCE);
            }
            // Nobody has seen her, so that nobody will miss her.
            if self.channel.word(Word::Arrived(role))?.load(Acquire) == 0 {
                self.call_off(Party::Side(role), Reason::Failure)?;
            }
        }
        if self.end.is_some_and(|end| now >= end) {
            self.end = None;
            self.call_off(Party::Supervisor, Reason::TimeOver)?;
        }
        if self.kill_at.is_some_and(|end| now >= end) {
            self.children.kill();
        }
        Ok(())
    }

    /// Tells both to stop because of someone, and gives them some time for it.
    fn call_off(&mut self, by: Party, reason: Reason) -> Result<(), Trouble> {
        self.kill_at.get_or_insert(Instant::now() + PATIENCE);
        Stop { by, reason }.tell(self.channel)
    }

    /// What came of it, and a sentence on what did not come to a good end.
    fn verdict(&self) -> Status {
        if let Some(signal) = self.caught {
            complain(NAME, End::Interrupted(signal));
            return Status::Signal(signal);
        }
        for (role, fate) in self.children.fates() {
            match fate {
                Fate::Killed(signal) => {
                    let signal = signals::name(signal);
                    complain(NAME, format_args!("{role} was killed by {signal}"));
                    return Status::Failure;
                }
                Fate::Stuck => {
                    complain(
                        NAME,
                        format_args!("{role} did not end by herself, and was killed"),
                    );
                    return Status::Failure;
                }
                Fate::Exited(_) => {}
            }
        }
        let status = self.worst();
        match status {
            Status::TimeOver => complain(NAME, End::TimeOver(self.plan)),
            Status::Failure => complain(NAME, "the conversation has failed"),
            Status::Signal(signal) => complain(NAME, End::Interrupted(signal)),
            Status::Good | Status::Corruption => {}
        }
        status
    }

    /// Of the exit statuses of both, the one that says most.
    fn worst(&self) -> Status {
        let weight = |status: &Status| match status {
            Status::Good => 0,
            Status::Failure => 1,
            Status::TimeOver => 2,
            Status::Signal(_) => 3,
            Status::Corruption => 4,
        };
        let statuses = self.children.fates().map(|(_, fate)| match fate {
            Fate::Exited(status) => status,
            Fate::Killed(_) | Fate::Stuck => Status::Failure,
        });
        statuses.max_by_key(weight).unwrap_or(Status::Failure)
    }
}
