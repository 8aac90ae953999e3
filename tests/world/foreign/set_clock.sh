# set_clock.sh OTHER FOLDER: in a pid namespace and a mount namespace of its own. Shows the verdict on a segment whose
# creator is running, before and after the clock seems to be set forward by a minute: the time of the boot is computed
# from the uptime.
verdict() {
    echo "$1: $("$SYSVIPC" show shm --key 0x9 --json | sed -n 's/.*"verdict"://p')"
}

python3 "$1" use-segment 0x9 "$2/end" > "$2/used" &
until [ -s "$2/used" ]; do
    sleep 0.01
done
verdict before
awk '{ printf "%.2f %s\n", $1 - 60, $2 }' /proc/uptime > "$2/uptime"
mount --bind "$2/uptime" /proc/uptime
verdict after
touch "$2/end"
wait
