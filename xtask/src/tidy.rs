//! `cargo xtask tidy`: says which file and line breaks which layer rule, and why the rule is there.
//!
//! Here lives the order of work: read every source, hold it against every check, add what no single
//! file shows (coverage, stale exceptions, the public API), print. The checks themselves are declared in
//! `tidy/checks.rs`, what they look for is in one file per rule, and the files that may break a rule
//! stand in `tidy/table.rs`.

mod api;
mod cfgs;
mod checks;
mod clock;
mod coverage;
mod docs;
mod drops;
mod exception;
mod files;
mod imports;
mod macros;
mod names;
mod opening;
mod report;
mod returns;
mod signatures;
mod source;
mod table;
mod tokens;
mod unsafety;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::task::{Failure, Outcome, WRONG, print, workspace_root};

use report::Violation;

/// Check the layer rules of the workspace.
///
/// Reads every `.rs` file and docs/coverage.md, and prints one line per breach:
/// `path:line: rule N: what is wrong (why the rule exists)`. Files that may break a rule stand with
/// their reason in xtask/src/tidy/table.rs. Where there is a nightly toolchain, the public API of
/// sysv-wrapper is checked as its rustdoc sees it, in target/tidy-api.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 no rule is broken, 1 some are, 2 the check could not be done.\n\n\
                        Example:\n  cargo xtask tidy --json"
)]
pub(crate) struct Args {
    /// Print a JSON array of {file, line, rule, message, reason} instead of text
    #[arg(long)]
    json: bool,

    /// Check the workspace in DIR instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// Read the public API from FILE, which rustdoc wrote, instead of having it written
    #[arg(long, value_name = "FILE", hide = true)]
    api_json: Option<PathBuf>,
}

/// Checks the workspace and prints what was found.
pub(crate) fn run(args: &Args) -> Outcome {
    let root = args.root.clone().unwrap_or_else(workspace_root);
    if !root.is_dir() {
        return Err(Failure::new(format!(
            "{}: not a directory, so there is nothing to check",
            root.display()
        )));
    }
    let mut violations = Vec::new();
    let files = check_sources(&root, &mut violations)?;
    violations.extend(coverage::check(&root)?);
    let api = api::check(&root, args.api_json.as_deref());
    // What the sources show is printed even if the API cannot be had.
    let how = match &api {
        Ok(api) => {
            violations.extend_from_slice(&api.violations);
            api.how
        }
        Err(_) => "could not be checked",
    };
    violations.sort();
    violations.dedup();

    if args.json {
        print(&report::json(&violations)?)?;
        eprintln!("public API: {how}");
    } else {
        print(&report::text(&violations, files, how))?;
    }
    api?;
    Ok(if violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// Adds what breaks a rule in the sources, and says how many files there are.
fn check_sources(root: &Path, violations: &mut Vec<Violation>) -> Result<usize, Failure> {
    let paths = files::rust_files(root)?;
    let mut sources = Vec::new();
    for path in &paths {
        let text = files::read(&root.join(path))?;
        violations.extend(opening::check(path, &text));
        match source::Source::parse(path, &text) {
            Ok(source) => sources.push(source),
            Err(violation) => violations.push(violation),
        }
    }
    for check in &checks::CHECKS {
        violations.extend(check.run(&sources, root));
    }
    Ok(paths.len())
}
