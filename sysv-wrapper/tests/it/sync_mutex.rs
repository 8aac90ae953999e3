//! The mutex: threads, forks, deaths, panics, deadlines, and an area that changes under its holders.

use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use sysv_ipc::{SemBuf, SemFlags};
use sysv_wrapper::sync::{Area, Error, Mutex, MutexGuard};
use sysv_wrapper::*;

use crate::support::fork::{Forked, in_forked_child};
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, Sleeper, wait_until};

/// An area with two mutexes and room for four peers, which removes itself, and memory of the test's own.
struct Scene {
    area: RemoveOnDrop<Area>,
    set: SemaphoreSet,
    board: Attachment,
}

impl Scene {
    fn new() -> Scene {
        let builder = Area::builder().peers(4).mutex("table").mutex("other");
        let area = RemoveOnDrop::new(builder.create_private().unwrap());
        let board = SharedMemory::builder().create_private().unwrap();
        let board = board.attach().unwrap();
        board.remove_when_detached().unwrap();
        let set = SemaphoreSet::from_id(area.set_id()).unwrap();
        Scene { area, set, board }
    }

    /// The mutex of this process.
    fn mutex(&self) -> Mutex {
        Area::from_id(self.area.id())
            .unwrap()
            .mutex("table")
            .unwrap()
    }

    fn word(&self, number: usize) -> &AtomicU32 {
        self.board.atomic_u32(number * 4).unwrap()
    }

    /// Starts a child that locks the mutex, says so, and goes on with `work`.
    fn holder(&self, work: impl FnOnce(MutexGuard<'_>) -> i32) -> Forked {
        self.word(0).store(0, SeqCst);
        let child = Forked::start(|| {
            let mutex = self.mutex();
            let guard = mutex.lock().unwrap();
            self.word(0).store(1, SeqCst);
            work(guard)
        });
        wait_until("a holder", || self.word(0).load(SeqCst) == 1);
        child
    }

    /// A holder that stays.
    fn patient(&self) -> Forked {
        self.holder(|_guard| {
            loop {
                std::thread::park();
            }
        })
    }

    /// Starts a child that locks the mutex and ends with 1 if it found it in order, with 2 if not, with 3 on an error.
    fn locker(&self) -> Forked {
        Forked::start(|| {
            let mutex = self.mutex();
            match mutex.lock() {
                Ok(guard) => 1 + i32::from(guard.owner_died()),
                Err(_) => 3,
            }
        })
    }

    /// The parking member of the first mutex.
    fn parking(&self) -> Semaphore {
        self.set.get(6).unwrap()
    }
}

fn is_free(mutex: &Mutex) -> bool {
    match mutex.try_lock() {
        Ok(guard) => !guard.owner_died(),
        Err(_) => false,
    }
}

#[test]
fn one_is_inside() {
    let scene = Scene::new();
    let mutex = scene.mutex();
    assert!(!mutex.lock().unwrap().owner_died());
    let guard = mutex.lock().unwrap();
    let other = scene.mutex();
    assert_eq!(other.try_lock().unwrap_err(), Error::WouldBlock);
    let end = Instant::now() + Duration::from_millis(5);
    assert_eq!(other.lock_timeout(end).unwrap_err(), Error::TimedOut);
    assert!(Instant::now() >= end);
    assert_eq!(
        other.lock_timeout(Duration::ZERO).unwrap_err(),
        Error::TimedOut
    );
    // The second mutex is another one.
    let second = scene.area.mutex("other").unwrap();
    assert!(is_free(&second));
    guard.unlock().unwrap();
    assert!(is_free(&other));
    drop(other.lock_timeout(Duration::ZERO).unwrap());
}

#[test]
fn a_value_is_loaded_and_stored_under_the_lock() {
    let area = Area::builder().mutex_with::<[u8; 3]>("bytes");
    let area = RemoveOnDrop::new(area.create_private().unwrap());
    let mutex = area.mutex_with::<[u8; 3]>("bytes").unwrap();
    let guard = mutex.lock().unwrap();
    assert_eq!(guard.load(), [0; 3]);
    guard.store(b"cat");
    assert_eq!(guard.load(), *b"cat");
    drop(guard);
    let code = in_forked_child(|| {
        let area = Area::from_id(area.id()).unwrap();
        let mutex = area.mutex_with::<[u8; 3]>("bytes").unwrap();
        let guard = mutex.lock().unwrap();
        let found = guard.load();
        guard.store(b"dog");
        i32::from(&found == b"cat")
    });
    assert_eq!(code, 1);
    assert_eq!(mutex.lock().unwrap().load(), *b"dog");
}

/// Row Q2.
/// Threads and processes, all of which add to one number.
#[test]
fn no_two_are_inside() {
    const TIMES: u64 = 5_000;
    let area = RemoveOnDrop::new(
        Area::builder()
            .mutex_with::<u64>("number")
            .create_private()
            .unwrap(),
    );
    let add = || {
        let area = Area::from_id(area.id()).unwrap();
        let mutex = area.mutex_with::<u64>("number").unwrap();
        for turn in 0..TIMES {
            let guard = match turn % 3 {
                0 => mutex.lock().unwrap(),
                1 => mutex.lock_timeout(DEADLINE).unwrap(),
                _ => loop {
                    match mutex.try_lock() {
                        Err(Error::WouldBlock) => std::thread::yield_now(),
                        guard => break guard.unwrap(),
                    }
                },
            };
            assert!(!guard.owner_died());
            guard.store(&(guard.load() + 1));
        }
        0
    };
    let children = [Forked::start(add), Forked::start(add)];
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(add);
        }
    });
    for child in children {
        assert_eq!(child.end(), 0);
    }
    let mutex = area.mutex_with::<u64>("number").unwrap();
    assert_eq!(mutex.lock().unwrap().load(), 4 * TIMES);
}

