"""What a scenario file can say, once it has been read and found admissible: values with positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scenarios.problems import Position
from sim.policy import PolicySpecification


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, with the provenance that was written beside it (empty where none was)."""

    number: float
    position: Position
    source: str = ""
    grade: str = ""
    basis: str = ""

    @property
    def has_provenance(self) -> bool:
        """Whether anything was said about where the number comes from."""
        return bool(self.source or self.grade or self.basis)


@dataclass(frozen=True, slots=True)
class Word:
    """A name, a title or one of several named alternatives."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    position: Position
    on: bool


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """One entry of ``facility.units``: one unit, or ``count`` units that are alike."""

    key: str
    position: Position
    words: dict[str, Word]
    quantities: dict[str, Quantity]

    @property
    def copies(self) -> int:
        """Number of units that the entry stands for."""
        count = self.quantities.get("count")
        return 1 if count is None else int(count.number)

    @property
    def places(self) -> int:
        """Number of places of each of these units."""
        return int(self.quantities["places"].number)


@dataclass(frozen=True, slots=True)
class UnitList:
    """All entries of ``facility.units``."""

    entries: tuple[UnitEntry, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class EdgeList:
    """The pairs of units of ``facility.graph.edges``."""

    pairs: tuple[tuple[Word, Word], ...]
    position: Position


Hours: TypeAlias = dict[str, Quantity]
"""Hours by activity, of one day-part."""


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """The calendar of a programme: hours by day (or group of days) and day-part."""

    hours: dict[tuple[str, str], Hours]
    position: Position


@dataclass(frozen=True, slots=True)
class RegimeList:
    """The regimes in which a programme is lived."""

    words: tuple[Word, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """One entry of ``programmes``: what a file says of a daily programme."""

    key: str
    position: Position
    words: dict[str, Word]
    numbers: dict[str, Quantity]
    regimes: RegimeList | None
    week: WeekPlan | None


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """A framework of promotion and demotion: how it was named, its rules, its numbers by path and unit."""

    text: str
    position: Position
    policy: PolicySpecification
    numbers: tuple[tuple[str, Quantity, str], ...]
    lived: Mapping[int, Word]
    """What levels say about the programme they live, by number of the level."""


Value: TypeAlias = Quantity | Word | Switch | UnitList | EdgeList | ProgrammeEntry | PolicyChoice
"""Everything that one path of a scenario can be set to."""
