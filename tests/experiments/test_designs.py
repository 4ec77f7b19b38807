"""Designs: the right points, the same for the same seed, and clear lines for what cannot be."""

import math

import numpy as np
import pytest

from experiments.designs import (
    Factor,
    at_point,
    make_design,
    read_factors,
)
from scenarios import ScenarioError, load
from sim.parameters import registry

TWO = {"encounters.quarrel": {"scale": "log"}, "needs.needs_days": {"low": 5, "high": 20}}


def refused(factors, **options):
    with pytest.raises(ScenarioError) as error:
        make_design(options.pop("kind", "lhs"), factors, **{"samples": 8, **options})
    return str(error.value)


def test_a_range_left_out_is_the_plausible_range_of_the_registry():
    (factor,) = read_factors({"encounters.quarrel": None})
    parameter = registry()["encounters.quarrel"]
    assert (factor.low, factor.high) == (parameter.plausible_low, parameter.plausible_high)


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris", "saltelli"])
def test_sampled_designs_repeat_with_the_seed_and_differ_without(kind):
    first = make_design(kind, TWO, samples=8, seed=3)
    assert first.points == make_design(kind, TWO, samples=8, seed=3).points
    assert first.points != make_design(kind, TWO, samples=8, seed=4).points


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris", "saltelli"])
def test_all_points_lie_inside_their_ranges(kind):
    for point in make_design(kind, TWO, samples=8).points:
        assert 0.0007 <= point["encounters.quarrel"] <= 0.003
        assert 5 <= point["needs.needs_days"] <= 20


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_range():
    points = make_design("lhs", TWO, samples=10).points
    slices = sorted(int((point["needs.needs_days"] - 5) / 1.5) for point in points)
    assert slices == list(range(10))
    logs = [math.log(point["encounters.quarrel"] / 0.0007) / math.log(0.003 / 0.0007) for point in points]
    assert sorted(int(10 * share) for share in logs) == list(range(10))


def test_fewer_points_of_a_sobol_sequence_are_the_first_of_more_within_a_power_of_two():
    assert make_design("sobol", TWO, samples=5).points == make_design("sobol", TWO, samples=8).points[:5]


def test_designs_have_the_sizes_that_their_names_say():
    assert len(make_design("morris", TWO, samples=4)) == 4 * 3
    assert len(make_design("saltelli", TWO, samples=8)) == 8 * 4
    assert len(make_design("grid", TWO, samples=3)) == 9
    assert len(make_design("one-at-a-time", TWO)) == 1 + 2 * 2


def test_a_grid_runs_through_all_combinations_of_lists_and_choices():
    factors = {"staffing.unstaffed": None, "mechanisms.needs": [True, False], "run.days": [30, 60]}
    points = make_design("grid", factors).points
    assert len(points) == 3 * 2 * 2
    assert {"staffing.unstaffed": "open", "mechanisms.needs": False, "run.days": 60} in points


def test_whole_numbers_are_drawn_evenly_and_stay_whole():
    factor = Factor("staffing.rotation_cluster", 1, 4, integer=True)
    drawn = [factor.at(u) for u in np.linspace(0, 0.9999, 400)]
    assert [drawn.count(k) for k in (1, 2, 3, 4)] == [100, 100, 100, 100]
    assert factor.at(1.0) == 4


def test_one_at_a_time_starts_with_the_scenario_itself():
    points = make_design("one-at-a-time", {"needs.needs_days": None}).points
    assert points == [{}, {"needs.needs_days": 6.0}, {"needs.needs_days": 25.0}]


def test_a_list_keeps_its_points_as_they_are():
    points = [{"needs.needs_days": 8}, {"staffing.unstaffed": "open"}]
    assert make_design("list", points=points).points == points


def test_an_unknown_path_is_refused_with_the_nearest():
    message = refused({"encounters.quarel": None})
    assert message.startswith("design:1:1: encounters.quarel:")
    assert message.endswith("nearest encounters.quarrel")


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ({}, "factors: got nothing"),
        ({"encounters.quarrel": {"low": -1, "high": 0.01}}, "encounters.quarrel.low: got -1"),
        ({"encounters.quarrel": {"low": 0.01, "high": 0.001}}, "a low below the high"),
        ({"encounters.quarrel": {"low": 0, "high": 0.001, "scale": "log"}}, "above 0 on a log scale"),
        ({"encounters.quarrel": {"scale": "lgo"}}, "nearest log"),
        ({"encounters.quarrel": {"lo": 0.001}}, "encounters.quarrel.lo: got an unknown key"),
        ({"encounters.quarrel": []}, "an empty list"),
        ({"encounters.quarrel": [0.001, 0.001]}, "a value twice"),
        ({"encounters.quarrel": [True]}, "got True"),
        ({"encounters.quarrel": [math.nan]}, "got nan"),
        ({"encounters.quarrel": 0.001}, "got 0.001"),
        ({"staffing.unstaffed": ["opne"]}, "nearest open"),
        ({"staffing.unstaffed": {"low": 0, "high": 1}}, "got a range"),
        ({"run.days": [1.5]}, "run.days: got 1.5"),
        ({"facility.graph.degree": None}, "got no range"),
        ({"facility.graph.edges": None}, "an unknown path"),
    ],
)
def test_impossible_factors_are_refused_in_one_line(factors, said):
    message = refused(factors)
    assert said in message
    assert "\n" not in message


def test_all_problems_are_told_at_once():
    assert len(refused({"a.b": None, "c.d": None}).splitlines()) == 2


@pytest.mark.parametrize(
    ("kind", "samples", "said"),
    [
        ("lhs", 0, "samples: got 0"),
        ("saltelli", 12, "a power of 2"),
        ("morris", 1, "at least 2"),
        ("sobool", 8, "nearest sobol"),
    ],
)
def test_impossible_designs_are_refused(kind, samples, said):
    assert said in refused(TWO, kind=kind, samples=samples)


def test_a_grid_that_nobody_could_run_is_refused():
    many = dict.fromkeys(list(registry())[:20])
    assert "at most 1,000,000" in refused(many, kind="grid", samples=3)


def test_a_list_with_a_wrong_value_names_the_point():
    with pytest.raises(ScenarioError, match=r"design point 2:1:1: needs\.needs_days: got -3"):
        make_design("list", points=[{"needs.needs_days": 8}, {"needs.needs_days": -3}])


def test_a_point_sets_numbers_choices_and_switches():
    made = at_point(
        load("matched-1x12"),
        {
            "needs.needs_days": 9.0,
            "staffing.unstaffed": "open",
            "mechanisms.needs": False,
            "facility.graph.degree": 2,
        },
    )
    assert made.values["needs.needs_days"] == 9.0
    assert made.choices["staffing.unstaffed"] == "open"
    assert made.mechanisms["needs"] is False
    assert made.graph.degree == 2


def test_the_shorthand_sets_its_three_parts_unless_the_point_does():
    made = at_point(load("matched-1x12"), {"security.relational": 0.9, "security.presence": 0.1})
    assert made.values["security.attitude"] == made.values["security.alliance"] == 0.9
    assert made.values["security.presence"] == 0.1


def test_stays_that_do_not_go_together_are_refused():
    with pytest.raises(ScenarioError, match="stay_median_days"):
        at_point(load("detention-house"), {"residents.stay_mean_days": 90.0})


def test_a_design_describes_itself():
    row = make_design("lhs", TWO, samples=4, seed=9).row()
    assert row["design"] == "lhs"
    assert row["seed"] == 9
    assert row["factors"]["needs.needs_days"] == {"low": 5.0, "high": 20.0, "scale": "linear"}
