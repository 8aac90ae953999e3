//! The outcomes, for people as a table and for programs as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::check::{Check, Checks, Kind, Outcome};
use crate::task::Failure;

/// A target with its outcomes.
pub(super) struct Row {
    pub(super) triple: &'static str,
    pub(super) checks: Checks,
}

/// The heading of the table.
pub(super) fn heading(kinds: &[Kind]) -> String {
    let mut text = format!("{:<32}", "target");
    for kind in kinds {
        let _ = write!(text, "{:<13}", kind.name());
    }
    text.trim_end().to_owned() + "\n"
}

/// One line of the table; what went wrong is below it at once.
pub(super) fn line(row: &Row, kinds: &[Kind]) -> String {
    let mut text = format!("{:<32}", row.triple);
    for (kind, check) in row.checks.named() {
        if kinds.contains(&kind) {
            let cell = check.map_or_else(|| "-".to_owned(), |check| cell(kind, check));
            // Writing to a String cannot fail.
            let _ = write!(text, "{cell:<13}");
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for (kind, check) in row.checks.named() {
        for check in check
            .iter()
            .filter(|check| check.outcome != Outcome::Passed)
        {
            let _ = writeln!(text, "  {} {}:", kind.name(), word(check));
            for line in check.detail.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}

fn word(check: &Check) -> &'static str {
    match check.outcome {
        Outcome::Passed => "ok",
        Outcome::Failed => "FAILED",
        Outcome::Skipped => "skipped",
    }
}

/// The word, and what of the detail fits a column: `ok 312`.
fn cell(kind: Kind, check: &Check) -> String {
    let number = check.detail.split(' ').next().unwrap_or_default();
    match (check.outcome, kind) {
        (Outcome::Passed, Kind::Headers | Kind::Tests) => {
            let faults = check.faults.len();
            let but = if faults > 0 {
                format!(" but {faults}")
            } else {
                String::new()
            };
            format!("ok {number}{but}")
        }
        _ => word(check).to_owned(),
    }
}

/// What ends the table: the faults that were expected, what tests could not do, and how many targets failed.
pub(super) fn summary(rows: &[Row], kept: usize) -> String {
    let mut text = String::new();
    let mut faults: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    let mut not_run: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in rows {
        let Some(check) = &row.checks.tests else {
            continue;
        };
        for fault in &check.faults {
            match faults
                .iter_mut()
                .find(|(test, reason, _)| (*test, *reason) == (&fault.test, &fault.reason))
            {
                Some((_, _, targets)) => targets.push(row.triple),
                None => faults.push((&fault.test, &fault.reason, vec![row.triple])),
            }
        }
        for test in &check.not_run {
            match not_run.iter_mut().find(|(name, _)| name == test) {
                Some((_, targets)) => targets.push(row.triple),
                None => not_run.push((test, vec![row.triple])),
            }
        }
    }
    if !faults.is_empty() {
        text += "\nfailed as expected, for reasons of what runs them:\n";
        for (test, reason, targets) in faults {
            let _ = writeln!(
                text,
                "  {test}\n    {reason}\n    on {}",
                targets.join(", ")
            );
        }
    }
    if !not_run.is_empty() {
        text += "\ntests that said that they could not run, or not whole:\n";
        for (test, targets) in not_run {
            let _ = writeln!(text, "  {test}\n    on {}", targets.join(", "));
        }
    }
    let with = |outcome| rows.iter().filter(|row| row.checks.any(outcome)).count();
    let _ = write!(
        text,
        "\n{}, {} failed",
        targets(rows.len()),
        with(Outcome::Failed)
    );
    let skipped = with(Outcome::Skipped);
    if skipped > 0 {
        let _ = write!(text, "; {} could not be checked whole", targets(skipped));
    }
    if kept > 0 {
        let _ = write!(
            text,
            "; {kept} of the checks passed earlier on the same sources (--fresh makes them all)"
        );
    }
    text + "\n"
}

fn targets(count: usize) -> String {
    format!("{count} target{}", if count == 1 { "" } else { "s" })
}

/// All of it as one JSON object.
pub(super) fn json(rows: &[Row]) -> Result<String, Failure> {
    let failed = rows
        .iter()
        .filter(|row| row.checks.any(Outcome::Failed))
        .count();
    let rows = rows.iter().map(|row| {
        let mut object = serde_json::to_value(&row.checks)?;
        object["target"] = Value::from(row.triple);
        Ok(object)
    });
    let object = rows
        .collect::<Result<Vec<_>, serde_json::Error>>()
        .and_then(|rows| {
            serde_json::to_string_pretty(&json!({ "targets": rows, "failed": failed }))
        })
        .map_err(Failure::because("cannot print JSON"))?;
    Ok(object + "\n")
}

#[cfg(test)]
mod tests {
    use super::{Row, json, line, summary};
    use crate::cross::check::{Check, Checks, Kind, Known};

    const KINDS: [Kind; 3] = [Kind::Headers, Kind::Types, Kind::Tests];

    fn rows() -> Vec<Row> {
        let mut tests = Check::passed("300 passed in 50 binaries on qemu-s390x, 1 fault");
        tests.faults.push(Known {
            test: "sysv-ipc/msg pid".to_owned(),
            reason: "the emulator forgets it".to_owned(),
        });
        let whole = Checks {
            headers: Some(Check::passed("120 facts")),
            types: Some(Check::passed("all crates")),
            tests: Some(tests),
        };
        let failed = Checks {
            headers: Some(Check::failed("one\ntwo")),
            types: Some(Check::skipped("no compiler")),
            tests: None,
        };
        vec![
            Row {
                triple: "s390x-unknown-linux-gnu",
                checks: whole,
            },
            Row {
                triple: "x86_64-unknown-netbsd",
                checks: failed,
            },
        ]
    }

    #[test]
    fn the_table_is_aligned_and_tells_what_went_wrong() {
        let rows = rows();
        assert_eq!(
            line(&rows[0], &KINDS),
            "s390x-unknown-linux-gnu         ok 120       ok           ok 300 but 1\n"
        );
        assert_eq!(
            line(&rows[1], &KINDS),
            "x86_64-unknown-netbsd           FAILED       skipped      -\n  headers FAILED:\n    one\n    two\n  \
             types skipped:\n    no compiler\n"
        );
        let end = summary(&rows, 2);
        assert!(end.contains(
            "sysv-ipc/msg pid\n    the emulator forgets it\n    on s390x-unknown-linux-gnu\n"
        ));
        assert!(
            end.contains(
                "\n2 targets, 1 failed; 1 target could not be checked whole; 2 of the checks"
            ),
            "{end}"
        );
    }

    #[test]
    fn json_has_every_outcome() {
        let text = json(&rows()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["failed"], 1);
        assert_eq!(value["targets"][0]["target"], "s390x-unknown-linux-gnu");
        assert_eq!(value["targets"][0]["tests"]["outcome"], "passed");
        assert_eq!(
            value["targets"][0]["tests"]["faults"][0]["test"],
            "sysv-ipc/msg pid"
        );
        assert_eq!(value["targets"][1]["headers"]["detail"], "one\ntwo");
        assert_eq!(value["targets"][1]["types"]["outcome"], "skipped");
        assert!(value["targets"][1].get("tests").is_none());
    }
}
