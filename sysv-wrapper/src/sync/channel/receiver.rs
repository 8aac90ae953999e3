//! Receiving: handles of the receiving side, and messages that are kept until they are confirmed.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::deadline::{Deadline, Wait};
use crate::sync::area::Area;
use crate::sync::channel::{Channel, Handle, Held};
use crate::sync::error::{Error, Result};
use crate::sync::peer::Side;

/// Receives messages of a channel from which any number of processes and threads may receive. A clone is another handle.
/// Each message goes to one receiver.
///
/// [`receive`](Self::receive) copies a message out and makes no system call, unless the channel is empty or a sender
/// sleeps. It receives a message *at most once*: if this process dies before the call returns, the message is lost or
/// goes to another receiver. [`receive_kept`](Self::receive_kept) receives a message *at least once*: if the process dies
/// before [`done`](Kept::done), another receiver gets the message, marked as redelivered.
///
/// [`Disconnected`](Error::Disconnected) means that the channel is empty, and that all processes with a sender have died or
/// dropped it; a receiver does not get it before the first sender has come. When no process is left on either side and the
/// channel is empty, the channel starts over: the next receiver waits for a sender to come.
///
/// Receivers notice the death of another one when they wait, and at intervals when they do not. They get a message that was
/// returned before others. A message that was returned 16 times may be the cause of the deaths: it is dropped, and one call
/// returns [`Undeliverable`](Error::Undeliverable).
#[derive(Clone)]
pub struct Receiver {
    handle: Arc<Handle>,
}

impl Area {
    /// Returns a receiver of the channel with this name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a channel, or a channel for a sole receiver.
    pub fn receiver(&self, name: &str) -> crate::Result<Receiver> {
        let handle = Arc::new(Handle::new(self, name, Side::Receiver, false)?);
        Ok(Receiver { handle })
    }

    /// Takes the role of the sole receiver of the channel with this name, which the builder restricted to
    /// [one receiver](crate::sync::AreaBuilder::sole_receiver).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a channel, or a channel for many receivers;
    /// [`Busy`](crate::ErrorKind::Busy) while a living process, possibly this one, has the role.
    pub fn sole_receiver(&self, name: &str) -> crate::Result<SoleReceiver> {
        let handle = Handle::new(self, name, Side::Receiver, true)?;
        Ok(SoleReceiver {
            position: handle.position(),
            handle,
            not_sync: PhantomData,
        })
    }
}

impl Receiver {
    fn channel(&self) -> &Channel {
        &self.handle.channel
    }

    /// Receives a message into `into`, and returns its length; waits while the channel is empty.
    ///
    /// # Errors
    ///
    /// - [`TooSmall`](Error::TooSmall) if the message is longer than `into`; the message stays in the channel;
    /// - [`Disconnected`](Error::Disconnected) if the channel is empty, there was a sender, and none is left;
    /// - [`Undeliverable`](Error::Undeliverable) if a message was dropped after 16 receivers did not finish it;
    /// - [`Removed`](Error::Removed), [`LeaseLost`](Error::LeaseLost), [`Forked`](Error::Forked);
    /// - [`Corrupted`](Error::Corrupted) if another program has overwritten the channel. A message with an invalid length is
    ///   dropped, and the next call continues with the following message.
    #[inline]
    pub fn receive(&self, into: &mut [u8]) -> Result<usize> {
        self.receive_within(into, Wait::FOREVER)
    }

    /// Receives a message without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is empty; otherwise as [`receive`](Self::receive).
    #[inline]
    pub fn try_receive(&self, into: &mut [u8]) -> Result<usize> {
        self.receive_within(into, Wait::TRY)
    }

    /// Receives a message; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`receive`](Self::receive).
    #[inline]
    pub fn receive_timeout(&self, into: &mut [u8], deadline: impl Into<Deadline>) -> Result<usize> {
        self.receive_within(into, Wait::Until(deadline))
    }

