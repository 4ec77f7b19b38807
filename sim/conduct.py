"""Daily conduct: which occasions arise, how hard they are for whom, and what conduct comes of them.

Pure rules of the mechanism :mod:`sim.mechanisms.promotion`, with the numbers that it declares.  On a day at
most one noteworthy occasion arises per resident (its kind by declared rates).  It goes well with log-odds
``conduct_base + needs + motivation - tension - difficulty``; difficulty is what a mild intellectual
disability, low self-reliance or a disorder add, by understanding, planning and self-control alone.
"""

from __future__ import annotations

from sim.kernel import f8, i8, kernel
from sim.reference import MOTIVATION, NEED, SELF_RELIANCE, TENSION
from sim.tables import Parameters, Resident

PROGRAMME, CHORE, AGREEMENT, CORRECTION, MANNER, HYGIENE, PLAN, TEST, QUARREL = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Occasions of daily conduct."""

NOTHING = 0
TOOK_PART, STAYED_AWAY, LATE = 40, 41, 42
CHORE_DONE, CHORE_SKIPPED = 43, 44
AGREEMENT_KEPT, AGREEMENT_BROKEN = 45, 46
CORRECTION_TAKEN, CORRECTION_REFUSED = 47, 48
CALMED = 49
RESPECTFUL, BELITTLING, FRUSTRATION = 50, 51, 52
POOR_HYGIENE = 53
WORKED_ON_PLAN, NEGLECTED_PLAN = 54, 55
TEST_PASSED, TEST_FAILED, TEST_REFUSED, TEST_CHEATED = 56, 57, 58, 59


@kernel
def rate_of_occasion(occasion: i8, p: Parameters) -> f8:  # noqa: PLR0911 - one line per occasion
    """Return how often an occasion arises, per resident-day."""
    if occasion == PROGRAMME:
        return p.promotion.rate_programme
    if occasion == CHORE:
        return p.promotion.rate_chore
    if occasion == AGREEMENT:
        return p.promotion.rate_agreement
    if occasion == CORRECTION:
        return p.promotion.rate_correction
    if occasion == MANNER:
        return p.promotion.rate_manner
    if occasion == HYGIENE:
        return p.promotion.rate_hygiene
    if occasion == PLAN:
        return p.promotion.rate_plan
    return p.promotion.rate_test if occasion == TEST else p.promotion.rate_quarrel


@kernel
def rate_of_any(p: Parameters) -> f8:
    """Return how often any occasion arises, per resident-day; above 1 the last ones get what is left."""
    total = 0.0
    for occasion in range(QUARREL + 1):
        total += rate_of_occasion(occasion, p)
    return total


@kernel
def occasion_at(u: f8, p: Parameters) -> i8:
    """Return which occasion arises on a day at quantile ``u``, -1 for none; at most one arises."""
    for occasion in range(QUARREL + 1):
        u -= rate_of_occasion(occasion, p)
        if u < 0.0:
            return occasion
    return -1


@kernel
def difficulty(lvb: i8, self_reliance: f8, vulnerability: f8, p: Parameters) -> f8:
    """Return how hard everyday demands are for a person, 1 for a mild intellectual disability alone."""
    return (
        lvb
        + p.promotion.low_reliance * (SELF_RELIANCE - self_reliance)
        + p.promotion.disorder * (vulnerability - p.residents.vulnerability_mean)
    )


@kernel
def hindrance(occasion: i8, hard: f8, p: Parameters) -> f8:
    """Return the log-odds that difficulty takes away, by what the occasion asks for."""
    if occasion == AGREEMENT or occasion == TEST:
        return p.promotion.lvb_understanding * hard
    if occasion == CORRECTION or occasion == MANNER or occasion == QUARREL:
        return p.promotion.lvb_self_control * hard
    return p.promotion.lvb_planning * hard


@kernel
def hardship(r: Resident, occasion: i8, p: Parameters) -> f8:
    """Return the log-odds that a resident's own difficulty takes away on an occasion."""
    return hindrance(occasion, difficulty(r.lvb, r.self_reliance, r.vulnerability, p), p)


