"""Conflict and incidents: from a quarrel or a bad moment to an incident of some kind, and its cause.

A person's hazard is exp(L): a disposition plus a bounded function of the present state, so that the
state can move it at most by a declared factor (without the bound the feedbacks run away).  Staff who
are near, and who know the people, may settle a quarrel with words.  What is left becomes an incident;
its channel is drawn in proportion to how far the hazard would fall without each channel's
event-driven part, its cause in proportion to the decayed impulses remembered.  That draw never feeds
back.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import DAYS_PER_YEAR, NIGHT, PART_HOURS, PARTS
from sim.kernel import f8, i8, kernel, u8
from sim.ledger import (
    ACTIVITY,
    BACKGROUND,
    BACKLASH,
    CELL,
    COMMON_ROOM,
    CONTAGION,
    CONTRABAND,
    DAMAGE,
    DEFUSED,
    ESCAPE,
    PHYSICAL,
    PLACE_MEMORY,
    REFUSAL,
    RETALIATION,
    SERIOUS,
    SETTING_ALONE,
    SETTING_CHECK,
    SETTING_RESIDENTS,
    SITE_MEMORY,
    TALK,
    THREAT,
    UNIT_MEMORY,
    VERBAL,
    VIGILANCE,
    append,
    recall,
    remembered,
)
from sim.reference import SKILL, TENSION
from sim.registry import Mechanism, Section
from sim.relations import (
    alliance_now,
    bond_of,
    breach_now,
    familiarity_now,
    lasting_alliance,
    officer_near,
)
from sim.rules import bounded, logistic, saturating
from sim.tables import (
    Bonds,
    ControlTable,
    Duties,
    Entries,
    Ledger,
    Memories,
    Parameters,
    Places,
    Quarrel,
    Quarrels,
    Resident,
    Residents,
    Staff,
    StaffMember,
    Unit,
    Units,
)

# fmt: off
declare = Section("conflict")
declare("reactivity", 1.0, "log-hazard per SD", (0, 2.5), (0.7, 1.3), "how far people differ in starting incidents", "Gendreau et al. 1997; Steiner et al. 2014 (that persons differ)", "B", "abstract")
declare("state_most", 5.0, "factor", (1, 20), (3, 8), "most that the present state moves a person's hazard", "assumption: the bound keeps the model physical")
declare("tension", 2.02, "log-hazard per unit", (0, 8), (1.2, 4), "effect of tension", "assumption")
declare("arousal", 2.5, "log-hazard per unit", (0, 10), (1, 4), "effect of agitation caught from incidents", "assumption", feedback=True)
declare("anger", 1.5, "log-hazard per unit", (0, 6), (0.7, 2.5), "effect of anger", "Beijersbergen et al. 2015 (mediation by anger)", "B", "abstract", feedback=True)
declare("grievance", 1.2, "log-hazard per unit", (0, 6), (0, 2.5), "effect of grievance", "Yasrebi-de Kom et al. 2021 (direction)", "B", "abstract", feedback=True)
declare("deterrence", 1.0, "log-hazard per unit", (0, 6), (0, 2), "restraint by deterrence", "Yasrebi-de Kom et al. 2021 (direction)", "B", "abstract", feedback=True)
declare("near_slope", 20, "per officer in the common room per resident out", (0, 200), (10, 40), "how presence in the common room brings staff near a quarrel", "assumption")
declare("activity_watch", 0.35, "share", (0, 1), (0.2, 0.6), "quarrels during activities that supervisors notice", "McGuire 2018 (direction)", "C", "assumed")
declare("defuse", 0.65, "chance", (0, 1), (0.4, 0.85), "chance that a middling officer settles a quarrel of a resident who is fully known with words", "Bowers et al. 2015 (direction)", "B", "assumed")
declare("defuse_stranger", 0.35, "share", (0, 1), (0.2, 0.6), "what is left of that chance with an unknown resident", "European guidelines for relational security 2023", "C", "assumed")
declare("defuse_skill", 0.6, "per unit above middling", (0, 2), (0, 1.2), "how skill helps", "Bowers et al. 2015 (direction)", "B", "assumed")
declare("defuse_exhaustion", 0.4, "per unit", (0, 1), (0.2, 0.7), "how exhaustion hinders", "assumption")
declare("defuse_vigilance", 0.4, "per unit", (0, 1), (0, 0.8), "how vigilance blunts the reading of people", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("defuse_alliance", 0.25, "per unit", (0, 1), (0.1, 0.5), "how alliance helps", "assumption")
declare("violent", -1.06, "log-odds", (-6, 4), (-1.6, -0.4), "a quarrel between residents turns physical, at middling state", "calibrated: medoid of what the facts do not rule out")
declare("violent_staff", -0.824, "log-odds", (-6, 4), (-1.6, -0.4), "an incident with staff turns physical, at middling state", "calibrated: medoid of what the facts do not rule out")
declare("violent_state", 0.6, "per log-hazard", (0, 3), (0.2, 1), "how the present state makes it physical", "assumption")
declare("serious", 0.12, "share of physical", (0, 1), (0.08, 0.16), "physical assaults that are serious", "HMPPS 2017 and 2025: 11-14 %", "A", "abstract")
declare("threat", 0.25, "share of the rest", (0, 1), (0.15, 0.4), "non-physical quarrels between residents that are threats", "assumption")
declare("threat_staff", 0.45, "share of the rest", (0, 1), (0.3, 0.6), "non-physical incidents with staff that are threats", "DJI 2016: about two threats per violent incident", "B", "derived")
declare("refusal_check", 0.35, "share of the rest", (0, 1), (0.2, 0.5), "non-physical trouble in a check that is refusal of an order", "assumption")
declare("damage_rate", 0.5, "per year", (0, 20), (0.2, 1), "damage by an average person who is out of cell", "assumption")
declare("contraband_rate", 1.6, "per year", (0, 50), (0.7, 3), "contraband and drugs, average person who is out of cell, without barriers", "assumption")
declare("refusal_rate", 0.8, "per year", (0, 20), (0.3, 1.6), "refusals outside checks, average person who is out of cell", "assumption")
declare("escape_rate", 0.04, "per year", (0, 5), (0.005, 0.1), "attempts to escape by an average person who is out of cell, without barriers", "press reports: two escapes from one house in two years", "C", "derived")
declare("alone_locked", 0.3, "share", (0, 1), (0.1, 0.5), "acts alone that remain while locked in by day", "assumption: opportunity")
declare("asleep", 0.25, "share", (0, 1), (0.1, 0.5), "acts alone at night against a locked day-part", "assumption: opportunity")
declare("static_stops", 3.0, "log-hazard per unit", (0, 10), (1.5, 4.5), "attempts to escape that static security prevents", "what walls are for; magnitude assumed")
declare("rules_stop", 1.0, "log-hazard per unit", (0, 10), (0.3, 2), "contraband that searches and checks prevent", "what searches are for; magnitude assumed")
declare("person_most", 40, "factor", (1, 200), (20, 80), "most that disposition moves a person's hazard, up or down", "physical ceiling; assumed")
# fmt: on

MECHANISM = Mechanism(
    name="conflict",
    title="Conflict and incidents",
    theory="Frustration-aggression with bounded hazard; situational prevention",
    source="Gendreau et al. 1997; Wortley 2002; Bowers et al. 2015",
    reads=("residents.*", "quarrels.*", "duties.*", "staff.*", "bonds.*", "memories.*", "units.*"),
    writes=(
        "residents.propensity",
        "residents.incidents",
        "units.near",
        "staff.day_solved",
        "quarrels.*",
        "ledger.*",
        "control.event_count",
    ),
    neutral="no incidents: quarrels come to nothing",
    parameters=declare.parameters,
)


@kernel
def heat_within(
    tension: f8, arousal: f8, anger: f8, grievance: f8, deterrence: f8, bound: f8, p: Parameters
) -> f8:
    """Return the log-hazard that comes from a person's present state, bent to stay within ``bound``."""
    x = (
        p.conflict.tension * (tension - TENSION)
        + p.conflict.arousal * arousal
        + p.conflict.anger * anger
        + p.conflict.grievance * grievance
        - p.conflict.deterrence * deterrence
    )
    return saturating(x, bound)


