"""What the model gives at parameter vectors: a few runs each, read by the measures of the facts.

Every vector has replicates of its own, so that the luck of one replicate does not shift all of them: the
emulator averages over vectors, and the noise of single ones is estimated from their intervals.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.batches import run_jobs
from experiments.calibration.settings import Output, Settings
from experiments.runner import Tell
from experiments.statistics import t_quantile

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured at one vector: values on the emulated scale and their noise variances.

    Not a number where a measure has no value (too few cases).
    """

    values: Vector
    noise: Vector


Simulator = Callable[[Sequence[dict[str, float]], int], list[Outcome]]
"""Takes vectors and the number of the first (their replicates follow from it); returns their outcomes."""


def simulator(
    settings: Settings, *, workers: int | None = None, tell: Tell = lambda _done: None
) -> Simulator:
    """Return the function that runs the model at vectors; ``tell(1)`` is called after each."""
    arms = _arms(settings)

    def simulate(vectors: Sequence[dict[str, float]], first: int) -> list[Outcome]:
        jobs = [_job(settings, arms, vector, first + k) for k, vector in enumerate(vectors)]
        return run_jobs(jobs, workers=workers, tell=tell)

    return simulate


def _arms(settings: Settings) -> list[Any]:
    from experiments.facts.arms import panel_arms
    from experiments.facts.measuring import arms_of

    known = panel_arms()
    chosen = [known[name] for name in arms_of(output.measure for output in settings.outputs)]
    return [
        replace(
            arm,
            copies=settings.copies.get(arm.name, arm.copies),
            numbers={**arm.numbers, **settings.numbers},
        )
        for arm in chosen
    ]


def _job(
    settings: Settings, arms: Sequence[Any], vector: dict[str, float], number: int
) -> Callable[[threading.Event], Outcome]:
    from experiments.facts.panel import Panel, Task

    def run(stop: threading.Event) -> Outcome:
        panel = Panel(settings.seed)
        for arm in arms:
            specification = arm.specification(vector)
            if settings.units is not None:
                specification = replace(specification, units=specification.units[: settings.units])
            panel.harvests[arm.name] = {}
            for k in range(settings.replicates):
                replicate = number * settings.replicates + k
                task = Task(arm, specification, settings.seed, replicate)
                panel.harvests[arm.name][replicate] = task.run(lambda _done: None, stop)
        return outcome_of(panel, settings.outputs)

    return run


def outcome_of(panel: Any, outputs: Sequence[Output]) -> Outcome:
    """Return what a panel gives for each output."""
    from experiments.facts.measuring import all_measures

    measures = all_measures()
    found = [_reading(measures[output.measure].function(panel), output) for output in outputs]
    return Outcome(np.array([value for value, _ in found]), np.array([noise for _, noise in found]))


def _reading(reading: Any, output: Output) -> tuple[float, float]:
    if reading.value is None:
        return np.nan, np.nan
    value = output.bent(reading.value)
    if reading.half_width is None or reading.n < 2:
        return value, np.nan
    error = reading.half_width / t_quantile(reading.n - 1) * output.slope(reading.value)
    return value, error**2


def stacked(outcomes: Sequence[Outcome]) -> Matrix:
    """Return outcomes as a table, one row per vector."""
    return np.array([outcome.values for outcome in outcomes])


def pooled_noise(outcomes: Sequence[Outcome]) -> Vector:
    """Return the mean noise variance of each output: single vectors estimate theirs too badly."""
    table = np.array([outcome.noise for outcome in outcomes])
    counted = np.isfinite(table).sum(axis=0)
    total = np.where(np.isfinite(table), table, 0.0).sum(axis=0)
    return np.asarray(np.where(counted > 0, total / np.maximum(1, counted), 0.0))
