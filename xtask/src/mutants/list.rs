//! The mutants, as cargo-mutants lists them, numbered by file, place and replacement.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::task::Failure;

/// Whose mutants there are.
pub(super) const PACKAGES: [&str; 3] = ["sysv-ipc", "sysv-wrapper", "sysvipc"];

/// One change of the source.
#[derive(Clone, Debug, Default)]
pub(super) struct Mutant {
    /// Its place in the list.
    pub(super) number: usize,
    /// What cargo-mutants calls it: `file:line:column: change`.
    pub(super) name: String,
    pub(super) package: String,
    pub(super) file: String,
    /// Which kind of change, in the words of cargo-mutants.
    pub(super) genre: String,
    /// What is replaced, in bytes of the file.
    pub(super) span: Range<usize>,
    pub(super) replacement: String,
    /// Whether its function returns an `impl Trait`, so that two bodies would be of two types.
    pub(super) is_opaque: bool,
}

impl Mutant {
    /// What is done, without where: `replace f -> u8 with 0`.
    pub(super) fn change(&self) -> &str {
        self.name.splitn(4, ':').last().unwrap_or_default().trim()
    }

    /// A text of this length or more, with the change in it: the part of it that is in `range`.
    pub(super) fn applied(&self, text: &str, range: &Range<usize>) -> String {
        let (before, after) = (range.start..self.span.start, self.span.end..range.end);
        format!("{}{}{}", &text[before], self.replacement, &text[after])
    }
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    package: String,
    file: String,
    genre: String,
    replacement: String,
    span: Span,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    return_type: String,
}

#[derive(Deserialize)]
struct Span {
    start: Place,
    end: Place,
}

/// Both count from 1, columns in characters.
#[derive(Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

/// All mutants of these packages.
pub(super) fn mutants(root: &Path) -> Result<Vec<Mutant>, Failure> {
    let mut texts = BTreeMap::new();
    let mut found = Vec::new();
    for package in PACKAGES {
        for listed in listed(root, package)? {
            let path = root.join(&listed.file);
            if !texts.contains_key(&listed.file) {
                let text = std::fs::read_to_string(&path).map_err(super::cannot("read", &path))?;
                texts.insert(listed.file.clone(), text);
            }
            found.push(listed.placed(&texts)?);
        }
    }
    let key = |m: &Mutant| (m.file.clone(), m.span.start, m.span.end, m.name.clone());
    found.sort_by_key(key);
    for (number, mutant) in found.iter_mut().enumerate() {
        mutant.number = number;
    }
    Ok(found)
}

/// Has cargo-mutants list the mutants of a package.
fn listed(root: &Path, package: &str) -> Result<Vec<Listed>, Failure> {
    let mut command = Command::new("cargo");
    command
        .args([
            "mutants",
            "--list",
            "--json",
            "--all-features",
            "-p",
            package,
        ])
        .current_dir(root);
    let told = command
        .output()
        .map_err(Failure::because("cannot start cargo"))?;
    if !told.status.success() {
        return Err(Failure::new(format!(
            "cargo mutants --list failed ({}); `cargo install cargo-mutants` installs it\n{}",
            told.status,
            String::from_utf8_lossy(&told.stderr)
        )));
    }
    serde_json::from_slice(&told.stdout).map_err(Failure::because("cargo mutants --list --json"))
}

impl Listed {
    fn placed(self, texts: &BTreeMap<String, String>) -> Result<Mutant, Failure> {
        let text = &texts[&self.file];
        let (start, end) = (self.span.start.offset(text), self.span.end.offset(text));
        let span = start
            .zip(end)
            .map(|(start, end)| start..end)
            .ok_or_else(|| Failure::new(format!("{} is not in the file", self.name)))?;
        Ok(Mutant {
            number: 0,
            is_opaque: self
                .function
                .is_some_and(|function| function.return_type.contains("impl ")),
            name: self.name,
            package: self.package,
            file: self.file,
            genre: self.genre,
            span,
            replacement: self.replacement,
        })
    }
}

impl Place {
    /// In bytes of the text.
    fn offset(&self, text: &str) -> Option<usize> {
        let start = match self.line.checked_sub(2) {
            None => 0,
            Some(line) => text.match_indices('\n').nth(line)?.0 + 1,
        };
        let line = text[start..].split('\n').next()?;
        let columns = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        Some(start + columns.into_iter().nth(self.column.checked_sub(1)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mutant, Place};

    #[test]
    fn columns_are_characters() {
        let text = "a\n… + b\nc";
        let offset = |line, column| Place { line, column }.offset(text);
        assert_eq!(offset(1, 1), Some(0));
        assert_eq!(offset(2, 3), Some("a\n… ".len()));
        assert_eq!(offset(2, 6), Some("a\n… + b".len()));
        assert_eq!(offset(2, 7), None);
        assert_eq!(offset(3, 1), Some(text.len() - 1));
        assert_eq!(offset(4, 1), None);
    }

    #[test]
    fn a_change_has_no_place_and_is_made_at_its_own() {
        let mutant = Mutant {
            name: "a/b.rs:1:2: replace + with - in A::b".to_owned(),
            span: 4..5,
            replacement: "-".to_owned(),
            ..Mutant::default()
        };
        assert_eq!(mutant.change(), "replace + with - in A::b");
        assert_eq!(mutant.applied("{ a + b } c", &(0..9)), "{ a - b }");
    }
}
