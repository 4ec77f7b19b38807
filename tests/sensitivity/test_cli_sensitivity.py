"""The command line end to end: ``sensitivity`` and ``needed`` on stored sweeps."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.sensitivity import analyse
from experiments.sweeping.running import Outcome
from experiments.sweeping.sweep import sweep

ROOT = Path(__file__).resolve().parents[2]
FACTORS = {"residents.occupancy": None, "security.relational": None, "staffing.residents_per_employee": None}
OUTPUTS = ["tension", "true_incidents"]
DESIGNS = {
    "morris": {"design": "morris", "samples": 8},
    "saltelli": {"design": "saltelli", "samples": 16},
    "lhs": {"design": "lhs", "samples": 40},
    "one-at-a-time": {"design": "one-at-a-time"},
}


def toy(task, _going):
    """A run whose tension rises with occupancy; in one corner the first replicate fails."""
    values = task.specification.values
    point = [round(1e6 * values[path]) for path in FACTORS]
    random = np.random.default_rng([task.seed, task.replicate, *point])
    if task.replicate == 0 and values["security.relational"] > 0.9:
        raise ArithmeticError("toy failure")
    tension = 0.5 * values["residents.occupancy"] - 0.05 * values["security.relational"]
    return Outcome(
        (tension + 0.003 * random.standard_normal(), 8.0 * random.poisson(3)), (100.0, 0.125), "00"
    )


def broken(task, _going):
    raise ArithmeticError(f"no run of {task.specification.name} goes well")


def stored(folder, design, runner=toy, **changes):
    wanted = {
        "scenarios": ["detention-house"],
        **({} if "points" in changes else {"factors": FACTORS}),
        "replicates": 3,
        "outputs": OUTPUTS,
        "seed": 5,
        **design,
        **changes,
    }
    sweep(wanted, folder, workers=1, progress=False, runner=runner)
    return folder


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory):
    """Return the folder with a stored sweep per design, by name."""
    parent = tmp_path_factory.mktemp("sweeps")
    for name, design in DESIGNS.items():
        stored(parent / name, design)
    return parent


@pytest.fixture
def refused(refused):
    """Run a command that must be refused; return its only error line."""

    def only(*arguments):
        (line,) = refused(*arguments)
        return line

    return only


# --- sensitivity -------------------------------------------------------------------------------------


def test_a_stored_sweep_is_analysed_and_written_down(detention, sweeps, tmp_path):
    done = detention("sensitivity", sweeps / "morris", "--out", "found")
    assert (done.returncode, done.stderr) == (0, "")
    assert "morris on a morris design, 3 factors, 32 points" in done.stdout
    assert "of 96 runs finished; " in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[0].endswith(" failed")
    files = {path.relative_to(tmp_path / "found").as_posix() for path in (tmp_path / "found").rglob("*.*")}
    assert {"answer.json", "sensitivity.csv", "report.txt", "figures/morris-tension.svg"} <= files
    answer = json.loads((tmp_path / "found/answer.json").read_text(encoding="utf-8"))
    assert answer["analyses"][1]["factors"][0]["factor"] == "residents.occupancy"
    assert (tmp_path / "found/report.txt").read_text(encoding="utf-8") in done.stdout + "\n"


@pytest.mark.parametrize(("name", "method"), [("saltelli", "sobol"), ("lhs", "pawn"), ("one-at-a-time",) * 2])
def test_every_design_is_analysed_with_its_method(detention, sweeps, name, method, tmp_path):
    done = detention("sensitivity", sweeps / name, "--indicator", "tension", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["command"], answer["method"]) == ("sensitivity", method)
    (analysis,) = answer["analyses"]
    assert analysis["factors"][0]["factor"] == "residents.occupancy"
    assert analysis["factors"][0]["clear"] is True
    assert not list(tmp_path.iterdir()), "with --json nothing is written unless asked for"


def test_the_same_command_gives_the_same_bytes(detention, sweeps):
    first, second = (detention("sensitivity", sweeps / "lhs", "--json").stdout for _ in range(2))
    assert first == second


def test_another_analysis_in_the_folder_is_not_overwritten(detention, sweeps, tmp_path):
    detention("sensitivity", sweeps / "lhs", "--out", "found", "--indicator", "tension")
    done = detention("sensitivity", sweeps / "morris", "--out", "found")
    assert done.returncode == 4
    again = detention("sensitivity", sweeps / "morris", "--out", "found", "--force")
    assert again.returncode == 0
    assert (tmp_path / "found/figures/morris-tension.svg").exists()


def test_a_list_is_analysed_with_its_own_points(detention, tmp_path):
    points = [{"residents.occupancy": round(0.8 + 0.005 * k, 3)} for k in range(30)]
    folder = stored(tmp_path / "list", {}, points=points)
    done = detention("sensitivity", folder, "--indicator", "tension", "--json")
    assert json.loads(done.stdout)["analyses"][0]["factors"][0]["clear"] is True


def test_shards_are_read_together(detention, tmp_path):
    for index in (1, 2):
        wanted = {"scenarios": ["detention-house"], "factors": FACTORS, "outputs": OUTPUTS, **DESIGNS["lhs"]}
        sweep(
            {**wanted, "replicates": 2},
            tmp_path / "parts",
            shard=(index, 2),
            workers=1,
            progress=False,
            runner=toy,
        )
    done = detention("sensitivity", tmp_path / "parts", "--json", "--indicator", "tension")
    assert json.loads(done.stdout)["runs"]["runs"] == 80


def test_wrong_words_are_refused_in_one_line(refused, sweeps):
    line = refused("sensitivity", sweeps / "lhs", "--indicator", "tensoin")
    assert line.startswith("command line:1:1: --indicator: got tensoin; allowed one of the 2 indicators in ")
    assert line.endswith("; nearest tension")
    line = refused("sensitivity", sweeps / "lhs", "--method", "sobl")
    assert line.endswith("got sobl; allowed morris, sobol, pawn, one-at-a-time; nearest sobol")
    line = refused("sensitivity", sweeps / "lhs", "--method", "morris")
    assert line.endswith("; allowed pawn")


@pytest.mark.parametrize("command", ["sensitivity", "needed"])
def test_a_folder_without_a_sweep_is_refused(refused, command, tmp_path):
    (tmp_path / "empty").mkdir()
    assert refused(command, "empty") == "empty: is no folder of a sweep (no manifest.json)"


def test_a_damaged_part_is_refused(refused, tmp_path):
    folder = stored(tmp_path / "damaged", DESIGNS["lhs"])
    part = next((folder / "parts").iterdir())
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    assert "does not match its checksum" in refused("sensitivity", folder)


def test_when_all_runs_failed_one_line_says_so(refused, tmp_path):
    folder = stored(tmp_path / "broken", DESIGNS["morris"], runner=broken)
    line = refused("sensitivity", folder)
    assert line.startswith(f"{folder}:1:1: morris: got 0 of 8 elementary effects")


def test_the_library_gives_the_answer_of_the_command(detention, sweeps):
    result = analyse(sweeps / "morris", indicators=["tension"])
    printed = detention("sensitivity", sweeps / "morris", "--indicator", "tension", "--json").stdout
    assert result.json() + "\n" == printed
    assert result.frame()["factor"][0] == "residents.occupancy"


# --- needed ------------------------------------------------------------------------------------------


def test_a_sweep_is_a_pilot(detention, sweeps):
    done = detention(
        "needed", sweeps / "morris", "--half-width", "0.0006", "--indicator", "tension", "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    (item,) = json.loads(done.stdout)["items"]
    # Noise of 0.003: (1.96 x 0.003 / 0.0006)^2 = 96.
    assert item["low"] < 96 < item["high"]
    assert item["replicates"] == pytest.approx(98, abs=25)
    assert (item["rule"], item["wanted_half_width"]) == ("spread", 0.0006)


def test_points_of_a_sweep_are_set_against_each_other(detention, sweeps):
    done = detention("needed", sweeps / "one-at-a-time", "--contrast", "1,0", "--indicator", "tension")
    assert done.returncode == 0
    assert "1 minus 0: pilot of" in done.stdout


def test_a_run_folder_and_a_new_pilot_agree(detention):
    options = ["--days", "20", "--burn-in", "0", "--replicates", "4", "--seed", "3"]
    assert detention("run", "detention-house", *options, "--out", "pilot").returncode == 0
    asked = ["--indicator", "tension", "--relative", "0.05", "--json"]
    saved = json.loads(detention("needed", "pilot", *asked).stdout)["items"][0]
    fresh = json.loads(detention("needed", "detention-house", *options, *asked).stdout)["items"][0]
    for key in ("replicates", "low", "high"):
        assert saved[key] == fresh[key]
    assert fresh["pilot"]["n"] == 4


def test_a_comparison_is_a_pilot_for_its_difference(detention):
    options = ["--days", "20", "--burn-in", "0", "--replicates", "3"]
    done = detention("compare", "detention-house", "dutch-prison", *options, "--out", "pair")
    assert done.returncode == 0
    asked = ["--indicator", "tension", "--json"]
    saved = detention("needed", "pair", "--contrast", "detention-house,dutch-prison", *asked)
    fresh = detention("needed", "detention-house", "--contrast", "dutch-prison", *options, *asked)
    one, other = (json.loads(done.stdout)["items"][0] for done in (saved, fresh))
    assert (one["of"], one["replicates"]) == (other["of"], other["replicates"])
    assert one["of"] == "detention-house minus dutch-prison"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--relative", "0"], "--relative: got 0; allowed a number above 0"),
        (["--half-width", "nan"], "--half-width: got nan; allowed a number above 0"),
        (
            ["--half-width", "1", "--relative", "0.1"],
            "--relative: got 0.1 and --half-width 1; allowed one of the two",
        ),
        (["--days", "20"], "--days: got it with a folder; allowed --days with a scenario only"),
        (["--contrast", "1"], "--contrast: got 1; allowed two sides with a comma between them: A,B"),
    ],
)
def test_wrong_options_of_needed_are_refused(refused, sweeps, options, line):
    assert refused("needed", sweeps / "lhs", *options) == f"command line:1:1: {line}"


def test_a_scenario_beside_itself_is_refused(refused):
    line = refused("needed", "detention-house", "--contrast", "detention-house")
    assert line.endswith("--contrast: got detention-house; allowed another scenario than PILOT")


def test_an_unknown_indicator_of_a_scenario_is_refused_before_anything_runs(refused):
    assert "--indicator: got tensoin;" in refused("needed", "detention-house", "--indicator", "tensoin")


# --- the real model ----------------------------------------------------------------------------------

REAL = """\
scenarios: [detention-house]
days: 20
burn_in_days: 0
design: morris
samples: 4
factors:
  residents.occupancy:
  security.relational: {low: 0.1, high: 0.9}
replicates: 2
outputs: [tension, true_incidents]
"""


def test_from_a_design_file_to_indices_and_a_plan(detention, tmp_path):
    (tmp_path / "design.yaml").write_text(REAL, encoding="utf-8")
    assert detention("sweep", "design.yaml", "--out", "swept").returncode == 0
    done = detention("sensitivity", "swept", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["runs"] == {"runs": 24, "ok": 24}
    assert [a["indicator"] for a in answer["analyses"]] == ["true_incidents", "tension"]
    assert {row["factor"] for row in answer["analyses"][1]["factors"]} == {
        "residents.occupancy",
        "security.relational",
    }
    done = detention("needed", "swept", "--indicator", "tension")
    assert "pilot of 2 replicates at each of 12 points" in done.stdout
