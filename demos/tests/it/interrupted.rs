//! `conversation` with termination signals: Ctrl-C, which reaches all of its processes, or a signal to one of them.

use crate::support::objects::Objects;
use crate::support::{CONVERSATION, ENDLESS, Ended, Run, signal};
use demos::Role;

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

/// Asserts that all three processes have printed the reason for their end, and that no object is left.
#[track_caller]
fn assert_interrupted(ended: &Ended, objects: Objects, code: i32, name: &str) {
    ended
        .assert_code(code)
        .assert_complaint(&format!("conversation: interrupted by {name}"));
    for role in [Role::Premise, Role::Conclusion] {
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
            assert_interrupted(&run.end(), objects, code, &format!("SIG{name}"));
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
    for role in [Role::Premise, Role::Conclusion] {
        let (run, objects, sides) = talking("wrapper");
        signal("TERM", &sides[role as usize].to_string());
        let ended = run.end();
        ended
            .assert_code(143)
            .assert_complaint(&format!("{role}: interrupted by SIGTERM (iteration "))
            .assert_complaint(&format!(
                "{}: {role} has left the conversation",
                role.peer()
            ));
        objects.assert_gone();
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
    run.end()
        .assert_code(130)
        .assert_complaint("Mrs. Conclusion: interrupted by SIGTERM")
        .assert_complaint("conversation: interrupted by SIGINT");
    objects.assert_gone();
}
