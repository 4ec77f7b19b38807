"""The runs of a sweep as tables of points x replicates, whatever became of each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.designs import Design, Level
from experiments.sensitivity.index import Matrix
from sim.indicators import BY_NAME

OK = "ok"
FACTOR = "factor."
"""Before the path of a factor in the name of its column."""
WEIGHT = ".weight"
"""After the name of an indicator in the column of its denominators."""


@dataclass(frozen=True, slots=True)
class RunTable:
    """One row per run (INTERFACE ``SWEEP``) as columns, and the design that the runs belong to.

    ``label`` is how messages call it, usually its folder.
    """

    label: str
    design: Design
    columns: Mapping[str, Sequence[Any]]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the names of the base scenarios, in order of first appearance."""
        return tuple(dict.fromkeys(str(name) for name in self.columns["scenario"]))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the names of the indicators that the runs have, in the order of the columns."""
        return tuple(name for name in self.columns if name in BY_NAME)

    def values(self, scenario: str, indicator: str) -> Matrix:
        """Return points x replicates; NaN where no run gave a value."""
        return self._spread_out(scenario, indicator)

    def sums(self, scenario: str, indicator: str) -> tuple[Matrix, Matrix]:
        """Return numerators and denominators, points x replicates; NaN where no run gave a value.

        The denominator is the weight with which a run pools; without such a column every run counts 1.
        """
        values = self.values(scenario, indicator)
        weight = f"{indicator}{WEIGHT}"
        known = weight in self.columns
        bottoms = self._spread_out(scenario, weight) if known else np.where(np.isfinite(values), 1.0, np.nan)
        bottoms = np.where(np.isfinite(values), bottoms, np.nan)
        return values * bottoms, bottoms

    def _spread_out(self, scenario: str, column: str) -> Matrix:
        point, replicate = (np.asarray(self.columns[name], dtype=np.int64) for name in ("point", "replicate"))
        values = np.asarray(self.columns[column], dtype=np.float64)
        found = np.full((len(self.design), int(replicate.max(initial=-1)) + 1), np.nan)
        # Compared one by one: NumPy cuts what its strings cannot hold, and a name may hold anything.
        rows = zip(self.columns["scenario"], self.columns["status"], strict=True)
        good = np.fromiter((name == scenario and status == OK for name, status in rows), bool, len(values))
        good &= np.isfinite(values)
        found[point[good], replicate[good]] = values[good]
        return found

    def own_levels(self, scenario: str) -> dict[str, Level]:
        """Return the scenario's own value of every factor, where a point that leaves it out tells it."""
        found: dict[str, Level] = {}
        for factor in self.design.factors:
            without = {k for k, point in enumerate(self.design.points) if factor.path not in point}
            column = self.columns.get(FACTOR + factor.path)
            if column is None or not without:
                continue
            rows = zip(self.columns["scenario"], self.columns["point"], column, strict=True)
            told = (level for name, point, level in rows if name == scenario and point in without)
            level = next(told, None)
            if level is not None:
                found[factor.path] = level.item() if isinstance(level, np.generic) else level
        return found

    def tally(self) -> dict[str, int]:
        """Return how many runs there are, and how many of them ended in each way."""
        counts = Counter(str(status) for status in self.columns["status"])
        return {"runs": sum(counts.values()), OK: counts.pop(OK, 0), **dict(sorted(counts.items()))}


def positions(design: Design, own: Mapping[str, Level]) -> Matrix:
    """Return where every point lies along every factor: its share of the range, or its value or level.

    Only order and equality count.  A point that leaves a factor out lies at the scenario's ``own`` value,
    or before all others where that is unknown.
    """
    if design.shares.size:
        return design.shares
    found = np.empty((len(design), len(design.factors)))
    for k, factor in enumerate(design.factors):
        levels = [point.get(factor.path, own.get(factor.path)) for point in design.points]
        numeric = all(isinstance(level, (int, float)) for level in levels)
        names = list(dict.fromkeys([None, *factor.levels, *levels]))
        for row, level in enumerate(levels):
            found[row, k] = float(level) if numeric and level is not None else names.index(level)
    return found
