//! Initialisation: who may see an object, and when. Openers wait for the creator of a segment or a set that is not
//! initialised yet, by one loop for both kinds, which differ in what marks one as uninitialised.

use std::cell::Cell;
use std::fs;
use std::time::Duration;

use sysv_ipc::{Errno, Mode, Pid, SemId, SemStat, ShmId, ShmStat};

use crate::deadline::{self, Deadline, Ended};
use crate::error::{Error, Result, Subject};
use crate::key::Key;
use crate::kind::Kind;
use crate::system;

/// The mode of a segment that is being filled: 0610. To let the group execute what it may neither read nor write
/// has no meaning, which makes this a value that no one asks for.
pub(crate) const MARKER: Mode = Mode::from_bits_truncate(0o610);

/// Refuses the mode that marks a segment as uninitialised.
pub(crate) fn check_mode(operation: &'static str, subject: Subject, mode: Mode) -> Result<()> {
    if subject.kind == Kind::SharedMemory && mode == MARKER {
        let because =
            "the mode is 0610, which marks a segment that is not initialised yet; use any other";
        return Err(Error::argument(operation, subject, because));
    }
    Ok(())
}

/// A handle, and whether its object was made by this call or was there already.
///
/// ```
/// use sysv_wrapper::{Key, Opened, RemoveOnDrop, Semaphore};
///
/// # let key = Key::random();
/// // Who makes it removes it.
/// let _owned = match Semaphore::builder().value(1).create_or_open(key)? {
///     Opened::Created(semaphore) => Some(RemoveOnDrop::new(semaphore)),
///     Opened::Existing(_) => None,
/// };
/// let again = Semaphore::builder().value(7).create_or_open(key)?;
/// assert!(!again.is_created());
/// // The value is for a new one.
/// assert_eq!(again.into_inner().value()?, 1);
/// # Ok::<(), sysv_wrapper::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<H> {
    /// This call made the object.
    Created(H),
    /// The object was there.
    Existing(H),
}

impl<H> Opened<H> {
    /// The handle, whichever it was.
    pub fn into_inner(self) -> H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// The handle, whichever it was.
    pub fn handle(&self) -> &H {
        match self {
            Opened::Created(handle) | Opened::Existing(handle) => handle,
        }
    }

    /// Applies a function to the handle, and keeps what the call did.
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

    /// Whether this call made the object.
    pub fn is_created(&self) -> bool {
        matches!(self, Opened::Created(_))
    }
}

/// What an opener learns of an object.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It may be used.
    Ready,
    /// It is half-made, and its creator runs, if it is known.
    InTheMaking(Option<Pid>),
    /// It is half-made, and nothing is known of its creator.
    Undecided,
    /// It is half-made, and its creator is gone.
    Abandoned(Pid),
    /// It was removed meanwhile.
    Gone,
}

/// What one look at an object showed.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    /// It may be used.
    Ready,
    /// It is half-made, and this is who makes it, if the kernel tells.
    HalfMade(Option<Pid>),
}

impl State {
    /// Judges an object by looking at it, twice if need be: a creator that is gone may have finished between the
    /// look and the question whether it runs. What is still half-made after that stays so.
    ///
    /// No pid, which is also what the kernel gives for a process of another pid namespace, proves nothing; nor
    /// does a creator's end while others are at the object.
    pub(crate) fn judge(
        mut look: impl FnMut() -> sysv_ipc::Result<Look>,
        in_use: impl FnOnce() -> bool,
    ) -> sysv_ipc::Result<State> {
        let first = look()?;
        let creator = match first {
            Look::Ready => return Ok(State::Ready),
            Look::HalfMade(None) => return Ok(State::Undecided),
            Look::HalfMade(Some(pid)) => pid,
        };
        if !system::is_gone(recorded(creator)) || in_use() {
            return Ok(State::InTheMaking(Some(creator)));
        }
        Ok(match look()? {
            Look::Ready => State::Ready,
            second if second == first => State::Abandoned(creator),
            // Somebody else is at it.
            Look::HalfMade(creator) => State::InTheMaking(creator),
        })
    }
}

/// The recorded creator of an object that is not initialised.
fn recorded(pid: Pid) -> system::Recorded {
    system::Recorded {
        pid,
        at: None,
        may_be_thread: false,
    }
}

/// How an opener's wait ended.
pub(crate) enum Found {
    /// The object may be used.
    Ready(i32),
    /// It is half-made for good.
    Abandoned(i32, Option<Pid>),
}

