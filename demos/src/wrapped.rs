//! The conversation through `sysv-wrapper`: handles, guards, deadlines, and memory without `unsafe`.

use std::any::Any;
use std::sync::atomic::AtomicU32;
use std::thread;

use sysv_wrapper::sync::{self, Area, Capacity, MaxSize, Receiver, Sender};
use sysv_wrapper::{
    Attachment, Error, MessageQueue, MessageType, Object, RemoveOnDrop, Selector, SemaphoreSet,
    SharedMemory,
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
    sync: Option<(Sender, Receiver, Area)>,
    /// Removes the objects.
    remove: Vec<Box<dyn Any>>,
}

fn removed<H: Object + 'static>(handle: H) -> Box<dyn Any> {
    Box::new(RemoveOnDrop::new(handle))
}

impl Wrapped {
    /// Attaches the segment with this id, and opens the other objects.
    fn join(segment: i32, role: Role) -> Result<Wrapped, End> {
        let memory = SharedMemory::from_id(segment)?;
        let attachment = memory.attach()?;
        let plan = attachment.read_value::<Plan>(0)?.checked()?;
        let (mut queue, mut sync) = (None, None);
        if plan.goes_by(Medium::Queue) {
            queue = Some(MessageQueue::from_id(plan.queue)?);
        } else if plan.goes_by(Medium::Sync) {
            let area = Area::from_id(plan.queue)?;
            let sender = area.sender(&role.peer().to_string())?;
            sync = Some((sender, area.receiver(&role.to_string())?, area));
        }
        Ok(Wrapped {
            plan,
            attachment,
            memory,
            set: SemaphoreSet::from_id(plan.set)?,
            queue,
            sync,
            remove: Vec::new(),
        })
    }
}

impl Channel for Wrapped {
    fn create(mut plan: Plan) -> Result<Wrapped, End> {
        // The drops remove the created objects if a later creation fails.
        let set = SemaphoreSet::builder().values([0, 0]).create_private()?;
        plan.set = set.id().as_raw();
        let mut remove = vec![removed(set)];
        if plan.goes_by(Medium::Queue) {
            let queue = MessageQueue::builder().create_private()?;
            plan.queue = queue.id().as_raw();
            remove.push(removed(queue));
        } else if plan.goes_by(Medium::Sync) {
            let mut area = Area::builder().peers(2);
            for role in [Role::Premise, Role::Conclusion] {
                area = area.channel(&role.to_string(), Capacity(2), MaxSize(1024));
            }
            let area = area.create_private()?;
            plan.queue = area.id().as_raw();
            remove.push(removed(area));
        }
        let memory = SharedMemory::builder().size(SIZE).create_private()?;
        plan.segment = memory.id().as_raw();
        remove.push(removed(memory.clone()));
        let attachment = memory.attach()?;
        attachment.write_at(&Record::BLANK.0, RECORD)?;
        attachment.write_value(&plan, 0)?;
        let joined = Wrapped::join(plan.segment, Role::Premise)?;
        Ok(Wrapped { remove, ..joined })
    }

    fn open(segment: i32) -> Result<Wrapped, End> {
        Wrapped::join(segment, Role::Conclusion)
    }

    fn adopt(&mut self) {
        self.remove = vec![removed(self.memory.clone()), removed(self.set.clone())];
        self.remove.extend(self.queue.clone().map(removed));
        let area = self.sync.as_ref().map(|(.., area)| area.clone());
        self.remove.extend(area.map(removed));
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
        if let Some((sender, ..)) = &self.sync {
            return Ok(sender.try_send(&record.0)?);
        }
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
        let heard = if let Some((_, receiver, _)) = &self.sync {
            match receiver.receive_timeout(&mut record.0, SLICE) {
                // The attach count shows whether the other side has ended.
                Err(sync::Error::Disconnected) => return Ok(false),
                heard => heard.map(|_| ()).map_err(Error::from),
            }
        } else if let Some(queue) = &self.queue {
            let selector = Selector::Exact(role as MessageType + 1);
            queue.try_receive_into(&mut record.0, selector).map(|_| ())
        } else if self.plan.goes_by(Medium::Memory) {
            self.set.get(role as usize)?.acquire_timeout(SLICE)
        } else {
            Ok(())
        };
        match heard {
            Err(error) if error.is_timed_out() || error.is_would_block() => {
                thread::yield_now();
                return Ok(false);
            }
            heard => heard?,
        }
        if self.queue.is_none() && self.sync.is_none() {
            self.attachment.read_at(&mut record.0, RECORD)?;
        }
        Ok(true)
    }
}
