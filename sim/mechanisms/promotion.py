"""Promotion and demotion: conduct is seen, noted and judged; status is earned, refused and lost.

The rules are data (:mod:`sim.policy`, the tables ``policy``, ``levels``, ``domains``, ``conducts`` and
``reporters``), the judging is :mod:`sim.judging`, seeing and noting :mod:`sim.reports`, what decisions leave
behind :mod:`sim.decisions`; this module lets conduct happen and be reported, and holds reviews when they are
due.

*Conduct.*  On a day at most one noteworthy occasion arises per resident (its kind by declared rates).  It goes
well with log-odds ``conduct_base + needs + motivation - tension - difficulty``; difficulty is what a mild
intellectual disability, low self-reliance or a disorder add, by understanding, planning and self-control alone.
Conduct that would have gone well without the difficulty can be recognised as such.

*Reports.*  A discipline sees it the likelier, the better it knows the resident; notes it or not, by its own line
(a controlling colleague notes more that is wrong; consistency takes that away); and can misread it.

*Decisions* give hope or take it, come with reasons or without, and can leave grievance.  Expected reward moves
controlled motivation, which can crowd out autonomous motivation, more in people whom reward and punishment
move (causality orientation: Deci & Ryan 1985).  Whether a scheme does good is not built in.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS, WEEK
from sim.conduct import (
    NOTHING,
    PLAN,
    QUARREL,
    desired_kind,
    ease,
    hardship,
    is_desired,
    occasion_at,
    opposite,
    rate_of_any,
    undesired_kind,
)
from sim.decisions import decision_event, explained, lose_hope, resent
from sim.judging import (
    DEMOTE,
    IMPERMISSIBLE_NOTE,
    IN_SCHEME,
    PROMOTE,
    REFUSE,
    UNDESIRED_NOTE,
    WARN,
    WARNING_NOTE,
    bring_forward,
    carry_out,
    demote_at_once,
    judge,
    lengthen,
    live,
    plan_step,
    receive_resident,
    rescope,
    take_note,
    undo,
    wrong_notes,
)
from sim.kernel import f8, i8, kernel, u8
from sim.ledger import (
    COMMON_ROOM,
    CONVICTED,
    DEMOTED,
    LAST_INCIDENT,
    OVERDUE,
    PLAN_SETTLED,
    PROMOTED,
    PROSECUTED,
    REFUSED_PROMOTION,
    WARNED,
    append,
)
from sim.reference import CASELOAD, HOPE, PROSPECT
from sim.registry import Mechanism, Section
from sim.reports import (
    ALL_DOMAINS,
    domains_of,
    noted_chance,
    officer_line,
    own_line,
    reporter_at,
    seen_chance,
)
from sim.rules import approach, bounded, logistic, rate_of
from sim.tables import (
    Conducts,
    ControlTable,
    Daily,
    Domains,
    Ledger,
    Levels,
    Memories,
    Parameters,
    Places,
    Policy,
    PolicyTable,
    Reporters,
    Resident,
    Residents,
    Staff,
    Unit,
    UnitDay,
    Units,
)

SDT = "Deci & Ryan 1985, 2000 (direction)"
JUDGED = "assumption: what staff find noteworthy"
ELBERS = "Elbers et al. 2022, 2024 (direction)"

# fmt: off
declare = Section("promotion")
declare("rate_programme", 0.05, "per resident-day", (0, 0.2), (0.02, 0.08), "noteworthy occasions of taking part in programme and work", JUDGED)
declare("rate_chore", 0.02, "per resident-day", (0, 0.2), (0.01, 0.04), "noteworthy occasions of a chore", JUDGED)
declare("rate_agreement", 0.025, "per resident-day", (0, 0.2), (0.01, 0.05), "noteworthy occasions of an agreement", JUDGED)
declare("rate_correction", 0.02, "per resident-day", (0, 0.2), (0.01, 0.04), "noteworthy occasions of being corrected", JUDGED)
declare("rate_manner", 0.03, "per resident-day", (0, 0.2), (0.01, 0.05), "noteworthy occasions of manner towards others", JUDGED)
declare("rate_hygiene", 0.005, "per resident-day", (0, 0.2), (0.002, 0.01), "occasions on which hygiene would be noticed", JUDGED)
declare("rate_plan", 0.02, "per resident-day", (0, 0.2), (0.01, 0.04), "noteworthy occasions of work on the plan", JUDGED)
declare("rate_test", 0.008, "per resident-day", (0, 0.2), (0.003, 0.02), "tests for alcohol and drugs", "assumption: about three a year")
declare("rate_quarrel", 0.006, "per resident-day", (0, 0.2), (0.002, 0.012), "occasions to calm a quarrel of others", JUDGED)
declare("conduct_base", 1.2, "log-odds", (-5, 6), (0.5, 2), "conduct is as desired, at middling state", "assumption")
declare("conduct_needs", 2.0, "per unit", (0, 8), (0.5, 4), "how satisfied needs help", "van der Helm et al. 2018 (direction)", "B", "abstract")
declare("conduct_tension", 1.5, "per unit", (0, 8), (0.5, 3), "how tension hinders", "assumption")
declare("conduct_autonomous", 1.0, "per unit", (0, 8), (0, 2.5), "how motivation for own reasons helps", SDT)
declare("conduct_controlled", 0.6, "per unit", (0, 8), (0, 2), "how motivation by reward helps", SDT)
declare("test_clean", 1.5, "log-odds", (-3, 6), (0.5, 2.5), "tests are passed more often than other conduct is as desired", "assumption")
declare("late_share", 0.5, "share", (0, 1), (0.3, 0.7), "late instead of staying away", "assumption")
declare("belittling_share", 0.35, "share", (0, 1), (0.2, 0.5), "belittling others instead of showing frustration", "assumption")
declare("refused_share", 0.3, "share", (0, 1), (0.1, 0.5), "tests that are not passed because they are refused", "assumption")
declare("cheated_share", 0.15, "share", (0, 1), (0, 0.3), "tests that are not passed because of cheating", "assumption")
declare("lvb_understanding", 0.7, "log-odds per unit of difficulty", (0, 5), (0, 1.5), "difficulty in understanding what is asked", ELBERS, "C", "assumed")
declare("lvb_planning", 0.7, "log-odds per unit of difficulty", (0, 5), (0, 1.5), "difficulty in planning", ELBERS, "C", "assumed")
declare("lvb_self_control", 0.7, "log-odds per unit of difficulty", (0, 5), (0, 1.5), "difficulty in self-control", ELBERS, "C", "assumed")
declare("low_reliance", 2.0, "difficulty per unit", (0, 10), (0.5, 4), "difficulty added by low self-reliance, against that of a mild intellectual disability", ELBERS, "C", "assumed")
declare("disorder", 0.6, "difficulty per unit", (0, 10), (0, 3), "difficulty added by psychiatric vulnerability, against that of a mild intellectual disability", "assumption")
declare("recognised", 0.6, "chance", (0, 1), (0.3, 0.9), "conduct that comes from such a difficulty is recognised as such", "assumption")
declare("seen_stranger", 0.35, "chance", (0, 1), (0.2, 0.6), "conduct of somebody unknown is seen by the discipline concerned", "assumption")
declare("seen_familiarity", 0.5, "per unit", (0, 1), (0.2, 0.7), "how knowing somebody makes conduct seen", "assumption")
declare("discipline_hours", 3, "hours a day", (0.1, 24), (1, 6), "activity at which disciplines off the unit half know a resident", "assumption")
declare("noted_desired", 0.4, "chance", (0, 1), (0.2, 0.7), "desired conduct that is seen is noted", "assumption: what goes wrong is noted sooner")
declare("noted_undesired", 0.65, "chance", (0, 1), (0.4, 0.9), "undesired conduct that is seen is noted", "assumption: what goes wrong is noted sooner")
declare("noted_incident", 0.5, "chance", (0, 1), (0.2, 0.9), "a seen incident without a report still comes up in the meeting", "assumption")
declare("line", 1.0, "chance per unit of orientation", (0, 4), (0.3, 2), "how an own, controlling line makes colleagues note and decide more strictly", "Molleman & Leeuw 2012 (that lines differ)", "C", "assumed")
declare("consistency", 0.5, "0-1", (0, 1), (0, 1), "how far colleagues apply one line instead of their own", "European guidelines 2023: consistency", "C", "assumed")
declare("misread", 0.12, "chance", (0, 1), (0, 0.25), "conduct of somebody unknown is taken for its opposite", "assumption: attribution")
declare("weighing", 0.8, "share", (0, 1), (0.3, 1), "how far the balance of the period moves the chance of a step down", "assumption")
declare("late_review", 0.08, "chance a day", (0, 1), (0.02, 0.2), "a review that is due is not held, at the reference caseload", "assumption: caseload")
declare("late_backlog", 0.05, "chance per staff day-part", (0, 1), (0, 0.2), "paperwork left undone on the unit delays reviews", "assumption")
declare("reasons_told", 0.7, "chance", (0, 1), (0.4, 0.95), "a decision comes with written reasons that the mentor explains, at middling familiarity", "assumption")
declare("reasons_familiarity", 0.4, "per unit", (0, 1), (0, 0.8), "how familiarity with the mentor helps to explain it", "assumption")
declare("prosecuted", 0.2, "chance", (0, 1), (0.05, 0.5), "recorded violence by a resident is prosecuted, per step of severity from physical on", "assumption")
declare("conviction_days", 150, "days", (1, 5000), (60, 400), "mean time from prosecution to conviction", "assumption")
declare("motivation_days", 30, "days", (1, 1000), (14, 90), "time constant of motivation and hope", "assumption")
declare("reward", 0.3, "0-1", (0, 1), (0, 0.6), "controlled motivation added by a sure prospect of reward, in people whom reward moves", SDT, "B", "abstract")
declare("crowding_out", 0.2, "share", (0, 1), (0, 0.5), "autonomous motivation lost to a sure prospect of reward, in people whom reward moves", "Deci, Koestner & Ryan 1999 (meta-analysis, other settings)", "C", "recalled")
declare("causality_sd", 0.18, "0-1", (0, 0.5), (0.1, 0.25), "how far people differ in being moved by reward and punishment", SDT)
declare("motivation_sd", 0.15, "0-1", (0, 0.4), (0.08, 0.2), "spread of motivation on entry", "assumption")
declare("discouraged", 0.15, "per note", (0, 3), (0.05, 0.4), "how notes of what went wrong lower the prospect of reward", "assumption")
declare("hope_prospect", 0.3, "0-1", (0, 1), (0, 0.6), "hope from a sure against a hopeless prospect", "assumption")
declare("hope_gained", 0.3, "share of what is left", (0, 1), (0, 0.6), "hope gained by a step up", "assumption")
declare("hope_lost", 0.3, "share of what is there", (0, 1), (0, 0.6), "hope lost by a step down", "assumption")
declare("hope_refused", 0.15, "share of what is there", (0, 1), (0, 0.4), "hope lost by a refusal", "assumption")
declare("way_back", 0.4, "share", (0, 1), (0, 0.8), "loss of hope that an agreed way back prevents", "assumption")
declare("uptake_autonomous", 0.3, "per unit", (0, 1), (0, 0.6), "motivation for own reasons as satisfied needs would raise taking part", SDT)
declare("uptake_controlled", 0.15, "per unit", (0, 1), (0, 0.5), "motivation by reward as satisfied needs would raise taking part", SDT)
declare("grievance_demoted", 0.15, "share of what is left", (0, 1), (0, 0.4), "grievance after a step down", "Liebling 2008 (direction)", "B", "abstract", feedback=True)
declare("grievance_refused", 0.06, "share of what is left", (0, 1), (0, 0.2), "grievance after a refusal", "Liebling 2008 (direction)", "B", "abstract", feedback=True)
declare("unexplained", 1.0, "factor", (0, 10), (0, 2), "grievance added where no reasons are given", "Liebling 2008 (direction)", "B", "abstract")
declare("inconsistent", 1.0, "factor", (0, 10), (0, 4), "grievance added where only a colleague's own line made the note", "Liebling 2008 (direction)", "B", "abstract")
# fmt: on

MECHANISM = Mechanism(
    name="promotion",
    title="Promotion and demotion",
    theory="Self-determination theory (controlled and autonomous motivation, crowding out); procedural fairness",
    source="Dutch rules of 2014 and 2020 as data; Deci & Ryan 1985; Liebling 2008; Elbers et al. 2022, 2024",
    reads=(
        "policy.*",
        "levels.*",
        "domains.*",
        "conducts.*",
        "reporters.*",
        "residents.*",
        "staff.orientation",
        "units.*",
        "ledger.*",
        "places.resident",
    ),
    writes=(
        "ledger.*",
        "control.event_count",
        "places.memory",
        "memories.*",
        "daily.reviews",
        "daily.first_promotions",
        "daily.first_promotion_days",
        "residents.programme",
        "residents.level",
        "residents.level_since",
        "residents.file_open",
        "residents.out_of_scheme",
        "residents.plan",
        "residents.conditions",
        "residents.review_due",
        "residents.reviews",
        "residents.overdue",
        "residents.clock_from",
        "residents.barred_until",
        "residents.level_lost",
        "residents.clock_before",
        "residents.undone",
        "residents.good_periods",
        "residents.strikes",
        "residents.desired_*",
        "residents.warning_*",
        "residents.undesired_*",
        "residents.excused_*",
        "residents.strict",
        "residents.impermissible",
        "residents.gravest*",
        "residents.periods_before",
        "residents.decision",
        "residents.stay_*",
        "residents.promotions",
        "residents.demotions",
        "residents.prosecuted",
        "residents.convicted",
        "residents.extra_visits",
        "residents.motivation_*",
        "residents.hope",
        "residents.drive",
        "residents.touched",
        "residents.keep_grievance",
    ),
    neutral="no scheme: everybody lives the basic programme, no conduct is judged, motivation and hope stay as on entry",
    parameters=declare.parameters,
)

ARISES, GOES_WELL, GOES_HOW, REPORTED_BY, IS_SEEN, IS_MISREAD, IS_RECOGNISED, IS_NOTED = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
)
"""Running numbers of the draws about a resident's conduct on a day."""
DECIDER = 0
"""Running number of the line of whoever decides; disciplines follow with theirs."""


