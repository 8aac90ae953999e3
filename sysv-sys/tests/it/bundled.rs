//! The bindings files that come with the crate: that this target's says what its headers say, as the
//! build has generated it, and that all of them have the sizes which were measured on each platform.

use crate::support::declarations::{Declarations, Record};
use crate::support::{TEXT, bundled, bundled_folder, headers_of, parts, skipped};

/// The file of this target compiles, and its layout assertions hold, whatever the build has taken.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
mod this_target {
    #![allow(
        dead_code,
        non_camel_case_types,
        clippy::all,
        clippy::pedantic,
        clippy::undocumented_unsafe_blocks,
        clippy::multiple_unsafe_ops_per_block,
        clippy::allow_attributes_without_reason,
        reason = "generated code"
    )]
    include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

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
    if sysv_sys::BINDINGS_SOURCE != "generated" {
        let reason = format!(
            "the build took declarations that were not generated ({}): no libclang was found, or \
             SYSV_SYS_BINDINGS says so",
            sysv_sys::BINDINGS_SOURCE
        );
        return skipped(TEST, &reason);
    }
    let text = match bundled(env!("SYSV_SYS_TARGET")) {
        Ok(text) => text,
        Err(missing) => return skipped(TEST, &format!("there is no {missing}")),
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
    for file in std::fs::read_dir(bundled_folder()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let target = path.file_stem().unwrap().to_str().unwrap();
        let measured = MEASURED.iter().find(|(name, ..)| *name == target);
        let Some((_, sizes, key, offset)) = measured else {
            panic!("{target} was not measured: see docs/platforms.md, and add it here");
        };
        let text = bundled(target).unwrap();
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
        let text = bundled(target).unwrap();
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

/// Each part is used, each target's file says where its declarations are from before anything else, and a file
/// and its parts do not say the same twice.
#[test]
fn what_targets_share_stands_once() {
    let mut used = std::collections::BTreeSet::new();
    for (target, ..) in MEASURED {
        let path = bundled_folder().join(format!("{target}.rs"));
        let own = std::fs::read_to_string(path).unwrap();
        assert!(own.lines().nth(1).unwrap().starts_with("// headers: "));
        let names = own.lines().find_map(|line| line.strip_prefix(parts::LINE));
        // From the particular to the general: nothing that goes before says what it replaces.
        let mut said = std::collections::BTreeMap::new();
        let mut texts = vec![own.clone()];
        for name in names.expect("it is made of parts").rsplit(", ") {
            used.insert(format!("{name}.rs"));
            texts.push(std::fs::read_to_string(parts::file(&bundled_folder(), name)).unwrap());
        }
        for text in &texts {
            for item in parts::items(text) {
                let replaced = said.insert(parts::declares(item), item);
                assert_ne!(replaced, Some(item), "{target}");
            }
        }
        let whole = bundled(target).unwrap();
        assert_eq!(parts::items(&whole).len(), said.len(), "{target}");
    }
    let present = std::fs::read_dir(bundled_folder().join("parts")).unwrap();
    let present = present.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(present.collect::<std::collections::BTreeSet<_>>(), used);
}

/// What a later part says replaces what an earlier one says, and the target's file goes before both.
#[test]
fn the_last_of_each_counts() {
    let folder = format!("the_last_of_each_counts.{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(folder.join("parts")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "parts/one.rs",
        "// One.\npub const A: i32 = 1;\npub const B: i32 = 1;\npub const C: i32 = 1;\n",
    );
    write(
        "parts/two.rs",
        "pub const B: i32 = 2;\npub const C: i32 = 2;\n",
    );
    write(
        "t.rs",
        "// headers: x\n// parts: one, two\npub const C: i32 = 3;\n",
    );
    assert_eq!(
        parts::whole(&folder.join("t.rs")).unwrap(),
        "// headers: x\npub const A: i32 = 1;\npub const B: i32 = 2;\npub const C: i32 = 3;\n"
    );
    write("t.rs", "// parts: one, three\n");
    let missing = parts::whole(&folder.join("t.rs")).unwrap_err();
    assert!(missing.contains("three.rs"), "{missing}");
    std::fs::remove_dir_all(folder).unwrap();
}
