"""From per-replicate numbers to values and intervals, with numbers done by hand."""

import math

import numpy as np
import pytest

from experiments.facts import readings
from experiments.facts.readings import pair
from experiments.statistics import estimate_ratio


def test_a_quotient_pools_before_it_divides():
    found = readings.quotient(pair([(10, 1), (30, 3)]), pair([(5, 1), (15, 3)]))
    assert found.value == pytest.approx(2.0)
    assert found.low == pytest.approx(2.0)
    assert found.high == pytest.approx(2.0)


def test_the_interval_of_a_quotient_comes_from_paired_residuals_on_logs():
    after, before = pair([(3, 1), (5, 1), (4, 1)]), pair([(1, 1), (2, 1), (3, 1)])
    found = readings.quotient(after, before)
    # Residuals over their means: (-1, 1, 0) / 4 less (-1, 0, 1) / 2 are 1/4, 1/4, -1/2: standard error 1/4.
    assert found.value == pytest.approx(2.0)
    assert found.low == pytest.approx(2.0 * math.exp(-4.302653 / 4), rel=1e-5)
    assert found.high == pytest.approx(2.0 * math.exp(4.302653 / 4), rel=1e-5)
    assert found.values == pytest.approx((3.0, 2.5, 4 / 3))


def test_the_quotient_of_an_arm_with_itself_is_exactly_one():
    one = pair([(10, 1), (12, 1.2), (9, 1)])
    found = readings.quotient(one, one)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("form", ["rate", "share"])
def test_few_cases_get_the_exact_interval_of_their_form(form):
    entries = pair([(1, 20), (2, 30)])
    events = [1, 2] if form == "rate" else [20, 30]
    found, wanted = readings.ratio(entries, form), estimate_ratio([1, 2], [20, 30], events=events, form=form)
    assert (found.value, found.low, found.high) == (wanted.value, wanted.low, wanted.high)
    assert found.note == wanted.note
    assert found.values == pytest.approx((0.05, 2 / 30))
    if form == "share":
        assert readings.ratio(entries, form, cases=[2.0, 3.0]).note == "fewer than 20 cases"


def test_a_relative_change_is_the_quotient_less_one():
    found = readings.relative_change(pair([(9, 1), (8, 1)]), pair([(10, 1), (10, 1)]))
    assert found.value == pytest.approx(-0.15)
    assert found.low < -0.15 < found.high


def test_the_interval_of_a_difference_comes_from_paired_residuals():
    after, before = pair([(3, 1), (5, 1), (7, 1)]), pair([(1, 1), (2, 1), (6, 1)])
    found = readings.difference(after, before)
    # Differences 2, 3, 1: mean 2, SD 1, standard error 1/sqrt(3), t(2) = 4.3027.
    assert found.value == pytest.approx(2.0)
    assert found.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-5)
    halved = readings.difference(after, before, scale=2.0)
    assert (halved.value, halved.half_width) == pytest.approx((1.0, found.half_width / 2))
    assert halved.values == pytest.approx((1.0, 1.5, 0.5))


def test_a_mean_leaves_out_replicates_without_a_number():
    found = readings.mean([1.0, math.nan, 3.0])
    assert (found.value, found.n) == (2.0, 2)


def test_correlations_are_averaged_on_fishers_scale():
    found = readings.mean_correlation([0.2, 0.6])
    assert found.value == pytest.approx(math.tanh((math.atanh(0.2) + math.atanh(0.6)) / 2))
    assert -1.0 <= found.low < found.high <= 1.0
    certain = readings.mean_correlation([1.0, 1.0, 1.0])
    assert certain.value == pytest.approx(1.0, abs=1e-5)


def test_the_jackknife_of_a_mean_is_the_interval_of_a_mean():
    values = [1.0, 2.0, 4.0, 7.0]
    jackknifed = readings.jackknifed(values, lambda part: float(np.mean(part)))
    usual = readings.mean(values)
    assert jackknifed.low == pytest.approx(usual.low)
    assert jackknifed.high == pytest.approx(usual.high)


def test_a_jackknife_needs_three_replicates():
    def average(part):
        return float(np.mean(part))

    three, two = (readings.jackknifed([1.0, 2.0, 4.0][:n], average) for n in (3, 2))
    assert three.low is not None
    assert (two.value, two.low, two.note) == (1.5, None, "fewer than three replicates: no interval")
    assert readings.jackknifed([], average).note == "no run finished"


def test_what_cannot_be_measured_says_why():
    assert (
        readings.quotient(pair([(0, 1), (0, 1)]), pair([(1, 1), (1, 1)])).note
        == "no events in one of the arms"
    )
    assert readings.ratio(pair([])).note == "no run finished"
    assert readings.ratio(pair([(1, 0)])).note == "no cases"
    assert readings.mean([]).value is None
    assert readings.mean([1.0]).low is None


def test_correlation_by_hand():
    assert readings.correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    assert readings.correlation([1, 2, 3, 4], [1, -1, -1, 1]) == pytest.approx(0.0)
    assert math.isnan(readings.correlation([1, 1, 1], [1, 2, 3]))
