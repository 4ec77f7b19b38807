"""The week of every programme as kernels read it, part by part."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs import ACTIVITIES
from sim.specification import ProgrammeSpecification
from sim.week import week_hours, week_tables
from tests.builders import facility, shipped, with_programmes

WORK, EDUCATION, TRAINING = 1, 2, 4


def parts(specification, programme, column="hours", seats=7):
    """Return a column of the slots of a programme as days x day-parts."""
    _, slots = week_tables(specification)
    return slots[column].reshape(-1, 7, 4, 8)[programme, :, :, seats]


def test_the_basic_programme_has_42_and_a_half_hours():
    """Five days of 3.3 and 3.3 hours, two of 2.375 and 2.375, no evening, no night: 33 + 9.5."""
    week = parts(with_programmes(facility(10)), 0)
    assert week.tolist() == [[3.3, 3.3, 0.0, 0.0]] * 5 + [[2.375, 2.375, 0.0, 0.0]] * 2
    assert week.sum() == pytest.approx(42.5)


def test_the_plus_programme_has_48_hours():
    """As basic on weekdays, two evenings of 1.5 hours, weekend parts of 3 hours: 33 + 3 + 12."""
    week = parts(with_programmes(facility(10)), 1)
    plain, evening = [3.3, 3.3, 0.0, 0.0], [3.3, 3.3, 1.5, 0.0]
    by_hand = [plain, evening, plain, evening, plain, [3.0, 3.0, 0.0, 0.0], [3.0, 3.0, 0.0, 0.0]]
    assert week.ravel().tolist() == pytest.approx([hours for day in by_hand for hours in day])
    assert week_hours(with_programmes(facility(10))) == pytest.approx([42.5, 48.0])


def test_the_shipped_weeks_hold_these_hours_of_every_activity():
    """By hand from the calendars: five weekdays, two weekend days, Tuesday and Thursday evening."""
    basic, plus = (
        dict(zip(ACTIVITIES, np.sum(programme.week, axis=0).tolist(), strict=True)) for programme in shipped()
    )
    assert basic == pytest.approx(
        {
            "work": 14.8,  # 5 x (1.68 + 1.28)
            "education": 1.5,  # 5 x .3
            "training": 1.0,  # 5 x .2
            "sport": 5.65,  # 5 x .4 + 2 x (.9 + .925)
            "library": 2.55,  # 5 x .1 + 2 x (.525 + .5)
            "recreation": 9.1,  # 5 x (.32 + 1.12) + 2 x .95
            "air": 6.9,  # 5 x 1 + 2 x .95
            "visits": 1.0,  # 5 x .2
        }
    )
    assert plus == pytest.approx(
        {
            "work": 13.3,  # 5 x (1.48 + 1.18)
            "education": 3.75,  # 5 x .6 + .75
            "training": 2.0,  # 5 x .4
            "sport": 6.4,  # 5 x .4 + 2 x (.9 + .925) + .75
            "library": 2.55,
            "recreation": 11.6,  # 5 x (.22 + 1.02) + .75 + .75 + 2 x (.625 + 1.325)
            "air": 6.9,
            "visits": 1.5,  # 5 x .2 + 2 x .25
        }
    )


def test_the_shipped_basic_week_is_to_the_last_bit_what_no_week_at_all_is():
    """With places for all, the calendar changes neither hours nor shares of the frame's basic programme."""
    numbers = {"programme.weekday_evening_hours": 1.7, "programme.activity_share": 0.55}
    plain = facility(10, numbers=numbers)
    for column in ("hours", "active_share", "denied_share"):
        described = parts(with_programmes(plain), 0, column)
        assert described.tobytes() == parts(plain, 0, column).tobytes()
    assert np.unique(parts(plain, 0, "active_share")).tolist() == [0.55]


def test_missing_places_deny_their_share_of_the_hours():
    """A weekday morning of basic has 1.68 work and .3 education in 3.3 hours; without work .3 are left."""
    specification = with_programmes(facility(10))
    for seats, left in ((0, 0.0), (WORK, 1.68), (EDUCATION, 0.3), (WORK | EDUCATION, 1.98), (7, 1.98)):
        active = parts(specification, 0, "active_share", seats)[0, 0]
        denied = parts(specification, 0, "denied_share", seats)[0, 0]
        assert 3.3 * active == pytest.approx(left, abs=1e-12)
        assert 3.3 * denied == pytest.approx(1.98 - left, abs=1e-12)
    # On a weekday afternoon there is no school: a missing place in it costs nothing.
    assert parts(specification, 0, "denied_share", WORK | TRAINING)[0, 1] == 0.0


