//! What is printed: a line per file, the sums, and the mutants that live.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::list::Mutant;
use super::verdict::Verdict;
use crate::task::Failure;

type Row<'a> = (&'a Mutant, Verdict);

/// How many of each verdict.
#[derive(Clone, Copy, Default)]
struct Sums {
    caught: usize,
    timeout: usize,
    explained: usize,
    survived: usize,
    unviable: usize,
    elsewhere: usize,
    unknown: usize,
    /// Of the caught, those that tests of another package caught.
    by_others: usize,
}

impl Sums {
    fn add(&mut self, mutant: &Mutant, verdict: &Verdict) {
        match verdict {
            Verdict::Caught { by } | Verdict::Timeout { by } => {
                let is_other = !by.split(' ').any(|word| word == mutant.package);
                self.by_others += usize::from(is_other);
            }
            _ => {}
        }
        *match verdict {
            Verdict::Caught { .. } => &mut self.caught,
            Verdict::Timeout { .. } => &mut self.timeout,
            Verdict::Explained { .. } => &mut self.explained,
            Verdict::Survived => &mut self.survived,
            Verdict::Unviable => &mut self.unviable,
            Verdict::Elsewhere => &mut self.elsewhere,
            Verdict::Unknown => &mut self.unknown,
        } += 1;
    }

    fn viable(&self) -> usize {
        self.caught + self.timeout + self.explained + self.survived + self.unknown
    }

    /// Of those that compile, in per cent.
    fn share(&self) -> f64 {
        let [caught, viable] = [self.caught + self.timeout, self.viable()]
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        100.0 * f64::from(caught) / f64::from(viable.max(1))
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{:>7} {:>7} {:>7} {:>9} {:>8} {:>8} {:>9}  {name}\n",
            self.caught
                + self.timeout
                + self.explained
                + self.survived
                + self.unviable
                + self.elsewhere
                + self.unknown,
            self.caught,
            self.timeout,
            self.explained,
            self.survived + self.unknown,
            self.unviable,
            self.elsewhere,
        )
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "caught": self.caught, "timeout": self.timeout, "explained": self.explained, "survived": self.survived,
            "unviable": self.unviable, "elsewhere": self.elsewhere, "unknown": self.unknown,
            "viable": self.viable(), "by_others": self.by_others, "caught_percent": self.share(),
        })
    }
}

impl Verdict {
    /// In one word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Caught { .. } => "caught",
            Self::Timeout { .. } => "timeout",
            Self::Survived => "survived",
            Self::Explained { .. } => "explained",
            Self::Unviable => "unviable",
            Self::Elsewhere => "elsewhere",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a test noticed.
    pub(super) fn is_caught(&self) -> bool {
        matches!(self, Self::Caught { .. } | Self::Timeout { .. })
    }
}

/// The mutants and their numbers.
pub(super) fn list(all: &[Mutant], wanted: &[usize]) -> String {
    let mut text = String::new();
    for mutant in wanted.iter().map(|number| &all[*number]) {
        let _ = writeln!(text, "{:>5}  {}", mutant.number, mutant.name);
    }
    text
}

/// The sums by a name that each mutant has.
fn sums<'a>(rows: &'a [Row], name: impl Fn(&'a Mutant) -> &'a str) -> BTreeMap<&'a str, Sums> {
    let mut sums: BTreeMap<_, Sums> = BTreeMap::new();
    for (mutant, verdict) in rows {
        sums.entry(name(mutant)).or_default().add(mutant, verdict);
    }
    sums
}

/// Everything as text.
pub(super) fn text(rows: &[Row]) -> String {
    let mut text = "mutants  caught timeout explained survived unviable elsewhere\n".to_owned();
    for (file, sums) in sums(rows, |mutant| &mutant.file) {
        text += &sums.line(file);
    }
    text.push('\n');
    for (genre, sums) in sums(rows, |mutant| &mutant.genre) {
        text += &sums.line(genre);
    }
    text.push('\n');
    for (package, sums) in sums(rows, |mutant| &mutant.package) {
        text += &sums.line(package);
        let _ = writeln!(
            text,
            "{:>8}{:.1} % of {} that compile are caught, {} of them by tests of the other package",
            "",
            sums.share(),
            sums.viable(),
            sums.by_others
        );
    }
    for (mutant, verdict) in rows {
        if matches!(verdict, Verdict::Survived | Verdict::Unknown) {
            let (number, name) = (mutant.number, &mutant.name);
            let _ = writeln!(text, "{}: {number} {name}", verdict.word());
        }
    }
    text
}

/// Everything as one JSON object.
pub(super) fn json(rows: &[Row]) -> Result<String, Failure> {
    let packages: BTreeMap<_, _> = sums(rows, |mutant| &mutant.package)
        .into_iter()
        .map(|(name, sums)| (name, sums.json()))
        .collect();
    let genres: BTreeMap<_, _> = sums(rows, |mutant| &mutant.genre)
        .into_iter()
        .map(|(name, sums)| (name, sums.json()))
        .collect();
    let mutants: Vec<_> = rows
        .iter()
        .map(|(mutant, verdict)| {
            json!({
                "number": mutant.number, "name": mutant.name, "genre": mutant.genre, "outcome": verdict,
            })
        })
        .collect();
    let all = json!({ "packages": packages, "genres": genres, "mutants": mutants });
    let text = serde_json::to_string_pretty(&all).map_err(Failure::because("cannot write JSON"))?;
    Ok(text + "\n")
}
