//! The status of an area, its peers and its objects, read without joining.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use sysv_ipc::{Errno, Pid, SemId, SemValues, ShmId};

use crate::error::Result;
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use crate::sem::{self, SemaphoreSet};
use crate::shm::SharedMemory;
use crate::sync::area::{self, Area};
use crate::sync::layout::{Layout, Names, Object, ObjectKind};
use crate::sync::memory::Memory;
use crate::sync::mutex::{INCONSISTENT, WAITERS};
use crate::sync::peer::{OWNER, PRESENT};
use crate::system;

/// Returns the status of the area in this segment, without joining it. Works on an area without room for another peer, and
/// on one with damaged objects as long as its tables are valid.
///
/// ```
/// use sysv_wrapper::RemoveOnDrop;
/// use sysv_wrapper::sync::{self, Area, ObjectState};
///
/// let area = RemoveOnDrop::new(Area::builder().mutex("table").create_private()?);
/// let mutex = area.mutex("table")?;
/// let _guard = mutex.lock()?;
///
/// let status = sync::inspect(area.id())?;
/// assert_eq!(status.peers().len(), 1);
/// let object = &status.objects()[0];
/// assert_eq!(object.to_string(), "mutex `table`");
/// let ObjectState::Mutex { owner: Some(owner), .. } = object.state() else { panic!("it is locked") };
/// assert_eq!(owner.pid().map(|pid| pid.as_raw()), i32::try_from(std::process::id()).ok());
/// assert!(owner.is_alive());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
///
/// # Errors
///
/// [`is_not_found`](crate::Error::is_not_found) if no segment has the id; [`Mismatch`](crate::ErrorKind::Mismatch) if the
/// segment is not an area; [`is_permission_denied`](crate::Error::is_permission_denied) if this user may not read it.
pub fn inspect(id: impl Into<ShmId>) -> Result<AreaStatus> {
    let memory = SharedMemory::from_id(id)?;
    let mapping = Memory::ReadOnly(memory.attach_read_only()?);
    let (layout, names) = area::read(&memory, &mapping)?;
    AreaStatus::new(&memory, &mapping, &layout, names)
}

/// Returns the id of the segment of the area that a set belongs to; `None` if the set belongs to no area that this user can
/// read. The values of such a set are the memberships of processes.
///
/// # Errors
///
/// As [`SemaphoreSet::status`].
pub fn area_of_set(set: &SemaphoreSet) -> Result<Option<ShmId>> {
    let status = set.status()?;
    let Some(creator) = creator(set.id(), status.count()) else {
        return Ok(None);
    };
    let segments: Vec<ShmId> = match handle::key_of(Kind::SemaphoreSet, set.id().as_raw())? {
        Some(key) if !key.is_private() => {
            let found = system::find(Kind::SharedMemory, key).ok();
            found.map(ShmId::from_raw).into_iter().collect()
        }
        _ => {
            let listing = SharedMemory::list().into_iter().flatten();
            let listing = listing.filter(|entry| entry.key().is_private());
            let of_creator = listing.filter(|entry| {
                let status = entry.status().as_shm();
                status.is_some_and(|status| status.creator_pid() == Some(creator))
            });
            of_creator.map(|entry| entry.raw_id().into()).collect()
        }
    };
    let mut segments = segments.into_iter();
    Ok(segments.find(|id| set_of(*id) == Some(set.id())))
}

/// Returns whether a segment belongs to an area. Attaches the segment only if its creator also created the set of an area with
/// the same key, since attaching changes the segment's recorded times and process.
///
/// # Errors
///
/// As [`SharedMemory::status`].
pub fn is_area(memory: &SharedMemory) -> Result<bool> {
    let status = memory.status()?;
    if status.attach_time().is_none() {
        return Ok(false);
    }
    let creator_pid = status.creator_pid();
    let is_its = |id: SemId| {
        let count = sysv_ipc::semctl_stat(id).map(|stat| stat.nsems());
        let creator = count.ok().and_then(|count| creator(id, count));
        creator.is_some() && creator == creator_pid && set_of(memory.id()) == Some(id)
    };
    Ok(match memory.key() {
        Some(key) if !key.is_private() => {
            let found = system::find(Kind::SemaphoreSet, key);
            found.is_ok_and(|id| is_its(SemId::from_raw(id)))
        }
        _ => {
            let listing = SemaphoreSet::list().into_iter().flatten();
            let mut sets = listing.filter(|entry| entry.key().is_private());
            sets.any(|entry| is_its(entry.raw_id().into()))
        }
    })
}

