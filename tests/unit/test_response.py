"""Seen, recorded, answered, sanctioned, contained."""

import numpy as np
import pytest

from sim import ledger
from sim.mechanisms.response import (
    contain_chance,
    director_load,
    formal_log_odds,
    informal_answer,
    mend,
    ordered,
    recorded_chance,
    sanction_chance,
    seen_chance,
)
from sim.rules import logistic
from sim.simulation import Simulation
from tests.builders import facility, numbers, row

U = (np.arange(10_000) + 0.5) / 10_000


def test_what_staff_notice():
    """Trouble with staff and escapes always; between residents near staff, later, or on camera."""
    p = numbers()
    r = p.response
    assert seen_chance(ledger.PHYSICAL, 1, 0.0, 0.0, p) == 1.0
    assert seen_chance(ledger.ESCAPE, 0, 0.0, 0.0, p) == 1.0
    assert seen_chance(ledger.SELF_HARM, 0, 1.0, 1.0, p) == r.seen_self_harm
    searched = r.seen_contraband + r.seen_search * p.security.procedural
    assert seen_chance(ledger.CONTRABAND, 0, 1.0, 1.0, p) == pytest.approx(searched)
    assert seen_chance(ledger.VERBAL, 0, 0.0, 0.0, p) == pytest.approx(r.seen_later)
    assert seen_chance(ledger.VERBAL, 0, 1.0, 0.0, p) == 1.0
    near = 0.4 + 0.6 * r.seen_later
    filmed = near + (1 - near) * r.seen_camera * 0.7
    assert seen_chance(ledger.PHYSICAL, 0, 0.4, 0.7, p) == pytest.approx(filmed)


MIDDLING = {
    "severity": 1,
    "familiarity": 0.0,
    "alliance": 0.0,
    "orientation": 0.5,
    "vigilance": 0.15,
    "exhaustion": 0.3,
    "restrictiveness": 0.45,
    "alone": 0,
}


def log_odds(p, **changed):
    """Return the log-odds of a report in a middling case but for what is given."""
    return formal_log_odds(**{**MIDDLING, **changed}, p=p)


def test_reports_by_hand():
    """A middling minor case has the base log-odds; each circumstance moves them by its weight."""
    p = numbers(security__procedural=0.5)
    r = p.response
    base = log_odds(p)
    assert base == pytest.approx(r.formal_base)
    assert log_odds(p, severity=3) - base == pytest.approx(2 * r.formal_severity)
    assert log_odds(p, familiarity=0.5) - base == pytest.approx(-0.5 * r.formal_familiarity)
    assert log_odds(p, alliance=0.5) - base == pytest.approx(-0.5 * r.formal_alliance)
    assert log_odds(p, orientation=1.0) - base == pytest.approx(-0.5 * r.formal_orientation)
    assert log_odds(p, vigilance=0.25) - base == pytest.approx(0.1 * r.formal_vigilance)
    assert log_odds(p, exhaustion=0.5) - base == pytest.approx(0.2 * r.formal_exhaustion)
    assert log_odds(p, restrictiveness=0.65) - base == pytest.approx(0.2 * r.formal_restriction)
    assert log_odds(p, alone=1) - base == pytest.approx(r.formal_alone)
    strict = log_odds(numbers(security__procedural=1.0))
    assert strict - base == pytest.approx(0.5 * r.formal_rules)


@pytest.mark.parametrize(
    ("ordering", "relational_open", "expected"),
    [(0, 1, 0.4), (0, 0, 0.4), (1, 1, 0.1), (1, 0, 0.4), (2, 0, 0.85), (2, 1, 0.85)],
)
def test_ordering_rules(ordering, relational_open, expected):
    """Relational first cuts reports where such an answer is open; protocol first cuts everything else."""
    assert ordered(0.4, relational_open, ordering, 0.75) == pytest.approx(expected)


