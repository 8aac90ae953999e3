//! The source of the declarations: this machine's headers, the bundled file, or a file that the user names.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::facts::Facts;
use crate::parts;
use crate::probe::Compiler;

/// Declarations, and their source.
pub struct Bindings {
    /// The Rust source.
    pub text: String,
    /// `generated`, `bundled` or `path`.
    pub source: &'static str,
    /// The file, unless the declarations were generated.
    pub path: Option<PathBuf>,
    /// The reason for the choice of this source, for people.
    pub reason: String,
}

impl Bindings {
    /// The error text for declarations that the headers contradict.
    pub fn contradicted(&self, contradiction: &str) -> String {
        let target = env::var("TARGET").unwrap_or_default();
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        format!(
            "the declarations for {target} do not match the headers of the C compiler:\n  {contradiction}\n  ({}).\n\
             If the compiler is not one for {target}, set CC_{} to one that is. If the headers are right, generate the\n\
             declarations from them: SYSV_SYS_BINDINGS=generate, with the feature `buildtime-bindgen` and libclang.",
            path.display(),
            target.replace('-', "_")
        )
    }
}

/// Gets the declarations from the source that `SYSV_SYS_BINDINGS` names. If it is unset, generates them if libclang can be
/// loaded, else uses the bundled file. When cross compiling the bundled file takes precedence: libclang would find this
/// machine's headers before the target's, without a warning.
pub fn obtain(compiler: Option<&Compiler>, facts: Option<&Facts>) -> Result<Bindings, String> {
    let wanted = env::var_os("SYSV_SYS_BINDINGS").unwrap_or_default();
    match wanted.to_str() {
        Some("generate") => {
            generated(compiler, facts, "SYSV_SYS_BINDINGS=generate").map_err(|why| help(&why))
        }
        Some("bundled") => bundled("SYSV_SYS_BINDINGS=bundled").map_err(|why| help(&why)),
        Some("") => automatic(compiler, facts),
        _ => given(Path::new(&wanted)),
    }
}

fn automatic(compiler: Option<&Compiler>, facts: Option<&Facts>) -> Result<Bindings, String> {
    if env::var_os("TARGET") != env::var_os("HOST") {
        if let Ok(found) = bundled("cross compiling, and there is a file for the target") {
            return Ok(found);
        }
    }
    generated(compiler, facts, "libclang was found").or_else(|why_not| {
        bundled(&format!("not generated: {why_not}"))
            .map_err(|no_file| help(&format!("{why_not};\n  {no_file}")))
    })
}

#[cfg(feature = "buildtime-bindgen")]
fn generated(
    compiler: Option<&Compiler>,
    facts: Option<&Facts>,
    reason: &str,
) -> Result<Bindings, String> {
    // bindgen panics without libclang; the loader returns an error.
    clang_sys::load().map_err(|error| format!("libclang cannot be loaded: {error}"))?;
    let Some(facts) = facts else {
        return Err("no C compiler could include <sys/ipc.h> for this target".to_owned());
    };
    let mut arguments = Vec::new();
    if let Some(folder) = compiler.and_then(Compiler::own_headers) {
        // Last in the search order: a libclang with headers of its own prefers them.
        arguments.extend(["-idirafter".to_owned(), folder]);
    }
    let wrapper = manifest_folder().join("wrapper.h");
    let text = crate::generate::declarations(&wrapper, &arguments, !facts.union_semun).map_err(
        |error| {
            format!(
                "libclang was loaded, but bindgen failed: {}",
                error.trim_end()
            )
        },
    )?;
    Ok(Bindings {
        text: facts.to_lines() + &text,
        source: "generated",
        path: None,
        reason: reason.to_owned(),
    })
}

#[cfg(not(feature = "buildtime-bindgen"))]
fn generated(_: Option<&Compiler>, _: Option<&Facts>, _: &str) -> Result<Bindings, String> {
    Err("the feature `buildtime-bindgen` is off".to_owned())
}

/// Reads the file that this crate bundles for the target.
pub fn bundled(reason: &str) -> Result<Bindings, String> {
    let target = env::var("TARGET").unwrap_or_default();
    let path = manifest_folder().join("bindings").join(target + ".rs");
    let text = parts::whole(&path).map_err(|missing| format!("no bundled file {missing}"))?;
    Ok(Bindings {
        text,
        source: "bundled",
        path: Some(path),
        reason: reason.to_owned(),
    })
}

fn given(path: &Path) -> Result<Bindings, String> {
    let text = parts::whole(path).map_err(|missing| {
        format!(
            "SYSV_SYS_BINDINGS is `{}`, which is neither `generate` nor `bundled` nor a \
             readable file: {missing}",
            path.display()
        )
    })?;
    println!("cargo::rerun-if-changed={}", path.display());
    let shared = path.with_file_name("parts");
    if shared.is_dir() {
        println!("cargo::rerun-if-changed={}", shared.display());
    }
    Ok(Bindings {
        text,
        source: "path",
        path: Some(path.to_owned()),
        reason: "SYSV_SYS_BINDINGS names the file".to_owned(),
    })
}

fn manifest_folder() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}

/// The targets that have a bundled file, for the error text.
fn bundled_targets() -> Vec<String> {
    let Ok(files) = fs::read_dir(manifest_folder().join("bindings")) else {
        return Vec::new();
    };
    let mut targets: Vec<String> = files
        .filter_map(|file| {
            let name = file.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".rs").map(str::to_owned)
        })
        .collect();
    targets.sort_unstable();
    targets
}

/// The error text: what was tried, and what to do.
fn help(why: &str) -> String {
    let target = env::var("TARGET").unwrap_or_default();
    let known = bundled_targets();
    let feature = if cfg!(feature = "buildtime-bindgen") {
        ""
    } else {
        "Generating declarations takes a feature of sysv-wrapper, sysv-ipc and sysv-sys. Add it to the one that you\n\
         depend on:\n\
         \x20 cargo add sysv-wrapper --features buildtime-bindgen\n"
    };
    let is_native = env::var_os("HOST").is_some_and(|host| host == *target);
    let headers = if is_native || known.contains(&target) {
        "To generate them from this system's headers, install libclang:\n\
         \x20 Debian, Ubuntu  apt-get install --no-install-recommends libclang-dev\n\
         \x20 Fedora          dnf install clang-devel\n\
         \x20 Alpine          apk add clang-dev\n\
         \x20 macOS           xcode-select --install\n\
         \x20 FreeBSD         pkg install llvm\n\
         or set LIBCLANG_PATH to its folder."
            .to_owned()
    } else {
        format!(
            "This crate bundles no declarations for {target}. On that system, with libclang installed, the build\n\
             generates them from the C headers. To compile for it on another system, set the folder of its headers\n\
             (SYSV_SYS_BINDINGS=generate BINDGEN_EXTRA_CLANG_ARGS=--sysroot=DIR), or a file of declarations that was\n\
             generated there (SYSV_SYS_BINDINGS=FILE)."
        )
    };
    format!(
        "no declarations of System V IPC for {target}:\n  {}.\n{feature}{headers}\n\
         Targets with bundled declarations (SYSV_SYS_BINDINGS=bundled uses them):\n  {}",
        why.trim_end(),
        known.join("\n  ")
    )
}
