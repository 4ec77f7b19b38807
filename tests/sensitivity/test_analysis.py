"""Whole analyses of a table of runs: choosing a method, refusing what does not fit, losing runs."""

import json

import jsonschema
import numpy as np
import pytest

from experiments.sensitivity.analysis import FITS, METHODS, analyse_table, choose_method
from experiments.sensitivity.reporting import content, flat_rows, report
from experiments.sensitivity.table import RunTable, positions
from scenarios import ScenarioError
from tests.sensitivity.toys import table

PATHS = {"residents.occupancy": None, "security.relational": None, "coupling.news": None}
INDEX = {
    "type": "object",
    "required": ["value", "low", "high"],
    "additionalProperties": False,
    "properties": {key: {"type": ["number", "null"]} for key in ("value", "low", "high")},
}


def slope(u):
    return 0.2 + 0.4 * u[0] - 0.2 * u[1]


def sweep(kind="morris", samples=12, **options):
    return table(kind, PATHS, slope, samples=samples, sd=0.02, **options)


def only(result):
    (analysis,) = result.analyses
    return analysis


@pytest.mark.parametrize(
    ("kind", "samples", "usual"),
    [
        ("morris", 12, "morris"),
        ("saltelli", 16, "sobol"),
        ("lhs", 40, "pawn"),
        ("sobol", 32, "pawn"),
        ("grid", 3, "one-at-a-time"),
        ("one-at-a-time", 0, "one-at-a-time"),
    ],
)
def test_every_design_has_its_usual_method_and_finds_the_strongest_factor(kind, samples, usual):
    result = analyse_table(sweep(kind, samples))
    assert result.method == usual
    assert only(result).found.rows[0].factor == "residents.occupancy"


@pytest.mark.parametrize("kind", FITS)
def test_what_fits_a_design_is_a_method(kind):
    assert set(FITS[kind]) <= set(METHODS)


@pytest.mark.parametrize(("kind", "samples"), [("morris", 12), ("saltelli", 16), ("grid", 3)])
def test_pawn_can_be_asked_for_wherever_points_scatter(kind, samples):
    assert only(analyse_table(sweep(kind, samples), method="pawn")).found.rows[0].clear


@pytest.mark.parametrize(
    ("method", "line"),
    [
        (
            "sobol",
            "command line:1:1: --method: got sobol for the morris design of toys/sweep; allowed morris, pawn",
        ),
        (
            "moris",
            "command line:1:1: --method: got moris; allowed " + ", ".join(METHODS) + "; nearest morris",
        ),
    ],
)
def test_a_method_that_does_not_fit_is_refused(method, line):
    with pytest.raises(ScenarioError) as refused:
        choose_method(sweep(), method)
    assert str(refused.value) == line


def test_an_unknown_indicator_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match=r"--indicator: got tensoin; .* in toys/sweep; nearest tension"):
        analyse_table(sweep(), indicators=["tensoin"])


def test_a_sweep_without_factors_is_refused():
    bare = sweep()
    design = type(bare.design)("grid", (), [{}], 1, 0)
    with pytest.raises(ScenarioError, match="factors: got none; allowed a sweep with at least one factor"):
        analyse_table(RunTable("toys/sweep", design, bare.columns))


@pytest.mark.parametrize(("kind", "samples"), [("morris", 12), ("saltelli", 16), ("lhs", 40), ("grid", 3)])
def test_failed_runs_are_left_out_and_counted(kind, samples):
    whole = sweep(kind, samples)
    failing = {(3, 0), (2, 0), (2, 1), (2, 2)}
    result = analyse_table(sweep(kind, samples, failing=failing))
    analysis = only(result)
    assert analysis.points_without_value == 1
    assert analysis.found.dropped == {"morris": 2, "saltelli": 1, "lhs": 1, "grid": 0}[kind]
    assert result.table.tally() == {
        "runs": 3 * len(whole.design),
        "ok": 3 * len(whole.design) - 4,
        "failed": 4,
    }
    assert "4 failed" in report(result)
    first = only(analyse_table(whole)).found.rows[0]
    assert analysis.found.rows[0].factor == first.factor


