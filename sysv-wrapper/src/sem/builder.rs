//! Builders of semaphores and sets.
//!
//! The kernel cannot create a set and set its values in one call. The creator creates it exclusively, and sets all values
//! by one operation, which also sets the time of the last operation. Programs in C, Python and Ruby that follow Stevens
//! wait for that time, and set it in the same way.

use sysv_ipc::{Errno, Mode, SemBuf, SemFlags, SemGetFlags, SemId, SemValues};

use crate::error::{Error, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::{self, Bounds, InitWait, refuse_private};
use crate::init::{Opened, State};
use crate::key::{self, Key};
use crate::limits;
use crate::sem::{KIND, Semaphore, SemaphoreSet, wait};
use crate::system;

/// The settings that both builders have.
#[derive(Debug, Clone)]
struct Plan {
    mode: Mode,
    wait_for_creator: InitWait,
}

impl Plan {
    const fn new() -> Plan {
        Plan {
            mode: Mode::OWNER,
            wait_for_creator: InitWait::DEFAULT,
        }
    }
}

macro_rules! plan_setters {
    () => {
        /// Sets the permission bits of a new set, regardless of the umask; [`Mode::OWNER`], 0600, by default.
        #[doc(alias("perm", "permissions"))]
        pub fn mode(mut self, mode: Mode) -> Self {
            self.plan.mode = mode;
            self
        }

        /// Sets the maximum time that `create_or_open` waits for another process to set the values; ten seconds by
        /// default.
        pub fn wait_for_creator(mut self, wait: impl Into<InitWait>) -> Self {
            self.plan.wait_for_creator = wait.into();
            self
        }
    };
}

/// Creates or opens a set of semaphores. Returned by [`SemaphoreSet::builder`].
///
/// The last method of the chain decides:
///
/// | method | the set |
/// |---|---|
/// | [`create`](Self::create) | must not exist yet |
/// | [`open`](Self::open) | must exist |
/// | [`create_or_open`](Self::create_or_open) | is opened if it exists, or else created; the result says which |
/// | [`create_replacing`](Self::create_replacing) | is created; one that has the key is removed first |
/// | [`create_unique`](Self::create_unique) | is created with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | is created without a key |
///
/// `create_or_open` never returns a set whose values are not set yet: it waits until the creator has performed an
/// operation on the set, as every method here that creates a set does. This is the protocol that W. Richard Stevens
/// published for C programs, and it interoperates with programs that follow it.
///
/// ```
/// use sysv_wrapper::{Mode, RemoveOnDrop, SemaphoreSet};
///
/// let builder = SemaphoreSet::builder().values([1, 0]).mode(Mode::GROUP);
/// let set = RemoveOnDrop::new(builder.create_unique()?);
/// assert_eq!(SemaphoreSet::open(set.key().unwrap())?.id(), set.id());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens before the last method: `create`, `open`, …"]
pub struct SemaphoreSetBuilder {
    values: Vec<u16>,
    plan: Plan,
}

impl SemaphoreSetBuilder {
    pub(crate) fn new() -> SemaphoreSetBuilder {
        SemaphoreSetBuilder {
            values: Vec::new(),
            plan: Plan::new(),
        }
    }

    /// Sets the values of a new set, one for each of its semaphores: 0 to the system's maximum, which is 32,767 on
    /// Linux. An existing set must have the same number of semaphores.
    pub fn values(self, values: impl IntoIterator<Item = u16>) -> Self {
        SemaphoreSetBuilder {
            values: values.into_iter().collect(),
            ..self
        }
    }

    plan_setters!();

    /// Creates a set with this key, which must be free.
    ///
    /// # Errors
    ///
    /// - [`is_already_exists`](Error::is_already_exists) if the key is in use;
    /// - [`is_limit_reached`](Error::is_limit_reached) if a limit of the system is reached;
    /// - [`is_invalid_argument`](Error::is_invalid_argument) for 0 semaphores or more than SEMMSL, and for
    ///   [`Key::PRIVATE`];
    /// - [`OutOfRange`](crate::ErrorKind::OutOfRange) for a value beyond the maximum; then no set is left behind.
    #[doc(alias("IPC_CREX", "IPC_EXCL"))]
    pub fn create(self, key: impl Into<Key>) -> Result<SemaphoreSet> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Creates a set with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `is_already_exists`.
    pub fn create_unique(self) -> Result<SemaphoreSet> {
        key::unique(|key| self.make(key))
    }

    /// Creates a set without a key: other processes open it by its id.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), except `is_already_exists`.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<SemaphoreSet> {
        self.make(Key::PRIVATE)
    }

    /// Opens the set that has this key. This does not wait for the set's creator: a program in another language may
    /// have created the set without an operation on it.
    ///
    /// # Errors
    ///
    /// - [`is_not_found`](Error::is_not_found) if no set has the key;
    /// - [`is_permission_denied`](Error::is_permission_denied) if this user may neither read nor alter it;
    /// - [`Mismatch`](crate::ErrorKind::Mismatch) if the number of its semaphores differs from the number of values.
    #[doc(alias = "getsemid")]
    pub fn open(self, key: impl Into<Key>) -> Result<SemaphoreSet> {
        let key = key.into();
        let fail = |errno| Error::call("open", Subject::keyed(KIND, key), errno);
        let id = SemId::from_raw(system::find(KIND, key).map_err(fail)?);
        match sysv_ipc::semctl_stat(id) {
            Err(Errno::EACCES) if system::check_write(KIND, key, id.as_raw()).map_err(fail)? => {}
            Err(Errno::EACCES | Errno::EINVAL | Errno::EIDRM) => return Err(fail(Errno::ENOENT)),
            _ => {}
        }
        self.existing(key, id)
    }

    /// Opens the set that has this key, or creates it. Of several processes that do this at the same time, one creates
    /// it, and the others wait until its values are set.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`open`](Self::open), except `is_already_exists` and `is_not_found`;
    /// [`is_uninitialized`](Error::is_uninitialized) if the creator does not set the values in time.
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<SemaphoreSet>> {
        let key = key.into();
        let subject = Subject::keyed(KIND, key);
        refuse_private("create or open", subject)?;
        let state = |id| init::set_state(key, SemId::from_raw(id));
        init::create_or_open(
            subject,
            &Bounds::new(self.plan.wait_for_creator),
            None,
            |bounds| init::wait_for(KIND, key, bounds, state),
            || self.make(key),
            |id| self.existing(key, SemId::from_raw(id)),
        )
    }

    /// Creates a set with this key, after removing the set that has it. The removal ends every wait on the old set with
    /// [`is_removed`](Error::is_removed).
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if this user may not remove the old set.
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<SemaphoreSet> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        init::create_replacing(
            Subject::keyed(KIND, key),
            || self.make(key),
            || SemaphoreSet::remove_key(key),
        )
    }

    fn make(&self, key: Key) -> Result<SemaphoreSet> {
        make(key, &self.values, self.plan.mode)
    }

    /// Returns the handle of an existing set, if its number of semaphores is the number of values.
    fn existing(&self, key: Key, id: SemId) -> Result<SemaphoreSet> {
        let found = SemaphoreSet::from_parts(id, Some(key));
        let wanted = self.values.len();
        if wanted == 0 {
            return Ok(found);
        }
        match found.count("open")? {
            Some(count) if count != wanted => {
                let because = format!("it has {count} semaphores, and {wanted} were asked for");
                Err(Error::mismatch("open", found.subject(), because))
            }
            _ => Ok(found),
        }
    }
}

