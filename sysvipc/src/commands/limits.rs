//! `sysvipc limits`: the limits of the system and their use.

use std::io::Write;
use std::path::Path;

use anstyle::Style;
use serde::Serialize;
use sysv_wrapper::{Kind, Limit, Limits, page_size};

use crate::cli::{LimitsArgs, kinds};
use crate::exit::{Failure, Result, Status, gather, message, warn};
use crate::format;
use crate::stdio::{BAD, DIM, Output, WARNING};
use crate::table::{Head, KEPT, Table, wrap};

/// A limit in JSON.
#[derive(Debug, Serialize)]
struct Record {
    name: &'static str,
    kind: &'static str,
    unit: &'static str,
    what: &'static str,
    sysctl: Option<&'static str>,
    limit: u64,
    used: Option<u64>,
    percent: Option<f64>,
}

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document {
    limits: Vec<Record>,
    page_size: usize,
    shm_rmid_forced: Option<bool>,
}

/// Prints the limits.
pub(crate) fn run(args: &LimitsArgs, mut out: Output) -> Result {
    let kinds = kinds(args.kind);
    let (limits, errors) = gather(&kinds, Limits::of)?;
    for error in &errors {
        warn(message(error));
    }
    for kind in &kinds {
        if let Some(text) = partial(*kind, &limits) {
            warn(text);
        }
    }
    let forced = if kinds.contains(&Kind::SharedMemory) {
        // Unknown if the system gives only some of the limits.
        let limits = Limits::segments().ok();
        limits.and_then(|limits| limits.removed_when_unused())
    } else {
        None
    };
    if args.json {
        out.json(&Document {
            limits: limits.iter().map(record).collect(),
            page_size: page_size(),
            shm_rmid_forced: forced,
        })?;
        return check(args.warn, &limits, errors.is_empty());
    }
    let look = out.look();
    table(&limits).write(&mut out, look, usize::MAX, true)?;
    let forced = forced.map(|forced| {
        if forced {
            "shm_rmid_forced is 1: a segment is removed with its last detach, and when its creator ends"
        } else {
            "shm_rmid_forced is 0: segments stay until they are removed"
        }
    });
    for text in [forced.map(str::to_owned), raise(&limits)]
        .into_iter()
        .flatten()
    {
        writeln!(out)?;
        for line in wrap(&text, look.width.unwrap_or(80)) {
            writeln!(out, "{}", look.paint(DIM, line))?;
        }
    }
    out.finish()?;
    check(args.warn, &limits, errors.is_empty())
}

/// The setting that is four limits.
const SEM: &str = "kernel.sem";

/// Returns the command that changes a setting.
fn command(sysctl: &str) -> String {
    if sysctl == SEM {
        format!("sysctl -w {SEM}='SEMMSL SEMMNS SEMOPM SEMMNI'")
    } else {
        format!("sysctl -w {sysctl}=VALUE")
    }
}

/// Returns how to raise limits; `None` if none of them is a setting.
fn raise(limits: &[Limit]) -> Option<String> {
    let mut settings = limits.iter().filter_map(Limit::sysctl);
    let first = settings.next()?;
    let kept = if Path::new("/etc/sysctl.d").is_dir() {
        "a file in /etc/sysctl.d"
    } else {
        "/etc/sysctl.conf"
    };
    let first_command = command(first);
    let sets = if first != SEM && settings.any(|sysctl| sysctl == SEM) {
        format!(", `{}` those on sets", command(SEM))
    } else {
        String::new()
    };
    Some(format!(
        "`{first_command}` sets a limit until the next start of the system{sets}; a line NAME = VALUE in {kept} keeps it"
    ))
}

/// Fails if a limit is used up to that percentage, or if the use of a kind is not known.
fn check(percentage: Option<f64>, limits: &[Limit], is_complete: bool) -> Result {
    let Some(percentage) = percentage else {
        return Ok(());
    };
    let mut status = None;
    for limit in limits {
        let Some(used) = limit.percent().filter(|used| *used >= percentage) else {
            continue;
        };
        let raise = limit.sysctl().map_or_else(String::new, |sysctl| {
            format!("; `{}` sets it", command(sysctl))
        });
        warn(format!(
            "{} ({}) is used to {}{raise}",
            limit.name(),
            limit.what(),
            percent(used)
        ));
        status = Some(Status::Limit);
    }
    let unknown = limits
        .iter()
        .any(|limit| partial(limit.kind(), limits).is_some());
    if status.is_none() && (unknown || !is_complete) {
        status = Some(Status::Failed);
    }
    status.map_or(Ok(()), |status| Err(Failure::silent(status)))
}

