"""Running replicates: in threads, with progress, each one reduced at once to what is asked of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import PARTS
from sim.indicators import Sums, record_of, summarise
from sim.ledger import KINDS, LAST_INCIDENT, PLACES
from sim.simulation import Simulation, Snapshot
from sim.specification import Specification

Vector = npt.NDArray[np.float64]

COURSES = (
    "residents",
    "autonomy",
    "competence",
    "relatedness",
    "tension",
    "fear",
    "wellbeing",
    "staff",
    "staff_autonomy",
    "staff_competence",
    "staff_relatedness",
    "staff_exhaustion",
    "staff_vigilance",
    "staff_absent",
)
"""Daily sums over the facility that are kept for time courses."""

KIND_CODES = max(KINDS) + 1
PLACE_CODES = max(PLACES) + 1


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked to stop
    """Running was stopped on request before all replicates were done."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is kept of one replicate (or of several copies of a small facility, pooled).

    ``courses`` maps a name to daily sums; ``incidents_per_day`` counts incidents; ``where`` counts
    events by kind x place x part and ``recorded`` those of them that were written down; ``units`` has
    one row per unit with mean tension and restrictiveness.
    """

    sums: dict[str, Sums]
    counts: npt.NDArray[np.int64]
    exposure: npt.NDArray[np.int64]
    resident_days: int
    digest: str
    courses: dict[str, Vector]
    incidents_per_day: Vector
    where: npt.NDArray[np.int64]
    recorded: npt.NDArray[np.int64]
    units: Vector


@dataclass(slots=True)
class Runs:
    """The replicates of one scenario, in order.

    Of the first replicate (first copy) more may be kept: ``moment`` is its state on a day, ``events``
    its ledger, ``people`` the days of sampled residents as an array days x places.
    """

    specification: Specification
    seed: int
    copies: int
    observations: list[Observation] = field(default_factory=list)
    moment: Snapshot | None = None
    events: Any = None
    people: Any = None

    @property
    def resident_days(self) -> int:
        """Recorded resident-days over all replicates."""
        return sum(observation.resident_days for observation in self.observations)

    def digest(self) -> str:
        """Return the SHA-256 over the digests of the replicates in order."""
        text = "\n".join(observation.digest for observation in self.observations)
        return hashlib.sha256(text.encode()).hexdigest()

    def vectors(self, indicator: str) -> tuple[Vector, Vector]:
        """Return numerators and denominators of an indicator, one entry per replicate."""
        sums = [observation.sums[indicator] for observation in self.observations]
        return np.array([s.numerator for s in sums]), np.array([s.denominator for s in sums])

    def cases(self, indicator: str) -> list[int | None]:
        """Return the events behind an indicator, one entry per replicate."""
        return [observation.sums[indicator].events for observation in self.observations]


def observe(simulation: Simulation) -> Observation:
    """Reduce a finished replicate to what is kept."""
    record = record_of(simulation)
    daily = simulation.daily()
    events = record.ledger
    incidents = events[events.kind <= LAST_INCIDENT]
    counts, exposure = record.persons
    where = np.zeros((KIND_CODES, PLACE_CODES, PARTS), dtype=np.int64)
    recorded = np.zeros_like(where)
    listed = events[events.kind < KIND_CODES]
    np.add.at(where, (listed.kind, listed.place, listed.part), 1)
    np.add.at(recorded, (listed.kind, listed.place, listed.part), listed.recorded)
    days = max(1, record.days)
    present = np.maximum(1, daily.residents.sum(axis=0))
    return Observation(
        sums=summarise(record),
        counts=np.array(counts),
        exposure=np.array(exposure),
        resident_days=int(daily.residents.sum()),
        digest=simulation.digest(),
        courses={name: np.asarray(daily[name].sum(axis=1), dtype=np.float64) for name in COURSES},
        incidents_per_day=np.bincount(incidents.day, minlength=days).astype(np.float64)[:days],
        where=where,
        recorded=recorded,
        units=np.column_stack([daily.tension.sum(axis=0) / present, daily.restrictiveness.mean(axis=0)]),
    )


def pooled(parts: Sequence[Observation]) -> Observation:
    """Return several copies of a facility as if they were one: sums add up."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    sums = {}
    for name in first.sums:
        entries = [part.sums[name] for part in parts]
        events = None if entries[0].events is None else sum(entry.events or 0 for entry in entries)
        sums[name] = Sums(
            sum(entry.numerator for entry in entries), sum(entry.denominator for entry in entries), events
        )
    return Observation(
        sums=sums,
        counts=np.concatenate([part.counts for part in parts]),
        exposure=np.concatenate([part.exposure for part in parts]),
        resident_days=sum(part.resident_days for part in parts),
        digest=hashlib.sha256("\n".join(part.digest for part in parts).encode()).hexdigest(),
        courses={name: np.sum([part.courses[name] for part in parts], axis=0) for name in first.courses},
        incidents_per_day=np.sum([part.incidents_per_day for part in parts], axis=0),
        where=np.sum([part.where for part in parts], axis=0),
        recorded=np.sum([part.recorded for part in parts], axis=0),
        units=np.concatenate([part.units for part in parts]),
    )


Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of the first replicate beside its observation.

    ``moment``: keep its state, on day ``day`` or at the end; ``people``: places whose residents are
    written down day by day.
    """

    moment: bool = False
    day: int | None = None
    people: int = 0


def run_copy(
    specification: Specification,
    seed: int,
    replicate: int,
    copy: int,
    tell: Tell,
    stop: threading.Event,
    keep: Keeping | None = None,
) -> tuple[Observation, Simulation, Snapshot | None]:
    """Run one copy of one replicate; copy ``k`` has other people in other places."""
    keep = keep or Keeping()
    simulation = Simulation(
        specification,
        seed,
        replicate,
        first_place=copy * specification.places,
        first_post=copy * post_count(specification),
        sample=keep.people,
    )
    before = simulation.day

    def watch(day: int) -> bool:
        nonlocal before
        tell((day - before) * specification.places)
        before = day
        return not stop.is_set()

    kept = None
    if keep.day is not None:
        simulation.run(keep.day, watch=watch)
        kept = simulation.snapshot()
    simulation.run(watch=watch)
    if stop.is_set():
        raise Stopped
    if keep.moment and kept is None:
        kept = simulation.snapshot()
    return observe(simulation), simulation, kept


def post_count(specification: Specification) -> int:
    """Return the number of unit posts of a specification."""
    from sim.build import posts_of

    values = specification.values
    ratio, share = values["staffing.residents_per_employee"], values["staffing.unit_share"]
    return sum(posts_of(unit.places, ratio, share)[0] for unit in specification.units)


def work_of(specification: Specification, copies: int, replicates: int) -> int:
    """Return the place-days that replicates will take, burn-in counted."""
    values = specification.values
    days = int(values["run.days"]) + int(values["run.burn_in_days"])
    return days * specification.places * copies * replicates


def run_replicates(
    specification: Specification,
    *,
    seed: int = 1,
    replicates: int = 10,
    copies: int = 1,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
    keep: Keeping | None = None,
) -> Runs:
    """Run replicates 0 to ``replicates - 1`` and return them in order.

    ``copies`` runs that many facilities with other people per replicate and pools them.  ``tell`` is
    called with place-days done.  ``keep`` asks for more of the first replicate.
    The result does not depend on ``workers``.  Raises ``KeyboardInterrupt`` on Ctrl-C once the
    running chunks have ended (well under two seconds).
    """
    stop = threading.Event()
    runs = Runs(specification, seed, copies)

    def job(replicate: int) -> Observation:
        parts = []
        for copy in range(copies):
            first = keep is not None and replicate == 0 and copy == 0
            wanted = keep if first else None
            observation, simulation, kept = run_copy(specification, seed, replicate, copy, tell, stop, wanted)
            parts.append(observation)
            if first:
                runs.moment = kept
                runs.events = simulation.ledger().copy()
                runs.people = simulation.people()
        return pooled(parts)

    if workers is None:
        workers = available_cores()
    load_kernels()
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        futures: list[Future[Any]] = [pool.submit(job, replicate) for replicate in range(replicates)]
        try:
            wait_for(futures)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
    for future in futures:
        runs.observations.append(future.result())
    return runs


def load_kernels() -> None:
    """Compile or load the model before threads need it, and keep the memory that run after run frees."""
    from experiments.memory import keep_freed_memory
    from sim import schedule
    from sim.kernel import compiled

    keep_freed_memory()
    compiled(schedule.begin)
    compiled(schedule.run)


def wait_for(futures: Sequence[Future[Any]]) -> None:
    """Wait until all are done, waking up often enough to notice Ctrl-C; raise the first failure."""
    left = set(futures)
    while left:
        done, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
        for future in done:
            if not future.cancelled() and (error := future.exception()) is not None:
                raise error


def available_cores() -> int:
    """Return the cores this process may use."""
    import os

    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
