//! The report as a chart: a line per row, a mark per contender, on a logarithmic axis of times C.

use std::path::Path;

use plotters::prelude::*;
use serde_json::Value;

use crate::process::Result;
use crate::report::time;

/// The lower end of the axis, as a multiple of C.
const LEAST: f64 = 0.8;

/// Returns whether a row is measured against C. Of the copies, only a few are in the chart.
fn is_shown(row: &Value) -> bool {
    let name = row["name"].as_str().unwrap_or_default();
    let mut sizes = ["-64-aligned", "-4096-aligned", "-1048576-aligned"].iter();
    row["baseline"] == "C" && (!name.starts_with("copy/") || sizes.any(|size| name.ends_with(size)))
}

/// Draws the chart of rows of the JSON into a file.
pub fn draw(rows: &Value, path: &Path) -> Result<()> {
    let rows: Vec<_> = rows
        .as_array()
        .into_iter()
        .flatten()
        .rev()
        .filter(|row| is_shown(row))
        .collect();
    // The contenders: name, line, and time as a multiple of C.
    let mut marks = Vec::new();
    for (line, row) in rows.iter().enumerate() {
        for contender in row["contenders"].as_array().into_iter().flatten() {
            let ratio = contender["ratio"]["value"].as_f64().unwrap_or(1.0);
            marks.push((&contender["name"], line, ratio.max(LEAST)));
        }
    }
    let most = marks.iter().map(|mark| mark.2).fold(2.0, f64::max);
    let height = u32::try_from(rows.len())? * 22 + 100;
    let root = SVGBackend::new(path, (960, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let caption = "Time beside the same calls in C (1 = as fast)";
    let mut chart = ChartBuilder::on(&root);
    chart.caption(caption, ("sans-serif", 18)).margin(12);
    chart.x_label_area_size(40).y_label_area_size(260);
    let lines = (0..rows.len()).into_segmented();
    let mut chart = chart.build_cartesian_2d((LEAST..most * 1.2).log_scale(), lines)?;
    let label = |at: &SegmentValue<usize>| match at {
        SegmentValue::CenterOf(row) if *row < rows.len() => {
            let base = rows[*row]["baseline_ns"]["value"].as_f64().map(time);
            format!("{} ({})", rows[*row]["name"], base.unwrap_or_default())
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
        let own = marks.iter().filter(|mark| *mark.0 == name);
        let at = own.map(|(_, line, ratio)| (*ratio, SegmentValue::CenterOf(*line)));
        let series = chart.draw_series(at.map(|at| Circle::new(at, size, colour)))?;
        series
            .label(name)
            .legend(move |(x, y)| Circle::new((x + 10, y), size, colour));
    }
    let mut labels = chart.configure_series_labels();
    labels.position(SeriesLabelPosition::UpperRight);
    labels.background_style(WHITE).border_style(BLACK).draw()?;
    Ok(root.present()?)
}
