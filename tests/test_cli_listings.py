"""The command line end to end: listings, check, show, new, exit codes and streams."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenarios import dump, library, load
from sim.mechanisms import NAMES
from sim.parameters import registry
from sim.version import SCHEMA

ROOT = Path(__file__).resolve().parent.parent
DETENTION = [sys.executable, "-m", "experiments.cli"]
COMMANDS = (
    "run",
    "compare",
    "compile",
    "check",
    "show",
    "scenarios",
    "parameters",
    "mechanisms",
    "practices",
    "indicators",
    "new",
    "validate",
    "bench",
    "ablate",
    "calibrate",
    "sweep",
    "sensitivity",
    "needed",
    "selftest",
)
LISTINGS = ("parameters", "mechanisms", "indicators", "practices", "scenarios")


@pytest.fixture
def environment():
    folders = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}


@pytest.fixture
def detention(tmp_path, environment):
    """Run the command in an empty folder; return the finished process."""

    def detention(*arguments, **options):
        return subprocess.run(
            [*DETENTION, *arguments],
            cwd=tmp_path,
            env={**environment, **options},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    return detention


def test_help_names_every_command_and_what_it_is_for(detention):
    done = detention("--help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = done.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert tuple(re.findall(r"^  (\w+) +\S", listed, re.MULTILINE)) == COMMANDS
    assert "..." not in listed, "a summary is too long for one line"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(detention, name):
    done = detention(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Usage: detention {name}" in done.stdout


def test_help_imports_nothing_heavy(environment):
    code = (
        "import sys; from experiments.cli import run; run(['--help']);"
        "heavy = ('numpy', 'scenarios', 'ruamel', 'pydantic', 'rich.console');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("arguments", [(name, "--json") for name in LISTINGS] + [("show", "dutch-prison")])
def test_no_listing_imports_the_compiler_or_other_heavy_packages(environment, arguments):
    code = (
        f"import sys; from experiments.cli import run; code = run({list(arguments)!r});"
        "heavy = ('numba', 'mesa', 'scipy', 'matplotlib', 'pandas', 'networkx');"
        "print(code, [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("\n0 []\n")


def test_the_version_is_shown_with_the_commit(detention):
    done = detention("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("detention-climate 0.")
    assert "(commit " in done.stdout


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_as_json_says_what_produced_it(detention, name):
    done = detention(name, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout, parse_constant=pytest.fail)
    assert list(answer) == ["schema", "command", "version", "commit", "items"]
    assert (answer["schema"], answer["command"]) == (SCHEMA, name)


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_for_people_is_text_on_stdout(detention, name):
    done = detention(name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_the_listings_are_complete(detention):
    def names(command, key):
        return [item[key] for item in json.loads(detention(command, "--json").stdout)["items"]]

    assert names("parameters", "path") == list(registry())
    assert names("mechanisms", "name") == list(NAMES)
    assert names("scenarios", "name") == [entry.name for entry in library()]
    assert names("practices", "name") == []


def test_practices_says_in_plain_words_that_there_are_none(detention):
    assert detention("practices").stdout.startswith("No practices exist yet")


def test_the_schema_of_scenario_files_is_printed(detention):
    schema = json.loads(detention("scenarios", "--schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_check_says_fine_and_how_large(detention):
    done = detention("check", "dutch-prison", "matched-30x12+relational", "--set", "run.days=30")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n")[:2] == [
        "dutch-prison: fine, 15 units, 345 places",
        "matched-30x12+relational: fine, 30 units, 360 places",
    ]


def test_check_reports_every_reference_and_exits_with_2(detention):
    done = detention("check", "dutch-prison", "dutch-prisn", "--json")
    assert done.returncode == 2
    assert done.stderr == (
        "command line:1:1: scenario: got dutch-prisn; "
        "allowed a name listed by 'detention scenarios' or a FILE.yaml; nearest dutch-prison\n"
    )
    fine, wrong = json.loads(done.stdout)["items"]
    assert fine == {"reference": "dutch-prison", "valid": True, "errors": [], "units": 15, "places": 345}
    (error,) = wrong["errors"]
    assert (wrong["valid"], error["key"], error["nearest"]) == (False, "scenario", "dutch-prison")


def test_show_names_units_choices_and_the_source_of_numbers(detention):
    done = detention("show", "dutch-prison+lock-up", "--off", "strain")
    assert done.returncode == 0
    assert "345 places in 15 units on 1 site" in done.stdout
    assert "unit-1 .. unit-15: 23 places, prison regime" in done.stdout
    assert "mechanisms off: strain" in done.stdout
    assert "SPACE 2016: 1.7 residents per employee of all kinds" in done.stdout
    assert "flow.expected_fairness" not in done.stdout
    assert "flow.expected_fairness" in detention("show", "dutch-prison", "--all").stdout


def test_show_as_json_has_the_specification_and_a_row_per_number(detention):
    answer = json.loads(detention("show", "dutch-prison", "--json").stdout)
    assert answer["specification"]["values"]["staffing.residents_per_employee"] == 1.7
    assert {item["path"] for item in answer["items"]} >= set(registry())


def test_show_as_yaml_can_be_checked_again(detention, tmp_path):
    text = detention("show", "detention-house", "--yaml").stdout
    assert text == dump(load("detention-house"))
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    assert detention("check", "again.yaml").returncode == 0


def test_new_writes_a_file_that_equals_its_base_until_it_is_changed(detention, tmp_path, monkeypatch):
    done = detention("new", "mine", "--from", "detention-house")
    assert (done.returncode, done.stdout) == (0, "mine.yaml\n")
    monkeypatch.chdir(tmp_path)
    assert load("mine.yaml").values == load("detention-house").values
    assert load("mine.yaml").units == load("detention-house").units


def test_what_new_comments_out_may_be_used(detention, tmp_path, monkeypatch):
    detention("new", "mine")
    monkeypatch.chdir(tmp_path)
    lines = (tmp_path / "mine.yaml").read_text(encoding="utf-8").split("\n")
    prose = ("# Below", "# out is", "# A number")
    used = [line if line.startswith(prose) else line.removeprefix("# ") for line in lines]
    (tmp_path / "mine.yaml").write_text("\n".join(used), encoding="utf-8")
    found = load("mine.yaml")
    assert [unit.name for unit in found.units] == ["unit-1", "unit-2"]
    assert found.values["residents.occupancy"] == 0.9
    assert found.mechanisms["strain"] is False


def test_new_says_when_the_library_has_the_name_too(detention):
    """A file named like a library scenario is written, with one line on how to refer to it."""
    done = detention("new", "detention-house")
    assert (done.returncode, done.stdout) == (0, "detention-house.yaml\n")
    wanted = (
        "note: the library has a scenario detention-house too; refer to this file as detention-house.yaml\n"
    )
    assert done.stderr == wanted
    assert detention("new", "mine").stderr == ""


def test_new_from_a_scenario_with_overlays_writes_it_out_in_full(detention, tmp_path, monkeypatch):
    detention("new", "mine", "--from", "dutch-prison+relational")
    monkeypatch.chdir(tmp_path)
    found = load("mine.yaml")
    assert found.name == "mine"
    assert found.values == load("dutch-prison+relational").values


def test_new_does_not_overwrite(detention, refused, tmp_path):
    detention("new", "mine")
    before = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert refused("new", "mine", "--from", "detention-house") == [
        (
            "command line:1:1: name: got mine.yaml, which exists; "
            "allowed the name of a file that does not exist yet"
        ),
    ]
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == before


def test_new_refuses_names_that_are_paths(refused, tmp_path):
    (line,) = refused("new", "../mine")
    assert line.startswith('command line:1:1: name: got "../mine"; allowed a name of letters')
    assert not (tmp_path.parent / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "command: got nothing; allowed run, compare, {}"),
        (["shw"], "command: got shw; allowed run, compare, {}; nearest show"),
        (["parameters", "--jsn"], "option: got --jsn; allowed --json, --help; nearest --json"),
        (["--versoin"], "option: got --versoin; allowed --version, --help; nearest --version"),
        (["check"], "SCENARIO: got nothing; allowed NAME, FILE.yaml or SCENARIO+OVERLAY+..."),
        (["run", "x", "--workers", "0"], "--workers: got 0; allowed a whole number from 1{}"),
        (["run", "x", "--seed=-1"], "--seed: got -1; allowed a whole number from 0{}"),
        (["run", "x", "--days", "x\ny"], r"--days: got x\ny; allowed a whole number from 1 to 36500"),
        (["sweep", "x", "--timeout", "soon"], "--timeout: got soon; allowed a number{}"),
        (["check", "x", "--set"], "--set: got no value; allowed a value after it"),
        (["parameters", "--json=3"], "--json: got a value; allowed no value"),
        (["parameters", "needs"], "argument: got needs; allowed no further arguments"),
        (["show", "dutch-prison", "-q"], "option: got -q; allowed {}"),
        (["show", "dutch-prison", "--json", "--yaml"], "--yaml: got --json and --yaml; allowed one of them"),
        (["run", "x", "--days", "abc"], "--days: got abc; allowed a whole number from 1 to 36500"),
        (["run", "x", "--replicates", "0"], "--replicates: got 0; allowed a whole number from 1 to 100000"),
        (["run", "x", "--network-day", "-1"], "--network-day: got -1; allowed a whole number from 0"),
        (["needed", "x", "--relative", "5%"], "--relative: got 5%; allowed a number"),
    ],
)
def test_a_usage_error_is_one_line_and_exit_code_2(refused, arguments, expected):
    (line,) = refused(*arguments)
    start, _, end = expected.partition("{}")
    assert line.startswith(f"command line:1:1: {start}")
    assert line.endswith(end)


def test_errors_of_a_file_are_lines_on_stderr(refused, tmp_path):
    (tmp_path / "a.yaml").write_text("name: a\nresidents: {occupancy: 2}\nfacility: {}\n", encoding="utf-8")
    assert refused("show", "a.yaml") == [
        "a.yaml:2:24: residents.occupancy: got 2; allowed a number from 0 to 1 (share of places)",
    ]


def test_arguments_that_are_no_text_are_refused_in_one_line(tmp_path, environment):
    done = subprocess.run(
        [*map(os.fsencode, DETENTION), b"check", b"\xff\n.yaml"],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == rb"\udcff\n.yaml:1:1: file: got no such file; allowed a readable YAML file" + b"\n"


def test_results_are_utf_8_whatever_the_locale(detention, tmp_path):
    text = "name: a\ntitle: Maison d’arrêt – 刑務所\nfacility: {units: [{name: é, places: 1}]}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    done = detention("show", "a.yaml", "--json", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert json.loads(done.stdout)["specification"]["title"] == "Maison d’arrêt – 刑務所"


def test_an_internal_error_is_one_line_and_exit_code_1(environment):
    code = (
        "import sys; from experiments import cli\n"
        "def broken(): raise RuntimeError('first\\nsecond')\n"
        "cli.app.command()(broken); cli.main(['broken'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "internal error: RuntimeError: first second (DETENTION_DEBUG=1 shows where)\n"


def test_a_failure_ends_with_its_own_exit_code(environment):
    code = (
        "from experiments import cli, exits\n"
        "def busy(): raise exits.Failure('results/x: in use', exits.IN_USE)\n"
        "cli.app.command()(busy); cli.main(['busy'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (4, "results/x: in use\n")


WAITING = (
    "import time; from experiments import cli\n"
    "def wait():\n"
    "    try:\n"
    "        print('ready', flush=True); time.sleep(30)\n"
    "    finally: print('tidied', flush=True)\n"
    "cli.app.command()(wait); cli.main(['wait'])"
)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_command_tidily_with_its_own_exit_code(environment, number, code):
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (code, "tidied\n", "")


def test_a_reader_that_stops_early_is_no_error(tmp_path, environment):
    process = subprocess.Popen(
        [*DETENTION, "parameters", "--json"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=20), errors) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_cannot_be_written_is_an_error(tmp_path, environment):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*DETENTION, "parameters"],
            cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
