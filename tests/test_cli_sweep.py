"""The command ``sweep``, used and misused as people do: resumed, killed, interrupted, sharded."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[1]
DESIGN = """\
scenarios: [tiny.yaml]
days: 30
burn_in_days: 10
factors: {residents.occupancy: [0.5, 0.75, 1.0]}
replicates: REPLICATES
outputs: [true_incidents, tension]
"""
TINY = "name: tiny\nfacility: {units: [{name: unit, places: 4}], graph: {generator: none}, shared: 0}\n"
LONG = 4000
"""Replicates of a sweep that lasts until somebody stops it."""


@pytest.fixture
def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def started(tmp_path, environment):
    """Start the command in a folder with a design; it is killed at the latest when the test ends."""
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    running = []

    def started(*arguments, replicates=4):
        text = DESIGN.replace("REPLICATES", str(replicates))
        (tmp_path / "staff.yaml").write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "experiments", "sweep", "staff.yaml", *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def sweep(started):
    """Run the command to its end; return its exit code and streams."""

    def sweep(*arguments, replicates=4):
        process = started(*arguments, replicates=replicates)
        out, err = process.communicate(timeout=240)
        assert "Traceback" not in err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    return sweep


def answer(done):
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def wait_for_parts(folder, number=1):
    """Wait until a sweep has written parts."""
    deadline = time.monotonic() + 120
    while len(list(folder.glob("parts/*.parquet"))) < number:
        assert time.monotonic() < deadline, "no part"
        time.sleep(0.02)


def children_of(pid):
    """Return the processes whose parent is ``pid``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_sweep_tells_its_points_and_goes_on_where_it_stopped(sweep, tmp_path):
    done = sweep("--out", "kept")
    assert done.returncode == 0
    assert "grid over tiny: 12 runs (12 ok)" in done.stdout
    assert "residents.occupancy" in done.stdout
    again = sweep("--out", "kept", replicates=6)
    assert "12 runs are finished, 6 are left" in again.stderr
    assert sum(pq.read_metadata(path).num_rows for path in tmp_path.glob("kept/parts/*.parquet")) == 18


def test_json_is_one_object_and_without_out_no_file_is_left(sweep, tmp_path):
    found = answer(sweep("--json"))
    assert list(found)[:4] == ["schema", "command", "version", "commit"]
    assert (found["command"], found["runs"], found["ok"], found["folder"]) == ("sweep", 12, 12, None)
    assert len(found["pooled"]) == 3
    assert {path.name for path in tmp_path.iterdir()} == {"tiny.yaml", "staff.yaml"}
    kept = answer(sweep("--json", "--out", "kept"))
    assert kept["digest"] == found["digest"]
    assert (tmp_path / "kept" / "manifest.json").exists()


def test_without_out_the_folder_is_named_by_the_design_and_serves_its_extensions(sweep, tmp_path):
    assert sweep().returncode == 0
    assert sweep(replicates=5).returncode == 0
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("sweep-staff-1-")


def test_a_dry_run_says_runs_time_and_disk_and_writes_nothing(sweep, tmp_path):
    done = sweep("--dry-run", "--out", "kept")
    assert done.returncode == 0
    assert "3 points (grid, 1 scenario): 12 runs, 0 of them finished" in done.stdout
    assert "of disk" in done.stdout
    assert not (tmp_path / "kept").exists()
    sweep("--out", "kept")
    found = answer(sweep("--dry-run", "--out", "kept", "--json", replicates=6))
    assert (found["runs"], found["finished"], found["dry_run"]) == (18, 12, True)
    assert found["seconds"] >= 0
    assert found["disk_bytes"] > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--shard", "3/2", "--out", "kept"), "command line:1:1: --shard: got 3/2; allowed I/N"),
        (("--shard", "1/٣", "--out", "kept"), "command line:1:1: --shard: got 1/٣; allowed I/N"),
        (("--shard", "x", "--out", "kept"), "command line:1:1: --shard: got x; allowed I/N"),
        (("--shard", "1/2"), "command line:1:1: --shard: got 1/2; allowed --shard together with --out"),
        (
            ("--executor", "thread"),
            "command line:1:1: --executor: got thread; allowed threads, processes; nea",
        ),
        (("--memory", "500"), "command line:1:1: --memory: got executor threads; allowed --memory with"),
        (("--timeout", "0"), "command line:1:1: --timeout: got 0; allowed a number of seconds above 0"),
        (("--timeout", "nan"), "command line:1:1: --timeout: got nan;"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_one_line(sweep, arguments, told):
    done = sweep(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_a_design_that_is_refused_says_where(sweep):
    done = sweep("--out", "kept", replicates=0)
    assert done.returncode == 2
    assert done.stderr == "staff.yaml:5:13: replicates: got 0; allowed a whole number from 1 to 100000\n"


def test_runs_that_take_too_long_are_rows_and_the_exit_code_says_so(sweep):
    done = sweep("--out", "kept", "--timeout", "1e-9", "--json")
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert (found["timeout"], found["ok"], found["complete"]) == (12, 0, False)
    assert {failure["status"] for failure in found["failures"]} == {"timeout"}


def test_shards_are_commands_of_their_own(sweep):
    first, second = (answer(sweep("--out", "kept", "--shard", f"{k}/2", "--json")) for k in (1, 2))
    assert first["runs"] + second["runs"] == 12
    assert answer(sweep("--out", "kept", "--json"))["digest"] == answer(sweep("--json"))["digest"]


def test_a_second_writer_is_refused_with_exit_code_4(started, sweep, tmp_path):
    started("--out", "kept", replicates=LONG)
    wait_for_parts(tmp_path / "kept")
    second = sweep("--out", "kept", replicates=LONG)
    assert second.returncode == 4
    assert second.stderr.startswith("kept: in use by another sweep (process ")
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize("executor", ["threads", "processes"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_stop_a_sweep_ends_soon_without_a_traceback_and_goes_on_later(
    started, sweep, tmp_path, number, code, executor
):
    process = started("--out", "kept", "--executor", executor, replicates=LONG)
    wait_for_parts(tmp_path / "kept", 2)
    asked = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - asked < 5  # 2 s, and as much again for a machine that is busy
    assert process.returncode == code
    assert "Traceback" not in err
    stored = sum(pq.read_metadata(path).num_rows for path in tmp_path.glob("kept/parts/*.parquet"))
    assert 10 < stored < 3 * LONG
    assert not list(tmp_path.glob("kept/**/.writing-*"))
    found = answer(sweep("--out", "kept", "--dry-run", "--json", replicates=LONG))
    assert found["finished"] == stored


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_killed_without_warning_a_sweep_loses_and_doubles_nothing_and_leaves_no_orphans(
    started, sweep, tmp_path, executor
):
    process = started("--out", "kept", "--executor", executor, replicates=100)
    wait_for_parts(tmp_path / "kept")
    workers = children_of(process.pid)
    assert len(workers) == (0 if executor == "threads" else len(os.sched_getaffinity(0)))
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 5
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))
    done = answer(sweep("--out", "kept", "--json", replicates=100))
    whole = answer(sweep("--json", replicates=100))
    assert (done["runs"], done["ok"]) == (300, 300)
    assert done["digest"] == whole["digest"]


def test_help_of_sweep_imports_nothing_heavy(environment):
    code = (
        "import sys; from experiments.cli import run; run(['sweep', '--help']);"
        "print([m for m in ('numpy', 'pandas', 'pyarrow', 'numba', 'scipy', 'mesa') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("[]")
