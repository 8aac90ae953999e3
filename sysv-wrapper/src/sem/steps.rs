//! The steps of an operation on several semaphores: a list that needs no memory of its own while it is short, and
//! that can be had in two forms, with each step's own flags and with none of them waiting.

use std::fmt;

use sysv_ipc::{SemBuf, SemFlags};

use super::wait;

/// How many steps fit without memory of their own.
const SHORT: usize = 6;

/// What fills the places that are not in use.
const UNUSED: SemBuf = SemBuf::new(0, 0, SemFlags::empty());

/// The steps, twice: as they were given, and so that none waits.
#[derive(Clone)]
pub(super) struct Steps {
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
    pub(super) const fn new() -> Steps {
        Steps {
            waiting: List::Short([UNUSED; SHORT], 0),
            trying: List::Short([UNUSED; SHORT], 0),
        }
    }

    /// Adds one.
    pub(super) fn push(&mut self, step: SemBuf) {
        self.waiting.push(step);
        self.trying.push(wait::without_waiting(step));
    }

    /// Gives the last one another flag; `false` if there is none.
    pub(super) fn flag_last(&mut self, flag: SemFlags) -> bool {
        let lists = [&mut self.waiting, &mut self.trying];
        lists.into_iter().all(|list| list.flag_last(flag))
    }

    /// The steps, with the flags that they were given.
    pub(super) fn waiting(&self) -> &[SemBuf] {
        self.waiting.as_slice()
    }

    /// The steps, with none of them waiting.
    pub(super) fn trying(&self) -> &[SemBuf] {
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
