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
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, fence};
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
/// The number of first checks without a pause in between: a pause delays the news of a message that is on its way.
const SPINS_QUICK: u32 = 64;
/// The number of checks from which on a waiter sleeps at once, until it is time for an attempt.
const SPINS_MIN: u32 = 12;
/// The maximum number of checks of an attempt. They take longer than a sleeper needs to wake up and to answer: of two peers that
/// wait for each other in turn, neither would find out otherwise that the other one sleeps only because it does.
const ATTEMPT: u32 = 1 << 12;
/// The number of waits without a check before the first attempt, and before each if attempts do not help.
const WAITS: [u32; 2] = [1 << 6, 1 << 14];
/// The maximum number of attempts in a row, while each helps after more than [`SPINS_MAX`] checks: enough for the other side to
/// attempt too.
const SERIES: u32 = 1 << 6;
/// The maximum number of waits without a check after a series. The number is random: two peers with the same one could always
/// attempt at different times.
const PAUSE_MAX: u32 = 1 << 10;

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
    /// The number of attempts that follow before that.
    series: AtomicU32,
    /// Whether checks have helped since the last attempt that did not.
    has_helped: AtomicBool,
    /// The number of waits until an attempt.
    left: AtomicU32,
    /// The number of waits between the last two attempts; 0 if only one thread can run at a time.
    interval: AtomicU32,
    /// The last random number.
    random: AtomicU32,
}

impl Spins {
    /// No other peer has the same `seed`.
    fn new(is_parallel: bool, seed: u32) -> Spins {
        Spins {
            count: AtomicU32::new(if is_parallel { SPINS_MAX } else { 0 }),
            series: AtomicU32::new(0),
            has_helped: AtomicBool::new(is_parallel),
            left: AtomicU32::new(0),
            interval: AtomicU32::new(if is_parallel { WAITS[0] } else { 0 }),
            random: AtomicU32::new(seed),
        }
    }

    /// Returns the maximum number of checks of a wait that begins.
    #[inline]
    fn begin(&self) -> u32 {
        if self.series.load(Relaxed) > 0 {
            return ATTEMPT;
        }
        let count = self.count.load(Relaxed);
        if count > 0 || self.interval.load(Relaxed) == 0 {
            return count;
        }
        match self.left.load(Relaxed) {
            0 => {
                self.series.store(SERIES, Relaxed);
                ATTEMPT
            }
            left => {
                self.left.store(left - 1, Relaxed);
                0
            }
        }
    }

    /// Records that the last of `used` checks, of at most `spins`, has helped: spins as long as spinning helps.
    #[inline]
    fn succeed(&self, spins: u32, used: u32) {
        if used > SPINS_MAX {
            return self.succeed_late();
        }
        self.count.store((spins * 2).min(SPINS_MAX), Relaxed);
        self.series.store(0, Relaxed);
        self.has_helped.store(true, Relaxed);
        self.interval.store(WAITS[0], Relaxed);
    }

    /// Records that an attempt has helped after many checks: the other side may have slept. Goes on for a while, so that the
    /// other side's attempts find this one awake.
    #[cold]
    fn succeed_late(&self) {
        let series = self.series.load(Relaxed).saturating_sub(1);
        self.series.store(series, Relaxed);
        self.interval.store(WAITS[0], Relaxed);
        if series == 0 {
            self.count.store(0, Relaxed);
            self.left.store(self.pause(), Relaxed);
        }
    }

    /// Returns a random number of waits.
    fn pause(&self) -> u32 {
        // A linear congruential generator, whose upper bits are its better ones.
        let last = self.random.load(Relaxed);
        let next = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.random.store(next, Relaxed);
        WAITS[0].max((next >> 16) % PAUSE_MAX)
    }

