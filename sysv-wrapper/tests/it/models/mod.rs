//! Random sequences of operations on a real object and on a model in plain Rust: both must return the same at every
//! step. A file per kind of object has its operations and its model; `choices` makes the sequences, and shortens those that
//! fail.
//!
//! The manual pages do not define which of two possible errors comes first; the models of sets and queues follow Linux.

mod choices;
#[cfg(target_os = "linux")]
mod queue;
mod segment;
#[cfg(target_os = "linux")]
mod semaphores;

use sysv_wrapper::{Error, ErrorKind};

/// The outcome of an operation: a value, or the kind of its error.
type Outcome<T> = Result<T, ErrorKind>;

/// Returns the outcome of a real operation.
fn outcome<T>(result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| error.kind())
}
