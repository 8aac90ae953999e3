//! `sysvipc list`: every object, as tables or as JSON.

use std::io::Write;

use sysv_wrapper::{Kind, OrphanCheck, Orphaned, SemaphoreSet};

use crate::cli::{KINDS, ListArgs, View, plural};
use crate::exit::{Failure, Outcome, complain};
use crate::format::Names;
use crate::object::{Found, Objects, Record};
use crate::stdio::Output;
use crate::table::columns::Row;

/// Lists.
pub(crate) fn run(args: &ListArgs, mut out: Output) -> Outcome {
    let view = &args.view;
    view.check()?;
    let mut gaps = Gaps::default();
    if args.json {
        json(view, &mut gaps, &mut out)?;
        return out.finish_line();
    }
    let names = &mut Names::default();
    let look = out.look();
    for (place, kind) in view.kinds().into_iter().enumerate() {
        let (rows, unseen) = match view.rows(kind, names) {
            Ok(listed) => listed,
            Err(failure) => {
                out.flush()?;
                return Err(failure);
            }
        };
        if place > 0 {
            writeln!(out)?;
        }
        for row in &rows {
            gaps.look(row);
        }
        gaps.unseen[index(kind)] = unseen;
        view.write(&mut out, look, kind, &rows, usize::MAX, names)?;
    }
    out.finish()?;
    gaps.tell();
    Ok(())
}

/// Writes the JSON document, each object as it comes, unless they are to be sorted.
fn json(view: &View, gaps: &mut Gaps, out: &mut Output) -> Outcome {
    let names = &mut Names::default();
    let judge = &mut OrphanCheck::new();
    out.write_all(b"{\"objects\":[")?;
    let mut is_first = true;
    let mut write = |row: &Row, gaps: &mut Gaps, names: &mut Names| {
        gaps.look(row);
        out.write_all(if is_first { b"\n" } else { b",\n" })?;
        is_first = false;
        serde_json::to_writer(&mut *out, &Record::new(&row.found, row.orphaned, names))?;
        Ok::<(), Failure>(())
    };
    for kind in view.kinds() {
        if view.sort.is_some() {
            let (rows, unseen) = view.rows(kind, names)?;
            gaps.unseen[index(kind)] = unseen;
            rows.iter().try_for_each(|row| write(row, gaps, names))?;
            continue;
        }
        let mut objects = Objects::of(kind)?;
        for found in objects.by_ref() {
            if view.filter.matches(&found, judge) {
                let orphaned = found.orphaned(judge);
                write(&Row { found, orphaned }, gaps, names)?;
            }
        }
        gaps.unseen[index(kind)] = objects.inaccessible();
    }
    let [shm, sem, msg] = gaps.unseen;
    write!(
        out,
        "\n],\"unseen\":{{\"shm\":{shm},\"sem\":{sem},\"msg\":{msg}}}}}"
    )?;
    gaps.tell();
    Ok(())
}

fn index(kind: Kind) -> usize {
    KINDS.iter().position(|of| *of == kind).unwrap_or(0)
}

/// What this user could not see.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    unseen: [u64; 3],
    /// Sets that may not be looked into.
    closed: u64,
}

impl Gaps {
    /// Whether this is a set that one may not look into. That costs a call, and only where the verdict is open.
    fn look(&mut self, row: &Row) {
        if let (Found::Set(entry), Orphaned::Unknown) = (&row.found, row.orphaned) {
            let set: SemaphoreSet = entry.handle();
            let refused = set
                .status()
                .is_err_and(|error| error.is_permission_denied());
            self.closed += u64::from(refused);
        }
    }

    /// Says it on stderr.
    fn tell(&self) {
        for (unseen, kind) in self
            .unseen
            .iter()
            .zip(KINDS)
            .filter(|(unseen, _)| **unseen > 0)
        {
            let kinds = plural(kind);
            complain(format!(
                "{unseen} {kinds} could not be seen: this user may not read them"
            ));
        }
        if self.closed > 0 {
            let closed = self.closed;
            complain(format!(
                "{closed} sets could not be looked into, since this user may not read them: whether they are \
                 orphaned is unknown"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    //! What no terminal is needed for.

    use super::{KINDS, index};

    #[test]
    fn each_kind_has_a_place_of_its_own() {
        assert_eq!(KINDS.map(index), [0, 1, 2]);
    }
}
