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
use crate::sem::{self, SemaphoreSet};
use crate::shm::SharedMemory;
use crate::sync::layout::{Layout, Names, Object, ObjectKind};
use crate::sync::memory::Memory;
use crate::sync::peer::Peer;
use crate::sync::registry;
use crate::system::{self, Stat};

const SHM: Kind = Kind::SharedMemory;
const SEM: Kind = Kind::SemaphoreSet;

/// Time limit of an opener for the second step of a removal, or of a change of the mode.
const SECOND_STEP: Duration = Duration::from_secs(1);

/// A container of objects that processes share: a segment of shared memory and a semaphore set with the same key.
///
/// Opening an area *joins* it: the process becomes one of its peers, and the kernel notifies the others when the process
/// ends for any reason. A process joins once, even if it opens the area repeatedly, and leaves when it drops its last handle
/// of the area and its objects. A clone is another handle.
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
/// - *fork*: a child is not a member. In the child, every use of the parent's handles returns
///   [`Forked`](crate::sync::Error::Forked), and dropping them does nothing; the child has to open the area itself.
/// - *exec* keeps the membership of a process, and its locks, until the new program ends. Drop areas before `exec`.
/// - *unshare* and *setns* into another ipc namespace, and `unshare(CLONE_SYSVSEM)`, end the membership at once, even while
///   the process holds a lock: drop areas before. Threads share the membership, which ends when the last of them has done so
///   or has ended.
/// - *Setting values* of the set (`SETVAL`, `SETALL`) clears memberships. Other peers then treat a cleared peer as dead, and
///   its operations return [`LeaseLost`](crate::sync::Error::LeaseLost). Opening the area again joins it again. If all values
///   were set to 0, the area is dead: every operation that waits fails, and so does opening it.
///
/// # Trust
///
/// Every process that may write the segment and alter the set can break the guarantees of the objects, for instance mutual
/// exclusion. Memory safety and deadlines of waits hold even against such peers.
///
/// # Removal
///
/// The area stays until it is removed ([`remove`](Area::remove), [`RemoveOnDrop`](crate::RemoveOnDrop)) or the system
/// restarts. Removal ends every wait with [`Removed`](crate::sync::Error::Removed).
///
/// # Limits
///
/// An area uses one semaphore per peer, and one or two per mutex, event and channel. Each process uses an undo entry for each
/// of the latter semaphores, and two more. Systems with low limits (10 undo entries on macOS, OpenBSD and NetBSD; 60
/// semaphores in all on OpenBSD and NetBSD) require small areas; the error names the limit.
#[derive(Clone)]
pub struct Area {
    pub(crate) peer: Arc<Peer>,
}

impl Area {
    /// Returns a builder, whose last method creates or opens an area.
    pub fn builder() -> AreaBuilder {
        AreaBuilder::new()
    }

    /// Opens and joins the area with this key, without comparing its objects. Waits up to ten seconds for its creator.
    ///
    /// # Errors
    ///
    /// As [`AreaBuilder::open`].
    pub fn open(key: impl Into<Key>) -> Result<Area> {
        Area::builder().open(key)
    }

    /// Opens and joins an area by the id of its segment, received from another process.
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

    /// Removes the area: the set first, then the segment. Every wait ends with [`Removed`](crate::sync::Error::Removed). The
    /// kernel frees the memory when the last process detaches it.
    ///
    /// # Errors
    ///
    /// [`NotOwner`](ErrorKind::NotOwner) if this user is neither owner nor creator nor privileged;
    /// [`is_removed`](Error::is_removed) if the area was removed before.
    pub fn remove(&self) -> Result<()> {
        let removed = if is_replaced(&self.peer.layout, self.peer.names) {
            Err(Error::call("remove", self.subject(), Errno::EIDRM))
        } else {
            self.peer.set().remove()
        };
        match removed {
            // Removes the remains of an interrupted removal.
            Err(error) if error.is_removed() && is_gone(SHM, self.id().as_raw()) => {
                return Err(error);
            }
            Err(error) if !error.is_removed() => return Err(error),
            _ => {}
        }
        handle::remove(self.subject(), self.id().as_raw())
    }

    /// Removes the area with this key, without joining it. If its set or segment is missing, removes the remaining part.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no segment has the key, nor the set of an area;
    /// [`Mismatch`](ErrorKind::Mismatch) if the segment is not an area, and therefore not removed; otherwise as
    /// [`remove`](Self::remove).
    pub fn remove_key(key: impl Into<Key>) -> Result<()> {
        let key = key.into();
        match SharedMemory::open(key) {
            Ok(memory) => remove(&memory),
            Err(error) if error.is_not_found() => match rest(key) {
                Some((set, _)) => set.remove(),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Removes the area in the segment with this id, as [`remove_key`](Self::remove_key) does.
    ///
    /// # Errors
    ///
    /// As [`remove_key`](Self::remove_key).
    pub fn remove_id(id: impl Into<ShmId>) -> Result<()> {
        remove(&SharedMemory::from_id(id)?)
    }

    /// Sets the permission bits of set and segment. While the two differ, other processes cannot open the area.
    ///
    /// # Errors
    ///
    /// As [`SharedMemory::set_mode`]; [`is_invalid_argument`](Error::is_invalid_argument) for a mode without read and write
    /// permission for the owner.
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        check_mode("change", self.subject(), mode)?;
        self.peer.set().set_mode(mode)?;
        self.memory().set_mode(mode)
    }

    /// Sets owner and group of set and segment. While the two differ, other processes cannot open the area.
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

    /// Returns whether the segment or the set was removed.
    pub fn is_removed(&self) -> bool {
        is_gone(SEM, self.set_id().as_raw()) || is_gone(SHM, self.id().as_raw())
    }

    /// Returns the segment, as named in errors.
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            kind: SHM,
            key: self.peer.key,
            id: Some(self.peer.segment.as_raw()),
        }
    }

