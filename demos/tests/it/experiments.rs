//! `leak` and `ftok_experiment`: what they find where there is something, and where there is nothing; and the help
//! of all the small demonstrations.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::thread;
use std::time::Instant;

use crate::support::small::{
    BUFFER, CRITICAL_SECTION, FTOK_EXPERIMENT, GUARD, LEAK, MAILBOX, PAUSE, SEGMENT,
};
use crate::support::{DEADLINE, Run, have, run, signal};
use serde_json::{Value, json};
use sysv_wrapper::{Pid, SharedMemory};

/// Row S17.
#[test]
fn nothing_leaks() {
    let ended = run(LEAK, &["--cycles", "2000"]);
    ended.assert_code(0).assert_said(&[
        "The memory of this process",
        " kB |***",
        "Objects that the kernel has from cycles that are over",
        " 0 objects |***",
        "In 2000 cycles 8000 objects were made.",
        "No leak: 0 objects left",
    ]);
    assert_eq!(ended.stderr, "");
    let quiet = run(LEAK, &["--cycles", "100", "--quiet"]).stdout;
    assert!(
        quiet.starts_with("No leak: ") && quiet.lines().count() == 1,
        "{quiet}"
    );
}

/// Row S17.
#[test]
fn a_leak_is_seen() {
    for (what, said) in [
        ("memory", "a leak: memory grew by "),
        ("objects", "a leak: 40 objects left"),
        ("descriptors", "a leak: open files grew from "),
        ("mappings", ", mappings grew from "),
    ] {
        let ended = run(LEAK, &["--cycles", "1000", "--leak", what]);
        ended.assert_code(1).assert_complaint(said);
    }
}

/// Row S17.
#[test]
fn one_part_and_its_numbers() {
    for (part, made) in [
        ("segments", 300),
        ("semaphores", 600),
        ("queues", 300),
        ("key-files", 300),
    ] {
        let ended = run(LEAK, &["--cycles", "300", "--json", "--only", part]);
        ended.assert_code(0);
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(told["objects_made"], made, "{told}");
        assert_eq!(told["objects_left"], 0, "{told}");
        assert_eq!(told["leaks"], json!([]), "{told}");
        assert_eq!(told["memory"].as_array().map(Vec::len), Some(60), "{told}");
    }
}

/// Row S17.
#[test]
fn nothing_leaks_under_valgrind() {
    if !have("valgrind") {
        eprintln!("skipped: there is no valgrind");
        return;
    }
    let options = ["--leak-check=full", "--error-exitcode=9", LEAK];
    let cycles = ["--cycles", "100", "--ignore-memory", "--quiet"];
    let ended = run("valgrind", &[&options[..], &cycles].concat());
    ended
        .assert_code(0)
        .assert_said(&["No leak: 0 objects left"])
        .assert_complaint("ERROR SUMMARY: 0 errors");
}

#[test]
fn interrupted_in_the_middle_of_the_cycles() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let run = Run::start(LEAK, &["--cycles", "4294967295"]);
        let pid = Pid::from_raw(i32::try_from(run.pid()).unwrap()).unwrap();
        let end = Instant::now() + DEADLINE;
        while segments_of(pid) == 0 {
            assert!(Instant::now() < end, "it makes nothing");
            thread::sleep(PAUSE);
        }
        signal(name, &format!("-{pid}"));
        run.end()
            .assert_code(code)
            .assert_complaint(&format!("leak: interrupted by SIG{name}"));
        assert_eq!(segments_of(pid), 0);
        let key_file = std::env::temp_dir().join(format!("sysv-leak-{pid}.key"));
        assert!(!key_file.exists());
    }
}

/// How many segments this process has made that are there.
fn segments_of(pid: Pid) -> usize {
    let made = SharedMemory::list().unwrap();
    made.filter(|entry| entry.status().creator_pid() == Some(pid))
        .count()
}

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
    for cycles in ["0", "99", "many", "4294967296"] {
        run(LEAK, &["--cycles", cycles]).assert_code(2);
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
        LEAK,
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