#[test]
fn threads_wait_for_each_other() {
    let scene = Scene::new();
    let mutex = std::sync::Arc::new(scene.mutex());
    let guard = mutex.lock().unwrap();
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let mutex = mutex.clone();
            Sleeper::start(move || mutex.lock().map(drop))
        })
        .collect();
    wait_for_waiters(&scene.parking(), 3);
    drop(guard);
    for waiter in waiters {
        waiter.join().unwrap();
    }
    assert!(is_free(&mutex));
}

/// Row Q2.
#[test]
fn the_death_of_the_owner_wakes_a_waiter_and_is_said_until_it_is_mended() {
    let scene = Scene::new();
    let holder = scene.patient();
    let mutex = scene.mutex();
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    let waiters = [scene.locker(), scene.locker()];
    wait_for_waiters(&scene.parking(), 2);
    drop(holder);
    // Each of them leaves it as it is.
    for waiter in waiters {
        assert_eq!(waiter.end(), 2);
    }
    // Free, and inconsistent.
    let guard = mutex.try_lock().unwrap();
    assert!(guard.owner_died());
    drop(guard);
    let guard = mutex.lock().unwrap();
    assert!(guard.owner_died());
    guard.make_consistent();
    drop(guard);
    assert!(is_free(&mutex));
}

#[test]
fn a_try_finds_a_dead_owner() {
    let scene = Scene::new();
    drop(scene.patient());
    let mutex = scene.mutex();
    let guard = mutex.try_lock().unwrap();
    assert!(guard.owner_died());
    guard.make_consistent();
    guard.unlock().unwrap();
    assert!(is_free(&mutex));
}

/// Nobody waits, and nobody is woken later in vain.
#[test]
fn unlocking_an_inconsistent_mutex_posts_no_token() {
    let scene = Scene::new();
    drop(scene.patient());
    let mutex = scene.mutex();
    drop(mutex.lock().unwrap());
    // The takeover has posted one.
    let parking = scene.parking();
    let take = SemBuf::new(6, -1, SemFlags::NOWAIT);
    sysv_ipc::semop(scene.set.id(), &[take]).unwrap();
    let guard = mutex.lock().unwrap();
    assert!(guard.owner_died());
    guard.unlock().unwrap();
    assert_eq!(parking.value().unwrap(), 0);
    assert!(mutex.lock().unwrap().owner_died());
}

/// The next holder of the slot sweeps what a dead one left in any object, before it does anything else.
#[test]
fn joining_takes_over_from_the_last_holder_of_the_slot() {
    let area = Area::builder().peers(1).mutex("table").mutex("other");
    let area = area.create_private().unwrap();
    let (id, set) = (area.id(), area.set_id());
    drop(area);
    let code = in_forked_child(|| {
        let area = Area::from_id(id).unwrap();
        let mutex = area.mutex("other").unwrap();
        std::mem::forget(mutex.lock().unwrap());
        std::mem::forget(area);
        0
    });
    assert_eq!(code, 0);
    let area = RemoveOnDrop::new(Area::from_id(id).unwrap());
    assert!(
        format!("{:?}", area.mutex("other").unwrap())
            .contains("is_locked: false, is_inconsistent: true")
    );
    assert_eq!(area.set_id(), set);
}

