//! Creating segments: the methods, and the builder's settings except for initialisers.

use std::time::Duration;

use crate::support::unused_key;
use sysv_wrapper::*;

fn owned(memory: Result<SharedMemory>) -> RemoveOnDrop<SharedMemory> {
    RemoveOnDrop::new(memory.unwrap())
}

/// An unused key, whose segment is removed with the test.
struct FreshKey(Key);

impl FreshKey {
    fn new() -> FreshKey {
        FreshKey(unused_key().into())
    }
}

impl Drop for FreshKey {
    fn drop(&mut self) {
        // In most tests it is already gone.
        let _ = SharedMemory::remove_key(self.0);
    }
}

fn mode(bits: u32) -> Mode {
    Mode::from_bits(bits).unwrap()
}

/// Rows S1, S4, W5.
#[test]
fn create_makes_what_was_not_there() {
    let key = FreshKey::new();
    let builder = || SharedMemory::builder().size(1000).mode(Mode::GROUP);
    let shown = format!("{:?}", builder().wait_for_creator(Duration::from_secs(77)));
    for setting in ["1000", &format!("{:?}", Mode::GROUP), "77s", "false"] {
        assert!(shown.contains(setting), "{shown}");
    }
    let memory = builder().create(key.0).unwrap();
    assert_eq!(memory.key(), Some(key.0));
    assert_eq!(memory.size().unwrap(), 1000);
    assert_eq!(memory.mode().unwrap(), Mode::GROUP);
    assert_eq!(
        memory.attach().unwrap().read_to_vec(..).unwrap(),
        vec![0; 1000]
    );
    assert_eq!(SharedMemory::open(key.0).unwrap(), memory);

    let error = builder().create(key.0).unwrap_err();
    assert!(error.is_already_exists());
    assert_eq!(
        (error.errno(), error.key()),
        (Some(Errno::EEXIST), Some(key.0))
    );
    assert_eq!(error.object_kind(), Some(Kind::SharedMemory));
}

/// Rows S1, P4, P14: the default is one page of zeros for the owner.
#[test]
fn the_defaults() {
    let memory = owned(SharedMemory::builder().create_private());
    assert_eq!(memory.size().unwrap(), page_size());
    assert_eq!(memory.mode().unwrap(), Mode::OWNER);
    assert_eq!(memory.key(), Some(Key::PRIVATE));
    let bytes = memory.attach().unwrap().read_to_vec(..).unwrap();
    assert!(bytes.iter().all(|byte| *byte == 0));
}

/// Row S1: the umask is for files.
#[test]
fn every_mode_but_the_marker_is_what_was_asked_for() {
    for bits in [0o000, 0o400, 0o600, 0o622, 0o666, 0o777, 0o611] {
        let memory = owned(SharedMemory::builder().mode(mode(bits)).create_private());
        // Root may read all of them; other tests cover an owner without read permission.
        match memory.mode() {
            Ok(found) => assert_eq!(found, mode(bits)),
            Err(error) => assert!(error.is_permission_denied(), "{error}"),
        }
        let filled = SharedMemory::builder().mode(mode(bits)).fill(1);
        match owned(filled.create_private()).mode() {
            Ok(found) => assert_eq!(found, mode(bits)),
            Err(error) => assert!(error.is_permission_denied(), "{error}"),
        }
    }
}

/// Rows N1, P22: the marker cannot be requested.
#[test]
fn the_mode_of_half_made_segments_is_refused() {
    let key = FreshKey::new();
    let builder = || SharedMemory::builder().mode(mode(0o610));
    let errors = [
        builder().create(key.0).unwrap_err(),
        builder().create_unique().unwrap_err(),
        builder().create_private().unwrap_err(),
        builder().create_replacing(key.0).unwrap_err(),
        builder().create_or_open(key.0).unwrap_err(),
        builder().fill(1).create(key.0).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains("0610"), "{error}");
    }
    assert!(!SharedMemory::exists(key.0).unwrap());
}

