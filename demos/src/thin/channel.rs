//! The conversation, one system call at a time.
#![deny(unsafe_code)]

use core::ffi::c_long;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sysv_ipc::{Errno, MsgId, MsgRcvFlags, MsgSndFlags, SemBuf, SemFlags, SemId, ShmId};

use super::objects::Objects;
use super::{Mapping, call};
use crate::conversation::layout::{self, MAGIC, Word};
use crate::conversation::{Channel, Flow, Ids, Place, Plan, Presence, Record, Role, Trouble};

/// The objects, attached.
#[derive(Debug)]
pub struct Thin {
    // In this order: first detached, then removed.
    mapping: Mapping,
    objects: Objects,
}

impl Thin {
    fn segment(&self) -> Result<ShmId, Trouble> {
        self.objects
            .segment
            .ok_or_else(|| Trouble::new("there is no segment"))
    }

    fn turn(&self, role: Role) -> Result<SemId, Trouble> {
        self.objects.turns[role.index()].ok_or_else(|| Trouble::new("there is no semaphore"))
    }

    fn queue(&self) -> Result<MsgId, Trouble> {
        self.objects
            .queue
            .ok_or_else(|| Trouble::new("there is no queue"))
    }
}

impl Channel for Thin {
    fn create(plan: &Plan) -> Result<Thin, Trouble> {
        let objects = Objects::create(plan.flow)?;
        let segment = objects
            .segment
            .ok_or_else(|| Trouble::new("there is no segment"))?;
        let thin = Thin {
            mapping: Mapping::new(segment)?,
            objects,
        };
        thin.mapping.write(Record::BLANK.bytes());
        let ids = thin.ids();
        let turn = |role: Role| {
            (
                Word::Turn(role),
                layout::id_to_word(ids.semaphores[role.index()]),
            )
        };
        let queue = (Word::Queue, ids.queue.map_or(0, layout::id_to_word));
        let words = plan
            .words()
            .into_iter()
            .chain(Role::BOTH.map(turn))
            .chain([queue]);
        for (word, value) in words {
            thin.mapping.word(word).store(value, Ordering::Relaxed);
        }
        // Whoever sees this number sees all that was written before.
        thin.mapping
            .word(Word::Magic)
            .store(MAGIC, Ordering::Release);
        Ok(thin)
    }

    fn open(place: Place) -> Result<Thin, Trouble> {
        let objects = Objects::find(place)?;
        let segment = objects
            .segment
            .ok_or_else(|| Trouble::new("there is no segment"))?;
        let mapping = Mapping::new(segment)?;
        let mut thin = Thin { mapping, objects };
        let plan = Plan::read(&thin)?;
        let id = |word| layout::word_to_id(thin.mapping.word(word).load(Ordering::Relaxed));
        let turns = Role::BOTH.map(|role| Some(SemId::from_raw(id(Word::Turn(role)))));
        let queue = (plan.flow == Flow::Queue).then(|| MsgId::from_raw(id(Word::Queue)));
        thin.objects.turns = turns;
        thin.objects.queue = queue;
        Ok(thin)
    }

    fn adopt(&mut self) {
        self.objects.owned = true;
    }

    fn ids(&self) -> Ids {
        Ids {
            segment: self.objects.segment.map_or(0, ShmId::as_raw),
            semaphores: self.objects.turns.map(|turn| turn.map_or(0, SemId::as_raw)),
            queue: self.objects.queue.map(MsgId::as_raw),
        }
    }

    fn key(&self) -> sysv_wrapper::Key {
        self.objects.key.into()
    }

    #[inline]
    fn word(&self, word: Word) -> Result<&AtomicU32, Trouble> {
        Ok(self.mapping.word(word))
    }

    #[inline]
    fn read(&self, record: &mut Record) -> Result<(), Trouble> {
        self.mapping.read(record.bytes_mut());
        Ok(())
    }

    #[inline]
    fn write(&self, record: &Record) -> Result<(), Trouble> {
        self.mapping.write(record.bytes());
        Ok(())
    }

    fn take_turn(&self, role: Role, slice: Duration) -> Result<bool, Trouble> {
        match wait(self.turn(role)?, slice) {
            Ok(()) => Ok(true),
            // The slice is over, or a signal has ended it.
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(false),
            Err(errno) => call("semtimedop", Err(errno)),
        }
    }

    fn give_turn(&self, role: Role) -> Result<(), Trouble> {
        let give = [SemBuf::new(0, 1, SemFlags::empty())];
        call("semop", sysv_ipc::semop(self.turn(role)?, &give))
    }

    fn send(&self, to: Role, record: &Record) -> Result<(), Trouble> {
        let sent = sysv_ipc::msgsnd_bytes(
            self.queue()?,
            mtype(to),
            record.bytes(),
            MsgSndFlags::NOWAIT,
        );
        call("msgsnd", sent)
    }

    fn receive(&self, to: Role, record: &mut Record) -> Result<bool, Trouble> {
        let bytes = record.bytes_mut();
        match sysv_ipc::msgrcv_bytes(self.queue()?, bytes, mtype(to), MsgRcvFlags::NOWAIT) {
            Ok((_, Record::LENGTH)) => Ok(true),
            Ok((_, length)) => Err(Trouble::cut_short(length)),
            Err(Errno::ENOMSG) => Ok(false),
            Err(errno) => call("msgrcv", Err(errno)),
        }
    }

    fn presence(&self) -> Result<Presence, Trouble> {
        let stat = call("shmctl IPC_STAT", sysv_ipc::shmctl_stat(self.segment()?))?;
        #[cfg(sysv = "SHM_DEST")]
        let removed = stat.is_marked_for_removal();
        #[cfg(not(sysv = "SHM_DEST"))]
        let removed = false;
        Ok(Presence {
            attached: stat.nattch(),
            last: stat.lpid(),
            removed,
        })
    }
}

/// Takes one from a semaphore, and waits for at most `slice`.
#[cfg(sysv = "semtimedop")]
fn wait(set: SemId, slice: Duration) -> sysv_ipc::Result<()> {
    sysv_ipc::semtimedop(set, &[SemBuf::new(0, -1, SemFlags::empty())], Some(slice))
}

/// Takes one from a semaphore, if there is one: here the kernel has no wait that ends.
#[cfg(not(sysv = "semtimedop"))]
fn wait(set: SemId, _slice: Duration) -> sysv_ipc::Result<()> {
    let tried = sysv_ipc::semop(set, &[SemBuf::new(0, -1, SemFlags::NOWAIT)]);
    if tried == Err(Errno::EAGAIN) {
        std::thread::yield_now();
    }
    tried
}

/// The type of the messages for a side.
fn mtype(to: Role) -> c_long {
    match to {
        Role::Premise => 1,
        Role::Conclusion => 2,
    }
}
