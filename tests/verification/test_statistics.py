"""Long runs against closed forms.

Every check here runs at a fixed seed: its false-alarm rate was spent once, when it was written, and is
spent again only when the model's numbers change.
"""

import math

import numpy as np
import pytest

from sim.mechanisms.flow import stay_days
from sim.simulation import Simulation
from tests.builders import facility, in_use, off

Z = 3.891
"""Two-sided 1 in 10,000."""

FLOW_ONLY = ("strain", "encounters", "alliance", "conflict", "response", "coercion", "tension", "wellbeing")


def test_stays_of_those_admitted_have_the_mean_and_median_of_the_scenario():
    """Mean, median and spread of the stays that were drawn (false-alarm rate below 3 in 10,000)."""
    mean, median = 30.0, 18.0
    numbers = {"residents.stay_mean_days": mean, "residents.stay_median_days": median}
    simulation = Simulation(off(facility(*[60] * 5, numbers=numbers), *FLOW_ONLY), 1).run(600)
    residents = simulation.used("residents")
    stays = (residents.release - residents.arrival)[residents.arrival > 0]
    spread = math.sqrt(2 * math.log(mean / median))
    deviation = mean * math.sqrt(math.exp(spread**2) - 1)
    number = len(stays)
    assert number > 4000
    assert abs(stays.mean() - mean) < Z * deviation / math.sqrt(number)
    below = (stays <= median).mean()
    assert abs(below - 0.5) < Z * 0.5 / math.sqrt(number) + 0.012  # whole days: half a day is 1.2 %
    assert abs(np.log(stays[stays > 2]).std() / spread - 1) < 0.1


def test_the_stock_of_the_first_day_is_the_stock_of_any_day():
    """Length-biased stays: occupancy and flow are right from the first day (1 in 10,000 per check)."""
    numbers = {"residents.stay_mean_days": 60, "residents.stay_median_days": 30, "residents.occupancy": 0.9}
    days = Simulation(off(facility(*[100] * 10, numbers=numbers), *FLOW_ONLY), 1).run(400).daily()
    daily_flow = 1000 * 0.9 / 60
    for span in (slice(0, 40), slice(150, 190), slice(350, 390)):
        leaving = days.departures[span].sum() / 40
        assert abs(leaving - daily_flow) < Z * math.sqrt(daily_flow / 40)
    assert abs(days.residents[0].sum() - 900) < Z * math.sqrt(90)


@pytest.mark.parametrize("occupancy", [0.5, 0.8, 0.95])
def test_the_occupancy_is_that_of_the_scenario(occupancy):
    """Over years the share of places in use is the occupancy (1 in 10,000 per check)."""
    mean, median = 60.0, 30.0
    numbers = {
        "residents.stay_mean_days": mean,
        "residents.stay_median_days": median,
        "residents.occupancy": occupancy,
    }
    days = 3000
    simulation = Simulation(off(facility(*[50] * 4, numbers=numbers), *FLOW_ONLY), 1).run(days)
    found = simulation.daily().residents.sum() / (200 * days)
    vacancy = mean * (1 - occupancy) / occupancy
    spread_of_stay = mean * math.sqrt((mean / median) ** 2 - 1)
    # Renewal reward: variance of the occupied share of one place.
    cycle = mean + vacancy
    variance = ((1 - occupancy) ** 2 * spread_of_stay**2 + occupancy**2 * vacancy**2) / (cycle * days)
    assert abs(found - occupancy) < Z * math.sqrt(variance / 200) + 0.001  # people come and go at whole days


def test_a_place_that_starts_vacant_fills_at_the_same_rate():
    """A quantile of one half of the vacancy is its median, log 2 times the mean: arrivals begin at once."""
    numbers = {"residents.occupancy": 0.5, "residents.stay_mean_days": 40, "residents.stay_median_days": 40}
    simulation = Simulation(off(facility(*[100] * 5, numbers=numbers), *FLOW_ONLY), 1).run(28)
    vacant = 500 - int(simulation.daily().residents[0].sum())
    first = simulation.used("residents")
    # Of the places vacant at the start, those that filled within the median of 40 log 2 = 28 days.
    filled = ((first.occupant == 0) & (first.arrival > 0)).sum()
    assert stay_days(0.0, 40.0, 40.0, 0) == pytest.approx(40)
    assert abs(filled - vacant / 2) < Z * math.sqrt(vacant) / 2 + 0.02 * vacant


def test_replaced_absences_cost_no_hands_elsewhere():
    """Of the slots of an absent colleague the declared share is covered, by somebody not on duty anyway.

    False-alarm rate 1 in 10,000 per check.
    """
    quiet = facility(30, numbers={"strain.sick_per_year": 0, "strain.quit_per_year": 0}, off=FLOW_ONLY[1:])

    def hands(replaced, absent):
        simulation = Simulation(quiet.with_numbers({"roster.replaced_share": replaced}), 1)
        simulation.world.staff.absent_until[:absent] = 10**6
        simulation.run(700)
        return simulation.daily().duty_time.sum(), len(simulation.world.posts)

    for replaced in (0.0, 0.3, 0.5, 1.0):
        (full, team), (fewer, _) = hands(replaced, 0), hands(replaced, 1)
        slots = full / team
        lost = full - fewer
        assert abs(lost - (1 - replaced) * slots) < Z * math.sqrt(slots * replaced * (1 - replaced)) + 2


