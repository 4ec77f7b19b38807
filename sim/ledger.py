"""The ledger: every event with its time, place, people and cause; and what people remember of it.

One row per event, numbered from 1.  A cause is the number of an earlier event, or 0.  The short
memories of a place (its present occupant), a unit and a site hold the latest impulses, so that a new
incident can name the past event that contributed to it.
"""

from __future__ import annotations

import math

from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.rules import bounded, remaining
from sim.tables import ControlTable, Ledger, Memories, Places, Resident

KINDS = {
    1: "verbal_aggression",
    2: "threat",
    3: "physical_assault",
    4: "serious_assault",
    5: "damage",
    6: "contraband",
    7: "refusal",
    8: "escape_attempt",
    9: "late_return",
    10: "self_harm",
    20: "containment",
    21: "sanction",
    30: "quarrel_defused",
    31: "repair",
    40: "took_part",
    41: "stayed_away",
    42: "late",
    43: "chore_done",
    44: "chore_skipped",
    45: "agreement_kept",
    46: "agreement_broken",
    47: "correction_taken",
    48: "correction_refused",
    49: "calmed_a_quarrel",
    50: "respectful",
    51: "belittling",
    52: "showed_frustration",
    53: "poor_hygiene",
    54: "worked_on_plan",
    55: "neglected_plan",
    56: "test_passed",
    57: "test_failed",
    58: "test_refused",
    59: "test_cheated",
    60: "promoted",
    61: "promotion_refused",
    62: "demoted",
    63: "review_overdue",
    64: "plan_settled",
    65: "warned",
    66: "prosecuted",
    67: "convicted",
    70: "complaint",
    71: "complaint_upheld",
    72: "complaint_dismissed",
    73: "appeal",
    74: "appeal_upheld",
    75: "appeal_dismissed",
    80: "leave",
}
"""Codes of the kinds of event: 1-10 are incidents, 20-29 coercion, 30-39 good events, 40-59 daily conduct
that is judged, 60-69 what follows from judging it (``target`` is the person decided about), 70-79
complaints (``actor`` is who complained, ``cause`` the contested decision), 80-89 leave."""

VERBAL, THREAT, PHYSICAL, SERIOUS = 1, 2, 3, 4
DAMAGE, CONTRABAND, REFUSAL, ESCAPE, LATE_RETURN, SELF_HARM = 5, 6, 7, 8, 9, 10
LAST_INCIDENT = 10
FIRST_CONDUCT, LAST_CONDUCT = 40, 59
PROMOTED, REFUSED_PROMOTION, DEMOTED, OVERDUE, PLAN_SETTLED, WARNED = 60, 61, 62, 63, 64, 65
PROSECUTED, CONVICTED = 66, 67

JUDGED = {
    name: code
    for code, name in KINDS.items()
    if code <= LAST_INCIDENT or FIRST_CONDUCT <= code <= LAST_CONDUCT or code == PROSECUTED
}
"""Kinds that a policy of promotion can class, by name: incidents, daily conduct, prosecution."""
CONTAINMENT, SANCTION = 20, 21
DEFUSED, REPAIR = 30, 31
LEAVE = 80
COMPLAINT, COMPLAINT_UPHELD, COMPLAINT_DISMISSED = 70, 71, 72
APPEAL, APPEAL_UPHELD, APPEAL_DISMISSED = 73, 74, 75

PLACES = {0: "cell", 1: "common_room", 2: "activity", 3: "yard", 4: "office", 5: "outside"}
CELL, COMMON_ROOM, ACTIVITY, YARD, OFFICE, OUTSIDE = 0, 1, 2, 3, 4, 5

ANSWERS = {0: "none", 1: "talk", 2: "warning", 3: "mediation", 4: "agreed_consequence", 5: "report"}
NO_ANSWER, TALK, WARNING, MEDIATION, AGREED, REPORT = 0, 1, 2, 3, 4, 5

SANCTIONS = {0: "none", 1: "cell_confinement", 2: "loss_of_programme"}
NO_SANCTION, CELL_CONFINEMENT, LOSS_OF_PROGRAMME = 0, 1, 2

