//! Leases: the processes that have joined an area, and which of them the kernel reports as dead.
//!
//! Member `slot` of the set is 0 while the slot is free. Otherwise it is the generation of its holder, which the holder added
//! with undo. When the process ends, the kernel subtracts the generation, and adds 1 to the count of departures and to each
//! parking member in the same step, so that sleepers wake and check. The operation that claims a lease registers its
//! departure: a sleeper that has seen the lease wakes when the lease ends, however early that is.
//!
//! An owner id is `generation << 16 | slot`: 30 bits, never 0. Generations of a slot, recorded in the table of peers, count
//! from 1 to 16,383 and wrap to 1. An id recurs after 16,383 claims of its slot, and each claim sweeps the previous holder
//! before it records its generation.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use sysv_ipc::{Errno, SemBuf, SemFlags, SemId, SemValues, ShmId, fork_generation};

use crate::deadline::Ended;
use crate::error::{Error as WrapperError, ErrorKind};
use crate::key::Key;
use crate::sem::{self, SemaphoreSet};
use crate::sync::error::{Error, Result};
use crate::sync::layout::{Layout, NEXT, Names, OBJECTS_MAX, Object, ROUND};
use crate::sync::memory::Memory;
use crate::sync::sweep;

/// The bits of a word that name its owner.
pub(crate) const OWNER: u32 = (1 << 30) - 1;
/// The maximum generation: the largest undo value that every system supports (SEMAEM).
pub(crate) const GENERATION_MAX: u16 = 16_383;
/// The bit of a peer's state for a slot that is in use or not swept.
pub(crate) const PRESENT: u32 = 1 << 31;

/// The bits of the objects of one side, below the generation that they belong to.
const OBJECT_BITS: u64 = (1 << OBJECTS_MAX) - 1;

/// The count of departures from which on each process that joins or leaves restarts it. Deaths alone, at most one for each of
/// 16,000 peers, do not raise it to the maximum of a semaphore, 32,767, at which the kernel no longer counts.
const DEPARTURES_MAX: i32 = 16_384;

/// The number of changes of a word that names an owner, under an attempt to take it from a dead one, after which the memory
/// counts as damaged.
pub(crate) const TRIES: u32 = 1 << 10;

/// A side of a channel.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    Sender,
    Receiver,
}

impl Side {
    pub(crate) fn other(self) -> Side {
        match self {
            Side::Sender => Side::Receiver,
            Side::Receiver => Side::Sender,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Sender => "sender",
            Side::Receiver => "receiver",
        }
    }
}

/// This process as a peer of an area: the mapping, the checked geometry, and the lease. A process has one per area, shared by
/// all its handles. Dropping it leaves the area.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) memory: Arc<Memory>,
    pub(crate) layout: Layout,
    pub(crate) names: Names,
    pub(crate) segment: ShmId,
    pub(crate) key: Option<Key>,
    slot: u16,
    generation: u16,
    /// The number of the process, which differs in a forked child.
    process: usize,
    /// The number of parking members to which the kernel adds 1 at the death of this process.
    registered: usize,
    /// The number of handles of this process for each side of each object.
    handles: Mutex<[[u32; OBJECTS_MAX]; 2]>,
}

/// A number that changes when a peer dies, or leaves the area or a side of a channel.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) struct Departures {
    /// The number of times that the count was restarted.
    round: u32,
    count: u16,
}

impl Departures {
    /// A packed value that no departures have.
    pub(crate) const UNKNOWN: u64 = u64::MAX;

    fn packed(self) -> u64 {
        u64::from(self.round) << 16 | u64::from(self.count)
    }

    /// Returns the packed value for later waits. A count that may be in the middle of a restart has none: it comes again in
    /// the same round.
    pub(crate) fn for_later(self) -> u64 {
        if i32::from(self.count) < DEPARTURES_MAX {
            self.packed()
        } else {
            Departures::UNKNOWN
        }
    }
}

