//! Keys: text, range, and generation.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::support;
use sysv_wrapper::*;

/// Rows P2, C1.
#[test]
fn the_text_is_the_bit_pattern_and_comes_back() {
    for raw in [
        0,
        1,
        42,
        -1,
        i32::MIN,
        i32::MAX,
        0x7fff_0000,
        -1_956_304_809,
    ] {
        let key: Key = raw.to_string().parse().unwrap();
        let text = key.to_string();
        assert!(text.starts_with("0x") && text.len() >= 10, "{text}");
        assert_eq!(text.parse(), Ok(key));
        assert_eq!(i128::from(key.as_raw()), i128::from(raw));
        assert_eq!(format!("{key:?}"), format!("Key({text})"));
    }
    assert_eq!(Key::from(42).to_string(), "0x0000002a");
    assert_eq!("0x2A".parse(), Ok(Key::from(42)));
    assert_eq!("0X2a".parse(), Ok(Key::from(42)));
    assert_eq!("0x0".parse(), Ok(Key::PRIVATE));
    assert_eq!("-5".parse(), Ok(Key::from(-5)));
}

/// Row P2: Python's module truncates 2^32 + 7777 to 7777.
#[test]
fn what_is_beyond_the_range_is_no_key() {
    assert_eq!(Key::MIN.as_raw(), sysv_ipc::RawKey::MIN);
    assert_eq!(Key::MAX.as_raw(), sysv_ipc::RawKey::MAX);
    assert_eq!(Key::MIN.as_raw().to_string().parse(), Ok(Key::MIN));
    assert_eq!(Key::MAX.as_raw().to_string().parse(), Ok(Key::MAX));
    let beyond = i128::from(Key::MAX.as_raw()) + 1;
    let below = i128::from(Key::MIN.as_raw()) - 1;
    let wide = format!("0x1{}", "0".repeat(size_of::<Key>() * 2));
    for text in [
        &*beyond.to_string(),
        &*below.to_string(),
        &*wide,
        "18446744073709559393",
        "340282366920938463463374607431768219233",
        "0x10000000000000000",
        "0x",
        "0x+1",
        "0x-1",
        "-0x1",
        "",
        " 1",
        "1 ",
        "one",
        "0b1",
    ] {
        let error = text.parse::<Key>().expect_err(text);
        assert!(error.to_string().contains("from"), "{error}");
    }
    if cfg!(target_os = "linux") {
        assert!("4294974977".parse::<Key>().is_err());
        assert_eq!("0x8b452857".parse(), Ok(Key::from(-1_958_401_961)));
    }
}

/// Row W7.
#[test]
fn random_keys_come_from_the_whole_positive_range() {
    let keys: Vec<i128> = (0..100_000)
        .map(|_| Key::random().as_raw().into())
        .collect();
    assert!(
        keys.iter()
            .all(|&key| (1..=i128::from(i32::MAX)).contains(&key))
    );
    // Each bit varies: it cannot have the same value in a hundred thousand keys by chance.
    for bit in 0..31 {
        let set = keys.iter().filter(|&key| key >> bit & 1 == 1).count();
        assert!(
            (45_000..55_000).contains(&set),
            "bit {bit} was set {set} times"
        );
    }
    // Python's module draws one of 32,766 keys.
    let mut distinct = keys;
    distinct.sort_unstable();
    distinct.dedup();
    assert!(
        distinct.len() > 99_900,
        "only {} are distinct",
        distinct.len()
    );
}

/// Rows W1, W2, W7.
#[test]
fn a_unique_key_is_the_objects_own() {
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    let semaphore = RemoveOnDrop::new(Semaphore::builder().create_unique().unwrap());
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_unique().unwrap());
    let keys = [memory.key(), semaphore.key(), queue.key()].map(Option::unwrap);
    assert!(keys.iter().all(|key| key.as_raw() > 0 && !key.is_private()));
    assert_eq!(SharedMemory::open(keys[0]).unwrap().id(), memory.id());
    assert_eq!(Semaphore::open(keys[1]).unwrap().id(), semaphore.id());
    assert_eq!(MessageQueue::open(keys[2]).unwrap().id(), queue.id());
}

