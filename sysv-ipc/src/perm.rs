//! `struct ipc_perm`: whose an object is, and who may use it.

use core::fmt;

use crate::key::Key;
use crate::mode::Mode;

/// Ownership and permissions of an object: C's `struct ipc_perm`.
///
/// The stat results of all three kinds have one.
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// let perm = msgctl_stat(id)?.perm();
/// msgctl_rmid(id)?;
/// assert_eq!((perm.uid(), perm.mode()), (effective_uid(), Mode::OWNER));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "ipc_perm")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Perm(pub(crate) sysv_sys::ipc_perm);

impl Perm {
    /// The key that the object was made with, [`Key::PRIVATE`] if with none.
    ///
    /// On Linux it becomes [`Key::PRIVATE`] too when a segment is removed that is still attached.
    #[doc(alias("__key", "_key"))]
    pub fn key(&self) -> Key {
        Key::from_raw(self.0.key())
    }

    /// The owner's user id. `*_set` changes it.
    pub fn uid(&self) -> u32 {
        self.0.uid
    }

    /// The owner's group id. `*_set` changes it.
    pub fn gid(&self) -> u32 {
        self.0.gid
    }

    /// The creator's effective user id when the object was made. It never changes.
    pub fn cuid(&self) -> u32 {
        self.0.cuid
    }

    /// The creator's effective group id when the object was made. It never changes.
    pub fn cgid(&self) -> u32 {
        self.0.cgid
    }

    /// The nine permission bits.
    #[allow(
        clippy::useless_conversion,
        reason = "mode_t has two bytes on macOS and FreeBSD"
    )]
    pub fn mode(&self) -> Mode {
        Mode::from_bits_truncate(u32::from(self.0.mode))
    }

    /// The sequence number that the kernel made the id from.
    pub fn seq(&self) -> u32 {
        self.0.seq()
    }

    /// Bits that the kernel keeps in the mode beside the permissions.
    #[cfg(any(sysv = "marked_for_removal", sysv = "SHM_LOCKED"))]
    #[allow(
        clippy::useless_conversion,
        reason = "mode_t has two bytes on macOS and FreeBSD"
    )]
    pub(crate) fn has_state(&self, bit: i32) -> bool {
        u32::from(self.0.mode) & bit.unsigned_abs() != 0
    }
}

/// Gives a stat result what all three have: permissions, the setters of what `IPC_SET` takes from them, and what
/// follows from its being plain data.
macro_rules! with_perm {
    ($stat:ident, $member:ident) => {
        impl Default for $stat {
            /// All zero, also between the members: `*_set` hands the kernel every byte.
            fn default() -> $stat {
                // SAFETY: it has numbers, and on some platforms pointers, which may all be zero.
                $stat(unsafe { core::mem::zeroed() })
            }
        }

        // SAFETY: plain data. Where the headers declare a pointer in it, that is the kernel's own, which nothing here
        // follows.
        unsafe impl Send for $stat {}
        // SAFETY: as above, and nothing changes behind a shared reference.
        unsafe impl Sync for $stat {}

        impl $stat {
            /// Ownership and permissions.
            pub fn perm(&self) -> crate::Perm {
                crate::perm::Perm(self.0.$member)
            }

            /// Puts another owner into this structure; the object's changes with the next `*_set`.
            pub fn set_uid(&mut self, uid: u32) {
                self.0.$member.uid = uid;
            }

            /// Puts another group into this structure; the object's changes with the next `*_set`.
            pub fn set_gid(&mut self, gid: u32) {
                self.0.$member.gid = gid;
            }

            /// Puts another mode into this structure; the object's changes with the next `*_set`.
            #[allow(
                clippy::useless_conversion,
                reason = "mode_t has four bytes on Linux, two on macOS and FreeBSD"
            )]
            pub fn set_mode(&mut self, mode: crate::Mode) {
                self.0.$member.mode = mode.bits_u16().into();
            }
        }
    };
}
pub(crate) use with_perm;

impl fmt::Debug for Perm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Perm")
            .field("key", &self.key())
            .field("uid", &self.uid())
            .field("gid", &self.gid())
            .field("cuid", &self.cuid())
            .field("cgid", &self.cgid())
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}
