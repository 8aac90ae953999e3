//! Initialisation: when a new object becomes visible to other processes.
//!
//! A segment with contents is created with the mode [`MARKER`], filled while it is attached, and published by setting
//! the requested mode. A set gets its values and its operation time from one operation. Openers wait for the creator of
//! an uninitialised object until a deadline.
//!
//! A set is *ready* if its operation time is set, or if every member was set, as a value other than 0 or a recorded pid
//! shows: other programs initialise sets with `SETVAL` alone. The kernel does not record the creator of a set, and
//! cannot remove a set conditionally, so **this crate never removes a set that is not ready**: its creator may finish
//! between the check and the removal.
//!
//! A segment with the marker mode whose creator is provably gone, and which no process has attached, is *abandoned*: no
//! process can finish it. It is removed on request, by the id that was checked.
//!
//! `tests/it/protocols` models the steps, and shows what goes wrong without each of them.

use std::cell::Cell;
use std::time::{Duration, Instant};

use sysv_ipc::{Errno, Mode, Pid, SemId, ShmId, ShmStat};

use crate::deadline::{self, Deadline, Ended};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::key::Key;
use crate::kind::Kind;
use crate::system::{self, Recorded, Stat};

/// The mode of an uninitialised segment: 0610. A group permission to execute without one to read or write is
/// meaningless, so no program requests it.
pub(crate) const MARKER: Mode = Mode::from_bits_truncate(0o610);

/// The maximum number of retries of a call after other processes removed the object or took its key.
const TURNS: u32 = 500;

/// Returns an error for the mode that marks a segment as uninitialised.
pub(crate) fn check_mode(operation: &'static str, subject: Subject, mode: Mode) -> Result<()> {
    if subject.kind == Kind::SharedMemory && mode == MARKER {
        let because =
            "the mode is 0610, which marks a segment that is not initialised yet; use any other";
        return Err(Error::argument(operation, subject, because));
    }
    Ok(())
}

/// Returns an error for [`Key::PRIVATE`], which names no object.
pub(crate) fn refuse_private(operation: &'static str, subject: Subject) -> Result<()> {
    if subject.key.is_some_and(Key::is_private) {
        let because =
            "the key is 0, which names no object; `create_private` creates one without a key";
        return Err(Error::argument(operation, subject, because));
    }
    Ok(())
}

/// A handle of an object that the call created or opened.
///
/// ```
/// use sysv_wrapper::{Key, Opened, RemoveOnDrop, Semaphore};
///
/// # let key = Key::random();
/// // The process that created it removes it.
/// let _owned = match Semaphore::builder().value(1).create_or_open(key)? {
///     Opened::Created(semaphore) => Some(RemoveOnDrop::new(semaphore)),
///     Opened::Existing(_) => None,
/// };
/// let again = Semaphore::builder().value(7).create_or_open(key)?;
/// assert!(!again.is_created());
/// // The value applies to a new semaphore.
/// assert_eq!(again.into_inner().value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<H> {
    /// A new object, which this call created.
    Created(H),
    /// An existing object, which this call opened.
    Existing(H),
}

impl<H> Opened<H> {
    /// Returns the handle, whether the object was created or opened.
    pub fn into_inner(self) -> H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// Returns the handle, whether the object was created or opened.
    pub fn handle(&self) -> &H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// Applies a function to the handle, and keeps the variant.
    ///
    /// ```
    /// use sysv_wrapper::{Key, RemoveOnDrop, Semaphore};
    ///
    /// let opened = Semaphore::builder().create_or_open(Key::random())?.map(RemoveOnDrop::new);
    /// assert!(opened.is_created());
    /// # Ok::<(), sysv_wrapper::Error>(())
    /// ```
    pub fn map<T>(self, f: impl FnOnce(H) -> T) -> Opened<T> {
        match self {
            Opened::Created(handle) => Opened::Created(f(handle)),
            Opened::Existing(handle) => Opened::Existing(f(handle)),
        }
    }

