//! Access to memory that other processes write at any time: copies, and atomics.
//!
//! # Why every copy is a call that the compiler cannot see through
//!
//! Rust lets two threads access a byte at the same time only if both accesses are atomic. The other side of a segment
//! is a foreign program, which is not bound by that rule. A plain load or store in Rust would race with it, and a race
//! is undefined behaviour. A loop of single-byte atomic accesses would be defined, and an order of magnitude slower
//! than `memcpy`.
//!
//! Therefore no plain Rust load or store accesses the mapping. Each copy is one call of the C library's `memcpy` or
//! `memset`, through a function pointer that is read with `read_volatile`. The compiler must treat the target as an
//! unknown foreign function: it assumes nothing about the bytes that the function moves, and cannot replace the call by
//! accesses of its own. The mapping is then memory outside of the abstract machine, like the buffer that `read(2)`
//! fills. A copy yields initialised bytes of unknown value; if another process writes them at the same time, they may
//! be a mixture of old and new bytes.
//!
//! This argument has a limit: Rust has no written rule yet for memory that is shared with other processes, so the
//! argument relies on the current properties of foreign calls. `memcpy` itself does what the processor does with bytes
//! that change during the copy: it copies some value of each.
//!
//! On `x86_64`, a copy costs what `memcpy` costs, from 1 byte to 1 MiB.
//!
//! # Why atomics may access the same memory
//!
//! [`atomic_ref`], [`atomic_slice`] and [`atomic_load`] are the only Rust accesses to a mapping. Atomic accesses of one
//! width do not race with each other, within this process and across processes: the processor implements them by
//! address, whichever program executes the instruction. They do not race with copies either, since a copy is not an
//! access of the abstract machine; a copy of bytes that are stored atomically at the same time is a mixture, as above.
//!
//! The memory model does not define atomic accesses of *different* widths that overlap. The callers of these functions
//! exclude them within this process. No type can exclude them in other processes; like every other access of a foreign
//! program they are outside of the abstract machine, and the processor defines their effect byte by byte.
#![expect(
    unsafe_code,
    reason = "copies from and to memory that other processes write"
)]

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::slice;
use core::sync::atomic::{self, Ordering};

type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
type Set = unsafe extern "C" fn(*mut c_void, c_int, usize) -> *mut c_void;

static COPY: Copy = libc::memcpy;
static SET: Set = libc::memset;

/// Returns C's `memcpy`, opaque to the optimiser.
#[inline]
fn opaque_copy() -> Copy {
    // SAFETY: the static is initialised, aligned, and never written.
    unsafe { (&raw const COPY).read_volatile() }
}

/// Returns C's `memset`, opaque to the optimiser.
#[inline]
fn opaque_set() -> Set {
    // SAFETY: the static is initialised, aligned, and never written.
    unsafe { (&raw const SET).read_volatile() }
}

/// `memcpy(into, from, into.len())`: copies bytes out of an attached segment.
///
/// Other processes may write the bytes during the copy, which then yields a mixture of old and new bytes.
///
/// # Safety
///
/// The `into.len()` bytes from `from` on are mapped and readable, and stay mapped until this returns. They do not
/// overlap `into`, nor anything that safe Rust code holds a reference to, except for atomics.
///
/// # Examples
///
/// ```
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER)?;
/// // SAFETY: a null address lets the kernel choose a free one.
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
    // SAFETY: the caller vouches for `from`; `into` is a live, exclusive slice of that length, and the two do not
    // overlap.
    unsafe { opaque_copy()(into.as_mut_ptr().cast(), from, into.len()) };
}

/// Copies bytes like [`copy_out`] into memory that need not be initialised. All of `into` is initialised afterwards.
///
/// # Safety
///
/// As for [`copy_out`].
#[inline]
pub unsafe fn copy_out_uninit(from: *const c_void, into: &mut [MaybeUninit<u8>]) {
    // SAFETY: the caller vouches for `from`; `into` is a live, exclusive slice of that length, and the two do not
    // overlap.
    unsafe { opaque_copy()(into.as_mut_ptr().cast(), from, into.len()) };
}

/// `memcpy(to, from, from.len())`: copies bytes into an attached segment.
///
/// Other processes may read and write the bytes during the copy.
///
/// # Safety
///
/// The `from.len()` bytes from `to` on are mapped and writable, and stay mapped until this returns. They do not overlap
/// `from`, nor anything that safe Rust code holds a reference to, except for atomics.
///
/// # Examples
///
/// See [`copy_out`].
#[doc(alias("write", "memcpy"))]
#[inline]
pub unsafe fn copy_in(from: &[u8], to: *mut c_void) {
    // SAFETY: the caller vouches for `to`; `from` is a live slice of that length, and the two do not overlap.
    unsafe { opaque_copy()(to, from.as_ptr().cast(), from.len()) };
}

