//! A pool of workers: typed jobs and results through one queue, urgent jobs first, and a deadline for all of them.
//!
//! ```text
//! cargo run -p demos --example pool
//! ```

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sysv_wrapper::{MessageQueue, MessageType, RemoveOnDrop, Selector};

#[derive(Debug, Serialize, Deserialize)]
enum Job {
    Bury { cat: String, hours: u64 },
    Visit(String),
    Stop,
}

#[derive(Debug, Serialize, Deserialize)]
struct Done {
    worker: u32,
    text: String,
}

/// The message types. `UpTo(NORMAL)` takes the lowest type first: urgent jobs.
const URGENT: MessageType = 1;
const NORMAL: MessageType = 2;
const DONE: MessageType = 3;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        return worker(&MessageQueue::from_id(id.parse::<i32>()?)?);
    }
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    for name in ["Mrs. Conclusion", "Jean-Paul Sartre"] {
        queue.send_value(NORMAL, &Job::Visit(name.to_owned()))?;
    }
    let cat = "Tiddles".to_owned();
    queue.send_value(URGENT, &Job::Bury { cat, hours: 4 })?;
    let mut workers = Vec::new();
    for _ in 0..3 {
        let mut worker = Command::new(env::current_exe()?);
        workers.push(worker.arg(queue.id().to_string()).spawn()?);
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    for _ in 0..3 {
        // One deadline for all results: an `Instant`, not a `Duration`.
        let done = queue.receive_value_timeout::<Done>(Selector::Exact(DONE), deadline)?;
        println!("{} (process {})", done.value.text, done.value.worker);
    }
    for _ in &workers {
        queue.send_value(NORMAL, &Job::Stop)?;
    }
    for mut worker in workers {
        worker.wait()?;
    }
    Ok(())
}

/// Processes jobs until a job tells it to stop, or the queue is removed.
fn worker(queue: &MessageQueue) -> Result<(), Box<dyn Error>> {
    loop {
        let text = match queue.receive_value(Selector::UpTo(NORMAL))?.value {
            Job::Bury { cat, hours } => format!("buried {cat} in {hours} hours"),
            Job::Visit(name) => format!("visited {name}"),
            Job::Stop => return Ok(()),
        };
        let worker = std::process::id();
        queue.send_value(DONE, &Done { worker, text })?;
    }
}
