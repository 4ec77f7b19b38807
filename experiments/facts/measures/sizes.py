"""Scale: the same people, staff ratio and security in facilities and groups of other sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.facts.arms import group
from experiments.facts.harvest import Harvest
from experiments.facts.measures.common import VIOLENCE, events, indicator, rate, side
from experiments.facts.measures.contrasts import climate_gap
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import Pair, Reading, difference, quotient

HOUSES = "houses-30x12"
MIDDLE = (8, 12, 20)
"""Sizes of groups that are said to be neither too small nor too large."""


@measure("prison-3x120", HOUSES)
def formal_answers_at_scale(panel: Panel) -> Reading:
    """Share of formal answers in one prison of 3 x 120 less that in thirty houses of 12."""
    rows = panel.together("prison-3x120", HOUSES)
    name = "formal_response_share"
    return difference(indicator(side(rows, 0), name), indicator(side(rows, 1), name))


@measure("prison-3x120", HOUSES)
def familiarity_at_scale(panel: Panel) -> Reading:
    """How well the officer met knows the resident (0-1), one prison of 3 x 120 less thirty houses of 12."""
    rows = panel.together("prison-3x120", HOUSES)
    name = "familiarity_on_duty"
    return difference(indicator(side(rows, 0), name), indicator(side(rows, 1), name))


@measure("campus-30x12", HOUSES)
def formal_answers_under_one_roof(panel: Panel) -> Reading:
    """Share of formal answers with thirty units of 12 under one roof less that in separate houses."""
    rows = panel.together("campus-30x12", HOUSES)
    name = "formal_response_share"
    return difference(indicator(side(rows, 0), name), indicator(side(rows, 1), name))


@measure("small", "large")
def climate_of_small_prisons(panel: Panel) -> Reading:
    """Climate of prisons of 40 less that of prisons of 280, each staffed as its size usually is, in SD."""
    return climate_gap(panel, "small", "large")


@measure("small", "medium")
def climate_of_small_against_medium_prisons(panel: Panel) -> Reading:
    """Climate of prisons of 40 less that of prisons of 80, each staffed as its size usually is, in SD."""
    return climate_gap(panel, "small", "medium")


def _violence(harvests: Sequence[Harvest], against_staff: int | None = None) -> Pair:
    return rate(harvests, lambda h: events(h, VIOLENCE, against_staff=against_staff))


def _against(panel: Panel, other: str, against_staff: int | None = None) -> Reading:
    rows = panel.together(HOUSES, other)
    return quotient(_violence(side(rows, 0), against_staff), _violence(side(rows, 1), against_staff))


@measure(HOUSES, "campus-30x12")
def violence_in_houses_against_campus(panel: Panel) -> Reading:
    """Violent incidents in thirty separate houses of 12 over those in the same houses under one roof."""
    return _against(panel, "campus-30x12")


@measure(HOUSES, "prison-15x24")
def violence_in_houses_against_units_of_24(panel: Panel) -> Reading:
    """Violent incidents in thirty separate houses of 12 over those in one prison of 15 units of 24."""
    return _against(panel, "prison-15x24")


@measure(HOUSES, "prison-3x120")
def violence_in_houses_against_units_of_120(panel: Panel) -> Reading:
    """Violent incidents in thirty separate houses of 12 over those in one prison of 3 units of 120."""
    return _against(panel, "prison-3x120")


@measure(HOUSES, "prison-15x24")
def resident_violence_in_houses(panel: Panel) -> Reading:
    """Violent incidents between residents in thirty houses of 12 over those in one prison of 15 x 24."""
    return _against(panel, "prison-15x24", 0)


@measure(HOUSES, "prison-15x24")
def staff_violence_in_houses(panel: Panel) -> Reading:
    """Violent incidents against staff in thirty houses of 12 over those in one prison of 15 x 24."""
    return _against(panel, "prison-15x24", 1)


def middling(panel: Panel, size: int) -> tuple[Pair, Pair]:
    """Return the tension sums of groups of a size, and those of middling groups together."""
    rows = panel.together(group(size), *(group(other) for other in MIDDLE))
    here = indicator(side(rows, 0), "tension")
    others = [indicator(side(rows, k), "tension") for k in range(1, len(MIDDLE) + 1)]
    return here, (np.sum([top for top, _ in others], axis=0), np.sum([days for _, days in others], axis=0))


@measure(group(3), *(group(size) for size in MIDDLE))
def tension_in_very_small_groups(panel: Panel) -> Reading:
    """Tension (0-1) in groups of 3 less that in groups of 8 to 20."""
    return difference(*middling(panel, 3))


@measure(group(5), *(group(size) for size in MIDDLE))
def tension_in_groups_of_five(panel: Panel) -> Reading:
    """Tension (0-1) in groups of 5 less that in groups of 8 to 20."""
    return difference(*middling(panel, 5))


@measure(group(40), *(group(size) for size in MIDDLE))
def tension_in_large_groups(panel: Panel) -> Reading:
    """Tension (0-1) in groups of 40 less that in groups of 8 to 20."""
    return difference(*middling(panel, 40))


@measure(group(3), group(12))
def violence_in_very_small_groups(panel: Panel) -> Reading:
    """Violent incidents between residents in groups of 3 over those in groups of 12."""
    rows = panel.together(group(3), group(12))
    return quotient(_violence(side(rows, 0), 0), _violence(side(rows, 1), 0))
