//! Copies into, out of and over a segment through `sysv-ipc`.

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr;

use sysv_ipc::{
    Key, Mode, ShmAtFlags, ShmGetFlags, copy_in, copy_out, fill, shmat, shmctl_rmid, shmdt, shmget,
};

use super::Removed;
use crate::place::Buffer;
use crate::{Prepared, repeat};

/// A segment that is attached here and known to nobody else.
struct Mapping(*mut c_void);

impl Mapping {
    fn new(size: usize) -> sysv_ipc::Result<Mapping> {
        let made = Removed {
            id: shmget(Key::PRIVATE, size, ShmGetFlags::CREAT, Mode::OWNER)?,
            remove: shmctl_rmid,
        };
        // SAFETY: the kernel chooses a free place.
        let address = unsafe { shmat(made.id, ptr::null(), ShmAtFlags::empty())? };
        // SAFETY: the segment is as large, and attached.
        unsafe { fill(address, b's', size) };
        Ok(Mapping(address))
    }

    #[inline]
    fn at(&self, offset: usize) -> *mut c_void {
        self.0.wrapping_byte_add(offset)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: whoever has used the mapping does so no more.
        let detached = unsafe { shmdt(self.0) };
        detached.expect("it was attached");
    }
}

pub fn prepare(what: &str, size: usize, offset: usize) -> Prepared {
    let segment = Mapping::new(size + 64)?;
    let mut buffer = Buffer::new(size);
    Ok(Some(match what {
        "read" => repeat(move || {
            let from = segment.at(black_box(offset));
            // SAFETY: the segment is longer than the buffer by more than the offset.
            unsafe { copy_out(from, buffer.bytes()) };
        }),
        "write" => repeat(move || {
            let to = segment.at(black_box(offset));
            // SAFETY: the segment is longer than the buffer by more than the offset.
            unsafe { copy_in(buffer.bytes(), to) };
        }),
        "fill" => repeat(move || {
            let to = segment.at(black_box(offset));
            // SAFETY: the segment is longer than the size by more than the offset.
            unsafe { fill(to, b'f', size) };
        }),
        _ => return Ok(None),
    }))
}
