//! The protocol of `init` for segments: creating and opening a segment.
//!
//! The marker is the mode 0610, which users may not request. A segment is *marked* if it has that mode.
//!
//! **Creating with contents** (`create`, and the creating half of the verbs below)
//! 1. `shmget(key, size, IPC_CREAT | IPC_EXCL, 0610)`.
//! 2. `shmat`. EINVAL or EIDRM: another process removed the segment, as in steps 4 and 6.
//! 3. Fills the segment through the attachment.
//! 4. `IPC_SET` with the requested mode, while attached. This publishes the segment.
//! 5. `shmdt`, unless the method returns the attachment, which ends the protocol here.
//! 6. `IPC_STAT`. If the segment is gone, or is marked for removal (its key is 0): if `kernel.shm_rmid_forced=1` is
//!    set, it is the cause, and the error names it; otherwise another process removed the segment, and the error is
//!    `is_removed()`.
//!
//! If a step fails, the creator removes the segment by its id. A segment without contents is created with the requested
//! mode, which completes the creation: only the sysctl shows that such a segment is removed with its creating thread.
//!
//! **Opening** (`open`, and the opening half of `create_or_open`); one deadline for the whole call
//! 1. `shmget(key, 0, 0)`. ENOENT: `open` fails, `create_or_open` creates.
//! 2. `IPC_STAT`. Gone, or another key: back to 1, which counts as a retry. Not marked: ready.
//! 3. Marked. Attached by any process, or creator pid 0: waits (6).
//! 4. Checks whether the creator is dead. Proof is `kill(pid, 0)` = ESRCH, or, where `/proc` belongs to this pid
//!    namespace, a process that started more than 2 s after the change time. A file that `/proc` does not show proves
//!    nothing. No proof: waits (6).
//! 5. `IPC_STAT` once more, *after* the proof. Gone or another key: back to 1, which counts as a retry. Not marked:
//!    ready. Attached: waits (6). Still marked: with `reclaim_abandoned` removes the segment by this id and goes back
//!    to 1, which counts as a retry; without, the error is `is_uninitialized()`, immediately.
//! 6. Sleeps for a short time and goes back to 1; after the deadline the error is `is_timed_out()`.
//!
//! **Creating or opening**: opens; on ENOENT creates; on EEXIST, or if the new segment was removed before step 6, opens
//! again, which counts as a retry. **Replacing**: creates; on EEXIST finds the segment by its key, removes it by its
//! id, and creates again, which counts as a retry. After several hundred retries both return an error that names the
//! cause.
//!
//! The kernel offers no means to prevent, as [`limits`] shows: an id that is reused for another segment between step 5
//! and the removal (after 32,768 creations in one slot, or by `shm_next_id`); a foreign program of the same user that
//! attaches a marked segment. A foreign segment is ready as soon as it exists, with any contents, unless its mode is
//! 0610.

use super::search::{self, Protocol, Step};

/// The guards of the protocol. Each line says what goes wrong without the guard.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// `IPC_EXCL`: two processes fill one segment, and one publishes it while the other still fills it.
    CreateExclusively,
    /// The marker mode: an opener uses the segment before it is filled.
    CreateMarked,
    /// `IPC_SET` comes after the filling: an opener uses a partially filled segment.
    PublishAfterFilling,
    /// `IPC_SET` comes before `shmdt`: no process is attached in between, and a forked child that fills the segment after its parent died
    /// loses it to a reclaimer.
    PublishWhileAttached,
    /// `IPC_STAT` after the last detach: success is reported for a segment that `shm_rmid_forced` destroyed.
    LookAfterDetach,
    /// Only a dead creator's segment is removed, regardless of the time: a slow creator loses its segment.
    ProveDeath,
    /// Pid 0 is no proof: a creator in another pid namespace loses its segment.
    InvisibleIsAlive,
    /// `kill` proves death, absence from `/proc` does not: with `hidepid` a running creator loses its segment.
    AskTheKernel,
    /// A later process with the creator's pid is not the creator: the segment is never reclaimed, and openers wait for the dead creator.
    CompareStartTime,
    /// The second check, after the proof: a creator that published and ended between the first check and the proof
    /// loses a ready segment.
    LookAgain,
    /// An attached segment is not removed: a child that still fills it after its parent died loses it.
    LeaveAttached,
    /// Removes by the id that was checked: the second of two reclaimers removes the segment that the first one created.
    RemoveById,
    /// The wait for a creator has a deadline: an opener waits forever for a segment that no process will publish.
    Deadline,
    /// Retries are limited: a program that keeps removing the segment keeps the call busy forever.
    CountTurns,
}

