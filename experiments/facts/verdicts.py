"""From a reading and a target to a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from experiments.facts.fact import Target, Use
from experiments.facts.readings import Reading

Verdict = Literal["pass", "fail", "inside", "outside", "undecided"]

UNDECIDED: Verdict = "undecided"


def holds(target: Target, reading: Reading) -> bool | None:
    """Say whether a number holds, ``None`` if that is undecided or there is nothing to hold it against.

    No verdict before ``n_due`` replicates.  An interval that lies wholly inside or wholly outside of
    the target decides; one that straddles a bound leaves it to the value itself once it is narrower
    than ``half_width_due`` on either side.
    """
    if not target.judged or reading.value is None or reading.low is None or reading.high is None:
        return None
    if reading.n < target.n_due:
        return None
    low, high = target.bounds
    if target.direction is not None:
        # "No effect at all" is not on either side.
        inside = reading.low > low if target.direction == "positive" else reading.high < high
        outside = reading.high <= low if target.direction == "positive" else reading.low >= high
    else:
        inside = low <= reading.low and reading.high <= high
        outside = reading.high < low or reading.low > high
    if inside or outside:
        return inside
    if target.half_width_due is None or 0.5 * (reading.high - reading.low) > target.half_width_due:
        return None
    return low < reading.value < high if target.direction is not None else low <= reading.value <= high


def named(held: bool | None, use: Use) -> Verdict:  # noqa: FBT001 - the first word of the sentence
    """Return the word for what holds: pass or fail; inside or outside for contested facts."""
    if held is None:
        return UNDECIDED
    if use == "Fals":
        return "inside" if held else "outside"
    return "pass" if held else "fail"


def together(held: Sequence[bool | None]) -> bool | None:
    """Return what holds for a fact of several numbers: all of them must."""
    if any(entry is False for entry in held):
        return False
    return None if not held or any(entry is None for entry in held) else True


def judge(targets: Sequence[Target], readings: Sequence[Reading]) -> bool | None:
    """Return whether a fact holds: all of its judged numbers."""
    return together(
        [holds(target, reading) for target, reading in zip(targets, readings, strict=True) if target.judged]
    )
