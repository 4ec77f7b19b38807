"""From per-replicate numbers to a value with its interval: the forms that measures share.

All intervals are run-to-run, 95 %, over replicates (Student's t).  Ratios pool sums before dividing and
take their standard error from the replicates' residuals (delta method, Cochran 1977); arms that share
their random numbers are compared replicate by replicate.  Statistics without such a form use the
delete-one jackknife over replicates (Efron & Tibshirani 1993, ch. 11).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.statistics import estimate_ratio, residuals, standard_error, t_quantile

Vector = npt.NDArray[np.float64]
Pair = tuple[Vector, Vector]
"""Numerators and denominators, one entry per replicate."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value with its interval; ``values`` are those of single replicates where they exist."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    values: tuple[float, ...] = ()
    note: str = ""

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else 0.5 * (self.high - self.low)


def nothing(n: int, why: str) -> Reading:
    """Return a reading without a value."""
    return Reading(None, None, None, n, (), why)


def around(value: float, error: float, n: int, values: Sequence[float] = ()) -> Reading:
    """Return a value with the interval that a standard error gives."""
    single = tuple(float(v) for v in values)
    if n < 2 or not math.isfinite(error):
        return Reading(value, None, None, n, single, "one replicate: no interval")
    half = t_quantile(n - 1) * error
    return Reading(value, value - half, value + half, n, single)


def pair(entries: Sequence[tuple[float, float]]) -> Pair:
    """Return (numerators, denominators) from one pair per replicate."""
    table = np.asarray(entries, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _empty(*pairs: Pair) -> str:
    if any(len(numerators) == 0 for numerators, _ in pairs):
        return "no run finished"
    return "no cases" if any(denominators.sum() <= 0.0 for _, denominators in pairs) else ""


def ratio(entries: Pair, form: str = "mean", cases: Sequence[float] | None = None) -> Reading:
    """Return pooled numerators over pooled denominators.

    ``form`` is ``rate``, ``share`` or ``mean`` (see :mod:`experiments.statistics`); ``cases`` are the
    events behind a rate or a share, by default the numerators of a rate and the denominators of a share.
    """
    if why := _empty(entries):
        return nothing(len(entries[0]), why)
    numerators, denominators = entries
    if cases is None and form != "mean":
        cases = (numerators if form == "rate" else denominators).tolist()
    events = None if cases is None else [round(case) for case in cases]
    found = estimate_ratio(numerators.tolist(), denominators.tolist(), events=events, form=form)
    return Reading(found.value, found.low, found.high, found.n, tuple(_singles(entries)), found.note)


def _singles(entries: Pair) -> list[float]:
    return [float(a / b) if b > 0.0 else math.nan for a, b in zip(*entries, strict=True)]


def difference(after: Pair, before: Pair, scale: float = 1.0) -> Reading:
    """Return the difference of two pooled ratios over the same replicates, divided by ``scale``."""
    n = len(after[0])
    if why := _empty(after, before):
        return nothing(n, why)
    value = (after[0].sum() / after[1].sum() - before[0].sum() / before[1].sum()) / scale
    error = standard_error(residuals(*after) - residuals(*before)) / scale if n > 1 else math.nan
    singles = [(a - b) / scale for a, b in zip(_singles(after), _singles(before), strict=True)]
    return around(float(value), error, n, singles)


def quotient(after: Pair, before: Pair) -> Reading:
    """Return the quotient of two pooled ratios over the same replicates; the interval is made on logs."""
    n = len(after[0])
    if why := _empty(after, before):
        return nothing(n, why)
    top, bottom = after[0].sum() / after[1].sum(), before[0].sum() / before[1].sum()
    if top <= 0.0 or bottom <= 0.0:
        return nothing(n, "no events in one of the arms")
    errors = residuals(*after) / top - residuals(*before) / bottom
    whole = around(math.log(top / bottom), standard_error(errors) if n > 1 else math.nan, n)
    low = None if whole.low is None else math.exp(whole.low)
    high = None if whole.high is None else math.exp(whole.high)
    with np.errstate(divide="ignore", invalid="ignore"):
        singles = np.asarray(_singles(after)) / np.asarray(_singles(before))
    return Reading(float(top / bottom), low, high, n, tuple(singles.tolist()), whole.note)


def relative_change(after: Pair, before: Pair) -> Reading:
    """Return the relative change from one pooled ratio to another over the same replicates."""
    found = quotient(after, before)
    return shifted(found, -1.0)


def shifted(reading: Reading, by: float) -> Reading:
    """Return a reading moved by a constant."""

    def move(number: float | None) -> float | None:
        return None if number is None else number + by

    values = tuple(value + by for value in reading.values)
    return Reading(
        move(reading.value), move(reading.low), move(reading.high), reading.n, values, reading.note
    )


def mean(values: Sequence[float]) -> Reading:
    """Return the mean of one number per replicate; replicates without a number do not count."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    n = len(numbers)
    if n == 0:
        return nothing(0, "no replicate has enough cases")
    centre = float(numbers.mean())
    error = float(numbers.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    return around(centre, error, n, numbers.tolist())


def mean_correlation(values: Sequence[float]) -> Reading:
    """Return the mean of one correlation per replicate, averaged on Fisher's scale."""
    with np.errstate(invalid="ignore"):
        bent = np.arctanh(np.clip(np.asarray(values, dtype=np.float64), -0.999999, 0.999999))
    found = mean(bent.tolist())

    def back(number: float | None) -> float | None:
        return None if number is None else math.tanh(number)

    singles = tuple(math.tanh(value) for value in found.values)
    return Reading(back(found.value), back(found.low), back(found.high), found.n, singles, found.note)


def jackknifed(items: Sequence[Any], statistic: Callable[[Sequence[Any]], float]) -> Reading:
    """Return a statistic of all replicates pooled, with its delete-one jackknife interval."""
    n = len(items)
    if n == 0:
        return nothing(0, "no run finished")
    value = statistic(items)
    if not math.isfinite(value):
        return nothing(n, "too few cases")
    if n < 3:
        return Reading(value, None, None, n, (), "fewer than three replicates: no interval")
    left = np.array([statistic([*items[:k], *items[k + 1 :]]) for k in range(n)])
    if not np.isfinite(left).all():
        return nothing(n, "too few cases in single replicates")
    error = math.sqrt((n - 1) / n * float(np.sum((left - left.mean()) ** 2)))
    return around(value, error, n)


def correlation(x: Any, y: Any) -> float:
    """Return Pearson's correlation, not a number if either does not vary."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(x) < 3:
        return math.nan
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / size if size > 1e-15 else math.nan
