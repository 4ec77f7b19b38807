"""The shared panel: every arm that the chosen facts need, run once, with progress and common seeds."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from experiments.facts.arms import Arm, Touch
from experiments.facts.harvest import SURVEY_EVERY_DAYS, Harvest, harvest, look, look_at_teams, pooled
from experiments.runner import Stopped, Tell, available_cores, post_count, work_of
from sim.clock import PARTS
from sim.simulation import Simulation
from sim.specification import Specification


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that ended with an error."""

    arm: str
    replicate: int
    reason: str

    def row(self) -> dict[str, Any]:
        """Return the entry of the answer."""
        return {"arm": self.arm, "replicate": self.replicate, "reason": self.reason}


@dataclass(slots=True)
class Panel:
    """The harvest of every arm by replicate; replicates that failed are missing."""

    seed: int
    harvests: dict[str, dict[int, Harvest]] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)

    def of(self, arm: str) -> list[Harvest]:
        """Return the replicates of an arm in order."""
        return [self.harvests[arm][replicate] for replicate in sorted(self.harvests[arm])]

    def together(self, *arms: str) -> list[tuple[Harvest, ...]]:
        """Return the replicates that all of some arms have, side by side."""
        shared = set.intersection(*(set(self.harvests[arm]) for arm in arms))
        return [tuple(self.harvests[arm][replicate] for arm in arms) for replicate in sorted(shared)]

    def digest(self) -> str:
        """Return the SHA-256 over the digests of all replicates."""
        lines = [
            f"{arm}:{replicate}:{self.harvests[arm][replicate].digest}"
            for arm in sorted(self.harvests)
            for replicate in sorted(self.harvests[arm])
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """One replicate of one arm, ready to run."""

    arm: Arm
    specification: Specification
    seed: int
    replicate: int

    def run(self, tell: Tell, stop: threading.Event) -> Harvest:
        """Run all copies and pool them."""
        return pooled([self._copy(copy, tell, stop) for copy in range(self.arm.copies)])

    def _copy(self, copy: int, tell: Tell, stop: threading.Event) -> Harvest:
        specification = self.specification
        simulation = Simulation(
            specification,
            self.seed,
            self.replicate,
            first_place=copy * specification.places,
            first_post=copy * post_count(specification),
        )
        looks = []
        for day in stages(simulation, self.arm.touch):
            before = simulation.day
            simulation.run_parts((day - before) * PARTS)
            tell((day - before) * specification.places)
            if stop.is_set():
                raise Stopped
            if self.arm.detail and day >= 0 and day % SURVEY_EVERY_DAYS == 0:
                looks.append((look(simulation), look_at_teams(simulation)))
            if self.arm.touch is not None and _is_touched(self.arm.touch, day):
                self.arm.touch.apply(simulation)
        return harvest(simulation, looks, detail=self.arm.detail)


def stages(simulation: Simulation, touch: Touch | None) -> list[int]:
    """Return the days at which a run is stopped to be looked at or touched, the last day included."""
    first, last = simulation.day, int(simulation.specification.values["run.days"])
    days = {last, *(day for day in range(first + 1, last) if day % SURVEY_EVERY_DAYS == 0)}
    if touch is not None:
        days |= {day for day in range(first + 1, last) if _is_touched(touch, day)}
    return sorted(days)


def _is_touched(touch: Touch, day: int) -> bool:
    return day % touch.every_days == 0 if touch.every_days else day == 0


def tasks_of(
    arms: Iterable[Arm], *, seed: int, baseline: int, vector: Mapping[str, float] | None = None
) -> list[Task]:
    """Return every replicate of some arms; ``baseline`` is the number of replicates of the baseline."""
    found = []
    for arm in arms:
        specification = arm.specification(vector)
        found += [Task(arm, specification, seed, k) for k in range(arm.replicates(baseline))]
    return found


def work_in(tasks: Sequence[Task]) -> int:
    """Return the place-days that tasks take."""
    return sum(work_of(task.specification, task.arm.copies, 1) for task in tasks)


def run_panel(
    tasks: Sequence[Task], *, seed: int, workers: int | None = None, tell: Tell = lambda _done: None
) -> Panel:
    """Run tasks in threads and return their harvests; a run that fails is noted, the others go on.

    The result does not depend on ``workers``.  Raises ``KeyboardInterrupt`` on Ctrl-C.
    """
    panel = Panel(seed)
    for task in tasks:
        panel.harvests.setdefault(task.arm.name, {})

    def keep(task: Task, future: Future[Harvest]) -> None:
        with suppress(Stopped):
            try:
                panel.harvests[task.arm.name][task.replicate] = future.result()
            except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
                panel.failures.append(Failed(task.arm.name, task.replicate, reason))

    in_threads([(task, task.run) for task in tasks], keep, tell=tell, workers=workers)
    panel.failures.sort(key=lambda failed: (failed.arm, failed.replicate))
    return panel


Job = Callable[[Tell, threading.Event], Harvest]


def in_threads(
    jobs: Sequence[tuple[Task, Job]],
    keep: Callable[[Task, Future[Harvest]], None],
    *,
    tell: Tell,
    workers: int | None,
) -> None:
    """Run jobs in threads, the largest first; ``keep`` takes each one that has ended."""
    stop = threading.Event()
    ordered = sorted(jobs, key=lambda job: -work_in([job[0]]))
    with ThreadPoolExecutor(max_workers=max(1, workers or available_cores())) as pool:
        futures = {pool.submit(job, tell, stop): task for task, job in ordered}
        try:
            left = set(futures)
            while left:
                done, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    keep(futures[future], future)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
