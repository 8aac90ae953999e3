//! Who may break which rule, and why: one table per rule.
//!
//! Most specific is best: [`Entry::item`] for one item, [`Entry::file`] for one file, and
//! [`Entry::place`] only for what the rule itself names. An entry that nobody needs any more is
//! reported; `.planned()` spares it until its file exists. Nothing is decided here.

use super::exception::Entry;

/// Where this file is, for the report of stale entries.
pub(crate) const PATH: &str = "xtask/src/tidy/table.rs";

/// Rule 1: who names `sysv_sys` or `libc`.
pub(crate) const NAMES: &[Entry] = &[
    Entry::place("sysv-ipc/src/**", "the layer that makes the calls"),
    Entry::place(
        "sysv-sys/tests/**",
        "they compare the declarations with those of libc",
    ),
    Entry::place(
        "sysv-ipc/tests/**",
        "they compare with C's own values, and need signals and forks",
    ),
    Entry::place(
        "tests/world/programs/src/**",
        "make a world that does not follow the rules, with bare calls",
    ),
    Entry::file(
        "sysv-wrapper/tests/support/fork.rs",
        "tests need real forks, and the wrapper offers none",
    )
    .planned(),
    Entry::file(
        "sysv-wrapper/tests/faults/trap.rs",
        "hands system calls to a handler, and has them fail",
    ),
    Entry::file(
        "sysv-wrapper/tests/faults/errnos.rs",
        "names error numbers and system calls, and ends a case that hangs",
    ),
    Entry::file(
        "sysv-wrapper/tests/faults/verbs.rs",
        "names error numbers and system calls",
    ),
    Entry::file(
        "sysv-wrapper/tests/it/shm_publish.rs",
        "has a child enter a user namespace between fork and exec",
    ),
    Entry::file(
        "sysv-wrapper/tests/it/sem_value.rs",
        "replaces a set in a signal handler, between two calls of a thread",
    ),
];

/// Rule 1: public items of `sysv-ipc` whose signature names a type of `sysv_sys` or `libc`.
pub(crate) const SIGNATURES: &[Entry] = &[
    Entry::item(
        "sysv-ipc/src/key.rs",
        "RawKey",
        "the raw key has the platform's type, and this alias is its one name for users",
    ),
    Entry::item(
        "sysv-ipc/src/lib.rs",
        "sysv_sys",
        "users of the conversions name the C structures without a dependency of their own",
    ),
    Entry::file(
        "sysv-ipc/src/raw.rs",
        "the conversions from and to the C structures",
    ),
    Entry::item(
        "sysv-ipc/src/sem/buf.rs",
        "SemBuf::slice_from_raw",
        "a conversion from the C structure",
    ),
    Entry::item(
        "sysv-ipc/src/sem/buf.rs",
        "SemBuf::slice_as_raw",
        "a conversion to the C structure",
    ),
];

/// Rule 2: who contains `unsafe`.
pub(crate) const UNSAFE: &[Entry] = &[
    Entry::file("sysv-ipc/src/shm.rs", "calls shmget, shmat, shmdt, shmctl"),
    Entry::file("sysv-ipc/src/sem.rs", "calls semget, semop, semtimedop"),
    Entry::file(
        "sysv-ipc/src/msg.rs",
        "calls msgget, msgsnd, msgrcv, msgctl",
    ),
    Entry::place(
        "sysv-ipc/src/shm/**",
        "the shared memory calls, one file per group",
    ),
    Entry::place(
        "sysv-ipc/src/sem/**",
        "the semaphore calls, one file per group",
    ),
    Entry::place("sysv-ipc/src/msg/**", "the queue calls, one file per group"),
    Entry::file(
        "sysv-ipc/src/copy.rs",
        "copies from and to memory that others write",
    ),
    Entry::file(
        "sysv-ipc/src/fork.rs",
        "registers a handler with pthread_atfork",
    ),
    Entry::file(
        "sysv-ipc/src/perm.rs",
        "says for the status of all three kinds that it is plain data",
    ),
    Entry::file(
        "sysv-ipc/src/raw.rs",
        "borrows a C structure as the newtype around it",
    ),
    Entry::file("sysv-ipc/src/key.rs", "calls ftok"),
    Entry::file("sysv-ipc/src/sysctl.rs", "calls sysctl and sysctlbyname"),
    Entry::place(
        "sysv-ipc/src/sysctl/**",
        "reads the structures that sysctl writes as bytes",
    ),
    Entry::place(
        "sysv-sys/tests/**",
        "they look into the declared structures and call what is declared",
    ),
    Entry::place(
        "sysv-ipc/tests/**",
        "they call the functions that are unsafe to call",
    ),
    Entry::place(
        "tests/world/programs/src/**",
        "make a world that does not follow the rules, with bare calls",
    ),
    Entry::file("sysv-wrapper/src/shm/attachment.rs", "owns a mapping"),
    Entry::file(
        "sysv-wrapper/src/shm/atomics.rs",
        "borrows and reads atomic integers in a mapping",
    ),
    Entry::file(
        "sysv-wrapper/src/shm/widths.rs",
        "holds the widths of atomics in memory that grows without a lock",
    ),
    Entry::file(
        "sysvipc/src/stdio.rs",
        "has a function run before the standard library opens what was closed",
    )
    .planned(),
    Entry::file("sysv-wrapper/tests/support/fork.rs", "calls fork").planned(),
    Entry::file(
        "sysv-wrapper/tests/it/sem_value.rs",
        "replaces a set in a signal handler, between two calls of a thread",
    ),
    Entry::file(
        "sysv-wrapper/tests/faults/trap.rs",
        "handles a signal, and makes the calls that it was sent for",
    ),
    Entry::file(
        "sysv-wrapper/tests/faults/errnos.rs",
        "detaches what a failing call left attached",
    ),
    Entry::file(
        "sysv-wrapper/tests/it/msg_poll.rs",
        "has an allocator that counts",
    ),
    Entry::file(
        "sysv-wrapper/tests/it/shm_publish.rs",
        "has a child enter a user namespace between fork and exec",
    ),
    Entry::file(
        "sysv-wrapper/tests/it/shm_unsafe.rs",
        "slices of a segment and replacing a mapping are for unsafe code",
    ),
    Entry::file(
        "demos/src/thin.rs",
        "shows the thin layer, whose shmat is unsafe",
    )
    .planned(),
    Entry::file(
        "xtask/worker/src/ipc.rs",
        "the thin layer's shmat, shmdt and copies are unsafe, and are measured",
    ),
];

