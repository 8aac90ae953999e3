//! The figures and their assessment, as JSON, as a table and as a chart.

use std::fmt::Write;
use std::path::Path;

use plotters::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::measure::{CHUNK, LINEUP, Workers};
use crate::process::Result;
use crate::rows::{Bar, Row};

/// The verdicts that make the benchmark fail. The second is about Python.
pub const BEYOND: &str = "beyond";
pub const BEHIND: &str = "faster than sysv-wrapper";

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
    /// Of the numbers of so many passes. Those of a pass resemble each other: what differs from pass to pass may be the chance
    /// that made its processes.
    fn of(numbers: &[f64], passes: usize) -> Median {
        let passes = numbers.chunks(numbers.len().div_ceil(passes).max(1));
        let passes = passes.map(|pass| quantile(pass, 50));
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
    fn of(times: &[f64], base: &[f64], passes: usize) -> Comparison {
        let of = |compare: fn((&f64, &f64)) -> f64| {
            let compared: Vec<_> = times.iter().zip(base).map(compare).collect();
            Median::of(&compared, passes)
        };
        Comparison {
            ratio: of(|(time, base)| time / base),
            difference_ns: of(|(time, base)| time - base),
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
            BEYOND
        }
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

/// Evaluates the figures. Returns them as JSON, and as Markdown that is readable on a terminal too.
pub fn report(rows: &[Row], workers: &Workers, passes: usize, rounds: usize) -> (Value, String) {
    let (machine, chunk, rounds) = (&workers.machine, CHUNK / 1e3, passes * rounds);
    let mut text = format!("{machine}- {rounds} rounds of {chunk} µs, in {passes} passes\n\n");
    let mut line = |cells: &str| {
        for (cell, width) in cells.split('|').zip([27, 9, 5, 26, 26, 20]) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text += "|\n";
    };
    let (mut values, mut last) = (Vec::new(), "");
    for row in rows {
        let head = match row {
            row if row.is("scale") => "row|`ipcs`|twice|`lsipc`|`sysvipc`|",
            row if row.is("sync") => "row|the other|twice||`sync`|",
            _ => "row|C|C / C|`sysv-ipc`|`sysv-wrapper`|Python",
        };
        if head != last {
            line(head);
        }
        if last.is_empty() {
            line("---|---|---|---|---|---");
        }
        last = head;
        let name = &row.name;
        let (value, cells) = match workers.lacks(row) {
            Some(why) => (
                json!({ "name": name, "skipped": why }),
                format!("{why}||||"),
            ),
            None => assess(row, passes),
        };
        line(&format!("{name}|{cells}"));
        values.push(value);
    }
    let json = json!({ "machine": machine, "passes": passes, "rounds": rounds, "chunk_us": chunk, "rows": values });
    (json, text)
}

/// Evaluates the figures of a row. Returns them as JSON, and as cells of the table.
fn assess(row: &Row, passes: usize) -> (Value, String) {
    let [base, again, _, wrapper, _] = &row.figures;
    let (baseline, names) = match row {
        row if row.is("scale") => ("ipcs", ["", "", "lsipc", "sysvipc", ""]),
        row if row.is("sync") => ("the other", LINEUP),
        row if row.is("growth") => ("C's growth", LINEUP),
        _ => ("C", LINEUP),
    };
    let compare = |times: &[f64], base: &[f64]| Comparison::of(times, base, passes);
    let (baseline_ns, control) = (Median::of(base, passes), compare(again, base));
    let mut cells = format!("{}|{:.3}", time(baseline_ns.value), control.ratio.value);
    let mut contenders = Vec::new();
    let bars = row.bars.into_iter().chain([None]);
    for ((name, times), bar) in names.into_iter().zip(&row.figures).skip(2).zip(bars) {
        cells += "|";
        if times.is_empty() {
            continue;
        }
        let compared = compare(times, base);
        let is_python = name == "python" && !wrapper.is_empty() && !row.is("growth");
        let verdict = match bar {
            Some(bar) => compared.judge(bar, control),
            // To one part in fifty.
            None if is_python && compare(times, wrapper).ratio.high < 0.98 => BEHIND,
            None => "",
        };
        let (ratio, more) = (compared.ratio.value, compared.difference_ns.value);
        let sign = if more < 0.0 { '−' } else { '+' };
        let _ = write!(cells, "{ratio:.3} ({sign}{}) {verdict}", time(more.abs()));
        contenders.push(json!({ "name": name, "ns": Median::of(times, passes),
            "p99_ns": quantile(times, 99), "ratio": compared.ratio,
            "difference_ns": compared.difference_ns, "bar": bar, "verdict": verdict }));
    }
    let value = json!({ "name": row.name, "baseline": baseline, "baseline_ns": baseline_ns,
        "control": control, "contenders": contenders });
    (value, cells)
}

/// Draws rows of the JSON into a file: a line per row, a mark per contender, on a logarithmic axis of times C. Only rows that
/// are measured against C are shown, and of the copies only a few.
pub fn draw(rows: &Value, path: &Path) -> Result<()> {
    const ENDS: [f64; 2] = [0.8, 40.0];
    let is_shown = |row: &&Value| {
        let name = row["name"].as_str().unwrap_or_default();
        let mut sizes = ["-64-aligned", "-4096-aligned", "-1048576-aligned"].iter();
        let is_shown = !name.starts_with("copy/") || sizes.any(|size| name.ends_with(size));
        is_shown && row["baseline"] == "C"
    };
    let rows = rows.as_array().into_iter().flatten().rev();
    let rows: Vec<_> = rows.filter(is_shown).collect();
    let size = (960, u32::try_from(rows.len())? * 22 + 100);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let caption = "Time beside the same calls in C (1 = as fast)";
    let mut chart = ChartBuilder::on(&root);
    chart.caption(caption, ("sans-serif", 18)).margin(12);
    chart.x_label_area_size(40).y_label_area_size(260);
    let (times, lines) = (ENDS[0]..ENDS[1], (0..rows.len()).into_segmented());
    let mut chart = chart.build_cartesian_2d(times.log_scale(), lines)?;
    let label = |at: &SegmentValue<usize>| match at {
        SegmentValue::CenterOf(line) if *line < rows.len() => {
            let base = rows[*line]["baseline_ns"]["value"].as_f64().map(time);
            format!("{} ({})", rows[*line]["name"], base.unwrap_or_default())
        }
        _ => String::new(),
    };
    let mut mesh = chart.configure_mesh();
    mesh.x_desc("times the time of C, logarithmic; left is faster");
    mesh.y_labels(rows.len()).y_label_formatter(&label).draw()?;
    for (name, colour, size) in [
        ("python", GREEN.stroke_width(2), 4),
        ("sysv-wrapper", RED.stroke_width(2), 6),
        ("sysv-ipc", BLUE.filled(), 3),
    ] {
        let mark = |(line, row): (_, &&Value)| {
            let mut contenders = row["contenders"].as_array()?.iter();
            let ratio = &contenders.find(|one| one["name"] == name)?["ratio"]["value"];
            let ratio = ratio.as_f64()?.clamp(ENDS[0], ENDS[1]);
            Some(Circle::new(
                (ratio, SegmentValue::CenterOf(line)),
                size,
                colour,
            ))
        };
        let series = chart.draw_series(rows.iter().enumerate().filter_map(mark))?;
        let legend = move |(x, y)| Circle::new((x + 10, y), size, colour);
        series.label(name).legend(legend);
    }
    chart.configure_series_labels().border_style(BLACK).draw()?;
    Ok(root.present()?)
}

#[cfg(test)]
mod tests {
    use super::Comparison;
    use crate::rows::bar;

    #[test]
    fn verdicts() {
        // Passes in which the baseline takes `base`, and the other so much more, give or take `noise`.
        let compared = |base: f64, more: f64, noise: f64| {
            let times = [-noise, 0.0, noise].map(|noise| [base + more + noise; 9]);
            Comparison::of(&times.concat(), &[base; 27], 3)
        };
        let verdict = |base, more, noise, control| {
            let control = compared(base, control, 0.0);
            compared(base, more, noise).judge(bar("1.03+10").unwrap(), control)
        };
        assert_eq!(verdict(1e3, 29.0, 0.0, 0.0), "within");
        assert_eq!(verdict(1e3, 31.0, 0.0, 0.0), "beyond");
        assert_eq!(verdict(1e2, 9.0, 0.0, 0.0), "within");
        assert_eq!(verdict(1e3, 40.0, 30.0, 0.0), "too noisy");
        assert_eq!(verdict(1e3, 0.0, 0.0, -50.0), "too noisy");
    }
}
