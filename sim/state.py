"""The state: every table and column, with unit and range, in one place.

Each table is a NumPy record array; kernels, tests and notebooks read ``residents[i].autonomy`` alike.
People live in append-only tables: a row belongs to one person for ever.  Relations live in fixed
blocks by place and post and are cleared when the occupant or holder changes.

Columns are ``f8``, ``i8`` and (for keys) ``u8``: sums in narrower types give different bits in compiled
and plain runs.  Only the ledger, by far the longest table, is written in narrower whole numbers: kernels
store and compare them, and what little they compute from them stays far below the bounds of its type.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.kernel import declare_record
from sim.policy import GROUPS, MOST_LEVELS

INFINITE = math.inf
NEVER = -(1 << 40)
"""Day-part before everything: "has not happened"."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, unit, range and meaning.

    ``shape`` says what kind of quantity it is: ``key``, ``index``, ``count``, ``time`` (day or
    day-part number), ``flag`` (0 or 1), ``share`` (0-1) or ``amount``.
    """

    name: str
    type: str
    unit: str
    low: float
    high: float
    meaning: str


def share(name: str, meaning: str) -> Column:
    """Declare a state in [0, 1]."""
    return Column(name, "f8", "0-1", 0.0, 1.0, meaning)


def amount(name: str, unit: str, meaning: str, low: float = 0.0, high: float = INFINITE) -> Column:
    """Declare a quantity with a unit."""
    return Column(name, "f8", unit, low, high, meaning)


def whole(name: str, unit: str, meaning: str, low: float = -INFINITE, high: float = INFINITE) -> Column:
    """Declare a whole number: an index, a count or a moment."""
    return Column(name, "i8", unit, low, high, meaning)


def number(name: str, unit: str, meaning: str, low: float = -INFINITE, high: float = INFINITE) -> Column:
    """Declare a row, event or day of a table that grows long: 32 bits."""
    return Column(name, "i4", unit, low, high, meaning)


def code(name: str, unit: str, meaning: str, low: float = -INFINITE, high: float = INFINITE) -> Column:
    """Declare a code or yes and no of a table that grows long: 8 bits, so up to 127."""
    return Column(name, "i1", unit, low, high, meaning)


def flag(name: str, meaning: str) -> Column:
    """Declare a yes (1) or no (0)."""
    return Column(name, "i8", "0 or 1", 0, 1, meaning)


def key(name: str, meaning: str) -> Column:
    """Declare a 64-bit key of random numbers."""
    return Column(name, "u8", "key", 0, INFINITE, meaning)


NOTES = (
    ("desired", "desired conduct noted"),
    ("warning", "conduct of the warning class noted"),
    ("undesired", "undesired conduct noted"),
    ("excused_warning", "warning-class conduct noted that comes from a disability or disorder"),
    ("excused_undesired", "undesired conduct noted that comes from a disability or disorder"),
)
"""What the file of a resident holds for each part on which conduct is judged."""

RESIDENTS = (
    key("key", "key of every random draw about this person"),
    whole("place", "place", "place the person lives in"),
    whole("unit", "unit", "unit the person lives on"),
    whole("occupant", "count", "n-th occupant of the place"),
    whole("arrival", "day", "day of arrival (may lie before the burn-in)"),
    whole("release", "day", "day of release, fixed on arrival"),
    flag("present", "lives in the facility now"),
    amount("age", "years", "age at entry"),
    flag("remand", "awaits judgment"),
    amount("reactivity", "SD", "disposition to react with aggression", -INFINITE),
    amount("sensitivity", "factor", "how far frustrated needs raise tension"),
    amount("offset_autonomy", "0-1", "personal level of autonomy above the mean", -1, 1),
    amount("offset_competence", "0-1", "personal level of competence above the mean", -1, 1),
    amount("offset_relatedness", "0-1", "personal level of relatedness above the mean", -1, 1),
    amount("interest_first", "SD", "first axis of likeness between people", -INFINITE),
    amount("interest_second", "SD", "second axis of likeness between people", -INFINITE),
    flag("trauma", "history of trauma"),
    amount("perception", "0-1", "how much fairer than on average the same treatment feels", -INFINITE),
    share("vulnerability", "psychiatric vulnerability"),
    share("autonomy", "satisfied need for autonomy"),
    share("competence", "satisfied need for competence"),
    share("relatedness", "satisfied need for relatedness"),
    share("adjustment", "settled in (low on entry)"),
    share("tension", "tension from frustration, boredom, crowding and company"),
    share("tension_target", "level that tension moves to"),
    share("arousal", "agitation from incidents witnessed or caught from others"),
    share("anger", "anger after being victimised"),
    share("grievance", "grievance after coercion that felt unfair"),
    share("deterrence", "deterrence after coercion that felt fair"),
    share("fear", "fear of others"),
    share("boredom", "boredom"),
    share("felt_fairness", "fairness of treatment as felt over recent encounters"),
    share("justice", "perceived procedural justice: voice, reasons, consistency, respect"),
    share("justice_lost", "procedural justice lost to coercion, decisions and complaints dismissed"),
    share("anger_from_injustice", "part of anger that comes from lasting injustice, events left out"),
    share("anger_from_decisions", "part of anger that comes from justice_lost"),
    amount("line", "0-1", "line (orientation) of the officer met last, -1 before the first", -1, 1),
    whole("complaint", "event", "complaint or appeal before the committee, 0 if none (one at a time)", 0),
    whole("complaint_due", "day", "day on which it is decided"),
    share("wellbeing", "wellbeing"),
    share("distress", "mental distress"),
    share("thwarted_by_restriction", "autonomy lost to restrictions that events brought about"),
    share("thwarted_by_coercion", "autonomy lost to coercion"),
    share("tension_from_restriction", "part of tension that comes from thwarted_by_restriction"),
    share("tension_from_coercion", "part of tension that comes from thwarted_by_coercion"),
    amount("propensity", "factor", "factor on the person's hazard of starting an incident, this day-part"),
    amount("hours_out", "hours", "hours out of cell in this day-part", 0, 6),
    amount("hours_active", "hours", "hours of organised activity in this day-part", 0, 6),
    amount("opportunity", "0-1", "share of a day's full chance to meet others in this day-part", 0, 1),
    amount("day_out", "hours", "hours out of cell today", 0, 24),
    amount("day_active", "hours", "hours of organised activity today", 0, 24),
    amount("day_programme", "hours", "programmed hours enjoyed today, recreation included", 0, 24),
    amount("day_company", "contacts", "good company of residents today"),
    amount("day_support", "contacts", "good contact with staff today"),
    amount("activity", "hours/day", "organised activity, recent mean", 0, 24),
    amount("company", "contacts/day", "good company of residents, recent mean"),
    amount("support", "contacts/day", "good contact with staff, recent mean"),
    amount("company_weight", "sum", "sum of the weights of possible company on the unit"),
    amount("exchange_tension", "0-1", "tension passed on in meetings of this day-part", -INFINITE),
    amount("exchange_arousal", "0-1", "arousal passed on in meetings of this day-part", -INFINITE),
    flag("touched", "an impulse waits to be applied at the end of the day-part"),
    share("keep_anger", "share of what is missing to 1 that impulses leave, this day-part"),
    share("keep_arousal", "same, arousal"),
    share("keep_fear", "same, fear"),
    share("keep_grievance", "same, grievance"),
    share("keep_deterrence", "same, deterrence"),
    share("keep_autonomy", "share of autonomy that impulses leave, this day-part"),
    whole("confined_until", "day-part", "in cell confinement or isolation until"),
    whole("loss_until", "day-part", "without recreation until"),
    whole("programme", "row", "programme that the person is in: a row of programmes, -1 the unit's own", -1),
    whole("programme_now", "row", "programme that the person lives today, as the unit's regime allows", 0),
    whole("seats", "sum of codes", "places held: 1 work, 2 education, 4 behavioural training", 0, 7),
    whole("leave_until", "day-part", "away on leave until"),
    flag("overstayed", "away longer than the leave allowed"),
    amount("best_familiarity", "0-1", "familiarity with the officer who knows the person best", 0, 1),
    whole("best_part", "day-part", "moment of best_familiarity"),
    whole("best_post", "post", "post of the officer who knows the person best"),
    whole("best_holder", "row", "member of staff who knows the person best"),
    whole("exposure_days", "days", "recorded days present", 0),
    whole("incidents", "count", "incidents started during recorded days", 0),
    flag("lvb", "mild intellectual disability"),
    flag("self_reporter", "reported to serve a sentence"),
    share("self_reliance", "how well the person gets on without help"),
    whole("legal_group", "code", "0 ordinary; neutral groups for rules that need them", 0, len(GROUPS) - 1),
    whole("prior_sentences", "count", "earlier sentences", 0),
    share("causality", "how far reward and punishment move this person against own reasons"),
    share("motivation_autonomous", "motivation for own reasons"),
    share("motivation_controlled", "motivation by reward and pressure"),
    share("start_autonomous", "autonomous motivation on entry"),
    share("start_controlled", "controlled motivation on entry"),
    share("hope", "hope of getting on by own conduct"),
    amount("drive", "0-1", "motivation above that on entry, as satisfied needs would raise uptake", -1, 1),
    whole("level", "level", "level under the promotion policy, 0 the lowest", 0, MOST_LEVELS - 1),
    whole("level_since", "day", "day on which the present level began"),
    whole("level_lost", "level", "level held before the last step down", 0, MOST_LEVELS - 1),
    whole("periods_before", "periods", "good_periods before the last refusal", 0),
    whole("decision", "event", "latest decision about a step up or down, 0 none", 0),
    whole("clock_before", "day", "day from which positive conduct counted before the last refusal"),
    whole(
        "undone",
        "code",
        "kind of decision that a complaint has undone and that waits to be put right, 0 none",
        0,
    ),
    whole("file_open", "code", "0 not yet received under the promotion policy, 1 received", 0, 1),
    whole("out_of_scheme", "code", "0 in, 1 legal group, 2 short stay, 3 remand unit, 4 convicted", 0, 4),
    whole("plan", "code", "plan for detention and return: 0 none, 1 draft, 2 settled", 0, 2),
    whole("conditions", "count", "conditions for a step up that are fulfilled", 0),
    whole("review_due", "day", "day by which the next review is due"),
    whole("reviews", "count", "reviews held", 0),
    flag("overdue", "the review that is due has been written down as overdue"),
    whole("clock_from", "day", "day from which days of positive conduct count towards a step up"),
    whole("barred_until", "day", "no step up before this day"),
    whole("good_periods", "periods", "periods judged positive in a row on this level", 0),
    whole("strikes", "periods", "periods judged undesired in a row", 0),
    *(
        amount(f"{what}_{where}", "notes", f"{meaning}, {where} domain, since the last decision")
        for what, meaning in NOTES
        for where in ("first", "second", "third")
    ),
    amount("strict", "notes", "of these, undesired ones that only the reporter's own line made"),
    whole("impermissible", "count", "impermissible conduct since the last decision", 0),
    whole("gravest", "1-4", "severity of the gravest incident noted since the last decision", 0, 4),
    whole(
        "gravest_meant", "1-4", "the same, of those without a recognised disability or disorder behind", 0, 4
    ),
    amount("stay_desired", "notes", "desired conduct noted during the whole stay"),
    amount("stay_undesired", "notes", "undesired conduct noted during the whole stay"),
    whole("stay_impermissible", "count", "impermissible conduct during the whole stay", 0),
    whole("promotions", "count", "steps up during the stay", 0),
    whole("demotions", "count", "steps down during the stay", 0),
    flag("prosecuted", "prosecuted for a crime in detention"),
    flag("convicted", "convicted for a crime in detention"),
    share("extra_visits", "outside contact added by the level"),
)

STAFF = (
    key("key", "key of every random draw about this member of staff"),
    whole("post", "post", "post the person holds"),
    whole("unit", "unit", "unit whose team the person belongs to"),
    whole("occupant", "count", "n-th holder of the post"),
    whole("hired", "day", "day the person started"),
    flag("present", "employed now"),
    share("orientation", "0 controlling, 1 connecting"),
    share("skill", "interpersonal skill"),
    share("autonomy", "satisfied need for autonomy at work"),
    share("competence", "felt effectiveness"),
    share("relatedness", "cohesion with colleagues"),
    share("vigilance", "vigilance, up to hypervigilance"),
    share("vigilance_event", "part of vigilance that incidents brought about"),
    share("exhaustion", "emotional exhaustion"),
    share("keep_vigilance", "share of what is missing to 1 that today's impulses leave"),
    share("keep_exhaustion", "same, exhaustion"),
    whole("absent_until", "day", "on sick leave until"),
    whole("duty_part", "day-part", "latest day-part on duty"),
    amount("day_common", "day-parts", "time in the common room today", 0, 4),
    amount("day_procedure", "day-parts", "time on procedures today", 0, 4),
    whole("day_solved", "count", "quarrels and incidents answered without a report today", 0),
    whole("day_coercive", "count", "containments carried out today", 0),
    amount("effectiveness", "0-1", "share of situations settled with words, recent mean", 0, 1),
    amount("cohesion", "0-1", "strength of ties with the colleagues on duty, recent mean", 0, 1),
)

PLACES = (
    whole("number", "place", "number in the numbering that person keys use"),
    whole("unit", "unit", "unit the place belongs to"),
    whole("resident", "row", "row of the resident who lives here, -1 if vacant"),
    whole("occupant", "count", "how many occupants the place has had"),
    whole("next_arrival", "day", "day of the next arrival while vacant"),
    whole("cellmate", "place", "the other place of a double cell, -1 in a single cell"),
    whole("memory", "count", "events remembered so far by the present occupant", 0),
)

POSTS = (
    whole("number", "post", "number in the numbering that staff keys use"),
    whole("unit", "unit", "unit whose team the post belongs to"),
    amount("hours", "full-time equivalents", "size of the post", 0, 1),
    whole("staff", "row", "row of the holder, -1 if vacant"),
    whole("occupant", "count", "how many holders the post has had"),
    whole("next_hire", "day", "day on which a vacant post is filled"),
)

UNITS = (
    key("key", "key of draws about the unit"),
    whole("site", "site", "site the unit stands on"),
    whole("place_first", "place", "first place"),
    whole("place_end", "place", "one past the last place"),
    whole("post_first", "post", "first post of the unit's own team"),
    whole("post_end", "post", "one past the last post of the unit's own team"),
    whole("pool_first", "unit", "first unit of the roster pool"),
    whole("pool_end", "unit", "one past the last unit of the roster pool"),
    whole("bond_first", "bond", "first bond of the block residents x pool posts"),
    whole("bond_post", "post", "post of the first column of the block"),
    whole("bond_width", "posts", "columns of the block"),
    whole("tie_first", "tie", "first tie of the block places x places"),
    whole("edges", "count", "edges of the unit graph at this unit", 0),
    flag("remand", "remand regime"),
    share("openness", "share of unprogrammed daytime out of cell on the unit"),
    whole("programme", "row", "programme that newcomers to the unit live: a row of programmes", 0),
    whole("others", "residents", "residents who live another programme than the unit's today", 0),
    amount("hours", "full-time equivalents", "staff of the unit's own team"),
    amount("culture", "0-1", "how much more controlling than average the unit is", -1, 1),
    share("static", "static security, with what grave incidents added"),
    share("restrictiveness", "what is practised: checks, doors, bans"),
    share("restrictiveness_event", "part of restrictiveness that incidents brought about"),
    share("vigilance", "mean vigilance of staff who serve the unit"),
    share("vigilance_event", "part of vigilance that incidents brought about"),
    amount("backlog", "staff day-parts", "paperwork and aftercare not yet done"),
    whole("rota", "count", "pointer of the round-robin roster"),
    whole("present", "residents", "residents who live here now", 0),
    whole("out", "residents", "residents out of cell in this day-part", 0),
    amount("hours_open", "hours", "hours out of cell possible in this day-part", 0, 6),
    amount("hours_programme", "hours", "programmed hours in this day-part", 0, 6),
    amount("pace", "contacts", "meetings per resident in this day-part"),
    whole("duty_first", "duty", "first duty of this day-part"),
    whole("duty_count", "duties", "duties of this day-part", 0),
    amount("hands", "staff", "staff on duty in this day-part"),
    amount("common", "staff day-parts", "staff time in the common room in this day-part"),
    amount("procedure", "staff day-parts", "staff time on procedures in this day-part"),
    flag("cover_needed", "nobody of the unit's own roster is on duty in this day-part"),
    share("near", "chance that staff are near enough to notice a quarrel"),
    amount("distress", "0-1", "mean distress of the residents yesterday", 0, 1),
    amount("cancelled_until", "day-part", "activities cancelled until", -INFINITE),
    whole("memory", "count", "events remembered so far by the unit", 0),
)

SITES = (
    whole("unit_first", "unit", "first unit"),
    whole("unit_end", "unit", "one past the last unit"),
    whole("present", "residents", "residents who live on the site now", 0),
    share("ratchet", "static security added after grave incidents"),
    share("readiness", "readiness of the response team, raised by deployments"),
    share("keep_readiness", "share of what is missing to 1 that today's deployments leave"),
    amount("reports", "reports", "reports before the director, recent sum up to yesterday"),
    whole("day_reports", "reports", "reports made today", 0),
    share("keep_news", "share of what is missing to 1 that today's hearsay leaves in staff vigilance"),
    whole("memory", "count", "events remembered so far by the site", 0),
)

PROGRAMMES = (
    flag("prison", "lived on units of the prison regime"),
    flag("remand", "lived on units of the remand regime"),
    whole(
        "wants", "sum of codes", "activities with places in its week: 1 work, 2 education, 4 training", 0, 7
    ),
    share("out_of_cell", "share of unscheduled mornings and afternoons out of cell on the unit"),
    share("out_of_cell_evening", "share of unscheduled evenings out of cell on the unit"),
    share("choice", "own choice of times"),
    share("responsibility", "responsible work and schooling"),
    share("visits", "outside contact that visits and telephone allow, before restrictions"),
    amount("leave_days_per_month", "days a month", "days of leave", 0, 15),
    amount("priority_days", "days", "waiting time by which somebody in it comes sooner to a place"),
)

SLOTS = (
    amount("hours", "hours", "programmed hours of this day-part", 0, 6),
    share("active_share", "share of them that is organised activity open to somebody with these seats"),
    share("denied_share", "share of them that is organised activity for which the place is missing"),
)

EDGES = (
    whole("unit_a", "unit", "one unit"),
    whole("unit_b", "unit", "the other unit, further down the file"),
    key("key", "key of draws about this pair of units"),
    whole("tie_first", "tie", "first tie of the block places of a x places of b"),
)

TIES = (
    amount("tie", "-1 to 1", "liking (above 0) or dislike (below 0)", -1, 1),
    share("grudge", "enmity left by incidents between the two"),
    whole("part", "day-part", "moment the two values hold for"),
)

BONDS = (
    share("familiarity", "how well this member of staff knows this resident"),
    share("alliance", "working alliance: shared goal, agreed tasks, bond"),
    share("breach", "alliance lost to coercion that felt unfair"),
    whole("part", "day-part", "moment the values hold for"),
)

TEAM_TIES = (
    share("tie", "how well two colleagues work together"),
    whole("part", "day-part", "moment the value holds for"),
)

DUTIES = (
    whole("unit", "unit", "unit the duty is on"),
    whole("post", "post", "post on duty"),
    whole("staff", "row", "row of the member of staff"),
    amount("time", "day-parts", "share of the day-part spent on this unit", 0, 1),
    share("common", "share of the day-part in the common room"),
    share("procedure", "share of the day-part on procedures"),
    share("chat", "chance of a chat with a resident of average approach"),
    share("check", "chance of a procedural contact with a resident"),
    key("key", "key of the member of staff"),
)

QUARRELS = (
    whole("part", "day-part", "day-part for which the row holds"),
    amount("priority", "0-1", "lowest wins where one place has two quarrels in a day-part"),
    whole("actor", "row", "resident who starts it"),
    whole("target", "row", "resident or member of staff it is aimed at, -1 nobody"),
    whole("post", "post", "post of the member of staff it is aimed at, -1 otherwise"),
    whole("setting", "code", "0 alone, 1 between residents, 2 during a check, 3 during a chat"),
    whole("location", "code", "where"),
    amount("enmity", "0-1", "dislike and grudge between the two", 0, 2),
    share("grudge", "grudge alone, the part that incidents left"),
)

CONTACTS = (
    whole("resident", "row", "resident met"),
    whole("staff", "row", "member of staff met"),
    whole("post", "post", "post of that member of staff"),
    whole("bond", "bond", "bond between the two"),
    flag("chat", "a chat (1) or a procedural contact (0)"),
)

MEMORIES = (
    whole("event", "event", "event remembered"),
    whole("part", "day-part", "when it happened"),
    whole("channel", "code", "through which channel it works on"),
    amount("weight", "0-1", "impulse it gave", 0, 1),
)

LEDGER = (
    number("event", "event", "number of the event, from 1"),
    number("day", "day", "day"),
    code("part", "code", "0 morning 1 afternoon 2 evening 3 night"),
    code("kind", "code", "kind of event"),
    number("unit", "unit", "unit"),
    code("place", "code", "kind of place"),
    number("actor", "row", "resident who acted, or -1"),
    number("target", "row", "resident it was aimed at, or -1"),
    number("staff", "row", "member of staff involved, or -1"),
    code("severity", "1-4", "1 minor 2 threat 3 physical 4 serious", 0, 4),
    code("seen", "0 or 1", "noticed by staff", 0, 1),
    code("recorded", "0 or 1", "written down", 0, 1),
    code("answer", "code", "how staff answered"),
    code("sanction", "code", "sanction imposed"),
    code("containment", "code", "immediate control used"),
    number("cause", "event", "event that led to it, 0 if none"),
    code("channel", "code", "channel through which its cause led to it"),
    code("practice", "code", "practice involved, 0 if none", 0),
    number("officer", "row", "member of staff who answered, or -1"),
    code("against_staff", "0 or 1", "aimed at a member of staff", 0, 1),
    code("reversed", "0 or 1", "undone after a complaint (on the decision and on the ruling)", 0, 1),
    code("relational_open", "0 or 1", "somebody who knew the person was there with time", 0, 1),
    code("lack_of_hands", "0 or 1", "a relational answer failed for lack of hands", 0, 1),
    amount("fairness", "0-1", "fairness as felt by the person it was done to", 0, 1),
    code("reasons", "0 or 1", "a decision came with written reasons", 0, 1),
)

DAILY = (
    whole("residents", "persons", "residents present"),
    amount("autonomy", "sum", "sum over residents"),
    amount("competence", "sum", "sum over residents"),
    amount("relatedness", "sum", "sum over residents"),
    amount("adjustment", "sum", "sum over residents"),
    amount("tension", "sum", "sum over residents of tension and arousal"),
    amount("fear", "sum", "sum over residents"),
    amount("anger", "sum", "sum over residents"),
    amount("grievance", "sum", "sum over residents"),
    amount("boredom", "sum", "sum over residents"),
    amount("felt_fairness", "sum", "sum over residents"),
    amount("justice", "sum", "sum over residents of perceived procedural justice"),
    amount("justice_week_1", "sum", "of which over residents in their first week"),
    amount("justice_weeks_2_to_4", "sum", "of which over residents in weeks 2 to 4"),
    amount("justice_weeks_5_to_12", "sum", "of which over residents in weeks 5 to 12"),
    amount("justice_weeks_13_on", "sum", "of which over residents from week 13 on"),
    whole("residents_week_1", "persons", "residents in their first week"),
    whole("residents_weeks_2_to_4", "persons", "residents in weeks 2 to 4 since admission"),
    whole("residents_weeks_5_to_12", "persons", "residents in weeks 5 to 12 since admission"),
    whole("residents_weeks_13_on", "persons", "residents from week 13 since admission on"),
    amount("wellbeing", "sum", "sum over residents"),
    amount("distress", "sum", "sum over residents"),
    amount("company", "sum", "sum over residents of contacts a day"),
    amount("support", "sum", "sum over residents of contacts a day"),
    amount("hours_out", "hours", "hours out of cell over residents"),
    amount("hours_active", "hours", "hours of organised activity over residents"),
    amount("hours_delivered", "hours", "programmed hours enjoyed, recreation included, over residents"),
    amount("hours_promised", "hours", "hours of everybody's own programme over residents"),
    whole("away", "persons", "residents on leave, or not back from it"),
    whole("waiting", "persons", "residents without a place in an activity that their programme has"),
    amount("best_familiarity", "sum", "sum over residents of how well the best-knowing officer knows them"),
    amount("met_familiarity", "sum", "sum over contacts of the familiarity of the officer met"),
    amount("met_alliance", "sum", "sum over contacts of the alliance with the officer met"),
    whole("met", "contacts", "contacts with staff"),
    amount("contact_minutes", "minutes", "contact with staff over residents"),
    whole(
        "meetings", "contacts", "meetings between residents (across units: booked on the first of the two)"
    ),
    whole("arrivals", "persons", "arrivals"),
    whole("departures", "persons", "departures"),
    whole("posts", "posts", "posts of the unit's team"),
    whole("staff", "persons", "staff employed"),
    whole("staff_absent", "persons", "staff on sick leave"),
    whole("staff_leavers", "persons", "staff who left"),
    amount("staff_exhaustion", "sum", "sum over staff"),
    amount("staff_vigilance", "sum", "sum over staff"),
    amount("staff_autonomy", "sum", "sum over staff"),
    amount("staff_competence", "sum", "sum over staff"),
    amount("staff_relatedness", "sum", "sum over staff"),
    amount("duty_time", "staff day-parts", "duty on this unit"),
    amount("common_time", "staff day-parts", "of which in the common room"),
    amount("procedure_time", "staff day-parts", "of which on procedures"),
    whole("parts_out", "day-parts", "daytime day-parts with residents present"),
    whole("parts_unstaffed", "day-parts", "of which without staff of the unit's own roster"),
    amount("restrictiveness", "0-1", "restrictiveness of the unit", 0, 1),
    amount("backlog", "staff day-parts", "backlog of the unit"),
    amount("motivation_autonomous", "sum", "sum over residents"),
    amount("motivation_controlled", "sum", "sum over residents"),
    amount("hope", "sum", "sum over residents"),
    whole("plus", "persons", "residents on a level with reward status"),
    whole("plus_lived", "persons", "of these, residents who live its programme"),
    whole("remand", "persons", "residents who await judgment"),
    whole("plus_remand", "persons", "of these, with reward status"),
    whole("lvb", "persons", "residents with a mild intellectual disability"),
    whole("plus_lvb", "persons", "of these, with reward status"),
    whole("out_of_scheme", "persons", "residents to whom the promotion policy does not apply"),
    whole("reviews", "count", "reviews held"),
    whole("first_promotions", "persons", "first steps up of residents who were received during the run"),
    amount("first_promotion_days", "days", "days from reception to these steps"),
)

POLICY = (
    flag("acts", "the policy changes something against having none"),
    flag("scheme", "conduct is judged and reviewed"),
    flag("by_meeting", "the meeting decides by mandate, not the director"),
    whole("draft_days", "days after entry", "deadline of the draft plan, 0 for none"),
    whole("settle_days", "days after entry", "deadline of the settled plan, 0 for none"),
    whole("first_days", "days after entry", "deadline of the first review"),
    whole("cycle_days", "days", "longest time between reviews"),
    whole("long_stay_days", "days", "expected stay from which the longer cycle holds, 0 for never"),
    whole("long_cycle_days", "days", "longest time between reviews then"),
    whole("early_days", "days", "review within so many days after undesired conduct, 0 for never"),
    whole("eligible_days", "days", "days of positive conduct before a step up"),
    flag("refusal_restarts", "a refusal starts these days anew"),
    share("mainly_positive", "weighed share of desired notes that may suffice"),
    share("leniency", "chance that this room is used"),
    share("allowance", "weight taken off excused notes"),
    flag("allowance_needs_will", "the allowance asks for signs of wanting to improve"),
    whole("repeat_from", "sentences", "earlier sentences from which more periods are needed, 0 for never"),
    whole("repeat_periods", "periods", "periods needed on top"),
    whole("conditions", "count", "conditions for the first step up"),
    amount("condition_days", "days", "mean time for one of them"),
    share("may", "chance that undesired conduct leads to a step down"),
    whole("pattern", "periods", "periods that make a pattern"),
    flag("warns", "a first undesired period gives a warning"),
    flag("way_back", "the way back up is agreed with the person"),
    flag("at_once", "impermissible conduct means a step down at once"),
    share("keeps_down", "chance that impermissible conduct means a refusal"),
    flag("to_lowest", "a step down leads to the lowest level"),
    whole("shortest_days", "days", "shortest time before the way up opens again"),
    whole("longest_days", "days", "longest time before the way up opens again"),
    whole("reason_days", "days", "days added for each reason"),
    whole("groups_out", "bits", "legal groups that are out, one bit each"),
    flag("convicted_out", "people convicted in detention are out"),
    whole("short_stay_days", "days", "expected stay below which people are out, 0 for nobody"),
    flag("remand_earns", "the status can be earned on a remand unit"),
    flag("remand_lives", "the status is lived on a remand unit"),
    whole("self_reporter_level", "level", "level on which self-reporters start"),
    flag("self_reporter_first", "self-reporters stay in although their expected stay is short"),
    flag("effort_alone_suffices", "lacking effort alone is enough to refuse or to demote"),
)

LEVELS = (
    whole("programme", "row", "programme that the level lives, -1 the unit's own", -1),
    flag("plus", "counts as reward status"),
    whole("periods", "periods", "periods judged positive in a row before the next level", 1),
    share("visits", "outside contact added"),
)

DOMAINS = (
    amount("weight", "factor", "weight where parts are weighed"),
    flag("effort", "is about effort for return to society"),
    amount("desired_needed", "notes", "desired notes needed in a period"),
    amount("warning_from", "notes", "notes of the warning class that colour a period"),
    amount("undesired_from", "notes", "notes of undesired conduct that colour a period"),
)

CONDUCTS = (
    whole("kind", "code", "kind of conduct or incident"),
    whole("domain", "domain", "part on which it counts, -1 for none"),
    whole("standing", "code", "0 desired 1 warning 2 undesired 3 impermissible", 0, 3),
    amount("weight", "notes", "ordinary notes that one such note is worth"),
)

REPORTERS = (
    amount("attention", "share", "how much of what is seen this discipline sees"),
    amount("weight", "factor", "weight of its notes"),
    flag("on_unit", "an officer of the unit"),
    whole("domains", "bits", "parts it reports on, one bit each"),
)

SAMPLE = (
    whole("resident", "row", "row of the resident in the place, -1 if vacant"),
    amount("autonomy", "0-1", "autonomy"),
    amount("competence", "0-1", "competence"),
    amount("relatedness", "0-1", "relatedness"),
    amount("tension", "0-1", "tension and arousal", 0, 2),
    amount("wellbeing", "0-1", "wellbeing"),
    amount("fear", "0-1", "fear"),
)

CONTROL = (
    key("seed", "seed of this replicate"),
    whole("resident_count", "rows", "rows of the resident table in use"),
    whole("staff_count", "rows", "rows of the staff table in use"),
    whole("event_count", "rows", "rows of the ledger in use"),
    whole("quarrel_count", "rows", "quarrels of this day-part"),
    whole("duty_count", "rows", "duties of this day-part"),
    whole("contact_count", "rows", "contacts with staff in this day-part"),
    whole("unstaffed", "code", "0 locked 1 open 2 shared cover"),
    whole("ordering", "code", "0 menu 1 relational first 2 protocol first"),
    whole("sample", "places", "places whose days are written down one by one"),
    whole("first_part", "day-part", "day-part with which the run starts"),
    whole("daily_part", "day-part", "day-part with which the daily record starts"),
    whole("weighed", "rows", "rows of the ledger that residents have weighed for their justice"),
    flag("recording", "recorded time (not burn-in)"),
)

SWITCHES = tuple(
    flag(name, f"mechanism {name} is on")
    for name in (
        "flow",
        "strain",
        "roster",
        "programme",
        "encounters",
        "alliance",
        "conflict",
        "response",
        "coercion",
        "promotion",
        "justice",
        "tension",
        "needs",
        "wellbeing",
    )
)

TABLES: dict[str, tuple[str, str, tuple[Column, ...]]] = {
    "residents": ("Resident", "Residents", RESIDENTS),
    "staff": ("StaffMember", "Staff", STAFF),
    "places": ("Place", "Places", PLACES),
    "posts": ("Post", "Posts", POSTS),
    "units": ("Unit", "Units", UNITS),
    "sites": ("Site", "Sites", SITES),
    "programmes": ("Programme", "Programmes", PROGRAMMES),
    "slots": ("Slot", "Slots", SLOTS),
    "edges": ("Edge", "Edges", EDGES),
    "ties": ("Tie", "Ties", TIES),
    "bonds": ("Bond", "Bonds", BONDS),
    "team_ties": ("TeamTie", "TeamTies", TEAM_TIES),
    "duties": ("Duty", "Duties", DUTIES),
    "quarrels": ("Quarrel", "Quarrels", QUARRELS),
    "quarrel_list": ("Entry", "Entries", (whole("place", "place", "place with a quarrel"),)),
    "contacts": ("Contact", "Contacts", CONTACTS),
    "memories": ("Memory", "Memories", MEMORIES),
    "ledger": ("Event", "Ledger", LEDGER),
    "policy": ("Policy", "PolicyTable", POLICY),
    "levels": ("Level", "Levels", LEVELS),
    "domains": ("Domain", "Domains", DOMAINS),
    "conducts": ("Conduct", "Conducts", CONDUCTS),
    "reporters": ("Reporter", "Reporters", REPORTERS),
    "daily": ("UnitDay", "Daily", DAILY),
    "sample": ("SampleDay", "Sample", SAMPLE),
    "control": ("Control", "ControlTable", CONTROL),
    "switches": ("Switch", "Switches", SWITCHES),
}
"""Every table: name of a row, name of the table in kernel annotations, columns."""


def dtype_of(table: str) -> np.dtype[Any]:
    """Return the record type of a table."""
    return np.dtype([(column.name, column.type) for column in TABLES[table][2]])


def new_table(table: str, rows: int) -> Any:
    """Return a table of zeros with ``rows`` rows as a record array."""
    return np.zeros(rows, dtype=dtype_of(table)).view(np.recarray)


def scratch_table(table: str, rows: int) -> Any:
    """Return a table for notes of one day-part: what stands in its rows means nothing until written."""
    return np.empty(rows, dtype=dtype_of(table)).view(np.recarray)


def rows_where(table: Any, chosen: Any) -> Any:
    """Return a copy of the rows of a table for which ``chosen`` (a truth value per row) holds."""
    # Rows as lumps of bytes: NumPy copies records field by field, several times slower.
    lumps = np.ascontiguousarray(table).view(np.ndarray).view(f"V{table.dtype.itemsize}")
    return lumps[chosen].view(table.dtype).view(np.recarray)


for _name, (_row, _table, _columns) in TABLES.items():
    declare_record(_row, _table, dtype_of(_name))