/// Finds the object, and waits until its creator has made it ready. `Ok(None)` when there is none.
///
/// `find` gives its id, `state` its state.
pub(crate) fn wait_for(
    subject: Subject,
    patience: &Patience,
    find: impl Fn() -> sysv_ipc::Result<i32>,
    state: impl Fn(i32) -> sysv_ipc::Result<State>,
) -> Result<Option<Found>> {
    let fail = |errno| Error::call("open", subject, errno);
    loop {
        let mut last = None;
        let answer = deadline::until(patience, || {
            last = None;
            match look(&find, &state) {
                Err(Errno::ENOENT) => Some(Ok(None)),
                Err(errno) => Some(Err(fail(errno))),
                Ok((id, State::Ready)) => Some(Ok(Some(Found::Ready(id)))),
                Ok((id, State::Abandoned(pid))) => Some(Ok(Some(Found::Abandoned(id, Some(pid))))),
                Ok((id, half_made)) => {
                    patience.note(id);
                    last = Some((id, half_made));
                    None
                }
            }
        });
        return match (answer, last) {
            (Ok(answer), _) => answer,
            (Err(Ended::Failed(errno)), _) => Err(fail(errno)),
            // This one has not had its time yet.
            (Err(_), Some((id, _))) if !patience.is_for(id) && patience.renew(id) => continue,
            // Nothing tells whether the creator lives, so the time that it was given decides.
            (Err(_), Some((id, State::Undecided))) if patience.is_for(id) => {
                Ok(Some(Found::Abandoned(id, None)))
            }
            (Err(_), last) => Err(too_slow(subject, last)),
        };
    }
}

/// Finds an object, and its state; again if it goes in between, in which no deadline may fall.
fn look(
    find: impl Fn() -> sysv_ipc::Result<i32>,
    state: impl Fn(i32) -> sysv_ipc::Result<State>,
) -> sysv_ipc::Result<(i32, State)> {
    loop {
        let id = find()?;
        match state(id)? {
            State::Gone => {}
            state => return Ok((id, state)),
        }
    }
}

/// The error for a creator that lives, and was given its time.
fn too_slow(subject: Subject, last: Option<(i32, State)>) -> Error {
    let (subject, creator) = match last {
        Some((id, State::InTheMaking(creator))) => (subject.with_id(id), creator),
        _ => (subject, None),
    };
    let who = creator.map_or("its creator".to_owned(), |pid| {
        format!("process {pid}, which makes it,")
    });
    Error::timed_out("open", subject).because(format!(
        "{who} has not made it ready within the time to wait for that; `create_replacing` does not wait"
    ))
}

/// Finds the object or makes it, until one of the two succeeds.
///
/// `wait` is [`wait_for`] of this object, with the patience that it is given; `make` makes it exclusively; `open`
/// makes a handle from the id of one that is ready. With `reclaim`, an abandoned one is removed: by its id, so
/// that several may do it at once, and one that was made anew since is safe.
pub(crate) fn create_or_open<H>(
    subject: Subject,
    time: Duration,
    reclaim: Option<&dyn Fn(i32) -> Result<()>>,
    wait: impl Fn(&Patience) -> Result<Option<Found>>,
    mut make: impl FnMut() -> Result<H>,
    open: impl Fn(i32) -> Result<H>,
) -> Result<Opened<H>> {
    let patience = Patience::new(time);
    loop {
        match wait(&patience)? {
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
            None => match make() {
                Ok(made) => return Ok(Opened::Created(made)),
                // Somebody was faster, or has taken this process for dead.
                Err(error) if error.is_already_exists() || error.is_removed() => {}
                Err(error) => return Err(error),
            },
        }
    }
}

/// Makes the object exclusively, after removing what has its key.
pub(crate) fn create_replacing<H>(
    mut make: impl FnMut() -> Result<H>,
    remove_key: impl Fn() -> Result<()>,
) -> Result<H> {
    loop {
        match make() {
            Err(error) if error.is_already_exists() => {}
            result => return result,
        }
        match remove_key() {
            Err(error) if !error.is_not_found() && !error.is_removed() => return Err(error),
            _ => {}
        }
    }
}

/// Refuses the key that names no object, where one is needed.
pub(crate) fn refuse_private(operation: &'static str, subject: Subject) -> Result<()> {
    if subject.key.is_some_and(crate::Key::is_private) {
        let because =
            "the key is 0, which names no object; `create_private` makes one without a key";
        return Err(Error::argument(operation, subject, because));
    }
    Ok(())
}

