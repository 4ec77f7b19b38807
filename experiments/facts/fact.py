"""A stylised fact and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Use = Literal["Cal", "Val", "Fals"]
Strength = Literal["A", "B", "C"]
Direction = Literal["positive", "negative"]

USES: tuple[str, ...] = get_args(Use)
STRENGTHS: tuple[str, ...] = get_args(Strength)
DIRECTIONS: tuple[str, ...] = get_args(Direction)

MECHANISMS = (
    "roster",
    "programme",
    "encounters",
    "needs",
    "alliance",
    "tension",
    "conflict",
    "response",
    "coercion",
    "strain",
    "justice",
    "promotion",
    "guidance",
    "restoration",
    "training",
    "house_life",
    "wellbeing",
    "flow",
    "social",
)
"""Every mechanism that the model will ever have; a fact may need some that do not exist yet."""

MAIN = "main"
"""Name of the first measure of a fact."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement: what is possible in it, and the value that means "no effect"."""

    low: float
    high: float
    neutral: float | None = None


INFINITE = float("inf")
UNITS: dict[str, Unit] = {
    "per 1,000 resident-years": Unit(0.0, INFINITE),
    "share": Unit(0.0, 1.0),
    "share of explained variance": Unit(0.0, 1.0),
    "correlation": Unit(-1.0, 1.0, 0.0),
    "area under the curve": Unit(0.0, 1.0, 0.5),
    "relative change": Unit(-1.0, INFINITE, 0.0),
    "ratio": Unit(0.0, INFINITE, 1.0),
    "difference": Unit(-1.0, 1.0, 0.0),
    "SD between persons": Unit(-20.0, 20.0, 0.0),
    "dispersion": Unit(0.0, INFINITE),
    "per post-year": Unit(0.0, INFINITE),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One number that a fact is about: how it is measured and what it is held against."""

    name: str
    measure: str | None
    unit: str
    low: float | None
    high: float | None
    direction: Direction | None
    n_due: int
    half_width_due: float | None

    @property
    def judged(self) -> bool:
        """Whether there is anything to hold it against."""
        return self.low is not None or self.high is not None or self.direction is not None

    @property
    def neutral(self) -> float | None:
        """The value that means "no effect" in its unit."""
        return UNITS[self.unit].neutral

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval that is accepted; a direction accepts everything on its side of neutral."""
        if self.direction is not None:
            neutral = self.neutral or 0.0
            return (neutral, INFINITE) if self.direction == "positive" else (-INFINITE, neutral)
        low = -INFINITE if self.low is None else self.low
        return low, INFINITE if self.high is None else self.high


@dataclass(frozen=True, slots=True)
class Fact:
    """One stylised fact of the literature."""

    id: str
    statement: str
    use: Use
    targets: tuple[Target, ...]
    strength: Strength
    source: str
    section: str
    basis: str
    seen_in_development: bool
    needs: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""

    @property
    def main(self) -> Target:
        """The number that the fact is reported by."""
        return self.targets[0]

    @property
    def not_yet(self) -> bool:
        """Whether the model cannot say anything about it yet."""
        return bool(self.needs) or self.main.measure is None

    def measures(self) -> list[str]:
        """Return the names of its measures."""
        return [target.measure for target in self.targets if target.measure is not None]

    def described(self) -> dict[str, Any]:
        """Return what is known before any run."""
        return {
            "statement": self.statement,
            "strength": self.strength,
            "source": self.source,
            "section": self.section,
            "basis": self.basis,
            "note": self.note or None,
        }
