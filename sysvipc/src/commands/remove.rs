//! `sysvipc remove`: removes objects, each after a comparison with what was listed.

use std::io::{self, BufRead, IsTerminal, Write};

use serde::Serialize;
use sysv_wrapper::{Entry, ErrorKind, Key, Kind, OrphanCheck};

use crate::cli::{Filter, KINDS, RemoveArgs, noun};
use crate::exit::{Failure, Result, Status, message, warn};
use crate::format::count;
use crate::object::{Identity, name, not_found};
use crate::stdio::{self, DIM, GOOD, Look, Output};

/// What happened to an object.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    identity: Identity,
    result: &'static str,
    error: Option<String>,
}

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document {
    dry_run: bool,
    objects: Vec<Outcome>,
}

/// Prints the outcomes one by one, or collects them for the JSON document.
struct Report {
    out: Output,
    look: Look,
    document: Option<Document>,
    /// The first failure to write. The removal goes on all the same.
    lost: Option<Failure>,
    /// The status of each failure.
    failures: Vec<Status>,
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
    let mut report = Report {
        look: out.look(),
        out,
        document: args.json.then(|| Document {
            dry_run: args.dry_run,
            objects: Vec::new(),
        }),
        lost: None,
        failures: Vec::new(),
    };
    let chosen = match (args.ids.is_empty(), args.filter.is_some()) {
        (false, true) => {
            return Err(Failure::usage("name ids or give filters, and not both"));
        }
        (false, false) => named(args, &mut report),
        (true, true) => filtered(args, kind)?,
        (true, false) => {
            return Err(Failure::usage(
                "nothing to remove is named: give a kind and ids, or filters such as --orphaned or --key",
            ));
        }
    };
    if !args.dry_run && !args.yes && chosen.len() > 1 {
        confirm(&chosen)?;
    }
    for object in &chosen {
        if args.dry_run {
            report.print(object, "would_remove", None);
        } else {
            remove(object, &args.filter, &mut report);
        }
    }
    report.finish(&chosen)
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
                report.failures.push(error.kind().into());
                warn(message(&error));
            }
        }
    }
    objects
}

/// Returns the objects that the filters match.
fn filtered(args: &RemoveArgs, kind: Option<Kind>) -> Result<Vec<Entry>> {
    let kinds = kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind]);
    let judge = &mut OrphanCheck::new();
    let mut chosen = Vec::new();
    for kind in kinds {
        let (objects, inaccessible) = args.filter.select(kind, judge)?;
        chosen.extend(objects);
        if inaccessible > 0 {
            let objects = count(inaccessible, noun(kind));
            warn(format!("not considered for lack of permission: {objects}"));
        }
    }
    match (args.filter.key, chosen.is_empty()) {
        (Some(key), true) => Err(match kind {
            Some(kind) => not_found(kind, key),
            None => Failure::new(
                Status::NotFound,
                format!("no object with key {key} is to be removed"),
            ),
        }),
        _ => Ok(chosen),
    }
}

/// Asks on the terminal, and fails unless the answer is yes.
fn confirm(chosen: &[Entry]) -> Result {
    let count = chosen.len();
    let stdin = io::stdin();
    if stdio::input_was_closed() || !stdin.is_terminal() {
        return Err(Failure::usage(format!(
            "{count} objects would be removed, and there is no terminal to ask on; --yes does it, --dry-run shows them"
        )));
    }
    let names: Vec<_> = chosen.iter().map(name).collect();
    let question = format!(
        "  {}\nRemove these {count} objects? [y/N] ",
        names.join("\n  ")
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

/// Removes an object, unless it changed since it was listed or the filters no longer match.
fn remove(object: &Entry, filter: &Filter, report: &mut Report) {
    let outcome = object.refresh().and_then(|now| {
        if filter.is_some() && !filter.matches(&now, &mut OrphanCheck::new()) {
            return Ok(false);
        }
        object.remove_if_unchanged().map(|()| true)
    });
    match outcome {
        Ok(true) => report.print(object, "removed", None),
        Ok(false) => {
            let text = format!(
                "{} is not removed: it was used since it was listed",
                name(object)
            );
            report.fail(object, "kept", Status::Conflict, text);
        }
        // Another process removed what the filter matched: the result is the wanted one.
        Err(error) if error.kind() == ErrorKind::Removed && filter.is_some() => {
            report.print(object, "gone", None);
        }
        Err(error) => report.fail(object, "failed", error.kind().into(), message(&error)),
    }
}

impl Report {
    /// Prints an outcome, or adds it to the document.
    fn print(&mut self, object: &Entry, result: &'static str, error: Option<String>) {
        if let Some(document) = &mut self.document {
            document.objects.push(Outcome {
                identity: Identity::of(object),
                result,
                error,
            });
            return;
        }
        let words = match result {
            "would_remove" => self.look.paint(DIM, "would remove"),
            "gone" => self.look.paint(DIM, "was removed by another process:"),
            _ => self.look.paint(GOOD, "removed"),
        };
        let written = writeln!(self.out, "{words} {}", name(object));
        if let Err(error) = written {
            self.lost.get_or_insert(error.into());
        }
    }

    /// Reports a failure.
    fn fail(&mut self, object: &Entry, result: &'static str, status: Status, text: String) {
        self.failures.push(status);
        warn(&text);
        if self.document.is_some() {
            self.print(object, result, Some(text));
        }
    }

    /// Prints the document, and returns one status for all failures.
    fn finish(self, chosen: &[Entry]) -> Result {
        let Report {
            mut out,
            look,
            document,
            lost,
            failures,
        } = self;
        let finished = match document {
            Some(document) => out.json(&document),
            None if chosen.is_empty() && failures.is_empty() => {
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
