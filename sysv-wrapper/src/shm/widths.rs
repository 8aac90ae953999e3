//! The width of the atomics over each byte of an attachment.
//!
//! Rust's memory model does not define unsynchronised atomic accesses of different widths that overlap. So the first
//! atomic access to a byte fixes the width of all atomic accesses to it as long as the attachment lasts: a reference
//! that was borrowed earlier may still be in use.
//!
//! The record has a nibble for each two bytes: 0, or the width in bytes. Two bytes that begin at an even offset can
//! share a nibble, since atomics are aligned: each wider atomic that contains one of the two contains both. The nibbles
//! of 64 KiB form a table, which is allocated at the first atomic access there. A slice that covers all of the 64 KiB
//! needs no table. So the record has at most a quarter of the size of the parts of the segment that contain single
//! atomics.
//!
//! All of it is lock-free: a child forked while another thread held a lock would deadlock.
#![expect(
    unsafe_code,
    reason = "holds the widths of atomics in memory that grows without a lock"
)]

use std::alloc::{self, Layout};
use std::fmt;
use std::ops::Range;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// The number of bytes of a segment that an entry covers.
const CHUNK: usize = 64 << 10;
/// The number of bytes of a segment that a byte of a table covers: the lower nibble is for the first two, the upper one
/// for the others.
const CELL: usize = 4;
/// The maximum width. An entry up to this value is a width, not an address.
const WIDEST: usize = 8;

/// The record of a chunk: null if it has no atomics; a width, as an address, if all of it has that width; otherwise its
/// table.
type Entry = AtomicPtr<AtomicU8>;

/// The record of an attachment.
pub(crate) struct Widths {
    /// Null until the first atomic access, then an entry for each chunk.
    entries: AtomicPtr<Entry>,
    /// The size of the segment.
    size: usize,
}

/// The reason why an atomic access is refused.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Atomics of another width are in use at this offset.
    OtherWidth { offset: usize, width: usize },
    /// The allocation of the record failed.
    OutOfMemory,
}

/// Returns a cell whose bytes all have this width.
#[allow(
    clippy::cast_possible_truncation,
    reason = "no width has more than four bits"
)]
#[inline]
const fn full(width: usize) -> u8 {
    (width * 0x11) as u8
}

/// Returns the mask of the nibbles of these bytes of a cell, and their value if the bytes have this width.
#[inline]
fn nibbles(bytes: &Range<usize>, width: usize) -> (u8, u8) {
    let mask: u8 = match (bytes.start % CELL / 2, (bytes.end - 1) % CELL / 2) {
        (0, 0) => 0x0f,
        (1, _) => 0xf0,
        _ => 0xff,
    };
    (mask, full(width) & mask)
}

impl Widths {
    pub(crate) const fn new(size: usize) -> Widths {
        Widths {
            entries: AtomicPtr::new(ptr::null_mut()),
            size,
        }
    }

    /// Returns whether the bytes of the atomic at `offset` already have this width. The caller has checked that the
    /// offset is within the segment and a multiple of the width.
    #[inline]
    pub(crate) fn is_fixed(&self, offset: usize, width: usize) -> bool {
        let entries = self.entries.load(Ordering::Acquire);
        if entries.is_null() {
            return false;
        }
        // SAFETY: there is an entry for each chunk, and the offset is within the segment.
        let entry = unsafe { &*entries.wrapping_add(offset / CHUNK) };
        let table = entry.load(Ordering::Acquire);
        if table.addr() <= WIDEST {
            rarely();
            return table.addr() == width;
        }
        // SAFETY: the entry is a table, which has a byte for each cell of its chunk, and lasts as long as `self`.
        let cell = unsafe { &*table.wrapping_add(offset % CHUNK / CELL) };
        // The first cell of an atomic is fixed after the second one, if there are two.
        let (mask, fixed) = nibbles(&(offset..offset + width.min(CELL)), width);
        cell.load(Ordering::Relaxed) & mask == fixed
    }

