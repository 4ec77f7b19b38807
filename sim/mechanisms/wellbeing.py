"""Wellbeing and harm, first form: wellbeing, distress and self-harm.

Wellbeing follows needs, safety, settling in and crowding; distress is carried by vulnerability and rises
when wellbeing is low or a person is confined.  Self-harm is rare and heavily concentrated (Hawton et
al. 2014): its chance grows exponentially with distress.  Suicide is too rare to be an outcome here.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import DAYS_PER_YEAR, PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import CELL, SELF_HARM, append
from sim.reference import DISTRESS, HOPE, NEED
from sim.registry import Mechanism, Section
from sim.relations import officer_near
from sim.rules import approach, bounded, rate_of
from sim.tables import ControlTable, Duties, Ledger, Parameters, Places, Resident, Residents, Units

# fmt: off
declare = Section("wellbeing")
declare("wellbeing_days", 20, "days", (1, 400), (10, 40), "time constant of wellbeing", "assumption")
declare("baseline", 0.5, "0-1", (0, 1), (0.4, 0.6), "wellbeing on entry, and with the mechanism off", "assumption")
declare("floor", 0.12, "0-1", (0, 1), (0.05, 0.2), "wellbeing when nothing is well", "assumption")
declare("autonomy", 0.292, "per unit", (0, 1), (0.1, 0.4), "wellbeing from autonomy", "van der Helm et al. 2018, 2024: autonomy strongest", "B", "abstract")
declare("competence", 0.127, "per unit", (0, 1), (0.05, 0.3), "wellbeing from competence", "van der Helm et al. 2018", "B", "abstract")
declare("relatedness", 0.294, "per unit", (0, 1), (0.1, 0.35), "wellbeing from relatedness", "van der Helm et al. 2018", "B", "abstract")
declare("safety", 0.18, "per unit", (0, 1), (0.08, 0.3), "wellbeing from feeling safe", "Eltink et al. 2024: safety strongest", "A", "abstract")
declare("settled", 0.10, "per unit", (0, 1), (0.03, 0.2), "wellbeing from having settled in", "assumption")
declare("hope", 0.1, "per unit", (0, 1), (0, 0.25), "wellbeing from hope above that on entry", "assumption")
declare("crowding", 0.05, "0-1", (0, 1), (0, 0.1), "wellbeing lost in a cell for two", "assumption")
declare("distress_days", 14, "days", (1, 400), (7, 30), "time constant of distress", "assumption")
declare("distress_baseline", 0.5, "0-1", (0, 1), (0.3, 0.7), "distress of the most vulnerable at middling wellbeing", "assumption")
declare("distress_wellbeing", 1.0, "per unit", (0, 3), (0.5, 1.6), "how low wellbeing raises distress", "Liebling 2016: distress and wellbeing of prisons", "B", "abstract")
declare("distress_confined", 0.3, "0-1", (0, 1), (0, 1), "distress of the most vulnerable added by confinement", "Favril 2019: solitary confinement among the circumstances", "B", "abstract", feedback=True)
declare("self_harm_rate", 0.12, "per year", (0, 5), (0.05, 0.3), "self-harm at distress 0.3", "fitted by hand; England and Wales 523 per 1,000 men (2023) by another definition", "C", "derived")
declare("self_harm_slope", 7.0, "log-hazard per unit", (0, 12), (4, 9), "how distress raises self-harm", "Hawton et al. 2014: heavy concentration", "B", "abstract")
# fmt: on

MECHANISM = Mechanism(
    name="wellbeing",
    title="Wellbeing and harm (first form)",
    theory="Self-determination theory; vulnerability and stress",
    source="Deci & Ryan 2000; Hawton et al. 2014; Eltink et al. 2024",
    reads=(
        "residents.*",
        "places.cellmate",
        "duties.*",
        "units.*",
    ),
    writes=(
        "residents.wellbeing",
        "residents.distress",
        "residents.incidents",
        "units.distress",
        "ledger.*",
        "control.event_count",
    ),
    neutral="wellbeing and distress stay at the person's own baseline; nobody harms themselves",
    parameters=declare.parameters,
)


@kernel
def wellbeing_level(r: Resident, crowded: i8, p: Parameters) -> f8:
    """Return the level that wellbeing moves to."""
    return bounded(
        p.wellbeing.floor
        + p.wellbeing.autonomy * r.autonomy
        + p.wellbeing.competence * r.competence
        + p.wellbeing.relatedness * r.relatedness
        + p.wellbeing.safety * (1.0 - r.fear)
        + p.wellbeing.settled * r.adjustment
        + p.wellbeing.hope * (r.hope - HOPE)
        - p.wellbeing.crowding * crowded,
        0.02,
        0.98,
    )


@kernel
def distress_level(vulnerability: f8, wellbeing: f8, confined: i8, p: Parameters) -> f8:
    """Return the level that distress moves to."""
    strain = p.wellbeing.distress_baseline
    strain += p.wellbeing.distress_wellbeing * (NEED - wellbeing) + p.wellbeing.distress_confined * confined
    return bounded(vulnerability * strain, 0.0, 0.98)


@kernel
def wellbeing_day(part: i8, residents: Residents, places: Places, units: Units, p: Parameters) -> None:
    """Move wellbeing and distress of everybody by one day."""
    rate = rate_of(p.wellbeing.wellbeing_days)
    distress_rate = rate_of(p.wellbeing.distress_days)
    for u in range(units.shape[0]):
        unit = units[u]
        total = 0.0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            mate = places[i].cellmate
            crowded = 1 if mate >= 0 and places[mate].resident >= 0 else 0
            r.wellbeing = approach(r.wellbeing, wellbeing_level(r, crowded, p), rate)
            confined = 1 if r.confined_until > part else 0
            level = distress_level(r.vulnerability, r.wellbeing, confined, p)
            r.distress = approach(r.distress, level, distress_rate)
            total += r.distress
        unit.distress = total / unit.present if unit.present > 0 else 0.0


@kernel
def wellbeing_neutral(residents: Residents, places: Places, units: Units, p: Parameters) -> None:
    """Hold wellbeing and distress at the baseline: the mechanism switched off."""
    for u in range(units.shape[0]):
        unit = units[u]
        total = 0.0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident >= 0:
                r = residents[places[i].resident]
                r.wellbeing = p.wellbeing.baseline
                r.distress = p.wellbeing.distress_baseline * r.vulnerability
                total += r.distress
        unit.distress = total / unit.present if unit.present > 0 else 0.0


@kernel
def self_harm_chance(distress: f8, p: Parameters) -> f8:
    """Return the chance of self-harm in a day-part."""
    per_part = p.wellbeing.self_harm_rate / (DAYS_PER_YEAR * PARTS)
    return per_part * math.exp(p.wellbeing.self_harm_slope * (distress - DISTRESS))


@kernel
def harm_oneself(
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    duties: Duties,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let people in distress harm themselves."""
    base = streams.stream(control[0].seed, streams.SELF_HARM, part)
    most = self_harm_chance(1.0, p)
    for i in range(places.shape[0]):
        row_r = places[i].resident
        if row_r < 0:
            continue
        r = residents[row_r]
        u = streams.uniform(streams.with_counterpart(streams.of_person(base, r.key), streams.NOBODY, 0))
        if u >= most or u >= self_harm_chance(r.distress, p) or r.leave_until > part:
            continue
        row = append(ledger, control, part, SELF_HARM, r.unit, CELL)
        event = ledger[row]
        event.actor = row_r
        event.severity = 1
        unit = units[r.unit]
        who = streams.draw(control[0].seed, streams.OFFICER, part, r.key, streams.NOBODY, 3)
        duty = officer_near(unit, duties, who)
        event.officer = duties[duty].staff if duty >= 0 else -1
        r.incidents += control[0].recording
