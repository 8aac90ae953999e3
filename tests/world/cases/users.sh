# Users, groups and user namespaces.

# The namespace does not map the group of the objects.
set_mode_where_the_group_is_not_mapped() {
    for kind in shm msg sem; do
        "${as_user[@]}" "$SYSVIPC" create "$kind" --quiet > /dev/null
    done
    other chgrp 2000
    for kind in shm msg sem; do
        output=$(other userns "0 1000 1" "$WORLD" set-mode "$kind" 0)
        lacks "$output" "$kind: Removed"
        matches "$output" "$kind: (ok|.*map)"
    done
}

# The same, with 65534 mapped as an ordinary group.
set_mode_leaves_the_group_alone() {
    for kind in shm msg sem; do
        "${as_user[@]}" "$SYSVIPC" create "$kind" --quiet > /dev/null
    done
    other chgrp 2000
    for kind in shm msg sem; do
        other userns "0 1000 1;65534 3000 1" "$WORLD" set-mode "$kind" 0
    done
    matches "$(sysvipc list --columns gid | grep -cx 2000)" '^3$'
}

# A user has the name 200, and another one the id 200.
a_name_that_is_a_number() {
    cp /etc/passwd "$temporary/passwd"
    echo '200:x:2000:2000::/:/bin/sh' >> "$temporary/passwd"
    mount --bind "$temporary/passwd" /etc/passwd
    python3 -c 'import os, sys; os.setgid(2000); os.setuid(2000); os.execv(sys.argv[1], sys.argv[1:])' \
        "$SYSVIPC" create shm --key 0xa1 --quiet > /dev/null
    python3 -c 'import os, sys; os.setgid(200); os.setuid(200); os.execv(sys.argv[1], sys.argv[1:])' \
        "$SYSVIPC" create shm --key 0xa2 --quiet > /dev/null
    matches "$(sysvipc list shm --owner 200 --columns key)" 'a1$'
    lacks "$(sysvipc list shm --owner 200 --columns key)" 'a2$'
    matches "$(sysvipc list shm --owner +200 --columns key)" 'a2$'
    sysvipc remove shm --owner 200 --yes
    matches "$(sysvipc list shm --columns key)" 'a2$'
    lacks "$(sysvipc list shm --columns key)" 'a1$'
}
