"""The work in Python, with sysv_ipc. process.rs says what is asked and answered."""

import contextlib
import json
import sys
import time
import timeit

from sysv_ipc import IPC_CREX, IPC_PRIVATE, MessageQueue, Semaphore, SharedMemory

# What is repeated for each work, or for that of all kinds; `o` is an object.
WORK = {
    "semaphore/acquire-release": "o.acquire(); o.release()",
    "semaphore/undo": "o.acquire(); o.release()",
    "semaphore/timeout": "o.acquire(1); o.release()",
    "semaphore/lock": "with o: pass",
    "semaphore/value": "o.value",
    "semaphore/set-value": "o.value = 1",
    "semaphore/status": "o.o_time",
    "segment/status": "o.number_attached",
    # It attaches as well: the module has no other way.
    "segment/open": "SharedMemory(key).detach()",
    "segment/attach-detach": "o.attach(); o.size; o.detach()",
    "queue/in-place": "o.send(text); o.receive()",
    "queue/copied": "o.send(text); o.receive()",
    "queue/status": "o.current_messages",
    "copy/read": "o.read(size, offset)",
    "copy/write": "o.write(text, offset)",
    "create-remove": "create(IPC_PRIVATE).remove()",
    "unique": "create(None).remove()",
}


def create(key):
    """Creates an object; the module draws a key if it is None."""
    if kind == "semaphore":
        return Semaphore(key, IPC_CREX, initial_value=1)
    if kind == "queue":
        return MessageQueue(key, IPC_CREX, max_message_size=max(size, 4096))
    segment = SharedMemory(key, IPC_CREX, size=size + 4096)
    # The module attaches what it makes, and does not detach what it drops.
    segment.detach()
    return segment


job = json.loads(sys.argv[1])
kind, what, offset = job["kind"], job["what"], job["offset"]
others, size = (job["number"], 0) if what == "unique" else (0, job["number"])
call = WORK.get(f"{kind}/{what}") or kind in ("semaphore", "segment", "queue") and WORK.get(what)
if not call:
    sys.exit(print("unknown"))
with contextlib.ExitStack() as objects:
    for _ in range(1 + others):
        o = create(None)
        objects.callback(o.remove)
    key, text = o.key, b"t" * size
    if what in ("undo", "lock"):
        o.undo = True
    if kind == "copy":
        o.attach()
        o.write(b"s" * (size + 4096))
    # As local names, which are faster than global ones.
    setup = "".join(f"{name} = names[{name!r}]; " for name in globals())
    timer = timeit.Timer(call, setup, time.perf_counter_ns, {"names": globals()})
    print("ready", flush=True)
    for times in sys.stdin:
        print(timer.timeit(int(times)), flush=True)
