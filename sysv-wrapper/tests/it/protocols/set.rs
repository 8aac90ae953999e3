//! The protocol of `init` for sets: creating and opening a set.
//!
//! The kernel needs two calls to create a set and set its values, and does not record the creator. A set is *ready* if
//! its operation time is set, or if every member was set, as a value other than 0 or a recorded pid shows. Other
//! programs create sets with `SETVAL` alone, and use them; the creator of a set that is not ready may be about to set
//! its values.
//!
//! **Creating** (`create`, and the creating half of the verbs below)
//! 1. `semget(key, n, IPC_CREAT | IPC_EXCL, mode | 0600)`: the creator must be able to set the values.
//! 2. One `semop` with `IPC_NOWAIT` and without `SEM_UNDO`: for each member `0`, and `+value` if that is not 0. It sets
//!    all values and the operation time atomically, if no process has set one before. EAGAIN: another process has; the
//!    set is opened as described below, and `create` returns `is_already_exists()`. EINVAL or EIDRM here and in 3:
//!    another process removed the set. Only if the operation is too long for the kernel (E2BIG; SEMOPM is 500 on Linux,
//!    5 on macOS) or a value is beyond `i16`: `SETALL`, and then one `semop` that changes nothing, with the same flags:
//!    `0` on a member of value 0, otherwise `-1, +1`, where EAGAIN is success, since another process has operated on
//!    the set.
//! 3. `IPC_SET`, if the requested mode differs.
//!
//! If a step fails, the creator removes the set by its id. No other step removes a set, unless the caller requests it.
//!
//! **Opening** by `create_or_open`; one deadline (`wait_for_creator`) for the whole call
//! 1. `semget(key, 0, 0)`. ENOENT: creates.
//! 2. `IPC_STAT`. Gone, or another key: back to 1, which counts as a retry. Operation time set: ready. A set in use
//!    needs no further step.
//! 3. `GETALL`. No value is 0: ready.
//! 4. `GETPID` of each member of value 0. All show a pid: ready. A pid of 0 proves nothing: the process that set the
//!    value may be in another pid namespace, and the BSDs record none.
//! 5. Before the deadline sleeps for a short time and goes back to 1. After the deadline performs 1 to 4 a last time,
//!    and then
//! 6. `IPC_STAT` once more: a process whose pid is invisible may have taken the value between 2 and 3. Operation time
//!    set: ready. Otherwise the error is `is_uninitialized()`.
//!
//! If reading is refused, the operation time comes from `SEM_STAT_ANY` or `/proc/sysvipc/sem`, and 3 and 4 show
//! nothing. **The library never removes a set that is not ready**: RMID is not conditional, so the creator may finish
//! between any check and the removal. `open` accepts the set as it is.
//!
//! **Creating or opening**: opens; on ENOENT creates; on EEXIST, or if the new set was removed or set by another
//! process before step 3, opens again, which counts as a retry. **Replacing**: creates; on EEXIST finds the set by its
//! key, removes it by its id, and creates again, which counts as a retry. After several hundred retries both return an
//! error that names the cause.
//!
//! **`sysvipc lock --reclaim`**: checks the set (1 to 4, all pids, then GETNCNT and GETZCNT of each member); if the set
//! is *untouched*, without operation time, value or pid, and no process waits, sleeps for 1 s, and checks again. If it
//! has the same id, is still untouched and has no waiter, removes it by that id, and creates it, which counts as a
//! retry. This is sound if every running process takes its next step within the second; a process that begins to wait
//! after the last check gets EIDRM.
//!
//! The kernel offers no means to prevent, as [`limits`] shows:
//! - A foreign program that sets a set which another process created and will still set (step 2), and acquires the
//!   lock: the creator finds value 0 and sets it too, and two processes hold the lock. The remedy for a set that is not
//!   ready is to remove it, which its creator notices, not to set it.
//! - A creator that is killed between `SETALL` and the operation (large sets): programs that wait for the operation
//!   time alone, as Stevens' do, wait forever.
//! - A creator that was stopped for longer than the second of `--reclaim`, and continues between the last check and the
//!   removal.
//! - Linux sets the operation time when a process ends that has tried to operate with `SEM_UNDO`, even without success:
//!   a set whose values were never set then counts as ready, with value 0. `create_or_open` never causes that; a handle
//!   from `open` may.

