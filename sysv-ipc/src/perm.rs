//! `struct ipc_perm`: owner, creator and permissions of an object.
#![expect(
    unsafe_code,
    reason = "declares the status of all three kinds as plain data"
)]

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use crate::key::Key;
use crate::mode::Mode;
use crate::raw::conversions;

/// Owner, creator and permission bits of an object.
///
/// It is a view of C's `struct ipc_perm`, so that borrowing one from a stat result copies nothing. Comparing and
/// hashing take the five members into account, and no others.
///
/// ```
/// use sysv_ipc::*;
///
/// let id = semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER)?;
/// let stat = semctl_stat(id)?;
/// semctl_rmid(id)?;
/// let ownership = stat.ownership();
/// assert_eq!(ownership.mode(), Mode::OWNER);
/// assert_eq!(ownership.uid(), ownership.creator_uid());
/// # Ok::<(), Errno>(())
/// ```
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Ownership(sysv_sys::ipc_perm);

conversions!(Ownership, ipc_perm);

impl Ownership {
    /// Returns the owner's user id. `*_set` changes it.
    #[inline]
    pub fn uid(&self) -> u32 {
        self.0.uid
    }

    /// Returns the owner's group id. `*_set` changes it.
    #[inline]
    pub fn gid(&self) -> u32 {
        self.0.gid
    }

    /// Returns the effective user id of the process that created the object. It never changes.
    #[doc(alias = "cuid")]
    #[inline]
    pub fn creator_uid(&self) -> u32 {
        self.0.cuid
    }

    /// Returns the effective group id of the process that created the object. It never changes.
    #[doc(alias = "cgid")]
    #[inline]
    pub fn creator_gid(&self) -> u32 {
        self.0.cgid
    }

    /// Returns the nine permission bits.
    #[doc(alias("perm", "permissions"))]
    #[inline]
    pub fn mode(&self) -> Mode {
        Mode::from_bits_truncate(self.mode_bits())
    }

    /// Returns the permission bits, and the bits that the kernel keeps beside them.
    #[allow(
        clippy::useless_conversion,
        reason = "mode_t has two bytes on macOS and FreeBSD"
    )]
    #[inline]
    fn mode_bits(&self) -> u32 {
        u32::from(self.0.mode)
    }

    /// Returns the members that comparing and hashing take into account.
    fn members(&self) -> (u32, u32, u32, u32, Mode) {
        (
            self.uid(),
            self.gid(),
            self.creator_uid(),
            self.creator_gid(),
            self.mode(),
        )
    }
}

impl PartialEq for Ownership {
    fn eq(&self, other: &Ownership) -> bool {
        self.members() == other.members()
    }
}

impl Eq for Ownership {}

impl Hash for Ownership {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.members().hash(state);
    }
}

impl fmt::Debug for Ownership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ownership")
            .field("uid", &self.uid())
            .field("gid", &self.gid())
            .field("creator_uid", &self.creator_uid())
            .field("creator_gid", &self.creator_gid())
            .field("mode", &self.mode())
            .finish()
    }
}

/// C's `struct ipc_perm`: key, sequence number, and, by dereferencing, [`Ownership`].
///
/// ```
/// use sysv_ipc::*;
///
/// let id = msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER)?;
/// let perm = msgctl_stat(id)?.perm();
/// msgctl_rmid(id)?;
/// assert_eq!((perm.key(), perm.mode()), (Key::PRIVATE, Mode::OWNER));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "ipc_perm")]
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Perm(sysv_sys::ipc_perm);

conversions!(Perm, ipc_perm);

impl Perm {
    /// Returns the key that the object was created with; [`Key::PRIVATE`] if with none.
    ///
    /// On Linux the key of a removed segment that is still attached becomes [`Key::PRIVATE`] too.
    #[doc(alias("__key", "_key"))]
    #[inline]
    pub fn key(&self) -> Key {
        Key::from_raw(self.0.key())
    }

    /// Returns the sequence number, which is part of the object's id.
    #[inline]
    pub fn seq(&self) -> u32 {
        self.0.seq()
    }

    /// Returns owner, creator and permission bits.
    #[inline]
    pub fn ownership(&self) -> &Ownership {
        Ownership::from_raw_ref(&self.0)
    }

    /// [`Ownership::creator_uid`] by its C name.
    #[inline]
    pub fn cuid(&self) -> u32 {
        self.creator_uid()
    }

    /// [`Ownership::creator_gid`] by its C name.
    #[inline]
    pub fn cgid(&self) -> u32 {
        self.creator_gid()
    }

    /// Returns whether the kernel has set this bit, which is none of the permission bits, in the mode.
    #[cfg(any(sysv = "marked_for_removal", sysv = "SHM_LOCKED"))]
    pub(crate) fn has_state(&self, bit: i32) -> bool {
        self.mode_bits() & bit.unsigned_abs() != 0
    }
}

impl Deref for Perm {
    type Target = Ownership;

    #[inline]
    fn deref(&self) -> &Ownership {
        self.ownership()
    }
}

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

