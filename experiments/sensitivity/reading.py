"""Reads the folder of a sweep as a table of runs with its design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.designs import Design, Factor, Level, Point
from experiments.sensitivity.table import FACTOR, RunTable
from scenarios.problems import Position, Problems

_CLOSE = 1e-9


def read_table(folder: Path) -> RunTable:
    """Return the runs in the folder of a sweep, those of all its shards.

    Raises ``Failure`` with exit code 2 for a folder that holds no sweep or a damaged one, and
    ``ScenarioError`` where there is no run yet, or the points are not those of the design.
    """
    from experiments.sweeping.reading import design_of, manifest_of, read_rows

    manifest = manifest_of(folder)
    rows = read_rows(folder)
    label = str(folder)
    if not rows.num_rows:
        refuse(label, "runs", "none", "at least one finished run")
    columns = rows.to_pydict()
    described = manifest.design
    if described["design"] == "list":
        return RunTable(label, _as_run(described, columns), columns)
    design = design_of(manifest)
    _check_points(label, design, columns)
    return RunTable(label, design, columns)


def _as_run(described: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> Design:
    """Return a list of points as the runs have them; one without a run yet leaves everything out."""
    points: list[Point] = [{} for _ in range(described["points"])]
    factors = []
    for path, levels in described["factors"].items():
        factors.append(Factor(path, levels=tuple(levels)))
        for point, level in zip(columns["point"], columns[FACTOR + path], strict=True):
            points[point][path] = level
    return Design("list", tuple(factors), points, described["seed"], len(points))


def _check_points(label: str, design: Design, columns: Mapping[str, Sequence[Any]]) -> None:
    """Refuse runs at other points than those that the design draws: their order would mean nothing."""
    for path in (factor.path for factor in design.factors):
        for point, level in zip(columns["point"], columns[FACTOR + path], strict=True):
            drawn = design.points[point] if point < len(design) else {path: None}
            wanted = drawn.get(path, level)
            if not _same(level, wanted):
                refuse(
                    label,
                    path,
                    f"{level} at point {point}",
                    f"{wanted}, as the {design.kind} design of its manifest has it",
                )


def _same(one: Level | None, other: Level | None) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= _CLOSE * max(1.0, abs(other))
    return one == other


def refuse(where: str, key: str, got: str, allowed: str, word: str = "", names: Sequence[str] = ()) -> None:
    """Raise ``ScenarioError`` with one line."""
    problems = Problems()
    problems.add(Position(where), key, got, allowed, word, names)
    problems.raise_if_any()
