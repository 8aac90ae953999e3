//! How long one call waits for the creators of half-made objects.

use std::cell::Cell;
use std::time::Duration;

use crate::deadline::Deadline;

/// The time that a creator is given, and the object for which it runs.
///
/// It begins with the first half-made object that is found. One that has taken its place, because somebody
/// removed that, has a creator of its own, who is given the same time, but only once: a call waits for at most
/// twice the time, whatever others do.
pub(crate) struct Patience {
    time: Duration,
    /// The end of the time, once it runs: an object that is ready costs no look at the clock.
    end: Cell<Option<Deadline>>,
    /// The id of the half-made object for which it runs.
    object: Cell<Option<i32>>,
    renewed: Cell<bool>,
}

impl Patience {
    pub(crate) fn new(time: Duration) -> Patience {
        Patience {
            time,
            end: Cell::new(None),
            object: Cell::new(None),
            renewed: Cell::new(false),
        }
    }

    /// Takes note of a half-made object: the time runs for the first one.
    pub(super) fn note(&self, id: i32) {
        if self.object.get().is_none() {
            self.object.set(Some(id));
        }
    }

    /// Whether it was this object for which the time ran.
    pub(super) fn is_for(&self, id: i32) -> bool {
        self.object.get() == Some(id)
    }

    /// Has the time run anew, for this object; false if that was done before.
    pub(super) fn renew(&self, id: i32) -> bool {
        if self.renewed.replace(true) {
            return false;
        }
        self.end.set(None);
        self.object.set(Some(id));
        true
    }
}

impl From<&Patience> for Deadline {
    fn from(patience: &Patience) -> Deadline {
        let end = patience.end.get().unwrap_or_else(|| patience.time.into());
        patience.end.set(Some(end));
        end
    }
}