/// The values of the set at one moment.
pub(crate) struct View {
    values: SemValues,
    departures: Departures,
}

impl View {
    /// Returns whether the process with this owner id was alive at that moment. Invalid ids count as dead.
    pub(crate) fn is_alive(&self, peer: &Peer, owner: u32) -> bool {
        let slot = owner & 0xffff;
        slot < u32::from(peer.layout.peers)
            && owner >> 16 != 0
            && self
                .values
                .get(slot as usize)
                .is_some_and(|value| u32::from(*value) == owner >> 16)
    }

    /// Returns the departures up to that moment.
    pub(crate) fn departures(&self) -> Departures {
        self.departures
    }
}

/// A slot whose holder is dead. Objects sweep it by reclaiming the words that name it.
#[derive(Copy, Clone)]
pub(crate) struct Dead<'a> {
    peer: &'a Peer,
    slot: u16,
    owners: Owners,
}

/// Which owners of a slot are dead.
#[derive(Copy, Clone)]
enum Owners {
    /// Those that the kernel reports as dead.
    Dead,
    /// All: this process has claimed the slot, and not used it. A word of its own generation is a dead holder's too.
    All,
    /// This process, which has left the area and had this owner id.
    Left(u32),
}

impl Dead<'_> {
    /// Returns whether an owner id, read from a word before this call, belongs to the slot and is dead. The caller may then
    /// change the word by an exchange from exactly the value that it read.
    ///
    /// # Errors
    ///
    /// As [`Peer::look`]; the caller must not reclaim anything then.
    pub(crate) fn is(&self, owner: u32) -> Result<bool> {
        if owner & 0xffff != u32::from(self.slot) || owner == 0 {
            return Ok(false);
        }
        match self.owners {
            Owners::Dead => Ok(!self.peer.look()?.is_alive(self.peer, owner)),
            // As long as the slot is this process's.
            Owners::All => self.peer.look().map(|_| true),
            Owners::Left(left) => Ok(owner == left),
        }
    }
}

impl Peer {
    /// Joins an area: takes a free lease, sweeps its last holder, and makes the kernel post a token to each parking member when
    /// this process ends.
    pub(crate) fn join(
        memory: Memory,
        layout: Layout,
        names: Names,
        segment: ShmId,
        key: Option<Key>,
    ) -> crate::Result<Peer> {
        let mut peer = Peer {
            memory: Arc::new(memory),
            layout,
            names,
            segment,
            key,
            slot: u16::MAX,
            generation: 0,
            process: fork_generation(),
            registered: 0,
            handles: Mutex::new([[0; OBJECTS_MAX]; 2]),
        };
        peer.check_operations_max()?;
        peer.claim()?;
        peer.register()?;
        Ok(peer)
    }

    /// Fails if the system performs fewer operations at once than posting a token has: no system does by default.
    fn check_operations_max(&self) -> crate::Result<()> {
        let [one, two, three] = self.is_its_set();
        let steps = [one, two, two, two, three];
        sysv_ipc::semop(self.set_id(), &steps).map_err(|errno| self.refused(&steps, errno))
    }

    /// Takes a free lease, sweeps its last holder, and records the lease in the table.
    fn claim(&mut self) -> crate::Result<()> {
        const TURNS: u32 = 3;
        let peers = self.layout.peers;
        self.restart_departures();
        for _ in 0..TURNS {
            for _ in 0..peers {
                let next = self.header_word(NEXT)?.fetch_add(1, Relaxed);
                let slot = next % u32::from(peers);
                // Below a number of 16 bits.
                let slot = u16::try_from(slot).unwrap_or(0);
                if self.claim_slot(slot)? {
                    return Ok(());
                }
            }
        }
        self.observe()?;
        let because = format!("all of its {peers} leases are taken by living processes");
        let subject = self.set().subject();
        Err(
            WrapperError::of_kind(ErrorKind::LimitReached, "join", subject, because).with_remedy(
                "the number of peers is set when the area is created: `Area::builder().peers(n)`",
            ),
        )
    }

