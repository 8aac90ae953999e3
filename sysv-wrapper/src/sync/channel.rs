//! The channel: slots that several senders and receivers use at once, and that survive the death of any of them.
//!
//! | byte | word of the object, each in a line of its own | |
//! |---|---|---|
//! | 0 | u64 | tail: the next position to send to, a hint |
//! | 64 | u64 | head: the next position to receive from, a hint |
//! | 128 | u32 | flag of waiting receivers; the first parking member |
//! | 192 | u32 | flag of waiting senders; the second parking member |
//! | 256 | u32 | RETURNED: a message went back |
//! | 320 | u32 | role of the one sender |
//! | 384 | u32 | role of the one receiver |
//! | 448, 452 | u32 | how many senders, receivers have come since both sides were gone |
//! | 512 | | slots |
//!
//! | byte | slot | |
//! |---|---|---|
//! | 0 | u64 | state: turn (31 bits) \| phase (3) \| owner (30) |
//! | 8 | u32 | length of the message |
//! | 12 | u32 | how often it was taken |
//! | 16 | | the message |
//!
//! Position p is slot p mod capacity in turn p / capacity. A sender exchanges EMPTY for WRITING with its own id, copies, and
//! exchanges that for FULL; a receiver exchanges FULL for READING with its own id, copies, and exchanges that for EMPTY in
//! the next turn. One exchange reserves a slot and names its owner. What a dead sender was writing is swept to ABORTED, and
//! what a dead receiver was reading to BACK, which another receiver takes. `tests/it/protocols/sync_channel.rs` is the
//! protocol step by step, with what each step is for.
//!
//! The one sender of a channel for one sender writes while the slot is EMPTY, and the one receiver of a channel for one
//! receiver reads while it is FULL: then there is nothing to sweep, and no other exchange than the one that publishes.

/// Writes the methods of a handle that tell about its channel, of which one counts the peers of the other side.
macro_rules! tells_of_channel {
    ($type:ident: $others:ident, $side:ident, $what:literal) => {
        impl $type {
            /// Returns the current number of messages in the channel.
            #[doc(alias = "len")]
            pub fn fill(&self) -> usize {
                self.handle.channel.len()
            }

            /// Returns the capacity of the channel in messages.
            pub fn capacity(&self) -> usize {
                self.handle.channel.object.capacity() as usize
            }

            /// Returns the maximum length of a message in bytes.
            pub fn max_size(&self) -> usize {
                self.handle.channel.max_size as usize
            }

            #[doc = concat!("Returns the number of living processes that have a ", $what, ".")]
            ///
            /// # Errors
            ///
            /// [`Removed`](Error::Removed), [`LeaseLost`](Error::LeaseLost), [`Forked`](Error::Forked).
            pub fn $others(&self) -> Result<usize> {
                self.handle.channel.peers(Side::$side)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))
                    .field("channel", &self.handle.channel.object.name)
                    .field("fill", &self.fill())
                    .finish_non_exhaustive()
            }
        }
    };
}

mod receiver;
mod sender;
#[cfg(feature = "values")]
mod value;

use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};

use crate::deadline::{Deadline, Wait};
use crate::error::Error as WrapperError;
use crate::sync::area::Area;
use crate::sync::error::{Error, Result};
use crate::sync::layout::{CHANNEL_WORDS, Object, ObjectKind};
use crate::sync::memory::{Slot, Slots, Word};
use crate::sync::parking::{self, Look, Park};
use crate::sync::peer::{self, Dead, OWNER, Peer, Side, View};

pub use receiver::{Kept, Receiver, SoleReceiver};
pub use sender::{Loan, Sender, SoleSender};

/// Offsets of the words.
const TAIL: usize = 0;
const HEAD: usize = 64;
const NOT_EMPTY: usize = 128;
const NOT_FULL: usize = 192;
const RETURNED: usize = 256;
const SENDER: usize = 320;
const RECEIVER: usize = 384;
const HAD_SENDER: usize = 448;
const HAD_RECEIVER: usize = 452;

const EMPTY: u64 = 0;
const WRITING: u64 = 1;
const FULL: u64 = 2;
const READING: u64 = 3;
/// A READING slot whose receiver died or returned the message.
const BACK: u64 = 4;
/// A WRITING slot whose sender died or discarded the message.
const ABORTED: u64 = 5;

