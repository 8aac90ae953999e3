//! Atomic integers in a segment: every width, within one process and across processes.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, Ordering,
};

use crate::support::{Attached, Process, Shm, role};
use sysv_ipc::*;

macro_rules! integers_are_those_of_the_bytes {
    ($($test:ident: $atomic:ident $value:ty;)+) => {$(
        #[test]
        fn $test() {
            const SIZE: usize = size_of::<$value>();
            let segment = Shm::private(64);
            let (mapping, read_only) = (segment.attach(), segment.attach_with(ShmAtFlags::RDONLY));
            let values: Vec<$value> = (1..5).map(|n: $value| (<$value>::MAX / 7).wrapping_mul(n)).collect();
            for (index, value) in values.iter().enumerate() {
                mapping.write(8 + index * SIZE, &value.to_ne_bytes());
            }
            // SAFETY: the integers are within the segment and aligned; other accesses are copies.
            let slice = unsafe { atomic_slice::<$atomic>(mapping.at(8), 4) };
            // SAFETY: as above.
            let third = unsafe { atomic_ref::<$atomic>(mapping.at(8 + 2 * SIZE)) };
            assert!(std::ptr::eq(third, &raw const slice[2]));
            for (index, value) in values.iter().enumerate() {
                assert_eq!(slice[index].load(Ordering::Relaxed), *value);
                // SAFETY: as above. Where the integer is wider than a pointer, the mapping is writable.
                let loaded = unsafe {
                    let mapping = if SIZE > size_of::<usize>() { &mapping } else { &read_only };
                    atomic_load::<$atomic>(mapping.at(8 + index * SIZE), Ordering::Acquire)
                };
                assert_eq!(loaded, *value);
            }
            third.store(<$value>::from_ne_bytes([0xff; SIZE]), Ordering::Release);
            assert_eq!(read_only.read(8 + 2 * SIZE, SIZE), [0xff; SIZE]);
            assert_eq!(read_only.read(8 + SIZE, SIZE), values[1].to_ne_bytes());
            assert_eq!(read_only.read(8 + 3 * SIZE, SIZE), values[3].to_ne_bytes());
        }
    )+};
}

integers_are_those_of_the_bytes! {
    u8_integers: AtomicU8 u8;
    i8_integers: AtomicI8 i8;
    u16_integers: AtomicU16 u16;
    i16_integers: AtomicI16 i16;
    u32_integers: AtomicU32 u32;
    i32_integers: AtomicI32 i32;
    u64_integers: AtomicU64 u64;
    i64_integers: AtomicI64 i64;
    usize_integers: AtomicUsize usize;
    isize_integers: AtomicIsize isize;
}

#[test]
fn a_slice_may_be_empty() {
    let segment = Shm::private(64);
    let mapping = segment.attach();
    // SAFETY: no integer is within the segment, at an aligned address.
    let slice = unsafe { atomic_slice::<AtomicU64>(mapping.at(64), 0) };
    assert!(slice.is_empty());
}

#[test]
fn a_load_cannot_release() {
    let segment = Shm::private(64);
    let mapping = segment.attach();
    for ordering in [Ordering::Release, Ordering::AcqRel] {
        // SAFETY: the integer is within the segment and aligned.
        let load = || unsafe { atomic_load::<AtomicU32>(mapping.at(0), ordering) };
        assert!(catch_unwind(AssertUnwindSafe(load)).is_err());
    }
}

/// Two processes count in one segment, and no increment is lost.
#[test]
fn counting_beside_another_process() {
    const ROUNDS: u32 = 50_000;

    fn count(mapping: &Attached) {
        // SAFETY: the integers are within the segment and aligned; only atomics of this width access them.
        let counters = unsafe { atomic_slice::<AtomicU32>(mapping.at(0), 4) };
        for _ in 0..ROUNDS {
            for (by, counter) in (1..).zip(counters) {
                counter.fetch_add(by, Ordering::Relaxed);
            }
        }
    }
    if let Some(words) = role(test_name!("counting_beside_another_process")) {
        let segment = ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        return count(&segment.attach());
    }
    let segment = Shm::private(64);
    let mapping = segment.attach();
    let child = Process::start(
        test_name!("counting_beside_another_process"),
        &[&segment.id],
    );
    count(&mapping);
    child.finish();
    let totals = mapping.read(0, 16);
    let totals: Vec<u32> = totals
        .chunks_exact(4)
        .map(|bytes| u32::from_ne_bytes(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(totals, [1, 2, 3, 4].map(|by| 2 * by * ROUNDS));
}
