//! What came and went between two looks.

use std::collections::HashMap;

use serde::Serialize;
use sysv_wrapper::Kind;

use crate::format::{self, Time, Names};
use crate::object::{Found, Record};
use crate::table::columns::Row;

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
    pub(crate) time: Time,
    pub(crate) event: Event,
    /// The object, of one that went as it was seen last.
    pub(crate) row: Row,
}

/// The same in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    time: Time,
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
            format!(", {}", format::bytes(entry.status().size() as u64))
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
        let time = Time::now();
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

#[cfg(test)]
pub(crate) mod tests {
    //! Lines of objects of which nobody else knows, and what is told when they come and go.

    use sysv_wrapper::{Kind, MessageQueue, Orphaned, RemoveOnDrop, SemaphoreSet, SharedMemory};

    use super::{Event, Found, Row, Seen, measure};
    use crate::format::Names;

    /// The line of an object, as it is now.
    fn row(kind: Kind, id: i32) -> Row {
        Row {
            found: Found::find(kind, id).unwrap(),
            orphaned: Orphaned::Unknown,
        }
    }

    /// The line of a segment of so many bytes. The object itself is gone, here and below.
    pub(crate) fn segment(size: usize) -> Row {
        let segment = SharedMemory::builder().size(size).create_private();
        let segment = RemoveOnDrop::new(segment.unwrap());
        row(Kind::SharedMemory, segment.id().as_raw())
    }

    /// The line of a set of so many semaphores.
    pub(crate) fn set(count: usize) -> Row {
        let set = SemaphoreSet::builder()
            .values(vec![0; count])
            .create_private();
        let set = RemoveOnDrop::new(set.unwrap());
        row(Kind::Semaphores, set.id().as_raw())
    }

    /// The line of a queue with so many messages.
    pub(crate) fn queue(messages: usize) -> Row {
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        for _ in 0..messages {
            queue.send(1, b"").unwrap();
        }
        row(Kind::MessageQueue, queue.id().as_raw())
    }

    #[test]
    fn how_large_it_is_is_said_in_the_words_of_its_kind() {
        for (row, expected) in [
            (segment(1000), ", 1000 B"),
            (segment(4096), ", 4.0 KiB"),
            (set(1), ", 1 semaphore"),
            (set(3), ", 3 semaphores"),
            (queue(0), ", 0 messages"),
            (queue(1), ", 1 message"),
        ] {
            assert_eq!(measure(&row.found), expected);
        }
    }

    #[test]
    fn what_went_is_told_before_what_came_and_each_in_the_order_of_the_kinds() {
        let mut seen = Seen::default();
        let before = [queue(0), segment(1), set(1)];
        // What is there the first time has not come, and what stays does not come either.
        assert!(seen.update(&before).is_empty());
        assert!(seen.update(&before).is_empty());
        let stays = before[2].clone();
        let changes = seen.update(&[queue(0), stays, segment(1)]);
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.event, change.row.found.kind()))
            .collect();
        assert_eq!(
            told,
            [
                (Event::Went, Kind::SharedMemory),
                (Event::Went, Kind::MessageQueue),
                (Event::Came, Kind::SharedMemory),
                (Event::Came, Kind::MessageQueue),
            ]
        );
        let gone = &before[1].found;
        let text = changes[0].text(&mut Names::default());
        assert!(
            text.starts_with(&format!("went {}, owner ", gone.name())),
            "{text}"
        );
        assert!(text.ends_with(", 1 B"), "{text}");
    }

    #[test]
    fn an_object_that_changes_is_the_same_and_another_one_is_not() {
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        let now = || Found::find(Kind::MessageQueue, queue.id().as_raw()).unwrap();
        let before = now();
        queue.send(1, b"").unwrap();
        assert!(before.is_same(&now()));
        assert!(!before.is_same(&self::queue(0).found));
        assert!(!before.is_same(&segment(1).found));
    }
}
