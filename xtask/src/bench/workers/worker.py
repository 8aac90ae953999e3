"""The worker in Python, with sysv_ipc. The protocol is in c/main.c."""

import random
import sys
import time

import sysv_ipc
from sysv_ipc import IPC_CREX, IPC_PRIVATE


def unique(create):
    """Makes an object with a key that nobody has: draws until there is one."""
    while True:
        try:
            return create(random.randint(1, 0x7FFFFFFF))
        except sysv_ipc.ExistentialError:
            pass


def new_semaphore(key):
    return sysv_ipc.Semaphore(key, IPC_CREX, initial_value=1)


def new_segment(key):
    # The module attaches what it makes, and does not detach what it drops.
    segment = sysv_ipc.SharedMemory(key, IPC_CREX, size=4096)
    segment.detach()
    return segment


def new_queue(key):
    return sysv_ipc.MessageQueue(key, IPC_CREX)


class Semaphore:
    def __init__(self, what):
        self.semaphore = new_semaphore(IPC_PRIVATE)
        self.semaphore.undo = what in ("undo", "lock")
        self.run = {
            "acquire-release": self.acquire_release,
            "undo": self.acquire_release,
            "timeout": self.timeout,
            "lock": self.lock,
            "value": self.value,
            "set-value": self.set_value,
            "status": self.status,
        }[what]

    def end(self):
        self.semaphore.remove()

    def acquire_release(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            semaphore.acquire()
            semaphore.release()

    def timeout(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            semaphore.acquire(1)
            semaphore.release()

    def lock(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            with semaphore:
                pass

    def value(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            semaphore.value

    def set_value(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            semaphore.value = 1

    def status(self, times):
        semaphore = self.semaphore
        for _ in range(times):
            semaphore.o_time


class Segment:
    def __init__(self, what):
        self.segment = unique(new_segment)
        self.run = {
            "status": self.status,
            "open": self.open,
            "attach-detach": self.attach_detach,
        }[what]

    def end(self):
        self.segment.remove()

    def status(self, times):
        segment = self.segment
        for _ in range(times):
            segment.number_attached

    def open(self, times):
        # It attaches as well: the module has no other way.
        key = self.segment.key
        for _ in range(times):
            sysv_ipc.SharedMemory(key).detach()

    def attach_detach(self, times):
        segment = self.segment
        for _ in range(times):
            segment.attach()
            segment.size
            segment.detach()


class Queue:
    def __init__(self, what, length):
        room = max(length, 4096)
        self.queue = sysv_ipc.MessageQueue(IPC_PRIVATE, IPC_CREX, max_message_size=room)
        self.text = b"t" * length
        self.run = {"copied": self.copied, "in-place": self.copied, "status": self.status}[what]

    def end(self):
        self.queue.remove()

    def copied(self, times):
        queue, text = self.queue, self.text
        for _ in range(times):
            queue.send(text)
            queue.receive()

    def status(self, times):
        queue = self.queue
        for _ in range(times):
            queue.current_messages


class Copy:
    def __init__(self, what, size, offset):
        self.size, self.offset, self.bytes = size, offset, b"b" * size
        self.run = {"read": self.read, "write": self.write}[what]
        self.segment = sysv_ipc.SharedMemory(IPC_PRIVATE, IPC_CREX, size=size + 64)
        self.segment.write(b"s" * (size + 64))

    def end(self):
        self.segment.detach()
        self.segment.remove()

    def read(self, times):
        segment, size, offset = self.segment, self.size, self.offset
        for _ in range(times):
            segment.read(size, offset)

    def write(self, times):
        segment, text, offset = self.segment, self.bytes, self.offset
        for _ in range(times):
            segment.write(text, offset)


class CreateRemove:
    def __init__(self, create):
        self.create = create

    def end(self):
        pass

    def run(self, times):
        create = self.create
        for _ in range(times):
            create(IPC_PRIVATE).remove()


class Unique:
    def __init__(self, create, present):
        self.create, self.present = create, [unique(create) for _ in range(present)]

    def end(self):
        while self.present:
            self.present.pop().remove()

    def run(self, times):
        create = self.create
        for _ in range(times):
            unique(create).remove()


def prepare(row, first, second):
    kind, what = row.split("/")
    create = {"semaphore": new_semaphore, "segment": new_segment, "queue": new_queue}.get(kind)
    if what == "create-remove":
        return CreateRemove(create)
    if what == "unique":
        return Unique(create, first)
    if kind == "semaphore":
        return Semaphore(what)
    if kind == "segment":
        return Segment(what)
    if kind == "queue":
        return Queue(what, first)
    return Copy(what, first, second)


def main():
    work = None
    try:
        for line in sys.stdin:
            request, *words = line.split()
            if request == "run":
                start = time.perf_counter_ns()
                work.run(int(words[0]))
                answer = time.perf_counter_ns() - start
            else:
                if work is not None:
                    work.end()
                work = None
                answer = "ended"
                if request == "prepare":
                    row, first, second = words
                    try:
                        work = prepare(row, int(first), int(second))
                        answer = "ready"
                    except KeyError:
                        answer = "unknown"
            print(answer, flush=True)
    finally:
        if work is not None:
            work.end()


main()
