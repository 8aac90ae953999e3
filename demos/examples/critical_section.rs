//! A critical section over a semaphore set: two processes, each of which takes two locks at once.
//!
//! Two processes that took one lock after the other could wait for each other forever; one operation takes both or none.
//!
//! ```text
//! cargo run -p demos --example critical_section
//! cargo run -p demos --example critical_section -- unlocked
//! ```

use std::error::Error;
use std::process::Command;
use std::time::Duration;
use std::{env, thread};

use sysv_wrapper::{RemoveOnDrop, SemaphoreSet, SharedMemory};

/// The members of the set: a lock for each account, and a gate at which both processes wait for each other.
const LOCKS: [usize; 2] = [0, 1];
const GATE: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [set, memory, locked, from] = &arguments[..] {
        return clerk(
            set.parse()?,
            memory.parse()?,
            locked == "locked",
            from.parse()?,
        );
    }
    let locked = if arguments == ["unlocked"] {
        "unlocked"
    } else {
        "locked"
    };
    let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 1, 2]).create_private()?);
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(16).create_private()?);
    let accounts = memory.attach()?;
    accounts.write_value(&[1000_i64, 1000], 0)?;
    let mut clerks = Vec::new();
    for from in ["0", "1"] {
        let (set, memory) = (set.id().to_string(), memory.id().to_string());
        let mut clerk = Command::new(env::current_exe()?);
        clerks.push(clerk.args([&set, &memory, locked, from]).spawn()?);
    }
    for mut clerk in clerks {
        let status = clerk.wait()?;
        status.success().then_some(()).ok_or("a clerk failed")?;
    }
    let [first, second] = accounts.read_value::<[i64; 2]>(0)?;
    println!("{locked}: the accounts hold {first} and {second}");
    ([first, second] == [1000; 2])
        .then_some(())
        .ok_or("money was lost or made")?;
    Ok(())
}

/// Moves money from one account to the other; the other clerk moves it back.
fn clerk(set: i32, memory: i32, locked: bool, from: usize) -> Result<(), Box<dyn Error>> {
    let set = SemaphoreSet::from_id(set)?;
    let accounts = SharedMemory::from_id(memory)?.attach()?;
    set.get(GATE)?.acquire()?;
    set.get(GATE)?
        .wait_until_zero_timeout(Duration::from_secs(60))?;
    for _ in 0..100 {
        let both = set
            .operation()
            .acquire(LOCKS[0], 1)
            .undo()
            .acquire(LOCKS[1], 1)
            .undo();
        let _guard = locked.then(|| both.lock()).transpose()?;
        let mut balances: [i64; 2] = accounts.read_value(0)?;
        thread::sleep(Duration::from_micros(200));
        balances[from] -= 1;
        balances[1 - from] += 1;
        accounts.write_value(&balances, 0)?;
    }
    Ok(())
}
