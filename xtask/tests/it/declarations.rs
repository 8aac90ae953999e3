//! The build of `sysv-sys`: with and without bindgen, for a target that has no bundled file, and with headers that
//! contradict the bundled file.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{cargo, check};

/// A target that Rust supports, and for which no declarations are bundled.
const UNBUNDLED: &str = "x86_64-unknown-illumos";

fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stderr, .. } = command.output().expect("cargo runs");
    let text = String::from_utf8_lossy(&stderr).into_owned();
    (status.success(), text)
}

/// Creates a directory with a header that the C compiler finds before the system's.
fn header(path: &str, text: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("sys")).expect("a folder");
    fs::write(folder.path().join(path), text).expect("a file");
    folder
}

/// Checks sysv-sys with the bundled declarations and such a header.
fn check_with(headers: &TempDir) -> (bool, String) {
    let include = format!("-I{}", headers.path().display());
    run(check()
        .env("SYSV_SYS_BINDINGS", "bundled")
        .env("CFLAGS", include))
}

#[test]
fn plain_dependencies_compile_no_bindgen() {
    for package in ["sysv-sys", "sysv-ipc", "sysv-wrapper", "sysvipc"] {
        let edges = ["--edges", "normal,build", "--prefix", "none"];
        let tree = |features: &[&str]| {
            let mut command = cargo(&["tree", "--package", package]);
            let output = command.args(edges).args(features).output();
            let output = output.expect("cargo runs");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let has_bindgen = |tree: String| {
            let mut lines = tree.lines();
            lines.any(|line| line.starts_with("bindgen ") || line.starts_with("clang-sys "))
        };
        assert!(!has_bindgen(tree(&[])), "{package}");
        if package != "sysvipc" {
            assert!(
                has_bindgen(tree(&["--features", "buildtime-bindgen"])),
                "{package}"
            );
        }
    }
}

#[test]
fn a_target_without_bundled_declarations_names_the_feature() {
    let (built, error) = run(check().args(["--target", UNBUNDLED]));
    assert!(!built);
    for text in [
        UNBUNDLED,
        "--features buildtime-bindgen",
        "x86_64-unknown-linux-gnu",
    ] {
        assert!(error.contains(text), "{text:?} in {error}");
    }
    assert!(!error.contains("panicked"), "{error}");
}

/// Row S15.
#[test]
fn headers_that_contradict_the_bundled_declarations_stop_the_build() {
    let plain = header("sys/unused.h", "");
    let (built, error) = check_with(&plain);
    assert!(built, "{error}");

    let keys = "#define __ipc_perm_key another_key\n#define __key another_key\n\
                #define _key another_key\n#include_next <sys/ipc.h>\n\
                #undef __ipc_perm_key\n#undef __key\n#undef _key\n\
                #define key another_key\n";
    let (built, error) = check_with(&header("sys/ipc.h", keys));
    assert!(!built);
    assert!(
        error.contains("the key member of `struct ipc_perm` `key`"),
        "{error}"
    );

    // The headers of these systems define the union already.
    if !cfg!(any(target_os = "macos", target_os = "openbsd")) {
        let semun = "#include_next <sys/sem.h>\nunion semun { int val; };\n";
        let (built, error) = check_with(&header("sys/sem.h", semun));
        assert!(!built);
        assert!(
            error.contains("the headers define a `union semun`"),
            "{error}"
        );
    }
}
