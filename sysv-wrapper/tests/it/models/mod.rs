//! Random sequences of operations, done on a real object and on a model of plain Rust: both have to say the same
//! at every step. A file per kind of object has its operations and its model; here is how many sequences there are,
//! and what an outcome is.
//!
//! Which answer of two possible errors comes first, the manual pages leave open, so that the models of sets and
//! queues are those of Linux.

#[cfg(target_os = "linux")]
mod queue;
mod segment;
#[cfg(target_os = "linux")]
mod semaphores;

use crate::support;
use proptest::test_runner::Config;
use sysv_wrapper::{Error, ErrorKind};

/// What an operation said: a value, or the kind of its error.
type Outcome<T> = Result<T, ErrorKind>;

/// The outcome of a real operation.
fn outcome<T>(result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| error.kind())
}

/// So many sequences, unless `PROPTEST_CASES` says otherwise.
///
/// A failure is told as the shortest sequence that fails, which is a test to be written down; nothing is put beside
/// the sources.
fn sequences(count: u32) -> Config {
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count / support::SLOWER;
    }
    config.failure_persistence = None;
    config.max_shrink_iters = 20_000;
    config
}