/// Rows S3, C1.
#[test]
fn a_key_from_a_path_is_what_ftok_makes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agreed");
    File::create(&path).unwrap();
    let text = std::ffi::CString::new(path.as_os_str().as_bytes()).unwrap();
    for project in [1, 7, 255] {
        let key = Key::from_path(&path, project).unwrap();
        assert_eq!(key, sysv_ipc::ftok(&text, project).unwrap().into());
        assert_eq!(key, Key::from_path(&path, project).unwrap());
        assert!(!key.is_private());
    }
    assert_ne!(
        Key::from_path(&path, 1).unwrap(),
        Key::from_path(&path, 2).unwrap()
    );
}

/// Row S3.
#[test]
fn a_project_beyond_eight_bits_is_an_argument_error() {
    for project in [0, 256, -1, 257, i32::MIN, i32::MAX] {
        let error = Key::from_path("/", project).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert_eq!(error.errno(), None);
        assert_eq!(
            error.to_string(),
            format!(
                "cannot make a key from `/`: the project is {project}, and must be from 1 to 255"
            )
        );
    }
}

/// Row S3.
#[test]
fn a_path_that_cannot_be_looked_at_gives_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = Key::from_path(&missing, 1).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.errno(), Some(Errno::ENOENT));
    assert_eq!(
        (error.object_kind(), error.key(), error.id()),
        (None, None, None)
    );
    let text = format!(
        "cannot make a key from `{}`: No such file or directory (ENOENT)",
        missing.display()
    );
    assert_eq!(error.to_string(), text);

    let file = folder.path().join("file");
    File::create(&file).unwrap();
    let error = Key::from_path(file.join("beyond"), 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    assert!(error.errno().is_some());

    let error = Key::from_path(Path::new(OsStr::from_bytes(b"/\0")), 1).unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert!(error.to_string().contains("nul byte"), "{error}");
}

/// Rows S6, P1.
#[test]
fn the_private_key_names_nothing() {
    let _made = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
    let key = Key::PRIVATE;
    assert!(key.is_private());
    assert!(!SharedMemory::exists(key).unwrap());
    assert!(!Semaphore::exists(key).unwrap());
    assert!(!MessageQueue::exists(key).unwrap());
    let errors = [
        SharedMemory::open(key).unwrap_err(),
        Semaphore::open(key).unwrap_err(),
        SemaphoreSet::open(key).unwrap_err(),
        MessageQueue::open(key).unwrap_err(),
        SharedMemory::remove_key(key).unwrap_err(),
        Semaphore::remove_key(key).unwrap_err(),
        MessageQueue::remove_key(key).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_not_found(), "{error}");
    }
}

/// Row P1: the kernel would create a private object, which the caller did not request.
#[test]
fn nothing_is_made_with_the_private_key_by_name() {
    let key = Key::PRIVATE;
    let errors = [
        SharedMemory::builder().create(key).unwrap_err(),
        SharedMemory::builder().create_or_open(key).unwrap_err(),
        SharedMemory::builder().create_replacing(key).unwrap_err(),
        Semaphore::builder().create(key).unwrap_err(),
        Semaphore::builder().create_or_open(key).unwrap_err(),
        Semaphore::builder().create_replacing(key).unwrap_err(),
        SemaphoreSet::builder().values([1]).create(key).unwrap_err(),
        SemaphoreSet::builder()
            .values([1])
            .create_or_open(key)
            .unwrap_err(),
        SemaphoreSet::builder()
            .values([1])
            .create_replacing(key)
            .unwrap_err(),
        MessageQueue::builder().create(key).unwrap_err(),
        MessageQueue::builder().create_or_open(key).unwrap_err(),
        MessageQueue::builder().create_replacing(key).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains("`create_private`"), "{error}");
        assert_eq!(error.errno(), None);
    }
}

/// Row C1: the object with an agreed key is replaced.
#[test]
fn an_agreed_key_is_taken_over() {
    let key = Key::from(support::unused_key().as_raw());
    let old = RemoveOnDrop::new(SharedMemory::builder().create(key).unwrap());
    assert!(
        SharedMemory::builder()
            .create(key)
            .unwrap_err()
            .is_already_exists()
    );
    let new = RemoveOnDrop::new(SharedMemory::builder().create_replacing(key).unwrap());
    assert_ne!(old.id(), new.id());
    assert_eq!(SharedMemory::open(key).unwrap().id(), new.id());
    assert!(old.status().unwrap_err().is_removed());
}
