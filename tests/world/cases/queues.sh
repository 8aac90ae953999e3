# Message queues.

a_queue_with_a_waiting_server_stays() {
    sysvipc create msg --key 1 --quiet > /dev/null
    sysvipc send --key 1 --type 1 hello
    sysvipc receive --key 1 > /dev/null
    "$WORLD" receive 1 > "$temporary/server" &
    until_true sleeps_in $! 70
    "$SYSVIPC" remove --orphaned --yes
    "$SYSVIPC" remove --idle --older-than 0s --yes
    sysvipc send --key 1 --type 1 hello
    wait
    matches "$(cat "$temporary/server")" 'receive: ok'
}

send_stops_reading_at_the_limit() {
    sysvipc create msg --key 1 --quiet > /dev/null
    output=$(ulimit -v 400000 && head -c 600M /dev/zero | "$SYSVIPC" send --key 1 --type 1 - 2>&1)
    matches "$output" 'MSGMAX'
}

# The kernel walks the list for each peek, so that the total time is quadratic.
show_looks_at_some_of_many_messages() {
    echo 65536 > /proc/sys/kernel/msgmnb
    sysvipc create msg --key 1 --quiet > /dev/null
    other send 1 24000
    matches "$(sysvipc show msg --key 1 --json | tr -d ' \n')" '"complete":false'
}

max_bytes_is_lowered_below_a_message_that_waits_with_a_deadline() {
    matches "$("$WORLD" lower-max-bytes timed)" '^send_timeout: .*max_bytes'
}

max_bytes_is_lowered_below_a_message_that_waits_without_a_deadline() {
    output=$("$WORLD" lower-max-bytes)
    [ "$output" != "send: still waits" ] || skip "send waits in the kernel, which does not end the wait"
    matches "$output" '^send: .*max_bytes'
}

# The kernel sets max_bytes together with the mode.
the_owner_changes_the_mode_after_the_limit_was_lowered() {
    "${as_user[@]}" "$SYSVIPC" create msg --quiet > /dev/null
    echo 8192 > /proc/sys/kernel/msgmnb
    output=$("${as_user[@]}" "$WORLD" set-mode msg 0)
    lacks "$output" 'only its owner'
    matches "$output" 'msg: ok|MSGMNB|msgmnb|max_bytes'
}

messages_by_type_and_length() {
    output=$("$WORLD" types)
    matches "$(tr '\n' ' ' <<< "$output")" '^up to 3: 1 up to 3: 2 up to 3: 3 up to 3: WouldBlock'
    matches "$output" '^greatest: true'
    matches "$output" '^short buffer: TooBig'
    matches "$output" '^truncated: ok'
    matches "$output" '^too long: InvalidArgument.*MSGMAX|^too long: InvalidArgument.*8192'
    matches "$output" '^type 0: InvalidArgument'
}

looking_takes_no_more_memory_than_the_messages() {
    echo 268435456 > /proc/sys/kernel/msgmax
    sysvipc create msg --key 1 --quiet > /dev/null
    sysvipc send --key 1 --type 1 small
    (ulimit -v 200000 && sysvipc show msg --key 1 > /dev/null; exit "$failed") || failed=1
    matches "$(ulimit -v 200000 && sysvipc receive --key 1)" 'small'
}
