//! Error numbers in every system call of every method, once and persistently: no method hangs, panics, reports a wrong
//! result, or leaves a partially created object. Uses all error numbers on request, otherwise those of the manual
//! pages.
#![expect(
    unsafe_code,
    reason = "detaches segments that a failing call left attached"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::support::fork::{Forked, in_forked_child};
use crate::support::namespace::{objects_left, unshare};
use crate::support::{SLOWER, skipped};
use crate::trap::{Plan, calls, chosen, trap};
use crate::verbs::{Case, Check, Verb, all};
use crate::victims::{Board, SeqCst};

/// Time limit of one case, in seconds.
const PATIENCE: u32 = 20 * SLOWER;

/// Maximum number of calls of a method that does not scan the processes of the machine.
const FEW: usize = 60;

/// Returns all error numbers, and one that does not exist.
fn all_errnos() -> Vec<i32> {
    (1..=133).chain([999]).collect()
}

/// The error numbers to which most methods react differently.
const SOME: [i32; 12] = [
    libc::EPERM,
    libc::ENOENT,
    libc::ESRCH,
    libc::EINTR,
    libc::EIO,
    libc::EAGAIN,
    libc::ENOMEM,
    libc::EACCES,
    libc::EINVAL,
    libc::EMFILE,
    libc::ENOSYS,
    libc::EIDRM,
];

/// The other error numbers of the manual pages, and a number that does not exist.
const MORE: [i32; 11] = [
    libc::E2BIG,
    libc::EFAULT,
    libc::EEXIST,
    libc::EFBIG,
    libc::ENOSPC,
    libc::EROFS,
    libc::ERANGE,
    libc::ENOMSG,
    libc::EOVERFLOW,
    libc::EOPNOTSUPP,
    999,
];

/// Returns the cases of a method that made these calls, in the order of `Plan::Fails`.
///
/// A method that scans the processes makes the same few calls for each: of these, the first two and a selection of
/// error numbers are used. Unless all are wanted, the other error numbers fail a call once only.
fn cases(calls: &[libc::c_long], all: bool) -> Vec<(usize, i32, bool)> {
    let walks = calls.len() > FEW;
    let errnos = match (walks, all) {
        (true, _) => SOME.to_vec(),
        (false, false) => [&SOME[..], &MORE[..]].concat(),
        (false, true) => all_errnos(),
    };
    let mut cases = Vec::new();
    for (at, number) in calls.iter().enumerate() {
        let before = calls[..at].iter().filter(|other| *other == number).count();
        if walks && before >= 2 {
            continue;
        }
        for errno in &errnos {
            cases.push((at, *errno, false));
            if all || !MORE.contains(errno) {
                cases.push((at, *errno, true));
            }
        }
    }
    cases
}

/// The calls that the standard library repeats as long as a signal interrupts them.
const REPEATED_BY_STD: &[libc::c_long] = &[
    libc::SYS_openat,
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_fsync,
    libc::SYS_fchmod,
    libc::SYS_fcntl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
];

/// The progress of a child, for its parent, which reports a case that hangs.
enum Place {
    Verb,
    At,
    Errno,
    Persistently,
    Number,
}

/// Detaches all segments that this process has attached, but for the board.
fn detach_all() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    for line in maps.lines().filter(|line| line.contains("/SYSV")) {
        let (start, _) = line.split_once('-').unwrap();
        let start = usize::from_str_radix(start, 16).unwrap();
        if BOARD.load(SeqCst) != start {
            // SAFETY: the handle of the attachment is gone, so that nothing uses it any more.
            unsafe { libc::shmdt(std::ptr::without_provenance(start)) };
        }
    }
}

/// The address of the board.
static BOARD: AtomicUsize = AtomicUsize::new(0);

/// Runs one case, and removes objects that it leaves, which counts as a failure.
fn run(verb: &Verb, case: &Case) -> Check {
    let outcome = catch_unwind(AssertUnwindSafe(|| (verb.run)(case)));
    let outcome = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map_or("", String::as_str);
        Err(format!("panics: {text}"))
    });
    // Detach segments whose detach failed.
    if chosen().0 == libc::SYS_shmdt {
        detach_all();
    }
    let left = objects_left();
    if left == [0; 3] {
        return outcome;
    }
    for kind in [Kind::SharedMemory, Kind::SemaphoreSet, Kind::MessageQueue] {
        for entry in Entry::list(kind).unwrap() {
            entry.remove_if_unchanged().unwrap();
        }
    }
    outcome.and(Err(format!("leaves segments, sets, queues: {left:?}")))
}

