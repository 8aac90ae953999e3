//! Leases of `sync`: which processes live, as the kernel knows it.
//!
//! A slot is a member of the set. Its value is the generation of its holder; 0: free. The segment keeps for each slot the last generation,
//! and an entry of the table of peers: the generation of a holder that has not left cleanly. Words in the segment name slot and generation.
//!
//! **Claiming**
//! 1. Reads the last generation and the entry.
//! 2. One `semop`: the value is 0, plus the next generation with undo, and a departure at the death of this process. EAGAIN: another slot.
//! 3. The entry names a generation: its holder did not leave cleanly. Every word that names the slot, in any generation, becomes free,
//!    and a waiter for it gets a token.
//! 4. Exchanges the last generation and the entry as read for the new generation. They changed: gives the slot back, which is a departure,
//!    and begins again. Only then uses the slot.
//!
//! **Leaving**: clears the entry, unless a word may still name the slot; then one `semop`: minus the own generation, and the value is 0,
//! which fails if the value is another one.
//!
//! **Sweeping** an entry of another process, whose generation is not the value of the member: every word that names exactly
//! this generation becomes free, with a token for a waiter; then exchanges the entry as read for 0.
//!
//! **Asking** whether the owner in a word lives: the value of the member is its generation.
//!
//! What nothing prevents, and `limits` shows: a process that has asked, and sleeps until all generations were used once; a program that sets
//! the member to 0 between steps 2 and 4 of a claim, after which two have the same slot.

use super::search::{self, Protocol, Step};

/// What the protocol does for safety. Each line says what goes wrong without it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// Asking and adding is one operation: two hold one slot.
    ClaimAtOnce,
    /// The generation is added with undo: all wait for a dead process.
    ClaimUndone,
    /// The same operation makes the death of the process a departure: a waiter that has seen its generation sleeps for ever.
    ClaimCounts,
    /// Giving the slot back is a departure: a waiter that has seen the generation sleeps for ever.
    GiveBackCounts,
    /// Generations are counted by an exchange: one that has read an old count gets the generation of a dead holder, and waits for itself.
    CountByExchange,
    /// The words of a holder that did not leave cleanly are swept: one who gets the same generation waits for itself.
    SweepAtClaim,
    /// In any generation: a program may have overwritten the entry.
    SweepAnyGeneration,
    /// A swept word's waiter gets a token: it sleeps for ever, since the word named a generation that lives again.
    SweepWakes,
    /// The entry is written before the first use: a death in between leaves a word that is not swept.
    EnterBeforeUse,
    /// The entry is cleared before the slot is given back: it is the next holder's then.
    LeaveTableFirst,
    /// A holder with a word left keeps its entry.
    LeaveUnclean,
    /// The slot is given back only with its own generation in it: it is the next holder's.
    LeaveOwn,
    /// An entry is cleared by an exchange: it is the next holder's.
    ClearByExchange,
    /// An entry is cleared after sweeping: one who dies in between leaves words that are not swept.
    SweepBeforeClearing,
}

/// What a process is there for.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// Claims the slot, locks, unlocks, leaves.
    User,
    /// Claims the slot, locks, leaves without unlocking.
    Leaker,
    /// Claims the slot, and keeps it.
    Keeper,
    /// Has another slot; locks and unlocks.
    Watcher,
    /// Has another slot; sweeps.
    Sweeper,
    Absent,
}

/// What a process does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Count,
    Claim,
    Add,
    Exchange,
    GiveBack,
    SweepOwn,
    Lock,
    Inside,
    EnterLate,
    Clear,
    Leave,
    ClearLate,
    Load,
    Ask,
    TakeOver,
    SetWaiters,
    Park,
    Look,
    Sweep,
    ClearOther,
    Kept,
    End,
    Dead,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Word {
    /// 0: free.
    owner: u8,
    waiters: bool,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    generation: u8,
    /// The generation as read, or the entry of another process.
    seen: u8,
    /// The entry as read before claiming.
    entry: u8,
    word: Word,
    /// Its lease was set to 0 by another process.
    cleared: bool,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    member: u8,
    last: u8,
    entry: u8,
    word: Word,
    tokens: u8,
    mishaps: u8,
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

const PROCESSES: usize = 3;
const FREE: Word = Word {
    owner: 0,
    waiters: false,
};
/// The owner in words of a watcher.
const WATCHER: u8 = 9;

/// What another program does.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Mishap {
    Nothing,
    /// Writes an earlier number over the last generation, so many times.
    Counter(u8),
    /// The same, and another generation over the entry of a dead holder.
    Table,
    /// Sets the member to 0.
    Cleared,
}

