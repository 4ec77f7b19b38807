"""Measures of procedural justice and of promotion on synthetic tables with known answers."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.facts.arms import BASELINE
from experiments.facts.measures import justice, promotion
from sim import ledger as codes
from tests.facts import toys

DAYS = 365


def there(**columns):
    return {"arrival": -100, "release": 1000, "exposure_days": 365, **columns}


# --- S14: sanctions by perceived justice ---------------------------------------------------------------


def test_sanctions_are_followed_from_day_15_to_104():
    """Severity by lot, justice at the look before, misconduct and days of the ninety days that follow."""
    rows = [there(), there(), there(release=150)]
    seen = [{"resident": k, "day": 90, "justice": f} for k, f in enumerate((0.1, 0.5, 0.9))]
    report = {"answer": codes.REPORT, "day": 100, "kind": codes.VERBAL}
    log = [
        {"actor": 0, "sanction": codes.CELL_CONFINEMENT, **report},
        {"actor": 1, "sanction": codes.LOSS_OF_PROGRAMME, **report},
        {"actor": 2, **report},
    ]
    log += [{"actor": 0, "day": day, "kind": codes.VERBAL} for day in (114, 115, 204, 205)]
    # Harm to oneself, complaints and what is done to a person are no misconduct.
    log += [{"actor": 0, "day": 150, "kind": kind} for kind in (codes.SELF_HARM, codes.COMPLAINT)]
    log += [{"actor": -1, "target": 0, "day": 151, "kind": codes.SANCTION}]
    h = toys.harvest(people=toys.people(log, rows, seen))
    severity, felt, later, days = justice.after_reports(h)
    assert severity.tolist() == [2, 1, 0]
    assert felt.tolist() == [0.1, 0.5, 0.9]
    assert later.tolist() == [2, 0, 0]
    assert days.tolist() == [90, 90, 35]


@pytest.mark.parametrize(
    ("rates", "slope"), [((1.0, 1.5, 2.0), 0.5 / 1.5), ((2.0, 1.0, 0.0), -1.0), ((1.0, 1.0, 1.0), 0.0)]
)
def test_the_slope_on_severity_is_relative_to_the_mean(rates, slope):
    """With equal days the slope is the step of the rate over the mean rate."""
    severity = np.array([0, 1, 2])
    found = justice.slope_of(severity, 100.0 * np.array(rates), np.full(3, 100.0))
    assert found == pytest.approx(slope)


def test_the_slope_weighs_days():
    """Two severities only, unequal days: the slope is the difference of rates per step."""
    found = justice.slope_of(np.array([0, 0, 2]), np.array([1, 3, 6]), np.array([10.0, 30.0, 20.0]))
    assert found == pytest.approx((0.3 - 0.1) / 2 / (10 / 60))
    assert math.isnan(justice.slope_of(np.array([1, 1]), np.array([2, 3]), np.array([9.0, 9.0])))
    assert math.isnan(justice.slope_of(np.array([0, 2]), np.array([0, 0]), np.array([9.0, 9.0])))


def test_thirds_of_justice_are_told_apart():
    """Where it feels unjust sanctions embitter, where it feels just they deter: two known slopes."""
    severity = np.tile([0, 1, 2], 30)
    felt = np.repeat([0.1, 0.5, 0.9], 30)
    up, flat, down = np.array([10, 20, 30]), np.array([20, 20, 20]), np.array([30, 20, 10])
    later = np.concatenate([np.tile(part, 10) for part in (up, flat, down)])
    table = (severity, felt, later, np.full(90, 10.0))
    assert justice.slope_in_third([table, table], 0) == pytest.approx(0.5)
    assert justice.slope_in_third([table, table], 2) == pytest.approx(-0.5)


# --- S15: mediation ------------------------------------------------------------------------------------


def panel_of(direct, n=200_000, seed=4):
    """Return a table in which anger loads -.5 on justice, and misconduct .3 on anger and ``direct``."""
    rng = np.random.default_rng(seed)
    fair = rng.normal(size=n)
    trait = rng.normal(size=n)
    anger = -0.5 * fair + math.sqrt(1 - 0.25) * rng.normal(size=n)
    later = 0.3 * anger + direct * fair + 0.4 * trait + rng.normal(size=n)
    return np.column_stack([fair, anger, later, trait, np.zeros(n)])


@pytest.mark.parametrize(("direct", "share"), [(0.0, 1.0), (-0.15, 0.5), (-0.05, 0.75)])
def test_the_share_of_anger_is_found_again(direct, share):
    """The total effect is -.15 plus the direct one (per SD of misconduct), of which anger carries .15."""
    table = panel_of(direct)
    total, carried = justice.mediation([table])
    assert total == pytest.approx((direct - 0.15) / table[:, 2].std(), abs=0.01)
    assert carried == pytest.approx(share, abs=0.04)


def test_mediation_is_read_at_equal_traits():
    """A trait behind both justice and misconduct makes no effect of justice."""
    rng = np.random.default_rng(5)
    trait = rng.normal(size=50_000)
    fair, anger, later = (sign * trait + rng.normal(size=50_000) for sign in (-1, 1, 1))
    total, _ = justice.mediation([np.column_stack([fair, anger, later, trait])])
    assert total == pytest.approx(0.0, abs=0.02)


def test_too_few_persons_give_no_mediation():
    """Below twenty rows, or without any misconduct, there is no number."""
    assert all(math.isnan(value) for value in justice.mediation([panel_of(0.0, n=19)]))
    still = panel_of(0.0, n=100)
    still[:, 2] = 0.0
    assert all(math.isnan(value) for value in justice.mediation([still]))


def test_waves_are_ninety_days_apart_and_do_not_overlap():
    """Who stays through both waves counts, with the misconduct between them."""
    rows = [there(age=30, reactivity=1.0), there(release=150, age=40)]
    seen = [
        {"resident": k, "day": day, "justice": 0.1 * (k + 1), "anger": 0.5}
        for k in (0, 1)
        for day in (0, 30, 90)
    ]
    log = [{"actor": 0, "day": day, "kind": codes.VERBAL} for day in (0, 89, 90)]
    log += [{"actor": 0, "day": 10, "kind": codes.SELF_HARM}]
    found = justice.two_waves(toys.harvest(days=200, people=toys.people(log, rows, seen)))
    assert found[:, 0].tolist() == pytest.approx([0.1, 0.2, 0.1])
    assert found[:, 2].tolist() == pytest.approx([math.log(3), 0.0, math.log(2)])
    assert found[0, 3:].tolist() == [30, 1.0, 0, 0, 0]


# --- S29: on what promotion hangs ----------------------------------------------------------------------


def test_reviews_are_read_with_the_six_weeks_before():
    """Promoted or refused, seen misconduct of the 42 days before, motivation at the look before."""
    rows = [there(self_reliance=0.2), there(self_reliance=0.8)]
    seen = [{"resident": k, "day": 60, "motivation_autonomous": 0.3 + 0.4 * k} for k in (0, 1)]
    log = [{"actor": 0, "day": d, "kind": codes.VERBAL, "seen": 1} for d in (37, 38, 79, 80)]
    log += [{"actor": 1, "day": 70, "kind": codes.VERBAL, "seen": 0}]
    log += [
        {"actor": -1, "target": 0, "day": 80, "kind": codes.REFUSED_PROMOTION},
        {"actor": -1, "target": 1, "day": 80, "kind": codes.PROMOTED},
        {"actor": -1, "target": 1, "day": 80, "kind": codes.DEMOTED},
    ]
    found = promotion.review_table(toys.harvest(people=toys.people(log, rows, seen)))
    assert found.tolist() == [[0, 2, pytest.approx(0.3), 0.2], [1, 0, pytest.approx(0.7), 0.8]]


def test_odds_of_promotion_are_found_again():
    """Odds ratios of .4 per incident and 1.1 per SD of motivation come out of a table made with them."""
    rng = np.random.default_rng(6)
    n = 200_000
    incidents = rng.poisson(0.7, n).astype(float)
    motivation, reliance = rng.normal(0.5, 0.1, n), rng.uniform(size=n)
    log_odds = 0.5 + math.log(0.4) * incidents + math.log(1.1) * (motivation - 0.5) / 0.1
    promoted = (rng.uniform(size=n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    table = np.column_stack([promoted, incidents, motivation, reliance])
    per_incident, per_sd = promotion.odds_ratios([table[: n // 2], table[n // 2 :]])
    assert per_incident == pytest.approx(0.4, abs=0.01)
    assert per_sd == pytest.approx(1.1, abs=0.02)


def test_reviews_without_a_look_do_not_count():
    """Rows with anything missing are left out; nothing is left where motivation does not exist."""
    table = np.full((50, 4), np.nan)
    table[:, :2] = 1.0
    assert all(math.isnan(value) for value in promotion.odds_ratios([table]))


def test_the_least_self_reliant_third_is_held_against_the_others():
    """Three of ten promoted in the lowest third, twelve of twenty in the rest: a ratio of .5."""
    least = [[1.0 if k < 3 else 0.0, 0, 0.5, 0.1] for k in range(10)]
    others = [[1.0 if k < 12 else 0.0, 0, 0.5, 0.9] for k in range(20)]
    table = np.array(least + others)
    (top, below), (rest, number) = promotion.promotion_rates([table, table])
    assert (top.tolist(), below.tolist()) == ([3, 3], [10, 10])
    assert (rest.tolist(), number.tolist()) == ([12, 12], [20, 20])


# --- S30 and S31: what a scheme changes, and who is in plus ---------------------------------------------


def schemes(with_scheme, without):
    return toys.panel(**{BASELINE: [with_scheme] * 3, "no-scheme": [without] * 3})


def test_incidents_with_a_scheme_are_a_ratio_of_rates():
    """Ninety against one hundred per unit of exposure: .9."""
    panel = schemes(toys.harvest({"true_incidents": (90, 1.0)}), toys.harvest({"true_incidents": (100, 1.0)}))
    assert promotion.incidents_with_a_scheme(panel).value == pytest.approx(0.9)


def test_justice_with_a_scheme_is_in_standard_deviations():
    """A fall of .02 where persons differ by .1 is a fifth of an SD."""

    def surveyed(level):
        rows = [{"day": 0, "justice": level + step} for step in (-0.1, 0.0, 0.1)]
        return toys.harvest(people=toys.people(survey=rows))

    found = promotion.justice_with_a_scheme(schemes(surveyed(0.38), surveyed(0.4)))
    assert found.value == pytest.approx(-0.2)


def test_the_share_in_plus_is_of_the_sentenced_and_of_all():
    """Two of four sentenced above the lowest level; remand residents count only among all."""
    rows = [there(remand=0)] * 4 + [there(remand=1)] * 4
    seen = [{"resident": k, "day": 0, "level": 1 if k < 2 else 0} for k in range(8)]
    panel = toys.panel(baseline=[toys.harvest(people=toys.people(persons=rows, survey=seen))] * 3)
    assert promotion.plus_share_of_sentenced(panel).value == pytest.approx(0.5)
    assert promotion.plus_share_of_all(panel).value == pytest.approx(0.25)


def test_severities_follow_the_codes_of_sanctions():
    """None is 0, loss of programme 1, confinement 2."""
    codes_of = SimpleNamespace(
        none=codes.NO_SANCTION, cell=codes.CELL_CONFINEMENT, loss=codes.LOSS_OF_PROGRAMME
    )
    assert justice.SEVERITY[[codes_of.none, codes_of.loss, codes_of.cell]].tolist() == [0, 1, 2]
    assert len(justice.SEVERITY) == len(codes.SANCTIONS)
