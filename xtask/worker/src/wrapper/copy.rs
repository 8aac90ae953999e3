//! Copies into, out of and over a segment through `sysv-wrapper`.

use std::hint::black_box;

use sysv_wrapper::{RemoveOnDrop, SharedMemory};

use crate::place::Buffer;
use crate::{Prepared, repeat};

pub fn prepare(what: &str, size: usize, offset: usize) -> Prepared {
    let memory = SharedMemory::builder().size(size + 64).create_private()?;
    let memory = RemoveOnDrop::new(memory);
    let segment = memory.attach()?;
    segment.fill(.., b's')?;
    let mut buffer = Buffer::new(size);
    Ok(Some(match what {
        "read" => repeat(move || {
            let offset = black_box(offset);
            segment.read_at(buffer.bytes(), offset).unwrap();
        }),
        "write" => repeat(move || {
            let offset = black_box(offset);
            segment.write_at(buffer.bytes(), offset).unwrap();
        }),
        "fill" => repeat(move || {
            let offset = black_box(offset);
            segment.fill(offset..offset + size, b'f').unwrap();
        }),
        _ => return Ok(None),
    }))
}