/// Three processes, and the world around them.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    /// Highest generation.
    generations: u8,
    mishap: Mishap,
    /// No process sleeps between a question and the exchange that it is for while others claim.
    prompt: bool,
    /// The member may be set to 0 while a process claims it.
    any_time: bool,
    without: Option<Guard>,
}

const TWO: &str = "two are inside";
const SHARED: &str = "two processes hold one slot";
const ITSELF: &str = "a process waits for itself";
const FOR_EVER: &str = "a process waits for ever";
const ROBBED: &str = "a living process lost its slot";
const UNLISTED: &str = "a living process is not in the table";

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            generations: 8,
            mishap: Mishap::Nothing,
            prompt: false,
            any_time: false,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// Whether the member may be set to 0 now.
    fn clears(&self, state: &State) -> bool {
        let entered = state.entry == state.member;
        let claims = |process: &Process| matches!(process.at, At::Claim | At::Exchange);
        self.any_time || (entered && !state.processes.iter().any(claims))
    }
}

impl State {
    /// Whether a process is about to exchange the entry that it has read.
    fn is_swept(&self) -> bool {
        let sweeps = |process: &Process| matches!(process.at, At::Sweep | At::ClearOther);
        self.processes.iter().any(sweeps)
    }

    /// Makes the word free if it names the slot.
    fn sweep(&mut self, wakes: bool) {
        self.tokens += u8::from(self.word.waiters && wakes);
        self.word = FREE;
    }
}

/// One process, about to take a step.
struct Mover<'a> {
    world: &'a World,
    state: State,
    number: usize,
    next: &'a mut Vec<(Step, State)>,
}

