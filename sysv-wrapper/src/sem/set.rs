//! A set of semaphores: the handle, its status, its values and its members.

use std::ops::Deref;
use std::time::SystemTime;

use sysv_ipc::{Errno, Ownership, Pid, SemId, SemStat};

use crate::error::{Error, ErrorKind, Result};
use crate::handle;
use crate::key::Key;
use crate::kind::Kind;
use crate::sem::{KIND, Operation, Semaphore, SemaphoreSetBuilder, wait};

/// A set of semaphores, which can be operated on together: all or nothing.
///
/// This is a handle: clone it, send it, drop it, and nothing happens to the set, which lasts until someone
/// removes it. A single semaphore is a set of one, and [`Semaphore`] is the simpler way to it.
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

impl SemaphoreSet {
    /// What the set is to be like, to be ended with a verb: `create`, `create_unique`, `create_private`,
    /// `create_or_open`, `create_replacing`, `open`.
    pub fn builder() -> SemaphoreSetBuilder {
        SemaphoreSetBuilder::new()
    }

    pub(crate) fn from_parts(id: SemId, key: Option<Key>) -> SemaphoreSet {
        SemaphoreSet { id, key }
    }

    /// The set that has this key, whatever its size.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may neither read nor alter it.
    #[doc(alias = "getsemid")]
    pub fn open(key: impl Into<Key>) -> Result<SemaphoreSet> {
        SemaphoreSet::builder().open(key)
    }

    /// The set with this id, which another process told.
    ///
    /// An id is given to another object some time after its own was removed: on Linux after some four million
    /// more were made. A set that this user may not read counts as found; its [`key`](Self::key) is then
    /// `None`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if no set has the id.
    pub fn from_id(id: impl Into<SemId>) -> Result<SemaphoreSet> {
        let id = id.into();
        let key = handle::key_of(KIND, id.as_raw())?;
        Ok(SemaphoreSet { id, key })
    }

    /// The kernel's id.
    #[doc(alias = "semid")]
    #[inline]
    pub fn id(&self) -> SemId {
        self.id
    }

    /// The key that the set was made or found with: [`Key::PRIVATE`] for a private one, `None` where the handle
    /// was made from an id and the kernel did not tell.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Returns the semaphore of this number, counted from 0. Makes no system call: whether the set has as many shows at
    /// the first use.
    ///
    /// # Errors
    ///
    /// [`NoSuchSemaphore`](ErrorKind::NoSuchSemaphore) for a number beyond 65,535, which no set has.
    pub fn get(&self, number: usize) -> Result<Semaphore> {
        let Ok(number) = u16::try_from(number) else {
            let because = format!("the number is {number}, and must be from 0 to 65535");
            let kind = ErrorKind::NoSuchSemaphore;
            return Err(Error::of_kind(kind, "use", self.subject(), because));
        };
        Ok(self.member(number))
    }

    /// Returns an iterator of the semaphores of the set, from number 0 on. Makes one system call, for their count.
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
        }
    }

    /// Size, owner, mode and times, as they are now.
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
            .map_err(|errno| handle::error("ask about", self.subject(), errno))
    }

    /// How many semaphores it has; `None` where this user may not read it, and the system does not tell either.
    pub(crate) fn count(&self, operation: &'static str) -> Result<Option<usize>> {
        match sysv_ipc::semctl_stat(self.id) {
            Ok(stat) => Ok(Some(stat.nsems())),
            Err(Errno::EACCES) => Ok(crate::system::any_set(self.id).map(|stat| stat.nsems())),
            Err(errno) => Err(handle::error(operation, self.subject(), errno)),
        }
    }

    /// The values of all semaphores, at one moment.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone.
    #[doc(alias = "GETALL")]
    pub fn values(&self) -> Result<Vec<u16>> {
        get_values(self)
    }

    /// Sets the values of all semaphores at once: as many as the set has, each from 0 to the system's maximum,
    /// which is 32,767 on Linux. Waiters that can go on then do, and every process forgets what it was to undo.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for more or fewer values than the set has semaphores;
    /// [`OutOfRange`](ErrorKind::OutOfRange) for a value beyond the maximum, and then none is set;
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow altering, or allows
    /// neither reading nor does the system tell the size; [`is_removed`](Error::is_removed).
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
        set_values(self, values)
    }

    /// One operation on several semaphores of the set, to be put together step by step: all is done at once, or
    /// nothing is.
    #[doc(alias("semop", "semtimedop", "sembuf"))]
    pub fn operation(&self) -> Operation {
        Operation::new(self.clone())
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

/// The state of a set at the moment when [`status`](crate::SemaphoreSet::status) was called.
///
/// Times are in whole seconds, and `None` for what has not happened yet. Values and waiters are each
/// semaphore's own, and asked for there.
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

    /// How many semaphores the set has.
    #[doc(alias = "sem_nsems")]
    pub fn count(&self) -> usize {
        self.0.nsems()
    }

    /// When someone last operated on it.
    #[doc(alias("o_time", "sem_otime"))]
    pub fn operation_time(&self) -> Option<SystemTime> {
        self.0.otime()
    }

    /// When it was made, or a value, its owner or its mode last changed otherwise than by an operation.
    #[doc(alias = "sem_ctime")]
    pub fn change_time(&self) -> Option<SystemTime> {
        self.0.ctime()
    }
}