    #[inline]
    fn receive_within(&self, into: &mut [u8], wait: Wait<impl Into<Deadline>>) -> Result<usize> {
        let channel = self.channel();
        channel.peer.check_process()?;
        let held = channel.wait_for_message(wait, || channel.take(into.len()))?;
        let copied = copy(channel, &held, into)?;
        channel.release(&held)?;
        Ok(copied)
    }

    /// Receives a message that stays in the channel, reserved for this receiver, until [`done`](Kept::done) confirms it; waits
    /// while the channel is empty. A receiver may keep any number of messages, each of which occupies a slot of the channel.
    ///
    /// ```
    /// # use sysv_wrapper::RemoveOnDrop;
    /// # use sysv_wrapper::sync::{Area, Capacity, MaxSize};
    /// # let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
    /// # let area = RemoveOnDrop::new(builder.create_unique()?);
    /// # let (sender, receiver) = (area.sender("jobs")?, area.receiver("jobs")?);
    /// sender.send(b"sweep")?;
    /// let job = receiver.receive_kept()?;
    /// if job.is_redelivered() {
    ///     // Another process may have done a part of it.
    /// }
    /// assert_eq!(job.to_vec()?, b"sweep");
    /// job.done()?;
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`receive`](Self::receive), except `TooSmall`.
    #[inline]
    pub fn receive_kept(&self) -> Result<Kept<'_>> {
        self.keep(Wait::FOREVER)
    }

    /// Receives a message as [`receive_kept`](Self::receive_kept) does, without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is empty; otherwise as [`receive_kept`](Self::receive_kept).
    #[inline]
    pub fn try_receive_kept(&self) -> Result<Kept<'_>> {
        self.keep(Wait::TRY)
    }

    /// Receives a message as [`receive_kept`](Self::receive_kept) does; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`receive_kept`](Self::receive_kept).
    #[inline]
    pub fn receive_kept_timeout(&self, deadline: impl Into<Deadline>) -> Result<Kept<'_>> {
        self.keep(Wait::Until(deadline))
    }

    #[inline]
    pub(super) fn keep(&self, wait: Wait<impl Into<Deadline>>) -> Result<Kept<'_>> {
        let channel = self.channel();
        channel.peer.check_process()?;
        let held = channel.wait_for_message(wait, || channel.take(usize::MAX))?;
        Ok(Kept {
            channel,
            held,
            position: None,
        })
    }

    /// Receives all present messages without waiting, calls `each` for every message, and returns their number.
    ///
    /// Each message is received at most once: it is removed from the channel before `each` is called.
    ///
    /// ```
    /// # use sysv_wrapper::RemoveOnDrop;
    /// # use sysv_wrapper::sync::{Area, Capacity, MaxSize};
    /// # let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
    /// # let area = RemoveOnDrop::new(builder.create_unique()?);
    /// # let (sender, receiver) = (area.sender("jobs")?, area.receiver("jobs")?);
    /// sender.send_many(["sweep", "dust"]).1?;
    /// let mut jobs = Vec::new();
    /// receiver.drain(|job| jobs.push(job.to_vec()))?;
    /// assert_eq!(jobs, [b"sweep".to_vec(), b"dust".to_vec()]);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`try_receive`](Self::try_receive), except `WouldBlock` and `Disconnected`. Messages before the failure were
    /// received.
    pub fn drain(&self, each: impl FnMut(&[u8])) -> Result<usize> {
        let channel = self.channel();
        channel.peer.check_process()?;
        drain(channel, each, |message| {
            let Some(held) = channel.take(usize::MAX)? else {
                return Ok(false);
            };
            resize(message, &held);
            copy(channel, &held, message)?;
            channel.release(&held)?;
            Ok(true)
        })
    }
}

tells_of_channel!(Receiver: senders, Sender, "sender");

/// The one receiver of a channel for one receiver. It needs fewer atomic operations than a [`Receiver`]. Dropping it gives
/// up the role, and so does the death of its process; the next one goes on with the message that was not done with.
///
/// It is one thread's at a time:
///
/// ```compile_fail
/// fn shared_by_threads<T: Sync>() {}
/// shared_by_threads::<sysv_wrapper::sync::SoleReceiver>();
/// ```
pub struct SoleReceiver {
    handle: Handle,
    position: u64,
    /// Not `Sync`: one thread uses the handle at a time.
    not_sync: PhantomData<Cell<()>>,
}