    /// Fixes the width of these bytes, unless some have another width; then none is fixed, except for bytes for which
    /// other threads compete at the same time. The caller has checked that the bytes are within the segment, and that
    /// the range begins and ends at multiples of the width.
    pub(crate) fn fix(&self, bytes: Range<usize>, width: usize) -> Result<(), Refusal> {
        let mut is_fixed = true;
        for part in parts(bytes.clone(), CHUNK) {
            is_fixed &= self.look(part, width)?;
        }
        if !is_fixed {
            for part in parts(bytes, CHUNK) {
                self.fix_part(part, width)?;
            }
        }
        Ok(())
    }

    /// Returns whether all bytes of a part already have this width; an error if some have another width.
    fn look(&self, part: Range<usize>, width: usize) -> Result<bool, Refusal> {
        let Some(entry) = self.entry(part.start) else {
            return Ok(false);
        };
        let table = entry.load(Ordering::Acquire);
        if table.is_null() {
            return Ok(false);
        }
        if table.addr() <= WIDEST {
            return same(part.start, table.addr(), width).map(|()| true);
        }
        let cells = self.cells(table, &part);
        if part.start % CELL == 0
            && part.end % CELL == 0
            && cells
                .iter()
                .all(|cell| cell.load(Ordering::Relaxed) == full(width))
        {
            return Ok(true);
        }
        let mut is_fixed = true;
        for (cell, bytes) in cells.iter().zip(parts(part, CELL)) {
            let (mask, fixed) = nibbles(&bytes, width);
            let found = cell.load(Ordering::Relaxed) & mask;
            if found != fixed {
                is_fixed = false;
                compatible(&bytes, found, width)?;
            }
        }
        Ok(is_fixed)
    }

    fn fix_part(&self, part: Range<usize>, width: usize) -> Result<(), Refusal> {
        let entry = self.entry_or_new(part.start)?;
        let mut table = entry.load(Ordering::Acquire);
        if table.is_null() {
            let is_whole =
                part.start % CHUNK == 0 && (part.len() == CHUNK || part.end == self.size);
            let new = if is_whole {
                ptr::without_provenance_mut(width)
            } else {
                allocate(self.cells_of_chunk(part.start))?
            };
            match entry.compare_exchange(table, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => table = new,
                Err(others) => {
                    if !is_whole {
                        // SAFETY: it was allocated above with this length, and nothing else has its address.
                        unsafe { deallocate(new, self.cells_of_chunk(part.start)) };
                    }
                    table = others;
                }
            }
        }
        if table.addr() <= WIDEST {
            return same(part.start, table.addr(), width);
        }
        // From the end, so that the first cell of an atomic of two cells is fixed only if the second one is.
        let cells = self.cells(table, &part).iter().rev();
        for (cell, bytes) in cells.zip(parts(part, CELL).rev()) {
            let (mask, fixed) = nibbles(&bytes, width);
            let fix = |found| {
                compatible(&bytes, found & mask, width)
                    .is_ok()
                    .then_some((found & !mask) | fixed)
            };
            if let Err(found) = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fix) {
                compatible(&bytes, found & mask, width)?;
            }
        }
        Ok(())
    }

    fn chunks(&self) -> usize {
        self.size.div_ceil(CHUNK)
    }

    /// Returns the length of the table of the chunk that has this offset.
    fn cells_of_chunk(&self, offset: usize) -> usize {
        let begin = offset - offset % CHUNK;
        (self.size - begin).min(CHUNK).div_ceil(CELL)
    }

    /// Returns the entry of the chunk that contains this offset, if entries are allocated.
    fn entry(&self, offset: usize) -> Option<&Entry> {
        let entries = self.entries.load(Ordering::Acquire);
        // SAFETY: there is an entry for each chunk, and the offset is within the segment.
        (!entries.is_null()).then(|| unsafe { &*entries.wrapping_add(offset / CHUNK) })
    }

    fn entry_or_new(&self, offset: usize) -> Result<&Entry, Refusal> {
        if let Some(entry) = self.entry(offset) {
            return Ok(entry);
        }
        let new = allocate(self.chunks())?;
        let null = ptr::null_mut();
        let installed =
            self.entries
                .compare_exchange(null, new, Ordering::AcqRel, Ordering::Acquire);
        if installed.is_err() {
            // SAFETY: it was allocated above with this length, and nothing else has its address.
            unsafe { deallocate(new, self.chunks()) };
        }
        self.entry(offset).ok_or(Refusal::OutOfMemory)
    }

    /// Returns the cells for a part, in the table of its chunk.
    fn cells(&self, table: *mut AtomicU8, part: &Range<usize>) -> &[AtomicU8] {
        // SAFETY: the table has a byte for each cell of its chunk, and lasts as long as `self`.
        let cells = unsafe { slice::from_raw_parts(table, self.cells_of_chunk(part.start)) };
        let first = part.start % CHUNK / CELL;
        &cells[first..first + part.end.div_ceil(CELL) - part.start / CELL]
    }
}

