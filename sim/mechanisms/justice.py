"""Procedural justice: how fairly one feels governed, what moves that, and complaints.

People judge authority by how decisions are made: whether they are heard (voice), told why (reasons),
treated alike by different staff (consistency) and with respect (Tyler 1990; Lind & Tyler 1988).  A
resident enters with a prior and moves it with every relevant experience: a contact, an act of coercion,
a decision on promotion, a ruling on a complaint.  Felt fairness, the recent quality of contacts, is what
respect is read from; justice is the slower judgment of how one is governed.

What feels unjust keeps anger simmering (Beijersbergen et al. 2015: anger carries the effect of fair
treatment on misconduct) and leaves grievance; whether coercion deters or embitters depends on it
(Yasrebi-de Kom et al. 2021, in the mechanism of coercion).  Against a sanction, a refused promotion, a
demotion, and a decision that is late or does not come, one may complain to the supervisory committee,
and appeal when it dismisses the complaint.  One complaint of a person is before the committee at a time;
it lapses when the person leaves.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    APPEAL,
    APPEAL_DISMISSED,
    APPEAL_UPHELD,
    COMPLAINT,
    COMPLAINT_DISMISSED,
    COMPLAINT_UPHELD,
    CONTAINMENT,
    DEMOTED,
    OFFICE,
    OVERDUE,
    PROMOTED,
    REFUSED_PROMOTION,
    SANCTION,
    aggrieve,
    append,
)
from sim.reference import DOSE, ORIENTATION, SELF_RELIANCE
from sim.registry import Mechanism, Section
from sim.relations import alliance_now
from sim.rules import approach, bounded, logistic
from sim.tables import (
    Bonds,
    Contacts,
    ControlTable,
    Event,
    Ledger,
    Memories,
    Parameters,
    Places,
    Resident,
    Residents,
    Staff,
    Unit,
    Units,
)

TYLER = "Tyler 1990 (direction)"
GUIDELINES = "European guidelines for relational security 2023"

# fmt: off
declare = Section("justice")
declare("prior_mean", 0.45, "0-1", (0, 1), (0.3, 0.6), "justice that a newcomer expects", "assumption")
declare("prior_sd", 0.15, "0-1", (0, 0.5), (0.08, 0.22), "spread of what newcomers expect", "assumption")
declare("prior_correlation", 0.2, "correlation", (0, 0.9), (0, 0.4), "reactive people expect less justice", "assumption: needed for the link between justice and misconduct between persons")
declare("contact_gain", 0.010, "share per chat", (0, 1), (0.004, 0.025), "move of justice towards how a chat went", "assumption: weeks to months")
declare("voice_weight", 0.25, "share", (0, 1), (0.1, 0.4), "weight of being heard against respect", TYLER, "B", "assumed")
declare("voice_base", 0.30, "0-1", (0, 1), (0.2, 0.45), "how far a resident without any alliance is heard, nobody near", "assumption")
declare("voice_alliance", 0.40, "per unit", (0, 1), (0.2, 0.6), "those who work together with an officer are heard", TYLER, "C", "assumed")
declare("voice_presence", 0.20, "per unit of staff nearness", (0, 1), (0.05, 0.35), "where staff are near, people are heard", GUIDELINES, "C", "assumed")
declare("voice_dose", 0.40, "per unit of alliance dose", (0, 1), (0.15, 0.6), "with instead of about gives a say", GUIDELINES, "C", "assumed")
declare("inconsistency", 0.40, "per unit of difference", (0, 2), (0, 0.8), "justice of a contact lost when an officer's line differs from that of the officer met before, unexplained", "European guidelines 2023: consistency; Tyler 1990", "C", "assumed")
declare("reasons_base", 0.25, "chance", (0, 1), (0.1, 0.4), "that a middling officer without time explains a decision", "assumption")
declare("reasons_orientation", 0.60, "per unit", (0, 2), (0.2, 1), "connecting officers explain", "Molleman & Leeuw 2012 (direction)", "C", "assumed")
declare("reasons_attitude", 0.40, "per unit of attitude", (0, 1), (0.1, 0.7), "clear and explained boundaries as practised", GUIDELINES, "C", "assumed")
declare("reasons_time", 0.35, "chance", (0, 1), (0.15, 0.5), "that unlimited time adds to it", "assumption")
declare("free_time", 0.03, "staff day-parts per resident", (0.001, 1), (0.015, 0.06), "free staff time that gives 63 % of what unlimited time gives", "assumption")
declare("explained", 0.15, "0-1", (0, 1), (0, 0.4), "manner of coercion gained where it is explained", TYLER, "B", "assumed")
declare("unexplained", 0.15, "0-1", (0, 1), (0, 0.4), "manner of coercion lost where it is not", TYLER, "B", "assumed")
declare("coercion_gain", 0.08, "share", (0, 1), (0.03, 0.16), "move of justice towards how fair an act of coercion felt", "Yasrebi-de Kom et al. 2021 (direction)", "C", "assumed", feedback=True)
declare("decision_gain", 0.12, "share", (0, 1), (0.05, 0.25), "move of justice towards how fair a decision on promotion felt", "Liebling 2008 (direction)", "C", "assumed", feedback=True)
declare("decision_weight", 0.6, "weight", (0, 1), (0.4, 0.8), "weight of how it was decided against how justly one is governed in general", "assumption")
declare("decision_explained", 0.60, "0-1", (0, 1), (0.45, 0.8), "justice of a decision that comes with reasons", TYLER, "B", "assumed")
declare("decision_unexplained", 0.20, "0-1", (0, 1), (0.05, 0.35), "justice of a decision without reasons, or of none at all", TYLER, "B", "assumed")
declare("decision_favourable", 0.20, "0-1", (0, 1), (0.05, 0.35), "justice added where the decision is the one hoped for", "assumption: outcome counts less than procedure")
declare("overdue_grievance", 0.25, "share of what is left", (0, 1), (0, 0.5), "grievance after a review that is overdue, where that feels wholly unjust (falls with the square of justice)", "Liebling 2008 (direction)", "C", "assumed", feedback=True)
declare("resentment", 0.02, "share of what is left, per day", (0, 1), (0.005, 0.04), "anger from government without any justice", "Beijersbergen et al. 2015 (anger mediates; size from a standardised effect of about .1)", "C", "derived", feedback=True)
declare("neutral", 0.5, "0-1", (0.05, 1), (0.4, 0.6), "justice below which one resents, in proportion to what is missing", "Yasrebi-de Kom et al. 2021: neutral to high against low", "C", "assumed")
declare("complain_base", -2.6, "log-odds", (-8, 4), (-3.6, -1.6), "complaint against a decision by a resident without grievance to whom it felt just", "assumption")
declare("complain_grievance", 1.5, "log-odds per unit", (0, 6), (0.5, 2.5), "the aggrieved complain and appeal more", "assumption")
declare("complain_injustice", 2.0, "log-odds per unit", (0, 6), (0.5, 3), "what felt unjust is complained about more", "assumption")
declare("complain_reliance", 1.0, "log-odds per unit", (0, 6), (0, 2.5), "who manages better by oneself complains sooner", "Elbers et al. 2022, 2024 (that the less self-reliant lose out)", "C", "assumed")
declare("committee_days", 35, "days", (1, 400), (28, 56), "from complaint to ruling", "Dutch law: four weeks, to be extended once by four", "C", "recalled", integer=True)
declare("appeal_days", 120, "days", (1, 800), (60, 180), "from appeal to ruling", "assumption", integer=True)
declare("upheld_base", 0.12, "chance", (0, 1), (0.05, 0.25), "that a complaint against an explained decision of an officer with the usual line is upheld", "assumption")
declare("upheld_unexplained", 0.25, "chance", (0, 1), (0.1, 0.4), "added where no reasons were given", "Dutch law: decisions need reasons; size assumed")
declare("upheld_line", 0.6, "per unit of distance", (0, 2), (0, 1.2), "added where the officer's line is off the mean line of the staff", "assumption: equal treatment")
declare("upheld_overdue", 0.35, "chance", (0, 1), (0.15, 0.6), "added where the decision did not come in time", "assumption: the term is a fact")
declare("appeal_share", 0.6, "factor", (0, 1), (0.3, 1), "chance of an appeal against that of a complaint with the same merits", "assumption")
declare("appeal_base", -1.2, "log-odds", (-8, 4), (-2.2, -0.2), "appeal against a dismissal by a resident without grievance", "assumption")
declare("dismissed_gain", 0.05, "share", (0, 1), (0, 0.12), "justice lost when a complaint or an appeal is dismissed", "assumption", feedback=True)
declare("restored", 0.30, "share of what is missing", (0, 1), (0.1, 0.5), "justice restored when a complaint or an appeal is upheld", "assumption")
declare("relief_reversed", 0.6, "share", (0, 1), (0.3, 0.9), "grievance taken away where the decision is undone (refusal, demotion)", "assumption")
declare("relief_compensated", 0.3, "share", (0, 1), (0.1, 0.6), "grievance taken away where it can only be compensated (a sanction served, a late decision)", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="justice",
    title="Procedural justice and complaints",
    theory="Procedural justice: voice, reasons, consistency, respect; legitimacy",
    source="Tyler 1990; Beijersbergen et al. 2015; Yasrebi-de Kom et al. 2021; Liebling 2008",
    reads=(
        "contacts.*",
        "staff.orientation",
        "units.near",
        "units.hands",
        "units.procedure",
        "units.present",
        "bonds.*",
        "ledger.*",
        "residents.*",
        "places.resident",
    ),
    writes=(
        "residents.justice",
        "residents.justice_lost",
        "residents.line",
        "residents.anger",
        "residents.anger_from_injustice",
        "residents.anger_from_decisions",
        "residents.grievance",
        "residents.complaint",
        "residents.complaint_due",
        "residents.undone",
        "residents.touched",
        "residents.keep_grievance",
        "places.memory",
        "memories.*",
        "ledger.*",
        "control.event_count",
        "control.weighed",
    ),
    neutral="justice is felt fairness, the recent quality of contacts; decisions are neither explained nor weighed; no anger from injustice, no complaints",
    parameters=declare.parameters,
)


@kernel
def heard(alliance: f8, near: f8, perception: f8, p: Parameters) -> f8:
    """Return how far a resident feels heard in a contact (0-1)."""
    return bounded(
        p.justice.voice_base
        + perception
        + p.justice.voice_alliance * alliance
        + p.justice.voice_presence * near
        + p.justice.voice_dose * (p.security.alliance - DOSE),
        0.0,
        1.0,
    )


@kernel
def time_to_explain(unit: Unit, p: Parameters) -> f8:
    """Return how much of the effect of unlimited time the free staff time of a unit gives (0-1)."""
    free = max(0.0, unit.hands - unit.procedure) / max(1.0, float(unit.present))
    return 1.0 - math.exp(-free / p.justice.free_time)


@kernel
def explain_chance(orientation: f8, time: f8, p: Parameters) -> f8:
    """Return the chance that an officer explains a decision; ``time`` is that of the unit (0-1)."""
    return bounded(
        p.justice.reasons_base
        + p.justice.reasons_orientation * (orientation - ORIENTATION)
        + p.justice.reasons_attitude * (p.security.attitude - DOSE)
        + p.justice.reasons_time * time,
        0.0,
        1.0,
    )


@kernel
def treatment(felt: f8, voice: f8, difference: f8, explained: f8, p: Parameters) -> f8:
    """Return how just a contact is (0-1): respect and voice, less inconsistency that is not explained."""
    weight = p.justice.voice_weight
    lost = p.justice.inconsistency * difference * (1.0 - explained)
    return bounded((1.0 - weight) * felt + weight * voice - lost, 0.02, 0.98)


@kernel
def weigh_contacts(
    part: i8,
    residents: Residents,
    units: Units,
    staff: Staff,
    bonds: Bonds,
    contacts: Contacts,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let every contact of this day-part move the justice of the resident."""
    for c in range(control[0].contact_count):
        contact = contacts[c]
        r = residents[contact.resident]
        unit = units[r.unit]
        line = staff[contact.staff].orientation
        difference = abs(line - r.line) if r.line >= 0.0 else 0.0
        explained = explain_chance(line, time_to_explain(unit, p), p)
        # Who finds the same treatment fairer also feels heard sooner.
        voice = heard(alliance_now(bonds[contact.bond], part, p), unit.near, r.perception, p)
        just = treatment(r.felt_fairness, voice, difference, explained, p)
        gain = p.justice.contact_gain * (1.0 if contact.chat == 1 else p.alliance.check_weight)
        r.justice = approach(r.justice, just, gain)
        # Without the events the same contact would have covered the same share of the way.
        r.justice_lost *= 1.0 - gain
        r.line = line


