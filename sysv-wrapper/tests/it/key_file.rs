//! Key files: a published object is found immediately by every permitted user, and the file is deleted with its
//! publisher.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::fork::in_forked_child;
use crate::support::{self, Process, role, wait_until};
use sysv_wrapper::*;
use tempfile::TempDir;

/// Returns a new directory, and the path of the key file in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agreed.key");
    (folder, path)
}

fn segment() -> RemoveOnDrop<SharedMemory> {
    RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap())
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.map(|entry| name(entry.unwrap())).collect()
}

/// Returns the line that other programs read.
fn first_line(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().next().unwrap().to_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Rows W8, C1.
#[test]
fn a_key_is_published_and_found() {
    let (folder, path) = place();
    let memory = segment();
    let key = memory.key().unwrap();
    let file = KeyFile::publish(&path, &*memory).unwrap();
    assert_eq!(file.path(), path);
    let shown = format!("KeyFile {{ path: {path:?}, .. }}");
    assert_eq!(format!("{file:?}"), shown);
    assert_eq!(first_line(&path), key.to_string());
    assert_eq!(KeyFile::wait(&path, Duration::ZERO).unwrap(), key);
    assert_eq!(names(&folder), ["agreed.key"]);
    drop(file);
    assert!(names(&folder).is_empty());
}

/// Rows W8, C1: private objects, of every type of handle.
#[test]
fn an_id_is_published_and_found() {
    fn body<H: Object + PartialEq + std::fmt::Debug>(handle: H) {
        let owned = RemoveOnDrop::new(handle);
        let (_folder, path) = place();
        let _file = KeyFile::publish_id(&path, &*owned).unwrap();
        let line = format!("{} {}", H::KIND.short_name(), owned.raw_id());
        assert_eq!(first_line(&path), line);
        assert_eq!(
            KeyFile::wait_id::<H>(&path, Duration::ZERO).unwrap(),
            *owned
        );
    }
    body(SharedMemory::builder().create_private().unwrap());
    body(Semaphore::builder().create_private().unwrap());
    body(
        SemaphoreSet::builder()
            .values([1, 2])
            .create_private()
            .unwrap(),
    );
    body(MessageQueue::builder().create_private().unwrap());
}

/// Row W8.
#[test]
fn two_processes_meet_whoever_comes_first() {
    const TEST: &str = test_name!("two_processes_meet_whoever_comes_first");
    if let Some(words) = role(TEST) {
        let ready = Semaphore::from_id(words[1].parse::<i32>().unwrap()).unwrap();
        ready.release().unwrap();
        let key = KeyFile::wait(&words[0], support::DEADLINE).unwrap();
        let memory = SharedMemory::open(key).unwrap().attach().unwrap();
        assert_eq!(memory.read_to_vec(0..4).unwrap(), b"cats");
        memory.write_at(b"dogs", 0).unwrap();
        return;
    }
    let ready = RemoveOnDrop::new(Semaphore::builder().value(0).create_private().unwrap());
    for publish_first in [true, false] {
        let (_folder, path) = place();
        let shown = path.display();
        let made = SharedMemory::builder().init(|bytes| bytes[..4].copy_from_slice(b"cats"));
        let memory = RemoveOnDrop::new(made.create_unique().unwrap());
        let publish = || KeyFile::publish(&path, &*memory).unwrap();
        let early = publish_first.then(publish);
        let child = Process::start(TEST, &[&shown, &ready.id()]);
        ready.acquire_timeout(support::DEADLINE).unwrap();
        let file = early.unwrap_or_else(publish);
        child.finish();
        let attached = memory.attach_read_only().unwrap();
        assert_eq!(attached.read_to_vec(0..4).unwrap(), b"dogs");
        drop(file);
    }
}

/// Row W8: 0600 by default, regardless of the umask.
#[test]
fn the_mode_is_what_was_asked_for() {
    let (_folder, path) = place();
    let memory = segment();
    drop(KeyFile::publish(&path, &*memory).unwrap());
    for bits in [0o600, 0o640, 0o644, 0o444, 0o400] {
        let builder = KeyFile::builder().mode(Mode::from_bits(bits).unwrap());
        let file = builder.publish(&path, &*memory).unwrap();
        assert_eq!(mode(&path), bits);
        drop(file);
        assert!(!path.exists());
    }
    // A file that others can write is not trustworthy.
    for bits in [0o666, 0o620, 0o602] {
        let builder = KeyFile::builder().mode(Mode::from_bits(bits).unwrap());
        let error = builder.publish(&path, &*memory).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert!(!path.exists());
    }
    let file = KeyFile::publish(&path, &*memory).unwrap();
    assert_eq!(mode(&path), 0o600);
    drop(file);
    let file = KeyFile::publish_id(&path, &*memory).unwrap();
    assert_eq!(mode(&path), 0o600);
    drop(file);
}

/// Row W8: a reader in another process sees the complete file or no file.
#[test]
fn nobody_sees_a_part_of_it() {
    const TEST: &str = test_name!("nobody_sees_a_part_of_it");
    if let Some(words) = role(TEST) {
        let path = Path::new(&words[0]);
        let set = SemaphoreSet::from_id(words[2].parse::<i32>().unwrap()).unwrap();
        let (reading, over) = (set.get(0).unwrap(), set.get(1).unwrap());
        let mut seen = 0;
        while over.try_acquire().is_err() {
            match File::open(path) {
                Ok(mut file) => {
                    let mut text = String::new();
                    file.read_to_string(&mut text).unwrap();
                    assert_eq!(text.lines().next(), Some(&*words[1]));
                    assert!(text.contains("\nboot ") && text.ends_with('\n'), "{text}");
                    let mode = file.metadata().unwrap().permissions().mode();
                    assert_eq!(mode & 0o7777, 0o600);
                    seen += 1;
                    if seen == 50 {
                        reading.release().unwrap();
                    }
                }
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
            }
            match KeyFile::wait(path, Duration::ZERO) {
                Ok(key) => assert_eq!(key.to_string(), words[1]),
                Err(error) => assert!(error.is_timed_out(), "{error}"),
            }
        }
        return;
    }
    let (folder, path) = place();
    let memory = segment();
    let key = memory.key().unwrap();
    let set = SemaphoreSet::builder().values([0, 0]).create_private();
    let set = RemoveOnDrop::new(set.unwrap());
    let mut child = Process::start(TEST, &[&path.display(), &key, &set.id()]);
    let seen = set.get(0).unwrap();
    let mut rounds = 0;
    child.wait_until("a reader that has seen it, and five hundred rounds", || {
        let file = KeyFile::publish(&path, &*memory).unwrap();
        rounds += 1;
        // On one processor, the reader runs only when this thread yields: here and after the drop.
        if rounds % 8 == 0 {
            std::thread::yield_now();
        }
        drop(file);
        rounds >= 500 && seen.try_acquire().is_ok()
    });
    set.get(1).unwrap().release().unwrap();
    child.finish();
    assert!(names(&folder).is_empty());
}

/// Row W8.
#[test]
fn only_its_own_file_is_deleted() {
    let (_folder, path) = place();
    let memory = segment();
    let key = memory.key().unwrap();
    // The file is deleted and recreated immediately; file systems often reuse the inode.
    let file = KeyFile::publish(&path, &*memory).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "something else").unwrap();
    drop(file);
    assert_eq!(fs::read_to_string(&path).unwrap(), "something else");
    fs::remove_file(&path).unwrap();
    // The file does not exist any more.
    let file = KeyFile::publish(&path, &*memory).unwrap();
    fs::remove_file(&path).unwrap();
    drop(file);
    assert!(!path.exists());
    // The file was kept.
    KeyFile::publish(&path, &*memory).unwrap().keep();
    assert_eq!(KeyFile::wait(&path, Duration::ZERO).unwrap(), key);
}

