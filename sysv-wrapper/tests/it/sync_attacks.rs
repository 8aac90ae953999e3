//! Attacks on areas, by peers and by other programs: each ends with an error or with the right outcome. Further attacks are
//! beside the types in `sync_*.rs`; docs/reliability.md lists all of them.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use sysv_ipc::{SemBuf, SemFlags, SemValues};
use sysv_wrapper::sync::{Area, AreaBuilder, Capacity, Error, MaxSize, Receiver, SoleReceiver};
use sysv_wrapper::*;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, wait_until};

/// Four leases, the nonce, the count of departures, and the parking members from [`PARKING`] on.
const PEERS: u16 = 4;
const DEPARTURES: u16 = PEERS + 1;
const PARKING: usize = 6;
/// The number of times that the count was restarted, in the header.
const ROUND: usize = 60;
/// Where RETURNED and the role of the sender are in a channel.
const RETURNED: usize = 256;
const SENDER: usize = 320;

fn builder() -> AreaBuilder {
    Area::builder().peers(PEERS.into())
}

fn channel() -> AreaBuilder {
    builder().channel("jobs", Capacity(4), MaxSize(100))
}

/// An area, its memory and its set as any program sees them, and memory of the test's own.
struct Scene {
    area: RemoveOnDrop<Area>,
    memory: Attachment,
    set: SemaphoreSet,
    board: Attachment,
    objects: usize,
}

impl Scene {
    /// An area with so many objects.
    fn new(builder: AreaBuilder, objects: usize) -> Scene {
        let area = RemoveOnDrop::new(builder.create_private().unwrap());
        let memory = SharedMemory::from_id(area.id()).unwrap().attach().unwrap();
        let set = SemaphoreSet::from_id(area.set_id()).unwrap();
        let board = SharedMemory::builder().create_private().unwrap();
        let board = board.attach().unwrap();
        board.remove_when_detached().unwrap();
        Scene {
            area,
            memory,
            set,
            board,
            objects,
        }
    }

    /// The area as another handle, or in a child as its own.
    fn join(&self) -> Area {
        Area::from_id(self.area.id()).unwrap()
    }

    fn receiver(&self) -> Receiver {
        self.join().receiver("jobs").unwrap()
    }

    /// A word of the first object.
    fn word(&self, at: usize) -> &AtomicU32 {
        let first = (64 + usize::from(PEERS) * 32 + self.objects * 96).next_multiple_of(64);
        self.memory.atomic_u32(first + at).unwrap()
    }

    fn word64(&self, at: usize) -> &AtomicU64 {
        let first = (64 + usize::from(PEERS) * 32 + self.objects * 96).next_multiple_of(64);
        self.memory.atomic_u64(first + at).unwrap()
    }

    /// A note of the test.
    fn note(&self, number: usize) -> &AtomicU32 {
        self.board.atomic_u32(number * 4).unwrap()
    }

    /// A parking member.
    fn parking(&self, number: usize) -> Semaphore {
        self.set.get(PARKING + number).unwrap()
    }

    fn value(&self, member: u16) -> u32 {
        self.set.get(member.into()).unwrap().value().unwrap()
    }

    /// Starts a child that joins, and says so when `work` calls what it gets.
    fn child(&self, work: impl FnOnce(&Area, &dyn Fn()) -> i32) -> Forked {
        self.note(0).store(0, SeqCst);
        let child = Forked::start(|| {
            let area = self.join();
            work(&area, &|| self.note(0).store(1, SeqCst))
        });
        wait_until("a child", || self.note(0).load(SeqCst) == 1);
        child
    }

    /// Adds to the count of departures, as peers that come and go do.
    fn add_departures(&self, count: u32) {
        let step = SemBuf::new(DEPARTURES, i16::try_from(count).unwrap(), SemFlags::NOWAIT);
        sysv_ipc::semop(self.set.id(), &[step]).unwrap();
    }
}

fn stay() -> i32 {
    loop {
        std::thread::park();
    }
}

/// Sends a signal to a child.
fn signal(child: &Forked, signal: i32) {
    // SAFETY: takes no pointer; the child was not waited for, so that the number is its own.
    #[expect(unsafe_code, reason = "stops a process")]
    let sent = unsafe { libc::kill(child.pid(), signal) };
    assert_eq!(sent, 0);
}

