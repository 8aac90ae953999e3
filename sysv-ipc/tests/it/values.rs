//! Plain values: ids, modes, flags, operations, pids. None of these tests creates an object.

use std::collections::HashSet;
use std::mem::{align_of, size_of};

use sysv_ipc::*;

macro_rules! id_is_a_number_with_a_type {
    ($($test:ident: $id:ident,)+) => {$(
        #[test]
        fn $test() {
            for raw in [i32::MIN, -1, 0, 1, 32768, i32::MAX] {
                let id = $id::from_raw(raw);
                assert_eq!(id.as_raw(), raw);
                assert_eq!($id::from(raw), id);
                assert_eq!(i32::from(id), raw);
                assert_eq!(id.to_string(), raw.to_string());
                assert_eq!(id.to_string().parse(), Ok(id));
                assert_eq!(format!("{id:?}"), format!("{}({raw})", stringify!($id)));
                assert_eq!(format!("{id:>12}"), format!("{raw:>12}"));
            }
            assert!($id::from_raw(1) < $id::from_raw(2));
            assert_eq!(HashSet::from([$id::from_raw(1), $id::from_raw(1)]).len(), 1);
            for text in ["", "x", "0x1", "1 ", " 1", "2147483648", "-2147483649", "1.0"] {
                assert!(text.parse::<$id>().is_err(), "{text:?}");
            }
            assert_eq!(size_of::<$id>(), size_of::<i32>());
        }
    )+};
}

id_is_a_number_with_a_type! {
    shm_id: ShmId,
    sem_id: SemId,
    msg_id: MsgId,
}

#[test]
fn modes_have_nine_bits() {
    for bits in 0..=0o777 {
        let mode = Mode::from_bits(bits).unwrap();
        assert_eq!(mode.bits(), bits);
        assert_eq!(Mode::from_bits_truncate(bits | 0o7000), mode);
        let octal = mode.to_string();
        assert_eq!(octal, format!("0{bits:03o}"));
        assert_eq!(u32::from_str_radix(&octal, 8), Ok(bits));
        assert_eq!(format!("{mode:?}"), format!("Mode({octal})"));
    }
    for bits in [0o1000, 0o1640, 0o2000, 0o4000, 0o10000, 1 << 16, u32::MAX] {
        assert_eq!(Mode::from_bits(bits), None, "{bits:o}");
    }
    assert_eq!(Mode::from_bits_truncate(u32::MAX).bits(), 0o777);
}

#[test]
fn named_modes() {
    assert_eq!(Mode::NONE.bits(), 0);
    assert_eq!(Mode::OWNER.bits(), 0o600);
    assert_eq!(Mode::GROUP.bits(), 0o660);
    assert_eq!(Mode::EVERYONE.bits(), 0o666);
    assert_eq!(Mode::NONE.to_string(), "0000");
}

#[test]
fn flags_are_the_platforms() {
    assert_eq!(ShmGetFlags::CREAT.bits(), libc::IPC_CREAT);
    assert_eq!(ShmGetFlags::EXCL.bits(), libc::IPC_EXCL);
    assert_eq!(SemGetFlags::CREAT.bits(), libc::IPC_CREAT);
    assert_eq!(SemGetFlags::EXCL.bits(), libc::IPC_EXCL);
    assert_eq!(MsgGetFlags::CREAT.bits(), libc::IPC_CREAT);
    assert_eq!(MsgGetFlags::EXCL.bits(), libc::IPC_EXCL);
    assert_eq!(i32::from(SemFlags::NOWAIT.bits()), libc::IPC_NOWAIT);
    assert_eq!(MsgSndFlags::NOWAIT.bits(), libc::IPC_NOWAIT);
    assert_eq!(MsgRcvFlags::NOWAIT.bits(), libc::IPC_NOWAIT);
}

