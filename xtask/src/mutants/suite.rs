//! The tests: which there are, by binary and name.

use std::process::Command;

use super::build::{Binary, Built};
use crate::task::Failure;

/// One test.
pub(super) struct Test {
    pub(super) binary: Binary,
    pub(super) name: String,
}

/// All tests of the packages.
pub(super) struct Suite {
    pub(super) tests: Vec<Test>,
}

impl Suite {
    /// Asks each binary for its tests, those whose name contains `part`.
    pub(super) fn of(built: &Built, part: Option<&str>) -> Result<Self, Failure> {
        let mut tests = Vec::new();
        for binary in &built.binaries {
            let mut command = Command::new(&binary.path);
            command
                .args(["--list", "--format", "terse"])
                .current_dir(&binary.folder);
            let told = command
                .output()
                .map_err(super::cannot("start", &binary.path))?;
            for line in String::from_utf8_lossy(&told.stdout).lines() {
                let Some(name) = line.strip_suffix(": test") else {
                    continue;
                };
                if part.is_none_or(|part| name.contains(part)) {
                    tests.push(Test {
                        binary: binary.clone(),
                        name: name.to_owned(),
                    });
                }
            }
        }
        tests.sort_by_key(Test::title);
        Ok(Self { tests })
    }
}

impl Test {
    /// `sysv-ipc --test=semop some_test`.
    pub(super) fn title(&self) -> String {
        let Binary {
            package, chosen, ..
        } = &self.binary;
        format!("{package} {chosen} {}", self.name)
    }
}
