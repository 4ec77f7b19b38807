"""Intervals: what replicates say about an indicator, a difference, a rare event, a share of persons.

Every indicator is a ratio of two sums (numerator over denominator) per replicate.  The estimate is the
ratio of the pooled sums; its standard error comes from the residuals of the replicates around that
ratio (delta method; Cochran 1977, ch. 6), with n - 1 degrees of freedom.  Which interval is made from it
depends on what is estimated, because a symmetric one misses too often near a bound:

- a mean: value +- t x error;
- a rate: the score interval of overdispersed counts, and from fewer than 20 events the exact Poisson
  interval (Garwood 1936), widened where replicates spread more than Poisson counts do;
- a share: the score interval (Wilson 1927) with the design effect of the replicates, and near 0 or 1
  the exact one (Clopper & Pearson 1934) for the effective number of cases (Korn & Graubard 1998);
- a difference: value +- t x error of the paired residuals.

These are *run-to-run* intervals: they shrink with replicates and say nothing about the uncertainty of the
model's assumptions.  ``tests/experiments/test_coverage.py`` shows their coverage on toy models with a
known truth and on the simulator.
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
ROUNDING = 1e-9
"""Relative difference below which two values are equal but for rounding."""

FEW_CASES = 20
"""A share of fewer cases than this is not shown."""
FEW_EVENTS = 20
"""A rate of fewer events than this gets an exact interval."""
FEW_OF_A_KIND = 10
"""A share with fewer cases than this on one of its two sides gets an exact interval."""


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
    return poisson_interval(events, level=level)[1]


def poisson_interval(events: float, dispersion: float = 1.0, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean after ``events`` events (Garwood 1936).

    With a ``dispersion`` above 1 (variance over mean) the events count for fewer: the interval is that
    of events / dispersion, scaled back.  Exact intervals of counts cover at least as often as they say.

    >>> [round(bound, 3) for bound in poisson_interval(10)]
    [4.795, 18.39]
    """
    from scipy.special import gammaincinv

    effective = events / dispersion
    tail = 0.5 - level / 2.0
    low = float(gammaincinv(effective, tail)) if events > 0 else 0.0
    return dispersion * low, dispersion * float(gammaincinv(effective + 1.0, 1.0 - tail))


def wilson_interval(share: float, cases: float, quantile: float) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927) for an effective number of cases.

    >>> [round(bound, 4) for bound in wilson_interval(0.1, 50, 1.96)]
    [0.0435, 0.2136]
    """
    c = quantile**2 / cases
    middle = (share + c / 2.0) / (1.0 + c)
    half = math.sqrt(c * share * (1.0 - share) + c * c / 4.0) / (1.0 + c)
    return max(0.0, middle - half), min(1.0, middle + half)


def clopper_pearson_interval(share: float, cases: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper & Pearson 1934).

    ``cases`` may be an effective number: no whole number is needed (Korn & Graubard 1998).

    >>> [round(bound, 4) for bound in clopper_pearson_interval(0.1, 50)]
    [0.0333, 0.2181]
    """
    from scipy.special import betaincinv

    tail = 0.5 - level / 2.0
    hits, misses = share * cases, (1.0 - share) * cases
    low = float(betaincinv(hits, misses + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, misses, 1.0 - tail)) if misses > 0.0 else 1.0
    return low, high


def ratio_of_sums(numerators: Vector, denominators: Vector) -> float:
    """Return the pooled ratio."""
    return float(numerators.sum() / denominators.sum())


def residuals(numerators: Vector, denominators: Vector) -> Vector:
    """Return what each replicate adds to the error of the pooled ratio; their mean is 0."""
    ratio = ratio_of_sums(numerators, denominators)
    return np.asarray((numerators - ratio * denominators) / denominators.mean(), dtype=np.float64)


