//! `conversation` when one of its processes is killed: the others end with a message, and no object is left.

use crate::support::{CONVERSATION, ENDLESS, Run, signal};
use demos::Role;

/// Each way to talk.
const WAYS: [&[&str]; 5] = [
    &["--layer", "wrapper"],
    &["--layer", "ipc"],
    &["--layer", "wrapper", "--channel", "queue"],
    &["--layer", "ipc", "--channel", "queue"],
    &["--channel", "sync"],
];

fn endless(way: &[&'static str]) -> Run {
    let mut arguments = ENDLESS.to_vec();
    arguments.extend(way);
    Run::start(CONVERSATION, &arguments)
}

/// Kills one side while they talk.
#[track_caller]
fn kill_side(role: Role) {
    for way in WAYS {
        let mut run = endless(way);
        let objects = run.objects();
        let sides = run.sides();
        objects.wait_for_talk();
        signal("KILL", &sides[role as usize].to_string());
        let ended = run.end();
        let peer = role.peer();
        ended
            .assert_code(2)
            .assert_complaint(&format!(
                "{peer}: {role} has left the conversation (iteration "
            ))
            .assert_complaint(&format!("conversation: {role} was killed by SIGKILL"));
        let last = ended.last_line();
        assert!(last.contains(" of 4294967295 exchanges in "), "{ended:?}");
        objects.assert_gone();
    }
}

#[test]
fn premise() {
    kill_side(Role::Premise);
}

#[test]
fn conclusion() {
    kill_side(Role::Conclusion);
}

#[test]
fn a_side_that_the_other_one_waits_for() {
    for role in [Role::Premise, Role::Conclusion] {
        let mut run = endless(WAYS[0]);
        let objects = run.objects();
        let pid = run.sides()[role as usize].to_string();
        objects.wait_for_talk();
        signal("STOP", &pid);
        objects.wait_for_waiter(role.peer());
        signal("KILL", &pid);
        let ended = run.end();
        let peer = role.peer();
        ended.assert_code(2).assert_complaint(&format!(
            "{peer}: {role} has left the conversation (iteration "
        ));
        objects.assert_gone();
    }
}

#[test]
fn a_side_that_has_hardly_begun() {
    for role in [Role::Premise, Role::Conclusion] {
        let mut run = endless(WAYS[0]);
        let objects = run.objects();
        let sides = run.sides();
        signal("KILL", &sides[role as usize].to_string());
        let ended = run.end();
        ended
            .assert_code(2)
            .assert_complaint(&format!("conversation: {role} was killed by SIGKILL"))
            .assert_complaint(&format!("{}: ", role.peer()));
        objects.assert_gone();
    }
}

#[test]
fn both_sides() {
    let mut run = endless(WAYS[0]);
    let objects = run.objects();
    let [premise, conclusion] = run.sides();
    objects.wait_for_talk();
    signal("KILL", &format!("{premise} {conclusion}"));
    run.end()
        .assert_code(2)
        .assert_complaint("was killed by SIGKILL");
    objects.assert_gone();
}

#[test]
fn the_supervisor() {
    for way in WAYS {
        let mut run = endless(way);
        let objects = run.objects();
        run.sides();
        objects.wait_for_talk();
        signal("KILL", &run.pid().to_string());
        // Its end is that of both sides, too.
        let ended = run.end();
        ended.assert_killed_by(9);
        for role in [Role::Premise, Role::Conclusion] {
            let gone = format!("{role}: the supervisor has left the conversation (iteration ");
            ended.assert_complaint(&gone);
        }
        objects.assert_gone();
    }
}

#[test]
fn the_supervisor_and_a_side() {
    for role in [Role::Premise, Role::Conclusion] {
        let mut run = endless(WAYS[0]);
        let objects = run.objects();
        let sides = run.sides();
        objects.wait_for_talk();
        signal("KILL", &format!("{} {}", run.pid(), sides[role as usize]));
        let ended = run.end();
        ended.assert_complaint(&format!("{}: ", role.peer()));
        objects.assert_gone();
    }
}
