"""Judging conduct under a policy of promotion: pure rules, one decision at a time.

Nothing here draws a number or writes to the ledger.  The schedule's mechanism and the worked cases of the
tests feed the same functions: notes go into a resident's file, a period of the file is judged part by
part, a decision follows, and the decision moves level, clock and bars.
"""

from __future__ import annotations

from sim.kernel import f8, i8, kernel
from sim.ledger import DEMOTED, REFUSED_PROMOTION
from sim.rules import bounded
from sim.state import NEVER
from sim.tables import Conducts, Domain, Domains, Levels, Policy, Resident

GOOD, LACKING, WARNING, BAD = 0, 1, 2, 3
"""Standing of a period: nothing wrong; too little desired conduct seen; of the warning class; undesired."""

DESIRED_NOTE, WARNING_NOTE, UNDESIRED_NOTE, IMPERMISSIBLE_NOTE = 0, 1, 2, 3
"""Standings of a class of conduct, in the order of :data:`sim.policy.STANDINGS`."""

WAIT, CONFIRM, PROMOTE, REFUSE, DEMOTE, WARN, TOLERATE = 0, 1, 2, 3, 4, 5, 6
"""What a review comes to: no decision due yet; stay as it is; up; not up; down; a warning; an undesired
period that has no consequence yet."""

VIOLENT = 3
"""Severity of physical violence; above it lies serious violence."""

IN_SCHEME, OUT_BY_GROUP, OUT_BY_SHORT_STAY, OUT_ON_REMAND, OUT_BY_CONVICTION = 0, 1, 2, 3, 4


# --- who takes part ---------------------------------------------------------------------------------


@kernel
def scope_of(r: Resident, remand: i8, policy: Policy) -> i8:
    """Return 0 for somebody to whom the policy applies, else why it does not.

    ``remand`` is 1 for somebody who awaits judgment or lives on a unit of the remand regime.
    """
    if policy.groups_out >> r.legal_group & 1 == 1:
        return OUT_BY_GROUP
    if r.convicted == 1 and policy.convicted_out == 1:
        return OUT_BY_CONVICTION
    short = 1 if r.release - r.arrival < policy.short_stay_days else 0
    if short == 1 and not (r.self_reporter == 1 and policy.self_reporter_first == 1):
        return OUT_BY_SHORT_STAY
    if remand == 1 and policy.remand_earns == 0:
        return OUT_ON_REMAND
    return IN_SCHEME


@kernel
def rescope(r: Resident, day: i8, remand: i8, policy: Policy) -> None:
    """Say whether the policy applies to a resident today.

    Whoever comes under it after a remand house that earns no status starts with clocks of that day.
    """
    before = r.out_of_scheme
    r.out_of_scheme = scope_of(r, remand, policy)
    if before == OUT_ON_REMAND and r.out_of_scheme == IN_SCHEME:
        r.clock_from = day
        r.review_due = day + policy.first_days
    if r.out_of_scheme == OUT_BY_GROUP or r.out_of_scheme == OUT_BY_CONVICTION:
        r.level = 0


@kernel
def live(r: Resident, remand: i8, levels: Levels, policy: Policy) -> None:
    """Let a resident live what the level gives where it is lived, else the unit's own programme (-1)."""
    r.programme = -1
    r.extra_visits = 0.0
    if remand == 0 or policy.remand_lives == 1:
        r.programme = levels[r.level].programme
        r.extra_visits = levels[r.level].visits


@kernel
def cycle_of(r: Resident, policy: Policy) -> i8:
    """Return the longest time between two reviews of this person, in days."""
    if policy.long_stay_days > 0 and r.release - r.arrival >= policy.long_stay_days:
        return policy.long_cycle_days
    return policy.cycle_days


