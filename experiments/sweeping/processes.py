"""Workers as processes: hard limits on time and memory, and no run can take others down with it.

Every worker is a process of its own that the sweep watches: one that exceeds its time or memory is
killed, one that dies costs its own run, and all end when the sweep ends, however it ends.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path

from experiments import exits
from experiments.sweeping.running import FAILED, MEMORY, STOPPED, TIMEOUT, Report, Runner, Task, late

ROOT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 0.5
"""A run that looks at the clock ends itself; after this much more it is killed."""
LOOK_EVERY_SECONDS = 0.05
STARTING_SECONDS = 300.0
MIB = 1 << 20


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, runner: Runner, memory: int | None) -> None:
        read_end, write_end = os.pipe()
        results_read, results_write = os.pipe()
        known = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "experiments.sweeping.worker", str(read_end), str(results_write)],
            pass_fds=(read_end, results_write),
            stdin=subprocess.DEVNULL,
            stdout=2,  # what a run prints is no result
            start_new_session=True,  # Ctrl-C at the terminal is for the sweep, not for its workers
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
        )
        os.close(read_end)
        os.close(results_write)
        self.tasks = Connection(write_end, readable=False)
        self.results = Connection(results_read, writable=False)
        self.started = time.monotonic()
        self.ready = False
        self.task: Task | None = None
        with suppress(BrokenPipeError):
            self.tasks.send(sys.path)
            self.tasks.send_bytes(pickle.dumps((runner, memory, os.getpid())))

    def give(self, task: Task) -> None:
        self.task = task
        self.started = time.monotonic()
        # A worker that died just now is noticed at the other end of the pipe.
        with suppress(BrokenPipeError):
            self.tasks.send(task)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def resident_bytes(self) -> int:
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> int:
        self.process.kill()
        code = self.process.wait()
        self.tasks.close()
        self.results.close()
        return code


class Processes:
    """A crew of worker processes.

    ``memory`` is the most resident memory, in MiB, that a worker may have while it runs.
    """

    def __init__(self, workers: int, runner: Runner, memory: int | None = None) -> None:
        if os.name != "posix":
            raise exits.Failure("--executor processes needs Linux or macOS; use threads", exits.BAD_INPUT)
        pickle.dumps(runner)  # a runner that cannot travel is refused before anything starts
        self.runner = runner
        self.memory = memory
        self.capacity = 2 * workers
        self._waiting: list[Task] = []
        self._ended: list[Report] = []
        self._workers = [_Worker(runner, memory) for _ in range(workers)]

    def submit(self, task: Task) -> None:
        """Queue a run."""
        self._waiting.append(task)
        self._hand_out()

    def _hand_out(self) -> None:
        for worker in self._workers:
            if self._waiting and worker.ready and worker.task is None:
                worker.give(self._waiting.pop(0))

    def collect(self, seconds: float) -> list[Report]:
        """Return the runs that have ended, waiting at most ``seconds`` for the first.

        Raises ``Failure`` when a worker cannot even start.
        """
        limited = self.memory is not None or any(w.task and w.task.timeout for w in self._workers)
        deadline = time.monotonic() + seconds
        while not self._ended:
            left = max(0.0, deadline - time.monotonic())
            talking = wait(
                [w.results for w in self._workers], min(left, LOOK_EVERY_SECONDS) if limited else left
            )
            for worker in list(self._workers):
                if worker.results in talking:
                    self._ended += self._heard(worker)
            for worker in list(self._workers):
                self._ended += self._checked(worker)
            self._hand_out()
            if time.monotonic() >= deadline:
                break
        return self._taken()

    def _taken(self) -> list[Report]:
        """Return the runs that have ended; kept till here, so that a failure of one worker costs no other."""
        reports, self._ended = self._ended, []
        return reports

    def _heard(self, worker: _Worker) -> list[Report]:
        """Take what a worker says; silence for ever means that it died."""
        try:
            message = worker.results.recv()
        except (EOFError, OSError):
            return self._died(worker)
        except Exception as error:  # noqa: BLE001 - an answer that cannot be read is the run's failure
            return self._replaced(worker, FAILED, f"unreadable answer: {type(error).__name__}")
        if not isinstance(message, Report):
            worker.ready = True
            return []
        if message.status == MEMORY:
            # What it took may not come back: the next run gets a fresh process.
            self._replaced(worker, MEMORY, "")
        worker.task = None
        return [message]

    def _died(self, worker: _Worker) -> list[Report]:
        if not worker.ready:
            worker.end()
            self._workers.remove(worker)
            raise exits.Failure("a worker process cannot start", exits.INTERNAL)
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(1.0)
        code = worker.process.poll()
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return self._replaced(worker, FAILED, f"the worker process died ({how})")

    def _checked(self, worker: _Worker) -> list[Report]:
        """End a worker that has taken too much time or memory."""
        if not worker.ready:
            if worker.seconds > STARTING_SECONDS:
                raise exits.Failure("a worker process does not start", exits.INTERNAL)
            return []
        if worker.task is None:
            return []
        timeout = worker.task.timeout
        if timeout is not None and worker.seconds > timeout + GRACE_SECONDS:
            return self._replaced(worker, TIMEOUT, late(timeout))
        if self.memory is not None and worker.resident_bytes() > self.memory * MIB:
            return self._replaced(worker, MEMORY, f"took more than {self.memory} MiB")
        return []

    def _replaced(self, worker: _Worker, status: str, reason: str) -> list[Report]:
        task, seconds = worker.task, worker.seconds
        worker.end()
        self._workers[self._workers.index(worker)] = _Worker(self.runner, self.memory)
        return [] if task is None else [Report(task.number, status, reason, seconds)]

    def close(self) -> list[Report]:
        """End all workers at once and return what they had said."""
        reports = self._taken()
        for worker in self._workers:
            with suppress(EOFError, OSError):
                while worker.results.poll(0):
                    message = worker.results.recv()
                    if isinstance(message, Report) and message.status != STOPPED:
                        reports.append(message)
            worker.end()
        self._workers.clear()
        return reports
