"""Tension and contagion: where tension comes from, what incidents stir up, and how both subside.

Tension moves towards a level set by frustrated needs, boredom, crowding, distress nearby and the
strain of not having settled; it is passed on in meetings in both directions (calm spreads as well).
Incidents leave anger and fear in victims, a grudge between the two, and arousal in those who saw it;
arousal is a fast state of its own, so that it can be told apart.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    CONTAGION,
    LAST_INCIDENT,
    PLACE_MEMORY,
    RETALIATION,
    UNIT_MEMORY,
    remember,
)
from sim.reference import SECURITY
from sim.registry import Mechanism, Section
from sim.relations import fade_tie, tie_index
from sim.rules import approach, bounded, per_head_or_count, rate_of, remaining
from sim.tables import (
    ControlTable,
    Edges,
    Ledger,
    Memories,
    Parameters,
    Places,
    Resident,
    Residents,
    Ties,
    Units,
)

NEEDS = "van der Helm et al. 2018, 2024: autonomy strongest (direction)"

# fmt: off
declare = Section("tension")
declare("baseline", 0.4, "0-1", (0, 1), (0.3, 0.5), "tension on entry, and with the mechanism off", "assumption")
declare("floor", 0.05, "0-1", (0, 1), (0, 0.15), "tension of a contented person", "assumption")
declare("tension_days", 2, "days", (0.25, 60), (1, 4), "time constant of tension", "assumption")
declare("autonomy", 0.34, "per unit of frustration", (0, 1), (0.2, 0.5), "tension from thwarted autonomy", NEEDS, "B", "abstract")
declare("competence", 0.10, "per unit of frustration", (0, 1), (0.05, 0.2), "tension from thwarted competence", NEEDS, "B", "abstract")
declare("relatedness", 0.20, "per unit of frustration", (0, 1), (0.1, 0.35), "tension from thwarted relatedness", NEEDS, "B", "abstract")
declare("boredom", 0.12, "per unit", (0, 1), (0.05, 0.2), "tension from boredom", "ENAP material on dynamic security: lack of activities raises tension", "C", "assumed")
declare("crowding", 0.10, "per unit", (0, 1), (0.03, 0.2), "tension of a resident in a cell for two, in full", "ENAP material on dynamic security: promiscuity and aggression", "C", "assumed")
declare("distress_nearby", 0.10, "per unit", (0, 1), (0, 0.25), "tension from mean distress on the unit", "ENAP material on dynamic security: living with people in mental trouble", "C", "assumed")
declare("unsettled", 0.10, "per unit", (0, 1), (0.03, 0.2), "tension of a newcomer who has not settled", "US cohorts: misconduct is highest early", "C", "recalled")
declare("remand", 0.04, "0-1", (0, 1), (0, 0.1), "tension from uncertainty while awaiting judgment", "Arbach-Lucioni et al. 2012 (direction)", "B", "abstract")
declare("adjustment_days", 30, "days", (1, 400), (14, 60), "time constant of settling in, without help", "assumption")
declare("adjustment_help", 0.5, "share per unit of support", (0, 3), (0.2, 1), "how support by staff and company speeds settling in", "Beijersbergen et al. 2014 (direction)", "B", "abstract")
declare("arousal_days", 1, "days", (0.25, 30), (0.5, 2), "time constant of arousal", "assumption")
declare("witness_chance", 0.35, "chance", (0, 1), (0.15, 0.6), "that a resident who is out on the unit sees an incident, in a group of reference size", "structural choice, unidentified")
declare("witness_arousal", 0.10, "share of what is left", (0, 1), (0.03, 0.25), "arousal after seeing a physical assault", "emotional contagion", "C", "assumed", feedback=True)
declare("witness_fear", 0.02, "share of what is left", (0, 1), (0, 0.05), "fear after seeing a physical assault", "assumption", "D", "assumed", feedback=True)
declare("victim_anger", 0.35, "share of what is left", (0, 1), (0.15, 0.6), "anger after being assaulted physically", "Beijersbergen et al. 2015 (anger mediates)", "B", "abstract", feedback=True)
declare("victim_fear", 0.25, "share of what is left", (0, 1), (0.1, 0.5), "fear after being assaulted physically", "Wolff & Shi 2009 (direction)", "B", "abstract", feedback=True)
declare("victim_grudge", 0.40, "share of what is left", (0, 1), (0.1, 0.7), "grudge between two people after a physical assault", "assumption", "D", "assumed", feedback=True)
declare("tie_loss", 0.30, "share", (0, 1), (0.1, 0.6), "liking lost between two people after a physical assault", "assumption", "D", "assumed", feedback=True)
declare("anger_days", 16, "days", (1, 400), (8, 30), "time constant of anger", "assumption")
declare("fear_days", 25, "days", (1, 400), (14, 60), "time constant of fear", "assumption")
declare("fear_resting", 0.12, "0-1", (0, 1), (0.05, 0.25), "fear without incidents, before familiar faces", "assumption")
declare("fear_familiar", 0.08, "per unit of familiarity", (0, 1), (0, 0.15), "fear that being known by staff takes away", "European guidelines for relational security 2023", "C", "assumed")
declare("fear_barriers", 0.05, "per unit of static security", (0, 0.5), (0, 0.12), "fear that walls, doors and cameras take away", "Souverein et al. 2023: all three dimensions must be in place", "C", "assumed")
declare("weight_minor", 0.25, "against a physical assault", (0, 2), (0.1, 0.45), "what a minor incident stirs up", "assumption")
declare("weight_threat", 0.5, "against a physical assault", (0, 2), (0.3, 0.8), "what a threat stirs up", "assumption")
declare("weight_serious", 1.5, "against a physical assault", (0, 4), (1.1, 2.5), "what a serious assault stirs up", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="tension",
    title="Tension and contagion",
    theory="Frustration-aggression; emotional contagion; grudges",
    source="Beijersbergen et al. 2014, 2015; van der Helm et al. 2018",
    reads=(
        "residents.*",
        "ledger.*",
        "units.*",
        "edges.*",
        "places.*",
        "control.*",
    ),
    writes=(
        "residents.tension",
        "residents.tension_target",
        "residents.arousal",
        "residents.anger",
        "residents.grievance",
        "residents.deterrence",
        "residents.fear",
        "residents.adjustment",
        "residents.autonomy",
        "residents.thwarted_by_coercion",
        "residents.tension_from_restriction",
        "residents.tension_from_coercion",
        "residents.exchange_tension",
        "residents.exchange_arousal",
        "residents.touched",
        "residents.keep_*",
        "ties.*",
        "memories.*",
        "places.memory",
        "units.memory",
    ),
    neutral="tension stays at its baseline, fear and adjustment as on entry; incidents and coercion leave no arousal, anger, fear, grudge, grievance, deterrence or loss of autonomy",
    parameters=declare.parameters,
)


@kernel
def weight_of(severity: i8, p: Parameters) -> f8:
    """Return how much an incident stirs up, against a physical assault (severity 3)."""
    if severity >= 4:
        return p.tension.weight_serious
    if severity == 3:
        return 1.0
    return p.tension.weight_threat if severity == 2 else p.tension.weight_minor


@kernel
def hurt(
    row: i8,
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    memories: Memories,
    ledger: Ledger,
    p: Parameters,
) -> None:
    """Leave anger, fear and a grudge in the victim of an incident between residents."""
    event = ledger[row]
    victim = residents[event.target]
    actor = residents[event.actor]
    weight = weight_of(event.severity, p)
    anger = bounded(p.tension.victim_anger * weight, 0.0, 1.0)
    victim.touched = 1
    victim.keep_anger *= remaining(anger)
    victim.keep_fear *= remaining(p.tension.victim_fear * weight)
    grudge = bounded(p.tension.victim_grudge * weight, 0.0, 1.0)
    if anger + grudge > 0.0:
        for who in range(2):
            place = victim.place if who == 0 else actor.place
            places[place].memory = remember(
                memories,
                place * PLACE_MEMORY,
                PLACE_MEMORY,
                places[place].memory,
                event.event,
                part,
                RETALIATION,
                max(anger, grudge) if who == 0 else grudge,
            )
    index = tie_index(actor.place, victim.place, actor.unit, victim.unit, units, edges)
    if index >= 0:
        tie = ties[index]
        fade_tie(tie, part, p)
        tie.grudge = approach(tie.grudge, 1.0, grudge)
        tie.tie = approach(tie.tie, -1.0, bounded(p.tension.tie_loss * weight, 0.0, 1.0))


@kernel
def stir(
    row: i8,
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Leave arousal and fear in the residents who saw an incident."""
    event = ledger[row]
    actor = residents[event.actor]
    unit = units[event.unit]
    weight = weight_of(event.severity, p)
    arousal = bounded(p.tension.witness_arousal * weight, 0.0, 1.0)
    seen_by = p.tension.witness_chance
    seen_by *= per_head_or_count(float(unit.out), p.coupling.reference_size, p.coupling.witnesses)
    if arousal > 0.0:
        block = places.shape[0] * PLACE_MEMORY + event.unit * UNIT_MEMORY
        unit.memory = remember(
            memories, block, UNIT_MEMORY, unit.memory, event.event, part, CONTAGION, arousal
        )
    base = streams.of_person(streams.stream(control[0].seed, streams.WITNESS, part), actor.key)
    for i in range(unit.place_first, unit.place_end):
        row_w = places[i].resident
        if row_w < 0 or row_w == event.actor or row_w == event.target:
            continue
        witness = residents[row_w]
        if witness.hours_out <= 0.0:
            continue
        if streams.uniform(streams.with_counterpart(base, witness.key, 0)) >= seen_by:
            continue
        witness.touched = 1
        witness.keep_arousal *= remaining(arousal)
        witness.keep_fear *= remaining(p.tension.witness_fear * weight)
        if arousal > 0.0:
            places[i].memory = remember(
                memories,
                i * PLACE_MEMORY,
                PLACE_MEMORY,
                places[i].memory,
                event.event,
                part,
                CONTAGION,
                arousal,
            )


