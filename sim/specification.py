"""What a run is made from: a complete, validated description without any file format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sim.inputs import REGIMES
from sim.policy import PolicySpecification

BASIC = "basic"
"""Name of the first programme: the one that everybody lives where nothing else is said."""


@dataclass(frozen=True, slots=True)
class UnitSpecification:
    """One unit: a group of places with a team of its own.

    ``site`` names the place it stands on: units of different sites share nothing.
    ``double_cells`` is the share of its places in cells for two; ``openness`` the share of the
    unprogrammed daytime during which residents may be out on the unit; ``programme`` names the
    programme that newcomers live.
    """

    name: str
    places: int
    site: str = "main"
    regime: str = "prison"
    double_cells: float = 0.0
    openness: float = 0.0
    programme: str = BASIC


@dataclass(frozen=True, slots=True)
class ProgrammeSpecification:
    """One daily programme: the hours of every activity in a week, and what goes with living it.

    ``week`` has a row per day-part from Monday morning to Sunday night (28), each with the hours of
    every activity in the order of :data:`sim.inputs.ACTIVITIES`; an empty week means that the
    programme says nothing of its own.  ``visits`` is outside contact (0-1); ``None`` lets it follow from
    the hours of visits.  All other numbers are described in :data:`sim.state.PROGRAMMES`.
    """

    name: str
    week: tuple[tuple[float, ...], ...] = ()
    regimes: tuple[str, ...] = REGIMES
    out_of_cell: float = 0.0
    out_of_cell_evening: float = 0.0
    choice: float = 0.0
    responsibility: float = 0.0
    visits: float | None = None
    leave_days_per_month: float = 0.0
    priority_days: float = 0.0


@dataclass(frozen=True, slots=True)
class GraphSpecification:
    """Which units meet in shared spaces: a named generator, or explicit pairs of unit names."""

    generator: str = "ring"
    degree: int = 4
    edges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Specification:
    """A facility (or several sites) with every number and switch decided.

    ``values`` maps every registry path to its number, ``choices`` every named alternative to its
    name, ``mechanisms`` every mechanism to on or off.  ``practices`` maps practices to doses.
    ``programmes`` are the daily programmes, the basic one first: residents point at them by row.
    ``policy`` is the framework of promotion and demotion (by default none).
    """

    name: str
    title: str
    units: tuple[UnitSpecification, ...]
    graph: GraphSpecification = field(default_factory=GraphSpecification)
    values: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    mechanisms: Mapping[str, bool] = field(default_factory=dict)
    practices: Mapping[str, float] = field(default_factory=dict)
    programmes: tuple[ProgrammeSpecification, ...] = (ProgrammeSpecification(BASIC),)
    policy: PolicySpecification = field(default_factory=PolicySpecification)

    @property
    def places(self) -> int:
        """Number of places over all units."""
        return sum(unit.places for unit in self.units)

    def programme_row(self, name: str) -> int:
        """Return the row of a programme in the tables of a run.

        Raises ``KeyError`` for a name that no programme has.
        """
        names = [programme.name for programme in self.programmes]
        if name not in names:
            raise KeyError(f"no such programme: {name}")
        return names.index(name)

    def with_values(self, **values: float) -> Specification:
        """Return a copy with some numbers changed; write dots as double underscores."""
        changed = {path.replace("__", "."): number for path, number in values.items()}
        return self.with_numbers(changed)

    def with_numbers(self, numbers: Mapping[str, float]) -> Specification:
        """Return a copy in which ``numbers`` (path to value) replace earlier ones.

        Raises ``KeyError`` for a path that is not in the registry.
        """
        unknown = set(numbers) - set(self.values)
        if unknown:
            raise KeyError(f"not in the parameter registry: {', '.join(sorted(unknown))}")
        return replace(self, values={**self.values, **numbers})

    def with_mechanisms(self, **switches: bool) -> Specification:
        """Return a copy with some mechanisms switched on or off."""
        unknown = set(switches) - set(self.mechanisms)
        if unknown:
            raise KeyError(f"no such mechanism: {', '.join(sorted(unknown))}")
        return replace(self, mechanisms={**self.mechanisms, **switches})

    def structure(self) -> dict[str, Any]:
        """Return the plain description of units and unit graph: what a run cannot change on its way."""
        return {
            "units": [
                [u.name, u.places, u.site, u.regime, u.double_cells, u.openness, u.programme]
                for u in self.units
            ],
            "graph": [self.graph.generator, self.graph.degree, [list(e) for e in self.graph.edges]],
        }

    def canonical(self) -> dict[str, Any]:
        """Return a plain, sorted description: what saved results carry and digests are taken of."""
        return {
            "name": self.name,
            **self.structure(),
            "values": dict(sorted(self.values.items())),
            "choices": dict(sorted(self.choices.items())),
            "mechanisms": dict(sorted(self.mechanisms.items())),
            "practices": dict(sorted(self.practices.items())),
            "programmes": [asdict(programme) for programme in self.programmes],
            "policy": self.policy.canonical(),
        }