impl SoleReceiver {
    /// Receives a message into `into`, and returns its length; waits while the channel is empty.
    ///
    /// # Errors
    ///
    /// As [`Receiver::receive`]; [`LeaseLost`](Error::LeaseLost) also if another process took over the role.
    #[inline]
    pub fn receive(&mut self, into: &mut [u8]) -> Result<usize> {
        self.receive_within(into, Wait::FOREVER)
    }

    /// Receives a message without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is empty; otherwise as [`receive`](Self::receive).
    #[inline]
    pub fn try_receive(&mut self, into: &mut [u8]) -> Result<usize> {
        self.receive_within(into, Wait::TRY)
    }

    /// Receives a message; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`receive`](Self::receive).
    #[inline]
    pub fn receive_timeout(
        &mut self,
        into: &mut [u8],
        deadline: impl Into<Deadline>,
    ) -> Result<usize> {
        self.receive_within(into, Wait::Until(deadline))
    }

    #[inline]
    fn receive_within(
        &mut self,
        into: &mut [u8],
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<usize> {
        self.handle.check_role()?;
        let (channel, position) = (&self.handle.channel, &mut self.position);
        let room = into.len();
        let held = channel.wait_for_message(wait, || channel.take_sole(position, room))?;
        let copied = copy(channel, &held, into)?;
        channel.release_sole(&held, &mut self.position)?;
        Ok(copied)
    }

    /// Receives a message that stays in the channel until [`done`](Kept::done) confirms it, one at a time; waits while the
    /// channel is empty.
    ///
    /// # Errors
    ///
    /// As [`receive`](Self::receive), except `TooSmall`.
    #[inline]
    pub fn receive_kept(&mut self) -> Result<Kept<'_>> {
        self.keep(Wait::FOREVER)
    }

    /// Receives a message as [`receive_kept`](Self::receive_kept) does, without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is empty; otherwise as [`receive_kept`](Self::receive_kept).
    #[inline]
    pub fn try_receive_kept(&mut self) -> Result<Kept<'_>> {
        self.keep(Wait::TRY)
    }

    /// Receives a message as [`receive_kept`](Self::receive_kept) does; waits up to a deadline while the channel is empty.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`receive_kept`](Self::receive_kept).
    #[inline]
    pub fn receive_kept_timeout(&mut self, deadline: impl Into<Deadline>) -> Result<Kept<'_>> {
        self.keep(Wait::Until(deadline))
    }

    #[inline]
    pub(super) fn keep(&mut self, wait: Wait<impl Into<Deadline>>) -> Result<Kept<'_>> {
        self.handle.check_role()?;
        let (channel, position) = (&self.handle.channel, &mut self.position);
        let held = channel.wait_for_message(wait, || channel.take_sole(position, usize::MAX))?;
        Ok(Kept {
            channel,
            held,
            position: Some(position),
        })
    }

    /// Receives all present messages, as [`Receiver::drain`] does.
    ///
    /// # Errors
    ///
    /// As [`Receiver::drain`].
    pub fn drain(&mut self, each: impl FnMut(&[u8])) -> Result<usize> {
        self.handle.check_role()?;
        let (channel, position) = (&self.handle.channel, &mut self.position);
        drain(channel, each, |message| {
            let Some(held) = channel.take_sole(position, usize::MAX)? else {
                return Ok(false);
            };
            resize(message, &held);
            copy(channel, &held, message)?;
            channel.release_sole(&held, position)?;
            Ok(true)
        })
    }
}

tells_of_channel!(SoleReceiver: senders, Sender, "sender");

