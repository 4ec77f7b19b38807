"""Who meets whom, and what meetings do."""

import math

import numpy as np
import pytest

from sim.ledger import ACTIVITY, COMMON_ROOM, YARD
from sim.mechanisms.encounters import (
    affinity,
    company_factor,
    company_weight,
    encounters_day,
    enmity,
    friction_heat,
    meet,
    meet_on_unit,
    note_quarrel,
    prepare,
    where_met,
)
from sim.relations import fade_tie
from sim.simulation import Simulation
from tests.builders import facility, numbers, row, rows


def test_contacts_do_not_grow_with_the_group():
    """At the reference size the factor is 1; without saturation it falls in very small groups only."""
    p = numbers(encounters__small_group=1.0)
    reference = p.coupling.reference_size
    assert company_factor(reference - 1, p) == pytest.approx(1.0)
    assert company_factor(1.0, p) == pytest.approx(0.5 * reference / (reference - 1))
    assert company_factor(1000.0, p) == pytest.approx(reference / (reference - 1), rel=2e-3)
    assert company_factor(0.0, p) == 0.0


def test_the_coupling_makes_contacts_grow_with_the_group():
    """By count, twice the others mean twice the contacts, up to the physical ceiling."""
    p = numbers(coupling__saturation=1.0, coupling__reference_size=11.0, encounters__small_group=0.0)
    assert company_factor(20.0, p) == pytest.approx(2.0)
    assert company_factor(1e6, p) == pytest.approx(p.encounters.company_most)


def test_like_people_like_each_other():
    """Likeness is the product on two interests; liking stays within its bounds."""
    p = numbers()
    e = p.encounters
    one = row("residents", interest_first=1.0, interest_second=-0.5)
    same = row("residents", interest_first=0.8, interest_second=-1.0)
    far = row("residents", interest_first=-9.0, interest_second=9.0)
    assert affinity(one, same, p) == pytest.approx(e.affinity_base + e.affinity_likeness * (0.8 + 0.5))
    assert affinity(one, row("residents"), p) == pytest.approx(e.affinity_base)
    assert affinity(one, far, p) == -0.95
    assert affinity(far, far, p) == 0.95


def test_company_is_chosen_by_liking():
    """With a choice of 0.6 a friend weighs 1.6, an enemy 0.4, a stranger 1."""
    p = numbers(encounters__choice=0.6)
    assert [company_weight(tie, p) for tie in (1.0, -1.0, 0.0)] == pytest.approx([1.6, 0.4, 1.0])


def test_enmity_is_dislike_and_grudge():
    """Liking takes nothing away from a grudge."""
    assert enmity(row("ties", tie=0.7, grudge=0.3)) == pytest.approx(0.3)
    assert enmity(row("ties", tie=-0.4, grudge=0.3)) == pytest.approx(0.7)


def test_friction_at_the_reference_point_and_its_signs():
    """A middling contact has factor 1; alliance and orientation calm, restriction and vigilance inflame."""
    p = numbers()
    middling = row("staff", orientation=0.5, vigilance=0.15)
    assert friction_heat(0.0, 0.45, middling, p) == pytest.approx(1.0)
    e = p.encounters
    assert friction_heat(0.5, 0.45, middling, p) == pytest.approx(math.exp(-0.5 * e.friction_alliance))
    assert friction_heat(0.0, 0.95, middling, p) == pytest.approx(math.exp(0.5 * e.friction_restriction))
    tense = row("staff", orientation=0.5, vigilance=0.65)
    assert friction_heat(0.0, 0.45, tense, p) == pytest.approx(math.exp(0.5 * e.friction_vigilance))
    open_minded = row("staff", orientation=1.0, vigilance=0.15)
    calm = math.exp(-0.5 * e.friction_orientation)
    assert friction_heat(0.0, 0.45, open_minded, p) == pytest.approx(calm)


def test_where_people_meet():
    """During the active share of their hours in activity, else in the yard or the common room."""
    a = row("residents", hours_out=4.0, hours_active=2.0)
    b = row("residents", hours_out=5.0, hours_active=1.0)
    assert where_met(a, b, 0, 0.24) == ACTIVITY
    assert where_met(a, b, 0, 0.26) == COMMON_ROOM
    assert where_met(a, b, 1, 0.26) == YARD


