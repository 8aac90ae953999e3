//! What a platform may lack, and what sysv-wrapper does there instead. This is the one place in xtask that knows
//! what the wrapper does.

use crate::bindings::Facts;

/// One thing that a platform may lack.
pub(super) struct Lack {
    /// What it is called in the table.
    pub(super) name: &'static str,
    /// What is done instead.
    pub(super) instead: &'static str,
    is_missing: fn(&str, &Facts) -> bool,
}

impl Lack {
    pub(super) fn is_on(&self, triple: &str, facts: &Facts) -> bool {
        (self.is_missing)(triple, facts)
    }
}

/// Whether the headers have something of this name.
fn has(facts: &Facts, name: &str) -> bool {
    facts.extensions.get(name) == Some(&true)
}

/// No header declares for programs what lists there, and on OpenBSD: see sysv-sys/build/facts.rs.
fn is_macos(triple: &str) -> bool {
    triple.ends_with("-apple-darwin")
}

/// How a process lists the objects of others.
pub(super) fn lists_by(triple: &str, facts: &Facts) -> Option<&'static str> {
    if has(facts, "SHM_STAT_ANY") {
        Some("`*_STAT_ANY`")
    } else if has(facts, "shmid_kernel") {
        Some("sysctl `kern.ipc`")
    } else if has(facts, "shm_sysctl_info") {
        Some("sysctl `kern.ipc.sysvipc_info`")
    } else if is_macos(triple) {
        Some("sysctl `kern.sysv.ipcs`")
    } else if triple.ends_with("-openbsd") {
        Some("sysctl `kern.sysvipc_info`")
    } else {
        None
    }
}

/// All of them.
pub(super) const LACKS: &[Lack] = &[
    Lack {
        name: "`semtimedop`",
        instead: "A wait with a deadline tries again after pauses that grow from 50 µs to 5 ms, until the deadline, as \
                  waits on queues do everywhere. It may end a pause late, and has no place in the kernel's order of \
                  waiters.",
        is_missing: |_, facts| !facts.semtimedop,
    },
    Lack {
        name: "`MSG_COPY`",
        instead: "`peek` and `messages` fail with `Unsupported`: there is no way to look at a message without taking it.",
        is_missing: |_, facts| !has(facts, "MSG_COPY"),
    },
    Lack {
        name: "`MSG_EXCEPT`",
        instead: "Receiving with `Selector::Except` fails with `Unsupported`.",
        is_missing: |_, facts| !has(facts, "MSG_EXCEPT"),
    },
    Lack {
        name: "`IPC_INFO`",
        instead: "Limits come from sysctl where there is one. Errors about what is too long or too much do not name the \
                  limit's value.",
        is_missing: |_, facts| !has(facts, "IPC_INFO"),
    },
    Lack {
        name: "listing",
        instead: "`list`, and all that is built on it, fails with `Unsupported`; so does `limits`.",
        is_missing: |triple, facts| lists_by(triple, facts).is_none(),
    },
    Lack {
        name: "SEMVMX and SEMAEM in `semop`",
        instead: "An operation may pass both: a value grows up to what its 16 bits hold. `set_value` is checked.",
        is_missing: |triple, _| is_macos(triple),
    },
    Lack {
        name: "status without read permission",
        instead: "The setters need read permission, since they cannot get the present values otherwise.",
        is_missing: |triple, facts| !has(facts, "SHM_STAT_ANY") && !is_macos(triple),
    },
    Lack {
        name: "`SHM_DEST`",
        instead: "`ShmStatus::marked_for_removal` is always false.",
        is_missing: |triple, facts| !has(facts, "SHM_DEST") && lists_by(triple, facts).is_none(),
    },
    Lack {
        name: "`SHM_LOCK`",
        instead: "`lock_in_memory` and `unlock_from_memory` fail with `Unsupported`.",
        is_missing: |_, facts| !has(facts, "SHM_LOCK"),
    },
    Lack {
        name: "`SHM_LOCKED`",
        instead: "`ShmStatus::locked` is always false.",
        is_missing: |_, facts| !has(facts, "SHM_LOCKED"),
    },
    Lack {
        name: "`SHM_HUGETLB`",
        instead: "A builder with `huge_pages` fails with `Unsupported`.",
        is_missing: |_, facts| !has(facts, "SHM_HUGETLB"),
    },
    Lack {
        name: "`SHM_NORESERVE`, `SHM_EXEC`",
        instead: "`no_reserve` and `executable` are without effect.",
        is_missing: |_, facts| !has(facts, "SHM_NORESERVE") && !has(facts, "SHM_EXEC"),
    },
    Lack {
        name: "`SHM_REMAP`",
        instead: "`AttachOptions::replace` is without effect: the kernel decides about an address where something is \
                  mapped.",
        is_missing: |_, facts| !has(facts, "SHM_REMAP"),
    },
];
