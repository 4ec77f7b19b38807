"""What must add up: people, staff time, and causes."""

import numpy as np
import pytest

from sim.ledger import CONTAINMENT, LAST_INCIDENT, SANCTION
from sim.parameters import registry
from sim.simulation import Simulation
from tests.builders import (
    EVENTFUL,
    dutch,
    endogenous_share,
    facility,
    in_use,
    incidents,
    lively,
    sites,
)

FEEDBACKS = [path for path, parameter in registry().items() if parameter.feedback]

LIVELY_WORLDS = {
    "rotation and shared cover": lively(),
    "fixed teams": lively(numbers={"staffing.rotation_share": 0, "staffing.residents_per_employee": 0.8}),
    "pools of two, few staff": lively(
        units=(7, 6, 5, 4), numbers={"staffing.rotation_cluster": 2, "staffing.residents_per_employee": 4}
    ),
    "sites": sites(3, 6, numbers=EVENTFUL, choices={"staffing.unstaffed": "open"}),
    "roster off": lively(off=("roster",)),
}


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_arrivals_less_departures_are_the_change_in_stock(name):
    """In every unit and on every day, the number of residents changes by arrivals less departures."""
    days = Simulation(LIVELY_WORLDS[name], 5).run(200).daily()
    change = np.diff(days.residents, axis=0)
    assert np.array_equal(change, (days.arrivals - days.departures)[1:])
    assert days.departures.sum() > 0


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_everybody_is_in_one_place_only(name):
    """Those present are those in the places, each place holds its own, and no unit overflows."""
    simulation = Simulation(LIVELY_WORLDS[name], 5).run(200)
    world, residents = simulation.world, simulation.used("residents")
    housed = world.places.resident[world.places.resident >= 0]
    assert sorted(housed) == np.flatnonzero(residents.present).tolist()
    assert all(residents[world.places[i].resident].place == i for i in residents.place[housed])
    assert np.array_equal(
        world.units.present, np.bincount(residents.unit[housed], minlength=len(world.units))
    )
    assert len(set(residents.key.tolist())) == len(residents)


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_nobody_works_more_than_there_is_time(name):
    """In no day-part does a member of staff or a post work more than the whole of it, nor while absent.

    With the roster off everybody employed is on duty for the mean share, the absent as well.
    """
    simulation = Simulation(LIVELY_WORLDS[name], 5)
    worked = 0.0
    for _ in range(4 * 40):
        day = simulation.day
        simulation.run_parts(1)
        duties = in_use(simulation, "duties")
        staff = simulation.used("staff")
        worked += duties.time.sum()
        assert np.bincount(duties.staff, duties.time, minlength=1).max() <= 1 + 1e-12
        assert np.bincount(duties.post, duties.time, minlength=1).max() <= 1 + 1e-12
        assert np.array_equal(staff.post[duties.staff], duties.post)
        if name != "roster off":
            assert np.all(staff.absent_until[duties.staff] <= day)
        assert np.all(duties.procedure + duties.common <= duties.time + 1e-12)
    assert worked > 0


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_hands_are_the_duties_of_the_unit(name):
    """The hands of a unit are the sum of its duties, and the daily record sums them up."""
    simulation = Simulation(LIVELY_WORLDS[name], 5)
    total = np.zeros(len(simulation.world.units))
    for _ in range(4 * 40):
        simulation.run_parts(1)
        duties = in_use(simulation, "duties")
        hands = np.bincount(duties.unit, duties.time, minlength=len(total))
        assert np.allclose(hands, simulation.world.units.hands, rtol=0, atol=1e-12)
        total += hands
    assert np.allclose(simulation.daily().duty_time.sum(axis=0), total)


