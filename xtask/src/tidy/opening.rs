//! Rule 7, first part: every file opens with `//!`.
//!
//! The one check that reads text: after parsing, `//!` cannot be told from `#![doc]`.

use super::report::{Rule, Violation};

/// Why.
const RULE: Rule = Rule {
    number: 7,
    reason: "a file says first what lives in it and what does not",
};

/// The breach, if the first line that is not blank is something else.
pub(crate) fn check(path: &str, text: &str) -> Option<Violation> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    match lines.find(|(line, _)| !line.trim().is_empty()) {
        Some((line, _)) if line.starts_with("//!") => None,
        first => {
            let at = first.map_or(1, |(_, number)| number);
            Some(Violation::new(
                RULE,
                path,
                at,
                "does not open with a `//!` paragraph",
            ))
        }
    }
}
