"""Courses: the indicator along each factor, from one-at-a-time designs and grids.

The extended one-at-a-time method (ten Broeke, van Voorn & Ligtenberg 2016): not two ends but the whole
course over a factor's levels shows thresholds and turns that an index hides.  In a one-at-a-time design
the other factors stay as the scenario has them; in a grid the course is the mean over all settings of the
others, so that both are comparisons of like with like.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.designs import Design, Level
from experiments.sensitivity.index import NOTHING, Index, Matrix
from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.noise import mean_over
from experiments.statistics import LEVEL, t_quantile


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One level of a factor: the indicator there and its paired difference to the reference level."""

    level: Level | None
    value: Index
    replicates: int
    difference: Index
    reference: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """The course of an indicator along one factor.

    ``range`` is the highest minus the lowest value.  ``clear`` says whether some level differs from the
    reference beyond run-to-run noise, at 5 % for all its levels together (Bonferroni); ``None`` with one
    replicate.
    """

    factor: str
    points: tuple[CoursePoint, ...]
    range: float
    clear: bool | None


@dataclass(frozen=True, slots=True)
class Courses:
    """The course along every factor, the widest first, and how many levels failed runs cost."""

    rows: tuple[CourseRow, ...]
    levels: int
    dropped: int


def courses(design: Design, values: Matrix, own: Mapping[str, Level] | None = None) -> Courses:
    """Return the courses of a table of points x replicates.

    ``own`` has the scenario's own value of each factor, at which the first point of a one-at-a-time
    design lies.  Raises ``TooFewError`` when the first point has no value or a factor fewer than two
    levels with one.
    """
    tables = [
        _one_at_a_time(design, values, k, own or {})
        if design.kind == "one-at-a-time"
        else _marginal(design, values, k)
        for k in range(len(design.factors))
    ]
    rows, dropped = [], 0
    for factor, (levels, runs, reference) in zip(design.factors, tables, strict=True):
        known: npt.NDArray[np.bool_] = np.asarray(np.isfinite(runs).any(axis=1))
        if not known[reference] or known.sum() < 2:
            raise TooFewError(
                f"{int(known.sum())} levels of {factor.path} have a value, at least 2 are needed"
            )
        dropped += int((~known).sum())
        rows.append(_row(factor.path, levels, runs, reference))
    rows.sort(key=lambda row: -row.range)
    return Courses(tuple(rows), sum(len(levels) for levels, _, _ in tables), dropped)


Table = tuple[Sequence[Level | None], Matrix, int]
"""Levels, values (levels x replicates), position of the reference."""


def _one_at_a_time(design: Design, values: Matrix, k: int, own: Mapping[str, Level]) -> Table:
    path = design.factors[k].path
    moved = [number for number, point in enumerate(design.points) if path in point]
    levels: list[Level | None] = [design.points[number][path] for number in moved]
    base = own.get(path)
    if base in levels:
        # The scenario's own value is one of the levels: the same point twice, once is enough.
        moved[levels.index(base)] = 0
        return levels, values[moved], levels.index(base)
    order = sorted(range(len(levels)), key=lambda j: _sortable(levels[j]))
    levels, moved = [levels[j] for j in order], [moved[j] for j in order]
    at = sum(_sortable(level) < _sortable(base) for level in levels) if base is not None else 0
    return [*levels[:at], base, *levels[at:]], values[[*moved[:at], 0, *moved[at:]]], at


def _sortable(level: Level | None) -> tuple[int, float, str]:
    if isinstance(level, (int, float)):
        return 0, float(level), ""
    return 1, 0.0, str(level)


def _marginal(design: Design, values: Matrix, k: int) -> Table:
    """Return the means over the settings of the other factors, of those complete in a replicate."""
    sizes = [len(dict.fromkeys(point[factor.path] for point in design.points)) for factor in design.factors]
    levels: list[Level | None] = list(dict.fromkeys(p[design.factors[k].path] for p in design.points))
    table = np.moveaxis(values.reshape(*sizes, -1), k, 0).reshape(sizes[k], -1, values.shape[1])
    # A level that never ran would empty every setting: it is left out instead.
    ran = np.isfinite(table).any(axis=(1, 2))
    complete = np.isfinite(table[ran]).all(axis=0)
    return levels, mean_over(np.where(complete, table, np.nan), axis=1), int(np.argmax(ran))


def _row(path: str, levels: Sequence[Level | None], runs: Matrix, reference: int) -> CourseRow:
    strict = 1.0 - (1.0 - LEVEL) / max(1, len(levels) - 1)
    found, verdicts, known = [], [], []
    for k, level in enumerate(levels):
        value = _interval(runs[k])
        if value.value is None:
            continue
        difference = NOTHING if k == reference else _interval(runs[k] - runs[reference])
        number = int(np.isfinite(runs[k]).sum())
        found.append(CoursePoint(level, value, number, difference, k == reference))
        known.append(value.value)
        if k != reference:
            at = _interval(runs[k] - runs[reference], strict)
            if at.low is not None and at.high is not None:
                verdicts.append(at.low > 0.0 or at.high < 0.0)
    return CourseRow(path, tuple(found), max(known) - min(known), any(verdicts) if verdicts else None)


def _interval(runs: Matrix, level: float = LEVEL) -> Index:
    """Return the mean over replicates with its t interval."""
    known = runs[np.isfinite(runs)]
    if not len(known):
        return NOTHING
    mean = float(known.mean())
    if len(known) < 2:
        return Index(mean)
    half = t_quantile(len(known) - 1, level) * float(known.std(ddof=1)) / math.sqrt(len(known))
    return Index(mean, mean - half, mean + half)
