//! Areas: a segment and a semaphore set that form one object.
//!
//! The segment is authoritative. The creator makes it exclusively with the marker mode, makes the set with the marker mode,
//! stores the nonce in the set, writes the header, and publishes both by changing the mode of the segment. An area of a
//! killed creator is recognised by its segment, which has the marker mode, no attachment and a provably dead creator.
//! Removal begins with the set: a segment without its set is dead, and never gets another set, since old peers may use it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::SysRng;
use rand::{Rng, TryRng};
use sysv_ipc::{Errno, Mode, SemBuf, SemFlags, SemGetFlags, SemId, SemValues, ShmId};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::deadline::{self, Deadline};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::{self, Bounds, Found, InitWait, MARKER, Opened, refuse_private};
use crate::key::{self, Key};
use crate::kind::Kind;
use crate::limits::{self, Limits};
use crate::sem::{self, SemaphoreSet};
use crate::shm::{Attachment, SharedMemory};
use crate::sync::layout::{Layout, Names, Object, ObjectKind, SET_ID, VERSION};
use crate::sync::memory::Memory;
use crate::sync::peer::Peer;
use crate::sync::registry;
use crate::system::{self, Stat};

const SHM: Kind = Kind::SharedMemory;
const SEM: Kind = Kind::SemaphoreSet;

/// The default number of peers that an area has room for.
const PEERS: u32 = 64;
/// Time limit of an opener for the second step of a removal, or of a change of the mode.
const SECOND_STEP: Duration = Duration::from_secs(1);

/// The capacity of a channel in messages, from 1 to 16,777,216; rounded up to a power of two.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Capacity(pub u32);

/// The greatest length of a message of a channel in bytes, up to 1 GiB. Each slot of the channel has room for it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct MaxSize(pub u32);

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
///   the process holds a lock: drop areas before.
/// - *Setting values* of the set (`SETVAL`, `SETALL`) clears memberships. Other peers then treat a cleared peer as dead, and
///   its operations return [`LeaseLost`](crate::sync::Error::LeaseLost). Opening the area again joins it again.
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
/// of the latter semaphores, and one more. Systems with low limits (10 undo entries on macOS, OpenBSD and NetBSD; 60
/// semaphores in all on OpenBSD and NetBSD) require small areas; the error names the limit.
#[derive(Clone)]
pub struct Area {
    pub(crate) peer: Arc<Peer>,
}

