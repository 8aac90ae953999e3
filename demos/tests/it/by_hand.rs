//! `premise` and `conclusion`, each started by itself.

use std::fs;
use std::path::PathBuf;

use crate::support::objects::Objects;
use crate::support::{CONCLUSION, ENDLESS, PREMISE, Run, signal};
use demos::Role;
use tempfile::TempDir;

/// A place for the key file, which goes with this value.
struct Place {
    _folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = TempDir::new().unwrap();
        Place {
            path: folder.path().join("conversation.key"),
            _folder: folder,
        }
    }

    /// Starts one of the two, whose first line tells that she is there.
    fn start(&self, program: &str, arguments: &[&str]) -> Run {
        let mut all = vec!["--key-file", self.path.to_str().unwrap()];
        all.extend(arguments);
        let mut run = Run::start(program, &all);
        run.line();
        run
    }

    /// A conversation that goes on.
    fn talking(&self, layers: [&str; 2]) -> ([Run; 2], Objects) {
        let mut arguments = ENDLESS.to_vec();
        arguments.extend(["--layer", layers[0]]);
        let mut premise = self.start(PREMISE, &arguments);
        let conclusion = self.start(CONCLUSION, &["--layer", layers[1]]);
        let objects = premise.objects();
        objects.wait_for_talk();
        ([premise, conclusion], objects)
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert!(!self.path.exists());
        let left = fs::read_dir(self.path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 0);
    }
}

/// Each layer with each.
const LAYERS: [[&str; 2]; 4] = [
    ["wrapper", "wrapper"],
    ["ipc", "ipc"],
    ["wrapper", "ipc"],
    ["ipc", "wrapper"],
];

/// Waits for both, and asserts that all went well.
#[track_caller]
fn assert_good(place: &Place, mut premise: Run, mut conclusion: Run, exchanges: &str) {
    let objects = premise.objects();
    assert_eq!(objects.segment, conclusion.objects().segment);
    for run in [premise, conclusion] {
        let ended = run.end();
        let last = ended.assert_code(0).last_line();
        assert!(
            last.starts_with(&format!("{exchanges} exchanges in ")),
            "{last}"
        );
        assert!(last.ends_with(" s, 0 corrupted"), "{last}");
        assert_eq!(ended.stderr, "");
    }
    objects.assert_gone();
    place.assert_empty();
}

#[test]
fn premise_comes_first() {
    for [layer, peer] in LAYERS {
        let place = Place::new();
        let premise = place.start(PREMISE, &["--layer", layer]);
        let conclusion = place.start(CONCLUSION, &["--layer", peer]);
        assert_good(&place, premise, conclusion, "1000");
    }
}

#[test]
fn conclusion_comes_first() {
    for [layer, peer] in LAYERS {
        let place = Place::new();
        let conclusion = place.start(CONCLUSION, &["--layer", peer]);
        let premise = place.start(PREMISE, &["--layer", layer, "--iterations", "77"]);
        assert_good(&place, premise, conclusion, "77");
    }
}

#[test]
fn the_other_side_does_not_come() {
    let place = Place::new();
    let mut premise = place.start(PREMISE, &["--wait", "1"]);
    let objects = premise.objects();
    let ended = premise.end();
    ended
        .assert_code(2)
        .assert_complaint("Mrs. Premise: Mrs. Conclusion did not come within 1 s");
    objects.assert_gone();
    place.assert_empty();

    let ended = place.start(CONCLUSION, &["--wait", "0"]).end();
    ended
        .assert_code(2)
        .assert_complaint("Mrs. Conclusion: Mrs. Premise did not come within 0 s");
}

#[test]
fn waiting_can_be_interrupted() {
    let place = Place::new();
    let mut premise = place.start(PREMISE, &[]);
    let objects = premise.objects();
    signal("INT", &premise.pid().to_string());
    premise
        .end()
        .assert_code(130)
        .assert_complaint("Mrs. Premise: interrupted by SIGINT");
    objects.assert_gone();

    let conclusion = place.start(CONCLUSION, &[]);
    signal("TERM", &conclusion.pid().to_string());
    conclusion
        .end()
        .assert_code(143)
        .assert_complaint("Mrs. Conclusion: interrupted by SIGTERM");
    place.assert_empty();
}

