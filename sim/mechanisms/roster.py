"""Roster and presence: whole people on whole shifts, and where their time goes.

A unit's team covers its shift slots in turn; a share of the slots is filled from a pool of units
instead, by exchanging people between slots, so that rotation never changes how many hands a unit has.
On duty, procedures come first (a load per resident, and paperwork per incident); what is left is
split between office and common room by the officer's orientation, vigilance and exhaustion and by the
rule for where free time goes.  Presence in the common room is an outcome, not an input.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import FIRST_WEEKEND_DAY, PARTS, WEEK
from sim.kernel import f8, i8, kernel
from sim.reference import DOSE, EXHAUSTION, ORIENTATION, RESTRICTIVENESS, VIGILANCE
from sim.registry import Mechanism, Section
from sim.rules import logistic
from sim.tables import ControlTable, Duties, Parameters, Post, Posts, Staff, StaffMember, Units

SHIFTS = "derived: 36 of 168 hours a week less leave and training; profiles of European facilities"

# fmt: off
declare = Section("roster")
declare("share_morning", 0.30, "share of posts", (0, 1), (0.25, 0.35), "posts on duty on a weekday morning", SHIFTS, "D", "derived")
declare("share_afternoon", 0.30, "share of posts", (0, 1), (0.25, 0.35), "posts on duty on a weekday afternoon", SHIFTS, "D", "derived")
declare("share_evening", 0.19, "share of posts", (0, 1), (0.12, 0.25), "posts on duty in the evening", SHIFTS, "D", "derived")
declare("share_night", 0.05, "share of posts", (0, 1), (0.03, 0.08), "posts on duty at night", SHIFTS, "D", "derived")
declare("weekend_factor", 0.75, "factor", (0, 1.5), (0.6, 1), "weekend duty against weekday duty", SHIFTS, "D", "assumed")
declare("replaced_share", 0.3, "share", (0, 1), (0.1, 0.6), "absences that a colleague covers", "assumption")
declare("cover_time", 0.25, "share of a day-part", (0, 0.9), (0.1, 0.4), "time that a neighbour's officer gives to a unit without staff", "assumption")
declare("lock_ratio", 33, "residents per officer", (1, 500), (24, 48), "residents out for whom one officer suffices; with fewer hands hours are cut", "assumption")
declare("procedure_load", 0.03, "staff day-parts per resident and day-part", (0, 0.5), (0.02, 0.045), "routine procedures at full security", "assumption: time goes per resident, not as a share per officer", "D")
declare("procedure_base", 0.25, "share of the load", (0, 2), (0.15, 0.4), "part of the load that needs no security reason", "assumption")
declare("procedure_static", 0.45, "per unit of static security", (0, 2), (0.2, 0.7), "load from doors, cameras and escorts", "assumption")
declare("procedure_rules", 0.40, "per unit of procedural security", (0, 2), (0.2, 0.7), "load from rules on paper", "assumption")
declare("procedure_practice", 0.5, "per unit of restrictiveness above middling", (0, 2), (0.2, 0.8), "load from restrictions in practice", "assumption")
declare("procedure_cap", 0.85, "share of hands", (0.05, 1), (0.7, 0.95), "most time that procedures take", "assumption: without it the workload runs away")
declare("paperwork_report", 0.25, "staff day-parts", (0, 3), (0.1, 0.5), "paperwork per recorded incident", "assumption", feedback=True)
declare("paperwork_containment", 0.6, "staff day-parts", (0, 3), (0.2, 1.5), "aftercare per containment or cell confinement", "assumption", feedback=True)
declare("backlog_days", 5, "days", (0.25, 100), (1, 30), "time constant after which undone paperwork is dropped", "assumption: a backlog must expire")
declare("common_base", 0.2, "log-odds", (-5, 5), (-0.5, 0.8), "free time spent in the common room by a middling officer", "profiles of European facilities: .2-.4 of staff time in a Dutch prison", "D", "derived")
declare("common_orientation", 2.0, "log-odds per unit", (0, 8), (1, 3), "connecting officers spend more time in the common room", "European guidelines for relational security 2023", "C", "assumed")
declare("common_presence", 2.0, "log-odds per unit", (0, 8), (1, 3.5), "the rule that free time goes to the common room", "European guidelines for relational security 2023", "C", "assumed")
declare("common_vigilance", 2.4, "log-odds per unit", (0, 12), (1, 4), "vigilant staff withdraw to the office", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("common_exhaustion", 1.4, "log-odds per unit", (0, 12), (0.5, 2.5), "exhausted staff withdraw to the office", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="roster",
    title="Roster and presence",
    theory="Presence theory; time budget of unit staff",
    source="European guidelines for relational security 2023; SPACE 2016",
    reads=(
        "posts.*",
        "staff.*",
        "units.*",
        "control.unstaffed",
    ),
    writes=(
        "duties.*",
        "units.rota",
        "units.duty_first",
        "units.duty_count",
        "units.hands",
        "units.common",
        "units.procedure",
        "units.cover_needed",
        "units.backlog",
        "staff.duty_part",
        "staff.day_common",
        "staff.day_procedure",
        "control.duty_count",
    ),
    neutral="mean hands: every holder of a post, ill or not, is on duty for the mean share of the day-part",
    parameters=declare.parameters,
)


@kernel
def shift_share(part: i8, p: Parameters) -> f8:
    """Return the share of posts on duty in a day-part."""
    slot = part % PARTS
    if slot == 0:
        share = p.roster.share_morning
    elif slot == 1:
        share = p.roster.share_afternoon
    elif slot == 2:
        share = p.roster.share_evening
    else:
        share = p.roster.share_night
    if (part // PARTS) % WEEK >= FIRST_WEEKEND_DAY:
        share = min(1.0, share * p.roster.weekend_factor)
    return share


@kernel
def whole_hands(expected: f8, u: f8) -> i8:
    """Return a whole number of hands with the given mean: stochastic rounding."""
    floor = int(expected)
    return floor + (1 if u < expected - floor else 0)


@kernel
def can_work(post: Post, staff: Staff, day: i8, part: i8) -> i8:
    """Say (1 or 0) whether the holder of a post can take a shift."""
    if post.staff < 0:
        return 0
    s = staff[post.staff]
    return 1 if s.absent_until <= day and s.duty_part != part else 0


@kernel
def put_on_duty(
    u: i8, post: i8, time: f8, part: i8, duties: Duties, posts: Posts, staff: Staff, control: ControlTable
) -> None:
    """Add one duty to the list of this day-part."""
    row = control[0].duty_count
    control[0].duty_count = row + 1
    duty = duties[row]
    duty.unit = u
    duty.post = post
    duty.staff = posts[post].staff
    duty.time = time
    staff[posts[post].staff].duty_part = part


@kernel
def fill_slots(
    u: i8,
    part: i8,
    units: Units,
    posts: Posts,
    staff: Staff,
    duties: Duties,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Fill the slots of one unit from its own team, in turn."""
    unit = units[u]
    unit.duty_first = control[0].duty_count
    team = unit.post_end - unit.post_first
    if team == 0:
        return
    day = part // PARTS
    seed = control[0].seed
    expected = unit.hours * shift_share(part, p)
    slots = min(
        team, whole_hands(expected, streams.draw(seed, streams.HANDS, part, unit.key, streams.NOBODY, 0))
    )
    for k in range(slots):
        post = unit.post_first + unit.rota % team
        unit.rota += 1
        if can_work(posts[post], staff, day, part) == 0:
            if (
                streams.draw(seed, streams.REPLACED, part, unit.key, streams.NOBODY, k)
                >= p.roster.replaced_share
            ):
                continue
            post = -1
            # Colleagues who are not about to fill a slot of this day-part themselves come first.
            for step in range(team):
                candidate = unit.post_first + (unit.rota + slots - 1 - k + step) % team
                if can_work(posts[candidate], staff, day, part) == 1:
                    post = candidate
                    break
            if post < 0:
                continue
        put_on_duty(u, post, 1.0, part, duties, posts, staff, control)
    unit.duty_count = control[0].duty_count - unit.duty_first


