//! One side of the conversation, from its arrival to its end.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::channel::{Channel, Trouble};
use super::corruption::check;
use super::end::{End, Status};
use super::layout::Word;
use super::line::{Heard, Line};
use super::meeting::meet;
use super::plan::Plan;
use super::record::Record;
use super::role::{Party, Role};
use super::stop::Stop;
use super::watch::Watch;
use crate::console::complain;
use crate::progress::Progress;
use crate::signals::Signals;

/// What a side has to do with besides the channel.
pub struct Company<'a> {
    /// The process that started this one, which removes the objects in the end; `None` by hand, where Mrs. Premise
    /// does.
    pub supervisor: Option<u32>,
    /// How long to wait for the other side, if not for ever.
    pub patience: Option<Duration>,
    /// What asks this process to end.
    pub signals: &'a Signals,
    /// Where to show how far it is.
    pub progress: &'a mut Progress,
}

/// How it went.
#[derive(Debug)]
pub struct Account {
    /// How many exchanges were finished.
    pub exchanges: u32,
    /// How long it took, from the moment when both were there; `None` if they did not meet.
    pub time: Option<Duration>,
    /// Why it ended early, if it did.
    pub ended: Result<(), End>,
}

/// Takes part in the conversation. If it ends early, tells the other side why, and takes over the removal of
/// the objects from whoever cannot do it any more.
pub fn take_part<C: Channel>(channel: &mut C, role: Role, company: Company<'_>) -> Account {
    let owner = match company.supervisor {
        Some(_) => Party::Supervisor,
        None => Party::Side(Role::Premise),
    };
    let mut begun = None;
    let ended = converse(channel, role, company, &mut begun);
    let time = begun.map(|begun| begun.elapsed());
    if let Err(end) = &ended {
        if let Some(reason) = end.reason() {
            let by = Party::Side(role);
            // If that cannot be told, the other side will see that this one is gone.
            let _ = Stop { by, reason }.tell(channel);
        }
        if matches!(end, End::Gone(party) if *party == owner) {
            channel.adopt();
        }
    }
    Account {
        exchanges: finished(channel, role).unwrap_or(0),
        time,
        ended,
    }
}

/// How many exchanges a side has finished.
pub(super) fn finished<C: Channel>(channel: &C, role: Role) -> Result<u32, Trouble> {
    Ok(channel.word(Word::Exchanges(role))?.load(Relaxed))
}

fn converse<C: Channel>(
    channel: &C,
    role: Role,
    company: Company<'_>,
    begun: &mut Option<Instant>,
) -> Result<(), End> {
    let plan = Plan::read(channel)?;
    let Company {
        supervisor,
        patience,
        signals,
        progress,
    } = company;
    let mut watch = Watch::new(channel, role, plan, supervisor, signals, progress);
    let ended = meet(channel, role, &mut watch, patience).and_then(|()| {
        *begun = Some(Instant::now());
        watch.begin();
        let line = Line::new(channel, role, plan.flow);
        let finished = channel.word(Word::Exchanges(role))?;
        let finished = |count| finished.store(count, Relaxed);
        let mut side = Side {
            line,
            watch: &mut watch,
        };
        match role {
            Role::Premise => side.begin(plan.iterations, finished),
            Role::Conclusion => side.answer(plan.iterations, finished),
        }
    });
    ended.map_err(|end| watch.explain(end))
}

/// Someone who speaks, listens and looks around.
struct Side<'a, 'b, C> {
    line: Line<'a, C>,
    watch: &'b mut Watch<'a, C>,
}

impl<C: Channel> Side<'_, '_, C> {
    /// Mrs. Premise: begins with something random, and goes on with the MD5 of what she hears.
    fn begin(&mut self, iterations: u32, finished: impl Fn(u32)) -> Result<(), End> {
        let mut heard = Record::BLANK;
        let mut said = Record::seed();
        for iteration in 1..=iterations {
            self.line.say(said.clone())?;
            self.hear(&mut heard)?;
            check(&heard, Some(&said))?;
            finished(iteration);
            said = heard.answer();
            if iteration < iterations {
                self.watch.tick()?;
            }
        }
        Ok(())
    }

    /// Mrs. Conclusion: says nothing before she has heard something.
    fn answer(&mut self, iterations: u32, finished: impl Fn(u32)) -> Result<(), End> {
        let mut heard = Record::BLANK;
        let mut said = None;
        for iteration in 1..=iterations {
            self.hear(&mut heard)?;
            check(&heard, said.as_ref())?;
            let answer = heard.answer();
            self.line.say(answer.clone())?;
            said = Some(answer);
            finished(iteration);
            if iteration < iterations {
                self.watch.tick()?;
            }
        }
        Ok(())
    }

    /// Waits until something is heard.
    fn hear(&mut self, record: &mut Record) -> Result<(), End> {
        loop {
            let looked = match self.line.listen(record)? {
                Heard::Something => return Ok(()),
                Heard::Nothing => self.watch.tick(),
                Heard::NothingForLong => self.watch.look(),
            };
            if let Err(end) = looked {
                // Who has left may have said something before.
                let last_word = matches!(end, End::Gone(Party::Side(_)))
                    && self.line.listen(record)? == Heard::Something;
                return if last_word { Ok(()) } else { Err(end) };
            }
        }
    }
}

impl Account {
    /// Says on stderr why it ended early, if it did, and in which iteration.
    pub(super) fn complain(&self, role: Role) {
        match &self.ended {
            Ok(()) => {}
            Err(end) if self.time.is_none() => complain(role, end),
            Err(end) => {
                let iteration = self.exchanges.saturating_add(1);
                complain(role, format_args!("{end} (iteration {iteration})"));
            }
        }
    }

    /// The exit status that goes with it.
    pub fn status(&self) -> Status {
        self.ended
            .as_ref()
            .map_or_else(End::status, |()| Status::Good)
    }
}
