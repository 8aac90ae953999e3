//! The Rust contenders of `cargo xtask bench`: the same work through `sysv-ipc` and through `sysv-wrapper`.
//!
//! `cargo xtask bench` builds and runs this. It is told which of the two to use, reads requests, a line each, and
//! answers each with a line: `prepare ROW FIRST SECOND` with `ready`, or with `unknown` if this cannot do such
//! work; `run TIMES` with the nanoseconds that it took; `end` with `ended`, when everything is removed. The end of
//! its input ends it.

mod ipc;
mod place;
mod wrapper;

use std::error::Error;
use std::io::{self, Write};
use std::time::Instant;

/// Does something so many times, and removes what it needs for that when it is dropped.
type Work = Box<dyn FnMut(u64)>;

/// What a row's preparation gives: work, or `None` for a row that is not known.
type Prepared = Result<Option<Work>, Box<dyn Error>>;

/// Repeats a step.
fn repeat(mut step: impl FnMut() + 'static) -> Work {
    Box::new(move |times| {
        for _ in 0..times {
            step();
        }
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let layer = std::env::args().nth(1);
    let prepare: fn(&str, usize, usize) -> Prepared = match layer.as_deref() {
        Some("sysv-ipc") => ipc::prepare,
        Some("sysv-wrapper") => wrapper::prepare,
        _ => return Err("one argument is wanted: sysv-ipc or sysv-wrapper".into()),
    };
    let mut work: Option<Work> = None;
    for line in io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match (words.as_slice(), &mut work) {
            (["prepare", row, first, second], _) => {
                drop(work.take());
                work = prepare(row, first.parse()?, second.parse()?)?;
                let known = if work.is_some() { "ready" } else { "unknown" };
                known.to_owned()
            }
            (["run", times], Some(work)) => {
                let times = times.parse()?;
                let start = Instant::now();
                work(times);
                start.elapsed().as_nanos().to_string()
            }
            (["end"], _) => {
                drop(work.take());
                "ended".to_owned()
            }
            _ => return Err(format!("what is wanted by {line:?}?").into()),
        };
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}
