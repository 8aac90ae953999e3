//! The report as a chart: a line per row, a mark per contender, on a logarithmic axis of times C.

use std::path::Path;

use plotters::prelude::*;
use serde_json::Value;

use crate::job::Result;
use crate::report::time;

/// The lower end of the axis, as a multiple of C.
const LEAST: f64 = 0.8;

/// The rows measured against C, with only a few of the copies.
fn is_shown(row: &Value) -> bool {
    let name = row["name"].as_str().unwrap_or_default();
    let mut sizes = ["-64-aligned", "-4096-aligned", "-1048576-aligned"].iter();
    row["baseline"] == "C" && (!name.starts_with("copy/") || sizes.any(|size| name.ends_with(size)))
}

/// The time of a contender as a multiple of C.
fn ratio(contender: &Value) -> f64 {
    let ratio = contender["ratio"]["value"].as_f64();
    ratio.unwrap_or(1.0).max(LEAST)
}

/// Draws the chart of rows of the JSON into a file.
pub fn draw(rows: &Value, path: &Path) -> Result<()> {
    let rows = rows.as_array().into_iter().flatten();
    let rows: Vec<_> = rows.rev().filter(|row| is_shown(row)).collect();
    let contenders = |row: &Value| row["contenders"].as_array().cloned().unwrap_or_default();
    let all = rows.iter().flat_map(|row| contenders(row));
    let most = all.map(|one| ratio(&one)).fold(2.0, f64::max);
    let height = u32::try_from(rows.len())? * 22 + 100;
    let root = SVGBackend::new(path, (960, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "Time beside the same calls in C (1 = as fast)",
            ("sans-serif", 18),
        )
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(260)
        .build_cartesian_2d(
            (LEAST..most * 1.2).log_scale(),
            (0..rows.len()).into_segmented(),
        )?;
    let label = |at: &SegmentValue<usize>| match at {
        SegmentValue::CenterOf(row) if *row < rows.len() => {
            let base = rows[*row]["baseline_ns"]["value"].as_f64().map(time);
            format!("{} ({})", rows[*row]["name"], base.unwrap_or_default())
        }
        _ => String::new(),
    };
    let mut mesh = chart.configure_mesh();
    mesh.y_labels(rows.len()).y_label_formatter(&label);
    mesh.x_desc("times the time of C, logarithmic; left is faster")
        .draw()?;
    for (name, colour, size) in [
        ("python", GREEN.stroke_width(2), 4),
        ("sysv-wrapper", RED.stroke_width(2), 6),
        ("sysv-ipc", BLUE.filled(), 3),
    ] {
        let points = rows.iter().enumerate().flat_map(|(row, measured)| {
            let all = contenders(measured)
                .into_iter()
                .filter(|one| one["name"] == name);
            all.map(move |one| (ratio(&one), SegmentValue::CenterOf(row)))
        });
        let series = points.map(|at| Circle::new(at, size, colour));
        let series = chart.draw_series(series)?.label(name);
        series.legend(move |(x, y)| Circle::new((x + 10, y), size, colour));
    }
    let mut labels = chart.configure_series_labels();
    labels.position(SeriesLabelPosition::UpperRight);
    labels.background_style(WHITE).border_style(BLACK).draw()?;
    Ok(root.present()?)
}
