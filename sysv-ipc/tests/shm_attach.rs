//! Mapping segments: every flag of `shmat`, addresses good and bad, and what becomes of a removed
//! segment that is still mapped.

mod support;

use std::ffi::c_void;
use std::os::unix::process::ExitStatusExt as _;
use std::ptr;

use support::{Attached, Process, Shm, expect_errno, is_root, role, skipped};
use sysv_ipc::*;

fn nattch(segment: &Shm) -> u64 {
    shmctl_stat(segment.id).unwrap().nattch()
}

/// `shmat` at an address. In these tests nothing else relies on what is there: it was free a moment
/// ago, or is a mapping of the test's own.
fn attach_at(segment: &Shm, address: *const c_void, flags: ShmAtFlags) -> Result<Attached> {
    // SAFETY: see above.
    unsafe { shmat(segment.id, address, flags) }.map(Attached)
}

#[test]
fn attaching_twice_gives_two_addresses() {
    let segment = Shm::private(100);
    let one = segment.attach();
    let other = segment.attach();
    assert_ne!(one.0, other.0);
    assert_eq!(nattch(&segment), 2);
    one.write(93, b"through");
    assert_eq!(other.read(93, 7), b"through");
    one.detach();
    assert_eq!(nattch(&segment), 1);
    assert_eq!(other.read(93, 7), b"through");
    other.detach();
    assert_eq!(nattch(&segment), 0);
}

#[test]
fn what_is_written_stays_without_anybody_attached() {
    let segment = Shm::private(10);
    segment.attach().write(0, b"0123456789");
    assert_eq!(nattch(&segment), 0);
    assert_eq!(segment.attach().read(0, 10), b"0123456789");
}

#[test]
fn detaching_what_is_not_attached() {
    let segment = Shm::private(10_000);
    let mapping = segment.attach();
    let own = 0u64;
    for address in [mapping.at(1), mapping.at(page_size()), ptr::from_ref(&own).cast_mut().cast()] {
        // SAFETY: no segment begins at the address, so that nothing is unmapped.
        expect_errno(unsafe { shmdt(address) }, Errno::EINVAL);
    }
    assert_eq!(nattch(&segment), 1);
    let address = mapping.0;
    mapping.detach();
    // Another thread of this binary may have mapped a segment of its own there since. Nothing has
    // where no process maps anything: just below the end of the address space.
    assert!(!address.is_null());
    let end = ptr::without_provenance::<c_void>(0usize.wrapping_sub(page_size()));
    // SAFETY: no segment begins at the address.
    expect_errno(unsafe { shmdt(end) }, Errno::EINVAL);
}

/// Rights of a mapping of this process, as `/proc/self/maps` shows them: `rw-s`.
#[cfg(target_os = "linux")]
fn rights(mapping: &Attached) -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| {
        let start = line.split('-').next().unwrap();
        usize::from_str_radix(start, 16) == Ok(mapping.0.addr())
    });
    line.unwrap().split(' ').nth(1).unwrap().to_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn flags_give_the_rights_of_the_mapping() {
    // Linux wants the mode's x for EXEC.
    let segment = Shm::with_mode(1, Mode::from_bits(0o700).unwrap());
    let rights = |flags| rights(&segment.attach_with(flags));
    assert_eq!(rights(ShmAtFlags::empty()), "rw-s");
    assert_eq!(rights(ShmAtFlags::RDONLY), "r--s");
    assert_eq!(rights(ShmAtFlags::EXEC), "rwxs");
    assert_eq!(rights(ShmAtFlags::EXEC | ShmAtFlags::RDONLY), "r-xs");
}

/// Code in a segment runs where it was asked for, and only there.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn code_in_a_segment_runs_with_exec() {
    let segment = Shm::with_mode(6, Mode::from_bits(0o700).unwrap());
    let mapping = segment.attach_with(ShmAtFlags::EXEC);
    // mov eax, 42; ret
    mapping.write(0, &[0xb8, 42, 0, 0, 0, 0xc3]);
    // SAFETY: a function of this type was just written there, and the mapping is executable.
    let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(mapping.0) };
    assert_eq!(function(), 42);
}

