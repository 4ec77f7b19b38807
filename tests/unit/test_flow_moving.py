"""Who moves in and out on which day, by hand."""

import math

import numpy as np
import pytest

from sim import streams
from sim.ledger import PLACE_MEMORY
from sim.mechanisms.flow import move_people, next_arrival, populate
from sim.state import NEVER
from tests.builders import numbers, rows
from tests.scenes import HAIR

TWENTY_DAYS = {"residents.stay_mean_days": 20, "residents.stay_median_days": 20}
"""With its median equal to its mean, every stay is 20 days."""

NO_VACANCY = {"residents.occupancy": 1}
NOBODY_COMES = {"residents.occupancy": 0}
SKEWED = {"residents.stay_mean_days": 60, "residents.stay_median_days": 30, "residents.occupancy": 0.75}


@pytest.fixture(autouse=True)
def _wrap():
    """Let whole numbers of keys wrap around, as in compiled code."""
    with np.errstate(over="ignore"):
        yield


class House:
    """Two units of one and two places, numbered from 10, all vacant until further notice."""

    def __init__(self, **given):
        self.p = numbers({**TWENTY_DAYS, **given})
        self.seed = np.uint64(11)
        self.control = rows("control", 1, seed=self.seed)
        self.residents = rows("residents", 12)
        self.places = rows("places", 3, unit=[0, 1, 1], resident=-1, next_arrival=1 << 40, memory=4)
        self.places.number = [10, 11, 12]
        self.units = rows(
            "units", 2, place_first=[0, 1], place_end=[1, 3], tie_first=[0, 1], programme=[3, 5]
        )
        self.units.bond_first, self.units.bond_width, self.units.remand = [0, 1], 1, [0, 1]
        self.edges = rows("edges", 1, unit_a=0, unit_b=1, tie_first=5)
        self.ties = rows("ties", 7, tie=0.5, grudge=0.5, part=-1)
        self.bonds = rows("bonds", 3, familiarity=0.5, alliance=0.9, breach=0.5, part=-1)
        self.memories = rows("memories", 3 * PLACE_MEMORY, event=1, weight=0.5)
        self.daily = rows("daily", 4)  # two days of two units

    def tables(self):
        return (
            self.residents,
            self.places,
            self.units,
            self.edges,
            self.ties,
            self.bonds,
            self.memories,
        )

    def lodge(self, place, release):
        """Put somebody in a place until a day; return the row."""
        row = self.control[0].resident_count
        self.control[0].resident_count += 1
        self.residents[row].present, self.residents[row].release = 1, release
        self.places[place].resident = row
        self.places[place].occupant += 1
        self.units[self.places[place].unit].present += 1
        return row

    def move(self, day, today=0):
        move_people(day, today, *self.tables(), self.daily, self.control, self.p)

    def fill(self, day=0):
        populate(day, *self.tables(), self.control, self.p)

    def key(self, number, occupant):
        return streams.person_key(self.seed, streams.PERSON, number, occupant)

    def about(self, purpose, number, occupant):
        """Return the uniform draw about the n-th occupant of a place."""
        return streams.draw(self.seed, purpose, 0, self.key(number, occupant), streams.NOBODY, 0)

    def stay_key(self, number, occupant, k):
        """Return the key of the stay (0) of an occupant, or of the share elapsed at the start (1)."""
        base = streams.of_person(streams.stream(self.seed, streams.STAY, 0), self.key(number, occupant))
        return streams.with_counterpart(base, streams.NOBODY, k)


# --- departures -----------------------------------------------------------------------------------------


def test_people_leave_on_the_day_of_release_and_not_before():
    """Who is to be released on day 10 is there on day 9 and gone on day 10; others stay."""
    house = House(**NOBODY_COMES)
    going, staying = house.lodge(2, release=10), house.lodge(1, release=11)
    house.move(9)
    assert house.residents.present.tolist()[:2] == [1, 1]
    assert house.daily.departures.tolist() == [0, 0, 0, 0]
    house.move(10, today=2)
    assert (house.residents[going].present, house.residents[staying].present) == (0, 1)
    assert house.places.resident.tolist() == [-1, staying, -1]
    assert house.units.present.tolist() == [0, 1]
    assert house.daily.departures.tolist() == [0, 0, 0, 1]  # the second unit on the second day
    assert house.daily.arrivals.tolist() == [0, 0, 0, 0]
    house.move(10, today=2)
    assert house.daily.departures.tolist() == [0, 0, 0, 1]


