//! Two processes that answer each other: over two semaphores, over a queue, and over a segment that both look at.
//!
//! `cargo bench -p sysv-wrapper --bench ping_pong`. A figure is the time for there and back. The other process is
//! this program once more, which goes through `sysv-wrapper` in every case; on this side, `libc` are the bare calls.
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::env;
use std::ffi::{c_long, c_short};
use std::hint::spin_loop;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use criterion::Criterion;
use sysv_wrapper::{
    Attachment, MessageBuffer, MessageQueue, RemoveOnDrop, Selector, SemaphoreSet, SharedMemory,
};

/// Tells the other process what to answer over, and its id.
const PEER: &str = "SYSV_BENCH_PEER";

/// The other process. Removing what it answers over ends it.
struct Peer(Child);

impl Peer {
    fn start(over: &str, id: i32) -> Peer {
        let own = env::current_exe().unwrap();
        let mut command = Command::new(own);
        Peer(command.env(PEER, format!("{over} {id}")).spawn().unwrap())
    }

    fn end(mut self) {
        assert!(self.0.wait().unwrap().success());
    }
}

/// What the other process does.
fn answer(told: &str) -> Option<()> {
    let (over, id) = told.split_once(' ')?;
    let id: i32 = id.parse().ok()?;
    match over {
        "semaphores" => {
            let set = SemaphoreSet::from_id(id).ok()?;
            let (asked, answer) = (set.get(0).ok()?, set.get(1).ok()?);
            while asked.acquire().and_then(|()| answer.release()).is_ok() {}
        }
        "queue" => {
            let queue = MessageQueue::from_id(id).ok()?;
            let mut message = MessageBuffer::with_capacity(64);
            while queue
                .receive_buffer(&mut message, Selector::Exact(1))
                .is_ok()
            {
                message.set_message_type(2);
                if queue.send_buffer(&message).is_err() {
                    break;
                }
            }
        }
        _ => {
            let memory = SharedMemory::from_id(id).ok()?.attach().ok()?;
            let turn = memory.atomic_u32(0).ok()?;
            while wait_for(turn, |value| value != ANSWERED) != OVER {
                turn.store(ANSWERED, Ordering::Release);
            }
        }
    }
    Some(())
}

/// Whose turn it is, in a segment.
const ANSWERED: u32 = 0;
const ASKED: u32 = 1;
const OVER: u32 = 2;

fn wait_for(turn: &AtomicU32, until: impl Fn(u32) -> bool) -> u32 {
    loop {
        for _ in 0..1000 {
            let value = turn.load(Ordering::Acquire);
            if until(value) {
                return value;
            }
            spin_loop();
        }
        // The other one may want this processor.
        std::thread::yield_now();
    }
}

fn bare(id: i32, number: u16, op: c_short) {
    let mut step = sysv_sys::sembuf {
        sem_num: number,
        sem_op: op,
        sem_flg: 0,
    };
    // SAFETY: one step, which lives through the call.
    let returned = unsafe { sysv_sys::semop(id, &raw mut step, 1) };
    assert_eq!(returned, 0);
}

fn over_semaphores(criterion: &mut Criterion) {
    let set = SemaphoreSet::builder().values([0, 0]).create_private();
    let set = RemoveOnDrop::new(set.unwrap());
    let id = set.id().as_raw();
    let peer = Peer::start("semaphores", id);
    let mut group = criterion.benchmark_group("ping-pong over semaphores");
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            bare(id, 0, 1);
            bare(id, 1, -1);
        });
    });
    let (ask, answered) = (set.get(0).unwrap(), set.get(1).unwrap());
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| {
            ask.release().unwrap();
            answered.acquire().unwrap();
        });
    });
    group.finish();
    drop(set);
    peer.end();
}

fn over_a_queue(criterion: &mut Criterion) {
    const LENGTH: usize = 64;
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let id = queue.id().as_raw();
    let peer = Peer::start("queue", id);
    let mut group = criterion.benchmark_group("ping-pong over a queue");
    let mut memory: [c_long; 1 + LENGTH / size_of::<c_long>()] =
        [1; 1 + LENGTH / size_of::<c_long>()];
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            memory[0] = 1;
            let message = memory.as_mut_ptr().cast();
            // SAFETY: the memory holds the type and as many bytes behind it.
            let sent = unsafe { sysv_sys::msgsnd(id, message, LENGTH, 0) };
            // SAFETY: the memory has room for the type and as many bytes behind it.
            let received = unsafe { sysv_sys::msgrcv(id, message, LENGTH, 2, 0) };
            assert!(sent == 0 && received > 0);
        });
    });
    let mut message = MessageBuffer::new(1, &[b'm'; LENGTH]);
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| {
            message.set_message_type(1);
            queue.send_buffer(&message).unwrap();
            queue
                .receive_buffer(&mut message, Selector::Exact(2))
                .unwrap();
        });
    });
    group.finish();
    drop(queue);
    peer.end();
}

fn over_a_segment(criterion: &mut Criterion) {
    let memory = SharedMemory::builder().size(4096).create_private();
    let memory = RemoveOnDrop::new(memory.unwrap());
    let attachment: Attachment = memory.attach().unwrap();
    let turn = attachment.atomic_u32(0).unwrap();
    let peer = Peer::start("segment", memory.id().as_raw());
    let mut group = criterion.benchmark_group("ping-pong over a segment");
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| {
            turn.store(ASKED, Ordering::Release);
            wait_for(turn, |value| value == ANSWERED)
        });
    });
    group.finish();
    turn.store(OVER, Ordering::Release);
    peer.end();
}

fn main() {
    if let Ok(told) = env::var(PEER) {
        assert!(answer(&told).is_some(), "cannot answer: {told}");
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    over_semaphores(&mut criterion);
    over_a_queue(&mut criterion);
    over_a_segment(&mut criterion);
    criterion.final_summary();
}
