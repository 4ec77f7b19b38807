"""The small rules of form, against numbers by hand."""

import math

import pytest

from sim.reference import SECURITY
from sim.rules import (
    approach,
    bounded,
    logistic,
    per_head_or_count,
    rate_of,
    remaining,
    saturating,
)


def test_approach_covers_a_share_of_the_way():
    """A quarter of the way from 0.2 to 0.6 is 0.3."""
    assert approach(0.2, 0.6, 0.25) == pytest.approx(0.3)
    assert approach(0.2, 0.6, 0.0) == 0.2
    assert approach(0.2, 0.6, 1.0) == pytest.approx(0.6)


def test_approach_day_by_day_is_exponential():
    """Steps with the rate of a time constant follow exp(-t/tau) exactly."""
    value = 1.0
    for _ in range(30):
        value = approach(value, 0.0, rate_of(12.0))
    assert value == pytest.approx(math.exp(-30 / 12))


def test_rate_of_a_long_time_constant_is_its_inverse():
    """With a time constant of a thousand days a day covers about a thousandth of the way."""
    assert rate_of(1000.0) == pytest.approx(0.001, rel=1e-3)
    assert rate_of(1.0) == pytest.approx(1 - 1 / math.e)


@pytest.mark.parametrize(("value", "expected"), [(-1.0, 0.2), (0.2, 0.2), (0.5, 0.5), (0.7, 0.7), (9.0, 0.7)])
def test_bounded_cuts(value, expected):
    """A value inside the interval stays; one outside becomes the bound."""
    assert bounded(value, 0.2, 0.7) == expected


def test_logistic_turns_log_odds_into_chances():
    """Log-odds 0 are evens, log 3 is three in four, and opposite log-odds add up to 1."""
    assert logistic(0.0) == 0.5
    assert logistic(math.log(3)) == pytest.approx(0.75)
    assert logistic(-2.0) + logistic(2.0) == pytest.approx(1.0)


def test_saturating_has_slope_1_and_never_reaches_its_bound():
    """Near 0 it changes nothing, at the bound it gives the bound over root two, far out less than it."""
    assert saturating(1e-6, 2.0) == pytest.approx(1e-6)
    assert saturating(2.0, 2.0) == pytest.approx(math.sqrt(2))
    assert saturating(-2.0, 2.0) == -saturating(2.0, 2.0)
    assert saturating(1e3, 2.0) < 2.0
    assert saturating(5.0, 0.0) == 0.0


def test_remaining_leaves_what_the_impulse_does_not_take():
    """An impulse of a quarter leaves three quarters; impulses outside 0 to 1 count as the bound."""
    assert remaining(0.25) == 0.75
    assert remaining(7.0) == 0.0
    assert remaining(-1.0) == 1.0


def test_per_head_gives_the_same_total_and_count_the_same_weight():
    """Per head twice the people halve the weight of one event; by count it stays; both agree at 24."""
    assert per_head_or_count(48.0, 24.0, 0.0) == 0.5
    assert per_head_or_count(48.0, 24.0, 1.0) == 1.0
    assert per_head_or_count(24.0, 24.0, 0.3) == 1.0
    assert per_head_or_count(96.0, 24.0, 0.5) == pytest.approx(0.5)
    assert per_head_or_count(0.0, 24.0, 0.0) == 24.0


def test_the_reference_of_security_is_the_middle():
    """Security doses count from the middle of their range."""
    assert SECURITY == 0.5