@kernel
def exchange_pooled(
    first: i8,
    end: i8,
    part: i8,
    duties: Duties,
    posts: Posts,
    units: Units,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Exchange people between the pooled slots ``first`` to ``end`` (a keyed shuffle)."""
    seed = control[0].seed
    pooled = 0
    for d in range(first, end):
        duty = duties[d]
        unit = units[duty.unit]
        u = streams.draw(seed, streams.POOLED, part, unit.key, streams.NOBODY, d - unit.duty_first)
        duty.common = 1.0 if u < p.staffing.rotation_share else 0.0
        if duty.common > 0.0:
            pooled += 1
    for d in range(first, end):
        duty = duties[d]
        if duty.common == 0.0:
            continue
        unit = units[duty.unit]
        u = streams.draw(seed, streams.POOL_ORDER, part, unit.key, streams.NOBODY, d - unit.duty_first)
        steps = int(u * pooled)
        pooled -= 1
        other = d
        while steps > 0:
            other += 1
            if duties[other].common > 0.0:
                steps -= 1
        mine = duty.post
        duty.post = duties[other].post
        duties[other].post = mine
        duty.staff = posts[duty.post].staff
        duties[other].staff = posts[mine].staff


@kernel
def share_cover(u: i8, part: i8, units: Units, duties: Duties, control: ControlTable, p: Parameters) -> None:
    """Let an officer on duty elsewhere in the pool look after a unit without staff."""
    unit = units[u]
    # The duties of the units with staff of their own lie side by side; those covered meanwhile do not.
    first = 0
    end = 0
    for k in range(unit.pool_first, unit.pool_end):
        if units[k].cover_needed == 0:
            if end == 0:
                first = units[k].duty_first
            end = units[k].duty_first + units[k].duty_count
    if end <= first:
        return
    key = streams.draw(control[0].seed, streams.COVER, part, unit.key, streams.NOBODY, 0)
    donor = duties[first + int(key * (end - first))]
    if donor.time < 2.0 * p.roster.cover_time:
        return
    row = control[0].duty_count
    control[0].duty_count = row + 1
    donor.time -= p.roster.cover_time
    cover = duties[row]
    cover.unit = u
    cover.post = donor.post
    cover.staff = donor.staff
    cover.time = p.roster.cover_time
    unit.duty_first = row
    unit.duty_count = 1


@kernel
def assign(
    part: i8, units: Units, posts: Posts, staff: Staff, duties: Duties, control: ControlTable, p: Parameters
) -> None:
    """Draw up the list of duties of a day-part, unit by unit."""
    control[0].duty_count = 0
    for u in range(units.shape[0]):
        units[u].duty_count = 0
        fill_slots(u, part, units, posts, staff, duties, control, p)
    u = 0
    while u < units.shape[0]:
        unit = units[u]
        # A pool that only covers for units without staff exchanges nobody.
        if (
            unit.pool_end - unit.pool_first > 1
            and p.staffing.rotation_share > 0.0
            and p.staffing.rotation_cluster > 1.0
        ):
            last = units[unit.pool_end - 1]
            exchange_pooled(
                unit.duty_first, last.duty_first + last.duty_count, part, duties, posts, units, control, p
            )
        u = unit.pool_end
    for u in range(units.shape[0]):
        unit = units[u]
        unit.cover_needed = 1 if unit.duty_count == 0 else 0
    if control[0].unstaffed == 2:
        for u in range(units.shape[0]):
            if units[u].cover_needed == 1:
                share_cover(u, part, units, duties, control, p)


@kernel
def assign_mean(
    part: i8, units: Units, posts: Posts, staff: Staff, duties: Duties, control: ControlTable, p: Parameters
) -> None:
    """Put everybody on duty for the mean share of the day-part: the mechanism switched off."""
    control[0].duty_count = 0
    for u in range(units.shape[0]):
        unit = units[u]
        unit.duty_first = control[0].duty_count
        for post in range(unit.post_first, unit.post_end):
            if posts[post].staff >= 0:
                time = posts[post].hours * shift_share(part, p)
                put_on_duty(u, post, time, part, duties, posts, staff, control)
        unit.duty_count = control[0].duty_count - unit.duty_first
        unit.cover_needed = 1 if unit.duty_count == 0 else 0


@kernel
def routine_load(residents: f8, static: f8, procedural: f8, restrictiveness: f8, p: Parameters) -> f8:
    """Return staff day-parts of routine procedures for a number of residents."""
    return max(
        0.0,
        residents
        * p.roster.procedure_load
        * (
            p.roster.procedure_base
            + p.roster.procedure_static * static
            + p.roster.procedure_rules * procedural
            + p.roster.procedure_practice * (restrictiveness - RESTRICTIVENESS)
        ),
    )


@kernel
def common_share(s: StaffMember, p: Parameters) -> f8:
    """Return the share of free time that an officer spends in the common room."""
    return logistic(
        p.roster.common_base
        + p.roster.common_orientation * (s.orientation - ORIENTATION)
        + p.roster.common_presence * (p.security.presence - DOSE)
        - p.roster.common_vigilance * (s.vigilance - VIGILANCE)
        - p.roster.common_exhaustion * (s.exhaustion - EXHAUSTION)
    )


@kernel
def spend_time(units: Units, staff: Staff, duties: Duties, p: Parameters) -> None:
    """Split the time of everybody on duty: procedures first, then common room and office."""
    kept = math.exp(-1.0 / (PARTS * p.roster.backlog_days))
    for u in range(units.shape[0]):
        unit = units[u]
        unit.hands = 0.0
        unit.common = 0.0
        unit.procedure = 0.0
        for d in range(unit.duty_first, unit.duty_first + unit.duty_count):
            unit.hands += duties[d].time
        routine = routine_load(
            float(unit.present), unit.static, p.security.procedural, unit.restrictiveness, p
        )
        able = p.roster.procedure_cap * unit.hands
        done = min(able, routine + unit.backlog)
        # Rounding must not leave less than nothing.
        unit.backlog = max(0.0, unit.backlog - max(0.0, done - routine)) * kept
        busy = done / unit.hands if unit.hands > 0.0 else 0.0
        for d in range(unit.duty_first, unit.duty_first + unit.duty_count):
            duty = duties[d]
            s = staff[duty.staff]
            duty.key = s.key
            duty.procedure = busy * duty.time
            duty.common = (duty.time - duty.procedure) * common_share(s, p)
            unit.common += duty.common
            unit.procedure += duty.procedure
            s.day_common += duty.common
            s.day_procedure += duty.procedure
