//! The limits of the system, reached in a namespace where they are low: the error names limit and value, the failed
//! call leaves nothing, and it succeeds once the limit permits it. `errors_limits.rs` tests the rest of the errors'
//! text.

use std::any::Any;
use std::fmt::Display;

use sysv_wrapper::*;

use crate::support::namespace::{expect_left, objects_left, set_sysctl};
use crate::support::sem::{semaphore, set, value_max};
use crate::support::{in_namespace, skipped};

/// Creates one more of the limited resource.
type Make<'a> = &'a dyn Fn() -> Result<Box<dyn Any>>;

fn kept<H: Object + 'static>(made: Result<H>) -> Result<Box<dyn Any>> {
    made.map(|handle| Box::new(RemoveOnDrop::new(handle)) as Box<dyn Any>)
}

/// A limit.
struct Limited {
    name: &'static str,
    number: u64,
    /// Its file under `/proc/sys/kernel`, the text that sets the limit, and the text that raises it.
    file: &'static str,
    low: String,
    enough: &'static str,
    kind: ErrorKind,
    errno: Errno,
}

impl Limited {
    #[track_caller]
    fn assert_told(&self, error: &Error) {
        assert_eq!(error.kind(), self.kind, "{error}");
        assert_eq!(error.errno(), Some(self.errno), "{error}");
        let text = error.to_string();
        let Limited { name, number, .. } = self;
        let in_words = text.contains(&format!("({name})")) && text.contains(&format!(" {number} "));
        assert!(
            text.contains(&format!("({name} = {number})")) || in_words,
            "{text}"
        );
    }

    /// Creates resources until the limit is reached, which must be after `most`; then frees some, and then raises the
    /// limit.
    #[track_caller]
    fn reach(&self, most: usize, make: Make<'_>) {
        set_sysctl(self.file, &self.low);
        let mut made = Vec::new();
        let error = loop {
            assert!(made.len() <= most, "{} was not reached", self.name);
            match make() {
                Ok(one) => made.push(one),
                Err(error) => break error,
            }
        };
        assert_eq!(made.len(), most);
        self.assert_told(&error);
        let left = objects_left();
        self.assert_told(&make().unwrap_err());
        expect_left(left);
        if made.pop().is_some() {
            made.push(make().unwrap());
            self.assert_told(&make().unwrap_err());
        }
        set_sysctl(self.file, self.enough);
        made.push(make().unwrap());
    }
}

/// Returns a limit on a total.
fn in_all(name: &'static str, number: u64, file: &'static str, low: &dyn Display) -> Limited {
    let enough = match file {
        "sem" => "250 32000 32 128",
        _ => "100",
    };
    Limited {
        name,
        number,
        file,
        low: low.to_string(),
        enough,
        kind: ErrorKind::LimitReached,
        errno: Errno::ENOSPC,
    }
}

/// Returns a limit on a single object.
fn on_one(name: &'static str, number: u64, file: &'static str, low: &dyn Display) -> Limited {
    Limited {
        kind: ErrorKind::InvalidArgument,
        errno: Errno::EINVAL,
        ..in_all(name, number, file, low)
    }
}

/// Rows N6, C9: SHMMNI, SHMALL, SHMMAX.
#[test]
fn limits_on_segments() {
    in_namespace("limits_on_segments", || {
        let segment = |size| kept(SharedMemory::builder().size(size).create_private());
        in_all("SHMMNI", 3, "shmmni", &3).reach(3, &|| segment(1));
        in_all("SHMALL", 4, "shmall", &4).reach(4, &|| segment(page_size()));
        let one = Limited {
            enough: "8193",
            ..on_one("SHMMAX", 8192, "shmmax", &8192)
        };
        one.reach(0, &|| segment(8193));
        // A segment with contents is uninitialised at first, and must not be left so.
        let filled = || kept(SharedMemory::builder().fill(1).create_unique());
        in_all("SHMMNI", 2, "shmmni", &2).reach(2, &filled);
        expect_left([0; 3]);
    });
}

/// Rows N6, C9: SEMMNI, SEMMNS, SEMMSL, SEMOPM.
#[test]
fn limits_on_sets() {
    in_namespace("limits_on_sets", || {
        let set_of = |count| {
            let builder = SemaphoreSet::builder().values(vec![1; count]);
            kept(builder.create_unique())
        };
        in_all("SEMMNI", 3, "sem", &"250 32000 32 3").reach(3, &|| set_of(1));
        in_all("SEMMNS", 7, "sem", &"250 7 32 128").reach(3, &|| set_of(2));
        on_one("SEMMSL", 4, "sem", &"4 32000 32 128").reach(0, &|| set_of(5));
        let set = set([9]);
        let steps = || {
            let mut steps = set.operation();
            for _ in 0..4 {
                steps = steps.acquire(0, 1).release(0, 1);
            }
            steps.run().map(|()| Box::new(()) as Box<dyn Any>)
        };
        let one = Limited {
            kind: ErrorKind::TooBig,
            errno: Errno::E2BIG,
            ..on_one("SEMOPM", 7, "sem", &"250 32000 7 128")
        };
        one.reach(0, &steps);
        assert_eq!(set.values().unwrap(), [9]);
        drop(set);
        expect_left([0; 3]);
    });
}

