//! Areas: a segment and a semaphore set that belong together, as one object. `area/builder.rs` creates and opens them.
//!
//! The segment decides. Removal takes the set first: a segment whose set is gone is dead, and never gets another set, since
//! old peers may still use it.

mod builder;

pub use builder::{AreaBuilder, Capacity, MaxSize};

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sysv_ipc::{Errno, Mode, SemId, ShmId};

use crate::deadline::{self, Deadline};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle;
use crate::init::{self, Bounds, Found, MARKER};
use crate::key::Key;
use crate::kind::Kind;
use crate::sem::SemaphoreSet;
use crate::shm::SharedMemory;
use crate::sync::layout::{Layout, Names, Object, ObjectKind};
use crate::sync::memory::Memory;
use crate::sync::peer::Peer;
use crate::sync::registry;
use crate::system::Stat;

const SHM: Kind = Kind::SharedMemory;
const SEM: Kind = Kind::SemaphoreSet;

/// How long an opener waits for the second step of a removal, or of a change of the mode.
const SECOND_STEP: Duration = Duration::from_secs(1);

/// A place that processes share, with the objects in it: a segment of shared memory and a semaphore set with the same key.
///
/// Opening an area *joins* it: the kernel notes this process as one of its peers, and tells the others when the process ends,
/// however that happens. A process joins once, however often it opens the area; dropping the last handle, of the area and
/// of its objects, leaves it. A clone is another handle.
///
/// ```
/// use sysv_wrapper::sync::{Area, Capacity, MaxSize};
/// use sysv_wrapper::{Key, RemoveOnDrop};
///
/// # let key = Key::random();
/// let builder = Area::builder().mutex("table").channel("jobs", Capacity(16), MaxSize(256));
/// let area = RemoveOnDrop::new(builder.create_or_open(key)?.into_inner());
///
/// // In another process:
/// let same = Area::open(key)?;
/// let mutex = same.mutex("table")?;
/// let guard = mutex.lock()?;
/// # drop(guard);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Processes
///
/// - *Threads* share the membership of their process.
/// - *fork*: a child has not joined. In the child, every use of the parent's handles is [`Forked`](crate::sync::Error::Forked),
///   and dropping them does nothing; the child opens the area itself.
/// - *exec* keeps the membership of a process, and its locks, until the new program ends. Drop areas before `exec`.
/// - *unshare* and *setns* into another ipc namespace, and `unshare(CLONE_SYSVSEM)`, end the membership at once, also that
///   of a lock that is held: leave areas before.
/// - *Setting values* of the set (`SETVAL`, `SETALL`) clears memberships. What a peer cleared in this way holds is taken for
///   left behind. [`LeaseLost`](crate::sync::Error::LeaseLost) is what it gets, and opening the area again is what it can do.
///
/// # Trust
///
/// Everybody who may write the segment and alter the set can break the promises of the objects, for instance mutual
/// exclusion. What holds against such peers is memory safety, and that no wait with a deadline lasts longer.
///
/// # Removal
///
/// The area stays until it is removed ([`remove`](Area::remove), [`RemoveOnDrop`](crate::RemoveOnDrop)), or the system
/// restarts. Then every wait ends with [`Removed`](crate::sync::Error::Removed).
///
/// # Limits
///
/// Each peer takes a semaphore, and each mutex, event and channel one or two more; each process takes as many undo entries
/// as there are of the latter, and one. Where the system allows few (macOS 10 undo entries; OpenBSD and NetBSD also 60
/// semaphores in all), areas have to be small: the error names the limit.
#[derive(Clone)]
pub struct Area {
    pub(crate) peer: Arc<Peer>,
}

impl Area {
    /// Returns a builder, which creates or opens an area by the verb at its end.
    pub fn builder() -> AreaBuilder {
        AreaBuilder::new()
    }

    /// Opens the area that has this key, whatever its objects, and joins it. Waits for its creator, up to ten seconds.
    ///
    /// # Errors
    ///
    /// As [`AreaBuilder::open`].
    pub fn open(key: impl Into<Key>) -> Result<Area> {
        Area::builder().open(key)
    }

    /// Opens an area by the id of its segment, received from another process, and joins it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the id; otherwise as [`AreaBuilder::open`].
    pub fn from_id(id: impl Into<ShmId>) -> Result<Area> {
        Area::builder().attach(&SharedMemory::from_id(id)?)
    }

    /// Returns the id of the segment.
    pub fn id(&self) -> ShmId {
        self.peer.segment
    }

    /// Returns the id of the semaphore set.
    pub fn set_id(&self) -> SemId {
        self.peer.set_id()
    }

    /// Returns the key; [`Key::PRIVATE`] for a private area, `None` if this user may not read it.
    pub fn key(&self) -> Option<Key> {
        self.peer.key
    }

