//! `cargo xtask cross`: every platform, checked from one machine, as far as each check can go.
//!
//! Here stands which checks there are, in which order, and what a target's outcome is. The checks themselves:
//! `headers.rs` has a C compiler compare the platform's headers with the bundled declarations, `typecheck.rs`
//! has rustc check the crates for the target.

mod headers;
mod typecheck;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::bindings::Headers;
use crate::bindings::targets::{self, Target};
use crate::task::{self, Failure, Outcome, WRONG};

/// Checks every platform that has bundled declarations, from this machine.
///
/// For each target: a C compiler compares sizes, offsets and constants in the platform's headers with the bundled
/// declarations; rustc checks the types of sysv-sys, sysv-ipc and sysv-wrapper.
///
/// The first wants `pip install ziglang`; the second `apt-get install --no-install-recommends rustc-web cargo-web
/// rust-web-src`, which bring the sources of std, and are used for nothing else. Nothing is installed from here.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask cross --quick\n  cargo xtask cross --target x86_64-unknown-netbsd"
)]
pub(crate) struct Args {
    /// The headers only: a few seconds for all targets.
    #[arg(long)]
    quick: bool,
    /// One target only.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
    /// Where the `ziglang` package is (default: where python3 finds it).
    #[arg(long, value_name = "DIR")]
    ziglang: Option<PathBuf>,
}

/// How one check of one target ended.
enum Check {
    Passed(String),
    Failed(String),
    /// Why it could not be made.
    Skipped(String),
}

impl Check {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "ok",
            Self::Failed(_) => "FAILED",
            Self::Skipped(_) => "skipped",
        }
    }

    fn detail(&self) -> &str {
        match self {
            Self::Passed(text) | Self::Failed(text) | Self::Skipped(text) => text,
        }
    }

    fn to_json(&self) -> Value {
        json!({ "outcome": self.word().to_lowercase(), "detail": self.detail() })
    }
}

/// Makes the checks, target by target; a target that fails does not stop the others.
pub(crate) fn run(args: &Args) -> Outcome {
    let wanted = targets::chosen(args.target.as_deref())?;
    let headers = Headers::find(args.ziglang.as_deref())?;
    let mut rows = Vec::new();
    let mut failed = 0;
    for target in wanted {
        let mut checks = vec![("headers", headers::check(&headers, target)?)];
        if !args.quick {
            eprintln!("checking the types for {} …", target.triple);
            checks.push(("types", typecheck::check(target)?));
        }
        failed += usize::from(
            checks
                .iter()
                .any(|(_, check)| matches!(check, Check::Failed(_))),
        );
        if args.json {
            let mut row = json!({ "target": target.triple });
            for (name, check) in &checks {
                row[*name] = check.to_json();
            }
            rows.push(row);
        } else {
            task::print(&line(target, &checks))?;
        }
    }
    if args.json {
        let text = serde_json::to_string_pretty(&json!({ "targets": rows, "failed": failed }))
            .map_err(Failure::because("cannot print JSON"))?;
        task::print(&format!("{text}\n"))?;
    } else {
        task::print(&format!("{failed} targets failed\n"))?;
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    })
}

/// One line of the table, and below it what went wrong.
fn line(target: &Target, checks: &[(&str, Check)]) -> String {
    let mut text = format!("{:<32}", target.triple);
    for (name, check) in checks {
        // Writing to a String cannot fail.
        let _ = write!(text, "  {name} {:<7}", check.word());
        if let Check::Passed(detail) = check {
            let _ = write!(text, " {detail}");
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for (_, check) in checks {
        if !matches!(check, Check::Passed(_)) {
            for line in check.detail().lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}
