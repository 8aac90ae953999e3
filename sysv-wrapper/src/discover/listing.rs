//! All objects of a kind, one after the other.

use std::fmt;
use std::iter::FusedIterator;

use super::entry::Entry;
use super::kinds::Listed;
use super::system::Table;
use crate::error::{Error, Result};
use crate::object::Subject;

/// All objects of one kind: an iterator of [`Entry`], which asks for one after the other and keeps none of them.
/// Made by `list` of [`SharedMemory`](crate::SharedMemory::list), [`SemaphoreSet`](crate::SemaphoreSet::list) and
/// [`MessageQueue`](crate::MessageQueue::list).
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SharedMemory};
///
/// let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_private()?);
/// let mut segments = SharedMemory::list()?;
/// let found = segments.find(|entry| entry.handle() == *memory).unwrap();
/// assert_eq!(found.status().size(), 100);
/// assert_eq!(segments.unseen(), 0);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[must_use = "the kernel is asked when the iterator is"]
pub struct Listing<H: Listed> {
    table: Table<H::Stat>,
}

impl<H: Listed> Listing<H> {
    pub(super) fn new() -> Result<Listing<H>> {
        H::table()
            .map(|table| Listing { table })
            .map_err(|errno| Error::call("list or find", Subject::of(H::KIND), errno))
    }

    /// How many objects were there, up to now, that this user may not even see. Always 0 on Linux from 4.17 on,
    /// unless a security module forbids it.
    pub fn unseen(&self) -> u64 {
        self.table.unseen()
    }
}

impl<H: Listed> Iterator for Listing<H> {
    type Item = Entry<H>;

    fn next(&mut self) -> Option<Entry<H>> {
        self.table.next().map(|(id, stat)| Entry::new(id, stat))
    }
}

impl<H: Listed> FusedIterator for Listing<H> {}

impl<H: Listed> fmt::Debug for Listing<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("kind", &H::KIND)
            .field("unseen", &self.unseen())
            .finish_non_exhaustive()
    }
}
