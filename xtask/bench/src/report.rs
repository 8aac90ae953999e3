//! The figures and their assessment, as JSON and as a table.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::{Figures, LINEUP, Plan, Workers};
use crate::rows::{Bar, Row};

/// What is said of Python.
const BEHIND: &str = "faster than sysv-wrapper";

/// Returns the value below which so many of a hundred numbers are; 0 without numbers.
fn quantile(numbers: &[f64], percent: usize) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(at).copied().unwrap_or_default()
}

/// A median, with the lowest and the highest median of a pass. With eight passes, the true median is outside in one of 128
/// cases, whatever the distribution: each pass is on either side by chance.
#[derive(Debug, Clone, Copy, Serialize)]
struct Median {
    value: f64,
    low: f64,
    high: f64,
}

impl Median {
    /// Of so many numbers of each pass. Those of a pass resemble each other: what differs from pass to pass may be the chance
    /// that made its processes.
    fn of(numbers: &[f64], in_a_pass: usize) -> Median {
        let passes = numbers.chunks(in_a_pass).map(|pass| quantile(pass, 50));
        Median {
            value: quantile(numbers, 50),
            low: passes.clone().fold(f64::MAX, f64::min),
            high: passes.fold(f64::MIN, f64::max),
        }
    }
}

/// Times beside a baseline, round by round: divided by it, and less it.
#[derive(Debug, Clone, Copy, Serialize)]
struct Comparison {
    ratio: Median,
    difference_ns: Median,
}

impl Comparison {
    fn of(times: &[f64], base: &[f64], in_a_pass: usize) -> Comparison {
        let pairs = times.iter().zip(base);
        let ratios: Vec<_> = pairs.clone().map(|(time, base)| time / base).collect();
        let differences: Vec<_> = pairs.map(|(time, base)| time - base).collect();
        Comparison {
            ratio: Median::of(&ratios, in_a_pass),
            difference_ns: Median::of(&differences, in_a_pass),
        }
    }

    /// Compares with the bar. `control` is the baseline measured against itself. The result is undecided if the control differs
    /// by as much as the bar allows, or if the medians of the passes lie on both sides of the bar.
    fn judge(self, bar: Bar, control: Comparison) -> &'static str {
        let meets = |ratio: f64, more: f64| ratio <= bar.ratio || more <= bar.or_nanoseconds;
        let (ratio, more) = (control.ratio.value, control.difference_ns.value);
        if self.ratio.high * ratio.max(1.0 / ratio) <= bar.ratio {
            // The noise cannot account for that.
            "within"
        } else if !meets(ratio, more) || !meets(1.0 / ratio, -more) {
            "too noisy"
        } else if meets(self.ratio.value, self.difference_ns.value) {
            "within"
        } else if meets(self.ratio.low, self.difference_ns.low) {
            "too noisy"
        } else {
            "beyond"
        }
    }
}

/// The report on the figures.
#[derive(Default)]
pub struct Report {
    pub json: Value,
    /// Markdown, aligned so that it is readable on a terminal.
    pub text: String,
    pub has_complaints: bool,
}

impl Report {
    /// Evaluates the figures, and complains about those that are beyond their bars.
    pub fn new(rows: &[Row], figures: &[Figures], workers: &Workers, plan: &Plan) -> Report {
        let mut report = Report::default();
        let (passes, rounds, chunk) = (plan.passes, plan.passes * plan.rounds, plan.chunk / 1e3);
        let extent = format!("- {rounds} rounds of {chunk} µs, in {passes} passes\n\n");
        report.text = workers.machine.clone() + &extent;
        report.line("row|C|C / C|`sysv-ipc`|`sysv-wrapper`|Python");
        report.line("---|---|---|---|---|---");
        let (mut values, mut topic) = (Vec::new(), "");
        for (row, figures) in rows.iter().zip(figures) {
            match row.topic() {
                same if same == topic => {}
                "scale" => report.line("|`ipcs`|twice|`lsipc`|`sysvipc`|"),
                "sync" => report.line("|the other|twice||`sync`|"),
                _ => {}
            }
            topic = row.topic();
            values.push(match workers.lacks(row) {
                None => report.row(row, figures, row.extent(plan).0),
                Some(why) => {
                    report.line(&format!("{}|{why}||||", row.name));
                    json!({ "name": row.name, "skipped": why })
                }
            });
        }
        report.json = json!({ "machine": workers.machine, "passes": passes, "rounds": rounds,
            "chunk_us": chunk, "rows": values });
        report
    }

