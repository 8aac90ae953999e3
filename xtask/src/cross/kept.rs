//! What test binaries came to, so that one that has not changed need not run again in an emulator because another
//! has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cache;
use super::libtest::End;
use crate::task::{self, Failure};

/// How the tests of one binary ended, by name, and what they said that they had left out.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Outcome {
    pub(super) ends: BTreeMap<String, End>,
    pub(super) skipped: Vec<String>,
}

/// An outcome that was as it should be, and of what.
#[derive(Deserialize, Serialize)]
struct Entry {
    inputs: String,
    outcome: Outcome,
}

/// The outcomes of one target's binaries, one file each.
pub(super) struct Kept {
    /// Nowhere if nothing is to be kept.
    folder: Option<PathBuf>,
}

impl Kept {
    /// In a folder. `None` keeps nothing, and knows nothing.
    pub(super) fn at(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// What the outcome depends on: these files, and words.
    pub(super) fn inputs(files: &[&Path], words: &[String]) -> Result<String, Failure> {
        let names = files.iter().filter_map(|path| path.to_str());
        cache::inputs(Path::new("/"), &names.collect::<Vec<_>>(), words)
    }

    /// The outcome of a binary that was the same.
    pub(super) fn get(&self, name: &str, inputs: &str) -> Option<Outcome> {
        let text = fs::read(self.path(name)?).ok()?;
        let entry: Entry = serde_json::from_slice(&text).ok()?;
        (entry.inputs == inputs).then_some(entry.outcome)
    }

    /// Keeps an outcome.
    pub(super) fn put(&self, name: &str, inputs: &str, outcome: &Outcome) -> Result<(), Failure> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        let entry = Entry {
            inputs: inputs.to_owned(),
            outcome: outcome.clone(),
        };
        task::write_json(&path, &entry)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let name = name.replace('/', "-");
        Some(self.folder.as_ref()?.join(format!("{name}.json")))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{End, Kept, Outcome};

    #[test]
    fn an_outcome_is_that_of_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        fs::write(&binary, "one").unwrap();
        let inputs = || Kept::inputs(&[&binary], &["qemu".to_owned()]).unwrap();
        let kept = Kept::at(Some(folder.path().join("kept")));
        let outcome = Outcome {
            ends: [
                ("a".to_owned(), End::Passed),
                ("b".to_owned(), End::Failed("words".to_owned())),
            ]
            .into(),
            skipped: vec!["c".to_owned()],
        };
        kept.put("crate/binary", &inputs(), &outcome).unwrap();
        assert_eq!(kept.get("crate/binary", &inputs()), Some(outcome));
        assert_eq!(kept.get("crate/other", &inputs()), None);
        fs::write(&binary, "two").unwrap();
        assert_eq!(kept.get("crate/binary", &inputs()), None);
        assert_eq!(Kept::at(None).get("crate/binary", &inputs()), None);
    }
}
