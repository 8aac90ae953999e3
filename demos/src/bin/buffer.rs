//! A segment as memory to work with: bytes, a stream with a position, typed values, atomic numbers, and a second
//! process that can only read it.

use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::process::ExitCode;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use clap::Parser;
use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::{Attachment, RemoveOnDrop, SharedMemory};

use demos::stage::{End, Pause, Role, Stage, play, statuses};

/// The ways to read and write a shared memory segment
///
/// What other languages do with a view of the memory is done here without one,
/// because other processes may write it at any time: bytes and values are copied,
/// a cursor reads and writes like a file, and numbers that several processes
/// change at once are atomics.
#[derive(Debug, Parser)]
#[command(name = "buffer", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// How often each of two processes adds 1 to the same number
    #[arg(long, value_name = "N", default_value = "100000")]
    additions: u32,

    #[command(flatten)]
    pause: Pause,

    #[arg(long, hide = true)]
    role: Option<Role>,
}

const EXAMPLES: &str = "\
Examples:
  buffer
  buffer --pause              and in another terminal: ipcs -m";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// A place on a map, as plain data: every byte has a meaning in every process.
#[derive(Debug, PartialEq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
struct Place {
    latitude: f64,
    longitude: f64,
    name: [u8; 16],
}

const CASTLE: Place = Place {
    latitude: 56.185,
    longitude: -4.050,
    name: *b"Castle Aaargh...",
};

/// How long the segment is, and where in it things are: text at the beginning, then the value, then the number.
const SIZE: usize = 4096;
const PLACE: usize = 1024;
const COUNT: usize = 2048;

/// The first process, which makes the segment.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    let memory = RemoveOnDrop::new(
        SharedMemory::builder()
            .size(SIZE)
            .fill(b'.')
            .create_private()?,
    );
    stage.scene("A segment that is attached")?;
    stage.say(format_args!("segment {}, {SIZE} bytes", memory.id()));
    let attached = memory.attach()?;

    bytes(stage, &attached)?;
    stream(stage, &attached)?;

    stage.scene("Typed values: copied whole, to any offset")?;
    attached.write_value(&CASTLE, PLACE)?;
    stage.say(format_args!(
        "wrote a Place of {} bytes",
        size_of::<Place>()
    ));
    let read: Place = attached.read_value(PLACE)?;
    let (latitude, longitude) = (read.latitude, read.longitude);
    stage.say(format_args!(
        "read {latitude:.3} north, {longitude:.3} east"
    ));

    stage.scene("Atomics: two processes add to one number at once")?;
    let count = attached.atomic_u32(COUNT)?;
    count.store(0, Relaxed);
    let additions = options.additions.to_string();
    let numbers = [memory.id().as_raw()];
    let option = ["--additions", &additions];
    let adder = stage.start_with("adder", &numbers, &option)?;
    add(stage, &attached, options.additions)?;
    adder.finish(stage)?;
    let counted = count.load(Acquire);
    stage.say(format_args!(
        "twice {additions} additions make {counted}: none is lost"
    ));
    if u64::from(counted) != 2 * u64::from(options.additions) {
        return Err(End::Failed("an addition was lost".to_owned()));
    }

    stage.scene("A read-only view in a second process")?;
    stage.start("reader", &numbers)?.finish(stage)?;
    stage.pause(options.pause)
}

/// Bytes, at offsets.
fn bytes(stage: &Stage, memory: &Attachment) -> Result<(), End> {
    stage.scene("Bytes: copied in and out, checked against the end")?;
    memory.write_at(b"NI!", SIZE - 3)?;
    let end = memory.read_to_vec(SIZE - 8..SIZE + 100)?;
    let end = String::from_utf8_lossy(&end);
    stage.say(format_args!(
        "the last bytes are {end:?}; what is beyond the end is left out"
    ));
    match memory.write_at(b"NI!", SIZE - 2) {
        Err(error) => stage.say(format_args!("writing beyond it: {error}")),
        Ok(()) => return Err(End::Failed("it wrote beyond the end".to_owned())),
    }
    Ok(())
}

/// A position that reads and writes, for everything that works with streams.
fn stream(stage: &Stage, memory: &Attachment) -> Result<(), End> {
    stage.scene("A cursor: std::io's Read, Write and Seek")?;
    let mut cursor = memory.cursor();
    for (number, word) in ["Antioch", "Caerbannog"].into_iter().enumerate() {
        writeln!(cursor, "line {number}: {word}")?;
    }
    stage.say(format_args!(
        "wrote two lines, and is at byte {}",
        cursor.position()
    ));
    cursor.seek(SeekFrom::Start(0))?;
    for line in BufReader::new(cursor).lines().take(2) {
        stage.say(format_args!("read {:?}", line?));
    }
    Ok(())
}

/// Adds 1, so many times.
fn add(stage: &Stage, memory: &Attachment, times: u32) -> Result<(), End> {
    let count = memory.atomic_u32(COUNT)?;
    for time in 0..times {
        if time % 1_000_000 == 0 {
            stage.check()?;
        }
        count.fetch_add(1, Relaxed);
    }
    Ok(())
}

/// The process that adds, too.
fn adder(stage: &Stage, id: i32, times: u32) -> Result<(), End> {
    let memory = SharedMemory::from_id(id)?.attach()?;
    add(stage, &memory, times)?;
    stage.say(format_args!("added {times} times"));
    Ok(())
}

/// The process that reads. A `ReadOnlyAttachment` has no method that writes, so that trying does not compile; and
/// the kernel maps the pages for reading only.
fn reader(stage: &Stage, id: i32) -> Result<(), End> {
    let memory = SharedMemory::from_id(id)?.attach_read_only()?;
    for line in BufReader::new(memory.read_cursor()).lines().take(2) {
        stage.say(format_args!("the cursor reads {:?}", line?));
    }
    let place: Place = memory.read_value(PLACE)?;
    let name = String::from_utf8_lossy(&place.name);
    stage.say(format_args!("the value is {name:?}"));
    let count = memory.load_u32(COUNT, Acquire)?;
    stage.say(format_args!("the number is {count}"));
    if place != CASTLE {
        return Err(End::Failed("that is not what was written".to_owned()));
    }
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    let role = options.role.as_ref();
    play("buffer", role, |stage| {
        let Some(role) = role else {
            return first(stage, &options);
        };
        let [id] = role.numbers()?;
        match role.name() {
            "adder" => adder(stage, id, options.additions),
            _ => reader(stage, id),
        }
    })
}
