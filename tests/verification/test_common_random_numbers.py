"""Two runs with one seed differ only where their specifications make them differ."""

from dataclasses import replace

import numpy as np
import pytest

from sim.simulation import Simulation
from sim.specification import UnitSpecification
from tests.builders import (
    EVENTFUL,
    FAST_FLOW,
    FAST_STAFF,
    NO_GRAPH,
    events_by_name,
    facility,
    in_use,
    lively,
    off,
    sites,
    with_units,
)

NAMES_OF_PERSONS = ("key", "place", "occupant", "arrival", "release", "age", "reactivity", "remand", "trauma")
BUSY = {**EVENTFUL, **FAST_FLOW, **FAST_STAFF}


def rosters(simulation, days):
    """Run and return who was on duty where in every day-part."""
    duties = []
    for _ in range(4 * days):
        simulation.run_parts(1)
        now = in_use(simulation, "duties")
        duties.append(np.stack([now.unit, now.post, now.staff, now.time], axis=1).copy())
    return duties


@pytest.mark.parametrize("name", ["wellbeing", "needs", "alliance", "conflict", "coercion", "tension"])
def test_a_mechanism_leaves_arrivals_and_stays_alone(name):
    """Who arrives when and stays how long is the same with and without another mechanism."""
    one = Simulation(lively(), 1).run(120)
    other = Simulation(off(lively(), name), 1).run(120)
    assert len(one.used("residents")) == len(other.used("residents")) > 60
    for column in NAMES_OF_PERSONS:
        assert np.array_equal(one.used("residents")[column], other.used("residents")[column])
    assert np.array_equal(one.daily().arrivals, other.daily().arrivals)
    assert one.digest() != other.digest()


def test_a_mechanism_leaves_the_roster_alone():
    """With strain off, nothing that happens to residents moves a single duty."""
    specification = off(lively(), "strain")
    one = rosters(Simulation(specification, 1), 30)
    other = rosters(Simulation(off(specification, "wellbeing", "conflict"), 1), 30)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_wellbeing_leaves_quarrels_alone():
    """Wellbeing off, and distress without effect on tension: all incidents but self-harm are the same."""
    specification = lively(numbers={"tension.distress_nearby": 0, "wellbeing.self_harm_rate": 0})
    one = Simulation(specification, 1).run(90).used("ledger")
    other = Simulation(off(specification, "wellbeing"), 1).run(90).used("ledger")
    assert len(one) > 500
    assert one.tobytes() == other.tobytes()


def test_staff_traits_do_not_depend_on_residents():
    """Staff are the same people whatever the residents are like."""
    one = Simulation(lively(), 1)
    other = Simulation(lively(numbers={"residents.reactivity_mean": -1, "residents.occupancy": 0.2}), 1)
    assert one.used("staff").tobytes() == other.used("staff").tobytes()


def test_matched_facilities_share_people():
    """Thirty places have the same occupants, stays and traits, however they are cut into units."""
    one = Simulation(facility(30, numbers=FAST_FLOW), 1).run(90)
    other = Simulation(facility(10, 10, 10, numbers=FAST_FLOW), 1).run(90)
    assert len(one.used("residents")) == len(other.used("residents")) > 60
    for column in NAMES_OF_PERSONS:
        assert np.array_equal(one.used("residents")[column], other.used("residents")[column])


def test_another_number_moves_no_other_draw():
    """Doubling one rate of acts alone keeps every act that happened at the lower rate.

    Propensity is made constant, so that the added acts themselves change nothing.
    """
    quiet = off(
        facility(12, numbers={"encounters.quarrel": 0, "encounters.friction": 0, "conflict.state_most": 1}),
        "response",
        "wellbeing",
        "tension",
    )
    low = Simulation(quiet.with_numbers({"conflict.refusal_rate": 4}), 1).run(365).ledger()
    high = Simulation(quiet.with_numbers({"conflict.refusal_rate": 8}), 1).run(365).ledger()

    def acts(ledger):
        return {(int(e.day), int(e.part), int(e.actor)) for e in ledger}

    assert len(low) > 20
    assert acts(low) < acts(high)


def test_one_more_resident_leaves_uncoupled_sites_identical():
    """A place more on the last site changes nothing on the others."""
    small = sites(3, 6, numbers=BUSY)
    last = replace(small.units[-1], places=7)
    large = with_units(small, (*small.units[:-1], last))
    one, other = Simulation(small, 1).run(150), Simulation(large, 1).run(150)
    for unit in (0, 1):
        assert one.daily()[:, unit].tobytes() == other.daily()[:, unit].tobytes()
        assert events_by_name(one, unit) == events_by_name(other, unit)
        assert len(events_by_name(one, unit)) > 100
    assert one.daily()[:, 2].tobytes() != other.daily()[:, 2].tobytes()


def test_one_more_resident_leaves_uncoupled_units_identical():
    """On one site with fixed teams, nothing shared and no news, a place more changes its own unit only.

    The director, the response team, hearsay and the ratchet are shared by all units of a site; their
    gains are 0 here.
    """
    alone = {
        **BUSY,
        "response.sanction_load": 0,
        "response.readiness_impulse": 0,
        "coercion.vigilance_news": 0,
        "coercion.ratchet_impulse": 0,
    }
    small = facility(6, 7, 6, graph=NO_GRAPH, numbers=alone)
    last = replace(small.units[-1], places=7)
    large = with_units(small, (*small.units[:-1], last))
    one, other = Simulation(small, 1).run(150), Simulation(large, 1).run(150)
    for unit in (0, 1):
        assert one.daily()[:, unit].tobytes() == other.daily()[:, unit].tobytes()
        assert events_by_name(one, unit) == events_by_name(other, unit)
        assert len(events_by_name(one, unit)) > 100


@pytest.mark.parametrize(
    ("number", "places", "days", "ring"), [(5, 6, 120, False), (5, 6, 120, True), (30, 12, 40, False)]
)
def test_sites_equal_separate_runs(number, places, days, ring):
    """Uncoupled sites with fixed teams are, day by day and event by event, as many separate runs.

    This is the theorem of the matched set: at fixed teams and nothing shared, the number of units
    alone changes nothing.
    """
    together_specification = sites(number, places, numbers=BUSY)
    if ring:
        together_specification = replace(together_specification, graph=facility(1).graph)
    together = Simulation(together_specification, 1).run(days)
    team = len(together.world.posts) // number
    for k in range(number):
        one = facility(UnitSpecification("house", places), graph=NO_GRAPH, numbers=BUSY)
        alone = Simulation(one, 1, first_place=k * places, first_post=k * team).run(days)
        assert alone.daily()[:, 0].tobytes() == together.daily()[:, k].tobytes()
        assert events_by_name(alone, 0) == events_by_name(together, k)
        assert len(events_by_name(alone, 0)) > 20


def test_pooled_slots_change_no_number_of_hands():
    """Rotation exchanges people between slots: with nobody absent every unit keeps its hands.

    With rotation off and on, the number of duties per unit is the same in every day-part.
    """
    fixed = off(facility(9, 7, 6, numbers={"staffing.rotation_cluster": 3}), "strain")
    pooled = fixed.with_numbers({"staffing.rotation_share": 0.7})
    one, other = rosters(Simulation(fixed, 1), 30), rosters(Simulation(pooled, 1), 30)
    moved = 0
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a[:, 0], b[:, 0])
        assert sorted(a[:, 1]) == sorted(b[:, 1])
        moved += int((a[:, 1] != b[:, 1]).sum())
    assert moved > 30