/// SETVAL of the lease of the owner alone: it looks dead, which is documented. It is told, and takes nothing back.
#[test]
fn an_owner_whose_lease_alone_is_cleared_is_told() {
    let scene = Scene::new(builder().mutex("table"), 1);
    let before = scene.set.values().unwrap();
    let holder = scene.child(|area, ready| {
        let mutex = area.mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        ready();
        wait_until("another owner", || scene.note(1).load(SeqCst) == 1);
        guard.make_consistent();
        i32::from(guard.unlock() != Err(Error::LeaseLost))
    });
    let leases = scene.set.values().unwrap();
    let slot = (0..PEERS).find(|slot| {
        let slot = usize::from(*slot);
        leases[slot] != before[slot]
    });
    sysv_ipc::semctl_setval(scene.set.id(), slot.unwrap(), 0).unwrap();
    let mutex = scene.area.mutex("table").unwrap();
    let guard = mutex.lock_timeout(DEADLINE).unwrap();
    assert!(guard.owner_died());
    scene.note(1).store(1, SeqCst);
    assert_eq!(holder.end(), 0);
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    guard.unlock().unwrap();
    assert!(mutex.lock().unwrap().owner_died());
}

/// Row Q3.
/// A receiver is about to sleep. Then another receiver dies with a message, and an ordinary message comes, for which the
/// token of that death is enough. The message of the dead one comes nevertheless, to this receiver or to the next one.
#[test]
fn a_message_of_a_dead_receiver_comes_although_its_token_was_for_another() {
    let scene = Scene::new(channel(), 1);
    let sender = scene.area.sender("jobs").unwrap();
    sender.send(b"of the dead").unwrap();
    let dies = scene.child(|area, ready| {
        let receiver = area.receiver("jobs").unwrap();
        let _kept = receiver.receive_kept().unwrap();
        ready();
        stay()
    });
    let receive = || {
        let mut message = [0; 100];
        match scene.receiver().receive(&mut message) {
            Ok(11) => 1,
            Ok(8) => 2,
            _ => 4,
        }
    };
    let waiter = Forked::start(receive);
    wait_for_waiters(&scene.parking(0), 1);
    // A stop ends its call. When it continues, it calls again.
    signal(&waiter, libc::SIGSTOP);
    wait_for_waiters(&scene.parking(0), 0);
    drop(dies);
    sender.send(b"ordinary").unwrap();
    assert_eq!(scene.parking(0).value().unwrap(), 1);
    signal(&waiter, libc::SIGCONT);
    let first = waiter.end();
    let next = in_forked_child(receive);
    assert_eq!(first + next, 3, "{first} {next}");
}

/// A message went back, and the word that says so is 0: its receiver died in between, or another one cleared it. It comes
/// within one turn.
#[test]
fn a_message_that_went_back_without_a_mark_comes_within_a_turn() {
    let scene = Scene::new(channel(), 1);
    let sender = scene.area.sender("jobs").unwrap();
    sender.send(b"x").unwrap();
    // Stays, so that the sender is not alone.
    let other = scene.receiver();
    drop(other.try_receive_kept().unwrap());
    assert_eq!(scene.word(RETURNED).swap(0, SeqCst), 1);
    while scene.parking(0).try_acquire().is_ok() {}
    let receiver = Forked::start(|| {
        let receiver = scene.receiver();
        let mut found = 0;
        for _ in 0..41 {
            let kept = receiver.receive_kept_timeout(DEADLINE).unwrap();
            found += i32::from(kept.to_vec().unwrap() == b"x" && kept.is_redelivered());
            kept.done().unwrap();
        }
        found
    });
    for _ in 0..40 {
        sender.send_timeout(b"y", DEADLINE).unwrap();
    }
    assert_eq!(receiver.end(), 1);
}

