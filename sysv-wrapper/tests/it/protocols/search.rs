//! Explicit-state search: every interleaving of a few processes, with a crash possible before every step.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A protocol: the possible steps of its processes, and the forbidden states.
pub(super) trait Protocol {
    /// The kernel's objects and all processes.
    type State: Copy + Eq + Hash + Debug;

    fn start(&self) -> Self::State;

    /// Adds every step that a process may take now, with the next state. A crash is not a step here.
    fn steps(&self, state: &Self::State, next: &mut Vec<(Step, Self::State)>);

    /// Adds every crash that may happen now.
    fn crashes(&self, state: &Self::State, next: &mut Vec<(Step, Self::State)>);

    /// Returns the violation in this state, if any.
    fn fault(&self, state: &Self::State) -> Option<&'static str>;

    /// Returns the violation in this state, in which no process can take a step, if any.
    fn stuck(&self, state: &Self::State) -> Option<&'static str>;
}

/// A step: the process, and its action.
pub(super) type Step = (usize, &'static str);

/// A forbidden state, and a shortest sequence of steps that leads to it.
struct Violation {
    what: &'static str,
    trace: String,
}

/// Visits every reachable state, breadth first. Returns their number.
fn search<P: Protocol>(protocol: &P) -> Result<usize, Violation> {
    let start = protocol.start();
    let mut seen: HashSet<P::State, BuildHasherDefault<Fold>> = HashSet::default();
    let mut states: Vec<(P::State, usize, Step)> = vec![(start, 0, (0, "start"))];
    seen.insert(start);
    let (mut at, mut next) = (0, Vec::new());
    while let Some(&(state, ..)) = states.get(at) {
        next.clear();
        protocol.steps(&state, &mut next);
        let stuck = if next.is_empty() {
            protocol.stuck(&state)
        } else {
            None
        };
        if let Some(what) = protocol.fault(&state).or(stuck) {
            return Err(Violation {
                what,
                trace: trace(&states, at),
            });
        }
        protocol.crashes(&state, &mut next);
        for &(step, state) in &next {
            if seen.insert(state) {
                states.push((state, at, step));
            }
        }
        at += 1;
    }
    Ok(states.len())
}

/// Returns the violation that the search finds, if any.
pub(super) fn violation(protocol: &impl Protocol) -> Option<&'static str> {
    search(protocol).err().map(|violation| violation.what)
}

/// Asserts that no violation is reachable in any of these worlds.
pub(super) fn assert_right<P: Protocol + Debug>(worlds: &[P]) {
    for world in worlds {
        match search(world) {
            Ok(states) => println!("{states:7} states: {world:?}"),
            Err(Violation { what, trace }) => panic!("{what}\n{world:?}\n{trace}"),
        }
    }
}

/// Asserts that the search finds this violation in a world that omits a guard.
pub(super) fn assert_wrong(guard: impl Debug, world: &impl Protocol, expected: &str) {
    match search(world) {
        Ok(states) => panic!("nothing goes wrong in {states} states without {guard:?}"),
        Err(Violation { what, trace }) => assert_eq!(what, expected, "{guard:?}\n{trace}"),
    }
}

/// Formats the steps from the start to this state, and the state.
fn trace<S: Debug>(states: &[(S, usize, Step)], mut at: usize) -> String {
    let mut lines = vec![format!("{:?}", states[at].0)];
    while at != 0 {
        let (_, before, (process, what)) = states[at];
        lines.push(format!("process {process}: {what}"));
        at = before;
    }
    lines.reverse();
    lines.join("\n")
}

/// A fast hash of states: the standard one takes most of the time in a build without optimisation.
#[derive(Default)]
struct Fold(u64);

impl Fold {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            self.add(
                chunk
                    .iter()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            );
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn write_usize(&mut self, word: usize) {
        self.add(word as u64);
    }

    fn finish(&self) -> u64 {
        // The hash table uses the upper bits for groups and the lower ones for buckets.
        self.0 ^ (self.0 >> 32)
    }
}
