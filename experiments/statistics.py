"""Intervals: what replicates say about an indicator, a difference, a rare event, a share of persons.

Every indicator is a ratio of two sums (numerator over denominator) per replicate.  The estimate is the
ratio of the pooled sums; its standard error comes from the residuals of the replicates around that
ratio (delta method; Cochran 1977, ch. 6), its interval from Student's t.  These are *run-to-run*
intervals: they shrink with replicates and say nothing about the uncertainty of the model's assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

LEVEL = 0.95
FEW_CASES = 20
"""A share of fewer cases than this is not shown."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its run-to-run interval; ``None`` where it cannot be given, with a note why."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int | None = None
    unit: str = ""
    note: str = ""

    def row(self) -> dict[str, Any]:
        """Return the entry as INTERFACE ``INDIC`` has it."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "events": self.events,
            "unit": self.unit,
            "note": self.note,
        }


def t_quantile(degrees: int, level: float = LEVEL) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2.0))


def poisson_upper(events: int, level: float = LEVEL) -> float:
    """Return the exact upper bound of a Poisson mean after ``events`` events (Garwood 1936).

    >>> round(poisson_upper(0), 3)
    3.689
    """
    from scipy.special import gammaincinv

    return float(gammaincinv(events + 1.0, 0.5 + level / 2.0))


def ratio_of_sums(numerators: Vector, denominators: Vector) -> float:
    """Return the pooled ratio."""
    return float(numerators.sum() / denominators.sum())


def residuals(numerators: Vector, denominators: Vector) -> Vector:
    """Return what each replicate adds to the error of the pooled ratio; their mean is 0."""
    ratio = ratio_of_sums(numerators, denominators)
    return np.asarray((numerators - ratio * denominators) / denominators.mean(), dtype=np.float64)


def standard_error(errors: Vector) -> float:
    """Return the standard error of a mean with the given residuals."""
    n = len(errors)
    return math.sqrt(float(np.dot(errors, errors)) / (n * (n - 1)))


def estimate_ratio(
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    events: Sequence[int | None] | None = None,
    unit: str = "",
    form: str = "mean",
) -> Estimate:
    """Return the pooled ratio with its interval.

    ``form`` is ``rate``, ``share`` or ``mean`` (see :mod:`sim.indicators`): a rate without events gets
    an exact upper bound, a share of few cases gets no value, intervals of shares and rates stay at or
    above 0 and shares at or below 1.
    """
    top, bottom = np.asarray(numerators, float), np.asarray(denominators, float)
    n = len(top)
    counted = None if events is None or events[0] is None else int(sum(e or 0 for e in events))
    if bottom.sum() <= 0.0:
        return Estimate(None, None, None, n, counted, unit, "no exposure")
    if form == "share" and counted is not None and counted < FEW_CASES:
        return Estimate(None, None, None, n, counted, unit, f"fewer than {FEW_CASES} cases")
    value = ratio_of_sums(top, bottom)
    if form == "rate" and counted == 0:
        return Estimate(
            0.0, 0.0, poisson_upper(0) / float(bottom.sum()), n, 0, unit, "no events: exact upper bound"
        )
    if n < 2:
        return Estimate(value, None, None, n, counted, unit, "one replicate: no interval")
    half = t_quantile(n - 1) * standard_error(residuals(top, bottom))
    low, high = value - half, value + half
    if form in ("rate", "share"):
        low = max(0.0, low)
    if form == "share" and unit != "incidents":
        high = min(1.0, high)
    return Estimate(value, low, high, n, counted, unit, "")


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two pooled ratios, a - b, over the same replicates (common random numbers)."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    ratio: float | None
    share_a_lower: float | None
    share_tied: float | None
    variance_cut: float | None

    @property
    def clear(self) -> bool:
        """Say whether the run-to-run interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