const TURNS: u64 = (1 << 31) - 1;

/// The number of failed deliveries after which a message is dropped.
const DELIVERIES_MAX: u32 = 16;
/// The number of changes of a position under a call after which the memory counts as damaged.
const TRIES: u32 = 1 << 18;
/// How many slots ahead of its own the sole sender or the sole receiver fetches one. Each of them writes to every slot, whose
/// cache lines are the other one's until then; a fetch takes as long as several messages.
const SLOTS_AHEAD: u64 = 3;
/// The number of messages between two looks for dead receivers, for receivers that never wait.
const INTERVAL: u64 = 1 << 10;

/// Returns the turn after another one.
const fn after(turn: u64) -> u64 {
    (turn + 1) & TURNS
}

/// Returns the turn before another one.
const fn before(turn: u64) -> u64 {
    turn.wrapping_sub(1) & TURNS
}

const fn state(turn: u64, phase: u64, owner: u32) -> u64 {
    (turn & TURNS) << 33 | phase << 30 | owner as u64
}

const fn turn(state: u64) -> u64 {
    state >> 33
}

const fn phase(state: u64) -> u64 {
    state >> 30 & 7
}

/// Returns the same turn with another phase and owner.
const fn with(from: u64, phase: u64, owner: u32) -> u64 {
    state(turn(from), phase, owner)
}

/// Returns the empty slot of the next turn.
const fn next(from: u64) -> u64 {
    state(after(turn(from)), EMPTY, 0)
}

fn owner(state: u64) -> u32 {
    // 30 bits.
    u32::try_from(state & u64::from(OWNER)).unwrap_or(0)
}

/// A slot that this process has reserved to write or to read.
#[derive(Debug, Copy, Clone)]
struct Held {
    position: u64,
    /// The state that this process stored.
    state: u64,
    /// The length of the message.
    length: u32,
    /// The number of earlier deliveries of the message.
    deliveries: u32,
}

/// A channel, as used by both sides.
#[derive(Debug)]
struct Channel {
    tail: Word<AtomicU64>,
    head: Word<AtomicU64>,
    returned: Word<AtomicU32>,
    slots: Slots,
    shift: u32,
    max_size: u32,
    not_empty: Park,
    not_full: Park,
    peer: Arc<Peer>,
    had: [Word<AtomicU32>; 2],
    object: Object,
}

impl Channel {
    fn new(peer: &Arc<Peer>, object: &Object) -> Option<Channel> {
        let at = object.offset;
        let memory = &peer.memory;
        let capacity = usize::try_from(object.capacity()).ok()?;
        Some(Channel {
            tail: Word::new(memory, at + TAIL)?,
            head: Word::new(memory, at + HEAD)?,
            returned: Word::new(memory, at + RETURNED)?,
            slots: Slots::new(memory, at + CHANNEL_WORDS, capacity, object.stride())?,
            shift: object.capacity().trailing_zeros(),
            max_size: object.max_size(),
            not_empty: Park::new(peer, at + NOT_EMPTY, object.park)?,
            not_full: Park::new(peer, at + NOT_FULL, object.park + 1)?,
            peer: peer.clone(),
            had: [
                Word::new(memory, at + HAD_SENDER)?,
                Word::new(memory, at + HAD_RECEIVER)?,
            ],
            object: object.clone(),
        })
    }

    #[inline]
    fn turn_of(&self, position: u64) -> u64 {
        position >> self.shift & TURNS
    }

    #[inline]
    fn slot(&self, held: &Held) -> Slot<'_> {
        self.slots.get(held.position)
    }

    /// Exchanges the state of a reserved slot for another one.
    ///
    /// `SeqCst`, as looking at a flag of waiters afterwards is: no fence is needed in between.
    #[inline]
    fn exchange(&self, held: &Held, to: u64) -> Result<()> {
        let state = self.slot(held).state();
        match state.compare_exchange(held.state, to, SeqCst, Relaxed) {
            Ok(_) => Ok(()),
            // Another process treated this one as dead.
            Err(_) => Err(Error::LeaseLost),
        }
    }

    /// Moves a hint on from `position`, unless another process has. A load that acquires sees
    /// what made the hint move.
    #[inline]
    fn advance(hint: &AtomicU64, position: u64) {
        let _ = hint.compare_exchange(position, position.wrapping_add(1), Release, Relaxed);
    }

    /// Moves the head past a slot with this state, if the head points to the slot. Called before a slot is freed, so that the
    /// head is never more than one turn behind.
    fn pass(&self, position: u64, found: u64) {
        let head = self.head.load(Relaxed);
        let mask = self.slots.count() - 1;
        if (head ^ position) & mask == 0 && self.turn_of(head) == turn(found) {
            Channel::advance(&self.head, head);
        }
    }

    /// Returns the approximate number of messages.
    fn len(&self) -> usize {
        let head = self.head.load(Relaxed);
        let count = self.tail.load(Relaxed).wrapping_sub(head);
        usize::try_from(count.min(self.slots.count())).unwrap_or(usize::MAX)
    }
}

