//! One semaphore: acquire and release without a wait, its value, and its status.
#![allow(
    unsafe_code,
    reason = "replaces a set in a signal handler, between two calls of a thread"
)]

use std::time::{Duration, Instant};

use crate::support::sem::{semaphore, set, wait_for_waiters, wait_for_zero_waiters};
use crate::support::{self, Sleeper};
use sysv_wrapper::*;

/// Rows S12, S13, P11, W6.
#[test]
fn taking_and_giving() {
    let semaphore = semaphore(2);
    semaphore.acquire().unwrap();
    semaphore.try_acquire().unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
    let error = semaphore.try_acquire().unwrap_err();
    assert!(error.is_would_block());
    assert_eq!(error.errno(), Some(Errno::EAGAIN));
    semaphore.wait_until_zero().unwrap();
    semaphore.try_wait_until_zero().unwrap();
    semaphore.release().unwrap();
    assert!(
        semaphore
            .try_wait_until_zero()
            .unwrap_err()
            .is_would_block()
    );
    semaphore.release_by(6).unwrap();
    semaphore.acquire_by(3).unwrap();
    semaphore.try_acquire_by(2).unwrap();
    assert!(semaphore.try_acquire_by(3).unwrap_err().is_would_block());
    semaphore
        .acquire_timeout(Deadline::never().interruptible())
        .unwrap();
    assert_eq!(semaphore.value().unwrap(), 1);
}

/// Row P11: all timed forms, without a need to wait, and with a zero time.
#[test]
fn no_time_is_needed_where_nothing_is_waited_for() {
    let semaphore = semaphore(12);
    let past = Instant::now();
    semaphore.acquire_timeout(Duration::ZERO).unwrap();
    semaphore.acquire_timeout(Duration::MAX).unwrap();
    semaphore.acquire_timeout(past).unwrap();
    semaphore.acquire_by_timeout(4, Duration::ZERO).unwrap();
    semaphore.acquire_by_timeout(5, past).unwrap();
    for error in [
        semaphore
            .acquire_timeout(Duration::ZERO)
            .and(semaphore.acquire_timeout(past)),
        semaphore.acquire_by_timeout(1, Duration::from_nanos(1)),
        semaphore.acquire_by_timeout(1, past),
    ] {
        assert!(error.unwrap_err().is_timed_out());
    }
    semaphore.wait_until_zero_timeout(Duration::ZERO).unwrap();
    semaphore.wait_until_zero_timeout(past).unwrap();
    semaphore.release().unwrap();
    let error = semaphore
        .wait_until_zero_timeout(Duration::ZERO)
        .unwrap_err();
    assert!(error.is_timed_out());
    let error = semaphore.wait_until_zero_timeout(past).unwrap_err();
    assert!(error.is_timed_out());
    assert_eq!(error.errno(), None);
    assert!(error.to_string().ends_with(": timed out"), "{error}");
}

/// Row P11: 1 to 32,767; Python's module wraps greater amounts.
#[test]
fn amounts_out_of_range() {
    let semaphore = semaphore(5);
    let time = Duration::from_secs(60);
    for amount in [0, 32_768, 65_535, 65_537, u32::MAX] {
        for result in [
            semaphore.acquire_by(amount),
            semaphore.try_acquire_by(amount),
            semaphore.acquire_by_timeout(amount, time),
            semaphore.acquire_by_timeout(amount, Instant::now() + time),
            semaphore.release_by(amount),
        ] {
            let error = result.unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            let text = error.to_string();
            let said = format!("the amount is {amount}, and must be from 1 to 32767");
            assert!(text.contains(&said), "{text}");
        }
    }
    assert_eq!(semaphore.value().unwrap(), 5);
    semaphore.set_value(0).unwrap();
    semaphore.release_by(32_767).unwrap();
    semaphore.acquire_by(32_767).unwrap();
}