/// A received message that stays in the channel until [`done`](Self::done) confirms it.
///
/// Dropping it without `done` returns the message to the channel, and so does the death of the process: another receiver
/// gets the message, marked as [redelivered](Self::is_redelivered), before later messages. In a forked child, dropping it
/// does nothing. A leaked one ([`std::mem::forget`]) blocks the channel within one turn of the slots, until this process ends.
#[must_use = "a message that is dropped goes back into the channel"]
pub struct Kept<'a> {
    channel: &'a Channel,
    held: Held,
    /// The position of the sole receiver.
    position: Option<&'a mut u64>,
}

impl Kept<'_> {
    /// Returns the length of the message.
    pub fn len(&self) -> usize {
        self.held.length as usize
    }

    /// Returns whether the message has no bytes.
    pub fn is_empty(&self) -> bool {
        self.held.length == 0
    }

    /// Returns whether an earlier receiver of the message died or returned it.
    pub fn is_redelivered(&self) -> bool {
        self.held.deliveries > 0
    }

    /// Returns the number of earlier receivers of the message.
    pub fn redeliveries(&self) -> u32 {
        self.held.deliveries
    }

    /// Copies the message to the beginning of `into`, and returns its length.
    ///
    /// # Errors
    ///
    /// [`TooSmall`](Error::TooSmall) if `into` is shorter; [`LeaseLost`](Error::LeaseLost) if another process treated this one
    /// as dead and redelivered the message; [`Forked`](Error::Forked).
    pub fn copy_to(&self, into: &mut [u8]) -> Result<usize> {
        let Some(into) = into.get_mut(..self.len()) else {
            let needed = self.held.length;
            return Err(Error::TooSmall { needed });
        };
        self.read_at(into, 0)?;
        Ok(into.len())
    }

    /// Copies bytes of the message, starting at byte `offset`.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`](Error::OutOfBounds) if the range exceeds the message; otherwise as [`copy_to`](Self::copy_to).
    pub fn read_at(&self, into: &mut [u8], offset: usize) -> Result<()> {
        self.channel.peer.check_process()?;
        self.channel.copy(&self.held, offset, into)?;
        self.channel.check_held(&self.held)
    }

    /// Returns a copy of the message.
    ///
    /// # Errors
    ///
    /// As [`copy_to`](Self::copy_to).
    pub fn to_vec(&self) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        resize(&mut message, &self.held);
        self.read_at(&mut message, 0)?;
        Ok(message)
    }

    /// Confirms the message, and removes it from the channel.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`](Error::LeaseLost) if another process treated this one as dead and redelivered the message;
    /// [`Forked`](Error::Forked).
    pub fn done(mut self) -> Result<()> {
        self.channel.peer.check_process()?;
        let (channel, held) = (self.channel, self.held);
        let outcome = match self.position.take() {
            Some(position) => channel.release_sole(&held, position),
            None => channel.release(&held),
        };
        std::mem::forget(self);
        outcome
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        // The sole receiver does not mark the slot while it reads.
        if self.position.is_none() && self.channel.peer.is_this_process() {
            self.channel.give_back(&self.held);
        }
    }
}

impl fmt::Debug for Kept<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("len", &self.len())
            .field("redeliveries", &self.redeliveries())
            .finish_non_exhaustive()
    }
}

/// Copies a message to the beginning of `into`, which has room for it, and returns its length.
#[inline]
fn copy(channel: &Channel, held: &Held, into: &mut [u8]) -> Result<usize> {
    let length = held.length as usize;
    let into = into.get_mut(..length).ok_or(Error::Corrupted)?;
    channel.copy(held, 0, into)?;
    Ok(length)
}

/// Resizes a buffer to the length of a message, which is within the limit of the channel.
fn resize(message: &mut Vec<u8>, held: &Held) {
    message.resize(held.length as usize, 0);
}

/// Receives messages until the channel is empty.
fn drain(
    channel: &Channel,
    mut each: impl FnMut(&[u8]),
    mut next: impl FnMut(&mut Vec<u8>) -> Result<bool>,
) -> Result<usize> {
    let mut message = Vec::new();
    let mut count = 0;
    // Bounded, since a sender may be as fast.
    while count < channel.object.capacity() as usize && next(&mut message)? {
        count += 1;
        each(&message);
    }
    Ok(count)
}
