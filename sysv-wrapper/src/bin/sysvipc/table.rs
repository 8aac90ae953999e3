//! Tables that fit the terminal: as wide as what is in them, and no wider than there is room.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::output::{DIM, HEADING, Look};

/// Between two columns.
const GAP: &str = "  ";

/// A column of a table.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The heading.
    pub(crate) title: String,
    /// Whether it is aligned to the right.
    pub(crate) right: bool,
    /// How much it is wanted where there is no room for all: of the columns with the least, the last one goes
    /// first; those with [`KEPT`] stay.
    pub(crate) rank: u8,
}

/// The rank of columns that stay.
pub(crate) const KEPT: u8 = u8::MAX;

/// A table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heads: Vec<Head>,
    /// The cells, line by line, each with its style.
    cells: Vec<(String, Style)>,
}

impl Table {
    pub(crate) fn new(heads: Vec<Head>) -> Table {
        Table {
            heads,
            cells: Vec::new(),
        }
    }

    /// Adds a line, of as many cells as there are columns.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = (String, Style)>) {
        self.cells.extend(
            cells
                .into_iter()
                .map(|(text, style)| (printable(&text), style)),
        );
    }

    /// The lines.
    fn lines(&self) -> impl Iterator<Item = &[(String, Style)]> {
        self.cells.chunks(self.heads.len().max(1))
    }

    /// Writes it: the heading, and at most `most` lines.
    pub(crate) fn write(&self, out: &mut impl Write, look: Look, most: usize) -> io::Result<()> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.title.width()).collect();
        for line in self.lines() {
            for (width, (text, _)) in widths.iter_mut().zip(line) {
                *width = text.width().max(*width);
            }
        }
        let shown = self.fitting(&widths, look.width);
        let room = look.width.unwrap_or(usize::MAX);
        let heading = shown
            .iter()
            .map(|&i| (self.heads[i].title.as_str(), HEADING));
        self.line(out, look, heading, &shown, &widths, room)?;
        for line in self.lines().take(most) {
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

    /// Which columns there is room for.
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
                // The lines are cut then.
                None => return shown,
            };
        }
    }

    /// One line, cut where there is no more room.
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
        for (place, ((text, style), &i)) in cells.zip(shown).enumerate() {
            let is_last = place + 1 == shown.len();
            if place > 0 {
                let is_nothing = is_last && text.is_empty();
                if is_nothing || left <= GAP.len() {
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

/// Text that moves no cursor and changes no colour, whoever chose it.
pub(crate) fn printable(text: &str) -> String {
    if text.contains(char::is_control) {
        let escape = |c: char| match c {
            c if c.is_control() => c.escape_default().to_string(),
            c => c.to_string(),
        };
        text.chars().map(escape).collect()
    } else {
        text.to_owned()
    }
}

/// As much of the text as there is room for.
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
    //! Cutting, and what is not printed.

    use super::{cut, printable};

    #[test]
    fn text_is_cut_to_the_room_there_is() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(printable("a\x1b[31mb\n"), "a\\u{1b}[31mb\\n");
    }
}
