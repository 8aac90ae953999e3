# Segments.

# kernel.shm_rmid_forced=1: the kernel removes a segment at its last detach.
initialised_segments_under_rmid_forced() {
    echo 1 > /proc/sys/kernel/shm_rmid_forced
    matches "$("$WORLD" initialised-segments | grep -cE ': ok|shm_rmid_forced')" '^5$'
    output=$("$SYSVIPC" create shm --fill 1 2>&1)
    if [ $? = 0 ]; then
        matches "$(sysvipc list shm)" 'segments: 1'
    else
        matches "$output" 'shm_rmid_forced'
    fi
}

fill_or_open_ends_under_rmid_forced() {
    echo 1 > /proc/sys/kernel/shm_rmid_forced
    output=$(timeout 30 "$WORLD" fill-or-open) || fail "ended with status $?"
    matches "$output" ': ok|shm_rmid_forced'
}

initialised_segments_in_a_user_namespace_without_maps() {
    output=$(timeout 30 unshare --user "$WORLD" fill-or-open) || fail "ended with status $?"
    matches "$output" ': ok|user namespace|mapped'
    [ -z "$(sed 1d /proc/sysvipc/shm)" ] || matches "$output" ': ok'
}

too_many_mappings() {
    matches "$("$WORLD" attach-many)" 'max_map_count|never refused'
}

larger_than_a_file_can_be() {
    output=$("$SYSVIPC" create shm --size 16000000T 2>&1) && fail "created"
    lacks "$output" ': Invalid argument'
    matches "$output" 'size|SHMMAX|large|big'
}

shmget_is_forbidden() {
    output=$("$DENY" shmget=1 -- "$SYSVIPC" create shm 2>&1) && fail "created"
    lacks "$output" 'owner|creator'
}

attached_from_another_pid_namespace() {
    id=$(sysvipc create shm --key 0x77 --quiet)
    unshare --pid --fork --mount-proc python3 "$here/foreign/other.py" attach "$id" "$temporary/end" &
    until_true attached "$id" 1
    output=$(unshare --pid --fork --mount-proc "$SYSVIPC" show shm --key 0x77 --json)
    lacks "$(tr -d '\n' <<< "$output")" '"notes": *\[\]'
    touch "$temporary/end"
    wait
}

attached_by_a_process_without_its_first_thread() {
    id=$(sysvipc create shm --quiet)
    "$HEADLESS" "$id" &
    pid=$!
    until_true grep -q '^State:.*Z' "/proc/$pid/status"
    matches "$(sysvipc show shm "$id" --json)" "\"pid\": $pid"
    kill "$pid"
}

a_later_process_has_the_number_of_the_creator() {
    output=$(unshare --pid --fork --mount-proc bash "$here/foreign/reuse_pid.sh")
    matches "$output" 'reused'
    matches "$output" 'created by'
    lacks "$output" 'created by .*sleep'
    lacks "$output" 'in use'
}

a_clock_that_was_put_forward() {
    output=$(unshare --pid --fork --mount-proc bash "$here/foreign/set_clock.sh" "$here/foreign/other.py" "$temporary")
    matches "$output" 'before: *"in_use"'
    matches "$output" 'after: *"in_use"'
}

attached_and_removed() {
    output=$("$WORLD" attach-and-remove)
    matches "$output" 'first: \[111, 108, 100\]'
    matches "$output" 'second: \[0, 0, 0\]'
}

smaller_than_expected() {
    output=$("$WORLD" too-small)
    matches "$output" '^open: .*1048576.*16|^open: .*16.*1048576'
    matches "$output" '^create_or_open: .*16'
    matches "$output" '^write: InvalidArgument.*32.*16|^write: InvalidArgument.*16.*32'
    matches "$output" '^read: InvalidArgument.*32.*16|^read: InvalidArgument.*16.*32'
}

more_than_32_bits_of_bytes() {
    output=$("$WORLD" large)
    case $output in *LimitReached* | *OutOfMemory*) skip "no room for a segment of 5 GiB" ;; esac
    matches "$output" 'size: 5368709120'
    matches "$output" 'end: \[101, 110, 100\]'
}

a_segment_without_permissions() {
    output=$("${as_user[@]}" "$WORLD" mode-0)
    matches "$output" '^attach: PermissionDenied'
    matches "$output" '^from_id: ok'
    matches "$output" '^set_mode: ok'
    matches "$output" '^attach again: ok'
}

huge_pages_without_the_right_to_them() {
    output=$("${as_user[@]}" "$WORLD" huge-pages)
    matches "$output" ': ok|huge'
}