def signed_ratios(terms: Sequence[tuple[float, Vector, Vector]]) -> tuple[float, Vector]:
    """Return the signed sum of at least one pooled ratio, and what each replicate adds to its error.

    Each term is a sign with numerators and denominators.  Equal ratios of opposite signs leave nothing:
    what rounding would leave of them is 0.

    >>> third = np.array([1.0, 2.0]), np.array([3.0, 6.0])
    >>> tenth = np.array([0.1, 0.2]), np.array([0.9, 1.8])
    >>> signed_ratios([(1.0, *third), (-3.0, *tenth)])
    (0.0, array([0., 0.]))
    """
    ratios = [sign * ratio_of_sums(top, bottom) for sign, top, bottom in terms]
    errors = np.sum([sign * residuals(top, bottom) for sign, top, bottom in terms], axis=0)
    least = ROUNDING * max(map(abs, ratios))
    value = sum(ratios)
    return (value if abs(value) > least else 0.0), np.where(np.abs(errors) > least, errors, 0.0)


def standard_error(errors: Vector) -> float:
    """Return the standard error of a mean with the given residuals."""
    n = len(errors)
    return math.sqrt(float(np.dot(errors, errors)) / (n * (n - 1)))


def rate_interval(events: Vector, exposure: Vector, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a rate from the events and the exposure of at least two replicates.

    From :data:`FEW_EVENTS` events on it holds the rates ``r`` with (value - r)^2 <= t^2 error^2 r / value:
    the score interval of counts whose variance is proportional to their mean.  It is never negative and
    longer upwards, as it must be.
    """
    value = ratio_of_sums(events, exposure)
    total, time = float(events.sum()), float(exposure.sum())
    error = standard_error(residuals(events, exposure))
    if total < FEW_EVENTS or error <= 0.0:
        dispersion = error**2 * time / value if value > 0.0 else 1.0
        low, high = poisson_interval(total, max(1.0, dispersion), level)
        return low / time, high / time
    c = (t_quantile(len(events) - 1, level) * error) ** 2 / value
    half = math.sqrt(c * value + c * c / 4.0)
    return max(0.0, value + c / 2.0 - half), value + c / 2.0 + half


def share_interval(hits: Vector, cases: Vector, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a share from the hits and cases of at least two replicates.

    The design effect is how much the replicates spread beyond what independent cases would; it turns
    the cases into an effective number (never more than there are where the interval is exact).
    """
    value = ratio_of_sums(hits, cases)
    total = float(cases.sum())
    within = value * (1.0 - value)
    error = standard_error(residuals(hits, cases))
    few = min(float(hits.sum()), total - float(hits.sum())) < FEW_OF_A_KIND
    if within <= 0.0:
        return clopper_pearson_interval(value, total, level)
    quantile = t_quantile(len(hits) - 1, level)
    if few or error <= 0.0:
        effective = total / max(1.0, error**2 * total / within)
        return clopper_pearson_interval(value, effective, level)
    return wilson_interval(value, within / error**2, quantile)


def mean_interval(numerators: Vector, denominators: Vector, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a ratio of two sums from at least two replicates (delta method, t)."""
    value = ratio_of_sums(numerators, denominators)
    half = t_quantile(len(numerators) - 1, level) * standard_error(residuals(numerators, denominators))
    return value - half, value + half


def estimate_ratio(
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    events: Sequence[int | None] | None = None,
    unit: str = "",
    form: str = "mean",
) -> Estimate:
    """Return the pooled ratio with its interval.

    ``form`` is ``rate`` (numerators are events), ``share`` (numerators are cases of a kind) or ``mean``
    (see :mod:`sim.indicators`): a rate without events gets an exact upper bound, a share of few cases
    gets no value.  A ratio of two counts that may pass 1 has the form ``share`` and the unit
    ``incidents``; its interval is that of a mean.
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
    note = ""
    if form == "rate" and counted is not None:
        low, high = rate_interval(top, bottom)
        note = "few events: exact interval" if counted < FEW_EVENTS else ""
    elif form == "share" and unit != "incidents":
        low, high = share_interval(top, bottom)
    else:
        low, high = mean_interval(top, bottom)
    return Estimate(value, low, high, n, counted, unit, note)


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
    note: str = ""

    @property
    def clear(self) -> bool:
        """Say whether the run-to-run interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


def paired_difference(
    a: tuple[Vector, Vector], b: tuple[Vector, Vector], *, form: str = "mean", unit: str = ""
) -> Difference:
    """Return the difference between two scenarios run with the same seeds.

    ``a`` and ``b`` are (numerators, denominators), one entry per replicate, in the same order; ``form``
    and ``unit`` are those of :func:`estimate_ratio`.  ``variance_cut`` is how many times smaller the
    variance is than that of unpaired runs.  A share of few cases on one side has no difference, and two
    rates without any events have one between the exact upper bounds: no events prove no equality.
    """
    n = len(a[0])
    if a[1].sum() <= 0.0 or b[1].sum() <= 0.0:
        return Difference(None, None, None, n, None, None, None, None, "no exposure")
    if form == "share" and unit != "incidents" and min(a[1].sum(), b[1].sum()) < FEW_CASES:
        return Difference(None, None, None, n, None, None, None, None, f"fewer than {FEW_CASES} cases")
    value_a, value_b = ratio_of_sums(*a), ratio_of_sums(*b)
    value = value_a - value_b
    ratio = value_a / value_b if value_b != 0.0 else None
    both = (a[1] > 0.0) & (b[1] > 0.0)
    single_a, single_b = a[0][both] / a[1][both], b[0][both] / b[1][both]
    lower = float(np.mean(single_a < single_b)) if both.any() else None
    tied = float(np.mean(single_a == single_b)) if both.any() else None
    share = None if lower is None or tied is None else lower + 0.5 * tied
    if form == "rate" and value_a == value_b == 0.0:
        most_a, most_b = (poisson_upper(0) / float(side[1].sum()) for side in (a, b))
        note = "no events on either side: exact bounds"
        return Difference(0.0, -most_b, most_a, n, None, share, tied, None, note)
    if n < 2:
        note = "one replicate: no interval"
        return Difference(value, None, None, n, ratio, share, tied, None, note)
    errors_a, errors_b = residuals(*a), residuals(*b)
    paired = standard_error(errors_a - errors_b)
    unpaired = standard_error(errors_a) ** 2 + standard_error(errors_b) ** 2
    cut = unpaired / paired**2 if paired > 0.0 else None
    if abs(value) <= ROUNDING * max(abs(value_a), abs(value_b)):
        # Sums over sites in another order differ in the last digits: that is no difference.
        return Difference(0.0, min(0.0, -paired), max(0.0, paired), n, ratio, share, tied, cut, "equal")
    half = t_quantile(n - 1) * paired
    return Difference(value, value - half, value + half, n, ratio, share, tied, cut)


def half_width(estimate: Estimate | Difference, *, relative: bool = False) -> float | None:
    """Return half the length of an interval, on request as a share of the value; ``None`` without one."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    half = (estimate.high - estimate.low) / 2.0
    if not relative:
        return half
    return half / abs(estimate.value) if estimate.value != 0.0 else None


def replicates_needed(
    pilot: Estimate | Difference, precision: float, *, relative: bool = False
) -> int | None:
    """Return how many replicates give an interval of half-width ``precision``; ``None`` without a pilot.

    Stein's (1945) two-stage rule, n >= (t s / d)^2 with t of the pilot's degrees of freedom: a pilot of
    few replicates knows the spread badly and asks for more.  ``relative`` reads ``precision`` as a share
    of the value.  Never fewer than the pilot has.

    >>> replicates_needed(Estimate(100.0, 80.0, 120.0, 10), 5.0)
    160
    """
    if precision <= 0.0:
        raise ValueError("the asked half-width must be above 0")
    half = half_width(pilot, relative=relative)
    if half is None:
        return None
    return max(pilot.n, math.ceil(pilot.n * (half / precision) ** 2 - 1e-9))


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
    means = exposure * (counts.sum() / exposure.sum())
    most = int(means.max() + 12.0 * math.sqrt(means.max()) + 12.0)
    k = np.arange(most + 1)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(k[1:]))])
    # Exposures repeat: the distribution is laid out once per distinct mean.
    distinct, repeats = np.unique(np.round(means, 3), return_counts=True)
    distinct = np.maximum(distinct, 1e-9)[:, None]
    # Summed in rows, not by a matrix product: its last digits depend on the processor.
    weights = (repeats[:, None] * np.exp(k * np.log(distinct) - distinct - log_factorial)).sum(axis=0)
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