/// The values of all semaphores of a set.
fn get_values(set: &SemaphoreSet) -> Result<Vec<u16>> {
    let fail = |errno| handle::error("ask about", set.subject(), errno);
    let count = sysv_ipc::semctl_stat(set.id()).map_err(fail)?.nsems();
    let mut values = vec![0; count];
    // SAFETY: the set has just told that it has as many semaphores. No set changes its size, and its id goes to
    // another one only after some four million were made and removed.
    unsafe { sysv_ipc::semctl_getall(set.id(), &mut values) }.map_err(fail)?;
    Ok(values)
}

/// Sets the values of all semaphores of a set, if there are as many values.
fn set_values(set: &SemaphoreSet, values: &[u16]) -> Result<()> {
    const OPERATION: &str = "set";
    let Some(count) = set.count(OPERATION)? else {
        let error = handle::error(OPERATION, set.subject(), Errno::EACCES);
        return Err(error.because("its mode does not let this user ask how many semaphores it has"));
    };
    if values.len() != count {
        let given = values.len();
        let because = format!("it has {count} semaphores, and {given} values were given");
        return Err(Error::argument(OPERATION, set.subject(), because));
    }
    set_all(set.id(), values).map_err(|errno| {
        let greatest = values.iter().copied().max().unwrap_or(0);
        wait::value_error(OPERATION, set.subject(), errno, greatest.into())
    })
}

/// Sets every value of a set of just this size.
pub(crate) fn set_all(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    // SAFETY: the callers have made the set with as many semaphores, or have asked for its size right before: no
    // set changes its size, and its id goes to another one only after some four million were made and removed.
    unsafe { sysv_ipc::semctl_setall(id, values) }
}

/// One semaphore of a set as it was found. Made by [`SemaphoreSet::members`].
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
    /// Which one it is, counted from 0.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The value.
    #[doc(alias = "GETVAL")]
    pub fn value(&self) -> u32 {
        self.value
    }

    /// How many wait for the value to grow.
    #[doc(alias("GETNCNT", "ncnt", "waiting_for_nonzero"))]
    pub fn waiters_for_increase(&self) -> u32 {
        self.waiters_for_increase
    }

    /// How many wait for the value to become 0.
    #[doc(alias("GETZCNT", "zcnt", "waiting_for_zero"))]
    pub fn waiters_for_zero(&self) -> u32 {
        self.waiters_for_zero
    }

    /// Who last operated on it or set its value; `None` if nobody did, and for a process of another pid namespace.
    #[doc(alias = "GETPID")]
    pub fn last_pid(&self) -> Option<Pid> {
        self.last_pid
    }
}

/// Looking at all members.
impl SemaphoreSet {
    /// Value, waiters and last process of every member. Each is asked for by itself, so that the whole is not of
    /// one moment where others operate meanwhile.
    ///
    /// # Errors
    ///
    /// [`is_permission_denied`](Error::is_permission_denied) if the mode does not allow reading;
    /// [`is_removed`](Error::is_removed) if the set is gone.
    #[doc(alias("GETALL", "GETNCNT", "GETZCNT", "GETPID"))]
    pub fn members(&self) -> Result<Vec<SemaphoreInfo>> {
        let look = |number| {
            look(self.id(), number)
                .map_err(|errno| handle::error("look at", handle::subject(self), errno))
        };
        numbers(self.status()?.count()).map(look).collect()
    }
}

/// The numbers of a set's members. The kernel counts them in sixteen bits too.
pub(crate) fn numbers(count: usize) -> impl Iterator<Item = u16> {
    (0..=u16::MAX).take(count)
}

/// One member.
fn look(id: SemId, number: u16) -> sysv_ipc::Result<SemaphoreInfo> {
    Ok(SemaphoreInfo {
        number,
        value: sysv_ipc::semctl_getval(id, number)?.unsigned_abs(),
        waiters_for_increase: sysv_ipc::semctl_getncnt(id, number)?,
        waiters_for_zero: sysv_ipc::semctl_getzcnt(id, number)?,
        last_pid: sysv_ipc::semctl_getpid(id, number)?,
    })
}