/// Rows S1, P14, N6.
#[test]
fn sizes_that_cannot_be() {
    let key = FreshKey::new();
    let error = SharedMemory::builder().size(0).create(key.0).unwrap_err();
    assert!(error.is_invalid_argument());
    assert!(error.to_string().contains("the size is 0"), "{error}");

    // A 64-bit kernel permits a 32-bit process the whole range.
    #[cfg(target_pointer_width = "64")]
    {
        let huge = SharedMemory::builder().size(usize::MAX);
        let error = huge.create(key.0).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EINVAL));
        #[cfg(target_os = "linux")]
        assert!(error.to_string().contains("SHMMAX"), "{error}");
    }
    assert!(!SharedMemory::exists(key.0).unwrap());
}

/// Rows C9, N6: reached limits of the kernel.
#[test]
#[cfg(target_os = "linux")]
fn the_limit_that_is_reached_is_named() {
    use crate::support::{self, namespace::set_sysctl};

    support::in_namespace("the_limit_that_is_reached_is_named", || {
        let create = |size| SharedMemory::builder().size(size).create_private();
        let says = |error: &Error, limit: &str| {
            let text = error.to_string();
            assert!(text.contains(limit), "{text}");
        };
        set_sysctl("shmmax", 8192);
        create(8192).unwrap();
        let error = create(8193).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        says(&error, "(SHMMAX = 8192)");

        // The existing segment already uses a page.
        set_sysctl("shmall", 1);
        let error = create(1).unwrap_err();
        assert!(error.is_limit_reached(), "{error}");
        assert_eq!(error.errno(), Some(Errno::ENOSPC));
        says(&error, "(SHMALL = 1)");

        set_sysctl("shmall", 1000);
        set_sysctl("shmmni", 1);
        let error = create(1).unwrap_err();
        assert!(error.is_limit_reached(), "{error}");
        says(&error, "(SHMMNI = 1)");
    });
}

/// Rows W1, W7, P14.
#[test]
fn create_unique_draws_a_key_and_fills() {
    let builder = || SharedMemory::builder().size(100).fill(b' ');
    let first = owned(builder().create_unique());
    let second = owned(builder().create_unique());
    let (one, other) = (first.key().unwrap(), second.key().unwrap());
    assert_ne!(one, other);
    for memory in [&first, &second] {
        let key = memory.key().unwrap();
        assert!(key.as_raw() > 0, "{key}");
        assert_eq!(SharedMemory::open(key).unwrap().id(), memory.id());
        assert_eq!(
            memory.attach().unwrap().read_to_vec(..).unwrap(),
            vec![b' '; 100]
        );
    }
}

/// Rows P1, C1.
#[test]
fn private_segments_have_an_id_only() {
    let first = owned(SharedMemory::builder().create_private());
    let second = owned(SharedMemory::builder().create_private());
    assert_ne!(first.id(), second.id());
    assert!(!SharedMemory::exists(Key::PRIVATE).unwrap());
    let errors = [
        SharedMemory::builder().create(Key::PRIVATE).unwrap_err(),
        SharedMemory::builder()
            .create_replacing(Key::PRIVATE)
            .unwrap_err(),
        SharedMemory::builder()
            .create_or_open(Key::PRIVATE)
            .unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains("create_private"), "{error}");
    }
    assert!(SharedMemory::open(Key::PRIVATE).unwrap_err().is_not_found());
    assert!(
        SharedMemory::remove_key(Key::PRIVATE)
            .unwrap_err()
            .is_not_found()
    );
}

/// Rows P1, P22, N1.
#[test]
fn create_or_open_tells_which() {
    let key = FreshKey::new();
    let builder = || SharedMemory::builder().size(100).fill(7);
    let Opened::Created(made) = builder().create_or_open(key.0).unwrap() else {
        panic!("it did not exist");
    };
    made.attach().unwrap().write_at(b"mine", 0).unwrap();
    let ran = std::cell::Cell::new(false);
    let again = builder()
        .init(|_| ran.set(true))
        .create_or_open(key.0)
        .unwrap();
    assert!(!ran.get(), "initialisers run for new segments only");
    assert_eq!(again, Opened::Existing(made.clone()));
    assert_eq!(
        made.attach().unwrap().read_to_vec(..5).unwrap(),
        b"mine\x07"
    );
}

