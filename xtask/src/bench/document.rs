//! The report as a table in a Markdown document: what stands between two markers is written anew.

use std::fmt::Write;

use super::contenders::Contender;
use super::report::{Entrant, Measured, Report};
use super::table::{difference, time};
use super::verdict::{Standing, Verdict};
use crate::task::Failure;

const BEGIN: &str = "<!-- begin: cargo xtask bench --write -->";
const END: &str = "<!-- end -->";

/// Whether a document has a place for the table.
pub(crate) fn check(text: &str) -> Result<(), Failure> {
    split(text).map(drop)
}

/// The document with the figures of this report.
pub(crate) fn updated(text: &str, report: &Report) -> Result<String, Failure> {
    let (before, after) = split(text)?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n{END}{after}",
        tables(report)
    ))
}

/// What is before the first marker and behind the second.
fn split(text: &str) -> Result<(&str, &str), Failure> {
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    parts.ok_or_else(|| {
        Failure::new(format!(
            "the document has no place for the figures: a line {BEGIN:?}, and below it {END:?}"
        ))
    })
}

fn tables(report: &Report) -> String {
    let mut text = String::new();
    for (name, fact) in &report.machine {
        let _ = writeln!(text, "- {name}: {fact}");
    }
    let _ = writeln!(
        text,
        "- {} rounds of {} µs for each contender and row, in {} passes with fresh processes\n",
        report.rounds, report.chunk_us, report.passes
    );
    let (copies, calls): (Vec<_>, Vec<_>) = report
        .rows
        .iter()
        .partition(|row| row.name.starts_with("copy/"));
    for (heading, rows) in [("Calls", calls), ("Copies", copies)] {
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "### {heading}\n\n\
             | work | C | C / C | `sysv-ipc` | | `sysv-wrapper` | | Python | Perl |\n\
             |---|---:|---:|---:|---|---:|---|---:|---:|"
        );
        for row in rows {
            text += &line(row);
        }
        text.push('\n');
    }
    for line in &report.missing {
        let _ = writeln!(text, "{line}\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn line(row: &Measured) -> String {
    if let Some(why) = row.skipped {
        return format!("| {} | | | not measured: {why} | | | | | |\n", row.title);
    }
    let judged = |who| row.of(who).map_or_else(|| " | ".to_owned(), judged);
    let peer = |who| row.of(who).map_or_else(String::new, peer);
    format!(
        "| {} | {} | {:.3} | {} | {} | {} | {} |\n",
        row.title,
        time(row.baseline_ns.value),
        row.control.ratio.value,
        judged(Contender::Ipc),
        judged(Contender::Wrapper),
        peer(Contender::Python),
        peer(Contender::Perl),
    )
}

/// Two cells: figures, and what they say.
fn judged(one: &Entrant) -> String {
    let verdict = one.verdict.map_or("", Verdict::name);
    let compared = one.compared;
    format!(
        "{:.3} ({}) | {verdict}",
        compared.ratio.value,
        difference(compared.difference_ns.value)
    )
}

fn peer(one: &Entrant) -> String {
    let ratio = format!("{:.2}", one.compared.ratio.value);
    match one.wrapper_is {
        Some(Standing::Behind) => format!("**{ratio}**"),
        _ => ratio,
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, check, split};

    #[test]
    fn what_is_around_the_markers_stays() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        assert_eq!(
            split(&text).expect("it has both"),
            ("before\n", "\nafter\n")
        );
    }

    #[test]
    fn a_document_without_markers_is_refused() {
        assert!(check("nothing").is_err());
        assert!(check(BEGIN).is_err());
        assert!(check(&format!("{END} {BEGIN}")).is_err());
    }
}
