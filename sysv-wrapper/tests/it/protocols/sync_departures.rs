//! The count of departures of `sync`: a semaphore, which has a maximum, and at which the kernel counts no further death. Waiting compares it;
//! see the module for parking.
//!
//! **Restarting** a large count: adds 1 to the round, in the segment; then one `semop`: minus the count as read, the value is 0, and plus
//! the first count of the area, which is 0 here.
//!
//! **Departing**: a process that joins or leaves restarts a large count first. One that leaves then adds 1; if the kernel refuses that,
//! restarts the count and tries again. Deaths alone, one for each peer, do not raise it to the maximum.
//!
//! **Waiting**: reads the round, then the count and the peers at one moment. Sleeps only while the count is this one. A later wait of the
//! same handle does not ask again if the round is the same, unless the count was large: then it may have been in the middle of a restart,
//! and comes again in the same round.
//!
//! What nothing prevents, and `limits` shows: a process that has compared the round, and goes on after a restart and as many departures.

use super::search::{self, Protocol, Step};

/// What the protocol does for safety. Each line says what goes wrong without it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// A departure restarts a large count first: the kernel counts no death at the maximum.
    RestartFirst,
    /// A later wait compares the round: after a restart, the same count comes again.
    CompareRound,
    /// The round changes before the count: the same count comes again before the round changes.
    RoundFirst,
    /// A large count is not kept for a later wait: it comes again after the round has changed.
    KeepSmall,
}

/// What a process is there for.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// Leaves a side, so many times.
    Leave(u8),
    /// Lives, and dies at some time.
    Die,
    Absent,
}

/// What a process that departs does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Idle,
    Read,
    Round,
    Restart,
    RoundLate,
    Add,
    End,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    left: u8,
    /// The count as read.
    seen: u8,
}

/// What the process that waits does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Wait {
    Begin,
    Compare,
    AskRound,
    Ask,
    Sleep,
}

/// A count, the round it belongs to, and how many had departed when it was read.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Known {
    round: u8,
    count: u8,
    departed: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    count: u8,
    round: u8,
    /// How many have departed, which no process sees.
    departed: u8,
    processes: [Process; PROCESSES],
    wait: Wait,
    waits: u8,
    known: Known,
    kept: Option<Known>,
}

const PROCESSES: usize = 3;
/// From this count on, it is large.
const LARGE: u8 = 2;
/// The maximum of a semaphore, with room for deaths, and for restarts that fail since a process dies in the middle.
const MAX: u8 = 6;

/// Processes that depart, one that waits twice, and the world around them.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    /// The process that waits does not sleep between comparing the round and its `semop`.
    prompt: bool,
    without: Option<Guard>,
}

const UNTOLD: &str = "a sleeper is not told of a departure";

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            prompt: true,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// The steps of a process that departs.
    fn departs(&self, state: &State, number: usize, next: &mut Vec<(Step, State)>) {
        let mut after = *state;
        let others = state.processes.iter().enumerate();
        let mut others = others.filter(|(other, _)| *other != number);
        // No process sleeps in the middle of a restart while another one restarts the count.
        let is_restarted = others
            .any(|(_, process)| matches!(process.at, At::Round | At::Restart | At::RoundLate));
        let round_first = self.guards(Guard::RoundFirst);
        let me = &mut after.processes[number];
        let what = match (me.at, self.roles[number]) {
            (At::Idle, Role::Die) => {
                me.at = At::End;
                after.count = (state.count + 1).min(MAX);
                after.departed += 1;
                "dies"
            }
            (At::Idle, _) if me.left == 0 => return,
            (At::Idle, _) if self.guards(Guard::RestartFirst) => {
                me.at = At::Read;
                "is about to leave"
            }
            (At::Idle, _) => {
                me.at = At::Add;
                "is about to leave"
            }
            (At::Read, _) if is_restarted => return,
            (At::Read, _) if state.count < LARGE => {
                me.at = At::Add;
                "reads a small count"
            }
            (At::Read, _) => {
                me.seen = state.count;
                me.at = if round_first { At::Round } else { At::Restart };
                "reads a large count"
            }
            (At::Round, _) => {
                me.at = At::Restart;
                after.round += 1;
                "begins a round"
            }
            (At::Restart, _) => {
                me.at = if round_first { At::Add } else { At::RoundLate };
                if state.count == me.seen {
                    after.count = 0;
                }
                "restarts the count"
            }
            (At::RoundLate, _) => {
                me.at = At::Add;
                after.round += 1;
                "begins a round"
            }
            (At::Add, _) if state.count == MAX => {
                me.at = At::Read;
                "is refused"
            }
            (At::Add, _) => {
                me.at = At::Idle;
                me.left -= 1;
                after.count += 1;
                after.departed += 1;
                "leaves"
            }
            (At::End, _) => return,
        };
        after.wakes();
        next.push(((number, what), after));
    }

    /// The steps of the process that waits.
    fn waits(&self, state: &State, next: &mut Vec<(Step, State)>) {
        let mut after = *state;
        let what = match state.wait {
            Wait::Begin => match state.kept {
                Some(kept) if kept.round == state.round || !self.guards(Guard::CompareRound) => {
                    after.known = kept;
                    after.wait = Wait::Compare;
                    if self.prompt {
                        after.compares();
                    }
                    "knows the round"
                }
                _ => {
                    after.wait = Wait::AskRound;
                    "has to ask"
                }
            },
            Wait::Compare => {
                after.compares();
                "compares the count"
            }
            Wait::AskRound => {
                after.known.round = state.round;
                after.wait = Wait::Ask;
                "reads the round"
            }
            Wait::Ask => {
                after.known.count = state.count;
                after.known.departed = state.departed;
                after.wait = Wait::Sleep;
                let is_kept = state.count < LARGE || !self.guards(Guard::KeepSmall);
                after.kept = is_kept.then_some(after.known);
                "asks, and sleeps"
            }
            Wait::Sleep if state.waits > 1 => {
                after.waits -= 1;
                after.wait = Wait::Begin;
                "gets work, and waits again"
            }
            Wait::Sleep => return,
        };
        next.push(((PROCESSES, what), after));
    }
}

