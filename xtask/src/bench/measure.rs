//! Measuring: passes over the rows with fresh workers, and rounds in which the workers take turns.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use super::contenders::{Contender, Contenders};
use super::machine;
use super::namespace::Namespace;
use super::rows::Row;
use super::worker::Worker;
use crate::task::Failure;

/// How much is measured.
pub(crate) struct Plan {
    /// How often all rows are gone through, each time with fresh processes: how memory happens to lie in one
    /// process makes a difference that no number of rounds in that process evens out.
    pub(crate) passes: usize,
    /// Rounds per row and pass.
    pub(crate) rounds: usize,
    /// How long a contender works in one round.
    pub(crate) chunk: Duration,
}

/// The role of a worker in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the others are measured against.
    Baseline,
    /// The same once more: what it differs by is noise.
    Control,
    /// Somebody who is measured.
    Contender(Contender),
}

/// Nanoseconds per piece of work in each round, by role. A round is at the same place in each.
pub(crate) struct Figures {
    /// The times of each who can do such work.
    pub(crate) times: Vec<(Role, Vec<f64>)>,
}

impl Figures {
    /// The times of a role, if it took part.
    pub(crate) fn of(&self, role: Role) -> Option<&[f64]> {
        let found = self.times.iter().find(|(who, _)| *who == role);
        found.map(|(_, times)| times.as_slice())
    }
}

/// Measures all rows. Those that need a namespace have no figures where there is none.
pub(crate) fn all(
    rows: &[Row],
    contenders: &Contenders,
    namespace: Option<&Namespace>,
    plan: &Plan,
) -> Result<Vec<Figures>, Failure> {
    let mut figures: Vec<Figures> = rows.iter().map(|_| Figures { times: Vec::new() }).collect();
    let processor = machine::processor();
    for pass in 1..=plan.passes {
        let mut team = Team::new(contenders, namespace, processor.as_deref());
        for (row, figures) in rows.iter().zip(&mut figures) {
            if row.needs_namespace && namespace.is_none() {
                continue;
            }
            progress(&format!("pass {pass} of {}: {}", plan.passes, row.name));
            team.measure(row, plan, pass, figures)?;
        }
    }
    progress("");
    Ok(figures)
}

/// Says on a terminal what is being done, and nothing elsewhere.
fn progress(text: &str) {
    let mut errors = std::io::stderr();
    if errors.is_terminal() {
        let _ = write!(errors, "\r\x1b[K{text}");
        let _ = errors.flush();
    }
}

/// The workers of one pass. Each is started when a row first wants it.
struct Team<'a> {
    contenders: &'a Contenders,
    namespace: Option<&'a Namespace>,
    processor: Option<&'a str>,
    workers: Vec<(Contender, Worker)>,
}

/// A worker at work: its role, its place in the team, and how often it does the work in one round.
struct Turn<'a> {
    role: Role,
    worker: usize,
    request: &'a str,
    times: u64,
}

impl<'a> Team<'a> {
    fn new(
        contenders: &'a Contenders,
        namespace: Option<&'a Namespace>,
        processor: Option<&'a str>,
    ) -> Team<'a> {
        Team {
            contenders,
            namespace,
            processor,
            workers: Vec::new(),
        }
    }

    /// Who takes part in a row, as what, and with which request.
    fn parts(row: &Row) -> Vec<(Role, Contender, &str)> {
        let (contender, request) = match &row.own_baseline {
            Some((contender, request)) => (*contender, request.as_str()),
            None => (Contender::C, row.request.as_str()),
        };
        let base = [Role::Baseline, Role::Control].map(|role| (role, contender, request));
        let others = row
            .who
            .iter()
            .map(|who| (Role::Contender(*who), *who, row.request.as_str()));
        base.into_iter().chain(others).collect()
    }

    /// The place in the team of a worker of this contender that is not among those taken.
    fn worker(&mut self, of: Contender, taken: &[Turn<'_>]) -> Result<Option<usize>, Failure> {
        let free = |place: &usize| !taken.iter().any(|turn| turn.worker == *place);
        let places = self.workers.iter().enumerate();
        let same = places.filter(|(_, (who, _))| *who == of);
        if let Some(place) = same.map(|(place, _)| place).find(free) {
            return Ok(Some(place));
        }
        let Some(command) = self.contenders.command(of) else {
            return Ok(None);
        };
        let worker = Worker::start(of.name(), command, self.namespace, self.processor)?;
        self.workers.push((of, worker));
        Ok(Some(self.workers.len() - 1))
    }

    /// Measures one row.
    fn measure(
        &mut self,
        row: &Row,
        plan: &Plan,
        pass: usize,
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        let mut turns: Vec<Turn<'_>> = Vec::new();
        for (role, contender, request) in Team::parts(row) {
            let Some(place) = self.worker(contender, &turns)? else {
                continue;
            };
            let worker = &mut self.workers[place].1;
            if worker.prepare(request)? {
                let times = calibrate(worker, plan.chunk)?;
                turns.push(Turn {
                    role,
                    worker: place,
                    request,
                    times,
                });
            }
        }
        for round in 0..plan.rounds {
            let order = in_order(&turns, pass + round);
            if row.anew {
                self.prepare_anew(&order)?;
            }
            for turn in order {
                let nanoseconds = self.workers[turn.worker].1.run(turn.times)?;
                #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
                let each = nanoseconds / turn.times as f64;
                match figures
                    .times
                    .iter_mut()
                    .find(|(role, _)| *role == turn.role)
                {
                    Some((_, times)) => times.push(each),
                    None => figures.times.push((turn.role, vec![each])),
                }
            }
        }
        for turn in &turns {
            self.workers[turn.worker].1.end()?;
        }
        Ok(())
    }

    /// Has everyone give back what the row needs, and then everyone get it again, and use it once.
    fn prepare_anew(&mut self, order: &[&Turn<'_>]) -> Result<(), Failure> {
        for turn in order {
            self.workers[turn.worker].1.end()?;
        }
        for turn in order {
            let worker = &mut self.workers[turn.worker].1;
            worker.prepare(turn.request)?;
            worker.run(1)?;
        }
        Ok(())
    }
}

/// The order of a round: another one begins, and every other round goes backwards.
fn in_order<'a, 'b>(turns: &'b [Turn<'a>], round: usize) -> Vec<&'b Turn<'a>> {
    let mut order: Vec<_> = turns.iter().collect();
    if !order.is_empty() {
        order.rotate_left(round / 2 % turns.len());
    }
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// How often a worker does its work in about this time. What it does for that warms it up as well.
fn calibrate(worker: &mut Worker, chunk: Duration) -> Result<u64, Failure> {
    const MOST: u64 = 1 << 24;
    let mut times = 1;
    loop {
        let taken = worker.run(times)?;
        #[expect(clippy::cast_precision_loss, reason = "a few milliseconds")]
        let wanted = chunk.as_nanos() as f64;
        if taken >= wanted / 2.0 || times >= MOST {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a count of at most some millions"
            )]
            let fitting = (times as f64 * wanted / taken.max(1.0)) as u64;
            return Ok(fitting.clamp(1, MOST));
        }
        times *= 2;
    }
}
