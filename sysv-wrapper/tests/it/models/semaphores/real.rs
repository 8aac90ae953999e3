//! A real set, through two handles, with its guards.

use std::time::{Duration, Instant};

use sysv_wrapper::*;

use super::{Action, Step, Verb, Way};
use crate::models::{Outcome, outcome};
use crate::support::DEADLINE;

/// A timeout short enough to be used often.
const WHILE: Duration = Duration::from_micros(60);

/// A set. It is removed on drop.
pub struct Real {
    guards: Vec<SemaphoreGuard>,
    second: SemaphoreSet,
    first: RemoveOnDrop<SemaphoreSet>,
}

impl Real {
    pub fn new(values: &[u16]) -> Real {
        let builder = SemaphoreSet::builder().values(values.iter().copied());
        let first = RemoveOnDrop::new(builder.create_private().unwrap());
        Real {
            guards: Vec::new(),
            second: SemaphoreSet::from_id(first.id()).unwrap(),
            first,
        }
    }

    pub fn values(&self) -> Result<Vec<u16>> {
        self.second.values()
    }

    /// Performs the action through one of the handles.
    pub fn act(&mut self, second: bool, action: &Action, way: Way) -> Outcome<()> {
        let set: &SemaphoreSet = if second { &self.second } else { &self.first };
        outcome(match action {
            Action::One(number, verb, undo, _) => set
                .get(*number)
                .and_then(|semaphore| one(&semaphore.with_undo(*undo), *verb, way)),
            Action::Several(steps, _) => several(&operation(set, steps), way),
            Action::Many(count) => operation(set, &vec![Step::IDLE; *count]).try_run(),
            Action::Misplaced(undo) => {
                let start = set.operation();
                let flagged = if *undo { start.undo() } else { start.no_wait() };
                flagged.release(0, 1).run()
            }
            Action::Lock(number, _) => set
                .get(*number)
                .and_then(|semaphore| lock(&semaphore, way))
                .map(|guard| self.guards.push(guard)),
            Action::Unlock(_, _) if self.guards.is_empty() => Ok(()),
            Action::Unlock(index, dropped) => {
                let guard = self.guards.remove(index.index(self.guards.len()));
                if *dropped {
                    drop(guard);
                    return Ok(());
                }
                guard.release()
            }
            Action::Set(number, value) => set.get(*number).and_then(|one| one.set_value(*value)),
            Action::SetAll(values) => set.set_values(values),
            Action::Remove => set.remove(),
        })
    }
}

/// Performs a step by the methods of a semaphore, for an amount of 1 by those without an amount.
fn one(semaphore: &Semaphore, verb: Verb, way: Way) -> Result<()> {
    let now = Instant::now;
    match (verb, way) {
        (Verb::Acquire(1), Way::Plain) => semaphore.acquire(),
        (Verb::Acquire(1), Way::Try) => semaphore.try_acquire(),
        (Verb::Acquire(1), Way::Past) => semaphore.acquire_timeout(now()),
        (Verb::Acquire(1), way) => semaphore.acquire_timeout(time(way)),
        (Verb::Acquire(by), Way::Plain) => semaphore.acquire_by(by),
        (Verb::Acquire(by), Way::Try) => semaphore.try_acquire_by(by),
        (Verb::Acquire(by), Way::Past) => semaphore.acquire_by_timeout(by, now()),
        (Verb::Acquire(by), way) => semaphore.acquire_by_timeout(by, time(way)),
        (Verb::Release(1), _) => semaphore.release(),
        (Verb::Release(by), _) => semaphore.release_by(by),
        (Verb::UntilZero, Way::Plain) => semaphore.wait_until_zero(),
        (Verb::UntilZero, Way::Try) => semaphore.try_wait_until_zero(),
        (Verb::UntilZero, Way::Past) => semaphore.wait_until_zero_timeout(now()),
        (Verb::UntilZero, way) => semaphore.wait_until_zero_timeout(time(way)),
    }
}

fn lock(semaphore: &Semaphore, way: Way) -> Result<SemaphoreGuard> {
    match way {
        Way::Plain => semaphore.lock(),
        Way::Try => semaphore.try_lock(),
        Way::Past => semaphore.lock_timeout(Instant::now()),
        way => semaphore.lock_timeout(time(way)),
    }
}

fn several(operation: &Operation, way: Way) -> Result<()> {
    match way {
        Way::Plain => operation.run(),
        Way::Try => operation.try_run(),
        Way::Past => operation.run_timeout(Instant::now()),
        way => operation.run_timeout(time(way)),
    }
}

/// Returns the timeout for the other kinds of wait.
fn time(way: Way) -> Duration {
    match way {
        Way::Briefly => WHILE,
        Way::Long => DEADLINE,
        _ => Duration::ZERO,
    }
}

fn operation(set: &SemaphoreSet, steps: &[Step]) -> Operation {
    steps.iter().fold(set.operation(), |operation, step| {
        let mut operation = match step.verb {
            Verb::Acquire(amount) => operation.acquire(step.number, amount),
            Verb::Release(amount) => operation.release(step.number, amount),
            Verb::UntilZero => operation.until_zero(step.number),
        };
        if step.undo {
            operation = operation.undo();
        }
        if step.no_wait {
            operation = operation.no_wait();
        }
        operation
    })
}
