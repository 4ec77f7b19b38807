"""Persons: who is involved how often, who is involved again, and what the climate has to do with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.facts import logistic
from experiments.facts.arms import BASELINE, ENVIRONMENTS, mix, situation
from experiments.facts.harvest import Harvest, People, Vector
from experiments.facts.measures.common import by_person, misconduct
from experiments.facts.measuring import measure
from experiments.facts.panel import Panel
from experiments.facts.readings import (
    Reading,
    correlation,
    jackknifed,
    mean,
    mean_correlation,
    pair,
    quotient,
    ratio,
)
from experiments.statistics import poisson_top_share, top_share
from sim import ledger as codes
from sim.indicators import LONG_ENOUGH_DAYS

WINDOW_DAYS = 90
HALF_YEAR = 182
FEWEST_LOOKS = 3
LAG_DAYS = 90


def long_stayers(harvests: Sequence[Harvest]) -> tuple[Vector, Vector]:
    """Return incidents and exposure of persons with enough exposure, replicates pooled."""
    tables = [h.detail.persons for h in harvests]
    counts = np.concatenate([t.incidents[t.exposure_days >= LONG_ENOUGH_DAYS] for t in tables])
    days = np.concatenate([t.exposure_days[t.exposure_days >= LONG_ENOUGH_DAYS] for t in tables])
    return counts.astype(np.float64), days.astype(np.float64)


@measure(BASELINE)
def top_tenth_share(panel: Panel) -> Reading:
    """Share of incidents of the most involved tenth of persons with at least 90 days."""
    return jackknifed(panel.of(BASELINE), lambda harvests: top_share(long_stayers(harvests)[0]))


@measure(BASELINE)
def top_tenth_excess(panel: Panel) -> Reading:
    """Share of the most involved tenth less what equal rates would give by chance alone."""

    def excess(harvests: Sequence[Harvest]) -> float:
        counts, days = long_stayers(harvests)
        return top_share(counts) - poisson_top_share(counts, days)

    return jackknifed(panel.of(BASELINE), excess)


def window_counts(harvest: Harvest, *, recorded: bool) -> Vector:
    """Return each person's incidents in the last 90 days, of those present throughout."""
    people, end = harvest.detail, harvest.days
    first = end - WINDOW_DAYS
    e = people.events
    chosen = (e.kind <= codes.LAST_INCIDENT) & (e.day >= first) & (e.day < end)
    if recorded:
        chosen &= e.recorded == 1
    there = (people.persons.arrival <= first) & (people.persons.release >= end)
    return np.asarray(by_person(people, chosen)[there], dtype=np.float64)


@measure(BASELINE)
def no_recorded_incident_share(panel: Panel) -> Reading:
    """Share of persons present throughout 90 days who have no recorded incident in them."""
    return ratio(_without_incident(panel, recorded=True), "share")


@measure(BASELINE)
def no_incident_share(panel: Panel) -> Reading:
    """Share of persons present throughout 90 days who have no incident at all in them."""
    return ratio(_without_incident(panel, recorded=False), "share")


def _without_incident(panel: Panel, *, recorded: bool) -> tuple[Vector, Vector]:
    counts = [window_counts(h, recorded=recorded) for h in panel.of(BASELINE)]
    return pair([(float((c == 0).sum()), float(len(c))) for c in counts])


@measure(BASELINE)
def count_dispersion(panel: Panel) -> Reading:
    """Dispersion k of incident counts in 90 days, as of a negative binomial (method of moments)."""

    def dispersion(counts: Sequence[Vector]) -> float:
        pooled = np.concatenate(counts)
        over = float(pooled.var()) - float(pooled.mean())
        return float(pooled.mean()) ** 2 / over if over > 0.0 else math.nan

    return jackknifed([window_counts(h, recorded=False) for h in panel.of(BASELINE)], dispersion)


def risk_table(harvest: Harvest) -> tuple[Any, Any]:
    """Return features (history first, then traits) in one half-year and misconduct in the next.

    Everybody who is present through both half-years counts.  Misconduct is recorded misconduct, as in
    files; reactivity stands for impulsive and antisocial traits.
    """
    people = harvest.detail
    recorded = people.events.recorded == 1
    before = by_person(people, misconduct(people, 0, HALF_YEAR) & recorded)
    after = by_person(people, misconduct(people, HALF_YEAR, 2 * HALF_YEAR) & recorded)
    p = people.persons
    there = (p.arrival <= 0) & (p.release >= 2 * HALF_YEAR)
    features = np.column_stack([np.log1p(before), p.age, p.reactivity, p.trauma, p.vulnerability, p.remand])
    return features[there], (after[there] > 0).astype(np.float64)


