//! A segment compared with its model: copies, values, fills, ranges, atomics, cursors, attaching and detaching,
//! removal, through two handles and several attachments. This file defines the operations and runs them on both: the
//! model is in `model.rs`, the real segment in `real.rs`.

mod model;
mod real;

use std::io::SeekFrom;
use std::ops::Bound;
use std::time::Instant;

use super::Outcome;
use super::choices::{Choices, Index, for_all, same};
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
fn place(choices: &mut Choices, size: usize) -> usize {
    match choices.case([10, 10, 10, 1, 1]) {
        0 => choices.size(0..40),
        1 => choices.size(0..size),
        2 => choices.size(size.saturating_sub(20)..size + 5),
        3 => usize::MAX,
        _ => usize::MAX - 7,
    }
}

fn bytes(choices: &mut Choices) -> Vec<u8> {
    match choices.case([20, 1]) {
        0 => choices.several(24, Choices::byte),
        _ => vec![choices.byte(); choices.size(0..MOST)],
    }
}

fn bound(choices: &mut Choices, size: usize) -> Bound<usize> {
    match choices.case([3, 3, 1]) {
        0 => Bound::Included(place(choices, size)),
        1 => Bound::Excluded(place(choices, size)),
        _ => Bound::Unbounded,
    }
}

fn range(choices: &mut Choices, size: usize) -> Range {
    (bound(choices, size), bound(choices, size))
}

fn width(choices: &mut Choices) -> Width {
    match choices.case([1; 4]) {
        0 => Width::One,
        1 => Width::Two,
        2 => Width::Four,
        _ => Width::Eight,
    }
}

fn distance(choices: &mut Choices) -> i64 {
    match choices.case([5, 5, 1, 1]) {
        0 => choices.number(0..40),
        1 => -choices.number::<i64>(1..41),
        2 => i64::MIN,
        _ => i64::MAX,
    }
}

fn stream(choices: &mut Choices, size: usize) -> Stream {
    match choices.case([6, 6, 3, 6, 1]) {
        0 => Stream::Read(choices.size(0..60)),
        1 => Stream::Write(bytes(choices)),
        2 => Stream::WriteAll(bytes(choices)),
        3 => Stream::Seek(match choices.case([1; 3]) {
            0 => SeekFrom::Start(place(choices, size) as u64),
            1 => SeekFrom::Current(distance(choices)),
            _ => SeekFrom::End(distance(choices)),
        }),
        _ => Stream::ReadToEnd,
    }
}

fn access(choices: &mut Choices, size: usize) -> Access {
    match choices.case([4, 4, 3, 6, 3, 3, 4, 3]) {
        0 if choices.case([20, 1]) == 0 => Access::Read(choices.size(0..60), place(choices, size)),
        0 => Access::Read(choices.size(0..MOST), place(choices, size)),
        1 => Access::ReadToVec(range(choices, size)),
        2 => Access::ReadValue(width(choices), place(choices, size)),
        3 => Access::Write(bytes(choices), place(choices, size)),
        4 => Access::WriteValue(width(choices), choices.word(), place(choices, size)),
        5 => Access::Fill(range(choices, size), choices.byte()),
        6 => Access::Add(width(choices), choices.word(), place(choices, size)),
        _ => {
            let mut steps = vec![stream(choices, size)];
            steps.extend(choices.several(7, |choices| stream(choices, size)));
            Access::Cursor(steps)
        }
    }
}

fn action(choices: &mut Choices, size: usize) -> Action {
    match choices.case([3, 2, 1, 1, 40]) {
        0 => Action::Attach {
            read_only: choices.flag(),
            second: choices.flag(),
        },
        1 => Action::Detach(choices.index()),
        2 => Action::Remove,
        3 => Action::RemoveWhenDetached(choices.index()),
        _ => Action::Memory(choices.index(), access(choices, size)),
    }
}

/// Generates a size, the initial byte, and the actions.
fn play(choices: &mut Choices) -> (usize, Option<u8>, Vec<Action>) {
    let size = match choices.case([1; 3]) {
        0 => choices.size(1..40),
        1 => choices.size(4080..4110),
        _ => choices.size(1..MOST),
    };
    let fill = choices.flag().then(|| choices.byte());
    let actions = choices.several(60, |choices| action(choices, size));
    (size, fill, actions)
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

/// Each operation returns what the model returns, and every attachment shows the same bytes.
#[test]
fn a_segment_is_what_its_model_is() {
    for_all(200, play, |(size, fill, actions)| {
        let mut real = Real::new(*size, *fill);
        let mut model = Model::new(*size, *fill);
        for action in actions {
            same(&real.act(action), &model.act(action), action)?;
            same(&settled(&real, &model.state()), &model.state(), action)?;
        }
        for bytes in real.contents() {
            same(&bytes, &model.bytes().to_vec(), &"contents")?;
        }
        Ok(())
    });
}
