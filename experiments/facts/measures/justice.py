"""Procedural justice: whom sanctions deter, and whether anger carries the effect of fair treatment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.facts.arms import BASELINE
from experiments.facts.harvest import SURVEY_EVERY_DAYS, Harvest, Vector
from experiments.facts.measures.common import by_person, misconduct
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import Reading, jackknifed
from sim import ledger as codes

BY_LOT = "by-lot"
FOLLOW_FROM, FOLLOW_TO = 14, 104
"""Days after a report over which later misconduct is counted; before, confinement itself keeps people in."""

SEVERITY = np.array([0, 2, 1])
"""Severity of a sanction by its code: none, cell confinement, loss of programme."""

WAVE_DAYS = 90
"""Days between the two waves of the panel of justice, anger and misconduct."""


def after_reports(harvest: Harvest) -> tuple[Any, Any, Any, Any]:
    """Return, for every report: severity of the sanction, justice before, later misconduct, later days."""
    people = harvest.detail
    e, p, s = people.events, people.persons, people.survey
    last = harvest.days - FOLLOW_TO
    rows = np.flatnonzero(
        (e.kind < codes.SELF_HARM)
        & (e.answer == codes.REPORT)
        & (e.day >= 0)
        & (e.day < last)
        & (e.actor >= 0)
    )
    felt = np.full((len(p), harvest.days // SURVEY_EVERY_DAYS + 1), math.nan)
    felt[s.resident, s.day // SURVEY_EVERY_DAYS] = s.justice
    justice = felt[e.actor[rows], e.day[rows] // SURVEY_EVERY_DAYS]
    own = (e.kind < codes.SELF_HARM) & (e.actor >= 0)
    order = np.lexsort((e.day[own], e.actor[own]))
    # One sorted number per event: person, then day.
    span = 1 << 20
    keys = (e.actor[own] * span + e.day[own] + span // 2)[order]
    start = e.actor[rows] * span + e.day[rows] + span // 2
    later = np.searchsorted(keys, start + FOLLOW_TO, "right") - np.searchsorted(
        keys, start + FOLLOW_FROM, "right"
    )
    leaves = np.minimum(p.release[e.actor[rows]], e.day[rows] + FOLLOW_TO + 1)
    days = np.maximum(0, leaves - e.day[rows] - FOLLOW_FROM - 1)
    known = np.isfinite(justice)
    return SEVERITY[e.sanction[rows][known]], justice[known], later[known], days[known]


def slope_of(severity: Any, later: Any, days: Any) -> float:
    """Return the slope of the rate of later misconduct on severity, against the mean rate.

    Least squares on the rates of the three severities, weighted with the days they are followed.
    """
    exposed = np.bincount(severity, weights=days, minlength=3)
    events = np.bincount(severity, weights=later, minlength=3)
    used = exposed > 0.0
    total = exposed.sum()
    if used.sum() < 2 or events.sum() <= 0.0:
        return math.nan
    steps = np.arange(3.0)[used]
    rates, weights = events[used] / exposed[used], exposed[used] / total
    centre = float(weights @ steps)
    mean = float(events.sum() / total)
    along = float(weights @ ((steps - centre) * (rates - mean)))
    return along / float(weights @ (steps - centre) ** 2) / mean


def slope_in_third(tables: Sequence[tuple[Any, Any, Any, Any]], third: int) -> float:
    """Return the slope in one third of justice felt before (0 lowest), reports of all tables pooled."""
    severity, justice, later, days = (np.concatenate(column) for column in zip(*tables, strict=True))
    if len(justice) == 0:
        return math.nan
    low, high = np.quantile(justice, [third / 3.0, (third + 1) / 3.0])
    chosen = (justice >= low) & ((justice < high) | (third == 2))
    return slope_of(severity[chosen], later[chosen], days[chosen])


@measure(BY_LOT)
def sanction_slope_when_just(panel: Panel) -> Reading:
    """Slope of later misconduct on the severity of a sanction by lot, for the third treated most justly."""
    tables = [after_reports(h) for h in panel.of(BY_LOT)]
    return jackknifed(tables, lambda part: slope_in_third(part, 2))


@measure(BY_LOT)
def sanction_slope_when_unjust(panel: Panel) -> Reading:
    """Slope of later misconduct on the severity of a sanction by lot, for the third treated least justly."""
    tables = [after_reports(h) for h in panel.of(BY_LOT)]
    return jackknifed(tables, lambda part: slope_in_third(part, 0))


def two_waves(harvest: Harvest) -> Any:
    """Return one row per person and pair of waves: justice, anger, later misconduct, then traits.

    Waves are 90 days apart and do not overlap; who stays through both counts.  Misconduct is
    log(1 + incidents between the waves).
    """
    people = harvest.detail
    p, s = people.persons, people.survey
    rows = []
    for day in range(0, harvest.days - WAVE_DAYS + 1, WAVE_DAYS):
        now = s[s.day == day]
        now = now[p.release[now.resident] >= day + WAVE_DAYS]
        later = by_person(people, misconduct(people, day, day + WAVE_DAYS))[now.resident]
        who = p[now.resident]
        traits = (who.age, who.reactivity, who.trauma, who.vulnerability, who.remand)
        rows.append(np.column_stack([now.justice, now.anger, np.log1p(later), *traits]))
    return np.concatenate(rows) if rows else np.zeros((0, 8))


def _effects(outcome: Vector, *causes: Any) -> Vector:
    """Return least-squares coefficients of the causes, intercept left out."""
    design = np.column_stack([np.ones(len(outcome)), *causes])
    return np.asarray(np.linalg.lstsq(design, outcome, rcond=None)[0][1:], dtype=np.float64)


def mediation(tables: Sequence[Any]) -> tuple[float, float]:
    """Return the total effect of justice on later misconduct, in SD per SD, and the share anger carries.

    Both at equal traits (Baron & Kenny 1986): effect of justice on anger times effect of anger on
    misconduct at equal justice, over the total effect.
    """
    whole = np.concatenate(tables)
    if len(whole) < 20:
        return math.nan, math.nan
    scale = whole.std(axis=0)
    if (scale[:3] <= 0.0).any():
        return math.nan, math.nan
    whole = (whole - whole.mean(axis=0)) / np.where(scale > 0.0, scale, 1.0)
    justice, anger, later, traits = whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3:]
    total = float(_effects(later, justice, traits)[0])
    to_anger = float(_effects(anger, justice, traits)[0])
    of_anger = float(_effects(later, anger, justice, traits)[0])
    return total, to_anger * of_anger / total if total != 0.0 else math.nan


@measure(BASELINE)
def justice_and_later_misconduct(panel: Panel) -> Reading:
    """Standardised total effect of procedural justice on misconduct in three months, equal traits."""
    return jackknifed([two_waves(h) for h in panel.of(BASELINE)], lambda part: mediation(part)[0])


@measure(BASELINE)
def share_carried_by_anger(panel: Panel) -> Reading:
    """Share of the effect of procedural justice on later misconduct that anger carries."""
    return jackknifed([two_waves(h) for h in panel.of(BASELINE)], lambda part: mediation(part)[1])
