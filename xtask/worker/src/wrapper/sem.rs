//! Rows of semaphores through `sysv-wrapper`.

use std::time::Duration;

use sysv_wrapper::{RemoveOnDrop, Result, Semaphore};

use super::litter;
use crate::{Prepared, repeat};

pub fn prepare(what: &str, first: usize) -> Prepared {
    let builder = Semaphore::builder().value(1).undo(what == "undo");
    let semaphore = RemoveOnDrop::new(builder.create_private()?);
    Ok(Some(match what {
        "acquire-release" | "undo" => repeat(move || {
            semaphore.acquire().unwrap();
            semaphore.release().unwrap();
        }),
        "timeout" => repeat(move || {
            semaphore.acquire_timeout(Duration::from_secs(1)).unwrap();
            semaphore.release().unwrap();
        }),
        "lock" => repeat(move || drop(semaphore.lock().unwrap())),
        "value" => repeat(move || {
            semaphore.value().unwrap();
        }),
        "set-value" => repeat(move || semaphore.set_value(1).unwrap()),
        "status" => repeat(move || {
            semaphore.status().unwrap();
        }),
        "create-remove" => repeat(|| {
            let made = Semaphore::builder().value(1).create_private().unwrap();
            made.remove().unwrap();
        }),
        "unique" => {
            let present = litter(first, unique)?;
            repeat(move || {
                let _present = &present;
                unique().unwrap().remove().unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn unique() -> Result<Semaphore> {
    Semaphore::builder().value(1).create_unique()
}
