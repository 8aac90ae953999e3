//! `semop` and `semtimedop` without a wait: several operations, atomicity, and ranges. Undo is in `sem_undo.rs`.

use crate::support::{Sem, expect_errno};
use sysv_ipc::*;

const NOTHING: SemFlags = SemFlags::empty();
const NOWAIT: SemFlags = SemFlags::NOWAIT;
const UNDO: SemFlags = SemFlags::UNDO;

/// The maximum value, which is the maximum adjustment too.
const SEMVMX: i16 = i16::MAX;

#[test]
fn add_subtract_and_compare_with_zero() {
    let set = Sem::private(1);
    semop(set.id, &[SemBuf::new(0, 5, NOTHING)]).unwrap();
    assert_eq!(set.values(), [5]);
    semop(set.id, &[SemBuf::new(0, -3, NOTHING)]).unwrap();
    assert_eq!(set.values(), [2]);
    expect_errno(semop(set.id, &[SemBuf::new(0, 0, NOWAIT)]), Errno::EAGAIN);
    semop(set.id, &[SemBuf::new(0, -2, NOTHING)]).unwrap();
    semop(set.id, &[SemBuf::new(0, 0, NOTHING)]).unwrap();
    assert_eq!(set.values(), [0]);
}

/// Row C4. The last of four is not possible, so none is performed.
#[test]
fn all_or_nothing() {
    let set = Sem::with_values(&[3, 3, 3, 0]);
    let all = |last: SemBuf| {
        let first = [
            SemBuf::new(0, -1, NOTHING),
            SemBuf::new(1, 4, UNDO),
            SemBuf::new(2, -3, UNDO),
        ];
        semop(set.id, &[first[0], first[1], first[2], last])
    };
    expect_errno(all(SemBuf::new(3, -1, NOWAIT)), Errno::EAGAIN);
    assert_eq!(set.values(), [3, 3, 3, 0]);
    expect_errno(all(SemBuf::new(4, 1, NOTHING)), Errno::EFBIG);
    assert_eq!(set.values(), [3, 3, 3, 0]);
    // Out of range, though it would be possible after the third.
    expect_errno(all(SemBuf::new(1, SEMVMX, NOTHING)), Errno::ERANGE);
    assert_eq!(set.values(), [3, 3, 3, 0]);

    all(SemBuf::new(3, 0, NOWAIT)).unwrap();
    assert_eq!(set.values(), [2, 7, 0, 0]);
}

#[test]
fn operations_are_tried_in_their_order() {
    let set = Sem::private(1);
    let give = SemBuf::new(0, 1, NOTHING);
    let take = SemBuf::new(0, -1, NOWAIT);
    semop(set.id, &[give, take]).unwrap();
    expect_errno(semop(set.id, &[take, give]), Errno::EAGAIN);
    assert_eq!(set.values(), [0]);
    // Wait for zero, then increment: the classic lock in one call.
    let zero = SemBuf::new(0, 0, NOWAIT);
    semop(set.id, &[zero, give]).unwrap();
    expect_errno(semop(set.id, &[zero, give]), Errno::EAGAIN);
    assert_eq!(set.values(), [1]);
}

#[test]
fn no_operations_at_all() {
    let set = Sem::private(1);
    expect_errno(semop(set.id, &[]), Errno::EINVAL);
    #[cfg(sysv = "semtimedop")]
    expect_errno(semtimedop(set.id, &[], None), Errno::EINVAL);
}

/// Exactly SEMOPM operations are performed; one more is refused, without an effect.
#[test]
#[cfg(sysv = "IPC_INFO")]
fn as_many_operations_as_the_kernel_takes() {
    let (_, limits) = semctl_ipc_info().unwrap();
    let semopm = usize::try_from(limits.semopm()).unwrap();
    let set = Sem::private(1);
    let give = SemBuf::new(0, 1, NOTHING);
    semop(set.id, &vec![give; semopm]).unwrap();
    assert_eq!(
        semctl_getval(set.id, 0).map(usize::try_from),
        Ok(Ok(semopm))
    );
    expect_errno(semop(set.id, &vec![give; semopm + 1]), Errno::E2BIG);
    expect_errno(semop(set.id, &vec![give; 1_000_000]), Errno::E2BIG);
    assert_eq!(
        semctl_getval(set.id, 0).map(usize::try_from),
        Ok(Ok(semopm))
    );
}

#[test]
fn a_semaphore_outside_the_set() {
    let set = Sem::private(3);
    for num in [3, 4, u16::MAX] {
        expect_errno(semop(set.id, &[SemBuf::new(num, 1, NOTHING)]), Errno::EFBIG);
        expect_errno(semop(set.id, &[SemBuf::new(num, -1, NOWAIT)]), Errno::EFBIG);
    }
    assert_eq!(set.values(), [0, 0, 0]);
}

/// Row P3. The maximum value can be reached but not exceeded.
#[test]
fn values_stay_in_their_range() {
    let set = Sem::private(1);
    semop(set.id, &[SemBuf::new(0, SEMVMX, NOTHING)]).unwrap();
    assert_eq!(semctl_getval(set.id, 0), Ok(i32::from(SEMVMX)));
    expect_errno(semop(set.id, &[SemBuf::new(0, 1, NOTHING)]), Errno::ERANGE);
    expect_errno(
        semop(set.id, &[SemBuf::new(0, SEMVMX, NOTHING)]),
        Errno::ERANGE,
    );
    assert_eq!(semctl_getval(set.id, 0), Ok(i32::from(SEMVMX)));
    // The greatest amount of a short is beyond the maximum value.
    expect_errno(
        semop(set.id, &[SemBuf::new(0, i16::MIN, NOWAIT)]),
        Errno::EAGAIN,
    );
    semop(set.id, &[SemBuf::new(0, -SEMVMX, NOTHING)]).unwrap();
    assert_eq!(set.values(), [0]);
}
