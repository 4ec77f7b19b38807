"""Promotion and demotion: on what it hangs, what a scheme changes, and how many are in plus."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.facts import logistic
from experiments.facts.arms import NO_SCHEME, SCHEME
from experiments.facts.harvest import SURVEY_EVERY_DAYS, Harvest
from experiments.facts.measures.common import indicator, side, spread, survey_mean
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import Pair, Reading, difference, jackknifed, nothing, pair, quotient, ratio
from sim import ledger as codes

REVIEW_DAYS = 42
"""Days before a review over which incidents count: the Dutch cycle of six weeks."""


def review_table(harvest: Harvest) -> Any:
    """Return one row per review that ended in promotion or refusal.

    Columns: promoted (1) or not (0), seen incidents in the six weeks before, autonomous motivation at
    the look before (missing: not a number), self-reliance.
    """
    people = harvest.detail
    e, s = people.events, people.survey
    reviews = np.flatnonzero(
        ((e.kind == codes.PROMOTED) | (e.kind == codes.REFUSED_PROMOTION)) & (e.day >= 0)
    )
    who = np.where(e.target[reviews] >= 0, e.target[reviews], e.actor[reviews])
    own = (e.kind < codes.SELF_HARM) & (e.actor >= 0) & (e.seen == 1)
    span = 1 << 20
    keys = np.sort(e.actor[own] * span + e.day[own] + span // 2)
    at = who * span + e.day[reviews] + span // 2
    before = np.searchsorted(keys, at, "left") - np.searchsorted(keys, at - REVIEW_DAYS, "left")
    motives = np.full((len(people.persons), harvest.days // SURVEY_EVERY_DAYS + 1), math.nan)
    motives[s.resident, s.day // SURVEY_EVERY_DAYS] = s.motivation_autonomous
    motivation = motives[who, e.day[reviews] // SURVEY_EVERY_DAYS]
    promoted = e.kind[reviews] == codes.PROMOTED
    return np.column_stack([promoted, before, motivation, people.persons.self_reliance[who]]).astype(float)


def odds_ratios(tables: Sequence[Any]) -> tuple[float, float]:
    """Return the odds ratios of promotion per incident and per SD of motivation, self-reliance held equal."""
    whole = np.concatenate(tables)
    whole = whole[np.isfinite(whole).all(axis=1)]
    promoted, incidents = whole[:, 0], whole[:, 1]
    if len(whole) < 20 or promoted.min() == promoted.max() or incidents.min() == incidents.max():
        return math.nan, math.nan
    scale = np.where(whole[:, 2:].std(axis=0) > 0.0, whole[:, 2:].std(axis=0), 1.0)
    rest = (whole[:, 2:] - whole[:, 2:].mean(axis=0)) / scale
    beta = logistic.fit(np.column_stack([incidents, rest]), promoted)
    return math.exp(float(beta[1])), math.exp(float(beta[2]))


def promotion_rates(tables: Sequence[Any]) -> tuple[Pair, Pair]:
    """Return promotions over reviews of the third with the least self-reliance, and of all others."""
    known = [table[np.isfinite(table[:, 3])] for table in tables]
    whole = np.concatenate(known)
    bound = float(np.quantile(whole[:, 3], 1.0 / 3.0)) if len(whole) else 0.0
    least = [table[table[:, 3] <= bound] for table in known]
    others = [table[table[:, 3] > bound] for table in known]
    return (
        pair([(float(t[:, 0].sum()), float(len(t))) for t in least]),
        pair([(float(t[:, 0].sum()), float(len(t))) for t in others]),
    )


@measure(SCHEME)
def promotion_odds_per_incident(panel: Panel) -> Reading:
    """Odds ratio of promotion per seen incident in the six weeks before the review."""
    return jackknifed([review_table(h) for h in panel.of(SCHEME)], lambda part: odds_ratios(part)[0])


@measure(SCHEME)
def promotion_odds_by_motivation(panel: Panel) -> Reading:
    """Odds ratio of promotion per SD of autonomous motivation, at equal incidents and self-reliance."""
    return jackknifed([review_table(h) for h in panel.of(SCHEME)], lambda part: odds_ratios(part)[1])


@measure(SCHEME)
def promotion_of_the_least_self_reliant(panel: Panel) -> Reading:
    """Promotions per review of the least self-reliant third over those of all others."""
    return quotient(*promotion_rates([review_table(h) for h in panel.of(SCHEME)]))


@measure(SCHEME, NO_SCHEME)
def incidents_with_a_scheme(panel: Panel) -> Reading:
    """Rate of incidents with a promotion scheme over that without, same people and random numbers."""
    rows = panel.together(SCHEME, NO_SCHEME)
    return quotient(indicator(side(rows, 0), "true_incidents"), indicator(side(rows, 1), "true_incidents"))


@measure(SCHEME, NO_SCHEME)
def justice_with_a_scheme(panel: Panel) -> Reading:
    """Perceived justice with a promotion scheme less that without, in SD between persons."""
    rows = panel.together(SCHEME, NO_SCHEME)
    if not rows:
        return nothing(0, "no run finished")
    scale = spread(side(rows, 1), "justice")
    return difference(survey_mean(side(rows, 0), "justice"), survey_mean(side(rows, 1), "justice"), scale)


def in_plus(harvest: Harvest, *, sentenced: bool) -> tuple[float, float]:
    """Return residents above the lowest level and residents, all looks together."""
    people = harvest.detail
    rows = people.survey
    if sentenced:
        rows = rows[people.persons.remand[rows.resident] == 0]
    return float((rows.level > 0).sum()), float(len(rows))


@measure(SCHEME)
def plus_share_of_sentenced(panel: Panel) -> Reading:
    """Share of sentenced residents who are above the lowest level of the scheme."""
    return ratio(pair([in_plus(h, sentenced=True) for h in panel.of(SCHEME)]))


@measure(SCHEME)
def plus_share_of_all(panel: Panel) -> Reading:
    """Share of all residents, remand included, who are above the lowest level of the scheme."""
    return ratio(pair([in_plus(h, sentenced=False) for h in panel.of(SCHEME)]))
