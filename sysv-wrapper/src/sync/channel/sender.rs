//! Sending: handles of the sending side, and messages that are written in place.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering::Release;

use crate::deadline::{Deadline, Wait};
use crate::sync::area::Area;
use crate::sync::channel::{Channel, Handle, Held};
use crate::sync::error::{Error, Result};
use crate::sync::peer::Side;

/// Sends messages to a channel to which any number of processes and threads may send. A clone is another handle.
///
/// Sending copies the message once and makes no system call, unless the channel is full or a receiver sleeps. Receivers get
/// the messages of one sender in order, unless a receiver dies or returns a message. If a sender dies at any point, each of
/// its messages was sent completely or not at all, and no other process is blocked.
///
/// Sending needs no receiver as long as there is room. [`Disconnected`](Error::Disconnected) means that the channel is full,
/// and that all processes with a receiver have died or dropped it; a sender does not get it before the first receiver has
/// come.
///
/// ```
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::{Area, Capacity, MaxSize};
///
/// let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
/// let area = RemoveOnDrop::new(builder.create_unique()?);
/// let sender = area.sender("jobs")?;
/// let receiver = area.receiver("jobs")?;
///
/// sender.send(b"sweep the floor")?;
///
/// let mut message = [0; 256];
/// let length = receiver.receive(&mut message)?;
/// assert_eq!(message[..length], *b"sweep the floor");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Clone)]
pub struct Sender {
    handle: Arc<Handle>,
}

impl Area {
    /// Returns a sender of the channel with this name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a channel, or a channel for a sole sender.
    pub fn sender(&self, name: &str) -> crate::Result<Sender> {
        let handle = Arc::new(Handle::new(self, name, Side::Sender, false)?);
        Ok(Sender { handle })
    }

    /// Takes the role of the sole sender of the channel with this name, which the builder restricted to
    /// [one sender](crate::sync::AreaBuilder::sole_sender).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a channel, or a channel for many senders;
    /// [`Busy`](crate::ErrorKind::Busy) while a living process, possibly this one, has the role.
    pub fn sole_sender(&self, name: &str) -> crate::Result<SoleSender> {
        let handle = Handle::new(self, name, Side::Sender, true)?;
        Ok(SoleSender {
            position: handle.position(),
            handle,
            not_sync: PhantomData,
        })
    }
}

impl Sender {
    fn channel(&self) -> &Channel {
        &self.handle.channel
    }

    /// Sends a message; waits while the channel is full.
    ///
    /// # Errors
    ///
    /// - [`TooLong`](Error::TooLong) if the message exceeds the channel's maximum length;
    /// - [`Disconnected`](Error::Disconnected) if the channel is full, there was a receiver, and none is left;
    /// - [`Removed`](Error::Removed), [`LeaseLost`](Error::LeaseLost), [`Forked`](Error::Forked);
    /// - [`Corrupted`](Error::Corrupted) if another program has overwritten the channel.
    #[inline]
    pub fn send(&self, message: &[u8]) -> Result<()> {
        self.send_within(message, Wait::FOREVER)
    }

    /// Sends a message without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is full; otherwise as [`send`](Self::send).
    #[inline]
    pub fn try_send(&self, message: &[u8]) -> Result<()> {
        self.send_within(message, Wait::TRY)
    }

    /// Sends a message; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`send`](Self::send).
    #[inline]
    pub fn send_timeout(&self, message: &[u8], deadline: impl Into<Deadline>) -> Result<()> {
        self.send_within(message, Wait::Until(deadline))
    }

    #[inline]
    pub(super) fn send_within(
        &self,
        message: &[u8],
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        let channel = self.channel();
        channel.peer.check_process()?;
        let length = channel.check_length(message.len())?;
        let held = channel.wait_for_room(wait, || channel.reserve())?;
        write(channel, &held, message)?;
        channel.publish(&held, length)
    }

    /// Sends messages one after the other; waits while the channel is full. Returns the number of sent messages, and the error
    /// of the first message that was not sent.
    ///
    /// ```
    /// # use sysv_wrapper::RemoveOnDrop;
    /// # use sysv_wrapper::sync::{Area, Capacity, MaxSize};
    /// # let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
    /// # let area = RemoveOnDrop::new(builder.create_unique()?);
    /// let sender = area.sender("jobs")?;
    /// let (sent, outcome) = sender.send_many(["sweep", "dust", "polish"]);
    /// outcome?;
    /// assert_eq!(sent, 3);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[must_use = "an error may have ended it"]
    pub fn send_many<M: AsRef<[u8]>>(
        &self,
        messages: impl IntoIterator<Item = M>,
    ) -> (usize, Result<()>) {
        count(messages, |message| self.send(message))
    }