    /// Returns whether this call created the object.
    pub fn is_created(&self) -> bool {
        matches!(self, Opened::Created(_))
    }
}
/// The maximum wait for the creator of an uninitialised object: a time span from the first check on, or a [`Deadline`].
///
/// ```
/// use std::time::Duration;
/// use sysv_wrapper::{Deadline, InitWait, Semaphore};
///
/// let builder = Semaphore::builder().wait_for_creator(Duration::from_secs(1));
/// // Ctrl-C also ends the wait.
/// let deadline = Deadline::from(Duration::from_secs(1)).interruptible();
/// let builder = builder.wait_for_creator(deadline);
/// # let _: InitWait = deadline.into();
/// # drop(builder);
/// ```
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct InitWait(Span);

#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Span {
    For(Duration),
    Until(Deadline),
}

impl InitWait {
    /// Ten seconds.
    pub(crate) const DEFAULT: InitWait = InitWait(Span::For(Duration::from_secs(10)));
}

impl From<Duration> for InitWait {
    fn from(time: Duration) -> InitWait {
        InitWait(Span::For(time))
    }
}

impl From<Instant> for InitWait {
    fn from(end: Instant) -> InitWait {
        InitWait(Span::Until(end.into()))
    }
}

impl From<Deadline> for InitWait {
    fn from(deadline: Deadline) -> InitWait {
        InitWait(Span::Until(deadline))
    }
}

/// The deadline and the retries of one call. The clock is read only when a wait begins.
pub(crate) struct Bounds {
    wait: InitWait,
    deadline: Cell<Option<Deadline>>,
    turns: Cell<u32>,
}

impl Bounds {
    pub(crate) fn new(wait: InitWait) -> Bounds {
        Bounds {
            wait,
            deadline: Cell::new(None),
            turns: Cell::new(0),
        }
    }

    /// Counts a retry; returns an error after [`TURNS`].
    fn turn(&self, operation: &'static str, subject: Subject) -> Result<()> {
        self.turns.set(self.turns.get() + 1);
        if self.turns.get() <= TURNS {
            return Ok(());
        }
        let because = format!(
            "other processes removed or replaced it each of {TURNS} times; no loop can win against that"
        );
        Err(Error::of_kind(
            ErrorKind::Other,
            operation,
            subject,
            because,
        ))
    }
}

impl From<&Bounds> for Deadline {
    fn from(bounds: &Bounds) -> Deadline {
        let deadline = bounds
            .deadline
            .get()
            .unwrap_or_else(|| match bounds.wait.0 {
                Span::For(time) => time.into(),
                Span::Until(deadline) => deadline,
            });
        bounds.deadline.set(Some(deadline));
        deadline
    }
}

/// The state of an object at one check.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Ready,
    /// Not initialised. Its creator, if recorded, may still initialise it.
    Pending(Option<Pid>),
    /// Not initialised, and its creator is provably gone.
    Abandoned(Pid),
    /// Removed, or another object has the key.
    Gone,
}

/// The object that a call found after its wait.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Ready(i32),
    Abandoned(i32, Pid),
}

/// Looks up the object with a key, and waits until its creator has initialised it. Returns `Ok(None)` if no object has
/// the key.
pub(crate) fn wait_for(
    kind: Kind,
    key: Key,
    bounds: &Bounds,
    state: impl Fn(i32) -> sysv_ipc::Result<State>,
) -> Result<Option<Found>> {
    const OPERATION: &str = "open";
    let subject = Subject::keyed(kind, key);
    let fail = |errno| Error::call(OPERATION, subject, errno);
    let pending = Cell::new((0, None));
    let look = || -> Result<Option<Option<Found>>> {
        loop {
            let id = match system::find(kind, key) {
                Ok(id) => id,
                Err(Errno::ENOENT) => return Ok(Some(None)),
                Err(errno) => return Err(fail(errno)),
            };
            match state(id).map_err(fail)? {
                State::Ready => return Ok(Some(Some(Found::Ready(id)))),
                State::Abandoned(pid) => return Ok(Some(Some(Found::Abandoned(id, pid)))),
                State::Pending(creator) => {
                    pending.set((id, creator));
                    return Ok(None);
                }
                State::Gone => bounds.turn(OPERATION, subject)?,
            }
        }
    };
    match deadline::until(bounds, || look().transpose()) {
        Ok(answer) => answer,
        Err(Ended::Failed(errno)) => Err(fail(errno)),
        Err(Ended::TimedOut) => {
            let (id, creator) = pending.get();
            Err(not_initialised(subject.with_id(id), creator))
        }
    }
}

