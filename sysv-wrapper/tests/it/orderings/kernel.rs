//! The calls of System V IPC, as far as `sync` makes them, for an interpreter that has no kernel. Only the calls of one process.

#![allow(unsafe_code, reason = "stands for the C library")]

use std::alloc::{self, Layout};
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard};
use std::{ptr, slice};

use sysv_sys as sys;

#[derive(Default)]
struct Kernel {
    sets: HashMap<c_int, (sys::semid_ds, Vec<i32>)>,
    segments: HashMap<c_int, Segment>,
    next: c_int,
}

struct Segment {
    memory: *mut u8,
    layout: Layout,
    status: sys::shmid_ds,
    is_removed: bool,
}

// SAFETY: the memory belongs to all threads.
unsafe impl Send for Segment {}

impl Kernel {
    fn new_id(&mut self) -> c_int {
        self.next += 1;
        self.next
    }

    /// Frees removed segments that are attached no more.
    fn sweep(&mut self) {
        self.segments.retain(|_, segment| {
            let is_kept = !segment.is_removed || segment.status.shm_nattch > 0;
            if !is_kept {
                // SAFETY: the memory was allocated with this layout, and nothing has its address any more.
                unsafe { alloc::dealloc(segment.memory, segment.layout) };
            }
            is_kept
        });
    }
}

static KERNEL: LazyLock<Mutex<Kernel>> = LazyLock::new(Mutex::default);
static CHANGED: Condvar = Condvar::new();

fn kernel() -> MutexGuard<'static, Kernel> {
    KERNEL.lock().unwrap()
}

fn fail(errno: c_int) -> c_int {
    // SAFETY: the address is that of the thread's own errno.
    unsafe { *libc::__errno_location() = errno };
    -1
}

fn perm(key: sys::key_t, flags: c_int) -> sys::ipc_perm {
    // SAFETY: plain integers.
    let mut perm: sys::ipc_perm = unsafe { std::mem::zeroed() };
    perm.__key = key;
    perm.mode = (flags & 0o777) as _;
    perm
}

#[unsafe(no_mangle)]
extern "C" fn semget(key: sys::key_t, count: c_int, flags: c_int) -> c_int {
    let mut kernel = kernel();
    let kernel = &mut *kernel;
    let id = kernel.new_id();
    // SAFETY: plain integers.
    let mut status: sys::semid_ds = unsafe { std::mem::zeroed() };
    status.sem_perm = perm(key, flags);
    status.sem_nsems = count as _;
    status.sem_ctime = 1;
    kernel.sets.insert(id, (status, vec![0; count as usize]));
    id
}

/// What one attempt at operations gives.
enum Tried {
    Done,
    Wait,
    Failed(c_int),
}

fn attempt(values: &mut Vec<i32>, steps: &[sys::sembuf]) -> Tried {
    let mut after = values.clone();
    for step in steps {
        let Some(value) = after.get_mut(usize::from(step.sem_num)) else {
            return Tried::Failed(libc::EFBIG);
        };
        let op = i32::from(step.sem_op);
        let fails = if op == 0 {
            *value != 0
        } else {
            *value + op < 0
        };
        if fails {
            return match c_int::from(step.sem_flg) & libc::IPC_NOWAIT {
                0 => Tried::Wait,
                _ => Tried::Failed(libc::EAGAIN),
            };
        }
        *value += op;
        if *value > 32767 {
            return Tried::Failed(libc::ERANGE);
        }
    }
    *values = after;
    Tried::Done
}

