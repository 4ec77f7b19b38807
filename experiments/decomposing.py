"""What a contrast is made of: each difference between two scenarios equalised in turn, and all together.

:mod:`experiments.factors` lists what can be equalised.  What is left when everything is equalised is the
remainder: the number and size of units.  Every share has a run-to-run interval, and one over plausible
worlds (:mod:`experiments.assumptions`): in each world all cases are run again with common random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from experiments.assumptions import NOTHING, Assumed, assumed, signed_sum
from experiments.comparing import equal_exposure, expected_residents
from experiments.factors import Factor, Pair, differences, structural_choices, together
from experiments.runner import Runs, Tell, run_replicates, work_of
from experiments.statistics import signed_ratios, standard_error, t_quantile
from experiments.worlds import Place, World, Worlds, key_of, run_places, work_in_worlds
from sim.specification import Specification

T = TypeVar("T")

MOST_WORLDS = 16
"""Worlds of a decomposition unless a number is asked for: it runs some twenty scenarios in each."""

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

NO_WORLDS = Worlds()


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its run-to-run interval, and what plausible worlds say about it."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    assumed: Assumed = NOTHING

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "assumption_low": self.assumed.low,
            "assumption_high": self.assumed.high,
            "share_worlds_same_sign": self.assumed.same_sign,
            "worlds": self.assumed.worlds,
        }


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


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The contrast a - b of some indicators, with everything that was equalised."""

    a: str
    b: str
    factors: list[Factor]
    total: dict[str, Interval]
    parts: dict[str, list[Part]]
    remainder: dict[str, Interval]
    worlds: Worlds = NO_WORLDS

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "worlds": len(self.worlds),
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


def factors_of(a: Specification, b: Specification, worlds: Worlds = NO_WORLDS) -> list[Factor]:
    """Return everything that can be equalised between two scenarios, structural choices of worlds too."""
    return [*differences((a, b)), *structural_choices((a, b), worlds.columns)]


def cases_of(pair: Pair, factors: Sequence[Factor]) -> list[Pair]:
    """Return the pairs to run: as they are, each factor equalised, all of them."""
    return [pair, *(factor.equalise(pair) for factor in factors), together(factors, pair)]


def _places(case: Pair) -> tuple[Place, Place]:
    copies = equal_exposure([expected_residents(scenario) for scenario in case])
    return (case[0], copies[0]), (case[1], copies[1])


def _in_worlds(pair: Pair, factors: Sequence[Factor], worlds: Worlds) -> list[list[tuple[Place, Place]]]:
    """Return, per world, the places of every case."""
    found = []
    for world in worlds.entries:
        there = (world.apply(pair[0]), world.apply(pair[1]))
        found.append([_places(case) for case in cases_of(there, factors)])
    return found


def _distinct(
    worlds: Worlds, cases: Sequence[Sequence[tuple[Place, Place]]]
) -> dict[str, tuple[World, Place]]:
    """Return what has to be run in the worlds, each scenario of a world once."""
    return {
        f"{world.number} {key_of(place)}": (world, place)
        for world, pairs in zip(worlds.entries, cases, strict=True)
        for places in pairs
        for place in places
    }


def work_of_decomposition(
    a: Specification, b: Specification, replicates: int, worlds: Worlds = NO_WORLDS
) -> int:
    """Return the place-days that a decomposition takes."""
    factors = factors_of(a, b, worlds)
    distinct = {
        key_of(place): work_of(*place, replicates)
        for case in cases_of((a, b), factors)
        for place in _places(case)
    }
    needed = _distinct(worlds, _in_worlds((a, b), factors, worlds))
    return sum(distinct.values()) + work_in_worlds(place for _, place in needed.values())


