//! A message queue as a mailbox of two processes: types as priorities and addresses, messages that are too long,
//! and deadlines.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sysv_wrapper::{
    ErrorKind, Message, MessageBuffer, MessageQueue, MessageType, RemoveOnDrop, Selector,
};

use demos::stage::{End, Pause, Role, Stage, play, statuses};

/// A mailbox of two processes: a message queue
///
/// Every message has a type, a number from 1 on. Whoever receives says which types
/// are wanted, so that types can be priorities, or addresses. A message is sent and
/// received whole; one that is too long stays where it is. Waiting can have a
/// deadline.
#[derive(Debug, Parser)]
#[command(name = "mailbox", version, max_term_width = 80)]
#[command(after_help = EXAMPLES, after_long_help = help())]
struct Options {
    #[command(flatten)]
    pause: Pause,

    #[arg(long, hide = true)]
    role: Option<Role>,
}

const EXAMPLES: &str = "\
Examples:
  mailbox
  mailbox --pause             and in another terminal: ipcs -q";

fn help() -> String {
    format!("{EXAMPLES}\n\n{}", statuses(None))
}

/// The types. The lower, the more urgent.
const ALARM: MessageType = 1;
const LETTER: MessageType = 2;
const NEWSPAPER: MessageType = 3;
const ADVERTISEMENT: MessageType = 4;
/// Not a priority, but an address: what is for the first process.
const ANSWER: MessageType = 10;

/// The mail, in the order in which it is sent.
const MAIL: [(MessageType, &str); 5] = [
    (ADVERTISEMENT, "slightly used parrots, cheap"),
    (NEWSPAPER, "man turned into a newt, got better"),
    (LETTER, "kind regards from the cheese shop"),
    (ADVERTISEMENT, "shrubberies, one that looks nice"),
    (ALARM, "the penguin on top of the television has exploded"),
];

/// How many bytes the queue has room for: so few that it is soon full.
const ROOM: u64 = 400;

/// The first process, which makes the queue and sends.
fn first(stage: &Stage, options: &Options) -> Result<(), End> {
    stage.scene("A queue, and mail of several types in it")?;
    let queue = MessageQueue::builder().max_bytes(ROOM).create_private()?;
    let queue = RemoveOnDrop::new(queue);
    stage.say(format_args!("queue {}, room for {ROOM} bytes", queue.id()));
    for (message_type, text) in MAIL {
        queue.try_send(message_type, text.as_bytes())?;
        stage.say(format_args!("sent type {message_type}: {text}"));
    }

    stage.scene("A second process takes it out, as it likes")?;
    let mut reader = stage.start("reader", &[queue.id().as_raw()])?;
    let answer = reader.wait(stage, |time| {
        queue.receive_timeout(Selector::Exact(ANSWER), time)
    })?;
    tell(stage, "answer, by its type:", &answer);
    reader.finish(stage)?;

    stage.scene("A message longer than the buffer")?;
    queue.try_send(
        LETTER,
        b"Dear Sir, I object strongly to the letters on your programme",
    )?;
    let mut short = [0; 26];
    match queue.try_receive_into(&mut short, Selector::Any) {
        Err(error) if error.kind() == ErrorKind::TooBig => stage.say(error),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(End::Failed("it fits, and should not".to_owned())),
    }
    let waiting = queue.status()?.messages();
    stage.say(format_args!("it stayed in the queue: {waiting} message"));
    let length = queue
        .try_receive_truncated(&mut short, Selector::Any)?
        .length;
    let text = String::from_utf8_lossy(&short[..length]);
    stage.say(format_args!("received truncated, the rest is lost: {text}"));

    stage.scene("Deadlines")?;
    let time = Duration::from_millis(100);
    stage.say(format_args!("waiting {time:?} for a message:"));
    refused(stage, queue.receive_timeout(Selector::Any, time).err())?;
    let filler = MessageBuffer::new(ADVERTISEMENT, b"Spam, spam, spam, spam, egg and spam");
    let full = loop {
        stage.check()?;
        if let Err(error) = queue.try_send_buffer(&filler) {
            break error;
        }
    };
    if !full.is_would_block() {
        return Err(full.into());
    }
    let status = queue.status()?;
    let (messages, bytes) = (status.messages(), status.bytes());
    stage.say(format_args!(
        "full: {messages} messages, {bytes} bytes of {ROOM}"
    ));
    stage.say(format_args!("waiting {time:?} for room in it:"));
    refused(stage, queue.send_buffer_timeout(&filler, time).err())?;
    stage.pause(options.pause)
}

/// Says that time was over, as it has to be.
fn refused(stage: &Stage, error: Option<sysv_wrapper::Error>) -> Result<(), End> {
    match error {
        Some(error) if error.is_timed_out() => stage.say(format_args!("  {error}")),
        Some(error) => return Err(error.into()),
        None => return Err(End::Failed("it did not wait".to_owned())),
    }
    Ok(())
}

/// The process that reads the mail. All of it is there: nothing has to be waited for.
fn reader(stage: &Stage, id: i32) -> Result<(), End> {
    let queue = MessageQueue::from_id(id)?;
    while let Some(message) = taken(&queue, Selector::UpTo(LETTER))? {
        tell(stage, "most urgent, up to type 2:", &message);
    }
    match taken(&queue, Selector::Except(ADVERTISEMENT)) {
        Ok(Some(message)) => tell(stage, "anything except type 4:", &message),
        Ok(None) => return Err(End::Failed("there is nothing but type 4".to_owned())),
        Err(error) if error.is_unsupported() => stage.say(error),
        Err(error) => return Err(error.into()),
    }
    while let Some(message) = taken(&queue, Selector::UpTo(ADVERTISEMENT))? {
        tell(stage, "what is left, oldest first:", &message);
    }
    let text = format!("process {} has read everything", std::process::id());
    queue.try_send(ANSWER, text.as_bytes())?;
    Ok(())
}

/// The next message that is wanted, if there is one.
fn taken(queue: &MessageQueue, selector: Selector) -> sysv_wrapper::Result<Option<Message>> {
    match queue.try_receive(selector) {
        Err(error) if error.is_would_block() => Ok(None),
        received => received.map(Some),
    }
}

fn tell(stage: &Stage, how: &str, message: &Message) {
    let text = String::from_utf8_lossy(&message.bytes);
    stage.say(format_args!("{how} {} - {text}", message.message_type));
}

fn main() -> ExitCode {
    let options = Options::parse();
    let role = options.role.as_ref();
    play("mailbox", role, |stage| match role {
        None => first(stage, &options),
        Some(role) => {
            let [id] = role.numbers()?;
            reader(stage, id)
        }
    })
}
