//! The race for a semaphore.

use std::time::Duration;

use sysv_ipc::{SemGetFlags, semctl_rmid, semctl_setval, semget};
use sysv_wrapper::*;

use super::arena::*;
use crate::support::{die, unused_key};

const TEST: &str = test_name!("nobody_sees_a_half_made_semaphore");
/// The value of a new one. The kernel makes it with 0.
const VALUE: u32 = 7;

fn builder(rules: Rules) -> SemaphoreBuilder {
    Semaphore::builder()
        .value(VALUE)
        .wait_for_creator(rules.deadline)
        .reclaim_abandoned(rules.reclaim)
}

fn race(racer: &Racer, rules: Rules) -> (Outcome, u32) {
    if rules.death != Death::None {
        create_and_die(racer, rules);
    }
    let (outcome, semaphore) = match builder(rules).create_or_open(rules.key) {
        Ok(Opened::Created(semaphore)) => (Outcome::Created, semaphore),
        Ok(Opened::Existing(semaphore)) => (Outcome::Existing, semaphore),
        Err(error) if error.is_abandoned() => {
            return (Outcome::Abandoned, error.id().unwrap().unsigned_abs());
        }
        Err(error) => panic!("{rules:?}: {error}"),
    };
    // Everyone adds one: a second initialisation would take some of it back.
    let value = semaphore.value().unwrap();
    assert!(value >= VALUE, "the value is {value}");
    semaphore.release().unwrap();
    (outcome, semaphore.id().as_raw().unsigned_abs())
}

/// Makes the set as the creator does, and gets killed before it has a time of operation.
fn create_and_die(racer: &Racer, rules: Rules) {
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let Ok(id) = semget(rules.key.into(), 1, flags, Mode::OWNER) else {
        return;
    };
    if !racer.is_to_die() {
        // The one that died was already replaced, and this came between. A creator that fails removes its set.
        semctl_rmid(id).unwrap();
        return;
    }
    if rules.death == Death::Late {
        semctl_setval(id, 0, i32::try_from(VALUE).unwrap()).unwrap();
    }
    die();
}

/// What happens in a round.
fn rules(round: usize) -> Rules {
    let number = round / DEATH_EVERY;
    let reclaim = number % 2 == 0;
    let death = match round % DEATH_EVERY {
        10 if number % 4 == 1 || number % 16 == 14 => Death::Early,
        10 => Death::Late,
        _ => Death::None,
    };
    // The kernel knows no pid before the value is set, so that the time decides, which takes it. Where nobody is to
    // replace the set, nobody is too slow for a short one either.
    let milliseconds = match death {
        Death::Early if reclaim => 2000,
        Death::Early => 100,
        _ => 10_000,
    };
    Rules {
        key: Key::from_raw(unused_key().as_raw()),
        death,
        reclaim,
        deadline: Duration::from_millis(milliseconds),
    }
}

/// What the coordinator finds after the creator's death, if nobody was to replace the set.
fn replace(rules: Rules) {
    if rules.death == Death::Late {
        let error = builder(rules).create_or_open(rules.key).unwrap_err();
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
    let made = builder(reclaim).create_or_open(rules.key).unwrap();
    assert!(made.is_created());
    assert_eq!(made.handle().value().unwrap(), VALUE);
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
        if rules.death != Death::None && !rules.reclaim {
            assert_all_told(&reports, rules);
            if rules.death == Death::Early {
                assert!(reports.iter().all(|report| report.time >= rules.deadline));
            }
            replace(rules);
        } else {
            assert_one_winner(&reports, rules);
            let semaphore = Semaphore::open(rules.key).unwrap();
            let openers = u32::try_from(reports.len()).unwrap();
            assert_eq!(semaphore.value().unwrap(), VALUE + openers);
        }
        Semaphore::remove_key(rules.key).unwrap();
    }
    arena.close();
}
