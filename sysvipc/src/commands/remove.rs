//! `sysvipc remove`: removes objects, each after a comparison with what was listed.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};

use serde::Serialize;
use sysv_wrapper::{
    self as wrapper, AttachedProcesses, Entry, ErrorKind, Key, Kind, OrphanCheck, ShmStatus,
};

use crate::cli::{Filter, KINDS, RemoveArgs, noun};
use crate::exit::{Failure, Result, Status, message, warn};
use crate::format::{Names, count, printable};
use crate::object::{Identity, describe, is_same, name, no_such_key};
use crate::stdio::{self, DIM, GOOD, Look, Output, WARNING};

/// The outcome for an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    WouldRemove,
    /// A removal would mark the segment, which stays until its last detach.
    WouldMark,
    Removed,
    /// The removal marked the segment, which stays until its last detach.
    Marked,
    /// A removal before this one marked the segment.
    AlreadyMarked,
    /// Another process removed the object since it was listed.
    Gone,
    /// The object changed since it was listed.
    Kept,
    Failed,
}

/// An object and its outcome, in JSON.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    identity: Identity,
    result: Action,
    error: Option<String>,
}

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document {
    dry_run: bool,
    objects: Vec<Outcome>,
    /// Whether every object was matched against the filters.
    complete: bool,
}

/// Prints the outcomes one by one, or collects them for the JSON document.
struct Report {
    out: Output,
    look: Look,
    document: Option<Document>,
    /// The first failure to write. The removal continues regardless.
    lost: Option<Failure>,
    /// The status of each failure.
    failures: Vec<Status>,
    /// Whether any outcome was reported.
    is_empty: bool,
    /// The number of further segments to search all processes for.
    searches: u32,
}

/// Removes the objects that ids or filters name.
pub(crate) fn run(args: &RemoveArgs, out: Output) -> Result {
    let kind = args.kind.map(Kind::from);
    args.filter.check(kind)?;
    if args.filter.key.is_some_and(Key::is_private) {
        return Err(Failure::usage(
            "key 0 stands for objects without a key: name them by their ids",
        ));
    }
    if let Some(owner) = args.filter.owner {
        refuse_overflow_user(owner)?;
    }
    let mut report = Report {
        look: out.look(),
        out,
        document: args.json.then(|| Document {
            dry_run: args.dry_run,
            objects: Vec::new(),
            complete: true,
        }),
        lost: None,
        failures: Vec::new(),
        is_empty: true,
        searches: SEARCHES,
    };
    if args.filter.idle && args.filter.older_than.is_none() {
        return Err(Failure::usage(
            "--idle needs --older-than: an object that no recorded process uses may have been set up for others",
        ));
    }
    let chosen = match (args.ids.is_empty(), args.filter.is_some()) {
        (false, true) => {
            return Err(Failure::usage("name ids or give filters, and not both"));
        }
        (false, false) => named(args, &mut report),
        (true, true) => filtered(args, kind, &mut report),
        (true, false) => {
            return Err(Failure::usage(
                "nothing to remove is named: give a kind and ids, or filters such as --orphaned or --key",
            ));
        }
    };
    if !args.dry_run && !args.yes && chosen.len() > 1 {
        confirm(&chosen)?;
    }
    let mut sets = Vec::new();
    for object in &chosen {
        if sets.contains(&(object.kind(), object.raw_id())) {
            continue;
        }
        if args.dry_run {
            if let Some(set) = set_of_area(object) {
                sets.push((set.kind(), set.raw_id()));
                report.print(&set, Action::WouldRemove);
            }
            let action = match removal(object) {
                Removal::AtOnce => Action::WouldRemove,
                Removal::WithLastDetach => Action::WouldMark,
                Removal::Pending => Action::AlreadyMarked,
            };
            report.print(object, action);
        } else {
            let set = remove(object, &args.filter, &mut report);
            sets.extend(set.map(|set| (set.kind(), set.raw_id())));
        }
    }
    report.finish()
}

/// Rejects the overflow user of a user namespace that does not map all users: the kernel reports it as the owner of the
/// objects of every unmapped user.
fn refuse_overflow_user(owner: u32) -> Result {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let is_overflow = read("/proc/sys/kernel/overflowuid").trim().parse() == Ok(owner);
    let mapped: u64 = read("/proc/self/uid_map")
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok())
        .sum();
    // Without /proc or user namespaces nothing is mapped. The number -1 is no user.
    if is_overflow && (1..u64::from(u32::MAX)).contains(&mapped) {
        return Err(Failure::usage(format!(
            "--owner: in this user namespace, user {owner} stands for every user that it does not map; name the \
             objects by their ids"
        )));
    }
    Ok(())
}

/// When the kernel removes an object.
enum Removal {
    AtOnce,
    WithLastDetach,
    /// The segment is marked already.
    Pending,
}

fn removal(object: &Entry) -> Removal {
    match object.status() {
        wrapper::Status::Shm(status) if status.marked_for_removal() => Removal::Pending,
        wrapper::Status::Shm(status) if status.attach_count() > 0 => Removal::WithLastDetach,
        _ => Removal::AtOnce,
    }
}

