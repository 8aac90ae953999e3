//! A single-instance program: a lock that the kernel releases when its process ends, even by SIGKILL.
//!
//! Unlike a pid file, the lock cannot become stale. The semaphore stays, and all instances use the same one;
//! `sysvipc remove sem --key KEY` removes it.
//!
//! ```text
//! cargo run -p demos --example single_instance         in two terminals
//! ```

use std::error::Error;
use std::io::{self, BufRead};
use std::{env, process};

use sysv_wrapper::{Key, Pid, Semaphore};

fn main() -> Result<(), Box<dyn Error>> {
    // An agreed key, or one that is derived from the path of the program.
    let key = match env::args().nth(1) {
        Some(key) => key.parse()?,
        None => Key::from_path(env::current_exe()?, 1)?,
    };
    // No instance ever sees the semaphore without its value.
    let lock = Semaphore::builder()
        .value(1)
        .create_or_open(key)?
        .into_inner();
    let _guard = match lock.try_lock() {
        Ok(guard) => guard,
        Err(error) if error.is_would_block() => {
            let pid = lock.last_pid()?.map_or(0, Pid::as_raw);
            println!("another instance runs: process {pid}");
            process::exit(1);
        }
        Err(error) => return Err(error.into()),
    };
    println!("the only instance; Enter ends it");
    io::stdin().lock().read_line(&mut String::new())?;
    Ok(())
}
