//! The race for a semaphore.

use std::time::Duration;

use sysv_ipc::{SemGetFlags, semctl_rmid, semctl_setval, semget};
use sysv_wrapper::*;

use super::arena::*;
use crate::support::{die, unused_key};

const TEST: &str = test_name!("nobody_sees_a_half_made_semaphore");
/// The initial value. The kernel creates it with 0.
const VALUE: u32 = 7;

fn builder(rules: Rules) -> SemaphoreBuilder {
    Semaphore::builder()
        .value(VALUE)
        .wait_for_creator(rules.deadline)
}

fn race(racer: &Racer, rules: Rules) -> (Outcome, u32) {
    if rules.death != Death::None {
        create_and_die(racer, rules);
    }
    let (outcome, semaphore) = match builder(rules).create_or_open(rules.key) {
        Ok(Opened::Created(semaphore)) => (Outcome::Created, semaphore),
        Ok(Opened::Existing(semaphore)) => (Outcome::Existing, semaphore),
        Err(error) if error.is_uninitialized() => {
            return (Outcome::Abandoned, error.id().unwrap().unsigned_abs());
        }
        Err(error) => panic!("{rules:?}: {error}"),
    };
    // Every racer adds 1: a second initialisation would undo some of that.
    let value = semaphore.value().unwrap();
    assert!(value >= VALUE, "the value is {value}");
    semaphore.release().unwrap();
    (outcome, semaphore.id().as_raw().unsigned_abs())
}

/// Creates the set as the library does, and is killed before the operation time is set.
fn create_and_die(racer: &Racer, rules: Rules) {
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let Ok(id) = semget(rules.key.into(), 1, flags, Mode::OWNER) else {
        return;
    };
    if !racer.is_to_die() {
        // The set of the dead creator was already replaced, and this set came in between. A creator that fails removes
        // its set.
        semctl_rmid(id).unwrap();
        return;
    }
    if rules.death == Death::Late {
        semctl_setval(id, 0, i32::try_from(VALUE).unwrap()).unwrap();
    }
    die();
}

/// Returns the rules of a round.
fn rules(round: usize) -> Rules {
    let number = round / DEATH_EVERY;
    let death = match round % DEATH_EVERY {
        10 if number % 4 == 1 => Death::Early,
        10 => Death::Late,
        _ => Death::None,
    };
    // The creator of a set without a value is unknown: the deadline decides.
    let milliseconds = match death {
        Death::Early => 100,
        _ => 10_000,
    };
    Rules {
        key: Key::from_raw(unused_key().as_raw()),
        death,
        reclaim: false,
        deadline: Duration::from_millis(milliseconds),
    }
}

/// Rows P21, N1.
#[test]
fn nobody_sees_a_half_made_semaphore() {
    if is_racer(TEST, race) {
        return;
    }
    let mut arena = Arena::new(TEST);
    for round in 0..ROUNDS {
        let rules = rules(round);
        let reports = arena.race(rules);
        let semaphore = Semaphore::open(rules.key).unwrap();
        let openers = u32::try_from(reports.len()).unwrap();
        match rules.death {
            // It may belong to another program that is about to set it, so it stays unchanged.
            Death::Early => {
                assert_all_told(&reports, rules);
                assert_eq!(semaphore.value().unwrap(), 0);
            }
            // Its value was set, so it is used.
            Death::Late => {
                for report in &reports {
                    assert_eq!(report.outcome, Outcome::Existing, "{rules:?}: {reports:?}");
                }
                assert_eq!(semaphore.value().unwrap(), VALUE + openers);
            }
            Death::None => {
                assert_one_winner(&reports, rules);
                assert_eq!(semaphore.value().unwrap(), VALUE + openers);
            }
        }
        Semaphore::remove_key(rules.key).unwrap();
    }
    arena.close();
}
