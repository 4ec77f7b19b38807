"""``compare --policies``: frameworks of promotion side by side on the same people and the same chance."""

import json

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.policies import Layer, policy_layers, under_policy
from scenarios import ScenarioError
from scenarios.frameworks import FOLDER
from tests.builders import facility

QUICK = ("--replicates", "2", "--days", "20", "--burn-in", "5")


@pytest.fixture
def like_none(tmp_path):
    """Return the file of a policy that has another name than ``none`` and nothing else of its own."""
    path = tmp_path / "like-none.yaml"
    text = (FOLDER / "none.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("name: none", "name: like-none"), encoding="utf-8")
    return str(path)


def refused(listed):
    with pytest.raises(ScenarioError) as caught:
        policy_layers(listed)
    return str(caught.value)


def test_a_policy_equal_to_none_makes_exactly_no_difference(like_none):
    arguments = ["compare", "matched-1x12", "--policies", f"none,{like_none}", *QUICK, "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["scenarios"] == ["matched-1x12+none", "matched-1x12+like-none"]
    one, other = found["indicators"].values()
    assert one == other
    assert one["true_incidents"]["value"] > 0
    values = [contrast["difference"]["value"] for contrast in found["contrasts"]]
    assert {value for value in values if value is not None} == {0.0}
    assert all(contrast["share_tied"] in {1.0, None} for contrast in found["contrasts"])


def test_every_scenario_runs_under_every_policy(like_none):
    names = ("matched-1x12", "matched-15x24")
    short = ("--replicates", "1", "--days", "3", "--burn-in", "0", "--json")
    arguments = ["compare", *names, "--policies", like_none, *short]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert json.loads(done.stdout)["scenarios"] == [f"{name}+like-none" for name in names]


def test_an_unknown_policy_is_refused_with_the_nearest():
    line = refused("none,nl-2002")
    assert line.startswith("command line:1:1: --policies: got nl-2002; allowed ")
    assert line.endswith("; nearest nl-2020")


@pytest.mark.parametrize(
    ("listed", "got"),
    [("none,none", "none twice"), ("", "nothing"), ("none,,", "nothing"), ("None", "None")],
)
def test_impossible_lists_are_refused_in_one_line(listed, got):
    line = refused(listed)
    assert line.startswith(f"command line:1:1: --policies: got {got}; allowed ")
    assert "\n" not in line


def test_one_scenario_under_one_policy_is_no_comparison():
    done = CliRunner().invoke(app, ["compare", "matched-1x12", "--policies", "none"])
    assert isinstance(done.exception, ScenarioError)
    assert "two or more names" in str(done.exception)


def test_without_the_option_names_and_settings_stay():
    assert policy_layers(None) == [Layer()]
    assert Layer().sets == []
    specification = facility(4)
    assert under_policy(specification, Layer()) is specification
