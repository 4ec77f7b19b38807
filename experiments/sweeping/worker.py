"""The other end of a worker process: takes runs from a pipe and reports how they ended.

Started by :mod:`experiments.sweeping.processes` as ``python -m experiments.sweeping.worker``.  It never
outlives the sweep that started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

MIB = 1 << 20
LOOK_EVERY_SECONDS = 0.5
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    """Do runs until the pipe is closed."""
    tasks = Connection(int(sys.argv[1]), writable=False)
    results = Connection(int(sys.argv[2]), readable=False)
    try:
        _work(tasks, results)
    except (EOFError, BrokenPipeError, ConnectionError):
        return


def _work(tasks: Connection, results: Connection) -> None:
    for place in tasks.recv():
        if place not in sys.path:
            sys.path.append(place)
    runner, memory, parent = pickle.loads(tasks.recv_bytes())  # noqa: S301 - from the process that started us
    _die_with(parent)
    from experiments.runner import load_kernels
    from experiments.sweeping.running import Task, perform

    load_kernels()
    if memory is not None:
        _limit(memory)
    results.send("ready")
    while True:
        task = tasks.recv()
        assert isinstance(task, Task)
        results.send(perform(task, runner))


def _die_with(parent: int) -> None:
    """End this process when its parent is gone: by the kernel where it can, and by looking."""
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_SECONDS)
        os._exit(1)

    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=watch, daemon=True).start()


def _limit(memory: int) -> None:
    """Let an allocation fail that would take this process beyond ``memory`` MiB of resident memory.

    The sweep watches resident memory as well: this catches a single large request before it hurts.
    """
    import resource

    try:
        virtual, resident = map(int, Path("/proc/self/statm").read_text(encoding="ascii").split()[:2])
    except (OSError, ValueError):
        return
    page = os.sysconf("SC_PAGE_SIZE")
    room = max(0, memory * MIB - resident * page)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (virtual * page + room, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
