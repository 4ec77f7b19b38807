"""What an audit moves: every parameter, choice and switch, in which scenarios, under which conditions.

Scenarios, conditions and documented directions are data: ``auditing.yaml`` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.designs import Level, at_point
from sim.indicators import INDICATORS
from sim.inputs import CHOICES
from sim.mechanisms import NAMES
from sim.parameters import registry
from sim.specification import Specification

DATA = Path(__file__).with_name("auditing.yaml")
MEASURED = tuple(indicator.name for indicator in INDICATORS if indicator.form != "share_of_persons")
"""The indicators that an audit or an ablation looks at."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A documented direction: raising ``path`` moves ``indicator`` up (+1) or down (-1)."""

    path: str
    indicator: str
    sign: int
    scenario: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to audit and how hard."""

    scenarios: dict[str, Specification]
    exempt: dict[str, str]
    contexts: dict[str, dict[str, Any]]
    signs: tuple[Sign, ...]
    replicates: int = 4
    more_replicates: int = 12
    fresh_replicates: int = 24
    baseline_replicates: int = 20
    seed: int = 1

    def with_replicates(self, number: int) -> Plan:
        """Return the plan with so many pairs per knob, and more where in doubt."""
        return replace(self, replicates=number, more_replicates=3 * number, fresh_replicates=6 * number)


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter, choice or switch with the values it is moved between."""

    path: str
    low: Level
    high: Level


def read_plan(path: Path = DATA, *, seed: int = 1, numbers: Mapping[str, float] | None = None) -> Plan:
    """Return the plan in a file; ``numbers`` are set in every scenario.

    Raises ``ScenarioError`` for paths, indicators or scenarios that do not exist.
    """
    from ruamel.yaml import YAML

    import scenarios

    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    loaded = {
        entry["reference"]: cut_down(scenarios.load(entry["reference"]), int(entry["units"])).with_numbers(
            dict(numbers or {})
        )
        for entry in data["scenarios"]
    }
    first = next(iter(loaded))
    signs = tuple(
        Sign(e["path"], e["indicator"], 1 if e["sign"] == "+" else -1, e.get("scenario", first))
        for e in data["signs"]
    )
    contexts = {key: dict(value) for key, value in data["contexts"].items()}
    _check_names(path.name, [*data["exempt"], *contexts, *(sign.path for sign in signs)], signs, loaded)
    return Plan(loaded, dict(data["exempt"]), contexts, signs, seed=seed)


def _check_names(
    label: str, paths: Sequence[str], signs: Sequence[Sign], loaded: Mapping[str, Specification]
) -> None:
    from scenarios.problems import Position, Problems

    problems = Problems()
    known = [*registry(), *CHOICES]
    for path in paths:
        if path not in known:
            problems.add(Position(label), path, "an unknown path", "a parameter or choice", path, known)
    for sign in signs:
        if sign.indicator not in MEASURED:
            got = sign.indicator
            problems.add(Position(label), sign.path, got, "an indicator", got, MEASURED)
        if sign.scenario not in loaded:
            got = sign.scenario
            problems.add(Position(label), sign.path, got, "a scenario of the audit", got, loaded)
    problems.raise_if_any()


def cut_down(specification: Specification, units: int) -> Specification:
    """Return the facility with only its first units."""
    return replace(specification, units=specification.units[:units])


def all_knobs() -> list[Knob]:
    """Return every parameter between its plausible ends, every choice against the first, every switch."""
    found = [Knob(p.path, p.plausible_low, p.plausible_high) for p in registry().values()]
    for path, names in CHOICES.items():
        found += [Knob(path, names[0], name) for name in names[1:]]
    return found + [Knob(f"mechanisms.{name}", low=True, high=False) for name in NAMES]


def chosen_knobs(paths: Sequence[str]) -> list[Knob]:
    """Return the knobs with these paths; raises ``ScenarioError`` for one that does not exist."""
    from scenarios.problems import Position, Problems

    problems = Problems()
    knobs = all_knobs()
    known = [knob.path for knob in knobs]
    for path in paths:
        if path not in known:
            wanted = "a parameter, choice or switch"
            problems.add(Position("command line"), "--only", path, wanted, path, known)
    problems.raise_if_any()
    return [knob for knob in knobs if knob.path in paths]


def knob_at(specification: Specification, knob: Knob, level: Level, context: Mapping[str, Any]) -> Any:
    """Return the facility with a knob at a level and what must be set beside it.

    ``None`` where the level does not go with the scenario's other numbers.
    """
    from scenarios import ScenarioError

    settings = dict(context)
    regime = settings.pop("regime", None)
    if regime is not None:
        units = tuple(replace(unit, regime=regime) for unit in specification.units)
        specification = replace(specification, units=units)
    policy = settings.pop("promotion.policy", None)
    if policy is not None:
        from scenarios.frameworks import shipped

        specification = replace(specification, policy=shipped(policy))
    try:
        return at_point(specification, {**settings, knob.path: level})
    except ScenarioError:
        return None
