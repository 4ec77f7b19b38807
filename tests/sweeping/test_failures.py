"""Failure is data: a run that goes wrong is a row with its reason, and the rest completes."""

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from experiments.exits import Failure

sys.path.append(str(Path(__file__).parent))
import runners  # workers must find these functions under a name

QUICK = {"outputs": ["true_incidents", "tension", "recorded_share"]}
CREWS = ("threads", "processes")


def by_status(done):
    frame = done.frame()
    return {status: sorted(set(rows["replicate"])) for status, rows in frame.groupby("status")}


def reasons(done):
    frame = done.frame()
    return set(frame["reason"].dropna())


@pytest.mark.parametrize("executor", CREWS)
def test_a_run_that_raises_is_a_row_with_its_reason_and_the_rest_completes(swept, executor):
    done = swept(runner=runners.raising, executor=executor)
    assert by_status(done) == {"failed": [1], "ok": [0, 2, 3]}
    assert "ValueError: replicate 1 of 0.5" in reasons(done)
    frame = done.frame()
    failed = frame[frame["status"] == "failed"]
    assert failed["digest"].isna().all()
    assert failed["tension"].isna().all()
    assert list(failed["factor.residents.occupancy"]) == [0.5, 0.75, 1.0]
    assert not done.summary().is_complete


@pytest.mark.parametrize("executor", CREWS)
def test_a_run_that_wants_to_end_the_program_is_a_row_with_its_reason(swept, executor):
    done = swept(runner=runners.leaving, executor=executor)
    assert by_status(done) == {"failed": [1], "ok": [0, 2, 3]}
    assert reasons(done) == {"SystemExit: enough"}


@pytest.mark.parametrize("executor", CREWS)
def test_a_run_that_takes_too_long_ends_when_it_looks_at_the_clock(swept, executor):
    done = swept(runner=runners.slow, executor=executor, timeout=0.3)
    assert by_status(done) == {"ok": [0, 2, 3], "timeout": [1]}
    assert reasons(done) == {"took longer than 0.3 s"}


def test_a_hung_run_in_a_process_is_killed(swept):
    done = swept(runner=runners.hung, executor="processes", timeout=0.3)
    assert by_status(done) == {"ok": [0, 2, 3], "timeout": [1]}
    assert done.frame()["seconds"].max() < 10


def test_a_hung_run_in_a_thread_is_given_up(swept):
    done = swept(runner=runners.hung, timeout=0.2)
    assert by_status(done) == {"ok": [0, 2, 3], "timeout": [1]}


def test_a_worker_that_is_killed_costs_its_own_run_only(swept):
    done = swept(runner=runners.killed, executor="processes")
    assert by_status(done) == {"failed": [1], "ok": [0, 2, 3]}
    assert reasons(done) == {"the worker process died (signal 9)"}


@pytest.mark.parametrize("executor", CREWS)
def test_a_run_without_memory_is_a_row(swept, executor):
    done = swept(runner=runners.greedy, executor=executor)
    assert by_status(done) == {"memory": [1], "ok": [0, 2, 3]}


def test_a_run_that_grows_beyond_the_limit_is_ended(swept):
    done = swept(runner=runners.growing, executor="processes", memory=400)
    assert by_status(done) == {"memory": [1], "ok": [0, 2, 3]}


def test_a_limit_on_memory_is_refused_where_nothing_can_hold_it(swept):
    with pytest.raises(Failure, match="needs the executor 'processes'") as error:
        swept(runner=runners.quick, memory=400)
    assert error.value.code == 2


def test_failed_runs_stay_until_they_are_asked_for_again(swept):
    failed = swept(runner=runners.raising)
    again = swept(runner=runners.quick)
    assert again.summary().digest == failed.summary().digest
    retried = swept(runner=runners.quick, retry=True)
    assert by_status(retried) == {"ok": [0, 1, 2, 3]}
    assert retried.summary().digest == swept("fresh", runner=runners.quick).summary().digest


def test_the_summary_names_what_failed(swept):
    summary = swept(runner=runners.raising).summary()
    assert dict(summary.counts) == {"ok": 9, "failed": 3, "timeout": 0, "memory": 0}
    assert [(f["point"], f["replicate"], f["status"]) for f in summary.failures] == [
        (0, 1, "failed"),
        (1, 1, "failed"),
        (2, 1, "failed"),
    ]


def test_an_executor_that_was_handed_in_reports_failures_and_stays_open(swept):
    with ThreadPoolExecutor(2) as pool:
        done = swept(runner=runners.raising, executor=pool)
        assert pool.submit(int, 7).result() == 7
    assert by_status(done) == {"failed": [1], "ok": [0, 2, 3]}


def test_an_executor_that_breaks_down_ends_the_sweep_in_one_line_and_blames_no_run(swept, tmp_path):
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(Failure, match="the executor broke down") as error,
    ):
        swept(runner=runners.killed, executor=pool)
    assert error.value.code == 1
    done = swept(runner=runners.quick)
    assert by_status(done) == {"ok": [0, 1, 2, 3]}
    assert len(done.frame()) == 12


def test_an_unknown_executor_is_refused(swept):
    with pytest.raises(Failure, match="unknown executor"):
        swept(runner=runners.quick, executor="cluster")


def test_a_reason_is_one_short_printable_line(swept):
    from experiments.sweeping.running import LONGEST_REASON, one_line

    assert one_line("a\n b\t\x1b[31m") == "a b \\x1b[31m"
    assert len(one_line("x" * 1000)) == LONGEST_REASON
