//! The latest value: a version and two buffers. A publisher writes the buffer that is not in force, and then the version. One
//! that dies or stops in between leaves the old value readable.
//!
//! Object: version u64 at byte 0, role of the publisher u32 at byte 8, buffers from byte 64 on. Version 0 is no value; the
//! buffer in force is the one of the version's lowest bit.

use std::fmt;
use std::hint::spin_loop;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::error::Error as WrapperError;
use crate::handle;
use crate::init::{Bounds, Found, InitWait};
use crate::key::Key;
use crate::kind::Kind;
use crate::shm::SharedMemory;
use crate::sync::area::{self, Area};
use crate::sync::error::{Error, Result};
use crate::sync::layout::{LATEST_WORDS, Layout, Object, ObjectKind};
use crate::sync::memory::{Block, Memory, Word};
use crate::sync::peer::{Dead, Peer};

/// Where the role stands.
const ROLE: usize = 8;
/// The most copies that a publisher may overtake before a reader gives up.
const COPIES: u32 = 1000;

/// A value that one process publishes and any number read, whole, without waiting for each other.
///
/// Reading takes a copy and makes no system call. A publisher that dies or is stopped, at any point, leaves the previous value
/// readable. Readers that are killed leave nothing.
///
/// ```
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::Area;
///
/// let area = Area::builder().latest::<[f64; 2]>("quote").create_unique()?;
/// let area = RemoveOnDrop::new(area);
/// let quote = area.latest::<[f64; 2]>("quote")?;
/// assert_eq!(quote.read()?, None);
///
/// // In one process at a time:
/// let mut publisher = area.publisher::<[f64; 2]>("quote")?;
/// publisher.publish(&[14.5, 14.75])?;
///
/// assert_eq!(quote.read()?, Some(([14.5, 14.75], 1)));
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
pub struct Latest<T> {
    version: Word<AtomicU64>,
    buffers: Block,
    stride: usize,
    of: PhantomData<fn() -> T>,
}

impl<T: FromBytes + IntoBytes + Immutable> Latest<T> {
    fn new(memory: &Arc<Memory>, object: &Object) -> Result<Latest<T>> {
        let buffers = Block::new(memory, object.offset + LATEST_WORDS, 2 * object.stride());
        Ok(Latest {
            version: Word::new(memory, object.offset).ok_or(Error::Corrupted)?,
            buffers: buffers.ok_or(Error::Corrupted)?,
            stride: object.stride(),
            of: PhantomData,
        })
    }

    /// Returns a copy of the latest value, and its version: how often a value has been published. `None` before the first
    /// one.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the publisher overtook the copy 1,000 times: it publishes all the time, and a
    /// value is so long that it has always published two more.
    #[inline]
    pub fn read(&self) -> Result<Option<(T, u64)>> {
        self.copy(|at| self.buffers.load(at))
    }

    /// Copies the latest value into `value`, and returns its version. For large values, which [`read`](Self::read) would
    /// move. `None` before the first publication: then `value` stays as it is.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); then `value` may be partly one value and partly another.
    #[inline]
    pub fn read_into(&self, value: &mut T) -> Result<Option<u64>> {
        let copied = self.copy(|at| self.buffers.read(at, value.as_mut_bytes()))?;
        Ok(copied.map(|((), version)| version))
    }

    /// Returns what `copy` copies from the buffer in force, once no publisher has overtaken it.
    #[inline]
    fn copy<C>(&self, mut copy: impl FnMut(usize) -> Option<C>) -> Result<Option<(C, u64)>> {
        for _ in 0..COPIES {
            let version = self.version.load(Acquire);
            if version == 0 {
                return Ok(None);
            }
            let value = copy(self.buffer(version)).ok_or(Error::Corrupted)?;
            // If any byte copied was of the version after the next one, this sees at least the next one.
            fence(Acquire);
            if self.version.load(Relaxed) == version {
                return Ok(Some((value, version)));
            }
            spin_loop();
        }
        Err(Error::WouldBlock)
    }

    /// Returns how often a value has been published.
    #[inline]
    pub fn version(&self) -> u64 {
        self.version.load(Acquire)
    }

    /// Returns where the buffer of a version begins.
    #[inline]
    fn buffer(&self, version: u64) -> usize {
        if version & 1 == 0 { 0 } else { self.stride }
    }
}

impl<T> fmt::Debug for Latest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latest")
            .field("version", &self.version.load(Relaxed))
            .finish_non_exhaustive()
    }
}

/// The one publisher of a [`Latest`] value. Dropping it gives up the role, and so does the death of its process.
pub struct Publisher<T> {
    latest: Latest<T>,
    role: Word<AtomicU32>,
    peer: Arc<Peer>,
}

impl<T: FromBytes + IntoBytes + Immutable> Publisher<T> {
    /// Publishes a value, and returns its version. Makes no system call. Takes the publisher exclusively: threads that share
    /// one use a mutex around it.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`](Error::LeaseLost) if another process took over the role; [`Forked`](Error::Forked) in a forked child.
    #[inline]
    pub fn publish(&mut self, value: &T) -> Result<u64> {
        self.peer.check_process()?;
        if !self.peer.has_role(&self.role) {
            return Err(Error::LeaseLost);
        }
        let version = self.latest.version.load(Relaxed);
        let next = version.wrapping_add(1).max(1);
        // What is written below is not seen before this version, whichever process published it.
        fence(Release);
        let at = self.latest.buffer(next);
        let written = self.latest.buffers.write(at, value.as_bytes());
        written.ok_or(Error::Corrupted)?;
        match self
            .latest
            .version
            .compare_exchange(version, next, Release, Relaxed)
        {
            Ok(_) => Ok(next),
            Err(_) => Err(Error::LeaseLost),
        }
    }

