//! The mutex of `sync`: one word in the segment, leases and one parking place in the set.
//!
//! word = WAITERS | INCONSISTENT | owner. A lease is a member of the set that the kernel puts back to 0 when its process ends; in the
//! same step the kernel adds 1 to the count of departures, and a token to the parking place.
//!
//! **Locking** exchanges 0 for the own id. Else:
//! 1. Loads the word. No owner: exchanges it for the own id, keeps INCONSISTENT, and adds WAITERS if this call has waited. Done, and the
//!    caller is told if INCONSISTENT was set.
//! 2. `GETALL`. A failure is the call's error. The own lease or the nonce of the area differ: `LeaseLost`. The owner's lease is gone:
//!    exchanges the word for the own id, with INCONSISTENT and WAITERS. Done.
//! 3. Sets WAITERS, unless it is set, by an exchange. `try_lock` ends here instead: `WouldBlock`.
//! 4. Takes a token, waiting for one, unless the count of departures is another than in step 2 or becomes another. Then back to 1. Where undo is applied entry by entry, a token may come before the lease is gone: the
//!    next wait after a token ends after a while by itself. Only the end of this wait, with WAITERS set, is `TimedOut`.
//!
//! An exchange that fails goes back to 1.
//!
//! **Unlocking** exchanges the own id for 0. Else exchanges the word, as long as the owner in it is this one, for INCONSISTENT alone if that
//! was set; another owner in it: `LeaseLost`. If WAITERS was set, and the parking place has no token, adds one. A guard that is dropped by
//! a panic which began inside sets INCONSISTENT before.
//!
//! **Leaving** without unlocking (a guard was leaked): gives the lease back, and adds a token to the parking place, as a death does.
//!
//! What nothing prevents, and `limits` shows: a process whose lease ends while it is inside, by its own `unshare`, is
//! inside together with the next owner. Only its unlocking does no harm.

use super::search::{self, Protocol, Step};

/// What the protocol does for safety. Each line says what goes wrong without it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// The kernel adds a token for a dead process: what it was about to wake sleeps for ever.
    DeathWakes,
    /// The lock of a dead owner is taken over: all wait for it for ever.
    TakeOver,
    /// The exchange that takes over sets WAITERS: where undo is applied entry by entry, two sleepers may know of the departure before the
    /// lease is gone, its token wakes one, and the other one sleeps for ever.
    TakeOverSetsWaiters,
    /// The exchange that takes over sets INCONSISTENT: half a change is taken for a whole one.
    TakeOverTells,
    /// INCONSISTENT stays until a caller says that the data are in order: the second owner after a death is not told.
    StaysInconsistent,
    /// A panic inside sets INCONSISTENT: half a change is taken for a whole one.
    PanicTells,
    /// INCONSISTENT is set before the lock is free: another process is inside in between, and is not told.
    PanicTellsFirst,
    /// A failure to read the leases is no death: with the set removed, two are inside.
    FailureIsNoDeath,
    /// The own lease is looked at: with all leases cleared, two are inside.
    OwnLeaseFirst,
    /// The nonce is looked at: in another namespace, with a set that looks alike, two are inside.
    NonceFirst,
    /// WAITERS is set before the wait: no token comes.
    SetWaiters,
    /// A call that has waited sets WAITERS in its own word: other sleepers sleep for ever.
    WaitedSetsWaiters,
    /// Unlocking adds a token if WAITERS was set.
    Post,
    /// Unlocking adds no token where one is: they pile up, until the kernel refuses.
    OneToken,
    /// After a token a call goes round once: with its deadline over, it takes the token of another sleeper with it.
    RoundAfterToken,
    /// Unlocking acts only on the own word: it frees the lock of the next owner, and two are inside.
    UnlockOwn,
    /// Leaving adds a token, as dying does: a sleeper behind a leaked guard sleeps for ever.
    LeavingWakes,
    /// `try_lock` exchanges a free word with INCONSISTENT too: it fails for ever.
    TryInconsistent,
    /// Draining leaves a token in one operation: it takes one that a sleeper needs.
    DrainAtOnce,
    /// Where undo is applied entry by entry, a waiter that was woken for nothing looks again: it sleeps for ever.
    LookAgainLater,
}

