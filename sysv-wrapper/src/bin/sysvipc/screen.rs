//! The terminal while `watch` has it: another screen, no cursor, and everything back at the end, however that comes.

use std::io::{self, Write};
use std::panic;

use super::output::Output;

/// The other screen, and no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l";
/// The cursor, and the screen that was there before.
const LEAVE: &[u8] = b"\x1b[?25h\x1b[?1049l";

/// The terminal, as long as this lives.
pub(crate) struct Screen<'out> {
    out: &'out mut Output,
    is_entered: bool,
}

impl Screen<'_> {
    /// Takes it. A panic gives it back before it says anything, so that what it says can be read.
    pub(crate) fn new(out: &mut Output) -> io::Result<Screen<'_>> {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // There is nothing that could be done about a failure.
            let _ = io::stdout().lock().write_all(LEAVE);
            let _ = io::stdout().lock().flush();
            report(panic);
        }));
        let mut screen = Screen {
            out,
            is_entered: false,
        };
        screen.enter()?;
        Ok(screen)
    }

    /// Takes it again.
    pub(crate) fn enter(&mut self) -> io::Result<()> {
        self.is_entered = true;
        self.out.write_all(ENTER)?;
        self.out.flush()
    }

    /// Gives it back.
    pub(crate) fn leave(&mut self) -> io::Result<()> {
        self.is_entered = false;
        self.out.write_all(LEAVE)?;
        self.out.flush()
    }

    /// Shows these lines: over those that are there, each with the rest of its line erased and all at once, so that
    /// nothing flickers.
    pub(crate) fn draw(&mut self, lines: &[String]) -> io::Result<()> {
        // Terminals that know it show nothing between the first and the last sequence; others ignore them.
        let mut frame = String::from("\x1b[?2026h\x1b[H");
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                frame.push_str("\r\n");
            }
            frame.push_str(line);
            frame.push_str("\x1b[K");
        }
        frame.push_str("\x1b[J\x1b[?2026l");
        self.out.write_all(frame.as_bytes())?;
        self.out.flush()
    }

    /// What it is drawn with.
    pub(crate) fn output(&self) -> &Output {
        self.out
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        if self.is_entered {
            // The terminal may be gone.
            let _ = self.leave();
        }
    }
}
