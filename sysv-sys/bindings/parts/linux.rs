// What Linux targets declare alike, made by `cargo xtask bindings`. Not to be edited.
pub const IPC_INFO: i32 = 3;
pub const SHM_REMAP: i32 = 16384;
pub const SHM_EXEC: i32 = 32768;
pub const SHM_LOCK: i32 = 11;
pub const SHM_UNLOCK: i32 = 12;
pub const SHM_STAT: i32 = 13;
pub const SHM_INFO: i32 = 14;
pub const SHM_STAT_ANY: i32 = 15;
pub const SHM_DEST: i32 = 512;
pub const SHM_LOCKED: i32 = 1024;
pub const SHM_HUGETLB: i32 = 2048;
pub const SHM_NORESERVE: i32 = 4096;
pub const SHM_HUGE_SHIFT: i32 = 26;
pub const SHM_HUGE_MASK: i32 = 63;
pub const SHM_HUGE_64KB: i32 = 1073741824;
pub const SHM_HUGE_512KB: i32 = 1275068416;
pub const SHM_HUGE_1MB: i32 = 1342177280;
pub const SHM_HUGE_2MB: i32 = 1409286144;
pub const SHM_HUGE_8MB: i32 = 1543503872;
pub const SHM_HUGE_16MB: i32 = 1610612736;
pub const SHM_HUGE_32MB: i32 = 1677721600;
pub const SHM_HUGE_256MB: i32 = 1879048192;
pub const SHM_HUGE_512MB: i32 = 1946157056;
pub const SHM_HUGE_1GB: i32 = 2013265920;
pub const SHM_HUGE_2GB: i32 = 2080374784;
pub const SHM_HUGE_16GB: i64 = 2281701376;
pub const GETPID: i32 = 11;
pub const GETVAL: i32 = 12;
pub const GETALL: i32 = 13;
pub const GETNCNT: i32 = 14;
pub const GETZCNT: i32 = 15;
pub const SETVAL: i32 = 16;
pub const SETALL: i32 = 17;
pub const SEM_STAT: i32 = 18;
pub const SEM_INFO: i32 = 19;
pub const SEM_STAT_ANY: i32 = 20;
pub const MSG_EXCEPT: i32 = 8192;
pub const MSG_STAT: i32 = 11;
pub const MSG_INFO: i32 = 12;
pub const MSG_STAT_ANY: i32 = 13;
pub const HUGETLB_FLAG_ENCODE_SHIFT: i32 = 26;
pub const HUGETLB_FLAG_ENCODE_MASK: i32 = 63;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct seminfo {
    pub semmap: ::core::ffi::c_int,
    pub semmni: ::core::ffi::c_int,
    pub semmns: ::core::ffi::c_int,
    pub semmnu: ::core::ffi::c_int,
    pub semmsl: ::core::ffi::c_int,
    pub semopm: ::core::ffi::c_int,
    pub semume: ::core::ffi::c_int,
    pub semusz: ::core::ffi::c_int,
    pub semvmx: ::core::ffi::c_int,
    pub semaem: ::core::ffi::c_int,
}
const _: () = {
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 40usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
};
const _: () = {
    ["Offset of field: seminfo::semmap"][::core::mem::offset_of!(seminfo, semmap) - 0usize];
    ["Offset of field: seminfo::semmni"][::core::mem::offset_of!(seminfo, semmni) - 4usize];
    ["Offset of field: seminfo::semmns"][::core::mem::offset_of!(seminfo, semmns) - 8usize];
    ["Offset of field: seminfo::semmnu"][::core::mem::offset_of!(seminfo, semmnu) - 12usize];
    ["Offset of field: seminfo::semmsl"][::core::mem::offset_of!(seminfo, semmsl) - 16usize];
    ["Offset of field: seminfo::semopm"][::core::mem::offset_of!(seminfo, semopm) - 20usize];
    ["Offset of field: seminfo::semume"][::core::mem::offset_of!(seminfo, semume) - 24usize];
    ["Offset of field: seminfo::semusz"][::core::mem::offset_of!(seminfo, semusz) - 28usize];
    ["Offset of field: seminfo::semvmx"][::core::mem::offset_of!(seminfo, semvmx) - 32usize];
    ["Offset of field: seminfo::semaem"][::core::mem::offset_of!(seminfo, semaem) - 36usize];
};
unsafe extern "C" {
    pub fn semtimedop(
        semid: ::core::ffi::c_int,
        sops: *mut sembuf,
        nsops: usize,
        timeout: *const timespec,
    ) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msginfo {
    pub msgpool: ::core::ffi::c_int,
    pub msgmap: ::core::ffi::c_int,
    pub msgmax: ::core::ffi::c_int,
    pub msgmnb: ::core::ffi::c_int,
    pub msgmni: ::core::ffi::c_int,
    pub msgssz: ::core::ffi::c_int,
    pub msgtql: ::core::ffi::c_int,
    pub msgseg: ::core::ffi::c_ushort,
}
const _: () = {
    ["Size of msginfo"][::core::mem::size_of::<msginfo>() - 32usize];
    ["Alignment of msginfo"][::core::mem::align_of::<msginfo>() - 4usize];
};
const _: () = {
    ["Offset of field: msginfo::msgpool"][::core::mem::offset_of!(msginfo, msgpool) - 0usize];
    ["Offset of field: msginfo::msgmap"][::core::mem::offset_of!(msginfo, msgmap) - 4usize];
    ["Offset of field: msginfo::msgmax"][::core::mem::offset_of!(msginfo, msgmax) - 8usize];
    ["Offset of field: msginfo::msgmnb"][::core::mem::offset_of!(msginfo, msgmnb) - 12usize];
    ["Offset of field: msginfo::msgmni"][::core::mem::offset_of!(msginfo, msgmni) - 16usize];
    ["Offset of field: msginfo::msgssz"][::core::mem::offset_of!(msginfo, msgssz) - 20usize];
    ["Offset of field: msginfo::msgtql"][::core::mem::offset_of!(msginfo, msgtql) - 24usize];
    ["Offset of field: msginfo::msgseg"][::core::mem::offset_of!(msginfo, msgseg) - 28usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub union semun {
    pub val: ::core::ffi::c_int,
    pub buf: *mut semid_ds,
    pub array: *mut ::core::ffi::c_ushort,
    pub __buf: *mut seminfo,
}
const _: () = {
    ["Offset of field: semun::val"][::core::mem::offset_of!(semun, val) - 0usize];
    ["Offset of field: semun::buf"][::core::mem::offset_of!(semun, buf) - 0usize];
    ["Offset of field: semun::array"][::core::mem::offset_of!(semun, array) - 0usize];
    ["Offset of field: semun::__buf"][::core::mem::offset_of!(semun, __buf) - 0usize];
};
