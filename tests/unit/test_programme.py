"""Hours out of cell, activity and boredom."""

import pytest

from sim.mechanisms.programme import (
    go_out,
    idleness,
    mean_hours,
    open_unit,
    programmed_hours,
    staffed_share,
    uptake,
)
from tests.builders import numbers, row

EVERY_DAY = {
    f"programme.{day}_{part}_hours": hours
    for day in ("weekday", "weekend")
    for part, hours in (("morning", 3.0), ("afternoon", 2.0), ("evening", 1.0), ("night", 0.0))
}


def test_programmed_hours_follow_the_week():
    """Day 0 is a Monday, day 5 a Saturday; time before day 0 counts backwards."""
    p = numbers(
        {path: 1.0 + k / 10 for k, path in enumerate(path for path in EVERY_DAY if "weekend" in path)}
        | {path: 5.0 for path in EVERY_DAY if "weekday" in path}
    )
    assert [programmed_hours(4 * 4 + part, p) for part in range(4)] == [5.0] * 4
    assert [programmed_hours(5 * 4 + part, p) for part in range(4)] == pytest.approx([1.0, 1.1, 1.2, 1.3])
    assert programmed_hours(-4, p) == 1.0
    assert programmed_hours(-4 * 3, p) == 5.0


def test_mean_hours_average_over_the_daytime():
    """Six hours a day in three daytime day-parts are two in each; a day-part holds six at most."""
    assert mean_hours(numbers(EVERY_DAY)) == pytest.approx(2.0)
    assert mean_hours(numbers(dict.fromkeys(EVERY_DAY, 6.0))) == 6.0


def test_staffed_share_is_hands_times_ratio():
    """One officer suffices for the declared number of residents; an empty unit needs nobody."""
    assert staffed_share(1.0, 66, 33.0) == 0.5
    assert staffed_share(2.0, 20, 33.0) == 1.0
    assert staffed_share(0.0, 20, 33.0) == 0.0
    assert staffed_share(0.0, 0, 33.0) == 1.0


def opened(part=0, unstaffed=1, on=1, values=EVERY_DAY, **unit):
    """Return a unit after its doors were set for a day-part."""
    u = row("units", present=10, cancelled_until=-1.0, **unit)
    open_unit(u, part, unstaffed, on, numbers(values))
    return u


def test_open_doors_add_a_share_of_the_rest_of_the_daytime():
    """Three programmed hours and half of the other three; at night doors stay shut."""
    unit = opened(openness=0.5)
    assert (unit.hours_programme, unit.hours_open) == (3.0, 4.5)
    night = opened(part=3, openness=0.5)
    assert (night.hours_programme, night.hours_open) == (0.0, 0.0)


def test_hours_are_cut_without_staff_unless_the_rule_is_open():
    """A locked unit without hands opens for no time at all, an open one as programmed."""
    assert opened(unstaffed=0, hands=0.0).hours_open == 0.0
    assert opened(unstaffed=0, hands=5.0).hours_open == 3.0
    assert opened(unstaffed=2, hands=0.0).hours_open == 0.0
    assert opened(unstaffed=1, hands=0.0).hours_open == 3.0


def test_remand_units_have_fewer_hours_and_cancelled_ones_none():
    """The remand factor cuts the programme; a cancelled one leaves only open doors."""
    factor = numbers().programme.remand_factor
    assert opened(remand=1).hours_programme == pytest.approx(3 * factor)
    unit = row("units", present=10, cancelled_until=9.0, openness=0.5)
    open_unit(unit, 8, 1, 1, numbers(EVERY_DAY))
    assert (unit.hours_programme, unit.hours_open) == (0.0, 3.0)


def test_satisfied_needs_raise_taking_part():
    """At middling needs the base chance, above it more, always within bounds."""
    p = numbers()
    assert uptake(0.5, p) == pytest.approx(p.programme.uptake_base)
    assert uptake(0.7, p) == pytest.approx(p.programme.uptake_base + 0.2 * p.programme.uptake_needs)
    assert uptake(1.0, numbers(programme__uptake_needs=3.0)) == 0.99
    assert uptake(0.0, numbers(programme__uptake_needs=3.0)) == 0.02


def went_out(takes_part=1, on=1, resident=None, **unit):
    """Return a resident after the doors opened."""
    p = numbers(programme__activity_share=0.5, programme__fear_avoidance=0.4, encounters__hours_exponent=0.5)
    r = row("residents", **{"confined_until": -1, "loss_until": -1, **(resident or {})})
    go_out(r, 4, row("units", **{"hours_programme": 4.0, "hours_open": 4.0, **unit}), takes_part, on, p)
    return r


def test_half_of_the_programme_is_activity():
    """Who takes part is active for the activity share, and out for all of it."""
    r = went_out()
    assert (r.hours_active, r.hours_out) == (2.0, 4.0)
    assert r.opportunity == pytest.approx((4 / 6) ** 0.5)


def test_who_skips_an_activity_is_locked_in_while_it_runs():
    """Skipping costs the hours of the activity, unless the unit's doors stand open."""
    assert went_out(takes_part=0).hours_out == 2.0
    assert went_out(takes_part=0, openness=1.0, hours_open=6.0).hours_out == 6.0
    assert went_out(takes_part=0).hours_active == 0.0


def test_fear_keeps_people_in_but_not_from_activity():
    """Fear takes its share of the free hours only."""
    r = went_out(resident={"fear": 0.5})
    assert r.hours_out == pytest.approx(2 + 2 * (1 - 0.4 * 0.5))


def test_sanctions_keep_people_in():
    """In confinement there are no hours out; after loss of programme none but activity."""
    confined = went_out(resident={"confined_until": 5})
    assert (confined.hours_out, confined.hours_active, confined.opportunity) == (0, 0, 0)
    assert went_out(resident={"confined_until": 4}).hours_out == 4.0
    assert went_out(resident={"loss_until": 5}).hours_out == 2.0


def test_idleness_is_what_a_day_leaves_empty():
    """Recreation counts for less than activity; a full day leaves nothing empty."""
    p = numbers(programme__active_hours_needed=8.0, programme__recreation_worth=0.5)
    assert idleness(4.0, 8.0, p) == pytest.approx(1 - (4 + 2) / 8)
    assert idleness(0.0, 0.0, p) == 1.0
    assert idleness(8.0, 14.0, p) == 0.0