    fn line(&mut self, cells: &str) {
        for (cell, width) in cells.split('|').zip([27, 9, 5, 26, 26, 20]) {
            let _ = write!(self.text, "| {cell:<width$} ");
        }
        self.text += "|\n";
    }

    /// Adds a row to the table, and returns it as JSON.
    fn row(&mut self, row: &Row, figures: &Figures, in_a_pass: usize) -> Value {
        let [base, again, _, wrapper, _] = figures;
        let baseline = match row.topic() {
            "scale" => "ipcs",
            "sync" => "the other",
            _ if row.is("growth") => "C's growth",
            _ => "C",
        };
        let control = Comparison::of(again, base, in_a_pass);
        let baseline_ns = Median::of(base, in_a_pass);
        let (takes, twice) = (time(baseline_ns.value), control.ratio.value);
        let mut line = format!("{}|{takes}|{twice:.3}", row.name);
        let mut contenders = Vec::new();
        for (who, times) in figures.iter().enumerate().skip(2) {
            line += "|";
            if times.is_empty() {
                continue;
            }
            let name = match (row.topic(), who) {
                ("scale", 2) => "lsipc",
                ("scale", _) => "sysvipc",
                _ => LINEUP[who],
            };
            let compared = Comparison::of(times, base, in_a_pass);
            let bar = row.bars.get(who - 2).copied().flatten();
            let is_python = name == "python" && !wrapper.is_empty() && !row.is("growth");
            let beside = Comparison::of(times, wrapper, in_a_pass).ratio;
            let word = match bar {
                Some(bar) => compared.judge(bar, control),
                // To one part in fifty.
                None if is_python && beside.high < 0.98 => BEHIND,
                None => "",
            };
            let (ratio, more) = (compared.ratio.value, compared.difference_ns.value);
            let sign = if more < 0.0 { '−' } else { '+' };
            let cell = format!("{ratio:.3} ({sign}{}) {word}", time(more.abs()));
            if ["beyond", BEHIND].contains(&word) {
                let limit = bar.map(|bar| format!("{} × or +{} ns", bar.ratio, bar.or_nanoseconds));
                let (row, limit) = (&row.name, limit.unwrap_or_default());
                eprintln!("bench: {row}: {name}: {cell} {limit}");
                self.has_complaints = true;
            }
            line += &cell;
            contenders.push(json!({ "name": name, "ns": Median::of(times, in_a_pass),
                "p99_ns": quantile(times, 99), "ratio": compared.ratio,
                "difference_ns": compared.difference_ns, "bar": bar, "verdict": word }));
        }
        self.line(&line);
        json!({ "name": row.name, "baseline": baseline, "baseline_ns": baseline_ns,
            "control": control, "contenders": contenders })
    }
}

/// Formats a time in a suitable unit.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..99.95 => format!("{nanoseconds:.1} ns"),
        ..999.5 => format!("{nanoseconds:.0} ns"),
        ..999_500.0 => format!("{:.2} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Comparison, Median};

    #[test]
    fn medians() {
        let levels = [1.01, 1.04, 0.99, 1.05, 1.03, 0.98, 1.02].map(|level| [level; 100]);
        let Median { value, low, high } = Median::of(&levels.concat(), 100);
        assert_eq!((low, value, high), (0.98, 1.02, 1.05));
    }

    #[test]
    fn verdicts() {
        // Passes in which the baseline takes `base`, and the other so much more, give or take `noise`.
        let compared = |base: f64, more: f64, noise: f64| {
            let times = [base + more - noise, base + more, base + more + noise];
            Comparison::of(&times, &[base; 3], 1)
        };
        let (ratio, or_nanoseconds) = (1.03, 10.0);
        for (base, more, noise, control, verdict) in [
            (1e3, 29.0, 0.0, 0.0, "within"),
            (1e3, 31.0, 0.0, 0.0, "beyond"),
            (1e2, 9.0, 0.0, 0.0, "within"),
            (1e3, 40.0, 30.0, 0.0, "too noisy"),
            (1e3, 0.0, 0.0, -50.0, "too noisy"),
        ] {
            let control = compared(base, control, 0.0);
            let bar = Bar {
                ratio,
                or_nanoseconds,
            };
            assert_eq!(compared(base, more, noise).judge(bar, control), verdict);
        }
    }
}
