//! Tests that run the tasks as programs.

mod cross;
mod declarations;
mod detect;

use std::env;
use std::path::Path;
use std::process::Command;

/// Returns a command that builds in a target directory of its own, which all of these tests share: the cargo that runs
/// them may hold the lock of the usual one. Nothing that is compiled there is debugged or compiled again.
fn building(program: &str) -> Command {
    let mut command = Command::new(program);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("declarations");
    command
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    command
}

/// Returns cargo, in the workspace, with a target directory as [`building`] has it.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = building(&env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command
        .current_dir(workspace())
        .args(arguments)
        .env_remove("SYSV_SYS_BINDINGS");
    command
}

/// Returns a check of sysv-sys without bindgen, as a plain dependency is compiled.
fn check() -> Command {
    cargo(&["check", "--quiet", "--package", "sysv-sys"])
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
