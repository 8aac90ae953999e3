//! `sysvipc send`, `receive`, `read` and `write`: objects for shell scripts, whatever bytes are in them.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;

use serde::Serialize;
use sysv_wrapper::{Message, MessageQueue, MessageType, Selector};

use crate::cli::{Patience, ReadArgs, ReceiveArgs, SendArgs, Target, Which, WriteArgs};
use crate::exit::{Failure, Outcome, Status, complain};
use crate::object::nothing;
use crate::stdio::{self, Output};

/// How much of a segment is copied at once.
const PIECE: usize = 1 << 16;

/// Bytes in JSON: as text if they are some, and in hexadecimal digits.
#[derive(Debug, Serialize)]
struct Bytes {
    length: usize,
    text: Option<String>,
    hex: String,
}

impl Bytes {
    fn new(bytes: &[u8]) -> Bytes {
        let mut hex = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // A string takes everything.
            let _ = write!(hex, "{byte:02x}");
        }
        Bytes {
            length: bytes.len(),
            text: std::str::from_utf8(bytes).ok().map(str::to_owned),
            hex,
        }
    }
}

/// Sends.
pub(crate) fn send(args: SendArgs) -> Outcome {
    let (id, text) = match (args.key, args.id, args.text) {
        (Some(_), Some(_), Some(_)) => {
            return Err(Failure::usage(
                "name the queue by its id or with --key, and not both",
            ));
        }
        (Some(_), text, None) | (Some(_), None, text) => (None, text),
        (None, None, _) => return Err(nothing()),
        (None, Some(id), text) => {
            let number = id.to_str().and_then(|id| id.parse().ok());
            let number = number.ok_or_else(|| {
                Failure::usage(format!(
                    "`{}` is not the id of a queue",
                    id.to_string_lossy()
                ))
            })?;
            (Some(number), text)
        }
    };
    let queue = Target { id, key: args.key }.queue()?;
    let bytes = match text {
        Some(text) if text != "-" => text.into_vec(),
        _ => input(usize::MAX)?,
    };
    let Patience { no_wait, timeout } = args.patience;
    match timeout {
        _ if no_wait => queue.try_send(args.message_type, &bytes)?,
        Some(time) => queue.send_timeout(args.message_type, &bytes, time)?,
        None => queue.send(args.message_type, &bytes)?,
    }
    Ok(())
}

/// A message in JSON.
#[derive(Debug, Serialize)]
struct Received {
    #[serde(rename = "type")]
    message_type: MessageType,
    #[serde(flatten)]
    bytes: Bytes,
}

/// Receives.
pub(crate) fn receive(args: &ReceiveArgs, out: Output) -> Outcome {
    let queue = args.target.queue()?;
    let Which {
        exact,
        up_to,
        except,
    } = args.which;
    let selector = exact
        .map(Selector::Exact)
        .or(up_to.map(Selector::UpTo))
        .or(except.map(Selector::Except))
        .unwrap_or_default();
    let message = match args.patience {
        Patience { no_wait: true, .. } => queue.try_receive(selector)?,
        Patience {
            timeout: Some(time),
            ..
        } => queue.receive_timeout(selector, time)?,
        Patience { .. } => queue.receive(selector)?,
    };
    let written = if args.json {
        out.json(&Received {
            message_type: message.message_type,
            bytes: Bytes::new(&message.bytes),
        })
    } else {
        raw(&message.bytes, out)
    };
    written.map_err(|failure| put_back(&queue, &message, failure))
}

/// The bytes as they are; for a person, on a line of their own.
fn raw(bytes: &[u8], mut out: Output) -> Outcome {
    out.write_all(bytes)?;
    if out.is_terminal() && !bytes.ends_with(b"\n") {
        return out.finish_line();
    }
    out.finish()
}

/// A message that was taken off the queue and got nowhere goes back, to the end.
fn put_back(queue: &MessageQueue, message: &Message, failure: Failure) -> Failure {
    if let Some(text) = failure.text {
        complain(text);
    }
    let text = match queue.try_send(message.message_type, &message.bytes) {
        Ok(()) => "the message could not be written, and is at the end of the queue now".to_owned(),
        Err(error) => format!("the message could not be written, and is lost: {error:#}"),
    };
    Failure::new(Status::Failed, text)
}

/// A piece of a segment in JSON.
#[derive(Debug, Serialize)]
struct Piece {
    offset: usize,
    #[serde(flatten)]
    bytes: Bytes,
}

/// Reads.
pub(crate) fn read(args: &ReadArgs, mut out: Output) -> Outcome {
    let memory = args.target.segment()?.attach_read_only()?;
    let offset = args.offset;
    let end = args
        .length
        .map_or(memory.len(), |length| offset.saturating_add(length));
    let end = end.min(memory.len());
    if args.json {
        let bytes = memory.read_to_vec(offset..end.max(offset))?;
        return out.json(&Piece {
            offset,
            bytes: Bytes::new(&bytes),
        });
    }
    let mut next = offset;
    loop {
        // At least once, so that an offset beyond the end is an error.
        let stop = next.saturating_add(PIECE).min(end).max(next);
        let bytes = memory.read_to_vec(next..stop)?;
        out.write_all(&bytes)?;
        next = stop;
        if next >= end {
            return out.finish();
        }
    }
}

/// Writes.
pub(crate) fn write(args: &WriteArgs) -> Outcome {
    let memory = args.target.segment()?.attach()?;
    let room = memory.len().saturating_sub(args.offset);
    // One more than there is room for is too much already.
    let bytes = input(room.saturating_add(1))?;
    if bytes.len() > room {
        return Err(Failure::usage(format!(
            "cannot write standard input to the segment: from offset {} on it has room for {room} bytes, and there \
             are more; nothing was written",
            args.offset
        )));
    }
    memory.write_at(&bytes, args.offset)?;
    Ok(())
}

/// Standard input up to its end, or up to `most` bytes.
fn input(most: usize) -> Outcome<Vec<u8>> {
    if stdio::input_was_closed() {
        return Err(Failure::new(
            Status::Failed,
            "cannot read standard input: it is closed",
        ));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| Failure::input(&error))?;
    Ok(bytes)
}
