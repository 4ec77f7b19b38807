"""Daily programme, basic form: hours out of cell, organised activity, and what idleness does.

The scenario gives programmed hours per day-part; open doors add a share of the rest of the daytime.
Without enough staff the house rule decides whether hours are cut.  Residents take part the more, the
better their needs are met (self-determination theory: Deci & Ryan 2000); fear keeps people in their
cell.  Idle and locked-in time feeds boredom.
"""

from __future__ import annotations

from sim import streams
from sim.clock import FIRST_WEEKEND_DAY, PART_HOURS, PARTS, WEEK
from sim.kernel import f8, i8, kernel
from sim.reference import NEED
from sim.registry import Mechanism, Section
from sim.rules import approach, bounded, rate_of
from sim.tables import ControlTable, Parameters, Places, Resident, Residents, Unit, Units

# fmt: off
declare = Section("programme")
declare("remand_factor", 0.8, "factor", (0, 1), (0.5, 1), "programmed hours on remand units against prison units", "Dutch rules: remand houses have the basic programme only", "C", "assumed")
declare("uptake_base", 0.8, "chance", (0, 1), (0.6, 0.95), "chance of taking part in an activity at middling needs", "assumption")
declare("uptake_needs", 0.5, "per unit", (0, 3), (0.2, 0.8), "how satisfied needs raise taking part", "van der Helm et al. 2018 (direction)", "B", "abstract")
declare("fear_avoidance", 0.5, "share of hours per unit of fear", (0, 1), (0.2, 0.8), "hours out that fearful residents avoid", "assumption")
declare("boredom_days", 4, "days", (0.5, 60), (2, 8), "time constant of boredom", "assumption")
declare("active_hours_needed", 8, "hours a day", (1, 24), (6, 10), "hours of occupation at which nobody is bored", "assumption")
declare("recreation_worth", 0.5, "share", (0, 1), (0.3, 0.8), "worth of an hour of recreation against organised activity", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="programme",
    title="Daily programme (basic form)",
    theory="Routine activities; self-determination theory (uptake)",
    source="Dutch basic programme of 42.5 hours a week; Deci & Ryan 2000",
    reads=(
        "units.*",
        "residents.autonomy",
        "residents.competence",
        "residents.relatedness",
        "residents.drive",
        "residents.fear",
        "residents.confined_until",
        "residents.loss_until",
        "control.unstaffed",
    ),
    writes=(
        "units.hours_open",
        "units.hours_programme",
        "units.out",
        "residents.hours_out",
        "residents.hours_active",
        "residents.opportunity",
        "residents.day_out",
        "residents.day_active",
        "residents.boredom",
        "residents.activity",
    ),
    neutral="everyone who is not confined is offered the mean programmed hours in every daytime day-part, whoever is on duty",
    parameters=declare.parameters,
)


