//! What marks a segment as half-made.
//!
//! The creator makes it with the mode [`MARKER`], which nobody uses otherwise, fills it, and then gives it the
//! mode that was asked for.

use sysv_ipc::{Errno, Mode, ShmId, ShmStat};

use crate::half_made::State;
use crate::key::Key;

/// The mode of a segment that is being filled: 0610. "Execute" has no meaning for a segment, which makes this a
/// value that no one asks for.
pub(super) const MARKER: Mode = Mode::from_bits_truncate(0o610);

/// The state of the segment that has this key and this id.
pub(super) fn of(key: Key, id: ShmId) -> sysv_ipc::Result<State> {
    match sysv_ipc::shmctl_stat(id) {
        Ok(stat) => Ok(judge(&stat)),
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        Err(Errno::EACCES) => match unreadable(id) {
            // Not half-made, so the refusal is meant. Who may write, though, has a use for it.
            State::Ready => super::KIND.check_write(key).map(|()| State::Ready),
            state => Ok(state),
        },
        Err(errno) => Err(errno),
    }
}

fn judge(stat: &ShmStat) -> State {
    if stat.perm().mode() == MARKER {
        State::half_made(stat.cpid(), stat.nattch() > 0)
    } else {
        State::Ready
    }
}

/// The state of a segment that this user may not read: it is not for them, or not yet.
fn unreadable(id: ShmId) -> State {
    match crate::change::any_segment(id) {
        Some(stat) => judge(&stat),
        // The kernel does not tell, or the segment has gone: the first use will say.
        None if cfg!(sysv = "SHM_STAT_ANY") => State::Ready,
        // Nothing can tell here whether it is not for them or not yet, so the deadline decides.
        None => State::InTheMaking,
    }
}