CONTAINMENTS = {0: "none", 1: "isolation", 2: "response_team"}
NO_CONTAINMENT, ISOLATION, RESPONSE_TEAM = 0, 1, 2

CHANNELS = {0: "background", 1: "retaliation", 2: "contagion", 3: "backlash", 4: "vigilance"}
BACKGROUND, RETALIATION, CONTAGION, BACKLASH, VIGILANCE = 0, 1, 2, 3, 4

SETTING_ALONE, SETTING_RESIDENTS, SETTING_CHECK, SETTING_CHAT, SETTING_RETURN = 0, 1, 2, 3, 4

PLACE_MEMORY = 6
UNIT_MEMORY = 12
SITE_MEMORY = 12

ROWS_PER_PLACE_AND_PART = 16 + 12 + 2
"""Most ledger rows that one resident can bring about in a day-part: four acts (a quarrel, an act alone,
self-harm, a late return), each with containment, sanction and repair (who goes on leave, or does not come
back from it, does nothing else in that day-part); for promotion: per act a prosecution and a demotion
at once, then at night a conviction, a piece of conduct, a plan settled and a decision or an overdue one; and
either a complaint, or a ruling on one and an appeal (one complaint of a person is pending at a time)."""


@kernel
def append(ledger: Ledger, control: ControlTable, part: i8, kind: i8, unit: i8, place: i8) -> i8:
    """Start a new event and return its row; the caller fills in who and why.

    The caller of the run guarantees room (:data:`ROWS_PER_PLACE_AND_PART`).
    """
    row = control[0].event_count
    control[0].event_count = row + 1
    event = ledger[row]
    event.event = row + 1
    event.day = part // PARTS
    event.part = part % PARTS
    event.kind = kind
    event.unit = unit
    event.place = place
    event.actor = -1
    event.target = -1
    event.staff = -1
    event.officer = -1
    return row


@kernel
def remember(
    memories: Memories, first: i8, size: i8, already: i8, event: i8, part: i8, channel: i8, weight: f8
) -> i8:
    """Write an impulse into the memory block that starts at ``first``; return the new count."""
    entry = memories[first + already % size]
    entry.event = event
    entry.part = part
    entry.channel = channel
    entry.weight = weight
    return already + 1


@kernel
def aggrieve(
    r: Resident, place: i8, event: i8, part: i8, impulse: f8, places: Places, memories: Memories
) -> None:
    """Add a grievance, to be applied at the end of the day-part, and let the person remember why."""
    if impulse <= 0.0:
        return
    r.touched = 1
    r.keep_grievance *= remaining(impulse)
    places[place].memory = remember(
        memories,
        place * PLACE_MEMORY,
        PLACE_MEMORY,
        places[place].memory,
        event,
        part,
        BACKLASH,
        bounded(impulse, 0.0, 1.0),
    )


@kernel
def forget(memories: Memories, first: i8, size: i8) -> None:
    """Empty a memory block."""
    for k in range(size):
        memories[first + k].event = 0
        memories[first + k].weight = 0.0


@kernel
def remembered(memories: Memories, first: i8, size: i8, part: i8, channel: i8, days: f8) -> f8:
    """Return the sum of decayed impulses of one channel in a block; ``days`` is the time constant."""
    total = 0.0
    for k in range(size):
        entry = memories[first + k]
        if entry.event > 0 and entry.channel == channel and entry.part < part:
            total += entry.weight * math.exp(-(part - entry.part) / (PARTS * days))
    return total


@kernel
def recall(memories: Memories, first: i8, size: i8, part: i8, channel: i8, days: f8, weight: f8) -> i8:
    """Return the event in whose slice of the decayed impulses ``weight`` falls, 0 if none."""
    found = 0
    for k in range(size):
        entry = memories[first + k]
        if entry.event > 0 and entry.channel == channel and entry.part < part:
            found = entry.event
            weight -= entry.weight * math.exp(-(part - entry.part) / (PARTS * days))
            if weight < 0.0:
                return found
    return found