    /// Takes this lease, if it is free. Returns whether it did.
    fn claim_slot(&mut self, slot: u16) -> crate::Result<bool> {
        let state = self.state(slot)?;
        let before = state.load(Acquire);
        let generation = (before & 0xffff) % u32::from(GENERATION_MAX) + 1;
        // From 1 to 16,383.
        let generation = i16::try_from(generation).unwrap_or(1);
        let departures = self.layout.departures_member();
        let claim = [
            SemBuf::new(slot, 0, SemFlags::NOWAIT),
            SemBuf::new(slot, generation, SemFlags::NOWAIT | SemFlags::UNDO),
            SemBuf::new(departures, 1, SemFlags::NOWAIT),
            SemBuf::new(departures, -1, SemFlags::NOWAIT | SemFlags::UNDO),
        ];
        match self.operate(&claim) {
            Ok(()) => {}
            // A living process has the slot.
            Err(Errno::EAGAIN) => return Ok(false),
            Err(errno) => return Err(self.refused(&claim, errno)),
        }
        self.slot = slot;
        self.generation = generation.unsigned_abs();
        if let Err(error) = self.reset_slot(before & PRESENT != 0) {
            self.give_back();
            return Err(error.into());
        }
        let now = PRESENT | u32::from(self.generation);
        // No two processes may use one id: a slower one that read the same count starts over.
        let state = self.state(slot)?;
        if state
            .compare_exchange(before, now, AcqRel, Acquire)
            .is_err()
        {
            self.give_back();
            return Ok(false);
        }
        if let Some(pid) = self.memory.u32(Layout::peer_at(slot) + 4) {
            pid.store(std::process::id(), Relaxed);
        }
        Ok(true)
    }

    /// Reclaims what earlier holders of the claimed slot left, before this process is recorded as its holder: if the process
    /// dies in between, others do the same.
    fn reset_slot(&self, is_left: bool) -> Result<()> {
        if is_left {
            self.sweep_slot(self.slot, Owners::All)?;
        }
        for side in [Side::Sender, Side::Receiver] {
            self.side(self.slot, side)?.store(0, SeqCst);
        }
        Ok(())
    }

    /// Releases a lease that was not used. A process that saw it looks again.
    fn give_back(&mut self) {
        if self.release_lease() {
            self.depart(SemFlags::NOWAIT | SemFlags::UNDO);
        }
    }

    /// Releases the lease, if this process still holds it. Returns whether it did.
    fn release_lease(&mut self) -> bool {
        let generation = std::mem::take(&mut self.generation);
        // At most 16,383.
        let Ok(generation @ 1..) = i16::try_from(generation) else {
            return false;
        };
        let release = [
            SemBuf::new(self.slot, -generation, SemFlags::NOWAIT | SemFlags::UNDO),
            SemBuf::new(self.slot, 0, SemFlags::NOWAIT),
        ];
        self.operate(&release).is_ok()
    }

    /// Makes the kernel post a token to each parking member when this process ends. The departure is registered before: on
    /// systems that undo one operation after the other, sleepers wake after it was counted.
    fn register(&mut self) -> crate::Result<()> {
        let parking: Vec<u16> = self.layout.parking().collect();
        for member in parking {
            self.drain(member);
            let register = [
                SemBuf::new(member, 1, SemFlags::NOWAIT),
                SemBuf::new(member, -1, SemFlags::NOWAIT | SemFlags::UNDO),
            ];
            self.operate(&register)
                .map_err(|errno| self.refused(&register, errno))?;
            self.registered += 1;
        }
        Ok(())
    }

