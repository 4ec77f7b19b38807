"""Small rules of form that many mechanisms share: approach, impulse, logistic, per head or count."""

from __future__ import annotations

import math

from sim.kernel import f8, kernel


@kernel
def approach(value: f8, target: f8, rate: f8) -> f8:
    """Move ``value`` a share ``rate`` of the way to ``target`` (the exact step of a leaky integrator)."""
    return value + rate * (target - value)


@kernel
def rate_of(days: f8) -> f8:
    """Return the share of the way covered in one day by a leaky integrator with time constant ``days``."""
    return 1.0 - math.exp(-1.0 / days)


@kernel
def bounded(value: f8, low: f8, high: f8) -> f8:
    """Return ``value`` cut to the interval; for targets and chances, never for states."""
    return low if value < low else (min(value, high))


@kernel
def logistic(x: f8) -> f8:
    """Return the chance with log-odds ``x``."""
    return 1.0 / (1.0 + math.exp(-x))


@kernel
def saturating(x: f8, bound: f8) -> f8:
    """Return ``x`` bent so that it never leaves (-bound, bound); slope 1 at 0."""
    if bound <= 0.0:
        return 0.0
    z = x / bound
    return x / math.sqrt(1.0 + z * z)


@kernel
def remaining(impulse: f8) -> f8:
    """Return what an impulse leaves of the way to 1; impulses above 1 count as 1."""
    return 1.0 - bounded(impulse, 0.0, 1.0)


@kernel
def per_head_or_count(number: f8, reference: f8, coupling: f8) -> f8:
    """Return the weight of one event among ``number`` people: 1 by count, reference/number per head.

    ``coupling`` runs from 0 (per head: the same total whatever the number) to 1 (count).  Every
    effect that a *number of events* on a team or site could have goes through this factor.
    """
    number = max(number, 1.0)
    return (reference / number) ** (1.0 - coupling)
