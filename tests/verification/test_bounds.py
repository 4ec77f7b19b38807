"""Nothing runs away, whatever the numbers."""

import numpy as np
import pytest

from sim.mechanisms import NAMES
from sim.parameters import registry
from sim.simulation import Simulation
from tests.builders import SCHEME, dutch, facility, lively, off, out_of_range

TRIPLED = {path: 3 * q.default for path, q in registry().items() if q.feedback}

HOUSE = facility(
    (12, {"openness": 0.9}),
    choices={"staffing.unstaffed": "open"},
    numbers={
        "run.burn_in_days": 240,
        "staffing.residents_per_employee": 1.15,
        "staffing.unit_share": 0.74,
        "staffing.orientation_mean": 0.65,
        "staffing.skill_mean": 0.6,
        "security.static": 0.2,
        "security.procedural": 0.2,
        "security.attitude": 0.8,
        "security.alliance": 0.8,
        "security.presence": 0.8,
        "residents.reactivity_mean": -0.3,
        "residents.stay_mean_days": 180,
        "residents.stay_median_days": 110,
        "residents.remand_share": 0,
        "programme.visits": 0.8,
        "programme.weekday_evening_hours": 2,
        "programme.weekend_evening_hours": 2,
    },
)
STRESSED = facility(
    *[(60, {"double_cells": 0.6})] * 2,
    numbers={
        "run.burn_in_days": 240,
        "staffing.residents_per_employee": 3,
        "staffing.unit_share": 0.6,
        "staffing.rotation_share": 0.8,
        "staffing.rotation_cluster": 2,
        "staffing.orientation_mean": 0.4,
        "security.static": 0.9,
        "security.procedural": 0.8,
        "security.attitude": 0.15,
        "security.alliance": 0.15,
        "security.presence": 0.15,
        "residents.occupancy": 0.99,
        "programme.weekday_morning_hours": 1.6,
        "programme.weekday_afternoon_hours": 1.6,
        "programme.weekend_morning_hours": 1,
        "programme.weekend_afternoon_hours": 1,
    },
)
WORLDS = {
    "dutch-like": facility(
        *[(23, {"double_cells": 0.15, "openness": 0.05})] * 4,
        numbers={
            "run.burn_in_days": 240,
            "staffing.rotation_share": 0.5,
            "staffing.rotation_cluster": 4,
        },
    ),
    "house": HOUSE,
    "stressed": STRESSED,
}
SHARES = (
    "autonomy",
    "competence",
    "relatedness",
    "adjustment",
    "tension",
    "arousal",
    "anger",
    "grievance",
    "deterrence",
    "fear",
    "boredom",
    "felt_fairness",
    "justice",
    "wellbeing",
    "distress",
)
RESTS_AT_0 = {"arousal", "anger", "grievance", "deterrence", "boredom", "distress"}
"""States whose natural rest is 0, for boredom after a full day, for distress without any vulnerability:
for these only the upper bound counts, and that feedback brings nobody else to the lower one."""
RESTS_AT_1 = {"adjustment"}
"""Whoever stays long has settled in: for this only the lower bound counts."""


def at_bounds(specification):
    """Return, by state, the shares of people near 0 and near 1 over the last 90 of 365 days."""
    simulation = Simulation(specification, 1).run(275)
    values = {state: [] for state in SHARES}
    for day in range(280, 366, 10):
        simulation.run(day)
        assert out_of_range(simulation) == []
        residents = simulation.used("residents")
        for state in SHARES:
            values[state].append(residents[state][residents.present == 1].copy())
    joined = {state: np.concatenate(parts) for state, parts in values.items()}
    return {state: ((x < 0.01).mean(), (x > 0.99).mean()) for state, x in joined.items()}


@pytest.mark.parametrize("name", WORLDS)
def test_tripled_feedback_leaves_nobody_at_a_bound(name):
    """With every feedback tripled, at most 5 % of people are within .01 of a bound in the last 90 days."""
    found = at_bounds(WORLDS[name].with_numbers(TRIPLED))
    too_low = {state: low for state, (low, _) in found.items() if state not in RESTS_AT_0 and low > 0.05}
    too_high = {state: high for state, (_, high) in found.items() if state not in RESTS_AT_1 and high > 0.05}
    assert too_low == {}
    assert too_high == {}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("state", ["boredom", "distress"])
