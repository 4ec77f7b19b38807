"""Staff strain: needs at work, exhaustion, sick leave, leaving, and the ties of a team.

Exhaustion is a leaky integrator of demands (procedures, relational work beyond one's skill, control
and coercion) less resources (cohesion, effectiveness, say); incidents add impulses.  The chance of
falling ill and of leaving grows exponentially with exhaustion (job demands-resources: Bakker &
Demerouti 2007).  The needs of staff follow the same theory as those of residents (Deci & Ryan 2000).
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import DAYS_PER_YEAR, PARTS
from sim.kernel import f8, i8, kernel
from sim.reference import EXHAUSTION, NEED
from sim.registry import Mechanism, Section
from sim.rules import approach, bounded, rate_of
from sim.state import NEVER
from sim.tables import (
    Bonds,
    ControlTable,
    Daily,
    Duties,
    Parameters,
    Posts,
    Staff,
    StaffMember,
    TeamTies,
    Units,
)

DJI = "DJI and HMPPS: absence 7-8 %, leavers 11-13 % a year"

# fmt: off
declare = Section("strain")
declare("exhaustion_days", 35, "days", (2, 400), (20, 60), "time constant of exhaustion", "assumption", "D")
declare("exhaustion_resting", 0.22, "0-1", (0, 1), (0.1, 0.35), "exhaustion without demands", "assumption")
declare("demand_procedure", 0.266, "per full day-part a day", (0, 1), (0, 0.3), "exhaustion from a day of procedures", "assumption")
declare("demand_relational", 0.14, "per full day-part a day", (0, 1), (0, 0.3), "exhaustion from relational work without skill", "European guidelines for relational security 2023: demanding work", "C", "assumed")
declare("demand_vigilance", 0.303, "per unit of vigilance", (0, 1), (0.1, 0.4), "exhaustion from being on guard", "Finney et al. 2013; Costa et al. 2024 (direction)", "B", "abstract")
declare("relief_needs", 0.3, "per unit of need satisfaction above one half", (0, 1), (0.1, 0.5), "exhaustion that satisfied needs prevent", "Costa et al. 2024 (direction)", "B", "abstract")
declare("incident_impulse", 0.03, "share of what is left", (0, 1), (0.01, 0.06), "exhaustion after an incident on duty", "ad.nl 2016: absence 9.6 % where an officer was stabbed (direction)", "C", "assumed", feedback=True)
declare("coercion_impulse", 0.015, "share of what is left", (0, 1), (0, 0.04), "unease and guilt after carrying out coercion", "European guidelines for relational security 2023", "C", "assumed", feedback=True)
declare("sick_per_year", 1.97, "spells per year", (0, 20), (1.2, 2.4), "spells of sick leave at middling exhaustion", DJI, "B", "derived")
declare("sick_slope", 2.2, "log-hazard per unit", (0, 6), (1, 3), "how exhaustion raises the chance of illness", DJI, "C", "assumed")
declare("sick_days", 15, "days", (1, 200), (8, 25), "mean length of sick leave", "derived from absence and spells", "C", "derived")
declare("quit_per_year", 0.11, "per year", (0, 2), (0.08, 0.15), "leavers at middling exhaustion", DJI, "B", "abstract")
declare("quit_slope", 2.0, "log-hazard per unit", (0, 6), (0.5, 4), "how exhaustion raises the chance of leaving", DJI, "C", "assumed")
declare("vacancy_days", 30, "days", (0, 400), (15, 90), "days until a vacant post is filled", "assumption")
declare("needs_days", 20, "days", (1, 400), (10, 40), "time constant of the needs of staff", "assumption")
declare("say", 0.84, "0-1", (0, 1), (0.6, 0.95), "say of staff in how work is done, before rules", "assumption")
declare("rules_take_say", 0.35, "per unit of procedural security", (0, 1), (0.1, 0.5), "autonomy at work lost to codified procedures", "ENAP material on dynamic security: codification", "C", "assumed")
declare("team_tie_gain", 0.08, "share of what is left per shared day-part", (0, 1), (0.03, 0.15), "growth of a tie between colleagues on one shift", "assumption")
declare("team_tie_days", 60, "days", (2, 2000), (30, 120), "time constant of fading of ties between colleagues", "assumption")
declare("victim_impulse", 0.09, "share of what is left", (0, 1), (0.03, 0.2), "exhaustion after violence against oneself", "ad.nl 2016: absence 9.6 % where an officer was stabbed (direction)", "C", "assumed", feedback=True)
declare("restriction_takes_say", 0.2, "per unit of restrictiveness", (0, 1), (0, 0.4), "autonomy at work lost to restrictive practice", "assumption")
declare("competence_base", 0.2, "0-1", (0, 1), (0.1, 0.3), "competence at work without success or skill", "assumption")
declare("competence_effect", 0.4, "per unit", (0, 1), (0.2, 0.6), "competence at work from settling things with words", "assumption")
declare("competence_skill", 0.3, "per unit", (0, 1), (0.15, 0.45), "competence at work from skill", "assumption")
declare("relatedness_base", 0.2, "0-1", (0, 1), (0.1, 0.3), "relatedness at work without ties", "assumption")
declare("relatedness_cohesion", 0.7, "per unit", (0, 1), (0.4, 0.8), "relatedness at work from ties with the colleagues on duty", "van Ginneken et al. 2020: co-worker support (direction)", "B", "abstract")
declare("cohesion_gain", 0.1, "share per day-part", (0, 1), (0.05, 0.2), "move of cohesion towards the ties met on a shift", "assumption")
declare("effectiveness_gain", 0.1, "share per eventful day", (0, 1), (0.05, 0.2), "move of felt effectiveness towards the day's success", "assumption")
declare("needs_start", 0.5, "0-1", (0, 1), (0.35, 0.65), "needs of staff on starting, and with the mechanism off", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="strain",
    title="Staff strain, absence and turnover",
    theory="Job demands and resources; self-determination theory at work",
    source="Bakker & Demerouti 2007; Finney et al. 2013; DJI and HMPPS figures",
    reads=(
        "staff.*",
        "duties.*",
        "units.*",
        "posts.*",
        "team_ties.*",
    ),
    writes=(
        "staff.*",
        "posts.staff",
        "posts.occupant",
        "posts.next_hire",
        "bonds.*",
        "team_ties.*",
        "control.staff_count",
        "daily.staff_leavers",
    ),
    neutral="nobody falls ill or leaves; exhaustion and the needs of staff stay at their resting level",
    parameters=declare.parameters,
)


@kernel
def own_level(mean: f8, spread: f8, z: f8) -> f8:
    """Return a trait in [0, 1] at the normal quantile ``z``."""
    return bounded(mean + spread * z, 0.02, 0.98)


@kernel
def widest(units: Units) -> i8:
    """Return the number of columns of the table of team ties: the largest pool."""
    width = 1
    for u in range(units.shape[0]):
        width = max(width, units[u].bond_width)
    return width


@kernel
def clear_bonds(
    i: i8, posts: Posts, units: Units, bonds: Bonds, team_ties: TeamTies, part: i8, p: Parameters
) -> None:
    """Forget every relation of post ``i``, for a new holder."""
    own = units[posts[i].unit]
    column = i - own.bond_post
    for u in range(own.pool_first, own.pool_end):
        unit = units[u]
        for line in range(unit.place_end - unit.place_first):
            bond = bonds[unit.bond_first + line * unit.bond_width + column]
            bond.familiarity = 0.0
            bond.alliance = p.alliance.start
            bond.breach = 0.0
            bond.part = part
    width = widest(units)
    for other in range(own.bond_width):
        here = team_ties[i * width + other]
        here.tie = 0.0
        here.part = part
        there = team_ties[(own.bond_post + other) * width + column]
        there.tie = 0.0
        there.part = part


@kernel
def hire(
    i: i8,
    day: i8,
    staff: Staff,
    posts: Posts,
    units: Units,
    bonds: Bonds,
    team_ties: TeamTies,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let the next holder start in post ``i``."""
    post = posts[i]
    seed = control[0].seed
    row = control[0].staff_count
    control[0].staff_count = row + 1
    s = staff[row]
    s.key = streams.person_key(seed, streams.STAFF, post.number, post.occupant)
    s.post = i
    s.unit = post.unit
    s.occupant = post.occupant
    s.hired = day
    s.present = 1
    post.occupant += 1
    post.staff = row
    base = streams.of_person(streams.stream(seed, streams.STAFF_TRAITS, 0), s.key)
    first = streams.normal(streams.with_counterpart(base, streams.NOBODY, 0))
    second = streams.normal(streams.with_counterpart(base, streams.NOBODY, 1))
    culture = units[post.unit].culture
    s.orientation = own_level(p.staffing.orientation_mean - culture, p.staffing.orientation_sd, first)
    s.skill = own_level(p.staffing.skill_mean, p.staffing.skill_sd, second)
    s.autonomy = p.strain.needs_start
    s.competence = p.strain.needs_start
    s.relatedness = p.strain.needs_start
    s.vigilance = p.coercion.vigilance_resting
    s.exhaustion = p.strain.exhaustion_resting
    s.effectiveness = p.strain.needs_start
    s.keep_vigilance = 1.0
    s.keep_exhaustion = 1.0
    s.absent_until = day - 1
    s.duty_part = NEVER
    clear_bonds(i, posts, units, bonds, team_ties, day * PARTS, p)


