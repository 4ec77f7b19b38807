"""``detention validate`` end to end."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "id",
    "use",
    "value",
    "low",
    "high",
    "n",
    "target_low",
    "target_high",
    "verdict",
    "reversible",
    "seen_in_development",
    "nulls_passed",
]


def test_facts_come_as_json_with_the_names_of_the_interface(detention, tmp_path):
    done = detention(
        "validate", "--facts", "S01,S04,S32", "--replicates", "2", "--no-nulls", "--json", "--out", "found"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["command"], answer["replicates"], answer["seed"]) == ("validate", 2, 1)
    assert [fact["id"] for fact in answer["facts"]] == ["S01", "S04"]
    for fact in answer["facts"]:
        assert set(KEYS) <= set(fact)
        assert fact["verdict"] == "undecided"  # two replicates are fewer than are due
        assert fact["n"] == 2
        assert fact["reversible"] is None
    assert [fact["id"] for fact in answer["not_yet"]] == ["S32"]
    assert answer["arms"] == {"baseline": 2}
    written = json.loads((tmp_path / "found" / "answer.json").read_text(encoding="utf-8"))
    assert written["facts"] == answer["facts"]
    assert (tmp_path / "found" / "facts.csv").exists()
    assert "UNDECIDED" in (tmp_path / "found" / "report.txt").read_text(encoding="utf-8")


def test_the_table_is_for_people(detention):
    done = detention("validate", "--facts", "S33,S32", "--replicates", "2", "--no-nulls")
    assert done.returncode == 0, done.stderr
    assert "Fitted, so no test of the model (Cal)" in done.stdout
    assert "Not yet" in done.stdout
    assert "S32" in done.stdout.partition("Not yet")[2]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("--facts", "S01,S999"),
            "command line:1:1: --facts: got S999; allowed S01, S02",
        ),
        (("--file", "none.yaml"), "none.yaml:1:1: file: got no such file; allowed a readable YAML file"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(detention, arguments, line):
    done = detention("validate", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(line)
    assert done.stdout == ""


def test_results_of_another_run_are_not_overwritten(detention, tmp_path):
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "diary.txt").write_text("mine")
    done = detention("validate", "--facts", "S01", "--out", "found")
    assert done.returncode == 4
    assert (tmp_path / "found" / "diary.txt").read_text() == "mine"


def test_progress_never_goes_to_stdout(detention):
    done = detention("validate", "--facts", "S01", "--replicates", "2", "--no-nulls", "--json")
    json.loads(done.stdout)


@pytest.mark.verify
def test_a_contested_fact_says_whether_its_sign_can_turn(detention):
    done = detention("validate", "--facts", "S12", "--replicates", "25", "--json")
    assert done.returncode == 0, done.stderr
    (fact,) = json.loads(done.stdout)["facts"]
    assert fact["verdict"] in {"inside", "outside", "undecided"}
    assert fact["reversible"] in {True, False}
    assert (fact["reversing_vector"] is not None) == fact["reversible"]
