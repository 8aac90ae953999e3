//! Mutants that no test can tell from the original, or that none should, each with its reason.
//!
//! A row is for all mutants of a file with the same change, as `cargo mutants --list` writes it behind the place.

use super::list::Mutant;
use crate::task::Failure;

/// One reason to live.
struct Explained {
    file: &'static str,
    change: &'static str,
    reason: &'static str,
}

/// A row of the table.
const fn row(file: &'static str, change: &'static str, reason: &'static str) -> Explained {
    Explained {
        file,
        change,
        reason,
    }
}

/// Either operator joins what has no bit in common.
const DISJOINT: &str =
    "the flags that are joined have no bit in common, so that | and ^ are the same";

/// Nothing in the process has to fail for it, and nothing in it can be made to.
const REFUSED: &str =
    "pthread_atfork refuses for want of memory only, and the process id tells forks apart as well";

const TABLE: &[Explained] = &[
    row(
        "sysv-ipc/src/fork.rs",
        "delete match arm REFUSED in fork_generation",
        REFUSED,
    ),
    row(
        "sysv-ipc/src/fork.rs",
        "replace != with == in register",
        REFUSED,
    ),
    row(
        "sysv-ipc/src/msg/buf.rs",
        "replace > with >= in MsgBuf::reserve",
        "making as much room as there is changes nothing",
    ),
    row(
        "sysv-ipc/src/msg/owned.rs",
        "replace > with >= in msgrcv_vec",
        "whether memory for a text of just this length is asked for early or late makes no difference",
    ),
    row(
        "sysv-ipc/src/shm/stat.rs",
        "replace ShmLimits::shmmin -> u64 with 1",
        "Linux has no other value than 1",
    ),
    row(
        "sysv-ipc/src/shm/stat.rs",
        "replace ShmUsage::swapped_pages -> u64 with 0",
        "nothing is swapped out where the tests run, and to have it so takes the whole machine's memory",
    ),
    row(
        "sysv-ipc/src/sysctl/slots.rs",
        "replace | with ^ in id",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/system.rs",
        "replace << with >> in look_up",
        "Linux takes an id where it wants an index as well, and leaves the sequence number out itself; what is \
         documented is the index",
    ),
    row(
        "sysv-wrapper/src/msg/builder.rs",
        "replace | with ^ in MessageQueueBuilder::make",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/msg/peek.rs",
        "replace | with ^ in MessageQueue::look",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/msg/transfer.rs",
        "replace | with ^ in MessageQueue::receive_message",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/msg/transfer.rs",
        "replace | with ^ in MessageQueue::receive_slice",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/msg/transfer.rs",
        "replace | with ^ in MessageQueue::receive_copy",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/msg/transfer.rs",
        "replace | with ^ in MessageQueue::receive_in_place",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/sem/builder.rs",
        "replace | with ^ in make",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/sem/wait.rs",
        "replace | with ^ in without_waiting",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/shm/attachment.rs",
        "replace ReadOnlyAttachment::is_empty -> bool with false",
        "no segment has less than one byte",
    ),
    row(
        "sysv-wrapper/src/shm/builder.rs",
        "replace | with ^ in SharedMemoryBuilder<'_>::flags",
        DISJOINT,
    ),
    row(
        "sysv-wrapper/src/shm/builder.rs",
        "replace | with ^ in HugePages::flags",
        DISJOINT,
    ),
];

/// Why this mutant may live.
pub(super) fn why(mutant: &Mutant) -> Option<&'static str> {
    let row = TABLE
        .iter()
        .find(|row| row.file == mutant.file && row.change == mutant.change());
    row.map(|row| row.reason)
}

/// Refuses rows that are for no mutant.
pub(super) fn check(all: &[Mutant]) -> Result<(), Failure> {
    let is_stale = |row: &&Explained| {
        !all.iter()
            .any(|mutant| row.file == mutant.file && row.change == mutant.change())
    };
    let stale: Vec<_> = TABLE
        .iter()
        .filter(is_stale)
        .map(|row| format!("\n  {}: {}", row.file, row.change))
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "xtask/src/mutants/explained.rs explains mutants that there are not:{}",
        stale.concat()
    )))
}
