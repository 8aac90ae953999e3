//! The bindings files that come with the crate: that this target's says what its headers say, as the
//! build has generated it, and that all of them have the sizes which were measured on each platform.

mod support;

use support::declarations::{Declarations, Record};
use support::{TEXT, bundled_file, headers_of, skipped};

/// The file of this target compiles, and its layout assertions hold, whatever the build has taken.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
mod this_target {
    #![allow(
        dead_code,
        non_camel_case_types,
        clippy::all,
        clippy::pedantic,
        clippy::undocumented_unsafe_blocks,
        clippy::multiple_unsafe_ops_per_block
    )]
    include!("../bindings/x86_64-unknown-linux-gnu.rs");

    #[test]
    fn has_the_layout_of_the_crate() {
        use std::mem::{align_of, size_of};
        macro_rules! assert_same {
            ($($name:ident)+) => {$(
                assert_eq!(size_of::<$name>(), size_of::<sysv_sys::$name>(), stringify!($name));
                assert_eq!(align_of::<$name>(), align_of::<sysv_sys::$name>());
            )+};
        }
        assert_same! {
            ipc_perm shmid_ds semid_ds msqid_ds sembuf semun shminfo shm_info seminfo msginfo timespec
        }
        assert_eq!(SHM_STAT_ANY, sysv_sys::SHM_STAT_ANY);
    }
}

/// Members that programs have no business with, and that each release of the headers names anew.
fn is_reserved(name: &str) -> bool {
    ["__glibc_reserved", "__unused", "__pad"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// What a program can use of a record, each with its place and its type in the end.
fn usable<'a>(
    declared: &'a Declarations,
    record: &'a Record,
) -> Vec<(&'a str, Option<usize>, &'a str)> {
    let members = record
        .members
        .iter()
        .filter(|member| !is_reserved(&member.name));
    members
        .map(|member| {
            (
                member.name.as_str(),
                member.offset,
                declared.resolved(&member.kind),
            )
        })
        .collect()
}

/// What every release of every platform's headers has.
const POSIX: [&str; 20] = [
    "GETALL",
    "GETNCNT",
    "GETPID",
    "GETVAL",
    "GETZCNT",
    "IPC_CREAT",
    "IPC_EXCL",
    "IPC_NOWAIT",
    "IPC_PRIVATE",
    "IPC_RMID",
    "IPC_SET",
    "IPC_STAT",
    "MSG_NOERROR",
    "SEM_UNDO",
    "SETALL",
    "SETVAL",
    "SHM_R",
    "SHM_RDONLY",
    "SHM_RND",
    "SHM_W",
];

/// Generated on this machine, and bundled: the same in meaning. Of the constants beyond POSIX, each release
/// of the headers has some that others lack.
#[test]
fn generated_and_bundled_agree() {
    const TEST: &str = "generated_and_bundled_agree";
    let path = bundled_file(env!("SYSV_SYS_TARGET"));
    if sysv_sys::BINDINGS_SOURCE != "generated" {
        let reason = format!(
            "the build took declarations that were not generated ({}): no libclang was found, or \
             SYSV_SYS_BINDINGS says so",
            sysv_sys::BINDINGS_SOURCE
        );
        return skipped(TEST, &reason);
    }
    let Ok(text) = std::fs::read_to_string(&path) else {
        return skipped(TEST, &format!("there is no {}", path.display()));
    };
    let (generated, bundled) = (Declarations::parse(TEXT), Declarations::parse(&text));
    for name in POSIX {
        assert!(
            generated.constants.contains_key(name),
            "{name} was not generated"
        );
        assert!(
            bundled.constants.contains_key(name),
            "{name} is not bundled"
        );
    }
    for (name, value) in &bundled.constants {
        let ours = generated.constants.get(name);
        assert!(
            ours.is_none_or(|ours| ours == value),
            "{name}: {ours:?}, {value}"
        );
    }
    if headers_of(TEXT) == headers_of(&text) {
        assert_eq!(generated.constants, bundled.constants);
    }
    for (name, ours) in &generated.records {
        let theirs = bundled.records.get(name);
        let theirs = theirs.unwrap_or_else(|| panic!("{name} is not bundled"));
        assert_eq!(
            (ours.is_union, ours.size, ours.alignment),
            (theirs.is_union, theirs.size, theirs.alignment),
            "{name}"
        );
        assert_eq!(usable(&generated, ours), usable(&bundled, theirs), "{name}");
    }
    assert_eq!(generated.records.len(), bundled.records.len());
    for (name, ours) in &generated.functions {
        let signature = |declared: &Declarations, name: &str| {
            let function = &declared.functions[name];
            let kinds = function.parameters.iter().chain([&function.returns]);
            let kinds: Vec<String> = kinds.map(|kind| resolved_behind(declared, kind)).collect();
            (kinds, function.is_variadic)
        };
        assert_eq!(
            signature(&generated, name),
            signature(&bundled, name),
            "{ours:?}"
        );
    }
    assert_eq!(generated.functions.len(), bundled.functions.len());
}

/// The type in the end, behind a pointer too.
fn resolved_behind(declared: &Declarations, kind: &str) -> String {
    let (pointer, target) = kind.rsplit_once(' ').unwrap_or(("", kind));
    format!("{pointer} {}", declared.resolved(target))
}

/// What was measured with each platform's own compiler and headers: sizes of `ipc_perm`, `shmid_ds`,
/// `semid_ds` and `msqid_ds`, and which member the key is at which place.
const MEASURED: [(&str, [usize; 4], &str, usize); 17] = [
    ("x86_64-unknown-linux-gnu", [48, 112, 104, 120], "__key", 0),
    ("aarch64-unknown-linux-gnu", [48, 112, 88, 120], "__key", 0),
    ("s390x-unknown-linux-gnu", [48, 112, 88, 120], "__key", 0),
    (
        "powerpc64le-unknown-linux-gnu",
        [48, 112, 88, 120],
        "__key",
        0,
    ),
    (
        "riscv64gc-unknown-linux-gnu",
        [48, 112, 88, 120],
        "__key",
        0,
    ),
    ("i686-unknown-linux-gnu", [36, 84, 64, 88], "__key", 0),
    (
        "armv7-unknown-linux-gnueabihf",
        [36, 84, 64, 88],
        "__key",
        0,
    ),
    ("x86_64-unknown-linux-musl", [48, 112, 104, 120], "key", 0),
    ("aarch64-unknown-linux-musl", [48, 112, 88, 120], "key", 0),
    ("i686-unknown-linux-musl", [36, 112, 80, 112], "key", 0),
    (
        "armv7-unknown-linux-musleabihf",
        [36, 112, 80, 112],
        "key",
        0,
    ),
    ("x86_64-apple-darwin", [24, 76, 72, 116], "_key", 20),
    ("aarch64-apple-darwin", [24, 76, 72, 116], "_key", 20),
    ("x86_64-unknown-freebsd", [32, 80, 64, 104], "key", 24),
    ("aarch64-unknown-freebsd", [32, 80, 64, 104], "key", 24),
    ("x86_64-unknown-netbsd", [32, 88, 64, 104], "_key", 24),
    ("x86_64-unknown-openbsd", [32, 104, 112, 160], "key", 24),
];

/// Row N12.
#[test]
fn every_file_has_the_measured_layout() {
    let mut seen = 0;
    for file in std::fs::read_dir(bundled_file("").parent().unwrap()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let target = path.file_stem().unwrap().to_str().unwrap();
        let measured = MEASURED.iter().find(|(name, ..)| *name == target);
        let Some((_, sizes, key, offset)) = measured else {
            panic!("{target} was not measured: see docs/platforms.md, and add it here");
        };
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            headers_of(&text).is_some_and(|headers| !headers.is_empty()),
            "{target}"
        );
        let mut declared = Declarations::parse(&text);
        let names = ["ipc_perm", "shmid_ds", "semid_ds", "msqid_ds"];
        let found = names.map(|name| size(&mut declared, name));
        assert_eq!(found, *sizes, "{target}");
        assert_eq!(declared.record("sembuf").size, Some(6), "{target}");
        let members = &declared.record("ipc_perm").members;
        let member = members.iter().find(|member| member.name == *key);
        assert_eq!(member.unwrap().offset, Some(*offset), "{target}");
        seen += 1;
    }
    assert!(seen > 0);
}

