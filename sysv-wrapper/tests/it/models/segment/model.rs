//! The model of a segment: bytes, and the number of attachments. Cursors are those of the standard library.

use std::io::{self, Cursor, Read, Seek, Write};
use std::ops::Bound;

use sysv_wrapper::ErrorKind;

use super::{Access, Action, Gain, Range, Stream, Width};
use crate::models::Outcome;

/// A segment.
#[derive(Debug)]
pub struct Model {
    bytes: Vec<u8>,
    attached: Vec<Attached>,
    removed: bool,
}

/// An attachment.
#[derive(Debug)]
struct Attached {
    read_only: bool,
    /// For each byte, the width of the atomics over it; 0 before the first.
    widths: Vec<usize>,
}

/// Size, attachments, and whether it is marked for removal.
pub type State = (usize, u64, bool);

impl Model {
    pub fn new(size: usize, fill: Option<u8>) -> Model {
        Model {
            bytes: vec![fill.unwrap_or(0); size],
            attached: Vec::new(),
            removed: false,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn state(&self) -> Outcome<State> {
        self.there()?;
        let attached = self.attached.len() as u64;
        Ok((self.bytes.len(), attached, self.removed))
    }

    /// Checks that it exists: a removed segment exists as long as it is attached.
    fn there(&self) -> Outcome<()> {
        if self.removed && self.attached.is_empty() {
            return Err(ErrorKind::Removed);
        }
        Ok(())
    }

    /// Removes it, which succeeds repeatedly as long as it exists.
    fn remove(&mut self) -> Outcome<Gain> {
        self.there()?;
        self.removed = true;
        Ok(Gain::Nothing)
    }

    pub fn act(&mut self, action: &Action) -> Outcome<Gain> {
        let attachments = self.attached.len();
        match action {
            Action::Attach { read_only, .. } => {
                self.there()?;
                self.attached.push(Attached {
                    read_only: *read_only,
                    widths: vec![0; self.bytes.len()],
                });
                Ok(Gain::Nothing)
            }
            Action::Remove => self.remove(),
            // The other actions need an attachment.
            _ if attachments == 0 => Ok(Gain::Nothing),
            Action::Detach(index) => {
                self.attached.remove(index.index(attachments));
                Ok(Gain::Nothing)
            }
            Action::RemoveWhenDetached(index)
                if self.attached[index.index(attachments)].read_only =>
            {
                Ok(Gain::Nothing)
            }
            Action::RemoveWhenDetached(_) => self.remove(),
            Action::Memory(index, access) => self.access(access, index.index(attachments)),
        }
    }

    fn access(&mut self, access: &Access, attached: usize) -> Outcome<Gain> {
        let bytes = &mut self.bytes;
        let Attached { read_only, widths } = &mut self.attached[attached];
        let read_only = *read_only;
        match access {
            Access::Read(length, offset) => {
                let there = part(bytes, *offset, *length)?;
                Ok(Gain::Bytes(there.to_vec()))
            }
            Access::ReadToVec(range) => {
                let (start, end) = ends(range, bytes.len());
                if start >= bytes.len() || end < start {
                    return Err(ErrorKind::InvalidArgument);
                }
                let end = end.min(bytes.len());
                Ok(Gain::Bytes(bytes[start..end].to_vec()))
            }
            Access::ReadValue(width, offset) => {
                let there = part(bytes, *offset, width.bytes())?;
                Ok(Gain::Number(number(there)))
            }
            // A read-only attachment has no method for the rest, except for atomic loads.
            Access::Add(width, more, offset) => {
                let there = part(bytes, *offset, width.bytes())?;
                if offset % width.bytes() > 0 {
                    return Err(ErrorKind::InvalidArgument);
                }
                let is_atomic = !read_only || width.bytes() <= size_of::<usize>();
                let widths = &mut widths[*offset..offset + width.bytes()];
                if is_atomic
                    && widths
                        .iter()
                        .any(|known| ![0, width.bytes()].contains(known))
                {
                    return Err(ErrorKind::InvalidArgument);
                }
                if is_atomic {
                    widths.fill(width.bytes());
                }
                let before = number(there);
                if !read_only {
                    there.copy_from_slice(&width.low(before.wrapping_add(*more)));
                }
                Ok(Gain::Number(before))
            }
            Access::Cursor(steps) if read_only => {
                let mut cursor = Cursor::new(&bytes[..]);
                let steps = steps.iter().map(|step| {
                    let gain = read_step(&mut cursor, step);
                    (gain, cursor.position())
                });
                Ok(Gain::Stream(steps.collect()))
            }
            Access::Cursor(steps) => {
                let mut cursor = Cursor::new(&mut bytes[..]);
                let steps = steps.iter().map(|step| {
                    let gain = match step {
                        Stream::Write(text) => write_some(&mut cursor, text),
                        Stream::WriteAll(text) => write_all(&mut cursor, text),
                        step => read_step(&mut cursor, step),
                    };
                    (gain, cursor.position())
                });
                Ok(Gain::Stream(steps.collect()))
            }
            _ if read_only => Ok(Gain::Nothing),
            Access::Write(text, offset) => {
                part(bytes, *offset, text.len())?.copy_from_slice(text);
                Ok(Gain::Nothing)
            }
            Access::WriteValue(width, value, offset) => {
                part(bytes, *offset, width.bytes())?.copy_from_slice(&width.low(*value));
                Ok(Gain::Nothing)
            }
            Access::Fill(range, byte) => {
                let (start, end) = ends(range, bytes.len());
                let length = end.checked_sub(start).ok_or(ErrorKind::InvalidArgument)?;
                part(bytes, start, length)?.fill(*byte);
                Ok(Gain::Nothing)
            }
        }
    }
}

/// Returns `length` bytes from `offset` on, if they are within the bytes.
fn part(bytes: &mut [u8], offset: usize, length: usize) -> Outcome<&mut [u8]> {
    let end = offset.checked_add(length);
    let range = end.map(|end| offset..end);
    range
        .and_then(|range| bytes.get_mut(range))
        .ok_or(ErrorKind::InvalidArgument)
}

/// Returns the start and the end of a range, saturating.
fn ends(range: &Range, size: usize) -> (usize, usize) {
    let start = match range.0 {
        Bound::Included(place) => place,
        Bound::Excluded(place) => place.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.1 {
        Bound::Included(place) => place.saturating_add(1),
        Bound::Excluded(place) => place,
        Bound::Unbounded => size,
    };
    (start, end)
}

/// Returns the number in these bytes.
fn number(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    let low = if cfg!(target_endian = "big") {
        &mut eight[8 - bytes.len()..]
    } else {
        &mut eight[..bytes.len()]
    };
    low.copy_from_slice(bytes);
    u64::from_ne_bytes(eight)
}

impl Width {
    pub fn bytes(self) -> usize {
        match self {
            Width::One => 1,
            Width::Two => 2,
            Width::Four => 4,
            Width::Eight => 8,
        }
    }

    /// Returns the low bytes of a number, in memory order.
    fn low(self, number: u64) -> Vec<u8> {
        let eight = number.to_ne_bytes();
        if cfg!(target_endian = "big") {
            eight[8 - self.bytes()..].to_vec()
        } else {
            eight[..self.bytes()].to_vec()
        }
    }
}

/// Performs a step that reads or seeks, on either cursor; other steps do nothing.
pub fn read_step(cursor: &mut (impl Read + Seek), step: &Stream) -> Result<Vec<u8>, io::ErrorKind> {
    let kind = |error: io::Error| error.kind();
    match step {
        Stream::Read(length) => {
            let mut buffer = vec![0xa5; *length];
            let read = cursor.read(&mut buffer).map_err(kind)?;
            assert!(buffer[read..].iter().all(|byte| *byte == 0xa5));
            buffer.truncate(read);
            Ok(buffer)
        }
        Stream::ReadToEnd => {
            let mut buffer = Vec::new();
            cursor.read_to_end(&mut buffer).map_err(kind)?;
            Ok(buffer)
        }
        Stream::Seek(to) => {
            let place = cursor.seek(*to).map_err(kind)?;
            Ok(place.to_ne_bytes().to_vec())
        }
        Stream::Write(_) | Stream::WriteAll(_) => Ok(Vec::new()),
    }
}

/// Performs a step that writes as much as fits, and returns the number of bytes.
pub fn write_some(cursor: &mut impl Write, text: &[u8]) -> Result<Vec<u8>, io::ErrorKind> {
    let written = cursor.write(text).map_err(|error| error.kind())?;
    Ok(written.to_ne_bytes().to_vec())
}

/// Performs a step that writes all bytes, or fails at the end.
pub fn write_all(cursor: &mut impl Write, text: &[u8]) -> Result<Vec<u8>, io::ErrorKind> {
    cursor.write_all(text).map_err(|error| error.kind())?;
    cursor.flush().map_err(|error| error.kind())?;
    Ok(Vec::new())
}
