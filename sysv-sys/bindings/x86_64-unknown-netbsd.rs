// Declarations of System V IPC for x86_64-unknown-netbsd, made by `cargo xtask bindings`. Not to be edited.
// headers: NetBSD 10.1, from ziglang 0.17.0
// fact key_member = _key
// fact union_semun = false
// fact semtimedop = true
// fact IPC_INFO = false
// fact MSG_COPY = false
// fact MSG_EXCEPT = false
// fact MSG_INFO = false
// fact MSG_STAT = false
// fact MSG_STAT_ANY = false
// fact SEM_INFO = false
// fact SEM_STAT = false
// fact SEM_STAT_ANY = false
// fact SHM_DEST = false
// fact SHM_EXEC = false
// fact SHM_HUGETLB = false
// fact SHM_INFO = false
// fact SHM_LOCK = true
// fact SHM_LOCKED = false
// fact SHM_NORESERVE = false
// fact SHM_REMAP = false
// fact SHM_STAT = false
// fact SHM_STAT_ANY = false
// fact SHM_UNLOCK = true
// fact shm_sysctl_info = true
// fact shmid_kernel = false
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
pub const SHM_RDONLY: i32 = 4096;
pub const SHM_RND: i32 = 8192;
pub const SHM_LOCK: i32 = 3;
pub const SHM_UNLOCK: i32 = 4;
pub const SHM_R: i32 = 256;
pub const SHM_W: i32 = 128;
pub const SEM_UNDO: i32 = 4096;
pub const GETNCNT: i32 = 3;
pub const GETPID: i32 = 4;
pub const GETVAL: i32 = 5;
pub const GETALL: i32 = 6;
pub const GETZCNT: i32 = 7;
pub const SETVAL: i32 = 8;
pub const SETALL: i32 = 9;
pub const SEM_ALLOC: i32 = 512;
pub const MSG_NOERROR: i32 = 4096;
pub const CTL_KERN: i32 = 1;
pub const KERN_SYSVIPC: i32 = 82;
pub const KERN_SYSVIPC_INFO: i32 = 1;
pub const KERN_SYSVIPC_MSG_INFO: i32 = 4;
pub const KERN_SYSVIPC_SEM_INFO: i32 = 5;
pub const KERN_SYSVIPC_SHM_INFO: i32 = 6;
pub type __int32_t = ::core::ffi::c_int;
pub type __uint32_t = ::core::ffi::c_uint;
pub type __int64_t = ::core::ffi::c_long;
pub type __gid_t = __uint32_t;
pub type __mode_t = __uint32_t;
pub type __pid_t = __int32_t;
pub type __uid_t = __uint32_t;
pub type gid_t = __gid_t;
pub type key_t = ::core::ffi::c_long;
pub type mode_t = __mode_t;
pub type pid_t = __pid_t;
pub type uid_t = __uid_t;
pub type time_t = __int64_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub uid: __uid_t,
    pub gid: __gid_t,
    pub cuid: __uid_t,
    pub cgid: __gid_t,
    pub mode: __mode_t,
    pub _seq: ::core::ffi::c_ushort,
    pub _key: key_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 32usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 0usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 4usize];
    [
        "Offset of field: ipc_perm::cuid",
    ][::core::mem::offset_of!(ipc_perm, cuid) - 8usize];
    [
        "Offset of field: ipc_perm::cgid",
    ][::core::mem::offset_of!(ipc_perm, cgid) - 12usize];
    [
        "Offset of field: ipc_perm::mode",
    ][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    [
        "Offset of field: ipc_perm::_seq",
    ][::core::mem::offset_of!(ipc_perm, _seq) - 20usize];
    [
        "Offset of field: ipc_perm::_key",
    ][::core::mem::offset_of!(ipc_perm, _key) - 24usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm_sysctl {
    pub _key: u64,
    pub uid: __uid_t,
    pub gid: __gid_t,
    pub cuid: __uid_t,
    pub cgid: __gid_t,
    pub mode: __mode_t,
    pub _seq: i16,
    pub pad: i16,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm_sysctl"][::core::mem::size_of::<ipc_perm_sysctl>() - 32usize];
    [
        "Alignment of ipc_perm_sysctl",
    ][::core::mem::align_of::<ipc_perm_sysctl>() - 8usize];
    [
        "Offset of field: ipc_perm_sysctl::_key",
    ][::core::mem::offset_of!(ipc_perm_sysctl, _key) - 0usize];
    [
        "Offset of field: ipc_perm_sysctl::uid",
    ][::core::mem::offset_of!(ipc_perm_sysctl, uid) - 8usize];
    [
        "Offset of field: ipc_perm_sysctl::gid",
    ][::core::mem::offset_of!(ipc_perm_sysctl, gid) - 12usize];
    [
        "Offset of field: ipc_perm_sysctl::cuid",
    ][::core::mem::offset_of!(ipc_perm_sysctl, cuid) - 16usize];
    [
        "Offset of field: ipc_perm_sysctl::cgid",
    ][::core::mem::offset_of!(ipc_perm_sysctl, cgid) - 20usize];
    [
        "Offset of field: ipc_perm_sysctl::mode",
    ][::core::mem::offset_of!(ipc_perm_sysctl, mode) - 24usize];
    [
        "Offset of field: ipc_perm_sysctl::_seq",
    ][::core::mem::offset_of!(ipc_perm_sysctl, _seq) - 28usize];
    [
        "Offset of field: ipc_perm_sysctl::pad",
    ][::core::mem::offset_of!(ipc_perm_sysctl, pad) - 30usize];
};
unsafe extern "C" {
    pub fn ftok(arg1: *const ::core::ffi::c_char, arg2: ::core::ffi::c_int) -> key_t;
}
pub type shmatt_t = ::core::ffi::c_uint;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_lpid: __pid_t,
    pub shm_cpid: __pid_t,
    pub shm_nattch: shmatt_t,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
    pub _shm_internal: *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 88usize];
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
    [
        "Offset of field: shmid_ds::_shm_internal",
    ][::core::mem::offset_of!(shmid_ds, _shm_internal) - 80usize];
};
impl Default for shmid_ds {
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
pub struct shminfo {
    pub shmmax: u64,
    pub shmmin: u32,
    pub shmmni: u32,
    pub shmseg: u32,
    pub shmall: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 24usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 8usize];
    [
        "Offset of field: shminfo::shmmax",
    ][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    [
        "Offset of field: shminfo::shmmin",
    ][::core::mem::offset_of!(shminfo, shmmin) - 8usize];
    [
        "Offset of field: shminfo::shmmni",
    ][::core::mem::offset_of!(shminfo, shmmni) - 12usize];
    [
        "Offset of field: shminfo::shmseg",
    ][::core::mem::offset_of!(shminfo, shmseg) - 16usize];
    [
        "Offset of field: shminfo::shmall",
    ][::core::mem::offset_of!(shminfo, shmall) - 20usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds_sysctl {
    pub shm_perm: ipc_perm_sysctl,
    pub shm_segsz: u64,
    pub shm_lpid: __pid_t,
    pub shm_cpid: __pid_t,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
    pub shm_nattch: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_ds_sysctl"][::core::mem::size_of::<shmid_ds_sysctl>() - 80usize];
    [
        "Alignment of shmid_ds_sysctl",
    ][::core::mem::align_of::<shmid_ds_sysctl>() - 8usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_perm",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_perm) - 0usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_segsz",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_segsz) - 32usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_lpid",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_lpid) - 40usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_cpid",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_cpid) - 44usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_atime",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_atime) - 48usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_dtime",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_dtime) - 56usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_ctime",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_ctime) - 64usize];
    [
        "Offset of field: shmid_ds_sysctl::shm_nattch",
    ][::core::mem::offset_of!(shmid_ds_sysctl, shm_nattch) - 72usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shm_sysctl_info {
    pub shminfo: shminfo,
    pub shmids: [shmid_ds_sysctl; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shm_sysctl_info"][::core::mem::size_of::<shm_sysctl_info>() - 104usize];
    [
        "Alignment of shm_sysctl_info",
    ][::core::mem::align_of::<shm_sysctl_info>() - 8usize];
    [
        "Offset of field: shm_sysctl_info::shminfo",
    ][::core::mem::offset_of!(shm_sysctl_info, shminfo) - 0usize];
    [
        "Offset of field: shm_sysctl_info::shmids",
    ][::core::mem::offset_of!(shm_sysctl_info, shmids) - 24usize];
};
unsafe extern "C" {
    pub fn shmat(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: ::core::ffi::c_int,
    ) -> *mut ::core::ffi::c_void;
}
unsafe extern "C" {
    #[link_name = "\u{1}__shmctl50"]
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
#[derive(Debug, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
    pub _sem_base: *mut __sem,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 64usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
    [
        "Offset of field: semid_ds::sem_perm",
    ][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds::sem_nsems",
    ][::core::mem::offset_of!(semid_ds, sem_nsems) - 32usize];
    [
        "Offset of field: semid_ds::sem_otime",
    ][::core::mem::offset_of!(semid_ds, sem_otime) - 40usize];
    [
        "Offset of field: semid_ds::sem_ctime",
    ][::core::mem::offset_of!(semid_ds, sem_ctime) - 48usize];
    [
        "Offset of field: semid_ds::_sem_base",
    ][::core::mem::offset_of!(semid_ds, _sem_base) - 56usize];
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
    pub semmap: i32,
    pub semmni: i32,
    pub semmns: i32,
    pub semmnu: i32,
    pub semmsl: i32,
    pub semopm: i32,
    pub semume: i32,
    pub semusz: i32,
    pub semvmx: i32,
    pub semaem: i32,
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
pub struct semid_ds_sysctl {
    pub sem_perm: ipc_perm_sysctl,
    pub sem_nsems: i16,
    pub pad2: i16,
    pub pad3: i32,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds_sysctl"][::core::mem::size_of::<semid_ds_sysctl>() - 56usize];
    [
        "Alignment of semid_ds_sysctl",
    ][::core::mem::align_of::<semid_ds_sysctl>() - 8usize];
    [
        "Offset of field: semid_ds_sysctl::sem_perm",
    ][::core::mem::offset_of!(semid_ds_sysctl, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds_sysctl::sem_nsems",
    ][::core::mem::offset_of!(semid_ds_sysctl, sem_nsems) - 32usize];
    [
        "Offset of field: semid_ds_sysctl::pad2",
    ][::core::mem::offset_of!(semid_ds_sysctl, pad2) - 34usize];
    [
        "Offset of field: semid_ds_sysctl::pad3",
    ][::core::mem::offset_of!(semid_ds_sysctl, pad3) - 36usize];
    [
        "Offset of field: semid_ds_sysctl::sem_otime",
    ][::core::mem::offset_of!(semid_ds_sysctl, sem_otime) - 40usize];
    [
        "Offset of field: semid_ds_sysctl::sem_ctime",
    ][::core::mem::offset_of!(semid_ds_sysctl, sem_ctime) - 48usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sem_sysctl_info {
    pub seminfo: seminfo,
    pub semids: [semid_ds_sysctl; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of sem_sysctl_info"][::core::mem::size_of::<sem_sysctl_info>() - 96usize];
    [
        "Alignment of sem_sysctl_info",
    ][::core::mem::align_of::<sem_sysctl_info>() - 8usize];
    [
        "Offset of field: sem_sysctl_info::seminfo",
    ][::core::mem::offset_of!(sem_sysctl_info, seminfo) - 0usize];
    [
        "Offset of field: sem_sysctl_info::semids",
    ][::core::mem::offset_of!(sem_sysctl_info, semids) - 40usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__semctl50"]
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
        arg4: *mut timespec,
    ) -> ::core::ffi::c_int;
}
pub type msgqnum_t = ::core::ffi::c_ulong;
pub type msglen_t = usize;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: __pid_t,
    pub msg_lrpid: __pid_t,
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
    pub _msg_first: *mut __msg,
    pub _msg_last: *mut __msg,
    pub _msg_cbytes: msglen_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 104usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
    [
        "Offset of field: msqid_ds::msg_perm",
    ][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    [
        "Offset of field: msqid_ds::msg_qnum",
    ][::core::mem::offset_of!(msqid_ds, msg_qnum) - 32usize];
    [
        "Offset of field: msqid_ds::msg_qbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 40usize];
    [
        "Offset of field: msqid_ds::msg_lspid",
    ][::core::mem::offset_of!(msqid_ds, msg_lspid) - 48usize];
    [
        "Offset of field: msqid_ds::msg_lrpid",
    ][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 52usize];
    [
        "Offset of field: msqid_ds::msg_stime",
    ][::core::mem::offset_of!(msqid_ds, msg_stime) - 56usize];
    [
        "Offset of field: msqid_ds::msg_rtime",
    ][::core::mem::offset_of!(msqid_ds, msg_rtime) - 64usize];
    [
        "Offset of field: msqid_ds::msg_ctime",
    ][::core::mem::offset_of!(msqid_ds, msg_ctime) - 72usize];
    [
        "Offset of field: msqid_ds::_msg_first",
    ][::core::mem::offset_of!(msqid_ds, _msg_first) - 80usize];
    [
        "Offset of field: msqid_ds::_msg_last",
    ][::core::mem::offset_of!(msqid_ds, _msg_last) - 88usize];
    [
        "Offset of field: msqid_ds::_msg_cbytes",
    ][::core::mem::offset_of!(msqid_ds, _msg_cbytes) - 96usize];
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
    pub msgmax: i32,
    pub msgmni: i32,
    pub msgmnb: i32,
    pub msgtql: i32,
    pub msgssz: i32,
    pub msgseg: i32,
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
#[derive(Debug, Default, Copy, Clone)]
pub struct msgid_ds_sysctl {
    pub msg_perm: ipc_perm_sysctl,
    pub msg_qnum: u64,
    pub msg_qbytes: u64,
    pub _msg_cbytes: u64,
    pub msg_lspid: __pid_t,
    pub msg_lrpid: __pid_t,
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
    pub pad: i32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msgid_ds_sysctl"][::core::mem::size_of::<msgid_ds_sysctl>() - 96usize];
    [
        "Alignment of msgid_ds_sysctl",
    ][::core::mem::align_of::<msgid_ds_sysctl>() - 8usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_perm",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_perm) - 0usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_qnum",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_qnum) - 32usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_qbytes",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_qbytes) - 40usize];
    [
        "Offset of field: msgid_ds_sysctl::_msg_cbytes",
    ][::core::mem::offset_of!(msgid_ds_sysctl, _msg_cbytes) - 48usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_lspid",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_lspid) - 56usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_lrpid",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_lrpid) - 60usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_stime",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_stime) - 64usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_rtime",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_rtime) - 72usize];
    [
        "Offset of field: msgid_ds_sysctl::msg_ctime",
    ][::core::mem::offset_of!(msgid_ds_sysctl, msg_ctime) - 80usize];
    [
        "Offset of field: msgid_ds_sysctl::pad",
    ][::core::mem::offset_of!(msgid_ds_sysctl, pad) - 88usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msg_sysctl_info {
    pub msginfo: msginfo,
    pub msgids: [msgid_ds_sysctl; 1usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msg_sysctl_info"][::core::mem::size_of::<msg_sysctl_info>() - 120usize];
    [
        "Alignment of msg_sysctl_info",
    ][::core::mem::align_of::<msg_sysctl_info>() - 8usize];
    [
        "Offset of field: msg_sysctl_info::msginfo",
    ][::core::mem::offset_of!(msg_sysctl_info, msginfo) - 0usize];
    [
        "Offset of field: msg_sysctl_info::msgids",
    ][::core::mem::offset_of!(msg_sysctl_info, msgids) - 24usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__msgctl50"]
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
    pub fn msgsnd(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: usize,
        arg4: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
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
pub struct __sem {
    pub _address: u8,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct __msg {
    pub _address: u8,
}
