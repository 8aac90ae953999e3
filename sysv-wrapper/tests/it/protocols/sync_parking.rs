//! Waiting of `sync`: a flag in the segment, tokens in a member of the set. For conditions that all waiters share: a channel is not empty,
//! a channel is not full, an event.
//!
//! **Waiting**
//! 1. Looks: if there is work, takes it. Done.
//! 2. Raises the flag, and looks again.
//! 3. Looks at the peers, and at the count of departures in the same step, unless this call or an earlier one of the same handle knows the
//!    count. Then looks for work again. The count is known if there is none.
//! 4. Takes a token, waiting for one, if the count of departures is the known one. If it is another, or becomes another, knows none, and goes
//!    on with 2. The end of this wait may become `TimedOut`.
//! 5. Raises the flag again, since others may still wait, and looks for work. With work taken, and more left, does what a changer does (the
//!    baton). Without work ends with `TimedOut` if the time is over, and otherwise goes on with 2.
//!
//! **Changing**: publishes the change; if the flag is raised, lowers it by an exchange; if it was raised and the member is 0, adds a token.
//!
//! A process that ends adds to the departures, and a token (undo); one that leaves does so too.
//!
//! **Disconnected.** Peers are listed with a bit for each side of each channel: a sender sets its bit, then counts itself, then sends. It
//! clears the bit when its last handle goes, and adds to the departures, and a token. If none of those with the bit has a lease, a sender
//! was counted, and there is no work in step 3, the outcome is `Disconnected`. The same holds for senders and receivers exchanged.
//!
//! **Coming**: a receiver reads how many senders were counted, and looks at the peers. If none with a bit for either side lives, and there
//! is no work, it starts over: exchanges that number for 0. Then it sets its bit.
//!
//! **Draining**: one `semop`: minus the number of tokens that was read (2 or more), and plus 1, until it fails.

use super::search::{self, Protocol, Step};

/// What the protocol does for safety. Each line says what goes wrong without it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// The kernel counts a dead process, which may have lowered the flag: a waiter sleeps beside work.
    DeathWakes,
    /// The flag is raised before the wait: no changer adds a token.
    RaiseFlag,
    /// Looks for work after that: work that came in between is not seen.
    LookAgain,
    /// Raises the flag again after a token: of two sleepers, the second gets none.
    RaiseAgain,
    /// Passes the token on: one token for two changes wakes one of two sleepers.
    Baton,
    /// Publishes first: the one that was woken sees nothing, and sleeps again.
    PublishFirst,
    /// Adds no token where one is: they pile up.
    OneToken,
    /// Looks once after a token, whatever the deadline says: the token was for work, and is gone.
    LookAfterToken,
    /// Draining leaves a token in one operation: it takes one that a sleeper needs.
    DrainAtOnce,
    /// The wait compares the departures with the known ones: a sleeper is not told of the last sender's death.
    Compare,
    /// Departures are known after a look that found nothing: the next wait of the same handle is not told.
    KnowAfterNothing,
    /// With those of its own look: another process has looked since, and a sleeper is not told.
    OwnLook,
    /// Looks for work after the look at the peers: a message of a dead sender is left.
    AskFirst,
    /// `Disconnected` only after a sender was counted: a receiver that came first gives up.
    CountSenders,
    /// A sender sets its bit before it is counted: it is not seen to live.
    BitFirst,
    /// A sender sets its bit before it sends: it is not seen to live.
    BitBeforeUse,
    /// Leaving adds to the departures, as dying does: no sleeper is told.
    LeavingWakes,
    /// One that starts over exchanges the number that it has read: it forgets a sender that has come since, and others wait for it.
    StartByExchange,
}

/// What a process is there for.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// Sends so many messages, and leaves.
    Send(u8),
    /// Receives so many.
    Receive(u8),
    /// Comes later, starts over if no peer is there, and receives so many.
    Come(u8),
    /// Receives one, or until a deadline.
    Timed,
    /// Claims a lease, for which it drains the member.
    Drain,
    Absent,
}

