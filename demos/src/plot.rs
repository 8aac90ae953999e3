//! Pictures of numbers, made of text: a curve over time, and a histogram.

use std::fmt::Write;

/// How wide a picture is without its labels, and how high a curve is.
const WIDTH: usize = 60;
const HEIGHT: usize = 8;

/// A curve: one column per stretch of the numbers, the highest of each at its height. `unit` is behind the labels.
///
/// The scale is from the least number to the greatest, but not less than `least_span`: what is flat looks flat.
pub fn curve(numbers: &[u64], least_span: u64, unit: &str) -> String {
    let columns = columns(numbers);
    let (Some(&least), Some(&most)) = (numbers.iter().min(), numbers.iter().max()) else {
        return String::new();
    };
    let top = most.max(least.saturating_add(least_span.max(1)));
    let rows = HEIGHT as u64 - 1;
    let row_of = |number: u64| (number - least).saturating_mul(rows) / (top - least);
    let mut text = String::new();
    for row in (0..=rows).rev() {
        let label = match row {
            0 => format!("{least} {unit}"),
            row if row == rows => format!("{top} {unit}"),
            _ => String::new(),
        };
        let marks: String = columns
            .iter()
            .map(|&number| if row_of(number) == row { '*' } else { ' ' })
            .collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {label:>12} |{}", marks.trim_end());
    }
    let _ = write!(text, "  {:>12} +{}", "", "-".repeat(columns.len()));
    text
}

/// The highest of each stretch, for as many stretches as there is room for.
fn columns(numbers: &[u64]) -> Vec<u64> {
    let wide = numbers.len().min(WIDTH);
    let stretch = |column: usize| {
        let from = column * numbers.len() / wide;
        let to = (column + 1) * numbers.len() / wide;
        numbers[from..to].iter().copied().max().unwrap_or(0)
    };
    (0..wide).map(stretch).collect()
}

/// A histogram: a bar per line, as long as its share of the longest, and at least a mark if there is anything.
pub fn histogram(bars: &[(String, u64)]) -> String {
    let most = bars.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let label = bars.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let digits = most.to_string().len();
    // What is left of 80 columns.
    let room = (WIDTH + 12).saturating_sub(label + digits) as u64;
    let lines: Vec<String> = bars
        .iter()
        .map(|(name, number)| {
            let share = u128::from(*number) * u128::from(room) / u128::from(most.max(1));
            let length = usize::try_from(share).unwrap_or(0);
            let bar = "#".repeat(length.max(usize::from(*number > 0)));
            format!("  {name:>label$} | {number:>digits$} {bar}")
                .trim_end()
                .to_owned()
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_rises() {
        let text = curve(&[0, 1, 2, 3, 4, 5, 6, 7], 1, "kB");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), HEIGHT + 1);
        assert_eq!(lines[0], "          7 kB |       *");
        assert_eq!(lines[7], "          0 kB |*");
        assert_eq!(lines[8], "               +--------");
    }

    #[test]
    fn a_curve_that_is_flat_lies_at_the_bottom() {
        let text = curve(&[1000; 200], 100, "kB");
        assert!(text.contains("1000 kB |***"), "{text}");
        assert!(text.starts_with("       1100 kB |\n"), "{text}");
        assert_eq!(text.matches('*').count(), WIDTH);
    }

    #[test]
    fn pictures_of_nothing() {
        assert_eq!(curve(&[], 1, ""), "");
        assert_eq!(histogram(&[]), "");
    }

    #[test]
    fn a_histogram_fits_a_terminal() {
        let bars = [("1 file".to_owned(), 5000), ("12 files".to_owned(), 1)];
        let text = histogram(&bars);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("    1 file | 5000 ####"), "{text}");
        assert_eq!(lines[1], "  12 files |    1 #");
        assert!(lines.iter().all(|line| line.len() <= 80), "{text}");
    }
}
