// What 32-bit Linux targets declare alike, made by `cargo xtask bindings`. Not to be edited.
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 36usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 4usize];
};
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 36usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 4usize];
};
const _: () = {
    ["Size of shm_info"][::core::mem::size_of::<shm_info>() - 24usize];
    ["Alignment of shm_info"][::core::mem::align_of::<shm_info>() - 4usize];
};
const _: () = {
    ["Offset of field: shm_info::used_ids"][::core::mem::offset_of!(shm_info, used_ids) - 0usize];
    ["Offset of field: shm_info::shm_tot"][::core::mem::offset_of!(shm_info, shm_tot) - 4usize];
    ["Offset of field: shm_info::shm_rss"][::core::mem::offset_of!(shm_info, shm_rss) - 8usize];
    ["Offset of field: shm_info::shm_swp"][::core::mem::offset_of!(shm_info, shm_swp) - 12usize];
    ["Offset of field: shm_info::swap_attempts"][::core::mem::offset_of!(shm_info, swap_attempts) - 16usize];
    ["Offset of field: shm_info::swap_successes"][::core::mem::offset_of!(shm_info, swap_successes) - 20usize];
};
const _: () = {
    ["Size of semun"][::core::mem::size_of::<semun>() - 4usize];
    ["Alignment of semun"][::core::mem::align_of::<semun>() - 4usize];
};
