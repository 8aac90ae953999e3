//! The tests that fail or hang in an emulator because of the emulator. They do not run there.

/// Targets, and the tests that fail there for the reason in the comment, by binary id and name in nextest's list.
type Group = (&'static [&'static str], &'static [&'static str]);

/// Returns nextest's expression for the tests to run on a target.
pub(super) fn filter(triple: &str) -> String {
    let groups = GROUPS.iter();
    let groups = groups.filter(|(targets, _)| targets.contains(&triple));
    let names = groups.flat_map(|(_, tests)| *tests);
    let known = names.filter_map(|name| {
        let (binary, test) = name.split_once(' ')?;
        Some(format!(" | (binary_id(={binary}) & test(={test}))"))
    });
    format!("not (none(){})", known.collect::<String>())
}

/// All emulated targets.
const EMULATED: &[&str] = &[
    "aarch64-unknown-linux-gnu",
    "armv7-unknown-linux-gnueabihf",
    "s390x-unknown-linux-gnu",
];
/// The emulated 64-bit targets.
const WIDE: &[&str] = &["aarch64-unknown-linux-gnu", "s390x-unknown-linux-gnu"];
const AARCH64: &[&str] = &["aarch64-unknown-linux-gnu"];
const S390X: &[&str] = &["s390x-unknown-linux-gnu"];

