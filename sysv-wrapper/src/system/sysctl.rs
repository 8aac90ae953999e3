//! Queries by sysctl: a number, a whole table, and objects one by one.

use sysv_ipc::Errno;

#[cfg(any(target_os = "macos", target_os = "freebsd"))]
use std::ffi::CStr;

/// Maximum number of attempts to read a table that grows in between.
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    test
))]
const TRIES: usize = 4;

/// Returns the number with this name.
#[cfg(any(target_os = "macos", target_os = "freebsd"))]
pub(crate) fn number(name: &CStr) -> sysv_ipc::Result<u64> {
    number_from(|answer| sysv_ipc::sysctl_by_name(name, answer))
}

/// Returns the number in the result, which is an `int` or a `long`. A limit is not negative.
#[cfg(any(target_os = "macos", target_os = "freebsd", test))]
fn number_from(ask: impl FnOnce(&mut [u8]) -> sysv_ipc::Result<usize>) -> sysv_ipc::Result<u64> {
    let mut answer = [0; 8];
    match ask(&mut answer).map_err(unknown)? {
        8 => Ok(u64::from_ne_bytes(answer)),
        4 => {
            let [a, b, c, d, ..] = answer;
            Ok(u32::from_ne_bytes([a, b, c, d]).into())
        }
        _ => Err(Errno::ENOSYS),
    }
}

/// Returns the whole result. With an empty buffer, the kernel reports its length.
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    test
))]
pub(crate) fn table(
    ask: impl Fn(&mut [u8]) -> sysv_ipc::Result<usize>,
) -> sysv_ipc::Result<Vec<u8>> {
    for _ in 0..TRIES {
        let mut answer = vec![0; ask(&mut []).map_err(unknown)?];
        match ask(&mut answer) {
            // A limit was raised in between.
            Err(Errno::ENOMEM) => {}
            written => {
                answer.truncate(written.map_err(unknown)?);
                return Ok(answer);
            }
        }
    }
    Err(Errno::ENOMEM)
}

/// Converts the error for an unknown name: the kernel lacks these objects, or does not report them.
pub(crate) fn unknown(errno: Errno) -> Errno {
    match errno {
        Errno::ENOENT | Errno::EINVAL | Errno::EOPNOTSUPP => Errno::ENOSYS,
        errno => errno,
    }
}

/// All objects of one kind at the time of the query.
#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
pub(crate) struct TableSnapshot<S> {
    entries: std::vec::IntoIter<(i32, S)>,
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
impl<S> TableSnapshot<S> {
    pub(crate) fn new<I: Into<i32>>(found: impl Iterator<Item = (I, S)>) -> TableSnapshot<S> {
        let entries: Vec<_> = found.map(|(id, stat)| (id.into(), stat)).collect();
        TableSnapshot {
            entries: entries.into_iter(),
        }
    }

    /// Returns 0: the kernel needs no permission, and does not count the objects that it hides from a jail.
    #[allow(clippy::unused_self, reason = "other systems have a count")]
    pub(crate) fn inaccessible(&self) -> u64 {
        0
    }
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
impl<S> Iterator for TableSnapshot<S> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        self.entries.next()
    }
}

/// The next cursor, and the id and the state of the object before it.
#[cfg(any(target_os = "macos", test))]
type Found<S> = sysv_ipc::Result<(i32, i32, S)>;

/// All objects of one kind, each at the time of its query.
#[cfg(any(target_os = "macos", test))]
pub(crate) struct TableWalk<S, F = fn(i32) -> Found<S>> {
    from: F,
    place: i32,
    /// The first object, which was read when the table was opened, so that opening could fail.
    first: Option<(i32, S)>,
    over: bool,
    inaccessible: u64,
}

#[cfg(any(target_os = "macos", test))]
impl<S, F: FnMut(i32) -> Found<S>> TableWalk<S, F> {
    /// Opens a table. `from` returns the first object at or after a cursor. The kernel returns the same error number
    /// for "no object" and for "unknown name": `known` is the result of a query that always succeeds on a kernel that
    /// knows the name.
    pub(crate) fn new<L>(known: sysv_ipc::Result<L>, from: F) -> sysv_ipc::Result<TableWalk<S, F>> {
        known.map_err(unknown)?;
        let mut table = TableWalk {
            from,
            place: 0,
            first: None,
            over: false,
            inaccessible: 0,
        };
        table.first = table.ask().map_err(unknown)?;
        Ok(table)
    }

