//! Operations that wait: the counts of waiters, and the ends of waits.

#[cfg(sysv = "semtimedop")]
use std::time::{Duration, Instant};

use crate::support::{
    Process, Sem, Sleeper, expect_errno, interrupt_until, role, signals_handled, wait_until,
};
use sysv_ipc::*;

const NOTHING: SemFlags = SemFlags::empty();

/// Starts a thread that operates on a set.
fn operate(set: &Sem, ops: &'static [SemBuf]) -> Sleeper<Result<()>> {
    let id = set.id;
    Sleeper::start(move || semop(id, ops))
}

const TAKE: &[SemBuf] = &[SemBuf::new(0, -1, NOTHING)];
const TAKE_THREE: &[SemBuf] = &[SemBuf::new(0, -3, NOTHING)];
const TAKE_BOTH: &[SemBuf] = &[SemBuf::new(1, -1, NOTHING), SemBuf::new(0, -1, NOTHING)];
const ZERO: &[SemBuf] = &[SemBuf::new(0, 0, NOTHING)];
const GIVE: &[SemBuf] = &[SemBuf::new(0, 1, NOTHING)];

fn wait_for_ncnt(set: &Sem, count: u32) {
    wait_until("threads that wait for more", || {
        semctl_getncnt(set.id, 0) == Ok(count)
    });
}

fn wait_for_zcnt(set: &Sem, count: u32) {
    wait_until("threads that wait for zero", || {
        semctl_getzcnt(set.id, 0) == Ok(count)
    });
}

#[test]
fn taking_waits_until_there_is_enough() {
    let set = Sem::with_values(&[2]);
    let taker = operate(&set, TAKE_THREE);
    wait_for_ncnt(&set, 1);
    assert_eq!(
        (semctl_getzcnt(set.id, 0), semctl_getval(set.id, 0)),
        (Ok(0), Ok(2))
    );
    assert!(!taker.is_finished());
    semop(set.id, GIVE).unwrap();
    assert_eq!(taker.join(), Ok(()));
    assert_eq!((set.values(), semctl_getncnt(set.id, 0)), (vec![0], Ok(0)));
}

#[test]
fn waiting_for_zero() {
    let set = Sem::with_values(&[2]);
    let waiters = [operate(&set, ZERO), operate(&set, ZERO)];
    wait_for_zcnt(&set, 2);
    assert_eq!(semctl_getncnt(set.id, 0), Ok(0));
    semop(set.id, TAKE).unwrap();
    assert_eq!(semctl_getzcnt(set.id, 0), Ok(2));
    semop(set.id, TAKE).unwrap();
    for waiter in waiters {
        assert_eq!(waiter.join(), Ok(()));
    }
    assert_eq!((set.values(), semctl_getzcnt(set.id, 0)), (vec![0], Ok(0)));
}

/// While the later of two operations has to wait, the earlier one is not performed either.
#[test]
fn nothing_is_done_before_all_can_be() {
    let set = Sem::with_values(&[0, 1]);
    let taker = operate(&set, TAKE_BOTH);
    wait_for_ncnt(&set, 1);
    assert_eq!(set.values(), [0, 1]);
    // Another process may acquire what it did not.
    semop(set.id, &[SemBuf::new(1, -1, SemFlags::NOWAIT)]).unwrap();
    semop(set.id, GIVE).unwrap();
    wait_until("a wait for the other", || {
        semctl_getncnt(set.id, 1) == Ok(1)
    });
    assert_eq!(set.values(), [1, 0]);
    semop(set.id, &[SemBuf::new(1, 1, NOTHING)]).unwrap();
    assert_eq!(taker.join(), Ok(()));
    assert_eq!(set.values(), [0, 0]);
}

#[test]
fn setting_a_value_wakes_whoever_can_go_on() {
    let set = Sem::private(2);
    let one = operate(&set, TAKE);
    let three = operate(&set, TAKE_THREE);
    wait_for_ncnt(&set, 2);
    semctl_setval(set.id, 0, 1).unwrap();
    assert_eq!(one.join(), Ok(()));
    assert_eq!(semctl_getncnt(set.id, 0), Ok(1));
    // SAFETY: the set has two.
    unsafe { semctl_setall(set.id, &[4, 0]) }.unwrap();
    assert_eq!(three.join(), Ok(()));
    assert_eq!(set.values(), [1, 0]);
}

/// All waiters, in every form, get `EIDRM` on removal; later calls find no set.
#[test]
fn removal_wakes_all_waiters() {
    let set = Sem::with_values(&[1]);
    let waiters = vec![
        operate(&set, TAKE_THREE),
        operate(&set, TAKE_THREE),
        operate(&set, ZERO),
    ];
    #[cfg(sysv = "semtimedop")]
    let waiters: Vec<_> = {
        let id = set.id;
        let timeout = Some(Duration::from_secs(3600));
        let timed = Sleeper::start(move || semtimedop(id, TAKE_THREE, timeout));
        waiters.into_iter().chain([timed]).collect()
    };
    let takers = u32::try_from(waiters.len()).unwrap() - 1;
    wait_for_ncnt(&set, takers);
    wait_for_zcnt(&set, 1);
    let id = set.remove();
    for waiter in waiters {
        expect_errno(waiter.join(), Errno::EIDRM);
    }
    expect_errno(semop(id, TAKE), Errno::EINVAL);
    expect_errno(semctl_getval(id, 0), Errno::EINVAL);
}