@kernel
def state_heat(tension: f8, arousal: f8, anger: f8, grievance: f8, deterrence: f8, p: Parameters) -> f8:
    """Return the bounded log-hazard that comes from a person's present state."""
    return heat_within(tension, arousal, anger, grievance, deterrence, math.log(p.conflict.state_most), p)


@kernel
def heat_of(r: Resident, p: Parameters) -> f8:
    """Return the bounded log-hazard of a resident's present state."""
    return state_heat(r.tension, r.arousal, r.anger, r.grievance, r.deterrence, p)


@kernel
def be_prone(residents: Residents, places: Places, units: Units, p: Parameters) -> None:
    """Fix everybody's propensity, and how near staff are, for the day-part."""
    for u in range(units.shape[0]):
        unit = units[u]
        unit.near = 1.0 - math.exp(-p.conflict.near_slope * unit.common / max(1.0, float(unit.out)))
    most = math.log(p.conflict.person_most)
    bound = math.log(p.conflict.state_most)
    reactivity = p.conflict.reactivity
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            r = residents[places[i].resident]
            r.propensity = math.exp(
                bounded(reactivity * r.reactivity, -most, most)
                + heat_within(r.tension, r.arousal, r.anger, r.grievance, r.deterrence, bound, p)
            )


@kernel
def settle_chance(s: StaffMember, familiarity: f8, alliance: f8, p: Parameters) -> f8:
    """Return the chance that an officer who is near settles a quarrel with words."""
    knows = p.conflict.defuse_stranger + (1.0 - p.conflict.defuse_stranger) * familiarity
    return bounded(
        p.conflict.defuse
        * knows
        * (1.0 + p.conflict.defuse_skill * (s.skill - SKILL))
        * (1.0 - p.conflict.defuse_exhaustion * s.exhaustion)
        * (1.0 - p.conflict.defuse_vigilance * s.vigilance)
        * (1.0 + p.conflict.defuse_alliance * alliance),
        0.0,
        0.95,
    )


