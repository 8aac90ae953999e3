//! `guard` and `critical_section`: whoever has the lock is alone, and it always comes back.

use crate::support::small::{CRITICAL_SECTION, GUARD, Told};
use crate::support::{Run, numbers, run, signal};

/// More rounds than any machine does in the time of a test.
const ENDLESS: [&str; 2] = ["--rounds", "4294967295"];

/// Rows P13 and P23.
#[test]
fn the_guard_gives_back_in_every_case() {
    let ended = run(GUARD, &[]);
    ended.assert_code(0).assert_gone().assert_said(&[
        "in the scope: its value is 0",
        "nobody else gets it now",
        "behind the scope: its value is 1",
        "the work failed",
        "afterwards: its value is 1",
        "a panic: \"nobody expects this\"",
        "afterwards: its value is 1",
        "has the lock, and will not give it back",
        "one holds it, one waits: its value is 0",
        "] has the lock\n",
        "afterwards: its value is 1",
    ]);
    // The next one may have been quicker to say so than the one who killed.
    ended.assert_said(&["is dead: no destructor ran in it"]);
    assert_eq!(ended.stderr, "");
}

/// Rows C11 and P23.
#[test]
fn nobody_overlaps() {
    for (processes, rounds) in [("2", "50"), ("5", "20")] {
        let ended = run(
            CRITICAL_SECTION,
            &["--processes", processes, "--rounds", rounds],
        );
        ended.assert_code(0).assert_gone().assert_said(&[
            "the accounts hold 1000 and 1000",
            "round 1: in the critical section, alone",
            "0 of 100 times another one was inside already",
            "no overlap, and no money lost",
        ]);
        assert!(!ended.stdout.contains("not alone"), "{ended:?}");
    }
}

/// Row C11.
#[test]
fn without_the_lock_the_overlap_is_seen() {
    let ended = run(CRITICAL_SECTION, &["--without-lock"]);
    ended
        .assert_code(1)
        .assert_gone()
        .assert_complaint("overlaps; the accounts should hold 1000 and 1000");
    assert!(!ended.stderr.contains(": 0 overlaps"), "{ended:?}");
    assert!(!ended.stdout.contains("no overlap"), "{ended:?}");
}

#[test]
fn interrupted_while_they_enter() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        // Ctrl-C reaches the whole group; `kill` one process.
        for group in ["-", ""] {
            let mut run = Run::start(CRITICAL_SECTION, &ENDLESS);
            run.wait_for("round 2");
            assert!(Told::all(run.said()).iter().all(|told| !told.gone()));
            signal(name, &format!("{group}{}", run.pid()));
            run.end()
                .assert_code(code)
                .assert_gone()
                .assert_complaint(&format!("critical_section: interrupted by SIG{name}"));
        }
    }
}

#[test]
fn a_clerk_that_is_killed_is_a_failure_that_leaves_nothing() {
    let mut run = Run::start(CRITICAL_SECTION, &ENDLESS);
    let [clerk] = numbers(&run.wait_for("round 1"));
    signal("KILL", &clerk.to_string());
    run.end()
        .assert_code(2)
        .assert_gone()
        .assert_complaint(&format!("process {clerk}, was killed by SIGKILL"));
}

#[test]
fn nobody_stays_when_the_first_process_is_killed() {
    let mut run = Run::start(CRITICAL_SECTION, &ENDLESS);
    run.wait_for("round 1");
    let told = Told::all(run.said());
    signal("KILL", &run.pid().to_string());
    // It ends when the last of its clerks has.
    run.end().assert_killed_by(9);
    // Nobody can clean up after SIGKILL.
    for told in told {
        told.remove();
    }
}
