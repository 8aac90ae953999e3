//! The processes that race: they run through all rounds, and start each round together.

use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use sysv_wrapper::*;

use crate::support::{Process, SLOWER, role};

pub const RACERS: usize = 64;
pub const ROUNDS: usize = 1000 / SLOWER as usize;
/// The creator dies once in this number of rounds: fifty times in all.
pub const DEATH_EVERY: usize = 20;

/// The time of the creator's death in a round.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Death {
    None,
    /// As soon as the object exists.
    Early,
    /// After a part of the initialisation.
    Late,
}

/// The rules of a round.
#[derive(Debug, Copy, Clone)]
pub struct Rules {
    pub key: Key,
    pub death: Death,
    pub reclaim: bool,
    pub deadline: Duration,
}

/// The result of a racer.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Existing,
    Abandoned,
}

/// The report of a racer.
#[derive(Debug, Copy, Clone)]
pub struct Report {
    pub outcome: Outcome,
    pub id: u32,
}

/// Numbers that all processes share.
struct Board(Attachment);

/// The cells of the board, each four bytes.
#[derive(Copy, Clone)]
enum Cell {
    Key,
    Death,
    Reclaim,
    Deadline,
    /// The racer that died, counted from 1.
    Dead,
    Initialised,
    Over,
    /// Two cells per racer.
    Reports,
}

const SIZE: usize = 4 * (Cell::Reports as usize + 2 * RACERS);

impl Board {
    fn cell(&self, cell: Cell) -> &AtomicU32 {
        self.0.atomic_u32(4 * cell as usize).unwrap()
    }

    fn get(&self, cell: Cell) -> u32 {
        self.cell(cell).load(SeqCst)
    }

    fn set(&self, cell: Cell, value: u32) {
        self.cell(cell).store(value, SeqCst);
    }

    fn report(&self, racer: usize) -> [&AtomicU32; 2] {
        let first = Cell::Reports as usize + 2 * racer;
        [0, 1].map(|number| self.0.atomic_u32(4 * (first + number)).unwrap())
    }
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap()
}

/// Returns the gate of a round: one of two, each of which opens in every other round. `done` counts the finished
/// racers.
fn gate(set: &SemaphoreSet, round: usize) -> Semaphore {
    set.get(round % 2).unwrap()
}

fn done(set: &SemaphoreSet) -> Semaphore {
    set.get(2).unwrap()
}

/// A racer's view of a round.
pub struct Racer {
    board: Board,
    number: usize,
}

impl Racer {
    pub fn rules(&self) -> Rules {
        Rules {
            key: format!("{:#x}", self.board.get(Cell::Key)).parse().unwrap(),
            death: match self.board.get(Cell::Death) {
                0 => Death::None,
                1 => Death::Early,
                _ => Death::Late,
            },
            reclaim: self.board.get(Cell::Reclaim) != 0,
            deadline: Duration::from_millis(self.board.get(Cell::Deadline).into()),
        }
    }

    /// Returns whether this racer must die: the first one that calls this.
    pub fn is_to_die(&self) -> bool {
        let number = u32::try_from(self.number).unwrap() + 1;
        let dead = self.board.cell(Cell::Dead);
        self.rules().death != Death::None
            && dead.compare_exchange(0, number, SeqCst, SeqCst).is_ok()
    }

    /// Records that the object was initialised.
    pub fn initialised(&self) {
        self.board.cell(Cell::Initialised).fetch_add(1, SeqCst);
    }
}

/// Runs the racer's part of `test` if this process is a racer: calls `race` once per round.
pub fn is_racer(test: &str, race: impl Fn(&Racer, Rules) -> (Outcome, u32)) -> bool {
    let Some(words) = role(test) else {
        return false;
    };
    let number = |word: usize| words[word].parse::<i32>().unwrap();
    let board = SharedMemory::from_id(number(0)).unwrap();
    let set = SemaphoreSet::from_id(number(1)).unwrap();
    let racer = Racer {
        board: Board(board.attach().unwrap()),
        number: words[2].parse().unwrap(),
    };
    for round in words[3].parse().unwrap().. {
        gate(&set, round).wait_until_zero().unwrap();
        if racer.board.get(Cell::Over) != 0 {
            return true;
        }
        let (outcome, id) = race(&racer, racer.rules());
        let [told, its_id] = racer.board.report(racer.number);
        its_id.store(id, SeqCst);
        told.store(outcome as u32 + 1, SeqCst);
        done(&set).release().unwrap();
    }
    unreachable!("the race ends");
}

/// The coordinator of the race.
pub struct Arena {
    test: &'static str,
    // Racers are dropped first: a running racer could recreate an object after its removal.
    racers: Vec<Process>,
    doomed: Doomed,
    board: Board,
    memory: SharedMemory,
    set: RemoveOnDrop<SemaphoreSet>,
    round: usize,
}

/// The object of the current round, which is removed if the test fails.
struct Doomed(Option<Key>);

