//! A counter of eight processes: an atomic integer in shared memory, without a lock.
//!
//! ```text
//! cargo run -p demos --example counter
//! ```

use std::env;
use std::error::Error;
use std::process::Command;
use std::sync::atomic::Ordering::Relaxed;

use sysv_wrapper::{RemoveOnDrop, SharedMemory};

const PROCESSES: u32 = 8;
const ADDITIONS: u32 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        let memory = SharedMemory::from_id(id.parse::<i32>()?)?.attach()?;
        let count = memory.atomic_u32(0)?;
        for _ in 0..ADDITIONS {
            count.fetch_add(1, Relaxed);
        }
        return Ok(());
    }
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(8).create_private()?);
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        let mut program = Command::new(env::current_exe()?);
        processes.push(program.arg(memory.id().to_string()).spawn()?);
    }
    for mut process in processes {
        let status = process.wait()?;
        status.success().then_some(()).ok_or("a process failed")?;
    }
    let count = memory.attach()?.load_u32(0, Relaxed)?;
    println!("{PROCESSES} processes, {ADDITIONS} additions each: {count}");
    (count == PROCESSES * ADDITIONS)
        .then_some(())
        .ok_or("an addition was lost")?;
    Ok(())
}