/// What a process is there for.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// `lock` and unlock, so many times.
    Lock(u8),
    /// `lock_timeout` and unlock.
    Timed,
    /// `try_lock` and unlock.
    Try,
    /// `lock`, and a panic inside.
    Panic,
    /// `lock`, and leaves with the guard leaked.
    Leak,
    /// Claims a lease, for which it drains the parking place.
    Drain,
    Absent,
}

/// What a process does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Exchange,
    Load,
    TakeFree,
    Ask,
    TakeOver,
    SetWaiters,
    Park,
    Inside,
    Half,
    Panic,
    Unlock,
    /// Unlocked, INCONSISTENT not yet set.
    Late,
    Value,
    Post,
    Leave,
    Left,
    Drain,
    TakeTokens(u8),
    End(Outcome),
    /// The kernel has undone its parking place, and not yet its lease.
    Dying,
    Dead,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Outcome {
    Done,
    TimedOut,
    WouldBlock,
    LeaseLost,
    Failed,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Word {
    /// The number of a process, or `NONE`.
    owner: u8,
    waiters: bool,
    inconsistent: bool,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    /// The word as loaded.
    seen: Word,
    /// Has taken a token in this call.
    waited: bool,
    lease: bool,
    /// Its lease ended while it was inside.
    overtaken: bool,
    rounds: u8,
    /// The departures when it asked for the owner.
    known: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    word: Word,
    tokens: u8,
    departures: u8,
    /// The data that the lock is for are half changed.
    half: bool,
    is_removed: bool,
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

const PROCESSES: usize = 3;
const NONE: u8 = 9;
const FREE: Word = Word {
    owner: NONE,
    waiters: false,
    inconsistent: false,
};

/// What may happen to the set beside the processes' deaths.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Mishap {
    Nothing,
    /// A process removes it.
    Removed,
    /// A process sets all members to 0.
    Cleared,
    /// The second process enters another namespace, in which a set has the same id, and the same value in its member.
    Twin,
    /// The first process ends its own lease: `unshare(CLONE_SYSVSEM)`.
    Unshared,
}

/// Three processes, and the world around them.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    kills: bool,
    mishap: Mishap,
    /// The kernel undoes parking places first, and leases later.
    entry_by_entry: bool,
    tokens: u8,
    /// More than this is a pile.
    most_tokens: u8,
    without: Option<Guard>,
}

const TWO: &str = "two are inside";
const FOR_EVER: &str = "a process sleeps for ever";
const UNTOLD: &str = "half a change is taken for a whole one";
const PILE: &str = "tokens pile up";
const REFUSED: &str = "a free lock is refused";

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            kills: true,
            mishap: Mishap::Nothing,
            entry_by_entry: false,
            tokens: 0,
            most_tokens: 9,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }
}

/// One process, about to take a step.
struct Mover<'a> {
    world: &'a World,
    state: State,
    number: u8,
    next: &'a mut Vec<(Step, State)>,
}

