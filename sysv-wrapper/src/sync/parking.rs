//! Waiting for a change in the segment: a flag in the segment, a token in the kernel.
//!
//! A waiter sets the flag, checks the condition again, and sleeps in `semop` until it takes a token. A peer that changed the
//! condition replaces the flag by a token; one token is enough. A token stays until it is taken, so that no wake-up is lost
//! between the second check and the sleep. A waiter that took a token sets the flag again, since others may still sleep, and
//! passes the token on if there is work for them.
//!
//! The death of a peer adds to the count of departures, and adds a token. The same `semop` that takes the token compares the
//! count with the one at which the waiter last read the states of the peers: every sleeper wakes at a death, and no waiter that
//! takes a token has to ask for the peers.
//!
//! All waiters of a park share one condition. Two parks never share a member.

use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};
use std::time::Duration;

use sysv_ipc::{Errno, SemBuf, SemFlags};

use crate::deadline::{Deadline, Ended, Wait};
use crate::sem;
use crate::sync::error::{Error, Result};
use crate::sync::memory::Word;
use crate::sync::peer::{Departures, Peer, View};
use crate::system;

/// Sleep limit of a waiter that was woken repeatedly in vain, on systems where a death shows in the parking members before
/// the lease.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(50)];
/// Sleep limit where the system has no `semtimedop`: attempts that do not wait do not distinguish a departure from a missing
/// token.
const POLL: Duration = Duration::from_millis(50);
/// The maximum number of checks before a waiter sleeps.
const SPINS_MAX: u32 = 200;
/// The number of checks from which on a waiter sleeps at once, until it is time for an attempt with the maximum.
const SPINS_MIN: u32 = 12;
/// The number of waits without a check before the first attempt, and before each if attempts do not help.
const WAITS: [u32; 2] = [1 << 6, 1 << 14];

/// A parking member of the set.
#[derive(Debug, Copy, Clone)]
pub(crate) struct Place(pub(crate) u16);

/// The end of a sleep.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The waiter took a token, and has to check at least once before it sleeps or gives up.
    Token,
    /// The waiter has to ask for the peers: one has departed, or a time limit before the deadline expired.
    Ask,
}

impl Place {
    /// Posts a token, unless there is one. Called after clearing a flag.
    pub(crate) fn post(self, peer: &Peer) -> Result<()> {
        let step = |change| SemBuf::new(self.0, change, SemFlags::NOWAIT);
        match peer.operate(&[step(0), step(1)]) {
            // There is a token, or the set is another one.
            Err(Errno::EAGAIN) => peer.observe().map(drop),
            // A smaller set has the id.
            Err(Errno::EFBIG) => Err(Error::LeaseLost),
            result => result.map_err(Error::call),
        }
    }

    /// Sleeps until there is a token, and takes it, or until there are other departures than `known`. `in_vain` counts the earlier
    /// sleeps of this wait.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] if the kernel reports that there was no token up to the deadline; [`Error::Interrupted`];
    /// [`Error::Removed`]; [`Error::LeaseLost`].
    pub(crate) fn sleep(
        self,
        peer: &Peer,
        wait: Wait<Deadline>,
        in_vain: usize,
        known: Departures,
    ) -> Result<Woken> {
        let cap = LOOK_AGAIN.get(in_vain.wrapping_sub(1)).copied();
        let cap = cap.filter(|_| !system::UNDO_IS_ATOMIC);
        let deadline = match wait {
            Wait::Until(deadline) => deadline,
            _ => Deadline::never(),
        };
        let is_polled = !cfg!(sysv = "semtimedop") && deadline.remaining().is_some();
        let capped = match cap.or(is_polled.then_some(POLL)) {
            Some(cap) => Wait::Until(deadline.at_most(cap)),
            None => wait,
        };
        let steps = |flags| {
            let [one, two, three] = peer.is_unchanged(known);
            [one, two, three, SemBuf::new(self.0, -1, flags)]
        };
        let (taking, trying) = (steps(SemFlags::empty()), steps(SemFlags::NOWAIT));
        match sem::perform(peer.set_id(), &taking, &trying, capped) {
            Ok(()) => Ok(Woken::Token),
            // One has departed, or the set is another one: `look` shows which.
            Err(Ended::Failed(Errno::EAGAIN)) => Ok(Woken::Ask),
            Err(Ended::Failed(Errno::EFBIG)) => Err(Error::LeaseLost),
            Err(Ended::TimedOut) if capped != wait && !deadline.is_over() => Ok(Woken::Ask),
            Err(Ended::TimedOut) => Err(Error::TimedOut),
            Err(Ended::Failed(errno)) => Err(Error::call(errno)),
        }
    }
}

