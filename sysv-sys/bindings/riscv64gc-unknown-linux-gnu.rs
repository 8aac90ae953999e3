// Declarations of System V IPC for riscv64gc-unknown-linux-gnu, made by `cargo xtask bindings`. Not to be edited.
// headers: glibc 2.31, from ziglang 0.17.0
// fact key_member = __key
// fact union_semun = false
// fact semtimedop = true
// fact IPC_INFO = true
// fact MSG_COPY = true
// fact MSG_EXCEPT = true
// fact MSG_INFO = true
// fact MSG_STAT = true
// fact MSG_STAT_ANY = true
// fact SEM_INFO = true
// fact SEM_STAT = true
// fact SEM_STAT_ANY = true
// fact SHM_DEST = true
// fact SHM_EXEC = true
// fact SHM_HUGETLB = true
// fact SHM_INFO = true
// fact SHM_LOCK = true
// fact SHM_LOCKED = true
// fact SHM_NORESERVE = true
// fact SHM_REMAP = true
// fact SHM_STAT = true
// fact SHM_STAT_ANY = true
// fact SHM_UNLOCK = true
// fact shm_sysctl_info = false
// fact shmid_kernel = false
// fact sysctlbyname = false
pub const IPC_CREAT: i32 = 512;
pub const IPC_EXCL: i32 = 1024;
pub const IPC_NOWAIT: i32 = 2048;
pub const IPC_RMID: i32 = 0;
pub const IPC_SET: i32 = 1;
pub const IPC_STAT: i32 = 2;
pub const IPC_INFO: i32 = 3;
pub const SHM_R: i32 = 256;
pub const SHM_W: i32 = 128;
pub const SHM_RDONLY: i32 = 4096;
pub const SHM_RND: i32 = 8192;
pub const SHM_REMAP: i32 = 16384;
pub const SHM_EXEC: i32 = 32768;
pub const SHM_LOCK: i32 = 11;
pub const SHM_UNLOCK: i32 = 12;
pub const SHM_STAT: i32 = 13;
pub const SHM_INFO: i32 = 14;
pub const SHM_STAT_ANY: i32 = 15;
pub const SHM_DEST: i32 = 512;
pub const SHM_LOCKED: i32 = 1024;
pub const SHM_HUGETLB: i32 = 2048;
pub const SHM_NORESERVE: i32 = 4096;
pub const SHM_HUGE_SHIFT: i32 = 26;
pub const SHM_HUGE_MASK: i32 = 63;
pub const SHM_HUGE_16KB: i32 = 939524096;
pub const SHM_HUGE_64KB: i32 = 1073741824;
pub const SHM_HUGE_512KB: i32 = 1275068416;
pub const SHM_HUGE_1MB: i32 = 1342177280;
pub const SHM_HUGE_2MB: i32 = 1409286144;
pub const SHM_HUGE_8MB: i32 = 1543503872;
pub const SHM_HUGE_16MB: i32 = 1610612736;
pub const SHM_HUGE_32MB: i32 = 1677721600;
pub const SHM_HUGE_256MB: i32 = 1879048192;
pub const SHM_HUGE_512MB: i32 = 1946157056;
pub const SHM_HUGE_1GB: i32 = 2013265920;
pub const SHM_HUGE_2GB: i32 = 2080374784;
pub const SHM_HUGE_16GB: i64 = 2281701376;
pub const SEM_UNDO: i32 = 4096;
pub const GETPID: i32 = 11;
pub const GETVAL: i32 = 12;
pub const GETALL: i32 = 13;
pub const GETNCNT: i32 = 14;
pub const GETZCNT: i32 = 15;
pub const SETVAL: i32 = 16;
pub const SETALL: i32 = 17;
pub const SEM_STAT: i32 = 18;
pub const SEM_INFO: i32 = 19;
pub const SEM_STAT_ANY: i32 = 20;
pub const MSG_NOERROR: i32 = 4096;
pub const MSG_EXCEPT: i32 = 8192;
pub const MSG_COPY: i32 = 16384;
pub const MSG_STAT: i32 = 11;
pub const MSG_INFO: i32 = 12;
pub const MSG_STAT_ANY: i32 = 13;
pub const HUGETLB_FLAG_ENCODE_SHIFT: i32 = 26;
pub const HUGETLB_FLAG_ENCODE_MASK: i32 = 63;
pub type __uid_t = ::core::ffi::c_uint;
pub type __gid_t = ::core::ffi::c_uint;
pub type __mode_t = ::core::ffi::c_uint;
pub type __pid_t = ::core::ffi::c_int;
pub type __time_t = ::core::ffi::c_long;
pub type __key_t = ::core::ffi::c_int;
pub type __syscall_slong_t = ::core::ffi::c_long;
pub type __syscall_ulong_t = ::core::ffi::c_ulong;
pub type gid_t = __gid_t;
pub type mode_t = __mode_t;
pub type uid_t = __uid_t;
pub type pid_t = __pid_t;
pub type key_t = __key_t;
pub type time_t = __time_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct timespec {
    pub tv_sec: __time_t,
    pub tv_nsec: __syscall_slong_t,
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
    pub __key: __key_t,
    pub uid: __uid_t,
    pub gid: __gid_t,
    pub cuid: __uid_t,
    pub cgid: __gid_t,
    pub mode: __mode_t,
    pub __seq: ::core::ffi::c_ushort,
    pub __pad2: ::core::ffi::c_ushort,
    pub __glibc_reserved1: __syscall_ulong_t,
    pub __glibc_reserved2: __syscall_ulong_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 48usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
    [
        "Offset of field: ipc_perm::__key",
    ][::core::mem::offset_of!(ipc_perm, __key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    [
        "Offset of field: ipc_perm::cuid",
    ][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    [
        "Offset of field: ipc_perm::cgid",
    ][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    [
        "Offset of field: ipc_perm::mode",
    ][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    [
        "Offset of field: ipc_perm::__seq",
    ][::core::mem::offset_of!(ipc_perm, __seq) - 24usize];
    [
        "Offset of field: ipc_perm::__pad2",
    ][::core::mem::offset_of!(ipc_perm, __pad2) - 26usize];
    [
        "Offset of field: ipc_perm::__glibc_reserved1",
    ][::core::mem::offset_of!(ipc_perm, __glibc_reserved1) - 32usize];
    [
        "Offset of field: ipc_perm::__glibc_reserved2",
    ][::core::mem::offset_of!(ipc_perm, __glibc_reserved2) - 40usize];
};
unsafe extern "C" {
    pub fn ftok(
        __pathname: *const ::core::ffi::c_char,
        __proj_id: ::core::ffi::c_int,
    ) -> key_t;
}
pub type shmatt_t = __syscall_ulong_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_atime: __time_t,
    pub shm_dtime: __time_t,
    pub shm_ctime: __time_t,
    pub shm_cpid: __pid_t,
    pub shm_lpid: __pid_t,
    pub shm_nattch: shmatt_t,
    pub __glibc_reserved5: __syscall_ulong_t,
    pub __glibc_reserved6: __syscall_ulong_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 112usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
    [
        "Offset of field: shmid_ds::shm_perm",
    ][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    [
        "Offset of field: shmid_ds::shm_segsz",
    ][::core::mem::offset_of!(shmid_ds, shm_segsz) - 48usize];
    [
        "Offset of field: shmid_ds::shm_atime",
    ][::core::mem::offset_of!(shmid_ds, shm_atime) - 56usize];
    [
        "Offset of field: shmid_ds::shm_dtime",
    ][::core::mem::offset_of!(shmid_ds, shm_dtime) - 64usize];
    [
        "Offset of field: shmid_ds::shm_ctime",
    ][::core::mem::offset_of!(shmid_ds, shm_ctime) - 72usize];
    [
        "Offset of field: shmid_ds::shm_cpid",
    ][::core::mem::offset_of!(shmid_ds, shm_cpid) - 80usize];
    [
        "Offset of field: shmid_ds::shm_lpid",
    ][::core::mem::offset_of!(shmid_ds, shm_lpid) - 84usize];
    [
        "Offset of field: shmid_ds::shm_nattch",
    ][::core::mem::offset_of!(shmid_ds, shm_nattch) - 88usize];
    [
        "Offset of field: shmid_ds::__glibc_reserved5",
    ][::core::mem::offset_of!(shmid_ds, __glibc_reserved5) - 96usize];
    [
        "Offset of field: shmid_ds::__glibc_reserved6",
    ][::core::mem::offset_of!(shmid_ds, __glibc_reserved6) - 104usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shminfo {
    pub shmmax: __syscall_ulong_t,
    pub shmmin: __syscall_ulong_t,
    pub shmmni: __syscall_ulong_t,
    pub shmseg: __syscall_ulong_t,
    pub shmall: __syscall_ulong_t,
    pub __glibc_reserved1: __syscall_ulong_t,
    pub __glibc_reserved2: __syscall_ulong_t,
    pub __glibc_reserved3: __syscall_ulong_t,
    pub __glibc_reserved4: __syscall_ulong_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 72usize];
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
    [
        "Offset of field: shminfo::__glibc_reserved1",
    ][::core::mem::offset_of!(shminfo, __glibc_reserved1) - 40usize];
    [
        "Offset of field: shminfo::__glibc_reserved2",
    ][::core::mem::offset_of!(shminfo, __glibc_reserved2) - 48usize];
    [
        "Offset of field: shminfo::__glibc_reserved3",
    ][::core::mem::offset_of!(shminfo, __glibc_reserved3) - 56usize];
    [
        "Offset of field: shminfo::__glibc_reserved4",
    ][::core::mem::offset_of!(shminfo, __glibc_reserved4) - 64usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shm_info {
    pub used_ids: ::core::ffi::c_int,
    pub shm_tot: __syscall_ulong_t,
    pub shm_rss: __syscall_ulong_t,
    pub shm_swp: __syscall_ulong_t,
    pub swap_attempts: __syscall_ulong_t,
    pub swap_successes: __syscall_ulong_t,
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
    pub fn shmctl(
        __shmid: ::core::ffi::c_int,
        __cmd: ::core::ffi::c_int,
        __buf: *mut shmid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmget(
        __key: key_t,
        __size: usize,
        __shmflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmat(
        __shmid: ::core::ffi::c_int,
        __shmaddr: *const ::core::ffi::c_void,
        __shmflg: ::core::ffi::c_int,
    ) -> *mut ::core::ffi::c_void;
}
unsafe extern "C" {
    pub fn shmdt(__shmaddr: *const ::core::ffi::c_void) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_otime: __time_t,
    pub sem_ctime: __time_t,
    pub sem_nsems: __syscall_ulong_t,
    pub __glibc_reserved3: __syscall_ulong_t,
    pub __glibc_reserved4: __syscall_ulong_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 88usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
    [
        "Offset of field: semid_ds::sem_perm",
    ][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds::sem_otime",
    ][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    [
        "Offset of field: semid_ds::sem_ctime",
    ][::core::mem::offset_of!(semid_ds, sem_ctime) - 56usize];
    [
        "Offset of field: semid_ds::sem_nsems",
    ][::core::mem::offset_of!(semid_ds, sem_nsems) - 64usize];
    [
        "Offset of field: semid_ds::__glibc_reserved3",
    ][::core::mem::offset_of!(semid_ds, __glibc_reserved3) - 72usize];
    [
        "Offset of field: semid_ds::__glibc_reserved4",
    ][::core::mem::offset_of!(semid_ds, __glibc_reserved4) - 80usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct seminfo {
    pub semmap: ::core::ffi::c_int,
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
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 40usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
    [
        "Offset of field: seminfo::semmap",
    ][::core::mem::offset_of!(seminfo, semmap) - 0usize];
    [
        "Offset of field: seminfo::semmni",
    ][::core::mem::offset_of!(seminfo, semmni) - 4usize];
    [
        "Offset of field: seminfo::semmns",
    ][::core::mem::offset_of!(seminfo, semmns) - 8usize];
    [
        "Offset of field: seminfo::semmnu",
    ][::core::mem::offset_of!(seminfo, semmnu) - 12usize];
    [
        "Offset of field: seminfo::semmsl",
    ][::core::mem::offset_of!(seminfo, semmsl) - 16usize];
    [
        "Offset of field: seminfo::semopm",
    ][::core::mem::offset_of!(seminfo, semopm) - 20usize];
    [
        "Offset of field: seminfo::semume",
    ][::core::mem::offset_of!(seminfo, semume) - 24usize];
    [
        "Offset of field: seminfo::semusz",
    ][::core::mem::offset_of!(seminfo, semusz) - 28usize];
    [
        "Offset of field: seminfo::semvmx",
    ][::core::mem::offset_of!(seminfo, semvmx) - 32usize];
    [
        "Offset of field: seminfo::semaem",
    ][::core::mem::offset_of!(seminfo, semaem) - 36usize];
};
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
unsafe extern "C" {
    pub fn semctl(
        __semid: ::core::ffi::c_int,
        __semnum: ::core::ffi::c_int,
        __cmd: ::core::ffi::c_int,
        ...
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semget(
        __key: key_t,
        __nsems: ::core::ffi::c_int,
        __semflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semop(
        __semid: ::core::ffi::c_int,
        __sops: *mut sembuf,
        __nsops: usize,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semtimedop(
        __semid: ::core::ffi::c_int,
        __sops: *mut sembuf,
        __nsops: usize,
        __timeout: *const timespec,
    ) -> ::core::ffi::c_int;
}
pub type msgqnum_t = __syscall_ulong_t;
pub type msglen_t = __syscall_ulong_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_stime: __time_t,
    pub msg_rtime: __time_t,
    pub msg_ctime: __time_t,
    pub __msg_cbytes: __syscall_ulong_t,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: __pid_t,
    pub msg_lrpid: __pid_t,
    pub __glibc_reserved4: __syscall_ulong_t,
    pub __glibc_reserved5: __syscall_ulong_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 120usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
    [
        "Offset of field: msqid_ds::msg_perm",
    ][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    [
        "Offset of field: msqid_ds::msg_stime",
    ][::core::mem::offset_of!(msqid_ds, msg_stime) - 48usize];
    [
        "Offset of field: msqid_ds::msg_rtime",
    ][::core::mem::offset_of!(msqid_ds, msg_rtime) - 56usize];
    [
        "Offset of field: msqid_ds::msg_ctime",
    ][::core::mem::offset_of!(msqid_ds, msg_ctime) - 64usize];
    [
        "Offset of field: msqid_ds::__msg_cbytes",
    ][::core::mem::offset_of!(msqid_ds, __msg_cbytes) - 72usize];
    [
        "Offset of field: msqid_ds::msg_qnum",
    ][::core::mem::offset_of!(msqid_ds, msg_qnum) - 80usize];
    [
        "Offset of field: msqid_ds::msg_qbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 88usize];
    [
        "Offset of field: msqid_ds::msg_lspid",
    ][::core::mem::offset_of!(msqid_ds, msg_lspid) - 96usize];
    [
        "Offset of field: msqid_ds::msg_lrpid",
    ][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 100usize];
    [
        "Offset of field: msqid_ds::__glibc_reserved4",
    ][::core::mem::offset_of!(msqid_ds, __glibc_reserved4) - 104usize];
    [
        "Offset of field: msqid_ds::__glibc_reserved5",
    ][::core::mem::offset_of!(msqid_ds, __glibc_reserved5) - 112usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msginfo {
    pub msgpool: ::core::ffi::c_int,
    pub msgmap: ::core::ffi::c_int,
    pub msgmax: ::core::ffi::c_int,
    pub msgmnb: ::core::ffi::c_int,
    pub msgmni: ::core::ffi::c_int,
    pub msgssz: ::core::ffi::c_int,
    pub msgtql: ::core::ffi::c_int,
    pub msgseg: ::core::ffi::c_ushort,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msginfo"][::core::mem::size_of::<msginfo>() - 32usize];
    ["Alignment of msginfo"][::core::mem::align_of::<msginfo>() - 4usize];
    [
        "Offset of field: msginfo::msgpool",
    ][::core::mem::offset_of!(msginfo, msgpool) - 0usize];
    [
        "Offset of field: msginfo::msgmap",
    ][::core::mem::offset_of!(msginfo, msgmap) - 4usize];
    [
        "Offset of field: msginfo::msgmax",
    ][::core::mem::offset_of!(msginfo, msgmax) - 8usize];
    [
        "Offset of field: msginfo::msgmnb",
    ][::core::mem::offset_of!(msginfo, msgmnb) - 12usize];
    [
        "Offset of field: msginfo::msgmni",
    ][::core::mem::offset_of!(msginfo, msgmni) - 16usize];
    [
        "Offset of field: msginfo::msgssz",
    ][::core::mem::offset_of!(msginfo, msgssz) - 20usize];
    [
        "Offset of field: msginfo::msgtql",
    ][::core::mem::offset_of!(msginfo, msgtql) - 24usize];
    [
        "Offset of field: msginfo::msgseg",
    ][::core::mem::offset_of!(msginfo, msgseg) - 28usize];
};
unsafe extern "C" {
    pub fn msgctl(
        __msqid: ::core::ffi::c_int,
        __cmd: ::core::ffi::c_int,
        __buf: *mut msqid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgget(__key: key_t, __msgflg: ::core::ffi::c_int) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgrcv(
        __msqid: ::core::ffi::c_int,
        __msgp: *mut ::core::ffi::c_void,
        __msgsz: usize,
        __msgtyp: ::core::ffi::c_long,
        __msgflg: ::core::ffi::c_int,
    ) -> isize;
}
unsafe extern "C" {
    pub fn msgsnd(
        __msqid: ::core::ffi::c_int,
        __msgp: *const ::core::ffi::c_void,
        __msgsz: usize,
        __msgflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
pub const IPC_PRIVATE: key_t = 0;
#[repr(C)]
#[derive(Copy, Clone)]
pub union semun {
    pub val: ::core::ffi::c_int,
    pub buf: *mut semid_ds,
    pub array: *mut ::core::ffi::c_ushort,
    pub __buf: *mut seminfo,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semun"][::core::mem::size_of::<semun>() - 8usize];
    ["Alignment of semun"][::core::mem::align_of::<semun>() - 8usize];
    ["Offset of field: semun::val"][::core::mem::offset_of!(semun, val) - 0usize];
    ["Offset of field: semun::buf"][::core::mem::offset_of!(semun, buf) - 0usize];
    ["Offset of field: semun::array"][::core::mem::offset_of!(semun, array) - 0usize];
    ["Offset of field: semun::__buf"][::core::mem::offset_of!(semun, __buf) - 0usize];
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