@kernel
def without(channel: i8, r: Resident, p: Parameters) -> f8:
    """Return the state's log-hazard with one channel's event-driven part at its baseline."""
    tension = r.tension
    arousal = r.arousal
    anger = r.anger
    grievance = r.grievance
    if channel == RETALIATION:
        # What is left is anger from injustice, which nobody's assault brought about.
        anger = min(anger, r.anger_from_injustice + r.anger_from_decisions)
    elif channel == CONTAGION:
        arousal = 0.0
    elif channel == BACKLASH:
        grievance = 0.0
        anger -= min(anger, r.anger_from_decisions)
        tension -= r.tension_from_coercion
    elif channel == VIGILANCE:
        tension -= r.tension_from_restriction
    return state_heat(tension, arousal, anger, grievance, r.deterrence, p)


@kernel
def setting_factor(
    channel: i8, q: Quarrel, r: Resident, unit: Unit, staff: Staff, bonds: Bonds, part: i8, p: Parameters
) -> f8:
    """Return the log of what one channel's event-driven part adds through the setting of a quarrel."""
    if q.setting == SETTING_RESIDENTS:
        if channel != RETALIATION:
            return 0.0
        full = 1.0 + p.encounters.enmity_weight * q.enmity
        return math.log(full / (1.0 + p.encounters.enmity_weight * (q.enmity - q.grudge)))
    if q.post < 0:
        return 0.0
    if channel == BACKLASH:
        bond = bonds[bond_of(r, unit, q.post)]
        # A breach takes away no more alliance than there is.
        return p.encounters.friction_alliance * min(
            breach_now(bond, part, p), lasting_alliance(bond, part, p)
        )
    if channel == VIGILANCE:
        return (
            p.encounters.friction_restriction * unit.restrictiveness_event
            + p.encounters.friction_vigilance * staff[q.target].vigilance_event
        )
    return 0.0


@kernel
def excess(
    channel: i8, q: Quarrel, r: Resident, unit: Unit, staff: Staff, bonds: Bonds, part: i8, p: Parameters
) -> f8:
    """Return the share of the hazard that would be missing without one channel's event-driven part."""
    gone = heat_of(r, p) - without(channel, r, p) + setting_factor(channel, q, r, unit, staff, bonds, part, p)
    return 1.0 - math.exp(-gone) if gone > 0.0 else 0.0


@kernel
def channel_days(channel: i8, p: Parameters) -> f8:
    """Return the time constant with which impulses of a channel are remembered."""
    if channel == RETALIATION:
        return p.tension.anger_days
    if channel == CONTAGION:
        return p.tension.arousal_days
    if channel == BACKLASH:
        return p.coercion.grievance_days
    return p.coercion.vigilance_days


