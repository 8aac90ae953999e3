//! The conversation's objects through `sysv-ipc`: one call at a time, and everything that the wrapper does
//! besides has to be done here.
//!
//! This file is the mapping, and the only one of the demonstrations with `unsafe`: a mapping is an address,
//! which has to be detached once and not used afterwards. The ids, and what is done with them, are safe, and in
//! the files beside.
#![expect(unsafe_code, reason = "attaches a segment through the thin layer")]

mod channel;
mod objects;

pub use channel::Thin;

use core::ffi::c_void;
use std::ptr;
use std::sync::atomic::AtomicU32;

use sysv_ipc::{Errno, ShmAtFlags, ShmId};

use crate::conversation::layout::{RECORD, SIZE, Word};
use crate::conversation::{Record, Trouble};

/// A segment in this process's memory. Dropping it detaches.
#[derive(Debug)]
struct Mapping {
    /// Where at least `SIZE` bytes are mapped, for reading and writing, as long as this value lives.
    address: *mut c_void,
}

impl Mapping {
    fn new(segment: ShmId) -> Result<Mapping, Trouble> {
        let size = call("shmctl IPC_STAT", sysv_ipc::shmctl_stat(segment))?.segsz();
        if size < SIZE {
            return Err(Trouble::foreign());
        }
        // SAFETY: with a null address the kernel takes a free place.
        let address = unsafe { sysv_ipc::shmat(segment, ptr::null(), ShmAtFlags::empty()) };
        let address = call("shmat", address)?;
        Ok(Mapping { address })
    }

    /// The address of what is at `offset`, within the segment.
    fn place(&self, offset: usize, length: usize) -> *mut c_void {
        assert!(offset <= SIZE && length <= SIZE - offset);
        // SAFETY: `SIZE` bytes are mapped from `address` on, and the offset is at most that.
        unsafe { self.address.byte_add(offset) }
    }

    fn word(&self, word: Word) -> &AtomicU32 {
        let place = self
            .place(word.offset(), size_of::<AtomicU32>())
            .cast::<u32>();
        // SAFETY: the number is within the mapping, which lasts as long as the borrow of `self`. The mapping
        // begins with a page, and every word's offset is a multiple of four, so that it is aligned. All Rust
        // code, here and in the other process, reaches the header by atomics of this size only; the record,
        // which is copied, is behind it.
        unsafe { AtomicU32::from_ptr(place) }
    }

    fn read(&self, bytes: &mut [u8; Record::LENGTH]) {
        let from = self.place(RECORD, bytes.len());
        // SAFETY: the bytes are within the mapping, and no reference to them exists.
        unsafe { sysv_ipc::copy_out(from, bytes) };
    }

    fn write(&self, bytes: &[u8; Record::LENGTH]) {
        let to = self.place(RECORD, bytes.len());
        // SAFETY: the bytes are within the mapping, which is writable, and no reference to them exists.
        unsafe { sysv_ipc::copy_in(bytes, to) };
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this value made the mapping, and whatever borrowed from it has ended.
        let _ = unsafe { sysv_ipc::shmdt(self.address) };
    }
}

/// Puts the name of the call to its error.
fn call<T>(name: &str, result: sysv_ipc::Result<T>) -> Result<T, Trouble> {
    result.map_err(|errno| {
        let removed = matches!(errno, Errno::EIDRM | Errno::EINVAL);
        Trouble::new(format!("{name}: {errno}")).if_removed(removed)
    })
}
