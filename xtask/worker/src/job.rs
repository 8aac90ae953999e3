//! The work that a process is asked for, its processor, and the other processes that take part.

use std::any::Any;
use std::env;
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::client::Client;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A function that repeats the work, and returns how long that took.
pub(crate) type Run = Box<dyn FnMut(&Job, u64) -> Duration>;

/// Returns a function that repeats a step.
pub(crate) fn repeat(mut step: impl FnMut() + 'static) -> Run {
    Box::new(move |_, times| {
        let start = Instant::now();
        (0..times).for_each(|_| step());
        start.elapsed()
    })
}

#[derive(Default)]
pub(crate) struct Job {
    /// The contender.
    pub(crate) layer: String,
    /// The work: what comes before the slash, and what behind it.
    pub(crate) kind: String,
    pub(crate) what: String,
    pub(crate) numbers: [usize; 2],
    /// The number of this process: 0 creates the objects, and is the one that is measured.
    pub(crate) part: usize,
    /// Where the processes are, one after the other. The others know only their own processor.
    processors: Vec<usize>,
    /// Names the objects to the others.
    pub(crate) ids: Vec<i32>,
    /// Removed at the end of the process.
    pub(crate) kept: Vec<Box<dyn Any>>,
}

impl Job {
    /// Reads the arguments: layer, work, two numbers; of another process also its part, its processor, and the ids.
    pub(crate) fn from_arguments() -> Result<Job> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let [layer, work, first, second, rest @ ..] = arguments.as_slice() else {
            return Err("expected a layer, a work and two numbers".into());
        };
        let (kind, what) = work.split_once('/').ok_or("a work has a slash")?;
        let mut job = Job {
            layer: layer.clone(),
            kind: kind.into(),
            what: what.into(),
            numbers: [first.parse()?, second.parse()?],
            ..Job::default()
        };
        if let [part, processor, ids @ ..] = rest {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            (job.part, job.processors) = (part.parse()?, vec![processor.parse()?]);
            for id in ids {
                job.ids.push(id.parse()?);
            }
        } else {
            let usable = sched_getaffinity(None)?;
            job.processors = (0..CpuSet::MAX_CPU)
                .filter(|at| usable.is_set(*at))
                .collect();
        }
        Ok(job)
    }

    /// Starts another process of the row, and waits until it is ready. Beside System V objects, that is the one in C.
    pub(crate) fn start(&self, part: usize) -> Result<Client> {
        let is_peer = ["sync", "iceoryx2"].contains(&self.kind.as_str());
        let layer = if is_peer { &self.layer } else { "c" };
        let processor = self.processors[part % self.processors.len()];
        let mut command = Command::new(env::current_exe()?);
        command.args([layer, &format!("{}/{}", self.kind, self.what)]);
        command.args(
            [self.numbers, [part, processor]]
                .concat()
                .iter()
                .map(usize::to_string),
        );
        command.args(self.ids.iter().map(i32::to_string));
        Client::start(&mut command)?.ok_or("a process does not know its work".into())
    }

    /// The number of other processes.
    fn others(&self) -> usize {
        match self.what.as_str() {
            _ if self.part > 0 => 0,
            "contended" => self.numbers[0] - 1,
            "ping-pong" | "spin" | "futex" | "parked" | "stream" | "sole" | "any" => 1,
            _ => 0,
        }
    }

    /// Does the work as often as each line of the input says, together with the other processes.
    ///
    /// The processes get their processors last: `sync` waits in another way where a process may use only one.
    pub(crate) fn serve(&self, run: Option<Run>) -> Result<()> {
        let Some(mut run) = run else {
            println!("unknown");
            return Ok(());
        };
        let mut others = Vec::new();
        for part in 1..=self.others() {
            others.push(self.start(part)?);
        }
        let mut own = CpuSet::new();
        own.set(self.processors[0]);
        sched_setaffinity(None, &own)?;
        println!("ready");
        for times in io::stdin().lines() {
            let times = times?.parse()?;
            others.iter_mut().try_for_each(|other| other.ask(times))?;
            let mut taken = run(self, times).as_secs_f64() * 1e9;
            for other in &mut others {
                taken = taken.max(other.taken()?);
            }
            println!("{taken}");
        }
        Ok(())
    }
}
