//! The Rust contenders of `cargo xtask bench`: the same work through `sysv-ipc` and through `sysv-wrapper`.
//!
//! The arguments are the layer, the work, and two numbers; `xtask/src/bench/worker.c` describes the protocol.

mod ipc;
mod scale;
mod sync;
mod wrapper;

use std::any::Any;
use std::env;
use std::error::Error;
use std::ffi::c_long;
use std::hint::black_box;
use std::io::{self, Write};
use std::ops::Range;
use std::process::{Child, Command};
use std::time::Instant;

/// A function that repeats the operation, and the objects that it needs, which are removed on drop.
type Work = (Run, Box<dyn Any>);
type Run = Box<dyn FnMut(u64)>;

/// The work of a row, or `None` if it is unknown.
type Prepared = Result<Option<Work>, Box<dyn Error>>;

/// Returns a function that repeats the given calls.
macro_rules! work {
    ($what:expr; $($($name:literal)|+ => $($call:expr),+;)+) => {
        match $what {
            $($($name)|+ => Box::new(move |times| for _ in 0..times { $(let _ = $call;)+ }),)+
            _ => return Ok(None),
        }
    };
}
pub(crate) use work;

/// The buffer of a copy and its place in memory: every page is written, and in each contender it is at another place
/// within its page than the segment, where some processors copy slowly.
fn buffer(size: usize) -> (Vec<u8>, Range<usize>) {
    let memory = vec![b'b'; size + 2 * 4096];
    let start = memory.as_ptr().align_offset(4096) + 512;
    (memory, start..start + size)
}

/// Leaves a free block of the length of a message between two allocations that last as long as the result: see the
/// worker in C.
fn keep_apart(length: usize) -> [Vec<u8>; 2] {
    let before = Vec::with_capacity(1024);
    let hole: Vec<u8> = Vec::with_capacity(length + size_of::<c_long>());
    let behind = Vec::with_capacity(1024);
    drop(black_box(hole));
    black_box([before, behind])
}

/// The other process of a ping-pong: the worker in C.
struct Peer(Child);

impl Peer {
    /// Starts it if the work is a ping-pong.
    fn start(what: &str, answer: &str, id: i32) -> io::Result<Option<Peer>> {
        let mut command = Command::new(env::current_exe()?.with_file_name("bench-worker-c"));
        let command = command.args([answer, &id.to_string(), "0"]);
        let start = || command.spawn().map(Peer);
        (what == "ping-pong").then(start).transpose()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, layer, work, first, second] = arguments.as_slice() else {
        return Err("expected four arguments: layer, work and two numbers".into());
    };
    let (kind, what) = work.split_once('/').unwrap_or_default();
    let (first, second) = (first.parse()?, second.parse()?);
    if kind == "sync" && sync::crew(layer, what, first)? {
        return Ok(());
    }
    let prepared = match layer.as_str() {
        _ if kind == "sync" => sync::prepare(layer, what, first)?,
        program if kind == "scale" => scale::prepare(program, what, first)?,
        "sysv-ipc" => ipc::prepare(kind, what, first, second)?,
        _ => wrapper::prepare(kind, what, first, second)?,
    };
    let Some((mut run, _objects)) = prepared else {
        println!("unknown");
        return Ok(());
    };
    println!("ready");
    for times in io::stdin().lines() {
        let times = times?.parse()?;
        let start = Instant::now();
        run(times);
        println!("{}", start.elapsed().as_nanos());
        io::stdout().flush()?;
    }
    Ok(())
}
