"""Where relations are kept, and how they fade."""

import itertools
import math

import pytest

from sim.relations import (
    alliance_now,
    bond_of,
    breach_now,
    days_since,
    fade_bond,
    fade_tie,
    familiarity_now,
    officer_near,
    tie_index,
)
from sim.simulation import Simulation
from sim.specification import GraphSpecification
from tests.builders import facility, numbers, row, rows


@pytest.fixture(scope="module")
def world():
    """Return three units of 4, 3 and 5 places in a chain, with pools of two units."""
    chain = GraphSpecification(edges=(("unit-0", "unit-1"), ("unit-2", "unit-1")))
    pools = {"staffing.rotation_share": 0.5, "staffing.rotation_cluster": 2, "facility.shared": 0.3}
    return Simulation(facility(4, 3, 5, graph=chain, numbers=pools), 1, use_compiler=False).world


def test_every_pair_that_can_meet_has_one_tie(world):
    """Pairs within a unit and across an edge have a tie each, the same both ways round, and no other has."""
    unit = world.places.unit
    indices = {}
    for a, b in itertools.combinations(range(len(world.places)), 2):
        found = tie_index(a, b, unit[a], unit[b], world.units, world.edges)
        assert found == tie_index(b, a, unit[b], unit[a], world.units, world.edges)
        if {int(unit[a]), int(unit[b])} == {0, 2}:
            assert found == -1
        else:
            assert 0 <= found < len(world.ties)
            indices[found] = (a, b)
    assert len(indices) == 4 * 3 // 2 + 3 * 2 // 2 + 5 * 4 // 2 + 4 * 3 + 3 * 5


def test_every_resident_has_a_bond_with_every_post_of_the_pool(world):
    """Each resident and each post of the unit's pool have a bond of their own."""
    found = set()
    for i, place in enumerate(world.places):
        unit = world.units[place.unit]
        posts = range(
            int(world.units[unit.pool_first].post_first), int(world.units[unit.pool_end - 1].post_end)
        )
        assert len(posts) == unit.bond_width
        found |= {int(bond_of(row("residents", place=i), unit, post)) for post in posts}
    widths = [int(u.bond_width) * int(u.place_end - u.place_first) for u in world.units]
    assert found == set(range(sum(widths)))
    assert len(world.bonds) == sum(widths)


def test_days_since_counts_day_parts_and_never_runs_backwards():
    """Six day-parts are a day and a half; the future is no time ago."""
    assert days_since(2, 8) == 1.5
    assert days_since(8, 2) == 0.0


def test_bonds_fade_each_at_its_own_speed():
    """Familiarity and breach fade to 0, alliance to its start; reading and fading agree."""
    p = numbers()
    a = p.alliance
    bond = row("bonds", familiarity=0.8, alliance=0.7, breach=0.2, part=10)
    familiarity = 0.8 * math.exp(-9 / a.familiarity_days)
    breach = 0.2 * math.exp(-9 / a.breach_days)
    alliance = a.start + (0.7 - a.start) * math.exp(-9 / a.alliance_days)
    assert familiarity_now(bond, 46, p) == pytest.approx(familiarity)
    assert breach_now(bond, 46, p) == pytest.approx(breach)
    assert alliance_now(bond, 46, p) == pytest.approx(alliance - breach)
    fade_bond(bond, 46, p)
    assert (bond.familiarity, bond.alliance, bond.breach) == pytest.approx((familiarity, alliance, breach))
    assert bond.part == 46


def test_a_breach_can_eat_up_the_alliance():
    """Alliance less breach never falls below 0."""
    assert alliance_now(row("bonds", alliance=0.2, breach=0.9), 0, numbers()) == 0.0


def test_ties_and_grudges_fade():
    """A tie and a grudge fade with their own time constants and at the same moment not again."""
    p = numbers()
    tie = row("ties", tie=-0.5, grudge=0.4, part=4)
    fade_tie(tie, 44, p)
    assert tie.tie == pytest.approx(-0.5 * math.exp(-10 / p.encounters.tie_days))
    assert tie.grudge == pytest.approx(0.4 * math.exp(-10 / p.encounters.grudge_days))
    once = (tie.tie, tie.grudge, tie.part)
    fade_tie(tie, 44, p)
    assert (tie.tie, tie.grudge, tie.part) == once
    assert tie.part == 44


def test_the_officer_near_is_likely_the_one_in_the_common_room():
    """Chances go with time in the common room; with nobody there, with time on the unit."""
    unit = row("units", duty_first=1, duty_count=2, common=0.8, hands=2.0)
    duties = rows("duties", 3, time=1.0, common=[0.9, 0.6, 0.2])
    away = rows("duties", 3, time=1.0)
    assert officer_near(unit, duties, 0.0) == 1
    assert officer_near(unit, duties, 0.749) == 1
    assert officer_near(unit, duties, 0.751) == 2
    empty = row("units", duty_first=1, duty_count=2, common=0.0, hands=2.0)
    assert (officer_near(empty, away, 0.49), officer_near(empty, away, 0.51)) == (1, 2)
    assert officer_near(row("units", duty_first=1, duty_count=0), duties, 0.3) == -1
