"""Every number of the registry does something somewhere."""

import pytest

from sim import ledger
from sim.parameters import registry
from sim.simulation import Simulation
from tests.builders import SCHEME, lively, regime

NOT_A_KNOB = {
    "security.relational": "shorthand of the loader: it sets attitude, alliance and presence",
}
"""Numbers that the model itself does not read, each with the reason.  ``run.*`` says how long to run."""

PATHS = [path for path in registry() if not path.startswith("run.") and path not in NOT_A_KNOB]

OFF_MIDDLE = {
    "security.static": 0.55,
    "security.procedural": 0.7,
    "security.attitude": 0.7,
    "security.alliance": 0.75,
    "security.presence": 0.65,
    "staffing.orientation_mean": 0.4,
    "programme.weekday_night_hours": 0.5,
    "programme.weekend_night_hours": 0.5,
    "programme.weekend_evening_hours": 1,
}
"""Doses away from the reference points, at which some terms vanish, and hours out at night."""

WORLDS = {
    "rotation and shared cover": lively(numbers=OFF_MIDDLE),
    "locked, protocol first": lively(
        numbers={**OFF_MIDDLE, "staffing.rotation_share": 0, "residents.reactivity_sd": 2},
        choices={"staffing.unstaffed": "locked", "response.ordering": "protocol_first"},
    ),
    "large groups, many staff": lively(
        units=((20, {"openness": 0.6}), (15, {"double_cells": 1.0})),
        numbers={**OFF_MIDDLE, "staffing.residents_per_employee": 0.7, "coupling.reference_size": 6},
        choices={"staffing.unstaffed": "open", "response.ordering": "relational_first"},
    ),
    "extremes": lively(
        numbers={
            **OFF_MIDDLE,
            "residents.reactivity_sd": 2,
            "conflict.reactivity": 2.5,
            "coupling.saturation": 1,
            "coupling.reference_size": 2,
            "encounters.company_most": 2,
            "response.load_most": 0.5,
            "response.alone_hands": 1.5,
        }
    ),
    "plus, few places, leave": regime(numbers=OFF_MIDDLE),
    "leave where conduct is judged": regime(numbers=OFF_MIDDLE, policy=SCHEME),
}
DAYS = 150
DECIDED = {"rotation and shared cover": (20, 60, 100)}
"""Days on which somebody from outside decides on everybody's promotion: decisions that people weigh."""
REVIEWS = (ledger.PROMOTED, ledger.REFUSED_PROMOTION, ledger.DEMOTED, ledger.OVERDUE)


@pytest.fixture(scope="module")
def baseline():
    """Return what each world comes to with its own numbers."""
    return {name: outcome(name, specification) for name, specification in WORLDS.items()}


def outcome(name, specification):
    """Return everything that a run leaves behind."""
    simulation = Simulation(specification, 1)
    for day in DECIDED.get(name, ()):
        decide(simulation.run(day))
    simulation.run(DAYS)
    return simulation.digest(), simulation.daily().tobytes()


def decide(simulation):
    """Write a decision on the promotion of everybody present into the ledger, some with reasons."""
    simulation._grow()
    world = simulation.world
    present = [int(row) for row in world.places.resident if row >= 0]
    for k, row in enumerate(present):
        unit = int(world.residents[row].unit)
        written = ledger.append(
            world.ledger, world.control, simulation.part - 1, REVIEWS[k % 4], unit, ledger.OFFICE
        )
        world.ledger[written].target = row
        world.ledger[written].reasons = k // 4 % 2


def alternatives(path, current):
    """Return other admissible values of a number, plausible ones first."""
    q = registry()[path]
    values = (q.plausible_low, q.plausible_high, q.low, q.high)
    return [value for value in dict.fromkeys(values) if value != current]


@pytest.mark.parametrize("path", PATHS)
def test_no_knob_is_dead(path, baseline):
    """Moving a number within its admissible range changes the state, an event or a day somewhere."""
    for name, specification in WORLDS.items():
        for value in alternatives(path, specification.values[path]):
            if outcome(name, specification.with_numbers({path: value})) != baseline[name]:
                return
    pytest.fail(f"{path} changes nothing in any of {', '.join(WORLDS)}")


def test_the_exceptions_are_real():
    """Whatever is excused from the test above is in the registry, and does nothing."""
    for path in NOT_A_KNOB:
        specification = WORLDS["extremes"]
        changed = specification.with_numbers({path: registry()[path].low})
        assert outcome("extremes", changed) == outcome("extremes", specification)
