//! The mutex: a word in the segment, and a parking member of the set.
//!
//! word = WAITERS (bit 31) | INCONSISTENT (bit 30) | owner (generation << 16 | slot), owner 0 = free.
//!
//! Each change of the word is an exchange from a value that was read before, and takes the lock only if the lock is free or
//! its owner was found dead after the read. A process whose lease was cleared therefore takes nothing from the next owner.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::deadline::{Deadline, Wait};
use crate::sync::area::Area;
use crate::sync::error::{Error, Result};
use crate::sync::layout::{MUTEX_WORDS, Object, ObjectKind};
use crate::sync::memory::{Block, Word};
use crate::sync::parking::{Place, Woken};
use crate::sync::peer::{Dead, OWNER, Peer, TRIES};

pub(crate) const WAITERS: u32 = 1 << 31;
pub(crate) const INCONSISTENT: u32 = 1 << 30;

/// The number of unexpected changes of the word after which a waiter reads the clock, so that a peer that writes garbage
/// cannot hold it beyond its deadline.
const TURNS: u32 = 1 << 12;

/// A lock between processes and their threads, which makes no system call unless another process or thread holds it.
///
/// If the owner dies, the kernel wakes a waiter, which acquires the lock. [`owner_died`](MutexGuard::owner_died) then returns
/// true, since the protected data may be half-changed. The mutex stays marked as inconsistent for all later owners, until one
/// of them calls [`make_consistent`](MutexGuard::make_consistent). A guard that is dropped by a panic that began under the
/// guard marks the mutex in the same way.
///
/// With a type of plain data, the mutex has a value, which the guard [loads](MutexGuard::load) and
/// [stores](MutexGuard::store).
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::Area;
///
/// let area = Area::builder().mutex_with::<[u64; 2]>("accounts").create_unique()?;
/// let area = RemoveOnDrop::new(area);
///
/// let accounts = area.mutex_with::<[u64; 2]>("accounts")?;
/// let guard = accounts.lock_timeout(Duration::from_secs(1))?;
/// if guard.owner_died() {
///     guard.store(&[50, 50]);
///     guard.make_consistent();
/// }
/// let [one, other] = guard.load();
/// guard.store(&[one + 7, other + 3]);
/// drop(guard);
/// assert_eq!(accounts.lock()?.load(), [7, 3]);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Limits
///
/// - The owner is a process: a thread that ends without dropping its guard leaves the mutex locked until the process ends or
///   drops its last handle of the area.
/// - Locking it again in the same thread, or in a signal handler that interrupts the owner, deadlocks.
/// - The lock is not fair: one process may hold it most of the time. [`Semaphore::lock`](crate::Semaphore::lock) is fair.
/// - A process that is stopped, swapped out or writing a core file is alive, and others wait for it. After the death of a
///   large process, waiters also wait until the kernel has freed its memory.
#[doc(alias("robust", "pthread_mutex", "lock"))]
pub struct Mutex<T = ()> {
    word: Word<AtomicU32>,
    value: Block,
    place: Place,
    /// The owner id of this process.
    me: u32,
    peer: Arc<Peer>,
    /// A mutex contains values by copy.
    of: PhantomData<fn(T) -> T>,
}

impl Area {
    /// Returns the mutex with this name. If the mutex has a value, the handle cannot access the value.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a mutex.
    pub fn mutex(&self, name: &str) -> crate::Result<Mutex> {
        Mutex::new(&self.peer, self.object(name, ObjectKind::Mutex)?, 0)
    }

    /// Returns the mutex with this name and a value of this type.
    ///
    /// # Errors
    ///
    /// As [`mutex`](Self::mutex); [`Mismatch`](crate::ErrorKind::Mismatch) also if its value has another size.
    pub fn mutex_with<T: FromBytes + IntoBytes + Immutable>(
        &self,
        name: &str,
    ) -> crate::Result<Mutex<T>> {
        let object = self.valued(name, ObjectKind::Mutex, size_of::<T>())?;
        Mutex::new(&self.peer, object, size_of::<T>())
    }
}

