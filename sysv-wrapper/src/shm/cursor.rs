//! A cursor over a segment, for code that reads and writes streams.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::Arc;

use crate::shm::{Attachment, ReadOnlyAttachment};

/// A cursor over an attached segment: `Read` and `Seek` for every attachment, `Write` for a writable one. It contains
/// the attachment itself, or a reference, a `Box`, an `Rc` or an `Arc` of it.
///
/// Reads and writes stop at the end of the segment: a write there writes fewer bytes, possibly none, which `write_all`
/// reports as [`WriteZero`](io::ErrorKind::WriteZero). Seeking beyond the end is permitted.
///
/// ```
/// use std::io::{Read, Seek, SeekFrom, Write};
/// use sysv_wrapper::SharedMemory;
///
/// let memory = SharedMemory::builder().size(64).create_private()?.attach()?;
/// memory.remove_when_detached()?;
/// let mut cursor = memory.cursor();
/// write!(cursor, "{} hours to bury a cat", 4)?;
/// cursor.seek(SeekFrom::Start(2))?;
/// let mut word = [0; 5];
/// cursor.read_exact(&mut word)?;
/// assert_eq!(&word, b"hours");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cursor<A> {
    memory: A,
    position: u64,
}

impl<A> Cursor<A> {
    /// Creates a cursor at the beginning of an attachment, or of a reference to one.
    pub fn new(memory: A) -> Cursor<A> {
        Cursor {
            memory,
            position: 0,
        }
    }

    /// Returns the position, in bytes from the beginning of the segment.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Returns the attachment.
    pub fn into_inner(self) -> A {
        self.memory
    }

    /// Returns offset and length of the rest of the segment, at most `wanted` bytes.
    fn rest(&self, size: usize, wanted: usize) -> (usize, usize) {
        let offset = usize::try_from(self.position).map_or(size, |position| position.min(size));
        (offset, wanted.min(size - offset))
    }
}

/// A source for a cursor: attachments of both kinds, and pointers to one.
pub trait Readable {
    /// Returns the memory to read.
    fn readable(&self) -> &ReadOnlyAttachment;
}

/// A target for a cursor: a writable attachment, and pointers to one.
pub trait Writable: Readable {
    /// Returns the memory to write.
    fn writable(&self) -> &Attachment;
}

impl Readable for ReadOnlyAttachment {
    fn readable(&self) -> &ReadOnlyAttachment {
        self
    }
}

impl Readable for Attachment {
    fn readable(&self) -> &ReadOnlyAttachment {
        self
    }
}

impl Writable for Attachment {
    fn writable(&self) -> &Attachment {
        self
    }
}

macro_rules! pointers {
    ($($pointer:ty),+) => {$(
        impl<A: Readable> Readable for $pointer {
            fn readable(&self) -> &ReadOnlyAttachment {
                (**self).readable()
            }
        }

        impl<A: Writable> Writable for $pointer {
            fn writable(&self) -> &Attachment {
                (**self).writable()
            }
        }
    )+};
}

pointers!(&A, Box<A>, Rc<A>, Arc<A>);

impl<A: Readable> Read for Cursor<A> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let memory = self.memory.readable();
        let (offset, length) = self.rest(memory.len(), buffer.len());
        memory.read_at(&mut buffer[..length], offset)?;
        self.position += length as u64;
        Ok(length)
    }
}

impl<A: Writable> Write for Cursor<A> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let memory = self.memory.writable();
        let (offset, length) = self.rest(memory.len(), bytes.len());
        memory.write_at(&bytes[..length], offset)?;
        self.position += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<A: Readable> Seek for Cursor<A> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let size = self.memory.readable().len() as u64;
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => size.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "cannot seek to before the beginning of the segment",
            )
        })?;
        Ok(self.position)
    }
}
