"""Each check finds the defect that it is there for: planted in the command, or in this process."""

import time
from pathlib import Path

import pytest

from experiments.selftesting import failing, files, patience, rewriting, workshop
from experiments.sweeping import folder, processes, reading, threads
from experiments.sweeping.parts import read_part
from experiments.sweeping.running import OK, Report
from scenarios import ScenarioError

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes in /proc")

FORGETFUL = """
from experiments.sweeping.folder import PartsFolder
in_order = PartsFolder.put_in_order
def forgetful(self, identity):
    for path in self.path.glob("parts/*.parquet"):
        path.unlink()
    in_order(self, identity)
PartsFolder.put_in_order = forgetful
"""
REPEATING = """
from experiments.sweeping.store import Store
Store._note = lambda *_: None
"""
HAPHAZARD = """
import os
from experiments.sweeping.store import Store
add = Store.add
def haphazard(self, group, replicate, report):
    object.__setattr__(report.outcome, "digest", str(os.getpid()))
    add(self, group, replicate, report)
Store.add = haphazard
"""
LEAVING = """
import subprocess
subprocess.Popen(["sleep", "60"], start_new_session=True)
"""
CONTENT = """
from experiments import exits
exits.INCOMPLETE = 0
"""
UNLOCKED = """
from experiments.sweeping.locking import Lock
Lock._hold = lambda self, *, alone, seconds: True
"""
CONFUSED = """
from experiments.sweeping.signals import Asked
def confused(self):
    if self.number:
        raise ValueError("what now?")
Asked.raise_if_any = confused
"""
SLOW = """
import time
from experiments.sweeping.signals import Asked
at_once = Asked.raise_if_any
def slow(self):
    if self.number:
        time.sleep(2.5)
        at_once(self)
Asked.raise_if_any = slow
"""
CARELESS = """
import scenarios
def careless(*_, **__):
    raise KeyError("units")
scenarios.load = careless
"""


# --- kills ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_finished_runs_that_are_gone_after_a_kill_are_lost(tallied, broken):
    tally = tallied("kill", broken(FORGETFUL))
    assert tally.lost > 0
    assert not tally.passed


@pytest.mark.slow
def test_runs_that_are_done_and_written_again_are_duplicates(tallied, broken):
    tally = tallied("kill", broken(REPEATING))
    assert tally.duplicated > 0
    assert not tally.passed


@pytest.mark.slow
def test_rows_that_differ_from_those_of_the_undisturbed_sweep_are_found(tallied, broken):
    tally = tallied("kill", broken(HAPHAZARD))
    assert tally.silent > 0
    assert any("other digests than the undisturbed sweep" in finding for finding in tally.findings)


@pytest.mark.slow
@needs_proc
def test_processes_that_outlive_a_killed_sweep_are_orphans(tallied, broken, monkeypatch):
    monkeypatch.setattr(workshop.Workshop.left_over, "__defaults__", (0.2,))
    tally = tallied("kill", broken(LEAVING))
    assert tally.orphans > 0
    assert not tally.passed


# --- damage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cut", "flip"])
def test_damage_that_reading_does_not_check_for_is_found(tallied, monkeypatch, name):
    def believing(place, entry):
        return read_part(place / entry["file"]).replace_schema_metadata(None)

    monkeypatch.setattr(reading, "_checked", believing)
    tally = tallied(name)
    assert tally.traceback > 0  # a Parquet file that is cut is no Parquet file
    assert tally.silent > 0 or name == "cut"
    assert not tally.passed


def test_damage_that_going_on_does_not_check_for_is_found(tallied, monkeypatch):
    monkeypatch.setattr(folder.PartsFolder, "_is_whole", lambda *_: True)
    tally = tallied("flip")
    assert tally.silent + tally.traceback > 0
    assert not tally.passed


# --- runs that fail ------------------------------------------------------------------------------------


def test_a_run_that_raises_and_is_called_fine_is_found(tallied, monkeypatch):
    real = threads.perform

    def hopeful(task, runner, stop):
        report = real(task, runner, stop)
        return report if report.status == OK else Report(task.number, OK, "", 0.1)

    monkeypatch.setattr(threads, "perform", hopeful)
    tally = tallied("raise")
    assert tally.silent > 0
    assert any("runs that went wrong ended as ok" in finding for finding in tally.findings)