/// Creates or opens a semaphore. Returned by [`Semaphore::builder`].
///
/// The methods that end the chain are those of [`SemaphoreSetBuilder`], for a set of one.
///
/// ```
/// use sysv_wrapper::{Key, RemoveOnDrop, Semaphore};
///
/// let opened = Semaphore::builder().value(1).undo(true).create_or_open(Key::random())?;
/// let semaphore = RemoveOnDrop::new(opened.into_inner());
/// assert!(semaphore.undo());
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens before the last method: `create`, `open`, …"]
pub struct SemaphoreBuilder {
    value: u32,
    undo: bool,
    plan: Plan,
}

impl SemaphoreBuilder {
    pub(crate) fn new() -> SemaphoreBuilder {
        SemaphoreBuilder {
            value: 1,
            undo: false,
            plan: Plan::new(),
        }
    }

    /// Sets the value of a new semaphore; 1, a free lock, by default. The maximum is the system's, 32,767 on Linux.
    #[doc(alias("InitialValue", "initial_value"))]
    pub fn value(self, value: u32) -> Self {
        SemaphoreBuilder { value, ..self }
    }

    /// Makes the kernel undo operations through the handle when the process ends.
    #[doc(alias("setundo", "SEM_UNDO"))]
    pub fn undo(self, undo: bool) -> Self {
        SemaphoreBuilder { undo, ..self }
    }

