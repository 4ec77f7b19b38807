"""Hours out of cell, activity and boredom."""

import math

import numpy as np
import pytest

from sim.clock import DAYS_PER_MONTH
from sim.mechanisms.needs import autonomy_level, worth_of_activity
from sim.mechanisms.programme import (
    arrange,
    away_days,
    claim,
    go_on_leave,
    go_out,
    idleness,
    late_chance,
    leave_chance,
    may_leave,
    mean_hours,
    open_doors,
    open_unit,
    programme_day,
    programme_of,
    programmed_hours,
    promised_hours,
    slot_row,
    staffed_share,
    uptake,
    whole_places,
)
from sim.rules import logistic
from sim.state import NEVER
from sim.week import week_tables
from tests.builders import facility, numbers, row, rows, with_programmes

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
    open_unit(u, part, unstaffed, on, *week_tables(facility(10, numbers=values)), numbers(values))
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
    open_unit(unit, 8, 1, 1, *week_tables(facility(10, numbers=EVERY_DAY)), numbers(EVERY_DAY))
    assert (unit.hours_programme, unit.hours_open) == (0.0, 3.0)


def test_satisfied_needs_raise_taking_part():
    """At middling needs the base chance, above it more, always within bounds."""
    p = numbers()
    assert uptake(0.5, p) == pytest.approx(p.programme.uptake_base)
    assert uptake(0.7, p) == pytest.approx(p.programme.uptake_base + 0.2 * p.programme.uptake_needs)
    assert uptake(1.0, numbers(programme__uptake_needs=3.0)) == 0.99
    assert uptake(0.0, numbers(programme__uptake_needs=3.0)) == 0.02


def went_out(takes_part=1, on=1, resident=None, openness=0.0, hours_open=4.0, denied=0.0, doors=0.0):
    """Return a resident after the doors opened for four programmed hours, two of them activity."""
    p = numbers(programme__activity_share=0.5, programme__fear_avoidance=0.4, encounters__hours_exponent=0.5)
    r = row("residents", **{"confined_until": -1, "loss_until": -1, "leave_until": -1, **(resident or {})})
    slot = row("slots", hours=4.0, active_share=0.5 - denied, denied_share=denied)
    go_out(r, 4, 4.0, hours_open, slot, openness, doors, takes_part, on, p)
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


# --- programmes of one's own -------------------------------------------------------------------------------


def world(size=4, *, unit=None, people=None, values=None, **plus):
    """Return the tables of one unit of basic and plus programmes with a resident in every place."""
    values = values or {}
    specification = with_programmes(facility(size, numbers=values), **plus)
    programmes, slots = week_tables(specification)
    residents = rows(
        "residents",
        size,
        key=np.arange(1, size + 1, dtype=np.uint64) * np.uint64(2**32 + 7),
        place=np.arange(size),
        present=1,
        release=10_000,
        confined_until=NEVER,
        loss_until=NEVER,
        leave_until=NEVER,
    )
    for name, column in (people or {}).items():
        residents[name] = column
    places = rows("places", size, resident=np.arange(size), cellmate=-1)
    features = {"place_end": size, "present": size, "cancelled_until": NEVER, "hands": 9.0, **(unit or {})}
    return {
        "residents": residents,
        "places": places,
        "units": rows("units", 1, **features),
        "programmes": programmes,
        "slots": slots,
        "control": rows("control", 1, seed=5, recording=1),
        "ledger": rows("ledger", 64),
        "memories": rows("memories", 200),
        "daily": rows("daily", 1),
        "p": numbers(values),
    }


def arranged(w, day=0, on=1):
    with np.errstate(over="ignore"):
        arrange(day, w["residents"], w["places"], w["units"], w["programmes"], w["control"], on, w["p"])
    return w


def let_out(w, part):
    with np.errstate(over="ignore"):
        open_doors(
            part,
            w["residents"],
            w["places"],
            w["units"],
            w["programmes"],
            w["slots"],
            w["control"],
            1,
            w["p"],
        )
    return w["residents"]


BOTH = {"programme": [0, 1, 0, 1]}
ALWAYS = {"programme.uptake_base": 0.99, "programme.uptake_needs": 0.0, "programme.fear_avoidance": 0.0}