impl Drop for Doomed {
    fn drop(&mut self) {
        if let Some(key) = self.0 {
            // One of the two never existed.
            let _ = Semaphore::remove_key(key);
            let _ = SharedMemory::remove_key(key);
        }
    }
}

impl Arena {
    pub fn new(test: &'static str) -> Arena {
        let memory = SharedMemory::builder().size(SIZE).create_private().unwrap();
        let board = Board(memory.attach().unwrap());
        board.0.remove_when_detached().unwrap();
        let set = SemaphoreSet::builder().values([1, 1, 0]);
        let mut arena = Arena {
            test,
            racers: Vec::new(),
            doomed: Doomed(None),
            board,
            memory,
            set: RemoveOnDrop::new(set.create_private().unwrap()),
            round: 0,
        };
        for number in 0..RACERS {
            let racer = arena.start(number);
            arena.racers.push(racer);
        }
        arena
    }

    fn start(&self, number: usize) -> Process {
        Process::start(
            self.test,
            &[&self.memory.id(), &self.set.id(), &number, &self.round],
        )
    }

    /// Runs a round, and returns the reports of the survivors.
    pub fn race(&mut self, rules: Rules) -> Vec<Report> {
        self.doomed.0 = Some(rules.key);
        let digits = rules.key.to_string();
        let bits = u32::from_str_radix(&digits[2..], 16).unwrap();
        self.board.set(Cell::Key, bits);
        self.board.set(Cell::Death, rules.death as u32);
        self.board.set(Cell::Reclaim, rules.reclaim.into());
        self.board.set(Cell::Deadline, milliseconds(rules.deadline));
        self.board.set(Cell::Dead, 0);
        self.board.set(Cell::Initialised, 0);
        for racer in 0..RACERS {
            self.board.report(racer)[0].store(0, SeqCst);
        }
        self.open_gate();
        self.wait_for(RACERS - usize::from(rules.death != Death::None));
        if let Some(dead) = self.dead() {
            let status = self.racers[dead].end();
            assert_eq!(status.signal(), Some(9), "{status}");
            self.racers[dead] = self.start(dead);
        }
        let survivors = (0..RACERS).filter(|&racer| Some(racer) != self.dead());
        survivors.map(|racer| self.report(racer)).collect()
    }

    /// Returns the number of initialisations of this round's object.
    pub fn initialisations(&self) -> u32 {
        self.board.get(Cell::Initialised)
    }

    /// Closes the gate of the next round, and opens the gate of this one.
    fn open_gate(&mut self) {
        gate(&self.set, self.round + 1).set_value(1).unwrap();
        gate(&self.set, self.round).set_value(0).unwrap();
        self.round += 1;
    }

    /// Returns the racer that died in this round.
    fn dead(&self) -> Option<usize> {
        usize::try_from(self.board.get(Cell::Dead))
            .unwrap()
            .checked_sub(1)
    }

    fn wait_for(&mut self, count: usize) {
        let end = Instant::now() + crate::support::DEADLINE;
        let count = u32::try_from(count).unwrap();
        let second = Duration::from_secs(1);
        while let Err(error) = done(&self.set).acquire_by_timeout(count, second) {
            assert!(error.is_timed_out(), "{error}");
            let dead = self.dead();
            for (number, racer) in self.racers.iter_mut().enumerate() {
                if Some(number) != dead {
                    racer.assert_running();
                }
            }
            assert!(Instant::now() < end, "round {} does not end", self.round);
        }
    }

    fn report(&self, racer: usize) -> Report {
        let [told, id] = self.board.report(racer).map(|cell| cell.load(SeqCst));
        let outcome = match told {
            1 => Outcome::Created,
            2 => Outcome::Existing,
            3 => Outcome::Abandoned,
            _ => panic!("racer {racer} has reported nothing"),
        };
        Report { outcome, id }
    }

    /// Ends the race.
    pub fn close(mut self) {
        self.board.set(Cell::Over, 1);
        self.open_gate();
        for racer in self.racers.drain(..) {
            racer.finish();
        }
    }
}

/// Fails unless one racer has created the object, and all others have opened the same one.
#[track_caller]
pub fn assert_one_winner(reports: &[Report], rules: Rules) {
    let created = reports
        .iter()
        .filter(|report| report.outcome == Outcome::Created);
    assert_eq!(created.count(), 1, "{rules:?}: {reports:?}");
    for report in reports {
        assert_ne!(report.outcome, Outcome::Abandoned, "{rules:?}: {reports:?}");
        assert_eq!(report.id, reports[0].id, "{rules:?}: {reports:?}");
    }
}

/// Fails unless all racers got the error that the object is permanently uninitialised.
#[track_caller]
pub fn assert_all_told(reports: &[Report], rules: Rules) {
    for report in reports {
        assert_eq!(report.outcome, Outcome::Abandoned, "{rules:?}: {reports:?}");
    }
}