/// Returns a note for a kind of which the system gives only some limits: it knows the use of the first one, on the
/// number of objects, only if it gives all.
fn partial(kind: Kind, limits: &[Limit]) -> Option<String> {
    let first = limits.iter().find(|limit| limit.kind() == kind)?;
    let name = kind.short_name();
    first.used().is_none().then(|| {
        format!("the system gives this user only some of the limits on {name}, and not their use")
    })
}

fn record(limit: &Limit) -> Record {
    Record {
        name: limit.name(),
        kind: limit.kind().short_name(),
        unit: limit.unit(),
        what: limit.what(),
        sysctl: limit.sysctl(),
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
        head("WHAT", false, 1),
        head("SYSCTL", false, 0),
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
            (limit.sysctl().unwrap_or_default().to_owned(), DIM),
        ]);
    }
    table
}

/// Formats a limit: bytes with a unit if that is exact. No memory has as many bytes or pages as Linux allows by default.
fn value(unit: &str, value: u64) -> String {
    if value > u64::MAX / 2 {
        "unlimited".to_owned()
    } else if unit == "bytes" && value >= 1024 && value % 1024 == 0 {
        format::bytes(value)
    } else {
        value.to_string()
    }
}

/// Formats a percentage. Only exact values become 0 and 100.
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

/// Returns the colour of a percentage.
fn style(percent: Option<f64>) -> Style {
    match percent {
        Some(90.0..) => BAD,
        Some(70.0..) => WARNING,
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    //! Systems that give only some limits; formatting.

    use super::{BAD, Kind, Limits, Style, WARNING, gather, partial, percent, style, value};

    const KINDS: [Kind; 3] = [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue];

    #[test]
    fn what_there_is_is_shown_and_what_is_missing_is_said() {
        let of = |kind| match kind {
            Kind::SharedMemory => Ok(vec!["SHMMNI", "SHMMAX"]),
            Kind::SemaphoreSet => Ok(vec!["SEMMNI"]),
            Kind::MessageQueue => Err("nothing of queues"),
        };
        let expected = (
            vec!["SHMMNI", "SHMMAX", "SEMMNI"],
            vec!["nothing of queues"],
        );
        assert_eq!(gather(&KINDS, of), Ok(expected));
        // No limits are left if the kind is the only one.
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
            // Not supported by this system.
            let Ok(limits) = Limits::of(kind) else {
                continue;
            };
            let (counted, bare): (Vec<_>, Vec<_>) =
                limits.into_iter().partition(|limit| limit.used().is_some());
            for of in KINDS {
                assert_eq!(partial(of, &counted), None);
                let note = partial(of, &bare);
                assert_eq!(note.is_some(), of == kind && !bare.is_empty(), "{note:?}");
                assert!(note.is_none_or(|text| text.contains(of.short_name())));
            }
        }
        assert_eq!(partial(Kind::SharedMemory, &[]), None);
    }

    #[test]
    fn bytes_have_a_unit_where_nothing_is_lost_by_it() {
        let shown = [0, 512, 1023, 1024, 1025, 8192].map(|bytes| value("bytes", bytes));
        assert_eq!(shown, ["0", "512", "1023", "1.0 KiB", "1025", "8.0 KiB"]);
        assert_eq!(value("segments", 4096), "4096");
        assert_eq!(value("pages", u64::MAX / 2), "9223372036854775807");
        assert_eq!(value("pages", u64::MAX - (1 << 24)), "unlimited");
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
        let percentages = [
            None,
            Some(0.0),
            Some(69.9),
            Some(70.0),
            Some(89.9),
            Some(90.0),
            Some(100.0),
        ];
        let styles = [plain, plain, plain, WARNING, WARNING, BAD, BAD];
        assert_eq!(percentages.map(style), styles);
    }
}
