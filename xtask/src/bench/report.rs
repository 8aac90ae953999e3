//! The figures and their assessment, as JSON and as a table.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::measure::{Figures, LINEUP, Plan, Workers};
use super::rows::{Bar, Row};

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
pub(crate) struct Report {
    pub(crate) json: Value,
    /// Markdown, aligned so that it is readable on a terminal.
    pub(crate) text: String,
    /// The problems, one per line.
    pub(crate) complaints: Vec<String>,
}

impl Report {
    /// Evaluates the figures.
    pub(crate) fn new(rows: &[Row], figures: &[Figures], workers: &Workers, plan: &Plan) -> Report {
        let mut report = Report::default();
        let mut lines = vec![
            "row|C|C / C|`sysv-ipc`|`sysv-wrapper`|Python".to_owned(),
            "---|---|---|---|---|---".to_owned(),
        ];
        let (mut values, mut topic) = (Vec::new(), "");
        for (row, figures) in rows.iter().zip(figures) {
            let head = match row.topic() {
                "scale" => Some("|`ipcs`|`ipcs` / `ipcs`|`lsipc`|`sysvipc`|"),
                "sync" => Some("|the other|twice||`sync`|"),
                _ => None,
            };
            lines.extend(head.filter(|_| topic != row.topic()).map(str::to_owned));
            topic = row.topic();
            let (mut value, cells) = match workers.lacks(row) {
                Some(why) => (json!({ "skipped": why }), format!("{why}||||")),
                None => report.row(row, figures, row.extent(plan.rounds, plan.chunk).0),
            };
            lines.push(format!("{}|{cells}", row.name));
            value["name"] = json!(row.name);
            values.push(value);
        }
        let (passes, rounds, chunk) = (plan.passes, plan.passes * plan.rounds, plan.chunk / 1e3);
        report.text = workers.machine.join("\n");
        let _ = writeln!(
            report.text,
            "\n- {rounds} rounds of {chunk} µs, in {passes} passes\n"
        );
        for line in &lines {
            for (column, cell) in line.split('|').enumerate() {
                let cells = lines.iter().filter_map(|line| line.split('|').nth(column));
                let width = cells.map(|cell| cell.chars().count()).max();
                let width = width.unwrap_or_default();
                let _ = write!(report.text, "| {cell:<width$} ");
            }
            report.text += "|\n";
        }
        report.json = json!({ "machine": workers.machine, "passes": passes, "rounds": rounds,
            "chunk_us": chunk, "rows": values });
        report
    }

    /// Returns a row as JSON, and as cells.
    fn row(&mut self, row: &Row, figures: &Figures, in_a_pass: usize) -> (Value, String) {
        let [base, again, _, wrapper, _] = figures;
        let (baseline, names) = match row.topic() {
            "scale" => ("ipcs", ["lsipc", "sysvipc", ""]),
            "sync" => ("the other", ["", "sysv-wrapper", ""]),
            _ if row.is_growth() => ("C's growth", [LINEUP[2], LINEUP[3], LINEUP[4]]),
            _ => ("C", [LINEUP[2], LINEUP[3], LINEUP[4]]),
        };
        let control = Comparison::of(again, base, in_a_pass);
        let baseline_ns = Median::of(base, in_a_pass);
        let mut cells = format!("{}|{:.3}", time(baseline_ns.value), control.ratio.value);
        let mut contenders = Vec::new();
        for (who, times) in figures.iter().enumerate().skip(2) {
            cells += "|";
            if times.is_empty() {
                continue;
            }
            let name = names[who - 2];
            let compared = Comparison::of(times, base, in_a_pass);
            let mut one = json!(compared);
            one["name"] = json!(name);
            one["ns"] = json!(Median::of(times, in_a_pass));
            one["p99_ns"] = json!(quantile(times, 99));
            let mut word = "";
            if let Some(Some(bar)) = row.bars.get(who - 2) {
                word = compared.judge(*bar, control);
                (one["bar"], one["verdict"]) = (json!(bar), json!(word));
            } else if name == "python" && !wrapper.is_empty() && !row.is_growth() {
                let beside = Comparison::of(times, wrapper, in_a_pass).ratio;
                // To one part in fifty.
                let (is, said) = match () {
                    () if beside.low > 1.0 => ("ahead", ""),
                    () if beside.high >= 0.98 => ("level", ""),
                    () => ("behind", "faster than sysv-wrapper"),
                };
                (one["wrapper_is"], word) = (json!(is), said);
            }
            let (ratio, more) = (compared.ratio.value, compared.difference_ns.value);
            let sign = if more < 0.0 { '−' } else { '+' };
            let cell = format!("{ratio:.3} ({sign}{}) {word}", time(more.abs()));
            if ["beyond", "faster than sysv-wrapper"].contains(&word) {
                let (row, bar) = (&row.name, &one["bar"]);
                self.complaints
                    .push(format!("{row}: {name}: {cell}; bar: {bar}"));
            }
            cells += &cell;
            contenders.push(one);
        }
        let value = json!({ "baseline": baseline, "baseline_ns": baseline_ns,
            "control": control, "contenders": contenders });
        (value, cells)
    }
}

/// Formats a time in a suitable unit.
pub(crate) fn time(nanoseconds: f64) -> String {
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