/// Creates the error for an object whose creator did not initialise it in time.
fn not_initialised(subject: Subject, creator: Option<Pid>) -> Error {
    if subject.kind == Kind::SharedMemory {
        let who = creator.map_or("its creator".to_owned(), |pid| {
            format!("process {pid}, which creates it,")
        });
        return Error::timed_out("open", subject).because(format!(
            "{who} has not initialised it in time; `create_replacing` does not wait"
        ));
    }
    let stat = subject
        .id
        .and_then(|id| Stat::of_any(subject.kind, id).ok());
    let owner = stat.map_or(String::new(), |stat| {
        format!("; it belongs to user {}", stat.ownership().uid())
    });
    let age = stat.and_then(|stat| stat.change_time()?.elapsed().ok());
    let age = age.map_or(String::new(), |age| {
        format!(", and was created {} s ago", age.as_secs())
    });
    let because = format!(
        "it is not initialised: no operation, no value and no process is recorded{owner}{age}"
    );
    Error::of_kind(ErrorKind::Uninitialized, "open", subject, because)
}

/// Opens the object, or creates it, until one of the two succeeds.
///
/// `wait` is [`wait_for`] of this object; `create` creates it exclusively; `open` returns a handle by the id of a ready
/// object; `reclaim`, if abandoned objects are to be replaced, removes the object with this id.
pub(crate) fn create_or_open<H>(
    subject: Subject,
    bounds: &Bounds,
    reclaim: Option<&dyn Fn(i32) -> Result<()>>,
    wait: impl Fn(&Bounds) -> Result<Option<Found>>,
    mut create: impl FnMut() -> Result<H>,
    open: impl Fn(i32) -> Result<H>,
) -> Result<Opened<H>> {
    loop {
        match wait(bounds)? {
            Some(Found::Ready(id)) => match open(id) {
                // Removed right after it was found.
                Err(error) if error.is_removed() || error.is_not_found() => {}
                opened => return opened.map(Opened::Existing),
            },
            Some(Found::Abandoned(id, creator)) => match reclaim.map(|remove| remove(id)) {
                None => return Err(Error::abandoned("open", subject.with_id(id), creator)),
                Some(Err(error)) if !error.is_removed() => return Err(error),
                Some(_) => {}
            },
            None => match create() {
                Ok(created) => return Ok(Opened::Created(created)),
                // Another process was faster, or removed the new object.
                Err(error) if error.is_already_exists() || error.is_removed() => {}
                Err(error) => return Err(error),
            },
        }
        bounds.turn("create or open", subject)?;
    }
}

/// Creates the object exclusively, after removing the object that has its key.
pub(crate) fn create_replacing<H>(
    subject: Subject,
    mut create: impl FnMut() -> Result<H>,
    remove_key: impl Fn() -> Result<()>,
) -> Result<H> {
    let bounds = Bounds::new(InitWait::DEFAULT);
    loop {
        match create() {
            Err(error) if error.is_already_exists() => {}
            result => return result,
        }
        match remove_key() {
            Err(error) if !error.is_not_found() && !error.is_removed() => return Err(error),
            _ => {}
        }
        bounds.turn("replace", subject)?;
    }
}

/// Returns the state of the segment that has this key and this id.
pub(crate) fn segment_state(key: Key, id: ShmId) -> sysv_ipc::Result<State> {
    match judge_segment(key, id) {
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        // The kernel does not show whether reading is denied permanently or only until initialisation: the deadline
        // decides.
        Err(UNKNOWN) => Ok(State::Pending(None)),
        state => state,
    }
}

