//! Areas: creating, opening, joining, leaving, removing.

use std::cell::Cell;

use sysv_ipc::ShmGetFlags;
use sysv_wrapper::sync::{Area, AreaBuilder, Capacity, Error, MaxSize};
use sysv_wrapper::*;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::process::become_nobody;
use crate::support::{is_root, skipped, unused_key, wait_until};

fn builder() -> AreaBuilder {
    Area::builder().peers(4).mutex("table")
}

/// A private area, which removes itself.
fn area() -> RemoveOnDrop<Area> {
    RemoveOnDrop::new(builder().create_private().unwrap())
}

/// The values of its set: four leases, the nonce, the count of departures, the parking members.
fn values(area: &Area) -> Vec<u16> {
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    set.values().unwrap()
}

fn leases(area: &Area) -> usize {
    let values = values(area);
    values[..4].iter().filter(|value| **value > 0).count()
}

#[test]
fn one_creates_and_others_open() {
    let key = Key::from(unused_key());
    let made = builder().create_or_open(key).unwrap();
    assert!(made.is_created());
    let made = RemoveOnDrop::new(made.into_inner());
    let opened = builder().create_or_open(key).unwrap();
    assert!(!opened.is_created());
    let opened = opened.into_inner();
    assert_eq!((opened.id(), opened.set_id()), (made.id(), made.set_id()));
    assert_eq!(opened.key(), Some(key));
    let shown = format!("{opened:?}");
    assert!(shown.starts_with("Area {") && shown.contains(&format!("{key:?}")));
    assert_eq!(Area::open(key).unwrap().id(), made.id());
    assert_eq!(Area::from_id(made.id()).unwrap().set_id(), made.set_id());
    let error = builder().create(key).unwrap_err();
    assert!(error.is_already_exists(), "{error}");
    let (segment, set) = (
        SharedMemory::open(key).unwrap(),
        SemaphoreSet::open(key).unwrap(),
    );
    assert_eq!((segment.id(), set.id()), (made.id(), made.set_id()));
    for mode in [segment.mode(), set.mode()] {
        assert_eq!(mode.unwrap(), Mode::OWNER);
    }
}

/// Rows Q1: one lease, however many handles, and none when the last is gone.
#[test]
fn a_process_joins_once_and_leaves_with_its_last_handle() {
    let key = Key::from(unused_key());
    let first = builder().create(key).unwrap();
    let second = Area::open(key).unwrap();
    let third = second.clone();
    let mutex = third.mutex("table").unwrap();
    assert_eq!(leases(&first), 1);
    drop((first, second, third));
    let set = SemaphoreSet::open(key).unwrap();
    let leases = || set.values().unwrap()[..4].iter().sum::<u16>();
    assert_ne!(leases(), 0);
    drop(mutex);
    assert_eq!(leases(), 0);
    // The death that this was left one token, which the next one to join may leave.
    let area = RemoveOnDrop::new(Area::open(key).unwrap());
    assert_eq!(values(&area)[6], 1);
}

/// Row Q1.
#[test]
fn tokens_do_not_pile_up() {
    let key = Key::from(unused_key());
    let area = RemoveOnDrop::new(builder().create(key).unwrap());
    for _ in 0..20 {
        let code = in_forked_child(|| {
            // Left, and at the end not left.
            drop(Area::open(key).unwrap());
            std::mem::forget(Area::open(key).unwrap());
            0
        });
        assert_eq!(code, 0);
    }
    assert!(values(&area)[6] <= 2, "{:?}", values(&area));
    assert_eq!(leases(&area), 1);
}