/// Returns the process that created a set, if the set belongs to an area.
fn creator(set: SemId, members: usize) -> Option<Pid> {
    let (mark, _) = sem::area_marks(members).next()?;
    if !sem::is_of_area(set, members) {
        return None;
    }
    sysv_ipc::semctl_getpid(set, mark).ok()?
}

/// Returns the set that the header of an area names.
fn set_of(segment: ShmId) -> Option<SemId> {
    let memory = SharedMemory::from_parts(segment, None);
    let mapping = Memory::ReadOnly(memory.attach_read_only().ok()?);
    let (_, names) = Layout::read(&mapping).ok()?;
    Some(SemId::from_raw(names.set))
}

impl Area {
    /// Returns the current status of the area, its peers and its objects.
    ///
    /// # Errors
    ///
    /// As [`inspect`].
    pub fn status(&self) -> Result<AreaStatus> {
        let memory = SharedMemory::from_parts(self.id(), self.key());
        let mapping: &Arc<Memory> = &self.peer.memory;
        AreaStatus::new(&memory, mapping, &self.peer.layout, self.peer.names)
    }
}

/// The status of an area, its peers and its objects, at one moment. Returned by [`inspect`] and [`Area::status`].
#[derive(Debug, Clone)]
pub struct AreaStatus {
    id: ShmId,
    key: Option<Key>,
    set_id: SemId,
    has_set: bool,
    size: usize,
    peers_max: u16,
    peers: Vec<PeerStatus>,
    objects: Vec<ObjectStatus>,
}

/// A process that has joined an area, or that died and has not been swept.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    slot: u16,
    generation: u16,
    pid: Option<Pid>,
    is_alive: bool,
}

/// An object of an area.
#[derive(Debug, Clone)]
pub struct ObjectStatus {
    object: Object,
    waiters: u32,
    state: ObjectState,
}

/// The state of an object at the moment of the inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectState {
    /// The state of a mutex.
    Mutex {
        /// The peer that holds the mutex.
        owner: Option<PeerStatus>,
        /// Whether a former owner died or panicked, and no later owner has declared the data consistent.
        is_inconsistent: bool,
        /// Whether a waiter has announced itself.
        has_waiters: bool,
    },
    /// The state of a channel.
    Channel {
        /// The number of slots in use, from 0 to the capacity; `None` if the memory holds an invalid number.
        length: Option<u64>,
        /// The living peers that have a sender.
        senders: Vec<PeerStatus>,
        /// The living peers that have a receiver.
        receivers: Vec<PeerStatus>,
    },
    /// The state of a latest value.
    Latest {
        /// The number of publications so far.
        version: u64,
        /// The peer that has the role of the publisher.
        publisher: Option<PeerStatus>,
    },
    /// The state of an event.
    Event {
        /// Whether there is a signal that no waiter has consumed.
        is_signalled: bool,
    },
    /// The state of an object whose kind this version does not support.
    Unknown,
}

/// The memory and the set of an area during an inspection.
struct Look<'a> {
    mapping: &'a Memory,
    layout: &'a Layout,
    set: SemId,
    /// Empty if there is no set.
    values: Vec<u16>,
}

impl AreaStatus {
    fn new(
        memory: &SharedMemory,
        mapping: &Memory,
        layout: &Layout,
        names: Names,
    ) -> Result<AreaStatus> {
        let set = SemId::from_raw(names.set);
        let look = Look {
            mapping,
            layout,
            set,
            values: values(memory, layout, names)?,
        };
        let peers = (0..layout.peers).filter_map(|slot| look.peer(slot));
        let objects = layout.objects.iter().map(|object| look.object(object));
        Ok(AreaStatus {
            id: memory.id(),
            key: memory.key(),
            set_id: set,
            has_set: !look.values.is_empty(),
            size: layout.size,
            peers_max: layout.peers,
            peers: peers.collect(),
            objects: objects.collect(),
        })
    }

