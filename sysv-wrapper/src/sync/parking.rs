//! Waiting for a change in the segment: a flag in the segment, a token in the kernel.
//!
//! A waiter sets the flag, checks the condition again, and sleeps in `semop` until it takes a token. A peer that changed the
//! condition replaces the flag by a token; one token is enough. A token stays until it is taken, so that no wake-up is lost
//! between the second check and the sleep. A waiter that took a token sets the flag again, since others may still sleep, and
//! passes the token on if there is work for them. The death of a peer adds a token: the waiter that takes it wakes the
//! sleepers that the dead peer might have been about to wake.
//!
//! All waiters of a park share one condition. Two parks never share a member.

use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, fence};
use std::time::Duration;

use sysv_ipc::{Errno, SemBuf, SemFlags};

use crate::deadline::{Deadline, Ended, Wait};
use crate::sem;
use crate::sync::error::{Error, Result};
use crate::sync::memory::Word;
use crate::sync::peer::{Peer, View};
use crate::system;

/// Sleep limit of a waiter that was woken repeatedly in vain, on systems where a death shows in the parking members before
/// the lease.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(50)];
/// The maximum number of checks before a waiter sleeps.
const SPINS_MAX: u32 = 200;
/// The minimum number of checks before a waiter sleeps, if several threads can run at the same time.
const SPINS_MIN: u32 = 12;

/// A parking member of the set.
#[derive(Debug, Copy, Clone)]
pub(crate) struct Place(pub(crate) u16);

/// The end of a sleep.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The waiter took a token, and has to check at least once before it sleeps or gives up.
    Token,
    /// A time limit before the deadline expired, after which the waiter has to check again.
    LookAgain,
}

impl Place {
    /// Posts a token, unless there is one. Called after clearing a flag.
    pub(crate) fn post(self, peer: &Peer) -> Result<()> {
        // The nonce: in another ipc namespace, another set may have the id.
        if peer.observe()?.tokens(self.0) > 0 {
            return Ok(());
        }
        let post = [SemBuf::new(self.0, 1, SemFlags::NOWAIT)];
        sysv_ipc::semop(peer.set_id(), &post).map_err(Error::call)
    }

    /// Sleeps until there is a token, and takes it. `in_vain` counts the tokens that this wait took in vain.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] (for [`Wait::Try`], [`Error::WouldBlock`]) if the kernel reports that there was no token up to the
    /// deadline; [`Error::Interrupted`]; [`Error::Removed`].
    pub(crate) fn sleep(self, peer: &Peer, wait: Wait<Deadline>, in_vain: usize) -> Result<Woken> {
        let cap = LOOK_AGAIN.get(in_vain.wrapping_sub(1));
        let (capped, deadline) = match (wait, cap) {
            (Wait::Until(deadline), Some(cap)) if !system::UNDO_IS_ATOMIC => {
                (Wait::Until(deadline.at_most(*cap)), deadline)
            }
            (Wait::Forever, Some(cap)) if !system::UNDO_IS_ATOMIC => (
                Wait::Until(Deadline::never().at_most(*cap)),
                Deadline::never(),
            ),
            (Wait::Until(deadline), _) => (wait, deadline),
            _ => (wait, Deadline::never()),
        };
        let take = [SemBuf::new(self.0, -1, SemFlags::empty())];
        let trying = [SemBuf::new(self.0, -1, SemFlags::NOWAIT)];
        match sem::perform(peer.set_id(), &take, &trying, capped) {
            Ok(()) => Ok(Woken::Token),
            Err(Ended::TimedOut) if capped != wait && !deadline.is_over() => Ok(Woken::LookAgain),
            Err(Ended::TimedOut) => Err(Error::TimedOut),
            Err(Ended::Failed(Errno::EAGAIN)) => Err(Error::WouldBlock),
            Err(Ended::Failed(errno)) => Err(Error::call(errno)),
        }
    }
}

/// Returns the initial number of checks before a sleep. Asks the system once. Lock-free: a child forked while another thread
/// held a lock would deadlock.
fn first_spins() -> u32 {
    static SPINS: AtomicU32 = AtomicU32::new(UNKNOWN);
    const UNKNOWN: u32 = u32::MAX;
    let known = SPINS.load(Relaxed);
    if known != UNKNOWN {
        return known;
    }
    let is_parallel = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
    let spins = if is_parallel { SPINS_MAX } else { 0 };
    SPINS.store(spins, Relaxed);
    spins
}

/// The circumstances of a check.
#[derive(Copy, Clone)]
pub(crate) enum Look<'a> {
    /// An ordinary check.
    Usual,
    /// A check after reading the states of the peers: before a sleep, and after taking a token.
    Asked(&'a View),
}

