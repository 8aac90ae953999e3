//! Rule 1 in the public API of `sysv-wrapper`: rustdoc's JSON, stored and fresh, and what is said where
//! there is none.
//!
//! A test that needs a nightly toolchain says so where it is skipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::workspace::{Report, Workspace, marked};

/// A little of each form that rustdoc writes, by hand. It needs no nightly.
const STORED: &str = "tests/tidy/api.json";

/// The stand-in for libc.
const LIBC: &str = "//! C.
pub struct Stat;
pub type Pid = i32;
pub const LIMIT: Pid = 1;
pub trait Call {}
pub trait Any {}
impl<T> Any for T {}
";

/// The stand-in for sysv-ipc: what is its own is free, what it passes on is not.
const IPC: &str = "//! I.
pub type RawKey = libc::Pid;
pub struct Id(pub libc::Pid);
pub use libc::Stat as Status;
";

/// The stand-in for sysv-wrapper.
const WRAPPER: &str = "//! See [libc::Stat].
mod inner {
    pub struct Shown {
        pub field: libc::Stat, // HERE
        private: libc::Stat,
    }
    impl Shown {
        pub fn method(&self) -> Option<libc::Stat> { None } // HERE
        fn private() -> libc::Stat { libc::Stat }
    }
    pub struct Unseen(pub libc::Stat);
    impl From<libc::Stat> for Unseen { fn from(x: libc::Stat) -> Self { Self(x) } }
}
pub use inner::Shown;
type Alias = libc::Pid;
pub fn function(_: u8) -> Alias { libc::LIMIT } // HERE
pub fn passed_on() -> sysv_ipc::Status { sysv_ipc::Status } // HERE
pub fn bound<T: Iterator<Item = libc::Stat>>(_: T) {} // HERE
pub fn closure() -> impl Fn(libc::Stat) { |_| () } // HERE
impl libc::Call for Shown {} // HERE
impl From<libc::Stat> for Shown { // HERE
    fn from(x: libc::Stat) -> Self { todo!() } // HERE
}
pub enum Either { A { pid: libc::Pid }, B } // HERE
pub trait Mine: libc::Call { // HERE
    const C: libc::Pid; // HERE
}
impl<T: libc::Call> Mine for T { // HERE
    const C: libc::Pid = libc::LIMIT; // HERE
}
#[doc(hidden)]
pub static HIDDEN: libc::Pid = 1; // HERE
pub use libc::LIMIT; // HERE
pub use sysv_ipc::Status; // HERE
pub extern crate libc as c; // HERE
macro_rules! made { ($name:ident) => { pub fn $name(_: libc::Stat) {} } }
made!(by_macro); // HERE

pub use sysv_ipc::{Id, RawKey};
pub fn raw(_: Id) -> RawKey { libc::LIMIT }
pub(crate) fn within() -> libc::Stat { libc::Stat }
struct Private;
impl From<libc::Stat> for Private { fn from(_: libc::Stat) -> Self { Private } }
";

/// A clean workspace whose `sysv-wrapper` is a package with this text, and can be built.
fn buildable(wrapper: &str) -> Workspace {
    let workspace = Workspace::clean();
    let members =
        "[workspace]\nmembers = [\"libc\", \"sysv-ipc\", \"sysv-wrapper\"]\nresolver = \"3\"\n";
    workspace.write("Cargo.toml", members);
    let packages = [
        ("libc", LIBC, &[][..]),
        ("sysv-ipc", IPC, &["libc"]),
        ("sysv-wrapper", wrapper, &["libc", "sysv-ipc"]),
    ];
    for (name, text, needs) in packages {
        let package =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        let needs = needs
            .iter()
            .map(|n| format!("{n} = {{ path = \"../{n}\" }}\n"));
        let needs: String = needs.collect();
        workspace.write(
            &format!("{name}/Cargo.toml"),
            &format!("{package}[dependencies]\n{needs}"),
        );
        workspace.write(&format!("{name}/src/lib.rs"), text);
    }
    workspace
}

/// Runs `tidy` on a workspace that can be built, beside which it is built.
fn run(workspace: &Workspace, arguments: &[&str]) -> Output {
    workspace
        .command(arguments)
        .env(
            "CARGO_TARGET_DIR",
            workspace.root().with_file_name("target"),
        )
        .output()
        .expect("tidy runs")
}

/// Whether there is a nightly toolchain; says so if there is none.
fn has_nightly(test: &str) -> bool {
    let version = Command::new("rustup")
        .args(["run", "nightly", "rustc", "--version"])
        .output();
    let there = version.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("{test}: skipped, there is no nightly toolchain");
    }
    there
}

/// What was printed to standard error.
fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

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
fn fresh_json() {
    if !has_nightly("fresh_json") {
        return;
    }
    let workspace = buildable(WRAPPER);
    let Report { status, found } = Report::of(&run(&workspace, &["--json"]));
    // The words of the sources, which the other checks of rule 1 judge, are theirs.
    let mut shown: Vec<_> = found
        .iter()
        .filter(|(.., message)| message.ends_with(" to users"))
        .map(|(file, line, rule, _)| (file.as_str(), *line, *rule))
        .collect();
    shown.dedup();
    let expected: Vec<_> = marked(WRAPPER)
        .map(|line| ("sysv-wrapper/src/lib.rs", line, 1))
        .collect();
    assert_eq!(shown, expected, "{found:#?}");
    assert_eq!(status, Some(1));

    workspace.write(
        "sysv-wrapper/src/lib.rs",
        "//! W.\npub use sysv_ipc::{Id, RawKey};\n",
    );
    let output = run(&workspace, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains(" to users"), "{text}");
    assert!(
        text.ends_with("; public API: checked over rustdoc's JSON\n"),
        "{text}"
    );
}

#[test]
fn what_does_not_build_is_one_line_after_the_report() {
    if !has_nightly("what_does_not_build_is_one_line_after_the_report") {
        return;
    }
    let workspace = buildable("//! W.\npub fn f() -> Missing {}\nfn g() { unsafe { h() } }\n");
    let output = run(&workspace, &[]);
    let (text, said) = (String::from_utf8_lossy(&output.stdout), stderr(&output));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.contains("sysv-wrapper/src/lib.rs:3: rule 2: "),
        "{text}"
    );
    assert!(
        text.ends_with("; public API: could not be checked\n"),
        "{text}"
    );
    assert!(
        said.starts_with("xtask: sysv-wrapper does not build on nightly"),
        "{said}"
    );
    assert!(
        said.contains("sysv-wrapper/src/lib.rs:2:15: error[E0"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");

    // What no compiler says, cargo does.
    workspace.write("sysv-wrapper/Cargo.toml", "[package]\nname = 1\n");
    let said = stderr(&run(&workspace, &[]));
    assert!(
        said.starts_with("xtask: rustdoc cannot write the public API"),
        "{said}"
    );
    assert!(said.contains("Cargo.toml"), "{said}");
}

#[test]
fn without_nightly_the_sources_have_to_do() {
    let workspace = buildable("//! W.\n");
    let nowhere: PathBuf = workspace.root().join("docs");
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
