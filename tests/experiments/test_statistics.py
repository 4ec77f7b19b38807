"""Intervals on numbers worked out by hand, and in the corners where formulas break."""

import math

import numpy as np
import pytest

from experiments.statistics import (
    Difference,
    Estimate,
    clopper_pearson_interval,
    estimate_ratio,
    estimate_top_share,
    half_width,
    jackknife,
    paired_difference,
    poisson_interval,
    poisson_top_share,
    poisson_upper,
    rate_interval,
    replicates_needed,
    share_interval,
    signed_ratios,
    top_share,
    wilson_interval,
)


def vectors(*values):
    return np.array(values, dtype=float)


def test_garwood_interval_of_no_events_ends_at_minus_log_of_the_tail():
    assert poisson_interval(0) == (0.0, pytest.approx(-math.log(0.025)))
    assert poisson_upper(0) == pytest.approx(3.688879)


def test_garwood_interval_of_overdispersed_events_is_wider_around_the_same_count():
    low, high = poisson_interval(10)
    wide_low, wide_high = poisson_interval(10, dispersion=2.0)
    assert wide_low < low < 10 < high < wide_high


def test_clopper_pearson_of_no_hits_is_the_rule_of_three():
    low, high = clopper_pearson_interval(0.0, 100)
    assert low == 0.0
    assert high == pytest.approx(1.0 - 0.025 ** (1 / 100))
    assert clopper_pearson_interval(1.0, 100) == (pytest.approx(0.025 ** (1 / 100)), 1.0)


def test_wilson_interval_of_half_is_symmetric_and_stays_inside():
    low, high = wilson_interval(0.5, 10, 1.96)
    assert low + high == pytest.approx(1.0)
    assert 0.0 < low < 0.5


def test_a_rate_with_few_events_gets_an_exact_interval_and_says_so():
    found = estimate_ratio([1, 0, 2, 0], [1, 1, 1, 1], events=[1, 0, 2, 0], form="rate")
    assert found.value == pytest.approx(0.75)
    assert found.low == pytest.approx(poisson_interval(3, dispersion=11 / 9)[0] / 4)
    assert "exact" in found.note


def test_a_rate_with_many_events_is_longer_upwards():
    events = vectors(20, 30, 25, 41)
    low, high = rate_interval(events, np.ones(4))
    value = events.mean()
    assert 0.0 < low < value < high
    assert high - value > value - low


def test_equal_counts_in_all_replicates_do_not_make_a_rate_certain():
    low, high = rate_interval(vectors(30, 30, 30), np.ones(3))
    assert low < 30 < high


def test_a_share_of_no_hits_has_an_upper_bound():
    low, high = share_interval(vectors(0, 0, 0), vectors(20, 20, 20))
    assert low == 0.0
    assert 0.0 < high < 0.1


def test_shares_that_spread_more_than_chance_have_wider_intervals():
    cases = np.full(4, 50.0)
    low, high = share_interval(vectors(25, 25, 26, 24), cases)
    spread_low, spread_high = share_interval(vectors(5, 45, 40, 10), cases)
    assert spread_low < low < high < spread_high


def test_no_events_on_either_side_do_not_prove_equality():
    nothing = (np.zeros(5), np.full(5, 2.0))
    found = paired_difference(nothing, nothing, form="rate")
    assert found.value == 0.0
    assert (found.low, found.high) == (pytest.approx(-0.3688879), pytest.approx(0.3688879))
    assert not found.clear


def test_a_difference_of_shares_of_few_cases_is_not_given():
    few = (vectors(1, 2), vectors(4, 5))
    many = (vectors(10, 12), vectors(40, 50))
    assert paired_difference(few, many, form="share").value is None
    assert paired_difference(many, many, form="share").value == 0.0


def test_replicate_planning_follows_the_square_of_the_wanted_precision():
    pilot = Estimate(200.0, 180.0, 220.0, 10)
    assert replicates_needed(pilot, 20.0) == 10
    assert replicates_needed(pilot, 10.0) == 40
    assert replicates_needed(pilot, 0.05, relative=True) == 40
    assert replicates_needed(pilot, 1000.0) == 10
    assert half_width(pilot, relative=True) == pytest.approx(0.1)


def test_replicate_planning_without_an_interval_or_precision_is_refused():
    assert replicates_needed(Estimate(1.0, None, None, 1), 0.1) is None
    with pytest.raises(ValueError, match="above 0"):
        replicates_needed(Estimate(1.0, 0.5, 1.5, 5), 0.0)


def test_a_planned_number_of_replicates_reaches_the_precision():
    rng = np.random.default_rng(4)
    reached = []
    for _ in range(200):
        pilot = estimate_ratio(rng.normal(10, 2, 8), np.ones(8))
        n = replicates_needed(pilot, 0.5)
        whole = estimate_ratio(rng.normal(10, 2, n), np.ones(n))
        reached.append(half_width(whole) <= 0.5 * 1.25)
    # Stein's rule reaches the width in most cases; 1.25 leaves room for the spread of the second stage.
    assert np.mean(reached) > 0.6


# --- by hand ------------------------------------------------------------------------------------------