/// Sending.
impl Channel {
    /// Fails for a message that is too long.
    #[inline]
    fn check_length(&self, length: usize) -> Result<u32> {
        match u32::try_from(length) {
            Ok(length) if length <= self.max_size => Ok(length),
            _ => Err(Error::TooLong { max: self.max_size }),
        }
    }

    /// Reserves the next slot to write; `None` if the channel is full.
    #[inline]
    fn reserve(&self) -> Result<Option<Held>> {
        for _ in 0..TRIES {
            let position = self.tail.load(Acquire);
            let now = self.turn_of(position);
            let word = self.slots.get(position).state();
            let found = word.load(Acquire);
            if found == state(now, EMPTY, 0) {
                let mine = state(now, WRITING, self.peer.id());
                if word.compare_exchange(found, mine, Acquire, Relaxed).is_ok() {
                    Channel::advance(&self.tail, position);
                    return Ok(Some(Held {
                        position,
                        state: mine,
                        length: 0,
                        deliveries: 0,
                    }));
                }
            } else if turn(found) == now || turn(found) == after(now) {
                // The sender of the slot has not moved the tail yet, or died before.
                Channel::advance(&self.tail, position);
            } else if self.tail.load(Relaxed) == position && self.is_full(position, found)? {
                return Ok(None);
            }
        }
        Err(Error::Corrupted)
    }

    /// Reserves the slot at the position of the sole sender; `None` if the channel is full.
    #[inline]
    fn reserve_sole(&self, position: u64) -> Result<Option<Held>> {
        let now = self.turn_of(position);
        let word = self.slots.get(position).state();
        for _ in 0..TRIES {
            let found = word.load(Acquire);
            if found == state(now, EMPTY, 0) {
                self.slots.prefetch(position.wrapping_add(SLOTS_AHEAD));
                return Ok(Some(Held {
                    position,
                    state: found,
                    length: 0,
                    deliveries: 0,
                }));
            }
            if self.is_full(position, found)? {
                return Ok(None);
            }
        }
        Err(Error::Corrupted)
    }

    /// Returns whether a slot that was found like this has a message of the turn before. Frees it if that was aborted.
    #[cold]
    fn is_full(&self, position: u64, found: u64) -> Result<bool> {
        if turn(found) != before(self.turn_of(position)) {
            return Err(Error::Corrupted);
        }
        match phase(found) {
            WRITING | FULL | READING => Ok(true),
            BACK => {
                self.returned.store(1, SeqCst);
                self.not_empty.notify();
                Ok(true)
            }
            // The sole receiver frees the slot, since it has its own position.
            ABORTED if self.object.has_sole_receiver() => Ok(true),
            ABORTED => {
                self.skip(position, found);
                Ok(false)
            }
            _ => Err(Error::Corrupted),
        }
    }

    /// Publishes a message that was written.
    #[inline]
    fn publish(&self, held: &Held, length: u32) -> Result<()> {
        self.publish_at(held, length, || ())
    }

    /// Publishes as [`publish`](Self::publish) does, but calls `moved` before notifying others.
    #[inline]
    fn publish_at(&self, held: &Held, length: u32, moved: impl FnOnce()) -> Result<()> {
        let slot = self.slot(held);
        slot.length().store(length, Relaxed);
        slot.count().store(0, Relaxed);
        self.exchange(held, with(held.state, FULL, 0))?;
        moved();
        self.not_empty.notify_exchanged();
        Ok(())
    }