/// Rows P3, P11: exactly the kernel's limit, and one more.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn the_greatest_value() {
    let max = support::sem::value_max();
    let semaphore = semaphore(0);
    semaphore.set_value(max).unwrap();
    assert_eq!(semaphore.value().unwrap(), max);
    for amount in [1, 2, 32_767] {
        let error = semaphore.release_by(amount).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        assert_eq!(error.errno(), Some(Errno::ERANGE));
        assert_eq!(semaphore.value().unwrap(), max);
    }
    assert_eq!(
        semaphore.release().unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
    for value in [max + 1, 65_536 + 4, u32::MAX] {
        let error = semaphore.set_value(value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        let said = format!("must be from 0 to {max}");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(semaphore.value().unwrap(), max);
    }
    semaphore.set_value(0).unwrap();
    assert_eq!(semaphore.value().unwrap(), 0);
}

/// Rows P11, S14, C5: it waits for the whole amount, and acquires nothing before.
#[test]
fn what_waits_takes_nothing() {
    let semaphore = semaphore(2);
    let taker = (*semaphore).clone();
    let sleeper = Sleeper::start(move || taker.acquire_by(3));
    wait_for_waiters(&semaphore, 1);
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_zero().unwrap()
        ),
        (2, 0)
    );
    semaphore.acquire().unwrap();
    semaphore.release().unwrap();
    assert!(!sleeper.is_finished());
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_increase().unwrap()
        ),
        (2, 1)
    );
    semaphore.release().unwrap();
    sleeper.join().unwrap();
    assert_eq!(
        (
            semaphore.value().unwrap(),
            semaphore.waiters_for_increase().unwrap()
        ),
        (0, 0)
    );
}

/// Rows S14, C5: waiters are counted per semaphore, and by the kind of wait.
#[test]
fn waiters_are_counted() {
    let set = set([0, 4]);
    let (first, second) = (set.get(0).unwrap(), set.get(1).unwrap());
    let takers: Vec<_> = (0..2)
        .map(|_| (first.clone(), second.clone()))
        .map(|(first, second)| {
            let zero = Sleeper::start(move || second.wait_until_zero());
            (Sleeper::start(move || first.acquire()), zero)
        })
        .collect();
    wait_for_waiters(&first, 2);
    wait_for_zero_waiters(&second, 2);
    assert_eq!(first.waiters_for_zero().unwrap(), 0);
    assert_eq!(second.waiters_for_increase().unwrap(), 0);
    first.release_by(2).unwrap();
    second.set_value(0).unwrap();
    for (taker, zero) in takers {
        taker.join().unwrap();
        zero.join().unwrap();
    }
    assert_eq!(first.waiters_for_increase().unwrap(), 0);
    assert_eq!(second.waiters_for_zero().unwrap(), 0);
    assert_eq!(set.values().unwrap(), [0, 0]);
}

/// Row S13: undo belongs to the handle, and can be selected for an existing semaphore.
#[test]
fn undo_is_the_handles() {
    let plain = semaphore(1);
    assert!(!plain.undo());
    let undoing = plain.clone().with_undo(true);
    assert!(undoing.undo() && !undoing.clone().with_undo(false).undo());
    undoing.acquire().unwrap();
    undoing.release().unwrap();
    assert_eq!(plain.value().unwrap(), 1);
}

/// Row S14: this process, since the creation counts; then the next process.
#[test]
fn the_last_pid() {
    if let Some(words) = support::role(test_name!("the_last_pid")) {
        let id: i32 = words[0].parse().unwrap();
        Semaphore::from_id(id).unwrap().acquire().unwrap();
        return;
    }
    let semaphore = semaphore(1);
    assert_eq!(semaphore.last_pid().unwrap(), support::own_pid());
    let child = support::Process::start(test_name!("the_last_pid"), &[&semaphore.id()]);
    let pid = Pid::from_raw(child.pid());
    child.finish();
    assert_eq!(semaphore.last_pid().unwrap(), pid);
    // A set without an operation, which only other programs create.
    let raw = support::Sem::private(1);
    let found = Semaphore::from_id(raw.id).unwrap();
    assert_eq!(found.last_pid().unwrap(), None);
}

/// Rows C5, P24: all values of a set larger than operations can address, if `kernel.sem` permits one.
#[test]
#[cfg(target_os = "linux")]
fn values_of_a_huge_set() {
    support::in_namespace("values_of_a_huge_set", || {
        support::namespace::set_sysctl("sem", "200000 1024000000 500 32000");
        for last in [0, 7] {
            let mut values = vec![3; 150_000];
            values[149_999] = last;
            let set = SemaphoreSet::builder().values(values.iter().copied());
            let set = match set.create_unique() {
                // musl refuses a number that its type of the status does not hold.
                Err(error) if error.is_invalid_argument() && cfg!(target_env = "musl") => return,
                set => RemoveOnDrop::new(set.unwrap()),
            };
            assert!(set.status().unwrap().operation_time().is_some());
            assert_eq!(set.values().unwrap(), values);
            values.fill(4);
            set.set_values(&values).unwrap();
            assert_eq!(set.values().unwrap(), values);
            assert!(
                set.set_values(&values[1..])
                    .unwrap_err()
                    .is_invalid_argument()
            );
        }
    });
}

