//! Sets of semaphores compared with their model: acquire, release, wait for zero, locks, operations and setting values,
//! with each kind of wait, with undo and without, through two handles. This file defines the operations and runs them
//! on both: the model is in `model.rs`, the real set in `real.rs`.

mod model;
mod real;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{outcome, sequences};
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

fn number() -> BoxedStrategy<usize> {
    one_of![40 => 0..3_usize, 2 => 3..6_usize, 1 => Just(65_535), 1 => Just(65_536)]
}

fn verb() -> BoxedStrategy<Verb> {
    let amount = || {
        one_of![
            20 => 1..4_u32,
            3 => Just(32_767),
            1 => 32_760..32_770_u32,
            1 => Just(0),
            1 => any::<u32>(),
        ]
    };
    one_of![
        4 => amount().prop_map(Verb::Release),
        4 => amount().prop_map(Verb::Acquire),
        1 => Just(Verb::UntilZero),
    ]
}

fn way() -> BoxedStrategy<Way> {
    one_of![
        6 => Just(Way::Plain),
        3 => Just(Way::Try),
        1 => Just(Way::Zero),
        1 => Just(Way::Past),
        1 => Just(Way::Briefly),
    ]
}

fn value() -> BoxedStrategy<u16> {
    one_of![8 => 0..4_u16, 2 => 32_760..=32_767_u16, 1 => any::<u16>()]
}

fn step() -> BoxedStrategy<Step> {
    (number(), verb(), any::<bool>(), any::<bool>())
        .prop_map(|(number, verb, undo, no_wait)| Step {
            number,
            verb,
            undo,
            no_wait,
        })
        .boxed()
}

fn action() -> BoxedStrategy<Action> {
    one_of![
        40 => (number(), verb(), any::<bool>(), way())
            .prop_map(|(number, verb, undo, way)| Action::One(number, verb, undo, way)),
        40 => (vec(step(), 0..9), way()).prop_map(|(steps, way)| Action::Several(steps, way)),
        1 => one_of![Just(499), Just(500), Just(501)].prop_map(Action::Many),
        1 => any::<bool>().prop_map(Action::Misplaced),
        10 => (number(), way()).prop_map(|(number, way)| Action::Lock(number, way)),
        10 => (any::<Index>(), any::<bool>())
            .prop_map(|(index, dropped)| Action::Unlock(index, dropped)),
        5 => (number(), one_of![8 => value().prop_map(u32::from), 1 => any::<u32>()])
            .prop_map(|(number, value)| Action::Set(number, value)),
        3 => vec(value(), 2..5).prop_map(Action::SetAll),
        1 => Just(Action::Remove),
    ]
}

/// Generates initial values, and actions, each with one of two handles.
fn play() -> BoxedStrategy<(Vec<u16>, Vec<(bool, Action)>)> {
    let first = vec(one_of![6 => 0..4_u16, 1 => 32_760..=32_767_u16], 3);
    (first, vec((any::<bool>(), action()), 0..40)).boxed()
}

proptest! {
    #![proptest_config(sequences(300))]

    /// Rows C4, N2, P24: each operation returns what the model returns, and is performed completely or not at all.
    #[test]
    fn a_set_is_what_its_model_is((values, actions) in play()) {
        let mut real = Real::new(&values);
        let mut model = Model::new(&values);
        for (second, action) in &actions {
            let (told, way) = model.act(action);
            prop_assert_eq!(real.act(*second, action, way), told, "{:?}", action);
            prop_assert_eq!(outcome(real.values()), model.values(), "{:?}", action);
        }
    }
}

proptest! {
    #![proptest_config(sequences(100))]

    /// Rows C4, S13: exactly the operations with undo are undone when a process ends, including its guards.
    #[test]
    fn an_end_undoes_what_the_model_says((values, actions) in play()) {
        let mut real = Real::new(&values);
        let mut model = Model::new(&values);
        let told: Vec<_> = actions.iter().map(|(_, action)| model.act(action)).collect();
        let differing = in_forked_child(|| {
            let same = |((second, action), (told, way)): (&(bool, Action), &(_, _))| {
                real.act(*second, action, *way) == *told
            };
            i32::from(!actions.iter().zip(&told).all(same))
        });
        prop_assert_eq!(differing, 0, "an outcome in the child differs from the model's");
        model.end();
        prop_assert_eq!(outcome(real.values()), model.values());
    }
}
