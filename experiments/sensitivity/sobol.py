"""Sobol: which share of the variance each factor brings about, alone and together with others.

``first`` is the share that would go if the factor were known, ``total`` the share that would remain if
all others were (Sobol 1993, Homma & Saltelli 1996); estimators of Saltelli et al. (2010) and Jansen
(1999), as SALib has them.

Noise between replicates counts as if it were an effect: it adds its own share to the total index of
*every* factor and takes from all first-order indices.  So each index is given twice: *raw*, of the means
as they are, and *corrected*, of the values that infinitely many replicates would give.  The correction
subtracts what noise adds to the products and squares in the estimators, estimated from the replicates'
own differences; it is right with shared and with separate random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

FEWEST_ROWS = 8
"""With fewer complete base rows nothing is said."""


@dataclass(frozen=True, slots=True)
class SobolRow:
    """The indices of one factor: first order and total, raw and corrected for noise."""

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
    complete = np.isfinite(table).all(axis=1)
    kept = complete.any(axis=1)
    if kept.sum() < FEWEST_ROWS:
        raise TooFewError(
            f"{int(kept.sum())} of {len(kept)} base rows are complete, at least {FEWEST_ROWS} are needed"
        )
    table = np.where(complete[:, None, :], table, np.nan)[kept]
    columns, scale = _columns(table)
    value = _indices(columns.sum(axis=0)[None, :], len(names))
    draws = _indices(resampled_sums(columns, resamples, seed), len(names))
    one = scale["replicated"] == 0.0
    rows = []
    for k, name in enumerate(names):
        raw = [percentile(float(value[part][0, k]), draws[part][:, k]) for part in ("first", "total")]
        corrected = [
            NOTHING if one else percentile(float(value[part][0, k]), draws[part][:, k])
            for part in ("first_corrected", "total_corrected")
        ]
        rows.append(SobolRow(name, raw[0], raw[1], corrected[0], corrected[1]))
    rows.sort(key=lambda row: -(row.total.value or 0.0))
    ends = table[:, [0, -1], :].reshape(2 * len(table), -1)
    noise = noise_of(ends, np.repeat(np.arange(len(table)), 2), resamples=resamples, seed=seed)
    return Sobol(tuple(rows), noise, len(table), int(len(kept) - len(table)))


def _columns(table: Matrix) -> tuple[Matrix, dict[str, float]]:
    """Return, per base row, the terms whose sums over rows make up the indices.

    First come number, sum and sum of squares of A and B and the noise in their variance; then for each
    factor product, square and the noise in each.
    """
    runs = np.isfinite(table[:, 0, :]).sum(axis=1).astype(np.float64)
    means = np.nanmean(table, axis=2)
    means = means - means.mean()
    a, between, b = means[:, 0], means[:, 1:-1], means[:, -1]
    degrees = runs - 1.0
    # Noise of a mean is the variance of single runs over the number of runs, pooled over all base rows:
    # few replicates of one row would know it badly.
    per_mean = divided(1.0 / runs, np.array(degrees.sum()) + np.zeros_like(runs))
    replicated = float(degrees.sum())
    centred = np.nan_to_num(table - np.nanmean(table, axis=2)[:, :, None])
    step = centred[:, 1:-1, :] - centred[:, :1, :]
    squares = (step**2).sum(axis=2).sum(axis=0)
    products = (centred[:, -1:, :] * step).sum(axis=2).sum(axis=0)
    ends = table[:, [0, -1], :].reshape(2 * len(table), -1)
    residual = np.nansum(two_way_residuals(ends) ** 2)
    shared = float(np.isfinite(ends).any(axis=0).sum() - 1)
    left = 2.0 * replicated - shared
    noise = residual / left if left > 0.0 else 0.0
    if replicated <= 0.0:
        per_mean = np.zeros_like(runs)
    columns = [
        np.full(len(table), 2.0),
        a + b,
        a**2 + b**2,
        2.0 * noise / runs,
        *(b * (between[:, k] - a) for k in range(between.shape[1])),
        *(0.5 * (between[:, k] - a) ** 2 for k in range(between.shape[1])),
        *(products[k] * per_mean for k in range(between.shape[1])),
        *(0.5 * squares[k] * per_mean for k in range(between.shape[1])),
    ]
    return np.column_stack(columns), {"replicated": replicated}


def _indices(sums: Matrix, factors: int) -> dict[str, Matrix]:
    number, first, second, noise = (sums[:, k : k + 1] for k in range(4))
    parts = [sums[:, 4 + k * factors : 4 + (k + 1) * factors] for k in range(4)]
    # Products and squares are means over rows, of which there are half as many as values of A and B.
    products, squares, noise_of_products, noise_of_squares = (2.0 * part / number for part in parts)
    variance = second / number - (first / number) ** 2
    true_variance = variance - noise / number * (1.0 - 1.0 / number)
    return {
        "first": _over(products, variance),
        "total": _over(squares, variance),
        "first_corrected": _over(products - noise_of_products, true_variance),
        "total_corrected": np.maximum(0.0, _over(squares - noise_of_squares, true_variance)),
    }


def _over(top: Matrix, variance: Matrix) -> Matrix:
    """Return shares of a variance: 0 where nothing varies."""
    bottom = np.broadcast_to(variance, top.shape)
    return np.where(bottom > np.finfo(float).eps, divided(top, bottom), 0.0)
