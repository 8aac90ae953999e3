//! `ftok_experiment`: what it finds where there is something, and where there is nothing; and the help of all the
//! small demonstrations.

use std::fs::{self, File};
use std::os::unix::fs::symlink;

use crate::support::run;
use crate::support::small::{BUFFER, CRITICAL_SECTION, FTOK_EXPERIMENT, GUARD, MAILBOX, SEGMENT};

/// Row P9.
#[test]
fn the_files_of_a_tree_are_counted() {
    let tree = tempfile::tempdir().unwrap();
    let folder = tree.path().join("folder");
    fs::create_dir(&folder).unwrap();
    for number in 0..10 {
        File::create(folder.join(number.to_string())).unwrap();
    }
    fs::hard_link(folder.join("1"), tree.path().join("one")).unwrap();
    symlink("folder/2", tree.path().join("two")).unwrap();
    symlink(".", folder.join("round")).unwrap();
    let path = tree.path().to_str().unwrap();
    // Twice, for every tree is told of.
    let ended = run(FTOK_EXPERIMENT, &[path, path, "--project", "42"]);
    let project = format!("{path}, project 42");
    // The tree itself, the folder and its files.
    let counted = "12 files and directories, ";
    let names = "1 further names of the same files left out";
    let once = [&project, counted, names, " share their key", " file | "];
    let meaning = ["What it means"];
    ended
        .assert_code(0)
        .assert_said(&[&once[..], &once, &meaning].concat());
    assert_eq!(ended.stderr, "");
}

#[test]
fn trees_and_numbers_that_make_no_sense() {
    run(FTOK_EXPERIMENT, &["/dev/null/nothing"])
        .assert_code(2)
        .assert_complaint("cannot look at /dev/null/nothing");
    for project in ["0", "256", "-1", "x"] {
        run(FTOK_EXPERIMENT, &["--project", project]).assert_code(2);
    }
    for processes in ["1", "101"] {
        run(CRITICAL_SECTION, &["--processes", processes]).assert_code(2);
    }
}

/// Row P23.
#[test]
fn help_fits_a_terminal_and_has_an_example() {
    let small = [
        BUFFER,
        CRITICAL_SECTION,
        FTOK_EXPERIMENT,
        GUARD,
        MAILBOX,
        SEGMENT,
    ];
    for program in small {
        for option in ["--help", "-h"] {
            let ended = run(program, &[option]);
            ended.assert_code(0).assert_said(&["Usage: ", "Example"]);
            for line in ended.stdout.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
            assert!(!ended.stdout.contains("--role"), "{ended:?}");
        }
        run(program, &["--help"])
            .assert_code(0)
            .assert_said(&["Exit status:", "130"]);
    }
}
