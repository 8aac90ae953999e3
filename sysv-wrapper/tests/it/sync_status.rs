//! What is seen of an area without joining it.

use sysv_wrapper::sync::{
    self, Area, Capacity, MaxSize, ObjectKind, ObjectState, ObjectStatus, PeerStatus,
};
use sysv_wrapper::*;

use crate::support::fork::Forked;
use crate::support::{DEADLINE, unused_key, wait_until};

#[test]
fn peers_and_objects_are_shown() {
    let key = Key::from(unused_key());
    let builder = Area::builder()
        .peers(4)
        .mutex_with::<u64>("table")
        .channel("jobs", Capacity(8), MaxSize(100))
        .latest::<u32>("quote")
        .tag("quote", 7)
        .event("bell");
    let area = RemoveOnDrop::new(builder.create(key).unwrap());
    let mut child = Forked::start(|| {
        let area = Area::open(key).unwrap();
        let mutex = area.mutex("table").unwrap();
        let _guard = mutex.lock().unwrap();
        let _publisher = area.publisher::<u32>("quote").unwrap();
        area.event("bell").unwrap().signal().unwrap();
        loop {
            std::thread::park();
        }
    });
    wait_until("a signal", || {
        let status = sync::inspect(area.id()).unwrap();
        status.objects()[3].state() == &ObjectState::Event { is_signalled: true }
    });
    child.assert_running();
    let status = area.status().unwrap();
    assert_eq!((status.id(), status.set_id()), (area.id(), area.set_id()));
    assert_eq!((status.key(), status.has_set()), (Some(key), true));
    assert_eq!((status.peers_max(), status.peers().len()), (4, 2));
    assert!(status.peers().iter().all(|peer| peer.is_alive()));
    let segment = SharedMemory::from_id(area.id()).unwrap();
    assert_eq!(status.size(), segment.size().unwrap());
    let sizes = status.objects().iter().map(ObjectStatus::size);
    assert_eq!(sizes.collect::<Vec<_>>(), [128, 1536, 192, 128]);
    let tags = status.objects().iter().map(ObjectStatus::tag);
    assert_eq!(tags.collect::<Vec<_>>(), [0, 0, 7, 0]);
    let numbers = |peer: &PeerStatus| (peer.slot(), peer.generation());
    let other = status.peers()[1];
    assert_eq!(
        status.peers().iter().map(numbers).collect::<Vec<_>>(),
        [(0, 1), (1, 1)]
    );
    assert_eq!(other.pid().unwrap().as_raw(), child.pid());
    let texts: Vec<_> = status.objects().iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "mutex `table` of 8 bytes",
            "channel `jobs` of 8 messages of 100 bytes",
            "latest value `quote` of 4 bytes, tag 0x7",
            "event `bell`"
        ]
    );
    let mutex = &status.objects()[0];
    assert_eq!((mutex.name(), mutex.kind()), ("table", ObjectKind::Mutex));
    assert_eq!(mutex.value_size(), Some(8));
    let jobs = &status.objects()[1];
    assert_eq!((jobs.capacity(), jobs.max_size()), (Some(8), Some(100)));
    assert_eq!(
        mutex.state(),
        &ObjectState::Mutex {
            owner: Some(other),
            is_inconsistent: false,
            has_waiters: false
        }
    );
    assert_eq!(
        status.objects()[2].state(),
        &ObjectState::Latest {
            version: 0,
            publisher: Some(other)
        }
    );
    let waiters = || {
        let status = sync::inspect(area.id()).unwrap();
        status
            .objects()
            .iter()
            .map(ObjectStatus::waiters)
            .collect::<Vec<_>>()
    };
    assert_eq!(waiters(), [0; 4]);
    let receiver = area.receiver("jobs").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| receiver.receive_timeout(&mut [0; 100], DEADLINE).unwrap());
        }
        // Without `semtimedop`, a wait with a deadline does not sleep.
        wait_until("two threads sleep", || {
            !cfg!(sysv = "semtimedop") || waiters() == [0, 2, 0, 0]
        });
        let sender = area.sender("jobs").unwrap();
        sender.send_many(["one", "two"]).1.unwrap();
    });
    // A dead one, which no peer has swept.
    drop(child);
    let status = sync::inspect(area.id()).unwrap();
    let dead = status.peers()[1];
    assert!(!dead.is_alive());
    let ObjectState::Mutex { owner, .. } = *status.objects()[0].state() else {
        panic!("{status:?}");
    };
    assert_eq!(owner, Some(dead));
}

