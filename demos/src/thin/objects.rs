//! The ids of the objects, and what the wrapper's guards would do: removing what was made.
#![deny(unsafe_code)]

use rand::RngExt;
use sysv_ipc::{
    Errno, Key, Mode, MsgGetFlags, MsgId, RawKey, SemGetFlags, SemId, ShmGetFlags, ShmId,
};

use super::call;
use crate::conversation::layout::SIZE;
use crate::conversation::{Flow, Place, Trouble};

/// The ids. Dropping them removes the objects, if they are `owned`.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) segment: Option<ShmId>,
    pub(super) turns: [Option<SemId>; 2],
    pub(super) queue: Option<MsgId>,
    pub(super) key: Key,
    pub(super) owned: bool,
}

impl Objects {
    /// Makes them. If one of them cannot be made, dropping the others removes them.
    pub(super) fn create(flow: Flow) -> Result<Objects, Trouble> {
        let mut objects = Objects {
            segment: None,
            turns: [None; 2],
            queue: None,
            key: Key::PRIVATE,
            owned: true,
        };
        for turn in &mut objects.turns {
            let set = sysv_ipc::semget(Key::PRIVATE, 1, SemGetFlags::CREAT, Mode::OWNER);
            let set = *turn.insert(call("semget", set)?);
            // POSIX does not say what the value of a new semaphore is.
            call("semctl SETVAL", sysv_ipc::semctl_setval(set, 0, 0))?;
        }
        if flow == Flow::Queue {
            let queue = sysv_ipc::msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER);
            objects.queue = Some(call("msgget", queue)?);
        }
        let (segment, key) = call("shmget", unique_segment())?;
        objects.segment = Some(segment);
        objects.key = key;
        Ok(objects)
    }

    /// The segment; the ids of the others are in its header.
    pub(super) fn find(place: Place) -> Result<Objects, Trouble> {
        let segment = match place {
            Place::Id(id) => ShmId::from_raw(id),
            Place::Key(key) => {
                let found = sysv_ipc::shmget(key.into(), 0, ShmGetFlags::empty(), Mode::OWNER);
                call("shmget", found)?
            }
        };
        let stat = call("shmctl IPC_STAT", sysv_ipc::shmctl_stat(segment))?;
        Ok(Objects {
            segment: Some(segment),
            turns: [None; 2],
            queue: None,
            key: stat.perm().key(),
            owned: false,
        })
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        if self.owned {
            // What is gone already is fine; for all else, nobody is left to tell.
            let _ = self.segment.map(sysv_ipc::shmctl_rmid);
            let _ = self.turns.map(|turn| turn.map(sysv_ipc::semctl_rmid));
            let _ = self.queue.map(sysv_ipc::msgctl_rmid);
        }
    }
}

/// Makes a segment with a free key, drawn at random.
fn unique_segment() -> sysv_ipc::Result<(ShmId, Key)> {
    let flags = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
    loop {
        let key = Key::from_raw(RawKey::from(rand::rng().random_range(1..=i32::MAX)));
        match sysv_ipc::shmget(key, SIZE, flags, Mode::OWNER) {
            Err(Errno::EEXIST) => {}
            made => return made.map(|id| (id, key)),
        }
    }
}
