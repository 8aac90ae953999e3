// What 32-bit Linux targets with musl declare alike, made by `cargo xtask bindings`. Not to be edited.
pub const IPC_STAT: i32 = 258;
pub const SHM_STAT: i32 = 269;
pub const SHM_STAT_ANY: i32 = 271;
pub const SEM_STAT: i32 = 274;
pub const SEM_STAT_ANY: i32 = 276;
pub const MSG_STAT: i32 = 267;
pub const MSG_STAT_ANY: i32 = 269;
pub type time_t = ::core::ffi::c_longlong;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct timespec {
    pub tv_sec: time_t,
    pub tv_nsec: ::core::ffi::c_long,
    pub _bitfield_1: [u8; 4usize],
}
const _: () = {
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 24usize];
    ["Offset of field: ipc_perm::__pad1"][::core::mem::offset_of!(ipc_perm, __pad1) - 28usize];
    ["Offset of field: ipc_perm::__pad2"][::core::mem::offset_of!(ipc_perm, __pad2) - 32usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub __shm_atime_lo: ::core::ffi::c_ulong,
    pub __shm_atime_hi: ::core::ffi::c_ulong,
    pub __shm_dtime_lo: ::core::ffi::c_ulong,
    pub __shm_dtime_hi: ::core::ffi::c_ulong,
    pub __shm_ctime_lo: ::core::ffi::c_ulong,
    pub __shm_ctime_hi: ::core::ffi::c_ulong,
    pub shm_cpid: pid_t,
    pub shm_lpid: pid_t,
    pub shm_nattch: ::core::ffi::c_ulong,
    pub __pad1: ::core::ffi::c_ulong,
    pub __pad2: ::core::ffi::c_ulong,
    pub __pad3: ::core::ffi::c_ulong,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
}
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 36usize];
    ["Offset of field: shmid_ds::__shm_atime_lo"][::core::mem::offset_of!(shmid_ds, __shm_atime_lo) - 40usize];
    ["Offset of field: shmid_ds::__shm_atime_hi"][::core::mem::offset_of!(shmid_ds, __shm_atime_hi) - 44usize];
    ["Offset of field: shmid_ds::__shm_dtime_lo"][::core::mem::offset_of!(shmid_ds, __shm_dtime_lo) - 48usize];
    ["Offset of field: shmid_ds::__shm_dtime_hi"][::core::mem::offset_of!(shmid_ds, __shm_dtime_hi) - 52usize];
    ["Offset of field: shmid_ds::__shm_ctime_lo"][::core::mem::offset_of!(shmid_ds, __shm_ctime_lo) - 56usize];
    ["Offset of field: shmid_ds::__shm_ctime_hi"][::core::mem::offset_of!(shmid_ds, __shm_ctime_hi) - 60usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 64usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 68usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 72usize];
    ["Offset of field: shmid_ds::__pad1"][::core::mem::offset_of!(shmid_ds, __pad1) - 76usize];
    ["Offset of field: shmid_ds::__pad2"][::core::mem::offset_of!(shmid_ds, __pad2) - 80usize];
    ["Offset of field: shmid_ds::__pad3"][::core::mem::offset_of!(shmid_ds, __pad3) - 84usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 88usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 96usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 104usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 4usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 8usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 12usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 16usize];
    ["Offset of field: shminfo::__unused"][::core::mem::offset_of!(shminfo, __unused) - 20usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub __sem_otime_lo: ::core::ffi::c_ulong,
    pub __sem_otime_hi: ::core::ffi::c_ulong,
    pub __sem_ctime_lo: ::core::ffi::c_ulong,
    pub __sem_ctime_hi: ::core::ffi::c_ulong,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub __sem_nsems_pad: [::core::ffi::c_char; 2usize],
    pub __unused3: ::core::ffi::c_long,
    pub __unused4: ::core::ffi::c_long,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
}
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::__sem_otime_lo"][::core::mem::offset_of!(semid_ds, __sem_otime_lo) - 36usize];
    ["Offset of field: semid_ds::__sem_otime_hi"][::core::mem::offset_of!(semid_ds, __sem_otime_hi) - 40usize];
    ["Offset of field: semid_ds::__sem_ctime_lo"][::core::mem::offset_of!(semid_ds, __sem_ctime_lo) - 44usize];
    ["Offset of field: semid_ds::__sem_ctime_hi"][::core::mem::offset_of!(semid_ds, __sem_ctime_hi) - 48usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 52usize];
    ["Offset of field: semid_ds::__sem_nsems_pad"][::core::mem::offset_of!(semid_ds, __sem_nsems_pad) - 54usize];
    ["Offset of field: semid_ds::__unused3"][::core::mem::offset_of!(semid_ds, __unused3) - 56usize];
    ["Offset of field: semid_ds::__unused4"][::core::mem::offset_of!(semid_ds, __unused4) - 60usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 64usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 72usize];
};
unsafe extern "C" {
    #[link_name = "\u{1}__semtimedop_time64"]
    pub fn semtimedop(
        semid: ::core::ffi::c_int,
        sops: *mut sembuf,
        nsops: usize,
        timeout: *const timespec,
    ) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub __msg_stime_lo: ::core::ffi::c_ulong,
    pub __msg_stime_hi: ::core::ffi::c_ulong,
    pub __msg_rtime_lo: ::core::ffi::c_ulong,
    pub __msg_rtime_hi: ::core::ffi::c_ulong,
    pub __msg_ctime_lo: ::core::ffi::c_ulong,
    pub __msg_ctime_hi: ::core::ffi::c_ulong,
    pub msg_cbytes: ::core::ffi::c_ulong,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub __unused: [::core::ffi::c_ulong; 2usize],
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
}
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::__msg_stime_lo"][::core::mem::offset_of!(msqid_ds, __msg_stime_lo) - 36usize];
    ["Offset of field: msqid_ds::__msg_stime_hi"][::core::mem::offset_of!(msqid_ds, __msg_stime_hi) - 40usize];
    ["Offset of field: msqid_ds::__msg_rtime_lo"][::core::mem::offset_of!(msqid_ds, __msg_rtime_lo) - 44usize];
    ["Offset of field: msqid_ds::__msg_rtime_hi"][::core::mem::offset_of!(msqid_ds, __msg_rtime_hi) - 48usize];
    ["Offset of field: msqid_ds::__msg_ctime_lo"][::core::mem::offset_of!(msqid_ds, __msg_ctime_lo) - 52usize];
    ["Offset of field: msqid_ds::__msg_ctime_hi"][::core::mem::offset_of!(msqid_ds, __msg_ctime_hi) - 56usize];
    ["Offset of field: msqid_ds::msg_cbytes"][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 60usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 64usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 68usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    ["Offset of field: msqid_ds::__unused"][::core::mem::offset_of!(msqid_ds, __unused) - 80usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 88usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 96usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 104usize];
};
