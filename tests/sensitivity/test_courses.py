"""Courses along factors: one at a time, and marginal in a grid."""

import numpy as np
import pytest

from experiments.designs import Design, Factor
from experiments.sensitivity.courses import courses
from experiments.sensitivity.morris import TooFewError

NAN = np.nan


def one_at_a_time():
    factors = (Factor("a", levels=(1.0, 2.0, 4.0)), Factor("b", levels=("low", "high")))
    points = [{}, {"a": 1.0}, {"a": 2.0}, {"a": 4.0}, {"b": "low"}, {"b": "high"}]
    return Design("one-at-a-time", factors, points, 1, 0)


VALUES = np.array([[10.0, 12.0], [8.0, 10.0], [10.0, 12.0], [13.0, 17.0], [10.0, 12.5], [10.0, 11.5]])


def by_name(found):
    return {row.factor: row for row in found.rows}


def test_the_scenarios_own_value_has_its_place_on_the_course():
    row = by_name(courses(one_at_a_time(), VALUES, {"a": 3.0, "b": "low"}))["a"]
    assert [point.level for point in row.points] == [1.0, 2.0, 3.0, 4.0]
    assert [point.value.value for point in row.points] == [9.0, 11.0, 11.0, 15.0]
    assert [point.reference for point in row.points] == [False, False, True, False]
    assert row.range == 6.0


def test_an_own_value_that_is_one_of_the_levels_is_there_once():
    row = by_name(courses(one_at_a_time(), VALUES, {"a": 2.0, "b": "low"}))["a"]
    assert [(point.level, point.reference) for point in row.points] == [
        (1.0, False),
        (2.0, True),
        (4.0, False),
    ]


def test_an_unknown_own_value_stands_first():
    row = by_name(courses(one_at_a_time(), VALUES))["a"]
    assert [point.level for point in row.points] == [None, 1.0, 2.0, 4.0]


def test_differences_are_paired():
    row = by_name(courses(one_at_a_time(), VALUES, {"a": 3.0}))["a"]
    first, last = row.points[0], row.points[-1]
    # Both replicates fall by 2: no spread. At the other end they rise by 3 and 5: 4 +- 12.706 x 1.
    assert (first.difference.value, first.difference.low, first.difference.high) == (-2.0, -2.0, -2.0)
    assert last.difference.value == 4.0
    assert last.difference.high == pytest.approx(4.0 + 12.706, abs=1e-3)
    # Values by themselves: 9 +- 12.706 x 1.
    assert first.value.high == pytest.approx(9.0 + 12.706, abs=1e-3)
    assert row.clear is True


def test_a_difference_that_may_be_noise_is_not_clear():
    assert by_name(courses(one_at_a_time(), VALUES, {"a": 3.0}))["b"].clear is False


def test_several_levels_have_to_be_clear_together():
    factors = (Factor("a", levels=(1.0, 2.0)), Factor("b", levels=(1.0,)))
    points = [{}, {"a": 1.0}, {"a": 2.0}, {"b": 1.0}]
    values = np.array([[10.0, 12.0], [13.75, 16.25], [10.5, 11.5], [13.75, 16.25]])
    rows = by_name(courses(Design("one-at-a-time", factors, points, 1, 0), values, {"a": 3.0, "b": 2.0}))
    # Differences 3.75 and 4.25: 4 +- 12.706 x 0.25 alone, 4 +- 25.452 x 0.25 as one of two.
    assert (rows["a"].clear, rows["b"].clear) == (False, True)


def test_one_replicate_gives_courses_without_intervals():
    row = courses(one_at_a_time(), VALUES[:, :1], {"a": 3.0}).rows[0]
    assert row.clear is None
    assert all(point.value.low is None for point in row.points)


def test_a_grid_is_read_as_means_over_the_other_factors():
    factors = (Factor("a", levels=(1, 2)), Factor("b", levels=(1, 2, 3)))
    points = [{"a": a, "b": b} for a in (1, 2) for b in (1, 2, 3)]
    values = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 15.0])[:, None]
    rows = by_name(courses(Design("grid", factors, points, 1, 0), values))
    assert [point.value.value for point in rows["a"].points] == [1.0, 12.0]
    assert [point.value.value for point in rows["b"].points] == [5.0, 6.0, 8.5]
    assert [row.factor for row in courses(Design("grid", factors, points, 1, 0), values).rows] == ["a", "b"]


def test_a_grid_with_a_hole_compares_like_with_like():
    factors = (Factor("a", levels=(1, 2)), Factor("b", levels=(1, 2)))
    points = [{"a": a, "b": b} for a in (1, 2) for b in (1, 2)]
    values = np.array([0.0, 5.0, 1.0, NAN])[:, None]
    rows = by_name(courses(Design("grid", factors, points, 1, 0), values))
    # Along a only b = 1 is whole: 0 against 1, not 2.5 against 1.
    assert [point.value.value for point in rows["a"].points] == [0.0, 1.0]
    assert [point.value.value for point in rows["b"].points] == [0.0, 5.0]


def test_a_level_that_never_ran_is_dropped_and_counted():
    values = VALUES.copy()
    values[3] = NAN
    found = courses(one_at_a_time(), values, {"a": 3.0, "b": "low"})
    assert found.dropped == 1
    assert [point.level for point in by_name(found)["a"].points] == [1.0, 2.0, 3.0]


def test_without_the_first_point_there_is_nothing_to_compare_with():
    values = VALUES.copy()
    values[0] = NAN
    with pytest.raises(TooFewError, match="levels of a have a value"):
        courses(one_at_a_time(), values, {"a": 3.0})