/// Row Q1.
/// A program writes the generation before over the entry of a dead peer. The next holder of the slot gets the id of the
/// dead one, and neither waits for itself nor is what the dead one was.
#[test]
fn an_id_that_comes_again_is_not_the_dead_ones() {
    let builder = Area::builder().peers(1).mutex("table");
    let builder = builder
        .latest::<u32>("quote")
        .channel("jobs", Capacity(4), MaxSize(8));
    let area = builder.create_private().unwrap();
    let id = area.id();
    drop(area);
    let code = in_forked_child(|| {
        let area = Area::from_id(id).unwrap();
        let mutex = area.mutex("table").unwrap();
        std::mem::forget(mutex.lock().unwrap());
        std::mem::forget(area.publisher::<u32>("quote").unwrap());
        let sender = area.sender("jobs").unwrap();
        std::mem::forget(sender.loan(1).unwrap());
        sender.send(b"next").unwrap();
        std::mem::forget((mutex, sender, area));
        0
    });
    assert_eq!(code, 0);
    let memory = SharedMemory::from_id(id).unwrap().attach().unwrap();
    let state = memory.atomic_u32(64).unwrap();
    let dead = state.fetch_sub(1, SeqCst);
    let area = RemoveOnDrop::new(Area::from_id(id).unwrap());
    assert_eq!(state.load(SeqCst), dead);
    assert!(
        area.mutex("table")
            .unwrap()
            .try_lock()
            .unwrap()
            .owner_died()
    );
    area.publisher::<u32>("quote").unwrap().publish(&7).unwrap();
    let receiver = area.receiver("jobs").unwrap();
    assert_eq!(receiver.senders(), Ok(0));
    let mut message = [0; 8];
    assert_eq!(receiver.try_receive(&mut message), Ok(4));
    assert_eq!(receiver.try_receive(&mut message), Err(Error::Disconnected));
}

/// A second sender beside the only one: the library offers none. One that writes the memory itself is found.
#[test]
fn a_second_sender_beside_the_only_one_is_an_error() {
    let scene = Scene::new(channel().sole_sender("jobs"), 1);
    assert_eq!(
        scene.area.sender("jobs").unwrap_err().kind(),
        ErrorKind::Mismatch
    );
    let mut sender = scene.area.sole_sender("jobs").unwrap();
    // The second slot, FULL in the first turn.
    scene.word64(512 + 128).store(2 << 30, SeqCst);
    sender.send(b"first").unwrap();
    assert_eq!(sender.try_send(b"second"), Err(Error::Corrupted));
    assert_eq!(
        sender.send_timeout(b"second", DEADLINE),
        Err(Error::Corrupted)
    );
    // The role, of a process that is not there.
    scene.word(SENDER).store(0x0001_0003, SeqCst);
    assert_eq!(sender.send(b"third"), Err(Error::LeaseLost));
    drop(sender);
    scene.area.sole_sender("jobs").unwrap();
}

/// A slot of a turn that cannot be is an error, and the next position to receive from stays.
#[test]
fn a_slot_of_another_time_is_not_passed() {
    let scene = Scene::new(channel(), 1);
    let receiver = scene.area.receiver("jobs").unwrap();
    scene.word64(512).store(5 << 33, SeqCst);
    let received = receiver.try_receive(&mut [0; 100]);
    assert_eq!(received, Err(Error::Corrupted));
    assert_eq!(scene.word64(64).load(SeqCst), 0);
}

/// The phases of a slot.
const EMPTY: u64 = 0;
const WRITING: u64 = 1;
const FULL: u64 = 2;
const READING: u64 = 3;
const BACK: u64 = 4;
const ABORTED: u64 = 5;

/// A channel with every state of the slot that comes next.
struct NextSlot {
    scene: Scene,
    /// The peer of this process, which is alive.
    owner: u64,
}

impl NextSlot {
    const NOW: u64 = 7;
    const BEFORE: u64 = Self::NOW - 1;
    const AFTER: u64 = Self::NOW + 1;
    const POSITION: u64 = 4 * Self::NOW;

    fn new() -> NextSlot {
        let scene = Scene::new(channel(), 1);
        scene.area.sender("jobs").unwrap().send(b"one").unwrap();
        let receiver = scene.area.receiver("jobs").unwrap();
        let kept = receiver.receive_kept().unwrap();
        let owner = scene.word64(512).load(SeqCst) & ((1 << 30) - 1);
        kept.done().unwrap();
        NextSlot { scene, owner }
    }

    /// All phases, and those that there are not, in the turns around that of the position.
    fn states() -> impl Iterator<Item = (u64, u64)> {
        (0..8).flat_map(|phase| (Self::NOW - 2..=Self::NOW + 2).map(move |turn| (phase, turn)))
    }

    /// Makes the slot the next one to send to and to receive from. The others are free.
    fn set(&self, phase: u64, turn: u64) {
        let is_owned = [WRITING, READING].contains(&phase);
        let owner = if is_owned { self.owner } else { 0 };
        for at in [512, 512 + 128, 512 + 256, 512 + 384] {
            self.scene.word64(at).store(Self::NOW << 33, SeqCst);
        }
        let state = turn << 33 | phase << 30 | owner;
        self.scene.word64(512).store(state, SeqCst);
        // Three bytes, never delivered before.
        self.scene.word(512 + 8).store(3, SeqCst);
        self.scene.word(512 + 12).store(0, SeqCst);
        self.scene.word(RETURNED).store(0, SeqCst);
        for hint in [0, 64] {
            self.scene.word64(hint).store(Self::POSITION, SeqCst);
        }
    }
}

