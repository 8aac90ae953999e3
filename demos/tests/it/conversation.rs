//! `conversation` with a regular end, and with a timeout.

use std::time::Duration;

use crate::support::{CONVERSATION, Run, run, signal};

/// Runs the program, and asserts that two processes have talked and that no object is left.
#[track_caller]
fn assert_good(arguments: &[&str], exchanges: &str) {
    let mut run = Run::start(CONVERSATION, arguments);
    let objects = run.objects();
    let [premise, conclusion] = run.sides();
    assert_ne!(premise, conclusion);
    assert!(![premise, conclusion].contains(&run.pid()));
    let ended = run.end();
    let last = ended.assert_code(0).last_line();
    assert!(
        last.starts_with(&format!("{exchanges} exchanges in ")),
        "{last}"
    );
    assert!(last.ends_with(" s, 0 corrupted"), "{last}");
    assert_eq!(ended.stderr, "");
    objects.assert_gone();
    for pid in [premise, conclusion] {
        let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        assert!(
            rustix::process::test_kill_process(pid).is_err(),
            "it runs on"
        );
    }
}

#[test]
fn two_processes_have_a_thousand_exchanges() {
    assert_good(&[], "1000");
}

/// Row P23.
#[test]
fn on_the_wrapper() {
    assert_good(&["--layer", "wrapper", "--iterations", "20000"], "20000");
}

/// Row P23.
#[test]
fn on_the_thin_layer() {
    assert_good(&["--layer", "ipc", "--iterations", "20000"], "20000");
}

#[test]
fn through_a_queue() {
    for layer in ["ipc", "wrapper"] {
        let queue = [
            "--layer",
            layer,
            "--channel",
            "queue",
            "--iterations",
            "2000",
        ];
        assert_good(&queue, "2000");
    }
}

#[test]
fn through_channels_of_sync() {
    let sync = ["--channel", "sync", "--iterations", "20000"];
    assert_good(&sync, "20000");
    run(CONVERSATION, &["--channel", "sync", "--layer", "ipc"])
        .assert_code(2)
        .assert_complaint("--channel sync is of the layer wrapper");
}

#[test]
fn one_exchange_is_enough() {
    assert_good(&["--iterations", "1"], "1");
}

#[test]
fn quiet_is_one_line() {
    let ended = run(CONVERSATION, &["--quiet"]);
    ended.assert_code(0);
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    assert_eq!(ended.stderr, "");
}

#[test]
fn when_the_time_is_over_it_ends_with_a_sentence() {
    for layer in ["ipc", "wrapper"] {
        let arguments = [
            "--iterations",
            "4294967295",
            "--time-limit",
            "1",
            "--layer",
            layer,
        ];
        let mut run = Run::start(CONVERSATION, &arguments);
        let objects = run.objects();
        // They would talk all the time, and nothing more would be seen.
        let sides = run.sides().map(|pid| pid.to_string()).join(" ");
        signal("STOP", &sides);
        std::thread::sleep(Duration::from_millis(900));
        signal("CONT", &sides);
        let ended = run.end();
        ended
            .assert_code(3)
            .assert_complaint(": not through within 1 s; --time-limit gives more time");
        assert!(
            ended.last_line().contains(" of 4294967295 exchanges in "),
            "{ended:?}"
        );
        assert!(ended.last_line().ends_with(" s, 0 corrupted"), "{ended:?}");
        objects.assert_gone();
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut run = Run::start(CONVERSATION, &["--iterations", "20000"]);
    let objects = run.objects();
    let mut child = run.child;
    // Closes the pipe before the last line is written.
    drop((run.stdout, run.stderr));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    objects.assert_gone();
}

#[test]
fn a_conversation_does_not_disturb_another_one() {
    let runs: Vec<_> = (0..4)
        .map(|_| Run::start(CONVERSATION, &["--iterations", "3000"]))
        .collect();
    for run in runs {
        let ended = run.end();
        assert!(
            ended
                .assert_code(0)
                .last_line()
                .ends_with(" s, 0 corrupted")
        );
    }
}

#[test]
fn a_side_without_a_segment_says_so() {
    let pid = std::process::id().to_string();
    let side = ["--side", "conclusion", "--supervisor", &pid, "--segment"];
    for (segment, text) in [
        ("2147483647", "no object has this id"),
        ("cat", "invalid value"),
    ] {
        let arguments = [&side[..], &[segment]].concat();
        run(CONVERSATION, &arguments)
            .assert_code(2)
            .assert_complaint(text);
    }
}
