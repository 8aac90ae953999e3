// Declarations of System V IPC for x86_64-apple-darwin, made by `cargo xtask bindings`. Not to be edited.
// headers: macOS 15, from ziglang 0.17.0
// fact key_member = _key
// fact union_semun = true
// fact semtimedop = false
// has: sysctlbyname
// lacks: IPC_INFO MSG_COPY MSG_EXCEPT MSG_INFO MSG_STAT MSG_STAT_ANY SEM_INFO SEM_STAT SEM_STAT_ANY
// lacks: SHM_DEST SHM_EXEC SHM_HUGETLB SHM_INFO SHM_LOCK SHM_LOCKED SHM_NORESERVE SHM_REMAP
// lacks: SHM_STAT SHM_STAT_ANY SHM_UNLOCK shm_sysctl_info shmid_kernel
// parts: unix, bsd, darwin
