//! The protocol of `key_file`: publishing, reading, taking over and removing a key file.
//!
//! The directory of the file NAME may contain its *companion* `.NAME.lock` (mode 0600, always empty) and a *draft*
//! `.NAME.new`. A file at NAME appears atomically and never changes; each has an inode of its own. Its record contains:
//! kind, id and key of the object; its creator's uid and gid, a segment's creator pid, its change time; the boot, the
//! ipc namespace; the publisher's pid and start time, its pid and time namespaces. Facts that cannot be read are
//! recorded as unknown.
//!
//! **Locking** (publishers and removers; readers never lock, and no process locks the file that readers open)
//! 1. Opens the companion with `O_CREAT | O_NOFOLLOW`, mode 0600. Refuses one that is not a regular file of this user.
//! 2. `flock(LOCK_EX | LOCK_NB)`, repeated until it succeeds; after 5 s the error is `is_timed_out()`.
//! 3. If the companion's name no longer names this file, closes it and goes back to 1.
//!
//! **Unlocking**: deletes the companion, then unlocks it (explicitly, since a forked child may have the file open), then closes it.
//!
//! **Publishing**
//! 1. `IPC_STAT` of the object, for the record. Locks.
//! 2. Deletes a draft that a killed publisher left: it wrote it under this lock. Creates the draft with `O_EXCL`, mode
//!    0600, writes the record, sets the requested mode, and `fsync`s it.
//! 3. Reads NAME. A file that is not a key file, or not trusted, is an error.
//!    - No file: `link` of the draft to NAME. EEXIST: reads NAME again, which counts as a retry. Without hard links
//!      (EPERM, EOPNOTSUPP, ENOSYS, EMLINK): `renameat2` with `RENAME_NOREPLACE`. Without that too (EINVAL, ENOSYS):
//!      `rename`, which the lock makes safe.
//!    - Left behind: `rename` of the draft to NAME.
//!    - In use: the error is `is_already_exists()`.
//! 4. Deletes the draft if it still has a name. Unlocks.
//!
//! A file is **left behind** if its boot is another one; or if its publisher is dead: same pid and time namespace, and
//! `kill(pid, 0)` = ESRCH or another start time; or if its object is gone: same ipc namespace, and no object has its
//! id, or another one does (creator, key, an earlier change time). An unknown fact proves nothing.
//!
//! **Removing**, when the publisher's guard is dropped in the process that published: locks; if NAME still names the
//! guard's file, which the guard keeps open so that no other file gets its inode, deletes it; unlocks. If locking times
//! out, the file stays, and counts as left behind once the publisher has ended.
//!
//! **Reading**, until the deadline: opens NAME with `O_NOFOLLOW`; its owner must be this user, root or a trusted user,
//! and no other user may write it. The boot and the ipc namespace must be this process's, and `IPC_STAT` must show the
//! recorded object: id, key, creator, change time not earlier; unless the file is root's, its owner must be the
//! object's. A reader does not check the publisher, since an object may outlive it. Otherwise the file is left behind,
//! and the reader waits.
//!
//! **Where `flock` is missing** (ENOLCK, EOPNOTSUPP, ENOSYS): no lock, a draft with a random name, and `link` or
//! `RENAME_NOREPLACE` only. A file that was left behind is then an error, and the guard deletes its file if NAME names
//! it.
//!
//! No step can prevent, as [`limits`] shows: within one boot, an id that is reused for another object of the same user
//! and key (32,768 creations in one slot, or `*_next_id`). Other programs that rename or delete the three files are not
//! modelled.

use super::search::{self, Protocol, Step};