impl Mover<'_> {
    fn me(&self) -> Process {
        self.state.processes[usize::from(self.number)]
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&mut State, &mut Process)) {
        let mut state = self.state;
        let mut me = self.me();
        me.at = at;
        change(&mut state, &mut me);
        if matches!(me.at, At::End(_)) {
            me = Process {
                at: me.at,
                lease: me.lease,
                ..NEW
            };
        }
        state.processes[usize::from(self.number)] = me;
        self.next.push(((self.number.into(), what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_, _| ());
    }

    /// Exchanges the word as loaded for another one, and enters.
    fn enters(&mut self, what: &'static str, word: Word, takes_over: bool) {
        let seen = self.me().seen;
        if self.state.word != seen {
            return self.goes("cannot exchange the word", At::Load);
        }
        let told = seen.inconsistent || (takes_over && word.inconsistent);
        self.step(what, At::Inside, |state, me| {
            state.word = word;
            if state.half && !told {
                state.fault = Some(UNTOLD);
            }
            me.seen.inconsistent = told;
            me.waited = false;
            me.overtaken = !me.lease && !takes_over;
        });
    }

    /// Goes on after unlocking.
    fn unlocked(&mut self, what: &'static str, change: impl FnOnce(&mut State)) {
        let again = self.me().rounds > 1;
        let then = if again {
            At::Exchange
        } else {
            At::End(Outcome::Done)
        };
        self.step(what, then, |state, me| {
            me.rounds -= 1;
            me.seen = FREE;
            change(state);
        });
    }

    fn moves(&mut self) {
        let (world, state, number) = (self.world, self.state, self.number);
        let role = world.roles[usize::from(number)];
        let me = self.me();
        let free = state.word.owner == NONE;
        match me.at {
            At::End(_) | At::Dead => {}
            At::Dying => self.step("loses its lease", At::Dead, |_, me| me.lease = false),
            At::Exchange if state.word == FREE => {
                let word = Word {
                    owner: number,
                    ..FREE
                };
                self.enters("exchanges 0", word, false);
            }
            At::Exchange if role == Role::Try && !world.guards(Guard::TryInconsistent) => {
                self.step("gives up", At::End(Outcome::WouldBlock), |state, _| {
                    if free {
                        state.fault = Some(REFUSED);
                    }
                });
            }
            At::Exchange => self.goes("finds the word in use", At::Load),
            At::Load => {
                let then = if free { At::TakeFree } else { At::Ask };
                self.step("loads the word", then, |state, me| me.seen = state.word);
            }
            At::TakeFree => {
                let word = Word {
                    owner: number,
                    waiters: me.waited && world.guards(Guard::WaitedSetsWaiters),
                    inconsistent: me.seen.inconsistent && world.guards(Guard::StaysInconsistent),
                };
                self.enters("takes the free lock", word, false);
            }
            At::Ask => self.asks(),
            At::TakeOver => {
                let word = Word {
                    owner: number,
                    waiters: world.guards(Guard::TakeOverSetsWaiters),
                    inconsistent: world.guards(Guard::TakeOverTells) || me.seen.inconsistent,
                };
                self.enters("takes it over", word, true);
            }
            At::SetWaiters if !world.guards(Guard::SetWaiters) => self.goes("waits", At::Park),
            At::SetWaiters if state.word == me.seen => {
                self.step("sets WAITERS", At::Park, |state, _| {
                    state.word.waiters = true;
                });
            }
            At::SetWaiters => self.goes("cannot set WAITERS", At::Load),
            At::Park => self.parks(),
            At::Inside => {
                if me.seen.inconsistent {
                    self.goes("leaves the data as they are", At::Unlock);
                    self.step("repairs the data", At::Unlock, |state, _| {
                        state.half = false;
                        state.word.inconsistent &= state.word.owner != number;
                    });
                } else {
                    self.step("changes half", At::Half, |state, _| {
                        state.half |= state.word.owner == number;
                    });
                }
                if role == Role::Leak {
                    self.goes("leaks its guard", At::Leave);
                }
            }
            At::Half if role == Role::Panic => {
                let first = world.guards(Guard::PanicTells) && world.guards(Guard::PanicTellsFirst);
                self.step("panics", At::Panic, |state, _| {
                    state.word.inconsistent |= first && state.word.owner == number;
                });
            }
            At::Half => self.step("changes the rest", At::Unlock, |state, _| {
                state.half &= state.word.owner != number;
            }),
            At::Unlock | At::Panic
                if state.word.owner != number && world.guards(Guard::UnlockOwn) =>
            {
                self.goes("does not own the lock", At::End(Outcome::LeaseLost));
            }
            At::Panic if !world.guards(Guard::PanicTellsFirst) => {
                self.step("unlocks", At::Late, |state, _| state.word = FREE);
            }
            At::Late => self.unlocked("sets INCONSISTENT", |state| {
                state.word.inconsistent = true;
            }),
            At::Unlock | At::Panic => {
                let word = Word {
                    inconsistent: state.word.inconsistent,
                    ..FREE
                };
                if state.word.waiters && world.guards(Guard::Post) {
                    self.step("unlocks", At::Value, |state, _| state.word = word);
                } else {
                    self.unlocked("unlocks", |state| state.word = word);
                }
            }
            At::Value if state.is_removed => {
                self.unlocked("finds the set removed", |_| ());
            }
            At::Value if state.tokens != 0 && world.guards(Guard::OneToken) => {
                self.unlocked("finds a token", |_| ());
            }
            At::Value => self.goes("finds no token", At::Post),
            At::Post => self.unlocked("adds a token", |state| state.tokens += 1),
            At::Leave => self.step("gives its lease back", At::Left, |_, me| me.lease = false),
            At::Left => self.step("leaves", At::End(Outcome::Done), |state, _| {
                state.tokens += u8::from(world.guards(Guard::LeavingWakes));
                state.departures += u8::from(world.guards(Guard::LeavingWakes));
            }),
            At::Drain if state.tokens < 2 => self.goes("need not drain", At::End(Outcome::Done)),
            At::Drain if world.guards(Guard::DrainAtOnce) => {
                // As many as were counted, or EAGAIN and another look.
                self.step("drains", At::Drain, |state, _| state.tokens = 1);
            }
            At::Drain => self.goes("counts tokens", At::TakeTokens(state.tokens - 1)),
            At::TakeTokens(count) => self.step("drains", At::End(Outcome::Done), |state, _| {
                if state.tokens >= count {
                    state.tokens -= count;
                }
            }),
        }
    }

    /// Asks the kernel whether the owner in the word as loaded lives.
    fn asks(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        let role = world.roles[usize::from(self.number)];
        let away = world.mishap == Mishap::Twin && self.number == 1 && !me.lease;
        let owner = state.processes[usize::from(me.seen.owner)];
        let wait = match role {
            Role::Try => At::End(Outcome::WouldBlock),
            _ if me.seen.waiters => At::Park,
            _ => At::SetWaiters,
        };
        if state.is_removed && world.guards(Guard::FailureIsNoDeath) {
            self.goes("cannot ask", At::End(Outcome::Failed));
        } else if away && world.guards(Guard::NonceFirst) {
            self.goes("sees another nonce", At::End(Outcome::LeaseLost));
        } else if !me.lease && !away && world.guards(Guard::OwnLeaseFirst) {
            self.goes("sees its own lease gone", At::End(Outcome::LeaseLost));
        } else if state.is_removed || away || !owner.lease {
            if world.guards(Guard::TakeOver) {
                self.goes("sees the owner's lease gone", At::TakeOver);
            } else {
                self.step("asks nothing", wait, |state, me| {
                    me.known = state.departures;
                });
            }
        } else {
            self.step("sees the owner's lease", wait, |state, me| {
                me.known = state.departures;
            });
        }
    }

    /// Waits for a token.
    fn parks(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        let is_timed = world.roles[usize::from(self.number)] == Role::Timed;
        if state.is_removed {
            self.goes("finds the set removed", At::End(Outcome::Failed));
        } else if state.departures != me.known {
            self.step("is told of a departure", At::Load, |_, me| me.waited = true);
        } else if state.tokens != 0 {
            self.step("takes a token", At::Load, |state, me| {
                state.tokens -= 1;
                me.waited = true;
            });
            if is_timed && !world.guards(Guard::RoundAfterToken) {
                self.step(
                    "takes a token too late",
                    At::End(Outcome::TimedOut),
                    |state, _| {
                        state.tokens -= 1;
                    },
                );
            }
        } else if is_timed {
            self.goes("times out", At::End(Outcome::TimedOut));
        }
        let dies = state
            .processes
            .iter()
            .any(|process| process.at == At::Dying);
        let later = world.entry_by_entry && world.guards(Guard::LookAgainLater);
        if later && me.waited && !dies {
            self.step("looks again later", At::Load, |_, me| me.waited = false);
        }
    }
}

const NEW: Process = Process {
    at: At::Exchange,
    seen: FREE,
    waited: false,
    lease: true,
    overtaken: false,
    rounds: 1,
    known: 0,
};

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        State {
            word: FREE,
            tokens: self.tokens,
            departures: 0,
            half: false,
            is_removed: false,
            processes: self.roles.map(|role| Process {
                at: match role {
                    Role::Absent => At::End(Outcome::Done),
                    Role::Drain => At::Drain,
                    _ => At::Exchange,
                },
                rounds: if let Role::Lock(rounds) = role {
                    rounds
                } else {
                    1
                },
                ..NEW
            }),
            fault: None,
        }
    }

    fn steps(&self, state: &State, next: &mut Vec<(Step, State)>) {
        for number in (0..).take(PROCESSES) {
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
        let wakes = u8::from(self.guards(Guard::DeathWakes));
        for (number, process) in state.processes.iter().enumerate() {
            if !self.kills || matches!(process.at, At::End(_) | At::Dying | At::Dead) {
                continue;
            }
            let mut after = *state;
            after.tokens += wakes;
            after.departures += wakes;
            after.processes[number] = Process {
                at: At::Dead,
                lease: false,
                ..NEW
            };
            if self.entry_by_entry {
                after.processes[number].at = At::Dying;
                after.processes[number].lease = true;
            }
            next.push(((number, "is killed"), after));
        }
        let mut add = |what, who: std::ops::Range<usize>, is_removed| {
            let mut after = *state;
            after.is_removed = is_removed;
            for process in &mut after.processes[who] {
                process.lease &= is_removed;
                let inside = [At::Inside, At::Half, At::Unlock];
                process.overtaken |= !process.lease && inside.contains(&process.at);
            }
            next.push(((PROCESSES, what), after));
        };
        match self.mishap {
            Mishap::Nothing => {}
            Mishap::Removed => add("the set is removed", 0..PROCESSES, true),
            Mishap::Cleared => add("all leases are cleared", 0..PROCESSES, false),
            Mishap::Twin => add("goes to another namespace", 1..2, false),
            Mishap::Unshared => add("ends its own lease", 0..1, false),
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        let inside = |process: &&Process| {
            let inside = [At::Inside, At::Half, At::Panic, At::Unlock];
            inside.contains(&process.at)
        };
        // The next owner may enter beside a process whose lease ended inside.
        let entered = state.processes.iter().filter(inside);
        let two = match self.mishap {
            Mishap::Unshared | Mishap::Twin => {
                entered.filter(|process| !process.overtaken).count() > 1
            }
            _ => entered.count() > 1,
        };
        let pile = state.tokens > self.most_tokens;
        let fault = two.then_some(TWO).or(pile.then_some(PILE));
        state.fault.or(fault)
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let ended = |process: &Process| matches!(process.at, At::End(_) | At::Dead);
        (!state.processes.iter().all(ended)).then_some(FOR_EVER)
    }
}

use Role::{Absent, Drain, Leak, Lock, Panic, Timed, Try};

const PAIR: World = World::of([Lock(2), Lock(2), Absent]);
const THREE: World = World::of([Lock(1), Lock(1), Lock(1)]);
const TIMED: World = World {
    kills: false,
    ..World::of([Lock(1), Timed, Lock(1)])
};
const TRIED: World = World::of([Lock(1), Panic, Try]);
const PANICKED: World = World::of([Panic, Lock(2), Absent]);
const LEAKED: World = World {
    kills: false,
    ..World::of([Leak, Lock(1), Lock(1)])
};
const BUSY: World = World {
    kills: false,
    most_tokens: 2,
    ..World::of([Lock(4), Lock(4), Absent])
};
const DRAINED: World = World {
    kills: false,
    tokens: 2,
    ..World::of([Lock(2), Lock(2), Drain])
};
const SLOWLY: World = World {
    entry_by_entry: true,
    ..World::of([Lock(1), Lock(1), Lock(1)])
};
const REMOVED: World = World {
    mishap: Mishap::Removed,
    ..THREE
};
const CLEARED: World = World {
    mishap: Mishap::Cleared,
    kills: false,
    ..PAIR
};
const TWIN: World = World {
    mishap: Mishap::Twin,
    ..PAIR
};
const UNSHARED: World = World {
    mishap: Mishap::Unshared,
    kills: false,
    ..THREE
};

const WORLDS: [World; 13] = [
    PAIR, THREE, TIMED, TRIED, PANICKED, LEAKED, BUSY, DRAINED, SLOWLY, REMOVED, CLEARED, TWIN,
    UNSHARED,
];

/// Where each omission shows, and what it leads to.
const OMISSIONS: [(Guard, World, &str); 20] = [
    (Guard::DeathWakes, PAIR, FOR_EVER),
    (Guard::TakeOver, PAIR, FOR_EVER),
    (Guard::TakeOverSetsWaiters, SLOWLY, FOR_EVER),
    (Guard::TakeOverTells, PAIR, UNTOLD),
    (Guard::StaysInconsistent, PANICKED, UNTOLD),
    (Guard::PanicTells, PANICKED, UNTOLD),
    (Guard::PanicTellsFirst, PANICKED, UNTOLD),
    (Guard::FailureIsNoDeath, REMOVED, TWO),
    (Guard::OwnLeaseFirst, CLEARED, TWO),
    (Guard::NonceFirst, TWIN, TWO),
    (Guard::SetWaiters, PAIR, FOR_EVER),
    (Guard::WaitedSetsWaiters, THREE, FOR_EVER),
    (Guard::Post, PAIR, FOR_EVER),
    (Guard::OneToken, BUSY, PILE),
    (Guard::RoundAfterToken, TIMED, FOR_EVER),
    (Guard::UnlockOwn, UNSHARED, TWO),
    (Guard::LeavingWakes, LEAKED, FOR_EVER),
    (Guard::TryInconsistent, TRIED, REFUSED),
    (Guard::DrainAtOnce, DRAINED, FOR_EVER),
    (Guard::LookAgainLater, SLOWLY, FOR_EVER),
];

/// Row Q8.
#[test]
fn mutexes_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

/// Row Q8.
#[test]
fn mutexes_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// What no protocol can prevent, so that the documentation is not believed to promise it.
mod limits {
    use super::{At, CLEARED, Mishap, PAIR, Protocol, State, Step, World, search};

    /// The same world, in which a process that was overtaken counts.
    struct Strict(World);

    impl Protocol for Strict {
        type State = State;

        fn start(&self) -> State {
            self.0.start()
        }

        fn steps(&self, state: &State, next: &mut Vec<(Step, State)>) {
            self.0.steps(state, next);
        }

        fn crashes(&self, state: &State, next: &mut Vec<(Step, State)>) {
            self.0.crashes(state, next);
        }

        fn fault(&self, state: &State) -> Option<&'static str> {
            let inside = state
                .processes
                .iter()
                .filter(|process| process.at == At::Inside);
            (inside.count() > 1).then_some(super::TWO)
        }

        fn stuck(&self, _: &State) -> Option<&'static str> {
            None
        }
    }

    #[test]
    fn an_owner_that_ends_its_own_lease_inside_is_overtaken() {
        let world = World {
            mishap: Mishap::Unshared,
            ..PAIR
        };
        assert_eq!(search::violation(&Strict(world)), Some(super::TWO));
        let cleared = search::violation(&Strict(CLEARED));
        assert!(cleared.is_none(), "all leases are cleared at once");
    }
}
