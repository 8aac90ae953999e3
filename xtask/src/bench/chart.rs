//! The report as a chart: a line per row, a mark per contender, on a logarithmic axis of times C.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;
use serde_json::Value;

use super::report::time;

/// The lower end of the axis, as a multiple of C.
const LEAST: f64 = 0.8;

/// The rows measured against C, with only a few of the copies.
fn is_shown(row: &Value) -> bool {
    let name = row["name"].as_str().unwrap_or_default();
    let sizes = ["-64-aligned", "-4096-aligned", "-1048576-aligned"];
    let is_chosen = sizes.iter().any(|size| name.ends_with(size));
    (is_chosen || !name.starts_with("copy/")) && row["baseline"] == "C"
}

/// The time of a contender as a multiple of C.
fn ratio(one: &Value) -> f64 {
    one["ratio"]["value"].as_f64().unwrap_or(1.0).max(LEAST)
}

fn contenders(row: &Value) -> &[Value] {
    row["contenders"].as_array().map_or(&[], Vec::as_slice)
}

/// Draws the chart of rows of the JSON into a file.
pub(crate) fn draw(rows: &Value, path: &Path) -> Result<(), Box<dyn Error>> {
    let rows = rows.as_array().into_iter().flatten();
    let rows: Vec<_> = rows.rev().filter(|row| is_shown(row)).collect();
    let all = rows.iter().flat_map(|row| contenders(row)).map(ratio);
    let times_c = (LEAST..all.fold(2.0, f64::max) * 1.2).log_scale();
    let height = u32::try_from(rows.len())? * 22 + 100;
    let root = SVGBackend::new(path, (960, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = "Time beside the same calls in C (1 = as fast)";
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(260)
        .build_cartesian_2d(times_c, (0..rows.len()).into_segmented())?;
    let label = |at: &SegmentValue<usize>| match at {
        SegmentValue::CenterOf(row) if *row < rows.len() => {
            let row = rows[*row];
            let base = row["baseline_ns"]["value"].as_f64().map(time);
            format!("{} ({})", row["name"], base.unwrap_or_default())
        }
        _ => String::new(),
    };
    let mut mesh = chart.configure_mesh();
    mesh.y_labels(rows.len()).y_label_formatter(&label);
    mesh.x_desc("times the time of C, logarithmic; left is faster");
    mesh.draw()?;
    for (name, colour, size) in [
        ("python", GREEN.stroke_width(2), 4),
        ("sysv-wrapper", RED.stroke_width(2), 6),
        ("sysv-ipc", BLUE.filled(), 3),
    ] {
        let points = rows.iter().enumerate().filter_map(|(row, measured)| {
            let mut all = contenders(measured).iter();
            let one = all.find(|one| one["name"] == name)?;
            let at = (ratio(one), SegmentValue::CenterOf(row));
            Some(Circle::new(at, size, colour))
        });
        let series = chart.draw_series(points)?.label(name);
        series.legend(move |(x, y)| Circle::new((x + 10, y), size, colour));
    }
    let mut labels = chart.configure_series_labels();
    labels.position(SeriesLabelPosition::UpperRight);
    labels.background_style(WHITE).border_style(BLACK).draw()?;
    Ok(root.present()?)
}
