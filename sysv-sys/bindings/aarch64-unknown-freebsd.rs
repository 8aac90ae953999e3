// Declarations of System V IPC for aarch64-unknown-freebsd, made by `cargo xtask bindings`. Not to be edited.
// headers: FreeBSD 14.0, from ziglang 0.17.0
// fact key_member = key
// fact union_semun = false
// fact semtimedop = false
// fact IPC_INFO = false
// fact MSG_COPY = false
// fact MSG_EXCEPT = false
// fact MSG_INFO = false
// fact MSG_STAT = false
// fact MSG_STAT_ANY = false
// fact SEM_INFO = false
// fact SEM_STAT = true
// fact SEM_STAT_ANY = false
// fact SHM_DEST = false
// fact SHM_EXEC = false
// fact SHM_HUGETLB = false
// fact SHM_INFO = true
// fact SHM_LOCK = true
// fact SHM_LOCKED = false
// fact SHM_NORESERVE = false
// fact SHM_REMAP = true
// fact SHM_STAT = true
// fact SHM_STAT_ANY = false
// fact SHM_UNLOCK = true
// fact shm_sysctl_info = false
// fact shmid_kernel = true
// fact sysctlbyname = true
pub const IPC_R: i32 = 256;
pub const IPC_W: i32 = 128;
pub const IPC_M: i32 = 4096;
pub const IPC_CREAT: i32 = 512;
pub const IPC_EXCL: i32 = 1024;
pub const IPC_NOWAIT: i32 = 2048;
pub const IPC_RMID: i32 = 0;
pub const IPC_SET: i32 = 1;
pub const IPC_STAT: i32 = 2;
pub const IPC_INFO: i32 = 3;
pub const SHM_RDONLY: i32 = 4096;
pub const SHM_RND: i32 = 8192;
pub const SHM_REMAP: i32 = 16384;
pub const SHM_R: i32 = 256;
pub const SHM_W: i32 = 128;
pub const SHM_LOCK: i32 = 11;
pub const SHM_UNLOCK: i32 = 12;
pub const SHM_STAT: i32 = 13;
pub const SHM_INFO: i32 = 14;
pub const SEM_UNDO: i32 = 4096;
pub const GETNCNT: i32 = 3;
pub const GETPID: i32 = 4;
pub const GETVAL: i32 = 5;
pub const GETALL: i32 = 6;
pub const GETZCNT: i32 = 7;
pub const SETVAL: i32 = 8;
pub const SETALL: i32 = 9;
pub const SEM_STAT: i32 = 10;
pub const SEM_INFO: i32 = 11;
pub const SEM_A: i32 = 128;
pub const SEM_R: i32 = 256;
pub const SEM_ALLOC: i32 = 512;
pub const SEM_DEST: i32 = 1024;
pub const MSG_NOERROR: i32 = 4096;
pub type __uint16_t = ::core::ffi::c_ushort;
pub type __int32_t = ::core::ffi::c_int;
pub type __uint32_t = ::core::ffi::c_uint;
pub type __int64_t = ::core::ffi::c_long;
pub type __time_t = __int64_t;
pub type __gid_t = __uint32_t;
pub type __key_t = ::core::ffi::c_long;
pub type __mode_t = __uint16_t;
pub type __pid_t = __int32_t;
pub type __uid_t = __uint32_t;
pub type u_long = ::core::ffi::c_ulong;
pub type gid_t = __gid_t;
pub type key_t = __key_t;
pub type mode_t = __mode_t;
pub type pid_t = __pid_t;
pub type time_t = __time_t;
pub type uid_t = __uid_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct timespec {
    pub tv_sec: time_t,
    pub tv_nsec: ::core::ffi::c_long,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of timespec"][::core::mem::size_of::<timespec>() - 16usize];
    ["Alignment of timespec"][::core::mem::align_of::<timespec>() - 8usize];
    [
        "Offset of field: timespec::tv_sec",
    ][::core::mem::offset_of!(timespec, tv_sec) - 0usize];
    [
        "Offset of field: timespec::tv_nsec",
    ][::core::mem::offset_of!(timespec, tv_nsec) - 8usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub cuid: uid_t,
    pub cgid: gid_t,
    pub uid: uid_t,
    pub gid: gid_t,
    pub mode: mode_t,
    pub seq: ::core::ffi::c_ushort,
    pub key: key_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 32usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
    [
        "Offset of field: ipc_perm::cuid",
    ][::core::mem::offset_of!(ipc_perm, cuid) - 0usize];
    [
        "Offset of field: ipc_perm::cgid",
    ][::core::mem::offset_of!(ipc_perm, cgid) - 4usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 8usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 12usize];
    [
        "Offset of field: ipc_perm::mode",
    ][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 18usize];
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 24usize];
};
unsafe extern "C" {
    pub fn ftok(arg1: *const ::core::ffi::c_char, arg2: ::core::ffi::c_int) -> key_t;
}
pub type shmatt_t = ::core::ffi::c_uint;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_lpid: pid_t,
    pub shm_cpid: pid_t,
    pub shm_nattch: shmatt_t,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 80usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
    [
        "Offset of field: shmid_ds::shm_perm",
    ][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    [
        "Offset of field: shmid_ds::shm_segsz",
    ][::core::mem::offset_of!(shmid_ds, shm_segsz) - 32usize];
    [
        "Offset of field: shmid_ds::shm_lpid",
    ][::core::mem::offset_of!(shmid_ds, shm_lpid) - 40usize];
    [
        "Offset of field: shmid_ds::shm_cpid",
    ][::core::mem::offset_of!(shmid_ds, shm_cpid) - 44usize];
    [
        "Offset of field: shmid_ds::shm_nattch",
    ][::core::mem::offset_of!(shmid_ds, shm_nattch) - 48usize];
    [
        "Offset of field: shmid_ds::shm_atime",
    ][::core::mem::offset_of!(shmid_ds, shm_atime) - 56usize];
    [
        "Offset of field: shmid_ds::shm_dtime",
    ][::core::mem::offset_of!(shmid_ds, shm_dtime) - 64usize];
    [
        "Offset of field: shmid_ds::shm_ctime",
    ][::core::mem::offset_of!(shmid_ds, shm_ctime) - 72usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shminfo {
    pub shmmax: u_long,
    pub shmmin: u_long,
    pub shmmni: u_long,
    pub shmseg: u_long,
    pub shmall: u_long,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 40usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 8usize];
    [
        "Offset of field: shminfo::shmmax",
    ][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    [
        "Offset of field: shminfo::shmmin",
    ][::core::mem::offset_of!(shminfo, shmmin) - 8usize];
    [
        "Offset of field: shminfo::shmmni",
    ][::core::mem::offset_of!(shminfo, shmmni) - 16usize];
    [
        "Offset of field: shminfo::shmseg",
    ][::core::mem::offset_of!(shminfo, shmseg) - 24usize];
    [
        "Offset of field: shminfo::shmall",
    ][::core::mem::offset_of!(shminfo, shmall) - 32usize];
};
#[repr(C)]
#[derive(Debug)]
pub struct vm_object {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct shmid_kernel {
    pub u: shmid_ds,
    pub object: *mut vm_object,
    pub label: *mut label,
    pub cred: *mut ucred,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_kernel"][::core::mem::size_of::<shmid_kernel>() - 104usize];
    ["Alignment of shmid_kernel"][::core::mem::align_of::<shmid_kernel>() - 8usize];
    [
        "Offset of field: shmid_kernel::u",
    ][::core::mem::offset_of!(shmid_kernel, u) - 0usize];
    [
        "Offset of field: shmid_kernel::object",
    ][::core::mem::offset_of!(shmid_kernel, object) - 80usize];
    [
        "Offset of field: shmid_kernel::label",
    ][::core::mem::offset_of!(shmid_kernel, label) - 88usize];
    [
        "Offset of field: shmid_kernel::cred",
    ][::core::mem::offset_of!(shmid_kernel, cred) - 96usize];
};
impl Default for shmid_kernel {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shm_info {
    pub used_ids: ::core::ffi::c_int,
    pub shm_tot: ::core::ffi::c_ulong,
    pub shm_rss: ::core::ffi::c_ulong,
    pub shm_swp: ::core::ffi::c_ulong,
    pub swap_attempts: ::core::ffi::c_ulong,
    pub swap_successes: ::core::ffi::c_ulong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shm_info"][::core::mem::size_of::<shm_info>() - 48usize];
    ["Alignment of shm_info"][::core::mem::align_of::<shm_info>() - 8usize];
    [
        "Offset of field: shm_info::used_ids",
    ][::core::mem::offset_of!(shm_info, used_ids) - 0usize];
    [
        "Offset of field: shm_info::shm_tot",
    ][::core::mem::offset_of!(shm_info, shm_tot) - 8usize];
    [
        "Offset of field: shm_info::shm_rss",
    ][::core::mem::offset_of!(shm_info, shm_rss) - 16usize];
    [
        "Offset of field: shm_info::shm_swp",
    ][::core::mem::offset_of!(shm_info, shm_swp) - 24usize];
    [
        "Offset of field: shm_info::swap_attempts",
    ][::core::mem::offset_of!(shm_info, swap_attempts) - 32usize];
    [
        "Offset of field: shm_info::swap_successes",
    ][::core::mem::offset_of!(shm_info, swap_successes) - 40usize];
};
unsafe extern "C" {
    pub fn shmat(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: ::core::ffi::c_int,
    ) -> *mut ::core::ffi::c_void;
}
unsafe extern "C" {
    pub fn shmget(
        arg1: key_t,
        arg2: usize,
        arg3: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: *mut shmid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmdt(arg1: *const ::core::ffi::c_void) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub __sem_base: *mut sem,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 64usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
    [
        "Offset of field: semid_ds::sem_perm",
    ][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds::__sem_base",
    ][::core::mem::offset_of!(semid_ds, __sem_base) - 32usize];
    [
        "Offset of field: semid_ds::sem_nsems",
    ][::core::mem::offset_of!(semid_ds, sem_nsems) - 40usize];
    [
        "Offset of field: semid_ds::sem_otime",
    ][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    [
        "Offset of field: semid_ds::sem_ctime",
    ][::core::mem::offset_of!(semid_ds, sem_ctime) - 56usize];
};
impl Default for semid_ds {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sembuf {
    pub sem_num: ::core::ffi::c_ushort,
    pub sem_op: ::core::ffi::c_short,
    pub sem_flg: ::core::ffi::c_short,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of sembuf"][::core::mem::size_of::<sembuf>() - 6usize];
    ["Alignment of sembuf"][::core::mem::align_of::<sembuf>() - 2usize];
    [
        "Offset of field: sembuf::sem_num",
    ][::core::mem::offset_of!(sembuf, sem_num) - 0usize];
    [
        "Offset of field: sembuf::sem_op",
    ][::core::mem::offset_of!(sembuf, sem_op) - 2usize];
    [
        "Offset of field: sembuf::sem_flg",
    ][::core::mem::offset_of!(sembuf, sem_flg) - 4usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct seminfo {
    pub semmni: ::core::ffi::c_int,
    pub semmns: ::core::ffi::c_int,
    pub semmnu: ::core::ffi::c_int,
    pub semmsl: ::core::ffi::c_int,
    pub semopm: ::core::ffi::c_int,
    pub semume: ::core::ffi::c_int,
    pub semusz: ::core::ffi::c_int,
    pub semvmx: ::core::ffi::c_int,
    pub semaem: ::core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 36usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
    [
        "Offset of field: seminfo::semmni",
    ][::core::mem::offset_of!(seminfo, semmni) - 0usize];
    [
        "Offset of field: seminfo::semmns",
    ][::core::mem::offset_of!(seminfo, semmns) - 4usize];
    [
        "Offset of field: seminfo::semmnu",
    ][::core::mem::offset_of!(seminfo, semmnu) - 8usize];
    [
        "Offset of field: seminfo::semmsl",
    ][::core::mem::offset_of!(seminfo, semmsl) - 12usize];
    [
        "Offset of field: seminfo::semopm",
    ][::core::mem::offset_of!(seminfo, semopm) - 16usize];
    [
        "Offset of field: seminfo::semume",
    ][::core::mem::offset_of!(seminfo, semume) - 20usize];
    [
        "Offset of field: seminfo::semusz",
    ][::core::mem::offset_of!(seminfo, semusz) - 24usize];
    [
        "Offset of field: seminfo::semvmx",
    ][::core::mem::offset_of!(seminfo, semvmx) - 28usize];
    [
        "Offset of field: seminfo::semaem",
    ][::core::mem::offset_of!(seminfo, semaem) - 32usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct semid_kernel {
    pub u: semid_ds,
    pub label: *mut label,
    pub cred: *mut ucred,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_kernel"][::core::mem::size_of::<semid_kernel>() - 80usize];
    ["Alignment of semid_kernel"][::core::mem::align_of::<semid_kernel>() - 8usize];
    [
        "Offset of field: semid_kernel::u",
    ][::core::mem::offset_of!(semid_kernel, u) - 0usize];
    [
        "Offset of field: semid_kernel::label",
    ][::core::mem::offset_of!(semid_kernel, label) - 64usize];
    [
        "Offset of field: semid_kernel::cred",
    ][::core::mem::offset_of!(semid_kernel, cred) - 72usize];
};
impl Default for semid_kernel {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
unsafe extern "C" {
    pub fn semctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: ::core::ffi::c_int,
        ...
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semget(
        arg1: key_t,
        arg2: ::core::ffi::c_int,
        arg3: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semop(
        arg1: ::core::ffi::c_int,
        arg2: *mut sembuf,
        arg3: usize,
    ) -> ::core::ffi::c_int;
}
pub type msglen_t = ::core::ffi::c_ulong;
pub type msgqnum_t = ::core::ffi::c_ulong;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub __msg_first: *mut msg,
    pub __msg_last: *mut msg,
    pub msg_cbytes: msglen_t,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 104usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
    [
        "Offset of field: msqid_ds::msg_perm",
    ][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    [
        "Offset of field: msqid_ds::__msg_first",
    ][::core::mem::offset_of!(msqid_ds, __msg_first) - 32usize];
    [
        "Offset of field: msqid_ds::__msg_last",
    ][::core::mem::offset_of!(msqid_ds, __msg_last) - 40usize];
    [
        "Offset of field: msqid_ds::msg_cbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 48usize];
    [
        "Offset of field: msqid_ds::msg_qnum",
    ][::core::mem::offset_of!(msqid_ds, msg_qnum) - 56usize];
    [
        "Offset of field: msqid_ds::msg_qbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 64usize];
    [
        "Offset of field: msqid_ds::msg_lspid",
    ][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    [
        "Offset of field: msqid_ds::msg_lrpid",
    ][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    [
        "Offset of field: msqid_ds::msg_stime",
    ][::core::mem::offset_of!(msqid_ds, msg_stime) - 80usize];
    [
        "Offset of field: msqid_ds::msg_rtime",
    ][::core::mem::offset_of!(msqid_ds, msg_rtime) - 88usize];
    [
        "Offset of field: msqid_ds::msg_ctime",
    ][::core::mem::offset_of!(msqid_ds, msg_ctime) - 96usize];
};
impl Default for msqid_ds {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msginfo {
    pub msgmax: ::core::ffi::c_int,
    pub msgmni: ::core::ffi::c_int,
    pub msgmnb: ::core::ffi::c_int,
    pub msgtql: ::core::ffi::c_int,
    pub msgssz: ::core::ffi::c_int,
    pub msgseg: ::core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msginfo"][::core::mem::size_of::<msginfo>() - 24usize];
    ["Alignment of msginfo"][::core::mem::align_of::<msginfo>() - 4usize];
    [
        "Offset of field: msginfo::msgmax",
    ][::core::mem::offset_of!(msginfo, msgmax) - 0usize];
    [
        "Offset of field: msginfo::msgmni",
    ][::core::mem::offset_of!(msginfo, msgmni) - 4usize];
    [
        "Offset of field: msginfo::msgmnb",
    ][::core::mem::offset_of!(msginfo, msgmnb) - 8usize];
    [
        "Offset of field: msginfo::msgtql",
    ][::core::mem::offset_of!(msginfo, msgtql) - 12usize];
    [
        "Offset of field: msginfo::msgssz",
    ][::core::mem::offset_of!(msginfo, msgssz) - 16usize];
    [
        "Offset of field: msginfo::msgseg",
    ][::core::mem::offset_of!(msginfo, msgseg) - 20usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct msqid_kernel {
    pub u: msqid_ds,
    pub label: *mut label,
    pub cred: *mut ucred,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msqid_kernel"][::core::mem::size_of::<msqid_kernel>() - 120usize];
    ["Alignment of msqid_kernel"][::core::mem::align_of::<msqid_kernel>() - 8usize];
    [
        "Offset of field: msqid_kernel::u",
    ][::core::mem::offset_of!(msqid_kernel, u) - 0usize];
    [
        "Offset of field: msqid_kernel::label",
    ][::core::mem::offset_of!(msqid_kernel, label) - 104usize];
    [
        "Offset of field: msqid_kernel::cred",
    ][::core::mem::offset_of!(msqid_kernel, cred) - 112usize];
};
impl Default for msqid_kernel {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
unsafe extern "C" {
    pub fn msgctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: *mut msqid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgget(arg1: key_t, arg2: ::core::ffi::c_int) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgrcv(
        arg1: ::core::ffi::c_int,
        arg2: *mut ::core::ffi::c_void,
        arg3: usize,
        arg4: ::core::ffi::c_long,
        arg5: ::core::ffi::c_int,
    ) -> isize;
}
unsafe extern "C" {
    pub fn msgsnd(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: usize,
        arg4: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
pub const IPC_PRIVATE: key_t = 0;
#[repr(C)]
#[derive(Copy, Clone)]
pub union semun {
    pub val: ::core::ffi::c_int,
    pub buf: *mut semid_ds,
    pub array: *mut ::core::ffi::c_ushort,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semun"][::core::mem::size_of::<semun>() - 8usize];
    ["Alignment of semun"][::core::mem::align_of::<semun>() - 8usize];
    ["Offset of field: semun::val"][::core::mem::offset_of!(semun, val) - 0usize];
    ["Offset of field: semun::buf"][::core::mem::offset_of!(semun, buf) - 0usize];
    ["Offset of field: semun::array"][::core::mem::offset_of!(semun, array) - 0usize];
};
impl Default for semun {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct label {
    pub _address: u8,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ucred {
    pub _address: u8,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sem {
    pub _address: u8,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msg {
    pub _address: u8,
}
