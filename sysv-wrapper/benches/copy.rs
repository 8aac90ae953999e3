//! Copies through `sysv-wrapper` beside those of the C library: `memcpy` and `memset` over the same mapping; and atomics
//! beside the bare access.
//!
//! `cargo bench -p sysv-wrapper --bench copy`, which takes some minutes; with a filter such as
//! `-- read_at/64/` it takes seconds. The two names of a group, `wrapper` and `libc`, are to be compared.
//! Sizes are in bytes; `aligned` begins at the segment's start, `odd` one byte behind it.
#![expect(unsafe_code, reason = "measures against the bare calls")]

use std::ffi::c_void;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use sysv_wrapper::{Attachment, RemoveOnDrop, SharedMemory};

/// The largest copy.
const LARGEST: usize = 64 << 20;
/// From one byte to the largest copy: around the sizes at which `memcpy` changes its ways, then coarser.
const SIZES: [usize; 17] = [
    1,
    8,
    16,
    32,
    64,
    100,
    256,
    1 << 10,
    4 << 10,
    16 << 10,
    64 << 10,
    256 << 10,
    1 << 20,
    4 << 20,
    16 << 20,
    32 << 20,
    LARGEST,
];
const OFFSETS: [(&str, usize); 2] = [("aligned", 0), ("odd", 1)];

/// Segment and buffer, in memory already: every page of both was written.
fn memory() -> (Attachment, Vec<u8>) {
    let size = LARGEST + 64;
    let segment = SharedMemory::builder()
        .size(size)
        .fill(b's')
        .create_private();
    let segment = RemoveOnDrop::new(segment.unwrap());
    (segment.attach().unwrap(), vec![b'b'; LARGEST])
}

/// A group of two: the wrapper's way and C's, for every size and offset.
fn compare(
    criterion: &mut Criterion,
    name: &str,
    mut measure: impl FnMut(&mut BenchmarkGroup<'_, WallTime>, &Attachment, &mut [u8], usize),
) {
    let (segment, mut buffer) = memory();
    for size in SIZES {
        for (placed, offset) in OFFSETS {
            let mut group = criterion.benchmark_group(format!("{name}/{size}/{placed}"));
            group.throughput(Throughput::Bytes(size as u64));
            if size >= 16 << 20 {
                group.sample_size(20);
            }
            measure(&mut group, &segment, &mut buffer[..size], offset);
            group.finish();
        }
    }
}

fn place(segment: &Attachment, offset: usize) -> *mut c_void {
    segment.as_mut_ptr().wrapping_add(offset).cast()
}

fn read_at(criterion: &mut Criterion) {
    compare(criterion, "read_at", |group, segment, buffer, offset| {
        group.bench_function("wrapper", |bencher| {
            bencher.iter(|| segment.read_at(black_box(&mut *buffer), black_box(offset)));
        });
        group.bench_function("libc", |bencher| {
            bencher.iter(|| {
                let buffer = black_box(&mut *buffer);
                let from = place(segment, black_box(offset));
                // SAFETY: the segment is longer than the buffer by more than the offset.
                unsafe { libc::memcpy(buffer.as_mut_ptr().cast(), from, buffer.len()) }
            });
        });
    });
}

fn write_at(criterion: &mut Criterion) {
    compare(criterion, "write_at", |group, segment, buffer, offset| {
        group.bench_function("wrapper", |bencher| {
            bencher.iter(|| segment.write_at(black_box(buffer), black_box(offset)));
        });
        group.bench_function("libc", |bencher| {
            bencher.iter(|| {
                let buffer = black_box(&*buffer);
                let to = place(segment, black_box(offset));
                // SAFETY: the segment is longer than the buffer by more than the offset.
                unsafe { libc::memcpy(to, buffer.as_ptr().cast(), buffer.len()) }
            });
        });
    });
}

fn fill(criterion: &mut Criterion) {
    compare(criterion, "fill", |group, segment, buffer, offset| {
        let size = buffer.len();
        group.bench_function("wrapper", |bencher| {
            bencher.iter(|| segment.fill(black_box(offset..offset + size), black_box(7)));
        });
        group.bench_function("libc", |bencher| {
            bencher.iter(|| {
                let to = place(segment, black_box(offset));
                // SAFETY: the segment is longer than the buffer by more than the offset.
                unsafe { libc::memset(to, black_box(7), black_box(size)) }
            });
        });
    });
}

fn values(criterion: &mut Criterion) {
    let (segment, _) = memory();
    let mut group = criterion.benchmark_group("read_value/4");
    group.bench_function("wrapper", |bencher| {
        bencher.iter(|| segment.read_value::<u32>(black_box(8)));
    });
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let mut value = 0_u32;
            let from = place(&segment, black_box(8));
            // SAFETY: the segment is longer than the value by more than the offset.
            unsafe { libc::memcpy((&raw mut value).cast(), from, black_box(4)) };
            value
        });
    });
    group.finish();
    let mut group = criterion.benchmark_group("write_value/4");
    group.bench_function("wrapper", |bencher| {
        bencher.iter(|| segment.write_value(&black_box(7_u32), black_box(8)));
    });
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let value = black_box(7_u32);
            let to = place(&segment, black_box(8));
            // SAFETY: the segment is longer than the value by more than the offset.
            unsafe { libc::memcpy(to, (&raw const value).cast(), black_box(4)) }
        });
    });
    group.finish();
}

fn atomics(criterion: &mut Criterion) {
    let (segment, _) = memory();
    let bare = |offset| {
        let address = place(&segment, offset).cast::<AtomicU32>();
        // SAFETY: the integer is within the segment and aligned, and is accessed atomically only.
        unsafe { &*address }
    };
    let relaxed = Ordering::Relaxed;
    let mut group = criterion.benchmark_group("load_u32");
    group.bench_function("wrapper", |bencher| {
        bencher.iter(|| segment.load_u32(black_box(8), relaxed));
    });
    group.bench_function("bare", |bencher| {
        bencher.iter(|| bare(black_box(8)).load(relaxed));
    });
    group.finish();
    let mut group = criterion.benchmark_group("store_u32");
    group.bench_function("wrapper", |bencher| {
        bencher.iter(|| segment.store_u32(black_box(8), black_box(7), relaxed));
    });
    group.bench_function("bare", |bencher| {
        bencher.iter(|| bare(black_box(8)).store(black_box(7), relaxed));
    });
    group.finish();
    let mut group = criterion.benchmark_group("atomic_u32");
    group.bench_function("wrapper", |bencher| {
        bencher.iter(|| {
            let number = segment.atomic_u32(black_box(8));
            number.map(|number| number.fetch_add(1, relaxed))
        });
    });
    group.bench_function("bare", |bencher| {
        bencher.iter(|| bare(black_box(8)).fetch_add(1, relaxed));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .without_plots()
        .configure_from_args();
    read_at(&mut criterion);
    write_at(&mut criterion);
    fill(&mut criterion);
    values(&mut criterion);
    atomics(&mut criterion);
    criterion.final_summary();
}
