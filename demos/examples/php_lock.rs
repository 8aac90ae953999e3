//! A lock shared by PHP scripts and this program, and an exact counter under it.
//!
//! PHP's `sem_get` makes a set of three semaphores: 0 counts the free locks, 1 the users, and 2 is 1 while a user sets
//! the lock up. **The trap of member 0:** a script that finds itself to be the only user sets it to 1, even if another
//! program holds the lock at that moment. A program that shares the lock has to count itself in member 1 for as long as
//! it may hold it.
//!
//! ```text
//! cargo run -p demos --example php_lock            needs php with sysvsem and shmop
//! ```

use std::error::Error;
use std::process::Command;

use sysv_wrapper::{OperationGuard, RemoveOnDrop, SemaphoreSet, SharedMemory};

const SCRIPTS: u64 = 4;
const ROUNDS: u64 = 1000;

/// The members of the set, by PHP's names.
const SYSVSEM_SEM: usize = 0;
const SYSVSEM_USAGE: usize = 1;
const SYSVSEM_SETVAL: usize = 2;

const SCRIPT: &str = r#"
    [, $lock, $memory, $rounds] = array_map("intval", $argv);
    $lock = sem_get($lock, 1, 0600);
    $memory = shmop_open($memory, "w", 0, 0);
    for ($i = 0; $i < $rounds; $i++) {
        sem_acquire($lock);
        [, $count] = unpack("P", shmop_read($memory, 0, 8));
        shmop_write($memory, pack("P", $count + 1), 0);
        sem_release($lock);
    }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let set = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0, 0]).create_unique()?);
    let memory = SharedMemory::builder().size(8).create_unique()?;
    let memory = RemoveOnDrop::new(memory);
    let _user = sem_get(&set, 1)?;

    let (lock, segment) = (set.key().ok_or("no key")?, memory.key().ok_or("no key")?);
    let arguments = [
        lock.as_raw().to_string(),
        segment.as_raw().to_string(),
        ROUNDS.to_string(),
    ];
    let mut scripts = Vec::new();
    for _ in 0..SCRIPTS {
        let mut php = Command::new("php");
        scripts.push(php.args(["-r", SCRIPT, "--"]).args(&arguments).spawn()?);
    }
    let memory = memory.attach()?;
    // Reverted by its drop, and by the kernel if this process dies, since both steps have undo.
    let lock = set.operation().acquire(SYSVSEM_SEM, 1).undo();
    for _ in 0..ROUNDS {
        let _guard = lock.lock()?;
        let count = u64::from_le(memory.read_value(0)?);
        memory.write_value(&(count + 1).to_le(), 0)?;
    }
    for mut script in scripts {
        let status = script.wait()?;
        status.success().then_some(()).ok_or("a script failed")?;
    }
    let count = u64::from_le(memory.read_value(0)?);
    println!("{SCRIPTS} scripts and this program, {ROUNDS} rounds each: {count}");
    (count == (SCRIPTS + 1) * ROUNDS)
        .then_some(())
        .ok_or("a count was lost")?;
    Ok(())
}

/// Initialises the set as PHP's function does, so that either side may start first. The guard counts this program as a user.
fn sem_get(set: &SemaphoreSet, locks: u32) -> Result<OperationGuard, Box<dyn Error>> {
    let setup = set
        .operation()
        .until_zero(SYSVSEM_SETVAL)
        .release(SYSVSEM_SETVAL, 1)
        .undo();
    let _setup = setup.lock()?;
    let user = set.operation().release(SYSVSEM_USAGE, 1).undo().lock()?;
    if set.get(SYSVSEM_USAGE)?.value()? == 1 {
        set.get(SYSVSEM_SEM)?.set_value(locks)?;
    }
    Ok(user)
}
