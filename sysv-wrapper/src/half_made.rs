//! Nobody sees a half-made object: how openers wait for a creator, and what becomes of an object whose
//! creator died. The same for segments and sets, which differ in what marks one as half-made.

use sysv_ipc::{Errno, Pid};

use crate::deadline::{self, Deadline};
use crate::error::{Error, Result};
use crate::object::Subject;
use crate::opened::Opened;
use crate::remove;

/// What an opener learns of an object.
pub(crate) enum State {
    /// It may be used.
    Ready,
    /// It is half-made, and its creator runs.
    InTheMaking,
    /// It is half-made, and nothing is known of its creator.
    Undecided,
    /// It is half-made, and its creator is gone.
    Abandoned(Pid),
    /// It was removed meanwhile.
    Gone,
}

impl State {
    /// The state of an object that is half-made. No pid, which is also what the kernel gives for a process of
    /// another pid namespace, proves nothing; nor does a creator's end while others are at the object.
    pub(crate) fn half_made(creator: Option<Pid>, in_use: bool) -> State {
        match creator {
            None => State::Undecided,
            Some(pid) if pid.exists() || in_use => State::InTheMaking,
            Some(pid) => State::Abandoned(pid),
        }
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
    deadline: Deadline,
    find: impl Fn() -> sysv_ipc::Result<i32>,
    state: impl Fn(i32) -> sysv_ipc::Result<State>,
) -> Result<Option<Found>> {
    let fail = |errno| Error::call("open", subject, errno);
    let mut undecided = None;
    let answer = deadline::until(deadline, || {
        undecided = None;
        let id = match find() {
            Ok(id) => id,
            Err(Errno::ENOENT) => return Some(Ok(None)),
            Err(errno) => return Some(Err(fail(errno))),
        };
        match state(id) {
            Ok(State::Ready) => Some(Ok(Some(Found::Ready(id)))),
            Ok(State::Abandoned(pid)) => Some(Ok(Some(Found::Abandoned(id, Some(pid))))),
            Ok(State::InTheMaking | State::Gone) => None,
            Ok(State::Undecided) => {
                undecided = Some(id);
                None
            }
            Err(errno) => Some(Err(fail(errno))),
        }
    });
    match (answer, undecided) {
        (Some(answer), _) => answer,
        // Nothing tells whether the creator lives, so the time that it was given decides.
        (None, Some(id)) => Ok(Some(Found::Abandoned(id, None))),
        (None, None) => Err(Error::timed_out("open", subject)
            .because("its creator has not made it ready within the time to wait for that")),
    }
}

/// Finds the object or makes it, until one of the two succeeds.
///
/// `wait` is [`wait_for`] of this object, up to a deadline that it keeps; `make` makes it exclusively; `open`
/// makes a handle from the id of one that is ready. With `reclaim`, an abandoned one is removed: by its id, so
/// that several may do it at once, and one that was made anew since is safe.
pub(crate) fn create_or_open<H>(
    subject: Subject,
    reclaim: bool,
    wait: impl Fn() -> Result<Option<Found>>,
    mut make: impl FnMut() -> Result<H>,
    open: impl Fn(i32) -> Result<H>,
) -> Result<Opened<H>> {
    loop {
        match wait()? {
            Some(Found::Ready(id)) => return open(id).map(Opened::Existing),
            Some(Found::Abandoned(id, _)) if reclaim => match remove::remove(subject, id) {
                Err(error) if !error.is_removed() => return Err(error),
                _ => {}
            },
            Some(Found::Abandoned(id, creator)) => {
                return Err(Error::abandoned("open", subject.with_id(id), creator));
            }
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