    /// Performs these steps. One or two are performed only if the set is the area's; otherwise they fail with `EAGAIN`. Some
    /// systems perform 5 at most in one call.
    pub(crate) fn operate(&self, steps: &[SemBuf]) -> sysv_ipc::Result<()> {
        let [one, two, three] = self.is_its_set();
        match *steps {
            [first] => sysv_ipc::semop(self.set_id(), &[one, two, three, first]),
            [first, last] => sysv_ipc::semop(self.set_id(), &[one, two, three, first, last]),
            _ => sysv_ipc::semop(self.set_id(), steps),
        }
    }

    /// Reduces several tokens to one, since tokens of deaths accumulate without sleepers. Always leaves at least one.
    fn drain(&self, member: u16) {
        const TURNS: u32 = 100;
        for _ in 0..TURNS {
            let Ok(tokens @ 2..) = sysv_ipc::semctl_getval(self.set_id(), member) else {
                return;
            };
            let spare = i16::try_from(tokens).unwrap_or(i16::MAX);
            let drain = [
                SemBuf::new(member, -spare, SemFlags::NOWAIT),
                SemBuf::new(member, 1, SemFlags::NOWAIT),
            ];
            match self.operate(&drain) {
                // Another process took a token in between.
                Ok(()) | Err(Errno::EAGAIN) => {}
                Err(_) => return,
            }
        }
    }

    /// Restarts a large count of departures.
    fn restart_departures(&self) {
        let member = self.layout.departures_member();
        let Ok(count @ DEPARTURES_MAX..) = sysv_ipc::semctl_getval(self.set_id(), member) else {
            return;
        };
        // First: a process that compares counts compares the number of restarts before.
        if let Ok(round) = self.header_word(ROUND) {
            round.fetch_add(1, SeqCst);
        }
        let count = i16::try_from(count).unwrap_or(i16::MAX);
        let first = i16::try_from(self.names.first_departures()).unwrap_or(1);
        let step = |change| SemBuf::new(member, change, SemFlags::NOWAIT);
        // Fails if a peer has departed since, or another process did the same.
        let _ = self.operate(&[step(-count), step(0), step(first)]);
    }

    /// Counts a departure, which wakes all sleepers. With `UNDO`, the one at the death of this process is no longer counted.
    pub(crate) fn depart(&self, flags: SemFlags) {
        let departure = [SemBuf::new(self.layout.departures_member(), 1, flags)];
        self.restart_departures();
        if self.operate(&departure) == Err(Errno::ERANGE) {
            self.restart_departures();
            let _ = self.operate(&departure);
        }
    }

    /// Returns the error of a step of joining that the kernel rejected.
    #[cold]
    fn refused(&self, steps: &[SemBuf], errno: Errno) -> WrapperError {
        match errno {
            // The steps themselves wait for nothing.
            Errno::EAGAIN => Error::LeaseLost.into(),
            _ => sem::failure(&self.set(), "join", steps, Ended::Failed(errno)),
        }
    }

    /// Leaves the area at once, with the same effects as the death of the process.
    fn leave(&mut self) {
        // Another process may have cleared the lease, and another set may have the id where this thread is.
        if self.process != fork_generation() || self.look().is_err() {
            return;
        }
        let id = self.id();
        if !self.release_lease() {
            return;
        }
        if self.sweep_slot(self.slot, Owners::Left(id)).is_ok() {
            let generation = id >> 16;
            if let Ok(state) = self.state(self.slot) {
                // Fails if the next holder has already taken the slot; it then sweeps.
                let _ = state.compare_exchange(PRESENT | generation, generation, AcqRel, Relaxed);
            }
        }
        let flags = SemFlags::NOWAIT | SemFlags::UNDO;
        self.depart(flags);
        for member in self.layout.parking().take(self.registered) {
            let token = [SemBuf::new(member, 1, flags)];
            if self.operate(&token) == Err(Errno::ERANGE) {
                self.drain(member);
                let _ = self.operate(&token);
            }
        }
    }

    /// Returns the owner id of this process.
    #[inline]
    pub(crate) fn id(&self) -> u32 {
        u32::from(self.generation) << 16 | u32::from(self.slot)
    }

