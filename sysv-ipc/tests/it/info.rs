//! Commands specific to Linux: limits, usage, and objects by their index in the kernel's tables.
#![cfg(all(target_os = "linux", sysv = "IPC_INFO"))]

use crate::support::namespace::{expect_left, sysctl};
use crate::support::{Msg, Sem, Shm, expect_errno, in_namespace};
use sysv_ipc::*;

/// Returns the index, up to `highest`, at which `stat` returns `wanted`.
fn index_of<I: PartialEq, S>(
    wanted: &I,
    highest: i32,
    stat: impl Fn(i32) -> Result<(I, S)>,
) -> Option<(i32, S)> {
    (0..=highest).find_map(|index| match stat(index) {
        Ok((id, stat)) => (id == *wanted).then_some((index, stat)),
        // Free, being removed, or another user's.
        Err(Errno::EINVAL | Errno::EIDRM | Errno::EACCES) => None,
        Err(error) => panic!("index {index}: {error}"),
    })
}

#[test]
fn segments_by_index() {
    let (key, segment) = Shm::with_key(12_345);
    let (highest, _) = shmctl_ipc_info().unwrap();
    let (index, stat) = index_of(&segment.id, highest, shmctl_shm_stat).unwrap();
    assert_eq!((stat.segsz(), stat.perm().key()), (12_345, key));
    let (any_index, stat) = index_of(&segment.id, highest, shmctl_shm_stat_any).unwrap();
    assert_eq!(
        (any_index, stat.segsz(), stat.perm().key()),
        (index, 12_345, key)
    );
    let (highest, _) = shmctl_shm_info().unwrap();
    assert!(index <= highest);
}

#[test]
fn sets_by_index() {
    let (key, set) = Sem::with_key(7);
    let (highest, _) = semctl_ipc_info().unwrap();
    let (index, stat) = index_of(&set.id, highest, semctl_sem_stat).unwrap();
    assert_eq!((stat.nsems(), stat.perm().key()), (7, key));
    let (any_index, stat) = index_of(&set.id, highest, semctl_sem_stat_any).unwrap();
    assert_eq!(
        (any_index, stat.nsems(), stat.perm().key()),
        (index, 7, key)
    );
    let (highest, _) = semctl_sem_info().unwrap();
    assert!(index <= highest);
}

#[test]
fn queues_by_index() {
    let (key, queue) = Msg::with_key();
    msgsnd_bytes(queue.id, 1, b"text", MsgSndFlags::NOWAIT).unwrap();
    let (highest, _) = msgctl_ipc_info().unwrap();
    let (index, stat) = index_of(&queue.id, highest, msgctl_msg_stat).unwrap();
    assert_eq!((stat.qnum(), stat.perm().key()), (1, key));
    let (any_index, stat) = index_of(&queue.id, highest, msgctl_msg_stat_any).unwrap();
    assert_eq!((any_index, stat.qnum(), stat.perm().key()), (index, 1, key));
    let (highest, _) = msgctl_msg_info().unwrap();
    assert!(index <= highest);
}

/// Negative, or with all low bits that Linux uses set: no table is that long.
#[test]
fn an_index_where_nothing_is() {
    for index in [-1, i32::MIN, i32::MAX] {
        expect_errno(shmctl_shm_stat(index), Errno::EINVAL);
        expect_errno(shmctl_shm_stat_any(index), Errno::EINVAL);
        expect_errno(semctl_sem_stat(index), Errno::EINVAL);
        expect_errno(semctl_sem_stat_any(index), Errno::EINVAL);
        expect_errno(msgctl_msg_stat(index), Errno::EINVAL);
        expect_errno(msgctl_msg_stat_any(index), Errno::EINVAL);
    }
}

/// A removed object is at no index.
#[test]
fn removed_objects_are_not_listed() {
    let id = Shm::private(1).remove();
    let (highest, _) = shmctl_ipc_info().unwrap();
    assert!(index_of(&id, highest, shmctl_shm_stat_any).is_none());
    let id = Sem::private(1).remove();
    let (highest, _) = semctl_ipc_info().unwrap();
    assert!(index_of(&id, highest, semctl_sem_stat_any).is_none());
    let id = Msg::private().remove();
    let (highest, _) = msgctl_ipc_info().unwrap();
    assert!(index_of(&id, highest, msgctl_msg_stat_any).is_none());
}

