//! Numbers in a segment that several processes change at once.
//!
//! This is the one place where Rust code itself touches a mapping: by atomics, on bytes that all other access
//! reaches from outside of Rust's memory model, as `sysv_ipc::copy_out` explains. What that model leaves
//! undefined is to reach the same bytes at once by atomics of several sizes. Processors and LLVM define it byte
//! by byte, and no type can keep other processes from it; so the methods' documentation forbids it, and safe code
//! that does it all the same gets a mixture of bytes.

use std::sync::atomic::{self, Ordering};

use crate::error::{Error, Result};
use crate::shm::attachment::{Attachment, ReadOnlyAttachment};

/// The address of an atomic of this type at `offset`, if it is within the segment and aligned.
fn aligned<T>(memory: &ReadOnlyAttachment, offset: usize) -> Result<*mut T> {
    let place = memory.place("use", offset, size_of::<T>())?.cast::<T>();
    if place.is_aligned() {
        return Ok(place);
    }
    let because = format!(
        "offset {offset} is not a multiple of {}, which an atomic of this size needs",
        align_of::<T>()
    );
    Err(Error::argument("use", memory.subject(), because))
}

macro_rules! borrows {
    ($($bits:literal: $atomic:ident $borrow:ident;)+) => {$(
        #[cfg(target_has_atomic = $bits)]
        impl Attachment {
            #[doc = concat!("The number at `offset`, as an atomic: [`", stringify!($atomic), "`](atomic::", stringify!($atomic), ").")]
            ///
            /// Every process may change it at any time, atomically and with the same size: what lies within the
            /// number is not to be used by atomics of another size meanwhile.
            ///
            /// # Errors
            ///
            /// [`is_invalid_argument`](Error::is_invalid_argument) if it would pass the end of the segment, or
            /// if `offset` is not a multiple of its size.
            pub fn $borrow(&self, offset: usize) -> Result<&atomic::$atomic> {
                let place = aligned::<atomic::$atomic>(self, offset)?;
                // SAFETY: the number is within the mapping, aligned, and initialised; the mapping is writable
                // and lasts as long as the borrow of `self`. Rust code reaches it by atomics only; all other
                // access is by other processes, or by foreign calls.
                Ok(unsafe { &*place })
            }
        }
    )+};
}

macro_rules! loads {
    ($($bits:literal: $atomic:ident $load:ident $value:ty;)+) => {$(
        #[cfg(target_has_atomic = $bits)]
        impl ReadOnlyAttachment {
            #[doc = concat!("The number at `offset`, loaded atomically from memory that others may change: `", stringify!($value), "`.")]
            ///
            /// # Errors
            ///
            /// [`is_invalid_argument`](Error::is_invalid_argument) if it would pass the end of the segment, if
            /// `offset` is not a multiple of its size, or for an ordering that loads cannot have
            /// (`Release`, `AcqRel`).
            pub fn $load(&self, offset: usize, ordering: Ordering) -> Result<$value> {
                let place = aligned::<atomic::$atomic>(self, offset)?;
                if !matches!(ordering, Ordering::Relaxed | Ordering::Acquire | Ordering::SeqCst) {
                    let because = "a load cannot release; Relaxed, Acquire and SeqCst are allowed";
                    return Err(Error::argument("use", self.subject(), because));
                }
                // SAFETY: the number is within the mapping, aligned, initialised, and not wider than a
                // register, so that loading it writes nothing. The reference does not leave this function.
                Ok(unsafe { &*place }.load(ordering))
            }
        }
    )+};
}

borrows! {
    "8": AtomicU8 atomic_u8;
    "8": AtomicI8 atomic_i8;
    "16": AtomicU16 atomic_u16;
    "16": AtomicI16 atomic_i16;
    "32": AtomicU32 atomic_u32;
    "32": AtomicI32 atomic_i32;
    "64": AtomicU64 atomic_u64;
    "64": AtomicI64 atomic_i64;
    "ptr": AtomicUsize atomic_usize;
    "ptr": AtomicIsize atomic_isize;
}

loads! {
    "8": AtomicU8 load_u8 u8;
    "8": AtomicI8 load_i8 i8;
    "16": AtomicU16 load_u16 u16;
    "16": AtomicI16 load_i16 i16;
    "32": AtomicU32 load_u32 u32;
    "32": AtomicI32 load_i32 i32;
    "ptr": AtomicUsize load_usize usize;
    "ptr": AtomicIsize load_isize isize;
}

// Where a number of 64 bits is wider than a register, loading it may take a compare-and-swap, which writes:
// it cannot be had from read-only memory. On such a target there are the borrows, but no loads.
#[cfg(target_pointer_width = "64")]
loads! {
    "64": AtomicU64 load_u64 u64;
    "64": AtomicI64 load_i64 i64;
}
