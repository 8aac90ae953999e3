//! Sending and receiving through the bare calls, `sysv-ipc` and `sysv-wrapper`, in one process. What is sent comes
//! back at once.
//!
//! `cargo bench -p sysv-wrapper --bench msg`; the three names of a group are to be compared. Messages of 64 KiB are
//! measured where the bench can have an ipc namespace of its own, whose limits it raises.
#![expect(unsafe_code, reason = "measures against the bare calls")]

mod support;

use std::ffi::c_long;
use std::hint::black_box;
use std::slice;

use criterion::Criterion;
use sysv_ipc::{MsgBuf, MsgRcvFlags, MsgSndFlags, msgrcv, msgrcv_vec, msgsnd, msgsnd_bytes};
use sysv_wrapper::{MessageBuffer, MessageQueue, RemoveOnDrop, Selector};

/// What is received goes over the stack up to this length.
const ON_STACK: usize = 4096;

/// Sends from memory that holds type and text, and receives into it.
fn bare(queue: &MessageQueue, memory: &mut [c_long], length: usize) {
    let id = queue.id().as_raw();
    let message = black_box(memory.as_mut_ptr()).cast();
    // SAFETY: the memory holds the type and as many bytes behind it.
    let sent = unsafe { sysv_sys::msgsnd(id, message, length, 0) };
    // SAFETY: the memory has room for the type and as many bytes behind it.
    let received = unsafe { sysv_sys::msgrcv(id, message, length, 0, 0) };
    assert!(sent == 0 && received > 0);
}

fn in_place(criterion: &mut Criterion, queue: &MessageQueue, length: usize) {
    let text = vec![b'm'; length];
    let mut group = criterion.benchmark_group(format!("buffer, {length} bytes"));
    let mut memory = vec![1; 1 + length / size_of::<c_long>()];
    group.bench_function("libc", |bencher| {
        bencher.iter(|| bare(queue, &mut memory, length));
    });
    let mut message = MsgBuf::new(1, &text);
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| {
            msgsnd(queue.id(), black_box(&message), MsgSndFlags::empty()).unwrap();
            msgrcv(queue.id(), &mut message, 0, MsgRcvFlags::empty()).unwrap();
        });
    });
    let mut message = MessageBuffer::new(1, &text);
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| {
            queue.send_buffer(black_box(&message)).unwrap();
            queue.receive_buffer(&mut message, Selector::Any).unwrap();
        });
    });
    group.finish();
}

fn copied(criterion: &mut Criterion, queue: &MessageQueue, length: usize) {
    let text = vec![b't'; length];
    let mut group = criterion.benchmark_group(format!("slice and vector, {length} bytes"));
    let mut memory = vec![1; 1 + length.max(ON_STACK) / size_of::<c_long>()];
    group.bench_function("libc", |bencher| {
        bencher.iter(|| {
            let place = memory[1..].as_mut_ptr().cast::<u8>();
            // SAFETY: behind the type there is room for as many bytes.
            unsafe { place.copy_from_nonoverlapping(black_box(&text).as_ptr(), length) };
            bare(queue, &mut memory, length);
            let place = memory[1..].as_ptr().cast::<u8>();
            // SAFETY: behind the type there are as many bytes, which live until they are copied.
            unsafe { slice::from_raw_parts(place, length) }.to_vec()
        });
    });
    let room = length.max(ON_STACK);
    group.bench_function("sysv-ipc", |bencher| {
        bencher.iter(|| {
            msgsnd_bytes(queue.id(), 1, black_box(&text), MsgSndFlags::empty()).unwrap();
            msgrcv_vec(queue.id(), room, 0, MsgRcvFlags::empty()).unwrap()
        });
    });
    group.bench_function("sysv-wrapper", |bencher| {
        bencher.iter(|| {
            queue.send(1, black_box(&text)).unwrap();
            queue.receive(Selector::Any).unwrap()
        });
    });
    group.finish();
}

fn main() {
    let raised = support::own_namespace();
    let mut criterion = Criterion::default().configure_from_args();
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    for length in [64, 4 << 10, 64 << 10] {
        if length > 4 << 10 && !raised {
            eprintln!("64 KiB: skipped, since it takes an ipc namespace of its own");
            continue;
        }
        in_place(&mut criterion, &queue, length);
        copied(&mut criterion, &queue, length);
    }
    drop(queue);
    criterion.final_summary();
}
