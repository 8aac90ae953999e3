//! No process sees an uninitialised segment: openers of the same user and of another, during a slow initialisation, and
//! after the creator's death. The creator stays in its initialiser until it is signalled.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::{self, Process, Sem, Sleeper, unused_key};
use sysv_ipc::{SemBuf, SemFlags, semctl_getncnt, semop};
use sysv_wrapper::*;

const SIZE: usize = 10_000;
/// Longer than the deadline of a test, so that a test fails if its child or thread waits so long.
const LONG: Duration = support::DEADLINE.saturating_mul(10);

/// Two semaphores, by which parent and child synchronise, and a key.
struct Stage {
    signals: Sem,
    key: Key,
}

/// The creator acquires this one before it finishes.
const FINISH: u16 = 0;
/// Every opener releases this one once it has seen the segment uninitialised.
const WAITS: u16 = 1;

impl Stage {
    fn new() -> Stage {
        Stage {
            // Another user takes part.
            signals: Sem::with_mode(2, sysv_ipc::Mode::EVERYONE),
            key: unused_key().into(),
        }
    }

    fn give(&self, number: u16, count: i16) {
        semop(
            self.signals.id,
            &[SemBuf::new(number, count, SemFlags::empty())],
        )
        .unwrap();
    }

    fn take(&self, number: u16, count: i16) {
        support::wait_until("the openers", || {
            sysv_ipc::semctl_getval(self.signals.id, number).unwrap() >= count.into()
        });
        self.give(number, -count);
    }

    /// Returns whether the creator is in its initialiser.
    fn is_being_filled(&self) -> bool {
        semctl_getncnt(self.signals.id, FINISH).unwrap() == 1
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // In most tests it is already removed, or was never created.
        let _ = SharedMemory::remove_key(self.key);
    }
}

/// The child's view of a stage, from its arguments: the set's id and the key.
struct Part {
    set: sysv_ipc::SemId,
    key: Key,
    words: Vec<String>,
}

impl Part {
    fn new(words: Vec<String>) -> Part {
        Part {
            set: sysv_ipc::SemId::from_raw(words[1].parse().unwrap()),
            key: words[2].parse().unwrap(),
            words,
        }
    }

    fn is(&self, name: &str) -> bool {
        self.words[0] == name
    }

    fn step(&self, number: u16, by: i16) {
        semop(self.set, &[SemBuf::new(number, by, SemFlags::empty())]).unwrap();
    }

    /// Creates the segment: half of it first, the rest when it is signalled.
    fn create(&self, mode: Mode) {
        let builder = SharedMemory::builder()
            .size(SIZE)
            .mode(mode)
            .init_with(|memory| {
                memory.fill(..SIZE / 2, b'x')?;
                self.step(FINISH, -1);
                memory.fill(SIZE / 2.., b'x')?;
                Ok(())
            });
        builder.create(self.key).unwrap();
    }