@kernel
def programmed_hours(part: i8, p: Parameters) -> f8:
    """Return the programmed hours out of cell of a day-part."""
    slot = part % PARTS
    weekend = 1 if (part // PARTS) % WEEK >= FIRST_WEEKEND_DAY else 0
    if slot == 0:
        return p.programme.weekend_morning_hours if weekend else p.programme.weekday_morning_hours
    if slot == 1:
        return p.programme.weekend_afternoon_hours if weekend else p.programme.weekday_afternoon_hours
    if slot == 2:
        return p.programme.weekend_evening_hours if weekend else p.programme.weekday_evening_hours
    return p.programme.weekend_night_hours if weekend else p.programme.weekday_night_hours


@kernel
def mean_hours(p: Parameters) -> f8:
    """Return the mean programmed hours of a daytime day-part over the week."""
    total = 0.0
    for day in range(WEEK):
        for slot in range(PARTS):
            total += programmed_hours(day * PARTS + slot, p)
    return min(PART_HOURS, total / (3.0 * WEEK))


@kernel
def staffed_share(hands: f8, present: i8, lock_ratio: f8) -> f8:
    """Return the share of hours that the hands on duty can keep open under a locked rule."""
    if present == 0:
        return 1.0
    return min(1.0, hands * lock_ratio / present)


@kernel
def open_unit(unit: Unit, part: i8, unstaffed: i8, on: i8, p: Parameters) -> None:
    """Set the programmed and the open hours of a unit for a day-part."""
    daytime = 1 if part % PARTS < 3 else 0
    if on == 0:
        unit.hours_programme = mean_hours(p) * daytime
        unit.hours_open = unit.hours_programme
        return
    hours = programmed_hours(part, p)
    if unit.remand == 1:
        hours *= p.programme.remand_factor
    if unit.cancelled_until > part:
        hours = 0.0
    kept = 1.0
    if unstaffed != 1:
        kept = staffed_share(unit.hands, unit.present, p.roster.lock_ratio)
    free = unit.openness * (PART_HOURS - hours) * daytime
    unit.hours_programme = hours * kept
    unit.hours_open = (hours + free) * kept


@kernel
def uptake(mean_need: f8, p: Parameters) -> f8:
    """Return the chance that a resident takes part in an activity."""
    return bounded(p.programme.uptake_base + p.programme.uptake_needs * (mean_need - NEED), 0.02, 0.99)


@kernel
def go_out(r: Resident, part: i8, unit: Unit, takes_part: i8, on: i8, p: Parameters) -> None:
    """Set a resident's hours out of cell and of activity for a day-part."""
    if r.confined_until > part:
        r.hours_out = 0.0
        r.hours_active = 0.0
        r.opportunity = 0.0
        return
    planned = p.programme.activity_share * unit.hours_programme
    active = planned * takes_part
    # Whoever skips an activity is locked in while it runs, unless the doors of the unit stand open.
    out = unit.hours_open - (planned - active) * (1.0 - unit.openness)
    if on == 1:
        if r.loss_until > part:
            out = active
        out = active + (out - active) * (1.0 - p.programme.fear_avoidance * r.fear)
    r.hours_out = out
    r.hours_active = active
    # Contacts grow less than linearly with hours out (an exponent below 1).
    r.opportunity = (out / PART_HOURS) ** p.encounters.hours_exponent if out > 0.0 else 0.0


@kernel
def open_doors(
    part: i8, residents: Residents, places: Places, units: Units, control: ControlTable, on: i8, p: Parameters
) -> None:
    """Let everybody out for the day-part, as far as programme, staff and sanctions allow."""
    taking = streams.stream(control[0].seed, streams.UPTAKE, part)
    for u in range(units.shape[0]):
        unit = units[u]
        open_unit(unit, part, control[0].unstaffed, on, p)
        unit.out = 0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            if unit.hours_open <= 0.0:
                r.hours_out = 0.0
                r.hours_active = 0.0
                r.opportunity = 0.0
                continue
            chance = p.programme.uptake_base
            if on == 1:
                chance = uptake((r.autonomy + r.competence + r.relatedness) / 3.0 + r.drive, p)
            key = streams.with_counterpart(streams.of_person(taking, r.key), streams.NOBODY, 0)
            go_out(r, part, unit, 1 if streams.uniform(key) < chance else 0, on, p)
            r.day_out += r.hours_out
            r.day_active += r.hours_active
            if r.hours_out > 0.0:
                unit.out += 1


@kernel
def idleness(active: f8, out: f8, p: Parameters) -> f8:
    """Return the share of needed occupation that a day left empty."""
    occupied = active + p.programme.recreation_worth * max(0.0, out - active)
    return 1.0 - min(1.0, occupied / p.programme.active_hours_needed)


@kernel
def programme_day(residents: Residents, places: Places, p: Parameters) -> None:
    """Move boredom and the recent mean of activity by one day."""
    bored = rate_of(p.programme.boredom_days)
    recent = rate_of(p.encounters.recent_days)
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            r = residents[places[i].resident]
            r.boredom = approach(r.boredom, idleness(r.day_active, r.day_out, p), bored)
            r.activity = approach(r.activity, r.day_active, recent)
