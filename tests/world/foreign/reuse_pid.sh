# In a pid namespace of its own: shows a segment whose creator's pid a later process has.
"$SYSVIPC" create shm --key 0x9 --quiet > /dev/null
pid=$(awk '$1 == 9 { print $5 }' /proc/sysvipc/shm)
# Times have a resolution of one second, so a process counts as later from two seconds on.
created=$(date +%s)
while [ "$(date +%s)" -lt $((created + 4)) ]; do
    sleep 0.1
done
for _ in $(seq 100); do
    echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
    sleep 60 &
    if [ $! = "$pid" ]; then
        echo reused
        "$SYSVIPC" show shm --key 0x9
        exit
    fi
    kill $!
    wait $! 2> /dev/null
done
