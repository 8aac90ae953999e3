//! How often `ftok` gives the same key to different files: counted in directory trees.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, value_parser};
use sysv_wrapper::Key;

use demos::plot::histogram;
use demos::stage::{End, Stage, play, statuses};

/// Counts the files to which ftok gives the same key
///
/// Programs often make their keys with ftok from the path of a file and a project
/// number, and take it that another file gives another key. This looks at all files
/// and directories of a tree, and counts the keys that several of them share.
/// Nothing is created, and symbolic links are not followed.
#[derive(Debug, Parser)]
#[command(name = "ftok_experiment", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// The trees to look at
    #[arg(value_name = "DIR", default_value = ".")]
    directories: Vec<PathBuf>,

    /// The project number, from 1 to 255
    #[arg(long, value_name = "N", default_value = "1")]
    #[arg(value_parser = value_parser!(i32).range(1..=255))]
    project: i32,
}

const EXAMPLES: &str = "\
Examples:
  ftok_experiment /usr/lib /usr/share
  ftok_experiment --project 42 ~";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// What is known of the keys of a tree.
#[derive(Debug, Default)]
struct Keys {
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
    fn count(stage: &Stage, root: &Path, project: i32) -> Result<Keys, End> {
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
    fn tell(&self, stage: &Stage) {
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
        let shared = self.files.values().filter(|(count, _)| *count > 1);
        let sharing: u64 = shared.map(|(count, _)| count).sum();
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
        demos::console::tell(histogram(&self.bars()));
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

/// What it means.
const MEANING: &str =
    "  On most systems the key is made of 8 bits of the project, 8 bits of the device
  number and 16 bits of the inode number. For one project and one file system
  there are 65536 keys, then, however many files there are: where two files share
  a key, programs that use them for their keys get each other's objects. A key
  that is drawn at random until it is free, and told to the others in a file
  (create_unique and KeyFile of sysv-wrapper), has none of that.";

fn main() -> ExitCode {
    let options = Options::parse();
    play("ftok_experiment", None, |stage| {
        for root in &options.directories {
            let project = options.project;
            stage.scene(&format!("{}, project {project}", root.display()))?;
            Keys::count(stage, root, project)?.tell(stage);
        }
        stage.scene("What it means")?;
        demos::console::tell(MEANING);
        Ok(())
    })
}
