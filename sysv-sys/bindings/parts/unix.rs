// What all targets declare alike, made by `cargo xtask bindings`. Not to be edited.
pub const IPC_CREAT: i32 = 512;
pub const IPC_EXCL: i32 = 1024;
pub const IPC_NOWAIT: i32 = 2048;
pub const IPC_RMID: i32 = 0;
pub const IPC_SET: i32 = 1;
pub const IPC_STAT: i32 = 2;
pub const SHM_R: i32 = 256;
pub const SHM_W: i32 = 128;
pub const SHM_RDONLY: i32 = 4096;
pub const SHM_RND: i32 = 8192;
pub const SEM_UNDO: i32 = 4096;
pub const MSG_NOERROR: i32 = 4096;
const _: () = {
    ["Size of timespec"][::core::mem::size_of::<timespec>() - 16usize];
    ["Alignment of timespec"][::core::mem::align_of::<timespec>() - 8usize];
};
const _: () = {
    ["Offset of field: timespec::tv_sec"][::core::mem::offset_of!(timespec, tv_sec) - 0usize];
    ["Offset of field: timespec::tv_nsec"][::core::mem::offset_of!(timespec, tv_nsec) - 8usize];
};
unsafe extern "C" {
    pub fn ftok(path: *const ::core::ffi::c_char, id: ::core::ffi::c_int) -> key_t;
}
unsafe extern "C" {
    pub fn shmctl(
        shmid: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        buf: *mut shmid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmget(key: key_t, size: usize, shmflg: ::core::ffi::c_int) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmat(
        shmid: ::core::ffi::c_int,
        shmaddr: *const ::core::ffi::c_void,
        shmflg: ::core::ffi::c_int,
    ) -> *mut ::core::ffi::c_void;
}
unsafe extern "C" {
    pub fn shmdt(shmaddr: *const ::core::ffi::c_void) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sembuf {
    pub sem_num: ::core::ffi::c_ushort,
    pub sem_op: ::core::ffi::c_short,
    pub sem_flg: ::core::ffi::c_short,
}
const _: () = {
    ["Size of sembuf"][::core::mem::size_of::<sembuf>() - 6usize];
    ["Alignment of sembuf"][::core::mem::align_of::<sembuf>() - 2usize];
};
const _: () = {
    ["Offset of field: sembuf::sem_num"][::core::mem::offset_of!(sembuf, sem_num) - 0usize];
    ["Offset of field: sembuf::sem_op"][::core::mem::offset_of!(sembuf, sem_op) - 2usize];
    ["Offset of field: sembuf::sem_flg"][::core::mem::offset_of!(sembuf, sem_flg) - 4usize];
};
unsafe extern "C" {
    pub fn semctl(
        semid: ::core::ffi::c_int,
        semnum: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        ...
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semget(
        key: key_t,
        nsems: ::core::ffi::c_int,
        semflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semop(semid: ::core::ffi::c_int, sops: *mut sembuf, nsops: usize) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgctl(
        msqid: ::core::ffi::c_int,
        cmd: ::core::ffi::c_int,
        buf: *mut msqid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgget(key: key_t, msgflg: ::core::ffi::c_int) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgrcv(
        msqid: ::core::ffi::c_int,
        msgp: *mut ::core::ffi::c_void,
        msgsz: usize,
        msgtyp: ::core::ffi::c_long,
        msgflg: ::core::ffi::c_int,
    ) -> isize;
}
unsafe extern "C" {
    pub fn msgsnd(
        msqid: ::core::ffi::c_int,
        msgp: *const ::core::ffi::c_void,
        msgsz: usize,
        msgflg: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
pub const IPC_PRIVATE: key_t = 0;
const _: () = {
    ["Size of semun"][::core::mem::size_of::<semun>() - 8usize];
    ["Alignment of semun"][::core::mem::align_of::<semun>() - 8usize];
};
impl Default for semun {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
