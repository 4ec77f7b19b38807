"""Hazards, channels and kinds of incidents."""

import math

import numpy as np
import pytest

from sim import ledger
from sim.ledger import BACKLASH, CONTAGION, RETALIATION, VIGILANCE
from sim.mechanisms.conflict import (
    channel_days,
    excess,
    heat_of,
    kind_between_residents,
    kind_with_staff,
    opportunity_alone,
    setting_factor,
    settle_chance,
    severity_of,
    state_heat,
    without,
)
from sim.rules import logistic, saturating
from tests.builders import numbers, row, rows

CALM = {"tension": 0.4}


def test_the_state_moves_a_hazard_by_its_weights_at_first():
    """Near the reference tension the log-hazard is the weighted sum."""
    p = numbers()
    c = p.conflict
    small = state_heat(0.4 + 1e-5, 1e-5, 2e-5, 1e-5, 3e-5, p)
    by_hand = 1e-5 * (c.tension + c.arousal + 2 * c.anger + c.grievance - 3 * c.deterrence)
    assert small == pytest.approx(by_hand, rel=1e-4)
    assert state_heat(0.4, 0.0, 0.0, 0.0, 0.0, p) == 0.0


def test_the_state_moves_a_hazard_by_the_declared_factor_at_most():
    """However hot or deterred, exp of the state's heat stays within the factor and its inverse."""
    p = numbers(conflict__state_most=5.0, conflict__tension=8.0, conflict__deterrence=6.0)
    assert 4 < math.exp(state_heat(1.0, 1.0, 1.0, 1.0, 0.0, p)) < 5
    assert math.exp(state_heat(0.0, 0.0, 0.0, 0.0, 1.0, p)) > 1 / 5
    assert state_heat(1.0, 1.0, 1.0, 1.0, 0.0, numbers(conflict__state_most=1.0)) == 0.0


def test_each_channel_takes_its_own_part_away():
    """Without retaliation no anger, without contagion no arousal, without backlash no grievance..."""
    p = numbers()
    r = row(
        "residents",
        tension=0.6,
        arousal=0.1,
        anger=0.2,
        grievance=0.3,
        tension_from_coercion=0.05,
        tension_from_restriction=0.04,
    )
    assert heat_of(r, p) == state_heat(0.6, 0.1, 0.2, 0.3, 0.0, p)
    assert without(RETALIATION, r, p) == state_heat(0.6, 0.1, 0.0, 0.3, 0.0, p)
    assert without(CONTAGION, r, p) == state_heat(0.6, 0.0, 0.2, 0.3, 0.0, p)
    assert without(BACKLASH, r, p) == pytest.approx(state_heat(0.55, 0.1, 0.2, 0.0, 0.0, p))
    assert without(VIGILANCE, r, p) == pytest.approx(state_heat(0.56, 0.1, 0.2, 0.3, 0.0, p))


def share_missing(channel, resident, quarrel, unit=None, officer=None, bond=None):
    """Return the excess of a channel in a small setting, and the parameters."""
    p = numbers()
    staff = rows("staff", 1)
    for name, value in (officer or {}).items():
        staff[0][name] = value
    bonds = rows("bonds", 1)
    for name, value in (bond or {}).items():
        bonds[0][name] = value
    u = row("units", bond_width=1, **(unit or {}))
    r, q = row("residents", **resident), row("quarrels", **quarrel)
    arguments = (channel, q, r, u, staff, bonds, 0, p)
    return excess(*arguments), setting_factor(*arguments), p


def test_a_grudge_counts_for_retaliation():
    """The excess is one minus the ratio of the chances without and with the grudge."""
    quarrel = {"setting": ledger.SETTING_RESIDENTS, "post": -1, "enmity": 0.5, "grudge": 0.3}
    found, _, p = share_missing(RETALIATION, CALM, quarrel)
    w = p.encounters.enmity_weight
    assert found == pytest.approx(1 - (1 + w * 0.2) / (1 + w * 0.5))
    assert share_missing(CONTAGION, CALM, quarrel)[0] == 0.0


def test_trouble_with_staff_counts_for_backlash_and_vigilance():
    """A breach counts as far as there is alliance to lose; event-driven restriction and vigilance count."""
    quarrel = {"setting": ledger.SETTING_CHECK, "post": 0, "target": 0}
    _, log, p = share_missing(BACKLASH, CALM, quarrel, bond={"alliance": 0.3, "breach": 0.5})
    assert log == pytest.approx(0.3 * p.encounters.friction_alliance)
    found, log, p = share_missing(BACKLASH, CALM, quarrel, bond={"alliance": 0.7, "breach": 0.2})
    assert log == pytest.approx(0.2 * p.encounters.friction_alliance)
    assert found == pytest.approx(1 - math.exp(-log))
    _, log, _ = share_missing(
        VIGILANCE,
        CALM,
        quarrel,
        unit={"restrictiveness_event": 0.2},
        officer={"vigilance_event": 0.1},
    )
    e = p.encounters
    assert log == pytest.approx(0.2 * e.friction_restriction + 0.1 * e.friction_vigilance)


@pytest.mark.parametrize("channel", [RETALIATION, CONTAGION, BACKLASH, VIGILANCE])
@pytest.mark.parametrize("setting", [0, 1, 2, 3])
def test_without_events_no_channel_has_an_excess(channel, setting):
    """A tense person whom no event has touched has an excess of exactly 0 in every setting."""
    quarrel = {"setting": setting, "post": 0 if setting > 1 else -1, "enmity": 0.4}
    resident = {"tension": 0.83}
    assert share_missing(channel, resident, quarrel, bond={"alliance": 0.4})[0] == 0.0


