//! What a breach is, and how a list of them is printed.
//!
//! Nothing is found here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::task::Failure;

/// A rule as it is quoted in a breach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Its number in the list of layer rules; 0 for what comes before any rule.
    pub(crate) number: u8,
    /// Why it is there.
    pub(crate) reason: &'static str,
}

/// One breach. The order of the fields is the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Violation {
    /// The file, relative to the root.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The number of the rule.
    pub(crate) rule: u8,
    /// What is wrong.
    pub(crate) message: String,
    /// Why the rule exists.
    pub(crate) reason: &'static str,
}

impl Violation {
    /// A breach of `rule`.
    pub(crate) fn new(rule: Rule, file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            rule: rule.number,
            message: message.into(),
            reason: rule.reason,
        }
    }
}

/// One line per breach and a summary, with how the public API was looked at.
pub(crate) fn text(violations: &[Violation], files: usize, api: &str) -> String {
    let mut out = String::new();
    for v in violations {
        let Violation {
            file,
            line,
            rule,
            message,
            reason,
        } = v;
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{file}:{line}: rule {rule}: {message} ({reason})");
    }
    let of = plural(files, "file");
    let _ = if violations.is_empty() {
        write!(out, "tidy: {of} checked, no rule is broken")
    } else {
        let broken: BTreeSet<&str> = violations.iter().map(|v| v.file.as_str()).collect();
        write!(
            out,
            "tidy: {of} checked, {} in {}",
            plural(violations.len(), "violation"),
            plural(broken.len(), "file"),
        )
    };
    out + "; public API: " + api + "\n"
}

/// The breaches as a JSON array.
pub(crate) fn json(violations: &[Violation]) -> Result<String, Failure> {
    serde_json::to_string_pretty(violations)
        .map(|text| text + "\n")
        .map_err(Failure::because("cannot write the report as JSON"))
}

/// "1 file", "2 files".
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