/// A dead process held two mutexes: a process that waits for one gives the other back as well.
#[test]
fn a_waiter_sweeps_everything_that_the_dead_one_held() {
    let scene = Scene::new();
    let holder = scene.holder(|_guard| {
        let area = Area::from_id(scene.area.id()).unwrap();
        let other = area.mutex("other").unwrap();
        std::mem::forget(other.lock().unwrap());
        scene.word(1).store(1, SeqCst);
        loop {
            std::thread::park();
        }
    });
    wait_until("both", || scene.word(1).load(SeqCst) == 1);
    let waiter = scene.locker();
    wait_for_waiters(&scene.parking(), 1);
    drop(holder);
    assert_eq!(waiter.end(), 2);
    let text = format!("{:?}", scene.area.mutex("other").unwrap());
    assert!(text.contains("is_locked: false"), "{text}");
}

#[test]
fn a_leaked_guard_goes_with_the_last_handle() {
    let scene = Scene::new();
    let held = scene.holder(|guard| {
        std::mem::forget(guard);
        wait_until("a waiter", || {
            scene.parking().waiters_for_increase().unwrap() == 1
        });
        // `holder` drops its mutex after this, which is the child's last handle; and it goes on.
        0
    });
    let waiter = scene.locker();
    assert_eq!(waiter.end(), 2);
    assert_eq!(held.end(), 0);
}

/// As above, in a process that lives on.
#[test]
fn a_dropped_area_leaves_no_sleeper() {
    let scene = Scene::new();
    let living = Forked::start(|| {
        let mutex = scene.mutex();
        std::mem::forget(mutex.lock().unwrap());
        scene.word(0).store(1, SeqCst);
        wait_for_waiters(&scene.parking(), 1);
        drop(mutex);
        loop {
            std::thread::park();
        }
    });
    wait_until("a holder", || scene.word(0).load(SeqCst) == 1);
    assert_eq!(scene.locker().end(), 2);
    drop(living);
}

/// Locks and unlocks when dropped.
struct Locks<'a>(&'a Mutex);

impl Drop for Locks<'_> {
    fn drop(&mut self) {
        drop(self.0.lock().unwrap());
    }
}

#[test]
fn a_panic_under_the_guard_marks_the_mutex() {
    let scene = Scene::new();
    let mutex = scene.mutex();
    // Once more, while it is marked.
    for _ in 0..2 {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _guard = mutex.lock().unwrap();
            panic!("on purpose");
        }));
        assert!(panic.is_err());
    }
    let guard = mutex.lock().unwrap();
    assert!(guard.owner_died());
    guard.make_consistent();
    drop(guard);
    // One that is locked and unlocked while a panic unwinds is not marked.
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _locks = Locks(&mutex);
        panic!("on purpose");
    }));
    assert!(panic.is_err());
    assert!(is_free(&mutex));
}

/// Row Q2.
#[test]
fn a_set_value_on_the_set_takes_nothing_from_anybody() {
    let scene = Scene::new();
    let holder = scene.holder(|guard| {
        wait_until("cleared", || scene.word(1).load(SeqCst) == 1);
        // What it says depends on whether another process took over: then the word is not its own.
        match guard.unlock() {
            Ok(()) => 1,
            Err(Error::LeaseLost) => 2,
            Err(_) => 3,
        }
    });
    let mutex = scene.mutex();
    // Every lease is cleared: nothing is taken by a process without one.
    let mut values = scene.set.values().unwrap();
    values[..4].fill(0);
    let values = sysv_ipc::SemValues::from_slice(&values).unwrap();
    sysv_ipc::semctl_setall_values(scene.set.id(), &values).unwrap();
    assert_eq!(mutex.try_lock().unwrap_err(), Error::LeaseLost);
    assert_eq!(mutex.lock().unwrap_err(), Error::LeaseLost);
    assert_eq!(
        mutex.lock_timeout(Duration::ZERO).unwrap_err(),
        Error::LeaseLost
    );
    // One that joins again may: the holder looks dead.
    let again = scene.mutex();
    let guard = again.lock().unwrap();
    assert!(guard.owner_died());
    scene.word(1).store(1, SeqCst);
    // And the one that looked dead takes nothing back.
    assert_eq!(holder.end(), 2);
    assert_eq!(again.try_lock().unwrap_err(), Error::WouldBlock);
    guard.unlock().unwrap();
}

