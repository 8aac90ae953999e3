//! Files that are not key files, that belong to other users, or that were left behind.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::support::process::NOBODY;
use crate::support::{self, Process, become_nobody, die, is_root, role, skipped, wait_until};
use sysv_wrapper::*;
use tempfile::TempDir;

/// A user other than root and the user nobody.
const STRANGER: u32 = NOBODY - 1;

/// Returns a new directory, and the path of the key file in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agreed.key");
    (folder, path)
}

fn segment() -> RemoveOnDrop<SharedMemory> {
    RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap())
}

/// Returns the mode of a file that all users may read.
fn everyone_reads() -> Mode {
    Mode::from_bits(0o644).unwrap()
}

/// Returns the errors of publishing and waiting at the path. Neither may wait, regardless of its deadline.
#[track_caller]
fn refusals(path: &Path) -> [Error; 2] {
    let memory = segment();
    [
        KeyFile::publish_id(path, &*memory).unwrap_err(),
        KeyFile::wait(path, support::DEADLINE).unwrap_err(),
    ]
}

#[track_caller]
fn assert_no_key_file(path: &Path, what: &str) {
    let before = fs::symlink_metadata(path).unwrap().file_type();
    for error in refusals(path) {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.errno(), None);
        let text = format!("`{}`: it is not a key file, but {what}", path.display());
        assert!(error.to_string().ends_with(&text), "{error}");
    }
    assert_eq!(fs::symlink_metadata(path).unwrap().file_type(), before);
}

