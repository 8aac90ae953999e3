//! The report as text for a terminal.

use std::fmt::Write;

use super::contenders::Contender;
use super::report::{Entrant, Measured, Report};
use super::verdict::Standing;

/// The whole table, with what it was measured on below.
pub(crate) fn render(report: &Report) -> String {
    let mut text = format!(
        "{:<28} {:>9} {:>6}  {:<25} {:<25} {:>9} {:>9}\n",
        "row", "C", "C / C", "sysv-ipc", "sysv-wrapper", "Python", "Perl"
    );
    for row in &report.rows {
        text += &line(row);
    }
    text.push('\n');
    for (name, fact) in &report.machine {
        let _ = writeln!(text, "{name}: {fact}");
    }
    let _ = writeln!(
        text,
        "Medians of {} rounds of {} µs in {} passes. Ratios are to C in the same round; rows \
         among many objects: to the same without them. Python and Perl: `<` is faster than sysv-wrapper, `~` as fast.",
        report.rounds, report.chunk_us, report.passes
    );
    for line in &report.missing {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn line(row: &Measured) -> String {
    if let Some(why) = row.skipped {
        return format!("{:<28} skipped: {why}\n", row.name);
    }
    let judged = |who| row.of(who).map_or_else(|| "-".to_owned(), judged);
    let peer = |who| row.of(who).map_or_else(|| "-".to_owned(), peer);
    format!(
        "{:<28} {:>9} {:>6.3}  {:<25} {:<25} {:>9} {:>9}\n",
        row.name,
        time(row.baseline_ns.value),
        row.control.ratio.value,
        judged(Contender::Ipc),
        judged(Contender::Wrapper),
        peer(Contender::Python),
        peer(Contender::Perl),
    )
}

/// Ratio, difference, and verdict.
fn judged(one: &Entrant) -> String {
    let compared = one.compared;
    format!(
        "{:.3} {:>9} {}",
        compared.ratio.value,
        difference(compared.difference_ns.value),
        one.verdict.map_or("", super::verdict::Verdict::name)
    )
}

fn peer(one: &Entrant) -> String {
    let mark = match one.wrapper_is {
        Some(Standing::Behind) => "<",
        Some(Standing::Level) => "~",
        Some(Standing::Ahead) | None => "",
    };
    format!("{mark}{:.2}", one.compared.ratio.value)
}

/// A time in the unit that suits it.
pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..99.95 => format!("{nanoseconds:.1} ns"),
        ..999.5 => format!("{nanoseconds:.0} ns"),
        ..999_500.0 => format!("{:.2} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

/// A time that may be negative, with its sign.
pub(crate) fn difference(nanoseconds: f64) -> String {
    let sign = if nanoseconds < 0.0 { '−' } else { '+' };
    format!("{sign}{}", time(nanoseconds.abs()))
}
