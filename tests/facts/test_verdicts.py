"""From a reading and a target to a verdict."""

import pytest

from experiments.facts.fact import Target
from experiments.facts.readings import Reading
from experiments.facts.verdicts import holds, judge, named, together


def target(low=None, high=None, direction=None, n_due=10, half_width_due=None, unit="relative change"):
    return Target("main", "m", unit, low, high, direction, n_due, half_width_due)


def reading(low, high, n=10):
    return Reading(0.5 * (low + high), low, high, n)


@pytest.mark.parametrize(
    ("low", "high", "held"),
    [(0.2, 0.3, True), (0.0, 0.05, False), (0.5, 0.6, False), (0.05, 0.25, None), (-1, 1, None)],
)
def test_an_interval_inside_or_outside_decides(low, high, held):
    assert holds(target(0.1, 0.4), reading(low, high)) is held


def test_an_interval_that_straddles_a_bound_decides_by_its_value_once_it_is_narrow():
    narrow = target(0.1, 0.4, half_width_due=0.02)
    assert holds(narrow, reading(0.09, 0.12)) is True
    assert holds(narrow, reading(0.07, 0.11)) is False
    assert holds(narrow, reading(0.05, 0.25)) is None
    # On the bound itself: inside for a range, on no side for a direction.
    assert holds(narrow, reading(0.09, 0.11)) is True
    up = target(direction="positive", half_width_due=0.2)
    assert holds(up, reading(-0.125, 0.125)) is False
    assert holds(up, reading(-0.1, 0.2)) is True


def test_an_interval_that_ends_on_a_bound_lies_inside():
    assert holds(target(0.1, 0.4), reading(0.1, 0.4)) is True


def test_there_is_no_verdict_before_it_is_due():
    assert holds(target(0.1, 0.4), reading(0.2, 0.3, n=9)) is None
    assert holds(target(0.1, 0.4), Reading(0.2, None, None, 10)) is None


def test_a_direction_is_one_side_of_the_neutral_value():
    assert holds(target(direction="positive"), reading(0.1, 0.2)) is True
    assert holds(target(direction="positive"), reading(-0.2, -0.1)) is False
    assert holds(target(direction="positive"), reading(-0.1, 0.2)) is None
    assert holds(target(direction="negative", unit="ratio"), reading(0.8, 0.9)) is True
    assert holds(target(direction="negative", unit="ratio"), reading(1.1, 1.2)) is False


def test_no_effect_at_all_is_on_neither_side():
    assert holds(target(direction="positive"), reading(0.0, 0.0)) is False
    assert holds(target(direction="negative"), reading(0.0, 0.0)) is False


def test_a_number_without_target_is_not_judged():
    assert holds(target(), reading(0.1, 0.2)) is None
    held = judge([target(0.1, 0.4), target()], [reading(0.2, 0.3), reading(5, 6)])
    assert held is True


def test_a_fact_holds_if_all_its_numbers_do():
    assert together([True, True]) is True
    assert together([True, None]) is None
    assert together([None, False]) is False
    assert together([]) is None


def test_contested_facts_never_pass():
    assert [named(held, "Fals") for held in (True, False, None)] == ["inside", "outside", "undecided"]
    assert [named(held, "Val") for held in (True, False, None)] == ["pass", "fail", "undecided"]