def test_feedback_brings_nobody_to_a_natural_bound(name, state):
    """Where some people rest at 0 by nature, tripled feedback adds at most 5 % of people to them."""
    without = at_bounds(WORLDS[name].with_numbers(dict.fromkeys(TRIPLED, 0.0)))
    tripled = at_bounds(WORLDS[name].with_numbers(TRIPLED))
    assert tripled[state][0] - without[state][0] <= 0.05


@pytest.mark.parametrize("name", WORLDS)
def test_tripled_feedback_respects_physical_ceilings(name):
    """With every feedback tripled, no rate, workload or count exceeds what is physically possible."""
    simulation = Simulation(WORLDS[name].with_numbers(TRIPLED), 2).run(365)
    days = simulation.daily()
    units = simulation.world.units
    assert np.all(days.procedure_time <= days.duty_time + 1e-9)
    assert np.all(days.hours_out <= 24 * np.maximum(days.residents, 0) + 24)
    assert np.all(units.restrictiveness <= 0.98)
    assert np.all(days.backlog <= 365)
    # A resident starts at most one quarrel and one act alone in a day-part.
    per_day = np.bincount(simulation.ledger().day[simulation.ledger().kind <= 9], minlength=1)
    assert per_day.max() <= 8 * days.residents.sum(axis=1).max()
    present = simulation.used("residents")
    assert present.propensity.max() < 40 * 20


def admissible(rng, corner):
    """Return a random vector from the admissible ranges; a ``corner`` share of numbers is at a bound."""
    values = {}
    for path, q in registry().items():
        if path.startswith("run."):
            continue
        u = rng.random()
        if rng.random() < corner:
            u = float(u < 0.5)
        value = q.low + u * (q.high - q.low)
        if not rng.random() < corner and q.low > 0 and q.high / q.low > 50:
            value = q.low * (q.high / q.low) ** u
        values[path] = float(round(value)) if q.integer else value
    # A mean below the median is refused by the loader.
    values["residents.stay_median_days"] = min(
        values["residents.stay_median_days"], values["residents.stay_mean_days"]
    )
    return values


def random_world(rng):
    """Return a tiny facility with random numbers, choices, units and switches."""
    corner = rng.choice([0.0, 0.1, 0.5, 1.0])
    units = [
        (
            int(rng.integers(1, 9)),
            {
                "double_cells": float(rng.choice([0, 0.5, 1])),
                "openness": float(rng.choice([0, 0.4, 1])),
                "regime": str(rng.choice(["prison", "remand"])),
            },
        )
        for _ in range(int(rng.integers(1, 4)))
    ]
    choices = {
        "staffing.unstaffed": str(rng.choice(["locked", "open", "shared_cover"])),
        "response.ordering": str(rng.choice(["menu", "relational_first", "protocol_first"])),
    }
    numbers = admissible(rng, corner)
    policy = SCHEME if rng.random() < 0.6 else None
    specification = facility(*units, numbers=numbers, choices=choices, policy=policy)
    if rng.random() < 0.3:
        specification = off(specification, str(rng.choice(NAMES)))
    return specification


@pytest.mark.parametrize("block", range(8))
def test_random_numbers_keep_every_state_in_range(block):
    """Fifty random vectors per block, from the admissible ranges with corners: in range, no NaN."""
    rng = np.random.default_rng(block)
    problems = {}
    for trial in range(50):
        specification = random_world(rng)
        simulation = Simulation(specification, trial)
        for parts in (1, 5, 40, 74):  # ends in the morning, the afternoon and at night
            simulation.run_parts(parts)
            wrong = out_of_range(simulation)
            if wrong:
                problems[trial] = wrong
    assert problems == {}


def test_all_low_and_all_high_corners_run():
    """The two corners at which every number is at its lower or upper bound stay in range."""
    for end in ("low", "high"):
        corner = {p: getattr(q, end) for p, q in registry().items() if not p.startswith("run.")}
        corner["residents.stay_median_days"] = corner["residents.stay_mean_days"]
        assert out_of_range(Simulation(lively().with_numbers(corner), 1).run(60)) == []


@pytest.mark.parametrize("name", ["dutch", "house", "stressed"])
def test_defaults_stay_in_range(name):
    """Two years of a facility at the defaults leave every column of every table in its range."""
    specification = {"dutch": dutch(), "house": HOUSE, "stressed": STRESSED}[name]
    assert out_of_range(Simulation(specification, 1, sample=5).run(400)) == []
