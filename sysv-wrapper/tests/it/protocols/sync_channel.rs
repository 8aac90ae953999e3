//! The channel of `sync`: slots that several senders and receivers use at once, and that survive the death of any of them.
//!
//! slot = turn | phase | owner. Position p is slot p mod capacity, in turn p / capacity. Zeroed memory is an empty channel. `tail` and `head`
//! are hints: the next position to send to, and to receive from; any process moves them on that finds them behind.
//!
//! **Sending** at the position in `tail`:
//! - EMPTY in its turn: exchanges it for WRITING with the own id, which reserves and names in one step; moves `tail`; copies; exchanges it for
//!   FULL; notifies receivers. An aborted one exchanges it for ABORTED, and notifies both sides.
//! - Another phase in its turn, or the next turn: moves `tail`, and looks again.
//! - The turn before: the channel is full. ABORTED: moves `head`, if that is there, exchanges the slot for EMPTY in the next turn, and looks
//!   again. BACK: notifies receivers.
//!
//! **Receiving**: if RETURNED is set, scans the slots for BACK, and exchanges the first for READING with the own id (redelivered). Without
//! any clears RETURNED, and scans once more; if there is one now, sets it again. Else, at the position in `head`:
//! - FULL in its turn: exchanges it for READING with the own id; moves `head`; copies; exchanges it for EMPTY in the next turn; notifies
//!   senders. One that is kept and dropped exchanges it for BACK, sets RETURNED, and notifies receivers.
//! - ABORTED in its turn or the one before: moves `head`, exchanges it for EMPTY in the next turn, notifies senders, and looks again. BACK: takes it.
//! - READING in its turn, or the next turn: moves `head`, and looks again.
//! - EMPTY or WRITING in its turn: nothing to receive. The turn before: the same, unless it is BACK, which is taken.
//!
//! No slot is freed before `head` has passed it: so `head` is a turn behind at most, and what is further away is damage.
//!
//! "Full" and "nothing" count only if the hint is still the same.
//!
//! **Waiting** is that of the model beside this one, with one place for receivers and one for senders. After each departure, and whenever a
//! call that does not wait has nothing to do, **sweeps**: for each listed process without a lease, exchanges WRITING for ABORTED and READING for
//! BACK where they name it; sets RETURNED if any slot is BACK; notifies both sides; then clears the entry.
//!
//! **Sole** senders and receivers hold the role of their side, which they take by an exchange once it is free or its holder has no lease. They
//! have a position of their own, which starts at the hint, or at the first slot behind it that is not done. They name no slot: a sole sender
//! copies into EMPTY and exchanges it for FULL, then moves `tail`; a sole receiver counts the delivery, copies, exchanges FULL for EMPTY in
//! the next turn, then moves `head`. If a delivery was counted before, the message is redelivered. A sole receiver alone frees an aborted
//! slot. A sole process passes no token on.
//!
//! Whatever is released is exchanged from exactly what was reserved: a failure is `LeaseLost`.
//!
//! What nothing prevents, and `limits` shows: a sender that ends its own lease, by `unshare`, and goes on copying.

use super::search::{self, Protocol, Step};

/// What the protocol does for safety. Each line says what goes wrong without it.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// One exchange reserves and names: a slot of a sender that died in between belongs to no process, and blocks what follows.
    NameAtOnce,
    /// Others move `tail`: one who died before it did stops all senders.
    HelpTail,
    /// Others move `head`: one who died before it did stops all receivers.
    HelpHead,
    /// Processes sweep after a departure: slots of the dead stay reserved.
    Sweep,
    /// WRITING of the dead becomes ABORTED: it blocks what follows.
    SweepWriting,
    /// READING of the dead becomes BACK: the message is lost.
    SweepReading,
    /// RETURNED is set for a slot that goes back: no receiver looks there.
    SetReturned,
    /// A sweep sets it for any slot that is BACK: one who died before setting it leaves a message behind.
    SweepSetsReturned,
    /// Receivers are notified of it.
    NotifyReturned,
    /// The entry is cleared last: one who dies while it sweeps leaves the rest as it is.
    ClearLast,
    /// RETURNED is cleared only after a scan that found nothing: a receiver that looks in between sleeps beside a message.
    ClearAfterScan,
    /// After that, scans again: a message that went back in between is left.
    ScanAgain,
    /// A redelivered message is marked.
    Mark,
    /// FULL is set only in place of the own WRITING: a sender that lost its lease publishes another one's slot.
    PublishOwn,
    /// EMPTY is set only in place of the own READING: a receiver that lost its lease frees a slot that another one reads.
    ReleaseOwn,
    /// The slot is released after copying: it is overwritten.
    ReleaseAfterCopy,
    /// The message is published after copying.
    PublishAfterCopy,
    /// An aborted slot at the head becomes free: it blocks what follows.
    SkipAborted,
    /// A sender that meets an aborted slot frees it: without receivers it waits for ever.
    FreeAborted,
    /// `head` moves before a slot is freed: it falls behind by more than a turn, and what it points at looks like garbage.
    PassFirst,
    /// Aborting notifies receivers: one sleeps beside what follows the slot.
    AbortWakesReceivers,
    /// Aborting notifies senders: one sleeps beside a slot that is free.
    AbortWakesSenders,
    /// Releasing notifies senders.
    ReleaseWakes,
    /// Publishing notifies receivers.
    PublishWakes,
    /// A role is exchanged for what it was: two processes have it.
    RoleByExchange,
    /// A role is taken only from a process without a lease: two processes have it.
    RoleOfDead,
    /// A sole process looks for slots behind the hint that are done: one that died before it moved the hint leaves damage.
    Follow,
    /// A sole sender moves `tail` after it has published: one that dies in between leaves a hole.
    PublishFirst,
    /// A sole receiver moves `head` after it has freed the slot: one that dies in between leaves a message.
    FreeFirst,
    /// A sole receiver counts a delivery before it copies: the next one cannot know that it may be the second.
    CountFirst,
    /// Only the sole receiver frees an aborted slot: its position is a turn behind.
    FreedBySole,
    /// The sole receiver frees it: it blocks what follows.
    SoleSkips,
}