#[test]
fn without_the_set_nothing_is_taken() {
    let scene = Scene::new();
    let holder = scene.patient();
    let mutex = scene.mutex();
    let waiter = Forked::start(|| match scene.mutex().lock() {
        Err(Error::Removed) => 7,
        _ => 1,
    });
    wait_for_waiters(&scene.parking(), 1);
    scene.set.remove().unwrap();
    assert_eq!(waiter.end(), 7);
    for error in [
        mutex.try_lock().unwrap_err(),
        mutex.lock().unwrap_err(),
        mutex.lock_timeout(DEADLINE).unwrap_err(),
    ] {
        assert_eq!(error, Error::Removed);
    }
    drop(holder);
    assert_eq!(mutex.try_lock().unwrap_err(), Error::Removed);
}

/// Row Q2.
/// The holder leaves the namespace, by which the kernel takes its lease, and lives on.
#[cfg(target_os = "linux")]
#[test]
fn a_holder_in_another_namespace_takes_nothing_back() {
    let test = test_name!("a_holder_in_another_namespace_takes_nothing_back");
    let scene = Scene::new();
    for flag in [libc::CLONE_NEWIPC, libc::CLONE_SYSVSEM] {
        let holder = scene.holder(|guard| {
            // SAFETY: takes no pointer, and concerns this thread alone, which is the child's only one.
            #[expect(unsafe_code, reason = "leaves a namespace")]
            let left = unsafe { libc::unshare(flag) } == 0;
            scene.word(1).store(if left { 1 } else { 2 }, SeqCst);
            if !left {
                return 0;
            }
            wait_until("another owner", || scene.word(2).load(SeqCst) == 1);
            let result = guard.unlock();
            scene.word(3).store(1, SeqCst);
            match result {
                Err(Error::LeaseLost) => 2,
                _ => 3,
            }
        });
        wait_until("an answer", || scene.word(1).load(SeqCst) != 0);
        if scene.word(1).load(SeqCst) == 2 {
            crate::support::skipped(test, "this user may not leave the namespace");
            assert_eq!(holder.end(), 0);
            scene.word(1).store(0, SeqCst);
            continue;
        }
        let mutex = scene.mutex();
        let guard = mutex.lock().unwrap();
        assert!(guard.owner_died());
        guard.make_consistent();
        scene.word(2).store(1, SeqCst);
        assert_eq!(holder.end(), 2);
        assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
        drop(guard);
        for number in 1..4 {
            scene.word(number).store(0, SeqCst);
        }
    }
}

/// Numbers of processes mean nothing: the holder is number 1 of its own namespace, as another process may be of another.
#[cfg(target_os = "linux")]
#[test]
fn a_holder_in_another_pid_namespace_is_a_peer_like_others() {
    let test = test_name!("a_holder_in_another_pid_namespace_is_a_peer_like_others");
    let scene = Scene::new();
    let outer = Forked::start(|| {
        // SAFETY: takes no pointer; concerns the children of this process, which has one thread.
        #[expect(unsafe_code, reason = "enters a namespace")]
        let entered = unsafe { libc::unshare(libc::CLONE_NEWPID) } == 0;
        scene.word(2).store(if entered { 1 } else { 2 }, SeqCst);
        if !entered {
            return 0;
        }
        let _first = scene.patient();
        scene.word(3).store(1, SeqCst);
        loop {
            std::thread::park();
        }
    });
    wait_until("a namespace", || scene.word(2).load(SeqCst) != 0);
    if scene.word(2).load(SeqCst) == 2 {
        crate::support::skipped(test, "this user may not have a pid namespace");
        return;
    }
    wait_until("a holder", || scene.word(3).load(SeqCst) == 1);
    let mutex = scene.mutex();
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    let waiter = scene.locker();
    wait_for_waiters(&scene.parking(), 1);
    // The holder goes with its parent.
    drop(outer);
    assert_eq!(waiter.end(), 2);
}

