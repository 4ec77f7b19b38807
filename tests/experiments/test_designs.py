"""Designs: the right points, the same for the same seed, and clear lines for what cannot be."""

import math

import numpy as np
import pytest

from experiments.designs import (
    Factor,
    at_point,
    make_design,
    morris_indices,
    read_factors,
    saltelli_indices,
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


FIVE = {f"needs.{name}": None for name in ("autonomy_hours", "baseline", "offset_sd")}


def test_morris_finds_the_effects_of_a_linear_function_exactly():
    design = make_design("morris", FIVE, samples=10)
    outputs = design.shares @ np.array([3.0, -1.0, 0.0])
    found = {row["path"]: row for row in morris_indices(design, outputs)}
    assert found["needs.autonomy_hours"]["mu"] == pytest.approx(3.0)
    assert found["needs.baseline"]["mu"] == pytest.approx(-1.0)
    assert found["needs.baseline"]["mu_star"] == pytest.approx(1.0)
    assert found["needs.offset_sd"]["mu_star"] == pytest.approx(0.0, abs=1e-9)
    assert found["needs.autonomy_hours"]["sigma"] == pytest.approx(0.0, abs=1e-9)


def test_saltelli_finds_the_indices_of_the_ishigami_function():
    """Ishigami & Homma (1990): S = .314, .442, 0 and ST = .558, .442, .244 for a = 7, b = .1."""
    design = make_design("saltelli", FIVE, samples=2048)
    x = np.pi * (2.0 * design.shares - 1.0)
    outputs = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = saltelli_indices(design, outputs)
    assert [row["S1"] for row in found] == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert [row["ST"] for row in found] == pytest.approx([0.558, 0.442, 0.244], abs=0.03)


def test_indices_of_a_constant_are_zero_and_of_missing_outputs_refused():
    design = make_design("morris", FIVE, samples=4)
    assert all(row["mu_star"] == 0.0 for row in morris_indices(design, np.ones(len(design))))
    with pytest.raises(ValueError, match="finite outputs"):
        morris_indices(design, [1.0, 2.0])
    with pytest.raises(ValueError, match="need a saltelli design"):
        saltelli_indices(design, np.ones(len(design)))


def test_a_design_describes_itself():
    row = make_design("lhs", TWO, samples=4, seed=9).row()
    assert row["design"] == "lhs"
    assert row["seed"] == 9
    assert row["factors"]["needs.needs_days"] == {"low": 5.0, "high": 20.0, "scale": "linear"}
