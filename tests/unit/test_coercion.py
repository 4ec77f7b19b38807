"""Vigilance, restrictiveness, and what coercion leaves behind."""

import numpy as np
import pytest

from sim.mechanisms.coercion import (
    aggrieve,
    coercion_day,
    fairness_of,
    manner_of,
    mix_pools,
    resting_restriction,
    resting_vigilance,
)
from sim.rules import rate_of
from sim.simulation import Simulation
from tests.builders import facility, numbers, row, rows

MIDDLING = {"orientation": 0.5, "skill": 0.5, "vigilance": 0.15, "exhaustion": 0.3}


def test_reliance_on_security_raises_resting_vigilance():
    """At middling security the resting level; each unit of reliance above adds its weight; 0 is possible."""
    c = numbers().coercion
    middling = numbers(security__static=0.5, security__procedural=0.5)
    strict = numbers(security__static=1.0, security__procedural=1.0)
    assert resting_vigilance(middling) == pytest.approx(c.vigilance_resting)
    assert resting_vigilance(strict) == pytest.approx(c.vigilance_resting + 0.5 * c.vigilance_reliance)
    none = numbers(security__static=1.0, coercion__vigilance_reliance=0.0)
    assert resting_vigilance(none) == c.vigilance_resting


def test_resting_restriction_by_hand():
    """Walls and rules are felt, a connecting team restricts less, culture adds its own."""
    p = numbers(security__static=0.4, security__procedural=0.6)
    c = p.coercion
    base = c.restriction_base + 0.4 * c.restriction_static + 0.6 * c.restriction_rules
    assert resting_restriction(0.5, 0.0, p) == pytest.approx(base)
    assert resting_restriction(0.7, 0.05, p) == pytest.approx(base - 0.2 * c.restriction_orientation + 0.05)
    assert resting_restriction(0.5, -9.0, p) == 0.02
    assert resting_restriction(0.5, 9.0, p) == 0.9


def test_fairness_weighs_treatment_and_manner():
    """General treatment counts for three quarters here, how this officer does it for one."""
    p = numbers(coercion__fairness_quality=0.25, security__attitude=0.4)
    c = p.coercion
    officer = row("staff", **MIDDLING)
    assert manner_of(officer, p) == pytest.approx(c.fairness_base)
    assert fairness_of(0.6, 0.4, p) == pytest.approx(0.75 * 0.6 + 0.25 * 0.4)
    assert (fairness_of(1.0, 1.0, p), fairness_of(0.0, 0.0, p)) == (1.0, 0.0)


def test_the_manner_of_coercion_by_hand():
    """The qualities that make a contact good make coercion bearable, each by its weight."""
    p = numbers(security__attitude=0.4)
    base, a = p.coercion.fairness_base, p.alliance

    def manner(**officer):
        return manner_of(row("staff", **{**MIDDLING, **officer}), p)

    assert manner() == pytest.approx(base)
    assert manner(skill=0.9) == pytest.approx(base + 0.4 * a.quality_skill)
    assert manner(orientation=0.1) == pytest.approx(base - 0.4 * a.quality_orientation)
    assert manner(vigilance=0.55) == pytest.approx(base - 0.4 * a.quality_vigilance)
    assert manner(exhaustion=0.7) == pytest.approx(base - 0.4 * a.quality_exhaustion)
    interested = manner_of(row("staff", **MIDDLING), numbers(security__attitude=0.8))
    assert interested == pytest.approx(base + 0.4 * a.quality_attitude)


def test_grievance_waits_and_remembers_why():
    """A grievance is applied later, and its event is kept in the memory of the place; none leaves none."""
    places, memories = rows("places", 2), rows("memories", 12)
    r = row("residents", keep_grievance=1.0)
    aggrieve(r, 1, 77, 8, 0.25, places, memories)
    assert (r.touched, r.keep_grievance, places[1].memory) == (1, 0.75, 1)
    assert memories.event.tolist() == [0] * 6 + [77] + [0] * 5
    calm = row("residents", keep_grievance=1.0)
    aggrieve(calm, 0, 77, 8, 0.0, places, memories)
    assert (calm.touched, calm.keep_grievance, places[0].memory) == (0, 1.0, 0)


def test_pools_share_their_vigilance_by_the_pooled_share():
    """With 40 % of slots pooled, units of a pool come 40 % of the way to its mean; others keep theirs."""
    p = numbers(staffing__rotation_share=0.4, staffing__rotation_cluster=2.0)
    units = rows("units", 3, pool_first=[0, 0, 2], pool_end=[2, 2, 3], vigilance_event=[0.2, 0.6, 0.9])
    mix_pools(units, p)
    assert units.vigilance_event.tolist() == pytest.approx([0.28, 0.52, 0.9])


@pytest.fixture
def world():
    """Return a world of one unit before its first day, made plainly."""
    return Simulation(facility(12), 1, use_compiler=False).world


def one_day(w, on=1):
    """Let the slow states of the cycle take one step."""
    coercion_day(w.posts, w.units, w.sites, w.staff, on, w.parameters[0])


def test_restrictiveness_is_quick_to_rise_and_slow_to_fall(world):
    """Above its target it moves with the falling time constant, below with the rising one."""
    p = world.parameters[0].coercion
    world.staff.vigilance_event = 0.0
    world.units.restrictiveness = 0.95
    one_day(world)
    base = 0.95 - (0.95 - world.units[0].restrictiveness) / rate_of(p.restriction_fall_days)
    world.units.restrictiveness = 0.05
    one_day(world)
    rise = (world.units[0].restrictiveness - 0.05) / (base - 0.05)
    assert rise == pytest.approx(rate_of(p.restriction_rise_days))
    assert 0.05 < base < 0.95


def test_vigilance_of_events_fades_to_rest(world):
    """Without new events, vigilance keeps exp(-1/tau) a day and rests at what security brings about."""
    p = world.parameters[0]
    world.staff.vigilance_event = 0.5
    world.staff.keep_vigilance = 1.0
    one_day(world)
    kept = np.exp(-1 / p.coercion.vigilance_days)
    used = world.posts.staff
    assert world.staff.vigilance_event[used] == pytest.approx(0.5 * kept)
    resting = resting_vigilance(p)
    assert world.staff.vigilance[used] == pytest.approx(1 - (1 - resting) * (1 - 0.5 * kept))
    one_day(world, on=0)
    assert world.staff.vigilance[used] == pytest.approx(resting)


def test_the_ratchet_relaxes_slowly(world):
    """Security added after a grave incident fades with its time constant."""
    world.sites.ratchet = 0.2
    one_day(world)
    assert world.sites[0].ratchet == pytest.approx(
        0.2 * np.exp(-1 / world.parameters[0].coercion.ratchet_days)
    )


def test_added_security_is_felt_as_restriction(world):
    """The ratchet raises the level that restrictiveness moves to, as an event-driven part."""
    world.sites.ratchet = 0.2
    one_day(world)
    p = world.parameters[0].coercion
    added = p.restriction_static * 0.2
    assert world.units[0].restrictiveness_event == pytest.approx(added * rate_of(p.restriction_rise_days))
