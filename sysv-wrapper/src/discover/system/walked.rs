//! Tables that the kernel gives one object after the other: each answer says where to go on from.

use sysv_ipc::Errno;

use super::sysctl::unknown;

/// The next place, and the id and the state of what was found before it.
type Found<S> = sysv_ipc::Result<(i32, i32, S)>;

/// All objects of one kind, each as it was when the kernel was asked for it.
pub struct Table<S, F = fn(i32) -> Found<S>> {
    from: F,
    place: i32,
    /// What was found at the beginning, when the kernel could still refuse.
    first: Option<(i32, S)>,
    over: bool,
    unseen: u64,
}

impl<S, F: FnMut(i32) -> Found<S>> Table<S, F> {
    /// `from` gives the first object from a place on. For "there is none" the kernel has the number that it has for
    /// "no such name" too: `known` is what it said to something that it always answers.
    pub(super) fn new<L>(known: sysv_ipc::Result<L>, from: F) -> sysv_ipc::Result<Table<S, F>> {
        known.map_err(unknown)?;
        let mut table = Table {
            from,
            place: 0,
            first: None,
            over: false,
            unseen: 0,
        };
        table.first = table.ask().map_err(unknown)?;
        Ok(table)
    }

    /// The next object that the kernel tells of.
    fn ask(&mut self) -> sysv_ipc::Result<Option<(i32, S)>> {
        match (self.from)(self.place) {
            Ok((next, id, stat)) if next > self.place => {
                self.place = next;
                Ok(Some((id, stat)))
            }
            // The same would come again and again.
            Ok(_) => Err(Errno::EINVAL),
            // Nothing from here on; or the last slot of all was the one before.
            Err(Errno::ENOENT | Errno::ERANGE) => {
                self.over = true;
                Ok(None)
            }
            Err(errno) => Err(errno),
        }
    }
}

impl<S, F> Table<S, F> {
    /// No permission is asked for: this is only for a kernel that stops to answer half-way, and then there was at
    /// least one more.
    pub(in crate::discover) fn unseen(&self) -> u64 {
        self.unseen
    }
}

impl<S, F: FnMut(i32) -> Found<S>> Iterator for Table<S, F> {
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
            self.unseen += 1;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    //! Kernels as tables that others change while they are read.

    use std::cell::RefCell;

    use super::{Errno, Found, Table};

    /// A table of slots, and what it says of what is found from a place on: as macOS's kernel does.
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

        fn table(&self) -> Table<&'static str, impl FnMut(i32) -> Found<&'static str> + '_> {
            Table::new(Ok(()), |place| self.from(place)).unwrap()
        }
    }

    #[test]
    fn every_object_is_given_once_with_its_id() {
        let kernel = Kernel::of(&[None, Some("a"), None, None, Some("late"), None]);
        let mut table = kernel.table();
        let found: Vec<_> = table.by_ref().collect();
        assert_eq!(found, [(0x7_0001, "a"), (-0x1_0000 | 4, "late")]);
        assert_eq!((table.next(), table.unseen()), (None, 0));
    }

    #[test]
    fn a_table_can_end_with_an_object_and_without_one() {
        // The first ends with ERANGE, the second with ENOENT.
        assert_eq!(Kernel::of(&[Some("a")]).table().count(), 1);
        assert_eq!(Kernel::of(&[Some("a"), None]).table().count(), 1);
        // Nobody has made a set yet: there is no table. Of segments there is one at once.
        assert_eq!(Kernel::of(&[]).table().count(), 0);
        assert_eq!(Kernel::of(&[None, None]).table().count(), 0);
    }

    #[test]
    fn what_goes_meanwhile_is_left_out_and_what_comes_behind_is_given() {
        let kernel = Kernel::of(&[Some("a"), Some("b"), Some("c")]);
        let mut table = kernel.table();
        assert_eq!(table.next(), Some((0x7_0000, "a")));
        kernel.set(1, None);
        // It grows by more slots; before the place where it is read, somebody comes who is not seen.
        kernel.set(0, Some("early"));
        kernel.set(10, Some("d"));
        let rest: Vec<_> = table.by_ref().map(|(_, what)| what).collect();
        assert_eq!(rest, ["c", "d"]);
        // The end was the end, whatever comes after it.
        kernel.set(11, Some("e"));
        assert_eq!((table.next(), table.unseen()), (None, 0));
    }

    #[test]
    fn everything_can_go_after_the_first() {
        let kernel = Kernel::of(&[Some("a"), Some("b")]);
        let mut table = kernel.table();
        kernel.set(0, None);
        kernel.set(1, None);
        // It was asked for when the table was opened.
        assert_eq!(table.next(), Some((0x7_0000, "a")));
        assert_eq!(table.next(), None);
    }

    /// Why a table cannot be opened.
    fn refusal(known: sysv_ipc::Result<()>, first: Errno) -> Option<Errno> {
        Table::new(known, |_| Found::<&str>::Err(first)).err()
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
        let mut table = Table::new(Ok(()), stops).unwrap();
        assert_eq!((table.by_ref().count(), table.unseen()), (1, 1));
        assert_eq!((table.next(), table.unseen()), (None, 1));
        let mut table = Table::new(Ok(()), |_| Ok((1, 0, "a"))).unwrap();
        assert_eq!((table.by_ref().count(), table.unseen()), (1, 1));
    }
}
