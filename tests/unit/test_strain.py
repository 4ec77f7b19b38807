"""Exhaustion, sick leave, leaving, and the ties of a team."""

import math

import numpy as np
import pytest

from sim.mechanisms.strain import (
    close_staff_day,
    exhaustion_target,
    hazard_per_day,
    move_staff,
    own_level,
    widest,
    work_together,
)
from sim.simulation import Simulation
from tests.builders import facility, numbers, row, rows


def test_own_level_stays_between_the_extremes():
    """One standard deviation above the mean; far out, just inside the bounds."""
    assert own_level(0.5, 0.15, 1.0) == pytest.approx(0.65)
    assert own_level(0.5, 0.15, 99.0) == 0.98
    assert own_level(0.5, 0.15, -99.0) == 0.02


def test_hazards_add_up_to_the_year():
    """At middling exhaustion a year of days has the yearly rate; exhaustion multiplies it."""
    survival = (1 - hazard_per_day(1.75, 2.2, 0.3)) ** 365
    assert survival == pytest.approx(math.exp(-1.75))
    more = math.log(1 - hazard_per_day(1.0, 2.0, 0.8)) / math.log(1 - hazard_per_day(1.0, 2.0, 0.3))
    assert more == pytest.approx(math.exp(2.0 * 0.5))
    assert hazard_per_day(0.0, 2.0, 0.9) == 0.0


def test_exhaustion_by_hand():
    """Procedures, relational work without skill and vigilance demand; satisfied needs relieve."""
    p = numbers()
    s = p.strain
    rested = row("staff", autonomy=0.5, competence=0.5, relatedness=0.5, skill=0.5)
    assert exhaustion_target(rested, p) == pytest.approx(s.exhaustion_resting)
    day = row(
        "staff",
        autonomy=0.8,
        competence=0.8,
        relatedness=0.8,
        skill=0.75,
        day_procedure=0.5,
        day_common=0.4,
        vigilance=0.2,
    )
    demands = 0.5 * s.demand_procedure + 0.4 * 0.25 * s.demand_relational + 0.2 * s.demand_vigilance
    relief = 0.3 * s.relief_needs
    assert exhaustion_target(day, p) == pytest.approx(s.exhaustion_resting + demands - relief)
    spent = row("staff", day_procedure=4.0, day_common=4.0, vigilance=1.0)
    assert exhaustion_target(spent, numbers(strain__demand_procedure=1.0)) == 0.95


def test_team_ties_grow_with_shared_shifts_and_fade():
    """Both ends of a tie fade since they last held and grow by the share of what is left."""
    p = numbers()
    s = p.strain
    units = rows("units", 1, bond_width=3, duty_count=2)
    duties = rows("duties", 2, post=[0, 2], staff=[0, 1])
    ties, staff = rows("team_ties", 9, part=0), rows("staff", 2)
    ties[2].tie = ties[6].tie = 0.5
    work_together(8, staff, units, ties, duties, p)
    faded = 0.5 * math.exp(-2 / s.team_tie_days)
    grown = faded + s.team_tie_gain * (1 - faded)
    assert ties.tie.tolist() == pytest.approx([0, 0, grown, 0, 0, 0, grown, 0, 0])
    assert staff.cohesion.tolist() == pytest.approx([s.cohesion_gain * grown] * 2)


def test_alone_on_duty_there_is_no_cohesion():
    """One officer on a shift strengthens no tie."""
    units = rows("units", 1, bond_width=3, duty_count=1)
    ties, staff = rows("team_ties", 9), rows("staff", 1)
    work_together(8, staff, units, ties, rows("duties", 1), numbers())
    assert ties.tie.sum() == staff.cohesion.sum() == 0


def test_the_widest_pool_gives_the_columns():
    """Team ties have as many columns as the largest pool has posts."""
    assert widest(rows("units", 3, bond_width=[2, 7, 4])) == 7


def test_a_vacant_post_is_filled_after_the_declared_days():
    """Whoever leaves is replaced by the next holder, a new person without bonds, after the vacancy."""
    specification = facility(6, strain__quit_per_year=2.0, strain__quit_slope=6.0, strain__vacancy_days=3.0)
    w = Simulation(specification, 1, use_compiler=False).world
    p = w.parameters[0]
    w.staff.exhaustion = 1.0
    w.bonds.familiarity = 0.5
    daily = rows("daily", 400)
    left = {}
    with np.errstate(over="ignore"):
        for day in range(60):
            before = w.posts.staff.copy()
            move_staff(day, day, w.staff, w.posts, w.units, w.bonds, w.team_ties, daily, w.control, p)
            for post in np.flatnonzero((before >= 0) & (w.posts.staff < 0)):
                left[int(post)] = day
            for post in np.flatnonzero((before < 0) & (w.posts.staff >= 0)):
                assert day == left[int(post)] + 3
                new = w.staff[w.posts[post].staff]
                assert (new.hired, new.occupant, new.present) == (day, w.posts[post].occupant - 1, 1)
                column = w.bonds.reshape(-1, int(w.units[0].bond_width))[:, post]
                assert np.all(column["familiarity"] == 0)
                if w.control[0].staff_count > len(w.staff) - 2:
                    return
    assert left


def test_the_day_is_closed():
    """At night the accounts of the day are cleared and nothing waits."""
    staff = rows("staff", 2, day_common=2.0, day_solved=3, keep_exhaustion=0.2, keep_vigilance=0.2)
    close_staff_day(rows("posts", 2, staff=[0, -1]), staff)
    assert (staff[0].day_common, staff[0].day_solved, staff[0].keep_exhaustion) == (0, 0, 1)
    assert staff[1].day_common == 2.0
