//! Rule 1 in the public API of `sysv-wrapper`, as nightly's rustdoc sees it: a small workspace is built.
//!
//! Where there is no nightly toolchain, a test says that it is skipped. What needs none is in `api.rs`.

use std::process::{Command, Output};

use super::workspace::{Report, Workspace, marked, stderr};

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