@kernel
def condition_chance(r: Resident, policy: Policy) -> f8:
    """Return the chance that a resident completes the next condition on a day; motivation hastens it."""
    if policy.condition_days <= 0.0:
        return 1.0
    will = r.motivation_autonomous + r.motivation_controlled
    return 1.0 - math.exp(-will / policy.condition_days)


@kernel
def down_at_once(
    row_r: i8,
    cause: i8,
    part: i8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    policy: Policy,
    p: Parameters,
) -> None:
    """Demote for impermissible conduct: at once, without a meeting, without weighing."""
    r = residents[row_r]
    strict = r.strict
    wrong = wrong_notes(r)
    longer = demote_at_once(r, part // PARTS, policy)
    row = decision_event(DEMOTED, row_r, cause, part, residents, ledger, control)
    reasons = explained(r, part, 1 if longer > 0 else 0, control[0].seed, p)
    ledger[row].reasons = reasons
    lose_hope(r, p.promotion.hope_lost, policy, p)
    resent(
        r, p.promotion.grievance_demoted, reasons, strict, wrong, ledger[row].event, part, places, memories, p
    )


@kernel
def after_note(
    gravest: i8,
    row_r: i8,
    cause: i8,
    part: i8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    control: ControlTable,
    policy: Policy,
    p: Parameters,
) -> None:
    """Let a note have what consequence it has without a meeting."""
    r = residents[row_r]
    if gravest == IMPERMISSIBLE_NOTE and policy.at_once == 1 and r.level > 0:
        down_at_once(row_r, cause, part, residents, places, memories, ledger, control, policy, p)
    elif gravest >= UNDESIRED_NOTE and r.level > 0:
        bring_forward(r, part // PARTS, policy)


@kernel
def understood(r: Resident, kind: i8, part: i8, seed: u8, p: Parameters) -> i8:
    """Return 1 where a disability or disorder is recognised behind an incident: it was not simply meant.

    Of incidents whose odds a difficulty in self-control multiplies by exp(h), the share 1 - exp(-h) comes
    from it: the attributable fraction of a rare outcome (Miettinen 1974).
    """
    owed = 1.0 - math.exp(-max(0.0, hardship(r, QUARREL, p)))
    chance = p.promotion.recognised * owed
    return 1 if streams.draw(seed, streams.MEANT, part, r.key, streams.NOBODY, kind) < chance else 0


@kernel
def note_incidents(
    first: i8,
    part: i8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    policies: PolicyTable,
    conducts: Conducts,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Put the incidents since row ``first`` into the files of those who started them, as far as noted."""
    policy = policies[0]
    if policy.scheme == 0:
        return
    seed = control[0].seed
    last = control[0].event_count
    for row in range(first, last):
        event = ledger[row]
        if event.kind > LAST_INCIDENT or event.seen == 0:
            continue
        r = residents[event.actor]
        if r.file_open == 0 or r.out_of_scheme != IN_SCHEME:
            continue
        noted = 1 if event.recorded == 1 else 0
        if noted == 0:
            u = streams.draw(seed, streams.INCIDENT_NOTED, part, r.key, streams.NOBODY, event.kind)
            noted = 1 if u < p.promotion.noted_incident else 0
        gravest = -1
        if noted == 1:
            excused = understood(r, event.kind, part, seed, p)
            r.gravest = max(r.gravest, event.severity)
            if excused == 0:
                r.gravest_meant = max(r.gravest_meant, event.severity)
            gravest = take_note(r, event.kind, 1.0, excused, ALL_DOMAINS, conducts)
            after_note(
                gravest,
                event.actor,
                event.event,
                part,
                residents,
                places,
                memories,
                ledger,
                control,
                policy,
                p,
            )
        if event.recorded == 1 and event.severity >= 3 and r.prosecuted == 0:
            u = streams.draw(seed, streams.PROSECUTION, part, r.key, streams.NOBODY, event.kind)
            if u < bounded(p.promotion.prosecuted * (event.severity - 2), 0.0, 1.0):
                r.prosecuted = 1
                decision_event(PROSECUTED, event.actor, event.event, part, residents, ledger, control)
                # One act has one consequence: where the incident itself bars, prosecution adds none.
                if gravest == IMPERMISSIBLE_NOTE:
                    continue
                gravest = take_note(r, PROSECUTED, 1.0, 0, ALL_DOMAINS, conducts)
                after_note(
                    gravest,
                    event.actor,
                    event.event,
                    part,
                    residents,
                    places,
                    memories,
                    ledger,
                    control,
                    policy,
                    p,
                )


@kernel
def drawn(own: u8, k: i8) -> f8:
    """Return the ``k``-th uniform number about a resident's conduct on a day; ``own`` is the key of that day."""
    return streams.uniform(streams.with_counterpart(own, streams.NOBODY, k))


@kernel
def happened(r: Resident, occasion: i8, own: u8, p: Parameters) -> i8:
    """Return which kind of conduct an occasion brings about, 0 for none that is noteworthy."""
    chance = logistic(ease(r, occasion, p) - hardship(r, occasion, p))
    if drawn(own, GOES_WELL) < chance:
        return desired_kind(occasion)
    return undesired_kind(occasion, drawn(own, GOES_HOW), p)


@kernel
def excused_by(r: Resident, occasion: i8, own: u8, p: Parameters) -> i8:
    """Return 1 for undesired conduct that would have gone well without the difficulty and is recognised so."""
    if drawn(own, GOES_WELL) >= logistic(ease(r, occasion, p)):
        return 0
    return 1 if drawn(own, IS_RECOGNISED) < p.promotion.recognised else 0


@kernel
def behave(
    row_r: i8,
    part: i8,
    occasion: i8,
    own: u8,
    residents: Residents,
    places: Places,
    staff: Staff,
    memories: Memories,
    ledger: Ledger,
    policy: Policy,
    conducts: Conducts,
    reporters: Reporters,
    site_key: u8,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let an occasion go well or wrong, be seen or not, noted or not, read rightly or not."""
    r = residents[row_r]
    kind = happened(r, occasion, own, p)
    if kind == NOTHING:
        return
    row = append(ledger, control, part, kind, r.unit, COMMON_ROOM)
    event = ledger[row]
    event.actor = row_r
    k = reporter_at(drawn(own, REPORTED_BY), domains_of(kind, conducts), reporters)
    if k < 0:
        return
    reporter = reporters[k]
    known = r.best_post >= 0
    if reporter.on_unit == 1:
        familiarity = r.best_familiarity if known else 0.0
    else:
        familiarity = r.activity / (r.activity + p.promotion.discipline_hours)
    if drawn(own, IS_SEEN) >= seen_chance(familiarity, p):
        return
    event.seen = 1
    line = 0.0
    if reporter.on_unit == 0:
        line = own_line(control[0].seed, site_key, k + 1, p)
    elif known:
        event.staff = r.best_holder
        event.officer = r.best_holder
        line = officer_line(staff[r.best_holder].orientation, p)
    read = kind
    if drawn(own, IS_MISREAD) < p.promotion.misread * (1.0 - familiarity):
        read = opposite(kind)
    desired = is_desired(read)
    u = drawn(own, IS_NOTED)
    if u >= noted_chance(desired, line, p):
        return
    event.recorded = 1
    excused = 0
    if desired == 0 and read == kind:
        excused = excused_by(r, occasion, own, p)
    gravest = take_note(r, read, reporter.weight, excused, reporter.domains, conducts)
    landed = gravest == WARNING_NOTE or gravest == UNDESIRED_NOTE
    if landed and u >= noted_chance(0, 0.0, p):
        r.strict += reporter.weight
    after_note(gravest, row_r, event.event, part, residents, places, memories, ledger, control, policy, p)


# --- reviews ----------------------------------------------------------------------------------------


@kernel
def delay_chance(unit: Unit, p: Parameters) -> f8:
    """Return the chance that a review which is due is not held on a day: caseload and paperwork left undone."""
    caseload = p.staffing.residents_per_employee / CASELOAD
    return bounded(
        p.promotion.late_review * caseload + p.promotion.late_backlog * max(0.0, unit.backlog), 0.0, 1.0
    )


@kernel
def review(
    row_r: i8,
    part: i8,
    line: f8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    policy: Policy,
    levels: Levels,
    domains: Domains,
    day_row: UnitDay,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Hold a review: judge the period, decide, tell the resident, and let the decision work."""
    seed = control[0].seed
    r = residents[row_r]
    day = part // PARTS
    lenient = streams.draw(seed, streams.LENIENCY, part, r.key, streams.NOBODY, 0)
    kept = streams.draw(seed, streams.KEPT_DOWN, part, r.key, streams.NOBODY, 0)
    weighed = streams.draw(seed, streams.WEIGHING, part, r.key, streams.NOBODY, 0)
    outcome = judge(r, day, levels, domains, policy, lenient, kept, weighed, line, p.promotion.weighing)
    strict = r.strict
    wrong = wrong_notes(r)
    waited = day - max(r.arrival, control[0].first_part // PARTS)
    longer = carry_out(r, outcome, day, domains, policy)
    day_row.reviews += 1
    if outcome == PROMOTE:
        if r.promotions == 1 and r.arrival >= control[0].first_part // PARTS:
            day_row.first_promotions += 1
            day_row.first_promotion_days += waited
        r.hope = approach(r.hope, 1.0, p.promotion.hope_gained)
        row = decision_event(PROMOTED, row_r, 0, part, residents, ledger, control)
        ledger[row].reasons = explained(r, part, 0, seed, p)
    elif outcome == REFUSE:
        lose_hope(r, p.promotion.hope_refused, policy, p)
        row = decision_event(REFUSED_PROMOTION, row_r, 0, part, residents, ledger, control)
        reasons = explained(r, part, 0, seed, p)
        ledger[row].reasons = reasons
        impulse = p.promotion.grievance_refused
        resent(r, impulse, reasons, strict, wrong, ledger[row].event, part, places, memories, p)
    elif outcome == DEMOTE:
        lose_hope(r, p.promotion.hope_lost, policy, p)
        row = decision_event(DEMOTED, row_r, 0, part, residents, ledger, control)
        reasons = explained(r, part, 1 if longer > 0 else 0, seed, p)
        ledger[row].reasons = reasons
        impulse = p.promotion.grievance_demoted
        resent(r, impulse, reasons, strict, wrong, ledger[row].event, part, places, memories, p)
    elif outcome == WARN:
        row = decision_event(WARNED, row_r, 0, part, residents, ledger, control)
        ledger[row].reasons = explained(r, part, 0, seed, p)


@kernel
def keep_file(
    row_r: i8,
    part: i8,
    held: i8,
    line: f8,
    residents: Residents,
    places: Places,
    memories: Memories,
    ledger: Ledger,
    policy: Policy,
    levels: Levels,
    domains: Domains,
    day_row: UnitDay,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Do what a resident's plan and clock ask for today; ``held`` 0 where the meeting does not come to it."""
    r = residents[row_r]
    day = part // PARTS
    step = plan_step(r, day, policy)
    if step == 1:
        r.plan = 1
    elif step == 2 and held == 1:
        r.plan = 2
        decision_event(PLAN_SETTLED, row_r, 0, part, residents, ledger, control)
    if r.out_of_scheme != IN_SCHEME or day < r.review_due:
        return
    if day > r.review_due and r.overdue == 0:
        r.overdue = 1
        decision_event(OVERDUE, row_r, 0, part, residents, ledger, control)
    if held == 1:
        review(
            row_r,
            part,
            line,
            residents,
            places,
            memories,
            ledger,
            policy,
            levels,
            domains,
            day_row,
            control,
            p,
        )


# --- what the prospect of reward does ---------------------------------------------------------------


@kernel
def prospect_of(r: Resident, levels: Levels, policy: Policy, p: Parameters) -> f8:
    """Return how far a resident can expect reward from own conduct, 0-1.

    Whoever is on the highest level has it to lose; whoever cannot rise before release expects nothing.
    """
    if r.out_of_scheme != IN_SCHEME:
        return 0.0
    open_to = math.exp(-p.promotion.discouraged * wrong_notes(r))
    if r.level >= levels.shape[0] - 1:
        return open_to
    soonest = max(r.review_due, r.barred_until, r.clock_from + policy.eligible_days)
    return open_to if soonest < r.release else 0.0


@kernel
def be_moved(r: Resident, prospect: f8, rate: f8, p: Parameters) -> None:
    """Move motivation and hope a share ``rate`` of the way, and what they do to taking part."""
    moved = r.causality * prospect
    wanted = bounded(r.start_controlled + p.promotion.reward * moved, 0.0, 1.0)
    own = r.start_autonomous * (1.0 - p.promotion.crowding_out * moved)
    r.motivation_controlled = approach(r.motivation_controlled, wanted, rate)
    r.motivation_autonomous = approach(r.motivation_autonomous, own, rate)
    r.hope = approach(
        r.hope, bounded(HOPE + p.promotion.hope_prospect * (prospect - PROSPECT), 0.0, 1.0), rate
    )
    r.drive = p.promotion.uptake_autonomous * (r.motivation_autonomous - r.start_autonomous)
    r.drive += p.promotion.uptake_controlled * (r.motivation_controlled - r.start_controlled)


# --- the steps of the schedule ----------------------------------------------------------------------


@kernel
def receive(
    day: i8,
    residents: Residents,
    places: Places,
    units: Units,
    policies: PolicyTable,
    levels: Levels,
) -> None:
    """Receive newcomers under the policy, and let everybody live the programme of the level, where offered."""
    policy = policies[0]
    if policy.acts == 0:
        return
    for u in range(units.shape[0]):
        unit = units[u]
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            if r.file_open == 0:
                receive_resident(r, day, max(unit.remand, r.remand), levels, policy)
            if r.undone > 0:
                undo(r, day)
            r.level = min(r.level, levels.shape[0] - 1)
            # The remand regime goes with the person's status, wherever somebody awaiting judgment is housed.
            remand = max(unit.remand, r.remand)
            rescope(r, day, remand, policy)
            live(r, remand, levels, policy)


@kernel
def promotion_day(
    part: i8,
    today: i8,
    residents: Residents,
    places: Places,
    units: Units,
    staff: Staff,
    memories: Memories,
    ledger: Ledger,
    policies: PolicyTable,
    levels: Levels,
    domains: Domains,
    conducts: Conducts,
    reporters: Reporters,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let everybody's day of conduct be judged, hold the reviews that are due, move motivation and hope."""
    policy = policies[0]
    if policy.scheme == 0:
        return
    seed = control[0].seed
    day = part // PARTS
    # Motivation and hope are slow: they take one step a week, for everybody on the same night.
    weekly = 1.0 - math.exp(-WEEK / p.promotion.motivation_days) if day % WEEK == 0 else 0.0
    arising = streams.stream(seed, streams.CONDUCT, part)
    any_occasion = rate_of_any(p)
    convicting = rate_of(p.promotion.conviction_days)
    first_of_site = 0
    for u in range(units.shape[0]):
        unit = units[u]
        if unit.site != units[first_of_site].site:
            first_of_site = u
        site_key = units[first_of_site].key
        line = own_line(seed, unit.key if policy.by_meeting == 1 else site_key, DECIDER, p)
        delay = delay_chance(unit, p)
        for i in range(unit.place_first, unit.place_end):
            row_r = places[i].resident
            if row_r < 0 or residents[row_r].file_open == 0:
                continue
            r = residents[row_r]
            if r.prosecuted == 1 and r.convicted == 0:
                u_court = streams.draw(seed, streams.CONVICTION, part, r.key, streams.NOBODY, 0)
                if u_court < convicting:
                    r.convicted = 1
                    lengthen(r, day, policy)
                    decision_event(CONVICTED, row_r, 0, part, residents, ledger, control)
            if r.out_of_scheme == IN_SCHEME:
                own = streams.of_person(arising, r.key)
                u_day = drawn(own, ARISES)
                if u_day < any_occasion and r.confined_until <= part and r.leave_until <= part:
                    occasion = occasion_at(u_day, p)
                    if occasion != PLAN or r.plan > 0:
                        behave(
                            row_r,
                            part,
                            occasion,
                            own,
                            residents,
                            places,
                            staff,
                            memories,
                            ledger,
                            policy,
                            conducts,
                            reporters,
                            site_key,
                            control,
                            p,
                        )
                if r.conditions < policy.conditions:
                    u_done = streams.draw(seed, streams.CONDITION, part, r.key, streams.NOBODY, 0)
                    if u_done < condition_chance(r, policy):
                        r.conditions += 1
            if day >= r.review_due or plan_step(r, day, policy) > 0:
                u_held = streams.draw(seed, streams.REVIEW_HELD, part, r.key, streams.NOBODY, 0)
                keep_file(
                    row_r,
                    part,
                    1 if u_held >= delay and r.leave_until <= part else 0,
                    line,
                    residents,
                    places,
                    memories,
                    ledger,
                    policy,
                    levels,
                    domains,
                    daily[today + u],
                    control,
                    p,
                )
            if weekly > 0.0:
                be_moved(r, prospect_of(r, levels, policy, p), weekly, p)