@kernel
def receive_resident(r: Resident, day: i8, remand: i8, levels: Levels, policy: Policy) -> None:
    """Open the file of a newcomer: the level of entry, and clocks that run from entry.

    For somebody met in the stock whose deadlines have long passed, the next one of the cycle is due.
    """
    r.file_open = 1
    r.level = 0
    r.out_of_scheme = scope_of(r, remand, policy)
    if r.self_reporter == 1 and (r.out_of_scheme == IN_SCHEME or r.out_of_scheme == OUT_ON_REMAND):
        r.level = min(policy.self_reporter_level, levels.shape[0] - 1)
    r.level_since = day
    r.clock_from = r.arrival
    r.barred_until = NEVER
    r.review_due = r.arrival + policy.first_days
    cycle = cycle_of(r, policy)
    if r.review_due < day:
        r.review_due += (day - r.review_due + cycle - 1) // cycle * cycle
        r.clock_from = day


# --- notes ------------------------------------------------------------------------------------------


@kernel
def note_in(r: Resident, domain: i8, standing: i8, excused: i8, weight: f8) -> None:
    """Add a note to the file: domain 0-2, class 0-2; ``excused`` 1 where a disability is behind it."""
    if standing == DESIRED_NOTE:
        if domain == 0:
            r.desired_first += weight
        elif domain == 1:
            r.desired_second += weight
        else:
            r.desired_third += weight
    elif standing == WARNING_NOTE and excused == 0:
        if domain == 0:
            r.warning_first += weight
        elif domain == 1:
            r.warning_second += weight
        else:
            r.warning_third += weight
    elif standing == WARNING_NOTE:
        if domain == 0:
            r.excused_warning_first += weight
        elif domain == 1:
            r.excused_warning_second += weight
        else:
            r.excused_warning_third += weight
    elif excused == 0:
        if domain == 0:
            r.undesired_first += weight
        elif domain == 1:
            r.undesired_second += weight
        else:
            r.undesired_third += weight
    elif domain == 0:
        r.excused_undesired_first += weight
    elif domain == 1:
        r.excused_undesired_second += weight
    else:
        r.excused_undesired_third += weight


@kernel
def desired_in(r: Resident, domain: i8) -> f8:
    """Return the desired notes on a part since the last decision."""
    return r.desired_first if domain == 0 else (r.desired_second if domain == 1 else r.desired_third)


@kernel
def warning_in(r: Resident, domain: i8, allowance: f8) -> f8:
    """Return the notes of the warning class on a part, less the allowance."""
    if domain == 0:
        return r.warning_first + (1.0 - allowance) * r.excused_warning_first
    if domain == 1:
        return r.warning_second + (1.0 - allowance) * r.excused_warning_second
    return r.warning_third + (1.0 - allowance) * r.excused_warning_third


@kernel
def undesired_in(r: Resident, domain: i8, allowance: f8) -> f8:
    """Return the notes of undesired conduct on a part, less the allowance."""
    if domain == 0:
        return r.undesired_first + (1.0 - allowance) * r.excused_undesired_first
    if domain == 1:
        return r.undesired_second + (1.0 - allowance) * r.excused_undesired_second
    return r.undesired_third + (1.0 - allowance) * r.excused_undesired_third


@kernel
def take_note(r: Resident, kind: i8, weight: f8, excused: i8, seen_domains: i8, conducts: Conducts) -> i8:
    """Put noted conduct into the file under every class it falls in; return the gravest, -1 if none.

    ``seen_domains`` has one bit for each part on which the reporter reports.
    """
    gravest = -1
    for c in range(conducts.shape[0]):
        entry = conducts[c]
        if entry.kind != kind:
            continue
        if entry.standing == IMPERMISSIBLE_NOTE:
            r.impermissible += 1
            r.stay_impermissible += 1
            gravest = IMPERMISSIBLE_NOTE
            continue
        if entry.domain < 0 or seen_domains >> entry.domain & 1 == 0:
            continue
        gravest = max(gravest, entry.standing)
        note_in(r, entry.domain, entry.standing, excused, weight * entry.weight)
        # The whole stay counts where freedom outside is considered.
        if entry.standing == DESIRED_NOTE:
            r.stay_desired += weight * entry.weight
        else:
            r.stay_undesired += weight * entry.weight
    return gravest


