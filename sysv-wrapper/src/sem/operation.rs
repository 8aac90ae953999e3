//! One operation on several semaphores of a set, put together step by step.

use std::fmt;
use sysv_ipc::{Errno, SemBuf, SemFlags};

use crate::deadline::{Deadline, Ended};
use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::sem::SemaphoreSet;
use crate::sem::wait::{self, Amount};

/// What errors say was tried.
const OPERATION: &str = "operate on";

/// Several steps on the semaphores of a set, which the kernel does at once: all of them, or none. Made by
/// [`SemaphoreSet::operation`].
///
/// The steps are [`acquire`](Self::acquire), [`release`](Self::release) and [`until_zero`](Self::until_zero), in the
/// order in which they are tried; a semaphore may have several. A flag, [`undo`](Self::undo) or
/// [`no_wait`](Self::no_wait), stands behind the step that it is about. What ends the chain decides how to wait:
///
/// | end | waits |
/// |---|---|
/// | [`run`](Self::run) | as long as it takes |
/// | [`try_run`](Self::try_run) | not at all |
/// | [`run_timeout`](Self::run_timeout) | until a [`Deadline`] |
///
/// While it waits nothing is done, not even by the steps that could be. An operation can be kept, and run again as
/// often as one likes; up to six steps need no memory of their own.
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
/// The steps are looked at when they are given, and what is wrong with the first wrong one is told when the
/// operation is run, before the kernel is asked: an amount out of range, a flag before any step, no steps at all.
#[doc(alias("semop", "semtimedop", "sembuf"))]
#[derive(Debug, Clone)]
#[must_use = "nothing happens before it is run"]
pub struct Operation {
    set: SemaphoreSet,
    steps: Steps,
    wrong: Option<Wrong>,
}

/// The first thing that is wrong with the steps.
#[derive(Debug, Clone)]
struct Wrong {
    kind: ErrorKind,
    because: String,
}

/// The steps.
impl Operation {
    pub(crate) fn new(set: SemaphoreSet) -> Operation {
        Operation {
            set,
            steps: Steps::new(),
            wrong: None,
        }
    }

    /// Takes `amount`, 1 to 32,767, from the semaphore of this number, counted from 0.
    #[doc(alias = "P")]
    pub fn acquire(self, number: usize, amount: u32) -> Self {
        self.step("acquire", number, Amount::new(amount).map(Amount::take))
    }

    /// Gives `amount`, 1 to 32,767, to the semaphore of this number.
    #[doc(alias = "V")]
    pub fn release(self, number: usize, amount: u32) -> Self {
        self.step("release", number, Amount::new(amount).map(Amount::give))
    }

    /// Waits until the semaphore of this number is 0.
    #[doc(alias = "Z")]
    pub fn until_zero(self, number: usize) -> Self {
        self.step("until_zero", number, Ok(0))
    }

    /// Has the kernel undo the step before this when the process ends. See [`Semaphore`](crate::Semaphore) for what
    /// that means.
    #[doc(alias = "SEM_UNDO")]
    pub fn undo(self) -> Self {
        self.flag("undo", SemFlags::UNDO)
    }

    /// Has the operation fail rather than wait for the step before this.
    ///
    /// Where the system has no timed call (macOS, FreeBSD, OpenBSD), [`run_timeout`](Self::run_timeout) cannot tell
    /// which step would have to wait, and waits for this one too.
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
        let position = self.steps.waiting().len() + 1;
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
}

/// The ends.
impl Operation {
    /// Does all steps at once; waits until they can be done.
    ///
    /// # Errors
    ///
    /// - [`is_would_block`](Error::is_would_block) if the first step that would have to wait is one with
    ///   [`no_wait`](Self::no_wait);
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for wrong steps; the text says which step;
    /// - [`NoSuchSemaphore`](ErrorKind::NoSuchSemaphore) for a number that the set does not have;
    /// - [`TooBig`](ErrorKind::TooBig) for more steps than the system's maximum (SEMOPM, 500 on Linux);
    /// - [`OutOfRange`](ErrorKind::OutOfRange) if a value would exceed its maximum, or if there is more to undo than
    ///   the kernel can note;
    /// - [`is_removed`](Error::is_removed), also while it waits;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering; for steps that
    ///   only wait for zero, reading.
    #[inline]
    pub fn run(&self) -> Result<()> {
        self.check()?;
        wait::endless(self.set.id(), self.steps.waiting()).map_err(|errno| self.fail(errno))
    }

