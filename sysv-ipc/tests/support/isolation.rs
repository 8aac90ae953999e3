//! The begin and the end of each test: it gets an ipc namespace of its own if permitted, and fails if it leaves an
//! object. The attribute `#[test]` of these tests calls [`isolate`].

use std::cell::RefCell;
use std::thread;

use sysv_ipc::*;

use super::process;

thread_local! {
    /// The keys that the running test of this thread has drawn.
    static KEYS: RefCell<Vec<Key>> = const { RefCell::new(Vec::new()) };
}

/// Records a key that the test of this thread uses for objects.
pub(super) fn drawn(key: Key) {
    KEYS.with_borrow_mut(|keys| keys.push(key));
}

/// The namespace of a test's objects.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Place {
    /// The namespace of the test that started this process, which checks at its end.
    Parent,
    /// A namespace of the test, which the kernel removes with the thread, along with its objects.
    Own,
    /// The namespace of all programs, for users who may not create one, and systems without namespaces.
    Shared,
}

/// Fails the test on drop if it has left an object.
#[must_use]
pub struct Isolated(Place);

/// Moves the thread of a test, and with it the threads and children that it starts, into an ipc namespace of its own,
/// if this user may create one. The limits there are the kernel's defaults, not the machine's settings.
pub fn isolate() -> Isolated {
    KEYS.take();
    let place = if process::is_child() {
        Place::Parent
    } else if has_own_namespace() {
        Place::Own
    } else {
        Place::Shared
    };
    Isolated(place)
}

#[cfg(target_os = "linux")]
fn has_own_namespace() -> bool {
    super::namespace::unshare().is_ok()
}

#[cfg(not(target_os = "linux"))]
fn has_own_namespace() -> bool {
    false
}

impl Drop for Isolated {
    fn drop(&mut self) {
        // A failing test may leave objects.
        if thread::panicking() {
            return;
        }
        match self.0 {
            Place::Parent => {}
            #[cfg(target_os = "linux")]
            Place::Own => assert_nothing_left(),
            #[cfg(not(target_os = "linux"))]
            Place::Own => unreachable!("this system has no namespaces"),
            // Other programs create objects at the same time: only objects with a key of this test are known to belong
            // to it.
            Place::Shared => {
                for key in KEYS.take() {
                    assert_eq!(
                        super::objects::with_key(key),
                        [false; 3],
                        "the test leaves segment, set, queue with the key {key}"
                    );
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn assert_nothing_left() {
    let left = super::namespace::objects_left;
    let [_, sets, queues] = left();
    assert_eq!([sets, queues], [0; 2], "the test leaves sets, queues");
    // A removed segment is freed with its last mapping, and a process that reads another one's mappings in `/proc`
    // keeps them during the read, even after that process has ended.
    super::wait_until("the test leaves a segment", || left() == [0; 3]);
}
