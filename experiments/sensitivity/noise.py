"""How much of what varies between points is mere noise between replicates.

Runs are arranged as points x replicates; replicate r uses the same random numbers at every point.  What
a replicate does to all points alike cancels in comparisons of points, so the noise of a point's mean is
taken from the residuals of a two-way table (points + replicates).  Where the random numbers are not
shared the same formula holds: then replicates have nothing in common that could be taken out.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Noise:
    """What noise adds to the variance of an indicator over the points of a design.

    ``points`` have a value, ``replicates`` is their number of runs per point on average.  ``share`` is the
    part of the variance *between the means of points* that is noise: what indices computed from these
    means are blurred by.  ``share_of_run`` is the part of the variance *of single runs* over the whole
    design that remains with all factors fixed, the total index of the random seed.
    """

    points: int
    replicates: float
    share: Index
    share_of_run: Index

    def row(self) -> dict[str, object]:
        """Return the entry for JSON."""
        return {
            "points": self.points,
            "replicates": self.replicates,
            "noise_share": self.share.row(),
            "noise_share_of_run": self.share_of_run.row(),
        }


def two_way_residuals(values: Matrix) -> Matrix:
    """Return values minus the mean of their point and what their replicate does to all points alike."""
    centred = values - mean_over(values, axis=1)[:, None]
    found: Matrix = centred - mean_over(centred, axis=0)[None, :]
    return found


def mean_over(values: Matrix, axis: int) -> Matrix:
    """Return the mean of what is known along an axis, NaN where nothing is."""
    known = np.isfinite(values)
    return divided(np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis).astype(np.float64))


def noise_of(
    values: Matrix,
    blocks: npt.NDArray[np.int64] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Noise:
    """Return the noise in a table of points x replicates (NaN where a run gave no value).

    ``blocks`` numbers the group of every point (trajectory, base row) that is resampled as a whole;
    without it every point stands alone.
    """
    there = np.isfinite(values).any(axis=1)
    kept = values[there]
    number = np.isfinite(kept).sum(axis=1).astype(np.float64)
    group = np.arange(len(kept)) if blocks is None else np.unique(blocks[there], return_inverse=True)[1]
    runs = float(number.mean()) if len(kept) else 0.0
    if len(kept) < 2 or number.max() < 2:
        return Noise(len(kept), runs, NOTHING, NOTHING)
    means = mean_over(kept, axis=1)
    means = means - means.mean()
    within = np.nansum((kept - mean_over(kept, axis=1)[:, None]) ** 2, axis=1)
    residual = np.nansum(two_way_residuals(kept) ** 2, axis=1)
    # What the replicates have in common takes its degrees of freedom from all points in proportion.
    degrees = number - 1.0
    shared = float((np.isfinite(kept).sum(axis=0) > 0).sum() - 1)
    left = degrees * max(0.0, 1.0 - shared / float(degrees.sum()))
    columns = np.column_stack(
        [np.ones(len(kept)), means, means**2, within, degrees, residual, left, 1 / number]
    )
    sums = np.zeros((int(group.max()) + 1, columns.shape[1]))
    np.add.at(sums, group, columns)
    share, of_run = _shares(sums.sum(axis=0)[None, :])
    draws = _shares(resampled_sums(sums, resamples, seed))
    return Noise(
        len(kept), runs, percentile(float(share[0]), draws[0]), percentile(float(of_run[0]), draws[1])
    )


def _shares(sums: Matrix) -> tuple[Matrix, Matrix]:
    """Return both shares for rows of sums; 0 where nothing varies at all."""
    points, first, second, within, degrees, residual, left, inverse = sums.T
    between = (second - first**2 / points) / np.maximum(points - 1.0, 1.0)
    noise = divided(residual, left) * inverse / points
    of_run = divided(within, degrees)
    signal = np.maximum(0.0, between - noise)
    share = np.where(between > 0.0, np.minimum(1.0, divided(noise, between)), 0.0)
    whole = signal + of_run
    return share, np.where(whole > 0.0, divided(of_run, whole), 0.0)