impl Drop for Widths {
    fn drop(&mut self) {
        let entries = *self.entries.get_mut();
        if entries.is_null() {
            return;
        }
        // SAFETY: there is an entry for each chunk, and all borrows of them have ended.
        let all = unsafe { slice::from_raw_parts_mut(entries, self.chunks()) };
        for (chunk, entry) in all.iter_mut().enumerate() {
            let table = *entry.get_mut();
            if table.addr() > WIDEST {
                // SAFETY: it was allocated with this length, and all borrows of the attachment have ended.
                unsafe { deallocate(table, self.cells_of_chunk(chunk * CHUNK)) };
            }
        }
        // SAFETY: it was allocated with this length, and all borrows of the attachment have ended.
        unsafe { deallocate(entries, self.chunks()) };
    }
}

impl fmt::Debug for Widths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Widths").finish_non_exhaustive()
    }
}

/// Makes the compiler place a branch out of the hot path.
#[cold]
#[inline]
fn rarely() {}

/// Cuts a range at the multiples of `unit`.
fn parts(range: Range<usize>, unit: usize) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let end = if range.is_empty() {
        0
    } else {
        range.end.div_ceil(unit)
    };
    (range.start / unit..end).map(move |number| {
        let begin = number * unit;
        begin.max(range.start)..(begin + unit).min(range.end)
    })
}

fn same(offset: usize, found: usize, width: usize) -> Result<(), Refusal> {
    if found == width {
        return Ok(());
    }
    Err(Refusal::OtherWidth {
        offset,
        width: found,
    })
}

/// Returns an error if the nibbles of these bytes of a cell have another width.
fn compatible(bytes: &Range<usize>, found: u8, width: usize) -> Result<(), Refusal> {
    let begin = bytes.start - bytes.start % CELL;
    [(begin, found & 0xf), (begin + 2, found >> 4)]
        .into_iter()
        .filter(|(_, found)| *found != 0)
        .try_for_each(|(offset, found)| same(offset, found.into(), width))
}

/// Allocates atomics that are all 0, or null.
fn allocate<T>(length: usize) -> Result<*mut T, Refusal> {
    let layout = Layout::array::<T>(length).map_err(|_| Refusal::OutOfMemory)?;
    // SAFETY: no chunk, and no segment, has less than one byte, so that the length is not 0.
    let memory = unsafe { alloc::alloc_zeroed(layout) };
    if memory.is_null() {
        return Err(Refusal::OutOfMemory);
    }
    Ok(memory.cast())
}

/// Frees what [`allocate`] returned.
///
/// # Safety
///
/// `memory` is from [`allocate`] with the same length, and is not used any more.
unsafe fn deallocate<T>(memory: *mut T, length: usize) {
    if let Ok(layout) = Layout::array::<T>(length) {
        // SAFETY: the caller vouches that it was allocated with this layout.
        unsafe { alloc::dealloc(memory.cast(), layout) };
    }
}

#[cfg(test)]
mod tests {
    //! Comparison of the record with one that has a number for each byte.

    use super::{CHUNK, Refusal, Widths};

    const WIDTHS: [usize; 4] = [1, 2, 4, 8];

