//! A channel between processes. A worker is killed while it processes a message: another worker gets the message, marked as
//! redelivered.
//!
//! ```text
//! cargo run -p demos --example channel
//! ```

use std::env;
use std::error::Error;
use std::process::{Child, Command};
use std::time::Duration;

use sysv_wrapper::RemoveOnDrop;
use sysv_wrapper::sync::{Area, Capacity, MaxSize};

const JOBS: u32 = 6;
/// Time limit of each wait. A longer wait means a failure.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [id, role] = &arguments[..] {
        return work(&Area::from_id(id.parse::<i32>()?)?, role == "clumsy");
    }
    let area = Area::builder()
        .channel("jobs", Capacity(16), MaxSize(64))
        .channel("results", Capacity(16), MaxSize(64));
    let area = RemoveOnDrop::new(area.create_private()?);
    let start = |role: &str| -> Result<Child, Box<dyn Error>> {
        let id = area.id().to_string();
        Ok(Command::new(env::current_exe()?)
            .args([&id, role])
            .spawn()?)
    };
    let (jobs, results) = (area.sender("jobs")?, area.receiver("results")?);
    // While this process has a sender of results, receiving does not end with `Disconnected`.
    let _between_workers = area.sender("results")?;
    for number in 0..JOBS {
        jobs.send_timeout(format!("job {number}").as_bytes(), PATIENCE)?;
    }
    // This worker dies while it processes the first job.
    let status = start("clumsy")?.wait()?;
    println!("the first worker: {status}");
    let mut worker = start("careful")?;
    for _ in 0..JOBS {
        let mut text = [0; 64];
        let length = results.receive_timeout(&mut text, PATIENCE)?;
        println!("{}", String::from_utf8_lossy(&text[..length]));
    }
    // Without a sender, the worker's next receive returns `Disconnected`.
    drop(jobs);
    println!("the second worker: {}", worker.wait()?);
    Ok(())
}

fn work(area: &Area, is_clumsy: bool) -> Result<(), Box<dyn Error>> {
    let (jobs, results) = (area.receiver("jobs")?, area.sender("results")?);
    loop {
        let job = match jobs.receive_kept_timeout(PATIENCE) {
            Ok(job) => job,
            Err(error) if error.is_disconnected() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if is_clumsy {
            std::process::abort();
        }
        let mut text = String::from_utf8(job.to_vec()?)?;
        text += if job.is_redelivered() {
            ", done by the second"
        } else {
            ", done"
        };
        results.send_timeout(text.as_bytes(), PATIENCE)?;
        // If this worker died before this line, another one would get the job.
        job.done()?;
    }
}
