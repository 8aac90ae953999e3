// What 64-bit Linux targets with glibc declare alike, made by `cargo xtask bindings`. Not to be edited.
const _: () = {
    ["Offset of field: ipc_perm::__key"][::core::mem::offset_of!(ipc_perm, __key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    ["Offset of field: ipc_perm::__seq"][::core::mem::offset_of!(ipc_perm, __seq) - 24usize];
    ["Offset of field: ipc_perm::__pad2"][::core::mem::offset_of!(ipc_perm, __pad2) - 26usize];
    ["Offset of field: ipc_perm::__glibc_reserved1"][::core::mem::offset_of!(ipc_perm, __glibc_reserved1) - 32usize];
    ["Offset of field: ipc_perm::__glibc_reserved2"][::core::mem::offset_of!(ipc_perm, __glibc_reserved2) - 40usize];
};
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
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 48usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 56usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 64usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 72usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 80usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 84usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 88usize];
    ["Offset of field: shmid_ds::__glibc_reserved5"][::core::mem::offset_of!(shmid_ds, __glibc_reserved5) - 96usize];
    ["Offset of field: shmid_ds::__glibc_reserved6"][::core::mem::offset_of!(shmid_ds, __glibc_reserved6) - 104usize];
};
const _: () = {
    ["Offset of field: shminfo::shmmax"][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    ["Offset of field: shminfo::shmmin"][::core::mem::offset_of!(shminfo, shmmin) - 8usize];
    ["Offset of field: shminfo::shmmni"][::core::mem::offset_of!(shminfo, shmmni) - 16usize];
    ["Offset of field: shminfo::shmseg"][::core::mem::offset_of!(shminfo, shmseg) - 24usize];
    ["Offset of field: shminfo::shmall"][::core::mem::offset_of!(shminfo, shmall) - 32usize];
    ["Offset of field: shminfo::__glibc_reserved1"][::core::mem::offset_of!(shminfo, __glibc_reserved1) - 40usize];
    ["Offset of field: shminfo::__glibc_reserved2"][::core::mem::offset_of!(shminfo, __glibc_reserved2) - 48usize];
    ["Offset of field: shminfo::__glibc_reserved3"][::core::mem::offset_of!(shminfo, __glibc_reserved3) - 56usize];
    ["Offset of field: shminfo::__glibc_reserved4"][::core::mem::offset_of!(shminfo, __glibc_reserved4) - 64usize];
};
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
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 88usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 56usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 64usize];
    ["Offset of field: semid_ds::__glibc_reserved3"][::core::mem::offset_of!(semid_ds, __glibc_reserved3) - 72usize];
    ["Offset of field: semid_ds::__glibc_reserved4"][::core::mem::offset_of!(semid_ds, __glibc_reserved4) - 80usize];
};
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
const _: () = {
    ["Offset of field: msqid_ds::msg_perm"][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    ["Offset of field: msqid_ds::msg_stime"][::core::mem::offset_of!(msqid_ds, msg_stime) - 48usize];
    ["Offset of field: msqid_ds::msg_rtime"][::core::mem::offset_of!(msqid_ds, msg_rtime) - 56usize];
    ["Offset of field: msqid_ds::msg_ctime"][::core::mem::offset_of!(msqid_ds, msg_ctime) - 64usize];
    ["Offset of field: msqid_ds::__msg_cbytes"][::core::mem::offset_of!(msqid_ds, __msg_cbytes) - 72usize];
    ["Offset of field: msqid_ds::msg_qnum"][::core::mem::offset_of!(msqid_ds, msg_qnum) - 80usize];
    ["Offset of field: msqid_ds::msg_qbytes"][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 88usize];
    ["Offset of field: msqid_ds::msg_lspid"][::core::mem::offset_of!(msqid_ds, msg_lspid) - 96usize];
    ["Offset of field: msqid_ds::msg_lrpid"][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 100usize];
    ["Offset of field: msqid_ds::__glibc_reserved4"][::core::mem::offset_of!(msqid_ds, __glibc_reserved4) - 104usize];
    ["Offset of field: msqid_ds::__glibc_reserved5"][::core::mem::offset_of!(msqid_ds, __glibc_reserved5) - 112usize];
};
