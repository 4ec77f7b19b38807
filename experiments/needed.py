"""How many replicates a wanted half-width takes, planned from a pilot.

Two rules.  *By spread*: n >= (t s / d)^2 with the t of the pilot's degrees of freedom (Stein 1945) or
that of n - 1, whichever asks for more; for means, differences and rates of frequent events.  *By counts*:
a rate of few events is planned with the exact interval of a Poisson count (Garwood 1936), widened where
replicates spread more than such counts.

A pilot knows its own spread badly: ten replicates know a standard deviation to within a factor of 2.7
(chi-square interval).  So every plan comes with the range that the pilot leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.statistics import (
    FEW_EVENTS,
    LEVEL,
    Difference,
    Estimate,
    Vector,
    half_width,
    poisson_interval,
    ratio_of_sums,
    residuals,
    t_quantile,
)

MOST = 10**12
"""No plan beyond this: the wanted half-width is out of reach."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a pilot knows of one quantity.

    ``spread`` is the standard deviation of one replicate's contribution, known with ``degrees`` degrees of
    freedom (``None`` with one replicate).  Rates have ``events``, their ``exposure`` over all replicates
    in units of 1 / the unit of the value, and the ``dispersion`` of the counts (variance over mean).
    ``scale`` is what a relative half-width is a share of: the value, for a difference the value of its
    second side.
    """

    value: float | None
    scale: float | None
    n: int
    spread: float | None
    degrees: int
    events: int | None = None
    exposure: float | None = None
    dispersion: float = 1.0
    note: str = ""

    @property
    def rare(self) -> bool:
        """Say whether this is a rate with so few events that counts decide."""
        return self.events is not None and bool(self.exposure) and self.events < FEW_EVENTS

    @property
    def half_width(self) -> float | None:
        """Return the half-width that the pilot itself reaches."""
        if self.rare:
            return _half_of_counts(1.0, float(self.events or 0), self.exposure or 0.0, self.dispersion)
        if self.spread is None or self.n < 2:
            return None
        return t_quantile(self.degrees) * self.spread / math.sqrt(self.n)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A half-width: absolute, or with ``relative`` a share of the pilot's scale."""

    size: float
    relative: bool

    def of(self, scale: float | None) -> float | None:
        """Return it in the unit of the value; ``None`` for a share of nothing."""
        if not self.relative:
            return self.size
        return self.size * abs(scale) if scale else None


@dataclass(frozen=True, slots=True)
class Need:
    """How many replicates are needed, and between which numbers the pilot leaves it open."""

    replicates: int | None
    low: int | None
    high: int | None
    wanted: float | None
    rule: str
    note: str = ""

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "replicates": self.replicates,
            "low": self.low,
            "high": self.high,
            "wanted_half_width": self.wanted,
            "rule": self.rule,
            "note": self.note,
        }


def pilot_of_sums(
    tops: Sequence[Vector], bottoms: Sequence[Vector], *, form: str, events: int | None = None
) -> Pilot:
    """Return what replicates with these numerators and denominators know.

    One vector per group of replicates at the same place (point of a sweep): the spread is pooled over the
    groups, each around its own ratio.  ``form`` is that of the indicator.  ``events`` are the counted
    cases; a rate without a count is planned by spread.
    """
    kept = [(a, b) for a, b in zip(tops, bottoms, strict=True) if b.sum() > 0.0]
    if not kept:
        return Pilot(None, None, 0, None, 0, note="no exposure")
    top, bottom = (np.concatenate(part) for part in zip(*kept, strict=True))
    value = ratio_of_sums(top, bottom)
    degrees = sum(len(a) - 1 for a, _ in kept)
    n = round(len(top) / len(kept))
    if degrees < 1:
        return Pilot(value, value, n, None, 0, note="one replicate: no interval")
    squares = sum(float(np.sum(residuals(a, b) ** 2)) for a, b in kept)
    spread = math.sqrt(squares / degrees)
    if form != "rate" or events is None or (len(kept) > 1 and events >= FEW_EVENTS):
        # With many places even a rare event was counted often enough to know its spread.
        return Pilot(value, value, n, spread, degrees)
    # Exposure and events of one place: what is planned is replicates of a place.
    exposure, count = float(bottom.sum()) / len(kept), events / len(kept)
    dispersion = spread**2 / n * exposure**2 / count if count > 0 else 1.0
    return Pilot(value, value, n, spread, degrees, round(count), exposure, max(1.0, dispersion))


def pilot_of_pair(a: tuple[Vector, Vector], b: tuple[Vector, Vector]) -> Pilot:
    """Return what replicates of two sides with the same random numbers know of the difference a - b."""
    n = len(a[0])
    if n == 0 or a[1].sum() <= 0.0 or b[1].sum() <= 0.0:
        return Pilot(None, None, n, None, 0, note="no exposure")
    value_b = ratio_of_sums(*b)
    value = ratio_of_sums(*a) - value_b
    if n < 2:
        return Pilot(value, value_b, n, None, 0, note="one replicate: no interval")
    errors = residuals(*a) - residuals(*b)
    return Pilot(value, value_b, n, math.sqrt(float(errors @ errors) / (n - 1)), n - 1)