/// The guards of the protocol. Each line says what goes wrong without the guard.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Guard {
    /// Publishers lock: of two that take over, one renames over the other's new file.
    Lock,
    /// The companion's name must still name the locked file: two processes hold locks of two files.
    LockIsStillThere,
    /// The file that readers open is not locked: a reader that locks it keeps publishers out.
    LeaveFileUnlocked,
    /// The file at NAME is checked under the lock: it may be replaced after the check.
    JudgeUnderLock,
    /// Removing locks: between check and removal another publisher takes over, and loses its file.
    RemoveLocks,
    /// Removing compares files: a publisher that was replaced removes its successor's file.
    RemoveComparesFiles,
    /// The guard keeps its file open: its inode is reused for another publisher's file, which is removed.
    KeepOpen,
    /// A file is complete before it gets its name: a reader sees an empty one.
    WriteDraft,
    /// Deletes the draft of a killed publisher: it stays forever.
    DeleteLeftDraft,
    /// The draft is on disk before it gets its name: after a power failure the file is empty, and refused by all.
    SyncDraft,
    /// Without locks, `link` refuses a name that is taken: two publish, and one file is lost.
    PublishExclusively,
    /// Readers compare the boot: after a restart they get another program's object.
    ReadersCompareBoot,
    /// Publishers compare the boot: after a restart they are refused while another process has the pid, and another object the id.
    PublishersCompareBoot,
    /// Readers compare the ipc namespace: they get another program's object, of their own namespace.
    CompareIpcNamespace,
    /// Readers compare creator, key and change time: they get the object of another user.
    CompareIdentity,
    /// A dead publisher's file is left behind though the object lives: its restart is refused.
    TakeOverFromDead,
    /// A pid identifies a process only with its start time: the restart is refused while another process has the pid.
    CompareStartTime,
    /// A pid is meaningless in another pid namespace: a running publisher loses its file.
    ComparePidNamespace,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Role {
    Absent,
    /// Creates an object, publishes it, and drops the guard at some time.
    Publisher,
    Reader,
    /// Reads the file and keeps a lock on it.
    LockingReader,
}