#[test]
fn read_only_mappings_see_what_others_write() {
    let segment = Shm::private(8);
    let reader = segment.attach_with(ShmAtFlags::RDONLY);
    let writer = segment.attach();
    writer.write(3, b"abc");
    assert_eq!(reader.read(0, 8), b"\0\0\0abc\0\0");
}

/// In a process of its own, for it dies of that.
#[test]
fn writing_to_a_read_only_mapping_faults() {
    if let Some(words) = role("writing_to_a_read_only_mapping_faults") {
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the structure is read only. No core file is wanted.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let mapping = segment.attach_with(ShmAtFlags::RDONLY);
        // Proves to the parent that it came as far as that.
        segment.attach().write(0, b"before");
        assert_eq!(mapping.read(0, 6), b"before");
        mapping.write(0, b"after!");
        return;
    }
    let segment = Shm::private(6);
    let mut child = Process::start("writing_to_a_read_only_mapping_faults", &[&segment.id]);
    let signal = child.end().signal();
    // macOS says SIGBUS.
    assert!(matches!(signal, Some(libc::SIGSEGV | libc::SIGBUS)), "{signal:?}");
    assert_eq!(segment.attach().read(0, 6), b"before");
}

/// Attaches at an address that was free a moment ago, which another thread may take between: then
/// another one is tried. `offset` is added to what the kernel chose, for the flags to deal with.
fn attach_where_it_was(segment: &Shm, offset: usize, flags: ShmAtFlags) -> (*mut c_void, Attached) {
    let mut found = None;
    support::wait_until("an address that stays free", || {
        let free = segment.attach();
        let address = free.0;
        free.detach();
        match attach_at(segment, address.wrapping_byte_add(offset), flags) {
            Ok(mapping) => found = Some((address, mapping)),
            Err(error) => assert_eq!(error, Errno::EINVAL),
        }
        found.is_some()
    });
    found.unwrap()
}

#[test]
fn attach_at_a_fixed_address() {
    let segment = Shm::private(5000);
    let (address, mapping) = attach_where_it_was(&segment, 0, ShmAtFlags::empty());
    assert_eq!(mapping.0, address);
    assert_eq!(nattch(&segment), 1);
    mapping.write(0, b"fixed");
    assert_eq!(segment.attach().read(0, 5), b"fixed");
}

#[test]
fn rnd_rounds_down() {
    let segment = Shm::private(5000);
    for offset in [0, 1, 5, page_size() - 1] {
        let (address, mapping) = attach_where_it_was(&segment, offset, ShmAtFlags::RND);
        assert_eq!(mapping.0, address, "{offset}");
    }
}

#[test]
fn an_unaligned_address_without_rnd() {
    let segment = Shm::private(5000);
    let address = segment.attach().0;
    for offset in [1, 5, page_size() - 1] {
        let attach = attach_at(&segment, address.wrapping_byte_add(offset), ShmAtFlags::empty());
        expect_errno(attach, Errno::EINVAL);
    }
    // Aligned, and no place for anything.
    let end = ptr::without_provenance(0usize.wrapping_sub(page_size()));
    expect_errno(attach_at(&segment, end, ShmAtFlags::empty()), Errno::EINVAL);
    assert_eq!(nattch(&segment), 0);
}

/// Where something is mapped already, Linux refuses without REMAP, and replaces it with it.
#[test]
#[cfg(all(target_os = "linux", sysv = "SHM_REMAP"))]
fn remap_replaces_what_is_there() {
    let below = Shm::private(1);
    let above = Shm::private(1);
    let old = below.attach();
    old.write(0, b"b");
    above.attach().write(0, b"a");
    expect_errno(attach_at(&above, old.0, ShmAtFlags::empty()), Errno::EINVAL);
    assert_eq!((nattch(&below), nattch(&above)), (1, 0));

    let new = attach_at(&above, old.0, ShmAtFlags::REMAP).unwrap();
    assert_eq!(new.0, old.0);
    assert_eq!((nattch(&below), nattch(&above)), (0, 1));
    assert_eq!(new.read(0, 1), b"a");
    // There is one mapping left at this address, which `new` stands for.
    std::mem::forget(old);
    new.detach();
    assert_eq!(nattch(&above), 0);
    assert_eq!(below.attach().read(0, 1), b"b");
}

