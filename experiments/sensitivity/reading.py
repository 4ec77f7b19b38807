"""Reads the folder of a sweep as a table of runs with its design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.designs import Design, Factor, Point
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
    columns = {name: rows.column(name).to_numpy() for name in rows.column_names}
    described = manifest.design
    if described["design"] == "list":
        return RunTable(label, _as_run(described, columns), columns)
    design = design_of(manifest)
    _check_points(label, design, columns)
    return RunTable(label, design, columns)


def _as_run(described: Mapping[str, Any], columns: Mapping[str, Any]) -> Design:
    """Return a list of points as the runs have them; one without a run yet leaves everything out."""
    points: list[Point] = [{} for _ in range(described["points"])]
    factors = []
    for path, levels in described["factors"].items():
        factors.append(Factor(path, levels=tuple(levels)))
        for point, level in zip(columns["point"], columns[FACTOR + path], strict=True):
            points[point][path] = level.item() if isinstance(level, np.generic) else level
    return Design("list", tuple(factors), points, described["seed"], len(points))


def _check_points(label: str, design: Design, columns: Mapping[str, Any]) -> None:
    """Refuse runs at other points than those that the design draws: their order would mean nothing."""
    # One run of a point and scenario stands for all: replicates share the point.
    _, rows = np.unique(columns["point"], return_index=True)
    for path in (factor.path for factor in design.factors):
        for row in rows:
            point, level = int(columns["point"][row]), columns[FACTOR + path][row]
            drawn = design.points[point] if point < len(design) else {path: "no such point"}
            wanted = drawn.get(path, level)
            if not _same(level, wanted):
                allowed = f"{wanted}, as the {design.kind} design of its manifest has it"
                refuse(label, path, f"{level} at point {point}", allowed)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= _CLOSE * max(1.0, abs(other))
    return bool(one == other)


def refuse(where: str, key: str, got: str, allowed: str, word: str = "", names: Sequence[str] = ()) -> None:
    """Raise ``ScenarioError`` with one line."""
    problems = Problems()
    problems.add(Position(where), key, got, allowed, word, names)
    problems.raise_if_any()
