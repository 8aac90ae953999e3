//! Facts of a new object from its creating call: the mode, in both ways to pass it, the creator, and the sequence
//! number.
#![cfg(target_os = "linux")]

use crate::support::{self, Msg, Sem, Shm, as_nobody, mode};
use sysv_ipc::*;

/// Flags keep unnamed bits, including those of a mode: a bit of either argument counts.
#[test]
fn bits_of_the_mode_may_stand_in_the_flags_as_well() {
    let both = mode(0o640);
    let flags = ShmGetFlags::CREAT | ShmGetFlags::from_bits_retain(0o620);
    let segment = Shm::adopt(shmget(Key::PRIVATE, 1, flags, both).unwrap());
    let stat = shmctl_stat(segment.id).unwrap();
    assert_eq!(stat.perm().mode(), mode(0o660));
    let flags = SemGetFlags::CREAT | SemGetFlags::from_bits_retain(0o620);
    let set = Sem::adopt(semget(Key::PRIVATE, 1, flags, both).unwrap());
    let stat = semctl_stat(set.id).unwrap();
    assert_eq!(stat.perm().mode(), mode(0o660));
    let flags = MsgGetFlags::CREAT | MsgGetFlags::from_bits_retain(0o620);
    let queue = Msg::adopt(msgget(Key::PRIVATE, flags, both).unwrap());
    let stat = msgctl_stat(queue.id).unwrap();
    assert_eq!(stat.perm().mode(), mode(0o660));
}

/// An id consists of the index of the object's slot, and above it the sequence number.
#[test]
fn the_sequence_number_is_in_the_id() {
    // The kernel increments the sequence number when it reuses slots, in a new namespace after 64 objects.
    let made = || {
        let segment = Shm::private(1);
        (segment.id, shmctl_stat(segment.id).unwrap().perm().seq())
    };
    let (id, seq) = (0..1000)
        .map(|_| made())
        .find(|(_, seq)| *seq != 0)
        .unwrap();
    let id = u32::try_from(id.as_raw()).unwrap();
    // 2^15 slots, or 2^24 on a kernel booted with `ipcmni_extend`.
    assert!([15, 24].map(|bits| id >> bits).contains(&seq), "{id} {seq}");
}

/// Root's ids are 0, so another user has to create the objects.
#[test]
fn a_creator_who_is_not_root() {
    let nothing = || ((), vec![]);
    let Some(_) = as_nobody(test_name!("a_creator_who_is_not_root"), nothing) else {
        return;
    };
    let objects = (Shm::private(1), Sem::private(1), Msg::private());
    let perms = [
        shmctl_stat(objects.0.id).unwrap().perm(),
        semctl_stat(objects.1.id).unwrap().perm(),
        msgctl_stat(objects.2.id).unwrap().perm(),
    ];
    let nobody = support::process::NOBODY;
    for perm in perms {
        assert_eq!((perm.uid(), perm.cuid()), (nobody, nobody));
        assert_eq!((perm.gid(), perm.cgid()), (nobody, nobody));
    }
}