/// REMAP says where, so there has to be a where.
#[test]
#[cfg(all(target_os = "linux", sysv = "SHM_REMAP"))]
fn remap_wants_an_address() {
    let segment = Shm::private(1);
    expect_errno(attach_at(&segment, ptr::null(), ShmAtFlags::REMAP), Errno::EINVAL);
    let both = ShmAtFlags::REMAP | ShmAtFlags::RND;
    expect_errno(attach_at(&segment, ptr::without_provenance(1), both), Errno::EINVAL);
    assert_eq!(nattch(&segment), 0);
}

/// An address that RND rounds to 0 is a place like another for root: the result is null, and no
/// failure. In a process of its own, which has something at address 0 then.
#[test]
#[cfg(target_os = "linux")]
fn root_can_attach_at_address_zero() {
    if let Some(words) = role("root_can_attach_at_address_zero") {
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        if words[1] == "nobody" {
            support::become_nobody();
        }
        for address in [1, page_size() - 1] {
            let address = ptr::without_provenance(address);
            match attach_at(&segment, address, ShmAtFlags::RND) {
                Ok(mapping) => {
                    assert!(words[1] == "root" && mapping.0.is_null(), "{mapping:?}");
                    assert_eq!(nattch(&segment), 1);
                    mapping.detach();
                }
                // The kernel keeps the first pages from those without the privilege.
                Err(error) => {
                    assert!(matches!(error, Errno::EPERM | Errno::EACCES), "{error}");
                    assert_eq!(words[1], "nobody");
                }
            }
            assert_eq!(nattch(&segment), 0);
        }
        return;
    }
    if !is_root() {
        return skipped("root_can_attach_at_address_zero", "needs root");
    }
    let segment = Shm::with_mode(1, Mode::EVERYONE);
    for who in ["root", "nobody"] {
        Process::start("root_can_attach_at_address_zero", &[&segment.id, &who]).finish();
    }
}

/// Removed, it stays for those who have it, and on Linux for those who know its id.
#[test]
#[cfg(target_os = "linux")]
fn a_removed_segment_goes_with_the_last_detach() {
    let (key, segment) = Shm::with_key(8);
    let mapping = segment.attach();
    mapping.write(0, b"survives");
    assert!(!shmctl_stat(segment.id).unwrap().is_marked_for_removal());
    shmctl_rmid(segment.id).unwrap();

    let stat = shmctl_stat(segment.id).unwrap();
    assert!(stat.is_marked_for_removal() && !stat.is_locked());
    assert!(stat.perm().key().is_private());
    assert_eq!((stat.nattch(), stat.segsz(), stat.perm().mode()), (1, 8, Mode::OWNER));
    let find = shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
    expect_errno(find, Errno::ENOENT);
    // The key is free for a new one, which is another.
    let create = ShmGetFlags::CREAT | ShmGetFlags::EXCL;
    let again = Shm::adopt(shmget(key, 1, create, Mode::OWNER).unwrap());
    assert_ne!(again.id, segment.id);

    let second = segment.attach();
    assert_eq!(second.read(0, 8), b"survives");
    mapping.detach();
    assert_eq!(nattch(&segment), 1);
    second.detach();
    expect_errno(shmctl_stat(segment.id), Errno::EINVAL);
    expect_errno(shmctl_rmid(segment.id), Errno::EINVAL);
}

/// A killed process takes its mappings along.
#[test]
fn the_kernel_detaches_for_a_killed_process() {
    if let Some(words) = role("the_kernel_detaches_for_a_killed_process") {
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let _one = segment.attach();
        let _other = segment.attach();
        loop {
            std::thread::park();
        }
    }
    let segment = Shm::private(1);
    let mut child = Process::start("the_kernel_detaches_for_a_killed_process", &[&segment.id]);
    child.wait_until("two mappings", || nattch(&segment) == 2);
    assert_eq!(child.kill().signal(), Some(libc::SIGKILL));
    assert_eq!(nattch(&segment), 0);
}
