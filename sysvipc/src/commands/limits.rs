//! `sysvipc limits`: what the system allows, and what is used of it.

use std::io::Write;

use anstyle::Style;
use serde::Serialize;
use sysv_wrapper::{Kind, Limit, Limits, page_size};

use crate::cli::{KINDS, LimitsArgs};
use crate::exit::{Outcome, complain, explain};
use crate::format;
use crate::stdio::{BAD, DIM, Output, WARNING};
use crate::table::{Head, KEPT, Table};

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
    let (limits, untold) = gather(&kinds, Limits::of)?;
    for error in &untold {
        complain(explain(error));
    }
    for kind in &kinds {
        if let Some(text) = partly(*kind, &limits) {
            complain(text);
        }
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
        for line in wrapped(text, look.width) {
            writeln!(out, "{}", look.paint(DIM, line))?;
        }
    }
    out.finish()
}

/// The limits on these kinds, and why there are none on the others; fails where there are none at all.
fn gather<L, E>(
    kinds: &[Kind],
    of: impl Fn(Kind) -> Result<Vec<L>, E>,
) -> Result<(Vec<L>, Vec<E>), E> {
    let (mut limits, mut untold) = (Vec::new(), Vec::new());
    for kind in kinds {
        match of(*kind) {
            Ok(told) => limits.extend(told),
            Err(error) => untold.push(error),
        }
    }
    match untold.pop() {
        Some(error) if limits.is_empty() => Err(error),
        last => {
            untold.extend(last);
            Ok((limits, untold))
        }
    }
}

/// What to say of a kind whose limits are not all there: the first of each kind is on the objects that there may be,
/// and how many there are is known wherever the rest is.
fn partly(kind: Kind, limits: &[Limit]) -> Option<String> {
    let first = limits.iter().find(|limit| limit.kind() == kind)?;
    let name = kind.short_name();
    first.used().is_none().then(|| {
        format!(
            "this system tells this user some of the limits on {name} only, and not what is used of them"
        )
    })
}

/// The text in lines that fit into so many columns.
fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let room = width.unwrap_or(80).max(20);
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
            (value(limit.unit(), limit.value()), Style::new()),
            (limit.percent().map_or_else(none, percent), style),
            (limit.what().to_owned(), DIM),
        ]);
    }
    table
}

/// The limit, as people read it: bytes in a unit if nothing is lost by that.
fn value(unit: &str, value: u64) -> String {
    if unit == "bytes" && value >= 1024 && value % 1024 == 0 {
        format::bytes(value)
    } else {
        value.to_string()
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
    let digits = usize::from(percent > 0.0 && percent < 100.0);
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

#[cfg(test)]
mod tests {
    //! Systems that do not tell everything, and how numbers and sentences are shown.

    use super::{
        BAD, Kind, Limits, Style, WARNING, gather, partly, percent, style, value, wrapped,
    };

    const KINDS: [Kind; 3] = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue];

    #[test]
    fn what_there_is_is_shown_and_what_is_missing_is_said() {
        let of = |kind| match kind {
            Kind::SharedMemory => Ok(vec!["SHMMNI", "SHMMAX"]),
            Kind::SemaphoreSet => Ok(vec!["SEMMNI"]),
            Kind::MessageQueue => Err("nothing of queues"),
        };
        let told = (
            vec!["SHMMNI", "SHMMAX", "SEMMNI"],
            vec!["nothing of queues"],
        );
        assert_eq!(gather(&KINDS, of), Ok(told));
        // Who asks for one kind alone has asked for nothing that there is.
        assert_eq!(gather(&[Kind::MessageQueue], of), Err("nothing of queues"));
        assert_eq!(
            gather(&[Kind::SemaphoreSet], of),
            Ok((vec!["SEMMNI"], vec![]))
        );
    }

    #[test]
    fn a_system_that_tells_nothing_is_an_error() {
        let of = |_| Err::<Vec<()>, _>("nothing");
        assert_eq!(gather(&KINDS, of), Err("nothing"));
    }

    #[test]
    fn where_the_use_of_a_kind_is_not_told_that_is_said_of_this_kind() {
        for kind in KINDS {
            // Systems that tell nothing of a kind have nothing to say in part.
            let Ok(limits) = Limits::of(kind) else {
                continue;
            };
            let (counted, bare): (Vec<_>, Vec<_>) =
                limits.into_iter().partition(|limit| limit.used().is_some());
            for of in KINDS {
                assert_eq!(partly(of, &counted), None);
                let told = partly(of, &bare);
                assert_eq!(told.is_some(), of == kind && !bare.is_empty(), "{told:?}");
                assert!(told.is_none_or(|text| text.contains(of.short_name())));
            }
        }
        assert_eq!(partly(Kind::SharedMemory, &[]), None);
    }

    #[test]
    fn bytes_have_a_unit_where_nothing_is_lost_by_it() {
        let shown = [0, 512, 1023, 1024, 1025, 8192].map(|bytes| value("bytes", bytes));
        assert_eq!(shown, ["0", "512", "1023", "1.0 KiB", "1025", "8.0 KiB"]);
        assert_eq!(value("segments", 4096), "4096");
    }

    #[test]
    fn a_percentage_rounds_neither_to_nothing_nor_to_all() {
        let shown = [0.0, 0.04, 0.1, 0.14, 50.0, 99.9, 99.94, 99.97, 100.0, 120.0].map(percent);
        let expected = [
            "0 %", "<0.1 %", "0.1 %", "0.1 %", "50.0 %", "99.9 %", ">99.9 %", ">99.9 %", "100 %",
            "120 %",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_nearly_used_up_is_worth_a_look() {
        let plain = Style::new();
        let found = [
            None,
            Some(0.0),
            Some(69.9),
            Some(70.0),
            Some(89.9),
            Some(90.0),
            Some(100.0),
        ];
        let styles = [plain, plain, plain, WARNING, WARNING, BAD, BAD];
        assert_eq!(found.map(style), styles);
    }

    #[test]
    fn sentences_are_broken_where_they_fit() {
        let text = "aaaa bbbb cccc dddd eeeee ffff";
        let lines = |width| wrapped(text, width);
        assert_eq!(lines(None), [text]);
        assert_eq!(lines(Some(30)), [text]);
        assert_eq!(lines(Some(29)), ["aaaa bbbb cccc dddd eeeee", "ffff"]);
        assert_eq!(lines(Some(24)), ["aaaa bbbb cccc dddd", "eeeee ffff"]);
        // Less than that is taken for a mistake.
        assert_eq!(lines(Some(3)), lines(Some(20)));
        assert_eq!(lines(Some(20)), ["aaaa bbbb cccc dddd", "eeeee ffff"]);
    }
}
