"""Daily programme: hours out of cell, activity, scarce places, leave, and what idleness does.

Every resident lives the week of a programme: hours of work, education, behavioural training, sport,
library, recreation, air and visits in each day-part.  Between them people are locked in, unless the doors
of the unit or the programme leave them out on the unit; who stays away from an activity is locked in while
it runs.  Work, education and training need a place, and places may be scarce.  Without enough staff the
house rule decides whether hours are cut.  Residents take part the more, the better their needs are met
(self-determination theory: Deci & Ryan 2000); fear keeps people in their cell.  Idle and locked-in time
feeds boredom.  A programme may open the way to leave; whoever comes back late, or not at all, has
committed an incident.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import DAYS_PER_MONTH, FIRST_WEEKEND_DAY, PART_HOURS, PARTS, WEEK
from sim.inputs import SEATED
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    BACKGROUND,
    BACKLASH,
    LATE_RETURN,
    LEAVE,
    OUTSIDE,
    PLACE_MEMORY,
    SETTING_RETURN,
    append,
    recall,
    remembered,
)
from sim.reference import DISTRESS, NEED
from sim.registry import Mechanism, Section
from sim.rules import approach, bounded, logistic, rate_of
from sim.tables import (
    ControlTable,
    Daily,
    Ledger,
    Memories,
    Parameters,
    Places,
    Programme,
    Programmes,
    Resident,
    Residents,
    Slot,
    Slots,
    Unit,
    Units,
)
from sim.week import SEAT_CODES

# fmt: off
declare = Section("programme")
declare("remand_factor", 0.8, "factor", (0, 1), (0.5, 1), "hours of the basic programme on remand units against prison units", "Dutch rules: remand houses have the basic programme only", "C", "assumed")
declare("open_hours", 4, "hours", (0, 6), (3, 5), "hours of a day-part by day during which a unit stands open for those whose programme leaves them out of cell; the rest is meals, counts and handing over", "assumption: units run from about 8 to 12 and 13 to 17")
declare("uptake_base", 0.8, "chance", (0, 1), (0.6, 0.95), "chance of taking part in an activity at middling needs", "assumption")
declare("uptake_needs", 0.5, "per unit", (0, 3), (0.2, 0.8), "how satisfied needs raise taking part", "van der Helm et al. 2018 (direction)", "B", "abstract")
declare("fear_avoidance", 0.5, "share of hours per unit of fear", (0, 1), (0.2, 0.8), "hours out that fearful residents avoid", "assumption")
declare("boredom_days", 4, "days", (0.5, 60), (2, 8), "time constant of boredom", "assumption")
declare("active_hours_needed", 8, "hours a day", (1, 24), (6, 10), "hours of occupation at which nobody is bored", "assumption")
declare("recreation_worth", 0.5, "share", (0, 1), (0.3, 0.8), "worth of an hour of recreation against organised activity", "assumption")
declare("place_luck", 14, "days", (0, 365), (0, 30), "waiting time that the luck of the draw can make up for when a place is allocated", "assumption")
declare("leave_after_days", 90, "days", (0, 3650), (30, 180), "time served in the facility before the first leave", "assumption beside Dutch rules on leave (step by step, in the later part of a sentence)", "D", "assumed")
declare("leave_conduct", 0.4, "share", (0, 1), (0.2, 0.7), "desired notes among all notes of the whole stay that leave asks for, where conduct is judged", "Dutch rules: conduct of the whole stay counts; share assumed", "C", "assumed")
declare("leave_length", 2, "days", (1, 30), (1, 4), "length of a leave", "assumption: a weekend", integer=True)
declare("late_base", -4.5, "log-odds", (-12, 4), (-6, -3), "culpably late return from a leave, or none, at middling distress and without grievance", "assumption: about one in a hundred")
declare("late_distress", 1.5, "log-odds per unit", (0, 8), (0, 3), "people in distress come back late more often", "assumption")
declare("late_grievance", 2.0, "log-odds per unit", (0, 8), (0, 4), "people with a grievance come back late more often", "assumption", feedback=True)
declare("no_return", 0.15, "share", (0, 1), (0.05, 0.4), "late returns that are no return: the person has to be brought back", "assumption")
declare("late_days", 1, "days", (0.1, 60), (0.5, 3), "mean lateness of those who come back by themselves", "assumption")
declare("missing_days", 20, "days", (0.5, 400), (5, 60), "mean absence of those who have to be brought back", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="programme",
    title="Daily programme, places and leave",
    theory="Routine activities; self-determination theory (uptake)",
    source="Dutch basic programme of 42.5 and plus programme of 48 hours a week; Deci & Ryan 2000",
    reads=(
        "units.*",
        "programmes.*",
        "slots.*",
        "memories.*",
        "residents.programme",
        "residents.remand",
        "residents.arrival",
        "residents.release",
        "residents.autonomy",
        "residents.competence",
        "residents.relatedness",
        "residents.company",
        "residents.support",
        "residents.drive",
        "residents.fear",
        "residents.distress",
        "residents.stay_desired",
        "residents.stay_undesired",
        "residents.grievance",
        "residents.confined_until",
        "residents.loss_until",
        "control.unstaffed",
    ),
    writes=(
        "units.hours_open",
        "units.hours_programme",
        "units.others",
        "units.out",
        "residents.programme_now",
        "residents.seats",
        "residents.leave_until",
        "residents.overstayed",
        "residents.incidents",
        "residents.hours_out",
        "residents.hours_active",
        "residents.opportunity",
        "residents.day_out",
        "residents.day_active",
        "residents.day_programme",
        "residents.day_company",
        "residents.day_support",
        "residents.boredom",
        "residents.activity",
        "ledger.*",
        "control.event_count",
        "daily.hours_delivered",
        "daily.hours_promised",
        "daily.away",
        "daily.waiting",
    ),
    neutral="everyone who is not confined is offered the mean hours of the basic programme in every daytime day-part, whoever is on duty; no place is missing and nobody goes on leave",
    parameters=declare.parameters,
)

SEATS = len(SEATED)


@kernel
def programmed_hours(part: i8, p: Parameters) -> f8:
    """Return the frame's hours out of cell of a day-part: those of the basic programme."""
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


