//! Standard output: whether it is a terminal, how wide, whether in colour; and JSON on it.
//!
//! What is written goes to the file itself, since the standard library's handle takes a closed one for one that
//! took everything.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde::Serialize;
use terminal_size::terminal_size_of;

use super::closed;
use super::exit::{Failure, Outcome, Status};

/// When to use colours.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Colour> for ColorChoice {
    fn from(colour: Colour) -> ColorChoice {
        match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
    }
}

/// What a heading looks like.
pub(crate) const HEADING: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is worth a look.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What is not well.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// How text is shown: in colour or not, in how many columns.
#[derive(Debug, Default, Copy, Clone)]
pub(crate) struct Look {
    colour: bool,
    /// How many columns there are; `None` for no limit.
    pub(crate) width: Option<usize>,
    /// How many lines.
    pub(crate) height: Option<usize>,
}

impl Look {
    /// Text in a style, where styles are to be used.
    pub(crate) fn paint(self, style: Style, text: impl Display) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }
}

/// Standard output.
pub(crate) struct Output {
    file: BufWriter<File>,
    choice: ColorChoice,
    is_terminal: bool,
}

impl Output {
    /// Fails if it was closed, so that nothing is done whose result would be lost.
    pub(crate) fn new(colour: Colour) -> Outcome<Output> {
        if closed::output() {
            let text = "cannot write standard output: it is closed";
            return Err(Failure::new(Status::Failed, text));
        }
        let stdout = io::stdout();
        let choice = match ColorChoice::from(colour) {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            choice => choice,
        };
        Ok(Output {
            file: BufWriter::with_capacity(1 << 16, stdout.as_fd().try_clone_to_owned()?.into()),
            choice,
            is_terminal: stdout.is_terminal(),
        })
    }

    /// Whether a person looks at it.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// How text is to be shown, as the terminal is now.
    pub(crate) fn look(&self) -> Look {
        let size = terminal_size_of(self.file.get_ref());
        Look {
            colour: self.choice != ColorChoice::Never,
            width: size.map(|(width, _)| usize::from(width.0)),
            height: size.map(|(_, height)| usize::from(height.0)),
        }
    }

    /// A value as JSON that people can read too, and all that was written before.
    pub(crate) fn json(mut self, value: &impl Serialize) -> Outcome {
        serde_json::to_writer_pretty(&mut self, value)?;
        self.finish_line()
    }

    /// The end of the line, and all that was written before.
    pub(crate) fn finish_line(mut self) -> Outcome {
        self.write_all(b"\n")?;
        self.finish()
    }

    /// Writes what is left. Without this, a full disk would go unnoticed.
    pub(crate) fn finish(mut self) -> Outcome {
        self.flush()?;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