@kernel
def spread(
    first: i8,
    part: i8,
    residents: Residents,
    places: Places,
    units: Units,
    edges: Edges,
    ties: Ties,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let the incidents written down since row ``first`` work on victims and witnesses."""
    for row in range(first, control[0].event_count):
        event = ledger[row]
        if event.kind > LAST_INCIDENT or event.severity == 0:
            continue
        if event.target >= 0:
            hurt(row, part, residents, places, units, edges, ties, memories, ledger, p)
        if event.place != 0 and event.kind <= 5:
            stir(row, part, residents, places, units, memories, ledger, control, p)


@kernel
def kept_within(value: f8, shift: f8) -> f8:
    """Return ``value`` after a shift that may use at most half of the way to either bound."""
    return value + bounded(shift, -0.5 * value, 0.5 * (1.0 - value))


@kernel
def settle_one(r: Resident, tension_rate: f8, arousal_kept: f8, on: i8, p: Parameters) -> None:
    """Move tension and arousal of one resident by a day-part and apply what waited."""
    if on == 1:
        r.tension = kept_within(approach(r.tension, r.tension_target, tension_rate), r.exchange_tension)
        r.arousal = kept_within(r.arousal * arousal_kept, r.exchange_arousal)
    else:
        r.tension = p.tension.baseline
    r.exchange_tension = 0.0
    r.exchange_arousal = 0.0
    if r.touched == 0:
        return
    if on == 1:
        r.arousal = 1.0 - (1.0 - r.arousal) * r.keep_arousal
        r.anger = 1.0 - (1.0 - r.anger) * r.keep_anger
        r.fear = 1.0 - (1.0 - r.fear) * r.keep_fear
        r.grievance = 1.0 - (1.0 - r.grievance) * r.keep_grievance
        r.deterrence = 1.0 - (1.0 - r.deterrence) * r.keep_deterrence
        lost = r.autonomy * (1.0 - r.keep_autonomy)
        r.autonomy -= lost
        r.thwarted_by_coercion = min(1.0, r.thwarted_by_coercion + lost)
    r.keep_arousal = 1.0
    r.keep_anger = 1.0
    r.keep_fear = 1.0
    r.keep_grievance = 1.0
    r.keep_deterrence = 1.0
    r.keep_autonomy = 1.0
    r.touched = 0


@kernel
def settle(residents: Residents, places: Places, on: i8, p: Parameters) -> None:
    """Move tension and arousal of everybody by a day-part and apply the impulses that wait."""
    tension_rate = 1.0 - math.exp(-1.0 / (PARTS * p.tension.tension_days))
    arousal_kept = math.exp(-1.0 / (PARTS * p.tension.arousal_days))
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            settle_one(residents[places[i].resident], tension_rate, arousal_kept, on, p)


@kernel
def frustration(r: Resident, p: Parameters) -> f8:
    """Return the tension that frustrated needs give a resident of average sensitivity."""
    return (
        p.tension.autonomy * (1.0 - r.autonomy)
        + p.tension.competence * (1.0 - r.competence)
        + p.tension.relatedness * (1.0 - r.relatedness)
    )


@kernel
def tension_level(r: Resident, crowded: i8, distress: f8, p: Parameters) -> f8:
    """Return the level that a resident's tension moves to."""
    return bounded(
        p.tension.floor
        + r.sensitivity * frustration(r, p)
        + p.tension.boredom * r.boredom
        + p.tension.crowding * crowded
        + p.tension.distress_nearby * distress
        + p.tension.unsettled * (1.0 - r.adjustment)
        + p.tension.remand * r.remand,
        0.01,
        0.99,
    )


@kernel
def fear_level(r: Resident, static: f8, p: Parameters) -> f8:
    """Return the level that fear subsides to."""
    return bounded(
        p.tension.fear_resting
        - p.tension.fear_familiar * r.best_familiarity
        - p.tension.fear_barriers * (static - SECURITY),
        0.01,
        0.95,
    )


@kernel
def settling_days(r: Resident, p: Parameters) -> f8:
    """Return the time constant of settling in, shorter with support and company."""
    help_given = r.support / (r.support + p.needs.support_half) + r.company / (
        r.company + p.needs.company_half
    )
    return p.tension.adjustment_days / (1.0 + p.tension.adjustment_help * help_given)


@kernel
def tension_day(residents: Residents, places: Places, units: Units, p: Parameters) -> None:
    """Set the level that tension moves to, and let anger, grievance, deterrence and fear subside by a day."""
    tension_rate = rate_of(p.tension.tension_days)
    anger_kept = math.exp(-1.0 / p.tension.anger_days)
    grievance_kept = math.exp(-1.0 / p.coercion.grievance_days)
    deterrence_kept = math.exp(-1.0 / p.coercion.deterrence_days)
    fear_rate = rate_of(p.tension.fear_days)
    for i in range(places.shape[0]):
        if places[i].resident < 0:
            continue
        r = residents[places[i].resident]
        crowded = 0
        if places[i].cellmate >= 0 and places[places[i].cellmate].resident >= 0:
            crowded = 1
        r.tension_target = tension_level(r, crowded, units[r.unit].distress, p)
        r.anger *= anger_kept
        r.grievance *= grievance_kept
        r.deterrence *= deterrence_kept
        r.fear = approach(r.fear, fear_level(r, units[r.unit].static, p), fear_rate)
        r.adjustment = approach(r.adjustment, 1.0, rate_of(settling_days(r, p)))
        felt = r.sensitivity * p.tension.autonomy
        r.tension_from_restriction = approach(
            r.tension_from_restriction, bounded(felt * r.thwarted_by_restriction, 0.0, 1.0), tension_rate
        )
        r.tension_from_coercion = approach(
            r.tension_from_coercion, bounded(felt * r.thwarted_by_coercion, 0.0, 1.0), tension_rate
        )
