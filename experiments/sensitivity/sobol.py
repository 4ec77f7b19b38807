"""Sobol: which share of the variance each factor brings about, alone and together with others.

``first`` is the share that would go if the factor were known, ``total`` the share that would remain if
all others were (Sobol 1993, Homma & Saltelli 1996); estimators of Saltelli et al. (2010) and Jansen
(1999), as SALib has them.

Noise between replicates counts as if it were an effect: it adds its own share to the total index of
*every* factor and takes from all first-order indices.  So each index is given twice: *raw*, of the means
as they are, and *corrected*, of the values that infinitely many replicates would give.  The correction
subtracts what noise adds to the products and squares in the estimators, estimated from the replicates'
own differences; it is right with shared and with separate random numbers.  Corrected indices of factors
without effect scatter around 0 and may be negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.sensitivity.index import (
    NOTHING,
    RESAMPLES,
    Index,
    Matrix,
    divided,
    percentile,
    resampled_sums,
)
from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.noise import Noise, noise_of, two_way_residuals
from experiments.statistics import t_quantile

Mask = npt.NDArray[np.bool_]

FEWEST_ROWS = 8
"""With fewer complete base rows nothing is said."""

MOST_NOISE = 0.5
"""Where noise makes up more of the variance than this, the rest is too little to be shared out."""

FEWEST_REPLICATES = 3
"""With fewer the correction has no interval: nobody knows how well the noise is known."""


@dataclass(frozen=True, slots=True)
class SobolRow:
    """The indices of one factor: first order and total, raw and corrected for noise.

    There is nothing corrected with one run per point, nor beyond :data:`MOST_NOISE`.  Intervals of corrected
    indices cover the choice of base rows and that of replicates.
    """

    factor: str
    first: Index
    total: Index
    first_corrected: Index
    total_corrected: Index

    @property
    def clear(self) -> bool | None:
        """Say whether the interval of the corrected total index lies above 0."""
        low = self.total_corrected.low
        return None if low is None else low > 0.0


@dataclass(frozen=True, slots=True)
class Sobol:
    """Sobol indices of every factor, the strongest first; noise; how many base rows failed runs cost."""

    rows: tuple[SobolRow, ...]
    noise: Noise
    base_rows: int
    dropped: int


def sobol(names: tuple[str, ...], values: Matrix, *, resamples: int = RESAMPLES, seed: int = 1) -> Sobol:
    """Return the Sobol indices of a table of points x replicates.

    Points come in base rows of factors + 2: A, A with one column of B each, B.  Of a base row those
    replicates count that gave a value at all of its points; a row without one is dropped.  Raises
    ``TooFewError`` when fewer than :data:`FEWEST_ROWS` are left.
    """
    width = len(names) + 2
    table = values.reshape(len(values) // width, width, -1)
    complete = np.asarray(np.isfinite(table).all(axis=1))
    kept: Mask = np.asarray(complete.any(axis=1))
    if kept.sum() < FEWEST_ROWS:
        raise TooFewError(
            f"{int(kept.sum())} of {len(kept)} base rows are complete, at least {FEWEST_ROWS} are needed"
        )
    table = np.where(complete[:, None, :], table, np.nan)[kept]
    columns = _columns(table)
    value = _indices(columns.sum(axis=0)[None, :], len(names))
    draws = _indices(resampled_sums(columns, resamples, seed), len(names))
    ends = table[:, [0, -1], :].reshape(2 * len(table), -1)
    noise = noise_of(ends, np.repeat(np.arange(len(table)), 2), resamples=resamples, seed=seed)
    separable = noise.share.value is not None and noise.share.value <= MOST_NOISE
    halves = _over_replicates(table, len(names)) if separable else None
    rows = []
    for k, name in enumerate(names):
        first, total, *corrected = (percentile(float(value[p][0, k]), draws[p][:, k]) for p in range(4))
        if not separable:
            corrected = [NOTHING, NOTHING]
        elif halves is None:
            corrected = [Index(index.value) for index in corrected]
        else:
            corrected = [_widened(index, float(halves[p, k])) for p, index in enumerate(corrected)]
        rows.append(SobolRow(name, first, total, *corrected))
    rows.sort(key=lambda row: -(row.total.value or 0.0))
    return Sobol(tuple(rows), noise, len(table), int(len(kept) - len(table)))


def _over_replicates(table: Matrix, factors: int) -> Matrix | None:
    """Return the half-widths that the choice of replicates adds to the corrected indices.

    The same few replicates are used at all points, so resampling base rows does not see how well their
    noise is known: a jackknife over replicates does (Efron & Tibshirani 1993, ch. 11).  ``None`` with fewer
    than :data:`FEWEST_REPLICATES`.
    """
    count = table.shape[2]
    if count < FEWEST_REPLICATES:
        return None
    found = []
    for out in range(count):
        left = np.delete(table, out, axis=2)
        left = left[np.isfinite(left).any(axis=(1, 2))]
        found.append([part[0] for part in _indices(_columns(left).sum(axis=0)[None, :], factors)[2:]])
    values = np.array(found)
    error = np.sqrt((count - 1) / count * ((values - values.mean(axis=0)) ** 2).sum(axis=0))
    return np.asarray(t_quantile(count - 1) * error)


def _widened(index: Index, half: float) -> Index:
    """Return an index whose interval takes in a second, independent source of error."""
    if index.value is None or index.low is None or index.high is None:
        return index
    below, above = index.value - index.low, index.high - index.value
    return Index(index.value, index.value - math.hypot(below, half), index.value + math.hypot(above, half))


def _columns(table: Matrix) -> Matrix:
    """Return, per base row, the terms whose sums over rows make up the indices.

    Six of the row: 1, sum and sum of squares of A and B, what noise adds to their variance, degrees of
    freedom between replicates, 1 / replicates.  Then per factor: product, square, and the sums of
    products and squares between replicates that tell the noise in each.
    """
    runs = np.isfinite(table[:, 0, :]).sum(axis=1).astype(np.float64)
    raw = np.nanmean(table, axis=2)
    means = raw - raw.mean()
    a, between, b = means[:, :1], means[:, 1:-1], means[:, -1:]
    centred = np.nan_to_num(table - raw[:, :, None])
    step = centred[:, 1:-1, :] - centred[:, :1, :]
    # A and B of all rows are compared with each other, so what a replicate does to all of them cancels.
    residual = two_way_residuals(table[:, [0, -1], :].reshape(2 * len(table), -1))
    squares = np.nansum(residual**2, axis=1).reshape(len(table), 2).sum(axis=1)
    degrees = runs - 1.0
    shared = float((np.isfinite(table[:, 0, :]).any(axis=0)).sum() - 1)
    possible = max(1.0, 2.0 * float(degrees.sum()))
    lost = max(1e-9, 1.0 - shared / possible)
    return np.column_stack(
        [
            np.ones(len(table)),
            a + b,
            a**2 + b**2,
            squares / (2.0 * lost),
            degrees,
            1.0 / runs,
            b * (between - a),
            0.5 * (between - a) ** 2,
            (centred[:, -1:, :] * step).sum(axis=2),
            0.5 * (step**2).sum(axis=2),
        ]
    )


def _indices(sums: Matrix, factors: int) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Return first order and total, then both corrected, for rows of sums: resamples x factors each."""
    rows, first, second, residual, degrees, inverse = (sums[:, k : k + 1] for k in range(6))
    parts = [sums[:, 6 + k * factors : 6 + (k + 1) * factors] for k in range(4)]
    products, squares = parts[0] / rows, parts[1] / rows
    # Variance between single runs is pooled over rows (few replicates of one row would know it badly);
    # that of a mean is smaller by the number of runs.
    per_mean = np.nan_to_num(divided(inverse / rows, degrees))
    variance = second / (2.0 * rows) - (first / (2.0 * rows)) ** 2
    true_variance = variance - residual * per_mean * (1.0 - 0.5 / rows)
    return (
        _over(products, variance),
        _over(squares, variance),
        _over(products - parts[2] * per_mean, true_variance),
        _over(squares - parts[3] * per_mean, true_variance),
    )


def _over(top: Matrix, variance: Matrix) -> Matrix:
    """Return shares of a variance: 0 where nothing varies."""
    bottom = np.broadcast_to(variance, top.shape)
    return np.where(bottom > np.finfo(float).eps, divided(top, bottom), 0.0)
