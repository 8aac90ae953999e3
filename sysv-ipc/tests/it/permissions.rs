//! Owners who are not the creators, and opening by key as another user, for all three kinds. The permissions of each
//! call are in `permissions_shm.rs`, `permissions_sem.rs` and `permissions_msg.rs`.
#![cfg(target_os = "linux")]

use crate::support::{self, Msg, Sem, Shm, as_nobody, expect_errno, mode};
use sysv_ipc::*;

/// The new owner of an object may remove it; its creator remains recorded.
#[test]
fn an_owner_is_not_the_creator() {
    let given = || {
        let objects = (Shm::private(1), Sem::private(1), Msg::private());
        let mut stat = shmctl_stat(objects.0.id).unwrap();
        stat.set_uid(support::process::NOBODY);
        shmctl_set(objects.0.id, &stat).unwrap();
        let mut stat = semctl_stat(objects.1.id).unwrap();
        stat.set_uid(support::process::NOBODY);
        semctl_set(objects.1.id, &stat).unwrap();
        let mut stat = msgctl_stat(objects.2.id).unwrap();
        stat.set_uid(support::process::NOBODY);
        msgctl_set(objects.2.id, &stat).unwrap();
        let ids = vec![
            objects.0.id.as_raw(),
            objects.1.id.as_raw(),
            objects.2.id.as_raw(),
        ];
        (objects, ids)
    };
    let Some(ids) = as_nobody(test_name!("an_owner_is_not_the_creator"), given) else {
        return;
    };
    let segment = ShmId::from_raw(ids[0]);
    let set = SemId::from_raw(ids[1]);
    let queue = MsgId::from_raw(ids[2]);
    let perms = [
        shmctl_stat(segment).unwrap().perm(),
        semctl_stat(set).unwrap().perm(),
        msgctl_stat(queue).unwrap().perm(),
    ];
    assert!(
        perms
            .iter()
            .all(|perm| (perm.uid(), perm.cuid()) == (support::process::NOBODY, 0))
    );
    assert_eq!(shmctl_rmid(segment), Ok(()));
    assert_eq!(semctl_rmid(set), Ok(()));
    assert_eq!(msgctl_rmid(queue), Ok(()));
}

/// Opening requests the permissions that the mode names: none, or more than the user has.
#[test]
fn opening_by_key_asks_for_the_rights_named() {
    const TEST: &str = test_name!("opening_by_key_asks_for_the_rights_named");
    let make = || {
        let (shm_key, segment) = Shm::with_key(1);
        let (sem_key, set) = Sem::with_key(1);
        let (msg_key, queue) = Msg::with_key();
        let keys = [shm_key, sem_key, msg_key].map(Key::as_raw);
        ((segment, set, queue), keys.to_vec())
    };
    let Some(keys) = as_nobody(TEST, make) else {
        return;
    };
    let [shm_key, sem_key, msg_key] = [0, 1, 2].map(|kind| Key::from_raw(keys[kind]));
    let (shm, sem, msg) = (
        ShmGetFlags::empty(),
        SemGetFlags::empty(),
        MsgGetFlags::empty(),
    );
    assert!(shmget(shm_key, 0, shm, Mode::NONE).is_ok());
    assert!(semget(sem_key, 0, sem, Mode::NONE).is_ok());
    assert!(msgget(msg_key, msg, Mode::NONE).is_ok());
    for bits in [0o400, 0o200, 0o600, 0o666, 0o004] {
        expect_errno(shmget(shm_key, 0, shm, mode(bits)), Errno::EACCES);
        expect_errno(semget(sem_key, 0, sem, mode(bits)), Errno::EACCES);
        expect_errno(msgget(msg_key, msg, mode(bits)), Errno::EACCES);
    }
    // Every user may learn that the key is in use.
    let create = shmget(
        shm_key,
        1,
        ShmGetFlags::CREAT | ShmGetFlags::EXCL,
        Mode::OWNER,
    );
    expect_errno(create.map(Shm::adopt), Errno::EEXIST);
}