/// Runs all cases of all methods, and returns their number and the failures.
fn run_all(board: &Board, all_errnos: bool) -> (u64, Vec<String>) {
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cases = 0;
    for (index, verb) in (0..).zip(all()) {
        let case = Case {
            plan: Plan::Count,
            calls: Cell::new(0),
        };
        board.number(Place::Verb as usize).store(index, SeqCst);
        if let Err(failure) = run(&verb, &case) {
            failures.insert(format!("{}: {failure}", verb.name), Vec::new());
            continue;
        }
        let calls = calls();
        for (at, errno, persistently) in self::cases(&calls, all_errnos) {
            let endless = match errno {
                libc::EINTR => verb.waits || REPEATED_BY_STD.contains(&calls[at]),
                libc::EAGAIN => verb.waits,
                _ => false,
            };
            // A lock that seems to be held is waited for, for seconds: once is enough.
            let waits_for_lock = [libc::EINTR, libc::EAGAIN].contains(&errno)
                && calls[at] == libc::SYS_flock
                && verb.name != "key file: publish";
            if persistently && (endless || waits_for_lock) {
                continue;
            }
            for (place, value) in [
                (Place::At, at as u64),
                (Place::Errno, errno.unsigned_abs().into()),
                (Place::Persistently, persistently.into()),
                (Place::Number, calls[at].unsigned_abs()),
            ] {
                board.number(place as usize).store(value, SeqCst);
            }
            // SAFETY: takes a number.
            unsafe { libc::alarm(PATIENCE) };
            let case = Case {
                plan: Plan::Fails {
                    at,
                    number: calls[at],
                    errno,
                    persistently,
                },
                calls: Cell::new(0),
            };
            cases += 1;
            if let Err(failure) = run(&verb, &case) {
                let how = if persistently { "persistently" } else { "once" };
                let errno = Errno::from_raw(errno).unwrap();
                let what = format!("{}: call {at} {:?} {how}: {failure}", verb.name, chosen());
                let errnos = failures.entry(what).or_default();
                errnos.push(format!("{errno:?}"));
            }
        }
    }
    let failures = failures.into_iter();
    let failures = failures.map(|(what, errnos)| format!("{what}, at {}", errnos.join(" ")));
    (cases, failures.collect())
}

/// Returns whether this kernel can pass calls to a handler; otherwise prints that `test` is skipped.
pub fn can_trap(test: &str) -> bool {
    let trapped = in_forked_child(|| i32::from(trap().is_err() || unshare().is_err()));
    if trapped != 0 {
        skipped(
            test,
            "needs seccomp and an ipc namespace, which this user or kernel lacks",
        );
    }
    trapped == 0
}

#[test]
fn error_numbers_of_the_manual_in_every_call_of_every_verb() {
    let test = test_name!("error_numbers_of_the_manual_in_every_call_of_every_verb");
    inject(test, false);
}

#[test]
#[ignore = "takes half a minute of processor time"]
fn every_error_number_in_every_call_of_every_verb() {
    let test = test_name!("every_error_number_in_every_call_of_every_verb");
    inject(test, true);
}

fn inject(test: &str, all_errnos: bool) {
    if !is_alone(test, &[]) || !can_trap(test) {
        return;
    }
    let board = Board::new(5);
    let address = std::ptr::from_ref(board.number(0)).addr();
    BOARD.store(address, SeqCst);
    let mut child = Forked::start(|| {
        unshare().unwrap();
        trap().unwrap();
        std::panic::set_hook(Box::new(|_| {}));
        let (cases, failures) = run_all(&board, all_errnos);
        println!("{cases} cases, {} failures", failures.len());
        for failure in &failures {
            println!("{failure}");
        }
        i32::from(!failures.is_empty())
    });
    let code = child.code();
    let [verb, at, errno, persistently, number] =
        [0, 1, 2, 3, 4].map(|place| board.number(place).load(SeqCst));
    let last = &all()[usize::try_from(verb).unwrap()].name;
    assert_eq!(
        code,
        Some(0),
        "the last case: {last}: call {at} (number {number}), error number {errno}, persistently: {persistently}"
    );
}
