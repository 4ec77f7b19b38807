"""Morris: known answers, noise, failed runs."""

import numpy as np
import pytest
from SALib.analyze import morris as salib

from experiments.designs import make_design
from experiments.sensitivity.morris import TooFewError, elementary_effects, morris
from tests.sensitivity.toys import factors, names, noisy

SLOPES = np.array([3.0, -2.0, 0.5, 0.0])


def linear(trajectories=10, replicates=1, sd=0.0):
    design = make_design("morris", factors(4), samples=trajectories, seed=2)
    return design.shares, noisy(1.0 + design.shares @ SLOPES, replicates, sd)


def by_name(found):
    return {row.factor: row for row in found.rows}


def test_of_a_linear_function_mu_star_is_slope_times_range():
    shares, values = linear()
    rows = by_name(morris(names(4), shares, values))
    for name, slope in zip(names(4), SLOPES, strict=True):
        row = rows[name]
        assert (row.mu.value, row.mu_star.value) == pytest.approx((slope, abs(slope)), abs=1e-12)
        assert row.sigma.value == pytest.approx(0.0, abs=1e-6)
        assert (row.mu_star.low, row.mu_star.high) == pytest.approx((abs(slope), abs(slope)), abs=1e-12)


def test_the_strongest_factor_comes_first():
    assert [row.factor for row in morris(names(4), *linear()).rows] == ["x0", "x1", "x2", "x3"]


def test_an_interaction_shows_in_sigma():
    design = make_design("morris", factors(3), samples=50, seed=2)
    u = design.shares
    rows = by_name(morris(names(3), u, (u[:, 0] * u[:, 1] + u[:, 2])[:, None]))
    assert rows["x2"].sigma.value == pytest.approx(0.0, abs=1e-6)
    assert rows["x0"].sigma.low > 0.2


def test_complete_runs_give_what_salib_gives():
    design = make_design("morris", factors(3), samples=20, seed=4)
    values = np.sin(5.0 * design.shares[:, 0]) * design.shares[:, 1] + design.shares[:, 2] ** 2
    problem = {"num_vars": 3, "names": list(names(3)), "bounds": [[0, 1]] * 3}
    wanted = salib.analyze(problem, design.shares, values, num_levels=4, seed=1)
    rows = by_name(morris(names(3), design.shares, values[:, None]))
    for k, name in enumerate(names(3)):
        found = [rows[name].mu.value, rows[name].mu_star.value, rows[name].sigma.value]
        assert found == pytest.approx([float(wanted[key][k]) for key in ("mu", "mu_star", "sigma")])


def test_a_factor_without_effect_stays_below_the_noise_floor():
    shares, values = linear(trajectories=30, replicates=4, sd=0.4)
    rows = by_name(morris(names(4), shares, values))
    assert (rows["x0"].clear, rows["x1"].clear, rows["x3"].clear) == (True, True, False)
    # Noise of an effect: sqrt(2 x 0.4^2 / 4) / (2/3).
    assert rows["x3"].noise == pytest.approx(0.4243, rel=0.15)
    assert rows["x3"].mu_star.value < rows["x3"].noise_floor
    assert rows["x0"].sigma_corrected < rows["x0"].sigma.value


def test_the_noise_floor_is_passed_by_chance_in_about_one_case_of_twenty():
    passed, tried = 0, 0
    for seed in range(40):
        design = make_design("morris", factors(5), samples=10, seed=seed)
        values = noisy(np.zeros(len(design)), 8, 1.0, seed=seed)
        rows = morris(names(5), design.shares, values, resamples=10).rows
        passed += sum(row.mu_star.value > row.noise_floor for row in rows)
        tried += len(rows)
    assert 0.015 < passed / tried < 0.11


def test_one_replicate_has_no_noise_floor_and_no_verdict():
    row = morris(names(4), *linear()).rows[0]
    assert (row.noise, row.noise_floor, row.sigma_corrected, row.clear) == (None, None, None, None)


def test_a_failed_point_costs_only_the_two_effects_it_belongs_to():
    shares, values = linear(trajectories=10)
    values[7] = np.nan  # the third of five points of the second trajectory
    found = morris(names(4), shares, values)
    assert (found.effects, found.dropped, found.trajectories) == (38, 2, 10)
    assert by_name(found)["x0"].mu_star.value == pytest.approx(3.0)


def test_a_failed_run_costs_nothing_where_another_replicate_went_well():
    shares, values = linear(trajectories=10, replicates=2)
    values[7, 0] = np.nan
    assert morris(names(4), shares, values).dropped == 0


def test_an_effect_compares_the_same_replicates_at_both_ends():
    shares, values = linear(trajectories=10, replicates=2)
    values[:, 1] += 100.0  # the second replicate lies higher everywhere
    values[7, 0] = np.nan
    effects, _ = elementary_effects(shares, values)
    assert np.nanmax(np.abs(effects)) < 3.1


def test_too_few_effects_are_refused_with_their_number():
    shares, values = linear(trajectories=4)
    values[0] = np.nan
    with pytest.raises(TooFewError, match=r"3 of 4 elementary effects of x\d are left, at least 4"):
        morris(names(4), shares, values)
