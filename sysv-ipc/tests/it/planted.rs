//! Planted faults for the memory checkers: `.ci/full` runs each of them separately, and fails unless the checker
//! reports it. Nothing else runs them.
//!
//! Without a checker, the faults have no visible effect.

use std::hint::black_box;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::thread;

use sysv_ipc::*;

/// Reads one byte beyond a heap block, by the call that reads segments.
#[test]
#[ignore = "a planted fault: an out-of-bounds read"]
fn read_behind_the_end() {
    let block = black_box(vec![1_u8; 24]);
    let mut byte = [0];
    let end = block.as_ptr().wrapping_add(block.len());
    // SAFETY: none; this is a planted fault. The allocator's own data is there.
    unsafe { copy_out(end.cast(), &mut byte) };
    black_box(byte);
}

/// Writes to a freed heap block.
#[test]
#[ignore = "a planted fault: a write after free"]
fn write_after_free() {
    let mut block = black_box(vec![1_u8; 4000]);
    let address = block.as_mut_ptr();
    drop(block);
    // SAFETY: none; this is a planted fault. The address is beyond the allocator's data in a free block.
    unsafe { copy_in(b"x", address.wrapping_add(3000).cast()) };
}

/// Makes the kernel write all values of a set into a shorter slice.
#[test]
#[ignore = "a planted fault: the kernel writes beyond a slice"]
fn values_behind_the_end() {
    let set = semget(Key::PRIVATE, 16, SemGetFlags::CREAT, Mode::OWNER).unwrap();
    let mut values = black_box(vec![0_u16; 12]);
    // SAFETY: none; this is a planted fault. The kernel writes 32 bytes into a block of 24, which most allocators round
    // up to 32.
    let got = unsafe { semctl_getall(set, &mut values) };
    semctl_rmid(set).unwrap();
    got.unwrap();
}

/// Branches on an uninitialised number.
#[test]
#[ignore = "a planted fault: an uninitialised read"]
fn a_number_that_nobody_wrote() {
    let block = black_box(Box::<[u64; 4]>::new_uninit());
    let mut bytes = [0; 8];
    // SAFETY: the block has that many bytes; that they are uninitialised is the planted fault.
    unsafe { copy_out(block.as_ptr().cast(), &mut bytes) };
    black_box(u64::from_ne_bytes(bytes) == 42);
    assert_ne!(bytes, *b"whatever");
}

/// Loses the address of a block.
#[test]
#[ignore = "a planted fault: a leak"]
fn a_block_is_lost() {
    black_box(black_box(vec![1_u8; 1000]).leak());
}

/// Makes two threads write to one address without synchronisation.
#[test]
#[ignore = "a planted fault: a data race"]
fn writers_without_an_order() {
    let mut block = black_box(vec![1_u8; 24]);
    let place = AtomicPtr::new(block.as_mut_ptr());
    let begun = AtomicU32::new(0);
    let write = || {
        // Makes the threads overlap; relaxed operations do not order the writes.
        begun.fetch_add(1, Ordering::Relaxed);
        while begun.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        let address = place.load(Ordering::Relaxed);
        for _ in 0..1000 {
            // SAFETY: none; this is a planted fault. The block is long enough.
            unsafe { copy_in(b"x", address.cast()) };
        }
    };
    thread::scope(|scope| {
        scope.spawn(write);
        scope.spawn(write);
    });
    black_box(block);
}
