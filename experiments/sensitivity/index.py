"""An index with its bootstrap interval, and the resampling behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from experiments.statistics import LEVEL

Matrix: TypeAlias = npt.NDArray[np.float64]

RESAMPLES = 1000
_AT_ONCE = 4_000_000
"""Weights held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Index:
    """A value with its interval; ``None`` where it cannot be given."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def row(self) -> dict[str, float | None]:
        """Return the entry for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


NOTHING = Index(None)


def resampled_sums(columns: Matrix, resamples: int, seed: int) -> Matrix:
    """Return the sums of ``columns`` (blocks x columns) over blocks drawn with replacement.

    One row per resample (Efron & Tibshirani 1993, ch. 6).  Everything here is a function of such sums, so
    a resample is a row of counts and all of them are one matrix product.
    """
    blocks = len(columns)
    random = np.random.default_rng(seed)
    sums = np.empty((resamples, columns.shape[1]))
    step = max(1, _AT_ONCE // blocks)
    for start in range(0, resamples, step):
        number = min(step, resamples - start)
        counts = random.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=number)
        sums[start : start + number] = counts.astype(np.float64) @ columns
    return sums


def percentile(value: float, draws: Matrix, level: float = LEVEL) -> Index:
    """Return a value with the percentile interval of its resamples; those without a value are left out."""
    known = draws[np.isfinite(draws)]
    if not math.isfinite(value):
        return NOTHING
    if len(known) < len(draws) / 2 or len(known) < 2:
        return Index(value)
    low, high = np.quantile(known, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return Index(value, float(low), float(high))


def divided(top: Matrix, bottom: Matrix) -> Matrix:
    """Return the ratio, NaN where there is nothing to divide by."""
    found: Matrix = np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0.0)
    return found


def entry(found: Any) -> Any:
    """Return an index, or anything else, as it stands in JSON."""
    return found.row() if isinstance(found, Index) else found