@kernel
def close_period(r: Resident) -> None:
    """Empty the file after a decision; what counts for the whole stay is kept."""
    r.desired_first = 0.0
    r.desired_second = 0.0
    r.desired_third = 0.0
    r.warning_first = 0.0
    r.warning_second = 0.0
    r.warning_third = 0.0
    r.undesired_first = 0.0
    r.undesired_second = 0.0
    r.undesired_third = 0.0
    r.excused_warning_first = 0.0
    r.excused_warning_second = 0.0
    r.excused_warning_third = 0.0
    r.excused_undesired_first = 0.0
    r.excused_undesired_second = 0.0
    r.excused_undesired_third = 0.0
    r.strict = 0.0
    r.impermissible = 0
    r.gravest = 0
    r.gravest_meant = 0


# --- judging a period -------------------------------------------------------------------------------


@kernel
def standing_of(desired: f8, warning: f8, undesired: f8, domain: Domain) -> i8:
    """Return the standing of one part over a period."""
    if undesired >= domain.undesired_from:
        return BAD
    if warning >= domain.warning_from:
        return WARNING
    return LACKING if desired < domain.desired_needed else GOOD


@kernel
def allowance_for(r: Resident, domains: Domains, policy: Policy) -> f8:
    """Return the weight taken off excused notes; none where will is asked for and there is no sign of it.

    Will to improve shows in desired conduct on a part about effort (on any part where none is about effort).
    """
    if policy.allowance_needs_will == 0:
        return policy.allowance
    has_effort = 0
    shown = 0.0
    anywhere = 0.0
    for d in range(domains.shape[0]):
        anywhere += desired_in(r, d)
        if domains[d].effort == 1:
            has_effort = 1
            shown += desired_in(r, d)
    will = shown if has_effort == 1 else anywhere
    return policy.allowance if will > 0.0 else 0.0


@kernel
def period_standing(r: Resident, domains: Domains, policy: Policy) -> i8:
    """Return the standing of the whole period: that of the worst part.

    Where lacking effort alone does not suffice, a part about effort counts only if another part is wrong too.
    """
    allowance = allowance_for(r, domains, policy)
    effort = GOOD
    other = GOOD
    for d in range(domains.shape[0]):
        found = standing_of(
            desired_in(r, d), warning_in(r, d, allowance), undesired_in(r, d, allowance), domains[d]
        )
        if domains[d].effort == 1:
            effort = max(effort, found)
        else:
            other = max(other, found)
    if policy.effort_alone_suffices == 0 and other == GOOD:
        return GOOD
    return max(effort, other)


@kernel
def balance_of(r: Resident, domains: Domains, policy: Policy) -> f8:
    """Return the weighed share of desired notes in the period; one half where nothing was noted."""
    allowance = allowance_for(r, domains, policy)
    good = 0.0
    wrong = 0.0
    for d in range(domains.shape[0]):
        good += domains[d].weight * desired_in(r, d)
        wrong += domains[d].weight * (warning_in(r, d, allowance) + undesired_in(r, d, allowance))
    return good / (good + wrong) if good + wrong > 0.0 else 0.5


@kernel
def undesired_notes(r: Resident, domains: Domains, policy: Policy) -> f8:
    """Return all undesired notes of the period, less the allowance."""
    allowance = allowance_for(r, domains, policy)
    total = 0.0
    for d in range(domains.shape[0]):
        total += undesired_in(r, d, allowance)
    return total


@kernel
def wrong_notes(r: Resident) -> f8:
    """Return all notes of the period that are not desired, without any allowance."""
    total = 0.0
    for d in range(3):
        total += warning_in(r, d, 0.0) + undesired_in(r, d, 0.0)
    return total