    /// Returns the object with this name and kind.
    pub(crate) fn object(&self, name: &str, kind: ObjectKind) -> Result<&Object> {
        object(self.subject(), &self.peer.layout, name, kind)
    }

    /// Returns the object with this name, kind and value size.
    pub(crate) fn valued(&self, name: &str, kind: ObjectKind, size: usize) -> Result<&Object> {
        valued(self.subject(), &self.peer.layout, name, kind, size)
    }
}

/// Removes the area in this segment: first the set, if the header confirms it.
fn remove(memory: &SharedMemory) -> Result<()> {
    let mapping = Memory::ReadOnly(memory.attach_read_only()?);
    let (layout, names) = read(memory, &mapping)?;
    let checked = check_set(memory, names);
    let is_gone = matches!(checked, Err(SetFault::Gone | SetFault::Failed(_)));
    if !is_gone && !is_replaced(&layout, names) {
        SemaphoreSet::from_parts(SemId::from_raw(names.set), memory.key()).remove()?;
    }
    memory.remove()
}

/// Returns the set with this key, if it is that of an area, and how many processes have joined it.
fn rest(key: Key) -> Option<(SemaphoreSet, usize)> {
    let id = system::find(SEM, key).ok()?;
    let set = SemaphoreSet::from_parts(SemId::from_raw(id), Some(key));
    let values = set.values().ok()?;
    let joined = Layout::leases(&values)?.iter().filter(|lease| **lease > 0);
    Some((set, joined.count()))
}

/// Rejects the marker mode, and modes under which the owner could not join.
fn check_mode(operation: &'static str, subject: Subject, mode: Mode) -> Result<()> {
    if !mode.contains(Mode::OWNER) {
        let because = format!("the mode is {mode}, and must let the owner read and write");
        return Err(Error::argument(operation, subject, because));
    }
    init::check_mode(operation, subject, mode)
}

/// Returns whether the id names no object, or a segment that is marked for removal.
fn is_gone(kind: Kind, id: i32) -> bool {
    match Stat::of(kind, id) {
        Ok(stat) => stat.is_marked_for_removal(),
        Err(errno) => matches!(errno, Errno::EINVAL | Errno::EIDRM),
    }
}

/// Returns the object with this name and kind.
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

/// Returns the object with this name, kind and value size.
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

/// The segment represents the area: the id of the segment is the id of the area.
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

/// Joins an area, unless this process has joined it before.
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

/// Waits until the area with this key is finished, and returns its segment.
pub(crate) fn wait_for(key: Key, bounds: &Bounds) -> Result<Option<Found>> {
    let state = |id| init::segment_state(key, ShmId::from_raw(id));
    init::wait_for(SHM, key, bounds, state)
}

/// The reason why the set of an area is unusable.
enum SetFault {
    /// The segment is missing too, or inaccessible.
    Failed(Error),
    Gone,
    Other(String),
}

/// Checks that the set of an area exists and has the same key, owner and mode as the segment.
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

/// Returns whether the id of the set names another set, which got it after the removal. A set of this size without the marks
/// of an area counts as the area's: another program has set its values.
fn is_replaced(layout: &Layout, names: Names) -> bool {
    let id = SemId::from_raw(names.set);
    let Ok(stat) = sysv_ipc::semctl_stat(id) else {
        return false;
    };
    let value = sysv_ipc::semctl_getval(id, layout.nonce_member());
    stat.nsems() != layout.members
        || (value != Ok(i32::from(names.nonce)) && sem::is_of_area(id, layout.members))
}

/// Fails if the set does not have the nonce of the area.
fn check_nonce(memory: &SharedMemory, layout: &Layout, names: Names) -> Result<()> {
    let value = sysv_ipc::semctl_getval(SemId::from_raw(names.set), layout.nonce_member());
    match value {
        Ok(value) if value == i32::from(names.nonce) => Ok(()),
        // Joining fails for the same reason.
        Err(Errno::EACCES) => Ok(()),
        _ => Err(Error::mismatch(
            "open",
            handle::subject(memory),
            "its semaphore set was replaced or cleared, so it is dead",
        )
        .with_remedy("`Area::remove_key` or `create_replacing` removes the rest")),
    }
}

/// Calls [`check_set`] repeatedly, to give another process time for the second step of a change of both.
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