/// What a process is there for.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// Sends so many messages.
    Send(u8),
    /// Reserves a slot and aborts, so many times.
    Abort(u8),
    /// Receives so many messages.
    Receive(u8),
    /// Keeps a message and drops it, so many times.
    Drop(u8),
    /// Keeps two messages, and does nothing more.
    Hoard,
    /// Takes the role of the side as soon as it can, and sends so many messages.
    SoleSend(u8),
    /// The same, and receives so many.
    SoleReceive(u8),
    Absent,
}

/// What a process does next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Tail,
    TailSlot,
    Reserve,
    MoveTail,
    Write,
    WriteRest,
    Publish,
    Abort,
    Full,
    PassAborted,
    FreeAborted,
    Look,
    Scan,
    TakeBack,
    Clear,
    SetAgain,
    Head,
    HeadSlot,
    Take,
    MoveHead,
    Copy,
    CopyRest,
    Release,
    GiveBack,
    PassSkipped,
    Skip,
    Nothing,
    /// Sets RETURNED.
    Return(Then),
    /// Notifies receivers, or senders, or both.
    Notify(bool, bool, Then),
    Raise,
    Park,
    Woken,
    Sweep,
    SweepSlot,
    ClearEntry,
    Hold,
    /// Steps of sole processes only.
    TakeRole,
    StoreRole,
    Hint,
    Follow,
    Own,
    Count,
    Advance(bool),
    End,
    Dead,
}

/// Where a notification leads.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Then {
    Next,
    Again,
    Copy,
    Write,
    Idle,
    ClearEntry,
}

/// How far a wait has come.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Stage {
    First,
    /// The flag is raised.
    Raised,
    /// A token was taken.
    Woken,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Empty,
    Writing,
    Full,
    Reading,
    Back,
    Aborted,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Slot {
    turn: u8,
    phase: Phase,
    owner: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    stage: Stage,
    /// The hint as loaded.
    hint: u8,
    /// The number of a slot, and the slot as loaded or reserved.
    number: u8,
    slot: Slot,
    /// The message in its hands.
    message: u8,
    redelivered: bool,
    /// A scan is the second; a sweep has found a slot that is BACK.
    again: bool,
    /// Whose slots are swept.
    victim: u8,
    left: u8,
    /// The departures when it last swept.
    known: u8,
    lease: bool,
    is_listed: bool,
    /// Where a sole process is.
    position: u8,
}

/// A waiting place.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Place {
    flag: bool,
    tokens: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    slots: [Slot; SLOTS],
    payloads: [u8; SLOTS],
    tail: u8,
    head: u8,
    returned: bool,
    departures: u8,
    not_empty: Place,
    not_full: Place,
    /// The last message that was taken for the first time; which ones were received and released, a bit each.
    taken: u8,
    received: u8,
    released: u8,
    /// The last message that a sender began.
    written: u8,
    lost: bool,
    /// Slots whose delivery to a sole receiver was counted.
    counted: [bool; SLOTS],
    /// Which processes have the roles of sender and receiver.
    roles: [u8; 2],
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

const PROCESSES: usize = 3;
const SLOTS: usize = 2;
const NONE: u8 = 9;
const NEW_SLOT: Slot = Slot {
    turn: 0,
    phase: Phase::Empty,
    owner: NONE,
};
const NO_PLACE: Place = Place {
    flag: false,
    tokens: 0,
};

/// Three processes, and the world around them.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    capacity: u8,
    /// Begins with messages in all slots.
    is_full: bool,
    /// So many processes may be killed.
    kills: u8,
    /// The first process may lose its lease while it runs.
    loses_lease: bool,
    /// And goes on copying when the slot is another one's.
    writes_on: bool,
    without: Option<Guard>,
}

const ASLEEP: &str = "a receiver sleeps beside a message";
const STOPPED: &str = "a sender sleeps beside a free slot";
const TWICE: &str = "a message was received twice, unmarked or after it was released";
const TORN: &str = "a message is torn";
const FAR: &str = "the head is more than a turn away";
const DAMAGE: &str = "a slot is in no state that the protocol leaves";
const ORDER: &str = "messages of one sender are out of order";

impl World {
    const fn of(capacity: u8, roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            capacity,
            is_full: false,
            kills: 3,
            loses_lease: false,
            writes_on: false,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    fn sends(&self, process: usize) -> bool {
        let role = self.roles[process];
        matches!(role, Role::Send(_) | Role::Abort(_) | Role::SoleSend(_))
    }

    /// Whether a process has the role of its side.
    fn is_sole(&self, process: u8) -> bool {
        let role = self.roles[usize::from(process)];
        matches!(role, Role::SoleSend(_) | Role::SoleReceive(_))
    }

    fn has_sole_receiver(&self) -> bool {
        let mut roles = self.roles.iter();
        roles.any(|role| matches!(role, Role::SoleReceive(_)))
    }
}

impl Slot {
    fn with(self, phase: Phase, owner: u8) -> Slot {
        Slot {
            phase,
            owner,
            ..self
        }
    }

