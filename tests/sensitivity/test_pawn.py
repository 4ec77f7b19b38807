"""PAWN: known distances, dummy factors, failed runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SALib.analyze import pawn as salib

from experiments.sensitivity.morris import TooFewError
from experiments.sensitivity.pawn import _from_0, _sorted, _statistics, _weighted, pawn, slices_of
from tests.sensitivity.toys import names


def uniform(points, columns, seed=1):
    return np.random.default_rng(seed).random((points, columns))


def by_name(found):
    return {row.factor: row for row in found.rows}


def test_a_factor_that_decides_all_has_the_distance_computed_by_hand():
    # 20 points in order, two slices: within the lower half everything lies below the median.
    u = ((np.arange(20) + 0.5) / 20)[:, None]
    row = pawn(("x0",), u, u, slices=2).rows[0]
    assert (row.median.value, row.maximum.value, row.slices) == (0.5, 0.5, 2)


def test_equal_values_step_at_once():
    # Two levels, values 0 and 1 in equal parts in each: the distributions are the same.
    levels = np.repeat([0.0, 1.0], 20)[:, None]
    values = np.tile([0.0, 1.0], 20)[:, None]
    assert pawn(("x0",), levels, values).rows[0].maximum.value == 0.0


def test_a_dummy_stays_below_the_threshold_and_a_real_factor_does_not():
    u = uniform(500, 3)
    rows = by_name(pawn(names(3), u, (u[:, 0] + 0.5 * u[:, 1] ** 2)[:, None]))
    assert (rows["x0"].clear, rows["x1"].clear, rows["x2"].clear) == (True, True, False)
    assert rows["x0"].maximum.value > rows["x1"].maximum.value > rows["x2"].maximum.value
    assert rows["x2"].median.value < rows["x2"].threshold_median


def test_dummies_pass_the_threshold_in_about_one_case_of_twenty():
    passed = 0
    for seed in range(20):
        u = uniform(120, 10, seed)
        values = np.random.default_rng(1000 + seed).random((120, 1))
        passed += sum(row.clear for row in pawn(names(10), u, values, resamples=200).rows)
    assert 2 <= passed <= 22  # 200 dummies


def test_the_median_is_close_to_what_salib_gives():
    u = uniform(600, 2)
    values = np.sin(4.0 * u[:, 0]) + 0.3 * u[:, 1]
    problem = {"num_vars": 2, "names": list(names(2)), "bounds": [[0, 1]] * 2}
    wanted = salib.analyze(problem, u, values, S=10)
    rows = by_name(pawn(names(2), u, values[:, None], slices=10))
    for k, name in enumerate(names(2)):
        # Slices differ by the one point that lies on a border.
        assert rows[name].median.value == pytest.approx(float(wanted["median"][k]), abs=0.02)
        assert rows[name].maximum.value == pytest.approx(float(wanted["maximum"][k]), abs=0.02)


@given(st.integers(5, 60), st.integers(1, 40), st.integers(2, 6), st.integers(0, 10**6))
def test_counted_points_are_as_far_apart_as_repeated_ones(points, values, slices, seed):
    random = np.random.default_rng(seed)
    value = random.integers(values, size=points).astype(float)
    member = slices_of(random.random(points), slices)
    drawn = random.integers(points, size=points)
    order, last = _sorted(value)
    counts = np.bincount(drawn, minlength=points)[order].astype(float)[None]
    counted = _weighted(counts, _from_0(counts) / points, member[order], last)
    again, steps = _sorted(value[drawn])
    assert np.allclose(counted, _statistics(member[drawn][again][None, :], steps))


def test_levels_are_slices_where_there_are_few():
    assert slices_of(np.array([0.0, 1.0, 0.0, 0.5]), 5).tolist() == [0, 2, 0, 1]
    assert np.bincount(slices_of(uniform(100, 1)[:, 0], 4)).tolist() == [25, 25, 25, 25]


def test_the_interval_holds_the_value():
    u = uniform(200, 1)
    row = pawn(("x0",), u, u**2 + 0.2 * uniform(200, 1, 2)).rows[0]
    assert 0.0 <= row.maximum.low < row.maximum.value < row.maximum.high <= 1.0


def test_points_without_a_run_are_left_out():
    u = uniform(100, 2)
    values = u[:, :1].copy()
    values[:7] = np.nan
    found = pawn(names(2), u, values)
    assert (found.points, found.dropped) == (93, 7)


def test_too_few_points_are_refused_with_their_number():
    u = uniform(30, 1)
    values = u.copy()
    values[:12] = np.nan
    with pytest.raises(TooFewError, match="18 of 30 points have a value, at least 20"):
        pawn(("x0",), u, values)