# --- who lives which programme, and who has which place -------------------------------------------------


@kernel
def programme_of(r: Resident, unit: Unit, programmes: Programmes) -> i8:
    """Return the programme that a resident lives: the own one where the unit's regime has it, else the unit's."""
    row = r.programme
    if row < 0 or row >= programmes.shape[0]:
        return unit.programme
    allowed = programmes[row].remand if unit.remand == 1 else programmes[row].prison
    return row if allowed == 1 else unit.programme


@kernel
def places_in(activity: i8, p: Parameters) -> f8:
    """Return the places in an activity (0 work, 1 education, 2 training) per place of a unit."""
    if activity == 0:
        return p.programme.work_places
    return p.programme.education_places if activity == 1 else p.programme.training_places


@kernel
def whole_places(share: f8, size: i8, luck: f8) -> i8:
    """Return the whole number of places that a share of ``size`` gives; ``luck`` (0-1) decides on the rest."""
    return min(size, int(share * size + luck))


@kernel
def claim(waited: f8, priority: f8, luck: f8, p: Parameters) -> f8:
    """Return the claim (days) to a place: time waited, what the programme adds, and the luck of the draw."""
    return waited + priority + p.programme.place_luck * luck


@kernel
def allot(
    activity: i8,
    number: i8,
    day: i8,
    unit: Unit,
    residents: Residents,
    places: Places,
    programmes: Programmes,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Give ``number`` places in an activity to those with the best claim on the waiting list of a unit."""
    code = 1 << activity
    drawn = streams.stream(control[0].seed, streams.ALLOTMENT, day * PARTS)
    for _ in range(number):
        first = -1
        best = 0.0
        for i in range(unit.place_first, unit.place_end):
            row = places[i].resident
            if row < 0:
                continue
            r = residents[row]
            programme = programmes[r.programme_now]
            if r.seats & code != 0 or programme.wants & code == 0:
                continue
            own = streams.of_person(drawn, r.key)
            luck = streams.uniform(streams.with_counterpart(own, streams.NOBODY, activity))
            # Someone who sits here waits from the day of arrival; a claim is never below 0.
            score = claim(float(day - r.arrival), programme.priority_days, luck, p)
            if first < 0 or score > best:
                first = row
                best = score
        if first < 0:
            return
        residents[first].seats = residents[first].seats | code


@kernel
def fill_places(
    day: i8,
    unit: Unit,
    residents: Residents,
    places: Places,
    programmes: Programmes,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Allocate the vacant places in work, education and training of a unit to those who wait."""
    size = unit.place_end - unit.place_first
    for activity in range(SEATS):
        code = 1 << activity
        held = 0
        waiting = 0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            if r.seats & code != 0:
                held += 1
            elif programmes[r.programme_now].wants & code != 0:
                waiting += 1
        if waiting > 0:
            luck = streams.draw(control[0].seed, streams.PLACE_COUNT, 0, unit.key, streams.NOBODY, activity)
            vacant = whole_places(places_in(activity, p), size, luck) - held
            if vacant < waiting:
                allot(activity, vacant, day, unit, residents, places, programmes, control, p)
                continue
            for i in range(unit.place_first, unit.place_end):  # enough for everybody: nothing to draw
                if places[i].resident >= 0:
                    r = residents[places[i].resident]
                    r.seats = r.seats | (programmes[r.programme_now].wants & code)


@kernel
def arrange(
    day: i8,
    residents: Residents,
    places: Places,
    units: Units,
    programmes: Programmes,
    control: ControlTable,
    on: i8,
    p: Parameters,
) -> None:
    """Say in the morning who lives which programme, and fill vacant places in activities."""
    for u in range(units.shape[0]):
        unit = units[u]
        unit.others = 0
        lacking = 0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            if on == 0:
                r.programme_now = 0
                continue
            row = programme_of(r, unit, programmes)
            wants = programmes[row].wants
            r.programme_now = row
            # A place in an activity that the programme does not have falls to somebody else.
            r.seats = r.seats & wants
            lacking += 1 if r.seats != wants else 0
            unit.others += 1 if row != unit.programme else 0
        if lacking > 0:
            fill_places(day, unit, residents, places, programmes, control, p)


# --- doors ------------------------------------------------------------------------------------------------


@kernel
def slot_row(programme: i8, part: i8, seats: i8) -> i8:
    """Return the row of ``slots`` for a programme, a day-part and the places that somebody holds."""
    return ((programme * WEEK + (part // PARTS) % WEEK) * PARTS + part % PARTS) * SEAT_CODES + seats


@kernel
def staffed_share(hands: f8, present: i8, lock_ratio: f8) -> f8:
    """Return the share of hours that the hands on duty can keep open under a locked rule."""
    if present == 0:
        return 1.0
    return min(1.0, hands * lock_ratio / present)


@kernel
def scheduled(unit: Unit, programme: i8, part: i8, slots: Slots, p: Parameters) -> f8:
    """Return the hours of a programme on a unit in a day-part, before lack of staff cuts them."""
    if unit.cancelled_until > part:
        return 0.0
    hours = slots[slot_row(programme, part, 0)].hours
    # A programme written for remand says its own hours; the basic one is cut there.
    if programme == 0 and unit.remand == 1:
        hours *= p.programme.remand_factor
    return hours


@kernel
def doors_of(programme: Programme, unit: Unit, part: i8) -> f8:
    """Return the share of unscheduled opening hours that a programme leaves its people out on the unit."""
    slot = part % PARTS
    if slot == PARTS - 1 or unit.cancelled_until > part:
        return 0.0
    return programme.out_of_cell if slot < 2 else programme.out_of_cell_evening


@kernel
def free_hours(unit: Unit, hours: f8, doors: f8, part: i8, p: Parameters) -> f8:
    """Return the hours out of cell beside the programme: by the doors of the unit, or by the programme's."""
    daytime = 1 if part % PARTS < 3 else 0
    free = unit.openness * (PART_HOURS - hours) * daytime
    if doors > 0.0:
        free = max(free, doors * max(0.0, p.programme.open_hours - hours))
    return free


@kernel
def open_unit(
    unit: Unit, part: i8, unstaffed: i8, on: i8, programmes: Programmes, slots: Slots, p: Parameters
) -> f8:
    """Set the hours of a unit's own programme for a day-part; return the share that staff keep open."""
    daytime = 1 if part % PARTS < 3 else 0
    if on == 0:
        unit.hours_programme = mean_hours(p) * daytime
        unit.hours_open = unit.hours_programme
        return 1.0
    hours = scheduled(unit, unit.programme, part, slots, p)
    free = free_hours(unit, hours, doors_of(programmes[unit.programme], unit, part), part, p)
    kept = 1.0
    if unstaffed != 1:
        # While the unit's own programme is closed, hands are needed for those with another one only.
        needed = unit.present if hours + free > 0.0 else unit.others
        kept = staffed_share(unit.hands, needed, p.roster.lock_ratio)
    unit.hours_programme = hours * kept
    unit.hours_open = (hours + free) * kept
    return kept


@kernel
def uptake(mean_need: f8, p: Parameters) -> f8:
    """Return the chance that a resident takes part in an activity."""
    return bounded(p.programme.uptake_base + p.programme.uptake_needs * (mean_need - NEED), 0.02, 0.99)


@kernel
def stay_in(r: Resident) -> None:
    """Keep a resident in for the day-part, or away."""
    r.hours_out = 0.0
    r.hours_active = 0.0
    r.opportunity = 0.0


@kernel
def go_out(
    r: Resident,
    part: i8,
    hours: f8,
    open_hours: f8,
    slot: Slot,
    openness: f8,
    doors: f8,
    takes_part: i8,
    on: i8,
    p: Parameters,
) -> None:
    """Set a resident's hours out of cell and of activity for a day-part.

    ``hours`` are those of the resident's programme, ``open_hours`` those with open doors, both as staff
    keep them; ``openness`` and ``doors`` are the shares of the unit and of the programme.
    """
    if r.confined_until > part or r.leave_until > part:
        stay_in(r)
        return
    planned = p.programme.activity_share * hours
    denied = 0.0
    if on == 1:
        planned = slot.active_share * hours
        denied = slot.denied_share * hours
    active = planned * takes_part
    # Whoever skips an activity is locked in while it runs, unless the doors of the unit stand open.
    out = open_hours - (planned - active) * (1.0 - openness)
    if denied > 0.0:
        # For whoever has no place nothing is scheduled: locked in, or out where the programme says so.
        out = max(active, out - denied * (1.0 - max(openness, doors)))
    if on == 1:
        if r.loss_until > part:
            out = active
        out = active + (out - active) * (1.0 - p.programme.fear_avoidance * r.fear)
    r.hours_out = out
    r.hours_active = active
    r.day_out += out
    r.day_active += active
    r.day_programme += active + max(0.0, min(out - active, hours - planned - denied))
    # Contacts grow less than linearly with hours out (an exponent below 1).
    r.opportunity = (out / PART_HOURS) ** p.encounters.hours_exponent if out > 0.0 else 0.0


@kernel
def open_doors(
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    programmes: Programmes,
    slots: Slots,
    control: ControlTable,
    on: i8,
    p: Parameters,
) -> None:
    """Let everybody out for the day-part, as far as programme, staff and sanctions allow."""
    taking = streams.stream(control[0].seed, streams.UPTAKE, part)
    for u in range(units.shape[0]):
        unit = units[u]
        kept = open_unit(unit, part, control[0].unstaffed, on, programmes, slots, p)
        own_doors = doors_of(programmes[unit.programme], unit, part)
        nobody = 1 if unit.hours_open <= 0.0 and (unit.others == 0 or kept <= 0.0) else 0
        unit.out = 0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            if nobody == 1:
                stay_in(r)
                continue
            hours = unit.hours_programme
            open_hours = unit.hours_open
            doors = own_doors
            if on == 1 and r.programme_now != unit.programme:
                hours = scheduled(unit, r.programme_now, part, slots, p)
                doors = doors_of(programmes[r.programme_now], unit, part)
                open_hours = (hours + free_hours(unit, hours, doors, part, p)) * kept
                hours *= kept
            if open_hours <= 0.0:
                stay_in(r)
                continue
            chance = p.programme.uptake_base
            if on == 1:
                chance = uptake((r.autonomy + r.competence + r.relatedness) / 3.0 + r.drive, p)
            key = streams.with_counterpart(streams.of_person(taking, r.key), streams.NOBODY, 0)
            takes_part = 1 if streams.uniform(key) < chance else 0
            slot = slots[slot_row(r.programme_now, part, r.seats)]
            go_out(r, part, hours, open_hours, slot, unit.openness, doors, takes_part, on, p)
            if r.hours_out > 0.0:
                unit.out += 1


# --- leave ------------------------------------------------------------------------------------------------


@kernel
def leave_chance(days_per_month: f8, length: f8) -> f8:
    """Return the chance that somebody goes on leave on a morning at home.

    Leaves of ``length`` days then take ``days_per_month`` of 365 / 12 days on average.
    """
    return bounded(days_per_month / (length * (DAYS_PER_MONTH - days_per_month)), 0.0, 1.0)


@kernel
def may_leave(r: Resident, unit: Unit, day: i8, p: Parameters) -> i8:
    """Say (1 or 0) whether leave is open to somebody whose programme has it."""
    part = day * PARTS
    if r.remand == 1 or unit.remand == 1 or day - r.arrival < p.programme.leave_after_days:
        return 0
    if r.confined_until > part or r.loss_until > part:
        return 0
    # Freedom outside asks for conduct over the whole stay, where somebody judges it.
    if r.stay_desired < p.programme.leave_conduct * (r.stay_desired + r.stay_undesired):
        return 0
    return 1 if r.release > day + p.programme.leave_length else 0


@kernel
def late_chance(distress: f8, grievance: f8, p: Parameters) -> f8:
    """Return the chance that somebody does not come back from leave in time, by own fault."""
    return logistic(
        p.programme.late_base
        + p.programme.late_distress * (distress - DISTRESS)
        + p.programme.late_grievance * grievance
    )


@kernel
def away_days(mean: f8, u: f8) -> i8:
    """Return whole days of absence, at least 1, exponential with a mean beyond that, at quantile ``u``."""
    return 1 + int(-math.log(1.0 - u) * mean)


@kernel
def note_late(
    row: i8,
    severity: i8,
    part: i8,
    residents: Residents,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Write down that somebody is not back in time, with the coercion that contributed to it, if any."""
    r = residents[row]
    seed = control[0].seed
    event = ledger[append(ledger, control, part, LATE_RETURN, r.unit, OUTSIDE)]
    event.actor = row
    event.severity = severity
    event.channel = BACKGROUND
    r.incidents += control[0].recording
    excess = 1.0 - late_chance(r.distress, 0.0, p) / late_chance(r.distress, r.grievance, p)
    if streams.draw(seed, streams.CAUSE, part, r.key, streams.NOBODY, SETTING_RETURN) >= excess:
        return
    first = r.place * PLACE_MEMORY
    days = p.coercion.grievance_days
    total = remembered(memories, first, PLACE_MEMORY, part, BACKLASH, days)
    if total > 0.0:
        u = streams.draw(seed, streams.CAUSE_EVENT, part, r.key, streams.NOBODY, SETTING_RETURN)
        event.cause = recall(memories, first, PLACE_MEMORY, part, BACKLASH, days, u * total)
        event.channel = BACKLASH if event.cause > 0 else BACKGROUND


@kernel
def come_back(
    row: i8,
    part: i8,
    residents: Residents,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let somebody whose leave is over come back, or not."""
    r = residents[row]
    seed = control[0].seed
    if r.overstayed == 1:
        r.overstayed = 0
        return
    u = streams.draw(seed, streams.RETURN, part, r.key, streams.NOBODY, 0)
    if u >= late_chance(r.distress, r.grievance, p):
        return
    missing = streams.draw(seed, streams.NO_RETURN, part, r.key, streams.NOBODY, 0) < p.programme.no_return
    mean = p.programme.missing_days if missing else p.programme.late_days
    days = away_days(mean, streams.draw(seed, streams.AWAY_DAYS, part, r.key, streams.NOBODY, 0))
    r.overstayed = 1
    r.leave_until = part + PARTS * days
    note_late(row, 2 if missing else 1, part, residents, memories, ledger, control, p)


@kernel
def spend_outside(r: Resident) -> None:
    """Count a day outside as a free one with the usual occupation and company: nothing of it is lost."""
    r.day_out = PART_HOURS * (PARTS - 1)
    r.day_active = r.activity
    r.day_company = r.company
    r.day_support = r.support


@kernel
def go_on_leave(
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    programmes: Programmes,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let people come back from leave, or fail to, and let others go."""
    leaving = streams.stream(control[0].seed, streams.LEAVE, part)
    for i in range(places.shape[0]):
        row = places[i].resident
        if row < 0:
            continue
        r = residents[row]
        if r.leave_until == part:
            come_back(row, part, residents, memories, ledger, control, p)
        days_per_month = programmes[r.programme_now].leave_days_per_month
        if r.leave_until < part and days_per_month > 0.0:
            key = streams.with_counterpart(streams.of_person(leaving, r.key), streams.NOBODY, 0)
            if (
                streams.uniform(key) < leave_chance(days_per_month, p.programme.leave_length)
                and may_leave(r, units[r.unit], part // PARTS, p) == 1
            ):
                event = ledger[append(ledger, control, part, LEAVE, r.unit, OUTSIDE)]
                event.actor = row
                r.overstayed = 0
                r.leave_until = part + PARTS * int(p.programme.leave_length)
        if r.leave_until > part:
            spend_outside(r)


# --- night ------------------------------------------------------------------------------------------------


@kernel
def idleness(active: f8, out: f8, p: Parameters) -> f8:
    """Return the share of needed occupation that a day left empty."""
    occupied = active + p.programme.recreation_worth * max(0.0, out - active)
    return 1.0 - min(1.0, occupied / p.programme.active_hours_needed)


@kernel
def promised_hours(unit: Unit, programme: i8, part: i8, slots: Slots, on: i8, p: Parameters) -> f8:
    """Return the hours that a programme has on the day that ends with day-part ``part``."""
    if on == 0:
        return 3.0 * mean_hours(p)
    total = 0.0
    for back in range(PARTS):
        total += slots[slot_row(programme, part - back, 0)].hours
    return total * p.programme.remand_factor if programme == 0 and unit.remand == 1 else total


@kernel
def programme_day(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    programmes: Programmes,
    slots: Slots,
    daily: Daily,
    on: i8,
    p: Parameters,
) -> None:
    """Move boredom and the recent mean of activity by one day, and note hours promised and delivered."""
    bored = rate_of(p.programme.boredom_days)
    recent = rate_of(p.encounters.recent_days)
    for u in range(units.shape[0]):
        unit = units[u]
        day = daily[today + u]
        usual = promised_hours(unit, unit.programme, part, slots, on, p)
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            r.boredom = approach(r.boredom, idleness(r.day_active, r.day_out, p), bored)
            r.activity = approach(r.activity, r.day_active, recent)
            if r.leave_until > part:
                day.away += 1
                continue
            day.hours_delivered += r.day_programme
            if on == 1 and r.programme_now != unit.programme:
                day.hours_promised += promised_hours(unit, r.programme_now, part, slots, on, p)
            else:
                day.hours_promised += usual
            if on == 1 and r.seats != programmes[r.programme_now].wants:
                day.waiting += 1