impl Area {
    /// Returns a builder, whose last method creates or opens an area.
    pub fn builder() -> AreaBuilder {
        AreaBuilder {
            peers: None,
            mode: Mode::OWNER,
            wait_for_creator: InitWait::DEFAULT,
            objects: Vec::new(),
            fault: None,
        }
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
        match self.peer.set().remove() {
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
    /// [`is_not_found`](Error::is_not_found) if no segment has the key; [`Mismatch`](ErrorKind::Mismatch) if the segment
    /// is not an area, and therefore not removed; otherwise as [`remove`](Self::remove).
    pub fn remove_key(key: impl Into<Key>) -> Result<()> {
        remove(&SharedMemory::open(key)?)
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
    let (_, names) = read(memory, &mapping)?;
    if !matches!(
        check_set(memory, names),
        Err(SetFault::Gone | SetFault::Failed(_))
    ) {
        SemaphoreSet::from_parts(SemId::from_raw(names.set), memory.key()).remove()?;
    }
    memory.remove()
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

/// Creates or opens an area. Returned by [`Area::builder`].
///
/// | method | meaning |
/// |---|---|
/// | [`create`](Self::create) | creates the area, which must not exist yet |
/// | [`open`](Self::open) | opens the area, which must exist |
/// | [`create_or_open`](Self::create_or_open) | opens the area or creates it, and reports which |
/// | [`create_replacing`](Self::create_replacing) | removes an existing area with the key first |
/// | [`create_unique`](Self::create_unique) | creates the area with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | creates the area without a key |
///
/// An existing area must have the objects of the builder, with the same geometry, and may have others. Names have 1 to 48
/// bytes, and an area has at most 48 objects.
#[derive(Debug, Clone)]
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
pub struct AreaBuilder {
    peers: Option<u32>,
    mode: Mode,
    wait_for_creator: InitWait,
    objects: Vec<Object>,
    /// The reason why the objects are invalid.
    fault: Option<String>,
}

/// The settings.
impl AreaBuilder {
    /// Sets the maximum number of processes that can join the area at the same time, from 1 to 16,000. The default is 64, or
    /// fewer if the limits of the system require it. Each costs a semaphore, and slows down waiting processes, which read all.
    pub fn peers(self, peers: u32) -> Self {
        AreaBuilder {
            peers: Some(peers),
            ..self
        }
    }

    /// Sets the permission bits of segment and set, regardless of the umask; the default is [`Mode::OWNER`], 0600. Users with
    /// read and write permission can join; users with read permission can use [`open_read_only`](Area::open_read_only).
    pub fn mode(self, mode: Mode) -> Self {
        AreaBuilder { mode, ..self }
    }

    /// Sets the time limit for waiting until another process has created the area; the default is ten seconds.
    pub fn wait_for_creator(self, wait: impl Into<InitWait>) -> Self {
        AreaBuilder {
            wait_for_creator: wait.into(),
            ..self
        }
    }

    /// Adds a mutex.
    pub fn mutex(self, name: &str) -> Self {
        self.with(Object::mutex(name, 0))
    }

    /// Adds a mutex with a value that its guard loads and stores. The bytes of the value are initially zero.
    pub fn mutex_with<T: FromBytes + IntoBytes + Immutable>(self, name: &str) -> Self {
        self.with(Object::mutex(name, size_of::<T>()))
    }

    /// Adds a channel, with any number of senders and receivers unless [`sole_sender`](Self::sole_sender) or
    /// [`sole_receiver`](Self::sole_receiver) is called for the channel.
    pub fn channel(self, name: &str, capacity: Capacity, max_size: MaxSize) -> Self {
        self.with(Object::channel(name, capacity.0, max_size.0))
    }

    /// Restricts the channel with this name to one sender at a time, which then needs no atomic exchange.
    pub fn sole_sender(self, channel: &str) -> Self {
        self.change(channel, Some(ObjectKind::Channel), Object::set_sole_sender)
    }

    /// Restricts the channel with this name to one receiver at a time, which then needs no atomic exchange.
    pub fn sole_receiver(self, channel: &str) -> Self {
        self.change(
            channel,
            Some(ObjectKind::Channel),
            Object::set_sole_receiver,
        )
    }

    /// Adds a latest value.
    pub fn latest<T: FromBytes + IntoBytes + Immutable>(self, name: &str) -> Self {
        self.with(Object::latest(name, size_of::<T>()))
    }

    /// Adds an event.
    pub fn event(self, name: &str) -> Self {
        self.with(Object::event(name))
    }

    /// Tags the object with this name with a number of the program's choice, such as the version of its value's type. Opening
    /// an area whose object has another tag fails with [`Mismatch`](ErrorKind::Mismatch). 0 means no tag.
    pub fn tag(self, object: &str, tag: u64) -> Self {
        self.change(object, None, |object| object.tag = tag)
    }

    fn with(mut self, object: Object) -> Self {
        self.objects.push(object);
        self
    }

    fn change(
        mut self,
        name: &str,
        kind: Option<ObjectKind>,
        change: impl Fn(&mut Object),
    ) -> Self {
        let mut objects = self.objects.iter_mut();
        match objects
            .find(|object| object.name == name && kind.is_none_or(|kind| kind == object.kind))
        {
            Some(object) => change(object),
            None => self.fault = Some(format!("`{name}` was not added before it is described")),
        }
        self
    }
}

/// The methods that create or open.
impl AreaBuilder {
    /// Creates and joins an area with this key, which no segment and no set may have.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if a segment has the key; [`Mismatch`](ErrorKind::Mismatch) if a set
    /// has it, and no segment; [`is_limit_reached`](Error::is_limit_reached) if a limit of the system is reached;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for invalid objects, for a mode without read and write permission
    /// for the owner, and for [`Key::PRIVATE`].
    pub fn create(self, key: impl Into<Key>) -> Result<Area> {
        let key = key.into();
        refuse_private("create", Subject::keyed(SHM, key))?;
        self.make(key)
    }

    /// Creates and joins an area with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `AlreadyExists`.
    pub fn create_unique(self) -> Result<Area> {
        key::unique(|key| {
            // A set with the same key is noticed only after the segment has been created.
            match system::find(SEM, key) {
                Err(Errno::ENOENT) => self.make(key),
                _ => Err(Error::call(
                    "create",
                    Subject::keyed(SEM, key),
                    Errno::EEXIST,
                )),
            }
        })
    }

    /// Creates and joins an area without a key, which other processes open by the [id](Area::id) of its segment.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `AlreadyExists`.
    pub fn create_private(self) -> Result<Area> {
        self.make(Key::PRIVATE)
    }

    /// Opens and joins the area with this key. Waits while another process is creating it, up to the time limit of
    /// `wait_for_creator`.
    ///
    /// # Errors
    ///
    /// - [`is_not_found`](Error::is_not_found) if no segment has the key;
    /// - [`Mismatch`](ErrorKind::Mismatch) if the segment is not an area, if the area lacks an object of the builder or has it
    ///   with another geometry (the text names both), or if its set is missing or has another owner or mode;
    /// - [`is_limit_reached`](Error::is_limit_reached) if the area has no room for another peer, or if the system has no undo
    ///   entries left;
    /// - [`is_permission_denied`](Error::is_permission_denied) if this user lacks read or write permission;
    /// - [`is_abandoned`](Error::is_abandoned) if its creator died before it finished the area;
    /// - [`is_timed_out`](Error::is_timed_out) if its creator did not finish the area in time.
    pub fn open(self, key: impl Into<Key>) -> Result<Area> {
        let key = key.into();
        self.check(Subject::keyed(SHM, key))?;
        let bounds = Bounds::new(self.wait_for_creator);
        match wait_for(key, &bounds)? {
            None => Err(Error::call("open", Subject::keyed(SHM, key), Errno::ENOENT)),
            Some(Found::Ready(id)) => self.existing(key, id),
            Some(Found::Abandoned(id, creator)) => {
                let subject = Subject::keyed(SHM, key).with_id(id);
                Err(Error::abandoned("open", subject, creator).with_remedy(
                    "`create_or_open` removes and recreates it, and so does `create_replacing`",
                ))
            }
        }
    }

    /// Opens or creates the area with this key, and joins it. If several processes call this method at the same time, exactly
    /// one creates the area. Removes and recreates an area whose creator was killed before it finished.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`open`](Self::open), except `AlreadyExists` and `NotFound`.
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<Area>> {
        let key = key.into();
        let subject = Subject::keyed(SHM, key);
        refuse_private("create or open", subject)?;
        self.check(subject)?;
        init::create_or_open(
            subject,
            &Bounds::new(self.wait_for_creator),
            Some(&|id| reclaim(key, id)),
            |bounds| wait_for(key, bounds),
            || self.make(key),
            |id| self.existing(key, id),
        )
    }

    /// Removes an existing area with this key, and creates and joins a new one.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`Area::remove_key`].
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<Area> {
        let key = key.into();
        let subject = Subject::keyed(SHM, key);
        refuse_private("create", subject)?;
        let remove = || match wait_for(key, &Bounds::new(Duration::ZERO.into())) {
            Ok(Some(Found::Abandoned(id, _))) => reclaim(key, id),
            _ => Area::remove_key(key),
        };
        init::create_replacing(subject, || self.make(key), remove)
    }

    fn check(&self, subject: Subject) -> Result<()> {
        if let Some(fault) = &self.fault {
            return Err(Error::argument("create", subject, fault.clone()));
        }
        check_mode("create", subject, self.mode)
    }

    /// Returns the layout of a new area.
    fn layout(&self, subject: Subject) -> Result<Layout> {
        let peers = self.peers.unwrap_or_else(|| {
            let limits = Limits::semaphores().ok();
            let limit = limits.map_or(u64::MAX, |limits| {
                let free = limits.semaphores_max().saturating_sub(limits.semaphores());
                // Leaves some semaphores to other programs if the limit is low.
                limits.set_size_max().min(free - free / 4)
            });
            // The nonce, the marked members, and at most two parking members of each object.
            let others = 3 + 2 * self.objects.len() as u64;
            let room = u32::try_from(limit.saturating_sub(others)).unwrap_or(u32::MAX);
            room.clamp(2, PEERS)
        });
        Layout::new(peers, self.objects.clone())
            .map_err(|because| Error::argument("create", subject, because))
    }

    /// Creates an area exclusively, and joins it.
    fn make(&self, key: Key) -> Result<Area> {
        let subject = Subject::keyed(SHM, key);
        self.check(subject)?;
        let layout = self.layout(subject)?;
        let set: Cell<Option<RemoveOnDrop<SemaphoreSet>>> = Cell::new(None);
        let names = Cell::new(None);
        let failure = RefCell::new(None);
        let initialise = |attachment: &Attachment| match self.initialise(key, attachment, &layout) {
            Ok((made, its_names)) => {
                set.set(Some(made));
                names.set(Some(its_names));
                Ok(())
            }
            Err(error) => {
                failure.replace(Some(error));
                Err("the semaphore set could not be created".into())
            }
        };
        let builder = SharedMemory::builder()
            .size(layout.size)
            .mode(self.mode)
            .init_with(initialise);
        let created = if key.is_private() {
            builder.create_private_attached()
        } else {
            builder.create_attached(key)
        };
        let (memory, attachment) = created.map_err(|error| failure.take().unwrap_or(error))?;
        let memory = RemoveOnDrop::within_call(memory);
        let (Some(set), Some(names)) = (set.take(), names.get()) else {
            // The initialiser ran, or the creation failed before.
            return Err(Error::call("create", subject, Errno::EINVAL));
        };
        let mapping = Memory::Writable(attachment);
        let peer = join(mapping, layout, names, memory.id(), key)?;
        set.keep();
        memory.keep();
        Ok(Area { peer })
    }

    /// Creates the set of a new segment, and writes the header.
    fn initialise(
        &self,
        key: Key,
        attachment: &Attachment,
        layout: &Layout,
    ) -> Result<(RemoveOnDrop<SemaphoreSet>, Names)> {
        let subject = Subject::keyed(SEM, key);
        let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
        let id = sysv_ipc::semget(key.into(), layout.members, flags, MARKER).map_err(|errno| {
            let error = limits::explain(subject, errno, layout.members);
            if errno != Errno::EEXIST {
                return error;
            }
            error
                .with_kind(ErrorKind::Mismatch)
                .because("the key is in use for a semaphore set, which belongs to no area")
                .with_remedy(
                    "use another key, or `SemaphoreSet::remove_key` if no program uses the set",
                )
        })?;
        // Identifies the set to a process that finds this creator dead.
        attachment.write_value(&id.as_raw(), SET_ID)?;
        attachment.write_value(&VERSION, VERSION_AT)?;
        let set = RemoveOnDrop::within_call(SemaphoreSet::from_parts(id, Some(key)));
        // From 1 to 32,767: a semaphore value that every system supports.
        let nonce = i16::try_from(random() % 32_767).unwrap_or(0) + 1;
        let names = Names {
            set: id.as_raw(),
            nonce: nonce.unsigned_abs(),
            area: random(),
        };
        let fail = |errno| handle::error("create", handle::subject(&*set), errno);
        let member = layout.nonce_member();
        // Also sets the time of the last operation, which marks the set as initialised for other programs.
        let step = |member, value| SemBuf::new(member, value, SemFlags::NOWAIT);
        let mut steps = vec![step(member, 0), step(member, nonce)];
        let marks = sem::area_marks(layout.members);
        steps.extend(marks.map(|(member, value)| step(member, value)));
        sysv_ipc::semop(id, &steps).map_err(fail)?;
        let mut values = SemValues::new(layout.members).map_err(fail)?;
        sysv_ipc::semctl_getall_values(id, &mut values).map_err(fail)?;
        let sum: u64 = values.iter().map(|value| u64::from(*value)).sum();
        let marks = sem::AREA_MARKS.map(|value| u64::from(value.unsigned_abs()));
        if sum != u64::from(names.nonce) + marks.iter().sum::<u64>() {
            let because = "another process has set its values";
            return Err(Error::mismatch("create", handle::subject(&*set), because));
        }
        set.set_mode(self.mode)?;
        attachment.write_at(&layout.encode(names), 0)?;
        Ok((set, names))
    }

    /// Opens the area with this key and this id of its segment.
    fn existing(&self, key: Key, id: i32) -> Result<Area> {
        self.attach(&SharedMemory::from_parts(ShmId::from_raw(id), Some(key)))
    }

    /// Attaches an existing area, checks it, and joins it.
    fn attach(&self, memory: &SharedMemory) -> Result<Area> {
        self.check(handle::subject(memory))?;
        let mapping = Memory::Writable(memory.attach()?);
        let (layout, names) = read(memory, &mapping)?;
        self.compare(memory, &layout)?;
        check_set_patiently(memory, names)?;
        let key = memory.key().unwrap_or(Key::PRIVATE);
        join(mapping, layout, names, memory.id(), key).map(|peer| Area { peer })
    }

    /// Compares the geometry of an existing area with the builder's.
    fn compare(&self, memory: &SharedMemory, layout: &Layout) -> Result<()> {
        let differ = |because| Err(Error::mismatch("open", handle::subject(memory), because));
        for wanted in &self.objects {
            match layout.object(&wanted.name) {
                None => return differ(format!("it has no {wanted}")),
                Some(found) if !found.is_like(wanted) => {
                    return differ(format!(
                        "it has the {found}, and the {wanted} was asked for"
                    ));
                }
                Some(_) => {}
            }
        }
        match self.peers {
            Some(peers) if peers != u32::from(layout.peers) => {
                let found = layout.peers;
                differ(format!(
                    "it has room for {found} peers, and {peers} were asked for"
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The offset of the version in the header.
const VERSION_AT: usize = 8;

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

/// Removes the unfinished area of a dead creator: the set first, then the segment.
fn reclaim(key: Key, id: i32) -> Result<()> {
    let memory = SharedMemory::from_parts(ShmId::from_raw(id), Some(key));
    // While it is attached here, no other process considers the segment abandoned: only one of several proceeds.
    let attachment = memory.attach()?;
    let Ok(stat) = Stat::of(SHM, id) else {
        return Ok(());
    };
    let status = memory.status()?;
    if status.attach_count() != 1
        || stat.is_marked_for_removal()
        || stat.key() != key
        || stat.ownership().mode() != MARKER
    {
        // The caller looks again.
        return Ok(());
    }
    let is_recorded = attachment.read_value::<u32>(VERSION_AT)? == VERSION;
    let set = if is_recorded {
        Some(attachment.read_value::<i32>(SET_ID)?)
    } else {
        system::find(SEM, key).ok()
    };
    let its = |set: &i32| match Stat::of(SEM, *set) {
        Ok(found) => {
            let (one, other) = (found.ownership(), stat.ownership());
            found.key() == key
                && one.creator_uid() == other.creator_uid()
                && (is_recorded || one.mode() == MARKER)
        }
        Err(_) => false,
    };
    if let Some(set) = set.filter(its) {
        handle::remove(Subject::keyed(SEM, key), set)?;
    }
    memory.remove()
}

/// Returns a random number, which differs in a forked child.
fn random() -> u64 {
    let drawn = SysRng.try_next_u64();
    drawn.unwrap_or_else(|_| rand::rng().next_u64())
}
