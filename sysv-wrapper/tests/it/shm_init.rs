//! Initialisers: their input, their result, and cleanup when they fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// Row P14.
#[test]
fn initialisers_see_zeros_and_what_they_make_is_there() {
    let all_zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
    let memory = SharedMemory::builder().size(5000).init(|bytes| {
        assert_eq!(bytes.len(), 5000);
        assert!(all_zero(bytes));
        bytes.fill(3);
        bytes[4999] = 4;
    });
    let memory = owned(memory.create_private());
    let bytes = memory.attach().unwrap().read_to_vec(..).unwrap();
    assert_eq!((bytes[0], bytes[4998], bytes[4999]), (3, 3, 4));

    let key = FreshKey::new();
    let text = String::from("borrowed by the initialiser");
    let memory = SharedMemory::builder()
        .size(5000)
        .mode(Mode::EVERYONE)
        .init_with(|memory| {
            assert_eq!(memory.len(), 5000);
            assert!(all_zero(&memory.read_to_vec(..)?));
            memory.write_value(text.as_str(), 1)?;
            Ok(())
        });
    let memory = memory.create(key.0).unwrap();
    assert_eq!(memory.mode().unwrap(), Mode::EVERYONE);
    assert_eq!(memory.status().unwrap().attach_count(), 0);
    let bytes = memory.attach().unwrap().read_to_vec(..5).unwrap();
    assert_eq!(bytes, b"\0borr");
}

/// Rows P14, N1, N6: no segment remains after a failed initialisation.
#[test]
fn an_initialiser_that_fails_removes_the_segment() {
    let key = FreshKey::new();
    let mut id = None;
    let builder = SharedMemory::builder().init_with(|memory| {
        id = Some(memory.id());
        Err("no cats today".into())
    });
    let error = builder.create(key.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Initialiser);
    assert_eq!(error.key(), Some(key.0));
    assert!(format!("{error:?}").ends_with(": the initialiser failed: no cats today"));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "no cats today");
    assert!(
        SharedMemory::from_id(id.unwrap())
            .unwrap_err()
            .is_not_found()
    );
    assert!(!SharedMemory::exists(key.0).unwrap());

    let failing =
        || SharedMemory::builder().init_with(|memory| Ok(memory.write_at(b"x", usize::MAX)?));
    for error in [
        failing().create_private().unwrap_err(),
        failing().create_unique().unwrap_err(),
        failing().create_or_open(key.0).unwrap_err(),
        failing().create_replacing(key.0).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Initialiser);
        assert!(SharedMemory::from_id(error.id().unwrap()).is_err());
    }
    assert!(!SharedMemory::exists(key.0).unwrap());
}

/// Rows P14, N1, N9.
#[test]
fn an_initialiser_that_panics_removes_the_segment() {
    let key = FreshKey::new();
    let mut id = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let builder = SharedMemory::builder().init_with(|memory| {
            id = Some(memory.id());
            panic!("as the test wants it")
        });
        builder.create_or_open(key.0)
    }));
    assert!(outcome.is_err());
    assert!(
        SharedMemory::from_id(id.unwrap())
            .unwrap_err()
            .is_not_found()
    );

    let outcome = catch_unwind(|| {
        let builder = SharedMemory::builder().init(|_| panic!("as the test wants it"));
        builder.create(key.0)
    });
    assert!(outcome.is_err());
    assert!(!SharedMemory::exists(key.0).unwrap());
}
