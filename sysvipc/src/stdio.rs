//! Standard output: whether it is a terminal, how wide, whether in colour; and JSON on it.
//!
//! What is written goes to the file itself, since the standard library's handle takes a closed one for one that
//! took everything.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use terminal_size::terminal_size_of;

use crate::cli::Colour;
use crate::exit::{Failure, Outcome, Status};

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

static INPUT: AtomicBool = AtomicBool::new(false);
static OUTPUT: AtomicBool = AtomicBool::new(false);

/// Whether standard input was closed. `false` where that cannot be told.
pub(crate) fn input_was_closed() -> bool {
    INPUT.load(Ordering::Relaxed)
}

/// Whether standard output was closed. `false` where that cannot be told.
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
