//! A reference clock for chronyd, ntpd and gpsd's `ntpshmmon`: the SHM driver of NTP, mode 1.
//!
//! The driver agrees on a key (`NTP0` and the unit) and a struct of C. This program writes the time of the system clock
//! every 100 ms; a reader measures an offset close to zero.
//!
//! ```text
//! cargo run -p demos --example ntp_refclock 2 100 &            unit 2, 100 samples
//! chronyd -Q -t 20 'refclock SHM 2 poll 0'                     as root
//! ```

use std::error::Error;
use std::ffi::{c_int, c_long, c_uint};
use std::mem::offset_of;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::fence;
use std::time::{Duration, SystemTime};
use std::{env, thread};

use sysv_wrapper::{Attachment, Key, RemoveOnDrop, SharedMemory};

/// `struct shmTime`. It is never read or written as a whole, since the other side writes too; only the offsets of its
/// members are used. (`time_t` is a `long` where this runs.)
#[repr(C)]
struct ShmTime {
    /// Mode 1: the reader discards a sample if `count` changed while it read the sample.
    mode: c_int,
    count: c_int,
    clock_sec: c_long,
    clock_usec: c_int,
    receive_sec: c_long,
    receive_usec: c_int,
    /// Four numbers in a row: leap second, precision (a power of two), samples, and whether there is a new one.
    leap: c_int,
    precision: c_int,
    samples: c_int,
    valid: c_int,
    clock_nsec: c_uint,
    receive_nsec: c_uint,
    unused: [c_int; 8],
}

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<u32> = env::args()
        .skip(1)
        .map(|number| number.parse())
        .collect::<Result<_, _>>()?;
    let unit = numbers.first().copied().unwrap_or(2);
    let samples = numbers.get(1).copied().unwrap_or(100);
    let key = u32::from_be_bytes(*b"NTP0").checked_add(unit);
    let key: Key = format!("{:#x}", key.ok_or("no such unit")?).parse()?;
    // The reader may have created the segment, with zeros as here.
    let memory = SharedMemory::builder().size(size_of::<ShmTime>());
    let opened = memory.create_or_open(key)?;
    let created = opened.is_created();
    let memory = opened.into_inner();
    let clock = memory.attach()?;
    // Removes the segment at the end only if this program created it.
    let _remove = created.then(|| RemoveOnDrop::new(memory));
    println!("unit {unit} has the key {key}");
    for _ in 0..samples {
        write_sample(&clock)?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Writes the time. All members are atomics of their width, since the reader may copy them at the same time.
fn write_sample(clock: &Attachment) -> Result<(), Box<dyn Error>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let seconds = isize::try_from(now.as_secs())?;
    let [mode, count] = clock.atomic_i32_slice(..8)? else {
        return Err("two numbers".into());
    };
    let state = offset_of!(ShmTime, leap)..offset_of!(ShmTime, valid) + size_of::<c_int>();
    let [leap, precision, samples, valid] = clock.atomic_i32_slice(state)? else {
        return Err("four numbers".into());
    };
    valid.store(0, SeqCst);
    mode.store(1, Relaxed);
    // Odd while the sample is being written.
    count.fetch_add(1, Acquire);
    fence(SeqCst);
    for offset in [
        offset_of!(ShmTime, clock_sec),
        offset_of!(ShmTime, receive_sec),
    ] {
        clock.store_isize(offset, seconds, Relaxed)?;
    }
    for offset in [
        offset_of!(ShmTime, clock_usec),
        offset_of!(ShmTime, receive_usec),
    ] {
        clock.store_i32(offset, i32::try_from(now.subsec_micros())?, Relaxed)?;
    }
    for offset in [
        offset_of!(ShmTime, clock_nsec),
        offset_of!(ShmTime, receive_nsec),
    ] {
        clock.store_u32(offset, now.subsec_nanos(), Relaxed)?;
    }
    leap.store(0, Relaxed);
    precision.store(-20, Relaxed);
    samples.store(3, Relaxed);
    fence(SeqCst);
    count.fetch_add(1, Release);
    valid.store(1, Release);
    Ok(())
}
