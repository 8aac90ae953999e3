//! The errors of reached limits. Each limit is lowered in a namespace of its own, so that a test can reach it.
#![cfg(all(target_os = "linux", sysv = "IPC_INFO"))]

use crate::support::namespace::{set_sysctl, sysctl};
use crate::support::{Msg, Sem, Shm, expect_errno, in_namespace};
use sysv_ipc::*;

fn make_segment(size: usize) -> Result<Shm> {
    shmget(Key::PRIVATE, size, ShmGetFlags::CREAT, Mode::OWNER).map(Shm::adopt)
}

fn make_set(nsems: usize) -> Result<Sem> {
    semget(Key::PRIVATE, nsems, SemGetFlags::CREAT, Mode::OWNER).map(Sem::adopt)
}

fn make_queue() -> Result<Msg> {
    msgget(Key::PRIVATE, MsgGetFlags::CREAT, Mode::OWNER).map(Msg::adopt)
}

#[test]
fn shmmax_is_the_largest_segment() {
    in_namespace("shmmax_is_the_largest_segment", || {
        set_sysctl("shmmax", 10_000);
        assert_eq!(shmctl_ipc_info().unwrap().1.shmmax(), 10_000);
        let largest = make_segment(10_000).unwrap();
        assert_eq!(shmctl_stat(largest.id).unwrap().segsz(), 10_000);
        expect_errno(make_segment(10_001), Errno::EINVAL);
        expect_errno(make_segment(usize::MAX), Errno::EINVAL);
    });
}

#[test]
fn shmall_is_all_pages_together() {
    in_namespace("shmall_is_all_pages_together", || {
        set_sysctl("shmall", 5);
        let page = page_size();
        let three = make_segment(2 * page + 1).unwrap();
        expect_errno(make_segment(3 * page), Errno::ENOSPC);
        let two = make_segment(2 * page).unwrap();
        expect_errno(make_segment(1), Errno::ENOSPC);
        three.remove();
        drop(make_segment(1).unwrap());
        drop(two);
    });
}

#[test]
fn shmmni_is_the_number_of_segments() {
    in_namespace("shmmni_is_the_number_of_segments", || {
        set_sysctl("shmmni", 3);
        let mut segments: Vec<Shm> = (0..3).map(|_| make_segment(1).unwrap()).collect();
        expect_errno(make_segment(1), Errno::ENOSPC);
        segments.pop();
        segments.push(make_segment(1).unwrap());
        expect_errno(make_segment(1), Errno::ENOSPC);
    });
}

/// SEMMSL, SEMMNS, SEMOPM and SEMMNI, in the order of the file.
#[test]
fn the_four_limits_on_semaphores() {
    in_namespace("the_four_limits_on_semaphores", || {
        set_sysctl("sem", "5 12 2 4");
        assert_eq!(sysctl("sem"), [5, 12, 2, 4]);
        let largest = make_set(5).unwrap();
        expect_errno(make_set(6), Errno::EINVAL);

        let give = SemBuf::new(0, 1, SemFlags::empty());
        semop(largest.id, &[give; 2]).unwrap();
        expect_errno(semop(largest.id, &[give; 3]), Errno::E2BIG);
        assert_eq!(semctl_getval(largest.id, 0), Ok(2));

        let second = make_set(5).unwrap();
        expect_errno(make_set(3), Errno::ENOSPC);
        let _third = make_set(1).unwrap();
        let _fourth = make_set(1).unwrap();
        second.remove();
        let _again = make_set(1).unwrap();
        // More semaphores are possible, but not another set.
        expect_errno(make_set(1), Errno::ENOSPC);
    });
}

#[test]
fn msgmni_is_the_number_of_queues() {
    in_namespace("msgmni_is_the_number_of_queues", || {
        set_sysctl("msgmni", 2);
        let one = make_queue().unwrap();
        let _other = make_queue().unwrap();
        expect_errno(make_queue(), Errno::ENOSPC);
        one.remove();
        let _again = make_queue().unwrap();
    });
}

#[test]
fn msgmax_is_the_longest_message() {
    in_namespace("msgmax_is_the_longest_message", || {
        set_sysctl("msgmax", 100);
        let queue = make_queue().unwrap();
        msgsnd_bytes(queue.id, 1, &[1; 100], MsgSndFlags::NOWAIT).unwrap();
        let beyond = msgsnd_bytes(queue.id, 1, &[1; 101], MsgSndFlags::NOWAIT);
        expect_errno(beyond, Errno::EINVAL);
    });
}

/// The maximum of a new queue is the current MSGMNB; a greater one requires a privilege.
#[test]
fn msgmnb_is_the_room_of_a_new_queue() {
    in_namespace("msgmnb_is_the_room_of_a_new_queue", || {
        set_sysctl("msgmnb", 1000);
        let queue = make_queue().unwrap();
        let mut stat = msgctl_stat(queue.id).unwrap();
        assert_eq!(stat.qbytes(), 1000);
        stat.set_qbytes(1001);
        match msgctl_set(queue.id, &stat) {
            Ok(()) => assert_eq!(msgctl_stat(queue.id).unwrap().qbytes(), 1001),
            Err(error) => {
                assert_eq!(error, Errno::EPERM);
                assert_eq!(msgctl_stat(queue.id).unwrap().qbytes(), 1000);
            }
        }
        set_sysctl("msgmnb", 2000);
        stat.set_qbytes(2000);
        msgctl_set(queue.id, &stat).unwrap();
        assert_eq!(msgctl_stat(queue.id).unwrap().qbytes(), 2000);
    });
}

/// A message that is longer than the queue's maximum, but not than MSGMAX, would wait forever.
#[test]
fn a_message_longer_than_the_room_never_fits() {
    let queue = make_queue().unwrap();
    let mut stat = msgctl_stat(queue.id).unwrap();
    stat.set_qbytes(10);
    msgctl_set(queue.id, &stat).unwrap();
    let beyond = msgsnd_bytes(queue.id, 1, &[1; 11], MsgSndFlags::NOWAIT);
    expect_errno(beyond, Errno::EAGAIN);
}
