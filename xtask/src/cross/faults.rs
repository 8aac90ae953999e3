//! Tests that fail where an emulator or another C library runs them, for reasons that are not this project's:
//! a table, by name, and what follows from it.
//!
//! An entry is a claim about the emulator. A test that passes in spite of one refutes it, and is told as loudly
//! as one that fails without.

use std::collections::BTreeMap;

use super::check::Known;
use super::libtest::End;

mod known;

use known::GROUPS;

/// One claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) test: &'static str,
    reason: &'static str,
    pub(super) run: bool,
}

/// Those about one target.
pub(super) fn on(triple: &str) -> Vec<Fault> {
    let groups = GROUPS
        .iter()
        .filter(|group| group.targets.contains(&triple));
    let faults = groups.flat_map(|group| {
        let (reason, run) = (group.reason, group.run);
        group
            .tests
            .iter()
            .map(move |test| Fault { test, reason, run })
    });
    faults.collect()
}

/// What the tests of one target come to.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Verdict {
    pub(super) passed: usize,
    pub(super) ignored: usize,
    /// Failed as the table says.
    pub(super) faults: Vec<Known>,
    /// One sentence each: failed without being in the table, or in the table without failing.
    pub(super) wrong: Vec<String>,
}

/// Holds the outcomes of all tests of a target, by full name, against its part of the table.
pub(super) fn judge(listed: &[Fault], ends: &BTreeMap<String, End>) -> Verdict {
    let mut verdict = Verdict::default();
    for (test, end) in ends {
        let fault = listed.iter().find(|fault| fault.test == test);
        match (end, fault) {
            (End::Passed, None) => verdict.passed += 1,
            (End::Ignored, None) => verdict.ignored += 1,
            (End::Failed(_) | End::Unfinished, Some(fault)) => verdict.faults.push(Known {
                test: test.clone(),
                reason: fault.reason.to_owned(),
            }),
            (End::Failed(text), None) => {
                verdict
                    .wrong
                    .push(format!("{test} failed:\n{}", indented(text)));
            }
            (End::Unfinished, None) => verdict.wrong.push(format!("{test} did not end")),
            (End::Passed | End::Ignored, Some(fault)) => verdict.wrong.push(format!(
                "{test} does not fail, while the table of faults says that it does: {}",
                fault.reason
            )),
        }
    }
    for fault in listed.iter().filter(|fault| !ends.contains_key(fault.test)) {
        if !fault.run {
            verdict.faults.push(Known {
                test: fault.test.to_owned(),
                reason: format!("not run: {}", fault.reason),
            });
            continue;
        }
        let stale = format!(
            "{} is in the table of faults, and no such test ran",
            fault.test
        );
        verdict.wrong.push(stale);
    }
    verdict
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text
        .trim_end()
        .lines()
        .map(|line| format!("  {line}"))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{End, Fault, GROUPS, judge};
    use crate::cross::machine::Machine;

    const LISTED: Fault = Fault {
        test: "crate/binary listed",
        reason: "the emulator",
        run: true,
    };

    fn ends(all: &[(&str, End)]) -> BTreeMap<String, End> {
        let owned = all
            .iter()
            .map(|(name, end)| ((*name).to_owned(), end.clone()));
        owned.collect()
    }

    #[test]
    fn expected_failures_are_named_and_no_more() {
        let verdict = judge(
            &[LISTED],
            &ends(&[
                ("crate/binary listed", End::Failed("words".to_owned())),
                ("crate/binary other", End::Passed),
                ("crate/binary later", End::Ignored),
            ]),
        );
        assert_eq!((verdict.passed, verdict.ignored), (1, 1));
        assert_eq!(verdict.faults[0].test, "crate/binary listed");
        assert_eq!(verdict.faults[0].reason, "the emulator");
        assert_eq!(verdict.wrong, Vec::<String>::new());
    }

    #[test]
    fn an_unexpected_failure_is_told_with_its_words() {
        let verdict = judge(
            &[],
            &ends(&[
                ("a", End::Failed("left: 1".to_owned())),
                ("b", End::Unfinished),
            ]),
        );
        assert_eq!(verdict.wrong, ["a failed:\n  left: 1", "b did not end"]);
    }

    #[test]
    fn an_unexpected_pass_is_told() {
        for end in [End::Passed, End::Ignored] {
            let verdict = judge(&[LISTED], &ends(&[("crate/binary listed", end)]));
            assert_eq!((verdict.faults.len(), verdict.wrong.len()), (0, 1));
            assert!(verdict.wrong[0].contains("does not fail"), "{verdict:?}");
        }
    }

    #[test]
    fn an_entry_without_a_test_is_told() {
        let verdict = judge(&[LISTED], &ends(&[]));
        assert!(verdict.wrong[0].contains("no such test"), "{verdict:?}");
    }

    #[test]
    fn what_is_not_run_is_listed_all_the_same() {
        let withheld = Fault {
            run: false,
            ..LISTED
        };
        let verdict = judge(&[withheld], &ends(&[]));
        assert_eq!(verdict.faults[0].reason, "not run: the emulator");
        assert_eq!(verdict.wrong, Vec::<String>::new());
    }

    #[test]
    fn every_entry_has_a_reason_and_stands_once_per_target() {
        let mut seen = Vec::new();
        for group in GROUPS {
            assert!(!group.reason.is_empty());
            for target in group.targets {
                assert!(Machine::of(target).is_some(), "{target} runs nothing here");
                for test in group.tests {
                    assert!(!seen.contains(&(target, test)), "{target} {test}");
                    seen.push((target, test));
                }
            }
        }
    }
}