    /// Reserves a message of this length, to be written in place; waits while the channel is full. Receivers get later messages
    /// of the channel only after the loan is committed or dropped.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn loan(&self, length: usize) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::FOREVER)
    }

    /// Reserves a message as [`loan`](Self::loan) does, without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is full; otherwise as [`send`](Self::send).
    pub fn try_loan(&self, length: usize) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::TRY)
    }

    /// Reserves a message as [`loan`](Self::loan) does; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// As [`send_timeout`](Self::send_timeout).
    pub fn loan_timeout(&self, length: usize, deadline: impl Into<Deadline>) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::Until(deadline))
    }

    fn loan_within(&self, length: usize, wait: Wait<impl Into<Deadline>>) -> Result<Loan<'_>> {
        let channel = self.channel();
        channel.peer.check_process()?;
        let length = channel.check_length(length)?;
        let held = channel.wait_for_room(wait, || channel.reserve())?;
        Ok(Loan {
            channel,
            held,
            length,
            position: None,
        })
    }
}

tells_of_channel!(Sender: receivers, Receiver, "receiver");

/// The one sender of a channel for one sender. It needs fewer atomic operations than a [`Sender`]. Dropping it gives up the
/// role, and so does the death of its process.
///
/// ```
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::{Area, Capacity, MaxSize};
///
/// let builder = Area::builder().channel("ticks", Capacity(1024), MaxSize(8));
/// let builder = builder.sole_sender("ticks").sole_receiver("ticks");
/// let area = RemoveOnDrop::new(builder.create_unique()?);
/// let mut sender = area.sole_sender("ticks")?;
/// let mut receiver = area.sole_receiver("ticks")?;
///
/// sender.send(&7_u64.to_ne_bytes())?;
///
/// let mut tick = [0; 8];
/// receiver.receive(&mut tick)?;
/// assert_eq!(u64::from_ne_bytes(tick), 7);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// It is one thread's at a time:
///
/// ```compile_fail
/// fn shared_by_threads<T: Sync>() {}
/// shared_by_threads::<sysv_wrapper::sync::SoleSender>();
/// ```
pub struct SoleSender {
    handle: Handle,
    position: u64,
    /// Not `Sync`: one thread uses the handle at a time.
    not_sync: PhantomData<Cell<()>>,
}

impl SoleSender {
    /// Sends a message; waits while the channel is full.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`]; [`LeaseLost`](Error::LeaseLost) also if another process took over the role.
    #[inline]
    pub fn send(&mut self, message: &[u8]) -> Result<()> {
        self.send_within(message, Wait::FOREVER)
    }

    /// Sends a message without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is full; otherwise as [`send`](Self::send).
    #[inline]
    pub fn try_send(&mut self, message: &[u8]) -> Result<()> {
        self.send_within(message, Wait::TRY)
    }

    /// Sends a message; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](Error::TimedOut); [`Interrupted`](Error::Interrupted) if the deadline is
    /// [interruptible](Deadline::interruptible); otherwise as [`send`](Self::send).
    #[inline]
    pub fn send_timeout(&mut self, message: &[u8], deadline: impl Into<Deadline>) -> Result<()> {
        self.send_within(message, Wait::Until(deadline))
    }

    #[inline]
    pub(super) fn send_within(
        &mut self,
        message: &[u8],
        wait: Wait<impl Into<Deadline>>,
    ) -> Result<()> {
        self.handle.check_role()?;
        let channel = &self.handle.channel;
        let length = channel.check_length(message.len())?;
        let position = self.position;
        let held = channel.wait_for_room(wait, || channel.reserve_sole(position))?;
        write(channel, &held, message)?;
        publish_sole(channel, &held, length, &mut self.position)
    }

    /// Sends messages one after the other, as [`Sender::send_many`] does.
    #[must_use = "an error may have ended it"]
    pub fn send_many<M: AsRef<[u8]>>(
        &mut self,
        messages: impl IntoIterator<Item = M>,
    ) -> (usize, Result<()>) {
        count(messages, |message| self.send(message))
    }

