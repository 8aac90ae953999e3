//! Rule 1 in the public API of `sysv-wrapper`: a stored JSON of rustdoc's, and what is said where there
//! is none. Fresh ones are for `rustdoc.rs`.

use std::path::Path;

use super::workspace::{Report, Workspace, stderr};

/// A little of each form that rustdoc writes, by hand. It needs no nightly.
const STORED: &str = "tests/it/tidy/api.json";

#[test]
fn stored_json() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join(STORED);
    let stored = stored.to_str().expect("a path in UTF-8");
    let output = Workspace::clean().run(&["--json", "--api-json", stored]);
    assert_eq!(stderr(&output), "public API: checked over rustdoc's JSON\n");
    let Report { status, found } = Report::of(&output);
    let expected = [
        ("key.rs", 22, "struct field `raw` shows `sysv_sys::key_t`"),
        ("key.rs", 33, "impl `From` for `Key` shows `libc::Tr`"),
        ("key.rs", 33, "impl `From` for `Key` shows `libc::stat`"),
        ("lib.rs", 1, "constant `LIMIT` shows `sysv_sys::key_t`"),
        ("lib.rs", 5, "re-export `Status` shows `libc::stat`"),
        ("lib.rs", 6, "re-export `c_int` shows `libc::c_int`"),
        ("lib.rs", 8, "re-export `c` shows `libc`"),
        ("shm.rs", 11, "function `size` shows `libc::stat`"),
    ];
    let expected = expected.map(|(file, line, what)| {
        let file = format!("sysv-wrapper/src/{file}");
        (file, line, 1, format!("public {what} to users"))
    });
    assert_eq!((status, found), (Some(1), expected.to_vec()));
}

#[test]
fn without_nightly_the_sources_have_to_do() {
    let workspace = Workspace::clean();
    workspace.write("sysv-wrapper/Cargo.toml", "[package]\n");
    let nowhere = workspace.root().join("docs");
    let output = workspace
        .command(&[])
        .env("PATH", nowhere)
        .output()
        .expect("tidy runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let how = "; public API: checked in the sources (no nightly toolchain)\n";
    assert!(text.ends_with(how), "{text}");
}

#[test]
fn without_a_package_there_is_nothing_to_build() {
    let output = Workspace::clean().run(&[]);
    let text = String::from_utf8_lossy(&output.stdout);
    let how = "; public API: not checked (no sysv-wrapper/Cargo.toml)\n";
    assert!(text.ends_with(how), "{text}");
}

#[test]
fn what_rustdoc_did_not_write_is_refused() {
    let workspace = Workspace::clean();
    for text in ["not JSON", "[]", "{\"index\": {}}"] {
        workspace.write("docs/api.json", text);
        let path = workspace.root().join("docs/api.json");
        let output = workspace.run(&["--api-json", path.to_str().expect("a path in UTF-8")]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("docs/api.json"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