/// Wakes a waiter of the park with this flag and this parking member.
pub(crate) fn notify(peer: &Peer, flag: &AtomicU32, member: u16) -> Result<()> {
    fence(SeqCst);
    if flag.load(Relaxed) == 0 || flag.swap(0, SeqCst) == 0 {
        return Ok(());
    }
    Place(member).post(peer).inspect_err(|_| {
        // Another peer may be able to.
        flag.store(1, SeqCst);
    })
}

/// A flag in the segment, and the parking member that belongs to it.
#[derive(Debug)]
pub(crate) struct Park {
    peer: Arc<Peer>,
    flag: Word<AtomicU32>,
    place: Place,
    /// The number of checks of the next waiter before it sleeps: 0 if only one thread can run at a time.
    spins: AtomicU32,
}

impl Park {
    /// Returns the park with the flag at `offset`; `None` beyond the end.
    pub(crate) fn new(peer: &Arc<Peer>, offset: usize, member: u16) -> Option<Park> {
        Some(Park {
            peer: peer.clone(),
            flag: Word::new(&peer.memory, offset)?,
            place: Place(member),
            spins: AtomicU32::new(first_spins()),
        })
    }

    /// Wakes a waiter. Called after each change that waiters wait for.
    #[inline]
    pub(crate) fn notify(&self) {
        fence(SeqCst);
        if self.flag.load(Relaxed) != 0 {
            self.notify_slow();
        }
    }

    /// Wakes a waiter as [`notify`](Self::notify) does, after a change by a `SeqCst` exchange, which needs no fence. A waiter
    /// sets the flag and then checks, in the same order.
    #[inline]
    pub(crate) fn notify_exchanged(&self) {
        if self.flag.load(SeqCst) != 0 {
            self.notify_slow();
        }
    }

    #[cold]
    fn notify_slow(&self) {
        // If it fails, another peer may be able to.
        let _ = notify(&self.peer, &self.flag, self.place.0);
    }

    /// Leaves a token for a waiter, as the death of this process would.
    pub(crate) fn wake(&self) {
        let _ = self.place.post(&self.peer);
    }

    /// Waits until `look` succeeds. The caller has called `look` once before.
    ///
    /// After success, `more` returns whether there is work for other waiters too; if so, one is woken. A dead peer counts as
    /// work, even if its token woke a waiter that succeeded for another reason; `more` therefore gets the states of the peers.
    ///
    /// # Errors
    ///
    /// The errors of `look`, which end the wait and wake another waiter; [`Error::TimedOut`], [`Error::Interrupted`],
    /// [`Error::Removed`], [`Error::LeaseLost`].
    #[inline]
    pub(crate) fn wait<T>(
        &self,
        wait: Wait<impl Into<Deadline>>,
        more: impl Fn(&View) -> bool,
        mut look: impl FnMut(Look<'_>) -> Result<Option<T>>,
    ) -> Result<T> {
        let spins = self.spins.load(Relaxed);
        for _ in 0..spins {
            spin_loop();
            if let Some(found) = look(Look::Usual)? {
                // Spins as long as spinning helps.
                self.spins.store((spins * 2).min(SPINS_MAX), Relaxed);
                return Ok(found);
            }
        }
        if spins > SPINS_MIN {
            self.spins.store(spins - spins / 4, Relaxed);
        }
        self.wait_slow(wait.started(), more, look)
    }

    #[cold]
    fn wait_slow<T>(
        &self,
        wait: Wait<Deadline>,
        more: impl Fn(&View) -> bool,
        mut look: impl FnMut(Look<'_>) -> Result<Option<T>>,
    ) -> Result<T> {
        let mut in_vain = 0;
        loop {
            self.raise();
            if let Some(found) = look(Look::Usual)? {
                return Ok(found);
            }
            let view = self.peer.look_and_sweep()?;
            if let Some(found) = look(Look::Asked(&view))? {
                return Ok(found);
            }
            match self.place.sleep(&self.peer, wait, in_vain) {
                Ok(_) => in_vain += 1,
                Err(error @ (Error::TimedOut | Error::WouldBlock)) => {
                    return look(Look::Usual)?.ok_or(error);
                }
                Err(error) => return Err(error),
            }
            match self.woken(&mut look) {
                Ok((None, _)) => {}
                Ok((Some(found), view)) => {
                    if more(&view) {
                        self.notify();
                    }
                    return Ok(found);
                }
                Err(error) => {
                    // Passes the token on to the other waiters.
                    self.notify();
                    return Err(error);
                }
            }
        }
    }

    /// Checks after taking a token: first the peers, since the token may stem from a death.
    fn woken<T>(
        &self,
        look: &mut impl FnMut(Look<'_>) -> Result<Option<T>>,
    ) -> Result<(Option<T>, View)> {
        // Other waiters may still be asleep.
        self.raise();
        let view = self.peer.look_and_sweep()?;
        Ok((look(Look::Asked(&view))?, view))
    }

    /// Sets the flag, before a check.
    fn raise(&self) {
        self.flag.store(1, SeqCst);
        fence(SeqCst);
    }
}
