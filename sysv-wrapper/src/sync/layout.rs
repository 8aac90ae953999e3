//! The layout of an area: a header, the table of peers, the table of objects, and the objects.
//!
//! All numbers have the byte order of the machine, and 4 or 8 bytes, each at a multiple of its size. C programs share the
//! layout through `include/sysv_sync.h`, on 32-bit processors too.
//!
//! | byte | header | |
//! |---|---|---|
//! | 0 | u64 | [`MAGIC`] |
//! | 8 | u32 | [`VERSION`] |
//! | 12 | u32 | features that a peer has to support; none so far |
//! | 16 | u32 | [`BYTE_ORDER`] |
//! | 20 | u32 | id of the semaphore set |
//! | 24 | u32 | nonce: the value of the set's member number `peers` |
//! | 28 | u32 | peers: number of leases |
//! | 32 | u32 | objects |
//! | 36 | u32 | members of the set |
//! | 40 | u64 | size of the area in bytes |
//! | 48 | u64 | random number of the area |
//! | 56 | u32 | slot at which the next claim begins |
//! | 60 | u32 | number of times that the count of departures was restarted |
//!
//! | byte | entry of a peer, 32 bytes | |
//! |---|---|---|
//! | 0 | u32 | generation, and bit 31 while the slot is in use or not swept |
//! | 4 | u32 | pid, for information only |
//! | 8 | u64 | objects that the peer sends to: generation << 48, and a bit for each object |
//! | 16 | u64 | objects that the peer receives from, in the same format |
//!
//! | byte | entry of an object, 96 bytes | |
//! |---|---|---|
//! | 0 | u32 | kind |
//! | 4 | u32 | flags: 1 sole sender, 2 sole receiver |
//! | 8 | u64 | offset of the object's memory, a multiple of 64 |
//! | 16 | u64 | size of the object's memory |
//! | 24 | u32 | first parking member |
//! | 28 | u32 | parking members |
//! | 32 | u32 | mutex, latest: size of the value in bytes; channel: capacity |
//! | 36 | u32 | channel: maximum length of a message |
//! | 40 | u64 | tag of the user |
//! | 48 | 48 bytes | name, UTF-8, filled with zeros |
//!
//! The set has a lease for each peer, the nonce, the count of departures (from nonce mod 8,192 + 1 up), the parking members,
//! the number of peers, and two members with the values of [`AREA_MARKS`]. The last three identify the set of an area, and its
//! leases, without a segment.
//!
//! Offsets and parking members follow from kinds and geometry: an opener computes them, and rejects an area with different
//! ones. Objects therefore overlap neither each other nor the tables, regardless of what a peer has written.

use std::fmt;

use crate::sem::AREA_MARKS;
use crate::sync::memory::Memory;

/// `sysvsync` in the bytes of a little-endian machine.
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"sysvsync");
pub(crate) const VERSION: u32 = 1;
pub(crate) const BYTE_ORDER: u32 = 0x0102_0304;

/// Offsets of the header.
pub(crate) const SET_ID: usize = 20;
pub(crate) const NEXT: usize = 56;
pub(crate) const ROUND: usize = 60;

const HEADER_SIZE: usize = 64;
const PEER_SIZE: usize = 32;
const OBJECT_SIZE: usize = 96;
const NAME_AT: usize = 48;
/// The maximum length of a name in bytes.
pub(crate) const NAME_MAX: usize = OBJECT_SIZE - NAME_AT;
/// The maximum of the first count of departures.
const FIRST_DEPARTURES_MAX: u16 = 8_192;
/// The maximum number of objects: each has a bit beside a generation in a word.
pub(crate) const OBJECTS_MAX: usize = 48;
/// The maximum number of peers. An owner id has 16 bits for the slot; far smaller sets are slow already.
pub(crate) const PEERS_MAX: u32 = 16_000;
/// The maximum capacity of a channel in messages.
const CAPACITY_MAX: u32 = 1 << 24;
/// The maximum size of a message or a value in bytes.
const SIZE_MAX: u32 = 1 << 30;

const SOLE_SENDER: u32 = 1;
const SOLE_RECEIVER: u32 = 2;

/// The words of a mutex, before its value.
pub(crate) const MUTEX_WORDS: usize = 64;
/// The words of a latest value, before its buffers.
pub(crate) const LATEST_WORDS: usize = 64;
/// The words of an event.
pub(crate) const EVENT_WORDS: usize = 128;
/// The words of a channel, before its slots: eight lines of 64 bytes.
pub(crate) const CHANNEL_WORDS: usize = 512;