    /// Gives up a slot that was reserved to write.
    fn abort(&self, held: &Held) {
        if self.exchange(held, with(held.state, ABORTED, 0)).is_ok() {
            self.not_empty.notify_exchanged();
            self.not_full.notify_exchanged();
        }
    }

    /// Returns whether another sender may find a free slot.
    fn has_room(&self) -> bool {
        let head = self.head.load(Relaxed);
        self.tail.load(Relaxed).wrapping_sub(head) < self.slots.count()
    }

    /// Reserves a slot, and waits for one.
    #[inline]
    fn wait_for_room(
        &self,
        wait: Wait<impl Into<Deadline>>,
        mut reserve: impl FnMut() -> Result<Option<Held>>,
    ) -> Result<Held> {
        match reserve()? {
            Some(held) => Ok(held),
            None => self.wait(Side::Sender, wait, reserve),
        }
    }
}

/// Receiving.
impl Channel {
    /// Takes the next message, if it has at most `room` bytes; `None` if there is none.
    #[inline]
    fn take(&self, room: usize) -> Result<Option<Held>> {
        if self.returned.load(Acquire) != 0 {
            if let Some(held) = self.take_back(room)? {
                return Ok(Some(held));
            }
        }
        for _ in 0..TRIES {
            let position = self.head.load(Acquire);
            let now = self.turn_of(position);
            let found = self.slots.get(position).state().load(Acquire);
            let (is_now, is_before) = (turn(found) == now, turn(found) == before(now));
            let is_same = || self.head.load(Relaxed) == position;
            match phase(found) {
                FULL if is_now => {
                    if let Some(held) = self.take_at(position, found, room)? {
                        Channel::advance(&self.head, position);
                        if position % INTERVAL == 0 {
                            self.look_for_dead();
                        }
                        return Ok(Some(held));
                    }
                }
                BACK if is_now || is_before => {
                    if let Some(held) = self.take_at(position, found, room)? {
                        self.pass(position, found);
                        return Ok(Some(held));
                    }
                }
                // Of the turn before: a sender has moved the head, and is about to free the slot.
                ABORTED if is_now || is_before => self.skip(position, found),
                EMPTY | WRITING if is_now && is_same() => return Ok(None),
                // Still read a whole turn later: nothing was sent since.
                READING if is_before && is_same() => return Ok(None),
                // Its receiver has not moved the head, or not yet.
                READING | BACK if is_now => Channel::advance(&self.head, position),
                _ if turn(found) == after(now) => Channel::advance(&self.head, position),
                _ if is_same() => return Err(Error::Corrupted),
                _ => {}
            }
        }
        Err(Error::Corrupted)
    }

    /// Takes the message at the position of the sole receiver.
    #[inline]
    fn take_sole(&self, position: &mut u64, room: usize) -> Result<Option<Held>> {
        for _ in 0..TRIES {
            let now = self.turn_of(*position);
            let slot = self.slots.get(*position);
            let found = slot.state().load(Acquire);
            if found == state(now, FULL, 0) {
                self.slots.prefetch(position.wrapping_add(SLOTS_AHEAD));
                let length = slot.length().load(Relaxed);
                let deliveries = slot.count().load(Relaxed);
                let held = Held {
                    position: *position,
                    state: found,
                    length,
                    deliveries,
                };
                if let Some(fault) = self.fault(length, deliveries) {
                    self.release_sole(&held, position)?;
                    return Err(fault);
                }
                if length as usize > room {
                    return Err(Error::TooSmall { needed: length });
                }
                slot.count().store(deliveries + 1, Relaxed);
                return Ok(Some(held));
            }
            if turn(found) != now {
                return Err(Error::Corrupted);
            }
            match phase(found) {
                EMPTY | WRITING => return Ok(None),
                ABORTED => {
                    self.skip(*position, found);
                    *position = position.wrapping_add(1);
                    self.head.store(*position, Release);
                }
                _ => return Err(Error::Corrupted),
            }
        }
        Err(Error::Corrupted)
    }

