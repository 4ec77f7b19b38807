"""What several measures share: choosing events, persons and indicators out of a harvest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.facts.harvest import Harvest, People, Vector
from experiments.facts.readings import Pair, pair
from sim import ledger as codes
from sim.clock import DAYS_PER_YEAR

ASSAULTS = (codes.PHYSICAL, codes.SERIOUS)
VIOLENCE = (codes.THREAT, *ASSAULTS)
MISCONDUCT = tuple(range(codes.VERBAL, codes.SELF_HARM))
"""Incidents but for self-harm."""


def indicator(harvests: Sequence[Harvest], name: str) -> Pair:
    """Return the sums of an indicator."""
    return pair([(h.sums[name].numerator, h.sums[name].denominator) for h in harvests])


def thousand_years(harvest: Harvest) -> float:
    """Return the exposure in 1,000 resident-years."""
    return harvest.resident_days / DAYS_PER_YEAR / 1000.0


def events(
    harvest: Harvest,
    kinds: Sequence[int],
    *,
    against_staff: int | None = None,
    seen: int | None = None,
    recorded: int | None = None,
    formal: int | None = None,
) -> float:
    """Return the number of recorded-time events of some kinds; ``None`` takes both."""
    chosen = harvest.counts[list(kinds)]
    for axis, wanted in enumerate((against_staff, seen, recorded, formal), start=1):
        if wanted is not None:
            chosen = np.take(chosen, [wanted], axis=axis)
    return float(chosen.sum())


def rate(harvests: Sequence[Harvest], count: Callable[[Harvest], float]) -> Pair:
    """Return counts and exposures in 1,000 resident-years."""
    return pair([(count(h), thousand_years(h)) for h in harvests])


def side(panel_rows: Sequence[tuple[Harvest, ...]], k: int) -> list[Harvest]:
    """Return the ``k``-th arm of replicates that stand side by side."""
    return [row[k] for row in panel_rows]


def seen_conflicts(harvest: Harvest) -> float:
    """Return incidents that staff noticed, quarrels settled with words included."""
    return events(harvest, (*MISCONDUCT, codes.SELF_HARM, codes.DEFUSED), seen=1)


def by_person(people: People, chosen: Any) -> Vector:
    """Return how many of the chosen events (a mask) each person started."""
    actors = people.events.actor[chosen]
    return np.bincount(actors[actors >= 0], minlength=len(people.persons)).astype(np.float64)


def misconduct(people: People, first: float, last: float) -> Any:
    """Return the mask of misconduct on days ``first`` to below ``last``."""
    e = people.events
    return (e.kind < codes.SELF_HARM) & (e.day >= first) & (e.day < last)


def mean_by(groups: Any, values: Any, number: int) -> Vector:
    """Return the mean of values in each of ``number`` groups, not a number where there are none."""
    total = np.bincount(groups, weights=values, minlength=number)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.bincount(groups, minlength=number), dtype=np.float64)


def spread(harvests: Sequence[Harvest], column: str) -> float:
    """Return the SD between persons of a survey column, looks and replicates pooled within."""
    squares, cases = 0.0, 0
    for harvest in harvests:
        survey = harvest.detail.survey
        for day in np.unique(survey.day):
            values = survey[column][survey.day == day]
            squares += float(((values - values.mean()) ** 2).sum())
            cases += len(values) - 1
    return float(np.sqrt(squares / cases)) if cases > 0 else float("nan")


def survey_mean(harvests: Sequence[Harvest], column: str) -> Pair:
    """Return sums and numbers of a survey column, all looks together."""
    return pair([(float(h.detail.survey[column].sum()), float(len(h.detail.survey))) for h in harvests])