    /// Returns the id of the set.
    #[inline]
    pub(crate) fn set_id(&self) -> SemId {
        SemId::from_raw(self.names.set)
    }

    /// Returns steps that change nothing, and that fail with `EAGAIN` unless the set has the nonce of the area: in another ipc
    /// namespace, another set may have the id.
    fn is_its_set(&self) -> [SemBuf; 3] {
        equals(self.layout.nonce_member(), self.names.nonce)
    }

    /// Returns steps that change nothing, and that fail with `EAGAIN` unless the count of departures is this one. Another set is
    /// unlikely to have the same.
    pub(crate) fn is_unchanged(&self, known: Departures) -> [SemBuf; 3] {
        equals(self.layout.departures_member(), known.count)
    }

    /// Returns departures from their packed value, unless the count was restarted since.
    pub(crate) fn departures_since(&self, packed: u64) -> Option<Departures> {
        let round = self.header_word(ROUND).ok()?.load(SeqCst);
        // The low half.
        let count = u16::try_from(packed & 0xffff).ok()?;
        let known = Departures { round, count };
        (known.packed() == packed).then_some(known)
    }

    /// Returns the set as a handle.
    pub(crate) fn set(&self) -> SemaphoreSet {
        SemaphoreSet::from_parts(self.set_id(), self.key)
    }

    /// Returns whether the calling process is the one that joined, not a forked child.
    #[inline]
    pub(crate) fn is_this_process(&self) -> bool {
        self.process == fork_generation()
    }

    /// Returns an error in a forked child.
    #[inline]
    pub(crate) fn check_process(&self) -> Result<()> {
        if self.is_this_process() {
            Ok(())
        } else {
            Err(Error::Forked)
        }
    }

    /// Reads the set, which shows the living peers. Called before reclaiming anything from another peer, and after reading the
    /// word that names the peer.
    ///
    /// # Errors
    ///
    /// [`Error::LeaseLost`] if the set does not have this process's own lease or the nonce; [`Error::Removed`];
    /// [`Error::Forked`]. These errors imply nothing about other peers.
    #[inline]
    pub(crate) fn look(&self) -> Result<View> {
        self.check_process()?;
        let view = self.observe()?;
        if view.is_alive(self, self.id()) {
            Ok(view)
        } else {
            Err(Error::LeaseLost)
        }
    }

    /// Reads the set as [`look`](Self::look) does, without checking this process's own lease: enough to post a token.
    pub(crate) fn observe(&self) -> Result<View> {
        let round = self.header_word(ROUND).map_err(|_| Error::Corrupted)?;
        let round = round.load(SeqCst);
        let mut values = SemValues::new(self.layout.members).map_err(Error::call)?;
        match sysv_ipc::semctl_getall_values(self.set_id(), &mut values) {
            Ok(()) => {}
            // A larger set has the id.
            Err(Errno::EFAULT) => return Err(Error::LeaseLost),
            Err(errno) => return Err(Error::call(errno)),
        }
        let value = |member: u16| values.get(usize::from(member)).copied();
        let count = value(self.layout.departures_member()).unwrap_or(0);
        if value(self.layout.nonce_member()) == Some(self.names.nonce) {
            let departures = Departures { round, count };
            Ok(View { values, departures })
        } else {
            Err(Error::LeaseLost)
        }
    }

    /// Reads the set as [`look`](Self::look) does, and sweeps dead peers in all objects. Called after taking a token, and
    /// before a `try_…` returns [`Error::WouldBlock`].
    pub(crate) fn look_and_sweep(&self) -> Result<View> {
        let view = self.look()?;
        if self.first_dead(&view).is_none() {
            return Ok(view);
        }
        for slot in 0..self.layout.peers {
            let state = self.state(slot).map_err(|_| Error::Corrupted)?;
            let before = state.load(Acquire);
            if before & PRESENT == 0 {
                continue;
            }
            // After the state: a process that claimed the slot in between is alive by now.
            if self
                .look()?
                .is_alive(self, (before & 0xffff) << 16 | u32::from(slot))
            {
                continue;
            }
            self.sweep_slot(slot, Owners::Dead)?;
            let _ = state.compare_exchange(before, before & !PRESENT, AcqRel, Relaxed);
        }
        Ok(view)
    }