    /// Takes the message of a slot that is FULL or BACK; `None` if another process changes the slot.
    #[inline]
    fn take_at(&self, position: u64, found: u64, room: usize) -> Result<Option<Held>> {
        let slot = self.slots.get(position);
        // Of this message, if the exchange succeeds.
        let length = slot.length().load(Relaxed);
        let deliveries = match phase(found) {
            // A receiver may have died before it counted.
            BACK => slot.count().load(Relaxed).max(1),
            _ => slot.count().load(Relaxed),
        };
        if let Some(fault) = self.fault(length, deliveries) {
            let mine = with(found, READING, self.peer.id());
            let taken = slot.state().compare_exchange(found, mine, Acquire, Relaxed);
            if taken.is_err() {
                return Ok(None);
            }
            self.pass(position, found);
            let held = Held {
                position,
                state: mine,
                length: 0,
                deliveries,
            };
            self.release(&held)?;
            return Err(fault);
        }
        if length as usize > room {
            fence(Acquire);
            return if slot.state().load(Relaxed) == found {
                Err(Error::TooSmall { needed: length })
            } else {
                Ok(None)
            };
        }
        let mine = with(found, READING, self.peer.id());
        let taken = slot.state().compare_exchange(found, mine, Acquire, Relaxed);
        if taken.is_err() {
            return Ok(None);
        }
        slot.count().store(deliveries + 1, Relaxed);
        Ok(Some(Held {
            position,
            state: mine,
            length,
            deliveries,
        }))
    }

    /// Returns the reason why a message cannot be delivered and is dropped.
    #[inline]
    fn fault(&self, length: u32, deliveries: u32) -> Option<Error> {
        if length > self.max_size {
            Some(Error::Corrupted)
        } else if deliveries >= DELIVERIES_MAX {
            Some(Error::Undeliverable)
        } else {
            None
        }
    }

    /// Takes a returned message.
    #[cold]
    fn take_back(&self, room: usize) -> Result<Option<Held>> {
        if let Some(held) = self.scan(room)? {
            return Ok(Some(held));
        }
        // Only after a scan that found nothing; and one that went back in between is not left.
        self.returned.store(0, SeqCst);
        fence(SeqCst);
        match self.scan(room) {
            Ok(None) => Ok(None),
            found => {
                self.returned.store(1, SeqCst);
                found
            }
        }
    }

    fn scan(&self, room: usize) -> Result<Option<Held>> {
        for index in 0..self.slots.count() {
            let found = self.slots.get(index).state().load(Acquire);
            if phase(found) != BACK {
                continue;
            }
            // Of the position, the number of the slot is what counts.
            if let Some(held) = self.take_at(index, found, room)? {
                self.pass(index, found);
                return Ok(Some(held));
            }
        }
        Ok(None)
    }

    /// Frees an aborted slot.
    #[cold]
    fn skip(&self, position: u64, found: u64) {
        self.pass(position, found);
        let word = self.slots.get(position).state();
        // Fails if another process did so first.
        if word
            .compare_exchange(found, next(found), SeqCst, Relaxed)
            .is_ok()
        {
            self.not_full.notify_exchanged();
        }
    }

    /// Copies the message of a slot out, starting at byte `at`, while the slot belongs to this process.
    #[inline]
    fn copy(&self, held: &Held, at: usize, into: &mut [u8]) -> Result<()> {
        let fits = at
            .checked_add(into.len())
            .is_some_and(|end| end <= held.length as usize);
        if !fits {
            return Err(Error::OutOfBounds);
        }
        self.slot(held).read(at, into).ok_or(Error::Corrupted)
    }

    /// Returns an error if another process treated this one as dead: earlier copied bytes may belong to another message.
    #[inline]
    fn check_held(&self, held: &Held) -> Result<()> {
        fence(Acquire);
        if self.slot(held).state().load(Relaxed) == held.state {
            Ok(())
        } else {
            Err(Error::LeaseLost)
        }
    }

    /// Frees the slot of a message that was read.
    #[inline]
    fn release(&self, held: &Held) -> Result<()> {
        self.exchange(held, next(held.state))?;
        self.not_full.notify_exchanged();
        Ok(())
    }

    /// Frees the slot at the position of the sole receiver.
    #[inline]
    fn release_sole(&self, held: &Held, position: &mut u64) -> Result<()> {
        self.exchange(held, next(held.state))?;
        *position = held.position.wrapping_add(1);
        self.head.store(*position, Release);
        self.not_full.notify_exchanged();
        Ok(())
    }