def test_informal_answers_have_the_declared_weights():
    """Talk weighs 1; mediation needs two who are known, agreement alliance, warning a controlling officer."""
    p = numbers(security__alliance=0.8)
    r = p.response
    found = [informal_answer(1, 0.5, 0.4, 0.3, u, p) for u in U]
    weights = {
        ledger.TALK: 1.0,
        ledger.MEDIATION: 0.5 * r.mediation_weight,
        ledger.AGREED: 0.4 * 0.8 * r.agreed_weight,
        ledger.WARNING: r.warning_weight * 0.7 / 0.5,
    }
    for answer, weight in weights.items():
        assert np.mean(np.array(found) == answer) == pytest.approx(weight / sum(weights.values()), abs=2e-4)
    assert ledger.MEDIATION not in {informal_answer(0, 1.0, 0.4, 0.3, u, p) for u in U}
    assert {informal_answer(0, 1.0, 0.0, 1.0, u, p) for u in U} == {ledger.TALK}


def test_writing_down_without_a_report():
    """Violence and minor matters have their chances; strict rules and vigilance raise both."""
    p = numbers(security__procedural=0.5)
    r = p.response
    assert recorded_chance(3, 0.15, p) == recorded_chance(4, 0.15, p) == pytest.approx(r.recorded_violent)
    assert recorded_chance(1, 0.15, p) == recorded_chance(2, 0.15, p) == pytest.approx(r.recorded_minor)
    strict = numbers(security__procedural=1.0)
    assert recorded_chance(1, 0.35, strict) == pytest.approx(r.recorded_minor + 0.7 * r.recorded_rules)


def test_sanctions_by_hand():
    """The chance grows with severity, vigilance and the director's load, up to the most that presses."""
    p = numbers()
    r = p.response
    assert sanction_chance(1, 0.15, 0.0, p) == pytest.approx(logistic(r.sanction_base))
    graver = logistic(r.sanction_base + 2 * r.sanction_severity + 0.1 * r.sanction_vigilance)
    assert sanction_chance(3, 0.25, 0.0, p) == pytest.approx(graver)
    pressed = logistic(r.sanction_base + r.sanction_load)
    assert sanction_chance(1, 0.15, 1.0, p) == pytest.approx(pressed)
    assert sanction_chance(1, 0.15, 1e9, p) == sanction_chance(1, 0.15, r.load_most, p)


def test_containment_by_hand():
    """Physical violence at middling vigilance has the base chance; being known calms."""
    p = numbers()
    r = p.response
    assert contain_chance(3, 0.0, 0.15, 0.0, p) == pytest.approx(logistic(r.contain_base))
    known = logistic(r.contain_base + r.contain_severity - 0.5 * r.contain_familiarity)
    assert contain_chance(4, 0.5, 0.15, 0.0, p) == pytest.approx(known)
    ready = logistic(r.contain_base + 0.1 * r.contain_vigilance + 0.3 * r.contain_readiness)
    assert contain_chance(3, 0.0, 0.25, 0.3, p) == pytest.approx(ready)


def test_the_director_counts_per_head_or_in_all():
    """By count the reports a day; per head as many as a site of reference size would have."""
    p = numbers(coupling__director=1.0, coupling__reference_size=24.0, encounters__recent_days=14.0)
    site = row("sites", reports=28.0, present=96)
    assert director_load(site, p) == pytest.approx(2.0)
    per_head = numbers(coupling__director=0.0, coupling__reference_size=24.0, encounters__recent_days=14.0)
    assert director_load(site, per_head) == pytest.approx(0.5)


def test_mending_takes_away_anger_grudge_and_dislike():
    """A repair of a half halves what stands between the two, and leaves liking alone."""
    w = Simulation(facility(3, residents__occupancy=1.0), 1, use_compiler=False).world
    a, b = w.residents[0], w.residents[2]
    a.anger, b.anger = 0.4, 0.6
    first, second = w.ties[2], w.ties[1]
    first.tie, first.grudge, second.tie = -0.5, 0.8, -0.5
    event = row("ledger", actor=0, target=2)
    mend(event, a, 0, 0.5, w.residents, w.units, w.edges, w.ties, w.parameters[0])
    assert (a.anger, b.anger, first.tie, first.grudge, second.tie) == (0.2, 0.3, -0.25, 0.4, -0.5)
    first.tie = 0.7
    mend(event, a, 0, 0.5, w.residents, w.units, w.edges, w.ties, w.parameters[0])
    assert first.tie == 0.7
