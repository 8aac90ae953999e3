//! The output of the build script: files in `OUT_DIR`, and metadata for cargo and dependents.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, process};

use crate::bindings::{self, Bindings};
use crate::facts::{CBYTES_MEMBERS, Facts, KEY_MEMBERS, SEQ_MEMBERS, declared_member, undeclared};

/// Declares the inputs of this build script, except for files that `SYSV_SYS_BINDINGS` names.
pub fn inputs() {
    for path in ["build.rs", "build", "bindings", "wrapper.h"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let target = env::var("TARGET").unwrap_or_default();
    let underscored = target.replace('-', "_");
    let variables = [
        "SYSV_SYS_BINDINGS",
        "LIBCLANG_PATH",
        "LLVM_CONFIG_PATH",
        "CLANG_PATH",
        "BINDGEN_EXTRA_CLANG_ARGS",
        "CC",
        "CFLAGS",
        "TARGET_CC",
        "TARGET_CFLAGS",
    ];
    for variable in variables {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for variable in ["CC", "CFLAGS", "BINDGEN_EXTRA_CLANG_ARGS"] {
        println!("cargo::rerun-if-env-changed={variable}_{target}");
        println!("cargo::rerun-if-env-changed={variable}_{underscored}");
    }
}

/// Fails the build with `message`. A `cargo::error` makes cargo fail and print the message alone; for an exit status other
/// than 0 it would print all output of this script.
pub fn stop(message: &str) -> ! {
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    process::exit(0);
}

/// Writes `bindings.rs`, `facts.rs` and `facts.json`, and the metadata for dependents. Also writes `bundled.rs`, the
/// target's bundled declarations, for this crate's tests.
pub fn write(bindings: &Bindings, facts: &Facts, facts_source: &str) {
    let folder = env::var_os("OUT_DIR").map_or_else(PathBuf::new, PathBuf::from);
    let bundled =
        bindings::bundled("for the tests").map_or_else(|_| String::new(), |found| found.text);
    let files = [
        ("bindings.rs", bindings.text.clone()),
        ("bundled.rs", bundled),
        ("facts.rs", rust(bindings, facts)),
        ("facts.json", json(bindings, facts, facts_source)),
    ];
    for (name, text) in files {
        if let Err(error) = fs::write(folder.join(name), text) {
            stop(&format!("cannot write {name}: {error}"));
        }
    }
    // For this crate's own tests, which compile C for the same target.
    for variable in ["TARGET", "HOST"] {
        let value = env::var(variable).unwrap_or_default();
        println!("cargo::rustc-env=SYSV_SYS_{variable}={value}");
    }
    println!("cargo::metadata=KEY_MEMBER={}", facts.key_member);
    println!("cargo::metadata=UNION_SEMUN={}", facts.union_semun);
    println!("cargo::metadata=SEMTIMEDOP={}", facts.semtimedop);
    println!("cargo::metadata=BINDINGS_SOURCE={}", bindings.source);
    for (name, present) in &facts.extensions {
        println!("cargo::metadata={name}={present}");
    }
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    for (name, present) in undeclared(&system) {
        println!("cargo::metadata={name}={present}");
    }
}

/// Formats the constants of `src/lib.rs`, and the macros by which its accessors read the members.
fn rust(bindings: &Bindings, facts: &Facts) -> String {
    let member = |structure, spellings: &[&'static str]| {
        declared_member(&bindings.text, structure, spellings).unwrap_or_else(|| {
            stop(&format!(
                "the declared {structure} has no {}",
                spellings.join(", no ")
            ))
        })
    };
    let high_words = [
        ("shm", "shmid_ds", "__shm_atime_high"),
        ("sem", "semid_ds", "__sem_otime_high"),
        ("msg", "msqid_ds", "__msg_stime_high"),
    ]
    .map(|(kind, structure, high)| {
        let value = match declared_member(&bindings.text, structure, &[high]) {
            Some(_) => "$status.$high as i64",
            None => "0",
        };
        format!(
            "macro_rules! {kind}_high_word {{ ($status:expr, $high:ident) => {{ {value} }} }}\n"
        )
    })
    .concat();
    format!(
        "{high_words}\
         macro_rules! key_member {{ ($perm:expr) => {{ $perm.{key} }} }}\n\
         macro_rules! seq_member {{ ($perm:expr) => {{ $perm.{seq} }} }}\n\
         macro_rules! cbytes_member {{ ($queue:expr) => {{ $queue.{cbytes} }} }}\n\
         /// The name of `ipc_perm`'s key member in the C headers. On musl, whose macros make several\n\
         /// spellings compile, the name of the member itself. [`ipc_perm::key`] works everywhere.\n\
         pub const IPC_PERM_KEY_NAME: &str = {name:?};\n\
         /// True if `<sys/sem.h>` defines `union semun`. [`semun`] exists in either case.\n\
         pub const HAVE_UNION_SEMUN: bool = {semun};\n\
         /// True if the platform has `semtimedop`.\n\
         pub const HAVE_SEMTIMEDOP: bool = {timed};\n\
         /// The source of the declarations: `generated` on this machine, `bundled` with the crate,\n\
         /// or the `path` that `SYSV_SYS_BINDINGS` named.\n\
         pub const BINDINGS_SOURCE: &str = {source:?};\n\
         /// The headers that the facts are from.\n\
         pub const HEADERS: &str = {headers:?};\n",
        key = member("ipc_perm", &KEY_MEMBERS),
        seq = member("ipc_perm", &SEQ_MEMBERS),
        cbytes = member("msqid_ds", &CBYTES_MEMBERS),
        name = facts.key_member,
        semun = facts.union_semun,
        timed = facts.semtimedop,
        source = bindings.source,
        headers = facts.headers,
    )
}

/// Formats the result as JSON, for `cargo xtask detect`.
fn json(bindings: &Bindings, facts: &Facts, facts_source: &str) -> String {
    let variable = |name| quoted(&env::var(name).unwrap_or_default());
    let path = bindings.path.as_ref();
    let path = path.map_or("null".to_owned(), |path| quoted(&path.to_string_lossy()));
    let mut extensions = String::new();
    for (name, present) in &facts.extensions {
        let comma = if extensions.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(extensions, "{comma}{}:{present}", quoted(name));
    }
    format!(
        "{{\"target\":{},\"host\":{},\"key_member\":{},\"union_semun\":{},\"semtimedop\":{},\
         \"extensions\":{{{extensions}}},\"bindings_source\":{},\"bindings_path\":{path},\
         \"bindings_reason\":{},\"facts_source\":{},\"headers\":{}}}\n",
        variable("TARGET"),
        variable("HOST"),
        quoted(&facts.key_member),
        facts.union_semun,
        facts.semtimedop,
        quoted(bindings.source),
        quoted(&bindings.reason),
        quoted(facts_source),
        quoted(&facts.headers),
    )
}

/// Formats a JSON string, without a dependency that every user would compile.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
