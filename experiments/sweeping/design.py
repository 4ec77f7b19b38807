"""What a sweep is: base scenarios, points, how many replicates, what is written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from experiments.designs import Design
from sim.specification import Specification
from sim.version import SCHEMA, __version__

Start = Literal["scenario", "warm"]
STARTS: tuple[Start, ...] = ("scenario", "warm")

MOST_REPLICATES = 100_000
FIRST_REPLICATES, LAST_REPLICATES = 10, 1000
"""With a precision: replicates before the first look, and the most there will be."""
MOST_RUNS = 10_000_000
"""Runs of one sweep: more would not be finished in years."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Replicates are added until the 95 % interval of ``indicator`` is this narrow at every point.

    ``half_width`` is in the unit of the indicator, or with ``relative`` a share of its value; ``first``
    replicates are run before looking, and never more than ``most``.
    """

    indicator: str
    half_width: float
    relative: bool = False
    first: int = FIRST_REPLICATES
    most: int = LAST_REPLICATES

    def row(self) -> dict[str, Any]:
        """Return the entry of the manifest."""
        return {
            "indicator": self.indicator,
            "half_width": self.half_width,
            "relative": self.relative,
            "first": self.first,
            "most": self.most,
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """Which runs more is kept of: these replicates of these points (``None`` for every point)."""

    replicates: frozenset[int] = frozenset()
    points: frozenset[int] | None = None

    def holds(self, points: tuple[int, ...], replicate: int) -> bool:
        """Say whether the run of these points belongs to the sample."""
        return replicate in self.replicates and (self.points is None or not self.points.isdisjoint(points))

    def row(self) -> dict[str, Any] | None:
        """Return the entry of the manifest."""
        if not self.replicates:
            return None
        points = None if self.points is None else sorted(self.points)
        return {"points": points, "replicates": sorted(self.replicates)}


@dataclass(frozen=True, slots=True)
class Keep:
    """The samples of runs whose daily series and ledgers are written down."""

    daily: Sample = Sample()
    ledger: Sample = Sample()

    def row(self) -> dict[str, Any]:
        """Return the entry of the manifest."""
        return {"daily": self.daily.row(), "ledger": self.ledger.row()}


@dataclass(frozen=True, slots=True)
class SweepDesign:
    """A design file, read and found admissible.

    ``scenarios`` are the base scenarios by name, with ``days`` and ``burn_in_days`` applied; exactly one
    of ``replicates`` and ``precision`` is given.
    """

    name: str
    scenarios: Mapping[str, Specification]
    table: Design
    seed: int = 1
    replicates: int | None = 10
    precision: Precision | None = None
    outputs: tuple[str, ...] = ()
    keep: Keep = Keep()
    start: Start = "scenario"

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the factors, in the order of the file."""
        return tuple(factor.path for factor in self.table.factors)

    def description(self) -> dict[str, Any]:
        """Return what the manifest says about the design."""
        described = self.table.row()
        effort = {"precision": self.precision.row()} if self.precision else {"replicates": self.replicates}
        return {
            "scenarios": list(self.scenarios),
            "days": {name: int(s.values["run.days"]) for name, s in self.scenarios.items()},
            "burn_in_days": {name: int(s.values["run.burn_in_days"]) for name, s in self.scenarios.items()},
            "seed": self.seed,
            "start": self.start,
            "design": self.table.kind,
            "samples": self.table.samples,
            "factors": described["factors"],
            "points": len(self.table),
            **effort,
            "outputs": list(self.outputs),
            "keep": self.keep.row(),
        }

    def identity(self) -> dict[str, Any]:
        """Return what may not change between two sweeps that share a folder, in words of the user."""
        return {
            "model version": __version__,
            "schema": SCHEMA,
            "source of the model": source_digest(),
            "scenarios": list(self.scenarios),
            "days": self.description()["days"],
            "burn_in_days": self.description()["burn_in_days"],
            "base scenarios": {name: digest_of(s.canonical()) for name, s in self.scenarios.items()},
            "seed": self.seed,
            "start": self.start,
            "design": self.table.kind,
            "factors": sorted(self.paths),
            "outputs": list(self.outputs),
            "keep": self.keep.row(),
        }


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a plain value in its canonical JSON form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def source_digest() -> str:
    """Return the SHA-256 of the text of the model: runs of two versions of it must never mix."""
    import sim

    folder = Path(sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def in_force(specification: Specification, path: str) -> float | str | bool:
    """Return the value that a path has in a specification: what the columns ``factor.PATH`` hold."""
    if path in specification.values:
        return float(specification.values[path])
    # What a scenario may name but a run does not know (a policy that is the only one) is left empty.
    others: dict[str, float | str | bool] = {
        **specification.choices,
        **{f"mechanisms.{name}": on for name, on in specification.mechanisms.items()},
        **{f"practices.{name}": float(dose) for name, dose in specification.practices.items()},
        "facility.graph.generator": specification.graph.generator,
        "facility.graph.degree": float(specification.graph.degree),
    }
    return others.get(path, 0.0 if path.startswith("practices.") else "")
