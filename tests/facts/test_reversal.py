"""The search for a vector that turns the sign of a contested effect."""

from experiments.facts.readings import Reading
from experiments.facts.reversal import (
    CONFIRMING_SEED,
    STRUCTURAL,
    World,
    corner,
    plausible_worlds,
    search,
    sign_of,
    varied,
)
from sim.inputs import CHOICES

WORLDS = [World(k, {"x": float(k)}, "locked") for k in range(4)]


def reading(value, half=0.1):
    return Reading(value, value - half, value + half, 4)


def reader(values, confirmed=None):
    """Return a reader of effects by world; on the confirming seed it may see something else."""
    asked = []

    def read(world, replicates, seed):
        asked.append((world.number, replicates, seed))
        if seed >= CONFIRMING_SEED and confirmed is not None:
            return reading(confirmed[world.number])
        return reading(values[world.number])

    return read, asked


def test_the_sign_is_that_of_the_whole_interval():
    assert [sign_of(reading(v), 0.0) for v in (0.2, -0.2, 0.05)] == [1, -1, 0]
    assert sign_of(reading(0.8), 1.0) == -1
    assert sign_of(Reading(1.0, None, None, 1), 0.0) == 0


def test_a_clear_other_sign_is_found_and_stored():
    read, asked = reader([0.5, 0.0, -0.5, -0.9])
    found = search(reading(0.4), 0.0, WORLDS, read, seed=1)
    assert found.reversible is True
    assert found.world is WORLDS[2]
    assert found.row()["reversing_vector"] == {"x": 2.0, "staffing.unstaffed": "locked"}
    assert found.tried == 3
    assert asked[-1] == (2, 8, 1 + CONFIRMING_SEED)


def test_a_candidate_that_is_not_confirmed_does_not_count():
    read, _ = reader([0.5, -0.5, 0.5, 0.5], confirmed=[0.0] * 4)
    found = search(reading(0.4), 0.0, WORLDS, read, seed=1, corners=0)
    assert (found.reversible, found.world, found.tried) == (False, None, 4)


def test_corners_go_where_the_effect_fell():
    worlds = plausible_worlds()
    falls, rises = varied()[0], varied()[1]

    def effect(world):
        return 3 + share_of(rises, world) - 5 * share_of(falls, world)

    def share_of(p, world):
        return (world.values[p.path] - p.plausible_low) / (p.plausible_high - p.plausible_low)

    made = corner([(world, reading(effect(world))) for world in worlds], -1)
    assert made.values[falls.path] == falls.plausible_high

    def read(world, replicates, seed):
        return reading(effect(world))

    found = search(reading(4.0), 0.0, worlds, read, seed=1)
    assert found.reversible is True
    assert effect(found.world) < 0


def test_an_unclear_effect_needs_both_signs():
    read, _ = reader([0.5, 0.0, 0.5, 0.5])
    assert search(reading(0.05), 0.0, WORLDS, read, seed=1, corners=0).reversible is False
    read, _ = reader([0.5, 0.0, 0.0, -0.5])
    found = search(reading(0.05), 0.0, WORLDS, read, seed=1)
    assert found.reversible is True
    assert found.world is WORLDS[3]


def test_plausible_worlds_are_plausible():
    parameters = {p.path: p for p in varied()}
    assert any(path.startswith("coupling.") for path in parameters)
    assert set(STRUCTURAL) <= set(parameters)
    assert all(p.feedback or not path.startswith("strain.") for path, p in parameters.items())
    for world in plausible_worlds():
        assert set(world.values) == set(parameters)
        assert world.unstaffed in CHOICES["staffing.unstaffed"]
        for path, value in world.values.items():
            assert parameters[path].plausible_low <= value <= parameters[path].plausible_high
