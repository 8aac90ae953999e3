//! Several steps on the semaphores of a set, which the kernel performs as one operation.

use std::fmt;

use sysv_ipc::{SemBuf, SemFlags};

use crate::deadline::{Deadline, Wait};
use crate::error::{Error, ErrorKind, Result};
use crate::sem::wait::{self, Amount};
use crate::sem::{OperationGuard, SemaphoreSet};

/// The name of the operation in error messages.
const OPERATION: &str = "operate on";

/// Several steps on the semaphores of a set, which the kernel performs atomically: all of them, or none. Returned by
/// [`SemaphoreSet::operation`].
///
/// The steps are [`acquire`](Self::acquire), [`release`](Self::release) and [`until_zero`](Self::until_zero), which the
/// kernel tries in the given order; a semaphore may have several. The flags [`undo`](Self::undo) and
/// [`no_wait`](Self::no_wait) apply to the step before them. The last method of the chain determines how to wait, and
/// whether a guard performs the opposite operation later:
///
/// | waits | performs the operation | and the opposite when the guard is dropped |
/// |---|---|---|
/// | without a time limit | [`run`](Self::run) | [`lock`](Self::lock) |
/// | not at all | [`try_run`](Self::try_run) | [`try_lock`](Self::try_lock) |
/// | until a deadline | [`run_timeout`](Self::run_timeout) | [`lock_timeout`](Self::lock_timeout) |
///
/// While the operation waits, none of its steps is performed, not even those that could be. An operation can be stored
/// and run any number of times; up to six steps need no allocation.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0, 0]).create_private()?);
/// // Move 1 from the first semaphore to the second, while the third is zero.
/// let forth = set.operation().acquire(0, 1).undo().release(1, 1).undo().until_zero(2).no_wait();
/// forth.run()?;
/// assert_eq!(set.values()?, [0, 1, 0]);
/// // The first has none left, so the second gets nothing.
/// assert!(forth.try_run().unwrap_err().is_would_block());
/// assert_eq!(set.values()?, [0, 1, 0]);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Wrong steps
///
/// Steps are checked when they are added. Running the operation reports the first invalid step without a system call:
/// an amount out of range, a flag before any step, or no steps at all.
#[doc(alias("semop", "semtimedop", "sembuf"))]
#[derive(Debug, Clone)]
#[must_use = "nothing happens before it is run"]
pub struct Operation {
    set: SemaphoreSet,
    steps: Steps,
    wrong: Option<Wrong>,
}

/// The first invalid step, and the reason.
#[derive(Debug, Clone)]
struct Wrong {
    kind: ErrorKind,
    because: String,
}

impl Operation {
    pub(crate) fn new(set: SemaphoreSet) -> Operation {
        Operation {
            set,
            steps: Steps::new(),
            wrong: None,
        }
    }

    /// Acquires `amount`, 1 to 32,767, of the semaphore of this number, counted from 0.
    #[doc(alias = "P")]
    pub fn acquire(self, number: usize, amount: u32) -> Self {
        self.step("acquire", number, Amount::new(amount).map(Amount::acquire))
    }

    /// Releases `amount`, 1 to 32,767, of the semaphore of this number.
    #[doc(alias = "V")]
    pub fn release(self, number: usize, amount: u32) -> Self {
        self.step("release", number, Amount::new(amount).map(Amount::release))
    }

    /// Waits until the semaphore of this number is 0.
    #[doc(alias = "Z")]
    pub fn until_zero(self, number: usize) -> Self {
        self.step("until_zero", number, Ok(0))
    }

    /// Makes the kernel undo the step before this flag when the process ends. See [`Semaphore`](crate::Semaphore#undo).
    #[doc(alias = "SEM_UNDO")]
    pub fn undo(self) -> Self {
        self.flag("undo", SemFlags::UNDO)
    }

