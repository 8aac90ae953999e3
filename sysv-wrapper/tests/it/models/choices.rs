//! Random values that are made from a record of choices, and the shortest record that makes a test fail.
//!
//! A generator is a function that draws numbers from [`Choices`] and makes a value from them. A failing record is
//! shortened and its numbers are lowered as long as the test fails with the value that the rest makes, whatever the
//! generator is: so a generator lets smaller numbers stand for simpler values.

use std::fmt::Debug;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::support::{self, random};

/// The result of a test with one value; an error says what differs.
pub type Check = Result<(), String>;

/// The variable with a number of values that replaces that of each test.
const COUNT: &str = "SYSV_TEST_SEQUENCES";
/// At most so many records are tried to shorten one.
const TRIES: usize = 20_000;

/// Numbers that a generator draws: recorded ones first, then random ones, or zeros if a record is replayed.
pub struct Choices {
    record: Vec<u64>,
    next: usize,
    /// The state of the random generator.
    random: Option<u64>,
}

/// A place in a list whose length is not known yet.
#[derive(Debug, Copy, Clone)]
pub struct Index(usize);

impl Index {
    /// Returns the place in a list of this length, which is not 0.
    pub fn index(self, length: usize) -> usize {
        self.0 % length
    }
}

impl Choices {
    fn random() -> Choices {
        Choices {
            record: Vec::new(),
            next: 0,
            random: Some(random() | 1),
        }
    }

    fn replay(record: Vec<u64>) -> Choices {
        Choices {
            record,
            next: 0,
            random: None,
        }
    }

    /// Draws a number of at most `most`.
    fn draw(&mut self, most: u64) -> u64 {
        if self.next == self.record.len() {
            let number = self.random.as_mut().map_or(0, |state| {
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                // The lower bits of this generator are the less random ones.
                state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8 ^ *state << 56
            });
            self.record
                .push(most.checked_add(1).map_or(number, |end| number % end));
        }
        let number = self.record[self.next].min(most);
        self.next += 1;
        number
    }

    /// Draws a number in this range. The least one is the simplest.
    pub fn number<T: TryFrom<u64, Error: Debug>>(&mut self, range: Range<u64>) -> T {
        let number = range.start + self.draw(range.end - range.start - 1);
        number.try_into().unwrap()
    }

    /// Draws a length or an offset.
    pub fn size(&mut self, range: Range<usize>) -> usize {
        self.number(range.start as u64..range.end as u64)
    }

    /// Draws any byte.
    pub fn byte(&mut self) -> u8 {
        self.number(0..256)
    }

    /// Draws any number.
    pub fn word(&mut self) -> u64 {
        self.draw(u64::MAX)
    }

    /// Draws a truth value. False is the simpler one.
    pub fn flag(&mut self) -> bool {
        self.draw(1) == 1
    }

    /// Draws a place in a list.
    pub fn index(&mut self) -> Index {
        Index(self.number(0..1 << 16))
    }

    /// Chooses among as many cases as there are weights. The first one is the simplest.
    pub fn case<const N: usize>(&mut self, weights: [u64; N]) -> usize {
        let mut number = self.draw(weights.iter().sum::<u64>() - 1);
        for (case, weight) in weights.into_iter().enumerate() {
            if number < weight {
                return case;
            }
            number -= weight;
        }
        unreachable!("the number is less than the sum of the weights")
    }

    /// Makes fewer values than `end`: half as many on average, or somewhat fewer.
    pub fn several<T>(&mut self, end: usize, mut make: impl FnMut(&mut Choices) -> T) -> Vec<T> {
        let mut made = Vec::new();
        // A choice before each value: so any of them can go from a record without a change of what stands before.
        while made.len() + 1 < end && self.draw(end as u64 / 2) != 0 {
            made.push(make(self));
        }
        made
    }
}