    /// Does all steps at once, if they can be done now.
    ///
    /// # Errors
    ///
    /// [`is_would_block`](Error::is_would_block); else those of [`run`](Self::run).
    #[inline]
    pub fn try_run(&self) -> Result<()> {
        self.check()?;
        wait::endless(self.set.id(), self.steps.trying()).map_err(|errno| self.fail(errno))
    }

    /// Does all steps at once; waits for at most `time` until they can be done. Zero does not wait; a time that the
    /// clock cannot count is without end.
    ///
    /// # Errors
    ///
    /// [`is_timed_out`](Error::is_timed_out); else those of [`run`](Self::run).
    pub fn run_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.timed(deadline)
    }

    #[inline]
    fn timed(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.check()?;
        let (waiting, trying) = (self.steps.waiting(), self.steps.trying());
        wait::timed(self.set.id(), waiting, trying, deadline).map_err(|ended| match ended {
            Ended::TimedOut => Error::timed_out(OPERATION, self.set.subject()),
            Ended::Failed(errno) => self.fail(errno),
        })
    }

    /// Refuses what the kernel need not be asked about.
    #[inline]
    fn check(&self) -> Result<()> {
        if self.wrong.is_some() || self.steps.waiting().is_empty() {
            return Err(self.refuse());
        }
        Ok(())
    }

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

    /// The error for what the kernel refused, with what it does not tell.
    #[cold]
    fn fail(&self, errno: Errno) -> Error {
        let error = handle::error(OPERATION, self.set.subject(), errno);
        let because = match error.kind() {
            ErrorKind::TooBig => self.too_many(),
            ErrorKind::NoSuchSemaphore => self.outside(),
            ErrorKind::OutOfRange => wait::beyond_range(self.set.id(), self.steps.waiting()),
            _ => None,
        };
        match because {
            Some(because) => error.because(because),
            None => error,
        }
    }

    /// The limit that there are too many steps for.
    fn too_many(&self) -> Option<String> {
        let count = self.steps.waiting().len();
        let limit = wait::most_steps()?;
        Some(format!(
            "{count} steps in one operation were asked for, and the limit is {limit} (SEMOPM)"
        ))
    }

    /// The first step on a semaphore that the set does not have.
    fn outside(&self) -> Option<String> {
        let count = self.set.count(OPERATION).ok().flatten()?;
        let mut steps = self
            .steps
            .waiting()
            .iter()
            .map(|step| usize::from(step.num()));
        let position = steps.clone().position(|number| number >= count)?;
        let number = steps.nth(position)?;
        Some(format!(
            "step {} is on semaphore {number}, and the set has {count}, counted from 0",
            position + 1
        ))
    }
}

/// How many steps fit without memory of their own.
const SHORT: usize = 6;

/// What fills the places that are not in use.
const UNUSED: SemBuf = SemBuf::new(0, 0, SemFlags::empty());

/// The steps, twice: as they were given, and so that none waits.
#[derive(Clone)]
pub(crate) struct Steps {
    waiting: List,
    trying: List,
}

/// Some steps.
#[derive(Clone)]
enum List {
    Short([SemBuf; SHORT], usize),
    Long(Vec<SemBuf>),
}

impl Steps {
    /// None.
    pub(crate) const fn new() -> Steps {
        Steps {
            waiting: List::Short([UNUSED; SHORT], 0),
            trying: List::Short([UNUSED; SHORT], 0),
        }
    }

    /// Adds one.
    pub(crate) fn push(&mut self, step: SemBuf) {
        self.waiting.push(step);
        self.trying.push(wait::without_waiting(step));
    }

    /// Gives the last one another flag; `false` if there is none.
    pub(crate) fn flag_last(&mut self, flag: SemFlags) -> bool {
        let lists = [&mut self.waiting, &mut self.trying];
        lists.into_iter().all(|list| list.flag_last(flag))
    }

    /// The steps, with the flags that they were given.
    pub(crate) fn waiting(&self) -> &[SemBuf] {
        self.waiting.as_slice()
    }

    /// The steps, with none of them waiting.
    pub(crate) fn trying(&self) -> &[SemBuf] {
        self.trying.as_slice()
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
        f.debug_list().entries(self.waiting()).finish()
    }
}