#[unsafe(no_mangle)]
unsafe extern "C" fn semop(id: c_int, steps: *mut sys::sembuf, count: usize) -> c_int {
    // SAFETY: as the caller promises.
    let steps = unsafe { slice::from_raw_parts(steps, count) };
    let mut kernel = kernel();
    loop {
        let Some((_, values)) = kernel.sets.get_mut(&id) else {
            return fail(libc::EINVAL);
        };
        match attempt(values, steps) {
            Tried::Done => {
                CHANGED.notify_all();
                return 0;
            }
            Tried::Failed(errno) => return fail(errno),
            Tried::Wait => kernel = CHANGED.wait(kernel).unwrap(),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn semtimedop(
    id: c_int,
    steps: *mut sys::sembuf,
    count: usize,
    _: *const c_void,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { semop(id, steps, count) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn semctl(id: c_int, number: c_int, command: c_int, mut argument: ...) -> c_int {
    let mut kernel = kernel();
    let kernel = &mut *kernel;
    if command == libc::IPC_RMID {
        return kernel
            .sets
            .remove(&id)
            .map_or_else(|| fail(libc::EINVAL), |_| 0);
    }
    let Some((status, values)) = kernel.sets.get_mut(&id) else {
        return fail(libc::EINVAL);
    };
    match command {
        libc::GETVAL => return values[number as usize],
        libc::GETALL => {
            // SAFETY: as for semctl: an array of the size of the set.
            let into = unsafe { argument.next_arg::<*mut u16>() };
            for (at, value) in values.iter().enumerate() {
                // SAFETY: as above.
                unsafe { into.add(at).write(*value as u16) };
            }
        }
        libc::SETALL => {
            // SAFETY: as for semctl.
            let from = unsafe { argument.next_arg::<*mut u16>() };
            for (at, value) in values.iter_mut().enumerate() {
                // SAFETY: as above.
                *value = i32::from(unsafe { from.add(at).read() });
            }
        }
        // SAFETY: as for semctl.
        libc::IPC_STAT => unsafe {
            argument
                .next_arg::<*mut u16>()
                .cast::<sys::semid_ds>()
                .write(*status);
        },
        libc::IPC_SET => {}
        _ => return fail(libc::EINVAL),
    }
    CHANGED.notify_all();
    0
}

#[unsafe(no_mangle)]
extern "C" fn shmget(key: sys::key_t, size: usize, flags: c_int) -> c_int {
    let mut kernel = kernel();
    let kernel = &mut *kernel;
    let id = kernel.new_id();
    let layout = Layout::from_size_align(size.next_multiple_of(4096), 4096).unwrap();
    // SAFETY: the size is not 0.
    let memory = unsafe { alloc::alloc_zeroed(layout) };
    // SAFETY: plain integers.
    let mut status: sys::shmid_ds = unsafe { std::mem::zeroed() };
    status.shm_perm = perm(key, flags);
    status.shm_segsz = size as _;
    status.shm_cpid = std::process::id() as _;
    status.shm_ctime = 1;
    let segment = Segment {
        memory,
        layout,
        status,
        is_removed: false,
    };
    kernel.segments.insert(id, segment);
    id
}

#[unsafe(no_mangle)]
extern "C" fn shmat(id: c_int, _: *const c_void, _: c_int) -> *mut c_void {
    let mut kernel = kernel();
    match kernel.segments.get_mut(&id) {
        Some(segment) => {
            segment.status.shm_nattch += 1;
            segment.memory.cast()
        }
        None => {
            fail(libc::EINVAL);
            ptr::without_provenance_mut(usize::MAX)
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn shmdt(address: *const c_void) -> c_int {
    let mut kernel = kernel();
    let kernel = &mut *kernel;
    let mut segments = kernel.segments.values_mut();
    let Some(segment) = segments.find(|segment| segment.memory.cast_const().cast() == address)
    else {
        return fail(libc::EINVAL);
    };
    segment.status.shm_nattch -= 1;
    kernel.sweep();
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn shmctl(id: c_int, command: c_int, status: *mut sys::shmid_ds) -> c_int {
    let mut kernel = kernel();
    let kernel = &mut *kernel;
    let Some(segment) = kernel.segments.get_mut(&id) else {
        return fail(libc::EINVAL);
    };
    match command {
        // SAFETY: as for shmctl.
        libc::IPC_STAT => unsafe { status.write(segment.status) },
        // SAFETY: as above.
        libc::IPC_SET => segment.status.shm_perm.mode = unsafe { (*status).shm_perm.mode },
        libc::IPC_RMID => {
            segment.is_removed = true;
            kernel.sweep();
        }
        _ => return fail(libc::EINVAL),
    }
    0
}

#[unsafe(no_mangle)]
extern "C" fn mprotect(_: *mut c_void, _: usize, _: c_int) -> c_int {
    0
}
