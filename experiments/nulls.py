"""Null models: worlds without what the model is about, at the same rate of incidents.

A fact that a null model passes as well says nothing for the mechanisms that the null lacks; a fact that
every null passes is worthless as evidence.  Four nulls: incidents at random, nobody moves anybody,
networks shuffled every week, feedback off.  Each is scaled so that incidents between residents, with
staff, alone and against oneself are as frequent as in the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.facts.arms import BASELINE, Arm, Touch
from experiments.facts.harvest import Harvest
from experiments.facts.measures.common import MISCONDUCT, events
from experiments.facts.panel import Failed, Panel, run_panel, tasks_of, work_in
from experiments.facts.touches import shuffle_networks
from experiments.runner import Tell
from sim import ledger as codes
from sim.parameters import registry

TOLERANCE = 0.05
"""Largest relative difference of the rate of incidents between a null and the baseline."""
CLOSE_ENOUGH = 0.015
"""Difference at which matching stops, well inside of the tolerance."""
MOST_ROUNDS = 6
MATCHING_REPLICATES = 6
WEEK = 7


def _between(harvest: Harvest) -> float:
    return events(harvest, (codes.VERBAL, codes.THREAT, codes.PHYSICAL, codes.SERIOUS), against_staff=0)


def _with_staff(harvest: Harvest) -> float:
    return events(harvest, MISCONDUCT, against_staff=1)


def _alone(harvest: Harvest) -> float:
    return events(harvest, MISCONDUCT, against_staff=0) - _between(harvest)


def _self_harm(harvest: Harvest) -> float:
    return events(harvest, (codes.SELF_HARM,))


@dataclass(frozen=True, slots=True)
class Source:
    """One source of incidents: the parameters that scale it and the events it gives."""

    name: str
    paths: tuple[str, ...]
    count: Callable[[Harvest], float]


SOURCES = (
    Source("between residents", ("encounters.quarrel",), _between),
    Source("with staff", ("encounters.friction",), _with_staff),
    Source(
        "alone",
        ("conflict.damage_rate", "conflict.contraband_rate", "conflict.refusal_rate", "conflict.escape_rate"),
        _alone,
    ),
    Source("self-harm", ("wellbeing.self_harm_rate",), _self_harm),
)

AT_RANDOM = (
    "conflict.reactivity",
    "conflict.tension",
    "conflict.arousal",
    "conflict.anger",
    "conflict.grievance",
    "conflict.deterrence",
    "conflict.violent_state",
    "conflict.defuse",
    "encounters.enmity_weight",
    "encounters.friction_alliance",
    "encounters.friction_restriction",
    "encounters.friction_vigilance",
    "encounters.friction_orientation",
    "wellbeing.self_harm_slope",
)
"""At 0 no trait and no state of anybody changes the chance of an incident; opportunity still does."""

APART = (
    "alliance.alliance_gain",
    "alliance.familiarity_chat",
    "alliance.familiarity_check",
    "alliance.fairness_gain",
    "alliance.quality_alliance",
    "conflict.defuse",
    "conflict.defuse_alliance",
    "encounters.choice",
    "encounters.friction_alliance",
    "encounters.friction_orientation",
    "encounters.seek_known",
    "encounters.tie_gain",
    "needs.relatedness_company",
    "needs.relatedness_support",
    "response.contain_familiarity",
    "response.formal_alliance",
    "response.formal_familiarity",
    "response.repair_mediation",
    "response.repair_talk",
    "tension.adjustment_help",
    "tension.crowding",
    "tension.distress_nearby",
    "tension.fear_familiar",
    "wellbeing.crowding",
)
"""At 0, with all feedback at 0 as well, nobody's state or presence moves another's."""


@dataclass(frozen=True, slots=True)
class Null:
    """A null model: what is taken out, in words, numbers and touches."""

    name: str
    title: str
    numbers: Callable[[Sequence[Harvest]], dict[str, float]]
    touch: Touch | None = None


def feedback_off() -> dict[str, float]:
    """Return 0 for every parameter that is the gain of a loop."""
    return {path: 0.0 for path, parameter in registry().items() if parameter.feedback}


def _apart(baseline: Sequence[Harvest]) -> dict[str, float]:
    """Return the numbers of "nobody moves anybody"; what others gave to relatedness becomes constant."""
    numbers = {**feedback_off(), **dict.fromkeys(APART, 0.0)}
    sums = [harvest.sums["relatedness"] for harvest in baseline]
    level = sum(s.numerator for s in sums) / sum(s.denominator for s in sums)
    defaults = registry()
    outside = defaults["needs.relatedness_outside"].default * 0.5
    numbers["needs.relatedness_base"] = min(1.0, max(0.0, level - outside))
    return numbers


NULLS = (
    Null("random", "incidents at random", lambda _: dict.fromkeys(AT_RANDOM, 0.0)),
    Null("apart", "nobody moves anybody", _apart),
    Null("shuffled", "networks shuffled every week", lambda _: {}, Touch(shuffle_networks, WEEK)),
    Null("no cycle", "all feedback off", lambda _: feedback_off()),
)


@dataclass(slots=True)
class Matched:
    """A null that has been scaled to the baseline, and its runs."""

    null: Null
    scales: dict[str, float] = field(default_factory=lambda: {source.name: 1.0 for source in SOURCES})
    rate: float = float("nan")
    target: float = float("nan")
    rounds: int = 0
    panel: Panel | None = None

    @property
    def gap(self) -> float:
        """Relative difference of the rate of incidents from the baseline."""
        return self.rate / self.target - 1.0

    @property
    def is_matched(self) -> bool:
        """Whether the rate of incidents agrees within the tolerance."""
        return abs(self.gap) <= TOLERANCE

    @property
    def failures(self) -> list[Failed]:
        """Runs that failed."""
        return [] if self.panel is None else self.panel.failures

    def row(self) -> dict[str, Any]:
        """Return the entry of the answer."""
        return {
            "name": self.null.name,
            "title": self.null.title,
            "rate": self.rate,
            "baseline_rate": self.target,
            "gap": self.gap,
            "matched": self.is_matched,
            "scales": self.scales,
            "rounds": self.rounds,
        }


def rate_of(harvests: Sequence[Harvest], count: Callable[[Harvest], float]) -> float:
    """Return events per resident-day, replicates pooled."""
    return sum(count(h) for h in harvests) / sum(h.resident_days for h in harvests)


def all_incidents(harvest: Harvest) -> float:
    """Return the number of incidents of all kinds."""
    return events(harvest, (*MISCONDUCT, codes.SELF_HARM))


def scaled(
    null: Null,
    scales: Mapping[str, float],
    baseline: Sequence[Harvest],
    arm: Arm,
    vector: Mapping[str, float],
) -> Arm:
    """Return the baseline's arm under a null, with its sources of incidents scaled."""
    numbers = dict(null.numbers(baseline))
    rates = arm.specification(vector).values
    for source in SOURCES:
        for path in source.paths:
            wanted = numbers.get(path, rates[path]) * scales[source.name]
            numbers[path] = min(registry()[path].high, wanted)
    return replace(arm, numbers={**arm.numbers, **numbers}, touch=null.touch)