/// Looks up the objects with these ids. A missing one is a failure.
fn named(args: &RemoveArgs, report: &mut Report) -> Vec<Entry> {
    let Some(kind) = args.kind.map(Kind::from) else {
        return Vec::new();
    };
    let mut objects: Vec<Entry> = Vec::new();
    for id in &args.ids {
        match Entry::inspect(kind, *id) {
            // An id that is given twice counts once.
            Ok(object)
                if objects
                    .iter()
                    .all(|other| other.raw_id() != object.raw_id()) =>
            {
                objects.push(object);
            }
            Ok(_) => {}
            Err(error) => {
                let identity = Identity::by_id(kind, *id);
                report.fail(
                    identity,
                    Action::Failed,
                    Status::from(&error),
                    message(&error),
                );
            }
        }
    }
    objects
}

/// Returns the objects that the filters match.
fn filtered(args: &RemoveArgs, kind: Option<Kind>, report: &mut Report) -> Vec<Entry> {
    let kinds = kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind]);
    let judge = &mut OrphanCheck::new();
    let mut chosen = Vec::new();
    for kind in kinds {
        let (objects, inaccessible) = match args.filter.select(kind, judge) {
            Ok(selected) => selected,
            Err(failure) => {
                report.failures.push(failure.report());
                report.set_incomplete();
                continue;
            }
        };
        chosen.extend(objects);
        if inaccessible > 0 {
            report.set_incomplete();
            let objects = count(inaccessible, noun(kind));
            warn(format!("not considered for lack of permission: {objects}"));
            if args.filter.key.is_some() {
                report.failures.push(Status::Denied);
            }
        }
    }
    // After a failed lookup, an object may have the key.
    let is_missing = chosen.is_empty() && report.failures.is_empty();
    if let (Some(key), true) = (args.filter.key, is_missing) {
        let text = match kind {
            Some(kind) => no_such_key(kind, key),
            None => format!("no object with key {key} is to be removed"),
        };
        let identity = Identity::by_key(kind, key);
        report.fail(identity, Action::Failed, Status::NotFound, text);
    }
    chosen
}

/// Asks on the terminal, and fails unless the answer is yes.
fn confirm(chosen: &[Entry]) -> Result {
    let number = chosen.len();
    let stdin = io::stdin();
    if stdio::input_was_closed() || !stdin.is_terminal() {
        return Err(Failure::usage(format!(
            "{number} objects would be removed, and there is no terminal to ask on; --yes removes them, --dry-run \
             shows them"
        )));
    }
    let names = &mut Names::default();
    let mut searches = SEARCHES;
    let lines: Vec<_> = chosen
        .iter()
        .map(|object| {
            let users = attached_by(object, &mut searches);
            format!("{}, {}{users}", name(object), describe(object, names))
        })
        .collect();
    let question = format!(
        "  {}\nRemove these {number} objects? [y/N] ",
        lines.join("\n  ")
    );
    io::stderr()
        .lock()
        .write_all(question.as_bytes())
        .map_err(|error| {
            Failure::new(
                Status::Failed,
                format!("cannot ask on standard error: {error}"),
            )
        })?;
    let mut answer = String::new();
    stdin
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::input(&error))?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Status::Failed, "nothing was removed")),
    }
}

/// The maximum number of segments that `remove` searches all processes for.
const SEARCHES: u32 = 64;

/// Formats the known processes that have a segment attached; empty if there are none.
fn attached_by(object: &Entry, searches: &mut u32) -> String {
    let status = object.status().as_shm();
    let is_attached = status.is_some_and(|status| status.attach_count() > 0);
    if !is_attached || *searches == 0 {
        return String::new();
    }
    *searches -= 1;
    let segment = object.shared_memory();
    let found = segment.and_then(|segment| segment.attached_processes().ok());
    let processes = found.iter().flat_map(AttachedProcesses::processes);
    let names: Vec<_> = processes
        .map(|attached| {
            let process = attached.process();
            format!("{} ({})", process.pid(), printable(process.name()))
        })
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(", attached by {}", first_of(names))
}

/// Joins the first names, and the number of the others.
fn first_of(mut names: Vec<String>) -> String {
    const MOST: usize = 8;
    let rest = names.split_off(names.len().min(MOST));
    if !rest.is_empty() {
        names.push(format!("{} more", rest.len()));
    }
    names.join(", ")
}

/// Returns the semaphore set of the area of `sync` that a segment is a part of. An area is useless without either part.
#[cfg(target_has_atomic = "64")]
fn set_of_area(object: &Entry) -> Option<Entry> {
    use wrapper::sync;

    let segment = object.shared_memory()?;
    if !sync::is_area(&segment).ok()? {
        return None;
    }
    let status = sync::inspect(segment.id()).ok()?;
    let set = status.has_set().then(|| status.set_id().as_raw())?;
    Entry::inspect(Kind::SemaphoreSet, set).ok()
}