/// A handled signal ends the wait with `EINTR`. No operation was performed.
#[test]
fn a_handled_signal_interrupts() {
    let set = Sem::private(1);
    let handled = signals_handled();
    for ops in [TAKE, TAKE_THREE] {
        let taker = operate(&set, ops);
        wait_for_ncnt(&set, 1);
        expect_errno(interrupt_until(taker), Errno::EINTR);
        assert_eq!((semctl_getncnt(set.id, 0), set.values()), (Ok(0), vec![0]));
    }
    semop(set.id, GIVE).unwrap();
    let waiter = operate(&set, ZERO);
    wait_for_zcnt(&set, 1);
    expect_errno(interrupt_until(waiter), Errno::EINTR);
    assert_eq!(set.values(), [1]);
    assert!(signals_handled() >= handled + 3);
}

#[test]
#[cfg(sysv = "semtimedop")]
fn a_handled_signal_interrupts_a_timed_wait() {
    let set = Sem::private(1);
    let id = set.id;
    let taker = Sleeper::start(move || semtimedop(id, TAKE, Some(Duration::from_secs(3600))));
    wait_for_ncnt(&set, 1);
    expect_errno(interrupt_until(taker), Errno::EINTR);
}

/// Row C6. Not before the timeout, and without an effect.
#[test]
#[cfg(sysv = "semtimedop")]
fn a_timed_wait_expires() {
    let set = Sem::private(1);
    for timeout in [0, 1, 999, 1_000_000, 20_000_000].map(Duration::from_nanos) {
        let start = Instant::now();
        expect_errno(semtimedop(set.id, TAKE, Some(timeout)), Errno::EAGAIN);
        assert!(start.elapsed() >= timeout, "{timeout:?}");
        assert_eq!((semctl_getncnt(set.id, 0), set.values()), (Ok(0), vec![0]));
    }
}

#[test]
#[cfg(sysv = "semtimedop")]
fn a_timed_operation_that_need_not_wait_does_not() {
    let set = Sem::with_values(&[4]);
    for timeout in [
        None,
        Some(Duration::ZERO),
        Some(Duration::MAX),
        Some(Duration::from_nanos(1)),
    ] {
        semtimedop(set.id, TAKE, timeout).unwrap();
    }
    assert_eq!(set.values(), [0]);
    assert_eq!(semtimedop(set.id, ZERO, Some(Duration::MAX)), Ok(()));
}

/// Without a timeout, and with unrepresentable ones: all of them wait, and continue when they can.
#[test]
#[cfg(sysv = "semtimedop")]
fn no_timeout_and_huge_ones_wait() {
    let set = Sem::private(2);
    let timeouts = [
        None,
        Some(Duration::MAX),
        Some(Duration::from_secs(u64::MAX)),
        Some(Duration::from_secs(i64::MAX.unsigned_abs())),
        Some(Duration::from_secs(i64::MAX.unsigned_abs() + 1)),
        Some(Duration::from_secs(i32::MAX.unsigned_abs().into())),
        Some(Duration::from_secs(1 << 40)),
    ];
    for timeout in timeouts {
        let id = set.id;
        let taker = Sleeper::start(move || semtimedop(id, TAKE, timeout));
        wait_for_ncnt(&set, 1);
        // Even a zero timeout may let the thread sleep for a short time. This one still waits after another wait has
        // timed out.
        let other = [SemBuf::new(1, -1, NOTHING)];
        let short = semtimedop(set.id, &other, Some(Duration::from_millis(10)));
        expect_errno(short, Errno::EAGAIN);
        assert_eq!(semctl_getncnt(set.id, 0), Ok(1), "{timeout:?}");
        semop(set.id, GIVE).unwrap();
        assert_eq!(taker.join(), Ok(()), "{timeout:?}");
        assert_eq!(set.values(), [0, 0]);
    }
}

/// Row S16. Threads of this process and other processes use one semaphore as a lock, and no increment is lost.
#[test]
fn a_semaphore_excludes_threads_and_processes() {
    const ROUNDS: u16 = 200;
    fn work(id: SemId) {
        for _ in 0..ROUNDS {
            semop(id, &[SemBuf::new(0, -1, SemFlags::UNDO)]).unwrap();
            let seen = semctl_getval(id, 1).unwrap();
            std::thread::yield_now();
            semctl_setval(id, 1, seen + 1).unwrap();
            semop(id, &[SemBuf::new(0, 1, SemFlags::UNDO)]).unwrap();
        }
    }
    if let Some(words) = role(test_name!("a_semaphore_excludes_threads_and_processes")) {
        return work(words[0].parse().unwrap());
    }
    let set = Sem::with_values(&[1, 0]);
    let id = set.id;
    let children = [(); 2].map(|()| {
        Process::start(
            test_name!("a_semaphore_excludes_threads_and_processes"),
            &[&id],
        )
    });
    let threads = [(); 2].map(|()| Sleeper::start(move || work(id)));
    threads.into_iter().for_each(Sleeper::join);
    children.into_iter().for_each(Process::finish);
    assert_eq!(set.values(), [1, 4 * ROUNDS]);
}