def booked(*priorities, part=7):
    """Return the state of one place after quarrels with these priorities were offered, one by one."""
    quarrels, listed, control = rows("quarrels", 3, part=-9), rows("quarrel_list", 3), rows("control", 1)
    answers = [
        note_quarrel(1, part, priority, 10 + k, 20, -1, 1, 1, quarrels, listed, control)
        for k, priority in enumerate(priorities)
    ]
    return quarrels[1], listed, control[0].quarrel_count, answers


def test_the_lowest_priority_wins_in_any_order():
    """Of two quarrels at one place the one with the lower keyed number counts, whichever comes first."""
    for priorities in ((0.3, 0.7), (0.7, 0.3)):
        quarrel, listed, count, _ = booked(*priorities)
        assert quarrel.priority == 0.3
        assert quarrel.actor == 10 + priorities.index(0.3)
        assert (count, listed[0].place) == (1, 1)
    assert booked(0.3, 0.7)[3] == [1, 0]


def test_meeting_moves_the_tie_and_passes_mood_on():
    """The tie moves a share of the way to affinity; tension flows from the tense to the calm, conserved."""
    p = numbers(encounters__quarrel=0.0, encounters__tie_gain=0.1, encounters__exchange=0.2)
    a = row("residents", tension=0.8, arousal=0.1, propensity=1.0)
    b = row("residents", tension=0.3, arousal=0.5, propensity=1.0)
    tie = row("ties", tie=0.5)
    with np.errstate(over="ignore"):
        meet(0, 1, a, b, tie, 0, 0, 0, rows("quarrels", 2), rows("quarrel_list", 2), rows("control", 1), p)
    strength = 0.2 * 0.75
    assert a.exchange_tension == pytest.approx(strength * (0.3 - 0.8))
    assert a.exchange_tension + b.exchange_tension == pytest.approx(0.0)
    assert b.exchange_arousal == pytest.approx(strength * (0.1 - 0.5))
    assert tie.tie == pytest.approx(0.5 + 0.1 * (p.encounters.affinity_base - 0.5))
    assert a.day_company == b.day_company == 0.75


def test_some_meetings_turn_into_quarrels_by_heat():
    """The chance of a quarrel is the base times mean propensity times enmity; the hotter starts it oftener.

    False-alarm rate 1 in 5,000 (two checks at 1 in 10,000), once: the keys are fixed.
    """
    p = numbers(encounters__quarrel=0.02, encounters__enmity_weight=2.0, encounters__tie_gain=0.0)
    tries, quarrels_seen, started_by_a = 4000, 0, 0
    with np.errstate(over="ignore"):
        for n in range(tries):
            a = row("residents", key=n + 1, propensity=3.0, place=0)
            b = row("residents", key=10**6 + n, propensity=1.0, place=1)
            quarrels, control = rows("quarrels", 2, part=-9), rows("control", 1)
            tie = row("ties", tie=-0.5, grudge=0.25)
            meet(0, 1, a, b, tie, 0, 0, 1, quarrels, rows("quarrel_list", 2), control, p)
            if control[0].quarrel_count:
                quarrels_seen += 1
                started_by_a += int(quarrels[0].part == 0)
                assert max(quarrels.enmity) == pytest.approx(0.75)
    chance = 0.02 * 2 * (1 + 2 * 0.75)
    assert abs(quarrels_seen / tries - chance) < 3.891 * math.sqrt(chance * (1 - chance) / tries)
    share = started_by_a / quarrels_seen
    assert abs(share - 0.75) < 3.891 * math.sqrt(0.75 * 0.25 / quarrels_seen)


def test_reach_of_officers():
    """Checks are shared by the hands there are; chats go with time in the common room per resident out."""
    p = numbers()
    units = rows("units", 1, out=10, hands=2.0, duty_count=2, hours_programme=3.0)
    duties = rows("duties", 2, time=1.0, common=[0.6, 0.0])
    prepare(units, duties, p)
    e = p.encounters
    security = 0.5 * (p.security.static + p.security.procedural)
    checks = e.checks * (e.checks_base + (1 - e.checks_base) * security)
    assert duties.check.tolist() == pytest.approx([1 - math.exp(-checks / 2)] * 2)
    wanted = e.chats * 0.6 / 10
    assert duties[0].chat == pytest.approx(1 - math.exp(-wanted / (1 + wanted / e.chat_most)))
    assert duties[1].chat == 0.0
    assert units[0].pace == pytest.approx(e.pace * company_factor(9.0, p))