def match(
    null: Null,
    baseline: Sequence[Harvest],
    arm: Arm,
    *,
    seed: int,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
    vector: Mapping[str, float] | None = None,
    replicates: int = MATCHING_REPLICATES,
) -> Matched:
    """Scale a null's sources of incidents to the baseline's rates by fixed-point iteration.

    The first replicates of the baseline are compared with the same replicates of the null (common
    random numbers), so that few are enough.
    """
    matched = Matched(null)
    target = list(baseline[:replicates])
    arm = replace(arm, detail=False, share=1.0)
    for round_number in range(1, MOST_ROUNDS + 1):
        made = scaled(null, matched.scales, baseline, arm, vector or {})
        tasks = tasks_of([made], seed=seed, baseline=len(target), vector=vector)
        found = run_panel(tasks, seed=seed, workers=workers, tell=tell).of(arm.name)
        if not found:
            break
        matched.rounds = round_number
        ratios = {}
        for source in SOURCES:
            wanted, got = rate_of(target, source.count), rate_of(found, source.count)
            ratios[source.name] = wanted / got if got > 0.0 and wanted > 0.0 else 1.0
        if max(abs(ratio - 1.0) for ratio in ratios.values()) <= CLOSE_ENOUGH:
            break
        for name, ratio in ratios.items():
            matched.scales[name] *= ratio
    return matched


def run_null(
    null: Null,
    baseline: Sequence[Harvest],
    arm: Arm,
    *,
    seed: int,
    replicates: int,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
    vector: Mapping[str, float] | None = None,
) -> Matched:
    """Match a null and run it on as many replicates as asked; its panel has one arm, the baseline."""
    matched = match(null, baseline, arm, seed=seed, workers=workers, tell=tell, vector=vector)
    made = replace(scaled(null, matched.scales, baseline, arm, vector or {}), share=1.0)
    tasks = tasks_of([made], seed=seed, baseline=replicates, vector=vector)
    matched.panel = run_panel(tasks, seed=seed, workers=workers, tell=tell)
    found = matched.panel.of(BASELINE)
    if found:
        matched.rate = rate_of(found, all_incidents) * 365_000.0
        matched.target = rate_of(list(baseline[: len(found)]), all_incidents) * 365_000.0
    return matched


def work_of_nulls(arm: Arm, replicates: int) -> int:
    """Return the place-days that matching (three rounds, as a rule) and running all nulls take."""
    one = work_in(tasks_of([replace(arm, share=1.0)], seed=1, baseline=2)) // 2
    return len(NULLS) * one * (3 * MATCHING_REPLICATES + replicates)
