// What FreeBSD's targets declare alike, made by `cargo xtask bindings`. Not to be edited.
pub const IPC_INFO: i32 = 3;
pub const SHM_REMAP: i32 = 16384;
pub const SHM_LOCK: i32 = 11;
pub const SHM_UNLOCK: i32 = 12;
pub const SHM_STAT: i32 = 13;
pub const SHM_INFO: i32 = 14;
pub const SEM_STAT: i32 = 10;
pub const SEM_INFO: i32 = 11;
pub const SEM_A: i32 = 128;
pub const SEM_R: i32 = 256;
pub const SEM_ALLOC: i32 = 512;
pub const SEM_DEST: i32 = 1024;
pub type __uint16_t = ::core::ffi::c_ushort;
pub type __time_t = __int64_t;
pub type __key_t = ::core::ffi::c_long;
pub type __mode_t = __uint16_t;
pub type u_long = ::core::ffi::c_ulong;
const _: () = {
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 0usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 4usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 8usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 12usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 16usize];
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 18usize];
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 24usize];
};
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
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 80usize];
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
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 40usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 8usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 8usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 16usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 24usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 32usize];
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
const _: () = {
    ["Size of shmid_kernel"][::core::mem::size_of::<shmid_kernel>() - 104usize];
    ["Alignment of shmid_kernel"][::core::mem::align_of::<shmid_kernel>() - 8usize];
};
const _: () = {
    ["Offset of field: shmid_kernel::u"][::core::mem::offset_of!(shmid_kernel, u) - 0usize];
    ["Offset of field: shmid_kernel::object"][::core::mem::offset_of!(shmid_kernel, object) - 80usize];
    ["Offset of field: shmid_kernel::label"][::core::mem::offset_of!(shmid_kernel, label) - 88usize];
    ["Offset of field: shmid_kernel::cred"][::core::mem::offset_of!(shmid_kernel, cred) - 96usize];
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
const _: () = {
    ["Size of shm_info"][::core::mem::size_of::<shm_info>() - 48usize];
    ["Alignment of shm_info"][::core::mem::align_of::<shm_info>() - 8usize];
};
const _: () = {
    ["Offset of field: shm_info::used_ids"][::core::mem::offset_of!(shm_info, used_ids) - 0usize];
    ["Offset of field: shm_info::shm_tot"][::core::mem::offset_of!(shm_info, shm_tot) - 8usize];
    ["Offset of field: shm_info::shm_rss"][::core::mem::offset_of!(shm_info, shm_rss) - 16usize];
    ["Offset of field: shm_info::shm_swp"][::core::mem::offset_of!(shm_info, shm_swp) - 24usize];
    ["Offset of field: shm_info::swap_attempts"][::core::mem::offset_of!(shm_info, swap_attempts) - 32usize];
    ["Offset of field: shm_info::swap_successes"][::core::mem::offset_of!(shm_info, swap_successes) - 40usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub __sem_base: *mut sem,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
}
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::__sem_base"][::core::mem::offset_of!(semid_ds, __sem_base) - 32usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 40usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 56usize];
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
const _: () = {
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 36usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
};
const _: () = {
    ["Offset of field: seminfo::semmni"][::core::mem::offset_of!(seminfo, semmni) - 0usize];
    ["Offset of field: seminfo::semmns"][::core::mem::offset_of!(seminfo, semmns) - 4usize];
    ["Offset of field: seminfo::semmnu"][::core::mem::offset_of!(seminfo, semmnu) - 8usize];
    ["Offset of field: seminfo::semmsl"][::core::mem::offset_of!(seminfo, semmsl) - 12usize];
    ["Offset of field: seminfo::semopm"][::core::mem::offset_of!(seminfo, semopm) - 16usize];
    ["Offset of field: seminfo::semume"][::core::mem::offset_of!(seminfo, semume) - 20usize];
    ["Offset of field: seminfo::semusz"][::core::mem::offset_of!(seminfo, semusz) - 24usize];
    ["Offset of field: seminfo::semvmx"][::core::mem::offset_of!(seminfo, semvmx) - 28usize];
    ["Offset of field: seminfo::semaem"][::core::mem::offset_of!(seminfo, semaem) - 32usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct semid_kernel {
    pub u: semid_ds,
    pub label: *mut label,
    pub cred: *mut ucred,
}
const _: () = {
    ["Size of semid_kernel"][::core::mem::size_of::<semid_kernel>() - 80usize];
    ["Alignment of semid_kernel"][::core::mem::align_of::<semid_kernel>() - 8usize];
};
const _: () = {
    ["Offset of field: semid_kernel::u"][::core::mem::offset_of!(semid_kernel, u) - 0usize];
    ["Offset of field: semid_kernel::label"][::core::mem::offset_of!(semid_kernel, label) - 64usize];
    ["Offset of field: semid_kernel::cred"][::core::mem::offset_of!(semid_kernel, cred) - 72usize];
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
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::__msg_first"][::core::mem::offset_of!(msqid_ds, __msg_first) - 32usize];
    ["Offset of field: msqid_ds::__msg_last"][::core::mem::offset_of!(msqid_ds, __msg_last) - 40usize];
    ["Offset of field: msqid_ds::msg_cbytes"][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 48usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 56usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 64usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 80usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 88usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 96usize];
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
#[derive(Debug, Copy, Clone)]
pub struct msqid_kernel {
    pub u: msqid_ds,
    pub label: *mut label,
    pub cred: *mut ucred,
}
const _: () = {
    ["Size of msqid_kernel"][::core::mem::size_of::<msqid_kernel>() - 120usize];
    ["Alignment of msqid_kernel"][::core::mem::align_of::<msqid_kernel>() - 8usize];
};
const _: () = {
    ["Offset of field: msqid_kernel::u"][::core::mem::offset_of!(msqid_kernel, u) - 0usize];
    ["Offset of field: msqid_kernel::label"][::core::mem::offset_of!(msqid_kernel, label) - 104usize];
    ["Offset of field: msqid_kernel::cred"][::core::mem::offset_of!(msqid_kernel, cred) - 112usize];
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
