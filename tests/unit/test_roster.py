"""Whole people on whole shifts, and where their time goes."""

import math

import numpy as np
import pytest

from sim.clock import PARTS
from sim.mechanisms.programme import programmed_hours
from sim.mechanisms.roster import (
    common_share,
    routine_load,
    shift_share,
    spend_time,
    whole_hands,
)
from tests.builders import numbers, row, rows


def test_shift_shares_of_the_week():
    """Each day-part has its share, at weekends times the weekend factor, never above the whole team."""
    p = numbers()
    r = p.roster
    shares = (r.share_morning, r.share_afternoon, r.share_evening, r.share_night)
    for part in range(PARTS):
        assert shift_share(part, p) == shares[part]
        assert shift_share(6 * PARTS + part, p) == pytest.approx(shares[part] * r.weekend_factor)
    assert shift_share(-8, p) == pytest.approx(shares[0] * r.weekend_factor)  # two days before a Monday
    assert shift_share(5 * PARTS, numbers(roster__share_morning=1.0, roster__weekend_factor=1.5)) == 1.0


def test_whole_hands_have_the_mean_expected():
    """Stochastic rounding: 2.3 is 2 in seven cases of ten and 3 in three."""
    found = [whole_hands(2.3, (k + 0.5) / 1000) for k in range(1000)]
    assert set(found) == {2, 3}
    assert np.mean(found) == pytest.approx(2.3)
    assert whole_hands(0.0, 0.0) == 0
    assert whole_hands(2.0, 0.0) == 2


def test_routine_load_is_per_resident():
    """Twice the residents, twice the load; more security and restriction, more; never below nothing."""
    p = numbers()
    r = p.roster
    load = routine_load(20.0, 0.7, 0.6, 0.45, p)
    by_hand = 20 * r.procedure_load * (r.procedure_base + 0.7 * r.procedure_static + 0.6 * r.procedure_rules)
    assert load == pytest.approx(by_hand)
    assert routine_load(40.0, 0.7, 0.6, 0.45, p) == pytest.approx(2 * load)
    assert routine_load(20.0, 0.7, 0.6, 0.9, p) > load
    assert routine_load(20.0, 0.0, 0.0, 0.0, numbers(roster__procedure_base=0.0)) == 0.0


def test_common_share_at_the_reference_point():
    """A middling officer spends logistic(base) of free time in the common room; each term has its sign."""
    p = numbers()
    middling = {"orientation": 0.5, "vigilance": 0.15, "exhaustion": 0.3}
    base = common_share(row("staff", **middling), p)
    assert base == pytest.approx(1 / (1 + math.exp(-p.roster.common_base)))
    assert common_share(row("staff", **{**middling, "orientation": 0.8}), p) > base
    assert common_share(row("staff", **{**middling, "vigilance": 0.8}), p) < base
    assert common_share(row("staff", **{**middling, "exhaustion": 0.8}), p) < base
    assert common_share(row("staff", **middling), numbers(security__presence=0.9)) > base


@pytest.fixture
def on_duty():
    """Return a function that spends the time of two officers, and the tables it wrote to."""

    def spend(residents=20, backlog=0.0, times=(1.0, 1.0), **values):
        p = numbers(**values)
        units = rows("units", 1, present=residents, backlog=backlog, restrictiveness=0.45, duty_count=2)
        units.static = p.security.static
        staff = rows("staff", 2, orientation=0.5, vigilance=0.15, exhaustion=0.3)
        duties = rows("duties", 2, staff=[0, 1], time=times)
        spend_time(units, staff, duties, p)
        return units[0], staff, duties, p

    return spend


def test_procedures_come_first_and_are_shared(on_duty):
    """The load is split by time on duty; what is left goes to common room and office."""
    unit, staff, duties, p = on_duty(times=(1.0, 0.5))
    load = routine_load(20.0, p.security.static, p.security.procedural, 0.45, p)
    assert unit.hands == 1.5
    assert unit.procedure == pytest.approx(load)
    assert duties.procedure.tolist() == pytest.approx([load / 1.5, load / 3])
    assert duties[0].common == pytest.approx((1 - load / 1.5) * common_share(staff[0], p))
    assert unit.common == pytest.approx(duties.common.sum())
    assert staff.day_procedure.tolist() == duties.procedure.tolist()
    assert staff.day_common.tolist() == duties.common.tolist()


def test_procedures_never_take_more_than_their_cap(on_duty):
    """However many residents there are, the declared share of hands is left over."""
    unit, _, _, p = on_duty(residents=5000)
    assert unit.procedure == pytest.approx(2 * p.roster.procedure_cap)


def test_paperwork_is_worked_off_and_expires(on_duty):
    """A small backlog is done at once; of one that no time is left for, some is dropped."""
    assert on_duty(backlog=0.2)[0].backlog == pytest.approx(0.0, abs=1e-15)
    unit, _, _, p = on_duty(residents=5000, backlog=3.0)
    assert unit.backlog == pytest.approx(3 * math.exp(-1 / (4 * p.roster.backlog_days)))


@pytest.mark.parametrize("backlog", [0.1, 1 / 3, 0.7, 1e-12, 0.123456789])
def test_a_backlog_never_falls_below_nothing(on_duty, backlog):
    """Rounding leaves no negative paperwork."""
    for residents in range(1, 40):
        assert on_duty(residents=residents, backlog=backlog)[0].backlog >= 0


def test_nobody_on_duty_spends_no_time():
    """A unit without duties has no hands and works off nothing."""
    units = rows("units", 1, present=9, backlog=1.0)
    spend_time(units, rows("staff", 1), rows("duties", 1), numbers())
    assert (units[0].hands, units[0].common, units[0].procedure) == (0, 0, 0)


def test_the_week_has_the_activity_hours_of_the_basic_programme():
    """The programmed hours of a week at the defaults are the 42.5 of the Dutch basic programme."""
    p = numbers()
    week = sum(programmed_hours(part, p) for part in range(7 * PARTS))
    assert week == pytest.approx(42.5, abs=0.05)