    /// Returns a message to the channel, for another receiver.
    #[cold]
    fn give_back(&self, held: &Held) {
        if self.exchange(held, with(held.state, BACK, 0)).is_ok() {
            self.returned.store(1, SeqCst);
            self.not_empty.notify();
        }
    }

    /// Returns whether another receiver may find a message.
    fn has_message(&self) -> bool {
        self.returned.load(Relaxed) != 0 || self.head.load(Relaxed) != self.tail.load(Relaxed)
    }

    /// Takes a message, and waits for one.
    #[inline]
    fn wait_for_message(
        &self,
        wait: Wait<impl Into<Deadline>>,
        mut take: impl FnMut() -> Result<Option<Held>>,
    ) -> Result<Held> {
        match take()? {
            Some(held) => Ok(held),
            None => self.wait(Side::Receiver, wait, take),
        }
    }

    /// Sweeps, if other processes receive too. A receiver that always finds messages never waits, and would otherwise never
    /// look for dead peers.
    #[cold]
    fn look_for_dead(&self) {
        if self.peer.has_others(&self.object, Side::Receiver) {
            // The next call that waits returns the error.
            let _ = self.peer.look_and_sweep();
        }
    }
}

/// Both sides.
impl Channel {
    /// Waits until `attempt` gives a slot, after it has not.
    #[cold]
    fn wait(
        &self,
        side: Side,
        wait: Wait<impl Into<Deadline>>,
        mut attempt: impl FnMut() -> Result<Option<Held>>,
    ) -> Result<Held> {
        if matches!(wait, Wait::Try) {
            let view = self.peer.look_and_sweep()?;
            return match attempt()? {
                Some(held) => Ok(held),
                None if self.is_alone(side, &view)? => Err(Error::Disconnected),
                None => Err(Error::WouldBlock),
            };
        }
        let (park, more): (_, fn(&Channel) -> bool) = match side {
            Side::Sender => (&self.not_full, Channel::has_room),
            Side::Receiver => (&self.not_empty, Channel::has_message),
        };
        // The sole sender or receiver has no others to wake.
        let is_sole = is_sole(&self.object, side);
        park.wait(
            wait,
            || !is_sole && more(self),
            |look| match (attempt()?, look) {
                (None, Look::Asked(view)) if self.is_alone(side, view)? => Err(Error::Disconnected),
                (found, _) => Ok(found),
            },
        )
    }

    /// Returns whether the other side had a peer, and all its peers have died or left.
    fn is_alone(&self, side: Side, view: &View) -> Result<bool> {
        let other = side.other();
        let had = self.had[other as usize].load(SeqCst) != 0;
        Ok(had && !self.peer.has_any(view, &self.object, other)?)
    }

    /// Returns the number of living processes on a side.
    fn peers(&self, side: Side) -> Result<usize> {
        self.peer.count(&self.peer.look()?, &self.object, side)
    }

    /// Enters a side. After both sides were empty, the first peer waits for the other side to come.
    fn enter(&self, side: Side) -> Result<()> {
        let other = side.other();
        let had = &self.had[other as usize];
        let seen = had.load(SeqCst);
        let view = self.peer.look_and_sweep()?;
        let has_any = |side| self.peer.has_any(&view, &self.object, side);
        // Messages show that a sender was there.
        let is_over = side == Side::Sender || !self.has_message();
        if is_over && !has_any(side)? && !has_any(other)? {
            // Fails if one has come since, which others may have seen.
            let _ = had.compare_exchange(seen, 0, SeqCst, Relaxed);
        }
        self.peer.enter(&self.object, side)?;
        // After the bit, which says that it lives. The function gives a value always.
        let come = |count: u32| Some(count.wrapping_add(1).max(1));
        let _ = self.had[side as usize].fetch_update(SeqCst, SeqCst, come);
        Ok(())
    }
}

/// Returns whether one process at a time is on a side of a channel.
fn is_sole(object: &Object, side: Side) -> bool {
    match side {
        Side::Sender => object.has_sole_sender(),
        Side::Receiver => object.has_sole_receiver(),
    }
}

/// The participation of a handle on a side. Dropping it leaves the side, and wakes the other side if the process has no
/// other handle on it.
#[derive(Debug)]
struct Handle {
    channel: Channel,
    side: Side,
    /// Whether this handle has the role of the side.
    role: Option<Word<AtomicU32>>,
}