use super::search::{self, Protocol, Step};

/// The guards of the protocol. Each line says what goes wrong without the guard.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// `IPC_EXCL`: a second creator sets the values while a process holds the lock, and another process acquires it.
    CreateExclusively,
    /// Openers check whether the set is ready: one uses values that are not set.
    WaitUntilReady,
    /// Values and operation time come in one call: a creator that is killed between two calls leaves C programs that
    /// follow Stevens waiting forever.
    SetAtOnce,
    /// The operation after `SETALL`: C programs that follow Stevens wait for its time forever.
    OperateOnce,
    /// That operation has `IPC_NOWAIT`: the creator waits for the lock's holder before it returns.
    OperateWithoutWaiting,
    /// Values other than 0 count: a lock that Perl or a boot script created is refused.
    CountValues,
    /// Recorded pids count: a set that was set to 0 is refused.
    CountPids,
    /// Every member must be set: a set is used of which only the first member is set.
    EveryMember,
    /// A member of value 0 without a pid shows nothing: a set is used that was never set.
    ZeroShowsNothing,
    /// The check of the operation time before the error: a set in use by processes of another pid namespace is refused.
    LookAtTimeAgain,
    /// A set that is not ready is never removed: its creator finishes in between, and a held lock is removed.
    NeverRemove,
    /// `--reclaim` checks again after a second: it removes the set of a creator that is at work.
    ReclaimLooksTwice,
    /// `--reclaim` keeps a set of which one member is set: it removes the set of a script that sets one member after
    /// the other.
    ReclaimLeavesTouched,
    /// `--reclaim` keeps sets with waiters: it removes the set of a creator that waits for another process to set it.
    ReclaimLeavesWaiters,
    /// `--reclaim` compares ids: it removes a set that another process created during the second.
    ReclaimComparesIds,
    /// The wait for a creator has a deadline: an opener waits forever for a creator that is dead.
    Deadline,
    /// Retries are limited: a program that keeps removing the set keeps the call busy forever.
    CountTurns,
}

/// The role of a process. All but the last four then acquire the lock, the first member, and release it.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// `create_or_open`.
    User,
    /// `sysvipc lock --reclaim`.
    Reclaim,
    /// `create_replacing`.
    Replace,
    /// A C program that follows Stevens: waits for the operation time only.
    Stevens,
    /// A foreign program: creates the set and sets its members one by one, slowly, or uses an existing set immediately.
    Script,
    /// A foreign program that creates the set and waits for another process to set it.
    Waiter,
    /// A foreign program that sets a set which it did not create, and uses it.
    Repairer,
    /// `create`, for use by others.
    Maker,
    /// Creates the set and sets all members to 0, so that others wait for a later release.
    Zeros,
    /// Creates the set and leaves it: `ipcmk`.
    Ipcmk,
    /// `ipcrm` in a loop.
    Remover,
}

/// The call that a process makes next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Find,
    Time,
    Values,
    Pids(u8),
    TimeAgain,
    Waiters,
    Pause,
    Wait,
    Reclaim,
    Create,
    SetAll,
    Operate,
    Set(u8),
    Replace,
    Acquire,
    Blocked,
    Inside,
    End(Outcome),
    Dead,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Outcome {
    Used,
    Uninitialized,
    Removed,
    KeptChanging,
    Made,
}

