//! The facts that no declaration shows, checked with the C compiler again, by other means than in the build.

use crate::support::declarations::Declarations;
use crate::support::{self, compiler};

/// The headers without this crate's additions.
const HEADERS: &str = "#include <sys/types.h>\n#include <sys/ipc.h>\n#include <sys/shm.h>\n\
                       #include <sys/sem.h>\n#include <sys/msg.h>\n#include <time.h>\n\
                       #include <stddef.h>\n";

fn compiles(code: &str) -> bool {
    compiler::check(&format!("{HEADERS}{code}\n")).is_ok()
}

/// Row S15.
/// C accepts the name, and it is the member that the accessor reads. Row S15.
#[test]
fn the_keys_name_is_a_member() {
    let test = "the_keys_name_is_a_member";
    let name = sysv_sys::IPC_PERM_KEY_NAME;
    assert!(["__ipc_perm_key", "__key", "_key", "key"].contains(&name));
    if !compiler::is_there(test) {
        return;
    }
    assert!(compiles(&format!(
        "key_t key(struct ipc_perm *p) {{ return p->{name}; }}"
    )));
    assert!(!compiles(&format!(
        "key_t key(struct ipc_perm *p) {{ return p->{name}x; }}"
    )));

    // The accessor reads a value at the member's offset in C.
    let offset = (0..size_of::<sysv_sys::ipc_perm>()).find(|offset| {
        let code = format!("_Static_assert(offsetof(struct ipc_perm, {name}) == {offset}, \"\");");
        compiles(&code)
    });
    let mut perm = sysv_sys::ipc_perm::default();
    let key: sysv_sys::key_t = 0x1234_5678;
    let place = (&raw mut perm).wrapping_byte_add(offset.unwrap());
    // SAFETY: the compiler has just shown that a key is at this offset within the structure.
    unsafe { place.cast::<sysv_sys::key_t>().write_unaligned(key) };
    assert_eq!(perm.key(), key);
}

/// Row S15.
#[test]
fn union_semun_is_in_the_headers_or_not() {
    let test = "union_semun_is_in_the_headers_or_not";
    if compiler::is_there(test) {
        let declares = compiles("union semun probe;");
        assert_eq!(declares, sysv_sys::HAVE_UNION_SEMUN);
    }
    // In either case this crate has one, with the members that POSIX names.
    let semun = sysv_sys::semun { val: 7 };
    // SAFETY: it was just written.
    assert_eq!(unsafe { semun.val }, 7);
}

/// Row P5.
#[test]
fn semtimedop_is_in_the_headers_or_not() {
    let test = "semtimedop_is_in_the_headers_or_not";
    if compiler::is_there(test) {
        let declares = compiles("void *probe(void) { return (void *)semtimedop; }");
        assert_eq!(declares, sysv_sys::HAVE_SEMTIMEDOP);
    }
}

/// Known facts of these systems, independent of the build.
#[test]
fn facts_that_are_known() {
    assert!(["generated", "bundled", "path"].contains(&sysv_sys::BINDINGS_SOURCE));
    assert!(!sysv_sys::HEADERS.is_empty());
    if cfg!(target_os = "linux") {
        assert!(!std::hint::black_box(sysv_sys::HAVE_UNION_SEMUN));
        assert!(std::hint::black_box(sysv_sys::HAVE_SEMTIMEDOP));
    }
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(sysv_sys::IPC_PERM_KEY_NAME, "__key");
        assert!(
            sysv_sys::HEADERS.starts_with("glibc 2."),
            "{}",
            sysv_sys::HEADERS
        );
    }
    if cfg!(all(target_os = "linux", target_env = "musl")) {
        assert_eq!(sysv_sys::IPC_PERM_KEY_NAME, "__ipc_perm_key");
    }
    if cfg!(target_vendor = "apple") {
        assert!(std::hint::black_box(sysv_sys::HAVE_UNION_SEMUN));
        assert!(!std::hint::black_box(sysv_sys::HAVE_SEMTIMEDOP));
        assert_eq!(sysv_sys::IPC_PERM_KEY_NAME, "_key");
    }
}

/// Each extension of Linux in the headers is declared, with its value.
#[test]
fn extensions_are_declared_where_the_headers_have_them() {
    let test = "extensions_are_declared_where_the_headers_have_them";
    if !compiler::is_there(test) {
        return;
    }
    let declared = Declarations::parse(support::TEXT).constants;
    let names = [
        "IPC_INFO",
        "MSG_COPY",
        "MSG_EXCEPT",
        "MSG_STAT_ANY",
        "SEM_STAT_ANY",
        "SHM_DEST",
        "SHM_EXEC",
        "SHM_HUGETLB",
        "SHM_LOCK",
        "SHM_LOCKED",
        "SHM_NORESERVE",
        "SHM_REMAP",
        "SHM_STAT_ANY",
    ];
    let mut seen = 0;
    for name in names {
        if compiles(&format!("int probe(void) {{ return {name}; }}")) {
            let Some(value) = declared.get(name) else {
                // A bundled file may be older than the headers; the build then reports that it lacks the extension.
                assert!(support::is_from_other_headers(), "{name} is not declared");
                continue;
            };
            let same = format!("_Static_assert({name} == {value}, \"\");");
            assert!(compiles(&same), "{name} is not {value}");
            seen += 1;
        }
    }
    assert!(seen > 0 || !cfg!(target_os = "linux"));
}
