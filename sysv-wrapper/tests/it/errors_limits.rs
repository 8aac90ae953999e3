//! The errors of reached limits, each in a namespace of its own, where the limit is set low.

#![cfg(target_os = "linux")]

use crate::support::in_namespace;
use crate::support::namespace::set_sysctl;
use sysv_wrapper::*;

const REMEDY: &str = "`sysvipc limits` shows the limits and their use";

/// Checks the error for a limit on a total.
#[track_caller]
fn assert_reached(error: &Error, kind: Kind, because: &str) {
    assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
    assert!(error.is_limit_reached());
    assert_eq!(error.errno(), Some(Errno::ENOSPC));
    assert_eq!(error.object_kind(), Some(kind));
    let text = format!("{error:#}");
    let start = format!("cannot create a {kind}: {because} (ENOSPC); `sysctl kernel.");
    assert!(text.starts_with(&start) && text.ends_with(REMEDY), "{text}");
}

/// Checks the error for a limit on the size of one object.
#[track_caller]
fn assert_too_large(error: &Error, because: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    assert_eq!(error.errno(), Some(Errno::EINVAL));
    assert!(
        error
            .to_string()
            .ends_with(&format!(": {because} (EINVAL)")),
        "{error}"
    );
}

/// Removes the object on drop, although it would vanish with its namespace.
fn kept<H: Object>(made: Result<H>) -> RemoveOnDrop<H> {
    RemoveOnDrop::new(made.unwrap())
}

/// Rows N6, C9: SHMMNI.
#[test]
fn the_number_of_segments() {
    in_namespace("the_number_of_segments", || {
        set_sysctl("shmmni", 2);
        let make = || SharedMemory::builder().create_private();
        let _two = [kept(make()), kept(make())];
        let because = "the limit on segments (SHMMNI = 2) is reached";
        assert_reached(&make().unwrap_err(), Kind::SharedMemory, because);
        // The key is not the cause, so that no other key is tried.
        let error = SharedMemory::builder().create_unique().unwrap_err();
        assert!(error.is_limit_reached(), "{error}");
    });
}

/// Rows N6, C9: SHMALL.
#[test]
fn the_pages_of_all_segments() {
    in_namespace("the_pages_of_all_segments", || {
        set_sysctl("shmall", 5);
        let make = |pages: usize| {
            SharedMemory::builder()
                .size(pages * page_size())
                .create_private()
        };
        let _three = kept(make(3));
        let because = "the limit on pages of shared memory (SHMALL = 5) is reached";
        assert_reached(&make(3).unwrap_err(), Kind::SharedMemory, because);
        let _two = kept(make(2));
        assert_reached(&make(1).unwrap_err(), Kind::SharedMemory, because);
        let because =
            "the limit on pages of shared memory (SHMALL = 5) is less than the 6 asked for";
        assert_reached(&make(6).unwrap_err(), Kind::SharedMemory, because);
    });
}

/// Rows N6, C9: SHMMAX.
#[test]
fn the_size_of_one_segment() {
    in_namespace("the_size_of_one_segment", || {
        set_sysctl("shmmax", 10_000);
        let make = |size| SharedMemory::builder().size(size).create_private();
        drop(kept(make(10_000)));
        let because =
            "the limit on bytes in one segment (SHMMAX = 10000) is less than the 10001 asked for";
        assert_too_large(&make(10_001).unwrap_err(), because);
    });
}

/// Rows N6, C9: SEMMNI.
#[test]
fn the_number_of_sets() {
    in_namespace("the_number_of_sets", || {
        set_sysctl("sem", "250 32000 32 1");
        let make = || Semaphore::builder().create_private();
        let _one = kept(make());
        let because = "the limit on sets (SEMMNI = 1) is reached";
        assert_reached(&make().unwrap_err(), Kind::SemaphoreSet, because);
    });
}

/// Rows N6, C9: SEMMNS.
#[test]
fn the_semaphores_in_all_sets() {
    in_namespace("the_semaphores_in_all_sets", || {
        set_sysctl("sem", "250 7 32 128");
        let make = |count| {
            SemaphoreSet::builder()
                .values(vec![1; count])
                .create_private()
        };
        let _five = kept(make(5));
        let because = "the limit on semaphores (SEMMNS = 7) is reached";
        assert_reached(&make(3).unwrap_err(), Kind::SemaphoreSet, because);
        let because = "the limit on semaphores (SEMMNS = 7) is less than the 8 asked for";
        assert_reached(&make(8).unwrap_err(), Kind::SemaphoreSet, because);
    });
}

/// Rows N6, C9: SEMMSL.
#[test]
fn the_semaphores_in_one_set() {
    in_namespace("the_semaphores_in_one_set", || {
        set_sysctl("sem", "4 32000 32 128");
        let make = |count| {
            SemaphoreSet::builder()
                .values(vec![1; count])
                .create_private()
        };
        drop(kept(make(4)));
        let because =
            "the limit on semaphores in one set (SEMMSL = 4) is less than the 5 asked for";
        assert_too_large(&make(5).unwrap_err(), because);
    });
}

/// Rows N6, C9: MSGMNI.
#[test]
fn the_number_of_queues() {
    in_namespace("the_number_of_queues", || {
        set_sysctl("msgmni", 1);
        let make = || MessageQueue::builder().create_private();
        let _one = kept(make());
        let because = "the limit on queues (MSGMNI = 1) is reached";
        assert_reached(&make().unwrap_err(), Kind::MessageQueue, because);
    });
}

/// Row N6: limits change at run time, and are read when the kernel refuses.
#[test]
fn a_limit_is_never_remembered() {
    in_namespace("a_limit_is_never_remembered", || {
        let make = || MessageQueue::builder().create_private();
        let _one = kept(make());
        for limit in [0, 1] {
            set_sysctl("msgmni", limit);
            let error = make().unwrap_err().to_string();
            let named = format!("(MSGMNI = {limit})");
            assert!(error.contains(&named), "{error}");
        }
        set_sysctl("msgmni", 2);
        let _two = kept(make());
    });
}

/// Row N6: SEMOPM.
#[test]
fn the_steps_of_one_operation() {
    in_namespace("the_steps_of_one_operation", || {
        set_sysctl("sem", "250 32000 3 128");
        let set = kept(SemaphoreSet::builder().values([5]).create_private());
        let steps = |count: u32| (0..count).fold(set.operation(), |steps, _| steps.acquire(0, 1));
        steps(3).try_run().unwrap();
        let error = steps(4).try_run().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooBig, "{error}");
        assert_eq!(error.errno(), Some(Errno::E2BIG));
        let because =
            "the limit on steps in one operation (SEMOPM = 3) is less than the 4 asked for";
        assert!(error.to_string().contains(because), "{error}");
    });
}
