//! Rows of semaphores through `sysv-ipc`.

use std::time::Duration;

use sysv_ipc::{
    Key, Mode, SemBuf, SemFlags, SemGetFlags, SemId, semctl_getval, semctl_rmid, semctl_setval,
    semctl_stat, semget, semop, semtimedop,
};

use super::{Removed, litter, unique};
use crate::{Prepared, repeat};

const PLAIN: SemFlags = SemFlags::empty();
const UNDO: SemFlags = SemFlags::UNDO;

pub fn prepare(what: &str, first: usize) -> Prepared {
    let made = Removed {
        id: semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER)?,
        remove: semctl_rmid,
    };
    semctl_setval(made.id, 0, 1)?;
    // Captured whole: it is to live as long as the work.
    let id = move || {
        let made = &made;
        made.id
    };
    Ok(Some(match what {
        "acquire-release" => repeat(move || {
            operate(id(), -1, PLAIN);
            operate(id(), 1, PLAIN);
        }),
        "undo" | "lock" => repeat(move || {
            operate(id(), -1, UNDO);
            operate(id(), 1, UNDO);
        }),
        "timeout" => repeat(move || {
            let step = SemBuf::new(0, -1, PLAIN);
            semtimedop(id(), &[step], Some(Duration::from_secs(1))).unwrap();
            operate(id(), 1, PLAIN);
        }),
        "value" => repeat(move || {
            semctl_getval(id(), 0).unwrap();
        }),
        "set-value" => repeat(move || semctl_setval(id(), 0, 1).unwrap()),
        "status" => repeat(move || {
            semctl_stat(id()).unwrap();
        }),
        "create-remove" => repeat(|| {
            let made = create(Key::PRIVATE).unwrap();
            make_ready(made);
            semctl_rmid(made).unwrap();
        }),
        "unique" => {
            let present = litter(first, create, semctl_rmid)?;
            repeat(move || {
                let _present = &present;
                let made = unique(create).unwrap();
                make_ready(made);
                semctl_rmid(made).unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn operate(id: SemId, op: i16, flags: SemFlags) {
    semop(id, &[SemBuf::new(0, op, flags)]).unwrap();
}

fn create(key: Key) -> sysv_ipc::Result<SemId> {
    semget(key, 1, SemGetFlags::CREAT | SemGetFlags::EXCL, Mode::OWNER)
}

/// A set that is ready for others: its value set, and operated on once, as Stevens' protocol has it.
fn make_ready(made: SemId) {
    semctl_setval(made, 0, 1).unwrap();
    let nothing = [-1, 1].map(|op| SemBuf::new(0, op, SemFlags::NOWAIT));
    semop(made, &nothing).unwrap();
}
