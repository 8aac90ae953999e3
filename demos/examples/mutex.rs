//! A mutex that makes no system call unless a process has to wait. Its owner is killed: the next owner detects this, and
//! repairs the protected data.
//!
//! ```text
//! cargo run -p demos --example mutex
//! ```

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use sysv_wrapper::RemoveOnDrop;
use sysv_wrapper::sync::Area;

/// Time limit of each wait. A longer wait means a failure.
const PATIENCE: Duration = Duration::from_secs(60);
/// Two accounts. Their sum is 100, except in the middle of a transfer.
type Accounts = [u64; 2];

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        let area = Area::from_id(id.parse::<i32>()?)?;
        let accounts = area.mutex_with::<Accounts>("accounts")?;
        let guard = accounts.lock()?;
        let [one, other] = guard.load();
        guard.store(&[one - 30, other]);
        println!("the second process has taken 30 from one account, and waits to be killed");
        thread::sleep(PATIENCE);
        return Ok(());
    }
    let area = Area::builder().mutex_with::<Accounts>("accounts");
    let area = RemoveOnDrop::new(area.create_private()?);
    let accounts = area.mutex_with::<Accounts>("accounts")?;
    accounts.lock()?.store(&[60, 40]);

    let mut second = Command::new(env::current_exe()?)
        .arg(area.id().to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = second.stdout.take().ok_or("no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    print!("{line}");
    println!("it has the lock: {}", accounts.try_lock().is_err());
    second.kill()?;

    // The kernel reports the death of the owner, without a time limit or a process id.
    let guard = accounts.lock_timeout(PATIENCE)?;
    let [one, other] = guard.load();
    println!(
        "its owner died: {}, and left {one} and {other}",
        guard.owner_died()
    );
    if guard.owner_died() {
        guard.store(&[one, 100 - one]);
        guard.make_consistent();
    }
    drop(guard);
    second.wait()?;
    let guard = accounts.lock()?;
    let [one, other] = guard.load();
    println!(
        "repaired: {one} and {other}; its owner died: {}",
        guard.owner_died()
    );
    Ok(())
}