def test_channels_remember_as_long_as_what_carries_them():
    """Each channel fades with the state that carries it."""
    p = numbers()
    expected = (
        p.tension.anger_days,
        p.tension.arousal_days,
        p.coercion.grievance_days,
        p.coercion.vigilance_days,
    )
    assert tuple(channel_days(channel, p) for channel in (1, 2, 3, 4)) == expected


MIDDLING = {"skill": 0.5, "exhaustion": 0.0, "vigilance": 0.0}


def test_settling_by_hand():
    """A stranger is settled at the stranger's share; being known, skilled, fresh and allied helps."""
    p = numbers()
    c = p.conflict

    def chance(familiarity=0.0, alliance=0.0, **officer):
        return settle_chance(row("staff", **{**MIDDLING, **officer}), familiarity, alliance, p)

    stranger = c.defuse * c.defuse_stranger
    assert chance() == pytest.approx(stranger)
    assert chance(familiarity=1.0) == pytest.approx(c.defuse)
    assert chance(skill=0.8) == pytest.approx(stranger * (1 + 0.3 * c.defuse_skill))
    assert chance(exhaustion=0.5) == pytest.approx(stranger * (1 - 0.5 * c.defuse_exhaustion))
    assert chance(vigilance=0.5) == pytest.approx(stranger * (1 - 0.5 * c.defuse_vigilance))
    assert chance(alliance=0.5) == pytest.approx(stranger * (1 + 0.5 * c.defuse_alliance))
    certain = numbers(conflict__defuse=1.0, conflict__defuse_skill=2.0)
    assert settle_chance(row("staff", skill=1.0), 1.0, 1.0, certain) == 0.95


U = (np.arange(10_000) + 0.5) / 10_000


def shares(kinds):
    """Return the share of each kind."""
    return {int(kind): float(np.mean(np.array(kinds) == kind)) for kind in set(kinds)}


@pytest.mark.parametrize("heat", [0.0, 1.0, -1.0])
def test_kinds_between_residents_have_the_declared_shares(heat):
    """Physical by log-odds, serious and threats as shares of the physical and of the rest."""
    p = numbers()
    c = p.conflict
    found = shares([kind_between_residents(heat, u, p) for u in U])
    physical = logistic(c.violent + c.violent_state * heat)
    assert found[ledger.SERIOUS] == pytest.approx(physical * c.serious, abs=2e-4)
    assert found[ledger.PHYSICAL] == pytest.approx(physical * (1 - c.serious), abs=2e-4)
    assert found[ledger.THREAT] == pytest.approx((1 - physical) * c.threat, abs=2e-4)
    assert found[ledger.VERBAL] == pytest.approx((1 - physical) * (1 - c.threat), abs=2e-4)


@pytest.mark.parametrize("check", [0, 1])
def test_kinds_with_staff_have_the_declared_shares(check):
    """As between residents; of what is left in a check some is refusal of an order."""
    p = numbers()
    c = p.conflict
    found = shares([kind_with_staff(0.5, check, u, p) for u in U])
    physical = logistic(c.violent_staff + c.violent_state * 0.5)
    mild = (1 - physical) * (1 - c.threat_staff)
    assert found[ledger.SERIOUS] == pytest.approx(physical * c.serious, abs=2e-4)
    assert found[ledger.THREAT] == pytest.approx((1 - physical) * c.threat_staff, abs=2e-4)
    assert found.get(ledger.REFUSAL, 0.0) == pytest.approx(check * mild * c.refusal_check, abs=2e-4)


def test_all_threats_leave_nothing_else():
    """With every mild incident a threat, the share of the rest is no division by nothing."""
    p = numbers(conflict__threat_staff=1.0)
    assert {kind_with_staff(-3.0, 1, u, p) for u in (0.3, 0.9, 0.9999999)} == {ledger.THREAT}


def test_severities():
    """Serious assault and attempts to escape are the gravest; what hurts nobody is minor."""
    expected = {"SERIOUS": 4, "ESCAPE": 4, "PHYSICAL": 3, "THREAT": 2, "VERBAL": 1, "DAMAGE": 1}
    assert {name: severity_of(getattr(ledger, name)) for name in expected} == expected
    assert severity_of(ledger.CONTRABAND) == severity_of(ledger.REFUSAL) == 1


def test_opportunity_for_acts_alone():
    """Out all day-part there is full opportunity; locked in the declared rest, asleep less again."""
    p = numbers()
    c = p.conflict
    assert opportunity_alone(6.0, 0, p) == pytest.approx(1.0)
    assert opportunity_alone(0.0, 1, p) == pytest.approx(c.alone_locked)
    assert opportunity_alone(0.0, 3, p) == pytest.approx(c.alone_locked * c.asleep)


def test_heat_is_bent_not_cut():
    """The state's heat is the saturating bend of the weighted sum at the log of the declared factor."""
    p = numbers()
    c = p.conflict
    x = 0.3 * c.tension + 0.2 * c.arousal
    assert state_heat(0.7, 0.2, 0.0, 0.0, 0.0, p) == pytest.approx(saturating(x, math.log(c.state_most)))