/// Row P6 and row C7: the flags beyond POSIX.
#[test]
#[cfg(target_os = "linux")]
fn flags_are_linuxs() {
    assert_eq!(ShmAtFlags::RDONLY.bits(), libc::SHM_RDONLY);
    assert_eq!(ShmAtFlags::RND.bits(), libc::SHM_RND);
    assert_eq!(i32::from(SemFlags::UNDO.bits()), libc::SEM_UNDO);
    assert_eq!(MsgRcvFlags::NOERROR.bits(), libc::MSG_NOERROR);
    assert_eq!(MsgRcvFlags::EXCEPT.bits(), libc::MSG_EXCEPT);
    #[cfg(sysv = "MSG_COPY")]
    assert_eq!(MsgRcvFlags::COPY.bits(), libc::MSG_COPY);
    assert_eq!(ShmGetFlags::HUGETLB.bits(), libc::SHM_HUGETLB);
    assert_eq!(ShmGetFlags::NORESERVE.bits(), libc::SHM_NORESERVE);
    assert_eq!(ShmAtFlags::REMAP.bits(), libc::SHM_REMAP);
    assert_eq!(ShmAtFlags::EXEC.bits(), libc::SHM_EXEC);
    // The kernel's SHM_HUGE_2MB and SHM_HUGE_1GB.
    assert_eq!(ShmGetFlags::huge_page_size(21).bits(), 1_409_286_144);
    assert_eq!(ShmGetFlags::huge_page_size(30).bits(), 2_013_265_920);
    assert_eq!(
        ShmGetFlags::huge_page_size(64),
        ShmGetFlags::empty(),
        "six bits"
    );
}

/// A flag of a later kernel can be passed by its bit.
#[test]
fn unknown_bits_survive() {
    let unknown = 1 << 13;
    let flags = SemFlags::from_bits_retain(unknown) | SemFlags::UNDO;
    assert_eq!(flags.bits(), unknown | SemFlags::UNDO.bits());
    assert!(flags.contains(SemFlags::UNDO));
    assert_eq!(SemBuf::new(0, 1, flags).flags(), flags);
    assert_eq!(ShmGetFlags::from_bits(1 << 30).unwrap().bits(), 1 << 30);
    assert_eq!(ShmAtFlags::from_bits_truncate(1 << 30).bits(), 1 << 30);
    assert_eq!(
        (SemGetFlags::from_bits_retain(1) - SemGetFlags::CREAT).bits(),
        1
    );
    assert_eq!((!MsgGetFlags::CREAT).bits(), !libc::IPC_CREAT);
    assert_eq!((!MsgSndFlags::NOWAIT).bits(), !libc::IPC_NOWAIT);
    assert_eq!(MsgRcvFlags::from_bits_retain(-1).bits(), -1);
}

#[test]
fn an_operation_is_what_it_was_made_of() {
    for num in [0, 1, u16::MAX] {
        for op in [i16::MIN, -1, 0, 1, i16::MAX] {
            for flags in [SemFlags::empty(), SemFlags::NOWAIT | SemFlags::UNDO] {
                let operation = SemBuf::new(num, op, flags);
                assert_eq!(
                    (operation.num(), operation.op(), operation.flags()),
                    (num, op, flags)
                );
            }
        }
    }
    let text = format!("{:?}", SemBuf::new(2, -1, SemFlags::UNDO));
    assert_eq!(text, "SemBuf { num: 2, op: -1, flags: SemFlags(UNDO) }");
}

/// A slice of operations has the layout that the kernel reads.
#[test]
fn an_operation_has_the_layout_of_sembuf() {
    assert_eq!(size_of::<SemBuf>(), size_of::<sysv_sys::sembuf>());
    assert_eq!(align_of::<SemBuf>(), align_of::<sysv_sys::sembuf>());
}