#[test]
fn a_killed_side_is_missed() {
    for layers in LAYERS {
        for role in [Role::Premise, Role::Conclusion] {
            let place = Place::new();
            let (runs, objects) = place.talking(layers);
            signal("KILL", &runs[role as usize].pid().to_string());
            let [premise, conclusion] = runs;
            let (killed, other) = match role {
                Role::Premise => (premise, conclusion),
                Role::Conclusion => (conclusion, premise),
            };
            killed.end().assert_killed_by(9);
            let ended = other.end();
            let gone = format!(
                "{}: {role} has left the conversation (iteration ",
                role.peer()
            );
            ended.assert_code(2).assert_complaint(&gone);
            objects.assert_gone();
            // The file is Mrs. Premise's, and stays if it was she who was killed.
            assert_eq!(place.path.exists(), role == Role::Premise);
            let premise = place.start(PREMISE, &["--iterations", "5"]);
            let conclusion = place.start(CONCLUSION, &[]);
            assert_good(&place, premise, conclusion, "5");
        }
    }
}

#[test]
fn an_interrupted_side_is_missed() {
    for role in [Role::Premise, Role::Conclusion] {
        let place = Place::new();
        let (runs, objects) = place.talking(LAYERS[0]);
        signal("INT", &runs[role as usize].pid().to_string());
        let ended = runs.map(Run::end);
        let gone = format!("{}: {role} has left the conversation", role.peer());
        ended[role as usize]
            .assert_code(130)
            .assert_complaint("interrupted by SIGINT (iteration ");
        ended[role.peer() as usize]
            .assert_code(2)
            .assert_complaint(&gone);
        objects.assert_gone();
        place.assert_empty();
    }
}

/// Kills Mrs. Premise while she is alone, so that no process removes her objects.
fn abandoned(place: &Place) -> Objects {
    let mut premise = place.start(PREMISE, &[]);
    let objects = premise.objects();
    signal("KILL", &premise.pid().to_string());
    premise.end().assert_killed_by(9);
    objects
}

#[test]
fn what_an_earlier_premise_has_left_is_replaced() {
    let place = Place::new();
    let remains = abandoned(&place);
    let premise = place.start(PREMISE, &[]);
    let conclusion = place.start(CONCLUSION, &[]);
    assert_good(&place, premise, conclusion, "1000");
    remains.assert_gone();
}

#[test]
fn what_an_earlier_premise_has_left_is_no_conversation() {
    let place = Place::new();
    let remains = abandoned(&place);
    let ended = place.start(CONCLUSION, &[]).end();
    ended
        .assert_code(2)
        .assert_complaint("Mrs. Conclusion: Mrs. Premise has left the conversation");
    remains.assert_gone();
}

#[test]
fn there_is_one_of_each() {
    let place = Place::new();
    let ([premise, conclusion], objects) = place.talking(LAYERS[0]);
    let ended = place.start(CONCLUSION, &[]).end();
    let taken = format!(
        "there is a Mrs. Conclusion already, process {}",
        conclusion.pid()
    );
    ended.assert_code(2).assert_complaint(&taken);
    let ended = place.start(PREMISE, &[]).end();
    ended
        .assert_code(2)
        .assert_complaint("Mrs. Premise: cannot publish at")
        .assert_complaint("both exist");
    // The two were not disturbed.
    signal("INT", &premise.pid().to_string());
    premise.end().assert_code(130);
    conclusion.end().assert_code(2);
    objects.assert_gone();
    place.assert_empty();
}

#[test]
fn without_a_semaphore_corruption_is_detected() {
    let place = Place::new();
    let arguments = ["--no-semaphore", "--iterations", "5000000"];
    let mut premise = place.start(PREMISE, &arguments);
    let objects = premise.objects();
    let conclusion = place.start(CONCLUSION, &[]);
    let ended = [premise, conclusion].map(Run::end);
    for ended in &ended {
        ended.assert_code(1);
    }
    let [premise, conclusion] = ended.map(|ended| ended.stderr);
    assert!((premise + &conclusion).contains(": corruption: "));
    objects.assert_gone();
    place.assert_empty();
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    let place = Place::new();
    fs::write(&place.path, "Penguins on the television").unwrap();
    for program in [PREMISE, CONCLUSION] {
        place
            .start(program, &[])
            .end()
            .assert_code(2)
            .assert_complaint("not a key file");
    }
    fs::remove_file(&place.path).unwrap();
    place.assert_empty();
}