    /// Removes the area: the set first, then the segment. Every wait ends, with
    /// [`Removed`](crate::sync::Error::Removed). The memory goes with the last process that has it attached.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if it is gone already.
    pub fn remove(&self) -> Result<()> {
        match self.peer.set().remove() {
            // What is left of a removal that was interrupted is removed.
            Err(error) if error.is_removed() && is_gone(SHM, self.id().as_raw()) => {
                return Err(error);
            }
            Err(error) if !error.is_removed() => return Err(error),
            _ => {}
        }
        handle::remove(self.subject(), self.id().as_raw())
    }

    /// Removes the area that has this key, without joining it; of an area whose set or whose segment is gone, what is left.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the key; [`Mismatch`](ErrorKind::Mismatch) if the segment
    /// that has it is no area, which is then not removed; otherwise as [`remove`](Self::remove).
    pub fn remove_key(key: impl Into<Key>) -> Result<()> {
        remove(&SharedMemory::open(key)?)
    }

    /// Removes the area in the segment with this id, without joining it, as [`remove_key`](Self::remove_key) does.
    ///
    /// # Errors
    ///
    /// As [`remove_key`](Self::remove_key).
    pub fn remove_id(id: impl Into<ShmId>) -> Result<()> {
        remove(&SharedMemory::from_id(id)?)
    }

    /// Sets the permission bits of set and segment. As long as they differ, other processes cannot open the area.
    ///
    /// # Errors
    ///
    /// As [`SharedMemory::set_mode`]; [`is_invalid_argument`](Error::is_invalid_argument) for a mode that lets the owner not
    /// read and write.
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        check_mode("change", self.subject(), mode)?;
        self.peer.set().set_mode(mode)?;
        self.memory().set_mode(mode)
    }

    /// Sets owner and group of set and segment. As long as they differ, other processes cannot open the area.
    ///
    /// # Errors
    ///
    /// As [`SharedMemory::set_owner`].
    pub fn set_owner(&self, uid: u32, gid: u32) -> Result<()> {
        self.peer.set().set_owner(uid, gid)?;
        self.memory().set_owner(uid, gid)
    }

    /// Returns the segment.
    fn memory(&self) -> SharedMemory {
        SharedMemory::from_parts(self.id(), self.key())
    }

    /// Whether the segment or the set was removed.
    pub fn is_removed(&self) -> bool {
        is_gone(SEM, self.set_id().as_raw()) || is_gone(SHM, self.id().as_raw())
    }

    /// Returns the segment, as errors name it.
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            kind: SHM,
            key: self.peer.key,
            id: Some(self.peer.segment.as_raw()),
        }
    }

    /// Returns the object with this name, if it has this kind.
    pub(crate) fn object(&self, name: &str, kind: ObjectKind) -> Result<&Object> {
        object(self.subject(), &self.peer.layout, name, kind)
    }

    /// Returns the object with this name, if it has this kind and a value of this size.
    pub(crate) fn valued(&self, name: &str, kind: ObjectKind, size: usize) -> Result<&Object> {
        valued(self.subject(), &self.peer.layout, name, kind, size)
    }
}

/// Removes the area in this segment: the set first, if it is the area's.
fn remove(memory: &SharedMemory) -> Result<()> {
    let mapping = Memory::ReadOnly(memory.attach_read_only()?);
    let (_, names) = read(memory, &mapping)?;
    if !matches!(
        check_set(memory, names),
        Err(SetFault::Gone | SetFault::Failed(_))
    ) {
        SemaphoreSet::from_parts(SemId::from_raw(names.set), memory.key()).remove()?;
    }
    memory.remove()
}

/// Refuses a mode under which the owner could not join, and the marker.
fn check_mode(operation: &'static str, subject: Subject, mode: Mode) -> Result<()> {
    if !mode.contains(Mode::OWNER) {
        let because = format!("the mode is {mode}, and must let the owner read and write");
        return Err(Error::argument(operation, subject, because));
    }
    init::check_mode(operation, subject, mode)
}

/// Whether no object has the id, or one that goes with its last attachment.
fn is_gone(kind: Kind, id: i32) -> bool {
    match Stat::of(kind, id) {
        Ok(stat) => stat.is_marked_for_removal(),
        Err(errno) => matches!(errno, Errno::EINVAL | Errno::EIDRM),
    }
}

/// Returns the object with this name, if it has this kind.
fn object<'a>(
    subject: Subject,
    layout: &'a Layout,
    name: &str,
    kind: ObjectKind,
) -> Result<&'a Object> {
    match layout.object(name) {
        Some(object) if object.kind == kind => Ok(object),
        Some(object) => {
            let because = format!("it has the {object}, and the {kind} `{name}` was asked for");
            Err(Error::mismatch("use", subject, because))
        }
        None => {
            let because = format!("it has no object with the name `{name}`");
            Err(Error::of_kind(ErrorKind::NotFound, "use", subject, because))
        }
    }
}

