// Declarations of System V IPC for x86_64-unknown-linux-musl, made by `cargo xtask bindings`. Not to be edited.
// headers: musl, from ziglang 0.17.0
// fact key_member = __ipc_perm_key
// fact union_semun = false
// fact semtimedop = true
// fact IPC_INFO = true
// fact MSG_COPY = false
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
pub const IPC_STAT: i32 = 2;
pub const IPC_CREAT: i32 = 512;
pub const IPC_EXCL: i32 = 1024;
pub const IPC_NOWAIT: i32 = 2048;
pub const IPC_RMID: i32 = 0;
pub const IPC_SET: i32 = 1;
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
pub const MSG_STAT: i32 = 11;
pub const MSG_INFO: i32 = 12;
pub const MSG_STAT_ANY: i32 = 13;
pub const HUGETLB_FLAG_ENCODE_SHIFT: i32 = 26;
pub const HUGETLB_FLAG_ENCODE_MASK: i32 = 63;
pub type time_t = ::core::ffi::c_long;
pub type mode_t = ::core::ffi::c_uint;
pub type pid_t = ::core::ffi::c_int;
pub type uid_t = ::core::ffi::c_uint;
pub type gid_t = ::core::ffi::c_uint;
pub type key_t = ::core::ffi::c_int;
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
    pub key: key_t,
    pub uid: uid_t,
    pub gid: gid_t,
    pub cuid: uid_t,
    pub cgid: gid_t,
    pub mode: mode_t,
    pub seq: ::core::ffi::c_int,
    pub __pad1: ::core::ffi::c_long,
    pub __pad2: ::core::ffi::c_long,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 48usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 0usize];
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
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 24usize];
    [
        "Offset of field: ipc_perm::__pad1",
    ][::core::mem::offset_of!(ipc_perm, __pad1) - 32usize];
    [
        "Offset of field: ipc_perm::__pad2",
    ][::core::mem::offset_of!(ipc_perm, __pad2) - 40usize];
};
unsafe extern "C" {
    pub fn ftok(arg1: *const ::core::ffi::c_char, arg2: ::core::ffi::c_int) -> key_t;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
    pub shm_cpid: pid_t,
    pub shm_lpid: pid_t,
    pub shm_nattch: ::core::ffi::c_ulong,
    pub __pad1: ::core::ffi::c_ulong,
    pub __pad2: ::core::ffi::c_ulong,
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
        "Offset of field: shmid_ds::__pad1",
    ][::core::mem::offset_of!(shmid_ds, __pad1) - 96usize];
    [
        "Offset of field: shmid_ds::__pad2",
    ][::core::mem::offset_of!(shmid_ds, __pad2) - 104usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shminfo {
    pub shmmax: ::core::ffi::c_ulong,
    pub shmmin: ::core::ffi::c_ulong,
    pub shmmni: ::core::ffi::c_ulong,
    pub shmseg: ::core::ffi::c_ulong,
    pub shmall: ::core::ffi::c_ulong,
    pub __unused: [::core::ffi::c_ulong; 4usize],
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
        "Offset of field: shminfo::__unused",
    ][::core::mem::offset_of!(shminfo, __unused) - 40usize];
};
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
    pub fn shmctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: *mut shmid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmdt(arg1: *const ::core::ffi::c_void) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmget(
        arg1: key_t,
        arg2: usize,
        arg3: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_otime: time_t,
    pub __unused1: ::core::ffi::c_long,
    pub sem_ctime: time_t,
    pub __unused2: ::core::ffi::c_long,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub __sem_nsems_pad: [::core::ffi::c_char; 6usize],
    pub __unused3: ::core::ffi::c_long,
    pub __unused4: ::core::ffi::c_long,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 104usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
    [
        "Offset of field: semid_ds::sem_perm",
    ][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds::sem_otime",
    ][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    [
        "Offset of field: semid_ds::__unused1",
    ][::core::mem::offset_of!(semid_ds, __unused1) - 56usize];
    [
        "Offset of field: semid_ds::sem_ctime",
    ][::core::mem::offset_of!(semid_ds, sem_ctime) - 64usize];
    [
        "Offset of field: semid_ds::__unused2",
    ][::core::mem::offset_of!(semid_ds, __unused2) - 72usize];
    [
        "Offset of field: semid_ds::sem_nsems",
    ][::core::mem::offset_of!(semid_ds, sem_nsems) - 80usize];
    [
        "Offset of field: semid_ds::__sem_nsems_pad",
    ][::core::mem::offset_of!(semid_ds, __sem_nsems_pad) - 82usize];
    [
        "Offset of field: semid_ds::__unused3",
    ][::core::mem::offset_of!(semid_ds, __unused3) - 88usize];
    [
        "Offset of field: semid_ds::__unused4",
    ][::core::mem::offset_of!(semid_ds, __unused4) - 96usize];
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
unsafe extern "C" {
    pub fn semtimedop(
        arg1: ::core::ffi::c_int,
        arg2: *mut sembuf,
        arg3: usize,
        arg4: *const timespec,
    ) -> ::core::ffi::c_int;
}
pub type msgqnum_t = ::core::ffi::c_ulong;
pub type msglen_t = ::core::ffi::c_ulong;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
    pub msg_cbytes: ::core::ffi::c_ulong,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub __unused: [::core::ffi::c_ulong; 2usize],
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
        "Offset of field: msqid_ds::msg_cbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 72usize];
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
        "Offset of field: msqid_ds::__unused",
    ][::core::mem::offset_of!(msqid_ds, __unused) - 104usize];
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
