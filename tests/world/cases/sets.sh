# Semaphore sets, and `sysvipc lock`.

# SETVAL alone, as Perl, Python and boot scripts do it.
lock_uses_a_set_that_another_program_made() {
    other make-set 0x51 1
    other take 0x51 "$temporary/opened" "$temporary/go" > "$temporary/taken" &
    until_true test -e "$temporary/opened"
    sysvipc lock 0x51 -- true
    touch "$temporary/go"
    wait
    matches "$(cat "$temporary/taken")" 'other: taken'
}

lock_without_a_timeout_waits() {
    other make-set 0x51 0
    other take 0x51 "$temporary/opened" /dev/null &
    taker=$!
    until_true test -e "$temporary/opened"
    "$SYSVIPC" lock 0x51 -- true &
    lock=$!
    until_true waits_forever "$lock"
    other give 0x51 2
    wait "$lock" || fail "lock ended with status $?"
    wait "$taker" || fail "the other program did not get its semaphore"
}

lock_ends_where_undo_is_refused_with_einval() {
    output=$(LD_PRELOAD=$SEMOP WORLD_UNDO=22 timeout 30 "$SYSVIPC" lock 0x7 -- true 2>&1)
    matches "$?: $output" '^125: '
}

lock_where_undo_has_no_effect() {
    export LD_PRELOAD=$SEMOP WORLD_UNDO=0
    "$SYSVIPC" lock 0x7 -- true 2> "$temporary/first"
    first=$?
    "$SYSVIPC" lock 0x7 --timeout 0 -- true 2> "$temporary/second"
    second=$?
    unset LD_PRELOAD
    matches "first $first, second $second: $(cat "$temporary/first")" 'first 125.*UNDO|second 0'
}

timed_waits_without_semtimedop() {
    id=$(sysvipc create sem --values 0 --quiet)
    output=$(LD_PRELOAD=$SEMOP WORLD_SEMTIMEDOP=none "$WORLD" timed "$id")
    matches "$(grep -c ': TimedOut' <<< "$output")" '^4$'
}

a_set_that_is_removed_under_its_users() {
    matches "$("$WORLD" removed-under-waiter | grep -c ': Removed')" '^3$'
}

children_leave_the_lock_of_their_parent() {
    matches "$("$WORLD" children-end | tr '\n' ' ')" 'held: 0 released: 1'
}

a_daemon_adopts_what_its_parent_made() {
    matches "$("$WORLD" daemon | tr '\n' ' ')" 'daemon: 1 left behind: false'
}

signals_while_waiting() {
    output=$("$WORLD" signals)
    matches "$output" 'timed: TimedOut'
    matches "$output" 'interruptible: Interrupted'
}

a_killed_process_gives_its_lock_back() {
    matches "$("$WORLD" killed-holder | tr '\n' ' ')" 'held: 0 next: ok'
}

as_much_as_the_kernel_undoes() {
    output=$("$WORLD" undo)
    matches "$output" '^all: ok'
    matches "$output" '^more: (ok|OutOfRange)'
    matches "$output" '^free: 500'
}

keys_and_values_out_of_range() {
    output=$("$WORLD" bounds)
    for what in 'create 0' 'create_or_open 0' 'set_value'; do
        matches "$output" "^$what: (InvalidArgument|OutOfRange)"
    done
    matches "$output" '^open 0: (NotFound|InvalidArgument)'
    matches "$output" '^exists 0: false'
    matches "$output" '^release: OutOfRange'
}

# 32-bit glibc: both halves of a time.
times_after_2038() {
    target=i686-unknown-linux-gnu
    [ -d "$(rustc --print target-libdir --target "$target")" ] || skip "needs Rust's library for $target"
    cc32=$temporary/cc32
    printf '#!/bin/sh\nexec gcc -m32 "$@"\n' > "$cc32"
    chmod +x "$cc32"
    "$cc32" -shared -fPIC -o "$temporary/late.so" "$here/foreign/late.c" || skip "needs gcc-multilib"
    export CARGO_TARGET_I686_UNKNOWN_LINUX_GNU_LINKER=$cc32
    cargo build --quiet --manifest-path "$here/programs/Cargo.toml" --target "$target"
    output=$(env LD_PRELOAD="$temporary/late.so" "$CARGO_TARGET_DIR/$target/debug/world" times)
    matches "$output" '^operation: Some\(Ok\(2147483664'
    matches "$output" '^change: Some\(Ok\(4294967312'
}
