// Declarations of System V IPC for x86_64-unknown-netbsd, made by `cargo xtask bindings`. Not to be edited.
// headers: NetBSD 10.1, from ziglang 0.17.0
// fact key_member = _key
// fact union_semun = false
// fact semtimedop = true
// has: SHM_LOCK SHM_UNLOCK shm_sysctl_info sysctlbyname
// lacks: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// lacks: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// lacks: SHM_STAT_ANY shmid_kernel
// parts: unix, bsd, bsd-free
pub const SHM_LOCK: i32 = 3;
pub const SHM_UNLOCK: i32 = 4;
pub const SEM_ALLOC: i32 = 512;
pub const CTL_KERN: i32 = 1;
pub const KERN_SYSVIPC: i32 = 82;
pub const KERN_SYSVIPC_INFO: i32 = 1;
pub const KERN_SYSVIPC_MSG_INFO: i32 = 4;
pub const KERN_SYSVIPC_SEM_INFO: i32 = 5;
pub const KERN_SYSVIPC_SHM_INFO: i32 = 6;
pub type __mode_t = __uint32_t;
pub type key_t = ::core::ffi::c_long;
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
const _: () = {
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 0usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 4usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 8usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 12usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    ["Offset of field: ipc_perm::_seq"][::core::mem::offset_of!(ipc_perm, _seq) - 20usize];
    ["Offset of field: ipc_perm::_key"][::core::mem::offset_of!(ipc_perm, _key) - 24usize];
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
const _: () = {
    ["Size of ipc_perm_sysctl"][::core::mem::size_of::<ipc_perm_sysctl>() - 32usize];
    ["Alignment of ipc_perm_sysctl"][::core::mem::align_of::<ipc_perm_sysctl>() - 8usize];
};
const _: () = {
    ["Offset of field: ipc_perm_sysctl::_key"][::core::mem::offset_of!(ipc_perm_sysctl, _key) - 0usize];
    ["Offset of field: ipc_perm_sysctl::uid"][::core::mem::offset_of!(ipc_perm_sysctl, uid) - 8usize];
    ["Offset of field: ipc_perm_sysctl::gid"][::core::mem::offset_of!(ipc_perm_sysctl, gid) - 12usize];
    ["Offset of field: ipc_perm_sysctl::cuid"][::core::mem::offset_of!(ipc_perm_sysctl, cuid) - 16usize];
    ["Offset of field: ipc_perm_sysctl::cgid"][::core::mem::offset_of!(ipc_perm_sysctl, cgid) - 20usize];
    ["Offset of field: ipc_perm_sysctl::mode"][::core::mem::offset_of!(ipc_perm_sysctl, mode) - 24usize];
    ["Offset of field: ipc_perm_sysctl::_seq"][::core::mem::offset_of!(ipc_perm_sysctl, _seq) - 28usize];
    ["Offset of field: ipc_perm_sysctl::pad"][::core::mem::offset_of!(ipc_perm_sysctl, pad) - 30usize];
};
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
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 88usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 32usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 40usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 44usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 48usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 56usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 64usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 72usize];
    ["Offset of field: shmid_ds::_shm_internal"][::core::mem::offset_of!(shmid_ds, _shm_internal) - 80usize];
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
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 24usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 8usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 8usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 12usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 16usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 20usize];
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
const _: () = {
    ["Size of shmid_ds_sysctl"][::core::mem::size_of::<shmid_ds_sysctl>() - 80usize];
    ["Alignment of shmid_ds_sysctl"][::core::mem::align_of::<shmid_ds_sysctl>() - 8usize];
};
const _: () = {
    ["Offset of field: shmid_ds_sysctl::shm_perm"][::core::mem::offset_of!(shmid_ds_sysctl, shm_perm) - 0usize];
    ["Offset of field: shmid_ds_sysctl::shm_segsz"][::core::mem::offset_of!(shmid_ds_sysctl, shm_segsz) - 32usize];
    ["Offset of field: shmid_ds_sysctl::shm_lpid"][::core::mem::offset_of!(shmid_ds_sysctl, shm_lpid) - 40usize];
    ["Offset of field: shmid_ds_sysctl::shm_cpid"][::core::mem::offset_of!(shmid_ds_sysctl, shm_cpid) - 44usize];
    ["Offset of field: shmid_ds_sysctl::shm_atime"][::core::mem::offset_of!(shmid_ds_sysctl, shm_atime) - 48usize];
    ["Offset of field: shmid_ds_sysctl::shm_dtime"][::core::mem::offset_of!(shmid_ds_sysctl, shm_dtime) - 56usize];
    ["Offset of field: shmid_ds_sysctl::shm_ctime"][::core::mem::offset_of!(shmid_ds_sysctl, shm_ctime) - 64usize];
    ["Offset of field: shmid_ds_sysctl::shm_nattch"][::core::mem::offset_of!(shmid_ds_sysctl, shm_nattch) - 72usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shm_sysctl_info {
    pub shminfo: shminfo,
    pub shmids: [shmid_ds_sysctl; 1usize],
}
const _: () = {
    ["Size of shm_sysctl_info"][::core::mem::size_of::<shm_sysctl_info>() - 104usize];
    ["Alignment of shm_sysctl_info"][::core::mem::align_of::<shm_sysctl_info>() - 8usize];
};
const _: () = {
    ["Offset of field: shm_sysctl_info::shminfo"][::core::mem::offset_of!(shm_sysctl_info, shminfo) - 0usize];
    ["Offset of field: shm_sysctl_info::shmids"][::core::mem::offset_of!(shm_sysctl_info, shmids) - 24usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__shmctl50"]
    pub fn shmctl(
        shmid: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        buf: *mut shmid_ds,
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
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 32usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 40usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 48usize];
    ["Offset of field: semid_ds::_sem_base"][::core::mem::offset_of!(semid_ds, _sem_base) - 56usize];
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
const _: () = {
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 40usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
};
const _: () = {
    ["Offset of field: seminfo::semmap"][::core::mem::offset_of!(seminfo, semmap) - 0usize];
    ["Offset of field: seminfo::semmni"][::core::mem::offset_of!(seminfo, semmni) - 4usize];
    ["Offset of field: seminfo::semmns"][::core::mem::offset_of!(seminfo, semmns) - 8usize];
    ["Offset of field: seminfo::semmnu"][::core::mem::offset_of!(seminfo, semmnu) - 12usize];
    ["Offset of field: seminfo::semmsl"][::core::mem::offset_of!(seminfo, semmsl) - 16usize];
    ["Offset of field: seminfo::semopm"][::core::mem::offset_of!(seminfo, semopm) - 20usize];
    ["Offset of field: seminfo::semume"][::core::mem::offset_of!(seminfo, semume) - 24usize];
    ["Offset of field: seminfo::semusz"][::core::mem::offset_of!(seminfo, semusz) - 28usize];
    ["Offset of field: seminfo::semvmx"][::core::mem::offset_of!(seminfo, semvmx) - 32usize];
    ["Offset of field: seminfo::semaem"][::core::mem::offset_of!(seminfo, semaem) - 36usize];
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
const _: () = {
    ["Size of semid_ds_sysctl"][::core::mem::size_of::<semid_ds_sysctl>() - 56usize];
    ["Alignment of semid_ds_sysctl"][::core::mem::align_of::<semid_ds_sysctl>() - 8usize];
};
const _: () = {
    ["Offset of field: semid_ds_sysctl::sem_perm"][::core::mem::offset_of!(semid_ds_sysctl, sem_perm) - 0usize];
    ["Offset of field: semid_ds_sysctl::sem_nsems"][::core::mem::offset_of!(semid_ds_sysctl, sem_nsems) - 32usize];
    ["Offset of field: semid_ds_sysctl::pad2"][::core::mem::offset_of!(semid_ds_sysctl, pad2) - 34usize];
    ["Offset of field: semid_ds_sysctl::pad3"][::core::mem::offset_of!(semid_ds_sysctl, pad3) - 36usize];
    ["Offset of field: semid_ds_sysctl::sem_otime"][::core::mem::offset_of!(semid_ds_sysctl, sem_otime) - 40usize];
    ["Offset of field: semid_ds_sysctl::sem_ctime"][::core::mem::offset_of!(semid_ds_sysctl, sem_ctime) - 48usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sem_sysctl_info {
    pub seminfo: seminfo,
    pub semids: [semid_ds_sysctl; 1usize],
}
const _: () = {
    ["Size of sem_sysctl_info"][::core::mem::size_of::<sem_sysctl_info>() - 96usize];
    ["Alignment of sem_sysctl_info"][::core::mem::align_of::<sem_sysctl_info>() - 8usize];
};
const _: () = {
    ["Offset of field: sem_sysctl_info::seminfo"][::core::mem::offset_of!(sem_sysctl_info, seminfo) - 0usize];
    ["Offset of field: sem_sysctl_info::semids"][::core::mem::offset_of!(sem_sysctl_info, semids) - 40usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__semctl50"]
    pub fn semctl(
        semid: ::core::ffi::c_int,
        semnum: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        ...
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semtimedop(
        semid: ::core::ffi::c_int,
        sops: *mut sembuf,
        nsops: usize,
        timeout: *mut timespec,
    ) -> ::core::ffi::c_int;
}
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
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 32usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 40usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 48usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 52usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 56usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 64usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 72usize];
    ["Offset of field: msqid_ds::_msg_first"][::core::mem::offset_of!(msqid_ds, _msg_first) - 80usize];
    ["Offset of field: msqid_ds::_msg_last"][::core::mem::offset_of!(msqid_ds, _msg_last) - 88usize];
    ["Offset of field: msqid_ds::_msg_cbytes"][::core::mem::offset_of!(msqid_ds, _msg_cbytes) - 96usize];
};
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
const _: () = {
    ["Size of msginfo"][::core::mem::size_of::<msginfo>() - 24usize];
    ["Alignment of msginfo"][::core::mem::align_of::<msginfo>() - 4usize];
};
const _: () = {
    ["Offset of field: msginfo::msgmax"][::core::mem::offset_of!(msginfo, msgmax) - 0usize];
    ["Offset of field: msginfo::msgmni"][::core::mem::offset_of!(msginfo, msgmni) - 4usize];
    ["Offset of field: msginfo::msgmnb"][::core::mem::offset_of!(msginfo, msgmnb) - 8usize];
    ["Offset of field: msginfo::msgtql"][::core::mem::offset_of!(msginfo, msgtql) - 12usize];
    ["Offset of field: msginfo::msgssz"][::core::mem::offset_of!(msginfo, msgssz) - 16usize];
    ["Offset of field: msginfo::msgseg"][::core::mem::offset_of!(msginfo, msgseg) - 20usize];
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
const _: () = {
    ["Size of msgid_ds_sysctl"][::core::mem::size_of::<msgid_ds_sysctl>() - 96usize];
    ["Alignment of msgid_ds_sysctl"][::core::mem::align_of::<msgid_ds_sysctl>() - 8usize];
};
const _: () = {
    ["Offset of field: msgid_ds_sysctl::msg_perm"][::core::mem::offset_of!(msgid_ds_sysctl, msg_perm) - 0usize];
    ["Offset of field: msgid_ds_sysctl::msg_qnum"][::core::mem::offset_of!(msgid_ds_sysctl, msg_qnum) - 32usize];
    ["Offset of field: msgid_ds_sysctl::msg_qbytes"][::core::mem::offset_of!(msgid_ds_sysctl, msg_qbytes) - 40usize];
    ["Offset of field: msgid_ds_sysctl::_msg_cbytes"][::core::mem::offset_of!(msgid_ds_sysctl, _msg_cbytes) - 48usize];
    ["Offset of field: msgid_ds_sysctl::msg_lspid"][::core::mem::offset_of!(msgid_ds_sysctl, msg_lspid) - 56usize];
    ["Offset of field: msgid_ds_sysctl::msg_lrpid"][::core::mem::offset_of!(msgid_ds_sysctl, msg_lrpid) - 60usize];
    ["Offset of field: msgid_ds_sysctl::msg_stime"][::core::mem::offset_of!(msgid_ds_sysctl, msg_stime) - 64usize];
    ["Offset of field: msgid_ds_sysctl::msg_rtime"][::core::mem::offset_of!(msgid_ds_sysctl, msg_rtime) - 72usize];
    ["Offset of field: msgid_ds_sysctl::msg_ctime"][::core::mem::offset_of!(msgid_ds_sysctl, msg_ctime) - 80usize];
    ["Offset of field: msgid_ds_sysctl::pad"][::core::mem::offset_of!(msgid_ds_sysctl, pad) - 88usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msg_sysctl_info {
    pub msginfo: msginfo,
    pub msgids: [msgid_ds_sysctl; 1usize],
}
const _: () = {
    ["Size of msg_sysctl_info"][::core::mem::size_of::<msg_sysctl_info>() - 120usize];
    ["Alignment of msg_sysctl_info"][::core::mem::align_of::<msg_sysctl_info>() - 8usize];
};
const _: () = {
    ["Offset of field: msg_sysctl_info::msginfo"][::core::mem::offset_of!(msg_sysctl_info, msginfo) - 0usize];
    ["Offset of field: msg_sysctl_info::msgids"][::core::mem::offset_of!(msg_sysctl_info, msgids) - 24usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__msgctl50"]
    pub fn msgctl(
        msqid: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        buf: *mut msqid_ds,
    ) -> ::core::ffi::c_int;
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
