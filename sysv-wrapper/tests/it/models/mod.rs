//! Random sequences of operations on a real object and on a model in plain Rust: both must return the same at every
//! step. A file per kind of object has its operations and its model; this file has the number of sequences and the type
//! of outcomes.
//!
//! The manual pages do not define which of two possible errors comes first; the models of sets and queues follow Linux.

/// Chooses among strategies as `prop_oneof!` does, but behind pointers: the type of a choice among choices does not name
/// all of them, which makes the tests far smaller and faster to build.
macro_rules! one_of {
    ($($weight:literal => $strategy:expr),+ $(,)?) => {
        proptest::strategy::Union::new_weighted(vec![$(($weight, $strategy.boxed())),+]).boxed()
    };
    ($($strategy:expr),+ $(,)?) => { one_of![$(1 => $strategy),+] };
}

#[cfg(target_os = "linux")]
mod queue;
mod segment;
#[cfg(target_os = "linux")]
mod semaphores;

use crate::support;
use proptest::test_runner::Config;
use sysv_wrapper::{Error, ErrorKind};

/// The outcome of an operation: a value, or the kind of its error.
type Outcome<T> = Result<T, ErrorKind>;

/// Returns the outcome of a real operation.
fn outcome<T>(result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| error.kind())
}

/// Returns the settings for `count` sequences, unless `PROPTEST_CASES` overrides them.
///
/// A failure is reported as the shortest sequence that fails; no file is written beside the sources.
fn sequences(count: u32) -> Config {
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count / support::SLOWER;
    }
    config.failure_persistence = None;
    config.max_shrink_iters = 20_000;
    config
}
