//! Interception of the system calls of a method. seccomp passes the calls of a list to a handler in the same process.
//! The handler counts them, and makes one fail, makes all calls of the same kind fail, or kills the process before one.
//! It makes the other calls itself, by an instruction that the filter permits.
#![expect(unsafe_code, reason = "handles SIGSYS and makes the intercepted calls")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::unreadable_literal,
    clippy::many_single_char_names,
    reason = "registers are 64-bit numbers of any meaning"
)]

use std::arch::global_asm;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicU64, AtomicUsize, Ordering::SeqCst,
};

use libc::{c_int, c_long, c_void};

/// The treatment of the system calls of a method.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Plan {
    /// All are made.
    Count,
    /// The first call with this number from this index on fails with this error number; on request, all later calls of
    /// the same kind too.
    Fails {
        at: usize,
        number: c_long,
        errno: i32,
        persistently: bool,
    },
    /// The process is killed instead of the call with this index.
    Killed { at: usize },
}

static ARMED: AtomicBool = AtomicBool::new(false);
static AT: AtomicUsize = AtomicUsize::new(0);
/// The number of the call that is to fail.
static NUMBER: AtomicI64 = AtomicI64::new(ANY);
const ANY: c_long = -1;
/// The error number; 0 kills, and a negative one does nothing.
static ERRNO: AtomicI32 = AtomicI32::new(-1);
static PERSISTENTLY: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
/// The kind of the call that failed, by [`identity`].
static CHOSEN: AtomicU64 = AtomicU64::new(0);
const NONE: u64 = u64::MAX;
/// The numbers of the calls, up to the capacity.
static LOG: [AtomicU64; 1000] = [const { AtomicU64::new(0) }; 1000];

/// Calls `calls` under the plan, and returns the number of system calls and the result.
pub fn with_plan<T>(plan: Plan, calls: impl FnOnce() -> T) -> (usize, T) {
    arm(plan);
    let outcome = calls();
    ARMED.store(false, SeqCst);
    (COUNT.load(SeqCst), outcome)
}

fn arm(plan: Plan) {
    let (at, number, errno, persistently) = match plan {
        Plan::Count => (usize::MAX, ANY, -1, false),
        Plan::Fails {
            at,
            number,
            errno,
            persistently,
        } => (at, number, errno, persistently),
        Plan::Killed { at } => (at, ANY, 0, false),
    };
    AT.store(at, SeqCst);
    NUMBER.store(number, SeqCst);
    ERRNO.store(errno, SeqCst);
    PERSISTENTLY.store(persistently, SeqCst);
    COUNT.store(0, SeqCst);
    CHOSEN.store(NONE, SeqCst);
    ARMED.store(true, SeqCst);
}

/// Returns the numbers of the calls that the last plan counted.
pub fn calls() -> Vec<c_long> {
    let logged = LOG.iter().take(COUNT.load(SeqCst));
    logged.map(|number| number.load(SeqCst) as c_long).collect()
}

/// Returns the call that failed: its number, and its command if it has several.
pub fn chosen() -> (c_long, Option<c_int>) {
    let chosen = CHOSEN.load(SeqCst);
    let number = (chosen >> 32) as c_long;
    let command = (command_index(number) != 0).then_some((chosen & 0xff) as c_int);
    (number, command)
}

/// Passes the calls of the list to the handler from now on, in this thread. This cannot be reverted, so use it in child
/// processes.
pub fn trap() -> std::io::Result<()> {
    install_handler();
    let end = (&raw const sysv_test_call_end) as u64;
    let load = |offset| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset);
    let compare = |value, equal, unequal| {
        step(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            equal,
            unequal,
            value,
        )
    };
    let give = |value| step(libc::BPF_RET | libc::BPF_K, 0, 0, value);
    let count = u8::try_from(CALLS.len()).unwrap();
    // The address of the instruction after the call, in two halves, and then the number.
    let mut program = vec![
        load(8),
        compare(end as u32, 0, 3),
        load(12),
        compare((end >> 32) as u32, 0, 1),
        give(libc::SECCOMP_RET_ALLOW),
        load(0),
    ];
    for (index, number) in (0..).zip(CALLS) {
        program.push(compare(u32::try_from(*number).unwrap(), count - index, 0));
    }
    program.extend([give(libc::SECCOMP_RET_ALLOW), give(libc::SECCOMP_RET_TRAP)]);
    let program = libc::sock_fprog {
        len: program.len().try_into().unwrap(),
        filter: program.as_mut_ptr(),
    };
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
        Err(std::io::Error::last_os_error())
    }
}

fn step(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    let code = code.try_into().unwrap();
    libc::sock_filter { code, jt, jf, k }
}

fn install_handler() {
    // SAFETY: all zero is a value of this plain structure.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let handler = handle as extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
    action.sa_sigaction = handler as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
    // SAFETY: the structure lives until the call returns, and the handler is async-signal-safe.
    let set = unsafe { libc::sigaction(libc::SIGSYS, &raw const action, std::ptr::null_mut()) };
    assert_eq!(set, 0);
}

