"""Stays, vacancies, and who people are."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from sim.mechanisms.flow import (
    clear_relations,
    give_traits,
    mixed,
    start_state,
    stay_days,
    stay_spread,
    vacancy_days,
)
from sim.relations import tie_index
from sim.simulation import Simulation
from sim.streams import mix
from tests.builders import facility, numbers, row

GRID = np.array([NormalDist().inv_cdf((k + 0.5) / 20_000) for k in range(20_000)])
"""Equally likely standard normal quantiles."""


def stays(mean, median, biased):
    """Return stays at the quantiles of the grid."""
    return np.array([stay_days(z, mean, median, biased) for z in GRID])


@pytest.mark.parametrize(("mean", "median"), [(110.0, 50.0), (180.0, 110.0), (30.0, 30.0)])
def test_stays_have_the_mean_and_median_asked_for(mean, median):
    """The lognormal stay has exactly the median, and the mean up to the error of the grid."""
    assert stay_days(0.0, mean, median, 0) == pytest.approx(median)
    assert stays(mean, median, 0).mean() == pytest.approx(mean, rel=0.005)


@pytest.mark.parametrize(("mean", "median"), [(110.0, 50.0), (180.0, 110.0)])
def test_stays_met_in_the_stock_are_length_biased(mean, median):
    """The stock's mean stay is the second moment over the first: mean cubed over median squared."""
    assert stay_days(0.0, mean, median, 1) == pytest.approx(mean**2 / median)
    assert stays(mean, median, 1).mean() == pytest.approx(mean**3 / median**2, rel=0.01)


def test_the_spread_of_stays_follows_from_mean_and_median():
    """Mean over median is exp of half the variance; without skew there is no spread."""
    spread = stay_spread(110.0, 50.0)
    assert math.exp(spread**2 / 2) == pytest.approx(110 / 50)
    assert stay_spread(50.0, 50.0) == stay_spread(40.0, 50.0) == 0.0


def test_vacancies_give_the_occupancy():
    """Vacancies are exponential with mean stay times (1 - occupancy) / occupancy."""
    assert vacancy_days(1 - 1 / math.e, 95.0, 0.95) == pytest.approx(95 * 0.05 / 0.95)
    assert vacancy_days(0.0, 95.0, 0.95) == 0.0
    assert vacancy_days(0.9, 95.0, 1.0) == 0.0
    assert vacancy_days(0.1, 95.0, 0.0) >= 1e8


def test_mixed_numbers_keep_their_variance():
    """With correlation 0.6, 0.6 of the shared and 0.8 of the own number."""
    assert mixed(2.0, 1.0, 0.6) == pytest.approx(0.6 * 2 + 0.8)
    assert mixed(2.0, 1.0, 0.0) == 1.0


def people(number, remand_unit=0, **values):
    """Return the rows of many people and the parameters that made them."""
    p = numbers(**values)
    made = []
    with np.errstate(over="ignore"):
        for n in range(number):
            r = row("residents", key=mix(np.uint64(n)))
            give_traits(r, np.uint64(1), remand_unit, p)
            made.append(r)
    return np.array(made).view(np.recarray), p


def test_traits_have_the_means_spreads_and_correlations_asked_for():
    """Age, reactivity, vulnerability, trauma and remand as declared; reactive people expect less.

    False-alarm rate 1 in 1,000 in all (ten checks at 1 in 10,000), once: the keys are fixed.
    """
    number = 3000
    z = 3.891 / math.sqrt(number)
    r, p = people(number, flow__trait_correlation=0.4, flow__age_slope=0.0)
    q = p.residents
    assert abs(r.age.mean() - q.age_mean) < z * q.age_sd + 0.1  # the bounds cut a little of one tail
    assert abs(r.reactivity.mean() - q.reactivity_mean) < z * q.reactivity_sd
    assert abs(r.reactivity.std() / q.reactivity_sd - 1) < z
    assert abs(r.trauma.mean() - q.trauma_share) < z * 0.5
    assert abs(r.remand.mean() - q.remand_share) < z * 0.5
    assert abs(r.vulnerability.mean() - q.vulnerability_mean) < z * 0.3
    assert abs(np.corrcoef(r.reactivity, np.log(r.sensitivity))[0, 1] - 0.4) < z
    for offset in ("offset_autonomy", "offset_competence", "offset_relatedness"):
        assert abs(np.corrcoef(r.reactivity, r[offset])[0, 1] + 0.4) < z


def test_younger_people_react_more():
    """With an age slope of a quarter per ten years, people ten years older are a quarter less reactive."""
    one, _ = people(50, flow__age_slope=0.0)
    other, p = people(50, flow__age_slope=0.25)
    assert np.allclose(one.reactivity - other.reactivity, 0.25 * (one.age - p.residents.age_mean) / 10)


def test_on_a_remand_unit_everybody_awaits_judgment():
    """The regime of the unit decides, whatever the share elsewhere."""
    r, _ = people(20, remand_unit=1, residents__remand_share=0.0)
    assert r.remand.all()
    assert not people(20, residents__remand_share=0.0)[0].remand.any()


def test_newcomers_have_not_settled_and_old_hands_have():
    """Adjustment and fear start at the values of entry, and at rest after a long time inside."""
    p = numbers()
    fresh, old = row("residents"), row("residents")
    start_state(fresh, 0.0, p)
    start_state(old, 1e6, p)
    assert fresh.adjustment == pytest.approx(p.flow.adjustment_on_entry)
    assert fresh.fear == p.flow.fear_on_entry
    assert old.adjustment == pytest.approx(1.0)
    assert old.fear == pytest.approx(p.tension.fear_resting)
    assert fresh.keep_anger == fresh.keep_autonomy == 1.0


def test_a_new_occupant_starts_without_relations():
    """Clearing a place empties every tie and bond of it, and nobody else's."""
    world = Simulation(facility(4, 3, facility__shared=0.3), 1, use_compiler=False).world
    world.ties.tie, world.ties.grudge = 0.5, 0.5
    world.bonds.familiarity = 0.5
    clear_relations(1, world.units, world.edges, world.ties, world.bonds, 8, world.parameters[0])
    units, unit = world.units, world.places.unit
    own = {int(units[0].tie_first + 1 * 4 + 1)}  # the cell of the place with itself
    own |= {tie_index(1, j, 0, unit[j], units, world.edges) for j in range(7) if j != 1}
    assert set(np.flatnonzero(world.ties.tie == 0)) == own
    assert set(np.flatnonzero(world.ties.grudge == 0)) == own
    width = int(world.units[0].bond_width)
    cleared = np.flatnonzero(world.bonds.familiarity == 0)
    assert cleared.tolist() == list(range(width, 2 * width))
    assert np.all(world.bonds.alliance[cleared] == world.parameters[0].alliance.start)