impl Mover<'_> {
    fn me(&self) -> Process {
        self.state.processes[self.number]
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&mut State, &mut Process)) {
        let mut state = self.state;
        let mut me = self.me();
        me.at = at;
        change(&mut state, &mut me);
        if me.at == At::End {
            me = Process { at: At::End, ..NEW };
        }
        state.processes[self.number] = me;
        self.next.push(((self.number, what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_, _| ());
    }

    fn moves(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        let role = world.roles[self.number];
        let first = world.guards(Guard::EnterBeforeUse);
        match me.at {
            At::Count => self.step("reads the last generation", At::Claim, |state, me| {
                me.seen = state.last;
                me.entry = state.entry;
                me.cleared = false;
                me.generation = state.last % world.generations + 1;
            }),
            At::Claim if state.member != 0 || (world.prompt && state.is_swept()) => {}
            At::Claim if world.guards(Guard::ClaimAtOnce) => {
                self.step("claims", self.after_claim(), |state, me| {
                    state.member = me.generation;
                });
            }
            At::Claim => self.goes("sees the slot free", At::Add),
            At::Add => self.step("claims", self.after_claim(), |state, me| {
                state.member += me.generation;
            }),
            At::SweepOwn => {
                let any = world.guards(Guard::SweepAnyGeneration);
                let wakes = world.guards(Guard::SweepWakes);
                self.step("sweeps its slot", At::Exchange, |state, me| {
                    let owner = state.word.owner;
                    if owner != WATCHER && (any || owner == me.entry) {
                        state.sweep(wakes);
                    }
                });
            }
            At::Exchange
                if (state.last, state.entry) != (me.seen, me.entry)
                    && world.guards(Guard::CountByExchange) =>
            {
                self.goes("finds another generation", At::GiveBack);
            }
            At::Exchange => {
                let then = if role == Role::Keeper {
                    At::Kept
                } else {
                    At::Lock
                };
                self.step("counts its generation", then, |state, me| {
                    state.last = me.generation;
                    if first {
                        state.entry = me.generation;
                    }
                });
            }
            At::GiveBack => {
                let counts = world.guards(Guard::GiveBackCounts);
                self.step("gives the slot back", At::Count, |state, me| {
                    if state.member == me.generation {
                        state.member = 0;
                        state.tokens += u8::from(counts);
                    }
                });
            }
            At::Lock if state.word.owner == WATCHER => {}
            At::Lock => self.step("locks", At::Inside, |state, me| {
                if state.word.owner == me.generation {
                    state.fault = Some(ITSELF);
                }
                state.word.owner = me.generation;
            }),
            At::Inside if role == Role::Watcher => self.step("unlocks", At::End, |state, _| {
                if state.word.owner == WATCHER {
                    state.sweep(true);
                }
            }),
            At::Inside => {
                let then = match (first, role) {
                    (false, _) => At::EnterLate,
                    (true, Role::Leaker) if world.guards(Guard::LeaveUnclean) => At::Leave,
                    (true, _) if world.guards(Guard::LeaveTableFirst) => At::Clear,
                    _ => At::Leave,
                };
                if role == Role::Leaker {
                    self.goes("leaks its guard", then);
                } else {
                    self.step("unlocks", then, |state, me| {
                        if state.word.owner == me.generation {
                            state.sweep(true);
                        }
                    });
                }
            }
            At::EnterLate => self.step("writes its entry", At::Clear, |state, me| {
                state.entry = me.generation;
            }),
            At::Clear => self.step("clears its entry", At::Leave, |state, me| {
                if state.entry == me.generation {
                    state.entry = 0;
                }
            }),
            At::Leave => {
                let late = !world.guards(Guard::LeaveTableFirst) && role == Role::User;
                let then = if late { At::ClearLate } else { At::End };
                let own = world.guards(Guard::LeaveOwn);
                self.step("leaves", then, |state, me| {
                    if state.member == me.generation {
                        state.member = 0;
                        state.tokens += 1;
                    } else if !own {
                        state.member = state.member.saturating_sub(me.generation);
                    }
                });
            }
            At::ClearLate => self.step("clears the entry", At::End, |state, _| state.entry = 0),
            At::End | At::Dead | At::Kept => {}
            _ => self.watches(),
        }
    }

    /// Where a process goes on after it has claimed the slot.
    fn after_claim(&self) -> At {
        if self.me().entry != 0 && self.world.guards(Guard::SweepAtClaim) {
            At::SweepOwn
        } else {
            At::Exchange
        }
    }

    /// The steps of a process with another slot.
    fn watches(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        match me.at {
            At::Load if state.word.owner == 0 => self.step("locks", At::Inside, |state, _| {
                state.word.owner = WATCHER;
            }),
            At::Load => self.step("loads the word", At::Ask, |state, me| me.word = state.word),
            At::Ask => {
                if state.member == me.word.owner {
                    self.goes("sees the owner's lease", At::SetWaiters);
                } else if world.prompt {
                    self.takes_over();
                } else {
                    self.goes("sees the owner's lease gone", At::TakeOver);
                }
            }
            At::TakeOver => self.takes_over(),
            At::SetWaiters if state.word == me.word => {
                self.step("sets WAITERS", At::Park, |state, _| {
                    state.word.waiters = true;
                });
            }
            At::SetWaiters => self.goes("cannot set WAITERS", At::Load),
            At::Park if state.tokens != 0 => self.step("takes a token", At::Load, |state, _| {
                state.tokens -= 1;
            }),
            At::Park => {}
            At::Look if state.entry != 0 && state.entry != state.member => {
                let then = if world.guards(Guard::SweepBeforeClearing) {
                    At::Sweep
                } else {
                    At::ClearOther
                };
                self.step("sees an entry without lease", then, |state, me| {
                    me.seen = state.entry;
                });
            }
            At::Look => self.goes("sees no entry without lease", At::End),
            At::Sweep => {
                let first = world.guards(Guard::SweepBeforeClearing);
                let then = if first { At::ClearOther } else { At::End };
                self.step("sweeps", then, |state, me| {
                    if state.word.owner == me.seen {
                        state.sweep(true);
                    }
                });
            }
            At::ClearOther => {
                let first = world.guards(Guard::SweepBeforeClearing);
                let by_exchange = world.guards(Guard::ClearByExchange);
                let then = if first { At::End } else { At::Sweep };
                self.step("clears the entry", then, |state, me| {
                    if state.entry == me.seen || !by_exchange {
                        state.entry = 0;
                    }
                });
            }
            at => unreachable!("{at:?} is no step of a watcher"),
        }
    }

    fn takes_over(&mut self) {
        if self.state.word == self.me().word {
            self.step("takes the lock over", At::Inside, |state, _| {
                state.word.owner = WATCHER;
            });
        } else {
            self.goes("cannot take the lock over", At::Load);
        }
    }
}

const NEW: Process = Process {
    at: At::Count,
    generation: 0,
    seen: 0,
    entry: 0,
    word: FREE,
    cleared: false,
};

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        State {
            member: 0,
            last: 0,
            entry: 0,
            word: FREE,
            tokens: 0,
            mishaps: 0,
            processes: self.roles.map(|role| Process {
                at: match role {
                    Role::Absent => At::End,
                    Role::Watcher => At::Load,
                    Role::Sweeper => At::Look,
                    _ => At::Count,
                },
                ..NEW
            }),
            fault: None,
        }
    }

    fn steps(&self, state: &State, next: &mut Vec<(Step, State)>) {
        for number in 0..PROCESSES {
            Mover {
                world: self,
                state: *state,
                number,
                next,
            }
            .moves();
        }
    }

    fn crashes(&self, state: &State, next: &mut Vec<(Step, State)>) {
        for (number, process) in state.processes.iter().enumerate() {
            // The watcher's own slot is none of this model's.
            if matches!(process.at, At::End | At::Dead) || self.roles[number] == Role::Watcher {
                continue;
            }
            let mut after = *state;
            let holds = process.holds() && !process.cleared;
            if holds && self.guards(Guard::ClaimUndone) {
                after.member = after.member.saturating_sub(process.generation);
            }
            let registered = self.guards(Guard::ClaimCounts)
                || !matches!(process.at, At::SweepOwn | At::Exchange | At::GiveBack);
            after.tokens += u8::from(process.holds() && registered);
            after.processes[number] = Process {
                at: At::Dead,
                ..NEW
            };
            next.push(((number, "is killed"), after));
        }
        let mut after = *state;
        after.mishaps += 1;
        match self.mishap {
            Mishap::Counter(times) if state.mishaps < times && state.last != 0 => {
                after.last -= 1;
                next.push(((PROCESSES, "the counter is overwritten"), after));
            }
            Mishap::Table if state.mishaps == 0 && state.member == 0 && state.entry != 0 => {
                after.last = 0;
                after.entry = self.generations;
                next.push(((PROCESSES, "the table is overwritten"), after));
            }
            Mishap::Cleared if state.mishaps == 0 && state.member != 0 && self.clears(state) => {
                // The kernel forgets what it was to undo.
                after.member = 0;
                for process in after.processes.iter_mut().filter(|process| process.holds()) {
                    process.cleared = true;
                }
                next.push(((PROCESSES, "the member is set to 0"), after));
            }
            _ => {}
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        let holders = || {
            let processes = state.processes.iter();
            processes.filter(|process| process.holds() && !process.cleared)
        };
        let inside = state
            .processes
            .iter()
            .filter(|process| process.at == At::Inside && !process.cleared);
        let listed = |process: &Process| {
            let uses = matches!(process.at, At::Lock | At::Inside | At::Kept);
            !uses || state.entry == process.generation
        };
        let fault = if inside.count() > 1 {
            Some(TWO)
        } else if holders().count() > 1 {
            Some(SHARED)
        } else if holders().any(|process| process.generation != state.member) {
            Some(ROBBED)
        } else if self.guards(Guard::EnterBeforeUse) && !holders().all(listed) {
            Some(UNLISTED)
        } else {
            None
        };
        state.fault.or(fault)
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let kept = state.processes.iter().any(|process| process.at == At::Kept);
        let ended = |process: &Process| match process.at {
            At::End | At::Dead | At::Kept => true,
            At::Claim => kept,
            _ => false,
        };
        (!state.processes.iter().all(ended)).then_some(FOR_EVER)
    }
}