@kernel
def is_positive(r: Resident, standing: i8, domains: Domains, policy: Policy, u_lenient: f8, u_kept: f8) -> i8:
    """Return 1 where the meeting advises positively on the period.

    ``u_lenient`` below the policy's leniency uses the room that a mainly positive period leaves;
    ``u_kept`` below ``keeps_down`` holds impermissible conduct against the person.
    """
    if r.impermissible > 0 and u_kept < policy.keeps_down:
        return 0
    if standing == GOOD:
        return 1
    if r.impermissible > 0:
        return 0
    suffices = balance_of(r, domains, policy) >= policy.mainly_positive and policy.leniency > u_lenient
    return 1 if suffices else 0


@kernel
def periods_needed(r: Resident, levels: Levels, policy: Policy) -> i8:
    """Return how many positive periods in a row the next level up asks for."""
    repeat = policy.repeat_from > 0 and r.prior_sentences >= policy.repeat_from
    return levels[r.level].periods + (policy.repeat_periods if repeat else 0)


@kernel
def may_chance(balance: f8, line: f8, weighing: f8, policy: Policy) -> f8:
    """Return the chance that undesired conduct leads to a step down, interests weighed.

    ``line`` is how much stricter than the common line the one who decides is, ``weighing`` how far the
    balance of the period moves the chance.
    """
    return bounded(policy.may * (1.0 + weighing * (1.0 - 2.0 * balance)) + line, 0.0, 1.0)


@kernel
def judge(  # noqa: PLR0911 - one line per outcome
    r: Resident,
    day: i8,
    levels: Levels,
    domains: Domains,
    policy: Policy,
    u_lenient: f8,
    u_kept: f8,
    u_may: f8,
    line: f8,
    weighing: f8,
) -> i8:
    """Return what the review of a resident on ``day`` comes to, changing nothing."""
    standing = period_standing(r, domains, policy)
    positive = is_positive(r, standing, domains, policy, u_lenient, u_kept)
    if positive == 0 and r.level > 0 and (standing >= WARNING or r.impermissible > 0):
        undesired = undesired_notes(r, domains, policy) + r.impermissible
        patterned = r.strikes + 1 >= policy.pattern or undesired >= policy.pattern
        if patterned and (policy.may >= 1.0 or u_may < may_chance(
            balance_of(r, domains, policy), line, weighing, policy
        )):  # fmt: skip
            return DEMOTE
        return WARN if policy.warns == 1 else TOLERATE
    if r.level >= levels.shape[0] - 1:
        return CONFIRM
    if day - r.clock_from < policy.eligible_days or day < r.barred_until:
        return WAIT
    if positive == 0:
        return REFUSE
    if r.good_periods + 1 < periods_needed(r, levels, policy):
        return CONFIRM
    return PROMOTE if r.conditions >= policy.conditions or r.level > 0 else REFUSE


# --- what a decision does ---------------------------------------------------------------------------


@kernel
def reasons_for_longer(severity: i8, meant: i8, stay_impermissible: i8) -> i8:
    """Count the reasons for a longer time before the way up opens again.

    Nature and gravity (from physical violence on), impact on order (serious violence), intent (``meant``
    is the gravest severity that no disability or disorder was recognised behind), a structural pattern
    (impermissible before).  The penalty of a criminal court comes later: see :func:`lengthen`.
    """
    reasons = 1 if severity >= VIOLENT else 0
    reasons += 1 if severity > VIOLENT else 0
    reasons += 1 if meant >= VIOLENT else 0
    reasons += 1 if stay_impermissible >= 2 else 0
    return reasons


@kernel
def period_after(reasons: i8, left: i8, cycle: i8, policy: Policy) -> i8:
    """Return the days before the way up opens again: longer only with reasons, never for the whole stay.

    ``left`` are the days left of the stay: what reasons add leaves one cycle of them open.
    """
    longest = min(policy.shortest_days + reasons * policy.reason_days, policy.longest_days)
    return max(policy.shortest_days, min(longest, left - cycle))


