//! The model of a queue: messages in order, and a maximum number of bytes. It reads nothing from the kernel except its
//! limit.

use std::collections::VecDeque;

use sysv_wrapper::{ErrorKind, MessageType, Selector};

use super::{Action, Form, Gain, Text, Way};
use crate::models::Outcome;

/// The observable counts: messages, their bytes, the maximum; and whether any message was ever sent or received.
pub type Counts = (u64, u64, u64, bool, bool);

/// A queue.
#[derive(Debug)]
pub struct Model {
    messages: VecDeque<(MessageType, Vec<u8>)>,
    room: u64,
    /// MSGMAX.
    longest: usize,
    sent: bool,
    received: bool,
    removed: bool,
}

/// The reason why an operation would have to wait.
enum Hindrance {
    Error(ErrorKind),
    Wait,
}

impl Model {
    pub fn new(room: u64) -> Model {
        let (_, limits) = sysv_ipc::msgctl_ipc_info().unwrap();
        Model {
            messages: VecDeque::new(),
            room,
            longest: limits.msgmax().try_into().unwrap(),
            sent: false,
            received: false,
            removed: false,
        }
    }

    pub fn counts(&self) -> Outcome<Counts> {
        self.there()?;
        let messages = self.messages.len() as u64;
        Ok((messages, self.bytes(), self.room, self.sent, self.received))
    }

    /// Performs the action, and returns its outcome and the kind of wait, which differs from the requested one only
    /// where the plain form would never return.
    pub fn act(&mut self, action: &Action) -> (Outcome<Gain>, Way) {
        match action {
            Action::Send(of, text, _, way) => wait(self.send(*of, *text), *way),
            Action::Receive(selector, form, way) => wait(self.receive(*selector, *form), *way),
            Action::Peek(index) => (self.peek(*index), Way::Plain),
            Action::Look => {
                let all = || Gain::All(self.messages.iter().cloned().collect());
                (self.there().map(|()| all()), Way::Plain)
            }
            Action::SetRoom(room) => (self.set_room(*room), Way::Plain),
            Action::Remove => {
                let told = self.there().map(|()| Gain::Nothing);
                self.removed = true;
                (told, Way::Plain)
            }
        }
    }

    fn there(&self) -> Outcome<()> {
        if self.removed {
            return Err(ErrorKind::Removed);
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.messages
            .iter()
            .map(|(_, text)| text.len() as u64)
            .sum()
    }

    fn send(&mut self, of: MessageType, text: Text) -> Result<Gain, Hindrance> {
        let length = text.0 as u64;
        if of < 1 || text.0 > self.longest {
            return Err(Hindrance::Error(ErrorKind::InvalidArgument));
        }
        self.there().map_err(Hindrance::Error)?;
        if length > self.room || self.room == 0 {
            return Err(Hindrance::Error(ErrorKind::InvalidArgument));
        }
        // The maximum also limits the number of messages.
        if self.bytes() + length > self.room || self.messages.len() as u64 >= self.room {
            return Err(Hindrance::Wait);
        }
        self.messages.push_back((of, text.bytes()));
        self.sent = true;
        Ok(Gain::Nothing)
    }

    fn receive(&mut self, selector: Selector, form: Form) -> Result<Gain, Hindrance> {
        if let Selector::Exact(of) | Selector::UpTo(of) | Selector::Except(of) = selector {
            if of < 1 {
                return Err(Hindrance::Error(ErrorKind::InvalidArgument));
            }
        }
        self.there().map_err(Hindrance::Error)?;
        let place = self.place(selector).ok_or(Hindrance::Wait)?;
        let length = self.messages[place].1.len();
        if let Form::Into(room) | Form::Buffer(room) = form {
            if length > room {
                return Err(Hindrance::Error(ErrorKind::TooBig));
            }
        }
        let taken = self.messages.remove(place);
        let (of, mut text) = taken.unwrap();
        if let Form::Truncated(room) = form {
            text.truncate(room);
        }
        self.received = true;
        Ok(Gain::Message(of, text))
    }

    /// Returns the index of the selected message.
    fn place(&self, selector: Selector) -> Option<usize> {
        let types = || self.messages.iter().map(|(of, _)| *of);
        match selector {
            Selector::Any => types().next().map(|_| 0),
            Selector::Exact(of) => types().position(|there| there == of),
            Selector::UpTo(of) => {
                let lowest = types().filter(|there| *there <= of).min()?;
                types().position(|there| there == lowest)
            }
            Selector::Except(of) => types().position(|there| there != of),
        }
    }

    fn peek(&self, index: usize) -> Outcome<Gain> {
        // No queue is that long, so the kernel is not asked.
        if MessageType::try_from(index).is_err() {
            return Ok(Gain::Nothing);
        }
        self.there()?;
        let found = self.messages.get(index).cloned();
        Ok(found.map_or(Gain::Nothing, |(of, text)| Gain::Message(of, text)))
    }

    fn set_room(&mut self, room: u64) -> Outcome<Gain> {
        if i32::try_from(room).is_err() {
            return Err(ErrorKind::InvalidArgument);
        }
        self.there()?;
        self.room = room;
        Ok(Gain::Nothing)
    }
}

/// Returns the outcome for this kind of wait.
fn wait(told: Result<Gain, Hindrance>, way: Way) -> (Outcome<Gain>, Way) {
    match (told, way) {
        (Ok(gain), way) => (Ok(gain), way),
        (Err(Hindrance::Error(kind)), way) => (Err(kind), way),
        (Err(Hindrance::Wait), Way::Plain | Way::Try) => (Err(ErrorKind::WouldBlock), Way::Try),
        (Err(Hindrance::Wait), way) => (Err(ErrorKind::TimedOut), way),
    }
}
