//! The report as a chart: one line per row, one mark per contender, on a logarithmic axis of times C.
//!
//! SVG by hand: some rectangles, marks and words need no library. It brings its own background, so that it can be
//! read on light and dark pages alike, and follows the reader's colour scheme.

use std::fmt::Write;

use super::contenders::Contender;
use super::report::{Measured, Report};
use super::table::time;

/// Copies of which the chart shows one line each: enough to see the run of it.
const COPIES: [&str; 9] = [
    "copy/read-64-aligned",
    "copy/read-4096-aligned",
    "copy/read-1048576-aligned",
    "copy/write-64-aligned",
    "copy/write-4096-aligned",
    "copy/write-1048576-aligned",
    "copy/fill-64-aligned",
    "copy/fill-4096-aligned",
    "copy/fill-1048576-aligned",
];

/// Pixels.
const WIDTH: f64 = 960.0;
const LINE: f64 = 24.0;
const TOP: f64 = 112.0;
const BOTTOM: f64 = 64.0;
const LEFT: f64 = 340.0;
const RIGHT: f64 = 100.0;

/// What the axis begins with, in times of C.
const LEAST: f64 = 0.8;

const STYLE: &str = "
  text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #24292f; }
  .title { font-size: 17px; font-weight: 600; }
  .soft { fill: #57606a; }
  .page { fill: #ffffff; stroke: #d0d7de; }
  .band { fill: #f6f8fa; }
  .grid { stroke: #d8dee4; }
  .one { stroke: #57606a; stroke-dasharray: 4 3; }
  .ipc { fill: #0969da; }
  .wrapper { fill: none; stroke: #bc4c00; stroke-width: 2.5; }
  .python { fill: #1a7f37; }
  .perl { fill: #8250df; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .soft { fill: #9198a1; }
    .page { fill: #0d1117; stroke: #3d444d; }
    .band { fill: #161b22; }
    .grid { stroke: #2f363d; }
    .one { stroke: #9198a1; }
    .ipc { fill: #58a6ff; }
    .wrapper { stroke: #f0883e; }
    .python { fill: #3fb950; }
    .perl { fill: #d2a8ff; }
  }
";

/// Who is shown, in the order of the legend; who is drawn last lies on top.
const SHOWN: [Contender; 4] = [
    Contender::Ipc,
    Contender::Wrapper,
    Contender::Python,
    Contender::Perl,
];

/// The whole file.
pub(crate) fn render(report: &Report) -> String {
    let rows: Vec<&Measured> = report.rows.iter().filter(|row| is_shown(row)).collect();
    let axis = Axis::of(&rows);
    let below = lines(rows.len()) + TOP;
    let height = below + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"Time of each contender in times of C\">\n\
         <style>{STYLE}</style>\n\
         <rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"24\" y=\"34\">Time beside the same calls in C (1 = as fast)</text>\n",
        WIDTH - 1.0,
        height - 1.0
    );
    legend(&mut svg);
    let _ = writeln!(
        svg,
        "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">C takes</text>",
        WIDTH - 24.0,
        TOP - 10.0
    );
    for (number, row) in rows.iter().enumerate() {
        background(&mut svg, number, row);
    }
    axis.draw(&mut svg, below);
    for (number, row) in rows.iter().enumerate() {
        let y = middle(number);
        for one in SHOWN.iter().rev().filter_map(|who| row.of(*who)) {
            mark(&mut svg, one.name, axis.x(one.compared.ratio.value), y);
        }
    }
    svg += "</svg>\n";
    svg
}

/// Rows that were measured against C, and of the copies a few.
fn is_shown(row: &Measured) -> bool {
    let chosen = !row.name.starts_with("copy/") || COPIES.contains(&row.name.as_str());
    chosen && row.skipped.is_none() && row.baseline == "C"
}

#[expect(clippy::cast_precision_loss, reason = "some dozens")]
fn lines(number: usize) -> f64 {
    number as f64 * LINE
}

fn middle(number: usize) -> f64 {
    TOP + lines(number) + LINE / 2.0
}

fn background(svg: &mut String, number: usize, row: &Measured) {
    if number % 2 == 0 {
        let _ = writeln!(
            svg,
            "<rect class=\"band\" x=\"12\" y=\"{}\" width=\"{}\" height=\"{LINE}\"/>",
            TOP + lines(number),
            WIDTH - 24.0
        );
    }
    let base = middle(number) + 4.5;
    let _ = writeln!(
        svg,
        "<text x=\"24\" y=\"{base}\">{}</text>\n\
         <text class=\"soft\" x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
        row.title,
        WIDTH - 24.0,
        time(row.baseline_ns.value)
    );
}

fn legend(svg: &mut String) {
    let mut x = 30.0;
    for who in SHOWN {
        mark(svg, who, x, 62.0);
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"66.5\">{}</text>",
            x + 12.0,
            who.name()
        );
        x += 130.0;
    }
}

/// A shape of its own for each, so that colour is not all that tells them apart.
fn mark(svg: &mut String, who: Contender, x: f64, y: f64) {
    let _ = match who {
        Contender::C | Contender::Ipc => {
            writeln!(
                svg,
                "<circle class=\"ipc\" cx=\"{x:.1}\" cy=\"{y}\" r=\"4\"/>"
            )
        }
        Contender::Wrapper => {
            writeln!(
                svg,
                "<circle class=\"wrapper\" cx=\"{x:.1}\" cy=\"{y}\" r=\"6.5\"/>"
            )
        }
        Contender::Python => writeln!(
            svg,
            "<path class=\"python\" d=\"M{x:.1} {} l6 10.5 h-12 z\"/>",
            y - 6.5
        ),
        Contender::Perl => writeln!(
            svg,
            "<rect class=\"perl\" x=\"{:.1}\" y=\"{}\" width=\"9\" height=\"9\"/>",
            x - 4.5,
            y - 4.5
        ),
    };
}

/// The axis: times C, logarithmic.
struct Axis {
    most: f64,
}

impl Axis {
    /// Up to what there is.
    fn of(rows: &[&Measured]) -> Axis {
        let all = rows.iter().flat_map(|row| &row.contenders);
        let most = all.map(|one| one.compared.ratio.value).fold(2.0, f64::max);
        Axis { most: most * 1.2 }
    }

    /// Where a ratio is; one that is off the axis is at its end.
    fn x(&self, ratio: f64) -> f64 {
        let part = (ratio.max(LEAST) / LEAST).ln() / (self.most / LEAST).ln();
        LEFT + part * (WIDTH - LEFT - RIGHT)
    }

    fn draw(&self, svg: &mut String, below: f64) {
        const STEPS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
        let mut free = 0.0;
        for ratio in STEPS.into_iter().filter(|ratio| *ratio < self.most) {
            let x = self.x(ratio);
            let class = if ratio > 1.0 { "grid" } else { "one" };
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{below}\"/>"
            );
            // A line whose words would run into those before it has none.
            if x >= free {
                let y = below + 20.0;
                let _ = writeln!(
                    svg,
                    "<text class=\"soft\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{ratio} ×</text>"
                );
                free = x + 48.0;
            }
        }
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">times the time of C, \
             logarithmic; left is faster</text>",
            f64::midpoint(LEFT, WIDTH - RIGHT),
            below + 44.0
        );
    }
}
