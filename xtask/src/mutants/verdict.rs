//! What became of each mutant, kept in a file from one run to the next.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::build::Fate;
use super::list::{Mutant, PACKAGES};
use super::tree::Tree;
use super::{cannot, explained};
use crate::task::Failure;

/// What became of a mutant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub(super) enum Verdict {
    /// A test failed.
    Caught { by: String },
    /// A test did not come to its end.
    Timeout { by: String },
    /// No test noticed.
    Survived,
    /// No test noticed, for a reason that stands in `explained.rs`.
    Explained { why: String },
    /// It does not compile.
    Unviable,
    /// Its code is for other systems.
    Elsewhere,
    /// Not looked at yet.
    Unknown,
}

/// One line of the file.
#[derive(Deserialize, Serialize)]
struct Line {
    mutant: String,
    /// Of the file that the mutant is in.
    source: String,
    /// Of all sources.
    tests: String,
    #[serde(flatten)]
    verdict: Verdict,
}

/// The verdicts that hold.
pub(super) struct Kept {
    /// By name.
    verdicts: BTreeMap<String, Verdict>,
    sources: BTreeMap<String, String>,
    tests: String,
    file: Option<File>,
}

impl Kept {
    /// Reads those of earlier runs that still hold: of files that are as they were and, if nothing was found, with
    /// everything else as it was. Unless `keeps`, nothing is written, and
    /// only those are read that do not compile.
    pub(super) fn open(
        folder: &Path,
        tree: &Tree,
        fresh: bool,
        keeps: bool,
    ) -> Result<Self, Failure> {
        let path = folder.join("verdicts.jsonl");
        let sources = PACKAGES.iter().flat_map(|package| tree.below(package));
        let sources: BTreeMap<_, _> = sources
            .map(|file| (file.to_owned(), tree.state(&[file])))
            .collect();
        let tests = tree.state(&PACKAGES);
        let mut kept = Self {
            verdicts: BTreeMap::new(),
            sources,
            tests,
            file: None,
        };
        let text = if fresh {
            String::new()
        } else {
            fs::read_to_string(&path).unwrap_or_default()
        };
        fs::create_dir_all(folder).map_err(cannot("make", folder))?;
        for line in text.lines() {
            let Ok(line) = serde_json::from_str::<Line>(line) else {
                continue;
            };
            let file = line.mutant.split(':').next().unwrap_or_default();
            // What compiles does not depend on the tests.
            if !keeps && line.verdict != Verdict::Unviable {
                continue;
            }
            let holds = line.verdict != Verdict::Survived || line.tests == kept.tests;
            if holds && kept.sources.get(file) == Some(&line.source) {
                kept.verdicts.insert(line.mutant, line.verdict);
            }
        }
        if !keeps {
            return Ok(kept);
        }
        let mut file = OpenOptions::new();
        let file = file.append(true).create(true).open(&path);
        let file = file.map_err(cannot("write", &path))?;
        if fresh {
            file.set_len(0).map_err(cannot("empty", &path))?;
        }
        kept.file = Some(file);
        Ok(kept)
    }

    /// Takes in a verdict.
    pub(super) fn put(&mut self, mutant: &Mutant, verdict: Verdict) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            let line = Line {
                mutant: mutant.name.clone(),
                source: self.sources.get(&mutant.file).cloned().unwrap_or_default(),
                tests: self.tests.clone(),
                verdict: verdict.clone(),
            };
            let mut text =
                serde_json::to_string(&line).map_err(Failure::because("cannot keep a verdict"))?;
            text.push('\n');
            file.write_all(text.as_bytes())
                .map_err(Failure::because("cannot keep a verdict"))?;
        }
        self.verdicts.insert(mutant.name.clone(), verdict);
        Ok(())
    }

    /// Whether there is one.
    pub(super) fn has(&self, mutant: &Mutant) -> bool {
        self.verdicts.contains_key(&mutant.name)
    }

    /// Whether it did not compile in an earlier run, with its file as it is now.
    pub(super) fn is_unviable(&self, mutant: &Mutant) -> bool {
        self.verdicts.get(&mutant.name) == Some(&Verdict::Unviable)
    }

    /// What became of it, with the reason if it lives for one.
    pub(super) fn verdict(&self, mutant: &Mutant) -> Verdict {
        let verdict = self.verdicts.get(&mutant.name);
        match (verdict, explained::why(mutant)) {
            (None, _) => Verdict::Unknown,
            (Some(Verdict::Survived), Some(why)) => Verdict::Explained {
                why: why.to_owned(),
            },
            (Some(verdict), _) => verdict.clone(),
        }
    }
}

impl Fate {
    /// The verdict that needs no test.
    pub(super) fn verdict(self) -> Option<Verdict> {
        match self {
            Fate::Unviable => Some(Verdict::Unviable),
            Fate::Elsewhere => Some(Verdict::Elsewhere),
            Fate::Ready | Fate::Alone => None,
        }
    }
}
