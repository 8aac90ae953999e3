// Declarations of System V IPC for armv7-unknown-linux-musleabihf, made by `cargo xtask bindings`. Not to be edited.
// headers: musl, from ziglang 0.17.0
// fact key_member = __ipc_perm_key
// fact union_semun = false
// fact semtimedop = true
// fact IPC_INFO = true
// fact MSG_COPY = false
// fact MSG_EXCEPT = true
// fact MSG_INFO = true
// fact MSG_STAT = true
// fact MSG_STAT_ANY = true
// fact SEM_INFO = true
// fact SEM_STAT = true
// fact SEM_STAT_ANY = true
// fact SHM_DEST = true
// fact SHM_EXEC = true
// fact SHM_HUGETLB = true
// fact SHM_INFO = true
// fact SHM_LOCK = true
// fact SHM_LOCKED = true
// fact SHM_NORESERVE = true
// fact SHM_REMAP = true
// fact SHM_STAT = true
// fact SHM_STAT_ANY = true
// fact SHM_UNLOCK = true
// fact shm_sysctl_info = false
// fact shmid_kernel = false
// fact sysctlbyname = false
#[repr(C)]
#[derive(Copy, Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct __BindgenBitfieldUnit<Storage> {
    storage: Storage,
}
impl<Storage> __BindgenBitfieldUnit<Storage> {
    #[inline]
    pub const fn new(storage: Storage) -> Self {
        Self { storage }
    }
}
impl<Storage> __BindgenBitfieldUnit<Storage>
where
    Storage: AsRef<[u8]> + AsMut<[u8]>,
{
    #[inline]
    fn extract_bit(byte: u8, index: usize) -> bool {
        let bit_index = if cfg!(target_endian = "big") {
            7 - (index % 8)
        } else {
            index % 8
        };
        let mask = 1 << bit_index;
        byte & mask == mask
    }
    #[inline]
    pub fn get_bit(&self, index: usize) -> bool {
        debug_assert!(index / 8 < self.storage.as_ref().len());
        let byte_index = index / 8;
        let byte = self.storage.as_ref()[byte_index];
        Self::extract_bit(byte, index)
    }
    #[inline]
    pub unsafe fn raw_get_bit(this: *const Self, index: usize) -> bool {
        debug_assert!(index / 8 < core::mem::size_of::<Storage>());
        let byte_index = index / 8;
        let byte = unsafe {
            *(core::ptr::addr_of!((*this).storage) as *const u8)
                .offset(byte_index as isize)
        };
        Self::extract_bit(byte, index)
    }
    #[inline]
    fn change_bit(byte: u8, index: usize, val: bool) -> u8 {
        let bit_index = if cfg!(target_endian = "big") {
            7 - (index % 8)
        } else {
            index % 8
        };
        let mask = 1 << bit_index;
        if val { byte | mask } else { byte & !mask }
    }
    #[inline]
    pub fn set_bit(&mut self, index: usize, val: bool) {
        debug_assert!(index / 8 < self.storage.as_ref().len());
        let byte_index = index / 8;
        let byte = &mut self.storage.as_mut()[byte_index];
        *byte = Self::change_bit(*byte, index, val);
    }
    #[inline]
    pub unsafe fn raw_set_bit(this: *mut Self, index: usize, val: bool) {
        debug_assert!(index / 8 < core::mem::size_of::<Storage>());
        let byte_index = index / 8;
        let byte = unsafe {
            (core::ptr::addr_of_mut!((*this).storage) as *mut u8)
                .offset(byte_index as isize)
        };
        unsafe { *byte = Self::change_bit(*byte, index, val) };
    }
    #[inline]
    pub fn get(&self, bit_offset: usize, bit_width: u8) -> u64 {
        debug_assert!(bit_width <= 64);
        debug_assert!(bit_offset / 8 < self.storage.as_ref().len());
        debug_assert!(
            (bit_offset + (bit_width as usize) + 7) / 8 <= self.storage.as_ref().len(),
        );
        if bit_width == 0 {
            return 0;
        }
        let mut val = 0u64;
        let storage = self.storage.as_ref();
        let start_byte = bit_offset / 8;
        let bit_shift = bit_offset % 8;
        let bytes_needed = (bit_width as usize + bit_shift + 7) / 8;
        if cfg!(target_endian = "big") {
            for i in 0..bytes_needed {
                val |= (storage[start_byte + i].reverse_bits() as u64) << (i * 8);
            }
        } else {
            for i in 0..bytes_needed {
                val |= (storage[start_byte + i] as u64) << (i * 8);
            }
        }
        val >>= bit_shift;
        if bit_width < 64 {
            val &= (1u64 << bit_width) - 1;
        }
        if cfg!(target_endian = "big") {
            val = val.reverse_bits() >> (64 - bit_width as usize);
        }
        val
    }
    #[inline]
    pub unsafe fn raw_get(this: *const Self, bit_offset: usize, bit_width: u8) -> u64 {
        debug_assert!(bit_width <= 64);
        debug_assert!(bit_offset / 8 < core::mem::size_of::<Storage>());
        debug_assert!(
            (bit_offset + (bit_width as usize) + 7) / 8
                <= core::mem::size_of::<Storage>(),
        );
        if bit_width == 0 {
            return 0;
        }
        let mut val = 0u64;
        let start_byte = bit_offset / 8;
        let bit_shift = bit_offset % 8;
        let bytes_needed = (bit_width as usize + bit_shift + 7) / 8;
        let storage_ptr = unsafe { core::ptr::addr_of!((*this).storage) as *const u8 };
        if cfg!(target_endian = "big") {
            for i in 0..bytes_needed {
                let byte = unsafe { *storage_ptr.add(start_byte + i) };
                val |= (byte.reverse_bits() as u64) << (i * 8);
            }
        } else {
            for i in 0..bytes_needed {
                let byte = unsafe { *storage_ptr.add(start_byte + i) };
                val |= (byte as u64) << (i * 8);
            }
        }
        val >>= bit_shift;
        if bit_width < 64 {
            val &= (1u64 << bit_width) - 1;
        }
        if cfg!(target_endian = "big") {
            val = val.reverse_bits() >> (64 - bit_width as usize);
        }
        val
    }
    #[inline]
    pub fn set(&mut self, bit_offset: usize, bit_width: u8, val: u64) {
        debug_assert!(bit_width <= 64);
        debug_assert!(bit_offset / 8 < self.storage.as_ref().len());
        debug_assert!(
            (bit_offset + (bit_width as usize) + 7) / 8 <= self.storage.as_ref().len(),
        );
        if bit_width == 0 {
            return;
        }
        let mut val = val;
        if bit_width < 64 {
            val &= (1u64 << bit_width) - 1;
        }
        if cfg!(target_endian = "big") {
            val = val.reverse_bits() >> (64 - bit_width as usize);
        }
        let storage = self.storage.as_mut();
        let start_byte = bit_offset / 8;
        let bit_shift = bit_offset % 8;
        let bytes_needed = (bit_width as usize + bit_shift + 7) / 8;
        val <<= bit_shift;
        let field_mask = if bit_width as usize + bit_shift >= 64 {
            !0u64 << bit_shift
        } else {
            ((1u64 << bit_width) - 1) << bit_shift
        };
        for i in 0..bytes_needed {
            let byte_val = (val >> (i * 8)) as u8;
            let byte_mask = (field_mask >> (i * 8)) as u8;
            if cfg!(target_endian = "big") {
                let byte = storage[start_byte + i].reverse_bits();
                let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                storage[start_byte + i] = new_byte.reverse_bits();
            } else {
                storage[start_byte + i] = (storage[start_byte + i] & !byte_mask)
                    | (byte_val & byte_mask);
            }
        }
    }
    #[inline]
    pub unsafe fn raw_set(this: *mut Self, bit_offset: usize, bit_width: u8, val: u64) {
        debug_assert!(bit_width <= 64);
        debug_assert!(bit_offset / 8 < core::mem::size_of::<Storage>());
        debug_assert!(
            (bit_offset + (bit_width as usize) + 7) / 8
                <= core::mem::size_of::<Storage>(),
        );
        if bit_width == 0 {
            return;
        }
        let mut val = val;
        if bit_width < 64 {
            val &= (1u64 << bit_width) - 1;
        }
        if cfg!(target_endian = "big") {
            val = val.reverse_bits() >> (64 - bit_width as usize);
        }
        let start_byte = bit_offset / 8;
        let bit_shift = bit_offset % 8;
        let bytes_needed = (bit_width as usize + bit_shift + 7) / 8;
        val <<= bit_shift;
        let field_mask = if bit_width as usize + bit_shift >= 64 {
            !0u64 << bit_shift
        } else {
            ((1u64 << bit_width) - 1) << bit_shift
        };
        let storage_ptr = unsafe { core::ptr::addr_of_mut!((*this).storage) as *mut u8 };
        for i in 0..bytes_needed {
            let byte_val = (val >> (i * 8)) as u8;
            let byte_mask = (field_mask >> (i * 8)) as u8;
            let byte_ptr = unsafe { storage_ptr.add(start_byte + i) };
            if cfg!(target_endian = "big") {
                let byte = unsafe { (*byte_ptr).reverse_bits() };
                let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                unsafe { *byte_ptr = new_byte.reverse_bits() };
            } else {
                unsafe { *byte_ptr = (*byte_ptr & !byte_mask) | (byte_val & byte_mask) };
            }
        }
    }
}
/// Const-generic methods for efficient bitfield access when offset and width
/// are known at compile time.
impl<const N: usize> __BindgenBitfieldUnit<[u8; N]> {
    /// Get a field using const generics for compile-time optimization.
    /// Uses native word size operations when the field fits in usize.
    #[inline]
    pub const fn get_const<const BIT_OFFSET: usize, const BIT_WIDTH: u8>(&self) -> u64 {
        debug_assert!(BIT_WIDTH <= 64);
        debug_assert!(BIT_OFFSET / 8 < N);
        debug_assert!((BIT_OFFSET + (BIT_WIDTH as usize) + 7) / 8 <= N);
        if BIT_WIDTH == 0 {
            return 0;
        }
        let start_byte = BIT_OFFSET / 8;
        let bit_shift = BIT_OFFSET % 8;
        let bytes_needed = (BIT_WIDTH as usize + bit_shift + 7) / 8;
        if BIT_WIDTH as usize + bit_shift <= usize::BITS as usize {
            let mut val = 0usize;
            if cfg!(target_endian = "big") {
                let mut i = 0;
                while i < bytes_needed {
                    val
                        |= (self.storage[start_byte + i].reverse_bits() as usize)
                            << (i * 8);
                    i += 1;
                }
            } else {
                let mut i = 0;
                while i < bytes_needed {
                    val |= (self.storage[start_byte + i] as usize) << (i * 8);
                    i += 1;
                }
            }
            val >>= bit_shift;
            if (BIT_WIDTH as u32) < usize::BITS {
                val &= (1usize << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (usize::BITS as usize - BIT_WIDTH as usize);
            }
            val as u64
        } else {
            let mut val = 0u64;
            if cfg!(target_endian = "big") {
                let mut i = 0;
                while i < bytes_needed {
                    val
                        |= (self.storage[start_byte + i].reverse_bits() as u64)
                            << (i * 8);
                    i += 1;
                }
            } else {
                let mut i = 0;
                while i < bytes_needed {
                    val |= (self.storage[start_byte + i] as u64) << (i * 8);
                    i += 1;
                }
            }
            val >>= bit_shift;
            if BIT_WIDTH < 64 {
                val &= (1u64 << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (64 - BIT_WIDTH as usize);
            }
            val
        }
    }
    /// Set a field using const generics for compile-time optimization.
    /// Uses native word size operations when the field fits in usize.
    #[inline]
    pub fn set_const<const BIT_OFFSET: usize, const BIT_WIDTH: u8>(&mut self, val: u64) {
        debug_assert!(BIT_WIDTH <= 64);
        debug_assert!(BIT_OFFSET / 8 < N);
        debug_assert!((BIT_OFFSET + (BIT_WIDTH as usize) + 7) / 8 <= N);
        if BIT_WIDTH == 0 {
            return;
        }
        let start_byte = BIT_OFFSET / 8;
        let bit_shift = BIT_OFFSET % 8;
        let bytes_needed = (BIT_WIDTH as usize + bit_shift + 7) / 8;
        if BIT_WIDTH as usize + bit_shift <= usize::BITS as usize {
            let mut val = val as usize;
            if (BIT_WIDTH as u32) < usize::BITS {
                val &= (1usize << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (usize::BITS as usize - BIT_WIDTH as usize);
            }
            val <<= bit_shift;
            let field_mask = if BIT_WIDTH as usize + bit_shift >= usize::BITS as usize {
                !0usize << bit_shift
            } else {
                ((1usize << BIT_WIDTH) - 1) << bit_shift
            };
            let mut i = 0;
            while i < bytes_needed {
                let byte_val = (val >> (i * 8)) as u8;
                let byte_mask = (field_mask >> (i * 8)) as u8;
                if cfg!(target_endian = "big") {
                    let byte = self.storage[start_byte + i].reverse_bits();
                    let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                    self.storage[start_byte + i] = new_byte.reverse_bits();
                } else {
                    self.storage[start_byte + i] = (self.storage[start_byte + i]
                        & !byte_mask) | (byte_val & byte_mask);
                }
                i += 1;
            }
        } else {
            let mut val = val;
            if BIT_WIDTH < 64 {
                val &= (1u64 << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (64 - BIT_WIDTH as usize);
            }
            val <<= bit_shift;
            let field_mask = if BIT_WIDTH as usize + bit_shift >= 64 {
                !0u64 << bit_shift
            } else {
                ((1u64 << BIT_WIDTH) - 1) << bit_shift
            };
            let mut i = 0;
            while i < bytes_needed {
                let byte_val = (val >> (i * 8)) as u8;
                let byte_mask = (field_mask >> (i * 8)) as u8;
                if cfg!(target_endian = "big") {
                    let byte = self.storage[start_byte + i].reverse_bits();
                    let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                    self.storage[start_byte + i] = new_byte.reverse_bits();
                } else {
                    self.storage[start_byte + i] = (self.storage[start_byte + i]
                        & !byte_mask) | (byte_val & byte_mask);
                }
                i += 1;
            }
        }
    }
    /// Raw pointer get using const generics for compile-time optimization.
    /// Uses native word size operations when the field fits in usize.
    #[inline]
    pub const unsafe fn raw_get_const<const BIT_OFFSET: usize, const BIT_WIDTH: u8>(
        this: *const Self,
    ) -> u64 {
        debug_assert!(BIT_WIDTH <= 64);
        debug_assert!(BIT_OFFSET / 8 < N);
        debug_assert!((BIT_OFFSET + (BIT_WIDTH as usize) + 7) / 8 <= N);
        if BIT_WIDTH == 0 {
            return 0;
        }
        let start_byte = BIT_OFFSET / 8;
        let bit_shift = BIT_OFFSET % 8;
        let bytes_needed = (BIT_WIDTH as usize + bit_shift + 7) / 8;
        let storage_ptr = unsafe { core::ptr::addr_of!((*this).storage) as *const u8 };
        if BIT_WIDTH as usize + bit_shift <= usize::BITS as usize {
            let mut val = 0usize;
            if cfg!(target_endian = "big") {
                let mut i = 0;
                while i < bytes_needed {
                    let byte = unsafe { *storage_ptr.add(start_byte + i) };
                    val |= (byte.reverse_bits() as usize) << (i * 8);
                    i += 1;
                }
            } else {
                let mut i = 0;
                while i < bytes_needed {
                    let byte = unsafe { *storage_ptr.add(start_byte + i) };
                    val |= (byte as usize) << (i * 8);
                    i += 1;
                }
            }
            val >>= bit_shift;
            if (BIT_WIDTH as u32) < usize::BITS {
                val &= (1usize << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (usize::BITS as usize - BIT_WIDTH as usize);
            }
            val as u64
        } else {
            let mut val = 0u64;
            if cfg!(target_endian = "big") {
                let mut i = 0;
                while i < bytes_needed {
                    let byte = unsafe { *storage_ptr.add(start_byte + i) };
                    val |= (byte.reverse_bits() as u64) << (i * 8);
                    i += 1;
                }
            } else {
                let mut i = 0;
                while i < bytes_needed {
                    let byte = unsafe { *storage_ptr.add(start_byte + i) };
                    val |= (byte as u64) << (i * 8);
                    i += 1;
                }
            }
            val >>= bit_shift;
            if BIT_WIDTH < 64 {
                val &= (1u64 << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (64 - BIT_WIDTH as usize);
            }
            val
        }
    }
    /// Raw pointer set using const generics for compile-time optimization.
    /// Uses native word size operations when the field fits in usize.
    #[inline]
    pub unsafe fn raw_set_const<const BIT_OFFSET: usize, const BIT_WIDTH: u8>(
        this: *mut Self,
        val: u64,
    ) {
        debug_assert!(BIT_WIDTH <= 64);
        debug_assert!(BIT_OFFSET / 8 < N);
        debug_assert!((BIT_OFFSET + (BIT_WIDTH as usize) + 7) / 8 <= N);
        if BIT_WIDTH == 0 {
            return;
        }
        let start_byte = BIT_OFFSET / 8;
        let bit_shift = BIT_OFFSET % 8;
        let bytes_needed = (BIT_WIDTH as usize + bit_shift + 7) / 8;
        let storage_ptr = this.cast::<[u8; N]>().cast::<u8>();
        if BIT_WIDTH as usize + bit_shift <= usize::BITS as usize {
            let mut val = val as usize;
            if (BIT_WIDTH as u32) < usize::BITS {
                val &= (1usize << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (usize::BITS as usize - BIT_WIDTH as usize);
            }
            val <<= bit_shift;
            let field_mask = if BIT_WIDTH as usize + bit_shift >= usize::BITS as usize {
                !0usize << bit_shift
            } else {
                ((1usize << BIT_WIDTH) - 1) << bit_shift
            };
            let mut i = 0;
            while i < bytes_needed {
                let byte_val = (val >> (i * 8)) as u8;
                let byte_mask = (field_mask >> (i * 8)) as u8;
                let byte_ptr = unsafe { storage_ptr.add(start_byte + i) };
                if cfg!(target_endian = "big") {
                    let byte = unsafe { (*byte_ptr).reverse_bits() };
                    let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                    unsafe { *byte_ptr = new_byte.reverse_bits() };
                } else {
                    unsafe {
                        *byte_ptr = (*byte_ptr & !byte_mask) | (byte_val & byte_mask)
                    };
                }
                i += 1;
            }
        } else {
            let mut val = val;
            if BIT_WIDTH < 64 {
                val &= (1u64 << BIT_WIDTH) - 1;
            }
            if cfg!(target_endian = "big") {
                val = val.reverse_bits() >> (64 - BIT_WIDTH as usize);
            }
            val <<= bit_shift;
            let field_mask = if BIT_WIDTH as usize + bit_shift >= 64 {
                !0u64 << bit_shift
            } else {
                ((1u64 << BIT_WIDTH) - 1) << bit_shift
            };
            let mut i = 0;
            while i < bytes_needed {
                let byte_val = (val >> (i * 8)) as u8;
                let byte_mask = (field_mask >> (i * 8)) as u8;
                let byte_ptr = unsafe { storage_ptr.add(start_byte + i) };
                if cfg!(target_endian = "big") {
                    let byte = unsafe { (*byte_ptr).reverse_bits() };
                    let new_byte = (byte & !byte_mask) | (byte_val & byte_mask);
                    unsafe { *byte_ptr = new_byte.reverse_bits() };
                } else {
                    unsafe {
                        *byte_ptr = (*byte_ptr & !byte_mask) | (byte_val & byte_mask)
                    };
                }
                i += 1;
            }
        }
    }
}
pub const IPC_STAT: i32 = 258;
pub const IPC_CREAT: i32 = 512;
pub const IPC_EXCL: i32 = 1024;
pub const IPC_NOWAIT: i32 = 2048;
pub const IPC_RMID: i32 = 0;
pub const IPC_SET: i32 = 1;
pub const IPC_INFO: i32 = 3;
pub const SHM_R: i32 = 256;
pub const SHM_W: i32 = 128;
pub const SHM_RDONLY: i32 = 4096;
pub const SHM_RND: i32 = 8192;
pub const SHM_REMAP: i32 = 16384;
pub const SHM_EXEC: i32 = 32768;
pub const SHM_LOCK: i32 = 11;
pub const SHM_UNLOCK: i32 = 12;
pub const SHM_STAT: i32 = 269;
pub const SHM_INFO: i32 = 14;
pub const SHM_STAT_ANY: i32 = 271;
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
pub const SEM_UNDO: i32 = 4096;
pub const GETPID: i32 = 11;
pub const GETVAL: i32 = 12;
pub const GETALL: i32 = 13;
pub const GETNCNT: i32 = 14;
pub const GETZCNT: i32 = 15;
pub const SETVAL: i32 = 16;
pub const SETALL: i32 = 17;
pub const SEM_STAT: i32 = 274;
pub const SEM_INFO: i32 = 19;
pub const SEM_STAT_ANY: i32 = 276;
pub const MSG_NOERROR: i32 = 4096;
pub const MSG_EXCEPT: i32 = 8192;
pub const MSG_STAT: i32 = 267;
pub const MSG_INFO: i32 = 12;
pub const MSG_STAT_ANY: i32 = 269;
pub const HUGETLB_FLAG_ENCODE_SHIFT: i32 = 26;
pub const HUGETLB_FLAG_ENCODE_MASK: i32 = 63;
pub type time_t = ::core::ffi::c_longlong;
pub type mode_t = ::core::ffi::c_uint;
pub type pid_t = ::core::ffi::c_int;
pub type uid_t = ::core::ffi::c_uint;
pub type gid_t = ::core::ffi::c_uint;
pub type key_t = ::core::ffi::c_int;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct timespec {
    pub tv_sec: time_t,
    pub tv_nsec: ::core::ffi::c_long,
    pub _bitfield_1: __BindgenBitfieldUnit<[u8; 4usize]>,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of timespec"][::core::mem::size_of::<timespec>() - 16usize];
    ["Alignment of timespec"][::core::mem::align_of::<timespec>() - 8usize];
    [
        "Offset of field: timespec::tv_sec",
    ][::core::mem::offset_of!(timespec, tv_sec) - 0usize];
    [
        "Offset of field: timespec::tv_nsec",
    ][::core::mem::offset_of!(timespec, tv_nsec) - 8usize];
};
impl timespec {
    #[inline]
    #[allow(unnecessary_transmutes)]
    pub fn new_bitfield_1() -> __BindgenBitfieldUnit<[u8; 4usize]> {
        let mut __bindgen_bitfield_unit: __BindgenBitfieldUnit<[u8; 4usize]> = Default::default();
        __bindgen_bitfield_unit
    }
}
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
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of ipc_perm"][::core::mem::size_of::<ipc_perm>() - 36usize];
    ["Alignment of ipc_perm"][::core::mem::align_of::<ipc_perm>() - 4usize];
    ["Offset of field: ipc_perm::key"][::core::mem::offset_of!(ipc_perm, key) - 0usize];
    ["Offset of field: ipc_perm::uid"][::core::mem::offset_of!(ipc_perm, uid) - 4usize];
    ["Offset of field: ipc_perm::gid"][::core::mem::offset_of!(ipc_perm, gid) - 8usize];
    [
        "Offset of field: ipc_perm::cuid",
    ][::core::mem::offset_of!(ipc_perm, cuid) - 12usize];
    [
        "Offset of field: ipc_perm::cgid",
    ][::core::mem::offset_of!(ipc_perm, cgid) - 16usize];
    [
        "Offset of field: ipc_perm::mode",
    ][::core::mem::offset_of!(ipc_perm, mode) - 20usize];
    ["Offset of field: ipc_perm::seq"][::core::mem::offset_of!(ipc_perm, seq) - 24usize];
    [
        "Offset of field: ipc_perm::__pad1",
    ][::core::mem::offset_of!(ipc_perm, __pad1) - 28usize];
    [
        "Offset of field: ipc_perm::__pad2",
    ][::core::mem::offset_of!(ipc_perm, __pad2) - 32usize];
};
unsafe extern "C" {
    pub fn ftok(arg1: *const ::core::ffi::c_char, arg2: ::core::ffi::c_int) -> key_t;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: usize,
    pub __shm_atime_lo: ::core::ffi::c_ulong,
    pub __shm_atime_hi: ::core::ffi::c_ulong,
    pub __shm_dtime_lo: ::core::ffi::c_ulong,
    pub __shm_dtime_hi: ::core::ffi::c_ulong,
    pub __shm_ctime_lo: ::core::ffi::c_ulong,
    pub __shm_ctime_hi: ::core::ffi::c_ulong,
    pub shm_cpid: pid_t,
    pub shm_lpid: pid_t,
    pub shm_nattch: ::core::ffi::c_ulong,
    pub __pad1: ::core::ffi::c_ulong,
    pub __pad2: ::core::ffi::c_ulong,
    pub __pad3: ::core::ffi::c_ulong,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shmid_ds"][::core::mem::size_of::<shmid_ds>() - 112usize];
    ["Alignment of shmid_ds"][::core::mem::align_of::<shmid_ds>() - 8usize];
    [
        "Offset of field: shmid_ds::shm_perm",
    ][::core::mem::offset_of!(shmid_ds, shm_perm) - 0usize];
    [
        "Offset of field: shmid_ds::shm_segsz",
    ][::core::mem::offset_of!(shmid_ds, shm_segsz) - 36usize];
    [
        "Offset of field: shmid_ds::__shm_atime_lo",
    ][::core::mem::offset_of!(shmid_ds, __shm_atime_lo) - 40usize];
    [
        "Offset of field: shmid_ds::__shm_atime_hi",
    ][::core::mem::offset_of!(shmid_ds, __shm_atime_hi) - 44usize];
    [
        "Offset of field: shmid_ds::__shm_dtime_lo",
    ][::core::mem::offset_of!(shmid_ds, __shm_dtime_lo) - 48usize];
    [
        "Offset of field: shmid_ds::__shm_dtime_hi",
    ][::core::mem::offset_of!(shmid_ds, __shm_dtime_hi) - 52usize];
    [
        "Offset of field: shmid_ds::__shm_ctime_lo",
    ][::core::mem::offset_of!(shmid_ds, __shm_ctime_lo) - 56usize];
    [
        "Offset of field: shmid_ds::__shm_ctime_hi",
    ][::core::mem::offset_of!(shmid_ds, __shm_ctime_hi) - 60usize];
    [
        "Offset of field: shmid_ds::shm_cpid",
    ][::core::mem::offset_of!(shmid_ds, shm_cpid) - 64usize];
    [
        "Offset of field: shmid_ds::shm_lpid",
    ][::core::mem::offset_of!(shmid_ds, shm_lpid) - 68usize];
    [
        "Offset of field: shmid_ds::shm_nattch",
    ][::core::mem::offset_of!(shmid_ds, shm_nattch) - 72usize];
    [
        "Offset of field: shmid_ds::__pad1",
    ][::core::mem::offset_of!(shmid_ds, __pad1) - 76usize];
    [
        "Offset of field: shmid_ds::__pad2",
    ][::core::mem::offset_of!(shmid_ds, __pad2) - 80usize];
    [
        "Offset of field: shmid_ds::__pad3",
    ][::core::mem::offset_of!(shmid_ds, __pad3) - 84usize];
    [
        "Offset of field: shmid_ds::shm_atime",
    ][::core::mem::offset_of!(shmid_ds, shm_atime) - 88usize];
    [
        "Offset of field: shmid_ds::shm_dtime",
    ][::core::mem::offset_of!(shmid_ds, shm_dtime) - 96usize];
    [
        "Offset of field: shmid_ds::shm_ctime",
    ][::core::mem::offset_of!(shmid_ds, shm_ctime) - 104usize];
};
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
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shminfo"][::core::mem::size_of::<shminfo>() - 36usize];
    ["Alignment of shminfo"][::core::mem::align_of::<shminfo>() - 4usize];
    [
        "Offset of field: shminfo::shmmax",
    ][::core::mem::offset_of!(shminfo, shmmax) - 0usize];
    [
        "Offset of field: shminfo::shmmin",
    ][::core::mem::offset_of!(shminfo, shmmin) - 4usize];
    [
        "Offset of field: shminfo::shmmni",
    ][::core::mem::offset_of!(shminfo, shmmni) - 8usize];
    [
        "Offset of field: shminfo::shmseg",
    ][::core::mem::offset_of!(shminfo, shmseg) - 12usize];
    [
        "Offset of field: shminfo::shmall",
    ][::core::mem::offset_of!(shminfo, shmall) - 16usize];
    [
        "Offset of field: shminfo::__unused",
    ][::core::mem::offset_of!(shminfo, __unused) - 20usize];
};
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
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of shm_info"][::core::mem::size_of::<shm_info>() - 24usize];
    ["Alignment of shm_info"][::core::mem::align_of::<shm_info>() - 4usize];
    [
        "Offset of field: shm_info::used_ids",
    ][::core::mem::offset_of!(shm_info, used_ids) - 0usize];
    [
        "Offset of field: shm_info::shm_tot",
    ][::core::mem::offset_of!(shm_info, shm_tot) - 4usize];
    [
        "Offset of field: shm_info::shm_rss",
    ][::core::mem::offset_of!(shm_info, shm_rss) - 8usize];
    [
        "Offset of field: shm_info::shm_swp",
    ][::core::mem::offset_of!(shm_info, shm_swp) - 12usize];
    [
        "Offset of field: shm_info::swap_attempts",
    ][::core::mem::offset_of!(shm_info, swap_attempts) - 16usize];
    [
        "Offset of field: shm_info::swap_successes",
    ][::core::mem::offset_of!(shm_info, swap_successes) - 20usize];
};
unsafe extern "C" {
    pub fn shmat(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: ::core::ffi::c_int,
    ) -> *mut ::core::ffi::c_void;
}
unsafe extern "C" {
    pub fn shmctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: *mut shmid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmdt(arg1: *const ::core::ffi::c_void) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn shmget(
        arg1: key_t,
        arg2: usize,
        arg3: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub __sem_otime_lo: ::core::ffi::c_ulong,
    pub __sem_otime_hi: ::core::ffi::c_ulong,
    pub __sem_ctime_lo: ::core::ffi::c_ulong,
    pub __sem_ctime_hi: ::core::ffi::c_ulong,
    pub sem_nsems: ::core::ffi::c_ushort,
    pub __sem_nsems_pad: [::core::ffi::c_char; 2usize],
    pub __unused3: ::core::ffi::c_long,
    pub __unused4: ::core::ffi::c_long,
    pub sem_otime: time_t,
    pub sem_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semid_ds"][::core::mem::size_of::<semid_ds>() - 80usize];
    ["Alignment of semid_ds"][::core::mem::align_of::<semid_ds>() - 8usize];
    [
        "Offset of field: semid_ds::sem_perm",
    ][::core::mem::offset_of!(semid_ds, sem_perm) - 0usize];
    [
        "Offset of field: semid_ds::__sem_otime_lo",
    ][::core::mem::offset_of!(semid_ds, __sem_otime_lo) - 36usize];
    [
        "Offset of field: semid_ds::__sem_otime_hi",
    ][::core::mem::offset_of!(semid_ds, __sem_otime_hi) - 40usize];
    [
        "Offset of field: semid_ds::__sem_ctime_lo",
    ][::core::mem::offset_of!(semid_ds, __sem_ctime_lo) - 44usize];
    [
        "Offset of field: semid_ds::__sem_ctime_hi",
    ][::core::mem::offset_of!(semid_ds, __sem_ctime_hi) - 48usize];
    [
        "Offset of field: semid_ds::sem_nsems",
    ][::core::mem::offset_of!(semid_ds, sem_nsems) - 52usize];
    [
        "Offset of field: semid_ds::__sem_nsems_pad",
    ][::core::mem::offset_of!(semid_ds, __sem_nsems_pad) - 54usize];
    [
        "Offset of field: semid_ds::__unused3",
    ][::core::mem::offset_of!(semid_ds, __unused3) - 56usize];
    [
        "Offset of field: semid_ds::__unused4",
    ][::core::mem::offset_of!(semid_ds, __unused4) - 60usize];
    [
        "Offset of field: semid_ds::sem_otime",
    ][::core::mem::offset_of!(semid_ds, sem_otime) - 64usize];
    [
        "Offset of field: semid_ds::sem_ctime",
    ][::core::mem::offset_of!(semid_ds, sem_ctime) - 72usize];
};
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
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of seminfo"][::core::mem::size_of::<seminfo>() - 40usize];
    ["Alignment of seminfo"][::core::mem::align_of::<seminfo>() - 4usize];
    [
        "Offset of field: seminfo::semmap",
    ][::core::mem::offset_of!(seminfo, semmap) - 0usize];
    [
        "Offset of field: seminfo::semmni",
    ][::core::mem::offset_of!(seminfo, semmni) - 4usize];
    [
        "Offset of field: seminfo::semmns",
    ][::core::mem::offset_of!(seminfo, semmns) - 8usize];
    [
        "Offset of field: seminfo::semmnu",
    ][::core::mem::offset_of!(seminfo, semmnu) - 12usize];
    [
        "Offset of field: seminfo::semmsl",
    ][::core::mem::offset_of!(seminfo, semmsl) - 16usize];
    [
        "Offset of field: seminfo::semopm",
    ][::core::mem::offset_of!(seminfo, semopm) - 20usize];
    [
        "Offset of field: seminfo::semume",
    ][::core::mem::offset_of!(seminfo, semume) - 24usize];
    [
        "Offset of field: seminfo::semusz",
    ][::core::mem::offset_of!(seminfo, semusz) - 28usize];
    [
        "Offset of field: seminfo::semvmx",
    ][::core::mem::offset_of!(seminfo, semvmx) - 32usize];
    [
        "Offset of field: seminfo::semaem",
    ][::core::mem::offset_of!(seminfo, semaem) - 36usize];
};
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct sembuf {
    pub sem_num: ::core::ffi::c_ushort,
    pub sem_op: ::core::ffi::c_short,
    pub sem_flg: ::core::ffi::c_short,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of sembuf"][::core::mem::size_of::<sembuf>() - 6usize];
    ["Alignment of sembuf"][::core::mem::align_of::<sembuf>() - 2usize];
    [
        "Offset of field: sembuf::sem_num",
    ][::core::mem::offset_of!(sembuf, sem_num) - 0usize];
    [
        "Offset of field: sembuf::sem_op",
    ][::core::mem::offset_of!(sembuf, sem_op) - 2usize];
    [
        "Offset of field: sembuf::sem_flg",
    ][::core::mem::offset_of!(sembuf, sem_flg) - 4usize];
};
unsafe extern "C" {
    pub fn semctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: ::core::ffi::c_int,
        ...
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semget(
        arg1: key_t,
        arg2: ::core::ffi::c_int,
        arg3: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn semop(
        arg1: ::core::ffi::c_int,
        arg2: *mut sembuf,
        arg3: usize,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    #[link_name = "\u{1}__semtimedop_time64"]
    pub fn semtimedop(
        arg1: ::core::ffi::c_int,
        arg2: *mut sembuf,
        arg3: usize,
        arg4: *const timespec,
    ) -> ::core::ffi::c_int;
}
pub type msgqnum_t = ::core::ffi::c_ulong;
pub type msglen_t = ::core::ffi::c_ulong;
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub __msg_stime_lo: ::core::ffi::c_ulong,
    pub __msg_stime_hi: ::core::ffi::c_ulong,
    pub __msg_rtime_lo: ::core::ffi::c_ulong,
    pub __msg_rtime_hi: ::core::ffi::c_ulong,
    pub __msg_ctime_lo: ::core::ffi::c_ulong,
    pub __msg_ctime_hi: ::core::ffi::c_ulong,
    pub msg_cbytes: ::core::ffi::c_ulong,
    pub msg_qnum: msgqnum_t,
    pub msg_qbytes: msglen_t,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub __unused: [::core::ffi::c_ulong; 2usize],
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msqid_ds"][::core::mem::size_of::<msqid_ds>() - 112usize];
    ["Alignment of msqid_ds"][::core::mem::align_of::<msqid_ds>() - 8usize];
    [
        "Offset of field: msqid_ds::msg_perm",
    ][::core::mem::offset_of!(msqid_ds, msg_perm) - 0usize];
    [
        "Offset of field: msqid_ds::__msg_stime_lo",
    ][::core::mem::offset_of!(msqid_ds, __msg_stime_lo) - 36usize];
    [
        "Offset of field: msqid_ds::__msg_stime_hi",
    ][::core::mem::offset_of!(msqid_ds, __msg_stime_hi) - 40usize];
    [
        "Offset of field: msqid_ds::__msg_rtime_lo",
    ][::core::mem::offset_of!(msqid_ds, __msg_rtime_lo) - 44usize];
    [
        "Offset of field: msqid_ds::__msg_rtime_hi",
    ][::core::mem::offset_of!(msqid_ds, __msg_rtime_hi) - 48usize];
    [
        "Offset of field: msqid_ds::__msg_ctime_lo",
    ][::core::mem::offset_of!(msqid_ds, __msg_ctime_lo) - 52usize];
    [
        "Offset of field: msqid_ds::__msg_ctime_hi",
    ][::core::mem::offset_of!(msqid_ds, __msg_ctime_hi) - 56usize];
    [
        "Offset of field: msqid_ds::msg_cbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_cbytes) - 60usize];
    [
        "Offset of field: msqid_ds::msg_qnum",
    ][::core::mem::offset_of!(msqid_ds, msg_qnum) - 64usize];
    [
        "Offset of field: msqid_ds::msg_qbytes",
    ][::core::mem::offset_of!(msqid_ds, msg_qbytes) - 68usize];
    [
        "Offset of field: msqid_ds::msg_lspid",
    ][::core::mem::offset_of!(msqid_ds, msg_lspid) - 72usize];
    [
        "Offset of field: msqid_ds::msg_lrpid",
    ][::core::mem::offset_of!(msqid_ds, msg_lrpid) - 76usize];
    [
        "Offset of field: msqid_ds::__unused",
    ][::core::mem::offset_of!(msqid_ds, __unused) - 80usize];
    [
        "Offset of field: msqid_ds::msg_stime",
    ][::core::mem::offset_of!(msqid_ds, msg_stime) - 88usize];
    [
        "Offset of field: msqid_ds::msg_rtime",
    ][::core::mem::offset_of!(msqid_ds, msg_rtime) - 96usize];
    [
        "Offset of field: msqid_ds::msg_ctime",
    ][::core::mem::offset_of!(msqid_ds, msg_ctime) - 104usize];
};
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
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of msginfo"][::core::mem::size_of::<msginfo>() - 32usize];
    ["Alignment of msginfo"][::core::mem::align_of::<msginfo>() - 4usize];
    [
        "Offset of field: msginfo::msgpool",
    ][::core::mem::offset_of!(msginfo, msgpool) - 0usize];
    [
        "Offset of field: msginfo::msgmap",
    ][::core::mem::offset_of!(msginfo, msgmap) - 4usize];
    [
        "Offset of field: msginfo::msgmax",
    ][::core::mem::offset_of!(msginfo, msgmax) - 8usize];
    [
        "Offset of field: msginfo::msgmnb",
    ][::core::mem::offset_of!(msginfo, msgmnb) - 12usize];
    [
        "Offset of field: msginfo::msgmni",
    ][::core::mem::offset_of!(msginfo, msgmni) - 16usize];
    [
        "Offset of field: msginfo::msgssz",
    ][::core::mem::offset_of!(msginfo, msgssz) - 20usize];
    [
        "Offset of field: msginfo::msgtql",
    ][::core::mem::offset_of!(msginfo, msgtql) - 24usize];
    [
        "Offset of field: msginfo::msgseg",
    ][::core::mem::offset_of!(msginfo, msgseg) - 28usize];
};
unsafe extern "C" {
    pub fn msgctl(
        arg1: ::core::ffi::c_int,
        arg2: ::core::ffi::c_int,
        arg3: *mut msqid_ds,
    ) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgget(arg1: key_t, arg2: ::core::ffi::c_int) -> ::core::ffi::c_int;
}
unsafe extern "C" {
    pub fn msgrcv(
        arg1: ::core::ffi::c_int,
        arg2: *mut ::core::ffi::c_void,
        arg3: usize,
        arg4: ::core::ffi::c_long,
        arg5: ::core::ffi::c_int,
    ) -> isize;
}
unsafe extern "C" {
    pub fn msgsnd(
        arg1: ::core::ffi::c_int,
        arg2: *const ::core::ffi::c_void,
        arg3: usize,
        arg4: ::core::ffi::c_int,
    ) -> ::core::ffi::c_int;
}
pub const IPC_PRIVATE: key_t = 0;
#[repr(C)]
#[derive(Copy, Clone)]
pub union semun {
    pub val: ::core::ffi::c_int,
    pub buf: *mut semid_ds,
    pub array: *mut ::core::ffi::c_ushort,
    pub __buf: *mut seminfo,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of semun"][::core::mem::size_of::<semun>() - 4usize];
    ["Alignment of semun"][::core::mem::align_of::<semun>() - 4usize];
    ["Offset of field: semun::val"][::core::mem::offset_of!(semun, val) - 0usize];
    ["Offset of field: semun::buf"][::core::mem::offset_of!(semun, buf) - 0usize];
    ["Offset of field: semun::array"][::core::mem::offset_of!(semun, array) - 0usize];
    ["Offset of field: semun::__buf"][::core::mem::offset_of!(semun, __buf) - 0usize];
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
