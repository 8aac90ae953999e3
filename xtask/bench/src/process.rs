//! A process that does the work of a row on request, and its client, which is the process that asks.
//!
//! Its argument is a [`Job`], as JSON. It says `ready`, or `unknown`; then it reads lines that say how often to do the
//! work, and answers each with the nanoseconds that it took. The end of its input ends it, and it removes its objects.

use std::any::Any;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A function that repeats the work, and returns how long that took.
pub type Run = Box<dyn FnMut(&Job, u64) -> Duration>;

/// The work of a job, or none if a contender does not support it.
pub type Work = Result<Option<Run>>;

/// Returns a function that repeats a step.
pub fn repeat<T>(mut step: impl FnMut() -> T + 'static) -> Run {
    Box::new(move |_, times| {
        let start = Instant::now();
        (0..times).for_each(|_| drop(step()));
        start.elapsed()
    })
}

#[derive(Serialize, Deserialize)]
pub struct Job {
    /// The contender.
    pub layer: String,
    /// The work: what comes before the slash in its name, and what behind it.
    pub kind: String,
    pub what: String,
    /// The number in the name of the work: a size, or how many objects or processes there are.
    pub number: usize,
    pub offset: usize,
    /// The number of this process: 0 creates the objects, and is the one that is asked.
    #[serde(default)]
    pub part: usize,
    /// Names the objects to the others.
    #[serde(default)]
    pub ids: Vec<i32>,
    /// Dropped at the end of the process.
    #[serde(skip)]
    pub kept: Vec<Box<dyn Any>>,
}

impl Job {
    /// Returns the job of this process, if its argument is one.
    pub fn from_argument() -> Option<Job> {
        serde_json::from_str(&env::args().nth(1)?).ok()
    }

    /// Starts another process of the row, and waits until it is ready. Beside System V objects, that is the one in C.
    pub fn start(&self, part: usize) -> Result<Client> {
        let mut job = serde_json::to_value(self)?;
        job["part"] = part.into();
        if self.kind != "sync" {
            job["layer"] = "c".into();
        }
        let mut command = Command::new(env::current_exe()?);
        let client = Client::start(command.arg(job.to_string()))?;
        client.ok_or("a process does not know its work".into())
    }

    /// Does the work, which `prepare` prepares, as often as each line of the input says, together with the other processes.
    ///
    /// A process gets its processor last, but one that has to park before: `sync` does not spin where it may use only one.
    pub fn serve(mut self, prepare: impl FnOnce(&mut Job) -> Work) -> Result<ExitCode> {
        if self.part > 0 {
            set_parent_process_death_signal(Some(Signal::KILL))?;
        }
        let (usable, mut own, all) = (sched_getaffinity(None)?, CpuSet::new(), 0..CpuSet::MAX_CPU);
        let numbers: Vec<_> = all.filter(|at| usable.is_set(*at)).collect();
        own.set(numbers[self.part % numbers.len()]);
        let parks = self.what.starts_with("parked");
        sched_setaffinity(None, if parks { &own } else { &usable })?;
        let Some(mut run) = prepare(&mut self)? else {
            println!("unknown");
            return Ok(ExitCode::SUCCESS);
        };
        sched_setaffinity(None, &usable)?;
        let others = match self.what.as_str() {
            _ if self.part > 0 => 0,
            "contended" => self.number - 1,
            "ping-pong" | "spin" | "futex" | "stream" | "sole" | "any" => 1,
            _ if parks => 1,
            _ => 0,
        };
        let others = (1..=others).map(|part| self.start(part));
        let mut others = others.collect::<Result<Vec<_>>>()?;
        sched_setaffinity(None, &own)?;
        println!("ready");
        for times in io::stdin().lines() {
            let times = times?.parse()?;
            others.iter_mut().try_for_each(|other| other.ask(times))?;
            let mut taken = run(&self, times).as_secs_f64() * 1e9;
            for other in &mut others {
                taken = taken.max(other.taken()?);
            }
            println!("{taken}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub struct Client {
    pub process: Child,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Client {
    /// Starts the process, and waits until it is ready. `None` if it does not know the work.
    pub fn start(command: &mut Command) -> Result<Option<Client>> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let answers = process.stdout.take().ok_or("a process has no output")?;
        let answers = BufReader::new(answers).lines();
        let mut client = Client { process, answers };
        Ok((client.answer()? == "ready").then_some(client))
    }

    /// Makes the process repeat the work so many times, and does not wait for that.
    pub fn ask(&mut self, times: impl Display) -> Result<()> {
        let requests = self.process.stdin.as_mut().ok_or("a process ended")?;
        Ok(writeln!(requests, "{times}")?)
    }

    /// Waits for the process, and returns the nanoseconds that the work took.
    pub fn taken(&mut self) -> Result<f64> {
        Ok(self.answer()?.parse()?)
    }

    fn answer(&mut self) -> Result<String> {
        Ok(self.answers.next().ok_or("a process ended")??)
    }
}

impl Drop for Client {
    /// Ends the input of the process, and waits for its end. In a panic it may be in the middle of its work.
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = self.process.wait();
        }
    }
}
