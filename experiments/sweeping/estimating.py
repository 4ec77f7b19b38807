"""How many runs, how long, how much disk: what ``--dry-run`` answers, from a short measured probe."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.sweeping.design import SweepDesign
from experiments.sweeping.engine import Settings
from experiments.sweeping.parts import WEIGHT, encoded, schema_of
from experiments.sweeping.points import Group, Plan
from experiments.sweeping.reading import read_rows
from experiments.sweeping.running import Task, observed
from experiments.sweeping.store import ROWS_PER_PART
from experiments.sweeping.warm import burnt_in
from sim.simulation import Simulation

PROBE_DAYS = 60
"""Days that a probe runs at most: a fraction of a second for 400 residents."""
BUSY = 0.95
"""Share of the cores that threads keep busy, as measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep will take; ``most_runs`` is what a precision may come to ask for."""

    points: int
    runs: int
    most_runs: int
    finished: int
    seconds: float
    disk_bytes: int
    workers: int

    def content(self) -> dict[str, Any]:
        """Return the content of the JSON answer."""
        return {
            "dry_run": True,
            "points": self.points,
            "runs": self.runs,
            "most_runs": self.most_runs,
            "finished": self.finished,
            "seconds": round(self.seconds, 1),
            "disk_bytes": self.disk_bytes,
            "workers": self.workers,
        }


@dataclass(frozen=True, slots=True)
class _Probe:
    """Measured on one facility: seconds to build, per day, to read, and bytes of what is kept per run."""

    build: float
    day: float
    read: float
    daily: float
    ledger: float
    state: float


def estimate(design: SweepDesign, folder: Path | None, settings: Settings) -> Estimate:
    """Return what is left to do for a design; nothing is written.

    One run of each scenario is tried for a few weeks.  With a precision the time is that of the first
    round: how many more follow depends on what comes out.
    """
    plan = Plan(design)
    each = design.replicates or (design.precision.first if design.precision else 1)
    most = design.precision.most if design.precision else each
    finished = _finished(folder, plan)
    probes = {name: _probe(plan, name) for name in design.scenarios}
    left = max(0, len(plan.groups) * each - finished) / (len(plan.groups) * each)
    seconds = left * sum(_seconds(plan, group, each, probes[group.scenario]) for group in plan.groups)
    if design.start == "warm" and left:
        for name, base in design.scenarios.items():
            seconds += each * (probes[name].build + probes[name].day * base.values["run.burn_in_days"])
    disk = _bytes_of_rows(design, len(plan.groups) * each) + _bytes_kept(design, plan, each, probes)
    return Estimate(
        points=len(design.table) * len(design.scenarios),
        runs=len(plan.groups) * each,
        most_runs=len(plan.groups) * most,
        finished=finished,
        seconds=seconds / (settings.worker_count * BUSY),
        disk_bytes=round(disk),
        workers=settings.worker_count,
    )


def _finished(folder: Path | None, plan: Plan) -> int:
    """Return how many runs of the plan a folder has; a damaged or strange one is told when it is used."""
    from experiments.exits import Failure

    if folder is None or not (folder / "manifest.json").exists():
        return 0
    try:
        table = read_rows(folder)
    except Failure:
        return 0
    names = [f"factor.{path}" for path in plan.design.paths]
    if not set(names) <= set(table.column_names):
        return 0
    found = set()
    for row in table.select(["run_id", "scenario", "replicate", *names]).to_pylist():
        levels = tuple(row[name] for name in names)
        if plan.find(row["scenario"], levels, row["replicate"], row["run_id"]) is not None:
            found.add(row["run_id"])
    return len(found)


def _days(plan: Plan, group: Group) -> float:
    values = plan.specification(group).values
    burn_in = 0.0 if plan.design.start == "warm" else values["run.burn_in_days"]
    return float(values["run.days"] + burn_in)


def _seconds(plan: Plan, group: Group, replicates: int, probe: _Probe) -> float:
    return replicates * (probe.build + probe.read + probe.day * _days(plan, group))


def _probe(plan: Plan, scenario: str) -> _Probe:
    """Try the point in the middle of the design."""
    groups = [group for group in plan.groups if group.scenario == scenario]
    specification = plan.specification(groups[len(groups) // 2])
    days = min(PROBE_DAYS, int(specification.values["run.days"]))
    short = specification.with_numbers({"run.days": float(days), "run.burn_in_days": 0.0})
    keep = plan.design.keep
    task = Task(
        0,
        "",
        short,
        plan.design.seed,
        0,
        plan.design.outputs,
        bool(keep.daily.row()),
        bool(keep.ledger.row()),
    )
    Simulation(short, plan.design.seed, 0).run(1)  # what happens once (loading code) is not measured
    began = time.perf_counter()
    simulation = Simulation(short, plan.design.seed, 0)
    built = time.perf_counter()
    simulation.run()
    ran = time.perf_counter()
    outcome = observed(simulation, task)
    read = time.perf_counter()
    whole = float(specification.values["run.days"])
    state = 0.0
    if plan.design.start == "warm":
        state = sum(float(t.nbytes) for t in burnt_in(short, 1, 0).world.tables().values())
    return _Probe(
        build=built - began,
        day=(ran - built) / days,
        read=read - ran,
        daily=_bytes_of_frame(outcome.daily) * whole / days,
        ledger=_bytes_of_frame(outcome.ledger) * whole / days,
        state=state,
    )


def _bytes_of_frame(frame: Any) -> float:
    if frame is None:
        return 0.0
    import pyarrow as pa

    return float(len(encoded(pa.Table.from_pandas(frame, preserve_index=False))))


def _bytes_of_rows(design: SweepDesign, runs: int) -> float:
    """Return the bytes of rows in parts, from one part of made-up numbers."""
    import numpy as np
    import pyarrow as pa

    schema = schema_of(design.table.factors, design.outputs)
    random = np.random.default_rng(1)
    rows = [
        {
            "run_id": random.bytes(16).hex(),
            "scenario": "x" * 16,
            "digest": random.bytes(32).hex(),
            "status": "ok",
            **dict.fromkeys(("point", "replicate", "seed"), 1),
            **{n: float(random.random()) for name in design.outputs for n in (name, f"{name}{WEIGHT}")},
        }
        for _ in range(ROWS_PER_PART)
    ]
    size = len(encoded(pa.Table.from_pylist(rows, schema=schema)))
    return size * runs / ROWS_PER_PART


def _bytes_kept(design: SweepDesign, plan: Plan, each: int, probes: dict[str, _Probe]) -> float:
    keep, total = design.keep, 0.0
    for group in plan.groups:
        probe = probes[group.scenario]
        for sample, size in ((keep.daily, probe.daily), (keep.ledger, probe.ledger)):
            total += size * sum(sample.holds(group.points, r) for r in sample.replicates if r < each)
    if design.start == "warm":
        total += sum(probes[name].state * each for name in design.scenarios)
    return total


def fits(folder: Path, needed: int) -> bool:
    """Say whether the disk that ``folder`` will lie on has room for so many bytes."""
    import shutil

    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free >= needed