def paired_difference(a: tuple[Vector, Vector], b: tuple[Vector, Vector]) -> Difference:
    """Return the difference between two scenarios run with the same seeds.

    ``a`` and ``b`` are (numerators, denominators), one entry per replicate, in the same order.
    ``variance_cut`` is how many times smaller the variance is than that of unpaired runs.
    """
    n = len(a[0])
    if a[1].sum() <= 0.0 or b[1].sum() <= 0.0:
        return Difference(None, None, None, n, None, None, None, None)
    value_a, value_b = ratio_of_sums(*a), ratio_of_sums(*b)
    value = value_a - value_b
    ratio = value_a / value_b if value_b != 0.0 else None
    both = (a[1] > 0.0) & (b[1] > 0.0)
    single_a, single_b = a[0][both] / a[1][both], b[0][both] / b[1][both]
    lower = float(np.mean(single_a < single_b)) if both.any() else None
    tied = float(np.mean(single_a == single_b)) if both.any() else None
    share = None if lower is None or tied is None else lower + 0.5 * tied
    if n < 2:
        return Difference(value, None, None, n, ratio, share, tied, None)
    errors_a, errors_b = residuals(*a), residuals(*b)
    paired = standard_error(errors_a - errors_b)
    unpaired = standard_error(errors_a) ** 2 + standard_error(errors_b) ** 2
    cut = unpaired / paired**2 if paired > 0.0 else None
    half = t_quantile(n - 1) * paired
    return Difference(value, value - half, value + half, n, ratio, share, tied, cut)


def top_share(counts: Vector, share: float = 0.1) -> float:
    """Return the share of all incidents that the most involved ``share`` of persons account for."""
    total = counts.sum()
    if total <= 0 or len(counts) == 0:
        return math.nan
    leaders = max(1, round(share * len(counts)))
    return float(np.sort(counts)[::-1][:leaders].sum() / total)


def poisson_top_share(counts: Vector, exposure: Vector, share: float = 0.1) -> float:
    """Return the top share to be expected if everybody had the same rate: chance alone.

    The mixture of Poisson counts over the exposures is laid out exactly and its top ``share`` read off.
    """
    if len(counts) == 0 or counts.sum() <= 0 or exposure.sum() <= 0:
        return math.nan
    from scipy.special import gammaln

    means = exposure * (counts.sum() / exposure.sum())
    most = int(means.max() + 12.0 * math.sqrt(means.max()) + 12.0)
    k = np.arange(most + 1)
    weights = np.zeros(most + 1)
    # Exposures repeat: the distribution is laid out once per distinct mean.
    for mean, repeats in zip(*np.unique(np.round(means, 3), return_counts=True), strict=True):
        safe = max(float(mean), 1e-9)
        weights += repeats * np.exp(k * math.log(safe) - safe - gammaln(k + 1))
    weights /= weights.sum()
    above = np.cumsum(weights[::-1])[::-1]
    taken = np.minimum(weights, np.maximum(0.0, share - (above - weights)))
    return float((taken * k).sum() / (weights * k).sum())


def jackknife(values: Sequence[float], whole: float, n: int) -> tuple[float | None, float | None]:
    """Return the interval of a pooled statistic from its leave-one-replicate-out values."""
    left = np.asarray(values, float)
    if n < 3 or not np.isfinite(left).all():
        return None, None
    variance = (n - 1) / n * float(np.sum((left - left.mean()) ** 2))
    half = t_quantile(n - 1) * math.sqrt(variance)
    return max(0.0, whole - half), min(1.0, whole + half)


def estimate_top_share(
    counts: Sequence[Vector], exposure: Sequence[Vector], *, by_chance: bool, unit: str
) -> Estimate:
    """Return the share of the most involved tenth over persons pooled across replicates.

    With ``by_chance`` the share that equal rates would give.  The interval is a jackknife over
    replicates (Efron & Tibshirani 1993, ch. 11).
    """
    n = len(counts)

    def value(keep: list[int]) -> float:
        pooled = np.concatenate([counts[k] for k in keep]).astype(float)
        days = np.concatenate([exposure[k] for k in keep]).astype(float)
        return poisson_top_share(pooled, days) if by_chance else top_share(pooled)

    total = int(sum(int(c.sum()) for c in counts))
    if total < FEW_CASES:
        return Estimate(None, None, None, n, total, unit, f"fewer than {FEW_CASES} cases")
    whole = value(list(range(n)))
    low, high = None, None
    if n >= 3:
        low, high = jackknife([value([k for k in range(n) if k != out]) for out in range(n)], whole, n)
    note = "" if n >= 3 else "fewer than three replicates: no interval"
    return Estimate(whole, low, high, n, total, unit, note)
