//! Attaching: several mappings, addresses, access modes, and unmapping.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sysv_wrapper::*;

fn segment(size: usize) -> RemoveOnDrop<SharedMemory> {
    RemoveOnDrop::new(SharedMemory::builder().size(size).create_private().unwrap())
}

fn count(memory: &SharedMemory) -> u64 {
    memory.status().unwrap().attach_count()
}

/// Returns the lines of this process's `maps`, one per mapping.
#[cfg(target_os = "linux")]
fn mappings() -> Vec<(std::ops::Range<usize>, String)> {
    let text = std::fs::read_to_string("/proc/self/maps").unwrap();
    let number = |text| usize::from_str_radix(text, 16).unwrap();
    let lines = text.lines().map(|line| {
        let (range, rest) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        (number(start)..number(end), rest[..4].to_owned())
    });
    lines.collect()
}

/// Returns the access in `maps` for an attachment: `rw-s`.
#[cfg(target_os = "linux")]
fn access(memory: &ReadOnlyAttachment) -> String {
    let address = memory.as_ptr() as usize;
    let found = mappings()
        .into_iter()
        .find(|(range, _)| range.contains(&address));
    found.unwrap().1
}

/// Returns a free address range of this size. It includes a margin on both sides, so that other tests' mappings are not
/// adjacent.
fn free_place(size: usize) -> usize {
    // A multiple of SHMLBA on all systems.
    const APART: usize = 64 << 10;
    let memory = segment(size + 2 * APART).attach().unwrap();
    (memory.as_ptr() as usize + 1).next_multiple_of(APART)
}

/// Rows S8, S11, P8.
#[test]
fn attaching_twice_gives_two_places_and_each_goes_with_its_drop() {
    let memory = segment(100);
    assert_eq!(count(&memory), 0);
    let first = memory.attach().unwrap();
    let second = SharedMemory::from_id(memory.id())
        .unwrap()
        .attach()
        .unwrap();
    assert_ne!(first.as_ptr(), second.as_ptr());
    assert_eq!(count(&memory), 2);
    first.write_at(b"late parrot", 5).unwrap();
    assert_eq!(second.read_to_vec(5..16).unwrap(), b"late parrot");
    drop(first);
    assert_eq!(count(&memory), 1);
    assert_eq!(second.read_to_vec(5..16).unwrap(), b"late parrot");
    drop(second);
    assert_eq!(count(&memory), 0);
}

/// Row S8.
#[test]
fn a_panic_detaches() {
    let memory = segment(100);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _first = memory.attach().unwrap();
        let _second = memory.attach_read_only().unwrap();
        assert_eq!(count(&memory), 2);
        panic!("as the test wants it");
    }));
    assert!(outcome.is_err());
    assert_eq!(count(&memory), 0);
}

/// Rows S8, C8, P16.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_maps_for_reading_only_what_is_to_be_read_only() {
    let builder = SharedMemory::builder().size(100);
    let memory = builder.mode(Mode::from_bits(0o700).unwrap());
    let memory = RemoveOnDrop::new(memory.create_private().unwrap());
    assert_eq!(access(&memory.attach_read_only().unwrap()), "r--s");
    assert_eq!(access(&memory.attach().unwrap()), "rw-s");
    let options = AttachOptions::new().executable(true);
    assert_eq!(
        access(&memory.attach_read_only_with(options).unwrap()),
        "r-xs"
    );
    let with_code = memory.attach_with(options);
    // Some hardened kernels forbid memory that is writable and executable.
    if let Ok(with_code) = with_code {
        assert_eq!(access(&with_code), "rwxs");
    }
    assert_eq!(count(&memory), 0);
}

/// Rows S8, C8, P6.
#[test]
fn an_address_of_the_callers_choice() {
    let page = page_size();
    let memory = segment(page);
    for _ in 0..100 {
        let place = free_place(page);
        let exact = AttachOptions::new().address(place);
        let rounded = AttachOptions::new().address(place + 17).round_down(true);
        let taken = memory.attach_with(exact).and_then(|attachment| {
            assert_eq!(attachment.as_mut_ptr() as usize, place);
            attachment.write_at(b"here", 0)?;
            drop(attachment);
            let attachment = memory.attach_read_only_with(rounded)?;
            assert_eq!(attachment.as_ptr() as usize, place);
            assert_eq!(attachment.read_to_vec(..4)?, b"here");
            Ok(())
        });
        match taken {
            Ok(()) => return,
            // Another thread of the tests took the address.
            Err(error) => assert!(error.is_invalid_argument(), "{error}"),
        }
    }
    panic!("no place was ever free");
}

