// Declarations of System V IPC for armv7-unknown-linux-gnueabihf, made by `cargo xtask bindings`. Not to be edited.
// headers: glibc 2.31, from ziglang 0.17.0
// fact key_member = __key
// fact union_semun = false
// fact semtimedop = true
// has: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// has: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP SHM_STAT
// has: SHM_STAT_ANY SHM_UNLOCK
// lacks: shm_sysctl_info shmid_kernel sysctlbyname
// parts: unix, linux, linux-32, linux-gnu, linux-gnu-32
