//! `sysvipc remove`: removes objects with care.

use std::io::{self, BufRead, IsTerminal, Write};

use serde::Serialize;
use sysv_wrapper::{ErrorKind, Key, Kind, OrphanCheck};

use crate::cli::{Filter, KINDS, RemoveArgs, plural};
use crate::exit::{Failure, Outcome, Status, complain, explain};
use crate::object::{Found, Identity, not_found};
use crate::stdio::{self, DIM, GOOD, Look, Output};

/// What became of an object.
#[derive(Debug, Serialize)]
struct Fate {
    #[serde(flatten)]
    identity: Identity,
    result: &'static str,
    error: Option<String>,
}

/// The whole in JSON.
#[derive(Debug, Serialize)]
struct Document {
    dry_run: bool,
    objects: Vec<Fate>,
}

/// What to do with the results: say them one by one, or keep them for the end.
struct Report {
    out: Output,
    look: Look,
    document: Option<Document>,
    /// Whether somebody still reads; if not, the work goes on all the same.
    lost: Option<Failure>,
    /// The classes of failures.
    failures: Vec<Status>,
}

/// Removes.
pub(crate) fn run(args: &RemoveArgs, out: Output) -> Outcome {
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
                "what is to be removed? Name a kind and ids, or give filters such as --orphaned or --key",
            ));
        }
    };
    if !args.dry_run && !args.yes && chosen.len() > 1 {
        confirm(&chosen)?;
    }
    for found in &chosen {
        if args.dry_run {
            report.tell(found, "would_remove", None);
        } else {
            remove(found, &args.filter, &mut report);
        }
    }
    report.finish(&chosen)
}

/// The objects with these ids; those that are not there are failures.
fn named(args: &RemoveArgs, report: &mut Report) -> Vec<Found> {
    let Some(kind) = args.kind.map(Kind::from) else {
        return Vec::new();
    };
    let mut found: Vec<Found> = Vec::new();
    for id in &args.ids {
        match Found::find(kind, *id) {
            // The same one twice is one.
            Ok(object) if found.iter().all(|other| other.id() != object.id()) => found.push(object),
            Ok(_) => {}
            Err(error) => {
                report.failures.push(error.kind().into());
                complain(explain(&error));
            }
        }
    }
    found
}

/// The objects that the filters leave.
fn filtered(args: &RemoveArgs, kind: Option<Kind>) -> Outcome<Vec<Found>> {
    let kinds = kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind]);
    let judge = &mut OrphanCheck::new();
    let mut chosen = Vec::new();
    for kind in kinds {
        let (found, unseen) = args.filter.select(kind, judge)?;
        chosen.extend(found);
        if unseen > 0 {
            let kinds = plural(kind);
            complain(format!(
                "{unseen} {kinds} could not be seen: this user may not read them"
            ));
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

/// Asks a person, and fails unless the answer is yes.
fn confirm(chosen: &[Found]) -> Outcome {
    let count = chosen.len();
    let stdin = io::stdin();
    if stdio::input_was_closed() || !stdin.is_terminal() {
        return Err(Failure::usage(format!(
            "{count} objects would be removed, and there is no terminal to ask on; --yes does it, --dry-run shows them"
        )));
    }
    let names: Vec<_> = chosen.iter().map(Found::name).collect();
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

/// Removes one: right before, it is compared with what was listed, and judged once more.
fn remove(found: &Found, filter: &Filter, report: &mut Report) {
    let outcome = found.refresh().and_then(|now| {
        if filter.is_some() && !filter.matches(&now, &mut OrphanCheck::new()) {
            return Ok(false);
        }
        found.remove_if_unchanged().map(|()| true)
    });
    match outcome {
        Ok(true) => report.tell(found, "removed", None),
        Ok(false) => {
            let text = format!(
                "{} is not removed: since it was listed it was used",
                found.name()
            );
            report.fail(found, "kept", Status::Conflict, text);
        }
        // What a filter found and somebody else removed is as it should be.
        Err(error) if error.kind() == ErrorKind::Removed && filter.is_some() => {
            report.tell(found, "gone", None);
        }
        Err(error) => report.fail(found, "failed", error.kind().into(), explain(&error)),
    }
}

impl Report {
    /// What was, or would be, done.
    fn tell(&mut self, found: &Found, result: &'static str, error: Option<String>) {
        if let Some(document) = &mut self.document {
            document.objects.push(Fate {
                identity: Identity::new(found),
                result,
                error,
            });
            return;
        }
        let words = match result {
            "would_remove" => self.look.paint(DIM, "would remove"),
            "gone" => self.look.paint(DIM, "was removed by someone else:"),
            _ => self.look.paint(GOOD, "removed"),
        };
        let written = writeln!(self.out, "{words} {}", found.name());
        if let Err(error) = written {
            self.lost.get_or_insert(error.into());
        }
    }

    /// What was not done.
    fn fail(&mut self, found: &Found, result: &'static str, status: Status, text: String) {
        self.failures.push(status);
        complain(&text);
        if self.document.is_some() {
            self.tell(found, result, Some(text));
        }
    }

    /// The end: the JSON document, and one status for all.
    fn finish(self, chosen: &[Found]) -> Outcome {
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