impl<T> Mutex<T> {
    fn new(peer: &Arc<Peer>, object: &Object, size: usize) -> crate::Result<Mutex<T>> {
        let word = Word::new(&peer.memory, object.offset);
        let value = Block::new(&peer.memory, object.offset + MUTEX_WORDS, size);
        Ok(Mutex {
            word: word.ok_or(Error::Corrupted)?,
            value: value.ok_or(Error::Corrupted)?,
            place: Place(object.park),
            me: peer.id(),
            peer: peer.clone(),
            of: PhantomData,
        })
    }

    /// Locks the mutex; waits without a time limit until it is free.
    ///
    /// # Errors
    ///
    /// [`Removed`](Error::Removed), [`LeaseLost`](Error::LeaseLost), [`Forked`](Error::Forked). A lock without contention does
    /// not detect the first two.
    #[inline]
    pub fn lock(&self) -> Result<MutexGuard<'_, T>> {
        self.acquire(Wait::FOREVER)
    }

    /// Locks the mutex without waiting, if it is free or its owner is dead.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if a living process holds the mutex; otherwise as [`lock`](Self::lock).
    #[inline]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>> {
        self.acquire(Wait::TRY)
    }

    /// Locks the mutex; waits up to a deadline until it is free.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`lock`](Self::lock).
    #[inline]
    pub fn lock_timeout(&self, deadline: impl Into<Deadline>) -> Result<MutexGuard<'_, T>> {
        self.acquire(Wait::Until(deadline))
    }

    #[inline]
    fn acquire(&self, wait: Wait<impl Into<Deadline>>) -> Result<MutexGuard<'_, T>> {
        self.peer.check_process()?;
        let free = self.word.compare_exchange(0, self.me, Acquire, Relaxed);
        let owner_died = match free {
            Ok(_) => false,
            Err(_) => self.acquire_slow(wait.started())?,
        };
        Ok(MutexGuard {
            mutex: self,
            owner_died,
            was_panicking: thread::panicking(),
        })
    }

    /// Returns whether the mutex is inconsistent.
    #[cold]
    fn acquire_slow(&self, wait: Wait<Deadline>) -> Result<bool> {
        let me = self.me;
        // After a sleep, other waiters may still be asleep.
        let mut waiters = 0;
        let mut in_vain = 0;
        let mut turns: u32 = 0;
        loop {
            turns = turns.wrapping_add(1);
            // Passes the token on to the other waiters.
            let pass_on = |_: &Error| {
                if waiters != 0 {
                    let _ = self.place.post(&self.peer);
                }
            };
            if turns % TURNS == 0 {
                match wait {
                    Wait::Try => return Err(Error::WouldBlock),
                    Wait::Until(deadline) if deadline.is_over() => {
                        return Err(Error::TimedOut).inspect_err(pass_on);
                    }
                    _ => {}
                }
            }
            let word = self.word.load(Relaxed);
            let owner = word & OWNER;
            let exchange = |to| self.word.compare_exchange(word, to, Acquire, Relaxed);
            if owner == 0 {
                if exchange(word | me | waiters).is_ok() {
                    return Ok(word & INCONSISTENT != 0);
                }
                continue;
            }
            let view = self.peer.look().inspect_err(pass_on)?;
            if owner != me && !view.is_alive(&self.peer, owner) {
                // Only one of several waiters that find the owner dead takes over.
                if exchange(me | INCONSISTENT | WAITERS).is_ok() {
                    return Ok(true);
                }
                continue;
            }
            if wait == Wait::Try {
                self.peer.look_and_sweep()?;
                return Err(Error::WouldBlock);
            }
            if word & WAITERS == 0 && exchange(word | WAITERS).is_err() {
                continue;
            }
            // A token stays until it is taken, so that none is lost between the exchange and the sleep.
            let known = view.departures();
            let woken = self.place.sleep(&self.peer, wait, in_vain, known)?;
            waiters = WAITERS;
            in_vain += 1;
            if woken == Woken::Ask {
                self.peer.look_and_sweep()?;
            }
        }
    }

    /// Unlocks the mutex, if this process owns it.
    #[inline]
    fn release(&self, mark: u32) -> Result<()> {
        self.peer.check_process()?;
        let mine = self.word.compare_exchange(self.me, mark, Release, Relaxed);
        match mine {
            Ok(_) => Ok(()),
            Err(_) => self.release_slow(mark),
        }
    }

    #[cold]
    fn release_slow(&self, mark: u32) -> Result<()> {
        let me = self.me;
        let word = self.word.fetch_update(Release, Relaxed, |word| {
            (word & OWNER == me).then_some(word & INCONSISTENT | mark)
        });
        match word {
            Ok(word) if word & WAITERS != 0 => self.place.post(&self.peer),
            Ok(_) => Ok(()),
            // Another process treated this one as dead.
            Err(_) => Err(Error::LeaseLost),
        }
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word.load(Relaxed);
        f.debug_struct("Mutex")
            .field("is_locked", &(word & OWNER != 0))
            .field("is_inconsistent", &(word & INCONSISTENT != 0))
            .finish_non_exhaustive()
    }
}