def test_a_programme_is_lived_where_the_regime_has_it():
    """Plus is lived on a prison unit; on a remand unit, or with a row that is none, the unit's own counts."""
    w = world()
    prison, remand = row("units", programme=0), row("units", remand=1, programme=0)
    assert programme_of(row("residents", programme=1), prison, w["programmes"]) == 1
    assert programme_of(row("residents", programme=1), remand, w["programmes"]) == 0
    assert programme_of(row("residents", programme=99), prison, w["programmes"]) == 0


def test_with_the_mechanism_off_everybody_is_back_in_the_basic_programme():
    """Off, nobody lives another programme, and nobody gets a place."""
    w = arranged(world(people=BOTH), on=0)
    assert w["residents"].programme_now.tolist() == [0, 0, 0, 0]
    assert w["residents"].seats.tolist() == [0, 0, 0, 0]
    assert arranged(w)["units"][0].others == 2


def test_in_plus_people_are_out_on_the_unit_when_nothing_is_scheduled():
    """A weekday morning has 3.3 hours; plus adds the rest of the four opening hours, basic nothing."""
    residents = let_out(arranged(world(people=BOTH, values=ALWAYS)), 0)
    assert residents.hours_out.tolist() == pytest.approx([3.3, 4.0, 3.3, 4.0])
    assert residents.hours_active.tolist() == pytest.approx([1.98, 2.08, 1.98, 2.08])
    assert residents.day_programme.tolist() == pytest.approx([3.3, 3.3, 3.3, 3.3])


def test_who_skips_an_activity_in_plus_is_locked_in_while_it_runs():
    """The doors of the programme stand open between activities, not during one that a person skips."""
    never = {**ALWAYS, "programme.uptake_base": 0.0}
    residents = let_out(arranged(world(people=BOTH, values=never)), 4)
    assert residents.hours_active.tolist() == [0.0] * 4  # the chance is at its least, .02
    assert residents.hours_out.tolist() == pytest.approx([3.3 - 1.98, 4.0 - 2.08, 3.3 - 1.98, 4.0 - 2.08])


def test_without_a_place_basic_locks_in_and_plus_lets_out():
    """Without places a basic resident is locked in for 1.98 hours, a plus resident is out all four."""
    none = {
        **ALWAYS,
        **{f"programme.{activity}_places": 0.0 for activity in ("work", "education", "training")},
    }
    residents = let_out(arranged(world(people=BOTH, values=none)), 0)
    assert residents.seats.tolist() == [0] * 4
    assert residents.hours_active.tolist() == pytest.approx([0.0] * 4, abs=1e-12)
    assert residents.hours_out.tolist() == pytest.approx([1.32, 4.0, 1.32, 4.0])
    assert residents.day_programme.tolist() == pytest.approx([1.32, 1.22, 1.32, 1.22])


TUESDAY_EVENING = 6


def test_only_plus_is_out_on_a_plus_evening():
    """On Tuesday evening those in plus have an hour and a half, the others stay locked in."""
    w = arranged(world(people=BOTH, values=ALWAYS))
    residents = let_out(w, TUESDAY_EVENING)
    assert residents.hours_out.tolist() == pytest.approx([0, 1.5, 0, 1.5])
    assert residents.hours_active.tolist() == pytest.approx([0, 0.75, 0, 0.75])
    assert w["units"][0].out == 2
    assert let_out(w, TUESDAY_EVENING + 4).hours_out.tolist() == [0.0] * 4


def test_a_plus_evening_needs_hands_for_those_who_come_out():
    """Half the hands that two plus residents need keep half the evening open; with none it is cancelled."""
    ratio = numbers().roster.lock_ratio
    half = arranged(world(people=BOTH, values=ALWAYS, unit={"hands": 1.0 / ratio}))
    assert let_out(half, TUESDAY_EVENING).hours_out.tolist() == pytest.approx([0, 0.75, 0, 0.75])
    nobody = arranged(world(people=BOTH, values=ALWAYS, unit={"hands": 0.0}))
    assert let_out(nobody, TUESDAY_EVENING).hours_out.tolist() == [0.0] * 4


def test_a_cancelled_programme_leaves_nobody_out():
    """After a grave incident activities are cancelled for all, and with them the open doors of plus."""
    w = arranged(world(people=BOTH, values=ALWAYS, unit={"cancelled_until": 4.0}))
    assert let_out(w, 0).hours_out.tolist() == [0.0] * 4


