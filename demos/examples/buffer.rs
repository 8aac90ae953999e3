//! Access to a segment: bytes, a stream, typed values, and a second process with read-only access.
//!
//! Other processes may write at any time. Bytes and values are therefore copied, never borrowed as slices.
//!
//! ```text
//! cargo run -p demos --example buffer
//! ```

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::process::Command;

use sysv_wrapper::zerocopy::{FromBytes, Immutable, IntoBytes};
use sysv_wrapper::{RemoveOnDrop, SharedMemory};

/// Plain data: every pattern of bytes is a value (no `bool`, no `char`), and no byte is padding.
#[derive(Debug, PartialEq, FromBytes, IntoBytes, Immutable)]
#[zerocopy(crate = "sysv_wrapper::zerocopy")]
#[repr(C)]
struct Place(f64, f64, [u8; 16]);

/// 56° north, 4° west.
const CASTLE: Place = Place(56.185, -4.050, *b"Castle Aaargh...");
const SIZE: usize = 4096;
const PLACE: usize = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        return reader(id.parse()?);
    }
    let memory = RemoveOnDrop::new(
        SharedMemory::builder()
            .size(SIZE)
            .fill(b'.')
            .create_private()?,
    );
    let attached = memory.attach()?;

    attached.write_at(b"NI!", SIZE - 3)?;
    let end = attached.read_to_vec(SIZE - 8..SIZE + 100)?;
    println!("the last bytes are {:?}", String::from_utf8_lossy(&end));
    println!(
        "beyond them: {}",
        attached.write_at(b"NI!", SIZE - 2).unwrap_err()
    );

    let mut cursor = attached.cursor();
    writeln!(cursor, "Antioch")?;
    writeln!(cursor, "Caerbannog")?;
    println!(
        "the cursor wrote two lines, and is at byte {}",
        cursor.position()
    );
    cursor.seek(SeekFrom::Start(0))?;
    let mut line = String::new();
    BufReader::new(cursor).read_line(&mut line)?;
    println!("it reads {line:?}");

    attached.write_value(&CASTLE, PLACE)?;
    // Runs this program again, as a reader.
    let mut reader = Command::new(env::current_exe()?);
    let status = reader.arg(memory.id().to_string()).status()?;
    status.success().then_some(()).ok_or("the reader failed")?;
    Ok(())
}

/// Reads through a `ReadOnlyAttachment`, which has no writing methods and a read-only mapping.
fn reader(id: i32) -> Result<(), Box<dyn Error>> {
    let memory = SharedMemory::from_id(id)?.attach_read_only()?;
    let place: Place = memory.read_value(PLACE)?;
    println!(
        "a second process reads {:?}",
        String::from_utf8_lossy(&place.2)
    );
    (place == CASTLE)
        .then_some(())
        .ok_or("that is not what was written")?;
    Ok(())
}
