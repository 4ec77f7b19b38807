"""The procedure on toys: what it keeps, what it learns, how it says that nothing is left; the set file."""

import json
import math

import numpy as np
import pytest

from experiments import exits
from experiments.calibration import plausible
from experiments.calibration.matching import CUT
from experiments.calibration.plausible import Refused, fingerprint, load_plausible
from experiments.calibration.procedure import NothingLeft, calibrate, learned, medoid, ties
from experiments.calibration.settings import Output, read_settings, rounded, share_of
from experiments.designs import Factor
from scenarios import ScenarioError
from tests.experiments import toys


@pytest.fixture(scope="module")
def found():
    settings, simulate = toys.toy(waves=3)
    return calibrate(settings, simulate)


def test_enough_vectors_are_kept_and_their_true_outputs_meet_the_facts(found):
    assert len(found.shares) >= 40
    for row in found.shares:
        for value, (low, high) in zip(toys.outputs_of(row), toys.RANGES, strict=True):
            # Accepted range, plus three standard deviations of declared discrepancy and noise.
            room = 3.0 * math.hypot(0.02, toys.NOISE)
            assert low - room <= value <= high + room
    assert (found.implausibility <= CUT).all()


def test_waves_shrink_the_space(found):
    shares = [wave.share_left for wave in found.waves]
    assert shares[-1] < shares[0] <= 1.0


def test_the_result_does_not_depend_on_workers(found):
    settings, simulate = toys.toy(waves=3)
    again = calibrate(settings, simulate, workers=1)
    assert np.array_equal(again.shares, found.shares)
    assert again.medoid == found.medoid


def test_what_the_facts_say_nothing_about_is_named(found):
    by_path = {entry.path: entry for entry in learned(found.settings, found.shares)}
    assert by_path["toy.p4"].informed
    assert not by_path["toy.p6"].informed


def test_parameters_that_trade_off_are_tied():
    settings, _ = toys.toy(size=3)
    u = np.random.default_rng(1).random(200)
    points = np.column_stack([u, 1.0 - u, np.random.default_rng(2).random(200)])
    assert ties(settings, points) == [("toy.p0", "toy.p1", -1.0)]


def test_the_medoid_is_the_row_nearest_to_all_others():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.4, 0.1], [0.0, 1.0]])
    assert medoid(points) == 2


def test_nothing_left_names_the_facts_that_fight():
    settings, simulate = toys.toy(ranges=((-0.05, 0.05), (0.9, 1.0), (0.0, 1.0)))
    with pytest.raises(NothingLeft, match="F1 and F2 exclude each other") as error:
        calibrate(settings, simulate)
    assert "\n" not in str(error.value)
    assert error.value.fights[0].facts == ("F1", "F2")


def test_vectors_that_runs_do_not_confirm_are_not_kept():
    settings, simulate = toys.toy(waves=1)

    def deceiving(vectors, first):
        outcomes = simulate(vectors, first)
        if first >= settings.points:
            for outcome in outcomes:
                outcome.values[:] = 9.0
        return outcomes

    with pytest.raises(NothingLeft, match="verification"):
        calibrate(settings, deceiving)


def test_calibrated_numbers_have_three_digits_and_lie_in_their_range():
    settings, _ = toys.toy()
    vector = settings.vector([0.123456] * 7)
    assert vector["toy.p0"] == 1.25
    assert rounded(0.00123456) == 0.00123
    log = Factor("x", 1.0, 100.0, scale="log")
    assert share_of(log, 10.0) == pytest.approx(0.5)


def test_log_outputs_have_a_floor():
    output = Output("F", "m", 0.05, 0.2, "log", 0.01)
    assert output.bent(0.0) == math.log(0.01)
    assert output.straight(output.bent(0.1)) == pytest.approx(0.1)


# --- settings -------------------------------------------------------------------------------------


