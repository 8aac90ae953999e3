//! An event: one process signals, another one waits for the signal.
//!
//! ```text
//! cargo run -p demos --example event
//! ```

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::Duration;

use sysv_wrapper::RemoveOnDrop;
use sysv_wrapper::sync::Area;

const ROUNDS: u32 = 1000;
/// Time limit of each wait. A longer wait means that the other process has died.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        let area = Area::from_id(id.parse::<i32>()?)?;
        let (ping, pong) = (area.event("ping")?, area.event("pong")?);
        for _ in 0..ROUNDS {
            ping.wait_timeout(PATIENCE)?;
            pong.signal()?;
        }
        return Ok(());
    }
    let area = Area::builder().event("ping").event("pong");
    let area = RemoveOnDrop::new(area.create_private()?);
    let (ping, pong) = (area.event("ping")?, area.event("pong")?);
    let id = area.id().to_string();
    let mut second = Command::new(env::current_exe()?).arg(&id).spawn()?;
    for _ in 0..ROUNDS {
        ping.signal()?;
        pong.wait_timeout(PATIENCE)?;
    }
    println!("{ROUNDS} times asked and answered");
    println!("the second process: {}", second.wait()?);

    // The event resets itself: each signal lets one wait return, and signals do not add up.
    ping.signal()?;
    ping.signal()?;
    println!("the first try: {}", ping.try_wait().is_ok());
    println!("the second try: {}", ping.try_wait().is_ok());
    Ok(())
}
