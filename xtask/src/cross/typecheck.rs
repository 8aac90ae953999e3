//! rustc's check of all crates, with their tests, for a target that this machine has no standard library of.

use super::check::Check;
use super::compiler;
use crate::task::Failure;

/// All that a user of the project compiles.
const PACKAGES: [&str; 5] = ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc", "demos"];

/// Checks them.
pub(super) fn check(triple: &str) -> Result<Check, Failure> {
    let mut command = compiler::cargo("check", triple);
    command.args(["--all-targets", "--keep-going"]);
    // A dependency compiles a file of C, which nothing is linked with here: any compiler does.
    let variable = triple.replace('-', "_");
    command.env("CRATE_CC_NO_DEFAULTS", "1");
    command
        .env(format!("CC_{variable}"), "cc")
        .env(format!("AR_{variable}"), "ar");
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    Ok(match compiler::output(&mut command)? {
        Ok(_) => Check::passed("all crates, all features, tests included"),
        Err(complaint) => Check::failed(complaint),
    })
}