/// Row W8. A lock on the file that readers open blocks neither its publisher nor the next one.
#[test]
fn what_a_reader_keeps_locked_is_deleted_and_replaced() {
    let (folder, path) = place();
    let memory = segment();
    let file = KeyFile::publish(&path, &*memory).unwrap();
    let other = File::open(&path).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    drop(file);
    assert!(names(&folder).is_empty());
    let _file = KeyFile::publish(&path, &*memory).unwrap();
    assert_eq!(names(&folder), ["agreed.key"]);
}

/// Row W8.
#[test]
fn what_is_in_use_is_not_replaced() {
    let (folder, path) = place();
    let memory = segment();
    let key = memory.key().unwrap();
    let _file = KeyFile::publish(&path, &*memory).unwrap();
    let other = segment();
    let errors = [
        KeyFile::publish(&path, &*other).unwrap_err(),
        KeyFile::publish_id(&path, &*other).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_already_exists(), "{error}");
        let text = format!(
            "cannot publish at `{}`: process {} has published the key {key} there, and both exist; its publisher \
             deletes it",
            path.display(),
            std::process::id()
        );
        assert_eq!(format!("{error:#}"), text);
        assert_eq!(error.object_kind(), None);
    }
    assert_eq!(KeyFile::wait(&path, Duration::ZERO).unwrap(), key);
    assert_eq!(names(&folder), ["agreed.key"]);
}

