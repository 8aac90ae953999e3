//! The figures and their assessment, as JSON and as a table.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};
use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::statistics::{Data, OrderStatistics};

use super::measure::{Figures, LINEUP, Plan, Workers};
use super::rows::{Bar, Row};

/// A median, with the interval that holds the true one in 95 of 100 cases.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Median {
    pub(crate) value: f64,
    low: f64,
    high: f64,
}

impl Median {
    /// Computes the interval from order statistics: the number of values below the median has a binomial distribution. This
    /// assumes nothing about the distribution of the values. Without values, all fields are zero.
    fn of(mut numbers: Vec<f64>) -> Median {
        numbers.resize(numbers.len().max(1), 0.0);
        let count = numbers.len();
        let tosses = Binomial::new(0.5, count as u64).expect("half is a probability");
        let rank = (1..count).find(|rank| tosses.cdf(*rank as u64) >= 0.025);
        let rank = rank.unwrap_or(1);
        let mut numbers = Data::new(numbers);
        Median {
            value: numbers.median(),
            low: numbers.order_statistic(rank),
            high: numbers.order_statistic(count + 1 - rank),
        }
    }

    /// Of numbers that come in groups of this size. Those of a group resemble each other: what differs from group to
    /// group may be the chance that made each. So the interval is also that of as many numbers as there are groups,
    /// their medians.
    fn of_groups(numbers: Vec<f64>, size: usize) -> Median {
        let groups = numbers.chunks(size);
        let groups = Median::of(groups.map(|group| Median::of(group.into()).value).collect());
        let mut median = Median::of(numbers);
        median.low = median.low.min(groups.low);
        median.high = median.high.max(groups.high);
        median
    }
}

/// Times beside a baseline, round by round: divided by it, and less it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Comparison {
    pub(crate) ratio: Median,
    difference_ns: Median,
}

impl Comparison {
    /// Of times of the same rounds, of which each pass had so many. Where there are times of the work alone as well, the
    /// baseline is what the work among other objects would take if it grew as the baseline's does.
    fn of([times, alone]: &[Vec<f64>; 2], base: &[Vec<f64>; 2], in_a_pass: usize) -> Comparison {
        let base = |round: usize| match alone.get(round) {
            Some(alone) => alone * base[0][round] / base[1][round],
            None => base[0][round],
        };
        let times = times.iter().enumerate();
        let ratios = times.clone().map(|(round, time)| time / base(round));
        let differences = times.map(|(round, time)| time - base(round));
        Comparison {
            ratio: Median::of_groups(ratios.collect(), in_a_pass),
            difference_ns: Median::of_groups(differences.collect(), in_a_pass),
        }
    }

