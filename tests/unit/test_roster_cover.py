"""Cover for units without staff, and the list of duties of a whole day-part, by hand."""

import numpy as np
import pytest

from sim import streams
from tests.scenes import Team

SHARED_COVER = 2
QUARTER = {"roster.cover_time": 0.25}


@pytest.fixture(autouse=True)
def _wrap():
    """Let whole numbers of keys wrap around, as in compiled code."""
    with np.errstate(over="ignore"):
        yield


def staffed(*units, sizes=(2, 1, 2), **given):
    """Return a pool in which these units have filled their slots and the others need cover."""
    team = Team(*sizes, **{**QUARTER, **given})
    for unit in range(len(sizes)):
        if unit not in units:
            team.units[unit].hours = 0.0
        team.fill(unit=unit)
    team.units.cover_needed = [int(unit not in units) for unit in range(len(sizes))]
    return team


# --- cover ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(8))
def test_an_officer_of_the_pool_gives_a_quarter_of_the_day_part(part):
    """The draw picks one of four duties of the neighbours, who has .75 left; the cover is a duty of .25."""
    team = staffed(0, 2)
    picked = int(4 * team.draw(streams.COVER, part=part, unit=1))
    team.cover(1, part)
    times = [1.0] * 4
    times[picked] = 0.75
    assert team.duties.time[:5].tolist() == [*times, 0.25]
    cover, donor = team.duties[4], team.duties[picked]
    assert (cover.unit, cover.post, cover.staff) == (1, donor.post, donor.staff)
    assert (donor.unit, team.duties[4].post) == ((0, 0, 2, 2)[picked], (0, 1, 3, 4)[picked])
    assert team.units.duty_first.tolist() == [0, 4, 2]
    assert team.units.duty_count.tolist() == [2, 1, 2]
    assert team.control[0].duty_count == 5


def test_every_officer_of_the_pool_can_be_the_one_who_covers():
    """Over eight day-parts the draws fall on the first and on the last of the four."""
    team = staffed(0, 2)
    assert {0, 3} <= {int(4 * team.draw(streams.COVER, part=part, unit=1)) for part in range(8)}


@pytest.mark.parametrize(("time", "covers"), [(0.5, True), (0.49, False)])
def test_nobody_gives_more_than_half_of_the_time_left(time, covers):
    """Who has .5 left gives .25 of it; who has less gives none, and the unit stays without staff."""
    team = staffed(0, 2)
    team.duties.time[:4] = time
    team.cover(1)
    assert team.units[1].duty_count == int(covers)
    assert team.control[0].duty_count == 4 + covers
    assert team.duties.time.sum() == pytest.approx(4 * time)


def test_where_nobody_is_on_duty_nobody_covers():
    """A pool without a duty leaves its units as they are, whatever list the last day-part left behind."""
    team = staffed()
    team.duties.time = 1.0
    team.cover(1)
    assert (team.control[0].duty_count, team.units[1].duty_count) == (0, 0)


@pytest.mark.parametrize(("pool", "donors"), [((0, 2), {0, 1}), ((1, 3), {2, 3})])
@pytest.mark.parametrize("part", range(4))
def test_only_units_of_the_pool_lend_a_hand(pool, donors, part):
    """With unit 0 or unit 2 outside the pool only duties of the other are asked."""
    team = staffed(0, 2)
    team.units[1].pool_first, team.units[1].pool_end = pool
    team.cover(1, part)
    (donor,) = np.flatnonzero(team.duties.time[:4] < 1)
    assert donor in donors


@pytest.mark.parametrize("part", range(6))
def test_who_is_covered_does_not_cover_in_turn(part):
    """Units 0 and 3 need cover: both get it from the three duties of units 1 and 2, never from each other."""
    team = staffed(1, 2, sizes=(1, 2, 1, 1))
    first, last = (int(3 * team.draw(streams.COVER, part=part, unit=unit)) for unit in (0, 3))
    team.cover(0, part)
    team.cover(3, part)
    given = [0.0, 0.0, 0.0]
    given[first] += 0.25
    given[last] += 0.25
    assert team.duties.time[:5].tolist() == [*(1 - time for time in given), 0.25, 0.25]
    assert team.duties.post[3:5].tolist() == [1 + first, 1 + last]
    assert team.units.duty_first.tolist() == [3, 0, 2, 4]


