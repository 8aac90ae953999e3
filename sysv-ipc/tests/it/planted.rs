//! Faults, planted for those who look for faults: `.ci/full` runs each of these by itself and fails unless the checker
//! speaks. Nothing else runs them.
//!
//! What they do wrong is mild enough to go unnoticed without a checker.

use std::hint::black_box;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::thread;

use sysv_ipc::*;

/// Reads one byte behind a block of the heap, by the call that reads segments.
#[test]
#[ignore = "a fault: memory that is not one's own is read"]
fn read_behind_the_end() {
    let block = black_box(vec![1_u8; 24]);
    let mut byte = [0];
    let end = block.as_ptr().wrapping_add(block.len());
    // SAFETY: there is no excuse, which is the point. The allocator's own data is there.
    unsafe { copy_out(end.cast(), &mut byte) };
    black_box(byte);
}

/// Writes to a block of the heap that was given back.
#[test]
#[ignore = "a fault: memory that was given back is written"]
fn write_after_free() {
    let mut block = black_box(vec![1_u8; 4000]);
    let address = block.as_mut_ptr();
    drop(block);
    // SAFETY: there is no excuse, which is the point. Far behind what the allocator keeps in a free block.
    unsafe { copy_in(b"x", address.wrapping_add(3000).cast()) };
}

/// Has the kernel write all values of a set into a slice that is shorter.
#[test]
#[ignore = "a fault: the kernel writes behind a slice"]
fn values_behind_the_end() {
    let set = semget(Key::PRIVATE, 16, SemGetFlags::CREAT, Mode::OWNER).unwrap();
    let mut values = black_box(vec![0_u16; 12]);
    // SAFETY: there is no excuse, which is the point. The kernel writes 32 bytes into a block of 24, which in most
    // allocators has room for as many.
    let got = unsafe { semctl_getall(set, &mut values) };
    semctl_rmid(set).unwrap();
    got.unwrap();
}

/// Lets a number that nobody wrote decide.
#[test]
#[ignore = "a fault: memory is read that was never written"]
fn a_number_that_nobody_wrote() {
    let block = black_box(Box::<[u64; 4]>::new_uninit());
    let mut bytes = [0; 8];
    // SAFETY: the block has as many bytes; that nobody wrote them is the point.
    unsafe { copy_out(block.as_ptr().cast(), &mut bytes) };
    black_box(u64::from_ne_bytes(bytes) == 42);
    assert_ne!(bytes, *b"whatever");
}

/// Loses the address of a block.
#[test]
#[ignore = "a fault: memory is lost"]
fn a_block_is_lost() {
    black_box(black_box(vec![1_u8; 1000]).leak());
}

/// Has two threads write to one place, of which neither comes first.
#[test]
#[ignore = "a fault: two threads write without an order"]
fn writers_without_an_order() {
    let mut block = black_box(vec![1_u8; 24]);
    let place = AtomicPtr::new(block.as_mut_ptr());
    let begun = AtomicU32::new(0);
    let write = || {
        // Both are there, which without this they seldom are; relaxed, that puts nothing in order.
        begun.fetch_add(1, Ordering::Relaxed);
        while begun.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        let address = place.load(Ordering::Relaxed);
        for _ in 0..1000 {
            // SAFETY: there is no excuse, which is the point. The block is long enough.
            unsafe { copy_in(b"x", address.cast()) };
        }
    };
    thread::scope(|scope| {
        scope.spawn(write);
        scope.spawn(write);
    });
    black_box(block);
}