/// Rows N6, C9, P18: MSGMNI, MSGMAX.
#[test]
fn limits_on_queues_and_messages() {
    in_namespace("limits_on_queues_and_messages", || {
        let queue = || MessageQueue::builder().create_private();
        in_all("MSGMNI", 3, "msgmni", &3).reach(3, &|| kept(queue()));
        let queue = RemoveOnDrop::new(queue().unwrap());
        let one = Limited {
            enough: "101",
            ..on_one("MSGMAX", 100, "msgmax", &100)
        };
        one.reach(0, &|| {
            let sent = queue.send(1, &[7; 101]);
            sent.map(|()| Box::new(()) as Box<dyn Any>)
        });
        assert_eq!(queue.receive(Selector::Any).unwrap().bytes, [7; 101]);
        assert_eq!(queue.status().unwrap().messages(), 0);
    });
}

/// Rows N6, C9, P18: MSGMNB, by a full queue and by raising its maximum.
#[test]
fn the_room_of_a_queue() {
    in_namespace("the_room_of_a_queue", || {
        set_sysctl("msgmnb", 300);
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        let part = [5; 100];
        for _ in 0..3 {
            queue.send(1, &part).unwrap();
        }
        let bytes = || queue.status().unwrap().bytes();
        assert!(queue.try_send(1, &part).unwrap_err().is_would_block());
        assert!(queue.try_send(1, &[5]).unwrap_err().is_would_block());
        let error = queue.send(1, &[5; 301]).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("holds 300 at most"), "{error}");
        assert_eq!(bytes(), 300);
        queue.receive(Selector::Any).unwrap();
        queue.try_send(1, &part).unwrap();
        assert_eq!(bytes(), 300);

        match queue.set_max_bytes(301) {
            Ok(()) => skipped(
                "the_room_of_a_queue",
                "this user may raise the maximum of a queue",
            ),
            Err(error) => {
                assert!(error.is_limit_reached(), "{error}");
                let because = "the limit is 300 bytes (MSGMNB)";
                assert!(error.to_string().contains(because), "{error}");
                let left = objects_left();
                let more = MessageQueue::builder().max_bytes(301);
                assert!(more.create_unique().unwrap_err().is_limit_reached());
                expect_left(left);
                set_sysctl("msgmnb", 301);
                queue.set_max_bytes(301).unwrap();
            }
        }
        queue.try_send(1, &[5]).unwrap();
    });
}

#[track_caller]
fn assert_out_of_range<T: std::fmt::Debug>(result: Result<T>, because: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfRange, "{error}");
    assert_eq!(error.errno(), Some(Errno::ERANGE));
    assert!(error.to_string().contains(because), "{error}");
}

/// Rows N6, P12, C4: SEMVMX, a constant of the kernel.
#[test]
fn the_greatest_value() {
    let max = value_max();
    let semaphore = semaphore(max - 1);
    semaphore.release().unwrap();
    let full =
        format!("the value is {max}, and with 1 more it would pass the limit of {max} (SEMVMX)");
    assert_out_of_range(semaphore.release(), &full);
    assert_out_of_range(semaphore.clone().with_undo(true).release(), &full);
    let steps = semaphore_set(&semaphore).operation().release(0, 1);
    assert_out_of_range(steps.run(), &full);
    assert_out_of_range(steps.try_run(), &full);
    let range = format!("must be from 0 to {max} (SEMVMX)");
    assert_out_of_range(semaphore.set_value(max + 1), &range);
    let key = Key::random();
    assert_out_of_range(Semaphore::builder().value(max + 1).create(key), &range);
    assert!(!Semaphore::exists(key).unwrap());
    assert_eq!(semaphore.value().unwrap(), max);
    // A guard reports a release that another process has made impossible.
    let guard = semaphore.lock().unwrap();
    semaphore.release().unwrap();
    assert_out_of_range(guard.release(), &full);
    semaphore.acquire().unwrap();
    semaphore.release().unwrap();
}

fn semaphore_set(semaphore: &Semaphore) -> SemaphoreSet {
    SemaphoreSet::from_id(semaphore.id()).unwrap()
}

/// Rows N6, N4, S13: SEMAEM, the maximum undo adjustment of a process.
#[test]
fn the_most_to_be_undone() {
    let max = value_max();
    let semaphore = semaphore(max);
    let undoing = semaphore.clone().with_undo(true);
    undoing.acquire_by(max).unwrap();
    // Released without undo, so that the value suffices, and only the undo entry exceeds its limit.
    semaphore.release_by(2).unwrap();
    let because = format!("more to undo than the limit of {max} allows (SEMAEM)");
    let time = crate::support::DEADLINE;
    assert_out_of_range(undoing.acquire(), &because);
    assert_out_of_range(undoing.try_acquire(), &because);
    assert_out_of_range(undoing.acquire_timeout(time), &because);
    assert_out_of_range(
        undoing.acquire_timeout(Deadline::never().interruptible()),
        &because,
    );
    assert_out_of_range(semaphore.lock(), &because);
    assert_out_of_range(semaphore.try_lock(), &because);
    let steps = semaphore_set(&semaphore).operation().acquire(0, 1).undo();
    assert_out_of_range(steps.run(), &because);
    assert_out_of_range(steps.run_timeout(time), &because);
    assert_eq!(semaphore.value().unwrap(), 2);
    undoing.release().unwrap();
    drop(semaphore.lock().unwrap());
    assert_eq!(semaphore.value().unwrap(), 3);
}