/// Row W8.
#[test]
fn a_key_is_no_id_and_an_id_no_key() {
    let (_folder, path) = place();
    let memory = segment();
    let file = KeyFile::publish(&path, &*memory).unwrap();
    let error = KeyFile::wait_id::<SharedMemory>(&path, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("it has a key, 0x"), "{error}");
    drop(file);
    let _file = KeyFile::publish_id(&path, &*memory).unwrap();
    let error = KeyFile::wait(&path, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(
        error.to_string().contains("`wait_id` is for that"),
        "{error}"
    );
    let error = KeyFile::wait_id::<Semaphore>(&path, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let text = format!(
        "it has the id of a shared memory segment, {}, and not of a semaphore set",
        memory.id()
    );
    assert!(error.to_string().ends_with(&text), "{error}");
}

/// Row W8.
#[test]
fn the_private_key_is_not_published() {
    let (folder, path) = place();
    let private = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
    let error = KeyFile::publish(&path, &*private).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    let text = format!(
        "cannot publish at `{}`: the object is private, and has no key; use `publish_id`",
        path.display()
    );
    assert_eq!(error.to_string(), text);
    assert!(names(&folder).is_empty());
}

/// Row W8.
#[test]
fn waiting_ends_with_the_time() {
    let (_folder, path) = place();
    for time in [Duration::ZERO, Duration::from_millis(30)] {
        let start = std::time::Instant::now();
        let error = KeyFile::wait(&path, time).unwrap_err();
        assert!(start.elapsed() >= time);
        assert!(error.is_timed_out(), "{error}");
        let text = format!(
            "cannot read the key file `{}`: timed out, and nothing has been published there",
            path.display()
        );
        assert_eq!(error.to_string(), text);
        assert_eq!(error.errno(), None);
    }
}

/// Row W8.
#[test]
fn a_folder_that_is_not_there_is_said_so() {
    let (folder, _) = place();
    let path = folder.path().join("missing").join("agreed.key");
    let memory = segment();
    let error = KeyFile::publish(&path, &*memory).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.errno(), Some(Errno::ENOENT));
    assert!(std::error::Error::source(&error).is_none());
    // The directory may still be created.
    assert!(
        KeyFile::wait(&path, Duration::ZERO)
            .unwrap_err()
            .is_timed_out()
    );
    let waiter = std::thread::spawn({
        let path = path.clone();
        move || KeyFile::wait(path, support::DEADLINE)
    });
    fs::create_dir(path.parent().unwrap()).unwrap();
    let _file = KeyFile::publish(&path, &*memory).unwrap();
    wait_until("a waiter that finds it", || waiter.is_finished());
    assert_eq!(waiter.join().unwrap().unwrap(), memory.key().unwrap());
}

/// Row W8: a daemon that forks deletes the file if it adopts it, and only then.
#[test]
fn a_child_deletes_the_file_that_it_adopts() {
    let (_folder, path) = place();
    let memory = segment();
    let mut file = Some(KeyFile::publish(&path, &*memory).unwrap());
    for (adopts, exists) in [(false, 1), (true, 0)] {
        let ended = in_forked_child(|| {
            let mut file = file.take().unwrap();
            if adopts {
                file.adopt();
            }
            drop(file);
            path.exists().into()
        });
        assert_eq!(ended, exists);
    }
}

/// Row W8: a file with nothing but a key, as other programs write it, is left behind if no object has the key.
#[test]
fn a_key_without_an_object_is_published_over() {
    let (_folder, path) = place();
    let memory = segment();
    fs::write(&path, format!("{}\n", memory.key().unwrap())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let error = KeyFile::publish(&path, &*memory).unwrap_err();
    assert!(error.is_already_exists(), "{error}");
    drop(memory);
    let memory = segment();
    let file = KeyFile::publish(&path, &*memory).unwrap();
    assert_eq!(first_line(&path), memory.key().unwrap().to_string());
    drop(file);
}