def test_hours_promised_are_those_of_the_own_programme():
    """On a Tuesday basic promises 6.6 hours and plus 8.1; a remand unit four fifths of basic."""
    w = world()
    p, slots = w["p"], w["slots"]
    unit, remand = row("units"), row("units", remand=1)
    assert promised_hours(unit, 0, 7, slots, 1, p) == pytest.approx(6.6)
    assert promised_hours(unit, 1, 7, slots, 1, p) == pytest.approx(8.1)
    assert promised_hours(remand, 0, 7, slots, 1, p) == pytest.approx(6.6 * p.programme.remand_factor)
    assert promised_hours(unit, 1, 7, slots, 0, p) == pytest.approx(42.5 / 7)


def test_the_night_notes_hours_promised_and_delivered():
    """Two residents of plus and two of basic on a Tuesday; one of them is away and counts apart."""
    w = arranged(world(people={**BOTH, "day_programme": [5.0, 6.0, 4.0, 99.0]}))
    w["residents"].leave_until[3] = 8
    programme_day(
        7, 0, w["residents"], w["places"], w["units"], w["programmes"], w["slots"], w["daily"], 1, w["p"]
    )
    day = w["daily"][0]
    assert (day.away, day.waiting) == (1, 0)
    assert day.hours_delivered == pytest.approx(15.0)
    assert day.hours_promised == pytest.approx(6.6 + 8.1 + 6.6)


# --- scarce places -----------------------------------------------------------------------------------------


def test_places_are_whole_and_right_on_average():
    """Seven tenths of 12 are 8.4 places: nine with a luck above .6, else eight; never more than people."""
    assert [whole_places(0.7, 12, luck) for luck in (0.0, 0.59, 0.61, 0.99)] == [8, 8, 9, 9]
    assert np.mean([whole_places(0.7, 12, (k + 0.5) / 1000) for k in range(1000)]) == pytest.approx(8.4)
    assert whole_places(1.0, 12, 0.999) == 12
    assert whole_places(0.0, 12, 0.999) == 0


def test_a_claim_is_waiting_time_priority_and_luck():
    """Ten days waited, a priority of 14 days and half of the luck of 20 days make a claim of 34 days."""
    assert claim(10.0, 14.0, 0.5, numbers(programme__place_luck=20.0)) == 34.0


HALF = {f"programme.{activity}_places": 0.5 for activity in ("work", "education", "training")}


def test_places_go_to_those_who_waited_longest():
    """Without luck the two who came first get the two places in each activity, and keep them."""
    values = {**HALF, "programme.place_luck": 0.0}
    w = arranged(world(people={"arrival": [-5, -30, -10, -2]}, values=values))
    assert w["residents"].seats.tolist() == [0, 7, 7, 0]
    w["residents"].arrival[0] = -400
    assert arranged(w, day=1)["residents"].seats.tolist() == [0, 7, 7, 0]
    w["places"][1].resident = -1  # a place falls vacant: the one who waits longest takes it
    assert arranged(w, day=2)["residents"].seats.tolist() == [7, 7, 7, 0]


def test_a_programme_may_give_priority():
    """With two weeks of priority somebody in plus comes before somebody who waited a week longer."""
    values = {**HALF, "programme.place_luck": 0.0}
    people = {"arrival": [-8, -1, -7, -1], "programme": [0, 1, 0, 1]}
    assert arranged(world(people=people, values=values))["residents"].seats.tolist() == [0, 7, 0, 7]
    without = world(people=people, values=values, priority_days=0.0)
    assert arranged(without)["residents"].seats.tolist() == [7, 0, 7, 0]


def test_luck_orders_those_who_came_together():
    """Among people who came on one day each is as likely to get one of the two places."""
    got = np.zeros(4)
    for day in range(400):
        got += arranged(world(values=HALF, people={"arrival": day}), day=day)["residents"].seats & 1
    # Half of 400 draws each, within four standard errors.
    assert np.all(np.abs(got - 200) < 4 * math.sqrt(100))
    assert got.sum() == 800


