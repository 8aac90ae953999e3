// What 32-bit Linux targets with glibc declare alike, made by `cargo xtask bindings`. Not to be edited.
const _: () = {
    ["Size of timespec"][::core::mem::size_of::<timespec>() - 8usize];
    ["Alignment of timespec"][::core::mem::align_of::<timespec>() - 4usize];
};
const _: () = {
    ["Offset of field: timespec::tv_sec"][::core::mem::offset_of!(timespec, tv_sec) - 0usize];
    ["Offset of field: timespec::tv_nsec"][::core::mem::offset_of!(timespec, tv_nsec) - 4usize];
};
const _: () = {
    ["Offset of field: ipc_perm::__key"][::core::mem::offset_of!(ipc_perm, __key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    ["Offset of field: ipc_perm::__seq"][::core::mem::offset_of!(ipc_perm, __seq) - 24usize];
    ["Offset of field: ipc_perm::__pad2"][::core::mem::offset_of!(ipc_perm, __pad2) - 26usize];
    ["Offset of field: ipc_perm::__glibc_reserved1"][::core::mem::offset_of!(ipc_perm, __glibc_reserved1) - 28usize];
    ["Offset of field: ipc_perm::__glibc_reserved2"][::core::mem::offset_of!(ipc_perm, __glibc_reserved2) - 32usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub shm_atime: __time_t,
    pub __shm_atime_high: ::core::ffi::c_ulong,
    pub shm_dtime: __time_t,
    pub __shm_dtime_high: ::core::ffi::c_ulong,
    pub shm_ctime: __time_t,
    pub __shm_ctime_high: ::core::ffi::c_ulong,
    pub shm_cpid: __pid_t,
    pub shm_lpid: __pid_t,
    pub shm_nattch: shmatt_t,
    pub __glibc_reserved5: __syscall_ulong_t,
    pub __glibc_reserved6: __syscall_ulong_t,
}
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 84usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 36usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 40usize];
    ["Offset of field: shmid_ds::__shm_atime_high"][::core::mem::offset_of!(shmid_ds, __shm_atime_high) - 44usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 48usize];
    ["Offset of field: shmid_ds::__shm_dtime_high"][::core::mem::offset_of!(shmid_ds, __shm_dtime_high) - 52usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 56usize];
    ["Offset of field: shmid_ds::__shm_ctime_high"][::core::mem::offset_of!(shmid_ds, __shm_ctime_high) - 60usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 64usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 68usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 72usize];
    ["Offset of field: shmid_ds::__glibc_reserved5"][::core::mem::offset_of!(shmid_ds, __glibc_reserved5) - 76usize];
    ["Offset of field: shmid_ds::__glibc_reserved6"][::core::mem::offset_of!(shmid_ds, __glibc_reserved6) - 80usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 4usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 8usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 12usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 16usize];
    ["Offset of field: shminfo::__glibc_reserved1"][::core::mem::offset_of!(shminfo, __glibc_reserved1) - 20usize];
    ["Offset of field: shminfo::__glibc_reserved2"][::core::mem::offset_of!(shminfo, __glibc_reserved2) - 24usize];
    ["Offset of field: shminfo::__glibc_reserved3"][::core::mem::offset_of!(shminfo, __glibc_reserved3) - 28usize];
    ["Offset of field: shminfo::__glibc_reserved4"][::core::mem::offset_of!(shminfo, __glibc_reserved4) - 32usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_otime: __time_t,
    pub __sem_otime_high: __syscall_ulong_t,
    pub sem_ctime: __time_t,
    pub __sem_ctime_high: __syscall_ulong_t,
    pub sem_nsems: __syscall_ulong_t,
    pub __glibc_reserved3: __syscall_ulong_t,
    pub __glibc_reserved4: __syscall_ulong_t,
}
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 64usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 36usize];
    ["Offset of field: semid_ds::__sem_otime_high"][::core::mem::offset_of!(semid_ds, __sem_otime_high) - 40usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 44usize];
    ["Offset of field: semid_ds::__sem_ctime_high"][::core::mem::offset_of!(semid_ds, __sem_ctime_high) - 48usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 52usize];
    ["Offset of field: semid_ds::__glibc_reserved3"][::core::mem::offset_of!(semid_ds, __glibc_reserved3) - 56usize];
    ["Offset of field: semid_ds::__glibc_reserved4"][::core::mem::offset_of!(semid_ds, __glibc_reserved4) - 60usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_stime: __time_t,
    pub __msg_stime_high: ::core::ffi::c_ulong,
    pub msg_rtime: __time_t,
    pub __msg_rtime_high: ::core::ffi::c_ulong,
    pub msg_ctime: __time_t,
    pub __msg_ctime_high: ::core::ffi::c_ulong,
    pub __msg_cbytes: __syscall_ulong_t,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: __pid_t,
    pub msg_lrpid: __pid_t,
    pub __glibc_reserved4: __syscall_ulong_t,
    pub __glibc_reserved5: __syscall_ulong_t,
}
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 88usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 4usize];
};
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 36usize];
    ["Offset of field: msqid_ds::__msg_stime_high"][::core::mem::offset_of!(msqid_ds, __msg_stime_high) - 40usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 44usize];
    ["Offset of field: msqid_ds::__msg_rtime_high"][::core::mem::offset_of!(msqid_ds, __msg_rtime_high) - 48usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 52usize];
    ["Offset of field: msqid_ds::__msg_ctime_high"][::core::mem::offset_of!(msqid_ds, __msg_ctime_high) - 56usize];
    ["Offset of field: msqid_ds::__msg_cbytes"][::core::mem::offset_of!(msqid_ds, __msg_cbytes) - 60usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 64usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 68usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    ["Offset of field: msqid_ds::__glibc_reserved4"][::core::mem::offset_of!(msqid_ds, __glibc_reserved4) - 80usize];
    ["Offset of field: msqid_ds::__glibc_reserved5"][::core::mem::offset_of!(msqid_ds, __glibc_reserved5) - 84usize];
};