/// `memset(to, byte, length)`: sets bytes of an attached segment.
///
/// Other processes may read and write the bytes at the same time.
///
/// # Safety
///
/// The `length` bytes from `to` on are mapped and writable, and stay mapped until this returns. They do not overlap
/// anything that safe Rust code holds a reference to, except for atomics.
#[doc(alias("memset", "init_character"))]
#[inline]
pub unsafe fn fill(to: *mut c_void, byte: u8, length: usize) {
    // SAFETY: the caller vouches for `to` and `length`.
    unsafe { opaque_set()(to, c_int::from(byte), length) };
}

/// An atomic integer of [`core::sync::atomic`], for [`atomic_ref`], [`atomic_slice`] and [`atomic_load`].
///
/// Any bytes are a value of it. Only the types of the standard library implement this trait.
pub trait AtomicInteger: sealed::Sealed + Sync {
    /// The integer: `u32` for `AtomicU32`.
    type Value;

    /// Calls the method `load` of the type.
    fn load_value(&self, ordering: Ordering) -> Self::Value;
}

mod sealed {
    //! Keeps other crates from implementing the trait.

    /// Implemented for the same types as [`AtomicInteger`](super::AtomicInteger).
    pub trait Sealed {}
}

macro_rules! atomic_integers {
    ($($bits:literal: $atomic:ident $value:ty,)+) => {$(
        #[cfg(target_has_atomic = $bits)]
        impl sealed::Sealed for atomic::$atomic {}

        #[cfg(target_has_atomic = $bits)]
        impl AtomicInteger for atomic::$atomic {
            type Value = $value;

            #[inline]
            fn load_value(&self, ordering: Ordering) -> $value {
                self.load(ordering)
            }
        }
    )+};
}

atomic_integers! {
    "8": AtomicU8 u8,
    "8": AtomicI8 i8,
    "16": AtomicU16 u16,
    "16": AtomicI16 i16,
    "32": AtomicU32 u32,
    "32": AtomicI32 i32,
    "64": AtomicU64 u64,
    "64": AtomicI64 i64,
    "ptr": AtomicUsize usize,
    "ptr": AtomicIsize isize,
}

/// Borrows an atomic integer in an attached segment.
///
/// Atomic accesses of other processes see it as one, if they have the same width.
///
/// # Safety
///
/// - `address` is aligned for `A`. The integer is mapped and writable, and stays mapped for `'a`.
/// - During `'a`, nothing in this process accesses its bytes but atomics of the same width, and foreign functions such
///   as the copies of this crate.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use sysv_ipc::*;
///
/// let id = shmget(Key::PRIVATE, 4096, ShmGetFlags::CREAT, Mode::OWNER)?;
/// // SAFETY: a null address lets the kernel choose a free one.
/// let address = unsafe { shmat(id, core::ptr::null(), ShmAtFlags::empty())? };
/// shmctl_rmid(id)?;
/// // SAFETY: the segment begins with a page boundary, and is attached until below.
/// let counter = unsafe { atomic_ref::<AtomicU32>(address) };
/// assert_eq!(counter.fetch_add(1, Ordering::Relaxed), 0);
/// // SAFETY: `counter` is not used any more.
/// unsafe { shmdt(address)? };
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub unsafe fn atomic_ref<'a, A: AtomicInteger>(address: *mut c_void) -> &'a A {
    // SAFETY: the caller vouches for alignment, mapping and lifetime; any bytes are a value of `A`.
    unsafe { &*address.cast::<A>() }
}

/// Borrows `length` consecutive atomic integers in an attached segment.
///
/// # Safety
///
/// As for [`atomic_ref`], for each of them.
#[inline]
pub unsafe fn atomic_slice<'a, A: AtomicInteger>(address: *mut c_void, length: usize) -> &'a [A] {
    // SAFETY: the caller vouches for alignment, mapping and lifetime; any bytes are values of `A`. No mapping is larger
    // than `isize::MAX`.
    unsafe { slice::from_raw_parts(address.cast::<A>(), length) }
}

/// Loads an integer atomically from an attached segment, which may be attached for reading only.
///
/// # Panics
///
/// If `ordering` is [`Release`](Ordering::Release) or [`AcqRel`](Ordering::AcqRel).
///
/// # Safety
///
/// - `address` is aligned for `A`. The integer is mapped and readable, and stays mapped until this returns. If it is
///   wider than a pointer, it is writable too: some processors load it by an instruction that writes.
/// - During the call, nothing in this process accesses its bytes but atomics of the same width, and foreign functions
///   such as the copies of this crate.
#[inline]
pub unsafe fn atomic_load<A: AtomicInteger>(
    address: *const c_void,
    ordering: Ordering,
) -> A::Value {
    // SAFETY: the caller vouches for alignment and mapping; any bytes are a value of `A`. The reference ends here, and
    // loading an integer that is no wider than a pointer writes nothing.
    unsafe { &*address.cast::<A>() }.load_value(ordering)
}
