//! Tables: as wide as their contents, and no wider than the terminal.

pub(crate) mod columns;

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::format::printable;
use crate::stdio::{DIM, HEADING, Look};

/// The space between two columns.
const GAP: &str = "  ";

/// The head of a column.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The heading of the column.
    pub(crate) title: String,
    /// Whether the column is aligned to the right.
    pub(crate) right: bool,
    /// On a narrow terminal the column with the lowest rank goes first, the last one of equal ranks. Columns of rank
    /// [`KEPT`] stay.
    pub(crate) rank: u8,
}

/// The rank of columns that never go.
pub(crate) const KEPT: u8 = u8::MAX;

/// A table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heads: Vec<Head>,
    /// The cells, row by row, each with its style.
    cells: Vec<(String, Style)>,
}

impl Table {
    pub(crate) fn new(heads: Vec<Head>) -> Table {
        Table {
            heads,
            cells: Vec::new(),
        }
    }

    /// Adds a row, with a cell for each column.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = (String, Style)>) {
        self.cells.extend(
            cells
                .into_iter()
                .map(|(text, style)| (printable(&text), style)),
        );
    }

    fn rows(&self) -> impl Iterator<Item = &[(String, Style)]> {
        self.cells.chunks(self.heads.len().max(1))
    }

    /// Writes the rows with one space between the columns, and before them the heading.
    pub(crate) fn write_raw(&self, out: &mut impl Write, heading: bool) -> io::Result<()> {
        if heading {
            let titles: Vec<_> = self.heads.iter().map(|head| head.title.as_str()).collect();
            writeln!(out, "{}", titles.join(" "))?;
        }
        for line in self.rows() {
            let cells: Vec<_> = line
                .iter()
                .map(|(text, _)| text.replace(' ', "\\x20"))
                .collect();
            writeln!(out, "{}", cells.join(" "))?;
        }
        Ok(())
    }

    /// Writes the heading, if there is to be one, and at most `most` rows.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        look: Look,
        most: usize,
        has_heading: bool,
    ) -> io::Result<()> {
        let titles = self.heads.iter().map(|head| head.title.width());
        let mut widths: Vec<usize> = titles
            .map(|width| width * usize::from(has_heading))
            .collect();
        for line in self.rows() {
            for (width, (text, _)) in widths.iter_mut().zip(line) {
                *width = text.width().max(*width);
            }
        }
        let shown = self.fitting(&widths, look.width);
        let room = look.width.unwrap_or(usize::MAX);
        let heading = shown
            .iter()
            .map(|&i| (self.heads[i].title.as_str(), HEADING));
        if has_heading {
            self.line(out, look, heading, &shown, &widths, room)?;
        }
        for line in self.rows().take(most) {
            let cells = shown.iter().map(|&i| (line[i].0.as_str(), line[i].1));
            self.line(out, look, cells, &shown, &widths, room)?;
        }
        if shown.len() < self.heads.len() {
            let hidden = (0..self.heads.len()).filter(|i| !shown.contains(i));
            let hidden: Vec<_> = hidden.map(|i| self.heads[i].title.to_lowercase()).collect();
            let note = cut(&format!("(no room for {})", hidden.join(", ")), room);
            writeln!(out, "{}", look.paint(DIM, note))?;
        }
        Ok(())
    }

    /// Returns the columns that fit into the width.
    fn fitting(&self, widths: &[usize], room: Option<usize>) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..widths.len()).collect();
        let Some(room) = room else { return shown };
        loop {
            let gaps = GAP.len() * shown.len().saturating_sub(1);
            if shown.iter().map(|&i| widths[i]).sum::<usize>() + gaps <= room {
                return shown;
            }
            let least = shown.iter().rposition(|&i| {
                let rank = self.heads[i].rank;
                rank != KEPT && shown.iter().all(|&j| rank <= self.heads[j].rank)
            });
            match least {
                Some(place) => shown.remove(place),
                // The caller cuts the rows.
                None => return shown,
            };
        }
    }

    /// Writes one line, cut to the width.
    fn line<'a>(
        &self,
        out: &mut impl Write,
        look: Look,
        cells: impl Iterator<Item = (&'a str, Style)>,
        shown: &[usize],
        widths: &[usize],
        room: usize,
    ) -> io::Result<()> {
        let mut left = room;
        let cells: Vec<_> = cells.zip(shown).collect();
        // No space is written at the end of a line.
        let last = cells.iter().rposition(|((text, _), _)| !text.is_empty());
        let last = last.unwrap_or(0);
        for (place, ((text, style), &i)) in cells.into_iter().enumerate() {
            let is_last = place >= last;
            if place > 0 {
                if place > last || left <= GAP.len() {
                    break;
                }
                out.write_all(GAP.as_bytes())?;
                left -= GAP.len();
            }
            let text = cut(text, widths[i].min(left));
            let width = text.width();
            let padding = widths[i].min(left) - width;
            left -= width + padding;
            let padding = " ".repeat(padding);
            let text = look.paint(style, text);
            match (self.heads[i].right, is_last) {
                (true, _) => write!(out, "{padding}{text}")?,
                (false, false) => write!(out, "{text}{padding}")?,
                (false, true) => out.write_all(text.as_bytes())?,
            }
        }
        out.write_all(b"\n")
    }
}