/// Row P22: opening needs no size, and too great a size is an error that names both sizes.
#[test]
fn a_segment_that_is_smaller_than_asked_for() {
    let key = FreshKey::new();
    let memory = SharedMemory::builder().size(100).create(key.0).unwrap();
    for size in [1, 99, 100] {
        let found = SharedMemory::builder().size(size).open(key.0).unwrap();
        assert_eq!((found.id(), found.size().unwrap()), (memory.id(), 100));
    }
    assert_eq!(SharedMemory::open(key.0).unwrap().size().unwrap(), 100);
    let builder = || SharedMemory::builder().size(101);
    let errors = [
        builder().open(key.0).unwrap_err(),
        builder().create_or_open(key.0).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        let text = error.to_string();
        assert!(
            text.contains("has 100 bytes, and 101 were asked for"),
            "{text}"
        );
    }
}

/// Rows C1, P1.
#[test]
fn create_replacing_removes_what_was_there() {
    let key = FreshKey::new();
    let builder = || SharedMemory::builder().size(100).fill(b'n');
    let first = builder().create_replacing(key.0).unwrap();
    let old = first.attach().unwrap();
    let second = builder().create_replacing(key.0).unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(SharedMemory::open(key.0).unwrap().id(), second.id());
    // Processes that have the old one attached keep it.
    old.write_at(b"old", 0).unwrap();
    assert_eq!(second.attach().unwrap().read_to_vec(..3).unwrap(), b"nnn");
}

/// Row P6.
#[test]
fn segments_without_reserved_swap_space_are_like_others() {
    let memory = SharedMemory::builder().size(1 << 30).no_reserve(true);
    let memory = owned(memory.create_private());
    let attachment = memory.attach().unwrap();
    attachment.write_at(b"far", (1 << 30) - 3).unwrap();
    assert_eq!(attachment.read_to_vec((1 << 30) - 3..).unwrap(), b"far");
}

/// Rows P6, N6: huge pages are used if available; otherwise the text gives the reason.
#[test]
fn huge_pages_or_the_reason_why_not() {
    let sizes = [
        HugePages::Default,
        HugePages::Size2MiB,
        HugePages::Size1GiB,
        HugePages::Log2(13),
    ];
    for size in sizes {
        let memory = SharedMemory::builder()
            .size(1 << 21)
            .huge_pages(size)
            .create_private();
        match memory.map(RemoveOnDrop::new) {
            Ok(memory) => assert_eq!(memory.size().unwrap(), 1 << 21),
            Err(error) => {
                let expected = match error.kind() {
                    ErrorKind::OutOfMemory => "vm.nr_hugepages",
                    ErrorKind::NotOwner => "CAP_IPC_LOCK",
                    ErrorKind::InvalidArgument => "no huge pages of that size",
                    ErrorKind::Unsupported => "this platform",
                    other => panic!("{size:?}: {other:?}: {error}"),
                };
                assert!(error.to_string().contains(expected), "{size:?}: {error}");
            }
        }
    }
    for log2 in [0, 64, 255] {
        let huge = SharedMemory::builder().huge_pages(HugePages::Log2(log2));
        let error = huge.create_private().unwrap_err();
        assert!(error.is_invalid_argument() || error.is_unsupported());
    }
    #[cfg(target_pointer_width = "64")]
    {
        let huge = SharedMemory::builder().huge_pages(HugePages::Default);
        let error = huge.size(usize::MAX).create_private().unwrap_err();
        #[cfg(target_os = "linux")]
        assert!(error.to_string().contains("SHMMAX"), "{error}");
        assert!(error.is_invalid_argument() || error.is_unsupported());
    }
}
