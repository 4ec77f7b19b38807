"""What contacts between residents and staff build."""

import math

import numpy as np
import pytest

from sim.mechanisms.alliance import alliance_day, grow, know_best, quality
from sim.simulation import Simulation
from sim.state import NEVER
from tests.builders import facility, numbers, row

MIDDLING = {"orientation": 0.5, "skill": 0.5, "vigilance": 0.15, "exhaustion": 0.3}


def test_quality_of_a_middling_contact_and_its_signs():
    """A middling officer at the reference dose has the base quality; each term by hand."""
    p = numbers(security__attitude=0.4)
    a = p.alliance

    def q(alliance=0.0, **officer):
        return quality(row("staff", **{**MIDDLING, **officer}), alliance, p)

    assert q() == pytest.approx(a.quality_base)
    assert q(alliance=0.4) == pytest.approx(a.quality_base + 0.4 * a.quality_alliance)
    assert q(orientation=0.7) == pytest.approx(a.quality_base + 0.2 * a.quality_orientation)
    assert q(skill=0.7) == pytest.approx(a.quality_base + 0.2 * a.quality_skill)
    assert q(vigilance=0.35) == pytest.approx(a.quality_base - 0.2 * a.quality_vigilance)
    assert q(exhaustion=0.5) == pytest.approx(a.quality_base - 0.2 * a.quality_exhaustion)
    better = quality(row("staff", **MIDDLING), 0.0, numbers(security__attitude=0.9))
    assert better == pytest.approx(a.quality_base + 0.5 * a.quality_attitude)


def test_quality_keeps_its_bounds():
    """The worst officer still has some quality, the best is not perfect."""
    worst = row("staff", vigilance=1.0, exhaustion=1.0)
    best = row("staff", orientation=1.0, skill=1.0)
    assert quality(worst, 0.0, numbers(security__attitude=0.0, alliance__quality_base=0.0)) == 0.02
    assert quality(best, 1.0, numbers(security__attitude=1.0, alliance__quality_base=1.0)) == 0.98


def test_a_chat_builds_more_than_a_check():
    """Each moves familiarity its share of what is left, and the alliance towards what quality deserves."""
    p = numbers(security__alliance=0.4)
    a = p.alliance
    chat, check = row("bonds", familiarity=0.2, alliance=0.3), row("bonds", familiarity=0.2, alliance=0.3)
    grow(chat, 0.6, 1, p)
    grow(check, 0.6, 0, p)
    assert chat.familiarity == pytest.approx(0.2 + 0.8 * a.familiarity_chat)
    assert check.familiarity == pytest.approx(0.2 + 0.8 * a.familiarity_check)
    deserved = 2 * 0.6 - 0.5
    assert chat.alliance == pytest.approx(0.3 + a.alliance_gain * (deserved - 0.3))
    assert check.alliance == pytest.approx(0.3 + a.check_weight * a.alliance_gain * (deserved - 0.3))


def test_working_with_instead_of_about_speeds_the_alliance():
    """The dose counts from its reference point, by the declared factor."""
    p = numbers(security__alliance=0.9)
    bond = row("bonds", alliance=0.0)
    grow(bond, 0.75, 1, p)
    assert bond.alliance == pytest.approx(p.alliance.alliance_gain * (1 + 0.5 * p.alliance.constructive))


def test_bad_contacts_wear_an_alliance_down():
    """Below a quality of a quarter the alliance moves towards nothing, never below."""
    bond = row("bonds", alliance=0.01)
    for _ in range(200):
        grow(bond, 0.1, 1, numbers())
    assert 0 <= bond.alliance < 1e-4


def test_who_knows_best_is_kept_by_comparing_faded_familiarity():
    """A fresher acquaintance takes over once the older one has faded below it."""
    p = numbers()
    tau = 4 * p.alliance.familiarity_days
    r = row("residents", best_part=NEVER, best_post=-1)
    know_best(r, 0.5, 3, 30, 0, p)
    know_best(r, 0.3, 4, 40, 10, p)
    assert (r.best_post, r.best_holder, r.best_familiarity) == (3, 30, 0.5)
    later = int(tau * math.log(0.5 / 0.3)) + 2
    know_best(r, 0.3, 4, 40, later, p)
    assert (r.best_post, r.best_holder, r.best_familiarity, r.best_part) == (4, 40, 0.3, later)


def test_whoever_has_left_knows_nobody():
    """When the officer who knew a resident best leaves, the best of those still there counts."""
    simulation = Simulation(facility(2, staffing__residents_per_employee=0.4), 1, use_compiler=False)
    w, p = simulation.world, simulation.world.parameters[0]
    r = w.residents[w.places[0].resident]
    bonds = w.bonds[: int(w.units[0].bond_width)]
    bonds.familiarity[:2] = [0.8, 0.5]
    bonds.part = 40
    know_best(r, 0.8, 0, w.posts[0].staff, 40, p)
    w.posts[0].staff = -1
    alliance_day(40, w.residents, w.places, w.posts, w.units, w.bonds, p)
    assert (r.best_post, r.best_familiarity) == (1, 0.5)
    w.posts.staff = -1
    alliance_day(40, w.residents, w.places, w.posts, w.units, w.bonds, p)
    assert r.best_familiarity == 0.0


def test_best_familiarity_fades_like_the_bond():
    """Over days without contact the note and the bond it stands for stay equal."""
    simulation = Simulation(facility(1, residents__occupancy=1.0), 1, use_compiler=False)
    w, p = simulation.world, simulation.world.parameters[0]
    r = w.residents[0]
    know_best(r, 0.6, 0, w.posts[0].staff, 0, p)
    for day in range(10):
        alliance_day(4 * day + 3, w.residents, w.places, w.posts, w.units, w.bonds, p)
    assert r.best_familiarity == pytest.approx(0.6 * np.exp(-39 / (4 * p.alliance.familiarity_days)))
