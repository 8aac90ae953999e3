//! The tables of objects: their columns, their order and their colours.

use std::cell::OnceCell;
use std::io::{self, Write};
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use serde_json::Value;
use sysv_wrapper::{Entry, Kind, OrphanCheck, Pid, Process, ShmStatus, Status, Verdict};

use super::{Head, KEPT, Table};
use crate::cli::{KINDS, View, kinds};
use crate::exit::{Failure, Result};
use crate::format::{self, Names, Time};
use crate::object::{Record, last_use, word};
use crate::stdio::{BAD, DIM, GOOD, HEADING, Look, WARNING};

/// An object of a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) object: Entry,
    /// The verdict, once a column asked for it.
    verdict: OnceCell<Verdict>,
}

impl Row {
    pub(crate) fn new(object: Entry) -> Row {
        Row {
            object,
            verdict: OnceCell::new(),
        }
    }

    /// Judges the object, the first time. For a set, that takes a call for each semaphore.
    pub(crate) fn verdict(&self, judge: &mut OrphanCheck) -> Verdict {
        *self.verdict.get_or_init(|| judge.judge(&self.object))
    }

    /// Returns the verdict, if the object was judged.
    pub(crate) fn known_verdict(&self) -> Option<Verdict> {
        self.verdict.get().copied()
    }

    /// Returns the object in JSON.
    pub(crate) fn record(&self, lookups: &mut Lookups) -> Record {
        let verdict = self.verdict(&mut lookups.judge);
        Record::new(&self.object, Some(verdict), &mut lookups.names)
    }

    /// Returns the fields of the columns in JSON, in their order. Only the columns `verdict` and `creator-command` take calls.
    pub(crate) fn fields(
        &self,
        columns: &[&'static Column],
        lookups: &mut Lookups,
    ) -> Result<Fields> {
        let has = |name| columns.iter().any(|column| column.name == name);
        let verdict = has("verdict").then(|| self.verdict(&mut lookups.judge));
        let record = Record::new(&self.object, verdict, &mut lookups.names);
        let mut values = serde_json::to_value(record)?;
        if has("creator-command") {
            values["creator_command"] = self.creator_command(&mut lookups.judge).into();
        }
        let names = columns.iter().flat_map(|column| column.fields());
        let mut fields: Vec<(String, Value)> = Vec::new();
        for name in names {
            if fields.iter().all(|(other, _)| *other != name) {
                let value = values[&name].take();
                fields.push((name, value));
            }
        }
        Ok(Fields(fields))
    }

    /// Returns the command line of the process that created the segment, if that still runs.
    fn creator_command(&self, judge: &mut OrphanCheck) -> Option<String> {
        let pid = self.object.status().creator_pid();
        let pid = pid.filter(|pid| !judge.process_is_gone(&self.object, *pid))?;
        Some(Process::find(pid)?.command().to_owned())
    }
}

/// The chosen fields of an object in JSON.
pub(crate) struct Fields(Vec<(String, Value)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Data that the columns look up in addition to the status, each once.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    pub(crate) names: Names,
    pub(crate) judge: OrphanCheck,
}

/// The value of a column.
pub(crate) enum Cell {
    /// A number without a unit; `None` sorts first.
    Number(Option<i128>),
    Bytes(u64),
    Text(String),
    Time(Option<SystemTime>),
    /// The last use: time and event.
    Use(Option<(SystemTime, &'static str)>),
}

/// The format of values.
#[derive(Debug, Default, Copy, Clone)]
pub(crate) struct Form {
    /// Sizes as numbers of bytes.
    pub(crate) bytes: bool,
    /// Times in RFC 3339, one space between columns, and none within.
    pub(crate) raw: bool,
    pub(crate) no_headings: bool,
}

/// The sort key of a value.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Number(Option<i128>),
    Text(String),
    Time(Option<SystemTime>),
}

impl Cell {
    /// Formats the value.
    pub(crate) fn text(self, form: Form) -> String {
        const NONE: &str = "-";
        match self {
            Cell::Bytes(bytes) if form.bytes => bytes.to_string(),
            Cell::Time(Some(time)) if form.raw => Time(time).to_string(),
            Cell::Use(Some((time, what))) if form.raw => format!("{} {what}", Time(time)),
            Cell::Number(number) => number.map_or_else(|| NONE.to_owned(), |n| n.to_string()),
            Cell::Bytes(bytes) => format::bytes(bytes),
            Cell::Text(text) => text,
            Cell::Time(time) => time.map_or_else(|| NONE.to_owned(), |time| Time(time).local()),
            Cell::Use(last) => last.map_or_else(
                || NONE.to_owned(),
                |(time, what)| format!("{} {what}", format::age(Time(time).age())),
            ),
        }
    }