/// What a process does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Join,
    Count,
    Send,
    Publish,
    LateJoin,
    /// The four steps of a changer, and where they lead.
    Flag(Then),
    Lower(Then),
    Value(Then),
    Post(Then),
    Leave,
    LeaveCount,
    LeaveValue,
    Arrive,
    LookAtPeers,
    StartOver,
    Enter,
    Look,
    Raise,
    LookAgain,
    Park,
    RaiseAgain,
    Ask,
    LookAsked,
    LookWoken,
    AskLate,
    Drain,
    TakeTokens(u8),
    End,
    Dead,
}

/// Where a changer goes on.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Then {
    Publish,
    Send,
    Look,
    End,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    left: u8,
    bit: bool,
    /// Has sent, and not left.
    used: bool,
    /// Has seen that no sender is left.
    alone: bool,
    /// The count of senders that it has read.
    seen: u8,
    /// The departures at its look at the peers.
    known: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    work: u8,
    flag: bool,
    tokens: u8,
    departures: u8,
    /// How many senders were counted since it started over.
    counted: u8,
    /// A sender and a receiver that came later were there at once.
    met: bool,
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

const PROCESSES: usize = 4;
/// No departures are known.
const NONE: u8 = u8::MAX;

/// Four processes, and the world around them.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    kills: bool,
    /// Receivers end when no sender is left.
    ends: bool,
    tokens: u8,
    /// More than this is a pile.
    most_tokens: u8,
    without: Option<Guard>,
}