/// Breaks a text into lines of at most that many columns, or of one word.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(20);
    if text.width() <= room {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last].push_str(word);
        } else if lines[last].width() + 1 + word.width() <= room {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Cuts a text to the width.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let fits = |c: &char| {
        let width = c.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let mut short: String = text.chars().take_while(fits).collect();
    if room > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    //! Narrow terminals, and cutting.

    use anstyle::Style;

    use super::{Head, KEPT, Table, cut, wrap};
    use crate::stdio::Look;

    /// Returns a table of three columns. The second one goes first, then the first one.
    fn table(lines: &[[&str; 3]]) -> Table {
        let head = |title: &str, right, rank| Head {
            title: title.to_owned(),
            right,
            rank,
        };
        let mut table = Table::new(vec![
            head("ID", true, 2),
            head("OWNER", false, 1),
            head("COMMAND", false, KEPT),
        ]);
        for line in lines {
            table.push(line.map(|text| (text.to_owned(), Style::new())));
        }
        table
    }

    /// Returns the output on a terminal of that width.
    fn written(table: &Table, width: Option<usize>, most: usize) -> String {
        let mut out = Vec::new();
        let mut look = Look::default();
        look.width = width;
        table.write(&mut out, look, most, true).unwrap();
        String::from_utf8(out).unwrap()
    }

    const LINES: [[&str; 3]; 2] = [["7", "root", "cat a b"], ["1234", "postgres", ""]];
    const WHOLE: &str = "  ID  OWNER     COMMAND\n   7  root      cat a b\n1234  postgres\n";

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        assert_eq!(written(&table(&LINES), None, 9), WHOLE);
        assert_eq!(
            written(&table(&LINES), None, 1),
            WHOLE.trim_end_matches("1234  postgres\n")
        );
        assert_eq!(written(&table(&[]), None, 9), "ID  OWNER  COMMAND\n");
    }

    #[test]
    fn columns_go_where_there_is_no_room_for_all() {
        // 4 + 2 + 8 + 2 + 7.
        assert_eq!(written(&table(&LINES), Some(23), 9), WHOLE);
        let two = "  ID  COMMAND\n   7  cat a b\n1234\n";
        let note = "(no room for owner)";
        assert_eq!(
            written(&table(&LINES), Some(22), 9),
            format!("{two}{note}\n")
        );
        assert_eq!(
            written(&table(&LINES), Some(13), 9),
            format!("{two}(no room for…\n")
        );
        assert_eq!(
            written(&table(&LINES), Some(12), 9),
            "COMMAND\ncat a b\n\n(no room fo…\n"
        );
        // The columns that stay are cut.
        assert_eq!(
            written(&table(&LINES), Some(5), 9),
            "COMM…\ncat …\n\n(no …\n"
        );
        assert_eq!(written(&table(&LINES), Some(0), 9), "\n\n\n\n");
    }

    #[test]
    fn columns_that_stay_share_what_room_there_is() {
        let head = |title: &str, right| Head {
            title: title.to_owned(),
            right,
            rank: KEPT,
        };
        let mut table = Table::new(vec![head("PID", true), head("COMMAND", false)]);
        table.push(["12", "conclusion"].map(|text| (text.to_owned(), Style::new())));
        assert_eq!(written(&table, Some(9), 9), "PID  COM…\n 12  con…\n");
        // No room behind the gap: the column is left out.
        assert_eq!(written(&table, Some(5), 9), "PID\n 12\n");
        assert_eq!(written(&table, Some(6), 9), "PID  …\n 12  …\n");
        assert_eq!(written(&table, Some(2), 9), "P…\n12\n");
    }

    #[test]
    fn text_is_cut_to_the_room_there_is() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn sentences_are_broken_where_they_fit() {
        let text = "aaaa bbbb cccc dddd eeeee ffff";
        let lines = |width| wrap(text, width);
        assert_eq!(lines(80), [text]);
        assert_eq!(lines(30), [text]);
        assert_eq!(lines(29), ["aaaa bbbb cccc dddd eeeee", "ffff"]);
        assert_eq!(lines(24), ["aaaa bbbb cccc dddd", "eeeee ffff"]);
        // 20 columns is the least.
        assert_eq!(lines(3), lines(20));
        assert_eq!(lines(20), ["aaaa bbbb cccc dddd", "eeeee ffff"]);
    }
}
