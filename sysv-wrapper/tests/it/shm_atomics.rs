//! Atomics in segments: stores, slices, and widths that must not overlap.

use std::sync::atomic::Ordering;

use sysv_wrapper::*;

fn attached(size: usize) -> Attachment {
    let (_, attached) = SharedMemory::builder()
        .size(size)
        .create_private_attached()
        .unwrap();
    attached.remove_when_detached().unwrap();
    attached
}

#[track_caller]
fn assert_refused<T>(result: Result<T>, text: &str) {
    let Err(error) = result else {
        panic!("it was not refused")
    };
    assert!(error.is_invalid_argument(), "{error}");
    assert!(error.to_string().contains(text), "{error}");
}

macro_rules! width {
    ($value:ident, $borrow:ident, $slice:ident, $store:ident) => {{
        let size = size_of::<$value>();
        let memory = attached(64);
        let all = memory.$slice(..).unwrap();
        assert_eq!(all.len(), 64 / size);
        for (number, atomic) in all.iter().enumerate() {
            atomic.store(<$value>::try_from(number).unwrap(), Ordering::Relaxed);
        }
        memory.$store(8, 100, Ordering::Release).unwrap();
        assert_eq!(all[8 / size].load(Ordering::Acquire), 100);
        let number = memory.$borrow(64 - size).unwrap();
        let last = <$value>::try_from(64 / size - 1).unwrap();
        assert_eq!(number.fetch_add(1, Ordering::SeqCst), last);
        let part = memory.$slice(8..=15).unwrap();
        assert_eq!(
            (part.len(), part[0].load(Ordering::Relaxed)),
            (8 / size, 100)
        );
        assert_eq!(memory.read_value::<$value>(8).unwrap(), 100);

        assert!(memory.$slice(8..8).unwrap().is_empty());
        assert!(memory.$slice(64..).unwrap().is_empty());
        assert_refused(memory.$slice(8..72), "offset 8 and length 64 do not fit");
        assert_refused(memory.$slice(72..), "offset 72 and length 0 do not fit");
        #[allow(clippy::reversed_empty_ranges, reason = "as a careless caller does")]
        let backwards = memory.$slice(16..8);
        assert_refused(backwards, "begins at 16");
        assert_refused(memory.$store(64, 1, Ordering::SeqCst), "do not fit");
        for ordering in [Ordering::Acquire, Ordering::AcqRel] {
            assert_refused(memory.$store(0, 1, ordering), "a store cannot acquire");
        }
        for odd in 1..size {
            assert_refused(memory.$slice(odd..odd + size), "is not a multiple of");
            assert_refused(memory.$slice(0..odd), "no whole number of atomics");
            assert_refused(
                memory.$store(odd, 1, Ordering::Relaxed),
                "is not a multiple of",
            );
        }
    }};
}

#[test]
fn slices_and_stores_of_every_width() {
    width!(u8, atomic_u8, atomic_u8_slice, store_u8);
    width!(i8, atomic_i8, atomic_i8_slice, store_i8);
    width!(u16, atomic_u16, atomic_u16_slice, store_u16);
    width!(i16, atomic_i16, atomic_i16_slice, store_i16);
    width!(u32, atomic_u32, atomic_u32_slice, store_u32);
    width!(i32, atomic_i32, atomic_i32_slice, store_i32);
    width!(usize, atomic_usize, atomic_usize_slice, store_usize);
    width!(isize, atomic_isize, atomic_isize_slice, store_isize);
    #[cfg(target_has_atomic = "64")]
    {
        width!(u64, atomic_u64, atomic_u64_slice, store_u64);
        width!(i64, atomic_i64, atomic_i64_slice, store_i64);
    }
}

#[test]
fn atomics_of_different_widths_do_not_overlap() {
    let memory = attached(4096);
    let number = memory.atomic_u32(8).unwrap();
    let said = "the bytes at offset 8 are in use by atomics of 4 bytes";
    for offset in 8..12 {
        assert_refused(memory.atomic_u8(offset), "in use by atomics of 4 bytes");
        assert_refused(memory.load_i8(offset, Ordering::Relaxed), "of 4 bytes");
    }
    assert_refused(memory.atomic_u16(8), said);
    assert_refused(memory.store_i16(10, 1, Ordering::Relaxed), "of 4 bytes");
    #[cfg(target_has_atomic = "64")]
    assert_refused(memory.atomic_u64(8), said);
    assert_refused(memory.atomic_u16_slice(0..4096), said);
    // Signed and unsigned integers of one width are compatible, and adjacent bytes are not affected.
    memory.atomic_i32(8).unwrap().store(-1, Ordering::Relaxed);
    assert_eq!(number.load(Ordering::Relaxed), u32::MAX);
    memory.store_u32(12, 1, Ordering::Relaxed).unwrap();
    memory.atomic_u8_slice(0..8).unwrap();
    memory.atomic_u16_slice(16..).unwrap();
    assert_refused(
        memory.load_u32(4, Ordering::Relaxed),
        "at offset 4 are in use by atomics of 1",
    );
    assert_refused(memory.load_u32(4092, Ordering::Relaxed), "of 2 bytes");

    // Copies are not affected, and a refused width fixes nothing.
    memory.write_value(&7_u64, 8).unwrap();
    let memory = attached(64);
    memory.store_u32(60, 1, Ordering::Relaxed).unwrap();
    assert_refused(memory.atomic_u8_slice(..), "at offset 60");
    memory.atomic_u16_slice(..60).unwrap();
}

#[test]
fn each_attachment_has_widths_of_its_own() {
    let (memory, first) = SharedMemory::builder().create_private_attached().unwrap();
    first.remove_when_detached().unwrap();
    first.store_u32(0, 7, Ordering::Relaxed).unwrap();
    if cfg!(target_os = "linux") {
        let second = memory.attach_read_only().unwrap();
        second.load_u8(0, Ordering::Relaxed).unwrap();
        assert_refused(second.load_u32(0, Ordering::Relaxed), "of 1 bytes");
    }
    assert_refused(first.load_u8(0, Ordering::Relaxed), "of 4 bytes");
}

/// Of several threads that begin at the same time, those of one width succeed, and the others are refused.
#[test]
fn threads_share_the_widths_of_an_attachment() {
    for _ in 0..50 {
        let memory = attached(8);
        let outcomes = std::thread::scope(|scope| {
            let narrow = scope.spawn(|| {
                let halves = [memory.atomic_u32(4), memory.atomic_u32(0)];
                halves.into_iter().flatten().count()
            });
            let wide = scope.spawn(|| memory.atomic_usize(0).is_ok());
            (narrow.join().unwrap(), wide.join().unwrap())
        });
        if size_of::<usize>() == 8 {
            assert!(
                !outcomes.1 || outcomes.0 == 0,
                "narrow and wide atomics overlap"
            );
        }
    }
}
