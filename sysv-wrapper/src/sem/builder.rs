//! How semaphores and sets are created and opened.
//!
//! The kernel cannot create a set with its values. The creator creates it exclusively, and sets all values by one
//! operation, which also sets the time of the last operation. Programs in C, Python and Ruby that follow Stevens wait for
//! that time, and set it in the same way.

use sysv_ipc::{Errno, Mode, SemBuf, SemFlags, SemGetFlags, SemId};

use crate::error::{Error, Result, Subject};
use crate::handle::{self, RemoveOnDrop};
use crate::init::Opened;
use crate::init::{self, Bounds, InitWait, refuse_private};
use crate::key::{self, Key};
use crate::limits;
use crate::sem::set::{SemaphoreSet, set_all};
use crate::sem::{KIND, Semaphore, wait};
use crate::system;

/// What both builders hold.
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
        /// The permission bits of a new one, whatever the umask; [`Mode::OWNER`], 0600, if it is not set.
        #[doc(alias("perm", "permissions"))]
        pub fn mode(mut self, mode: Mode) -> Self {
            self.plan.mode = mode;
            self
        }

        /// With `create_or_open`: how long to wait for another process that is setting it up; ten seconds if
        /// it is not set. When one that was abandoned is replaced meanwhile, the time starts anew, once.
        pub fn wait_for_creator(mut self, wait: impl Into<InitWait>) -> Self {
            self.plan.wait_for_creator = wait.into();
            self
        }
    };
}

/// A set of semaphores to be made, or found. Made by [`SemaphoreSet::builder`].
///
/// The verb at the end decides:
///
/// | verb | meaning |
/// |---|---|
/// | [`create`](Self::create) | it must not exist yet |
/// | [`open`](Self::open) | it must exist |
/// | [`create_or_open`](Self::create_or_open) | either, and it tells which |
/// | [`create_replacing`](Self::create_replacing) | what has the key is removed first |
/// | [`create_unique`](Self::create_unique) | with a free key, drawn at random |
/// | [`create_private`](Self::create_private) | without a key |
///
/// Nobody who opens it by `create_or_open` sees values that are not set yet: that waits until the creator has
/// operated on the set once, which every verb here that makes one does. It is the protocol that W. Richard
/// Stevens gave for C programs, and works with those that follow it.
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
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
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

    /// The values of a new set, one for each semaphore that it is to have: 0 to the system's maximum, which is
    /// 32,767 on Linux. For a set that exists, as many as it must have.
    pub fn values(self, values: impl IntoIterator<Item = u16>) -> Self {
        SemaphoreSetBuilder {
            values: values.into_iter().collect(),
            ..self
        }
    }

    plan_setters!();

    /// Makes a set with this key, which must be free.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if the key is in use;
    /// [`is_limit_reached`](Error::is_limit_reached) if there is no room;
    /// [`is_invalid_argument`](Error::is_invalid_argument) for no semaphores or too many, and for
    /// [`Key::PRIVATE`]; [`OutOfRange`](crate::ErrorKind::OutOfRange) for a value beyond the maximum, and then no
    /// set is left behind.
    #[doc(alias("IPC_CREX", "IPC_EXCL"))]
    pub fn create(self, key: impl Into<Key>) -> Result<SemaphoreSet> {
        let key = key.into();
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key)
    }

    /// Makes a set with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    pub fn create_unique(self) -> Result<SemaphoreSet> {
        key::unique(|key| self.make(key))
    }

    /// Makes a set without a key: others find it by its id only.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), but that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<SemaphoreSet> {
        self.make(Key::PRIVATE)
    }

    /// Finds the set with this key. Does not wait for its creator: a program in another language may have made
    /// a set that nobody has operated on yet.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if nobody has the key;
    /// [`is_permission_denied`](Error::is_permission_denied) if this user may neither read nor alter it;
    /// [`Mismatch`](crate::ErrorKind::Mismatch) if it does not have as many semaphores as values were given.
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

    /// Finds the set with this key, or makes it. Of several processes that do this at once, one makes it, and
    /// the others wait until its values are set.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create) and [`open`](Self::open), but that the key is in use or that it is
    /// not; [`is_abandoned`](Error::is_abandoned) if the creator died before the values were set;
    /// [`is_timed_out`](Error::is_timed_out) if the creator took too long.
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

    /// Makes a set with this key; one that has it is removed first, and who waits for that one is told so.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), and [`NotOwner`](crate::ErrorKind::NotOwner) if the old one may not be
    /// removed.
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

    /// The handle of a set that was there, if it has the size that the values say.
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

