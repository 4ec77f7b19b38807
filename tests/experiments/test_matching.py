"""History matching on toy functions: what is left, how emulators know themselves, who fights."""

import math

import numpy as np
import pytest

from experiments.calibration.emulator import fit_all
from experiments.calibration.matching import (
    CUT,
    Emulated,
    fights,
    implausibility,
    latin,
    search,
    target_of,
    worst,
)
from experiments.calibration.recovery import cut_at, recover
from experiments.calibration.simulating import pooled_noise, stacked
from tests.experiments import toys


def points(number, size, seed=1):
    return latin(number, size, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def emulated():
    settings, simulate = toys.toy()
    x = points(120, 7)
    outcomes = simulate([settings.vector(row) for row in x], 0)
    emulators = fit_all(x, stacked(outcomes), pooled_noise(outcomes).tolist())
    return Emulated(emulators, settings.targets)


def test_three_standard_deviations_reach_the_ends_of_the_accepted_range():
    target = target_of("F", "m", 100.0, 160.0, 0.0)
    found = implausibility(np.array([[100.0], [130.0], [160.0]]), np.zeros((3, 1)), [target])
    assert found.ravel().tolist() == pytest.approx([3.0, 0.0, 3.0])


def test_every_doubt_makes_a_vector_less_implausible():
    certain = target_of("F", "m", 0.0, 6.0, 0.0)
    doubted = target_of("F", "m", 0.0, 6.0, math.sqrt(3.0))
    away = np.array([[9.0]])
    assert implausibility(away, np.zeros((1, 1)), [certain])[0, 0] == pytest.approx(6.0)
    assert implausibility(away, np.zeros((1, 1)), [doubted])[0, 0] == pytest.approx(3.0)
    assert implausibility(away, np.full((1, 1), 3.0), [certain])[0, 0] == pytest.approx(3.0)


def test_a_direction_accepts_everything_on_its_side():
    above = target_of("F", "m", 0.0, math.inf, 0.1)
    below = target_of("F", "m", -math.inf, 0.0, 0.1)
    values = np.array([[5.0, 5.0], [-0.3, -0.3]])
    found = implausibility(values, np.zeros((2, 2)), [above, below])
    assert found.tolist() == [[0.0, pytest.approx(50.0)], [pytest.approx(3.0), 0.0]]


def test_the_second_worst_fact_is_the_second_largest_implausibility():
    scores = np.array([[1.0, 5.0, 3.0], [2.0, 0.0, 0.5]])
    assert worst(scores).tolist() == [5.0, 2.0]
    assert worst(scores, 2).tolist() == [3.0, 0.5]
    assert worst(scores[:, :1], 2).tolist() == [1.0, 2.0]


def test_an_emulator_knows_the_function_and_its_own_errors():
    x, new = points(150, 3), points(200, 3, seed=2)
    truth = lambda u: np.sin(4 * u[:, 0]) + u[:, 1] * u[:, 2]  # noqa: E731
    noise = 0.05
    y = truth(x) + noise * np.random.default_rng(3).standard_normal(150)
    (emulator,) = fit_all(x, y[:, None], [noise**2])
    mean, variance = emulator.predict(new)
    errors = (mean - truth(new)) / np.sqrt(variance)
    assert np.std(mean - truth(new)) < 0.03
    assert 0.85 < np.mean(np.abs(errors) < 2.0) <= 1.0
    assert emulator.check.explained > 0.95


def test_the_check_of_an_emulator_refits_the_trend_without_the_run():
    """Residual over 1 - leverage is the miss of a trend fitted anew to all other runs, run by run."""
    x = points(30, 3, seed=4)
    y = np.random.default_rng(2).normal(size=30)
    (emulator,) = fit_all(x, y[:, None], [1.0])
    moved = 2 * x - 1
    features = np.column_stack([np.ones(30), moved, moved**2 - 1 / 3])
    ridge = 1e-3 * 30 * np.diag([0.0] + [1.0] * 6)
    z = (y - y.mean()) / y.std()
    for i in range(30):
        others = np.arange(30) != i
        f = features[others]
        trend = np.linalg.solve(f.T @ f + ridge, f.T @ z[others])
        left = z[i] - features[i] @ emulator.trend
        assert left / (1 - emulator.leverage[i]) == pytest.approx(z[i] - features[i] @ trend)


def test_an_emulator_of_pure_noise_explains_nothing_and_stays_unsure():
    x = points(100, 3)
    y = np.random.default_rng(3).standard_normal(100)
    (emulator,) = fit_all(x, y[:, None], [1.0])
    _, variance = emulator.predict(points(50, 3, seed=5))
    assert emulator.check.explained < 0.3
    assert (variance > 0.0).all()


def test_outputs_that_could_not_be_measured_are_left_out_of_their_own_emulator_only():
    x = points(60, 2)
    y = np.column_stack([x[:, 0], x[:, 1]])
    y[:10, 1] = np.nan
    first, second = fit_all(x, y, [1e-4, 1e-4])
    assert (len(first.points), len(second.points)) == (60, 50)


def test_what_is_left_is_spread_evenly_over_a_known_region():
    corner = lambda u, _level: 10.0 * np.max(u[:, :4], axis=1)  # noqa: E731
    left = search(corner, 6, 500, 1)
    assert (left.points[:, :4] <= 0.3).all()
    assert left.share == pytest.approx(0.3**4, rel=0.35)
    # Even over the corner: mean of a uniform number up to .3, standard error of 500 points .004.
    assert left.points[:, :4].mean(axis=0) == pytest.approx(np.full(4, 0.15), abs=0.03)
    assert left.points[:, 4:].mean(axis=0) == pytest.approx(np.full(2, 0.5), abs=0.08)


def test_a_region_too_small_for_any_sample_is_reached_step_by_step():
    ball = lambda u, _level: 3.0 * np.sqrt(((u - 0.8) ** 2).sum(axis=1)) / 0.05  # noqa: E731
    left = search(ball, 8, 200, 1)
    assert not left.is_empty
    assert (ball(left.points, CUT) <= CUT).all()


def test_where_nothing_is_plausible_the_search_ends_empty_and_says_how_near_it_came():
    left = search(lambda u, _level: 5.0 + u.sum(axis=1), 3, 10, 1)
    assert left.is_empty
    assert left.reached == pytest.approx(5.0, abs=0.6)


def test_dropping_hopeless_points_early_changes_no_verdict(emulated):
    x = points(500, 7, seed=8)
    scores = emulated.scores(x)
    for rank in (1, 2):
        quick = emulated.measure(rank=rank)(x, CUT)
        full = worst(scores, rank)
        assert ((quick <= CUT) == (full <= CUT)).all()
        assert quick[full <= CUT] == pytest.approx(full[full <= CUT])


def test_the_number_of_workers_does_not_change_a_bit(emulated):
    x = points(1000, 7, seed=9)
    one = Emulated(emulated.emulators, emulated.targets, workers=1).scores(x)
    assert (one == Emulated(emulated.emulators, emulated.targets, workers=3).scores(x)).all()


def clashing(ranges):
    settings, simulate = toys.toy(ranges=ranges)
    x = points(120, 7)
    outcomes = simulate([settings.vector(row) for row in x], 0)
    emulators = fit_all(x, stacked(outcomes), pooled_noise(outcomes).tolist())
    return fights(Emulated(emulators, settings.targets), 7, 1)


def test_a_fact_out_of_reach_is_named_alone():
    (fight,) = clashing(((0.3, 0.7), (0.0, 0.2), (2.0, 2.2)))
    assert fight.facts == ("F3",)
    assert "out of reach" in str(fight)


def test_two_facts_that_exclude_each_other_are_named_together():
    # F1 near 0 needs u1 near 0, F2 near 1 needs u1 near 1.
    (fight,) = clashing(((-0.05, 0.05), (0.9, 1.0), (0.0, 1.0)))
    assert fight.facts == ("F1", "F2")
    assert "exclude each other" in str(fight)


def test_facts_that_go_together_do_not_fight():
    assert clashing(toys.RANGES) == []


def test_the_cut_of_a_region_grows_with_the_number_of_outputs():
    assert cut_at(0.9, 1) == pytest.approx(1.6449, abs=1e-3)
    assert cut_at(0.9, 10) > cut_at(0.9, 2) > cut_at(0.9, 1)


def test_the_90_percent_region_holds_known_truths_of_a_toy_about_as_often_as_it_says():
    settings, simulate = toys.toy()
    x = points(300, 7)
    outcomes = simulate([settings.vector(row) for row in x], 0)
    noise = pooled_noise(outcomes).tolist()
    emulators = fit_all(x[:100], stacked(outcomes)[:100], noise)
    found = recover(emulators, settings.targets, x[100:], stacked(outcomes)[100:], noise)
    assert found.truths == 200
    # 90 % of 200 has a standard error of 2.1 %: 82-98 % fails by accident in 1 of 10^3 cases.
    assert 164 <= found.held <= 196
    assert found.share_of_space < 0.5
