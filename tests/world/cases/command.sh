# The output of the command if features are missing, calls are denied, or numbers are large.

# A kernel without semaphores.
list_where_a_kind_is_missing() {
    sysvipc create shm --quiet > /dev/null
    sysvipc create msg --quiet > /dev/null
    matches "$("$DENY" semget=38 semctl=38 -- "$SYSVIPC" list 2>&1)" 'Message queues: 1'
    "$DENY" semget=38 semctl=38 -- "$SYSVIPC" list --json 2> /dev/null | python3 -m json.tool > /dev/null ||
        fail "the JSON is not valid"
}

# A security module forbids IPC_INFO, SHM_INFO, SEM_INFO and MSG_INFO, and leaves /proc/sysvipc.
list_where_info_is_forbidden() {
    sysvipc create shm --key 0x99 --quiet > /dev/null
    output=$("$DENY" shmctl@1:3=13 shmctl@1:14=13 semctl@2:3=13 semctl@2:19=13 msgctl@1:3=13 msgctl@1:12=13 -- \
        "$SYSVIPC" list 2>&1)
    matches "$output" '0x00000099'
    lacks "$output" 'its mode does not'
}

# A kernel without SEM_INFO.
list_where_info_is_unknown() {
    "$DENY" semctl@2:3=22 semctl@2:19=22 -- "$SYSVIPC" list sem > "$temporary/output" 2>&1
    [ $? != 2 ] || fail "a usage error: $(cat "$temporary/output")"
}

# GETVAL, GETPID, GETALL, GETNCNT and GETZCNT kill the process.
list_asks_members_for_shown_columns_only() {
    sysvipc create sem --count 100 --values 1 --quiet > /dev/null
    matches "$("$DENY" semctl@2:11=0 semctl@2:12=0 semctl@2:13=0 semctl@2:14=0 semctl@2:15=0 -- \
        "$SYSVIPC" list sem --columns id,key)" '0x'
}

remove_reports_what_is_missing() {
    sysvipc create shm --quiet > /dev/null
    output=$("$SYSVIPC" remove shm 0 999 --json --yes 2> /dev/null) && fail "succeeded"
    matches "$output" '"id": 999'
}

limits_are_named() {
    echo 1 > /proc/sys/kernel/msgmni
    sysvipc create msg --quiet > /dev/null
    matches "$("$SYSVIPC" create msg 2>&1)" 'MSGMNI'
    echo 100 > /proc/sys/kernel/shmall
    matches "$("$SYSVIPC" create shm --size 1M 2>&1)" 'SHMALL'
    echo 33554432 > /proc/sys/kernel/shmmax
    matches "$("$SYSVIPC" create shm --size 64M 2>&1)" 'SHMMAX'
}

the_greatest_id() {
    for kind in shm sem msg; do
        echo 2147483647 > "/proc/sys/kernel/${kind}_next_id"
        id=$(sysvipc create "$kind" --quiet)
        sysvipc show "$kind" "$id" > /dev/null
        sysvipc remove "$kind" "$id" > /dev/null
    done
}