/// Row Q1.
#[test]
fn a_forked_child_has_not_joined() {
    let area = area();
    let mutex = area.mutex("table").unwrap();
    let guard = Cell::new(Some(mutex.lock().unwrap()));
    let copy = Cell::new(Some(Area::clone(&area)));
    let code = in_forked_child(|| {
        assert_eq!(mutex.try_lock().unwrap_err(), Error::Forked);
        assert_eq!(mutex.lock().unwrap_err(), Error::Forked);
        // A lease of its own.
        let own = Area::from_id(area.id()).unwrap();
        assert_eq!(leases(&own), 2);
        let own = own.mutex("table").unwrap();
        assert_eq!(own.try_lock().unwrap_err(), Error::WouldBlock);
        let guard = guard.take().unwrap();
        guard.make_consistent();
        assert_eq!(guard.unlock(), Err(Error::Forked));
        drop((copy.take(), own));
        0
    });
    assert_eq!(code, 0);
    assert_eq!(leases(&area), 1);
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    guard.take().unwrap().unlock().unwrap();
    assert!(!mutex.try_lock().unwrap().owner_died());
}

/// Row Q1: a set that gets the id of another one is not taken for it.
#[test]
fn nonces_differ() {
    let nonces = [area(), area(), area(), area()].map(|area| values(&area)[4]);
    assert!(nonces.iter().all(|nonce| (1..=32_767).contains(nonce)));
    // By chance in one of 10^13 runs.
    assert!(nonces.iter().any(|nonce| *nonce != nonces[0]), "{nonces:?}");
}

/// Row Q1.
#[test]
fn there_is_room_for_so_many_peers() {
    let area = area();
    let ready = Semaphore::builder().value(0).create_private().unwrap();
    let ready = RemoveOnDrop::new(ready);
    let hold = || {
        Forked::start(|| {
            let _area = Area::from_id(area.id()).unwrap();
            ready.release().unwrap();
            loop {
                std::thread::park();
            }
        })
    };
    let children: Vec<_> = (0..3).map(|_| hold()).collect();
    ready.acquire_by(3).unwrap();
    assert_eq!(leases(&area), 4);
    let fifth = || {
        in_forked_child(|| match Area::from_id(area.id()) {
            Err(error) if error.is_limit_reached() => 1,
            Err(_) => 2,
            Ok(_) => 0,
        })
    };
    assert_eq!(fifth(), 1);
    drop(children);
    wait_until("leases of the dead", || leases(&area) == 1);
    assert_eq!(fifth(), 0);
}

