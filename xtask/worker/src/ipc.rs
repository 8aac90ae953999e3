//! The operations through `sysv-ipc`. `sysv-wrapper` creates the objects.
#![expect(unsafe_code, reason = "the layer that is measured is unsafe to call")]

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use sysv_ipc::{
    Key, Mode, MsgBuf, MsgGetFlags, MsgRcvFlags, MsgSndFlags, Result, SemBuf, SemFlags,
    SemGetFlags, SemId, ShmAtFlags, ShmGetFlags, ShmId, atomic_load, atomic_ref, copy_in, copy_out,
    fill, msgctl_rmid, msgctl_stat, msgget, msgrcv, msgrcv_vec, msgsnd, msgsnd_bytes,
    semctl_getval, semctl_rmid, semctl_setval, semctl_stat, semget, semop, semtimedop, shmat,
    shmctl_rmid, shmctl_stat, shmdt, shmget,
};
use sysv_wrapper::{MessageQueue, RemoveOnDrop, Semaphore, SharedMemory};

use crate::{Prepared, Run, buffer, keep_apart, work};

/// The work of a row.
pub fn prepare(kind: &str, what: &str, first: usize, offset: usize) -> Prepared {
    match kind {
        "semaphore" => sets(what),
        "segment" => segments(what),
        "queue" => queues(what, first),
        _ => copies(what, first, offset),
    }
}

fn sets(what: &str) -> Prepared {
    const PLAIN: SemFlags = SemFlags::empty();
    let second = Some(Duration::from_secs(1));
    let step = |op, flags| [SemBuf::new(0, op, flags)];
    let set = RemoveOnDrop::new(Semaphore::builder().value(1).create_private()?);
    let id = set.id();
    let run: Run = work! { what;
        "acquire-release" => semop(id, &step(-1, PLAIN)).unwrap(), semop(id, &step(1, PLAIN)).unwrap();
        "undo" | "lock" => semop(id, &step(-1, SemFlags::UNDO)).unwrap(), semop(id, &step(1, SemFlags::UNDO)).unwrap();
        "timeout" => semtimedop(id, &step(-1, PLAIN), second).unwrap(), semop(id, &step(1, PLAIN)).unwrap();
        "value" => semctl_getval(id, 0).unwrap();
        "set-value" => semctl_setval(id, 0, 1).unwrap();
        "status" => semctl_stat(id).unwrap();
        "create-remove" => create_set().and_then(semctl_rmid).unwrap();
    };
    Ok(Some((run, Box::new(set))))
}

/// Creates a set and makes it ready for others by Stevens' protocol.
fn create_set() -> Result<SemId> {
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let id = semget(Key::PRIVATE, 1, flags, Mode::OWNER)?;
    semctl_setval(id, 0, 1)?;
    let nothing = [-1, 1].map(|op| SemBuf::new(0, op, SemFlags::NOWAIT));
    semop(id, &nothing).map(|()| id)
}

fn segments(what: &str) -> Prepared {
    const CREATE: ShmGetFlags = ShmGetFlags::CREAT.union(ShmGetFlags::EXCL);
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(4096).create_unique()?);
    let (id, key) = (memory.id(), memory.key().ok_or("no key")?.into());
    let get = move || shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
    let run: Run = work! { what;
        "status" => shmctl_stat(id).unwrap();
        "get" => get().unwrap();
        "open" => get().and_then(shmctl_stat).unwrap();
        "shmat-shmdt" => attach(id).and_then(detach).unwrap();
        "attach-detach" => attach(id).and_then(|at| shmctl_stat(id).and_then(|_| detach(at))).unwrap();
        "create-remove" => shmget(Key::PRIVATE, 4096, CREATE, Mode::OWNER).and_then(shmctl_rmid).unwrap();
    };
    Ok(Some((run, Box::new(memory))))
}

fn attach(id: ShmId) -> Result<*mut c_void> {
    // SAFETY: the kernel chooses a free address.
    unsafe { shmat(id, ptr::null(), ShmAtFlags::empty()) }
}

fn detach(address: *mut c_void) -> Result<()> {
    // SAFETY: nothing refers into the mapping.
    unsafe { shmdt(address) }
}

fn queues(what: &str, length: usize) -> Prepared {
    const CREATE: MsgGetFlags = MsgGetFlags::CREAT.union(MsgGetFlags::EXCL);
    const SEND: MsgSndFlags = MsgSndFlags::empty();
    const RECEIVE: MsgRcvFlags = MsgRcvFlags::empty();
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    let id = queue.id();
    let (text, room) = (vec![b't'; length], length.max(4096));
    let mut message = MsgBuf::new(1, &text);
    let apart = keep_apart(length);
    let run: Run = work! { what;
        "status" => msgctl_stat(id).unwrap();
        "in-place" => msgsnd(id, &message, SEND).unwrap(), msgrcv(id, &mut message, 0, RECEIVE).unwrap();
        "copied" => msgsnd_bytes(id, 1, &text, SEND).unwrap(), black_box(msgrcv_vec(id, room, 0, RECEIVE).unwrap());
        "create-remove" => msgget(Key::PRIVATE, CREATE, Mode::OWNER).and_then(msgctl_rmid).unwrap();
    };
    Ok(Some((run, Box::new((queue, apart)))))
}

fn copies(what: &str, size: usize, offset: usize) -> Prepared {
    let memory = SharedMemory::builder().size(size + 4096).fill(b's');
    let memory = RemoveOnDrop::new(memory.create_private()?);
    let segment = memory.attach()?;
    let start = segment.as_mut_ptr().cast::<c_void>();
    let at = move || start.wrapping_byte_add(black_box(offset));
    let (mut buffer, used) = buffer(size);
    let (mut four, mut eight) = ([0; 4], [0; 8]);
    let run: Run = work! { what;
        // SAFETY: the segment is longer than offset and copy together.
        "read" => unsafe { copy_out(at(), &mut buffer[used.clone()]) };
        // SAFETY: as above.
        "write" => unsafe { copy_in(&buffer[used.clone()], at()) };
        // SAFETY: as above.
        "fill" => unsafe { fill(at(), b'f', size) };
        // SAFETY: as above.
        "read-u32" => unsafe { copy_out(at(), black_box(&mut four)) };
        // SAFETY: as above.
        "read-u64" => unsafe { copy_out(at(), black_box(&mut eight)) };
        // SAFETY: as above.
        "write-u32" => unsafe { copy_in(&black_box(7_u32).to_ne_bytes(), at()) };
        // SAFETY: as above.
        "write-u64" => unsafe { copy_in(&black_box(7_u64).to_ne_bytes(), at()) };
        // SAFETY: the integer is within the segment and aligned.
        "load-u32" => black_box(unsafe { atomic_load::<AtomicU32>(at(), Relaxed) });
        // SAFETY: as above.
        "load-u64" => black_box(unsafe { atomic_load::<AtomicU64>(at(), Relaxed) });
        // SAFETY: as above.
        "store-u32" => unsafe { atomic_ref::<AtomicU32>(at()) }.store(7, Relaxed);
        // SAFETY: as above.
        "store-u64" => unsafe { atomic_ref::<AtomicU64>(at()) }.store(7, Relaxed);
        // SAFETY: as above.
        "add-u32" => unsafe { atomic_ref::<AtomicU32>(at()) }.fetch_add(1, Relaxed);
        // SAFETY: as above.
        "add-u64" => unsafe { atomic_ref::<AtomicU64>(at()) }.fetch_add(1, Relaxed);
    };
    Ok(Some((run, Box::new((segment, memory)))))
}
