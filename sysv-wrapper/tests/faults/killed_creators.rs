//! SIGKILL of processes that create segments, sets and queues: no process sees a partially created object.

use std::time::Duration;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::doomed::Doomed;
use crate::record::{number, record};
use crate::support::{DEADLINE, random};
use crate::victims::{AT_ONCE, kill};

/// Returns `None` if another process removed the object, and panics on other errors.
#[track_caller]
fn unless_gone<T>(result: Result<T>) -> Option<T> {
    match result {
        Err(error) if error.is_removed() || error.is_not_found() => None,
        result => Some(result.unwrap()),
    }
}

/// Removes the object in one of four processes that open it.
fn remove_sometimes<H: Object>(handle: H) {
    if random() % 4 == 0 {
        drop(RemoveOnDrop::new(handle));
    }
}

const SIZE: usize = 8_000;

fn segment() -> SharedMemoryBuilder<'static> {
    SharedMemory::builder()
        .size(SIZE)
        .wait_for_creator(DEADLINE)
        .init_with(|memory| {
            let bytes = record(u64::from(std::process::id()), SIZE);
            // In pieces, so that a kill can come in between.
            for (piece, at) in bytes.chunks(200).zip((0..).step_by(200)) {
                memory.write_at(piece, at)?;
            }
            Ok(())
        })
}

/// Rows P22, N1: 400 processes that create, use and remove segments.
#[test]
fn nobody_sees_half_of_a_segment() {
    if !is_alone(test_name!("nobody_sees_half_of_a_segment"), &[]) {
        return;
    }
    let key = Doomed::<SharedMemory>::new();
    let whole = |memory: &SharedMemory| {
        let attached = unless_gone(memory.attach())?;
        Some(number(&attached.read_to_vec(..).unwrap()))
    };
    let work = |_| {
        let opened = segment().reclaim_abandoned(true).create_or_open(key.0);
        let memory = opened.unwrap().into_inner();
        whole(&memory);
        remove_sometimes(memory);
    };
    let mut abandoned = 0;
    kill(400, work, || {
        match SharedMemory::open(key.0) {
            Ok(memory) => drop(whole(&memory).unwrap()),
            Err(error) if error.is_abandoned() => abandoned += 1,
            Err(error) => assert!(error.is_not_found(), "{error}"),
        }
        let opened = segment().reclaim_abandoned(true).create_or_open(key.0);
        let memory = opened.unwrap().into_inner();
        whole(&memory).unwrap();
        assert_eq!(memory.status().unwrap().attach_count(), 0);
        memory.remove().unwrap();
    });
    println!(
        "an uninitialised segment was left after {abandoned} of {} batches",
        400 / AT_ONCE
    );
}

/// Rows P21, N1: 240 processes that create, use and remove sets.
///
/// A set without values may belong to any program, so each opener reports it after its time limit. Only the test, which
/// knows that the creator is dead, removes it.
#[test]
fn nobody_sees_half_of_a_set() {
    const VALUES: [u16; 2] = [100, 9];
    if !is_alone(test_name!("nobody_sees_half_of_a_set"), &[]) {
        return;
    }
    let key = Doomed::<SemaphoreSet>::new();
    let set = || {
        let builder = SemaphoreSet::builder().values(VALUES);
        builder.wait_for_creator(Duration::from_millis(20))
    };
    let work = |_| {
        let set = match set().create_or_open(key.0) {
            Err(error) if error.is_uninitialized() => return,
            opened => opened.unwrap().into_inner(),
        };
        if let Some(values) = unless_gone(set.values()) {
            assert!(values[0] >= 92 && values[1] == 9, "{values:?}");
            unless_gone(set.operation().acquire(0, 1).undo().run());
            unless_gone(set.operation().release(0, 1).undo().run());
        }
        remove_sometimes(set);
    };
    kill(240, work, || {
        let set = match set().create_or_open(key.0) {
            // All possible creators are dead.
            Err(error) if error.is_uninitialized() => set().create_replacing(key.0).unwrap(),
            opened => opened.unwrap().into_inner(),
        };
        assert_eq!(set.values().unwrap(), VALUES);
        set.remove().unwrap();
    });
}

/// Rows P18, N1: 80 processes that create, use and remove queues. A new queue is usable immediately; only its maximum
/// is the default at first.
#[test]
fn a_queue_of_the_killed_is_of_use() {
    if !is_alone(test_name!("a_queue_of_the_killed_is_of_use"), &[]) {
        return;
    }
    let key = Doomed::<MessageQueue>::new();
    let common = Limits::queues().unwrap().queue_bytes_max();
    let asked = common / 3;
    let queue = || MessageQueue::builder().max_bytes(asked);
    let work = |number: usize| {
        let Some(opened) = unless_gone(queue().create_or_open(key.0)) else {
            return;
        };
        let queue = opened.into_inner();
        let message_type = MessageType::try_from(number).unwrap() + 1;
        // Killed processes may leave the queue full.
        match queue.try_send(message_type, &record(7, 64)) {
            Err(error) if error.is_would_block() => drop(queue.try_receive(Selector::Any)),
            sent => drop(unless_gone(sent)),
        }
        remove_sometimes(queue);
    };
    kill(80, work, || {
        let queue = queue().create_or_open(key.0).unwrap().into_inner();
        let room = queue.status().unwrap().max_bytes();
        assert!([asked, common].contains(&room), "{room}");
        while let Ok(message) = queue.try_receive(Selector::Any) {
            assert_eq!(number(&message.bytes), 7);
        }
        queue.send(1, &[1; 64]).unwrap();
        queue.remove().unwrap();
    });
}
