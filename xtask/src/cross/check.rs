//! How one check of one target ended, in a form that the cache, the record and `--json` share.

use serde::{Deserialize, Serialize};

/// The ways to end.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Passed,
    Failed,
    /// It could not be made: something that it needs is not installed.
    Skipped,
}

/// A test that fails for a reason which is not this project's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Known {
    pub(crate) test: String,
    pub(crate) reason: String,
}

/// One check of one target.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Check {
    pub(crate) outcome: Outcome,
    /// What was compared or counted, or what went wrong.
    pub(crate) detail: String,
    /// Tests that failed, as the table of the emulator's faults says they do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) faults: Vec<Known>,
    /// Tests that said of themselves that they could not run, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_run: Vec<String>,
}

impl Check {
    fn of(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            outcome,
            detail: detail.into(),
            faults: Vec::new(),
            not_run: Vec::new(),
        }
    }

    pub(crate) fn passed(detail: impl Into<String>) -> Self {
        Self::of(Outcome::Passed, detail)
    }

    pub(crate) fn failed(detail: impl Into<String>) -> Self {
        Self::of(Outcome::Failed, detail)
    }

    pub(crate) fn skipped(reason: impl Into<String>) -> Self {
        Self::of(Outcome::Skipped, reason)
    }
}

/// All checks of one target, in the order of the table; `None` is what was not asked for, or cannot be done here.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Checks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) types: Option<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tests: Option<Check>,
}

impl Checks {
    /// Each with its name.
    pub(crate) fn named(&self) -> [(Kind, Option<&Check>); 3] {
        [
            (Kind::Headers, self.headers.as_ref()),
            (Kind::Types, self.types.as_ref()),
            (Kind::Tests, self.tests.as_ref()),
        ]
    }

    /// Puts the outcome of one check in its place.
    pub(crate) fn set(&mut self, kind: Kind, check: Check) {
        let place = match kind {
            Kind::Headers => &mut self.headers,
            Kind::Types => &mut self.types,
            Kind::Tests => &mut self.tests,
        };
        *place = Some(check);
    }

    pub(crate) fn any(&self, outcome: Outcome) -> bool {
        let mut made = self.named().into_iter().filter_map(|(_, check)| check);
        made.any(|check| check.outcome == outcome)
    }
}

/// Which check.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The platform's headers against the bundled declarations
    Headers,
    /// rustc's check of all crates
    Types,
    /// The tests, where the target's programs run here
    Tests,
}

impl Kind {
    /// In the order in which they are made.
    pub(crate) const ALL: [Self; 3] = [Self::Headers, Self::Types, Self::Tests];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Types => "types",
            Self::Tests => "tests",
        }
    }
}
