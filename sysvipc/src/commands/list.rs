//! `sysvipc list`: objects, as tables or as JSON.

use std::io::Write;

use sysv_wrapper::{Kind, Verdict};

use crate::cli::{KINDS, ListArgs, View, noun};
use crate::exit::{Failure, Result, warn};
use crate::format::count;
use crate::stdio::Output;
use crate::table::columns::{Column, Form, Lookups, Row};

/// Prints the objects.
pub(crate) fn run(args: &ListArgs, out: Output) -> Result {
    let view = &args.view;
    view.check()?;
    let mut gaps = Gaps::default();
    if args.json {
        json(view, &mut gaps, out)?;
    } else {
        let form = Form {
            bytes: view.bytes || args.raw,
            raw: args.raw,
            no_headings: args.no_headings,
        };
        tables(view, form, &mut gaps, out)?;
    }
    gaps.report(view.kinds().len())
}

/// Writes a table for each kind.
fn tables(view: &View, form: Form, gaps: &mut Gaps, mut out: Output) -> Result {
    let lookups = &mut Lookups::default();
    let look = out.look();
    let mut is_first = true;
    for kind in view.kinds() {
        let (rows, inaccessible) = match view.rows(kind, lookups) {
            Ok(rows) => rows,
            Err(failure) => {
                gaps.failures.push(failure);
                continue;
            }
        };
        if !is_first && !form.raw && !form.no_headings {
            writeln!(out)?;
        }
        is_first = false;
        gaps.inaccessible[index(kind)] = inaccessible;
        view.write(&mut out, (look, form), kind, &rows, usize::MAX, lookups)?;
        for row in &rows {
            gaps.count(row);
        }
    }
    out.finish()
}

/// Writes the JSON document. Unless the objects are to be sorted, writes each before it reads the next. Writes nothing
/// if no kind can be listed.
fn json(view: &View, gaps: &mut Gaps, out: Output) -> Result {
    let lookups = &mut Lookups::default();
    let mut document = Document {
        out,
        objects: 0,
        columns: None,
    };
    for kind in view.kinds() {
        document.columns = view.chosen(kind);
        if view.sort.is_some() {
            match view.rows(kind, lookups) {
                Ok((rows, inaccessible)) => {
                    gaps.inaccessible[index(kind)] = inaccessible;
                    document.begin()?;
                    for row in &rows {
                        document.push(row, gaps, lookups)?;
                    }
                }
                Err(failure) => gaps.failures.push(failure),
            }
            continue;
        }
        let mut objects = match view.filter.candidates(kind) {
            Ok(objects) => objects,
            Err(failure) => {
                gaps.failures.push(failure);
                continue;
            }
        };
        document.begin()?;
        for object in objects.by_ref() {
            if view.filter.matches(&object, &mut lookups.judge) {
                document.push(&Row::new(object), gaps, lookups)?;
            }
        }
        gaps.inaccessible[index(kind)] = objects.inaccessible();
    }
    document.end(gaps)
}

/// The JSON document, as far as it was written.
struct Document {
    out: Output,
    /// The number of objects written, plus one for the beginning.
    objects: u64,
    /// The columns whose fields are written; all fields if there are none.
    columns: Option<Vec<&'static Column>>,
}

impl Document {
    fn begin(&mut self) -> Result {
        if self.objects == 0 {
            self.out.write_all(b"{\"objects\":[")?;
            self.objects = 1;
        }
        Ok(())
    }

    fn push(&mut self, row: &Row, gaps: &mut Gaps, lookups: &mut Lookups) -> Result {
        let separator: &[u8] = if self.objects == 1 { b"\n" } else { b",\n" };
        self.out.write_all(separator)?;
        self.objects += 1;
        match &self.columns {
            Some(columns) => self.out.compact_json(&row.fields(columns, lookups)?)?,
            None => self.out.compact_json(&row.record(lookups))?,
        }
        gaps.count(row);
        Ok(())
    }

    fn end(mut self, gaps: &Gaps) -> Result {
        if self.objects == 0 {
            return Ok(());
        }
        let [shm, sem, msg] = gaps.inaccessible;
        let complete = gaps.failures.is_empty() && gaps.inaccessible == [0; 3];
        write!(
            self.out,
            "\n],\"unseen\":{{\"shm\":{shm},\"sem\":{sem},\"msg\":{msg}}},\"complete\":{complete}}}"
        )?;
        self.out.finish_line()
    }
}

fn index(kind: Kind) -> usize {
    KINDS.iter().position(|of| *of == kind).unwrap_or(0)
}

/// The kinds, objects and members that could not be read.
#[derive(Debug, Default)]
struct Gaps {
    /// The kinds that cannot be listed.
    failures: Vec<Failure>,
    /// Objects that the user may not read, by kind.
    inaccessible: [u64; 3],
    /// Listed sets whose members the user may not read.
    unjudged: u64,
}

impl Gaps {
    /// Counts the row if it is a set whose members the user may not read. Makes a call only if the verdict is open.
    fn count(&mut self, row: &Row) {
        if row.known_verdict() != Some(Verdict::Unknown) {
            return;
        }
        if let Some(set) = row.object.semaphore_set() {
            let refused = set
                .status()
                .is_err_and(|error| error.is_permission_denied());
            self.unjudged += u64::from(refused);
        }
    }

    /// Prints the gaps on stderr. Fails if none of the kinds was listed.
    fn report(self, kinds: usize) -> Result {
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
        let nothing_listed = self.failures.len() == kinds;
        let mut failed = Ok(());
        for failure in self.failures {
            let status = failure.report();
            if nothing_listed {
                failed = Err(Failure::silent(status));
            }
        }
        failed
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
