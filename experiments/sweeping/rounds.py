"""Which runs come next: all replicates at once, or rounds until an interval is narrow enough.

What a round asks for depends on finished rows alone, so an interrupted sweep goes on with the same
rounds, whatever the workers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from experiments.statistics import Estimate, estimate_ratio, half_width, replicates_needed
from experiments.sweeping.points import Group, Plan
from experiments.sweeping.store import Finished, Shard
from sim.indicators import BY_NAME

LARGEST_STEP = 2.0
"""A round at most doubles the replicates: a pilot of few knows their spread badly."""


class Rounds:
    """The rounds of a sweep; each is a list of runs, those of low replicates first."""

    def __init__(self, plan: Plan, finished: Mapping[int, Finished], shard: Shard | None = None) -> None:
        self.plan = plan
        self.finished = finished
        self.shard = shard

    def in_scope(self, group: Group, replicate: int) -> bool:
        """Say whether a run is this shard's; with a precision all replicates of a point are one shard's."""
        if self.shard is None:
            return True
        whole = self.plan.design.precision is not None
        return self.shard.has(group.content if whole else self.plan.run_id(group, replicate))

    def pending(self) -> Iterator[tuple[Group, int]]:
        """Yield the runs that are to be done now; none when the sweep is complete."""
        wanted = [(group, self._wanted(group)) for group in self.plan.groups]
        for replicate in range(max((number for _, number in wanted), default=0)):
            for group, number in wanted:
                known = self.finished[group.number].replicates
                if replicate < number and replicate not in known and self.in_scope(group, replicate):
                    yield group, replicate

    def count(self) -> int:
        """Return how many runs are to be done now."""
        return sum(1 for _ in self.pending())

    def is_done(self) -> bool:
        """Say whether nothing is left to do."""
        return next(self.pending(), None) is None

    def _wanted(self, group: Group) -> int:
        """Return how many replicates a group should have, as far as is known now."""
        design = self.plan.design
        if design.precision is None:
            return design.replicates or 0
        number = design.precision.first
        while number < design.precision.most:
            if not set(range(number)) <= self.finished[group.number].replicates:
                return number
            following = self._following(group, number)
            if following is None:
                return number
            number = following
        return number

    def _following(self, group: Group, number: int) -> int | None:
        """Return how many replicates to have after ``number``, or ``None`` if these are enough."""
        precision = self.plan.design.precision
        assert precision is not None
        pilot = self.estimate(group, number)
        half = half_width(pilot, relative=precision.relative)
        if half is not None and half <= precision.half_width:
            return None
        most = math.ceil(LARGEST_STEP * number)
        needed = replicates_needed(pilot, precision.half_width, relative=precision.relative) or most
        return min(precision.most, max(number + 1, min(needed, most)))

    def estimate(self, group: Group, number: int) -> Estimate:
        """Return the indicator of the precision over the first ``number`` replicates that went well."""
        precision = self.plan.design.precision
        assert precision is not None
        known = self.finished[group.number].readings
        readings = [known[replicate] for replicate in sorted(known) if replicate < number]
        return pooled(precision.indicator, readings)


def pooled(indicator: str, readings: list[tuple[float | None, float]]) -> Estimate:
    """Return an indicator over runs from the value and the weight of each.

    The same as ``detention run`` gives for these runs, but for the last digits.
    """
    described = BY_NAME[indicator]
    tops = [(value or 0.0) * weight for value, weight in readings]
    bottoms = [weight for _, weight in readings]
    events: list[int | None] | None = None
    if described.form == "rate":
        events = [round(top) for top in tops]
    elif described.form == "share":
        events = [round(bottom) for bottom in bottoms]
    if not readings:
        return Estimate(None, None, None, 0, None, described.unit, "no run went well")
    return estimate_ratio(tops, bottoms, events=events, unit=described.unit, form=described.form)
