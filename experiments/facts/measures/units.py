"""Units: how residents and staff of the same unit see things, and how formally staff answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.facts.arms import BASELINE
from experiments.facts.harvest import Harvest, People, Vector
from experiments.facts.measures.common import mean_by, misconduct
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import Reading, correlation, mean_correlation, pair, quotient
from sim import ledger as codes


def unit_climate(people: People) -> Vector:
    """Return the mean climate of the residents of every unit."""
    return mean_by(people.survey.unit, people.survey.climate, len(people.units))


def team_mean(people: People, column: str) -> Vector:
    """Return the mean of a column over the staff of every unit and all looks."""
    number = len(people.units)
    total = np.bincount(people.teams.unit, weights=people.teams[column], minlength=number)
    staff = np.bincount(people.teams.unit, weights=people.teams.staff, minlength=number)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / staff, dtype=np.float64)


def workload(people: People) -> Vector:
    """Return the share of duty time that procedures take on every unit."""
    return np.asarray(people.units.procedure_time / np.maximum(people.units.duty_time, 1e-9))


def staff_climate(people: People) -> Vector:
    """Return how staff of every unit see their work: needs satisfied, exhaustion turned round."""
    needs = sum(team_mean(people, name) for name in ("autonomy", "competence", "relatedness"))
    return np.asarray((needs + 1.0 - team_mean(people, "exhaustion")) / 4.0)


def _with_climate(panel: Panel, of_unit: Callable[[People], Any]) -> Reading:
    """Return the correlation between units of something with the climate of residents."""
    return mean_correlation(
        [correlation(of_unit(h.detail), unit_climate(h.detail)) for h in panel.of(BASELINE)]
    )


@measure(BASELINE)
def climate_and_misconduct_of_units(panel: Panel) -> Reading:
    """Correlation between the units of a prison of climate and rate of misconduct."""

    def per_day(harvest: Harvest) -> Vector:
        people = harvest.detail
        where = people.events.unit[misconduct(people, 0, harvest.days)]
        counts = np.bincount(where, minlength=len(people.units))
        return np.asarray(counts / np.maximum(people.units.residents, 1.0))

    return mean_correlation([correlation(unit_climate(h.detail), per_day(h)) for h in panel.of(BASELINE)])


@measure(BASELINE)
def supportive_staff_and_climate(panel: Panel) -> Reading:
    """Correlation between units of a connecting orientation of staff and the climate of residents."""
    return _with_climate(panel, lambda people: team_mean(people, "orientation"))


@measure(BASELINE)
def workload_and_climate(panel: Panel) -> Reading:
    """Correlation between units of staff workload (time on procedures) and the climate of residents."""
    return _with_climate(panel, workload)


@measure(BASELINE)
def coworker_support_and_climate(panel: Panel) -> Reading:
    """Correlation between units of the relatedness of staff and the climate of residents."""
    return _with_climate(panel, lambda people: team_mean(people, "relatedness"))


@measure(BASELINE)
def staff_and_resident_climate(panel: Panel) -> Reading:
    """Correlation between units of how staff and how residents see them."""
    return _with_climate(panel, staff_climate)


def formal_by_relations(
    people: People, group: Any, level: Any
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (formal, seen) answers in the lowest and in the highest third of relations.

    ``group`` is the group (unit or person) of every event, ``level`` the quality of relations of every
    group, not a number where it has none.
    """
    e = people.events
    seen = (e.kind < codes.SELF_HARM) & (e.seen == 1) & (e.day >= 0) & np.isfinite(level[group])
    known = np.sort(level[np.isfinite(level)])
    if len(known) < 3:
        return (0.0, 0.0), (0.0, 0.0)
    low, high = known[len(known) // 3 - 1], known[-(len(known) // 3)]
    formal = e.answer == codes.REPORT
    poor, good = seen & (level[group] <= low), seen & (level[group] >= high)
    return (
        (float((poor & formal).sum()), float(poor.sum())),
        (float((good & formal).sum()), float(good.sum())),
    )


def _formal_ratio(panel: Panel, split: Callable[[People], tuple[Any, Any]]) -> Reading:
    found = [formal_by_relations(h.detail, *split(h.detail)) for h in panel.of(BASELINE)]
    return quotient(pair([poor for poor, _ in found]), pair([good for _, good in found]))


@measure(BASELINE)
def formal_answers_by_unit_relations(panel: Panel) -> Reading:
    """Share of formal answers on the third of units with the poorest relations, over that with the best."""

    def split(people: People) -> tuple[Any, Any]:
        u = people.units
        return people.events.unit, np.asarray(u.met_alliance / np.maximum(u.met, 1.0))

    return _formal_ratio(panel, split)


@measure(BASELINE)
def formal_answers_by_personal_relations(panel: Panel) -> Reading:
    """Share of formal answers to the third of residents least known to staff, over that to the best known."""

    def split(people: People) -> tuple[Any, Any]:
        s = people.survey
        return people.events.actor, mean_by(s.resident, s.best_familiarity, len(people.persons))

    return _formal_ratio(panel, split)
