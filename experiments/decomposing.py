"""What a contrast is made of: each difference between two scenarios equalised in turn, and all together.

Two kinds of factor.  A *difference* is something in which the two scenarios differ (a number, a choice,
the graph of shared spaces, sites, a feature of units): the second scenario takes the first one's.  A
*structural choice* is something that both share and nobody has settled (couplings per head or count,
company lacking in small groups, the rule for nobody on duty): both take its neutral form.  What is left
when everything is equalised is the remainder: the number and size of units.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from experiments.comparing import equal_exposure, expected_residents
from experiments.runner import Runs, Tell, run_replicates, work_of
from experiments.statistics import ratio_of_sums, residuals, standard_error, t_quantile
from sim.specification import Specification

Pair = tuple[Specification, Specification]

STRUCTURAL_NUMBERS: dict[str, float] = {
    "coupling.saturation": 0.0,
    "coupling.witnesses": 0.0,
    "coupling.news": 0.0,
    "coupling.ratchet": 0.0,
    "coupling.response_team": 0.0,
    "coupling.director": 0.0,
    "encounters.small_group": 0.0,
}
"""Unidentified choices with their neutral value: per head, and no lack of company in small groups."""

NEUTRAL_UNSTAFFED = "open"
IGNORED = ("run.days", "run.burn_in_days")

HEADLINES = (
    "true_incidents",
    "true_assaults",
    "recorded_assaults_on_residents",
    "recorded_assaults_on_staff",
    "formal_response_share",
    "coercive_responses",
    "tension",
    "wellbeing",
    "familiarity_on_duty",
)


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing to equalise: its name, its kind, and how a pair of scenarios looks with it equalised."""

    name: str
    kind: str
    equalise: Callable[[Pair], Pair]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its run-to-run interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


@dataclass(frozen=True, slots=True)
class Part:
    """The contrast with one factor equalised, and how much of the whole contrast went with it."""

    factor: str
    kind: str
    contrast: Interval
    contribution: Interval

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "factor": self.factor,
            "kind": self.kind,
            "contrast": self.contrast.row(),
            "contribution": self.contribution.row(),
        }


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
    for feature in ("regime", "double_cells", "openness", "programme"):
        one, other = _common(a, feature), _common(b, feature)
        if one is not None and one != other:
            found.append(_unit_feature(feature, one))
    return found


def structural_choices(pair: Pair) -> list[Factor]:
    """Return the unidentified choices that are not in their neutral form already."""
    found = [
        _neutral_number(path, neutral)
        for path, neutral in STRUCTURAL_NUMBERS.items()
        if any(scenario.values[path] != neutral for scenario in pair)
    ]
    if any(scenario.choices["staffing.unstaffed"] != NEUTRAL_UNSTAFFED for scenario in pair):
        found.append(_neutral_choice("staffing.unstaffed", NEUTRAL_UNSTAFFED))
    return found


def _number(path: str) -> Factor:
    return Factor(path, "difference", lambda p: (p[0], p[1].with_numbers({path: p[0].values[path]})))


def _neutral_number(path: str, neutral: float) -> Factor:
    def equalise(pair: Pair) -> Pair:
        return pair[0].with_numbers({path: neutral}), pair[1].with_numbers({path: neutral})

    return Factor(path, "structural choice", equalise)


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


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The contrast a - b of some indicators, with everything that was equalised."""

    a: str
    b: str
    factors: list[Factor]
    total: dict[str, Interval]
    parts: dict[str, list[Part]]
    remainder: dict[str, Interval]

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "factors": [{"factor": factor.name, "kind": factor.kind} for factor in self.factors],
            "indicators": {
                name: {
                    "total": self.total[name].row(),
                    "parts": [part.row() for part in self.parts[name]],
                    "remainder": self.remainder[name].row(),
                }
                for name in self.total
            },
        }


def cases_of(a: Specification, b: Specification) -> tuple[list[Factor], list[Pair]]:
    """Return the factors, and the pairs to run: as they are, each factor equalised, all of them."""
    pair = (a, b)
    factors = [*differences(pair), *structural_choices(pair)]
    return factors, [pair, *(factor.equalise(pair) for factor in factors), together(factors, pair)]


def work_of_decomposition(a: Specification, b: Specification, replicates: int) -> int:
    """Return the place-days that a decomposition takes."""
    distinct = {
        _key(scenario, copies): work_of(scenario, copies, replicates)
        for case in cases_of(a, b)[1]
        for scenario, copies in zip(case, _copies(case), strict=True)
    }
    return sum(distinct.values())


def decompose(
    a: Specification,
    b: Specification,
    *,
    seed: int = 1,
    replicates: int = 10,
    workers: int | None = None,
    indicators: Sequence[str] = HEADLINES,
    tell: Tell = lambda _done: None,
) -> Decomposition:
    """Equalise every factor between two scenarios in turn and together, with common random numbers."""
    factors, cases = cases_of(a, b)
    ran: dict[str, Runs] = {}
    runs = [
        tuple(
            _run_once(ran, scenario, copies, seed, replicates, workers, tell)
            for scenario, copies in zip(case, _copies(case), strict=True)
        )
        for case in cases
    ]
    base, last = runs[0], runs[-1]
    return Decomposition(
        a=a.name,
        b=b.name,
        factors=factors,
        total={name: _contrast(base, name) for name in indicators},
        parts={
            name: [
                Part(factor.name, factor.kind, _contrast(case, name), _contribution(base, case, name))
                for factor, case in zip(factors, runs[1:-1], strict=True)
            ]
            for name in indicators
        },
        remainder={name: _contrast(last, name) for name in indicators},
    )


def _copies(pair: Pair) -> list[int]:
    return equal_exposure([expected_residents(scenario) for scenario in pair])


def _run_once(
    ran: dict[str, Runs],
    scenario: Specification,
    copies: int,
    seed: int,
    replicates: int,
    workers: int | None,
    tell: Tell,
) -> Runs:
    """Run a scenario unless the same one was run before."""
    key = _key(scenario, copies)
    if key not in ran:
        ran[key] = run_replicates(
            scenario, seed=seed, replicates=replicates, copies=copies, workers=workers, tell=tell
        )
    return ran[key]


def _key(scenario: Specification, copies: int) -> str:
    return json.dumps([scenario.canonical(), copies], sort_keys=True)


def _errors(runs: Runs, indicator: str) -> Any:
    return residuals(*runs.vectors(indicator))


def _value(runs: Runs, indicator: str) -> float:
    return ratio_of_sums(*runs.vectors(indicator))


def _contrast(pair: Sequence[Runs], indicator: str) -> Interval:
    return _interval([(1.0, pair[0]), (-1.0, pair[1])], indicator)


def _contribution(base: Sequence[Runs], case: Sequence[Runs], indicator: str) -> Interval:
    return _interval([(1.0, base[0]), (-1.0, base[1]), (-1.0, case[0]), (1.0, case[1])], indicator)


def _interval(terms: Sequence[tuple[float, Runs]], indicator: str) -> Interval:
    """Return a signed sum of pooled ratios with its paired run-to-run interval."""
    n = len(terms[0][1].observations)
    if any(runs.vectors(indicator)[1].sum() <= 0.0 for _, runs in terms):
        return Interval(None, None, None, n)
    value = sum(sign * _value(runs, indicator) for sign, runs in terms)
    if n < 2:
        return Interval(value, None, None, n)
    errors = sum(sign * _errors(runs, indicator) for sign, runs in terms)
    half = t_quantile(n - 1) * standard_error(errors)
    return Interval(value, value - half, value + half, n)