/// All faults, observed with qemu-user 7.2.
const GROUPS: &[Group] = &[
    // qemu-user does not support SHM_STAT_ANY, SEM_STAT_ANY and MSG_STAT_ANY
    (
        EMULATED,
        &[
            "sysv-ipc::it info::queues_by_index",
            "sysv-ipc::it info::segments_by_index",
            "sysv-ipc::it info::sets_by_index",
            "sysv-ipc::it permissions_msg::a_queue_that_all_may_only_write",
            "sysv-ipc::it permissions_msg::a_queue_that_is_root_s_alone",
            "sysv-ipc::it permissions_sem::a_set_that_is_root_s_alone",
            "sysv-ipc::it permissions_shm::a_segment_of_ones_own_without_rights",
            "sysv-ipc::it permissions_shm::a_segment_that_all_may_only_write",
            "sysv-ipc::it permissions_shm::a_segment_that_is_root_s_alone",
            "sysvipc::it list::nobody_sees_what_the_kernel_allows_and_is_told_what_not",
            "sysvipc::it remove::a_user_who_stands_for_many_is_no_filter_for_removal",
            "sysvipc::it remove::what_may_not_be_removed_is_a_failure",
            "sysv-wrapper::it discover_list::the_objects_of_others_are_listed",
            "sysv-wrapper::faults users::every_verb_on_every_mode",
            "sysv-wrapper::it msg_users::an_owner_whose_queue_has_more_room_than_the_limit",
            "sysv-wrapper::it msg_users::changing_what_one_may_not_read",
            "sysv-wrapper::it msg_users::no_access",
            "sysv-wrapper::it permissions::a_semaphore_to_alter_is_altered",
            "sysv-wrapper::it permissions::every_operation_on_a_private_semaphore_is_denied",
            "sysv-wrapper::it permissions::nothing_is_allowed_with_a_private_mode",
            "sysv-wrapper::it permissions::ones_own_objects_that_one_may_not_read_are_changed",
            "sysv-wrapper::it shm_users::everything_with_a_segment_of_someone_else",
            "sysv-wrapper::it shm_users::ones_own_segment_to_write",
        ],
    ),
    // qemu-user does not support MSG_STAT_ANY, which the detection of a message that never fits needs
    (EMULATED, &["sysv-wrapper::it msg_users::a_mailbox"]),
    // qemu-user writes to the array that SETALL only reads, and returns EFAULT if the array is constant
    (
        EMULATED,
        &[
            "sysv-ipc::it sem::getall_writes_no_more_than_the_set",
            "sysv-ipc::it sem_wait::setting_a_value_wakes_whoever_can_go_on",
            "sysv-wrapper::it permissions::a_semaphore_to_read_is_read",
            "sysv-wrapper::it sem_operation::all_or_nothing",
            "sysv-wrapper::it sem_operation::all_values_at_once",
            "sysv-wrapper sem::wait::tests::an_operation_has_a_deadline_too",
        ],
    ),
    // qemu-user reads the status of a set before SETALL, which may be denied
    (
        EMULATED,
        &[
            "sysv-ipc::it permissions_sem::a_set_that_all_may_only_alter",
            "sysv-wrapper::it sem_operation::a_set_that_may_only_be_altered",
        ],
    ),
    // qemu-user writes a type when msgrcv receives nothing
    (
        EMULATED,
        &[
            "sysv-ipc::it msg::an_id_that_does_not_exist",
            "sysv-ipc::it msg_buf::receiving_uses_the_whole_capacity",
            "sysv-ipc::it msg_wait::the_buffer_forms_wait_too",
            "sysv-wrapper::it models::queue::a_queue_is_what_its_model_is",
        ],
    ),
    // qemu-user chooses an address if the caller gives none, also with SHM_REMAP and SHM_RND
    (
        EMULATED,
        &[
            "sysv-ipc::it shm_address::remap_wants_an_address",
            "sysv-ipc::it shm_address::root_can_attach_at_address_zero",
        ],
    ),
    // qemu-user removes the execute permission of attached memory
    (
        EMULATED,
        &[
            "sysv-ipc::it shm_attach::flags_give_the_rights_of_the_mapping",
            "sysv-wrapper::it shm_attach::the_kernel_maps_for_reading_only_what_is_to_be_read_only",
        ],
    ),
    // a thread of qemu-user's own has the undo list of the process, and stays in the namespace that the others leave
    (
        EMULATED,
        &[
            "sysv-wrapper::it sync_attacks::threads_that_leave_take_no_lease_along",
            "sysv-wrapper::it sync_mutex::a_holder_in_another_namespace_takes_nothing_back",
        ],
    ),
    // qemu-user hangs where the limit on the address space leaves too little for itself
    (
        EMULATED,
        &["sysvipc::it transfer::json_of_a_segment_takes_one_copy_of_it"],
    ),
    // a program under qemu-user cannot execute itself: the kernel does not support the file's format
    (
        EMULATED,
        &[
            "sysvipc::it lock::a_key_is_one_signal",
            "sysvipc::it lock::a_set_that_cannot_be_removed_is_reported",
            "sysvipc::it lock::a_set_that_others_may_alter_is_refused_without_shared",
            "sysvipc::it lock::closed_descriptors_and_ignored_signals_reach_the_command",
            "sysvipc::it lock::every_signal_reaches_the_command",
            "sysvipc::it lock::killing_the_process_that_waits_for_the_command_leaves_it_locked",
            "sysvipc::it lock::many_count_together_without_losing_one",
            "sysvipc::it lock::signals_that_are_held_back_stay_so_and_others_do_not",
            "sysvipc::it lock::the_commands_end_is_its_own",
            "sysvipc::it lock::the_set_is_one_of_its_own_and_others_are_refused",
            "sysvipc::bin/sysvipc terminal::tests::the_terminal_is_given_back_once_however_it_ends",
        ],
    ),
    // a library that the machine's compiler made is not loaded into the emulated program
    (
        EMULATED,
        &[
            "sysvipc::it list::a_column_that_is_not_shown_costs_no_call",
            "sysvipc::it lock::a_system_that_ignores_undo_is_refused",
        ],
    ),
    // qemu-user shows as the start of the own process the time at which itself was ready, which may be a tick later than
    // what other processes read
    (
        EMULATED,
        &["sysv-wrapper::it key_file_trust::one_of_several_publishers_wins"],
    ),
    // qemu-user shows the mappings of the emulated program, and the kernel counts its own
    (
        EMULATED,
        &["sysv-wrapper::it shm_publish::linux::the_limit_on_mappings_is_named"],
    ),
    // the kernel shows qemu-user's name as the name of the program
    (
        EMULATED,
        &[
            "sysvipc::it show::a_segment_in_use",
            "sysv-wrapper::it discover_inspect::processes_that_are_attached_are_found_with_their_command",
        ],
    ),
    // qemu-user starts a program by a full fork, which is the last process to detach all segments
    (
        EMULATED,
        &["sysvipc::it peers::every_field_is_that_of_lsipc_and_ipcs"],
    ),
    // /proc shows the calls that qemu-user makes, with the numbers of the machine that it runs on
    (
        EMULATED,
        &["sysv-wrapper::it discover_orphans::a_queue_that_is_waited_for_is_in_use"],
    ),
    // qemu-user does not report the last receiver to 64-bit programs
    (
        WIDE,
        &[
            "sysv-ipc::it msg::another_process_answers",
            "sysv-ipc::it msg::stat_before_and_after_the_first_use",
            "sysv-wrapper::it discover_list::a_queue_is_listed_with_all_that_its_status_tells",
            "sysv-wrapper::it discover_orphans::a_queue_whose_receiver_runs_is_not_orphaned",
            "sysv-wrapper::it discover_peers::listings_are_those_of_lsipc",
            "sysv-wrapper::it msg::status",
            "sysvipc::it foreign::fakeroot_keeps_what_it_uses",
        ],
    ),
    // qemu-user does not report the last receiver to 64-bit programs. On s390x it reports the last sender instead,
    // which is the same process in this test.
    (
        AARCH64,
        &["sysv-ipc::it msg_wait::the_receiver_on_record_may_be_a_thread"],
    ),
    // qemu-user does not apply the limit of the address space to 64-bit programs. The test does not run on s390x.
    (
        AARCH64,
        &[
            "sysv-wrapper::faults memory::attaching_without_room",
            "sysv-wrapper::faults memory::messages_without_memory",
            "sysv-wrapper::it shm_publish::linux::the_limit_on_the_address_space_is_named",
        ],
    ),
    // qemu-user records every attached page, which fails for half an address space
    (
        WIDE,
        &["sysv-wrapper::it errors::each_kind_says_what_it_is"],
    ),
    // qemu-s390x swaps the two halves of ipc_perm.mode: STAT returns no mode and no mark, and SET sets the mode 0
    (
        S390X,
        &[
            "sysv-ipc::it created::bits_of_the_mode_may_stand_in_the_flags_as_well",
            "sysv-ipc::it msg::set_changes_owner_group_mode_and_room_each",
            "sysv-ipc::it sem::set_changes_owner_group_and_mode_each",
            "sysv-ipc::it shm::all_nine_mode_bits_are_kept",
            "sysv-ipc::it shm::lock_and_unlock",
            "sysv-ipc::it shm::perm_tells_who_made_it",
            "sysv-ipc::it shm::set_changes_owner_group_and_mode_each",
            "sysv-ipc::it shm::the_umask_is_not_applied",
            "sysv-ipc::it shm_attach::a_removed_segment_goes_with_the_last_detach",
            "sysvipc::it objects::create_makes_what_it_is_told",
            "sysvipc::it objects::show_finds_what_is_not_there",
            "sysvipc::it show::a_queue_in_words",
            "sysvipc::it show::a_segment_in_words",
            "sysvipc::it show::a_set_in_words",
            "sysvipc::it transfer::what_is_half_made_can_be_removed_and_that_is_said",
            "sysv-wrapper::it discover_list::a_segment_is_listed_with_all_that_its_status_tells",
            "sysv-wrapper::it discover_list::a_set_is_listed_with_all_that_its_status_tells",
            "sysv-wrapper::it discover_peers::listings_are_those_of_ipcs",
            "sysv-wrapper::faults killed_creators::nobody_sees_half_of_a_segment",
            "sysv-wrapper::faults removal::what_is_replaced_under_use",
            "sysv-wrapper::it models::segment::a_segment_is_what_its_model_is",
            "sysv-wrapper::it msg::setters",
            "sysv-wrapper::it msg::unique_and_private",
            "sysv-wrapper::it msg::verbs",
            "sysv-wrapper::it permissions_setters::a_setter_changes_what_it_names",
            "sysv-wrapper::it permissions_setters::the_mark_of_a_half_made_segment_is_no_mode",
            "sysv-wrapper::it races::segment::nobody_sees_a_half_made_segment",
            "sysv-wrapper::it sem_create::any_mode",
            "sysv-wrapper::it sem_create::create_makes_what_was_not_there",
            "sysv-wrapper::it sem_status::a_new_set",
            "sysv-wrapper::it sem_status::a_set_has_them_too",
            "sysv-wrapper::it sem_status::setters_change_what_they_name",
            "sysv-wrapper::it shm_create::create_makes_what_was_not_there",
            "sysv-wrapper::it shm_create::every_mode_but_the_marker_is_what_was_asked_for",
            "sysv-wrapper::it shm_create::the_defaults",
            "sysv-wrapper::it shm_init::initialisers_see_zeros_and_what_they_make_is_there",
            "sysv-wrapper::it shm_initialise::a_creator_that_is_too_slow",
            "sysv-wrapper::it shm_initialise::a_creator_that_was_killed",
            "sysv-wrapper::it shm_initialise::openers_of_all_users_wait_for_a_slow_creator",
            "sysv-wrapper::it shm_life::after_removal_attachments_and_the_id_go_on_working",
            "sysv-wrapper::it shm_life::remove_when_detached_works_for_a_process_that_is_killed",
            "sysv-wrapper::it shm_status::each_setter_changes_only_what_it_names",
            "sysv-wrapper::it shm_status::every_attribute",
            "sysv-wrapper::it shm_status::locking_in_memory_and_unlocking",
            "sysv-wrapper::it shm_users::a_segment_for_everyone_is_removed_by_its_owner_only",
            "sysv-wrapper::it shm_users::a_segment_that_was_given_to_nobody",
            "sysv-wrapper::it shm_users::a_segment_to_read_is_read",
            "sysv-wrapper::it shm_users::executing_takes_a_mode_that_allows_it",
            "sysv-wrapper::it shm_users::ones_own_segment_to_read",
            "sysv-wrapper::faults fresh_keys::never_two_inside_and_no_object_lost_at_fresh_keys",
            "sysv-wrapper::it shm_publish::a_segment_is_returned_attached",
            "sysv-wrapper::it shm_publish::a_segment_that_is_removed_while_it_is_filled",
            "sysv-wrapper::it shm_publish::linux::a_segment_that_is_attached_stays_where_the_kernel_removes_unused_ones",
            "sysv-wrapper::it sync_area::a_race_of_creators_gives_one_area",
            "sysv-wrapper::it sync_area::an_unfinished_area_takes_no_set_of_others_along",
            "sysv-wrapper::it sync_area::one_creates_and_others_open",
            "sysv-wrapper::it sync_area::owner_and_mode_are_those_of_both",
            "sysv-wrapper::it sync_area::removal_takes_both_and_ends_every_wait",
            "sysv-wrapper::it sync_area::the_set_that_another_user_left_stays",
            "sysv-wrapper::it sync_latest::a_user_who_may_only_read_reads",
            "sysvipc::it list::the_status_of_a_segment_is_a_column",
            "sysvipc::it remove::an_attached_segment_is_marked_and_that_is_said",
        ],
    ),
    // a C program that the machine's compiler made has another order of bytes in the words of an area
    (
        S390X,
        &[
            "sysv-wrapper::it sync_c::a_c_program_counts_with_rust",
            "sysv-wrapper::it sync_c::a_c_program_of_32_bits_counts_with_rust",
            "sysv-wrapper::it sync_c::a_c_program_that_dies_halfway_takes_nothing_along",
            "sysv-wrapper::it sync_c::an_executed_program_waits_for_what_it_was",
            "sysv-wrapper::it sync_c::c_and_rust_take_over_from_each_other",
            "sysv-wrapper::it sync_c::messages_go_through_a_c_program",
            "sysv-wrapper::it sync_c::messages_go_through_a_c_program_of_32_bits",
        ],
    ),
    // qemu-s390x reports the last sender of a queue as the last receiver
    (
        S390X,
        &[
            "sysv-ipc::it msg_copy::looking_changes_nothing",
            "sysv-ipc::it msg_wait::a_handled_signal_interrupts",
            "sysvipc::it remove::orphans_are_those_of_the_dead_and_no_others",
            "sysv-wrapper::it discover_orphans::a_process_that_has_ended_does_not_wait_for_a_queue",
            "sysv-wrapper::it discover_orphans::a_process_that_nobody_waited_for_is_gone",
            "sysv-wrapper::it discover_orphans::a_set_that_is_waited_for_is_not_orphaned",
            "sysv-wrapper::it discover_orphans::processes_of_an_inner_namespace_are_judged",
            "sysv-wrapper::it discover_orphans::the_objects_of_a_killed_process_are_orphaned",
            "sysv-wrapper::it msg_peek::looking_changes_nothing",
        ],
    ),
];
