"""Morris: which factors matter at all, from few runs.

Elementary effects are changes of the indicator per full range of one factor, with the others where they
happen to be (Morris 1991).  ``mu_star`` is their mean size (Campolongo, Cariboni & Saltelli 2007),
``mu`` their mean with its sign, ``sigma`` their spread: an effect that depends on where the others are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.sensitivity.index import RESAMPLES, Index, Matrix, divided, percentile, resampled_sums
from experiments.sensitivity.noise import mean_over

FEWEST_EFFECTS = 4
"""With fewer elementary effects of a factor nothing is said."""
_ONE_SIDED = 1.6449
"""95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class MorrisRow:
    """What the elementary effects of one factor say, in units of the indicator per full range.

    ``noise`` is the standard deviation that noise between replicates gives one elementary effect, and
    ``noise_floor`` the ``mu_star`` that a factor without effect would pass in one case of twenty; both
    ``None`` with one replicate.  ``sigma_corrected`` is sigma without that noise.
    """

    factor: str
    effects: int
    mu: Index
    mu_star: Index
    sigma: Index
    sigma_corrected: float | None
    noise: float | None
    noise_floor: float | None

    @property
    def clear(self) -> bool | None:
        """Say whether the whole interval of ``mu_star`` lies above the noise floor."""
        if self.noise_floor is None or self.mu_star.low is None:
            return None
        return self.mu_star.low > self.noise_floor


@dataclass(frozen=True, slots=True)
class Morris:
    """Morris indices of every factor, the strongest first, and how many effects failed runs cost."""

    rows: tuple[MorrisRow, ...]
    trajectories: int
    effects: int
    dropped: int


class TooFewError(ValueError):
    """Too few runs are left for an analysis; the text says how many of what."""


def morris(
    names: tuple[str, ...], shares: Matrix, values: Matrix, *, resamples: int = RESAMPLES, seed: int = 1
) -> Morris:
    """Return the Morris indices of a table of points x replicates.

    ``shares`` (points x factors) are the trajectories in order, each of factors + 1 points.  An effect is
    taken from the replicates that gave a value at both of its ends and dropped where there is none.
    Raises ``TooFewError`` when a factor has fewer than :data:`FEWEST_EFFECTS` effects left.
    """
    effects, variances = elementary_effects(shares, values)
    known = np.isfinite(effects)
    for name, row in zip(names, known, strict=True):
        if row.sum() < FEWEST_EFFECTS:
            raise TooFewError(
                f"{int(row.sum())} of {row.size} elementary effects of {name} are left, "
                f"at least {FEWEST_EFFECTS} are needed"
            )
    rows = [
        _row(name, effects[k], variances[k], resamples=resamples, seed=seed + k)
        for k, name in enumerate(names)
    ]
    rows.sort(key=lambda row: -(row.mu_star.value or 0.0))
    return Morris(tuple(rows), effects.shape[1], int(known.sum()), int(known.size - known.sum()))


def elementary_effects(shares: Matrix, values: Matrix) -> tuple[Matrix, Matrix]:
    """Return the effects (factors x trajectories) and the variance of each due to noise, NaN if unknown."""
    factors = shares.shape[1]
    trajectories = len(shares) // (factors + 1)
    at = shares.reshape(trajectories, factors + 1, factors)
    steps = np.diff(at, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    delta = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    change = np.diff(values.reshape(trajectories, factors + 1, -1), axis=1) / delta[:, :, None]
    runs = np.isfinite(change).sum(axis=2).astype(np.float64)
    mean = mean_over(change, axis=2)
    squares = np.nansum((change - mean[:, :, None]) ** 2, axis=2)
    variance = divided(squares, np.where(runs > 1, (runs - 1) * runs, 0.0))
    effects = np.full((factors, trajectories), np.nan)
    variances = np.full((factors, trajectories), np.nan)
    which = np.arange(trajectories)[:, None]
    effects[moved, which] = mean
    variances[moved, which] = variance
    return effects, variances


def _row(name: str, effects: Matrix, variances: Matrix, *, resamples: int, seed: int) -> MorrisRow:
    known = np.isfinite(effects)
    safe = np.where(known, effects, 0.0)
    columns = np.column_stack([known.astype(np.float64), safe, np.abs(safe), safe**2])
    mu, size, sigma = (float(x[0]) for x in _moments(columns.sum(axis=0)[None, :]))
    draws = _moments(resampled_sums(columns, resamples, seed))
    noise = _noise(variances)
    floor, corrected = None, None
    if noise is not None:
        # Mean and spread of the size of a normal number with mean 0 and this standard deviation.
        number = float(known.sum())
        floor = noise * (math.sqrt(2.0 / math.pi) + _ONE_SIDED * math.sqrt((1.0 - 2.0 / math.pi) / number))
        corrected = math.sqrt(max(0.0, sigma**2 - noise**2))
    return MorrisRow(
        name,
        int(known.sum()),
        percentile(mu, draws[0]),
        percentile(size, draws[1]),
        percentile(sigma, draws[2]),
        corrected,
        noise,
        floor,
    )


def _noise(variances: Matrix) -> float | None:
    known = variances[np.isfinite(variances)]
    return math.sqrt(float(known.mean())) if len(known) else None


def _moments(sums: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    number, first, sizes, second = sums.T
    spread = divided(np.maximum(0.0, second - divided(first**2, number)), number - 1.0)
    return divided(first, number), divided(sizes, number), np.sqrt(spread)