    /// A reproducible generator of random numbers.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % bound
        }
    }

    /// Applies the same accesses to the record and to a plain one.
    fn compare(size: usize, turns: usize, seed: u64, lengths: impl Fn(&mut Numbers) -> usize) {
        let mut numbers = Numbers(seed);
        let record = Widths::new(size);
        let mut plain = vec![0; size];
        for turn in 0..turns {
            let width = WIDTHS[numbers.below(4)];
            let length = (lengths(&mut numbers) * width).min(size / width * width);
            let offset = numbers.below((size - length) / width + 1) * width;
            let bytes = offset..offset + length;
            let other = bytes.clone().find(|at| ![0, width].contains(&plain[*at]));
            let fixed = record.fix(bytes.clone(), width);
            match other {
                None => {
                    assert_eq!(fixed, Ok(()), "seed {seed}, turn {turn}");
                    plain[bytes.clone()].fill(width);
                    for at in bytes.step_by(width) {
                        assert!(record.is_fixed(at, width), "{seed} {turn} {at}");
                        let others = WIDTHS.into_iter().filter(|other| *other != width);
                        for other in others.filter(|other| at % other == 0 && at + other <= size) {
                            assert!(!record.is_fixed(at, other), "{seed} {turn} {at} {other}");
                        }
                    }
                }
                Some(at) => {
                    let Err(Refusal::OtherWidth { offset, width }) = fixed else {
                        panic!("seed {seed}, turn {turn}: {fixed:?}");
                    };
                    // Two bytes share a nibble.
                    assert_eq!(offset / 2, at / 2, "seed {seed}, turn {turn}");
                    assert_eq!(width, plain[at]);
                }
            }
        }
    }

    #[test]
    fn the_first_width_of_each_byte_stays() {
        for (seed, size) in (0..).zip([8, 32, 40, 101, 1000, CHUNK - 8, 2 * CHUNK + 27]) {
            compare(size, 300, seed, |_| 1);
            compare(size, 300, seed + 100, |numbers| numbers.below(9));
            compare(size, 12, seed + 200, |numbers| numbers.below(CHUNK));
        }
    }

    #[test]
    fn a_slice_that_has_all_takes_no_table() {
        let size = 2 * CHUNK + 100;
        let record = Widths::new(size);
        record.fix(0..size, 4).unwrap();
        let is_table = |at| {
            record
                .entry(at)
                .unwrap()
                .load(super::Ordering::Relaxed)
                .addr()
                > 8
        };
        assert!(!is_table(0) && !is_table(CHUNK) && !is_table(2 * CHUNK));
        assert!(record.is_fixed(size - 4, 4));
        assert_eq!(record.fix(size - 4..size - 4, 8), Ok(()));
        let other = Refusal::OtherWidth {
            offset: CHUNK,
            width: 4,
        };
        assert_eq!(record.fix(CHUNK..CHUNK + 8, 8), Err(other));
    }

    #[test]
    fn a_refused_slice_fixes_nothing() {
        let record = Widths::new(2 * CHUNK);
        record.fix(CHUNK + 8..CHUNK + 16, 8).unwrap();
        assert!(record.fix(0..2 * CHUNK, 2).is_err());
        assert_eq!(record.fix(0..CHUNK + 8, 1), Ok(()));
    }

    /// Of several threads that request different widths, one succeeds.
    #[test]
    fn threads_agree_on_one_width() {
        for turn in 0..200 {
            let record = Widths::new(CHUNK + 64);
            let length = [8, 64, CHUNK, CHUNK + 64][turn % 4];
            let got: Vec<bool> = std::thread::scope(|scope| {
                let threads = WIDTHS.map(|width| {
                    let record = &record;
                    scope.spawn(move || {
                        let fixed = record.fix(0..length, width).is_ok();
                        assert!(!fixed || record.is_fixed(0, width));
                        fixed
                    })
                });
                threads.map(|thread| thread.join().unwrap()).into()
            });
            let winners = got.iter().filter(|got| **got).count();
            // Each thread may have fixed a cell that another one needs, unless there is only one entry to fix.
            assert!(winners <= 1 && (winners == 1 || length != CHUNK), "{got:?}");
        }
    }
}
