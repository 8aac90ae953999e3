//! The differences between two listings.

use std::collections::HashMap;

use serde::Serialize;
use sysv_wrapper::Kind;

use crate::format::{Names, Time};
use crate::object::{Record, is_same, name, size};
use crate::table::columns::{Lookups, Row};

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

/// An event, its time and its object.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time: Time,
    pub(crate) event: Event,
    /// The object; one that went, as the last listing had it.
    pub(crate) row: Row,
}

/// A change in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    time: Time,
    event: &'static str,
    object: Record,
}

impl Change {
    /// Formats the change in a line.
    pub(crate) fn text(&self, names: &mut Names) -> String {
        let object = &self.row.object;
        let owner = names.user_or_uid(object.status().uid());
        let event = self.event.name();
        format!("{event} {}, owner {owner}, {}", name(object), size(object))
    }

    pub(crate) fn document(&self, lookups: &mut Lookups) -> Document {
        Document {
            time: self.time,
            event: self.event.name(),
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
    /// Replaces the listing, and returns what is different. Nothing is the first time.
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
        let was_there = |row: &Row| {
            before
                .get(&id(row))
                .is_some_and(|other| is_same(&other.object, &row.object))
        };
        let went = before.values().filter(|row| !is_there(row));
        let mut changes: Vec<_> = went.map(|row| change(Event::Went, row)).collect();
        let came = now.map(|(_, row)| row).filter(|row| !was_there(row));
        changes.extend(came.map(|row| change(Event::Came, row)));
        changes.sort_by_key(|change| {
            (
                change.event == Event::Came,
                change.row.object.kind(),
                change.row.object.raw_id(),
            )
        });
        changes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! Rows of private objects, and the changes between two listings.

    use sysv_wrapper::{Entry, Kind, MessageQueue, RemoveOnDrop, SemaphoreSet, SharedMemory};

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