/// A semaphore to be made, or found. Made by [`Semaphore::builder`].
///
/// The verbs are those of [`SemaphoreSetBuilder`], for a set of one.
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
#[must_use = "nothing happens before the verb: `create`, `open`, …"]
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

    /// Sets the value of a new semaphore; 1, a free lock, if it is not set. The maximum is the system's, 32,767 on Linux.
    #[doc(alias("InitialValue", "initial_value"))]
    pub fn value(self, value: u32) -> Self {
        SemaphoreBuilder { value, ..self }
    }

    /// Has the kernel undo what is done through the handle when the process ends.
    #[doc(alias("setundo", "SEM_UNDO"))]
    pub fn undo(self, undo: bool) -> Self {
        SemaphoreBuilder { undo, ..self }
    }

    plan_setters!();

    /// Makes a semaphore with this key, which must be free.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::create`].
    #[doc(alias("IPC_CREX", "IPC_EXCL", "create_semaphore"))]
    pub fn create(self, key: impl Into<Key>) -> Result<Semaphore> {
        let key = key.into();
        let value = self.checked_value(Some(key))?;
        refuse_private("create", Subject::keyed(KIND, key))?;
        self.make(key, value)
    }

    /// Makes a semaphore with a free key, drawn at random.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::create`], but that the key is in use.
    #[doc(alias = "create_semaphore")]
    pub fn create_unique(self) -> Result<Semaphore> {
        let value = self.checked_value(None)?;
        key::unique(|key| self.make(key, value))
    }

    /// Makes a semaphore without a key: others find it by its id only.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::create`], but that the key is in use.
    #[doc(alias = "IPC_PRIVATE")]
    pub fn create_private(self) -> Result<Semaphore> {
        let value = self.checked_value(None)?;
        self.make(Key::PRIVATE, value)
    }

    /// Finds the semaphore with this key. Its value is what it is; the one set here is for a new semaphore.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::open`]; [`Mismatch`](crate::ErrorKind::Mismatch) if what has the key is a
    /// set of more than one.
    #[doc(alias = "getsemid")]
    pub fn open(self, key: impl Into<Key>) -> Result<Semaphore> {
        let set = SemaphoreSetBuilder {
            values: Vec::new(),
            plan: self.plan,
        };
        Semaphore::only_of(set.open(key)?, self.undo)
    }

    /// Finds the semaphore with this key, or makes it. Of several processes that do this at once, one makes it,
    /// and the others wait until its value is set.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::create_or_open`].
    #[doc(alias = "IPC_CREAT")]
    pub fn create_or_open(self, key: impl Into<Key>) -> Result<Opened<Semaphore>> {
        let key = key.into();
        let opened = self.set(Some(key))?.create_or_open(key)?;
        Ok(opened.map(|set| self.only(set)))
    }

    /// Makes a semaphore with this key; what has it is removed first, and who waits for that is told so.
    ///
    /// # Errors
    ///
    /// Those of [`SemaphoreSetBuilder::create_replacing`].
    pub fn create_replacing(self, key: impl Into<Key>) -> Result<Semaphore> {
        let key = key.into();
        let set = self.set(Some(key))?;
        set.create_replacing(key).map(|set| self.only(set))
    }

    /// The value, if the kernel has numbers as great.
    fn checked_value(&self, key: Option<Key>) -> Result<u16> {
        u16::try_from(self.value).map_err(|_| {
            let subject = key.map_or(Subject::of(KIND), |key| Subject::keyed(KIND, key));
            super::wait::value_error("create", subject, Errno::ERANGE, self.value)
        })
    }

    /// Makes the set of one, without a vector for its value.
    fn make(&self, key: Key, value: u16) -> Result<Semaphore> {
        make(key, &[value], self.plan.mode).map(|set| self.only(set))
    }

    /// The set of one that this is.
    fn set(&self, key: Option<Key>) -> Result<SemaphoreSetBuilder> {
        Ok(SemaphoreSetBuilder {
            values: vec![self.checked_value(key)?],
            plan: self.plan.clone(),
        })
    }

    fn only(&self, set: SemaphoreSet) -> Semaphore {
        Semaphore {
            set,
            number: 0,
            undo: self.undo,
        }
    }
}