/// The number of checks before a sleep, which adapts to whether they help.
#[derive(Debug)]
struct Spins {
    /// The number of checks of the next waiter; 0 if there are none until an attempt.
    count: AtomicU32,
    /// The number of waits until an attempt.
    left: AtomicU32,
    /// The number of waits between the last two attempts; 0 if only one thread can run at a time.
    interval: AtomicU32,
}

impl Spins {
    fn new(is_parallel: bool) -> Spins {
        Spins {
            count: AtomicU32::new(if is_parallel { SPINS_MAX } else { 0 }),
            left: AtomicU32::new(0),
            interval: AtomicU32::new(if is_parallel { WAITS[0] } else { 0 }),
        }
    }

    /// Returns the number of checks of a wait that begins.
    #[inline]
    fn begin(&self) -> u32 {
        let count = self.count.load(Relaxed);
        if count > 0 || self.interval.load(Relaxed) == 0 {
            return count;
        }
        match self.left.load(Relaxed) {
            0 => SPINS_MAX,
            left => {
                self.left.store(left - 1, Relaxed);
                0
            }
        }
    }

    /// Records that a check has helped: spins as long as spinning helps.
    fn succeed(&self, spins: u32) {
        self.count.store((spins * 2).min(SPINS_MAX), Relaxed);
        self.interval.store(WAITS[0], Relaxed);
    }

    /// Records that none of the checks has helped.
    fn fail(&self, spins: u32) {
        if self.count.load(Relaxed) == 0 {
            let interval = (self.interval.load(Relaxed) * 2).min(WAITS[1]);
            self.interval.store(interval, Relaxed);
            self.left.store(interval, Relaxed);
        } else {
            let fewer = spins - spins / 4;
            let fewer = if fewer < SPINS_MIN { 0 } else { fewer };
            self.count.store(fewer, Relaxed);
            self.left.store(WAITS[0], Relaxed);
        }
    }
}

/// Returns whether several threads can run at the same time. Asks the system once. Lock-free: a child forked while another
/// thread held a lock would deadlock.
fn is_parallel() -> bool {
    static IS_PARALLEL: AtomicU32 = AtomicU32::new(UNKNOWN);
    const UNKNOWN: u32 = u32::MAX;
    let known = IS_PARALLEL.load(Relaxed);
    if known != UNKNOWN {
        return known != 0;
    }
    let is_parallel = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
    IS_PARALLEL.store(is_parallel.into(), Relaxed);
    is_parallel
}

/// The circumstances of a check.
#[derive(Copy, Clone)]
pub(crate) enum Look<'a> {
    /// An ordinary check.
    Usual,
    /// A check after reading the states of the peers.
    Asked(&'a View),
}

/// Wakes a waiter of the park with this flag and this parking member.
pub(crate) fn notify(peer: &Peer, flag: &AtomicU32, member: u16) -> Result<()> {
    fence(SeqCst);
    if flag.load(Relaxed) == 0 {
        return Ok(());
    }
    lower(peer, flag, Place(member))
}

