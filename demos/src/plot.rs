//! Pictures of numbers, made of text: a histogram.

/// How wide a picture is without its labels.
const WIDTH: usize = 60;

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
    fn a_histogram_of_nothing() {
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
