//! Figures of channels beside a message queue, in turns. They are printed, not judged:
//! `cargo test --release -p sysv-wrapper --test it -- sync_channel_figures --ignored --nocapture`.

use std::time::Instant;

use sysv_wrapper::sync::{Area, Capacity, MaxSize};
use sysv_wrapper::{MessageQueue, RemoveOnDrop, Selector};

use crate::support::fork::Forked;

const TIMES: u32 = 300_000;
const ROUNDS: usize = 7;

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Nanoseconds per call.
fn time(times: u32, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

fn area(size: u32, is_sole: bool) -> RemoveOnDrop<Area> {
    let mut builder = Area::builder();
    for name in ["there", "back"] {
        builder = builder.channel(name, Capacity(1024), MaxSize(size));
        if is_sole {
            builder = builder.sole_sender(name).sole_receiver(name);
        }
    }
    RemoveOnDrop::new(builder.create_private().unwrap())
}

/// Runs `send` in a child, and `receive` here, as often; nanoseconds per message.
fn through(send: impl FnOnce() -> i32, receive: impl FnMut()) -> f64 {
    let child = Forked::start(send);
    let figure = time(TIMES, receive);
    assert_eq!(child.end(), 0);
    figure
}

fn shared(size: u32) -> f64 {
    let area = area(size, false);
    let message = vec![7; size as usize];
    let mut into = message.clone();
    let receiver = area.receiver("there").unwrap();
    let send = || {
        let area = Area::from_id(area.id()).unwrap();
        let sender = area.sender("there").unwrap();
        (0..TIMES).for_each(|_| sender.send(&message).unwrap());
        0
    };
    through(send, || {
        receiver.receive(&mut into).unwrap();
    })
}

fn sole(size: u32) -> f64 {
    let area = area(size, true);
    let message = vec![7; size as usize];
    let mut into = message.clone();
    let mut receiver = area.sole_receiver("there").unwrap();
    let send = || {
        let area = Area::from_id(area.id()).unwrap();
        let mut sender = area.sole_sender("there").unwrap();
        (0..TIMES).for_each(|_| sender.send(&message).unwrap());
        0
    };
    through(send, || {
        receiver.receive(&mut into).unwrap();
    })
}

fn queue(size: u32) -> f64 {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let message = vec![7; size as usize];
    let mut into = message.clone();
    let send = || {
        (0..TIMES).for_each(|_| queue.send(1, &message).unwrap());
        0
    };
    through(send, || {
        queue.receive_into(&mut into, Selector::Any).unwrap();
    })
}

#[test]
#[ignore = "prints figures"]
fn figures_of_messages_between_two_processes() {
    for size in [8, 64, 1024] {
        let mut figures = [vec![], vec![], vec![]];
        for _ in 0..ROUNDS {
            figures[0].push(queue(size));
            figures[1].push(shared(size));
            figures[2].push(sole(size));
        }
        let [queue, shared, sole] = figures.map(median);
        println!(
            "{size} bytes: queue {queue:.0} ns, shared {shared:.1} ({:.1} times), sole {sole:.1} ({:.1} times)",
            queue / shared,
            queue / sole
        );
    }
}

#[test]
#[ignore = "prints figures"]
fn figures_of_a_channel_in_one_thread() {
    let (many, one) = (area(64, false), area(64, true));
    let (sender, receiver) = (
        many.sender("there").unwrap(),
        many.receiver("there").unwrap(),
    );
    let mut only = one.sole_sender("there").unwrap();
    let mut only_receiver = one.sole_receiver("there").unwrap();
    let mut into = [0; 64];
    let mut rows = [vec![], vec![], vec![], vec![]];
    for _ in 0..ROUNDS {
        rows[0].push(time(TIMES, || {
            sender.send(&[1; 8]).unwrap();
            receiver.receive(&mut into).unwrap();
        }));
        rows[1].push(time(TIMES, || {
            only.send(&[1; 8]).unwrap();
            only_receiver.receive(&mut into).unwrap();
        }));
        rows[2].push(time(TIMES, || {
            sender.send(&[1; 8]).unwrap();
            receiver.receive_kept().unwrap().done().unwrap();
        }));
        rows[3].push(time(TIMES, || {
            sender.send(&[1; 64]).unwrap();
            receiver.receive(&mut into).unwrap();
        }));
    }
    let [shared, sole, kept, longer] = rows.map(median);
    println!(
        "send and receive 8 bytes: {shared:.1} ns, sole {sole:.1}, kept {kept:.1}; 64 bytes: {longer:.1}"
    );
}

#[test]
#[ignore = "prints figures"]
fn figures_of_there_and_back() {
    const TIMES: u32 = 50_000;
    let area = area(8, false);
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    let child = Forked::start(|| {
        let area = Area::from_id(area.id()).unwrap();
        let receiver = area.receiver("there").unwrap();
        let sender = area.sender("back").unwrap();
        let mut into = [0; 8];
        while receiver.receive(&mut into).unwrap() == 8 {
            sender.send(&into).unwrap();
        }
        while queue
            .receive_into(&mut into, Selector::Exact(1))
            .unwrap()
            .length
            == 8
        {
            queue.send(2, &into).unwrap();
        }
        0
    });
    let sender = area.sender("there").unwrap();
    let receiver = area.receiver("back").unwrap();
    let mut into = [0; 8];
    let channel = time(TIMES, || {
        sender.send(&[1; 8]).unwrap();
        receiver.receive(&mut into).unwrap();
    });
    sender.send(b"end").unwrap();
    let kernel = time(TIMES, || {
        queue.send(1, &[1; 8]).unwrap();
        queue.receive_into(&mut into, Selector::Exact(2)).unwrap();
    });
    queue.send(1, b"end").unwrap();
    assert_eq!(child.end(), 0);
    println!("there and back: channel {channel:.0} ns, queue {kernel:.0}");
}
