"""The rows are the same bits whatever the executor, the number of workers, the shards or the order."""

import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from experiments.estimates import estimate_all
from experiments.exits import Failure
from experiments.runner import run_replicates
from experiments.sweeping.design_file import read_design
from experiments.sweeping.folder import folders_of
from experiments.sweeping.points import Plan
from experiments.sweeping.running import Task, simulate
from experiments.sweeping.states import decoded
from experiments.sweeping.sweep import load_sweep
from experiments.sweeping.warm import burnt_in
from sim.simulation import Simulation

sys.path.append(str(Path(__file__).parent))
import runners


def digest(done):
    return done.summary().digest


@pytest.fixture
def usual(swept):
    """Return the digest of the design done by one thread."""
    return digest(swept("usual", workers=1))


def test_threads_and_processes_and_their_numbers_give_the_same_rows(swept, usual):
    assert digest(swept("a", workers=3)) == usual
    assert digest(swept("b", executor="processes", workers=1)) == usual
    assert digest(swept("c", executor="processes", workers=2, timeout=60, memory=2000)) == usual


def test_any_executor_gives_the_same_rows(swept, usual):
    with ThreadPoolExecutor(2) as pool:
        assert digest(swept("a", executor=pool)) == usual
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert digest(swept("b", executor=pool)) == usual


def test_shards_together_give_the_same_rows_and_each_has_its_own(swept, usual, tmp_path):
    own = [swept("out", shard=(index, 3)) for index in (2, 1, 3)]
    counts = [shard.summary().runs for shard in own]
    assert sum(counts) == 12
    assert all(count < 12 for count in counts)
    assert {path.name for path in folders_of(tmp_path / "out")[1:]} == {f"shard-{k}-of-3" for k in (1, 2, 3)}
    whole = load_sweep(tmp_path / "out")
    assert digest(whole) == usual
    assert digest(swept("out")) == usual


def test_shards_work_side_by_side_and_nobody_else_meanwhile(swept, usual):
    entered, may_go = threading.Event(), threading.Event()

    def waiting(task, going):
        entered.set()
        may_go.wait(20)
        return simulate(task, going)

    found = []
    other = threading.Thread(target=lambda: found.append(swept("out", shard=(1, 2), runner=waiting)))
    other.start()
    assert entered.wait(20)
    try:
        swept("out", shard=(2, 2))
        with pytest.raises(Failure, match="in use") as error:
            swept("out")
        assert error.value.code == 4
        with pytest.raises(Failure, match="in use"):
            swept("out", shard=(1, 2))
        with pytest.raises(Failure, match="in use"):
            swept("out", shard=(2, 2), replicates=5)
    finally:
        may_go.set()
        other.join()
    assert digest(found[0]) == digest(swept("out", shard=(1, 2)))
    assert digest(swept("out")) == usual


def test_shards_can_be_extended_one_after_the_other(swept):
    for index in (1, 2):
        swept("out", shard=(index, 2), factors={"residents.occupancy": [0.5, 1.0]})
    for index in (1, 2):
        swept("out", shard=(index, 2), replicates=5)
    assert digest(swept("out", replicates=5)) == digest(swept("fresh", replicates=5))


@pytest.mark.parametrize("shard", [(0, 2), (3, 2)])
def test_a_shard_that_does_not_exist_is_refused(swept, shard):
    with pytest.raises(Failure, match="does not exist"):
        swept(shard=shard)


def test_rows_carry_what_a_run_of_the_model_gives(swept, design):
    frame = swept().frame()
    specification = Plan(read_design(design())).specification(Plan(read_design(design())).groups[1])
    run = Simulation(specification, 1, 2).run()
    row = frame[(frame["point"] == 1) & (frame["replicate"] == 2)].iloc[0]
    assert row["digest"] == run.fingerprint()
    daily = run.daily()
    assert row["tension"] == daily.tension.sum() / daily.residents.sum()
    assert row["tension.weight"] == daily.residents.sum()


def test_pooled_indicators_are_those_of_run_for_the_same_replicates(swept, design):
    outputs = ["true_incidents", "tension", "recorded_share", "staff_turnover", "cascade_size", "occupancy"]
    keys = {"days": 60, "replicates": 6, "outputs": outputs}
    pooled = swept(**keys).pooled()
    plan = Plan(read_design(design(**keys)))
    estimates = estimate_all(run_replicates(plan.specification(plan.groups[2]), seed=1, replicates=6))
    for row in pooled[pooled["point"] == 2].itertuples():
        wanted = estimates[row.indicator]
        for name in ("value", "low", "high"):
            expected = getattr(wanted, name)
            assert (np.nan if expected is None else expected) == pytest.approx(
                getattr(row, name), nan_ok=True
            )
        assert row.n == wanted.n
        assert row.note == wanted.note


