//! Rule 7: what every file and every public item says, and what the list of features has.

use super::workspace::{Report, Workspace, harmless, planted};

#[test]
fn rule_7_opening() {
    for path in [
        "demos/src/a.rs",
        "demos/tests/a.rs",
        "sysv-sys/build.rs",
        "sysv-sys/build/a.rs",
        "xtask/examples/a.rs",
    ] {
        planted(
            7,
            path,
            "\n// No docs. HERE\n//! Too late.\n"
                .replace("//! Too late.\n", "fn a() {}\n")
                .as_str(),
        );
        planted(7, path, "#![allow(dead_code)] // HERE\n");
    }
    let workspace = Workspace::clean();
    workspace.write("demos/src/empty.rs", "");
    let found = workspace.tidy().found;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&*found[0].0, found[0].1, found[0].2),
        ("demos/src/empty.rs", 1, 7)
    );
    harmless("demos/src/a.rs", "\n\n//! Docs.\n");
}

#[test]
fn rule_7_public_items() {
    let text = "//! A file.
pub fn f() {} // HERE
pub struct S { // HERE
    pub field: u8, // HERE
    private: u8,
}
#[doc(alias = \"no docs\")]
pub enum E { // HERE
    V { // HERE
        x: u8, // HERE
    },
}
pub union U { // HERE
    pub a: u8, // HERE
}
pub trait T { // HERE
    const C: u8; // HERE
    type A; // HERE
    fn m(); // HERE
}
pub type Ty = u8; // HERE
pub const C: u8 = 1; // HERE
pub static ST: u8 = 1; // HERE
pub mod m { // HERE
    pub fn g() {} // HERE
}
impl S {
    pub fn m() {} // HERE
    pub const C: u8 = 1; // HERE
}
#[macro_export]
macro_rules! exported { () => {} } // HERE
macro_rules! writes { ($name:ident) => {
    /// D.
    pub struct $name;
    impl $name {
        pub fn f() {} // HERE
    }
} }
";
    for name in ["sysv-sys", "sysv-ipc", "sysv-wrapper", "demos"] {
        planted(7, &format!("{name}/src/a.rs"), text);
    }
    harmless("xtask/src/a.rs", &text.replace("HERE", ""));
    harmless("demos/tests/a.rs", &text.replace("HERE", ""));
    harmless(
        "sysv-wrapper/src/a.rs",
        "//! A file.
pub mod other;
pub use other::Thing;
pub(crate) fn f() {}
/** D. */
pub struct S(pub u8);
#[doc = include_str!(\"x.md\")]
pub struct R;
#[cfg_attr(all(), doc = \"D.\")]
pub struct Q;
#[doc(hidden)]
pub fn g() { pub fn h() {} }
pub mod inner {
    //! D.
}
impl Clone for S { fn clone(&self) -> S { S } }
pub(crate) struct P;
impl P { pub fn m() {} }
macro_rules! id { ($(#[$m:meta])* $vis:vis $name:ident) => { $(#[$m])* $vis struct $name; } }
#[cfg(test)]
pub mod tests { pub fn t() {} }
",
    );
}

#[test]
fn rule_7_coverage() {
    let missing = |workspace: &Workspace, expected: &str| {
        let Report { status, found } = workspace.tidy();
        let place = ("docs/coverage.md".to_owned(), 1, 7, expected.to_owned());
        assert_eq!((status, found), (Some(1), vec![place]));
    };
    let workspace = Workspace::clean();
    let whole = std::fs::read_to_string(workspace.root().join("docs/coverage.md")).expect("read");

    let without = whole
        .replace("| S17 |", "| S1 |")
        .replace("| N3 |", "| see N3 |");
    workspace.write("docs/coverage.md", &without);
    missing(&workspace, "no table has a row for S17");
    workspace.write(
        "docs/coverage.md",
        &(without.replace("| W7 |", "| |") + "\nW7 and S17.\n"),
    );
    missing(&workspace, "no table has a row for S17, W7");

    // The definition, where it is at hand, is what counts.
    workspace.write(
        "docs/coverage.md",
        "| row |\n|---|\n| S1 | x |\n| **N1** | x |\n",
    );
    let features = "| row | item |\n|---|---|\n| S1 | as S9 |\n| W1 | x |\n\nN1 safe · N2 fast.\n";
    workspace.write("../shared/features.md", features);
    missing(&workspace, "no table has a row for N2, W1");

    std::fs::remove_file(workspace.root().join("docs/coverage.md")).expect("removed");
    missing(&workspace, "does not exist");
}