    /// Returns the id of the segment.
    pub fn id(&self) -> ShmId {
        self.id
    }

    /// Returns the key; `None` if this user may not read it.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Returns the id of the semaphore set.
    pub fn set_id(&self) -> SemId {
        self.set_id
    }

    /// Returns whether the set exists. An area without its set is dead.
    pub fn has_set(&self) -> bool {
        self.has_set
    }

    /// Returns the size of the area within its segment in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns the maximum number of peers.
    pub fn peers_max(&self) -> usize {
        self.peers_max.into()
    }

    /// Returns the processes that have joined, and processes that died and have not been swept yet.
    pub fn peers(&self) -> &[PeerStatus] {
        &self.peers
    }

    /// Returns the objects.
    pub fn objects(&self) -> &[ObjectStatus] {
        &self.objects
    }
}

impl PeerStatus {
    /// Returns the number of the peer's lease.
    pub fn slot(self) -> u16 {
        self.slot
    }

    /// Returns the generation of the lease, from 1 to 16,383.
    pub fn generation(self) -> u16 {
        self.generation
    }

    /// Returns the pid that the peer recorded, in its own pid namespace; `None` if unknown.
    pub fn pid(self) -> Option<Pid> {
        self.pid
    }

    /// Returns whether the peer was alive, according to the kernel.
    pub fn is_alive(self) -> bool {
        self.is_alive
    }
}

impl ObjectStatus {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.object.name
    }

    /// Returns the kind.
    pub fn kind(&self) -> ObjectKind {
        self.object.kind
    }

    /// Returns the size of the object within the segment in bytes.
    pub fn size(&self) -> usize {
        self.object.size
    }

    /// Returns the tag of the object; 0 if the program set none.
    pub fn tag(&self) -> u64 {
        self.object.tag
    }

    /// Returns the size of the value of a mutex or of a latest value in bytes; `None` for other kinds.
    pub fn value_size(&self) -> Option<usize> {
        let has_value = matches!(self.object.kind, ObjectKind::Mutex | ObjectKind::Latest);
        has_value.then(|| self.object.value_size())
    }

    /// Returns the capacity of a channel in messages; `None` for other kinds.
    pub fn capacity(&self) -> Option<u32> {
        (self.object.kind == ObjectKind::Channel).then(|| self.object.capacity())
    }

    /// Returns the maximum length of a message of a channel in bytes; `None` for other kinds.
    pub fn max_size(&self) -> Option<u32> {
        (self.object.kind == ObjectKind::Channel).then(|| self.object.max_size())
    }

    /// Returns the number of threads that sleep on the object.
    ///
    /// On systems without `semtimedop`, a thread that waits with a deadline does not sleep, and is not counted.
    pub fn waiters(&self) -> u32 {
        self.waiters
    }

    /// Returns the state of the object.
    pub fn state(&self) -> &ObjectState {
        &self.state
    }
}

impl std::fmt::Display for ObjectStatus {
    /// Writes kind, name and geometry.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.object.fmt(f)
    }
}

/// Returns the values of the set; none if the set was removed, or if another set has its id.
fn values(memory: &SharedMemory, layout: &Layout, names: Names) -> Result<Vec<u16>> {
    let fail = |errno| handle::error("ask about", handle::subject(memory), errno);
    let mut values = SemValues::new(layout.members).map_err(fail)?;
    match sysv_ipc::semctl_getall_values(SemId::from_raw(names.set), &mut values) {
        Ok(()) => {}
        Err(Errno::EINVAL | Errno::EIDRM | Errno::EFAULT) => return Ok(Vec::new()),
        Err(errno) => return Err(fail(errno)),
    }
    let is_its = values.get(usize::from(layout.nonce_member())) == Some(&names.nonce);
    Ok(if is_its { values.to_vec() } else { Vec::new() })
}