/// The kind of an object of an area.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A [`Mutex`](crate::sync::Mutex).
    Mutex,
    /// A channel: [`Sender`](crate::sync::Sender) and [`Receiver`](crate::sync::Receiver).
    Channel,
    /// A latest value.
    Latest,
    /// An event.
    Event,
    /// A kind that this version does not support, with its number. Such objects are listed, but cannot be used.
    Unknown(u32),
}

impl ObjectKind {
    fn number(self) -> u32 {
        match self {
            ObjectKind::Mutex => 1,
            ObjectKind::Channel => 2,
            ObjectKind::Latest => 3,
            ObjectKind::Event => 4,
            ObjectKind::Unknown(number) => number,
        }
    }

    fn from_number(number: u32) -> ObjectKind {
        match number {
            1 => ObjectKind::Mutex,
            2 => ObjectKind::Channel,
            3 => ObjectKind::Latest,
            4 => ObjectKind::Event,
            _ => ObjectKind::Unknown(number),
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ObjectKind::Mutex => f.write_str("mutex"),
            ObjectKind::Channel => f.write_str("channel"),
            ObjectKind::Latest => f.write_str("latest value"),
            ObjectKind::Event => f.write_str("event"),
            ObjectKind::Unknown(number) => write!(f, "object of the unknown kind {number}"),
        }
    }
}

/// An object as the table describes it: a private copy, checked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// The number of the object in the table, below [`OBJECTS_MAX`].
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) kind: ObjectKind,
    flags: u32,
    pub(crate) offset: usize,
    pub(crate) size: usize,
    /// The first parking member of the object.
    pub(crate) park: u16,
    pub(crate) parks: u16,
    first: u32,
    second: u32,
    pub(crate) tag: u64,
}

impl Object {
    /// Describes an object without an offset and parking members.
    fn new(name: &str, kind: ObjectKind, first: u32, second: u32) -> Object {
        Object {
            index: 0,
            name: name.to_owned(),
            kind,
            flags: 0,
            offset: 0,
            size: 0,
            park: 0,
            parks: 0,
            first,
            second,
            tag: 0,
        }
    }

    /// Describes a mutex with a value of this size, which may be 0.
    pub(crate) fn mutex(name: &str, value: usize) -> Object {
        Object::new(name, ObjectKind::Mutex, saturate(value), 0)
    }

    /// Describes a latest value of this size.
    pub(crate) fn latest(name: &str, value: usize) -> Object {
        Object::new(name, ObjectKind::Latest, saturate(value), 0)
    }

    pub(crate) fn event(name: &str) -> Object {
        Object::new(name, ObjectKind::Event, 0, 0)
    }

    /// Describes a channel, and rounds its capacity up to a power of two.
    pub(crate) fn channel(name: &str, capacity: u32, max_size: u32) -> Object {
        let capacity = capacity.checked_next_power_of_two().unwrap_or(u32::MAX);
        Object::new(name, ObjectKind::Channel, capacity, max_size)
    }

    pub(crate) fn set_sole_sender(&mut self) {
        self.flags |= SOLE_SENDER;
    }

    pub(crate) fn set_sole_receiver(&mut self) {
        self.flags |= SOLE_RECEIVER;
    }

    /// Returns the size of the value of a mutex or of a latest value.
    pub(crate) fn value_size(&self) -> usize {
        self.first as usize
    }

    /// Returns the capacity of a channel in messages, a power of two.
    pub(crate) fn capacity(&self) -> u32 {
        self.first
    }

    /// Returns the maximum length of a message in bytes.
    pub(crate) fn max_size(&self) -> u32 {
        self.second
    }

    /// Returns the distance of two slots of a channel, or of two buffers of a latest value.
    pub(crate) fn stride(&self) -> usize {
        let bytes = match self.kind {
            ObjectKind::Channel => 16 + self.second as usize,
            _ => self.first as usize,
        };
        bytes.next_multiple_of(64)
    }

    /// Returns whether a channel has one sender at a time.
    pub(crate) fn has_sole_sender(&self) -> bool {
        self.flags & SOLE_SENDER != 0
    }

