"""Planning replicates: by spread, by counts, from every kind of pilot."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.designs import Design
from experiments.needed import (
    Pilot,
    Wanted,
    pilot_of,
    pilot_of_pair,
    pilot_of_sums,
    plan,
    replicates_for,
    sd_interval,
)
from experiments.pilots import effective_degrees, from_sweep
from experiments.sensitivity.table import RunTable
from experiments.statistics import (
    Difference,
    Estimate,
    estimate_ratio,
    half_width,
    paired_difference,
    poisson_interval,
    replicates_needed,
    t_quantile,
)
from scenarios import ScenarioError

ONES = np.ones(5)


def absolute(size):
    return Wanted(size, relative=False)


def relative(size):
    return Wanted(size, relative=True)


# --- by spread ---------------------------------------------------------------------------------------


def test_by_hand():
    # Values 8 to 12: s = sqrt(2.5), t(4) = 2.7764; (2.7764 x 1.5811 / 0.5)^2 = 77.09.
    need = plan(pilot_of_sums([np.array([8.0, 9, 10, 11, 12])], [ONES], form="mean"), absolute(0.5))
    assert (need.replicates, need.rule) == (78, "spread")
    # Chi-square quantiles of 4 degrees: 11.143 and 0.4844; s between 0.947 and 4.544.
    assert sd_interval(math.sqrt(2.5), 4) == pytest.approx((0.9473, 4.5437), abs=1e-3)
    # 0.947: n = 17 gives 2.1199 x 0.947 / sqrt(17) = 0.487, n = 16 gives 0.505.
    assert need.low == 17
    # 4.544: with t = 1.967 about (1.967 x 4.544 / 0.5)^2 = 319.6.
    assert need.high == 320


def test_a_relative_half_width_is_a_share_of_the_value():
    pilot = pilot_of_sums([np.array([8.0, 9, 10, 11, 12])], [ONES], form="mean")
    assert plan(pilot, relative(0.05)) == plan(pilot, absolute(0.5))
    assert plan(pilot, relative(0.05)).wanted == 0.5


@pytest.mark.parametrize(("spread", "wanted", "n"), [(1.0, 0.5, 18), (1.0, 9.0, 2), (0.0, 0.1, 2)])
def test_the_fewest_replicates_for_a_known_spread(spread, wanted, n):
    # t(17) = 2.1098: 2.1098 / sqrt(18) = 0.4973; t(16) / sqrt(17) = 0.5142; t(1) / sqrt(2) = 8.98.
    assert replicates_for(spread, wanted) == n


@given(st.floats(0.01, 100.0), st.floats(0.01, 10.0))
def test_the_fewest_is_enough_and_one_less_is_not(spread, wanted):
    n = replicates_for(spread, wanted)
    assert t_quantile(n - 1) * spread / math.sqrt(n) <= wanted
    assert n == 2 or t_quantile(n - 2) * spread / math.sqrt(n - 1) > wanted


def test_an_estimate_gives_the_plan_of_the_two_stage_rule():
    estimate = Estimate(100.0, 80.0, 120.0, 10)
    need = plan(pilot_of(estimate), absolute(5.0))
    assert need.replicates == replicates_needed(estimate, 5.0) == 160
    assert need.low < 160 < need.high


def test_the_range_of_a_pilot_holds_the_truth_nineteen_times_of_twenty():
    random = np.random.default_rng(2)
    truth = replicates_for(1.0, 0.2)
    hits = 0
    for _ in range(400):
        values = random.standard_normal(8)
        need = plan(pilot_of_sums([values], [np.ones(8)], form="mean"), absolute(0.2))
        hits += need.low <= truth <= need.high
    assert 0.92 < hits / 400 < 0.98


def test_the_spread_is_pooled_over_points():
    groups = [np.array([1.0, 3.0]), np.array([10.0, 14.0])]
    pilot = pilot_of_sums(groups, [np.ones(2), np.ones(2)], form="mean")
    # Squares around the points' own means: 2 + 8 with 2 degrees.
    assert (pilot.spread, pilot.degrees, pilot.n, pilot.value) == (pytest.approx(math.sqrt(5.0)), 2, 2, 7.0)


def test_one_replicate_is_no_pilot():
    need = plan(pilot_of_sums([np.array([3.0])], [np.ones(1)], form="mean"), absolute(1.0))
    assert (need.replicates, need.rule, need.note) == (None, "none", "one replicate: no interval")


def test_a_share_of_nothing_is_refused_in_words():
    need = plan(Pilot(0.0, 0.0, 5, 1.0, 4), relative(0.1))
    assert need.replicates is None
    assert "use --half-width" in need.note


def test_no_exposure_is_said():
    assert plan(pilot_of_sums([np.zeros(3)], [np.zeros(3)], form="rate"), relative(0.1)).note == "no exposure"


# --- differences -------------------------------------------------------------------------------------


def test_a_paired_difference_needs_far_fewer_than_its_sides():
    random = np.random.default_rng(1)
    shared = random.normal(10.0, 3.0, 12)
    a, b = shared + random.normal(1.0, 0.2, 12), shared + random.normal(0.0, 0.2, 12)
    ones = np.ones(12)
    pair = plan(pilot_of_pair((a, ones), (b, ones)), absolute(0.3))
    alone = plan(pilot_of_sums([a], [ones], form="mean"), absolute(0.3))
    assert pair.replicates * 20 < alone.replicates


def test_the_pilot_of_a_pair_has_the_interval_of_the_paired_difference():
    a, b = (np.array([5.0, 7.0, 6.0]), np.ones(3)), (np.array([4.0, 5.0, 6.0]), np.ones(3))
    pilot = pilot_of_pair(a, b)
    found = paired_difference(a, b)
    assert (pilot.value, pilot.scale) == (found.value, 5.0)
    assert pilot.half_width == pytest.approx(half_width(found))
    read_back = pilot_of(found, scale=5.0)
    assert read_back.spread == pytest.approx(pilot.spread)
    assert (read_back.value, read_back.scale) == (1.0, 5.0)
    assert plan(read_back, relative(0.1)).wanted == plan(pilot, relative(0.1)).wanted == 0.5


def test_equal_sides_need_no_more():
    a = (np.array([5.0, 7.0]), np.ones(2))
    assert plan(pilot_of_pair(a, a), absolute(0.1)).replicates == 2


def test_a_difference_without_an_interval_is_no_pilot():
    found = Difference(1.0, None, None, 1, None, None, None, None, "one replicate: no interval")
    assert plan(pilot_of(found), absolute(1.0)).note == "one replicate: no interval"


# --- few events --------------------------------------------------------------------------------------


def rare(events, exposure=0.5):
    counts = np.array(events, dtype=float)
    return pilot_of_sums([counts], [np.full(len(counts), exposure)], form="rate", events=sum(events))


def test_few_events_are_planned_by_their_counts():
    # 4 events in 4 replicates of 0.5: rate 2. The exact interval of k events is as long as 0.2 k
    # (half: 10 %) or shorter from the k that this finds; each replicate brings one event.
    need = plan(rare([1, 1, 1, 1]), relative(0.1))
    assert need.rule == "counts"
    low, high = poisson_interval(need.replicates)
    assert (high - low) / 2 <= 0.1 * need.replicates
    low, high = poisson_interval(need.replicates - 1)
    assert (high - low) / 2 > 0.1 * (need.replicates - 1)
    # About (1.96 / 0.1)^2 = 384 events; the exact interval is a little longer than the normal one.
    assert need.replicates == pytest.approx(390, abs=6)


def test_an_absolute_half_width_of_a_rare_rate():
    need = plan(rare([1, 1, 1, 1]), absolute(0.2))  # 10 % of the rate of 2
    assert need.replicates == plan(rare([1, 1, 1, 1]), relative(0.1)).replicates
    assert need.low < need.replicates < need.high


def test_counts_that_spread_more_than_chance_need_more():
    assert (
        plan(rare([8, 0, 0, 0]), relative(0.2)).replicates
        > plan(rare([2, 2, 2, 2]), relative(0.2)).replicates
    )


def test_no_events_say_how_many_are_needed_at_least():
    need = plan(rare([0, 0, 0, 0]), relative(0.2))
    assert need.replicates is None
    # At most 3.689 events in 4 replicates; 20 % takes about 96 to 105 events.
    assert 4 * 96 / 3.689 < need.low < 4 * 110 / 3.689
    assert f"at least {need.low} replicates" in need.note


@pytest.mark.parametrize(("events", "wanted"), [([0, 0, 0, 0], 1e-8), ([1, 1, 1, 1], 1e-8)])
def test_what_no_number_of_replicates_reaches_is_said(events, wanted):
    need = plan(rare(events), relative(wanted))
    assert need.replicates is None
    assert "out of reach" in need.note


def test_no_events_and_an_absolute_half_width():
    # Still none in n replicates: the bound 3.689 / (0.5 n) is 2 x 0.25 from n = 15 on.
    assert plan(rare([0, 0, 0, 0]), absolute(0.25)).replicates == 15


def test_many_events_are_planned_by_spread():
    assert plan(rare([10, 12, 9, 11]), relative(0.2)).rule == "spread"


@pytest.mark.parametrize("counts", [[1, 2, 0, 1, 1], [0, 0, 0, 0, 0], [4, 0, 0, 1, 0]])
def test_a_saved_estimate_of_a_rare_rate_gives_the_plan_of_its_runs(counts):
    exposure = [0.5] * 5
    saved = estimate_ratio(counts, exposure, events=counts, form="rate")
    again, direct = (plan(pilot, absolute(0.4)) for pilot in (pilot_of(saved, rate=True), rare(counts)))
    assert again.replicates == pytest.approx(direct.replicates, rel=0.02)
    assert again.rule == "counts"


# --- sweeps ------------------------------------------------------------------------------------------


def sweep(points=2):
    design = Design("list", (), [{} for _ in range(points)], 1, points)
    values = np.array([[1.0, 3.0, 2.0], [5.0, 9.0, 7.0]])[:points]
    rows = [(p, r) for p in range(points) for r in range(3)]
    return RunTable(
        "toys/sweep",
        design,
        {
            "scenario": ["toy"] * len(rows),
            "point": [p for p, _ in rows],
            "replicate": [r for _, r in rows],
            "status": ["ok"] * len(rows),
            "tension": [values[row] for row in rows],
            "tension.weight": [1.0] * len(rows),
        },
    )


def test_a_sweep_pools_its_points_and_names_each():
    (quantity,) = from_sweep(sweep(), ["tension"], [])
    assert quantity.of == "toy"
    assert [(point, pilot.value) for point, pilot in quantity.places] == [(0, 2.0), (1, 7.0)]


def test_points_that_move_together_know_the_spread_no_better_than_one():
    own = np.random.default_rng(1).standard_normal((50, 6))
    shared = np.random.default_rng(2).standard_normal((1, 6))
    assert effective_degrees(own, 250) > 200
    assert effective_degrees(np.repeat(shared, 50, axis=0), 250) == 5
    # Half of the variance shared: r = 0.5, 250 / (1 + 49 / 4) is about 19.
    assert 8 < effective_degrees(own + shared / shared.std(ddof=1), 250) < 40


def test_points_of_a_sweep_are_set_against_each_other():
    (quantity,) = from_sweep(sweep(), ["tension"], ["1,0"])
    assert (quantity.of, quantity.pilot.value, quantity.pilot.scale) == ("1 minus 0", 5.0, 2.0)
    assert quantity.pilot.spread == pytest.approx(1.0)  # differences 4, 6, 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1", "got 1; allowed two sides with a comma between them: A,B"),
        ("0,1,0", "got 0,1,0; allowed two sides"),
        ("0,7", "got 7; allowed POINT with a point from 0 to 1 of toys/sweep"),
        ("0,", "got nothing; allowed POINT"),
        ("toy:0,other:1", "got other:1; allowed POINT"),
    ],
)
def test_a_side_that_is_not_there_is_refused(text, line):
    with pytest.raises(ScenarioError, match="--contrast: ") as refused:
        from_sweep(sweep(), ["tension"], [text])
    assert line in str(refused.value)


def test_a_side_may_name_its_scenario():
    (quantity,) = from_sweep(sweep(), ["tension"], ["toy:1,toy:0"])
    assert quantity.pilot.value == 5.0