def test_a_sweep_that_hides_its_failures_behind_its_exit_code_is_found(tallied, broken):
    tally = tallied("raise", broken(CONTENT))
    assert [finding.partition(" instead")[0] for finding in tally.findings] == [
        "raising-0: the command ended with 0"
    ]


@pytest.mark.slow
def test_a_hung_run_that_is_given_up_too_late_is_found(tallied, monkeypatch):
    monkeypatch.setattr(failing, "DEADLINE_SECONDS", 0.5)
    monkeypatch.setattr(processes, "GRACE_SECONDS", 1.5)
    tally = tallied("hang")
    assert any("was given up only after" in finding for finding in tally.findings)
    assert not tally.passed


def test_a_sweep_that_never_ends_is_not_waited_for(tallied, monkeypatch):
    monkeypatch.setattr(failing, "LONGEST_SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(failing, "sweep", lambda *_, **__: time.sleep(5))
    tally = tallied("hang")
    assert any("HungError: not finished after 0.1 s" in finding for finding in tally.findings)
    assert not tally.passed


def test_waiting_in_time_hands_on_results_and_errors_and_ends():
    assert patience.in_time(lambda: 7, 5.0) == 7
    with pytest.raises(ZeroDivisionError):
        patience.in_time(lambda: 1 // 0, 5.0)
    with pytest.raises(patience.HungError):
        patience.in_time(lambda: time.sleep(5), 0.05)


# --- writers and stops ---------------------------------------------------------------------------------


def test_a_second_writer_that_is_let_in_is_found(tallied, broken, monkeypatch):
    monkeypatch.setattr(workshop, "LONGEST_COMMAND_SECONDS", 6.0)
    tally = tallied("second-writer", broken(UNLOCKED))
    assert any("the second writer ended with -9" in finding for finding in tally.findings)
    assert not tally.passed


@pytest.mark.parametrize("name", ["interrupt", "terminate"])
def test_a_stop_that_ends_in_an_internal_error_is_found(tallied, broken, name):
    tally = tallied(name, broken(CONFUSED))
    assert tally.traceback > 0  # a stop before the sweep listens is the business of the command
    assert not tally.passed


def test_a_stop_that_takes_too_long_is_found(tallied, broken):
    tally = tallied("terminate", broken(SLOW))
    assert tally.worst_seconds > 2.5
    assert any("s to stop" in finding for finding in tally.findings)


def test_a_sweep_that_cannot_even_start_is_found(tallied, broken):
    tally = tallied("interrupt", broken("raise SystemExit('no')"))
    assert any("lock was not written: no" in finding for finding in tally.findings)


# --- files ---------------------------------------------------------------------------------------------


def test_files_that_raise_anything_but_clear_errors_are_found(tallied, monkeypatch):
    def careless(path):
        raise KeyError(path)

    monkeypatch.setattr(files, "load", careless)
    tally = tallied("scenario-files")
    assert tally.traceback >= tally.tried
    assert not tally.passed


def test_a_scenario_that_changes_its_meaning_when_written_is_found(tallied, monkeypatch):
    monkeypatch.setattr(
        files, "dump", lambda one, dump=files.dump: dump(one).replace("openness: 0.9", "openness: 0.8")
    )
    tally = tallied("scenario-files")
    assert tally.silent > 0
    assert any("written anew it is another scenario" in finding for finding in tally.findings)


def test_a_design_that_changes_its_meaning_when_written_is_found(tallied, monkeypatch):
    real = rewriting._keys
    monkeypatch.setattr(rewriting, "_keys", lambda design: {**real(design), "seed": 99})
    tally = tallied("design-files")
    assert tally.silent > 0
    assert any("written anew it is another design" in finding for finding in tally.findings)


def test_refusals_without_a_clear_line_are_found(tallied, monkeypatch):
    def mumbling(_path):
        raise ScenarioError(())

    monkeypatch.setattr(files, "load", mumbling)
    tally = tallied("scenario-files")
    assert tally.silent >= tally.tried


def test_mutations_that_change_nothing_test_nothing(tallied, monkeypatch):
    monkeypatch.setattr(files, "mutated", lambda text, _random: text.encode())
    tally = tallied("design-files")
    assert tally.findings == ["40 of 40 mutated files were taken: such files test nothing"]


def test_a_command_that_breaks_on_a_file_is_found(tallied, broken):
    tally = tallied("files-by-command", broken(CARELESS))
    assert tally.traceback > 0
    assert not tally.passed
