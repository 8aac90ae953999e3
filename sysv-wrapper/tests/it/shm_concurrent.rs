//! Copies while other processes write the same bytes: every copied byte was written by some process, and nothing beside
//! the copy changes. Under a semaphore, records are complete.

use std::sync::atomic::Ordering;

use crate::support::{self, Process, Sem};
use sysv_ipc::{SemBuf, SemFlags, SemId, semop};
use sysv_wrapper::*;

/// Size and offset of the largest record; the four bytes before it count the writers' rounds.
const LARGEST: usize = 4096;
const RECORD: usize = 64;
const SIZE: usize = RECORD + LARGEST + 64;
/// The bytes that fill the writers' records. They have no common bit, so that a byte mixed from both would be another
/// value.
const PATTERNS: [u8; 2] = [0b0101_0101, 0b1010_1010];
/// The byte around buffers and records.
const GUARD: u8 = 0xee;
/// The offsets of records: aligned, and one byte off.
const OFFSETS: [usize; 2] = [RECORD, RECORD + 1];

fn segment() -> RemoveOnDrop<SharedMemory> {
    let memory = SharedMemory::builder().size(SIZE).init(|bytes| {
        bytes.fill(GUARD);
        bytes[..4].fill(0);
        bytes[4..8].fill(0);
        bytes[RECORD..=RECORD + LARGEST].fill(PATTERNS[0]);
    });
    RemoveOnDrop::new(memory.create_private().unwrap())
}

fn rounds(memory: &Attachment) -> u32 {
    memory.atomic_u32(0).unwrap().load(Ordering::Relaxed)
}

/// Writes complete records, one pattern after the other, until it is stopped.
fn write_until_stopped(memory: &Attachment, mut round: impl FnMut(u8)) {
    let stop = memory.atomic_u32(4).unwrap();
    while stop.load(Ordering::Relaxed) == 0 {
        PATTERNS.into_iter().for_each(&mut round);
        memory
            .atomic_u32(0)
            .unwrap()
            .fetch_add(1, Ordering::Relaxed);
    }
}

fn attach(word: &str) -> Attachment {
    let id: i32 = word.parse().unwrap();
    SharedMemory::from_id(id).unwrap().attach().unwrap()
}

/// Returns the lengths to test: all small ones, then increasingly sparse ones, and those around the powers of two.
fn lengths() -> impl Iterator<Item = usize> {
    let sampled = (1..=LARGEST).filter(|length| {
        let around = |power: usize| power.abs_diff(*length) <= 1;
        *length <= 130 || length % 61 == 0 || (7..=12).any(|log2| around(1 << log2))
    });
    sampled.chain([LARGEST])
}

/// Reads one record into the middle of a buffer, and checks every byte. Returns whether the record was a mixture.
fn read_and_check(memory: &Attachment, offset: usize, length: usize, buffer: &mut [u8]) -> bool {
    buffer.fill(GUARD);
    let start = 1 + length % 16;
    let end = start + length;
    memory.read_at(&mut buffer[start..end], offset).unwrap();
    let record = &buffer[start..end];
    let garbage = record.iter().find(|byte| !PATTERNS.contains(byte));
    assert_eq!(
        garbage, None,
        "no process wrote this byte, at offset {offset}, length {length}"
    );
    assert!(
        buffer[..start].iter().all(|byte| *byte == GUARD),
        "before the buffer"
    );
    assert!(
        buffer[end..].iter().all(|byte| *byte == GUARD),
        "after the buffer"
    );
    buffer[start..end].iter().any(|byte| *byte != buffer[start])
}

/// Checks the bytes around the records, which no process writes.
#[track_caller]
fn assert_guards(memory: &Attachment) {
    let before = memory.read_to_vec(8..RECORD).unwrap();
    let behind = memory.read_to_vec(RECORD + LARGEST + 1..).unwrap();
    assert!(before.iter().chain(&behind).all(|byte| *byte == GUARD));
}

/// Row N5.
#[test]
fn every_byte_that_is_read_was_written_by_somebody() {
    const TEST: &str = test_name!("every_byte_that_is_read_was_written_by_somebody");
    if let Some(words) = support::role(TEST) {
        let memory = attach(&words[0]);
        let mut lengths = lengths().collect::<Vec<_>>().into_iter().cycle();
        let mut length = LARGEST;
        write_until_stopped(&memory, |pattern| {
            // From both ends, in copies of all lengths, and by `fill`.
            memory
                .write_at(&[pattern; LARGEST][..length], OFFSETS[length % 2])
                .unwrap();
            memory.fill(OFFSETS[0]..=RECORD + LARGEST, pattern).unwrap();
            length = lengths.next().unwrap();
        });
        return;
    }
    let memory = segment();
    let attachment = memory.attach().unwrap();
    let mut writers = [(); 2].map(|()| Process::start(TEST, &[&memory.id()]));
    writers[0].wait_until("the writers", || rounds(&attachment) > 0);
    let mut buffer = vec![GUARD; LARGEST + 32];
    let mut mixtures = 0_u32;
    // On one processor the writers must be scheduled too: the reader continues until they have written some rounds, and
    // until it has read a partially written record, which proves that copies and writes overlapped.
    let begin = rounds(&attachment);
    let mut passes = 0;
    support::wait_until("a partially written record", || {
        for offset in OFFSETS {
            for length in lengths() {
                let mixed = read_and_check(&attachment, offset, length, &mut buffer);
                mixtures += u32::from(mixed);
            }
        }
        passes += 1;
        passes >= 10 && mixtures > 0 && rounds(&attachment) > begin + 100
    });
    assert_guards(&attachment);
    attachment
        .atomic_u32(4)
        .unwrap()
        .store(1, Ordering::Relaxed);
    for writer in writers {
        writer.finish();
    }
}

