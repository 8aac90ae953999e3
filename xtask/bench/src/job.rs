//! The work that a process is asked for, its processor, and the other processes that take part.

use std::any::Any;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, io};

use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::client::Client;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A function that repeats the work, and returns how long that took.
pub type Run = Box<dyn FnMut(&Job, u64) -> Duration>;

/// Returns a function that repeats a step.
pub fn repeat<T>(mut step: impl FnMut() -> T + 'static) -> Run {
    Box::new(move |_, times| {
        let start = Instant::now();
        (0..times).for_each(|_| drop(step()));
        start.elapsed()
    })
}

#[derive(Default)]
pub struct Job {
    /// The contender.
    pub layer: String,
    /// The work: what comes before the slash, and what behind it.
    pub kind: String,
    pub what: String,
    pub numbers: [usize; 2],
    /// The number of this process: 0 creates the objects, and is the one that is asked.
    pub part: usize,
    /// The processor of each process, again and again. The others know only their own.
    processors: Vec<usize>,
    /// Names the objects to the others.
    pub ids: Vec<i32>,
    /// Dropped at the end of the process.
    pub kept: Vec<Box<dyn Any>>,
}

impl Job {
    /// Reads the arguments: layer, work, two numbers; of another process also its part, its processor, and the ids.
    pub fn from_arguments() -> Result<Job> {
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
            let (usable, all) = (sched_getaffinity(None)?, 0..CpuSet::MAX_CPU);
            job.processors = all.filter(|at| usable.is_set(*at)).collect();
        }
        Ok(job)
    }

    /// Starts another process of the row, and waits until it is ready. Beside System V objects, that is the one in C.
    pub fn start(&self, part: usize) -> Result<Client> {
        let layer = if self.kind == "sync" {
            &self.layer
        } else {
            "c"
        };
        let ([first, second], ids) = (self.numbers, self.ids.iter());
        let processor = self.processors[part % self.processors.len()];
        let mut command = Command::new(env::current_exe()?);
        command.args([layer, &format!("{}/{}", self.kind, self.what)]);
        command.args([first, second, part, processor].map(|number| number.to_string()));
        command.args(ids.map(i32::to_string));
        Client::start(&mut command)?.ok_or("a process does not know its work".into())
    }

    /// Does the work as often as each line of the input says, together with the other processes.
    ///
    /// The processes get their processors last: `sync` waits in another way where a process may use only one.
    pub fn serve(&self, run: Option<Run>) -> Result<()> {
        let Some(mut run) = run else {
            println!("unknown");
            return Ok(());
        };
        let others = match self.what.as_str() {
            _ if self.part > 0 => 0,
            "contended" => self.numbers[0] - 1,
            "ping-pong" | "spin" | "futex" | "parked" | "stream" | "sole" | "any" => 1,
            _ => 0,
        };
        let others = (1..=others).map(|part| self.start(part));
        let mut others = others.collect::<Result<Vec<_>>>()?;
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
