"""Encounters: who meets whom, and the ties between residents that meetings make.

Each pair of residents who are out is asked whether it meets; company is chosen by liking, so that in
a group of some size people who dislike each other can avoid one another, and in a very small one they
cannot.  Shared spaces bring one partner from a timetabled other unit.  Contacts per resident do not
depend on the size of the group unless the coupling ``saturation`` says so, but for a floor effect in
very small groups.  Staff meet residents in procedures (per resident) and in chats (per officer in the
common room, more with residents they know: people seek out staff they know).

A meeting or a check can turn sour; what becomes of it is for the next mechanisms.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import NIGHT, PART_HOURS, PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    ACTIVITY,
    CELL,
    COMMON_ROOM,
    OFFICE,
    SETTING_CHAT,
    SETTING_CHECK,
    SETTING_RESIDENTS,
    YARD,
)
from sim.reference import FAMILIARITY, ORIENTATION, RESTRICTIVENESS, VIGILANCE
from sim.registry import Mechanism, Section
from sim.relations import alliance_now, fade_tie
from sim.rules import approach, bounded, rate_of
from sim.tables import (
    Bonds,
    Contacts,
    ControlTable,
    Daily,
    Duties,
    Duty,
    Edges,
    Entries,
    Parameters,
    Places,
    Quarrels,
    Resident,
    Residents,
    Staff,
    StaffMember,
    Tie,
    Ties,
    Unit,
    Units,
)

FORM = "assumption; magnitude fitted by hand"

# fmt: off
declare = Section("encounters")
declare("pace", 2.0, "meetings per day-part", (0, 20), (1, 4), "meetings of a resident who is out the whole day-part, in a group of reference size", FORM)
declare("hours_exponent", 0.6, "exponent", (0.1, 1), (0.4, 0.8), "how contacts grow with hours out; below 1, pace falls in long free time", FORM)
declare("small_group", 1.0, "residents", (0, 10), (0, 4), "company lacking in very small groups: contacts fall by (m-1)/(m-1+this)", "structural choice, unidentified")
declare("choice", 0.8, "0-1", (0, 0.95), (0.2, 0.95), "how far company is chosen by liking (0: whoever is there)", "assumption: choice is an exit option")
declare("activity_calm", 0.55, "share", (0, 1), (0.3, 0.7), "quarrels that supervised activity prevents", "McGuire 2018: fewer incidents in workshops and classrooms", "B", "abstract")
declare("affinity_base", 0.12, "-1 to 1", (-1, 1), (0, 0.25), "liking between average people after many meetings", FORM)
declare("affinity_likeness", 0.3, "per SD product", (0, 1), (0.15, 0.45), "how likeness on two interests raises liking", FORM)
declare("tie_gain", 0.2, "share per meeting", (0, 1), (0.1, 0.4), "move of a tie towards affinity at a meeting", FORM)
declare("tie_days", 60, "days", (1, 3000), (20, 180), "time constant of fading of ties without meetings", FORM)
declare("grudge_days", 40, "days", (1, 3000), (20, 80), "time constant of fading of grudges", FORM)
declare("recent_days", 7, "days", (1, 90), (4, 14), "span of what counts as recent: company, support, activity, reports before the director", FORM)
declare("exchange", 0.06, "share of the difference", (0, 0.5), (0.02, 0.12), "mood passed on in a meeting; conservative: calm spreads as well as tension", "emotional contagion", "C", "assumed", feedback=True)
declare("cell_contact", 0.8, "meetings per locked day-part", (0, 1), (0.4, 1), "chance of a meeting worth the name between cellmates at night", FORM)
declare("quarrel", 0.000849, "per meeting", (0, 0.1), (0.0007, 0.003), "chance that a meeting of average people turns into a quarrel", FORM)
declare("enmity_weight", 6.0, "per unit", (0, 30), (2, 12), "how dislike and grudges raise that chance", FORM, feedback=True)
declare("checks", 0.9, "contacts per day-part", (0, 10), (0.4, 1.5), "procedural contacts of a resident at full security", FORM)
declare("checks_locked", 0.4, "share", (0, 1), (0.2, 0.6), "procedural contacts that remain while locked in", "assumption: S27 needs fewer contacts under lock-up")
declare("chats", 30, "per officer and day-part", (0, 300), (15, 50), "chats that an officer offers who spends a whole day-part in the common room", FORM)
declare("chat_most", 1.0, "per resident and officer", (0.05, 5), (0.5, 2), "appetite for chats with one officer in a day-part; the chance of one stays below 1 - exp(-this)", "assumption")
declare("seek_known", 0.8, "per unit of familiarity", (0, 2), (0.2, 1.2), "how far residents seek out staff whom they know", "European guidelines for relational security 2023", "C", "assumed")
declare("friction", 0.000657, "per procedural contact", (0, 0.1), (0.0004, 0.002), "chance that a check of an average person turns sour", FORM)
declare("friction_chat", 0.1, "share", (0, 1), (0.05, 0.2), "chance of friction in a chat against a check", FORM)
declare("friction_alliance", 0.6, "log-hazard per unit", (0, 3), (0.2, 1), "how alliance with the officer calms", "Skeem et al. 2007; Kennealy et al. 2012 (direction)", "B", "abstract")
declare("friction_restriction", 0.6, "log-hazard per unit", (0, 3), (0, 1.2), "how restrictiveness inflames checks", "McGuire 2018 (direction)", "C", "assumed", feedback=True)
declare("friction_vigilance", 0.6, "log-hazard per unit", (0, 3), (0, 1.2), "how a vigilant officer inflames checks", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("friction_orientation", 0.6, "log-hazard per unit", (0, 3), (0.2, 1), "how a connecting officer calms", "Molleman & Leeuw 2012 (direction)", "B", "abstract")
declare("chat_minutes", 8, "minutes", (0, 120), (4, 15), "length of a chat", "assumption")
declare("check_minutes", 3, "minutes", (0, 60), (1, 6), "length of a procedural contact", "assumption")
declare("checks_base", 0.4, "share", (0, 1), (0.2, 0.6), "procedural contacts that remain without any security measures", "assumption")
declare("company_most", 6, "factor", (1, 50), (3, 10), "most that a large group multiplies the contacts of a resident", "physical ceiling; assumed")
declare("office_share", 0.25, "share", (0, 1), (0.1, 0.4), "checks that take place in an office or reception room", "assumption")
# fmt: on

HEAT_MOST = 20.0
"""Physical ceiling on the factor by which bond, practice and officer change the chance of friction."""

MECHANISM = Mechanism(
    name="encounters",
    title="Encounters and ties between residents",
    theory="Opportunity and routine activities; homophily; contact choice",
    source="McGuire 2018; European guidelines for relational security 2023",
    reads=("residents.*", "units.*", "duties.*", "bonds.*", "staff.*", "edges.*"),
    writes=(
        "ties.*",
        "contacts.*",
        "quarrels.*",
        "quarrel_list.*",
        "control.quarrel_count",
        "control.contact_count",
        "duties.chat",
        "duties.check",
        "units.pace",
        "residents.day_company",
        "residents.company",
        "residents.company_weight",
        "residents.exchange_tension",
        "residents.exchange_arousal",
        "daily.meetings",
        "daily.contact_minutes",
    ),
    neutral="nobody meets anybody: no ties, no contacts, no quarrels",
    parameters=declare.parameters,
)


@kernel
def company_factor(others: f8, p: Parameters) -> f8:
    """Return how many contacts a resident has against the reference group, given ``others`` who are out."""
    if others <= 0.0:
        return 0.0
    reference = p.coupling.reference_size - 1.0
    floor = p.encounters.small_group
    lack = others / (others + floor) * (reference + floor) / reference
    return lack * min(p.encounters.company_most, (others / reference) ** p.coupling.saturation)


@kernel
def affinity(a: Resident, b: Resident, p: Parameters) -> f8:
    """Return the liking (-1 to 1) that two residents tend to."""
    likeness = a.interest_first * b.interest_first + a.interest_second * b.interest_second
    return bounded(p.encounters.affinity_base + p.encounters.affinity_likeness * likeness, -0.95, 0.95)


@kernel
def company_weight(tie: f8, p: Parameters) -> f8:
    """Return the weight of a tie in the choice of company."""
    return 1.0 + p.encounters.choice * tie


@kernel
def enmity(tie: Tie) -> f8:
    """Return dislike plus grudge."""
    return max(0.0, -tie.tie) + tie.grudge


@kernel
def note_quarrel(
    place: i8,
    part: i8,
    priority: f8,
    actor: i8,
    target: i8,
    post: i8,
    setting: i8,
    location: i8,
    quarrels: Quarrels,
    quarrel_list: Entries,
    control: ControlTable,
) -> i8:
    """Book a quarrel at the place of the one who starts it; return 1 if it is booked.

    One resident starts at most one quarrel in a day-part; of two, the one with the lowest keyed
    number counts, so that the order in which pairs are asked plays no part.
    """
    q = quarrels[place]
    if q.part == part and q.priority <= priority:
        return 0
    if q.part != part:
        quarrel_list[control[0].quarrel_count].place = place
        control[0].quarrel_count += 1
    q.part = part
    q.priority = priority
    q.actor = actor
    q.target = target
    q.post = post
    q.setting = setting
    q.location = location
    q.enmity = 0.0
    q.grudge = 0.0
    return 1


@kernel
def where_met(a: Resident, b: Resident, shared: i8, u: f8) -> i8:
    """Return the kind of place in which two residents meet."""
    active = min(a.hours_active, b.hours_active) / max(0.01, min(a.hours_out, b.hours_out))
    if u < active:
        return ACTIVITY
    return YARD if shared == 1 else COMMON_ROOM


@kernel
def mingle(a: Resident, b: Resident, tie: Tie, locked: i8, p: Parameters) -> f8:
    """Let two residents meet: the tie moves, mood passes on; return the chance of a quarrel."""
    before = enmity(tie)
    a.day_company += max(0.0, 0.5 + 0.5 * tie.tie)
    b.day_company += max(0.0, 0.5 + 0.5 * tie.tie)
    strength = p.encounters.exchange * (0.5 + 0.5 * abs(tie.tie))
    moved = strength * (b.tension - a.tension)
    a.exchange_tension += moved
    b.exchange_tension -= moved
    moved = strength * (b.arousal - a.arousal)
    a.exchange_arousal += moved
    b.exchange_arousal -= moved
    tie.tie = approach(tie.tie, affinity(a, b, p), p.encounters.tie_gain)
    calm = 1.0
    if locked == 0:
        active = min(a.hours_active, b.hours_active) / max(0.01, min(a.hours_out, b.hours_out))
        calm = 1.0 - p.encounters.activity_calm * active
    heat = 0.5 * (a.propensity + b.propensity) * (1.0 + p.encounters.enmity_weight * before)
    return p.encounters.quarrel * calm * heat


@kernel
def fall_out(
    row_a: i8,
    row_b: i8,
    a: Resident,
    b: Resident,
    before: f8,
    grudge: f8,
    part: i8,
    shared: i8,
    locked: i8,
    quarrels: Quarrels,
    quarrel_list: Entries,
    control: ControlTable,
) -> None:
    """Book the quarrel into which a meeting turned."""
    seed = control[0].seed
    a_starts = a.propensity / (a.propensity + b.propensity)
    first = streams.draw(seed, streams.ACTOR, part, a.key, b.key, 0) < a_starts
    priority = streams.draw(seed, streams.QUARREL_PRIORITY, part, a.key, b.key, 0)
    location = CELL
    if locked == 0:
        location = where_met(a, b, shared, streams.draw(seed, streams.WHERE, part, a.key, b.key, 0))
    actor = row_a if first else row_b
    target = row_b if first else row_a
    place = a.place if first else b.place
    if note_quarrel(
        place, part, priority, actor, target, -1, SETTING_RESIDENTS, location, quarrels, quarrel_list, control
    ):
        quarrels[place].enmity = before
        quarrels[place].grudge = grudge


@kernel
def meet(
    row_a: i8,
    row_b: i8,
    a: Resident,
    b: Resident,
    tie: Tie,
    part: i8,
    shared: i8,
    locked: i8,
    quarrels: Quarrels,
    quarrel_list: Entries,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let two residents meet; it may turn into a quarrel."""
    before = enmity(tie)
    grudge = tie.grudge
    risk = mingle(a, b, tie, locked, p)
    if streams.draw(control[0].seed, streams.QUARREL, part, a.key, b.key, 0) < risk:
        fall_out(row_a, row_b, a, b, before, grudge, part, shared, locked, quarrels, quarrel_list, control)


