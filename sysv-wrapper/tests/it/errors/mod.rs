//! Every kind of error, provoked in the real kernel: its kind and its text.

mod case;
mod provoke;

use std::io;

use crate::support::{Process, become_nobody, is_root, role, skipped};
use case::Case;
use provoke::*;
use sysv_wrapper::*;

/// Rows N6, P7: errors that every user can provoke.
#[test]
fn each_kind_says_what_it_is() {
    let cases = [
        not_found,
        not_found_by_id,
        already_exists,
        invalid_argument,
        mismatch,
        removed_before,
        removed_meanwhile,
        would_block,
        timed_out,
        interrupted,
        uninitialized,
        #[cfg(target_pointer_width = "64")]
        out_of_memory,
        too_big,
        out_of_range,
        no_such_semaphore,
        initialiser,
        #[cfg(feature = "values")]
        undecodable,
        other,
    ];
    for case in cases {
        let case = case();
        case.check();
        case.convert();
    }
}

/// Rows N6, P7: errors that need another user.
#[test]
fn what_others_may_not_do_says_so() {
    const TEST: &str = test_name!("what_others_may_not_do_says_so");
    if let Some(words) = role(TEST) {
        become_nobody();
        let key: Key = words[0].parse().unwrap();
        let id: i32 = words[1].parse().unwrap();
        let denied = Case {
            error: SharedMemory::open(key).unwrap_err(),
            kind: ErrorKind::PermissionDenied,
            errno: Some(Errno::EACCES),
            io: io::ErrorKind::PermissionDenied,
            on: (Some(Kind::SharedMemory), Some(key), None),
            remedy: "; its owner can change that with `set_mode`",
            text: format!(
                "cannot open the shared memory segment with key {key}: its mode does not let this user do that \
                 (EACCES)"
            ),
        };
        denied.check();
        denied.convert();
        let not_owner = Case {
            error: SharedMemory::from_id(id).unwrap().remove().unwrap_err(),
            kind: ErrorKind::NotOwner,
            errno: Some(Errno::EPERM),
            io: io::ErrorKind::PermissionDenied,
            on: (Some(Kind::SharedMemory), None, Some(id)),
            remedy: "",
            text: format!(
                "cannot remove the shared memory segment {id}: only its owner, its creator or a privileged \
                 process may do that (EPERM)"
            ),
        };
        not_owner.check();
        not_owner.convert();
        return;
    }
    if !is_root() {
        skipped(TEST, "needs root to change its user");
        return;
    }
    let memory = RemoveOnDrop::new(SharedMemory::builder().create_unique().unwrap());
    Process::start(TEST, &[&memory.key().unwrap(), &memory.id()]).finish();
}

/// Row N6: an error can be handled by another thread, and is small.
#[test]
fn an_error_can_be_sent() {
    fn sent<T: Send + Sync + 'static>(value: T) -> T {
        std::thread::spawn(|| value).join().unwrap()
    }
    let error: Box<dyn std::error::Error + Send + Sync> = sent(not_found().error).into();
    assert!(error.is::<Error>());
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

/// Rows N6, P6: operations that this platform or kernel does not support.
#[test]
fn what_there_is_not_says_so() {
    let queue = RemoveOnDrop::new(MessageQueue::builder().create_private().unwrap());
    match queue.peek(0) {
        Ok(_) => skipped(
            "what_there_is_not_says_so",
            "this kernel supports all operations of this test",
        ),
        Err(error) => {
            assert!(error.is_unsupported(), "{error}");
            assert_eq!(io::Error::from(error).kind(), io::ErrorKind::Unsupported);
        }
    }
}
