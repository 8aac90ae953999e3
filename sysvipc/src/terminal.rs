//! The terminal: the alternate screen, restored however the process ends, and job control.
//!
//! SIGTSTP is blocked in every thread, and one thread waits for it. To stop, the process raises it once more and
//! unblocks it, so that the kernel's default action applies: unlike SIGSTOP, it spares processes that no shell would
//! continue, and those that ignore the signal from the start.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use nix::sys::select::{FdSet, select};
use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, read, tcgetpgrp};

use crate::clock::{Deadline, pause};
use crate::stdio::Output;

/// The number that `read_keys` sends for `q`: no signal has this number.
pub(crate) const LEAVE_KEY: i32 = 0;

/// The terminal's input mode before the screen was on. `None` while the screen is off, and without a terminal for input.
static KEYS: Mutex<Option<Termios>> = Mutex::new(None);

/// Switches to the alternate screen, and hides the cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l";
/// Shows the cursor, and switches back.
const LEAVE: &[u8] = b"\x1b[?25h\x1b[?1049l";

/// Whether the alternate screen is on. [`LEAVE`] must not be written twice: it moves the cursor back, over later output.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// The alternate screen; dropping it restores the terminal.
pub(crate) struct Screen<'out> {
    out: &'out mut Output,
    /// Whether another program may have written to the terminal.
    is_stale: bool,
}

impl Screen<'_> {
    /// The first drawing switches the screen. A panic restores the terminal before it prints its message.
    pub(crate) fn new(out: &mut Output) -> Screen<'_> {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // A failure to write cannot be reported.
            let _ = restore(&mut io::stdout().lock());
            report(panic);
        }));
        Screen {
            out,
            is_stale: false,
        }
    }

    /// Switches to the screen if it is off or stale.
    fn enter(&mut self) -> io::Result<()> {
        let is_on = IS_ON.swap(true, Ordering::Relaxed);
        if !is_on || self.is_stale {
            self.out.write_all(ENTER)?;
            self.out.flush()?;
            self.is_stale = false;
            take_single_keys();
        }
        Ok(())
    }

    /// Restores the terminal until the next drawing.
    pub(crate) fn leave(&mut self) -> io::Result<()> {
        restore(self.out)
    }

    /// Makes the next drawing switch to the screen again.
    pub(crate) fn set_stale(&mut self) {
        self.is_stale = true;
    }

    /// Draws these lines over the previous ones, in one write so that nothing flickers. Does nothing while this job is
    /// in the background.
    pub(crate) fn draw(&mut self, lines: &[String]) -> io::Result<()> {
        if !is_in_front(io::stdout()) {
            return Ok(());
        }
        self.enter()?;
        // A synchronized update, which terminals without support ignore.
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

    /// Returns the output that the screen writes to.
    pub(crate) fn output(&self) -> &Output {
        self.out
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        // Fails if the terminal is gone.
        let _ = self.leave();
    }
}

/// Restores the terminal if the screen is on.
fn restore(out: &mut impl Write) -> io::Result<()> {
    if IS_ON.swap(false, Ordering::Relaxed) {
        restore_keys();
        out.write_all(LEAVE)?;
        out.flush()?;
    }
    Ok(())
}

/// Sets the terminal to pass keys on immediately, without echo.
fn take_single_keys() {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !is_in_front(&stdin) {
        return;
    }
    let Ok(before) = tcgetattr(&stdin) else {
        return;
    };
    let mut single = before.clone();
    single.local_flags &= !(LocalFlags::ICANON | LocalFlags::ECHO);
    // A read returns at once, even if there is no key.
    single.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
    single.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    // Without it `q` is seen with the end of its line.
    if tcsetattr(&stdin, SetArg::TCSANOW, &single).is_ok() {
        if let Ok(mut keys) = KEYS.lock() {
            keys.get_or_insert(before);
        }
    }
}

/// Restores the terminal's input mode.
fn restore_keys() {
    let before = KEYS.lock().ok().and_then(|mut keys| keys.take());
    // In the background that would stop the process; the shell restores its terminal itself.
    if let Some(before) = before.filter(|_| is_in_front(io::stdin())) {
        // Fails if the terminal is gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &before);
    }
}