def test_the_order_of_rows_does_not_decide_about_places():
    """The same people in other places of the unit end up with the same places in activities."""
    one = arranged(world(8, values=HALF))["residents"]
    turned = world(8, values=HALF)
    turned["residents"].key = turned["residents"].key[::-1].copy()
    other = arranged(turned)["residents"]
    assert dict(zip(one.key.tolist(), one.seats.tolist(), strict=True)) == dict(
        zip(other.key.tolist(), other.seats.tolist(), strict=True)
    )


def test_a_place_that_the_programme_does_not_have_falls_to_somebody_else():
    """Whoever changes into a programme without training gives up the place in it."""
    values = {**HALF, "programme.place_luck": 0.0}
    w = arranged(world(people={"arrival": [-9, -8, -1, -1]}, values=values))
    w["programmes"][1].wants = 3
    w["residents"].programme[0] = 1
    assert arranged(w, day=1)["residents"].seats.tolist()[:3] == [3, 7, 4]


# --- leave -------------------------------------------------------------------------------------------------


def test_leave_takes_the_days_a_month_that_the_programme_says():
    """At two days' leave the mean time at home is such that the share of days away is right."""
    chance = leave_chance(3.0, 2.0)
    assert 2.0 / (2.0 + 1.0 / chance) == pytest.approx(3.0 / DAYS_PER_MONTH)
    assert leave_chance(0.0, 2.0) == 0.0
    assert leave_chance(15.0, 1.0) == pytest.approx(15 / (DAYS_PER_MONTH - 15))


def test_leave_is_open_to_sentenced_people_who_have_served_time():
    """Not before the time served, not on remand, not under a sanction, not when release is near."""
    p = numbers(programme__leave_after_days=30)
    unit, remand = row("units"), row("units", remand=1)
    usual = {"arrival": 0, "release": 400, "confined_until": NEVER, "loss_until": NEVER}
    assert may_leave(row("residents", **usual), unit, 30, p) == 1
    assert may_leave(row("residents", **usual), unit, 29, p) == 0
    assert may_leave(row("residents", **usual), remand, 30, p) == 0
    for change in ({"remand": 1}, {"release": 32}, {"confined_until": 121}, {"loss_until": 121}):
        assert may_leave(row("residents", **{**usual, **change}), unit, 30, p) == 0


def test_leave_asks_for_conduct_over_the_whole_stay():
    """At .4, two desired notes against three others are just enough, against four they are not."""
    p = numbers(programme__leave_after_days=0, programme__leave_conduct=0.4)
    usual = {"arrival": 0, "release": 400, "confined_until": NEVER, "loss_until": NEVER, "stay_desired": 2.0}
    assert may_leave(row("residents", **usual, stay_undesired=3.0), row("units"), 30, p) == 1
    assert may_leave(row("residents", **usual, stay_undesired=4.0), row("units"), 30, p) == 0


def test_late_return_follows_distress_and_grievance():
    """At middling distress and no grievance the base; both raise it."""
    p = numbers(programme__late_base=-3.0, programme__late_distress=2.0, programme__late_grievance=4.0)
    assert late_chance(0.3, 0.0, p) == pytest.approx(logistic(-3.0))
    assert late_chance(0.8, 0.25, p) == pytest.approx(logistic(-3.0 + 1.0 + 1.0))


def test_days_away_are_one_and_an_exponential_number():
    """At the median of a mean of 10 days: one day and 6.93 more, cut to whole days."""
    assert away_days(10.0, 0.0) == 1
    assert away_days(10.0, 0.5) == 1 + 6


def lived_a_morning(w, day):
    with np.errstate(over="ignore"):
        go_on_leave(
            4 * day,
            w["residents"],
            w["places"],
            w["units"],
            w["programmes"],
            w["memories"],
            w["ledger"],
            w["control"],
            w["p"],
        )
    return w["ledger"][: int(w["control"][0].event_count)]


SURE = {"programme.leave_after_days": 0, "programme.leave_length": 1}
PUNCTUAL = {**SURE, "programme.late_base": -12}


def sent_on_leave(values, **people):
    """Return a world in which those in plus go on leave on the first morning with a chance near 1."""
    w = arranged(world(people={**BOTH, **people}, values=values, leave_days_per_month=15))
    w["programmes"].leave_days_per_month[1] = DAYS_PER_MONTH / 2  # at one day's leave the chance is 1
    return w


