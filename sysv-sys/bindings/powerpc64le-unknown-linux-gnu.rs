// Declarations of System V IPC for powerpc64le-unknown-linux-gnu, made by `cargo xtask bindings`. Not to be edited.
// headers: glibc 2.31, from ziglang 0.17.0
// fact key_member = __key
// fact union_semun = false
// fact semtimedop = true
// has: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// has: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// has: SHM_STAT_ANY SHM_UNLOCK
// lacks: shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, linux, linux-64, linux-gnu, linux-gnu-64
pub type __uint32_t = ::core::ffi::c_uint;
pub type __uint64_t = ::core::ffi::c_ulong;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub __key: __key_t,
    pub uid: __uid_t,
    pub gid: __gid_t,
    pub cuid: __uid_t,
    pub cgid: __gid_t,
    pub mode: __mode_t,
    pub __seq: __uint32_t,
    pub __pad1: __uint32_t,
    pub __glibc_reserved1: __uint64_t,
    pub __glibc_reserved2: __uint64_t,
}
const _: () = {
    ["Offset of field: ipc_perm::__key"][::core::mem::offset_of!(ipc_perm, __key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    ["Offset of field: ipc_perm::cuid"][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    ["Offset of field: ipc_perm::cgid"][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    ["Offset of field: ipc_perm::mode"][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    ["Offset of field: ipc_perm::__seq"][::core::mem::offset_of!(ipc_perm, __seq) - 24usize];
    ["Offset of field: ipc_perm::__pad1"][::core::mem::offset_of!(ipc_perm, __pad1) - 28usize];
    ["Offset of field: ipc_perm::__glibc_reserved1"][::core::mem::offset_of!(ipc_perm, __glibc_reserved1) - 32usize];
    ["Offset of field: ipc_perm::__glibc_reserved2"][::core::mem::offset_of!(ipc_perm, __glibc_reserved2) - 40usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_atime: __time_t,
    pub shm_dtime: __time_t,
    pub shm_ctime: __time_t,
    pub shm_segsz: usize,
    pub shm_cpid: __pid_t,
    pub shm_lpid: __pid_t,
    pub shm_nattch: shmatt_t,
    pub __glibc_reserved5: __syscall_ulong_t,
    pub __glibc_reserved6: __syscall_ulong_t,
}
const _: () = {
    ["Offset of field: shmid_ds::shm_perm"][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    ["Offset of field: shmid_ds::shm_atime"][::core::mem::offset_of!(shmid_ds, shm_atime) - 48usize];
    ["Offset of field: shmid_ds::shm_dtime"][::core::mem::offset_of!(shmid_ds, shm_dtime) - 56usize];
    ["Offset of field: shmid_ds::shm_ctime"][::core::mem::offset_of!(shmid_ds, shm_ctime) - 64usize];
    ["Offset of field: shmid_ds::shm_segsz"][::core::mem::offset_of!(shmid_ds, shm_segsz) - 72usize];
    ["Offset of field: shmid_ds::shm_cpid"][::core::mem::offset_of!(shmid_ds, shm_cpid) - 80usize];
    ["Offset of field: shmid_ds::shm_lpid"][::core::mem::offset_of!(shmid_ds, shm_lpid) - 84usize];
    ["Offset of field: shmid_ds::shm_nattch"][::core::mem::offset_of!(shmid_ds, shm_nattch) - 88usize];
    ["Offset of field: shmid_ds::__glibc_reserved5"][::core::mem::offset_of!(shmid_ds, __glibc_reserved5) - 96usize];
    ["Offset of field: shmid_ds::__glibc_reserved6"][::core::mem::offset_of!(shmid_ds, __glibc_reserved6) - 104usize];
};
