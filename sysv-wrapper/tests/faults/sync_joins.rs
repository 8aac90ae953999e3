//! A process that joins an area in place of a dead one, and dies or fails halfway: what the dead one held is not lost, and
//! no sleeper that has seen the process alive sleeps on.

use sysv_wrapper::sync::{Area, Capacity, Kept, MaxSize, Result};
use sysv_wrapper::{Attachment, RemoveOnDrop, SemaphoreSet, SharedMemory};

use crate::alone::is_alone;
use crate::errnos::can_trap;
use crate::step::{Step, Stepped, stay_on_one_processor};
use crate::support::fork::Forked;
use crate::support::sem::wait_for_waiters;
use crate::support::{DEADLINE, skipped, wait_until};
use crate::sync_steps::end;
use crate::trap::{Plan, trap, with_plan};
use crate::victims::{Board, SeqCst};

/// An area with a channel, one message of which a dead receiver has.
struct Scene {
    area: RemoveOnDrop<Area>,
    memory: Attachment,
    set: SemaphoreSet,
    board: Board,
    peers: usize,
}

impl Scene {
    fn new(peers: u32) -> Scene {
        let builder = Area::builder().peers(peers);
        let builder = builder.channel("jobs", Capacity(4), MaxSize(8));
        let area = RemoveOnDrop::new(builder.create_private().unwrap());
        let memory = SharedMemory::from_id(area.id()).unwrap().attach().unwrap();
        let set = SemaphoreSet::from_id(area.set_id()).unwrap();
        Scene {
            area,
            memory,
            set,
            board: Board::new(2),
            peers: usize::try_from(peers).unwrap(),
        }
    }

    fn join(&self) -> Area {
        Area::from_id(self.area.id()).unwrap()
    }

    /// A process that keeps the message.
    fn keeper(&self) -> Forked {
        self.area.sender("jobs").unwrap().send(b"one").unwrap();
        let child = Forked::start(|| {
            let receiver = self.join().receiver("jobs").unwrap();
            let _kept = receiver.receive_kept().unwrap();
            self.board.number(0).store(1, SeqCst);
            loop {
                std::thread::park();
            }
        });
        wait_until("a keeper", || self.board.number(0).load(SeqCst) == 1);
        child
    }

    fn value(&self, member: usize) -> u32 {
        self.set.get(member).unwrap().value().unwrap()
    }

    fn departures(&self) -> u32 {
        self.value(self.peers + 1)
    }
}

/// Returns whether this is the message, marked.
fn is_it(kept: Result<Kept<'_>>) -> bool {
    kept.is_ok_and(|kept| kept.is_redelivered() && kept.to_vec().unwrap() == b"one")
}

fn signal(child: &Forked, signal: i32) {
    // SAFETY: takes no pointer; the child was not waited for, so that the number is its own.
    #[expect(unsafe_code, reason = "stops a process")]
    let sent = unsafe { libc::kill(child.pid(), signal) };
    assert_eq!(sent, 0);
}

/// Row Q1.
/// A receiver sleeps. Another one dies with a message, and a process joins in its slot. The sleeper looks when the process
/// has its lease, or is in the table too; then the process is killed.
#[test]
fn a_joiner_that_is_killed_halfway_takes_no_message_along() {
    const TEST: &str = test_name!("a_joiner_that_is_killed_halfway_takes_no_message_along");
    if !is_alone(TEST, &[]) {
        return;
    }
    stay_on_one_processor();
    for is_recorded in [false, true] {
        let scene = Scene::new(3);
        let _sender = scene.area.sender("jobs").unwrap();
        let before: Vec<_> = (0..3).map(|slot| scene.value(slot)).collect();
        let dies = scene.keeper();
        let slot = (0..3).find(|slot| scene.value(*slot) != before[*slot]);
        let slot = slot.unwrap();
        let waiter = Forked::start(|| {
            let receiver = scene.join().receiver("jobs").unwrap();
            let is_it = is_it(receiver.receive_kept());
            scene.board.number(1).store(1, SeqCst);
            i32::from(!is_it)
        });
        let parking = scene.set.get(5).unwrap();
        wait_for_waiters(&parking, 1);
        // A stop ends its call. When it continues, it calls again.
        signal(&waiter, libc::SIGSTOP);
        wait_for_waiters(&parking, 0);
        drop(dies);
        let state = scene.memory.atomic_u32(64 + slot * 32).unwrap();
        let entry = state.load(SeqCst);

        let id = scene.area.id();
        let join = Stepped::start(
            || (),
            |()| {
                std::mem::forget(Area::from_id(id).unwrap());
                end();
            },
        );
        let Some(mut joins) = join else {
            skipped(TEST, "this process may not trace another one");
            return;
        };
        let is_there = || {
            if is_recorded {
                state.load(SeqCst) != entry
            } else {
                scene.value(slot) != 0
            }
        };
        while !is_there() {
            let mut step = joins.step();
            if step == Step::Inside {
                step = joins.finish();
            }
            assert_eq!(step, Step::Done);
        }
        let departures = scene.departures();
        signal(&waiter, libc::SIGCONT);
        wait_until("a look", || {
            scene.board.number(1).load(SeqCst) == 1 || parking.waiters_for_increase().unwrap() == 1
        });
        assert!(joins.kill());
        assert_eq!(waiter.end(), 0, "recorded: {is_recorded}");
        assert!(scene.departures() > departures);
    }
}

/// Each `semop` of joining fails once, as on a system without undo entries left. The process is refused, and what the dead
/// one held in its slot is still found.
#[test]
fn a_joiner_that_is_refused_halfway_takes_no_message_along() {
    const TEST: &str = test_name!("a_joiner_that_is_refused_halfway_takes_no_message_along");
    if !is_alone(TEST, &[]) || !can_trap(TEST) {
        return;
    }
    for number in [libc::SYS_semop, libc::SYS_semtimedop] {
        let mut refused = 0;
        for at in 0.. {
            let scene = Scene::new(2);
            let _sender = scene.area.sender("jobs").unwrap();
            drop(scene.keeper());
            let mut joins = Forked::start(|| {
                trap().unwrap();
                let plan = Plan::Fails {
                    at,
                    number,
                    errno: libc::ENOSPC,
                    persistently: false,
                };
                let (count, joined) = with_plan(plan, || Area::from_id(scene.area.id()));
                let is_refused = joined.is_err();
                std::mem::forget(joined);
                i32::from(is_refused) + if at < count { 0 } else { 2 }
            });
            let code = joins.code().unwrap();
            refused += code & 1;
            let receiver = scene.area.receiver("jobs").unwrap();
            assert!(is_it(receiver.receive_kept_timeout(DEADLINE)), "{at}");
            if code >= 2 {
                break;
            }
        }
        println!("{number}: refused {refused} times");
    }
}
