//! A set of semaphores: the handle, its status, its values and its members.

use std::ops::Deref;
use std::time::SystemTime;

use sysv_ipc::{Errno, Ownership, Pid, SemId, SemStat, SemValues};

use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use crate::sem::{ASK, KIND, Operation, Semaphore, SemaphoreSetBuilder, wait};

/// Maximum number of attempts to read the values of a set whose size changes each time because the id is reused.
const LOOKS: usize = 16;

/// A set of semaphores, on which operations are atomic: all steps or none.
///
/// This is a handle: cloning, sending and dropping it do not affect the set, which lasts until it is removed. A single
/// semaphore is a set of one, for which [`Semaphore`] is a simpler handle.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0, 5]).create_private()?);
/// assert_eq!(set.status()?.count(), 3);
/// assert_eq!(set.get(2)?.value()?, 5);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "semget")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SemaphoreSet {
    id: SemId,
    key: Option<Key>,
}

/// The values of the last two members of the set of an area of `sync`, by which it is known.
pub(crate) const AREA_MARKS: [i16; 2] = [21_337, 20_035];
/// The fewest members of such a set: a lease, the nonce, the count of departures, the number of peers, and the two.
const AREA_MEMBERS_MIN: usize = 6;

/// Returns the members with [`AREA_MARKS`], and the marks, of a set with so many members.
pub(crate) fn area_marks(members: usize) -> impl Iterator<Item = (u16, i16)> + use<> {
    let first = members.saturating_sub(AREA_MARKS.len());
    // A set has no more members than a u16 counts.
    let number = move |index| u16::try_from(first + index).unwrap_or(u16::MAX);
    (0..AREA_MARKS.len()).map(number).zip(AREA_MARKS)
}

/// Whether a set with so many members belongs to an area of `sync`. A set that this user may not read does not.
pub(crate) fn is_of_area(id: SemId, members: usize) -> bool {
    let has = |(member, mark): (u16, i16)| {
        sysv_ipc::semctl_getval(id, member).is_ok_and(|value| value == i32::from(mark))
    };
    members >= AREA_MEMBERS_MIN && area_marks(members).all(has)
}

impl SemaphoreSet {
    /// Returns a builder of a set. Its last method creates or opens the set: `create`, `create_unique`,
    /// `create_private`, `create_or_open`, `create_replacing` or `open`.
    pub fn builder() -> SemaphoreSetBuilder {
        SemaphoreSetBuilder::new()
    }

    pub(crate) fn from_parts(id: SemId, key: Option<Key>) -> SemaphoreSet {
        SemaphoreSet { id, key }
    }

    /// Opens the set that has this key, of any size.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the key;
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may neither read nor alter it.
    #[doc(alias = "getsemid")]
    pub fn open(key: impl Into<Key>) -> Result<SemaphoreSet> {
        SemaphoreSet::builder().open(key)
    }

    /// Opens a set by an id received from another process.
    ///
    /// After a removal, the kernel gives the id to another object some time later: Linux after some four million
    /// creations. A set that this user may not read counts as found; its [`key`](Self::key) is then `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the id.
    pub fn from_id(id: impl Into<SemId>) -> Result<SemaphoreSet> {
        let id = id.into();
        let key = handle::key_of(KIND, id.as_raw())?;
        Ok(SemaphoreSet { id, key })
    }

    /// Returns the kernel's id.
    #[doc(alias = "semid")]
    #[inline]
    pub fn id(&self) -> SemId {
        self.id
    }

    /// Returns the key that the set was created or opened with: [`Key::PRIVATE`] for a private one, `None` if the handle
    /// was made from an id and the key is unknown.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Returns the semaphore of this number, counted from 0. Makes no system call: the first use of the semaphore
    /// reports a number beyond the size of the set.
    ///
    /// # Errors
    ///
    /// [`NoSuchSemaphore`](ErrorKind::NoSuchSemaphore) for a number beyond 65,535, which no operation can address.
    pub fn get(&self, number: usize) -> Result<Semaphore> {
        let Ok(number) = u16::try_from(number) else {
            let because = format!("the number is {number}, and must be from 0 to 65535");
            let kind = ErrorKind::NoSuchSemaphore;
            return Err(Error::of_kind(kind, "use", self.subject(), because));
        };
        Ok(self.member(number))
    }

    /// Returns an iterator of the semaphores of the set, from number 0 on, up to 65,536 of them. Makes one system call,
    /// for their count.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
    ///
    /// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0, 5]).create_private()?);
    /// let values: Vec<u32> = set.iter()?.map(|semaphore| semaphore.value()).collect::<Result<_, _>>()?;
    /// assert_eq!(values, [1, 0, 5]);
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[allow(
        clippy::iter_not_returning_iterator,
        reason = "the kernel is asked for the size of the set, which can fail"
    )]
    pub fn iter(&self) -> Result<impl Iterator<Item = Semaphore> + use<>> {
        let set = self.clone();
        Ok(numbers(self.status()?.count()).map(move |number| set.member(number)))
    }

