"""Noise between replicates: its share of what varies."""

import numpy as np
import pytest

from experiments.sensitivity.noise import noise_of, two_way_residuals
from tests.sensitivity.toys import noisy

UNIFORM = (np.arange(4000) + 0.5) / 4000  # variance 1/12


@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_the_shares_are_those_computed_by_hand(shared):
    # Noise of variance 1/24, two replicates: 1/48 of 1/12 + 1/48 between means.
    found = noise_of(noisy(UNIFORM, 2, np.sqrt(1 / 24), shared=shared))
    assert found.share.value == pytest.approx(0.2, abs=0.015)
    assert found.share.low < 0.2 < found.share.high
    assert found.share.high - found.share.low < 0.05
    assert (found.points, found.replicates) == (4000, 2.0)


def test_of_single_runs_noise_is_the_larger_part():
    # 1/24 of 1/12 + 1/24.
    found = noise_of(noisy(UNIFORM, 2, np.sqrt(1 / 24)))
    assert found.share_of_run.value == pytest.approx(1 / 3, abs=0.015)


def test_by_hand_on_two_points():
    # Means 1 and 4; residuals of the two-way table +-0.25; their mean square with 1 degree is 0.25.
    values = np.array([[0.0, 2.0], [3.5, 4.5]])
    assert two_way_residuals(values) == pytest.approx(np.array([[-0.25, 0.25], [0.25, -0.25]]))
    # Noise of a mean: 0.25 / 2; variance of the means: 4.5.
    assert noise_of(values).share.value == pytest.approx(0.125 / 4.5)


def test_what_a_replicate_does_to_all_points_alike_is_no_noise_between_points():
    values = UNIFORM[:100, None] + np.array([[0.0, 5.0, -3.0]])
    assert noise_of(values).share.value == pytest.approx(0.0, abs=1e-12)


def test_one_replicate_says_nothing_about_noise():
    found = noise_of(UNIFORM[:50, None])
    assert (found.share.value, found.share_of_run.value, found.replicates) == (None, None, 1.0)


def test_points_without_a_run_are_left_out():
    values = noisy(UNIFORM[:60], 3, 0.1)
    holed = np.vstack([values, np.full((5, 3), np.nan)])
    assert noise_of(holed).share.value == noise_of(values).share.value
    assert noise_of(holed).points == 60


def test_lost_replicates_leave_the_share_about_right():
    values = noisy(UNIFORM, 3, np.sqrt(1 / 24))
    values[np.random.default_rng(5).random(values.shape) < 0.2] = np.nan
    kept = np.isfinite(values).sum(axis=1)
    kept = kept[kept > 0]
    noise = (1 / 24) * np.mean(1 / kept)
    assert noise_of(values).share.value == pytest.approx(noise / (noise + 1 / 12), abs=0.02)


def test_what_does_not_vary_has_no_noise():
    assert noise_of(np.full((20, 3), 0.4)).share.value == 0.0


def test_the_same_seed_gives_the_same_interval():
    values = noisy(UNIFORM[:100], 3, 0.2)
    assert noise_of(values, seed=4) == noise_of(values, seed=4)
    assert noise_of(values, seed=4) != noise_of(values, seed=5)