def test_shared_spaces_take_their_share_of_contacts():
    """A unit with neighbours keeps one minus the shared share of its pace, while the programme runs."""
    p = numbers(facility__shared=0.25)
    units = rows("units", 3, out=10, edges=[0, 2, 2], hours_programme=[3.0, 3.0, 0.0])
    prepare(units, rows("duties", 1), p)
    assert units.pace.tolist() == pytest.approx(units[0].pace * np.array([1.0, 0.75, 1.0]))


def test_possible_company_is_summed_up_in_the_evening():
    """Each resident's weight of company is the sum over the others, also for whoever is alone."""
    simulation = Simulation(facility(3, 1, numbers={"residents.occupancy": 1}), 1, use_compiler=False)
    w, p = simulation.world, simulation.world.parameters[0]
    w.ties.tie = 0.0
    encounters_day(3, w.residents, w.places, w.units, w.ties, p)
    assert w.residents.company_weight[:3].tolist() == [2.0, 2.0, 2.0]
    assert w.residents.company_weight[3] > 0


def test_a_newcomer_does_not_always_meet_whoever_was_alone():
    """Where two live, the first day together brings no more meetings than later days.

    False-alarm rate 1 in 10,000 at the fixed seed; the mean is about one meeting in a hundred days.
    """
    numbers_given = {
        "residents.occupancy": 0.5,
        "residents.stay_mean_days": 5,
        "residents.stay_median_days": 4,
        "encounters.pace": 0.05,
    }
    specification = facility(2, numbers=numbers_given, off=("conflict", "wellbeing", "strain"))
    days = Simulation(specification, 1, use_compiler=False).run(150).daily()[:, 0]
    together = (days.residents == 2) & (days.arrivals == 1)
    assert together.sum() > 5
    assert days.meetings[together].sum() <= 2


def test_ties_fade_once_a_day():
    """A tie that an incident brought up to date in the afternoon has faded by one day in the evening."""
    simulation = Simulation(facility(2, residents__occupancy=1.0), 1, use_compiler=False)
    w, p = simulation.world, simulation.world.parameters[0]
    tie = w.ties[1]
    for touched in (False, True):
        tie.tie, tie.grudge, tie.part = 0.5, 0.8, 3
        if touched:
            fade_tie(tie, 5, p)
        encounters_day(7, w.residents, w.places, w.units, w.ties, p)
        assert tie.tie == pytest.approx(0.5 * math.exp(-1 / p.encounters.tie_days))
        assert tie.grudge == pytest.approx(0.8 * math.exp(-1 / p.encounters.grudge_days))
        assert tie.part == 7


def test_the_quick_way_out_misses_no_meeting():
    """Somebody with little company yesterday is met by newcomers as surely as the chance says."""
    numbers_given = {"residents.occupancy": 1.0, "encounters.choice": 0.0, "encounters.quarrel": 0.0}
    simulation = Simulation(facility(3, numbers=numbers_given), 1, use_compiler=False)
    w, p = simulation.world, simulation.world.parameters[0]
    w.residents.opportunity = 1.0
    w.residents.company_weight[:3] = [2.0, 1.0, 2.0]  # the second was alone with one other
    w.units[0].out, w.units[0].pace = 3, 1.4
    # For the first and second: half of 1.4 times (1/2 + 1/1), which is certain.
    daily = rows("daily", 1)
    days = 60
    with np.errstate(over="ignore"):
        for part in range(days):
            tables = (w.residents, w.places, w.units, w.ties, w.quarrels, w.quarrel_list, daily, w.control)
            meet_on_unit(part, 0, *tables, p)
    assert daily[0].meetings >= 2 * days  # the second meets both others; those two meet in seven of ten
    assert daily[0].meetings < 3 * days
