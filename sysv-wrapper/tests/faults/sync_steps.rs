//! SIGKILL after each single instruction of a lock, of an unlock that wakes, of being woken, of joining and of leaving. After
//! each, another process gets in.

use sysv_wrapper::sync::Area;
use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::step::{Step, Stepped, stay_on_one_processor};
use crate::support::fork::Forked;
use crate::support::sem::wait_for_waiters;
use crate::support::{random, skipped};

/// What the victim does.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Deed {
    Lock,
    /// A process waits.
    Unlock,
    /// It waits beside another one, and gets the lock first.
    Woken,
    Join,
    /// With a guard that it forgot, and for which a process waits.
    Leave,
}

/// The parking member of the mutex, behind four leases, the nonce and the count of departures.
const PARKING: usize = 6;

fn area() -> RemoveOnDrop<Area> {
    let builder = Area::builder().peers(4).mutex("table");
    RemoveOnDrop::new(builder.create_private().unwrap())
}

/// A process that locks once.
fn locker(id: ShmId) -> Forked {
    Forked::start(|| {
        let area = Area::from_id(id).unwrap();
        let mutex = area.mutex("table").unwrap();
        let guard = mutex.lock().unwrap();
        let died = guard.owner_died();
        guard.make_consistent();
        guard.unlock().unwrap();
        1 + i32::from(died)
    })
}

/// Runs one victim for as many instructions, and lets another process in. `None` where tracing is not allowed; else whether
/// the victim came to its end, and whether it left the lock taken.
fn killed_after(deed: Deed, instructions: usize) -> Option<(bool, bool)> {
    let area = area();
    let id = area.id();
    let set = SemaphoreSet::from_id(area.set_id()).unwrap();
    let parking = set.get(PARKING).unwrap();
    let own = area.mutex("table").unwrap();
    let mut holding = (deed == Deed::Woken).then(|| own.lock().unwrap());
    let join = || {
        let area = Area::from_id(id).unwrap();
        let mutex = area.mutex("table").unwrap();
        (area, mutex)
    };
    let victim = match deed {
        Deed::Lock | Deed::Woken => Stepped::start(join, |(_area, mutex)| {
            drop(mutex.lock().unwrap());
            end();
        }),
        Deed::Unlock => Stepped::start(
            || {
                let (area, mutex) = join();
                std::mem::forget(area);
                let mutex: &'static _ = Box::leak(Box::new(mutex));
                mutex.lock().unwrap()
            },
            |guard| {
                drop(guard);
                end();
            },
        ),
        Deed::Join => Stepped::start(
            || (),
            |()| {
                let joined = join();
                std::mem::forget(joined.1.lock().unwrap());
                end();
            },
        ),
        Deed::Leave => Stepped::start(
            || {
                let (area, mutex) = join();
                std::mem::forget(mutex.lock().unwrap());
                (area, mutex)
            },
            |joined| {
                drop(joined);
                end();
            },
        ),
    };
    let mut victim = victim?;
    let mut next = None;
    if matches!(deed, Deed::Unlock | Deed::Leave) {
        next = Some(locker(id));
        wait_for_waiters(&parking, 1);
    }
    let mut has_ended = false;
    for _ in 0..instructions {
        let mut step = victim.step();
        if step == Step::Inside {
            if let Some(guard) = holding.take() {
                wait_for_waiters(&parking, 1);
                next = Some(locker(id));
                wait_for_waiters(&parking, 2);
                guard.unlock().unwrap();
            }
            step = victim.finish();
        }
        if step == Step::Ended {
            has_ended = true;
            break;
        }
    }
    victim.kill();
    drop(holding);
    let next = next.unwrap_or_else(|| locker(id));
    Some((has_ended, next.end() == 2))
}

/// Prints which victim it was if a panic drops it.
struct Last(Deed, usize);

impl Drop for Last {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{:?}: killed after {} instructions", self.0, self.1);
        }
    }
}

/// Ends the child at once: what drops do then is another deed.
pub fn end() -> ! {
    // SAFETY: takes no pointer, and runs nothing.
    #[expect(unsafe_code, reason = "ends without drops")]
    unsafe {
        libc::_exit(0)
    }
}

/// Returns a random number of instructions below `stride`: samples of several runs differ.
pub fn first_of(stride: usize) -> usize {
    usize::try_from(random() % stride as u64).unwrap()
}

/// Kills victims after every `stride`th instruction, until one comes to its end.
fn killed_after_each(test: &str, deed: Deed, stride: usize) {
    let mut taken_over = 0;
    for instructions in (first_of(stride)..).step_by(stride) {
        let _last = Last(deed, instructions);
        let Some((has_ended, was_taken)) = killed_after(deed, instructions) else {
            skipped(test, "this process may not trace another one");
            return;
        };
        taken_over += usize::from(was_taken);
        if has_ended {
            println!(
                "{deed:?}: {instructions} instructions, every {stride}; {taken_over} times the lock was taken over"
            );
            return;
        }
    }
}

/// Row Q2.
#[test]
fn killed_after_some_instructions() {
    const TEST: &str = test_name!("killed_after_some_instructions");
    if is_alone(TEST, &[]) {
        stay_on_one_processor();
        for (deed, stride) in [
            (Deed::Lock, 41),
            (Deed::Unlock, 307),
            (Deed::Woken, 2003),
            (Deed::Join, 5987),
            (Deed::Leave, 2503),
        ] {
            killed_after_each(TEST, deed, stride);
        }
    }
}

#[test]
#[ignore = "takes minutes, and many more without optimisation"]
fn killed_after_each_instruction_of_a_lock() {
    const TEST: &str = test_name!("killed_after_each_instruction_of_a_lock");
    if is_alone(TEST, &[]) {
        stay_on_one_processor();
        for deed in [Deed::Lock, Deed::Unlock, Deed::Woken] {
            killed_after_each(TEST, deed, 1);
        }
    }
}

#[test]
#[ignore = "takes minutes, and many more without optimisation"]
fn killed_after_every_few_instructions_of_joining_and_leaving() {
    const TEST: &str = test_name!("killed_after_every_few_instructions_of_joining_and_leaving");
    if is_alone(TEST, &[]) {
        stay_on_one_processor();
        for deed in [Deed::Join, Deed::Leave] {
            killed_after_each(TEST, deed, 7);
        }
    }
}
