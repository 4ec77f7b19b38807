"""Plausible worlds: which assumptions vary, which are held, and that running them is repeatable."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.comparing import compare, over_worlds
from experiments.decomposing import decompose, factors_of, work_of_decomposition
from experiments.factors import STRUCTURAL_NUMBERS, UNSTAFFED, structural_choices
from experiments.worlds import AFTERMATH, plausible_worlds, structural
from scenarios import load
from sim.parameters import registry
from tests.builders import facility
from tests.experiments.toys import plausible_set


def small(**numbers):
    return facility(8, 6, numbers={"run.days": 20, "staffing.rotation_cluster": 2, **numbers})


def named(name, **numbers):
    return replace(small(**numbers), name=name)


@pytest.fixture(scope="module")
def pair():
    return {"a": named("a"), "b": named("b", **{"staffing.rotation_share": 0.5})}


def test_structural_choices_are_those_that_the_registry_calls_unidentified_and_the_aftermath():
    paths = structural()
    assert {"coupling.news", "coupling.witnesses", "coupling.saturation", "encounters.small_group"} <= set(
        paths
    )
    assert set(AFTERMATH) <= set(paths)
    assert not {path for path in paths if path.startswith("needs.")}


def test_every_coupling_has_a_neutral_form_that_a_decomposition_can_give_it():
    couplings = {path for path in structural() if path.startswith("coupling.") and "size" not in path}
    neutral = {path: value for numbers in STRUCTURAL_NUMBERS.values() for path, value in numbers.items()}
    assert len(couplings) > 4
    assert {path: neutral.get(path) for path in couplings} == dict.fromkeys(couplings, 0.0)


def test_fewer_worlds_are_the_first_of_more_and_no_vector_comes_twice_before_all_came(pair):
    many = plausible_worlds(20, plausible_set(), pair.values())
    assert plausible_worlds(9, plausible_set(), pair.values()).entries == many.entries[:9]
    assert many.first(5).entries == many.entries[:5]
    paths = plausible_set().medoid
    drawn = [tuple(world.values[path] for path in paths) for world in many.entries]
    assert len(set(drawn[:12])) == 12
    assert drawn[12:] == drawn[:8]


def test_structural_choices_stay_in_their_plausible_range_and_cover_it(pair):
    worlds = plausible_worlds(32, plausible_set(), pair.values())
    for path in structural():
        p = registry()[path]
        column = worlds.columns[path]
        assert min(column) >= p.plausible_low
        assert max(column) <= p.plausible_high
        assert np.ptp(column) > 0.8 * (p.plausible_high - p.plausible_low)
    assert set(worlds.columns[UNSTAFFED]) == {"locked", "open", "shared_cover"}


def test_what_scenarios_set_themselves_or_what_is_set_for_this_comparison_is_held():
    one, other = small(**{"coupling.news": 1.0}), small()
    worlds = plausible_worlds(8, plausible_set(), [one, other], {"coupling.witnesses", UNSTAFFED, "run.days"})
    assert set(worlds.held) == {"coupling.news", "coupling.witnesses", UNSTAFFED}
    there = worlds.entries[3].apply(one)
    assert there.values["coupling.news"] == 1.0
    assert there.values["coupling.witnesses"] == one.values["coupling.witnesses"]
    assert there.choices == one.choices
    assert there.values["coupling.director"] == worlds.entries[3].values["coupling.director"]


def test_scenarios_with_different_rules_for_nobody_on_duty_keep_them():
    prison, house = load("dutch-prison"), load("detention-house")
    worlds = plausible_worlds(8, plausible_set(), [prison, house])
    assert UNSTAFFED in worlds.held
    assert worlds.entries[0].apply(house).choices[UNSTAFFED] == "open"
    matched = [load("matched-30x12"), load("matched-campus-30x12")]
    assert UNSTAFFED not in plausible_worlds(8, plausible_set(), matched).held


def test_the_worlds_do_not_touch_the_default_runs_and_do_not_depend_on_workers(pair):
    before = compare(pair, replicates=2, workers=1)
    worlds = plausible_worlds(8, plausible_set(), pair.values())
    one = over_worlds(before, worlds, workers=1)
    two = over_worlds(before, worlds, workers=3)
    assert [c.row() for c in one.contrasts] == [c.row() for c in two.contrasts]
    assert one.indicators == before.indicators
    assert {n: r.digest() for n, r in one.runs.items()} == {n: r.digest() for n, r in before.runs.items()}
    tension = next(c for c in one.contrasts if c.indicator == "tension").row()
    assert tension["assumption_low"] < tension["assumption_high"]
    assert tension["worlds"] == 8
    assert 0.0 <= tension["share_worlds_same_sign"] <= 1.0


def test_a_scenario_against_itself_has_no_difference_in_any_world():
    same = {"a": named("a"), "b": named("b")}
    done = over_worlds(compare(same, replicates=2), plausible_worlds(8, plausible_set(), same.values()))
    for contrast in done.contrasts:
        if contrast.assumed.low is not None:
            assert (contrast.assumed.low, contrast.assumed.high) == (0.0, 0.0)
            assert contrast.assumed.same_sign is None


def test_a_decomposition_has_assumption_intervals_on_every_share_and_hand_thresholds_as_a_source(pair):
    worlds = plausible_worlds(8, plausible_set(), pair.values())
    told = []
    found = decompose(
        *pair.values(), replicates=2, indicators=("tension",), worlds=worlds, tell=told.append, workers=2
    )
    names = [part.factor for part in found.parts["tension"]]
    assert {"staffing.rotation_share", "hand thresholds", "coupling.news", UNSTAFFED} <= set(names)
    for part in found.parts["tension"]:
        row = part.row()
        for entry in (row["contrast"], row["contribution"]):
            assert entry["worlds"] == 8
            assert entry["assumption_low"] <= entry["assumption_high"]
    news = next(part for part in found.parts["tension"] if part.factor == "coupling.news")
    assert news.contribution.value == 0.0  # neutral already under default assumptions
    assert sum(told) == work_of_decomposition(*pair.values(), 2, worlds)


def test_a_rotation_share_that_is_all_the_difference_takes_it_all_along_in_every_world(pair):
    worlds = plausible_worlds(8, plausible_set(), pair.values())
    found = decompose(*pair.values(), replicates=2, indicators=("tension",), worlds=worlds)
    rotation = next(part for part in found.parts["tension"] if part.factor == "staffing.rotation_share")
    total = found.total["tension"]
    assert (rotation.contrast.assumed.low, rotation.contrast.assumed.high) == (0.0, 0.0)
    assert rotation.contribution.assumed.low == pytest.approx(total.assumed.low)
    assert rotation.contribution.assumed.high == pytest.approx(total.assumed.high)


def test_without_worlds_neutral_structural_choices_are_not_listed(pair):
    names = [factor.name for factor in factors_of(*pair.values())]
    assert "coupling.news" not in names
    assert "hand thresholds" in names


def test_without_hand_thresholds_nobody_is_alone_and_no_hours_are_cut():
    pair = (small(), small())
    thresholds = next(f for f in structural_choices(pair) if f.name == "hand thresholds")
    for scenario in thresholds.equalise(pair):
        assert scenario.values["response.alone_hands"] == 0.0
        assert scenario.values["response.hold_hands"] == 0.0
        assert scenario.values["roster.lock_ratio"] == registry()["roster.lock_ratio"].high