@kernel
def hazard_per_day(per_year: f8, slope: f8, exhaustion: f8) -> f8:
    """Return a daily chance that grows exponentially with exhaustion (middling: 0.3)."""
    return 1.0 - math.exp(-per_year / DAYS_PER_YEAR * math.exp(slope * (exhaustion - EXHAUSTION)))


@kernel
def fill_posts(
    day: i8,
    staff: Staff,
    posts: Posts,
    units: Units,
    bonds: Bonds,
    team_ties: TeamTies,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Hire the first holder of every post."""
    for i in range(posts.shape[0]):
        hire(i, day, staff, posts, units, bonds, team_ties, control, p)


@kernel
def move_staff(
    day: i8,
    today: i8,
    staff: Staff,
    posts: Posts,
    units: Units,
    bonds: Bonds,
    team_ties: TeamTies,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let staff leave, fall ill and recover, and fill vacant posts."""
    seed = control[0].seed
    quitting = streams.stream(seed, streams.QUIT, day)
    sickening = streams.stream(seed, streams.SICK, day)
    quit_most = hazard_per_day(p.strain.quit_per_year, p.strain.quit_slope, 1.0)
    sick_most = hazard_per_day(p.strain.sick_per_year, p.strain.sick_slope, 1.0)
    for i in range(posts.shape[0]):
        post = posts[i]
        if post.staff >= 0:
            s = staff[post.staff]
            u01 = streams.uniform(
                streams.with_counterpart(streams.of_person(quitting, s.key), streams.NOBODY, 0)
            )
            if u01 < quit_most and u01 < hazard_per_day(
                p.strain.quit_per_year, p.strain.quit_slope, s.exhaustion
            ):
                s.present = 0
                post.staff = -1
                post.next_hire = day + int(p.strain.vacancy_days + 0.5)
                daily[today + post.unit].staff_leavers += 1
            elif s.absent_until <= day:
                u01 = streams.uniform(
                    streams.with_counterpart(streams.of_person(sickening, s.key), streams.NOBODY, 0)
                )
                if u01 < sick_most and u01 < hazard_per_day(
                    p.strain.sick_per_year, p.strain.sick_slope, s.exhaustion
                ):
                    u = streams.draw(seed, streams.SICK_DAYS, day, s.key, streams.NOBODY, 0)
                    s.absent_until = day + max(1, int(-math.log(1.0 - u) * p.strain.sick_days + 0.5))
        if post.staff < 0 and post.next_hire <= day:
            hire(i, day, staff, posts, units, bonds, team_ties, control, p)


@kernel
def work_together(
    part: i8, staff: Staff, units: Units, team_ties: TeamTies, duties: Duties, p: Parameters
) -> None:
    """Let colleagues on duty on one unit strengthen their ties; cohesion is the tie met on duty."""
    width = widest(units)
    for u in range(units.shape[0]):
        unit = units[u]
        if unit.duty_count < 2:
            continue
        for a in range(unit.duty_first, unit.duty_first + unit.duty_count):
            met = 0.0
            for b in range(unit.duty_first, unit.duty_first + unit.duty_count):
                if b == a:
                    continue
                cell = team_ties[duties[a].post * width + duties[b].post - unit.bond_post]
                faded = cell.tie * math.exp(-(part - cell.part) / (PARTS * p.strain.team_tie_days))
                cell.tie = approach(faded, 1.0, p.strain.team_tie_gain)
                cell.part = part
                met += cell.tie
            s = staff[duties[a].staff]
            s.cohesion = approach(s.cohesion, met / (unit.duty_count - 1), p.strain.cohesion_gain)


@kernel
def exhaustion_target(s: StaffMember, p: Parameters) -> f8:
    """Return the level that exhaustion moves to after a day like today."""
    needs = (s.autonomy + s.competence + s.relatedness) / 3.0
    return bounded(
        p.strain.exhaustion_resting
        + p.strain.demand_procedure * s.day_procedure
        + p.strain.demand_relational * s.day_common * (1.0 - s.skill)
        + p.strain.demand_vigilance * s.vigilance
        - p.strain.relief_needs * (needs - NEED),
        0.02,
        0.95,
    )


@kernel
def staff_day(day: i8, staff: Staff, posts: Posts, units: Units, p: Parameters) -> None:
    """Move needs and exhaustion of staff by one day and close the day's account."""
    needs_rate = rate_of(p.strain.needs_days)
    exhaustion_rate = rate_of(p.strain.exhaustion_days)
    for i in range(posts.shape[0]):
        if posts[i].staff < 0:
            continue
        s = staff[posts[i].staff]
        unit = units[s.unit]
        say = bounded(p.strain.say - p.strain.rules_take_say * p.security.procedural, 0.02, 0.98)
        s.autonomy = approach(
            s.autonomy,
            bounded(say - p.strain.restriction_takes_say * unit.restrictiveness, 0.02, 0.98),
            needs_rate,
        )
        s.competence = approach(
            s.competence,
            bounded(
                p.strain.competence_base
                + p.strain.competence_effect * s.effectiveness
                + p.strain.competence_skill * s.skill,
                0.02,
                0.98,
            ),
            needs_rate,
        )
        s.relatedness = approach(
            s.relatedness,
            bounded(p.strain.relatedness_base + p.strain.relatedness_cohesion * s.cohesion, 0.02, 0.98),
            needs_rate,
        )
        target = exhaustion_target(s, p)
        if s.absent_until > day:
            target = p.strain.exhaustion_resting
        s.exhaustion = approach(s.exhaustion, target, exhaustion_rate)
        s.exhaustion = 1.0 - (1.0 - s.exhaustion) * s.keep_exhaustion
        handled = s.day_solved + s.day_coercive
        if handled > 0:
            s.effectiveness = approach(s.effectiveness, s.day_solved / handled, p.strain.effectiveness_gain)


@kernel
def staff_neutral(posts: Posts, staff: Staff, p: Parameters) -> None:
    """Keep staff at their resting level: the mechanism switched off."""
    for i in range(posts.shape[0]):
        if posts[i].staff >= 0:
            s = staff[posts[i].staff]
            s.exhaustion = p.strain.exhaustion_resting
            s.autonomy = p.strain.needs_start
            s.competence = p.strain.needs_start
            s.relatedness = p.strain.needs_start
            s.absent_until = NEVER


@kernel
def close_staff_day(posts: Posts, staff: Staff) -> None:
    """Clear the accounts of the day."""
    for i in range(posts.shape[0]):
        if posts[i].staff >= 0:
            s = staff[posts[i].staff]
            s.keep_exhaustion = 1.0
            s.keep_vigilance = 1.0
            s.day_common = 0.0
            s.day_procedure = 0.0
            s.day_solved = 0
            s.day_coercive = 0
