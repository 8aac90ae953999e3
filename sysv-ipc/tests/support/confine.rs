//! Linux: a confined process: calls that kill it or fail, and a limited address space.

use std::io;

/// A system call, and its command if it has several.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct Call {
    /// Two numbers, since C libraries make different calls for the same function.
    numbers: [libc::c_long; 2],
    /// The index of the command's argument, and its value.
    command: Option<(u32, libc::c_int)>,
}

impl Call {
    pub const SHMGET: Call = Call::only(libc::SYS_shmget);
    pub const SHMAT: Call = Call::only(libc::SYS_shmat);
    pub const SHMDT: Call = Call::only(libc::SYS_shmdt);
    pub const SHM_STAT: Call = Call::of(libc::SYS_shmctl, 1, libc::IPC_STAT);
    pub const SHM_SET: Call = Call::of(libc::SYS_shmctl, 1, libc::IPC_SET);
    pub const SHM_REMOVE: Call = Call::of(libc::SYS_shmctl, 1, libc::IPC_RMID);
    pub const SHM_LIMITS: Call = Call::of(libc::SYS_shmctl, 1, 3);
    pub const SHM_STAT_ANY: Call = Call::of(libc::SYS_shmctl, 1, 15);
    pub const SEM_LIMITS: Call = Call::of(libc::SYS_semctl, 2, 3);
    pub const MSG_LIMITS: Call = Call::of(libc::SYS_msgctl, 1, 3);
    pub const SEMOP: Call = Call {
        numbers: [libc::SYS_semop, libc::SYS_semtimedop],
        command: None,
    };
    pub const SEM_GET_VALUE: Call = Call::of(libc::SYS_semctl, 2, 12);
    pub const SEM_SET_VALUE: Call = Call::of(libc::SYS_semctl, 2, 16);
    pub const SEM_SET_ALL: Call = Call::of(libc::SYS_semctl, 2, 17);
    pub const SEM_STAT: Call = Call::of(libc::SYS_semctl, 2, libc::IPC_STAT);
    pub const SEM_SET: Call = Call::of(libc::SYS_semctl, 2, libc::IPC_SET);
    pub const MSG_STAT: Call = Call::of(libc::SYS_msgctl, 1, libc::IPC_STAT);
    pub const MSG_SET: Call = Call::of(libc::SYS_msgctl, 1, libc::IPC_SET);
    pub const LINK: Call = Call::only(libc::SYS_linkat);

    const fn only(number: libc::c_long) -> Call {
        Call {
            numbers: [number; 2],
            command: None,
        }
    }

    const fn of(number: libc::c_long, argument: u32, command: libc::c_int) -> Call {
        Call {
            numbers: [number; 2],
            command: Some((argument, command)),
        }
    }
}

/// The treatment of a call.
#[derive(Debug, Copy, Clone)]
pub enum Fate {
    /// The process is killed instead of making the call, by [`KILLER`].
    Killed,
    /// The call fails with this error number.
    Fails(i32),
}

/// The signal that ends a process at a killing call. Like SIGKILL, it cannot be handled then.
pub const KILLER: i32 = libc::SIGSYS;

/// Applies `fate` to this call in this thread from now on. This cannot be reverted, so use it in child processes.
pub fn confine(call: Call, fate: Fate) -> io::Result<()> {
    let fate = match fate {
        Fate::Killed => libc::SECCOMP_RET_KILL_PROCESS,
        Fate::Fails(errno) => libc::SECCOMP_RET_ERRNO | errno.unsigned_abs(),
    };
    let load = |offset| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0);
    // Skips these numbers of steps if equal and if not.
    let compare = |value, equal, unequal| libc::sock_filter {
        jt: equal,
        ..step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, unequal)
    };
    let end = |value| step(libc::BPF_RET | libc::BPF_K, value, 0);
    let [first, second] = call.numbers.map(|number| u32::try_from(number).unwrap());
    let rest = if call.command.is_some() { 4 } else { 1 };
    let mut program = vec![load(0), compare(first, 1, 0), compare(second, 0, rest)];
    if let Some((argument, command)) = call.command {
        // The arguments, of eight bytes each, follow the number, the architecture and the address.
        let low = if cfg!(target_endian = "big") { 4 } else { 0 };
        program.extend([
            load(16 + 8 * argument + low),
            // Some C libraries add a bit that selects the newer structure.
            step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0xff, 0),
            compare(command.unsigned_abs(), 0, 1),
        ]);
    }
    program.extend([end(fate), end(libc::SECCOMP_RET_ALLOW)]);
    let program = libc::sock_fprog {
        len: program.len().try_into().unwrap(),
        filter: program.as_mut_ptr(),
    };
    no_core_file();
    // SAFETY: this command takes numbers.
    let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(set, 0);
    // SAFETY: the program and the steps that it points to live until the call returns.
    let set = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::SECCOMP_MODE_FILTER,
            &raw const program,
        )
    };
    if set == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

fn step(code: u32, k: u32, skip: u8) -> libc::sock_filter {
    libc::sock_filter {
        code: code.try_into().unwrap(),
        jt: 0,
        jf: skip,
        k,
    }
}

/// Sets the limit of this process on a resource, whose number has another type in each C library.
macro_rules! set_limit {
    ($resource:ident, $value:expr) => {{
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the structure lives until the call returns.
        let got = unsafe { libc::getrlimit(libc::$resource, &raw mut limit) };
        assert_eq!(got, 0);
        limit.rlim_cur = limit.rlim_max.min($value);
        // SAFETY: the structure lives until the call returns.
        let set = unsafe { libc::setrlimit(libc::$resource, &raw const limit) };
        assert_eq!(set, 0, "{}", io::Error::last_os_error());
    }};
}

fn no_core_file() {
    set_limit!(RLIMIT_CORE, 0);
}

/// Limits this process to its current address space plus this number of bytes. For child processes.
pub fn limit_memory(more: u64) {
    // Reporting a failure needs memory.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        unlimit_memory();
        told(panic);
    }));
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = status.split(' ').next().unwrap().parse().unwrap();
    let page = u64::try_from(sysv_ipc::page_size()).unwrap();
    set_limit!(RLIMIT_AS, pages * page + more);
}

/// Reverts [`limit_memory`].
pub fn unlimit_memory() {
    set_limit!(RLIMIT_AS, libc::RLIM_INFINITY);
}
