//! Copies into, out of and over a segment through `sysv-wrapper`.

use std::hint::black_box;
use std::sync::atomic::Ordering;

use sysv_wrapper::{RemoveOnDrop, SharedMemory};

use crate::place::Buffer;
use crate::{Prepared, repeat};

/// The rows of values and of atomics, one of them for each width.
macro_rules! values {
    ($what:ident, $segment:ident, $offset:ident, $(
        $value:ident $load_value:ident $store_value:ident $borrow:ident:
            $read:literal $write:literal $load:literal $store:literal $add:literal;
    )+) => {
        match $what {
            $(
                $read => repeat(move || {
                    black_box($segment.read_value::<$value>(black_box($offset)).unwrap());
                }),
                $write => repeat(move || {
                    let value: $value = black_box(7);
                    $segment.write_value(&value, black_box($offset)).unwrap();
                }),
                $load => repeat(move || {
                    black_box($segment.$load_value(black_box($offset), Ordering::Relaxed).unwrap());
                }),
                $store => repeat(move || {
                    $segment.$store_value(black_box($offset), 7, Ordering::Relaxed).unwrap();
                }),
                $add => repeat(move || {
                    let number = $segment.$borrow(black_box($offset)).unwrap();
                    number.fetch_add(1, Ordering::Relaxed);
                }),
            )+
            _ => return Ok(None),
        }
    };
}

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
        _ => values! {
            what, segment, offset,
            u32 load_u32 store_u32 atomic_u32: "read-u32" "write-u32" "load-u32" "store-u32" "add-u32";
            u64 load_u64 store_u64 atomic_u64: "read-u64" "write-u64" "load-u64" "store-u64" "add-u64";
        },
    }))
}
