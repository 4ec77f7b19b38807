"""The audit of knobs: what counts as alive, and what it finds on a tiny facility."""

import math

import numpy as np
import pytest

from experiments.ablation import ablate_all
from experiments.auditing import SMALLEST, Move, audit, moves_of, simultaneous
from experiments.cli import run
from experiments.knobs import (
    DATA,
    MEASURED,
    Knob,
    Plan,
    Sign,
    all_knobs,
    chosen_knobs,
    cut_down,
    knob_at,
    read_plan,
)
from scenarios import ScenarioError, load
from sim.mechanisms import NAMES
from sim.parameters import registry

SHORT = {"run.days": 60, "run.burn_in_days": 20}


@pytest.fixture(scope="module")
def plan():
    house = cut_down(load("detention-house"), 1).with_numbers(SHORT)
    signs = (
        Sign("needs.autonomy_base", "autonomy", +1, "house"),
        Sign("strain.sick_per_year", "autonomy", +1, "house"),
        Sign("needs.competence_base", "competence", -1, "house"),
    )
    return Plan({"house": house}, {"run.days": "a span"}, {}, signs, 4, 5, 5, 6)


def test_every_parameter_choice_and_switch_is_a_knob():
    paths = [knob.path for knob in all_knobs()]
    assert set(registry()) <= set(paths)
    assert {f"mechanisms.{name}" for name in NAMES} <= set(paths)
    assert paths.count("staffing.unstaffed") == 2


def test_the_shipped_plan_names_only_what_exists_and_has_three_scenarios():
    plan = read_plan()
    assert len(plan.scenarios) == 3
    assert len(plan.signs) > 50
    assert set(plan.exempt) <= set(registry())


def test_a_plan_that_names_an_unknown_path_is_refused_with_the_nearest(tmp_path):
    path = tmp_path / "auditing.yaml"
    text = DATA.read_text(encoding="utf-8")
    path.write_text(text.replace("path: encounters.quarrel,", "path: encounters.quarel,"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"nearest encounters\.quarrel"):
        read_plan(path)


def test_a_change_is_given_in_between_run_standard_deviations():
    differences = np.zeros((4, len(MEASURED)))
    state = MEASURED.index("autonomy")
    differences[:, state] = [2.0, 2.2, 1.8, 2.0]
    spread = np.full(len(MEASURED), 10.0)
    move = moves_of(differences, spread, "s", 3.0)[state]
    assert move.change == pytest.approx(0.2)
    assert move.half_width == pytest.approx(3.0 * np.std([2.0, 2.2, 1.8, 2.0], ddof=1) / 2.0 / 10.0)


def test_a_few_equal_steps_of_counted_events_prove_nothing():
    differences = np.zeros((4, len(MEASURED)))
    events, state = MEASURED.index("true_incidents"), MEASURED.index("autonomy")
    differences[:, [events, state]] = 3.0
    moves = moves_of(differences, np.ones(len(MEASURED)), "s", simultaneous(4, 150))
    assert not moves[events].moves
    assert moves[state].moves


@pytest.mark.parametrize(
    ("change", "half_width", "moves"),
    [(0.2, 0.1, True), (0.2, 0.3, False), (0.05, 0.01, False), (-0.2, 0.1, True), (0.2, 0.0, True)],
)
def test_a_knob_moves_something_if_it_is_enough_and_no_accident(change, half_width, moves):
    assert Move("s", "i", change, half_width).moves is moves
    assert SMALLEST == 0.1


def test_no_change_at_all_is_the_least_clear():
    moves = [Move("s", "i", 0.0, 0.0), Move("s", "j", 0.1, 0.2), Move("s", "k", 0.1, 0.0)]
    assert [move.clearness for move in moves] == [0.0, 0.5, math.inf]


def test_more_comparisons_ask_for_clearer_changes():
    assert simultaneous(4, 150) > simultaneous(4, 1) > simultaneous(12, 1)


def test_indicators_without_a_value_do_not_count():
    differences = np.full((4, len(MEASURED)), np.nan)
    assert moves_of(differences, np.ones(len(MEASURED)), "s", 3.0) == []


def test_knobs_are_judged_alive_inert_or_exempt_and_signs_checked(plan):
    knobs = [
        Knob("needs.autonomy_base", 0.1, 0.35),
        Knob("needs.competence_base", 0.14, 0.34),
        Knob("response.ordering_strength", 0.3, 0.9),
        Knob("run.days", 30, 60),
        Knob("mechanisms.needs", low=True, high=False),
    ]
    found = audit(plan, knobs)
    verdicts = [finding.verdict for finding in found.findings]
    assert verdicts == ["alive", "alive", "inert", "exempt", "alive"]
    assert [finding.knob.path for finding in found.dead] == ["response.ordering_strength"]
    assert [(sign.sign.path, sign.verdict) for sign in found.signs] == [
        ("needs.autonomy_base", "holds"),
        ("needs.competence_base", "violated"),
    ]
    assert found.violations[0].expected == "-"


def test_the_audit_does_not_depend_on_workers(plan):
    knobs = [Knob("encounters.quarrel", 0.0007, 0.003), Knob("needs.needs_days", 6, 25)]
    rows = [[f.row() for f in audit(plan, knobs, workers=n).findings] for n in (1, 3)]
    assert rows[0] == rows[1]


def test_knobs_that_matter_only_under_a_condition_are_moved_under_it():
    house = load("detention-house")
    knob = Knob("programme.remand_factor", 0.5, 1.0)
    made = knob_at(house, knob, 0.5, {"regime": "remand", "needs.needs_days": 9})
    assert made.units[0].regime == "remand"
    assert made.values["needs.needs_days"] == 9


def test_an_end_that_does_not_go_with_the_scenario_is_left_out():
    house = load("detention-house")
    assert knob_at(house, Knob("residents.stay_mean_days", 85, 130), 85, {}) is None


def test_an_unknown_knob_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match=r"nearest needs\.needs_days"):
        chosen_knobs(["needs.need_days"])


def test_switching_a_mechanism_off_shows_what_it_does():
    house = load("detention-house").with_numbers(SHORT)
    found = {entry.mechanism: entry for entry in ablate_all(house, replicates=4)}
    assert list(found) == list(NAMES)
    changes = {change.indicator: change for change in found["conflict"].changes}
    assert changes["true_assaults"].value_off == 0.0
    assert {change.indicator for change in found["conflict"].clearest(6)}


def test_a_mechanism_that_is_off_already_is_said_to_be():
    house = load("detention-house", off=["needs"]).with_numbers(SHORT)
    found = {entry.mechanism: entry for entry in ablate_all(house, replicates=2)}
    assert found["needs"].already_off
    assert not found["needs"].changes


def test_the_command_answers_in_json(capsys):
    import json

    few = ["--replicates", "2", "--days", "30", "--burn-in", "10", "--json"]
    assert run(["ablate", "detention-house", *few]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["command"] == "ablate"
    assert len(answer["items"]) == len(NAMES)
    assert run(["ablate", "--knobs", "--only", "needs.autonomy_base", *few]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["items"][0]["path"] == "needs.autonomy_base"


@pytest.mark.parametrize(
    "arguments", [[], ["detention-house", "--knobs"], ["detention-house", "--only", "needs.needs_days"]]
)
def test_a_command_that_makes_no_sense_is_refused(arguments, capsys):
    assert run(["ablate", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
