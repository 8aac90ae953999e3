//! What figures say: how much longer than the baseline, and whether that is within the bar.

use super::rows::Bar;
use super::statistics::Median;

/// One beside the baseline.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Comparison {
    /// Its time over that of the baseline, round by round.
    pub(crate) ratio: Median,
    /// Its time less that of the baseline, in nanoseconds, round by round.
    pub(crate) difference_ns: Median,
}

impl Comparison {
    /// Of times of the same rounds, of which each pass had so many.
    pub(crate) fn of(times: &[f64], baseline: &[f64], in_a_pass: usize) -> Comparison {
        let rounds = || times.iter().zip(baseline);
        let ratios = rounds().map(|(time, base)| time / base.max(f64::MIN_POSITIVE));
        let differences = rounds().map(|(time, base)| time - base);
        Comparison {
            ratio: Median::of_groups(ratios, in_a_pass),
            difference_ns: Median::of_groups(differences, in_a_pass),
        }
    }
}

/// Whether something is within its bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Verdict {
    /// The median is within the bar.
    #[serde(rename = "within")]
    Within,
    /// The median is beyond the bar, and so is the whole interval.
    #[serde(rename = "beyond")]
    Beyond,
    /// The interval reaches to both sides of the bar, or two copies of the baseline differ by as much as the bar
    /// allows: nothing follows.
    #[serde(rename = "too noisy")]
    TooNoisy,
}

impl Verdict {
    /// Its words in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Within => "within",
            Verdict::Beyond => "beyond",
            Verdict::TooNoisy => "too noisy",
        }
    }
}

/// Judges a comparison by the bar. `control` is the baseline beside itself.
pub(crate) fn judge(bar: Bar, compared: Comparison, control: Comparison) -> Verdict {
    let meets = |ratio: f64, more: f64| ratio <= bar.ratio || more <= bar.or_nanoseconds;
    let (ratio, more) = (control.ratio, control.difference_ns);
    let quiet = meets(ratio.value, more.value) && meets(1.0 / ratio.value, -more.value);
    if !quiet {
        Verdict::TooNoisy
    } else if meets(compared.ratio.value, compared.difference_ns.value) {
        Verdict::Within
    } else if meets(compared.ratio.low, compared.difference_ns.low) {
        Verdict::TooNoisy
    } else {
        Verdict::Beyond
    }
}

/// How `sysv-wrapper` stands to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    /// The peer takes longer.
    Ahead,
    /// Neither can be told from the other, to one part in fifty.
    Level,
    /// The peer is faster.
    Behind,
}

/// By the peer's time beside that of `sysv-wrapper`.
pub(crate) fn standing(peer: Comparison) -> Standing {
    if peer.ratio.low > 1.0 {
        Standing::Ahead
    } else if peer.ratio.high < 0.98 {
        Standing::Behind
    } else {
        Standing::Level
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Comparison, Standing, Verdict, judge, standing};

    const BAR: Bar = Bar {
        ratio: 1.03,
        or_nanoseconds: 10.0,
    };

    /// A hundred rounds in which the baseline takes `base`, and the other `base + more`, give or take `noise`.
    fn compared(base: f64, more: f64, noise: f64) -> Comparison {
        let baseline = vec![base; 100];
        let sign = |round: i32| f64::from(round % 2 * 2 - 1);
        let times: Vec<f64> = (0..100)
            .map(|round| base + more + sign(round) * noise)
            .collect();
        Comparison::of(&times, &baseline, 100)
    }

    #[test]
    fn either_half_of_the_bar_will_do() {
        let quiet = compared(1000.0, 0.0, 0.0);
        assert_eq!(
            judge(BAR, compared(1000.0, 29.0, 0.0), quiet),
            Verdict::Within
        );
        assert_eq!(
            judge(BAR, compared(1000.0, 31.0, 0.0), quiet),
            Verdict::Beyond
        );
        let quiet = compared(100.0, 0.0, 0.0);
        assert_eq!(
            judge(BAR, compared(100.0, 9.0, 0.0), quiet),
            Verdict::Within
        );
        assert_eq!(
            judge(BAR, compared(100.0, 11.0, 0.0), quiet),
            Verdict::Beyond
        );
    }

    #[test]
    fn an_interval_across_the_bar_tells_nothing() {
        let quiet = compared(1000.0, 0.0, 0.0);
        let wide = compared(1000.0, 40.0, 30.0);
        assert_eq!(judge(BAR, wide, quiet), Verdict::TooNoisy);
    }

    #[test]
    fn a_copy_that_differs_from_itself_tells_nothing() {
        for off in [50.0, -50.0] {
            let control = compared(1000.0, off, 0.0);
            let fine = compared(1000.0, 0.0, 0.0);
            assert_eq!(judge(BAR, fine, control), Verdict::TooNoisy);
        }
    }

    #[test]
    fn standings() {
        assert_eq!(standing(compared(100.0, 50.0, 1.0)), Standing::Ahead);
        assert_eq!(standing(compared(100.0, 0.0, 1.0)), Standing::Level);
        assert_eq!(standing(compared(100.0, -50.0, 1.0)), Standing::Behind);
    }
}
