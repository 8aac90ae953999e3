//! Calls that wait with a deadline while signals come without a pause.

use std::thread;
use std::time::{Duration, Instant};

use sysv_wrapper::Result;

use super::{Sleeper, signals_handled, wait_until};

/// How long the calls wait. A thousand signals a second are sent to each thread, as far as the machine has the time.
pub const TIME: Duration = Duration::from_secs(2);
/// How much later than the bare wait a call may return.
const SLACK: Duration = Duration::from_millis(50);
/// A busy machine delays one thread or the other: each call has to be in time once.
const ATTEMPTS: usize = 10;
/// Fewer signals are no storm, and the attempt does not count.
const SIGNALS: usize = 40;

/// A call that waits for [`TIME`] for what does not come.
pub type Call = Box<dyn FnOnce() -> Result<()> + Send>;

/// Fails unless each of these calls times out, never early, and not later than a bare wait of the same length in the
/// same storm and under the same load. Signals of other tests count: this is for processes of one test.
pub fn assert_deadlines_hold(calls: impl Fn() -> Vec<Call>) {
    let mut late: Vec<usize> = (0..calls().len()).collect();
    for attempt in 1..=ATTEMPTS {
        let before = signals_handled();
        let bare = sleeper(Box::new(|| {
            bare_wait();
            Ok(())
        }));
        let sleepers: Vec<_> = calls().into_iter().map(sleeper).collect();
        let start = Instant::now();
        let mut sent = 0;
        wait_until("calls in a storm of signals", || {
            let all = sleepers.iter().chain([&bare]);
            let waiting = all.filter(|sleeper| !sleeper.is_finished());
            let waiting = waiting.map(Sleeper::signal).count();
            sent += 1;
            let due = start + sent * Duration::from_millis(1);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            waiting == 0
        });
        let handled = signals_handled() - before;
        let (_, bare) = bare.join();
        for (number, sleeper) in sleepers.into_iter().enumerate() {
            let (result, lasted) = sleeper.join();
            let error = result.unwrap_err();
            assert!(error.is_timed_out(), "{error}");
            assert!(lasted >= TIME, "early: after {lasted:?}");
            println!("attempt {attempt}, {handled} signals: {lasted:?}, bare {bare:?}");
            if lasted <= bare + SLACK && handled >= SIGNALS {
                late.retain(|call| *call != number);
            }
        }
        if late.is_empty() {
            return;
        }
    }
    panic!("later than a bare wait each time: {late:?}");
}

/// A thread for the call, which gives also how long that has lasted.
fn sleeper(call: Call) -> Sleeper<(Result<()>, Duration)> {
    Sleeper::start(move || {
        let start = Instant::now();
        (call(), start.elapsed())
    })
}

fn bare_wait() {
    let end = Instant::now() + TIME;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}
