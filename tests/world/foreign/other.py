"""Another program, which uses the calls of the C library as they are.

attach ID FILE            attaches a segment until FILE exists
use-segment KEY FILE      creates a segment, attaches and detaches it, prints a line, and lives until FILE exists
chgrp GID                 gives the objects with id 0 of all kinds to this group
make-set KEY VALUE        creates a set of one semaphore by semget and SETVAL
take KEY OPENED FILE      opens a set, creates OPENED, and takes 1 once FILE exists
give KEY N                gives N to a semaphore
send KEY COUNT            sends that many empty messages, or as many as fit
userns MAP COMMAND...     runs COMMAND as root of a user namespace with this map, lines separated by semicolons
"""

import ctypes
import os
import pathlib
import sys
import time

IPC_CREAT, IPC_EXCL, IPC_NOWAIT = 0o1000, 0o2000, 0o4000
IPC_SET, IPC_STAT, SETVAL = 1, 2, 16
CLONE_NEWUSER = 0x10000000

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_ssize_t


class Operation(ctypes.Structure):
    _fields_ = [("number", ctypes.c_ushort), ("amount", ctypes.c_short), ("flags", ctypes.c_short)]


def check(result):
    if result == -1:
        sys.exit(f"other: {os.strerror(ctypes.get_errno())}")
    return result


def wait_for(path):
    while not pathlib.Path(path).exists():
        time.sleep(0.01)


def operate(key, amount):
    check(libc.semop(check(libc.semget(key, 0, 0)), ctypes.byref(Operation(0, amount, 0)), 1))


def attach(identifier, path):
    check(libc.shmat(int(identifier), None, 0))
    wait_for(path)


def use_segment(key, path):
    identifier = check(libc.shmget(int(key, 0), 1, IPC_CREAT | IPC_EXCL | 0o600))
    check(libc.shmdt(ctypes.c_void_p(check(libc.shmat(identifier, None, 0)))))
    print("used", flush=True)
    wait_for(path)


def chgrp(group):
    status = ctypes.create_string_buffer(256)
    controls = (
        lambda command: libc.shmctl(0, command, status),
        lambda command: libc.semctl(0, 0, command, status),
        lambda command: libc.msgctl(0, command, status),
    )
    for control in controls:
        check(control(IPC_STAT))
        status[8:12] = int(group).to_bytes(4, sys.byteorder)
        check(control(IPC_SET))


def make_set(key, value):
    identifier = check(libc.semget(int(key, 0), 1, IPC_CREAT | IPC_EXCL | 0o600))
    check(libc.semctl(identifier, 0, SETVAL, int(value)))


def take(key, opened, path):
    identifier = check(libc.semget(int(key, 0), 0, 0))
    pathlib.Path(opened).touch()
    wait_for(path)
    check(libc.semop(identifier, ctypes.byref(Operation(0, -1, 0)), 1))
    print("other: taken")


def give(key, amount):
    operate(int(key, 0), int(amount))


def send(key, count):
    queue = check(libc.msgget(int(key, 0), 0))
    message = ctypes.create_string_buffer((1).to_bytes(8, sys.byteorder))
    for _ in range(int(count)):
        if libc.msgsnd(queue, message, 0, IPC_NOWAIT):
            break


def userns(lines, *command):
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        check(libc.unshare(CLONE_NEWUSER))
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        os.execvp(command[0], command)
    os.read(ready[0], 1)
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{child}/{name}", "wb", buffering=0) as file:
            file.write(lines.replace(";", "\n").encode() + b"\n")
    os.write(go[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
