//! `sysvipc send`, `receive`, `read` and `write`: the contents of queues and segments, for shell scripts.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;

use serde::Serialize;
use sysv_wrapper::{Kind, Limit, Limits, Message, MessageQueue, MessageType, Selector};

use crate::cli::{ReadArgs, ReceiveArgs, SelectorArgs, SendArgs, Target, WaitArgs, WriteArgs};
use crate::exit::{Failure, Result, Status, warn};
use crate::object::{Text, no_target};
use crate::stdio::{self, Output};

/// How many bytes of a segment `read` copies at a time.
const CHUNK: usize = 1 << 16;

/// Bytes in JSON: as text if they are UTF-8, and in hexadecimal digits.
#[derive(Debug, Serialize)]
struct Bytes<'bytes> {
    length: usize,
    text: Option<&'bytes str>,
    hex: Text<Hex<'bytes>>,
}

impl Bytes<'_> {
    fn new(bytes: &[u8]) -> Bytes<'_> {
        Bytes {
            length: bytes.len(),
            text: std::str::from_utf8(bytes).ok(),
            hex: Text(Hex(bytes)),
        }
    }
}

/// Bytes in hexadecimal digits, which are written piece by piece.
#[derive(Debug)]
struct Hex<'bytes>(&'bytes [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = String::new();
        for piece in self.0.chunks(512) {
            digits.clear();
            for byte in piece {
                digits.push(char::from(DIGITS[usize::from(byte >> 4)]));
                digits.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
            f.write_str(&digits)?;
        }
        Ok(())
    }
}

/// Sends a message.
pub(crate) fn send(args: SendArgs) -> Result {
    let (id, text) = match (args.key, args.id, args.text) {
        (Some(_), Some(_), Some(_)) => {
            return Err(Failure::usage(
                "name the queue by its id or with --key, and not both",
            ));
        }
        (Some(_), text, None) | (Some(_), None, text) => (None, text),
        (None, None, _) => return Err(no_target()),
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
        _ => {
            let limit = message_limit();
            let most = limit.map_or(usize::MAX, |limit| {
                usize::try_from(limit.value()).unwrap_or(usize::MAX)
            });
            // One more byte is enough to know that the message is too long.
            let bytes = input(most.saturating_add(1))?;
            if bytes.len() > most {
                let sysctl = limit.and_then(|limit| limit.sysctl());
                let advice = sysctl.map_or_else(String::new, |sysctl| {
                    format!("; `sysctl {sysctl}` sets this limit")
                });
                let text = format!(
                    "cannot send standard input: it is longer than {most} bytes, the limit MSGMAX on a message{advice}"
                );
                return Err(Failure::new(Status::Limit, text));
            }
            bytes
        }
    };
    let WaitArgs { no_wait, timeout } = args.wait;
    match timeout {
        _ if no_wait => queue.try_send(args.message_type, &bytes)?,
        Some(time) => queue.send_timeout(args.message_type, &bytes, time)?,
        None => queue.send(args.message_type, &bytes)?,
    }
    Ok(())
}

/// Returns the limit on the bytes of a message, if the system gives it.
fn message_limit() -> Option<Limit> {
    let limits = Limits::of(Kind::MessageQueue).ok()?;
    limits
        .iter()
        .find(|limit| limit.name() == "MSGMAX")
        .copied()
}

/// A message in JSON.
#[derive(Debug, Serialize)]
struct Received<'bytes> {
    #[serde(rename = "type")]
    message_type: MessageType,
    #[serde(flatten)]
    bytes: Bytes<'bytes>,
}

/// Receives a message, and writes it to standard output.
pub(crate) fn receive(args: &ReceiveArgs, out: Output) -> Result {
    let queue = args.target.queue()?;
    let SelectorArgs {
        exact,
        up_to,
        except,
    } = args.selector;
    let selector = exact
        .map(Selector::Exact)
        .or(up_to.map(Selector::UpTo))
        .or(except.map(Selector::Except))
        .unwrap_or_default();
    let message = match args.wait {
        WaitArgs { no_wait: true, .. } => queue.try_receive(selector)?,
        WaitArgs {
            timeout: Some(time),
            ..
        } => queue.receive_timeout(selector, time)?,
        WaitArgs { .. } => queue.receive(selector)?,
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

/// Writes the bytes unchanged; on a terminal, with a line end.
fn raw(bytes: &[u8], mut out: Output) -> Result {
    out.write_all(bytes)?;
    if out.is_terminal() && !bytes.ends_with(b"\n") {
        return out.finish_line();
    }
    out.finish()
}

/// Sends a message that could not be written back to the end of its queue.
fn put_back(queue: &MessageQueue, message: &Message, failure: Failure) -> Failure {
    if let Some(text) = failure.text {
        warn(text);
    }
    let text = match queue.try_send(message.message_type, &message.bytes) {
        Ok(()) => "the message could not be written, and is at the end of the queue now".to_owned(),
        Err(error) => format!("the message could not be written, and is lost: {error}"),
    };
    Failure::new(Status::Failed, text)
}

/// A part of a segment in JSON.
#[derive(Debug, Serialize)]
struct Part<'bytes> {
    offset: usize,
    #[serde(flatten)]
    bytes: Bytes<'bytes>,
}

/// Writes a segment to standard output.
pub(crate) fn read(args: &ReadArgs, mut out: Output) -> Result {
    let memory = args.target.segment()?.attach_read_only()?;
    let offset = args.offset;
    let end = args
        .length
        .map_or(memory.len(), |length| offset.saturating_add(length));
    let end = end.min(memory.len());
    if args.json {
        let bytes = memory.read_to_vec(offset..end.max(offset))?;
        return out.json(&Part {
            offset,
            bytes: Bytes::new(&bytes),
        });
    }
    let mut next = offset;
    loop {
        // At least once: an offset beyond the end is an error.
        let stop = next.saturating_add(CHUNK).min(end).max(next);
        let bytes = memory.read_to_vec(next..stop)?;
        out.write_all(&bytes)?;
        next = stop;
        if next >= end {
            return out.finish();
        }
    }
}

/// Writes standard input into a segment.
pub(crate) fn write(args: &WriteArgs) -> Result {
    let memory = args.target.segment()?.attach()?;
    let room = memory.len().saturating_sub(args.offset);
    // One more byte is enough to know that the input does not fit.
    let bytes = input(room.saturating_add(1))?;
    if bytes.len() > room {
        return Err(Failure::usage(format!(
            "cannot write standard input to the segment: it is longer than the {room} bytes behind offset {}; nothing \
             was written",
            args.offset
        )));
    }
    memory.write_at(&bytes, args.offset)?;
    Ok(())
}

/// Reads standard input up to its end, or up to `most` bytes.
fn input(most: usize) -> Result<Vec<u8>> {
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
