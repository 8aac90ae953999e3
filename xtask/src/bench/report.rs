//! The figures with what they mean: what the table, the JSON text, the document and the chart are made from.

use std::collections::BTreeMap;

use serde::Serialize;

use super::contenders::{Contender, Contenders};
use super::machine;
use super::measure::{Figures, Plan, Role};
use super::namespace;
use super::rows::{Bar, Row};
use super::statistics::Median;
use super::verdict::{Comparison, Standing, Verdict, judge, standing};

/// Everything.
#[derive(Serialize)]
pub(crate) struct Report {
    /// What it was measured on.
    pub(crate) machine: BTreeMap<&'static str, String>,
    /// How many times each row was gone through with fresh processes.
    pub(crate) passes: usize,
    /// Rounds of each row, in all passes together.
    pub(crate) rounds: usize,
    /// How long a contender worked in one round.
    pub(crate) chunk_us: u128,
    /// Who does not take part, and how to have them.
    pub(crate) missing: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Measured>,
}

/// A row with its figures.
#[derive(Serialize)]
pub(crate) struct Measured {
    /// By which it is asked for.
    pub(crate) name: String,
    /// What is done.
    pub(crate) title: String,
    /// What the ratios are ratios to.
    pub(crate) baseline: &'static str,
    /// Why it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skipped: Option<&'static str>,
    /// Nanoseconds of the baseline, each time.
    pub(crate) baseline_ns: Median,
    /// The baseline beside itself.
    pub(crate) control: Comparison,
    /// The others.
    pub(crate) contenders: Vec<Entrant>,
}

/// Somebody beside the baseline.
#[derive(Serialize)]
pub(crate) struct Entrant {
    /// Who.
    pub(crate) name: Contender,
    /// Nanoseconds, each time.
    pub(crate) ns: Median,
    /// Beside the baseline.
    #[serde(flatten)]
    pub(crate) compared: Comparison,
    /// What it has to stay within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bar: Option<Bar>,
    /// Whether it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<Verdict>,
    /// How `sysv-wrapper` stands to this one (Python and Perl only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wrapper_is: Option<Standing>,
}

impl Report {
    /// Makes sense of figures.
    pub(crate) fn new(
        rows: &[Row],
        figures: &[Figures],
        contenders: &Contenders,
        namespace: bool,
        plan: &Plan,
    ) -> Report {
        let measured = rows.iter().zip(figures);
        Report {
            machine: machine::facts(contenders),
            passes: plan.passes,
            rounds: plan.passes * plan.rounds,
            chunk_us: plan.chunk.as_micros(),
            missing: contenders.missing.clone(),
            rows: measured
                .map(|(row, figures)| {
                    let skipped = row.needs_namespace && !namespace;
                    Measured::new(
                        row,
                        figures,
                        plan.rounds,
                        skipped.then_some(namespace::MISSING),
                    )
                })
                .collect(),
        }
    }

    /// What is not as it should be, a line each.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for row in &self.rows {
            for one in &row.contenders {
                let name = one.name.name();
                let Comparison {
                    ratio,
                    difference_ns,
                } = one.compared;
                if let (Some(Verdict::Beyond), Some(bar)) = (one.verdict, one.bar) {
                    lines.push(format!(
                        "{}: {name} is beyond its bar: {:.3} times {} and {:+.1} ns, where {} times or +{} ns is allowed",
                        row.name, ratio.value, row.baseline, difference_ns.value, bar.ratio, bar.or_nanoseconds
                    ));
                }
                if one.wrapper_is == Some(Standing::Behind) {
                    lines.push(format!("{}: sysv-wrapper is behind {name}", row.name));
                }
            }
        }
        lines
    }
}

impl Measured {
    fn new(
        row: &Row,
        figures: &Figures,
        in_a_pass: usize,
        skipped: Option<&'static str>,
    ) -> Measured {
        let times = |role| figures.of(role).unwrap_or(&[]);
        let baseline = times(Role::Baseline);
        let control = Comparison::of(times(Role::Control), baseline, in_a_pass);
        let wrapper = figures.of(Role::Contender(Contender::Wrapper));
        let compare = |who: &Contender| {
            let times = figures.of(Role::Contender(*who))?;
            let compared = Comparison::of(times, baseline, in_a_pass);
            let bar = row.bar(*who);
            let peer = matches!(who, Contender::Python | Contender::Perl);
            Some(Entrant {
                name: *who,
                ns: Median::of(times.iter().copied()),
                compared,
                bar,
                verdict: bar.map(|bar| judge(bar, compared, control)),
                wrapper_is: wrapper
                    .filter(|_| peer)
                    .map(|wrapper| standing(Comparison::of(times, wrapper, in_a_pass))),
            })
        };
        Measured {
            name: row.name.clone(),
            title: row.title.clone(),
            baseline: match row.own_baseline {
                Some(_) => "itself, with none there",
                None => "C",
            },
            skipped,
            baseline_ns: Median::of(baseline.iter().copied()),
            control,
            contenders: row.who.iter().filter_map(compare).collect(),
        }
    }

    /// Somebody's comparison, if there is one.
    pub(crate) fn of(&self, who: Contender) -> Option<&Entrant> {
        self.contenders.iter().find(|one| one.name == who)
    }
}
