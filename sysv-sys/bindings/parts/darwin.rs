// What macOS's targets declare alike, made by `cargo xtask bindings`. Not to be edited.
pub const SEM_A: i32 = 128;
pub const SEM_R: i32 = 256;
pub type __uint16_t = ::core::ffi::c_ushort;
pub type __darwin_time_t = ::core::ffi::c_long;
pub type __darwin_gid_t = __uint32_t;
pub type __darwin_mode_t = __uint16_t;
pub type __darwin_pid_t = __int32_t;
pub type __darwin_uid_t = __uint32_t;
pub type gid_t = __darwin_gid_t;
pub type key_t = __int32_t;
pub type mode_t = __darwin_mode_t;
pub type pid_t = __darwin_pid_t;
pub type uid_t = __darwin_uid_t;
pub type time_t = __darwin_time_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub uid: uid_t,
    pub gid: gid_t,
    pub cuid: uid_t,
    pub cgid: gid_t,
    pub mode: mode_t,
    pub _seq: ::core::ffi::c_ushort,
    pub _key: key_t,
}
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 24usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 4usize];
};
const _: () = {
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 0usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 4usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 8usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 12usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    ["Offset of field: ipc_perm::_seq"][::core::mem::offset_of!(ipc_perm, _seq) - 18usize];
    ["Offset of field: ipc_perm::_key"][::core::mem::offset_of!(ipc_perm, _key) - 20usize];
};
pub type shmatt_t = ::core::ffi::c_ushort;
#[repr(C, packed(4))]
#[derive(Debug, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_lpid: pid_t,
    pub shm_cpid: pid_t,
    pub shm_nattch: shmatt_t,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
    pub shm_internal: *mut ::core::ffi::c_void,
}
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 76usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 24usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 32usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 36usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 40usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 44usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 52usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 60usize];
    ["Offset of field: shmid_ds::shm_internal"][::core::mem::offset_of!(shmid_ds, shm_internal) - 68usize];
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
#[repr(C, packed(4))]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_base: __int32_t,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub sem_otime: time_t,
    pub sem_pad1: __int32_t,
    pub sem_ctime: time_t,
    pub sem_pad2: __int32_t,
    pub sem_pad3: [__int32_t; 4usize],
}
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 72usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_base"][::core::mem::offset_of!(semid_ds, sem_base) - 24usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 28usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 32usize];
    ["Offset of field: semid_ds::sem_pad1"][::core::mem::offset_of!(semid_ds, sem_pad1) - 40usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 44usize];
    ["Offset of field: semid_ds::sem_pad2"][::core::mem::offset_of!(semid_ds, sem_pad2) - 52usize];
    ["Offset of field: semid_ds::sem_pad3"][::core::mem::offset_of!(semid_ds, sem_pad3) - 56usize];
};
#[repr(C, packed(4))]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_first: __int32_t,
    pub msg_last: __int32_t,
    pub msg_cbytes: msglen_t,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub msg_stime: time_t,
    pub msg_pad1: __int32_t,
    pub msg_rtime: time_t,
    pub msg_pad2: __int32_t,
    pub msg_ctime: time_t,
    pub msg_pad3: __int32_t,
    pub msg_pad4: [__int32_t; 4usize],
}
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 116usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::msg_first"][::core::mem::offset_of!(msqid_ds, msg_first) - 24usize];
    ["Offset of field: msqid_ds::msg_last"][::core::mem::offset_of!(msqid_ds, msg_last) - 28usize];
    ["Offset of field: msqid_ds::msg_cbytes"][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 32usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 40usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 48usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 56usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 60usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 64usize];
    ["Offset of field: msqid_ds::msg_pad1"][::core::mem::offset_of!(msqid_ds, msg_pad1) - 72usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 76usize];
    ["Offset of field: msqid_ds::msg_pad2"][::core::mem::offset_of!(msqid_ds, msg_pad2) - 84usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 88usize];
    ["Offset of field: msqid_ds::msg_pad3"][::core::mem::offset_of!(msqid_ds, msg_pad3) - 96usize];
    ["Offset of field: msqid_ds::msg_pad4"][::core::mem::offset_of!(msqid_ds, msg_pad4) - 100usize];
};
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
pub struct timespec {
    pub tv_sec: __darwin_time_t,
    pub tv_nsec: ::core::ffi::c_long,
}
