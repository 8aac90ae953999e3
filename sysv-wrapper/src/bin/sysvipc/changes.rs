//! What came and went between two looks.

use std::collections::HashMap;

use serde::Serialize;
use sysv_wrapper::Kind;

use super::columns::Row;
use super::found::Found;
use super::moment::Moment;
use super::names::Names;
use super::record::Record;

/// What happened to an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Came,
    Went,
}

impl Event {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Event::Came => "came",
            Event::Went => "went",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time: Moment,
    pub(crate) event: Event,
    /// The object, of one that went as it was seen last.
    pub(crate) row: Row,
}

/// The same in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    time: Moment,
    event: &'static str,
    object: Record,
}

impl Change {
    /// In a line, for people.
    pub(crate) fn text(&self, names: &mut Names) -> String {
        let found = &self.row.found;
        let owner = names.user_or_uid(found.uid());
        let event = self.event.name();
        format!("{event} {}, owner {owner}{}", found.name(), measure(found))
    }

    /// In JSON.
    pub(crate) fn document(&self, names: &mut Names) -> Document {
        Document {
            time: self.time,
            event: self.event.name(),
            object: Record::new(&self.row.found, self.row.orphaned, names),
        }
    }
}

/// How large it is, in its kind's own way.
fn measure(found: &Found) -> String {
    match found {
        Found::Segment(entry) => {
            format!(", {}", super::moment::bytes(entry.status().size() as u64))
        }
        Found::Set(entry) => match entry.status().count() {
            1 => ", 1 semaphore".to_owned(),
            count => format!(", {count} semaphores"),
        },
        Found::Queue(entry) => match entry.status().messages() {
            1 => ", 1 message".to_owned(),
            count => format!(", {count} messages"),
        },
    }
}

/// Which objects there were.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    objects: Option<HashMap<(Kind, i32), Row>>,
}

impl Seen {
    /// What is different from the last time. The first time nothing is.
    pub(crate) fn update(&mut self, rows: &[Row]) -> Vec<Change> {
        let time = Moment::now();
        let name = |row: &Row| (row.found.kind(), row.found.id());
        let now: HashMap<_, _> = rows.iter().map(|row| (name(row), row.clone())).collect();
        let Some(before) = self.objects.replace(now) else {
            return Vec::new();
        };
        let now = self.objects.iter().flatten();
        let change = |event, row: &Row| Change {
            time,
            event,
            row: row.clone(),
        };
        let is_there = |row: &Row| {
            let of = self.objects.as_ref().and_then(|now| now.get(&name(row)));
            of.is_some_and(|other| other.found.is_same(&row.found))
        };
        let was_there = |row: &Row| {
            before
                .get(&name(row))
                .is_some_and(|other| other.found.is_same(&row.found))
        };
        let went = before.values().filter(|row| !is_there(row));
        let mut changes: Vec<_> = went.map(|row| change(Event::Went, row)).collect();
        let came = now.map(|(_, row)| row).filter(|row| !was_there(row));
        changes.extend(came.map(|row| change(Event::Came, row)));
        changes.sort_by_key(|change| {
            (
                change.event == Event::Came,
                change.row.found.kind(),
                change.row.found.id(),
            )
        });
        changes
    }
}