/// Tests `count` values that `generate` makes, and fails with the simplest failing one that is found.
pub fn for_all<T: Debug>(
    count: u32,
    generate: impl Fn(&mut Choices) -> T,
    test: impl Fn(&T) -> Check,
) {
    let test = |choices: &mut Choices| {
        let value = generate(choices);
        let outcome = catch_unwind(AssertUnwindSafe(|| test(&value)));
        let what = outcome.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            Err(text.unwrap_or_default())
        });
        what.err().map(|what| format!("{what}\n{value:#?}"))
    };
    fail_on_any(count, &test);
}

fn fail_on_any(count: u32, test: &dyn Fn(&mut Choices) -> Option<String>) {
    let wanted = std::env::var(COUNT).map(|count| count.parse().unwrap());
    for _ in 0..wanted.unwrap_or(count / support::SLOWER) {
        let mut choices = Choices::random();
        if let Some(failure) = test(&mut choices) {
            let (record, failure) = shortened(choices.record, failure, test);
            panic!("{failure}\nof {} choices", record.len());
        }
    }
}

/// Returns a record that fails and cannot be shortened or lowered any more, and its failure.
fn shortened(
    mut record: Vec<u64>,
    mut failure: String,
    test: &dyn Fn(&mut Choices) -> Option<String>,
) -> (Vec<u64>, String) {
    let mut tries = 0;
    loop {
        let before = record.clone();
        for change in changes(&record) {
            let Some(changed) = change.of(&record) else {
                continue;
            };
            tries += 1;
            if tries > TRIES {
                return (record, failure);
            }
            let mut choices = Choices::replay(changed);
            if let Some(other) = test(&mut choices) {
                // What was not drawn does not matter.
                choices.record.truncate(choices.next);
                if (choices.record.len(), &choices.record) < (record.len(), &record) {
                    (record, failure) = (choices.record, other);
                }
            }
        }
        if record == before {
            return (record, failure);
        }
    }
}

/// A change that makes a record simpler.
enum Change {
    /// Removes so many numbers from this place on.
    Remove(usize, usize),
    /// Divides a number.
    Divide(usize, u64),
    /// Subtracts 1.
    Decrease(usize),
}

impl Change {
    fn of(&self, record: &[u64]) -> Option<Vec<u64>> {
        let mut changed = record.to_vec();
        match *self {
            Change::Remove(at, count) => {
                changed.get(at..at + count)?;
                changed.drain(at..at + count);
            }
            Change::Divide(at, by) => {
                let number = changed.get_mut(at)?;
                *number /= by;
            }
            Change::Decrease(at) => {
                let number = changed.get_mut(at)?;
                *number = number.saturating_sub(1);
            }
        }
        (changed != record).then_some(changed)
    }
}

/// Returns the changes to try: the greater ones first, and from the end to the begin.
fn changes(record: &[u64]) -> Vec<Change> {
    let places = || (0..record.len()).rev();
    let mut changes = Vec::new();
    for count in [64, 32, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1] {
        changes.extend(places().map(|at| Change::Remove(at, count)));
    }
    for by in [u64::MAX, 256, 2] {
        changes.extend(places().map(|at| Change::Divide(at, by)));
    }
    changes.extend(places().map(Change::Decrease));
    changes
}

/// Fails unless both are equal.
pub fn same<T: Debug + PartialEq>(real: &T, model: &T, what: &dyn Debug) -> Check {
    if real == model {
        return Ok(());
    }
    Err(format!("{what:?}: {real:?} instead of {model:?}"))
}

/// A failing sequence is shortened to what fails.
#[test]
fn a_failure_is_shown_by_its_simplest_case() {
    let generate = |choices: &mut Choices| choices.several(60, |choices| choices.size(0..1000));
    let fails = |numbers: &Vec<usize>| {
        let great = numbers.iter().filter(|number| **number >= 500).count();
        if great < 2 { Ok(()) } else { Err("two".into()) }
    };
    let failure = catch_unwind(|| for_all(1000, generate, fails)).unwrap_err();
    let failure = failure.downcast_ref::<String>().unwrap();
    assert_eq!(failure, "two\n[\n    500,\n    500,\n]\nof 5 choices");
}
