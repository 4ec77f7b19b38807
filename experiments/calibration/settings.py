"""What is calibrated on what: the data file, joined with the registry and the facts marked Cal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.calibration.matching import Target, target_of
from experiments.designs import Factor, read_factors
from scenarios.problems import Position, Problems

Matrix = npt.NDArray[np.float64]

DATA = Path(__file__).with_name("calibration.yaml")
DIGITS = 3
"""Significant digits of calibrated numbers: more would feign a precision that nobody has."""


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that is compared: its fact, the measure that reads it, and the range that is accepted."""

    fact: str
    measure: str
    low: float
    high: float
    scale: str = "linear"
    floor: float = 0.0
    discrepancy: float = 0.0
    reason: str = ""

    def bent(self, value: float) -> float:
        """Return a value on the scale on which it is emulated; infinite bounds stay so."""
        if math.isinf(value):
            return value
        return math.log(max(value, self.floor)) if self.scale == "log" else value

    def straight(self, value: float) -> float:
        """Return a value of the emulated scale as people read it."""
        return math.exp(value) if self.scale == "log" else value

    def slope(self, value: float) -> float:
        """Return how fast the emulated scale moves with the value."""
        return 1.0 / max(value, self.floor) if self.scale == "log" else 1.0

    @property
    def target(self) -> Target:
        """The target on the emulated scale."""
        low, high = self.bent(self.low), self.bent(self.high)
        return target_of(self.fact, self.measure, low, high, self.discrepancy)

    def row(self) -> dict[str, Any]:
        """Return the entry of the saved set."""
        return {
            "fact": self.fact,
            "measure": self.measure,
            "low": self.low if math.isfinite(self.low) else None,
            "high": self.high if math.isfinite(self.high) else None,
            "scale": self.scale,
            "discrepancy_sd": self.discrepancy,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a calibration depends on."""

    factors: tuple[Factor, ...]
    outputs: tuple[Output, ...]
    replicates: int
    copies: dict[str, int]
    waves: int
    points: int
    wanted: int
    seed: int
    numbers: dict[str, float] = field(default_factory=dict)
    """What is set in every run besides the vector: shorter spans for quick trials."""
    units: int | None = None
    """Only so many units of each facility, for quick trials."""

    @property
    def paths(self) -> list[str]:
        """Paths of the calibrated parameters."""
        return [factor.path for factor in self.factors]

    @property
    def targets(self) -> list[Target]:
        """The targets in the order of outputs."""
        return [output.target for output in self.outputs]

    def vector(self, shares: Sequence[float]) -> dict[str, float]:
        """Return the parameters at a point of the unit cube, with few digits."""
        return {f.path: rounded(float(f.at(float(u)))) for f, u in zip(self.factors, shares, strict=True)}

    def shares(self, vector: dict[str, float]) -> list[float]:
        """Return the point of the unit cube of a vector."""
        return [share_of(factor, vector[factor.path]) for factor in self.factors]

    def changed(self, **changes: Any) -> Settings:
        """Return a copy with some entries changed; ``None`` keeps the entry."""
        return replace(self, **{key: value for key, value in changes.items() if value is not None})


def rounded(value: float) -> float:
    """Return a number with :data:`DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def share_of(factor: Factor, value: float) -> float:
    """Return where a value lies between the ends of a factor (0-1, beyond them outside)."""
    if factor.scale == "log":
        return math.log(value / factor.low) / math.log(factor.high / factor.low)
    return (value - factor.low) / (factor.high - factor.low)


def read_settings(path: Path = DATA) -> Settings:
    """Return the settings of a file; accepted ranges come from the facts whose use is Cal.

    Raises ``ScenarioError`` for an unknown parameter or a measure that no calibrated fact uses.
    """
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    label = path.name
    factors = read_factors(
        {entry["path"]: {"scale": entry.get("scale", "linear")} for entry in data["parameters"]}, label
    )
    return Settings(
        factors=factors,
        outputs=_outputs(data, label),
        replicates=int(data["replicates"]),
        copies={str(name): int(number) for name, number in data["copies"].items()},
        waves=int(data["waves"]),
        points=int(data["points"]),
        wanted=int(data["wanted"]),
        seed=int(data["seed"]),
    )


def _outputs(data: dict[str, Any], label: str) -> tuple[Output, ...]:
    described = {entry["measure"]: entry for entry in data["outputs"]}
    left_out = dict(data.get("left_out") or {})
    problems = Problems()
    accepted = calibrated_ranges()
    used = [measure for _, measure, _, _ in accepted]
    for measure in (*described, *left_out):
        if measure not in used:
            problems.add(Position(label), "outputs", measure, "a measure of a Cal fact", measure, used)
    for fact, measure, _, _ in accepted:
        if measure not in described and measure not in left_out:
            problems.add(Position(label), "outputs", "nothing", f"an entry for {measure} of {fact}")
    problems.raise_if_any()
    found = []
    for fact, measure, low, high in accepted:
        if measure in left_out:
            continue
        entry = described[measure]
        scale, floor = str(entry.get("scale", "linear")), float(entry.get("floor", 0.0))
        reason = str(entry["reason"])
        found.append(Output(fact, measure, low, high, scale, floor, float(entry["discrepancy"]), reason))
    return tuple(found)


def calibrated_ranges() -> list[tuple[str, str, float, float]]:
    """Return fact, measure, low and high of everything that the facts whose use is Cal are judged by."""
    from experiments.facts.loading import load_facts

    return [
        (fact.id, target.measure, *target.bounds)
        for fact in load_facts()
        if fact.use == "Cal" and not fact.not_yet
        for target in fact.targets
        if target.measure is not None and target.judged
    ]