    /// Returns whether a channel has one receiver at a time.
    pub(crate) fn has_sole_receiver(&self) -> bool {
        self.flags & SOLE_RECEIVER != 0
    }

    /// Returns the parking members of the object.
    pub(crate) fn parking(&self) -> std::ops::Range<u16> {
        self.park..self.park.saturating_add(self.parks)
    }

    /// Returns whether another description has the same kind and geometry. Compares tags if both have one.
    pub(crate) fn is_like(&self, other: &Object) -> bool {
        self.kind == other.kind
            && self.flags == other.flags
            && (self.first, self.second) == (other.first, other.second)
            && (self.tag == other.tag || self.tag == 0 || other.tag == 0)
    }

    /// Returns the size and the number of parking members that follow from kind and geometry. The error is the reason why they
    /// are out of range.
    fn needs(&self) -> Result<(usize, u16), String> {
        let name = &self.name;
        if name.is_empty() || name.len() > NAME_MAX || name.contains('\0') {
            return Err(format!(
                "the name {name:?} must have 1 to {NAME_MAX} bytes, none of which is 0"
            ));
        }
        let too_long = |what, size| {
            format!("{what} of `{name}` has {size} bytes, and must have {SIZE_MAX} at most")
        };
        match self.kind {
            ObjectKind::Mutex | ObjectKind::Latest if self.first > SIZE_MAX => {
                Err(too_long("the value", self.first))
            }
            ObjectKind::Mutex => Ok((MUTEX_WORDS + self.stride(), 1)),
            ObjectKind::Latest => Ok((LATEST_WORDS + 2 * self.stride(), 0)),
            ObjectKind::Event => Ok((EVENT_WORDS, 1)),
            ObjectKind::Channel if self.second > SIZE_MAX => {
                Err(too_long("a message", self.second))
            }
            ObjectKind::Channel if !self.first.is_power_of_two() || self.first > CAPACITY_MAX => {
                Err(format!(
                    "the capacity of `{name}` is {}, and must be from 1 to {CAPACITY_MAX}",
                    self.first
                ))
            }
            ObjectKind::Channel => (self.first as usize)
                .checked_mul(self.stride())
                .and_then(|slots| slots.checked_add(CHANNEL_WORDS))
                .map(|size| (size, 2))
                .ok_or_else(|| format!("`{name}` is larger than the address space")),
            ObjectKind::Unknown(_) => Ok((self.size, self.parks)),
        }
    }
}

impl fmt::Display for Object {
    /// Writes kind, name and geometry.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)?;
        match self.kind {
            ObjectKind::Channel => {
                write!(f, " of {} messages of {} bytes", self.first, self.second)?;
                if self.has_sole_sender() {
                    f.write_str(", one sender")?;
                }
                if self.has_sole_receiver() {
                    f.write_str(", one receiver")?;
                }
            }
            ObjectKind::Mutex | ObjectKind::Latest if self.first > 0 => {
                write!(f, " of {} bytes", self.first)?;
            }
            _ => {}
        }
        match self.tag {
            0 => Ok(()),
            tag => write!(f, ", tag {tag:#x}"),
        }
    }
}

fn saturate(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// The geometry of an area: a private copy, checked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) peers: u16,
    pub(crate) objects: Vec<Object>,
    /// The number of members of the set.
    pub(crate) members: usize,
    pub(crate) size: usize,
}

/// The fields of the header besides the geometry.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) set: i32,
    pub(crate) nonce: u16,
    /// A random number, which distinguishes areas with equal ids in different namespaces.
    pub(crate) area: u64,
}

impl Names {
    /// Returns the first count of departures. It differs between areas, so that a set with the count that a waiter knows is that of
    /// its area.
    pub(crate) fn first_departures(self) -> u16 {
        self.nonce % FIRST_DEPARTURES_MAX + 1
    }
}

