//! cargo-mutants itself, for one mutant at a time: in a copy of the tree that is changed in place, so that only what
//! the mutant concerns is built anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::process::Command;

use serde::Deserialize;

use super::build::settings;
use super::cannot;
use super::list::Mutant;
use super::tree::Tree;
use super::verdict::Verdict;
use crate::task::Failure;

/// The copy that is as the workspace is.
const COPY: &str = "plain";
/// Seconds for the tests of one mutant.
const LIMIT: &str = "300";

/// What it wrote into `outcomes.json`.
#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scenario {
    Mutant {
        #[serde(rename = "Mutant")]
        mutant: Named,
    },
    /// The tests without a mutant.
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Outcomes {
    /// What it says of the mutant of this name.
    fn of(&self, name: &str) -> Option<&str> {
        let found = self.outcomes.iter().find(
            |outcome| matches!(&outcome.scenario, Scenario::Mutant { mutant } if mutant.name == name),
        );
        found.map(|outcome| outcome.summary.as_str())
    }
}

/// cargo-mutants, at work on a copy.
pub(super) struct Real<'a> {
    tree: &'a Tree,
}

impl<'a> Real<'a> {
    /// Makes the copy.
    pub(super) fn new(tree: &'a Tree) -> Result<Self, Failure> {
        tree.write(COPY, &BTreeMap::new())?;
        Ok(Self { tree })
    }

    /// What it finds with the tests of these binaries (`--test=semop`), or of all.
    pub(super) fn judge(
        &mut self,
        mutant: &Mutant,
        binaries: &BTreeSet<String>,
    ) -> Result<Verdict, Failure> {
        let output = self.tree.place("real");
        let _ = fs::remove_dir_all(&output);
        let mut command = Command::new("cargo");
        command
            .args(["mutants", "--in-place", "--baseline=skip", "--all-features"])
            .args([
                "--colors=never",
                "--timeout",
                LIMIT,
                "--build-timeout",
                LIMIT,
            ])
            .args(["--package", &mutant.package])
            // It lets mutants that delete a field pass whatever the name, but not whatever the file.
            .args(["--file", &mutant.file])
            .args(["--re", &format!("^{}$", escaped(&mutant.name))])
            .arg("--dir")
            .arg(self.tree.place(COPY))
            .arg("--output")
            .arg(&output)
            .arg("--");
        if binaries.is_empty() {
            command.arg("--tests");
        }
        command.args(binaries);
        settings(&mut command, self.tree, "plain-build");
        let told = command
            .output()
            .map_err(Failure::because("cannot start cargo"))?;
        let path = output.join("mutants.out/outcomes.json");
        let text = fs::read(&path).map_err(cannot("read", &path));
        let text = text.map_err(|failure| {
            Failure::new(format!(
                "{failure}\n{}",
                String::from_utf8_lossy(&told.stderr)
            ))
        })?;
        let outcomes: Outcomes =
            serde_json::from_slice(&text).map_err(Failure::because(path.display()))?;
        let by = format!("cargo-mutants {}", mutant.package);
        match outcomes.of(&mutant.name) {
            Some("CaughtMutant") => Ok(Verdict::Caught { by }),
            Some("MissedMutant") => Ok(Verdict::Survived),
            Some("Timeout") => Ok(Verdict::Timeout { by }),
            Some("Unviable") => Ok(Verdict::Unviable),
            other => Err(Failure::new(format!(
                "cargo-mutants says {other:?} of {}\n{}",
                mutant.name,
                String::from_utf8_lossy(&told.stdout)
            ))),
        }
    }
}

/// A regular expression for just this text.
fn escaped(text: &str) -> String {
    let special = |c: char| c.is_ascii_punctuation() && !matches!(c, '<' | '>' | '_' | '"' | '\'');
    text.chars()
        .flat_map(|c| special(c).then_some('\\').into_iter().chain([c]))
        .collect()
}

/// Some of the mutants, chosen without regard to what they are, and always the same.
pub(super) fn sample<'a>(mutants: &[&'a Mutant], count: usize) -> Vec<&'a Mutant> {
    let mut mutants = mutants.to_vec();
    mutants.sort_by_key(|mutant| {
        let mut hasher = DefaultHasher::new();
        mutant.name.hash(&mut hasher);
        hasher.finish()
    });
    mutants.truncate(count);
    mutants
}

#[cfg(test)]
mod tests {
    use super::{Outcomes, escaped};

    #[test]
    fn a_name_stands_for_itself() {
        assert_eq!(
            escaped("a.rs:1:2: replace f -> Vec<u8> with vec![0]"),
            "a\\.rs\\:1\\:2\\: replace f \\-> Vec<u8> with vec\\!\\[0\\]"
        );
    }

    #[test]
    fn what_is_said_of_others_does_not_count() {
        let said = r#"{ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            { "scenario": { "Mutant": { "name": "a", "genre": "FnValue" } }, "summary": "Unviable" },
            { "scenario": { "Mutant": { "name": "b", "genre": "StructField" } }, "summary": "MissedMutant" }
        ] }"#;
        let outcomes: Outcomes = serde_json::from_str(said).unwrap();
        assert_eq!(outcomes.of("a"), Some("Unviable"));
        assert_eq!(outcomes.of("c"), None);
    }
}
