//! A lock that is always released: at the end of a scope, after an error, in a panic, and by the kernel when its holder is
//! killed with SIGKILL.
//!
//! ```text
//! cargo run -p demos --example guard
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, io, panic};

use sysv_wrapper::{RemoveOnDrop, Semaphore};

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        return holder(id.parse()?);
    }
    let lock = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
    {
        let _guard = lock.lock()?;
        println!("in the scope, the value is {}", lock.value()?);
        let refused = lock.try_lock().map(drop);
        println!("a second lock: {}", refused.unwrap_err());
    }
    println!("behind the scope, the value is {}", lock.value()?);

    // A guard needs a name: `let _ = lock.lock()?` drops it at once.
    let failed = (|| -> Result<u32, Box<dyn Error>> {
        let _guard = lock.lock()?;
        Ok("four hours".parse()?)
    })();
    println!(
        "after the error `{}`, the value is {}",
        failed.unwrap_err(),
        lock.value()?
    );

    panic::set_hook(Box::new(|_| {}));
    let panicked = panic::catch_unwind(|| {
        let _guard = lock.lock();
        panic!("the cat");
    });
    drop(panic::take_hook());
    println!(
        "after a panic ({}), the value is {}",
        panicked.is_err(),
        lock.value()?
    );

    // Runs this program again, as a process that acquires the lock and does not release it.
    let mut second = Command::new(env::current_exe()?);
    let mut second = second
        .arg(lock.id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    println!("process {} takes the lock", second.id());
    let mut line = String::new();
    BufReader::new(second.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
    // The pipe ends with the process: an empty line means that the process has ended.
    println!("it says {line:?}");
    second.kill()?;
    println!("it is dead ({}); no destructor ran in it", second.wait()?);

    let _guard = lock.lock_timeout(Duration::from_secs(60))?;
    println!("the lock is free again");
    Ok(())
}

/// Holds the lock until it is killed, or until the first process ends.
fn holder(id: i32) -> Result<(), Box<dyn Error>> {
    let lock = Semaphore::from_id(id)?;
    let _guard = lock.lock()?;
    println!("has the lock");
    io::stdin().lines().try_for_each(|line| line.map(drop))?;
    Ok(())
}