def test_the_roster_has_the_hands_that_the_staff_ratio_pays_for():
    """Without absence, duty per day is the full-time equivalents times the shift shares of the week.

    False-alarm rate below 1 in 10,000: four standard errors of stochastic rounding; fixed seed.
    """
    weeks = 100
    specification = facility(12, 7, numbers={"strain.sick_per_year": 0, "strain.quit_per_year": 0})
    simulation = Simulation(specification, 2).run(7 * weeks)
    p = simulation.world.parameters[0].roster
    by_day = p.share_morning + p.share_afternoon + p.share_evening + p.share_night
    week = by_day * (5 + 2 * p.weekend_factor)
    found = simulation.daily().duty_time.sum(axis=0) / weeks
    error = np.sqrt(28 * 0.25 / weeks)  # a rounded number has a variance of at most 1/4
    assert np.all(np.abs(found - simulation.world.units.hours * week) < 4 * error)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_coercion_always_has_a_cause(name, seed):
    """Every containment and every sanction names an earlier incident of the same person as its cause."""
    simulation = Simulation(LIVELY_WORLDS[name], seed).run(200)
    ledger = simulation.used("ledger")
    coercion = ledger[(ledger.kind == CONTAINMENT) | (ledger.kind == SANCTION)]
    cause = ledger[coercion.cause - 1]
    assert len(coercion) > 50
    assert np.all((coercion.cause > 0) & (coercion.cause < coercion.event))
    assert np.all(cause.kind <= LAST_INCIDENT)
    assert np.array_equal(cause.actor, coercion.target)
    assert np.all(cause.seen == 1)
    assert np.all((cause.sanction > 0) | (cause.containment > 0))


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_every_channel_has_a_cause(name):
    """An event has a channel if and only if an event of an earlier day-part is its cause."""
    ledger = Simulation(LIVELY_WORLDS[name], 4).run(200).used("ledger")
    happened = ledger[(ledger.kind <= LAST_INCIDENT) | (ledger.kind == 30)]
    assert np.array_equal(ledger.event, np.arange(1, len(ledger) + 1))
    assert np.array_equal(happened.channel > 0, happened.cause > 0)
    caused = happened[happened.cause > 0]
    cause = ledger[caused.cause - 1]
    moment = 4 * ledger.day + ledger.part
    assert np.all(moment[caused.event - 1] > moment[cause.event - 1])
    assert set(caused.channel.tolist()) == {1, 2, 3, 4}


@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_recorded_is_seen_and_sanctioned_is_recorded(name):
    """The three filters stand in a row: sanctioned incidents are recorded, recorded ones were seen."""
    events = incidents(Simulation(LIVELY_WORLDS[name], 4).run(200))
    assert np.all(events.seen[events.recorded == 1] == 1)
    assert np.all(events.recorded[events.sanction > 0] == 1)
    assert np.all(events.seen[events.answer > 0] == 1)
    assert 0 < events.recorded.sum() < events.seen.sum() < len(events)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("name", LIVELY_WORLDS)
def test_without_feedback_nothing_is_endogenous(name, seed):
    """With every gain marked as feedback at 0, the endogenous share is exactly 0."""
    specification = LIVELY_WORLDS[name]
    simulation = Simulation(specification.with_numbers(dict.fromkeys(FEEDBACKS, 0.0)), seed).run(200)
    assert len(incidents(simulation)) > 500
    assert endogenous_share(simulation) == 0.0
    assert endogenous_share(Simulation(specification, seed).run(200)) > 0.05


@pytest.mark.parametrize("path", FEEDBACKS)
def test_every_feedback_gain_can_be_zero(path):
    """Whoever doubts a loop can switch its gain off: 0 is admissible."""
    assert registry()[path].low == 0.0


def test_recorded_share_differs_by_presence_and_kind():
    """Within one run, incidents are recorded more often where staff are near, and when they are grave."""
    specification = dutch(encounters__quarrel=0.01)
    simulation = Simulation(specification, 1).run(365)
    events = incidents(simulation)
    violent = events[(events.kind == 3) | (events.kind == 4)]
    verbal = events[(events.kind == 1) & (events.against_staff == 0)]
    in_cell = events[(events.place == 0) & (events.kind <= 4)]
    outside = events[(events.place != 0) & (events.kind <= 4)]

    def share(some):
        recorded = some.recorded.mean()
        return recorded, np.sqrt(recorded * (1 - recorded) / len(some))

    for more, less in ((violent, verbal), (outside, in_cell)):
        (high, high_error), (low, low_error) = share(more), share(less)
        assert high - low > 3 * np.hypot(high_error, low_error)
