"""How fast the compiled core is: against the same core in C, and as plain Mesa objects.

``python bench/ratios.py [--rounds N]`` prints one JSON object.  All sides run the frozen core with 400
residents at default rates in one process, a week at a time in turn, so that what slows the machine
slows all of them; each ratio is the median over rounds of ratios of CPU times of this thread.

* ``core_over_c``: ``sim.schedule.run`` as ``Simulation`` calls it, against ``core.c``; both start from
  copies of one world and must leave the same bits in every table.
* ``mesa_over_core``: ``PlainModel`` of the oracle with Mesa's ordinary random numbers, against the same
  compiled core.  It asks the same questions of the same pairs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RESIDENTS = 400
UNITS = (25,) * 16
CORE_DAYS = 28
MESA_DAYS = 7
WARM_UP_DAYS = 28
ROUNDS = 15


def cpu_of(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that this thread spends on some work."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Return both ratios and the microseconds per resident-day behind them.

    Raises ``RuntimeError`` when the C twin does not leave the same bits.
    """
    from bench.core import frozen
    from bench.twin import CTwin, c_compiler, differences, roomy
    from sim import schedule
    from sim.kernel import compiled
    from sim.simulation import Simulation
    from tests.oracle.plain_mesa import PlainModel

    specification = frozen(UNITS, {"residents.occupancy": 1.0}, days=365, double_cells=0.15)
    simulation = Simulation(specification).run(WARM_UP_DAYS)
    plain = PlainModel(specification, keyed=False)
    step = compiled(schedule.run)
    for _ in range(4 * MESA_DAYS):
        plain.step()
    roomy(simulation, (rounds + 1) * CORE_DAYS)
    twin = simulation.world.copy()
    cost: dict[str, list[float]] = {"core": [], "c": [], "mesa": []}
    with tempfile.TemporaryDirectory() as folder:
        run_c = CTwin(Path(folder)).bind(twin) if c_compiler() else None
        part = simulation.part
        for turn in range(rounds):
            stop = part + 4 * CORE_DAYS
            sides = {
                "core": lambda a=part, b=stop: step(a, b, *simulation.world.tables().values()),
                "c": (lambda a=part, b=stop: run_c(a, b)) if run_c else (lambda: None),
            }
            # Who goes first changes, so that neither always finds the caches as the other left them.
            for name in sorted(sides, reverse=bool(turn % 2)):
                cost[name].append(cpu_of(sides[name]) / (RESIDENTS * CORE_DAYS))
            seconds = cpu_of(lambda: [plain.step() for _ in range(4 * MESA_DAYS)])
            cost["mesa"].append(seconds / (RESIDENTS * MESA_DAYS))
            part = stop
    if run_c and (wrong := differences(simulation.world, twin)):
        raise RuntimeError(f"the C twin leaves other bits than the compiled core in {', '.join(wrong)}")
    return {
        "core_over_c": _ratio(cost["core"], cost["c"]) if run_c else None,
        "mesa_over_core": _ratio(cost["mesa"], cost["core"]),
        "us_per_resident_day": {
            name: round(1e6 * statistics.median(costs), 3) for name, costs in cost.items() if any(costs)
        },
        "note": None if run_c else "no C compiler on this machine",
    }


def _ratio(above: list[float], below: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(above, below, strict=True)), 3)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    sys.stdout.write(json.dumps(measure(arguments.parse_args().rounds)) + "\n")
