//! Copies into and out of a segment, and fills: every length, every alignment, unchanged neighbours, and concurrent
//! writes by other processes.

use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::unix::process::ExitStatusExt as _;

use crate::support::{Attached, Process, Sem, Shm, role};
use sysv_ipc::*;

/// The margin on both sides of a copy, which must stay unchanged.
const GUARD: usize = 24;
const LONGEST: usize = 300;
const WHOLE: usize = GUARD + 16 + LONGEST + GUARD;

/// The byte of the margins. It does not occur in copies: bytes of `pattern` are below 0xc0.
const UNTOUCHED: u8 = 0xe7;

/// Returns bytes that differ from their neighbours, and between calls.
fn pattern(seed: usize, length: usize) -> Vec<u8> {
    let byte = |n: usize| ((n * 37 + seed * 101 + 5) % 0xbf).to_le_bytes()[0];
    (0..length).map(byte).collect()
}

fn is_untouched(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == UNTOUCHED)
}

/// Calls `test` with every length at every alignment of the segment and of Rust's own memory.
fn for_each_place(mut test: impl FnMut(usize, usize, usize)) {
    for length in 0..=LONGEST {
        for alignment in 0..16 {
            test(length, GUARD + alignment, (length * 7 + alignment * 3) % 16);
        }
    }
}

/// Returns two mappings of one segment in this process.
fn two_mappings() -> (Attached, Attached) {
    let segment = Shm::private(WHOLE);
    let both = (segment.attach(), segment.attach());
    assert_ne!(both.0.0, both.1.0);
    both
}

#[test]
fn copying_in_writes_just_that() {
    let (mapping, other) = two_mappings();
    for_each_place(|length, offset, own_offset| {
        mapping.write(0, &[UNTOUCHED; WHOLE]);
        let source = pattern(length + offset, own_offset + length);
        // SAFETY: the bytes are within the segment, which stays attached.
        unsafe { copy_in(&source[own_offset..], mapping.at(offset)) };
        let seen = other.read(0, WHOLE);
        let (before, rest) = seen.split_at(offset);
        let (copied, after) = rest.split_at(length);
        assert_eq!(copied, &source[own_offset..], "{length} bytes at {offset}");
        assert!(
            is_untouched(before) && is_untouched(after),
            "{length} bytes at {offset}"
        );
    });
}

#[test]
fn copying_out_reads_just_that() {
    let (mapping, other) = two_mappings();
    let bytes = pattern(1, WHOLE);
    other.write(0, &bytes);
    for_each_place(|length, offset, own_offset| {
        let mut memory = [UNTOUCHED; WHOLE];
        let range = own_offset + GUARD..own_offset + GUARD + length;
        // SAFETY: the bytes are within the segment, which stays attached.
        unsafe { copy_out(mapping.at(offset), &mut memory[range.clone()]) };
        assert_eq!(memory[range.clone()], bytes[offset..offset + length]);
        let (before, after) = (&memory[..range.start], &memory[range.end..]);
        assert!(
            is_untouched(before) && is_untouched(after),
            "{length} bytes at {offset}"
        );
    });
    assert_eq!(other.read(0, WHOLE), bytes, "reading changes nothing");
}

#[test]
fn copying_out_initialises() {
    let (mapping, other) = two_mappings();
    let bytes = pattern(2, WHOLE);
    other.write(0, &bytes);
    for_each_place(|length, offset, _| {
        let mut memory = vec![MaybeUninit::uninit(); length];
        // SAFETY: the bytes are within the segment, which stays attached.
        unsafe { copy_out_uninit(mapping.at(offset), &mut memory) };
        // SAFETY: all of it was just written.
        let copied = memory.iter().map(|byte| unsafe { byte.assume_init() });
        assert!(copied.eq(bytes[offset..offset + length].iter().copied()));
    });
}

#[test]
fn filling_writes_just_that() {
    let (mapping, other) = two_mappings();
    for_each_place(|length, offset, value| {
        mapping.write(0, &[UNTOUCHED; WHOLE]);
        let byte = value.to_le_bytes()[0] * 11;
        // SAFETY: the bytes are within the segment, which stays attached.
        unsafe { fill(mapping.at(offset), byte, length) };
        let seen = other.read(0, WHOLE);
        let (before, rest) = seen.split_at(offset);
        let (filled, after) = rest.split_at(length);
        assert!(
            filled.iter().all(|seen| *seen == byte),
            "{length} bytes at {offset}"
        );
        assert!(
            is_untouched(before) && is_untouched(after),
            "{length} bytes at {offset}"
        );
    });
}

#[test]
fn every_byte_value_arrives() {
    let (mapping, other) = two_mappings();
    let all: Vec<u8> = (0..=u8::MAX).collect();
    mapping.write(3, &all);
    assert_eq!(other.read(3, 256), all);
    for byte in all {
        // SAFETY: the bytes are within the segment, which stays attached.
        unsafe { fill(mapping.at(1), byte, 5) };
        assert_eq!(other.read(1, 5), [byte; 5]);
    }
}

