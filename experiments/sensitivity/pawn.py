"""PAWN: which factors change the whole distribution of an indicator, from any scattered design.

The points are cut into slices along one factor; the index is the distance (Kolmogorov & Smirnov) between
the distribution within a slice and that of all points, its median and its maximum over slices (Pianosi
& Wagener 2015, 2018).  Even a factor that does nothing gets an index above 0 by chance.  So the same is
computed for dummy factors, random slices of the same sizes; a factor counts where its maximum passes
what 95 % of the dummies reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.sensitivity.index import RESAMPLES, Index, Matrix
from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.noise import mean_over
from experiments.statistics import LEVEL

Slices = npt.NDArray[np.int64]
Steps = npt.NDArray[np.bool_]

MOST_SLICES = 10
IN_SLICE = 12
"""Points that a slice should have; there are at least two slices all the same."""
FEWEST_POINTS = 20
_AT_ONCE = 500_000


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
    members = [slices_of(shares[:, k], wanted)[order] for k in range(len(names))]
    drawn = _bootstrap(members, last, resamples, seed + 1)
    rows = []
    for name, member, draws in zip(names, members, drawn, strict=True):
        sizes = tuple(sorted(np.bincount(member).tolist()))
        if sizes not in chance:
            chance[sizes] = _threshold(member, last, resamples, seed)
        median, maximum = _statistics(member[None, :], last)
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


def _sorted(values: Matrix) -> tuple[npt.NDArray[np.int64], Steps]:
    """Return the order of the values and where a run of equal ones ends: distributions step there."""
    order = np.argsort(values, kind="stable")
    steps = values[order]
    return order, np.append(steps[1:] != steps[:-1], True)


def _statistics(members: Slices, last: Steps) -> tuple[Matrix, Matrix]:
    """Return median and maximum distance for rows of slice numbers in the order of the values."""
    points = members.shape[1]
    everything = np.arange(1, points + 1) / points
    distances = []
    for number in range(int(members.max()) + 1):
        inside = np.cumsum(members == number, axis=1)
        size = inside[:, -1:]
        gap = np.abs(inside / np.maximum(size, 1) - everything)[:, last].max(axis=1)
        distances.append(np.where(size[:, 0] > 0, gap, np.nan))
    return _over_slices(distances)


def _over_slices(distances: list[Matrix]) -> tuple[Matrix, Matrix]:
    stacked = np.array(distances)
    return np.nanmedian(stacked, axis=0), np.nanmax(stacked, axis=0)


def _threshold(member: Slices, last: Steps, resamples: int, seed: int) -> tuple[float, float]:
    """Return what 95 % of dummies with slices of these sizes stay below: median and maximum."""
    random = np.random.default_rng(seed)
    found = []
    for number in _chunks(resamples, len(member)):
        rows = np.tile(member, (number, 1))
        found.append(_statistics(random.permuted(rows, axis=1), last))
    median, maximum = (np.concatenate(part) for part in zip(*found, strict=True))
    return float(np.quantile(median, LEVEL)), float(np.quantile(maximum, LEVEL))


def _bootstrap(members: list[Slices], last: Steps, resamples: int, seed: int) -> list[tuple[Matrix, Matrix]]:
    """Return both statistics of points drawn with replacement, for the slices of every factor.

    Drawn twice, a point counts twice.  All factors see the same draws.
    """
    random = np.random.default_rng(seed)
    points = len(last)
    found: list[list[tuple[Matrix, Matrix]]] = [[] for _ in members]
    for number in _chunks(resamples, points):
        counts = random.multinomial(points, np.full(points, 1.0 / points), size=number).astype(np.float64)
        everything = _from_0(counts) / points
        for entry, member in zip(found, members, strict=True):
            entry.append(_weighted(counts, everything, member, last))
    return [
        (np.concatenate([median for median, _ in entry]), np.concatenate([maximum for _, maximum in entry]))
        for entry in found
    ]


def _weighted(counts: Matrix, everything: Matrix, member: Slices, last: Steps) -> tuple[Matrix, Matrix]:
    """Return both statistics where each point counts as often as rows of ``counts`` say.

    Within a slice the distribution steps at its own points only, so the distance is largest at one of
    these or just before it: no other place is looked at.
    """
    # Where the run of equal values of each point begins and ends (exclusive).
    ends = np.flatnonzero(last) + 1
    run = np.searchsorted(ends, np.arange(len(last)), side="right")
    begins = np.concatenate([[0], ends[:-1]])
    distances = []
    for number in range(int(member.max()) + 1):
        inside = np.flatnonzero(member == number)
        mine = _from_0(counts[:, inside])
        size = mine[:, -1:]
        gaps = [
            np.abs(mine[:, np.searchsorted(inside, edge)] / np.maximum(size, 1.0) - everything[:, edge])
            for edge in (ends[run[inside]], begins[run[inside]])
        ]
        gap = np.maximum(gaps[0].max(axis=1), gaps[1].max(axis=1))
        distances.append(np.where(size[:, 0] > 0.0, gap, np.nan))
    return _over_slices(distances)


def _from_0(counts: Matrix) -> Matrix:
    """Return running sums along rows that begin with 0."""
    found = np.zeros((counts.shape[0], counts.shape[1] + 1))
    np.cumsum(counts, axis=1, out=found[:, 1:])
    return found


def _chunks(resamples: int, points: int) -> Iterator[int]:
    """Yield how many resamples are worked on at a time: memory stays the same for any number of points."""
    step = max(1, _AT_ONCE // points)
    for start in range(0, resamples, step):
        yield min(step, resamples - start)


def _centred(value: float, draws: Matrix) -> Index:
    """Return a value with the spread of its resamples around it.

    Distances of resampled points are larger on average (points repeat), so percentiles as they stand
    would lie too high.
    """
    low, high = np.quantile(draws, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0]) - draws.mean()
    return Index(value, max(0.0, value + float(low)), min(1.0, value + float(high)))
