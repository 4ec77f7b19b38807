"""Vigilance, restrictiveness, and what coercion leaves behind."""

import numpy as np
import pytest

from sim import ledger
from sim.mechanisms.coercion import (
    aggrieve,
    alarm,
    coercion_day,
    fairness_of,
    leave_marks,
    manner_of,
    mix_pools,
    resting_restriction,
    resting_vigilance,
    restriction_day,
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


def test_restriction_follows_vigilance_above_rest_and_the_ratchet(world):
    """The event-driven part is the weighted vigilance above rest plus the ratchet, within what is left."""
    p = world.parameters[0]
    c = p.coercion
    world.units.vigilance = resting_vigilance(p) + 0.2
    world.sites.ratchet = 0.1
    world.units.restrictiveness_event = 0.0
    restriction_day(world.posts, world.units, world.sites, world.staff, 1, p)
    events = 0.2 * c.restriction_vigilance + 0.1 * c.restriction_static
    assert world.units[0].restrictiveness_event == pytest.approx(events * rate_of(c.restriction_rise_days))


def test_a_ratchet_shows_in_the_security_of_its_units(world):
    """Units are as secure as the scenario says plus what the site has added, at most fully."""
    p = world.parameters[0]
    world.sites.ratchet = 0.2
    one_day(world)
    assert world.units[0].static == pytest.approx(p.security.static + 0.2)
    world.sites.ratchet = 1.0
    one_day(world)
    assert world.units[0].static == 1.0


# --- what one act of coercion does ------------------------------------------------------------------------

PER_HEAD = {f"coupling__{name}": 0.0 for name in ("witnesses", "news", "ratchet")}
PRISON = {"place_end": 3, "bond_width": 1, "out": 24, "duty_count": 2, "present": 24}


def marked(officer=0, sanction=ledger.CELL_CONFINEMENT, **values):
    """Let the first of three residents be sanctioned; return the tables that this changed.

    The second has seen it and likes the first by .4, the third is in the cell.
    """
    p = numbers(**PER_HEAD, coupling__reference_size=24, tension__witness_chance=1.0, **values)
    residents = rows("residents", 3, key=[5, 6, 7], place=[0, 1, 2], justice=0.5, trauma=[1, 0, 0])
    residents.hours_out = [2.0, 2.0, 0.0]
    residents.keep_grievance = residents.keep_deterrence = residents.keep_autonomy = 1.0
    ties = rows("ties", 9)
    ties[1].tie = 0.4
    events = rows("ledger", 1, event=9, target=0, officer=officer, sanction=sanction, reasons=1)
    w = {
        "residents": residents,
        "places": rows("places", 3, resident=[0, 1, 2]),
        "units": rows("units", 1, **PRISON),
        "staff": rows("staff", 1, **MIDDLING),
        "bonds": rows("bonds", 3, alliance=p.alliance.start, part=8),
        "ties": ties,
        "memories": rows("memories", 3 * ledger.PLACE_MEMORY),
        "ledger": events,
        "control": rows("control", 1, seed=3),
    }
    with np.errstate(over="ignore"):
        leave_marks(0, 8, *w.values(), 0, p)
    return w, p.coercion, p


def test_an_act_of_coercion_by_hand():
    """Grievance by the square of unfairness, deterrence by that of fairness, a breach of the alliance."""
    w, c, p = marked()
    fairness = fairness_of(0.5, manner_of(w["staff"][0], p), p)
    assert w["ledger"][0].fairness == pytest.approx(fairness)
    unfair = (1 - fairness) ** 2 * (1 + c.trauma_weight)
    r = w["residents"][0]
    assert r.keep_grievance == pytest.approx(1 - c.grievance_impulse * unfair)
    assert r.keep_deterrence == pytest.approx(1 - c.deterrence_impulse * fairness**2)
    assert r.keep_autonomy == pytest.approx(1 - c.autonomy_impulse)
    assert w["bonds"].breach.tolist() == pytest.approx([c.breach_impulse * unfair, 0.0, 0.0])
    assert (r.touched, w["memories"][0].event) == (1, 9)


def test_whoever_saw_it_is_aggrieved_too_and_friends_more():
    """A witness shares half of it, and liking adds; who is in the cell has seen nothing."""
    w, c, _ = marked(coercion__witness_share=0.5)
    own = 1 - w["residents"][0].keep_grievance
    assert 1 - w["residents"][1].keep_grievance == pytest.approx(0.5 * (0.5 + 0.4) * own)
    assert w["residents"][2].keep_grievance == 1.0
    assert w["memories"].event.tolist() == [9, 0, 0, 0, 0, 0] * 2 + [0] * 6
    alone, _, _ = marked(coercion__witness_share=0.0)
    assert alone["residents"][1].keep_grievance == 1.0
    assert c.grievance_impulse > 0


def test_a_lost_programme_weighs_less_than_the_cell():
    """Loss of programme has the declared part of every impulse of confinement."""
    cell, c, _ = marked()
    loss, _, _ = marked(sanction=ledger.LOSS_OF_PROGRAMME)
    for column in ("keep_grievance", "keep_deterrence", "keep_autonomy"):
        cost = 1 - cell["residents"][0][column]
        assert 1 - loss["residents"][0][column] == pytest.approx(c.loss_weight * cost), column


def test_without_an_officer_the_manner_is_middling_and_no_bond_suffers():
    """A decision by nobody in particular has the base manner and breaks with nobody."""
    w, c, p = marked(officer=-1)
    assert w["ledger"][0].fairness == pytest.approx(fairness_of(0.5, c.fairness_base, p))
    assert w["bonds"].breach.tolist() == [0.0, 0.0, 0.0]


# --- what a seen incident does to staff and site ----------------------------------------------------------


def alarmed(**event):
    """Let a unit of 24 on a site of 48 see an incident; two of three officers are on duty."""
    p = numbers(**PER_HEAD, coupling__reference_size=24, strain__incident_impulse=0.1)
    places = rows("places", 4)
    units = rows("units", 1, **PRISON, cancelled_until=-9.0)
    sites = rows("sites", 1, present=48, keep_news=1.0, ratchet=0.1)
    staff = rows("staff", 3, keep_vigilance=1.0, keep_exhaustion=1.0)
    memories = rows("memories", 4 * ledger.PLACE_MEMORY + ledger.UNIT_MEMORY + ledger.SITE_MEMORY)
    events = rows("ledger", 1, **{"event": 7, "staff": -1, **event})
    alarm(0, units, sites, places, staff, rows("duties", 2, staff=[0, 1]), memories, 8, events, p)
    return units[0], sites[0], staff, memories, p


def test_a_serious_assault_on_an_officer_by_hand():
    """All on duty are on guard, the victim more; the site hears, adds security, cancels the programme."""
    unit, site, staff, memories, p = alarmed(kind=ledger.SERIOUS, severity=4, staff=1)
    c = p.coercion
    on_duty = 1 - c.vigilance_on_duty
    assert staff.keep_vigilance.tolist() == pytest.approx([on_duty, on_duty * (1 - c.vigilance_victim), 1.0])
    assert staff.keep_exhaustion.tolist() == pytest.approx([0.9, 0.9 * (1 - p.strain.victim_impulse), 1.0])
    assert site.keep_news == pytest.approx(1 - c.vigilance_news / 2)
    step = c.ratchet_impulse / 2
    assert site.ratchet == pytest.approx(0.1 + step * (1 - p.security.static - 0.1))
    assert unit.cancelled_until == 9 + int(4 * c.cancelled_days + 0.5)
    first = 4 * ledger.PLACE_MEMORY
    known = {k: m.weight for k, m in enumerate(memories) if m.event == 7 and m.channel == ledger.VIGILANCE}
    of_unit, of_site = first, first + ledger.UNIT_MEMORY
    assert known == pytest.approx({of_unit: c.vigilance_on_duty, of_site: c.vigilance_news / 2 + step})


def test_a_threat_counts_half_and_changes_no_security():
    """Severity 2 of 4 has half of the impulse; nobody is hurt, nothing is added or cancelled."""
    unit, site, staff, _, p = alarmed(kind=ledger.THREAT, severity=2, staff=1)
    c = p.coercion
    assert staff.keep_vigilance.tolist() == pytest.approx([1 - c.vigilance_on_duty / 2] * 2 + [1.0])
    assert (site.ratchet, unit.cancelled_until) == (0.1, -9.0)
    assert site.keep_news == pytest.approx(1 - c.vigilance_news / 4)
