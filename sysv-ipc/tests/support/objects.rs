//! Kernel objects and mappings that are removed when a test ends, including by a panic.

use std::ffi::c_void;
use std::fmt::Debug;

use sysv_ipc::*;

/// Checks the error of a call that must fail.
#[track_caller]
pub fn expect_errno<T: Debug>(result: Result<T>, errno: Errno) {
    match result {
        Ok(value) => panic!("expected {errno:?}, but it succeeded with {value:?}"),
        Err(found) => assert_eq!(found, errno),
    }
}

/// Returns the mode with these bits.
pub fn mode(bits: u32) -> Mode {
    Mode::from_bits(bits).unwrap()
}

/// Creates an object with an unused key: draws keys until `make` does not fail with `EEXIST`.
fn with_fresh_key<I>(make: impl Fn(Key) -> Result<I>) -> (Key, I) {
    loop {
        let key = unused_key();
        match make(key) {
            Ok(id) => return (key, id),
            Err(Errno::EEXIST) => {}
            Err(error) => panic!("an object with the key {key}: {error}"),
        }
    }
}

/// Returns a key that no segment, set or queue has.
pub fn unused_key() -> Key {
    loop {
        // The low 31 bits: a positive number on every platform, and 0 is private.
        let bits = super::random() & 0x7fff_ffff;
        let key = Key::from_raw(RawKey::try_from(bits).unwrap());
        if !key.is_private() && with_key(key) == [false; 3] {
            super::isolation::drawn(key);
            return key;
        }
    }
}

/// Returns whether a segment, a set and a queue with this key exist.
pub(super) fn with_key(key: Key) -> [bool; 3] {
    // An object that this user may not use exists too.
    let is_there = |errno| errno != Errno::ENOENT;
    [
        shmget(key, 0, ShmGetFlags::empty(), Mode::NONE)
            .err()
            .is_none_or(is_there),
        semget(key, 0, SemGetFlags::empty(), Mode::NONE)
            .err()
            .is_none_or(is_there),
        msgget(key, MsgGetFlags::empty(), Mode::NONE)
            .err()
            .is_none_or(is_there),
    ]
}

macro_rules! guards {
    ($($(#[$doc:meta])+ $name:ident($id:ident), $rmid:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug)]
        pub struct $name {
            pub id: $id,
        }

        impl $name {
            /// Takes over the removal of an existing object.
            pub fn adopt(id: $id) -> $name {
                $name { id }
            }

            /// Removes it now, and returns its former id.
            pub fn remove(self) -> $id {
                $rmid(self.id).unwrap();
                let id = self.id;
                std::mem::forget(self);
                id
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // The test may have removed it already.
                let _ = $rmid(self.id);
            }
        }
    )+};
}

guards! {
    /// A segment.
    Shm(ShmId), shmctl_rmid;
    /// A set.
    Sem(SemId), semctl_rmid;
    /// A queue.
    Msg(MsgId), msgctl_rmid;
}

impl Shm {
    /// Creates a private segment with mode 0600.
    pub fn private(size: usize) -> Shm {
        Shm::with_mode(size, Mode::OWNER)
    }

    /// Creates a private segment with this mode.
    pub fn with_mode(size: usize, mode: Mode) -> Shm {
        Shm::adopt(shmget(Key::PRIVATE, size, ShmGetFlags::CREAT, mode).unwrap())
    }

    /// Creates a segment with a key.
    pub fn with_key(size: usize) -> (Key, Shm) {
        let flags = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| shmget(key, size, flags, Mode::OWNER));
        (key, Shm::adopt(id))
    }

    /// Maps it for reading and writing, at an address that the kernel chooses.
    pub fn attach(&self) -> Attached {
        self.attach_with(ShmAtFlags::empty())
    }

    /// Maps it at an address that the kernel chooses.
    pub fn attach_with(&self, flags: ShmAtFlags) -> Attached {
        // SAFETY: with a null address the kernel takes a free place.
        Attached(unsafe { shmat(self.id, std::ptr::null(), flags) }.unwrap())
    }
}

impl Sem {
    /// Creates a private set with mode 0600, all zero.
    pub fn private(nsems: usize) -> Sem {
        Sem::with_mode(nsems, Mode::OWNER)
    }

    /// Creates a private set with this mode, all zero.
    pub fn with_mode(nsems: usize, mode: Mode) -> Sem {
        Sem::adopt(semget(Key::PRIVATE, nsems, SemGetFlags::CREAT, mode).unwrap())
    }

    /// Creates a private set with mode 0600 and these values.
    pub fn with_values(values: &[u16]) -> Sem {
        let set = Sem::private(values.len());
        // An emulator may write to the array that the kernel only reads, so it must not be constant.
        let values = values.to_vec();
        // SAFETY: the set has the length of the vector.
        unsafe { semctl_setall(set.id, &values) }.unwrap();
        set
    }

    /// Creates a set with a key.
    pub fn with_key(nsems: usize) -> (Key, Sem) {
        let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| semget(key, nsems, flags, Mode::OWNER));
        (key, Sem::adopt(id))
    }

    /// Returns all values.
    pub fn values(&self) -> Vec<u16> {
        let mut values = vec![0; semctl_stat(self.id).unwrap().nsems()];
        // SAFETY: the kernel has just reported the length, and the set exists while it is borrowed.
        unsafe { semctl_getall(self.id, &mut values) }.unwrap();
        values
    }
}

impl Msg {
    /// Creates a private queue with mode 0600.
    pub fn private() -> Msg {
        Msg::with_mode(Mode::OWNER)
    }

    /// Creates a private queue with this mode.
    pub fn with_mode(mode: Mode) -> Msg {
        Msg::adopt(msgget(Key::PRIVATE, MsgGetFlags::CREAT, mode).unwrap())
    }

    /// Creates a queue with a key.
    pub fn with_key() -> (Key, Msg) {
        let flags = MsgGetFlags::CREAT | MsgGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| msgget(key, flags, Mode::OWNER));
        (key, Msg::adopt(id))
    }
}

/// A mapping, which is detached on drop.
#[derive(Debug)]
pub struct Attached(pub *mut c_void);

impl Attached {
    /// Returns the address at `offset` bytes.
    pub fn at(&self, offset: usize) -> *mut c_void {
        self.0.wrapping_byte_add(offset)
    }

    /// Reads bytes at an offset, which must be within the segment.
    pub fn read(&self, offset: usize, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        // SAFETY: the tests stay within the segment, which stays attached while `self` lives.
        unsafe { copy_out(self.at(offset), &mut bytes) };
        bytes
    }

    /// Writes bytes at an offset, which must be within the segment.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        // SAFETY: the tests stay within the segment, which stays attached while `self` lives.
        unsafe { copy_in(bytes, self.at(offset)) };
    }

    /// Detaches it now.
    pub fn detach(self) {
        // SAFETY: nothing refers to the mapping but `self`, which ends here.
        unsafe { shmdt(self.0) }.unwrap();
        std::mem::forget(self);
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // SAFETY: nothing refers to the mapping but `self`, which ends here.
        let _ = unsafe { shmdt(self.0) };
    }
}
