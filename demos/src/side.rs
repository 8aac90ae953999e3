//! One side of the conversation, once both share a channel.
//!
//! Mrs. Premise begins with the MD5 of a random string. Each checks that what she hears is the MD5 of what she said, and
//! answers with the MD5 of what she heard.

use std::os::unix::process::parent_id;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::thread;
use std::time::{Duration, Instant};

use crate::channel::{CORRUPTED, Channel, Medium, exchanges, pid};
use crate::console::{Progress, print, warn};
use crate::end::{End, Role, check_signals};
use crate::meeting::Meeting;
use crate::record::Record;

/// The minimum time between two checks of the other processes, each of which takes a microsecond.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// In place of a process id: the side has left in good order.
const LEFT: u32 = u32::MAX;

/// One of the two.
#[derive(Debug)]
pub struct Side<'a, C> {
    channel: &'a mut C,
    role: Role,
    meeting: &'a Meeting,
    caught: &'a AtomicUsize,
    progress: Progress,
    begun: Instant,
    last_look: Instant,
    /// The last records.
    said: Option<Record>,
    heard: Record,
}

impl<'a, C: Channel> Side<'a, C> {
    /// Prepares to take part.
    pub fn new(
        channel: &'a mut C,
        role: Role,
        meeting: &'a Meeting,
        caught: &'a AtomicUsize,
    ) -> Side<'a, C> {
        // A terminal has room for one bar.
        let second = meeting.supervisor.is_some() && role == Role::Conclusion;
        Side {
            progress: Progress::new(meeting.quiet || second),
            channel,
            role,
            meeting,
            caught,
            begun: Instant::now(),
            last_look: Instant::now(),
            said: None,
            heard: Record::BLANK,
        }
    }

    /// Takes part, prints the outcome, and returns the exit status. Removes the objects if the other side has died.
    pub fn take_part(mut self) -> Result<u8, End> {
        let arrived = self.channel.word(pid(self.role))?;
        let taken = arrived.compare_exchange(0, std::process::id(), AcqRel, Acquire);
        let text = |pid| format!("there is a {} already, process {pid}", self.role);
        taken.map_err(|pid| End::Failed(text(pid)))?;
        let mut ended = self.meet().and_then(|()| self.converse());
        if let Err(End::Failed(_)) = ended {
            // If an object was removed, there may be a more specific reason.
            ended = self.look().and(ended);
        }
        let corrupted = self.channel.word(CORRUPTED)?;
        if let Err(End::Corrupted(_)) = ended {
            corrupted.store(1, Release);
        }
        let corrupted = corrupted.load(Acquire);
        if self.channel.attached().is_ok_and(|attached| attached == 1) {
            self.channel.adopt();
        }
        let done = self.load(exchanges(self.role))?;
        let status = match &ended {
            Err(end) if corrupted == 0 => end.status(),
            _ => u8::from(corrupted != 0),
        };
        // A side that left in good order has printed a closing line.
        let died = self.load(pid(self.role.peer()))? != LEFT;
        let died = died && matches!(ended, Err(End::Gone(_)));
        self.channel.word(pid(self.role))?.store(LEFT, Release);
        if let Err(end) = ended {
            let next = done.saturating_add(1);
            warn(self.role, format_args!("{end} (iteration {next})"));
        }
        // With a supervisor, one closing line is enough.
        if self.meeting.supervisor.is_none() || self.role == Role::Premise || died {
            let all = match self.channel.plan().iterations {
                all if all == done => String::new(),
                all => format!(" of {all}"),
            };
            let time = format!("{:.2}", self.begun.elapsed().as_secs_f64());
            print(format_args!(
                "{done}{all} exchanges in {time} s, {corrupted} corrupted"
            ));
        }
        Ok(status)
    }

    /// Waits until both have arrived.
    fn meet(&mut self) -> Result<(), End> {
        while self.load(pid(self.role.peer()))? == 0 {
            self.look()?;
            if self.begun.elapsed() >= self.meeting.wait {
                return Err(self.meeting.missed(self.role.peer()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.begun = Instant::now();
        self.look()
    }

    fn converse(&mut self) -> Result<(), End> {
        let (iterations, peer) = (self.channel.plan().iterations, self.role.peer());
        if self.role == Role::Premise {
            let first = self.said.insert(Record::random());
            self.channel.say(peer, first)?;
        }
        for iteration in 1..=iterations {
            let heard = self.hear()?;
            heard.check(self.said.as_ref()).map_err(End::Corrupted)?;
            let last = iteration == iterations;
            if !last {
                self.look_if_due()?;
            }
            if !last || self.role == Role::Conclusion {
                let answer = self.said.insert(heard.answer());
                self.channel.say(peer, answer)?;
            }
            let done = self.channel.word(exchanges(self.role))?;
            done.store(iteration, Relaxed);
        }
        Ok(())
    }

    /// Waits until the other side has said something.
    fn hear(&mut self) -> Result<Record, End> {
        let mut record = Record::BLANK;
        while !self.listen(&mut record)? {
            match self.look_if_due() {
                // A side that has left may have said something before.
                Err(End::Gone(_)) if self.listen(&mut record)? => break,
                looked => looked?,
            }
        }
        self.heard = record.clone();
        Ok(record)
    }

    fn listen(&self, record: &mut Record) -> Result<bool, End> {
        let heard = self.channel.listen(self.role, record)?;
        // Without turns, a record that is new must be the answer.
        let unguarded = self.channel.plan().goes_by(Medium::Unguarded);
        let is_new = || self.said.as_ref() != Some(record) && self.heard != *record;
        Ok(heard && (!unguarded || is_new()))
    }

    fn look_if_due(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now - self.last_look < LOOK_EVERY {
            return Ok(());
        }
        self.last_look = now;
        self.look()?;
        let limit = self.channel.plan().time_limit;
        if self.begun.elapsed() >= Duration::from_secs(limit.into()) {
            return Err(End::TimedOut(format!(
                "not through within {limit} s; --time-limit gives more time"
            )));
        }
        let done = self.load(exchanges(self.role))?;
        self.progress.show(done, self.channel.plan().iterations);
        Ok(())
    }

    /// Returns an error if there is a reason to stop.
    fn look(&mut self) -> Result<(), End> {
        check_signals(self.caught)?;
        let supervisor = self.meeting.supervisor;
        if supervisor.is_some_and(|pid| pid != parent_id()) {
            let text = "the supervisor has left the conversation";
            return Err(End::Failed(text.to_owned()));
        }
        let peer = self.role.peer();
        // Mrs. Premise was there first.
        let has_come = peer == Role::Premise || self.load(pid(peer))? != 0;
        if has_come && self.channel.attached()? < 2 {
            return Err(End::Gone(peer));
        }
        Ok(())
    }

    fn load(&self, offset: usize) -> Result<u32, End> {
        Ok(self.channel.word(offset)?.load(Acquire))
    }
}
