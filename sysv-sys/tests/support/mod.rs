//! Shared code of this crate's tests: the declarations as data, their conversion to C, and a C compiler.
#![allow(
    dead_code,
    reason = "every test binary includes this module, and none uses all of it"
)]

pub mod c;
pub mod compiler;
pub mod declarations;
#[path = "../../build/parts.rs"]
pub mod parts;
pub mod tokens;

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The declarations of this build of the crate.
pub const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// Returns whether the declarations are from other headers than those on this machine: a bundled file of another
/// version.
pub fn is_from_other_headers() -> bool {
    headers_of(TEXT) != Some(sysv_sys::HEADERS)
}

/// Returns the headers that a bindings file names as its source.
pub fn headers_of(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("// headers: "))
}

/// Prints that a test, or a part of one, is skipped, and the reason. Bypasses the harness, which shows the output of
/// failed tests only.
pub fn skipped(test: &str, reason: &str) {
    // In one write, so that lines do not mix. An error is ignored.
    let line = format!("skipped: {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Returns the directory of the bundled files.
pub fn bundled_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings")
}

/// Returns the complete bundled declarations for `target`; an error if there are none.
pub fn bundled(target: &str) -> Result<String, String> {
    parts::whole(&bundled_folder().join(format!("{target}.rs")))
}
