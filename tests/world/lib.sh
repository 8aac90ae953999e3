# Shared functions of the cases. The runner sources this file in the namespaces of a case.

failed=0
temporary=$(mktemp -d "$SCRATCH/case.XXXXXX")
chmod 777 "$temporary"
as_user=(setpriv --reuid=1000 --regid=1000 --clear-groups)

# The command; fails the case unless it succeeds.
sysvipc() {
    "$SYSVIPC" "$@" || fail "sysvipc $* ended with status $?"
}

# The other program.
other() {
    python3 "$here/foreign/other.py" "$@"
}

fail() {
    echo "$1"
    failed=1
}

skip() {
    echo "$1"
    exit 77
}

# matches TEXT REGEX: fails the case unless TEXT matches.
matches() {
    printf '%s\n' "$1" | grep -qE -- "$2" || fail "expected /$2/ in:"$'\n'"$1"
}

lacks() {
    ! printf '%s\n' "$1" | grep -qE -- "$2" || fail "did not expect /$2/ in:"$'\n'"$1"
}

# until COMMAND...: waits until the command succeeds, for at most 60 s.
until_true() {
    local end=$((SECONDS + 60))
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            fail "waited in vain for: $*"
            return
        fi
        sleep 0.01
    done
}

# attached ID N: whether N attachments of a segment exist.
attached() {
    [ "$(awk -v id="$1" '$2 == id { print $7 }' /proc/sysvipc/shm)" = "$2" ]
}

# sleeps_in PID NUMBER: whether a process waits in the call of this number.
sleeps_in() {
    grep -q "^$2 " "/proc/$1/syscall" 2> /dev/null
}

# waits_forever PID: whether a process waits for a semaphore without a timeout.
waits_forever() {
    grep -qE '^(65 |220 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ 0x0 )' "/proc/$1/syscall" 2> /dev/null
}