/// The time that a creator is given, and the object for which it runs.
///
/// It begins with the first half-made object that is found. One that has taken its place, because somebody
/// removed that, has a creator of its own, who is given the same time, but only once: a call waits for at most
/// twice the time, whatever others do.
pub(crate) struct Patience {
    time: Duration,
    /// The end of the time, once it runs: an object that is ready costs no look at the clock.
    end: Cell<Option<Deadline>>,
    /// The id of the half-made object for which it runs.
    object: Cell<Option<i32>>,
    renewed: Cell<bool>,
}

impl Patience {
    pub(crate) fn new(time: Duration) -> Patience {
        Patience {
            time,
            end: Cell::new(None),
            object: Cell::new(None),
            renewed: Cell::new(false),
        }
    }

    /// Takes note of a half-made object: the time runs for the first one.
    pub(crate) fn note(&self, id: i32) {
        if self.object.get().is_none() {
            self.object.set(Some(id));
        }
    }

    /// Whether it was this object for which the time ran.
    pub(crate) fn is_for(&self, id: i32) -> bool {
        self.object.get() == Some(id)
    }

    /// Has the time run anew, for this object; false if that was done before.
    pub(crate) fn renew(&self, id: i32) -> bool {
        if self.renewed.replace(true) {
            return false;
        }
        self.end.set(None);
        self.object.set(Some(id));
        true
    }
}

impl From<&Patience> for Deadline {
    fn from(patience: &Patience) -> Deadline {
        let end = patience.end.get().unwrap_or_else(|| patience.time.into());
        patience.end.set(Some(end));
        end
    }
}

/// The state of the segment that has this key and this id.
pub(crate) fn segment_state(key: Key, id: ShmId) -> sysv_ipc::Result<State> {
    let in_use = || any_segment(id).is_some_and(|stat| stat.nattch() > 0);
    match State::judge(|| look_at_segment(key, id), in_use) {
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        // Nothing can tell here whether it is not for this user or not yet, so the deadline decides.
        Err(UNTOLD) => Ok(State::InTheMaking(None)),
        state => state,
    }
}

/// What stands for no answer in this file: the calls that it makes do not give it.
const UNTOLD: Errno = Errno::ENOSYS;

fn look_at_segment(key: Key, id: ShmId) -> sysv_ipc::Result<Look> {
    match sysv_ipc::shmctl_stat(id) {
        Ok(stat) => Ok(seen(&stat)),
        // Who may not read it: it is not for them, or not yet.
        Err(Errno::EACCES) => match unreadable_segment(id)? {
            // The refusal is meant. Who may write, though, has a use for it.
            Look::Ready if system::check_write(Kind::SharedMemory, key, id.as_raw())? => {
                Ok(Look::Ready)
            }
            Look::Ready => Err(Errno::EIDRM),
            half_made @ Look::HalfMade(_) => Ok(half_made),
        },
        Err(errno) => Err(errno),
    }
}

/// The segment, whether this user may read it or not.
fn any_segment(id: ShmId) -> Option<ShmStat> {
    let stat = sysv_ipc::shmctl_stat(id).ok();
    stat.or_else(|| system::any_segment(id))
}

fn seen(stat: &ShmStat) -> Look {
    marked(stat.perm().mode(), stat.cpid())
}

fn marked(mode: Mode, creator: Option<Pid>) -> Look {
    if mode == MARKER {
        Look::HalfMade(creator)
    } else {
        Look::Ready
    }
}

/// What a user sees who may not read it.
fn unreadable_segment(id: ShmId) -> sysv_ipc::Result<Look> {
    if let Some(stat) = system::any_segment(id) {
        return Ok(seen(&stat));
    }
    // The kernel is too old for the question, or the segment has gone.
    match fs::read_to_string("/proc/sysvipc/shm") {
        Ok(list) => listed(&list, id).ok_or(Errno::EIDRM),
        Err(_) => Err(UNTOLD),
    }
}

/// The segment in the kernel's own list: `key shmid perms size cpid …`, one a line.
fn listed(list: &str, id: ShmId) -> Option<Look> {
    let number = id.to_string();
    list.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, found, mode, _, creator, ..] = fields[..] else {
            return None;
        };
        let mode = u32::from_str_radix(mode, 8).ok();
        let mode = mode.filter(|_| found == number)?;
        let creator = creator.parse().ok().and_then(Pid::from_raw);
        Some(marked(Mode::from_bits_truncate(mode), creator))
    })
}

/// The state of the set that has this key and this id.
pub(crate) fn set_state(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    match judge_set(id, || sysv_ipc::semctl_stat(id)) {
        Err(Errno::EACCES) => unreadable_set(key, id),
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        state => state,
    }
}

