"""Contested facts: the search for a plausible parameter vector that turns the sign.

The vectors are a Latin hypercube over the plausible ranges of all parameters that are feedback gains or
unidentified structural choices, and over the rule for unstaffed hours.  If none turns the sign, corners
follow: every parameter at the plausible end towards which the effect fell over the vectors tried so far.
Each vector is tried on few replicates; a candidate must show the other sign clearly, and again on twice as
many replicates of another seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from experiments.facts.arms import Arm, panel_arms
from experiments.facts.fact import Fact
from experiments.facts.measuring import all_measures
from experiments.facts.panel import run_panel, tasks_of, work_in
from experiments.facts.readings import Reading
from experiments.runner import Tell
from sim.inputs import CHOICES
from sim.parameters import registry
from sim.registry import Parameter

VECTORS = 12
CORNERS = 3
REPLICATES = 4
CONFIRMING_SEED = 7_000_000
"""Added to the seed for the runs that confirm a candidate."""
UNSTAFFED = "staffing.unstaffed"
STRUCTURAL = (
    "encounters.small_group",
    "encounters.choice",
    "encounters.activity_calm",
    "encounters.checks_locked",
    "tension.witness_chance",
    "tension.fear_barriers",
    "coercion.vigilance_reliance",
    "coercion.restriction_static",
    "coercion.restriction_rules",
    "coercion.restriction_rise_days",
    "coercion.restriction_fall_days",
    "coercion.fairness_base",
    "needs.autonomy_restriction",
    "conflict.tension",
    "conflict.rules_stop",
    "conflict.static_stops",
    "roster.lock_ratio",
)
"""Choices of form and forces that pull in opposite directions, beside feedbacks and couplings."""


@dataclass(frozen=True, slots=True)
class World:
    """One plausible vector: numbers by path and the rule for unstaffed hours."""

    number: int
    values: Mapping[str, float]
    unstaffed: str

    def row(self) -> dict[str, Any]:
        """Return the vector as it is stored."""
        rounded = {path: float(f"{value:.6g}") for path, value in self.values.items()}
        return {**rounded, UNSTAFFED: self.unstaffed}


def varied() -> list[Parameter]:
    """Return the parameters that are varied, in the order of the registry."""
    return [
        p
        for path, p in registry().items()
        if p.feedback or path in STRUCTURAL or (path.startswith("coupling.") and p.unit.startswith("0 per"))
    ]


@cache
def plausible_worlds(number: int = VECTORS) -> tuple[World, ...]:
    """Return a fixed Latin hypercube over the plausible ranges."""
    from scipy.stats import qmc

    parameters = varied()
    rules = CHOICES[UNSTAFFED]
    table = qmc.LatinHypercube(d=len(parameters) + 1, rng=20260102).random(number)
    return tuple(
        World(
            k,
            {
                p.path: float(f"{p.plausible_low + (p.plausible_high - p.plausible_low) * float(u):.6g}")
                for p, u in zip(parameters, line[:-1], strict=True)
            },
            rules[int(line[-1] * len(rules))],
        )
        for k, line in enumerate(table)
    )


@dataclass(frozen=True, slots=True)
class Reversal:
    """Whether a contested effect can have the other sign."""

    reversible: bool | None
    world: World | None = None
    reading: Reading | None = None
    tried: int = 0

    def row(self) -> dict[str, Any]:
        """Return the entry of the answer."""
        found = self.reading
        return {
            "tried_vectors": self.tried,
            "reversing_vector": None if self.world is None else self.world.row(),
            "reversed_value": None if found is None else found.value,
            "reversed_low": None if found is None else found.low,
            "reversed_high": None if found is None else found.high,
        }


def sign_of(reading: Reading, neutral: float) -> int:
    """Return the side of neutral on which the whole interval lies: 1, -1, or 0 if on neither."""
    if reading.low is None or reading.high is None:
        return 0
    return int(reading.low > neutral) - int(reading.high < neutral)


def arms_under(world: World, names: Sequence[str], arms: Mapping[str, Arm]) -> list[Arm]:
    """Return arms with the world's rule for unstaffed hours; details and roofs stay."""

    def under(arm: Arm) -> Arm:
        def build() -> Any:
            made = arm.build()
            return replace(made, choices={**made.choices, UNSTAFFED: world.unstaffed})

        return replace(arm, build=build, share=1.0)

    return [under(arms[name]) for name in names]


