"""The fast kernels tell the story of the plain Mesa objects, draw for draw, to rounding."""

import importlib
import inspect
import math

import pytest

from bench.core import LIVELY, frozen
from sim import state
from sim.simulation import Simulation
from tests.oracle.plain_mesa import PlainModel

PROFILE = (
    "lvb",
    "self_reporter",
    "self_reliance",
    "legal_group",
    "prior_sentences",
    "causality",
    "motivation_autonomous",
    "motivation_controlled",
    "start_autonomous",
    "start_controlled",
)
"""Drawn on arrival, and read by nothing where no promotion policy judges."""

COLUMNS = [column.name for column in state.RESIDENTS]
JUDGED = [name for name in COLUMNS[COLUMNS.index("incidents") + 1 :] if name not in PROFILE]
"""What a promotion policy alone moves."""

NEVER_HERE = {
    "justice_lost": 0.0,
    "anger_from_injustice": 0.0,
    "anger_from_decisions": 0.0,
    "line": -1.0,
    "complaint": 0,
    "complaint_due": 0,
    "best_familiarity": 0.0,
    "best_holder": 0,
    "best_part": state.NEVER,
    "best_post": -1,
    "confined_until": state.NEVER,
    "deterrence": 0.0,
    "grievance": 0.0,
    "keep_autonomy": 1.0,
    "keep_deterrence": 1.0,
    "keep_grievance": 1.0,
    "leave_until": state.NEVER,
    "loss_until": state.NEVER,
    "occupant": 0,
    "overstayed": 0,
    "present": 1,
    "programme": 0,
    "programme_now": 0,
    "seats": 0,
    "tension_from_coercion": 0.0,
    "tension_from_restriction": 0.0,
    "thwarted_by_coercion": 0.0,
    "thwarted_by_restriction": 0.0,
    "touched": 0,
    **dict.fromkeys(JUDGED, 0),
    "hope": 0.5,
}
"""Columns of residents that the frozen core never moves, with the value they keep."""

EVENT_NEVER = (
    "recorded",
    "sanction",
    "containment",
    "practice",
    "relational_open",
    "lack_of_hands",
    "reversed",
    "fairness",
    "reasons",
)

WORLDS = {
    "one unit": ((9,), {}, 0.4),
    "three units": ((8, 5, 12), {}, 0.25),
    "tiny and large": ((1, 2, 30), {"coupling.saturation": 0.5, "coupling.witnesses": 0.2}, 0.0),
    "heated": (
        (10, 10),
        {
            "conflict.violent": 0.5,
            "tension.victim_grudge": 0.8,
            "encounters.enmity_weight": 6,
            "conflict.defuse": 0.1,
            "encounters.exchange": 0.3,
        },
        0.6,
    ),
}


def both(places, numbers, double_cells, days=21, seed=3, burn_in=3):
    """Return the fast run and the plain one after the same number of days."""
    specification = frozen(
        places, {**LIVELY, **numbers}, days=days, burn_in=burn_in, double_cells=double_cells
    )
    fast = Simulation(specification, seed).run()
    plain = PlainModel(specification, rng=seed)
    for _ in range(4 * (days + burn_in)):
        plain.step()
    return fast, plain


def close(one, other):
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-14)


def number_of(thing):
    """Return a person's row, a unit's number, or -1 for nobody."""
    return -1 if thing is None else getattr(thing, "row", getattr(thing, "number", None))


def resident_differences(fast, plain):
    found = []
    rows = fast.used("residents")
    if len(rows) != len(plain.residents):
        return [f"{len(rows)} residents against {len(plain.residents)}"]
    for r, witness in zip(rows, plain.residents, strict=True):
        for name in rows.dtype.names:
            if name in PROFILE:
                continue
            if name in NEVER_HERE:
                expected = NEVER_HERE[name]
            elif name == "unit":
                expected = witness.unit.number
            elif name == "justice":
                expected = witness.felt_fairness  # what procedural justice is when switched off
            else:
                expected = getattr(witness, name)
            if not (close(r[name], expected) if name != "key" else int(r[name]) == expected):
                found.append(f"resident {witness.row} {name}: {r[name]!r} against {expected!r}")
    return found


def tie_differences(fast, plain):
    found = []
    for unit, witness in zip(fast.world.units, plain.units, strict=True):
        for (one, other), tie in witness.ties.items():
            line = unit.tie_first + (one.place - unit.place_first) * (unit.place_end - unit.place_first)
            cell = fast.world.ties[line + other.place - unit.place_first]
            found.extend(
                f"tie {one.row}-{other.row} {name}: {cell[name]!r} against {getattr(tie, name)!r}"
                for name in ("tie", "grudge", "part")
                if not close(cell[name], getattr(tie, name))
            )
    return found


