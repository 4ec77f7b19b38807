"""``detention calibrate`` on a toy in place of the simulator: what it prints, writes and refuses."""

import json
from dataclasses import replace

import pytest

from experiments.calibration import plausible
from experiments.calibration.plausible import load_plausible
from experiments.cli import run
from experiments.designs import Factor
from sim.parameters import registry
from tests.experiments import toys

PATHS = tuple(path for path in registry() if path.startswith("needs."))[:7]


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """Put a toy with real paths in place of facts and simulator; return a way to change its ranges."""
    settings, _ = toys.toy(wanted=20, waves=1)
    factors = tuple(
        Factor(path, registry()[path].plausible_low, registry()[path].plausible_high) for path in PATHS
    )
    state = {"settings": replace(settings, factors=factors)}

    def simulator(asked, **_options):
        _, simulate = toys.toy(ranges=toys.RANGES)
        plain, _ = toys.toy()
        return lambda vectors, first: simulate(
            [plain.vector(asked.shares(vector)) for vector in vectors], first
        )

    monkeypatch.setattr("experiments.calibration.settings.read_settings", lambda: state["settings"])
    monkeypatch.setattr("experiments.calibration.simulating.simulator", simulator)
    monkeypatch.setattr(plausible, "SHIPPED", tmp_path / "shipped.json")
    monkeypatch.chdir(tmp_path)
    return state


def test_a_calibration_says_what_it_kept_learned_and_would_change(toy, capsys):
    assert run(["calibrate"]) == 0
    said = capsys.readouterr().out
    assert "vectors not ruled out, confirmed by running the model" in said
    assert "The facts say nothing about:" in said
    assert "plausible ranges away" in said
    assert all(path in said for path in PATHS)


def test_the_written_set_can_be_loaded_and_shipped(toy, capsys, tmp_path):
    assert run(["calibrate", "--out", "made", "--ship", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["command"] == "calibrate"
    assert answer["defaults"]["changes"][0].keys() == {"path", "default", "medoid", "shift_of_range"}
    loaded = load_plausible(tmp_path / "made" / "plausible.json")
    assert len(loaded.vectors) >= 20
    assert load_plausible(tmp_path / "shipped.json").vectors == loaded.vectors


def test_the_same_seed_gives_the_same_file_whatever_the_workers(toy, capsys, tmp_path):
    texts = []
    for name, workers in (("one", "1"), ("two", "3")):
        assert run(["calibrate", "--out", name, "--workers", workers, "--json"]) == 0
        texts.append((tmp_path / name / "plausible.json").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


def test_with_json_nothing_is_written_without_a_folder(toy, capsys, tmp_path):
    assert run(["calibrate", "--json"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_facts_that_fight_end_the_command_with_one_line_and_code_3(toy, capsys):
    ranges = ((-0.05, 0.05), (0.9, 1.0), (0.0, 1.0))
    outputs = tuple(
        replace(output, low=low, high=high)
        for output, (low, high) in zip(toy["settings"].outputs, ranges, strict=True)
    )
    toy["settings"] = replace(toy["settings"], outputs=outputs)
    assert run(["calibrate"]) == 3
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("calibration: no vector survives wave 1: F1 and F2 exclude each other")


def test_a_trial_cannot_be_shipped(toy, capsys):
    assert run(["calibrate", "--quick", "--ship"]) == 2
    assert "--ship" in capsys.readouterr().err


def test_a_folder_of_something_else_is_refused_before_anything_runs(toy, capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    assert run(["calibrate", "--out", "mine"]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1