def read_under(
    fact: Fact,
    world: World,
    *,
    seed: int,
    replicates: int,
    workers: int | None,
    tell: Tell,
    arms: Mapping[str, Arm],
) -> Reading:
    """Return the main number of a fact in one world."""
    measure = all_measures()[str(fact.main.measure)]
    tasks = tasks_of(
        arms_under(world, measure.arms, arms), seed=seed, baseline=replicates, vector=world.values
    )
    panel = run_panel(tasks, seed=seed, workers=workers, tell=tell)
    return measure.function(panel)


Search = Callable[[World, int, int], Reading]


Tried = list[tuple[World, Reading]]


def corner(tried: Tried, sign: int) -> World:
    """Return the world with every parameter at the end that goes with effects of a sign.

    The end is that of the covariance between parameter and effect over the worlds tried so far: too few
    to tell single parameters, enough for a direction.
    """
    effects = np.array([reading.value or 0.0 for _, reading in tried]) * sign
    effects = effects - effects.mean()
    values = {}
    for p in varied():
        slope = float(effects @ np.array([world.values[p.path] for world, _ in tried]))
        values[p.path] = p.plausible_high if slope > 0.0 else p.plausible_low
    rules = {
        rule: [effect for effect, (world, _) in zip(effects, tried, strict=True) if world.unstaffed == rule]
        for rule in CHOICES[UNSTAFFED]
    }
    best = max(rules, key=lambda rule: float(np.mean(rules[rule])) if rules[rule] else -np.inf)
    return World(len(tried), values, best)


def search(
    usual: Reading,
    neutral: float,
    worlds: Sequence[World],
    read: Search,
    seed: int,
    *,
    corners: int = CORNERS,
) -> Reversal:
    """Return the first world whose effect clearly has another sign than the usual one.

    Where the usual sign is not clear, two worlds of opposite signs are needed.  ``read(world,
    replicates, seed)`` reads the effect in a world.
    """
    usual_sign = sign_of(usual, neutral)
    wanted = {-usual_sign} if usual_sign else {1, -1}
    found: dict[int, tuple[World, Reading]] = {}
    tried: Tried = []
    left = list(worlds)
    while not wanted <= set(found):
        missing = min(wanted - set(found))
        if not left and len(tried) >= len(worlds) + corners:
            return Reversal(reversible=False, tried=len(tried))
        world = left.pop(0) if left else corner(tried, missing)
        reading = read(world, REPLICATES, seed)
        tried.append((world, reading))
        sign = sign_of(reading, neutral)
        if sign in wanted - set(found):
            again = read(world, 2 * REPLICATES, seed + CONFIRMING_SEED)
            if sign_of(again, neutral) == sign:
                found[sign] = (world, again)
    against = -usual_sign
    if not usual_sign and usual.value is not None:
        against = -1 if usual.value > neutral else 1
    world, reading = found[against if against in found else next(iter(found))]
    return Reversal(reversible=True, world=world, reading=reading, tried=len(tried))


def work_of_search(facts: Sequence[Fact]) -> int:
    """Return the place-days that searches take if no world is found."""
    arms = panel_arms()
    names = [all_measures()[str(fact.main.measure)].arms for fact in facts]
    return (VECTORS + CORNERS) * sum(
        work_in(tasks_of([replace(arms[name], share=1.0) for name in group], seed=1, baseline=REPLICATES))
        for group in names
    )


def reversal_of(
    fact: Fact,
    usual: Reading,
    *,
    seed: int,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
    worlds: Sequence[World] | None = None,
    vector: Mapping[str, float] | None = None,
) -> Reversal:
    """Search the plausible worlds for one that turns the sign of a contested fact.

    ``vector`` holds the numbers of parameters that are not varied, where they differ from the defaults.
    """
    neutral = fact.main.neutral
    if neutral is None or usual.value is None:
        return Reversal(None)
    arms = panel_arms()

    def read(world: World, replicates: int, own_seed: int) -> Reading:
        whole = replace(world, values={**(vector or {}), **world.values})
        return read_under(
            fact, whole, seed=own_seed, replicates=replicates, workers=workers, tell=tell, arms=arms
        )

    return search(usual, neutral, plausible_worlds() if worlds is None else worlds, read, seed)
