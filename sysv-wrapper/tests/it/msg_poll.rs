//! Allocations of waiting and receiving.
#![expect(unsafe_code, reason = "has an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use sysv_wrapper::{MessageBuffer, MessageQueue, RemoveOnDrop, Result, Selector};

/// The system's allocator with a counter per thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ALLOCATIONS: Cell<u32> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does all of it. The counters allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get().wrapping_add(1));
        LARGEST.set(LARGEST.get().max(layout.size()));
        // SAFETY: the caller's promise is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the system allocator's.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Returns the number of allocations in `work`.
fn allocations<T>(work: impl FnOnce() -> T) -> u32 {
    let before = ALLOCATIONS.get();
    drop(work());
    ALLOCATIONS.get() - before
}

/// Row N3. Repeated attempts of a wait allocate nothing.
#[test]
fn attempts_allocate_nothing() {
    let queue = MessageQueue::builder().max_bytes(8000).create_private();
    let queue = RemoveOnDrop::new(queue.unwrap());
    queue.send(1, &[1; 8000]).unwrap();
    let message = MessageBuffer::new(5, &[5; 8000]);
    let five = Selector::Exact(5);
    let waits: [&dyn Fn(Duration) -> Result<()>; 8] = [
        &|time| queue.receive_timeout(five, time).map(drop),
        &|time| {
            queue
                .receive_into_timeout(&mut [0; 16], five, time)
                .map(drop)
        },
        &|time| {
            queue
                .receive_into_timeout(&mut [0; 8192], five, time)
                .map(drop)
        },
        &|time| {
            queue
                .receive_truncated_timeout(&mut [0; 8192], five, time)
                .map(drop)
        },
        &|time| queue.receive_buffer_timeout(&mut MessageBuffer::with_capacity(8192), five, time),
        &|time| queue.send_timeout(5, b"five", time),
        &|time| queue.send_timeout(5, &[5; 8000], time),
        &|time| queue.send_buffer_timeout(&message, time),
    ];
    for (number, wait) in waits.into_iter().enumerate() {
        let [short, long] = [1, 100].map(|milliseconds| {
            let time = Duration::from_millis(milliseconds);
            allocations(|| assert!(wait(time).unwrap_err().is_timed_out()))
        });
        assert_eq!(short, long, "{number}");
    }
}

/// Rows P18, P20. The buffer size for a message depends on the bytes on the queue, and not on the system's limit.
#[test]
#[cfg(target_os = "linux")]
fn the_room_for_a_message_is_not_the_limit() {
    use crate::support::{self, namespace::set_sysctl};
    const TEST: &str = "the_room_for_a_message_is_not_the_limit";
    support::in_namespace(TEST, || {
        let looks = support::sees_messages(TEST);
        set_sysctl("msgmnb", 1 << 28);
        set_sysctl("msgmax", 1 << 28);
        let queue = MessageQueue::builder().create_private().unwrap();
        let queue = RemoveOnDrop::new(queue);
        for length in [5, 5000, 100_000] {
            queue.send(1, &vec![7; length]).unwrap();
            LARGEST.set(0);
            if looks {
                let message = queue.peek(0).unwrap().unwrap();
                assert_eq!(message.bytes.len(), length);
                assert!(queue.count_by_type().unwrap().is_complete());
            }
            assert_eq!(queue.receive(Selector::Any).unwrap().bytes.len(), length);
            let largest = LARGEST.get();
            assert!(largest <= 16 * 4096 + 2 * length, "{length}: {largest}");
        }
    });
}