#[test]
fn handles_show_the_state_of_their_objects() {
    let builder = Area::builder()
        .mutex("table")
        .latest::<u32>("quote")
        .event("bell");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let mutex = area.mutex("table").unwrap();
    assert!(format!("{mutex:?}").starts_with("Mutex {"), "{mutex:?}");
    let guard = mutex.lock().unwrap();
    assert_eq!(format!("{guard:?}"), "MutexGuard { owner_died: false, .. }");
    let bell = area.event("bell").unwrap();
    bell.signal().unwrap();
    assert_eq!(format!("{bell:?}"), "Event { is_signalled: true, .. }");
    let quote = area.latest::<u32>("quote").unwrap();
    assert_eq!(format!("{quote:?}"), "Latest { version: 0, .. }");
    let publisher = area.publisher::<u32>("quote").unwrap();
    assert_eq!(
        format!("{publisher:?}"),
        "Publisher(Latest { version: 0, .. })"
    );
}

/// Row Q7.
#[test]
fn areas_and_their_sets_are_told_from_others() {
    for is_private in [false, true] {
        let builder = Area::builder().mutex("table");
        let area = if is_private {
            builder.create_private().unwrap()
        } else {
            builder.create_unique().unwrap()
        };
        let area = RemoveOnDrop::new(area);
        let segment = SharedMemory::from_id(area.id()).unwrap();
        assert!(sync::is_area(&segment).unwrap());
        let set = SemaphoreSet::from_id(area.set_id()).unwrap();
        assert_eq!(sync::area_of_set(&set).unwrap(), Some(area.id()));
        // Row Q7.
        let refused = [
            set.get(0).unwrap().set_value(0).unwrap_err(),
            set.set_values(&vec![0; set.status().unwrap().count()])
                .unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
            assert!(error.to_string().contains("area"), "{error}");
        }
        assert!(area.mutex("table").unwrap().try_lock().is_ok());
        let set = SemaphoreSet::builder()
            .values([1])
            .create_private()
            .unwrap();
        let set = RemoveOnDrop::new(set);
        assert_eq!(sync::area_of_set(&set).unwrap(), None);
        let memory = SharedMemory::builder().size(4).create_private().unwrap();
        let memory = RemoveOnDrop::new(memory);
        assert!(!sync::is_area(&memory).unwrap());
        // Nor is one that its creator has attached, who has an area too.
        memory.attach().unwrap();
        assert!(!sync::is_area(&memory).unwrap());
        // One that no process has attached stays so.
        let flags = sysv_ipc::ShmGetFlags::CREAT;
        let unused = sysv_ipc::shmget(sysv_ipc::Key::PRIVATE, 4, flags, sysv_ipc::Mode::OWNER);
        let unused = RemoveOnDrop::new(SharedMemory::from_id(unused.unwrap()).unwrap());
        assert!(!sync::is_area(&unused).unwrap());
        assert_eq!(unused.status().unwrap().attach_time(), None);
        let error = sync::inspect(memory.id()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        SemaphoreSet::from_id(area.set_id())
            .unwrap()
            .remove()
            .unwrap();
        assert!(!sync::inspect(area.id()).unwrap().has_set());
    }
}

/// Bytes that no peer writes, everywhere in the tables and the objects: something is shown, or an error.
#[test]
fn a_damaged_area_is_shown_as_far_as_it_goes() {
    let builder = Area::builder()
        .peers(2)
        .mutex("table")
        .latest::<u32>("quote");
    let builder = builder
        .channel("jobs", Capacity(2), MaxSize(8))
        .event("bell");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let memory = SharedMemory::from_id(area.id()).unwrap().attach().unwrap();
    let bytes = memory.read_to_vec(..).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        memory.fill(at..(at + 8).min(bytes.len()), 0xff).unwrap();
        match sync::inspect(area.id()) {
            Ok(status) => assert!(status.objects().len() <= 48),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Mismatch),
        }
        memory.write_at(&bytes, 0).unwrap();
    }
}

#[test]
fn a_channel_shows_its_sides_and_its_messages() {
    let builder = Area::builder()
        .peers(2)
        .event("bell")
        .channel("jobs", Capacity(8), MaxSize(8));
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let sender = area.sender("jobs").unwrap();
    let receiver = area.receiver("jobs").unwrap();
    for _ in 0..5 {
        sender.send(b"job").unwrap();
    }
    for _ in 0..2 {
        receiver.receive(&mut [0; 8]).unwrap();
    }
    let shown = |senders: bool, receivers: bool| {
        let status = area.status().unwrap();
        let own = |is_there: bool| status.peers()[..is_there.into()].to_vec();
        let expected = ObjectState::Channel {
            length: Some(3),
            senders: own(senders),
            receivers: own(receivers),
        };
        assert_eq!(status.objects()[1].state(), &expected);
    };
    shown(true, true);
    drop(sender);
    shown(false, true);
    drop(receiver);
    shown(false, false);
}
