"""What plausible worlds say about a contrast, with numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.assumptions import (
    FEWEST_WORLDS,
    Decider,
    Spread,
    _chance,
    assumed,
    decider,
    log_ratio,
    ratio_range,
    signed_sum,
    spread_of,
)
from sim.indicators import Sums


def sums(*pairs):
    return [Sums(float(top), float(bottom)) for top, bottom in pairs]


def certain(values):
    return [(float(value), 0.0) for value in values]


# --- the contrast in one world ----------------------------------------------------------------------------


def test_a_signed_sum_is_that_of_the_pooled_ratios_with_the_paired_error():
    # a: 3/10 and 5/10, b: 1/10 and 1/10: pooled 0.4 - 0.1; residuals -0.1 and 0.1, error^2 = 0.02 / (2 * 1).
    value, variance = signed_sum([(1.0, sums((3, 10), (5, 10))), (-1.0, sums((1, 10), (1, 10)))])
    assert value == pytest.approx(0.3)
    assert variance == pytest.approx(0.01)


def test_noise_that_both_scenarios_share_cancels():
    value, variance = signed_sum([(1.0, sums((3, 10), (5, 10))), (-1.0, sums((1, 10), (3, 10)))])
    assert value == pytest.approx(0.2)
    assert variance == pytest.approx(0.0, abs=1e-15)


def test_a_replicate_without_exposure_gives_no_contrast():
    assert signed_sum([(1.0, sums((0, 0), (5, 10))), (-1.0, sums((1, 10), (1, 10)))]) is None


def test_nothing_that_changed_is_an_exact_zero():
    assert signed_sum([]) == (0.0, 0.0)


def test_the_logarithm_of_a_ratio_has_the_error_of_the_delta_method():
    value, variance = log_ratio(sums((3, 10), (5, 10)), sums((1, 10), (1, 10)))
    assert value == pytest.approx(math.log(4.0))
    assert variance == pytest.approx((0.1 / 0.4) ** 2)  # residuals -0.25 and 0.25
    assert log_ratio(sums((0, 10), (0, 10)), sums((1, 10), (1, 10))) is None


# --- the range over worlds --------------------------------------------------------------------------------


def test_without_noise_ten_worlds_span_their_smallest_and_largest():
    assert spread_of(range(10), [0.0] * 10).interval() == (0.0, 9.0)


def test_without_noise_forty_worlds_leave_one_out_at_each_end():
    assert spread_of(range(40), [0.0] * 40).interval() == (1.0, 38.0)


def test_noise_is_taken_out_of_the_spread_between_worlds():
    # Values 1 and 3 have variance 2, of which 1 is noise: half of each deviation is kept.
    spread = spread_of([1.0, 3.0], [1.0, 1.0])
    assert spread.between == pytest.approx(1.0)
    assert spread.means.tolist() == [1.5, 2.5]
    # half of the noise stays unknown, and of the mean 2/2 = 1, of which a quarter reaches a world
    assert spread.deviation == pytest.approx(math.sqrt(0.75))


def test_worlds_that_differ_by_less_than_noise_leave_only_the_doubt_about_their_mean():
    spread = spread_of([4.9, 5.1] * 8, [1.0] * 16)
    assert spread.between == 0.0
    low, high = spread.interval()
    assert (low, high) == pytest.approx((5.0 - 1.96 * 0.25, 5.0 + 1.96 * 0.25), abs=1e-3)


def test_the_interval_covers_the_worlds_and_not_the_noise():
    random = np.random.default_rng(11)
    truth = random.normal(2.0, 1.0, 400)
    noisy = truth + random.normal(0.0, 2.0, 400)
    low, high = spread_of(noisy, [4.0] * 400).interval()
    raw_low, raw_high = np.quantile(noisy, [0.025, 0.975])
    assert high - low == pytest.approx(2 * 1.96, rel=0.15)
    assert high - low < 0.6 * (raw_high - raw_low)


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50),
    st.floats(0.0, 1e4),
    st.floats(-1e3, 1e3),
    st.floats(0.1, 10.0),
)
def test_the_interval_moves_and_stretches_with_the_values(values, noise, shift, scale):
    low, high = spread_of(values, [noise] * len(values)).interval()
    changed = spread_of([shift + scale * v for v in values], [noise * scale**2] * len(values)).interval()
    assert low <= high
    tolerance = 1e-3 * max(1.0, scale * (np.ptp(values) + noise**0.5))
    assert changed == pytest.approx((shift + scale * low, shift + scale * high), abs=tolerance)


def test_a_ratio_has_its_range_on_the_scale_of_logarithms():
    found = certain(math.log(2.0) * k for k in range(-4, 5))
    assert ratio_range(found) == pytest.approx((1 / 16, 16.0))
    assert ratio_range([*found[: FEWEST_WORLDS - 1], None, None]) is None
    assert ratio_range([*found[:FEWEST_WORLDS], None]) is not None


# --- the sign ---------------------------------------------------------------------------------------------


def test_the_share_of_the_same_sign_counts_worlds_and_half_of_the_ties():
    values = [-3, -2, -1, -1, -1, -1, -1, 0, 2, 3]
    assert assumed(-5.0, certain(values), {}).same_sign == pytest.approx(0.75)
    assert assumed(5.0, certain(values), {}).same_sign == pytest.approx(0.25)


def test_a_noisy_world_counts_by_how_sure_its_sign_is():
    spread = Spread(np.array([0.0, 1.0]), 1.0, 1.0)
    assert spread.share_below(0.0) == pytest.approx((0.5 + 0.15866) / 2, abs=1e-4)


def test_noise_alone_does_not_turn_a_sign():
    random = np.random.default_rng(2)
    found = [(float(v), 4.0) for v in random.normal(1.0, 2.0, 80)]
    assert np.mean([value > 0 for value, _ in found]) < 0.8
    assert assumed(1.0, found, {}).same_sign > 0.95


def test_without_a_difference_there_is_no_sign_but_a_range():
    said = assumed(0.0, certain(range(10)), {})
    assert (said.low, said.high, said.same_sign, said.depends_on) == (0.0, 9.0, None, None)
    assert "no sign" in said.note
    assert assumed(0.0, certain(range(FEWEST_WORLDS)), {}).low == 0.0


@pytest.mark.parametrize("headline", [1.0, None])
def test_too_few_worlds_or_no_headline_say_nothing_and_why(headline):
    found = certain(range(FEWEST_WORLDS - 1)) if headline else certain(range(20))
    said = assumed(headline, [*found, None], {})
    assert (said.low, said.high, said.same_sign) == (None, None, None)
    assert said.worlds == len(found)
    assert said.note


# --- what decides the sign --------------------------------------------------------------------------------


def worlds_decided_by(threshold, number=40, seed=5):
    """Return contrasts whose sign one of twenty parameters decides, and the parameters."""
    random = np.random.default_rng(seed)
    columns = {f"toy.p{k}": random.random(number).tolist() for k in range(20)}
    return np.array(columns["toy.p7"]) - threshold, columns


def test_the_parameter_that_decides_the_sign_is_found_with_direction_and_threshold():
    values, columns = worlds_decided_by(0.6)
    said = assumed(-0.1, certain(values), columns)
    assert said.same_sign == np.mean(values < 0) < 0.8
    assert (said.depends_on.parameter, said.depends_on.where) == ("toy.p7", "below")
    below, above = max(v for v in values if v < 0), min(v for v in values if v > 0)
    assert said.depends_on.threshold == pytest.approx(0.6 + (below + above) / 2)
    assert (said.depends_on.right, said.depends_on.worlds) == (40, 40)


def test_a_parameter_that_decides_up_to_noise_stands_out_too():
    values, columns = worlds_decided_by(0.5)
    noisy = values + np.random.default_rng(3).normal(0.0, 0.15, 40)
    row = decider(noisy, columns, 1.0).row()
    assert (row["parameter"], row["where"], row["worlds"]) == ("toy.p7", "above", 40)
    assert 0.6 < row["rank_correlation"] < 0.99
    assert 30 <= row["worlds_told_apart"] < 40


def test_the_chance_of_a_rank_correlation_is_that_of_the_t_distribution():
    # t = 0.5 x sqrt(18 / 0.75) = 2.449 with 18 degrees of freedom: 2.48 % on both sides together.
    assert _chance(0.5, 20) == _chance(-0.5, 20) == pytest.approx(0.02478, abs=2e-5)
    assert _chance(1.0, 20) == 0.0


def test_the_other_headline_turns_the_direction_round():
    values, columns = worlds_decided_by(0.6)
    assert decider(values, columns, 0.1).where == "above"


def test_a_choice_that_decides_the_sign_is_named_with_its_word():
    words = ["open", "locked", "shared_cover", "locked"] * 10
    values = np.array([1.0 if word == "open" else -1.0 for word in words])
    found = decider(values, {"staffing.unstaffed": words, "toy.flat": [1.0] * 40}, 1.0)
    assert (found.parameter, found.where, found.threshold) == ("staffing.unstaffed", "where it is", "open")
    assert found.right == 40
    assert decider(values, {"staffing.unstaffed": words}, -1.0).where == "where it is not"


def test_when_nothing_stands_out_no_parameter_is_blamed():
    random = np.random.default_rng(8)
    columns = {f"toy.p{k}": random.random(24).tolist() for k in range(40)}
    found = decider(random.normal(0.0, 1.0, 24), columns, 1.0)
    assert found == Decider(None, worlds=24)
    assert found.words() == "no single assumption stands out"


def test_chance_is_blamed_in_fewer_than_one_of_ten_cases():
    random = np.random.default_rng(21)
    blamed = 0
    for _ in range(200):
        columns = {f"toy.p{k}": random.random(24).tolist() for k in range(40)}
        blamed += decider(random.normal(0.0, 1.0, 24), columns, 1.0).parameter is not None
    assert blamed < 20


def test_a_sign_that_nearly_all_worlds_keep_depends_on_nothing():
    values, columns = worlds_decided_by(0.1)
    assert assumed(0.1, certain(values), columns).depends_on is None
