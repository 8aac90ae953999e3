//! Tests that a checker cannot run.

use super::checker::Tool;

/// Tests that one checker cannot run for one reason.
struct Group {
    tool: Tool,
    reason: &'static str,
    /// Which: the package, the binary and the test.
    tests: &'static [&'static str],
}

/// All that is known, about valgrind 3.19 and the two sanitizers.
const GROUPS: &[Group] = &[
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind does not know that SHM_STAT_ANY and its like write a status",
        tests: &[
            "sysv-ipc it permissions_shm::a_segment_of_ones_own_without_rights",
            "sysv-wrapper faults users::every_verb_on_every_mode",
            "sysv-wrapper it permissions::nothing_is_allowed_with_a_private_mode",
            "sysv-wrapper it permissions::ones_own_objects_that_one_may_not_read_are_changed",
            "sysv-wrapper it shm_users::everything_with_a_segment_of_someone_else",
            "sysv-wrapper it shm_users::ones_own_segment_to_write",
            "sysv-wrapper it msg_users::a_mailbox",
            "sysv-wrapper it msg_users::changing_what_one_may_not_read",
            "sysv-wrapper it msg_users::no_access",
        ],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind asks for the size of a segment before shmat, which may be denied",
        tests: &[
            "sysv-ipc it permissions_shm::a_segment_that_all_may_only_write",
            "sysv-ipc it permissions_shm::a_segment_that_is_root_s_alone",
        ],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind leaves out SHM_HUGETLB",
        tests: &[
            "sysv-ipc it shm::huge_pages",
            "sysv-wrapper it shm_users::huge_pages_are_refused_with_the_reason",
        ],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind chooses an address where the caller gives none",
        tests: &["sysv-ipc it shm_address::remap_wants_an_address"],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind leaves out SHM_EXEC",
        tests: &["sysv-ipc it shm_attach::code_in_a_segment_runs_with_exec"],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "a program that valgrind runs has valgrind's name",
        tests: &[
            "sysv-wrapper it discover_inspect::processes_that_are_attached_are_found_with_their_command",
        ],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind starts a program by a whole fork, which is attached for a moment",
        tests: &["sysv-wrapper it discover_peers::listings_are_those_of_lsipc"],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind says EINVAL where there is no room to attach",
        tests: &["sysv-wrapper it errors::each_kind_says_what_it_is"],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "valgrind asks for the size of a segment before shmat by itself",
        tests: &["sysv-wrapper faults calls::what_cannot_be_finished_is_taken_back"],
    },
    Group {
        tool: Tool::Valgrind,
        reason: "it sends a thousand signals a second, of which valgrind delivers a few hundred",
        tests: &["sysv-wrapper it msg_wait::signals_do_not_change_the_time"],
    },
    Group {
        tool: Tool::Address,
        reason: "the sanitizer's own allocator ends a process that has no room",
        tests: &[
            "sysv-wrapper faults memory::attaching_without_room",
            "sysv-wrapper faults memory::messages_without_memory",
        ],
    },
    Group {
        tool: Tool::Address,
        reason: "the sanitizer's own allocator ends a process that asks for too much",
        tests: &["sysv-wrapper faults memory::rooms_beyond_all_memory"],
    },
    Group {
        tool: Tool::Thread,
        reason: "the sanitizer's own memory ends a process that has no room",
        tests: &[
            "sysv-wrapper faults memory::attaching_without_room",
            "sysv-wrapper faults memory::messages_without_memory",
        ],
    },
    Group {
        tool: Tool::Thread,
        reason: "the sanitizer knows neither that memory was detached nor that the kernel puts making before opening",
        tests: &["sysv-wrapper faults removal::what_is_replaced_under_use"],
    },
    Group {
        tool: Tool::Thread,
        reason: "the sanitizer puts off a handler until the thread makes a call that it knows",
        tests: &["sysv-wrapper faults signals::no_wait_is_ended_by_signals"],
    },
    Group {
        tool: Tool::Thread,
        reason: "the sanitizer complains where there is no /proc",
        tests: &["sysvipc it show::numbers_stand_for_processes_where_their_names_are_not_told"],
    },
];

/// The tests of a binary that a checker cannot run, each with the reason. The binary has its full name.
pub(super) fn by(tool: Tool, binary: &str) -> Vec<(&'static str, &'static str)> {
    let groups = GROUPS.iter().filter(|group| group.tool == tool);
    let all = groups.flat_map(|group| group.tests.iter().map(|test| (*test, group.reason)));
    let of_binary = |test: &'static str| test.strip_prefix(binary)?.strip_prefix(' ');
    all.filter_map(|(test, why)| Some((of_binary(test)?, why)))
        .collect()
}
