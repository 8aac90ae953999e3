//! Latest values: one publisher, any number of readers, and the deaths of either.

use std::sync::atomic::Ordering::SeqCst;

use sysv_ipc::RawKey;
use sysv_wrapper::sync::{Area, Error};
use sysv_wrapper::*;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::{as_nobody, unused_key, wait_until};

type Quote = [u64; 9];

fn area() -> RemoveOnDrop<Area> {
    let builder = Area::builder().peers(6).latest::<Quote>("quote");
    RemoveOnDrop::new(builder.create_private().unwrap())
}

#[test]
fn the_latest_is_read() {
    let area = area();
    let latest = area.latest::<Quote>("quote").unwrap();
    assert_eq!((latest.read().unwrap(), latest.version()), (None, 0));
    let mut publisher = area.publisher::<Quote>("quote").unwrap();
    for number in 1..10 {
        assert_eq!(publisher.publish(&[number; 9]).unwrap(), number);
        assert_eq!(latest.read().unwrap(), Some(([number; 9], number)));
        assert_eq!(publisher.latest().version(), number);
        let mut copy = [0; 9];
        assert_eq!(latest.read_into(&mut copy).unwrap(), Some(number));
        assert_eq!(copy, [number; 9]);
    }
    let error = area.latest::<[u64; 8]>("quote").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

/// Row Q4.
#[test]
fn one_publishes_at_a_time() {
    let area = area();
    let first = area.publisher::<Quote>("quote").unwrap();
    let busy = |error: sysv_wrapper::Error| error.kind() == ErrorKind::Busy;
    assert!(busy(area.publisher::<Quote>("quote").unwrap_err()));
    let id = area.id();
    let other = || {
        in_forked_child(|| {
            let area = Area::from_id(id).unwrap();
            match area.publisher::<Quote>("quote") {
                Ok(mut publisher) => {
                    publisher.publish(&[7; 9]).unwrap();
                    // Not given back.
                    std::mem::forget((area, publisher));
                    1
                }
                Err(error) => 2 + i32::from(!busy(error)),
            }
        })
    };
    assert_eq!(other(), 2);
    drop(first);
    // Each of these dies with the role.
    assert_eq!((other(), other()), (1, 1));
    let mut publisher = area.publisher::<Quote>("quote").unwrap();
    assert_eq!(publisher.publish(&[8; 9]).unwrap(), 3);
}

#[test]
fn a_forked_child_reads_and_does_not_publish() {
    let area = area();
    let latest = area.latest::<Quote>("quote").unwrap();
    let publisher = std::cell::Cell::new(area.publisher::<Quote>("quote").ok());
    let code = in_forked_child(|| {
        let mut publisher = publisher.take().unwrap();
        assert_eq!(publisher.publish(&[7; 9]), Err(Error::Forked));
        drop(publisher);
        assert_eq!(latest.read().unwrap(), None);
        0
    });
    assert_eq!(code, 0);
    let mut publisher = publisher.take().unwrap();
    publisher.publish(&[7; 9]).unwrap();
}

/// Kills as many publishers, one after the other, while another process reads.
fn publishers_are_killed(kills: u32) {
    let area = area();
    let id = area.id();
    let board = SharedMemory::builder().create_private().unwrap();
    let board = board.attach().unwrap();
    board.remove_when_detached().unwrap();
    let reads = board.atomic_u64(0).unwrap();
    let publish = || {
        Forked::start(|| {
            let area = Area::from_id(id).unwrap();
            let mut publisher = area.publisher::<Quote>("quote").unwrap();
            loop {
                let next = publisher.latest().version() + 1;
                publisher.publish(&[next; 9]).unwrap();
            }
        })
    };
    let mut reader = Forked::start(|| {
        let area = Area::from_id(id).unwrap();
        let latest = area.latest::<Quote>("quote").unwrap();
        let mut last = 0;
        loop {
            match latest.read() {
                Ok(None) => assert_eq!(last, 0),
                Ok(Some((value, version))) => {
                    assert_eq!(value, [version; 9]);
                    assert!(version >= last);
                    last = version;
                    reads.fetch_add(1, SeqCst);
                }
                Err(error) => assert_eq!(error, Error::WouldBlock),
            }
        }
    });
    let latest = area.latest::<Quote>("quote").unwrap();
    for _ in 0..kills {
        let (version, before) = (latest.version(), reads.load(SeqCst));
        let publisher = publish();
        wait_until("publications", || latest.version() > version + 1000);
        drop(publisher);
        // Without a publisher, the last value stays readable.
        wait_until("reads", || reads.load(SeqCst) > before + 100);
        reader.assert_running();
    }
}

/// Row Q4.
/// Publishers that are killed while they publish, and readers that see whole values only, each at least as new as the one
/// before.
#[test]
fn a_value_is_whole_whoever_dies() {
    publishers_are_killed(10);
}

/// Row Q4.
#[test]
#[ignore = "minutes"]
fn a_value_is_whole_although_ten_thousand_die() {
    publishers_are_killed(10_000);
}

/// Row Q4.
#[test]
fn a_user_who_may_only_read_reads() {
    const TEST: &str = test_name!("a_user_who_may_only_read_reads");
    let make = || {
        let key = Key::from(unused_key());
        let builder = Area::builder().latest::<u32>("count");
        let area = builder.mode("0644".parse().unwrap()).create(key).unwrap();
        area.publisher::<u32>("count").unwrap().publish(&7).unwrap();
        let status = sync::inspect(area.id()).unwrap();
        assert_eq!(status.peers().len(), 1);
        let number = key.as_raw().to_string().parse().unwrap();
        (RemoveOnDrop::new(area), vec![number])
    };
    let Some(numbers) = as_nobody(TEST, make) else {
        return;
    };
    let key = Key::from(RawKey::from(numbers[0]));
    if cfg!(not(target_pointer_width = "64")) {
        assert!(Area::open_read_only(key).unwrap_err().is_unsupported());
        return;
    }
    let area = Area::open_read_only(key).unwrap();
    assert_eq!(area.memory().key(), Some(key));
    let error = area.latest::<u64>("count").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let latest = area.latest::<u32>("count").unwrap();
    assert_eq!(latest.read().unwrap(), Some((7, 1)));
    let error = Area::open(key).unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
    let status = sync::inspect(area.memory().id()).unwrap();
    assert_eq!(status.peers().len(), 1);
}
