# Key files.

# After a restart, ids start from 0, and other programs have them. A new ipc namespace simulates that.
a_file_from_before_a_restart_names_no_object() {
    unshare --ipc "$WORLD" publish "$temporary/key"
    sysvipc create shm --size 128 --fill 88 --quiet > /dev/null
    lacks "$("$WORLD" read-id "$temporary/key")" 'read: ok'
    matches "$("$WORLD" publish "$temporary/key")" 'publish: ok'
}

# As after SIGKILL: object and file exist.
a_killed_publisher_starts_again() {
    "$WORLD" publish "$temporary/key"
    matches "$("$WORLD" publish "$temporary/key")" 'publish: ok'
    matches "$("$WORLD" read-id "$temporary/key")" 'read: ok'
}

a_file_system_without_hard_links() {
    matches "$("$DENY" link=1 linkat=1 -- "$WORLD" key-file "$temporary/key")" 'publish: ok'
}

# A service publishes for all users.
a_file_of_a_service_that_is_trusted() {
    "${as_user[@]}" "$WORLD" publish "$temporary/key"
    chmod 644 "$temporary/key"
    matches "$("$WORLD" read-id "$temporary/key" 1000)" 'read: ok'
    matches "$("$WORLD" read-id "$temporary/key")" 'read: PermissionDenied.*1000'
}

a_file_that_others_can_write() {
    "$WORLD" publish "$temporary/key"
    chmod 666 "$temporary/key"
    matches "$("$WORLD" read-id "$temporary/key")" 'read: PermissionDenied'
}
