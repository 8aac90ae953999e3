//! `conversation` when it is asked to end: by Ctrl-C, which reaches all of its processes, or by a signal to one
//! of them.

use crate::support::objects::Objects;
use crate::support::{CONVERSATION, ENDLESS, Ended, Run, signal};
use demos::conversation::Role;

const LAYERS: [&str; 2] = ["wrapper", "ipc"];

/// A conversation that goes on.
fn talking(layer: &'static str) -> (Run, Objects, [u32; 2]) {
    let mut arguments = ENDLESS.to_vec();
    arguments.extend(["--layer", layer]);
    let mut run = Run::start(CONVERSATION, &arguments);
    let objects = run.objects();
    let sides = run.sides();
    objects.wait_for_talk();
    (run, objects, sides)
}

/// Asserts that all three have said why they end, and that nothing is left.
#[track_caller]
fn assert_interrupted(ended: &Ended, objects: Objects, code: i32, name: &str) {
    ended
        .assert_code(code)
        .assert_complaint(&format!("conversation: interrupted by {name}"));
    for role in Role::BOTH {
        ended.assert_complaint(&format!("{role}: "));
    }
    assert!(ended.last_line().ends_with(" s, 0 corrupted"), "{ended:?}");
    objects.assert_gone();
}

#[test]
fn the_supervisor_alone() {
    for layer in LAYERS {
        for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
            let (run, objects, _) = talking(layer);
            signal(name, &run.pid().to_string());
            let ended = run.end();
            let name = format!("SIG{name}");
            ended.assert_complaint(&format!(
                "the supervisor was interrupted by {name} (iteration "
            ));
            assert_interrupted(&ended, objects, code, &name);
        }
    }
}

#[test]
fn all_of_them() {
    for layer in LAYERS {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let (run, objects, _) = talking(layer);
            signal(name, &format!("-{}", run.pid()));
            assert_interrupted(&run.end(), objects, code, &format!("SIG{name}"));
        }
    }
}

#[test]
fn one_side_alone() {
    for role in Role::BOTH {
        let (run, objects, sides) = talking("wrapper");
        signal("TERM", &sides[role.index()].to_string());
        let ended = run.end();
        ended
            .assert_complaint(&format!("{role}: interrupted by SIGTERM (iteration "))
            .assert_complaint(&format!(
                "{}: stopping, because {role} was interrupted",
                role.peer()
            ));
        assert_interrupted(&ended, objects, 143, "SIGTERM");
    }
}

#[test]
fn before_they_talk() {
    let mut run = Run::start(CONVERSATION, &ENDLESS);
    let objects = run.objects();
    signal("INT", &run.pid().to_string());
    run.end()
        .assert_code(130)
        .assert_complaint("conversation: interrupted by SIGINT");
    objects.assert_gone();
}

#[test]
fn while_a_side_does_not_move() {
    let (run, objects, [premise, _]) = talking("wrapper");
    signal("STOP", &premise.to_string());
    signal("INT", &run.pid().to_string());
    // It waits some seconds, and then kills Mrs. Premise.
    assert_interrupted_without(&run.end(), objects);
}

#[track_caller]
fn assert_interrupted_without(ended: &Ended, objects: Objects) {
    ended
        .assert_code(130)
        .assert_complaint("Mrs. Conclusion: stopping, because the supervisor was interrupted")
        .assert_complaint("conversation: interrupted by SIGINT");
    objects.assert_gone();
}