/// Row W8.
#[test]
fn what_is_no_key_file_is_refused_at_once_and_left_alone() {
    let (folder, path) = place();
    for text in [
        "",
        "\n",
        "garbage",
        "shm",
        "shm x",
        "disk 1",
        "0x1 0x2",
        "0x1\n0x2\n",
    ] {
        fs::write(&path, text).unwrap();
        let what = if text.is_empty() {
            "an empty file"
        } else {
            "another kind of file"
        };
        assert_no_key_file(&path, what);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::write(&path, [0xff, 0xfe, 0]).unwrap();
    assert_no_key_file(&path, "another kind of file");
    // A key followed by a long text.
    fs::write(&path, format!("0x00000001{}", " ".repeat(1 << 20))).unwrap();
    assert_no_key_file(&path, "another kind of file");
    fs::remove_file(&path).unwrap();

    let target = folder.path().join("target");
    for there in [false, true] {
        if there {
            fs::write(&target, "0x00000001\n").unwrap();
        }
        symlink(&target, &path).unwrap();
        assert_no_key_file(&path, "a symbolic link");
        fs::remove_file(&path).unwrap();
    }

    fs::create_dir(&path).unwrap();
    assert_no_key_file(&path, "a folder");
    fs::remove_dir(&path).unwrap();

    let listener = UnixListener::bind(&path).unwrap();
    assert_no_key_file(&path, "a pipe, a socket or a device");
    drop(listener);
    fs::remove_file(&path).unwrap();

    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    // Opening it would wait for a writer.
    assert_no_key_file(&path, "a pipe, a socket or a device");
    assert_no_key_file(Path::new("/dev/null"), "a pipe, a socket or a device");
}

/// Row W8: root trusts only itself.
#[test]
fn a_file_of_somebody_elses_is_refused() {
    if !is_root() {
        skipped(
            "a_file_of_somebody_elses_is_refused",
            "needs root to change the owner of a file",
        );
        return;
    }
    let (_folder, path) = place();
    let memory = segment();
    let key = memory.key().unwrap();
    let builder = KeyFile::builder().mode(everyone_reads());
    builder.publish(&path, &*memory).unwrap().keep();
    assert_eq!(KeyFile::wait(&path, Duration::ZERO).unwrap(), key);
    chown(&path, Some(NOBODY), None).unwrap();
    for error in refusals(&path) {
        assert!(error.is_permission_denied(), "{error}");
        let text = format!(
            "it belongs to user {NOBODY}, and only files of this user, of root and of users named with `trust_user` are trusted"
        );
        assert!(error.to_string().ends_with(&text), "{error}");
    }
    assert!(path.exists());
}

/// Row W8: other users trust themselves and root, for files that they may read.
#[test]
fn others_trust_root_and_no_stranger() {
    const TEST: &str = test_name!("others_trust_root_and_no_stranger");
    if let Some(words) = role(TEST) {
        become_nobody();
        let folder = Path::new(&words[0]);
        let wait = |name| KeyFile::wait(folder.join(name), Duration::ZERO);
        assert_eq!(wait("root's").unwrap().to_string(), words[1]);
        for name in ["stranger's", "stranger's-private"] {
            let error = wait(name).unwrap_err();
            assert!(error.is_permission_denied(), "{error}");
            assert!(
                error.to_string().contains(&format!("user {STRANGER}")),
                "{error}"
            );
        }
        let error = wait("root's-private").unwrap_err();
        assert!(error.is_permission_denied(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EACCES));
        assert!(
            error.to_string().ends_with(": Permission denied (EACCES)"),
            "{error}"
        );
        // The user's own file, in a directory that all users may write.
        let own = folder.join("own");
        let memory = segment();
        let file = KeyFile::publish(&own, &*memory).unwrap();
        let found = KeyFile::wait(&own, Duration::ZERO).ok();
        assert_eq!(found, memory.key());
        drop(file);
        assert!(!own.exists());
        // The user's own file for an object of root's: only root's files may name objects of other users.
        let key: Key = words[1].parse().unwrap();
        let roots = SharedMemory::open(key).unwrap();
        let file = KeyFile::publish(&own, &roots).unwrap();
        let error = KeyFile::wait(&own, Duration::ZERO).unwrap_err();
        assert!(error.is_permission_denied(), "{error}");
        assert!(error.to_string().ends_with("to user 0"), "{error}");
        drop(file);
        let error = KeyFile::publish("/agreed.key", &*memory).unwrap_err();
        assert!(error.is_permission_denied(), "{error}");
        return;
    }
    if !is_root() {
        skipped(TEST, "needs root to change its user");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    let made = SharedMemory::builder().mode(Mode::EVERYONE);
    let memory = RemoveOnDrop::new(made.create_unique().unwrap());
    let key = memory.key().unwrap();
    for (name, mode, owner) in [
        ("root's", everyone_reads(), 0),
        ("root's-private", Mode::OWNER, 0),
        ("stranger's", everyone_reads(), STRANGER),
        ("stranger's-private", Mode::OWNER, STRANGER),
    ] {
        let path = folder.path().join(name);
        KeyFile::builder()
            .mode(mode)
            .publish(&path, &*memory)
            .unwrap()
            .keep();
        chown(&path, Some(owner), None).unwrap();
    }
    Process::start(TEST, &[&folder.path().display(), &key]).finish();
}

/// Row W8: root accepts the file of a trusted service user, if the object belongs to that user too.
#[test]
fn a_user_can_be_trusted_by_name() {
    if !is_root() {
        skipped(
            "a_user_can_be_trusted_by_name",
            "needs root to change the owner of a file",
        );
        return;
    }
    let (_folder, path) = place();
    let memory = segment();
    let builder = KeyFile::builder().mode(everyone_reads());
    builder.publish(&path, &*memory).unwrap().keep();
    chown(&path, Some(NOBODY), None).unwrap();
    let reader = KeyFile::builder().trust_user(STRANGER).trust_user(NOBODY);
    let error = reader.wait(&path, Duration::ZERO).unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
    assert!(error.to_string().ends_with("to user 0"), "{error}");
    memory.set_uid(NOBODY).unwrap();
    let key = reader.wait(&path, Duration::ZERO).unwrap();
    assert_eq!(Some(key), memory.key());
    let stranger = KeyFile::builder().trust_user(STRANGER);
    let error = stranger.wait(&path, Duration::ZERO).unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
}

/// Row W8: a file that others can write is not trustworthy.
#[test]
fn a_file_that_others_can_write_is_refused() {
    let (_folder, path) = place();
    let memory = segment();
    let _file = KeyFile::publish(&path, &*memory).unwrap();
    for bits in [0o660, 0o606] {
        fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
        for error in refusals(&path) {
            assert!(error.is_permission_denied(), "{error}");
            assert!(
                error.to_string().contains("its mode lets others write it"),
                "{error}"
            );
        }
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(KeyFile::wait(&path, Duration::ZERO).is_ok());
}

/// Rows W8, N9: after SIGKILL of a publisher whose object exists, the next publisher takes over immediately, and
/// readers accept the object until then.
#[test]
fn the_file_of_a_killed_publisher_is_taken_over() {
    const TEST: &str = test_name!("the_file_of_a_killed_publisher_is_taken_over");
    if let Some(words) = role(TEST) {
        let memory = SharedMemory::from_id(words[1].parse::<i32>().unwrap()).unwrap();
        let _file = KeyFile::publish(&words[0], &memory).unwrap();
        die();
    }
    let (folder, path) = place();
    let memory = segment();
    Process::start(TEST, &[&path.display(), &memory.id()]).end();
    assert_eq!(
        KeyFile::wait(&path, Duration::ZERO).ok(),
        memory.key(),
        "its object exists"
    );
    let other = segment();
    let file = KeyFile::publish(&path, &*other).unwrap();
    assert_eq!(KeyFile::wait(&path, Duration::ZERO).ok(), other.key());
    drop(file);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Row W8: a file of another boot, of another ipc namespace, or of an object whose id was reused names no object,
/// although an object has its id and its key.
#[test]
fn a_file_of_another_time_or_place_names_nothing() {
    let (_folder, path) = place();
    let memory = segment();
    KeyFile::publish_id(&path, &*memory).unwrap().keep();
    let text = fs::read_to_string(&path).unwrap();
    assert!(KeyFile::wait_id::<SharedMemory>(&path, Duration::ZERO).is_ok());
    let edited = |name: &str, value: &str| -> String {
        text.lines()
            .map(|line| match line.split_once(' ') {
                Some((found, _)) if found == name => format!("{name} {value}\n"),
                _ => format!("{line}\n"),
            })
            .collect()
    };
    for (name, value) in [
        ("boot", "00000000-0000-0000-0000-000000000000"),
        ("ipc_namespace", "1"),
        ("key", "0x7fffffff"),
        ("creator", "4242 4242"),
        ("creator_pid", "1"),
        ("changed", "9999999999"),
    ] {
        let text = edited(name, value);
        if !text.contains(value) {
            // Not recorded here.
            continue;
        }
        fs::write(&path, text).unwrap();
        let error = KeyFile::wait_id::<SharedMemory>(&path, Duration::ZERO).unwrap_err();
        assert!(error.is_timed_out(), "{name}: {error}");
        assert!(
            error.to_string().contains("was left behind"),
            "{name}: {error}"
        );
        let published = KeyFile::publish_id(&path, &*memory);
        if name == "ipc_namespace" {
            // Its publisher is running, and the object may exist.
            assert!(published.unwrap_err().is_already_exists());
        } else {
            drop(published.unwrap());
        }
    }
}

/// Rows W8, N9: the file of a killed publisher counts as left behind if its object is gone.
#[test]
fn a_file_that_was_left_behind_is_waited_over_and_replaced() {
    const TEST: &str = test_name!("a_file_that_was_left_behind_is_waited_over_and_replaced");
    if let Some(words) = role(TEST) {
        let path = Path::new(&words[0]);
        if words[1] == "wait" {
            let ready = Semaphore::from_id(words[2].parse::<i32>().unwrap()).unwrap();
            ready.release().unwrap();
            let found: SharedMemory = KeyFile::wait_id(path, support::DEADLINE).unwrap();
            assert_eq!(found.size().unwrap(), 4321);
            return;
        }
        let memory = SharedMemory::builder().create_unique().unwrap();
        let attached = memory.attach().unwrap();
        attached.remove_when_detached().unwrap();
        let _file = if words[1] == "key" {
            // On Linux the key is free from now on.
            KeyFile::publish(path, &memory).unwrap()
        } else {
            KeyFile::publish_id(path, &memory).unwrap()
        };
        die();
    }
    for (what, named) in [
        ("key", "it names the key 0x"),
        ("id", "it names the shared memory segment "),
    ] {
        let (folder, path) = place();
        let shown = path.display();
        Process::start(TEST, &[&shown, &what]).end();
        assert!(path.exists(), "the kill has left it");
        let error = KeyFile::wait(&path, Duration::ZERO).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        let text = error.to_string();
        assert!(text.contains("was left behind: it names the "), "{error}");
        assert!(
            text.contains(named) && text.ends_with(", which is gone"),
            "{error}"
        );

        let ready = RemoveOnDrop::new(Semaphore::builder().value(0).create_private().unwrap());
        let mut waiter = Process::start(TEST, &[&shown, &"wait", &ready.id()]);
        ready.acquire_timeout(support::DEADLINE).unwrap();
        waiter.assert_running();
        let made = SharedMemory::builder().size(4321).create_private();
        let memory = RemoveOnDrop::new(made.unwrap());
        let file = KeyFile::publish_id(&path, &*memory).unwrap();
        waiter.finish();
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

/// Row W8: its publisher is running, but its object was removed, and another process has published a new one.
#[test]
fn who_was_replaced_deletes_nothing() {
    let (_folder, path) = place();
    let memory = segment();
    let old = KeyFile::publish(&path, &*memory).unwrap();
    drop(memory);
    let memory = segment();
    let new = KeyFile::publish(&path, &*memory).unwrap();
    drop(old);
    assert_eq!(
        KeyFile::wait(&path, Duration::ZERO).unwrap(),
        memory.key().unwrap()
    );
    drop(new);
    assert!(!path.exists());
}

/// Row W8: of several processes that find a file left behind, one replaces it.
#[test]
fn one_of_several_publishers_wins() {
    const TEST: &str = test_name!("one_of_several_publishers_wins");
    const PUBLISHERS: u32 = 4;
    const ROUNDS: usize = 150;
    let number = |word: &String| word.parse::<i32>().unwrap();
    if let Some(words) = role(TEST) {
        let set = SemaphoreSet::from_id(number(&words[1])).unwrap();
        let [done, won] = [2, 3].map(|number| set.get(number).unwrap());
        let next_step = |step: usize| set.get(step % 2).unwrap().wait_until_zero().unwrap();
        for round in 0..ROUNDS {
            let made = SharedMemory::builder().create_private();
            let memory = RemoveOnDrop::new(made.unwrap());
            next_step(2 * round);
            let file = KeyFile::publish_id(&words[0], &*memory);
            match &file {
                Ok(_) => won.release().unwrap(),
                Err(error) => assert!(error.is_already_exists(), "{error}"),
            }
            done.release().unwrap();
            // The object of the winner's file is removed, and the file stays; in every other round, the winner also
            // deletes the file while the next publishers run.
            next_step(2 * round + 1);
            drop(memory);
            match file {
                Ok(file) if round % 2 == 0 => file.keep(),
                file => drop(file),
            }
            done.release().unwrap();
        }
        return;
    }
    let (folder, path) = place();
    let set = SemaphoreSet::builder()
        .values([1, 1, 0, 0])
        .create_private();
    let set = RemoveOnDrop::new(set.unwrap());
    let [done, won] = [2, 3].map(|number| set.get(number).unwrap());
    let step = |step: usize| {
        set.get((step + 1) % 2).unwrap().set_value(1).unwrap();
        set.get(step % 2).unwrap().set_value(0).unwrap();
        done.acquire_by_timeout(PUBLISHERS, support::DEADLINE)
    };
    let start = |_| Process::start(TEST, &[&path.display(), &set.id()]);
    let mut publishers: Vec<Process> = (0..PUBLISHERS).map(start).collect();
    for round in 0..ROUNDS {
        if step(2 * round).is_err() {
            publishers.iter_mut().for_each(Process::assert_running);
        }
        assert_eq!(won.value().unwrap(), 1, "round {round}");
        won.acquire().unwrap();
        let found: SharedMemory = KeyFile::wait_id(&path, Duration::ZERO).unwrap();
        assert!(found.status().is_ok());
        step(2 * round + 1).unwrap();
    }
    publishers.into_iter().for_each(Process::finish);
    assert!(
        fs::read_dir(folder.path()).unwrap().count() <= 1,
        "drafts are left"
    );
}

/// Row W8: a publisher that drops its file while a successor takes over.
#[test]
fn a_drop_beside_a_takeover_loses_nothing() {
    let (_folder, path) = place();
    for _ in 0..300 {
        let memory = segment();
        let old = KeyFile::publish(&path, &*memory).unwrap();
        drop(memory);
        let memory = segment();
        let new = std::thread::scope(|scope| {
            scope.spawn(|| drop(old));
            scope.spawn(|| KeyFile::publish(&path, &*memory)).join()
        });
        let new = new.unwrap().unwrap();
        assert_eq!(
            KeyFile::wait(&path, Duration::ZERO).unwrap(),
            memory.key().unwrap()
        );
        drop(new);
        wait_until("a file that goes", || !path.exists());
    }
}
