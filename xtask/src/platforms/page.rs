//! The page: text and tables.

use std::fmt::Write as _;

use super::lacks::{LACKS, Lack, lists_by};
use crate::bindings::Facts;
use crate::cross::check::{Check, Checks, Outcome};
use crate::cross::record::Record;

/// What is known of one target.
pub(super) struct Row {
    triple: &'static str,
    facts: Facts,
    checks: Checks,
}

impl Row {
    pub(super) fn new(triple: &'static str, facts: Facts, record: &Record) -> Self {
        let checks = record.targets.get(triple).cloned().unwrap_or_default();
        Self {
            triple,
            facts,
            checks,
        }
    }

    fn lacks(&self) -> Vec<&'static Lack> {
        LACKS
            .iter()
            .filter(|lack| lack.is_on(self.triple, &self.facts))
            .collect()
    }
}

/// The target of the machine that all of this is done on, whose tests need no task of their own.
const ORDINARY: &str = "x86_64-unknown-linux-gnu";

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask platforms`. Not to be edited. -->

# Platforms

One row per target that has declarations in `sysv-sys/bindings`. On these, and for these, the crates build without
libclang and without headers. On any other system with System V IPC, the feature `buildtime-bindgen` generates
the declarations from its headers; the rest is untested there.

## What was detected

The questions were put to the headers that are named, by `cargo xtask bindings`. `key` is what C calls the key's
member of `struct ipc_perm` (`ipc_perm::key()` has it on every platform); musl's macros make other spellings compile
too. *Listing* is how one process learns of the objects of all others.

";

const CHECKED: &str = "
## What was checked, and how

By `cargo xtask cross` on one x86_64 machine with Linux; `cargo xtask cross --record` keeps the outcome.

- *Headers*: a C compiler for the target finds the sizes, offsets and constants in the platform's headers that the
  bundled declarations claim; the number is that of the claims.
- *Types*: rustc checks sysv-sys, sysv-ipc, sysv-wrapper, sysvipc and demos, with all features, tests and benches.
- *Tests*: the tests of sysv-sys, sysv-ipc, sysv-wrapper and sysvipc, without those in the docs, run: by the machine itself
  or in an emulator of the processor, in either case on this machine's kernel. In an emulator, those that repeat
  their whole binary are left out, and what is done very often is done a tenth as often.

A dash says that nothing of the kind is on record. What the kernels of macOS and the BSDs do is known from their
manuals, headers and sources only.

";

const FAULTS: &str = "
## Tests that fail in an emulator

Each for a reason of the emulator, which is listed with its reason in `xtask/src/cross/faults/known.rs`; `cargo xtask cross`
fails if one passes.

";

const INSTEAD: &str = "
## What is missing, and what the wrapper does instead

sysv-ipc has a function, a flag or an accessor only where the platform has it. sysv-wrapper has the same methods
everywhere, and where the platform lacks what they need:

";

/// The whole page.
pub(super) fn render(rows: &[Row], tools: &[String]) -> String {
    let mut page = INTRODUCTION.to_owned();
    let detected = rows.iter().map(|row| {
        let facts = &row.facts;
        let headers = facts.headers.split(", from ").next().unwrap_or_default();
        let missing: Vec<&str> = row.lacks().iter().map(|lack| lack.name).collect();
        [
            format!("`{}`", row.triple),
            headers.to_owned(),
            format!("`{}`", facts.key_member),
            yes(facts.union_semun),
            yes(facts.semtimedop),
            lists_by(row.triple, facts).unwrap_or("none").to_owned(),
            if missing.is_empty() {
                "nothing".to_owned()
            } else {
                missing.join(", ")
            },
        ]
    });
    table(
        &mut page,
        [
            "target",
            "headers",
            "key",
            "`union semun`",
            "`semtimedop`",
            "listing",
            "missing",
        ],
        detected,
    );
    page += CHECKED;
    let checked = rows.iter().map(|row| {
        [
            format!("`{}`", row.triple),
            cell(row.checks.headers.as_ref()),
            cell(row.checks.types.as_ref()),
            if row.triple == ORDINARY {
                "by `.ci/run`".to_owned()
            } else {
                cell(row.checks.tests.as_ref())
            },
        ]
    });
    table(&mut page, ["target", "headers", "types", "tests"], checked);
    if !tools.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "\nWith {}.", tools.join("; "));
    }
    page += &faults(rows);
    page += INSTEAD;
    let instead = LACKS.iter().filter_map(|lack| {
        let targets = rows.iter().filter(|row| lack.is_on(row.triple, &row.facts));
        let targets: Vec<&str> = targets.map(|row| row.triple).collect();
        let on = families(rows, &targets);
        (!on.is_empty()).then(|| [lack.name.to_owned(), on, lack.instead.to_owned()])
    });
    table(&mut page, ["missing", "on", "instead"], instead);
    page
}

/// A table of markdown.
fn table<const N: usize>(
    page: &mut String,
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let _ = writeln!(page, "| {} |\n|{}", heading.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = writeln!(page, "| {} |", row.join(" | "));
    }
}

fn yes(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// How a check ended, in a few words.
fn cell(check: Option<&Check>) -> String {
    match check {
        None => "–".to_owned(),
        Some(check) => match check.outcome {
            Outcome::Passed => check.detail.clone(),
            Outcome::Failed => format!("**failed**: {}", check.detail),
            Outcome::Skipped => "not made".to_owned(),
        },
    }
}

/// The section about the emulators, if any has a fault.
fn faults(rows: &[Row]) -> String {
    let mut found: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for row in rows {
        for fault in row.checks.tests.iter().flat_map(|check| &check.faults) {
            let known = found.iter_mut();
            match known
                .into_iter()
                .find(|(test, reason, _)| (*test, *reason) == (&fault.test, &fault.reason))
            {
                Some((_, _, targets)) => targets.push(row.triple),
                None => found.push((&fault.test, &fault.reason, vec![row.triple])),
            }
        }
    }
    if found.is_empty() {
        return String::new();
    }
    let mut section = FAULTS.to_owned();
    let lines = found.into_iter().map(|(test, reason, targets)| {
        [
            format!("`{test}`"),
            families(rows, &targets),
            reason.to_owned(),
        ]
    });
    table(&mut section, ["test", "on", "reason"], lines);
    section
}

/// Targets in few words: a family whole where all of it is meant.
fn families(rows: &[Row], targets: &[&str]) -> String {
    const FAMILIES: [(&str, &str); 6] = [
        ("-linux-gnu", "Linux with glibc"),
        ("-linux-musl", "Linux with musl"),
        ("-apple-darwin", "macOS"),
        ("-freebsd", "FreeBSD"),
        ("-netbsd", "NetBSD"),
        ("-openbsd", "OpenBSD"),
    ];
    let mut words = Vec::new();
    let mut left: Vec<&str> = targets.to_vec();
    for (end, name) in FAMILIES {
        // `gnueabihf` and `musleabihf` are of the family as well.
        let members = || {
            rows.iter()
                .map(|row| row.triple)
                .filter(|triple| triple.contains(end))
        };
        if members().next().is_some() && members().all(|triple| left.contains(&triple)) {
            left.retain(|triple| !triple.contains(end));
            words.push(name.to_owned());
        }
    }
    words.extend(left.into_iter().map(|triple| format!("`{triple}`")));
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Row, render};
    use crate::bindings::Facts;
    use crate::cross::check::{Check, Checks, Known};
    use crate::cross::record::Record;

    fn facts(semtimedop: bool, extensions: &[&str]) -> Facts {
        Facts {
            headers: "someone's 1.0, from a package".to_owned(),
            key_member: "__key".to_owned(),
            union_semun: false,
            semtimedop,
            extensions: extensions
                .iter()
                .map(|&name| (name.to_owned(), true))
                .collect(),
        }
    }

    #[test]
    fn a_row_says_what_is_there_what_was_checked_and_what_is_missing() {
        let mut tests = Check::passed("300 passed on qemu-s390x, 1 fault of the emulator");
        tests.faults.push(Known {
            test: "sysv-ipc/msg pids".to_owned(),
            reason: "it forgets them".to_owned(),
        });
        let checks = Checks {
            headers: Some(Check::passed("12 facts")),
            types: Some(Check::failed("error: no")),
            tests: Some(tests),
        };
        let record = Record {
            tools: vec!["rustc 1".to_owned()],
            targets: BTreeMap::from([("s390x-unknown-linux-gnu".to_owned(), checks)]),
        };
        let whole = [
            "SHM_STAT_ANY",
            "SHM_DEST",
            "MSG_COPY",
            "MSG_EXCEPT",
            "IPC_INFO",
            "SHM_LOCK",
            "SHM_LOCKED",
            "SHM_HUGETLB",
            "SHM_NORESERVE",
            "SHM_EXEC",
            "SHM_REMAP",
        ];
        let rows = [
            Row::new("s390x-unknown-linux-gnu", facts(true, &whole), &record),
            Row::new("x86_64-unknown-openbsd", facts(false, &whole[2..]), &record),
        ];
        let page = render(&rows, &record.tools);
        for line in [
            "| `s390x-unknown-linux-gnu` | someone's 1.0 | `__key` | no | yes | `*_STAT_ANY` | nothing |",
            "| `x86_64-unknown-openbsd` | someone's 1.0 | `__key` | no | no | sysctl `kern.sysvipc_info` | `semtimedop`, status without read permission |",
            "| `s390x-unknown-linux-gnu` | 12 facts | **failed**: error: no | 300 passed on qemu-s390x, 1 fault of the emulator |",
            "| `x86_64-unknown-openbsd` | – | – | – |",
            "With rustc 1.",
            "| `sysv-ipc/msg pids` | Linux with glibc | it forgets them |",
        ] {
            assert!(
                page.lines().any(|found| found == line),
                "{line}\nis not in\n{page}"
            );
        }
        assert!(page.contains("| `semtimedop` | OpenBSD | A wait"), "{page}");
        assert!(!page.contains("| `MSG_COPY` |"), "{page}");
    }
}