/// Returns the object with this name, if it has this kind and a value of this size.
pub(crate) fn valued<'a>(
    subject: Subject,
    layout: &'a Layout,
    name: &str,
    kind: ObjectKind,
    size: usize,
) -> Result<&'a Object> {
    let object = object(subject, layout, name, kind)?;
    if object.value_size() == size {
        return Ok(object);
    }
    let because = format!("it has the {object}, and a value of {size} bytes was asked for");
    Err(Error::mismatch("use", subject, because))
}

impl fmt::Debug for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Area")
            .field("id", &self.id())
            .field("set_id", &self.set_id())
            .field("key", &self.key())
            .finish_non_exhaustive()
    }
}

impl handle::sealed::Sealed for Area {
    fn remove_whole(&self) -> Result<()> {
        self.remove()
    }
}

/// The segment stands for the area: its id is the area's.
impl crate::Object for Area {
    const KIND: Kind = Kind::SharedMemory;

    fn raw_id(&self) -> i32 {
        self.id().as_raw()
    }

    fn key(&self) -> Option<Key> {
        Area::key(self)
    }

    fn from_raw_id(id: i32) -> Result<Area> {
        Area::from_id(id)
    }
}

/// Joins an area, unless this process has.
fn join(
    mapping: Memory,
    layout: Layout,
    names: Names,
    segment: ShmId,
    key: Key,
) -> Result<Arc<Peer>> {
    registry::join(
        |peer| peer.names == names && peer.segment == segment,
        || Peer::join(mapping, layout, names, segment, Some(key)),
    )
}

/// Reads header and tables of a segment.
pub(crate) fn read(memory: &SharedMemory, mapping: &Memory) -> Result<(Layout, Names)> {
    if memory.status()?.mode() == MARKER {
        let because = "its creator has not finished it";
        let kind = ErrorKind::Uninitialized;
        return Err(Error::of_kind(
            kind,
            "open",
            handle::subject(memory),
            because,
        ));
    }
    Layout::read(mapping)
        .map_err(|because| Error::mismatch("open", handle::subject(memory), because))
}

/// Finds the area with this key, once it is finished.
pub(crate) fn wait_for(key: Key, bounds: &Bounds) -> Result<Option<Found>> {
    let state = |id| init::segment_state(key, ShmId::from_raw(id));
    init::wait_for(SHM, key, bounds, state)
}

/// What is wrong with the set of an area.
enum SetFault {
    /// The segment is gone too, or this user may not look.
    Failed(Error),
    Gone,
    Other(String),
}

/// Checks that the set of an area is there, has the same key, owner and mode as the segment.
fn check_set(memory: &SharedMemory, names: Names) -> std::result::Result<(), SetFault> {
    let status = memory.status().map_err(SetFault::Failed)?;
    if status.marked_for_removal() {
        let error = Error::call("open", handle::subject(memory), Errno::EIDRM);
        return Err(SetFault::Failed(error));
    }
    let set = match Stat::of(SEM, names.set) {
        Ok(stat) => stat,
        Err(Errno::EINVAL | Errno::EIDRM) => return Err(SetFault::Gone),
        Err(errno) => {
            let subject = Subject::of(SEM).with_id(names.set);
            return Err(SetFault::Failed(Error::call("open", subject, errno)));
        }
    };
    if memory.key().is_some_and(|key| key != set.key()) {
        return Err(SetFault::Gone);
    }
    let (one, other) = (status.ownership(), set.ownership());
    let of = |ownership: &sysv_ipc::Ownership| (ownership.uid(), ownership.gid(), ownership.mode());
    if of(one) == of(other) {
        return Ok(());
    }
    let describe =
        |(uid, gid, mode): (u32, u32, Mode)| format!("user {uid}, group {gid}, mode {mode}");
    Err(SetFault::Other(format!(
        "its segment has {}, and its semaphore set {}; an area needs the same for both",
        describe(of(one)),
        describe(of(other))
    )))
}

/// [`check_set`], which gives another process the time for the second step of what changes both.
fn check_set_patiently(memory: &SharedMemory, names: Names) -> Result<()> {
    let fault = Cell::new(None);
    let checked = deadline::until(Deadline::from(SECOND_STEP), || {
        match check_set(memory, names) {
            Ok(()) => Some(Ok(())),
            Err(SetFault::Failed(error)) => Some(Err(error)),
            Err(other) => {
                fault.set(Some(other));
                None
            }
        }
    });
    if let Ok(checked) = checked {
        return checked;
    }
    let subject = handle::subject(memory);
    match fault.take() {
        Some(SetFault::Other(because)) => Err(Error::mismatch("open", subject, because)),
        _ => Err(Error::mismatch(
            "open",
            subject,
            "its semaphore set was removed, so it is dead",
        )
        .with_remedy("`Area::remove_key` or `create_replacing` removes the rest")),
    }
}