/// A locker in another namespace sees another set under the id, or none.
#[cfg(target_os = "linux")]
#[test]
fn a_locker_in_another_namespace_takes_nothing() {
    let scene = Scene::new();
    let holder = scene.patient();
    let mutex = std::sync::Arc::new(scene.mutex());
    let copy = mutex.clone();
    let thread = std::thread::spawn(move || {
        crate::support::namespace::unshare().ok()?;
        let nothing = copy.try_lock().map(drop);
        // As many sets as it takes for one to have the id.
        let sets: Vec<_> = (0..3)
            .map(|_| {
                SemaphoreSet::builder()
                    .values([1; 9])
                    .create_private()
                    .unwrap()
            })
            .map(RemoveOnDrop::new)
            .collect();
        let other = copy.try_lock().map(drop);
        let waits = copy.lock_timeout(Duration::from_millis(5)).map(drop);
        let untouched = sets.iter().all(|set| set.values().unwrap() == [1; 9]);
        Some((nothing, other, waits, untouched))
    });
    if let Some((nothing, other, waits, untouched)) = thread.join().unwrap() {
        assert_eq!(nothing, Err(Error::Removed));
        let lost = [Err(Error::LeaseLost), Err(Error::Removed)];
        assert!(
            lost.contains(&other) && lost.contains(&waits),
            "{other:?} {waits:?}"
        );
        assert!(untouched);
    }
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    drop(holder);
    assert!(mutex.lock().unwrap().owner_died());
}

/// After `exec` the program is the same process, which lives.
#[test]
fn a_program_that_is_executed_keeps_the_lock() {
    let scene = Scene::new();
    let holder = scene.holder(|guard| {
        std::mem::forget(guard);
        let error = std::process::Command::new("sleep").arg("1000").exec();
        println!("{error}");
        1
    });
    let mutex = scene.mutex();
    let error = mutex.lock_timeout(Duration::from_millis(20)).unwrap_err();
    assert_eq!(error, Error::TimedOut);
    drop(holder);
    assert!(mutex.lock().unwrap().owner_died());
}

#[test]
fn many_times_killed_and_taken_over() {
    let scene = Scene::new();
    let count = AtomicU64::new(0);
    for turn in 0..20 {
        let holder = scene.holder(|guard| {
            guard.make_consistent();
            loop {
                std::thread::park();
            }
        });
        let waiters = [scene.locker(), scene.locker()];
        if turn % 2 == 0 {
            wait_for_waiters(&scene.parking(), 2);
        }
        drop(holder);
        for waiter in waiters {
            assert_eq!(waiter.end(), 2);
        }
        count.fetch_add(1, SeqCst);
        assert!(scene.parking().value().unwrap() < 5);
    }
    assert_eq!(count.load(SeqCst), 20);
}

/// The word says anything: what is no owner id of a living process is dead.
#[test]
fn garbage_in_the_word_is_no_hang() {
    let scene = Scene::new();
    let memory = SharedMemory::from_id(scene.area.id()).unwrap();
    let memory = memory.attach().unwrap();
    let mutex = scene.mutex();
    // Four peers, two objects.
    let at = (64 + 4 * 32 + 2 * 96_usize).next_multiple_of(64);
    let word = memory.atomic_u32(at).unwrap();
    let guard = mutex.lock().unwrap();
    let me = word.load(SeqCst);
    drop(guard);
    for garbage in [
        1 << 30,
        1 << 31,
        3 << 30,
        0x0001_0001,
        0xffff_ffff,
        0x3fff_0000,
        7,
        me | 1,
    ] {
        word.store(garbage, SeqCst);
        let taken = mutex.lock_timeout(Duration::from_millis(5));
        let is_mine = garbage & 0x3fff_ffff == me;
        assert_eq!(taken.is_err(), is_mine, "{garbage:#x}");
        drop(taken);
        word.store(0, SeqCst);
    }
    // The id of this process without a guard: others wait until this process ends.
    word.store(me, SeqCst);
    assert_eq!(mutex.try_lock().unwrap_err(), Error::WouldBlock);
    word.store(0, SeqCst);
    let guard = mutex.lock().unwrap();
    word.store(0x0001_0003, SeqCst);
    assert_eq!(guard.unlock(), Err(Error::LeaseLost));
    word.store(0, SeqCst);
}

#[test]
fn an_interruptible_wait_ends_with_a_signal() {
    let scene = Scene::new();
    let holder = scene.patient();
    let mutex = std::sync::Arc::new(scene.mutex());
    let copy = mutex.clone();
    let deadline = Deadline::never().interruptible();
    let waiter = Sleeper::start(move || copy.lock_timeout(deadline).map(drop));
    wait_for_waiters(&scene.parking(), 1);
    wait_until("interrupted", || {
        waiter.signal();
        waiter.is_finished()
    });
    assert_eq!(waiter.join(), Err(Error::Interrupted));
    drop(holder);
}