impl Handle {
    /// Enters a side of the channel with this name.
    fn new(area: &Area, name: &str, side: Side, is_sole: bool) -> crate::Result<Handle> {
        let object = area.object(name, ObjectKind::Channel)?;
        if self::is_sole(object, side) != is_sole {
            let which = if is_sole { "not for one" } else { "for one" };
            let because = format!("the channel `{name}` is {which} {}", side.name());
            return Err(WrapperError::mismatch("use", area.subject(), because));
        }
        let channel = Channel::new(&area.peer, object).ok_or(Error::Corrupted)?;
        let role = if is_sole {
            let at = match side {
                Side::Sender => SENDER,
                Side::Receiver => RECEIVER,
            };
            let role = Word::new(&area.peer.memory, object.offset + at).ok_or(Error::Corrupted)?;
            area.peer.take_role(&role)?;
            Some(role)
        } else {
            None
        };
        if let Err(error) = channel.enter(side) {
            if let Some(role) = &role {
                area.peer.leave_role(role);
            }
            return Err(error.into());
        }
        Ok(Handle {
            channel,
            side,
            role,
        })
    }

    /// Returns the start position of a sole sender or receiver: the hint, or a later position if its predecessor died before it
    /// moved the hint.
    fn position(&self) -> u64 {
        let channel = &self.channel;
        let hint = match self.side {
            Side::Sender => &channel.tail,
            Side::Receiver => &channel.head,
        };
        let mut position = hint.load(Acquire);
        for _ in 0..channel.slots.count() {
            let found = channel.slots.get(position).state().load(Acquire);
            let now = channel.turn_of(position);
            let is_later = turn(found) == after(now);
            let is_sent = turn(found) == now && phase(found) != EMPTY;
            if !(is_later || (self.side == Side::Sender && is_sent)) {
                break;
            }
            position = position.wrapping_add(1);
        }
        position
    }

    /// Returns an error if another process has taken the role of the side, because it treated this one as dead.
    #[inline]
    fn check_role(&self) -> Result<()> {
        match &self.role {
            Some(role) if !self.channel.peer.has_role(role) => Err(Error::LeaseLost),
            _ => self.channel.peer.check_process(),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let channel = &self.channel;
        if let Some(role) = &self.role {
            channel.peer.leave_role(role);
        }
        if channel.peer.exit(&channel.object, self.side) {
            match self.side {
                Side::Sender => channel.not_empty.wake(),
                Side::Receiver => channel.not_full.wake(),
            }
        }
    }
}

/// Reclaims the slots of a dead peer: aborts a message that it was writing, and returns a message that it was reading.
pub(crate) fn sweep(peer: &Peer, object: &Object, dead: &Dead<'_>) -> Result<()> {
    let memory = &peer.memory;
    let word = |at: usize| memory.u32(object.offset + at).ok_or(Error::Corrupted);
    let slots = object.offset + CHANNEL_WORDS;
    let capacity = object.capacity() as usize;
    let slots = Slots::new(memory, slots, capacity, object.stride()).ok_or(Error::Corrupted)?;
    let mut is_returned = false;
    for index in 0..slots.count() {
        let found = reclaim(slots.get(index).state(), dead)?;
        // Another process may have died between the exchange and the flag.
        is_returned |= phase(found) == BACK;
    }
    if is_returned {
        word(RETURNED)?.store(1, SeqCst);
    }
    for role in [SENDER, RECEIVER] {
        Peer::sweep_role(word(role)?, dead)?;
    }
    parking::notify(peer, word(NOT_EMPTY)?, object.park)?;
    parking::notify(peer, word(NOT_FULL)?, object.park + 1)
}

/// Takes a slot from a dead owner. Returns the state of the slot after that.
fn reclaim(state: &AtomicU64, dead: &Dead<'_>) -> Result<u64> {
    let mut found = state.load(Acquire);
    for _ in 0..peer::TRIES {
        if !dead.is(owner(found))? {
            return Ok(found);
        }
        let to = match phase(found) {
            WRITING => with(found, ABORTED, 0),
            READING => with(found, BACK, 0),
            // The protocol leaves no owner in another phase.
            _ => return Ok(found),
        };
        match state.compare_exchange(found, to, SeqCst, Acquire) {
            Ok(_) => found = to,
            Err(other) => found = other,
        }
    }
    Err(Error::Corrupted)
}
