//! A process that does the work of a row on request, as the process that asks it sees it.
//!
//! It says `ready`, or `unknown`; then it reads lines that say how often to do the work, and answers each with the
//! nanoseconds that it took. The end of its input ends it, and it removes its objects.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

pub struct Client {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Starts the process, and waits until it is ready. `None` if it does not know the work.
    pub fn start(command: &mut Command) -> io::Result<Option<Client>> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let answers = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut client = Client {
            requests: process.stdin.take(),
            answers: BufReader::new(answers),
            process,
        };
        Ok((client.answer()? == "ready").then_some(client))
    }

    /// Makes the process repeat the work so many times, and does not wait for that.
    pub fn ask(&mut self, times: impl Display) -> io::Result<()> {
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(requests, "{times}")
    }

    /// Waits for the process, and returns the nanoseconds that the work took.
    pub fn taken(&mut self) -> io::Result<f64> {
        self.answer()?.parse().map_err(io::Error::other)
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer)? {
            0 => Err(io::Error::other("a process ended")),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }

    pub fn kill(&mut self) -> io::Result<()> {
        self.process.kill()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Otherwise it may be in the middle of its work.
        if thread::panicking() {
            let _ = self.kill();
        }
        self.requests = None;
        let _ = self.process.wait();
    }
}
