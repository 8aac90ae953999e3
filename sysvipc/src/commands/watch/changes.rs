//! The differences between two listings.

use std::collections::HashMap;

use serde::Serialize;
use sysv_wrapper::{Kind, Status};

use crate::format::{Names, Time, bytes, count};
use crate::object::{Record, is_same, name, size};
use crate::table::columns::{Lookups, Row};

/// The kind of a change to an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Went,
    Came,
    /// Attachments, messages or bytes on a queue changed.
    Changed(Growth),
}

/// The differences of the numbers that change by use.
#[derive(Debug, Default, Copy, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Growth {
    #[serde(skip_serializing_if = "Option::is_none")]
    attach_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<i64>,
}

impl Growth {
    /// Returns the differences between two listings of the same object; `None` if there are none.
    fn between(before: &Row, now: &Row) -> Option<Growth> {
        let growth = match (before.object.status(), now.object.status()) {
            (Status::Shm(before), Status::Shm(now)) => Growth {
                attach_count: difference(before.attach_count(), now.attach_count()),
                ..Growth::default()
            },
            (Status::Msg(before), Status::Msg(now)) => Growth {
                messages: difference(before.messages(), now.messages()),
                bytes: difference(before.bytes(), now.bytes()),
                ..Growth::default()
            },
            _ => Growth::default(),
        };
        (growth != Growth::default()).then_some(growth)
    }

    /// Formats it with the present numbers: `3 messages (+1), 120 B (+40)`.
    fn text(self, row: &Row) -> String {
        let grown = |by: Option<i64>| by.map_or_else(String::new, |by| format!(" ({by:+})"));
        match row.object.status() {
            Status::Shm(status) => {
                let attachments = count(status.attach_count(), "attachment");
                format!("{attachments}{}", grown(self.attach_count))
            }
            Status::Msg(status) => {
                let messages = count(status.messages(), "message");
                let bytes = bytes(status.bytes());
                format!(
                    "{messages}{}, {bytes}{}",
                    grown(self.messages),
                    grown(self.bytes)
                )
            }
            Status::Sem(_) => size(&row.object),
        }
    }
}

/// Returns the difference of two numbers; `None` if they are equal.
fn difference(before: u64, now: u64) -> Option<i64> {
    // No count of the kernel has 64 bits.
    let by = i128::from(now) - i128::from(before);
    i64::try_from(by).ok().filter(|by| *by != 0)
}

impl Event {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Event::Came => "came",
            Event::Went => "went",
            Event::Changed(_) => "changed",
        }
    }
}

/// An event, its time and its object.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time: Time,
    pub(crate) event: Event,
    /// The object; for a removed object, its state in the last listing.
    pub(crate) row: Row,
}

/// A change in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    time: Time,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    growth: Option<Growth>,
    object: Record,
}

impl Change {
    /// Formats the change in a line.
    pub(crate) fn text(&self, names: &mut Names) -> String {
        let object = &self.row.object;
        let owner = names.user_or_uid(object.status().uid());
        let event = self.event.name();
        let size = match self.event {
            Event::Changed(growth) => growth.text(&self.row),
            Event::Came | Event::Went => size(object),
        };
        format!("{event} {}, owner {owner}, {size}", name(object))
    }

    pub(crate) fn document(&self, lookups: &mut Lookups) -> Document {
        Document {
            time: self.time,
            event: self.event.name(),
            growth: match self.event {
                Event::Changed(growth) => Some(growth),
                Event::Came | Event::Went => None,
            },
            object: self.row.record(lookups),
        }
    }
}

/// The last listing.
#[derive(Debug, Default)]
pub(crate) struct LastListing {
    objects: Option<HashMap<(Kind, i32), Row>>,
}

impl LastListing {
    /// Replaces the listing, and returns the changes. The first listing has none.
    pub(crate) fn update(&mut self, rows: &[Row]) -> Vec<Change> {
        let time = Time::now();
        let id = |row: &Row| (row.object.kind(), row.object.raw_id());
        let now: HashMap<_, _> = rows.iter().map(|row| (id(row), row.clone())).collect();
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
            let of = self.objects.as_ref().and_then(|now| now.get(&id(row)));
            of.is_some_and(|other| is_same(&other.object, &row.object))
        };
        let earlier = |row: &Row| {
            let other = before.get(&id(row))?;
            is_same(&other.object, &row.object).then_some(other)
        };
        let went = before.values().filter(|row| !is_there(row));
        let mut changes: Vec<_> = went.map(|row| change(Event::Went, row)).collect();
        changes.extend(now.filter_map(|(_, row)| {
            let event = match earlier(row) {
                Some(other) => Event::Changed(Growth::between(other, row)?),
                None => Event::Came,
            };
            Some(change(event, row))
        }));
        changes.sort_by_key(|change| {
            let order = match change.event {
                Event::Went => 0,
                Event::Came => 1,
                Event::Changed(_) => 2,
            };
            (order, change.row.object.kind(), change.row.object.raw_id())
        });
        changes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! Rows of private objects, and the changes between two listings.