    /// Records that none of the checks has helped. The next wait is an attempt if others have helped before.
    fn fail(&self, spins: u32) {
        if spins <= SPINS_MAX && self.has_helped.swap(false, Relaxed) {
            self.series.store(SERIES, Relaxed);
            return;
        }
        self.has_helped.store(false, Relaxed);
        self.series.store(0, Relaxed);
        let count = self.count.load(Relaxed);
        if count == 0 {
            let interval = (self.interval.load(Relaxed) * 2).min(WAITS[1]);
            self.interval.store(interval, Relaxed);
            self.left.store(interval, Relaxed);
        } else {
            let fewer = count - count / 4;
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
            spins: Spins::new(is_parallel(), peer.id()),
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
        for used in 1..=spins {
            if used > SPINS_QUICK {
                spin_loop();
            }
            if let Some(found) = look(Look::Usual)? {
                self.spins.succeed(spins, used);
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
    use std::sync::atomic::Ordering::Relaxed;

    use super::{ATTEMPT, PAUSE_MAX, SERIES, SPINS_MAX, Spins, WAITS};

    /// Returns the number of waits without a check before the next attempt.
    fn waits(spins: &Spins) -> u32 {
        let mut count = 0;
        while spins.begin() == 0 {
            count += 1;
        }
        count
    }

    /// Fails until there are no checks but in attempts.
    fn tire(spins: &Spins) {
        while spins.count.load(Relaxed) > 0 {
            spins.fail(spins.begin());
        }
    }

    #[test]
    fn checks_go_on_as_long_as_they_help() {
        let spins = Spins::new(true, 0);
        assert_eq!(spins.begin(), SPINS_MAX);
        // Once it fails, it looks for longer.
        spins.fail(SPINS_MAX);
        assert_eq!(spins.begin(), ATTEMPT);
        spins.succeed(ATTEMPT, SPINS_MAX);
        assert_eq!(spins.begin(), SPINS_MAX);
        for fewer in [150, 113, 85] {
            spins.fail(spins.begin());
            if fewer == 150 {
                spins.fail(ATTEMPT);
            }
            assert_eq!(spins.begin(), fewer);
        }
        spins.succeed(85, 1);
        assert_eq!(spins.begin(), 170);
        tire(&spins);

        // From time to time there is an attempt, and seldom if attempts do not help.
        for times in [1, 2, 4, 8] {
            assert_eq!(waits(&spins), WAITS[0] * times);
            assert_eq!(spins.begin(), ATTEMPT);
            spins.fail(ATTEMPT);
        }
        for _ in 0..10 {
            spins.fail(ATTEMPT);
        }
        assert_eq!(waits(&spins), WAITS[1]);
        spins.succeed(ATTEMPT, SPINS_MAX);
        assert_eq!(spins.begin(), SPINS_MAX);
        tire(&spins);
        assert_eq!(waits(&spins), WAITS[0]);
    }

    #[test]
    fn attempts_that_help_late_come_in_series() {
        let spins = Spins::new(true, 0);
        tire(&spins);
        let mut pauses = Vec::new();
        for _ in 0..100 {
            waits(&spins);
            for _ in 1..SERIES {
                spins.succeed(ATTEMPT, SPINS_MAX + 1);
                assert_eq!(spins.begin(), ATTEMPT);
            }
            spins.succeed(ATTEMPT, ATTEMPT);
            pauses.push(waits(&spins));
        }
        let allowed = WAITS[0]..PAUSE_MAX;
        assert!(pauses.iter().all(|pause| allowed.contains(pause)));
        pauses.sort_unstable();
        pauses.dedup();
        assert!(pauses.len() > 50, "{pauses:?}");
    }

    /// Two peers wait for each other in turn, both sleep, and wake more slowly than the other one looks. However far apart
    /// their attempts are, they find each other.
    #[test]
    fn two_that_sleep_wake_each_other_for_good() {
        for seed in 0..100 {
            let peers = [Spins::new(true, seed), Spins::new(true, seed + 1)];
            tire(&peers[0]);
            tire(&peers[1]);
            for _ in 0..seed % 12 {
                peers[1].fail(ATTEMPT);
            }
            let are_awake = |_| {
                let begun = [peers[0].begin(), peers[1].begin()];
                for (peer, [own, other]) in peers.iter().zip([begun, [begun[1], begun[0]]]) {
                    let needed = if other > 0 { 3 } else { ATTEMPT / 4 * 3 };
                    match own {
                        0 => {}
                        spins if spins >= needed => peer.succeed(spins, needed),
                        spins => peer.fail(spins),
                    }
                }
                begun == [SPINS_MAX; 2]
            };
            assert!((0..100_000).any(are_awake), "{seed}");
        }
    }

    /// The first wait after a pause is long for one of them.
    #[test]
    fn a_pause_does_not_put_them_to_sleep() {
        let peers = [Spins::new(true, 1), Spins::new(true, 2)];
        for _ in 0..100 {
            let mut slept = [false, true];
            peers[1].fail(peers[1].begin());
            let mut quick = 0;
            for turn in 0..40 {
                // What the answer takes, if who gives it slept.
                let (peer, other) = (turn % 2, 1 - turn % 2);
                let needed = if slept[other] { ATTEMPT / 4 * 3 } else { 3 };
                let spins = peers[peer].begin();
                slept[peer] = spins < needed;
                match slept[peer] {
                    false => peers[peer].succeed(spins, needed),
                    true if spins > 0 => peers[peer].fail(spins),
                    true => {}
                }
                quick += u32::from(needed == 3);
            }
            assert!(quick > 30, "{quick}");
        }
    }

    #[test]
    fn one_thread_at_a_time_does_not_check() {
        let spins = Spins::new(false, 0);
        for _ in 0..3 * WAITS[0] {
            assert_eq!(spins.begin(), 0);
            spins.fail(0);
        }
    }
}
