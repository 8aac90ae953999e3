//! A worker: a process that does the work of one row after the other.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::namespace::Namespace;
use crate::task::Failure;

/// The process, and the pipes to it. Dropping it ends it: it removes what it has made, and is waited for.
pub(crate) struct Worker {
    name: &'static str,
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a worker, on one processor where the system allows that, in a namespace of its own if there is a way.
    pub(crate) fn start(
        name: &'static str,
        command: &[OsString],
        namespace: Option<&Namespace>,
        processor: Option<&str>,
    ) -> Result<Worker, Failure> {
        let mut words: Vec<OsString> = Vec::new();
        if let Some(processor) = processor {
            words.extend(["taskset", "--cpu-list", processor].map(OsString::from));
        }
        match namespace {
            Some(namespace) => words.extend(namespace.wrap(command)),
            None => words.extend_from_slice(command),
        }
        let mut process = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::because(format_args!("cannot start {name}")))?;
        let (Some(requests), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Failure::new(format!("{name} has no pipes")));
        };
        Ok(Worker {
            name,
            process,
            requests: Some(requests),
            answers: BufReader::new(answers),
        })
    }

    /// Sends a request, and gives the answer.
    fn ask(&mut self, request: &str) -> Result<String, Failure> {
        let name = self.name;
        let failed = || format!("{name} cannot be asked for {request:?}");
        if let Some(requests) = &mut self.requests {
            requests
                .write_all(format!("{request}\n").as_bytes())
                .and_then(|()| requests.flush())
                .map_err(Failure::because(failed()))?;
        }
        let mut answer = String::new();
        match self.answers.read_line(&mut answer) {
            Ok(1..) => Ok(answer.trim_end().to_owned()),
            Ok(0) => Err(Failure::new(format!("{name} ended at {request:?}"))),
            Err(error) => Err(Failure::because(failed())(error)),
        }
    }

    /// Has it prepare the work of a row; false if it cannot do such work.
    pub(crate) fn prepare(&mut self, request: &str) -> Result<bool, Failure> {
        match self.ask(&format!("prepare {request}"))?.as_str() {
            "ready" => Ok(true),
            "unknown" => Ok(false),
            other => Err(self.odd(other)),
        }
    }

    /// Has it do the work so many times, and gives the nanoseconds that it took.
    pub(crate) fn run(&mut self, times: u64) -> Result<f64, Failure> {
        let answer = self.ask(&format!("run {times}"))?;
        answer.parse().map_err(|_| self.odd(&answer))
    }

    /// Has it remove what it has prepared.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        match self.ask("end")?.as_str() {
            "ended" => Ok(()),
            other => Err(self.odd(other)),
        }
    }

    fn odd(&self, answer: &str) -> Failure {
        Failure::new(format!("{} answered {answer:?}", self.name))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The end of its input is what ends it.
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}
