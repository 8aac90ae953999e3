//! `sysvipc show` of an area of `sync`: from its segment and from its set, with living and dead peers, damaged, dead.

#![cfg(target_has_atomic = "64")]

use sysv_wrapper::sync::{Area, Capacity, MaxSize};
use sysv_wrapper::{RemoveOnDrop, SemaphoreSet, SharedMemory};

use crate::cli::run;
use crate::support::{self, in_namespace};

/// Row Q7.
#[test]
fn an_area_is_shown_with_its_objects_and_peers() {
    const TEST: &str = test_name!("an_area_is_shown_with_its_objects_and_peers");
    if let Some(words) = support::role(TEST) {
        let area = Area::from_id(words[0].parse::<i32>().unwrap()).unwrap();
        let mutex = area.mutex("table").unwrap();
        std::mem::forget(mutex.lock().unwrap());
        support::die();
    }
    in_namespace(TEST, || {
        let builder = Area::builder()
            .peers(4)
            .mutex("table")
            .channel("jobs", Capacity(8), MaxSize(100))
            .latest::<u64>("quote")
            .event("bell");
        let area = RemoveOnDrop::new(builder.create(0x1234).unwrap());
        let own = std::process::id();
        let mut publisher = area.publisher::<u64>("quote").unwrap();
        publisher.publish(&7).unwrap();
        area.event("bell").unwrap().signal().unwrap();
        let mutex = area.mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        let (segment, set) = (area.id(), area.set_id());
        for words in [format!("show shm {segment}"), format!("show sem {set}")] {
            let text = run(&words).text();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for expected in [
                "1 of 4 peers alive".to_owned(),
                format!("table mutex 0 locked by {own} jobs"),
                "jobs channel 0 0 of 8 messages; 0 senders, 0 receivers".to_owned(),
                format!("quote latest value 0 version 1; published by {own} bell"),
                "bell event 0 signalled".to_owned(),
                format!("0 {own} alive"),
            ] {
                assert!(text.contains(&expected), "{expected:?} in {text}");
            }
        }
        drop(guard);
        // A peer that was killed with the lock.
        let mut child = support::Process::start(TEST, &[&area.id().as_raw()]);
        let pid = child.pid();
        child.end();
        let text = run(&format!("show shm {segment}")).text();
        assert!(
            text.contains(&format!("locked by {pid}, which is dead\n")),
            "{text}"
        );
        assert!(text.contains("dead"), "{text}");
        let json = run(&format!("show shm {segment} --json")).text();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let area_of = &json["area"];
        assert_eq!(area_of["set"], set.as_raw());
        assert_eq!(area_of["peers"].as_array().unwrap().len(), 2, "{json}");
        assert_eq!(area_of["objects"][0]["owner"]["alive"], false);
        assert_eq!(area_of["objects"][1]["capacity"], 8);
        // Another segment is none, and is not attached for the question.
        let other = RemoveOnDrop::new(SharedMemory::builder().size(4).create_private().unwrap());
        let text = run(&format!("show shm {} --json", other.id())).text();
        assert!(!text.contains("\"area\""), "{text}");
        // Damaged: said, and the rest is shown.
        let attached = SharedMemory::from_id(segment).unwrap().attach().unwrap();
        attached.fill(28..40, 0xff).unwrap();
        let ran = run(&format!("show shm {segment}"));
        assert_eq!(ran.status.code(), Some(0), "{}", ran.stderr);
        SemaphoreSet::from_id(set).unwrap().remove().unwrap();
        run(&format!("show shm {segment}")).text();
    });
}

/// Rows Q1, Q7: an area whose processes all died is removed as one thing.
#[test]
fn an_orphaned_area_is_removed_with_its_set() {
    const TEST: &str = test_name!("an_orphaned_area_is_removed_with_its_set");
    if support::role(TEST).is_some() {
        std::mem::forget(Area::builder().mutex("table").create(0x1234).unwrap());
        support::die();
    }
    in_namespace(TEST, || {
        support::Process::start(TEST, &[]).end();
        let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let planned = lines(run("remove --orphaned --dry-run").text());
        assert_eq!(planned.len(), 2, "{planned:?}");
        let removed = lines(run("remove --orphaned --yes").text());
        assert!(removed[0].starts_with("removed sem "), "{removed:?}");
        assert!(removed[1].starts_with("removed shm "), "{removed:?}");
        assert_eq!(removed.len(), 2);
        // By key, each is removed once.
        support::Process::start(TEST, &[]).end();
        let removed = lines(run("remove --key 0x1234 --yes").text());
        assert!(
            removed.iter().all(|line| line.starts_with("removed")),
            "{removed:?}"
        );
        assert_eq!(removed.len(), 2, "{removed:?}");
    });
}