@pytest.mark.parametrize(
    ("kind", "samples"), [("morris", 6), ("saltelli", 8), ("lhs", 30), ("one-at-a-time", 0)]
)
def test_when_all_failed_one_line_says_so(kind, samples):
    size = len(sweep(kind, samples).design)
    failing = {(point, replicate) for point in range(size) for replicate in range(3)}
    with pytest.raises(ScenarioError) as refused:
        analyse_table(sweep(kind, samples, failing=failing))
    (line,) = str(refused.value).splitlines()
    assert line.startswith("toys/sweep:1:1: ")
    assert "got 0 " in line
    assert line.endswith("allowed a larger design, or more of its runs with a value")


def test_an_indicator_without_enough_values_is_told_and_the_others_go_on():
    runs = sweep()
    columns = {**runs.columns, "self_harm": [None] * len(runs.columns["point"])}
    result = analyse_table(RunTable("toys/sweep", runs.design, columns), indicators=["tension", "self_harm"])
    good, bad = result.analyses
    assert good.found is not None
    assert (bad.found, bad.points_without_value) == (None, len(runs.design))
    assert "not analysed: 0 of 12 elementary effects" in report(result)


def test_scenarios_are_analysed_one_by_one():
    one, other = sweep(), table("morris", PATHS, lambda u: u[2], samples=12, scenario="other")
    columns = {name: [*one.columns[name], *other.columns[name]] for name in one.columns}
    result = analyse_table(RunTable("toys/sweep", one.design, columns))
    strongest = {a.scenario: a.found.rows[0].factor for a in result.analyses}
    assert strongest == {"toy": "residents.occupancy", "other": "coupling.news"}


def test_the_order_of_the_rows_changes_nothing():
    runs = sweep(failing={(3, 1)})
    order = np.random.default_rng(1).permutation(len(runs.columns["point"]))
    shuffled = {name: [column[k] for k in order] for name, column in runs.columns.items()}
    assert content(analyse_table(runs)) == content(analyse_table(RunTable(runs.label, runs.design, shuffled)))


def test_another_run_gives_another_digest():
    digests = {analyse_table(sweep(failing=lost)).digest for lost in ((), {(0, 0)})}
    assert len(digests) == 2


@pytest.mark.parametrize(("kind", "samples"), [("morris", 12), ("saltelli", 16), ("lhs", 40), ("grid", 3)])
def test_the_answer_is_json_and_says_what_was_averaged(kind, samples):
    answer = json.loads(analyse_table(sweep(kind, samples)).json())
    assert answer["command"] == "sensitivity"
    assert "every run counting the same" in answer["averaged"]
    (analysis,) = answer["analyses"]
    jsonschema.validate(analysis["noise"]["noise_share"], INDEX)
    assert [set(row) for row in analysis["factors"]] == [set(analysis["factors"][0])] * 3
    assert all(row["factor"] in PATHS and "clear" in row for row in analysis["factors"])


def test_the_table_has_a_line_per_factor_and_the_frame_is_the_same():
    result = analyse_table(sweep())
    headings, rows = flat_rows(result)
    assert headings[:4] == ["scenario", "indicator", "factor", "effects"]
    assert rows[0][2] == "residents.occupancy"
    frame = result.frame()
    assert list(frame.columns) == headings
    assert frame["mu_star"].tolist() == [row[headings.index("mu_star")] for row in rows]


def test_courses_have_a_line_per_level():
    headings, rows = flat_rows(analyse_table(sweep("grid", 3)))
    assert len(rows) == 9
    assert {"level", "value", "value_low", "difference", "clear"} <= set(headings)


def test_numerators_and_weights_come_apart():
    runs = sweep("grid", 3, replicates=1)
    weighted = RunTable(runs.label, runs.design, {**runs.columns, "tension.weight": [4.0] * 27})
    tops, bottoms = weighted.sums("toy", "tension")
    assert np.array_equal(bottoms, np.full((27, 1), 4.0))
    assert np.array_equal(tops, 4.0 * runs.values("toy", "tension"))
    assert runs.sums("toy", "tension")[1].tolist() == [[1.0]] * 27


def test_points_of_a_list_lie_at_their_values_or_levels():
    runs = sweep("grid", 3)
    design = type(runs.design)(
        "list", runs.design.factors[:2], [{"residents.occupancy": 0.9}, {"security.relational": 0.2}], 1, 2
    )
    assert positions(design, {"residents.occupancy": 0.8, "security.relational": 0.5}).tolist() == [
        [0.9, 0.5],
        [0.8, 0.2],
    ]
