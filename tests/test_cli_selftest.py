"""The command ``selftest``: what it prints, writes, refuses, and that it tidies up when it is stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEYS = [
    "id",
    "tried",
    "lost",
    "duplicated",
    "silent",
    "traceback",
    "orphans",
    "worst_seconds",
    "passed",
]


@pytest.fixture
def environment(tmp_path):
    """Return an environment in which temporary folders are made in a folder of the test."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    folders = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders), "TMPDIR": str(temporary)}


@pytest.fixture
def selftest(tmp_path, environment):
    def selftest(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "experiments", "selftest", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    return selftest


def test_the_answer_is_one_object_with_the_keys_of_every_check_and_is_written_too(selftest, tmp_path):
    done = selftest("--quick", "--checks", "design-files,cut", "--json", "--out", "found.json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer) == ["schema", "command", "version", "commit", "checks"]
    assert answer["command"] == "selftest"
    assert [list(check) for check in answer["checks"]] == [KEYS, KEYS]
    assert [(check["id"], check["tried"]) for check in answer["checks"]] == [
        ("design-files", 60),
        ("cut", 20),
    ]
    assert all(check["passed"] is True for check in answer["checks"])
    assert (tmp_path / "found.json").read_text(encoding="utf-8") == done.stdout
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_table_has_a_line_per_check_and_progress_goes_to_stderr(selftest):
    done = selftest("--quick", "--checks", "design-files")
    assert done.returncode == 0
    heading, line = done.stdout.splitlines()
    assert heading.split() == [
        *("check", "tried", "lost", "duplicated", "silent", "traceback", "orphans"),
        *("worst", "s", "passed"),
    ]
    assert line.split()[:7] == ["design-files", "60", "0", "0", "0", "0", "0"]
    assert line.split()[-1] == "yes"
    assert "design-files: 60 tried, passed, " in done.stderr


def test_a_check_that_fails_is_told_and_the_exit_code_is_3(tmp_path, environment):
    script = tmp_path / "broken.py"
    script.write_text(
        "from experiments.selftesting import files\n"
        "def careless(path):\n    raise KeyError('units')\n"
        "files.load = careless\n"
        "from experiments.cli import main\nmain()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script), "selftest", "--quick", "--checks", "scenario-files"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 3
    assert done.stdout.splitlines()[1].split()[-1] == "NO"
    assert "scenario-files: 60 tried, FAILED" in done.stderr
    assert "  a sound file: raised KeyError: 'units'" in done.stderr
    assert "and " in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (
            ("--checks", "kil"),
            2,
            "command line:1:1: --checks: got kil; allowed kill, cut, flip, raise, hang, second-writer, i",
        ),
        (("--checks", ""), 2, "command line:1:1: --checks: got nothing; allowed kill, "),
        (("--out", "temporary"), 4, "temporary: is a folder, not a file\n"),
        (("--out", "none/found.json"), 1, "none/found.json: cannot be written (no folder to write to)\n"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_tried(selftest, arguments, code, told):
    done = selftest(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_leaves_no_folder_and_no_process(tmp_path, environment, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", "selftest", "--checks", "terminate"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        place = tmp_path / "temporary"
        deadline = time.monotonic() + 120
        while not list(place.glob("*/terminate-0/lock")):
            assert time.monotonic() < deadline, "no sweep was started"
            time.sleep(0.02)
        assert processes_below(place) or not Path("/proc").exists(), "they would not be found"
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    assert list(place.iterdir()) == []
    assert processes_below(place) == []


def processes_below(folder):
    """Return the commands of the processes that make their temporary files in a folder, where they show.

    Workers do not name the folder on their command line, but they inherit it in their environment.
    """
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}".encode() in path.read_bytes().split(b"\0"):
                found.append((path.parent / "cmdline").read_bytes())
        except OSError:
            continue
    return found


def test_help_imports_nothing_heavy(environment):
    code = (
        "import sys; from experiments.cli import run; run(['selftest', '--help']);"
        "print([m for m in ('numpy', 'pandas', 'pyarrow', 'numba', 'scipy', 'mesa') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("[]")