# --- the whole list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unstaffed", "covered"), [(0, 0), (1, 0), (SHARED_COVER, 1)])
def test_units_without_staff_get_cover_only_where_the_rule_says_so(unstaffed, covered):
    """Locked and open units wait without staff, marked as such; shared cover sends somebody."""
    team = Team(2, 1, 1, unstaffed=unstaffed, **QUARTER)
    team.ill(2)
    team.p.roster.replaced_share = 0.0
    on = team.assign()
    assert (on[0], len(on[1]), on[2]) == ([0, 1], covered, [3])
    assert team.units.cover_needed.tolist() == [0, 1, 0]
    assert team.control[0].duty_count == 3 + covered


def test_a_unit_without_a_team_needs_cover_in_every_day_part():
    """That it was covered in one day-part leaves nothing that would keep others from covering in the next."""
    team = Team(2, 0, unstaffed=SHARED_COVER, **QUARTER)
    for part in range(3):
        assert [len(posts) for posts in team.assign(part)] == [2, 1]
        assert team.units.cover_needed.tolist() == [0, 1]
        assert team.control[0].duty_count == 3


def test_every_day_part_draws_up_a_new_list():
    """The list of a day-part replaces the one before; the turns go on."""
    team = Team(3, 2)
    assert team.assign(0) == [[0, 1], [3, 4]]
    assert team.assign(1) == [[2, 0], [3, 4]]
    assert team.control[0].duty_count == 4
    assert team.units.duty_first.tolist() == [0, 2]


def test_a_pool_of_two_with_full_rotation_exchanges_within_itself_only():
    """Units 0 and 1 exchange, and so do 2 and 3: in ten day-parts nobody serves in the other pool."""
    values = {"staffing.rotation_share": 1, "staffing.rotation_cluster": 2}
    team = Team(1, 1, 1, 1, **values)
    team.units.pool_first, team.units.pool_end = [0, 0, 2, 2], [2, 2, 4, 4]
    seen = [set(), set(), set(), set()]
    for part in range(10):
        for unit, posts in enumerate(team.assign(part)):
            assert len(posts) == 1
            seen[unit] |= set(posts)
    assert seen == [{0, 1}, {0, 1}, {2, 3}, {2, 3}]


def test_a_pool_that_only_covers_exchanges_nobody():
    """With a cluster of one, full rotation moves nobody: the pool is there for cover alone."""
    team = Team(1, 1, **{"staffing.rotation_share": 1, "staffing.rotation_cluster": 1})
    assert [team.assign(part) for part in range(6)] == [[[0], [1]]] * 6


def test_a_unit_alone_has_nobody_to_exchange_with():
    """In pools of one unit each, full rotation leaves everybody in the slot of their turn."""
    team = Team(3, 3, hours=3.0, **{"staffing.rotation_share": 1, "staffing.rotation_cluster": 2})
    team.units.pool_first, team.units.pool_end = [0, 1], [1, 2]
    assert [team.assign(part) for part in range(6)] == [[[0, 1, 2], [3, 4, 5]]] * 6


def test_without_the_mechanism_everybody_works_the_mean_share():
    """Whoever holds a post, ill or not, is on duty for its size times the share of the shift: .5 x .3."""
    team = Team(2, 1, **{"roster.share_morning": 0.3})
    team.ill(0)
    team.posts.staff = [10, 0, -1]
    team.assign_mean(0)
    assert team.assign_mean(4) == [[0, 1], []]
    assert team.duties.time[:2].tolist() == [0.15, 0.15]
    assert team.duties.staff[:2].tolist() == [10, 0]
    assert team.units.cover_needed.tolist() == [0, 1]
    assert (team.control[0].duty_count, team.units[1].duty_first) == (2, 2)
