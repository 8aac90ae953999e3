//! Timed waits in a storm of signals, each in a process of its own.

use std::time::{Duration, Instant};

use crate::support::sem::set;
use crate::support::thread::storm_until;
use crate::support::{Process, Sleeper, role, signals_handled};
use sysv_wrapper::*;

/// How long the storm lasts, with a thousand signals a second.
const STORM: Duration = Duration::from_secs(5);
/// How late a wait may be.
const LATE: Duration = Duration::from_millis(50);
/// How often a wait may be late because the machine has other things to do. Never is it early.
const ATTEMPTS: usize = 4;

/// A wait for what does not come, in a set of the values 0 and 1.
type Wait = fn(&SemaphoreSet) -> Result<()>;

/// What waits.
const WAITS: [Wait; 3] = [
    |set| set.get(0)?.acquire_timeout(STORM),
    |set| set.get(1)?.wait_until_zero_timeout(STORM),
    |set| {
        set.operation()
            .acquire(1, 1)
            .acquire(0, 1)
            .run_timeout(STORM)
    },
];

/// Rows P11, C4, C6: neither early nor more than 50 ms late.
#[test]
fn deadlines_hold_in_a_storm() {
    const TEST: &str = test_name!("deadlines_hold_in_a_storm");
    if let Some(words) = role(TEST) {
        return storm(WAITS[words[0].parse::<usize>().unwrap()]);
    }
    let children: Vec<_> = (0..WAITS.len())
        .map(|wait| Process::start(TEST, &[&wait]))
        .collect();
    children.into_iter().for_each(Process::finish);
}

/// In a child, waits through a storm.
fn storm(wait: Wait) {
    let set = set([0, 1]);
    for attempt in 1..=ATTEMPTS {
        let waiting = (*set).clone();
        let handled = signals_handled();
        let sleeper = Sleeper::start(move || {
            let start = Instant::now();
            (wait(&waiting), start.elapsed())
        });
        let ((result, lasted), sent) = storm_until(sleeper);
        let error = result.unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        assert!(lasted >= STORM, "early: after {lasted:?}");
        assert_eq!(set.values().unwrap(), [0, 1]);
        let handled = signals_handled() - handled;
        println!("attempt {attempt}: {lasted:?}, {sent} signals sent, {handled} handled");
        // A signal that comes while the one before it was not handled is lost; a storm it is all the same.
        if lasted <= STORM + LATE && handled >= 1_000 {
            return;
        }
    }
    panic!("it was late each time");
}