/// Defines what the three stat results have in common: conversions, permissions, setters of the members that `IPC_SET`
/// reads, and the traits of plain data.
macro_rules! stat_result {
    ($stat:ident, $raw:ident, $member:ident) => {
        crate::raw::conversions!($stat, $raw);

        impl Default for $stat {
            /// Returns all zeros, including the padding: `*_set` passes every byte to the kernel.
            #[inline]
            fn default() -> $stat {
                // SAFETY: its members are integers and, on some platforms, raw pointers, all of which may be zero.
                $stat(unsafe { core::mem::zeroed() })
            }
        }

        // SAFETY: plain data. A pointer that the headers declare in it is the kernel's own, and nothing here follows it.
        unsafe impl Send for $stat {}
        // SAFETY: as above, and nothing changes behind a shared reference.
        unsafe impl Sync for $stat {}

        impl $stat {
            /// Returns key, sequence number, owner, creator and permission bits.
            #[inline]
            pub fn perm(&self) -> crate::perm::Perm {
                crate::perm::Perm::from_raw(self.0.$member)
            }

            /// Returns owner, creator and permission bits, without a copy.
            #[inline]
            pub fn ownership(&self) -> &crate::perm::Ownership {
                crate::perm::Ownership::from_raw_ref(&self.0.$member)
            }

            /// Sets the owner's user id in this structure; `*_set` applies it to the object.
            #[inline]
            pub fn set_uid(&mut self, uid: u32) {
                self.0.$member.uid = uid;
            }

            /// Sets the owner's group id in this structure; `*_set` applies it to the object.
            #[inline]
            pub fn set_gid(&mut self, gid: u32) {
                self.0.$member.gid = gid;
            }

            /// Sets the permission bits in this structure; `*_set` applies them to the object.
            #[allow(
                clippy::useless_conversion,
                reason = "mode_t has four bytes on Linux, two on macOS and FreeBSD"
            )]
            #[inline]
            pub fn set_mode(&mut self, mode: crate::mode::Mode) {
                self.0.$member.mode = mode.bits_u16().into();
            }
        }
    };
}
pub(crate) use stat_result;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Mode, Ownership, Perm};
    use crate::{MsgStat, SemStat, ShmStat};

    /// Returns a structure whose members all differ.
    #[allow(
        clippy::needless_update,
        clippy::useless_conversion,
        reason = "the members differ per platform"
    )]
    fn raw() -> sysv_sys::ipc_perm {
        sysv_sys::ipc_perm {
            uid: 1,
            gid: 2,
            cuid: 3,
            cgid: 4,
            // One bit besides the permissions.
            mode: 0o1640_u16.into(),
            ..sysv_sys::ipc_perm::default()
        }
    }

    #[test]
    fn an_ownership_is_the_five_members() {
        let perm = Perm::from(raw());
        let ownership = *perm.ownership();
        assert_eq!((ownership.uid(), ownership.gid()), (1, 2));
        assert_eq!((ownership.creator_uid(), ownership.creator_gid()), (3, 4));
        assert_eq!((perm.cuid(), perm.cgid()), (3, 4));
        assert_eq!(ownership.mode().bits(), 0o640);
        assert_eq!(
            format!("{ownership:?}"),
            "Ownership { uid: 1, gid: 2, creator_uid: 3, creator_gid: 4, mode: Mode(0640) }"
        );
        assert_eq!(size_of::<Ownership>(), size_of::<sysv_sys::ipc_perm>());
    }

    #[test]
    fn ownerships_are_equal_if_their_members_are() {
        let own = Ownership::from(raw());
        let mut other = raw();
        // State bits are not part of it.
        other.mode = raw().mode & 0o777;
        assert_eq!(own, Ownership::from(other));
        other.cgid = 5;
        assert_ne!(own, Ownership::from(other));
        let mut all: HashSet<Ownership> = [own, own, Ownership::from(other)].into();
        assert_eq!(all.len(), 2);
        for change in [
            |raw: &mut sysv_sys::ipc_perm| raw.uid = 9,
            |raw: &mut sysv_sys::ipc_perm| raw.gid = 9,
            |raw: &mut sysv_sys::ipc_perm| raw.cuid = 9,
            |raw: &mut sysv_sys::ipc_perm| raw.mode = 0o600,
        ] {
            let mut other = raw();
            change(&mut other);
            assert!(all.insert(Ownership::from(other)));
        }
    }

    macro_rules! stat_converts {
        ($($test:ident: $stat:ident, $raw:ident, $perm:ident;)+) => {$(
            #[test]
            fn $test() {
                let mut raw_stat = sysv_sys::$raw::default();
                raw_stat.$perm = raw();
                let stat = $stat::from(raw_stat);
                assert_eq!(stat.ownership(), &Ownership::from(raw()));
                assert_eq!(stat.perm().ownership(), stat.ownership());
                assert_eq!(sysv_sys::$raw::from(stat).$perm.cuid, 3);

                // References lead to the same memory.
                let borrowed: &$stat = (&raw_stat).into();
                let back: &sysv_sys::$raw = borrowed.into();
                assert!(std::ptr::eq(back, &raw const raw_stat));
                assert!(std::ptr::eq(borrowed.as_raw(), &raw const raw_stat));
                assert!(std::ptr::eq(
                    borrowed.ownership().as_raw(),
                    &raw const raw_stat.$perm
                ));

                let mut stat = $stat::default();
                stat.set_uid(7);
                stat.set_gid(8);
                stat.set_mode(Mode::GROUP);
                let ownership = stat.ownership();
                assert_eq!((ownership.uid(), ownership.gid()), (7, 8));
                assert_eq!((ownership.creator_uid(), ownership.mode()), (0, Mode::GROUP));
            }
        )+};
    }

    stat_converts! {
        a_segments_stat_converts_from_and_to_the_c_structure: ShmStat, shmid_ds, shm_perm;
        a_sets_stat_converts_from_and_to_the_c_structure: SemStat, semid_ds, sem_perm;
        a_queues_stat_converts_from_and_to_the_c_structure: MsgStat, msqid_ds, msg_perm;
    }
}