def test_every_programme_is_cut_with_the_frame():
    """At three tenths of the basic hours plus keeps its lead by day, and its evenings as written."""
    cut = {
        "programme.weekday_morning_hours": 0.99,
        "programme.weekday_afternoon_hours": 0.99,
        "programme.weekend_morning_hours": 0.7125,
        "programme.weekend_afternoon_hours": 0.7125,
    }
    week = parts(with_programmes(facility(10, numbers=cut)), 1)
    assert week[1].tolist() == pytest.approx([0.99, 0.99, 1.5, 0])
    assert week[5].tolist() == pytest.approx([0.9, 0.9, 0, 0])


def test_an_evening_that_everybody_has_is_not_taken_from_plus():
    """With three hours every evening in the frame, plus has three, not its own hour and a half."""
    week = parts(with_programmes(facility(10, numbers={"programme.weekday_evening_hours": 3})), 1)
    assert week[:5, 2].tolist() == [3.0] * 5
    assert week[5:, 2].tolist() == [0.0] * 2


def test_the_organised_share_moves_in_all_programmes():
    """At half the activity share every day-part has half the organised hours."""
    usual, half = (with_programmes(facility(10, numbers={"programme.activity_share": a})) for a in (0.6, 0.3))
    for programme in (0, 1):
        ratio = parts(half, programme, "active_share") / parts(usual, programme, "active_share")
        assert ratio == pytest.approx(np.full((7, 4), 0.5))


def test_outside_contact_follows_the_hours_of_visits():
    """Plus has one and a half times basic's visits and so of its outside contact."""
    specification = with_programmes(facility(10, numbers={"programme.visits": 0.4}))
    assert week_tables(specification)[0].visits.tolist() == pytest.approx([0.4, 0.6])
    said = with_programmes(facility(10), visits=0.9)
    assert week_tables(said)[0].visits.tolist() == [0.5, 0.9]
    often = with_programmes(facility(10, numbers={"programme.visits": 0.8}))
    assert week_tables(often)[0].visits.tolist() == [0.8, 1.0]
    column = ACTIVITIES.index("visits")
    basic, plus = specification.programmes
    doubled = [[2 * h if k == column else h for k, h in enumerate(slot)] for slot in basic.week]
    twice = replace(specification, programmes=(replace(basic, week=tuple(map(tuple, doubled))), plus))
    assert week_tables(twice)[0].visits.tolist() == pytest.approx([0.4, 0.3])


def test_the_table_says_where_a_programme_is_lived_and_what_it_wants():
    """Basic is lived in both regimes, plus in prisons only; both have work, education and training."""
    programmes, _ = week_tables(with_programmes(facility(10)))
    assert [(p.prison, p.remand, p.wants) for p in programmes] == [(1, 1, 7), (1, 0, 7)]
    assert week_tables(facility(10))[0].wants.tolist() == [0]


def test_a_row_is_found_by_name():
    specification = with_programmes(facility(10))
    assert [specification.programme_row(name) for name in ("basic", "plus")] == [0, 1]
    with pytest.raises(KeyError, match="no such programme: minus"):
        specification.programme_row("minus")


SLOT = st.lists(st.floats(0, 0.75), min_size=8, max_size=8).map(tuple)
WEEKS = st.just(()) | st.lists(SLOT, min_size=28, max_size=28).map(tuple)


@settings(max_examples=60, deadline=None)
@given(
    basic=WEEKS,
    other=WEEKS,
    hours=st.lists(st.floats(0, 6), min_size=8, max_size=8),
    share=st.floats(0, 1),
)
def test_no_week_leaves_its_bounds(basic, other, hours, share):
    """Whatever calendar and frame, hours stay within six and shares within one, and places only help."""
    paths = [
        f"programme.{day}_{part}_hours"
        for day in ("weekday", "weekend")
        for part in ("morning", "afternoon", "evening", "night")
    ]
    numbers = {**dict(zip(paths, hours, strict=True)), "programme.activity_share": share}
    programmes = (ProgrammeSpecification("basic", basic), ProgrammeSpecification("other", other))
    _, slots = week_tables(replace(facility(10, numbers=numbers), programmes=programmes))
    assert np.all((slots.hours >= 0) & (slots.hours <= 6))
    assert np.all((slots.active_share >= 0) & (slots.denied_share >= 0))
    assert np.all(slots.active_share + slots.denied_share <= 1 + 1e-12)
    active = slots.active_share.reshape(-1, 8)
    assert np.all(active[:, 7:] >= active - 1e-12)
    full = (slots.active_share + slots.denied_share).reshape(-1, 8)
    assert np.allclose(full, full[:, :1], rtol=0, atol=1e-12)
