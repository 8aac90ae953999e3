//! The limits of the system and their usage: compared with `/proc/sys/kernel` and with other programs, and by reaching
//! them.
#![cfg(target_os = "linux")]

use std::process::Command;

use crate::support::namespace::{set_sysctl, sysctl};
use crate::support::{in_namespace, skipped};
use sysv_wrapper::*;

/// Fails unless the limit with this name has this value. The kernel's structures are narrower for 32-bit programs.
#[track_caller]
fn assert_limit(name: &str, expected: u64) {
    let limit = limit(name);
    if usize::BITS == 64 || i32::try_from(expected).is_ok() {
        assert_eq!(limit.value(), expected, "{limit:?}");
    }
}

fn limit(name: &str) -> Limit {
    let mut limits = Limits::all().unwrap().into_iter();
    limits.find(|limit| limit.name() == name).unwrap()
}

/// Fails unless every limit in `/proc` is equal here.
fn assert_those_of_proc() {
    assert_limit("SHMMNI", sysctl("shmmni")[0]);
    assert_limit("SHMMAX", sysctl("shmmax")[0]);
    assert_limit("SHMALL", sysctl("shmall")[0]);
    let sem = sysctl("sem");
    for (name, value) in ["SEMMSL", "SEMMNS", "SEMOPM", "SEMMNI"]
        .into_iter()
        .zip(sem)
    {
        assert_limit(name, value);
    }
    assert_limit("MSGMNI", sysctl("msgmni")[0]);
    assert_limit("MSGMAX", sysctl("msgmax")[0]);
    assert_limit("MSGMNB", sysctl("msgmnb")[0]);
}

/// Rows C9, N7, P20.
#[test]
fn limits_are_those_of_proc() {
    assert_those_of_proc();
    in_namespace("limits_are_those_of_proc", || {
        assert_those_of_proc();
        set_sysctl("shmmni", 7);
        set_sysctl("shmmax", 123_456);
        set_sysctl("shmall", 4711);
        set_sysctl("sem", "11 222 33 44");
        set_sysctl("msgmni", 5);
        set_sysctl("msgmax", 66);
        set_sysctl("msgmnb", 777);
        assert_those_of_proc();

        let segments = Limits::segments().unwrap();
        assert_eq!((segments.segments_max(), segments.size_max()), (7, 123_456));
        assert_eq!((segments.pages_max(), segments.size_min()), (4711, 1));
        let semaphores = Limits::semaphores().unwrap();
        assert_eq!(
            (semaphores.set_size_max(), semaphores.semaphores_max()),
            (11, 222)
        );
        assert_eq!(
            (semaphores.operations_max(), semaphores.sets_max()),
            (33, 44)
        );
        assert_eq!(
            (semaphores.value_max(), semaphores.undo_max()),
            (32_767, 32_767)
        );
        let queues = Limits::queues().unwrap();
        assert_eq!((queues.queues_max(), queues.message_size_max()), (5, 66));
        assert_eq!(queues.queue_bytes_max(), 777);
    });
}

/// Rows N7, P20.
#[test]
fn every_limit_is_listed_once_with_its_kind_and_unit() {
    let listed = |kind| {
        let limits = Limits::of(kind).unwrap();
        assert!(limits.iter().all(|limit| limit.kind() == kind));
        let listed = limits.iter().map(|limit| (limit.name(), limit.unit()));
        listed.collect::<Vec<_>>()
    };
    assert_eq!(
        listed(Kind::SharedMemory),
        [
            ("SHMMNI", "segments"),
            ("SHMALL", "pages"),
            ("SHMMAX", "bytes"),
            ("SHMMIN", "bytes")
        ]
    );
    assert_eq!(
        listed(Kind::SemaphoreSet),
        [
            ("SEMMNI", "sets"),
            ("SEMMNS", "semaphores"),
            ("SEMMSL", "semaphores"),
            ("SEMOPM", "operations"),
            ("SEMVMX", "value"),
            ("SEMAEM", "value")
        ]
    );
    assert_eq!(
        listed(Kind::MessageQueue),
        [
            ("MSGMNI", "queues"),
            ("MSGMAX", "bytes"),
            ("MSGMNB", "bytes")
        ]
    );
    let all = Limits::all().unwrap();
    assert!(all.is_complete());
    assert_eq!(all.iter().count(), 13);
    assert_eq!((&all).into_iter().count(), 13);
}

/// Row N7.
#[test]
fn use_is_counted_exactly() {
    in_namespace("use_is_counted_exactly", || {
        let used = || {
            let limits = Limits::all().unwrap();
            let used = limits
                .iter()
                .filter_map(|limit| Some((limit.name(), limit.used()?)));
            used.collect::<Vec<_>>()
        };
        let none = [
            ("SHMMNI", 0),
            ("SHMALL", 0),
            ("SEMMNI", 0),
            ("SEMMNS", 0),
            ("MSGMNI", 0),
        ];
        assert_eq!(used(), none);

        let page = page_size();
        let make =
            |size| RemoveOnDrop::new(SharedMemory::builder().size(size).create_private().unwrap());
        let segments = [make(1), make(3 * page + 1)];
        let attached = segments[1].attach().unwrap();
        attached.write_at(b"resident", 0).unwrap();
        attached.write_at(b"resident", 2 * page).unwrap();
        let _sets = [&[1, 2, 3][..], &[4]].map(|values| {
            let set = SemaphoreSet::builder().values(values.iter().copied());
            RemoveOnDrop::new(set.create_private().unwrap())
        });
        let queues =
            [(); 4].map(|()| RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap()));
        queues[0].send(1, b"four").unwrap();
        queues[3].send(1, b"").unwrap();
        let some = [
            ("SHMMNI", 2),
            ("SHMALL", 5),
            ("SEMMNI", 2),
            ("SEMMNS", 4),
            ("MSGMNI", 4),
        ];
        assert_eq!(used(), some);

        let limits = Limits::segments().unwrap();
        assert_eq!((limits.segments(), limits.pages()), (2, 5));
        assert_eq!(
            (limits.resident_pages(), limits.swapped_pages()),
            (Some(2), Some(0))
        );
        let limits = Limits::semaphores().unwrap();
        assert_eq!((limits.sets(), limits.semaphores()), (2, 4));
        let limits = Limits::queues().unwrap();
        assert_eq!(
            (limits.queues(), limits.messages(), limits.bytes()),
            (4, Some(2), Some(4))
        );
    });
}