impl Look<'_> {
    fn u32(&self, at: usize) -> u32 {
        self.mapping.u32(at).map_or(0, |word| word.load(Relaxed))
    }

    /// Returns a 64-bit number by two loads, since a read-only mapping allows no wider loads on 32-bit processors.
    fn u64(&self, at: usize) -> u64 {
        if cfg!(target_pointer_width = "64") {
            return self.mapping.u64(at).map_or(0, |word| word.load(Acquire));
        }
        let mut bytes = [0; 8];
        self.mapping.read(at, &mut bytes);
        u64::from_ne_bytes(bytes)
    }

    /// Returns the peer in this slot; `None` if the slot is free and swept.
    fn peer(&self, slot: u16) -> Option<PeerStatus> {
        let state = self.u32(Layout::peer_at(slot));
        // The low half.
        let generation = u16::try_from(state & 0xffff).unwrap_or(0);
        let value = self.values.get(usize::from(slot)).copied().unwrap_or(0);
        (state & PRESENT != 0 || value != 0).then(|| {
            // A process that has just taken the lease may not have written its generation yet.
            let generation = if value == 0 { generation } else { value };
            self.peer_of(slot, generation)
        })
    }

    fn peer_of(&self, slot: u16, generation: u16) -> PeerStatus {
        let at = Layout::peer_at(slot);
        let is_known = slot < self.layout.peers && self.u32(at) & 0xffff == u32::from(generation);
        let pid = i32::try_from(self.u32(at + 4)).ok();
        let value = self.values.get(usize::from(slot)).copied().unwrap_or(0);
        PeerStatus {
            slot,
            generation,
            pid: pid.filter(|_| is_known).and_then(Pid::from_raw),
            is_alive: slot < self.layout.peers && generation != 0 && value == generation,
        }
    }

    /// Returns the peer that a word names.
    fn owner(&self, word: u32) -> Option<PeerStatus> {
        let owner = word & OWNER;
        // Two halves.
        let [slot, generation] =
            [owner & 0xffff, owner >> 16].map(|half| u16::try_from(half).unwrap_or(0));
        (owner != 0).then(|| self.peer_of(slot, generation))
    }

    /// Returns the living peers with the bit of an object in their entry at byte `at`.
    fn side(&self, object: &Object, at: usize) -> Vec<PeerStatus> {
        let on = |slot: u16| {
            let word = self.u64(Layout::peer_at(slot) + at);
            let generation = u16::try_from(word >> 48).unwrap_or(0);
            let peer = self.peer_of(slot, generation);
            (word & (1 << object.index) != 0 && peer.is_alive).then_some(peer)
        };
        (0..self.layout.peers).filter_map(on).collect()
    }

    fn object(&self, object: &Object) -> ObjectStatus {
        let at = object.offset;
        let word = self.u32(at);
        let state = match object.kind {
            ObjectKind::Mutex => ObjectState::Mutex {
                owner: self.owner(word),
                is_inconsistent: word & INCONSISTENT != 0,
                has_waiters: word & WAITERS != 0,
            },
            ObjectKind::Channel => {
                let (tail, head) = (self.u64(at), self.u64(at + 64));
                let length = tail.wrapping_sub(head);
                ObjectState::Channel {
                    length: (length <= object.capacity().into()).then_some(length),
                    senders: self.side(object, 8),
                    receivers: self.side(object, 16),
                }
            }
            ObjectKind::Latest => ObjectState::Latest {
                version: self.u64(at),
                publisher: self.owner(self.u32(at + 8)),
            },
            ObjectKind::Event => ObjectState::Event {
                is_signalled: word != 0,
            },
            ObjectKind::Unknown(_) => ObjectState::Unknown,
        };
        let sleepers = |member| sysv_ipc::semctl_getncnt(self.set, member).unwrap_or(0);
        let parking = object.parking().filter(|_| !self.values.is_empty());
        ObjectStatus {
            object: object.clone(),
            waiters: parking.map(sleepers).sum(),
            state,
        }
    }
}