impl Process {
    /// Whether it has the slot.
    fn holds(&self) -> bool {
        let has = [
            At::Exchange,
            At::GiveBack,
            At::SweepOwn,
            At::Lock,
            At::Inside,
            At::EnterLate,
            At::Clear,
            At::Leave,
            At::Kept,
        ];
        self.generation != 0 && has.contains(&self.at)
    }
}

use Role::{Absent, Keeper, Leaker, Sweeper, User, Watcher};

const USERS: World = World::of([User, User, User]);
const WATCHED: World = World::of([User, User, Watcher]);
const LEAKED: World = World::of([Leaker, Keeper, Watcher]);
const SWEPT: World = World::of([User, User, Sweeper]);
const RESET: World = World {
    mishap: Mishap::Counter(2),
    ..USERS
};
const RESET_LEAKED: World = World {
    mishap: Mishap::Counter(1),
    prompt: true,
    ..World::of([Leaker, User, Absent])
};
const RESET_WATCHED: World = World {
    mishap: Mishap::Counter(1),
    prompt: true,
    ..World::of([User, Keeper, Watcher])
};
const RESET_SWEPT: World = World {
    mishap: Mishap::Counter(1),
    prompt: true,
    ..SWEPT
};
const OVERWRITTEN: World = World {
    mishap: Mishap::Table,
    ..USERS
};
const CLEARED: World = World {
    mishap: Mishap::Cleared,
    ..USERS
};