    /// Returns the sort key.
    pub(crate) fn order(self) -> Order {
        match self {
            Cell::Number(number) => Order::Number(number),
            Cell::Bytes(bytes) => Order::Number(Some(bytes.into())),
            Cell::Text(text) => Order::Text(text),
            Cell::Time(time) => Order::Time(time),
            Cell::Use(last) => Order::Time(last.map(|(time, _)| time)),
        }
    }
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// The name for `--columns` and `--sort`; in capitals, the heading.
    pub(crate) name: &'static str,
    /// Whether the values are aligned to the right.
    pub(crate) right: bool,
    /// Returns the value; `None` for kinds without the column.
    pub(crate) cell: fn(&Row, &mut Lookups) -> Option<Cell>,
    /// The kinds that have the column.
    kinds: &'static [Kind],
}

const SEGMENTS: &[Kind] = &[Kind::SharedMemory];
const SETS: &[Kind] = &[Kind::SemaphoreSet];
const QUEUES: &[Kind] = &[Kind::MessageQueue];

fn pid(pid: Option<Pid>) -> Cell {
    Cell::Number(pid.map(|pid| pid.as_raw().into()))
}

fn id(number: u32) -> Cell {
    Cell::Number(Some(number.into()))
}

fn count(number: u64) -> Cell {
    Cell::Number(Some(number.into()))
}

/// A column of all kinds, or of one, by an expression for its value.
macro_rules! column {
    ($name:literal, $right:literal, |$row:ident, $lookups:ident| $cell:expr) => {
        Column {
            name: $name,
            right: $right,
            cell: |$row, $lookups| {
                let _ = &$lookups;
                Some($cell)
            },
            kinds: &KINDS,
        }
    };
    ($name:literal, $right:literal, $kinds:ident $kind:ident, |$status:ident| $cell:expr) => {
        Column {
            name: $name,
            right: $right,
            cell: |row, _| match row.object.status() {
                Status::$kind($status) => Some($cell),
                _ => None,
            },
            kinds: $kinds,
        }
    };
}

/// All columns, in the order of `--columns all`.
pub(crate) static COLUMNS: [Column; 37] = [
    column!("id", true, |row, lookups| Cell::Number(Some(
        row.object.raw_id().into()
    ))),
    column!("key", false, |row, lookups| Cell::Text(
        row.object.key().to_string()
    )),
    column!("owner", false, |row, lookups| Cell::Text(
        lookups.names.user_or_uid(row.object.status().uid())
    )),
    column!("group", false, |row, lookups| Cell::Text(
        lookups.names.group_or_gid(row.object.status().gid())
    )),
    column!("uid", true, |row, lookups| id(row.object.status().uid())),
    column!("gid", true, |row, lookups| id(row.object.status().gid())),
    column!("creator", false, |row, lookups| Cell::Text(
        lookups.names.user_or_uid(row.object.status().creator_uid())
    )),
    column!("creator-group", false, |row, lookups| Cell::Text(
        lookups
            .names
            .group_or_gid(row.object.status().creator_gid())
    )),
    column!("creator-uid", true, |row, lookups| id(row
        .object
        .status()
        .creator_uid())),
    column!("creator-gid", true, |row, lookups| id(row
        .object
        .status()
        .creator_gid())),
    column!("mode", false, |row, lookups| Cell::Text(
        row.object.status().mode().to_string()
    )),
    column!("size", true, SEGMENTS Shm, |status| Cell::Bytes(status.size() as u64)),
    column!("attached", true, SEGMENTS Shm, |status| count(status.attach_count())),
    column!("creator-pid", true, SEGMENTS Shm, |status| pid(status.creator_pid())),
    Column {
        name: "creator-command",
        right: false,
        cell: |row, lookups| {
            let command = row.creator_command(&mut lookups.judge);
            (row.object.kind() == Kind::SharedMemory)
                .then(|| Cell::Text(command.unwrap_or_else(|| "-".to_owned())))
        },
        kinds: SEGMENTS,
    },
    column!("last-pid", true, SEGMENTS Shm, |status| pid(status.last_pid())),
    column!("semaphores", true, SETS Sem, |status| count(status.count() as u64)),
    column!("messages", true, QUEUES Msg, |status| count(status.messages())),
    column!("bytes", true, QUEUES Msg, |status| Cell::Bytes(status.bytes())),
    column!("max-bytes", true, QUEUES Msg, |status| Cell::Bytes(status.max_bytes())),
    column!("send-pid", true, QUEUES Msg, |status| pid(status.last_send_pid())),
    column!("receive-pid", true, QUEUES Msg, |status| pid(status.last_receive_pid())),
    column!("changed", false, |row, lookups| Cell::Time(
        row.object.status().change_time()
    )),
    column!("attach-time", false, SEGMENTS Shm, |status| Cell::Time(status.attach_time())),
    column!("detach-time", false, SEGMENTS Shm, |status| Cell::Time(status.detach_time())),
    column!("operation-time", false, SETS Sem, |status| Cell::Time(status.operation_time())),
    column!("send-time", false, QUEUES Msg, |status| Cell::Time(status.send_time())),
    column!("receive-time", false, QUEUES Msg, |status| Cell::Time(status.receive_time())),
    column!("last-use", false, |row, lookups| Cell::Use(last_use(
        row.object.status()
    ))),
    column!("last-use-time", false, |row, lookups| Cell::Time(
        last_use(row.object.status()).map(|(time, _)| time)
    )),
    column!("verdict", false, |row, lookups| Cell::Text(
        word(row.verdict(&mut lookups.judge)).to_owned()
    )),
    column!("status", false, SEGMENTS Shm, |status| Cell::Text(flags(status))),
    column!("removed", false, SEGMENTS Shm, |status| yes(status.marked_for_removal())),
    column!("locked", false, SEGMENTS Shm, |status| yes(status.locked())),
    column!("kind", false, |row, lookups| Cell::Text(
        row.object.kind().short_name().to_owned()
    )),
    column!("key-decimal", true, |row, lookups| Cell::Number(Some(
        row.object.key().as_raw().into()
    ))),
    column!("age", true, |row, lookups| Cell::Text(
        row.object
            .status()
            .change_time()
            .map_or_else(|| "-".to_owned(), |time| format::age(Time(time).age()))
    )),
];

/// Formats the state of a segment in the words of `ipcs`: `dest` if it is marked for removal, `locked` if it is locked in
/// memory.
fn flags(status: &ShmStatus) -> String {
    let flags = [
        (status.marked_for_removal(), "dest"),
        (status.locked(), "locked"),
    ];
    let set: Vec<_> = flags
        .into_iter()
        .filter_map(|(is_set, word)| is_set.then_some(word))
        .collect();
    if set.is_empty() {
        "-".to_owned()
    } else {
        set.join(",")
    }
}

fn yes(holds: bool) -> Cell {
    Cell::Text(if holds { "yes" } else { "no" }.to_owned())
}

/// The names of the default columns of each kind. The verdict on a set takes calls for each semaphore, and that on a queue a
/// search of all processes: both are shown on request only.
const DEFAULT: [(Kind, &[&str]); 3] = [
    (
        Kind::SharedMemory,
        &[
            "id",
            "key",
            "owner",
            "mode",
            "size",
            "attached",
            "creator-pid",
            "last-use",
            "status",
            "verdict",
        ],
    ),
    (
        Kind::SemaphoreSet,
        &["id", "key", "owner", "mode", "semaphores", "last-use"],
    ),
    (
        Kind::MessageQueue,
        &[
            "id", "key", "owner", "mode", "messages", "bytes", "send-pid", "last-use",
        ],
    ),
];

impl Column {
    /// Returns the column with this name, if the kind has it.
    fn find(name: &str, kind: Kind) -> Option<&'static Column> {
        COLUMNS
            .iter()
            .find(|column| column.name == name && column.has(kind))
    }

