"""The commands ``run``, ``compare`` and ``compile``, used as people use them."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("--replicates", "2", "--days", "20", "--burn-in", "5")


def table(path):
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def answer(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_run_json_has_the_agreed_fields_and_writes_no_files(detention, tmp_path):
    found = answer(detention("run", "detention-house", *QUICK, "--json"))
    assert list(found)[:4] == ["schema", "command", "version", "commit"]
    fields = {
        "scenario",
        "seed",
        "days",
        "burn_in_days",
        "replicates",
        "resident_days",
        "digest",
        "indicators",
    }
    assert fields <= set(found)
    assert (found["scenario"], found["days"], found["burn_in_days"], found["replicates"]) == (
        "detention-house",
        20,
        5,
        2,
    )
    assert set(found["indicators"]["tension"]) == {"value", "low", "high", "n", "events", "unit", "note"}
    assert not list(tmp_path.iterdir())


def test_the_same_command_gives_the_same_bits_whatever_the_number_of_workers(detention):
    one = answer(detention("run", "detention-house", *QUICK, "--json", "--workers", "1"))
    other = answer(detention("run", "detention-house", *QUICK, "--json", "--workers", "2"))
    assert one == other


def test_another_seed_gives_other_bits(detention):
    digests = {
        answer(detention("run", "detention-house", *QUICK, "--json", "--seed", s))["digest"] for s in "12"
    }
    assert len(digests) == 2


def test_a_run_writes_a_folder_named_by_scenario_seed_and_digest_that_opens_in_other_tools(
    detention, tmp_path
):
    done = detention("run", "detention-house", *QUICK, "--people", "3", "--network-day", "10")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "results").iterdir()
    stored = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    assert folder.name == f"detention-house-1-{stored['digest'][:8]}"
    assert stored["specification"]["values"]["residents.occupancy"] == 0.95
    assert len(table(folder / "daily.csv")) == 2 * 20
    assert {int(row["day"]) for row in table(folder / "people-replicate-0.csv")} <= set(range(20))
    assert (folder / "networks" / "people.graphml").exists()
    assert (folder / "figures" / "time-courses.svg").exists()
    assert "does not predict" in done.stdout


def test_the_same_run_may_be_written_again_and_another_is_refused_with_exit_code_4(detention, tmp_path):
    assert detention("run", "detention-house", *QUICK, "--out", "kept").returncode == 0
    before = (tmp_path / "kept" / "answer.json").read_bytes()
    other = detention("run", "detention-house", *QUICK, "--seed", "2", "--out", "kept")
    assert other.returncode == 4
    assert len(other.stderr.strip().splitlines()) == 1
    assert (tmp_path / "kept" / "answer.json").read_bytes() == before
    assert (
        detention("run", "detention-house", *QUICK, "--seed", "2", "--out", "kept", "--force").returncode == 0
    )
    assert (tmp_path / "kept" / "answer.json").read_bytes() != before
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_folder_with_other_files_is_never_replaced(detention, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = detention("run", "detention-house", *QUICK, "--out", "mine", "--force")
    assert done.returncode == 4
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_compare_makes_exposure_equal_and_pairs_the_runs(detention):
    found = answer(detention("compare", "matched-1x12", "matched-15x24", *QUICK, "--json"))
    exposure = found["exposure"]
    assert exposure["matched-1x12"]["copies"] == 30
    days = [entry["resident_days"] for entry in exposure.values()]
    assert abs(days[0] / days[1] - 1) < 0.05
    contrast = next(c for c in found["contrasts"] if c["indicator"] == "tension")
    assert {"difference", "ratio", "share_a_lower", "share_tied", "variance_cut", "clear"} <= set(contrast)
    one, other = (found["indicators"][name]["tension"]["value"] for name in found["scenarios"])
    assert contrast["difference"]["value"] == pytest.approx(one - other)


def test_thirty_sites_of_twelve_are_thirty_times_one_site(detention):
    found = answer(detention("compare", "matched-1x12", "matched-30x12", *QUICK, "--json"))
    assert all(not contrast["clear"] for contrast in found["contrasts"])
    differences = [
        c["difference"]["value"] for c in found["contrasts"] if c["difference"]["value"] is not None
    ]
    assert max(map(abs, differences)) < 1e-6


def test_a_decomposition_names_every_difference_and_leaves_nothing_when_only_the_roof_differs(detention):
    arguments = ("matched-30x12", "matched-campus-30x12", "--decompose", *QUICK, "--json")
    made_of = answer(detention("compare", *arguments))["decomposition"]
    factors = {factor["factor"]: factor["kind"] for factor in made_of["factors"]}
    assert {"staffing.rotation_share", "facility.shared", "facility.units.site"} <= set(factors)
    assert factors["staffing.unstaffed"] == "structural choice"
    assert made_of["indicators"]["true_incidents"]["remainder"]["value"] == 0.0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("run", "dutch-prisn"), "command line:1:1: scenario: got dutch-prisn"),
        (("run", "dutch-prison", "--replicates", "0"), "command line:1:1: --replicates"),
        (("run", "dutch-prison", "--days", "-4"), "command line:1:1: --days"),
        (("run", "dutch-prison", "--set", "needs.needs_day=3"), "--set:1:"),
        (("run", "dutch-prison", "--off", "needz"), "--off:1:1"),
        (
            ("run", "detention-house", "--days", "20", "--network-day", "21"),
            "command line:1:1: --network-day",
        ),
        (("compare", "dutch-prison"), "command line:1:1: SCENARIO"),
        (("compare", "dutch-prison", "dutch-prison"), "command line:1:1: SCENARIO"),
        (("compare", "a", "b", "c", "--decompose"), ""),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(detention, arguments, line):
    done = detention(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(line), done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_takes_two_seconds_and_leaves_nothing_behind(tmp_path, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "run", "dutch-prison", "--replicates", "500", "--out", "never"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(6.0)  # into the runs: loading takes a second
    assert process.poll() is None
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert not list(tmp_path.iterdir())


def test_compiling_twice_says_that_nothing_is_left_to_do(detention):
    detention("compile")
    assert "compiled already" in detention("compile").stdout
