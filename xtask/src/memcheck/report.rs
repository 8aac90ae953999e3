//! What a checker said of one run, in the words of each: how many errors there were, and how many bytes were lost.
//!
//! Each process writes a file of its own, named by its number.

use serde_json::{Value, json};

/// What was found in one run.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Whether the tests passed.
    pub(super) passed: bool,
    pub(super) seconds: f64,
    /// How many processes told something.
    pub(super) processes: usize,
    pub(super) errors: u64,
    /// Bytes that nothing points to any more.
    pub(super) lost: u64,
    /// What is to be read where something is wrong.
    pub(super) text: String,
}

impl Report {
    /// Errors, and losses as one more.
    pub(super) fn found(&self) -> u64 {
        self.errors + u64::from(self.lost > 0)
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "passed": self.passed,
            "seconds": self.seconds,
            "processes": self.processes,
            "errors": self.errors,
            "bytes_lost": self.lost,
            "text": if self.found() > 0 || !self.passed { &*self.text } else { "" },
        })
    }

    /// Adds what valgrind wrote, a text per process.
    ///
    /// A forked child has what the other threads of its parent had allocated, and none of these threads: it always
    /// loses that, and is asked for errors only. It is known by its command line, which is its parent's; the tests'
    /// second processes have one of their own.
    pub(super) fn add_valgrind(&mut self, logs: &[String]) {
        let known: Vec<(Option<&str>, &str)> = logs
            .iter()
            .map(|log| (pid(log), field(log, "Command: ")))
            .collect();
        for log in logs {
            self.processes += 1;
            let errors = last_number(log, "ERROR SUMMARY: ");
            let parent = Some(field(log, "Parent PID: "));
            let forked = known.contains(&(parent, field(log, "Command: ")));
            let lost = if forked {
                0
            } else {
                last_number(log, "definitely lost: ")
            };
            self.errors += errors;
            self.lost += lost;
            if errors + lost > 0 {
                self.text.push_str(log);
            }
        }
    }

    /// Adds what a sanitizer wrote, a text per process that found something.
    pub(super) fn add_sanitizer(&mut self, logs: &[String]) {
        for log in logs {
            self.processes += 1;
            let leaks = log.matches("ERROR: LeakSanitizer").count();
            let all =
                log.matches("ERROR: ").count() + log.matches("WARNING: ThreadSanitizer").count();
            self.errors += (all - leaks) as u64;
            // `SUMMARY: AddressSanitizer: 1000 byte(s) leaked in 1 allocation(s).`
            self.lost += log
                .lines()
                .filter(|line| line.contains(" leaked in "))
                .filter_map(|line| line.split("Sanitizer: ").nth(1))
                .map(leading_number)
                .sum::<u64>();
            self.text.push_str(log);
        }
    }
}

/// The number of the process that wrote a text: `==1234== …`.
fn pid(log: &str) -> Option<&str> {
    log.strip_prefix("==")?.split("==").next()
}

/// What follows `name` in its line.
fn field<'log>(log: &'log str, name: &str) -> &'log str {
    let rest = log.split_once(name).map_or("", |(_, rest)| rest);
    rest.lines().next().unwrap_or_default()
}

/// The number behind the last mention of `name`.
fn last_number(log: &str, name: &str) -> u64 {
    log.rsplit_once(name)
        .map_or(0, |(_, rest)| leading_number(rest))
}

/// The number that a text begins with, without the commas in it.
fn leading_number(text: &str) -> u64 {
    text.chars()
        .filter(|c| *c != ',')
        .map_while(|c| c.to_digit(10))
        .fold(0, |sum, digit| sum * 10 + u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As valgrind writes it.
    fn valgrind(pid: u32, parent: u32, command: &str, lost: &str, errors: &str) -> String {
        format!(
            "=={pid}== Memcheck, a memory error detector\n=={pid}== Command: {command}\n=={pid}== Parent PID: {parent}\n\
             =={pid}== LEAK SUMMARY:\n=={pid}==    definitely lost: {lost} bytes in 2 blocks\n\
             =={pid}== ERROR SUMMARY: {errors} errors from 3 contexts (suppressed: 0 from 0)\n"
        )
    }

    #[test]
    fn valgrinds_words() {
        let mut report = Report::default();
        report.add_valgrind(&[
            valgrind(10, 1, "/a/test --test-threads=2", "0", "0"),
            valgrind(11, 10, "/a/test one --exact", "1,234", "1,000"),
            // Forked, and nothing of what it lost counts; its errors do.
            valgrind(12, 10, "/a/test --test-threads=2", "48", "7"),
        ]);
        assert_eq!(
            (report.processes, report.lost, report.errors),
            (3, 1234, 1007)
        );
        assert_eq!(report.found(), 1008);
        // One that was killed had no time for a summary.
        report.add_valgrind(&["==13== Memcheck\n==13== Command: x\n".to_owned()]);
        assert_eq!((report.processes, report.errors), (4, 1007));
    }

    #[test]
    fn the_sanitizers_words() {
        let mut report = Report::default();
        report.add_sanitizer(&[
            "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n".to_owned(),
            "==2==ERROR: LeakSanitizer: detected memory leaks\n\
             SUMMARY: AddressSanitizer: 1000 byte(s) leaked in 1 allocation(s).\n"
                .to_owned(),
            "WARNING: ThreadSanitizer: data race (pid=3)\n".to_owned(),
        ]);
        assert_eq!((report.processes, report.errors, report.lost), (3, 2, 1000));
    }

    #[test]
    fn what_is_well_says_nothing() {
        let mut report = Report::default();
        report.add_valgrind(&[valgrind(10, 1, "/a/test", "0", "0")]);
        assert_eq!((report.found(), &*report.text), (0, ""));
    }
}