    /// Reads the next object.
    fn ask(&mut self) -> sysv_ipc::Result<Option<(i32, S)>> {
        match (self.from)(self.place) {
            Ok((next, id, stat)) if next > self.place => {
                self.place = next;
                Ok(Some((id, stat)))
            }
            // The cursor does not advance, which would loop forever.
            Ok(_) => Err(Errno::EINVAL),
            // No object from here on, or the previous slot was the last one.
            Err(Errno::ENOENT | Errno::ERANGE) => {
                self.over = true;
                Ok(None)
            }
            Err(errno) => Err(errno),
        }
    }
}

#[cfg(any(target_os = "macos", test))]
impl<S, F> TableWalk<S, F> {
    /// Returns 0 unless a query failed half-way, in which case at least one object is missing. No permission is needed.
    pub(crate) fn inaccessible(&self) -> u64 {
        self.inaccessible
    }
}

#[cfg(any(target_os = "macos", test))]
impl<S, F: FnMut(i32) -> Found<S>> Iterator for TableWalk<S, F> {
    type Item = (i32, S);

    fn next(&mut self) -> Option<(i32, S)> {
        if self.first.is_some() {
            return self.first.take();
        }
        if self.over {
            return None;
        }
        self.ask().unwrap_or_else(|_| {
            self.over = true;
            self.inaccessible += 1;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    mod sysctl {
        //! Kernels, simulated by functions.

        use std::cell::Cell;

        use super::super::{Errno, TRIES, number_from, table};

        /// Simulates a kernel that returns these bytes.
        fn says(bytes: &[u8]) -> impl Fn(&mut [u8]) -> sysv_ipc::Result<usize> {
            move |answer| {
                if answer.is_empty() {
                    return Ok(bytes.len());
                }
                let place = answer.get_mut(..bytes.len()).ok_or(Errno::ENOMEM)?;
                place.copy_from_slice(bytes);
                Ok(bytes.len())
            }
        }

        #[test]
        fn a_number_has_four_bytes_or_eight() {
            assert_eq!(number_from(says(&128_i32.to_ne_bytes())), Ok(128));
            assert_eq!(number_from(says(&(1_u64 << 40).to_ne_bytes())), Ok(1 << 40));
            assert_eq!(number_from(says(&[1, 2])), Err(Errno::ENOSYS));
            assert_eq!(number_from(says(&[0; 12])), Err(Errno::ENOMEM));
        }

        #[test]
        fn a_name_that_the_kernel_does_not_know_is_unsupported() {
            for errno in [Errno::ENOENT, Errno::EINVAL, Errno::EOPNOTSUPP] {
                assert_eq!(number_from(|_| Err(errno)), Err(Errno::ENOSYS));
                assert_eq!(table(|_| Err(errno)), Err(Errno::ENOSYS));
            }
            assert_eq!(table(|_| Err(Errno::EPERM)), Err(Errno::EPERM));
        }

        #[test]
        fn a_table_is_read_whole_although_it_grows_and_shrinks() {
            assert_eq!(table(says(&[1, 2, 3])), Ok(vec![1, 2, 3]));
            assert_eq!(table(says(&[])), Ok(vec![]));
            // The table has one more byte at the third query than at the first.
            let asked = Cell::new(0);
            let grows = |answer: &mut [u8]| {
                asked.set(asked.get() + 1);
                says(&[7; 3][..if asked.get() == 1 { 2 } else { 3 }])(answer)
            };
            assert_eq!(table(grows), Ok(vec![7; 3]));
            let shrinks = |answer: &mut [u8]| Ok(if answer.is_empty() { 3 } else { 2 });
            assert_eq!(table(shrinks), Ok(vec![0; 2]));
        }

        #[test]
        fn a_table_that_never_fits_is_given_up() {
            let asked = Cell::new(0);
            let endless = |answer: &mut [u8]| {
                asked.set(asked.get() + 1);
                if answer.is_empty() {
                    Ok(1)
                } else {
                    Err(Errno::ENOMEM)
                }
            };
            assert_eq!(table(endless), Err(Errno::ENOMEM));
            assert_eq!(asked.get(), 2 * TRIES);
        }
    }

    mod walked {
        //! Kernels, simulated by tables that change while they are read.

        use std::cell::RefCell;

        use super::super::{Errno, Found, TableWalk};

        /// A table of slots that answers queries by cursor as macOS's kernel does.
        struct Kernel(RefCell<Vec<Option<&'static str>>>);

        impl Kernel {
            fn of(slots: &[Option<&'static str>]) -> Kernel {
                Kernel(RefCell::new(slots.to_vec()))
            }

            fn set(&self, slot: usize, what: Option<&'static str>) {
                let mut slots = self.0.borrow_mut();
                let needed = slots.len().max(slot + 1);
                slots.resize(needed, None);
                slots[slot] = what;
            }

            fn from(&self, place: i32) -> Found<&'static str> {
                let slots = self.0.borrow();
                let start = usize::try_from(place).map_err(|_| Errno::ERANGE)?;
                let rest = slots.get(start..).filter(|rest| !rest.is_empty());
                let mut rest = rest.ok_or(Errno::ERANGE)?.iter().zip(place..);
                let found = rest.find_map(|(slot, index)| slot.map(|what| (index, what)));
                let (index, what) = found.ok_or(Errno::ENOENT)?;
                // Sequence number 7, whose ids are positive, and one whose ids are not.
                let seq = if what == "late" { -1 } else { 7 };
                Ok((index + 1, seq << 16 | index, what))
            }

            fn table(
                &self,
            ) -> TableWalk<&'static str, impl FnMut(i32) -> Found<&'static str> + '_> {
                TableWalk::new(Ok(()), |place| self.from(place)).unwrap()
            }
        }

        #[test]
        fn every_object_is_given_once_with_its_id() {
            let kernel = Kernel::of(&[None, Some("a"), None, None, Some("late"), None]);
            let mut table = kernel.table();
            let found: Vec<_> = table.by_ref().collect();
            assert_eq!(found, [(0x7_0001, "a"), (-0x1_0000 | 4, "late")]);
            assert_eq!((table.next(), table.inaccessible()), (None, 0));
        }

        #[test]
        fn a_table_can_end_with_an_object_and_without_one() {
            // The first ends with ERANGE, the second with ENOENT.
            assert_eq!(Kernel::of(&[Some("a")]).table().count(), 1);
            assert_eq!(Kernel::of(&[Some("a"), None]).table().count(), 1);
            // Before the first set is created there is no table; for segments there always is one.
            assert_eq!(Kernel::of(&[]).table().count(), 0);
            assert_eq!(Kernel::of(&[None, None]).table().count(), 0);
        }

        #[test]
        fn what_goes_meanwhile_is_left_out_and_what_comes_behind_is_given() {
            let kernel = Kernel::of(&[Some("a"), Some("b"), Some("c")]);
            let mut table = kernel.table();
            assert_eq!(table.next(), Some((0x7_0000, "a")));
            kernel.set(1, None);
            // The table grows by more slots. The iterator misses an object that is created before the cursor.
            kernel.set(0, Some("early"));
            kernel.set(10, Some("d"));
            let rest: Vec<_> = table.by_ref().map(|(_, what)| what).collect();
            assert_eq!(rest, ["c", "d"]);
            // The iterator stays at the end, even if objects are created after it.
            kernel.set(11, Some("e"));
            assert_eq!((table.next(), table.inaccessible()), (None, 0));
        }

        #[test]
        fn everything_can_go_after_the_first() {
            let kernel = Kernel::of(&[Some("a"), Some("b")]);
            let mut table = kernel.table();
            kernel.set(0, None);
            kernel.set(1, None);
            // It was read when the table was opened.
            assert_eq!(table.next(), Some((0x7_0000, "a")));
            assert_eq!(table.next(), None);
        }

        /// Returns the reason why a table cannot be opened.
        fn refusal(known: sysv_ipc::Result<()>, first: Errno) -> Option<Errno> {
            TableWalk::new(known, |_| Found::<&str>::Err(first)).err()
        }

        #[test]
        fn a_kernel_without_the_name_is_not_an_empty_table() {
            let none = Errno::ENOENT;
            assert_eq!(refusal(Ok(()), none), None);
            assert_eq!(refusal(Err(none), none), Some(Errno::ENOSYS));
            // Another version of the structures.
            assert_eq!(refusal(Ok(()), Errno::EINVAL), Some(Errno::ENOSYS));
            // A sandbox.
            let denied = Errno::EPERM;
            assert_eq!(refusal(Err(denied), denied), Some(denied));
            assert_eq!(refusal(Ok(()), denied), Some(denied));
        }

        #[test]
        fn a_kernel_that_stops_or_stays_ends_the_list_and_is_counted() {
            let stops = |place| match place {
                0 => Ok((1, 0, "a")),
                _ => Err(Errno::ENOMEM),
            };
            let mut table = TableWalk::new(Ok(()), stops).unwrap();
            assert_eq!((table.by_ref().count(), table.inaccessible()), (1, 1));
            assert_eq!((table.next(), table.inaccessible()), (None, 1));
            let mut table = TableWalk::new(Ok(()), |_| Ok((1, 0, "a"))).unwrap();
            assert_eq!((table.by_ref().count(), table.inaccessible()), (1, 1));
        }
    }
}
