//! A typed record in shared memory: initialised before any process can open it, written by one, read by another.
//!
//! ```text
//! cargo run -p demos --example segment
//! ```

use std::env;
use std::error::Error;
use std::process::Command;

use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::{Key, RemoveOnDrop, SharedMemory};

/// The content of the segment. All its users need the same definition: `repr(C)`, and no pointers.
#[derive(Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
struct Record {
    /// -1 before the first message.
    id: i32,
    writer: u32,
    length: u64,
    text: [u8; 48],
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [role, key] if role == "write" => return write(key.parse()?),
        [role, key] if role == "read" => return read(key.parse()?),
        _ => {}
    }
    let memory = SharedMemory::builder().size(size_of::<Record>());
    // No process can open the segment before this is done.
    let memory = memory.init_with(|memory| Ok(memory.write_value(&-1_i32, 0)?));
    let memory = RemoveOnDrop::new(memory.create_unique()?);
    let key = memory.key().unwrap_or(Key::PRIVATE);
    // Runs this program again: as a writer, and after its end as a reader.
    for role in ["write", "read"] {
        let mut program = Command::new(env::current_exe()?);
        let status = program.args([role, &key.to_string()]).status()?;
        status.success().then_some(()).ok_or("a process failed")?;
    }

    let attached = memory.attach()?;
    memory.remove()?;
    println!("removed: {}", SharedMemory::open(key).unwrap_err());
    println!(
        "an attached process still reads record {}",
        attached.read_value::<i32>(0)?
    );
    Ok(())
}

fn write(key: Key) -> Result<(), Box<dyn Error>> {
    let memory = SharedMemory::open(key)?.attach()?;
    let mut record: Record = memory.read_value(0)?;
    assert_eq!(record.id, -1);
    let text = b"And now for something completely different";
    record.text[..text.len()].copy_from_slice(text);
    (record.id, record.writer, record.length) = (7, std::process::id(), text.len() as u64);
    memory.write_value(&record, 0)?;
    Ok(())
}

fn read(key: Key) -> Result<(), Box<dyn Error>> {
    let record: Record = SharedMemory::open(key)?.attach_read_only()?.read_value(0)?;
    // Data of another process is not trusted: the length may have any value.
    let text = record
        .text
        .get(..usize::try_from(record.length)?)
        .ok_or("a wrong length")?;
    println!(
        "record {} of process {}: {}",
        record.id,
        record.writer,
        String::from_utf8_lossy(text)
    );
    Ok(())
}
