//! A peer that writes garbage over an area, tables and all, while others use it, open it and look at it: no crash, no hang
//! beyond a deadline.

use std::time::{Duration, Instant};

use sysv_wrapper::sync::{self, Area, Capacity, Error, MaxSize};
use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::support::fork::Forked;
use crate::support::{DEADLINE, random};
use crate::victims::{Board, SeqCst};

/// How long a call may wait, and how much longer it may last under whatever load there is.
const SHORT: Duration = Duration::from_millis(2);

/// What a victim does over and over; each call ends, with whatever result.
fn use_everything(area: &Area, turn: u64, buffer: &mut [u8; 64]) {
    match turn % 6 {
        0 => {
            // One that opens a damaged area may find other objects.
            let mutex = area.mutex_with::<u64>("table").ok();
            if let Some(Ok(guard)) = mutex.as_ref().map(|mutex| mutex.lock_timeout(SHORT)) {
                guard.store(&guard.load().wrapping_add(1));
                guard.make_consistent();
            }
        }
        1 => {
            if let Ok(latest) = area.latest::<[u64; 8]>("quote") {
                let _ = latest.read();
            }
        }
        2 => {
            if let Ok(mut publisher) = area.publisher::<[u64; 8]>("quote") {
                let _ = publisher.publish(&[turn; 8]);
            }
        }
        3 => {
            if let Ok(event) = area.event("bell") {
                let _ = event.signal();
                let _ = event.wait_timeout(SHORT);
            }
        }
        4 => {
            if let Ok(sender) = area.sender("jobs") {
                let _ = sender.send_timeout(&buffer[..(turn % 64) as usize], SHORT);
            }
        }
        _ => {
            if let Ok(receiver) = area.receiver("jobs") {
                let _ = receiver.receive_timeout(buffer, SHORT);
            }
        }
    }
}

/// Writes garbage for so long.
fn garbage_is_written(time: Duration) {
    let builder = Area::builder()
        .peers(12)
        .mutex_with::<u64>("table")
        .event("bell");
    let builder = builder
        .latest::<[u64; 8]>("quote")
        .channel("jobs", Capacity(4), MaxSize(48));
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let id = area.id();
    let board = Board::new(5);
    let (calls, longest) = (board.number(0), board.number(1));
    let (opened, inspected) = (board.number(2), board.number(3));
    let joined = board.number(4);
    let memory = SharedMemory::from_id(id).unwrap().attach().unwrap();
    let whole = memory.read_to_vec(..).unwrap();
    let victim = || {
        // Joined before anything is damaged.
        let area = Area::from_id(id).unwrap();
        joined.fetch_add(1, SeqCst);
        move || {
            let mut buffer = [7; 64];
            for turn in random().. {
                let start = Instant::now();
                use_everything(&area, turn, &mut buffer);
                longest.fetch_max(u64::try_from(start.elapsed().as_micros()).unwrap(), SeqCst);
                calls.fetch_add(1, SeqCst);
            }
            0
        }
    };
    let mut victims: Vec<Forked> = (0..4).map(|_| Forked::start(|| victim()())).collect();
    victims.push(Forked::start(|| {
        loop {
            if let Ok(area) = Area::from_id(id) {
                opened.fetch_add(1, SeqCst);
                use_everything(&area, random(), &mut [7; 64]);
            }
            if sync::inspect(id).is_ok() {
                inspected.fetch_add(1, SeqCst);
            }
        }
    }));
    crate::support::wait_until("victims", || {
        joined.load(SeqCst) == 4 && calls.load(SeqCst) > 100
    });
    let end = Instant::now() + time;
    while Instant::now() < end {
        // Anywhere, or in the words of the tables and of the objects; and now and then, it is as it was.
        let at = usize::try_from(random()).unwrap_or(0) % (whole.len() - 8);
        let value = match random() % 4 {
            0 => random(),
            1 => 0,
            2 => u64::MAX,
            _ => random() & 0x8000_0003_0000_0003,
        };
        memory.write_value(&value, at & !3).unwrap();
        if random() % 64 == 0 {
            memory.write_at(&whole, 0).unwrap();
        }
        for victim in &mut victims {
            victim.assert_running();
        }
    }
    // All go on: none hangs.
    memory.write_at(&whole, 0).unwrap();
    let before = calls.load(SeqCst);
    crate::support::wait_until("calls", || calls.load(SeqCst) > before + 100);
    for victim in &mut victims {
        victim.assert_running();
    }
    println!(
        "{} calls, of which the longest took {} µs; opened {} times, looked at {} times",
        calls.load(SeqCst),
        longest.load(SeqCst),
        opened.load(SeqCst),
        inspected.load(SeqCst)
    );
    drop(victims);
    // Whole again, and everybody is dead: a lock is to be had.
    memory.write_at(&whole, 0).unwrap();
    let mutex = area.mutex_with::<u64>("table").unwrap();
    match mutex.lock_timeout(DEADLINE) {
        Ok(_) | Err(Error::LeaseLost) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Row Q1.
#[test]
fn garbage_is_no_crash_and_no_hang() {
    if is_alone(test_name!("garbage_is_no_crash_and_no_hang"), &[]) {
        garbage_is_written(Duration::from_millis(700));
    }
}

#[test]
#[ignore = "takes a quarter of a minute"]
fn garbage_for_a_while_is_no_crash_and_no_hang() {
    if is_alone(
        test_name!("garbage_for_a_while_is_no_crash_and_no_hang"),
        &[],
    ) {
        garbage_is_written(Duration::from_secs(15));
    }
}