/// Whatever state the next slot has, a receiver gets a message, nothing or an error, and the next position moves on or not.
#[test]
fn every_state_of_the_next_slot_has_one_outcome_for_a_receiver() {
    let next = NextSlot::new();
    let (_sender, receiver) = (
        next.scene.area.sender("jobs").unwrap(),
        next.scene.receiver(),
    );
    for (phase, turn) in NextSlot::states() {
        next.set(phase, turn);
        let (outcome, moves) = match (phase, turn) {
            (FULL | BACK, NextSlot::NOW) => (Ok(3), 1),
            (BACK, NextSlot::BEFORE) => (Ok(3), 0),
            (EMPTY | WRITING, NextSlot::NOW) | (READING | ABORTED, NextSlot::BEFORE) => {
                (Err(Error::WouldBlock), 0)
            }
            (READING | ABORTED, NextSlot::NOW) | (_, NextSlot::AFTER) => {
                (Err(Error::WouldBlock), 1)
            }
            _ => (Err(Error::Corrupted), 0),
        };
        let what = format!("phase {phase}, turn {turn}");
        assert_eq!(receiver.try_receive(&mut [0; 100]), outcome, "{what}");
        let head = next.scene.word64(64).load(SeqCst);
        assert_eq!(head, NextSlot::POSITION + moves, "{what}");
    }
}

/// The same for a sender, which uses the slot, another one, or none.
#[test]
fn every_state_of_the_next_slot_has_one_outcome_for_a_sender() {
    let next = NextSlot::new();
    let (sender, _receiver) = (
        next.scene.area.sender("jobs").unwrap(),
        next.scene.receiver(),
    );
    for (phase, turn) in NextSlot::states() {
        next.set(phase, turn);
        let (outcome, moves) = match (phase, turn) {
            (EMPTY, NextSlot::NOW) | (ABORTED, NextSlot::BEFORE) => (Ok(()), 1),
            (_, NextSlot::NOW | NextSlot::AFTER) => (Ok(()), 2),
            (WRITING | FULL | READING | BACK, NextSlot::BEFORE) => (Err(Error::WouldBlock), 0),
            _ => (Err(Error::Corrupted), 0),
        };
        let what = format!("phase {phase}, turn {turn}");
        assert_eq!(sender.try_send(b"two"), outcome, "{what}");
        let tail = next.scene.word64(0).load(SeqCst);
        assert_eq!(tail, NextSlot::POSITION + moves, "{what}");
        // What went back has to be found by receivers that have passed it.
        let is_marked = next.scene.word(RETURNED).load(SeqCst) != 0;
        assert_eq!(
            is_marked,
            (phase, turn) == (BACK, NextSlot::BEFORE),
            "{what}"
        );
    }
}

/// The same for the sole receiver and the sole sender, which have positions of their own.
#[test]
fn every_state_of_the_next_slot_has_one_outcome_for_sole_sides() {
    const LAST: u64 = (1 << 31) - 1;
    for (phase, turn) in (0..8).flat_map(|phase| [LAST - 1, LAST, 0, 1].map(|turn| (phase, turn))) {
        let what = format!("phase {phase}, turn {turn}");
        let builder = channel().sole_sender("jobs").sole_receiver("jobs");
        let scene = Scene::new(builder, 1);
        let mut sender = scene.area.sole_sender("jobs").unwrap();
        let mut receiver = scene.area.sole_receiver("jobs").unwrap();
        scene.word64(512).store(turn << 33 | phase << 30, SeqCst);
        let sent = match (phase, turn) {
            (EMPTY, 0) => Ok(()),
            (WRITING..=ABORTED, LAST) => Err(Error::WouldBlock),
            _ => Err(Error::Corrupted),
        };
        assert_eq!(sender.try_send(b"two"), sent, "{what}");

        scene.word64(512).store(turn << 33 | phase << 30, SeqCst);
        let received = match (phase, turn) {
            (FULL, 0) => Ok(scene.word(512 + 8).load(SeqCst) as usize),
            (EMPTY | WRITING | ABORTED, 0) => Err(Error::WouldBlock),
            _ => Err(Error::Corrupted),
        };
        assert_eq!(receiver.try_receive(&mut [0; 100]), received, "{what}");
    }
}