/// The size of a structure, under another name too: macOS has it behind a macro.
fn size(declared: &mut Declarations, name: &str) -> usize {
    let name = declared.resolved(name).to_owned();
    declared.record(&name).size.unwrap()
}

/// Each call is declared once, and with the symbol that C programs call. On 32-bit musl the plain symbol
/// takes the timespec of old.
#[test]
fn every_file_calls_what_c_calls() {
    for (target, ..) in MEASURED {
        let Ok(text) = std::fs::read_to_string(bundled_file(target)) else {
            continue;
        };
        let declared = Declarations::parse(&text);
        for (name, function) in &declared.functions {
            assert!(
                !name.ends_with('1'),
                "{target}: {name} is a second declaration"
            );
            let symbol = function.link_name.as_deref().unwrap_or(name);
            let wanted = match (name.as_str(), target) {
                ("semtimedop", "i686-unknown-linux-musl" | "armv7-unknown-linux-musleabihf") => {
                    "__semtimedop_time64"
                }
                ("shmctl", "x86_64-unknown-netbsd") => "__shmctl50",
                ("semctl", "x86_64-unknown-netbsd") => "__semctl50",
                ("msgctl", "x86_64-unknown-netbsd") => "__msgctl50",
                (name, _) => name,
            };
            assert_eq!(symbol, wanted, "{target}");
        }
        let once = text.matches("pub fn semtimedop(").count();
        assert_eq!(
            once > 0,
            text.contains("// fact semtimedop = true"),
            "{target}"
        );
        assert!(once <= 1, "{target}");
    }
}