impl Layout {
    /// Assigns offset and parking members to each object. The error is the reason of a failure.
    pub(crate) fn new(peers: u32, mut objects: Vec<Object>) -> Result<Layout, String> {
        let Some(peers) = u16::try_from(peers)
            .ok()
            .filter(|peers| (1..=PEERS_MAX).contains(&u32::from(*peers)))
        else {
            return Err(format!(
                "the number of peers is {peers}, and must be from 1 to {PEERS_MAX}"
            ));
        };
        let count = objects.len();
        if count > OBJECTS_MAX {
            return Err(format!(
                "there are {count} objects, and can be {OBJECTS_MAX} at most"
            ));
        }
        let mut end = HEADER_SIZE + usize::from(peers) * PEER_SIZE + count * OBJECT_SIZE;
        let mut park = peers + 2;
        for index in 0..count {
            let (before, rest) = objects.split_at_mut(index);
            let [object, ..] = rest else { continue };
            if before.iter().any(|other| other.name == object.name) {
                return Err(format!("two objects have the name `{}`", object.name));
            }
            let (size, parks) = object.needs()?;
            object.index = index;
            object.offset = end.next_multiple_of(64);
            object.size = size;
            (object.park, object.parks) = (park, parks);
            let too_large = || "the objects are larger than the address space".to_owned();
            end = object.offset.checked_add(size).ok_or_else(too_large)?;
            // Leaves room for `next_multiple_of`.
            if end > isize::MAX as usize / 2 {
                return Err(too_large());
            }
            park = park.checked_add(parks).ok_or_else(too_large)?;
        }
        Ok(Layout {
            peers,
            objects,
            members: usize::from(park) + 1 + AREA_MARKS.len(),
            size: end.next_multiple_of(64),
        })
    }

    /// Returns the number of the member that holds the nonce.
    pub(crate) fn nonce_member(&self) -> u16 {
        self.peers
    }

    /// Returns the number of the member that counts departures: peers that have died, and sides that peers have left.
    pub(crate) fn departures_member(&self) -> u16 {
        self.peers + 1
    }

    /// Returns the number of the member that holds the number of peers.
    pub(crate) fn peers_member(&self) -> u16 {
        // A set has no more members than a u16 counts.
        u16::try_from(self.members - AREA_MARKS.len() - 1).unwrap_or(u16::MAX)
    }

    /// Returns the leases among the values of the set of an area; `None` if the values are not those of one.
    pub(crate) fn leases(values: &[u16]) -> Option<&[u16]> {
        let [members @ .., peers, one, two] = values else {
            return None;
        };
        let (leases, [nonce, departures, ..]) = members.split_at_checked(usize::from(*peers))?
        else {
            return None;
        };
        let is_marked = [*one, *two] == AREA_MARKS.map(i16::unsigned_abs);
        (is_marked && *peers > 0 && *nonce > 0 && *departures > 0).then_some(leases)
    }

