//! Calls that wait with a deadline under continuous signals.

use std::thread;
use std::time::{Duration, Instant};

use sysv_wrapper::Result;

use super::{Sleeper, signals_handled, wait_until};

/// The timeout of the calls. Each thread gets up to a thousand signals per second, depending on the load.
pub const TIME: Duration = Duration::from_secs(2);
/// Maximum delay of a call relative to the bare wait.
const SLACK: Duration = Duration::from_millis(50);
/// A busy machine delays some threads: each call must be in time in one attempt.
const ATTEMPTS: usize = 10;
/// Minimum number of signals for an attempt to count.
const SIGNALS: usize = 40;

/// A call that times out after [`TIME`].
pub type Call = Box<dyn FnOnce() -> Result<()> + Send>;

/// Fails unless each of these calls times out, never early, and not later than a bare wait of the same length in the
/// same storm and under the same load. Signals of other tests would count too, so this needs a process with one test.
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

/// Starts a thread for the call, which also returns the duration of the call.
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