    /// Makes the operation fail instead of waiting for the step before this flag.
    ///
    /// Where the system has no timed call (macOS, FreeBSD, OpenBSD), the forms with a deadline cannot determine which
    /// step would have to wait, and wait for this step too.
    #[doc(alias = "IPC_NOWAIT")]
    pub fn no_wait(self) -> Self {
        self.flag("no_wait", SemFlags::NOWAIT)
    }

    fn step(
        mut self,
        what: &str,
        number: usize,
        op: std::result::Result<i16, String>,
    ) -> Operation {
        if self.wrong.is_some() {
            return self;
        }
        let position = self.steps.len() + 1;
        let wrong = match (u16::try_from(number), op) {
            (Ok(number), Ok(op)) => {
                self.steps.push(SemBuf::new(number, op, SemFlags::empty()));
                return self;
            }
            (_, Err(because)) => Wrong {
                kind: ErrorKind::InvalidArgument,
                because: format!("step {position} (`{what}` on semaphore {number}): {because}"),
            },
            (Err(_), _) => Wrong {
                kind: ErrorKind::NoSuchSemaphore,
                because: format!(
                    "step {position} (`{what}`) is on semaphore {number}, and no set has more than 65536"
                ),
            },
        };
        self.wrong = Some(wrong);
        self
    }

    fn flag(mut self, what: &str, flag: SemFlags) -> Operation {
        if self.wrong.is_none() && !self.steps.flag_last(flag) {
            self.wrong = Some(Wrong {
                kind: ErrorKind::InvalidArgument,
                because: format!(
                    "`{what}` comes before any step, and belongs behind the one that it is about"
                ),
            });
        }
        self
    }

    /// Performs all steps atomically; waits without a time limit until that is possible.
    ///
    /// # Errors
    ///
    /// - [`is_would_block`](Error::is_would_block) if the first step that would have to wait has
    ///   [`no_wait`](Self::no_wait);
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for an invalid step, which the text names;
    /// - [`NoSuchSemaphore`](ErrorKind::NoSuchSemaphore) for a number beyond the size of the set;
    /// - [`TooBig`](ErrorKind::TooBig) for more steps than the system's maximum (SEMOPM, 500 on Linux);
    /// - [`OutOfRange`](ErrorKind::OutOfRange) if a value would exceed its maximum, or an undo entry its maximum;
    /// - [`is_removed`](Error::is_removed) if the set is removed, before or while this waits;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering; for steps that
    ///   only wait for zero, reading;
    /// - with undo, [`OutOfMemory`](ErrorKind::OutOfMemory) and [`is_limit_reached`](Error::is_limit_reached) if the
    ///   kernel cannot record the undo entries.
    #[inline]
    pub fn run(&self) -> Result<()> {
        self.perform(Wait::FOREVER)
    }

    /// Performs all steps atomically if that is possible without waiting.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block) if that is not possible; otherwise as [`run`](Self::run).
    #[inline]
    pub fn try_run(&self) -> Result<()> {
        self.perform(Wait::TRY)
    }

    /// Performs all steps atomically; waits until that is possible, but only up to a deadline.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); otherwise as [`run`](Self::run).
    #[doc(alias = "semtimedop")]
    pub fn run_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.perform(Wait::Until(deadline))
    }

    /// Performs all steps atomically, and returns a guard that performs the opposite; waits without a time limit until
    /// that is possible.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    ///
    /// # Examples
    ///
    /// See [`OperationGuard`].
    pub fn lock(&self) -> Result<OperationGuard> {
        self.hold(Wait::FOREVER)
    }

    /// Performs all steps atomically if that is possible without waiting, and returns a guard that performs the
    /// opposite.
    ///
    /// # Errors
    ///
    /// As [`try_run`](Self::try_run).
    pub fn try_lock(&self) -> Result<OperationGuard> {
        self.hold(Wait::TRY)
    }

    /// Performs all steps atomically, and returns a guard that performs the opposite; waits until that is possible, but
    /// only up to a deadline.
    ///
    /// # Errors
    ///
    /// As [`run_timeout`](Self::run_timeout).
    pub fn lock_timeout(&self, deadline: impl Into<Deadline>) -> Result<OperationGuard> {
        self.hold(Wait::Until(deadline))
    }

    #[inline]
    fn perform(&self, wait: Wait<impl Into<Deadline>>) -> Result<()> {
        if self.wrong.is_some() || self.steps.is_empty() {
            return Err(self.refuse());
        }
        self.steps.perform(&self.set, OPERATION, wait)
    }

    fn hold(&self, wait: Wait<impl Into<Deadline>>) -> Result<OperationGuard> {
        // Computed first: nothing may fail once the steps are performed.
        let opposite = self.steps.opposite();
        self.perform(wait)?;
        Ok(OperationGuard::new(&self.set, opposite))
    }

    /// Creates the error of an invalid step.
    #[cold]
    fn refuse(&self) -> Error {
        let (kind, because) = self.wrong.as_ref().map_or(
            (
                ErrorKind::InvalidArgument,
                "it has no steps, and must have at least 1",
            ),
            |wrong| (wrong.kind, &*wrong.because),
        );
        Error::argument(OPERATION, self.set.subject(), because).with_kind(kind)
    }
}

