//! Offsets, lengths and ranges: whether they are within the segment. What is not is refused here, before
//! anything moves.

use std::ffi::c_void;
use std::ops::{Bound, RangeBounds};

use super::ReadOnlyAttachment;
use crate::error::{Error, Result};

impl ReadOnlyAttachment {
    /// The address of `length` bytes at `offset`, if all of them are within the segment.
    #[inline]
    pub(super) fn place(
        &self,
        operation: &'static str,
        offset: usize,
        length: usize,
    ) -> Result<*mut c_void> {
        if offset > self.len() || length > self.len() - offset {
            return Err(self.out_of_bounds(operation, offset, length));
        }
        Ok(self.address().wrapping_byte_add(offset))
    }

    /// Offset and length of a range that has to end within the segment. The length may still be too great,
    /// for [`place`](Self::place) to refuse.
    #[inline]
    pub(super) fn span(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let start = first(range);
        match end(range).unwrap_or(self.len()).checked_sub(start) {
            Some(length) => Ok((start, length)),
            None => Err(self.bad_range(operation, range)),
        }
    }

    /// Offset and length of a range that has to begin within the segment, and is cut off at its end.
    pub(super) fn clamped(
        &self,
        operation: &'static str,
        range: &impl RangeBounds<usize>,
    ) -> Result<(usize, usize)> {
        let start = first(range);
        let end = end(range).unwrap_or(self.len());
        if start >= self.len() || start > end {
            return Err(self.bad_range(operation, range));
        }
        Ok((start, end.min(self.len()) - start))
    }

    #[cold]
    fn out_of_bounds(&self, operation: &'static str, offset: usize, length: usize) -> Error {
        let size = self.len();
        let because =
            format!("offset {offset} and length {length} do not fit into its {size} bytes");
        Error::argument(operation, self.subject(), because)
    }

    #[cold]
    fn bad_range(&self, operation: &'static str, range: &impl RangeBounds<usize>) -> Error {
        let start = first(range);
        match end(range) {
            Some(end) if end >= start => self.out_of_bounds(operation, start, end - start),
            None => self.out_of_bounds(operation, start, 0),
            Some(end) => {
                let because = format!("the range begins at {start} and ends before, at {end}");
                Error::argument(operation, self.subject(), because)
            }
        }
    }
}

/// The first index of a range. One that would begin behind the last of all numbers begins at that: beyond
/// every segment, too.
fn first(range: &impl RangeBounds<usize>) -> usize {
    match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    }
}

/// The index behind the last one of a range, if it has an end.
fn end(range: &impl RangeBounds<usize>) -> Option<usize> {
    match range.end_bound() {
        Bound::Included(last) => Some(last.saturating_add(1)),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => None,
    }
}