impl State {
    /// The kernel wakes a sleeper as soon as the count is another one.
    fn wakes(&mut self) {
        if self.wait == Wait::Sleep {
            self.compares();
        }
    }

    /// Sleeps if the count is the known one, and has to ask otherwise.
    fn compares(&mut self) {
        if self.count == self.known.count {
            self.wait = Wait::Sleep;
        } else {
            self.kept = None;
            self.wait = Wait::AskRound;
        }
    }
}

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        State {
            count: 0,
            round: 0,
            departed: 0,
            processes: self.roles.map(|role| Process {
                at: match role {
                    Role::Absent => At::End,
                    Role::Leave(_) | Role::Die => At::Idle,
                },
                left: match role {
                    Role::Leave(times) => times,
                    Role::Die | Role::Absent => 0,
                },
                seen: 0,
            }),
            wait: Wait::Begin,
            waits: 2,
            known: Known {
                round: 0,
                count: 0,
                departed: 0,
            },
            kept: None,
        }
    }

    fn steps(&self, state: &State, next: &mut Vec<(Step, State)>) {
        for number in 0..PROCESSES {
            self.departs(state, number, next);
        }
        self.waits(state, next);
    }

    fn crashes(&self, state: &State, next: &mut Vec<(Step, State)>) {
        for (number, role) in self.roles.iter().enumerate() {
            let process = state.processes[number];
            // The death of one that is idle is another role.
            if !matches!(role, Role::Leave(_)) || matches!(process.at, At::Idle | At::End) {
                continue;
            }
            let mut after = *state;
            after.processes[number].at = At::End;
            after.count = (state.count + 1).min(MAX);
            after.departed += 1;
            after.wakes();
            next.push(((number, "is killed"), after));
        }
    }

    fn fault(&self, _: &State) -> Option<&'static str> {
        None
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        (state.known.departed != state.departed).then_some(UNTOLD)
    }
}

use Role::{Absent, Die, Leave};

const LEAVES: World = World::of([Leave(6), Absent, Absent]);
const DIES: World = World::of([Leave(7), Die, Absent]);
const TWO_DIE: World = World::of([Leave(4), Die, Die]);
const TWO_LEAVE: World = World::of([Leave(4), Leave(1), Absent]);

const WORLDS: [World; 4] = [LEAVES, DIES, TWO_DIE, TWO_LEAVE];

/// Where each omission shows, and what it leads to.
const OMISSIONS: [(Guard, World, &str); 4] = [
    (Guard::RestartFirst, DIES, UNTOLD),
    (Guard::CompareRound, LEAVES, UNTOLD),
    (Guard::RoundFirst, DIES, UNTOLD),
    (Guard::KeepSmall, LEAVES, UNTOLD),
];

/// Row Q8.
#[test]
fn departures_are_told_with_every_guard() {
    search::assert_right(&WORLDS);
}

/// Row Q8.
#[test]
fn departures_without_one_guard_are_not_told() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// What no protocol can prevent, so that the documentation is not believed to promise it.
mod limits {
    use super::{LEAVES, UNTOLD, World, search};

    #[test]
    fn a_process_that_sleeps_for_a_whole_round_is_not_told() {
        let world = World {
            prompt: false,
            ..LEAVES
        };
        assert_eq!(search::violation(&world), Some(UNTOLD));
    }
}