/// Marks an unknown state: none of the calls here returns this error number.
const UNKNOWN: Errno = Errno::ENOSYS;

fn judge_segment(key: Key, id: ShmId) -> sysv_ipc::Result<State> {
    let first = look_at_segment(key, id)?;
    if !first.is_marked {
        return Ok(State::Ready);
    }
    let Some(creator) = first.creator else {
        return Ok(State::Pending(None));
    };
    let recorded = Recorded {
        pid: creator,
        at: first.changed,
        may_be_thread: false,
    };
    // The second check comes after the proof: the creator may have published the segment and ended before it.
    if first.is_attached || !system::is_gone(recorded) {
        return Ok(State::Pending(Some(creator)));
    }
    let second = look_at_segment(key, id)?;
    Ok(if !second.is_marked {
        State::Ready
    } else if second.is_attached || second.creator != Some(creator) {
        State::Pending(second.creator)
    } else {
        State::Abandoned(creator)
    })
}

/// The facts that determine the state of a segment.
struct SegmentLook {
    is_marked: bool,
    is_attached: bool,
    creator: Option<Pid>,
    changed: Option<std::time::SystemTime>,
}

impl SegmentLook {
    fn of(stat: &ShmStat) -> SegmentLook {
        SegmentLook {
            is_marked: stat.ownership().mode() == MARKER,
            is_attached: stat.nattch() > 0,
            creator: stat.cpid(),
            changed: stat.ctime(),
        }
    }
}

fn look_at_segment(key: Key, id: ShmId) -> sysv_ipc::Result<SegmentLook> {
    let stat = match sysv_ipc::shmctl_stat(id) {
        Ok(stat) => return same_key(key, &stat).map(SegmentLook::of),
        Err(Errno::EACCES) => system::any_segment(id),
        Err(errno) => return Err(errno),
    };
    let look = if let Some(stat) = stat {
        same_key(key, &stat).map(SegmentLook::of)?
    } else {
        // The kernel is too old for this command, or the segment is gone.
        let listed = system::listed_segment(id)?;
        SegmentLook {
            is_marked: listed.mode == MARKER,
            is_attached: listed.attach_count > 0,
            creator: listed.creator,
            changed: None,
        }
    };
    // A user with write permission alone may use the segment. Otherwise the refusal is permanent.
    if look.is_marked || system::check_write(Kind::SharedMemory, key, id.as_raw())? {
        Ok(look)
    } else {
        Err(Errno::EIDRM)
    }
}

/// Returns an error for an object with another key: the kernel reused the id between two calls.
fn same_key(key: Key, stat: &ShmStat) -> sysv_ipc::Result<&ShmStat> {
    if Key::from(stat.perm().key()) == key {
        Ok(stat)
    } else {
        Err(Errno::EIDRM)
    }
}

/// Returns the state of the set that has this key and this id.
pub(crate) fn set_state(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    match judge_set(key, id) {
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        state => state,
    }
}

fn judge_set(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    let stat = match sysv_ipc::semctl_stat(id) {
        Ok(stat) => stat,
        Err(Errno::EACCES) => return judge_unreadable_set(key, id),
        Err(errno) => return Err(errno),
    };
    if Key::from(stat.perm().key()) != key {
        return Ok(State::Gone);
    }
    if stat.otime().is_some() {
        return Ok(State::Ready);
    }
    for number in (0..=u16::MAX).take(stat.nsems()) {
        if sysv_ipc::semctl_getval(id, number)? == 0
            && sysv_ipc::semctl_getpid(id, number)?.is_none()
        {
            // A process whose pid is not visible here may have acquired the value since the first check.
            let now = sysv_ipc::semctl_stat(id)?;
            return Ok(match now.otime() {
                Some(_) => State::Ready,
                None => State::Pending(None),
            });
        }
    }
    Ok(State::Ready)
}