#[cfg(not(target_has_atomic = "64"))]
fn set_of_area(_: &Entry) -> Option<Entry> {
    None
}

/// Removes an object, unless it changed since it was listed or the filters no longer match. The set of an area is removed
/// before its segment, and is returned.
fn remove(object: &Entry, filter: &Filter, report: &mut Report) -> Option<Entry> {
    let mut removed = None;
    let result = object.refresh().and_then(|now| {
        if filter.is_some() && !filter.matches(&now, &mut OrphanCheck::new()) {
            return Ok(Action::Kept);
        }
        if let Removal::Pending = removal(&now) {
            return Ok(Action::AlreadyMarked);
        }
        // Not earlier, since inspecting an area counts as a use.
        if let Some(set) = set_of_area(object) {
            set.remove_if_unchanged()?;
            report.print(&set, Action::Removed);
            removed = Some(set);
        }
        object.remove_if_unchanged()?;
        Ok(after_removal(object))
    });
    match result {
        Ok(Action::Kept) => {
            let text = format!(
                "{} is not removed: it was used since it was listed",
                name(object)
            );
            report.fail(Identity::of(object), Action::Kept, Status::Conflict, text);
        }
        Ok(action) => report.print(object, action),
        // Another process removed the matched object, which is the desired result.
        Err(error) if error.kind() == ErrorKind::Removed && filter.is_some() => {
            report.print(object, Action::Gone);
        }
        Err(error) => {
            let status = Status::from(&error);
            report.fail(
                Identity::of(object),
                Action::Failed,
                status,
                message(&error),
            );
        }
    }
    removed
}

/// Returns whether the object no longer exists. A marked segment stays until its last detach.
fn after_removal(object: &Entry) -> Action {
    match Entry::inspect(object.kind(), object.raw_id()) {
        Ok(now) if is_same(&now, object) => match removal(&now) {
            Removal::Pending => Action::Marked,
            _ => Action::Removed,
        },
        _ => Action::Removed,
    }
}

impl Report {
    /// Records that objects were not matched against the filters, since they could not be read.
    fn set_incomplete(&mut self) {
        if let Some(document) = &mut self.document {
            document.complete = false;
        }
    }

    /// Prints an outcome, or adds it to the document.
    fn print(&mut self, object: &Entry, result: Action) {
        self.is_empty = false;
        if let Some(document) = &mut self.document {
            document.objects.push(Outcome {
                identity: Identity::of(object),
                result,
                error: None,
            });
            return;
        }
        let name = name(object);
        let details = || describe(object, &mut Names::default());
        let (style, words, details) = match result {
            Action::WouldRemove => (DIM, "would remove", details()),
            Action::WouldMark => {
                let details = details() + &attached_by(object, &mut self.searches);
                (DIM, "would mark for removal", details)
            }
            Action::Gone => (DIM, "was removed by another process:", String::new()),
            Action::Marked | Action::AlreadyMarked => {
                let words = match result {
                    Action::Marked => "marked for removal",
                    _ => "already marked for removal",
                };
                let status = object.status().as_shm();
                let attachments = status.map_or(0, ShmStatus::attach_count);
                let of = count(attachments, "attachment");
                let details = format!("it goes with its last detach, of {of}");
                (WARNING, words, details)
            }
            _ => (GOOD, "removed", String::new()),
        };
        let words = self.look.paint(style, words);
        let colon = if details.is_empty() { "" } else { ": " };
        let written = writeln!(self.out, "{words} {name}{colon}{details}");
        if let Err(error) = written {
            self.lost.get_or_insert(error.into());
        }
    }

    /// Reports a failure.
    fn fail(&mut self, identity: Identity, result: Action, status: Status, text: String) {
        self.is_empty = false;
        self.failures.push(status);
        warn(&text);
        if let Some(document) = &mut self.document {
            document.objects.push(Outcome {
                identity,
                result,
                error: Some(text),
            });
        }
    }

    /// Prints the document, and returns one status for all failures.
    fn finish(self) -> Result {
        let Report {
            mut out,
            look,
            document,
            lost,
            failures,
            is_empty,
            searches: _,
        } = self;
        let finished = match document {
            Some(document) => out.json(&document),
            None if is_empty && failures.is_empty() => {
                let line = look.paint(DIM, "nothing to remove");
                writeln!(out, "{line}")
                    .map_err(Failure::from)
                    .and_then(|()| out.finish())
            }
            None => out.finish(),
        };
        match failures.first() {
            Some(first) if failures.iter().all(|status| status == first) => {
                Err(Failure::silent(*first))
            }
            Some(_) => Err(Failure::silent(Status::Failed)),
            None => lost.map_or(finished, Err),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_of;

    #[test]
    fn of_many_processes_the_first_are_named() {
        let names = |count: usize| first_of(vec!["a".to_owned(); count]);
        assert_eq!(names(2), "a, a");
        assert_eq!(names(8), "a, a, a, a, a, a, a, a");
        assert_eq!(names(11), "a, a, a, a, a, a, a, a, 3 more");
    }
}