def pilot_of(found: Estimate | Difference, *, scale: float | None = None, rate: bool = False) -> Pilot:
    """Return what an estimate or a difference with its interval says, as a pilot.

    The spread is read back from the length of the interval.  ``rate`` says that events were counted,
    ``scale`` what a relative half-width is a share of (default: the value).
    """
    half = half_width(found)
    spread = None
    if half is not None and found.n > 1:
        spread = half * math.sqrt(found.n) / t_quantile(found.n - 1)
    own = found.value if scale is None else scale
    events = found.events if isinstance(found, Estimate) and rate else None
    if events is None or found.high is None:
        return Pilot(found.value, own, found.n, spread, found.n - 1, note=found.note)
    # A rate is events over exposure; without events its upper bound says how much exposure there was.
    exposure = events / found.value if events and found.value else poisson_interval(0)[1] / found.high
    dispersion = _dispersion(events, exposure, half or 0.0) if events < FEW_EVENTS else 1.0
    return Pilot(found.value, own, found.n, spread, found.n - 1, events, exposure, dispersion, found.note)


def _dispersion(events: int, exposure: float, half: float) -> float:
    """Return the dispersion with which the exact interval of a count is as long as the one given."""
    low, high = 1.0, 2.0
    if events == 0 or _half_of_counts(1.0, events, exposure, low) >= half:
        return 1.0
    while _half_of_counts(1.0, events, exposure, high) < half and high < 1e6:
        high *= 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        longer = _half_of_counts(1.0, events, exposure, middle) >= half
        low, high = (low, middle) if longer else (middle, high)
    return high


def sd_interval(spread: float, degrees: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the chi-square interval of a standard deviation known with some degrees of freedom.

    >>> [round(bound, 3) for bound in sd_interval(1.0, 9)]
    [0.688, 1.826]
    """
    from scipy.special import chdtri

    tail = 0.5 - level / 2.0
    return (
        spread * math.sqrt(degrees / float(chdtri(degrees, tail))),
        spread * math.sqrt(degrees / float(chdtri(degrees, 1.0 - tail))),
    )


def replicates_for(spread: float, wanted: float) -> int | None:
    """Return the fewest replicates whose t interval has the wanted half-width, for a known spread.

    >>> replicates_for(1.0, 0.5)
    18
    """
    return _fewest(lambda n: t_quantile(n - 1) * spread / math.sqrt(n) <= wanted, 2)


def plan(pilot: Pilot, wanted: Wanted) -> Need:
    """Return how many replicates the wanted half-width takes."""
    if wanted.size <= 0.0:
        raise ValueError("the wanted half-width must be above 0")
    if pilot.rare:
        return _by_counts(pilot, wanted)
    target = wanted.of(pilot.scale)
    if pilot.value is None or pilot.spread is None:
        return Need(None, None, None, target, "none", pilot.note or "the pilot has no interval")
    if target is None:
        return Need(None, None, None, None, "none", "a share of 0 is no half-width: use --half-width")
    stein = (t_quantile(pilot.degrees) * pilot.spread / target) ** 2
    # Fewer replicates than degrees of freedom: the interval will have the t of its own, larger.
    number = replicates_for(pilot.spread, target) if stein <= MOST else None
    if number is not None:
        # A little less than what the sum gives, so that rounding errors ask for no further replicate.
        number = max(number, math.ceil(stein - 1e-9))
    low, high = (replicates_for(bound, target) for bound in sd_interval(pilot.spread, pilot.degrees))
    return Need(number, low, high, target, "spread", "" if number else "out of reach")


# --- few events ----------------------------------------------------------------------------------------


def _by_counts(pilot: Pilot, wanted: Wanted) -> Need:
    events, exposure, dispersion = float(pilot.events or 0), pilot.exposure or 0.0, pilot.dispersion
    few, many = poisson_interval(events, dispersion)

    def needed(count: float) -> tuple[int | None, float | None]:
        target = wanted.of(count / exposure)
        if target is None:
            return None, None
        fewest = _fewest(lambda n: _half_of_counts(n / pilot.n, count, exposure, dispersion) <= target, 1)
        return fewest, target

    number, target = needed(events)
    ends = [found for found, _ in (needed(few), needed(many))]
    if events == 0.0 and wanted.relative:
        least = "out of reach" if ends[1] is None else f"at least {ends[1]:,} replicates"
        note = f"no events in the pilot: {least}, or use --half-width"
        return Need(None, ends[1], None, None, "counts", note)
    known = sorted(end for end in ends if end is not None)
    low, high = (known[0], known[-1]) if len(known) == 2 else (known[0] if known else None, None)
    note = f"{events:.0f} events in the pilot"
    return Need(number, low, high, target, "counts", note if number else f"{note}: out of reach")


def _half_of_counts(times: float, events: float, exposure: float, dispersion: float) -> float:
    """Return half the exact interval of a rate after ``times`` the pilot's exposure."""
    low, high = poisson_interval(times * events, dispersion)
    return (high - low) / 2.0 / (times * exposure)


def _fewest(enough: Callable[[int], bool], first: int) -> int | None:
    """Return the smallest number from ``first`` on that is enough; more than enough stays enough."""
    high = first
    while not enough(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2 if high > first else first - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