@kernel
def explain(
    first: i8,
    part: i8,
    residents: Residents,
    units: Units,
    staff: Staff,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Decide which acts of coercion since row ``first`` the person is given reasons for."""
    base = streams.stream(control[0].seed, streams.EXPLAIN, part)
    for row in range(first, control[0].event_count):
        event = ledger[row]
        if event.kind != CONTAINMENT and event.kind != SANCTION:
            continue
        r = residents[event.target]
        orientation = staff[event.officer].orientation if event.officer >= 0 else ORIENTATION
        chance = explain_chance(orientation, time_to_explain(units[r.unit], p), p)
        own = streams.with_counterpart(streams.of_person(base, r.key), streams.NOBODY, event.kind)
        event.reasons = 1 if streams.uniform(own) < chance else 0


@kernel
def experience_of(event: Event, r: Resident, coercion: i8, p: Parameters) -> f8:
    """Return how just a decision feels (0-1); ``coercion`` says whether its fairness was worked out."""
    if event.kind == CONTAINMENT or event.kind == SANCTION:
        return event.fairness if coercion == 1 else r.felt_fairness
    decided = p.justice.decision_unexplained
    if event.reasons == 1 and event.kind != OVERDUE:
        decided = p.justice.decision_explained
    if event.kind == PROMOTED:
        decided += p.justice.decision_favourable
    weight = p.justice.decision_weight
    return bounded((1.0 - weight) * r.justice + weight * decided, 0.0, 1.0)


@kernel
def move_by_event(r: Resident, towards: f8, gain: f8) -> None:
    """Move justice a share of the way and keep account of what events have taken from it."""
    before = r.justice
    r.justice = approach(before, towards, gain)
    r.justice_lost = bounded(r.justice_lost + before - r.justice, 0.0, 1.0)


@kernel
def complaint_chance(experience: f8, grievance: f8, self_reliance: f8, p: Parameters) -> f8:
    """Return the chance to complain about a decision that felt ``experience`` just."""
    return logistic(
        p.justice.complain_base
        + p.justice.complain_grievance * grievance
        + p.justice.complain_injustice * (1.0 - experience)
        + p.justice.complain_reliance * (self_reliance - SELF_RELIANCE)
    )


@kernel
def is_ground(kind: i8) -> i8:
    """Say (1 or 0) whether one may complain: a sanction, a refusal, a demotion, a late or missing decision."""
    return 1 if kind == SANCTION or kind == REFUSED_PROMOTION or kind == DEMOTED or kind == OVERDUE else 0


@kernel
def submit(
    kind: i8,
    contested: i8,
    person: i8,
    r: Resident,
    part: i8,
    days: i8,
    ledger: Ledger,
    control: ControlTable,
) -> None:
    """Write down a complaint or an appeal against the event ``contested``; it waits ``days`` days."""
    row = append(ledger, control, part, kind, r.unit, OFFICE)
    event = ledger[row]
    event.actor = person
    event.seen = 1
    event.recorded = 1
    event.cause = contested
    r.complaint = event.event
    r.complaint_due = part // PARTS + days


@kernel
def weigh_event(
    row: i8,
    part: i8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    coercion: i8,
    p: Parameters,
) -> None:
    """Let a decision move justice, leave grievance, and perhaps lead to a complaint."""
    event = ledger[row]
    person = event.target if event.target >= 0 else event.actor
    if person < 0 or residents[person].present == 0:
        return
    r = residents[person]
    experience = experience_of(event, r, coercion, p)
    if event.kind == CONTAINMENT or event.kind == SANCTION:
        move_by_event(r, experience, p.justice.coercion_gain)
    else:
        move_by_event(r, experience, p.justice.decision_gain)
        # What a refusal or a demotion leaves depends on what was lost: promotion sees to it.
        if event.kind == OVERDUE:
            unjust = (1.0 - experience) * (1.0 - experience)
            impulse = p.justice.overdue_grievance * unjust
            aggrieve(r, r.place, event.event, part, impulse, places, memories)
    if is_ground(event.kind) == 0 or r.complaint > 0 or r.leave_until > part:
        return
    chance = complaint_chance(experience, r.grievance, r.self_reliance, p)
    seed = control[0].seed
    if streams.draw(seed, streams.COMPLAIN, part, r.key, streams.NOBODY, event.kind) < chance:
        days = int(p.justice.committee_days)
        submit(COMPLAINT, event.event, person, r, part, days, ledger, control)


@kernel
def weigh_events(
    part: i8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    coercion: i8,
    p: Parameters,
) -> None:
    """Let residents weigh every event that they have not weighed yet, whenever it was written down."""
    last = control[0].event_count
    for row in range(control[0].weighed, last):
        kind = ledger[row].kind
        if kind == CONTAINMENT or kind == SANCTION or PROMOTED <= kind <= OVERDUE:
            weigh_event(row, part, residents, places, memories, ledger, control, coercion, p)
    control[0].weighed = last


@kernel
def upheld_chance(kind: i8, reasons: i8, distance: f8, appeal: i8, p: Parameters) -> f8:
    """Return the chance that a complaint (or an appeal) against a decision is upheld.

    ``distance`` is how far the officer's line is from the mean line of the staff.
    """
    chance = p.justice.upheld_base + p.justice.upheld_line * distance
    if kind == OVERDUE:
        chance += p.justice.upheld_overdue
    elif reasons == 0:
        chance += p.justice.upheld_unexplained
    chance = bounded(chance, 0.0, 1.0)
    return chance * p.justice.appeal_share if appeal == 1 else chance


@kernel
def put_right(r: Resident, contested: Event, ruling: Event, p: Parameters) -> None:
    """Restore justice after an upheld complaint, relieve grievance, and mark what is undone.

    A refusal or a demotion is undone.  A sanction is struck from the record, but it has been served: it
    is compensated, like a decision that came late or not at all.
    """
    relief = p.justice.relief_compensated
    # What later decisions have overtaken cannot be undone any more, only compensated.
    if (contested.kind == REFUSED_PROMOTION or contested.kind == DEMOTED) and contested.event == r.decision:
        relief = p.justice.relief_reversed
        r.undone = contested.kind
    if contested.kind != OVERDUE:
        contested.reversed = 1
        ruling.reversed = 1
    move_by_event(r, 1.0, p.justice.restored)
    r.grievance *= 1.0 - relief


@kernel
def rule(
    person: i8,
    part: i8,
    residents: Residents,
    staff: Staff,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let the committee, or the body of appeal, rule on what a resident has put before it."""
    seed = control[0].seed
    r = residents[person]
    pending = ledger[r.complaint - 1]
    contested = ledger[pending.cause - 1]
    appeal = 1 if pending.kind == APPEAL else 0
    distance = 0.0
    if contested.officer >= 0:
        distance = abs(staff[contested.officer].orientation - p.staffing.orientation_mean)
    chance = upheld_chance(contested.kind, contested.reasons, distance, appeal, p)
    upheld = streams.draw(seed, streams.RULING, part, r.key, streams.NOBODY, appeal) < chance
    if upheld:
        kind = APPEAL_UPHELD if appeal == 1 else COMPLAINT_UPHELD
    else:
        kind = APPEAL_DISMISSED if appeal == 1 else COMPLAINT_DISMISSED
    row = append(ledger, control, part, kind, r.unit, OFFICE)
    ruling = ledger[row]
    ruling.actor = person
    ruling.seen = 1
    ruling.recorded = 1
    ruling.reasons = 1
    ruling.cause = contested.event
    r.complaint = 0
    if upheld:
        put_right(r, contested, ruling, p)
        return
    move_by_event(r, 0.0, p.justice.dismissed_gain)
    again = logistic(p.justice.appeal_base + p.justice.complain_grievance * r.grievance)
    if appeal == 0 and streams.draw(seed, streams.APPEALS, part, r.key, streams.NOBODY, 0) < again:
        submit(APPEAL, contested.event, person, r, part, int(p.justice.appeal_days), ledger, control)


@kernel
def deficit(justice: f8, p: Parameters) -> f8:
    """Return how far justice is below neutral (0 at neutral and above, 1 at none)."""
    return max(0.0, 1.0 - justice / p.justice.neutral)


@kernel
def resent(r: Resident, kept: f8, p: Parameters) -> None:
    """Let unjust government feed anger for a day, and keep apart what events have to do with it.

    ``kept`` is the share of anger that a day leaves; anger itself has subsided already.
    """
    impulse = bounded(p.justice.resentment * deficit(r.justice, p), 0.0, 1.0)
    lasting = p.justice.resentment * deficit(r.justice + r.justice_lost, p)
    without_events = bounded(lasting, 0.0, 1.0)
    room = 1.0 - r.anger
    r.anger += room * impulse
    r.anger_from_injustice = r.anger_from_injustice * kept + room * without_events
    r.anger_from_decisions = r.anger_from_decisions * kept + room * (impulse - without_events)
    both = r.anger_from_injustice + r.anger_from_decisions
    if both > r.anger:
        # A talk or mediation calms all anger alike.
        r.anger_from_injustice *= r.anger / both
        r.anger_from_decisions *= r.anger / both


@kernel
def justice_day(
    part: i8,
    residents: Residents,
    places: Places,
    staff: Staff,
    ledger: Ledger,
    control: ControlTable,
    tension: i8,
    p: Parameters,
) -> None:
    """Rule on the complaints whose time has come; let injustice feed anger where ``tension`` is on."""
    kept = math.exp(-1.0 / p.tension.anger_days)
    for i in range(places.shape[0]):
        person = places[i].resident
        if person < 0:
            continue
        r = residents[person]
        if r.complaint > 0 and r.complaint_due <= part // PARTS:
            rule(person, part, residents, staff, ledger, control, p)
        if tension == 1:
            resent(r, kept, p)


@kernel
def justice_neutral(residents: Residents, places: Places, control: ControlTable) -> None:
    """Let felt fairness stand for justice, and let every event pass: the mechanism switched off."""
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            r = residents[places[i].resident]
            r.justice = r.felt_fairness
            r.justice_lost = 0.0
            r.anger_from_injustice = 0.0
            r.anger_from_decisions = 0.0
            r.complaint = 0
    control[0].weighed = control[0].event_count
