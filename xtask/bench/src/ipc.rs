//! The work through `sysv-ipc`.
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

use crate::job::{Job, Run};
use crate::objects::{Objects, work};

pub fn prepare(objects: Objects, job: &Job) -> Option<Run> {
    const PLAIN: SemFlags = SemFlags::empty();
    const SEND: MsgSndFlags = MsgSndFlags::empty();
    const RECEIVE: MsgRcvFlags = MsgRcvFlags::empty();
    const NEW_QUEUE: MsgGetFlags = MsgGetFlags::CREAT.union(MsgGetFlags::EXCL);
    const NEW_SEGMENT: ShmGetFlags = ShmGetFlags::CREAT.union(ShmGetFlags::EXCL);
    let (set, queue) = (objects.semaphore.id(), objects.queue.id());
    let step = |op, flags| [SemBuf::new(0, op, flags)];
    let second = Some(Duration::from_secs(1));
    let (segment, key) = (objects.segment.id(), objects.segment.key()?.into());
    let get = move || shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
    let (text, size, offset) = (objects.buffer, job.numbers[0], job.numbers[1]);
    let mut message = MsgBuf::new(1, text);
    let start = objects.memory.as_mut_ptr().cast::<c_void>();
    let at = move || start.wrapping_byte_add(black_box(offset));
    Some(work! { format!("{}/{}", job.kind, job.what).as_str();
        "semaphore/acquire-release" => semop(set, &step(-1, PLAIN)).unwrap(), semop(set, &step(1, PLAIN)).unwrap();
        "semaphore/undo" | "semaphore/lock" => semop(set, &step(-1, SemFlags::UNDO)).unwrap(), semop(set, &step(1, SemFlags::UNDO)).unwrap();
        "semaphore/timeout" => semtimedop(set, &step(-1, PLAIN), second).unwrap(), semop(set, &step(1, PLAIN)).unwrap();
        "semaphore/value" => semctl_getval(set, 0).unwrap();
        "semaphore/set-value" => semctl_setval(set, 0, 1).unwrap();
        "semaphore/status" => semctl_stat(set).unwrap();
        "semaphore/create-remove" => create_set().and_then(semctl_rmid).unwrap();
        "segment/status" => shmctl_stat(segment).unwrap();
        "segment/get" => get().unwrap();
        "segment/open" => get().and_then(shmctl_stat).unwrap();
        "segment/shmat-shmdt" => attach(segment).and_then(detach).unwrap();
        "segment/attach-detach" => attach(segment).and_then(|at| shmctl_stat(segment).and_then(|_| detach(at))).unwrap();
        "segment/create-remove" => shmget(Key::PRIVATE, 4096, NEW_SEGMENT, Mode::OWNER).and_then(shmctl_rmid).unwrap();
        "queue/status" => msgctl_stat(queue).unwrap();
        "queue/in-place" => msgsnd(queue, &message, SEND).unwrap(), msgrcv(queue, &mut message, 0, RECEIVE).unwrap();
        "queue/copied" => msgsnd_bytes(queue, 1, text, SEND).unwrap(), black_box(msgrcv_vec(queue, size.max(4096), 0, RECEIVE).unwrap());
        "queue/create-remove" => msgget(Key::PRIVATE, NEW_QUEUE, Mode::OWNER).and_then(msgctl_rmid).unwrap();
        // SAFETY: the segment is longer than offset and copy together.
        "copy/read" => unsafe { copy_out(at(), text) };
        // SAFETY: as above.
        "copy/write" => unsafe { copy_in(text, at()) };
        // SAFETY: as above.
        "copy/fill" => unsafe { fill(at(), b'f', size) };
        // SAFETY: as above.
        "copy/read-u32" => unsafe { copy_out(at(), black_box(&mut [0; 4])) };
        // SAFETY: as above.
        "copy/read-u64" => unsafe { copy_out(at(), black_box(&mut [0; 8])) };
        // SAFETY: as above.
        "copy/write-u32" => unsafe { copy_in(&black_box(7_u32).to_ne_bytes(), at()) };
        // SAFETY: as above.
        "copy/write-u64" => unsafe { copy_in(&black_box(7_u64).to_ne_bytes(), at()) };
        // SAFETY: the integer is within the segment and aligned.
        "copy/load-u32" => black_box(unsafe { atomic_load::<AtomicU32>(at(), Relaxed) });
        // SAFETY: as above.
        "copy/load-u64" => black_box(unsafe { atomic_load::<AtomicU64>(at(), Relaxed) });
        // SAFETY: as above.
        "copy/store-u32" => unsafe { atomic_ref::<AtomicU32>(at()) }.store(7, Relaxed);
        // SAFETY: as above.
        "copy/store-u64" => unsafe { atomic_ref::<AtomicU64>(at()) }.store(7, Relaxed);
        // SAFETY: as above.
        "copy/add-u32" => unsafe { atomic_ref::<AtomicU32>(at()) }.fetch_add(1, Relaxed);
        // SAFETY: as above.
        "copy/add-u64" => unsafe { atomic_ref::<AtomicU64>(at()) }.fetch_add(1, Relaxed);
    })
}

/// Creates a set and makes it ready for others by Stevens' protocol.
fn create_set() -> Result<SemId> {
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let id = semget(Key::PRIVATE, 1, flags, Mode::OWNER)?;
    semctl_setval(id, 0, 1)?;
    let nothing = [-1, 1].map(|op| SemBuf::new(0, op, SemFlags::NOWAIT));
    semop(id, &nothing).map(|()| id)
}

fn attach(id: ShmId) -> Result<*mut c_void> {
    // SAFETY: the kernel chooses a free address.
    unsafe { shmat(id, ptr::null(), ShmAtFlags::empty()) }
}

fn detach(address: *mut c_void) -> Result<()> {
    // SAFETY: nothing refers into the mapping.
    unsafe { shmdt(address) }
}
