//! Explicit-state search: every interleaving of a few processes, with a crash possible before every step.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

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

/// The order in which a search visits the states.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Order {
    /// The nearest one first: the violation that is found is one of the fewest steps.
    BreadthFirst,
    /// The latest one first: a violation is found after fewer states.
    DepthFirst,
}

/// Visits every reachable state until one is a violation. Returns their number.
fn search<P: Protocol>(protocol: &P, order: Order) -> Result<usize, Violation> {
    let mut reached = Reached::new();
    reached.insert(&protocol.start(), 0, (0, "start"));
    let mut waiting = VecDeque::from([0]);
    let mut next = Vec::new();
    while let Some(at) = match order {
        Order::BreadthFirst => waiting.pop_front(),
        Order::DepthFirst => waiting.pop_back(),
    } {
        let state = reached.states[at].0;
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
                trace: trace(&reached.states, at),
            });
        }
        protocol.crashes(&state, &mut next);
        for (step, state) in &next {
            if reached.insert(state, at, *step) {
                waiting.push_back(reached.states.len() - 1);
            }
        }
    }
    Ok(reached.states.len())
}

/// Returns the violation that the search finds, if any.
pub(super) fn violation(protocol: &impl Protocol) -> Option<&'static str> {
    search(protocol, Order::BreadthFirst)
        .err()
        .map(|violation| violation.what)
}

/// Asserts that no violation is reachable in any of these worlds.
pub(super) fn assert_right<P: Protocol + Debug>(worlds: &[P]) {
    for world in worlds {
        match search(world, Order::BreadthFirst) {
            Ok(states) => println!("{states:7} states: {world:?}"),
            Err(Violation { what, trace }) => panic!("{what}\n{world:?}\n{trace}"),
        }
    }
}

/// Asserts that the search finds the violation of each guard in its world, from which `without` omits the guard.
pub(super) fn assert_wrong<G: Copy + Debug, P: Protocol>(
    omissions: impl IntoIterator<Item = (G, P, &'static str)>,
    without: impl Fn(P, G) -> P,
) {
    for (guard, world, expected) in omissions {
        assert_found(guard, &without(world, guard), expected);
    }
}

/// Asserts that the search finds this violation in a world that omits a guard: depth first, or else, if it finds
/// another one so, breadth first.
fn assert_found(guard: impl Debug, world: &impl Protocol, expected: &str) {
    let is_expected = |found: &Result<usize, Violation>| {
        let violation = found.as_ref().err();
        violation.is_some_and(|violation| violation.what == expected)
    };
    let mut found = search(world, Order::DepthFirst);
    if !is_expected(&found) {
        println!("{guard:?}: breadth first");
        found = search(world, Order::BreadthFirst);
    }
    match found {
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

/// The states in the order of their discovery, each with the state and the step that led to it; and a hash table of
/// their indices. The tests are built without optimisation, which makes the standard library's table, whose code is
/// generic, the greater part of a search.
struct Reached<S> {
    states: Vec<(S, usize, Step)>,
    hashes: Vec<u64>,
    /// One more than the index, and 0 where there is none. Its length is a power of two.
    table: Vec<usize>,
}

impl<S: Copy + Eq + Hash> Reached<S> {
    fn new() -> Reached<S> {
        Reached {
            states: Vec::new(),
            hashes: Vec::new(),
            table: vec![0; 1 << 10],
        }
    }

    /// Adds a state. Returns whether it was not there yet.
    fn insert(&mut self, state: &S, before: usize, step: Step) -> bool {
        let mut hasher = Fold(0);
        state.hash(&mut hasher);
        let hash = hasher.finish();
        let place = self.place(hash, Some(state));
        if self.table[place] != 0 {
            return false;
        }
        self.states.push((*state, before, step));
        self.hashes.push(hash);
        self.table[place] = self.states.len();
        if self.states.len() * 2 > self.table.len() {
            self.table = vec![0; self.table.len() * 8];
            for index in 0..self.hashes.len() {
                let place = self.place(self.hashes[index], None);
                self.table[place] = index + 1;
            }
        }
        true
    }

    /// Returns the place of this state in the table, or the one where it belongs.
    fn place(&self, hash: u64, state: Option<&S>) -> usize {
        // Indexing a vector is a call without optimisation, and indexing a slice is not.
        let (table, hashes) = (&*self.table, &*self.hashes);
        let mask = table.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the lower bits count")]
        let mut place = hash as usize & mask;
        loop {
            let entry = table[place];
            if entry == 0 {
                return place;
            }
            let is_alike = hashes[entry - 1] == hash;
            if is_alike && state.is_some_and(|state| self.states[entry - 1].0 == *state) {
                return place;
            }
            place = (place + 1) & mask;
        }
    }
}

/// A fast hash of states: the standard one takes most of the time in a build without optimisation.
struct Fold(u64);

impl Fold {
    #[expect(clippy::inline_always, reason = "inlined without optimisation, too")]
    #[expect(
        clippy::manual_rotate,
        reason = "`rotate_left` is a call without optimisation"
    )]
    #[inline(always)]
    fn add(&mut self, word: u64) {
        let turned = self.0 << 5 | self.0 >> 59;
        self.0 = (turned ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn write_usize(&mut self, word: usize) {
        self.add(word as u64);
    }

    #[expect(clippy::cast_sign_loss, reason = "the bits count")]
    fn write_isize(&mut self, word: isize) {
        self.add(word as u64);
    }

    fn finish(&self) -> u64 {
        // The table uses the lower bits, which depend on the lower bits of the words only.
        self.0 ^ (self.0 >> 32)
    }
}
