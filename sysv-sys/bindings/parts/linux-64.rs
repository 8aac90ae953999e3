// What 64-bit Linux targets declare alike, made by `cargo xtask bindings`. Not to be edited.
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 48usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
};
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 112usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
};
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 72usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 8usize];
};
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
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 120usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
};
