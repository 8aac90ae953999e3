//! `cargo xtask leaks`: the soak. Objects of each kind are made, used and removed a great many times, by the
//! demonstration `leak`, which measures itself; here its numbers are put together.
//!
//! Here is what is run, and where: in an ipc namespace of its own where that can be had, so that what is left there
//! can be counted too. What the numbers are and how they are shown is in `leaks/soak.rs`; how they are judged is the
//! demonstration's business (`demos/src/measured.rs`).

mod soak;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::{Value, json};

use crate::task::{self, Failure, Outcome, WRONG};
use soak::Soak;

/// Makes, uses and removes objects of each kind again and again, and looks for leaks.
///
/// Memory, open files and mappings of the process that does it have to be flat from the second quarter of the run to
/// the last, and no object may be left. As root everything happens in an ipc namespace of its own, where all objects
/// are counted in the end; else only the process's own are looked for.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 flat, 1 something grew or was left, 2 it could not be done.\n\n\
                  Examples:\n  cargo xtask leaks\n  cargo xtask leaks --cycles 1000000 --json\n  \
                  cargo xtask leaks --cycles 2000 --plant memory"
)]
pub(crate) struct Args {
    /// How many cycles of each kind, 100 at least.
    #[arg(long, value_name = "N", default_value = "100000")]
    #[arg(value_parser = clap::value_parser!(u32).range(100..))]
    cycles: u32,
    /// One kind only: segments, semaphores, queues or key-files.
    #[arg(long, value_name = "KIND", value_parser = KINDS)]
    only: Option<String>,
    /// Leak on purpose, to see it found: memory, objects, descriptors or mappings.
    #[arg(long, value_name = "WHAT")]
    plant: Option<String>,
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
    /// The program that does it, instead of the workspace's own.
    #[arg(long, hide = true, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// The kinds of cycles that the demonstration has.
const KINDS: [&str; 4] = ["segments", "semaphores", "queues", "key-files"];

/// Runs the cycles, kind by kind; a kind that leaks does not stop the others.
pub(crate) fn run(args: &Args) -> Outcome {
    let program = match &args.program {
        Some(program) => program.clone(),
        None => task::release("demos", "leak")?
            .ok_or_else(|| Failure::new("cargo did not build the demonstration `leak`"))?,
    };
    let own = own_namespace();
    let mut soaks = Vec::new();
    for kind in KINDS {
        if args.only.as_deref().is_none_or(|only| only == kind) {
            eprintln!("{kind}: {} cycles …", args.cycles);
            soaks.push(soak(&program, kind, args, own)?);
        }
    }
    let leaking = soaks.iter().filter(|soak| !soak.is_flat()).count();
    task::print(&if args.json {
        let kinds: Vec<&Value> = soaks.iter().map(Soak::to_json).collect();
        let all = json!({ "own_namespace": own, "kinds": kinds, "leaking": leaking });
        serde_json::to_string_pretty(&all).map_err(Failure::because("cannot print JSON"))? + "\n"
    } else {
        soak::table(&soaks, own)
    })?;
    Ok(if leaking == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// Whether `unshare` gives an ipc namespace of one's own.
fn own_namespace() -> bool {
    let tried = Command::new("unshare")
        .args(["--ipc", "true"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// Runs one kind of cycles. Its progress goes to the terminal, and its numbers come back.
fn soak(program: &Path, kind: &str, args: &Args, own: bool) -> Result<Soak, Failure> {
    let mut command = if own {
        let mut command = Command::new("unshare");
        command.arg("--ipc").arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .args(["--json", "--only", kind])
        .args(["--cycles", &args.cycles.to_string()]);
    if let Some(plant) = &args.plant {
        command.args(["--leak", plant]);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::because(format_args!(
            "cannot run {}",
            program.display()
        )))?;
    let told = serde_json::from_slice::<Value>(&output.stdout).ok();
    // 1 is what it says of leaks; anything else was no run.
    match (output.status.code(), told) {
        (Some(0 | 1), Some(told)) => Ok(Soak::new(kind, args.cycles, told, own)),
        _ => Err(Failure::new(format!(
            "{} ended with {} and told nothing",
            program.display(),
            output.status
        ))),
    }
}
