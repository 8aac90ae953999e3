//! The contenders of `cargo xtask bench` but Python: the same work in C, through `sysv-ipc` and through `sysv-wrapper`.

mod c;
mod client;
mod ipc;
mod job;
mod objects;
mod scale;
mod sync;
mod wrapper;

use crate::job::{Job, Result};
use crate::objects::Objects;

fn main() -> Result<()> {
    let mut job = Job::from_arguments()?;
    let run = match (job.kind.as_str(), job.layer.as_str()) {
        ("scale", _) => scale::prepare(&job)?,
        ("sync", _) => sync::prepare(&mut job)?,
        (_, "c") => c::prepare(Objects::new(&mut job)?, &job)?,
        (_, "sysv-ipc") => ipc::prepare(Objects::new(&mut job)?, &job),
        _ => wrapper::prepare(Objects::new(&mut job)?, &job),
    };
    job.serve(run)
}