/// Sole sides that died after the slot and before the position: their successors go on behind what they sent and received.
#[test]
fn successors_of_sole_sides_find_their_position() {
    const TAIL: usize = 0;
    const HEAD: usize = 64;
    let scene = Scene::new(channel().sole_sender("jobs").sole_receiver("jobs"), 1);
    let mut receiver = scene.area.sole_receiver("jobs").unwrap();
    let mut received = Vec::new();
    let receive = |receiver: &mut SoleReceiver| {
        let mut byte = [0];
        receiver.receive_timeout(&mut byte, DEADLINE).unwrap();
        byte[0]
    };
    for number in 0..20_u8 {
        let mut sender = scene.area.sole_sender("jobs").unwrap();
        // One that stays, and two before it whose slots are free again in some rounds.
        sender.send(&[number]).unwrap();
        drop(sender);
        let behind = u64::from(number % 3);
        let tail = scene.word64(TAIL).load(SeqCst);
        scene.word64(TAIL).store(tail - behind.min(tail), SeqCst);
        if number % 5 != 4 {
            received.push(receive(&mut receiver));
        }
        if number % 2 == 1 {
            drop(receiver);
            let head = scene.word64(HEAD).load(SeqCst);
            scene.word64(HEAD).store(head - behind.min(head), SeqCst);
            receiver = scene.area.sole_receiver("jobs").unwrap();
        }
        while number % 5 == 0 && received.len() <= number.into() {
            received.push(receive(&mut receiver));
        }
    }
    received.push(receive(&mut receiver));
    assert!(received.iter().copied().eq(0..20), "{received:?}");
}

/// The kernel frees the memory of a process before it undoes: the next owner waits for that.
#[test]
fn a_large_owner_is_followed() {
    let scene = Scene::new(builder().mutex("table"), 1);
    let holder = scene.child(|area, ready| {
        let large = vec![1_u8; 64 << 20];
        let mutex = area.mutex("table").unwrap();
        let _guard = mutex.lock().unwrap();
        ready();
        std::hint::black_box(&large);
        stay()
    });
    let waiter = Forked::start(|| {
        let mutex = scene.join().mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        i32::from(guard.owner_died())
    });
    wait_for_waiters(&scene.parking(0), 1);
    drop(holder);
    assert_eq!(waiter.end(), 1);
}

/// A publisher that never rests, and a version that a program counts up: reading comes to an end.
#[test]
fn a_reader_that_is_always_overtaken_comes_to_an_end() {
    type Large = [u64; 2048];
    let scene = Scene::new(builder().latest::<Large>("quote"), 1);
    let publisher = scene.child(|area, ready| {
        let mut publisher = area.publisher::<Large>("quote").unwrap();
        for number in 1.. {
            publisher.publish(&[number; 2048]).unwrap();
            ready();
        }
        0
    });
    let latest = scene.area.latest::<Large>("quote").unwrap();
    let mut value = [0; 2048];
    let mut read = |is_whole: bool| match latest.read_into(&mut value) {
        Ok(version) if is_whole => assert_eq!(value, [version.unwrap(); 2048]),
        Ok(_) => {}
        Err(error) => assert_eq!(error, Error::WouldBlock),
    };
    for _ in 0..20 {
        read(true);
    }
    drop(publisher);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(SeqCst) {
                scene.word64(0).fetch_add(1, SeqCst);
            }
        });
        for _ in 0..20 {
            read(false);
        }
        stop.store(true, SeqCst);
    });
}

