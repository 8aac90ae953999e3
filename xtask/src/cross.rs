//! `cargo xtask cross`: every platform, checked from one machine, as far as each check can go.
//!
//! Here stands which checks there are and in which order. `headers.rs` has a C compiler compare the platform's
//! headers with the bundled declarations, `typecheck.rs` has rustc check the crates for the target, `suite.rs` runs
//! the tests where `machine.rs` knows how, less what `faults.rs` says of the emulators. `plan.rs` knows what each
//! check looks at, so that `cache.rs` can tell what need not be done again; `needs.rs` what has to be installed.

mod cache;
pub(crate) mod check;
pub(crate) mod compiler;
mod faults;
mod headers;
mod kept;
mod libtest;
mod machine;
pub(crate) mod needs;
mod plan;
mod progress;
pub(crate) mod record;
mod report;
mod suite;
mod typecheck;

use std::path::PathBuf;
use std::process::ExitCode;

use self::cache::Cache;
use self::check::{Check, Checks, Kind, Outcome as Ended};
use self::machine::Machine;
use self::plan::Plan;
use self::progress::Progress;
use self::record::Record;
use self::report::Row;
use crate::bindings::crate_folder;
use crate::bindings::targets::{self, Target};
use crate::task::{self, Failure, Outcome, WRONG};

/// Checks every platform that has bundled declarations, from this machine.
///
/// For each target: a C compiler compares sizes, offsets and constants in the platform's headers with the bundled
/// declarations; rustc checks the types of all crates and their tests; and where the target's programs run here, by
/// themselves or in an emulator, the tests of sysv-sys, sysv-ipc, sysv-wrapper and sysvipc run.
///
/// The first wants Python's package `ziglang`; the second Debian's `rustc-web cargo-web rust-web-src`, which bring
/// the sources of std; the third Debian's cross compilers and qemu-user. What is missing is named, and installed only
/// with --install. What passed is not done again until the sources or the tools change.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 all is well, 1 a check failed, 2 a check that was asked for could not be made.\n\n\
                  Examples:\n  cargo xtask cross --quick\n  cargo xtask cross --target x86_64-unknown-netbsd\n  \
                  cargo xtask cross --install --record"
)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct Args {
    /// The headers only: a few seconds for all targets
    #[arg(long)]
    quick: bool,
    /// One check only; may be given more than once
    #[arg(long, value_name = "CHECK", conflicts_with = "quick")]
    only: Vec<Kind>,
    /// One target only; may be given more than once
    #[arg(long = "target", value_name = "TRIPLE")]
    targets: Vec<String>,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
    /// Do everything, whatever passed before
    #[arg(long, visible_alias = "no-cache")]
    fresh: bool,
    /// First install what is missing: Debian's packages, and Python's into a folder of its own below `target`
    #[arg(long)]
    install: bool,
    /// Keep the outcome in docs/platforms.json, for `cargo xtask platforms`
    #[arg(long, conflicts_with = "bindings")]
    record: bool,
    /// Where the `ziglang` package is (default: where python3 finds it)
    #[arg(long, value_name = "DIR")]
    ziglang: Option<PathBuf>,
    /// Compare the headers with the declarations in another folder than sysv-sys/bindings
    #[arg(long, value_name = "DIR", hide = true, requires = "quick")]
    bindings: Option<PathBuf>,
}

/// Makes the checks, target by target; a target that fails does not stop the others.
pub(crate) fn run(args: &Args) -> Outcome {
    let wanted = chosen(&args.targets)?;
    let is_wanted = |kind: &Kind| match (args.quick, args.only.as_slice()) {
        (true, _) => *kind == Kind::Headers,
        (false, []) => true,
        (false, only) => only.contains(kind),
    };
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(is_wanted).collect();
    if args.install {
        let machines = wanted
            .iter()
            .filter_map(|target| Machine::of(target.triple));
        let machines: Vec<_> = machines.filter(|_| is_wanted(&Kind::Tests)).collect();
        needs::install(&machines, kinds != [Kind::Headers], args.ziglang.as_deref())?;
    }
    let headers = kinds.iter().any(|kind| Plan::needs_zig(*kind));
    let headers = headers.then(|| needs::headers(args.ziglang.as_deref()));
    let folder = args.bindings.clone();
    let plan = Plan::new(
        headers.transpose()?,
        folder.unwrap_or_else(|| crate_folder().join("bindings")),
        !args.fresh,
    )?;
    let cache = (!args.fresh && args.bindings.is_none()).then(|| compiler::folder().join("passed"));
    let session = Session {
        plan,
        kinds: &kinds,
        cache: Cache::at(cache),
        progress: Progress::new(wanted.len() * kinds.len()),
        in_json: args.json,
    };
    let (rows, kept) = session.all(&wanted)?;
    task::print(&if args.json {
        report::json(&rows)?
    } else {
        report::summary(&rows, kept)
    })?;
    if args.record {
        let path = record::path();
        let mut record = Record::read(&path)?;
        if kinds == Kind::ALL && args.targets.is_empty() {
            record.tools.clear();
        }
        record.tools.extend(session.plan.tools(&kinds));
        record.tools.sort();
        record.tools.dedup();
        for row in &rows {
            record.take(row.triple, &row.checks);
        }
        record.write(&path)?;
    }
    let any = |ended| rows.iter().any(|row| row.checks.any(ended));
    Ok(if any(Ended::Failed) {
        ExitCode::from(WRONG)
    } else if any(Ended::Skipped) {
        return Err(Failure::new(
            "not every check could be made: the table says what is missing",
        ));
    } else {
        ExitCode::SUCCESS
    })
}

