//! `cargo xtask detect`: shows what the build of `sysv-sys` detected on a target.
//!
//! `sysv-sys`'s build script writes the facts to `facts.json` in its output directory, which cargo reports. This file
//! reads them and detects nothing; `detect/table.rs` formats them.

mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::task::{Failure, Outcome, WRONG, cargo_messages, print};

/// The package whose build script detects.
const PACKAGE: &str = "sysv-sys";

/// Show what the build detected about the platform.
///
/// Builds sysv-sys for the target and prints what its build script detected: what the headers declare and lack, and the
/// source of the bindings.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 shown, 1 sysv-sys does not build (cargo says why), 2 anything else.\n\n\
                  Example:\n  cargo xtask detect --target aarch64-unknown-linux-gnu"
)]
pub(crate) struct Args {
    /// Print the facts as JSON instead of a table
    #[arg(long)]
    json: bool,

    /// Build for TRIPLE instead of this machine
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Build like a plain dependency: without bindgen, from the bundled declarations
    #[arg(long)]
    plain: bool,
}

/// Builds `sysv-sys` and prints the detected facts.
pub(crate) fn run(args: &Args) -> Outcome {
    let Some(messages) = build(args)? else {
        return Ok(ExitCode::from(WRONG));
    };
    let facts = read(&out_dir(&messages)?.join("facts.json"))?;
    print(&if args.json {
        serde_json::to_string_pretty(&facts)
            .map_err(Failure::because("cannot write the facts as JSON"))?
            + "\n"
    } else {
        table::render(&facts)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Runs cargo's check of `sysv-sys`, and returns its messages; `None` if it does not build.
fn build(args: &Args) -> Result<Option<String>, Failure> {
    let mut arguments = vec!["check", "--quiet", "--package", PACKAGE];
    if !args.plain {
        arguments.extend(["--features", "buildtime-bindgen"]);
    }
    let target = args.target.iter();
    arguments.extend(target.flat_map(|target| ["--target", target]));
    cargo_messages(&arguments)
}

/// Returns the output directory of `sysv-sys`'s build script, from cargo's messages.
fn out_dir(messages: &str) -> Result<PathBuf, Failure> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "build-script-executed")
        .filter(|message| message["package_id"].as_str().is_some_and(is_package))
        .find_map(|message| message["out_dir"].as_str().map(PathBuf::from))
        .ok_or_else(|| Failure::new(format!("cargo ran no build script of {PACKAGE}")))
}

/// Returns whether cargo's package id (`path+file:///…/sysv-sys#0.1.0`, `…#sysv-sys@0.1.0`) is that of `sysv-sys`.
fn is_package(id: &str) -> bool {
    let (place, name) = id.rsplit_once('#').unwrap_or((id, ""));
    match name.split_once('@') {
        Some((name, _)) => name == PACKAGE,
        None => place.rsplit('/').next() == Some(PACKAGE),
    }
}

/// Reads the facts.
fn read(path: &Path) -> Result<Map<String, Value>, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::because(format_args!(
        "cannot read {}",
        path.display()
    )))?;
    serde_json::from_str(&text).map_err(Failure::because(format_args!(
        "{} is not what it should be",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::{is_package, out_dir};

    #[test]
    fn package_ids_old_and_new() {
        assert!(is_package("path+file:///workspace/sysv-sys#0.1.0"));
        assert!(is_package(
            "path+file:///workspace/elsewhere#sysv-sys@0.1.0"
        ));
        assert!(!is_package("path+file:///workspace/sysv-ipc#0.1.0"));
        assert!(!is_package(
            "registry+https://github.com/rust-lang/crates.io-index#cc@1.2.0"
        ));
    }

    #[test]
    fn the_out_dir_is_that_of_the_right_package() {
        let messages = concat!(
            r#"{"reason":"build-script-executed","package_id":"x#cc@1.2.0","out_dir":"/a"}"#,
            "\nnot JSON\n",
            r#"{"reason":"build-script-executed","package_id":"x#sysv-sys@0.1.0","out_dir":"/b"}"#,
        );
        assert_eq!(out_dir(messages).unwrap(), std::path::Path::new("/b"));
        assert!(out_dir("").is_err());
    }
}