@kernel
def past_event(
    channel: i8,
    r: Resident,
    unit_row: i8,
    units: Units,
    places: Places,
    memories: Memories,
    part: i8,
    u: f8,
    p: Parameters,
) -> i8:
    """Return the past event behind a channel: from the person's memory, else the unit's, else the site's."""
    days = channel_days(channel, p)
    place_blocks = places.shape[0] * PLACE_MEMORY
    unit_blocks = units.shape[0] * UNIT_MEMORY
    first = r.place * PLACE_MEMORY
    total = remembered(memories, first, PLACE_MEMORY, part, channel, days)
    if total > 0.0:
        return recall(memories, first, PLACE_MEMORY, part, channel, days, u * total)
    first = place_blocks + unit_row * UNIT_MEMORY
    total = remembered(memories, first, UNIT_MEMORY, part, channel, days)
    if total > 0.0:
        return recall(memories, first, UNIT_MEMORY, part, channel, days, u * total)
    first = place_blocks + unit_blocks + units[unit_row].site * SITE_MEMORY
    total = remembered(memories, first, SITE_MEMORY, part, channel, days)
    if total > 0.0:
        return recall(memories, first, SITE_MEMORY, part, channel, days, u * total)
    return 0


@kernel
def attribute(
    row: i8,
    q: Quarrel,
    r: Resident,
    units: Units,
    places: Places,
    staff: Staff,
    bonds: Bonds,
    memories: Memories,
    ledger: Ledger,
    part: i8,
    seed: u8,
    p: Parameters,
) -> None:
    """Draw the channel and the cause of a new incident and write them down."""
    unit = units[r.unit]
    event = ledger[row]
    event.channel = BACKGROUND
    event.cause = 0
    total = 0.0
    for channel in range(RETALIATION, VIGILANCE + 1):
        total += excess(channel, q, r, unit, staff, bonds, part, p)
    if total <= 0.0:
        return
    left = streams.draw(seed, streams.CAUSE, part, r.key, streams.NOBODY, q.setting) * max(1.0, total)
    for channel in range(RETALIATION, VIGILANCE + 1):
        left -= excess(channel, q, r, unit, staff, bonds, part, p)
        if left < 0.0:
            u = streams.draw(seed, streams.CAUSE_EVENT, part, r.key, streams.NOBODY, q.setting)
            event.cause = past_event(channel, r, r.unit, units, places, memories, part, u, p)
            event.channel = channel if event.cause > 0 else BACKGROUND
            return


@kernel
def kind_between_residents(heat: f8, u: f8, p: Parameters) -> i8:
    """Return the kind of a quarrel between residents that was not settled, at quantile ``u``."""
    physical = logistic(p.conflict.violent + p.conflict.violent_state * heat)
    if u < physical:
        return SERIOUS if u < physical * p.conflict.serious else PHYSICAL
    rest = (u - physical) / (1.0 - physical)
    return THREAT if rest < p.conflict.threat else VERBAL


@kernel
def kind_with_staff(heat: f8, check: i8, u: f8, p: Parameters) -> i8:
    """Return the kind of an incident with staff that was not settled, at quantile ``u``."""
    physical = logistic(p.conflict.violent_staff + p.conflict.violent_state * heat)
    if u < physical:
        return SERIOUS if u < physical * p.conflict.serious else PHYSICAL
    rest = (u - physical) / (1.0 - physical)
    if rest < p.conflict.threat_staff:
        return THREAT
    rest = (rest - p.conflict.threat_staff) / max(1e-9, 1.0 - p.conflict.threat_staff)
    return REFUSAL if check == 1 and rest < p.conflict.refusal_check else VERBAL


@kernel
def severity_of(kind: i8) -> i8:
    """Return the severity of a kind of incident: 1 minor, 2 threat, 3 physical, 4 serious."""
    if kind == SERIOUS or kind == ESCAPE:
        return 4
    if kind == PHYSICAL:
        return 3
    if kind == THREAT:
        return 2
    return 1


