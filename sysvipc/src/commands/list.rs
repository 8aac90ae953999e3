//! `sysvipc list`: objects, as tables or as JSON.

use std::io::Write;

use sysv_wrapper::{Entry, Kind, OrphanCheck, Verdict};

use crate::cli::{KINDS, ListArgs, View, noun};
use crate::exit::{Failure, Result, warn};
use crate::format::{Names, count};
use crate::object::Record;
use crate::stdio::Output;
use crate::table::columns::Row;

/// Prints the objects.
pub(crate) fn run(args: &ListArgs, mut out: Output) -> Result {
    let view = &args.view;
    view.check()?;
    let mut refusals = Refusals::default();
    if args.json {
        json(view, &mut refusals, &mut out)?;
        return out.finish_line();
    }
    let names = &mut Names::default();
    let look = out.look();
    for (place, kind) in view.kinds().into_iter().enumerate() {
        let (rows, inaccessible) = match view.rows(kind, names) {
            Ok(rows) => rows,
            Err(failure) => {
                out.flush()?;
                return Err(failure);
            }
        };
        if place > 0 {
            writeln!(out)?;
        }
        for row in &rows {
            refusals.count(row);
        }
        refusals.inaccessible[index(kind)] = inaccessible;
        view.write(&mut out, look, kind, &rows, usize::MAX, names)?;
    }
    out.finish()?;
    refusals.print();
    Ok(())
}

/// Writes the JSON document. Unless the objects are to be sorted, writes each before it reads the next.
fn json(view: &View, refusals: &mut Refusals, out: &mut Output) -> Result {
    let names = &mut Names::default();
    let judge = &mut OrphanCheck::new();
    out.write_all(b"{\"objects\":[")?;
    let mut is_first = true;
    let mut write = |row: &Row, refusals: &mut Refusals, names: &mut Names| {
        refusals.count(row);
        out.write_all(if is_first { b"\n" } else { b",\n" })?;
        is_first = false;
        out.compact_json(&Record::new(&row.object, row.verdict, names))?;
        Ok::<(), Failure>(())
    };
    for kind in view.kinds() {
        if view.sort.is_some() {
            let (rows, inaccessible) = view.rows(kind, names)?;
            refusals.inaccessible[index(kind)] = inaccessible;
            rows.iter()
                .try_for_each(|row| write(row, refusals, names))?;
            continue;
        }
        let mut objects = Entry::list(kind)?;
        for object in objects.by_ref() {
            if view.filter.matches(&object, judge) {
                let verdict = judge.judge(&object);
                write(&Row { object, verdict }, refusals, names)?;
            }
        }
        refusals.inaccessible[index(kind)] = objects.inaccessible();
    }
    let [shm, sem, msg] = refusals.inaccessible;
    write!(
        out,
        "\n],\"unseen\":{{\"shm\":{shm},\"sem\":{sem},\"msg\":{msg}}}}}"
    )?;
    refusals.print();
    Ok(())
}

fn index(kind: Kind) -> usize {
    KINDS.iter().position(|of| *of == kind).unwrap_or(0)
}

/// What the user had no permission to read.
#[derive(Debug, Default)]
struct Refusals {
    /// Objects, by kind.
    inaccessible: [u64; 3],
    /// Listed sets whose members are unknown.
    unjudged: u64,
}

impl Refusals {
    /// Counts the row if it is a set whose members the user may not read. Makes a call only if the verdict is open.
    fn count(&mut self, row: &Row) {
        if row.verdict != Verdict::Unknown {
            return;
        }
        if let Some(set) = row.object.semaphore_set() {
            let refused = set
                .status()
                .is_err_and(|error| error.is_permission_denied());
            self.unjudged += u64::from(refused);
        }
    }

    /// Prints the numbers on stderr.
    fn print(&self) {
        for (number, kind) in self.inaccessible.into_iter().zip(KINDS) {
            if number > 0 {
                let objects = count(number, noun(kind));
                warn(format!("not shown for lack of permission: {objects}"));
            }
        }
        if self.unjudged > 0 {
            let sets = count(self.unjudged, noun(Kind::SemaphoreSet));
            warn(format!("without a verdict, for lack of permission: {sets}"));
        }
    }
}

#[cfg(test)]
mod tests {
    //! The order of the kinds.

    use super::{KINDS, index};

    #[test]
    fn each_kind_has_a_place_of_its_own() {
        assert_eq!(KINDS.map(index), [0, 1, 2]);
    }
}