def test_who_stayed_beyond_the_day_of_release_leaves_too():
    """A release that was not carried out on its day is carried out as soon as people move again."""
    house = House(**NOBODY_COMES)
    house.lodge(0, release=10)
    house.move(13)
    assert house.places[0].resident == -1
    assert house.daily.departures.tolist() == [1, 0, 0, 0]


def test_with_nobody_to_come_a_place_stays_empty_for_ever():
    """At an occupancy of nought the next arrival lies a hundred million days ahead."""
    house = House(**NOBODY_COMES)
    house.lodge(0, release=10)
    house.move(10)
    assert house.places[0].next_arrival == 10 + 100_000_000


def test_a_place_stays_empty_for_the_draw_of_its_next_occupant():
    """Mean vacancy is 60 x (1 - .75) / .75 = 20 days; the draw is that of occupant 1 of place number 12."""
    house = House(**SKEWED)
    house.lodge(2, release=10)
    house.move(10)
    vacant = -math.log(1 - house.about(streams.VACANCY, 12, 1)) * 20
    assert vacant > 1
    assert house.places[2].next_arrival == 10 + round(vacant)
    assert house.places[2].resident == -1


@pytest.mark.parametrize("occupant", range(6))
def test_vacancies_are_rounded_to_the_nearest_day(occupant):
    """A vacancy of 20 days on average, from any day on, ends on the nearest whole day."""
    house = House(**SKEWED)
    vacant = -math.log(1 - house.about(streams.VACANCY, 12, occupant)) * 20
    for day in (-5, 0, 400):
        assert next_arrival(12, occupant, day, house.seed, house.p) == day + round(vacant)


# --- arrivals -------------------------------------------------------------------------------------------


def test_newcomers_arrive_on_their_day_and_not_before():
    """A place that expects somebody on day 12 is empty on day 11 and taken on day 12, for 20 days."""
    house = House()
    house.places[2].next_arrival = 12
    house.move(11)
    assert house.control[0].resident_count == 0
    house.move(12, today=2)
    assert house.places.resident.tolist() == [-1, -1, 0]
    newcomer = house.residents[0]
    assert (newcomer.present, newcomer.place, newcomer.unit, newcomer.occupant) == (1, 2, 1, 0)
    assert (newcomer.arrival, newcomer.release) == (12, 32)
    assert newcomer.key == house.key(12, 0)
    assert house.units.present.tolist() == [0, 1]
    assert house.daily.arrivals.tolist() == [0, 0, 0, 1]
    house.move(12, today=2)
    assert house.control[0].resident_count == 1


def test_without_vacancies_the_next_moves_in_the_same_day():
    """Somebody leaves and the next occupant arrives: one departure, one arrival, as many present."""
    house = House(**NO_VACANCY)
    going = house.lodge(1, release=10)
    house.move(10)
    assert (house.residents[going].present, house.residents[going].release) == (0, 10)
    assert house.places[1].resident == going + 1
    assert house.places.occupant.tolist() == [0, 2, 0]
    newcomer = house.residents[going + 1]
    assert (newcomer.key, newcomer.occupant) == (house.key(11, 1), 1)
    assert house.units.present.tolist() == [0, 1]
    assert house.daily.departures.tolist() == house.daily.arrivals.tolist() == [0, 1, 0, 0]


def test_a_place_of_twenty_day_stays_turns_over_every_twenty_days():
    """In 41 days a place without vacancies, first taken on day 0, has seen three people arrive."""
    house = House(**NO_VACANCY)
    house.places[0].next_arrival = 0
    for day in range(41):
        house.move(day)
    assert house.residents.arrival[:3].tolist() == [0, 20, 40]
    assert house.residents.release[:3].tolist() == [20, 40, 60]
    assert house.residents.present[:4].tolist() == [0, 0, 1, 0]
    assert (house.daily[0].arrivals, house.daily[0].departures) == (3, 2)


def test_newcomers_stay_as_long_as_their_draw_says():
    """The stay is exp(ln 30 + z x root of 2 ln 2), rounded: mean 60, median 30, not length-biased."""
    house = House(**SKEWED)
    house.places.next_arrival = 7
    house.move(7)
    for i in range(3):
        z = streams.normal(house.stay_key(10 + i, 0, 0))
        stay = math.exp(math.log(30) + z * math.sqrt(2 * math.log(2)))
        assert stay > 1
        assert house.residents[i].release == 7 + round(stay)
        assert house.residents[i].arrival == 7


