//! The work of `sysv_wrapper::sync`, and that of std's mutex in the place of C.

use std::hint::black_box;
use std::mem;
use std::sync::Mutex;

use sysv_wrapper::sync::{Area, Capacity, MaxSize};

use crate::job::{Job, Result, Run, repeat};
use crate::objects::kill_holders;

pub(crate) fn prepare(job: &mut Job) -> Result<Option<Run>> {
    let what = job.what.clone();
    if job.layer == "c" {
        let mutex = Mutex::new(0_u64);
        return Ok(Some(repeat(move || {
            *black_box(&mutex).lock().unwrap() += 1
        })));
    } else if job.layer != "sysv-wrapper" {
        return Ok(None);
    }
    let size = job.numbers[0].max(8);
    let max_size = u32::try_from(size)?;
    let (capacity, max_size) = (Capacity((1 << 20) / max_size.max(1024)), MaxSize(max_size));
    let mut builder = Area::builder()
        .mutex_with::<u64>("lock")
        .latest::<[u64; 8]>("latest");
    for name in ["there", "back"] {
        builder = builder.channel(name, capacity, max_size);
        if what == "sole" || what == "spin" {
            builder = builder.sole_sender(name).sole_receiver(name);
        }
    }
    let area = job.object(|| builder.create_private())?;
    let mutex = area.mutex_with::<u64>("lock")?;
    let latest = area.latest::<[u64; 8]>("latest")?;
    let [to, from] = if job.part == 0 {
        ["there", "back"]
    } else {
        ["back", "there"]
    };
    Ok(Some(match (what.as_str(), job.part) {
        ("lock" | "contended", _) => repeat(move || {
            let guard = mutex.lock().unwrap();
            guard.store(&(guard.load() + 1));
        }),
        ("killed", 0) => kill_holders(repeat(move || mutex.lock().unwrap().make_consistent())),
        ("killed", _) => repeat(move || mem::forget(mutex.lock().unwrap())),
        ("latest", _) => {
            area.publisher("latest")?.publish(&[7_u64; 8])?;
            let mut copy = [0_u64; 8];
            repeat(move || {
                latest.read_into(&mut copy).unwrap();
                black_box(&copy);
            })
        }
        ("sole" | "spin", _) => {
            let (mut sender, mut receiver) = (area.sole_sender(to)?, area.sole_receiver(from)?);
            let send = move |text: &[u8]| sender.send(text).unwrap();
            exchange(job, size, send, move |room| receiver.receive(room).unwrap())
        }
        _ => {
            let (sender, receiver) = (area.sender(to)?, area.receiver(from)?);
            let send = move |text: &[u8]| sender.send(text).unwrap();
            exchange(job, size, send, move |room| receiver.receive(room).unwrap())
        }
    }))
}

/// Returns a function that repeats one process's part of an exchange of messages: ask or answer; receive or send.
fn exchange(
    job: &Job,
    size: usize,
    mut send: impl FnMut(&[u8]) + 'static,
    mut receive: impl FnMut(&mut [u8]) -> usize + 'static,
) -> Run {
    let text = vec![b'm'; size];
    let mut room = text.clone();
    match (job.part, job.what.as_str()) {
        (0, "spin" | "parked") => repeat(move || {
            send(&text);
            receive(&mut room);
        }),
        (_, "spin" | "parked") => repeat(move || {
            receive(&mut room);
            send(&text);
        }),
        (0, _) => repeat(move || {
            receive(&mut room);
        }),
        _ => repeat(move || send(&text)),
    }
}