/// The role of a process.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// `open`.
    Open,
    /// `create_or_open`.
    CreateOrOpen,
    /// `create_or_open` with `reclaim_abandoned`.
    Reclaim,
    /// `create_replacing`.
    Replace,
    /// `create_or_open` that returns the attachment.
    Attached,
    /// A foreign program: `shmget(IPC_CREAT)` with a mode of its own, attaches, writes, detaches.
    ForeignCreator,
    /// A foreign program that attaches any segment, marked or not.
    ForeignAttacher,
    /// `ipcrm` in a loop.
    Remover,
}

/// The visibility of a process to others.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Sight {
    Plain,
    /// In another pid namespace: the creator pid reads as 0.
    OtherNamespace,
    /// Hidden from `/proc` by `hidepid`.
    Hidden,
    /// Once it is dead, another process gets its pid.
    Recycled,
}

/// The call that a process makes next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Find,
    Look,
    Ask,
    LookAgain,
    Reclaim,
    Wait,
    Create,
    Attach,
    Fill,
    FillRest,
    Publish,
    Detach,
    Check,
    Replace,
    End(Outcome),
    Dead,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Outcome {
    Created,
    Existing,
    NotFound,
    TimedOut,
    Uninitialized,
    Removed,
    RmidForced,
    KeptChanging,
    Foreign,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    /// The segment that it knows.
    id: usize,
    turns: u8,
    /// Whether the recorded creator died and a child that it forked continues.
    orphaned: bool,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Segment {
    exists: bool,
    keyed: bool,
    marked: bool,
    contents: Contents,
    creator: usize,
    /// The processes that have it attached.
    attached: [bool; PROCESSES],
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Contents {
    Zeros,
    Half,
    Full,
    Foreign,
}

const PROCESSES: usize = 3;
const IDS: usize = 6;
const NONE: usize = IDS;
/// Several hundred in the implementation.
const TURNS: u8 = 3;

const NOTHING: Segment = Segment {
    exists: false,
    keyed: false,
    marked: false,
    contents: Contents::Zeros,
    creator: 0,
    attached: [false; PROCESSES],
};

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    segments: [Segment; IDS],
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

/// Three processes and their environment.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    /// The visibility of the first process; the others are fully visible.
    sight: Sight,
    /// The first process may die while a child that it forked continues to fill the segment.
    forks: bool,
    rmid_forced: bool,
    /// The id of a removed segment may be reused while a process still remembers it.
    ids_return: bool,
    without: Option<Guard>,
}

const UNFILLED: &str = "an opener got an uninitialised segment";
const TAKEN: &str = "a segment that is ready or being filled was removed";
const GONE: &str = "success was reported for a segment that is gone";
const IN_VAIN: &str = "openers wait for a creator that is dead";
const FOR_EVER: &str = "a process waits forever";
const BUSY: &str = "a process loops forever";

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            sight: Sight::Plain,
            forks: false,
            rmid_forced: false,
            ids_return: false,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// The segment that has the key.
    fn find(state: &State) -> Option<usize> {
        state
            .segments
            .iter()
            .position(|segment| segment.exists && segment.keyed)
    }

    /// Returns an id for a new segment.
    fn free_id(&self, state: &State) -> usize {
        let remembered = |id| {
            let mut processes = state.processes.iter();
            processes
                .any(|process| process.id == id && !matches!(process.at, At::End(_) | At::Dead))
        };
        (0..IDS)
            .find(|&id| !state.segments[id].exists && (self.ids_return || !remembered(id)))
            .expect("more ids than segments and processes")
    }

    /// Returns whether the creator of this segment is provably dead.
    fn proves_death(&self, state: &State, id: usize) -> bool {
        let creator = state.segments[id].creator;
        let dead = World::recorded_creator_is_dead(state, id);
        match if creator == 0 {
            self.sight
        } else {
            Sight::Plain
        } {
            Sight::Plain => dead,
            Sight::OtherNamespace => !self.guards(Guard::InvisibleIsAlive),
            Sight::Hidden => dead || !self.guards(Guard::AskTheKernel),
            Sight::Recycled => dead && self.guards(Guard::CompareStartTime),
        }
    }

    fn recorded_creator_is_dead(state: &State, id: usize) -> bool {
        let creator = state.processes[state.segments[id].creator];
        creator.orphaned || matches!(creator.at, At::Dead | At::End(_))
    }

    /// Returns whether a running process will still publish this segment.
    fn is_being_filled(state: &State, id: usize) -> bool {
        let creator = state.processes[state.segments[id].creator];
        let making = [At::Attach, At::Fill, At::FillRest, At::Publish, At::Detach];
        state.segments[id].exists && creator.id == id && making.contains(&creator.at)
    }

    fn remove(state: &mut State, id: usize) {
        let segment = &mut state.segments[id];
        segment.keyed = false;
        if !segment.attached.contains(&true) {
            *segment = NOTHING;
        }
    }

    fn detach(&self, state: &mut State, id: usize, process: usize) {
        let segment = &mut state.segments[id];
        let was_attached = std::mem::replace(&mut segment.attached[process], false);
        let last = was_attached && !segment.attached.contains(&true);
        if last && (!segment.keyed || self.rmid_forced) {
            *segment = NOTHING;
        }
    }

    /// Removes by id, as reclaiming does.
    fn reclaim(&self, state: &mut State, id: usize) {
        let id = if self.guards(Guard::RemoveById) {
            Some(id)
        } else {
            World::find(state)
        };
        let Some(id) = id.filter(|&id| state.segments[id].exists) else {
            return;
        };
        if !state.segments[id].marked || World::is_being_filled(state, id) {
            state.fault = Some(TAKEN);
        }
        World::remove(state, id);
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
    fn me(&mut self) -> &mut Process {
        &mut self.state.processes[self.number]
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&World, &mut State)) {
        let mut state = self.state;
        state.processes[self.number].at = at;
        change(self.world, &mut state);
        if matches!(at, At::End(_)) {
            state.processes[self.number] = Process {
                at,
                id: NONE,
                turns: 0,
                orphaned: false,
            };
        }
        self.next.push(((self.number, what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_, _| ());
    }

    /// Goes back to the beginning of the loop, and counts a retry.
    fn turn(&mut self, what: &'static str, change: impl FnOnce(&World, &mut State)) {
        let (number, role) = (self.number, self.world.roles[self.number]);
        let start = if role == Role::Replace {
            At::Create
        } else {
            At::Find
        };
        let turns = self.me().turns + 1;
        if turns == TURNS && self.world.guards(Guard::CountTurns) {
            return self.step(what, At::End(Outcome::KeptChanging), change);
        }
        self.step(what, start, |world, state| {
            change(world, state);
            state.processes[number].turns = turns;
            state.processes[number].id = NONE;
            if turns > TURNS {
                state.fault = Some(BUSY);
            }
        });
    }

    /// Ends with the existing segment.
    fn existing(&mut self, what: &'static str) {
        let segment = self.state.segments[self.me().id];
        self.step(what, At::End(Outcome::Existing), |_, state| {
            if !matches!(segment.contents, Contents::Full | Contents::Foreign) {
                state.fault = Some(UNFILLED);
            }
        });
    }

    fn moves(&mut self) {
        let world = self.world;
        let (number, role, Process { at, id, .. }) =
            (self.number, world.roles[self.number], *self.me());
        let segment = self.state.segments.get(id).copied().unwrap_or(NOTHING);
        match at {
            At::End(_) | At::Dead => {}
            At::Find => match (World::find(&self.state), role) {
                (None, Role::Open) => self.goes("finds nothing", At::End(Outcome::NotFound)),
                (None, Role::Remover) => {}
                (None, Role::ForeignAttacher) => {
                    self.goes("finds nothing", At::End(Outcome::Foreign));
                }
                (None, _) => self.goes("finds nothing", At::Create),
                (Some(found), _) => {
                    let then = match role {
                        Role::ForeignAttacher => At::Attach,
                        Role::Remover | Role::Replace => At::Replace,
                        _ => At::Look,
                    };
                    self.step("finds it", then, |_, state| {
                        state.processes[number].id = found;
                    });
                }
            },
            At::Look | At::LookAgain if !segment.exists || !segment.keyed => {
                self.turn("checks: it is gone", |_, _| ());
            }
            At::Look | At::LookAgain if !segment.marked => self.existing("checks: it is ready"),
            At::Look | At::LookAgain
                if segment.attached.contains(&true) && world.guards(Guard::LeaveAttached) =>
            {
                self.goes("checks: it is attached", At::Wait);
            }
            At::Look => self.goes("checks: it is marked", At::Ask),
            At::Ask if world.proves_death(&self.state, id) => {
                let then = if world.guards(Guard::LookAgain) {
                    At::LookAgain
                } else {
                    At::Reclaim
                };
                self.goes("checks: its creator is dead", then);
            }
            At::Ask => {
                let visible = segment.creator != 0 || world.sight != Sight::OtherNamespace;
                let vain = visible && World::recorded_creator_is_dead(&self.state, id);
                self.step(
                    "checks: its creator may be running",
                    At::Wait,
                    |_, state| {
                        if vain {
                            state.fault = Some(IN_VAIN);
                        }
                    },
                );
            }
            At::LookAgain if role == Role::Reclaim => {
                self.goes("checks again: still marked", At::Reclaim);
            }
            At::LookAgain => self.goes("gives up", At::End(Outcome::Uninitialized)),
            At::Reclaim => self.turn("removes it", |world, state| world.reclaim(state, id)),
            At::Wait => {
                // A poll without a change comes back here.
                let attached =
                    segment.attached.contains(&true) && world.guards(Guard::LeaveAttached);
                let same = segment.keyed && segment.marked;
                if !same || (!attached && world.proves_death(&self.state, id)) {
                    self.step("checks once more", At::Find, |_, state| {
                        state.processes[number].id = NONE;
                    });
                }
                if !world.guards(Guard::ProveDeath) && role == Role::Reclaim {
                    self.goes("loses patience", At::LookAgain);
                } else if world.guards(Guard::Deadline) {
                    self.goes("times out", At::End(Outcome::TimedOut));
                }
            }
            At::Replace => {
                self.turn("removes it", |_, state| {
                    World::remove(state, id);
                    if role == Role::Remover {
                        state.processes[number].turns = 0;
                    }
                });
            }
            _ => self.makes(),
        }
    }

    /// The steps of a creator.
    fn makes(&mut self) {
        let world = self.world;
        let (number, role, Process { at, id, .. }) =
            (self.number, world.roles[self.number], *self.me());
        let segment = self.state.segments.get(id).copied().unwrap_or(NOTHING);
        let foreign = matches!(role, Role::ForeignCreator | Role::ForeignAttacher);
        match at {
            At::Create => match World::find(&self.state) {
                Some(found) if foreign || !world.guards(Guard::CreateExclusively) => {
                    self.step("opens it", At::Attach, |_, state| {
                        state.processes[number].id = found;
                    });
                }
                Some(_) if role == Role::Replace => {
                    self.goes("cannot create: it is there", At::Find);
                }
                Some(_) => self.turn("cannot create: it is there", |_, _| ()),
                None => self.step("creates it", At::Attach, |world, state| {
                    let id = world.free_id(state);
                    state.processes[number].id = id;
                    state.segments[id] = Segment {
                        exists: true,
                        keyed: true,
                        marked: world.guards(Guard::CreateMarked) && !foreign,
                        contents: if foreign {
                            Contents::Foreign
                        } else {
                            Contents::Zeros
                        },
                        creator: number,
                        ..NOTHING
                    };
                }),
            },
            At::Attach if !segment.exists && foreign => {
                self.goes("cannot attach", At::End(Outcome::Foreign));
            }
            At::Attach if !segment.exists && role == Role::Replace => {
                self.goes("cannot attach: it was replaced", At::End(Outcome::Removed));
            }
            At::Attach if !segment.exists => self.turn("cannot attach: it was removed", |_, _| ()),
            At::Attach => {
                let publishes = !world.guards(Guard::PublishAfterFilling) && !foreign;
                let then = match role {
                    _ if publishes => At::Publish,
                    Role::ForeignAttacher => At::Detach,
                    _ => At::Fill,
                };
                self.step("attaches", then, |_, state| {
                    state.segments[id].attached[number] = true;
                });
            }
            At::Fill => self.step("fills half", At::FillRest, |_, state| {
                if !foreign {
                    state.segments[id].contents = Contents::Half;
                }
            }),
            At::FillRest => {
                let publishes = world.guards(Guard::PublishAfterFilling) && !foreign;
                let attached = world.guards(Guard::PublishWhileAttached);
                let then = if publishes && attached {
                    At::Publish
                } else {
                    At::Detach
                };
                self.step("fills the rest", then, |_, state| {
                    if !foreign {
                        state.segments[id].contents = Contents::Full;
                    }
                });
            }
            At::Publish if !segment.exists => self.turn("cannot publish: it is gone", |_, _| ()),
            At::Publish => {
                let then = match segment.contents {
                    Contents::Zeros => At::Fill,
                    _ if role == Role::Attached => At::End(Outcome::Created),
                    _ if world.guards(Guard::PublishWhileAttached) => At::Detach,
                    _ => At::Check,
                };
                self.step("publishes", then, |_, state| {
                    state.segments[id].marked = false;
                });
            }
            At::Detach => {
                let attached = world.guards(Guard::PublishWhileAttached);
                let then = if foreign {
                    At::End(Outcome::Foreign)
                } else if attached {
                    At::Check
                } else {
                    At::Publish
                };
                self.step("detaches", then, |world, state| {
                    world.detach(state, id, number);
                });
            }
            At::Check => {
                let is_there = segment.exists && segment.keyed;
                if is_there {
                    self.goes("looks: it is there", At::End(Outcome::Created));
                } else if !world.guards(Guard::LookAfterDetach) {
                    self.step("reports success", At::End(Outcome::Created), |_, state| {
                        state.fault = Some(GONE);
                    });
                } else if world.rmid_forced {
                    self.goes("checks: it is gone", At::End(Outcome::RmidForced));
                } else if role == Role::Replace {
                    self.goes("checks: it was replaced", At::End(Outcome::Removed));
                } else {
                    self.turn("checks: it was removed", |_, _| ());
                }
            }
            at => unreachable!("{at:?} is not a step of a creator"),
        }
    }
}

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        let process = |role| Process {
            at: match role {
                Role::Replace | Role::ForeignCreator => At::Create,
                _ => At::Find,
            },
            id: NONE,
            turns: 0,
            orphaned: false,
        };
        State {
            segments: [NOTHING; IDS],
            processes: self.roles.map(process),
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
            if matches!(process.at, At::End(_) | At::Dead) || self.roles[number] == Role::Remover {
                continue;
            }
            let mut after = *state;
            after.processes[number] = Process {
                at: At::Dead,
                id: NONE,
                turns: 0,
                orphaned: false,
            };
            for id in 0..IDS {
                self.detach(&mut after, id, number);
                let segment = &mut after.segments[id];
                // Segments that the creating thread leaves unattached are removed with that thread.
                if self.rmid_forced
                    && segment.creator == number
                    && !segment.attached.contains(&true)
                {
                    *segment = NOTHING;
                }
            }
            next.push(((number, "is killed"), after));
            if number == 0 && self.forks && !process.orphaned && process.id != NONE {
                let mut after = *state;
                if after.segments[process.id].attached[number] {
                    after.processes[number].orphaned = true;
                    next.push(((number, "is killed, and its child continues"), after));
                }
            }
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        state.fault
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let ended = |(process, role): (&Process, &Role)| {
            matches!(process.at, At::End(_) | At::Dead) || *role == Role::Remover
        };
        let all = state.processes.iter().zip(&self.roles).all(ended);
        (!all).then_some(FOR_EVER)
    }
}

use Role::{
    Attached, CreateOrOpen, ForeignAttacher, ForeignCreator, Open, Reclaim, Remover, Replace,
};

const RACE: World = World::of([Reclaim, Reclaim, Reclaim]);
const PATIENT: World = World::of([CreateOrOpen, CreateOrOpen, Open]);
const ELSEWHERE: World = World {
    sight: Sight::OtherNamespace,
    ..World::of([CreateOrOpen, Reclaim, Reclaim])
};
const HIDDEN: World = World {
    sight: Sight::Hidden,
    ..World::of([CreateOrOpen, Reclaim, Open])
};
const RECYCLED: World = World {
    sight: Sight::Recycled,
    ..World::of([CreateOrOpen, Reclaim, Open])
};
const FORKED: World = World {
    forks: true,
    ..World::of([CreateOrOpen, Reclaim, Reclaim])
};
const REPLACED: World = World::of([Replace, Replace, Reclaim]);
const FOREIGN: World = World::of([ForeignCreator, Reclaim, ForeignAttacher]);
const INTRUDED: World = World::of([Reclaim, Reclaim, ForeignAttacher]);
const FORCED: World = World {
    rmid_forced: true,
    ..World::of([CreateOrOpen, Reclaim, Attached])
};
const REMOVED: World = World::of([Remover, CreateOrOpen, Replace]);

const WORLDS: [World; 11] = [
    RACE, PATIENT, ELSEWHERE, HIDDEN, RECYCLED, FORKED, REPLACED, FOREIGN, INTRUDED, FORCED,
    REMOVED,
];

/// For each omitted guard, the environment in which it matters, and the violation.
const OMISSIONS: [(Guard, World, &str); 14] = [
    (Guard::CreateExclusively, PATIENT, UNFILLED),
    (Guard::CreateMarked, PATIENT, UNFILLED),
    (Guard::PublishAfterFilling, PATIENT, UNFILLED),
    (Guard::PublishWhileAttached, FORKED, TAKEN),
    (Guard::LookAfterDetach, FORCED, GONE),
    (Guard::ProveDeath, RACE, TAKEN),
    (Guard::InvisibleIsAlive, ELSEWHERE, TAKEN),
    (Guard::AskTheKernel, HIDDEN, TAKEN),
    (Guard::CompareStartTime, RECYCLED, IN_VAIN),
    (Guard::LookAgain, RACE, TAKEN),
    (Guard::LeaveAttached, FORKED, TAKEN),
    (Guard::RemoveById, RACE, TAKEN),
    (Guard::Deadline, ELSEWHERE, FOR_EVER),
    (Guard::CountTurns, REMOVED, BUSY),
];

#[test]
fn segments_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

#[test]
fn segments_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// Violations that no protocol can prevent, and that the documentation must not promise to prevent.
mod limits {
    use super::{RACE, TAKEN, World, search};

    #[test]
    fn an_id_that_returns_between_look_and_removal_is_removed() {
        let world = World {
            ids_return: true,
            ..RACE
        };
        let found = search::violation(&world);
        assert_eq!(found, Some(TAKEN));
    }
}