def test_a_run_id_depends_on_everything_that_decides_the_run(design):
    def ids(**changes):
        plan = Plan(read_design(design(**changes)))
        return {plan.run_id(group, replicate) for group in plan.groups for replicate in range(2)}

    usual = ids()
    assert len(usual) == 6
    assert ids(replicates=9, outputs=["fear"], keep={"daily": 1}) == usual
    for changes in ({"seed": 2}, {"days": 11}, {"burn_in_days": 5}, {"start": "warm"}):
        assert ids(**changes).isdisjoint(usual)
    assert len(ids(factors={"residents.occupancy": [0.5, 0.75, 0.9]}) & usual) == 4


# --- warm starts -----------------------------------------------------------------------------------------


def test_a_warm_start_gives_the_bits_of_one_run_that_changes_at_day_0(swept, design):
    keys = {"start": "warm", "burn_in_days": 20, "replicates": 2}
    frame = swept(**keys).frame()
    plan = Plan(read_design(design(**keys)))
    for group in plan.groups:
        base = burnt_in(plan.scenarios["tiny"], 1, 1)
        whole = base.fork(plan.specification(group)).run()
        row = frame[(frame["point"] == group.points[0]) & (frame["replicate"] == 1)].iloc[0]
        assert row["digest"] == whole.fingerprint()


def test_a_warm_start_at_the_values_of_the_scenario_changes_nothing(swept):
    keys = {"burn_in_days": 20, "factors": {"residents.occupancy": [0.95]}}
    warm, cold = swept("warm", start="warm", **keys).frame(), swept("cold", **keys).frame()
    assert list(warm["reason"].dropna()) == []
    assert list(warm["digest"]) == list(cold["digest"])


def test_a_burn_in_is_done_once_per_scenario_and_replicate_and_stored(swept, tmp_path):
    swept(start="warm")
    files = sorted((tmp_path / "out" / "warm").iterdir())
    assert len(files) == 4
    assert all(decoded(file.read_bytes()).world.control[0].resident_count > 0 for file in files)


def test_warm_sweeps_are_the_same_in_threads_processes_and_after_damage(swept, tmp_path):
    first = swept("a", start="warm")
    other = swept("b", start="warm", executor="processes")
    assert first.summary().failures == other.summary().failures == []
    assert digest(other) == digest(first)
    file = next((tmp_path / "a" / "warm").iterdir())
    file.write_bytes(file.read_bytes()[:-1])
    more = swept("a", start="warm", replicates=5)
    assert digest(more) == digest(swept("c", start="warm", replicates=5))


def test_many_threads_read_many_warm_starts_at_once(swept):
    done = swept(start="warm", workers=8, replicates=40, factors={"residents.occupancy": [0.9]})
    assert done.summary().failures == []


def test_a_burn_in_that_fails_is_the_reason_of_its_runs(swept):
    def failing(task: Task, going):
        if task.prepares and task.replicate == 1:
            raise ValueError("no bricks")
        return simulate(task, going)

    frame = swept(start="warm", runner=failing).frame()
    assert set(frame.loc[frame["replicate"] == 1, "reason"]) == {"burn-in: ValueError: no bricks"}
    assert set(frame.loc[frame["replicate"] != 1, "status"]) == {"ok"}


# --- precision -------------------------------------------------------------------------------------------


def precise(half_width, **more):
    return {"indicator": "tension", "half_width": half_width, "first": 4, **more}


def test_replicates_are_added_until_the_interval_is_narrow_enough(swept):
    done = swept(replicates=None, precision=precise(0.01, most=400))
    pooled = done.pooled()
    tension = pooled[pooled["indicator"] == "tension"]
    assert ((tension["high"] - tension["low"]) / 2 <= 0.01).all()
    assert (tension["n"] > 4).all()
    assert done.summary().precision["reached"] == 3
    assert done.summary().is_complete


def test_a_precision_that_is_not_reached_is_said(swept):
    summary = swept(replicates=None, precision=precise(1e-6, most=6)).summary()
    assert (summary.precision["reached"], summary.precision["of"], summary.runs) == (0, 3, 18)
    assert not summary.is_complete


def test_the_rounds_of_a_precision_depend_on_results_alone(swept):
    keys = {"replicates": None, "precision": precise(0.01, most=400)}
    first = swept("a", workers=1, **keys)
    assert digest(swept("b", workers=3, **keys)) == digest(first)
    for index in (1, 2):
        swept("c", shard=(index, 2), **keys)
    assert digest(swept("c", **keys)) == digest(first)
    swept("d", replicates=None, precision=precise(0.02, most=400))
    assert digest(swept("d", **keys)) == digest(first)
    swept("e", replicates=3)
    assert digest(swept("e", **keys)) == digest(first)


def test_a_lower_precision_in_the_same_folder_is_refused(swept):
    swept(replicates=None, precision=precise(0.02))
    with pytest.raises(Failure, match="asked for a higher precision"):
        swept(replicates=None, precision=precise(0.05))
    with pytest.raises(Failure, match="has another relative"):
        swept(replicates=None, precision=precise(0.02, relative=True))


def test_no_runner_is_asked_twice_for_the_same_run(swept):
    asked = []

    def counting(task, going):
        asked.append(task.run_id)
        return runners.quick(task, going)

    swept(
        runner=counting, replicates=None, precision={"indicator": "tension", "half_width": 1e-9, "most": 30}
    )
    assert len(asked) == len(set(asked))