/// Starts a thread that sends [`LEAVE_KEY`] when `q` is typed. Does nothing if standard input is no terminal, or if no
/// thread can be started: signals end the process all the same.
pub(crate) fn read_keys(send: Sender<i32>) {
    if !io::stdin().is_terminal() {
        return;
    }
    let read = move || {
        // In the background a read fails then, instead of stopping the process.
        let _ = SigSet::from(Signal::SIGTTIN).thread_block();
        while let Some(key) = next_key() {
            if key.eq_ignore_ascii_case(&b'q') {
                // Fails if the process ends already.
                let _ = send.send(LEAVE_KEY);
                return;
            }
        }
    };
    // On failure there are no keys.
    let _ = thread::Builder::new().spawn(read);
}

/// Waits for a key and reads it. Reads nothing while the screen is off: that input is for the program that reads next.
/// Returns `None` once the terminal is gone.
fn next_key() -> Option<u8> {
    let stdin = io::stdin();
    loop {
        // Not `poll`, which does not work with terminals on every system.
        let mut readable = FdSet::new();
        readable.insert(stdin.as_fd());
        // Fails because of a signal, or for the reason why reading fails.
        let _ = select(None, &mut readable, None, None, None);
        let mut key = [0];
        // Locked during the read, which does not block, so that after `restore_keys` nothing is read.
        let read = KEYS.lock().ok()?.as_ref().map(|_| read(&stdin, &mut key));
        match read {
            Some(Ok(1)) => return Some(key[0]),
            Some(Err(_)) if is_in_front(&stdin) => return None,
            // The screen is off, this job is in the background, or another process read the key.
            _ => pause(Deadline::after(Some(BACKGROUND))),
        }
    }
}

/// The time between two looks whether the keys are for this process again.
const BACKGROUND: Duration = Duration::from_millis(200);

fn ctrl_z() -> SigSet {
    SigSet::from(Signal::SIGTSTP)
}

/// Starts a thread that sends each SIGTSTP to the channel, instead of its default action. Called before other threads are
/// started.
pub(crate) fn hold_ctrl_z(signals: Sender<i32>) -> io::Result<()> {
    ctrl_z().thread_block()?;
    let forward = move || {
        while let Ok(signal) = ctrl_z().wait() {
            if signals.send(signal as i32).is_err() {
                return;
            }
        }
    };
    let started = thread::Builder::new().spawn(forward);
    if started.is_err() {
        release_ctrl_z();
    }
    started.map(|_| ())
}

/// Restores the default action of SIGTSTP.
pub(crate) fn release_ctrl_z() {
    // Fails for an invalid set of signals only.
    let _ = ctrl_z().thread_unblock();
}

/// Stops until the process is continued. Returns at once in an orphaned process group.
pub(crate) fn stop() {
    // Directed to this thread, not to the waiting one. On failure the process goes on.
    if raise(Signal::SIGTSTP).is_ok() {
        let _ = ctrl_z().thread_unblock();
        let _ = ctrl_z().thread_block();
    }
}

/// Returns whether this process is in the foreground of the terminal.
pub(crate) fn is_in_front(terminal: impl AsFd) -> bool {
    // An error means that there is no job control, or that the terminal is gone, which the next write reports.
    tcgetpgrp(terminal).map_or(true, |group| group == getpgrp())
}

#[cfg(test)]
mod tests {
    //! A process that panics on the alternate screen.

    use std::env;
    use std::fs::File;
    use std::io::Read as _;
    use std::os::fd::OwnedFd;
    use std::process::Command;

    use nix::pty::openpty;

    use super::{ENTER, LEAVE, Screen};
    use crate::cli::Colour;
    use crate::stdio::Output;

    /// The variable that tells the child how to end.
    const HOW: &str = "SYSVIPC_TEST_PANIC";

    /// Returns all output of a child that runs `the_terminal_is_given_back_once_however_it_ends` and ends in this way.
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
        // Closes the last writable ends in this process.
        drop(command);
        let mut text = Vec::new();
        // On Linux the end is an error.
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
            // The terminal driver inserts a carriage return before each `\n`.
            let drawn = drawn.replace("\r\r\n", "\r\n");
            assert!(
                drawn.contains("\x1b[Hbury\x1b[K\r\nthe cat\x1b[K\x1b[J"),
                "{how}: {text:?}"
            );
            // The message of the panic is on the visible screen, and nothing is written over it.
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
