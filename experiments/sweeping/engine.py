"""The engine: hands runs to a crew, stores what comes back, and stops so that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from experiments import exits
from experiments.runner import available_cores, load_kernels
from experiments.sweeping.executors import Executed
from experiments.sweeping.folder import WARM
from experiments.sweeping.points import Group, Plan
from experiments.sweeping.processes import Processes
from experiments.sweeping.rounds import Rounds
from experiments.sweeping.running import (
    OK,
    STOPPED,
    UNWRITABLE,
    Report,
    Runner,
    Task,
    Warm,
    simulate,
)
from experiments.sweeping.signals import Asked, listening
from experiments.sweeping.store import Store, unwritable
from experiments.sweeping.threads import Threads

EXECUTORS = ("threads", "processes")
LOOK_EVERY_SECONDS = 0.2


class Crew(Protocol):
    """Workers of some kind; ``capacity`` runs may be with them at a time."""

    capacity: int

    def submit(self, task: Task) -> None:
        """Queue a run."""

    def collect(self, seconds: float) -> list[Report]:
        """Return the runs that have ended, waiting at most ``seconds`` for the first."""

    def close(self) -> list[Report]:
        """End all work soon and return the runs that had ended by themselves."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sweep is carried out; nothing here changes what comes out of a run that goes well.

    ``workers`` defaults to all cores, ``timeout`` is in seconds per run, ``memory`` in MiB per worker
    process.  ``runner`` may be replaced in tests of the engine.
    """

    workers: int | None = None
    executor: str | Executor = "threads"
    timeout: float | None = None
    memory: int | None = None
    runner: Runner = simulate

    @property
    def worker_count(self) -> int:
        """Number of workers."""
        return max(1, self.workers or available_cores())

    def crew(self) -> Crew:
        """Return a crew, at work until it is closed.

        Raises ``Failure`` with exit code 2 for an unknown executor or a limit that it cannot hold.
        """
        if self.memory is not None and self.executor != "processes":
            raise exits.Failure("a limit on memory needs the executor 'processes'", exits.BAD_INPUT)
        if isinstance(self.executor, Executor):
            return Executed(self.executor, self.worker_count, self.runner)
        if self.executor == "processes":
            return Processes(self.worker_count, self.runner, self.memory)
        if self.executor != "threads":
            raise exits.Failure(
                f"unknown executor {self.executor!r}; allowed {', '.join(EXECUTORS)} or an Executor",
                exits.BAD_INPUT,
            )
        load_kernels()
        return Threads(self.worker_count, self.runner)


Tell = Callable[[int], None]


@dataclass(slots=True)
class _Work:
    """The runs that are with the crew, by the number of their task."""

    under_way: dict[int, tuple[Group, int]] = field(default_factory=dict)
    last: int = 0


class Engine:
    """Carries out what is left of a sweep."""

    def __init__(self, store: Store, settings: Settings, tell: Tell = lambda _runs: None) -> None:
        self.store = store
        self.plan: Plan = store.plan
        self.settings = settings
        self.tell = tell
        self.rounds = Rounds(self.plan, store.finished, store.shard)
        self._work = _Work()
        self._broken_warm: dict[tuple[str, int], Report] = {}

    def run(self) -> None:
        """Do all runs that are left; what has finished is stored however this ends.

        Raises ``KeyboardInterrupt`` or ``SystemExit`` when asked to stop, and ``Failure`` when the disk
        takes no more or workers cannot start.
        """
        if self.rounds.is_done():
            return
        with listening() as asked:
            crew = self.settings.crew()
            try:
                while not self.rounds.is_done():
                    self._prepare(crew, asked)
                    self._do(crew, self.rounds.pending(), asked)
            finally:
                # What had ended by itself is kept, also when the disk or the user says stop.
                for report in crew.close():
                    self._take(report)
                self.store.flush()

    def _do(self, crew: Crew, waiting: Iterator[tuple[Group, int]], asked: Asked) -> None:
        work = self._work
        more = True
        while more or work.under_way:
            asked.raise_if_any()
            while more and len(work.under_way) < crew.capacity:
                following = next(waiting, None)
                if following is None:
                    more = False
                    break
                self._hand_out(crew, *following)
            for report in crew.collect(LOOK_EVERY_SECONDS):
                self._take(report)
            if self.store.is_due:
                self.store.flush()
        self.store.flush()

    def _hand_out(self, crew: Crew, group: Group, replicate: int) -> None:
        broken = self._broken_warm.get((group.scenario, replicate))
        task = self.task(group, replicate)
        self._work.under_way[task.number] = (group, replicate)
        if broken is None:
            crew.submit(task)
        else:
            self._take(replace(broken, number=task.number))

    def _take(self, report: Report) -> None:
        found = self._work.under_way.pop(report.number, None)
        if found is not None and report.status != STOPPED:
            self.store.add(*found, report)
            self.tell(1)

    def task(self, group: Group, replicate: int) -> Task:
        """Return the task of a run."""
        design = self.plan.design
        self._work.last += 1
        return Task(
            number=self._work.last,
            run_id=self.plan.run_id(group, replicate),
            specification=self.plan.specification(group),
            seed=design.seed,
            replicate=replicate,
            outputs=design.outputs,
            daily=design.keep.daily.holds(group.points, replicate),
            ledger=design.keep.ledger.holds(group.points, replicate),
            warm=self._warm(group.scenario, replicate),
            timeout=self.settings.timeout,
        )

    def _warm(self, scenario: str, replicate: int) -> Warm | None:
        if self.plan.design.start != "warm":
            return None
        warm_id = self.plan.warm_id(scenario, replicate)
        return Warm(self.warm_folder, warm_id, self.plan.design.scenarios[scenario])

    @property
    def warm_folder(self) -> Path:
        """Where the states after the burn-in are stored, for all shards."""
        return (self.store.root / WARM).absolute()

    def _prepare(self, crew: Crew, asked: Asked) -> None:
        """Make the warm starts that a round of runs needs and that are not stored yet."""
        if self.plan.design.start != "warm":
            return
        needed = {(group.scenario, replicate): group for group, replicate in self.rounds.pending()}
        tasks = {}
        for (scenario, replicate), group in needed.items():
            task = replace(self.task(group, replicate), prepares=True)
            tasks[task.number] = (task, (scenario, replicate))
        waiting = iter(list(tasks.values()))
        under_way: set[int] = set()
        more = True
        while more or under_way:
            asked.raise_if_any()
            while more and len(under_way) < crew.capacity:
                following = next(waiting, None)
                if following is None:
                    more = False
                    break
                under_way.add(following[0].number)
                crew.submit(following[0])
            for report in crew.collect(LOOK_EVERY_SECONDS):
                under_way.discard(report.number)
                if report.status == UNWRITABLE:
                    raise unwritable(self.store.root, report.reason)
                if report.status != OK:
                    self._broken_warm[tasks[report.number][1]] = replace(
                        report, reason=f"burn-in: {report.reason}"
                    )