/// Rows N5, N1: values and vectors are copies as well.
#[test]
fn values_and_vectors_are_bytes_that_somebody_wrote() {
    const TEST: &str = test_name!("values_and_vectors_are_bytes_that_somebody_wrote");
    if let Some(words) = support::role(TEST) {
        let memory = attach(&words[0]);
        write_until_stopped(&memory, |pattern| {
            memory.write_value(&[pattern; 256], OFFSETS[1]).unwrap();
        });
        return;
    }
    let memory = segment();
    let attachment = memory.attach().unwrap();
    let mut writer = Process::start(TEST, &[&memory.id()]);
    writer.wait_until("the writer", || {
        for offset in OFFSETS {
            let bytes = attachment.read_value::<[u8; 200]>(offset).unwrap();
            let vector = attachment.read_to_vec(offset..offset + 200).unwrap();
            let number = attachment
                .read_value::<u64>(offset + 3)
                .unwrap()
                .to_ne_bytes();
            for byte in bytes.iter().chain(&vector).chain(&number) {
                assert!(PATTERNS.contains(byte), "no process wrote {byte:#x}");
            }
        }
        rounds(&attachment) > 2000
    });
    attachment
        .atomic_u32(4)
        .unwrap()
        .store(1, Ordering::Relaxed);
    assert_guards(&attachment);
    writer.finish();
}

/// Performs a step of a lock with undo.
fn step(set: SemId, by: i16) {
    semop(set, &[SemBuf::new(0, by, SemFlags::UNDO)]).unwrap();
}

/// Rows N5, P23: with a semaphore, no record is a mixture.
#[test]
fn under_a_semaphore_records_are_whole() {
    const TEST: &str = test_name!("under_a_semaphore_records_are_whole");
    if let Some(words) = support::role(TEST) {
        let memory = attach(&words[0]);
        let set = SemId::from_raw(words[1].parse().unwrap());
        write_until_stopped(&memory, |pattern| {
            step(set, -1);
            memory.write_at(&[pattern; LARGEST], OFFSETS[0]).unwrap();
            memory.fill(OFFSETS[0]..=RECORD + LARGEST, pattern).unwrap();
            step(set, 1);
        });
        return;
    }
    let lock = Sem::with_values(&[1]);
    let memory = segment();
    let attachment = memory.attach().unwrap();
    let mut writers = [(); 2].map(|()| Process::start(TEST, &[&memory.id(), &lock.id]));
    writers[0].wait_until("the writers", || rounds(&attachment) > 0);
    let mut buffer = vec![GUARD; LARGEST + 32];
    let begin = rounds(&attachment);
    support::wait_until("the writers' rounds", || {
        for (number, length) in lengths().enumerate() {
            step(lock.id, -1);
            let mixed = read_and_check(&attachment, OFFSETS[number % 2], length, &mut buffer);
            step(lock.id, 1);
            assert!(!mixed, "a mixture, under the semaphore, of {length} bytes");
        }
        rounds(&attachment) > begin + 200
    });
    attachment
        .atomic_u32(4)
        .unwrap()
        .store(1, Ordering::Relaxed);
    for writer in writers {
        writer.finish();
    }
    assert_guards(&attachment);
}

/// Rows N5, P15: atomic counters are exact across processes.
#[test]
fn atomics_count_over_processes() {
    const TEST: &str = test_name!("atomics_count_over_processes");
    const COUNT: u32 = 20_000;
    if let Some(words) = support::role(TEST) {
        let memory = attach(&words[0]);
        let counter = memory.atomic_u32(RECORD).unwrap();
        for _ in 0..COUNT {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        return;
    }
    let memory = segment();
    let attachment = memory.attach().unwrap();
    attachment.write_value(&0_u32, RECORD).unwrap();
    let counters = [(); 4].map(|()| Process::start(TEST, &[&memory.id()]));
    for counter in counters {
        counter.finish();
    }
    assert_eq!(
        attachment.load_u32(RECORD, Ordering::Acquire).unwrap(),
        4 * COUNT
    );
}
