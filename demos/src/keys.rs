//! The keys that `ftok` gives to the files of a tree, and how many files share one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sysv_wrapper::Key;

use crate::console::tell;
use crate::plot::histogram;
use crate::stage::{End, Stage};

/// What is known of the keys of a tree.
#[derive(Debug, Default)]
pub struct Keys {
    /// How many files have the key, and the first of them.
    files: HashMap<Key, (u64, PathBuf)>,
    /// What was counted, so that a file that has several names counts once.
    seen: HashSet<(u64, u64)>,
    /// How many further names those files have.
    names: u64,
    /// What could not be looked at.
    unseen: u64,
    /// Two files that have the same key.
    example: Option<(Key, PathBuf, PathBuf)>,
}

impl Keys {
    /// Looks at everything in the tree.
    ///
    /// # Errors
    ///
    /// If the tree itself cannot be looked at; if it is time to stop.
    pub fn count(stage: &Stage, root: &Path, project: i32) -> Result<Keys, End> {
        let mut keys = Keys::default();
        // The tree itself has to be there; what vanishes or is closed below it is only counted.
        let failed = |error| End::Failed(format!("cannot look at {}: {error}", root.display()));
        fs::read_dir(root).map_err(failed)?;
        keys.add(root, project);
        let mut waiting = vec![root.to_owned()];
        while let Some(directory) = waiting.pop() {
            let Ok(entries) = fs::read_dir(&directory) else {
                keys.unseen += 1;
                continue;
            };
            for entry in entries {
                stage.check()?;
                let kind = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
                match kind {
                    Err(_) => keys.unseen += 1,
                    // ftok would take the file that it leads to.
                    Ok((_, kind)) if kind.is_symlink() => {}
                    Ok((path, kind)) => {
                        keys.add(&path, project);
                        if kind.is_dir() {
                            waiting.push(path);
                        }
                    }
                }
            }
        }
        Ok(keys)
    }

    fn add(&mut self, path: &Path, project: i32) {
        let facts = fs::symlink_metadata(path).map(|facts| (facts.dev(), facts.ino()));
        let (Ok(file), Ok(key)) = (facts, Key::from_path(path, project)) else {
            self.unseen += 1;
            return;
        };
        self.note(path, file, key);
    }

    /// Notes that a file, which is known by its device and inode numbers, has this key.
    fn note(&mut self, path: &Path, file: (u64, u64), key: Key) {
        if !self.seen.insert(file) {
            self.names += 1;
            return;
        }
        match self.files.get_mut(&key) {
            None => {
                self.files.insert(key, (1, path.to_owned()));
            }
            Some((count, first)) => {
                *count += 1;
                if self.example.is_none() {
                    self.example = Some((key, first.clone(), path.to_owned()));
                }
            }
        }
    }

    /// Says what was found.
    pub fn tell(&self, stage: &Stage) {
        let (files, keys) = (self.seen.len(), self.files.len());
        stage.say(format_args!("{files} files and directories, {keys} keys"));
        if self.names > 0 {
            let names = self.names;
            stage.say(format_args!(
                "{names} further names of the same files left out"
            ));
        }
        if self.unseen > 0 {
            stage.say(format_args!("{} could not be looked at", self.unseen));
        }
        let sharing = self.sharing();
        let permille = sharing * 1000 / (files.max(1) as u64);
        stage.say(format_args!(
            "{sharing} files ({}.{} %) share their key with another one",
            permille / 10,
            permille % 10
        ));
        if let Some((key, one, other)) = &self.example {
            stage.say(format_args!("for example {key}:"));
            stage.say(format_args!("  {}", one.display()));
            stage.say(format_args!("  {}", other.display()));
        }
        stage.say("how many keys are had by so many files:");
        tell(histogram(&self.bars()));
    }

    /// How many files have a key that another one has, too.
    fn sharing(&self) -> u64 {
        let counts = self.files.values().map(|(count, _)| *count);
        counts.filter(|count| *count > 1).sum()
    }

    /// How many keys are had by one file, by two, and so on; what is beyond nine is put together.
    fn bars(&self) -> Vec<(String, u64)> {
        let mut bars = BTreeMap::new();
        for (count, _) in self.files.values() {
            *bars.entry((*count).min(10)).or_insert(0) += 1;
        }
        let label = |count| match count {
            1 => "1 file".to_owned(),
            10 => "10 or more".to_owned(),
            count => format!("{count} files"),
        };
        bars.into_iter()
            .map(|(count, keys)| (label(count), keys))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row P9.
    #[test]
    fn keys_that_are_shared_are_counted() {
        let mut keys = Keys::default();
        for (name, inode) in [("a", 1), ("b", 65537), ("c", 131_073), ("d", 2), ("e", 2)] {
            let key = Key::from_raw((inode % 65536).try_into().unwrap());
            keys.note(Path::new(name), (0, inode), key);
        }
        assert_eq!(keys.seen.len(), 4);
        assert_eq!(keys.names, 1);
        assert_eq!(keys.sharing(), 3);
        let bars = [("1 file".to_owned(), 1), ("3 files".to_owned(), 1)];
        assert_eq!(keys.bars(), bars);
        let (key, one, other) = keys.example.unwrap();
        assert_eq!((key, one, other), (Key::from(1), "a".into(), "b".into()));
    }
}
