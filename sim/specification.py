"""What a run is made from: a complete, validated description without any file format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sim.policy import PolicySpecification


@dataclass(frozen=True, slots=True)
class UnitSpecification:
    """One unit: a group of places with a team of its own.

    ``site`` names the place it stands on: units of different sites share nothing.
    ``double_cells`` is the share of its places in cells for two; ``openness`` the share of the
    unprogrammed daytime during which residents may be out on the unit.
    """

    name: str
    places: int
    site: str = "main"
    regime: str = "prison"
    double_cells: float = 0.0
    openness: float = 0.0


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
    name, ``mechanisms`` every mechanism to on or off.  ``practices`` maps practices to doses; ``policy`` is
    the framework of promotion and demotion (by default none).
    """

    name: str
    title: str
    units: tuple[UnitSpecification, ...]
    graph: GraphSpecification = field(default_factory=GraphSpecification)
    values: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    mechanisms: Mapping[str, bool] = field(default_factory=dict)
    practices: Mapping[str, float] = field(default_factory=dict)
    policy: PolicySpecification = field(default_factory=PolicySpecification)

    @property
    def places(self) -> int:
        """Number of places over all units."""
        return sum(unit.places for unit in self.units)

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

    def canonical(self) -> dict[str, Any]:
        """Return a plain, sorted description: what saved results carry and digests are taken of."""
        return {
            "name": self.name,
            "units": [[u.name, u.places, u.site, u.regime, u.double_cells, u.openness] for u in self.units],
            "graph": [self.graph.generator, self.graph.degree, [list(e) for e in self.graph.edges]],
            "values": dict(sorted(self.values.items())),
            "choices": dict(sorted(self.choices.items())),
            "mechanisms": dict(sorted(self.mechanisms.items())),
            "practices": dict(sorted(self.practices.items())),
            "policy": self.policy.canonical(),
        }
