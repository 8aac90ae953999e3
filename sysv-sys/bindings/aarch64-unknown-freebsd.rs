// Declarations of System V IPC for aarch64-unknown-freebsd, made by `cargo xtask bindings`. Not to be edited.
// headers: FreeBSD 14.0, from ziglang 0.17.0
// fact key_member = key
// fact union_semun = false
// fact semtimedop = false
// has: SEM_STAT SHM_INFO SHM_LOCK SHM_REMAP SHM_STAT SHM_UNLOCK shmid_kernel sysctlbyname
// lacks: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT_ANY SHM_DEST
// lacks: SHM_EXEC SHM_HUGETLB SHM_LOCKED SHM_NORESERVE SHM_STAT_ANY shm_sysctl_info
// parts: unix, bsd, bsd-free, freebsd