def test_everybody_stays_at_least_a_day():
    """A stay of a tenth of a day ends on the day after."""
    house = House(**{"residents.stay_mean_days": 0.1, "residents.stay_median_days": 0.1})
    house.places[0].next_arrival = 7
    house.move(7)
    assert house.residents[0].release == 8


def test_newcomers_live_by_the_regime_of_their_unit():
    """Programme and remand are the unit's; until ties are counted all two places are as good company."""
    house = House(**{"residents.remand_share": 0})
    house.places.next_arrival = 0
    house.move(0)
    r = house.residents[:3]
    assert r.programme.tolist() == r.programme_now.tolist() == [3, 5, 5]
    assert r.remand.tolist() == [0, 1, 1]
    assert r.company_weight.tolist() == [1.0, 2.0, 2.0]
    assert (r.confined_until == NEVER).all()


def test_newcomers_bring_no_relations_and_no_memories():
    """Whoever moves into place 1 on day 3 meets nobody from before: ties, bonds and memories are new.

    Place 1 is the first of its unit: its ties are 1 and 2 of the unit's four, and 5 across units.
    """
    house = House(**{"alliance.start": 0.15})
    house.places[1].next_arrival = 3
    house.move(3)
    assert np.flatnonzero(house.ties.tie == 0).tolist() == [1, 2, 5]
    assert house.ties.grudge.tolist() == house.ties.tie.tolist()
    assert house.ties.part.tolist() == [-1, 12, 12, -1, -1, 12, -1]
    assert house.bonds.familiarity.tolist() == [0.5, 0.0, 0.5]
    assert house.bonds.breach.tolist() == [0.5, 0.0, 0.5]
    assert house.bonds.alliance.tolist() == [0.9, 0.15, 0.9]
    assert house.places.memory.tolist() == [4, 0, 4]
    of_place = house.memories.event.reshape(3, PLACE_MEMORY)
    assert of_place.any(axis=1).tolist() == [True, False, True]


# --- the stock of the first day -------------------------------------------------------------------------


def test_a_full_house_starts_with_everybody_somewhere_in_the_stay():
    """Of 20 days, the share that a person's draw gives is over on day 0; the rest, rounded, is to come."""
    house = House(**NO_VACANCY)
    house.fill()
    for i in range(3):
        inside = 20 * streams.uniform(house.stay_key(10 + i, 0, 1))
        r = house.residents[i]
        assert (r.arrival, r.release) == (-math.floor(inside), max(1, round(20 - inside)))
    assert house.units.present.tolist() == [1, 2]
    assert house.places.resident.tolist() == [0, 1, 2]


def test_the_stay_of_the_stock_is_length_biased():
    """With mean 60 and median 30 the median stay in the stock is 30 exp(2 ln 2) = 120 days."""
    house = House(**{**SKEWED, **NO_VACANCY})
    house.fill(day=-7)
    for i in range(3):
        z = streams.normal(house.stay_key(10 + i, 0, 0))
        stay = 120 * math.exp(z * math.sqrt(2 * math.log(2)))
        inside = stay * streams.uniform(house.stay_key(10 + i, 0, 1))
        r = house.residents[i]
        assert (r.arrival, r.release) == (-7 - math.floor(inside), -7 + max(1, round(stay - inside)))


def test_an_empty_house_waits_for_its_first_occupants():
    """At an occupancy of nought nobody is there, and nobody has been."""
    house = House(**NOBODY_COMES)
    house.fill()
    assert house.control[0].resident_count == 0
    assert house.places.occupant.tolist() == [0, 0, 0]
    assert house.places.next_arrival.tolist() == [100_000_000] * 3


def test_each_place_is_taken_or_not_by_its_own_draw():
    """At an occupancy a hair above the draw of a place it is taken, and all with lower draws."""
    draws = [House().about(streams.STOCK, 10 + i, 0) for i in range(3)]
    for highest in sorted(draws):
        occupancy = highest + HAIR
        house = House(**{"residents.occupancy": occupancy})
        house.fill(day=3)
        assert (house.places.resident >= 0).tolist() == [draw <= highest for draw in draws]
        for place in house.places[house.places.resident < 0]:
            vacant = -math.log(1 - house.about(streams.VACANCY, place.number, 0)) * 20
            assert place.next_arrival == 3 + round(vacant * (1 - occupancy) / occupancy)
