//! A bounded buffer between two processes: a ring in shared memory, and a semaphore set that counts its free and full
//! places.
//!
//! ```text
//! cargo run -p demos --example bounded_buffer
//! ```

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::Duration;

use sysv_wrapper::{Attachment, RemoveOnDrop, SemaphoreSet, SharedMemory};

const PLACES: u16 = 4;
const ITEMS: u64 = 1000;
/// The members of the set.
const FREE: usize = 0;
const FULL: usize = 1;
/// Time limit of each wait. A longer wait means that the other process has died.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [set, memory] = &arguments[..] {
        let set = SemaphoreSet::from_id(set.parse::<i32>()?)?;
        return produce(
            &set,
            &SharedMemory::from_id(memory.parse::<i32>()?)?.attach()?,
        );
    }
    let set = RemoveOnDrop::new(
        SemaphoreSet::builder()
            .values([PLACES, 0])
            .create_private()?,
    );
    let memory = SharedMemory::builder()
        .size(8 * usize::from(PLACES))
        .create_private()?;
    let memory = RemoveOnDrop::new(memory);
    let ids = [set.id().to_string(), memory.id().to_string()];
    let mut producer = Command::new(env::current_exe()?).args(ids).spawn()?;
    let ring = memory.attach()?;
    let mut sum = 0;
    for item in 0..ITEMS {
        // One operation takes a full place. After the read, the place is free.
        set.operation().acquire(FULL, 1).run_timeout(PATIENCE)?;
        sum += ring.read_value::<u64>(place(item))?;
        set.operation().release(FREE, 1).run()?;
    }
    println!("{ITEMS} items through {PLACES} places, sum {sum}");
    (sum == ITEMS * (ITEMS - 1) / 2)
        .then_some(())
        .ok_or("an item was lost")?;
    let status = producer.wait()?;
    status
        .success()
        .then_some(())
        .ok_or("the producer failed")?;
    Ok(())
}

fn produce(set: &SemaphoreSet, ring: &Attachment) -> Result<(), Box<dyn Error>> {
    for item in 0..ITEMS {
        set.operation().acquire(FREE, 1).run_timeout(PATIENCE)?;
        ring.write_value(&item, place(item))?;
        set.operation().release(FULL, 1).run()?;
    }
    Ok(())
}

/// Returns the offset of an item's place.
fn place(item: u64) -> usize {
    usize::try_from(item % u64::from(PLACES)).unwrap_or(0) * 8
}
