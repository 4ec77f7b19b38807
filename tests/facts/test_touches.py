"""What is done to a simulation from outside: networks are shuffled, officers are hit."""

import numpy as np
import pytest

from experiments.facts.touches import severe_incident, shuffle_networks
from sim.policy import PolicySpecification
from sim.simulation import Simulation
from tests.builders import lively as lively_facility
from tests.builders import out_of_range


@pytest.fixture
def started():
    """Return a run of a small facility after some weeks."""

    def started(seed=1):
        return Simulation(lively_facility(policy=PolicySpecification()), seed).run(40)

    return started


def values(simulation, table, column):
    return np.sort(np.asarray(getattr(simulation.world, table)[column]))


def test_shuffling_keeps_every_tie_and_bond_but_moves_them(started):
    simulation = started()
    before = started()
    shuffle_networks(simulation)
    for table, column in (
        ("ties", "tie"),
        ("ties", "grudge"),
        ("bonds", "familiarity"),
        ("bonds", "alliance"),
    ):
        assert np.array_equal(values(simulation, table, column), values(before, table, column))
    assert not np.array_equal(simulation.world.ties.tie, before.world.ties.tie)
    assert not np.array_equal(simulation.world.bonds.familiarity, before.world.bonds.familiarity)


def test_shuffling_is_repeatable(started):
    first, second = started(), started()
    shuffle_networks(first)
    shuffle_networks(second)
    assert first.digest() == second.digest()
    first.run(50)
    second.run(50)
    assert first.digest() == second.digest()


def ties_of_the_present(simulation, unit):
    world = simulation.world
    size = unit.place_end - unit.place_first
    block = world.ties[unit.tie_first : unit.tie_first + size * size].reshape(size, size)
    here = np.flatnonzero(world.places.resident[unit.place_first : unit.place_end] >= 0)
    low, high = np.triu_indices(len(here), 1)
    return np.sort(np.asarray(block[here[low], here[high]].tie))


def test_ties_of_people_who_left_are_not_given_to_those_present(started):
    simulation = started()
    assert (simulation.world.places.resident < 0).any()
    for unit in simulation.world.units:
        before = ties_of_the_present(simulation, unit)
        shuffle_networks(simulation)
        assert np.array_equal(ties_of_the_present(simulation, unit), before)


def test_who_knows_whom_best_follows_the_bonds(started):
    simulation = started()
    shuffle_networks(simulation)
    world = simulation.world
    here = np.asarray(world.residents.best_part) == simulation.part
    assert here.any()
    chosen = world.residents[here]
    assert (world.posts.staff[chosen.best_post] == chosen.best_holder).all()
    assert (chosen.best_familiarity > 0).all()


def test_a_shuffled_run_stays_in_range(started):
    simulation = started()
    for week in range(6, 12):
        shuffle_networks(simulation)
        simulation.run(7 * week)
    assert out_of_range(simulation) == []


def test_a_severe_incident_hits_one_officer_of_every_unit_hardest(started):
    """The first officer loses the victim's share of what is left before exhaustion, colleagues the team's."""
    simulation, before = started(), started()
    severe_incident(simulation)
    strain = simulation.world.parameters[0].strain
    rise = simulation.world.staff.exhaustion - before.world.staff.exhaustion
    shares = rise / (1 - before.world.staff.exhaustion)
    for unit in simulation.world.units:
        team = simulation.world.posts[unit.post_first : unit.post_end].staff
        first, *others = shares[team[team >= 0]]
        assert first == pytest.approx(strain.victim_impulse)
        assert others == pytest.approx([strain.incident_impulse] * len(others))
        assert others
    assert strain.victim_impulse > strain.incident_impulse > 0
    assert np.array_equal(simulation.world.residents.tension, before.world.residents.tension)