const ASLEEP: &str = "a process sleeps beside work";
const UNTOLD: &str = "a receiver waits for senders that are gone";
const PILE: &str = "tokens pile up";
const EARLY: &str = "Disconnected, and a sender lives or will come";
const LEFT: &str = "Disconnected, and a message is left";

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            kills: true,
            ends: false,
            tokens: 0,
            most_tokens: 9,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// Whether a living process has a bit for a side.
    fn has(&self, state: &State, sends: bool) -> bool {
        let mut processes = self.roles.iter().zip(&state.processes);
        processes.any(|(role, process)| {
            process.bit && process.at != At::Dead && matches!(role, Role::Send(_)) == sends
        })
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
        state.processes[self.number] = me;
        let came = |process: &Process| process.bit && process.at != At::Count;
        let mut senders = self.world.roles.iter().zip(&state.processes);
        let has_sender =
            senders.any(|(role, process)| matches!(role, Role::Send(_)) && came(process));
        state.met |= has_sender && self.world.has(&state, false);
        self.next.push(((self.number, what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_, _| ());
    }

    /// Where a changer is after its last step.
    fn after(then: Then) -> At {
        match then {
            Then::Publish => At::Publish,
            Then::Send => At::Send,
            Then::Look => At::Look,
            Then::End => At::End,
        }
    }

    /// Takes work. `passes_on`: does what a changer does if more is left.
    fn takes(&mut self, what: &'static str, passes_on: bool) {
        let last = self.me().left == 1;
        let rest = self.state.work > 1 && self.world.guards(Guard::Baton);
        let then = match (passes_on && rest, last) {
            (true, true) => At::Flag(Then::End),
            (true, false) => At::Flag(Then::Look),
            (false, true) => At::End,
            (false, false) => At::Look,
        };
        let forgets = self.me().at == At::LookAsked && self.world.guards(Guard::KnowAfterNothing);
        self.step(what, then, |state, me| {
            state.work -= 1;
            me.left -= 1;
            me.alone = false;
            if forgets {
                me.known = NONE;
            }
        });
    }

    fn publishes(&mut self) {
        let late = !self.world.guards(Guard::BitBeforeUse) && !self.me().bit;
        let then = match (late, self.world.guards(Guard::PublishFirst)) {
            (true, _) => At::LateJoin,
            (false, true) => At::Flag(Then::Send),
            (false, false) => At::Send,
        };
        self.step("publishes", then, |state, me| {
            state.work += 1;
            me.left -= 1;
            me.used = true;
        });
    }

    fn sends(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        match me.at {
            At::Join if !world.guards(Guard::BitBeforeUse) => self.goes("joins late", At::Count),
            At::Join if !world.guards(Guard::BitFirst) => {
                self.step("is counted", At::Count, |state, _| state.counted += 1);
            }
            At::Join => self.step("sets its bit", At::Count, |_, me| me.bit = true),
            At::Count => self.step("is counted", At::Send, |state, me| {
                state.counted += 1;
                me.bit |= !world.guards(Guard::BitFirst);
            }),
            At::LateJoin => self.step("sets its bit", At::Flag(Then::Send), |_, me| me.bit = true),
            At::Send if me.left == 0 && !world.ends => self.goes("has sent all", At::End),
            At::Send if me.left == 0 => self.goes("has sent all", At::Leave),
            At::Publish => self.publishes(),
            At::Send if world.guards(Guard::PublishFirst) => self.publishes(),
            At::Send => self.goes("is about to publish", At::Flag(Then::Publish)),
            At::Leave => self.step("clears its bit", At::LeaveCount, |_, me| {
                me.bit = false;
                me.used = false;
            }),
            At::LeaveCount if !world.guards(Guard::LeavingWakes) => self.goes("leaves", At::End),
            At::LeaveCount => self.step("counts a departure", At::LeaveValue, |state, _| {
                state.departures += 1;
            }),
            At::LeaveValue if state.tokens != 0 => self.goes("finds a token", At::End),
            At::LeaveValue => self.step("adds a token", At::End, |state, _| state.tokens += 1),
            at => unreachable!("{at:?} is no step of a sender"),
        }
    }

    /// The steps of a changer.
    fn changes(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        match me.at {
            At::Flag(then) if state.flag => self.goes("sees the flag", At::Lower(then)),
            At::Flag(then) => self.goes("sees no flag", Mover::after(then)),
            At::Lower(then) if state.flag => {
                self.step("lowers the flag", At::Value(then), |state, _| {
                    state.flag = false;
                });
            }
            At::Lower(then) => self.goes("finds it lowered", Mover::after(then)),
            At::Value(then) if state.tokens != 0 && world.guards(Guard::OneToken) => {
                self.goes("finds a token", Mover::after(then));
            }
            At::Value(then) => self.goes("finds no token", At::Post(then)),
            At::Post(then) => self.step("adds a token", Mover::after(then), |state, _| {
                state.tokens += 1;
            }),
            at => unreachable!("{at:?} is no step of a changer"),
        }
    }

    fn moves(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        let is_timed = world.roles[self.number] == Role::Timed;
        match me.at {
            At::End | At::Dead => {}
            At::Flag(_) | At::Lower(_) | At::Value(_) | At::Post(_) => self.changes(),
            At::Arrive => self.step("reads the count", At::LookAtPeers, |state, me| {
                me.seen = state.counted;
            }),
            At::LookAtPeers => {
                let none = !world.has(&state, true) && !world.has(&state, false);
                let then = if none && state.work == 0 {
                    At::StartOver
                } else {
                    At::Enter
                };
                self.goes("looks at the peers", then);
            }
            At::StartOver => self.step("starts over", At::Enter, |state, me| {
                if state.counted == me.seen || !world.guards(Guard::StartByExchange) {
                    state.counted = 0;
                }
                me.seen = 0;
                state.met &= world.has(state, false);
            }),
            At::Enter => self.step("sets its bit", At::Look, |_, me| me.bit = true),
            At::Look | At::LookAgain | At::LookAsked if state.work != 0 => {
                self.takes("takes work", false);
            }
            At::Look if me.known == NONE && !world.guards(Guard::LookAgain) => {
                self.goes("finds no work", At::Ask);
            }
            At::Look if world.guards(Guard::RaiseFlag) => self.goes("finds no work", At::Raise),
            At::Look => self.goes("finds no work", At::LookAgain),
            At::Raise => {
                let then = match (world.guards(Guard::LookAgain), me.known) {
                    (true, _) => At::LookAgain,
                    (false, NONE) => At::Ask,
                    (false, _) => At::Park,
                };
                self.step("raises the flag", then, |state, _| state.flag = true);
            }
            At::LookAgain if me.known == NONE => self.goes("finds no work", At::Ask),
            At::Park => {
                if state.departures != me.known && world.guards(Guard::Compare) {
                    self.step("is told of a departure", At::Raise, |_, me| me.known = NONE);
                } else if state.tokens != 0 {
                    let raises = world.guards(Guard::RaiseAgain);
                    let then = if raises {
                        At::RaiseAgain
                    } else {
                        At::LookWoken
                    };
                    self.step("takes a token", then, |state, _| state.tokens -= 1);
                    if is_timed && !world.guards(Guard::LookAfterToken) {
                        self.step("takes a token too late", At::End, |state, _| {
                            state.tokens -= 1;
                        });
                    }
                } else if is_timed {
                    self.goes("times out", At::End);
                }
            }
            At::RaiseAgain => self.step("raises the flag", At::LookWoken, |state, _| {
                state.flag = true;
            }),
            At::Ask if world.guards(Guard::AskFirst) => self.asks(At::LookAsked),
            At::Ask => self.asks(At::AskLate),
            At::LookAsked | At::AskLate if me.alone => self.disconnects(),
            At::LookAsked if !world.guards(Guard::LookAgain) => {
                self.goes("finds no work", At::Raise);
            }
            At::LookAgain | At::LookAsked | At::AskLate => {
                self.goes("finds no work", At::Park);
            }
            At::LookWoken if state.work != 0 => self.takes("takes work", true),
            At::LookWoken => {
                self.goes("finds no work", At::Raise);
                if is_timed {
                    self.goes("finds no work, and times out", At::End);
                }
            }
            At::Drain if state.tokens < 2 => self.goes("need not drain", At::End),
            At::Drain if world.guards(Guard::DrainAtOnce) => {
                self.step("drains", At::Drain, |state, _| state.tokens = 1);
            }
            At::Drain => self.goes("counts tokens", At::TakeTokens(state.tokens - 1)),
            At::TakeTokens(count) => self.step("drains", At::End, |state, _| {
                if state.tokens >= count {
                    state.tokens -= count;
                }
            }),
            _ => self.sends(),
        }
    }
}

impl Mover<'_> {
    /// Looks at the peers.
    fn asks(&mut self, then: At) {
        let (world, state) = (self.world, self.state);
        let senders = || {
            state
                .processes
                .iter()
                .filter(|process| process.at != At::Dead)
        };
        let counted = state.counted != 0 || !world.guards(Guard::CountSenders);
        let alone = world.ends && counted && !world.has(&state, true);
        let what = if alone {
            "sees no sender"
        } else {
            "looks at the peers"
        };
        let lives = senders().any(|process| process.used);
        let coming = senders().any(|process| process.at == At::Count);
        self.step(what, then, |state, me| {
            me.alone = alone;
            me.known = state.departures;
            if !world.guards(Guard::OwnLook) {
                let others = state.processes.iter_mut();
                others.for_each(|process| process.known = state.departures);
            }
            if alone && (lives || coming || state.counted == 0) {
                state.fault = Some(EARLY);
            }
        });
    }

    /// Ends with `Disconnected`.
    fn disconnects(&mut self) {
        // A sender may have come since the look at the peers.
        let is_used = self.state.processes.iter().any(|process| process.used);
        self.step("ends: Disconnected", At::End, |state, me| {
            me.alone = false;
            if state.work != 0 && !is_used {
                state.fault = Some(LEFT);
            }
        });
    }
}

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        State {
            work: 0,
            flag: false,
            tokens: self.tokens,
            departures: 0,
            counted: 0,
            met: false,
            processes: self.roles.map(|role| {
                let (at, left) = match role {
                    Role::Send(messages) => (At::Join, messages),
                    Role::Receive(messages) => (At::Look, messages),
                    Role::Come(messages) => (At::Arrive, messages),
                    Role::Timed => (At::Look, 1),
                    Role::Drain => (At::Drain, 0),
                    Role::Absent => (At::End, 0),
                };
                Process {
                    at,
                    left,
                    bit: false,
                    used: false,
                    alone: false,
                    seen: 0,
                    known: NONE,
                }
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
        let wakes = u8::from(self.guards(Guard::DeathWakes));
        for (number, process) in state.processes.iter().enumerate() {
            if !self.kills || matches!(process.at, At::End | At::Dead) {
                continue;
            }
            let mut after = *state;
            after.tokens += wakes;
            after.departures += wakes;
            after.processes[number] = Process {
                at: At::Dead,
                left: 0,
                bit: false,
                used: false,
                alone: false,
                seen: 0,
                known: NONE,
            };
            next.push(((number, "is killed"), after));
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        let pile = state.tokens > self.most_tokens;
        state.fault.or(pile.then_some(PILE))
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let parked = state.processes.iter().any(|process| process.at == At::Park);
        if parked && state.work != 0 {
            Some(ASLEEP)
        } else {
            (parked && self.ends && (state.counted != 0 || state.met)).then_some(UNTOLD)
        }
    }
}

use Role::{Absent, Come, Drain, Receive, Send, Timed};

const QUEUE: World = World::of([Send(2), Send(1), Receive(2), Receive(1)]);
const MANY: World = World::of([Send(3), Receive(1), Receive(1), Receive(1)]);
const TIMED: World = World {
    kills: false,
    ..World::of([Send(2), Receive(1), Timed, Receive(1)])
};
const BUSY: World = World {
    kills: false,
    most_tokens: 2,
    ..World::of([Send(5), Receive(5), Absent, Absent])
};
const DRAINED: World = World {
    kills: false,
    tokens: 2,
    ..World::of([Send(1), Receive(1), Receive(1), Drain])
};
const ENDED: World = World {
    ends: true,
    ..World::of([Send(1), Receive(3), Receive(3), Absent])
};
const ENDED_BY_LEAVING: World = World {
    kills: false,
    ..ENDED
};
const TWO_ENDED: World = World {
    ends: true,
    kills: true,
    tokens: 1,
    ..World::of([Send(1), Send(1), Receive(3), Absent])
};

const COMES: World = World {
    ends: true,
    ..World::of([Send(1), Come(2), Come(2), Absent])
};

const WORLDS: [World; 9] = [
    QUEUE,
    MANY,
    TIMED,
    BUSY,
    DRAINED,
    ENDED,
    ENDED_BY_LEAVING,
    TWO_ENDED,
    COMES,
];

/// Where each omission shows, and what it leads to.
const OMISSIONS: [(Guard, World, &str); 18] = [
    (Guard::DeathWakes, QUEUE, ASLEEP),
    (Guard::RaiseFlag, QUEUE, ASLEEP),
    (Guard::LookAgain, QUEUE, ASLEEP),
    (Guard::RaiseAgain, QUEUE, ASLEEP),
    (Guard::Baton, QUEUE, ASLEEP),
    (Guard::PublishFirst, QUEUE, ASLEEP),
    (Guard::OneToken, BUSY, PILE),
    (Guard::LookAfterToken, TIMED, ASLEEP),
    (Guard::DrainAtOnce, DRAINED, ASLEEP),
    (Guard::Compare, ENDED, UNTOLD),
    (Guard::KnowAfterNothing, ENDED, UNTOLD),
    (Guard::OwnLook, ENDED_BY_LEAVING, UNTOLD),
    (Guard::AskFirst, TWO_ENDED, LEFT),
    (Guard::CountSenders, TWO_ENDED, EARLY),
    (Guard::BitFirst, TWO_ENDED, EARLY),
    (Guard::BitBeforeUse, TWO_ENDED, EARLY),
    (Guard::LeavingWakes, ENDED_BY_LEAVING, UNTOLD),
    (Guard::StartByExchange, COMES, UNTOLD),
];

/// Row Q8.
#[test]
fn waiting_is_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

/// Row Q8.
#[test]
fn waiting_without_one_guard_goes_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}