    /// Checks that it has to wait, signals that, waits, and checks the complete segment.
    fn open(&self, by: fn(SharedMemoryBuilder<'_>, Key) -> Result<SharedMemory>) {
        let waiting = |time| SharedMemory::builder().fill(b'?').wait_for_creator(time);
        let error = by(waiting(Duration::from_millis(1)), self.key).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        self.step(WAITS, 1);
        let memory = by(waiting(LONG), self.key).unwrap();
        let bytes = memory.attach().unwrap().read_to_vec(..).unwrap();
        assert_eq!(bytes.len(), SIZE);
        assert!(
            bytes.iter().all(|byte| *byte == b'x'),
            "it was not finished"
        );
        assert_eq!(memory.mode().unwrap(), Mode::EVERYONE);
    }
}

fn open(builder: SharedMemoryBuilder<'_>, key: Key) -> Result<SharedMemory> {
    builder.open(key)
}

fn create_or_open(builder: SharedMemoryBuilder<'_>, key: Key) -> Result<SharedMemory> {
    builder.create_or_open(key).map(|opened| match opened {
        Opened::Existing(memory) => memory,
        Opened::Created(_) => panic!("it already existed"),
    })
}

fn start(test: &str, part: &str, stage: &Stage) -> Process {
    Process::start(test, &[&part, &stage.signals.id, &stage.key])
}

/// Rows N1, P22.
#[test]
fn openers_of_all_users_wait_for_a_slow_creator() {
    const TEST: &str = test_name!("openers_of_all_users_wait_for_a_slow_creator");
    if let Some(words) = support::role(TEST) {
        let part = Part::new(words);
        if part.is("creator") {
            return part.create(Mode::EVERYONE);
        }
        if part.words[0].ends_with("nobody") {
            support::become_nobody();
        }
        let either = part.words[0].starts_with("create_or_open");
        return part.open(if either { create_or_open } else { open });
    }
    let stage = Stage::new();
    let mut creator = start(TEST, "creator", &stage);
    creator.wait_until("the creator's initialiser", || stage.is_being_filled());
    let mut parts = vec!["open", "create_or_open"];
    if support::is_root() {
        parts.extend(["open-nobody", "create_or_open-nobody"]);
    } else {
        support::skipped(TEST, "the part of another user needs root");
    }
    let mut openers: Vec<Process> = parts.iter().map(|part| start(TEST, part, &stage)).collect();
    stage.take(WAITS, i16::try_from(openers.len()).unwrap());
    // The key is in use while its segment is being filled.
    assert!(SharedMemory::exists(stage.key).unwrap());
    let error = SharedMemory::builder().create(stage.key).unwrap_err();
    assert!(error.is_already_exists());
    for opener in &mut openers {
        opener.assert_running();
    }
    stage.give(FINISH, 1);
    creator.finish();
    for opener in openers {
        opener.finish();
    }
    SharedMemory::remove_key(stage.key).unwrap();
}

/// Rows N1, N6: a permanent refusal does not wait.
#[test]
fn a_refusal_that_is_meant_comes_at_once() {
    const TEST: &str = test_name!("a_refusal_that_is_meant_comes_at_once");
    if let Some(words) = support::role(TEST) {
        let part = Part::new(words);
        support::become_nobody();
        for by in [open, create_or_open] {
            let builder = SharedMemory::builder().wait_for_creator(LONG);
            let error = by(builder, part.key).unwrap_err();
            assert!(error.is_permission_denied(), "{error}");
            assert_eq!(error.errno(), Some(Errno::EACCES));
        }
        return;
    }
    if !support::is_root() {
        return support::skipped(TEST, "needs root to change its user");
    }
    let stage = Stage::new();
    SharedMemory::builder().fill(1).create(stage.key).unwrap();
    start(TEST, "nobody", &stage).finish();
}

/// A killed process that its parent has not waited for.
struct Zombie(Child);

impl Zombie {
    /// Kills a creator in its initialiser.
    fn make(test: &str, stage: &Stage) -> Zombie {
        let mut command =
            support::process::child_command(test, &[&"creator", &stage.signals.id, &stage.key]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut zombie = Zombie(command.spawn().unwrap());
        support::wait_until("the creator's initialiser", || stage.is_being_filled());
        zombie.0.kill().unwrap();
        zombie
    }
}

impl Drop for Zombie {
    fn drop(&mut self) {
        // Both fail only if the process is already reaped.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Checks that the dead creator is detected without waiting for it.
#[track_caller]
fn assert_abandoned(stage: &Stage, by: fn(SharedMemoryBuilder<'_>, Key) -> Result<SharedMemory>) {
    let key = stage.key;
    let opener = Sleeper::start(move || {
        let builder = SharedMemory::builder().size(SIZE).wait_for_creator(LONG);
        by(builder, key)
    });
    let error = opener.join().unwrap_err();
    assert!(error.is_abandoned(), "{error}");
    assert_eq!(error.key(), Some(key));
    let text = error.to_string();
    assert!(text.ends_with(", ended without initialising it"), "{text}");
}

/// Rows N1, P22, N6: the uninitialised segment is reported, and replaced on request.
#[test]
fn a_creator_that_was_killed() {
    const TEST: &str = test_name!("a_creator_that_was_killed");
    if let Some(words) = support::role(TEST) {
        return Part::new(words).create(Mode::EVERYONE);
    }
    let stage = Stage::new();
    let zombie = Zombie::make(TEST, &stage);
    // Its parent has not waited for it: on systems without `/proc` it counts as alive until then.
    #[cfg(target_os = "linux")]
    for by in [open, create_or_open] {
        assert_abandoned(&stage, by);
    }
    drop(zombie);
    for by in [open, create_or_open] {
        assert_abandoned(&stage, by);
    }
    // Opening does not replace.
    let reclaiming = || SharedMemory::builder().size(SIZE).reclaim_abandoned(true);
    let left = reclaiming().open(stage.key).unwrap_err();
    assert!(left.is_abandoned(), "{left}");
    assert!(SharedMemory::exists(stage.key).unwrap());
    // An attached segment is not abandoned, whichever process has it attached.
    let attached = SharedMemory::from_id(left.id().unwrap()).unwrap().attach();
    let builder = reclaiming().wait_for_creator(Duration::ZERO);
    let error = builder.create_or_open(stage.key).unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    drop(attached.unwrap());

    let Opened::Created(memory) = reclaiming().fill(b'y').create_or_open(stage.key).unwrap() else {
        panic!("an abandoned segment was accepted as initialised");
    };
    assert_eq!(
        memory.attach().unwrap().read_to_vec(..).unwrap(),
        vec![b'y'; SIZE]
    );
    let again = reclaiming().fill(b'z').create_or_open(stage.key).unwrap();
    assert_eq!(again, Opened::Existing(memory));
}

/// Rows N1, P22: another user also gets this error, and cannot replace it.
#[test]
fn a_creator_that_was_killed_as_another_user_sees_it() {
    const TEST: &str = test_name!("a_creator_that_was_killed_as_another_user_sees_it");
    if let Some(words) = support::role(TEST) {
        let part = Part::new(words);
        if part.is("creator") {
            return part.create(Mode::EVERYONE);
        }
        support::become_nobody();
        let builder = || SharedMemory::builder().size(SIZE).wait_for_creator(LONG);
        assert!(builder().open(part.key).unwrap_err().is_abandoned());
        assert!(
            builder()
                .create_or_open(part.key)
                .unwrap_err()
                .is_abandoned()
        );
        let error = builder()
            .reclaim_abandoned(true)
            .create_or_open(part.key)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotOwner, "{error}");
        return;
    }
    if !support::is_root() {
        return support::skipped(TEST, "needs root to change its user");
    }
    let stage = Stage::new();
    drop(Zombie::make(TEST, &stage));
    start(TEST, "nobody", &stage).finish();
}

/// Rows N1, P22: openers with a short deadline report a slow creator; after `create_replacing`, the slow creator
/// notices the removal.
#[test]
fn a_creator_that_is_too_slow() {
    const TEST: &str = test_name!("a_creator_that_is_too_slow");
    if let Some(words) = support::role(TEST) {
        let part = Part::new(words);
        let builder = SharedMemory::builder().size(SIZE).init_with(|_| {
            part.step(FINISH, -1);
            Ok(())
        });
        let error = builder.create(part.key).unwrap_err();
        assert!(error.is_removed(), "{error}");
        return;
    }
    let stage = Stage::new();
    let mut creator = start(TEST, "creator", &stage);
    creator.wait_until("the creator's initialiser", || stage.is_being_filled());
    for by in [open, create_or_open] {
        let builder = SharedMemory::builder().wait_for_creator(Duration::from_millis(20));
        let error = by(builder.reclaim_abandoned(true), stage.key).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        assert!(
            error.to_string().contains("has not initialised it in time"),
            "{error}"
        );
    }
    let memory = SharedMemory::builder()
        .fill(b'n')
        .create_replacing(stage.key)
        .unwrap();
    stage.give(FINISH, 1);
    creator.finish();
    assert_eq!(SharedMemory::open(stage.key).unwrap().id(), memory.id());
}
