//! Sets of semaphores compared with their model: acquire, release, wait for zero, locks, operations and setting values,
//! with each kind of wait, with undo and without, through two handles. This file defines the operations and runs them
//! on both: the model is in `model.rs`, the real set in `real.rs`.

mod model;
mod real;

use super::choices::{Choices, Index, for_all, same};
use super::outcome;
use crate::support::fork::in_forked_child;
use model::Model;
use real::Real;

/// The kind of a step.
#[derive(Debug, Copy, Clone)]
enum Verb {
    Acquire(u32),
    Release(u32),
    UntilZero,
}

/// A step of an operation.
#[derive(Debug, Copy, Clone)]
struct Step {
    number: usize,
    verb: Verb,
    undo: bool,
    no_wait: bool,
}

impl Step {
    /// A step that never waits and changes nothing.
    const IDLE: Step = Step {
        number: 0,
        verb: Verb::UntilZero,
        undo: false,
        no_wait: true,
    };
}

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
    /// A long time: for a step with the flag not to wait.
    Long,
}

/// One operation.
#[derive(Debug, Clone)]
enum Action {
    /// By the methods of one semaphore.
    One(usize, Verb, bool, Way),
    /// By an operation of the set.
    Several(Vec<Step>, Way),
    /// This number of steps that do nothing.
    Many(usize),
    /// A flag before any step.
    Misplaced(bool),
    Lock(usize, Way),
    /// Drops one of the guards, or releases it.
    Unlock(Index, bool),
    Set(usize, u32),
    SetAll(Vec<u16>),
    Remove,
}

fn number(choices: &mut Choices) -> usize {
    match choices.case([40, 2, 1, 1]) {
        0 => choices.size(0..3),
        1 => choices.size(3..6),
        2 => 65_535,
        _ => 65_536,
    }
}

fn amount(choices: &mut Choices) -> u32 {
    match choices.case([20, 3, 1, 1, 1]) {
        0 => choices.number(1..4),
        1 => 32_767,
        2 => choices.number(32_760..32_770),
        3 => 0,
        _ => choices.number(0..1 << 32),
    }
}

fn verb(choices: &mut Choices) -> Verb {
    match choices.case([4, 4, 1]) {
        0 => Verb::Release(amount(choices)),
        1 => Verb::Acquire(amount(choices)),
        _ => Verb::UntilZero,
    }
}

fn way(choices: &mut Choices) -> Way {
    match choices.case([6, 3, 1, 1, 1]) {
        0 => Way::Plain,
        1 => Way::Try,
        2 => Way::Zero,
        3 => Way::Past,
        _ => Way::Briefly,
    }
}

fn value(choices: &mut Choices) -> u16 {
    match choices.case([8, 2, 1]) {
        0 => choices.number(0..4),
        1 => choices.number(32_760..32_768),
        _ => choices.number(0..1 << 16),
    }
}

fn first_value(choices: &mut Choices) -> u16 {
    match choices.case([6, 1]) {
        0 => choices.number(0..4),
        _ => choices.number(32_760..32_768),
    }
}

fn step(choices: &mut Choices) -> Step {
    Step {
        number: number(choices),
        verb: verb(choices),
        undo: choices.flag(),
        no_wait: choices.flag(),
    }
}

fn action(choices: &mut Choices) -> Action {
    match choices.case([40, 40, 1, 1, 10, 10, 5, 3, 1]) {
        0 => Action::One(number(choices), verb(choices), choices.flag(), way(choices)),
        1 => Action::Several(choices.several(9, step), way(choices)),
        2 => Action::Many(choices.size(499..502)),
        3 => Action::Misplaced(choices.flag()),
        4 => Action::Lock(number(choices), way(choices)),
        5 => Action::Unlock(choices.index(), choices.flag()),
        6 if choices.case([8, 1]) == 0 => Action::Set(number(choices), value(choices).into()),
        6 => Action::Set(number(choices), choices.number(0..1 << 32)),
        7 => {
            let count = choices.size(2..5);
            Action::SetAll((0..count).map(|_| value(choices)).collect())
        }
        _ => Action::Remove,
    }
}

/// Generates initial values, and actions, each with one of two handles.
fn play(choices: &mut Choices) -> ([u16; 3], Vec<(bool, Action)>) {
    let values = std::array::from_fn(|_| first_value(choices));
    let actions = choices.several(40, |choices| (choices.flag(), action(choices)));
    (values, actions)
}

/// Rows C4, N2, P24: each operation returns what the model returns, and is performed completely or not at all.
#[test]
fn a_set_is_what_its_model_is() {
    for_all(300, play, |(values, actions)| {
        let mut real = Real::new(values);
        let mut model = Model::new(values);
        for (second, action) in actions {
            let (told, way) = model.act(action);
            same(&real.act(*second, action, way), &told, action)?;
            same(&outcome(real.values()), &model.values(), action)?;
        }
        Ok(())
    });
}

/// Rows C4, S13: exactly the operations with undo are undone when a process ends, including its guards.
#[test]
fn an_end_undoes_what_the_model_says() {
    for_all(100, play, |(values, actions)| {
        let mut real = Real::new(values);
        let mut model = Model::new(values);
        let told: Vec<_> = actions
            .iter()
            .map(|(_, action)| model.act(action))
            .collect();
        let differing = in_forked_child(|| {
            let same = |((second, action), (told, way)): (&(bool, Action), &(_, _))| {
                real.act(*second, action, *way) == *told
            };
            i32::from(!actions.iter().zip(&told).all(same))
        });
        same(&differing, &0, &"outcomes in the child")?;
        model.end();
        same(&outcome(real.values()), &model.values(), &"after its end")
    });
}