fn judge_set(id: SemId, stat: impl Fn() -> sysv_ipc::Result<SemStat>) -> sysv_ipc::Result<State> {
    let look = || {
        Ok(match stat()?.otime() {
            Some(_) => Look::Ready,
            // Who set the values, if that was done; the kernel does not say who made the set.
            None => Look::HalfMade(sysv_ipc::semctl_getpid(id, 0).unwrap_or(None)),
        })
    };
    State::judge(look, || {
        stat().is_ok_and(|stat| has_waiters(id, stat.nsems()))
    })
}

fn has_waiters(id: SemId, count: usize) -> bool {
    let numbers = 0..u16::try_from(count).unwrap_or(u16::MAX);
    let waiters = |number| {
        [
            sysv_ipc::semctl_getncnt(id, number),
            sysv_ipc::semctl_getzcnt(id, number),
        ]
    };
    numbers
        .flat_map(waiters)
        .any(|count| count.unwrap_or(0) > 0)
}

/// The state of a set that this user may not read. Who may alter it has a use for it.
fn unreadable_set(key: Key, id: SemId) -> sysv_ipc::Result<State> {
    if !system::check_write(Kind::SemaphoreSet, key, id.as_raw())? {
        return Ok(State::Gone);
    }
    // Where the kernel does not tell, the first use will.
    let stat = || system::any_set(id).ok_or(Errno::EACCES);
    Ok(judge_set(id, stat).unwrap_or(State::Ready))
}

#[cfg(test)]
mod tests {
    mod half_made {
        //! Creators that finish and end at the worst moments, which no test of real processes can choose.

        use std::cell::Cell;
        use std::time::Duration;

        use sysv_ipc::{Errno, Pid};

        use super::super::Opened;
        use super::super::{
            Found, Look, Patience, State, create_or_open, create_replacing, wait_for,
        };
        use crate::error::Subject;
        use crate::error::{Error, ErrorKind, Result};
        use crate::kind::Kind;

        const SET: Subject = Subject::of(Kind::SemaphoreSet);

        /// A number that no process has: greater than the kernel's maximum.
        const NOBODY: i32 = i32::MAX;

        fn half_made(creator: i32) -> Look {
            Look::HalfMade(Pid::from_raw(creator))
        }

        fn judged<const N: usize>(
            looks: [sysv_ipc::Result<Look>; N],
            in_use: bool,
        ) -> sysv_ipc::Result<State> {
            let mut looks = looks.into_iter();
            let state = State::judge(|| looks.next().unwrap(), || in_use);
            assert!(looks.next().is_none(), "it did not look often enough");
            state
        }

        #[test]
        fn a_creator_that_has_just_finished_and_ended_has_abandoned_nothing() {
            let looks = [Ok(half_made(NOBODY)), Ok(Look::Ready)];
            assert_eq!(judged(looks, false), Ok(State::Ready));
        }

        #[test]
        fn an_object_is_abandoned_when_nobody_is_at_it() {
            let nobody = Pid::from_raw(NOBODY);
            let looks = [Ok(half_made(NOBODY)), Ok(half_made(NOBODY))];
            assert_eq!(judged(looks, false), Ok(State::Abandoned(nobody.unwrap())));
            let looks = [Ok(half_made(NOBODY))];
            assert_eq!(judged(looks, true), Ok(State::InTheMaking(nobody)));
        }

        #[test]
        fn one_that_goes_or_changes_meanwhile_is_not_abandoned() {
            let looks = [Ok(half_made(NOBODY)), Err(Errno::EIDRM)];
            assert_eq!(judged(looks, false), Err(Errno::EIDRM));
            let looks = [Ok(half_made(NOBODY)), Ok(half_made(1))];
            assert_eq!(
                judged(looks, false),
                Ok(State::InTheMaking(Pid::from_raw(1)))
            );
        }

        #[test]
        fn no_pid_proves_nothing_and_a_living_creator_is_waited_for() {
            assert_eq!(judged([Ok(half_made(0))], false), Ok(State::Undecided));
            let own = i32::try_from(std::process::id()).unwrap();
            let looks = [Ok(half_made(own))];
            assert_eq!(
                judged(looks, false),
                Ok(State::InTheMaking(Pid::from_raw(own)))
            );
            assert_eq!(judged([Ok(Look::Ready)], false), Ok(State::Ready));
        }