    fn member(&self, number: u16) -> Semaphore {
        Semaphore {
            set: self.clone(),
            number,
            undo: false,
            alone: super::Alone(false),
        }
    }

    /// Returns size, owner, mode and times.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone.
    #[doc(alias("IPC_STAT", "semid_ds"))]
    #[inline]
    pub fn status(&self) -> Result<SemStatus> {
        sysv_ipc::semctl_stat(self.id)
            .map(SemStatus::new)
            .map_err(|errno| handle::error(ASK, self.subject(), errno))
    }

    /// Returns the number of semaphores; `None` if this user may not read the set and the system provides no other way.
    pub(crate) fn count(&self, operation: &'static str) -> Result<Option<usize>> {
        match sysv_ipc::semctl_stat(self.id) {
            Ok(stat) => Ok(Some(stat.nsems())),
            Err(Errno::EACCES) => Ok(crate::system::any_set(self.id).map(|stat| stat.nsems())),
            Err(errno) => Err(handle::error(operation, self.subject(), errno)),
        }
    }

    /// Refuses to set values of a set with so many members if it belongs to an area of `sync`. A set that this user may not
    /// read is not known as one.
    pub(super) fn refuse_area(&self, members: usize) -> Result<()> {
        if !is_of_area(self.id, members) {
            return Ok(());
        }
        let because = "it belongs to an area of `sync`, whose memberships are its values";
        Err(Error::mismatch("set", self.subject(), because))
    }

    /// Returns the values of all semaphores, read atomically.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone; [`OutOfMemory`](ErrorKind::OutOfMemory) if allocation
    /// fails.
    #[doc(alias = "GETALL")]
    pub fn values(&self) -> Result<Vec<u16>> {
        // No semaphore has this value, so it shows that the set has fewer semaphores now.
        const UNSET: u16 = u16::MAX;
        let fail = |errno| handle::error(ASK, self.subject(), errno);
        for _ in 0..LOOKS {
            let count = sysv_ipc::semctl_stat(self.id).map_err(fail)?.nsems();
            let mut values = SemValues::new(count).map_err(fail)?;
            values.fill(UNSET);
            match sysv_ipc::semctl_getall_values(self.id, &mut values) {
                Ok(()) if values.last() != Some(&UNSET) => return Ok(values.to_vec()),
                Ok(()) | Err(Errno::EFAULT) => {}
                Err(errno) => return Err(fail(errno)),
            }
        }
        Err(self.changing(ASK))
    }

    /// Sets the values of all semaphores atomically: one value per semaphore, each from 0 to the system's maximum,
    /// which is 32,767 on Linux. The kernel wakes the waiters that can proceed, and clears the undo entries of all
    /// processes for this set.
    ///
    /// # Errors
    ///
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for more or fewer values than the set has semaphores;
    /// - [`OutOfRange`](ErrorKind::OutOfRange) for a value beyond the maximum; then no value was set;
    /// - [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering, or if it does not
    ///   allow reading and the system provides no other way to read the size;
    /// - [`is_removed`](Error::is_removed) if the set is gone;
    /// - [`Mismatch`](ErrorKind::Mismatch) if the set belongs to an area of [`sync`](crate::sync), whose memberships that
    ///   would end;
    /// - [`OutOfMemory`](ErrorKind::OutOfMemory) if allocation fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
    ///
    /// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 0]).create_private()?);
    /// set.set_values(&[4, 5])?;
    /// assert_eq!(set.values()?, [4, 5]);
    /// assert!(set.set_values(&[6]).unwrap_err().is_invalid_argument());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    #[doc(alias = "SETALL")]
    pub fn set_values(&self, values: &[u16]) -> Result<()> {
        const SET: &str = "set";
        let fail = |errno| handle::error(SET, self.subject(), errno);
        for _ in 0..LOOKS {
            let Some(count) = self.count(SET)? else {
                let because = "its mode does not let this user ask how many semaphores it has";
                return Err(fail(Errno::EACCES).because(because));
            };
            if values.len() != count {
                let given = values.len();
                let because = format!("it has {count} semaphores, and {given} values were given");
                return Err(Error::argument(SET, self.subject(), because));
            }
            self.refuse_area(count)?;
            let copy = SemValues::from_slice(values).map_err(fail)?;
            match sysv_ipc::semctl_setall_values(self.id, &copy) {
                Err(Errno::EFAULT) => {}
                result => {
                    let greatest = values.iter().copied().max().unwrap_or(0);
                    return result.map_err(|errno| {
                        wait::value_error(SET, self.subject(), errno, greatest.into())
                    });
                }
            }
        }
        Err(self.changing(SET))
    }

    /// Creates the error of a set whose size keeps changing because the id is reused.
    #[cold]
    fn changing(&self, operation: &'static str) -> Error {
        let because = format!(
            "its id was given to a set of another size between two calls, {LOOKS} times in a row"
        );
        Error::mismatch(operation, self.subject(), because)
    }