@kernel
def resolve(
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    duties: Duties,
    staff: Staff,
    bonds: Bonds,
    quarrels: Quarrels,
    quarrel_list: Entries,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let every quarrel of the day-part be settled with words or become an incident."""
    seed = control[0].seed
    for n in range(control[0].quarrel_count):
        q = quarrels[quarrel_list[n].place]
        r = residents[q.actor]
        unit = units[r.unit]
        between = 1 if q.setting == SETTING_RESIDENTS else 0
        who = streams.draw(seed, streams.OFFICER, part, r.key, streams.NOBODY, between)
        duty = officer_near(unit, duties, who)
        officer = duties[duty].staff if duty >= 0 else -1
        post = duties[duty].post if duty >= 0 else -1
        near = 1.0
        if between == 1:
            near = unit.near if q.location != CELL else 0.0
            if q.location == ACTIVITY:
                near = near + (1.0 - near) * p.conflict.activity_watch
        else:
            officer = q.target
            post = q.post
        settled = 0
        if officer >= 0:
            bond = bonds[bond_of(r, unit, post)]
            familiar = familiarity_now(bond, part, p)
            allied = alliance_now(bond, part, p)
            chance = near * settle_chance(staff[officer], familiar, allied, p)
            if streams.draw(seed, streams.DEFUSE, part, r.key, streams.NOBODY, between) < chance:
                settled = 1
        u = streams.draw(seed, streams.KIND, part, r.key, streams.NOBODY, between)
        if settled == 1:
            kind = DEFUSED
        elif between == 1:
            kind = kind_between_residents(heat_of(r, p), u, p)
        else:
            kind = kind_with_staff(heat_of(r, p), 1 if q.setting == SETTING_CHECK else 0, u, p)
        row = append(ledger, control, part, kind, r.unit, q.location)
        event = ledger[row]
        event.actor = q.actor
        event.officer = officer
        event.against_staff = 1 - between
        if between == 1:
            event.target = q.target
        else:
            event.staff = q.target
        attribute(row, q, r, units, places, staff, bonds, memories, ledger, part, seed, p)
        if settled == 1:
            event.seen = 1
            event.answer = TALK
            staff[officer].day_solved += 1
        else:
            event.severity = severity_of(kind)
            r.incidents += control[0].recording


@kernel
def opportunity_alone(hours_out: f8, part: i8, p: Parameters) -> f8:
    """Return the opportunity for acts alone in a day-part, against being out of cell throughout."""
    opportunity = p.conflict.alone_locked + (1.0 - p.conflict.alone_locked) * hours_out / PART_HOURS
    return opportunity * p.conflict.asleep if part % PARTS == NIGHT else opportunity


@kernel
def kind_alone(u: f8, damage: f8, smuggling: f8, refusal: f8) -> i8:
    """Return the kind of an act alone at ``u``, laid along the rates of the kinds."""
    if u < damage:
        return DAMAGE
    if u < damage + smuggling:
        return CONTRABAND
    return REFUSAL if u < damage + smuggling + refusal else ESCAPE


@kernel
def act_alone(
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    duties: Duties,
    staff: Staff,
    bonds: Bonds,
    quarrels: Quarrels,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let residents commit damage, contraband, refusal or an attempt to escape."""
    seed = control[0].seed
    base = streams.stream(seed, streams.SOLITARY, part)
    share = 1.0 / (DAYS_PER_YEAR * PARTS)
    damage = p.conflict.damage_rate * share
    smuggling = p.conflict.contraband_rate * share * math.exp(-p.conflict.rules_stop * p.security.procedural)
    refusal = p.conflict.refusal_rate * share
    escape = p.conflict.escape_rate * share
    for k in range(units.shape[0]):
        unit = units[k]
        # What walls are for: the static security of the site as it stands now.
        total = damage + smuggling + refusal + escape * math.exp(-p.conflict.static_stops * unit.static)
        for i in range(unit.place_first, unit.place_end):
            row_r = places[i].resident
            if row_r < 0:
                continue
            r = residents[row_r]
            if r.leave_until > part:
                continue
            u = streams.uniform(streams.with_counterpart(streams.of_person(base, r.key), streams.NOBODY, 0))
            heat = r.propensity * opportunity_alone(r.hours_out, part, p)
            if u >= total * heat:
                continue
            kind = kind_alone(u / heat, damage, smuggling, refusal)
            row = append(ledger, control, part, kind, k, COMMON_ROOM if r.hours_out > 0.0 else CELL)
            event = ledger[row]
            event.actor = row_r
            event.severity = severity_of(kind)
            who = streams.draw(seed, streams.OFFICER, part, r.key, streams.NOBODY, 2)
            duty = officer_near(unit, duties, who)
            event.officer = duties[duty].staff if duty >= 0 else -1
            r.incidents += control[0].recording
            # An act alone has no counterpart: attribute it through the person's own state.
            alone = quarrels[quarrels.shape[0] - 1]
            alone.setting = SETTING_ALONE
            alone.post = -1
            alone.enmity = 0.0
            alone.grudge = 0.0
            attribute(row, alone, r, units, places, staff, bonds, memories, ledger, part, seed, p)
