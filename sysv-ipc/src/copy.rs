//! Copies into, out of and over memory that other processes write at any time.
//!
//! # Why these are calls that the compiler cannot see through
//!
//! Rust has no rule that lets two threads touch a byte at once unless both do so atomically, and the
//! other side of a segment is a foreign program that follows no rule of ours. A plain load or store
//! races, which is undefined behaviour, and atomic ones of one size may be undefined against those of
//! another size; a loop over single atomic bytes is an order of magnitude slower than `memcpy`.
//!
//! So no Rust load or store touches the mapping from here. Each copy is one call of the C library's
//! `memcpy` or `memset`, through a function pointer that is read with `read_volatile`: the compiler
//! must take it for an unknown foreign function, may assume nothing about the bytes that it moves,
//! and cannot replace it by accesses of its own. The mapping is then memory outside of the abstract
//! machine, like the buffer that `read(2)` fills, and what arrives are initialised bytes of unknown
//! value. While another process writes, they may be a mixture of old and new.
//!
//! The limit of the argument: Rust has no written rule yet for memory that is shared with other
//! processes, so it rests on what is true of foreign calls today. `memcpy` itself does what the
//! machine does with bytes that change meanwhile: it copies some value of each.
//!
//! Measured on `x86_64`, that costs what `memcpy` costs, from 1 byte to 1 MiB.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;

type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
type Set = unsafe extern "C" fn(*mut c_void, c_int, usize) -> *mut c_void;

static COPY: Copy = libc::memcpy;
static SET: Set = libc::memset;

/// C's `memcpy`, unknown to the optimiser.
#[inline]
fn opaque_copy() -> Copy {
    // SAFETY: the static is initialised, aligned, and never written.
    unsafe { (&raw const COPY).read_volatile() }
}

/// C's `memset`, unknown to the optimiser.
#[inline]
fn opaque_set() -> Set {
    // SAFETY: the static is initialised, aligned, and never written.
    unsafe { (&raw const SET).read_volatile() }
}

/// Copies `into.len()` bytes out of an attached segment: `memcpy(into, from, into.len())`.
///
/// # Safety
///
/// From `from` on, `into.len()` bytes are mapped, readable, and stay mapped until this returns. They
/// are not part of `into` nor of anything that safe Rust code holds a reference to. Others may write
/// to them meanwhile.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER)?;
/// // SAFETY: a null address lets the kernel choose a free place.
/// let address = unsafe { shmat(id, core::ptr::null(), ShmAtFlags::empty())? };
/// shmctl_rmid(id)?;
/// let mut bytes = [0; 5];
/// // SAFETY: the segment has 4096 bytes and is attached until below.
/// unsafe {
///     copy_in(b"hello", address);
///     copy_out(address, &mut bytes);
///     shmdt(address)?;
/// }
/// assert_eq!(&bytes, b"hello");
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias("read", "memcpy"))]
#[inline]
pub unsafe fn copy_out(from: *const c_void, into: &mut [u8]) {
    // SAFETY: the caller vouches for `from`; `into` is a live, exclusive slice of that length, and
    // the two do not overlap.
    unsafe { opaque_copy()(into.as_mut_ptr().cast(), from, into.len()) };
}

/// [`copy_out`] into memory that needs no value before; afterwards all of it is initialised.
///
/// # Safety
///
/// As for [`copy_out`].
#[inline]
pub unsafe fn copy_out_uninit(from: *const c_void, into: &mut [MaybeUninit<u8>]) {
    // SAFETY: the caller vouches for `from`; `into` is a live, exclusive slice of that length, and
    // the two do not overlap.
    unsafe { opaque_copy()(into.as_mut_ptr().cast(), from, into.len()) };
}

/// Copies `from` into an attached segment: `memcpy(to, from, from.len())`.
///
/// # Safety
///
/// From `to` on, `from.len()` bytes are mapped, writable, and stay mapped until this returns. They
/// are not part of `from` nor of anything that safe Rust code holds a reference to. Others may read
/// and write them meanwhile.
///
/// # Examples
///
/// See [`copy_out`].
#[doc(alias("write", "memcpy"))]
#[inline]
pub unsafe fn copy_in(from: &[u8], to: *mut c_void) {
    // SAFETY: the caller vouches for `to`; `from` is a live slice of that length, and the two do not
    // overlap.
    unsafe { opaque_copy()(to, from.as_ptr().cast(), from.len()) };
}

/// Sets `length` bytes of an attached segment to `byte`: `memset(to, byte, length)`.
///
/// # Safety
///
/// From `to` on, `length` bytes are mapped, writable, and stay mapped until this returns. They are not
/// part of anything that safe Rust code holds a reference to. Others may read and write them
/// meanwhile.
#[doc(alias("memset", "init_character"))]
#[inline]
pub unsafe fn fill(to: *mut c_void, byte: u8, length: usize) {
    // SAFETY: the caller vouches for `to` and `length`.
    unsafe { opaque_set()(to, c_int::from(byte), length) };
}
