"""Design files: what they may say, what they mean, and one clear line for everything else."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.designs import KINDS
from experiments.sweeping.design_file import read_design
from scenarios import ScenarioError
from sim.indicators import BY_NAME
from sim.parameters import registry

SMALLEST = """\
scenarios: [detention-house]
days: 120
design: grid
factors: {staffing.residents_per_employee: [1.2, 1.7, 2.4]}
replicates: 40
"""


@pytest.fixture
def written(tmp_path):
    """Write a design file and return its path."""

    def written(text):
        path = tmp_path / "design.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def refused(written):
    """Return the lines with which a design is refused, without the path of the file."""

    def refused(text):
        path = written(text)
        with pytest.raises(ScenarioError) as error:
            read_design(path)
        return [str(problem).removeprefix(f"{path}:") for problem in error.value.problems]

    return refused


def test_the_smallest_design_means_what_it_says(written):
    design = read_design(written(SMALLEST))
    assert design.table.points == [{"staffing.residents_per_employee": level} for level in (1.2, 1.7, 2.4)]
    assert (design.replicates, design.seed, design.start) == (40, 1, "scenario")
    assert design.outputs == tuple(BY_NAME)
    values = design.scenarios["detention-house"].values
    assert (values["run.days"], values["run.burn_in_days"]) == (120, 240)


def test_a_factor_without_a_range_has_the_plausible_range_of_the_registry(written):
    design = read_design(written("scenarios: detention-house\nfactors: {security.static: }\n"))
    parameter = registry()["security.static"]
    levels = [point["security.static"] for point in design.table.points]
    middle = (parameter.plausible_low + parameter.plausible_high) / 2
    assert levels == [parameter.plausible_low, middle, parameter.plausible_high]
    assert design.replicates == 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_design_makes_points_of_its_factors(written, kind):
    factors = "{residents.occupancy: [0.6, 0.9], security.static: [0.2, 0.4]}"
    text = f"scenarios: [detention-house]\ndesign: {kind}\nfactors: {factors}\n"
    text += "samples: 4\n" if kind in {"lhs", "sobol", "morris", "saltelli"} else ""
    number = {"lhs": 4, "sobol": 4, "morris": 12, "saltelli": 16, "grid": 4, "list": 2, "one-at-a-time": 5}
    assert len(read_design(written(text)).table) == number[kind]


def test_a_list_design_takes_points_as_they_are(written):
    text = (
        "scenarios: [detention-house]\npoints:\n  - {security.static: 0.2}\n"
        "  - {security.static: 0.4, mechanisms.strain: false}\n"
    )
    design = read_design(written(text))
    assert design.table.kind == "list"
    assert design.table.points[1] == {"security.static": 0.4, "mechanisms.strain": False}


def test_a_scenario_file_is_looked_for_beside_the_design(written, tiny):
    design = read_design(written(f"scenarios: [{tiny.name}]\nfactors: {{security.static: [0.2]}}\n"))
    assert design.scenarios["tiny"].places == 4


def test_without_factors_the_scenarios_are_swept_as_they_are(written):
    assert read_design(written("scenarios: [detention-house, dutch-prison]\n")).table.points == [{}]


def test_a_mapping_means_the_same_as_a_file(written):
    import numpy as np

    factors = {"staffing.residents_per_employee": np.array([1.2, 1.7, 2.4])}
    mapping = {"scenarios": ["detention-house"], "days": 120, "factors": factors, "replicates": 40}
    assert read_design(mapping).description() == read_design(written(SMALLEST)).description()


def test_a_precision_takes_the_place_of_replicates(written):
    text = "scenarios: [detention-house]\nprecision: {indicator: tension, half_width: 0.05, relative: true}\n"
    design = read_design(written(text + "outputs: [wellbeing]\n"))
    assert (design.precision.half_width, design.precision.relative, design.precision.first) == (
        0.05,
        True,
        10,
    )
    assert design.replicates is None
    assert design.outputs == ("wellbeing", "tension")


def test_a_count_keeps_the_first_replicates_and_a_mapping_chooses_points(written):
    text = SMALLEST + "keep: {daily: 2, ledger: {points: [0, 2], replicates: [1]}}\n"
    keep = read_design(written(text)).keep
    assert [keep.daily.holds((1,), replicate) for replicate in range(3)] == [True, True, False]
    assert keep.ledger.holds((2,), 1)
    assert not keep.ledger.holds((1,), 1)
    assert not keep.ledger.holds((2,), 0)


WRONG = {
    "scenaros: [detention-house]": "1:1: scenaros: got scenaros; allowed scenarios,",
    "scenarios: [detention-huse]": "1:13: scenarios[0]: got detention-huse;",
    "scenarios: []": "1:12: scenarios: got nothing;",
    "design: sobl": "2:9: design: got sobl;",
    "days: 0": "2:7: days: got 0; allowed a whole number from 1 to 36500",
    "days: 2.5": "2:7: days: got 2.5;",
    "days:": "2:1: days: got nothing;",
    "seed: -1": "2:7: seed: got -1;",
    "seed: 1e400": "2:7: seed: got 1e400;",
    "replicates: 0": "2:13: replicates: got 0;",
    "replicates: {value: 4}": "2:13: replicates: got a mapping;",
    "samples: 0": "2:10: samples: got 0;",
    "outputs: [tensoin]": "2:11: outputs[0]: got tensoin; allowed a list of names shown by",
    "outputs: [tension, tension]": "2:20: outputs[1]: got tension twice;",
    "outputs: []": "2:10: outputs: got a list;",
    "start: cold": "2:8: start: got cold; allowed scenario, warm",
    "keep: 3": "2:7: keep: got 3; allowed a mapping {daily, ledger}",
    "keep: {dayly: 1}": "2:8: keep.dayly: got dayly; allowed daily, ledger; nearest daily",
    "keep: {daily: 11}": "2:15: keep.daily: got 11; allowed a whole number from 0 to 10",
    "keep: {daily: [10]}": "2:16: keep.daily[0]: got 10; allowed a whole number from 0 to 9",
    "factors: {}": "2:10: factors: got a mapping; allowed at least one path with its range",
    "factors: {securty.static: [1]}": "2:11: factors.securty.static: got an unknown path;",
    "factors: {security.static: []}": "2:28: factors.security.static: got an empty list;",
    "factors: {security.static: [.nan]}": "2:28: factors.security.static: got nan;",
    "factors: {security.static: [2]}": "2:28: factors.security.static: got 2;",
    "factors: {security.static: [0.2, 0.2]}": "2:28: factors.security.static: got a value twice;",
    "factors: {security.static: 0.4}": "2:28: factors.security.static: got 0.4; allowed a list of values,",
    "factors: {security.static: {low: 0.5, high: 0.4}}": "2:28: factors.security.static: got low 0.5, high",
    "factors: {security.static: {lo: 0.5}}": "2:33: factors.security.static.lo: got an unknown key;",
    "factors: {security.static: {low: 0, scale: log}}": "2:34: factors.security.static.low: got 0;",
    "factors: {facility.units: [1]}": "2:11: factors.facility.units: got an unknown path;",
    "points: [{security.static: 3}]": "2:28: points[0].security.static: got 3;",
    "points: [{}]": "2:10: points[0]: got a mapping;",
    "points: [{security.static: 0.2}, {security.static: 0.2}]": "2:34: points[1]: got a point twice;",
    "design: list": "1:1: points: got nothing;",
    "precision: {indicator: tension}": "2:12: precision.half_width: got nothing;",
    "precision: {indicator: tension, half_width: 0}": "2:45: precision.half_width: got 0;",
    "precision: {indicator: top_decile_share, half_width: 1}": "2:24: precision.indicator: got top_decile",
    "precision: {indicator: tension, half_width: 1, most: 4}": "2:54: precision.most: got 4;",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_told_in_one_line_where_it_was_written(refused, line):
    text = line if line.startswith("scenar") else f"scenarios: [detention-house]\n{line}\n"
    lines = refused(text)
    assert lines[0].startswith(WRONG[line])
    assert all("\n" not in told and "; allowed " in told for told in lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("design: lhs\nsamples: 2000000\nfactors: {security.static: }\n", "3:10: samples: got 2000000;"),
        (
            "design: saltelli\nsamples: 12\nfactors: {security.static: }\n",
            "3:10: samples: got 12; allowed a pow",
        ),
        ("design: one-at-a-time\nsamples: 3\nfactors: {security.static: }\n", "3:10: samples: got samples;"),
        (
            "replicates: 3\nprecision: {indicator: tension, half_width: 1}\n",
            "3:12: precision: got replicates",
        ),
        ("replicates: 100000\nfactors: {security.static: }\nsamples: 101\n", "3:10: design: got 10,100,000"),
        (
            "samples: 101\nfactors: {security.static: , security.procedural: , residents.occupancy: }\n",
            "3:10: factors: got a grid of 1,030,301 points; allowed at most 1,000,000",
        ),
        (
            "design: list\nfactors: {security.static: [0.1], security.procedural: [0.1, 0.2]}\n",
            "3:10: factors: got security.static 1, security.procedural 2; allowed lists of equal length",
        ),
        (
            "factors: {residents.stay_median_days: [50, 200]}\n",
            "2:10: point 1 of detention-house: residents.stay_median_days: got 200; allowed less than",
        ),
        (
            "start: warm\nfactors: {staffing.residents_per_employee: [1.2], security.static: [0.1]}\n",
            "3:10: factors: got staffing.residents_per_employee; allowed factors that leave posts",
        ),
        ("start: warm\nfactors: {run.burn_in_days: [10]}\n", "3:10: factors: got run.burn_in_days; allowed"),
        ("<<: &a [*a]\n", "2:5: <<: got anchor &a;"),
    ],
)
def test_what_is_wrong_together_is_told_too(refused, text, told):
    assert refused(f"scenarios: [detention-house]\n{text}")[0].startswith(told)


def test_all_problems_of_a_file_are_told_at_once(refused):
    assert len(refused("scenarios: [nobody]\ndays: 0\nseed: x\nreplicates: 0\nstart: hot\n")) == 5


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n", "7\n"])
def test_a_file_that_is_no_mapping_is_refused(refused, text):
    assert "document" in refused(text)[0] or "scenarios" in refused(text)[0]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["days", "seed", "design", "samples", "factors", "points", "replicates", "precision", "outputs", "keep"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=KEYS, value=ANYTHING)
def test_any_value_of_any_key_is_accepted_or_refused_in_clear_lines(tiny, key, value):
    mapping = {"scenarios": [str(tiny)], "factors": {"residents.occupancy": [0.5]}, key: value}
    try:
        design = read_design(mapping)
    except ScenarioError as error:
        lines = str(error).split("\n")
        assert all(": got " in line and "; allowed " in line for line in lines)
    else:
        assert math.prod((len(design.table), len(design.scenarios))) > 0
