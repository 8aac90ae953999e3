//! Leaks: objects of each kind are created, used and removed thousands of times. This process must not grow, and no
//! object may remain.
//!
//! ```text
//! cargo test -p sysv-wrapper --test faults -- --ignored leaks
//! SYSV_TEST_CYCLES=1000000 cargo test --release -p sysv-wrapper --test faults -- --ignored leaks --nocapture
//! ```

use std::any::Any;
use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sysv_wrapper::sync::{Area, Capacity, MaxSize};
use sysv_wrapper::*;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Creates a value that is leaked.
type Leak<'a> = &'a dyn Fn() -> Result<Box<dyn Any>>;

/// The resources that a process may leak, each with the growth that is not a leak: the allocator keeps some bytes.
const WHAT: [(&str, usize); 4] = [
    ("bytes of memory", 32 * 1024),
    ("open files", 0),
    ("mappings", 0),
    ("objects", 0),
];

/// Number of measurements of each resource.
const SAMPLES: usize = 60;

/// Measures each of [`WHAT`]. Without an ipc namespace of its own the process also counts objects of other processes.
fn measure() -> Result<[usize; 4]> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let kilobytes = |name: &str| -> usize {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
        number.unwrap_or(0)
    };
    let objects = SharedMemory::list()?.count()
        + SemaphoreSet::list()?.count()
        + MessageQueue::list()?.count();
    Ok([
        (kilobytes("Anonymous:") + kilobytes("Swap:")) * 1024,
        fs::read_dir("/proc/self/fd")?.count(),
        fs::read_to_string("/proc/self/maps")?.lines().count(),
        objects,
    ])
}

/// Runs the cycles, and returns the resources that grew: those whose minimum in the last quarter is above the maximum
/// in the second quarter.
fn soak(cycles: usize, mut cycle: impl FnMut(usize) -> Result<()>) -> Vec<String> {
    let mut samples = Vec::with_capacity(SAMPLES);
    for number in 0..cycles {
        cycle(number).unwrap_or_else(|error| panic!("in cycle {number}: {error}"));
        if (number + 1) * SAMPLES / cycles > samples.len() {
            samples.push(measure().unwrap());
        }
    }
    let quarter = samples.len() / 4;
    let (early, late) = (&samples[quarter..2 * quarter], &samples[3 * quarter..]);
    let mut grown = Vec::new();
    for (place, (what, allowed)) in WHAT.into_iter().enumerate() {
        let from = early.iter().map(|sample| sample[place]).max().unwrap_or(0);
        let to = late.iter().map(|sample| sample[place]).min().unwrap_or(0);
        if to > from + allowed {
            grown.push(format!("{what}: {from} → {to}"));
        }
    }
    grown
}

fn segments() -> Result<()> {
    let memory = SharedMemory::builder().size(100).fill(b'x');
    let memory = RemoveOnDrop::new(memory.create_unique()?);
    let attached = memory.attach()?;
    write!(attached.cursor(), "{} bytes", 9)?;
    let view = memory.attach_read_only()?;
    view.read_to_vec(..)?;
    let refused = view.read_to_vec(100..=100).err();
    refused.ok_or("it is longer than its size")?.to_string();
    let again = memory.key().map(|key| SharedMemory::builder().create(key));
    let refused = again.and_then(std::result::Result::err);
    refused.ok_or("its key was free")?.to_string();
    Ok(())
}

fn semaphores() -> Result<()> {
    let semaphore = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
    let guard = semaphore.lock()?;
    let refused = semaphore.try_lock().err();
    refused.ok_or("locked twice")?.to_string();
    drop(guard);
    drop(semaphore.lock()?);
    let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0]).create_private()?);
    let forth = set.operation().acquire(0, 1).undo();
    forth.release(1, 1).undo().run()?;
    set.get(1)?.acquire()?;
    Ok(())
}

fn queues() -> Result<()> {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    queue.send(1, b"a message")?;
    queue.send_buffer(&MessageBuffer::new(2, b"another"))?;
    queue.receive(Selector::Exact(2))?;
    queue.receive_into(&mut [0; 20], Selector::Any)?;
    let refused = queue.try_receive(Selector::Any).err();
    refused.ok_or("there is a third message")?.to_string();
    Ok(())
}

fn key_files(path: &Path) -> Result<()> {
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(100).create_unique()?);
    let file = KeyFile::publish(path, &*memory)?;
    let found = KeyFile::wait(file.path(), Duration::ZERO)?;
    SharedMemory::open(found)?
        .attach_read_only()?
        .read_to_vec(..)?;
    Ok(())
}

fn areas() -> Result<()> {
    let builder = Area::builder()
        .mutex_with::<u64>("count")
        .channel("jobs", Capacity(4), MaxSize(16))
        .latest::<u64>("value")
        .event("bell");
    let area = RemoveOnDrop::new(builder.create_private()?);
    let count = area.mutex_with::<u64>("count")?;
    count.lock()?.store(&1);
    let (sender, receiver) = (area.sender("jobs")?, area.receiver("jobs")?);
    sender.send(b"a message")?;
    receiver.receive(&mut [0; 16])?;
    let refused = receiver.try_receive(&mut [0; 16]).err();
    refused.ok_or("there is a second message")?.to_string();
    area.publisher::<u64>("value")?.publish(&7)?;
    let bell = Area::from_id(area.id())?.event("bell")?;
    bell.signal()?;
    bell.wait()?;
    Ok(())
}

/// Row S17.
/// First plants leaks, 12 bytes in each cycle or a resource in every hundredth cycle, each of which must be detected.
#[test]
#[ignore = "takes long, and needs a process of its own"]
fn cycles_of_every_kind_leave_nothing() {
    let grown = soak(5_000, |_| {
        black_box(vec![1_u8; 12].leak());
        Ok(())
    });
    assert!(grown.join(", ").contains("bytes of memory"), "{grown:?}");
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
    let planted: [(&str, Leak); 3] = [
        ("open files", &|| Ok(Box::new(File::open("/dev/null")?))),
        ("mappings", &|| Ok(Box::new(memory.attach()?))),
        ("objects", &|| {
            let set = Semaphore::builder().create_private()?;
            Ok(Box::new(RemoveOnDrop::new(set)))
        }),
    ];
    for (what, leak) in planted {
        let mut kept = Vec::new();
        let grown = soak(1_000, |number| {
            if number % 100 == 0 {
                kept.push(leak()?);
            }
            Ok(())
        });
        assert!(grown.join(", ").contains(what), "{what}: {grown:?}");
    }

    let cycles = std::env::var("SYSV_TEST_CYCLES").unwrap_or("5000".to_owned());
    let cycles = cycles.parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let kinds: [(&str, &dyn Fn() -> Result<()>); 5] = [
        ("segments", &segments),
        ("semaphores", &semaphores),
        ("queues", &queues),
        ("key files", &|| key_files(&path)),
        ("areas", &areas),
    ];
    for (kind, cycle) in kinds {
        let begun = Instant::now();
        let grown = soak(cycles, |_| cycle());
        println!("{kind}: {cycles} cycles in {:.1?}", begun.elapsed());
        assert!(grown.is_empty(), "{kind}: {grown:?}");
    }
}
