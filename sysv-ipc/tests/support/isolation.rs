//! What each test begins and ends with: an ipc namespace of its own where it may have one, and the proof that it
//! leaves no object. The attribute `#[test]` of these tests calls [`isolate`].

use std::cell::RefCell;
use std::thread;

use sysv_ipc::*;

use super::process;

thread_local! {
    /// The keys that the running test of this thread has drawn.
    static KEYS: RefCell<Vec<Key>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a key that the test of this thread is going to make objects with.
pub(super) fn drawn(key: Key) {
    KEYS.with_borrow_mut(|keys| keys.push(key));
}

/// Where the objects of a test are.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
enum Place {
    /// In the namespace of the test that has started this process, which looks at its end.
    Parent,
    /// In a namespace of the test's own. It goes with the thread, and all that is in it.
    Own,
    /// Among those of all programs, for a user who may not have a namespace and where there are none.
    Shared,
}

/// The end of a test: fails it if it has left an object.
#[must_use]
pub struct Isolated(Place);

/// Moves the thread of a test, and with it the threads and children that it starts, into an ipc namespace of its own
/// if this user may do that. The limits there are the kernel's defaults, and not what the machine is set to.
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
        // A test that fails may leave what it likes.
        if thread::panicking() {
            return;
        }
        match self.0 {
            Place::Parent => {}
            #[cfg(target_os = "linux")]
            Place::Own => assert_nothing_left(),
            #[cfg(not(target_os = "linux"))]
            Place::Own => unreachable!("there are no namespaces"),
            // Others make objects at the same time: only those with a key of this test are known to be its own.
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
    // A removed segment goes with its last mapping, and whoever reads a process's mappings in /proc keeps them for
    // that moment, also when the process has ended.
    super::wait_until("the test leaves a segment", || left() == [0; 3]);
}