/// An id that is reused for a set of another size between any two calls: a signal handler removes the set and creates
/// the other one.
#[cfg(target_os = "linux")]
mod replaced {
    use std::os::fd::AsRawFd as _;
    use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};

    use sysv_ipc::{Key, SemGetFlags, SemId, semctl_rmid, semget};

    use super::*;

    const SIZES: [usize; 2] = [2, 3000];

    /// There is one handler, for one set.
    static HANDLER: Mutex<()> = Mutex::new(());
    static TURN: AtomicUsize = AtomicUsize::new(0);
    static ID: AtomicI32 = AtomicI32::new(0);
    /// The open file `sem_next_id`, which determines the id of the next set.
    static NEXT_ID: AtomicI32 = AtomicI32::new(-1);

    fn create(size: usize) -> SemId {
        let flags = SemGetFlags::CREAT;
        semget(Key::PRIVATE, size, flags, support::mode(0o600)).unwrap()
    }

    extern "C" fn replace(_: libc::c_int) {
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        let id = SemId::from_raw(ID.load(Ordering::Relaxed));
        // Ids have at most ten digits.
        let mut text = [0; 10];
        let mut rest = id.as_raw();
        let mut start = text.len();
        loop {
            start -= 1;
            text[start] = b'0' + u8::try_from(rest % 10).unwrap();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let _ = semctl_rmid(id);
        let digits = &text[start..];
        // SAFETY: the buffer has that many bytes.
        unsafe {
            libc::pwrite(
                NEXT_ID.load(Ordering::Relaxed),
                digits.as_ptr().cast(),
                digits.len(),
                0,
            );
        }
        let _ = create(SIZES[(turn + 1) % 2]);
    }

    /// Replaces the set a thousand times while a thread runs `work`, then lets `work` run with each size undisturbed; returns
    /// the two counts of `work`.
    fn replacing(test: &str, work: fn(&SemaphoreSet) -> [u32; 2]) {
        const PATH: &str = "/proc/sys/kernel/sem_next_id";
        support::in_namespace(test, || {
            let Ok(file) = std::fs::File::options().write(true).open(PATH) else {
                return support::skipped(test, "this kernel has no setting for the next id");
            };
            let _handler = HANDLER.lock().unwrap_or_else(PoisonError::into_inner);
            NEXT_ID.store(file.as_raw_fd(), Ordering::Relaxed);
            let set = SemaphoreSet::from_id(create(SIZES[0])).unwrap();
            ID.store(set.id().as_raw(), Ordering::Relaxed);
            TURN.store(0, Ordering::Relaxed);
            // SAFETY: the handler makes system calls, and allocates nothing.
            let old = unsafe { libc::signal(libc::SIGUSR2, replace as *const () as usize) };
            assert_ne!(old, libc::SIG_ERR);
            let is_over = Arc::new(AtomicBool::new(false));
            let worker = std::thread::spawn({
                let (set, is_over) = (set.clone(), is_over.clone());
                move || {
                    while !is_over.load(Ordering::Relaxed) {
                        work(&set);
                    }
                }
            });
            for turn in 0..1000 / support::SLOWER as usize {
                support::thread::signal(&worker, libc::SIGUSR2);
                // One signal after another, at random intervals.
                for _ in 0..support::random() % 1000 {
                    std::hint::spin_loop();
                }
                while TURN.load(Ordering::Relaxed) == turn && !worker.is_finished() {
                    std::thread::yield_now();
                }
            }
            is_over.store(true, Ordering::Relaxed);
            worker.join().unwrap();
            let [one, other] = [(); 2].map(|()| {
                replace(libc::SIGUSR2);
                work(&set)
            });
            let counts = [one[0] + other[0], one[1] + other[1]];
            assert_eq!(counts, [1, 1]);
            set.remove().unwrap();
        });
    }

    /// Row C5: the result is the values of one of the sets.
    #[test]
    fn values_of_an_id_that_keeps_meaning_other_sets() {
        let test = test_name!("values_of_an_id_that_keeps_meaning_other_sets");
        replacing(test, |set| match set.values() {
            Ok(values) => {
                assert!(values.iter().all(|value| *value == 0));
                SIZES.map(|size| u32::from(values.len() == size))
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
                [0, 0]
            }
        });
    }

    /// Row C5: the values of one of the sets are set, or none are.
    #[test]
    fn setting_values_of_an_id_that_keeps_meaning_other_sets() {
        let test = test_name!("setting_values_of_an_id_that_keeps_meaning_other_sets");
        replacing(test, |set| match set.set_values(&[1, 1]) {
            Ok(()) => [1, 0],
            Err(error) if error.kind() == ErrorKind::Mismatch => [0, 0],
            Err(error) => {
                assert!(error.is_invalid_argument(), "{error}");
                [0, 1]
            }
        });
    }
}
