//! Creation in unusual environments: a kernel that removes unused segments, users without a mapping, limits of the
//! process. Also repeated use of a builder.
#![allow(
    unsafe_code,
    reason = "makes a child enter a user namespace between fork and exec"
)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::support::unused_key;
use sysv_wrapper::*;

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

#[test]
fn a_clone_of_a_builder_creates_another_segment() {
    let ran = Cell::new(0_u8);
    let builder = SharedMemory::builder().size(16).init(|bytes| {
        ran.set(ran.get() + 1);
        bytes.fill(ran.get());
    });
    let key = FreshKey::new();
    let first = RemoveOnDrop::new(builder.clone().create(key.0).unwrap());
    let again = builder.clone().create_or_open(key.0).unwrap();
    assert_eq!((again.is_created(), ran.get()), (false, 1));
    let (_, second) = builder.create_private_attached().unwrap();
    second.remove_when_detached().unwrap();
    assert_eq!(first.attach().unwrap().read_to_vec(..).unwrap(), [1; 16]);
    assert_eq!(second.read_to_vec(..).unwrap(), [2; 16]);
}

#[test]
fn an_initialiser_that_uses_its_own_builder_fails() {
    let inner = Rc::new(RefCell::new(None::<SharedMemoryBuilder<'static>>));
    let kind = Rc::new(Cell::new(None));
    let (own, found) = (Rc::clone(&inner), Rc::clone(&kind));
    let builder = SharedMemory::builder().init_with(move |_| {
        let outcome = own.take().map(SharedMemoryBuilder::create_private);
        found.set(outcome.map(|outcome| outcome.unwrap_err().kind()));
        Ok(())
    });
    inner.replace(Some(builder.clone()));
    builder.create_private().unwrap().remove().unwrap();
    assert_eq!(kind.get(), Some(ErrorKind::Initialiser));
}

/// The methods that return the attachment, and those that do not.
#[test]
fn a_segment_is_returned_attached() {
    let key = FreshKey::new();
    let builder = || {
        SharedMemory::builder()
            .size(100)
            .mode(Mode::GROUP)
            .fill(b'-')
    };
    let assert_attached = |(memory, attached): (SharedMemory, Attachment), byte| {
        let status = memory.status().unwrap();
        assert_eq!((status.attach_count(), status.mode()), (1, Mode::GROUP));
        assert_eq!(attached.id(), memory.id());
        assert_eq!(attached.read_to_vec(98..).unwrap(), [byte; 2]);
        attached.detach().unwrap();
        memory
    };
    let made = assert_attached(builder().create_attached(key.0).unwrap(), b'-');
    assert_eq!(made.key(), Some(key.0));
    let error = builder().create_attached(key.0).unwrap_err();
    assert!(error.is_already_exists(), "{error}");
    let opened = builder().fill(b'+').create_or_open_attached(key.0).unwrap();
    assert!(!opened.is_created());
    assert_eq!(assert_attached(opened.into_inner(), b'-'), made);
    let other = builder().fill(b'+').create_replacing_attached(key.0);
    let other = assert_attached(other.unwrap(), b'+');
    assert_ne!(other.id(), made.id());
    other.remove().unwrap();
    let opened = builder().create_or_open_attached(key.0).unwrap();
    assert!(opened.is_created());
    assert_attached(opened.into_inner(), b'-').remove().unwrap();
    let unique = builder().create_unique_attached().unwrap();
    assert_attached(unique, b'-').remove().unwrap();
    let error = builder().create_attached(Key::PRIVATE).unwrap_err();
    assert!(error.to_string().contains("create_private"), "{error}");
    // The same for a segment without contents.
    let unfilled = SharedMemory::builder().size(100).mode(Mode::GROUP);
    let unfilled = assert_attached(unfilled.create_private_attached().unwrap(), 0);
    unfilled.remove().unwrap();
}

/// A segment that another process removes while it is filled is not returned.
#[test]
fn a_segment_that_is_removed_while_it_is_filled() {
    let builder = SharedMemory::builder().init_with(|memory| {
        SharedMemory::from_id(memory.id())?.remove()?;
        Ok(())
    });
    let error = builder.clone().create_private().unwrap_err();
    assert!(error.is_removed(), "{error}");
    let error = builder.clone().create_unique_attached().unwrap_err();
    assert!(error.is_removed(), "{error}");
    assert!(SharedMemory::from_id(error.id().unwrap()).is_err());
}

#[test]
fn huge_pages_that_are_not_reserved_are_refused() {
    let builder = SharedMemory::builder().huge_pages(HugePages::Default);
    let error = builder.no_reserve(true).create_private().unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert_eq!(error.errno(), None);
    assert!(error.to_string().contains("SIGBUS"), "{error}");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::unix::process::CommandExt;

    use super::FreshKey;
    use crate::support::namespace::{expect_left, set_sysctl};
    use crate::support::process::child_command;
    use crate::support::{self, Process, in_namespace};
    use sysv_wrapper::*;

    type Verb = fn(SharedMemoryBuilder<'_>, Key) -> Result<()>;

    /// Every method that creates a segment and returns no attachment.
    const DETACHED: [Verb; 5] = [
        |builder, key| builder.create(key).map(drop),
        |builder, _| builder.create_unique().map(drop),
        |builder, _| builder.create_private().map(drop),
        |builder, key| builder.create_or_open(key).map(drop),
        |builder, key| builder.create_replacing(key).map(drop),
    ];

    fn all_contents() -> [SharedMemoryBuilder<'static>; 3] {
        let builder = SharedMemory::builder().size(100);
        [
            builder.clone(),
            builder.clone().fill(b'x'),
            builder.init_with(|memory| Ok(memory.write_at(b"x", 0)?)),
        ]
    }

    #[track_caller]
    fn assert_forced(error: &Error) {
        assert!(error.is_unsupported(), "{error}");
        assert!(
            error.to_string().contains("kernel.shm_rmid_forced"),
            "{error}"
        );
        assert!(
            format!("{error:#}").contains("create_attached"),
            "{error:#}"
        );
    }

    #[test]
    fn a_kernel_that_removes_unused_segments_is_named() {
        in_namespace("a_kernel_that_removes_unused_segments_is_named", || {
            set_sysctl("shm_rmid_forced", 1);
            let key = FreshKey::new();
            for verb in DETACHED {
                for builder in all_contents() {
                    assert_forced(&verb(builder, key.0).unwrap_err());
                }
            }
            expect_left([0; 3]);
            // Arguments are checked first.
            let error = SharedMemory::builder()
                .size(0)
                .create_private()
                .unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
        });
    }

    #[test]
    fn a_segment_that_is_attached_stays_where_the_kernel_removes_unused_ones() {
        let test = "a_segment_that_is_attached_stays_where_the_kernel_removes_unused_ones";
        in_namespace(test, || {
            set_sysctl("shm_rmid_forced", 1);
            let key = FreshKey::new();
            for builder in all_contents() {
                let assert_lives = |(memory, attached): (SharedMemory, Attachment)| {
                    assert_eq!(memory.status().unwrap().attach_count(), 1);
                    assert_eq!(memory.mode().unwrap(), Mode::OWNER);
                    drop(attached);
                    expect_left([0; 3]);
                };
                assert_lives(builder.clone().create_attached(key.0).unwrap());
                assert_lives(builder.clone().create_unique_attached().unwrap());
                assert_lives(builder.clone().create_private_attached().unwrap());
                assert_lives(builder.clone().create_replacing_attached(key.0).unwrap());
                let opened = builder.clone().create_or_open_attached(key.0).unwrap();
                assert!(opened.is_created());
                let others = builder.create_or_open(key.0).unwrap();
                assert!(!others.is_created());
                assert_lives(opened.into_inner());
            }
        });
    }

    /// The setting is not read before every creation. The loss of a filled segment shows a change.
    #[test]
    fn a_filled_segment_that_is_gone_shows_a_new_setting() {
        in_namespace("a_filled_segment_that_is_gone_shows_a_new_setting", || {
            SharedMemory::builder()
                .create_private()
                .unwrap()
                .remove()
                .unwrap();
            set_sysctl("shm_rmid_forced", 1);
            let key = FreshKey::new();
            for verb in DETACHED {
                let error = verb(SharedMemory::builder().fill(1), key.0).unwrap_err();
                assert_forced(&error);
            }
            expect_left([0; 3]);
        });
    }

    #[test]
    fn a_user_without_a_mapping_cannot_publish() {
        const TEST: &str = test_name!("a_user_without_a_mapping_cannot_publish");
        if support::role(TEST).is_some() {
            let key = FreshKey::new();
            for verb in DETACHED {
                let error = verb(SharedMemory::builder().fill(1), key.0).unwrap_err();
                assert!(error.is_unsupported(), "{error}");
                assert!(error.to_string().contains("user namespace"), "{error}");
                assert!(
                    format!("{error:#}").contains("without contents"),
                    "{error:#}"
                );
                expect_left([0; 3]);
            }
            let (memory, attached) = SharedMemory::builder().create_attached(key.0).unwrap();
            attached.fill(.., 1).unwrap();
            memory.remove().unwrap();
            return;
        }
        let mut command = child_command(TEST, &[]);
        let unshare = || {
            // SAFETY: takes no pointer; the child has one thread only.
            match unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWIPC) } {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        };
        // SAFETY: between fork and exec, the closure makes one system call.
        unsafe { command.pre_exec(unshare) };
        match command.output() {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(text.contains(": ok. 1 passed;"), "{output:?}");
            }
            Err(error) => support::skipped(TEST, &format!("no user namespace: {error}")),
        }
    }

    #[test]
    fn the_limit_on_mappings_is_named() {
        const TEST: &str = test_name!("the_limit_on_mappings_is_named");
        let max = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
        let max: usize = max.trim().parse().unwrap();
        if max > 200_000 {
            return support::skipped(TEST, "vm.max_map_count is too large to reach");
        }
        if support::role(TEST).is_none() {
            return Process::start(TEST, &[]).finish();
        }
        let memory = RemoveOnDrop::new(SharedMemory::builder().create_private().unwrap());
        // Capacity for all, since a process at the limit of mappings cannot allocate.
        let mut all = Vec::with_capacity(max);
        let error = loop {
            match memory.attach_read_only() {
                Ok(attached) => all.push(attached),
                Err(error) => break error,
            }
            assert!(all.len() < max, "it was never refused");
        };
        drop(all);
        assert_eq!(error.kind(), ErrorKind::OutOfMemory);
        let text = error.to_string();
        assert!(text.contains("vm.max_map_count allows"), "{text}");
        assert!(text.contains(&max.to_string()), "{text}");
    }

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn the_limit_on_the_address_space_is_named() {
        const TEST: &str = test_name!("the_limit_on_the_address_space_is_named");
        if support::role(TEST).is_none() {
            return Process::start(TEST, &[]).finish();
        }
        let memory = SharedMemory::builder().size(64 << 20).no_reserve(true);
        let memory = RemoveOnDrop::new(memory.create_private().unwrap());
        support::confine::limit_memory(16 << 20);
        let error = memory.attach().unwrap_err();
        support::confine::unlimit_memory();
        assert_eq!(error.kind(), ErrorKind::OutOfMemory);
        let text = error.to_string();
        assert!(text.contains("RLIMIT_AS"), "{text}");
        assert!(text.contains("67108864 bytes"), "{text}");
    }

    /// A size beyond the range of the kernel's limit.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_size_beyond_what_the_kernel_can_count() {
        in_namespace("a_size_beyond_what_the_kernel_can_count", || {
            for size in [1 << 63, 16_000_000 << 40] {
                let builder = SharedMemory::builder().size(size);
                let error = builder.create_private().unwrap_err();
                assert!(error.is_invalid_argument(), "{error}");
                let text = error.to_string();
                assert!(text.contains("more than 9223372036854775807"), "{text}");
                assert!(text.contains(&size.to_string()), "{text}");
            }
        });
    }
}
