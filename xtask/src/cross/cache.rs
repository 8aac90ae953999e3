//! What need not be done again: a check that passed, as long as nothing that it looks at has changed.
//!
//! Only success is kept. What failed, or could not be made, may do better next time.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::check::{Check, Kind, Outcome};
use crate::task::{self, Failure};

/// The checks that passed, in one file per target.
pub(super) struct Cache {
    /// Nowhere if nothing is to be kept.
    folder: Option<PathBuf>,
}

/// One check that passed, and on what.
#[derive(Deserialize, Serialize)]
struct Entry {
    inputs: String,
    check: Check,
}

type Entries = BTreeMap<String, Entry>;

impl Cache {
    /// In a folder. `None` keeps nothing, and knows nothing.
    pub(super) fn at(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The check that passed on the same inputs, if there is one.
    pub(super) fn get(&self, triple: &str, kind: Kind, inputs: &str) -> Option<Check> {
        let mut entries = self.read(triple)?;
        let entry = entries.remove(kind.name())?;
        (entry.inputs == inputs).then_some(entry.check)
    }

    /// Keeps a check if it passed, and forgets an older one otherwise.
    pub(super) fn put(
        &self,
        triple: &str,
        kind: Kind,
        inputs: &str,
        check: &Check,
    ) -> Result<(), Failure> {
        let Some(path) = self.path(triple) else {
            return Ok(());
        };
        let mut entries = self.read(triple).unwrap_or_default();
        entries.remove(kind.name());
        if check.outcome == Outcome::Passed {
            let entry = Entry {
                inputs: inputs.to_owned(),
                check: check.clone(),
            };
            entries.insert(kind.name().to_owned(), entry);
        }
        task::write_json(&path, &entries)
    }

    fn path(&self, triple: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{triple}.json")))
    }

    /// What cannot be read is as good as not there.
    fn read(&self, triple: &str) -> Option<Entries> {
        serde_json::from_slice(&fs::read(self.path(triple)?).ok()?).ok()
    }
}

/// A short text that differs when any file below `paths`, or any of `words`, does. Where a path is a folder, all
/// files in it count, with their names.
pub(super) fn inputs(root: &Path, paths: &[&str], words: &[String]) -> Result<String, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    // Its numbers hold for one release of Rust, which is one of the words.
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for file in files {
        let bytes =
            fs::read(&file).map_err(Failure::because(format!("cannot read {}", file.display())))?;
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        bytes.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let because = || format!("cannot look into {}", path.display());
    for entry in fs::read_dir(path).map_err(Failure::because(because()))? {
        let path = entry.map_err(Failure::because(because()))?.path();
        collect(&path, files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Cache, inputs};
    use crate::cross::check::{Check, Kind};

    #[test]
    fn only_what_passed_on_the_same_inputs_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(Some(folder.path().join("cache")));
        let passed = Check::passed("12 facts");
        assert_eq!(cache.get("t", Kind::Headers, "1"), None);
        cache.put("t", Kind::Headers, "1", &passed).unwrap();
        cache.put("t", Kind::Types, "7", &passed).unwrap();
        assert_eq!(cache.get("t", Kind::Headers, "1"), Some(passed.clone()));
        assert_eq!(cache.get("t", Kind::Headers, "2"), None);
        assert_eq!(cache.get("t", Kind::Tests, "1"), None);
        assert_eq!(cache.get("another", Kind::Headers, "1"), None);
        for other in [Check::failed("no"), Check::skipped("not installed")] {
            cache.put("t", Kind::Headers, "1", &passed).unwrap();
            cache.put("t", Kind::Headers, "1", &other).unwrap();
            assert_eq!(cache.get("t", Kind::Headers, "1"), None);
        }
        assert_eq!(cache.get("t", Kind::Types, "7"), Some(passed));
    }

    #[test]
    fn nothing_is_kept_nowhere() {
        let cache = Cache::at(None);
        cache
            .put("t", Kind::Types, "1", &Check::passed(""))
            .unwrap();
        assert_eq!(cache.get("t", Kind::Types, "1"), None);
    }

    #[test]
    fn a_broken_file_is_no_cache() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("t.json"), "{").unwrap();
        let cache = Cache::at(Some(folder.path().to_owned()));
        assert_eq!(cache.get("t", Kind::Types, "1"), None);
        cache
            .put("t", Kind::Types, "1", &Check::passed(""))
            .unwrap();
        assert!(cache.get("t", Kind::Types, "1").is_some());
    }

    #[test]
    fn inputs_are_the_files_their_names_and_the_words() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::write(root.join("src/deep/a.rs"), "1").unwrap();
        fs::write(root.join("Cargo.lock"), "1").unwrap();
        let of = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            inputs(root, &["src", "Cargo.lock"], &words).unwrap()
        };
        let before = of(&["rustc 1"]);
        assert_eq!(of(&["rustc 1"]), before);
        assert_ne!(of(&["rustc 2"]), before);
        fs::write(root.join("src/deep/a.rs"), "2").unwrap();
        let changed = of(&["rustc 1"]);
        assert_ne!(changed, before);
        fs::rename(root.join("src/deep/a.rs"), root.join("src/a.rs")).unwrap();
        assert_ne!(of(&["rustc 1"]), changed);
        fs::write(root.join("elsewhere"), "1").unwrap();
        fs::rename(root.join("src/a.rs"), root.join("src/deep/a.rs")).unwrap();
        assert_eq!(of(&["rustc 1"]), changed);
        assert!(inputs(root, &["missing"], &[]).is_err());
    }
}
