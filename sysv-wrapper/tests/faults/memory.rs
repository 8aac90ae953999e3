//! An exhausted address space, while a process attaches, copies, sends and receives. Each call reports it, loses
//! nothing, and succeeds again when memory is free.

use sysv_wrapper::*;

use crate::alone::is_alone;
use crate::record::{number, record};
use crate::support::confine::{limit_memory, unlimit_memory};
use crate::support::in_namespace;
use crate::support::namespace::set_sysctl;

const MIB: usize = 1 << 20;

/// Makes glibc cache no memory, which it otherwise does per thread.
const NO_STORE: [(&str, &str); 2] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "65536"),
];

#[track_caller]
fn assert_no_memory<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.map(|_| "success").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
    assert_eq!(error.errno(), Some(Errno::ENOMEM), "{error}");
    // Attaching names the limit on the address space.
    let text = error.to_string();
    assert!(
        text.contains("not enough memory (ENOMEM)") || text.contains("RLIMIT_AS"),
        "{error}"
    );
}

/// Rows P14, P17, N6: attaching, copying out, and filling.
#[test]
fn attaching_without_room() {
    const TEST: &str = test_name!("attaching_without_room");
    if !is_alone(TEST, &NO_STORE) {
        return;
    }
    let memory = SharedMemory::builder().size(8 * MIB).create_private();
    let memory = RemoveOnDrop::new(memory.unwrap());
    let kept = memory.attach().unwrap();
    kept.write_at(&record(7, 100), 5 * MIB).unwrap();
    limit_memory(45 << 20);
    let mut counts = Vec::new();
    for round in 0..20 {
        let mut attached = Vec::with_capacity(8);
        let error = loop {
            match memory.attach_read_only() {
                Ok(attachment) => attached.push(attachment),
                Err(error) => break error,
            }
            assert!(attached.len() < 8, "the memory suffices for everything");
        };
        assert_no_memory::<()>(Err(error));
        let count = u64::try_from(attached.len()).unwrap();
        assert_eq!(memory.status().unwrap().attach_count(), 1 + count);
        if round == 0 {
            assert_no_memory(kept.read_to_vec(..));
            assert_no_memory(memory.attach());
        }
        counts.push(count);
    }
    // A lost mapping would reduce the number in later rounds.
    assert!(
        counts[0] >= 4 && counts.iter().all(|count| *count == counts[0]),
        "{counts:?}"
    );

    // A segment that cannot be filled is not left behind. One way needs twice its size, the other once.
    let key = Key::random();
    let large = || SharedMemory::builder().size(30 * MIB);
    let error = large().init(|_| unreachable!()).create(key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Initialiser, "{error}");
    assert!(error.to_string().contains("memory"), "{error}");
    assert_no_memory(SharedMemory::builder().size(60 * MIB).fill(1).create(key));
    assert!(!SharedMemory::exists(key).unwrap());

    unlimit_memory();
    let bytes = kept.read_to_vec(5 * MIB..5 * MIB + 100).unwrap();
    assert_eq!(number(&bytes), 7);
    assert_eq!(kept.read_to_vec(..).unwrap().len(), 8 * MIB);
    assert_eq!(memory.attach().unwrap().len(), 8 * MIB);
    drop(kept);
    assert_eq!(memory.status().unwrap().attach_count(), 0);
}

/// Rows P18, N6: a message stays if there is no memory for it, and no partial message is sent.
#[test]
fn messages_without_memory() {
    const TEST: &str = test_name!("messages_without_memory");
    if !is_alone(TEST, &NO_STORE) {
        return;
    }
    in_namespace(TEST, || {
        set_sysctl("msgmax", 4 * MIB);
        set_sysctl("msgmnb", 8 * MIB);
        let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
        // Never freed, so that the next allocation does not reuse its memory.
        let mut large = MessageBuffer::new(1, &record(7, 4 * MIB));
        queue.send_buffer(&large).unwrap();
        let messages = || queue.status().unwrap().messages();
        limit_memory(MIB as u64);
        for _ in 0..20 {
            assert_no_memory(queue.try_receive(Selector::Any));
            assert_no_memory(queue.receive(Selector::Any));
            assert_no_memory(queue.try_send(1, large.bytes()));
            assert_no_memory(large.try_reserve(6 * MIB));
            assert_eq!(messages(), 1);
        }
        // If the message exceeds MSGMAX, the error says that instead.
        set_sysctl("msgmax", MIB);
        let error = queue.try_send(1, large.bytes()).unwrap_err();
        set_sysctl("msgmax", 4 * MIB);
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert_eq!(error.errno(), Some(Errno::ENOMEM), "{error}");
        assert!(error.to_string().contains("1048576 (MSGMAX)"), "{error}");
        assert_eq!(large.capacity(), 4 * MIB);
        queue
            .try_receive_into(&mut [0; 100], Selector::Any)
            .unwrap_err();
        assert_eq!(messages(), 1);
        // Twice the length is needed: for the buffer that the kernel fills, and for the result. Once is not enough.
        limit_memory(6 << 20);
        let received = queue.try_receive(Selector::Any);
        unlimit_memory();
        assert_no_memory(received);
        assert_eq!(messages(), 1);
        let message = queue.try_receive(Selector::Any).unwrap();
        assert_eq!(number(&message.bytes), 7);
        assert_eq!(message.bytes.len(), 4 * MIB);
        queue.try_send(1, large.bytes()).unwrap();
        queue.try_receive_buffer(&mut large, Selector::Any).unwrap();
        assert_eq!(number(large.bytes()), 7);
    });
}

/// Row N6: capacities beyond all memory are an error, and do not end the process.
#[test]
fn rooms_beyond_all_memory() {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    queue.send(1, b"stays").unwrap();
    let half = usize::MAX / 2;
    for room in [half, half + 1, usize::MAX - 8, usize::MAX] {
        let flags = sysv_ipc::MsgRcvFlags::NOWAIT;
        let received = sysv_ipc::msgrcv_vec(queue.id(), room, 0, flags);
        assert_eq!(received, Err(Errno::ENOMEM));
        let mut buffer = MessageBuffer::new(3, b"unchanged");
        assert_no_memory(buffer.try_reserve(room));
        assert_eq!(
            (buffer.message_type(), buffer.bytes()),
            (3, &b"unchanged"[..])
        );
        assert_eq!(buffer.capacity(), 9);
    }
    assert_eq!(queue.try_receive(Selector::Any).unwrap().bytes, b"stays");
}

/// Row P15: an attachment that ends takes with it what it knew of its atomics.
#[test]
fn atomics_of_many_attachments() {
    const TEST: &str = test_name!("atomics_of_many_attachments");
    if !is_alone(TEST, &NO_STORE) {
        return;
    }
    let memory = SharedMemory::builder().size(8 * MIB).create_private();
    let memory = RemoveOnDrop::new(memory.unwrap());
    limit_memory(64 << 20);
    for _ in 0..200 {
        let attachment = memory.attach().unwrap();
        for chunk in 0..128 {
            attachment.atomic_u32(chunk << 16).unwrap();
        }
    }
}