fn refused<H: std::fmt::Debug>(made: Result<H>, names: &str) {
    let error = made.unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains(names), "{text}");
    if error.is_limit_reached() {
        assert!(text.contains("`sysvipc limits`"), "{text}");
    }
}

/// Rows N7, N6. Two of two is 100 %, and the third is refused with the name of the limit.
#[test]
fn a_reached_limit_is_told_by_table_and_error() {
    in_namespace("a_reached_limit_is_told_by_table_and_error", || {
        let segment = || SharedMemory::builder().size(1).create_private();
        set_sysctl("shmmni", 2);
        let guards = [(); 2].map(|()| RemoveOnDrop::new(segment().unwrap()));
        let shmmni = limit("SHMMNI");
        assert_eq!((shmmni.used(), shmmni.percent()), (Some(2), Some(100.0)));
        refused(segment(), "the limit on segments (SHMMNI = 2) is reached");
        // Lowered below the current usage.
        set_sysctl("shmmni", 1);
        assert_eq!(limit("SHMMNI").percent(), Some(200.0));
        set_sysctl("shmmni", 0);
        assert_eq!(limit("SHMMNI").percent(), Some(100.0));
        set_sysctl("shmmni", 9);
        set_sysctl("shmall", 2);
        refused(
            segment(),
            "the limit on pages of shared memory (SHMALL = 2) is reached",
        );
        drop(guards);
        set_sysctl("shmmax", 4096);
        let big = SharedMemory::builder().size(4097).create_private();
        refused(
            big,
            "the limit on bytes in one segment (SHMMAX = 4096) is less than the 4097 asked for",
        );

        let set = |count| {
            SemaphoreSet::builder()
                .values(vec![0; count])
                .create_private()
        };
        set_sysctl("sem", "8 10 32 2");
        refused(
            set(9),
            "the limit on semaphores in one set (SEMMSL = 8) is less than the 9 asked for",
        );
        let guards = [8, 2].map(|count| RemoveOnDrop::new(set(count).unwrap()));
        refused(set(1), "the limit on sets (SEMMNI = 2) is reached");
        set_sysctl("sem", "8 10 32 3");
        refused(set(1), "the limit on semaphores (SEMMNS = 10) is reached");
        assert_eq!(limit("SEMMNS").percent(), Some(100.0));
        drop(guards);

        let queue = || MessageQueue::builder().create_private();
        set_sysctl("msgmni", 1);
        let _guard = RemoveOnDrop::new(queue().unwrap());
        refused(queue(), "the limit on queues (MSGMNI = 1) is reached");
    });
}

/// Row P3.
#[test]
fn a_semaphore_takes_the_greatest_value_and_not_one_more() {
    let max = u32::try_from(Limits::semaphores().unwrap().value_max()).unwrap();
    let made = Semaphore::builder().value(max).create_private().unwrap();
    let made = RemoveOnDrop::new(made);
    assert_eq!(made.value().unwrap(), max);
    let error = made.release().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfRange);
    assert_eq!(made.value().unwrap(), max);
    let error = Semaphore::builder()
        .value(max + 1)
        .create_private()
        .unwrap_err();
    assert!(error.to_string().contains(&max.to_string()), "{error}");
}

/// Row P20. The longest message can be sent, and one with an additional byte cannot.
#[test]
fn a_queue_takes_the_longest_message_and_not_one_byte_more() {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let max = usize::try_from(Limits::queues().unwrap().message_size_max()).unwrap();
    queue.try_send(1, &vec![7; max]).unwrap();
    let error = queue.try_send(1, &vec![7; max + 1]).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
}

/// Row N7. With the setting, the kernel removes segments without attachments.
#[test]
fn the_setting_that_removes_unused_segments_is_told() {
    in_namespace("the_setting_that_removes_unused_segments_is_told", || {
        let told = || Limits::segments().unwrap().removed_when_unused();
        assert_eq!(told(), Some(sysctl("shm_rmid_forced")[0] != 0));
        set_sysctl("shm_rmid_forced", 1);
        assert_eq!(told(), Some(true));
        set_sysctl("shm_rmid_forced", 0);
        assert_eq!(told(), Some(false));
    });
}

/// Rows C9, C10.
#[test]
fn limits_are_those_of_lsipc() {
    const TEST: &str = test_name!("limits_are_those_of_lsipc");
    if cfg!(target_pointer_width = "32") {
        return skipped(TEST, "a 64-bit kernel reports the lower half of a number");
    }
    in_namespace(TEST, || {
        let run = Command::new("lsipc").args(["--json", "--bytes"]).output();
        let Ok(run) = run else {
            return skipped(TEST, "lsipc is not installed");
        };
        let told: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        let told = told["ipclimits"].as_array().unwrap();
        assert!(!told.is_empty());
        for line in told {
            let name = line["resource"].as_str().unwrap();
            let number = |column: &str| line[column].as_str().unwrap().parse().ok();
            assert_eq!(Some(limit(name).value()), number("limit"), "{line}");
            assert_eq!(limit(name).used(), number("used"), "{line}");
        }
    });
}
