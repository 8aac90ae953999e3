//! How areas are created and opened.
//!
//! The segment is created exclusively with the marker mode; then the set, with the marker mode too, gets the nonce; then the
//! header is written; and the mode of the segment publishes both. What a creator that was killed left is recognised by the
//! segment: marked, not attached, its creator proved dead. A set that no segment belongs to is the rest of an area if it says
//! so, and is removed if no process has joined it: with `kernel.shm_rmid_forced` the kernel leaves such sets.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use rand::rngs::SysRng;
use rand::{Rng, TryRng};
use rustix::process::geteuid;
use sysv_ipc::{Errno, Mode, SemBuf, SemFlags, SemGetFlags, SemValues, ShmId};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::deadline::Ended;
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::{self, Bounds, Found, InitWait, MARKER, Opened, refuse_private};
use crate::key::{self, Key};
use crate::limits::{self, Limits};
use crate::sem::{self, SemaphoreSet};
use crate::shm::{Attachment, SharedMemory};
use crate::sync::area::{
    Area, SEM, SHM, check_mode, check_nonce, check_set_patiently, join, read, rest, wait_for,
};
use crate::sync::layout::{Layout, Names, Object, ObjectKind, SET_ID, VERSION};
use crate::sync::memory::Memory;
use crate::system::{self, Stat};

/// The default number of peers that an area has room for.
const PEERS: u32 = 64;

/// The capacity of a channel in messages, from 1 to 16,777,216; rounded up to a power of two.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Capacity(pub u32);

/// The greatest length of a message of a channel in bytes, up to 1 GiB. Each slot of the channel has room for it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct MaxSize(pub u32);

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
    pub(super) fn new() -> AreaBuilder {
        AreaBuilder {
            peers: None,
            mode: Mode::OWNER,
            wait_for_creator: InitWait::DEFAULT,
            objects: Vec::new(),
            fault: None,
        }
    }

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
    /// has it, and no segment, unless it is the rest of an area of this user that no process has joined, and is removed;
    /// [`is_limit_reached`](Error::is_limit_reached) if a limit of the system is reached;
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
    ///   with another geometry (the text names both), or if its set is missing, replaced, cleared, or has another owner or
    ///   mode;
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
            // The nonce, the departures, the marked members, and at most two parking members of each object.
            let others = 4 + 2 * self.objects.len() as u64;
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
        let make = || sysv_ipc::semget(key.into(), layout.members, flags, MARKER);
        let made = match make() {
            Err(Errno::EEXIST) => {
                remove_rest(key)?;
                make()
            }
            made => made,
        };
        let id = made.map_err(|errno| {
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
        let [departures, peers] = [names.first_departures(), layout.peers]
            .map(|value| i16::try_from(value).unwrap_or(i16::MAX));
        let mut steps = vec![
            step(member, nonce),
            step(layout.departures_member(), departures),
            step(layout.peers_member(), peers),
        ];
        let marks = sem::area_marks(layout.members);
        steps.extend(marks.map(|(member, value)| step(member, value)));
        sysv_ipc::semop(id, &steps)
            .map_err(|errno| sem::failure(&set, "create", &steps, Ended::Failed(errno)))?;
        let mut values = SemValues::new(layout.members).map_err(fail)?;
        sysv_ipc::semctl_getall_values(id, &mut values).map_err(fail)?;
        let sum: u64 = values.iter().map(|value| u64::from(*value)).sum();
        let added = steps.iter().map(|step| u64::from(step.op().unsigned_abs()));
        if sum != added.sum::<u64>() {
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
    pub(super) fn attach(&self, memory: &SharedMemory) -> Result<Area> {
        self.check(handle::subject(memory))?;
        let mapping = Memory::Writable(memory.attach()?);
        let (layout, names) = read(memory, &mapping)?;
        self.compare(memory, &layout)?;
        check_set_patiently(memory, names)?;
        check_nonce(memory, &layout, names)?;
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

/// Removes the set with this key if it is the rest of an area of this user that no process has joined. The segment with this
/// key is a new one of the caller, so that none can join. Fails if the set is the rest of another area.
fn remove_rest(key: Key) -> Result<()> {
    let Some((set, joined)) = rest(key) else {
        return Ok(());
    };
    let Ok(stat) = Stat::of(SEM, set.id().as_raw()) else {
        return Ok(());
    };
    let because = if joined > 0 {
        format!("processes have joined it: {joined}")
    } else if stat.ownership().creator_uid() != geteuid().as_raw() {
        "another user created it".to_owned()
    } else {
        // Fails if it was removed already.
        let _ = set.remove();
        return Ok(());
    };
    let because = format!("it belongs to an area whose segment was removed, and {because}");
    Err(Error::mismatch("create", handle::subject(&set), because)
        .with_remedy("use another key, or `Area::remove_key` if no program uses the area"))
}

/// Returns a random number, which differs in a forked child.
fn random() -> u64 {
    let drawn = SysRng.try_next_u64();
    drawn.unwrap_or_else(|_| rand::rng().next_u64())
}