    /// Compares with the bar. `control` is the baseline measured against itself. The result is undecided if the control differs
    /// by as much as the bar allows, or if the interval extends to both sides of the bar.
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
        let head = "row|C|C / C|`sysv-ipc`|`sysv-wrapper`|Python\n---|---|---|---|---|---";
        let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
        let mut report = Report::default();
        let mut values = Vec::new();
        let mut topic = "";
        for (row, figures) in rows.iter().zip(figures) {
            let (value, line) = report.row(row, figures, row.rounds(plan.rounds));
            let heads = match row.topic() {
                "scale" => Some("|`ipcs`|`ipcs` / `ipcs`|`lsipc`|`sysvipc`|"),
                "sync" => Some("|the other|twice||`sync`|"),
                _ => None,
            };
            lines.extend(heads.filter(|_| topic != row.topic()).map(str::to_owned));
            topic = row.topic();
            values.push(value);
            lines.push(line);
        }
        let (passes, rounds, chunk) = (plan.passes, plan.passes * plan.rounds, plan.chunk / 1e3);
        for (name, fact) in &workers.machine {
            let _ = writeln!(report.text, "- {name}: {fact}");
        }
        let _ = writeln!(
            report.text,
            "- {rounds} rounds of {chunk} µs, in {passes} passes\n"
        );
        let mut widths = [0; 6];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line.split('|')) {
                *width = cell.chars().count().max(*width);
            }
        }
        for line in &lines {
            for (cell, width) in line.split('|').zip(widths) {
                let _ = write!(report.text, "| {cell:<width$} ");
            }
            report.text += "|\n";
        }
        let mut missing = Vec::new();
        if !workers.machine.contains_key("Python") {
            missing.push("Python is not measured: `pip install sysv_ipc`, or PYTHON=INTERPRETER");
            let _ = writeln!(report.text, "\n{}", missing[0]);
        }
        report.json = json!({ "machine": workers.machine, "passes": passes, "rounds": rounds,
            "chunk_us": chunk, "missing": missing, "rows": values });
        report
    }

    /// A row as JSON, and as a line of cells.
    fn row(&mut self, row: &Row, figures: &Figures, in_a_pass: usize) -> (Value, String) {
        let [base, again, _, wrapper, _] = figures;
        let name = &row.name;
        if base[0].is_empty() {
            let why = "needs an ipc namespace of its own, which `unshare` makes for root";
            let value = json!({ "name": name, "skipped": why });
            return (value, format!("{name}|{why}||||"));
        }
        let baseline = match row.requests().len() {
            _ if row.topic() == "scale" => "ipcs",
            _ if row.topic() == "sync" => "the other",
            1 => "C",
            _ => "C's growth",
        };
        let baseline_ns = Median::of(base[0].clone());
        let control = Comparison::of(again, base, in_a_pass);
        let (takes, again) = (time(baseline_ns.value), control.ratio.value);
        let mut line = format!("{name}|{takes}|{again:.3}");
        let mut contenders = Vec::new();
        for (who, times) in figures.iter().enumerate().skip(2) {
            line += "|";
            if times[0].is_empty() {
                continue;
            }
            let name = match who {
                2 if row.topic() == "scale" => "lsipc",
                3 if row.topic() == "scale" => "sysvipc",
                _ => LINEUP[who],
            };
            let compared = Comparison::of(times, base, in_a_pass);
            let (ratio, more) = (compared.ratio.value, compared.difference_ns.value);
            let mut one = json!(compared);
            (one["name"], one["ns"]) = (json!(name), json!(Median::of(times[0].clone())));
            let (mut word, mut bar) = ("", String::new());
            if let Some(Some(allowed)) = row.bars.get(who - 2) {
                word = compared.judge(*allowed, control);
                (one["bar"], one["verdict"]) = (json!(allowed), json!(word));
                let (ratio, more) = (allowed.ratio, allowed.or_nanoseconds);
                bar = format!(" {ratio} times {baseline} or +{more} ns");
            } else if name == "python" && !wrapper[0].is_empty() {
                let peer = [times[0].clone(), Vec::new()];
                let beside = Comparison::of(&peer, wrapper, in_a_pass).ratio;
                // To one part in fifty.
                one["wrapper_is"] = match () {
                    () if beside.low > 1.0 => json!("ahead"),
                    () if beside.high >= 0.98 => json!("level"),
                    () => json!("behind"),
                };
                if one["wrapper_is"] == "behind" {
                    word = "faster than sysv-wrapper";
                }
            }
            let sign = if more < 0.0 { '−' } else { '+' };
            let cell = format!("{ratio:.3} ({sign}{}) {word}", time(more.abs()));
            if ["beyond", "faster than sysv-wrapper"].contains(&word) {
                let row = &row.name;
                self.complaints.push(format!("{row}: {name}: {cell}{bar}"));
            }
            line += &cell;
            contenders.push(one);
        }
        let value = json!({ "name": name, "baseline": baseline, "baseline_ns": baseline_ns,
            "control": control, "contenders": contenders });
        (value, line)
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
    fn intervals() {
        let hundred = Median::of((1..=100).map(f64::from).collect());
        // As tables of order statistics have it.
        assert_eq!(
            (hundred.low, hundred.value, hundred.high),
            (40.0, 50.5, 61.0)
        );
        // Groups that differ leave it open, however many numbers they have.
        let levels = [1.01, 1.04, 0.99, 1.05, 1.04, 0.98, 1.03, 1.04].map(|level| [level; 100]);
        let groups = Median::of_groups(levels.concat(), 100);
        assert_eq!((groups.low, groups.high), (0.98, 1.05));
    }

    #[test]
    fn verdicts() {
        // A hundred rounds in which the baseline takes `base`, and the other so much more, give or take `noise`.
        let compared = |base: f64, more: f64, noise: f64| {
            let times = [base + more - noise, base + more + noise].repeat(50);
            Comparison::of(&[times, vec![]], &[vec![base; 100], vec![]], 100)
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
        // Among other objects it takes three times as long, where the baseline takes twice as long.
        let growth = Comparison::of(&[vec![30.0], vec![10.0]], &[vec![16.0], vec![8.0]], 1);
        assert_eq!(
            (growth.ratio.value, growth.difference_ns.value),
            (1.5, 10.0)
        );
    }
}
