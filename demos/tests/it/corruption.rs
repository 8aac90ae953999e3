//! `conversation --no-semaphore`: corruption is detected, and named.

use std::process::Command;

use crate::support::{CONVERSATION, Run, have, numbers};

const UNGUARDED: [&str; 3] = ["--no-semaphore", "--iterations", "5000000"];

/// Asserts that corruption was detected by one side, who says in which iteration, and that nothing is left.
#[track_caller]
fn assert_corrupted(command: &mut Command) {
    let mut run = Run::start_command(command);
    let objects = run.objects();
    let ended = run.end();
    ended.assert_code(1);
    let complaint = ended
        .stderr
        .lines()
        .find(|line| line.contains(": corruption: "));
    let complaint = complaint.unwrap_or_else(|| panic!("{ended:?}"));
    assert!(complaint.starts_with("Mrs. "), "{complaint}");
    let (_, iteration) = complaint.split_once("(iteration ").unwrap();
    let [iteration] = numbers(iteration);
    assert!((1..=5_000_000).contains(&iteration), "{complaint}");
    ended.assert_complaint(" has left the conversation (iteration ");
    assert!(ended.last_line().ends_with(" s, 1 corrupted"), "{ended:?}");
    let closing_lines = ended.stdout.matches(" exchanges in ").count();
    assert_eq!(closing_lines, 1, "{ended:?}");
    objects.assert_gone();
}

/// Row P23.
#[test]
fn through_the_wrapper() {
    assert_corrupted(Command::new(CONVERSATION).args(UNGUARDED));
}

#[test]
fn through_the_thin_layer() {
    assert_corrupted(
        Command::new(CONVERSATION)
            .args(UNGUARDED)
            .args(["--layer", "ipc"]),
    );
}

#[test]
fn on_one_processor() {
    if !have("taskset") {
        eprintln!("on_one_processor: skipped, there is no taskset here");
        return;
    }
    let mut command = Command::new("taskset");
    assert_corrupted(command.args(["-c", "0", CONVERSATION]).args(UNGUARDED));
}
