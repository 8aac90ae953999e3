//! Mapping segments at an address that the kernel chooses: flags, counts, and removed segments that are still mapped.
//! Addresses are in `shm_address.rs`.

use std::os::unix::process::ExitStatusExt as _;
use std::ptr;

use crate::support::{Process, Shm, expect_errno, role};
use sysv_ipc::*;

fn nattch(segment: &Shm) -> u64 {
    shmctl_stat(segment.id).unwrap().nattch()
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
fn detaching_where_no_segment_begins() {
    let segment = Shm::private(10_000);
    let mapping = segment.attach();
    let own = 0u64;
    let own = ptr::from_ref(&own).cast_mut().cast();
    for address in [mapping.at(1), mapping.at(page_size()), own] {
        // SAFETY: no segment begins at the address, so that nothing is unmapped.
        expect_errno(unsafe { shmdt(address) }, Errno::EINVAL);
    }
    assert_eq!(nattch(&segment), 1);
}

/// In a process of its own: otherwise another test may map a segment at the same address in between.
#[test]
fn detaching_twice() {
    if role(test_name!("detaching_twice")).is_some() {
        let segment = Shm::private(1);
        let address = segment.attach().0;
        // SAFETY: the mapping is gone, and nothing in this process creates another one.
        expect_errno(unsafe { shmdt(address) }, Errno::EINVAL);
        assert_eq!(nattch(&segment), 0);
        return;
    }
    Process::start(test_name!("detaching_twice"), &[]).finish();
}

/// Returns the permissions of a mapping of this process in `/proc/self/maps`: `rw-s`.
#[cfg(target_os = "linux")]
fn rights(mapping: &crate::support::Attached) -> String {
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
    // Linux requires the execute permission for EXEC.
    let segment = Shm::with_mode(1, Mode::from_bits(0o700).unwrap());
    let rights = |flags| rights(&segment.attach_with(flags));
    assert_eq!(rights(ShmAtFlags::empty()), "rw-s");
    assert_eq!(rights(ShmAtFlags::RDONLY), "r--s");
    assert_eq!(rights(ShmAtFlags::EXEC), "rwxs");
    assert_eq!(rights(ShmAtFlags::EXEC | ShmAtFlags::RDONLY), "r-xs");
}

/// Code in a segment runs with EXEC only.
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

/// In a process of its own, which the signal ends.
#[test]
fn writing_to_a_read_only_mapping_faults() {
    if let Some(words) = role(test_name!("writing_to_a_read_only_mapping_faults")) {
        let none = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the structure is read only. No core file is wanted.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let mapping = segment.attach_with(ShmAtFlags::RDONLY);
        // Shows the parent the progress.
        segment.attach().write(0, b"before");
        assert_eq!(mapping.read(0, 6), b"before");
        mapping.write(0, b"after!");
        return;
    }
    let segment = Shm::private(6);
    let mut child = Process::start(
        test_name!("writing_to_a_read_only_mapping_faults"),
        &[&segment.id],
    );
    let signal = child.end().signal();
    // macOS raises SIGBUS.
    assert!(
        matches!(signal, Some(libc::SIGSEGV | libc::SIGBUS)),
        "{signal:?}"
    );
    assert_eq!(segment.attach().read(0, 6), b"before");
}

/// A removed segment stays for processes that have it attached, and on Linux for those that know its id.
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
    assert_eq!(
        (stat.nattch(), stat.segsz(), stat.perm().mode()),
        (1, 8, Mode::OWNER)
    );
    let find = shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
    expect_errno(find, Errno::ENOENT);
    // The key is free for a new segment.
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

/// A forked child has copies of its parent's mappings, and detaches its own. In a process without other tests, whose
/// mappings the fork would duplicate too while they count them.
#[test]
fn a_forked_child_has_mappings_of_its_own() {
    if role(test_name!("a_forked_child_has_mappings_of_its_own")).is_none() {
        return Process::start(test_name!("a_forked_child_has_mappings_of_its_own"), &[]).finish();
    }
    let segment = Shm::private(4);
    let mapping = segment.attach();
    // SAFETY: the child makes calls of the kernel only, and ends.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let count = || shmctl_stat(segment.id).map(|stat| stat.nattch());
        let both = count() == Ok(2);
        // SAFETY: this copy of the process does not use the mapping any more.
        let detached = unsafe { shmdt(mapping.0) } == Ok(()) && count() == Ok(1);
        // SAFETY: ends this copy at once, without the handlers of the harness.
        unsafe { libc::_exit(i32::from(!both) + 2 * i32::from(!detached)) };
    }
    let mut status = -1;
    // SAFETY: `status` is a place for the answer.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert!(
        libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
        "1: not two mappings, 2: not detached: {status:#x}"
    );
    assert_eq!(nattch(&segment), 1);
    mapping.write(0, b"here");
}

/// The kernel detaches for a killed process.
#[test]
fn the_kernel_detaches_for_a_killed_process() {
    if let Some(words) = role(test_name!("the_kernel_detaches_for_a_killed_process")) {
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        let _one = segment.attach();
        let _other = segment.attach();
        loop {
            std::thread::park();
        }
    }
    let segment = Shm::private(1);
    let mut child = Process::start(
        test_name!("the_kernel_detaches_for_a_killed_process"),
        &[&segment.id],
    );
    child.wait_until("two mappings", || nattch(&segment) == 2);
    assert_eq!(child.kill().signal(), Some(libc::SIGKILL));
    assert_eq!(nattch(&segment), 0);
}
