//! Medians, and how sure they are.

/// A median, with the interval that holds the true one in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Median {
    /// The median.
    pub(crate) value: f64,
    /// The interval's lower end.
    pub(crate) low: f64,
    /// The interval's upper end.
    pub(crate) high: f64,
}

impl Median {
    /// Of some numbers; all zero of none.
    ///
    /// The ends are order statistics: so many numbers are below the median as heads are among as many tosses.
    /// Nothing is assumed about how the numbers are distributed, which in a loaded machine is oddly.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "ranks of a few thousand numbers at most, within 0 and their count"
    )]
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Median {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len() as f64;
        let at = |rank: f64| {
            let last = sorted.len().saturating_sub(1);
            let rank = (rank.max(0.0) as usize).min(last);
            sorted.get(rank).copied().unwrap_or(0.0)
        };
        let (middle, spread) = (count / 2.0, 0.98 * count.sqrt());
        Median {
            value: f64::midpoint(at(((count - 1.0) / 2.0).floor()), at(middle.floor())),
            low: at((middle - spread).floor()),
            high: at((middle + spread).ceil() - 1.0),
        }
    }

    /// Of numbers that come in groups of this size. Those of a group resemble each other: what differs from group to
    /// group may be the chance that made each. So the interval is also that of as many numbers as there are groups,
    /// their medians.
    pub(crate) fn of_groups(numbers: impl IntoIterator<Item = f64>, size: usize) -> Median {
        let numbers: Vec<f64> = numbers.into_iter().collect();
        let all = Median::of(numbers.iter().copied());
        let groups = numbers.chunks(size.max(1));
        let groups = Median::of(groups.map(|group| Median::of(group.iter().copied()).value));
        Median {
            low: all.low.min(groups.low),
            high: all.high.max(groups.high),
            ..all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Median;

    #[test]
    fn the_middle_of_odd_and_even_counts() {
        let of = |numbers: &[f64]| Median::of(numbers.iter().copied()).value.to_string();
        assert_eq!(of(&[3.0, 1.0, 2.0]), "2");
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]), "2.5");
        assert_eq!(of(&[7.0]), "7");
        assert_eq!(of(&[]), "0");
    }

    #[test]
    fn the_interval_of_a_hundred() {
        let median = Median::of((1..=100).map(f64::from));
        // 50 less and more 9.8, as tables of order statistics have it.
        assert_eq!(
            format!("{} {} {}", median.low, median.value, median.high),
            "41 50.5 60"
        );
    }

    #[test]
    fn groups_that_differ_leave_it_open_however_many_numbers_they_have() {
        let levels = [1.01, 1.04, 0.99, 1.05, 1.04, 0.98, 1.03, 1.04];
        let numbers = || levels.into_iter().flat_map(|level| [level; 100]);
        let told =
            |median: Median| format!("{:.3} {:.3} {:.3}", median.low, median.value, median.high);
        assert_eq!(told(Median::of(numbers())), "1.030 1.035 1.040");
        assert_eq!(told(Median::of_groups(numbers(), 100)), "0.990 1.035 1.040");
        assert_eq!(told(Median::of_groups(numbers(), 800)), "1.030 1.035 1.040");
    }

    #[test]
    fn a_few_wild_numbers_change_nothing() {
        let calm = (0..90).map(|_| 1.0);
        let median = Median::of(calm.chain((0..10).map(|_| 1000.0)));
        assert_eq!(
            format!("{} {} {}", median.low, median.value, median.high),
            "1 1 1"
        );
    }
}
