//! Figures of operations without contention, beside the standard library's mutex, in turns. They are printed, not judged:
//! `cargo test --release -p sysv-wrapper --test it -- sync_figures --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use sysv_wrapper::sync::Area;
use sysv_wrapper::*;

const TIMES: u32 = 1_000_000;
const ROUNDS: usize = 21;

/// Nanoseconds per call.
fn time(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..TIMES {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[test]
#[ignore = "prints figures"]
fn figures_without_contention() {
    let builder = Area::builder()
        .mutex("table")
        .latest::<[u64; 8]>("quote")
        .event("bell");
    let area = RemoveOnDrop::new(builder.create_private().unwrap());
    let ours = area.mutex("table").unwrap();
    let std = std::sync::Mutex::new(());
    let mut publisher = area.publisher::<[u64; 8]>("quote").unwrap();
    let latest = area.latest::<[u64; 8]>("quote").unwrap();
    let event = area.event("bell").unwrap();
    let mut bytes = [1_u64; 8];
    let mut rows: [(&str, Vec<f64>); 8] = [
        ("std::sync::Mutex", vec![]),
        ("sync::Mutex", vec![]),
        ("sync::Mutex, lock_timeout", vec![]),
        ("Latest::read of 64 bytes", vec![]),
        ("Publisher::publish of 64 bytes", vec![]),
        ("memory of 64 bytes, read_at", vec![]),
        ("Event, signal and wait", vec![]),
        ("Latest::read_into of 64 bytes", vec![]),
    ];
    let memory = SharedMemory::builder().create_private().unwrap();
    let memory = memory.attach().unwrap();
    memory.remove_when_detached().unwrap();
    let deadline = Deadline::never();
    let (mut buffer, mut value) = ([0; 64], [0; 8]);
    let mut ratios = vec![];
    for _ in 0..ROUNDS {
        let one = time(|| drop(black_box(&std).lock().unwrap()));
        let two = time(|| drop(black_box(&ours).lock().unwrap()));
        rows[0].1.push(one);
        rows[1].1.push(two);
        ratios.push(two / one);
        rows[2].1.push(time(|| {
            drop(black_box(&ours).lock_timeout(deadline).unwrap());
        }));
        publisher.publish(&bytes).unwrap();
        rows[3]
            .1
            .push(time(|| _ = black_box(black_box(&latest).read().unwrap())));
        rows[4].1.push(time(|| {
            bytes[0] += 1;
            publisher.publish(black_box(&bytes)).unwrap();
        }));
        rows[5].1.push(time(|| {
            black_box(&memory)
                .read_at(black_box(&mut buffer), 64)
                .unwrap();
        }));
        rows[7].1.push(time(|| {
            _ = black_box(&latest).read_into(black_box(&mut value)).unwrap();
        }));
        rows[6].1.push(time(|| {
            event.signal().unwrap();
            event.wait().unwrap();
        }));
    }
    for (name, figures) in rows {
        println!("{name}: {:.1} ns", median(figures));
    }
    println!("sync::Mutex by std::sync::Mutex: {:.2}", median(ratios));
}
