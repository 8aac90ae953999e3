//! What marks a segment as half-made.
//!
//! The creator makes it with the mode [`MARKER`], which nobody uses otherwise, fills it, and then gives it the
//! mode that was asked for.

use std::fs;

use sysv_ipc::{Errno, Mode, Pid, ShmId, ShmStat};

use crate::half_made::{Look, MARKER, State};
use crate::key::Key;

/// The state of the segment that has this key and this id.
pub(super) fn of(key: Key, id: ShmId) -> sysv_ipc::Result<State> {
    let in_use = || any(id).is_some_and(|stat| stat.nattch() > 0);
    match State::judge(|| look(key, id), in_use) {
        Err(Errno::EINVAL | Errno::EIDRM) => Ok(State::Gone),
        // Nothing can tell here whether it is not for this user or not yet, so the deadline decides.
        Err(UNTOLD) => Ok(State::InTheMaking(None)),
        state => state,
    }
}

/// What stands for no answer in this file: the calls that it makes do not give it.
const UNTOLD: Errno = Errno::ENOSYS;

fn look(key: Key, id: ShmId) -> sysv_ipc::Result<Look> {
    match sysv_ipc::shmctl_stat(id) {
        Ok(stat) => Ok(seen(&stat)),
        // Who may not read it: it is not for them, or not yet.
        Err(Errno::EACCES) => match unreadable(id)? {
            // The refusal is meant. Who may write, though, has a use for it.
            Look::Ready if super::KIND.check_write(key, id.as_raw())? => Ok(Look::Ready),
            Look::Ready => Err(Errno::EIDRM),
            half_made @ Look::HalfMade(_) => Ok(half_made),
        },
        Err(errno) => Err(errno),
    }
}

/// The segment, whether this user may read it or not.
fn any(id: ShmId) -> Option<ShmStat> {
    let stat = sysv_ipc::shmctl_stat(id).ok();
    stat.or_else(|| crate::change::any_segment(id))
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
fn unreadable(id: ShmId) -> sysv_ipc::Result<Look> {
    if let Some(stat) = crate::change::any_segment(id) {
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

#[cfg(test)]
mod tests {
    //! The list of old kernels, which the tests do not run on.

    use super::{Look, listed};
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