/// Checks a limit in a structure. The members of a 32-bit program are narrower, and the kernel truncates greater values
/// in various ways.
#[track_caller]
fn assert_limit(name: &str, told: u64, limit: u64) {
    if usize::BITS == 64 || i32::try_from(limit).is_ok() {
        assert_eq!(told, limit, "{name}");
    }
}

/// Row C9.
#[test]
fn limits_on_segments_are_those_of_proc() {
    let (_, limits) = shmctl_ipc_info().unwrap();
    assert_limit("shmmax", limits.shmmax(), sysctl("shmmax")[0]);
    assert_limit("shmall", limits.shmall(), sysctl("shmall")[0]);
    assert_limit("shmmni", limits.shmmni(), sysctl("shmmni")[0]);
    assert_eq!((limits.shmmin(), limits.shmseg()), (1, limits.shmmni()));
}

#[test]
fn limits_on_semaphores_are_those_of_proc() {
    let (_, limits) = semctl_ipc_info().unwrap();
    let told = [
        limits.semmsl(),
        limits.semmns(),
        limits.semopm(),
        limits.semmni(),
    ];
    assert_eq!(told, sysctl("sem")[..]);
    assert_eq!((limits.semvmx(), limits.semaem()), (32_767, 32_767));
    // Constants of the kernel, which it does not use.
    assert_eq!((limits.semmnu(), limits.semume()), (32_000 * 32_000, 500));
}

#[test]
fn limits_on_queues_are_those_of_proc() {
    let (_, limits) = msgctl_ipc_info().unwrap();
    assert_limit("msgmax", limits.msgmax(), sysctl("msgmax")[0]);
    assert_limit("msgmnb", limits.msgmnb(), sysctl("msgmnb")[0]);
    assert_limit("msgmni", limits.msgmni(), sysctl("msgmni")[0]);
    assert_eq!(
        msgctl_stat(Msg::private().id).unwrap().qbytes(),
        limits.msgmnb()
    );
}

/// Row N8. Without other programs' objects, every count is known.
#[test]
fn use_is_counted() {
    in_namespace("use_is_counted", || {
        expect_left([0; 3]);
        let page = page_size();
        let segments = [Shm::private(1), Shm::private(3 * page + 1)];
        let mapping = segments[1].attach();
        for number in 0..2 {
            mapping.write(number * page, b"resident");
        }
        let (highest, used) = shmctl_shm_info().unwrap();
        assert_eq!((used.used_ids(), used.total_pages()), (2, 5));
        let in_memory = used.resident_pages() + used.swapped_pages();
        assert!((2..=5).contains(&in_memory), "{used:?}");
        assert_eq!((highest, shmctl_ipc_info().unwrap().0), (1, 1));

        let sets = [Sem::private(3), Sem::private(4), Sem::private(1)];
        let (highest, used) = semctl_sem_info().unwrap();
        assert_eq!((used.used_ids(), used.semaphores()), (3, 8));
        assert_eq!((highest, semctl_ipc_info().unwrap().0), (2, 2));

        let queues = [Msg::private(), Msg::private()];
        for text in [&b"five5"[..], b"", b"seven77"] {
            msgsnd_bytes(queues[1].id, 1, text, MsgSndFlags::NOWAIT).unwrap();
        }
        msgsnd_bytes(queues[0].id, 1, b"one", MsgSndFlags::NOWAIT).unwrap();
        let (highest, used) = msgctl_msg_info().unwrap();
        assert_eq!((used.used_ids(), used.messages(), used.bytes()), (2, 4, 15));
        assert_eq!((highest, msgctl_ipc_info().unwrap().0), (1, 1));

        drop((mapping, segments, sets, queues));
        expect_left([0; 3]);
        assert_eq!(semctl_sem_info().unwrap().1.semaphores(), 0);
        assert_eq!(msgctl_msg_info().unwrap().1.bytes(), 0);
    });
}

/// Objects of one namespace are not visible in another.
#[test]
fn namespaces_are_apart() {
    let (key, _segment) = Shm::with_key(1);
    in_namespace("namespaces_are_apart", || {
        let find = shmget(key, 0, ShmGetFlags::empty(), Mode::NONE);
        expect_errno(find, Errno::ENOENT);
        expect_left([0; 3]);
    });
}