    /// Returns the parking members of all objects.
    pub(crate) fn parking(&self) -> impl Iterator<Item = u16> + '_ {
        self.objects.iter().flat_map(Object::parking)
    }

    /// Returns the offset of the entry of a peer.
    pub(crate) fn peer_at(slot: u16) -> usize {
        HEADER_SIZE + usize::from(slot) * PEER_SIZE
    }

    /// Returns the offset of the entry of an object.
    fn object_at(&self, index: usize) -> usize {
        Layout::peer_at(self.peers) + index * OBJECT_SIZE
    }

    /// Returns the object with this name.
    pub(crate) fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// Returns the bytes of header and tables.
    pub(crate) fn encode(&self, names: Names) -> Vec<u8> {
        let mut bytes = vec![0; self.object_at(self.objects.len())];
        let mut put =
            |at: usize, number: &[u8]| bytes[at..at + number.len()].copy_from_slice(number);
        for object in &self.objects {
            let at = self.object_at(object.index);
            put(at, &object.kind.number().to_ne_bytes());
            put(at + 4, &object.flags.to_ne_bytes());
            put(at + 8, &(object.offset as u64).to_ne_bytes());
            put(at + 16, &(object.size as u64).to_ne_bytes());
            put(at + 24, &u32::from(object.park).to_ne_bytes());
            put(at + 28, &u32::from(object.parks).to_ne_bytes());
            put(at + 32, &object.first.to_ne_bytes());
            put(at + 36, &object.second.to_ne_bytes());
            put(at + 40, &object.tag.to_ne_bytes());
            put(at + NAME_AT, object.name.as_bytes());
        }
        put(0, &MAGIC.to_ne_bytes());
        put(8, &VERSION.to_ne_bytes());
        put(16, &BYTE_ORDER.to_ne_bytes());
        put(SET_ID, &names.set.to_ne_bytes());
        put(24, &u32::from(names.nonce).to_ne_bytes());
        put(28, &u32::from(self.peers).to_ne_bytes());
        put(32, &saturate(self.objects.len()).to_ne_bytes());
        put(36, &saturate(self.members).to_ne_bytes());
        put(40, &(self.size as u64).to_ne_bytes());
        put(48, &names.area.to_ne_bytes());
        bytes
    }

    /// Copies header and tables once each, and checks that they form a valid layout. The error is the reason of a failure.
    pub(crate) fn read(memory: &Memory) -> Result<(Layout, Names), String> {
        const SHORT: &str = "it is shorter than its tables";
        let mut header = [0; HEADER_SIZE];
        memory.read(0, &mut header).ok_or(SHORT)?;
        let (magic, order) = (u64_at(&header, 0), u32_at(&header, 16));
        if magic == MAGIC.swap_bytes() || (magic == MAGIC && order != BYTE_ORDER) {
            return Err("it is an area of a machine with another byte order".to_owned());
        }
        if magic != MAGIC {
            return Err("it does not begin as an area does".to_owned());
        }
        let (version, features) = (u32_at(&header, 8), u32_at(&header, 12));
        if version != VERSION || features != 0 {
            return Err(format!(
                "it is an area of version {version} with the features {features:#x}, and this library knows version \
                 {VERSION} without any"
            ));
        }
        let (peers, count) = (u32_at(&header, 28), u32_at(&header, 32) as usize);
        if peers > PEERS_MAX || count > OBJECTS_MAX {
            return Err(format!("its header says {peers} peers and {count} objects"));
        }
        let mut table = vec![0; count * OBJECT_SIZE];
        let first = HEADER_SIZE + peers as usize * PEER_SIZE;
        memory.read(first, &mut table).ok_or(SHORT)?;
        let claimed: Option<Vec<Object>> = table.chunks_exact(OBJECT_SIZE).map(decode).collect();
        let Some(mut claimed) = claimed else {
            return Err(SHORT.to_owned());
        };
        for (index, object) in claimed.iter_mut().enumerate() {
            object.index = index;
        }
        let (members, size) = (u32_at(&header, 36) as usize, u64_at(&header, 40));
        let layout = Layout::new(peers, claimed.clone())?;
        if layout.objects != claimed || (layout.members, layout.size as u64) != (members, size) {
            return Err("its tables do not follow from the geometry of its objects".to_owned());
        }
        let names = Names {
            set: i32_at(&header, SET_ID),
            nonce: u16::try_from(u32_at(&header, 24)).unwrap_or(0),
            area: u64_at(&header, 48),
        };
        // The nonce is the value of a semaphore.
        if layout.size > memory.len() || !(1..=i16::MAX.unsigned_abs()).contains(&names.nonce) {
            return Err("its header is damaged".to_owned());
        }
        Ok((layout, names))
    }
}

/// Returns the object that an entry of the table describes; `None` if its numbers exceed the range of this machine.
fn decode(entry: &[u8]) -> Option<Object> {
    let name = &entry[NAME_AT..];
    let length = name.iter().position(|byte| *byte == 0).unwrap_or(NAME_MAX);
    Some(Object {
        index: 0,
        name: String::from_utf8_lossy(&name[..length]).into_owned(),
        kind: ObjectKind::from_number(u32_at(entry, 0)),
        flags: u32_at(entry, 4),
        offset: u64_at(entry, 8).try_into().ok()?,
        size: u64_at(entry, 16).try_into().ok()?,
        park: u32_at(entry, 24).try_into().ok()?,
        parks: u32_at(entry, 28).try_into().ok()?,
        first: u32_at(entry, 32),
        second: u32_at(entry, 36),
        tag: u64_at(entry, 40),
    })
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_ne_bytes(number)
}

