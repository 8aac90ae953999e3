//! The conversation through `sysv-wrapper`: handles, guards, deadlines, and memory without `unsafe`.

use std::any::Any;
use std::sync::atomic::AtomicU32;
use std::thread;

use sysv_wrapper::sync::{self, Area, Capacity, MaxSize, Receiver, Sender};
use sysv_wrapper::{
    Attachment, Error, MessageQueue, MessageType, RemoveOnDrop, Selector, SemaphoreSet,
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
    way: Way,
    /// Removes the objects.
    remove: Vec<Box<dyn Any>>,
}

/// The way of the messages.
#[derive(Debug)]
enum Way {
    Memory,
    Queue(MessageQueue),
    Sync(Sender, Receiver, Area),
}

impl Way {
    /// Returns the channels of a side.
    fn sync(area: Area, role: Role) -> Result<Way, Error> {
        let sender = area.sender(&role.peer().to_string())?;
        Ok(Way::Sync(sender, area.receiver(&role.to_string())?, area))
    }

    fn open(plan: &Plan) -> Result<Way, Error> {
        match plan.queue {
            ..0 => Ok(Way::Memory),
            id if plan.goes_by(Medium::Sync) => Way::sync(Area::from_id(id)?, Role::Conclusion),
            id => MessageQueue::from_id(id).map(Way::Queue),
        }
    }
}

impl Channel for Wrapped {
    fn create(mut plan: Plan) -> Result<Wrapped, End> {
        // What exists goes when one of the next cannot be created.
        let set = RemoveOnDrop::new(SemaphoreSet::builder().values([0, 0]).create_private()?);
        plan.set = set.id().as_raw();
        let mut remove: Vec<Box<dyn Any>> = Vec::new();
        let way = if plan.goes_by(Medium::Queue) {
            let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
            plan.queue = queue.id().as_raw();
            let way = Way::Queue(queue.clone());
            remove.push(Box::new(queue));
            way
        } else if plan.goes_by(Medium::Sync) {
            let mut area = Area::builder().peers(2);
            for role in [Role::Premise, Role::Conclusion] {
                area = area.channel(&role.to_string(), Capacity(2), MaxSize(1024));
            }
            let area = RemoveOnDrop::new(area.create_private()?);
            plan.queue = area.id().as_raw();
            let way = Way::sync(area.clone(), Role::Premise)?;
            remove.push(Box::new(area));
            way
        } else {
            Way::Memory
        };
        let memory = RemoveOnDrop::new(SharedMemory::builder().size(SIZE).create_private()?);
        plan.segment = memory.id().as_raw();
        let attachment = memory.attach()?;
        attachment.write_at(&Record::BLANK.0, RECORD)?;
        attachment.write_value(&plan, 0)?;
        let (segment, members) = (memory.clone(), set.clone());
        remove.extend([Box::new(memory) as Box<dyn Any>, Box::new(set)]);
        Ok(Wrapped {
            plan,
            attachment,
            memory: segment,
            set: members,
            way,
            remove,
        })
    }

    fn open(segment: i32) -> Result<Wrapped, End> {
        let memory = SharedMemory::from_id(segment)?;
        let attachment = memory.attach()?;
        let plan = attachment.read_value::<Plan>(0)?.checked()?;
        Ok(Wrapped {
            plan,
            attachment,
            memory,
            set: SemaphoreSet::from_id(plan.set)?,
            way: Way::open(&plan)?,
            remove: Vec::new(),
        })
    }

    fn adopt(&mut self) {
        self.remove = vec![
            Box::new(RemoveOnDrop::new(self.memory.clone())),
            Box::new(RemoveOnDrop::new(self.set.clone())),
        ];
        match &self.way {
            Way::Memory => {}
            Way::Queue(queue) => self.remove.push(Box::new(RemoveOnDrop::new(queue.clone()))),
            Way::Sync(.., area) => self.remove.push(Box::new(RemoveOnDrop::new(area.clone()))),
        }
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
        match &self.way {
            Way::Queue(queue) => queue.try_send(to as MessageType + 1, &record.0)?,
            Way::Sync(sender, ..) => sender.try_send(&record.0).map_err(Error::from)?,
            Way::Memory => {
                self.attachment.write_at(&record.0, RECORD)?;
                if self.plan.goes_by(Medium::Memory) {
                    self.set.get(to as usize)?.release()?;
                }
            }
        }
        Ok(())
    }

    fn listen(&self, role: Role, record: &mut Record) -> Result<bool, End> {
        let heard = match &self.way {
            Way::Queue(queue) => {
                let selector = Selector::Exact(role as MessageType + 1);
                queue.try_receive_into(&mut record.0, selector).map(|_| ())
            }
            Way::Sync(_, receiver, _) => match receiver.receive_timeout(&mut record.0, SLICE) {
                // The supervisor and the attach count say whether the other side is gone.
                Err(sync::Error::Disconnected) => return Ok(false),
                heard => heard.map(|_| ()).map_err(Error::from),
            },
            Way::Memory if self.plan.goes_by(Medium::Memory) => {
                self.set.get(role as usize)?.acquire_timeout(SLICE)
            }
            Way::Memory => Ok(()),
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
        if let Way::Memory = self.way {
            self.attachment.read_at(&mut record.0, RECORD)?;
        }
        Ok(true)
    }
}