    /// Returns the value that it publishes, for reading.
    pub fn latest(&self) -> &Latest<T> {
        &self.latest
    }
}

impl<T> Drop for Publisher<T> {
    fn drop(&mut self) {
        self.peer.leave_role(&self.role);
    }
}

impl<T> fmt::Debug for Publisher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Publisher").field(&self.latest).finish()
    }
}

impl Area {
    /// Returns the latest value with this name, for reading.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the area has no object with the name;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if that is no latest value, or of another size.
    pub fn latest<T: FromBytes + IntoBytes + Immutable>(
        &self,
        name: &str,
    ) -> crate::Result<Latest<T>> {
        let object = self.valued(name, ObjectKind::Latest, size_of::<T>())?;
        Ok(Latest::new(&self.peer.memory, object)?)
    }

    /// Takes the role of the one publisher of the latest value with this name.
    ///
    /// # Errors
    ///
    /// As [`latest`](Self::latest); [`Busy`](crate::ErrorKind::Busy) while a living process, maybe this one, has the role.
    pub fn publisher<T: FromBytes + IntoBytes + Immutable>(
        &self,
        name: &str,
    ) -> crate::Result<Publisher<T>> {
        let object = self.valued(name, ObjectKind::Latest, size_of::<T>())?;
        let role = Word::new(&self.peer.memory, object.offset + ROLE).ok_or(Error::Corrupted)?;
        let latest = Latest::new(&self.peer.memory, object)?;
        self.peer.take_role(&role)?;
        Ok(Publisher {
            latest,
            role,
            peer: self.peer.clone(),
        })
    }

    /// Opens the area that has this key for reading its latest values, without joining it: also for a user who may only
    /// read, and for any number of processes. Waits for its creator, up to ten seconds.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found), [`is_abandoned`](crate::Error::is_abandoned),
    /// [`is_timed_out`](crate::Error::is_timed_out) and [`is_permission_denied`](crate::Error::is_permission_denied);
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the segment is no area;
    /// [`is_unsupported`](crate::Error::is_unsupported) on 32-bit processors, some of which load 8 bytes by a write.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::sync::Area;
    /// use sysv_wrapper::{Key, Mode, RemoveOnDrop};
    ///
    /// # let key = Key::random();
    /// let builder = Area::builder().latest::<u64>("count").mode("0644".parse().unwrap());
    /// let area = RemoveOnDrop::new(builder.create(key)?);
    /// area.publisher::<u64>("count")?.publish(&7)?;
    ///
    /// # if cfg!(target_pointer_width = "64") {
    /// let reader = Area::open_read_only(key)?;
    /// assert_eq!(reader.latest::<u64>("count")?.read()?, Some((7, 1)));
    /// # }
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn open_read_only(key: impl Into<Key>) -> crate::Result<ReadOnlyArea> {
        let key = key.into();
        let subject = crate::error::Subject::keyed(Kind::SharedMemory, key);
        if !cfg!(target_pointer_width = "64") {
            let because = "this processor may write where it loads 8 bytes";
            return Err(WrapperError::unsupported("open", subject, because));
        }
        let memory = match area::wait_for(key, &Bounds::new(InitWait::DEFAULT))? {
            Some(Found::Ready(id)) => SharedMemory::from_parts(id.into(), Some(key)),
            Some(Found::Abandoned(id, creator)) => {
                return Err(WrapperError::abandoned(
                    "open",
                    subject.with_id(id),
                    creator,
                ));
            }
            None => {
                return Err(WrapperError::call("open", subject, sysv_ipc::Errno::ENOENT));
            }
        };
        let mapping = Memory::ReadOnly(memory.attach_read_only()?);
        let (layout, _) = area::read(&memory, &mapping)?;
        Ok(ReadOnlyArea {
            memory,
            mapping: Arc::new(mapping),
            layout,
        })
    }
}

/// An area that this process has not joined, for reading its latest values. Made by [`Area::open_read_only`].
#[derive(Debug)]
pub struct ReadOnlyArea {
    memory: SharedMemory,
    mapping: Arc<Memory>,
    layout: Layout,
}

impl ReadOnlyArea {
    /// Returns the latest value with this name.
    ///
    /// # Errors
    ///
    /// As [`Area::latest`].
    pub fn latest<T: FromBytes + IntoBytes + Immutable>(
        &self,
        name: &str,
    ) -> crate::Result<Latest<T>> {
        let subject = handle::subject(&self.memory);
        let object = area::valued(
            subject,
            &self.layout,
            name,
            ObjectKind::Latest,
            size_of::<T>(),
        )?;
        Ok(Latest::new(&self.mapping, object)?)
    }

    /// Returns the segment.
    pub fn memory(&self) -> &SharedMemory {
        &self.memory
    }
}

/// Takes the role of the publisher from a dead process.
pub(crate) fn sweep(peer: &Peer, object: &Object, dead: &Dead<'_>) -> Result<()> {
    let role = peer.memory.u32(object.offset + ROLE);
    Peer::sweep_role(role.ok_or(Error::Corrupted)?, dead)
}