def test_who_goes_on_leave_is_away_and_comes_back_in_time():
    """Those in plus leave on the first morning, note it in the ledger, and are back the next."""
    w = sent_on_leave(PUNCTUAL, activity=3.0, company=2.0, support=1.0)
    events = lived_a_morning(w, 0)
    assert [(e.kind, e.actor, e.place, e.seen, e.severity) for e in events] == [
        (80, 1, 5, 0, 0),
        (80, 3, 5, 0, 0),
    ]
    residents = w["residents"]
    assert residents.leave_until.tolist() == [NEVER, 4, NEVER, 4]
    away = residents[1]
    assert (away.day_out, away.day_active, away.day_company, away.day_support) == (18.0, 3.0, 2.0, 1.0)
    assert let_out(w, 0).hours_out[1] == 0.0
    assert len(lived_a_morning(w, 1)) == 2  # back: no event, and no new leave on the day of return
    assert let_out(w, 4).hours_out[1] > 0.0
    assert residents.overstayed.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(("no_return", "severity"), [(0, 1), (1, 2)])
def test_who_is_not_back_in_time_has_an_incident(no_return, severity):
    """A late return is an incident of the person on the morning it is due; the person stays away for days.

    Who comes late stays away for the days of the late, who does not come for those of the missing.
    """
    values = {
        **SURE,
        "programme.late_days": 1,
        "programme.missing_days": 60,
        "programme.late_base": 4,
        "programme.late_distress": 8,
        "programme.no_return": no_return,
    }
    w = sent_on_leave(values, distress=1.0)
    lived_a_morning(w, 0)
    late = lived_a_morning(w, 1)[2:]
    assert [(e.kind, e.actor, e.severity, e.place, e.cause) for e in late] == [
        (9, 1, severity, 5, 0),
        (9, 3, severity, 5, 0),
    ]
    residents = w["residents"]
    assert residents.incidents.tolist() == [0, 1, 0, 1]
    assert residents.overstayed.tolist() == [0, 1, 0, 1]
    back = int(residents.leave_until[1]) // 4
    assert back > 1
    assert (int(residents.leave_until[[1, 3]].max()) > 4 * 12) == bool(no_return)
    w["programmes"].leave_days_per_month[1] = 0.0
    for day in range(2, back + 1):
        lived_a_morning(w, day)
    assert residents.overstayed[1] == 0
    assert len([e for e in w["ledger"] if e.kind == 9 and e.actor == 1]) == 1


def test_a_late_return_out_of_grievance_names_the_coercion():
    """With a grievance that makes nearly all of the chance, the remembered coercion is the cause."""
    values = {**SURE, "programme.late_base": -12, "programme.late_distress": 0, "programme.late_grievance": 8}
    w = sent_on_leave(values, grievance=1.0, leave_until=0, programme_now=1)
    w["p"].programme.late_base = -4.0
    block = w["memories"][6]  # the first memory of the place of resident 1
    block.event, block.part, block.channel, block.weight = 17, -4, 3, 0.5
    w["p"].programme.late_grievance = 40.0
    late = [e for e in lived_a_morning(w, 0) if e.kind == 9]
    assert [(e.actor, e.cause, e.channel) for e in late if e.actor == 1] == [(1, 17, 3)]
    assert {(e.cause, e.channel) for e in late if e.actor != 1} == {(0, 0)}  # nothing to remember


def test_rows_of_slots_run_by_programme_day_and_seats():
    """The row of the second programme on the next Monday morning is the one of this Monday morning."""
    assert slot_row(0, 0, 3) == 3
    assert slot_row(1, 28, 0) == slot_row(1, 0, 0) == 28 * 8
    assert slot_row(0, -1, 0) == 27 * 8


def test_choice_and_responsibility_act_on_autonomy_and_competence():
    """Own choice of times adds its share to autonomy; responsible work makes an hour count for more."""
    p = numbers(needs__autonomy_choice=0.1, needs__competence_responsibility=0.5)
    levels = [autonomy_level(5.0, 0.4, 0.5, choice, 0.0, p) for choice in (0.0, 0.6)]
    assert levels[1] - levels[0] == pytest.approx(0.06)
    assert worth_of_activity(4.0, 0.5, p) == pytest.approx(5.0)
    assert worth_of_activity(4.0, 0.0, p) == 4.0
