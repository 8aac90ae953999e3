//! Copies of the workspace: one that gets the mutants, one that stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::cannot;
use crate::task::Failure;

/// The files of the workspace as they were when the run began.
pub(super) struct Tree {
    /// Everything that the task makes is in here.
    pub(super) folder: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Reads the workspace.
    pub(super) fn copy(root: &Path, folder: PathBuf) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        read(root, "", &mut files)?;
        Ok(Self { folder, files })
    }

    /// The text of a file.
    pub(super) fn text(&self, file: &str) -> Result<&str, Failure> {
        let bytes = self.files.get(file).map(Vec::as_slice);
        bytes
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or_else(|| Failure::new(format!("{file} is no text of this workspace")))
    }

    /// All files whose path begins so.
    pub(super) fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let names = self.files.keys().map(String::as_str);
        names.filter(move |name| name.starts_with(folder))
    }

    /// A number that changes with the files whose path begins with one of these.
    pub(super) fn state(&self, beginnings: &[&str]) -> String {
        let mut hasher = DefaultHasher::new();
        for (name, bytes) in &self.files {
            if beginnings.iter().any(|start| name.starts_with(start)) {
                (name, bytes).hash(&mut hasher);
            }
        }
        format!("{:016x}", hasher.finish())
    }

    /// Where the copy of this name is.
    pub(super) fn place(&self, copy: &str) -> PathBuf {
        self.folder.join(copy)
    }

    /// Makes the copy of this name what the workspace is, but for these files. What is so already is not touched:
    /// the compiler goes by the time of the last change.
    pub(super) fn write(
        &self,
        copy: &str,
        instead: &BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        let place = self.place(copy);
        fs::create_dir_all(&place).map_err(cannot("make", &place))?;
        let mut there = BTreeMap::new();
        read(&place, "", &mut there)?;
        for (name, bytes) in &self.files {
            let bytes = instead.get(name).map_or(bytes.as_slice(), String::as_bytes);
            if there.remove(name).as_deref() != Some(bytes) {
                let path = place.join(name);
                let parent = path.parent().unwrap_or(&place);
                fs::create_dir_all(parent).map_err(cannot("make", parent))?;
                fs::write(&path, bytes).map_err(cannot("write", &path))?;
            }
        }
        for name in there.keys() {
            let path = place.join(name);
            fs::remove_file(&path).map_err(cannot("remove", &path))?;
        }
        Ok(())
    }

    /// The roots of the crates of a package.
    pub(super) fn roots(&self, package: &str) -> BTreeSet<String> {
        let source = format!("{package}/src/");
        let is_root = |name: &str| {
            let name = name.strip_prefix(&source).unwrap_or_default();
            matches!(name, "lib.rs" | "main.rs")
                || name.strip_prefix("bin/").is_some_and(|name| {
                    !name.contains('/')
                        || name.ends_with("/main.rs") && name.matches('/').count() == 1
                })
        };
        self.below(&source)
            .filter(|name| is_root(name))
            .map(str::to_owned)
            .collect()
    }
}

/// Reads a folder with all below it, but for what is built and what git has.
fn read(root: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let folder = root.join(below);
    for entry in fs::read_dir(&folder).map_err(cannot("list", &folder))? {
        let entry = entry.map_err(cannot("list", &folder))?;
        let kind = entry
            .file_type()
            .map_err(cannot("look at", &entry.path()))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_ours =
            !["target", ".git", "mutants.out", "mutants.out.old"].contains(&name.as_str());
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if kind.is_dir() && is_ours {
            read(root, &path, files)?;
        } else if kind.is_file() {
            let bytes = fs::read(root.join(&path)).map_err(cannot("read", &entry.path()))?;
            files.insert(path, bytes);
        }
    }
    Ok(())
}
