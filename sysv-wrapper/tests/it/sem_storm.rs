//! Timed waits in a storm of signals.

use crate::support::sem::set;
use crate::support::storm::{Call, TIME, assert_deadlines_hold};
use crate::support::{Process, role};
use sysv_wrapper::*;

/// A wait that times out, on a set with the values 0 and 1.
type Wait = fn(&SemaphoreSet) -> Result<()>;

/// The calls that wait.
const WAITS: [Wait; 3] = [
    |set| set.get(0)?.acquire_timeout(TIME),
    |set| set.get(1)?.wait_until_zero_timeout(TIME),
    |set| {
        set.operation()
            .acquire(1, 1)
            .acquire(0, 1)
            .run_timeout(TIME)
    },
];

/// Rows P11, C4, C6: neither early nor, in a process of its own, later than a bare wait.
#[test]
fn deadlines_hold_in_a_storm() {
    const TEST: &str = test_name!("deadlines_hold_in_a_storm");
    if role(TEST).is_none() {
        return Process::start(TEST, &[]).finish();
    }
    let set = set([0, 1]);
    assert_deadlines_hold(|| {
        let calls = WAITS.iter().map(|wait| {
            let set = (*set).clone();
            Box::new(move || wait(&set)) as Call
        });
        calls.collect()
    });
    assert_eq!(set.values().unwrap(), [0, 1]);
}
