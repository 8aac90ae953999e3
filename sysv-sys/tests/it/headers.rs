//! Comparison of the declarations with this system's headers, by its C compiler: every constant, the size and alignment
//! of every structure, the offset and type of every member, the type of every function.
//!
//! The C source is generated from the text that the crate was compiled from, so that it is complete. Each kind of
//! mistake is planted once, and must be found.

use std::mem::{offset_of, size_of};

use crate::support::declarations::Declarations;
use crate::support::{self, TEXT, c, compiler};

fn declared() -> Declarations {
    Declarations::parse(TEXT)
}

fn check(declarations: &Declarations) -> Result<(), String> {
    compiler::check(&c::assertions(
        declarations,
        support::is_from_other_headers(),
    ))
}

/// The parser's results equal the compiler's.
#[test]
fn the_text_is_the_crate() {
    macro_rules! assert_same {
        ($($name:ident { $($member:ident),+ })+) => {$(
            let mut declarations = declared();
            let record = declarations.record(stringify!($name));
            assert_eq!(record.size, Some(size_of::<sysv_sys::$name>()));
            assert_eq!(record.alignment, Some(align_of::<sysv_sys::$name>()));
            $({
                let mut members = record.members.iter();
                let member = members.find(|member| member.name == stringify!($member)).unwrap();
                assert_eq!(member.offset, Some(offset_of!(sysv_sys::$name, $member)));
            })+
        )+};
    }
    assert_same! {
        ipc_perm { uid, gid, cuid, cgid, mode }
        shmid_ds { shm_perm, shm_segsz, shm_atime, shm_dtime, shm_ctime, shm_cpid, shm_lpid, shm_nattch }
        semid_ds { sem_perm, sem_otime, sem_ctime, sem_nsems }
        msqid_ds { msg_perm, msg_stime, msg_rtime, msg_ctime, msg_qnum, msg_qbytes, msg_lspid, msg_lrpid }
        sembuf { sem_num, sem_op, sem_flg }
        timespec { tv_sec, tv_nsec }
        semun { val, buf, array }
    }
    let constants = declared().constants;
    assert_eq!(constants["IPC_CREAT"], i64::from(sysv_sys::IPC_CREAT));
    assert_eq!(constants["SETALL"], i64::from(sysv_sys::SETALL));
}

/// Every member has an offset, every structure with members a size, and every call is declared.
#[test]
fn nothing_is_missing() {
    let declared = declared();
    for (name, record) in &declared.records {
        let is_opaque = record.members.is_empty();
        assert_eq!(record.size.is_none(), is_opaque, "{name}");
        assert!(
            record
                .members
                .iter()
                .all(|member| member.is_bits() || member.offset.is_some()),
            "{name}"
        );
    }
    let calls = [
        "ftok", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "shmat",
        "shmctl", "shmdt", "shmget",
    ];
    for call in calls {
        assert!(declared.functions.contains_key(call), "{call}");
    }
    let timed = declared.functions.contains_key("semtimedop");
    assert_eq!(timed, sysv_sys::HAVE_SEMTIMEDOP);
    assert!(declared.constants.len() >= 20, "{:?}", declared.constants);
    // Comments are ignored, and every public line is one item.
    let public = TEXT
        .lines()
        .filter(|line| line.trim_start().starts_with("pub "))
        .count();
    let members: usize = declared
        .records
        .values()
        .map(|record| record.members.len())
        .sum();
    let items = declared.constants.len() + declared.aliases.len() + declared.functions.len();
    assert_eq!(public, items + declared.records.len() + members);
}

#[test]
fn the_headers_say_the_same() {
    if !compiler::is_there("the_headers_say_the_same") {
        return;
    }
    if let Err(said) = check(&declared()) {
        panic!("the declarations differ from the headers:\n{said}");
    }
}

/// Makes one mistake, and fails unless the compiler finds it and names it.
fn plant(test: &str, name: &str, mistake: impl FnOnce(&mut Declarations)) {
    if !compiler::is_there(test) {
        return;
    }
    let mut declared = declared();
    mistake(&mut declared);
    let said = check(&declared).expect_err("the mistake was not found");
    // Exactly one assertion fails.
    let failed: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("error:"))
        .collect();
    assert_eq!(failed.len(), 1, "{said}");
    assert!(failed[0].contains(&format!("{name}: ")), "{said}");
}

#[test]
fn a_wrong_size_is_found() {
    plant("a_wrong_size_is_found", "shmid_ds", |declared| {
        *declared.record("shmid_ds").size.as_mut().unwrap() += 8;
    });
}

#[test]
fn a_wrong_alignment_is_found() {
    plant("a_wrong_alignment_is_found", "msqid_ds", |declared| {
        *declared.record("msqid_ds").alignment.as_mut().unwrap() *= 2;
    });
}

#[test]
fn a_wrong_place_is_found() {
    plant("a_wrong_place_is_found", "sembuf.sem_flg", |declared| {
        let members = &mut declared.record("sembuf").members;
        let member = members.iter_mut().find(|member| member.name == "sem_flg");
        member.unwrap().offset = Some(2);
    });
}

/// Same size, other sign.
#[test]
fn a_wrong_type_is_found() {
    plant("a_wrong_type_is_found", "sembuf.sem_num", |declared| {
        let members = &mut declared.record("sembuf").members;
        let member = members.iter_mut().find(|member| member.name == "sem_num");
        "::core::ffi::c_short".clone_into(&mut member.unwrap().kind);
    });
}

#[test]
fn a_wrong_constant_is_found() {
    plant("a_wrong_constant_is_found", "SETVAL", |declared| {
        *declared.constants.get_mut("SETVAL").unwrap() += 1;
    });
}

#[test]
fn a_wrong_function_is_found() {
    plant("a_wrong_function_is_found", "semop", |declared| {
        let semop = declared.functions.get_mut("semop").unwrap();
        "::core::ffi::c_int".clone_into(&mut semop.parameters[2]);
    });
}

#[test]
fn a_member_that_is_not_there_is_found() {
    if !compiler::is_there("a_member_that_is_not_there_is_found") {
        return;
    }
    let mut declared = declared();
    "shm_nonsense".clone_into(&mut declared.record("shmid_ds").members[1].name);
    let said = check(&declared).unwrap_err();
    assert!(said.contains("shm_nonsense"), "{said}");
}
