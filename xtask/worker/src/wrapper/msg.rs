//! Rows of queues through `sysv-wrapper`. What is sent comes back at once.

use std::hint::black_box;

use sysv_wrapper::{MessageBuffer, MessageQueue, RemoveOnDrop, Result, Selector};

use super::litter;
use crate::place::keep_apart;
use crate::{Prepared, repeat};

pub fn prepare(what: &str, first: usize) -> Prepared {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private()?);
    Ok(Some(match what {
        "in-place" => {
            let mut message = MessageBuffer::new(1, &vec![b'm'; first]);
            repeat(move || {
                queue.send_buffer(&message).unwrap();
                queue.receive_buffer(&mut message, Selector::Any).unwrap();
            })
        }
        "copied" => {
            let text = vec![b't'; first];
            let apart = keep_apart(first);
            repeat(move || {
                black_box(&apart);
                queue.send(1, &text).unwrap();
                black_box(queue.receive(Selector::Any).unwrap());
            })
        }
        "status" => repeat(move || {
            queue.status().unwrap();
        }),
        "create-remove" => repeat(|| {
            let made = MessageQueue::builder().create_private().unwrap();
            made.remove().unwrap();
        }),
        "unique" => {
            let present = litter(first, unique)?;
            repeat(move || {
                let _present = &present;
                unique().unwrap().remove().unwrap();
            })
        }
        _ => return Ok(None),
    }))
}

fn unique() -> Result<MessageQueue> {
    MessageQueue::builder().create_unique()
}
