// Declarations of System V IPC for i686-unknown-linux-musl, made by `cargo xtask bindings`. Not to be edited.
// headers: musl, from ziglang 0.17.0
// fact key_member = __ipc_perm_key
// fact union_semun = false
// fact semtimedop = true
// has: IPC_INFO MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY SHM_DEST
// has: SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// has: SHM_STAT_ANY SHM_UNLOCK
// lacks: MSG_COPY shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, linux, linux-32, linux-musl, linux-musl-32
const _: () = {
    ["Size of timespec"][::core::mem::size_of::<timespec>() - 16usize];
    ["Alignment of timespec"][::core::mem::align_of::<timespec>() - 4usize];
};
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 112usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 4usize];
};
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 80usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 4usize];
};
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 112usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 4usize];
};