def test_the_shipped_settings_use_the_calibrated_facts_only():
    settings = read_settings()
    assert {output.fact for output in settings.outputs} <= {
        "S01",
        "S02",
        "S04",
        "S10",
        "S17",
        "S19",
        "S29",
        "S33",
    }
    assert {"S01", "S02", "S04", "S10", "S17", "S19", "S33"} <= {output.fact for output in settings.outputs}
    assert 10 <= len(settings.factors) <= 40
    assert all(output.reason for output in settings.outputs)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("encounters.quarrel", "encounters.quarel", "nearest encounters.quarrel"),
        ("measure: sanctioned_share", "measure: serious_share", "a measure of a Cal fact"),
    ],
)
def test_settings_that_name_what_is_not_there_are_refused(tmp_path, old, new, said):
    from experiments.calibration.settings import DATA

    path = tmp_path / "calibration.yaml"
    path.write_text(DATA.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        read_settings(path)


# --- the set file -------------------------------------------------------------------------------------


@pytest.fixture
def written(found, tmp_path):
    data = plausible.described(found)
    path = tmp_path / "plausible.json"
    path.write_text(plausible.as_text(data), encoding="utf-8")
    return path


def test_a_set_reads_back_as_it_was_written(found, written):
    loaded = load_plausible(written)
    assert list(loaded.vectors) == found.vectors
    assert loaded.medoid == found.vectors[found.medoid]
    assert loaded.about["seed"] == found.settings.seed
    assert loaded.about["waves"][0]["emulators"]


def test_the_file_has_one_line_per_vector(found, written):
    lines = written.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("  [") for line in lines) >= 2 * len(found.shares)


def test_fewer_vectors_are_the_first_of_more_and_start_with_the_medoid(written):
    loaded = load_plausible(written)
    five = loaded.some(5)
    assert five[0] == loaded.medoid
    assert loaded.some(3) == five[:3]
    assert len(loaded.some(10_000)) == len(loaded.vectors)
    assert len({json.dumps(vector) for vector in five}) == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "0.0.1"}, "made by model version 0.0.1"),
        ({"schema": 99}, "schema 99"),
        ({"fingerprint": "0" * 64}, "another model version"),
        ({"kind": "something"}, "not a set of plausible vectors"),
        ({"vectors": [[1.0]]}, "damaged"),
        ({"medoid": 10_000}, "damaged"),
    ],
)
def test_a_set_of_another_model_or_a_damaged_one_is_refused_in_one_line(written, change, said):
    data = json.loads(written.read_text(encoding="utf-8"))
    written.write_text(json.dumps({**data, **change}), encoding="utf-8")
    with pytest.raises(Refused, match=said) as error:
        load_plausible(written)
    assert error.value.code == exits.BAD_INPUT
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_what_is_no_set_at_all_is_refused(tmp_path, text):
    path = tmp_path / "plausible.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused):
        load_plausible(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read"):
        load_plausible(tmp_path / "none.json")


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A copy of a model of one file, which a test may edit."""
    folder = tmp_path / "sim"
    folder.mkdir()
    path = folder / "needs.py"
    path.write_text(
        '"""Text."""\ndeclare("tau", 12, "days", (1, 20), (6, 25), "speed", "SDT")\n'
        'declare("base", 0.4, "0-1", (0, 1), (0.1, 0.5), "level", "SDT")\nx = 1\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(plausible, "SIM", folder)
    monkeypatch.setattr(plausible, "SCENARIOS", ())
    return path


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('"""Text."""', '"""Other text."""', True),
        ("x = 1", "x  =  1  # why", True),
        ('"tau", 12', '"tau", 14', True),
        ('"speed", "SDT"', '"pace", "Deci & Ryan 2000"', True),
        ("(6, 25)", "(6, 30)", False),
        ('"base", 0.4', '"base", 0.5', False),
        ("x = 1", "x = 2", False),
        ('"days"', '"weeks"', False),
    ],
)
def test_the_fingerprint_changes_with_what_the_model_does_and_with_nothing_else(model, old, new, same):
    before = fingerprint(["needs.tau"])
    model.write_text(model.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert (fingerprint(["needs.tau"]) == before) is same


def test_the_default_of_a_parameter_that_is_not_calibrated_counts(model):
    assert fingerprint(["needs.tau"]) != fingerprint([])