@kernel
def ease(r: Resident, occasion: i8, p: Parameters) -> f8:
    """Return the log-odds of desired conduct that a resident's state gives, without any difficulty."""
    needs = (r.autonomy + r.competence + r.relatedness) / 3.0
    return (
        p.promotion.conduct_base
        + (p.promotion.test_clean if occasion == TEST else 0.0)
        + p.promotion.conduct_needs * (needs - NEED)
        - p.promotion.conduct_tension * (r.tension + r.arousal - TENSION)
        + p.promotion.conduct_autonomous * (r.motivation_autonomous - MOTIVATION)
        + p.promotion.conduct_controlled * (r.motivation_controlled - MOTIVATION)
    )


@kernel
def desired_kind(occasion: i8) -> i8:  # noqa: PLR0911 - one line per occasion
    """Return the kind of conduct when an occasion goes well, 0 where that is not noteworthy."""
    if occasion == PROGRAMME:
        return TOOK_PART
    if occasion == CHORE:
        return CHORE_DONE
    if occasion == AGREEMENT:
        return AGREEMENT_KEPT
    if occasion == CORRECTION:
        return CORRECTION_TAKEN
    if occasion == MANNER:
        return RESPECTFUL
    if occasion == PLAN:
        return WORKED_ON_PLAN
    if occasion == TEST:
        return TEST_PASSED
    return CALMED if occasion == QUARREL else NOTHING


@kernel
def undesired_kind(occasion: i8, v: f8, p: Parameters) -> i8:  # noqa: PLR0911 - one line per occasion
    """Return the kind of conduct when an occasion goes wrong, at quantile ``v``; 0 if not noteworthy."""
    if occasion == PROGRAMME:
        return LATE if v < p.promotion.late_share else STAYED_AWAY
    if occasion == CHORE:
        return CHORE_SKIPPED
    if occasion == AGREEMENT:
        return AGREEMENT_BROKEN
    if occasion == CORRECTION:
        return CORRECTION_REFUSED
    if occasion == MANNER:
        return BELITTLING if v < p.promotion.belittling_share else FRUSTRATION
    if occasion == HYGIENE:
        return POOR_HYGIENE
    if occasion == PLAN:
        return NEGLECTED_PLAN
    if occasion == TEST:
        if v < p.promotion.refused_share:
            return TEST_REFUSED
        return TEST_CHEATED if v < p.promotion.refused_share + p.promotion.cheated_share else TEST_FAILED
    return NOTHING


@kernel
def opposite(kind: i8) -> i8:  # noqa: PLR0911 - one line per pair of kinds
    """Return what a kind of conduct is taken for when it is misread; tests and hygiene are not misread."""
    if kind == TOOK_PART:
        return STAYED_AWAY
    if kind == STAYED_AWAY or kind == LATE:
        return TOOK_PART
    if kind == CHORE_DONE or kind == AGREEMENT_KEPT or kind == CORRECTION_TAKEN or kind == WORKED_ON_PLAN:
        return kind + 1
    if (
        kind == CHORE_SKIPPED
        or kind == AGREEMENT_BROKEN
        or kind == CORRECTION_REFUSED
        or kind == NEGLECTED_PLAN
    ):
        return kind - 1
    if kind == CALMED or kind == RESPECTFUL:
        return BELITTLING
    if kind == BELITTLING or kind == FRUSTRATION:
        return RESPECTFUL
    return kind


@kernel
def is_desired(kind: i8) -> i8:
    """Return 1 for conduct that an occasion brings about when it goes well."""
    good = (
        kind == TOOK_PART
        or kind == CHORE_DONE
        or kind == AGREEMENT_KEPT
        or kind == CORRECTION_TAKEN
        or kind == CALMED
        or kind == RESPECTFUL
        or kind == WORKED_ON_PLAN
        or kind == TEST_PASSED
    )
    return 1 if good else 0