/// Rows S8, C8, N6.
#[test]
fn addresses_that_cannot_be() {
    let page = page_size();
    let memory = segment(page);
    let refused = |options: AttachOptions, said: &str| {
        let errors = [
            memory.attach_with(options).unwrap_err(),
            memory.attach_read_only_with(options).unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_invalid_argument(), "{error}");
            assert!(error.to_string().contains(said), "{error}");
        }
        assert_eq!(count(&memory), 0);
    };
    let at = |address| AttachOptions::new().address(address);
    refused(at(0), "is 0 or rounds to it");
    refused(at(0).round_down(true), "is 0 or rounds to it");
    refused(at(1), "is 0 or rounds to it");
    refused(at(page - 1).round_down(true), "is 0 or rounds to it");
    refused(at(100 * page + 1), "must be a multiple of");
    refused(at(usize::MAX), "must be a multiple of");
    // To a 64-bit kernel, the end of the 32-bit address space is an ordinary address.
    #[cfg(target_pointer_width = "64")]
    refused(at(usize::MAX - page + 1), "cannot be at the address");
}

/// Rows S8, C8, N6.
#[test]
fn a_place_in_use_is_refused() {
    let page = page_size();
    let memory = segment(page);
    let other = segment(2 * page);
    let there = other.attach().unwrap();
    for address in [there.as_ptr() as usize, there.as_ptr() as usize + page] {
        let options = AttachOptions::new().address(address);
        let error = memory.attach_with(options).unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert_eq!(error.errno(), Some(Errno::EINVAL));
        assert!(
            error.to_string().contains(&format!("{address:#x}")),
            "{error}"
        );
    }
    assert_eq!(count(&memory), 0);
    // For a removed segment, the address is not the cause.
    let gone = memory.keep();
    gone.remove().unwrap();
    let options = AttachOptions::new().address(there.as_ptr() as usize);
    assert!(gone.attach_with(options).unwrap_err().is_removed());
    assert!(gone.attach().unwrap_err().is_removed());
    assert!(gone.attach_read_only().unwrap_err().is_removed());
}

/// Rows S11, S16: an attachment can be used and dropped by another thread than its creator.
#[test]
fn attachments_go_to_other_threads() {
    fn everywhere<T: Send + Sync + 'static>() {}
    everywhere::<SharedMemory>();
    everywhere::<Attachment>();
    everywhere::<ReadOnlyAttachment>();
    everywhere::<Cursor<Attachment>>();
    everywhere::<RemoveOnDrop<SharedMemory>>();
    everywhere::<ShmStatus>();
    everywhere::<AttachOptions>();
    everywhere::<Error>();

    let memory = segment(100);
    let attachment = memory.attach().unwrap();
    let thread = std::thread::spawn(move || attachment.write_at(b"there", 0).unwrap());
    thread.join().unwrap();
    assert_eq!(count(&memory), 0);
    assert_eq!(memory.attach().unwrap().read_to_vec(..5).unwrap(), b"there");
}

/// Row S16.
#[test]
fn many_threads_use_one_handle_and_one_attachment() {
    use std::sync::atomic::Ordering;
    const THREADS: usize = 8;
    const ROUNDS: usize = 500;

    let memory = segment(4096);
    let shared = memory.attach().unwrap();
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let (memory, shared) = (&memory, &shared);
            scope.spawn(move || {
                let byte = u8::try_from(number).unwrap();
                let own = 64 * (number + 1);
                for round in 0..ROUNDS {
                    shared
                        .atomic_usize(0)
                        .unwrap()
                        .fetch_add(1, Ordering::Relaxed);
                    let mine = SharedMemory::clone(memory).attach().unwrap();
                    mine.write_at(&[byte; 64], own).unwrap();
                    mine.write_value(&round, own + 1).unwrap();
                    assert_eq!(shared.read_value::<usize>(own + 1).unwrap(), round);
                    assert_eq!(shared.read_to_vec(own..=own).unwrap(), [byte]);
                    assert!(memory.status().unwrap().attach_count() >= 2);
                }
            });
        }
    });
    let total = shared.load_usize(0, Ordering::Relaxed).unwrap();
    assert_eq!(total, THREADS * ROUNDS);
    assert_eq!(count(&memory), 1);
}
