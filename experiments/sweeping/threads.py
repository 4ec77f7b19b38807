"""Workers as threads: the compiled run holds no lock, so threads use every core at no cost in memory.

A thread cannot be ended from outside.  A run that takes too long ends itself at its next look at the
clock; one that never looks is given up and its thread replaced.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass

from experiments.sweeping.running import STOPPED, TIMEOUT, Report, Runner, Task, late, perform

WAITING_PER_WORKER = 2
GRACE_SECONDS = 2.0
"""How much longer than its time a run may take before its thread is given up."""
CLOSING_SECONDS = 1.0


@dataclass(slots=True)
class _Running:
    task: Task
    started: float


class Threads:
    """A crew of daemon threads."""

    def __init__(self, workers: int, runner: Runner) -> None:
        self.runner = runner
        self.capacity = workers * (1 + WAITING_PER_WORKER)
        self.stop = threading.Event()
        self._inbox: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()
        self._given_up: set[int] = set()
        self._threads: list[threading.Thread] = []
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name="sweep-worker", daemon=True)
        self._threads.append(thread)
        thread.start()

    def submit(self, task: Task) -> None:
        """Queue a run."""
        self._inbox.put(task)

    def _work(self) -> None:
        while not self.stop.is_set():
            task = self._inbox.get()
            if task is None:
                return
            with self._lock:
                self._running[task.number] = _Running(task, time.monotonic())
            report = perform(task, self.runner, self.stop)
            with self._lock:
                self._running.pop(task.number, None)
                if task.number in self._given_up:
                    return  # another thread has taken this one's place
            self._outbox.put(report)

    def collect(self, seconds: float) -> list[Report]:
        """Return the runs that have ended, waiting at most ``seconds`` for the first."""
        reports = []
        try:
            reports.append(self._outbox.get(timeout=seconds))
            while True:
                reports.append(self._outbox.get_nowait())
        except queue.Empty:
            pass
        return reports + self._overdue()

    def _overdue(self) -> list[Report]:
        now, reports = time.monotonic(), []
        with self._lock:
            for number, running in list(self._running.items()):
                timeout = running.task.timeout
                if timeout is not None and now - running.started > timeout + GRACE_SECONDS:
                    del self._running[number]
                    self._given_up.add(number)
                    reports.append(Report(number, TIMEOUT, late(timeout), now - running.started))
        for _ in reports:
            self._start()
        return reports

    def close(self) -> list[Report]:
        """Ask all runs to stop, wait a moment, and return those that had ended by themselves."""
        self.stop.set()
        for _ in self._threads:
            self._inbox.put(None)
        deadline = time.monotonic() + CLOSING_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        reports = []
        while not self._outbox.empty():
            reports.append(self._outbox.get_nowait())
        return [report for report in reports if report.status != STOPPED]
