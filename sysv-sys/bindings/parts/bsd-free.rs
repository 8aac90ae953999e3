// What FreeBSD, NetBSD and OpenBSD declare alike, made by `cargo xtask bindings`. Not to be edited.
pub type __int64_t = ::core::ffi::c_long;
pub type __gid_t = __uint32_t;
pub type __pid_t = __int32_t;
pub type __uid_t = __uint32_t;
pub type gid_t = __gid_t;
pub type key_t = __key_t;
pub type mode_t = __mode_t;
pub type pid_t = __pid_t;
pub type time_t = __time_t;
pub type uid_t = __uid_t;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct timespec {
    pub tv_sec: time_t,
    pub tv_nsec: ::core::ffi::c_long,
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct ipc_perm {
    pub cuid: uid_t,
    pub cgid: gid_t,
    pub uid: uid_t,
    pub gid: gid_t,
    pub mode: mode_t,
    pub seq: ::core::ffi::c_ushort,
    pub key: key_t,
}
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 32usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 8usize];
};
pub type shmatt_t = ::core::ffi::c_uint;
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 64usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
};
impl Default for semid_ds {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 104usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
};
impl Default for msqid_ds {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
