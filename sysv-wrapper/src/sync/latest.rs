//! The latest value: a version and two buffers. A publisher writes the inactive buffer, and then the version. If it dies or
//! stops in between, the old value stays readable.
//!
//! Object: version u64 at byte 0, role of the publisher u32 at byte 8, buffers from byte 64 on. Version 0 means no value;
//! the lowest bit of the version selects the active buffer.

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

/// The offset of the role.
const ROLE: usize = 8;
/// The maximum number of overtaken copies before a reader gives up.
const COPIES: u32 = 1000;

/// A value that one process publishes and any number of processes read, without tearing and without waiting.
///
/// Reading returns a copy and makes no system call. If a publisher dies or is stopped at any point, the previous value stays
/// readable. Readers that are killed leave no state behind.
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

    /// Returns a copy of the latest value, and its version, which is the number of publications so far. Returns `None` before
    /// the first one.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](Error::WouldBlock) if the publisher overtook the copy 1,000 times: it publishes continuously, and copying
    /// the value takes longer than two publications.
    #[inline]
    pub fn read(&self) -> Result<Option<(T, u64)>> {
        self.copy(|at| self.buffers.load(at))
    }

    /// Copies the latest value into `value`, and returns its version. Avoids the moves of [`read`](Self::read), for large
    /// values. Returns `None` before the first publication, and leaves `value` unchanged.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read). After an error, `value` may be a mixture of several values.
    #[inline]
    pub fn read_into(&self, value: &mut T) -> Result<Option<u64>> {
        let copied = self.copy(|at| self.buffers.read(at, value.as_mut_bytes()))?;
        Ok(copied.map(|((), version)| version))
    }

    /// Repeats `copy` on the active buffer until no publisher overtakes it, and returns its result.
    #[inline]
    fn copy<C>(&self, mut copy: impl FnMut(usize) -> Option<C>) -> Result<Option<(C, u64)>> {
        for _ in 0..COPIES {
            let version = self.version.load(Acquire);
            if version == 0 {
                return Ok(None);
            }
            let value = copy(self.buffer(version)).ok_or(Error::Corrupted)?;
            // If any copied byte belongs to the version after the next one, this load sees at least the next one.
            fence(Acquire);
            if self.version.load(Relaxed) == version {
                return Ok(Some((value, version)));
            }
            spin_loop();
        }
        Err(Error::WouldBlock)
    }

    /// Returns the number of publications so far.
    #[inline]
    pub fn version(&self) -> u64 {
        self.version.load(Acquire)
    }

    /// Returns the offset of the buffer of a version.
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

/// The sole publisher of a [`Latest`] value. Dropping it gives up the role, and so does the death of its process.
pub struct Publisher<T> {
    latest: Latest<T>,
    role: Word<AtomicU32>,
    peer: Arc<Peer>,
}

impl<T: FromBytes + IntoBytes + Immutable> Publisher<T> {
    /// Publishes a value, and returns its version. Makes no system call. Threads that share a publisher need a mutex around it.
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
        // Readers see the writes below only after this version, which any process may have published.
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

    /// Returns the published value, for reading.
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
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the object is not a latest value, or has another size.
    pub fn latest<T: FromBytes + IntoBytes + Immutable>(
        &self,
        name: &str,
    ) -> crate::Result<Latest<T>> {
        let object = self.valued(name, ObjectKind::Latest, size_of::<T>())?;
        Ok(Latest::new(&self.peer.memory, object)?)
    }

    /// Takes the role of the sole publisher of the latest value with this name.
    ///
    /// # Errors
    ///
    /// As [`latest`](Self::latest); [`Busy`](crate::ErrorKind::Busy) while a living process, possibly this one, has the role.
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

    /// Opens the area with this key for reading its latest values, without joining it. Needs read permission only, and does not
    /// count as a peer. Waits up to ten seconds for its creator.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found), [`is_abandoned`](crate::Error::is_abandoned),
    /// [`is_timed_out`](crate::Error::is_timed_out) and [`is_permission_denied`](crate::Error::is_permission_denied);
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if the segment is not an area;
    /// [`is_unsupported`](crate::Error::is_unsupported) on 32-bit processors, some of which need a write to load 8 bytes.
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

/// An area opened without joining, for reading its latest values. Returned by [`Area::open_read_only`].
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
