//! Standard input and output: whether they were closed, the terminal and its size, colours, JSON.
//!
//! Output goes to the file itself: the standard library's handle ignores EBADF.
#![expect(
    unsafe_code,
    reason = "runs a function before the standard library opens closed descriptors"
)]

use std::env;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::{AsFd, IntoRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
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

    /// Returns whether the output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Returns whether the output is a terminal that can move its cursor.
    pub(crate) fn has_screen(&self) -> bool {
        let is_dumb = env::var_os("TERM").is_none_or(|name| name.is_empty() || name == "dumb");
        self.is_terminal && !is_dumb
    }

    /// Returns how to print on the terminal at its present size. The variable `COLUMNS` replaces its width, and sets one where
    /// there is no terminal.
    pub(crate) fn look(&self) -> Look {
        let size = terminal_size_of(self.file.get_ref());
        let asked = env::var("COLUMNS").ok();
        let asked = asked.and_then(|columns| columns.parse().ok());
        Look {
            colour: self.choice != ColorChoice::Never,
            width: asked
                .filter(|columns| *columns > 0)
                .or_else(|| size.map(|(width, _)| usize::from(width.0))),
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
            Ok(text) => write_escaped(self.0, text).map(|()| bytes.len()),
            Err(_) => self.0.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Returns whether a character of a JSON text has to be escaped. The rest of ASCII is escaped already, or is
/// white space between values.
fn is_hidden(c: char) -> bool {
    c >= '\u{7f}' && is_invisible(c)
}

/// Writes the JSON text with `\u` escapes, in UTF-16.
fn write_escaped(out: &mut Output, text: &str) -> io::Result<()> {
    for piece in text.split_inclusive(is_hidden) {
        match piece.chars().next_back().filter(|c| is_hidden(*c)) {
            Some(hidden) => {
                out.write_all(&piece.as_bytes()[..piece.len() - hidden.len_utf8()])?;
                for unit in hidden.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            None => out.write_all(piece.as_bytes())?,
        }
    }
    Ok(())
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The state at the start of the process. The standard library's runtime opens `/dev/null` for closed descriptors and
/// ignores SIGPIPE before `main`, so a function that runs earlier records the state.
struct Start {
    is_closed: [AtomicBool; 3],
    ignores_sigpipe: AtomicBool,
}

static START: Start = Start {
    is_closed: [const { AtomicBool::new(false) }; 3],
    ignores_sigpipe: AtomicBool::new(false),
};

/// Returns whether standard input was closed when the program started. False if that is unknown.
pub(crate) fn input_was_closed() -> bool {
    START.is_closed[0].load(Ordering::Relaxed)
}

/// Returns whether standard output was closed when the program started. False if that is unknown.
pub(crate) fn output_was_closed() -> bool {
    START.is_closed[1].load(Ordering::Relaxed)
}

/// Returns whether SIGPIPE was ignored when the program started. False if that is unknown.
pub(crate) fn sigpipe_was_ignored() -> bool {
    START.ignores_sigpipe.load(Ordering::Relaxed)
}

/// Returns the standard descriptors that were closed when the program started.
fn closed() -> impl Iterator<Item = RawFd> {
    let is_closed = |fd: &RawFd| {
        let of = usize::try_from(*fd)
            .ok()
            .and_then(|fd| START.is_closed.get(fd));
        of.is_some_and(|closed| closed.load(Ordering::Relaxed))
    };
    (0..3).filter(is_closed)
}

/// Closes the standard descriptors that were closed when the program started, for a program that inherits them.
pub(crate) fn close_again() {
    for fd in closed() {
        // A descriptor that is closed already is as good.
        let _ = nix::unistd::close(fd);
    }
}

/// Opens `/dev/null` for them again: a file that is opened later must not get the number of one.
pub(crate) fn reopen() {
    for _ in closed() {
        // The lowest free number is that of a closed one.
        if let Ok(file) = File::options().read(true).write(true).open("/dev/null") {
            let _ = file.into_raw_fd();
        }
    }
}

// The executables of Linux and the BSDs name the functions that run first in this section. The attribute is unsafe
// because the loader calls the section's contents, which here is a function of the right type.
#[cfg(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
))]
#[used]
#[unsafe(link_section = ".init_array")]
static RECORD: extern "C" fn() = record;

/// Records the state of the process, without a file that stays open.
#[cfg_attr(
    not(any(
        target_os = "linux",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )),
    allow(dead_code, reason = "no loader calls it")
)]
extern "C" fn record() {
    // The descriptors first: a file would get the number of a closed one. Without /proc, /dev/fd is a dangling link.
    let folders = ["/proc/self/fd", "/dev/fd"];
    let folder = folders.into_iter().find(|path| fs::metadata(path).is_ok());
    for (fd, is_closed) in START.is_closed.iter().enumerate() {
        // The link may be one to a pipe or a removed file.
        let is_open = |folder| fs::symlink_metadata(format!("{folder}/{fd}")).is_ok();
        is_closed.store(
            folder.is_some_and(|folder| !is_open(folder)),
            Ordering::Relaxed,
        );
    }
    let ignore = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    // SAFETY: ignoring a signal installs no handler; the runtime ignores this one a moment later too.
    let before = unsafe { sigaction(Signal::SIGPIPE, &ignore) };
    let is_ignored = before.is_ok_and(|action| matches!(action.handler(), SigHandler::SigIgn));
    START.ignores_sigpipe.store(is_ignored, Ordering::Relaxed);
}