/// The targets of these names, or all.
fn chosen(names: &[String]) -> Result<Vec<&'static Target>, Failure> {
    let all = targets::chosen(None)?;
    if names.is_empty() {
        return Ok(all);
    }
    let supported: Vec<&str> = all.iter().map(|target| target.triple).collect();
    let one = |name: &String| {
        let found = all
            .iter()
            .copied()
            .find(|target| target.triple == name.as_str());
        found.ok_or_else(|| Failure::new(unsupported(name, &supported)))
    };
    names.iter().map(one).collect()
}

/// What to say of a target that has no support.
fn unsupported(name: &str, supported: &[&str]) -> String {
    format!(
        "{name} is not supported.\n\
         It would take the system's own C headers (none are in the `ziglang` package for a target that is not in\n\
         the list), a row in xtask/src/bindings/targets.rs that says where they are, the file that `cargo xtask bindings`\n\
         then makes in sysv-sys/bindings, and someone who runs the tests there. To build on the system itself,\n\
         libclang and the feature `buildtime-bindgen` are enough: the build generates the declarations from its headers.\n\
         Supported are:\n  {}",
        supported.join("\n  ")
    )
}

/// One run of the task.
struct Session<'a> {
    plan: Plan,
    kinds: &'a [Kind],
    cache: Cache,
    progress: Progress,
    in_json: bool,
}

impl Session<'_> {
    /// Checks one target after the other: their outcomes, and how many of these are of an earlier run.
    fn all(&self, wanted: &[&'static Target]) -> Result<(Vec<Row>, usize), Failure> {
        if !self.in_json {
            self.progress
                .aside(|| task::print(&report::heading(self.kinds)))?;
        }
        let (mut rows, mut kept) = (Vec::new(), 0);
        for target in wanted {
            let mut checks = Checks::default();
            for kind in self.kinds {
                if let Some((check, is_kept)) = self.one(target, *kind)? {
                    kept += usize::from(is_kept);
                    checks.set(*kind, check);
                }
                self.progress.step();
            }
            let triple = target.triple;
            let row = Row { triple, checks };
            if !self.in_json {
                let line = report::line(&row, self.kinds);
                self.progress.aside(|| task::print(&line))?;
            }
            rows.push(row);
        }
        self.progress.end();
        Ok((rows, kept))
    }

    /// One check of one target, and whether it is an earlier outcome; `None` where it cannot be made on a machine
    /// like this at all.
    fn one(&self, target: &Target, kind: Kind) -> Result<Option<(Check, bool)>, Failure> {
        let triple = target.triple;
        if kind == Kind::Tests && Machine::of(triple).is_none() {
            return Ok(None);
        }
        if let Some(missing) = Plan::missing(triple, kind) {
            return Ok(Some((Check::skipped(missing), false)));
        }
        let inputs = self.plan.inputs(triple, kind)?;
        if let Some(check) = self.cache.get(triple, kind, &inputs) {
            return Ok(Some((check, true)));
        }
        let name = kind.name();
        let tell = |what: &str| {
            self.progress
                .tell(format!("{triple}: {name} {what}").trim_end());
        };
        tell("");
        let check = self.plan.make(target, kind, &tell)?;
        // What changed meanwhile is not what was checked.
        if self.plan.inputs(triple, kind)? == inputs {
            self.cache.put(triple, kind, &inputs, &check)?;
        }
        Ok(Some((check, false)))
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn targets_are_chosen_by_name_and_in_order() {
        let names = ["x86_64-unknown-netbsd", "aarch64-apple-darwin"].map(str::to_owned);
        let found: Vec<_> = chosen(&names)
            .unwrap()
            .iter()
            .map(|target| target.triple)
            .collect();
        assert_eq!(found, names);
        assert!(chosen(&[]).unwrap().len() >= 17);
    }

    #[test]
    fn a_target_without_support_is_told_what_it_takes() {
        let names = ["x86_64-unknown-linux-gnu", "x86_64-unknown-illumos"].map(str::to_owned);
        let text = chosen(&names).err().unwrap().to_string();
        assert!(
            text.starts_with("x86_64-unknown-illumos is not supported.\n"),
            "{text}"
        );
        assert!(text.contains("\n  x86_64-unknown-netbsd"), "{text}");
        assert!(text.contains("xtask/src/bindings/targets.rs"), "{text}");
    }
}