    /// Reserves a message of this length, to be written in place; waits while the channel is full. Dropping the loan sends
    /// nothing.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn loan(&mut self, length: usize) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::FOREVER)
    }

    /// Reserves a message as [`loan`](Self::loan) does, without waiting.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the channel is full; otherwise as [`send`](Self::send).
    pub fn try_loan(&mut self, length: usize) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::TRY)
    }

    /// Reserves a message as [`loan`](Self::loan) does; waits up to a deadline while the channel is full.
    ///
    /// # Errors
    ///
    /// As [`send_timeout`](Self::send_timeout).
    pub fn loan_timeout(
        &mut self,
        length: usize,
        deadline: impl Into<Deadline>,
    ) -> Result<Loan<'_>> {
        self.loan_within(length, Wait::Until(deadline))
    }

    fn loan_within(&mut self, length: usize, wait: Wait<impl Into<Deadline>>) -> Result<Loan<'_>> {
        self.handle.check_role()?;
        let channel = &self.handle.channel;
        let length = channel.check_length(length)?;
        let position = self.position;
        let held = channel.wait_for_room(wait, || channel.reserve_sole(position))?;
        Ok(Loan {
            channel,
            held,
            length,
            position: Some(&mut self.position),
        })
    }
}

tells_of_channel!(SoleSender: receivers, Receiver, "receiver");

/// A message that is written in place, and sent by [`commit`](Self::commit). Unwritten bytes keep the content of an earlier
/// message.
///
/// Dropping it discards the message. In a forked child, dropping it does nothing. A leaked one ([`std::mem::forget`]) blocks
/// the channel within one turn of the slots, until this process ends.
///
/// ```
/// # use sysv_wrapper::RemoveOnDrop;
/// # use sysv_wrapper::sync::{Area, Capacity, MaxSize};
/// # let builder = Area::builder().channel("jobs", Capacity(16), MaxSize(256));
/// # let area = RemoveOnDrop::new(builder.create_unique()?);
/// # let (sender, receiver) = (area.sender("jobs")?, area.receiver("jobs")?);
/// let mut loan = sender.loan(9)?;
/// loan.write_at(b"sweep", 0)?;
/// loan.write_at(b" all", 5)?;
/// loan.commit()?;
/// assert_eq!(receiver.receive_kept()?.to_vec()?, b"sweep all");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "a loan that is dropped is not sent"]
pub struct Loan<'a> {
    channel: &'a Channel,
    held: Held,
    length: u32,
    /// The position of the sole sender.
    position: Option<&'a mut u64>,
}

impl Loan<'_> {
    /// Returns the length of the message.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Returns whether the message has no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Writes bytes of the message, starting at byte `offset`.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`](Error::OutOfBounds) if the range exceeds the message; [`LeaseLost`](Error::LeaseLost) if another
    /// process treated this one as dead; [`Forked`](Error::Forked).
    pub fn write_at(&mut self, bytes: &[u8], offset: usize) -> Result<()> {
        self.channel.peer.check_process()?;
        self.channel.check_held(&self.held)?;
        let end = offset.checked_add(bytes.len());
        if end.is_none_or(|end| end > self.len()) {
            return Err(Error::OutOfBounds);
        }
        let written = self.channel.slot(&self.held).write(offset, bytes);
        written.ok_or(Error::Corrupted)
    }

    /// Sends the message.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`](Error::LeaseLost) if another process treated this one as dead, and [`Forked`](Error::Forked); the message
    /// was not sent in either case.
    pub fn commit(mut self) -> Result<()> {
        self.channel.peer.check_process()?;
        let (channel, held, length) = (self.channel, self.held, self.length);
        let outcome = match self.position.take() {
            Some(position) => publish_sole(channel, &held, length, position),
            None => channel.publish(&held, length),
        };
        std::mem::forget(self);
        outcome
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        // The sole sender does not mark the slot while it writes.
        if self.position.is_none() && self.channel.peer.is_this_process() {
            self.channel.abort(&self.held);
        }
    }
}

impl fmt::Debug for Loan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loan")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Copies a message into a slot that was reserved for it.
#[inline]
fn write(channel: &Channel, held: &Held, message: &[u8]) -> Result<()> {
    let written = channel.slot(held).write(0, message);
    written.ok_or(Error::Corrupted)
}

/// Publishes the message of the sole sender, and advances to the next position.
#[inline]
fn publish_sole(channel: &Channel, held: &Held, length: u32, position: &mut u64) -> Result<()> {
    // After the slot: a sender that dies in between is followed by one that looks at the slots.
    channel.publish_at(held, length, || {
        *position = held.position.wrapping_add(1);
        channel.tail.store(*position, Release);
    })
}

/// Sends messages until one fails.
fn count<M: AsRef<[u8]>>(
    messages: impl IntoIterator<Item = M>,
    mut send: impl FnMut(&[u8]) -> Result<()>,
) -> (usize, Result<()>) {
    let mut sent = 0;
    for message in messages {
        if let Err(error) = send(message.as_ref()) {
            return (sent, Err(error));
        }
        sent += 1;
    }
    (sent, Ok(()))
}