        /// Waits for no time, which is two looks: at the objects with these ids, each in this state.
        fn waited<const N: usize>(
            patience: &Patience,
            seen: [(i32, State); N],
        ) -> std::result::Result<Option<Found>, ErrorKind> {
            let looks = Cell::new(0);
            let found = wait_for(
                SET,
                patience,
                || Ok(seen[looks.get()].0),
                |_| {
                    let (_, state) = seen[looks.get()];
                    looks.set(looks.get() + 1);
                    Ok(state)
                },
            );
            assert_eq!(looks.get(), N);
            found.map_err(|error| error.kind())
        }

        fn no_time() -> Patience {
            Patience::new(Duration::ZERO)
        }

        #[test]
        fn who_is_not_known_to_live_is_given_the_time() {
            let seen = [(1, State::Undecided); 2];
            let found = waited(&no_time(), seen);
            assert!(matches!(found, Ok(Some(Found::Abandoned(1, None)))));
            let seen = [(1, State::InTheMaking(None)); 2];
            assert_eq!(waited(&no_time(), seen).err(), Some(ErrorKind::TimedOut));
            let seen = [(1, State::Undecided), (1, State::Ready)];
            assert!(matches!(
                waited(&no_time(), seen),
                Ok(Some(Found::Ready(1)))
            ));
        }

        #[test]
        fn an_object_that_took_the_place_of_another_is_given_the_time_anew() {
            let (first, second) = ((1, State::Undecided), (2, State::Undecided));
            let seen = [first, second, second, (2, State::Ready)];
            assert!(matches!(
                waited(&no_time(), seen),
                Ok(Some(Found::Ready(2)))
            ));
            let patience = no_time();
            let seen = [first, second, second, second];
            let found = waited(&patience, seen);
            assert!(matches!(found, Ok(Some(Found::Abandoned(2, None)))));
            // But once only, or the wait had no end.
            let seen = [(3, State::Undecided); 2];
            assert_eq!(waited(&patience, seen).err(), Some(ErrorKind::TimedOut));
        }

        #[test]
        fn one_that_goes_between_two_looks_is_looked_for_again() {
            let seen = [(1, State::Undecided), (1, State::Gone), (2, State::Ready)];
            assert!(matches!(
                waited(&no_time(), seen),
                Ok(Some(Found::Ready(2)))
            ));
        }

        /// What comes of finding this and then nothing, where opening fails with `refusal`; whether it was made.
        fn found_first(found: Found, reclaims: bool, refusal: Errno) -> Result<bool> {
            let found = Cell::new(Some(found));
            let opened = create_or_open(
                SET,
                Duration::ZERO,
                reclaims.then_some(&|_| Err(Error::call("remove", SET, Errno::EIDRM))),
                |_| Ok(found.take()),
                || Ok(()),
                |_| Err(Error::call("open", SET, refusal)),
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
            let nothing = || Found::Abandoned(NOBODY, None);
            assert!(found_first(nothing(), true, Errno::EACCES).unwrap());
            let left = found_first(nothing(), false, Errno::EACCES).unwrap_err();
            assert!(left.is_abandoned() && left.id() == Some(NOBODY), "{left}");
        }

        /// What comes of replacing what is there when this is the answer to removing it.
        fn replaced(removal: Errno) -> Result<()> {
            let is_there = Cell::new(true);
            create_replacing(
                || {
                    if is_there.take() {
                        return Err(Error::call("create", SET, Errno::EEXIST));
                    }
                    Ok(())
                },
                || Err(Error::call("remove", SET, removal)),
            )
        }

        #[test]
        fn one_that_somebody_else_has_removed_is_replaced_all_the_same() {
            replaced(Errno::ENOENT).unwrap();
            replaced(Errno::EIDRM).unwrap();
            let refused = replaced(Errno::EPERM).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::NotOwner);
        }
    }

    mod state {
        //! The list of old kernels, which the tests do not run on.

        use super::super::{Look, listed};
        use sysv_ipc::{Pid, ShmId};

        const LIST: &str = "\
       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime
         0      65538   600                  4096   123   124      0     0     0     0     0          0
1584332802      98307  1610                 10000  4567     0      1     0     0     0     0          0
";

        #[test]
        fn the_list_is_understood() {
            let making = Look::HalfMade(Pid::from_raw(4567));
            assert_eq!(listed(LIST, ShmId::from_raw(65538)), Some(Look::Ready));
            assert_eq!(listed(LIST, ShmId::from_raw(98307)), Some(making));
            assert_eq!(listed(LIST, ShmId::from_raw(1)), None);
        }
    }
}