extern "C" fn handle(_: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a handler with SA_SIGINFO the context of the interrupted thread, which lasts until it returns.
    let context = unsafe { &mut *context.cast::<libc::ucontext_t>() };
    let (number, arguments) = registers::call(context);
    let answer = match fate(number, &arguments) {
        Some(0) => {
            kill_self();
            0
        }
        Some(errno) => -c_long::from(errno),
        None => make(number, arguments),
    };
    registers::answer(context, answer);
}

/// Returns the error number for this call by the plan; `None` makes the call, and 0 kills.
fn fate(number: c_long, arguments: &[c_long; 6]) -> Option<i32> {
    // In debug builds the standard library checks that its own descriptors are open, and aborts otherwise.
    let is_check = number == libc::SYS_fcntl && arguments[1] == c_long::from(libc::F_GETFD);
    if is_check || !ARMED.load(SeqCst) {
        return None;
    }
    let this = identity(number, arguments);
    let index = COUNT.fetch_add(1, SeqCst);
    if let Some(place) = LOG.get(index) {
        place.store(number.unsigned_abs(), SeqCst);
    }
    let chosen = CHOSEN.load(SeqCst);
    let is_meant = [ANY, number].contains(&NUMBER.load(SeqCst));
    if chosen == NONE && index >= AT.load(SeqCst) && is_meant {
        CHOSEN.store(this, SeqCst);
    } else if !PERSISTENTLY.load(SeqCst) || chosen != this {
        return None;
    }
    Some(ERRNO.load(SeqCst)).filter(|errno| *errno >= 0)
}

/// Returns a value that identifies the kind of a call: its number, and its command if it has several.
fn identity(number: c_long, arguments: &[c_long; 6]) -> u64 {
    let command = match command_index(number) {
        0 => 0,
        // Some C libraries add a bit that selects the newer structure.
        index => (arguments[index] & 0xff).unsigned_abs(),
    };
    (number.unsigned_abs() << 32) | command
}

/// Returns the index of the argument that is the command; 0 if there is none.
fn command_index(number: c_long) -> usize {
    match number {
        libc::SYS_shmctl | libc::SYS_msgctl => 1,
        libc::SYS_semctl => 2,
        _ => 0,
    }
}

fn kill_self() {
    // SAFETY: takes no pointer.
    let own = unsafe { libc::getpid() };
    let killed = [own.into(), libc::SIGKILL.into(), 0, 0, 0, 0];
    make(libc::SYS_kill, killed);
}

/// Makes a call that the filter permits.
fn make(number: c_long, arguments: [c_long; 6]) -> c_long {
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: these are the number and the arguments of a call that the program was about to make.
    unsafe { sysv_test_call(number, a, b, c, d, e, f) }
}

unsafe extern "C" {
    fn sysv_test_call(
        number: c_long,
        a: c_long,
        b: c_long,
        c: c_long,
        d: c_long,
        e: c_long,
        f: c_long,
    ) -> c_long;
    /// The address after the instruction that makes the call.
    static sysv_test_call_end: u8;
}

#[cfg(target_arch = "x86_64")]
global_asm!(
    ".globl sysv_test_call",
    "sysv_test_call:",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov r10, r8",
    "mov r8, r9",
    "mov r9, [rsp + 8]",
    "syscall",
    ".globl sysv_test_call_end",
    "sysv_test_call_end:",
    "ret",
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    ".globl sysv_test_call",
    "sysv_test_call:",
    "mov x8, x0",
    "mov x0, x1",
    "mov x1, x2",
    "mov x2, x3",
    "mov x3, x4",
    "mov x4, x5",
    "mov x5, x6",
    "svc #0",
    ".globl sysv_test_call_end",
    "sysv_test_call_end:",
    "ret",
);

#[cfg(target_arch = "x86_64")]
mod registers {
    use libc::{c_long, ucontext_t};

    pub fn call(context: &ucontext_t) -> (c_long, [c_long; 6]) {
        let at = |register: libc::c_int| context.uc_mcontext.gregs[register as usize];
        let arguments = [
            libc::REG_RDI,
            libc::REG_RSI,
            libc::REG_RDX,
            libc::REG_R10,
            libc::REG_R8,
            libc::REG_R9,
        ];
        (at(libc::REG_RAX), arguments.map(at))
    }

    pub fn answer(context: &mut ucontext_t, answer: c_long) {
        context.uc_mcontext.gregs[libc::REG_RAX as usize] = answer;
    }
}

#[cfg(target_arch = "aarch64")]
mod registers {
    use libc::{c_long, ucontext_t};

    pub fn call(context: &ucontext_t) -> (c_long, [c_long; 6]) {
        let at = |register: usize| context.uc_mcontext.regs[register] as c_long;
        (at(8), std::array::from_fn(at))
    }

    pub fn answer(context: &mut ucontext_t, answer: c_long) {
        context.uc_mcontext.regs[0] = answer as u64;
    }
}

/// The calls that can be selected: all calls for System V objects, files and processes. Calls for memory are excluded,
/// since the standard library aborts if they fail.
const CALLS: &[c_long] = &[
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmdt,
    libc::SYS_shmctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_semctl,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_openat,
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_lseek,
    libc::SYS_fsync,
    libc::SYS_fchmod,
    libc::SYS_fcntl,
    libc::SYS_flock,
    libc::SYS_linkat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_kill,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
];
