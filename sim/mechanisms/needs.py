"""Needs of residents: autonomy, competence and relatedness (self-determination theory).

Each need moves within about two weeks towards a level set by daily life: doors, say and restriction
for autonomy; activity and respected responsibility for competence; good company, support by staff and
outside contact for relatedness (Deci & Ryan 2000; Ryan & Deci 2017).  The daily programme that a person
lives gives choice of times, responsible work and visits.  People differ in level.
"""

from __future__ import annotations

from sim.kernel import f8, i8, kernel
from sim.reference import DOSE, NEED
from sim.registry import Mechanism, Section
from sim.rules import approach, bounded, rate_of
from sim.tables import Parameters, Places, Programmes, Residents, Units

SDT = "Deci & Ryan 2000; magnitude fitted by hand"

# fmt: off
declare = Section("needs")
declare("needs_days", 12, "days", (0.5, 200), (6, 25), "time constant of needs", "assumption")
declare("baseline", 0.45, "0-1", (0, 1), (0.35, 0.55), "level of every need on entry, and with the mechanism off", "assumption")
declare("offset_sd", 0.225, "0-1", (0, 0.5), (0.1, 0.24), "spread of personal levels", "assumption: needed for S09 between persons")
declare("sensitivity_sd", 0.25, "log units", (0, 1), (0.1, 0.4), "spread of how far frustration raises tension", "assumption")
declare("autonomy_base", 0.36, "0-1", (0, 1), (0.25, 0.45), "autonomy locked in, under full restriction, at middling fairness", SDT)
declare("autonomy_hours", 0.106, "per 14 hours out", (0, 1), (0.03, 0.2), "autonomy from hours out of cell", "Mjaland et al. 2021 (direction)", "B", "abstract")
declare("autonomy_restriction", 0.128, "per unit", (0, 1), (0.08, 0.3), "autonomy lost to restrictiveness", "van der Helm et al. 2024: repression and autonomy r = -.27", "C", "abstract")
declare("autonomy_fairness", 0.124, "per unit", (0, 1), (0.05, 0.25), "autonomy from being treated fairly", "Beijersbergen et al. 2014 (direction)", "B", "abstract")
declare("autonomy_alliance", 0.0503, "per unit of alliance dose", (0, 1), (0, 0.15), "autonomy from deciding with instead of being decided about", "European guidelines for relational security 2023", "C", "assumed")
declare("autonomy_choice", 0.05, "per unit of own choice", (0, 1), (0, 0.12), "autonomy from choosing the times of activities and visits oneself", "Dutch plus programme: preferences for times; magnitude assumed", "C", "assumed")
declare("competence_base", 0.24, "0-1", (0, 1), (0.14, 0.34), "competence without any activity", SDT)
declare("competence_activity", 0.50, "0-1", (0, 1), (0.3, 0.7), "competence from much activity", SDT)
declare("competence_half", 2.5, "hours a day", (0.1, 12), (1, 5), "activity at which half of that is reached", SDT)
declare("competence_responsibility", 0.4, "share per unit", (0, 3), (0, 1), "how much more an hour of responsible work or qualifying school is worth", "Dutch plus programme: work with more freedom, tied to schooling; magnitude assumed", "C", "assumed")
declare("competence_alliance", 0.058, "per unit of alliance dose", (0, 1), (0, 0.15), "competence from strengths seen and responsibility given", "European guidelines for relational security 2023", "C", "assumed")
declare("relatedness_base", 0.2, "0-1", (0, 1), (0.1, 0.3), "relatedness without any contact", SDT)
declare("relatedness_company", 0.306, "0-1", (0, 1), (0.12, 0.4), "relatedness from much good company", SDT)
declare("company_half", 2.0, "contacts a day", (0.05, 20), (0.8, 4), "company at which half of that is reached", SDT)
declare("relatedness_support", 0.152, "0-1", (0, 1), (0.08, 0.3), "relatedness from much support by staff", "Liebling 2000; European guidelines 2023", "C", "assumed")
declare("support_half", 0.7, "contacts a day", (0.02, 20), (0.3, 1.5), "support at which half of that is reached", SDT)
declare("relatedness_outside", 0.16, "0-1", (0, 1), (0.05, 0.3), "relatedness from unrestricted outside contact", SDT)
declare("outside_restriction", 0.5, "share per unit", (0, 1), (0.2, 0.8), "outside contact lost to restrictiveness", "European guidelines 2023: restrictions cut visits", "C", "assumed")
# fmt: on

