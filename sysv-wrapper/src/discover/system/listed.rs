//! Tables that the kernel gives as a whole.

use std::vec;

/// All objects of one kind, as they were when the kernel was asked.
pub struct Table<S> {
    entries: vec::IntoIter<(i32, S)>,
}

impl<S> Table<S> {
    pub(super) fn new<I: Into<i32>>(found: impl Iterator<Item = (I, S)>) -> Table<S> {
        let entries: Vec<_> = found.map(|(id, stat)| (id.into(), stat)).collect();
        Table {
            entries: entries.into_iter(),
        }
    }

    /// The kernel asks for no permission, and does not count what it hides from a jail.
    #[allow(clippy::unused_self, reason = "others have something to tell")]
    pub(in crate::discover) fn unseen(&self) -> u64 {
        0
    }
}

impl<S> Iterator for Table<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        self.entries.next()
    }
}