    plan_setters!();

    /// Creates a semaphore with this key, which must be free.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::create`].
    #[doc(alias("IPC_CREX", "IPC_EXCL", "create_semaphore"))]
    pub fn create(self, key: impl Into<Key>) -> Result<Semaphore> {
        let key = key.into();
        let value = self.checked_value(Some(key))?;
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key, value)
    }

    /// Creates a semaphore with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::create_unique`].
    #[doc(alias = "create_semaphore")]
    pub fn create_unique(self) -> Result<Semaphore> {
        let value = self.checked_value(None)?;
        key::unique(|key| self.make(key, value))
    }

    /// Creates a semaphore without a key: other processes open it by its id.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::create_private`].
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<Semaphore> {
        let value = self.checked_value(None)?;
        self.make(Key::PRIVATE, value)
    }

    /// Opens the semaphore that has this key. The builder's value applies to new semaphores only.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::open`]; [`Mismatch`](crate::ErrorKind::Mismatch) if the set with the key has several
    /// semaphores.
    #[doc(alias = "getsemid")]
    pub fn open(self, key: impl Into<Key>) -> Result<Semaphore> {
        let set = SemaphoreSetBuilder {
            values: Vec::new(),
            plan: self.plan,
        };
        Semaphore::from_single(set.open(key)?, self.undo)
    }

    /// Opens the semaphore that has this key, or creates it. Of several processes that do this at the same time, one
    /// creates it, and the others wait until its value is set.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::create_or_open`].
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<Semaphore>> {
        let key = key.into();
        let opened = self.set(Some(key))?.create_or_open(key)?;
        Ok(opened.map(|set| self.single(set)))
    }

    /// Creates a semaphore with this key, after removing the set that has it.
    ///
    /// # Errors
    ///
    /// As [`SemaphoreSetBuilder::create_replacing`].
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<Semaphore> {
        let key = key.into();
        let set = self.set(Some(key))?;
        set.create_replacing(key).map(|set| self.single(set))
    }

    /// Returns the value in the kernel's type, if it fits.
    fn checked_value(&self, key: Option<Key>) -> Result<u16> {
        u16::try_from(self.value).map_err(|_| {
            let subject = key.map_or(Subject::of(KIND), |key| Subject::keyed(KIND, key));
            wait::value_error("create", subject, Errno::ERANGE, self.value)
        })
    }

    /// Creates a set of one semaphore, without a vector for its value.
    fn make(&self, key: Key, value: u16) -> Result<Semaphore> {
        make(key, &[value], self.plan.mode).map(|set| self.single(set))
    }

    /// Returns the builder of the same set.
    fn set(&self, key: Option<Key>) -> Result<SemaphoreSetBuilder> {
        Ok(SemaphoreSetBuilder {
            values: vec![self.checked_value(key)?],
            plan: self.plan.clone(),
        })
    }

    fn single(&self, set: SemaphoreSet) -> Semaphore {
        Semaphore {
            set,
            number: 0,
            undo: self.undo,
            alone: super::Alone(true),
        }
    }
}

