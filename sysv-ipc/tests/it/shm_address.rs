//! `shmat` at an address: fixed, rounded, in use, invalid, and 0.

use std::ffi::c_void;
use std::ptr;

use crate::support::{self, Attached, Shm, expect_errno};
use sysv_ipc::*;

fn nattch(segment: &Shm) -> u64 {
    shmctl_stat(segment.id).unwrap().nattch()
}

/// Calls `shmat` with an address. In these tests nothing else relies on the memory there: it was free just before, or
/// is a mapping of the test.
fn attach_at(segment: &Shm, address: *const c_void, flags: ShmAtFlags) -> Result<Attached> {
    // SAFETY: see above.
    unsafe { shmat(segment.id, address, flags) }.map(Attached)
}

/// Attaches at an address that was free just before. If another thread takes it in between, tries another one. `offset`
/// is added to the address that the kernel chose, as a test of the flags.
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
        let attach = attach_at(
            &segment,
            address.wrapping_byte_add(offset),
            ShmAtFlags::empty(),
        );
        expect_errno(attach, Errno::EINVAL);
    }
    // Aligned, and without space for a mapping.
    let end = ptr::without_provenance(0usize.wrapping_sub(page_size()));
    let errno = attach_at(&segment, end, ShmAtFlags::empty()).unwrap_err();
    // For a 64-bit kernel, the last page of a 32-bit process is followed by others.
    let beyond = cfg!(target_pointer_width = "32") && errno == Errno::ENOMEM;
    assert!(errno == Errno::EINVAL || beyond, "{errno}");
    assert_eq!(nattch(&segment), 0);
}

/// Where something is already mapped, Linux refuses without REMAP, and replaces the mapping with it.
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
    // One mapping is left at this address, which `new` owns.
    std::mem::forget(old);
    new.detach();
    assert_eq!(nattch(&above), 0);
    assert_eq!(below.attach().read(0, 1), b"b");
}

/// REMAP requires an address.
#[test]
#[cfg(all(target_os = "linux", sysv = "SHM_REMAP"))]
fn remap_wants_an_address() {
    let segment = Shm::private(1);
    expect_errno(
        attach_at(&segment, ptr::null(), ShmAtFlags::REMAP),
        Errno::EINVAL,
    );
    let both = ShmAtFlags::REMAP | ShmAtFlags::RND;
    expect_errno(
        attach_at(&segment, ptr::without_provenance(1), both),
        Errno::EINVAL,
    );
    assert_eq!(nattch(&segment), 0);
}

/// Returns whether the kernel permits this process to map the first pages.
#[cfg(target_os = "linux")]
fn may_map_page_zero() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let capabilities = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let capabilities = u64::from_str_radix(capabilities.unwrap().trim(), 16).unwrap();
    let raw_io = capabilities & 1 << 17 != 0;
    let lowest = std::fs::read_to_string("/proc/sys/vm/mmap_min_addr").unwrap();
    raw_io || lowest.trim() == "0"
}

/// An address that RND rounds to 0 is valid for root: the result is null, and not a failure. In a process of its own,
/// since address 0 is mapped then.
#[test]
#[cfg(target_os = "linux")]
fn root_can_attach_at_address_zero() {
    use support::{Process, is_root, role, skipped};

    if let Some(words) = role(test_name!("root_can_attach_at_address_zero")) {
        let segment = std::mem::ManuallyDrop::new(Shm::adopt(words[0].parse().unwrap()));
        if words[1] == "nobody" {
            support::become_nobody();
        }
        let may = may_map_page_zero();
        for address in [1, page_size() - 1] {
            match attach_at(&segment, ptr::without_provenance(address), ShmAtFlags::RND) {
                Ok(mapping) => {
                    assert!(may && mapping.0.is_null(), "{mapping:?}");
                    assert_eq!(nattch(&segment), 1);
                    mapping.detach();
                }
                Err(error) => {
                    assert!(matches!(error, Errno::EPERM | Errno::EACCES), "{error}");
                    assert!(!may);
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
        Process::start(
            test_name!("root_can_attach_at_address_zero"),
            &[&segment.id, &who],
        )
        .finish();
    }
}
