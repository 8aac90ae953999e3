//! The race for a segment.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use sysv_wrapper::*;

use super::arena::*;
use crate::support::{die, unused_key};

const TEST: &str = test_name!("nobody_sees_a_half_made_segment");
const SIZE: usize = 10_000;
/// The initial value of a number in the first bytes, which every racer increments.
const NUMBER: u64 = 1000;

/// Returns the contents of a new segment, without any of the kernel's zeros.
fn pattern(key: Key) -> Vec<u8> {
    let [first, ..] = key.as_raw().to_ne_bytes();
    let mut bytes = vec![first | 1; SIZE];
    bytes[..8].copy_from_slice(&NUMBER.to_ne_bytes());
    bytes
}

fn create_or_open(
    rules: Rules,
    mut initialise: impl FnMut(&Attachment),
) -> Result<Opened<SharedMemory>> {
    SharedMemory::builder()
        .size(SIZE)
        .init_with(|memory| {
            initialise(memory);
            Ok(())
        })
        .wait_for_creator(rules.deadline)
        .reclaim_abandoned(rules.reclaim)
        .create_or_open(rules.key)
}

fn race(racer: &Racer, rules: Rules) -> (Outcome, u32) {
    let pattern = pattern(rules.key);
    let opened = create_or_open(rules, |memory| {
        if racer.is_to_die() {
            if rules.death == Death::Late {
                memory.write_at(&pattern[..SIZE / 2], 0).unwrap();
            }
            die();
        }
        memory.write_at(&pattern, 0).unwrap();
        racer.initialised();
    });
    let (outcome, memory) = match opened {
        Ok(Opened::Created(memory)) => (Outcome::Created, memory),
        Ok(Opened::Existing(memory)) => (Outcome::Existing, memory),
        Err(error) if error.is_abandoned() => {
            return (Outcome::Abandoned, error.id().unwrap().unsigned_abs());
        }
        Err(error) => panic!("{rules:?}: {error}"),
    };
    let attached = memory.attach().unwrap();
    assert!(
        attached.read_to_vec(8..).unwrap() == pattern[8..],
        "it is not filled"
    );
    // A second initialisation would undo some increments.
    let number = attached.atomic_u64(0).unwrap().fetch_add(1, SeqCst);
    assert!(number >= NUMBER, "the number is {number}");
    (outcome, memory.id().as_raw().unsigned_abs())
}

/// Returns the rules of a round.
fn rules(round: usize) -> Rules {
    let number = round / DEATH_EVERY;
    let death = match round % DEATH_EVERY {
        10 if number % 4 >= 2 => Death::Early,
        10 => Death::Late,
        _ => Death::None,
    };
    Rules {
        key: Key::from_raw(unused_key().as_raw()),
        death,
        reclaim: number % 2 == 0,
        deadline: Duration::from_secs(10),
    }
}

/// Checks the state after the creator's death if no racer was to replace the segment, and replaces it.
fn replace(rules: Rules) {
    for error in [
        create_or_open(rules, |_| unreachable!("it exists")).unwrap_err(),
        SharedMemory::open(rules.key).unwrap_err(),
    ] {
        assert!(error.is_abandoned(), "{error}");
        assert_eq!(error.key(), Some(rules.key));
        assert!(
            error.to_string().contains("ended without initialising it"),
            "{error}"
        );
        assert!(
            format!("{error:#}").contains("reclaim_abandoned(true)"),
            "{error:#}"
        );
    }
    let reclaim = Rules {
        reclaim: true,
        ..rules
    };
    let made = create_or_open(reclaim, |memory| memory.fill(.., b'x').unwrap()).unwrap();
    assert!(made.is_created());
    let filled = made.handle().attach().unwrap().read_to_vec(..).unwrap();
    assert_eq!(filled, [b'x'; SIZE]);
}

/// Rows P22, N1.
#[test]
fn nobody_sees_a_half_made_segment() {
    if is_racer(TEST, race) {
        return;
    }
    let mut arena = Arena::new(TEST);
    for round in 0..ROUNDS / 3 {
        let rules = rules(round);
        let reports = arena.race(rules);
        if rules.death != Death::None && !rules.reclaim {
            assert_all_told(&reports, rules);
            assert_eq!(arena.initialisations(), 0);
            replace(rules);
        } else {
            assert_one_winner(&reports, rules);
            assert_eq!(arena.initialisations(), 1);
            let attached = SharedMemory::open(rules.key).unwrap().attach().unwrap();
            let openers = u64::try_from(reports.len()).unwrap();
            let number = attached.atomic_u64(0).unwrap().load(SeqCst);
            assert_eq!(number, NUMBER + openers);
        }
        SharedMemory::remove_key(rules.key).unwrap();
    }
    arena.close();
}
