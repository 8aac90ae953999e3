// Declarations of System V IPC for x86_64-unknown-linux-gnu, made by `cargo xtask bindings`. Not to be edited.
// headers: glibc 2.31, from ziglang 0.17.0
// fact key_member = __key
// fact union_semun = false
// fact semtimedop = true
// has: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// has: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// has: SHM_STAT_ANY SHM_UNLOCK
// lacks: shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, linux, linux-64, linux-gnu, linux-gnu-64
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
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 104usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
};
const _: () = {
    ["Offset of field: semid_ds::sem_perm"][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    ["Offset of field: semid_ds::sem_otime"][::core::mem::offset_of!(semid_ds, sem_otime) - 48usize];
    ["Offset of field: semid_ds::__sem_otime_high"][::core::mem::offset_of!(semid_ds, __sem_otime_high) - 56usize];
    ["Offset of field: semid_ds::sem_ctime"][::core::mem::offset_of!(semid_ds, sem_ctime) - 64usize];
    ["Offset of field: semid_ds::__sem_ctime_high"][::core::mem::offset_of!(semid_ds, __sem_ctime_high) - 72usize];
    ["Offset of field: semid_ds::sem_nsems"][::core::mem::offset_of!(semid_ds, sem_nsems) - 80usize];
    ["Offset of field: semid_ds::__glibc_reserved3"][::core::mem::offset_of!(semid_ds, __glibc_reserved3) - 88usize];
    ["Offset of field: semid_ds::__glibc_reserved4"][::core::mem::offset_of!(semid_ds, __glibc_reserved4) - 96usize];
};
