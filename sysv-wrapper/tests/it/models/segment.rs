//! A segment compared with its model: copies, values, fills, ranges, atomics, cursors, attaching and detaching,
//! removal, through two handles and several attachments. This file defines the operations and runs them on both: the
//! model is in `model.rs`, the real segment in `real.rs`.

mod model;
mod real;

use std::io::SeekFrom;
use std::ops::Bound;
use std::time::Instant;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{Outcome, sequences};
use crate::support::DEADLINE;
use model::{Model, State};
use real::Real;

/// A range in any form.
type Range = (Bound<usize>, Bound<usize>);

/// The size of an atomic number, or of a value.
#[derive(Debug, Copy, Clone)]
enum Width {
    One,
    Two,
    Four,
    Eight,
}

/// A step of a cursor.
#[derive(Debug, Clone)]
enum Stream {
    Read(usize),
    Write(Vec<u8>),
    WriteAll(Vec<u8>),
    Seek(SeekFrom),
    ReadToEnd,
}

/// One operation. Operations on memory use one of the attachments.
#[derive(Debug, Clone)]
enum Action {
    /// Attaches for reading only, or for writing too; through the first handle or the second.
    Attach {
        read_only: bool,
        second: bool,
    },
    Detach(Index),
    Remove,
    /// Removal by an attachment.
    RemoveWhenDetached(Index),
    Memory(Index, Access),
}

/// An operation on memory.
#[derive(Debug, Clone)]
enum Access {
    Read(usize, usize),
    ReadToVec(Range),
    ReadValue(Width, usize),
    Write(Vec<u8>, usize),
    WriteValue(Width, u64, usize),
    Fill(Range, u8),
    /// Adds to an atomic number, and returns the previous value; on a read-only attachment, loads it.
    Add(Width, u64, usize),
    /// Performs these steps with a new cursor.
    Cursor(Vec<Stream>),
}

/// The result of a successful operation.
#[derive(Debug, PartialEq)]
enum Gain {
    Nothing,
    Bytes(Vec<u8>),
    Number(u64),
    /// The result of each step of a cursor, and its position afterwards.
    Stream(Vec<(Result<Vec<u8>, std::io::ErrorKind>, u64)>),
}

/// The maximum size of a segment: more than a page on most machines.
const MOST: usize = 9000;

/// Generates an offset near the beginning or the end of the segment, or beyond.
fn place(size: usize) -> BoxedStrategy<usize> {
    one_of![
        10 => 0..40_usize,
        10 => 0..size,
        10 => size.saturating_sub(20)..size + 5,
        1 => Just(usize::MAX),
        1 => Just(usize::MAX - 7),
    ]
}

fn bytes() -> BoxedStrategy<Vec<u8>> {
    one_of![
        20 => vec(any::<u8>(), 0..24),
        1 => (any::<u8>(), 0..MOST).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn range(size: usize) -> BoxedStrategy<Range> {
    let bound = move || {
        one_of![
            3 => place(size).prop_map(Bound::Included),
            3 => place(size).prop_map(Bound::Excluded),
            1 => Just(Bound::Unbounded),
        ]
    };
    (bound(), bound()).boxed()
}

fn width() -> BoxedStrategy<Width> {
    one_of![
        Just(Width::One),
        Just(Width::Two),
        Just(Width::Four),
        Just(Width::Eight)
    ]
}

fn stream(size: usize) -> BoxedStrategy<Stream> {
    let distance = one_of![
        10 => -40..40_i64,
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
    ];
    let to = one_of![
        4 => place(size).prop_map(|place| SeekFrom::Start(place as u64)),
        4 => distance.clone().prop_map(SeekFrom::Current),
        4 => distance.prop_map(SeekFrom::End),
    ];
    one_of![
        6 => (0..60_usize).prop_map(Stream::Read),
        6 => bytes().prop_map(Stream::Write),
        3 => bytes().prop_map(Stream::WriteAll),
        6 => to.prop_map(Stream::Seek),
        1 => Just(Stream::ReadToEnd),
    ]
}

fn access(size: usize) -> BoxedStrategy<Access> {
    let at = move || place(size);
    one_of![
        4 => (one_of![20 => 0..60_usize, 1 => 0..MOST], at()).prop_map(|(length, at)| Access::Read(length, at)),
        4 => range(size).prop_map(Access::ReadToVec),
        3 => (width(), at()).prop_map(|(width, at)| Access::ReadValue(width, at)),
        6 => (bytes(), at()).prop_map(|(bytes, at)| Access::Write(bytes, at)),
        3 => (width(), any::<u64>(), at()).prop_map(|(width, value, at)| Access::WriteValue(width, value, at)),
        3 => (range(size), any::<u8>()).prop_map(|(range, byte)| Access::Fill(range, byte)),
        4 => (width(), any::<u64>(), at()).prop_map(|(width, value, at)| Access::Add(width, value, at)),
        3 => vec(stream(size), 1..8).prop_map(Access::Cursor),
    ]
}

fn action(size: usize) -> BoxedStrategy<Action> {
    one_of![
        3 => (any::<bool>(), any::<bool>())
            .prop_map(|(read_only, second)| Action::Attach { read_only, second }),
        2 => any::<Index>().prop_map(Action::Detach),
        1 => Just(Action::Remove),
        1 => any::<Index>().prop_map(Action::RemoveWhenDetached),
        40 => (any::<Index>(), access(size)).prop_map(|(index, access)| Action::Memory(index, access)),
    ]
}

/// Generates a size, the initial byte, and the actions.
fn play() -> BoxedStrategy<(usize, Option<u8>, Vec<Action>)> {
    let size = one_of![1..40_usize, 4080..4110_usize, 1..MOST];
    (size, any::<Option<u8>>())
        .prop_flat_map(|(size, fill)| (Just(size), Just(fill), vec(action(size), 0..60)))
        .boxed()
}

/// Returns the state, after waiting for the expected one: a process that another test starts shares all attachments of
/// this process from its fork until its exec.
fn settled(real: &Real, expected: &Outcome<State>) -> Outcome<State> {
    let end = Instant::now() + DEADLINE;
    loop {
        let state = real.state();
        if state == *expected || Instant::now() > end {
            return state;
        }
        std::thread::yield_now();
    }
}

proptest! {
    #![proptest_config(sequences(200))]

    /// Each operation returns what the model returns, and every attachment shows the same bytes.
    #[test]
    fn a_segment_is_what_its_model_is((size, fill, actions) in play()) {
        let mut real = Real::new(size, fill);
        let mut model = Model::new(size, fill);
        for action in &actions {
            prop_assert_eq!(real.act(action), model.act(action), "{:?}", action);
            prop_assert_eq!(settled(&real, &model.state()), model.state(), "{:?}", action);
        }
        for bytes in real.contents() {
            prop_assert_eq!(bytes, model.bytes());
        }
    }
}