/// Creates a set exclusively, with these values. If a step fails, the set is removed, unless another process has set it.
pub(crate) fn make(key: Key, values: &[u16], mode: Mode) -> Result<SemaphoreSet> {
    let subject = Subject::keyed(super::KIND, key);
    if values.is_empty() {
        let because = "it is to have no semaphores, and must have at least 1";
        return Err(Error::argument("create", subject, because));
    }
    let flags = SemGetFlags::CREAT | SemGetFlags::EXCL;
    let first_mode = workable(mode);
    let id = sysv_ipc::semget(key.into(), values.len(), flags, first_mode)
        .map_err(|errno| limits::explain(subject, errno, values.len()))?;
    let made = RemoveOnDrop::new(SemaphoreSet::from_parts(id, Some(key)));
    match set_up(id, values) {
        Ok(()) => {}
        // Another process has found the set and set it already: it is in use.
        Err(Errno::EAGAIN) => {
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

/// Returns the mode of a new set at first: its creator must be able to set it up, whatever the wanted mode.
fn workable(mode: Mode) -> Mode {
    Mode::from_bits_truncate(mode.bits() | Mode::OWNER.bits())
}

/// Sets the values and the operation time at once, by one operation which also checks that no process has set a value
/// yet: `EAGAIN` if one has.
fn set_up(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    let operated = match values {
        [value] => match i16::try_from(*value) {
            Ok(0) => sysv_ipc::semop(id, &[quick(0, 0)]),
            Ok(value) => sysv_ipc::semop(id, &[quick(0, 0), quick(0, value)]),
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

/// The operation that adds each value to 0; `None` if a value is beyond what an operation can add.
fn steps(values: &[u16]) -> Option<Vec<SemBuf>> {
    let mut steps = Vec::with_capacity(2 * values.len());
    for (number, value) in values.iter().enumerate() {
        steps.push(quick(number, 0));
        if *value > 0 {
            steps.push(quick(number, i16::try_from(*value).ok()?));
        }
    }
    Some(steps)
}

/// Sets the values, and then the operation time by an operation that changes nothing, where one operation is too long for
/// the kernel (SEMOPM) or a value beyond its type: Stevens' protocol.
fn set_up_in_two(id: SemId, values: &[u16]) -> sysv_ipc::Result<()> {
    match values {
        [value] => sysv_ipc::semctl_setval(id, 0, i32::from(*value))?,
        several => set_all(id, several)?,
    }
    let touched = match values.iter().position(|value| *value == 0) {
        Some(zero) => sysv_ipc::semop(id, &[quick(zero, 0)]),
        None => sysv_ipc::semop(id, &[quick(0, -1), quick(0, 1)]),
    };
    match touched {
        // Another process has operated on it already, which sets the time as well.
        Err(Errno::EAGAIN) => Ok(()),
        touched => touched,
    }
}

/// An operation that does not wait.
fn quick(number: usize, op: i16) -> SemBuf {
    // The kernel numbers semaphores by u16 as well, so there is none beyond.
    SemBuf::new(u16::try_from(number).unwrap_or(0), op, SemFlags::NOWAIT)
}
