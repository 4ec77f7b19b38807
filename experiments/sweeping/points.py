"""From points to runs: which specification a point is, which points are the same run, and run ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from experiments.designs import at_point
from experiments.sweeping.design import SweepDesign, digest_of, in_force
from experiments.sweeping.nodes import moved
from scenarios import ScenarioError
from scenarios.problems import Position, Problems
from sim.simulation import layout_numbers
from sim.specification import Specification
from sim.version import SCHEMA, __version__

Levels = tuple[float | str | bool, ...]
"""The values in force at a point, in the order of the factors."""


@dataclass(frozen=True, slots=True)
class Group:
    """Points of one scenario that are the same facility: they share their runs."""

    number: int
    scenario: str
    points: tuple[int, ...]
    levels: Levels
    content: str


class Plan:
    """All runs of a design: groups of points times replicates, each with its id."""

    def __init__(self, design: SweepDesign) -> None:
        self.design = design
        self.groups = tuple(self._grouped())
        self._by_levels: dict[tuple[str, Levels], list[Group]] = {}
        for group in self.groups:
            self._by_levels.setdefault((group.scenario, group.levels), []).append(group)

    def _grouped(self) -> Iterator[Group]:
        number = 0
        for name, base in self.design.scenarios.items():
            same: dict[str, tuple[Levels, list[int]]] = {}
            for index, point in enumerate(self.design.table.points):
                specification = at_point(base, point)
                levels = tuple(in_force(specification, path) for path in self.design.paths)
                content = digest_of(specification.canonical())
                same.setdefault(content, (levels, []))[1].append(index)
            for content, (levels, points) in same.items():
                yield Group(number, name, tuple(points), levels, content)
                number += 1

    @property
    def scenarios(self) -> dict[str, Specification]:
        """The base scenarios by name."""
        return dict(self.design.scenarios)

    def specification(self, group: Group) -> Specification:
        """Return the facility of a group."""
        return at_point(self.design.scenarios[group.scenario], self.design.table.points[group.points[0]])

    @cached_property
    def _bases(self) -> dict[str, str]:
        return {name: digest_of(base.canonical()) for name, base in self.design.scenarios.items()}

    def find(self, scenario: str, levels: Levels, replicate: int, run_id: str) -> Group | None:
        """Return the group that a stored run belongs to, or ``None`` if the design has no such run."""
        if not self.has_replicate(replicate):
            return None
        candidates = self._by_levels.get((scenario, levels), ())
        return next((group for group in candidates if self.run_id(group, replicate) == run_id), None)

    def has_replicate(self, replicate: int) -> bool:
        """Say whether the design may come to have this replicate."""
        precision = self.design.precision
        return replicate < (precision.most if precision else self.design.replicates or 0)

    def warm_id(self, scenario: str, replicate: int) -> str:
        """Return the id of the common burn-in of a scenario and replicate."""
        return _hashed("warm", self._bases[scenario], str(self.design.seed), str(replicate))

    def run_id(self, group: Group, replicate: int) -> str:
        """Return the id of a run: a hash of all that decides its bits."""
        start = self._bases[group.scenario] if self.design.start == "warm" else ""
        return _hashed(group.content, start, str(self.design.seed), str(replicate))


def _hashed(*parts: str) -> str:
    text = "\n".join((__version__, str(SCHEMA), *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_points(design: SweepDesign, position: Position, problems: Problems) -> None:
    """Note the points that no facility can have, or that a warm start cannot go on with."""
    for name, base in design.scenarios.items():
        for index, point in enumerate(design.table.points):
            if problems.full:
                return
            try:
                specification = at_point(base, point)
            except ScenarioError as error:
                key = f"point {index} of {name}: {error.problems[0].key}"
                problems.extend(moved(error.problems, position, key))
                continue
            if design.start == "warm" and not same_layout(base, specification):
                changed = ", ".join(path for path in point if _breaks(base, path, design, index))
                allowed = "factors that leave posts, units and their links as they are with start: warm"
                problems.add(position, "factors", changed or "another layout", allowed)
                return


def _breaks(base: Specification, path: str, design: SweepDesign, index: int) -> bool:
    alone = at_point(base, {path: design.table.points[index][path]})
    return not same_layout(base, alone)


def same_layout(one: Specification, other: Specification) -> bool:
    """Say whether a run of one facility can go on as the other: same units, posts, links, burn-in."""
    burn_in = "run.burn_in_days"
    return (
        one.structure() == other.structure()
        and layout_numbers(one.values, one.choices) == layout_numbers(other.values, other.choices)
        and one.values[burn_in] == other.values[burn_in]
    )
