//! Calls to libclang. Compiling bindgen takes longer than all other tasks together, so only the feature `bindgen`
//! includes this: `cargo xtask bindings` runs itself again with that feature.

#[cfg(feature = "bindgen")]
pub(super) use generate::declarations;
#[cfg(feature = "bindgen")]
pub(super) use with_bindgen::{compiles, load};
#[cfg(not(feature = "bindgen"))]
pub(super) use without_bindgen::{compiles, declarations, load};

#[cfg(feature = "bindgen")]
use super::parts;

#[cfg(feature = "bindgen")]
#[path = "../../../sysv-sys/build/generate.rs"]
mod generate;

#[cfg(feature = "bindgen")]
mod with_bindgen {
    use crate::task::Failure;

    /// Loads libclang.
    pub(crate) fn load() -> Result<(), Failure> {
        clang_sys::load().map_err(Failure::because("libclang cannot be loaded"))
    }

    /// Returns whether libclang parses a C source without an error.
    pub(crate) fn compiles(source: &str, arguments: &[String]) -> bool {
        bindgen::Builder::default()
            .header_contents("probe.h", source)
            .clang_args(arguments)
            .clang_arg("-Werror=implicit-function-declaration")
            .allowlist_function("probe")
            .formatter(bindgen::Formatter::None)
            .generate()
            .is_ok()
    }
}

#[cfg(not(feature = "bindgen"))]
mod without_bindgen {
    use std::path::Path;

    use crate::task::Failure;

    const MISSING: &str = "built without the feature `bindgen`";

    pub(crate) fn load() -> Result<(), Failure> {
        Err(Failure::new(MISSING))
    }

    pub(crate) fn compiles(_: &str, _: &[String]) -> bool {
        false
    }

    pub(crate) fn declarations(_: &Path, _: &[String], _: bool) -> Result<String, String> {
        Err(MISSING.to_owned())
    }
}
