//! The terminal while `watch` has it: another screen, no cursor, and everything back at the end, however that comes.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use nix::sys::signal::{SigSet, Signal, raise};
use nix::unistd::{getpgrp, tcgetpgrp};

use crate::stdio::Output;

/// The other screen, and no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l";
/// The cursor, and the screen that was there before.
const LEAVE: &[u8] = b"\x1b[?25h\x1b[?1049l";

/// Whether there is something to give back. Not to be done twice: terminals put the cursor where it was before, over
/// what was written since.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, as long as this lives.
pub(crate) struct Screen<'out> {
    out: &'out mut Output,
    /// Whether somebody else may have written to it since.
    is_stale: bool,
}

impl Screen<'_> {
    /// Takes it with the first drawing. A panic gives it back before it says anything, so that what it says can be read.
    pub(crate) fn new(out: &mut Output) -> Screen<'_> {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // There is nothing that could be done about a failure.
            let _ = give_back(&mut io::stdout().lock());
            report(panic);
        }));
        Screen {
            out,
            is_stale: false,
        }
    }

    /// Takes it, if it is not taken.
    fn enter(&mut self) -> io::Result<()> {
        let is_taken = IS_TAKEN.swap(true, Ordering::Relaxed);
        if !is_taken || self.is_stale {
            self.out.write_all(ENTER)?;
            self.out.flush()?;
            self.is_stale = false;
        }
        Ok(())
    }

    /// Gives it back, until something is drawn.
    pub(crate) fn leave(&mut self) -> io::Result<()> {
        give_back(self.out)
    }

    /// Has it taken anew with the next drawing, since somebody else may have written to it.
    pub(crate) fn take_anew(&mut self) {
        self.is_stale = true;
    }

    /// Shows these lines: over those that are there, each with the rest of its line erased and all at once, so that
    /// nothing flickers. While another job has the terminal, nothing is shown.
    pub(crate) fn draw(&mut self, lines: &[String]) -> io::Result<()> {
        if !is_in_front(io::stdout()) {
            return Ok(());
        }
        self.enter()?;
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
        // The terminal may be gone.
        let _ = self.leave();
    }
}

/// Gives back what is taken.
fn give_back(out: &mut impl Write) -> io::Result<()> {
    if IS_TAKEN.swap(false, Ordering::Relaxed) {
        out.write_all(LEAVE)?;
        out.flush()?;
    }
    Ok(())
}

fn ctrl_z() -> SigSet {
    SigSet::from(Signal::SIGTSTP)
}

/// Has each SIGTSTP sent to `told`, in place of what it does by itself. Threads that were started before are not asked.
pub(crate) fn hold(told: Sender<i32>) -> nix::Result<()> {
    ctrl_z().thread_block()?;
    thread::spawn(move || {
        while let Ok(signal) = ctrl_z().wait() {
            if told.send(signal as i32).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Stops until this process is continued; or goes on at once, where nobody is there to continue it.
pub(crate) fn stop() {
    // To this thread, so that the one that waits does not get it. If it fails, this process goes on.
    if raise(Signal::SIGTSTP).is_ok() {
        let _ = ctrl_z().thread_unblock();
        let _ = ctrl_z().thread_block();
    }
}

/// Whether this process may write to the terminal: not while the shell has it or another job does.
pub(crate) fn is_in_front(terminal: impl AsFd) -> bool {
    // An error says that jobs are not controlled from there, or that it is gone, which writing will tell.
    tcgetpgrp(terminal).map_or(true, |group| group == getpgrp())
}

#[cfg(test)]
mod tests {
    //! A terminal, and a process that panics while it has it.

    use std::env;
    use std::fs::File;
    use std::io::Read as _;
    use std::os::fd::OwnedFd;
    use std::process::Command;

    use nix::pty::openpty;

    use super::{ENTER, LEAVE, Screen};
    use crate::cli::Colour;
    use crate::stdio::Output;

    /// Set for the process that is to panic: how.
    const HOW: &str = "SYSVIPC_TEST_PANIC";

    /// All that a terminal gets from a process that runs `the_terminal_is_given_back_once_however_it_ends` in this way.
    fn shown(how: &str) -> String {
        let terminal = openpty(None, None).unwrap();
        let same = |side: &OwnedFd| side.try_clone().unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .arg("terminal::tests::the_terminal_is_given_back_once_however_it_ends")
            .env(HOW, how)
            .env("RUST_BACKTRACE", "0")
            .stdin(same(&terminal.slave))
            .stdout(same(&terminal.slave))
            .stderr(terminal.slave);
        let mut child = command.spawn().unwrap();
        // It has the only ends that are written to.
        drop(command);
        let mut text = Vec::new();
        // Linux has an error at the end, others have none.
        let _ = File::from(terminal.master).read_to_end(&mut text);
        assert_eq!(child.wait().unwrap().success(), how == "return");
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn the_terminal_is_given_back_once_however_it_ends() {
        if let Ok(how) = env::var(HOW) {
            let mut out = Output::new(Colour::Never).unwrap();
            let mut screen = Screen::new(&mut out);
            screen
                .draw(&["bury".to_owned(), "the cat".to_owned()])
                .unwrap();
            match how.as_str() {
                "panic" => panic!("four hours"),
                "leave and panic" => {
                    screen.leave().unwrap();
                    panic!("four hours");
                }
                _ => return,
            }
        }
        let (enter, leave) = (
            std::str::from_utf8(ENTER).unwrap(),
            std::str::from_utf8(LEAVE).unwrap(),
        );
        for how in ["panic", "leave and panic", "return"] {
            let text = shown(how);
            let (before, rest) = text
                .split_once(enter)
                .unwrap_or_else(|| panic!("{how}: {text:?}"));
            assert!(!before.contains('\x1b'), "{how}: {text:?}");
            let (drawn, after) = rest
                .split_once(leave)
                .unwrap_or_else(|| panic!("{how}: {text:?}"));
            // The terminal's driver makes a line feed of each `\n`, and a carriage return before it.
            let drawn = drawn.replace("\r\r\n", "\r\n");
            assert!(
                drawn.contains("\x1b[Hbury\x1b[K\r\nthe cat\x1b[K\x1b[J"),
                "{how}: {text:?}"
            );
            // What is said of the panic stands on the screen that people see, and nothing is put over it.
            assert!(
                !drawn.contains("four hours") && !after.contains('\x1b'),
                "{how}: {text:?}"
            );
            assert_eq!(
                after.contains("four hours"),
                how != "return",
                "{how}: {text:?}"
            );
        }
    }
}
