//! The checks that look at one source at a time: which rule each belongs to, which files it governs,
//! who is excepted, and how exceptions are applied and found to be stale.
//!
//! What a check looks for is in its own file, the exceptions are in `table.rs`.

use std::path::Path;

use super::exception::{Entry, Standing};
use super::report::{Rule, Violation};
use super::source::Source;
use super::{cfgs, clock, docs, drops, names, returns, signatures, table, unsafety};

/// Something that a check found in a source; a breach, unless the table excepts it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The item, for checks that judge items.
    pub(crate) item: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
}

impl Finding {
    /// Something in a line.
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            item: None,
            message: message.into(),
        }
    }
}

/// One check.
pub(crate) struct Check {
    /// The rule that it checks, or checks a part of.
    rule: Rule,
    /// Whether it governs the file with this path.
    governs: fn(&str) -> bool,
    /// Whether it governs unit tests too.
    tests_too: bool,
    /// Who is excepted.
    table: &'static [Entry],
    /// What it finds in a source; the second argument is all sources.
    find: fn(&Source, &[Source]) -> Vec<Finding>,
}

/// All checks, by rule.
pub(crate) const CHECKS: [Check; 9] = [
    Check {
        rule: Rule {
            number: 1,
            reason: "the C names stay in one layer, so that no other has to know the platform",
        },
        governs: |path| !is_build_script(path) && !path.starts_with("sysv-sys/src/"),
        tests_too: true,
        table: table::NAMES,
        find: names::find,
    },
    Check {
        rule: Rule {
            number: 1,
            reason: "a platform's type in a signature makes every dependent depend on libc too",
        },
        governs: |path| path.starts_with("sysv-ipc/src/"),
        tests_too: false,
        table: table::SIGNATURES,
        find: signatures::find,
    },
    Check {
        rule: Rule {
            number: 2,
            reason: "unsafe code is reviewed file by file, and this file is not in the table",
        },
        governs: |_| true,
        tests_too: true,
        table: table::UNSAFE,
        find: unsafety::find,
    },
    Check {
        rule: Rule {
            number: 3,
            reason: "what a failed call looks like is known in one place, ret.rs and errno.rs",
        },
        governs: |path| {
            [
                "sysv-ipc/src/",
                "sysv-wrapper/src/",
                "sysvipc/src/",
                "demos/src/",
            ]
            .iter()
            .any(|d| path.starts_with(d))
        },
        tests_too: false,
        table: table::RETURNS,
        find: returns::find,
    },
    Check {
        rule: Rule {
            number: 4,
            reason: "there is one policy for time and signals, and two places would differ",
        },
        governs: |path| is_above_the_calls(path),
        tests_too: false,
        table: table::CLOCK,
        find: clock::find,
    },
    Check {
        rule: Rule {
            number: 5,
            reason: "the thin layer owns nothing: its ids are numbers that may be copied and sent",
        },
        governs: |path| path.starts_with("sysv-ipc/src/"),
        tests_too: false,
        table: table::DROPS,
        find: drops::find_any,
    },
    Check {
        rule: Rule {
            number: 5,
            reason: "what removes objects without being asked is read in one place, handle.rs",
        },
        governs: |path| is_above_the_calls(path),
        tests_too: false,
        table: table::REMOVAL,
        find: drops::find_removing,
    },
    Check {
        rule: Rule {
            number: 6,
            reason: "sysv-sys detects what a platform has; elsewhere its name would be a guess",
        },
        governs: |path| !path.starts_with("sysv-sys/") && !path.starts_with("xtask/"),
        tests_too: true,
        table: table::PLATFORM,
        find: cfgs::find,
    },
    Check {
        rule: Rule {
            number: 7,
            reason: "what has no documentation is not meant for users",
        },
        governs: |path| is_library(path),
        tests_too: false,
        table: &[],
        find: docs::find,
    },
];

/// The rule about the table itself, quoted with the number of the rule that is excepted from.
const STALE: &str = "an exception that nobody needs hides the next breach";

impl Check {
    /// What breaks the rule in `sources`, and which exceptions are stale.
    pub(crate) fn run(&self, sources: &[Source], root: &Path) -> Vec<Violation> {
        let mut needed = vec![false; self.table.len()];
        let mut violations = Vec::new();
        for source in sources.iter().filter(|s| (self.governs)(&s.path)) {
            for finding in (self.find)(source, sources) {
                if !self.tests_too && source.is_test(finding.line) {
                    continue;
                }
                let mut excepted = false;
                for (entry, needed) in self.table.iter().zip(&mut needed) {
                    if entry.covers(&source.path, finding.item.as_deref()) {
                        *needed = true;
                        excepted = true;
                    }
                }
                if !excepted {
                    let Finding { line, message, .. } = finding;
                    violations.push(Violation::new(self.rule, &source.path, line, message));
                }
            }
        }
        let unneeded = self.table.iter().zip(needed).filter(|(_, needed)| !needed);
        violations.extend(unneeded.filter_map(|(entry, _)| self.stale(entry, root)));
        violations
    }

    /// The breach that an entry is when nobody needed it.
    fn stale(&self, entry: &Entry, root: &Path) -> Option<Violation> {
        let exists = root.join(entry.path).exists();
        let why = match entry.standing {
            Standing::Place => return None,
            Standing::Planned if !exists => return None,
            _ if exists => "does not need it",
            _ => "does not exist",
        };
        let what = entry
            .item
            .map(|item| format!("`{item}` in "))
            .unwrap_or_default();
        Some(Violation::new(
            Rule {
                reason: STALE,
                ..self.rule
            },
            table::PATH,
            usize::try_from(entry.line).unwrap_or(1),
            format!(
                "stale exception: {what}{} {why} (it says: {})",
                entry.path, entry.reason
            ),
        ))
    }
}

/// Whether the file is a build script or a part of one.
fn is_build_script(path: &str) -> bool {
    path.ends_with("/build.rs") || path.contains("/build/")
}

/// Whether the file belongs to the wrapper or to the command.
fn is_above_the_calls(path: &str) -> bool {
    path.starts_with("sysv-wrapper/src/") || path.starts_with("sysvipc/src/")
}

/// Whether the file belongs to a library that others use.
fn is_library(path: &str) -> bool {
    ["sysv-sys", "sysv-ipc", "sysv-wrapper", "demos"]
        .iter()
        .any(|name| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with("/src/"))
        })
}