@kernel
def prepare(units: Units, duties: Duties, p: Parameters) -> None:
    """Set the pace of each unit and the reach of everybody on duty for the day-part."""
    for u in range(units.shape[0]):
        unit = units[u]
        share = p.facility.shared if unit.edges > 0 and unit.hours_programme > 0.0 else 0.0
        unit.pace = p.encounters.pace * (1.0 - share) * company_factor(unit.out - 1.0, p)
        security = 0.5 * (p.security.static + p.security.procedural)
        checks = p.encounters.checks * (
            p.encounters.checks_base + (1.0 - p.encounters.checks_base) * security
        )
        for d in range(unit.duty_first, unit.duty_first + unit.duty_count):
            duty = duties[d]
            duty.check = 1.0 - math.exp(-checks * duty.time / max(0.01, unit.hands))
            wanted = p.encounters.chats * duty.common / max(1.0, float(unit.out))
            duty.chat = 1.0 - math.exp(-wanted / (1.0 + wanted / p.encounters.chat_most))


@kernel
def meet_on_unit(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    ties: Ties,
    quarrels: Quarrels,
    quarrel_list: Entries,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Ask every pair of residents on a unit whether it meets."""
    base = streams.stream(control[0].seed, streams.MEET, part)
    quarrelling = streams.stream(control[0].seed, streams.QUARREL, part)
    most = 1.0 + p.encounters.choice
    for u in range(units.shape[0]):
        unit = units[u]
        if unit.out < 2:
            continue
        size = unit.place_end - unit.place_first
        # Weights were summed over all who live here; scale to those who are out.
        scale = 0.5 * unit.pace * (unit.present - 1.0) / (unit.out - 1.0)
        # No b has a smaller sum of weights, so that the bound below holds for every pair.
        least = math.inf
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident >= 0:
                least = min(least, residents[places[i].resident].company_weight)
        met = 0
        for i in range(unit.place_first, unit.place_end):
            row_a = places[i].resident
            if row_a < 0:
                continue
            a = residents[row_a]
            if a.opportunity <= 0.0:
                continue
            own = streams.of_person(base, a.key)
            line = unit.tie_first + (i - unit.place_first) * size - unit.place_first
            bound = scale * a.opportunity * most * (1.0 / a.company_weight + 1.0 / least)
            for j in range(i + 1, unit.place_end):
                row_b = places[j].resident
                if row_b < 0:
                    continue
                b = residents[row_b]
                u01 = streams.uniform(streams.with_counterpart(own, b.key, 0))
                if u01 >= bound or b.opportunity <= 0.0:
                    continue
                tie = ties[line + j]
                chance = (
                    scale
                    * min(a.opportunity, b.opportunity)
                    * company_weight(tie.tie, p)
                    * (1.0 / a.company_weight + 1.0 / b.company_weight)
                )
                if u01 < chance:
                    # As in meet(), but few arguments: a call with many tables costs more than the meeting.
                    before = enmity(tie)
                    grudge = tie.grudge
                    risk = mingle(a, b, tie, 0, p)
                    key = streams.with_counterpart(streams.of_person(quarrelling, a.key), b.key, 0)
                    if streams.uniform(key) < risk:
                        fall_out(
                            row_a, row_b, a, b, before, grudge, part, 0, 0, quarrels, quarrel_list, control
                        )
                    met += 1
        daily[today + u].meetings += met


@kernel
def meet_across_units(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    quarrels: Quarrels,
    quarrel_list: Entries,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let residents of units that are timetabled together meet in shared spaces.

    Each edge of the unit graph is active in one day-part out of its units' number of edges; then every
    place of the first unit faces one place of the other, at an offset drawn for the day-part.
    """
    seed = control[0].seed
    if p.facility.shared <= 0.0:
        return
    meeting = streams.stream(seed, streams.MEET, part)
    for e in range(edges.shape[0]):
        edge = edges[e]
        a_unit = units[edge.unit_a]
        b_unit = units[edge.unit_b]
        if a_unit.hours_programme <= 0.0 or b_unit.hours_programme <= 0.0:
            continue
        active = 2.0 / (a_unit.edges + b_unit.edges)
        if streams.draw(seed, streams.TIMETABLE, part, edge.key, streams.NOBODY, 0) >= active:
            continue
        width = b_unit.place_end - b_unit.place_first
        offset = int(width * streams.draw(seed, streams.PARTNER, part, edge.key, streams.NOBODY, 0))
        others = 0.5 * (a_unit.out + b_unit.out) - 1.0
        # Both sides of the share: p.facility.shared of each resident's contacts happens here.
        pace = p.facility.shared * p.encounters.pace * company_factor(others, p)
        for i in range(a_unit.place_first, a_unit.place_end):
            line = i - a_unit.place_first
            column = (line + offset) % width
            row_a = places[i].resident
            row_b = places[b_unit.place_first + column].resident
            if row_a < 0 or row_b < 0:
                continue
            a = residents[row_a]
            b = residents[row_b]
            chance = pace * min(a.opportunity, b.opportunity)
            key = streams.with_counterpart(streams.of_person(meeting, a.key), b.key, 0)
            if streams.uniform(key) < chance:
                tie = ties[edge.tie_first + line * width + column]
                fade_tie(tie, part, p)
                meet(row_a, row_b, a, b, tie, part, 1, 0, quarrels, quarrel_list, control, p)
                daily[today + edge.unit_a].meetings += 1


@kernel
def meet_in_cells(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    ties: Ties,
    quarrels: Quarrels,
    quarrel_list: Entries,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let cellmates meet during the locked night."""
    for i in range(places.shape[0]):
        place = places[i]
        if place.cellmate <= i or place.resident < 0 or places[place.cellmate].resident < 0:
            continue
        row_a = place.resident
        row_b = places[place.cellmate].resident
        a = residents[row_a]
        b = residents[row_b]
        if a.leave_until > part or b.leave_until > part:
            continue
        if streams.draw(control[0].seed, streams.MEET, part, a.key, b.key, 0) < p.encounters.cell_contact:
            unit = units[place.unit]
            size = unit.place_end - unit.place_first
            tie = ties[unit.tie_first + (i - unit.place_first) * size + place.cellmate - unit.place_first]
            meet(row_a, row_b, a, b, tie, part, 0, 1, quarrels, quarrel_list, control, p)
            daily[today + place.unit].meetings += 1


@kernel
def friction_heat(alliance: f8, restrictiveness: f8, s: StaffMember, p: Parameters) -> f8:
    """Return the factor on the chance that a contact between resident and officer turns sour."""
    return math.exp(
        -p.encounters.friction_alliance * alliance
        + p.encounters.friction_restriction * (restrictiveness - RESTRICTIVENESS)
        + p.encounters.friction_vigilance * (s.vigilance - VIGILANCE)
        - p.encounters.friction_orientation * (s.orientation - ORIENTATION)
    )


@kernel
def note_contact(row: i8, duty: Duty, bond: i8, chat: i8, contacts: Contacts, control: ControlTable) -> None:
    """Note a contact between a resident and an officer."""
    entry = contacts[control[0].contact_count]
    control[0].contact_count += 1
    entry.resident = row
    entry.staff = duty.staff
    entry.post = duty.post
    entry.bond = bond
    entry.chat = chat


@kernel
def turn_sour(
    row: i8,
    r: Resident,
    unit: Unit,
    duty: Duty,
    bond: i8,
    chat: i8,
    u: f8,
    base: f8,
    part: i8,
    staff: Staff,
    bonds: Bonds,
    quarrels: Quarrels,
    quarrel_list: Entries,
    control: ControlTable,
    p: Parameters,
) -> None:
    """See whether a contact between a resident and an officer turns sour, and book it."""
    heat = friction_heat(alliance_now(bonds[bond], part, p), unit.restrictiveness, staff[duty.staff], p)
    if u < base * min(HEAT_MOST, heat):
        priority = streams.draw(control[0].seed, streams.QUARREL_PRIORITY, part, r.key, duty.key, chat)
        location = COMMON_ROOM if r.hours_out > 0.0 else CELL
        if (
            chat == 0
            and streams.draw(control[0].seed, streams.WHERE, part, r.key, duty.key, 0)
            < p.encounters.office_share
        ):
            location = OFFICE
        note_quarrel(
            r.place,
            part,
            priority,
            row,
            duty.staff,
            duty.post,
            SETTING_CHAT if chat == 1 else SETTING_CHECK,
            location,
            quarrels,
            quarrel_list,
            control,
        )


@kernel
def meet_staff(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    duties: Duties,
    staff: Staff,
    bonds: Bonds,
    contacts: Contacts,
    quarrels: Quarrels,
    quarrel_list: Entries,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Ask every resident and officer on duty whether they meet, in a check or for a chat."""
    seed = control[0].seed
    checking = streams.stream(seed, streams.PROCEDURE, part)
    chatting = streams.stream(seed, streams.CHAT, part)
    control[0].contact_count = 0
    locked = p.encounters.checks_locked
    seek = p.encounters.seek_known
    souring = streams.stream(seed, streams.FRICTION, part)
    friction = p.encounters.friction
    in_chat = p.encounters.friction_chat
    keenest = 1.0 + (1.0 - FAMILIARITY) * seek
    for u in range(units.shape[0]):
        unit = units[u]
        if unit.duty_count == 0 or part % PARTS == NIGHT:
            continue
        minutes = 0.0
        first_duty = unit.duty_first
        end_duty = unit.duty_first + unit.duty_count
        for i in range(unit.place_first, unit.place_end):
            row = places[i].resident
            if row < 0:
                continue
            r = residents[row]
            if r.leave_until > part:
                continue
            out = r.hours_out / PART_HOURS
            reach = locked + (1.0 - locked) * out
            check_key = streams.of_person(checking, r.key)
            chat_key = streams.of_person(chatting, r.key)
            line = unit.bond_first + (i - unit.place_first) * unit.bond_width - unit.bond_post
            opportunity = r.opportunity
            for d in range(first_duty, end_duty):
                duty = duties[d]
                bond = line + duty.post
                if streams.uniform(streams.with_counterpart(check_key, duty.key, 0)) < reach * duty.check:
                    note_contact(row, duty, bond, 0, contacts, control)
                    base = friction * r.propensity
                    key = streams.with_counterpart(streams.of_person(souring, r.key), duty.key, 0)
                    u01 = streams.uniform(key)
                    # Quick way out: alliance, practice and the officer change the chance by less than 20.
                    if u01 < HEAT_MOST * base:
                        turn_sour(
                            row,
                            r,
                            unit,
                            duty,
                            bond,
                            0,
                            u01,
                            base,
                            part,
                            staff,
                            bonds,
                            quarrels,
                            quarrel_list,
                            control,
                            p,
                        )
                    minutes += p.encounters.check_minutes
                if out <= 0.0:
                    continue
                v = streams.uniform(streams.with_counterpart(chat_key, duty.key, 0))
                if v < duty.chat * opportunity * keenest and v < duty.chat * opportunity * (
                    1.0 + seek * (bonds[bond].familiarity - FAMILIARITY)
                ):
                    note_contact(row, duty, bond, 1, contacts, control)
                    base = friction * r.propensity * in_chat
                    key = streams.with_counterpart(streams.of_person(souring, r.key), duty.key, 1)
                    u01 = streams.uniform(key)
                    if u01 < HEAT_MOST * base:
                        turn_sour(
                            row,
                            r,
                            unit,
                            duty,
                            bond,
                            1,
                            u01,
                            base,
                            part,
                            staff,
                            bonds,
                            quarrels,
                            quarrel_list,
                            control,
                            p,
                        )
                    minutes += p.encounters.chat_minutes
        daily[today + u].contact_minutes += minutes


@kernel
def encounters_day(
    part: i8, residents: Residents, places: Places, units: Units, ties: Ties, p: Parameters
) -> None:
    """Let ties fade by a day and sum up the company that each resident could choose tomorrow."""
    tie_kept = math.exp(-1.0 / p.encounters.tie_days)
    grudge_kept = math.exp(-1.0 / p.encounters.grudge_days)
    recent = rate_of(p.encounters.recent_days)
    for u in range(units.shape[0]):
        unit = units[u]
        size = unit.place_end - unit.place_first
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident >= 0:
                r = residents[places[i].resident]
                r.company = approach(r.company, r.day_company, recent)
                # Whoever is alone weighs tomorrow's newcomer as one.
                r.company_weight = 0.0 if unit.present > 1 else 1.0
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            a = residents[places[i].resident]
            line = unit.tie_first + (i - unit.place_first) * size - unit.place_first
            for j in range(i + 1, unit.place_end):
                if places[j].resident < 0:
                    continue
                tie = ties[line + j]
                if part - tie.part == PARTS:
                    tie.tie *= tie_kept
                    tie.grudge *= grudge_kept
                    tie.part = part
                else:  # an incident or a newcomer brought the tie up to date during the day
                    fade_tie(tie, part, p)
                weight = company_weight(tie.tie, p)
                a.company_weight += weight
                residents[places[j].resident].company_weight += weight
