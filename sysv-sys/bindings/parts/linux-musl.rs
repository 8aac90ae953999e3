// What Linux targets with musl declare alike, made by `cargo xtask bindings`. Not to be edited.
pub type mode_t = ::core::ffi::c_uint;
pub type pid_t = ::core::ffi::c_int;
pub type uid_t = ::core::ffi::c_uint;
pub type gid_t = ::core::ffi::c_uint;
pub type key_t = ::core::ffi::c_int;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub key: key_t,
    pub uid: uid_t,
    pub gid: gid_t,
    pub cuid: uid_t,
    pub cgid: gid_t,
    pub mode: mode_t,
    pub seq: ::core::ffi::c_int,
    pub __pad1: ::core::ffi::c_long,
    pub __pad2: ::core::ffi::c_long,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shminfo {
    pub shmmax: ::core::ffi::c_ulong,
    pub shmmin: ::core::ffi::c_ulong,
    pub shmmni: ::core::ffi::c_ulong,
    pub shmseg: ::core::ffi::c_ulong,
    pub shmall: ::core::ffi::c_ulong,
    pub __unused: [::core::ffi::c_ulong; 4usize],
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shm_info {
    pub used_ids: ::core::ffi::c_int,
    pub shm_tot: ::core::ffi::c_ulong,
    pub shm_rss: ::core::ffi::c_ulong,
    pub shm_swp: ::core::ffi::c_ulong,
    pub swap_attempts: ::core::ffi::c_ulong,
    pub swap_successes: ::core::ffi::c_ulong,
}
pub type msgqnum_t = ::core::ffi::c_ulong;
pub type msglen_t = ::core::ffi::c_ulong;
