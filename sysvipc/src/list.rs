//! `sysvipc list`: every object, as tables or as JSON.

use std::io::Write;

use clap::Args;
use sysv_wrapper::{Judge, Kind, Orphaned, SemaphoreSet};

use super::columns::{self, Column, Row};
use super::exit::{Failure, Outcome, complain};
use super::filter::Filter;
use super::found::{Found, Objects};
use super::names::Names;
use super::output::{BAD, DIM, GOOD, HEADING, Look, Output, WARNING};
use super::record::Record;
use super::table::{Head, KEPT, Table};
use super::values::{KINDS, KindName, plural};

/// What `list` is told.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON, one document instead of tables: all fields, not sorted unless
    /// --sort says so
    #[arg(long, conflicts_with = "columns")]
    json: bool,
    #[command(flatten)]
    pub(crate) view: View,
}

/// Which objects are shown, and how: shared with `watch`.
#[derive(Debug, Clone, Args)]
pub(crate) struct View {
    /// Only this kind
    #[arg(value_enum)]
    kind: Option<KindName>,
    /// Show these columns, separated by commas; `all` shows all
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// Sort by this column, whether it is shown or not
    #[arg(long, value_name = "COLUMN")]
    pub(crate) sort: Option<String>,
    /// Sort the other way round
    #[arg(short, long, requires = "sort")]
    reverse: bool,
    // Last: what follows would stand under its heading.
    #[command(flatten)]
    filter: Filter,
}

/// How much each of the usual columns is wanted where there is no room for all.
fn rank(name: &str) -> u8 {
    match name {
        "creator-pid" | "send-pid" => 0,
        "mode" => 1,
        "last-use" => 2,
        "key" => 3,
        _ => KEPT,
    }
}

impl View {
    /// The kinds that are listed.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.kind
            .map_or_else(|| KINDS.to_vec(), |kind| vec![kind.into()])
    }

    /// Refuses what makes no sense.
    pub(crate) fn check(&self) -> Outcome {
        self.filter.check(self.kind.map(Kind::from))?;
        columns::check(&self.columns, &self.kinds())?;
        columns::check(self.sort.as_slice(), &self.kinds())
    }

    /// The lines of one kind, sorted as asked for, and how many could not be seen.
    pub(crate) fn rows(&self, kind: Kind, names: &mut Names) -> Outcome<(Vec<Row>, u64)> {
        let judge = &mut Judge::new();
        let (found, unseen) = self.filter.select(kind, judge)?;
        let row = |found: Found| Row {
            orphaned: found.orphaned(judge),
            found,
        };
        let mut rows: Vec<_> = found.into_iter().map(row).collect();
        if let Some(by) = &self.sort {
            columns::sort(&mut rows, by, self.reverse, names);
        }
        Ok((rows, unseen))
    }

    /// The table of one kind, with a title.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        look: Look,
        kind: Kind,
        rows: &[Row],
        most: usize,
        names: &mut Names,
    ) -> std::io::Result<()> {
        let title = match kind {
            Kind::SharedMemory => "Shared memory segments",
            Kind::Semaphores => "Semaphore sets",
            Kind::MessageQueue => "Message queues",
        };
        let count = rows.len();
        if rows.is_empty() {
            return writeln!(out, "{}", look.paint(DIM, format!("{title}: none")));
        }
        writeln!(out, "{}", look.paint(HEADING, format!("{title}: {count}")))?;
        let shown = if self.columns.is_empty() {
            columns::usual(kind)
        } else {
            columns::chosen(&self.columns, kind)
        };
        let head = |column: &&Column| Head {
            title: column.name.to_uppercase(),
            right: column.right,
            rank: if self.columns.is_empty() {
                rank(column.name)
            } else {
                KEPT
            },
        };
        if shown.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(shown.iter().map(head).collect());
        for row in rows.iter().take(most) {
            table.push(shown.iter().map(|column| {
                let text = (column.cell)(row, names).map(columns::Cell::text);
                (text.unwrap_or_default(), style(column, row))
            }));
        }
        table.write(out, look, most)
    }
}

/// The colour of a cell.
fn style(column: &Column, row: &Row) -> anstyle::Style {
    match (column.name, row.orphaned) {
        ("orphaned", Orphaned::Yes) => BAD,
        ("orphaned", Orphaned::No) => GOOD,
        ("orphaned", Orphaned::Unknown) => WARNING,
        _ => anstyle::Style::new(),
    }
}

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
    let judge = &mut Judge::new();
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
        gaps.unseen[index(kind)] = objects.unseen();
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

    use super::{KEPT, KINDS, index, rank};

    #[test]
    fn columns_go_in_this_order_where_there_is_no_room() {
        let names = [
            "creator-pid",
            "send-pid",
            "mode",
            "last-use",
            "key",
            "id",
            "owner",
        ];
        assert_eq!(names.map(rank), [0, 0, 1, 2, 3, KEPT, KEPT]);
    }

    #[test]
    fn each_kind_has_a_place_of_its_own() {
        assert_eq!(KINDS.map(index), [0, 1, 2]);
    }
}
