"""What can be equalised between two scenarios: their differences, and structural choices that both share.

A *difference* is something in which the two differ (a number, a choice, the graph of shared spaces, sites,
a feature of units): the second scenario takes the first one's.  A *structural choice* is something that
nobody has settled (couplings per head or count, company lacking in small groups, thresholds of whole
hands, the rule for nobody on duty): both take its neutral form.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.specification import Specification

Pair = tuple[Specification, Specification]

STRUCTURAL_NUMBERS: dict[str, dict[str, float]] = {
    "coupling.saturation": {"coupling.saturation": 0.0},
    "coupling.witnesses": {"coupling.witnesses": 0.0},
    "coupling.news": {"coupling.news": 0.0},
    "coupling.ratchet": {"coupling.ratchet": 0.0},
    "coupling.response_team": {"coupling.response_team": 0.0},
    "coupling.director": {"coupling.director": 0.0},
    "encounters.small_group": {"encounters.small_group": 0.0},
    "hand thresholds": {
        "response.alone_hands": 0.0,
        "response.hold_hands": 0.0,
        "roster.lock_ratio": 500.0,
    },
}
"""Unidentified choices with their neutral form: per head, no lack of company in small groups, nothing that
depends on whether a whole second pair of hands is there.  Only "somebody" or "nobody" is then left of how
hands come in whole people; what nobody means is the rule for unstaffed hours."""

UNSTAFFED = "staffing.unstaffed"
NEUTRAL_UNSTAFFED = "open"
IGNORED = ("run.days", "run.burn_in_days")


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing to equalise: its name, its kind, and how a pair of scenarios looks with it equalised."""

    name: str
    kind: str
    equalise: Callable[[Pair], Pair]


def differences(pair: Pair) -> list[Factor]:
    """Return every difference between two scenarios that can be switched, but unit number and size."""
    a, b = pair
    found = [
        _number(path) for path in sorted(a.values) if path not in IGNORED and a.values[path] != b.values[path]
    ]
    found += [_choice(path) for path in sorted(a.choices) if a.choices[path] != b.choices[path]]
    found += [_switch(name) for name in sorted(a.mechanisms) if a.mechanisms[name] != b.mechanisms[name]]
    if a.graph != b.graph:
        found.append(
            Factor("facility.graph", "difference", lambda p: (p[0], replace(p[1], graph=p[0].graph)))
        )
    if _separate_sites(a) != _separate_sites(b) and min(len(a.units), len(b.units)) > 1:
        found.append(Factor("facility.units.site", "difference", _same_sites))
    if a.programmes != b.programmes and {p.name for p in a.programmes} == {p.name for p in b.programmes}:
        found.append(
            Factor("programmes", "difference", lambda p: (p[0], replace(p[1], programmes=p[0].programmes)))
        )
    if a.policy != b.policy:
        found.append(
            Factor("promotion.policy", "difference", lambda p: (p[0], replace(p[1], policy=p[0].policy)))
        )
    for feature in ("regime", "double_cells", "openness", "programme"):
        one, other = _common(a, feature), _common(b, feature)
        if one is not None and one != other:
            found.append(_unit_feature(feature, one))
    return found


def structural_choices(pair: Pair, varied: Collection[str] = ()) -> list[Factor]:
    """Return the unidentified choices that are not neutral already, or that are ``varied`` over worlds."""
    found = [
        _neutral_numbers(name, neutral)
        for name, neutral in STRUCTURAL_NUMBERS.items()
        if any(
            path in varied or any(scenario.values[path] != value for scenario in pair)
            for path, value in neutral.items()
        )
    ]
    if UNSTAFFED in varied or any(s.choices[UNSTAFFED] != NEUTRAL_UNSTAFFED for s in pair):
        found.append(_neutral_choice(UNSTAFFED, NEUTRAL_UNSTAFFED))
    return found


def _number(path: str) -> Factor:
    return Factor(path, "difference", lambda p: (p[0], p[1].with_numbers({path: p[0].values[path]})))


def _neutral_numbers(name: str, neutral: Mapping[str, float]) -> Factor:
    def equalise(pair: Pair) -> Pair:
        return pair[0].with_numbers(neutral), pair[1].with_numbers(neutral)

    return Factor(name, "structural choice", equalise)


def _choice(path: str) -> Factor:
    def equalise(pair: Pair) -> Pair:
        return pair[0], replace(pair[1], choices={**pair[1].choices, path: pair[0].choices[path]})

    return Factor(path, "difference", equalise)


def _neutral_choice(path: str, neutral: str) -> Factor:
    def equalise(pair: Pair) -> Pair:
        a, b = (replace(s, choices={**s.choices, path: neutral}) for s in pair)
        return a, b

    return Factor(path, "structural choice", equalise)


def _switch(name: str) -> Factor:
    def equalise(pair: Pair) -> Pair:
        return pair[0], pair[1].with_mechanisms(**{name: pair[0].mechanisms[name]})

    return Factor(f"mechanisms.{name}", "difference", equalise)


def _separate_sites(scenario: Specification) -> bool:
    return len({unit.site for unit in scenario.units}) == len(scenario.units) > 1


def _same_sites(pair: Pair) -> Pair:
    """Put the units of the second scenario on separate sites, or on one, as in the first."""
    a, b = pair
    apart = _separate_sites(a)
    units = tuple(replace(unit, site=unit.name if apart else "main") for unit in b.units)
    return a, replace(b, units=units)


def _common(scenario: Specification, feature: str) -> Any:
    values = {getattr(unit, feature) for unit in scenario.units}
    return values.pop() if len(values) == 1 else None


def _unit_feature(feature: str, value: Any) -> Factor:
    def equalise(pair: Pair) -> Pair:
        units = tuple(replace(unit, **{feature: value}) for unit in pair[1].units)
        return pair[0], replace(pair[1], units=units)

    return Factor(f"facility.units.{feature}", "difference", equalise)


def together(factors: Sequence[Factor], pair: Pair) -> Pair:
    """Return the pair with every factor equalised."""
    for factor in factors:
        pair = factor.equalise(pair)
    return pair
