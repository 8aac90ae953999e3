//! `sysvipc limits`: what the system allows, and what is used of it.

use std::io::Write;

use anstyle::Style;
use clap::Args;
use serde::Serialize;
use sysv_wrapper::{Kind, Limit, Limits, page_size};

use super::exit::Outcome;
use super::moment;
use super::output::{BAD, DIM, Look, Output, WARNING};
use super::table::{Head, KEPT, Table};
use super::values::{KINDS, KindName};

/// What `limits` is told.
#[derive(Debug, Args)]
pub(crate) struct LimitsArgs {
    /// Only those of this kind
    #[arg(value_enum)]
    kind: Option<KindName>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A limit in JSON.
#[derive(Debug, Serialize)]
struct Record {
    name: &'static str,
    kind: &'static str,
    unit: &'static str,
    what: &'static str,
    limit: u64,
    used: Option<u64>,
    percent: Option<f64>,
}

/// All of it in JSON.
#[derive(Debug, Serialize)]
struct Document {
    limits: Vec<Record>,
    page_size: usize,
    shm_rmid_forced: Option<bool>,
}

/// Shows the limits.
pub(crate) fn run(args: &LimitsArgs, mut out: Output) -> Outcome {
    let kinds = args
        .kind
        .map_or_else(|| KINDS.to_vec(), |kind| vec![kind.into()]);
    let mut limits = Vec::new();
    for kind in &kinds {
        limits.extend(Limits::of(*kind)?);
    }
    let forced = if kinds.contains(&Kind::SharedMemory) {
        // Where only some limits are known, this setting is not one of them.
        let limits = Limits::segments().ok();
        limits.and_then(|limits| limits.removed_when_unused())
    } else {
        None
    };
    if args.json {
        return out.json(&Document {
            limits: limits.iter().map(record).collect(),
            page_size: page_size(),
            shm_rmid_forced: forced,
        });
    }
    let look = out.look();
    table(&limits).write(&mut out, look, usize::MAX)?;
    if let Some(forced) = forced {
        let text = if forced {
            "shm_rmid_forced is 1: segments are removed as soon as nobody is attached, and when their creator ends"
        } else {
            "shm_rmid_forced is 0: segments stay until they are removed"
        };
        writeln!(out)?;
        for line in wrapped(text, look) {
            writeln!(out, "{}", look.paint(DIM, line))?;
        }
    }
    out.finish()
}

/// The text in lines that fit.
fn wrapped(text: &str, look: Look) -> Vec<String> {
    let room = look.width.unwrap_or(80).max(20);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last].push_str(word);
        } else if lines[last].len() + 1 + word.len() <= room {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn record(limit: &Limit) -> Record {
    Record {
        name: limit.name(),
        kind: limit.kind().short_name(),
        unit: limit.unit(),
        what: limit.what(),
        limit: limit.value(),
        used: limit.used(),
        percent: limit.percent(),
    }
}

fn table(limits: &[Limit]) -> Table {
    let head = |title: &str, right, rank| Head {
        title: title.to_owned(),
        right,
        rank,
    };
    let mut table = Table::new(vec![
        head("LIMIT", false, KEPT),
        head("USED", true, KEPT),
        head("OF", true, KEPT),
        head("USE", true, KEPT),
        head("WHAT", false, 0),
    ]);
    for limit in limits {
        let none = String::new;
        let style = style(limit.percent());
        table.push([
            (limit.name().to_owned(), Style::new()),
            (
                limit.used().map_or_else(none, |used| used.to_string()),
                style,
            ),
            (value(limit), Style::new()),
            (limit.percent().map_or_else(none, percent), style),
            (limit.what().to_owned(), DIM),
        ]);
    }
    table
}

/// The limit, as people read it: bytes in a unit if nothing is lost by that.
fn value(limit: &Limit) -> String {
    match limit.value() {
        bytes if limit.unit() == "bytes" && bytes >= 1024 && bytes % 1024 == 0 => {
            moment::bytes(bytes)
        }
        value => value.to_string(),
    }
}

/// A percentage that does not say 0 for something, nor 100 for less.
fn percent(percent: f64) -> String {
    if percent > 0.0 && percent < 0.1 {
        return "<0.1 %".to_owned();
    }
    if percent > 99.9 && percent < 100.0 {
        return ">99.9 %".to_owned();
    }
    let digits = usize::from(percent < 99.95 && percent > 0.0);
    format!("{percent:.digits$} %")
}

/// From where on it is worth a look.
fn style(percent: Option<f64>) -> Style {
    match percent {
        Some(90.0..) => BAD,
        Some(70.0..) => WARNING,
        _ => Style::new(),
    }
}
