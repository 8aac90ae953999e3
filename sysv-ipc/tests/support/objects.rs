//! Kernel objects and mappings that remove themselves when a test ends, in a panic too.

use std::ffi::c_void;
use std::fmt::Debug;

use sysv_ipc::*;

/// The error of a call that has to fail.
#[track_caller]
pub fn expect_errno<T: Debug>(result: Result<T>, errno: Errno) {
    match result {
        Ok(value) => panic!("expected {errno:?}, but it succeeded with {value:?}"),
        Err(found) => assert_eq!(found, errno),
    }
}

/// The mode with these bits.
pub fn mode(bits: u32) -> Mode {
    Mode::from_bits(bits).unwrap()
}

/// A key that nobody had a moment ago, for the objects of `make`, which fails with `EEXIST` if
/// somebody has it.
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

/// A key that no segment, set or queue has.
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

/// Whether there are a segment, a set and a queue with this key.
pub(super) fn with_key(key: Key) -> [bool; 3] {
    // One that this user may not use is there as well.
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
            /// Takes charge of an object that somebody else made.
            pub fn adopt(id: $id) -> $name {
                $name { id }
            }

            /// Removes it now, and gives the id that it had.
            pub fn remove(self) -> $id {
                $rmid(self.id).unwrap();
                let id = self.id;
                std::mem::forget(self);
                id
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // The test may have removed it, as someone else or on purpose.
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
    /// A private segment of the owner's.
    pub fn private(size: usize) -> Shm {
        Shm::with_mode(size, Mode::OWNER)
    }

    /// A private segment with this mode.
    pub fn with_mode(size: usize, mode: Mode) -> Shm {
        Shm::adopt(shmget(Key::PRIVATE, size, ShmGetFlags::CREAT, mode).unwrap())
    }

    /// A segment with a key.
    pub fn with_key(size: usize) -> (Key, Shm) {
        let flags = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| shmget(key, size, flags, Mode::OWNER));
        (key, Shm::adopt(id))
    }

    /// A mapping of it, for reading and writing, where the kernel likes.
    pub fn attach(&self) -> Attached {
        self.attach_with(ShmAtFlags::empty())
    }

    /// A mapping of it where the kernel likes.
    pub fn attach_with(&self, flags: ShmAtFlags) -> Attached {
        // SAFETY: with a null address the kernel takes a free place.
        Attached(unsafe { shmat(self.id, std::ptr::null(), flags) }.unwrap())
    }
}

impl Sem {
    /// A private set of the owner's, all zero.
    pub fn private(nsems: usize) -> Sem {
        Sem::with_mode(nsems, Mode::OWNER)
    }

    /// A private set with this mode, all zero.
    pub fn with_mode(nsems: usize, mode: Mode) -> Sem {
        Sem::adopt(semget(Key::PRIVATE, nsems, SemGetFlags::CREAT, mode).unwrap())
    }

    /// A private set of the owner's with these values.
    pub fn with_values(values: &[u16]) -> Sem {
        let set = Sem::private(values.len());
        // An emulator may write to the array that the kernel only reads: it is not to be constant.
        let values = values.to_vec();
        // SAFETY: the set was made as long as the vector.
        unsafe { semctl_setall(set.id, &values) }.unwrap();
        set
    }

    /// A set with a key.
    pub fn with_key(nsems: usize) -> (Key, Sem) {
        let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| semget(key, nsems, flags, Mode::OWNER));
        (key, Sem::adopt(id))
    }

    /// All values.
    pub fn values(&self) -> Vec<u16> {
        let mut values = vec![0; semctl_stat(self.id).unwrap().nsems()];
        // SAFETY: the kernel has just told the length, and the set stays while it is borrowed.
        unsafe { semctl_getall(self.id, &mut values) }.unwrap();
        values
    }
}

impl Msg {
    /// A private queue of the owner's.
    pub fn private() -> Msg {
        Msg::with_mode(Mode::OWNER)
    }

    /// A private queue with this mode.
    pub fn with_mode(mode: Mode) -> Msg {
        Msg::adopt(msgget(Key::PRIVATE, MsgGetFlags::CREAT, mode).unwrap())
    }

    /// A queue with a key.
    pub fn with_key() -> (Key, Msg) {
        let flags = MsgGetFlags::CREAT | MsgGetFlags::EXCL;
        let (key, id) = with_fresh_key(|key| msgget(key, flags, Mode::OWNER));
        (key, Msg::adopt(id))
    }
}

/// A mapping, which goes when this is dropped.
#[derive(Debug)]
pub struct Attached(pub *mut c_void);

impl Attached {
    /// The address `offset` bytes behind the beginning.
    pub fn at(&self, offset: usize) -> *mut c_void {
        self.0.wrapping_byte_add(offset)
    }

    /// The bytes at an offset, which have to be within the segment.
    pub fn read(&self, offset: usize, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        // SAFETY: the tests stay within the segment, which stays attached while `self` lives.
        unsafe { copy_out(self.at(offset), &mut bytes) };
        bytes
    }

    /// Writes bytes at an offset, which have to fit the segment.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        // SAFETY: the tests stay within the segment, which stays attached while `self` lives.
        unsafe { copy_in(bytes, self.at(offset)) };
    }

    /// Detaches now.
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
