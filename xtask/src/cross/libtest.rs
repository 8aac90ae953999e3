//! What a test binary says of its tests, in libtest's JSON: one event per line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How one test ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) enum End {
    Passed,
    /// With what it printed.
    Failed(String),
    Ignored,
    /// It began, and nothing more was heard of it.
    Unfinished,
}

/// A line that matters. A suite tells the number of its tests when it begins.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "event")]
    what: String,
    name: Option<String>,
    stdout: Option<String>,
    test_count: Option<usize>,
}

/// What was heard of a run so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) ends: BTreeMap<String, End>,
    /// How many tests the run has.
    announced: Option<usize>,
    is_over: bool,
}

impl Heard {
    /// Takes in one line. Children of tests print to the same output, in front of an event at times.
    pub(super) fn line(&mut self, line: &str) {
        let Some(start) = line.find("{ \"type\"") else {
            return;
        };
        let Ok(event) = serde_json::from_str::<Event>(&line[start..]) else {
            return;
        };
        match (event.kind.as_str(), event.name) {
            ("suite", _) => {
                self.announced = event.test_count.or(self.announced);
                self.is_over |= event.what != "started";
            }
            ("test", Some(name)) => {
                let end = match event.what.as_str() {
                    "started" => End::Unfinished,
                    "ok" => End::Passed,
                    "ignored" => End::Ignored,
                    "failed" => End::Failed(event.stdout.unwrap_or_default()),
                    // That it takes long.
                    _ => return,
                };
                self.ends.insert(name, end);
            }
            _ => {}
        }
    }

    /// Whether the run came to its own end, with every test accounted for.
    pub(super) fn is_whole(&self) -> bool {
        let finished = self.ends.values().filter(|end| **end != End::Unfinished);
        self.is_over && self.announced == Some(finished.count())
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Heard};

    fn heard(text: &str) -> Heard {
        let mut heard = Heard::default();
        text.lines().for_each(|line| heard.line(line));
        heard
    }

    const WHOLE: &str = r#"{ "type": "suite", "event": "started", "test_count": 3 }
{ "type": "test", "event": "started", "name": "semop::a" }
{ "type": "test", "name": "semop::a", "event": "ok" }
words of a child { "type": "test", "event": "started", "name": "b" }
{ "type": "test", "event": "timeout", "name": "b" }
{ "type": "test", "name": "b", "event": "failed", "stdout": "thread 'b' panicked\n" }
{ "type": "test", "event": "started", "name": "c" }
{ "type": "test", "name": "c", "event": "ignored" }
{ "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1, "measured": 0, "filtered_out": 0, "exec_time": 0.1 }
"#;

    #[test]
    fn each_test_has_its_end() {
        let heard = heard(WHOLE);
        assert!(heard.is_whole());
        assert_eq!(heard.ends["semop::a"], End::Passed);
        assert_eq!(
            heard.ends["b"],
            End::Failed("thread 'b' panicked\n".to_owned())
        );
        assert_eq!(heard.ends["c"], End::Ignored);
        assert_eq!(heard.ends.len(), 3);
    }

    #[test]
    fn a_run_that_breaks_off_is_not_whole() {
        for lines in 0..WHOLE.lines().count() {
            let part: Vec<&str> = WHOLE.lines().take(lines).collect();
            assert!(!heard(&part.join("\n")).is_whole(), "{lines} lines");
        }
        let begun = heard(&WHOLE.lines().take(4).collect::<Vec<_>>().join("\n"));
        assert_eq!(begun.ends["b"], End::Unfinished);
    }

    #[test]
    fn a_test_that_is_silently_missing_is_noticed() {
        let text = WHOLE.replace(r#""test_count": 3"#, r#""test_count": 4"#);
        assert!(!heard(&text).is_whole());
    }
}
