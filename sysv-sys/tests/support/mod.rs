//! What the tests of this crate share: the declarations as data, C made of them, and a C compiler.
#![allow(
    dead_code,
    reason = "every test binary compiles this, and none needs all of it"
)]

pub mod c;
pub mod compiler;
pub mod declarations;
#[path = "../../build/parts.rs"]
pub mod parts;
pub mod tokens;

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The declarations that this build of the crate is made of.
pub const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// Whether the text was made from other headers than the build has seen: a bundled file elsewhere.
pub fn is_from_other_headers() -> bool {
    headers_of(TEXT) != Some(sysv_sys::HEADERS)
}

/// What a bindings file says of its origin.
pub fn headers_of(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("// headers: "))
}

/// Says that a test, or a part of one, did not run, and why. Past the harness, which shows the output
/// of failed tests only.
pub fn skipped(test: &str, reason: &str) {
    // In one piece, between the lines of others. Where nobody can be told there is nothing else to do.
    let line = format!("skipped: {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The folder of what comes with this crate.
pub fn bundled_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings")
}

/// What comes with this crate for `target`, whole; why not, where there is nothing.
pub fn bundled(target: &str) -> Result<String, String> {
    parts::whole(&bundled_folder().join(format!("{target}.rs")))
}
