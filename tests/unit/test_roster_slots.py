"""Who fills which slot, who is exchanged within a pool, and who covers, by hand."""

import numpy as np
import pytest

from sim import streams
from sim.mechanisms.roster import can_work
from tests.builders import row, rows
from tests.scenes import HAIR, JUST, Team

ALWAYS, NEVER = {"roster.replaced_share": 1}, {"roster.replaced_share": 0}


@pytest.fixture(autouse=True)
def _wrap():
    """Let whole numbers of keys wrap around, as in compiled code."""
    with np.errstate(over="ignore"):
        yield


# --- who can work ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holder", "absent_until", "duty_part", "able"),
    [(0, 0, -1, 1), (0, 3, 13, 1), (0, 4, 13, 0), (0, 0, 14, 0), (-1, 0, -1, 0)],
)
def test_who_is_well_and_not_on_duty_already_can_work(holder, absent_until, duty_part, able):
    """On day 3 who is back since day 3 can work, who is away until day 4, on duty or not there cannot."""
    staff = rows("staff", 1, absent_until=absent_until, duty_part=duty_part)
    assert can_work(row("posts", staff=holder), staff, 3, 14) == able


# --- slots in turn --------------------------------------------------------------------------------------


def test_posts_take_their_turns():
    """Of three posts on two slots the first two begin; the third is next, and so on round."""
    team = Team(3)
    assert [team.fill(part) for part in range(3)] == [[0, 1], [2, 0], [1, 2]]
    assert team.units[0].rota == 6


def test_a_duty_is_a_whole_day_part_of_one_person_on_one_unit():
    """The second unit's slots follow the first's in the list, with posts, staff and units of their own."""
    team = Team(2, 3)
    assert (team.fill(7, unit=0), team.fill(7, unit=1)) == ([0, 1], [2, 3])
    assert (team.units.duty_first.tolist(), team.units.duty_count.tolist()) == ([0, 2], [2, 2])
    duties = team.duties[:4]
    assert duties.unit.tolist() == [0, 0, 1, 1]
    assert duties.staff.tolist() == [10, 11, 12, 13]
    assert duties.time.tolist() == [1.0] * 4
    assert team.staff.duty_part[10:].tolist() == [7, 7, 7, 7, -1]
    assert team.control[0].duty_count == 4


def test_hours_times_the_share_of_the_shift_are_the_slots():
    """Of ten full-time equivalents three tenths are due in the morning: three; at night one tenth: one."""
    team = Team(9, hours=10.0, **{"roster.share_morning": 0.3, "roster.share_night": 0.1})
    assert team.fill(0) == [0, 1, 2]
    assert team.fill(3) == [3]


def test_there_are_no_more_slots_than_posts():
    """Five slots on a team of three are three."""
    assert Team(3, hours=5.0).fill() == [0, 1, 2]


@JUST
def test_a_fraction_of_a_slot_is_filled_by_the_draw(nudge, happens):
    """One slot and a hair more than the draw are two slots; a hair less, one."""
    team = Team(4)
    team.units.hours = 1 + team.draw(streams.HANDS, part=2) + nudge
    assert team.fill(2) == ([0, 1] if happens else [0])


def test_a_unit_without_a_team_has_no_slots():
    """Its empty list of duties starts where the next unit's will."""
    team = Team(2, 0)
    team.fill()
    assert team.fill(unit=1) == []
    assert (team.units[1].duty_first, team.units[1].rota, team.control[0].duty_count) == (2, 0, 2)


# --- absence --------------------------------------------------------------------------------------------


def test_an_absence_that_nobody_covers_leaves_the_slot_empty():
    """The rota goes on all the same: the next day-part begins with the post after the two that were due."""
    team = Team(4, **NEVER)
    team.ill(0)
    assert team.fill(0) == [1]
    assert team.units[0].rota == 2
    assert team.fill(1) == [2, 3]


def test_a_vacant_post_is_like_an_absence():
    """A slot whose turn falls on a post without a holder stays empty, or is covered."""
    for given, expected in ((NEVER, [1]), (ALWAYS, [2, 1])):
        team = Team(4, **given)
        team.posts[0].staff = -1
        assert team.fill() == expected


@pytest.mark.parametrize(
    ("ill", "expected"),
    [
        ((0,), [2, 1]),
        ((1,), [0, 2]),
        ((0, 2), [3, 1]),
        ((0, 1), [2, 3]),
        ((0, 1, 2), [3]),
        ((0, 2, 3), [1]),
        ((0, 1, 2, 3), []),
    ],
)
def test_colleagues_without_a_slot_of_their_own_cover_first(ill, expected):
    """Of posts 0 to 3 the first two are due; 2 and 3 step in, in this order, then who is due later.

    With 0, 2 and 3 ill, post 1 covers for 0, and nobody is left for its own slot.
    """
    team = Team(4, **ALWAYS)
    team.ill(*ill)
    assert team.fill() == expected