    /// Returns whether the kind has the column.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Returns the names of the column's fields in JSON.
    fn fields(&self) -> Vec<String> {
        let names: &[&str] = match self.name {
            "key" => &["key", "key_hex"],
            "key-decimal" => &["key"],
            "owner" => &["user"],
            "creator" => &["creator_user"],
            "attached" => &["attach_count"],
            "send-pid" => &["last_send_pid"],
            "receive-pid" => &["last_receive_pid"],
            "changed" | "age" => &["change_time"],
            "last-use" => &["last_use_time", "last_use"],
            "status" => &["marked_for_removal", "locked"],
            "removed" => &["marked_for_removal"],
            name => return vec![name.replace('-', "_")],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// Returns the default columns of a kind.
fn default_columns(kind: Kind) -> Vec<&'static Column> {
    let shown = DEFAULT.iter().find(|(of, _)| *of == kind);
    let names = shown.map_or(&[][..], |(_, names)| names);
    names
        .iter()
        .filter_map(|name| Column::find(name, kind))
        .collect()
}

/// Returns the columns with these names, without those that the kind does not have; all for `all`.
fn chosen(names: &[String], kind: Kind) -> Vec<&'static Column> {
    if names.iter().any(|name| name == "all") {
        return COLUMNS.iter().filter(|column| column.has(kind)).collect();
    }
    names
        .iter()
        .filter_map(|name| Column::find(name, kind))
        .collect()
}

/// Rejects names that are a column of no kind.
fn check(names: &[String], kinds: &[Kind]) -> Result {
    for name in names.iter().filter(|name| *name != "all") {
        if kinds.iter().all(|kind| Column::find(name, *kind).is_none()) {
            let all = COLUMNS
                .iter()
                .filter(|column| kinds.iter().any(|kind| column.has(*kind)));
            let all: Vec<_> = all.map(|column| column.name).collect();
            return Err(Failure::usage(format!(
                "no column is called `{name}`; the columns are {}",
                all.join(", ")
            )));
        }
    }
    Ok(())
}

/// Sorts rows by a column. The sort is stable.
fn sort(rows: &mut [Row], by: &str, reverse: bool, lookups: &mut Lookups) {
    rows.sort_by_cached_key(|row| {
        let column = Column::find(by, row.object.kind())?;
        (column.cell)(row, lookups).map(Cell::order)
    });
    if reverse {
        rows.reverse();
    }
}

/// Returns the rank of a default column on narrow terminals; see [`Head::rank`].
fn rank(name: &str) -> u8 {
    match name {
        "creator-pid" | "send-pid" => 0,
        "mode" => 1,
        "last-use" | "status" => 2,
        "key" => 3,
        "attached" => 4,
        _ => KEPT,
    }
}

impl View {
    /// Returns the kinds to list.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        kinds(self.kind)
    }

