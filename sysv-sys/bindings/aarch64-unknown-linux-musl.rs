// Declarations of System V IPC for aarch64-unknown-linux-musl, made by `cargo xtask bindings`. Not to be edited.
// headers: musl, from ziglang 0.17.0
// fact key_member = __ipc_perm_key
// fact union_semun = false
// fact semtimedop = true
// has: IPC_INFO MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY SHM_DEST
// has: SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// has: SHM_STAT_ANY SHM_UNLOCK
// lacks: MSG_COPY shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, linux, linux-64, linux-musl, linux-musl-64
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub __sem_nsems_pad: [::core::ffi::c_char; 6usize],
    pub __unused3: ::core::ffi::c_long,
    pub __unused4: ::core::ffi::c_long,
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
    ["Offset of field: semid_ds::__sem_nsems_pad"][::core::mem::offset_of!(semid_ds, __sem_nsems_pad) - 66usize];
    ["Offset of field: semid_ds::__unused3"][::core::mem::offset_of!(semid_ds, __unused3) - 72usize];
    ["Offset of field: semid_ds::__unused4"][::core::mem::offset_of!(semid_ds, __unused4) - 80usize];
};