@pytest.mark.parametrize(
    ("ill", "expected"), [((0,), [3, 1, 2]), ((1,), [0, 3, 2]), ((2,), [0, 1, 3]), ((0, 2), [3, 1, 4])]
)
def test_the_first_to_cover_is_the_post_after_the_last_slot(ill, expected):
    """Of seven posts 0 to 2 are due: whichever of them is away, post 3 steps in first and then post 4."""
    team = Team(7, hours=3.0, **ALWAYS)
    team.ill(*ill)
    assert team.fill() == expected


def test_who_is_back_on_day_nine_works_from_its_morning_on():
    """Day-part 35 is the night of day 8, when the slot of who is away stays empty; 36 the next morning."""
    for part, expected in ((35, [1]), (36, [0, 1])):
        team = Team(4, **NEVER)
        team.ill(0)
        assert team.fill(part) == expected


def test_cover_goes_on_from_where_the_rota_is():
    """On a rota that is at post 2 the slots are 2 and 3; for an absent 2 steps in 0, the next after them."""
    team = Team(4, **ALWAYS)
    team.units.rota = 6
    team.ill(2)
    assert team.fill() == [0, 3]


@JUST
def test_whether_an_absence_is_covered_is_drawn_for_its_slot(nudge, happens):
    """A share of covered absences a hair above the draw of the second slot covers it."""
    team = Team(4)
    team.ill(1)
    team.p.roster.replaced_share = team.draw(streams.REPLACED, k=1) + nudge
    assert team.fill() == ([0, 2] if happens else [0])


# --- the pool -------------------------------------------------------------------------------------------


def test_without_rotation_nobody_is_exchanged():
    """A pool from which no slot is filled leaves everybody on the own unit."""
    team = Team(2, 2, **{"staffing.rotation_share": 0, "staffing.rotation_cluster": 2})
    assert team.assign() == [[0, 1], [2, 3]]


@pytest.mark.parametrize("part", range(6))
def test_pooled_slots_are_shuffled_by_their_draws(part):
    """Each slot in turn takes its pick of what is left of the list, from itself on; the staff go along."""
    team = Team(2, 3, **{"staffing.rotation_share": 1})
    team.units.rota = [0, 0]
    team.fill(part, unit=0)
    team.fill(part, unit=1)
    left, expected = [0, 1, 2, 3], []
    for unit, k in ((0, 0), (0, 1), (1, 0), (1, 1)):
        chosen = int(team.draw(streams.POOL_ORDER, k, part, unit) * len(left))
        expected.append(left[chosen])
        left[chosen] = left[0]  # who was there takes the place of who is taken
        left = left[1:]
    team.exchange(part)
    assert team.on(0) + team.on(1) == expected
    assert team.duties.staff[:4].tolist() == [10 + post for post in expected]
    assert team.duties.unit[:4].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("part", range(8))
def test_slots_outside_the_pool_are_passed_over(part):
    """With six slots of which those drawn below .6 are pooled, these shuffle among themselves only."""
    team = Team(3, 3, hours=3.0, **{"staffing.rotation_share": 0.6})
    team.fill(part, unit=0)
    team.fill(part, unit=1)
    slots = [(unit, k) for unit in (0, 1) for k in range(3)]
    pooled = [d for d, (unit, k) in enumerate(slots) if team.draw(streams.POOLED, k, part, unit) < 0.6]
    expected, left = list(range(6)), list(pooled)
    for d in pooled:
        unit, k = slots[d]
        chosen = int(team.draw(streams.POOL_ORDER, k, part, unit) * len(left))
        expected[d] = left[chosen]
        left[chosen] = left[0]
        left = left[1:]
    team.exchange(part)
    assert team.on(0) + team.on(1) == expected


def test_only_slots_below_the_rotation_share_are_pooled():
    """With a share between the two lowest draws of four slots one slot is pooled: nobody to swap with."""
    team = Team(2, 2)
    draws = sorted(team.draw(streams.POOLED, k, 0, unit) for unit in (0, 1) for k in (0, 1))
    moved = {}
    for pooled in (1, 4):
        at_share = Team(2, 2, **{"staffing.rotation_share": draws[pooled - 1] + HAIR})
        at_share.fill(unit=0)
        at_share.fill(unit=1)
        at_share.exchange()
        moved[pooled] = at_share.on(0) + at_share.on(1)
        assert at_share.duties.common[:4].sum() == pooled
    assert moved[1] == [0, 1, 2, 3]
    assert sorted(moved[4]) == [0, 1, 2, 3]
