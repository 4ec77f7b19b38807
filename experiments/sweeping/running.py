"""One run of a sweep: do it, read the asked-for indicators, and turn whatever goes wrong into data."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.problems import printable
from sim.indicators import BY_NAME, Record, record_of
from sim.simulation import Simulation
from sim.specification import Specification

OK, FAILED, TIMEOUT, MEMORY = "ok", "failed", "timeout", "memory"
STATUSES = (OK, FAILED, TIMEOUT, MEMORY)
STOPPED = "stopped"
"""Status of a run that was broken off on request; it is never written down."""
UNWRITABLE = "unwritable"
"""Status of a burn-in whose state the disk did not take: no fault of a run, and never written down."""

LONGEST_REASON = 300

Going = Callable[[int], bool]
"""Takes the day reached; ``False`` asks the run to end there."""


@dataclass(frozen=True, slots=True)
class Warm:
    """A stored state after the burn-in of the base scenario, from which runs go on."""

    folder: Path
    id: str
    base: Specification


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that a worker needs for one run.

    ``number`` tells the runs of one command apart.  ``timeout`` is in seconds.  A task with ``prepares``
    makes and stores the warm state instead of a run.
    """

    number: int
    run_id: str
    specification: Specification
    seed: int
    replicate: int
    outputs: tuple[str, ...]
    daily: bool = False
    ledger: bool = False
    warm: Warm | None = None
    prepares: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished run says: per output a value and the weight with which it pools over runs.

    ``daily`` and ``ledger`` are data frames where the task asked for them.
    """

    values: tuple[float | None, ...]
    weights: tuple[float, ...]
    digest: str
    daily: Any = None
    ledger: Any = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended; ``outcome`` is there when it ended well."""

    number: int
    status: str
    reason: str
    seconds: float
    outcome: Outcome | None = None


Runner = Callable[[Task, Going], Outcome]
"""Does a run.  It calls ``going`` now and then and may return anything once that says ``False``."""


def simulate(task: Task, going: Going) -> Outcome:
    """Do a run of the model: the runner of every sweep unless another is handed in."""
    if task.prepares:
        from experiments.sweeping.warm import prepare

        prepare(task, going)
        return Outcome((), (), "")
    if task.warm is None:
        simulation = Simulation(task.specification, task.seed, task.replicate)
    else:
        from experiments.sweeping.warm import resumed

        simulation = resumed(task)
    simulation.run(watch=going)
    return observed(simulation, task)


def observed(simulation: Simulation, task: Task) -> Outcome:
    """Read off a finished run what the task asks for."""
    record = record_of(simulation)
    readings = [reading(record, name) for name in task.outputs]
    daily = ledger = None
    if task.daily or task.ledger:
        from sim.frames import daily_frame, ledger_frame

        daily = daily_frame(simulation).reset_index() if task.daily else None
        ledger = ledger_frame(simulation).reset_index() if task.ledger else None
    return Outcome(
        tuple(value for value, _ in readings),
        tuple(weight for _, weight in readings),
        simulation.fingerprint(),
        daily,
        ledger,
    )


def reading(record: Record, name: str) -> tuple[float | None, float]:
    """Return the value of an indicator in one run and the weight with which it pools over runs.

    The value is missing where nothing happened that it could be a share of.
    """
    indicator = BY_NAME[name]
    if indicator.form == "share_of_persons":
        return _top_share(record, by_chance=name.endswith("poisson"))
    sums = indicator.measure(record)
    if sums.denominator <= 0.0:
        return None, 0.0
    return sums.numerator / sums.denominator, sums.denominator


def _top_share(record: Record, *, by_chance: bool) -> tuple[float | None, float]:
    from experiments.statistics import poisson_top_share, top_share

    counts, days = (column.astype(float) for column in record.persons)
    value = poisson_top_share(counts, days) if by_chance else top_share(counts)
    return (None, 0.0) if math.isnan(value) else (value, float(counts.sum()))


class Clock:
    """Ends a run that is asked to stop or takes too long; looked at after every chunk of days."""

    def __init__(self, timeout: float | None, stop: threading.Event | None) -> None:
        self.started = time.perf_counter()
        self.timeout = timeout
        self.stop = stop

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self.started

    @property
    def is_late(self) -> bool:
        """Whether the run has taken longer than it may."""
        return self.timeout is not None and self.seconds > self.timeout

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked to stop."""
        return self.stop is not None and self.stop.is_set()

    def __call__(self, _day: int) -> bool:
        """Say whether the run may go on."""
        return not (self.is_late or self.is_stopped)


def perform(task: Task, runner: Runner = simulate, stop: threading.Event | None = None) -> Report:
    """Do a run and report how it ended; nothing that goes wrong in it gets out."""
    clock = Clock(task.timeout, stop)
    try:
        outcome = runner(task, clock)
    except MemoryError as error:
        return _ended(task, clock, MEMORY, str(error) or "no memory left")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a run raises is data
        if task.prepares and isinstance(error, OSError):
            return _ended(task, clock, UNWRITABLE, error.strerror or type(error).__name__)
        # An end of the program, too: in a thread it would end the worker without a word.
        return _ended(task, clock, FAILED, f"{type(error).__name__}: {error}")
    if clock.is_stopped:
        return _ended(task, clock, STOPPED, "")
    if clock.is_late:
        return _ended(task, clock, TIMEOUT, late(task.timeout))
    return Report(task.number, OK, "", clock.seconds, outcome)


def late(timeout: float | None) -> str:
    """Return the reason of a run that took too long."""
    return f"took longer than {timeout:g} s"


def one_line(reason: str) -> str:
    """Return a reason as it is written down: printable, on one line, not too long."""
    text = printable(" ".join(reason.split()))
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"


def _ended(task: Task, clock: Clock, status: str, reason: str) -> Report:
    if clock.is_stopped:
        return Report(task.number, STOPPED, "", clock.seconds)
    return Report(task.number, status, one_line(reason), clock.seconds)