def standardised(tables: Sequence[Any]) -> list[Any]:
    """Return tables with every column at mean 0 and SD 1 over all of them."""
    whole = np.concatenate(tables)
    scale = np.where(whole.std(axis=0) > 0.0, whole.std(axis=0), 1.0)
    return [(table - whole.mean(axis=0)) / scale for table in tables]


@measure(BASELINE)
def risk_score_auc(panel: Panel) -> Reading:
    """Area under the curve of a logistic score of traits and history for recorded misconduct in six months.

    The score is fitted on one half of the replicates and judged on each of the other half.
    """
    tables = [risk_table(h) for h in panel.of(BASELINE)]
    if len(tables) < 2:
        return mean([])
    features = standardised([x for x, _ in tables])
    outcomes = [y for _, y in tables]
    areas = []
    for fold in (0, 1):
        train = [k for k in range(len(tables)) if k % 2 != fold]
        beta = logistic.fit(
            np.concatenate([features[k] for k in train]), np.concatenate([outcomes[k] for k in train])
        )
        areas += [
            logistic.area_under_curve(logistic.score(features[k], beta), outcomes[k])
            for k in range(len(tables))
            if k % 2 == fold
        ]
    return mean(areas)


@measure(BASELINE)
def history_over_age_auc(panel: Panel) -> Reading:
    """Area under the curve of recorded misconduct so far, less that of youth."""
    differences = []
    for harvest in panel.of(BASELINE):
        x, y = risk_table(harvest)
        differences.append(logistic.area_under_curve(x[:, 0], y) - logistic.area_under_curve(-x[:, 1], y))
    return mean(differences)


def _adjusted(residual: float, total: float, cases: int, parameters: int) -> float:
    return 1.0 - residual / total * (cases - 1) / (cases - parameters - 1)


def environment_share(parts: Sequence[Harvest]) -> float:
    """Return explained variance of personal rates by the place, against that by place and traits.

    Both are adjusted R-squared of least squares on the incident rate of persons with enough exposure;
    the share is R-squared of the place over the sum of both (slightly below 0 where there is nothing).
    """
    rates, traits, where = [], [], []
    for k, harvest in enumerate(parts):
        p = harvest.detail.persons
        p = p[p.exposure_days >= LONG_ENOUGH_DAYS]
        rates.append(p.incidents / p.exposure_days)
        traits.append(np.column_stack([p.reactivity, p.age, p.trauma, p.vulnerability]))
        where.append(np.full(len(p), k))
    y, x, place = np.concatenate(rates), np.concatenate(traits), np.concatenate(where)
    total = float(((y - y.mean()) ** 2).sum())
    if total <= 0.0:
        return math.nan
    design = np.column_stack([np.ones(len(y)), x])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    of_traits = _adjusted(float(((y - design @ beta) ** 2).sum()), total, len(y), x.shape[1])
    means = np.bincount(place, weights=y) / np.bincount(place)
    of_place = _adjusted(float(((y - means[place]) ** 2).sum()), total, len(y), len(parts) - 1)
    return of_place / (of_place + of_traits) if of_place + of_traits > 0.0 else math.nan


SITUATIONS = tuple(situation(k) for k in range(ENVIRONMENTS))
INTAKES = tuple(mix(k) for k in range(ENVIRONMENTS))


def share_of_variance(rows: Sequence[tuple[Harvest, ...]]) -> float:
    """Return the variance of log rates between situations over that plus the one between intakes.

    ``rows`` hold the situations, then as many intakes; replicates are pooled in each.
    """
    half = len(rows[0]) // 2

    def variance(columns: range) -> float:
        rates = [
            sum(row[k].sums["true_incidents"].numerator for row in rows)
            / sum(row[k].sums["true_incidents"].denominator for row in rows)
            for k in columns
        ]
        return float(np.log(np.maximum(rates, 1e-9)).var(ddof=1))

    situations, intakes = variance(range(half)), variance(range(half, 2 * half))
    return situations / (situations + intakes) if situations + intakes > 0.0 else math.nan


@measure(*SITUATIONS, *INTAKES)
def variance_share_of_situation(panel: Panel) -> Reading:
    """Variance of incident rates between situations over that plus the variance between intakes."""
    return jackknifed(panel.together(*SITUATIONS, *INTAKES), share_of_variance)


@measure(*SITUATIONS)
def personal_variance_share_of_situation(panel: Panel) -> Reading:
    """Share of the explained variance of personal incident rates that is due to the place."""
    return mean([environment_share(row) for row in panel.together(*SITUATIONS)])


