"""Null models: the same rate of incidents without what the model is about."""

from dataclasses import replace

import numpy as np
import pytest

from experiments import nulls
from experiments.facts.arms import BASELINE, Arm, Touch, panel_arms
from experiments.facts.fact import Fact, Target
from experiments.facts.panel import run_panel, tasks_of
from experiments.facts.readings import Reading
from experiments.facts.validation import Result
from experiments.nulls import NULLS, TOLERANCE
from sim import ledger as codes
from sim.parameters import registry
from tests.builders import facility

BUSY = {
    "encounters.quarrel": 0.01,
    "encounters.friction": 0.006,
    "conflict.contraband_rate": 5,
    "wellbeing.self_harm_rate": 1,
}
"""Rates some times above the defaults, so that a few small runs have enough incidents."""


def small():
    return Arm(
        BASELINE,
        "small",
        lambda: facility(12, 12, 12, 12, numbers={**BUSY, "run.burn_in_days": 60, "run.days": 180}),
        share=1.0,  # as many replicates as the nulls have: the same ones are compared
        detail=True,
    )


@pytest.fixture(scope="module")
def baseline():
    panel = run_panel(tasks_of([small()], seed=3, baseline=24), seed=3)
    assert not panel.failures
    return panel.of(BASELINE)


@pytest.mark.parametrize("null", NULLS, ids=[null.name for null in NULLS])
def test_nulls_match_the_rate_of_incidents(baseline, null):
    matched = nulls.match(null, baseline, small(), seed=3, replicates=24)
    made = replace(nulls.scaled(null, matched.scales, baseline, small(), {}), share=1.0)
    found = run_panel(tasks_of([made], seed=3, baseline=24), seed=3).of(BASELINE)
    rate = nulls.rate_of(found, nulls.all_incidents)
    assert rate == pytest.approx(nulls.rate_of(baseline, nulls.all_incidents), rel=TOLERANCE)
    assert all(scale > 0.0 for scale in matched.scales.values())


def run(null, baseline):
    made = replace(nulls.scaled(null, dict.fromkeys(SCALES, 1.0), baseline, small(), {}), share=1.0)
    return run_panel(tasks_of([made], seed=3, baseline=6), seed=3).of(BASELINE)


SCALES = [source.name for source in nulls.SOURCES]
BY_NAME = {null.name: null for null in NULLS}


def test_sources_of_incidents_add_up(baseline):
    for harvest in baseline[:3]:
        assert sum(source.count(harvest) for source in nulls.SOURCES) == nulls.all_incidents(harvest)


def test_without_a_cycle_nothing_is_endogenous(baseline):
    for name in ("no cycle", "apart"):
        found = run(BY_NAME[name], baseline)
        assert sum(h.sums["endogenous_share"].numerator for h in found) == 0.0
    assert sum(h.sums["endogenous_share"].numerator for h in baseline) > 0.0


def test_at_random_disposition_says_nothing(baseline):
    def correlation(harvests):
        tables = [h.detail.persons for h in harvests]
        reactivity = np.concatenate([t.reactivity for t in tables])
        counts = np.concatenate([t.incidents / np.maximum(1, t.exposure_days) for t in tables])
        return np.corrcoef(reactivity, counts)[0, 1]

    assert abs(correlation(run(BY_NAME["random"], baseline))) < 0.1
    assert correlation(baseline) > 0.15


def test_nobody_is_known_where_nobody_moves_anybody(baseline):
    found = run(BY_NAME["apart"], baseline)
    assert all(h.sums["familiarity"].numerator == 0.0 for h in found)
    events = found[0].detail.events
    assert not (events.kind == codes.DEFUSED).any()


def test_the_numbers_of_nulls_are_admissible(baseline):
    for null in NULLS:
        for path, value in null.numbers(baseline).items():
            assert registry()[path].low <= value <= registry()[path].high, path


def test_shuffling_happens_every_week():
    (shuffled,) = [null for null in NULLS if null.touch is not None]
    assert shuffled.touch.every_days == 7
    assert panel_arms()[BASELINE].touch is None


def result(**held):
    target = Target("main", "staff_absence", "share", 0.0, 1.0, None, 2, None)
    fact = Fact("S99", "a fact", "Val", (target,), "C", "a test", "1", "assumed", seen_in_development=False)
    return Result(fact, (Reading(0.5, 0.4, 0.6, 10),), nulls=held)


def test_a_fact_that_every_null_passes_is_worthless():
    assert result(a=True, b=True).worthless is True
    assert result(a=True, b=False).worthless is False
    assert result(a=None, b=False).worthless is False
    assert result(a=True, b=None).worthless is None
    assert result().worthless is None
    assert result(a=True, b=False).row()["nulls_passed"] == ["a"]


def test_a_run_that_fails_is_noted_and_the_others_go_on():
    def breaks(simulation):
        if simulation.replicate == 1:
            raise ValueError("broken on purpose")

    arm = replace(small(), touch=Touch(breaks), detail=False, share=1.0)
    panel = run_panel(tasks_of([arm], seed=3, baseline=3), seed=3)
    assert [(f.arm, f.replicate, f.reason) for f in panel.failures] == [
        (BASELINE, 1, "ValueError: broken on purpose")
    ]
    assert len(panel.of(BASELINE)) == 2


def test_results_do_not_depend_on_the_number_of_workers():
    arm = replace(small(), share=1.0)
    one, two = (run_panel(tasks_of([arm], seed=3, baseline=4), seed=3, workers=n) for n in (1, 2))
    assert one.digest() == two.digest()


@pytest.mark.verify
@pytest.mark.parametrize("null", NULLS, ids=[null.name for null in NULLS])
def test_nulls_match_the_dutch_prison(null):
    arm = replace(panel_arms()[BASELINE], share=1.0)
    harvests = run_panel(tasks_of([arm], seed=11, baseline=12), seed=11).of(BASELINE)
    matched = nulls.run_null(null, harvests, arm, seed=11, replicates=12)
    assert matched.is_matched, matched.row()
    assert not matched.failures