/// The progress of checking a set.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Look {
    /// One of several checks.
    First,
    /// `--reclaim`: the second check.
    Second,
    /// The check after the deadline; whether the set was ready when it began.
    Last(bool),
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    /// The set that it knows.
    id: usize,
    look: Look,
    turns: u8,
    /// `--reclaim`, while it sleeps: a bit for each process that has taken a step in the time.
    moved: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Member {
    value: u8,
    pid: Pid,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Pid {
    None,
    Seen,
    /// A pid of another pid namespace, which reads as 0.
    Invisible,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Set {
    exists: bool,
    creator: usize,
    operated: bool,
    members: [Member; MEMBERS],
    /// Whether all values are set as a creator requested, which no process can query.
    is_complete: bool,
}

const PROCESSES: usize = 3;
const MEMBERS: usize = 2;
const IDS: usize = 4;
const NONE: usize = IDS;
/// Several hundred in the implementation.
const TURNS: u8 = 3;

const UNTOUCHED: Member = Member {
    value: 0,
    pid: Pid::None,
};
const NOTHING: Set = Set {
    exists: false,
    creator: 0,
    operated: false,
    members: [UNTOUCHED; MEMBERS],
    is_complete: false,
};

const ENDED: Process = Process {
    at: At::Dead,
    id: NONE,
    look: Look::First,
    turns: 0,
    moved: 0,
};

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    sets: [Set; IDS],
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

/// Three processes and their environment.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    members: usize,
    /// The processes are in pid namespaces of their own.
    apart: bool,
    /// The set is larger than one operation.
    large: bool,
    /// Processes are killed.
    kills: bool,
    /// A creator may be stopped for more than a second.
    stops: bool,
    /// Linux: the end of a process that waits with `SEM_UNDO` sets the operation time.
    ends_set_time: bool,
    without: Option<Guard>,
}

const UNSET: &str = "a process uses values that were never set";
const TWO: &str = "two processes hold the lock";
const TAKEN: &str = "a set was removed while its lock was held, or during its creation";
const REFUSED: &str = "a ready set was refused";
const HELD_UP: &str = "a creator waits for the holder of its lock";
const FOR_EVER: &str = "a process waits forever";
const BUSY: &str = "a process loops forever";

impl Set {
    /// Returns whether it is ready, as other processes see it.
    fn is_ready(&self, world: &World) -> bool {
        self.operated
            || self.members[..world.members]
                .iter()
                .all(|member| member.shows())
    }

    /// Returns whether any process has set it, as far as it shows.
    fn is_touched(&self) -> bool {
        self.operated || self.members.iter().any(|member| member.shows())
    }
}

impl Member {
    fn shows(self) -> bool {
        self.value != 0 || self.pid == Pid::Seen
    }
}

impl World {
    const fn of(roles: [Role; PROCESSES]) -> World {
        World {
            roles,
            members: 1,
            apart: false,
            large: false,
            kills: true,
            stops: false,
            ends_set_time: false,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    fn find(state: &State) -> Option<usize> {
        state.sets.iter().position(|set| set.exists)
    }

    /// Returns an id for a new set that no process remembers.
    fn free_id(state: &State) -> usize {
        let free = |&id: &usize| {
            !state.sets[id].exists && state.processes.iter().all(|process| process.id != id)
        };
        (0..IDS).find(free).expect("more ids than processes")
    }

    fn pid(&self) -> Pid {
        if self.apart {
            Pid::Invisible
        } else {
            Pid::Seen
        }
    }

    fn waiters(state: &State, id: usize) -> usize {
        let at = |process: &&Process| process.id == id && process.at == At::Blocked;
        state.processes.iter().filter(at).count()
    }

    /// Removes a set without a request by a user.
    fn take(state: &mut State, id: usize) {
        if !state.sets[id].exists {
            return;
        }
        let creator = state.sets[id].creator;
        let making = [At::SetAll, At::Operate, At::Blocked];
        for (number, process) in state
            .processes
            .iter()
            .enumerate()
            .filter(|(_, process)| process.id == id)
        {
            let sets = making.contains(&process.at) || matches!(process.at, At::Set(_));
            if process.at == At::Inside || (number == creator && sets) {
                state.fault = Some(TAKEN);
            }
        }
        state.sets[id] = NOTHING;
    }

    /// Returns whether this process has slept for a second: every other running process has taken a step.
    fn has_slept(&self, state: &State, sleeper: usize) -> bool {
        let rests = |at| {
            matches!(
                at,
                At::Blocked | At::Wait | At::Pause | At::End(_) | At::Dead
            )
        };
        let moved = |(number, process): (usize, &Process)| {
            rests(process.at) || state.processes[sleeper].moved & 1 << number != 0
        };
        self.stops || state.processes.iter().enumerate().all(moved)
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

    fn role(&self) -> Role {
        self.world.roles[self.number]
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&mut State)) {
        let mut state = self.state;
        state.processes[self.number].at = at;
        change(&mut state);
        if matches!(at, At::End(_)) {
            state.processes[self.number] = Process { at, ..ENDED };
        }
        for sleeper in state
            .processes
            .iter_mut()
            .filter(|process| process.at == At::Pause)
        {
            sleeper.moved |= 1 << self.number;
        }
        self.next.push(((self.number, what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_| ());
    }

    /// Goes back to the beginning of the loop, and counts a retry.
    fn turn(&mut self, what: &'static str, change: impl FnOnce(&mut State)) {
        let (number, process) = (self.number, self.me());
        let start = if self.role() == Role::Replace {
            At::Create
        } else {
            At::Find
        };
        // A foreign program gives up or loops on its own.
        let turns = if self.role() == Role::Remover {
            0
        } else {
            process.turns + 1
        };
        if turns == TURNS && self.world.guards(Guard::CountTurns) {
            return self.step(what, At::End(Outcome::KeptChanging), change);
        }
        self.step(what, start, |state| {
            change(state);
            let look = if process.look == Look::Second {
                Look::First
            } else {
                process.look
            };
            state.processes[number] = Process {
                at: start,
                look,
                turns,
                ..ENDED
            };
            if turns > TURNS {
                state.fault = Some(BUSY);
            }
        });
    }

    /// Continues with using the set.
    fn uses(&mut self, what: &'static str) {
        let set = self.state.sets[self.me().id];
        self.step(what, At::Acquire, |state| {
            if !set.is_complete {
                state.fault = Some(UNSET);
            }
        });
    }

    /// Continues after a check that did not find the set ready.
    fn is_not_ready(&mut self, what: &'static str) {
        let touched = self.state.sets[self.me().id].is_touched();
        let leaves = touched && self.world.guards(Guard::ReclaimLeavesTouched);
        let then = match (self.role(), self.me().look) {
            (Role::Reclaim, _) if leaves => At::End(Outcome::Uninitialized),
            (Role::Reclaim, _) => At::Waiters,
            (_, Look::Last(_)) if self.world.guards(Guard::LookAtTimeAgain) => At::TimeAgain,
            (_, Look::Last(_)) => return self.gives_up(what),
            _ => At::Wait,
        };
        self.goes(what, then);
    }

    fn gives_up(&mut self, what: &'static str) {
        let was_ready = self.me().look == Look::Last(true);
        self.step(what, At::End(Outcome::Uninitialized), |state| {
            if was_ready {
                state.fault = Some(REFUSED);
            }
        });
    }

    fn moves(&mut self) {
        let world = self.world;
        let (number, role, Process { at, id, look, .. }) = (self.number, self.role(), self.me());
        let set = self.state.sets.get(id).copied().unwrap_or(NOTHING);
        let looks = matches!(
            at,
            At::Time | At::Values | At::Pids(_) | At::TimeAgain | At::Waiters
        );
        match at {
            At::End(_) | At::Dead => {}
            _ if looks && !set.exists => self.turn("checks: it is gone", |_| ()),
            At::Find => match (World::find(&self.state), role) {
                (None, Role::Remover | Role::Repairer) => {}
                (None, _) => self.goes("finds nothing", At::Create),
                (Some(found), _) => {
                    let ready = !world.guards(Guard::WaitUntilReady) && role == Role::User;
                    let then = match role {
                        Role::User | Role::Stevens | Role::Reclaim if !ready => At::Time,
                        Role::Repairer if !self.state.sets[found].is_touched() => At::Set(0),
                        Role::Remover | Role::Replace => At::Replace,
                        Role::Repairer | Role::Zeros | Role::Maker | Role::Ipcmk => {
                            At::End(Outcome::Made)
                        }
                        _ => At::Acquire,
                    };
                    let same = found == id || !world.guards(Guard::ReclaimComparesIds);
                    let unset = ready && !self.state.sets[found].is_complete;
                    self.step("finds it", then, |state| {
                        let me = &mut state.processes[number];
                        match me.look {
                            Look::Second if !same => me.look = Look::First,
                            Look::Last(_) if found != id => me.look = Look::Last(false),
                            _ => {}
                        }
                        if me.at != At::End(Outcome::Made) {
                            me.id = found;
                        }
                        if unset {
                            state.fault = Some(UNSET);
                        }
                    });
                }
            },
            At::Time if set.operated => self.uses("sees the operation time"),
            At::Time if role == Role::Stevens => self.goes("sees no operation time", At::Wait),
            At::Time => self.goes("sees no operation time", At::Values),
            At::Values => {
                let counts = world.guards(Guard::CountValues);
                let zero = |member: &Member| member.value == 0 || !counts;
                let zeros = (0..)
                    .zip(&set.members[..world.members])
                    .filter(|(_, member)| zero(member));
                let zeros = zeros.fold(0, |zeros, (number, _)| zeros | 1 << number);
                let every = world.guards(Guard::EveryMember);
                if zeros == 0 || (!every && zeros != (1 << world.members) - 1) {
                    self.uses("sees values");
                } else if !counts || !world.guards(Guard::CountPids) {
                    self.is_not_ready("sees zeros");
                } else {
                    self.goes("sees zeros", At::Pids(zeros));
                }
            }
            At::Pids(zeros) => {
                // One call per member: the others are read in the next step.
                let first = zeros.trailing_zeros();
                let rest = zeros & (zeros - 1);
                let shows = set.members[first as usize].pid == Pid::Seen;
                if !shows && world.guards(Guard::ZeroShowsNothing) {
                    self.is_not_ready("sees no pid");
                } else if rest == 0 {
                    self.uses("sees pids");
                } else {
                    self.goes("sees a pid", At::Pids(rest));
                }
            }
            At::TimeAgain if set.operated => self.uses("sees the operation time at last"),
            At::TimeAgain => self.gives_up("sees no operation time again"),
            At::Waiters => {
                let waiters = World::waiters(&self.state, id) != 0;
                if waiters && world.guards(Guard::ReclaimLeavesWaiters) {
                    self.goes("sees waiters", At::End(Outcome::Uninitialized));
                } else if look == Look::Second || !world.guards(Guard::ReclaimLooksTwice) {
                    self.goes("sees no waiter", At::Reclaim);
                } else {
                    self.step("sees no waiter", At::Pause, |state| {
                        state.processes[number].moved = 0;
                    });
                }
            }
            At::Pause if world.has_slept(&self.state, number) => {
                self.step("has slept for 1 s", At::Find, |state| {
                    state.processes[number].look = Look::Second;
                    state.processes[number].moved = 0;
                });
            }
            At::Pause => {}
            At::Reclaim => self.turn("removes it", |state| World::take(state, id)),
            At::Wait => {
                // A poll without a change comes back here.
                let ready = if role == Role::Stevens {
                    set.operated
                } else {
                    set.is_ready(world)
                };
                if ready || !set.exists {
                    self.step("checks once more", At::Find, |state| {
                        state.processes[number].id = NONE;
                    });
                }
                if !world.guards(Guard::NeverRemove) && role == Role::User {
                    self.goes("loses patience", At::Reclaim);
                } else if role == Role::User && world.guards(Guard::Deadline) {
                    self.step("checks a last time", At::Find, |state| {
                        state.processes[number].look = Look::Last(ready);
                    });
                }
            }
            At::Replace => self.turn("removes it", |state| state.sets[id] = NOTHING),
            At::Acquire | At::Blocked | At::Inside => self.locks(),
            _ => self.makes(),
        }
    }

    /// The steps of a creator.
    fn makes(&mut self) {
        let world = self.world;
        let (number, role, Process { at, id, .. }) = (self.number, self.role(), self.me());
        let set = self.state.sets.get(id).copied().unwrap_or(NOTHING);
        let pid = world.pid();
        let made = if role == Role::Maker {
            At::End(Outcome::Made)
        } else {
            At::Acquire
        };
        match at {
            At::Create => {
                let then = match role {
                    Role::Script | Role::Zeros => At::Set(0),
                    Role::Ipcmk => At::End(Outcome::Made),
                    Role::Waiter => At::Acquire,
                    _ => At::SetAll,
                };
                match World::find(&self.state) {
                    Some(found) if !world.guards(Guard::CreateExclusively) => {
                        self.step("opens it", then, |state| state.processes[number].id = found);
                    }
                    Some(_) if role == Role::Replace => {
                        self.goes("cannot create: it is there", At::Find);
                    }
                    Some(_) => self.turn("cannot create: it is there", |_| ()),
                    None => self.step("creates it", then, |state| {
                        let id = World::free_id(state);
                        state.processes[number].id = id;
                        state.sets[id] = Set {
                            exists: true,
                            creator: number,
                            ..NOTHING
                        };
                    }),
                }
            }
            At::SetAll | At::Operate | At::Set(_) if !set.exists => match role {
                Role::Replace => {
                    self.goes("cannot set: it was replaced", At::End(Outcome::Removed));
                }
                _ => self.turn("cannot set: it was removed", |_| ()),
            },
            At::SetAll
                if role != Role::Stevens && !world.large && world.guards(Guard::SetAtOnce) =>
            {
                if set.members.iter().any(|member| member.value != 0) {
                    return self.turn("cannot set: another process has", |_| ());
                }
                self.step("sets all values by an operation", made, |state| {
                    state.sets[id].members[..world.members].fill(Member { value: 1, pid });
                    state.sets[id].operated = true;
                    state.sets[id].is_complete = true;
                });
            }
            At::SetAll => {
                let then = if world.guards(Guard::OperateOnce) {
                    At::Operate
                } else {
                    made
                };
                self.step("sets all", then, |state| {
                    state.sets[id].members[..world.members].fill(Member { value: 1, pid });
                    state.sets[id].is_complete = true;
                });
            }
            At::Set(member) => {
                let last = usize::from(member) + 1 == world.members;
                let then = match role {
                    _ if !last => At::Set(member + 1),
                    Role::Zeros => At::End(Outcome::Made),
                    _ => At::Acquire,
                };
                let value = u8::from(role != Role::Zeros);
                self.step("sets one", then, |state| {
                    state.sets[id].members[usize::from(member)] = Member { value, pid };
                    state.sets[id].is_complete |= last;
                });
            }
            At::Operate => {
                let waits =
                    set.members[0].value == 0 && !world.guards(Guard::OperateWithoutWaiting);
                self.step("operates once", made, |state| {
                    if waits {
                        state.fault = Some(HELD_UP);
                    }
                    // With value 0 another process has operated.
                    if set.members[0].value != 0 {
                        state.sets[id].operated = true;
                        state.sets[id].members[0].pid = pid;
                    }
                });
            }
            at => unreachable!("{at:?} is not a step of a creator"),
        }
    }

    /// Adds the steps of a user: with `SEM_UNDO`, and without a time limit.
    fn locks(&mut self) {
        let (Process { at, id, .. }, pid) = (self.me(), self.world.pid());
        let set = self.state.sets.get(id).copied().unwrap_or(NOTHING);
        match at {
            _ if !set.exists => self.goes("sees that it was removed", At::End(Outcome::Removed)),
            At::Acquire | At::Blocked if set.members[0].value != 0 => {
                self.step("enters", At::Inside, |state| {
                    let set = &mut state.sets[id];
                    set.members[0] = Member {
                        value: set.members[0].value - 1,
                        pid,
                    };
                    set.operated = true;
                });
            }
            At::Acquire => self.goes("waits", At::Blocked),
            At::Inside => self.step("leaves", At::End(Outcome::Used), |state| {
                leave(state, id, pid);
            }),
            _ => {}
        }
    }
}

/// Releases the lock, by its holder or by the kernel.
fn leave(state: &mut State, id: usize, pid: Pid) {
    let set = &mut state.sets[id];
    if set.exists {
        set.members[0] = Member {
            value: set.members[0].value + 1,
            pid,
        };
        set.operated = true;
    }
}

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        let creates = |role| {
            matches!(
                role,
                Role::Replace | Role::Maker | Role::Ipcmk | Role::Zeros
            )
        };
        let process = |role| Process {
            at: if creates(role) { At::Create } else { At::Find },
            ..ENDED
        };
        State {
            sets: [NOTHING; IDS],
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
            if matches!(process.at, At::End(_) | At::Dead)
                || self.roles[number] == Role::Remover
                || !self.kills
            {
                continue;
            }
            let mut after = *state;
            match process.at {
                At::Inside => leave(&mut after, process.id, self.pid()),
                At::Blocked if after.sets[process.id].exists => {
                    after.sets[process.id].operated |= self.ends_set_time;
                }
                _ => {}
            }
            after.processes[number] = Process {
                at: At::Dead,
                ..ENDED
            };
            next.push(((number, "is killed"), after));
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        // A user that replaces or removes the set uses another lock.
        let inside = |id| {
            let at =
                |process: &&Process| process.at == At::Inside && (id == NONE || process.id == id);
            state.processes.iter().filter(at).count()
        };
        let replaced = self.roles.contains(&Role::Replace) || self.roles.contains(&Role::Remover);
        let two = if replaced {
            (0..IDS).any(|id| inside(id) > 1)
        } else {
            inside(NONE) > 1
        };
        state.fault.or(two.then_some(TWO))
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let ended = |(process, role): (&Process, &Role)| match (process.at, role) {
            (At::End(_) | At::Dead, _) | (_, Role::Remover | Role::Repairer) => true,
            // Foreign programs have no deadline, neither for a creator of their own kind nor for a set that no process sets.
            (At::Wait, Role::Stevens) => {
                let set = state.sets[process.id];
                !set.is_complete || matches!(self.roles[set.creator], Role::Stevens | Role::Script)
            }
            (At::Blocked, Role::Waiter | Role::Script) if !state.sets[process.id].is_complete => {
                true
            }
            // Waits for the release by the creator of the zeros.
            (At::Blocked, _) => self.roles.contains(&Role::Zeros),
            _ => false,
        };
        let all = state.processes.iter().zip(&self.roles).all(ended);
        (!all).then_some(FOR_EVER)
    }
}

use Role::{
    Ipcmk, Maker, Reclaim, Remover, Repairer, Replace, Script, Stevens, User, Waiter, Zeros,
};

const RACE: World = World::of([User, User, User]);
const SEVERAL: World = World { members: 2, ..RACE };
const SCRIPTS: World = World {
    members: 2,
    ..World::of([Script, User, User])
};
const ELSEWHERE: World = World {
    apart: true,
    ..SCRIPTS
};
const LARGE: World = World {
    large: true,
    ..SEVERAL
};
const APART: World = World {
    apart: true,
    ..LARGE
};
const STEVENS: World = World::of([Stevens, User, Stevens]);
const STEVENS_LARGE: World = World {
    large: true,
    kills: false,
    ..World::of([Maker, Stevens, Stevens])
};
const ZEROS: World = World {
    members: 2,
    ..World::of([Zeros, User, User])
};
const MADE: World = World::of([Ipcmk, User, Script]);
const WAITED: World = World::of([Waiter, User, Reclaim]);
const RECLAIMED: World = World::of([Reclaim, Reclaim, User]);
const SCRIPTED: World = World {
    members: 2,
    ..World::of([Script, Reclaim, User])
};
const REPLACED: World = World::of([Replace, User, Replace]);
const REMOVED: World = World::of([Remover, User, Replace]);
const MIXED: World = World::of([Stevens, Script, User]);

const WORLDS: [World; 16] = [
    RACE,
    SEVERAL,
    APART,
    LARGE,
    SCRIPTS,
    ELSEWHERE,
    STEVENS,
    STEVENS_LARGE,
    ZEROS,
    MADE,
    WAITED,
    RECLAIMED,
    SCRIPTED,
    REPLACED,
    REMOVED,
    MIXED,
];

/// For each omitted guard, the environment in which it matters, and the violation.
const OMISSIONS: [(Guard, World, &str); 17] = [
    (Guard::CreateExclusively, RACE, TWO),
    (Guard::WaitUntilReady, RACE, UNSET),
    (Guard::SetAtOnce, STEVENS, FOR_EVER),
    (Guard::OperateOnce, STEVENS_LARGE, FOR_EVER),
    (Guard::OperateWithoutWaiting, LARGE, HELD_UP),
    (Guard::CountValues, SCRIPTS, REFUSED),
    (Guard::CountPids, ZEROS, REFUSED),
    (Guard::EveryMember, SCRIPTS, UNSET),
    (Guard::ZeroShowsNothing, RACE, UNSET),
    (Guard::LookAtTimeAgain, APART, REFUSED),
    (Guard::NeverRemove, RACE, TAKEN),
    (Guard::ReclaimLooksTwice, RECLAIMED, TAKEN),
    (Guard::ReclaimLeavesTouched, SCRIPTED, TAKEN),
    (Guard::ReclaimLeavesWaiters, WAITED, TAKEN),
    (Guard::ReclaimComparesIds, RECLAIMED, TAKEN),
    (Guard::Deadline, MADE, FOR_EVER),
    (Guard::CountTurns, REMOVED, BUSY),
];

#[test]
fn sets_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

#[test]
fn sets_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// Violations that no protocol can prevent, and that the documentation must not promise to prevent.
mod limits {
    use super::{
        FOR_EVER, RECLAIMED, Repairer, STEVENS, Script, TAKEN, TWO, UNSET, User, World, search,
    };

    fn found(world: World) -> Option<&'static str> {
        search::violation(&world)
    }

    #[test]
    fn two_are_inside_if_a_set_is_complete_by_another_than_its_creator() {
        assert_eq!(found(World::of([User, Repairer, User])), Some(TWO));
    }

    #[test]
    fn programs_that_follow_stevens_wait_for_a_creator_that_died_after_setall() {
        assert_eq!(
            found(World {
                large: true,
                ..STEVENS
            }),
            Some(FOR_EVER)
        );
    }

    #[test]
    fn a_creator_that_stops_for_more_than_a_second_loses_its_set_to_reclaim() {
        let world = World {
            stops: true,
            ..RECLAIMED
        };
        assert_eq!(found(world), Some(TAKEN));
    }

    #[test]
    fn a_set_seems_ready_when_a_process_ends_that_waited_with_undo() {
        let world = World {
            ends_set_time: true,
            ..World::of([User, Script, User])
        };
        assert_eq!(found(world), Some(UNSET));
    }
}