/// Holds a [`Mutex`], and unlocks it when dropped. In a forked child, dropping it does nothing.
#[must_use = "the mutex is unlocked as soon as this is dropped"]
pub struct MutexGuard<'a, T = ()> {
    mutex: &'a Mutex<T>,
    owner_died: bool,
    /// A panic that began before does not mark the mutex.
    was_panicking: bool,
}

impl<T> MutexGuard<'_, T> {
    /// Returns whether a former owner died or panicked while it held the mutex, and no owner since then has called
    /// [`make_consistent`](Self::make_consistent).
    #[inline]
    #[must_use = "what the mutex protects may be half changed"]
    #[doc(alias = "EOWNERDEAD")]
    pub fn owner_died(&self) -> bool {
        self.owner_died
    }

    /// Declares the protected data consistent again.
    #[doc(alias = "pthread_mutex_consistent")]
    pub fn make_consistent(&self) {
        let me = self.mutex.me;
        if self.mutex.peer.is_this_process() {
            // Fails if this process has lost the mutex; the mark then belongs to another owner.
            let _ = self.mutex.word.fetch_update(Relaxed, Relaxed, |word| {
                (word & OWNER == me).then_some(word & !INCONSISTENT)
            });
        }
    }

    /// Unlocks the mutex, and returns the error that dropping the guard ignores.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`](Error::LeaseLost) if this process lost the mutex while it held the guard: another process may have held the
    /// mutex at the same time. [`Removed`](Error::Removed) if the set of the area was removed, which ends all waits.
    /// [`Forked`](Error::Forked) in a forked child, which does not hold the mutex.
    pub fn unlock(self) -> Result<()> {
        let guard = std::mem::ManuallyDrop::new(self);
        guard.mutex.release(guard.mark())
    }

    /// Returns the bit that marks the mutex, if a panic began under the guard.
    #[inline]
    fn mark(&self) -> u32 {
        if thread::panicking() && !self.was_panicking {
            INCONSISTENT
        } else {
            0
        }
    }
}

impl<T: FromBytes + IntoBytes + Immutable> MutexGuard<'_, T> {
    /// Returns a copy of the value. If [`owner_died`](Self::owner_died) is true, the value may be a mixture of old and new.
    #[inline]
    pub fn load(&self) -> T {
        // The block has the size of the value.
        self.mutex.value.load(0).unwrap_or_else(T::new_zeroed)
    }

    /// Replaces the value.
    #[inline]
    pub fn store(&self, value: &T) {
        // As above.
        let _ = self.mutex.value.write(0, value.as_bytes());
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // `unlock` reports a failure.
        let _ = self.mutex.release(self.mark());
    }
}

impl<T> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MutexGuard")
            .field("owner_died", &self.owner_died)
            .finish_non_exhaustive()
    }
}

/// Frees a mutex whose owner is dead, and marks the mutex as inconsistent.
pub(crate) fn sweep(peer: &Peer, object: &Object, dead: &Dead<'_>) -> Result<()> {
    let word = peer.memory.u32(object.offset).ok_or(Error::Corrupted)?;
    for _ in 0..TRIES {
        let found = word.load(Relaxed);
        if !dead.is(found & OWNER)? {
            return Ok(());
        }
        if word
            .compare_exchange(found, INCONSISTENT, Acquire, Relaxed)
            .is_ok()
        {
            // A waiter sets the flag before it sleeps.
            return match found & WAITERS {
                0 => Ok(()),
                _ => Place(object.park).post(peer),
            };
        }
    }
    Err(Error::Corrupted)
}