#[test]
fn stat_results_have_the_layout_of_the_c_structures() {
    assert_eq!(size_of::<ShmStat>(), size_of::<sysv_sys::shmid_ds>());
    assert_eq!(size_of::<SemStat>(), size_of::<sysv_sys::semid_ds>());
    assert_eq!(size_of::<MsgStat>(), size_of::<sysv_sys::msqid_ds>());
    assert_eq!(size_of::<Perm>(), size_of::<sysv_sys::ipc_perm>());
}

/// The default of a stat result is all zeros: no time, no pid and no permission.
#[test]
fn an_empty_stat_says_nothing() {
    let shm = ShmStat::default();
    assert_eq!((shm.segsz(), shm.nattch()), (0, 0));
    assert_eq!((shm.atime(), shm.dtime(), shm.ctime()), (None, None, None));
    assert_eq!((shm.cpid(), shm.lpid()), (None, None));
    let sem = SemStat::default();
    assert_eq!((sem.nsems(), sem.otime(), sem.ctime()), (0, None, None));
    let msg = MsgStat::default();
    assert_eq!((msg.qnum(), msg.qbytes()), (0, 0));
    assert_eq!((msg.stime(), msg.rtime(), msg.ctime()), (None, None, None));
    assert_eq!((msg.lspid(), msg.lrpid()), (None, None));
    for perm in [shm.perm(), sem.perm(), msg.perm()] {
        assert_eq!(
            (perm.uid(), perm.gid(), perm.cuid(), perm.cgid()),
            (0, 0, 0, 0)
        );
        assert_eq!((perm.mode(), perm.seq()), (Mode::NONE, 0));
        assert!(perm.key().is_private());
    }
}

/// A setter changes the structure only; the next `*_set` passes it to the kernel.
#[test]
fn setters_change_the_structure_and_one_member_of_it() {
    let mut stat = MsgStat::default();
    stat.set_uid(1);
    stat.set_gid(2);
    stat.set_mode(Mode::GROUP);
    stat.set_qbytes(3);
    let perm = stat.perm();
    assert_eq!((perm.uid(), perm.gid(), perm.mode()), (1, 2, Mode::GROUP));
    assert_eq!((perm.cuid(), perm.cgid(), stat.qbytes()), (0, 0, 3));
    stat.set_qbytes(u64::MAX);
    // The greatest value of the member's width.
    let greatest = u64::MAX >> (u64::BITS - sysv_sys::msglen_t::BITS);
    assert_eq!(stat.qbytes(), greatest);
}

#[test]
fn pid_is_a_number_other_than_zero() {
    assert_eq!(Pid::from_raw(0), None);
    for raw in [1, 4711, i32::MAX, -1] {
        let pid = Pid::from_raw(raw).unwrap();
        assert_eq!(pid.as_raw(), raw);
        assert_eq!(pid.to_string(), raw.to_string());
        assert_eq!(format!("{pid:?}"), format!("Pid({raw})"));
    }
    assert_eq!(size_of::<Option<Pid>>(), size_of::<i32>());
}

#[test]
fn pages_are_as_the_system_says() {
    let size = page_size();
    assert!(size.is_power_of_two());
    // SAFETY: takes no pointer.
    let told = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    assert_eq!(usize::try_from(told), Ok(size));
}

#[test]
fn debug_names_the_members() {
    let text = format!("{:?}", ShmStat::default());
    for name in [
        "perm", "segsz", "nattch", "atime", "dtime", "ctime", "cpid", "lpid", "mode",
    ] {
        assert!(text.contains(&format!("{name}: ")), "{name} in {text}");
    }
    let text = format!("{:?}", SemStat::default());
    for name in ["perm", "nsems", "otime", "ctime"] {
        assert!(text.contains(&format!("{name}: ")), "{name} in {text}");
    }
    let text = format!("{:?}", MsgStat::default());
    for name in [
        "perm", "qnum", "qbytes", "stime", "rtime", "ctime", "lspid", "lrpid",
    ] {
        assert!(text.contains(&format!("{name}: ")), "{name} in {text}");
    }
}