/// The number of steps that need no allocation.
const SHORT: usize = 6;

/// A placeholder for unused elements.
const UNUSED: SemBuf = SemBuf::new(0, 0, SemFlags::empty());

/// The steps in two forms: with their flags, and with `NOWAIT` for all.
#[derive(Clone)]
pub(crate) struct Steps {
    waiting: List,
    trying: List,
}

#[derive(Clone)]
enum List {
    Short([SemBuf; SHORT], usize),
    Long(Vec<SemBuf>),
}

impl Steps {
    const fn new() -> Steps {
        Steps {
            waiting: List::Short([UNUSED; SHORT], 0),
            trying: List::Short([UNUSED; SHORT], 0),
        }
    }

    fn push(&mut self, step: SemBuf) {
        self.waiting.push(step);
        self.trying.push(wait::without_waiting(step));
    }

    /// Adds a flag to the last step. Returns `false` if there is no step.
    fn flag_last(&mut self, flag: SemFlags) -> bool {
        let lists = [&mut self.waiting, &mut self.trying];
        lists.into_iter().all(|list| list.flag_last(flag))
    }

    fn len(&self) -> usize {
        self.waiting.as_slice().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the opposite steps in reverse order. Waiting for zero has no opposite.
    fn opposite(&self) -> Steps {
        let mut opposite = Steps::new();
        for step in self.waiting.as_slice().iter().rev() {
            if step.op() != 0 {
                let flags = step.flags() & SemFlags::UNDO;
                // Amounts are at most 32,767, which has an opposite.
                opposite.push(SemBuf::new(step.num(), -step.op(), flags));
            }
        }
        opposite
    }

    #[inline]
    pub(crate) fn perform(
        &self,
        set: &SemaphoreSet,
        operation: &'static str,
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let (waiting, trying) = (self.waiting.as_slice(), self.trying.as_slice());
        wait::operate(set, operation, waiting, trying, wait)
    }
}

impl List {
    fn as_slice(&self) -> &[SemBuf] {
        match self {
            List::Short(steps, count) => &steps[..*count],
            List::Long(steps) => steps,
        }
    }

    fn push(&mut self, step: SemBuf) {
        match self {
            List::Short(steps, count) if *count < SHORT => {
                steps[*count] = step;
                *count += 1;
            }
            List::Short(steps, _) => {
                let mut long = Vec::with_capacity(2 * SHORT);
                long.extend_from_slice(&steps[..]);
                long.push(step);
                *self = List::Long(long);
            }
            List::Long(steps) => steps.push(step),
        }
    }

    fn flag_last(&mut self, flag: SemFlags) -> bool {
        let steps = match self {
            List::Short(steps, count) => &mut steps[..*count],
            List::Long(steps) => steps.as_mut_slice(),
        };
        let Some(last) = steps.last_mut() else {
            return false;
        };
        *last = SemBuf::new(last.num(), last.op(), last.flags() | flag);
        true
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.waiting.as_slice()).finish()
    }
}
