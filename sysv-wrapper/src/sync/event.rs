//! The event: an auto-reset flag. State u32 at byte 0, flag of the waiters u32 at byte 64.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use crate::deadline::{Deadline, Wait};
use crate::sync::area::Area;
use crate::sync::error::{Error, Result};
use crate::sync::layout::{Object, ObjectKind};
use crate::sync::memory::Word;
use crate::sync::parking::Park;
use crate::sync::peer::Peer;

/// The offset of the flag of the waiters.
const FLAG: usize = 64;

/// An auto-reset flag between processes: [`signal`](Self::signal) lets one [`wait`](Self::wait) return, or the next one if
/// there is no waiter. Signals do not add up.
///
/// A signal without a waiter and a wait after a signal make no system call. If a process dies after it consumed the signal,
/// the signal is lost: to guarantee that work is done, keep the work itself in shared memory.
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::Area;
///
/// let area = RemoveOnDrop::new(Area::builder().event("changed").create_unique()?);
/// let changed = area.event("changed")?;
/// changed.signal()?;
/// changed.signal()?;
/// changed.wait()?;
/// assert!(changed.try_wait().unwrap_err().is_would_block());
/// assert!(changed.wait_timeout(Duration::from_millis(1)).unwrap_err().is_timed_out());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias("eventfd", "auto-reset"))]
pub struct Event {
    state: Word<AtomicU32>,
    park: Park,
    peer: Arc<Peer>,
}

impl Area {
    /// Returns the event with this name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not an event.
    pub fn event(&self, name: &str) -> crate::Result<Event> {
        Event::new(&self.peer, self.object(name, ObjectKind::Event)?)
    }
}

impl Event {
    fn new(peer: &Arc<Peer>, object: &Object) -> crate::Result<Event> {
        let state = Word::new(&peer.memory, object.offset);
        let park = Park::new(peer, object.offset + FLAG, object.park);
        Ok(Event {
            state: state.ok_or(Error::Corrupted)?,
            park: park.ok_or(Error::Corrupted)?,
            peer: peer.clone(),
        })
    }

    /// Wakes one waiter, or lets the next wait return at once.
    ///
    /// # Errors
    ///
    /// [`Forked`](Error::Forked) in a forked child.
    #[inline]
    pub fn signal(&self) -> Result<()> {
        self.peer.check_process()?;
        self.state.store(1, Release);
        self.park.notify();
        Ok(())
    }

    /// Waits for a signal without a time limit, and consumes it.
    ///
    /// # Errors
    ///
    /// [`Removed`](Error::Removed), [`LeaseLost`](Error::LeaseLost), [`Forked`](Error::Forked).
    #[inline]
    pub fn wait(&self) -> Result<()> {
        self.take(Wait::FOREVER)
    }

    /// Consumes a signal without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if there is no signal; otherwise as [`wait`](Self::wait).
    #[inline]
    pub fn try_wait(&self) -> Result<()> {
        self.take(Wait::TRY)
    }

    /// Waits for a signal up to a deadline, and consumes it.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`wait`](Self::wait).
    #[inline]
    pub fn wait_timeout(&self, deadline: impl Into<Deadline>) -> Result<()> {
        self.take(Wait::Until(deadline))
    }

    #[inline]
    fn take(&self, wait: Wait<impl Into<Deadline>>) -> Result<()> {
        self.peer.check_process()?;
        if self.look().is_some() {
            return Ok(());
        }
        if matches!(wait, Wait::Try) {
            self.peer.look_and_sweep()?;
            return self.look().ok_or(Error::WouldBlock);
        }
        let more = || self.state.load(Relaxed) != 0;
        self.park.wait(wait, more, |_| Ok(self.look()))
    }

    /// Consumes the signal.
    #[inline]
    fn look(&self) -> Option<()> {
        // Any nonzero number is a signal, so that no state is invalid.
        let state = self.state.load(Relaxed);
        let is_taken = state != 0
            && self
                .state
                .compare_exchange(state, 0, AcqRel, Acquire)
                .is_ok();
        is_taken.then_some(())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("is_signalled", &(self.state.load(Relaxed) != 0))
            .finish_non_exhaustive()
    }
}
