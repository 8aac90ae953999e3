//! The model of a set of semaphores: values, and undo entries of this process. It reads nothing from the kernel except
//! its limits.

use sysv_wrapper::ErrorKind;

use super::{Action, Step, Verb, Way};
use crate::models::Outcome;

/// The limits of the running kernel.
#[derive(Debug, Copy, Clone)]
struct Limits {
    /// Maximum value: SEMVMX.
    value: u32,
    /// Maximum undo adjustment: SEMAEM.
    undo: i64,
    /// Maximum number of steps in one operation: SEMOPM.
    steps: usize,
}

impl Limits {
    fn of_this_kernel() -> Limits {
        let (_, limits) = sysv_ipc::semctl_ipc_info().unwrap();
        Limits {
            value: limits.semvmx().try_into().unwrap(),
            undo: limits.semaem().try_into().unwrap(),
            steps: limits.semopm().try_into().unwrap(),
        }
    }
}

/// The reason why steps cannot be performed.
#[derive(Debug, Copy, Clone)]
enum Hindrance {
    /// An error, regardless of the wait.
    Error(ErrorKind),
    /// It would have to wait; `refused` if the waiting step has the flag not to wait.
    Wait { refused: bool },
}

/// A set.
#[derive(Debug, Clone)]
pub struct Model {
    limits: Limits,
    removed: bool,
    values: Vec<u32>,
    /// The adjustments that the end of this process adds to the values.
    undo: Vec<i64>,
    /// The semaphores that guards hold.
    held: Vec<usize>,
}

impl Model {
    pub fn new(values: &[u16]) -> Model {
        Model {
            limits: Limits::of_this_kernel(),
            removed: false,
            values: values.iter().copied().map(u32::from).collect(),
            undo: vec![0; values.len()],
            held: Vec::new(),
        }
    }

    /// Performs the action, and returns its outcome and the kind of wait, which differs from the requested one only
    /// where the plain form would never return.
    pub fn act(&mut self, action: &Action) -> (Outcome<()>, Way) {
        match action {
            Action::One(number, verb, undo, way) => {
                let step = Step {
                    number: *number,
                    verb: *verb,
                    undo: *undo,
                    no_wait: false,
                };
                let asked = named(*number).and_then(|()| check(*verb));
                self.wait(asked, &[step], *way)
            }
            Action::Several(steps, way) => self.wait(check_all(steps), steps, *way),
            Action::Many(count) => self.wait(Ok(()), &vec![Step::IDLE; *count], Way::Try),
            Action::Misplaced(_) => (Err(ErrorKind::InvalidArgument), Way::Plain),
            Action::Lock(number, way) => {
                let (told, way) = self.wait(named(*number), &[lock(*number, -1)], *way);
                if told.is_ok() {
                    self.held.push(*number);
                }
                (told, way)
            }
            Action::Unlock(_, _) if self.held.is_empty() => (Ok(()), Way::Plain),
            Action::Unlock(index, dropped) => {
                let number = self.held.remove(index.index(self.held.len()));
                let (told, way) = self.wait(Ok(()), &[lock(number, 1)], Way::Plain);
                // A drop does not report its outcome.
                (if *dropped { Ok(()) } else { told }, way)
            }
            Action::Set(number, value) => (self.set_value(*number, *value), Way::Plain),
            Action::SetAll(values) => (self.set_values(values), Way::Plain),
            Action::Remove => (self.remove(), Way::Plain),
        }
    }

    /// Performs the steps, unless they were refused before the system call, and returns the outcome for this kind of
    /// wait.
    fn wait(&mut self, asked: Outcome<()>, steps: &[Step], way: Way) -> (Outcome<()>, Way) {
        if let Err(kind) = asked {
            return (Err(kind), way);
        }
        let told = self.run(steps);
        let way = match (way, told) {
            (Way::Plain, Err(Hindrance::Wait { refused: false })) => Way::Try,
            (Way::Briefly, Err(Hindrance::Wait { refused: true })) => Way::Long,
            _ => way,
        };
        let told = told.map_err(|hindrance| match (hindrance, way) {
            (Hindrance::Error(kind), _) => kind,
            (Hindrance::Wait { .. }, Way::Plain | Way::Try | Way::Long) => ErrorKind::WouldBlock,
            (Hindrance::Wait { .. }, _) => ErrorKind::TimedOut,
        });
        (told, way)
    }

    /// Checks that the set exists.
    fn there(&self) -> Outcome<()> {
        if self.removed {
            return Err(ErrorKind::Removed);
        }
        Ok(())
    }