fn i32_at(bytes: &[u8], at: usize) -> i32 {
    i32::from_ne_bytes(u32_at(bytes, at).to_ne_bytes())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_ne_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::{
        BYTE_ORDER, CAPACITY_MAX, Layout, MAGIC, Memory, NAME_MAX, Names, OBJECTS_MAX, Object,
        ObjectKind, PEERS_MAX, SET_ID, SIZE_MAX,
    };

    fn layout() -> Layout {
        let mut jobs = Object::channel("jobs", 5, 100);
        jobs.set_sole_receiver();
        let objects = vec![
            Object::mutex("table", 12),
            jobs,
            Object::latest("quote", 65),
            Object::event("start"),
        ];
        Layout::new(3, objects).unwrap()
    }

    const NAMES: Names = Names {
        set: -5,
        nonce: 77,
        area: 1 << 60,
    };

    #[test]
    fn what_is_written_is_read() {
        let layout = layout();
        let memory = Memory::private(layout.size);
        memory.write(0, &layout.encode(NAMES)).unwrap();
        assert_eq!(Layout::read(&memory), Ok((layout.clone(), NAMES)));
        assert_eq!(layout.members, 3 + 2 + (1 + 2 + 1) + 1 + 2);
        assert_eq!(layout.peers_member(), 9);
        assert_eq!(layout.object("jobs").unwrap().capacity(), 8);
        assert_eq!(
            layout.object("jobs").unwrap().to_string(),
            "channel `jobs` of 8 messages of 100 bytes, one receiver"
        );
        assert!(layout.objects.iter().all(|object| object.offset % 64 == 0));
    }

    /// Changes each byte of the tables: reading fails, or returns an area whose offsets still follow from its geometry.
    #[test]
    fn a_damaged_table_is_refused_or_harmless() {
        let layout = layout();
        let memory = Memory::private(layout.size);
        for at in 0..Layout::peer_at(3) + 4 * 96 {
            for byte in [0, 1, 0x7f, 0xff] {
                memory.write(0, &layout.encode(NAMES)).unwrap();
                memory.write(at, &[byte]).unwrap();
                if let Ok((read, names)) = Layout::read(&memory) {
                    assert!(read.size <= layout.size, "byte {at}");
                    assert!(names.nonce > 0);
                    let ends = read
                        .objects
                        .iter()
                        .map(|object| object.offset + object.size);
                    assert!(ends.clone().all(|end| end <= read.size), "byte {at}");
                }
            }
        }
        memory.write(0, &layout.encode(NAMES)).unwrap();
        memory.write(SET_ID, &9_i32.to_ne_bytes()).unwrap();
        assert_eq!(Layout::read(&memory).unwrap().1.set, 9);
    }

    #[test]
    fn a_header_with_too_many_entries_is_not_followed() {
        let memory = Memory::private(layout().size);
        let objects = u32::try_from(OBJECTS_MAX).unwrap();
        let beyond = [(28, PEERS_MAX + 1), (32, objects + 1)];
        for (at, number) in beyond {
            memory.write(0, &layout().encode(NAMES)).unwrap();
            memory.write(at, &number.to_ne_bytes()).unwrap();
            let reason = Layout::read(&memory).unwrap_err();
            assert!(reason.starts_with("its header says "), "{reason}");
        }
        for (at, number) in beyond {
            memory.write(0, &layout().encode(NAMES)).unwrap();
            memory.write(at, &(number - 1).to_ne_bytes()).unwrap();
            let reason = Layout::read(&memory).unwrap_err();
            assert!(!reason.starts_with("its header says "), "{reason}");
        }
    }

    #[test]
    fn the_first_count_of_departures_differs_and_leaves_room() {
        let of = |nonce| Names { nonce, ..NAMES }.first_departures();
        assert_eq!([of(1), of(77), of(8_191)], [2, 78, 8_192]);
        assert_eq!([of(8_192), of(8_193), of(32_767)], [1, 2, 8_192]);
    }

    #[test]
    fn objects_are_alike_in_kind_and_geometry() {
        let tagged = |tag| {
            let mut object = Object::latest("quote", 8);
            object.tag = tag;
            object
        };
        assert!(tagged(7).is_like(&tagged(7)) && !tagged(7).is_like(&tagged(8)));
        assert!(tagged(7).is_like(&tagged(0)) && tagged(0).is_like(&tagged(7)));
        assert!(!tagged(0).is_like(&Object::latest("quote", 16)));
        assert!(!tagged(0).is_like(&Object::mutex("quote", 8)));
        let mut sole = Object::channel("a", 8, 8);
        sole.set_sole_receiver();
        assert!(!sole.is_like(&Object::channel("a", 8, 8)));
        assert!(!Object::channel("a", 8, 16).is_like(&Object::channel("a", 8, 8)));
        let texts = [tagged(7), Object::mutex("a", 0), Object::mutex("a", 1)];
        let texts = texts.map(|object| object.to_string());
        assert_eq!(
            texts,
            [
                "latest value `quote` of 8 bytes, tag 0x7",
                "mutex `a`",
                "mutex `a` of 1 bytes"
            ]
        );
    }

    #[test]
    fn each_fault_of_a_header_has_its_reason() {
        let reason = |at: usize, bytes: &[u8]| {
            let memory = Memory::private(layout().size);
            memory.write(0, &layout().encode(NAMES)).unwrap();
            memory.write(at, bytes).unwrap();
            Layout::read(&memory).unwrap_err()
        };
        let swapped = BYTE_ORDER.swap_bytes().to_ne_bytes();
        let order = "it is an area of a machine with another byte order";
        assert_eq!(reason(16, &swapped), order);
        assert_eq!(reason(0, &MAGIC.swap_bytes().to_ne_bytes()), order);
        assert_eq!(reason(0, &[0; 8]), "it does not begin as an area does");
        let neither = [[0; 16].as_slice(), &swapped].concat();
        assert_eq!(reason(0, &neither), "it does not begin as an area does");
        assert!(reason(8, &2_u32.to_ne_bytes()).contains("version 2 with the features 0x0"));
        assert!(reason(12, &4_u32.to_ne_bytes()).contains("version 1 with the features 0x4"));
        let geometry = "its tables do not follow from the geometry of its objects";
        assert_eq!(reason(36, &1_u32.to_ne_bytes()), geometry);
        assert_eq!(reason(40, &64_u64.to_ne_bytes()), geometry);
        for nonce in [0, 0x8000, 0x1_0001_u32] {
            assert_eq!(reason(24, &nonce.to_ne_bytes()), "its header is damaged");
        }
    }

    #[test]
    fn the_largest_have_a_place() {
        Layout::new(PEERS_MAX, vec![]).unwrap();
        Layout::new(PEERS_MAX + 1, vec![]).unwrap_err();
        let accepted = |object: Object| Layout::new(1, vec![object]).is_ok();
        assert!(accepted(Object::event(&"x".repeat(NAME_MAX))));
        assert!(!accepted(Object::channel("a", CAPACITY_MAX + 1, 8)));
        // Smaller address spaces have no room for these.
        if size_of::<usize>() == 8 {
            assert!(accepted(Object::channel("a", CAPACITY_MAX, 8)));
            let size = SIZE_MAX as usize;
            assert!(accepted(Object::mutex("a", size)) && !accepted(Object::mutex("a", size + 1)));
            assert!(accepted(Object::channel("a", 1, SIZE_MAX)));
            assert!(!accepted(Object::channel("a", 1, SIZE_MAX + 1)));
            // Twice.
            assert!(
                accepted(Object::latest("a", size)) && !accepted(Object::latest("a", size + 1))
            );
        }
    }

    #[test]
    fn a_shorter_segment_is_refused() {
        let layout = layout();
        let whole = Memory::private(layout.size);
        whole.write(0, &layout.encode(NAMES)).unwrap();
        let mut bytes = vec![0; layout.size - 1];
        whole.read(0, &mut bytes).unwrap();
        for size in (1..layout.size).step_by(31) {
            let short = Memory::private(size);
            short.write(0, &bytes[..size]).unwrap();
            Layout::read(&short).unwrap_err();
        }
    }

    #[test]
    fn what_has_no_place_is_refused() {
        let refused = |peers, objects| Layout::new(peers, objects).unwrap_err();
        refused(0, vec![]);
        refused(20_000, vec![]);
        refused(3, vec![Object::mutex("", 0)]);
        refused(3, vec![Object::mutex(&"x".repeat(49), 0)]);
        refused(3, vec![Object::mutex("a\0", 0)]);
        refused(3, vec![Object::event("a"), Object::mutex("a", 0)]);
        refused(
            3,
            vec![Object::channel("a", 0, 8)]
                .into_iter()
                .map(|mut object| {
                    object.first = 0;
                    object
                })
                .collect(),
        );
        refused(3, vec![Object::channel("a", u32::MAX, 8)]);
        refused(3, vec![Object::channel("a", 8, u32::MAX)]);
        refused(3, vec![Object::latest("a", usize::MAX)]);
        let many = |count| (0..count).map(|n| Object::event(&n.to_string())).collect();
        Layout::new(3, many(OBJECTS_MAX)).unwrap();
        refused(3, many(OBJECTS_MAX + 1));
        let mut strange = Object::event("a");
        strange.kind = ObjectKind::Unknown(9);
        strange.size = usize::MAX - 5;
        refused(3, vec![strange]);
    }
}