const WORLDS: [World; 10] = [
    USERS,
    WATCHED,
    LEAKED,
    SWEPT,
    RESET,
    RESET_LEAKED,
    RESET_WATCHED,
    RESET_SWEPT,
    OVERWRITTEN,
    CLEARED,
];

/// Where each omission shows, and what it leads to.
const OMISSIONS: [(Guard, World, &str); 14] = [
    (Guard::ClaimAtOnce, USERS, SHARED),
    (Guard::ClaimUndone, USERS, FOR_EVER),
    (Guard::ClaimCounts, WATCHED, FOR_EVER),
    (Guard::GiveBackCounts, WATCHED, FOR_EVER),
    (Guard::CountByExchange, WATCHED, ITSELF),
    (Guard::SweepAtClaim, RESET, ITSELF),
    (Guard::SweepAnyGeneration, OVERWRITTEN, ITSELF),
    (Guard::SweepWakes, RESET_WATCHED, FOR_EVER),
    (Guard::EnterBeforeUse, RESET, ITSELF),
    (Guard::LeaveTableFirst, USERS, UNLISTED),
    (Guard::LeaveUnclean, RESET_LEAKED, ITSELF),
    (Guard::LeaveOwn, CLEARED, ROBBED),
    (Guard::ClearByExchange, SWEPT, UNLISTED),
    (Guard::SweepBeforeClearing, RESET_SWEPT, ITSELF),
];

/// Row Q8.
#[test]
fn leases_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

/// Row Q8.
#[test]
fn leases_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// What no protocol can prevent, so that the documentation is not believed to promise it.
mod limits {
    use super::{CLEARED, ROBBED, TWO, WATCHED, World, search};

    #[test]
    fn a_process_that_sleeps_for_a_whole_turn_of_generations_takes_a_living_one_for_dead() {
        let world = World {
            generations: 1,
            ..WATCHED
        };
        let found = search::violation(&world);
        assert_eq!(found, Some(TWO));
    }

    #[test]
    fn a_member_that_is_set_to_0_during_a_claim_is_held_by_two() {
        let world = World {
            any_time: true,
            ..CLEARED
        };
        let found = search::violation(&world);
        assert_eq!(found, Some(ROBBED));
    }
}