    fn remove(&mut self) -> Outcome<()> {
        self.there()?;
        self.removed = true;
        Ok(())
    }

    pub fn values(&self) -> Outcome<Vec<u16>> {
        self.there()?;
        let values = self.values.iter().map(|value| u16::try_from(*value));
        Ok(values.collect::<Result<_, _>>().unwrap())
    }

    /// Sets one value, and clears its undo entries.
    fn set_value(&mut self, number: usize, value: u32) -> Outcome<()> {
        named(number)?;
        // The kernel checks the value before the number of the semaphore.
        if value > self.limits.value {
            return Err(ErrorKind::OutOfRange);
        }
        self.there()?;
        if number >= self.values.len() {
            return Err(ErrorKind::NoSuchSemaphore);
        }
        self.values[number] = value;
        self.undo[number] = 0;
        Ok(())
    }

    /// Sets all values or none, and clears all undo entries.
    fn set_values(&mut self, values: &[u16]) -> Outcome<()> {
        self.there()?;
        if values.len() != self.values.len() {
            return Err(ErrorKind::InvalidArgument);
        }
        if values.iter().any(|v| u32::from(*v) > self.limits.value) {
            return Err(ErrorKind::OutOfRange);
        }
        self.values = values.iter().copied().map(u32::from).collect();
        self.undo.fill(0);
        Ok(())
    }

    /// Performs all steps, or none.
    fn run(&mut self, steps: &[Step]) -> Result<(), Hindrance> {
        let error = |kind| Err(Hindrance::Error(kind));
        if steps.len() > self.limits.steps {
            return error(ErrorKind::TooBig);
        }
        if self.removed {
            return error(ErrorKind::Removed);
        }
        if steps.iter().any(|step| step.number >= self.values.len()) {
            return error(ErrorKind::NoSuchSemaphore);
        }
        let before = (self.values.clone(), self.undo.clone());
        let done = steps.iter().try_for_each(|step| self.step(step));
        if done.is_err() {
            (self.values, self.undo) = before;
        }
        done
    }

    fn step(&mut self, step: &Step) -> Result<(), Hindrance> {
        let (value, undo) = (&mut self.values[step.number], &mut self.undo[step.number]);
        let wait = Err(Hindrance::Wait {
            refused: step.no_wait,
        });
        let too_much = Err(Hindrance::Error(ErrorKind::OutOfRange));
        let added = match step.verb {
            Verb::UntilZero if *value > 0 => return wait,
            Verb::UntilZero => 0,
            Verb::Acquire(amount) if *value < amount => return wait,
            Verb::Acquire(amount) => -i64::from(amount),
            Verb::Release(amount) if *value + amount > self.limits.value => return too_much,
            Verb::Release(amount) => i64::from(amount),
        };
        if step.undo {
            let sum = *undo - added;
            if !(-self.limits.undo - 1..=self.limits.undo).contains(&sum) {
                return too_much;
            }
            *undo = sum;
        }
        *value = u32::try_from(i64::from(*value) + added).unwrap();
        Ok(())
    }

    /// Applies the end of the process.
    pub fn end(&mut self) {
        for (value, undo) in self.values.iter_mut().zip(&mut self.undo) {
            let sum = i64::from(*value) + std::mem::take(undo);
            *value = u32::try_from(sum.clamp(0, self.limits.value.into())).unwrap();
        }
    }
}

/// Returns the step of a guard.
fn lock(number: usize, by: i8) -> Step {
    let verb = if by > 0 {
        Verb::Release(1)
    } else {
        Verb::Acquire(1)
    };
    Step {
        number,
        verb,
        undo: true,
        no_wait: false,
    }
}

/// Checks that a handle can have this number.
fn named(number: usize) -> Outcome<()> {
    if number > 65_535 {
        return Err(ErrorKind::NoSuchSemaphore);
    }
    Ok(())
}

/// Checks that the amount is in range.
fn check(verb: Verb) -> Outcome<()> {
    match verb {
        Verb::UntilZero | Verb::Acquire(1..=32_767) | Verb::Release(1..=32_767) => Ok(()),
        Verb::Acquire(_) | Verb::Release(_) => Err(ErrorKind::InvalidArgument),
    }
}

/// Returns the error of the first invalid step, which prevents the system call.
fn check_all(steps: &[Step]) -> Outcome<()> {
    if steps.is_empty() {
        return Err(ErrorKind::InvalidArgument);
    }
    steps.iter().try_for_each(|step| {
        check(step.verb)?;
        named(step.number)
    })
}