#[test]
fn a_geometry_that_differs_is_named() {
    let key = Key::from(unused_key());
    let wanted = || {
        let builder = builder().channel("jobs", Capacity(5), MaxSize(100));
        builder
            .latest::<u32>("quote")
            .sole_sender("jobs")
            .tag("quote", 7)
    };
    let _area = RemoveOnDrop::new(wanted().create(key).unwrap());
    wanted().open(key).unwrap();
    // Not all have to be named.
    Area::builder().mutex("table").open(key).unwrap();
    for (builder, texts) in [
        (
            Area::builder().channel("jobs", Capacity(16), MaxSize(100)),
            ["of 8 messages of 100 bytes, one sender", "of 16 messages"],
        ),
        (
            Area::builder().mutex("jobs"),
            ["the channel `jobs`", "the mutex `jobs`"],
        ),
        (
            Area::builder().latest::<u64>("quote"),
            ["latest value `quote` of 4 bytes, tag 0x7", "of 8 bytes"],
        ),
        (
            Area::builder().latest::<u32>("quote").tag("quote", 8),
            ["tag 0x7", "tag 0x8"],
        ),
        (Area::builder().event("bell"), ["no event `bell`", ""]),
        (builder().peers(5), ["4 peers", "5"]),
    ] {
        let error = builder.create_or_open(key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        for text in texts {
            assert!(error.to_string().contains(text), "{error}: {text}");
        }
    }
}

#[test]
fn objects_are_found_by_name_and_kind() {
    let area = area();
    let error = area.event("table").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let error = area.mutex("tables").unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = area.mutex_with::<u64>("table").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[test]
fn what_cannot_be_is_an_argument_error() {
    for builder in [
        builder().mutex("table"),
        builder().mutex(""),
        builder().event(&"x".repeat(49)),
        builder().peers(0),
        builder().peers(20_000),
        builder().sole_sender("table"),
        builder().tag("jobs", 7),
        builder().channel("jobs", Capacity(0), MaxSize(u32::MAX)),
        builder().channel("jobs", Capacity(u32::MAX), MaxSize(1)),
        builder().mode("0400".parse().unwrap()),
        builder().mode("0610".parse().unwrap()),
    ] {
        let error = builder.clone().create_private().unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        let error = builder.create_unique().unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
    }
    let error = builder().create(Key::PRIVATE).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
}

#[test]
fn what_is_no_area_is_left_alone() {
    let key = Key::from(unused_key());
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create(key).unwrap());
    for error in [
        builder().create_or_open(key).unwrap_err(),
        Area::open(key).unwrap_err(),
        Area::from_id(memory.id()).unwrap_err(),
        Area::remove_key(key).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    }
    drop(memory);
    let set = SemaphoreSet::builder().values([0; 6]).create(key).unwrap();
    let set = RemoveOnDrop::new(set);
    let error = builder().create_or_open(key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    assert!(!SharedMemory::exists(key).unwrap());
    assert_eq!(set.values().unwrap(), [0; 6]);
}

#[test]
fn removal_takes_both_and_ends_every_wait() {
    let key = Key::from(unused_key());
    let area = builder().create(key).unwrap();
    assert!(!area.is_removed());
    let mutex = area.mutex("table").unwrap();
    let _guard = mutex.lock().unwrap();
    let set = SemaphoreSet::open(key).unwrap();
    let child = Forked::start(|| {
        let area = Area::open(key).unwrap();
        match area.mutex("table").unwrap().lock() {
            Err(Error::Removed) => 7,
            _ => 1,
        }
    });
    wait_until("a waiter", || {
        set.get(6).unwrap().waiters_for_increase().unwrap() == 1
    });
    Area::remove_key(key).unwrap();
    assert_eq!(child.end(), 7);
    assert!(area.is_removed());
    assert!(!SharedMemory::exists(key).unwrap() && !SemaphoreSet::exists(key).unwrap());
    assert_eq!(mutex.try_lock().unwrap_err(), Error::Removed);
    let error = area.remove().unwrap_err();
    assert!(error.is_removed(), "{error}");
    let error = Area::open(key).unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// Row Q1.
/// A segment whose set is gone is never given another set.
#[test]
fn an_area_without_its_set_is_dead() {
    let key = Key::from(unused_key());
    let area = builder().create(key).unwrap();
    SemaphoreSet::remove_key(key).unwrap();
    for error in [
        Area::open(key).unwrap_err(),
        builder().create_or_open(key).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(format!("{error:#}").contains("remove_key"), "{error:#}");
    }
    assert!(!SemaphoreSet::exists(key).unwrap());
    let replaced = RemoveOnDrop::new(builder().create_replacing(key).unwrap());
    assert_ne!(replaced.id(), area.id());
    Area::remove_id(replaced.id()).unwrap();
    assert!(!SemaphoreSet::exists(key).unwrap());
    // A set of another program has the key by now.
    drop(replaced);
    let area = builder().create(key).unwrap();
    SemaphoreSet::remove_key(key).unwrap();
    let other = SemaphoreSet::builder().values([3]).create(key).unwrap();
    let other = RemoveOnDrop::new(other);
    Area::remove_key(key).unwrap();
    assert!(area.is_removed());
    assert_eq!(other.values().unwrap(), [3]);
}

#[test]
fn owner_and_mode_are_those_of_both() {
    let key = Key::from(unused_key());
    let _area = RemoveOnDrop::new(builder().create(key).unwrap());
    let set = SemaphoreSet::open(key).unwrap();
    set.set_mode(Mode::GROUP).unwrap();
    let error = Area::open(key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("0660"), "{error}");
    set.set_mode(Mode::OWNER).unwrap();
    let area = Area::open(key).unwrap();
    area.set_mode(Mode::GROUP).unwrap();
    let memory = SharedMemory::open(key).unwrap();
    assert_eq!(
        (set.mode().unwrap(), memory.mode().unwrap()),
        (Mode::GROUP, Mode::GROUP)
    );
    let status = memory.status().unwrap();
    area.set_owner(status.uid(), status.gid()).unwrap();
    let error = area.set_mode("0440".parse().unwrap()).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    Area::open(key).unwrap();
}

/// Row Q1.
/// Of many that want it at once, one creates it.
#[test]
fn a_race_of_creators_gives_one_area() {
    let key = Key::from(unused_key());
    for _ in 0..20 {
        let children: Vec<_> = (0..4)
            .map(|_| {
                Forked::start(|| {
                    let opened = builder().create_or_open(key).unwrap();
                    let is_created = opened.is_created();
                    let area = opened.into_inner();
                    drop(area.mutex("table").unwrap().lock().unwrap());
                    i32::from(is_created)
                })
            })
            .collect();
        let created: i32 = children.into_iter().map(Forked::end).sum();
        assert_eq!(created, 1);
        Area::remove_key(key).unwrap();
    }
}

/// Row Q1.
/// A generation comes back after 16,383 claims of its slot.
#[test]
fn generations_count_and_begin_again() {
    let key = Key::from(unused_key());
    let area = Area::builder().peers(1).mutex("table").create(key).unwrap();
    let (memory, set) = (
        SharedMemory::from_id(area.id()).unwrap(),
        SemaphoreSet::open(key).unwrap(),
    );
    let memory = memory.attach().unwrap();
    assert_eq!(set.values().unwrap()[0], 1);
    drop(area);
    drop(Area::open(key).unwrap());
    assert_eq!(
        memory
            .load_u32(64, std::sync::atomic::Ordering::SeqCst)
            .unwrap(),
        2
    );
    // The last one.
    memory.write_value(&16_382_u32, 64).unwrap();
    let area = Area::open(key).unwrap();
    assert_eq!(set.values().unwrap()[0], 16_383);
    let guard = area.mutex("table").unwrap();
    std::mem::forget(guard.lock().unwrap());
    drop(guard);
    drop(area);
    let area = RemoveOnDrop::new(Area::open(key).unwrap());
    assert_eq!(set.values().unwrap()[0], 1);
    // What the last one held was given back when it left.
    assert!(
        area.mutex("table")
            .unwrap()
            .try_lock()
            .unwrap()
            .owner_died()
    );
}

/// A limit that is reached is named, and nothing stays.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_that_is_reached_is_named() {
    use crate::support::in_namespace;
    use crate::support::namespace::{expect_left, set_sysctl};

    in_namespace(test_name!("a_limit_that_is_reached_is_named"), || {
        // SEMMSL, SEMMNS, SEMOPM, SEMMNI.
        for (limits, name) in [
            ("10 32000 500 32000", "SEMMSL"),
            ("32000 12 500 32000", "SEMMNS"),
            ("32000 32000 500 1", "SEMMNI"),
        ] {
            set_sysctl("sem", limits);
            let other = SemaphoreSet::builder().values([1; 8]).create_private();
            let other = RemoveOnDrop::new(other.unwrap());
            let error = builder().peers(20).create_unique().unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            drop(other);
            expect_left([0; 3]);
            // Without a number of peers, there is room for fewer.
            let area = RemoveOnDrop::new(Area::builder().mutex("table").create_unique().unwrap());
            assert!(sync::inspect(area.id()).unwrap().peers_max() >= 2);
        }
        set_sysctl("sem", "32000 32000 4 32000");
        let error = builder().create_unique().unwrap_err();
        assert!(error.to_string().contains("SEMOPM"), "{error}");
        expect_left([0; 3]);
        set_sysctl("sem", "32000 32000 500 32000");
        // One who joins could not wake anybody later.
        let area = RemoveOnDrop::new(builder().create_unique().unwrap());
        set_sysctl("sem", "32000 32000 4 32000");
        let code = in_forked_child(|| {
            let error = Area::from_id(area.id()).unwrap_err();
            i32::from(!error.to_string().contains("SEMOPM"))
        });
        assert_eq!(code, 0);
        set_sysctl("sem", "32000 32000 500 32000");
        drop(area);
        expect_left([0; 3]);
        set_sysctl("shmmni", 0);
        let error = builder().create_unique().unwrap_err();
        assert!(error.is_limit_reached(), "{error}");
        assert!(error.to_string().contains("SHMMNI"), "{error}");
        expect_left([0; 3]);
    });
}

/// A key file says where an area is.
#[test]
fn a_key_file_publishes_an_area() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("area.key");
    let area = RemoveOnDrop::new(builder().create(unused_key()).unwrap());
    let _file = KeyFile::publish(&path, &*area).unwrap();
    let key = KeyFile::wait(&path, std::time::Duration::ZERO).unwrap();
    assert_eq!(Area::open(key).unwrap().id(), area.id());
}

/// Row Q1: with `kernel.shm_rmid_forced=1` the segment ends with the last process, and the set does not.
#[test]
#[cfg(target_os = "linux")]
fn an_area_comes_again_after_its_segment() {
    use crate::support::in_namespace;
    use crate::support::namespace::set_sysctl;

    in_namespace(test_name!("an_area_comes_again_after_its_segment"), || {
        set_sysctl("shm_rmid_forced", 1);
        let key = Key::from(unused_key());
        drop(builder().create(key).unwrap());
        SharedMemory::open(key).unwrap_err();
        let set = SemaphoreSet::open(key).unwrap().id();
        let area = builder().create_or_open(key).unwrap();
        assert!(area.is_created());
        assert!(SemaphoreSet::from_id(set).unwrap_err().is_not_found());
        drop(area);
        drop(builder().create_replacing(key).unwrap());
        Area::remove_key(key).unwrap();
        SemaphoreSet::open(key).unwrap_err();
        assert!(Area::remove_key(key).unwrap_err().is_not_found());
    });
}

/// Row Q1: what another user left is removed only when it is asked for.
#[test]
fn the_set_that_another_user_left_stays() {
    const TEST: &str = test_name!("the_set_that_another_user_left_stays");
    if !is_root() {
        return skipped(TEST, "needs root, to become another user");
    }
    let key = Key::from(unused_key());
    let user = Forked::start(|| {
        become_nobody();
        let area = builder().create(key).unwrap();
        SharedMemory::open(key).unwrap().remove().unwrap();
        drop(area);
        0
    });
    assert_eq!(user.end(), 0);
    let error = builder().create_or_open(key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    assert!(error.to_string().contains("another user"), "{error}");
    Area::remove_key(key).unwrap();
}

/// Row Q1: of what a dead creator left unfinished, the set is removed if the segment or its mode says that it is the area's.
#[test]
fn an_unfinished_area_takes_no_set_of_others_along() {
    let half_made = Mode::from_bits_truncate(0o610);
    // A version of 0 is none: the creator died before it recorded the set.
    for (version, has_key, mode, stays) in [
        (1_u32, true, Mode::OWNER, false),
        (1, false, half_made, true),
        (0, true, half_made, false),
        (0, true, Mode::OWNER, true),
        (0, false, half_made, true),
    ] {
        let key = Key::from(unused_key());
        let set = SemaphoreSet::builder().values([0, 0]).mode(mode);
        let set = if has_key {
            set.create(key)
        } else {
            set.create_private()
        };
        let set = RemoveOnDrop::new(set.unwrap());
        let code = in_forked_child(|| {
            let flags = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
            let id = sysv_ipc::shmget(key.into(), 4096, flags, half_made).unwrap();
            let segment = SharedMemory::from_id(id).unwrap().attach().unwrap();
            segment.write_value(&version, 8).unwrap();
            segment.write_value(&set.id().as_raw(), 20).unwrap();
            0
        });
        assert_eq!(code, 0);
        let what = format!("version {version}, key {has_key}, mode {mode}");
        let created = builder().create_or_open(key);
        assert_eq!(SemaphoreSet::from_id(set.id()).is_ok(), stays, "{what}");
        // Where the set has the key, there cannot be another one.
        assert_eq!(created.is_ok(), !(stays && has_key), "{what}: {created:?}");
        drop(created);
        let _ = Area::remove_key(key);
    }
}

/// Row Q1: a removal that the set refuses leaves the segment, even if that is this user's.
#[test]
fn what_another_user_may_not_remove_stays_whole() {
    const TEST: &str = test_name!("what_another_user_may_not_remove_stays_whole");
    if !is_root() {
        return skipped(TEST, "needs root, to become another user");
    }
    let mode = "0666".parse().unwrap();
    let area = RemoveOnDrop::new(builder().mode(mode).create_unique().unwrap());
    let segment = SharedMemory::from_id(area.id()).unwrap();
    let user = Forked::start(|| {
        // Joining asks for the same owner of both.
        let area = Area::from_id(area.id()).unwrap();
        segment.set_owner(65_534, 65_534).unwrap();
        become_nobody();
        let error = area.remove().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
        0
    });
    assert_eq!(user.end(), 0);
    segment.status().unwrap();
    SemaphoreSet::from_id(area.set_id())
        .unwrap()
        .status()
        .unwrap();
}

/// Row Q1: a set without its segment is removed for a new area only if no process has joined it.
#[test]
fn a_set_that_a_peer_uses_stays() {
    let key = Key::from(unused_key());
    let area = builder().create(key).unwrap();
    SharedMemory::open(key).unwrap().remove().unwrap();
    for creating in [
        builder().create(key).unwrap_err(),
        builder().create_or_open(key).unwrap_err(),
    ] {
        assert_eq!(creating.kind(), ErrorKind::Mismatch);
        let text = creating.to_string();
        assert!(text.contains("processes have joined it: 1"), "{text}");
    }
    SemaphoreSet::from_id(area.set_id()).unwrap();
    drop(area);
    let area = RemoveOnDrop::new(builder().create(key).unwrap());
    assert_eq!(leases(&area), 1);
}

/// Row Q1: a set is of an area if all that its values say agrees.
#[test]
fn a_set_that_is_like_that_of_an_area_stays() {
    let of_an_area = values(&area());
    let last = of_an_area.len() - 3;
    let like = |peers: u16, nonce, departures| {
        let mut values = vec![0; last];
        let others = values.iter_mut().skip(peers.into());
        for (value, other) in others.zip([nonce, departures]) {
            *value = other;
        }
        values.extend([peers, of_an_area[last + 1], of_an_area[last + 2]]);
        values
    };
    assert_eq!(of_an_area[last], 4);
    for values in [
        like(0, 1, 1),
        like(4, 0, 1),
        like(4, 1, 0),
        like(u16::try_from(last).unwrap() - 1, 1, 1),
        like(u16::try_from(last).unwrap(), 1, 1),
        like(100, 1, 1),
    ] {
        let key = Key::from(unused_key());
        let set = SemaphoreSet::builder().values(values.clone()).create(key);
        let set = RemoveOnDrop::new(set.unwrap());
        for error in [
            builder().create_or_open(key).unwrap_err(),
            builder().create_replacing(key).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        }
        assert!(Area::remove_key(key).unwrap_err().is_not_found());
        assert_eq!(set.values().unwrap(), values);
    }
}