def test_the_interval_of_a_rate_by_hand():
    # Mean 29, residuals -9, 1, -4, 12: error^2 = 242 / 12; t(3) = 3.18245: c = 204.248 / 29 = 7.0430.
    low, high = rate_interval(vectors(20, 30, 25, 41), np.ones(4))
    assert (low, high) == pytest.approx((29 + 3.5215 - 14.7190, 29 + 3.5215 + 14.7190), abs=1e-3)


def test_a_rate_of_uncounted_events_has_the_interval_of_a_mean():
    values, years = [20.0, 30.0, 25.0, 41.0], [1.0, 1.2, 0.9, 1.1]
    assert estimate_ratio(values, years, form="rate") == estimate_ratio(values, years, form="mean")


def test_few_cases_that_crowd_in_one_replicate_count_for_fewer():
    hits, cases = vectors(0, 8, 0), vectors(50, 50, 50)
    # Error^2 = .0170667 / 6; a share of .0533 has .0504889 per case: a design effect of 8.4507.
    assert share_interval(hits, cases) == pytest.approx(
        clopper_pearson_interval(8 / 150, 150 / 8.4507), abs=1e-4
    )


def test_a_paired_difference_by_hand():
    a, b = (vectors(10, 12, 17), np.ones(3)), (vectors(8, 9, 13), np.ones(3))
    found = paired_difference(a, b)
    # Residuals -3, -1, 4 less -2, -1, 3 are -1, 0, 1: error 1/sqrt(3); apart it would be 40/6 against 2/6.
    half = 4.302653 / math.sqrt(3)
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 3.0 - half, 3.0 + half), rel=1e-5)
    assert (found.ratio, found.variance_cut) == (pytest.approx(1.3), pytest.approx(20.0))
    assert (found.share_a_lower, found.share_tied, found.clear) == (0.0, 0.0, True)
    mixed = paired_difference((vectors(1, 2, 3, 4), np.ones(4)), (vectors(1, 3, 2, 5), np.ones(4)))
    assert (mixed.share_a_lower, mixed.share_tied) == (0.625, 0.25)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 0.0), (-1.0, 1.0), (None, None)])
def test_a_difference_whose_interval_touches_zero_is_not_clear(low, high):
    assert not Difference(0.5, low, high, 5, None, None, None, None).clear


def test_the_most_involved_tenth_of_twenty_persons_are_two():
    counts = vectors(6, 4, *[1] * 10, *[0] * 8)
    assert top_share(counts) == 0.5
    assert math.isnan(top_share(np.zeros(5)))


def test_what_chance_gives_the_most_involved_tenth_by_hand():
    # Poisson with mean 1: 8.0301 % have three or more, with .264241 of all events; the rest have two.
    expected = 1 - 2 * math.exp(-1) + 2 * (0.1 - (1 - 2.5 * math.exp(-1)))
    assert poisson_top_share(np.ones(10), np.full(10, 100.0)) == pytest.approx(expected)
    # With a mean of .1 fewer than a tenth have any: they have all.
    assert poisson_top_share(vectors(1, *[0] * 9), np.full(10, 100.0)) == pytest.approx(1.0)


def test_a_jackknife_interval_by_hand_stays_within_zero_and_one():
    # Variance 2/3 of .0002; t(2) = 4.302653.
    half = 4.302653 * math.sqrt(2 / 3 * 0.0002)
    assert jackknife([0.29, 0.3, 0.31], 0.3, 3) == pytest.approx((0.3 - half, 0.3 + half), rel=1e-5)
    assert jackknife([0.1, 0.5, 0.9], 0.5, 3) == (0.0, 1.0)
    assert jackknife([0.3, 0.3], 0.3, 2) == (None, None)


def test_a_top_share_pools_persons_before_it_looks_for_the_most_involved():
    counts, days = [vectors(20, *[1] * 9), vectors(*[2] * 10)], [np.full(10, 100.0)] * 2
    found = estimate_top_share(counts, days, by_chance=False, unit="share")
    # Two of twenty: 20 and 2 of 49.
    assert (found.value, found.events) == (pytest.approx(22 / 49), 49)
    assert found.note == "fewer than three replicates: no interval"
    three = estimate_top_share([*counts, counts[0]], [*days, days[0]], by_chance=False, unit="share")
    assert three.low < three.value < three.high
    assert estimate_top_share([vectors(1, 2)], [vectors(9, 9)], by_chance=False, unit="").value is None


def test_what_rounding_leaves_of_equal_ratios_is_nothing():
    third, tenth = (vectors(1, 2), vectors(3, 6)), (vectors(0.1, 0.2), vectors(0.9, 1.8))
    value, errors = signed_ratios([(1.0, *third), (-3.0, *tenth)])
    assert value == 0.0
    assert errors.tolist() == [0.0, 0.0]


def test_a_signed_sum_of_ratios_adds_values_and_errors_of_the_same_replicates():
    value, errors = signed_ratios([(1.0, vectors(1, 3), vectors(1, 1)), (-1.0, vectors(1, 0), vectors(2, 2))])
    assert value == 2.0 - 0.25
    assert errors.tolist() == [-1.0 - 0.25, 1.0 + 0.25]
