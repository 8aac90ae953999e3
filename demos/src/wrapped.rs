//! The conversation through `sysv-wrapper`: handles, guards, deadlines, and memory without `unsafe`.

use std::sync::atomic::AtomicU32;
use std::thread;

use sysv_wrapper::{
    Attachment, MessageQueue, MessageType, RemoveOnDrop, Selector, SemaphoreSet, SharedMemory,
};

use crate::channel::{Channel, Medium, Plan, RECORD, SIZE, SLICE};
use crate::end::{End, Role};
use crate::record::Record;

/// The objects, attached.
#[derive(Debug)]
pub struct Wrapped {
    plan: Plan,
    attachment: Attachment,
    memory: SharedMemory,
    set: SemaphoreSet,
    queue: Option<MessageQueue>,
    remove: Option<Remove>,
}

/// Removes the objects.
type Remove = (
    RemoveOnDrop<SharedMemory>,
    RemoveOnDrop<SemaphoreSet>,
    Option<RemoveOnDrop<MessageQueue>>,
);

impl Channel for Wrapped {
    fn create(mut plan: Plan) -> Result<Wrapped, End> {
        // What exists goes when one of the next cannot be created.
        let set = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0]).create_private()?);
        plan.set = set.id().as_raw();
        let mut queue = None;
        if plan.goes_by(Medium::Queue) {
            let queue = queue.insert(RemoveOnDrop::new(MessageQueue::builder().create_private()?));
            plan.queue = queue.id().as_raw();
        }
        let memory = RemoveOnDrop::new(SharedMemory::builder().size(SIZE).create_private()?);
        plan.segment = memory.id().as_raw();
        let attachment = memory.attach()?;
        attachment.write_at(&Record::BLANK.0, RECORD)?;
        attachment.write_value(&plan, 0)?;
        Ok(Wrapped {
            plan,
            attachment,
            memory: memory.clone(),
            set: set.clone(),
            queue: queue.as_deref().cloned(),
            remove: Some((memory, set, queue)),
        })
    }

    fn open(segment: i32) -> Result<Wrapped, End> {
        let memory = SharedMemory::from_id(segment)?;
        let attachment = memory.attach()?;
        let plan = attachment.read_value::<Plan>(0)?.checked()?;
        let queue = plan.goes_by(Medium::Queue).then_some(plan.queue);
        Ok(Wrapped {
            plan,
            attachment,
            memory,
            set: SemaphoreSet::from_id(plan.set)?,
            queue: queue.map(MessageQueue::from_id).transpose()?,
            remove: None,
        })
    }

    fn adopt(&mut self) {
        self.remove = Some((
            RemoveOnDrop::new(self.memory.clone()),
            RemoveOnDrop::new(self.set.clone()),
            self.queue.clone().map(RemoveOnDrop::new),
        ));
    }

    fn plan(&self) -> Plan {
        self.plan
    }

    fn attached(&self) -> Result<u64, End> {
        Ok(self.memory.status()?.attach_count())
    }

    fn word(&self, offset: usize) -> Result<&AtomicU32, End> {
        Ok(self.attachment.atomic_u32(offset)?)
    }

    fn say(&self, to: Role, record: &Record) -> Result<(), End> {
        if let Some(queue) = &self.queue {
            return Ok(queue.try_send(to as MessageType + 1, &record.0)?);
        }
        self.attachment.write_at(&record.0, RECORD)?;
        if self.plan.goes_by(Medium::Memory) {
            self.set.get(to as usize)?.release()?;
        }
        Ok(())
    }

    fn listen(&self, role: Role, record: &mut Record) -> Result<bool, End> {
        let heard = if let Some(queue) = &self.queue {
            let selector = Selector::Exact(role as MessageType + 1);
            queue.try_receive_into(&mut record.0, selector).map(|_| ())
        } else if self.plan.goes_by(Medium::Memory) {
            self.set.get(role as usize)?.acquire_timeout(SLICE)
        } else {
            Ok(())
        };
        if let Err(error) = heard {
            thread::yield_now();
            let nothing = error.is_timed_out() || error.is_would_block();
            return if nothing {
                Ok(false)
            } else {
                Err(error.into())
            };
        }
        if self.queue.is_none() {
            self.attachment.read_at(&mut record.0, RECORD)?;
        }
        Ok(true)
    }
}