def person_climate(people: People) -> tuple[Vector, Vector]:
    """Return mean climate and number of looks of every person."""
    looks = np.bincount(people.survey.resident, minlength=len(people.persons)).astype(np.float64)
    total = np.bincount(people.survey.resident, weights=people.survey.climate, minlength=len(people.persons))
    return total / np.maximum(looks, 1.0), looks


@measure(BASELINE)
def climate_and_misconduct_of_persons(panel: Panel) -> Reading:
    """Correlation between persons of mean climate and rate of misconduct."""
    values = []
    for harvest in panel.of(BASELINE):
        people = harvest.detail
        climate, looks = person_climate(people)
        days = people.persons.exposure_days
        chosen = (days >= LONG_ENOUGH_DAYS) & (looks >= FEWEST_LOOKS)
        counts = by_person(people, misconduct(people, 0, harvest.days))
        values.append(correlation(climate[chosen], counts[chosen] / days[chosen]))
    return mean_correlation(values)


def _at_each_look(panel: Panel, statistic: Callable[[Any], float]) -> list[float]:
    """Return, per replicate, the mean over looks of a statistic of the survey rows of one look."""
    values = []
    for harvest in panel.of(BASELINE):
        survey = harvest.detail.survey
        single = [statistic(survey[survey.day == day]) for day in np.unique(survey.day)]
        values.append(float(np.mean(single)) if single else math.nan)
    return values


@measure(BASELINE)
def autonomy_and_wellbeing(panel: Panel) -> Reading:
    """Correlation between persons of autonomy and wellbeing, which stands for motivation."""
    return mean_correlation(_at_each_look(panel, lambda s: correlation(s.autonomy, s.wellbeing)))


@measure(BASELINE)
def autonomy_and_growth(panel: Panel) -> Reading:
    """Correlation between persons of autonomy and the climate scale growth (which contains autonomy)."""
    return mean_correlation(_at_each_look(panel, lambda s: correlation(s.autonomy, s.climate_growth)))


@measure(BASELINE)
def autonomy_and_freedom_from_repression(panel: Panel) -> Reading:
    """Correlation between persons of autonomy and the scale repression turned round."""
    return mean_correlation(_at_each_look(panel, lambda s: -correlation(s.autonomy, s.climate_repression)))


@measure(BASELINE)
def autonomy_leads(panel: Panel) -> Reading:
    """Correlation of autonomy with wellbeing, less the larger of those of competence and relatedness."""

    def lead(s: Any) -> float:
        others = (correlation(s.competence, s.wellbeing), correlation(s.relatedness, s.wellbeing))
        return correlation(s.autonomy, s.wellbeing) - max(others)

    return mean(_at_each_look(panel, lead))


@measure(BASELINE)
def autonomy_and_later_wellbeing(panel: Panel) -> Reading:
    """Correlation between persons of autonomy and wellbeing three months later."""
    values = []
    for harvest in panel.of(BASELINE):
        survey = harvest.detail.survey
        single = []
        for day in np.unique(survey.day):
            now, later = survey[survey.day == day], survey[survey.day == day + LAG_DAYS]
            _, first, second = np.intersect1d(now.resident, later.resident, return_indices=True)
            if len(first) > 2:
                single.append(correlation(now.autonomy[first], later.wellbeing[second]))
        values.append(float(np.mean(single)) if single else math.nan)
    return mean_correlation(values)


@measure(BASELINE)
def misconduct_after_three_months(panel: Panel) -> Reading:
    """Rate of misconduct in months 4 to 6 after admission over that in months 1 to 3, same persons."""
    early, late = [], []
    for harvest in panel.of(BASELINE):
        people = harvest.detail
        p, e = people.persons, people.events
        # People met in the stock arrived before the run: their first months are not on record.
        first = int(e.day.min()) if len(e) else 0
        chosen = (p.arrival >= first) & (p.release - p.arrival >= 2 * WINDOW_DAYS)
        chosen &= p.arrival + 2 * WINDOW_DAYS <= harvest.days
        inside = e.day - p.arrival[e.actor]
        own = (e.kind < codes.SELF_HARM) & (e.actor >= 0)
        days = float(chosen.sum()) * WINDOW_DAYS
        early.append((by_person(people, own & (inside < WINDOW_DAYS))[chosen].sum(), days))
        late.append(
            (
                by_person(people, own & (inside >= WINDOW_DAYS) & (inside < 2 * WINDOW_DAYS))[chosen].sum(),
                days,
            )
        )
    return quotient(pair(late), pair(early))