/// Long copies, over several pages and to the end of the segment, after which nothing is mapped.
#[test]
fn long_copies_to_the_last_byte() {
    let size = 16 * page_size();
    let segment = Shm::private(size);
    let (mapping, other) = (segment.attach(), segment.attach());
    for (offset, length) in [
        (0, size),
        (1, size - 1),
        (4095, 8194),
        (size - 1, 1),
        (size, 0),
    ] {
        let bytes = pattern(offset, length);
        mapping.write(offset, &bytes);
        assert_eq!(
            other.read(offset, length),
            bytes,
            "{length} bytes at {offset}"
        );
    }
    // SAFETY: this is the whole segment.
    unsafe { fill(mapping.at(0), 0x5a, size) };
    assert!(other.read(0, size).iter().all(|byte| *byte == 0x5a));
}

#[test]
fn what_another_process_wrote() {
    if let Some(words) = role(test_name!("what_another_process_wrote")) {
        let segment = ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let mapping = segment.attach();
        assert_eq!(mapping.read(7, 300), pattern(4, 300));
        return mapping.write(1001, &pattern(5, 777));
    }
    let segment = Shm::private(2000);
    let mapping = segment.attach();
    mapping.write(7, &pattern(4, 300));
    Process::start(test_name!("what_another_process_wrote"), &[&segment.id]).finish();
    assert_eq!(mapping.read(1001, 777), pattern(5, 777));
    assert_eq!(mapping.read(7, 300), pattern(4, 300));
}

/// Another process fills the segment repeatedly while this one reads: each byte that is read was written at some time,
/// and both kinds are read.
#[test]
fn reading_while_another_process_writes() {
    const SIZE: usize = 3001;
    const KINDS: [u8; 2] = [0x11, 0xee];
    if let Some(words) = role(test_name!("reading_while_another_process_writes")) {
        let segment = ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let mapping = segment.attach();
        loop {
            for kind in KINDS {
                // SAFETY: this is the whole segment.
                unsafe { fill(mapping.at(0), kind, SIZE) };
                mapping.write(0, &[kind; SIZE]);
            }
        }
    }
    let segment = Shm::private(SIZE);
    let mapping = segment.attach();
    mapping.write(0, &[KINDS[0]; SIZE]);
    let mut child = Process::start(
        test_name!("reading_while_another_process_writes"),
        &[&segment.id],
    );
    let mut turns = 0;
    let mut last = KINDS[0];
    child.wait_until("both kinds of bytes", || {
        for (offset, length) in [(0, SIZE), (1, SIZE - 2), (13, 64), (2990, 11)] {
            let bytes = mapping.read(offset, length);
            assert!(bytes.iter().all(|byte| KINDS.contains(byte)));
            turns += usize::from(bytes[0] != last);
            last = bytes[0];
        }
        turns >= 20
    });
    assert_eq!(child.kill().signal(), Some(libc::SIGKILL));
}

/// Two processes write adjacent bytes within the same words, and do not affect each other.
#[test]
fn writing_beside_another_process() {
    const PIECE: usize = 7;
    const ROUNDS: u32 = 20_000;

    /// Writes every other piece from `first` on repeatedly, and checks that each is unchanged.
    fn work(mapping: &Attached, first: usize) {
        for round in 0..ROUNDS {
            for piece in (first..20).step_by(2) {
                let text = round.to_be_bytes();
                let bytes = [text[0], text[1], text[2], text[3], 0x77, text[3], text[2]];
                mapping.write(piece * PIECE, &bytes);
                let length = PIECE - piece % 3;
                let seen = mapping.read(piece * PIECE, length);
                assert_eq!(seen, bytes[..length], "piece {piece}, round {round}");
            }
        }
    }
    if let Some(words) = role(test_name!("writing_beside_another_process")) {
        let segment = ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let set: SemId = words[1].parse().unwrap();
        let mapping = segment.attach();
        // Both wait for each other before they begin.
        semop(set, &[SemBuf::new(0, -1, SemFlags::empty())]).unwrap();
        semop(set, &[SemBuf::new(0, 0, SemFlags::empty())]).unwrap();
        return work(&mapping, 1);
    }
    let segment = Shm::private(20 * PIECE);
    let set = Sem::with_values(&[2]);
    let mapping = segment.attach();
    let mut child = Process::start(
        test_name!("writing_beside_another_process"),
        &[&segment.id, &set.id],
    );
    child.wait_until("the other", || semctl_getzcnt(set.id, 0) == Ok(1));
    semop(set.id, &[SemBuf::new(0, -1, SemFlags::empty())]).unwrap();
    work(&mapping, 0);
    child.finish();
}
