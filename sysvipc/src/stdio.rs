//! Standard input and output: whether they were closed, the terminal and its size, colours, JSON.
//!
//! Output goes to the file itself: the standard library's handle ignores EBADF.

use std::fmt::{Display, Write as _};
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use terminal_size::terminal_size_of;

use crate::cli::Colour;
use crate::exit::{Failure, Result, Status};
use crate::format::is_invisible;

impl From<Colour> for ColorChoice {
    fn from(colour: Colour) -> ColorChoice {
        match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
    }
}

/// The style of headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// The style of secondary text.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The style of a good state.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The style of a warning.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// The style of a bad state.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// How to print: with colours or not, and the size of the terminal.
#[derive(Debug, Default, Copy, Clone)]
pub(crate) struct Look {
    colour: bool,
    /// The number of columns; `None` if the output is no terminal.
    pub(crate) width: Option<usize>,
    /// The number of lines.
    pub(crate) height: Option<usize>,
}

impl Look {
    /// Returns the text in the style, or as it is without colours.
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
    /// Fails if standard output was closed: a command should do nothing if its result would be lost.
    pub(crate) fn new(colour: Colour) -> Result<Output> {
        if output_was_closed() {
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

    /// Whether the output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Returns how to print on the terminal at its present size.
    pub(crate) fn look(&self) -> Look {
        let size = terminal_size_of(self.file.get_ref());
        Look {
            colour: self.choice != ColorChoice::Never,
            width: size.map(|(width, _)| usize::from(width.0)),
            height: size.map(|(_, height)| usize::from(height.0)),
        }
    }

    /// Writes a value as indented JSON, and flushes.
    pub(crate) fn json(mut self, value: &impl Serialize) -> Result {
        serde_json::to_writer_pretty(&mut Escaped(&mut self), value)?;
        self.finish_line()
    }

    /// Writes a value as JSON on one line, without a line end.
    pub(crate) fn compact_json(&mut self, value: &impl Serialize) -> Result {
        serde_json::to_writer(&mut Escaped(self), value)?;
        Ok(())
    }

    /// Writes a line end, and flushes.
    pub(crate) fn finish_line(mut self) -> Result {
        self.write_all(b"\n")?;
        self.finish()
    }

    /// Flushes. Dropping the output instead would hide an error such as a full disk.
    pub(crate) fn finish(mut self) -> Result {
        self.flush()?;
        Ok(())
    }
}

/// Escapes invisible characters in JSON, which occur in strings only.
struct Escaped<'out>(&'out mut Output);

impl Write for Escaped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // serde_json writes whole characters.
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(is_hidden) => {
                self.0.write_all(escaped(text).as_bytes())?;
                Ok(bytes.len())
            }
            _ => self.0.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a character of a JSON text has to be escaped. The rest of ASCII is escaped already, or is
/// white space between values.
fn is_hidden(c: char) -> bool {
    c >= '\u{7f}' && is_invisible(c)
}

/// Returns the JSON text with `\u` escapes, in UTF-16.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 5);
    for c in text.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

static INPUT: AtomicBool = AtomicBool::new(false);
static OUTPUT: AtomicBool = AtomicBool::new(false);

/// Whether standard input was closed when the program started. False if that is unknown.
pub(crate) fn input_was_closed() -> bool {
    INPUT.load(Ordering::Relaxed)
}

/// Whether standard output was closed when the program started. False if that is unknown.
pub(crate) fn output_was_closed() -> bool {
    OUTPUT.load(Ordering::Relaxed)
}

// The format of executables that Linux and the BSDs have names the functions that run first in this section. The
// attribute is unsafe because what stands in the section is called: it is a function of the right type.
#[cfg(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
))]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

/// Looks, without opening a file: that would get the number of a closed one.
#[cfg_attr(
    not(any(
        target_os = "linux",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )),
    allow(dead_code, reason = "nothing calls it there")
)]
extern "C" fn look() {
    // Without /proc, what leads there from /dev leads nowhere, and tells nothing.
    let Some(folder) = ["/proc/self/fd", "/dev/fd"]
        .into_iter()
        .find(|path| fs::metadata(path).is_ok())
    else {
        return;
    };
    // What it leads to may be no file at all.
    let is_there = |path: &str| fs::symlink_metadata(path).is_ok();
    INPUT.store(!is_there(&format!("{folder}/0")), Ordering::Relaxed);
    OUTPUT.store(!is_there(&format!("{folder}/1")), Ordering::Relaxed);
}
