"""The aggression-coercion cycle: vigilance, restrictiveness, and what coercion leaves behind.

Incidents and reliance on static and procedural means raise the vigilance of staff; vigilance raises
restrictiveness (a slow state of a unit that rises and falls at its own two speeds); both reach
residents through autonomy, contact and answers.  Coercion takes a person out for a while, then leaves
grievance, a breach of alliance and less autonomy, or deterrence: which of the two depends on how fair
it felt (Yasrebi-de Kom et al. 2021).  Grave incidents ratchet the static security of a site.

Source of the cycle: Goren, Singh & Best 1993; Armytage & Ogloff 2017.  Its strength is contested, so
every gain is a parameter marked ``feedback`` whose range includes 0.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    CONTAINMENT,
    ESCAPE,
    LAST_INCIDENT,
    LOSS_OF_PROGRAMME,
    PLACE_MEMORY,
    SANCTION,
    SERIOUS,
    SITE_MEMORY,
    UNIT_MEMORY,
    VIGILANCE,
    aggrieve,
    remember,
)
from sim.reference import DOSE, EXHAUSTION, ORIENTATION, SECURITY, SKILL
from sim.reference import VIGILANCE as VIGILANCE_MIDDLING
from sim.registry import Mechanism, Section
from sim.relations import bond_of, fade_bond
from sim.rules import approach, bounded, per_head_or_count, rate_of, remaining
from sim.tables import (
    Bonds,
    ControlTable,
    Duties,
    Ledger,
    Memories,
    Parameters,
    Places,
    Posts,
    Residents,
    Sites,
    Staff,
    StaffMember,
    Ties,
    Unit,
    Units,
)

CYCLE = "Goren, Singh & Best 1993; Armytage & Ogloff 2017 (claim)"

# fmt: off
declare = Section("coercion")
declare("vigilance_resting", 0.10, "0-1", (0, 1), (0.05, 0.2), "vigilance of staff without incidents at middling security", "assumption")
declare("vigilance_reliance", 0.12, "per unit of security above middling", (-0.5, 1), (0, 0.3), "how reliance on static and procedural means raises resting vigilance", CYCLE, "C", "assumed")
declare("vigilance_days", 40, "days", (1, 1000), (20, 90), "time constant of vigilance", "assumption")
declare("vigilance_on_duty", 0.04, "share of what is left", (0, 1), (0.01, 0.08), "vigilance after a grave incident on one's shift", "assumption", feedback=True)
declare("vigilance_victim", 0.18, "share of what is left", (0, 1), (0.08, 0.3), "vigilance after violence against oneself", "assumption", feedback=True)
declare("vigilance_news", 0.004, "share of what is left", (0, 1), (0, 0.015), "vigilance of staff on a site that hears of a grave incident, at reference size", "structural choice, unidentified", "D", "assumed", feedback=True)
declare("restriction_base", 0.24, "0-1", (0, 1), (0.12, 0.34), "restrictiveness of practice without any security reason", "assumption")
declare("restriction_static", 0.178, "per unit", (0, 1), (0.1, 0.35), "static security felt as restriction", "assumption")
declare("restriction_rules", 0.175, "per unit", (0, 1), (0.08, 0.28), "rules on paper felt as restriction", "assumption")
declare("restriction_orientation", 0.20, "per unit", (0, 1), (0.1, 0.4), "connecting teams restrict less", "Molleman & Leeuw 2012 (direction)", "B", "abstract")
declare("restriction_vigilance", 0.65, "per unit", (0, 3), (0, 1.2), "vigilant teams restrict more", CYCLE, "C", "assumed", feedback=True)
declare("restriction_rise_days", 30, "days", (1, 1000), (7, 90), "time constant of restrictiveness when it rises", "assumption; equal speeds are the null")
declare("restriction_fall_days", 60, "days", (1, 1000), (30, 240), "time constant of restrictiveness when it falls", "assumption; equal speeds are the null")
declare("ratchet_impulse", 0.05, "share of what is left", (0, 1), (0, 0.2), "static security added after a grave incident, at reference size", "a detention house after an escape (press 2022)", "C", "assumed", feedback=True)
declare("ratchet_days", 300, "days", (1, 10000), (150, 900), "time constant with which added security relaxes", "assumption")
declare("cancelled_days", 1, "days", (0, 30), (0, 3), "activities cancelled on the unit after a grave incident", "assumption", feedback=True)
declare("grievance_impulse", 0.5, "share of what is left", (0, 1), (0, 0.9), "grievance after wholly unfair coercion (falls with the square of fairness)", "Yasrebi-de Kom et al. 2021 (direction)", "B", "abstract", feedback=True)
declare("deterrence_impulse", 0.4, "share of what is left", (0, 1), (0, 0.9), "deterrence after wholly fair coercion (grows with the square of fairness)", "Yasrebi-de Kom et al. 2021 (direction)", "B", "abstract", feedback=True)
declare("grievance_days", 50, "days", (1, 1000), (20, 90), "time constant of grievance", "assumption")
declare("deterrence_days", 60, "days", (1, 1000), (10, 240), "time constant of deterrence", "assumption")
declare("breach_impulse", 0.35, "share of what is left", (0, 1), (0.1, 0.6), "breach of alliance with the officer after unfair coercion", "assumption", "D", "assumed", feedback=True)
declare("autonomy_impulse", 0.12, "share of what is there", (0, 1), (0.02, 0.5), "autonomy lost to coercion", "van der Helm et al. 2024: repression and autonomy", "C", "abstract", feedback=True)
declare("trauma_weight", 0.6, "share", (0, 2), (0, 1.5), "more grievance for residents with a history of trauma", "assumption")
declare("witness_share", 0.1, "share", (0, 1), (0, 0.3), "grievance of a resident who sees coercion, against the person's own", "assumption", "D", "assumed", feedback=True)
declare("fairness_quality", 0.5, "weight", (0, 1), (0.3, 0.7), "weight of how it was done against how fairly one is treated in general", "assumption")
declare("fairness_base", 0.45, "0-1", (0, 1), (0.2, 0.5), "fairness of how a middling officer carries out coercion", "assumption")
declare("culture_sd", 0.148, "0-1", (0, 0.3), (0.03, 0.16), "how far units differ from the start in how controlling they are", "Molleman & Leeuw 2012: 173 units differ considerably", "B", "abstract")
declare("loss_weight", 0.5, "share", (0, 1), (0.2, 0.8), "what loss of programme leaves behind against confinement or containment", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="coercion",
    title="The aggression-coercion cycle",
    theory="Aggression-coercion cycle; legitimacy moderates deterrence",
    source="Goren, Singh & Best 1993; Armytage & Ogloff 2017; Yasrebi-de Kom et al. 2021",
    reads=(
        "ledger.*",
        "staff.*",
        "posts.staff",
        "units.*",
        "sites.*",
        "places.*",
        "duties.*",
        "residents.justice",
        "residents.trauma",
        "residents.hours_out",
        "ties.*",
    ),
    writes=(
        "ledger.fairness",
        "staff.vigilance",
        "staff.vigilance_event",
        "staff.keep_vigilance",
        "staff.keep_exhaustion",
        "units.vigilance",
        "units.vigilance_event",
        "units.restrictiveness",
        "units.restrictiveness_event",
        "units.static",
        "units.cancelled_until",
        "units.memory",
        "sites.ratchet",
        "sites.keep_news",
        "sites.memory",
        "places.memory",
        "memories.*",
        "bonds.*",
        "residents.touched",
        "residents.keep_grievance",
        "residents.keep_deterrence",
        "residents.keep_autonomy",
    ),
    neutral="vigilance and restrictiveness stay at their resting level; coercion leaves nothing behind, and incidents and coercion do not exhaust staff",
    parameters=declare.parameters,
)


@kernel
def resting_vigilance(p: Parameters) -> f8:
    """Return the vigilance of staff that security policy alone brings about."""
    reliance = 0.5 * (p.security.static + p.security.procedural) - SECURITY
    return bounded(p.coercion.vigilance_resting + p.coercion.vigilance_reliance * reliance, 0.01, 0.9)


@kernel
def resting_restriction(orientation: f8, culture: f8, p: Parameters) -> f8:
    """Return the restrictiveness of a unit without event-driven vigilance or ratchet."""
    return bounded(
        p.coercion.restriction_base
        + p.coercion.restriction_static * p.security.static
        + p.coercion.restriction_rules * p.security.procedural
        - p.coercion.restriction_orientation * (orientation - ORIENTATION)
        + culture
        + p.coercion.restriction_vigilance * (resting_vigilance(p) - p.coercion.vigilance_resting),
        0.02,
        0.9,
    )


@kernel
def manner_of(s: StaffMember, p: Parameters) -> f8:
    """Return how fair it is to be coerced by this officer; a middling one, or nobody known, is the base.

    The same qualities that make a contact good make coercion bearable.
    """
    return bounded(
        p.coercion.fairness_base
        + p.alliance.quality_orientation * (s.orientation - ORIENTATION)
        + p.alliance.quality_skill * (s.skill - SKILL)
        + p.alliance.quality_attitude * (p.security.attitude - DOSE)
        - p.alliance.quality_vigilance * (s.vigilance - VIGILANCE_MIDDLING)
        - p.alliance.quality_exhaustion * (s.exhaustion - EXHAUSTION),
        0.0,
        1.0,
    )


@kernel
def fairness_of(felt: f8, manner: f8, p: Parameters) -> f8:
    """Return how fair coercion feels: ``felt`` justice in general, and the manner of this act."""
    weight = p.coercion.fairness_quality
    return bounded((1.0 - weight) * felt + weight * manner, 0.0, 1.0)


@kernel
def reasons_in_manner(reasons: i8, justice: i8, p: Parameters) -> f8:
    """Return what an explanation adds to the manner of coercion; 0 with procedural justice switched off."""
    if justice == 0:
        return 0.0
    return p.justice.explained if reasons == 1 else -p.justice.unexplained


@kernel
def leave_marks(
    row: i8,
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    staff: Staff,
    bonds: Bonds,
    ties: Ties,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    justice: i8,
    p: Parameters,
) -> None:
    """Let one act of coercion work on the person it was done to and on those who saw it."""
    event = ledger[row]
    r = residents[event.target]
    unit = units[r.unit]
    manner = p.coercion.fairness_base
    if event.officer >= 0:
        manner = manner_of(staff[event.officer], p)
    manner = bounded(manner + reasons_in_manner(event.reasons, justice, p), 0.0, 1.0)
    fairness = fairness_of(r.justice, manner, p)
    event.fairness = fairness
    size = p.coercion.loss_weight if event.sanction == LOSS_OF_PROGRAMME else 1.0
    unfair = size * (1.0 - fairness) * (1.0 - fairness) * (1.0 + p.coercion.trauma_weight * r.trauma)
    aggrieve(r, r.place, event.event, part, p.coercion.grievance_impulse * unfair, places, memories)
    r.touched = 1
    r.keep_deterrence *= remaining(p.coercion.deterrence_impulse * size * fairness * fairness)
    r.keep_autonomy *= remaining(p.coercion.autonomy_impulse * size)
    if event.officer >= 0:
        bond = bonds[bond_of(r, unit, staff[event.officer].post)]
        fade_bond(bond, part, p)
        bond.breach = approach(bond.breach, 1.0, bounded(p.coercion.breach_impulse * unfair, 0.0, 1.0))
    if unit.out < 2 or p.coercion.witness_share <= 0.0:
        return
    seen_by = p.tension.witness_chance
    seen_by *= per_head_or_count(float(unit.out), p.coupling.reference_size, p.coupling.witnesses)
    size_of_block = unit.place_end - unit.place_first
    for i in range(unit.place_first, unit.place_end):
        other_row = places[i].resident
        if other_row < 0 or other_row == event.target:
            continue
        other = residents[other_row]
        if other.hours_out <= 0.0:
            continue
        if streams.draw(control[0].seed, streams.WITNESS, part, r.key, other.key, 1) >= seen_by:
            continue
        low = min(i, r.place) - unit.place_first
        high = max(i, r.place) - unit.place_first
        liking = max(0.0, ties[unit.tie_first + low * size_of_block + high].tie)
        share = p.coercion.witness_share * (0.5 + liking)
        aggrieve(other, i, event.event, part, p.coercion.grievance_impulse * share * unfair, places, memories)


@kernel
def alarm(
    row: i8,
    units: Units,
    sites: Sites,
    places: Places,
    staff: Staff,
    duties: Duties,
    memories: Memories,
    part: i8,
    ledger: Ledger,
    p: Parameters,
) -> None:
    """Let a seen incident put staff on guard, and a grave one change the site."""
    event = ledger[row]
    unit_row = event.unit
    unit = units[unit_row]
    site = sites[unit.site]
    grave = event.severity / 4.0
    # How many colleagues one incident puts on guard is a coupling: by count, a large team hears of more.
    present = float(unit.present)
    impulse = p.coercion.vigilance_on_duty * grave
    impulse *= per_head_or_count(present, p.coupling.reference_size, p.coupling.witnesses)
    witnessed = p.strain.incident_impulse * grave
    witnessed *= per_head_or_count(present, p.coupling.reference_size, p.coupling.witnesses)
    for d in range(unit.duty_first, unit.duty_first + unit.duty_count):
        s = staff[duties[d].staff]
        s.keep_vigilance *= remaining(impulse)
        s.keep_exhaustion *= remaining(witnessed)
    if event.staff >= 0 and event.severity >= 3:
        staff[event.staff].keep_vigilance *= remaining(p.coercion.vigilance_victim * grave)
        staff[event.staff].keep_exhaustion *= remaining(p.strain.victim_impulse * grave)
    hearsay = p.coercion.vigilance_news * grave
    hearsay *= per_head_or_count(float(site.present), p.coupling.reference_size, p.coupling.news)
    site.keep_news *= remaining(hearsay)
    unit_block = places.shape[0] * PLACE_MEMORY
    if impulse > 0.0:
        unit.memory = remember(
            memories,
            unit_block + unit_row * UNIT_MEMORY,
            UNIT_MEMORY,
            unit.memory,
            event.event,
            part,
            VIGILANCE,
            bounded(impulse, 0.0, 1.0),
        )
    site_block = unit_block + units.shape[0] * UNIT_MEMORY
    ratchet = 0.0
    if event.kind == SERIOUS or event.kind == ESCAPE:
        ratchet = p.coercion.ratchet_impulse
        ratchet *= per_head_or_count(float(site.present), p.coupling.reference_size, p.coupling.ratchet)
        site.ratchet = approach(site.ratchet, 1.0 - p.security.static, bounded(ratchet, 0.0, 1.0))
        cancelled = p.coercion.cancelled_days * PARTS
        cancelled *= per_head_or_count(present, p.coupling.reference_size, p.coupling.ratchet)
        unit.cancelled_until = max(unit.cancelled_until, part + 1 + int(cancelled + 0.5))
    if hearsay + ratchet > 0.0:
        site.memory = remember(
            memories,
            site_block + unit.site * SITE_MEMORY,
            SITE_MEMORY,
            site.memory,
            event.event,
            part,
            VIGILANCE,
            bounded(hearsay + ratchet, 0.0, 1.0),
        )


@kernel
def turn_cycle(
    first: i8,
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    sites: Sites,
    staff: Staff,
    bonds: Bonds,
    ties: Ties,
    duties: Duties,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    justice: i8,
    p: Parameters,
) -> None:
    """Let the events since row ``first`` work on: coercion on residents, incidents on staff.

    ``justice`` says whether procedural justice is on: then it counts whether coercion was explained.
    """
    for row in range(first, control[0].event_count):
        event = ledger[row]
        if event.kind == CONTAINMENT or event.kind == SANCTION:
            leave_marks(
                row,
                part,
                residents,
                places,
                units,
                staff,
                bonds,
                ties,
                memories,
                ledger,
                control,
                justice,
                p,
            )
            if event.officer >= 0:
                staff[event.officer].keep_exhaustion *= remaining(p.strain.coercion_impulse)
        elif event.kind <= LAST_INCIDENT and event.seen == 1:
            alarm(row, units, sites, places, staff, duties, memories, part, ledger, p)


@kernel
def mix_pools(units: Units, p: Parameters) -> None:
    """Let a unit that is served by a pool feel the vigilance of the pool, by the pooled share."""
    if p.staffing.rotation_cluster <= 1.0:
        return
    first = 0
    while first < units.shape[0]:
        end = units[first].pool_end
        mean = 0.0
        for u in range(first, end):
            mean += units[u].vigilance_event
        mean /= end - first
        for u in range(first, end):
            units[u].vigilance_event = approach(units[u].vigilance_event, mean, p.staffing.rotation_share)
        first = end


@kernel
def staff_vigilance(posts: Posts, units: Units, sites: Sites, staff: Staff, on: i8, p: Parameters) -> None:
    """Move the vigilance of staff by one day, and sum it up for the units they serve."""
    kept = math.exp(-1.0 / p.coercion.vigilance_days)
    resting = resting_vigilance(p)
    for u in range(units.shape[0]):
        unit = units[u]
        mean = 0.0
        number = 0
        for i in range(unit.post_first, unit.post_end):
            if posts[i].staff < 0:
                continue
            s = staff[posts[i].staff]
            if on == 1:
                s.vigilance_event = (
                    1.0 - (1.0 - s.vigilance_event * kept) * s.keep_vigilance * sites[unit.site].keep_news
                )
            else:
                s.vigilance_event = 0.0
            s.vigilance = 1.0 - (1.0 - resting) * (1.0 - s.vigilance_event)
            mean += s.vigilance_event
            number += 1
        unit.vigilance_event = mean / number if number > 0 else 0.0
    mix_pools(units, p)
    for u in range(units.shape[0]):
        units[u].vigilance = 1.0 - (1.0 - resting) * (1.0 - units[u].vigilance_event)


@kernel
def mean_orientation(unit: Unit, posts: Posts, staff: Staff) -> f8:
    """Return the mean orientation of a unit's own team."""
    total = 0.0
    number = 0
    for i in range(unit.post_first, unit.post_end):
        if posts[i].staff >= 0:
            total += staff[posts[i].staff].orientation
            number += 1
    return total / number if number > 0 else ORIENTATION


