// Declarations of System V IPC for x86_64-unknown-openbsd, made by `cargo xtask bindings`. Not to be edited.
// headers: OpenBSD 7.8, from ziglang 0.17.0
// fact key_member = key
// fact union_semun = true
// fact semtimedop = false
// has: SHM_LOCK SHM_UNLOCK
// lacks: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// lacks: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// lacks: SHM_STAT_ANY shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, bsd, bsd-free
pub const SHM_LOCK: i32 = 3;
pub const SHM_UNLOCK: i32 = 4;
pub const SEM_A: i32 = 128;
pub const SEM_R: i32 = 256;
pub type __int64_t = ::core::ffi::c_longlong;
pub type __key_t = ::core::ffi::c_long;
pub type __mode_t = __uint32_t;
pub type __time_t = __int64_t;
const _: () = {
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 0usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 4usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 8usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 12usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 20usize];
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 24usize];
};
pub type shmatt_t = ::core::ffi::c_short;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: ::core::ffi::c_int,
    pub shm_lpid: pid_t,
    pub shm_cpid: pid_t,
    pub shm_nattch: shmatt_t,
    pub shm_atime: time_t,
    pub __shm_atimensec: ::core::ffi::c_long,
    pub shm_dtime: time_t,
    pub __shm_dtimensec: ::core::ffi::c_long,
    pub shm_ctime: time_t,
    pub __shm_ctimensec: ::core::ffi::c_long,
    pub shm_internal: *mut ::core::ffi::c_void,
}
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 104usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 32usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 36usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 40usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 44usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 48usize];
    ["Offset of field: shmid_ds::__shm_atimensec"][::core::mem::offset_of!(shmid_ds, __shm_atimensec) - 56usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 64usize];
    ["Offset of field: shmid_ds::__shm_dtimensec"][::core::mem::offset_of!(shmid_ds, __shm_dtimensec) - 72usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 80usize];
    ["Offset of field: shmid_ds::__shm_ctimensec"][::core::mem::offset_of!(shmid_ds, __shm_ctimensec) - 88usize];
    ["Offset of field: shmid_ds::shm_internal"][::core::mem::offset_of!(shmid_ds, shm_internal) - 96usize];
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
    pub shmmax: ::core::ffi::c_int,
    pub shmmin: ::core::ffi::c_int,
    pub shmmni: ::core::ffi::c_int,
    pub shmseg: ::core::ffi::c_int,
    pub shmall: ::core::ffi::c_int,
}
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 20usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 4usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 4usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 8usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 12usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 16usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct shm_sysctl_info {
    pub shminfo: shminfo,
    pub shmids: [shmid_ds; 1usize],
}
const _: () = {
    ["Size of shm_sysctl_info"][::core::mem::size_of::<shm_sysctl_info>() - 128usize];
    ["Alignment of shm_sysctl_info"][::core::mem::align_of::<shm_sysctl_info>() - 8usize];
};
const _: () = {
    ["Offset of field: shm_sysctl_info::shminfo"][::core::mem::offset_of!(shm_sysctl_info, shminfo) - 0usize];
    ["Offset of field: shm_sysctl_info::shmids"][::core::mem::offset_of!(shm_sysctl_info, shmids) - 24usize];
};
impl Default for shm_sysctl_info {
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
pub struct sem {
    pub semval: ::core::ffi::c_ushort,
    pub sempid: pid_t,
    pub semncnt: ::core::ffi::c_ushort,
    pub semzcnt: ::core::ffi::c_ushort,
}
const _: () = {
    ["Size of sem"][::core::mem::size_of::<sem>() - 12usize];
    ["Alignment of sem"][::core::mem::align_of::<sem>() - 4usize];
};
const _: () = {
    ["Offset of field: sem::semval"][::core::mem::offset_of!(sem, semval) - 0usize];
    ["Offset of field: sem::sempid"][::core::mem::offset_of!(sem, sempid) - 4usize];
    ["Offset of field: sem::semncnt"][::core::mem::offset_of!(sem, semncnt) - 8usize];
    ["Offset of field: sem::semzcnt"][::core::mem::offset_of!(sem, semzcnt) - 10usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_base: *mut sem,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub sem_otime: time_t,
    pub sem_pad1: ::core::ffi::c_long,
    pub sem_ctime: time_t,
    pub sem_pad2: ::core::ffi::c_long,
    pub sem_pad3: [::core::ffi::c_long; 4usize],
}
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 112usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_base"][::core::mem::offset_of!(semid_ds, sem_base) - 32usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 40usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    ["Offset of field: semid_ds::sem_pad1"][::core::mem::offset_of!(semid_ds, sem_pad1) - 56usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 64usize];
    ["Offset of field: semid_ds::sem_pad2"][::core::mem::offset_of!(semid_ds, sem_pad2) - 72usize];
    ["Offset of field: semid_ds::sem_pad3"][::core::mem::offset_of!(semid_ds, sem_pad3) - 80usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_first: *mut msg,
    pub msg_last: *mut msg,
    pub msg_cbytes: msglen_t,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub msg_stime: time_t,
    pub msg_pad1: ::core::ffi::c_long,
    pub msg_rtime: time_t,
    pub msg_pad2: ::core::ffi::c_long,
    pub msg_ctime: time_t,
    pub msg_pad3: ::core::ffi::c_long,
    pub msg_pad4: [::core::ffi::c_long; 4usize],
}
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 160usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::msg_first"][::core::mem::offset_of!(msqid_ds, msg_first) - 32usize];
    ["Offset of field: msqid_ds::msg_last"][::core::mem::offset_of!(msqid_ds, msg_last) - 40usize];
    ["Offset of field: msqid_ds::msg_cbytes"][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 48usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 56usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 64usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 80usize];
    ["Offset of field: msqid_ds::msg_pad1"][::core::mem::offset_of!(msqid_ds, msg_pad1) - 88usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 96usize];
    ["Offset of field: msqid_ds::msg_pad2"][::core::mem::offset_of!(msqid_ds, msg_pad2) - 104usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 112usize];
    ["Offset of field: msqid_ds::msg_pad3"][::core::mem::offset_of!(msqid_ds, msg_pad3) - 120usize];
    ["Offset of field: msqid_ds::msg_pad4"][::core::mem::offset_of!(msqid_ds, msg_pad4) - 128usize];
};
unsafe extern "C" {
    pub fn msgrcv(
        msqid: ::core::ffi::c_int,
        msgp: *mut ::core::ffi::c_void,
        msgsz: usize,
        msgtyp: ::core::ffi::c_long,
        msgflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msg {
    pub _address: u8,
}
