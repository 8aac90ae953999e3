//! Usage errors of the programs, and their help.

use crate::support::{CONCLUSION, CONVERSATION, PREMISE, run};

/// Asserts that the arguments fail with status 2 and an error that contains this text.
#[track_caller]
fn assert_refused(program: &str, arguments: &[&str], text: &str) {
    let ended = run(program, arguments);
    ended.assert_code(2).assert_complaint(text);
    assert_eq!(ended.stdout, "");
}

#[test]
fn numbers_out_of_range() {
    for number in ["0", "1.5", "many", "", "4294967296"] {
        assert_refused(CONVERSATION, &["--iterations", number], "'--iterations ");
        assert_refused(PREMISE, &["--iterations", number], "'--iterations ");
    }
    for number in ["0", "1e3", "86401"] {
        assert_refused(CONVERSATION, &["--time-limit", number], "'--time-limit ");
        assert_refused(PREMISE, &["--time-limit", number], "'--time-limit ");
    }
    assert_refused(PREMISE, &["--wait", "-1"], "unexpected argument");
    assert_refused(CONCLUSION, &["--wait", "soon"], "'--wait ");
}

#[test]
fn words_that_do_not_exist() {
    assert_refused(
        CONVERSATION,
        &["--layer", "cake"],
        "possible values: ipc, wrapper",
    );
    assert_refused(
        CONVERSATION,
        &["--channel", "pipe"],
        "possible values: memory, queue",
    );
    assert_refused(
        CONCLUSION,
        &["--iterations", "5"],
        "unexpected argument '--iterations'",
    );
    assert_refused(CONVERSATION, &["nonsense"], "nonsense");
}

#[test]
fn words_that_do_not_go_together() {
    let both = ["--channel", "queue", "--layer", "ipc", "--no-semaphore"];
    assert_refused(CONVERSATION, &both, "cannot be used with");
}

#[test]
fn help_fits_a_terminal_and_tells_the_statuses() {
    for program in [CONVERSATION, PREMISE, CONCLUSION] {
        for option in ["--help", "-h"] {
            let ended = run(program, &[option]);
            ended.assert_code(0);
            for line in ended.stdout.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
        let help = run(program, &["--help"]).stdout;
        assert!(help.contains("1         corruption was detected"), "{help}");
        assert!(!help.contains("--side"), "{help}");
    }
}