@kernel
def restriction_day(posts: Posts, units: Units, sites: Sites, staff: Staff, on: i8, p: Parameters) -> None:
    """Move the restrictiveness of every unit by one day."""
    rise = rate_of(p.coercion.restriction_rise_days)
    fall = rate_of(p.coercion.restriction_fall_days)
    resting = resting_vigilance(p)
    for u in range(units.shape[0]):
        unit = units[u]
        base = resting_restriction(mean_orientation(unit, posts, staff), unit.culture, p)
        events = 0.0
        if on == 1:
            above = unit.vigilance - resting
            events = (
                p.coercion.restriction_vigilance * above
                + p.coercion.restriction_static * sites[unit.site].ratchet
            )
            # The lower bound is for rounding: vigilance does not fall below its rest.
            events = bounded(events, 0.0, 0.98 - base)
        speed = rise if base + events > unit.restrictiveness else fall
        unit.restrictiveness = approach(unit.restrictiveness, base + events, speed)
        unit.restrictiveness_event = approach(unit.restrictiveness_event, events, speed)


@kernel
def coercion_day(posts: Posts, units: Units, sites: Sites, staff: Staff, on: i8, p: Parameters) -> None:
    """Move vigilance, restrictiveness and the ratchet by one day."""
    staff_vigilance(posts, units, sites, staff, on, p)
    restriction_day(posts, units, sites, staff, on, p)
    for u in range(units.shape[0]):
        units[u].static = min(1.0, p.security.static + sites[units[u].site].ratchet)
    for k in range(sites.shape[0]):
        sites[k].ratchet *= math.exp(-1.0 / p.coercion.ratchet_days)
        sites[k].keep_news = 1.0
