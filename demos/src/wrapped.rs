//! The conversation's objects through `sysv-wrapper`: handles, guards, deadlines, and memory without `unsafe`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sysv_wrapper::{
    Attachment, Error, Key, MessageQueue, MessageType, RemoveOnDrop, Selector, Semaphore,
    SharedMemory,
};

use crate::conversation::layout::{self, MAGIC, RECORD, SIZE, Word};
use crate::conversation::{Channel, Flow, Ids, Place, Plan, Presence, Record, Role, Trouble};

/// The objects, attached.
#[derive(Debug)]
pub struct Wrapped {
    attachment: Attachment,
    memory: SharedMemory,
    turns: [Semaphore; 2],
    queue: Option<MessageQueue>,
    /// Removes the objects when it is dropped.
    guards: Option<Guards>,
}

/// What removes the objects.
#[derive(Debug)]
struct Guards {
    _memory: RemoveOnDrop<SharedMemory>,
    _turns: [RemoveOnDrop<Semaphore>; 2],
    _queue: Option<RemoveOnDrop<MessageQueue>>,
}

impl Wrapped {
    fn turn(&self, role: Role) -> &Semaphore {
        &self.turns[role.index()]
    }

    fn queue(&self) -> Result<&MessageQueue, Trouble> {
        self.queue
            .as_ref()
            .ok_or_else(|| Trouble::new("there is no queue"))
    }
}

impl Channel for Wrapped {
    fn create(plan: &Plan) -> Result<Wrapped, Trouble> {
        let turn = || {
            Ok(RemoveOnDrop::new(
                Semaphore::builder().value(0).create_private()?,
            ))
        };
        let turns = [turn().map_err(trouble)?, turn().map_err(trouble)?];
        let queue = || Ok(RemoveOnDrop::new(MessageQueue::builder().create_private()?));
        let queue = (plan.flow == Flow::Queue).then(queue);
        let queue = queue.transpose().map_err(trouble)?;
        let header = |memory: &Attachment| {
            memory.write_at(Record::BLANK.bytes(), RECORD)?;
            for role in Role::BOTH {
                let id = turns[role.index()].id().as_raw();
                set(memory, Word::Turn(role), layout::id_to_word(id))?;
            }
            if let Some(queue) = &queue {
                set(memory, Word::Queue, layout::id_to_word(queue.id().as_raw()))?;
            }
            for (word, value) in plan.words() {
                set(memory, word, value)?;
            }
            set(memory, Word::Magic, MAGIC)?;
            Ok(())
        };
        // Nobody can open it before the header is written.
        let memory = SharedMemory::builder().size(SIZE).init_with(header);
        let memory = RemoveOnDrop::new(memory.create_unique().map_err(trouble)?);
        Ok(Wrapped {
            attachment: memory.attach().map_err(trouble)?,
            memory: memory.clone(),
            turns: [turns[0].clone(), turns[1].clone()],
            queue: queue.as_deref().cloned(),
            guards: Some(Guards {
                _memory: memory,
                _turns: turns,
                _queue: queue,
            }),
        })
    }

    fn open(place: Place) -> Result<Wrapped, Trouble> {
        let memory = match place {
            Place::Id(id) => SharedMemory::from_id(id),
            Place::Key(key) => SharedMemory::builder().size(SIZE).open(key),
        };
        let memory = memory.map_err(trouble)?;
        let attachment = memory.attach().map_err(trouble)?;
        let magic = attachment
            .atomic_u32(Word::Magic.offset())
            .map_err(trouble)?;
        if magic.load(Ordering::Acquire) != MAGIC {
            return Err(Trouble::foreign());
        }
        let id = |word: Word| {
            let id = attachment.atomic_u32(word.offset())?;
            Ok(layout::word_to_id(id.load(Ordering::Relaxed)))
        };
        let turn = |role| Semaphore::from_id(id(Word::Turn(role))?);
        let turns = [
            turn(Role::Premise).map_err(trouble)?,
            turn(Role::Conclusion).map_err(trouble)?,
        ];
        let queue = id(Word::Queue).map_err(trouble)?;
        let mut wrapped = Wrapped {
            attachment,
            memory,
            turns,
            queue: None,
            guards: None,
        };
        if Plan::read(&wrapped)?.flow == Flow::Queue {
            wrapped.queue = Some(MessageQueue::from_id(queue).map_err(trouble)?);
        }
        Ok(wrapped)
    }

    fn adopt(&mut self) {
        self.guards = Some(Guards {
            _memory: RemoveOnDrop::new(self.memory.clone()),
            _turns: self.turns.clone().map(RemoveOnDrop::new),
            _queue: self.queue.clone().map(RemoveOnDrop::new),
        });
    }

    fn ids(&self) -> Ids {
        Ids {
            segment: self.memory.id().as_raw(),
            semaphores: Role::BOTH.map(|role| self.turn(role).id().as_raw()),
            queue: self.queue.as_ref().map(|queue| queue.id().as_raw()),
        }
    }

    fn key(&self) -> Key {
        self.memory.key().unwrap_or(Key::PRIVATE)
    }

    #[inline]
    fn word(&self, word: Word) -> Result<&AtomicU32, Trouble> {
        self.attachment.atomic_u32(word.offset()).map_err(trouble)
    }

    #[inline]
    fn read(&self, record: &mut Record) -> Result<(), Trouble> {
        self.attachment
            .read_at(record.bytes_mut(), RECORD)
            .map_err(trouble)
    }

    #[inline]
    fn write(&self, record: &Record) -> Result<(), Trouble> {
        self.attachment
            .write_at(record.bytes(), RECORD)
            .map_err(trouble)
    }

    fn take_turn(&self, role: Role, slice: Duration) -> Result<bool, Trouble> {
        match self.turn(role).acquire_timeout(slice) {
            Ok(()) => Ok(true),
            Err(error) if error.is_timed_out() => Ok(false),
            Err(error) => Err(trouble(error)),
        }
    }

    fn give_turn(&self, role: Role) -> Result<(), Trouble> {
        self.turn(role).release().map_err(trouble)
    }

    fn send(&self, to: Role, record: &Record) -> Result<(), Trouble> {
        let sent = self.queue()?.try_send(message_type(to), record.bytes());
        sent.map_err(trouble)
    }

    fn receive(&self, to: Role, record: &mut Record) -> Result<bool, Trouble> {
        let wanted = Selector::Exact(message_type(to));
        match self.queue()?.try_receive_into(record.bytes_mut(), wanted) {
            Ok(received) if received.length == Record::LENGTH => Ok(true),
            Ok(received) => Err(Trouble::cut_short(received.length)),
            Err(error) if error.is_would_block() => Ok(false),
            Err(error) => Err(trouble(error)),
        }
    }

    fn presence(&self) -> Result<Presence, Trouble> {
        let status = self.memory.status().map_err(trouble)?;
        Ok(Presence {
            attached: status.attach_count(),
            last: status.last_pid(),
            removed: status.marked_for_removal(),
        })
    }
}

fn set(memory: &Attachment, word: Word, value: u32) -> Result<(), Error> {
    memory
        .atomic_u32(word.offset())?
        .store(value, Ordering::Release);
    Ok(())
}

#[cold]
#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(error: Error) -> Trouble {
    let removed = error.is_removed() || error.is_not_found();
    Trouble::new(error.to_string()).if_removed(removed)
}

/// The type of the messages for a side.
fn message_type(to: Role) -> MessageType {
    match to {
        Role::Premise => 1,
        Role::Conclusion => 2,
    }
}
