//! A queue compared with its model: sending and receiving in each form and with each kind of wait, selecting,
//! truncating, peeking, changing the maximum, through two handles. This file defines the operations and runs them on
//! both: the model is in `model.rs`, the real queue in `real.rs`.

mod model;
mod real;

use std::sync::LazyLock;

use crate::support;
use proptest::collection::vec;
use proptest::prelude::*;
use sysv_wrapper::{MessageType, Selector};

use super::sequences;
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

fn way() -> BoxedStrategy<Way> {
    one_of![
        8 => Just(Way::Plain),
        3 => Just(Way::Try),
        1 => Just(Way::Zero),
        1 => Just(Way::Past),
        1 => Just(Way::Briefly),
    ]
}

/// Generates few types, so that they coincide, and the ends of their range.
fn message_type() -> BoxedStrategy<MessageType> {
    one_of![
        40 => 1..6 as MessageType,
        1 => Just(0),
        1 => Just(-1),
        1 => Just(MessageType::MAX),
        1 => Just(MessageType::MIN),
    ]
}

/// Generates small lengths, lengths around the buffer on the stack, and lengths around the system's maximum.
fn length() -> BoxedStrategy<usize> {
    one_of![
        20 => 0..40_usize,
        3 => 4090..4100_usize,
        2 => 8185..8195_usize,
        1 => Just(20_000),
    ]
}

fn selector() -> BoxedStrategy<Selector> {
    one_of![
        3 => Just(Selector::Any),
        1 => message_type().prop_map(Selector::Exact),
        1 => message_type().prop_map(Selector::UpTo),
        1 => message_type().prop_map(Selector::Except),
    ]
}

fn form() -> BoxedStrategy<Form> {
    one_of![
        Just(Form::Whole),
        length().prop_map(Form::Into),
        length().prop_map(Form::Truncated),
        length().prop_map(Form::Buffer),
    ]
}

fn action() -> BoxedStrategy<Action> {
    let text = (length(), any::<u8>()).prop_map(|(length, first)| Text(length, first));
    let room = one_of![
        6 => 0..100_u64,
        3 => 4096..16_385_u64,
        1 => (1_u64 << 31)..,
    ];
    one_of![
        30 => (message_type(), text, any::<bool>(), way())
            .prop_map(|(of, text, buffered, way)| Action::Send(of, text, buffered, way)),
        24 => (selector(), form(), way())
            .prop_map(|(selector, form, way)| Action::Receive(selector, form, way)),
        4 => one_of![9 => 0..6_usize, 1 => Just(usize::MAX)].prop_map(Action::Peek),
        1 => Just(Action::Look),
        3 => room.prop_map(Action::SetRoom),
        1 => Just(Action::Remove),
    ]
}

/// Whether this system supports peeking at messages.
static LOOKS: LazyLock<bool> =
    LazyLock::new(|| support::sees_messages(test_name!("a_queue_is_what_its_model_is")));

proptest! {
    #![proptest_config(sequences(300))]

    /// Each operation returns what the model returns, and the kernel's counts are those of the model.
    #[test]
    fn a_queue_is_what_its_model_is(mut actions in vec((any::<bool>(), action()), 0..60)) {
        if !*LOOKS {
            actions.retain(|(_, action)| !matches!(action, Action::Peek(_) | Action::Look));
        }
        let real = Real::new();
        let mut model = Model::new(real.room());
        for (second, action) in &actions {
            let (told, way) = model.act(action);
            prop_assert_eq!(real.act(*second, action, way), told, "{:?}", action);
            prop_assert_eq!(real.counts(), model.counts(), "{:?}", action);
        }
    }
}
