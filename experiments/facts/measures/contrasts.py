"""Contrasts of regimes and interventions: paired arms that share people and random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.facts.arms import BASELINE
from experiments.facts.harvest import Harvest
from experiments.facts.measures.common import (
    ASSAULTS,
    MISCONDUCT,
    events,
    indicator,
    rate,
    seen_conflicts,
    side,
    spread,
    survey_mean,
)
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import (
    Pair,
    Reading,
    difference,
    jackknifed,
    nothing,
    relative_change,
)
from sim import ledger as codes

MORE_STAFF = "more-staff"
WITHDRAWN = "more-staff-withdrawn"


def climate_gap(panel: Panel, arm: str, reference: str) -> Reading:
    """Return the difference in climate between two arms in SDs between persons."""
    rows = panel.together(arm, reference)
    here, there = side(rows, 0), side(rows, 1)
    if not rows:
        return nothing(0, "no run finished")
    scale = math.sqrt(0.5 * (spread(here, "climate") ** 2 + spread(there, "climate") ** 2))
    return difference(survey_mean(here, "climate"), survey_mean(there, "climate"), scale)


@measure("house", BASELINE)
def open_against_closed_climate(panel: Panel) -> Reading:
    """Climate of detention houses less that of the Dutch prison, each with its own mix of people, in SD."""
    return climate_gap(panel, "house", BASELINE)


@measure("house-same-mix", BASELINE)
def open_against_closed_climate_same_mix(panel: Panel) -> Reading:
    """Climate of detention houses less that of the Dutch prison, with the people of the prison, in SD."""
    return climate_gap(panel, "house-same-mix", BASELINE)


def _change(panel: Panel, arm: str, of: Any) -> Reading:
    rows = panel.together(arm, BASELINE)
    return relative_change(of(side(rows, 0)), of(side(rows, 1)))


def _shift(panel: Panel, arm: str, name: str) -> Reading:
    rows = panel.together(arm, BASELINE)
    return difference(indicator(side(rows, 0), name), indicator(side(rows, 1), name))


def _conflicts(harvests: Sequence[Harvest]) -> Pair:
    return rate(harvests, seen_conflicts)


@measure("relational", BASELINE)
def conflict_after_relational_step(panel: Panel) -> Reading:
    """Relative change of noticed conflict, settled quarrels included, when staff relations improve."""
    return _change(panel, "relational", _conflicts)


@measure("relational", BASELINE)
def containment_after_relational_step(panel: Panel) -> Reading:
    """Relative change of containment when staff relations improve."""
    return _change(panel, "relational", lambda h: indicator(h, "containments"))


@measure("relational", BASELINE)
def noticed_incidents_after_relational_step(panel: Panel) -> Reading:
    """Relative change of noticed incidents, settled quarrels left out, when staff relations improve."""
    return _change(
        panel,
        "relational",
        lambda harvests: rate(harvests, lambda h: events(h, (*MISCONDUCT, codes.SELF_HARM), seen=1)),
    )


@measure("restrictive", BASELINE)
def incidents_under_more_restriction(panel: Panel) -> Reading:
    """Relative change of incidents with one SD more static and procedural security, same people."""
    return _change(panel, "restrictive", lambda h: indicator(h, "true_incidents"))


@measure("present", BASELINE)
def incidents_with_more_presence(panel: Panel) -> Reading:
    """Relative change of incidents, noticed or not, with one SD more staff presence."""
    return _change(panel, "present", lambda h: indicator(h, "true_incidents"))


@measure("present", BASELINE)
def conflict_with_more_presence(panel: Panel) -> Reading:
    """Relative change of noticed conflict with one SD more staff presence."""
    return _change(panel, "present", _conflicts)


@measure("present", BASELINE)
def relatedness_with_more_presence(panel: Panel) -> Reading:
    """Change of relatedness (0-1) with one SD more staff presence."""
    return _shift(panel, "present", "relatedness")


@measure("present", BASELINE)
def familiarity_with_more_presence(panel: Panel) -> Reading:
    """Change of how well the officer met knows the resident (0-1) with one SD more staff presence."""
    return _shift(panel, "present", "familiarity_on_duty")


@measure("locked", BASELINE)
def assaults_under_lock_up(panel: Panel) -> Reading:
    """Relative change of recorded assaults under lock-up."""
    return _change(
        panel, "locked", lambda harvests: rate(harvests, lambda h: events(h, ASSAULTS, recorded=1))
    )


@measure("locked", BASELINE)
def wellbeing_under_lock_up(panel: Panel) -> Reading:
    """Change of wellbeing (0-1) under lock-up."""
    return _shift(panel, "locked", "wellbeing")


@measure("locked", BASELINE)
def distress_under_lock_up(panel: Panel) -> Reading:
    """Change of distress (0-1) under lock-up."""
    return _shift(panel, "locked", "distress")


@measure("locked", BASELINE)
def self_harm_under_lock_up(panel: Panel) -> Reading:
    """Relative change of self-harm under lock-up."""
    return _change(panel, "locked", lambda h: indicator(h, "self_harm"))


def _common_time(harvest: Harvest) -> float:
    return harvest.sums["common_room_share"].numerator / harvest.resident_days


def _level(rows: Sequence[tuple[Harvest, ...]], k: int, name: str) -> float:
    sums = [row[k].sums[name] for row in rows]
    return sum(s.numerator for s in sums) / sum(s.denominator for s in sums)


def at_equal_presence(rows: Sequence[tuple[Harvest, ...]], name: str) -> float:
    """Return an indicator with more staff at the baseline's staff time in common rooms.

    ``rows`` hold more staff, more staff who keep to the office, and the baseline; between the first two
    the indicator is taken as linear in common-room time.
    """
    more, less, usual = (float(np.mean([_common_time(row[k]) for row in rows])) for k in range(3))
    if abs(more - less) < 1e-12:
        return math.nan
    weight = (usual - less) / (more - less)
    return weight * _level(rows, 0, name) + (1.0 - weight) * _level(rows, 1, name)


@measure(MORE_STAFF, WITHDRAWN, BASELINE)
def distress_with_more_staff_on_paper(panel: Panel) -> Reading:
    """Change of distress, in SD between persons, with a third more staff and equal presence."""
    rows = panel.together(MORE_STAFF, WITHDRAWN, BASELINE)
    scale = spread(side(rows, 2), "distress") if rows else math.nan
    return jackknifed(
        rows, lambda part: (at_equal_presence(part, "distress") - _level(part, 2, "distress")) / scale
    )


@measure(MORE_STAFF, WITHDRAWN, BASELINE)
def self_harm_with_more_staff_on_paper(panel: Panel) -> Reading:
    """Relative change of self-harm with a third more staff and equal presence."""
    rows = panel.together(MORE_STAFF, WITHDRAWN, BASELINE)
    return jackknifed(
        rows, lambda part: at_equal_presence(part, "self_harm") / _level(part, 2, "self_harm") - 1.0
    )


@measure("crowded", BASELINE)
def distress_when_crowded(panel: Panel) -> Reading:
    """Change of distress, in SD between persons, when two thirds instead of a seventh share a cell."""
    rows = panel.together("crowded", BASELINE)
    if not rows:
        return nothing(0, "no run finished")
    scale = spread(side(rows, 1), "distress")
    return difference(indicator(side(rows, 0), "distress"), indicator(side(rows, 1), "distress"), scale)
