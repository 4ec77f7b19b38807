"""PAWN: which factors change the whole distribution of an indicator, from any scattered design.

The points are cut into slices along one factor; the index is the distance (Kolmogorov & Smirnov) between
the distribution within a slice and that of all points, its median and its maximum over slices (Pianosi
& Wagener 2015, 2018).  Even a factor that does nothing gets an index above 0 by chance.  So the same is
computed for dummy factors, random slices of the same sizes; a factor counts where its maximum passes
what 95 % of the dummies reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.sensitivity.index import RESAMPLES, Index, Matrix
from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.noise import mean_over
from experiments.statistics import LEVEL

Slices = npt.NDArray[np.int64]

MOST_SLICES = 10
IN_SLICE = 12
"""Points that a slice should have; there are at least two slices all the same."""
FEWEST_POINTS = 20
_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class PawnRow:
    """The index of one factor (0-1): median and maximum over slices, each with the dummies' threshold."""

    factor: str
    slices: int
    median: Index
    maximum: Index
    threshold_median: float
    threshold_maximum: float

    @property
    def clear(self) -> bool:
        """Say whether the maximum passes what dummy factors reach by chance."""
        return self.maximum.value is not None and self.maximum.value > self.threshold_maximum


@dataclass(frozen=True, slots=True)
class Pawn:
    """PAWN indices of every factor, the strongest first, and how many points failed runs cost."""

    rows: tuple[PawnRow, ...]
    points: int
    dropped: int


def pawn(
    names: tuple[str, ...],
    shares: Matrix,
    values: Matrix,
    *,
    slices: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Pawn:
    """Return the PAWN indices of a table of points x replicates, computed from the means of the points.

    ``shares`` (points x factors) places the points along every factor.  Raises ``TooFewError`` when fewer
    than :data:`FEWEST_POINTS` points have a value.
    """
    means = mean_over(values, axis=1)
    kept = np.isfinite(means)
    if kept.sum() < FEWEST_POINTS:
        raise TooFewError(
            f"{int(kept.sum())} of {len(kept)} points have a value, at least {FEWEST_POINTS} are needed"
        )
    means, shares = means[kept], shares[kept]
    order, last = _sorted(means)
    wanted = slices or min(MOST_SLICES, max(2, len(means) // IN_SLICE))
    chance: dict[tuple[int, ...], tuple[float, float]] = {}
    rows = []
    for k, name in enumerate(names):
        member = slices_of(shares[:, k], wanted)
        sizes = tuple(sorted(np.bincount(member).tolist()))
        if sizes not in chance:
            chance[sizes] = _threshold(member, last, resamples, seed)
        median, maximum = _statistics(member[order][None, :], last)
        draws = _bootstrap(means, member, resamples, seed + 1 + k)
        rows.append(
            PawnRow(
                name,
                len(sizes),
                _centred(float(median[0]), draws[0]),
                _centred(float(maximum[0]), draws[1]),
                *chance[sizes],
            )
        )
    rows.sort(key=lambda row: -(row.maximum.value or 0.0))
    return Pawn(tuple(rows), len(means), int(len(kept) - len(means)))


def slices_of(shares: Matrix, wanted: int) -> Slices:
    """Return the number of the slice of every point: levels where there are few, else equal parts."""
    levels, member = np.unique(np.round(shares, 9), return_inverse=True)
    if len(levels) <= wanted:
        return np.asarray(member, dtype=np.int64)
    ranks = np.argsort(np.argsort(shares, kind="stable"), kind="stable")
    return np.asarray(ranks * wanted // len(shares), dtype=np.int64)


def _sorted(values: Matrix) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the order of the values and where a run of equal ones ends: distributions step there."""
    order = np.argsort(values, kind="stable")
    steps = values[order]
    return order, np.append(steps[1:] != steps[:-1], True)


def _statistics(members: Slices, last: npt.NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
    """Return median and maximum distance for rows of slice numbers in the order of the values."""
    points = members.shape[1]
    everything = np.arange(1, points + 1) / points
    distances = []
    for number in range(int(members.max()) + 1):
        inside = members == number
        size = inside.sum(axis=1, keepdims=True)
        gap = np.abs(np.cumsum(inside, axis=1) / np.maximum(size, 1) - everything)
        distance = np.where(last, gap, 0.0).max(axis=1)
        distances.append(np.where(size[:, 0] > 0, distance, np.nan))
    stacked = np.array(distances)
    return np.nanmedian(stacked, axis=0), np.nanmax(stacked, axis=0)


def _threshold(member: Slices, last: npt.NDArray[np.bool_], resamples: int, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    found: list[tuple[Matrix, Matrix]] = []
    step = max(1, _AT_ONCE // len(member))
    for start in range(0, resamples, step):
        rows = np.tile(member, (min(step, resamples - start), 1))
        found.append(_statistics(random.permuted(rows, axis=1), last))
    median, maximum = (np.concatenate(part) for part in zip(*found, strict=True))
    return float(np.quantile(median, LEVEL)), float(np.quantile(maximum, LEVEL))


def _bootstrap(values: Matrix, member: Slices, resamples: int, seed: int) -> tuple[Matrix, Matrix]:
    random = np.random.default_rng(seed)
    medians, maxima = np.empty(resamples), np.empty(resamples)
    for k in range(resamples):
        drawn = random.integers(len(values), size=len(values))
        order, last = _sorted(values[drawn])
        median, maximum = _statistics(member[drawn][order][None, :], last)
        medians[k], maxima[k] = median[0], maximum[0]
    return medians, maxima


def _centred(value: float, draws: Matrix) -> Index:
    """Return a value with the spread of its resamples around it.

    Distances of resampled points are larger on average (points repeat), so percentiles as they stand
    would lie too high.
    """
    low, high = np.quantile(draws, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0]) - draws.mean()
    return Index(value, max(0.0, value + float(low)), min(1.0, value + float(high)))