    /// Rejects filters and columns that the kinds do not have.
    pub(crate) fn check(&self) -> Result {
        self.filter.check(self.kind.map(Kind::from))?;
        check(&self.columns, &self.kinds())?;
        check(self.sort.as_slice(), &self.kinds())
    }

    /// Returns the columns that were chosen, as far as the kind has them; `None` if none was.
    pub(crate) fn chosen(&self, kind: Kind) -> Option<Vec<&'static Column>> {
        (!self.columns.is_empty()).then(|| chosen(&self.columns, kind))
    }

    /// Returns the matching objects of a kind, sorted, and how many of that kind the user may not read.
    pub(crate) fn rows(&self, kind: Kind, lookups: &mut Lookups) -> Result<(Vec<Row>, u64)> {
        let (objects, inaccessible) = self.filter.select(kind, &mut lookups.judge)?;
        let mut rows: Vec<_> = objects.into_iter().map(Row::new).collect();
        if let Some(by) = &self.sort {
            sort(&mut rows, by, self.reverse, lookups);
        }
        Ok((rows, inaccessible))
    }

    /// Writes the table of one kind: a title and at most `most` rows.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        (look, form): (Look, Form),
        kind: Kind,
        rows: &[Row],
        most: usize,
        lookups: &mut Lookups,
    ) -> io::Result<()> {
        let title = match kind {
            Kind::SharedMemory => "Shared memory segments",
            Kind::SemaphoreSet => "Semaphore sets",
            Kind::MessageQueue => "Message queues",
        };
        let count = rows.len();
        if form.no_headings || form.raw {
            // Rows alone are for programs.
        } else if rows.is_empty() {
            return writeln!(out, "{}", look.paint(DIM, format!("{title}: none")));
        } else {
            writeln!(out, "{}", look.paint(HEADING, format!("{title}: {count}")))?;
        }
        let shown = self.chosen(kind).unwrap_or_else(|| default_columns(kind));
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
                let text = (column.cell)(row, lookups).map(|cell| cell.text(form));
                (text.unwrap_or_default(), style(column, row))
            }));
        }
        if form.raw {
            return table.write_raw(out, !form.no_headings);
        }
        table.write(out, look, most, !form.no_headings)
    }
}

/// Returns the colour of a cell.
fn style(column: &Column, row: &Row) -> anstyle::Style {
    match (column.name, row.known_verdict()) {
        ("verdict", Some(Verdict::Orphaned)) => BAD,
        ("verdict", Some(Verdict::InUse)) => GOOD,
        ("verdict", Some(Verdict::Unknown)) => WARNING,
        _ => anstyle::Style::new(),
    }
}

#[cfg(test)]
mod tests {
    //! The columns on narrow terminals.

    use super::{KEPT, rank};

    #[test]
    fn columns_go_in_this_order_where_there_is_no_room() {
        let names = [
            "creator-pid",
            "send-pid",
            "mode",
            "last-use",
            "status",
            "key",
            "attached",
            "id",
            "owner",
        ];
        assert_eq!(names.map(rank), [0, 0, 1, 2, 2, 3, 4, KEPT, KEPT]);
    }
}