def test_cover_reaches_every_unit_of_a_pool():
    """Where a neighbour covers units without staff, the first of the file being without is no obstacle."""
    specification = facility(
        1,
        40,
        1,
        1,
        40,
        numbers={
            "staffing.rotation_share": 0.5,
            "staffing.rotation_cluster": 5,
            "strain.sick_per_year": 0,
            "strain.quit_per_year": 0,
        },
        choices={"staffing.unstaffed": "shared_cover"},
        off=FLOW_ONLY[1:],
    )
    simulation = Simulation(specification, 1)
    several = covered = 0
    for _ in range(400):
        simulation.run_parts(1)
        units = simulation.world.units
        if units.cover_needed[0] and units.cover_needed.sum() > 1 and units.hands.max() > 3:
            several += 1
            covered += int(np.all(units.duty_count > 0))
            duties = in_use(simulation, "duties")
            assert np.bincount(duties.staff, duties.time).max() <= 1 + 1e-12
    assert several > 50
    assert covered == several


def test_covering_for_others_is_no_rotation():
    """Shared cover lends officers to units without staff, and exchanges nobody else between units."""
    numbers = {"staffing.rotation_share": 0.5, "staffing.rotation_cluster": 1}
    choices = {"staffing.unstaffed": "shared_cover"}
    simulation = Simulation(facility(2, 30, 30, numbers=numbers, choices=choices, off=FLOW_ONLY[1:]), 1)
    lent = 0
    for _ in range(400):
        simulation.run_parts(1)
        duties, world = in_use(simulation, "duties"), simulation.world
        away = world.posts.unit[duties.post] != duties.unit
        assert np.all(world.units.cover_needed[duties.unit[away]] == 1)
        lent += int(away.sum())
    assert lent > 50


def test_pooled_slots_are_filled_from_the_whole_pool():
    """With every slot pooled, an officer works on each unit of the pool in proportion to its slots.

    Chi-square over three units and all posts, false-alarm rate 1 in 10,000.
    """
    numbers = {"staffing.rotation_share": 1.0, "staffing.rotation_cluster": 3}
    simulation = Simulation(facility(20, 20, 20, numbers=numbers, off=FLOW_ONLY), 1)
    posts = len(simulation.world.posts)
    counts = np.zeros((posts, 3))
    for _ in range(4 * 300):
        simulation.run_parts(1)
        duties = in_use(simulation, "duties")
        np.add.at(counts, (duties.post, duties.unit), 1)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    chi_square = ((counts - expected) ** 2 / expected).sum()
    degrees = (posts - 1) * 2
    limit = degrees * (1 - 2 / (9 * degrees) + 3.719 * math.sqrt(2 / (9 * degrees))) ** 3
    assert chi_square < limit


def test_sick_leave_has_its_rate_and_length():
    """Without slope, absence is spells times length over the year, plus one day of rounding per spell.

    False-alarm rate 1 in 10,000: absence of a person-day has the variance of spells of random length.
    """
    numbers = {
        "strain.sick_per_year": 4,
        "strain.sick_slope": 0,
        "strain.sick_days": 10,
        "strain.quit_per_year": 0,
    }
    specification = off(facility(*[60] * 10, numbers=numbers), *FLOW_ONLY[1:])
    days = Simulation(specification, 1).run(1500).daily()[100:]
    people = days.staff.sum() / len(days)
    found = days.staff_absent.sum() / days.staff.sum()
    # Absent on the day itself and on int(Exp(10)) days more; healthy 1/h days in between.
    chance = 1 - math.exp(-4 / 365)
    length = 1 + 1 / (math.exp(1 / 10) - 1)
    expected = length / (length + 1 / chance - 1)
    spells = people * len(days) / (length + 1 / chance - 1)
    assert abs(found / expected - 1) < Z * math.sqrt(2 / spells) + 0.005


def test_turnover_has_its_rate():
    """Without slope, leavers per person-year are the declared number (false-alarm rate 1 in 10,000)."""
    numbers = {"strain.quit_per_year": 0.5, "strain.quit_slope": 0, "strain.sick_per_year": 0}
    specification = off(facility(*[60] * 10, numbers=numbers), *FLOW_ONLY[1:])
    days = Simulation(specification, 1).run(1500).daily()
    expected = days.staff.sum() / 365 * 0.5
    assert abs(days.staff_leavers.sum() - expected) < Z * math.sqrt(expected)


def test_acts_alone_have_the_declared_rate():
    """Average people without state or shared feedback commit damage at rate times opportunity.

    False-alarm rate 1 in 10,000.
    """
    numbers = {
        "residents.reactivity_sd": 0,
        "flow.age_slope": 0,
        "conflict.state_most": 1,
        "conflict.damage_rate": 10,
        "conflict.contraband_rate": 0,
        "conflict.refusal_rate": 0,
        "conflict.escape_rate": 0,
        "conflict.alone_locked": 1,
        "conflict.asleep": 1,
    }
    specification = facility(
        *[50] * 4, numbers=numbers, off=("encounters", "wellbeing", "response", "strain")
    )
    simulation = Simulation(specification, 1).run(365)
    years = simulation.daily().residents.sum() / 365
    assert abs(len(simulation.ledger()) - 10 * years) < Z * math.sqrt(10 * years)
