//! `cargo xtask tidy` on a miniature workspace: each rule finds what breaks it, in the right line, and
//! nothing else. A line that is to be reported has `HERE` in a comment.
//!
//! Here is what is true of all rules: the report, what is not read, stale exceptions. The rules are in
//! the other files.

mod api;
mod documentation;
mod layers;
mod places;
mod rustdoc;
mod workspace;

use workspace::{Report, Workspace, harmless, needed, planted, table};

#[test]
fn a_clean_workspace_passes() {
    let output = Workspace::clean().run(&[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains(" checked, no rule is broken; "), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn text_has_place_rule_message_reason_and_a_summary() {
    let workspace = Workspace::clean();
    workspace.write(
        "demos/src/lib.rs",
        "//! Demos.\nfn f() {\n    unsafe { g() }\n}\n",
    );
    let output = workspace.run(&[]);
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        lines[0].starts_with("demos/src/lib.rs:3: rule 2: contains an unsafe block ("),
        "{text}"
    );
    assert!(lines[1].contains(" 1 violation in 1 file; "), "{text}");
}

#[test]
fn a_missing_root_is_one_line_and_status_2() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["tidy", "--root", "/nowhere/at/all"])
        .output()
        .expect("tidy runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.starts_with("xtask: /nowhere/at/all: not a directory"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_file_that_does_not_parse_is_reported_with_its_line() {
    planted(
        0,
        "demos/src/lib.rs",
        "//! Demos.\nfn f() {}\nfn 3() {} // HERE\n",
    );
    planted(0, "demos/src/lib.rs", "//! Demos.\nfn f() {}\n} // HERE\n");
}

#[test]
fn generated_and_hidden_files_are_left_alone() {
    harmless(
        "sysv-sys/bindings/x.rs",
        "unsafe extern \"C\" { pub fn shmget(); }\n",
    );
    harmless("target/debug/build/x.rs", "fn 3\n");
    harmless("demos/target/x.rs", "fn 3\n");
    harmless(".git/x.rs", "fn 3\n");
}

#[test]
fn an_exception_that_nobody_needs_is_stale() {
    let tables = [
        (1, table::NAMES),
        (1, table::SIGNATURES),
        (2, table::UNSAFE),
        (3, table::RETURNS),
        (4, table::CLOCK),
        (5, table::DROPS),
        (5, table::REMOVAL),
        (6, table::PLATFORM),
    ];
    for (rule, table) in tables {
        for entry in needed(table) {
            let workspace = Workspace::clean();
            workspace.write(entry.path, "//! Nothing that needs an exception.\n");
            let Report { status, found } = workspace.tidy();
            assert_eq!(status, Some(1));
            let line = u64::from(entry.line);
            assert!(
                found.iter().any(|(file, at, number, message)| {
                    file == table::PATH
                        && (*at, *number) == (line, rule)
                        && message.starts_with("stale exception: ")
                        && message.contains(entry.path)
                }),
                "{entry:?} {found:#?}"
            );
            // The line is the one where the entry stands.
            let source = include_str!("../../../src/tidy/table.rs");
            let at = usize::try_from(entry.line).expect("a line") - 1;
            assert!(
                source
                    .lines()
                    .nth(at)
                    .is_some_and(|line| line.contains("Entry::"))
            );
        }
    }
}