MECHANISM = Mechanism(
    name="needs",
    title="Needs (self-determination theory)",
    theory="Self-determination theory",
    source="Deci & Ryan 2000; Ryan & Deci 2017; van der Helm et al. 2018, 2024",
    reads=(
        "residents.day_out",
        "residents.programme_now",
        "residents.leave_until",
        "programmes.choice",
        "programmes.responsibility",
        "programmes.visits",
        "residents.activity",
        "residents.company",
        "residents.support",
        "residents.felt_fairness",
        "residents.offset_*",
        "residents.extra_visits",
        "units.restrictiveness",
        "units.restrictiveness_event",
    ),
    writes=(
        "residents.autonomy",
        "residents.competence",
        "residents.relatedness",
        "residents.thwarted_by_restriction",
        "residents.thwarted_by_coercion",
    ),
    neutral="every need stays at the person's own baseline",
    parameters=declare.parameters,
)


@kernel
def autonomy_level(hours: f8, restrictiveness: f8, fairness: f8, choice: f8, offset: f8, p: Parameters) -> f8:
    """Return the level that autonomy moves to; ``choice`` (0-1) is own choice of times."""
    return bounded(
        p.needs.autonomy_base
        + p.needs.autonomy_hours * min(1.0, hours / 14.0)
        + p.needs.autonomy_restriction * (1.0 - restrictiveness)
        + p.needs.autonomy_fairness * (fairness - NEED)
        + p.needs.autonomy_alliance * (p.security.alliance - DOSE)
        + p.needs.autonomy_choice * choice
        + offset,
        0.02,
        0.98,
    )


@kernel
def competence_level(activity: f8, offset: f8, p: Parameters) -> f8:
    """Return the level that competence moves to, given hours of activity a day."""
    return bounded(
        p.needs.competence_base
        + p.needs.competence_activity * activity / (activity + p.needs.competence_half)
        + p.needs.competence_alliance * (p.security.alliance - DOSE)
        + offset,
        0.02,
        0.98,
    )


@kernel
def relatedness_level(company: f8, support: f8, outside: f8, offset: f8, p: Parameters) -> f8:
    """Return the level that relatedness moves to, given contacts a day and outside contact (0-1)."""
    return bounded(
        p.needs.relatedness_base
        + p.needs.relatedness_company * company / (company + p.needs.company_half)
        + p.needs.relatedness_support * support / (support + p.needs.support_half)
        + p.needs.relatedness_outside * outside
        + offset,
        0.02,
        0.98,
    )


@kernel
def worth_of_activity(hours: f8, responsibility: f8, p: Parameters) -> f8:
    """Return hours of activity a day with responsible work and schooling (0-1) counted for more."""
    return hours * (1.0 + p.needs.competence_responsibility * responsibility)


@kernel
def outside_contact(visits: f8, restrictiveness: f8, p: Parameters) -> f8:
    """Return the outside contact (0-1) that restrictions leave of what visits and telephone allow."""
    return visits * (1.0 - p.needs.outside_restriction * restrictiveness)


@kernel
def needs_day(
    part: i8, residents: Residents, places: Places, units: Units, programmes: Programmes, p: Parameters
) -> None:
    """Move the needs of everybody by one day."""
    rate = rate_of(p.needs.needs_days)
    for u in range(units.shape[0]):
        unit = units[u]
        lost = p.needs.autonomy_restriction * unit.restrictiveness_event
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            programme = programmes[r.programme_now]
            level = autonomy_level(
                r.day_out, unit.restrictiveness, r.felt_fairness, programme.choice, r.offset_autonomy, p
            )
            r.autonomy = approach(r.autonomy, level, rate)
            worth = worth_of_activity(r.activity, programme.responsibility, p)
            r.competence = approach(r.competence, competence_level(worth, r.offset_competence, p), rate)
            visits = min(1.0, programme.visits + r.extra_visits)
            outside = outside_contact(visits, unit.restrictiveness, p)
            if r.leave_until > part:
                outside = 1.0  # on leave nothing stands between a person and the outside
            r.relatedness = approach(
                r.relatedness,
                relatedness_level(r.company, r.support, outside, r.offset_relatedness, p),
                rate,
            )
            r.thwarted_by_restriction = approach(r.thwarted_by_restriction, bounded(lost, 0.0, 1.0), rate)
            r.thwarted_by_coercion = approach(r.thwarted_by_coercion, 0.0, rate)


@kernel
def needs_neutral(residents: Residents, places: Places, p: Parameters) -> None:
    """Hold every need at the person's own baseline: the mechanism switched off."""
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            r = residents[places[i].resident]
            r.autonomy = bounded(p.needs.baseline + r.offset_autonomy, 0.02, 0.98)
            r.competence = bounded(p.needs.baseline + r.offset_competence, 0.02, 0.98)
            r.relatedness = bounded(p.needs.baseline + r.offset_relatedness, 0.02, 0.98)
            r.thwarted_by_restriction = 0.0
            r.thwarted_by_coercion = 0.0