    /// Returns a slot whose holder seems to be dead and not swept.
    fn first_dead(&self, view: &View) -> Option<u16> {
        (0..self.layout.peers).find(|slot| {
            let state = self.state(*slot).map_or(0, |state| state.load(Relaxed));
            state & PRESENT != 0 && !view.is_alive(self, (state & 0xffff) << 16 | u32::from(*slot))
        })
    }

    /// Sweeps a slot in all objects.
    fn sweep_slot(&self, slot: u16, owners: Owners) -> Result<()> {
        let dead = Dead {
            peer: self,
            slot,
            owners,
        };
        for object in &self.layout.objects {
            sweep::object(self, object, &dead)?;
        }
        Ok(())
    }

    /// Returns the word of a slot in the table: its generation, and whether it is in use.
    fn state(&self, slot: u16) -> crate::Result<&AtomicU32> {
        self.header_word(Layout::peer_at(slot))
    }

    fn header_word(&self, at: usize) -> crate::Result<&AtomicU32> {
        // The header and the tables are within the segment: `Layout::read` compared the sizes.
        self.memory.u32(at).ok_or_else(|| Error::Corrupted.into())
    }
}

/// The peers on each side of a channel.
impl Peer {
    fn side(&self, slot: u16, side: Side) -> Result<&AtomicU64> {
        let at = match side {
            Side::Sender => 8,
            Side::Receiver => 16,
        };
        let word = self.memory.u64(Layout::peer_at(slot) + at);
        word.ok_or(Error::Corrupted)
    }

    /// Counts a handle of this process for a side of an object, and records the side in the table before its first use.
    pub(crate) fn enter(&self, object: &Object, side: Side) -> Result<()> {
        self.look()?;
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        handles[side as usize][object.index] += 1;
        self.set_bit(object, side, true)
    }

    /// Decrements the count of handles. Returns whether it was the last handle of this process; the caller then wakes the other
    /// side.
    pub(crate) fn exit(&self, object: &Object, side: Side) -> bool {
        if !self.is_this_process() {
            return false;
        }
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        let count = &mut handles[side as usize][object.index];
        *count = count.saturating_sub(1);
        *count == 0 && self.set_bit(object, side, false).is_ok()
    }

    fn set_bit(&self, object: &Object, side: Side, is_set: bool) -> Result<()> {
        let word = self.side(self.slot, side)?;
        let (mine, bit) = (u64::from(self.generation) << OBJECTS_MAX, 1 << object.index);
        let change = |word: u64| {
            // Bits of an earlier generation belong to its holder.
            let bits = if word & !OBJECT_BITS == mine {
                word & OBJECT_BITS
            } else {
                0
            };
            Some(mine | if is_set { bits | bit } else { bits & !bit })
        };
        // The function gives a value always.
        let _ = word.fetch_update(SeqCst, SeqCst, change);
        Ok(())
    }

    /// Returns whether other processes, dead ones included, are on a side of an object according to the segment.
    pub(crate) fn has_others(&self, object: &Object, side: Side) -> bool {
        (0..self.layout.peers).any(|slot| {
            let word = self.side(slot, side).map_or(0, |word| word.load(Relaxed));
            slot != self.slot && word & (1 << object.index) != 0
        })
    }

    /// Returns the number of living processes, including this one, on a side of an object.
    pub(crate) fn count(&self, view: &View, object: &Object, side: Side) -> Result<usize> {
        let mut count = 0;
        for slot in 0..self.layout.peers {
            count += usize::from(self.is_on(view, object, side, slot)?);
        }
        Ok(count)
    }

