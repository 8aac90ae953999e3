//! Rule 7, third part: every row of features.md is in docs/coverage.md.
//!
//! A row is there if a line of a table has its name in the first cell. The rows are those of
//! `../shared/features.md` where that file is at hand, and the ones that it is known to have where it
//! is not. Whether what the table says is true is for the tests that it names.

use std::collections::BTreeSet;
use std::path::Path;

use crate::task::Failure;

use super::files;
use super::report::{Rule, Violation};

/// Why.
const RULE: Rule = Rule {
    number: 7,
    reason: "a feature that no list shows cannot be shown to be done",
};

/// The list that has to be complete, relative to the root.
const COVERAGE: &str = "docs/coverage.md";

/// Where the rows are defined, relative to the root.
const FEATURES: &str = "../shared/features.md";

/// The rows that features.md is known to have: letter and highest number.
const KNOWN: [(char, u32); 5] = [('S', 17), ('W', 8), ('P', 24), ('C', 11), ('N', 12)];

/// The name of a row; in their order.
type Row = (char, u32);

/// The breach, if a row is missing.
pub(crate) fn check(root: &Path) -> Result<Option<Violation>, Failure> {
    let coverage = root.join(COVERAGE);
    if !coverage.is_file() {
        return Ok(Some(Violation::new(RULE, COVERAGE, 1, "does not exist")));
    }
    let covered: BTreeSet<Row> = files::read(&coverage)?
        .lines()
        .flat_map(|line| rows(first_cell(line)))
        .collect();
    let features = root.join(FEATURES);
    let wanted: BTreeSet<Row> = if features.is_file() {
        defined(&files::read(&features)?)
    } else {
        KNOWN
            .iter()
            .flat_map(|&(letter, last)| (1..=last).map(move |n| (letter, n)))
            .collect()
    };
    let missing: Vec<String> = wanted
        .difference(&covered)
        .map(|(letter, number)| format!("{letter}{number}"))
        .collect();
    Ok((!missing.is_empty()).then(|| {
        let message = format!("no table has a row for {}", missing.join(", "));
        Violation::new(RULE, COVERAGE, 1, message)
    }))
}

/// The rows that features.md defines: in the first cells of its tables, and, for N, in its text.
fn defined(features: &str) -> BTreeSet<Row> {
    let in_tables = features.lines().flat_map(|line| rows(first_cell(line)));
    let in_text = rows(features).filter(|&(letter, _)| letter == 'N');
    in_tables.chain(in_text).collect()
}

/// The first cell of a line of a table; nothing of any other line.
fn first_cell(line: &str) -> &str {
    let cells = line.trim_start().strip_prefix('|').unwrap_or("");
    cells.split_once('|').map_or("", |(first, _)| first)
}

/// The names of rows among the words of a text.
fn rows(text: &str) -> impl Iterator<Item = Row> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| {
            let letter = word
                .chars()
                .next()
                .filter(|c| KNOWN.iter().any(|(known, _)| known == c))?;
            let digits = &word[1..];
            let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
            plain
                .then(|| digits.parse().ok())
                .flatten()
                .map(|number| (letter, number))
        })
}