/// The call that a process makes next.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum At {
    Start,
    JudgeFirst,
    Open,
    Lock,
    Draft,
    Look,
    Link,
    Rename,
    WriteInPlace,
    DeleteDraft,
    DeleteCompanion,
    Unlock,
    Published,
    LookForOwn,
    DeleteOwn,
    Read,
    Stat(u8),
    End,
    Dead,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Process {
    at: At,
    /// Its draft, which becomes its file.
    own: u8,
    companion: u8,
    /// Without [`Guard::JudgeUnderLock`]: whether the file that it found was left behind.
    judged: bool,
    is_published: bool,
    /// Whether it drops its guard.
    drops: bool,
    /// Its object, and the time of its creation.
    id: u8,
    boot: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct Inode {
    contents: Contents,
    synced: bool,
    locked_by: u8,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Contents {
    Empty,
    /// The record of this process.
    Record(u8),
}

/// The object that has an id.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
enum Object {
    Nothing,
    Of(u8),
    /// An object of another program of the same user, which only the boot distinguishes.
    Alike,
    /// An object of another user.
    Foreign,
}

const PROCESSES: usize = 4;
const INODES: usize = 8;
const IDS: usize = 5;
const NONE: u8 = u8::MAX;

const FREE: Inode = Inode {
    contents: Contents::Empty,
    synced: false,
    locked_by: NONE,
};

#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash)]
struct State {
    boot: u8,
    inodes: [Inode; INODES],
    /// The file, its companion and the draft.
    name: u8,
    companion: u8,
    draft: u8,
    objects: [Object; IDS],
    processes: [Process; PROCESSES],
    fault: Option<&'static str>,
}

/// The processes and their environment.
#[derive(Debug, Copy, Clone)]
struct World {
    roles: [Role; PROCESSES],
    /// The machine restarts once.
    restarts: bool,
    /// Another program creates such an object once; `Alike` after a restart only.
    stranger: Object,
    /// The stranger creates its object at any time.
    ids_return: bool,
    /// Publishers are in pid namespaces of their own.
    apart: bool,
    /// The pids of dead publishers are reused.
    recycles: bool,
    /// Readers are in another ipc namespace, where another program's object has each id.
    elsewhere: bool,
    locks: bool,
    links: bool,
    without: Option<Guard>,
}

const STRANGER: &str = "a reader got another program's object";
const EMPTY: &str = "a reader saw a file that is not complete";
const TAKEN: &str = "a publisher lost its file";
const TWO: &str = "two processes hold the lock";
const REFUSED: &str = "a publisher was refused by a file that was left behind";
const LEFT: &str = "a draft or a companion is left behind";
const FOR_EVER: &str = "a process waits forever";

impl Process {
    const NEW: Process = Process {
        at: At::Start,
        own: NONE,
        companion: NONE,
        judged: false,
        is_published: false,
        drops: false,
        id: NONE,
        boot: 0,
    };

    fn is_gone(&self) -> bool {
        matches!(self.at, At::End | At::Dead)
    }

    fn end(&mut self, at: At) {
        *self = Process {
            at,
            id: self.id,
            boot: self.boot,
            ..Process::NEW
        };
    }
}

impl State {
    fn inode(&self, inode: u8) -> Option<Inode> {
        self.inodes.get(usize::from(inode)).copied()
    }

    /// The file at the name.
    fn contents(&self) -> Option<Contents> {
        self.inode(self.name).map(|inode| inode.contents)
    }

    fn process(&self, number: u8) -> Process {
        self.processes[usize::from(number)]
    }

    /// Whether the object of this publisher exists.
    fn has_object(&self, publisher: u8) -> bool {
        self.object(publisher) == Object::Of(publisher)
    }

    /// Returns the object that has the id that this publisher recorded.
    fn object(&self, publisher: u8) -> Object {
        let id = usize::from(self.process(publisher).id);
        self.objects.get(id).copied().unwrap_or(Object::Nothing)
    }

    /// Numbers inodes in the order of their first occurrence, which makes equivalent states equal.
    fn renumber(&mut self) {
        let mut numbers = [NONE; INODES];
        let (mut inodes, mut count) = ([FREE; INODES], 0);
        let mut renumber = |inode: &mut u8| {
            if let Some(number) = numbers.get_mut(usize::from(*inode)) {
                if *number == NONE {
                    *number = count;
                    inodes[usize::from(count)] = self.inodes[usize::from(*inode)];
                    count += 1;
                }
                *inode = *number;
            }
        };
        for name in [&mut self.name, &mut self.companion, &mut self.draft] {
            renumber(name);
        }
        for process in &mut self.processes {
            renumber(&mut process.own);
            renumber(&mut process.companion);
        }
        self.inodes = inodes;
    }

    /// Returns which inodes have a name or are open.
    fn used(&self, keeps_open: bool) -> [bool; INODES] {
        let mut used = [false; INODES];
        let mut mark = |inode: u8| {
            if let Some(used) = used.get_mut(usize::from(inode)) {
                *used = true;
            }
        };
        for name in [self.name, self.companion, self.draft] {
            mark(name);
        }
        for process in &self.processes {
            mark(process.companion);
            if keeps_open || !process.is_published {
                mark(process.own);
            }
        }
        used
    }

    /// Clears facts that no later step can observe, which makes equivalent states equal.
    fn forget(&mut self, keeps_open: bool) {
        let used = self.used(keeps_open);
        let mut recorded = [false; PROCESSES];
        for (inode, used) in self.inodes.iter_mut().zip(used) {
            match inode.contents {
                _ if !used => *inode = FREE,
                Contents::Record(number) => recorded[usize::from(number)] = true,
                Contents::Empty => {}
            }
        }
        for process in &self.processes {
            if let At::Stat(number) = process.at {
                recorded[usize::from(number)] = true;
            }
        }
        for (number, recorded) in (0..).zip(recorded) {
            let process = self.process(number);
            if !recorded && process.is_gone() && process.id != NONE {
                if self.has_object(number) {
                    self.objects[usize::from(process.id)] = Object::Nothing;
                }
                self.processes[usize::from(number)] = Process {
                    at: process.at,
                    ..Process::NEW
                };
            }
        }
        // An inode that is not kept open is reused.
        if keeps_open {
            self.renumber();
        }
    }

    fn new_inode(&self, keeps_open: bool) -> u8 {
        first(self.used(keeps_open).map(|used| !used))
    }

    fn new_id(&self) -> u8 {
        first(self.objects.map(|object| object == Object::Nothing))
    }
}

fn first<const N: usize>(free: [bool; N]) -> u8 {
    let first = free
        .iter()
        .position(|free| *free)
        .expect("more of them than can be in use");
    u8::try_from(first).expect("few")
}

impl World {
    const fn of(publishers: usize, reader: Role) -> World {
        let mut roles = [Role::Publisher; PROCESSES];
        roles[PROCESSES - 1] = reader;
        let mut number = publishers;
        while number < PROCESSES - 1 {
            roles[number] = Role::Absent;
            number += 1;
        }
        World {
            roles,
            restarts: false,
            stranger: Object::Nothing,
            ids_return: false,
            apart: false,
            recycles: false,
            elsewhere: false,
            locks: true,
            links: true,
            without: None,
        }
    }

    fn guards(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// Returns whether this publisher is provably dead.
    fn proves_death(&self, state: &State, publisher: u8) -> bool {
        let Process { boot, .. } = state.process(publisher);
        let dead = state.process(publisher).is_gone();
        if self.apart {
            return !self.guards(Guard::ComparePidNamespace);
        }
        // Start times are relative to the boot, so that they prove nothing in another one.
        dead && (!self.recycles || (self.guards(Guard::CompareStartTime) && boot == state.boot))
    }

    /// Returns whether the file with the record of this publisher was left behind, as another publisher sees it.
    fn was_left_behind(&self, state: &State, publisher: u8) -> bool {
        let Process { boot, .. } = state.process(publisher);
        let object = state.object(publisher);
        let gone = object != Object::Of(publisher) && object != Object::Alike;
        let other_boot = boot != state.boot && self.guards(Guard::PublishersCompareBoot);
        let dead = self.proves_death(state, publisher) && self.guards(Guard::TakeOverFromDead);
        other_boot || dead || gone
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
        self.state.process(self.number)
    }

    /// Adds the step that `change` makes, after which the process is `at`.
    fn step(&mut self, what: &'static str, at: At, change: impl FnOnce(&mut State, &mut Process)) {
        let mut state = self.state;
        let mut me = Process { at, ..self.me() };
        change(&mut state, &mut me);
        if at == At::End {
            me.end(at);
        }
        state.processes[usize::from(self.number)] = me;
        state.forget(self.world.guards(Guard::KeepOpen));
        self.next.push(((self.number.into(), what), state));
    }

    fn goes(&mut self, what: &'static str, at: At) {
        self.step(what, at, |_, _| ());
    }

    fn moves(&mut self) {
        match (self.world.roles[usize::from(self.number)], self.me().at) {
            (Role::Absent, _) | (_, At::End | At::Dead) => {}
            (Role::Publisher, At::Open | At::Lock | At::DeleteCompanion | At::Unlock) => {
                self.locks();
            }
            (Role::Publisher, _) => self.publishes(),
            (Role::Reader | Role::LockingReader, _) => self.reads(),
        }
    }

    /// Returns the next call of publishing or removing once the lock is held.
    fn after_lock(&self) -> At {
        if self.me().drops {
            At::LookForOwn
        } else if self.world.guards(Guard::WriteDraft) {
            At::Draft
        } else {
            At::Look
        }
    }

    fn locks(&mut self) {
        let (world, state, number) = (self.world, self.state, self.number);
        let me = self.me();
        let inode = state.inode(me.companion).unwrap_or(FREE);
        let (after, keeps_open) = (self.after_lock(), world.guards(Guard::KeepOpen));
        match me.at {
            At::Open if !world.locks || !world.guards(Guard::Lock) => {
                self.goes("does not lock", after);
            }
            At::Open if me.drops && !world.guards(Guard::RemoveLocks) => {
                self.goes("does not lock", after);
            }
            At::Open => self.step("opens the companion", At::Lock, |state, me| {
                if state.companion == NONE {
                    state.companion = state.new_inode(keeps_open);
                }
                me.companion = state.companion;
            }),
            At::Lock if inode.locked_by != NONE => {}
            // Locking and checking the name are one step: neither changes for a file that is locked, or has no name any
            // more.
            At::Lock
                if state.companion == me.companion || !world.guards(Guard::LockIsStillThere) =>
            {
                self.step("locks", after, |state, me| {
                    state.inodes[usize::from(me.companion)].locked_by = number;
                });
            }
            At::Lock => self.step("locks an old companion", At::Open, |_, me| {
                me.companion = NONE;
            }),
            At::DeleteCompanion if me.companion == NONE => self.goes("has no lock", At::Unlock),
            At::DeleteCompanion => self.step("deletes the companion", At::Unlock, |state, _| {
                state.companion = NONE;
            }),
            _ => {
                let then = if me.is_published && !me.drops {
                    At::Published
                } else {
                    At::End
                };
                self.step("unlocks", then, |state, me| {
                    if me.companion != NONE {
                        state.inodes[usize::from(me.companion)].locked_by = NONE;
                        me.companion = NONE;
                    }
                    // The process ends, and its object is removed.
                    if then == At::End && state.has_object(number) {
                        state.objects[usize::from(me.id)] = Object::Nothing;
                    }
                });
            }
        }
    }

    fn publishes(&mut self) {
        let (world, state, number) = (self.world, self.state, self.number);
        let (me, keeps_open) = (self.me(), world.guards(Guard::KeepOpen));
        match me.at {
            // All publishers are equivalent, so that they can start in this order.
            At::Start if number != 0 && state.process(number - 1).at == At::Start => {}
            At::Start => {
                let then = if world.guards(Guard::JudgeUnderLock) {
                    At::Open
                } else {
                    At::JudgeFirst
                };
                self.step("creates its object", then, |state, me| {
                    me.id = state.new_id();
                    me.boot = state.boot;
                    state.objects[usize::from(me.id)] = Object::Of(number);
                });
            }
            At::JudgeFirst => {
                let judged = match state.contents() {
                    Some(Contents::Record(publisher)) => world.was_left_behind(&state, publisher),
                    _ => false,
                };
                self.step("checks without the lock", At::Open, |_, me| {
                    me.judged = judged;
                });
            }
            At::Draft => {
                let stays = state.draft != NONE && !world.guards(Guard::DeleteLeftDraft);
                self.step("writes a draft", At::Look, |state, me| {
                    state.draft = if world.locks { NONE } else { state.draft };
                    me.own = state.new_inode(keeps_open);
                    state.inodes[usize::from(me.own)] = Inode {
                        contents: Contents::Record(number),
                        synced: world.guards(Guard::SyncDraft),
                        ..FREE
                    };
                    // Without locks the draft has a random name, which no other process uses.
                    if world.locks {
                        state.draft = me.own;
                    }
                    if stays {
                        state.fault = Some(LEFT);
                    }
                });
            }
            At::Look if me.judged => self.goes("trusts its earlier check", At::Rename),
            At::Look => {
                let locked_by = state
                    .inode(state.name)
                    .map_or(NONE, |inode| inode.locked_by);
                if locked_by == NONE || world.guards(Guard::LeaveFileUnlocked) {
                    self.looks();
                }
            }
            At::Link if state.name == NONE || !world.guards(Guard::PublishExclusively) => {
                let links = world.links && world.guards(Guard::PublishExclusively);
                let then = if links {
                    At::DeleteDraft
                } else {
                    At::DeleteCompanion
                };
                self.step("links it to its path", then, |state, me| {
                    state.name = me.own;
                    me.is_published = true;
                    if !links && state.draft == me.own {
                        state.draft = NONE;
                    }
                });
            }
            At::Link => self.goes("finds the path in use", At::Look),
            At::Rename => self.step(
                "renames it over the other file",
                At::DeleteCompanion,
                |state, me| {
                    state.name = me.own;
                    state.draft = if state.draft == me.own {
                        NONE
                    } else {
                        state.draft
                    };
                    me.is_published = true;
                },
            ),
            At::WriteInPlace => self.step("writes its record", At::DeleteCompanion, |state, me| {
                state.inodes[usize::from(me.own)].contents = Contents::Record(number);
            }),
            At::DeleteDraft => self.step("deletes the draft", At::DeleteCompanion, |state, me| {
                state.draft = if world.locks { NONE } else { state.draft };
                if !me.is_published {
                    me.own = NONE;
                }
            }),
            At::Published => {
                if state.has_object(number) {
                    self.step("removes its object", At::Published, |state, me| {
                        state.objects[usize::from(me.id)] = Object::Nothing;
                    });
                }
                self.step("drops its guard", At::Open, |_, me| me.drops = true);
            }
            At::LookForOwn if state.name == me.own || !world.guards(Guard::RemoveComparesFiles) => {
                self.goes("finds its file", At::DeleteOwn);
            }
            At::LookForOwn => self.goes("finds another file", At::DeleteCompanion),
            At::DeleteOwn => self.step("deletes the file", At::DeleteCompanion, |state, _| {
                state.name = NONE;
            }),
            at => unreachable!("{at:?} is not a step of a publisher"),
        }
    }

    /// Adds the steps of a publisher that reads NAME.
    fn looks(&mut self) {
        let (world, state, keeps_open) =
            (self.world, self.state, self.world.guards(Guard::KeepOpen));
        match state.contents() {
            None if world.guards(Guard::WriteDraft) => self.goes("finds no file", At::Link),
            None => self.step("creates the file", At::WriteInPlace, |state, me| {
                me.own = state.new_inode(keeps_open);
                state.name = me.own;
                me.is_published = true;
            }),
            Some(Contents::Record(publisher)) if world.was_left_behind(&state, publisher) => {
                let then = if world.locks {
                    At::Rename
                } else {
                    At::DeleteDraft
                };
                self.goes("finds a file that was left behind", then);
            }
            found => {
                let refused = match found {
                    Some(Contents::Record(publisher)) => {
                        let dead = state.process(publisher).is_gone();
                        dead && !world.apart
                    }
                    _ => true,
                };
                self.step("finds a file in use", At::DeleteDraft, |state, _| {
                    if refused {
                        state.fault = Some(REFUSED);
                    }
                });
            }
        }
    }

    fn reads(&mut self) {
        let (world, state, number) = (self.world, self.state, self.number);
        match self.me().at {
            At::Start => self.goes("starts", At::Read),
            At::Read => {
                self.goes("times out", At::End);
                match state.contents() {
                    None => {}
                    Some(Contents::Empty) => {
                        self.step("reads", At::End, |state, _| state.fault = Some(EMPTY));
                    }
                    Some(Contents::Record(publisher)) => {
                        let boot = state.process(publisher).boot == state.boot;
                        let boot = boot || !world.guards(Guard::ReadersCompareBoot);
                        let here = !world.elsewhere || !world.guards(Guard::CompareIpcNamespace);
                        let locks = world.roles[usize::from(number)] == Role::LockingReader;
                        if locks
                            && state
                                .inode(state.name)
                                .is_some_and(|inode| inode.locked_by == NONE)
                        {
                            // Keeps the lock for any time.
                            self.step("locks the file", At::Published, |state, me| {
                                me.companion = state.name;
                                state.inodes[usize::from(state.name)].locked_by = number;
                            });
                        } else if boot && here {
                            self.goes("reads", At::Stat(publisher));
                        }
                    }
                }
            }
            At::Stat(publisher) => {
                let object = match state.object(publisher) {
                    _ if world.elsewhere => Object::Alike,
                    object => object,
                };
                let compares = world.guards(Guard::CompareIdentity);
                match object {
                    Object::Of(other) if other == publisher => {
                        self.goes("gets the object", At::End);
                    }
                    Object::Nothing => self.goes("sees no object", At::Read),
                    Object::Of(_) | Object::Foreign if compares => {
                        self.goes("sees another object", At::Read);
                    }
                    _ => self.step("gets an object", At::End, |state, _| {
                        state.fault = Some(STRANGER);
                    }),
                }
            }
            _ => {}
        }
    }
}

impl Protocol for World {
    type State = State;

    fn start(&self) -> State {
        State {
            boot: 0,
            inodes: [FREE; INODES],
            name: NONE,
            companion: NONE,
            draft: NONE,
            objects: [Object::Nothing; IDS],
            processes: [Process::NEW; PROCESSES],
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
        let keeps_open = self.guards(Guard::KeepOpen);
        let mut add = |number: u8, what, mut after: State| {
            for inode in &mut after.inodes {
                if inode.locked_by != NONE
                    && after.processes[usize::from(inode.locked_by)].at == At::Dead
                {
                    inode.locked_by = NONE;
                }
            }
            after.forget(keeps_open);
            next.push(((number.into(), what), after));
        };
        for number in (0..).take(PROCESSES) {
            let process = state.process(number);
            if !process.is_gone() && process.at != At::Start {
                let mut after = *state;
                after.processes[usize::from(number)].end(At::Dead);
                add(number, "is killed", after);
            }
        }
        let came = state.objects.contains(&self.stranger);
        if !came
            && (self.stranger == Object::Foreign
                || (self.stranger == Object::Alike && self.ids_return))
        {
            let mut after = *state;
            after.objects[usize::from(state.new_id())] = self.stranger;
            add(NONE, "another program creates an object", after);
        }
        if self.restarts && state.boot == 0 {
            let mut after = State {
                boot: 1,
                objects: [Object::Nothing; IDS],
                ..*state
            };
            after.objects[0] = self.stranger;
            for process in after
                .processes
                .iter_mut()
                .filter(|process| process.at != At::Start)
            {
                process.end(At::Dead);
            }
            add(NONE, "the machine restarts", after);
            for inode in after.inodes.iter_mut().filter(|inode| !inode.synced) {
                inode.contents = Contents::Empty;
            }
            add(NONE, "the power fails", after);
        }
    }

    fn fault(&self, state: &State) -> Option<&'static str> {
        let lost = |(number, process): (u8, &Process)| {
            process.is_published
                && !process.drops
                && state.has_object(number)
                && state.name != process.own
        };
        let holds = |process: &&Process| {
            let open = matches!(process.at, At::Open | At::Lock | At::Unlock | At::Published);
            process.companion != NONE && !open
        };
        let two = state.processes.iter().filter(holds).count() > 1;
        let lost = (0..).zip(&state.processes).any(lost);
        let dead = state.processes.iter().any(|process| process.at == At::Dead);
        let gone = state
            .processes
            .iter()
            .all(|process| process.is_gone() || process.at == At::Start);
        let left = gone && !dead && (state.companion, state.draft) != (NONE, NONE);
        let faults = [(two, TWO), (lost, TAKEN), (left, LEFT)];
        let fault = faults.into_iter().find(|(found, _)| *found);
        state.fault.or(fault.map(|(_, what)| what))
    }

    fn stuck(&self, state: &State) -> Option<&'static str> {
        let ended = |(process, role): (&Process, &Role)| {
            process.is_gone() || matches!(role, Role::Absent | Role::LockingReader)
        };
        let all = state.processes.iter().zip(&self.roles).all(ended);
        (!all).then_some(FOR_EVER)
    }
}

use Role::{Absent, LockingReader, Reader};

const RACE: World = World::of(3, Absent);
const READ: World = World::of(2, Reader);
const LOCKED: World = World::of(2, LockingReader);
const RESTARTED: World = World {
    restarts: true,
    stranger: Object::Alike,
    ..READ
};
const RECYCLED: World = World {
    recycles: true,
    ..World::of(2, Absent)
};
const RECYCLED_AND_RESTARTED: World = World {
    restarts: true,
    stranger: Object::Alike,
    ..RECYCLED
};
const APART: World = World {
    apart: true,
    ..World::of(2, Absent)
};
const ELSEWHERE: World = World {
    elsewhere: true,
    ..READ
};
const FOREIGN: World = World {
    stranger: Object::Foreign,
    ..READ
};
const NO_LINKS: World = World {
    links: false,
    ..READ
};
const NO_LOCKS: World = World {
    locks: false,
    ..RACE
};

const WORLDS: [World; 11] = [
    RACE,
    READ,
    LOCKED,
    RESTARTED,
    RECYCLED,
    RECYCLED_AND_RESTARTED,
    APART,
    ELSEWHERE,
    FOREIGN,
    NO_LINKS,
    NO_LOCKS,
];

/// For each omitted guard, the environment in which it matters, and the violation.
const OMISSIONS: [(Guard, World, &str); 18] = [
    (Guard::Lock, RACE, TAKEN),
    (Guard::LockIsStillThere, RACE, TWO),
    (Guard::LeaveFileUnlocked, LOCKED, FOR_EVER),
    (Guard::JudgeUnderLock, RACE, TAKEN),
    (Guard::RemoveLocks, RACE, TAKEN),
    (Guard::RemoveComparesFiles, RACE, TAKEN),
    (Guard::KeepOpen, RACE, TAKEN),
    (Guard::WriteDraft, READ, EMPTY),
    (Guard::DeleteLeftDraft, READ, LEFT),
    (Guard::SyncDraft, RESTARTED, EMPTY),
    (Guard::PublishExclusively, NO_LOCKS, TAKEN),
    (Guard::ReadersCompareBoot, RESTARTED, STRANGER),
    (
        Guard::PublishersCompareBoot,
        RECYCLED_AND_RESTARTED,
        REFUSED,
    ),
    (Guard::CompareIpcNamespace, ELSEWHERE, STRANGER),
    (Guard::CompareIdentity, FOREIGN, STRANGER),
    (Guard::TakeOverFromDead, READ, REFUSED),
    (Guard::CompareStartTime, RECYCLED, REFUSED),
    (Guard::ComparePidNamespace, APART, TAKEN),
];

#[test]
fn key_files_are_right_with_every_guard() {
    search::assert_right(&WORLDS);
}

#[test]
fn key_files_without_one_guard_go_wrong() {
    search::assert_wrong(OMISSIONS, |world, guard| World {
        without: Some(guard),
        ..world
    });
}

/// Violations that no protocol can prevent, and that the documentation must not promise to prevent.
mod limits {
    use super::{Object, READ, STRANGER, World, search};

    #[test]
    fn an_id_that_returns_as_an_object_of_the_same_user_is_taken_for_the_published_one() {
        let world = World {
            stranger: Object::Alike,
            ids_return: true,
            ..READ
        };
        let found = search::violation(&world);
        assert_eq!(found, Some(STRANGER));
    }
}
