"""Where tension comes from, and how impulses are applied."""

import pytest

from sim.mechanisms.tension import (
    fear_level,
    frustration,
    kept_within,
    settle_one,
    settling_days,
    tension_level,
    weight_of,
)
from tests.builders import numbers, row

KEPT = {f"keep_{name}": 1.0 for name in ("anger", "arousal", "fear", "grievance", "deterrence", "autonomy")}


def test_graver_incidents_weigh_more():
    """Severity 1 to 4: minor, threat, the physical assault that is the measure, serious."""
    p = numbers()
    t = p.tension
    assert [weight_of(s, p) for s in (1, 2, 3, 4)] == [t.weight_minor, t.weight_threat, 1.0, t.weight_serious]


def test_frustration_is_what_needs_lack():
    """Satisfied needs frustrate nobody; each lacking need adds its weight."""
    p = numbers()
    t = p.tension
    content = row("residents", autonomy=1.0, competence=1.0, relatedness=1.0)
    assert frustration(content, p) == 0.0
    some = row("residents", autonomy=0.5, competence=0.2, relatedness=0.9)
    expected = 0.5 * t.autonomy + 0.8 * t.competence + 0.1 * t.relatedness
    assert frustration(some, p) == pytest.approx(expected)


def test_the_level_of_tension_by_hand():
    """Sensitivity multiplies frustration only; boredom, crowding, distress nearby and the rest add up."""
    p = numbers()
    t = p.tension
    r = row(
        "residents",
        autonomy=0.5,
        competence=1.0,
        relatedness=1.0,
        sensitivity=1.2,
        boredom=0.5,
        adjustment=0.7,
        remand=1,
    )
    alone = t.floor + 1.2 * 0.5 * t.autonomy + 0.5 * t.boredom + 0.3 * t.unsettled + t.remand
    assert tension_level(r, 0, 0.0, p) == pytest.approx(alone)
    assert tension_level(r, 1, 0.4, p) == pytest.approx(alone + t.crowding + 0.4 * t.distress_nearby)


def test_tension_has_room_above_and_below():
    """The level stays inside (0, 1) for anybody."""
    wild = row("residents", sensitivity=50.0)
    assert tension_level(wild, 1, 1.0, numbers()) == 0.99
    content = row("residents", autonomy=1.0, competence=1.0, relatedness=1.0, adjustment=1.0)
    assert tension_level(content, 0, 0.0, numbers(tension__floor=0.0)) == 0.01


def test_fear_falls_with_familiar_faces_and_walls():
    """Being known and being guarded both take fear away, from the resting level."""
    p = numbers()
    t = p.tension
    assert fear_level(row("residents"), 0.5, p) == pytest.approx(t.fear_resting)
    known = row("residents", best_familiarity=0.5)
    assert fear_level(known, 0.5, p) == pytest.approx(t.fear_resting - 0.5 * t.fear_familiar)
    assert fear_level(row("residents"), 1.0, p) == pytest.approx(t.fear_resting - 0.5 * t.fear_barriers)


def test_support_and_company_speed_settling_in():
    """Without help the declared time constant; at both half-way points one whole unit of help."""
    p = numbers()
    assert settling_days(row("residents"), p) == p.tension.adjustment_days
    helped = row("residents", support=p.needs.support_half, company=p.needs.company_half)
    expected = p.tension.adjustment_days / (1 + p.tension.adjustment_help)
    assert settling_days(helped, p) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "shift", "expected"),
    [(0.4, 0.1, 0.5), (0.4, -0.1, 0.3), (0.4, 5.0, 0.7), (0.4, -5.0, 0.2), (0.0, -1.0, 0.0), (1.0, 1.0, 1.0)],
)
def test_exchange_uses_half_of_the_way_at_most(value, shift, expected):
    """A shift moves a state at most half of the way to the bound ahead."""
    assert kept_within(value, shift) == pytest.approx(expected)


def test_impulses_wait_and_are_applied_together():
    """Two impulses of a half leave a quarter of what was missing; afterwards nothing waits."""
    r = row("residents", **{**KEPT, "keep_anger": 0.25, "keep_autonomy": 0.9})
    r.touched, r.anger, r.autonomy, r.tension, r.tension_target = 1, 0.2, 0.5, 0.4, 0.4
    settle_one(r, 0.1, 0.5, 1, numbers())
    assert r.anger == pytest.approx(1 - 0.8 * 0.25)
    assert r.autonomy == pytest.approx(0.45)
    assert r.thwarted_by_coercion == pytest.approx(0.05)
    assert (r.touched, r.keep_anger, r.keep_autonomy) == (0, 1.0, 1.0)


def test_arousal_fades_and_tension_moves_to_its_target():
    """A day-part keeps the declared share of arousal and covers the declared share of the way."""
    r = row("residents", tension=0.4, tension_target=0.8, arousal=0.6, **KEPT)
    settle_one(r, 0.25, 0.5, 1, numbers())
    assert (r.tension, r.arousal) == pytest.approx((0.5, 0.3))


def test_switched_off_nothing_is_applied():
    """With the mechanism off tension is at its baseline and waiting impulses are dropped."""
    p = numbers()
    r = row("residents", tension=0.9, exchange_tension=0.3, touched=1, **{**KEPT, "keep_anger": 0.1})
    settle_one(r, 0.25, 0.5, 0, p)
    assert (r.tension, r.anger, r.exchange_tension, r.keep_anger) == (p.tension.baseline, 0.0, 0.0, 1.0)
