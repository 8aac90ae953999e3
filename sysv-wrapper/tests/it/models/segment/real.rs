//! A real segment, through two handles and some attachments.

use std::io::{Read, Seek, Write};
use std::sync::atomic::Ordering;

use sysv_wrapper::*;

use super::model::{State, read_step, write_all, write_some};
use super::{Access, Action, Gain, Stream, Width};
use crate::models::{Outcome, outcome};

/// A segment. It is removed on drop.
pub struct Real {
    attached: Vec<Attached>,
    second: SharedMemory,
    first: RemoveOnDrop<SharedMemory>,
}

/// An attachment of either kind.
enum Attached {
    Writable(Attachment),
    ReadOnly(ReadOnlyAttachment),
}

impl Attached {
    /// Returns the attachment for reading.
    fn readable(&self) -> &ReadOnlyAttachment {
        match self {
            Attached::Writable(memory) => memory,
            Attached::ReadOnly(memory) => memory,
        }
    }

    fn writable(&self) -> Option<&Attachment> {
        match self {
            Attached::Writable(memory) => Some(memory),
            Attached::ReadOnly(_) => None,
        }
    }
}

impl Real {
    pub fn new(size: usize, fill: Option<u8>) -> Real {
        let mut builder = SharedMemory::builder().size(size);
        if let Some(byte) = fill {
            builder = builder.fill(byte);
        }
        let first = RemoveOnDrop::new(builder.create_private().unwrap());
        Real {
            attached: Vec::new(),
            second: SharedMemory::from_id(first.id()).unwrap(),
            first,
        }
    }

    pub fn state(&self) -> Outcome<State> {
        let status = outcome(self.second.status())?;
        let attached = status.attach_count();
        Ok((status.size(), attached, status.marked_for_removal()))
    }

    /// Returns the contents that each attachment shows.
    pub fn contents(&self) -> impl Iterator<Item = Vec<u8>> {
        let all = |memory: &Attached| memory.readable().read_to_vec(..).unwrap();
        self.attached.iter().map(all)
    }

    pub fn act(&mut self, action: &Action) -> Outcome<Gain> {
        let attachments = self.attached.len();
        let nothing = |()| Gain::Nothing;
        outcome(match action {
            Action::Attach { read_only, second } => {
                let handle: &SharedMemory = if *second { &self.second } else { &self.first };
                let attached = if *read_only {
                    handle.attach_read_only().map(Attached::ReadOnly)
                } else {
                    handle.attach().map(Attached::Writable)
                };
                attached
                    .map(|attached| self.attached.push(attached))
                    .map(nothing)
            }
            Action::Remove => self.second.remove().map(nothing),
            _ if attachments == 0 => Ok(Gain::Nothing),
            Action::Detach(index) => {
                drop(self.attached.remove(index.index(attachments)));
                Ok(Gain::Nothing)
            }
            Action::RemoveWhenDetached(index) => {
                let memory = self.attached[index.index(attachments)].writable();
                let removed = memory.map_or(Ok(()), Attachment::remove_when_detached);
                removed.map(nothing)
            }
            Action::Memory(index, on) => access(&self.attached[index.index(attachments)], on),
        })
    }
}

fn access(memory: &Attached, on: &Access) -> Result<Gain> {
    let readable = memory.readable();
    match (on, memory.writable()) {
        (Access::Read(length, offset), _) => {
            let mut bytes = vec![0; *length];
            readable.read_at(&mut bytes, *offset)?;
            Ok(Gain::Bytes(bytes))
        }
        (Access::ReadToVec(range), _) => readable.read_to_vec(*range).map(Gain::Bytes),
        (Access::ReadValue(width, offset), _) => value(readable, *width, *offset).map(Gain::Number),
        (Access::Add(width, _, offset), None) => load(readable, *width, *offset).map(Gain::Number),
        (Access::Add(width, more, offset), Some(memory)) => {
            add(memory, *width, *more, *offset).map(Gain::Number)
        }
        (Access::Cursor(steps), None) => {
            let mut cursor = readable.read_cursor();
            let steps = steps.iter().map(|step| {
                let gain = read_step(&mut cursor, step);
                (gain, cursor.position())
            });
            Ok(Gain::Stream(steps.collect()))
        }
        (Access::Cursor(steps), Some(memory)) => {
            let mut cursor = memory.cursor();
            let steps = steps.iter().map(|step| {
                let gain = stream(&mut cursor, step);
                (gain, cursor.position())
            });
            Ok(Gain::Stream(steps.collect()))
        }
        (_, None) => Ok(Gain::Nothing),
        (Access::Write(bytes, offset), Some(memory)) => {
            memory.write_at(bytes, *offset).map(|()| Gain::Nothing)
        }
        (Access::WriteValue(width, value, offset), Some(memory)) => {
            write(memory, *width, *value, *offset).map(|()| Gain::Nothing)
        }
        (Access::Fill(range, byte), Some(memory)) => {
            memory.fill(*range, *byte).map(|()| Gain::Nothing)
        }
    }
}

fn stream(
    cursor: &mut (impl Read + Write + Seek),
    step: &Stream,
) -> std::result::Result<Vec<u8>, std::io::ErrorKind> {
    match step {
        Stream::Write(text) => write_some(cursor, text),
        Stream::WriteAll(text) => write_all(cursor, text),
        step => read_step(cursor, step),
    }
}

fn value(memory: &ReadOnlyAttachment, width: Width, offset: usize) -> Result<u64> {
    match width {
        Width::One => memory.read_value::<u8>(offset).map(u64::from),
        Width::Two => memory.read_value::<u16>(offset).map(u64::from),
        Width::Four => memory.read_value::<u32>(offset).map(u64::from),
        Width::Eight => memory.read_value::<u64>(offset),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "only the low bits are used"
)]
fn write(memory: &Attachment, width: Width, value: u64, offset: usize) -> Result<()> {
    match width {
        Width::One => memory.write_value(&(value as u8), offset),
        Width::Two => memory.write_value(&(value as u16), offset),
        Width::Four => memory.write_value(&(value as u32), offset),
        Width::Eight => memory.write_value(&value, offset),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "only the low bits are used"
)]
fn add(memory: &Attachment, width: Width, more: u64, offset: usize) -> Result<u64> {
    let order = Ordering::SeqCst;
    match width {
        Width::One => Ok(memory
            .atomic_u8(offset)?
            .fetch_add(more as u8, order)
            .into()),
        Width::Two => Ok(memory
            .atomic_u16(offset)?
            .fetch_add(more as u16, order)
            .into()),
        Width::Four => Ok(memory
            .atomic_u32(offset)?
            .fetch_add(more as u32, order)
            .into()),
        Width::Eight => Ok(memory.atomic_u64(offset)?.fetch_add(more, order)),
    }
}

fn load(memory: &ReadOnlyAttachment, width: Width, offset: usize) -> Result<u64> {
    let order = Ordering::SeqCst;
    match width {
        Width::One => memory.load_u8(offset, order).map(u64::from),
        Width::Two => memory.load_u16(offset, order).map(u64::from),
        Width::Four => memory.load_u32(offset, order).map(u64::from),
        #[cfg(target_pointer_width = "64")]
        Width::Eight => memory.load_u64(offset, order),
        // Targets with narrower registers have no such load: this copies, and fails where a load would fail.
        #[cfg(not(target_pointer_width = "64"))]
        Width::Eight if offset % 8 != 0 => memory.load_u32(offset | 1, order).map(u64::from),
        #[cfg(not(target_pointer_width = "64"))]
        Width::Eight => memory.read_value::<u64>(offset),
    }
}