    /// Returns an empty operation on the set, to which steps are added: the kernel performs all of them atomically, or
    /// none.
    #[doc(alias("semop", "semtimedop", "sembuf"))]
    pub fn operation(&self) -> Operation {
        Operation::new(self.clone())
    }

    /// Returns value, waiters and last process of every member, up to 65,536 of them. It makes several calls per
    /// member, so the result is not atomic if other processes operate on the set.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone.
    #[doc(alias("GETALL", "GETNCNT", "GETZCNT", "GETPID"))]
    pub fn members(&self) -> Result<Vec<SemaphoreInfo>> {
        numbers(self.status()?.count())
            .map(|number| SemaphoreInfo::of(self.id, number))
            .collect::<sysv_ipc::Result<_>>()
            .map_err(|errno| handle::error(ASK, self.subject(), errno))
    }
}

crate::handle::handle!(
    SemaphoreSet,
    SemId,
    Kind::SemaphoreSet,
    "set",
    "semaphore_haskey",
    "remove_semaphore"
);

/// Returns the numbers of the members that operations can address, for a set of this size.
pub(crate) fn numbers(count: usize) -> impl Iterator<Item = u16> {
    (0..=u16::MAX).take(count)
}

/// The state of a set at the time of the call of [`status`](crate::SemaphoreSet::status).
///
/// Times are in whole seconds, and `None` before the first such event. The value and the waiters of each semaphore are
/// read through its handle.
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 2]).create_private()?);
/// let status = set.status()?;
/// assert_eq!(status.count(), 2);
/// assert_eq!(status.mode().to_string(), "0600");
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[doc(alias = "semid_ds")]
#[derive(Debug, Copy, Clone)]
pub struct SemStatus(SemStat);

impl Deref for SemStatus {
    type Target = Ownership;

    fn deref(&self) -> &Ownership {
        self.ownership()
    }
}

impl SemStatus {
    #[inline]
    pub(crate) fn new(stat: SemStat) -> SemStatus {
        SemStatus(stat)
    }

    /// Returns owner, creator and mode, to which the status dereferences too.
    #[doc(alias = "ipc_perm")]
    pub fn ownership(&self) -> &Ownership {
        self.0.ownership()
    }

    /// Returns the number of semaphores in the set.
    #[doc(alias = "sem_nsems")]
    pub fn count(&self) -> usize {
        self.0.nsems()
    }

    /// Returns the time of the last operation.
    #[doc(alias("o_time", "sem_otime"))]
    pub fn operation_time(&self) -> Option<SystemTime> {
        self.0.otime()
    }

    /// Returns the time of creation, or of the last change of a value, the owner or the mode other than by an operation.
    #[doc(alias = "sem_ctime")]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }
}

/// The state of one semaphore of a set. Returned by [`SemaphoreSet::members`].
///
/// ```
/// use sysv_wrapper::{RemoveOnDrop, SemaphoreSet};
///
/// let set = RemoveOnDrop::new(SemaphoreSet::builder().values([1, 5]).create_private()?);
/// let members = set.members()?;
/// assert_eq!(members.len(), 2);
/// assert_eq!((members[1].number(), members[1].value()), (1, 5));
/// assert_eq!(members[1].waiters_for_zero(), 0);
/// assert!(members[1].last_pid().is_some());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct SemaphoreInfo {
    number: u16,
    value: u32,
    waiters_for_increase: u32,
    waiters_for_zero: u32,
    last_pid: Option<Pid>,
}

impl SemaphoreInfo {
    fn of(id: SemId, number: u16) -> sysv_ipc::Result<SemaphoreInfo> {
        Ok(SemaphoreInfo {
            number,
            value: sysv_ipc::semctl_getval(id, number)?.unsigned_abs(),
            waiters_for_increase: sysv_ipc::semctl_getncnt(id, number)?,
            waiters_for_zero: sysv_ipc::semctl_getzcnt(id, number)?,
            last_pid: sysv_ipc::semctl_getpid(id, number)?,
        })
    }

    /// Returns the number of the semaphore, counted from 0.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Returns the value.
    #[doc(alias = "GETVAL")]
    pub fn value(&self) -> u32 {
        self.value
    }

    /// Returns the number of waiters for an increase of the value.
    #[doc(alias("GETNCNT", "ncnt", "waiting_for_nonzero"))]
    pub fn waiters_for_increase(&self) -> u32 {
        self.waiters_for_increase
    }

    /// Returns the number of waiters for the value 0.
    #[doc(alias("GETZCNT", "zcnt", "waiting_for_zero"))]
    pub fn waiters_for_zero(&self) -> u32 {
        self.waiters_for_zero
    }

    /// Returns the process that last operated on the semaphore or set its value; `None` before the first operation, and
    /// for a process of another pid namespace.
    #[doc(alias = "GETPID")]
    pub fn last_pid(&self) -> Option<Pid> {
        self.last_pid
    }
}
