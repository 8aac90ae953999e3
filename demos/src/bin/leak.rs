//! Whether anything leaks: every kind of handle, made, used and removed thousands of times.

use std::process::ExitCode;

use clap::{Parser, ValueEnum, value_parser};

use demos::console::tell;
use demos::cycle::{Cycle, Ids};
use demos::plot::curve;
use demos::progress::Progress;
use demos::resident::resident;
use demos::stage::{End, Stage, play, statuses};

/// Makes, uses and removes objects again and again, and looks for leaks
///
/// Every cycle makes a segment, a semaphore, a set and a queue, uses them through
/// every kind of handle, and removes them. Meanwhile the memory of this process is
/// measured, and which of its objects the kernel still has. Both have to be flat.
#[derive(Debug, Parser)]
#[command(name = "leak", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// How many cycles, from 100 to 4294967295; the more, the smaller a leak can be
    /// that is found
    #[arg(long, value_name = "N", default_value = "10000")]
    #[arg(value_parser = value_parser!(u32).range(100..))]
    cycles: u32,

    /// Print nothing but the last line, and errors
    #[arg(long)]
    quiet: bool,

    /// Show the memory, but judge the objects only: under valgrind, which judges the
    /// memory better, and whose own memory grows
    #[arg(long)]
    ignore_memory: bool,

    /// Leak on purpose, to see what that looks like
    #[arg(long, value_enum, value_name = "WHAT")]
    leak: Option<Leak>,
}

/// What can be leaked on purpose.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
enum Leak {
    /// One kilobyte of memory per cycle
    Memory,
    /// The objects of every hundredth cycle, which are removed in the end
    Objects,
}

const EXAMPLES: &str = "\
Examples:
  leak --cycles 50000
  leak --leak memory
  valgrind --leak-check=full leak --cycles 1000 --ignore-memory";

fn help() -> String {
    let growth = "memory or objects grow";
    format!("{EXAMPLES}\n\n{}", statuses(Some(growth)))
}

/// How often to measure, all in all.
const SAMPLES: u32 = 60;

/// By how many bytes the memory may grow from the second quarter to the last one: the allocator's own business.
/// A leak of 12 bytes per cycle is beyond it after 10,000 cycles.
const ALLOWANCE: u64 = 32 * 1024;

/// What was measured.
#[derive(Debug, Default)]
struct Measured {
    /// The memory of this process, in bytes, from time to time.
    memory: Vec<u64>,
    /// How many objects outlived their cycle, as often.
    objects: Vec<u64>,
    /// The cycles whose objects are still to be looked for.
    open: Vec<Ids>,
}

impl Measured {
    fn measure(&mut self) -> Result<(), End> {
        self.open.retain(|ids| ids.left() > 0);
        self.objects.push(self.open.iter().map(Ids::left).sum());
        self.memory.push(resident()?);
        Ok(())
    }

    /// By how much the memory has grown since everything was warm.
    fn growth(&self) -> u64 {
        let quarter = self.memory.len() / 4;
        let early = median(&self.memory[quarter..2 * quarter]);
        let late = median(&self.memory[3 * quarter..]);
        late.saturating_sub(early)
    }

    /// Shows both curves.
    fn draw(&self, stage: &Stage, cycles: u32) -> Result<(), End> {
        stage.scene("The memory of this process (from left to right: time)")?;
        let kilobytes: Vec<u64> = self.memory.iter().map(|bytes| bytes / 1024).collect();
        tell(curve(&kilobytes, 256, "kB"));
        stage.scene("Objects that the kernel has from cycles that are over")?;
        tell(curve(&self.objects, Ids::COUNT, "objects"));
        let made = u64::from(cycles) * Ids::COUNT;
        tell(format_args!(
            "\nIn {cycles} cycles {made} objects were made."
        ));
        Ok(())
    }
}

/// The middle one.
fn median(numbers: &[u64]) -> u64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// Runs the cycles, and measures in between.
fn run(stage: &Stage, options: &Options) -> Result<Measured, End> {
    let mut measured = Measured::default();
    let mut kept = Vec::new();
    let mut progress = Progress::new(options.cycles, options.quiet);
    let cycles = u64::from(options.cycles);
    let mut samples = 0;
    for number in 1..=options.cycles {
        stage.check()?;
        let cycle = Cycle::begin()?;
        measured.open.push(cycle.ids());
        let failed = |error| End::Failed(format!("in cycle {number}: {error}"));
        cycle.turn().map_err(failed)?;
        if options.leak == Some(Leak::Memory) {
            let _: &mut [u8] = vec![1; 1024].leak();
        }
        // What is kept is removed when this function ends.
        match options.leak {
            Some(Leak::Objects) if number % 100 == 0 => kept.push(cycle),
            _ => drop(cycle),
        }
        // Evenly, whatever the number of cycles.
        let due = u64::from(number) * u64::from(SAMPLES) / cycles;
        if due > samples {
            samples = due;
            measured.measure()?;
            progress.show(number);
        }
    }
    Ok(measured)
}

/// Runs, shows and judges.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    let measured = run(stage, options)?;
    if !options.quiet {
        measured.draw(stage, options.cycles)?;
    }
    let growth = measured.growth();
    let left = measured.objects.last().copied().unwrap_or(0);
    let line = format!(
        "{left} objects left, memory grew by {} kB after warming up",
        growth / 1024
    );
    if left == 0 && (growth <= ALLOWANCE || options.ignore_memory) {
        tell(format_args!("No leak: {line}"));
        return Ok(());
    }
    Err(End::Found(format!("a leak: {line}")))
}

fn main() -> ExitCode {
    let options = Options::parse();
    play("leak", None, |stage| first(stage, &options))
}
