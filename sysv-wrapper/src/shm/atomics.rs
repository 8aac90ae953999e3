//! Atomic integers in a segment: references, slices, loads and stores.
//!
//! `sysv_ipc` contains the argument for their soundness, beside the copies. This file excludes atomics of different
//! widths over the same bytes, which `widths` records.
#![expect(unsafe_code, reason = "borrows and reads atomic integers in a mapping")]

use std::ffi::c_void;
use std::ops::RangeBounds;
use std::sync::atomic::{self, Ordering};

use sysv_ipc::Errno;

use crate::error::{Error, Result};
use crate::shm::attachment::{Attachment, ReadOnlyAttachment};
use crate::shm::widths::Refusal;

const OPERATION: &str = "use";

impl ReadOnlyAttachment {
    /// Returns the address of an atomic at `offset`, if it is within the segment, aligned, and overlaps no atomic of
    /// another width.
    #[inline]
    fn atomic_ptr(&self, offset: usize, width: usize) -> Result<*mut c_void> {
        // The width of an atomic beyond the end is never fixed.
        let is_fixed =
            offset < self.len() && offset % width == 0 && self.widths().is_fixed(offset, width);
        if !is_fixed {
            self.fix_width(offset, width, width)?;
        }
        Ok(self.ptr_at(offset))
    }

    /// Checks bounds, alignment and width, and fixes the width of the bytes.
    #[cold]
    fn fix_width(&self, offset: usize, length: usize, width: usize) -> Result<()> {
        self.checked_ptr(OPERATION, offset, length)?;
        let because = if offset % width != 0 {
            format!("offset {offset} is not a multiple of {width}, which atomics of this size need")
        } else if length % width != 0 {
            format!("{length} bytes are no whole number of atomics of {width} bytes")
        } else {
            match self.widths().fix(offset..offset + length, width) {
                Ok(()) => return Ok(()),
                Err(Refusal::OutOfMemory) => {
                    return Err(Error::call(OPERATION, self.subject(), Errno::ENOMEM));
                }
                Err(Refusal::OtherWidth {
                    offset,
                    width: other,
                }) => format!(
                    "the bytes at offset {offset} are in use by atomics of {other} bytes through this attachment, and \
                     atomics of {width} bytes must not overlap them"
                ),
            }
        };
        Err(Error::argument(OPERATION, self.subject(), because))
    }

    #[cold]
    fn bad_load_ordering(&self) -> Error {
        let because = "a load cannot release; Relaxed, Acquire and SeqCst are allowed";
        Error::argument(OPERATION, self.subject(), because)
    }

    #[cold]
    fn bad_store_ordering(&self) -> Error {
        let because = "a store cannot acquire; Relaxed, Release and SeqCst are allowed";
        Error::argument(OPERATION, self.subject(), because)
    }
}

macro_rules! borrows {
    ($($bits:literal: $atomic:ident $value:ident $borrow:ident $slice:ident $store:ident;)+) => {$(
        #[cfg(target_has_atomic = $bits)]
        impl Attachment {
            #[doc = concat!("Borrows the integer at `offset` as an atomic: [`", stringify!($atomic), "`](atomic::", stringify!($atomic), ").")]
            ///
            /// Every process may change it at any time, atomically and with the same width. The first atomic access to
            /// a byte fixes the width of all atomics over it as long as the attachment lasts.
            ///
            /// # Errors
            ///
            /// [`is_invalid_argument`](Error::is_invalid_argument) if the integer would extend beyond the end of the
            /// segment, if `offset` is not a multiple of its size, or if it overlaps an atomic of another width.
            #[inline]
            pub fn $borrow(&self, offset: usize) -> Result<&atomic::$atomic> {
                let pointer = self.atomic_ptr(offset, size_of::<$value>())?;
                // SAFETY: the integer is within the mapping and aligned; the mapping is writable and lasts as long as
                // the borrow of `self`. Rust code accesses these bytes by atomics of this width only; all other access
                // is by foreign calls.
                Ok(unsafe { sysv_ipc::atomic_ref(pointer) })
            }

            #[doc = concat!("Borrows the bytes of `range` as a slice of [`", stringify!($atomic), "`](atomic::", stringify!($atomic), ").")]
            ///
            /// The range counts bytes, not integers. The width of all of them is fixed, as by
            #[doc = concat!("[`", stringify!($borrow), "`](Self::", stringify!($borrow), "); borrow a slice once and keep it, rather than in a loop.")]
            ///
            /// # Errors
            ///
            /// [`is_invalid_argument`](Error::is_invalid_argument) if the range extends beyond the end of the segment
            /// or ends before it begins, if its start or its length is not a multiple of the size of the integer, or if
            /// it overlaps an atomic of another width.
            pub fn $slice(&self, range: impl RangeBounds<usize>) -> Result<&[atomic::$atomic]> {
                let (offset, length) = self.resolve_range(OPERATION, &range)?;
                self.fix_width(offset, length, size_of::<$value>())?;
                let (pointer, length) = (self.ptr_at(offset), length / size_of::<$value>());
                // SAFETY: as for a single integer, for each of them.
                Ok(unsafe { sysv_ipc::atomic_slice(pointer, length) })
            }

            #[doc = concat!("Stores a `", stringify!($value), "` atomically at `offset`.")]
            ///
            /// # Errors
            ///
            #[doc = concat!("As [`", stringify!($borrow), "`](Self::", stringify!($borrow), "), and")]
            /// [`is_invalid_argument`](Error::is_invalid_argument) for an ordering that stores cannot have (`Acquire`,
            /// `AcqRel`).
            #[inline]
            pub fn $store(&self, offset: usize, value: $value, ordering: Ordering) -> Result<()> {
                if !matches!(ordering, Ordering::Relaxed | Ordering::Release | Ordering::SeqCst) {
                    return Err(self.bad_store_ordering());
                }
                self.$borrow(offset)?.store(value, ordering);
                Ok(())
            }
        }
    )+};
}

