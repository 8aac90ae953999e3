//! The work of `sysv_wrapper::sync`, and that of std's mutex in the place of C.

use std::hint::black_box;
use std::mem;
use std::sync::Mutex;

use sysv_wrapper::sync::{Area, Capacity, MaxSize};

use crate::process::{Job, Work, repeat};
use crate::work::kill_holders;

/// Returns a function that repeats one process's part of an exchange of messages: ask or answer; receive or send.
macro_rules! exchange {
    ($job:expr; $send:expr; $receive:expr) => {
        match ($job.part, $job.what.as_str()) {
            (0, "spin" | "parked" | "parked-sole") => repeat(move || ($send, $receive)),
            (_, "spin" | "parked" | "parked-sole") => repeat(move || ($receive, $send)),
            (0, _) => repeat(move || $receive),
            _ => repeat(move || $send),
        }
    };
}

pub fn prepare(job: &mut Job) -> Work {
    if job.layer != "sysv-wrapper" {
        let mutex = Mutex::new(0_u64);
        let lock = repeat(move || *black_box(&mutex).lock().unwrap() += 1);
        return Ok(Some(lock).filter(|_| job.layer == "c"));
    }
    let is_sole = ["sole", "spin", "parked-sole"].contains(&job.what.as_str());
    let text = vec![b'm'; job.number.max(8)];
    let mut room = text.clone();
    let size = u32::try_from(text.len())?;
    let (capacity, size) = (Capacity((1 << 20) / size.max(1024)), MaxSize(size));
    let mut builder = Area::builder().mutex_with::<u64>("lock");
    builder = builder.latest::<[u64; 8]>("latest");
    for name in ["there", "back"] {
        builder = builder.channel(name, capacity, size);
        if is_sole {
            builder = builder.sole_sender(name).sole_receiver(name);
        }
    }
    let area = job.object(|| builder.create_private())?;
    let mutex = area.mutex_with::<u64>("lock")?;
    let (to, from) = [("there", "back"), ("back", "there")][job.part % 2];
    Ok(Some(match (job.what.as_str(), job.part) {
        ("lock" | "contended", _) => repeat(move || {
            let guard = mutex.lock().unwrap();
            guard.store(&(guard.load() + 1));
        }),
        ("killed", 0) => kill_holders(repeat(move || mutex.lock().unwrap().make_consistent())),
        ("killed", _) => repeat(move || mem::forget(mutex.lock().unwrap())),
        ("latest", _) => {
            let (latest, mut copy) = (area.latest("latest")?, [7_u64; 8]);
            area.publisher("latest")?.publish(&copy)?;
            repeat(move || latest.read_into(black_box(&mut copy)).unwrap())
        }
        _ if is_sole => {
            let (mut sender, mut receiver) = (area.sole_sender(to)?, area.sole_receiver(from)?);
            exchange!(job; sender.send(&text).unwrap(); receiver.receive(&mut room).unwrap())
        }
        _ => {
            let (sender, receiver) = (area.sender(to)?, area.receiver(from)?);
            exchange!(job; sender.send(&text).unwrap(); receiver.receive(&mut room).unwrap())
        }
    }))
}