/// Replaces a flag by a token, if it is set.
fn lower(peer: &Peer, flag: &AtomicU32, place: Place) -> Result<()> {
    if flag.swap(0, SeqCst) == 0 {
        return Ok(());
    }
    place.post(peer).inspect_err(|_| {
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
    /// The departures at which the last check after reading the states of the peers found nothing.
    known: AtomicU64,
    spins: Spins,
}

impl Park {
    /// Returns the park with the flag at `offset`; `None` beyond the end.
    pub(crate) fn new(peer: &Arc<Peer>, offset: usize, member: u16) -> Option<Park> {
        Some(Park {
            peer: peer.clone(),
            flag: Word::new(&peer.memory, offset)?,
            place: Place(member),
            known: AtomicU64::new(Departures::UNKNOWN),
            spins: Spins::new(is_parallel()),
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
        let _ = lower(&self.peer, &self.flag, self.place);
    }

    /// Wakes all waiters, as the death of this process would.
    pub(crate) fn wake(&self) {
        self.peer.depart(SemFlags::NOWAIT);
        let _ = self.place.post(&self.peer);
    }

    /// Waits until `look` succeeds. The caller has called `look` once before.
    ///
    /// After success, `more` returns whether there is work for other waiters too; if so, one is woken.
    ///
    /// # Errors
    ///
    /// The errors of `look`, which end the wait and wake another waiter; [`Error::TimedOut`], [`Error::Interrupted`],
    /// [`Error::Removed`], [`Error::LeaseLost`].
    #[inline]
    pub(crate) fn wait<T>(
        &self,
        wait: Wait<impl Into<Deadline>>,
        more: impl Fn() -> bool,
        mut look: impl FnMut(Look<'_>) -> Result<Option<T>>,
    ) -> Result<T> {
        let spins = self.spins.begin();
        for _ in 0..spins {
            spin_loop();
            if let Some(found) = look(Look::Usual)? {
                self.spins.succeed(spins);
                return Ok(found);
            }
        }
        if spins > 0 {
            self.spins.fail(spins);
        }
        self.wait_slow(wait.started(), more, look)
    }

    #[cold]
    fn wait_slow<T>(
        &self,
        wait: Wait<Deadline>,
        more: impl Fn() -> bool,
        mut look: impl FnMut(Look<'_>) -> Result<Option<T>>,
    ) -> Result<T> {
        let mut in_vain = 0;
        loop {
            self.raise();
            if let Some(found) = look(Look::Usual)? {
                return Ok(found);
            }
            let packed = self.known.load(Relaxed);
            let known = if let Some(known) = self.peer.departures_since(packed) {
                known
            } else {
                let view = self.peer.look_and_sweep()?;
                if let Some(found) = look(Look::Asked(&view))? {
                    return Ok(found);
                }
                self.known.store(view.departures().for_later(), Relaxed);
                view.departures()
            };
            let woken = self.place.sleep(&self.peer, wait, in_vain, known);
            in_vain += 1;
            match woken {
                Ok(Woken::Token) => {}
                Ok(Woken::Ask) => {
                    self.known.store(Departures::UNKNOWN, Relaxed);
                    continue;
                }
                Err(Error::TimedOut) => return look(Look::Usual)?.ok_or(Error::TimedOut),
                Err(error) => return Err(error),
            }
            // Other waiters may still be asleep.
            self.raise();
            match look(Look::Usual) {
                // Where there always is a token, the kernel never waits, and does not report the deadline.
                Ok(None) if matches!(wait, Wait::Until(deadline) if deadline.is_over()) => {
                    return Err(Error::TimedOut);
                }
                Ok(None) => {}
                Ok(Some(found)) => {
                    if more() {
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

    /// Sets the flag, before a check.
    fn raise(&self) {
        self.flag.swap(1, SeqCst);
        if !system::EXCHANGE_IS_A_FENCE {
            fence(SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SPINS_MAX, SPINS_MIN, Spins, WAITS};

    /// Returns the number of waits without a check before the next attempt.
    fn waits(spins: &Spins) -> u32 {
        let mut count = 0;
        while spins.begin() == 0 {
            count += 1;
        }
        count
    }

    #[test]
    fn checks_go_on_as_long_as_they_help() {
        let spins = Spins::new(true);
        assert_eq!(spins.begin(), SPINS_MAX);
        spins.fail(SPINS_MAX);
        assert_eq!(spins.begin(), SPINS_MAX / 4 * 3);
        spins.succeed(60);
        assert_eq!(spins.begin(), 120);
        spins.succeed(120);
        assert_eq!(spins.begin(), SPINS_MAX);
        spins.fail(SPINS_MIN / 3 * 4);
        assert_eq!(spins.begin(), SPINS_MIN);
        spins.fail(SPINS_MIN);
        assert_eq!(spins.begin(), 0);

        // From time to time there is an attempt, and seldom if attempts do not help.
        assert_eq!(waits(&spins), WAITS[0] - 1);
        for times in [2, 4, 8] {
            assert_eq!(spins.begin(), SPINS_MAX);
            spins.fail(SPINS_MAX);
            assert_eq!(waits(&spins), WAITS[0] * times);
        }
        for _ in 0..10 {
            spins.fail(SPINS_MAX);
        }
        assert_eq!(waits(&spins), WAITS[1]);
        spins.succeed(SPINS_MAX);
        spins.fail(SPINS_MIN);
        assert_eq!(waits(&spins), WAITS[0]);
        spins.fail(SPINS_MAX);
        assert_eq!(waits(&spins), WAITS[0] * 2);
    }

    #[test]
    fn one_thread_at_a_time_does_not_check() {
        let spins = Spins::new(false);
        for _ in 0..3 * WAITS[0] {
            assert_eq!(spins.begin(), 0);
            spins.fail(0);
        }
    }
}