/// Creates a set exclusively, with these values. If a step fails, removes the set, unless another process has set its
/// values.
pub(crate) fn make(key: Key, values: &[u16], mode: Mode) -> Result<SemaphoreSet> {
    let subject = Subject::keyed(KIND, key);
    if values.is_empty() {
        let because = "it has no semaphores, and must have at least 1";
        return Err(Error::argument("create", subject, because));
    }
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let first_mode = workable(mode);
    let id = sysv_ipc::semget(key.into(), values.len(), flags, first_mode)
        .map_err(|errno| limits::explain(subject, errno, values.len()))?;
    let made = RemoveOnDrop::within_call(SemaphoreSet::from_parts(id, Some(key)));
    match set_up(id, values) {
        Ok(()) => {}
        // Another process has already opened the set and set its values: it is in use.
        Err(Errno::EAGAIN) if !matches!(init::set_state(key, id), Ok(State::Pending(_))) => {
            made.keep();
            return Err(Error::call("create", subject, Errno::EEXIST));
        }
        Err(errno) => {
            let greatest = values.iter().copied().max().unwrap_or(0);
            return Err(wait::value_error(
                "create",
                handle::subject(&*made),
                errno,
                greatest.into(),
            ));
        }
    }
    if first_mode != mode {
        made.set_mode(mode)?;
    }
    Ok(made.keep())
}

/// Returns the initial mode of a new set, with which its creator can set the values regardless of the requested mode.
fn workable(mode: Mode) -> Mode {
    Mode::from_bits_truncate(mode.bits() | Mode::OWNER.bits())
}

/// Sets the values and the operation time atomically, by one operation that also checks that no process has set a value
/// yet: `EAGAIN` if one has.
fn set_up(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    let operated = match values {
        [value] => match i16::try_from(*value) {
            Ok(0) => sysv_ipc::semop(id, &[step(0, 0)]),
            Ok(value) => sysv_ipc::semop(id, &[step(0, 0), step(0, value)]),
            Err(_) => Err(Errno::E2BIG),
        },
        several => match steps(several) {
            Some(steps) => sysv_ipc::semop(id, &steps),
            None => Err(Errno::E2BIG),
        },
    };
    match operated {
        Err(Errno::E2BIG) => set_up_in_two(id, values),
        operated => operated,
    }
}

/// Returns the operation that adds each value to 0; `None` if a value or a number is out of range for an operation.
fn steps(values: &[u16]) -> Option<Vec<SemBuf>> {
    let mut steps = Vec::with_capacity(2 * values.len());
    for (number, value) in values.iter().enumerate() {
        let number = u16::try_from(number).ok()?;
        steps.push(step(number, 0));
        if *value > 0 {
            steps.push(step(number, i16::try_from(*value).ok()?));
        }
    }
    Some(steps)
}

/// Sets the values, and then the operation time by an operation that changes nothing (Stevens' protocol), if a single
/// operation is too long for the kernel (SEMOPM) or a value is beyond its type.
fn set_up_in_two(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    match values {
        [value] => sysv_ipc::semctl_setval(id, 0, i32::from(*value))?,
        several => match sysv_ipc::semctl_setall_values(id, &SemValues::from_slice(several)?) {
            // Another process removed it, and a larger set has its id.
            Err(Errno::EFAULT) => return Err(Errno::EIDRM),
            result => result?,
        },
    }
    // Operations cannot address semaphores beyond these numbers.
    let mut reached = (0..=u16::MAX).zip(values);
    let operated = match reached.find(|(_, value)| **value == 0) {
        Some((zero, _)) => sysv_ipc::semop(id, &[step(zero, 0)]),
        None => sysv_ipc::semop(id, &[step(0, -1), step(0, 1)]),
    };
    match operated {
        // Another process has operated on it already, which sets the time as well.
        Err(Errno::EAGAIN) => Ok(()),
        result => result,
    }
}

/// Returns a step that does not wait.
fn step(number: u16, op: i16) -> SemBuf {
    SemBuf::new(number, op, SemFlags::NOWAIT)
}