    use sysv_wrapper::{
        Entry, Kind, MessageQueue, RemoveOnDrop, Selector, SemaphoreSet, SharedMemory,
    };

    use super::{Event, LastListing, Row};
    use crate::format::Names;
    use crate::object::{is_same, name, size};

    /// Returns the row of an object with its present status.
    fn row(kind: Kind, id: i32) -> Row {
        Row::new(Entry::inspect(kind, id).unwrap())
    }

    /// Returns the row of a segment of that size. This and the next two remove the object before they return.
    pub(crate) fn segment(size: usize) -> Row {
        let segment = SharedMemory::builder().size(size).create_private();
        let segment = RemoveOnDrop::new(segment.unwrap());
        row(Kind::SharedMemory, segment.id().as_raw())
    }

    /// Returns the row of a set of that many semaphores.
    pub(crate) fn set(count: usize) -> Row {
        let set = SemaphoreSet::builder()
            .values(vec![0; count])
            .create_private();
        let set = RemoveOnDrop::new(set.unwrap());
        row(Kind::SemaphoreSet, set.id().as_raw())
    }

    /// Returns the row of a queue with that many messages.
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
            (segment(1000), "1000 B"),
            (segment(4096), "4.0 KiB"),
            (set(1), "1 semaphore"),
            (set(3), "3 semaphores"),
            (queue(0), "0 messages"),
            (queue(1), "1 message"),
        ] {
            assert_eq!(size(&row.object), expected);
        }
    }

    #[test]
    fn what_went_is_told_before_what_came_and_each_in_the_order_of_the_kinds() {
        let mut last = LastListing::default();
        let before = [queue(0), segment(1), set(1)];
        // Neither the first listing nor an unchanged one has changes.
        assert!(last.update(&before).is_empty());
        assert!(last.update(&before).is_empty());
        let stays = before[2].clone();
        let changes = last.update(&[queue(0), stays, segment(1)]);
        let events: Vec<_> = changes
            .iter()
            .map(|change| (change.event, change.row.object.kind()))
            .collect();
        assert_eq!(
            events,
            [
                (Event::Went, Kind::SharedMemory),
                (Event::Went, Kind::MessageQueue),
                (Event::Came, Kind::SharedMemory),
                (Event::Came, Kind::MessageQueue),
            ]
        );
        let gone = &before[1].object;
        let text = changes[0].text(&mut Names::default());
        assert!(
            text.starts_with(&format!("went {}, owner ", name(gone))),
            "{text}"
        );
        assert!(text.ends_with("1 B"), "{text}");
    }

    #[test]
    fn what_grows_or_becomes_less_is_told_with_by_how_much() {
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        let segment = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
        let rows = || {
            [
                row(Kind::MessageQueue, queue.id().as_raw()),
                row(Kind::SharedMemory, segment.id().as_raw()),
            ]
        };
        let mut last = LastListing::default();
        let mut told = || {
            let changes = last.update(&rows());
            let text = |change: &super::Change| change.text(&mut Names::default());
            changes
                .iter()
                .map(text)
                .map(|text| text.splitn(3, ", ").nth(2).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        queue.send(1, b"four").unwrap();
        assert!(told().is_empty());
        queue.send(1, b"hours").unwrap();
        let attached = segment.attach().unwrap();
        assert_eq!(told(), ["1 attachment (+1)", "2 messages (+1), 9 B (+5)"]);
        assert!(told().is_empty());
        queue.receive(Selector::Any).unwrap();
        drop(attached);
        assert_eq!(told(), ["0 attachments (-1)", "1 message (-1), 5 B (-4)"]);
    }

    #[test]
    fn an_object_that_changes_is_the_same_and_another_one_is_not() {
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        let now = || Entry::inspect(Kind::MessageQueue, queue.id().as_raw()).unwrap();
        let before = now();
        queue.send(1, b"").unwrap();
        assert!(is_same(&before, &now()));
        assert!(!is_same(&before, &self::queue(0).object));
        assert!(!is_same(&before, &segment(1).object));
    }
}