def ledger_differences(fast, plain):
    rows = fast.used("ledger")
    if len(rows) != len(plain.ledger):
        return [f"{len(rows)} events against {len(plain.ledger)}"]
    found = []
    for event, witness in zip(rows, plain.ledger, strict=True):
        for name in rows.dtype.names:
            expected = 0 if name in EVENT_NEVER else getattr(witness, name)
            if name in {"unit", "actor", "target", "staff", "officer"}:
                expected = number_of(expected)
            if event[name] != expected:
                found.append(f"event {witness.event} {name}: {event[name]!r} against {expected!r}")
    return found


def differences(fast, plain):
    found = resident_differences(fast, plain) + tie_differences(fast, plain) + ledger_differences(fast, plain)
    for unit, witness in zip(fast.world.units, plain.units, strict=True):
        if not close(unit.restrictiveness, witness.restrictiveness):
            found.append(f"restrictiveness of unit {witness.number}")
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_kernels_and_plain_objects_agree_to_rounding(world):
    fast, plain = both(*WORLDS[world])

    assert len(plain.ledger) > 40
    assert differences(fast, plain) == []


def test_the_worlds_together_show_every_kind_of_event_and_cause():
    events = [event for world in WORLDS.values() for event in both(*world)[1].ledger]

    assert {event.kind for event in events} == {1, 2, 3, 4, 5, 6, 7, 8, 30}
    assert {event.channel for event in events} == {0, 1, 2}
    assert {event.place for event in events} == {0, 1, 2, 4}
    assert any(event.cause for event in events)
    assert any(event.staff for event in events)
    assert any(
        tie.grudge > 0.1
        for world in WORLDS.values()
        for unit in both(*world)[1].units
        for tie in unit.ties.values()
    )


FLIPS = [
    ("encounters", "+ p.encounters.affinity_likeness", "- p.encounters.affinity_likeness"),
    ("encounters", "1.0 + p.encounters.choice * tie", "1.0 - p.encounters.choice * tie"),
    ("encounters", "- p.encounters.friction_orientation", "+ p.encounters.friction_orientation"),
    ("encounters", "b.exchange_tension -= moved", "b.exchange_tension += moved"),
    ("encounters", "1.0 + p.encounters.enmity_weight", "1.0 - p.encounters.enmity_weight"),
    ("needs", "+ p.needs.autonomy_hours", "- p.needs.autonomy_hours"),
    ("needs", "+ p.needs.competence_activity", "- p.needs.competence_activity"),
    ("needs", "+ p.needs.relatedness_support", "- p.needs.relatedness_support"),
    ("tension", "+ p.tension.boredom", "- p.tension.boredom"),
    ("tension", "1.0 + p.tension.adjustment_help", "1.0 - p.tension.adjustment_help"),
    ("tension", "(1.0 - r.arousal) * r.keep_arousal", "(1.0 + r.arousal) * r.keep_arousal"),
    ("tension", "- p.tension.fear_barriers", "+ p.tension.fear_barriers"),
    ("conflict", "+ p.conflict.anger", "- p.conflict.anger"),
    ("conflict", "1.0 + p.conflict.defuse_skill", "1.0 - p.conflict.defuse_skill"),
    ("conflict", "1.0 - math.exp(-gone)", "1.0 + math.exp(-gone)"),
]
"""Module, a piece of the text of one of its rules, and the same with a sign flipped."""


def rule_with(home, text):
    """Return name and source of the one rule of a module that contains a text."""
    found = {
        name: inspect.getsource(rule).replace("@kernel\n", "")
        for name, rule in inspect.getmembers(home, inspect.isfunction)
        if rule.__module__ == home.__name__ and text in inspect.getsource(rule)
    }
    ((name, source),) = found.items()
    assert source.count(text) == 1
    return name, source


@pytest.fixture(scope="module")
def witness():
    """Return the specification of a small world with unlike, often quarrelling staff, and its plain run."""
    unlike = {"staffing.orientation_sd": 0.4, "staffing.skill_sd": 0.4, "encounters.friction": 0.08}
    numbers = {**LIVELY, **unlike, "conflict.defuse_skill": 2}
    specification = frozen((10, 4), numbers, days=16, double_cells=0.4)
    plain = PlainModel(specification, rng=5)
    for _ in range(64):
        plain.step()
    return specification, plain


def test_kernels_run_as_plain_python_agree_too(witness):
    specification, plain = witness

    assert differences(Simulation(specification, 5, use_compiler=False).run(), plain) == []


@pytest.mark.parametrize(("module", "text", "flipped"), FLIPS, ids=[text for _, text, _ in FLIPS])
def test_a_planted_sign_flip_in_one_rule_is_noticed(witness, monkeypatch, module, text, flipped):
    specification, plain = witness
    home = importlib.import_module(f"sim.mechanisms.{module}")
    name, source = rule_with(home, text)
    planted = {}
    exec(source.replace(text, flipped), vars(home), planted)
    monkeypatch.setattr(home, name, planted[name])

    assert differences(Simulation(specification, 5, use_compiler=False).run(), plain) != []