/// The turns of slots have 31 bits: after the last one, the first comes again.
#[test]
fn turns_begin_again() {
    const COUNT: u32 = 1000;
    const FIRST: u64 = (1 << 31) - 3;
    let late = |builder: AreaBuilder| {
        let scene = Scene::new(builder, 1);
        for slot in 0..4 {
            scene.word64(512 + slot * 128).store(FIRST << 33, SeqCst);
        }
        for hint in [0, 64] {
            scene.word64(hint).store(FIRST << 2, SeqCst);
        }
        scene
    };
    let scene = late(channel());
    let holder = scene.area.sender("jobs").unwrap();
    let receivers: Vec<_> = (1..3)
        .map(|number| {
            let scene = &scene;
            Forked::start(move || {
                let receiver = scene.receiver();
                loop {
                    match receiver.receive(&mut [0; 100]) {
                        Ok(_) => scene.note(number).fetch_add(1, SeqCst),
                        Err(error) => return i32::from(error != Error::Disconnected),
                    };
                }
            })
        })
        .collect();
    let sender = Forked::start(|| {
        let sender = scene.join().sender("jobs").unwrap();
        for number in 0..COUNT {
            sender.send(&number.to_ne_bytes()).unwrap();
        }
        0
    });
    for number in 0..COUNT {
        holder
            .send_timeout(&number.to_ne_bytes(), DEADLINE)
            .unwrap();
    }
    assert_eq!(sender.end(), 0);
    drop(holder);
    for receiver in receivers {
        assert_eq!(receiver.end(), 0);
    }
    let received = scene.note(1).load(SeqCst) + scene.note(2).load(SeqCst);
    assert_eq!(received, 2 * COUNT);

    let scene = late(channel().sole_sender("jobs").sole_receiver("jobs"));
    let mut sender = scene.area.sole_sender("jobs").unwrap();
    let mut receiver = scene.area.sole_receiver("jobs").unwrap();
    for number in 0..40_u32 {
        sender.try_send(&number.to_ne_bytes()).unwrap();
        let mut message = [0; 4];
        assert_eq!(receiver.try_receive(&mut message), Ok(4));
        assert_eq!(message, number.to_ne_bytes());
    }
}

/// Row Q1.
/// The threads of a process share its lease: it ends when the last of them has left the namespace, or has ended.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_leave_take_no_lease_along() {
    let test = test_name!("threads_that_leave_take_no_lease_along");
    let scene = Scene::new(builder().mutex("table"), 1);
    let leave = || crate::support::namespace::unshare().is_ok();
    let holder = scene.child(|area, ready| {
        let mutex = area.mutex("table").unwrap();
        std::mem::forget(mutex.lock().unwrap());
        let stays = std::thread::spawn(std::thread::park);
        let has_left = std::thread::spawn(leave).join().unwrap();
        scene.note(1).store(1 + u32::from(has_left), SeqCst);
        ready();
        let wait = |count| wait_until("the test", || scene.note(2).load(SeqCst) == count);
        wait(1);
        leave();
        scene.note(3).store(1, SeqCst);
        wait(2);
        stays.thread().unpark();
        stays.join().unwrap();
        stay()
    });
    if scene.note(1).load(SeqCst) == 1 {
        crate::support::skipped(test, "this user may not leave the namespace");
        return;
    }
    let mutex = scene.area.mutex("table").unwrap();
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    scene.note(2).store(1, SeqCst);
    wait_until("the first thread", || scene.note(3).load(SeqCst) == 1);
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    scene.note(2).store(2, SeqCst);
    // The process lives on, as `unshare` is documented to do.
    assert!(mutex.lock_timeout(DEADLINE).unwrap().owner_died());
    drop(holder);
}

