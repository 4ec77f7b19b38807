"""Promotion policies on the command line: chosen by name or file, shown, run, refused."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LADDER = """\
name: ladder
levels:
  - {name: low}
  - {name: middle}
  - {name: high, programme: plus, plus: true}
domains:
  - {name: conduct}
classes:
  - {name: fine, standing: desired}
  - {name: wrong, standing: undesired}
conduct:
  - {kind: took_part, domain: conduct, judged: fine}
  - {kind: physical_assault, domain: conduct, judged: wrong}
reporters:
  - {name: officer, on_unit: true}
review:
  first_days: 28
  cycle_days: {value: 28, source: our own scheme, grade: D, basis: assumed}
  eligible_days: 28
"""


@pytest.fixture
def detention(detention, tmp_path):
    """Run the command in a folder that holds a policy of its own; return the finished process."""
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    return detention


def test_a_framework_of_ones_own_runs_from_the_command_line(detention):
    """Three levels, judged every four weeks: after sixteen weeks somebody stands on the highest."""
    done = detention(
        "run", "detention-house", "--set", "promotion.policy=ladder.yaml", "--set", "run.burn_in_days=60",
        "--days", "60", "--replicates", "2", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["indicators"]
    assert found["plus_share"]["value"] > 0.1
    assert found["promotions_per_review"]["value"] > 0.1
    assert found["time_to_promotion"]["value"] >= 28


def test_show_names_the_policy_and_the_source_of_its_numbers(detention):
    done = detention("show", "detention-house", "--set", "promotion.policy=ladder.yaml")
    assert done.returncode == 0, done.stderr
    assert "promotion policy: ladder: levels low, middle, high; first review by day 28" in done.stdout
    assert "promotion.policy.review.cycle_days" in done.stdout
    assert "our own scheme" in done.stdout


def test_show_says_where_there_is_no_scheme(detention):
    assert "promotion policy: none\n" in detention("show", "detention-house").stdout


def test_a_policy_without_reviews_in_time_is_refused(detention, tmp_path):
    (tmp_path / "ladder.yaml").write_text(LADDER.replace("first_days: 28", "first_days: 0"), encoding="utf-8")
    done = detention("check", "detention-house", "--set", "promotion.policy=ladder.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    where, rest = done.stderr.split(" ", 1)
    assert where == "ladder.yaml:17:15:"
    assert rest == "review.first_days: got 0; allowed a whole number from 1 to 3650 (days after entry)\n"
