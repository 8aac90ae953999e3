//! The outcome of the last full run that someone wanted kept: `docs/platforms.json`, from which
//! `cargo xtask platforms` makes its page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::check::{Check, Checks};
use crate::task::{self, Failure, workspace_root};

/// What was used, and what came of it, target by target.
#[derive(Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Record {
    /// The compilers and emulators, each in its own words.
    pub(crate) tools: Vec<String>,
    pub(crate) targets: BTreeMap<String, Checks>,
}

/// Where it stands.
pub(crate) fn path() -> PathBuf {
    workspace_root().join("docs/platforms.json")
}

impl Record {
    /// Reads it; one that is not there is empty.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let because = || format!("cannot read {}", path.display());
        let text = fs::read_to_string(path).map_err(Failure::because(because()))?;
        serde_json::from_str(&text).map_err(Failure::because(because()))
    }

    /// Takes in the outcomes of one target. What went wrong is kept in one line; a check that was not made leaves
    /// an older outcome as it is.
    pub(crate) fn take(&mut self, triple: &str, checks: &Checks) {
        let own = self.targets.entry(triple.to_owned()).or_default();
        for (kind, check) in checks.named() {
            if let Some(check) = check {
                let first = check.detail.lines().next().unwrap_or_default().to_owned();
                let check = Check {
                    detail: first,
                    ..check.clone()
                };
                own.set(kind, check);
            }
        }
    }

    /// Writes it.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        task::write_json(path, self)
    }
}

#[cfg(test)]
mod tests {
    use super::Record;
    use crate::cross::check::{Check, Checks};

    #[test]
    fn a_record_is_read_as_it_was_written_and_keeps_what_was_not_checked_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platforms.json");
        let mut record = Record::read(&path).unwrap();
        assert_eq!(record, Record::default());
        record.tools.push("rustc 1".to_owned());
        let whole = Checks {
            headers: Some(Check::passed("9 facts")),
            types: Some(Check::failed("error\nmany lines")),
            tests: None,
        };
        record.take("a", &whole);
        record.take(
            "a",
            &Checks {
                headers: Some(Check::passed("10 facts")),
                ..Checks::default()
            },
        );
        record.write(&path).unwrap();
        let read = Record::read(&path).unwrap();
        assert_eq!(read, record);
        assert_eq!(read.targets["a"].headers, Some(Check::passed("10 facts")));
        assert_eq!(read.targets["a"].types, Some(Check::failed("error")));
    }
}
