# Servers that keep objects of their own, at each stage of their life and death. Row R5.

verdict() {
    sysvipc list "$1" --json | python3 -c '
import json, sys
for entry in json.load(sys.stdin)["objects"]:
    print(entry["verdict"])'
}

# A process detaches before it ends.
is_orphaned() {
    [ "$(verdict shm)" = orphaned ]
}

# Row R5.
postgresql_at_each_stage() {
    bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -n 1)
    [ -x "$bin/initdb" ] || skip "needs PostgreSQL"
    data=$temporary/data
    start() {
        rm -f "$temporary/log"
        "${as_user[@]}" env -i LC_ALL=C "$bin/postgres" -D "$data" -k "$temporary" -c listen_addresses= \
            > "$temporary/log" 2>&1 &
        server=$!
        until_true grep -qs 'ready to accept' "$temporary/log"
    }
    "${as_user[@]}" env -i LC_ALL=C "$bin/initdb" --no-sync -D "$data" > "$temporary/initdb" 2>&1 ||
        skip "initdb fails: $(tail -n 1 "$temporary/initdb")"
    start
    id=$(awk 'NR == 2 { print $2 }' /proc/sysvipc/shm)
    matches "$(verdict shm)" '^in_use$'
    matches "$(sysvipc show shm "$id")" "$server .*postgres"
    sysvipc remove shm --orphaned --yes
    matches "$(verdict shm)" '^in_use$'

    # The other processes see that the first one is gone, and end.
    kill -KILL "$server"
    wait "$server" 2> /dev/null
    until_true is_orphaned
    # The next server removes what it finds.
    start
    lacks "$(sysvipc list shm)" "\b$id\b"
    matches "$(verdict shm)" '^in_use$'

    # Nor does it need what `remove` removes.
    id=$(awk 'NR == 2 { print $2 }' /proc/sysvipc/shm)
    kill -KILL "$server"
    wait "$server" 2> /dev/null
    until_true is_orphaned
    sysvipc remove shm --orphaned --yes
    matches "$(wc -l < /proc/sysvipc/shm)" '^1$'
    start
    kill -INT "$server"
    wait "$server"
    matches "$(wc -l < /proc/sysvipc/shm)" '^1$'
}

# Row R5.
apache_at_each_stage() {
    command -v apache2 > /dev/null || skip "needs Apache"
    modules=/usr/lib/apache2/modules
    port=$((20000 + $$ % 20000))
    # With two sockets, a semaphore says whose turn it is to accept.
    cat > "$temporary/apache.conf" << END
ServerName localhost
ServerRoot $temporary
PidFile $temporary/pid
ErrorLog $temporary/log
Listen 127.0.0.1:$port
Listen 127.0.0.2:$port
User #65534
Group #65534
Mutex sysvsem default
LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
LoadModule authz_core_module $modules/mod_authz_core.so
StartServers 2
END
    apache2 -f "$temporary/apache.conf" -D FOREGROUND > "$temporary/output" 2>&1 &
    server=$!
    until_true grep -qs 'resuming normal operations' "$temporary/log"
    sets=$(($(wc -l < /proc/sysvipc/sem) - 1))
    [ "$sets" -gt 0 ] || fail "no set: $(cat "$temporary/output" "$temporary/log")"
    lacks "$(verdict sem)" orphaned
    kill -KILL "$server" $(cat "/proc/$server/task/$server/children")
    wait "$server" 2> /dev/null
    # The kernel does not record who made a set: what is left is not taken for an orphan.
    lacks "$(verdict sem)" orphaned
    sysvipc remove sem --orphaned --yes
    matches "$(($(wc -l < /proc/sysvipc/sem) - 1))" "^$sets\$"
}
