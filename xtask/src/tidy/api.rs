//! Rule 1, third part: no type of `libc` or `sysv_sys` in the public API of `sysv-wrapper`.
//!
//! What an alias or a re-export of another crate leads to, only a compiler knows. So rustdoc, which
//! writes the API as JSON on nightly, is asked where it can be; where it cannot, the words of the
//! sources have to do (`names.rs`). Here it is decided which; the JSON is made in `api/rustdoc.rs` and
//! read in `api/walk.rs`. What `sysv_ipc` shows is for `signatures.rs`, so its items are free.

mod rustdoc;
mod walk;

use std::path::Path;

use serde_json::Value;

use crate::task::Failure;

use super::files;
use super::report::Violation;

/// The package whose API is looked at, and the directory of it.
const PACKAGE: &str = "sysv-wrapper";

/// What was found, and how.
pub(crate) struct Api {
    /// How the API was looked at, for the summary.
    pub(crate) how: &'static str,
    /// The breaches.
    pub(crate) violations: Vec<Violation>,
}

impl Api {
    /// Nothing was found, because nothing more than the sources was looked at.
    fn unseen(how: &'static str) -> Self {
        Self {
            how,
            violations: Vec::new(),
        }
    }
}

/// Looks at the API of the workspace in `root`: as `json` has it, or else as rustdoc writes it.
pub(crate) fn check(root: &Path, json: Option<&Path>) -> Result<Api, Failure> {
    let built;
    let json = if let Some(json) = json {
        json
    } else if !root.join(PACKAGE).join("Cargo.toml").is_file() {
        return Ok(Api::unseen("not checked (no sysv-wrapper/Cargo.toml)"));
    } else if !rustdoc::has_nightly() {
        return Ok(Api::unseen("checked in the sources (no nightly toolchain)"));
    } else {
        built = rustdoc::build(root)?;
        &built
    };
    let document: Value = serde_json::from_str(&files::read(json)?).map_err(Failure::because(
        format_args!("{} is not what rustdoc writes", json.display()),
    ))?;
    let violations = walk::find(&document, root).ok_or_else(|| {
        Failure::new(format!(
            "{} has no index of items, or not in the form that tidy knows",
            json.display()
        ))
    })?;
    Ok(Api {
        how: "checked over rustdoc's JSON",
        violations,
    })
}
