"""Measuring speed and memory: CPU time, interleaved rounds, medians, ratios within one measurement.

Machines differ and are noisy, so ratios measured side by side say more than seconds; nothing here is a
test.  ``core_over_c`` and ``mesa_over_core`` need the counterparts in ``bench/``, which only a source
checkout has, and the first a C compiler; without them they are ``None`` and ``note`` says why.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.simulation import Simulation
from sim.specification import GraphSpecification, Specification, UnitSpecification

SCENARIOS = (
    "dutch-prison",
    "detention-house",
    "large-stressed-prison",
    "matched-30x12",
    "matched-campus-30x12",
)
ROUNDS = 5


def measure(tell: Callable[[str], None]) -> dict[str, Any]:
    """Return every measurement that can be made here; ``tell`` is called before each."""
    from scenarios import load

    specifications = {name: load(name) for name in SCENARIOS}
    tell("the core against C and against plain Mesa objects")
    ratios = core_ratios()
    tell("microseconds per resident-day")
    costs = costs_per_resident_day(specifications)
    tell("growth from 100 to 2,000 residents")
    dutch = specifications["dutch-prison"]
    growth = costs_per_resident_day({"100": grown(dutch, 5), "2000": grown(dutch, 100)}, rounds=3)
    tell("two threads against one")
    threads = threads_speedup(dutch)
    tell("runs of a sweep against bare runs")
    overhead = sweep_over_runs(dutch)
    tell("memory, start-up and compile times")
    return {
        "core_over_c": ratios["core_over_c"],
        "mesa_over_core": ratios["mesa_over_core"],
        "us_per_resident_day": {name: round(cost, 3) for name, cost in costs.items()},
        "growth_2000_over_100": round(growth["2000"] / growth["100"], 3),
        "threads_2_over_1": round(threads, 3),
        "sweep_over_runs": round(overhead, 3),
        "sweep_rss_mib": round(worker_memory(), 1),
        "help_s": round(command_seconds("--help"), 3),
        "run_warm_s": round(
            command_seconds("run", "dutch-prison", "--replicates", "20", "--json", times=3), 3
        ),
        "compile_s": round(compile_seconds(), 1),
        "peers": {},
        **({"note": ratios["note"]} if ratios["note"] else {}),
    }


def core_ratios() -> dict[str, Any]:
    """Return the speed of the frozen core against its counterparts, measured in a process of its own."""
    script = Path(__file__).resolve().parent.parent / "bench" / "ratios.py"
    if not script.exists():
        note = "no core ratios: bench/ is in the source checkout only"
        return {"core_over_c": None, "mesa_over_core": None, "note": note}
    answer = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def cpu_of_run(specification: Specification, replicate: int) -> tuple[float, float]:
    """Return CPU seconds of one run, burn-in counted, and the resident-days it simulated."""
    simulation = Simulation(specification, 1, replicate)
    started = time.thread_time()
    simulation.run()
    seconds = time.thread_time() - started
    return seconds, float(simulation.world.daily.residents.sum())


def costs_per_resident_day(
    specifications: dict[str, Specification], rounds: int = ROUNDS
) -> dict[str, float]:
    """Return median CPU microseconds per simulated resident-day, rounds interleaved over scenarios."""
    found: dict[str, list[float]] = {name: [] for name in specifications}
    for turn in range(rounds + 1):
        for name, specification in specifications.items():
            seconds, days = cpu_of_run(specification, turn)
            if turn > 0:  # the first round warms up
                found[name].append(1e6 * seconds / days)
    return {name: statistics.median(costs) for name, costs in found.items()}


def grown(specification: Specification, units: int) -> Specification:
    """Return a facility of ``units`` units of 20 places in rings of four, rosters pooled over five."""
    described = tuple(UnitSpecification(f"unit-{k + 1}", 20) for k in range(units))
    values = {
        **specification.values,
        "staffing.rotation_cluster": 5.0,
        "run.days": 180.0,
        "run.burn_in_days": 60.0,
    }
    return replace(specification, units=described, graph=GraphSpecification("ring", 4), values=values)


def threads_speedup(specification: Specification, runs: int = 8) -> float:
    """Return how much faster two threads finish a batch of runs than one (wall time, median of three)."""

    def batch(workers: int) -> float:
        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda k: Simulation(specification, 1, k).run(), range(runs)))
        return time.perf_counter() - started

    return statistics.median(batch(1) / batch(2) for _ in range(3))


def sweep_over_runs(specification: Specification, rounds: int = 9, points: int = 10) -> float:
    """Return CPU per resident-day of a sweep's runs from stored warm starts over that of bare runs.

    Beside the model itself, such a run reads and copies the stored state, reads every indicator, and takes
    the fingerprint.  As in a sweep, the ``points`` of a replicate share its state.  Median over rounds, in
    each of which both take turns.
    """
    from experiments.sweeping.running import Task, Warm, simulate
    from experiments.sweeping.warm import forget, resumed
    from sim.indicators import INDICATORS

    outputs = tuple(indicator.name for indicator in INDICATORS)

    def task(folder: Path, turn: int, number: int, *, prepares: bool = False) -> Task:
        warm = Warm(folder, f"replicate-{turn}", specification)
        return Task(number, "", specification, 1, turn, outputs, warm=warm, prepares=prepares)

    def cpu_of_sweep(folder: Path, turn: int) -> float:
        tasks = [task(folder, turn, number) for number in range(points)]
        days = float(resumed(tasks[0]).run().daily().residents.sum())
        forget()
        started = time.thread_time()
        for one in tasks:
            simulate(one, lambda _day: True)
        return (time.thread_time() - started) / (points * days)

    def cpu_of_runs(turn: int) -> float:
        found = [cpu_of_run(specification, turn * points + k) for k in range(points)]
        return sum(seconds for seconds, _ in found) / sum(days for _, days in found)

    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(rounds):
            simulate(task(Path(name), turn, 0, prepares=True), lambda _day: True)
            ratios.append(cpu_of_sweep(Path(name), turn) / cpu_of_runs(turn))
    return statistics.median(ratios)


_WORKER = """
import resource, sys
from pathlib import Path
from scenarios import load
from experiments.runner import run_replicates
run_replicates(load("dutch-prison"), replicates=4, workers=2)
unwanted = [name for name in ("mesa", "pandas", "matplotlib", "scipy") if name in sys.modules]
status = Path("/proc/self/status")
if status.exists():  # the other counter starts with the memory of the process that started this one
    lines = status.read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / 1024.0, *unwanted)
"""


def worker_memory() -> float:
    """Return the peak memory (MiB) of a process that runs replicates and nothing else.

    Raises ``RuntimeError`` if that process loaded a heavy package it does not need.
    """
    command = [sys.executable, "-c", _WORKER]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own text
    memory, *unwanted = answer.stdout.split()
    if unwanted:
        raise RuntimeError(f"a worker loads {', '.join(unwanted)}")
    return float(memory)


def call(*arguments: str, cache: str | None = None) -> str:
    """Run the command ``detention`` in a process of its own and return what it prints."""
    environment = dict(os.environ) if cache is None else {**os.environ, "DETENTION_CACHE_DIR": cache}
    command = [sys.executable, "-m", "experiments", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)  # noqa: S603
    return done.stdout


def command_seconds(*arguments: str, times: int = 5) -> float:
    """Return the median wall time of the command ``detention`` with these arguments."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        call(*arguments)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def compile_seconds() -> float:
    """Return the seconds of a cold compile in a process of its own."""
    with tempfile.TemporaryDirectory() as empty:
        return float(json.loads(call("compile", "--json", cache=empty))["seconds"])
