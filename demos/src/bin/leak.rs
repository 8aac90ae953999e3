//! Whether anything leaks: every kind of handle, made, used and removed thousands of times.

use std::fs::File;
use std::hint::black_box;
use std::mem;
use std::process::ExitCode;

use clap::{Parser, ValueEnum, value_parser};

use demos::console::tell;
use demos::cycle::{Cycle, Part};
use demos::measured::Measured;
use demos::plot::curve;
use demos::progress::Progress;
use demos::stage::{End, Stage, play, statuses};
use sysv_wrapper::SharedMemory;

/// Makes, uses and removes objects again and again, and looks for leaks
///
/// Every cycle makes a segment, a semaphore, a set and a queue, uses them through
/// every kind of handle, and removes them. Meanwhile the memory of this process is
/// measured, its open files and mappings, and which of its objects the kernel still
/// has. All have to be flat.
#[derive(Debug, Parser)]
#[command(name = "leak", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    /// How many cycles, from 100 to 4294967295; the more, the smaller a leak can be
    /// that is found
    #[arg(long, value_name = "N", default_value = "10000")]
    #[arg(value_parser = value_parser!(u32).range(100..))]
    cycles: u32,

    /// One part of what is done in a cycle
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Part>,

    /// Print nothing but the last line, and errors
    #[arg(long)]
    quiet: bool,

    /// Print what was measured as one JSON object instead
    #[arg(long)]
    json: bool,

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
    /// An open file in every hundredth cycle
    Descriptors,
    /// A mapping in every hundredth cycle that has a segment
    Mappings,
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

/// Shows memory and objects as curves.
fn draw(measured: &Measured, stage: &Stage, cycles: u32) -> Result<(), End> {
    stage.scene("The memory of this process (from left to right: time)")?;
    let kilobytes: Vec<u64> = measured.memory.iter().map(|bytes| bytes / 1024).collect();
    tell(curve(&kilobytes, 256, "kB"));
    stage.scene("Objects that the kernel has from cycles that are over")?;
    tell(curve(&measured.objects, 4, "objects"));
    let made = measured.made();
    tell(format_args!(
        "\nIn {cycles} cycles {made} objects were made."
    ));
    Ok(())
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
        let cycle = Cycle::begin(options.only)?;
        measured.begin(cycle.ids());
        let failed = |error| End::Failed(format!("in cycle {number}: {error}"));
        cycle.turn().map_err(failed)?;
        let now_and_then = number % 100 == 0;
        match options.leak {
            Some(Leak::Memory) => drop(black_box(vec![1_u8; 1024].leak())),
            Some(Leak::Descriptors) if now_and_then => mem::forget(File::open("/dev/null")?),
            Some(Leak::Mappings) if now_and_then => {
                mem::forget(cycle.memory().map(SharedMemory::attach).transpose()?);
            }
            _ => {}
        }
        // What is kept is removed when this function ends.
        match options.leak {
            Some(Leak::Objects) if now_and_then => kept.push(cycle),
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
    let leaks = measured.leaks(options.ignore_memory);
    if options.json {
        tell(measured.to_json(options.ignore_memory));
    } else if !options.quiet {
        draw(&measured, stage, options.cycles)?;
    }
    let left = measured.left();
    let growth = measured.growth() / 1024;
    let line = format!("{left} objects left, memory grew by {growth} kB after warming up");
    if !leaks.is_empty() {
        return Err(End::Found(format!("a leak: {}", leaks.join(", "))));
    }
    if !options.json {
        tell(format_args!("No leak: {line}"));
    }
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    play("leak", None, |stage| first(stage, &options))
}
