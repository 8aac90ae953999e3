//! Copies into, out of and over a segment through `sysv-ipc`.
#![expect(unsafe_code, reason = "measures copies by address")]

use std::ffi::c_void;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use sysv_ipc::{
    Key, Mode, ShmAtFlags, ShmGetFlags, atomic_load, atomic_ref, copy_in, copy_out,
    copy_out_uninit, fill, shmat, shmctl_rmid, shmdt, shmget,
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

/// The bytes of a value that is not there yet.
#[inline]
fn bytes_of<T>(value: &mut MaybeUninit<T>) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the value has that many bytes, which may be uninitialised.
    unsafe { slice::from_raw_parts_mut(value.as_mut_ptr().cast(), size_of::<T>()) }
}

/// The rows of values and of atomics, one of them for each width.
macro_rules! values {
    ($what:ident, $segment:ident, $offset:ident, $(
        $value:ident $atomic:ident: $read:literal $write:literal $load:literal $store:literal $add:literal;
    )+) => {
        match $what {
            $(
                $read => repeat(move || {
                    let mut value = MaybeUninit::<$value>::uninit();
                    let from = $segment.at(black_box($offset));
                    // SAFETY: the segment is longer than the value by more than the offset.
                    unsafe { copy_out_uninit(from, bytes_of(&mut value)) };
                    // SAFETY: all of it was just written.
                    black_box(unsafe { value.assume_init() });
                }),
                $write => repeat(move || {
                    let value = black_box(7 as $value).to_ne_bytes();
                    let to = $segment.at(black_box($offset));
                    // SAFETY: the segment is longer than the value by more than the offset.
                    unsafe { copy_in(&value, to) };
                }),
                $load => repeat(move || {
                    let from = $segment.at(black_box($offset));
                    // SAFETY: the integer is within the segment and aligned.
                    black_box(unsafe { atomic_load::<$atomic>(from, Ordering::Relaxed) });
                }),
                $store => repeat(move || {
                    let to = $segment.at(black_box($offset));
                    // SAFETY: the integer is within the segment and aligned.
                    unsafe { atomic_ref::<$atomic>(to) }.store(7, Ordering::Relaxed);
                }),
                $add => repeat(move || {
                    let to = $segment.at(black_box($offset));
                    // SAFETY: the integer is within the segment and aligned.
                    unsafe { atomic_ref::<$atomic>(to) }.fetch_add(1, Ordering::Relaxed);
                }),
            )+
            _ => return Ok(None),
        }
    };
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
        _ => values! {
            what, segment, offset,
            u32 AtomicU32: "read-u32" "write-u32" "load-u32" "store-u32" "add-u32";
            u64 AtomicU64: "read-u64" "write-u64" "load-u64" "store-u64" "add-u64";
        },
    }))
}