/// Row Q1.
/// SETALL while others sleep.
#[test]
fn values_that_are_set_end_all_waits() {
    let builder = channel().mutex("table").event("bell");
    let scene = Scene::new(builder, 3);
    let mutex = scene.area.mutex("table").unwrap();
    let guard = mutex.lock().unwrap();
    let lost = |outcome: sync::Result<()>| i32::from(outcome != Err(Error::LeaseLost));
    let _sender = scene.area.sender("jobs").unwrap();
    let waiters = [
        Forked::start(|| lost(scene.receiver().receive(&mut [0; 100]).map(drop))),
        Forked::start(|| lost(scene.join().mutex("table").unwrap().lock().map(drop))),
        Forked::start(|| lost(scene.join().event("bell").unwrap().wait())),
    ];
    for number in [0, 2, 3] {
        wait_for_waiters(&scene.parking(number), 1);
    }
    let zeros = SemValues::from_slice(&vec![0; scene.set.values().unwrap().len()]).unwrap();
    sysv_ipc::semctl_setall_values(scene.set.id(), &zeros).unwrap();
    for waiter in waiters {
        assert_eq!(waiter.end(), 0);
    }
    assert_eq!(mutex.try_lock().unwrap_err(), Error::LeaseLost);
    assert_eq!(guard.unlock(), Err(Error::LeaseLost));
    // The area is dead, and joining it changes nothing in the set.
    let error = Area::from_id(scene.area.id()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    assert!(scene.set.values().unwrap().iter().all(|value| *value == 0));
}

/// Tokens that never end, as other waiters' and as other programs', wake a waiter in vain again and again, but not beyond its
/// deadline.
#[test]
fn tokens_without_end_prolong_no_wait() {
    let scene = Scene::new(channel().mutex("table").event("bell"), 3);
    let _sender = scene.area.sender("jobs").unwrap();
    let receiver = scene.receiver();
    let mutex = scene.area.mutex("table").unwrap();
    let _guard = mutex.lock().unwrap();
    let event = scene.area.event("bell").unwrap();
    let (is_over, started) = (AtomicBool::new(false), Instant::now());
    let short = Duration::from_millis(20);
    std::thread::scope(|scope| {
        let vandal = scope.spawn(|| {
            while !is_over.load(SeqCst) && started.elapsed() < DEADLINE {
                for number in [0, 2, 3] {
                    let member = u16::try_from(PARKING + number).unwrap();
                    sysv_ipc::semctl_setval(scene.set.id(), member, 30_000).unwrap();
                }
            }
            is_over.load(SeqCst)
        });
        wait_until("tokens", || scene.parking(3).value().unwrap() > 0);
        assert_eq!(
            receiver.receive_timeout(&mut [0; 100], short),
            Err(Error::TimedOut)
        );
        assert_eq!(mutex.lock_timeout(short).unwrap_err(), Error::TimedOut);
        assert_eq!(event.wait_timeout(short), Err(Error::TimedOut));
        is_over.store(true, SeqCst);
        assert!(
            vandal.join().unwrap(),
            "the waits lasted as long as the tokens"
        );
    });
}

/// Row Q1.
/// Peers that come and go beside sleepers, so often that their count is restarted: each sleeper gets its event or its
/// deadline, and nothing else.
#[test]
fn peers_that_come_and_go_take_no_wake_up_along() {
    let builder = channel().mutex("table").event("bell");
    let scene = Scene::new(builder, 3);
    let sender = scene.area.sender("jobs").unwrap();
    let mutex = scene.area.mutex("table").unwrap();
    let guard = mutex.lock().unwrap();
    let receiver = Forked::start(|| {
        let receiver = scene.receiver();
        let one = receiver.receive(&mut [0; 100]);
        let end = receiver.receive(&mut [0; 100]);
        i32::from((one, end) != (Ok(3), Err(Error::Disconnected)))
    });
    let locker = Forked::start(|| {
        let mutex = scene.join().mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        i32::from(guard.owner_died())
    });
    let sleep = || {
        wait_for_waiters(&scene.parking(0), 1);
        wait_for_waiters(&scene.parking(2), 1);
    };
    sleep();
    scene.add_departures(16_300 - scene.value(DEPARTURES));
    // By leaving, and by dying, in the slot that is left.
    let come_and_go = || {
        for _ in 0..100 {
            drop(scene.join());
        }
        std::mem::forget(scene.join());
        0
    };
    assert_eq!(in_forked_child(come_and_go), 0);
    assert_eq!(in_forked_child(come_and_go), 0);
    assert_eq!(scene.memory.load_u32(ROUND, SeqCst).unwrap(), 1);
    assert!(scene.value(DEPARTURES) < 10_000);
    sleep();
    let restless = Forked::start(|| {
        loop {
            drop(scene.join());
        }
    });
    let event = scene.area.event("bell").unwrap();
    for _ in 0..3 {
        let wait = event.wait_timeout(Duration::from_millis(5));
        assert_eq!(wait, Err(Error::TimedOut));
    }
    sender.send(b"one").unwrap();
    guard.unlock().unwrap();
    assert_eq!(locker.end(), 0);
    wait_until("the message", || sender.fill() == 0);
    drop(sender);
    assert_eq!(receiver.end(), 0);
    drop(restless);
}

/// A peer that restarts the count of departures stands before the last step. A handle that knows the count then, and waits
/// again when the count is the same number, after as many departures, is told of them.
#[test]
fn a_count_that_comes_again_hides_no_departure() {
    const FULL: u32 = 16_384;
    let scene = Scene::new(channel(), 1);
    let receiver = scene.area.receiver("jobs").unwrap();
    let sender = scene.child(|area, ready| {
        let _sender = area.sender("jobs").unwrap();
        ready();
        stay()
    });
    let wait = |time| receiver.receive_timeout(&mut [0; 100], time);
    scene.add_departures(FULL - scene.value(DEPARTURES));
    let round = scene.memory.atomic_u32(ROUND).unwrap();
    round.fetch_add(1, SeqCst);
    let short = Duration::from_millis(1);
    assert_eq!(wait(short), Err(Error::TimedOut));
    let full = i16::try_from(FULL).unwrap();
    // As each restart does.
    let first = i16::try_from(scene.value(PEERS) % 8192 + 1).unwrap();
    let restart = [-full, 0, first].map(|change| SemBuf::new(DEPARTURES, change, SemFlags::NOWAIT));
    sysv_ipc::semop(scene.set.id(), &restart).unwrap();
    drop(sender);
    scene.add_departures(FULL - scene.value(DEPARTURES));
    assert_eq!(wait(DEADLINE), Err(Error::Disconnected));
}

/// Handles that come and go raise the count of departures to the maximum of a semaphore, at which the kernel counts no death:
/// it is restarted before, and a sleeper is told of the death.
#[test]
fn a_death_is_told_however_many_handles_have_gone() {
    const MAX: u32 = 32_767;
    let scene = Scene::new(channel(), 1);
    let sender = scene.child(|area, ready| {
        let _sender = area.sender("jobs").unwrap();
        ready();
        stay()
    });
    let waiter = Forked::start(|| {
        let received = scene.receiver().receive(&mut [0; 100]);
        i32::from(received != Err(Error::Disconnected))
    });
    let sleeps = || wait_for_waiters(&scene.parking(0), 1);
    sleeps();
    scene.add_departures(MAX - 10 - scene.value(DEPARTURES));
    for _ in 0..10 {
        drop(scene.area.sender("jobs").unwrap());
        sleeps();
    }
    assert!(scene.value(DEPARTURES) < MAX / 2);
    drop(sender);
    assert_eq!(waiter.end(), 0);
}

/// Row Q1.
/// The set of an area is removed, and another set gets its id: of another area, or of a program that knows no areas. What is
/// left of the first area changes nothing in it, and opening, using and removing that area do not either.
#[cfg(target_os = "linux")]
#[test]
fn a_set_that_gets_the_id_is_left_alone() {
    use crate::support::namespace::set_sysctl;
    use crate::support::{Sleeper, in_namespace};

    const TEST: &str = test_name!("a_set_that_gets_the_id_is_left_alone");
    let objects = || channel().mutex("table");
    let foreign = |values: Vec<u16>| SemaphoreSet::builder().values(values).create_private();
    in_namespace(TEST, || {
        for kind in 0..3 {
            let area = objects().create_private().unwrap();
            let id = area.id();
            let mutex = area.mutex("table").unwrap();
            let (sender, receiver) = (area.sender("jobs").unwrap(), area.receiver("jobs").unwrap());
            let waiter = Sleeper::start({
                // A handle of its own: a later wait of `receiver` has to ask.
                let receiver = area.receiver("jobs").unwrap();
                move || receiver.receive(&mut [0; 100]).map(drop)
            });
            let set = SemaphoreSet::from_id(area.set_id()).unwrap();
            wait_for_waiters(&set.get(PARKING).unwrap(), 1);
            let members = set.values().unwrap().len();
            set.remove().unwrap();
            assert_eq!(waiter.join(), Err(Error::Removed));

            set_sysctl("sem_next_id", set.id());
            let (mut other, mut replaced) = (None, None);
            match kind {
                0 => other = Some(RemoveOnDrop::new(objects().create_private().unwrap())),
                1 => replaced = Some(foreign(vec![0; members + 1]).unwrap()),
                _ => replaced = Some(foreign(vec![0; 2]).unwrap()),
            }
            let replaced = replaced.map(RemoveOnDrop::new);
            let set = SemaphoreSet::from_id(set.id()).unwrap();
            let values = set.values().unwrap();

            let guard = mutex.lock().unwrap();
            assert_eq!(mutex.try_lock().unwrap_err(), Error::LeaseLost);
            let waited = mutex.lock_timeout(DEADLINE).unwrap_err();
            assert_eq!(waited, Error::LeaseLost);
            drop(guard);
            let mut message = [0; 100];
            let received = receiver.receive(&mut message);
            assert_eq!(received, Err(Error::LeaseLost));
            sender.send(b"one").unwrap();
            let error = Area::from_id(id).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
            if kind == 1 {
                area.remove().unwrap();
            }
            drop((mutex, sender, receiver, area));
            if kind != 1 {
                Area::remove_id(id).unwrap();
            }
            assert!(!SharedMemory::from_id(id).is_ok_and(|memory| {
                memory
                    .status()
                    .is_ok_and(|status| !status.marked_for_removal())
            }));
            assert_eq!(set.values().unwrap(), values);
            drop((other, replaced));
        }
    });
}
