"""``detention compare`` over plausible worlds, through the command line."""

import csv
import json

import pytest

from experiments import cli
from experiments.calibration import plausible as calibrated
from tests.experiments.toys import plausible_set

SCENARIO = """\
name: {name}
title: Tiny, {name}
residents: {{occupancy: 1}}
staffing: {{rotation_share: {rotation}, rotation_cluster: 2}}
facility:
  units:
    - {{name: unit, places: 6, count: 2}}
"""
QUICK = ("--replicates", "2", "--days", "20", "--burn-in", "0")


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """Go to a folder with two tiny scenarios; return how they are named."""
    monkeypatch.chdir(tmp_path)
    for name, rotation in (("fixed", 0), ("pooled", 0.5)):
        text = SCENARIO.format(name=name, rotation=rotation)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return "fixed.yaml", "pooled.yaml"


@pytest.fixture
def shipped(monkeypatch):
    """Act as if a set of plausible vectors were shipped."""
    monkeypatch.setattr(calibrated, "load_plausible", lambda: plausible_set(10))


@pytest.fixture
def unshipped(monkeypatch, tmp_path):
    """Act as if no set were shipped, wherever it would lie."""
    nowhere = tmp_path / "nowhere.json"
    load = calibrated.load_plausible
    monkeypatch.setattr(calibrated, "SHIPPED", nowhere)
    monkeypatch.setattr(calibrated, "load_plausible", lambda: load(nowhere))


def answer(capsys, *arguments):
    assert cli.run(arguments) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def contrast_of(found, indicator):
    return next(c for c in found["contrasts"] if c["indicator"] == indicator)


def test_contrasts_have_assumption_intervals_and_the_runs_stay_the_same(pair, shipped, capsys):
    found = answer(capsys, "compare", *pair, *QUICK, "--worlds", "8", "--json")
    without = answer(capsys, "compare", *pair, *QUICK, "--worlds", "0", "--json")
    worlds = found["worlds"]
    assert (worlds["n"], worlds["replicates"], worlds["note"]) == (8, 2, "")
    assert {"coupling.news", "staffing.unstaffed", "encounters.quarrel"} <= set(worlds["varied"])
    contrast = contrast_of(found, "familiarity_on_duty")
    assert contrast["assumption_low"] < contrast["assumption_high"]
    assert contrast["share_worlds_same_sign"] > 0.8
    assert contrast["depends_on"] is None
    assert found["digest"] == without["digest"]
    assert found["indicators"] == without["indicators"]
    kept = ("difference", "ratio", "share_a_lower", "share_tied", "variance_cut", "clear")
    for one, other in zip(found["contrasts"], without["contrasts"], strict=True):
        assert {key: one[key] for key in kept} == {key: other[key] for key in kept}
        assert (other["assumption_low"], other["assumption_high"]) == (None, None)
    assert without["worlds"]["note"] == "switched off with --worlds 0"


def test_workers_change_no_bit_of_the_answer(pair, shipped, capsys):
    arguments = ("compare", *pair, *QUICK, "--worlds", "8", "--decompose", "--json", "--workers")
    assert answer(capsys, *arguments, "1") == answer(capsys, *arguments, "3")


def test_by_default_there_are_as_many_worlds_as_an_interval_of_95_per_cent_needs(pair, shipped, capsys):
    assert answer(capsys, "compare", *pair, *QUICK, "--json")["worlds"]["n"] == 40


def test_what_is_set_for_the_comparison_is_held_in_every_world(pair, shipped, capsys):
    conditions = ("--set", "staffing.unstaffed=locked", "--set", "coupling.witnesses=0.5")
    arguments = (f"{pair[0]}+per-head-couplings", f"{pair[1]}+per-head-couplings", *conditions)
    held = answer(capsys, "compare", *arguments, *QUICK, "--worlds", "8", "--json")["worlds"]["held"]
    assert {"staffing.unstaffed", "coupling.witnesses", "coupling.news", "coupling.director"} <= set(held)


def test_the_folder_has_the_worlds_in_its_tables_and_the_terminal_shows_them(pair, shipped, capsys, tmp_path):
    assert cli.run(("compare", *pair, *QUICK, "--worlds", "8", "--decompose", "--out", "kept")) == 0
    text = capsys.readouterr().out
    assert "assumptions" in text
    assert "8 plausible worlds" in text
    assert "hand thresholds" in text
    with (tmp_path / "kept" / "contrasts.csv").open(encoding="utf-8", newline="") as source:
        rows = {row["indicator"]: row for row in csv.DictReader(source)}
    row = rows["tension"]
    assert float(row["assumption_low"]) < float(row["assumption_high"])
    assert row["worlds"] == "8"
    with (tmp_path / "kept" / "decomposition.csv").open(encoding="utf-8", newline="") as source:
        parts = [row for row in csv.DictReader(source) if row["indicator"] == "tension"]
    assert [part["equalised"] for part in (parts[0], parts[-1])] == ["nothing", "everything"]
    left, gone = (part for part in parts if part["equalised"] == "hand thresholds")
    assert (left["measure"], gone["measure"]) == ("difference", "went with it")
    assert float(parts[0]["value"]) == pytest.approx(float(left["value"]) + float(gone["value"]))
    stored = json.loads((tmp_path / "kept" / "answer.json").read_text(encoding="utf-8"))
    assert stored["worlds"]["n"] == 8
    part = stored["decomposition"]["indicators"]["tension"]["parts"][0]
    assert part["contribution"]["assumption_low"] <= part["contribution"]["assumption_high"]
    picture = (tmp_path / "kept" / "figures" / "differences.svg").read_text(encoding="utf-8")
    assert "8 plausible worlds" in " ".join(picture.split("</metadata>")[0].split())


def test_without_a_shipped_set_a_comparison_says_so_and_goes_on(pair, unshipped, capsys, tmp_path):
    found = answer(capsys, "compare", *pair, *QUICK, "--json")
    assert found["worlds"]["n"] == 0
    assert "no calibrated set" in found["worlds"]["note"]
    assert str(tmp_path) not in found["worlds"]["note"]
    assert contrast_of(found, "tension")["assumption_low"] is None
    assert cli.run(("compare", *pair, *QUICK)) == 0
    assert "No assumption intervals: no calibrated set" in capsys.readouterr().out


def test_a_set_of_another_model_is_not_used_and_said_so(pair, unshipped, capsys, tmp_path):
    (tmp_path / "nowhere.json").write_text(
        json.dumps({"kind": "plausible-vectors", "schema": 1, "version": "0.0.1", "columns": ["a"],
                    "vectors": [[1]], "medoid": 0, "fingerprint": "x"}), encoding="utf-8"
    )  # fmt: skip
    note = answer(capsys, "compare", *pair, *QUICK, "--json")["worlds"]["note"]
    assert "made by model version 0.0.1" in note
    assert str(tmp_path) not in note


def test_worlds_that_were_asked_for_and_cannot_be_had_are_an_error(pair, unshipped, capsys):
    assert cli.run(("compare", *pair, *QUICK, "--worlds", "8")) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("number", ["3", "-1", "1001", "many"])
def test_a_number_of_worlds_that_says_nothing_is_refused(pair, shipped, capsys, number):
    assert cli.run(("compare", *pair, *QUICK, "--worlds", number)) == 2
    error = capsys.readouterr().err
    assert error.startswith("command line:1:1: --worlds: got ")
    assert len(error.strip().splitlines()) == 1
