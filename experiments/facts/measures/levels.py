"""Levels on the Dutch prison: recorded violence, sanctions, seriousness, staff absence and turnover."""

from __future__ import annotations

from experiments.facts.arms import BASELINE
from experiments.facts.harvest import Harvest
from experiments.facts.measures.common import ASSAULTS, events, indicator, side
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import Reading, pair, ratio, relative_change
from sim import ledger as codes

SHOCK_DAYS = 90
"""Days after a severe incident over which absence is followed."""


@measure(BASELINE)
def recorded_violence_on_staff(panel: Panel) -> Reading:
    """Physical and serious assaults by residents on staff, on record, per 1,000 resident-years."""
    return ratio(indicator(panel.of(BASELINE), "recorded_assaults_on_staff"), "rate")


@measure(BASELINE)
def recorded_violence_between_residents(panel: Panel) -> Reading:
    """Physical and serious assaults between residents, on record, per 1,000 resident-years."""
    return ratio(indicator(panel.of(BASELINE), "recorded_assaults_on_residents"), "rate")


@measure(BASELINE)
def serious_share(panel: Panel) -> Reading:
    """Share of recorded assaults that are serious."""
    harvests = panel.of(BASELINE)
    return ratio(
        pair([(events(h, (codes.SERIOUS,), recorded=1), events(h, ASSAULTS, recorded=1)) for h in harvests]),
        "share",
    )


@measure(BASELINE)
def sanctioned_share(panel: Panel) -> Reading:
    """Share of recorded violence against staff that leads to a sanction."""
    return ratio(indicator(panel.of(BASELINE), "sanctioned_share_staff"), "share")


@measure(BASELINE)
def staff_absence(panel: Panel) -> Reading:
    """Share of staff on sick leave on an average day."""
    return ratio(indicator(panel.of(BASELINE), "staff_absence_rate"))


@measure(BASELINE)
def staff_turnover(panel: Panel) -> Reading:
    """Staff who leave per post and year."""
    return ratio(indicator(panel.of(BASELINE), "staff_turnover"))


@measure(BASELINE, "shocked")
def absence_after_severe_incident(panel: Panel) -> Reading:
    """Relative change of sick leave in the 90 days after a severe assault on an officer of every unit."""
    rows = panel.together("shocked", BASELINE)
    return relative_change(
        pair([_absence(h) for h in side(rows, 0)]), pair([_absence(h) for h in side(rows, 1)])
    )


def _absence(harvest: Harvest) -> tuple[float, float]:
    people = harvest.detail
    return float(people.absent[:SHOCK_DAYS].sum()), float(people.employed[:SHOCK_DAYS].sum())
