//! A typed record in shared memory: agreed on by all, initialised before anyone sees it, written by one process
//! and read by another.

use std::process::ExitCode;

use clap::Parser;
use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::{Error, RemoveOnDrop, SharedMemory};

use demos::stage::{End, Pause, Role, Stage, play, statuses};

/// A typed record in a shared memory segment
///
/// One process makes the segment and initialises it, a second one writes the
/// record, and a third one reads it, attached for reading only. Both get the id of
/// the segment on their command line, and both know the record's layout.
#[derive(Debug, Parser)]
#[command(name = "segment", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// The text to put into the record, at most 47 bytes
    #[arg(long, default_value = "And now for something completely different")]
    text: String,

    #[command(flatten)]
    pause: Pause,

    #[arg(long, hide = true)]
    role: Option<Role>,
}

const EXAMPLES: &str = "\
Examples:
  segment --text \"It's only a model\"
  segment --pause             and in another terminal: ipcs -m";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// What is in the segment. Every program that uses it has to have the same definition: `repr(C)` says how it lies
/// in memory, and there are no pointers in it, which would mean nothing to another process.
#[derive(Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
struct Record {
    /// Which kind of message it is; 0 if there is none yet.
    id: i32,
    /// Who wrote it.
    writer: u32,
    /// How many bytes of the buffer are used.
    length: u64,
    buffer: [u8; 48],
}

/// The kind of message that is written here.
const ANNOUNCEMENT: i32 = 7;

impl Record {
    /// A record that says nothing yet: what C programs have as a macro `clear_record(p)`.
    const CLEAR: Record = Record {
        id: 0,
        writer: 0,
        length: 0,
        buffer: [0; 48],
    };

    /// A record with this text, if it is short enough; the last byte stays 0, as C likes it.
    fn new(text: &str) -> Result<Record, End> {
        let mut record = Record {
            id: ANNOUNCEMENT,
            writer: std::process::id(),
            length: text.len() as u64,
            ..Record::CLEAR
        };
        let room = record.buffer.len() - 1;
        let Some(place) = record.buffer[..room].get_mut(..text.len()) else {
            let text = format!("the text has {} bytes, more than {room}", text.len());
            return Err(End::Failed(text));
        };
        place.copy_from_slice(text.as_bytes());
        Ok(record)
    }

    /// The text. What another process wrote is not trusted: the length may be anything.
    fn text(&self) -> String {
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        String::from_utf8_lossy(&self.buffer[..length.min(self.buffer.len())]).into_owned()
    }
}

/// The first process: makes, initialises, has others write and read, and removes.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    // Here rather than after half of the show.
    Record::new(&options.text)?;

    stage.scene("Making the segment")?;
    let initialise = |memory: &sysv_wrapper::Attachment| Ok(memory.write_value(&Record::CLEAR, 0)?);
    let memory = SharedMemory::builder()
        .size(size_of::<Record>())
        .init_with(initialise)
        .create_unique()?;
    let memory = RemoveOnDrop::new(memory);
    let key = memory.key().unwrap_or(sysv_wrapper::Key::PRIVATE);
    stage.say(format_args!("segment {} (key {key})", memory.id()));
    let attached = memory.attach()?;
    stage.say(format_args!(
        "{} bytes; nobody could open it before it said id {}",
        attached.len(),
        attached.read_value::<Record>(0)?.id
    ));

    stage.scene("One process writes the record, and ends")?;
    let id = memory.id().as_raw();
    let text = format!("--text={}", options.text);
    stage.start_with("writer", &[id], &[&text])?.finish(stage)?;

    // Who waits for the writer's end knows that the record is whole. Without that, it takes a semaphore.
    stage.scene("Another one reads it, attached with SHM_RDONLY")?;
    stage.start("reader", &[id])?.finish(stage)?;
    stage.pause(options.pause)?;

    stage.scene("Removing the segment")?;
    memory.remove()?;
    stage.say("whoever is attached may go on:");
    let record: Record = attached.read_value(0)?;
    stage.say(format_args!("  still here: {:?}", record.text()));
    stage.say("but nobody finds it any more:");
    stage.say(format_args!("  {}", refusal(SharedMemory::open(key))?));
    drop(attached);
    stage.say("with the last attachment the memory is gone, too:");
    stage.say(format_args!("  {}", refusal(SharedMemory::from_id(id))?));
    Ok(())
}

/// The error that there has to be.
fn refusal(opened: Result<SharedMemory, Error>) -> Result<Error, End> {
    match opened {
        Err(error) if error.is_not_found() => Ok(error),
        Err(error) => Err(error.into()),
        Ok(_) => Err(End::Failed("the segment is still there".to_owned())),
    }
}

/// The process that writes.
fn writer(stage: &Stage, id: i32, text: &str) -> Result<(), End> {
    let record = Record::new(text)?;
    let memory = SharedMemory::from_id(id)?.attach()?;
    memory.write_value(&record, 0)?;
    stage.say(format_args!(
        "wrote {:?} with id {ANNOUNCEMENT}",
        record.text()
    ));
    Ok(())
}

/// The process that reads. That it cannot write, the compiler sees to: what it has, has no method that writes.
fn reader(stage: &Stage, id: i32) -> Result<(), End> {
    let memory = SharedMemory::from_id(id)?;
    let attached = memory.attach_read_only()?;
    let record: Record = attached.read_value(0)?;
    stage.say(format_args!("read {:?}", record.text()));
    let Record { id, writer, .. } = record;
    let count = memory.status()?.attach_count();
    stage.say(format_args!("its id is {id}, process {writer} wrote it"));
    stage.say(format_args!(
        "{count} attachments there are: this one, and the first process's"
    ));
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    let role = options.role.as_ref();
    play("segment", role, |stage| {
        let Some(role) = role else {
            return first(stage, &options);
        };
        let [id] = role.numbers()?;
        match role.name() {
            "writer" => writer(stage, id, &options.text),
            _ => reader(stage, id),
        }
    })
}
