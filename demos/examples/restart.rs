//! Continuing after SIGKILL: a key file names the segment of the killed process, and the next process continues with it.
//!
//! ```text
//! cargo run -p demos --example restart
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, io, process};

use sysv_wrapper::{KeyFile, RemoveOnDrop, SharedMemory};

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(path) = env::args().nth(1) {
        return worker(Path::new(&path));
    }
    let path = env::temp_dir().join(format!("restart-{}.key", process::id()));
    // Runs this program again, and kills it while it works.
    let mut first = Command::new(env::current_exe()?);
    let first = first.arg(&path).stdin(Stdio::piped());
    let mut first = first.stdout(Stdio::piped()).spawn()?;
    let output = BufReader::new(first.stdout.take().ok_or("no pipe")?);
    for line in output.lines().take(6) {
        println!("first: {}", line?);
    }
    first.kill()?;
    println!("first: {}", first.wait()?);

    let status = Command::new(env::current_exe()?).arg(&path).status()?;
    status
        .success()
        .then_some(())
        .ok_or("the second run failed")?;
    println!("nothing is left: {}", !path.exists());
    Ok(())
}

/// Counts to ten, in shared memory.
fn worker(path: &Path) -> Result<(), Box<dyn Error>> {
    // A file that is stale after a reboot, a removal or a change of namespace counts as missing.
    let memory = match KeyFile::wait_id::<SharedMemory>(path, Duration::ZERO) {
        Ok(memory) if memory.status()?.attach_count() > 0 => return Err("it runs already".into()),
        Ok(memory) => memory,
        Err(error) if error.is_timed_out() => SharedMemory::builder().size(8).create_private()?,
        Err(error) => return Err(error.into()),
    };
    // Both are removed at the end of this function. After SIGKILL, the file names the segment for the next run.
    let memory = RemoveOnDrop::new(memory);
    let _file = KeyFile::publish_id(path, &*memory)?;
    let attached = memory.attach()?;
    let begin: u64 = attached.read_value(0)?;
    println!("begins at {begin}");
    for count in begin + 1..=10 {
        attached.write_value(&count, 0)?;
        println!("{count}");
        if count == 5 {
            // The first process waits here to be killed: its standard input never ends.
            io::stdin().read_line(&mut String::new())?;
        }
    }
    Ok(())
}