@kernel
def lengthen(r: Resident, day: i8, policy: Policy) -> None:
    """Let the penalty of a criminal court make a running bar longer, within what the rules allow."""
    if r.barred_until <= day:
        return
    longest = min(r.level_since + policy.longest_days, r.release - cycle_of(r, policy))
    r.barred_until = max(r.barred_until, min(r.barred_until + policy.reason_days, longest))


@kernel
def step_down(r: Resident, day: i8, reasons: i8, policy: Policy) -> None:
    """Take a resident down, bar the way up for a time, and start the clock of positive conduct anew."""
    r.level_lost = r.level
    r.level = 0 if policy.to_lowest == 1 else max(0, r.level - 1)
    r.level_since = day
    r.clock_from = day
    r.barred_until = day + period_after(reasons, r.release - day, cycle_of(r, policy), policy)
    r.good_periods = 0
    r.strikes = 0
    r.demotions += 1


@kernel
def carry_out(r: Resident, outcome: i8, day: i8, domains: Domains, policy: Policy) -> i8:
    """Let a decision of a review take effect; return how many reasons made a demotion longer."""
    standing = period_standing(r, domains, policy)
    reasons = 0
    if outcome == PROMOTE:
        r.level += 1
        r.level_since = day
        r.clock_from = day
        r.good_periods = 0
        r.strikes = 0
        r.promotions += 1
    elif outcome == REFUSE:
        r.periods_before = r.good_periods
        r.good_periods = 0
        r.strikes = r.strikes + 1 if standing >= WARNING else 0
        r.clock_before = r.clock_from
        if policy.refusal_restarts == 1:
            r.clock_from = day
    elif outcome == DEMOTE:
        reasons = reasons_for_longer(r.gravest, r.gravest_meant, r.stay_impermissible)
        step_down(r, day, reasons, policy)
    elif outcome == WARN or outcome == TOLERATE:
        r.good_periods = 0
        r.strikes += 1
    elif outcome == CONFIRM:
        r.good_periods += 1
        r.strikes = 0
    # Before anybody is eligible the meeting decides nothing, and the file runs on to the next one.
    if outcome != WAIT:
        close_period(r)
    r.reviews += 1
    r.overdue = 0
    r.review_due = day + cycle_of(r, policy)
    return reasons


@kernel
def undo(r: Resident, day: i8) -> None:
    """Put right a decision that was undone after a complaint.

    Only the latest decision about a person is undone.  The level lost to a demotion is given back; a refusal
    is decided anew at once, with positive conduct counted as if it had not been.
    """
    if r.undone == DEMOTED:
        r.level = max(r.level, r.level_lost)
        r.level_since = day
        r.barred_until = day
        r.demotions -= 1
    elif r.undone == REFUSED_PROMOTION:
        r.clock_from = min(r.clock_from, r.clock_before)
        r.good_periods = r.periods_before
        r.review_due = day
    r.undone = 0


@kernel
def demote_at_once(r: Resident, day: i8, policy: Policy) -> i8:
    """Take a resident down for impermissible conduct, without a meeting; return the reasons for longer.

    The file of the period is closed: the conduct has had its consequence.
    """
    reasons = reasons_for_longer(r.gravest, r.gravest_meant, r.stay_impermissible)
    step_down(r, day, reasons, policy)
    close_period(r)
    return reasons


@kernel
def bring_forward(r: Resident, day: i8, policy: Policy) -> None:
    """Let undesired conduct bring the next review forward, where the policy has it."""
    if policy.early_days > 0:
        r.review_due = min(r.review_due, day + policy.early_days)


@kernel
def plan_step(r: Resident, day: i8, policy: Policy) -> i8:
    """Return what the plan asks for today: 0 nothing, 1 the draft, 2 to be settled."""
    if r.plan < 2 and policy.settle_days > 0 and day >= r.arrival + policy.settle_days:
        return 2
    if r.plan < 1 and policy.draft_days > 0 and day >= r.arrival + policy.draft_days:
        return 1
    return 0