/// Rule 3: who knows what a failed call looks like.
pub(crate) const RETURNS: &[Entry] = &[
    Entry::place(
        "sysv-ipc/src/ret.rs",
        "the one place that checks return values",
    ),
    Entry::place("sysv-ipc/src/errno.rs", "the one place that reads errno"),
];

/// Rule 4: who waits on a clock or handles `EINTR`.
pub(crate) const CLOCK: &[Entry] = &[
    Entry::place("sysv-wrapper/src/deadline.rs", "the one place that waits"),
    Entry::place(
        "sysv-wrapper/src/error.rs",
        "has a kind for who asked to be interrupted, and handles nothing",
    ),
    Entry::place(
        "sysv-wrapper/src/error/**",
        "has words for who asked to be interrupted, and handles nothing",
    ),
    Entry::file(
        "sysv-wrapper/src/key_file.rs",
        "reports that a signal ended an interruptible wait, and handles nothing",
    ),
    Entry::file(
        "sysvipc/src/clock.rs",
        "the command's own time: its pauses between two looks, and one deadline over several tries",
    )
    .planned(),
];

/// Rule 5: what in the thin layer has a `Drop`.
pub(crate) const DROPS: &[Entry] = &[Entry::file(
    "sysv-ipc/src/sem/values.rs",
    "unmaps the process's own memory, and no object of the kernel",
)];

/// Rule 5: whose `Drop` removes something.
pub(crate) const REMOVAL: &[Entry] = &[
    Entry::place(
        "sysv-wrapper/src/handle.rs",
        "the one place that removes objects",
    ),
    Entry::file(
        "sysv-wrapper/src/key_file.rs",
        "the publisher's guard removes its own file, not an object",
    ),
    Entry::file(
        "sysv-wrapper/src/key_file/file.rs",
        "a draft is a file that nobody else knows of, not an object",
    ),
];

/// Rule 6: who asks for the platform by name.
pub(crate) const PLATFORM: &[Entry] = &[
    Entry::file(
        "sysv-wrapper/src/deadline.rs",
        "Linux alone has a use for the time, and has the clock",
    ),
    Entry::file(
        "sysvipc/src/stdio.rs",
        "the section with what runs first has a name per format of executables",
    )
    .planned(),
    Entry::place(
        "sysv-wrapper/src/key_file/file.rs",
        "renames without replacing where rustix can",
    ),
    Entry::file(
        "sysv-wrapper/src/system.rs",
        "chooses the file of the system",
    ),
    Entry::file(
        "sysv-wrapper/src/limits.rs",
        "the settings of the limits have their names on Linux alone",
    ),
    Entry::place(
        "sysv-wrapper/src/system/**",
        "enumeration differs per system: one back end per file",
    ),
    Entry::place(
        "sysv-ipc/tests/**",
        "what a kernel does beyond its headers is tested where it was seen",
    ),
    Entry::place(
        "sysv-wrapper/tests/**",
        "what a kernel does beyond its headers is tested where it was seen",
    ),
    Entry::place(
        "sysvipc/tests/**",
        "what a kernel does beyond its headers is tested where it was seen",
    ),
];