/// Determines the state of a set that this user may not read. A user with permission to alter may use it.
fn judge_unreadable_set(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    if !system::check_write(Kind::SemaphoreSet, key, id.as_raw())? {
        return Ok(State::Gone);
    }
    let was_operated_on = match system::any_set(id) {
        Some(stat) => Some(stat.otime().is_some()),
        None => system::listed_set_was_operated_on(id),
    };
    Ok(match was_operated_on {
        Some(false) => State::Pending(None),
        // If the system does not show the operation time, the first use shows the state.
        Some(true) | None => State::Ready,
    })
}

#[cfg(test)]
mod tests {
    //! Objects that are removed or replaced between two checks, simulated by functions.

    use std::cell::Cell;

    use sysv_ipc::{Errno, Pid};

    use super::{Bounds, Found, InitWait, Opened, TURNS, create_or_open, create_replacing};
    use crate::error::{Error, ErrorKind, Result, Subject};
    use crate::kind::Kind;

    const SEGMENT: Subject = Subject::of(Kind::SharedMemory);

    fn bounds() -> Bounds {
        Bounds::new(InitWait::DEFAULT)
    }

    fn dead() -> Pid {
        Pid::from_raw(i32::MAX).unwrap()
    }

    /// Simulates one found object and then none; opening fails with `refusal`, and removal with EIDRM. Returns whether
    /// the call created the object.
    fn found_first(found: Found, reclaims: bool, refusal: Errno) -> Result<bool> {
        let found = Cell::new(Some(found));
        let opened = create_or_open(
            SEGMENT,
            &bounds(),
            reclaims.then_some(&|_| Err(Error::call("remove", SEGMENT, Errno::EIDRM))),
            |_| Ok(found.take()),
            || Ok(()),
            |_| Err(Error::call("open", SEGMENT, refusal)),
        )?;
        Ok(matches!(opened, Opened::Created(())))
    }

    #[test]
    fn one_that_goes_after_it_was_found_is_made() {
        for gone in [Errno::EIDRM, Errno::ENOENT] {
            assert!(found_first(Found::Ready(1), false, gone).unwrap());
        }
        let refused = found_first(Found::Ready(1), false, Errno::EACCES);
        assert!(refused.unwrap_err().is_permission_denied());
    }

    #[test]
    fn an_abandoned_one_that_somebody_else_has_removed_is_made() {
        let found = || Found::Abandoned(7, dead());
        assert!(found_first(found(), true, Errno::EACCES).unwrap());
        let left = found_first(found(), false, Errno::EACCES).unwrap_err();
        assert!(left.is_abandoned() && left.is_uninitialized(), "{left}");
        assert_eq!(left.id(), Some(7));
    }

    /// Replaces an object whose removal fails with this error.
    fn replaced(removal: Errno) -> Result<()> {
        let is_there = Cell::new(true);
        create_replacing(
            SEGMENT,
            || {
                if is_there.take() {
                    return Err(Error::call("create", SEGMENT, Errno::EEXIST));
                }
                Ok(())
            },
            || Err(Error::call("remove", SEGMENT, removal)),
        )
    }

    #[test]
    fn one_that_somebody_else_has_removed_is_replaced_all_the_same() {
        replaced(Errno::ENOENT).unwrap();
        replaced(Errno::EIDRM).unwrap();
        let refused = replaced(Errno::EPERM).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotOwner);
    }

    #[test]
    fn a_call_gives_up_after_some_hundred_turns() {
        let exists = || Error::call("create", SEGMENT, Errno::EEXIST);
        let tries = Cell::new(0);
        let made = create_or_open::<()>(
            SEGMENT,
            &bounds(),
            None,
            |_| Ok(None),
            || {
                tries.set(tries.get() + 1);
                Err(exists())
            },
            |_| Err(exists()),
        );
        assert_eq!(made.unwrap_err().kind(), ErrorKind::Other);
        assert_eq!(tries.get(), TURNS + 1);
        let replaced = create_replacing::<()>(SEGMENT, || Err(exists()), || Ok(()));
        assert!(replaced.unwrap_err().to_string().contains("500 times"));
    }
}