    /// Returns whether a living process, possibly this one, is on a side of an object.
    pub(crate) fn has_any(&self, view: &View, object: &Object, side: Side) -> Result<bool> {
        for slot in 0..self.layout.peers {
            if self.is_on(view, object, side, slot)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns whether the holder of a slot is alive and on a side of an object.
    fn is_on(&self, view: &View, object: &Object, side: Side, slot: u16) -> Result<bool> {
        let word = self.side(slot, side)?.load(SeqCst);
        // 16 bits.
        let generation = u32::try_from(word >> OBJECTS_MAX).unwrap_or(0);
        let is_on = word & (1 << object.index) != 0;
        Ok(is_on && view.is_alive(self, generation << 16 | u32::from(slot)))
    }
}

/// Roles: words that name the only process with permission for an operation.
impl Peer {
    /// Takes a role.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if a living process has it, this one included; [`Error::Corrupted`] if the word does not stop changing;
    /// otherwise as [`look`](Self::look).
    pub(crate) fn take_role(&self, role: &AtomicU32) -> Result<()> {
        self.look()?;
        for _ in 0..TRIES {
            let found = role.load(Relaxed);
            let owner = found & OWNER;
            if owner != 0 && (owner == self.id() || self.look_and_sweep()?.is_alive(self, owner)) {
                return Err(Error::Busy);
            }
            let taken = role.compare_exchange(found, self.id(), AcqRel, Relaxed);
            if taken.is_ok() {
                return Ok(());
            }
        }
        Err(Error::Corrupted)
    }

    /// Returns whether this process has the role according to the segment.
    #[inline]
    pub(crate) fn has_role(&self, role: &AtomicU32) -> bool {
        role.load(Relaxed) & OWNER == self.id()
    }

    /// Gives up a role, if this process has it. Does nothing in a forked child.
    pub(crate) fn leave_role(&self, role: &AtomicU32) {
        if self.is_this_process() {
            let _ = role.compare_exchange(self.id(), 0, AcqRel, Relaxed);
        }
    }

    /// Takes a role from a dead process.
    pub(crate) fn sweep_role(role: &AtomicU32, dead: &Dead<'_>) -> Result<()> {
        let found = role.load(Relaxed);
        if dead.is(found & OWNER)? {
            // Fails if another process did so first.
            let _ = role.compare_exchange(found, 0, AcqRel, Relaxed);
        }
        Ok(())
    }
}

/// Returns steps that change nothing, and that fail with `EAGAIN` unless a member has this value.
fn equals(member: u16, value: u16) -> [SemBuf; 3] {
    let value = i16::try_from(value).unwrap_or(i16::MAX);
    [-value, 0, value].map(|change| SemBuf::new(member, change, SemFlags::NOWAIT))
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPARTURES_MAX, Departures, PRESENT, Relaxed};
    use crate::RemoveOnDrop;
    use crate::sync::Area;

    #[test]
    fn departures_are_known_until_the_count_may_come_again() {
        let max = u16::try_from(DEPARTURES_MAX).unwrap();
        for round in [0, 3] {
            let later = |count| Departures { round, count }.for_later();
            assert_eq!(later(5), u64::from(round) << 16 | 5);
            assert_eq!(later(max - 1), u64::from(round) << 16 | u64::from(max - 1));
            assert_eq!(later(max), Departures::UNKNOWN);
        }
    }

    #[test]
    fn a_dead_peer_is_swept_once() {
        let area = Area::builder().peers(4).event("bell").create_unique();
        let area = RemoveOnDrop::new(area.unwrap());
        let peer = &area.peer;
        let state = peer.state(3).unwrap();
        state.store(PRESENT | 7, Relaxed);
        assert_eq!(peer.first_dead(&peer.look().unwrap()), Some(3));
        let view = peer.look_and_sweep().unwrap();
        assert_eq!((state.load(Relaxed), peer.first_dead(&view)), (7, None));
    }
}