def decompose(
    a: Specification,
    b: Specification,
    *,
    seed: int = 1,
    replicates: int = 10,
    workers: int | None = None,
    indicators: Sequence[str] = HEADLINES,
    worlds: Worlds = NO_WORLDS,
    tell: Tell = lambda _done: None,
) -> Decomposition:
    """Equalise every factor between two scenarios in turn and together, with common random numbers."""
    factors = factors_of(a, b, worlds)
    ran: dict[str, Runs] = {}
    runs = [
        tuple(_run_once(ran, place, seed, replicates, workers, tell) for place in _places(case))
        for case in cases_of((a, b), factors)
    ]
    elsewhere = _Elsewhere((a, b), factors, worlds, seed, workers, tell)
    base, last = runs[0], len(runs) - 1

    def contrast(case: int, name: str) -> Interval:
        return elsewhere.added(_interval(_contrast(*runs[case]), name), [(1.0, case)], name)

    def contribution(case: int, name: str) -> Interval:
        terms = _contrast(*base) + _contrast(runs[case][1], runs[case][0])
        return elsewhere.added(_interval(terms, name), [(1.0, 0), (-1.0, case)], name)

    return Decomposition(
        a=a.name,
        b=b.name,
        factors=factors,
        total={name: contrast(0, name) for name in indicators},
        parts={
            name: [
                Part(factor.name, factor.kind, contrast(case, name), contribution(case, name))
                for case, factor in enumerate(factors, start=1)
            ]
            for name in indicators
        },
        remainder={name: contrast(last, name) for name in indicators},
        worlds=worlds,
    )


def _run_once(
    ran: dict[str, Runs],
    place: Place,
    seed: int,
    replicates: int,
    workers: int | None,
    tell: Tell,
) -> Runs:
    """Run a scenario unless the same one was run before."""
    key = key_of(place)
    if key not in ran:
        scenario, copies = place
        ran[key] = run_replicates(
            scenario, seed=seed, replicates=replicates, copies=copies, workers=workers, tell=tell
        )
    return ran[key]


class _Elsewhere:
    """All cases in all worlds: what they say is added to intervals."""

    def __init__(
        self,
        pair: Pair,
        factors: Sequence[Factor],
        worlds: Worlds,
        seed: int,
        workers: int | None,
        tell: Tell,
    ) -> None:
        cases = _in_worlds(pair, factors, worlds)
        ran = run_places(_distinct(worlds, cases), seed=seed, workers=workers, tell=tell)
        self._sums = [
            [tuple(ran[f"{world.number} {key_of(place)}"] for place in places) for places in pairs]
            for world, pairs in zip(worlds.entries, cases, strict=True)
        ]

    def added(self, interval: Interval, cases: Sequence[tuple[float, int]], indicator: str) -> Interval:
        """Return an interval with what the worlds say of the signed sum of contrasts of ``cases``."""
        if not self._sums:
            return interval
        found = []
        for world in self._sums:
            terms = [
                (weight * side, sums)
                for weight, case in cases
                for side, sums in zip((1.0, -1.0), world[case], strict=True)
            ]
            found.append(
                signed_sum(
                    [
                        (sign, [replicate[indicator] for replicate in sums])
                        for sign, sums in _uncancelled(terms)
                    ]
                )
            )
        return replace(interval, assumed=assumed(interval.value, found, {}))


def _uncancelled(terms: Sequence[tuple[float, T]]) -> list[tuple[float, T]]:
    """Return the terms without pairs of the same runs with opposite signs: what did not change adds 0."""
    left: list[tuple[float, T]] = []
    for sign, runs in terms:
        against = next((k for k, (other, same) in enumerate(left) if same is runs and other == -sign), None)
        if against is None:
            left.append((sign, runs))
        else:
            del left[against]
    return left


def _contrast(a: Runs, b: Runs) -> list[tuple[float, Runs]]:
    return [(1.0, a), (-1.0, b)]


def _interval(terms: Sequence[tuple[float, Runs]], indicator: str) -> Interval:
    """Return a signed sum of pooled ratios with its paired run-to-run interval."""
    n = len(terms[0][1].observations)
    ratios = [(sign, *runs.vectors(indicator)) for sign, runs in _uncancelled(terms)]
    if not ratios:
        return Interval(0.0, 0.0, 0.0, n) if n > 1 else Interval(0.0, None, None, n)
    if any(bottom.sum() <= 0.0 for _, _, bottom in ratios):
        return Interval(None, None, None, n)
    value, errors = signed_ratios(ratios)
    if n < 2:
        return Interval(value, None, None, n)
    half = t_quantile(n - 1) * standard_error(errors)
    return Interval(value, value - half, value + half, n)
