"""Levels that needs, wellbeing and distress move to."""

import math

import pytest

from sim.mechanisms.needs import (
    autonomy_level,
    competence_level,
    outside_contact,
    relatedness_level,
)
from sim.mechanisms.wellbeing import distress_level, self_harm_chance, wellbeing_level
from tests.builders import numbers, row


def test_autonomy_by_hand():
    """Hours, restriction, fairness and the alliance dose each add their share."""
    p = numbers(security__alliance=0.4)
    n = p.needs
    assert autonomy_level(0.0, 1.0, 0.5, 0.0, 0.0, p) == pytest.approx(n.autonomy_base)
    seven_hours = autonomy_level(7.0, 0.6, 0.7, 0.0, 0.05, p)
    by_hand = n.autonomy_base + n.autonomy_hours / 2 + 0.4 * n.autonomy_restriction
    assert seven_hours == pytest.approx(by_hand + 0.2 * n.autonomy_fairness + 0.05)
    assert autonomy_level(14.0, 1.0, 0.5, 0.0, 0.0, p) == autonomy_level(20.0, 1.0, 0.5, 0.0, 0.0, p)
    with_them = autonomy_level(0.0, 1.0, 0.5, 0.0, 0.0, numbers(security__alliance=0.9))
    assert with_them == pytest.approx(n.autonomy_base + 0.5 * n.autonomy_alliance)


def test_competence_is_half_reached_at_its_half():
    """At the half-way hours of activity half the gain is there; much more brings nearly all."""
    p = numbers(security__alliance=0.4)
    n = p.needs
    assert competence_level(0.0, 0.0, p) == pytest.approx(n.competence_base)
    half = competence_level(n.competence_half, 0.0, p)
    assert half == pytest.approx(n.competence_base + n.competence_activity / 2)


def test_relatedness_adds_company_support_and_outside_contact():
    """Each source alone brings half its gain at its half-way number of contacts."""
    p = numbers()
    n = p.needs
    base = relatedness_level(0.0, 0.0, 0.0, 0.0, p)
    assert base == pytest.approx(n.relatedness_base)
    company = relatedness_level(n.company_half, 0.0, 0.0, 0.0, p)
    support = relatedness_level(0.0, n.support_half, 0.0, 0.0, p)
    assert company - base == pytest.approx(n.relatedness_company / 2)
    assert support - base == pytest.approx(n.relatedness_support / 2)
    assert relatedness_level(0.0, 0.0, 1.0, 0.0, p) - base == pytest.approx(n.relatedness_outside)


@pytest.mark.parametrize("offset", [-9.0, 9.0])
def test_levels_keep_their_bounds(offset):
    """However extreme the person, levels stay inside (0, 1)."""
    p = numbers()
    expected = 0.02 if offset < 0 else 0.98
    assert autonomy_level(24.0, 0.0, 1.0, 0.0, offset, p) == expected
    assert competence_level(24.0, offset, p) == expected
    assert relatedness_level(99.0, 99.0, 1.0, offset, p) == expected


def test_restrictions_cut_outside_contact():
    """Full restriction takes the declared share of what visits allow."""
    p = numbers()
    assert outside_contact(0.6, 0.0, p) == pytest.approx(0.6)
    assert outside_contact(0.6, 1.0, p) == pytest.approx(0.6 * (1 - p.needs.outside_restriction))


def test_wellbeing_by_hand():
    """Needs, safety and settling in add up; a cell for two takes away."""
    p = numbers()
    w = p.wellbeing
    r = row("residents", autonomy=0.5, competence=0.4, relatedness=0.6, fear=0.2, adjustment=0.7, hope=0.8)
    expected = (
        w.floor
        + 0.5 * w.autonomy
        + 0.4 * w.competence
        + 0.6 * w.relatedness
        + 0.8 * w.safety
        + 0.7 * w.settled
        + (0.8 - 0.5) * w.hope
    )
    assert wellbeing_level(r, 0, p) == pytest.approx(expected)
    assert wellbeing_level(r, 1, p) == pytest.approx(expected - w.crowding)


def test_distress_is_carried_by_vulnerability():
    """Nobody without vulnerability is distressed; low wellbeing and confinement add for the others."""
    p = numbers()
    w = p.wellbeing
    assert distress_level(0.0, 0.0, 1, p) == 0.0
    assert distress_level(0.4, 0.5, 0, p) == pytest.approx(0.4 * w.distress_baseline)
    low = 0.4 * (w.distress_baseline + 0.3 * w.distress_wellbeing)
    assert distress_level(0.4, 0.2, 0, p) == pytest.approx(low)
    assert distress_level(0.4, 0.2, 1, p) == pytest.approx(low + 0.4 * w.distress_confined)
    assert distress_level(1.0, 0.98, 0, numbers(wellbeing__distress_baseline=0.0)) == 0.0


def test_self_harm_grows_exponentially_with_distress():
    """At distress 0.3 a year of day-parts adds up to the yearly rate; each tenth adds the slope's factor."""
    p = numbers()
    w = p.wellbeing
    assert self_harm_chance(0.3, p) * 365 * 4 == pytest.approx(w.self_harm_rate)
    assert self_harm_chance(0.4, p) / self_harm_chance(0.3, p) == pytest.approx(
        math.exp(0.1 * w.self_harm_slope)
    )
