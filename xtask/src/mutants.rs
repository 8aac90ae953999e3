//! `cargo xtask mutants`: what `cargo mutants` would find out, in minutes instead of a day.
//!
//! cargo-mutants builds all tests anew for each mutant. Here the mutants that it lists are all put into one copy of
//! the tree, each as a copy of the function that it changes, and an environment variable says which is in force. Each
//! test runs by itself first, so that it is known which functions it enters; a mutant then meets only the tests that
//! enter its function. What cannot be written in this way goes through cargo-mutants itself.
//!
//! Here stands the order of work. `list.rs` has the mutants, `schema.rs` puts them into a source and `tree.rs` into a
//! tree, `build.rs` finds out which of them compile, `suite.rs` knows the tests, `sandbox.rs` runs one, `reach.rs`
//! tells where they go, `hunt.rs` lets them loose on the mutants, `real.rs` asks cargo-mutants, `verdict.rs` keeps what
//! came out, `explained.rs` says why some may live, and `report.rs` prints.

mod bodies;
mod build;
mod explained;
mod hunt;
mod list;
mod messages;
mod progress;
mod reach;
mod real;
mod report;
mod sandbox;
mod schema;
mod suite;
mod tree;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::task::{self, Failure, Outcome, WRONG, workspace_root};

use self::build::Built;
use self::hunt::Hunt;
use self::list::{Mutant, PACKAGES};
use self::suite::Suite;
use self::tree::Tree;
use self::verdict::{Kept, Verdict};

/// Changes the libraries in every way that cargo-mutants knows, and tells which changes no test notices.
///
/// Every mutant that `cargo mutants --list` names is compiled into one instrumented copy of the workspace, and only
/// the tests that enter its function run on it, each in namespaces of its own where root does it. Doc tests are left
/// out. Verdicts are kept below `target/mutants` until the file of the mutant changes, those of survivors until any
/// test changes, so that an interrupted run goes on where it was.
///
/// One run at a time: two would build in the same folder. Wants cargo-mutants, util-linux's `unshare` and coreutils' `timeout`.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 every survivor is explained, 1 some are not, 2 the task could not be done.\n\n\
                  Examples:\n  cargo xtask mutants\n  cargo xtask mutants --package sysv-ipc --file msg\n  \
                  cargo xtask mutants --compare 15"
)]
pub(crate) struct Args {
    /// The mutants of one package only
    #[arg(long, value_name = "NAME", value_parser = PACKAGES)]
    package: Option<String>,
    /// Only the mutants in files whose path contains this
    #[arg(long, value_name = "TEXT")]
    file: Option<String>,
    /// Only the mutant of this number; may be given more than once
    #[arg(long = "mutant", value_name = "NUMBER")]
    mutants: Vec<usize>,
    /// Only tests whose name contains this; what comes out is not kept
    #[arg(long = "tests", value_name = "TEXT")]
    tests: Option<String>,
    /// How many tests run at a time
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    jobs: usize,
    /// Print the mutants and their numbers, and do nothing
    #[arg(long)]
    list: bool,
    /// Let cargo-mutants itself judge so many of the mutants as well, and compare
    #[arg(long, value_name = "COUNT")]
    compare: Option<usize>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Forget what earlier runs found
    #[arg(long)]
    fresh: bool,
    /// Judge the workspace in DIR instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Finds out which mutants live.
pub(crate) fn run(args: &Args) -> Outcome {
    let root = args.root.clone().unwrap_or_else(workspace_root);
    let all = list::mutants(&root)?;
    let is_wanted = |mutant: &Mutant| {
        args.package.as_ref().is_none_or(|p| *p == mutant.package)
            && args.file.as_ref().is_none_or(|f| mutant.file.contains(f))
            && (args.mutants.is_empty() || args.mutants.contains(&mutant.number))
    };
    let wanted: Vec<usize> = (0..all.len()).filter(|n| is_wanted(&all[*n])).collect();
    if args.list {
        task::print(&report::list(&all, &wanted))?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = folder(&root);
    let tree = Tree::copy(&root, folder.clone())?;
    let mut kept = Kept::open(&folder, &tree, args.fresh, args.tests.is_none())?;
    let built = Built::make(&tree, &all, &mut kept)?;
    let suite = Suite::of(&built, args.tests.as_deref())?;
    let reach = reach::record(&tree, &built, &suite, args.jobs)?;
    if !reach.unfit.is_empty() {
        eprintln!(
            "{} tests fail without any mutant, and prove nothing: {}",
            reach.unfit.len(),
            reach.unfit.join(", ")
        );
    }
    let hunt = Hunt {
        all: &all,
        built: &built,
        suite: &suite,
        reach: &reach,
        jobs: args.jobs,
    };
    hunt.run(&wanted, &mut kept)?;
    // cargo-mutants would choose tests of its own.
    if args.tests.is_none() {
        hunt.alone(&tree, &wanted, &mut kept)?;
    }
    let rows: Vec<_> = wanted
        .iter()
        .map(|number| (&all[*number], kept.verdict(&all[*number])))
        .collect();
    explained::check(&all)?;
    task::print(&if args.json {
        report::json(&rows)?
    } else {
        report::text(&rows)
    })?;
    if let Some(count) = args.compare {
        let differing = hunt.compare(&tree, &wanted, &kept, count)?;
        if differing > 0 {
            return Ok(ExitCode::from(WRONG));
        }
    }
    let lives = |verdict: &Verdict| matches!(verdict, Verdict::Survived | Verdict::Unknown);
    Ok(if rows.iter().any(|(_, verdict)| lives(verdict)) {
        ExitCode::from(WRONG)
    } else {
        ExitCode::SUCCESS
    })
}

/// Where everything is that this task makes.
fn folder(root: &std::path::Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.map_or_else(|| root.join("target"), |target| root.join(target));
    target.join("mutants")
}

/// For `map_err` where a path could not be used.
fn cannot<E: std::fmt::Display>(what: &str, path: &std::path::Path) -> impl FnOnce(E) -> Failure {
    Failure::because(format!("cannot {what} {}", path.display()))
}