    fn next_turn(self) -> Slot {
        Slot {
            turn: self.turn + 1,
            ..NEW_SLOT
        }
    }
}

impl Place {
    fn notify(&mut self) {
        if self.flag {
            self.flag = false;
            self.tokens = self.tokens.max(1);
        }
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

    /// The slot that the process has loaded, as it is now.
    fn slot(&self) -> Slot {
        let slots = &self.state.slots;
        *slots
            .get(usize::from(self.me().number))
            .unwrap_or(&NEW_SLOT)
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&mut State, &mut Process)) {
        let mut state = self.state;
        let mut me = self.me();
        me.at = at;
        change(&mut state, &mut me);
        if me.at == At::End {
            let left = |role: &mut u8| *role = if *role == self.number { NONE } else { *role };
            state.roles.iter_mut().for_each(left);
            me = Process {
                at: At::End,
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

    /// Where a call begins.
    fn begin(&self) -> At {
        if self.world.is_sole(self.number) {
            At::Own
        } else if self.world.sends(self.number.into()) {
            At::Tail
        } else {
            At::Look
        }
    }

    /// Exchanges the slot as loaded; if it has changed, goes `back`.
    fn exchange(&mut self, what: &'static str, to: Slot, then: At, back: At) {
        if self.slot() != self.me().slot {
            return self.goes("cannot exchange the slot", back);
        }
        self.step(what, then, |state, me| {
            state.slots[usize::from(me.number)] = to;
            me.slot = to;
        });
    }

    /// Exchanges the slot as reserved, or ends.
    fn release(&mut self, what: &'static str, to: Slot, guard: Option<Guard>, then: At) {
        let own = guard.is_none_or(|guard| self.world.guards(guard));
        if own && self.slot() != self.me().slot {
            return self.goes("has lost its lease", At::End);
        }
        self.step(what, then, |state, me| {
            let slot = &mut state.slots[usize::from(me.number)];
            // With the processor's plain store in place of an exchange.
            *slot = to;
        });
    }

    /// After a call has sent, received or given back.
    fn finishes(&mut self, what: &'static str, change: impl FnOnce(&mut State)) {
        let begin = self.begin();
        self.step(what, begin, |state, me| {
            change(state);
            if me.left == 0 {
                me.at = At::End;
            }
            *me = Process {
                at: me.at,
                left: me.left,
                is_listed: me.is_listed,
                lease: me.lease,
                position: me.position,
                ..NEW
            };
        });
    }

    fn moves(&mut self) {
        let (world, me) = (self.world, self.me());
        match me.at {
            At::End | At::Dead | At::Hold => {}
            At::Return(then) => self.step(
                "sets RETURNED",
                At::Notify(
                    world.guards(Guard::NotifyReturned),
                    then == Then::ClearEntry,
                    then,
                ),
                |state, _| state.returned = true,
            ),
            At::Notify(receivers, senders, then) => {
                let change = |state: &mut State| {
                    if receivers {
                        state.not_empty.notify();
                    }
                    if senders {
                        state.not_full.notify();
                    }
                };
                let at = match then {
                    Then::Next => return self.finishes("notifies", change),
                    Then::Again => self.begin(),
                    Then::Copy => At::Copy,
                    Then::Write => At::Write,
                    Then::Idle => self.idle(),
                    Then::ClearEntry if world.guards(Guard::ClearLast) => At::ClearEntry,
                    Then::ClearEntry => At::Sweep,
                };
                self.step("notifies", at, |state, _| change(state));
            }
            At::Raise | At::Park | At::Woken | At::Sweep | At::SweepSlot | At::ClearEntry => {
                self.waits();
            }
            At::TakeRole | At::StoreRole | At::Hint | At::Follow => self.enters(),
            At::Own | At::Count | At::Advance(_) => self.moves_alone(),
            _ if world.sends(self.number.into()) => self.sends(),
            _ => self.receives(),
        }
    }

    /// Where a call that has nothing to do goes on.
    fn idle(&self) -> At {
        match self.me().stage {
            Stage::First | Stage::Woken => At::Raise,
            Stage::Raised => At::Park,
        }
    }

    fn sends(&mut self) {
        let (world, state, me, slot) = (self.world, self.state, self.me(), self.slot());
        let aborts = matches!(world.roles[usize::from(self.number)], Role::Abort(_));
        let now = me.hint / world.capacity;
        match me.at {
            At::Tail => self.step("loads the tail", At::TailSlot, |state, me| {
                me.hint = state.tail;
                me.number = state.tail % world.capacity;
                me.slot = NEW_SLOT;
                if !world.guards(Guard::NameAtOnce) {
                    // Reserves by the hint alone.
                    let slot = state.slots[usize::from(me.number)];
                    if slot.turn == state.tail / world.capacity && slot.phase == Phase::Empty {
                        state.tail += 1;
                    }
                }
            }),
            At::TailSlot => {
                let same_turn = slot.turn == now;
                let then = match slot.phase {
                    Phase::Empty if same_turn => At::Reserve,
                    _ if same_turn || slot.turn == now + 1 => {
                        if world.guards(Guard::HelpTail) {
                            At::MoveTail
                        } else {
                            self.idle()
                        }
                    }
                    _ => At::Full,
                };
                self.step("loads the slot", then, |_, me| me.slot = slot);
            }
            At::Reserve => {
                let mine = me.slot.with(Phase::Writing, self.number);
                self.exchange("reserves the slot", mine, At::MoveTail, At::Tail);
            }
            At::MoveTail => {
                let reserved = me.slot.phase == Phase::Writing && me.slot.owner == self.number;
                let then = match (reserved, me.stage) {
                    (false, _) => At::Tail,
                    // The baton: others may find a slot too.
                    (true, Stage::Woken) => At::Notify(false, true, Then::Write),
                    (true, _) => At::Write,
                };
                self.step("moves the tail", then, |state, me| {
                    if state.tail == me.hint {
                        state.tail += 1;
                    }
                });
            }
            At::Write if aborts => self.goes("aborts", At::Abort),
            At::Write => {
                let first = world.guards(Guard::PublishAfterCopy);
                let then = if first { At::WriteRest } else { At::Publish };
                self.step("begins to copy", then, |state, me| {
                    state.written += 1;
                    me.message = state.written;
                    if slot == me.slot || world.writes_on {
                        state.payloads[usize::from(me.number)] = 0;
                    }
                });
            }
            At::WriteRest => {
                let is_early = world.is_sole(self.number) && !world.guards(Guard::PublishFirst);
                let then = if is_early {
                    At::Advance(false)
                } else if world.guards(Guard::PublishAfterCopy) {
                    At::Publish
                } else {
                    At::Notify(true, false, Then::Next)
                };
                self.step("copies", then, |state, me| {
                    if slot == me.slot || world.writes_on {
                        state.payloads[usize::from(me.number)] = me.message;
                    }
                    me.left -= 1;
                });
            }
            At::Publish => {
                let full = me.slot.with(Phase::Full, NONE);
                let then = if world.is_sole(self.number) && world.guards(Guard::PublishFirst) {
                    At::Advance(true)
                } else if world.guards(Guard::PublishAfterCopy) {
                    At::Notify(world.guards(Guard::PublishWakes), false, Then::Next)
                } else {
                    At::WriteRest
                };
                self.release("publishes", full, Some(Guard::PublishOwn), then);
                if let Some((_, state)) = self.next.last_mut() {
                    state.counted[usize::from(me.number)] = false;
                }
            }
            At::Abort => {
                let aborted = me.slot.with(Phase::Aborted, NONE);
                let receivers = world.guards(Guard::AbortWakesReceivers);
                let senders = world.guards(Guard::AbortWakesSenders);
                let then = At::Notify(receivers, senders, Then::Next);
                self.release("aborts", aborted, None, then);
                if let Some((_, state)) = self.next.last_mut() {
                    let me = &mut state.processes[usize::from(self.number)];
                    me.left -= 1;
                }
            }
            At::Full if state.tail != me.hint && !world.is_sole(self.number) => {
                self.goes("finds the tail moved", At::Tail);
            }
            At::Full
                if me.slot.phase == Phase::Aborted
                    && world.guards(Guard::FreeAborted)
                    && !(world.has_sole_receiver() && world.guards(Guard::FreedBySole)) =>
            {
                let first = world.guards(Guard::PassFirst);
                let then = if first {
                    At::PassAborted
                } else {
                    At::FreeAborted
                };
                self.goes("finds an aborted slot", then);
            }
            At::Full if me.slot.phase == Phase::Back => {
                self.goes("finds a slot that went back", At::Return(Then::Idle));
            }
            At::Full => self.goes("finds no slot", self.idle()),
            At::PassAborted => self.passes(At::FreeAborted),
            At::FreeAborted => {
                let begin = self.begin();
                self.exchange("frees it", me.slot.next_turn(), begin, begin);
            }
            at => unreachable!("{at:?} is no step of a sender"),
        }
    }

    fn receives(&mut self) {
        let (world, state, me, slot) = (self.world, self.state, self.me(), self.slot());
        let now = me.hint / world.capacity;
        match me.at {
            At::Look if state.returned => {
                let clears = !world.guards(Guard::ClearAfterScan);
                self.step("sees RETURNED", At::Scan, |state, me| {
                    me.number = 0;
                    me.again = false;
                    if clears {
                        state.returned = false;
                    }
                });
            }
            At::Look => self.goes("sees no RETURNED", At::Head),
            At::Scan if me.number == world.capacity => {
                if me.again || !world.guards(Guard::ClearAfterScan) {
                    self.step("has scanned", At::Head, |_, me| me.again = false);
                } else {
                    self.goes("finds none", At::Clear);
                }
            }
            At::Scan if slot.phase == Phase::Back => {
                let then = if me.again { At::SetAgain } else { At::TakeBack };
                self.step("finds one that went back", then, |_, me| {
                    me.slot = slot;
                    me.hint = slot.turn * world.capacity + me.number;
                });
            }
            At::Scan => self.step("scans", At::Scan, |_, me| me.number += 1),
            At::SetAgain => self.step("sets RETURNED again", At::TakeBack, |state, _| {
                state.returned = true;
            }),
            At::TakeBack => {
                let mine = me.slot.with(Phase::Reading, self.number);
                let others = !world.guards(Guard::ClearAfterScan)
                    && (0..world.capacity).any(|number| {
                        number != me.number && state.slots[usize::from(number)].phase == Phase::Back
                    });
                self.exchange("takes it back", mine, At::MoveHead, At::Look);
                if let Some((_, state)) = self.next.last_mut() {
                    let me = &mut state.processes[usize::from(self.number)];
                    me.redelivered |= me.at == At::MoveHead && world.guards(Guard::Mark);
                    me.again = false;
                    // Found while it takes the first.
                    if others && me.at == At::MoveHead {
                        me.at = At::Nothing;
                        me.again = true;
                    }
                }
            }
            At::Clear => {
                let again = world.guards(Guard::ScanAgain);
                let then = if again { At::Scan } else { At::Head };
                self.step("clears RETURNED", then, |state, me| {
                    state.returned = false;
                    me.number = 0;
                    me.again = again;
                });
            }
            At::Head => self.step("loads the head", At::HeadSlot, |state, me| {
                me.hint = state.head;
                me.number = state.head % world.capacity;
            }),
            At::HeadSlot => {
                let same_turn = slot.turn == now;
                let then = match slot.phase {
                    Phase::Full if same_turn => At::Take,
                    Phase::Back if slot.turn <= now => At::Take,
                    Phase::Aborted if slot.turn <= now && world.guards(Guard::SkipAborted) => {
                        if world.guards(Guard::PassFirst) {
                            At::PassSkipped
                        } else {
                            At::Skip
                        }
                    }
                    Phase::Empty | Phase::Writing | Phase::Aborted if same_turn => At::Nothing,
                    _ if same_turn || slot.turn == now + 1 => {
                        if world.guards(Guard::HelpHead) {
                            At::MoveHead
                        } else {
                            self.idle()
                        }
                    }
                    _ => At::Nothing,
                };
                self.step("loads the slot", then, |_, me| {
                    me.slot = slot;
                    me.redelivered = false;
                });
            }
            At::Take => {
                let was_back = me.slot.phase == Phase::Back;
                let payload = state.payloads[usize::from(me.number)];
                let mine = me.slot.with(Phase::Reading, self.number);
                let unchanged = slot == me.slot;
                self.exchange("takes the slot", mine, At::MoveHead, At::Look);
                if let Some((_, state)) = self.next.last_mut().filter(|_| unchanged) {
                    let me = &mut state.processes[usize::from(self.number)];
                    me.redelivered = was_back && world.guards(Guard::Mark);
                    if !was_back {
                        if payload <= state.taken && payload != 0 && !state.lost {
                            state.fault = Some(ORDER);
                        }
                        state.taken = payload;
                    }
                }
            }
            At::PassSkipped => self.passes(At::Skip),
            At::Skip => {
                let free = me.slot.next_turn();
                let then = At::Notify(false, true, Then::Again);
                let begin = self.begin();
                self.exchange("skips an aborted slot", free, then, begin);
                // Whether it was exchanged or not.
                if let Some((_, state)) = self.next.last_mut().filter(|_| begin == At::Own) {
                    state.processes[usize::from(self.number)].position += 1;
                }
            }
            At::MoveHead => {
                let taken = me.slot.phase == Phase::Reading && me.slot.owner == self.number;
                let (head, tail) = (state.head, state.tail);
                let more = state.returned || head + u8::from(head == me.hint) != tail;
                let hoards = world.roles[usize::from(self.number)] == Role::Hoard;
                let then = match (taken, me.stage) {
                    (false, _) => At::Look,
                    (true, _) if hoards && me.left == 2 => At::Look,
                    (true, _) if hoards => At::Hold,
                    (true, Stage::Woken) if more => At::Notify(true, false, Then::Copy),
                    (true, _) => At::Copy,
                };
                self.step("moves the head", then, |state, me| {
                    if state.head == me.hint {
                        state.head += 1;
                    }
                    if taken && hoards {
                        me.left -= 1;
                        me.stage = Stage::First;
                    }
                });
            }
            At::Copy => {
                let then = if world.guards(Guard::ReleaseAfterCopy) {
                    At::CopyRest
                } else {
                    At::Release
                };
                self.step("begins to copy", then, |state, me| {
                    me.message = state.payloads[usize::from(me.number)];
                    me.left = me.left.saturating_sub(u8::from(!me.again));
                });
            }
            At::CopyRest => self.copies(),
            At::Release => {
                let free = me.slot.next_turn();
                let then = if world.is_sole(self.number) && world.guards(Guard::FreeFirst) {
                    At::Advance(true)
                } else if world.guards(Guard::ReleaseAfterCopy) {
                    At::Notify(false, world.guards(Guard::ReleaseWakes), Then::Next)
                } else {
                    At::CopyRest
                };
                self.release("releases the slot", free, Some(Guard::ReleaseOwn), then);
                if let Some((_, state)) = self
                    .next
                    .last_mut()
                    .filter(|(_, state)| state.processes[usize::from(self.number)].at != At::End)
                {
                    state.released |= 1 << me.message;
                }
            }
            At::GiveBack => {
                let back = me.slot.with(Phase::Back, NONE);
                let then = if world.guards(Guard::SetReturned) {
                    At::Return(Then::Next)
                } else {
                    At::Notify(true, false, Then::Next)
                };
                self.release("gives it back", back, None, then);
            }
            At::Nothing if me.again => {
                self.step("sets RETURNED again", At::MoveHead, |state, me| {
                    state.returned = true;
                    me.again = false;
                });
            }
            At::Nothing if state.head != me.hint => {
                self.goes("finds the head moved", At::Look);
            }
            At::Nothing => {
                let far = me.slot.turn.abs_diff(now) > 1;
                self.step("finds nothing", self.idle(), |state, _| {
                    if far {
                        state.fault = Some(FAR);
                    }
                });
            }
            at => unreachable!("{at:?} is no step of a receiver"),
        }
    }

    /// Takes the role of the side, and finds its position.
    fn enters(&mut self) {
        let (world, state, me, slot) = (self.world, self.state, self.me(), self.slot());
        let sends = world.sends(self.number.into());
        let side = usize::from(!sends);
        match me.at {
            At::TakeRole => {
                let owner = state.processes.get(usize::from(state.roles[side]));
                let is_free = owner.is_none_or(|owner| !owner.lease);
                if is_free || !world.guards(Guard::RoleOfDead) {
                    let at_once = world.guards(Guard::RoleByExchange);
                    let (number, then) = (self.number, [At::StoreRole, At::Hint]);
                    self.step("takes the role", then[usize::from(at_once)], |state, _| {
                        if at_once {
                            state.roles[side] = number;
                        }
                    });
                }
            }
            At::StoreRole => {
                let number = self.number;
                self.step("stores the role", At::Hint, |state, _| {
                    state.roles[side] = number;
                });
            }
            At::Hint => {
                let then = if world.guards(Guard::Follow) {
                    At::Follow
                } else {
                    At::Own
                };
                self.step("loads the hint", then, |state, me| {
                    me.position = if sends { state.tail } else { state.head };
                    me.number = me.position % world.capacity;
                });
            }
            _ => {
                let now = me.position / world.capacity;
                let is_sent = slot.turn == now && slot.phase != Phase::Empty;
                if slot.turn == now + 1 || sends && is_sent {
                    self.step("passes a slot that is done", At::Follow, |_, me| {
                        me.position += 1;
                        me.number = me.position % world.capacity;
                    });
                } else {
                    self.goes("has its position", At::Own);
                }
            }
        }
    }

    /// The steps of sole processes that others do not take.
    fn moves_alone(&mut self) {
        let (world, me) = (self.world, self.me());
        let sends = world.sends(self.number.into());
        let number = me.position % world.capacity;
        match me.at {
            At::Own => {
                let slot = self.state.slots[usize::from(number)];
                let now = me.position / world.capacity;
                let same_turn = slot.turn == now;
                let then = match slot.phase {
                    Phase::Empty if same_turn && sends => Some(At::Write),
                    _ if sends => (slot.turn + 1 == now).then_some(At::Full),
                    Phase::Full if same_turn => Some(At::Count),
                    Phase::Aborted if same_turn && world.guards(Guard::SoleSkips) => {
                        Some(At::PassSkipped)
                    }
                    Phase::Empty | Phase::Writing | Phase::Aborted if same_turn => {
                        Some(self.idle())
                    }
                    _ => None,
                };
                self.step("loads its slot", then.unwrap_or(At::End), |state, me| {
                    me.number = number;
                    me.slot = slot;
                    if then.is_none() {
                        state.fault = Some(DAMAGE);
                    }
                });
            }
            At::Count => {
                let counts = world.guards(Guard::CountFirst);
                self.step("counts the delivery", At::Copy, |state, me| {
                    let counted = &mut state.counted[usize::from(number)];
                    me.redelivered = *counted;
                    *counted |= counts;
                    let payload = state.payloads[usize::from(number)];
                    if !me.redelivered && payload <= state.taken && counts {
                        state.fault = Some(ORDER);
                    }
                    state.taken = payload;
                });
            }
            _ => {
                let is_done = me.at == At::Advance(true);
                let then = match (sends, is_done) {
                    (true, true) => {
                        At::Notify(world.guards(Guard::PublishWakes), false, Then::Next)
                    }
                    (false, true) => {
                        At::Notify(false, world.guards(Guard::ReleaseWakes), Then::Next)
                    }
                    (true, false) => At::Publish,
                    (false, false) => At::Release,
                };
                self.step("moves its hint", then, |state, me| {
                    me.position += 1;
                    let hint = if sends {
                        &mut state.tail
                    } else {
                        &mut state.head
                    };
                    *hint = me.position;
                });
            }
        }
    }

    /// Moves `head` past the slot as loaded, if it stands there.
    fn passes(&mut self, then: At) {
        let (world, me) = (self.world, self.me());
        let position = me.slot.turn * world.capacity + me.number;
        self.step("moves the head", then, |state, _| {
            if state.head == position {
                state.head += 1;
            }
        });
    }

    /// Ends copying a message out.
    fn copies(&mut self) {
        let (world, state) = (self.world, self.state);
        let drops = matches!(world.roles[usize::from(self.number)], Role::Drop(_));
        let is_early = world.is_sole(self.number) && !world.guards(Guard::FreeFirst);
        let then = match (world.guards(Guard::ReleaseAfterCopy), drops) {
            _ if is_early => At::Advance(false),
            (_, true) => At::GiveBack,
            (true, false) => At::Release,
            (false, false) => At::Notify(false, true, Then::Next),
        };
        self.step("copies", then, |after, me| {
            let bit = 1 << me.message;
            let again = state.received & bit != 0 && !me.redelivered;
            let released = state.released & bit != 0 && world.guards(Guard::ReleaseAfterCopy);
            after.received |= bit;
            if !me.lease {
                // The call will fail.
            } else if me.message == 0 || me.message != state.payloads[usize::from(me.number)] {
                after.fault = Some(TORN);
            } else if again || released {
                after.fault = Some(TWICE);
            }
        });
    }

    fn waits(&mut self) {
        let (world, state, me) = (self.world, self.state, self.me());
        let sends = world.sends(self.number.into());
        let place = if sends {
            state.not_full
        } else {
            state.not_empty
        };
        let set = move |state: &mut State, place: Place| {
            if sends {
                state.not_full = place;
            } else {
                state.not_empty = place;
            }
        };
        let raised = Place {
            flag: true,
            ..place
        };
        let begin = self.begin();
        match me.at {
            At::Raise => self.step("raises the flag", begin, |state, me| {
                set(state, raised);
                me.stage = Stage::Raised;
            }),
            At::Park if state.departures != me.known => {
                self.step("is told of a departure", At::Woken, |state, me| {
                    me.known = state.departures;
                });
            }
            At::Park if place.tokens != 0 => self.step("takes a token", At::Woken, |state, me| {
                let tokens = place.tokens - 1;
                set(state, Place { tokens, ..place });
                me.stage = Stage::Woken;
            }),
            At::Park => {}
            At::Woken if me.stage == Stage::Raised && !me.lease => {
                self.goes("has lost its lease", At::End);
            }
            At::Woken => {
                let sweeps = me.stage == Stage::Raised && world.guards(Guard::Sweep);
                let then = if sweeps { At::Sweep } else { begin };
                self.step("raises the flag", then, |state, _| set(state, raised));
            }
            At::Sweep => {
                let dead = |process: &Process| process.is_listed && !process.lease;
                let found = (0..)
                    .zip(&state.processes)
                    .find(|(_, process)| dead(process));
                let Some((victim, _)) = found else {
                    return self.step("has swept", begin, |_, me| {
                        me.victim = NONE;
                        me.number = 0;
                        me.again = false;
                    });
                };
                self.step("sees a lease gone", At::SweepSlot, |state, me| {
                    me.victim = victim;
                    me.number = 0;
                    me.again = false;
                    if !world.guards(Guard::ClearLast) {
                        state.processes[usize::from(victim)].is_listed = false;
                    }
                });
            }
            At::SweepSlot if me.number == world.capacity => {
                let then = if me.again && world.guards(Guard::SetReturned) {
                    At::Return(Then::ClearEntry)
                } else {
                    At::Notify(true, true, Then::ClearEntry)
                };
                self.step("has swept the slots", then, |_, me| me.number = 0);
            }
            At::SweepSlot => self.step("sweeps a slot", At::SweepSlot, |state, me| {
                let slot = &mut state.slots[usize::from(me.number)];
                let named = slot.owner == me.victim;
                if named && slot.phase == Phase::Writing && world.guards(Guard::SweepWriting) {
                    *slot = slot.with(Phase::Aborted, NONE);
                }
                let own =
                    named && slot.phase == Phase::Reading && world.guards(Guard::SweepReading);
                if own {
                    *slot = slot.with(Phase::Back, NONE);
                }
                let any = world.guards(Guard::SweepSetsReturned);
                me.again |= slot.phase == Phase::Back && (own || any);
                me.number += 1;
            }),
            At::ClearEntry => self.step("clears the entry", At::Sweep, |state, me| {
                state.processes[usize::from(me.victim)].is_listed = false;
            }),
            at => unreachable!("{at:?} is no step of waiting"),
        }
    }
}

const NEW: Process = Process {
    at: At::Look,
    stage: Stage::First,
    hint: 0,
    number: 0,
    slot: NEW_SLOT,
    message: 0,
    redelivered: false,
    again: false,
    victim: NONE,
    left: 0,
    known: 0,
    lease: true,
    is_listed: false,
    position: 0,
};

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        let full = NEW_SLOT.with(Phase::Full, NONE);
        let sent = if self.is_full { self.capacity } else { 0 };
        State {
            slots: [if self.is_full { full } else { NEW_SLOT }; SLOTS],
            payloads: if self.is_full { [1, 2] } else { [0; SLOTS] },
            tail: sent,
            head: 0,
            returned: false,
            departures: 0,
            not_empty: NO_PLACE,
            not_full: NO_PLACE,
            taken: 0,
            received: 0,
            released: 0,
            written: sent,
            lost: false,
            counted: [false; SLOTS],
            roles: [NONE; 2],
            processes: self.roles.map(|role| {
                let (at, left) = match role {
                    Role::Send(messages) => (At::Tail, messages),
                    Role::Abort(times) => (At::Tail, times),
                    Role::Receive(messages) | Role::Drop(messages) => (At::Look, messages),
                    Role::Hoard => (At::Look, 2),
                    Role::SoleSend(messages) | Role::SoleReceive(messages) => {
                        (At::TakeRole, messages)
                    }
                    Role::Absent => (At::End, 0),
                };
                Process {
                    at,
                    left,
                    is_listed: role != Role::Absent,
                    ..NEW
                }
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
        let dead = state
            .processes
            .iter()
            .filter(|process| process.at == At::Dead);
        let kills = dead.count() < usize::from(self.kills);
        for (number, process) in state.processes.iter().enumerate() {
            if matches!(process.at, At::End | At::Dead) || !process.lease {
                continue;
            }
            let mut after = *state;
            after.not_empty.tokens += 1;
            after.not_full.tokens += 1;
            after.departures += 1;
            if kills {
                after.processes[number] = Process {
                    at: At::Dead,
                    lease: false,
                    is_listed: process.is_listed,
                    ..NEW
                };
                next.push(((number, "is killed"), after));
            }
            if self.loses_lease && number == 0 {
                after.processes[number] = Process {
                    lease: false,
                    ..*process
                };
                after.lost = true;
                next.push(((number, "loses its lease"), after));
            }
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        state.fault
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let parked = |sends| {
            let mut processes = state.processes.iter().enumerate();
            processes.any(|(number, process)| process.at == At::Park && self.sends(number) == sends)
        };
        let dead = |slot: &Slot| {
            let owner = state.processes.get(usize::from(slot.owner));
            owner.is_none_or(|owner| !owner.lease)
        };
        let message = |slot: &Slot| match slot.phase {
            Phase::Full | Phase::Back => true,
            Phase::Reading => dead(slot),
            _ => false,
        };
        let slots = &state.slots[..usize::from(self.capacity)];
        let next = &slots[usize::from(state.tail % self.capacity)];
        let free = match next.phase {
            Phase::Empty => true,
            // Without a sole receiver, it waits for the next one.
            Phase::Aborted => !self.has_sole_receiver(),
            Phase::Writing => dead(next),
            _ => false,
        };
        if parked(false) && slots.iter().any(message) {
            Some(ASLEEP)
        } else {
            (parked(true) && free).then_some(STOPPED)
        }
    }
}

use Role::{Abort, Absent, Drop, Hoard, Receive, Send, SoleReceive, SoleSend};

const ONE_SLOT: World = World::of(1, [Send(2), Receive(2), Absent]);
const TWO_SLOTS: World = World::of(2, [Send(3), Receive(3), Absent]);
const RECEIVERS: World = World {
    is_full: true,
    ..World::of(1, [Send(1), Receive(1), Receive(1)])
};
const SENDERS: World = World {
    kills: 2,
    ..World::of(1, [Send(1), Send(1), Receive(2)])
};
const DROPPED: World = World::of(2, [Send(1), Drop(1), Receive(1)]);
const DROPPED_TWICE: World = World {
    is_full: true,
    ..World::of(2, [Drop(2), Receive(2), Absent])
};
const HOARDED: World = World {
    is_full: true,
    ..World::of(2, [Hoard, Receive(1), Receive(1)])
};
const SLOW_RECEIVER: World = World {
    is_full: true,
    ..World::of(2, [Receive(1), Receive(1), Absent])
};
const ABORTED: World = World::of(2, [Abort(1), Send(1), Receive(1)]);
const ONLY_ABORTED: World = World::of(1, [Abort(1), Send(1), Absent]);
const ABORTED_OFTEN: World = World::of(1, [Abort(3), Receive(1), Absent]);
const LOST: World = World {
    loses_lease: true,
    kills: 0,
    ..World::of(1, [Send(1), Send(1), Receive(1)])
};
const LOST_WHEN_FULL: World = World {
    is_full: true,
    ..LOST
};
const LOST_RECEIVER: World = World {
    is_full: true,
    loses_lease: true,
    kills: 0,
    ..World::of(1, [Receive(1), Receive(1), Send(1)])
};
const SOLE: World = World::of(2, [SoleSend(3), SoleReceive(3), Absent]);
const SOLE_SENDERS: World = World {
    kills: 1,
    ..World::of(1, [SoleSend(2), SoleSend(1), SoleReceive(2)])
};
const SOLE_SENDERS_AHEAD: World = World::of(2, [SoleSend(1), SoleSend(1), SoleReceive(2)]);
const SOLE_RECEIVERS: World = World {
    is_full: true,
    ..World::of(2, [SoleReceive(2), SoleReceive(2), SoleSend(1)])
};
const SOLE_TO_ANY: World = World {
    kills: 2,
    ..World::of(1, [SoleSend(1), Receive(1), Drop(1)])
};
const ANY_TO_SOLE: World = World {
    kills: 1,
    ..World::of(2, [Abort(1), Send(2), SoleReceive(2)])
};

const WORLDS: [World; 20] = [
    ONE_SLOT,
    TWO_SLOTS,
    RECEIVERS,
    SENDERS,
    DROPPED,
    DROPPED_TWICE,
    HOARDED,
    SLOW_RECEIVER,
    ABORTED,
    ONLY_ABORTED,
    ABORTED_OFTEN,
    LOST,
    LOST_WHEN_FULL,
    LOST_RECEIVER,
    SOLE,
    SOLE_SENDERS,
    SOLE_SENDERS_AHEAD,
    SOLE_RECEIVERS,
    SOLE_TO_ANY,
    ANY_TO_SOLE,
];

/// Where each omission shows, and what it leads to.
const OMISSIONS: [(Guard, World, &str); 32] = [
    (Guard::NameAtOnce, SENDERS, STOPPED),
    (Guard::HelpTail, SENDERS, STOPPED),
    (Guard::HelpHead, SLOW_RECEIVER, ASLEEP),
    (Guard::Sweep, RECEIVERS, ASLEEP),
    (Guard::SweepWriting, SENDERS, STOPPED),
    (Guard::SweepReading, RECEIVERS, ASLEEP),
    (Guard::SetReturned, HOARDED, ASLEEP),
    (Guard::SweepSetsReturned, DROPPED, ASLEEP),
    (Guard::NotifyReturned, DROPPED, ASLEEP),
    (Guard::ClearLast, RECEIVERS, ASLEEP),
    (Guard::ClearAfterScan, HOARDED, ASLEEP),
    (Guard::ScanAgain, DROPPED_TWICE, ASLEEP),
    (Guard::Mark, RECEIVERS, TWICE),
    (Guard::PublishOwn, LOST, TORN),
    (Guard::ReleaseOwn, LOST_RECEIVER, TWICE),
    (Guard::ReleaseAfterCopy, ONE_SLOT, TORN),
    (Guard::PublishAfterCopy, ONE_SLOT, TORN),
    (Guard::SkipAborted, ABORTED, ASLEEP),
    (Guard::FreeAborted, ONLY_ABORTED, STOPPED),
    (Guard::PassFirst, ABORTED_OFTEN, FAR),
    (Guard::AbortWakesReceivers, ABORTED, ASLEEP),
    (Guard::AbortWakesSenders, ONLY_ABORTED, STOPPED),
    (Guard::ReleaseWakes, ONE_SLOT, STOPPED),
    (Guard::PublishWakes, ONE_SLOT, ASLEEP),
    (Guard::RoleByExchange, SOLE_SENDERS_AHEAD, DAMAGE),
    (Guard::RoleOfDead, SOLE_SENDERS_AHEAD, DAMAGE),
    (Guard::Follow, SOLE_SENDERS, DAMAGE),
    (Guard::PublishFirst, SOLE_SENDERS_AHEAD, ASLEEP),
    (Guard::FreeFirst, SOLE_RECEIVERS, DAMAGE),
    (Guard::CountFirst, SOLE_RECEIVERS, TWICE),
    (Guard::FreedBySole, ANY_TO_SOLE, DAMAGE),
    (Guard::SoleSkips, ANY_TO_SOLE, ASLEEP),
];

/// Row Q8.
#[test]
fn channels_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

/// Row Q8.
#[test]
fn channels_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// What no protocol can prevent, so that the documentation is not believed to promise it.
mod limits {
    use super::{LOST, TORN, World, search};

    #[test]
    fn a_sender_that_ends_its_own_lease_while_it_copies_overwrites_the_message_of_another_one() {
        let world = World {
            writes_on: true,
            ..LOST
        };
        let found = search::violation(&world);
        assert_eq!(found, Some(TORN));
    }
}