macro_rules! loads {
    ($($bits:literal: $atomic:ident $value:ident $load:ident;)+) => {$(
        #[cfg(target_has_atomic = $bits)]
        impl ReadOnlyAttachment {
            #[doc = concat!("Loads a `", stringify!($value), "` atomically from `offset`. Other processes may change it.")]
            ///
            /// Like the atomics of an [`Attachment`], the first load fixes the width of the bytes.
            ///
            /// # Errors
            ///
            /// [`is_invalid_argument`](Error::is_invalid_argument) if the integer would extend beyond the end of the
            /// segment, if `offset` is not a multiple of its size, if it overlaps an atomic of another width, or for an
            /// ordering that loads cannot have (`Release`, `AcqRel`).
            #[inline]
            pub fn $load(&self, offset: usize, ordering: Ordering) -> Result<$value> {
                let pointer = self.atomic_ptr(offset, size_of::<$value>())?;
                if !matches!(ordering, Ordering::Relaxed | Ordering::Acquire | Ordering::SeqCst) {
                    return Err(self.bad_load_ordering());
                }
                // SAFETY: the integer is within the mapping, aligned, and not wider than a pointer. Rust code accesses
                // these bytes by atomics of this width only.
                Ok(unsafe { sysv_ipc::atomic_load::<atomic::$atomic>(pointer, ordering) })
            }
        }
    )+};
}

borrows! {
    "8": AtomicU8 u8 atomic_u8 atomic_u8_slice store_u8;
    "8": AtomicI8 i8 atomic_i8 atomic_i8_slice store_i8;
    "16": AtomicU16 u16 atomic_u16 atomic_u16_slice store_u16;
    "16": AtomicI16 i16 atomic_i16 atomic_i16_slice store_i16;
    "32": AtomicU32 u32 atomic_u32 atomic_u32_slice store_u32;
    "32": AtomicI32 i32 atomic_i32 atomic_i32_slice store_i32;
    "64": AtomicU64 u64 atomic_u64 atomic_u64_slice store_u64;
    "64": AtomicI64 i64 atomic_i64 atomic_i64_slice store_i64;
    "ptr": AtomicUsize usize atomic_usize atomic_usize_slice store_usize;
    "ptr": AtomicIsize isize atomic_isize atomic_isize_slice store_isize;
}

loads! {
    "8": AtomicU8 u8 load_u8;
    "8": AtomicI8 i8 load_i8;
    "16": AtomicU16 u16 load_u16;
    "16": AtomicI16 i16 load_i16;
    "32": AtomicU32 u32 load_u32;
    "32": AtomicI32 i32 load_i32;
    "ptr": AtomicUsize usize load_usize;
    "ptr": AtomicIsize isize load_isize;
}

// Where an integer of 64 bits is wider than a register, a load may require a compare-and-swap, which writes and so
// fails on read-only memory. Such targets have the references, but not the loads.
#[cfg(target_pointer_width = "64")]
loads! {
    "64": AtomicU64 u64 load_u64;
    "64": AtomicI64 i64 load_i64;
}
