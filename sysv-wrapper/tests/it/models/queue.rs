//! A queue compared with its model: sending and receiving in each form and with each kind of wait, selecting,
//! truncating, peeking, changing the maximum, through two handles. This file defines the operations and runs them on
//! both: the model is in `model.rs`, the real queue in `real.rs`.

mod model;
mod real;

use std::sync::LazyLock;

use crate::support;
use sysv_wrapper::{MessageType, Selector};

use super::choices::{Choices, for_all, same};
use model::Model;
use real::Real;

/// The kind of wait. The plain form, which would never return from an impossible operation, is used only for possible
/// ones.
#[derive(Debug, Copy, Clone)]
enum Way {
    Plain,
    Try,
    /// A zero time.
    Zero,
    /// An instant in the past.
    Past,
    /// A short time.
    Briefly,
}

/// The text of a message, by its length and its first byte.
#[derive(Debug, Copy, Clone)]
struct Text(usize, u8);

impl Text {
    fn bytes(self) -> Vec<u8> {
        let Text(length, first) = self;
        let numbers = (0..length).map(|place| u8::try_from(place % 251).unwrap());
        numbers.map(|number| number.wrapping_add(first)).collect()
    }
}

/// The form of receiving a message.
#[derive(Debug, Copy, Clone)]
enum Form {
    /// As a `Message`.
    Whole,
    /// Into a slice of this length.
    Into(usize),
    /// Into a slice of this length, truncated.
    Truncated(usize),
    /// Into a buffer of this capacity.
    Buffer(usize),
}

/// One operation.
#[derive(Debug, Clone)]
enum Action {
    /// From a slice or from a buffer.
    Send(MessageType, Text, bool, Way),
    Receive(Selector, Form, Way),
    Peek(usize),
    /// All messages, one after the other.
    Look,
    SetRoom(u64),
    Remove,
}

/// The result of a successful operation.
#[derive(Debug, PartialEq)]
enum Gain {
    Nothing,
    /// A message, or a part of it.
    Message(MessageType, Vec<u8>),
    All(Vec<(MessageType, Vec<u8>)>),
}

fn way(choices: &mut Choices) -> Way {
    match choices.case([8, 3, 1, 1, 1]) {
        0 => Way::Plain,
        1 => Way::Try,
        2 => Way::Zero,
        3 => Way::Past,
        _ => Way::Briefly,
    }
}

/// Generates few types, so that they coincide, and the ends of their range.
fn message_type(choices: &mut Choices) -> MessageType {
    match choices.case([40, 1, 1, 1, 1]) {
        0 => choices.number(1..6),
        1 => 0,
        2 => -1,
        3 => MessageType::MAX,
        _ => MessageType::MIN,
    }
}

/// Generates small lengths, lengths around the buffer on the stack, and lengths around the system's maximum.
fn length(choices: &mut Choices) -> usize {
    match choices.case([20, 3, 2, 1]) {
        0 => choices.size(0..40),
        1 => choices.size(4090..4100),
        2 => choices.size(8185..8195),
        _ => 20_000,
    }
}

fn selector(choices: &mut Choices) -> Selector {
    match choices.case([3, 1, 1, 1]) {
        0 => Selector::Any,
        1 => Selector::Exact(message_type(choices)),
        2 => Selector::UpTo(message_type(choices)),
        _ => Selector::Except(message_type(choices)),
    }
}

fn form(choices: &mut Choices) -> Form {
    match choices.case([1; 4]) {
        0 => Form::Whole,
        1 => Form::Into(length(choices)),
        2 => Form::Truncated(length(choices)),
        _ => Form::Buffer(length(choices)),
    }
}

fn room(choices: &mut Choices) -> u64 {
    match choices.case([6, 3, 1]) {
        0 => choices.number(0..100),
        1 => choices.number(4096..16_385),
        _ => (1 << 31) + (choices.word() >> 1),
    }
}

fn action(choices: &mut Choices) -> Action {
    match choices.case([30, 24, 4, 1, 3, 1]) {
        0 => Action::Send(
            message_type(choices),
            Text(length(choices), choices.byte()),
            choices.flag(),
            way(choices),
        ),
        1 => Action::Receive(selector(choices), form(choices), way(choices)),
        2 if choices.case([9, 1]) == 0 => Action::Peek(choices.size(0..6)),
        2 => Action::Peek(usize::MAX),
        3 => Action::Look,
        4 => Action::SetRoom(room(choices)),
        _ => Action::Remove,
    }
}

/// Whether this system supports peeking at messages.
static LOOKS: LazyLock<bool> =
    LazyLock::new(|| support::sees_messages(test_name!("a_queue_is_what_its_model_is")));

/// Each operation returns what the model returns, and the kernel's counts are those of the model.
#[test]
fn a_queue_is_what_its_model_is() {
    let play = |choices: &mut Choices| {
        let mut actions = choices.several(60, |choices| (choices.flag(), action(choices)));
        if !*LOOKS {
            actions.retain(|(_, action)| !matches!(action, Action::Peek(_) | Action::Look));
        }
        actions
    };
    for_all(300, play, |actions| {
        let real = Real::new();
        let mut model = Model::new(real.room());
        for (second, action) in actions {
            let (told, way) = model.act(action);
            same(&real.act(*second, action, way), &told, action)?;
            same(&real.counts(), &model.counts(), action)?;
        }
        Ok(())
    });
}
